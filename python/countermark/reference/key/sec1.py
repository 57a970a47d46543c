"""Elliptic curve points (SEC 1 version 2.0, section 2.3) and ECPrivateKey (RFC 5915, SEC 1 C.4)."""

from __future__ import annotations

from typing import NamedTuple

from countermark.errors import InvalidKey
from countermark.reference.crypto import signing
from countermark.reference.crypto.ecdsa_signature import Curve
from countermark.reference.format import der
from countermark.reference.key.algorithm import (
    EcPrivate,
    EcPublic,
    curve_oid,
    named_curve,
    write_curve,
)


def decode_point(curve: Curve, octets: bytes) -> EcPublic:
    """SEC 1 2.3.4: uncompressed or compressed, on the curve, not at infinity, or ``key.point``."""
    form, body = octets[:1], octets[1:]
    if form == b"\x04" and len(body) == 2 * curve.size:
        x = int.from_bytes(body[: curve.size], "big")
        return checked_point(curve, x, int.from_bytes(body[curve.size :], "big"))
    if form in (b"\x02", b"\x03") and len(body) == curve.size:
        return _decompress(curve, int.from_bytes(body, "big"), form[0] & 1)
    raise _bad_point()


def checked_point(curve: Curve, x: int, y: int) -> EcPublic:
    """SEC 1 3.2.2.1 for a curve of cofactor 1: coordinates of a point, or ``key.point``."""
    if not curve.contains(x, y):
        raise _bad_point()
    return EcPublic(curve, x, y)


def encode_point(public: EcPublic) -> bytes:
    """SEC 1 2.3.3 without compression."""
    size = public.curve.size
    return b"\x04" + public.x.to_bytes(size, "big") + public.y.to_bytes(size, "big")


def checked_scalar(curve: Curve, d: int) -> EcPrivate:
    """SEC 1 3.2.1: a scalar in 1..n-1, or ``key.scalar``, with the point that belongs to it."""
    if not 0 < d < curve.n:
        raise InvalidKey("the private scalar is zero or not below the order", code="key.scalar")
    return EcPrivate(EcPublic(curve, *signing.ec_public(curve, d)), d)


def matched(private: EcPrivate, public: EcPublic) -> EcPrivate:
    """Refuses a public key that came with a private key but is not its own (``key.mismatch``)."""
    if private.public != public:
        raise InvalidKey("the public key is not that of the private key", code="key.mismatch")
    return private


class _Structure(NamedTuple):
    scalar: bytes
    parameters: der.Element | None
    public: bytes | None


def decode(data: bytes, outer: Curve | None = None) -> EcPrivate:
    """Reads ECPrivateKey (RFC 5915 section 3).

    Args:
        data: the whole structure.
        outer: the curve that a container around it names; without one it must name its own.

    Raises:
        MalformedInput: ``der.*``.
        UnsupportedAlgorithm: ``algorithm.curve``.
        InvalidKey: ``key.explicit_parameters``, ``.scalar``, ``.point`` or ``.mismatch``.
    """
    structure = _read(data)
    curve = _curve(structure.parameters, outer)
    if len(structure.scalar) > curve.size:
        raise InvalidKey("the private scalar is longer than its curve", code="key.scalar")
    private = checked_scalar(curve, int.from_bytes(structure.scalar, "big"))
    if structure.public is None:
        return private
    return matched(private, decode_point(curve, structure.public))


def encode(private: EcPrivate, *, parameters: bool) -> bytes:
    """Writes ECPrivateKey with its public key, and with its curve unless a container names it."""
    curve = private.public.curve
    named = der.encode(der.CONTEXT_0, write_curve(curve)) if parameters else b""
    point = der.encode_bit_string(encode_point(private.public))
    return der.encode_sequence(
        der.encode_unsigned(1),
        der.encode_octet_string(private.d.to_bytes(curve.size, "big")),
        named,
        der.encode(der.CONTEXT_1, point),
    )


def _read(data: bytes) -> _Structure:
    sequence = der.whole(data)
    if sequence.unsigned() != 1:
        raise der.malformed("value", "the version of the EC private key is not 1")
    scalar = sequence.octet_string()
    parameters = public = None
    if sequence.next_is(der.CONTEXT_0):
        inside = sequence.element(der.CONTEXT_0).inside
        parameters = inside.any()
        inside.finish()
    if sequence.next_is(der.CONTEXT_1):
        inside = sequence.element(der.CONTEXT_1).inside
        public = inside.bit_string()
        inside.finish()
    sequence.finish()
    return _Structure(scalar, parameters, public)


def _curve(parameters: der.Element | None, outer: Curve | None) -> Curve:
    if outer is None:
        return named_curve(parameters)
    if parameters is None:
        return outer
    if der.encode_object_identifier(curve_oid(parameters)) != write_curve(outer):
        raise InvalidKey("the EC key names another curve than its container", code="key.mismatch")
    return outer


def _decompress(curve: Curve, x: int, parity: int) -> EcPublic:
    """SEC 1 2.3.4 step 2; every prime here is 3 modulo 4."""
    root = pow(curve.rhs(x), (curve.p + 1) // 4, curve.p)
    return checked_point(curve, x, root if root & 1 == parity else curve.p - root)


def _bad_point() -> InvalidKey:
    return InvalidKey("the public key is not a point of its curve", code="key.point")
