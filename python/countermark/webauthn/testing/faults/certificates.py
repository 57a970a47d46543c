"""What can be wrong with the certificates of a statement, and with the path they make."""

from __future__ import annotations

from collections.abc import Callable

from countermark.webauthn.testing import certificates as x509
from countermark.webauthn.testing import der_writer as der
from countermark.webauthn.testing.certificates import CertificateDraft
from countermark.webauthn.testing.faults.registry import Table, put, unchanged
from countermark.webauthn.testing.keys import RsaKey, make_key
from countermark.webauthn.testing.rsa_keys import rsa_numbers
from countermark.webauthn.testing.seeding import Seed

CERTIFICATE = Table("certificate", "packed", "RFC 5280, 4.1")
TRUST = Table("trust", "packed", "RFC 5280, 6.1")

Change = Callable[[CertificateDraft], None]
_UNKNOWN = "1.3.6.1.4.1.99999.1"
_STRANGER = Seed(b"a CA that nobody trusts")
_EARLY, _LATE = 1577836800, 1609459200  # 2020 and 2021


def _add(oid: str, value: bytes, *, critical: bool = False) -> Change:
    return lambda draft: draft.add(oid, value, critical=critical)


def _value(oid: str, value: bytes) -> Change:
    def change(draft: CertificateDraft) -> None:
        draft.extension(oid).value = value

    return change


def _explicit_critical(draft: CertificateDraft) -> None:
    draft.extension(x509.AAGUID).critical_bytes = der.boolean(False)


def _loose_critical(draft: CertificateDraft) -> None:
    draft.extension(x509.BASIC_CONSTRAINTS).critical_bytes = b"\x01\x01\x01"


def _twice(draft: CertificateDraft) -> None:
    draft.extensions.append(draft.extension(x509.BASIC_CONSTRAINTS))


def _utc(text: str) -> bytes:
    return der.tlv(0x17, text.encode())


def _generalized(text: str) -> bytes:
    return der.tlv(0x18, text.encode())


_SHA384_IDENTIFIER = der.sequence(der.oid("1.2.840.10045.4.3.3"))
_NULL_IDENTIFIER = der.sequence(der.oid("1.2.840.10045.4.3.2"), der.null())
for _name, _code, _description, _change in (
    ("version_2", "certificate.version", "version 2 with extensions", put(version=2)),
    ("version_1_extensions", "certificate.version", "version 1 with extensions", put(version=1)),
    ("version_4", "certificate.version", "version 4", put(version=4)),
    ("trailing", "der.trailing", "a byte after the certificate", put(trailing=b"\x00")),
    ("indefinite", "der.length", "an indefinite length", put(indefinite=True)),
    (
        "algorithms_differ",
        "certificate.algorithm_mismatch",
        "the two signature algorithms differ",
        put(inner_algorithm=_SHA384_IDENTIFIER),
    ),
    (
        "parameters_differ",
        "certificate.algorithm_mismatch",
        "the two signature algorithms differ in their parameters",
        put(outer_algorithm=_NULL_IDENTIFIER),
    ),
    (
        "extension_twice",
        "certificate.duplicate_extension",
        "basicConstraints stands there twice",
        _twice,
    ),
    (
        "serial_padded",
        "der.value",
        "the serial has a zero byte too many",
        put(serial_bytes=b"\x02\x02\x00\x01"),
    ),
    ("boolean_1", "der.value", "TRUE is written as 1", _loose_critical),
    (
        "time_no_seconds",
        "certificate.time",
        "a UTCTime without seconds",
        put(not_before=_utc("2001010000Z")),
    ),
    (
        "time_offset",
        "certificate.time",
        "a UTCTime with an offset",
        put(not_before=_utc("200101000000+0100")),
    ),
    ("time_february_30", "certificate.time", "30 February", put(not_before=_utc("200230000000Z"))),
    ("time_leap_second", "certificate.time", "second 60", put(not_before=_utc("200101000060Z"))),
    (
        "time_fraction",
        "certificate.time",
        "a GeneralizedTime with a fraction",
        put(not_after=_generalized("20500101000000.5Z")),
    ),
    (
        "year_9999",
        "valid",
        "a certificate that does not expire",
        put(not_after=_generalized("99991231235959Z")),
    ),
    (
        "basic_constraints_shape",
        "certificate.extension",
        "basicConstraints is an INTEGER",
        _value(x509.BASIC_CONSTRAINTS, der.integer(1)),
    ),
    (
        "key_usage_shape",
        "certificate.extension",
        "keyUsage is an OCTET STRING",
        _add(x509.KEY_USAGE, der.octet_string(b"\x80")),
    ),
    (
        "purpose_shape",
        "certificate.extension",
        "extKeyUsage is no SEQUENCE",
        _add(x509.EXTENDED_KEY_USAGE, der.oid(x509.AIK_PURPOSE)),
    ),
    (
        "path_length_negative",
        "certificate.extension",
        "a negative path length",
        _value(x509.BASIC_CONSTRAINTS, der.sequence(der.boolean(True), der.integer(-1))),
    ),
):
    CERTIFICATE.add(_name, _code, f"the certificate: {_description}", leaf=_change)
for _name, _code, _description, _change in (
    ("serial_zero", "certificate.serial", "the serial is 0", put(serial=0)),
    ("serial_negative", "certificate.serial", "the serial is negative", put(serial=-5)),
    ("serial_21_bytes", "certificate.serial", "the serial has 21 bytes", put(serial=1 << 160)),
    (
        "explicit_default",
        "certificate.extension",
        "critical FALSE is written out",
        _explicit_critical,
    ),
    (
        "explicit_ca_false",
        "certificate.extension",
        "cA FALSE is written out",
        _value(x509.BASIC_CONSTRAINTS, der.sequence(der.boolean(False))),
    ),
):
    CERTIFICATE.tolerated(_name, _code, f"the certificate: {_description}", leaf=_change)


# --- The path. ---


def _foreign_key(draft: CertificateDraft) -> None:
    draft.issuer_key = make_key(_STRANGER, "key", -7)


def _other_issuer_name(draft: CertificateDraft) -> None:
    draft.issuer = x509.Name.of(("C", "CH"), ("O", "countermark"), ("CN", "another CA"))


def _not_signing(draft: CertificateDraft) -> None:
    draft.extension(x509.KEY_USAGE).value = x509.DIGITAL_SIGNATURE


_CONSTRAINTS = der.sequence(der.explicit(0, der.sequence(der.implicit(2, b"example.org"))))
_POLICIES = der.sequence(der.sequence(der.oid("1.3.6.1.4.1.311.21.31")))
for _name, _code, _description, _change in (
    ("leaf_expired", "trust.validity", "the leaf has expired", put(not_after=_LATE)),
    ("leaf_early", "trust.validity", "the leaf is not yet valid", put(not_before=1893456000)),
    (
        "leaf_reversed",
        "trust.validity",
        "the leaf ends before it begins",
        put(not_before=1893456000, not_after=_EARLY),
    ),
    ("leaf_foreign", "trust.signature", "another key signed the leaf", _foreign_key),
    ("leaf_issuer_name", "trust.name", "the leaf names another issuer", _other_issuer_name),
    (
        "leaf_critical",
        "trust.critical_extension",
        "the leaf has an unknown critical extension",
        _add(_UNKNOWN, der.null(), critical=True),
    ),
    ("leaf_sha1", "trust.weak_hash", "the leaf is signed over SHA-1", put(hash="sha1")),
    ("leaf_sha384", "valid", "the leaf is signed over SHA-384", put(hash="sha384")),
    (
        "leaf_policies",
        "valid",
        "the leaf has critical certificatePolicies",
        _add(x509.CERTIFICATE_POLICIES, _POLICIES, critical=True),
    ),
    (
        "leaf_policy_constraints",
        "trust.critical_extension",
        "the leaf has critical policyConstraints",
        _add(x509.POLICY_CONSTRAINTS, der.sequence(der.implicit(0, b"\x00")), critical=True),
    ),
    (
        "leaf_unknown",
        "valid",
        "the leaf has an unknown extension that is not critical",
        _add(_UNKNOWN, der.null()),
    ),
    (
        "leaf_key_identifier",
        "valid",
        "the leaf names another key identifier of its issuer",
        _add(x509.AUTHORITY_KEY_IDENTIFIER, der.sequence(der.implicit(0, bytes(20)))),
    ),
):
    TRUST.add(_name, _code, _description, leaf=_change)
for _name, _code, _description, _change in (
    ("ca_expired", "trust.validity", "the intermediate has expired", put(not_after=_LATE)),
    ("ca_early", "trust.validity", "the intermediate is not yet valid", put(not_before=1893456000)),
    (
        "ca_no_constraints",
        "trust.not_ca",
        "the intermediate has no basicConstraints",
        lambda draft: draft.drop(x509.BASIC_CONSTRAINTS),
    ),
    (
        "ca_false",
        "trust.not_ca",
        "the intermediate is no CA",
        _value(x509.BASIC_CONSTRAINTS, x509.basic_constraints(ca=False)),
    ),
    ("ca_key_usage", "trust.key_usage", "the intermediate may not sign certificates", _not_signing),
    (
        "ca_no_key_usage",
        "valid",
        "the intermediate has no keyUsage",
        lambda draft: draft.drop(x509.KEY_USAGE),
    ),
    (
        "ca_name_constraints",
        "trust.name_constraints",
        "the intermediate has nameConstraints",
        _add(x509.NAME_CONSTRAINTS, _CONSTRAINTS, critical=True),
    ),
    (
        "ca_critical",
        "trust.critical_extension",
        "the intermediate has an unknown critical extension",
        _add(_UNKNOWN, der.null(), critical=True),
    ),
    ("ca_foreign", "trust.signature", "another key signed the intermediate", _foreign_key),
    ("ca_issuer_name", "trust.name", "the intermediate names another issuer", _other_issuer_name),
    ("ca_sha1", "trust.weak_hash", "the intermediate is signed over SHA-1", put(hash="sha1")),
    (
        "ca_path_length_0",
        "valid",
        "a path length of 0 with no CA below",
        _value(x509.BASIC_CONSTRAINTS, x509.basic_constraints(ca=True, path_length=0)),
    ),
    (
        "ca_purpose",
        "valid",
        "the intermediate has an extKeyUsage",
        _add(x509.EXTENDED_KEY_USAGE, der.sequence(der.oid("1.3.6.1.5.5.7.3.1"))),
    ),
):
    TRUST.add(_name, _code, _description, intermediate=_change)


def _rsa_ca(bits: int, *, pss: bool = False) -> Change:
    """An intermediate with an RSA key, which signs the leaf."""

    def change(draft: CertificateDraft) -> None:
        draft.key = RsaKey(rsa_numbers(_STRANGER.value, "intermediate", bits), pss=pss)

    return change


def _ca_of(algorithm: int) -> Change:
    def change(draft: CertificateDraft) -> None:
        draft.key = make_key(_STRANGER, "intermediate", algorithm)

    return change


for _name, _code, _description, _change in (
    ("ca_rsa_1024", "trust.weak_key", "the intermediate's RSA key has 1024 bits", _rsa_ca(1024)),
    ("ca_rsa_2048", "valid", "the intermediate's key is RSA", _rsa_ca(2048)),
    ("ca_pss", "valid", "the intermediate signs with RSA-PSS", _rsa_ca(2048, pss=True)),
    ("ca_p384", "valid", "the intermediate's key is on P-384", _ca_of(-35)),
    ("ca_ed25519", "valid", "the intermediate's key is Ed25519", _ca_of(-8)),
    ("ca_ed448", "valid", "the intermediate's key is Ed448", _ca_of(-53)),
):
    TRUST.add(_name, _code, _description, intermediate=_change)
TRUST.add(
    "leaf_md5",
    "trust.weak_hash",
    "the leaf is signed over MD5",
    intermediate=_rsa_ca(2048),
    leaf=put(hash="md5"),
)
TRUST.add(
    "leaf_sha1_allowed",
    "valid",
    "the leaf is signed over SHA-1, which is allowed",
    options={"allow_sha1": True},
    leaf=put(hash="sha1"),
)
TRUST.add(
    "path_length",
    "trust.path_length",
    "a path length of 0 with a CA below",
    authenticator={"intermediates": 2},
    intermediate=_value(x509.BASIC_CONSTRAINTS, x509.basic_constraints(ca=True, path_length=0)),
)
TRUST.add(
    "depth",
    "trust.depth",
    "eight certificates below the anchor",
    authenticator={"intermediates": 7},
    leaf=unchanged,
)
TRUST.add(
    "six_certificates",
    "valid",
    "six certificates below the anchor",
    authenticator={"intermediates": 5},
    leaf=unchanged,
)
TRUST.add(
    "no_intermediate",
    "valid",
    "a leaf right under the anchor",
    authenticator={"intermediates": 0},
    leaf=unchanged,
)
for _name, _code, _description, _chain in (
    ("incomplete", "trust.no_path", "the intermediate is missing", lambda chain: chain[:1]),
    ("repeated", "valid", "the intermediate stands there twice", lambda c: [*c, c[1]]),
):
    TRUST.add(_name, _code, _description, chain=_chain)
for _name, _code, _description, _anchors in (
    ("no_anchor", "trust.no_path", "no anchor at all", ()),
    ("stranger", "trust.no_path", "the anchor of another CA", ("stranger",)),
    ("anchor_leaf", "valid", "the leaf is the anchor", ("leaf",)),
    ("anchor_intermediate", "valid", "the intermediate is the anchor", ("intermediate",)),
    ("anchor_second", "valid", "the anchor is the second of two", ("stranger", "root")),
    (
        "anchor_namesake",
        "trust.signature",
        "the anchor has the name of the right one",
        ("namesake",),
    ),
):
    TRUST.add(_name, _code, _description, options={"trust": _anchors}, leaf=unchanged)
TRUST.add(
    "at_late",
    "trust.validity",
    "a time after all of them have expired",
    options={"at": 2600000000},
    leaf=unchanged,
)
TRUST.add(
    "not_required",
    "valid",
    "no anchor, where trust is not asked for",
    options={"trust": (), "require_trust": False},
    leaf=unchanged,
)
