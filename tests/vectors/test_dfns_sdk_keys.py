"""The keys of the SDK vectors: every encoding of each gives the same key, and is written back."""

from __future__ import annotations

import pytest

from tests.vectors.dfns_records import ALGORITHMS, Case, cases
from tests.vectors.doors import Door

KEY_CASES = cases("keys")
each_key = pytest.mark.parametrize("case", KEY_CASES, ids=lambda case: case.id)


@each_key
def test_every_private_encoding_is_the_same_key(door: Door, case: Case) -> None:
    public = door.PublicKey.from_pem(case.record["spkiPem"])
    encodings = [
        case.record[name] for name in ("pkcs8Pem", "sec1Pem", "pkcs1Pem") if name in case.record
    ]
    assert len(encodings) == (1 if case.family == "ed" else 2)
    for pem in encodings:
        with door.PrivateKey.from_pem(pem) as key:
            assert key.public_key == public
            assert key.algorithm == ALGORITHMS[case.record["keyType"]]


@each_key
def test_public_keys_are_written_as_node_writes_them(door: Door, case: Case) -> None:
    public = door.PrivateKey.from_pem(case.record["pkcs8Pem"]).public_key
    assert public.to_pem() == case.record["spkiPem"]
    if case.family == "rsa":
        assert public.to_pem(format="pkcs1") == case.record["pkcs1PublicPem"]
        assert door.PublicKey.from_pem(case.record["pkcs1PublicPem"]) == public


@each_key
def test_the_size_and_curve_are_those_of_the_name(door: Door, case: Case) -> None:
    public = door.PublicKey.from_pem(case.record["spkiPem"])
    facts = {
        "ed25519": ("Ed25519", 256),
        "ed448": ("Ed448", 448),
        "p256": ("P-256", 256),
        "p384": ("P-384", 384),
        "p521": ("P-521", 521),
        "secp256k1": ("secp256k1", 256),
        "rsa2048": (None, 2048),
        "rsa3072": (None, 3072),
        "rsa4096": (None, 4096),
    }
    curve, bits = facts[case.record["keyType"]]
    assert public.bits == bits
    if case.family != "ed":
        assert public.curve == curve


def test_there_is_a_key_of_every_kind() -> None:
    assert sorted(case.record["keyType"] for case in KEY_CASES) == sorted(ALGORITHMS)
