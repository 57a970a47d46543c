"""Measures countermark beside its peers in one run: tables, JSON and pictures.

    python benches/report.py [--quick] [--only TEXT] [--svg FOLDER] [--json PATH] [--no-node] [--no-rust]

All sides of a comparison take turns, in one process where they can, without the garbage collector. What works on one
thread is measured in processor time, what works on all processors in wall time. Shown are medians over the turns, and
ratios within each turn with the range of the middle eight tenths. Every budget is listed with what was measured;
nothing fails for being slow.
Peers that are not here are named, and their lines are left out.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benches.python import draw, native, peers, picture  # noqa: E402  # found from the line above
from benches.python.budgets import Claim, claims_of  # noqa: E402
from benches.python.catalogue import pairs  # noqa: E402
from benches.python.many import COLUMNS, Standing, run_race  # noqa: E402
from benches.python.measure import (  # noqa: E402
    QUICK,
    THOROUGH,
    Effort,
    Result,
    Spread,
    loop_cost,
    measure,
)
from benches.python.races import races  # noqa: E402
from benches.python.served import Programs  # noqa: E402
from countermark import __version__  # noqa: E402

MANY = "processor time an item, and wall time where all processors work"


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    effort = QUICK if options.quick else THOROUGH
    machine = peers.machine()
    with ExitStack() as closing:
        programs = Programs(closing)
        if not options.no_rust:
            programs.start_bare(int(machine["cpus"]))
        if not options.no_node:
            programs.start_node()
        results = _single(effort, options.only)
        if programs.bare:
            _says("native code")
            results += native.results(programs.bare[0], effort, options.only)
        standings = _many(effort, options.only, programs)
    _says("")
    claims = [*claims_of(results), *(one for standing in standings for one in standing.claims())]
    about = _about(programs, machine)
    print(*about, sep="\n")
    print("\nSingle calls, CPU time\n", draw.pairs_table(results), sep="\n")
    print(f"\nMany at once; {MANY}\n", draw.races_table(standings), sep="\n")
    print("\nBudgets\n", draw.budgets_table(claims), sep="\n")
    options.svg.mkdir(parents=True, exist_ok=True)
    for name, text in (
        ("report-single.svg", picture.of_pairs(results, about[0])),
        ("report-many.svg", picture.of_races(standings, about[0])),
    ):
        (options.svg / name).write_text(text, "utf-8")
        print(f"drawn to {options.svg / name}")
    if options.json is not None:
        written = {
            "machine": machine,
            "about": about,
            "single": [_pair(result) for result in results],
            "many": [_race(standing) for standing in standings],
            "budgets": [_claim(claim) for claim in claims],
        }
        options.json.write_text(json.dumps(written, indent=2) + "\n", "utf-8")
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0] if __doc__ else None)
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    parser.add_argument(
        "--only", default="", metavar="TEXT", help="only what has TEXT in its title"
    )
    parser.add_argument("--svg", type=Path, default=ROOT / "benches", metavar="FOLDER")
    parser.add_argument("--json", type=Path, metavar="PATH", help="also write the numbers as JSON")
    parser.add_argument("--no-node", action="store_true", help="leave the TypeScript SDK out")
    parser.add_argument("--no-rust", action="store_true", help="leave the bare primitives out")
    return parser.parse_args(arguments)


def _single(effort: Effort, only: str) -> list[Result]:
    loop = loop_cost(effort, time.thread_time_ns)
    results = []
    for pair in pairs():
        if only in pair.title:
            _says(pair.title)
            in_process = pair.clock is time.thread_time_ns
            results.append(measure(pair, effort, loop if in_process else 0.0))
    return results


def _many(effort: Effort, only: str, programs: Programs) -> list[Standing]:
    standings = []
    for race in races(programs):
        if only in race.title:
            _says(race.title)
            standings.append(run_race(race, effort))
    return standings


def _says(what: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\x1b[K{what}", end="", file=sys.stderr, flush=True)


def _about(programs: Programs, machine: dict[str, Any]) -> list[str]:
    versions = {name: peers.version_of(name) for name in peers.PACKAGES}
    here = [f"{name} {version}" for name, version in versions.items() if version is not None]
    absent = {name: "not installed" for name, version in versions.items() if version is None}
    absent |= programs.absent
    if programs.node_versions:
        here.append(programs.node_versions)
    system = f"{machine['system']} {machine['architecture']}, Python {machine['python']}"
    return [
        f"countermark {__version__} on {machine['cpus']} x {machine['processor']}",
        f"{system}, load {machine['load']} at the start",
        "beside " + ", ".join(here),
        *(f"absent: {name}: {why}" for name, why in absent.items()),
    ]


def _pair(result: Result) -> dict[str, object]:
    return {
        "group": result.pair.group,
        "name": result.pair.name,
        "peer": result.pair.peer_name,
        "peer_is_a_part": result.pair.part,
        "ours_us": result.ours.middle,
        "peer_us": result.peer.middle,
        "ratio": _spread(result.ratio),
    }


def _race(standing: Standing) -> dict[str, object]:
    return {
        "group": standing.race.group,
        "name": standing.race.name,
        "items": standing.items,
        "us": {lane: standing.time(lane) for lane in standing.walls},
        "ratios": {
            peer: {lane: _spread(standing.ratio(lane, peer)) for lane in COLUMNS}
            for peer in standing.walls
            if peer not in COLUMNS
        },
    }


def _claim(claim: Claim) -> dict[str, object]:
    return {
        "of": claim.what,
        "budget": claim.budget,
        "measured": _spread(claim.measured),
        "unit": claim.unit.strip(),
        "applies": claim.applies,
        "met": claim.met,
        "verdict": claim.verdict,
    }


def _spread(spread: Spread) -> dict[str, float]:
    return {"median": spread.middle, "low": spread.low, "high": spread.high}


if __name__ == "__main__":
    sys.exit(main())
