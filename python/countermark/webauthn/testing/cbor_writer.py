"""CBOR as CTAP2 writes it, and where a test needs it as nothing should write it.

The package has an encoder of its own, `countermark.webauthn.cbor.encode`. It is not used here: it refuses
what the faults are made of (`Raw` items, duplicate keys, foreign orders), and what checks a verifier
should share no code with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from countermark.errors import ArgumentTypeError, ArgumentValueError


@dataclass(frozen=True, slots=True)
class Raw:
    """Bytes that stand in the output as they are, as an item or as a key."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Pairs:
    """A map whose pairs are written in the order given, duplicates and all.

    Attributes:
        pairs: keys and values.
        announced: the number of pairs that the head announces; None for the right one.
        indefinite: write an indefinite-length map.
    """

    pairs: tuple[tuple[object, object], ...]
    announced: int | None = None
    indefinite: bool = False


def head(major: int, number: int, *, width: int | None = None) -> bytes:
    """The head of an item (RFC 8949 section 3): major type and argument, shortest unless told otherwise.

    Args:
        major: 0 to 7.
        number: the argument, below 2⁶⁴.
        width: bytes of the argument: 0, 1, 2, 4 or 8; None for the fewest.
    """
    if width is None:
        width = next(size for size in (0, 1, 2, 4, 8) if number < (24 if not size else 256**size))
    if width == 0:
        return bytes([major << 5 | number])
    return bytes([major << 5 | {1: 24, 2: 25, 4: 26, 8: 27}[width]]) + number.to_bytes(width, "big")


def encode(value: object) -> bytes:
    """Writes a value in CTAP2's canonical form, `Raw` and `Pairs` as they say.

    Raises:
        ArgumentTypeError: a value CBOR has no place for here (a float, a set …).
        ArgumentValueError: an integer beyond −2⁶⁴ … 2⁶⁴ − 1.
    """
    if isinstance(value, Raw):
        return value.data
    if value is None or isinstance(value, bool):
        return {None: b"\xf6", False: b"\xf4", True: b"\xf5"}[value]
    if isinstance(value, int):
        if not -(2**64) <= value < 2**64:
            raise ArgumentValueError("integer beyond CBOR's range", code="argument.value")
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return head(2, len(bytes(value))) + bytes(value)
    if isinstance(value, str):
        text = value.encode("utf-8")
        return head(3, len(text)) + text
    if isinstance(value, (list, tuple)):
        return head(4, len(value)) + b"".join(encode(item) for item in value)
    if isinstance(value, Mapping):
        return head(5, len(value)) + b"".join(_sorted(value.items()))
    if isinstance(value, Pairs):
        body = b"".join(encode(key) + encode(item) for key, item in value.pairs)
        if value.indefinite:
            return b"\xbf" + body + b"\xff"
        announced = len(value.pairs) if value.announced is None else value.announced
        return head(5, announced) + body
    raise ArgumentTypeError(f"CBOR has no {type(value).__name__} here", code="argument.type")


def _sorted(items: Iterable[tuple[object, object]]) -> list[bytes]:
    # CTAP2 orders keys by major type, then by length, then by bytes.
    encoded = [(encode(key), encode(item)) for key, item in items]
    encoded.sort(key=lambda pair: (pair[0][0] >> 5, len(pair[0]), pair[0]))
    return [key + item for key, item in encoded]


def indefinite_bytes(*chunks: bytes) -> Raw:
    """An indefinite-length byte string of these chunks."""
    return Raw(b"\x5f" + b"".join(encode(chunk) for chunk in chunks) + b"\xff")
