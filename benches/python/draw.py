"""The table as text and the ratios as a picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby
from math import log10
from typing import Final

from benches.python.measure import Result, Spread

HEAD: Final = ("what", "ours us", "peer", "peer us", "ratio", "(10%..90%)", "budget", "met?")
_RIGHT: Final = (1, 3, 4)
"""Columns of numbers."""


def table(results: Sequence[Result]) -> str:
    """Aligned plain text, with a heading for each group."""
    rows = [(result.pair.group, _cells(result)) for result in results]
    widths = [max(len(row[at]) for row in (HEAD, *(cells for _, cells in rows))) for at in range(8)]

    def line(cells: Sequence[str]) -> str:
        padded = (
            cell.rjust(width) if at in _RIGHT else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )
        return "  ".join(padded).rstrip()

    lines = [line(HEAD), line(["-" * width for width in widths])]
    for group, members in groupby(rows, key=lambda row: row[0]):
        lines.append(group)
        lines.extend(line(cells) for _, cells in members)
    return "\n".join(lines)


def _cells(result: Result) -> tuple[str, ...]:
    pair = result.pair
    ratio = result.ratio if _races(result) else None
    spread = "-"
    if ratio is not None:
        spread = f"{ratio.low:.2f}..{ratio.high:.2f}"
    elif result.beyond is not None:
        spread = f"{_number(result.beyond.low)}..{_number(result.beyond.high)} us"
    return (
        "  " + pair.name,
        _number(result.ours.middle),
        pair.peer_name,
        "-" if result.peer is None else _number(result.peer.middle),
        "-" if ratio is None else f"{ratio.middle:.2f}x",
        spread,
        "-" if pair.budget is None else str(pair.budget),
        _verdict(result),
    )


def _verdict(result: Result) -> str:
    budget = result.pair.budget
    word = "-" if result.met is None else "yes" if result.met else "NO"
    if not result.pair.part or result.ratio is None or result.beyond is None:
        return word
    if budget is not None and budget.beyond is not None:
        return f"{word} (peer + {_number(result.beyond.middle)} us)"
    return f"{word} (peer x {1 / result.ratio.middle:.2f})"


def _number(value: float) -> str:
    digits = 3 if abs(value) < 10 else 2 if abs(value) < 100 else 1 if abs(value) < 1000 else 0
    return f"{value:.{digits}f}"


# --- The picture: one bar for each ratio, on a logarithmic scale. ---

LEFT, RIGHT, TOP, STEP, HEADING = 220, 690, 64, 18, 26
LOWEST, HIGHEST = 0.2, 100.0
STYLE: Final = """
text { font: 12px sans-serif; fill: #222 } .head { font-weight: bold } .small { font-size: 10px; fill: #666 }
.title { font-size: 15px; font-weight: bold } .bar { fill: #2a7f9e } .slow { fill: #c25b4e }
.grid { stroke: #ccc } .one { stroke: #666 } .range { stroke: #222 } .budget { stroke: #d08a00; stroke-width: 2 }
svg { background: #fff }
"""


def svg(results: Sequence[Result], subtitle: str) -> str:
    """Bars of all results that have a peer to be faster than."""
    shown = [result for result in results if result.ratio is not None and _races(result)]
    parts: list[str] = []
    height = TOP
    for group, members in groupby(shown, key=lambda result: result.pair.group):
        parts.append(_text(12, height + 14, group, "head"))
        height += HEADING
        for result in members:
            if result.ratio is not None:
                parts.extend(_bar(result, result.ratio, height))
            height += STEP
    bottom = height + 8
    size = f'width="800" height="{bottom + 44}"'
    view = f'viewBox="0 0 800 {bottom + 44}" role="img"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {view}>',
        f"<title>countermark beside its peers</title><style>{STYLE}</style>",
        f'<rect {size} fill="#fff"/>',
        _text(12, 24, "How many times as fast as the peer", "title"),
        _text(12, 44, subtitle, "small"),
        *_grid(bottom),
        *parts,
        _text(12, bottom + 36, "thin line: 10% to 90% of the rounds; amber: the budget", "small"),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _races(result: Result) -> bool:
    """Whether the peer does the whole task, so that its ratio is a race."""
    return not result.pair.part


def _bar(result: Result, ratio: Spread, top: int) -> Iterator[str]:
    one, end = sorted((_place(1), _place(ratio.middle)))
    kind = "bar" if ratio.middle >= 1 else "slow"
    middle = top + STEP / 2 - 1
    yield _text(24, top + 12, f"{result.pair.name}", "")
    yield f'<rect class="{kind}" x="{one:.1f}" y="{top + 2}" width="{end - one:.1f}" height="12"/>'
    yield _line(_place(ratio.low), middle, _place(ratio.high), middle, "range")
    rightmost = max(end, _place(ratio.high))
    budget = result.pair.budget
    if budget is not None and budget.ratio is not None:
        at = _place(budget.ratio)
        rightmost = max(rightmost, at)
        yield _line(at, top, at, top + STEP - 2, "budget")
    label = f"{ratio.middle:.1f}x {result.pair.peer_name}"
    yield _text(rightmost + 6, top + 12, label, "small")


def _grid(bottom: int) -> Iterator[str]:
    for ratio in (0.2, 0.5, 1, 2, 5, 10, 20, 50, 100):
        at = _place(ratio)
        yield _line(at, TOP - 6, at, bottom, "one" if ratio == 1 else "grid")
        yield _text(at - 8, bottom + 14, f"{ratio:g}x", "small")


def _place(ratio: float) -> float:
    share = log10(min(max(ratio, LOWEST), HIGHEST) / LOWEST) / log10(HIGHEST / LOWEST)
    return LEFT + share * (RIGHT - LEFT)


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    return f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _text(x: float, y: float, text: str, kind: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}">{escape(text)}</text>'
