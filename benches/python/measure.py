"""Measuring: all sides by turns in one process, so that whatever else the machine does hits them alike."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import repeat
from statistics import median, quantiles
from typing import Final

from benches.python.pair import Clock, Native, Pair, Run, Work


@dataclass(frozen=True, slots=True)
class Effort:
    """How long to measure.

    Attributes:
        rounds: turns of each side.
        turn: nanoseconds that one turn should take, by repetition.
        races: turns of each side where many are done at once.
        share: the part of a race's items that is done in a turn.
    """

    rounds: int
    turn: int
    races: int
    share: float


THOROUGH: Final = Effort(rounds=41, turn=5_000_000, races=15, share=1.0)
QUICK: Final = Effort(rounds=9, turn=1_000_000, races=5, share=0.1)


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

    pair: Pair | Native
    ours: Spread
    peer: Spread
    ratio: Spread
    beyond: Spread


def measure(pair: Pair, effort: Effort, loop: float = 0.0) -> Result:
    """Measures both sides of a pair by turns.

    Args:
        pair: the pair.
        effort: how long.
        loop: nanoseconds that calling nothing costs, which is taken off; see `loop_cost`.
    """
    return compare(pair, timed(pair.ours, pair.clock), timed(pair.peer, pair.clock), effort, loop)


def compare(pair: Pair | Native, ours: Run, peer: Run, effort: Effort, loop: float = 0.0) -> Result:
    """The same for tasks that time themselves."""
    counts = [repetitions(run, effort.turn) for run in (ours, peer)]
    own, others = by_turns((ours, peer), counts, effort.rounds, loop)
    return Result(
        pair,
        spread(own),
        spread(others),
        spread(quotients(others, own)),
        spread([one - other for one, other in zip(own, others, strict=True)]),
    )


def by_turns(
    runs: Sequence[Run], counts: Sequence[int], rounds: int, loop: float = 0.0
) -> list[list[float]]:
    """µs for each time, of each side in each round; who begins changes every round."""
    times: list[list[float]] = [[] for _ in runs]
    for turn in range(rounds):
        for side in range(len(runs)) if turn % 2 else reversed(range(len(runs))):
            each = runs[side](counts[side]) / counts[side] - loop
            times[side].append(max(each, 0.1) / 1000)
    return times


def timed(work: Work, clock: Clock) -> Run:
    """The work in a loop, without the garbage collector."""

    def run(count: int) -> int:
        turns = repeat(None, count)
        with without_collector():
            start = clock()
            for _ in turns:
                work()
            return clock() - start

    return run


def loop_cost(effort: Effort, clock: Clock) -> float:
    """What the loop and the call around the work take, in nanoseconds."""

    def nothing() -> None:
        return None

    run = timed(nothing, clock)
    count = repetitions(run, effort.turn)
    return median(run(count) / count for _ in range(effort.rounds))


def repetitions(run: Run, turn: int) -> int:
    """How often the work fits into a turn. Warms it up, too."""
    run(1)
    count = 1
    while True:
        taken = run(count)
        if taken * 2 >= turn:
            return max(1, round(count * turn / taken))
        count *= 2


def quotients(above: Sequence[float], below: Sequence[float]) -> list[float]:
    """The ratio within each round."""
    return [one / other for one, other in zip(above, below, strict=True)]


def spread(values: Sequence[float]) -> Spread:
    """Median and tenths."""
    tenths = quantiles(values, n=10, method="inclusive")
    return Spread(median(values), tenths[0], tenths[-1])


@contextmanager
def without_collector() -> Iterator[None]:
    """Garbage is collected afterwards."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
