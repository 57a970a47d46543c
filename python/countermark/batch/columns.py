"""Columns of bytes in one buffer, as Arrow lays them out, and the way from and to ``pyarrow`` and ``polars``."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol, Self, final

from countermark import _native
from countermark.errors import ArgumentTypeError, ArgumentValueError, Error
from countermark.items import iterator, snapshot
from countermark.keys import BytesLike


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

_LAYOUTS: Final[dict[str, Literal["i", "q"]]] = {
    "binary": "i",
    "string": "i",
    "large_binary": "q",
    "large_string": "q",
}
"""Arrow types of one data buffer with offsets, and how wide these are."""
_NATIVE: Final = "@=" + ("<" if sys.byteorder == "little" else ">")
"""What the format of a buffer begins with where its numbers are in the byte order of this machine."""
_MOST_INT32: Final = 2**31 - 1
_UNREADABLE: Final = (TypeError, ValueError, AttributeError, NotImplementedError, OverflowError)
"""What Arrow raises for what it cannot read, and objects that only look like its own."""
_OFFSETS: Final = "offsets must be a buffer of int32 or int64 in the byte order of this machine"


@final
class FlatBytes:
    """The bytes of many items one after the other in one buffer; it stands wherever a list of bytes does.

    Args:
        data: any object with a contiguous buffer: bytes, memoryview, a buffer of ``pyarrow``, an array of numpy.
            The memory of ``bytes`` is used where it is, without a copy, and any other is copied once, since
            somebody may be able to write to it.
        offsets: an aligned buffer of int32 or int64 in the byte order of the machine, one more than there are items.
            Item ``i`` is ``data[offsets[i]:offsets[i + 1]]``. They need not start at 0 or end at the end of the data.
        valid: a byte an item, 0 where the item is null; None where none is. A null is an ``argument.type`` verdict.

    Raises:
        ArgumentTypeError: something that is no such buffer.
        ArgumentValueError: offsets that go down or out of the data, or another number of items in ``valid``.
    """

    __slots__ = ("_handle",)
    _handle: _native.FlatBytes

    def __new__(cls, data: Any, offsets: Any, *, valid: Any = None) -> Self:
        """Looks at the offsets, and copies the data where it must."""
        view = _view(data, "data")
        # A read-only view can lie over memory that is written to.
        unchanging = type(view.obj) is bytes
        places = _view(offsets, "offsets")
        # What is no number of this machine's byte order is read as one otherwise.
        if places.nbytes and places.format.lstrip(_NATIVE) not in ("i", "l", "q"):
            raise ArgumentTypeError(_OFFSETS, code="argument.type", field="offsets")
        return cls._made(view, places, valid, unchanging)

    @classmethod
    def _made(cls, data: memoryview, offsets: memoryview, valid: Any, unchanging: bool) -> Self:
        """Over memory that is not written to, where the last argument says so."""
        made = super().__new__(cls)
        # A view without bytes has no offsets, whatever its type, and not every one can be cast.
        places = offsets if offsets.nbytes else memoryview(b"").cast("q")
        octets = data.cast("B") if data.nbytes else memoryview(b"")
        made._handle = _native.FlatBytes(octets, places, valid, unchanging)
        return made

    @property
    def in_place(self) -> bool:
        """Whether the data are used where they are, without a copy."""
        return self._handle.in_place

    def __len__(self) -> int:
        return len(self._handle)

    def __getitem__(self, index: int) -> bytes | None:
        """The bytes of an item, copied out; None for null."""
        return self._handle.item(_place(index, len(self)))

    def __repr__(self) -> str:
        return f"<FlatBytes of {len(self)}>"


@dataclass(frozen=True, slots=True, eq=False)
class FlatSignatures:
    """What `sign_many` made, as a column.

    Attributes:
        data: the signatures one after the other.
        offsets: int64 in the byte order of the machine, one more than there are items.
        errors: the error of every item that has no signature, by its place; the item is empty in the column.
    """

    data: bytes
    offsets: bytes
    errors: Mapping[int, Error]

    def __len__(self) -> int:
        return len(self.offsets) // 8 - 1

    def __getitem__(self, index: int) -> bytes | Error:
        """The signature of an item, copied out, or its error."""
        place = _place(index, len(self))
        places = memoryview(self.offsets).cast("q")
        return self.errors.get(place) or self.data[places[place] : places[place + 1]]

    def __iter__(self) -> Iterator[bytes | Error]:
        """The items in order."""
        return (self[place] for place in range(len(self)))

    def __repr__(self) -> str:
        return f"<FlatSignatures of {len(self)}, {len(self.errors)} of them errors>"

    def flat(self) -> FlatBytes:
        """The column as `FlatBytes`."""
        return FlatBytes(self.data, memoryview(self.offsets).cast("q"))

    def to_arrow(self) -> Any:
        """The column as a ``large_binary`` array of ``pyarrow`` over the same memory, null where there is an error.

        Raises:
            ImportError: ``pyarrow`` is not installed (extra ``arrow``).
        """
        pa = _pyarrow()
        present = None
        if self.errors:
            bits = bytearray(b"\xff" * (len(self) // 8 + 1))
            for place in self.errors:
                bits[place // 8] &= ~(1 << place % 8)
            present = pa.py_buffer(bytes(bits))
        buffers = [present, pa.py_buffer(self.offsets), pa.py_buffer(self.data)]
        return pa.Array.from_buffers(pa.large_binary(), len(self), buffers)


def from_arrow(column: Any) -> FlatBytes:
    """A column of ``pyarrow`` (an Array or ChunkedArray) or of ``polars`` or ``pandas`` (a Series), as `FlatBytes`.

    The types ``binary``, ``large_binary``, ``string`` and ``large_string`` are used where they are, slices included;
    several chunks are joined by Arrow, and ``binary_view``, ``string_view``, ``fixed_size_binary`` and dictionaries
    are converted by it, which copies them once. ``polars`` has views inside, so its columns are converted.
    Text is its UTF-8.

    Raises:
        ArgumentTypeError: another type of column.
        ArgumentValueError: offsets that do not fit, which a column of unknown origin may have.
        ImportError: a column of others where ``pyarrow`` is not installed (extra ``arrow``).
    """
    if _is_of_objects(column):
        raise _no_column()
    try:
        return _flat(_one_array(column))
    except Error:
        raise
    except _UNREADABLE as error:
        raise _no_column() from error


def _no_column() -> ArgumentTypeError:
    return ArgumentTypeError(
        "column must be an array of pyarrow or a series of polars or pandas, of binary or text",
        code="argument.type",
        field="column",
    )


def _is_of_objects(column: Any) -> bool:
    """Whether it is a series of polars of Python objects, which come out as their addresses."""
    return str(getattr(column, "dtype", None)) == "Object"


def _one_array(column: Any) -> Any:
    """An array of pyarrow in one piece, of a type with one buffer of data."""
    if hasattr(column, "iloc"):  # a series of pandas
        column = _pyarrow().array(column)
    elif _is_arrow(column) and not hasattr(column, "buffers"):
        column = _pyarrow().chunked_array(column)
    name = str(column.type)
    if name.startswith("dictionary"):
        if hasattr(column, "combine_chunks"):
            column = column.combine_chunks()
        return _one_array(column.dictionary).take(column.indices)
    if name.startswith(("binary_view", "string_view", "fixed_size_binary")):
        # Arrow converts views of text to text only.
        column = column.cast("large_string" if "string" in name else "large_binary")
    elif (
        _LAYOUTS.get(name) == "i"
        and hasattr(column, "combine_chunks")
        and column.nbytes > _MOST_INT32
    ):
        column = column.cast(f"large_{name}")
    return column.combine_chunks() if hasattr(column, "combine_chunks") else column


def _flat(column: Any) -> FlatBytes:
    if str(column.type) not in _LAYOUTS:
        raise _no_column()
    width = _LAYOUTS[str(column.type)]
    size = len(column)
    _, offsets, data = column.buffers()
    valid = None
    if column.null_count:
        valid = bytes(column.is_valid().to_pylist())
    # An empty array may have no buffers, or empty ones.
    places = memoryview(offsets if size else bytes(8)).cast("B").cast(width)
    first = column.offset if size else 0
    data = b"" if data is None else data
    places = places[first : first + size + 1]
    if len(places) != size + 1:
        raise ArgumentValueError(
            "column has fewer offsets than items", code="argument.value", field="column"
        )
    # Memory of Arrow could be written to but is not: that is its contract.
    return FlatBytes._made(memoryview(data), places, valid, True)


def rows(items: Any) -> Any:
    """The rows of a table as mappings without what is null; anything else as it is."""
    if not _is_arrow(items):
        return items
    pa = _pyarrow()
    if hasattr(items, "iloc"):  # of pandas, whose index is no column
        items = items.reset_index(drop=True)
    _refuse_objects(items)
    try:
        table = pa.table(items)
        found = _cells(table)
    except _UNREADABLE as error:
        raise _no_table() from error
    if len({*table.column_names}) != len(table.column_names):
        raise ArgumentValueError(
            "items have two columns of one name", code="argument.value", field="items"
        )
    return [_without_nulls(row) for row in found]


def _cells(table: Any) -> list[dict[str, Any]]:
    """The rows as mappings. A cell that Python has no value for stays Arrow's, and is its item's to be refused for."""
    with contextlib.suppress(*_UNREADABLE):
        found: list[dict[str, Any]] = table.to_pylist()
        return found
    rows_of_cells = zip(*table.columns, strict=True)
    return [
        dict(zip(table.column_names, map(_cell, cells), strict=True)) for cells in rows_of_cells
    ]


def _cell(cell: Any) -> Any:
    try:
        return cell.as_py()
    except UnicodeDecodeError:
        # Text that is none: its bytes are refused as those of any item are.
        return bytes(cell.as_buffer()) if hasattr(cell, "as_buffer") else cell
    except _UNREADABLE:
        return cell


def _without_nulls(value: Any) -> Any:
    """Without the members that Arrow fills in where another row has them."""
    if isinstance(value, dict):
        return {name: _without_nulls(one) for name, one in value.items() if one is not None}
    return [_without_nulls(one) for one in value] if isinstance(value, list) else value


def streamed_rows(items: Any) -> Any:
    """The same a batch at a time, of a table, of a reader of batches, and of an iterable of tables or batches."""
    if not _is_arrow(items):
        return _rows_of(iterator(items, "items"))
    if hasattr(items, "iloc") or not hasattr(items, "__arrow_c_stream__"):
        return rows(items)
    _refuse_objects(items)
    try:
        return _rows_of(_pyarrow().RecordBatchReader.from_stream(items))
    except _UNREADABLE as error:
        raise _no_table() from error


def _rows_of(items: Iterable[Any]) -> Iterator[Any]:
    for item in items:
        if _is_arrow(item):
            yield from rows(item)
        else:
            yield item


def _refuse_objects(table: Any) -> None:
    if hasattr(table, "get_columns") and any(map(_is_of_objects, table.get_columns())):
        raise _no_table()


def _no_table() -> ArgumentTypeError:
    return ArgumentTypeError(
        "items cannot be read by pyarrow as a table of columns", code="argument.type", field="items"
    )


def _is_arrow(value: Any) -> bool:
    kind = type(value)
    return hasattr(kind, "__arrow_c_stream__") or hasattr(kind, "__arrow_c_array__")


def _pyarrow() -> Any:
    try:
        import pyarrow as pa
    except ImportError as error:
        raise ImportError(
            "columns and tables need pyarrow: pip install 'countermark[arrow]'", name="pyarrow"
        ) from error
    return pa


def codes(verdicts: Iterable[object]) -> list[str | None]:
    """The code of each verdict, None where there is no error: what goes back into a column of text.

    >>> codes([None, ArgumentValueError("an example", code="argument.value")])
    [None, 'argument.value']
    """
    return [verdict.code if isinstance(verdict, Error) else None for verdict in verdicts]


Column = Iterable[BytesLike] | FlatBytes | ArrowStream | ArrowArray
"""Where the bytes of many items are taken from."""


def column(values: Any, name: str) -> _native.FlatBytes | list[Any]:
    """A column as the native module takes it: a list of its own, so that nobody changes it meanwhile."""
    if isinstance(values, FlatSignatures):
        values = values.flat()
    elif _is_arrow(values) or hasattr(values, "iloc"):
        values = from_arrow(values)
    return values._handle if isinstance(values, FlatBytes) else snapshot(values, name)


def _place(index: int, size: int) -> int:
    """The place that an index means, which may count from the end."""
    place = index + size if index < 0 else index
    if not 0 <= place < size:
        raise IndexError("no such item")
    return place


def _view(value: Any, name: str) -> memoryview:
    try:
        view = memoryview(value)
    except (TypeError, ValueError):  # the latter for a view that was released
        view = None
    if view is None:
        raise ArgumentTypeError(f"{name} must offer a buffer", code="argument.type", field=name)
    if not view.c_contiguous:
        raise ArgumentValueError(
            f"{name} must be a contiguous buffer", code="argument.value", field=name
        )
    return view


__all__ = ["FlatBytes", "FlatSignatures", "codes", "from_arrow"]
