"""Signing and verifying with plain numbers, over the primitives of `cryptography`.

ECDSA is SEC 1 4.1 with the nonce of RFC 6979, EdDSA is RFC 8032 and RSA is RFC 8017 section 8.
Where a specification leaves room the narrow reading is taken: the checks for that stand here in
full, in front of the primitive.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeAlias

from cryptography.exceptions import InvalidSignature as PrimitiveRefusal
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, mldsa, rsa, utils
from cryptography.hazmat.primitives.asymmetric import padding as rsa_padding

from countermark.errors import ArgumentValueError
from countermark.reference.crypto.ecdsa_signature import (
    SECP256K1,
    Curve,
    decode,
    encode,
    invalid,
    is_high,
)
from countermark.reference.format import shown, text_argument

HASHES: Final[dict[str, hashes.HashAlgorithm]] = {
    "SHA-256": hashes.SHA256(),
    "SHA-384": hashes.SHA384(),
    "SHA-512": hashes.SHA512(),
}
VERIFIED_HASHES: Final[dict[str, hashes.HashAlgorithm]] = {
    **HASHES,
    "SHA-224": hashes.SHA224(),
    "SHA-512/256": hashes.SHA512_256(),
    "SHA3-256": hashes.SHA3_256(),
    "SHA3-384": hashes.SHA3_384(),
    "SHA3-512": hashes.SHA3_512(),
}
"""What others sign with as well, in good standing: for verifying only."""

DEFAULT_HASH: Final = "SHA-256"
"""The hash where none is named, on every curve and for RSA."""

PADDINGS: Final = ("pkcs1v15", "pss")
DEFAULT_PADDING: Final = "pkcs1v15"

_EC_CURVES: Final[dict[str, ec.EllipticCurve]] = {
    "P-256": ec.SECP256R1(),
    "P-384": ec.SECP384R1(),
    "P-521": ec.SECP521R1(),
    "secp256k1": ec.SECP256K1(),
}


def hash_argument(value: object) -> str:
    """Takes the name of a hash; another text is ``argument.value``."""
    return _one_of(value, "hash", tuple(HASHES))


def verified_hash_argument(value: object) -> str:
    """Takes the name of a hash to verify with; another text is ``argument.value``."""
    return _one_of(value, "hash", tuple(VERIFIED_HASHES))


def padding_argument(value: object) -> str:
    """Takes the name of an RSA padding; another text is ``argument.value``."""
    return _one_of(value, "padding", PADDINGS)


def _one_of(value: object, name: str, choices: tuple[str, ...]) -> str:
    text = text_argument(value, name)
    if text not in choices:
        raise ArgumentValueError(
            f"{name} must be one of {', '.join(choices)}, not '{shown(text)}'",
            code="argument.value",
        )
    return text


def digest(hash_name: str, data: bytes) -> bytes:
    """Hashes ``data`` (FIPS 180-4, FIPS 202)."""
    context = hashes.Hash(VERIFIED_HASHES[hash_name])
    context.update(data)
    return context.finalize()


def digest_size(hash_name: str) -> int:
    """Octets of a digest."""
    return VERIFIED_HASHES[hash_name].digest_size


# --- ECDSA, SEC 1 4.1 ---------------------------------------------------------------------------


def ec_public(curve: Curve, d: int) -> tuple[int, int]:
    """The point dG as its coordinates (SEC 1 3.2.1)."""
    numbers = ec.derive_private_key(d, _EC_CURVES[curve.name]).public_key().public_numbers()
    return numbers.x, numbers.y


def ec_generate(curve: Curve) -> int:
    """A fresh scalar in 1..n-1 (SEC 1 3.2.1)."""
    return ec.generate_private_key(_EC_CURVES[curve.name]).private_numbers().private_value


def ecdsa_sign(curve: Curve, d: int, hash_name: str, hashed: bytes) -> bytes:
    """Signs a digest (SEC 1 4.1.3) with the nonce of RFC 6979; the result is DER.

    On secp256k1 the result is that of libsecp256k1: s is in the lower half, and a digest longer
    than the order is cut (4.1.3 step 5) *before* the nonce is derived, always with HMAC-SHA256.
    """
    if curve is SECP256K1:
        hash_name, hashed = "SHA-256", hashed[: curve.size]
    key = ec.derive_private_key(d, _EC_CURVES[curve.name])
    scheme = ec.ECDSA(utils.Prehashed(HASHES[hash_name]), deterministic_signing=True)
    r, s = decode(key.sign(hashed, scheme), curve)
    if curve is SECP256K1 and is_high(s, curve):
        s = curve.n - s
    return encode(r, s)


def ecdsa_verify(
    curve: Curve, point: tuple[int, int], hash_name: str, hashed: bytes, signature: bytes
) -> None:
    """Verifies a DER signature of a digest (SEC 1 4.1.4); s may be in either half."""
    r, s = decode(signature, curve)
    key = ec.EllipticCurvePublicNumbers(*point, _EC_CURVES[curve.name]).public_key()
    try:
        key.verify(encode(r, s), hashed, ec.ECDSA(utils.Prehashed(VERIFIED_HASHES[hash_name])))
    except PrimitiveRefusal:
        raise invalid() from None


# --- EdDSA, RFC 8032 ----------------------------------------------------------------------------


class Point(NamedTuple):
    """A point of an Edwards curve in affine coordinates, and whether its encoding was canonical."""

    x: int
    y: int
    canonical: bool


@dataclass(frozen=True, slots=True)
class EdwardsCurve:
    """ax² + y² = 1 + dx²y² modulo p, with a subgroup of prime order and cofactor 2**doublings."""

    name: str
    p: int
    a: int
    d: int
    order: int
    doublings: int
    size: int

    def decode(self, encoded: bytes) -> Point | None:
        """RFC 8032 5.1.3 and 5.2.3, but y >= p and a signed zero are reported, not refused."""
        if len(encoded) != self.size:
            return None
        sign = encoded[-1] >> 7
        y = int.from_bytes(encoded, "little") & ~(1 << (8 * self.size - 1))
        if y >> self.p.bit_length():
            return None
        canonical = y < self.p
        y %= self.p
        x = self._square_root((1 - y * y) * pow(self.a - self.d * y * y, -1, self.p))
        if x is None:
            return None
        if x == 0:
            return Point(0, y, canonical and sign == 0)
        return Point(x if x & 1 == sign else self.p - x, y, canonical)

    def is_small_order(self, point: Point) -> bool:
        """Whether the cofactor times the point is the neutral element (0, 1)."""
        return self._is_neutral(point, 2**self.doublings)

    def is_in_prime_order_subgroup(self, point: Point) -> bool:
        """Whether the order times the point is the neutral element."""
        return self._is_neutral(point, self.order)

    def _is_neutral(self, point: Point, scalar: int) -> bool:
        """Whether scalar times the point is (0, 1), by double and add."""
        result = (0, 1, 1)
        for bit in f"{scalar:b}":
            result = self._add(result, result)
            if bit == "1":
                result = self._add(result, (point.x, point.y, 1))
        x, y, z = result
        return x == 0 and y == z

    def _add(self, left: tuple[int, int, int], right: tuple[int, int, int]) -> tuple[int, int, int]:
        """The complete addition of RFC 8032 5.2.4, for any a; (X, Y, Z) stands for (X/Z, Y/Z)."""
        (x1, y1, z1), (x2, y2, z2) = left, right
        a = z1 * z2 % self.p
        b = a * a
        c = x1 * x2 % self.p
        d = y1 * y2 % self.p
        e = self.d * c * d
        f = (b - e) % self.p
        g = (b + e) % self.p
        return (
            a * f * ((x1 + y1) * (x2 + y2) - c - d) % self.p,
            a * g * (d - self.a * c) % self.p,
            f * g % self.p,
        )

    def _square_root(self, square: int) -> int | None:
        """Steps 2 and 3 of 5.1.3 (p = 5 modulo 8) and of 5.2.3 (p = 3 modulo 4)."""
        square %= self.p
        if self.p % 4 == 3:
            root = pow(square, (self.p + 1) // 4, self.p)
        else:
            root = pow(square, (self.p + 3) // 8, self.p)
            if root * root % self.p != square:
                root = root * pow(2, (self.p - 1) // 4, self.p) % self.p
        return root if root * root % self.p == square else None


# RFC 8032 5.1 and 5.2.
_P25519: Final = 2**255 - 19
_P448: Final = 2**448 - 2**224 - 1

ED25519: Final = EdwardsCurve(
    name="Ed25519",
    p=_P25519,
    a=-1,
    d=-121665 * pow(121666, -1, _P25519) % _P25519,
    order=2**252 + 27742317777372353535851937790883648493,
    doublings=3,
    size=32,
)
ED448: Final = EdwardsCurve(
    name="Ed448",
    p=_P448,
    a=1,
    d=-39081 % _P448,
    order=2**446 - 0x8335DC163BB124B65129C96FDE933D8D723A70AADC873D6D54A7BB0D,
    doublings=2,
    size=57,
)

_OkpPrivate: TypeAlias = ed25519.Ed25519PrivateKey | ed448.Ed448PrivateKey
_OkpPublic: TypeAlias = ed25519.Ed25519PublicKey | ed448.Ed448PublicKey
_PRIVATE: Final[dict[str, Callable[[bytes], _OkpPrivate]]] = {
    "Ed25519": ed25519.Ed25519PrivateKey.from_private_bytes,
    "Ed448": ed448.Ed448PrivateKey.from_private_bytes,
}
_PUBLIC: Final[dict[str, Callable[[bytes], _OkpPublic]]] = {
    "Ed25519": ed25519.Ed25519PublicKey.from_public_bytes,
    "Ed448": ed448.Ed448PublicKey.from_public_bytes,
}


def eddsa_public(curve: EdwardsCurve, seed: bytes) -> bytes:
    """The encoded public key of a seed (RFC 8032 5.1.5 and 5.2.5)."""
    return _PRIVATE[curve.name](seed).public_key().public_bytes_raw()


def eddsa_generate(curve: EdwardsCurve) -> bytes:
    """A fresh seed (RFC 8032 5.1.5 and 5.2.5)."""
    return os.urandom(curve.size)


def eddsa_sign(curve: EdwardsCurve, seed: bytes, message: bytes) -> bytes:
    """Signs a message (RFC 8032 5.1.6, 5.2.6 with an empty context); the result is R‖S."""
    return _PRIVATE[curve.name](seed).sign(message)


def eddsa_verify(curve: EdwardsCurve, public: bytes, message: bytes, signature: bytes) -> None:
    """Verifies R‖S (RFC 8032 5.1.7, 5.2.7) by the strict rule.

    S must be below the order, R must be encoded canonically and not be of small order, and the
    equation is the one without the cofactor. The public key was held to the same rule when it was
    loaded.
    """
    if len(signature) != 2 * curve.size:
        raise invalid()
    point = curve.decode(signature[: curve.size])
    if point is None or not point.canonical or curve.is_small_order(point):
        raise invalid()
    if int.from_bytes(signature[curve.size :], "little") >= curve.order:
        raise invalid()
    try:
        _PUBLIC[curve.name](public).verify(signature, message)
    except PrimitiveRefusal:
        raise invalid() from None


# --- RSA, RFC 8017 section 8 --------------------------------------------------------------------


def _scheme(padding: str, hash_name: str) -> rsa_padding.AsymmetricPadding:
    """RSASSA-PKCS1-v1_5 (8.2), or RSASSA-PSS (8.1) with one hash throughout and as long a salt."""
    if padding == "pkcs1v15":
        return rsa_padding.PKCS1v15()
    chosen = VERIFIED_HASHES[hash_name]
    return rsa_padding.PSS(rsa_padding.MGF1(chosen), salt_length=chosen.digest_size)


def rsa_generate(bits: int) -> rsa.RSAPrivateNumbers:
    """A fresh key with the public exponent 65537."""
    return rsa.generate_private_key(65537, bits).private_numbers()


def rsa_sign(numbers: rsa.RSAPrivateNumbers, padding: str, hash_name: str, hashed: bytes) -> bytes:
    """Signs a digest with numbers that were checked when the key was loaded."""
    key = numbers.private_key(unsafe_skip_rsa_key_validation=True)
    return key.sign(hashed, _scheme(padding, hash_name), utils.Prehashed(HASHES[hash_name]))


def rsa_verify(
    numbers: rsa.RSAPublicNumbers,
    padding: str,
    hash_name: str,
    hashed: bytes,
    signature: bytes,
) -> None:
    """Verifies a signature of a digest."""
    # 8.1.2 and 8.2.2 step 1, and step 1 of RSAVP1 (5.2.2).
    size = (numbers.n.bit_length() + 7) // 8
    if len(signature) != size or int.from_bytes(signature, "big") >= numbers.n:
        raise invalid()
    scheme, chosen = _scheme(padding, hash_name), utils.Prehashed(VERIFIED_HASHES[hash_name])
    try:
        numbers.public_key().verify(signature, hashed, scheme, chosen)
    except PrimitiveRefusal:
        raise invalid() from None


def rsa_verify_sha1(numbers: rsa.RSAPublicNumbers, message: bytes, signature: bytes) -> None:
    """Verifies RSASSA-PKCS1-v1_5 with SHA-1 (RFC 8812 section 2, RS1), which callers must ask for."""
    size = (numbers.n.bit_length() + 7) // 8
    if len(signature) != size or int.from_bytes(signature, "big") >= numbers.n:
        raise invalid()
    try:
        numbers.public_key().verify(
            signature,
            message,
            rsa_padding.PKCS1v15(),
            hashes.SHA1(),  # noqa: S303
        )
    except PrimitiveRefusal:
        raise invalid() from None


# --- ML-DSA, FIPS 204 ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LatticeParameters:
    """A parameter set of FIPS 204 section 4, with the octets of its public keys and signatures."""

    name: str
    size: int
    signature_size: int


MLDSA44: Final = LatticeParameters("ML-DSA-44", 1312, 2420)
MLDSA65: Final = LatticeParameters("ML-DSA-65", 1952, 3309)
MLDSA87: Final = LatticeParameters("ML-DSA-87", 2592, 4627)

_LatticePublic: TypeAlias = mldsa.MLDSA44PublicKey | mldsa.MLDSA65PublicKey | mldsa.MLDSA87PublicKey
_LATTICE: Final[dict[str, Callable[[bytes], _LatticePublic]]] = {
    "ML-DSA-44": mldsa.MLDSA44PublicKey.from_public_bytes,
    "ML-DSA-65": mldsa.MLDSA65PublicKey.from_public_bytes,
    "ML-DSA-87": mldsa.MLDSA87PublicKey.from_public_bytes,
}


def mldsa_verify(
    parameters: LatticeParameters, public: bytes, message: bytes, signature: bytes
) -> None:
    """Verifies a signature of a message with an empty context (section 5.3)."""
    if len(signature) != parameters.signature_size:
        raise invalid()
    try:
        _LATTICE[parameters.name](public).verify(signature, message)
    except PrimitiveRefusal:
        raise invalid() from None
