"""Many at once: one call for a batch, on one thread and on all, beside a loop over single calls and the peers.

Here wall time is measured, since that is what more threads save. What a peer reaches with all processors is shown
by the bare primitive, in as many processes as there are processors, all at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Final

from benches.python.budgets import Claim
from benches.python.measure import Effort, Spread, by_turns, quotients, repetitions, spread, timed
from benches.python.pair import Run, Work

SINGLE, ONE, ALL = "single call", "batch, one thread", "batch, all threads"
COLUMNS: Final = (SINGLE, ONE, ALL)
BARE, BARE_ALL = "bare primitive, one process", "bare primitive, a process for each processor"
TURN: Final = 100_000_000
"""Nanoseconds that a turn of a loop over single calls takes."""
WHOLE: Final = 1.95
"""Processes that are this many times as fast as one are said to be twice as fast."""


@dataclass(frozen=True, slots=True)
class Race:
    """One task, done many times by all who can.

    Attributes:
        group: the heading it stands under.
        name: the task.
        items: how many a call of ours gets.
        single: one at a time, by countermark.
        batch: all items, on that many threads; None leaves the number to the library.
        peers: one at a time, by others.
        bare: the bare primitive in one process and in several at once, or None.
        least: how many times as fast as the named peer one thread is to be at least.
        bound: whether the budgets for batches beside the bare primitive hold for it.
    """

    group: str
    name: str
    items: int
    single: Work
    batch: Callable[[int, int | None], object]
    peers: Mapping[str, Run]
    bare: tuple[Run, Run] | None = None
    least: Mapping[str, float] = field(default_factory=dict)
    bound: bool = False

    @property
    def title(self) -> str:
        """Heading and name."""
        return f"{self.group}: {self.name}"


@dataclass(frozen=True, slots=True)
class Standing:
    """What came of a race: µs an item, of each lane in each round."""

    race: Race
    items: int
    times: Mapping[str, list[float]]

    def ratio(self, lane: str, than: str) -> Spread:
        """How many times as fast a lane is as another, within each round."""
        return spread(quotients(self.times[than], self.times[lane]))

    def time(self, lane: str) -> float:
        """µs an item."""
        return median(self.times[lane])

    def claims(self) -> Iterator[Claim]:
        """The budgets this race has a part in."""
        factor = None if self.race.bare is None else self.ratio(BARE_ALL, BARE)
        for peer, least in self.race.least.items():
            if peer not in self.times:
                continue
            yield Claim(self._says(ONE, peer), least, self.ratio(ONE, peer))
            if factor is not None:
                wanted, ratio = least * factor.middle, self.ratio(ALL, peer)
                reach = f" ({least:g} times the {factor.middle:.2f}x that the processes reach)"
                yield Claim(self._says(ALL, peer), wanted, ratio, beside=reach)
        if factor is None or not self.race.bound:
            return
        yield Claim(self._says(ALL, BARE_ALL), 0.95, self.ratio(ALL, BARE_ALL))
        reach = f" (the processes reach {factor.middle:.2f}x of one)"
        applies = factor.middle >= WHOLE
        ratio = self.ratio(ALL, ONE)
        yield Claim(self._says(ALL, ONE), 1.9, ratio, beside=reach, applies=applies)
        ratio = self.ratio(ONE, BARE)
        yield Claim(self._says(ONE, BARE), 0.97, ratio)
        beyond = spread(
            [one - bare for one, bare in zip(self.times[ONE], self.times[BARE], strict=True)]
        )
        beside = f" ({1 / ratio.middle:.3f} times the bare primitive's time)"
        what = f"{self.race.title}, {ONE}, an item beyond the {BARE}"
        yield Claim(what, 0.3, beyond, least=False, unit=" us", beside=beside)

    def _says(self, lane: str, than: str) -> str:
        return f"{self.race.title}, {lane}, beside {than}"


def run_race(race: Race, effort: Effort) -> Standing:
    """Measures all lanes by turns."""
    items = max(20, round(race.items * effort.share))
    turn = round(TURN * effort.share)
    lanes: dict[str, Run] = {SINGLE: timed(race.single, time.perf_counter_ns)}
    lanes.update(race.peers)
    if race.bare is not None:
        lanes[BARE], lanes[BARE_ALL] = race.bare
    counts = {name: repetitions(run, turn) for name, run in lanes.items()}
    for name, threads in ((ONE, 1), (ALL, None)):
        lanes[name] = _batch(race, threads)
        counts[name] = items
        lanes[name](items)
    measured = by_turns(list(lanes.values()), [counts[name] for name in lanes], effort.races)
    return Standing(race, items, dict(zip(lanes, measured, strict=True)))


def _batch(race: Race, threads: int | None) -> Run:
    """Calls that each get all the items of a turn."""

    def run(count: int) -> int:
        start = time.perf_counter_ns()
        race.batch(count, threads)
        return time.perf_counter_ns() - start

    return run
