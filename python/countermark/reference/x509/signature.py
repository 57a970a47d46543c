"""The signature of one certificate by the key of another (RFC 5280 6.1.3 a 1).

Algorithms are those of RFC 4055 (RSA), RFC 5758 (ECDSA) and RFC 8410 (Edwards curves). The key of the
issuer decides which of them can be right.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from cryptography.exceptions import InvalidSignature as PrimitiveRefusal
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

from countermark.errors import Error, MalformedInput, UntrustedAttestation
from countermark.reference.crypto import signing
from countermark.reference.crypto.ecdsa_signature import CURVES, encode
from countermark.reference.crypto.ecdsa_signature import decode as decode_signature
from countermark.reference.format import der
from countermark.reference.key import sec1
from countermark.reference.key.algorithm import is_null
from countermark.reference.key.public_key import PublicKey
from countermark.reference.x509.certificate import Certificate, SignatureAlgorithm
from countermark.reference.x509.name import read_oid

MIN_RSA_BITS: Final = 2048
LEGACY_RSA_BITS: Final = 1024
_MAX_RSA_BITS: Final = 8192
_MAX_EXPONENT_BITS: Final = 33

_HASHES: Final[dict[str, hashes.HashAlgorithm]] = {
    "SHA-1": hashes.SHA1(),  # noqa: S303  # only where a caller allows it
    **signing.HASHES,
}

_RSA: Final = {
    "1.2.840.113549.1.1.5": "SHA-1",
    "1.2.840.113549.1.1.11": "SHA-256",
    "1.2.840.113549.1.1.12": "SHA-384",
    "1.2.840.113549.1.1.13": "SHA-512",
}
_ECDSA: Final = {
    "1.2.840.10045.4.1": "SHA-1",
    "1.2.840.10045.4.3.2": "SHA-256",
    "1.2.840.10045.4.3.3": "SHA-384",
    "1.2.840.10045.4.3.4": "SHA-512",
}
_EDWARDS: Final = {"1.3.101.112": "Ed25519", "1.3.101.113": "Ed448"}
_PSS: Final = "1.2.840.113549.1.1.10"
_MGF1: Final = "1.2.840.113549.1.1.8"
_SHA1: Final = "1.3.14.3.2.26"
_SHA2: Final = {
    "2.16.840.1.101.3.4.2.1": "SHA-256",
    "2.16.840.1.101.3.4.2.2": "SHA-384",
    "2.16.840.1.101.3.4.2.3": "SHA-512",
}
# md2, md4 and md5 with RSA: refused whatever is allowed.
_BROKEN: Final = frozenset(f"1.2.840.113549.1.1.{arc}" for arc in (2, 3, 4))

_EC_PUBLIC_KEY: Final = "1.2.840.10045.2.1"
_RSA_ENCRYPTION: Final = "1.2.840.113549.1.1.1"
_CURVES: Final = {
    "1.2.840.10045.3.1.7": CURVES["P-256"],
    "1.3.132.0.34": CURVES["P-384"],
    "1.3.132.0.35": CURVES["P-521"],
}


class Scheme(NamedTuple):
    """The kind of key that an algorithm wants (an Edwards curve by its name), and the rest of it."""

    family: str
    hash: str = ""
    is_pss: bool = False


class IssuerKey(NamedTuple):
    """The key of an issuer as SPKI, and the smallest RSA modulus that will do for it."""

    spki: bytes
    min_rsa_bits: int = MIN_RSA_BITS


def scheme_of(algorithm: SignatureAlgorithm, allow_sha1: bool) -> Scheme:
    """What the AlgorithmIdentifier of a certificate asks for.

    Raises:
        UntrustedAttestation: ``trust.weak_hash``, or ``trust.signature`` for an unknown algorithm or
            wrong parameters.
    """
    oid, parameters = algorithm
    if oid in _BROKEN:
        raise untrusted("weak_hash", "a certificate is signed with a broken hash")
    scheme = None
    if oid in _RSA and (parameters is None or is_null(parameters)):
        scheme = Scheme("RSA", _RSA[oid])
    elif oid == _PSS:
        scheme = Scheme("RSA", _pss_hash(parameters), is_pss=True)
    elif oid in _ECDSA and parameters is None:
        scheme = Scheme("EC", _ECDSA[oid])
    elif oid in _EDWARDS and parameters is None:
        scheme = Scheme(_EDWARDS[oid])
    if scheme is None:
        raise untrusted("signature", "a certificate is signed with an unknown algorithm")
    if scheme.hash == "SHA-1" and (scheme.is_pss or not allow_sha1):
        raise untrusted("weak_hash", "a certificate is signed with SHA-1")
    return scheme


def _pss_hash(parameters: der.Element | None) -> str:
    """RFC 4055 3.1: one hash throughout, and a salt as long as it; what is left out means SHA-1."""
    wrong = untrusted("signature", "the parameters of a PSS signature are not supported")
    if parameters is None or parameters.tag != der.SEQUENCE:
        raise wrong
    try:
        inside = parameters.inside
        digest, mask, salt, trailer = _SHA1, _SHA1, 20, 1
        if inside.next_is(der.CONTEXT_0):
            digest = _hash_oid(inside.any().inside)
        if inside.next_is(der.CONTEXT_1):
            mask = _mask_oid(inside.any().inside)
        if inside.next_is(der.CONTEXT_2):
            salt = _explicit_integer(inside.any().inside)
        if inside.next_is(der.CONTEXT_3):
            trailer = _explicit_integer(inside.any().inside)
        inside.finish()
    except MalformedInput:
        raise wrong from None
    if digest == mask == _SHA1:
        return "SHA-1"
    name = _SHA2.get(digest)
    if name is None or mask != digest or salt != signing.digest_size(name) or trailer != 1:
        raise wrong
    return name


def _hash_oid(reader: der.Reader) -> str:
    inside = reader.sequence()
    oid = read_oid(inside)
    if not inside.at_end():
        inside.null()
    inside.finish()
    reader.finish()
    return oid


def _mask_oid(reader: der.Reader) -> str:
    inside = reader.sequence()
    if read_oid(inside) != _MGF1:
        raise der.malformed("value", "the mask is not MGF1")
    oid = _hash_oid(inside)
    reader.finish()
    return oid


def _explicit_integer(reader: der.Reader) -> int:
    value = reader.integer()
    reader.finish()
    return value


def verify_certificate(certificate: Certificate, issuer: IssuerKey, scheme: Scheme) -> None:
    """Verifies the signature of a certificate with the key of its issuer.

    Raises:
        UntrustedAttestation: ``trust.weak_key`` or ``trust.signature``.
    """
    try:
        _verify(certificate, issuer, scheme)
    except (MalformedInput, PrimitiveRefusal):
        raise untrusted("signature", "the signature of a certificate is wrong") from None
    except UntrustedAttestation:
        raise
    except Error:
        raise untrusted("signature", "the key of an issuer cannot be used") from None


def _verify(certificate: Certificate, issuer: IssuerKey, scheme: Scheme) -> None:
    sequence = der.whole(issuer.spki)
    identifier = sequence.sequence()
    oid = read_oid(identifier)
    octets = sequence.bit_string()
    family = {_EC_PUBLIC_KEY: "EC", _RSA_ENCRYPTION: "RSA", **_EDWARDS}.get(oid)
    if family != scheme.family:
        raise untrusted("signature", "the algorithm of a signature is not that of its issuer's key")
    message, signature = certificate.signed_bytes, certificate.signature
    if family == "RSA":
        _verify_rsa(octets, issuer.min_rsa_bits, scheme, message, signature)
    elif family == "EC":
        _verify_ecdsa(read_oid(identifier), octets, scheme, message, signature)
    else:
        PublicKey.from_der(issuer.spki).verify(message, signature)


def _verify_rsa(
    octets: bytes, min_bits: int, scheme: Scheme, message: bytes, signature: bytes
) -> None:
    """RFC 8017 8.1.2 and 8.2.2, with keys smaller than any other part of this package takes."""
    sequence = der.whole(octets)
    n, e = sequence.unsigned(), sequence.unsigned()
    sequence.finish()
    bits = n.bit_length()
    if bits < min_bits:
        raise untrusted("weak_key", f"an issuer has an RSA key of {bits} bits")
    if n % 2 == 0 or bits > _MAX_RSA_BITS:
        raise der.malformed("value", "the RSA modulus is even or too large")
    if e % 2 == 0 or e < 3 or e.bit_length() > _MAX_EXPONENT_BITS:
        raise der.malformed("value", "the RSA exponent is even, below 3 or too large")
    if len(signature) != (bits + 7) // 8 or int.from_bytes(signature, "big") >= n:
        raise der.malformed("value", "the RSA signature is out of range")
    chosen = _HASHES[scheme.hash]
    pad: padding.AsymmetricPadding = padding.PKCS1v15()
    if scheme.is_pss:
        pad = padding.PSS(padding.MGF1(chosen), salt_length=chosen.digest_size)
    rsa.RSAPublicNumbers(e, n).public_key().verify(
        signature, digest(scheme.hash, message), pad, utils.Prehashed(chosen)
    )


def _verify_ecdsa(
    curve_oid: str, octets: bytes, scheme: Scheme, message: bytes, signature: bytes
) -> None:
    curve = _CURVES.get(curve_oid)
    if curve is None:
        raise untrusted("signature", "the key of an issuer is on a curve that is not supported")
    point = sec1.decode_point(curve, octets)
    r, s = decode_signature(signature, curve)
    key = ec.EllipticCurvePublicNumbers(point.x, point.y, _PRIMITIVE_CURVES[curve.name])
    hashed = digest(scheme.hash, message)
    key.public_key().verify(encode(r, s), hashed, ec.ECDSA(utils.Prehashed(_HASHES[scheme.hash])))


_PRIMITIVE_CURVES: Final[dict[str, ec.EllipticCurve]] = {
    "P-256": ec.SECP256R1(),
    "P-384": ec.SECP384R1(),
    "P-521": ec.SECP521R1(),
}


def digest(hash_name: str, data: bytes) -> bytes:
    """Hashes ``data``; SHA-1 is among the hashes here."""
    context = hashes.Hash(_HASHES[hash_name])
    context.update(data)
    return context.finalize()


def untrusted(name: str, message: str) -> UntrustedAttestation:
    """A ``trust.<name>`` error."""
    return UntrustedAttestation(message, code=f"trust.{name}")
