"""Hashes that others sign with: verified by name on every EC and RSA key, and signed with by none."""

from __future__ import annotations

from functools import cache, partial
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.vectors.doors import MODULES, Door, outcome

HASHES: Final[dict[str, hashes.HashAlgorithm]] = {
    "SHA-224": hashes.SHA224(),
    "SHA-512/256": hashes.SHA512_256(),
    "SHA3-256": hashes.SHA3_256(),
    "SHA3-384": hashes.SHA3_384(),
    "SHA3-512": hashes.SHA3_512(),
}
CURVES: Final = [ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1(), ec.SECP256K1()]
MESSAGE: Final = b"a message"


@pytest.fixture(params=list(MODULES), scope="module")
def door(request: pytest.FixtureRequest) -> Door:
    return Door(request.param)


def public(door: Door, key: Any) -> Any:
    der = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return door.PublicKey.from_der(der)


def digest(name: str, message: bytes) -> bytes:
    context = hashes.Hash(HASHES[name])
    context.update(message)
    return context.finalize()


def check(key: Any, signature: bytes, name: str, **choices: Any) -> None:
    """The signature is right for its hash and message, and wrong for every other."""
    chosen: dict[str, Any] = {"hash": name, **choices}
    key.verify(MESSAGE, signature, **chosen)
    key.verify_digest(digest(name, MESSAGE), signature, **chosen)
    changed = signature[:-1] + bytes([signature[-1] ^ 1])
    assert outcome(lambda: key.verify(b"another", signature, **chosen)) == "signature.invalid"
    assert outcome(lambda: key.verify(MESSAGE, changed, **chosen)) == "signature.invalid"
    for other in {*HASHES, "SHA-256", "SHA-384", "SHA-512"} - {name}:
        wrong = outcome(partial(key.verify, MESSAGE, signature, **{**chosen, "hash": other}))
        assert wrong == "signature.invalid", other
    short = digest(name, MESSAGE)[:-1]
    assert outcome(lambda: key.verify_digest(short, signature, **chosen)) == "argument.value"


@pytest.mark.parametrize("name", HASHES)
@pytest.mark.parametrize("curve", CURVES, ids=lambda curve: curve.name)
def test_ecdsa(door: Door, curve: ec.EllipticCurve, name: str) -> None:
    key = ec.generate_private_key(curve)
    check(public(door, key), key.sign(MESSAGE, ec.ECDSA(HASHES[name])), name)


@cache
def rsa_key(bits: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


# Of 2049 bits, the encoding of PSS is a byte shorter than the modulus; of 2050, it has seven bits that are not used.
@pytest.mark.parametrize("name", HASHES)
@pytest.mark.parametrize("bits", [2048, 2049, 2050, 3080])
def test_rsa(door: Door, bits: int, name: str) -> None:
    key, hash_ = rsa_key(bits), HASHES[name]
    verifier = public(door, key)
    pss = padding.PSS(padding.MGF1(hash_), salt_length=hash_.digest_size)
    check(verifier, key.sign(MESSAGE, padding.PKCS1v15(), hash_), name)
    check(verifier, key.sign(MESSAGE, pss, hash_), name, padding="pss")
    unsalted = padding.PSS(padding.MGF1(hash_), salt_length=0)
    longer = padding.PSS(padding.MGF1(hash_), salt_length=hash_.digest_size + 1)
    for other in (unsalted, longer):
        signature = key.sign(MESSAGE, other, hash_)
        refused = outcome(lambda: verifier.verify(MESSAGE, signature, hash=name, padding="pss"))  # noqa: B023
        assert refused == "signature.invalid"


@pytest.mark.parametrize("name", HASHES)
def test_an_rsa_signature_out_of_range_is_refused(door: Door, name: str) -> None:
    key = rsa_key(2048)
    verifier, n = public(door, key), key.public_key().public_numbers().n
    signature = int.from_bytes(key.sign(MESSAGE, padding.PKCS1v15(), HASHES[name]), "big")
    right = signature.to_bytes(256, "big")
    spelled = [right + b"\0", b"\0" + right, right[1:], b"", bytes(256), n.to_bytes(256, "big")]
    if signature + n < 2**2048:
        spelled.append((signature + n).to_bytes(256, "big"))
    for wrong in spelled:
        for pad in ("pkcs1v15", "pss"):
            call = lambda: verifier.verify(MESSAGE, wrong, hash=name, padding=pad)  # noqa: B023, E731
            assert outcome(call) == "signature.invalid"


@pytest.mark.parametrize("name", HASHES)
def test_low_s_is_asked_for_as_with_every_hash(door: Door, name: str) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    verifier, raw_of = public(door, key), door.ecdsa_der_to_raw
    n = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    raw = raw_of(key.sign(MESSAGE, ec.ECDSA(HASHES[name])), "P-256")
    s = int.from_bytes(raw[32:], "big")
    for value, low in ((min(s, n - s), None), (max(s, n - s), "signature.invalid")):
        der = door.ecdsa_raw_to_der(raw[:32] + value.to_bytes(32, "big"), "P-256")
        verifier.verify(MESSAGE, der, hash=name)
        assert outcome(lambda: verifier.verify(MESSAGE, der, hash=name, low_s=True)) == low  # noqa: B023


@pytest.mark.parametrize("name", HASHES)
def test_nothing_signs_with_them(door: Door, name: str) -> None:
    key = door.PrivateKey.generate("ES256")
    assert outcome(lambda: key.sign(MESSAGE, hash=name)) == "argument.value"
    hashed = digest(name, MESSAGE)
    assert outcome(lambda: key.sign_digest(hashed, hash=name)) == "argument.value"


@pytest.mark.parametrize("name", HASHES)
def test_a_key_that_hashes_by_itself_takes_none(door: Door, name: str) -> None:
    key = public(door, ed25519.Ed25519PrivateKey.generate())
    assert outcome(lambda: key.verify(MESSAGE, bytes(64), hash=name)) == "algorithm.mismatch"
    hashed = digest(name, MESSAGE)
    refused = outcome(lambda: key.verify_digest(hashed, bytes(64), hash=name))
    assert refused == "algorithm.mismatch"


@pytest.mark.parametrize("name", ["SHA-1", "SHA1", "SHA-512/224", "SHA3-224", "sha3-256", "MD5"])
def test_other_names_are_no_hashes(door: Door, name: str) -> None:
    key = public(door, ec.generate_private_key(ec.SECP256R1()))
    assert outcome(lambda: key.verify(MESSAGE, b"", hash=name)) == "argument.value"
