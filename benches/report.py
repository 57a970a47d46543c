"""Measures countermark beside its peers in one run, prints the table and draws it.

    python benches/report.py [--quick] [--only TEXT] [--svg PATH] [--json PATH] [--criterion FOLDER]

Both sides of a comparison take turns in one process, without the garbage collector; what is shown are medians
of CPU time over the turns, and the ratio within each turn. Nothing fails for being slow.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PEERS = ("dfns-sdk", "cryptography", "webauthn", "fido2", "cbor2")
sys.path.insert(0, str(ROOT))

from benches.python import criterion, draw  # noqa: E402  # found from the line above
from benches.python.catalogue import pairs  # noqa: E402
from benches.python.measure import QUICK, THOROUGH, Result, loop_cost, measure  # noqa: E402
from countermark import __version__  # noqa: E402  # after the line above, as all of them


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    effort = QUICK if options.quick else THOROUGH
    chosen = [pair for pair in pairs() if options.only in pair.title]
    loop = loop_cost(effort, time.thread_time_ns)
    results: list[Result] = []
    for at, pair in enumerate(chosen, 1):
        if sys.stderr.isatty():
            print(f"\r\x1b[K{at}/{len(chosen)} {pair.title}", end="", file=sys.stderr, flush=True)
        own_loop = loop if pair.clock is time.thread_time_ns else 0.0
        results.append(measure(pair, effort, own_loop))
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr)
    about = _about()
    print(about)
    print(
        f"CPU time, medians of {effort.rounds} rounds by turns; {loop:.0f} ns for the loop are taken off\n"
    )
    print(draw.table(results))
    if options.criterion is not None:
        print("\nnative code, from the latest run of `cargo bench`\n")
        print(criterion.table(options.criterion))
    options.svg.write_text(draw.svg(results, about), "utf-8")
    print(f"\ndrawn to {options.svg}")
    if options.json is not None:
        options.json.write_text(json.dumps(_records(results), indent=2) + "\n", "utf-8")
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0] if __doc__ else None)
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    parser.add_argument(
        "--only", default="", metavar="TEXT", help="only what has TEXT in its title"
    )
    parser.add_argument("--svg", type=Path, default=ROOT / "benches/report.svg", metavar="PATH")
    parser.add_argument("--json", type=Path, metavar="PATH", help="also write the numbers as JSON")
    parser.add_argument(
        "--criterion",
        type=Path,
        metavar="FOLDER",
        help="also show the results of `cargo bench` under FOLDER (rust/target/criterion)",
    )
    return parser.parse_args(arguments)


def _about() -> str:
    peers = ", ".join(f"{name} {version(name)}" for name in PEERS)
    python = f"Python {platform.python_version()}, {platform.machine()}"
    return f"countermark {__version__} beside {peers}; {python}"


def _records(results: Sequence[Result]) -> list[dict[str, object]]:
    return [
        {
            "group": result.pair.group,
            "name": result.pair.name,
            "peer": result.pair.peer_name,
            "ours_us": result.ours.middle,
            "peer_us": None if result.peer is None else result.peer.middle,
            "ratio": None if result.ratio is None else result.ratio.middle,
            "ratio_low": None if result.ratio is None else result.ratio.low,
            "ratio_high": None if result.ratio is None else result.ratio.high,
            "beyond_us": None if result.beyond is None else result.beyond.middle,
            "budget": None if result.pair.budget is None else str(result.pair.budget),
            "met": result.met,
        }
        for result in results
    ]


if __name__ == "__main__":
    sys.exit(main())
