"""CBOR (RFC 8949) in the subset that authenticators use (CTAP 2.2 section 8).

Values are int (−2**64 to 2**64−1), bytes, str, list, dict with int or str keys, bool and None. Tags, floating-point
numbers, other simple values, duplicate keys and bytes left over are always refused; nesting is bounded at 8 levels
and input at 64 KiB.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from countermark import _native
from countermark.keys import BytesLike

CborValue: TypeAlias = (
    "int | bytes | str | bool | None | list[CborValue] | dict[int | str, CborValue]"
)
"""What `decode` gives."""

CborInput: TypeAlias = (
    "int | BytesLike | str | bool | None | Sequence[CborInput] | Mapping[int | str, CborInput]"
)
"""What `encode` takes."""


def decode(data: BytesLike, *, strictness: str = "strict") -> CborValue:
    """Reads one item that is the whole input.

    Args:
        data: the bytes.
        strictness: ``"strict"`` takes the canonical form of CTAP2 only; ``"interoperable"`` also takes map keys
            in another order, numbers and lengths that are not the shortest, and indefinite lengths.

    Raises:
        MalformedInput: ``cbor.*``, with the offset.
        LimitExceeded: ``limit.size``, ``limit.depth``, ``limit.count``.
        ArgumentTypeError, ArgumentValueError: an argument that is not taken.
    """
    value: CborValue = _native.cbor_decode(data, strictness)
    return value


def encode(value: CborInput) -> bytes:
    """Writes an item in the canonical form of CTAP2: shortest forms, keys in order, definite lengths.

    Raises:
        ArgumentTypeError: a value, or a map key, of another type.
        ArgumentValueError: an int out of range, or a map key that stands twice.
        LimitExceeded: ``limit.depth``.
    """
    return _native.cbor_encode(value)


def diagnostic(data: BytesLike, *, strictness: str = "interoperable") -> str:
    """Writes an item as text in diagnostic notation (RFC 8949 section 8), on one line.

    >>> diagnostic(bytes.fromhex("a201020326"))
    '{1: 2, 3: -7}'

    Raises:
        MalformedInput, LimitExceeded: as for `decode`.
    """
    return _native.cbor_diagnostic(data, strictness)


__all__ = ["CborInput", "CborValue", "decode", "diagnostic", "encode"]
