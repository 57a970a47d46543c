"""JSON Web Signatures in the compact form (RFC 7515 3.1, 7.1), read but not verified.

Nothing in a header can name a key or change what has to be understood: a certificate chain is all
that is taken from it.
"""

from __future__ import annotations

import re
from binascii import a2b_base64, b2a_base64
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from countermark.errors import ClaimMismatch, Error, LimitExceeded, MalformedInput
from countermark.reference.format import json, shown, text_or_bytes_argument

MAX_TEXT: Final = 1024 * 1024
MAX_HEADER: Final = 256 * 1024
MAX_CERTIFICATES: Final = 8

_PARTS: Final = 3
_ALPHABET: Final = re.compile(rb"[A-Za-z0-9_-]*")
_TO_STANDARD: Final = bytes.maketrans(b"-_", b"+/")
# RFC 7515 4.1.11, 4.1.3 and 4.1.2.
_REFUSED: Final = ("crit", "jwk", "jku")


@dataclass(frozen=True, slots=True)
class Jws:
    """The parts of a signature: ``signed`` are the bytes that it covers."""

    algorithm: str
    chain: tuple[bytes, ...]
    payload: bytes
    signed: bytes
    signature: bytes


def read(text: object, algorithms: Collection[str], limit: int = MAX_TEXT) -> Jws:
    """Reads three parts, and the chain and the algorithm out of the first one.

    Raises:
        MalformedInput: ``jws.shape`` or ``jws.header``.
        ClaimMismatch: ``jws.algorithm_mismatch``.
        LimitExceeded: ``limit.size`` or ``limit.count``.
    """
    octets = text_or_bytes_argument(text, "JWS", limit)
    parts = octets.split(b".", _PARTS)
    if len(parts) != _PARTS:
        raise _malformed("shape", "a JWS does not have three parts")
    header, payload, signature = (_decode(part) for part in parts)
    if len(header) > MAX_HEADER:
        raise LimitExceeded("the header of the JWS is too long", code="limit.size", field="header")
    algorithm, chain = _read_header(header, algorithms)
    return Jws(algorithm, chain, payload, octets.rpartition(b".")[0], signature)


def _decode(part: bytes) -> bytes:
    """RFC 7515 2: base64url without padding, one text for one value."""
    if not _ALPHABET.fullmatch(part) or len(part) % 4 == 1:
        raise _malformed("shape", "a part of a JWS is not base64url")
    standard = part.translate(_TO_STANDARD)
    decoded = a2b_base64(standard + b"=" * (-len(part) % 4))
    if b2a_base64(decoded, newline=False).rstrip(b"=") != standard:
        raise _malformed("shape", "a part of a JWS has unused bits set")
    return decoded


def _read_header(header: bytes, algorithms: Collection[str]) -> tuple[str, tuple[bytes, ...]]:
    try:
        found = json.read(header)
    except Error:
        raise _malformed("header", "the header of the JWS is no JSON object") from None
    algorithm = found.get("alg")
    if not isinstance(algorithm, str):
        raise _malformed("header", "the header of the JWS names no algorithm", "alg")
    if algorithm not in algorithms:
        raise ClaimMismatch(
            "the JWS is signed with an algorithm that is not due",
            code="jws.algorithm_mismatch",
            field="alg",
            expected=", ".join(algorithms),
            actual=shown(algorithm),
        )
    for name in _REFUSED:
        if name in found:
            raise ClaimMismatch(
                f"the header of the JWS has the member {name}",
                code="jws.algorithm_mismatch",
                field=name,
            )
    return algorithm, _read_chain(found.get("x5c"))


def _read_chain(value: object) -> tuple[bytes, ...]:
    """RFC 7515 4.1.6: certificates in base64, the leaf first."""
    if not isinstance(value, list) or not value:
        raise _malformed("header", "the header of the JWS holds no certificates", "x5c")
    if len(value) > MAX_CERTIFICATES:
        raise LimitExceeded(
            f"a JWS holds more than {MAX_CERTIFICATES} certificates",
            code="limit.count",
            field="x5c",
        )
    return tuple(_decode_standard(item) for item in value)


def _decode_standard(item: object) -> bytes:
    wrong = _malformed("header", "a certificate in the JWS is not base64", "x5c")
    if not isinstance(item, str) or not item.isascii():
        raise wrong
    try:
        decoded = a2b_base64(item.encode("ascii"), strict_mode=True)
    except ValueError:
        raise wrong from None
    if b2a_base64(decoded, newline=False).decode("ascii") != item:
        raise wrong
    return decoded


def _malformed(name: str, message: str, field: str | None = None) -> MalformedInput:
    return MalformedInput(message, code=f"jws.{name}", field=field)


__all__ = ["Jws", "read"]
