"""Keys that decode and cannot be used: EC and Edwards (rows KY22, KY24, KY27 to KY31)."""

from __future__ import annotations

import json
from typing import Final

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519

from countermark.reference.crypto.ecdsa_signature import CURVES as NUMBERS
from tests.property.material import CURVES, b64u_decoded, pem
from tests.property.outcome import Door
from tests.property.wire import b64u
from tests.unit.bad_inputs.der import (
    CURVE,
    EC_KEY,
    EC_KINDS,
    NULL,
    OKP_KINDS,
    field_length,
    integer,
    loaded,
    octets,
    oid,
    pkcs8,
    point,
    public_bytes,
    rsa,
    scalar,
    sec1,
    seed,
    sequence,
    spki,
    spki_of,
)
from tests.unit.bad_inputs.refusals import refusal


def private(door: Door, der: bytes) -> str:
    return refusal(door.PrivateKey.from_der, der)


def public(door: Door, der: bytes) -> str:
    return refusal(door.PublicKey.from_der, der)


def order(kind: str) -> int:
    return NUMBERS[CURVES[kind]].n


# --- a public key beside the private one ---


def another(kind: str) -> bytes:
    """The bits of a right public key of the same type that is not this one's."""
    if kind == "rsa2048":
        return rsa()._replace(n=rsa().n + 2).public()
    if kind in EC_KINDS:
        curve: ec.EllipticCurve = loaded(kind).curve
        key = ec.derive_private_key(7, curve).public_key()
        return key.public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
    if kind == "ed25519":
        return (
            ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key().public_bytes_raw()
        )
    return ed448.Ed448PrivateKey.from_private_bytes(bytes(57)).public_key().public_bytes_raw()


@pytest.mark.parametrize("kind", [*EC_KINDS, *OKP_KINDS, "rsa2048"])
def test_ky22_a_public_key_that_is_not_its_own_is_refused(door: Door, kind: str) -> None:
    assert private(door, pkcs8(kind, version=1, public=another(kind))) == "key.mismatch"
    door.PrivateKey.from_der(pkcs8(kind, version=1, public=public_bytes(kind)))


@pytest.mark.parametrize("kind", EC_KINDS)
def test_ky22_nor_one_inside_the_ec_key(door: Door, kind: str) -> None:
    wrong = sec1(scalar(kind), public=another(kind))
    assert private(door, pkcs8(kind, wrong)) == "key.mismatch"
    bare = sec1(scalar(kind), parameters=CURVE[kind], public=another(kind))
    assert private(door, bare) == "key.mismatch"
    negated = bytearray(point(kind, form="compressed"))
    negated[0] ^= 1
    assert private(door, pkcs8(kind, sec1(scalar(kind), public=bytes(negated)))) == "key.mismatch"
    compressed = sec1(scalar(kind), public=point(kind, form="compressed"))
    assert door.PrivateKey.from_der(pkcs8(kind, compressed)).public_key.to_der() == spki_of(kind)


@pytest.mark.parametrize("kind", [*EC_KINDS, *OKP_KINDS])
def test_ky22_nor_one_in_a_jwk(door: Door, kind: str) -> None:
    jwk = json.loads(door.PrivateKey.from_der(pkcs8(kind)).export_private_key("jwk"))
    bits_ = another(kind)
    if kind in EC_KINDS:
        size = field_length(kind)
        jwk |= {"x": b64u(bits_[1 : 1 + size]), "y": b64u(bits_[1 + size :])}
    else:
        jwk |= {"x": b64u(bits_)}
    assert refusal(door.PrivateKey.from_jwk, jwk) == "key.mismatch"


# --- Edwards keys ---


@pytest.mark.parametrize("size", [0, 1, 31, 33, 56, 58, 64])
def test_ky24_an_edwards_seed_of_another_length_is_refused(door: Door, size: int) -> None:
    for kind in OKP_KINDS:
        assert private(door, pkcs8(kind, octets(bytes(size)))) == "key.length"
        jwk = door.PublicKey.from_der(spki_of(kind)).to_jwk() | {"d": b64u(bytes(size))}
        assert refusal(door.PrivateKey.from_jwk, jwk) == "key.length"
    longer = octets(seed("ed25519") + public_bytes("ed25519"))
    assert private(door, pkcs8("ed25519", longer)) == "key.length"


# --- EC scalars and curves ---


@pytest.mark.parametrize("kind", EC_KINDS)
def test_ky27_a_scalar_outside_1_to_n_minus_1_is_refused(door: Door, kind: str) -> None:
    size, n = field_length(kind), order(kind)
    top = (1 << (521 if kind == "p521" else size * 8)) - 1
    for value in (0, n, n + 1, top, (1 << size * 8) - 1):
        digits = value.to_bytes(size, "big")
        assert private(door, pkcs8(kind, sec1(digits))) == "key.scalar", value
        assert private(door, sec1(digits, parameters=CURVE[kind])) == "key.scalar"
        jwk = door.PublicKey.from_der(spki_of(kind)).to_jwk() | {"d": b64u(digits)}
        assert refusal(door.PrivateKey.from_jwk, jwk) == "key.scalar"
    for value in (1, n - 1):
        door.PrivateKey.from_der(pkcs8(kind, sec1(value.to_bytes(size, "big"))))


@pytest.mark.parametrize("kind", EC_KINDS)
def test_ky27_a_short_scalar_is_read_and_a_long_one_is_not(door: Door, kind: str) -> None:
    size = field_length(kind)
    full = door.PrivateKey.from_der(pkcs8(kind, sec1((5).to_bytes(size, "big"))))
    for digits in (b"\x05", b"\x00\x05", bytes(size - 2) + b"\x05"):
        short = door.PrivateKey.from_der(pkcs8(kind, sec1(digits)))
        assert short.public_key == full.public_key
        # What is written has the full length again.
        assert short.export_private_key("der") == full.export_private_key("der")
        jwk = full.public_key.to_jwk() | {"d": b64u(digits)}
        assert refusal(door.PrivateKey.from_jwk, jwk) == "key.length"
    assert private(door, pkcs8(kind, sec1(b"\x00" + scalar(kind)))) == "key.scalar"
    assert private(door, pkcs8(kind, sec1(bytes(1000) + scalar(kind)))) == "key.scalar"
    assert private(door, pkcs8(kind, sec1(b""))) == "key.scalar"


@pytest.mark.parametrize("kind", EC_KINDS)
def test_ky28_a_bare_ec_key_names_its_curve(door: Door, kind: str) -> None:
    assert private(door, sec1(scalar(kind), public=point(kind))) == "der.value"
    assert private(door, sec1(scalar(kind), parameters=NULL)) == "der.value"
    text = pem("EC PRIVATE KEY", sec1(scalar(kind)))
    assert refusal(door.PrivateKey.from_pem, text) == "der.value"
    door.PrivateKey.from_der(pkcs8(kind, sec1(scalar(kind))))
    door.PrivateKey.from_der(pkcs8(kind, sec1(scalar(kind), parameters=CURVE[kind])))


@pytest.mark.parametrize("kind", EC_KINDS)
def test_ky28_the_curve_inside_is_the_curve_outside(door: Door, kind: str) -> None:
    for other in {*EC_KINDS} - {kind}:
        inner = sec1(scalar(kind), parameters=CURVE[other])
        assert private(door, pkcs8(kind, inner)) == "key.mismatch"
    unknown = sec1(scalar(kind), parameters=oid("1.3.132.0.33"))
    assert private(door, pkcs8(kind, unknown)) == "key.mismatch"
    for identifier in (sequence(EC_KEY), sequence(EC_KEY, NULL)):
        der = pkcs8(kind, identifier=identifier)
        assert private(door, der) == "der.value"
        assert public(door, spki(kind, identifier=identifier)) == "der.value"


def explicit(kind: str, *, generator: bytes | None = None) -> bytes:
    """ECParameters (X9.62) of a named curve, in full."""
    curve = NUMBERS[CURVES[kind]]
    size = field_length(kind)
    field = sequence(oid("1.2.840.10045.1.1"), integer(curve.p))
    equation = sequence(*(octets(value.to_bytes(size, "big")) for value in (curve.a, curve.b)))
    base = octets(generator or point(kind))
    return sequence(integer(1), field, equation, base, integer(curve.n), integer(1))


@pytest.mark.parametrize("kind", EC_KINDS)
def test_ky29_explicit_parameters_are_refused_even_those_of_a_named_curve(
    door: Door, kind: str
) -> None:
    identifier = sequence(EC_KEY, explicit(kind))
    assert public(door, spki(kind, identifier=identifier)) == "key.explicit_parameters"
    assert private(door, pkcs8(kind, identifier=identifier)) == "key.explicit_parameters"
    inner = sec1(scalar(kind), parameters=explicit(kind))
    assert private(door, inner) == "key.explicit_parameters"
    assert private(door, pkcs8(kind, inner)) == "key.explicit_parameters"


FOREIGN_CURVES: Final = {
    "P-192": "1.2.840.10045.3.1.1",
    "P-224": "1.3.132.0.33",
    "secp160k1": "1.3.132.0.9",
    "sect571r1": "1.3.132.0.39",
    "brainpoolP256r1": "1.3.36.3.3.2.8.1.1.7",
    "brainpoolP512r1": "1.3.36.3.3.2.8.1.1.13",
    "SM2": "1.2.156.10197.1.301",
    "nobody's": "1.3.6.1.4.1.99999.7",
}


@pytest.mark.parametrize("name", FOREIGN_CURVES)
def test_ky30_other_curves_are_not_offered(door: Door, name: str) -> None:
    curve = oid(FOREIGN_CURVES[name])
    identifier = sequence(EC_KEY, curve)
    assert private(door, pkcs8("p256", identifier=identifier)) == "algorithm.curve"
    assert public(door, spki("p256", identifier=identifier)) == "algorithm.curve"
    assert private(door, sec1(scalar("p256"), parameters=curve)) == "algorithm.curve"
    jwk = door.PublicKey.from_der(spki_of("p256")).to_jwk() | {"crv": name}
    assert refusal(door.PublicKey.from_jwk, jwk) == "algorithm.curve"


def no_root(kind: str) -> int:
    """The first x for which the curve has no point."""
    curve = NUMBERS[CURVES[kind]]
    return next(x for x in range(1, 100) if pow(curve.rhs(x), (curve.p - 1) // 2, curve.p) != 1)


def bad_points(kind: str) -> dict[str, bytes]:
    size, good = field_length(kind), point(kind)
    curve = NUMBERS[CURVES[kind]]
    x, y = good[1 : 1 + size], good[1 + size :]
    p = curve.p.to_bytes(size, "big")
    beyond = (int.from_bytes(y, "big") + curve.p) % (1 << 8 * size)
    return {
        "off the curve": good[:-1] + bytes([good[-1] ^ 1]),
        "swapped": b"\x04" + y + x,
        "zero": b"\x04" + bytes(2 * size),
        "infinity": b"\x00",
        "long infinity": b"\x00" + bytes(2 * size),
        "empty": b"",
        "hybrid": point(kind, form="hybrid"),
        "hybrid of the other sign": bytes([point(kind, form="hybrid")[0] ^ 1]) + good[1:],
        "compressed without root": b"\x02" + no_root(kind).to_bytes(size, "big"),
        "compressed x = p": b"\x03" + p,
        "x = p": b"\x04" + p + y,
        "y = p": b"\x04" + x + p,
        "y + p": b"\x04" + x + beyond.to_bytes(size, "big"),
        "all ones": b"\x04" + b"\xff" * 2 * size,
        "short": good[:-1],
        "long": good + b"\x00",
        "tag only": b"\x04",
        "tag 5": b"\x05" + good[1:],
        "no tag": good[1:],
    }


@pytest.mark.parametrize("what", bad_points("p256"))
@pytest.mark.parametrize("kind", EC_KINDS)
def test_ky31_what_is_no_point_of_the_curve_is_refused(door: Door, kind: str, what: str) -> None:
    bad = bad_points(kind)[what]
    assert public(door, spki(kind, bad)) == "key.point"
    if bad:
        assert private(door, pkcs8(kind, sec1(scalar(kind), public=bad))) == "key.point"
        assert private(door, pkcs8(kind, version=1, public=bad)) == "key.point"


@pytest.mark.parametrize("kind", EC_KINDS)
def test_ky31_a_compressed_point_is_read_and_written_in_full(door: Door, kind: str) -> None:
    key = door.PublicKey.from_der(spki(kind, point(kind, form="compressed")))
    assert key.to_der() == spki_of(kind)
    assert b64u_decoded(key.to_jwk()["y"]) == point(kind)[1 + field_length(kind) :]
