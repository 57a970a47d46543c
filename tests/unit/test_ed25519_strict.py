"""The Ed25519 rule by facts, with points and scalars made here from RFC 8032 in Python integers.

The rule: S < L; A and R canonical; A and R not of small order; and the equation without the
cofactor, [S]B = R + [k]A. A signature that only a cofactored or a lenient verifier takes is refused.
"""

from __future__ import annotations

import hashlib
import itertools
from typing import Any, Final, NamedTuple

import pytest

from tests.vectors.doors import MODULES, Door, outcome

P: Final = 2**255 - 19
L: Final = 2**252 + 27742317777372353535851937790883648493
D: Final = -121665 * pow(121666, -1, P) % P
ROOT: Final = pow(2, (P - 1) // 4, P)
SPKI: Final = bytes.fromhex("302a300506032b6570032100")


class Point(NamedTuple):
    """An affine point of the curve."""

    x: int
    y: int


def add(p: Point, q: Point) -> Point:
    product = D * p.x * q.x * p.y * q.y
    x = (p.x * q.y + q.x * p.y) * pow(1 + product, -1, P)
    y = (p.y * q.y + p.x * q.x) * pow(1 - product, -1, P)
    return Point(x % P, y % P)


def multiply(scalar: int, point: Point) -> Point:
    result = Point(0, 1)
    for bit in f"{scalar:b}":
        result = add(result, result)
        if bit == "1":
            result = add(result, point)
    return result


def negate(point: Point) -> Point:
    return Point(-point.x % P, point.y)


def encode(point: Point) -> bytes:
    return (point.y | (point.x & 1) << 255).to_bytes(32, "little")


def decode(data: bytes) -> Point | None:
    """A point from any encoding: y is reduced and x = 0 may have a sign, as lenient readers do."""
    number = int.from_bytes(data, "little")
    y, sign = number % 2**255 % P, number >> 255
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P:
        return None
    return Point(-x % P if x & 1 != sign else x, y)


BASE: Final = decode((4 * pow(5, -1, P) % P).to_bytes(32, "little")) or Point(0, 0)
NEUTRAL: Final = Point(0, 1)


def torsion() -> list[Point]:
    """The eight points of small order, as multiples of one of order eight."""
    for number in itertools.count(2):
        point = decode(number.to_bytes(32, "little"))
        if point is not None:
            generator = multiply(L, point)
            points = [multiply(times, generator) for times in range(8)]
            if len(set(points)) == 8:
                return points
    raise AssertionError


TORSION: Final = torsion()


def other_encodings(point: Point) -> list[bytes]:
    """The non-canonical encodings of a point: y + p where it fits, and the sign bit of x = 0."""
    signs = (0, 1) if point.x == 0 else (point.x & 1,)
    values = [point.y + add_p for add_p in (0, P) if point.y + add_p < 2**255]
    found = [(y | sign << 255).to_bytes(32, "little") for y in values for sign in signs]
    return [data for data in found if data != encode(point)]


def challenge(r: bytes, a: bytes, message: bytes) -> int:
    return int.from_bytes(hashlib.sha512(r + a + message).digest(), "little") % L


def full_challenge(r: bytes, a: bytes, message: bytes) -> int:
    """k without the reduction by L: on a point of mixed order k counts modulo 8 L."""
    return int.from_bytes(hashlib.sha512(r + a + message).digest(), "little")


class Signed(NamedTuple):
    """A public key, a message and a signature, as bytes."""

    key: bytes
    message: bytes
    signature: bytes


SECRET: Final = int.from_bytes(hashlib.sha512(b"countermark a").digest(), "little") % L
NONCE: Final = int.from_bytes(hashlib.sha512(b"countermark r").digest(), "little") % L


def forge(
    *,
    a: int = SECRET,
    r: int = NONCE,
    a_low: int = 0,
    r_low: int = 0,
    a_bytes: bytes = b"",
    r_bytes: bytes = b"",
) -> Signed:
    """A signature for which [S]B = R + [k]A holds, A = [a]B + T[a_low] and R = [r]B + T[r_low].

    The message is varied until the small-order parts cancel; ``a_bytes`` and ``r_bytes`` are other
    encodings of the points.
    """
    key = a_bytes or encode(add(multiply(a, BASE), TORSION[a_low]))
    nonce = r_bytes or encode(add(multiply(r, BASE), TORSION[r_low]))
    for number in range(2000):
        message = b"message %d" % number
        # Some verifiers reduce k modulo L before multiplying and some do not; satisfy both.
        reduced, whole = challenge(nonce, key, message), full_challenge(nonce, key, message)
        if (r_low + reduced * a_low) % 8 == 0 == (r_low + whole * a_low) % 8:
            scalar = (r + reduced * a) % L
            return Signed(key, message, nonce + scalar.to_bytes(32, "little"))
    raise AssertionError("no message makes the small-order parts cancel")


def holds(signed: Signed, *, cofactor: int) -> bool:
    """Whether [c][S]B = [c](R + [k]A), both points read leniently."""
    a, r = decode(signed.key), decode(signed.signature[:32])
    assert a is not None
    assert r is not None
    scalar = int.from_bytes(signed.signature[32:], "little")
    k = challenge(signed.signature[:32], signed.key, signed.message)
    right = add(r, multiply(k, a))
    return multiply(cofactor * scalar, BASE) == multiply(cofactor, right)


@pytest.fixture(params=list(MODULES), scope="module")
def door(request: pytest.FixtureRequest) -> Door:
    return Door(request.param)


def verdict(door: Door, signed: Signed) -> Any:
    """None for a signature that is accepted, else the code; a key that does not load counts."""
    return outcome(
        lambda: door.PublicKey.from_der(SPKI + signed.key).verify(signed.message, signed.signature)
    )


def test_the_arithmetic_here_is_that_of_rfc_8032() -> None:
    seed = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    digest = hashlib.sha512(seed).digest()
    a = int.from_bytes(digest[:32], "little") & (2**254 - 8) | 2**254
    key = encode(multiply(a, BASE))
    assert key.hex().startswith("d75a980182b10ab7d54bfed3c964073a")
    r = int.from_bytes(hashlib.sha512(digest[32:]).digest(), "little") % L
    nonce = encode(multiply(r, BASE))
    scalar = (r + challenge(nonce, key, b"") * a) % L
    signature = nonce + scalar.to_bytes(32, "little")
    assert signature.hex().startswith("e5564300c360ac729086e2cc806e828a")
    assert signature.hex().endswith(
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    )
    assert multiply(L, BASE) == NEUTRAL
    orders = sorted(next(n for n in (1, 2, 4, 8) if multiply(n, t) == NEUTRAL) for t in TORSION)
    assert orders == [1, 2, 4, 4, 8, 8, 8, 8]
    assert sum(len(other_encodings(point)) for point in TORSION) == 6


def test_an_ordinary_signature_is_accepted(door: Door) -> None:
    signed = forge()
    assert holds(signed, cofactor=1)
    assert verdict(door, signed) is None


def test_a_changed_message_is_refused(door: Door) -> None:
    signed = forge()
    assert verdict(door, signed._replace(message=signed.message + b"!")) == "signature.invalid"


@pytest.mark.parametrize("times", range(1, 15))
def test_s_with_multiples_of_l_added_is_refused(door: Door, times: int) -> None:
    signed = forge()
    scalar = int.from_bytes(signed.signature[32:], "little") + times * L
    data = signed.signature[:32] + scalar.to_bytes(32, "little")
    assert holds(signed._replace(signature=data), cofactor=1)
    assert verdict(door, signed._replace(signature=data)) == "signature.invalid"


@pytest.mark.parametrize("bit", [253, 254, 255])
def test_a_top_bit_set_in_s_is_refused(door: Door, bit: int) -> None:
    signed = forge()
    scalar = int.from_bytes(signed.signature[32:], "little") | 1 << bit
    data = signed.signature[:32] + scalar.to_bytes(32, "little")
    assert verdict(door, signed._replace(signature=data)) == "signature.invalid"


@pytest.mark.parametrize("length", [0, 32, 63, 65, 128])
def test_a_signature_of_another_length_is_refused(door: Door, length: int) -> None:
    signed = forge()
    data = (signed.signature * 2)[:length]
    assert verdict(door, signed._replace(signature=data)) == "signature.invalid"


@pytest.mark.parametrize("index", range(8))
def test_a_key_of_small_order_is_no_key(door: Door, index: int) -> None:
    signed = forge(a=0, a_low=index)
    assert holds(signed, cofactor=1)
    assert verdict(door, signed) == "key.small_order"


@pytest.mark.parametrize("index", range(8))
def test_another_encoding_of_a_small_order_key_is_no_key(door: Door, index: int) -> None:
    for data in other_encodings(TORSION[index]):
        signed = forge(a=0, a_low=index, a_bytes=data)
        assert holds(signed, cofactor=1)
        assert verdict(door, signed) == "key.small_order", data.hex()
    assert verdict(door, Signed(encode(TORSION[index]), b"", bytes(64))) == "key.small_order"


def test_a_key_with_y_over_p_is_no_key(door: Door) -> None:
    on_curve = [y for y in range(2, 19) if (decode(y.to_bytes(32, "little")) is not None)]
    assert len(on_curve) > 3
    for y in on_curve:
        canonical, other = (value.to_bytes(32, "little") for value in (y, y + P))
        assert decode(canonical) == decode(other)
        assert door.PublicKey.from_der(SPKI + canonical).to_der() == SPKI + canonical
        assert verdict(door, Signed(other, b"", bytes(64))) == "key.point"


def test_a_key_off_the_curve_is_no_key(door: Door) -> None:
    off_curve = [y for y in range(2, 30) if decode(y.to_bytes(32, "little")) is None]
    assert len(off_curve) > 3
    for y in off_curve:
        assert verdict(door, Signed(y.to_bytes(32, "little"), b"", bytes(64))) == "key.point"


@pytest.mark.parametrize("index", range(8))
def test_an_r_of_small_order_is_refused(door: Door, index: int) -> None:
    # With an A of mixed order, [k]A takes away what R adds, so that the equation holds.
    signed = forge(r=0, r_low=index, a_low=1)
    assert decode(signed.signature[:32]) == TORSION[index]
    assert holds(signed, cofactor=1)
    assert verdict(door, signed) == "signature.invalid"


def test_an_r_that_is_the_neutral_element_is_refused(door: Door) -> None:
    signed = forge(r=0)
    assert signed.signature[:32] == encode(NEUTRAL)
    assert holds(signed, cofactor=1)
    assert verdict(door, signed) == "signature.invalid"


@pytest.mark.parametrize("index", range(8))
def test_another_encoding_of_r_is_refused(door: Door, index: int) -> None:
    for data in other_encodings(TORSION[index]):
        signed = forge(r=0, r_low=index, a_low=1, r_bytes=data)
        assert decode(data) == TORSION[index]
        assert holds(signed, cofactor=1), data.hex()
        assert verdict(door, signed) == "signature.invalid"
    assert verdict(door, forge(r=0, r_low=index, a_low=1)) == "signature.invalid"


@pytest.mark.parametrize(("a_low", "r_low"), [(0, 1), (0, 4), (2, 1), (4, 1)])
def test_small_parts_that_do_not_cancel_are_refused(door: Door, a_low: int, r_low: int) -> None:
    # Only a verifier that multiplies by the cofactor takes these.
    key = encode(add(multiply(SECRET, BASE), TORSION[a_low]))
    nonce = encode(add(multiply(NONCE, BASE), TORSION[r_low]))
    scalar = (NONCE + challenge(nonce, key, b"mixed") * SECRET) % L
    signed = Signed(key, b"mixed", nonce + scalar.to_bytes(32, "little"))
    assert holds(signed, cofactor=8)
    assert not holds(signed, cofactor=1)
    assert verdict(door, signed) == "signature.invalid"


@pytest.mark.parametrize("a_low", range(1, 8))
def test_small_parts_that_cancel_are_accepted(door: Door, a_low: int) -> None:
    # Neither A nor R is of small order and the equation holds, which is all the rule asks.
    signed = forge(a_low=a_low, r_low=a_low)
    assert holds(signed, cofactor=1)
    assert verdict(door, signed) is None
