"""What can be wrong with tpm statements: in the two structures, and in the AIK's certificate."""

from __future__ import annotations

from typing import Any

from countermark.webauthn.testing import certificates as x509
from countermark.webauthn.testing import der_writer as der
from countermark.webauthn.testing import tpm
from countermark.webauthn.testing.certificates import CertificateDraft, Name, NameAttribute
from countermark.webauthn.testing.drafts import Alteration, SigningDraft
from countermark.webauthn.testing.faults.packed import dropped, extension
from countermark.webauthn.testing.faults.registry import Table, members, put, unchanged, without
from countermark.webauthn.testing.faults.signatures import INVALID, signature_faults
from countermark.webauthn.testing.keys import EcKey, make_key
from countermark.webauthn.testing.rsa_keys import digest
from countermark.webauthn.testing.seeding import Seed
from countermark.webauthn.testing.statements import alternative_name, host_name
from countermark.webauthn.testing.tpm import CertInfoDraft, PubAreaDraft, u16

TABLE = Table("tpm", "tpm", "8.3")
_add = TABLE.add
_RSA = {"algorithm": "RS256"}
_SEED = Seed(b"another object of the TPM")

signature_faults(TABLE, brief=True)
for _name, _code, _description, _change in (
    ("ver_1_2", "statement.version_mismatch", 'ver is "1.2"', members(ver="1.2")),
    ("ver_nul", "statement.version_mismatch", "a NUL follows ver", members(ver="2.0\x00")),
    ("ver_empty", "statement.version_mismatch", "ver is empty", members(ver="")),
    ("ver_missing", "statement.missing", "ver is missing", without("ver")),
    ("ver_bytes", "statement.type", "ver is a byte string", members(ver=b"2.0")),
    ("alg_missing", "statement.missing", "alg is missing", without("alg")),
    ("sig_missing", "statement.missing", "sig is missing", without("sig")),
    ("x5c_missing", "statement.missing", "x5c is missing", without("x5c")),
    ("cert_info_missing", "statement.missing", "certInfo is missing", without("certInfo")),
    ("pub_area_missing", "statement.missing", "pubArea is missing", without("pubArea")),
    ("pub_area_text", "statement.type", "pubArea is a text", members(pubArea="text")),
    ("x5c_empty", "statement.value", "x5c is empty", members(x5c=[])),
    ("alg_unknown", "algorithm.unknown", "alg is −999", members(alg=-999)),
    ("alg_rs1", "algorithm.legacy_hash", "alg is RS1", members(alg=-65535)),
    ("ecdaa", "algorithm.ecdaa", "an ecdaaKeyId", members(ecdaaKeyId=b"\x01")),
):
    _add(_name, _code, _description, statement=_change)
TABLE.tolerated(
    "unknown_member",
    "statement.unknown",
    "a member the syntax does not have",
    statement=members(extra=1),
)


# --- certInfo ---


def _digest_of(hash_name: str) -> Alteration:
    # What is attested is not at hand here; a digest of the right digest has the length and is wrong.
    return lambda draft: put(extra_data=digest(hash_name, draft.extra_data))(draft)


def _named(change: Alteration) -> Alteration:
    def altered(draft: CertInfoDraft) -> None:
        draft.name = change(draft.name)

    return altered


for _fault, _code, _description, _change in (
    ("magic", "statement.magic_mismatch", "magic is not TPM_GENERATED", put(magic=0xFF544348)),
    ("magic_zero", "statement.magic_mismatch", "magic is 0", put(magic=0)),
    ("type_quote", "statement.type_mismatch", "the structure is a quote", put(type=tpm.QUOTE)),
    (
        "type_creation",
        "statement.type_mismatch",
        "the structure is of a creation",
        put(type=0x801A),
    ),
    (
        "extra_data",
        "statement.extra_data_mismatch",
        "another digest in extraData",
        _digest_of("sha256"),
    ),
    (
        "extra_data_sha1",
        "statement.extra_data_mismatch",
        "a SHA-1 in extraData",
        _digest_of("sha1"),
    ),
    (
        "extra_data_empty",
        "statement.extra_data_mismatch",
        "nothing in extraData",
        put(extra_data=b""),
    ),
    (
        "extra_data_longer",
        "statement.extra_data_mismatch",
        "a byte follows the digest in extraData",
        lambda draft: put(extra_data=draft.extra_data + b"\0")(draft),
    ),
    (
        "name",
        "statement.name_mismatch",
        "the name is that of another object",
        _named(lambda name: name[:-1] + bytes([name[-1] ^ 1])),
    ),
    (
        "name_algorithm",
        "statement.name_mismatch",
        "the name is of another hash",
        _named(lambda name: u16(tpm.SHA384) + name[2:]),
    ),
    (
        "name_short",
        "statement.name_mismatch",
        "the name lacks a byte",
        _named(lambda name: name[:-1]),
    ),
    ("name_empty", "statement.name_mismatch", "there is no name", _named(lambda _: b"")),
    (
        "name_bare",
        "statement.name_mismatch",
        "the name lacks its hash",
        _named(lambda name: name[2:]),
    ),
):
    _add(_fault, _code, _description, cert_info=_change)
TABLE.tolerated("safe", "tpm.value", "safe is neither 0 nor 1", cert_info=put(safe=0xAA))
for _fault, _code, _description, _change in (
    ("cert_info_trailing", "tpm.trailing", "a byte after certInfo", lambda data: data + b"\0"),
    (
        "cert_info_truncated",
        "tpm.truncated",
        "certInfo lacks its last byte",
        lambda data: data[:-1],
    ),
    ("cert_info_header", "tpm.truncated", "certInfo ends after its magic", lambda data: data[:4]),
    ("cert_info_empty", "tpm.truncated", "certInfo has no byte", lambda _: b""),
    (
        "cert_info_size",
        "tpm.truncated",
        "a size in certInfo goes beyond its end",
        lambda data: data[:6] + b"\xff\xff" + data[8:],
    ),
):
    _add(_fault, _code, _description, cert_info_bytes=_change)


# --- pubArea; its name is made from what it becomes ---


def _other_point(draft: PubAreaDraft) -> None:
    key = make_key(_SEED, "object", -7)
    if isinstance(key, EcKey):
        draft.x, draft.y = key.x, key.y


for _fault, _code, _description, _change in (
    ("pub_area_key", "statement.key_mismatch", "the object is another key", _other_point),
    ("pub_area_curve", "statement.key_mismatch", "the object is on P-384", put(curve=4)),
    ("pub_area_curve_unknown", "algorithm.curve", "the object's curve is unknown", put(curve=0x99)),
    (
        "pub_area_hash_unknown",
        "tpm.value",
        "the object's hash is unknown",
        put(name_algorithm=0x99),
    ),
    (
        "pub_area_scheme_unknown",
        "tpm.value",
        "the object's scheme is unknown",
        put(scheme=u16(0x99)),
    ),
    ("pub_area_type", "tpm.value", "the object is a keyed hash", put(type=0x08)),
    (
        "pub_area_scheme",
        "valid",
        "the object names ECDSA with SHA-256 as its scheme",
        put(scheme=u16(tpm.ECDSA, tpm.SHA256)),
    ),
    (
        "pub_area_symmetric",
        "valid",
        "the object names a symmetric algorithm",
        put(symmetric=u16(tpm.AES, 128, tpm.CFB)),
    ),
    ("pub_area_policy", "valid", "the object has a policy", put(auth_policy=bytes(32))),
    ("pub_area_sha384", "valid", "the object's name is of SHA-384", put(name_algorithm=tpm.SHA384)),
    (
        "pub_area_coordinate_long",
        "statement.key_mismatch",
        "a coordinate has 33 bytes",
        lambda draft: put(x=b"\1" + draft.x)(draft),
    ),
):
    _add(_fault, _code, _description, pub_area=_change)
for _fault, _code, _description, _change in (
    ("pub_area_trailing", "tpm.trailing", "a byte after pubArea", lambda data: data + b"\0"),
    ("pub_area_truncated", "tpm.truncated", "pubArea lacks its last byte", lambda data: data[:-1]),
    ("pub_area_empty", "tpm.truncated", "pubArea has no byte", lambda _: b""),
    (
        "pub_area_size",
        "tpm.truncated",
        "a size in pubArea goes beyond its end",
        lambda data: data[:8] + b"\xff\xff" + data[10:],
    ),
):
    _add(_fault, _code, _description, pub_area_bytes=_change)
for _fault, _code, _description, _change in (
    ("exponent", "statement.key_mismatch", "the exponent is 3", put(exponent=3)),
    ("exponent_explicit", "valid", "the exponent is written out", put(exponent=65537)),
    (
        "modulus",
        "statement.key_mismatch",
        "another modulus",
        lambda draft: put(modulus=draft.modulus[:-1] + bytes([draft.modulus[-1] ^ 2]))(draft),
    ),
    (
        "rsa_scheme",
        "valid",
        "the object names RSASSA with SHA-256 as its scheme",
        put(scheme=u16(tpm.RSASSA, tpm.SHA256)),
    ),
):
    _add(_fault, _code, _description, authenticator=_RSA, pub_area=_change)


def _stripped(draft: PubAreaDraft) -> None:
    draft.x, draft.y = draft.x.lstrip(b"\0"), draft.y.lstrip(b"\0")


def _short_coordinate(choice: Any) -> None:
    # Some TPMs leave leading zeros out. One key in 128 has one, and the labels below find it.
    found = next(
        number
        for number in range(10_000)
        if _leads_with_zero(make_key(_SEED, f"short {number}", -7))
    )
    choice.label, choice.seed = f"short {found}", _SEED


def _leads_with_zero(key: object) -> bool:
    return isinstance(key, EcKey) and (key.x[0] == 0 or key.y[0] == 0)


_add(
    "pub_area_stripped",
    "valid",
    "a coordinate is written without its leading zero",
    credential_key=_short_coordinate,
    pub_area=_stripped,
)


# --- The signature and the AIK ---


def _attested(draft: SigningDraft) -> None:
    draft.message = draft.authenticator_data + draft.client_data_hash


_add("signed_as_packed", INVALID, "what packed signs was signed", signing=_attested)
_add("signed_other_key", INVALID, "another key signed", signing=SigningDraft.use_other_key)
_add(
    "alg_rs256",
    "statement.algorithm_mismatch",
    "alg is RS256 where the AIK is on P-256",
    statement=members(alg=-257),
)


def _version_1(leaf: CertificateDraft) -> None:
    leaf.version = 1
    leaf.extensions = []


def _directory(change: Alteration) -> Alteration:
    def altered(leaf: CertificateDraft) -> None:
        name = Name(
            [
                NameAttribute("TPM manufacturer", "id:FFFFF1D0"),
                NameAttribute("TPM model", "countermark"),
                NameAttribute("TPM version", "id:00010000"),
            ],
            one_set=True,
        )
        change(name)
        leaf.extension(x509.ALTERNATIVE_NAME).value = alternative_name(name)

    return altered


def _manufacturer(text: str) -> Alteration:
    def change(name: Name) -> None:
        name.get("TPM manufacturer").value = text

    return _directory(change)


def _not_critical(leaf: CertificateDraft) -> None:
    leaf.extension(x509.ALTERNATIVE_NAME).critical = False


_CLIENT_AUTH = der.sequence(der.oid("1.3.6.1.5.5.7.3.2"))
_BOTH = der.sequence(der.oid("1.3.6.1.5.5.7.3.2"), der.oid(x509.AIK_PURPOSE))
_QUALIFIED = der.sequence(
    der.sequence(
        der.oid("1.3.6.1.4.1.311.21.31"),
        der.sequence(
            der.sequence(der.oid("1.3.6.1.5.5.7.2.2"), der.sequence(der.tlv(0x0C, b"TCPA")))
        ),
    )
)
for _fault, _code, _description, _change in (
    ("aik_version", "leaf.version", "the AIK's certificate is of version 1", _version_1),
    ("aik_subject", "leaf.subject", "the AIK has a subject", put(subject=Name.of(("CN", "AIK")))),
    (
        "aik_no_alternative_name",
        "leaf.alternative_name",
        "the AIK has no SAN",
        dropped(x509.ALTERNATIVE_NAME),
    ),
    ("aik_not_critical", "leaf.alternative_name", "the AIK's SAN is not critical", _not_critical),
    (
        "aik_host_name",
        "leaf.alternative_name",
        "the AIK's SAN is a host name",
        extension(x509.ALTERNATIVE_NAME, host_name("tpm.example")),
    ),
    (
        "aik_no_manufacturer",
        "leaf.alternative_name",
        "the SAN names no manufacturer",
        _directory(lambda name: name.drop("TPM manufacturer")),
    ),
    (
        "aik_no_model",
        "leaf.alternative_name",
        "the SAN names no model",
        _directory(lambda name: name.drop("TPM model")),
    ),
    (
        "aik_no_version",
        "leaf.alternative_name",
        "the SAN names no version",
        _directory(lambda name: name.drop("TPM version")),
    ),
    (
        "aik_separate_sets",
        "valid",
        "the three attributes stand in names of their own",
        _directory(put(one_set=False)),
    ),
    ("aik_vendor_bare", "leaf.vendor", "the vendor lacks its id:", _manufacturer("FFFFF1D0")),
    ("aik_vendor_short", "leaf.vendor", "the vendor has seven digits", _manufacturer("id:FFFFF1D")),
    (
        "aik_vendor_digits",
        "leaf.vendor",
        "the vendor is not hexadecimal",
        _manufacturer("id:XYZXYZXY"),
    ),
    (
        "aik_no_purpose",
        "leaf.extended_key_usage",
        "the AIK has no extKeyUsage",
        dropped(x509.EXTENDED_KEY_USAGE),
    ),
    (
        "aik_other_purpose",
        "leaf.extended_key_usage",
        "the AIK is for something else",
        extension(x509.EXTENDED_KEY_USAGE, _CLIENT_AUTH),
    ),
    (
        "aik_two_purposes",
        "valid",
        "the AIK is for something else too",
        extension(x509.EXTENDED_KEY_USAGE, _BOTH),
    ),
    (
        "aik_is_ca",
        "leaf.is_ca",
        "the AIK is a CA",
        extension(x509.BASIC_CONSTRAINTS, x509.basic_constraints(ca=True)),
    ),
    (
        "aik_policies",
        "valid",
        "the AIK has critical certificatePolicies",
        lambda leaf: leaf.add(x509.CERTIFICATE_POLICIES, _QUALIFIED, critical=True),
    ),
    (
        "aik_aaguid",
        "statement.aaguid_mismatch",
        "the AIK is for another AAGUID",
        extension(x509.AAGUID, der.octet_string(bytes(range(16)))),
    ),
    ("aik_no_aaguid", "valid", "the AIK names no AAGUID", dropped(x509.AAGUID)),
    (
        "aik_expired",
        "trust.validity",
        "the AIK's certificate has expired",
        put(not_after=1609459200),
    ),
):
    _add(_fault, _code, _description, section="8.3.1", leaf=_change)
TABLE.tolerated(
    "aik_no_constraints",
    "leaf.basic_constraints",
    "the AIK has no basicConstraints",
    section="8.3.1",
    leaf=dropped(x509.BASIC_CONSTRAINTS),
)
for _fault, _code, _description, _vendors in (
    ("vendor_unlisted", "leaf.vendor", "the vendor is not on the list", ["id:494E5443"]),
    ("vendor_listed", "valid", "the vendor is on the list", ["id:494E5443", "id:FFFFF1D0"]),
):
    _add(
        _fault,
        _code,
        _description,
        section="8.3.1",
        options={"tpm_vendors": _vendors},
        leaf=unchanged,
    )
_add(
    "rs1",
    "algorithm.legacy_hash",
    "an RSA AIK signs over SHA-1",
    authenticator={"attestation_algorithm": "RS1"},
    statement=unchanged,
)
_add(
    "rs1_allowed",
    "valid",
    "an RSA AIK signs over SHA-1, which is allowed",
    authenticator={"attestation_algorithm": "RS1"},
    options={"allow_sha1": True},
    statement=unchanged,
)
