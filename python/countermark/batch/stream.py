"""Verifying without end: items come from an iterator, and so do the verdicts."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from countermark.arrow import Table, streamed_rows
from countermark.batch.verifying import arguments_of, verify_assertions
from countermark.errors import ArgumentTypeError, ArgumentValueError
from countermark.items import iterator


def verify_stream(
    items: Iterable[Any] | Table,
    verify: Callable[..., list[Any]] = verify_assertions,
    *,
    chunk: int = 1024,
    **options: Any,
) -> Iterator[Any]:
    """Verifies items as they come, a chunk at a time; neither what came nor what is to come is held.

    A chunk is read when its first verdict is asked for, so a source that gives one item and waits is better served
    with a small ``chunk``. Closing the generator, or leaving the loop that drives it, leaves the source where it is.

    Args:
        items: any iterable, endless ones too, also of tables or record batches; or a table, or a reader of record
            batches, of which one is in hand at once.
        verify: a function of many, such as `verify_audit_records`.
        chunk: how many items are in hand at once, at least 1.
        **options: what the function takes: ``threads``, ``results``, and arguments that all items share.

    Yields:
        The verdict of each item, in order.

    Raises:
        ArgumentTypeError, ArgumentValueError: an argument that is not taken; at once, but for those of ``verify``,
            which come with the first chunk. What the source raises comes through after the verdicts of the chunks
            before.
    """
    if isinstance(chunk, bool) or not isinstance(chunk, int):
        raise ArgumentTypeError("chunk must be int", code="argument.type", field="chunk")
    if not 1 <= chunk <= sys.maxsize:
        raise ArgumentValueError(
            "chunk must be from 1 to what a list can hold", code="argument.value", field="chunk"
        )
    if not callable(verify):
        raise ArgumentTypeError(
            "verify must be a function of many", code="argument.type", field="verify"
        )
    return _chunks(
        iterator(streamed_rows(items, arguments_of(verify)), "items"), verify, chunk, options
    )


def _chunks(
    source: Iterator[Any],
    verify: Callable[..., list[Any]],
    chunk: int,
    options: dict[str, Any],
) -> Iterator[Any]:
    while items := list(islice(source, chunk)):
        yield from verify(items, **options)


__all__ = ["verify_stream"]
