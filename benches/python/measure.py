"""Measuring a pair: both sides by turns in one process, so that whatever else the machine does hits both."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import repeat
from statistics import median, quantiles
from typing import Final

from benches.python.pair import Clock, Pair, Work


@dataclass(frozen=True, slots=True)
class Effort:
    """How long to measure.

    Attributes:
        rounds: turns of each side.
        batch: nanoseconds that one turn should take, by repetition.
    """

    rounds: int
    batch: int


THOROUGH: Final = Effort(rounds=41, batch=5_000_000)
QUICK: Final = Effort(rounds=9, batch=1_000_000)


@dataclass(frozen=True, slots=True)
class Spread:
    """The median over the rounds, and the range that holds the middle eight tenths of them."""

    middle: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Result:
    """What was measured, in µs.

    Attributes:
        pair: what it was.
        ours: countermark's time.
        peer: the peer's time.
        ratio: the peer's time over ours, taken in each round.
        beyond: ours less the peer's, taken in each round.
    """

    pair: Pair
    ours: Spread
    peer: Spread | None
    ratio: Spread | None
    beyond: Spread | None

    @property
    def met(self) -> bool | None:
        """Whether the budget is kept; None without one."""
        if self.pair.budget is None:
            return None
        ratio = self.ratio.middle if self.ratio else None
        beyond = self.beyond.middle if self.beyond else None
        return self.pair.budget.met(self.ours.middle, ratio, beyond)


def measure(pair: Pair, effort: Effort, loop: float = 0.0) -> Result:
    """Measures both sides of a pair by turns; who begins changes every round.

    Args:
        pair: the pair.
        effort: how long.
        loop: nanoseconds that calling nothing costs, which is taken off; see `loop_cost`.
    """
    works = [pair.ours] if pair.peer is None else [pair.ours, pair.peer]
    counts = [_repetitions(work, effort, pair.clock) for work in works]
    sides = list(zip(works, counts, strict=True))
    times: list[list[float]] = [[] for _ in sides]
    for turn in range(effort.rounds):
        for side in range(len(sides)) if turn % 2 else reversed(range(len(sides))):
            work, count = sides[side]
            each = _batch(work, count, pair.clock) / count - loop
            times[side].append(max(each, 0.1) / 1000)
    ours = times[0]
    if pair.peer is None:
        return Result(pair, _spread(ours), None, None, None)
    peer = times[1]
    return Result(
        pair,
        _spread(ours),
        _spread(peer),
        _spread([theirs / own for own, theirs in zip(ours, peer, strict=True)]),
        _spread([own - theirs for own, theirs in zip(ours, peer, strict=True)]),
    )


def loop_cost(effort: Effort, clock: Clock) -> float:
    """What the loop and the call around the work take, in nanoseconds."""

    def nothing() -> None:
        return None

    count = _repetitions(nothing, effort, clock)
    return median(_batch(nothing, count, clock) / count for _ in range(effort.rounds))


def _repetitions(work: Work, effort: Effort, clock: Clock) -> int:
    """How often the work fits into a batch. Warms it up, too."""
    _batch(work, 1, clock)
    count = 1
    while True:
        taken = _batch(work, count, clock)
        if taken * 2 >= effort.batch:
            return max(1, round(count * effort.batch / taken))
        count *= 2


def _batch(work: Work, count: int, clock: Clock) -> int:
    turns = repeat(None, count)
    with _without_collector():
        start = clock()
        for _ in turns:
            work()
        return clock() - start


@contextmanager
def _without_collector() -> Iterator[None]:
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _spread(values: list[float]) -> Spread:
    tenths = quantiles(values, n=10, method="inclusive")
    return Spread(median(values), tenths[0], tenths[-1])
