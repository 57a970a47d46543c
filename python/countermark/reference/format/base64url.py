"""base64url without padding, RFC 4648 section 5, one text for one value.

RFC 4648 leaves three choices to the user of the encoding; here they are made as follows: padding
is left out (section 3.2) unless a caller allows it, characters outside the alphabet are refused
(section 3.3), and the unused bits of the last character must be zero (section 3.5).
"""

from __future__ import annotations

import re
from binascii import a2b_base64, b2a_base64
from typing import Final

from countermark.errors import MalformedInput
from countermark.reference.format import (
    bytes_argument,
    flag_argument,
    text_or_bytes_argument,
)

MAX_TEXT: Final = 2 * 1024 * 1024
"""The longest text that is decoded, in bytes."""

_ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_OUTSIDE: Final = re.compile(r"[^A-Za-z0-9_-]")
_TO_STANDARD: Final = str.maketrans("-_", "+/")


def encode(data: object) -> str:
    """Encodes bytes-like ``data`` without padding (RFC 4648 section 5)."""
    standard = b2a_base64(bytes_argument(data, "data"), newline=False).decode("ascii")
    return standard.rstrip("=").replace("+", "-").replace("/", "_")


def decode(text: object, padding: bool = False) -> bytes:
    """Decodes ``text``, a str or ASCII bytes.

    Args:
        text: the characters; nothing is skipped, not even white space.
        padding: also accept right ``=`` padding (RFC 4648 section 3.2).

    Raises:
        MalformedInput: ``base64url.alphabet``, ``.padding``, ``.length`` or ``.trailing_bits``,
            with the offset of the character.
        LimitExceeded: ``limit.size``.
    """
    allowed = flag_argument(padding, "padding")
    body = _without_padding(_characters(text), allowed)
    if len(body) % 4 == 1:
        raise _malformed("length", "a base64url text cannot have this length", len(body))
    # RFC 4648 section 3.5: two characters carry 4 unused bits, three carry 2.
    unused = {2: 4, 3: 2}.get(len(body) % 4, 0)
    if unused and _ALPHABET.index(body[-1]) & ((1 << unused) - 1):
        raise _malformed(
            "trailing_bits", "the last base64url character has unused bits set", len(body) - 1
        )
    return a2b_base64(body.translate(_TO_STANDARD) + "=" * (-len(body) % 4))


def _characters(text: object) -> str:
    """One character per input character; a byte over 0x7f stands for itself, to be refused."""
    data = text_or_bytes_argument(text, "text", MAX_TEXT)
    return str.__str__(text) if isinstance(text, str) else data.decode("latin-1")


def _without_padding(text: str, allowed: bool) -> str:
    outside = _OUTSIDE.search(text)
    if outside is None:
        return text
    at = outside.start()
    if text[at] != "=":
        raise _malformed("alphabet", "a character is outside the base64url alphabet", at)
    tail = text[at:]
    right = tail in ("=", "==") and len(text) % 4 == 0
    if not (allowed and right):
        raise _malformed("padding", "base64url padding is not allowed or is wrong", at)
    return text[:at]


def _malformed(name: str, message: str, offset: int) -> MalformedInput:
    return MalformedInput(f"{message} (offset {offset})", code=f"base64url.{name}", offset=offset)
