"""Columns and tables of ``pyarrow``, ``polars`` and ``pandas``, and the items that are in them."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterable, Iterator
from typing import Any, Final, Protocol

from countermark.errors import ArgumentTypeError, ArgumentValueError
from countermark.items import iterator, snapshot


class ArrowStream(Protocol):
    """A column or a table by the Arrow PyCapsule interface: of ``pyarrow``, ``polars``, ``pandas`` and others."""

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """The capsule."""


class ArrowArray(Protocol):
    """The same, in one piece."""

    def __arrow_c_array__(self, requested_schema: object = None) -> object:
        """The capsules."""


Table = ArrowStream | ArrowArray
"""Rows of items: a ``Table`` or ``RecordBatch`` of ``pyarrow``, a ``DataFrame`` of ``polars`` or ``pandas``."""

_MOST_INT32: Final = 2**31 - 1
UNREADABLE: Final = (TypeError, ValueError, AttributeError, NotImplementedError, OverflowError)
"""What Arrow raises for what it cannot read, and objects that only look like its own."""


def pyarrow() -> Any:
    """The package.

    Raises:
        ImportError: it is not installed.
    """
    try:
        import pyarrow as pa
    except ImportError as error:
        raise ImportError(
            "columns and tables need pyarrow: pip install 'countermark[arrow]'", name="pyarrow"
        ) from error
    return pa


def is_arrow(value: Any) -> bool:
    """Whether it is a column or a table by the Arrow PyCapsule interface."""
    kind = type(value)
    return hasattr(kind, "__arrow_c_stream__") or hasattr(kind, "__arrow_c_array__")


def is_pandas(value: Any) -> bool:
    """Whether it is a series or a frame of pandas."""
    return hasattr(value, "iloc")


def is_of_objects(column: Any) -> bool:
    """Whether it is a series of polars of Python objects, which come out as their addresses."""
    return str(getattr(column, "dtype", None)) == "Object"


def one_array(column: Any) -> Any:
    """An array of pyarrow in one piece, of a type with one buffer of data where it is one of bytes or text."""
    if is_pandas(column):
        column = pyarrow().array(column)
    elif is_arrow(column) and not hasattr(column, "buffers"):
        column = pyarrow().chunked_array(column)
    name = str(column.type)
    if name.startswith("dictionary"):
        if hasattr(column, "combine_chunks"):
            column = column.combine_chunks()
        return one_array(column.dictionary).take(column.indices)
    if name.startswith(("binary_view", "string_view", "fixed_size_binary")):
        # Arrow converts views of text to text only.
        column = column.cast("large_string" if "string" in name else "large_binary")
    elif (
        name in ("binary", "string")
        and hasattr(column, "combine_chunks")
        and column.nbytes > _MOST_INT32
    ):
        column = column.cast(f"large_{name}")
    return column.combine_chunks() if hasattr(column, "combine_chunks") else column


def items_of(values: Any, name: str) -> list[Any]:
    """The items of an iterable, a column or a table, at this time. Those of a table are its rows as mappings.

    Raises:
        ArgumentTypeError: something else, naming the argument.
        ArgumentValueError: a table with two columns of one name.
        ImportError: a column or a table where ``pyarrow`` is not installed.
    """
    if is_pandas(values) or (is_arrow(values) and hasattr(values, "columns")):
        found: list[Any] = rows(values, name)
        return found
    if not is_arrow(values) or is_of_objects(values):
        return snapshot(values, name)
    try:
        column = values if hasattr(values, "type") else pyarrow().chunked_array(values)
        return [_without_nulls(cell) for cell in _cells(column)]
    except UNREADABLE as error:
        raise ArgumentTypeError(
            f"{name} cannot be read by pyarrow as a column", code="argument.type", field=name
        ) from error


def rows(items: Any, name: str = "items", known: Collection[str] | None = None) -> Any:
    """The rows of a table as mappings without what is null, within structs too; anything else as it is.

    A cell of a frame of pandas is the object that is there, and nothing is left out of that.

    Raises:
        ArgumentTypeError: a table that pyarrow cannot read, naming the argument.
        ArgumentValueError: two columns of one name, or a column that is not one of those known.
        ImportError: a table of others than pandas where ``pyarrow`` is not installed.
    """
    if is_pandas(items):
        if not hasattr(items, "columns"):
            return _pandas_cells(items)
        names = [str(column) for column in items.columns]
        _check_names(names, known, name)
        columns = [_pandas_cells(items.iloc[:, place]) for place in range(len(names))]
        return _by_row(names, columns, len(items))
    if not is_arrow(items):
        return items
    _refuse_objects(items, name)
    try:
        table = pyarrow().table(items)
        columns = [[_without_nulls(cell) for cell in _cells(column)] for column in table.columns]
    except UNREADABLE as error:
        raise _no_table(name) from error
    _check_names(table.column_names, known, name)
    return _by_row(table.column_names, columns, table.num_rows)


def _by_row(names: list[str], columns: list[list[Any]], count: int) -> list[dict[str, Any]]:
    cells = [*zip(names, columns, strict=True)]
    return [
        {name: column[place] for name, column in cells if column[place] is not None}
        for place in range(count)
    ]


def _check_names(columns: list[str], known: Collection[str] | None, name: str) -> None:
    if len({*columns}) != len(columns):
        raise ArgumentValueError(
            f"{name} have two columns of one name", code="argument.value", field=name
        )
    for column in columns:
        if known is not None and column not in known:
            raise ArgumentValueError(
                f"{name} have a column that is no argument of this call, {column[:32]!r}: select those that"
                f" are of {', '.join(known)}",
                code="argument.value",
                field=name,
            )


def _pandas_cells(series: Any) -> list[Any]:
    """The cells, None for those that are missing. Objects are as they were put there."""
    try:
        cells = list(series)
    except UNREADABLE:  # a column of Arrow with a cell that Python has no value for
        cells = _cells(pyarrow().array(series))
    if str(series.dtype) != "object":
        cells = [_without_nulls(cell) for cell in cells]
    return [None if missing else cell for cell, missing in zip(cells, series.isna(), strict=True)]


def _cells(column: Any) -> list[Any]:
    """The cells. One that Python has no value for stays Arrow's, and is its item's to be refused for."""
    with contextlib.suppress(*UNREADABLE):
        found: list[Any] = column.to_pylist()
        return found
    return [_cell(cell) for cell in column]


def _cell(cell: Any) -> Any:
    try:
        return cell.as_py()
    except UnicodeDecodeError:
        # Text that is none: its bytes are refused as those of any item are.
        return bytes(cell.as_buffer()) if hasattr(cell, "as_buffer") else cell
    except UNREADABLE:
        return cell


def _without_nulls(value: Any) -> Any:
    """Without the members that Arrow fills in where another row has them."""
    if isinstance(value, dict):
        return {name: _without_nulls(one) for name, one in value.items() if one is not None}
    return [_without_nulls(one) for one in value] if isinstance(value, list) else value


def streamed_rows(items: Any, known: Collection[str] | None = None) -> Any:
    """The same a batch at a time, of a table, of a reader of batches, and of an iterable of tables or batches."""
    if is_pandas(items) or (is_arrow(items) and not hasattr(items, "__arrow_c_stream__")):
        return rows(items, known=known)
    if not is_arrow(items):
        return _rows_of(iterator(items, "items"), known)
    _refuse_objects(items, "items")
    try:
        return _rows_of(pyarrow().RecordBatchReader.from_stream(items), known)
    except UNREADABLE as error:
        raise _no_table("items") from error


def _rows_of(items: Iterable[Any], known: Collection[str] | None) -> Iterator[Any]:
    for item in items:
        if is_arrow(item):
            yield from rows(item, known=known)
        else:
            yield item


def _refuse_objects(table: Any, name: str) -> None:
    if hasattr(table, "get_columns") and any(map(is_of_objects, table.get_columns())):
        raise _no_table(name)


def _no_table(name: str) -> ArgumentTypeError:
    return ArgumentTypeError(
        f"{name} cannot be read by pyarrow as a table of columns", code="argument.type", field=name
    )
