"""Hexadecimal, RFC 4648 section 8, in the lower-case form only: one text for one value."""

from __future__ import annotations

import re
from typing import Final

from countermark.errors import MalformedInput
from countermark.reference.format import bytes_argument, text_or_bytes_argument

MAX_TEXT: Final = 2 * 1024 * 1024
"""The longest text that is decoded, in bytes."""

_OUTSIDE: Final = re.compile(r"[^0-9a-f]")


def encode(data: object) -> str:
    """Encodes bytes-like ``data`` in lower case."""
    return bytes_argument(data, "data").hex()


def decode(text: object) -> bytes:
    """Decodes ``text``, a str or ASCII bytes, of lower-case digits only.

    Raises:
        MalformedInput: ``hex.alphabet`` with the offset of the character, or ``hex.length``.
        LimitExceeded: ``limit.size``.
    """
    data = text_or_bytes_argument(text, "text", MAX_TEXT)
    characters = str.__str__(text) if isinstance(text, str) else data.decode("latin-1")
    outside = _OUTSIDE.search(characters)
    if outside is not None:
        at = outside.start()
        raise MalformedInput(
            f"a character is not a lower-case hexadecimal digit (offset {at})",
            code="hex.alphabet",
            offset=at,
        )
    if len(characters) % 2:
        raise MalformedInput(
            "a hexadecimal text must have an even number of digits",
            code="hex.length",
            offset=len(characters),
        )
    return bytes.fromhex(characters)
