"""What `cargo bench` measured: the bare primitive beside the core, and so the core's own cost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

BARE, OURS = "bare", "countermark"
BUDGETS: Final = {"wire client data to base64url": 0.3}
"""µs of native time, at most."""


def table(folder: Path) -> str:
    """Aligned plain text; empty where nothing was measured."""
    medians = read(folder)
    names = sorted({name for name, _ in medians})
    width = max((len(name) for name in names), default=0)
    lines = [f"{'what':{width}}  {'ours us':>9}  {'bare us':>9}  {'more us':>9}  budget"]
    for name in names:
        ours, bare = medians.get((name, OURS)), medians.get((name, BARE))
        more = None if ours is None or bare is None else ours - bare
        bound = BUDGETS.get(name)
        budget = ""
        if bound is not None and ours is not None:
            budget = f"<= {bound:g} us: {'yes' if ours <= bound else 'NO'}"
        cells = "  ".join(_cell(value) for value in (ours, bare, more))
        lines.append(f"{name:{width}}  {cells}  {budget}".rstrip())
    return "\n".join(lines)


def read(folder: Path) -> dict[tuple[str, str], float]:
    """Medians in µs by name and side."""
    found: dict[tuple[str, str], float] = {}
    for about in folder.glob("**/new/benchmark.json"):
        names = json.loads(about.read_text("utf-8"))
        estimates = json.loads(about.with_name("estimates.json").read_text("utf-8"))
        nanoseconds = float(estimates["median"]["point_estimate"])
        found[str(names["group_id"]), str(names["function_id"])] = nanoseconds / 1000
    return found


def _cell(value: float | None) -> str:
    return f"{'-':>9}" if value is None else f"{value:9.3f}"
