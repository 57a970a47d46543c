"""What can be wrong with packed statements and with the certificate they bring."""

from __future__ import annotations

from countermark.webauthn.testing import certificates as x509
from countermark.webauthn.testing import der_writer as der
from countermark.webauthn.testing.certificates import CertificateDraft, NameAttribute
from countermark.webauthn.testing.drafts import Alteration
from countermark.webauthn.testing.faults.registry import (
    Table,
    instead,
    members,
    put,
    unchanged,
    without,
)
from countermark.webauthn.testing.faults.signatures import signature_faults, signing_faults

SELF = Table("packed_self", "packed-self", "8.2")
PACKED = Table("packed", "packed", "8.2")

for _table in (SELF, PACKED):
    signature_faults(_table, brief=_table is PACKED)
    signing_faults(_table)
    for _name, _code, _description, _change in (
        ("sig_missing", "statement.missing", "sig is missing", without("sig")),
        ("sig_text", "statement.type", "sig is a text", members(sig="text")),
        ("alg_missing", "statement.missing", "alg is missing", without("alg")),
        ("alg_text", "statement.type", "alg is a text", members(alg="ES256")),
        ("alg_unknown", "algorithm.unknown", "alg is −999", members(alg=-999)),
        ("alg_rs1", "algorithm.legacy_hash", "alg is RS1", members(alg=-65535)),
        ("alg_rs256", "statement.algorithm_mismatch", "alg is RS256", members(alg=-257)),
        ("alg_es384", "statement.algorithm_mismatch", "alg is ES384", members(alg=-35)),
        ("ecdaa", "algorithm.ecdaa", "an ecdaaKeyId", members(ecdaaKeyId=b"\x01")),
        ("x5c_empty", "statement.value", "x5c is empty", members(x5c=[])),
        ("x5c_null", "statement.type", "x5c is null", members(x5c=None)),
        ("x5c_bytes", "statement.type", "x5c is a byte string", members(x5c=b"0")),
    ):
        _table.add(_name, _code, _description, statement=_change)
    _table.tolerated(
        "unknown_member",
        "statement.unknown",
        "a member the syntax does not have",
        statement=members(extra=1),
    )
SELF.add(
    "untrusted",
    "trust.no_attestation",
    "self attestation where trust is asked for",
    section="7.1",
    options={"trust": ("root",)},
    statement=unchanged,
)
PACKED.add(
    "self_signed",
    "signature.invalid",
    "the credential's key signed in place of the certificate's",
    signing=lambda draft: put(key=draft.credential_key)(draft),
)
PACKED.add(
    "not_self",
    "signature.invalid",
    "x5c taken out, as if the credential had signed for itself",
    statement=without("x5c"),
)
for _name, _code, _description, _entry in (
    ("x5c_text", "statement.type", "a certificate is a text", "MII"),
    ("x5c_number", "statement.type", "a certificate is a number", 1),
    ("x5c_array", "statement.type", "a certificate is an array", [b"0"]),
    ("x5c_blank", "der.truncated", "a certificate of no byte", b""),
):
    PACKED.add(_name, _code, _description, chain=instead([_entry]))
PACKED.add(
    "x5c_nine",
    "limit.count",
    "nine certificates",
    chain=lambda chain: chain[:1] * 9,
)
PACKED.add(
    "x5c_joined",
    "der.trailing",
    "two certificates in one byte string",
    authenticator={"intermediates": 1},
    chain=lambda chain: [b"".join(chain)],
)


def subject(**changes: str | bytes | None) -> Alteration:
    """Changes the text of attributes of the subject, or takes them out."""

    def change(leaf: CertificateDraft) -> None:
        for kind, text in changes.items():
            if text is None:
                leaf.subject.drop(kind)
            else:
                leaf.subject.get(kind).value = text

    return change


def string_type(kind: str, tag: int) -> Alteration:
    """Writes an attribute of the subject as another string type."""

    def change(leaf: CertificateDraft) -> None:
        leaf.subject.get(kind).tag = tag

    return change


def extension(oid: str, value: bytes) -> Alteration:
    """Another value of an extension."""

    def change(leaf: CertificateDraft) -> None:
        leaf.extension(oid).value = value

    return change


def dropped(oid: str) -> Alteration:
    """Takes an extension out."""
    return lambda leaf: leaf.drop(oid)


def _version_1(leaf: CertificateDraft) -> None:
    leaf.version = 1
    leaf.extensions = []


def _second_unit(leaf: CertificateDraft) -> None:
    leaf.subject.attributes.append(NameAttribute("OU", "Authenticator Attestation"))


def _aaguid_critical(leaf: CertificateDraft) -> None:
    leaf.extension(x509.AAGUID).critical = True


def _longer_aaguid(change: Alteration) -> Alteration:
    def altered(leaf: CertificateDraft) -> None:
        # The right AAGUID, in another wrapping: it is the last 16 bytes of the value.
        held = leaf.extension(x509.AAGUID)
        held.value = change(held.value[-16:])

    return altered


for _name, _code, _description, _change in (
    ("version_1", "leaf.version", "the certificate is of version 1", _version_1),
    ("country_missing", "leaf.subject", "the subject has no C", subject(C=None)),
    ("organization_missing", "leaf.subject", "the subject has no O", subject(O=None)),
    ("common_name_missing", "leaf.subject", "the subject has no CN", subject(CN=None)),
    ("unit_missing", "leaf.subject", "the subject has no OU", subject(OU=None)),
    (
        "unit_case",
        "leaf.subject",
        "the OU is in small letters",
        subject(OU="authenticator attestation"),
    ),
    (
        "unit_space",
        "leaf.subject",
        "a space follows the OU",
        subject(OU="Authenticator Attestation "),
    ),
    (
        "unit_nul",
        "leaf.subject",
        "a NUL follows the OU",
        subject(OU="Authenticator Attestation\x00"),
    ),
    ("unit_other", "leaf.subject", "the OU is another", subject(OU="Attestation")),
    ("unit_twice", "leaf.subject", "the subject has two OUs", _second_unit),
    ("unit_bmp", "leaf.subject", "the OU is a BMPString", string_type("OU", x509.BMP)),
    ("unit_t61", "leaf.subject", "the OU is a T61String", string_type("OU", x509.T61)),
    ("unit_printable", "valid", "the OU is a PrintableString", string_type("OU", x509.PRINTABLE)),
    ("country_long", "leaf.subject", "the C has three letters", subject(C="CHE")),
    ("country_utf8", "leaf.subject", "the C is a UTF8String", string_type("C", x509.UTF8)),
    (
        "leaf_is_ca",
        "leaf.is_ca",
        "the certificate is a CA's",
        extension(x509.BASIC_CONSTRAINTS, x509.basic_constraints(ca=True)),
    ),
    (
        "basic_constraints_missing",
        "leaf.basic_constraints",
        "the certificate has no basicConstraints",
        dropped(x509.BASIC_CONSTRAINTS),
    ),
    (
        "aaguid_other",
        "statement.aaguid_mismatch",
        "the certificate is for another AAGUID",
        extension(x509.AAGUID, der.octet_string(bytes(range(16)))),
    ),
    (
        "aaguid_critical",
        "statement.aaguid_critical",
        "the AAGUID extension is critical",
        _aaguid_critical,
    ),
    (
        "aaguid_wrapped_twice",
        "statement.aaguid_mismatch",
        "the AAGUID is wrapped twice",
        _longer_aaguid(lambda aaguid: der.octet_string(der.octet_string(aaguid))),
    ),
    (
        "aaguid_short",
        "statement.aaguid_mismatch",
        "the AAGUID lacks a byte",
        _longer_aaguid(lambda aaguid: der.octet_string(aaguid[:-1])),
    ),
    (
        "aaguid_long",
        "statement.aaguid_mismatch",
        "the AAGUID has a byte more",
        _longer_aaguid(lambda aaguid: der.octet_string(aaguid + b"\0")),
    ),
    (
        "aaguid_trailing",
        "der.trailing",
        "a byte after the AAGUID's OCTET STRING",
        _longer_aaguid(lambda aaguid: der.octet_string(aaguid) + b"\0"),
    ),
    (
        "aaguid_tag",
        "der.tag",
        "the AAGUID is a BIT STRING",
        _longer_aaguid(lambda aaguid: b"\x03\x10" + aaguid),
    ),
    ("aaguid_absent", "valid", "the certificate names no AAGUID", dropped(x509.AAGUID)),
):
    PACKED.add(_name, _code, _description, section="8.2.1", leaf=_change)


def _another_aaguid(draft: object) -> None:
    put(aaguid=bytes(range(16)))(draft)


PACKED.add(
    "aaguid_in_data",
    "statement.aaguid_mismatch",
    "the authenticator data name another AAGUID than the certificate",
    section="8.2.1",
    authenticator_data=_another_aaguid,
    leaf=extension(x509.AAGUID, der.octet_string(bytes(16))),
)
