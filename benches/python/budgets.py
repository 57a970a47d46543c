"""Every budget with what was measured. One that is missed says so in words; nothing fails by it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from benches.python.measure import Result, Spread


@dataclass(frozen=True, slots=True)
class Claim:
    """A budget, and what became of it.

    Attributes:
        what: what is measured.
        wanted: the bound.
        measured: what was found.
        least: whether the bound is the least that will do, rather than the most.
        unit: what both are in: ``x`` for a ratio, or `` us``.
        beside: a ratio that belongs to a time, in words.
        applies: whether the budget says anything of this machine.
    """

    what: str
    wanted: float
    measured: Spread
    least: bool = True
    unit: str = "x"
    beside: str = ""
    applies: bool = True

    @property
    def met(self) -> bool:
        found = self.measured.middle
        return found >= self.wanted if self.least else found <= self.wanted

    @property
    def budget(self) -> str:
        return f"{'>=' if self.least else '<='} {self.wanted:.4g}{self.unit}"

    @property
    def verdict(self) -> str:
        """``met``, or ``missed: 1.73 of 1.8``."""
        if not self.applies:
            return f"does not apply here{self.beside}"
        if self.met:
            return f"met{self.beside}"
        return f"missed: {self.measured.middle:.4g} of {self.wanted:.4g}{self.unit}{self.beside}"


def claim_of(result: Result) -> Claim | None:
    """The budget of a pair."""
    pair, budget = result.pair, result.pair.budget
    if budget is None:
        return None
    what = f"{pair.title}, beside {pair.peer_name}"
    if budget.ratio is not None:
        return Claim(what, budget.ratio, result.ratio)
    turned = Spread(1 / result.ratio.middle, 1 / result.ratio.high, 1 / result.ratio.low)
    if budget.times is not None:
        return Claim(what, budget.times, turned, least=False)
    beside = f" ({turned.middle:.2f} times the peer's time)"
    if budget.beyond is not None:
        what = f"{pair.title}, beyond {pair.peer_name}"
        return Claim(what, budget.beyond, result.beyond, least=False, unit=" us", beside=beside)
    if budget.time is not None:
        return Claim(what, budget.time, result.ours, least=False, unit=" us", beside=beside)
    raise ValueError(f"a budget that bounds nothing: {pair.title}")


def claims_of(results: list[Result]) -> Iterator[Claim]:
    """The budgets of all pairs that have one."""
    for result in results:
        claim = claim_of(result)
        if claim is not None:
            yield claim
