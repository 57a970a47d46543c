"""A view of a certificate (RFC 5280 4.1), read from DER and never written again.

What is wrong with the key inside is told when the key is used: a certificate can be an anchor, or be
compared, without it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

from countermark.errors import Error, MalformedInput
from countermark.reference.format import (
    bytes_argument,
    check_size,
    der,
    is_text,
    pem,
    text_or_bytes_argument,
)
from countermark.reference.format.tolerance import INTEROPERABLE, Tolerance, Tolerated
from countermark.reference.key.public_key import PublicKey
from countermark.reference.x509.extensions import (
    Extension,
    Known,
    read_extensions,
)
from countermark.reference.x509.name import Name, read_name, read_oid
from countermark.reference.x509.time import read_time

MAX_CERTIFICATE: Final = 16 * 1024
"""The largest certificate, in bytes."""

MAX_SERIAL: Final = 20
"""Octets of a serial number (RFC 5280 4.1.2.2)."""

_MAX_PEM: Final = 64 * 1024


class SignatureAlgorithm(NamedTuple):
    """An AlgorithmIdentifier (4.1.1.2)."""

    oid: str
    parameters: der.Element | None


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate: what stands in it, and the bytes that its signature covers."""

    version: int
    serial: int
    issuer_name: Name
    subject_name: Name
    not_before: int
    not_after: int
    public_key_der: bytes
    algorithm: SignatureAlgorithm
    signature: bytes
    signed_bytes: bytes
    extensions: tuple[Extension, ...]
    known: Known
    raw: bytes
    tolerated: tuple[Tolerance, ...]

    @property
    def issuer(self) -> str:
        """The issuer as text (RFC 4514)."""
        return str(self.issuer_name)

    @property
    def subject(self) -> str:
        """The subject as text (RFC 4514)."""
        return str(self.subject_name)

    @property
    def issuer_der(self) -> bytes:
        """The issuer as it stands."""
        return self.issuer_name.encoded

    @property
    def subject_der(self) -> bytes:
        """The subject as it stands."""
        return self.subject_name.encoded

    @property
    def signature_algorithm(self) -> str:
        """The dotted identifier of the signature's algorithm."""
        return self.algorithm.oid

    @property
    def is_ca(self) -> bool | None:
        """What basicConstraints says, or None if it is absent."""
        constraints = self.known.basic_constraints
        return None if constraints is None else constraints.is_ca

    @property
    def is_self_issued(self) -> bool:
        """Whether issuer and subject are the same (RFC 5280 3.2)."""
        return self.issuer_der == self.subject_der

    @property
    def public_key(self) -> PublicKey | None:
        """The key, or None if it is of a kind that is not supported or cannot be used."""
        try:
            return self.read_public_key()
        except Error:
            return None

    def read_public_key(self) -> PublicKey:
        """The key, or the error that says why there is none."""
        return PublicKey.from_der(self.public_key_der)

    def extension(self, oid: str) -> Extension | None:
        """The extension of that kind."""
        return next((one for one in self.extensions if one.oid == oid), None)


def parse_certificate(data: object, *, strictness: object = INTEROPERABLE) -> Certificate:
    """Reads one certificate from DER, or from PEM as text or bytes.

    Raises:
        MalformedInput: ``der.*``, ``certificate.*`` or ``pem.*``.
        LimitExceeded: ``limit.size`` or ``limit.count``.
    """
    tolerated = Tolerated(strictness)
    return read_certificate(single_der(data), tolerated, "certificate")


def single_der(data: object) -> bytes:
    """The DER of one certificate that is given as DER or as PEM."""
    octets = text_or_bytes_argument(data, "certificate", _MAX_PEM)
    if is_text(data) or is_pem(octets):
        return pem.decode_certificates(octets, 1)[0]
    return bytes_argument(data, "certificate", MAX_CERTIFICATE)


def is_pem(octets: bytes) -> bool:
    """Whether this is text: DER begins with the tag of a SEQUENCE."""
    return octets[:1] != b"\x30"


def read_certificate(data: bytes, tolerated: Tolerated, place: str) -> Certificate:
    """Reads a certificate from DER; deviations are collected under the name of ``place``."""
    check_size(len(data), "certificate", MAX_CERTIFICATE)
    noted = Tolerated(tolerated.strictness)
    outer = der.whole(data)
    signed = outer.element(der.SEQUENCE)
    algorithm, identifier = _read_algorithm(outer)
    signature, unused = outer.bits()
    outer.finish()
    if unused:
        noted.allow(place, der.malformed("value", "the signature does not hold whole octets"))
    fields = _read_fields(signed.inside, noted, place)
    if fields.identifier != identifier:
        raise MalformedInput(
            "the certificate names two algorithms for its signature",
            code="certificate.algorithm_mismatch",
        )
    tolerated.add(noted.notes)
    return Certificate(
        version=fields.version,
        serial=fields.serial,
        issuer_name=fields.issuer,
        subject_name=fields.subject,
        not_before=fields.not_before,
        not_after=fields.not_after,
        public_key_der=fields.public_key,
        algorithm=algorithm,
        signature=signature,
        signed_bytes=signed.encoded,
        extensions=fields.extensions,
        known=fields.known,
        raw=data,
        tolerated=noted.notes,
    )


class _Fields(NamedTuple):
    version: int
    serial: int
    identifier: bytes
    issuer: Name
    not_before: int
    not_after: int
    subject: Name
    public_key: bytes
    extensions: tuple[Extension, ...]
    known: Known


def read_subject_and_key(data: bytes) -> tuple[Name, bytes]:
    """The subject and the SubjectPublicKeyInfo; of the rest only how it is put together.

    Raises:
        MalformedInput: ``der.*``.
        LimitExceeded: ``limit.size`` or ``limit.count``.
    """
    check_size(len(data), "certificate", MAX_CERTIFICATE)
    outer = der.whole(data)
    signed = outer.element(der.SEQUENCE).inside
    outer.element(der.SEQUENCE)
    outer.element(der.BIT_STRING)
    outer.finish()
    if signed.next_is(der.CONTEXT_0):
        signed.any()
    for tag in (der.INTEGER, der.SEQUENCE, der.SEQUENCE, der.SEQUENCE):
        # serialNumber, signature, issuer, validity
        signed.element(tag)
    subject = read_name(signed)
    return subject, signed.element(der.SEQUENCE).encoded


def _read_fields(reader: der.Reader, tolerated: Tolerated, place: str) -> _Fields:
    """TBSCertificate (4.1.2)."""
    version = _read_version(reader)
    serial = _read_serial(reader, tolerated, place)
    _, identifier = _read_algorithm(reader)
    issuer = read_name(reader)
    validity = reader.sequence()
    not_before, not_after = (read_time(validity, tolerated, place) for _ in range(2))
    validity.finish()
    subject = read_name(reader)
    public_key = _read_public_key(reader)
    for tag in (der.CONTEXT_1_PRIMITIVE, der.CONTEXT_2_PRIMITIVE):
        if reader.next_is(tag):
            if version == 1:
                raise _bad_version("unique identifiers")
            reader.bits(tag)
    extensions: tuple[Extension, ...] = ()
    known = Known()
    if reader.next_is(der.CONTEXT_3):
        if version < 3:
            raise _bad_version("extensions")
        extensions, known = read_extensions(reader.any().inside, tolerated, place)
    reader.finish()
    return _Fields(
        version,
        serial,
        identifier,
        issuer,
        not_before,
        not_after,
        subject,
        public_key,
        extensions,
        known,
    )


def _read_version(reader: der.Reader) -> int:
    """4.1.2.1: version 1 is the default and must not be spelled out."""
    if not reader.next_is(der.CONTEXT_0):
        return 1
    inside = reader.any().inside
    number = inside.integer()
    inside.finish()
    if not 0 <= number <= 2:
        raise MalformedInput("the certificate is of no known version", code="certificate.version")
    if number == 0:
        raise der.malformed("value", "the certificate spells out that it is of version 1")
    return number + 1


def _read_serial(reader: der.Reader, tolerated: Tolerated, place: str) -> int:
    """4.1.2.2: positive, of at most 20 octets."""
    serial = reader.integer()
    octets = serial.bit_length() // 8 + 1
    if serial <= 0 or octets > MAX_SERIAL:
        tolerated.allow(
            place,
            MalformedInput(
                "the serial number is zero, negative or too long", code="certificate.serial"
            ),
        )
    return serial


def _read_algorithm(reader: der.Reader) -> tuple[SignatureAlgorithm, bytes]:
    element = reader.element(der.SEQUENCE)
    inside = element.inside
    oid = read_oid(inside)
    parameters = None if inside.at_end() else inside.any()
    inside.finish()
    return SignatureAlgorithm(oid, parameters), element.encoded


def _read_public_key(reader: der.Reader) -> bytes:
    """4.1.2.7, the form alone."""
    element = reader.element(der.SEQUENCE)
    inside = element.inside
    _read_algorithm(inside)
    inside.bit_string()
    inside.finish()
    return element.encoded


def _bad_version(what: str) -> MalformedInput:
    return MalformedInput(
        f"the certificate has {what}, which its version does not know", code="certificate.version"
    )


__all__ = [
    "MAX_CERTIFICATE",
    "Certificate",
    "SignatureAlgorithm",
    "parse_certificate",
    "read_certificate",
    "read_subject_and_key",
    "single_der",
]
