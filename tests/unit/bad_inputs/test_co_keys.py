"""COSE keys: their members and whether they agree (rows CO01 to CO08, CO12 to CO17, CO20, CO27, CO29, CO31 to CO34)."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, mldsa, x448, x25519

from tests.property.outcome import Door
from tests.unit.bad_inputs.cbor_writer import Raw, octets, ordered, tag, text, write
from tests.unit.bad_inputs.der import loaded
from tests.unit.bad_inputs.passkeys import (
    AT,
    CURVE_NUMBERS,
    STRICTNESSES,
    USUAL,
    assertion,
    attestation_object,
    authenticate,
    cose,
    cose_bytes,
    new_credential,
    notes,
    parameters_of,
    register,
    registration,
    registration_verdict,
    signature,
)
from tests.unit.bad_inputs.refusals import refusal

EC: Final = ("p256", "p384", "p521", "secp256k1")
OKP: Final = ("ed25519", "ed448")
FULLY_SPECIFIED: Final = {-9: "p256", -51: "p384", -52: "p521", -19: "ed25519", -53: "ed448"}
PER_ALGORITHM: Final = {
    **{algorithm: kind for kind, algorithm in USUAL.items()},
    **FULLY_SPECIFIED,
    **dict.fromkeys((-258, -259, -37, -38, -39), "rsa2048"),
}
"""A test key for every algorithm but RS1 and ML-DSA."""


def reading(door: Door, key: dict[Any, Any] | bytes, **options: Any) -> str:
    """The one code, whether the key stands alone, in a registration, or is the one that was stored."""
    data = key if isinstance(key, bytes) else write(ordered(key))
    codes = set()
    for strictness in STRICTNESSES:
        common = {"strictness": strictness} | options
        codes.add(refusal(door.CosePublicKey.from_bytes, data, **common))
        object_ = attestation_object(new_credential(key=data))
        codes.add(registration_verdict(door, registration(object_), **common))
        codes.add(refusal(authenticate, door, public_key=data, **common))
    codes.add(
        refusal(door.verify_attestation_statement, object_, client_data_hash=bytes(32), **options)
    )
    assert len(codes) == 1, codes
    return codes.pop()


def taken(door: Door, key: dict[Any, Any], **options: Any) -> Any:
    """The key, which is right, and registers."""
    data = write(ordered(key))
    found = door.CosePublicKey.from_bytes(data, strictness="strict", **options)
    assert found.to_bytes() == data
    assert int(found.algorithm) == key[3]
    object_ = attestation_object(new_credential(key=data))
    assert register(door, registration(object_), **options).public_key == found
    return found


def test_co01_to_co38_start_from_keys_that_are_right(door: Door) -> None:
    for algorithm, kind in PER_ALGORITHM.items():
        key = taken(door, cose(kind, algorithm))
        key.verify(b"message", signature(kind, algorithm, b"message"))
        made = door.CosePublicKey.from_public_key(key.public_key, algorithm)
        assert made == key
        assert made.to_bytes() == write(ordered(cose(kind, algorithm)))


@pytest.mark.parametrize("strictness", STRICTNESSES)
def test_co01_to_co34_taking_data_apart_judges_no_key(door: Door, strictness: str) -> None:
    """The key is a map and kept as it is; whoever uses it reads it."""
    right = cose()
    for key in (
        *({}, {1: 2}, {1: "EC2"}, {1: 4, 3: 5, -1: bytes(32)}, {3: -7}, right | {3: -8}),
        *(right | {3: 0}, right | {-1: 9}, right | {-2: b""}, right | {-3: True}, right | {-2: 1}),
        *(right | {-4: bytes(32)}, right | {2: b"kid"}, right | {4: []}, {"x": None}),
    ):
        data = new_credential(key=write(ordered(key)))
        read = door.parse_authenticator_data(data, strictness=strictness)
        assert read.credential_public_key == write(ordered(key))
        object_ = door.parse_attestation_object(attestation_object(data), strictness=strictness)
        assert object_.authenticator_data.credential_public_key == write(ordered(key))
        # Nor is the key of an assertion looked at (row AD22).
        assert authenticate(door, assertion(data), strictness=strictness).flags.value & AT


@pytest.mark.parametrize(
    ("kty", "code"),
    [
        (0, "algorithm.key_type"),
        (5, "algorithm.key_type"),
        (6, "algorithm.key_type"),
        (8, "algorithm.key_type"),
        (-2, "algorithm.key_type"),
        (2**32 + 2, "algorithm.key_type"),
        (2**8 + 2, "algorithm.key_type"),
        (2**64 - 2, "algorithm.key_type"),
        (-(2**64), "algorithm.key_type"),
        ("EC2", "cose.type"),
        ("2", "cose.type"),
        (b"\x02", "cose.type"),
        (True, "cose.type"),
        (None, "cose.type"),
        ([2], "cose.type"),
        ({2: 2}, "cose.type"),
    ],
    ids=repr,
)
def test_co01_the_type_of_a_key_is_a_number_that_is_known(door: Door, kty: Any, code: str) -> None:
    for kind in ("p256", "ed25519", "rsa2048"):
        assert reading(door, cose(kind) | {1: kty}) == code


@pytest.mark.parametrize("kind", USUAL)
def test_co01_a_key_has_a_type(door: Door, kind: str) -> None:
    key = cose(kind)
    del key[1]
    assert reading(door, key) == "cose.missing"
    assert reading(door, {}) == "cose.missing"


@pytest.mark.parametrize(
    "item", [b"\x80", b"\x00", b"\x60", b"\x40", b"\xf6", octets(cose_bytes())]
)
def test_co01_a_key_is_a_map(door: Door, item: bytes) -> None:
    assert refusal(door.CosePublicKey.from_bytes, item) == "cbor.shape"
    assert refusal(door.parse_authenticator_data, new_credential(key=item)) == "cbor.shape"
    object_ = attestation_object(new_credential(key=item))
    assert registration_verdict(door, registration(object_)) == "cbor.shape"
    assert refusal(authenticate, door, public_key=item) == "cbor.shape"


@pytest.mark.parametrize("kind", USUAL)
def test_co02_a_key_names_its_algorithm(door: Door, kind: str) -> None:
    key = cose(kind)
    del key[3]
    assert reading(door, key) == "key.algorithm_missing"
    for algorithm in ("ES256", b"\xf9", None, True, [-7], {}):
        assert reading(door, cose(kind) | {3: algorithm}) == "cose.type"
    # The text is no number, and another label is not this one.
    assert reading(door, key | {"alg": -7}) == "key.algorithm_missing"


@pytest.mark.parametrize("kind", USUAL)
def test_co03_the_algorithm_is_for_keys_of_that_type(door: Door, kind: str) -> None:
    for algorithm, other in PER_ALGORITHM.items():
        if cose(other)[1] == cose(kind)[1]:
            continue
        assert reading(door, cose(kind, algorithm)) == "key.mismatch"
        # Nor does it help to say another type: the parameters are not there.
        assert reading(door, cose(kind, algorithm) | {1: cose(other)[1]}) in (
            *("cose.missing", "cose.type", "cose.unknown", "key.mismatch", "key.length"),
            *("key.not_public", "key.encoding", "key.rsa_modulus"),
        )
    for algorithm in (-48, -49, -50):
        assert reading(door, cose(kind, algorithm)) == "key.mismatch"


@pytest.mark.parametrize("algorithm", [-7, -9])
@pytest.mark.parametrize("kind", ["p384", "p521", "secp256k1"])
def test_co04_es256_is_for_p256_only(door: Door, kind: str, algorithm: int) -> None:
    assert reading(door, cose(kind, algorithm)) == "key.mismatch"
    # The right curve for points of another.
    assert reading(door, cose(kind, algorithm) | {-1: 1}) in ("key.length", "key.point")
    assert reading(door, cose("p256", algorithm) | {-1: CURVE_NUMBERS[kind]}) == "key.mismatch"


@pytest.mark.parametrize("curve", [0, 4, 5, 9, 256, -1, 2**32 + 1, 2**64 - 1])
def test_co04_a_curve_that_is_not_known_is_not_that_of_the_algorithm(
    door: Door, curve: int
) -> None:
    assert reading(door, cose() | {-1: curve}) == "key.mismatch"
    for value in ("P-256", b"\x01", None, True, [1]):
        assert reading(door, cose() | {-1: value}) == "cose.type"
    key = cose()
    del key[-1]
    assert reading(door, key) == "cose.missing"


@pytest.mark.parametrize("algorithm", [-35, -36, -47, -51, -52])
def test_co05_each_algorithm_is_for_its_own_curve(door: Door, algorithm: int) -> None:
    for kind in EC:
        if kind == PER_ALGORITHM[algorithm]:
            taken(door, cose(kind, algorithm))
        else:
            assert reading(door, cose(kind, algorithm)) == "key.mismatch"


@pytest.mark.parametrize("algorithm", FULLY_SPECIFIED)
def test_co06_fully_specified_algorithms_are_themselves(door: Door, algorithm: int) -> None:
    kind = FULLY_SPECIFIED[algorithm]
    key = taken(door, cose(kind, algorithm))
    assert int(key.algorithm) == algorithm
    assert (
        key.algorithm.name
        == {-9: "ESP256", -51: "ESP384", -52: "ESP512", -19: "ED25519", -53: "ED448"}[algorithm]
    )
    key.verify(b"m", signature(kind, algorithm, b"m"))
    response = assertion(kind=kind, algorithm=algorithm)
    assert authenticate(door, response, public_key=key).public_key.algorithm == algorithm
    usual = USUAL[kind]
    if usual != algorithm:
        assert key != door.CosePublicKey.from_bytes(cose_bytes(kind))
        object_ = attestation_object(new_credential(key=write(cose(kind, algorithm))))
        code = registration_verdict(door, registration(object_), algorithms=[usual])
        assert code == "response.algorithm_not_allowed"


@cache
def short_keys(kind: str) -> dict[str, dict[int, Any]]:
    """Right keys of which one coordinate begins with a zero byte."""
    curve, found = loaded(kind).curve, {}
    for secret in range(2, 5000):
        key = parameters_of(ec.derive_private_key(secret, curve).public_key())
        for name, label in (("x", -2), ("y", -3)):
            # The first byte of a coordinate of P-521 holds one bit.
            if not any(key[label][: 2 if kind == "p521" else 1]):
                found.setdefault(name, {1: 2, 3: USUAL[kind], **key})
        if len(found) == 2:
            return found
    raise AssertionError(kind)


@pytest.mark.parametrize("name", ["x", "y"])
@pytest.mark.parametrize("kind", EC)
def test_co07_a_coordinate_without_its_leading_zero_is_refused(
    door: Door, kind: str, name: str
) -> None:
    key, label = short_keys(kind)[name], {"x": -2, "y": -3}[name]
    taken(door, key)
    assert reading(door, key | {label: key[label].lstrip(b"\x00")}) == "key.length"
    for short in (key[label][1:], key[label][:-1], b"\x01", b""):
        assert reading(door, key | {label: short}) == "key.length"


@pytest.mark.parametrize("label", [-2, -3])
@pytest.mark.parametrize("kind", EC)
def test_co08_a_coordinate_with_another_zero_is_refused(door: Door, kind: str, label: int) -> None:
    key = cose(kind)
    for long in (
        b"\x00" + key[label],
        key[label] + b"\x00",
        key[label] * 2,
        bytes(200) + key[label],
    ):
        assert reading(door, key | {label: long}) == "key.length"
    # Both coordinates together are as long as they must be.
    both = key[-2] + key[-3]
    moved = key | {-2: both[: len(key[-2]) + 1], -3: both[len(key[-2]) + 1 :]}
    assert reading(door, moved) == "key.length"


@pytest.mark.parametrize("sign", [True, False])
@pytest.mark.parametrize("kind", EC)
def test_co12_a_compressed_point_is_refused(door: Door, kind: str, sign: bool) -> None:
    assert reading(door, cose(kind) | {-3: sign}) == "key.compressed"


@pytest.mark.parametrize("kind", USUAL)
def test_co13_the_numbers_of_a_key_are_octets(door: Door, kind: str) -> None:
    key = cose(kind)
    for label in (-2, -3, *([-1] if kind == "rsa2048" else [])):
        if label not in key:
            continue
        for value in (
            *(key[label].hex(), int.from_bytes(key[label][:8], "big"), None, [key[label]]),
            *({}, Raw(text(b"a" * len(key[label])))),
        ):
            assert reading(door, key | {label: value}) == "cose.type"
        if label != -3:
            assert reading(door, key | {label: True}) == "cose.type"
        rest = {name: key[name] for name in key if name != label}
        assert reading(door, rest) == "cose.missing"
    if kind in OKP:
        # A y that is not needed is one too many.
        assert reading(door, key | {-3: bytes(32)}) == "cose.unknown"


@pytest.mark.parametrize("kind", USUAL)
def test_co14_a_private_key_is_refused(door: Door, kind: str) -> None:
    key = cose(kind)
    labels = range(-12, -2) if kind == "rsa2048" else [-4]
    for label in labels:
        for value in (b"\x01" * 32, b"", 0, None, "d", {}):
            assert reading(door, key | {label: value}) == "key.not_public"
    if kind == "rsa2048":
        members = dict.fromkeys(range(-12, -2), b"\x01")
        assert reading(door, key | members) == "key.not_public"
    for outer in (b"\x01" * 32, None):
        wrong = key | {3: -7 if kind != "p256" else -8, labels[0]: outer}
        assert reading(door, wrong) == "key.not_public", "the worst of it is told"


@pytest.mark.parametrize("algorithm", [-8, -19, -53])
def test_co15_keys_for_key_agreement_do_not_sign(door: Door, algorithm: int) -> None:
    first = x25519.X25519PrivateKey.from_private_bytes(bytes(32)).public_key().public_bytes_raw()
    second = x448.X448PrivateKey.from_private_bytes(bytes(56)).public_key().public_bytes_raw()
    for curve, x in ((4, first), (5, second), (4, cose("ed25519")[-2]), (5, cose("ed448")[-2])):
        assert reading(door, {1: 1, 3: algorithm, -1: curve, -2: x}) == "key.mismatch"
    for curve in (0, 1, 2, 8, 25, -6, 2**32 + 6):
        key = {1: 1, 3: algorithm, -1: curve, -2: cose("ed25519")[-2]}
        assert reading(door, key) == "key.mismatch"


def test_co16_ed448_is_an_algorithm_of_its_own(door: Door) -> None:
    key = taken(door, cose("ed448"))
    key.verify(b"m", signature("ed448", -53, b"m"))
    # In WebAuthn, EdDSA is Ed25519 (section 5.8.5).
    for algorithm in (-8, -19):
        assert reading(door, cose("ed448", algorithm)) == "key.mismatch"
    assert reading(door, cose("ed25519", -53)) == "key.mismatch"
    assert refusal(door.CosePublicKey.from_public_key, key.public_key, -8) == "key.mismatch"
    assert int(door.CosePublicKey.from_public_key(key.public_key).algorithm) == -53


@pytest.mark.parametrize("kind", OKP)
@pytest.mark.parametrize("algorithm", [-8, -19, -53])
def test_co17_an_edwards_key_has_one_length(door: Door, kind: str, algorithm: int) -> None:
    if (kind == "ed448") != (algorithm == -53):
        return
    key, right = cose(kind, algorithm), len(cose(kind)[-2])
    for size in {0, 1, 31, 32, 33, 56, 57, 58, 64, 114} - {right}:
        assert reading(door, key | {-2: (key[-2] * 3)[:size]}) == "key.length"
    assert reading(door, key | {-2: b"\x00" + key[-2]}) == "key.length"
    assert reading(door, key | {-2: b"\x40" + key[-2]}) == "key.length"


def test_co20_an_rsa_key_has_two_numbers(door: Door) -> None:
    key = cose("rsa2048")
    for label in (-1, -2):
        rest = {name: key[name] for name in key if name != label}
        assert reading(door, rest) == "cose.missing"
        # As a number of CBOR it does not fit; as one in a tag it is refused with the tag.
        for value in (65_537, -65_537, None, "AQAB"):
            assert reading(door, key | {label: value}) == "cose.type"
        for number in (2, 3):
            data = write(key | {label: Raw(tag(number, octets(key[label])))})
            assert refusal(door.CosePublicKey.from_bytes, data) == "cbor.tag"
            code = refusal(door.parse_authenticator_data, new_credential(key=data))
            assert code == "cbor.tag"


def test_co27_the_numbers_of_an_rsa_key_have_no_leading_zero(door: Door) -> None:
    key = cose("rsa2048")
    for label, zeros in ((-1, 2), (-1, 3), (-1, 200), (-2, 1), (-2, 2), (-2, 5)):
        assert reading(door, key | {label: bytes(zeros) + key[label]}) == "key.encoding"
    for label in (-1, -2):
        for number in (b"\x00", b"\x00" * 256):
            assert reading(door, key | {label: number}) == "key.encoding"


def test_co27_a_sign_byte_before_the_modulus_is_told(door: Door) -> None:
    """As DER has it: some devices write the content of its INTEGER."""
    key = write(cose("rsa2048") | {-1: b"\x00" + cose("rsa2048")[-1]})
    code = refusal(door.CosePublicKey.from_bytes, key, strictness="strict")
    assert code == "key.encoding"
    read = door.CosePublicKey.from_bytes(key)
    assert read == door.CosePublicKey.from_bytes(cose_bytes("rsa2048"))
    assert read.to_bytes() == key
    response = registration(attestation_object(new_credential(key=key)))
    assert notes(register(door, response)) == {("key.encoding", "credential_public_key")}
    assert registration_verdict(door, response, strictness="strict") == "key.encoding"


def test_co27_the_numbers_of_an_rsa_key_are_not_empty(door: Door) -> None:
    key = cose("rsa2048")
    assert reading(door, key | {-1: b""}) == "key.rsa_modulus"
    assert reading(door, key | {-2: b""}) == "key.encoding"


def test_co29_rs1_has_to_be_allowed_by_name(door: Door) -> None:
    key = cose("rsa2048", -65535)
    assert reading(door, key) == "algorithm.legacy_hash"
    legacy = taken(door, key, allow_sha1=True)
    legacy.verify(b"m", signature("rsa2048", -65535, b"m"))
    response = assertion(kind="rsa2048", algorithm=-65535)
    common = {"public_key": write(key)}
    assert authenticate(door, response, allow_sha1=True, **common).public_key == legacy
    assert refusal(authenticate, door, response, **common) == "algorithm.legacy_hash"
    assert refusal(authenticate, door, response, public_key=legacy) == "algorithm.legacy_hash"
    # Allowing it does not make it any other's algorithm.
    assert reading(door, cose("p256", -65535), allow_sha1=True) == "key.mismatch"
    sha256 = door.CosePublicKey.from_bytes(cose_bytes("rsa2048"))
    code = refusal(sha256.verify, b"m", signature("rsa2048", -65535, b"m"))
    assert code == "signature.invalid"


@pytest.mark.parametrize("kind", USUAL)
def test_co31_a_key_for_other_operations_is_refused(door: Door, kind: str) -> None:
    key = cose(kind)
    for operations in ([], [1], [1, 3, 4, 5, 6], ["sign"], [-2], [2**32 + 2], [[2]], ["VERIFY"]):
        assert reading(door, key | {4: operations}) == "key.operations", operations
    for operations in ([2], ["verify"], [2, 1], [1, 2], ["sign", "verify"]):
        taken(door, key | {4: operations})


@pytest.mark.parametrize("operations", [2, "verify", None, True, b"\x02", {2: 2}])
def test_co31_operations_are_a_list(door: Door, operations: Any) -> None:
    assert reading(door, cose() | {4: operations}) == "key.operations"


@pytest.mark.parametrize("kind", USUAL)
def test_co32_other_parameters_are_refused(door: Door, kind: str) -> None:
    key = cose(kind)
    for label in (2, 5, 0, 6, 1000, 2**64 - 1, -70_000, -65_537, -(2**64), -13, "kid", "alg", ""):
        for value in (b"kid", 0, None, {}):
            assert reading(door, key | {label: value}) == "cose.unknown", label


@pytest.mark.parametrize("algorithm", [4, 5, 6, 7, -7, -257])
def test_co33_a_shared_secret_is_no_key_of_a_credential(door: Door, algorithm: int) -> None:
    for members in ({-1: bytes(32)}, {-1: cose()[-2]}, {}):
        assert reading(door, {1: 4, 3: algorithm} | members) == "algorithm.key_type"
    # Nor is a public key one: its bytes are known to everybody.
    for kind in USUAL:
        assert reading(door, cose(kind, 5)) == "algorithm.unknown"


ML_DSA: Final = {
    -48: (1312, mldsa.MLDSA44PrivateKey),
    -49: (1952, mldsa.MLDSA65PrivateKey),
    -50: (2592, mldsa.MLDSA87PrivateKey),
}


@pytest.mark.parametrize("algorithm", ML_DSA)
def test_co34_an_ml_dsa_key_has_the_length_of_its_algorithm(door: Door, algorithm: int) -> None:
    size, private = ML_DSA[algorithm]
    secret = private.from_seed_bytes(bytes(range(32)))
    public = secret.public_key().public_bytes_raw()
    assert len(public) == size
    key = taken(door, {1: 7, 3: algorithm, -1: public})
    key.verify(b"m", secret.sign(b"m"))
    assert refusal(key.verify, b"n", secret.sign(b"m")) == "signature.invalid"
    for wrong in (0, 1, 32, size - 1, size + 1, *(other for other, _ in ML_DSA.values())):
        if wrong != size:
            data = {1: 7, 3: algorithm, -1: (public * 3)[:wrong]}
            assert reading(door, data) == "key.length", wrong
    assert reading(door, {1: 7, 3: algorithm}) == "cose.missing"
    assert reading(door, {1: 7, 3: algorithm, -1: public.hex()}) == "cose.type"
    assert reading(door, {1: 7, 3: algorithm, -1: public, -2: bytes(32)}) == "key.not_public"
    assert reading(door, {1: 7, 3: -7, -1: public}) == "key.mismatch"
    for kty in (1, 2, 3):
        code = reading(door, {1: kty, 3: algorithm, -1: public})
        assert code == "key.mismatch"
