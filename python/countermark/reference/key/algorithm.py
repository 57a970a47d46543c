"""The algorithms on offer, the numbers a key of each kind is made of, and their identifiers in DER.

Names are those of JOSE and COSE (RFC 7518, 8037, 8812, 9053, 9964). Object identifiers are those of
RFC 5480 section 2.1.1.1, RFC 8410 section 3, RFC 8017 appendix A.1 and RFC 9881 section 2; the
parameters that go with them are checked here, so that an identifier that resolves is right as a
whole. ML-DSA keys verify and do nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal, NamedTuple, TypeAlias

from countermark.errors import InvalidKey, UnsupportedAlgorithm
from countermark.reference.crypto.ecdsa_signature import P256, P384, P521, SECP256K1, Curve
from countermark.reference.crypto.signing import (
    ED448,
    ED25519,
    MLDSA44,
    MLDSA65,
    MLDSA87,
    EdwardsCurve,
    LatticeParameters,
)
from countermark.reference.format import der, shown, text_argument


class Algorithm(StrEnum):
    """A kind of key with the algorithm it serves."""

    ES256 = "ES256"
    ES384 = "ES384"
    ES512 = "ES512"
    ES256K = "ES256K"
    ED25519 = "Ed25519"
    ED448 = "Ed448"
    RS256 = "RS256"
    ML_DSA_44 = "ML-DSA-44"
    ML_DSA_65 = "ML-DSA-65"
    ML_DSA_87 = "ML-DSA-87"


_ALIASES: Final = {
    "P-256": Algorithm.ES256,
    "P-384": Algorithm.ES384,
    "P-521": Algorithm.ES512,
    "secp256k1": Algorithm.ES256K,
    "RSA": Algorithm.RS256,
}

RSA: Final = "RSA"
SigningDomain: TypeAlias = Curve | EdwardsCurve | Literal["RSA"]
"""What a private key lives in: its curve, or RSA, whose keys bring their own modulus."""

Domain: TypeAlias = SigningDomain | LatticeParameters
"""What a public key lives in."""

_DOMAINS: Final[dict[Algorithm, SigningDomain]] = {
    Algorithm.ES256: P256,
    Algorithm.ES384: P384,
    Algorithm.ES512: P521,
    Algorithm.ES256K: SECP256K1,
    Algorithm.ED25519: ED25519,
    Algorithm.ED448: ED448,
    Algorithm.RS256: "RSA",
}
_LATTICES: Final = {
    Algorithm.ML_DSA_44: MLDSA44,
    Algorithm.ML_DSA_65: MLDSA65,
    Algorithm.ML_DSA_87: MLDSA87,
}
_ALGORITHMS: Final[dict[Domain, Algorithm]] = {
    domain: algorithm for algorithm, domain in (_DOMAINS | _LATTICES).items()
}


def algorithm_named(name: object) -> Algorithm:
    """Returns the signing algorithm of that name or alias, or raises ``algorithm.unknown``."""
    text = text_argument(name, "algorithm")
    if text in _ALIASES:
        return _ALIASES[text]
    if text not in tuple(_DOMAINS):
        raise UnsupportedAlgorithm(
            f"the algorithm '{shown(text)}' is not one of {', '.join(_DOMAINS)}",
            code="algorithm.unknown",
        )
    return Algorithm(text)


def domain_of(algorithm: Algorithm) -> SigningDomain:
    """Returns the curve of a signing algorithm, or "RSA"."""
    return _DOMAINS[algorithm]


# --- The numbers of a key -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class EcPublic:
    """A point of a Weierstrass curve."""

    curve: Curve
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class OkpPublic:
    """An encoded point of an Edwards curve (the "octet key pair" of RFC 8037)."""

    curve: EdwardsCurve
    octets: bytes


@dataclass(frozen=True, slots=True)
class RsaPublic:
    """Modulus and public exponent."""

    n: int
    e: int


@dataclass(frozen=True, slots=True)
class MldsaPublic:
    """An encoded key of FIPS 204 (the "algorithm key pair" of RFC 9964)."""

    parameters: LatticeParameters
    octets: bytes


@dataclass(frozen=True, slots=True, repr=False)
class EcPrivate:
    """A scalar with its point."""

    public: EcPublic
    d: int


@dataclass(frozen=True, slots=True, repr=False)
class OkpPrivate:
    """A seed with its public key."""

    public: OkpPublic
    seed: bytes


@dataclass(frozen=True, slots=True, repr=False)
class RsaPrivate:
    """The numbers of RFC 8017 section 3.2 in their second representation."""

    public: RsaPublic
    d: int
    p: int
    q: int
    dp: int
    dq: int
    qi: int


SigningNumbers: TypeAlias = EcPublic | OkpPublic | RsaPublic
PublicNumbers: TypeAlias = SigningNumbers | MldsaPublic
PrivateNumbers: TypeAlias = EcPrivate | OkpPrivate | RsaPrivate


def algorithm_of(public: PublicNumbers) -> Algorithm:
    """Returns the algorithm a key serves."""
    return _ALGORITHMS[domain_of_key(public)]


def domain_of_key(public: PublicNumbers) -> Domain:
    """Returns what a key lives in."""
    if isinstance(public, MldsaPublic):
        return public.parameters
    return "RSA" if isinstance(public, RsaPublic) else public.curve


def curve_name_of(public: PublicNumbers) -> str | None:
    """Returns the name of a key's curve (RFC 7518 section 6.2.1.1, RFC 8037 section 2)."""
    return public.curve.name if isinstance(public, EcPublic | OkpPublic) else None


def bits_of(public: PublicNumbers) -> int:
    """Returns the nominal size of a key: of its field, of its modulus, or of its octets."""
    if isinstance(public, MldsaPublic):
        return 8 * len(public.octets)
    if isinstance(public, RsaPublic):
        return public.n.bit_length()
    if isinstance(public, EcPublic):
        return public.curve.p.bit_length()
    return {"Ed25519": 256, "Ed448": 448}[public.curve.name]


# --- AlgorithmIdentifier, RFC 5280 section 4.1.1.2 ----------------------------------------------


class Identifier(NamedTuple):
    """An object identifier (its content octets) with its optional parameters."""

    oid: bytes
    parameters: der.Element | None


def read_identifier(reader: der.Reader) -> Identifier:
    """Reads an AlgorithmIdentifier."""
    sequence = reader.sequence()
    oid = sequence.object_identifier()
    parameters = None if sequence.at_end() else sequence.any()
    sequence.finish()
    return Identifier(oid, parameters)


def write_identifier(oid: bytes, parameters: bytes = b"") -> bytes:
    """Writes an AlgorithmIdentifier with ready-made parameters."""
    return der.encode_sequence(der.encode_object_identifier(oid), parameters)


_EC_PUBLIC_KEY: Final = der.object_identifier("1.2.840.10045.2.1")
_RSA_ENCRYPTION: Final = der.object_identifier("1.2.840.113549.1.1.1")
_EDWARDS_OIDS: Final = {
    der.object_identifier("1.3.101.112"): ED25519,
    der.object_identifier("1.3.101.113"): ED448,
}
_CURVE_OIDS: Final = {
    der.object_identifier("1.2.840.10045.3.1.7"): P256,
    der.object_identifier("1.3.132.0.34"): P384,
    der.object_identifier("1.3.132.0.35"): P521,
    der.object_identifier("1.3.132.0.10"): SECP256K1,
}
_LATTICE_OIDS: Final = {
    der.object_identifier("2.16.840.1.101.3.4.3.17"): MLDSA44,
    der.object_identifier("2.16.840.1.101.3.4.3.18"): MLDSA65,
    der.object_identifier("2.16.840.1.101.3.4.3.19"): MLDSA87,
}
_OID_OF: Final[dict[Curve | EdwardsCurve | LatticeParameters, bytes]] = {
    **{parameters: oid for oid, parameters in _LATTICE_OIDS.items()},
    **{curve: oid for oid, curve in _CURVE_OIDS.items()},
    **{curve: oid for oid, curve in _EDWARDS_OIDS.items()},
}


def resolve_public(identifier: Identifier) -> Domain:
    """Returns what the identifier of a public key stands for; see `resolve`."""
    if identifier.oid not in _LATTICE_OIDS:
        return resolve(identifier)
    if identifier.parameters is not None:
        raise der.malformed("value", "an ML-DSA key must not have algorithm parameters")
    return _LATTICE_OIDS[identifier.oid]


def resolve(identifier: Identifier) -> SigningDomain:
    """Returns what the identifier of a private key stands for, its parameters checked.

    Raises:
        UnsupportedAlgorithm: ``algorithm.key_type`` or ``algorithm.curve``.
        InvalidKey: ``key.explicit_parameters``.
        MalformedInput: ``der.value`` or another fault of the parameters.
    """
    if identifier.oid == _EC_PUBLIC_KEY:
        return named_curve(identifier.parameters)
    if identifier.oid in _EDWARDS_OIDS:
        if identifier.parameters is not None:
            raise der.malformed("value", "an EdDSA key must not have algorithm parameters")
        return _EDWARDS_OIDS[identifier.oid]
    if identifier.oid != _RSA_ENCRYPTION:
        raise UnsupportedAlgorithm(
            "the key is not of a type this package offers", code="algorithm.key_type"
        )
    if not is_null(identifier.parameters):
        raise der.malformed("value", "an RSA key must have NULL algorithm parameters")
    return "RSA"


def is_null(parameters: der.Element | None) -> bool:
    """Whether parameters are a NULL."""
    return parameters is not None and (parameters.tag, parameters.content) == (der.NULL, b"")


def named_curve(parameters: der.Element | None) -> Curve:
    """Reads ECParameters and knows the curve."""
    oid = curve_oid(parameters)
    if oid not in _CURVE_OIDS:
        raise UnsupportedAlgorithm(
            "the EC key is on a curve this package does not offer", code="algorithm.curve"
        )
    return _CURVE_OIDS[oid]


def curve_oid(parameters: der.Element | None) -> bytes:
    """Reads ECParameters, of which only namedCurve may be used (RFC 5480 section 2.1.1)."""
    if parameters is None or parameters.tag == der.NULL:
        raise der.malformed("value", "the EC key does not name its curve")
    if parameters.tag == der.SEQUENCE:
        raise InvalidKey(
            "the EC key spells out its curve instead of naming it", code="key.explicit_parameters"
        )
    return der.Reader(der.encode(parameters.tag, parameters.content)).object_identifier()


def write_curve(curve: Curve) -> bytes:
    """Writes the namedCurve of ECParameters."""
    return der.encode_object_identifier(_OID_OF[curve])


def write_domain(domain: Domain) -> bytes:
    """Writes the AlgorithmIdentifier of a key."""
    if isinstance(domain, Curve):
        return write_identifier(_EC_PUBLIC_KEY, write_curve(domain))
    if isinstance(domain, EdwardsCurve | LatticeParameters):
        return write_identifier(_OID_OF[domain])
    return write_identifier(_RSA_ENCRYPTION, der.encode_null())
