"""What the native engine answers that the package offers under other names, or to itself alone."""

from __future__ import annotations

from countermark import _native
from countermark.webauthn.cbor import decode as cbor_decode
from countermark.webauthn.cbor import diagnostic as cbor_diagnostic
from countermark.webauthn.cbor import encode as cbor_encode


def base64url_decode(text: str | bytes, padding: bool | None = None, /) -> bytes:
    """The bytes of a text in base64url (RFC 4648 section 5).

    Args:
        text: at most 2 MiB.
        padding: True to let pass padding that is right; none is taken otherwise.

    Raises:
        MalformedInput: ``base64url.*``.
        LimitExceeded: ``limit.size``.
    """
    return _native.base64url_decode(text, padding)


def base64url_encode(data: bytes, /) -> str:
    """Bytes as base64url without padding (RFC 4648 section 5)."""
    return _native.base64url_encode(data)


def hex_decode(text: str | bytes, /) -> bytes:
    """The bytes of a text in lower-case hexadecimal (RFC 4648 section 8).

    Raises:
        MalformedInput: ``hex.*``.
        LimitExceeded: ``limit.size``.
    """
    return _native.hex_decode(text)


def pem_decode(text: str | bytes, /) -> tuple[str, bytes]:
    """The label and the bytes of the one block in a PEM text (RFC 7468).

    Raises:
        MalformedInput: ``pem.*``.
        UnsupportedAlgorithm: ``algorithm.format``, another label than those of keys.
        LimitExceeded: ``limit.size``.
    """
    return _native.pem_decode(text)


__all__ = [
    "base64url_decode",
    "base64url_encode",
    "cbor_decode",
    "cbor_diagnostic",
    "cbor_encode",
    "hex_decode",
    "pem_decode",
]
