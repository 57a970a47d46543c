"""Verifying: the assertion as a server receives it, and the bare signature."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from dfns_sdk.auth import (  # type: ignore[import-untyped]  # it ships no type information
    base64url_decode,
)

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
        yield _bare(key_type)


def by_hand(assertion: Mapping[str, Any], key: Material) -> None:
    """Reads and verifies an assertion with the standard library and cryptography."""
    inner = assertion["credentialAssertion"]
    client_data = base64url_decode(inner["clientData"])
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
    key.peer_verify(base64url_decode(inner["signature"]), client_data)


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


def _bare(key_type: str) -> Pair:
    key = material(key_type)
    signature = key.peer_sign(CLIENT_DATA)
    ours, theirs = key.ours.public_key.verify, key.peer_verify
    return Pair(
        "verify",
        key_type,
        lambda: ours(CLIENT_DATA, signature),
        lambda: theirs(signature, CLIENT_DATA),
        "cryptography",
    )
