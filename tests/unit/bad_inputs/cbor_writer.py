"""CBOR written item by item (RFC 8949 section 3), so that any item may be broken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

BREAK: Final = b"\xff"
TRUE: Final = b"\xf5"
FALSE: Final = b"\xf4"
NULL: Final = b"\xf6"
UNDEFINED: Final = b"\xf7"
NAN: Final = bytes.fromhex("f97e00")
WIDTHS: Final = (0, 1, 2, 4, 8)
"""How many bytes may follow the first one."""


class Raw(bytes):
    """An item that is written already."""


def head(major: int, argument: int, width: int | None = None) -> bytes:
    """The beginning of an item, its argument in the shortest form or in so many bytes."""
    if width is None:
        least = (24, 1 << 8, 1 << 16, 1 << 32, 1 << 64)
        width = next(w for w, end in zip(WIDTHS, least, strict=True) if argument < end)
    if width == 0:
        return bytes([major << 5 | argument])
    info = {1: 24, 2: 25, 4: 26, 8: 27}[width]
    return bytes([major << 5 | info]) + argument.to_bytes(width, "big")


def integer(value: int, width: int | None = None) -> bytes:
    return head(1, -1 - value, width) if value < 0 else head(0, value, width)


def octets(content: bytes, width: int | None = None) -> bytes:
    return head(2, len(content), width) + content


def text(content: str | bytes, width: int | None = None) -> bytes:
    data = content.encode() if isinstance(content, str) else content
    return head(3, len(data), width) + data


def array(*items: bytes, width: int | None = None) -> bytes:
    return head(4, len(items), width) + b"".join(items)


def pairs(*members: tuple[bytes, bytes], width: int | None = None) -> bytes:
    """A map of these pairs as they stand, however often or wherever a key stands."""
    return head(5, len(members), width) + b"".join(key + value for key, value in members)


def chunks(major: int, *items: bytes) -> bytes:
    """An item of indefinite length: 2 and 3 are strings in chunks, 4 and 5 are containers."""
    return bytes([major << 5 | 31]) + b"".join(items) + BREAK


def tag(number: int, item: bytes, width: int | None = None) -> bytes:
    return head(6, number, width) + item


def write(value: Any) -> bytes:
    """Shortest forms; the keys of a map in the order they have."""
    match value:
        case Raw():
            return bytes(value)
        case bool():
            return TRUE if value else FALSE
        case None:
            return NULL
        case int():
            return integer(value)
        case bytes():
            return octets(value)
        case str():
            return text(value)
        case list() | tuple():
            return array(*(write(item) for item in value))
        case dict():
            return pairs(*((write(key), write(item)) for key, item in value.items()))
        case _:
            raise AssertionError(value)


def rank(key: int | str) -> tuple[int, int, bytes]:
    """The order of CTAP2: the type, then the length, then the bytes of a key."""
    data = write(key)
    return data[0] >> 5, len(data), data


def ordered(value: Any) -> Any:
    """The same with the keys of every map in order."""
    if isinstance(value, Mapping):
        return {key: ordered(value[key]) for key in sorted(value, key=rank)}
    if isinstance(value, list | tuple):
        return [ordered(item) for item in value]
    return value


def nested(levels: int, inside: bytes = b"") -> bytes:
    """Arrays of one item in each other; the innermost is empty, or holds this item."""
    return b"\x81" * (levels - 1) + (b"\x81" + inside if inside else b"\x80")


def truncations(data: bytes) -> Iterable[bytes]:
    return (data[:size] for size in range(len(data)))
