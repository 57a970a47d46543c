"""How far a long command is: on standard error, where that is a terminal, and nowhere else."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any, Final, Protocol

from countermark.cli.terminal import printable, write_error

EVERY: Final = 2.0
"""Seconds from one plain line to the next."""


class Progress(Protocol):
    """What tells how far it is."""

    def advance(self, n: int = 1) -> None:
        """So many more are done."""


class _Silent:
    def advance(self, n: int = 1) -> None:
        """Nobody looks."""


class _Lines:
    """A line now and then."""

    def __init__(self, what: str, total: int | None) -> None:
        self._what, self._total = printable(what), total
        self._done, self._told = 0, monotonic()

    def advance(self, n: int = 1) -> None:
        self._done += n
        now = monotonic()
        if now - self._told >= EVERY:
            self._told = now
            of = "" if self._total is None else f" of {self._total}"
            write_error(f"{self._what}: {self._done}{of}\n")


class _Bar:
    """A bar of rich."""

    def __init__(self, bar: Any, task: Any) -> None:
        self._bar, self._task = bar, task

    def advance(self, n: int = 1) -> None:
        self._bar.advance(self._task, n)


@contextmanager
def progress(what: str, total: int | None) -> Iterator[Progress]:
    """Tells how far a command is, while it is in this context.

    On a terminal a bar, where ``rich`` is installed (the extra ``cli``), else a line every `EVERY` seconds; where
    standard error is no terminal, nothing.

    Args:
        what: what is counted, in a word or two.
        total: how many there will be, or None where nobody knows.
    """
    if sys.stderr is None or not sys.stderr.isatty():
        yield _Silent()
        return
    try:
        from rich.console import Console
        from rich.markup import escape
        from rich.progress import Progress as Bars
    except ImportError:
        yield _Lines(what, total)
        return
    with Bars(console=Console(stderr=True), transient=True) as bars:
        yield _Bar(bars, bars.add_task(escape(what), total=total))


__all__ = ["EVERY", "Progress", "progress"]
