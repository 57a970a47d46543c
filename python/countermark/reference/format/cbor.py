"""CBOR (RFC 8949) as WebAuthn uses it: the CTAP2 canonical form, read strictly and in one pass.

CTAP2, message encoding: no tags, no floats, shortest heads, definite lengths, keys of a map in order. Keys are
integers or text. What real authenticators get wrong of this can be tolerated (`format.tolerance`): long heads,
indefinite lengths, and the order of keys. Everything else is refused by both kinds of reader.

What is wrong is told in the order in which it stands; nothing is made room for on the word of a length. A key of a
map is checked in the order type, duplicate, order.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeAlias, cast

from countermark.errors import (
    ArgumentTypeError,
    ArgumentValueError,
    Error,
    LimitExceeded,
    MalformedInput,
)
from countermark.reference.format import (
    bytes_argument,
    check_size,
    is_bytes,
    is_sequence,
    is_text,
    mapping_entries,
    sequence_items,
    shown,
)
from countermark.reference.format.tolerance import INTEROPERABLE, STRICT, Tolerated

MAX_SIZE: Final = 64 * 1024
"""Octets of one text."""

MAX_DEPTH: Final = 8
"""Arrays and maps that may be open at one time, the outermost included."""

MAX_ENTRIES: Final = 4096
"""Array items and map pairs of one text, all containers together."""

Key: TypeAlias = int | str
Value: TypeAlias = "int | bytes | str | bool | list[Value] | dict[Key, Value] | None"
Notice: TypeAlias = Callable[[Error], None]
"""Takes a deviation that can be tolerated, and raises it where it is not."""

_UNSIGNED, _NEGATIVE, _BYTES, _TEXT, _ARRAY, _MAP, _TAG, _SIMPLE = range(8)
_INDEFINITE: Final = 31
_SIMPLE_VALUES: Final[dict[int, bool | None]] = {20: False, 21: True, 22: None}


class Head(NamedTuple):
    """Section 3: the initial byte with its argument; an indefinite length has the argument None."""

    major: int
    argument: int | None
    start: int


@dataclass(frozen=True, slots=True)
class Item:
    """An item as it was written.

    ``value`` is an int, bytes, str, bool or None, or a list of items, or a list of pairs of items. ``chunks`` are the
    pieces of a string of indefinite length.
    """

    major: int
    value: int | bytes | str | bool | None | list[Item] | list[tuple[Item, Item]]
    start: int
    end: int
    indefinite: bool = False
    chunks: tuple[Item, ...] = ()

    @property
    def is_map(self) -> bool:
        return self.major == _MAP

    @property
    def pairs(self) -> list[tuple[Item, Item]]:
        """The entries of a map; of anything else there are none."""
        if not isinstance(self.value, list):
            return []
        return [entry for entry in self.value if isinstance(entry, tuple)]

    @property
    def items(self) -> list[Item]:
        """The items of an array; of anything else there are none."""
        if not isinstance(self.value, list):
            return []
        return [entry for entry in self.value if isinstance(entry, Item)]

    def plain(self) -> Value:
        """The value in Python's own types."""
        if self.major == _MAP:
            return {key.key(): value.plain() for key, value in self.pairs}
        if self.major == _ARRAY:
            return [item.plain() for item in self.items]
        return cast(Value, self.value)  # only containers hold lists

    def key(self) -> Key:
        """The value of a key of a map, which the reader has found to be one."""
        return cast(Key, self.value)  # the reader takes no others


class Reader:
    """Reads items one after another out of ``data``; offsets count from its start."""

    def __init__(self, data: bytes, notice: Notice, at: int = 0) -> None:
        self.data = data
        self.at = at
        self.notice = notice
        self._left = MAX_ENTRIES

    def item(self, depth: int = 0, *, is_entry: bool = False, is_key: bool = False) -> Item:
        """Reads the item that begins here, inside ``depth`` containers."""
        head = self.head()
        if is_entry:
            self.count()
        major, argument, start = head
        if major == _SIMPLE and argument is None:
            raise _malformed("break", "a break stands where an item is due", start)
        if is_key and major not in (_UNSIGNED, _NEGATIVE, _TEXT):
            raise _malformed("key_type", "a map key is neither an integer nor text", start)
        if major in (_UNSIGNED, _NEGATIVE):
            number = argument or 0
            return self.done(head, number if major == _UNSIGNED else -1 - number)
        if major in (_BYTES, _TEXT):
            return self.string(head)
        if major == _SIMPLE:
            return self.done(head, _SIMPLE_VALUES[argument or 0])
        if depth >= MAX_DEPTH:
            raise LimitExceeded(f"the CBOR nests deeper than {MAX_DEPTH}", code="limit.depth")
        entries = self.array(argument, depth) if major == _ARRAY else self.map(argument, depth)
        return self.done(head, entries)

    def done(
        self,
        head: Head,
        value: int | bytes | str | bool | list[Item] | list[tuple[Item, Item]] | None,
    ) -> Item:
        return Item(head.major, value, head.start, self.at, head.argument is None)

    # --- Heads, section 3 ---

    def head(self) -> Head:
        """Reads a head; whatever its initial byte alone rules out is told first."""
        start = self.at
        (initial,) = self.take(1, start)
        major, info = initial >> 5, initial & 31
        if 28 <= info <= 30 or (info == _INDEFINITE and major in (_UNSIGNED, _NEGATIVE, _TAG)):
            raise _malformed("reserved", "additional information is reserved", start)
        if major == _TAG:
            raise _malformed("tag", "a tag stands before an item", start)
        if major == _SIMPLE:
            return self.simple(info, start)
        if info == _INDEFINITE:
            self.notice(_malformed("indefinite", "a length is indefinite", start))
            return Head(major, None, start)
        if info < 24:
            return Head(major, info, start)
        width = 1 << (info - 24)
        argument = int.from_bytes(self.take(width, start), "big")
        if argument < (24 if width == 1 else 1 << (4 * width)):
            self.notice(_malformed("non_canonical", "a head is not the shortest", start))
        return Head(major, argument, start)

    def simple(self, info: int, start: int) -> Head:
        """Section 3.3: false, true and null, and the break."""
        if info == _INDEFINITE:
            return Head(_SIMPLE, None, start)
        if 25 <= info <= 27:
            raise _malformed("float", "a floating-point number", start)
        if info not in _SIMPLE_VALUES:
            raise _malformed("simple", "a simple value other than false, true and null", start)
        return Head(_SIMPLE, info, start)

    # --- Strings, section 3.2.3 ---

    def string(self, head: Head) -> Item:
        if head.argument is not None:
            return self.done(head, self.octets(head, head.argument))
        chunks: list[Item] = []
        while not self.is_break():
            piece = self.head_of_chunk(head.major)
            self.count()
            chunks.append(self.done(piece, self.octets(piece, piece.argument or 0)))
        whole: bytes | str = b"" if head.major == _BYTES else ""
        for chunk in chunks:
            whole += chunk.value  # type: ignore[operator]  # chunks are of the type of the whole
        return Item(head.major, whole, head.start, self.at, True, tuple(chunks))

    def head_of_chunk(self, major: int) -> Head:
        """The head of a definite string of the same type; no other item may stand there."""
        start = self.at
        head = self.head()
        if head.major != major or head.argument is None:
            raise _malformed("indefinite", "a chunk is not a definite string of its type", start)
        return head

    def octets(self, head: Head, length: int) -> bytes | str:
        octets = self.take(length, head.start)
        if head.major == _BYTES:
            return octets
        try:
            return octets.decode("utf-8")
        except UnicodeDecodeError:
            raise _malformed("utf8", "a text is not UTF-8", head.start) from None

    # --- Containers, sections 3.1 and 3.2.2 ---

    def array(self, length: int | None, depth: int) -> list[Item]:
        items: list[Item] = []
        while len(items) < length if length is not None else not self.is_break():
            items.append(self.item(depth + 1, is_entry=True))
        return items

    def map(self, length: int | None, depth: int) -> list[tuple[Item, Item]]:
        pairs: list[tuple[Item, Item]] = []
        seen: set[bytes] = set()
        last = b""
        while len(pairs) < length if length is not None else not self.is_break():
            key = self.item(depth + 1, is_entry=True, is_key=True)
            written = _encode(key.key())
            if written in seen:
                raise _malformed("duplicate", "a map key stands twice", key.start)
            if written < last:
                self.notice(_malformed("order", "map keys are not in order", key.start))
            seen.add(written)
            last = written
            pairs.append((key, self.item(depth + 1)))
        return pairs

    def is_break(self) -> bool:
        """Takes the break of an indefinite container, if it stands here."""
        found = self.data[self.at : self.at + 1] == b"\xff"
        self.at += found
        return found

    # --- Bounds ---

    def count(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise LimitExceeded(f"the CBOR has more than {MAX_ENTRIES} entries", code="limit.count")

    def check_length(self, length: int, start: int) -> None:
        if length > len(self.data) - self.at:
            raise _malformed("truncated", "the CBOR ends too early", start)

    def take(self, length: int, start: int) -> bytes:
        self.check_length(length, start)
        found = self.data[self.at : self.at + length]
        self.at += length
        return found


def read_whole(data: bytes, notice: Notice) -> Item:
    """Reads one item that is all of ``data``, whose size was checked."""
    reader = Reader(data, notice)
    item = reader.item()
    if reader.at < len(data):
        raise _malformed("trailing", "something follows the CBOR item", reader.at)
    return item


def not_a_map(place: str, start: int = 0) -> MalformedInput:
    """The refusal of an item that is due to be a map."""
    return _malformed("shape", f"{place} is not a map", start)


def _malformed(name: str, message: str, offset: int) -> MalformedInput:
    return MalformedInput(f"{message} (offset {offset})", code=f"cbor.{name}", offset=offset)


# --- Writing ------------------------------------------------------------------------------------


def _head(major: int, argument: int) -> bytes:
    """Section 3 in the shortest form."""
    if argument < 24:
        return bytes([major << 5 | argument])
    width = next(width for width in (1, 2, 4, 8) if argument < 1 << (8 * width))
    return bytes([major << 5 | 24 + width.bit_length() - 1]) + argument.to_bytes(width, "big")


def _encode(scalar: int | bytes | str) -> bytes:
    if isinstance(scalar, int):
        return _head(_UNSIGNED, scalar) if scalar >= 0 else _head(_NEGATIVE, -1 - scalar)
    octets = scalar if isinstance(scalar, bytes) else scalar.encode()
    return _head(_BYTES if isinstance(scalar, bytes) else _TEXT, len(octets)) + octets


class _Writer:
    """Turns Python values into the one canonical text that stands for them."""

    def __init__(self) -> None:
        self.left = MAX_ENTRIES

    def write(self, value: object, depth: int) -> bytes:
        if value is None:
            return b"\xf6"
        if value is True or value is False:
            return b"\xf5" if value is True else b"\xf4"
        if issubclass(type(value), int) or is_text(value) or is_bytes(value):
            return self.scalar(value)
        is_list = is_sequence(value)
        if not is_list and not isinstance(value, Mapping):
            raise _wrong_type(f"{shown(type(value).__name__)} has no CBOR form here")
        if depth >= MAX_DEPTH:
            raise LimitExceeded(f"the value nests deeper than {MAX_DEPTH}", code="limit.depth")
        if is_list:
            items = sequence_items(value)
            self.count(len(items))
            return _head(_ARRAY, len(items)) + b"".join(self.write(i, depth + 1) for i in items)
        return self.map(cast("Mapping[object, object]", value), depth)

    def scalar(self, value: object) -> bytes:
        if is_text(value):
            text = str.__str__(value)
            try:
                text.encode()
            except UnicodeEncodeError:
                raise _wrong_value("a text holds a lone surrogate") from None
            return _encode(text)
        if is_bytes(value):
            return _encode(bytes_argument(value, "value", MAX_SIZE))
        number = int.__int__(value)  # type: ignore[arg-type]  # an int or one of its subclasses
        if not -(2**64) <= number < 2**64:
            raise _wrong_value("an integer is outside the range of CBOR")
        return _encode(number)

    def map(self, mapping: Mapping[object, object], depth: int) -> bytes:
        entries = mapping_entries(mapping, MAX_ENTRIES)
        if entries is None:
            raise _wrong_type("a mapping is not one of names to values")
        self.count(len(entries))
        written: dict[bytes, bytes] = {}
        for key, value in entries:
            if not is_text(key) and (not issubclass(type(key), int) or isinstance(key, bool)):
                raise _wrong_type("a map key must be int or str")
            name = self.scalar(key)
            if name in written:
                raise _wrong_value("a map key stands twice")
            written[name] = self.write(value, depth + 1)
        return _head(_MAP, len(written)) + b"".join(k + written[k] for k in sorted(written))

    def count(self, entries: int) -> None:
        self.left -= entries
        if self.left < 0:
            raise LimitExceeded(
                f"the value has more than {MAX_ENTRIES} entries", code="limit.count"
            )


def _wrong_type(message: str) -> ArgumentTypeError:
    return ArgumentTypeError(message, code="argument.type")


def _wrong_value(message: str) -> ArgumentValueError:
    return ArgumentValueError(message, code="argument.value")


# --- Diagnostic notation, section 8 -------------------------------------------------------------


def _notation(item: Item) -> str:
    mark = "_ " if item.indefinite else ""
    if item.major == _MAP:
        pairs = (f"{_notation(key)}: {_notation(value)}" for key, value in item.pairs)
        return "{" + mark + ", ".join(pairs) + "}"
    if item.major == _ARRAY:
        return "[" + mark + ", ".join(map(_notation, item.items)) + "]"
    if item.indefinite:
        if not item.chunks:  # section 8.1: an empty string of no chunks has a form of its own
            return "''_" if item.major == _BYTES else '""_'
        return "(_ " + ", ".join(map(_notation, item.chunks)) + ")"
    if isinstance(item.value, bytes):
        return f"h'{item.value.hex()}'"
    return json.dumps(item.value, ensure_ascii=False)


# --- Public functions ---------------------------------------------------------------------------


def cbor_decode(data: object, *, strictness: str = STRICT) -> Value:
    """Reads one item into int, bytes, str, list, dict, bool or None."""
    tolerated = Tolerated(strictness)
    octets = bytes_argument(data, "data", MAX_SIZE)
    return read_whole(octets, lambda error: tolerated.allow("data", error)).plain()


def cbor_encode(value: object) -> bytes:
    """Writes a value in the canonical form of CTAP2."""
    written = _Writer().write(value, 0)
    check_size(len(written), "value", MAX_SIZE)
    return written


def cbor_diagnostic(data: object, *, strictness: str = INTEROPERABLE) -> str:
    """Writes what an item holds as text for people."""
    tolerated = Tolerated(strictness)
    octets = bytes_argument(data, "data", MAX_SIZE)
    return _notation(read_whole(octets, lambda error: tolerated.allow("data", error)))


__all__ = [
    "Head",
    "Item",
    "Key",
    "Notice",
    "Reader",
    "Value",
    "cbor_decode",
    "cbor_diagnostic",
    "cbor_encode",
    "not_a_map",
    "read_whole",
]
