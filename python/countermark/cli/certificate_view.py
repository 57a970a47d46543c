"""A certificate, as a tree."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Final

from countermark.cli.extension_view import extension_item, key_algorithm_of
from countermark.cli.names import KEY_ALGORITHMS, SIGNATURES
from countermark.cli.tree import Lines, Said, Value, failed, named
from countermark.errors import Error
from countermark.webauthn import Certificate, Tolerance, parse_certificate

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def certificate_view(der: bytes) -> dict[str, Value]:
    """What a certificate says, or why it cannot be read."""
    try:
        certificate = parse_certificate(der)
    except Error as error:
        return {"error": failed(error), "der": der}
    oid = certificate.signature_algorithm
    extensions = [extension_item(*one) for one in certificate.extensions]
    return {
        "size": Said(f"{len(der)} bytes", len(der)),
        "version": certificate.version,
        "serial": hex(certificate.serial),
        "subject": certificate.subject or Said("empty", ""),
        "issuer": certificate.issuer or Said("empty", ""),
        "notBefore": iso(certificate.not_before),
        "notAfter": iso(certificate.not_after),
        "publicKey": _public_key(certificate),
        "signatureAlgorithm": named(oid, SIGNATURES.get(oid)),
        "extensions": extensions,
        "tolerated": tolerated_view(certificate.tolerated),
        "pem": Lines(pem(der)),
    }


def tolerated_view(tolerated: tuple[Tolerance, ...]) -> Value:
    """What was let pass."""
    return [
        Said(f"{one.code} in {one.place}", {"code": one.code, "place": one.place})
        for one in tolerated
    ]


def pem(der: bytes) -> str:
    """A certificate in PEM."""
    text = b64encode(der).decode("ascii")
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    return "\n".join(["-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----", ""])


def iso(seconds: int) -> str:
    """A time in UTC."""
    return (_EPOCH + timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")


def _public_key(certificate: Certificate) -> Value:
    key = certificate.public_key
    if key is not None:
        return {"algorithm": str(key.algorithm), "curve": key.curve, "bits": key.bits}
    oid = key_algorithm_of(certificate.public_key_der)
    return {
        "algorithm": None if oid is None else named(oid, KEY_ALGORITHMS.get(oid)),
        "note": "of a kind, or with numbers, that the library does not take",
        "der": certificate.public_key_der,
    }
