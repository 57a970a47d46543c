"""Many at once: one call for a batch, on one thread and on all, beside a loop over single calls and the peers.

What works on one thread is compared by its processor time, which says the same on a busy machine. Where all
processors are at it, wall time is compared, since that is what more threads save. What this machine can do with all
its processors is shown by the bare primitive, in as many processes as there are processors, all at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import repeat
from statistics import median
from typing import Final

from benches.python.budgets import Claim
from benches.python.measure import (
    Effort,
    Spread,
    quotients,
    repetitions,
    spread,
    without_collector,
)
from benches.python.pair import Lane, Run, Took, Work

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
    peers: Mapping[str, Lane]
    bare: tuple[Lane, Lane] | None = None
    least: Mapping[str, float] = field(default_factory=dict)
    bound: bool = False

    @property
    def title(self) -> str:
        """Heading and name."""
        return f"{self.group}: {self.name}"


@dataclass(frozen=True, slots=True)
class Standing:
    """What came of a race: µs an item, of each lane in each round.

    Attributes:
        race: what it was.
        items: how many a call of ours got.
        walls, cpus: wall time, and the time of all processors together.
    """

    race: Race
    items: int
    walls: Mapping[str, list[float]]
    cpus: Mapping[str, list[float]]

    def times(self, lane: str, than: str) -> tuple[list[float], list[float]]:
        """The times by which two lanes are compared."""
        kept = self.walls if {lane, than} & {ALL, BARE_ALL} else self.cpus
        return kept[lane], kept[than]

    def ratio(self, lane: str, than: str) -> Spread:
        """How many times as fast a lane is as another, within each round."""
        own, other = self.times(lane, than)
        return spread(quotients(other, own))

    def time(self, lane: str) -> float:
        """µs an item: processor time, or for all processors together wall time."""
        return median(self.times(lane, lane)[0])

    def claims(self) -> Iterator[Claim]:
        """The budgets this race has a part in."""
        factor = None if self.race.bare is None else self.ratio(BARE_ALL, BARE)
        for peer, least in self.race.least.items():
            if peer not in self.walls:
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
        beyond = spread([one - bare for one, bare in zip(*self.times(ONE, BARE), strict=True)])
        beside = f" ({1 / ratio.middle:.3f} times the bare primitive's time)"
        what = f"{self.race.title}, {ONE}, an item beyond the {BARE}"
        yield Claim(what, 0.3, beyond, least=False, unit=" us", beside=beside)

    def _says(self, lane: str, than: str) -> str:
        return f"{self.race.title}, {lane}, beside {than}"


def run_race(race: Race, effort: Effort) -> Standing:
    """Measures all lanes by turns; who begins changes every round."""
    items = max(20, round(race.items * effort.share))
    turn = round(TURN * effort.share)
    lanes: dict[str, Lane] = {SINGLE: looped(race.single), **race.peers}
    if race.bare is not None:
        lanes[BARE], lanes[BARE_ALL] = race.bare
    counts = {name: repetitions(_wall(lane), turn) for name, lane in lanes.items()}
    for name, threads in ((ONE, 1), (ALL, None)):
        lanes[name], counts[name] = _batch(race, threads), items
        lanes[name](items)
    walls: dict[str, list[float]] = {name: [] for name in lanes}
    cpus: dict[str, list[float]] = {name: [] for name in lanes}
    for round_number in range(effort.races):
        for name in lanes if round_number % 2 else reversed(lanes):
            took = lanes[name](counts[name])
            walls[name].append(took.wall / counts[name] / 1000)
            cpus[name].append(took.cpu / counts[name] / 1000)
    return Standing(race, items, walls, cpus)


def looped(work: Work) -> Lane:
    """One at a time, in this process."""

    def run(count: int) -> Took:
        def loop() -> None:
            for _ in repeat(None, count):
                work()

        return _took(loop)

    return run


def _batch(race: Race, threads: int | None) -> Lane:
    """Calls that each get all the items of a turn."""
    return lambda count: _took(lambda: race.batch(count, threads))


def _took(work: Work) -> Took:
    with without_collector():
        wall, cpu = time.perf_counter_ns(), time.process_time_ns()
        work()
        return Took(time.perf_counter_ns() - wall, time.process_time_ns() - cpu)


def _wall(lane: Lane) -> Run:
    return lambda count: lane(count).wall
