"""ECDSA in plain numbers (SEC 1 4.1), to make signatures and keys that no library would make."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec

from countermark.reference.crypto.ecdsa_signature import CURVES as NUMBERS
from countermark.reference.crypto.ecdsa_signature import Curve
from tests.property.material import CURVES
from tests.unit.bad_inputs.der import field_length, integer, loaded, sequence, spki

Point = tuple[int, int] | None
"""A point of the curve; None is the neutral element."""
MESSAGE: Final = b"message"


def curve(kind: str) -> Curve:
    return NUMBERS[CURVES[kind]]


def generator(kind: str) -> Point:
    library: ec.EllipticCurve = loaded(kind).curve
    numbers = ec.derive_private_key(1, library).public_key().public_numbers()
    return numbers.x, numbers.y


def add(kind: str, one: Point, other: Point) -> Point:
    if one is None or other is None:
        return one or other
    p = curve(kind).p
    (x1, y1), (x2, y2) = one, other
    if x1 == x2:
        if (y1 + y2) % p == 0:
            return None
        slope = (3 * x1 * x1 + curve(kind).a) * pow(2 * y1, -1, p) % p
    else:
        slope = (y2 - y1) * pow(x2 - x1, -1, p) % p
    x = (slope * slope - x1 - x2) % p
    return x, (slope * (x1 - x) - y1) % p


@cache
def multiply(kind: str, times: int, point: Point) -> Point:
    """In Jacobian coordinates, which spare all inversions but the last."""
    times %= curve(kind).n
    if point is None or times == 0:
        return None
    p, a = curve(kind).p, curve(kind).a
    x, y, z = point[0], point[1], 1
    for bit in f"{times:b}"[1:]:
        square = y * y % p
        shared, slope = 4 * x * square % p, (3 * x * x + a * pow(z, 4, p)) % p
        x, y, z = (slope * slope - 2 * shared) % p, square, 2 * y * z % p
        y = (slope * (shared - x) - 8 * y * y) % p
        if bit == "1":
            u, v = point[0] * z * z % p, point[1] * z * z * z % p
            if (u - x) % p == 0:  # the sum is a doubling, or nothing
                return add(kind, multiply(kind, times - 1, point), point)
            h, r = (u - x) % p, (v - y) % p
            square = h * h % p
            cube, shared = square * h % p, x * square % p
            x = (r * r - cube - 2 * shared) % p
            y, z = (r * (shared - x) - y * cube) % p, h * z % p
    inverse = pow(z, -1, p)
    return x * inverse * inverse % p, y * pow(inverse, 3, p) % p


def lift(kind: str, x: int) -> Point:
    """A point with this x, if there is one."""
    p, square = curve(kind).p, curve(kind).rhs(x)
    # All four primes are 3 modulo 4.
    root = pow(square, (p + 1) // 4, p)
    return (x, root) if root * root % p == square else None


def digest_number(kind: str, digest: bytes) -> int:
    """The leftmost bits of a digest, as many as the order has (SEC 1 4.1.3 step 5)."""
    size = curve(kind).n.bit_length()
    return int.from_bytes(digest, "big") >> max(0, 8 * len(digest) - size)


def sha256(message: bytes = MESSAGE) -> bytes:
    return hashlib.sha256(message).digest()


def der(r: int, s: int) -> bytes:
    return sequence(integer(r), integer(s))


def split(kind: str, signature: bytes, door: Any) -> tuple[int, int]:
    """r and s of a good DER signature."""
    raw = door.ecdsa_der_to_raw(signature, CURVES[kind])
    size = field_length(kind)
    return int.from_bytes(raw[:size], "big"), int.from_bytes(raw[size:], "big")


def raw(kind: str, r: int, s: int) -> bytes:
    size = field_length(kind)
    return r.to_bytes(size, "big") + s.to_bytes(size, "big")


def public_key(door: Any, kind: str, point: Point) -> Any:
    """The key with this public point."""
    assert point is not None
    return door.PublicKey.from_der(spki(kind, b"\x04" + raw(kind, *point)))


def key_for(kind: str, nonce_point: Point, s: int, digest: bytes) -> Point:
    """The public point under which (x of the nonce point, s) is right for the digest (4.1.6)."""
    n = curve(kind).n
    assert nonce_point is not None
    r = nonce_point[0] % n
    difference = add(
        kind,
        multiply(kind, s, nonce_point),
        multiply(kind, -digest_number(kind, digest), generator(kind)),
    )
    return multiply(kind, pow(r, -1, n), difference)
