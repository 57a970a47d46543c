"""Ratios as bars on a logarithmic scale: SVG that can be read on light and on dark pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from math import log10
from typing import Final

from benches.python.many import COLUMNS, Standing
from benches.python.measure import Result, Spread

WIDTH, LEFT, RIGHT, TOP, STEP, HEADING = 860, 260, 680, 64, 18, 28
LOWEST, HIGHEST = 0.2, 100.0
STYLE: Final = """
svg { --paper: #ffffff; --ink: #1f2328; --faint: #59636e; --grid: #d1d9e0; --bar: #2a7f9e; --slow: #b3412f;
  --budget: #9a6700; background: var(--paper) }
@media (prefers-color-scheme: dark) { svg { --paper: #0d1117; --ink: #e6edf3; --faint: #9198a1; --grid: #3d444d;
  --bar: #4fa8c9; --slow: #e0705e; --budget: #e3b341 } }
text { font: 12px sans-serif; fill: var(--ink) } .head { font-weight: bold }
.small { font-size: 10px; fill: var(--faint) } .title { font-size: 15px; font-weight: bold }
.paper { fill: var(--paper) } .bar { fill: var(--bar) } .slow { fill: var(--slow) }
.grid { stroke: var(--grid) } .one { stroke: var(--faint) } .range { stroke: var(--ink) }
.budget { stroke: var(--budget); stroke-width: 2 }
"""


@dataclass(frozen=True, slots=True)
class Bar:
    """One ratio."""

    group: str
    name: str
    peer: str
    ratio: Spread
    budget: float | None = None


def of_pairs(results: Sequence[Result], about: str) -> str:
    """Single calls: all results whose peer does the whole task."""
    bars = [
        Bar(
            result.pair.group,
            result.pair.name,
            result.pair.peer_name,
            result.ratio,
            None if result.pair.budget is None else result.pair.budget.ratio,
        )
        for result in results
        if not result.pair.part
    ]
    return drawn(bars, "Single calls: how many times as fast as the peer", about)


def of_races(standings: Sequence[Standing], about: str) -> str:
    """Many at once: three bars a peer."""
    bars = [
        Bar(
            f"{standing.race.title}, beside {peer}",
            lane,
            "",
            standing.ratio(lane, peer),
            standing.race.least.get(peer) if lane == COLUMNS[1] else None,
        )
        for standing in standings
        for peer in standing.walls
        if peer not in COLUMNS
        for lane in COLUMNS
    ]
    return drawn(bars, "Many at once: how many times as fast as the peer", about)


def drawn(bars: Sequence[Bar], title: str, about: str) -> str:
    """The picture, as text."""
    parts: list[str] = []
    height = TOP
    for group, members in groupby(bars, key=lambda bar: bar.group):
        parts.append(_text(12, height + 16, group, "head"))
        height += HEADING
        for bar in members:
            parts.extend(_bar(bar, height))
            height += STEP
    bottom = height + 8
    size = f'width="{WIDTH}" height="{bottom + 44}"'
    view = f'viewBox="0 0 {WIDTH} {bottom + 44}" role="img"'
    legend = "thin line: 10% to 90% of the rounds; thick line: the budget; left of 1x: slower"
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {view}>',
        f"<title>{escape(title)}</title><style>{STYLE}</style>",
        f'<rect {size} class="paper"/>',
        _text(12, 24, title, "title"),
        _text(12, 44, about, "small"),
        *_grid(bottom),
        *parts,
        _text(12, bottom + 36, legend, "small"),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _bar(bar: Bar, top: int) -> Iterator[str]:
    one, end = sorted((_place(1), _place(bar.ratio.middle)))
    kind = "bar" if bar.ratio.middle >= 1 else "slow"
    middle = top + STEP / 2 - 1
    yield _text(24, top + 12, bar.name, "")
    yield f'<rect class="{kind}" x="{one:.1f}" y="{top + 2}" width="{end - one:.1f}" height="12"/>'
    yield _line(_place(bar.ratio.low), middle, _place(bar.ratio.high), middle, "range")
    rightmost = max(end, _place(bar.ratio.high))
    if bar.budget is not None:
        at = _place(bar.budget)
        rightmost = max(rightmost, at)
        yield _line(at, top, at, top + STEP - 2, "budget")
    digits = 1 if bar.ratio.middle >= 10 else 2
    label = f"{bar.ratio.middle:.{digits}f}x {bar.peer}".rstrip()
    yield _text(rightmost + 6, top + 12, label, "small")


def _grid(bottom: int) -> Iterator[str]:
    for ratio in (0.2, 0.5, 1, 2, 5, 10, 20, 50, 100):
        at = _place(ratio)
        yield _line(at, TOP - 4, at, bottom, "one" if ratio == 1 else "grid")
        for height in (TOP - 8, bottom + 14):
            yield _text(at - 8, height, f"{ratio:g}x", "small")


def _place(ratio: float) -> float:
    share = log10(min(max(ratio, LOWEST), HIGHEST) / LOWEST) / log10(HIGHEST / LOWEST)
    return LEFT + share * (RIGHT - LEFT)


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    return f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _text(x: float, y: float, text: str, kind: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}">{escape(text)}</text>'
