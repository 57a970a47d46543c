"""Signing: the answer to a challenge, the bare signature, and what lies between the two."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from benches.python import libraries, peers
from benches.python.material import (
    CHALLENGE,
    CLIENT_DATA,
    CREDENTIAL_ID,
    KEY_TYPES,
    ORIGIN,
    SIGNED_BY_SDK,
    material,
)
from benches.python.pair import Budget, Pair
from countermark.dfns import KeySigner, verify_assertion

RATIOS: Final = {
    "P-256": 1.8,
    "P-384": 2.0,
    "secp256k1": 12.0,
    "Ed25519": 3.5,
    "RSA-2048": 1.0,
    "RSA-3072": 1.0,
}
BEYOND: Final = ("Ed25519", "P-256", "secp256k1")
"""Key types whose signatures are quick enough for a difference of a microsecond to be seen."""


def signer(key_type: str) -> KeySigner:
    """Signs as the official SDK does: the same client data to the byte."""
    return KeySigner(CREDENTIAL_ID, material(key_type).ours, ORIGIN, profile="python")


def pairs() -> Iterator[Pair]:
    """KeySigner.sign of both, the bare signatures of both, and KeySigner.sign beside the bare one."""
    if peers.here("dfns-sdk"):
        for key_type in SIGNED_BY_SDK:
            yield _key_signer(key_type)
    for key_type in KEY_TYPES:
        yield from _bare(key_type)
    for key_type in BEYOND:
        yield _beyond(key_type)


def _key_signer(key_type: str) -> Pair:
    from dfns_sdk.auth import KeySigner as SdkKeySigner

    ours = signer(key_type).sign
    theirs = SdkKeySigner(CREDENTIAL_ID, material(key_type).pem, ORIGIN).sign
    for sign in (ours, theirs):
        answer = sign(CHALLENGE)
        verified = verify_assertion(
            answer,
            challenge=CHALLENGE["challenge"],
            public_key=material(key_type).ours.public_key,
            credential_id=CREDENTIAL_ID,
            profile="python",
            origin=ORIGIN,
        )
        if verified.client_data.raw != CLIENT_DATA:
            raise AssertionError("the two sides do not sign the same client data")
    ratio = RATIOS.get(key_type)
    return Pair(
        "KeySigner.sign",
        key_type,
        lambda: ours(CHALLENGE),
        lambda: theirs(CHALLENGE),
        "dfns-sdk",
        None if ratio is None else Budget(ratio=ratio),
    )


def _bare(key_type: str) -> Iterator[Pair]:
    sign, theirs = material(key_type).ours.sign, material(key_type).peer_sign

    def ours() -> bytes:
        return sign(CLIENT_DATA)

    yield Pair("sign", key_type, ours, lambda: theirs(CLIENT_DATA), "cryptography")
    for name, library in libraries.of(key_type).items():
        yield Pair("sign", key_type, ours, library.sign, name)


def _beyond(key_type: str) -> Pair:
    ours, bare = signer(key_type).sign, material(key_type).native.sign
    return Pair(
        "KeySigner.sign beside its bare signature",
        key_type,
        lambda: ours(CHALLENGE),
        lambda: bare(CLIENT_DATA, None, None),
        "native sign",
        Budget(beyond=1.5),
        part=True,
    )
