"""What a refused input must come to, whatever it was."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from countermark.errors import CODES, Error


def refusal(call: Callable[..., object], *arguments: object, **options: object) -> str:
    """The code of the error that the call ends in: one of ours, of its class, and fit to be shown.

    Anything else that is raised, a panic above all, goes through and fails the test.
    """
    return refused(call, *arguments, **options).code


def refused(call: Callable[..., object], *arguments: object, **options: object) -> Error:
    """The error itself, for tests that look at more than its code."""
    with pytest.raises(Error) as caught:
        call(*arguments, **options)
    error = caught.value
    assert type(error) is CODES[error.code]
    assert str(error) == error.message
    assert 0 < len(error.message) <= 200
    assert error.message.isprintable()
    return error


def seconds(call: Callable[..., object], *arguments: object, times: int = 1) -> float:
    """The shortest of a few runs, in time of this thread: what the call costs by itself."""
    best = float("inf")
    for _ in range(times):
        started = time.thread_time()
        call(*arguments)
        best = min(best, time.thread_time() - started)
    return best
