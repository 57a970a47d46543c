"""PrivateKeyInfo and OneAsymmetricKey (RFC 5958), with what RFC 5915, 8410 and 8017 put inside."""

from __future__ import annotations

from typing import NamedTuple

from countermark.errors import InvalidKey
from countermark.reference.crypto import signing
from countermark.reference.crypto.ecdsa_signature import Curve
from countermark.reference.crypto.signing import EdwardsCurve
from countermark.reference.format import der
from countermark.reference.key import pkcs1, sec1, spki
from countermark.reference.key.algorithm import (
    EcPrivate,
    Identifier,
    OkpPrivate,
    OkpPublic,
    PrivateNumbers,
    RsaPublic,
    read_identifier,
    resolve,
    write_domain,
)


class PrivateKeyInfo(NamedTuple):
    """The outer structure, read but not judged."""

    identifier: Identifier
    private_key: bytes
    public_key: bytes | None


def read(data: bytes) -> PrivateKeyInfo:
    """Reads the outer structure (RFC 5958 section 2); every fault of it is a ``der.*`` error."""
    sequence = der.whole(data)
    version = sequence.unsigned()
    if version > 1:
        raise der.malformed("value", "the version of the private key container is not 0 or 1")
    identifier = read_identifier(sequence)
    private_key = sequence.octet_string()
    if sequence.next_is(der.CONTEXT_0):
        sequence.any()  # attributes say nothing about the key
    public_key = None
    if sequence.next_is(der.CONTEXT_1_PRIMITIVE):
        public_key = sequence.bit_string(der.CONTEXT_1_PRIMITIVE)
        if version == 0:
            raise der.malformed("value", "a private key container of version 0 has a public key")
    sequence.finish()
    return PrivateKeyInfo(identifier, private_key, public_key)


def decode(info: PrivateKeyInfo) -> PrivateNumbers:
    """Reads the key inside, and holds the public key beside it to it (``key.mismatch``)."""
    domain = resolve(info.identifier)
    if isinstance(domain, Curve):
        ec = sec1.decode(info.private_key, domain)
        if info.public_key is not None:
            sec1.matched(ec, sec1.decode_point(domain, info.public_key))
        return ec
    if isinstance(domain, EdwardsCurve):
        return _matched(_decode_okp(domain, info.private_key), info.public_key)
    return _matched(pkcs1.decode(info.private_key), info.public_key)


def encode(private: PrivateNumbers) -> bytes:
    """Writes PrivateKeyInfo of version 0, the form without a public key beside the private key."""
    public = private.public
    return der.encode_sequence(
        der.encode_unsigned(0),
        write_domain("RSA" if isinstance(public, RsaPublic) else public.curve),
        der.encode_octet_string(_encode_inner(private)),
    )


def checked_seed(curve: EdwardsCurve, seed: bytes) -> OkpPrivate:
    """RFC 8032 5.1.5, 5.2.5: a seed of the right length, or ``key.length``, with its public key."""
    if len(seed) != curve.size:
        raise InvalidKey(f"a {curve.name} seed is {curve.size} octets", code="key.length")
    return OkpPrivate(OkpPublic(curve, signing.eddsa_public(curve, seed)), seed)


def _decode_okp(curve: EdwardsCurve, data: bytes) -> OkpPrivate:
    """CurvePrivateKey (RFC 8410 section 7): an OCTET STRING inside the OCTET STRING."""
    outer = der.Reader(data)
    seed = outer.octet_string()
    outer.finish()
    return checked_seed(curve, seed)


def _encode_inner(private: PrivateNumbers) -> bytes:
    if isinstance(private, EcPrivate):
        return sec1.encode(private, parameters=False)
    if isinstance(private, OkpPrivate):
        return der.encode_octet_string(private.seed)
    return pkcs1.encode(private)


def _matched(private: PrivateNumbers, public_key: bytes | None) -> PrivateNumbers:
    if public_key is not None and public_key != spki.key_octets(private.public):
        raise InvalidKey("the public key is not that of the private key", code="key.mismatch")
    return private
