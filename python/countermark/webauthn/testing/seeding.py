"""Bytes, numbers and names drawn from a seed: the only source of chance in this package."""

from __future__ import annotations

import hashlib

from countermark.errors import ArgumentTypeError, ArgumentValueError


class Seed:
    """A stream of bytes for every label, all fixed by one secret text.

    SHAKE256 over the seed and the label, both with their length before them, so that no two labels meet.

    Args:
        value: bytes, or text that is taken as UTF-8; not empty.

    Raises:
        ArgumentTypeError: neither bytes nor text.
        ArgumentValueError: it is empty.
    """

    def __init__(self, value: bytes | str) -> None:
        if isinstance(value, str):
            value = value.encode("utf-8", "surrogatepass")
        if not isinstance(value, bytes):
            raise ArgumentTypeError("seed must be bytes or str", code="argument.type")
        if not value:
            raise ArgumentValueError("seed is empty", code="argument.value")
        self._value = value

    @property
    def value(self) -> bytes:
        """The bytes of the seed."""
        return self._value

    def take(self, label: str, length: int) -> bytes:
        """The first bytes of the stream of a label."""
        named = label.encode()
        parts = b"".join(len(part).to_bytes(4, "big") + part for part in (self._value, named))
        return hashlib.shake_256(b"countermark.webauthn.testing" + parts).digest(length)

    def number(self, label: str, below: int) -> int:
        """A number from 1 to ``below`` − 1; 16 bytes more than it needs keep it even."""
        length = (below.bit_length() + 7) // 8 + 16
        return int.from_bytes(self.take(label, length), "big") % (below - 1) + 1

    def child(self, label: str) -> Seed:
        """A seed of its own for a part of the work."""
        return Seed(self.take(f"child {label}", 32))
