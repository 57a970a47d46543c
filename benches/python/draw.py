"""The tables, as aligned plain text. No time stands there without a ratio in the same line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from benches.python.budgets import Claim, claim_of
from benches.python.many import COLUMNS, Standing
from benches.python.measure import Result, Spread

Row = Sequence[str]


def pairs_table(results: Sequence[Result]) -> str:
    """Single calls, each beside its peer."""
    head = ("what", "ours us", "peer", "peer us", "ratio", "(10%..90%)", "budget", "")
    rows = [(result.pair.group, _pair(result)) for result in results]
    return "\n".join(aligned(head, rows, right=(1, 3, 4)))


def _pair(result: Result) -> Row:
    claim = claim_of(result)
    return (
        result.pair.name,
        number(result.ours.middle),
        ("with " if result.pair.part else "") + result.pair.peer_name,
        number(result.peer.middle),
        f"{result.ratio.middle:.2f}x",
        f"{result.ratio.low:.2f}..{result.ratio.high:.2f}",
        "" if claim is None else str(result.pair.budget),
        "" if claim is None else claim.verdict,
    )


def races_table(standings: Sequence[Standing]) -> str:
    """Many at once: how many times as fast as each peer, by one call for each, one thread, and all."""
    head = ("what", "beside", "peer us", *COLUMNS)
    rows = [
        (f"{standing.race.title}, calls of {standing.items}", _race(standing, peer))
        for standing in standings
        for peer in standing.walls
        if peer not in COLUMNS
    ]
    return "\n".join(aligned(head, rows, right=(2,)))


def _race(standing: Standing, peer: str) -> Row:
    cells = (_ratio(standing.ratio(lane, peer)) for lane in COLUMNS)
    return ("", peer, number(standing.time(peer)), *cells)


def _ratio(ratio: Spread) -> str:
    return f"{ratio.middle:6.2f}x ({ratio.low:.2f}..{ratio.high:.2f})"


def budgets_table(claims: Sequence[Claim]) -> str:
    """Every budget, with what was measured."""
    head = ("budget", "measured", "", "of what")
    rows = [
        ("", (claim.budget, f"{claim.measured.middle:.4g}{claim.unit}", claim.verdict, claim.what))
        for claim in claims
    ]
    return "\n".join(aligned(head, rows, right=(1,)))


def aligned(head: Row, rows: Sequence[tuple[str, Row]], right: Sequence[int]) -> Iterator[str]:
    """Columns of equal width, those of numbers to the right; each group under its heading."""
    widths = [
        max(len(row[at]) for row in (head, *(cells for _, cells in rows)))
        for at in range(len(head))
    ]

    def line(cells: Row) -> str:
        padded = (
            cell.rjust(width) if at in right else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )
        return "  ".join(padded).rstrip()

    yield line(head)
    yield line(["-" * width for width in widths])
    for group, members in groupby(rows, key=lambda row: row[0]):
        if group:
            yield group
        for _, cells in members:
            yield ("  " if group else "") + line(cells)


def number(value: float) -> str:
    """µs, with three digits or so."""
    digits = 3 if abs(value) < 10 else 2 if abs(value) < 100 else 1 if abs(value) < 1000 else 0
    return f"{value:.{digits}f}"
