"""Web Crypto signs for ours as a signer outside, and verifies what ours signs: raw ECDSA, EdDSA and both
paddings of RSA."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from tests.interop.chance import CURVES, Chance
from tests.interop.peer import Peer, challenge_for
from tests.vectors.doors import Door, outcome

pytestmark = pytest.mark.interop

ECDSA = ("ES256", "ES384", "ES512")
each_kind = pytest.mark.parametrize("kind", [*ECDSA, "Ed25519", "RS256"])
each_hash = pytest.mark.parametrize("hash", ["SHA-256", "SHA-512"])


@pytest.fixture
def web_crypto(peers: Callable[[str], Peer]) -> Peer:
    return peers("web-crypto")


@cache
def made_key(peer: Peer, kind: str, hash: str) -> Any:
    """One key of each sort: those of RSA are slow to make."""
    return peer("key.make", kind=kind, hash=hash)


class WebCryptoSigner:
    """A signer outside, by the shape alone: it signs messages, and its ECDSA is r and s side by side."""

    takes, returns = "message", "raw"

    def __init__(self, door: Door, peer: Peer, kind: str, hash: str) -> None:
        made = made_key(peer, kind, hash)
        self.hash = hash
        self.public_key = door.PublicKey.from_der(bytes.fromhex(made["public_key"]))
        self._ask = partial(peer, "sign", kind=kind, hash=hash, private_key=made["private_key"])

    def sign(self, data: bytes) -> bytes:
        return bytes.fromhex(self._ask(message=data))


@each_hash
@each_kind
def test_a_key_in_web_crypto_signs_as_a_signer_outside(
    door: Door, web_crypto: Peer, kind: str, hash: str, chance: Chance
) -> None:
    outside = WebCryptoSigner(door, web_crypto, kind, hash)
    algorithm = {"SHA-256": None, "SHA-512": "SHA512"}[hash] if kind != "Ed25519" else None
    signer = door.KeySigner("cr-1", outside, algorithm=algorithm)
    for challenge in chance.challenges():
        signed = signer.sign(challenge_for("cr-1", challenge))
        expected = {"challenge": challenge, "public_key": outside.public_key}
        door.verify_assertion(signed, **expected)
        made = door.create_credential(outside, challenge, algorithm=algorithm)
        assert door.verify_attestation(made, **expected).public_key == outside.public_key


def as_web_crypto(kind: str, signature: bytes) -> bytes:
    if kind not in ECDSA:
        return signature
    size = (CURVES[kind][1] + 7) // 8
    return b"".join(part.to_bytes(size, "big") for part in decode_dss_signature(signature))


@each_hash
@each_kind
def test_what_we_sign_verifies_in_web_crypto(
    door: Door, web_crypto: Peer, kind: str, hash: str, chance: Chance
) -> None:
    key = door.PrivateKey.from_pem(chance.pem(kind))
    given = {} if kind == "Ed25519" else {"hash": hash}
    judge = partial(web_crypto, "verify", kind=kind, hash=hash, public_key=key.public_key.to_der())
    for length in (0, 1, 100, 10_000):
        message = chance.octets(length)
        signature = as_web_crypto(kind, key.sign(message, **given))
        assert judge(message=message, signature=signature) is True
        assert judge(message=message + b"A", signature=signature) is False
        assert judge(message=message, signature=chance.broken(signature)) is False


@each_hash
def test_pss_goes_both_ways_with_a_salt_as_long_as_the_hash(
    door: Door, web_crypto: Peer, hash: str, chance: Chance
) -> None:
    message = chance.octets(100)
    theirs = WebCryptoSigner(door, web_crypto, "PS256", hash)
    signature = theirs.sign(message)
    theirs.public_key.verify(message, signature, hash=hash, padding="pss")
    plain = outcome(lambda: theirs.public_key.verify(message, signature, hash=hash))
    assert plain == "signature.invalid"

    key = door.PrivateKey.from_pem(chance.pem("RS256"))
    judge = partial(
        web_crypto, "verify", kind="PS256", hash=hash, public_key=key.public_key.to_der()
    )
    ours = key.sign(message, hash=hash, padding="pss")
    assert judge(message=message, signature=ours) is True
    assert judge(message=message, signature=key.sign(message, hash=hash)) is False
