"""Signatures at the edges of the arithmetic, and digests of every length (rows SG12 to SG20)."""

from __future__ import annotations

import hashlib
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

from countermark.errors import Error
from tests.property.material import SMALL, private_key, public_key
from tests.property.outcome import Door
from tests.unit.bad_inputs import ecdsa
from tests.unit.bad_inputs.der import EC_KINDS, loaded, seed
from tests.unit.bad_inputs.ecdsa import (
    MESSAGE,
    curve,
    der,
    digest_number,
    generator,
    key_for,
    lift,
    multiply,
    sha256,
)
from tests.unit.bad_inputs.refusals import refusal
from tests.unit.test_ed25519_strict import BASE as ED25519_BASE
from tests.unit.test_ed25519_strict import (
    NONCE,
    SECRET,
    SPKI,
    TORSION,
    L,
    Signed,
    encode,
    forge,
    other_encodings,
)
from tests.unit.test_ed25519_strict import P as ED25519_P
from tests.unit.test_ed25519_strict import add as ed25519_add
from tests.unit.test_ed25519_strict import multiply as ed25519_multiply

# --- ECDSA ---


@pytest.mark.parametrize("kind", EC_KINDS)
def test_sg12_both_parts_of_the_sum_may_be_the_same_point(door: Door, kind: str) -> None:
    """u1·G = u2·Q: the addition of the verifier is a doubling."""
    n = curve(kind).n
    e = digest_number(kind, sha256())
    nonce = 0x1234567
    point = multiply(kind, nonce, generator(kind))
    assert point is not None
    r = point[0] % n
    d = e * pow(r, -1, n) % n
    s = 2 * e * pow(nonce, -1, n) % n
    key = ecdsa.public_key(door, kind, multiply(kind, d, generator(kind)))
    key.verify(MESSAGE, der(r, s))
    assert refusal(key.verify, b"other", der(r, s)) == "signature.invalid"


@pytest.mark.parametrize("kind", EC_KINDS)
def test_sg12_a_sum_at_infinity_is_no_signature(door: Door, kind: str) -> None:
    """u1·G = -u2·Q: equal x, opposite y."""
    n = curve(kind).n
    e = digest_number(kind, sha256())
    for r in (1, 5, n - 1, e % n):
        d = -e * pow(r, -1, n) % n
        key = ecdsa.public_key(door, kind, multiply(kind, d, generator(kind)))
        for s in (1, 2, e % n, n - 1):
            assert refusal(key.verify, MESSAGE, der(r, s)) == "signature.invalid"


def nonce_points(kind: str) -> dict[str, Any]:
    """Points whose x makes an r at an edge."""
    n, p = curve(kind).n, curve(kind).p
    tiny = next(point for x in range(1, 100) if (point := lift(kind, x)))
    beyond = next(point for x in range(n + 1, n + 100) if x < p and (point := lift(kind, x)))
    below = next(point for x in range(n - 1, n - 100, -1) if (point := lift(kind, x)))
    return {
        "tiny r": tiny,
        "x over the order": beyond,
        "r just below the order": below,
        "the generator": generator(kind),
        "its double": multiply(kind, 2, generator(kind)),
    }


@pytest.mark.parametrize("what", nonce_points("p256"))
@pytest.mark.parametrize("kind", EC_KINDS)
def test_sg13_edges_of_r_and_s_verify_where_the_equation_holds(
    door: Door, kind: str, what: str
) -> None:
    n = curve(kind).n
    point = nonce_points(kind)[what]
    if what == "x over the order":
        assert point[0] >= n
    for s in (1, 2, 3, n - 1, n - 2, n // 2, n // 2 + 1, pow(2, -1, n), 1 << 128, n - (1 << 64)):
        key = ecdsa.public_key(door, kind, key_for(kind, point, s, sha256()))
        key.verify(MESSAGE, der(point[0] % n, s))
        for wrong in (der(point[0] % n, (s + 5) % n), der((point[0] + 1) % n, s)):
            assert refusal(key.verify, MESSAGE, wrong) == "signature.invalid"


@pytest.mark.parametrize("kind", EC_KINDS)
def test_sg13_a_digest_may_be_any_number(door: Door, kind: str) -> None:
    """Zero, the order and what is over it, at the length of every hash."""
    n = curve(kind).n
    for name, size in (("SHA-256", 32), ("SHA-384", 48), ("SHA-512", 64)):
        top = (1 << 8 * size) - 1
        for number in (0, 1, n, n - 1, n + 1, top, top - 1, 1 << 8 * size - 1):
            digest = (number & top).to_bytes(size, "big")
            signature = private_key(door, kind).sign_digest(digest, hash=name)
            public_key(door, kind).verify_digest(digest, signature, hash=name)
            verify_elsewhere(kind, digest, signature, name)


def verify_elsewhere(kind: str, digest: bytes, signature: bytes, name: str) -> None:
    chosen = {"SHA-256": hashes.SHA256(), "SHA-384": hashes.SHA384(), "SHA-512": hashes.SHA512()}
    scheme = ec.ECDSA(utils.Prehashed(chosen[name]))
    loaded(kind).public_key().verify(signature, digest, scheme)


@pytest.mark.parametrize("name", ["SHA-256", "SHA-384", "SHA-512"])
@pytest.mark.parametrize("kind", EC_KINDS)
def test_sg14_a_digest_longer_or_shorter_than_the_order_is_signed(
    door: Door, kind: str, name: str
) -> None:
    key = private_key(door, kind)
    digest = hashlib.new(name.replace("-", "").lower(), MESSAGE).digest()
    for signature in (key.sign(MESSAGE, hash=name), key.sign_digest(digest, hash=name)):
        key.public_key.verify(MESSAGE, signature, hash=name)
        key.public_key.verify_digest(digest, signature, hash=name)
        verify_elsewhere(kind, digest, signature, name)


@pytest.mark.parametrize("kind", EC_KINDS)
def test_sg14_a_digest_with_zeros_in_front_is_signed(door: Door, kind: str) -> None:
    messages = (b"%d" % number for number in range(1_000_000))
    message = next(text for text in messages if sha256(text).startswith(b"\x00\x00"))
    key = private_key(door, kind)
    signature = key.sign(message)
    key.public_key.verify(message, signature)
    verify_elsewhere(kind, sha256(message), signature, "SHA-256")
    # And with the zeros in the digest of a hash as long as the order.
    for zeros in (1, 8, 31, 32):
        digest = bytes(zeros) + sha256()[zeros:]
        signature = key.sign_digest(digest)
        key.public_key.verify_digest(digest, signature)
        verify_elsewhere(kind, digest, signature, "SHA-256")


@pytest.mark.parametrize("kind", [*EC_KINDS, "rsa2048"])
@pytest.mark.parametrize("size", [0, 1, 16, 20, 31, 33, 48, 64])
def test_sg15_a_digest_of_another_length_than_the_hash_s_is_refused(
    door: Door, kind: str, size: int
) -> None:
    key = private_key(door, kind)
    signature = key.sign(MESSAGE)
    assert refusal(key.sign_digest, bytes(size)) == "argument.value"
    assert refusal(key.public_key.verify_digest, bytes(size), signature) == "argument.value"
    for name, right in (("SHA-384", 48), ("SHA-512", 64)):
        if size != right:
            assert refusal(key.sign_digest, bytes(size), hash=name) == "argument.value"
    for name in ("SHA-1", "MD5", "SHA-224", "sha256", "SHA256", ""):
        assert refusal(key.sign_digest, bytes(32), hash=name) == "argument.value"


# --- Edwards curves ---


def verdict(door: Door, signed: Signed) -> str | None:
    """The code for a signature or a key that is refused; None where both are accepted."""
    try:
        key = door.PublicKey.from_der(SPKI + signed.key)
        key.verify(signed.message, signed.signature)
    except Error as error:
        return error.code
    return None


ED448_ORDER: Final = 2**446 - 0x8335DC163BB124B65129C96FDE933D8D723A70AADC873D6D54A7BB0D


@pytest.mark.parametrize(("kind", "order"), [("ed25519", L), ("ed448", ED448_ORDER)])
def test_sg16_an_s_over_the_order_is_refused(door: Door, kind: str, order: int) -> None:
    key = private_key(door, kind)
    signature = key.sign(MESSAGE)
    half = len(signature) // 2
    nonce, s = signature[:half], int.from_bytes(signature[half:], "little")
    key.public_key.verify(MESSAGE, signature)
    numbers = [s + times * order for times in range(1, 16)] + [order, order + 1]
    numbers += [s | 1 << bit for bit in range(order.bit_length(), 8 * half)]
    for number in numbers:
        if number >> 8 * half == 0 and number != s:
            wrong = nonce + number.to_bytes(half, "little")
            assert refusal(key.public_key.verify, MESSAGE, wrong) == "signature.invalid"


@pytest.mark.parametrize("index", range(8))
def test_sg17_points_of_small_order_are_refused(door: Door, index: int) -> None:
    """For each of these the equation holds for a message that nobody signed."""
    assert verdict(door, forge(a=0, a_low=index)) == "key.small_order"
    assert verdict(door, forge(r=0, r_low=index, a_low=1)) == "signature.invalid"


@pytest.mark.parametrize("index", range(1, 8))
def test_sg17_points_of_mixed_order_verify_by_the_equation_without_the_cofactor(
    door: Door, index: int
) -> None:
    assert verdict(door, forge(a_low=index, r_low=index)) is None
    key = encode(ed25519_add(ed25519_multiply(SECRET, ED25519_BASE), TORSION[index]))
    nonce = encode(ed25519_multiply(NONCE, ED25519_BASE))
    for tried in range(100):
        message = b"%d" % tried
        k = int.from_bytes(hashlib.sha512(nonce + key + message).digest(), "little")
        if (k % L * index) % 8 and (k * index) % 8:
            number = (NONCE + k * SECRET) % L
            signed = Signed(key, message, nonce + number.to_bytes(32, "little"))
            assert verdict(door, signed) == "signature.invalid"
            return
    raise AssertionError


@pytest.mark.parametrize("index", range(8))
def test_sg18_other_encodings_of_small_points_are_refused(door: Door, index: int) -> None:
    for data in other_encodings(TORSION[index]):
        assert verdict(door, forge(a=0, a_low=index, a_bytes=data)) == "key.small_order"
        wrong = forge(r=0, r_low=index, a_low=1, r_bytes=data)
        assert verdict(door, wrong) == "signature.invalid"


def test_sg18_coordinates_over_the_prime_are_refused(door: Door) -> None:
    for y in range(2, 19):
        data = (y + ED25519_P).to_bytes(32, "little")
        assert verdict(door, Signed(data, b"", bytes(64))) == "key.point"
    good = forge()
    assert verdict(door, good) is None
    for nonce in ((y + ED25519_P).to_bytes(32, "little") for y in range(19)):
        wrong = good._replace(signature=nonce + good.signature[32:])
        assert verdict(door, wrong) == "signature.invalid"


@pytest.mark.parametrize("kind", SMALL)
@pytest.mark.parametrize("size", [0, 1, 32, 63, 64, 65, 113, 115, 128, 255, 257, 1 << 20])
def test_sg19_signatures_of_any_other_length_are_refused(door: Door, kind: str, size: int) -> None:
    key = private_key(door, kind)
    good = key.sign(MESSAGE)
    repeated = (good * (size // len(good) + 1))[:size]
    for wrong in (repeated, bytes(size), b"\xff" * size):
        if wrong != good:
            assert refusal(key.public_key.verify, MESSAGE, wrong) == "signature.invalid"


def sign_with_prefix(prefix: bytes, message: bytes) -> bytes:
    """Ed25519 with something hashed in front: dom2 of RFC 8032 for the variants, nothing for pure."""
    digest = hashlib.sha512(seed("ed25519")).digest()
    a = int.from_bytes(digest[:32], "little") & (2**254 - 8) | 2**254
    key = encode(ed25519_multiply(a, ED25519_BASE))
    r = int.from_bytes(hashlib.sha512(prefix + digest[32:] + message).digest(), "little") % L
    nonce = encode(ed25519_multiply(r, ED25519_BASE))
    k = int.from_bytes(hashlib.sha512(prefix + nonce + key + message).digest(), "little")
    return nonce + ((r + k * a) % L).to_bytes(32, "little")


def test_sg20_the_other_variants_of_ed25519_are_refused(door: Door) -> None:
    key = public_key(door, "ed25519")
    key.verify(MESSAGE, sign_with_prefix(b"", MESSAGE))
    dom2 = b"SigEd25519 no Ed25519 collisions"
    prehashed = hashlib.sha512(MESSAGE).digest()
    for flag, context in ((0, b""), (0, b"foo"), (1, b""), (1, b"foo")):
        prefix = dom2 + bytes([flag, len(context)]) + context
        for signed in (MESSAGE, prehashed):
            signature = sign_with_prefix(prefix, signed)
            for message in (MESSAGE, prehashed):
                assert refusal(key.verify, message, signature) == "signature.invalid"


@pytest.mark.parametrize("kind", ["ed25519", "ed448"])
def test_sg20_no_variant_is_offered(door: Door, kind: str) -> None:
    key = private_key(door, kind)
    for name in ("SHA-256", "SHA-512"):
        assert refusal(key.sign, MESSAGE, hash=name) == "algorithm.mismatch"
        code = refusal(key.sign_digest, hashlib.sha512(MESSAGE).digest(), hash="SHA-512")
        assert code == "algorithm.mismatch"
    with pytest.raises(TypeError):
        key.sign(MESSAGE, context=b"foo")
