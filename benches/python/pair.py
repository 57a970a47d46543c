"""What is compared: one task, done by countermark and by its peer with the same inputs."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

Work = Callable[[], object]
"""Does the task once."""
Clock = Callable[[], int]
"""CPU time in nanoseconds."""
Run = Callable[[int], int]
"""Does the task that often, and gives the nanoseconds it took."""


class Took(NamedTuple):
    """Nanoseconds by the clock on the wall, and of all processors together."""

    wall: int
    cpu: int


Lane = Callable[[int], Took]
"""Does the task that often."""


def children_time_ns() -> int:
    """CPU time of the processes started from this one that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return round((usage.ru_utime + usage.ru_stime) * 1e9)


@dataclass(frozen=True, slots=True)
class Budget:
    """What is aimed at. Benches report it; nothing fails by it.

    Attributes:
        ratio: how many times as fast as the peer, at least.
        time: µs, at most.
        beyond: µs more than the peer, at most; for a peer that is a part of the task.
        times: how many times the peer's time, at most; for a peer that is a part of the task.
    """

    ratio: float | None = None
    time: float | None = None
    beyond: float | None = None
    times: float | None = None

    def __str__(self) -> str:
        texts = (
            None if self.ratio is None else f">= {self.ratio:g}x",
            None if self.time is None else f"<= {self.time:g} us",
            None if self.beyond is None else f"peer + {self.beyond:g} us",
            None if self.times is None else f"peer x {self.times:g}",
        )
        return ", ".join(text for text in texts if text)


@dataclass(frozen=True, slots=True)
class Pair:
    """One line of the table.

    Attributes:
        group: the heading it stands under.
        name: the task.
        ours: the task done by countermark.
        peer: the task done by the peer.
        peer_name: what the peer is.
        budget: what is aimed at, or None.
        clock: what the task costs is read from it.
        part: whether the peer does a part of the task only, so that there is no race.
    """

    group: str
    name: str
    ours: Work
    peer: Work
    peer_name: str
    budget: Budget | None = None
    clock: Clock = time.thread_time_ns
    part: bool = False

    @property
    def title(self) -> str:
        """Heading and name."""
        return f"{self.group}: {self.name}"


@dataclass(frozen=True, slots=True)
class Native:
    """A line of the table about native code: the core, and the bare primitive that is a part of it.

    Attributes:
        name: the task.
        budget: what is aimed at, or None.
        group, peer_name, part: as of a `Pair`.
    """

    name: str
    budget: Budget | None = None
    group: str = "native"
    peer_name: str = "bare"
    part: bool = True

    @property
    def title(self) -> str:
        """Heading and name."""
        return f"{self.group}: {self.name}"
