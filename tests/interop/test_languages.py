"""Node, Go and Java, each with the protocol written in it from its description: what they sign verifies
here, what is signed here verifies there, and both call the same things wrong."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any

import pytest

from tests.interop.chance import DETERMINISTIC, KINDS, Chance, base64url
from tests.interop.peer import Peer
from tests.vectors.dfns_records import b64u_decode
from tests.vectors.doors import Door, outcome

pytestmark = pytest.mark.interop

OFFERED = {
    "node": KINDS,
    "go": ("ES256", "ES384", "ES512", "Ed25519", "RS256"),
    "java": ("ES256", "ES384", "ES512", "Ed25519", "Ed448", "RS256"),
    "bouncy-castle": KINDS,
}
each_kind = pytest.mark.parametrize(
    ("language", "kind"),
    [(language, kind) for language, kinds in OFFERED.items() for kind in kinds],
)
EDDSA = ("Ed25519", "Ed448")
each_kind_with_a_hash = pytest.mark.parametrize(
    ("language", "kind"),
    [
        (language, kind)
        for language, kinds in OFFERED.items()
        for kind in kinds
        if kind not in EDDSA
    ],
)
each_exact_kind = pytest.mark.parametrize(
    ("language", "kind"),
    [
        (language, kind)
        for language, kinds in OFFERED.items()
        for kind in kinds
        if kind in DETERMINISTIC
    ],
)


@pytest.fixture
def peer(peers: Callable[[str], Peer], language: str) -> Peer:
    return peers(language)


def signed_here(
    door: Door, credential_id: str, key: Any, challenge: str, algorithm: str | None = None
) -> Any:
    allowed = {"key": [{"id": credential_id, "type": "public-key"}], "webauthn": []}
    signer = door.KeySigner(credential_id, key, algorithm=algorithm)
    return signer.sign({"challenge": challenge, "allowCredentials": allowed})


@cache
def rsa_key(peer: Peer) -> Any:
    """Made once by each peer, since that is slow."""
    return peer("key.make", kind="RS256")


class PeerKey:
    """A key the peer made, and the questions that take it."""

    def __init__(self, peer: Peer, kind: str) -> None:
        made = rsa_key(peer) if kind == "RS256" else peer("key.make", kind=kind)
        self.private_key = bytes.fromhex(made["private_key"])
        self.public_key = bytes.fromhex(made["public_key"])
        self.public_key_pem = made["public_key_pem"]
        self._peer, self._kind = peer, kind

    def ask(self, operation: str, **question: Any) -> Any:
        own = {
            "kind": self._kind,
            "private_key": self.private_key,
            "public_key": self.public_key_pem,
        }
        return self._peer(operation, **own, **question)


def named_algorithms(kind: str) -> list[str]:
    """The documented values that fit the kind of key."""
    return ["SHA256", "SHA512", *(["RSA-SHA256", "RSA-SHA512"] if kind == "RS256" else [])]


@each_kind
def test_a_key_of_theirs_is_read_here_and_ours_is_read_there(
    door: Door, peer: Peer, kind: str, chance: Chance
) -> None:
    theirs = PeerKey(peer, kind)
    key = door.PrivateKey.from_der(theirs.private_key)
    public = door.PublicKey.from_der(theirs.public_key)
    assert (key.algorithm, public) == (kind, key.public_key)
    assert public == door.PublicKey.from_pem(theirs.public_key_pem)
    assert (public.to_der(), public.to_pem()) == (theirs.public_key, theirs.public_key_pem)
    challenge = chance.challenge("base64url")
    theirs.private_key = key.export_private_key("der")
    signed = theirs.ask("assertion.sign", credential_id="cr-1", challenge=challenge)
    door.verify_assertion(signed, challenge=challenge, public_key=public)


@each_kind
def test_their_assertion_verifies_here(door: Door, peer: Peer, kind: str, chance: Chance) -> None:
    theirs = PeerKey(peer, kind)
    public = door.PublicKey.from_der(theirs.public_key)
    for challenge in chance.challenges():
        credential_id = chance.credential_id()
        signed = theirs.ask("assertion.sign", credential_id=credential_id, challenge=challenge)

        def judge(expected: str, signed: Any = signed, named: str = credential_id) -> Any:
            return door.verify_assertion(
                signed, challenge=expected, public_key=public, credential_id=named
            )

        verified = judge(challenge)
        assert verified.client_data.challenge == challenge
        another = partial(judge, challenge + "A")
        assert outcome(another) == "client_data.challenge_mismatch"
        broken = base64url(chance.broken(verified.signature))
        signed["credentialAssertion"]["signature"] = broken
        assert outcome(partial(judge, challenge)) == "signature.invalid"


@each_kind
def test_our_assertion_verifies_there(door: Door, peer: Peer, kind: str, chance: Chance) -> None:
    key = door.PrivateKey.from_pem(chance.pem(kind))
    for challenge in chance.challenges():
        credential_id = chance.credential_id()
        made = signed_here(door, credential_id, key, challenge)
        asked = {"kind": kind, "public_key": key.public_key.to_pem(), "assertion": made}
        assert peer("assertion.verify", challenge=challenge, **asked) is True
        assert peer("assertion.verify", challenge=challenge + "A", **asked) is False
        signature = b64u_decode(made["credentialAssertion"]["signature"])
        made["credentialAssertion"]["signature"] = base64url(chance.broken(signature))
        assert peer("assertion.verify", challenge=challenge, **asked) is False


@each_kind_with_a_hash
def test_a_named_hash_means_the_same_on_both_sides(
    door: Door, peer: Peer, kind: str, chance: Chance
) -> None:
    pem, challenge = chance.pem(kind), chance.challenge("base64url")
    key = door.PrivateKey.from_pem(pem)
    public, der = key.public_key, key.export_private_key("der")
    for algorithm in named_algorithms(kind):
        theirs = peer(
            "assertion.sign",
            kind=kind,
            private_key=der,
            credential_id="cr-1",
            challenge=challenge,
            algorithm=algorithm,
        )
        verified = door.verify_assertion(
            theirs, challenge=challenge, public_key=public, algorithm=algorithm
        )
        assert verified.hash == f"SHA-{algorithm[-3:]}"
        ours = signed_here(door, "cr-1", key, challenge, algorithm=algorithm)
        assert list(ours["credentialAssertion"]) == list(theirs["credentialAssertion"])
        asked = {"kind": kind, "public_key": public.to_pem(), "challenge": challenge}
        assert peer("assertion.verify", assertion=ours, **asked) is True


@each_exact_kind
def test_deterministic_assertions_are_the_same_bytes(
    door: Door, peer: Peer, language: str, kind: str, chance: Chance
) -> None:
    pem = chance.pem(kind)
    key = door.PrivateKey.from_pem(pem)
    # Go escapes the two line separators of Unicode whatever it is told; see the profile of its SDK.
    unlike = "\u2028\u2029" if language == "go" else ""
    for drawn in chance.challenges():
        challenge = "".join(sign for sign in drawn if sign not in unlike)
        theirs = peer(
            "assertion.sign",
            kind=kind,
            private_key=key.export_private_key("der"),
            credential_id="cr-1",
            challenge=challenge,
        )
        assert theirs == signed_here(door, "cr-1", key, challenge)


@each_kind
def test_their_credential_verifies_here(door: Door, peer: Peer, kind: str, chance: Chance) -> None:
    theirs = PeerKey(peer, kind)
    for challenge in chance.challenges():
        credential_id = chance.credential_id()
        made = theirs.ask("credential.create", credential_id=credential_id, challenge=challenge)
        verified = door.verify_attestation(made, challenge=challenge, credential_id=credential_id)
        assert verified.public_key == door.PublicKey.from_der(theirs.public_key)
        assert verified.public_key_pem == theirs.public_key_pem
        # The attestation of another challenge: the hash of its client data is what was signed.
        other = theirs.ask("credential.create", credential_id=credential_id, challenge="other")
        made["credentialInfo"]["attestationData"] = other["credentialInfo"]["attestationData"]
        judge = partial(door.verify_attestation, made, challenge=challenge)
        assert outcome(judge) == "signature.invalid"


@each_kind
def test_our_credential_verifies_there(door: Door, peer: Peer, kind: str, chance: Chance) -> None:
    key = door.PrivateKey.from_pem(chance.pem(kind))
    for challenge in chance.challenges():
        made = door.create_credential(key, challenge)
        asked = {"kind": kind, "credential": made}
        assert peer("credential.verify", challenge=challenge, **asked) is True
        assert peer("credential.verify", challenge=challenge + "A", **asked) is False
        other = door.create_credential(key, "other")["credentialInfo"]["attestationData"]
        made["credentialInfo"]["attestationData"] = other
        assert peer("credential.verify", challenge=challenge, **asked) is False


@each_kind_with_a_hash
def test_a_credential_of_ours_with_a_named_hash_verifies_there(
    door: Door, peer: Peer, kind: str, chance: Chance
) -> None:
    key = door.PrivateKey.from_pem(chance.pem(kind))
    challenge = chance.challenge("base64url")
    for algorithm in named_algorithms(kind):
        for order in ("docs", "2026"):
            made = door.create_credential(
                key, challenge, algorithm=algorithm, attestation_order=order
            )
            question = {"kind": kind, "credential": made, "challenge": challenge}
            assert peer("credential.verify", **question) is True


def test_the_java_profile_is_what_jackson_writes(door: Door, peers: Any, chance: Chance) -> None:
    jackson = peers("jackson")
    for challenge in chance.challenges():
        written = bytes.fromhex(jackson("client_data", challenge=challenge))
        assert door.encode_client_data(challenge, profile="java") == written
        assert "java" in door.match_profiles(written)
