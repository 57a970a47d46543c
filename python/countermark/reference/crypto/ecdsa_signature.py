"""The two encodings of an ECDSA signature, and the curves that bound its integers.

DER ``Ecdsa-Sig-Value`` is RFC 3279 section 2.2.3; raw r‖s is IEEE P1363 and RFC 7518 section 3.4.
Both are read strictly, with r and s in 1..n-1 (SEC 1 4.1.4 step 1). Whatever is wrong, the one
outcome is ``signature.invalid``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from countermark.errors import (
    InvalidSignature,
    LimitExceeded,
    MalformedInput,
    UnsupportedAlgorithm,
)
from countermark.reference.format import bytes_argument, der, shown, text_argument


@dataclass(frozen=True, slots=True)
class Curve:
    """y² = x³ + ax + b over the integers modulo p, with a base point of prime order n."""

    name: str
    p: int
    a: int
    b: int
    n: int

    @property
    def size(self) -> int:
        """Octets of a coordinate, and of a scalar: they agree for the four curves here."""
        return (self.p.bit_length() + 7) // 8

    def contains(self, x: int, y: int) -> bool:
        """Whether (x, y) are reduced coordinates of a point (SEC 1 3.2.2.1 steps 2 and 3)."""
        return x < self.p and y < self.p and (y * y - self.rhs(x)) % self.p == 0

    def rhs(self, x: int) -> int:
        """x³ + ax + b modulo p."""
        return (x**3 + self.a * x + self.b) % self.p


# FIPS 186-4 D.1.2.3 to D.1.2.5, where a is p - 3.
_P256_P: Final = 2**256 - 2**224 + 2**192 + 2**96 - 1
_P384_P: Final = 2**384 - 2**128 - 2**96 + 2**32 - 1
_P521_P: Final = 2**521 - 1

P256: Final = Curve(
    name="P-256",
    p=_P256_P,
    a=_P256_P - 3,
    b=0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B,
    n=0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
)
P384: Final = Curve(
    name="P-384",
    p=_P384_P,
    a=_P384_P - 3,
    b=int(
        "b3312fa7e23ee7e4988e056be3f82d19181d9c6efe814112"
        "0314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef",
        16,
    ),
    n=int(
        "ffffffffffffffffffffffffffffffffffffffffffffffff"
        "c7634d81f4372ddf581a0db248b0a77aecec196accc52973",
        16,
    ),
)
P521: Final = Curve(
    name="P-521",
    p=_P521_P,
    a=_P521_P - 3,
    b=int(
        "0051953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef1"
        "09e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b50"
        "3f00",
        16,
    ),
    n=int(
        "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
        "fffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e9138"
        "6409",
        16,
    ),
)
# SEC 2 (version 2.0) 2.4.1.
SECP256K1: Final = Curve(
    name="secp256k1",
    p=2**256 - 2**32 - 977,
    a=0,
    b=7,
    n=0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141,
)

CURVES: Final = {curve.name: curve for curve in (P256, P384, P521, SECP256K1)}


def curve_named(name: object) -> Curve:
    """Returns the curve of that name, or raises ``algorithm.curve``."""
    text = text_argument(name, "curve")
    if text not in CURVES:
        raise UnsupportedAlgorithm(
            f"the curve '{shown(text)}' is not one of {', '.join(CURVES)}",
            code="algorithm.curve",
        )
    return CURVES[text]


def ecdsa_raw_to_der(raw: object, curve: object) -> bytes:
    """Converts raw r‖s, each of the curve's field size, to DER.

    Raises:
        InvalidSignature: ``signature.invalid``.
        UnsupportedAlgorithm: ``algorithm.curve``.
    """
    octets = bytes_argument(raw, "raw")
    where = curve_named(curve)
    if len(octets) != 2 * where.size:
        raise invalid()
    r = int.from_bytes(octets[: where.size], "big")
    s = int.from_bytes(octets[where.size :], "big")
    return encode(*_in_range(r, s, where))


def ecdsa_der_to_raw(der: object, curve: object) -> bytes:
    """Converts strict DER to raw r‖s, each of the curve's field size.

    Raises:
        InvalidSignature: ``signature.invalid``.
        UnsupportedAlgorithm: ``algorithm.curve``.
    """
    octets = bytes_argument(der, "der")
    where = curve_named(curve)
    r, s = decode(octets, where)
    return r.to_bytes(where.size, "big") + s.to_bytes(where.size, "big")


def decode(signature: bytes, curve: Curve) -> tuple[int, int]:
    """Reads r and s from strict DER; anything wrong is ``signature.invalid``."""
    try:
        sequence = der.whole(signature)
        r = sequence.unsigned()
        s = sequence.unsigned()
        sequence.finish()
    except (MalformedInput, LimitExceeded):
        raise invalid() from None
    return _in_range(r, s, curve)


def encode(r: int, s: int) -> bytes:
    """Writes r and s as DER."""
    return der.encode_sequence(der.encode_unsigned(r), der.encode_unsigned(s))


def is_high(s: int, curve: Curve) -> bool:
    """Whether s is in the upper half, so that n - s makes the same signature with a smaller s."""
    return s > curve.n // 2


def invalid() -> InvalidSignature:
    """The one outcome of every signature that does not verify."""
    return InvalidSignature("the signature does not verify", code="signature.invalid")


def _in_range(r: int, s: int, curve: Curve) -> tuple[int, int]:
    if not (0 < r < curve.n and 0 < s < curve.n):
        raise invalid()
    return r, s
