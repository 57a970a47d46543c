"""Threads that do one thing again and again while a test does another."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def running(*loops: Callable[[], object]) -> Iterator[list[BaseException]]:
    """Runs each of these in a thread of its own, again and again; gives what they raised."""
    stop = threading.Event()
    failures: list[BaseException] = []

    def run(step: Callable[[], object]) -> None:
        try:
            while not stop.is_set():
                step()
        except BaseException as error:  # noqa: BLE001  # a panic is no Exception
            failures.append(error)

    threads = [threading.Thread(target=run, args=(step,)) for step in loops]
    for thread in threads:
        thread.start()
    try:
        yield failures
    finally:
        stop.set()
        for thread in threads:
            thread.join()
