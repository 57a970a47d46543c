"""Arguments that are many items."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

from countermark.errors import ArgumentTypeError


def snapshot(values: Any, name: str) -> list[Any]:
    """The items of an iterable at this time."""
    return list(iterator(values, name))


def iterator(values: Any, name: str) -> Iterator[Any]:
    """The iterator of an iterable of items, which one text, one bytes object or one mapping is not.

    Raises:
        ArgumentTypeError: something else. What the iterator raises comes through.
    """
    kind = type(values)
    # What can only be asked for places, as a query of polars that has not run, is no sequence without a length.
    many = hasattr(kind, "__iter__") or hasattr(kind, "__len__")
    if many and not isinstance(values, str | bytes | bytearray | memoryview | Mapping):
        with contextlib.suppress(TypeError):
            return iter(values)
    lazy = hasattr(kind, "collect")
    raise ArgumentTypeError(
        f"{name} must be an iterable of items, not a "
        + ("query that has yet to run: collect() it" if lazy else "single one"),
        code="argument.type",
        field=name,
    )
