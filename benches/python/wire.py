"""The bytes around a signature: client data, base64url, and the fingerprint a new key signs."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator

from benches.python.material import CHALLENGE_TEXT, CLIENT_DATA, ORIGIN, material
from benches.python.pair import Budget, Pair
from countermark import _native
from countermark.dfns import (
    decode_client_data_b64u,
    encode_client_data,
    encode_client_data_b64u,
    fingerprint,
)


def pairs() -> Iterator[Pair]:
    """Client data out and in, base64url, fingerprint; each beside the standard library."""
    yield from (_client_data(), _client_data_text(), _read(), _base64url(), _fingerprint())


def _json() -> bytes:
    claims = {
        "type": "key.get",
        "challenge": CHALLENGE_TEXT,
        "origin": ORIGIN,
        "crossOrigin": False,
    }
    return json.dumps(claims, separators=(",", ":")).encode()


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _same(ours: object, theirs: object) -> None:
    if ours != theirs:
        raise AssertionError(f"the two sides differ: {ours!r} {theirs!r}")


def _client_data() -> Pair:
    def ours() -> bytes:
        return encode_client_data(CHALLENGE_TEXT, profile="python", origin=ORIGIN)

    _same(ours(), _json())
    return Pair("wire", "client data", ours, _json, "json")


def _client_data_text() -> Pair:
    def ours() -> str:
        return encode_client_data_b64u(CHALLENGE_TEXT, profile="python", origin=ORIGIN)

    def theirs() -> str:
        return _encode(_json())

    _same(ours(), theirs())
    return Pair("wire", "client data to base64url", ours, theirs, "json + base64", Budget(ratio=10))


def _read() -> Pair:
    text = _encode(CLIENT_DATA)

    def theirs() -> dict[str, object]:
        claims = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if not isinstance(claims, dict):
            raise TypeError("not an object")
        return claims

    _same(decode_client_data_b64u(text).challenge, theirs()["challenge"])
    return Pair(
        "wire",
        "client data from base64url",
        lambda: decode_client_data_b64u(text),
        theirs,
        "json + base64",
    )


def _base64url() -> Pair:
    encode = _native.base64url_encode
    _same(encode(CLIENT_DATA), _encode(CLIENT_DATA))
    return Pair(
        "wire", "base64url", lambda: encode(CLIENT_DATA), lambda: _encode(CLIENT_DATA), "base64"
    )


def _fingerprint() -> Pair:
    pem = material("P-256").public_pem

    def theirs() -> bytes:
        parts = {"clientDataHash": hashlib.sha256(CLIENT_DATA).hexdigest(), "publicKey": pem}
        return json.dumps(parts, separators=(",", ":")).encode()

    _same(fingerprint(CLIENT_DATA, pem), theirs())
    return Pair(
        "wire",
        "fingerprint from parts",
        lambda: fingerprint(CLIENT_DATA, pem),
        theirs,
        "hashlib + json",
        Budget(ratio=8),
    )
