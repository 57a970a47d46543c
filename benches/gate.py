"""Counts the instructions of five fixed operations and holds them to `baseline.json`, with 5 % tolerance.

    python benches/gate.py [--update] [--program PATH]

Wall time is noise on a shared machine; instructions are not. The operations are native code (`benches/rust`,
cases named `fixed`) with nothing random in them, counted by callgrind. Compilers write different instructions, so
the baseline names those it was made with; where they are others, more instructions are told and nothing fails.
Fewer instructions than the tolerance allows are told, too: then it is time for --update.

Exit code: 0 held or told only, 1 not held, 3 not to be counted here.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benches.python.counting import per_call  # noqa: E402  # found from the line above
from benches.python.served import build  # noqa: E402

BASELINE: Final = ROOT / "benches" / "baseline.json"
TOLERANCE: Final = 0.05
SLACK: Final = 50
"""Instructions that are let pass in any case: a twentieth of little is less than a compiler moves by itself."""
MORE, NEW = "MORE than the tolerance allows", "new: not in the baseline"
CALLS: Final = 100
"""Counted so often and twice as often."""
BATCH: Final = 1000
"""Items of the batch that the Rust benches make."""


@dataclass(frozen=True, slots=True)
class Operation:
    """Something that is counted.

    Attributes:
        case: its name in the Rust benches.
        part: a case whose instructions are taken off, so that a change is not lost among those of a signature.
        items: how many times the case does it.
    """

    case: str
    part: str | None = None
    items: int = 1


OPERATIONS: Final = {
    "sign with client data": Operation("fixed sign Ed25519 with client data"),
    "sign with client data, beyond the signature": Operation(
        "fixed sign Ed25519 with client data", "sign Ed25519"
    ),
    "fingerprint": Operation("fixed fingerprint"),
    "parse an attestation object": Operation("fixed parse attestation object"),
    "verify an assertion": Operation("fixed verify assertion ES256"),
    "verify an assertion, beyond the signature": Operation(
        "fixed verify assertion ES256", "fixed verify signature ES256"
    ),
    "sign in a batch": Operation("fixed batch of 1000", items=BATCH),
    "sign in a batch, beyond the single call": Operation(
        "fixed batch of 1000", "sign Ed25519", items=BATCH
    ),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of one operation."""

    operation: str
    instructions: int
    baseline: int | None

    @property
    def change(self) -> float:
        """A share of the baseline: 0.1 is a tenth more."""
        return 0.0 if self.baseline is None else self.instructions / self.baseline - 1

    @property
    def verdict(self) -> str:
        if self.baseline is None:
            return NEW
        allowed = max(TOLERANCE * self.baseline, SLACK)
        if self.instructions > self.baseline + allowed:
            return MORE
        if self.instructions < self.baseline - allowed:
            return "fewer: time for --update"
        return "held"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0] if __doc__ else None)
    parser.add_argument("--update", action="store_true", help="write the counts as the baseline")
    parser.add_argument("--program", metavar="PATH", help="the Rust benches, built before")
    options = parser.parse_args(arguments)
    if shutil.which("valgrind") is None:
        print("cannot count: valgrind is not installed", file=sys.stderr)
        return 3
    program = options.program or build()
    cases = {case for one in OPERATIONS.values() for case in (one.case, one.part) if case}
    each = {case: count(program, case) for case in sorted(cases)}
    counted = {
        name: round(each[one.case] / one.items - each.get(one.part or "", 0))
        for name, one in OPERATIONS.items()
    }
    tools = made_with()
    if options.update:
        written = {"made_with": tools, "instructions": counted}
        BASELINE.write_text(json.dumps(written, indent=2) + "\n", "ascii")
        print(f"written to {BASELINE.relative_to(ROOT)}")
        return 0
    baseline = json.loads(BASELINE.read_text("ascii"))
    found = [
        Finding(name, counted[name], baseline["instructions"].get(name)) for name in OPERATIONS
    ]
    print(*table(found), sep="\n")
    others = dict(differences(baseline["made_with"], tools))
    for tool, (theirs, ours) in others.items():
        print(f"the baseline was made with another {tool}: {theirs}; here it is {ours}")
    held = all(one.verdict not in (MORE, NEW) for one in found)
    if others:
        print("so the counts are told and hold nobody to anything")
        return 0
    return 0 if held else 1


def count(program: str, case: str) -> float:
    """Instructions of one call."""
    calls = CALLS // 20 if "batch" in case else CALLS
    return per_call([program, "--loop", f"{case}/countermark"], calls)


def made_with() -> dict[str, str]:
    """What decides which instructions there are, beside our own code."""
    rustc = _said("rustc", "-vV")
    facts = dict(line.split(": ", 1) for line in rustc.splitlines() if ": " in line)
    return {
        "rustc": facts["release"],
        "target": facts["host"],
        "C compiler": _said("cc", "--version").splitlines()[0],
        "valgrind": _said("valgrind", "--version").strip(),
        "processor": _features(),
    }


def _features() -> str:
    """What the backend chooses its code by, as far as callgrind lets it see it."""
    about = Path("/proc/cpuinfo")
    lines = about.read_text("utf-8").splitlines() if about.exists() else []
    flags = {flag for line in lines if line.startswith("flags") for flag in line.split()}
    return "with " + " ".join(sorted(flags & {"avx2", "bmi2"})) if flags else "unknown"


def differences(
    theirs: Mapping[str, str], ours: Mapping[str, str]
) -> Iterator[tuple[str, tuple[str, str]]]:
    """Tools that are not the same, with both versions."""
    for tool in sorted({*theirs, *ours}):
        pair = theirs.get(tool, "none"), ours.get(tool, "none")
        if pair[0] != pair[1]:
            yield tool, pair


def table(found: Sequence[Finding]) -> Iterator[str]:
    """Aligned plain text."""
    width = max(len(one.operation) for one in found)
    yield f"{'operation':{width}}  instructions  beside the baseline"
    for one in found:
        yield f"{one.operation:{width}}  {one.instructions:12,}  {one.change:+7.2%}  {one.verdict}"


def _said(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    sys.exit(main())
