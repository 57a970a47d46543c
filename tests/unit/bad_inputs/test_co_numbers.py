"""COSE keys whose members are all right and that are no keys (rows CO09 to CO11, CO18, CO19, CO21 to CO26, CO30,
CO38)."""

from __future__ import annotations

import secrets
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from tests.property.outcome import Door
from tests.unit.bad_inputs.cbor_writer import write
from tests.unit.bad_inputs.der import field_length, loaded, rsa
from tests.unit.bad_inputs.ecdsa import curve, lift
from tests.unit.bad_inputs.passkeys import (
    HASHES,
    USUAL,
    assertion,
    attestation_object,
    authenticate,
    cose,
    cose_bytes,
    new_credential,
    register,
    registration,
    registration_verdict,
    signature,
)
from tests.unit.bad_inputs.refusals import refusal, seconds
from tests.unit.bad_inputs.test_co_keys import EC, PER_ALGORITHM, reading, taken
from tests.unit.test_ed25519_strict import TORSION, P, decode, encode, other_encodings


def with_point(kind: str, x: int, y: int) -> dict[int, Any]:
    size = field_length(kind)
    return cose(kind) | {-2: x.to_bytes(size, "big"), -3: y.to_bytes(size, "big")}


def coordinates(kind: str) -> tuple[int, int]:
    return int.from_bytes(cose(kind)[-2], "big"), int.from_bytes(cose(kind)[-3], "big")


def small_x(kind: str) -> tuple[int, int]:
    """A point whose x is so small that it can be written as x + p."""
    points = (lift(kind, x) for x in range(1, 1000))
    found = next(point for point in points if point is not None)
    assert (found[0] + curve(kind).p).bit_length() <= 8 * field_length(kind)
    return found


@pytest.mark.parametrize("kind", EC)
def test_co09_coordinates_are_reduced(door: Door, kind: str) -> None:
    p, (x, y) = curve(kind).p, small_x(kind)
    taken(door, with_point(kind, x, y))
    assert reading(door, with_point(kind, x + p, y)) == "key.point"
    _, good_y = coordinates(kind)
    beyond = good_y + p
    if beyond.bit_length() <= 8 * field_length(kind):
        assert reading(door, with_point(kind, coordinates(kind)[0], beyond)) == "key.point"
    most = (1 << 8 * field_length(kind)) - 1
    for one, other in ((p, y), (x, p), (p, p), (most, y), (x, most), (most, most), (p + 1, y)):
        assert reading(door, with_point(kind, one, other)) == "key.point"


@pytest.mark.parametrize("kind", EC)
def test_co10_a_point_off_the_curve_is_no_key(door: Door, kind: str) -> None:
    (x, y), p = coordinates(kind), curve(kind).p
    for one, other in ((x, y ^ 1), (x ^ 1, y), (y, x), (x, 0), (0, y), (x, 1), (1, 1), (x, p - 1)):
        assert reading(door, with_point(kind, one, other)) == "key.point"
    taken(door, with_point(kind, x, p - y))


@pytest.mark.parametrize("kind", EC)
def test_co10_taking_the_data_apart_needs_no_curve(door: Door, kind: str) -> None:
    x, y = coordinates(kind)
    key = write(with_point(kind, x, y ^ 1))
    data = new_credential(key=key)
    assert door.parse_authenticator_data(data, strictness="strict").credential_public_key == key
    assert door.parse_attestation_object(attestation_object(data)).authenticator_data.raw == data


@pytest.mark.parametrize("kind", EC)
def test_co11_points_of_the_twist_are_no_keys(door: Door, kind: str) -> None:
    numbers = curve(kind)
    x = next(x for x in range(1, 100) if lift(kind, x) is None)
    # d y² = x³ + a x + b for a d that is no square: scaled, a point of the twist.
    d = next(d for d in range(2, 100) if pow(d, (numbers.p - 1) // 2, numbers.p) != 1)
    y = pow(numbers.rhs(x) * pow(d, -1, numbers.p), (numbers.p + 1) // 4, numbers.p)
    assert d * y * y % numbers.p == numbers.rhs(x)
    for one, other in ((x, y), (x, numbers.p - y), (x * d % numbers.p, y), (x, y * d % numbers.p)):
        assert reading(door, with_point(kind, one, other)) == "key.point"


@pytest.mark.parametrize("kind", EC)
def test_co11_nor_is_the_point_at_infinity(door: Door, kind: str) -> None:
    assert reading(door, with_point(kind, 0, 0)) == "key.point"
    assert reading(door, with_point(kind, 0, 1)) == "key.point"
    for empty in ({-2: b"", -3: b""}, {-2: b"\x00", -3: b"\x00"}, {-2: b"\x00", -3: b""}):
        assert reading(door, cose(kind) | empty) == "key.length"


@pytest.mark.parametrize("algorithm", [-8, -19])
@pytest.mark.parametrize("index", range(8))
def test_co18_a_key_of_small_order_is_no_key(door: Door, index: int, algorithm: int) -> None:
    """Under such a key, one signature is right for every message."""
    for x in (encode(TORSION[index]), *other_encodings(TORSION[index])):
        key = cose("ed25519", algorithm) | {-2: x}
        assert reading(door, key) == "key.small_order", x.hex()


@pytest.mark.parametrize("algorithm", [-8, -19])
def test_co19_an_ed25519_key_is_canonical_and_on_the_curve(door: Door, algorithm: int) -> None:
    key = cose("ed25519", algorithm)
    high = [y for y in range(2, 19) if decode(y.to_bytes(32, "little")) is not None]
    assert high
    for y in high:
        for sign in (0, 1 << 255):
            x = (y + P | sign).to_bytes(32, "little")
            assert reading(door, key | {-2: x}) == "key.point"
    rootless = [y for y in range(2, 60) if decode(y.to_bytes(32, "little")) is None]
    assert len(rootless) > 20
    for y in rootless:
        assert reading(door, key | {-2: y.to_bytes(32, "little")}) == "key.point"


def test_co19_an_ed448_key_is_canonical_and_on_the_curve(door: Door) -> None:
    key, p = cose("ed448"), 2**448 - 2**224 - 1
    for y in (p, p + 1, p + 2, 2**448 - 1):
        assert reading(door, key | {-2: y.to_bytes(57, "little")}).startswith("key.")
    last = key[-2][:-1] + bytes([key[-2][-1] | 0x40])
    assert reading(door, key | {-2: last}) == "key.point"


def rsa_key(n: int, e: int, algorithm: int = -257) -> dict[int, Any]:
    parts = (value.to_bytes((value.bit_length() + 7) // 8, "big") for value in (n, e))
    return {1: 3, 3: algorithm, **dict(zip((-1, -2), parts, strict=True))}


RSA: Final = (-257, -258, -259, -37, -38, -39)


@pytest.mark.parametrize("algorithm", RSA)
@pytest.mark.parametrize("e", [1, 2, 4, 65_536, 1 << 32])
def test_co21_a_public_exponent_that_is_none_is_refused(door: Door, e: int, algorithm: int) -> None:
    assert reading(door, rsa_key(rsa().n, e, algorithm)) == "key.rsa_exponent"


def test_co21_nor_is_zero_one(door: Door) -> None:
    assert reading(door, rsa_key(rsa().n, 3) | {-2: b"\x00"}) == "key.encoding"


@pytest.mark.parametrize("e", [3, 5, 17, 257])
def test_co22_a_small_exponent_is_taken_to_verify_with(door: Door, e: int) -> None:
    """The forgeries against it are of padding that is not looked at; here all of it is (rows of section SG)."""
    key = taken(door, rsa_key(rsa().n, e))
    # The cube root of what begins like a signature is none.
    prefix = (
        b"\x00\x01\xff\x00" + bytes.fromhex("3031300d060960864801650304020105000420") + bytes(32)
    )
    forged = root(int.from_bytes(prefix.ljust(256, b"\xff"), "big"), e).to_bytes(256, "big")
    assert refusal(key.verify, b"m", forged) == "signature.invalid"


def root(number: int, degree: int) -> int:
    low, high = 0, 1 << number.bit_length() // degree + 1
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle**degree <= number else (low, middle - 1)
    return low


@pytest.mark.parametrize(
    "e",
    [(1 << 33) + 1, (1 << 34) - 1, 1 << 64 | 1, 1 << 256 | 1, 1 << 2046 | 1, None],
    ids=lambda e: f"{e.bit_length()} bits" if e else "n - 2",
)
def test_co23_a_large_exponent_is_refused_before_it_costs_time(door: Door, e: int | None) -> None:
    key = rsa_key(rsa().n, rsa().n - 2 if e is None else e)
    assert reading(door, key) == "key.rsa_exponent"
    assert seconds(refusal, door.CosePublicKey.from_bytes, write(key), times=3) < 0.05


@pytest.mark.parametrize("algorithm", RSA)
def test_co24_a_modulus_that_is_even_is_refused(door: Door, algorithm: int) -> None:
    for n in (rsa().n + 1, rsa().n - 1, 1 << 2047, 2):
        assert reading(door, rsa_key(n, 65_537, algorithm)) == "key.rsa_modulus"


def test_co24_nor_is_zero_a_modulus(door: Door) -> None:
    assert reading(door, rsa_key(rsa().n, 65_537) | {-1: b"\x00"}) == "key.encoding"
    assert reading(door, rsa_key(rsa().n, 65_537) | {-1: bytes(256)}) == "key.encoding"


def test_co24_factors_are_not_looked_for(door: Door) -> None:
    """Documented: a modulus with a small odd factor loads like any other; making keys is not ours."""
    n = (rsa().n | 1) * 3
    assert taken(door, rsa_key(n, 65_537)).public_key.bits == n.bit_length()


@pytest.mark.parametrize(
    ("size", "code"),
    [
        (16, "key.too_small"),
        (512, "key.too_small"),
        (1024, "key.too_small"),
        (2040, "key.too_small"),
        (2047, "key.too_small"),
    ],
)
def test_co25_a_short_modulus_is_refused(door: Door, size: int, code: str) -> None:
    n = secrets.randbits(size) | 1 << (size - 1) | 1
    for algorithm in RSA:
        assert reading(door, rsa_key(n, 65_537, algorithm)) == code
    # The old hash that may be allowed is no leave for old lengths.
    assert reading(door, rsa_key(n, 65_537), allow_sha1=True) == code


@pytest.mark.parametrize("size", [2048, 2049, 3072, 4096, 8191, 8192])
def test_co25_sizes_within_the_bounds_are_taken(door: Door, size: int) -> None:
    n = secrets.randbits(size) | 1 << (size - 1) | 1
    assert taken(door, rsa_key(n, 65_537)).public_key.bits == size


@pytest.mark.parametrize("size", [8193, 16_385, 65_536, 300_000])
def test_co26_a_long_modulus_is_refused_before_it_costs_time(door: Door, size: int) -> None:
    n = secrets.randbits(size) | 1 << (size - 1) | 1
    key = rsa_key(n, 65_537)
    assert reading(door, key) == "limit.key_size"
    assert seconds(refusal, door.CosePublicKey.from_bytes, write(key), times=3) < 0.05


@pytest.mark.parametrize("algorithm", [-37, -38, -39])
def test_co30_pss_has_a_salt_as_long_as_the_hash(door: Door, algorithm: int) -> None:
    key = taken(door, cose("rsa2048", algorithm))
    key.verify(b"m", signature("rsa2048", algorithm, b"m"))
    response = assertion(kind="rsa2048", algorithm=algorithm)
    assert authenticate(door, response, public_key=key).public_key == key
    private, digest = loaded("rsa2048"), HASHES[algorithm]
    for salt in {0, 20, digest.digest_size - 1, digest.digest_size + 1, padding.PSS.MAX_LENGTH}:
        wrong = private.sign(b"m", padding.PSS(padding.MGF1(digest), salt), digest)
        assert refusal(key.verify, b"m", wrong) == "signature.invalid"
    for other in {hashes.SHA1, hashes.SHA256, hashes.SHA384, hashes.SHA512} - {type(digest)}:
        mask = private.sign(b"m", padding.PSS(padding.MGF1(other()), digest.digest_size), digest)
        assert refusal(key.verify, b"m", mask) == "signature.invalid"
    for number in RSA:
        if number != algorithm:
            wrong = signature("rsa2048", number, b"m")
            assert refusal(key.verify, b"m", wrong) == "signature.invalid"


@pytest.mark.parametrize("algorithm", PER_ALGORITHM)
def test_co38_an_algorithm_that_was_not_offered_is_refused(door: Door, algorithm: int) -> None:
    key = write(cose(PER_ALGORITHM[algorithm], algorithm))
    response = registration(attestation_object(new_credential(key=key)))
    others = [number for number in PER_ALGORITHM if number != algorithm]
    for allowed in (others, others[:1], others[-1:]):
        code = registration_verdict(door, response, algorithms=allowed)
        assert code == "response.algorithm_not_allowed"
    for allowed in (
        [algorithm],
        [*others, algorithm],
        (algorithm,),
        [door.CoseAlgorithm(algorithm)],
    ):
        assert int(register(door, response, algorithms=allowed).algorithm) == algorithm


def test_co38_no_algorithm_is_no_list(door: Door) -> None:
    assert refusal(register, door, algorithms=[]) == "argument.value"
    assert refusal(register, door, algorithms=()) == "argument.value"
    for wrong in ("ES256", ["ES256"], -7, [None], [-7.0], [True], {"a": 1}):
        assert refusal(register, door, algorithms=wrong) == "argument.type", wrong
    # A list that was not given is every algorithm but the one of SHA-1.
    assert {int(member) for member in door.CoseAlgorithm} == {*PER_ALGORITHM, -48, -49, -50, -65535}
    legacy = attestation_object(new_credential(key=cose_bytes("rsa2048", -65535)))
    assert registration_verdict(door, registration(legacy)) == "algorithm.legacy_hash"
    assert register(door, registration(legacy), allow_sha1=True)
    common = {"allow_sha1": True, "algorithms": [*USUAL.values()]}
    code = registration_verdict(door, registration(legacy), **common)
    assert code == "response.algorithm_not_allowed"
