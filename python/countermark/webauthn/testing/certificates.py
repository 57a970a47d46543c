"""Certificates written field by field, and a small authority to issue them.

A certificate is a `CertificateDraft` until it is signed; every field of it may be anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from countermark.webauthn.testing import der_writer as der
from countermark.webauthn.testing.keys import SigningKey, make_key
from countermark.webauthn.testing.seeding import Seed

UTF8, PRINTABLE, T61, BMP, IA5 = 0x0C, 0x13, 0x14, 0x1E, 0x16
"""Tags of the string types in names."""

ATTRIBUTES = {
    "CN": "2.5.4.3",
    "C": "2.5.4.6",
    "O": "2.5.4.10",
    "OU": "2.5.4.11",
    "TPM manufacturer": "2.23.133.2.1",
    "TPM model": "2.23.133.2.2",
    "TPM version": "2.23.133.2.3",
}
BASIC_CONSTRAINTS = "2.5.29.19"
KEY_USAGE = "2.5.29.15"
EXTENDED_KEY_USAGE = "2.5.29.37"
ALTERNATIVE_NAME = "2.5.29.17"
CERTIFICATE_POLICIES = "2.5.29.32"
NAME_CONSTRAINTS = "2.5.29.30"
POLICY_CONSTRAINTS = "2.5.29.36"
SUBJECT_KEY_IDENTIFIER = "2.5.29.14"
AUTHORITY_KEY_IDENTIFIER = "2.5.29.35"
AAGUID = "1.3.6.1.4.1.45724.1.1.4"
KEY_DESCRIPTION = "1.3.6.1.4.1.11129.2.1.17"
APPLE_NONCE = "1.2.840.113635.100.8.2"
AIK_PURPOSE = "2.23.133.8.3"
NOT_BEFORE = 1577836800
NOT_AFTER = 2524607999
"""2020-01-01T00:00:00Z and 2049-12-31T23:59:59Z: the validity of every certificate, unless told otherwise."""


@dataclass(slots=True)
class NameAttribute:
    """One attribute of a name.

    Attributes:
        type: a key of `ATTRIBUTES`, or a dotted object identifier.
        value: its text, or the content octets.
        tag: the string type.
    """

    type: str
    value: str | bytes
    tag: int = UTF8

    def encode(self) -> bytes:
        """AttributeTypeAndValue, DER."""
        codec = {BMP: "utf-16-be", T61: "latin-1"}.get(self.tag, "utf-8")
        content = self.value.encode(codec) if isinstance(self.value, str) else self.value
        identifier = ATTRIBUTES.get(self.type, self.type)
        return der.sequence(der.oid(identifier), der.tlv(self.tag, content))


@dataclass(slots=True)
class Name:
    """A distinguished name: a list of attributes, each in a set of its own unless they share one.

    Attributes:
        attributes: in order.
        one_set: put them all in one relative name.
    """

    attributes: list[NameAttribute] = field(default_factory=list)
    one_set: bool = False

    @classmethod
    def of(cls, *pairs: tuple[str, str]) -> Name:
        """From pairs of type and text; C is a PrintableString, all others are UTF8Strings."""
        made = [
            NameAttribute(kind, text, PRINTABLE if kind == "C" else UTF8) for kind, text in pairs
        ]
        return cls(made)

    def encode(self) -> bytes:
        """Name, DER."""
        encoded = [attribute.encode() for attribute in self.attributes]
        if self.one_set:
            return der.sequence(der.set_of(*encoded))
        return der.sequence(*(der.set_of(one) for one in encoded))

    def get(self, kind: str) -> NameAttribute:
        """The first attribute of a type."""
        return next(one for one in self.attributes if one.type == kind)

    def drop(self, kind: str) -> None:
        """Takes every attribute of a type out."""
        self.attributes = [one for one in self.attributes if one.type != kind]


@dataclass(slots=True)
class Extension:
    """One extension.

    Attributes:
        oid: dotted object identifier.
        value: the DER inside its OCTET STRING.
        critical: whether it is critical.
        critical_bytes: the BOOLEAN itself, where another than DER's is wanted.
    """

    oid: str
    value: bytes
    critical: bool = False
    critical_bytes: bytes | None = None

    def encode(self) -> bytes:
        """Extension, DER (RFC 5280, 4.1)."""
        flag = der.boolean(True) if self.critical else b""
        if self.critical_bytes is not None:
            flag = self.critical_bytes
        return der.sequence(der.oid(self.oid), flag, der.octet_string(self.value))


@dataclass(slots=True)
class CertificateDraft:
    """A certificate before it is signed.

    Attributes:
        subject, issuer: the names.
        key: the key it is about.
        issuer_key: the key that signs it.
        serial: its number; any int.
        version: 1 leaves the field out, others are written as they are.
        not_before, not_after: seconds since 1970, or the DER of a time.
        extensions: in order.
        hash: of the signature: sha1 (md5 too for RSA), sha256, sha384, sha512.
        spki: the SubjectPublicKeyInfo in place of that of the key.
        serial_bytes: the DER of the serial in place of that of the number.
        inner_algorithm, outer_algorithm: AlgorithmIdentifiers in place of the issuer key's.
        signature: the signature in place of the right one.
        unused_bits: what the signature's BIT STRING announces.
        trailing: bytes after the certificate.
        indefinite: write the outermost length in the indefinite form.
    """

    subject: Name
    issuer: Name
    key: SigningKey
    issuer_key: SigningKey
    serial: int
    version: int = 3
    not_before: int | bytes = NOT_BEFORE
    not_after: int | bytes = NOT_AFTER
    extensions: list[Extension] = field(default_factory=list)
    hash: str = "sha256"
    spki: bytes | None = None
    serial_bytes: bytes | None = None
    inner_algorithm: bytes | None = None
    outer_algorithm: bytes | None = None
    signature: bytes | None = None
    unused_bits: int = 0
    trailing: bytes = b""
    indefinite: bool = False

    def extension(self, oid: str) -> Extension:
        """The first extension of an identifier."""
        return next(one for one in self.extensions if one.oid == oid)

    def drop(self, oid: str) -> None:
        """Takes an extension out."""
        self.extensions = [one for one in self.extensions if one.oid != oid]

    def add(self, oid: str, value: bytes, *, critical: bool = False) -> None:
        """Puts an extension at the end."""
        self.extensions.append(Extension(oid, value, critical))

    def encode(self) -> bytes:
        """The signed certificate, DER (RFC 5280, 4.1)."""
        identifier, _ = self.issuer_key.sign_certificate(b"", self.hash)
        times = (self._time(self.not_before), self._time(self.not_after))
        body = der.sequence(
            b"" if self.version == 1 else der.explicit(0, der.integer(self.version - 1)),
            der.integer(self.serial) if self.serial_bytes is None else self.serial_bytes,
            self.inner_algorithm or identifier,
            self.issuer.encode(),
            der.sequence(*times),
            self.subject.encode(),
            self.key.spki() if self.spki is None else self.spki,
            self._extensions(),
        )
        _, signature = self.issuer_key.sign_certificate(body, self.hash)
        if self.signature is not None:
            signature = self.signature
        parts = (
            body,
            self.outer_algorithm or identifier,
            der.bit_string(signature, self.unused_bits),
        )
        if self.indefinite:
            return b"\x30\x80" + b"".join(parts) + b"\x00\x00"
        return der.sequence(*parts) + self.trailing

    def _extensions(self) -> bytes:
        if not self.extensions:
            return b""
        return der.explicit(3, der.sequence(*(one.encode() for one in self.extensions)))

    @staticmethod
    def _time(value: int | bytes) -> bytes:
        return value if isinstance(value, bytes) else der.time(value)


def basic_constraints(*, ca: bool, path_length: int | None = None) -> bytes:
    """BasicConstraints, DER (RFC 5280, 4.2.1.9)."""
    length = b"" if path_length is None else der.integer(path_length)
    return der.sequence(der.boolean(True) if ca else b"", length)


CERTIFICATE_SIGN = der.bit_string(b"\x06", 1)
"""keyUsage: keyCertSign and cRLSign."""
DIGITAL_SIGNATURE = der.bit_string(b"\x80", 7)
"""keyUsage: digitalSignature."""


class Authority:
    """The test CA of an authenticator: a root and any number of intermediates under it.

    Args:
        seed: where its keys and serials come from.
        algorithm: COSE number of the algorithm of its keys.
        not_before, not_after: the validity of all its certificates.
        organization: the O of its names.
    """

    def __init__(
        self,
        seed: Seed,
        algorithm: int = -7,
        not_before: int = NOT_BEFORE,
        not_after: int = NOT_AFTER,
        *,
        organization: str = "countermark",
    ) -> None:
        self._organization = organization
        self._seed = seed
        self._algorithm = algorithm
        self._validity = (not_before, not_after)
        self.root_key = make_key(seed, "root", algorithm)
        self.root_name = self._name("test root")
        root = self._draft(self.root_name, self.root_name, self.root_key, self.root_key, "root")
        self._make_ca(root)
        self.root = root.encode()

    def _name(self, text: str) -> Name:
        organization = self._organization
        return Name.of(("C", "CH"), ("O", organization), ("CN", f"{organization} {text}"))

    def serial(self, label: str) -> int:
        """A positive number of 8 bytes at most."""
        return self._seed.number(f"serial {label}", 1 << 63)

    def _draft(
        self, subject: Name, issuer: Name, key: SigningKey, issuer_key: SigningKey, label: str
    ) -> CertificateDraft:
        before, after = self._validity
        return CertificateDraft(
            subject, issuer, key, issuer_key, self.serial(label), not_before=before, not_after=after
        )

    @staticmethod
    def _make_ca(draft: CertificateDraft) -> None:
        draft.add(BASIC_CONSTRAINTS, basic_constraints(ca=True), critical=True)
        draft.add(KEY_USAGE, CERTIFICATE_SIGN, critical=True)

    def intermediate(self, index: int) -> CertificateDraft:
        """The intermediate number ``index``, 0 standing right under the root."""
        above = index - 1
        label = f"intermediate {index}"
        draft = self._draft(
            self._name(f"test {label}"),
            self.root_name if index == 0 else self._name(f"test intermediate {above}"),
            make_key(self._seed, label, self._algorithm),
            self.root_key
            if index == 0
            else make_key(self._seed, f"intermediate {above}", self._algorithm),
            label,
        )
        self._make_ca(draft)
        return draft

    def leaf(
        self, subject: Name, key: SigningKey, issuer: CertificateDraft | None, label: str
    ) -> CertificateDraft:
        """A certificate under an intermediate, or under the root where there is none; not a CA."""
        draft = self._draft(
            subject,
            self.root_name if issuer is None else issuer.subject,
            key,
            self.root_key if issuer is None else issuer.key,
            label,
        )
        draft.add(BASIC_CONSTRAINTS, basic_constraints(ca=False), critical=True)
        return draft
