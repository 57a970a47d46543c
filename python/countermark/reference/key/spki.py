"""SubjectPublicKeyInfo (RFC 5280 4.1.2.7) for EC (RFC 5480), EdDSA (RFC 8410), RSA (RFC 3279), ML-DSA.

RFC 9881 is that of ML-DSA.
"""

from __future__ import annotations

from countermark.errors import InvalidKey
from countermark.reference.crypto.ecdsa_signature import Curve
from countermark.reference.crypto.signing import EdwardsCurve, LatticeParameters
from countermark.reference.format import der
from countermark.reference.key import pkcs1, sec1
from countermark.reference.key.algorithm import (
    EcPublic,
    MldsaPublic,
    OkpPublic,
    PublicNumbers,
    domain_of_key,
    read_identifier,
    resolve_public,
    write_domain,
)


def decode(data: bytes) -> PublicNumbers:
    """Reads SubjectPublicKeyInfo.

    Raises:
        MalformedInput: ``der.*``.
        UnsupportedAlgorithm: ``algorithm.key_type`` or ``algorithm.curve``.
        InvalidKey: the code that fits the kind of key.
        LimitExceeded: ``limit.key_size``.
    """
    sequence = der.whole(data)
    identifier = read_identifier(sequence)
    octets = sequence.bit_string()
    sequence.finish()
    domain = resolve_public(identifier)
    if isinstance(domain, Curve):
        return sec1.decode_point(domain, octets)
    if isinstance(domain, EdwardsCurve):
        return checked_okp(domain, octets)
    if isinstance(domain, LatticeParameters):
        return checked_mldsa(domain, octets)
    return pkcs1.decode_public(octets)


def encode(public: PublicNumbers) -> bytes:
    """Writes SubjectPublicKeyInfo; a point of an EC key is written without compression."""
    identifier = write_domain(domain_of_key(public))
    return der.encode_sequence(identifier, der.encode_bit_string(key_octets(public)))


def key_octets(public: PublicNumbers) -> bytes:
    """The content of subjectPublicKey."""
    if isinstance(public, EcPublic):
        return sec1.encode_point(public)
    if isinstance(public, OkpPublic | MldsaPublic):
        return public.octets
    return pkcs1.encode_public(public)


def checked_mldsa(parameters: LatticeParameters, octets: bytes) -> MldsaPublic:
    """FIPS 204 section 5.3: every text of the right length is a key, or ``key.length``."""
    if len(octets) != parameters.size:
        raise InvalidKey(f"an {parameters.name} key is {parameters.size} octets", code="key.length")
    return MldsaPublic(parameters, octets)


def checked_okp(curve: EdwardsCurve, octets: bytes) -> OkpPublic:
    """RFC 8032 5.1.3 and 5.2.3: a canonical encoding of a point that is not of small order.

    Small order is told first, also of points whose encoding is not canonical. An Ed448 key must
    also be in the prime-order subgroup, as every honestly made key is; for Ed25519 the rule in use
    everywhere takes points with a part of small order.

    Raises:
        InvalidKey: ``key.length``, ``key.small_order`` or ``key.point``.
    """
    if len(octets) != curve.size:
        raise InvalidKey(f"a {curve.name} key is {curve.size} octets", code="key.length")
    point = curve.decode(octets)
    if point is not None and curve.is_small_order(point):
        raise InvalidKey(f"the {curve.name} key is of small order", code="key.small_order")
    if point is None or not point.canonical:
        raise InvalidKey("the public key is not a point of its curve", code="key.point")
    if curve.name == "Ed448" and not curve.is_in_prime_order_subgroup(point):
        raise InvalidKey("the Ed448 key is not in the prime-order subgroup", code="key.point")
    return OkpPublic(curve, octets)
