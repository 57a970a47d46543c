"""Public keys of items: text and bytes that occur many times are read once a call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from countermark import _native
from countermark.errors import ArgumentTypeError
from countermark.keys import PublicKey
from countermark.webauthn.authentication import as_cose_key
from countermark.webauthn.cose import CosePublicKey

_MAP: Final = 5
"""The major type of maps (RFC 8949 section 3.1)."""
Reader = Callable[[Any], _native.PublicKey]


def reading_keys() -> Reader:
    """Reads a `PublicKey`, PEM text, or the bytes of PEM or DER, for one call."""
    known: dict[Any, _native.PublicKey] = {}

    def read(given: Any) -> _native.PublicKey:
        kind = type(given)
        if kind not in (str, bytes):
            return _read(given)
        # Text and bytes are never compared: Python warns of that where it is told to.
        if (kind, given) not in known:
            known[kind, given] = _read(given)
        return known[kind, given]

    return read


def reading_audit_keys() -> Callable[[Any], _native.PublicKey | None]:
    """The same for entries of software keys and passkeys: also a COSE key or its bytes, or none."""
    read = reading_keys()
    read_cose = reading_cose_keys()

    def read_any(given: Any) -> _native.PublicKey | None:
        if given is None:
            return None
        # The bytes of a COSE key begin as a map of CBOR does, which neither DER nor text does.
        data = bytes(given) if isinstance(given, bytes | bytearray | memoryview) else b""
        if isinstance(given, CosePublicKey) or (data and data[0] >> 5 == _MAP):
            return read_cose(given, False, "interoperable").public_key
        return read(given)

    return read_any


def reading_cose_keys() -> Callable[[Any, Any, Any], _native.CosePublicKey]:
    """Reads what `countermark.webauthn.verify_authentication` takes as a key, for one call."""
    known: dict[Any, _native.CosePublicKey] = {}

    def read(public_key: Any, allow_sha1: Any, strictness: Any) -> _native.CosePublicKey:
        if type(public_key) is not bytes:
            return as_cose_key(public_key, allow_sha1, strictness)._handle
        name = (public_key, id(allow_sha1), id(strictness))
        if name not in known:
            known[name] = as_cose_key(public_key, allow_sha1, strictness)._handle
        return known[name]

    return read


def _read(given: Any) -> _native.PublicKey:
    if isinstance(given, PublicKey):
        return given._handle
    if isinstance(given, str):
        return PublicKey.from_pem(given)._handle
    if isinstance(given, bytes | bytearray | memoryview):
        data = bytes(given)
        read = PublicKey.from_der if data[:1] == b"\x30" else PublicKey.from_pem
        return read(data)._handle
    raise ArgumentTypeError(
        "a public key must be a PublicKey, PEM text, or the bytes of PEM or DER",
        code="argument.type",
        field="public_key",
    )


__all__ = ["reading_audit_keys", "reading_cose_keys", "reading_keys"]
