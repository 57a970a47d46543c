"""Columns of bytes in one buffer, as Arrow lays them out, and the way from and to ``pyarrow`` and ``polars``."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, Self, final

from countermark import _native
from countermark.arrow import (
    UNREADABLE,
    ArrowArray,
    ArrowStream,
    is_arrow,
    is_of_objects,
    is_pandas,
    one_array,
    pyarrow,
)
from countermark.errors import ArgumentTypeError, ArgumentValueError, Error
from countermark.items import snapshot
from countermark.keys import BytesLike

_LAYOUTS: Final[dict[str, Literal["i", "q"]]] = {
    "binary": "i",
    "string": "i",
    "large_binary": "q",
    "large_string": "q",
}
"""Arrow types of one data buffer with offsets, and how wide these are."""
_NATIVE: Final = "@=" + ("<" if sys.byteorder == "little" else ">")
"""What the format of a buffer begins with where its numbers are in the byte order of this machine."""
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
        pa = pyarrow()
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
    if is_of_objects(column):
        raise _no_column()
    try:
        return _flat(one_array(column))
    except Error:
        raise
    except UNREADABLE as error:
        raise _no_column() from error


def _no_column() -> ArgumentTypeError:
    return ArgumentTypeError(
        "column must be an array of pyarrow or a series of polars or pandas, of binary or text",
        code="argument.type",
        field="column",
    )


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


def codes(verdicts: Iterable[object]) -> list[str | None]:
    """The code of each verdict, None where there is no error.

    What goes back into a column of text: give its type, ``pa.array(codes(verdicts), pa.string())``, since a column of
    nothing but None has none.

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
    elif is_arrow(values) or is_pandas(values):
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
