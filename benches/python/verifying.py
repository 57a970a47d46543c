"""Verifying: the assertion as a server receives it, and the bare signature."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from collections.abc import Iterator, Mapping
from typing import Any, Final

from benches.python import libraries
from benches.python.material import (
    CHALLENGE,
    CHALLENGE_TEXT,
    CLIENT_DATA,
    CREDENTIAL_ID,
    KEY_TYPES,
    ORIGIN,
    Material,
    material,
)
from benches.python.pair import Pair
from benches.python.signing import signer
from countermark.dfns import verify_assertion

ASSERTIONS: Final = ("P-256", "P-384", "secp256k1", "Ed25519", "RSA-2048")


def pairs() -> Iterator[Pair]:
    """verify_assertion beside the least that a server could do by hand, and bare verification."""
    for key_type in ASSERTIONS:
        yield _assertion(key_type)
    for key_type in KEY_TYPES:
        yield from _bare(key_type)


def by_hand(assertion: Mapping[str, Any], key: Material) -> None:
    """Reads and verifies an assertion with the standard library and cryptography."""
    inner = assertion["credentialAssertion"]
    client_data = _decoded(inner["clientData"])
    claims = json.loads(client_data)
    if (
        assertion["kind"] != "Key"
        or inner["credId"] != CREDENTIAL_ID
        or claims["type"] != "key.get"
        or claims["challenge"] != CHALLENGE_TEXT
        or claims["origin"] != ORIGIN
        or claims.get("crossOrigin", False)
    ):
        raise ValueError("the assertion says something else")
    key.peer_verify(_decoded(inner["signature"]), client_data)


def _assertion(key_type: str) -> Pair:
    key = material(key_type)
    assertion = signer(key_type).sign(CHALLENGE)
    public_key = key.ours.public_key

    def ours() -> object:
        return verify_assertion(
            assertion,
            challenge=CHALLENGE_TEXT,
            public_key=public_key,
            credential_id=CREDENTIAL_ID,
            kind="Key",
            origin=ORIGIN,
        )

    def theirs() -> None:
        by_hand(assertion, key)

    return Pair("verify_assertion", key_type, ours, theirs, "json + cryptography")


def _bare(key_type: str) -> Iterator[Pair]:
    key = material(key_type)
    signature = key.peer_sign(CLIENT_DATA)
    verify, theirs = key.ours.public_key.verify, key.peer_verify

    def ours() -> None:
        verify(CLIENT_DATA, signature)

    yield Pair("verify", key_type, ours, lambda: theirs(signature, CLIENT_DATA), "cryptography")
    for name, library in libraries.of(key_type).items():
        yield Pair("verify", key_type, ours, library.verify, name)


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
