"""The two implementations under test, behind one set of names."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from countermark.errors import Error
from countermark.vectors.engines import MODULES, Door


def outcome(call: Callable[[], Any]) -> Any:
    """What a call returns, or the code of the error of ours that it raises."""
    try:
        return call()
    except Error as error:
        return error.code


@cache
def private_key(door: Door, pem: str) -> Any:
    """A key that several tests read: none of them closes it."""
    return door.PrivateKey.from_pem(pem)


__all__ = ["MODULES", "Door", "outcome", "private_key"]
