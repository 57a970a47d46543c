"""Attestation statements of the formats ``packed`` and ``fido-u2f`` (rows AT18 to AT38)."""

from __future__ import annotations

from typing import Any, Final

import pytest

from countermark.webauthn.testing import certificates as x509
from countermark.webauthn.testing import der_writer as der
from countermark.webauthn.testing.certificates import CertificateDraft, NameAttribute
from countermark.webauthn.testing.drafts import SigningDraft
from countermark.webauthn.testing.keys import EcKey
from tests.property.outcome import Door
from tests.unit.bad_inputs.attestations import (
    VALID,
    Change,
    Made,
    accepted,
    attested,
    dropped,
    extension,
    instead,
    is_ca,
    members,
    notes,
    put,
    refused_with,
    several,
    stranger_key,
    verdict,
    version_1,
    without,
)

SIGNATURE: Final = "signature.invalid"
KEY_MISMATCH: Final = "statement.key_mismatch"
ALGORITHM_MISMATCH: Final = "statement.algorithm_mismatch"
P256_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def signed_by_credential(draft: SigningDraft) -> None:
    draft.key = draft.credential_key


def numbers_of(signature: bytes) -> tuple[int, int]:
    """r and s of an ECDSA signature in DER."""
    end = 4 + signature[3]
    return int.from_bytes(signature[4:end], "big"), int.from_bytes(signature[end + 2 :], "big")


# --- packed: which branch ---


def test_at18_no_certificates_are_not_self_attestation(door: Door) -> None:
    for format in ("packed", "packed-self"):
        # Signed by the credential's key, as self attestation is.
        made = attested(format, statement=members(x5c=[]), signing=signed_by_credential)
        for trust in (None, [made.root]):
            error = refused_with(door, made, trust=trust, require_trust=False)
            assert (error.code, error.field) == ("statement.value", "x5c")
        for value in (None, b"", "", {}, 0, False):
            made = attested(format, statement=members(x5c=value), signing=signed_by_credential)
            assert verdict(door, made, trust=None) == "statement.type"


@pytest.mark.parametrize("algorithm", ["ES256", "ES384", "EDDSA", "RS256"])
def test_at19_self_attestation_has_the_algorithm_of_the_credential(
    door: Door, algorithm: str
) -> None:
    options = {"algorithm": algorithm}
    right = attested("packed-self", options=options)
    assert accepted(door, right, trust=None).attestation.type == "self"
    own = int(accepted(door, right, trust=None).algorithm)
    for number in {-7, -8, -9, -19, -35, -36, -37, -47, -48, -53, -257, -258} - {own}:
        made = attested("packed-self", options=options, statement=members(alg=number))
        assert verdict(door, made, trust=None) == ALGORITHM_MISMATCH, number
    for number in (0, 7, -1, -999, -(2**64), 2**64 - 1):
        made = attested("packed-self", options=options, statement=members(alg=number))
        assert verdict(door, made, trust=None) == "algorithm.unknown", number
    made = attested("packed-self", options=options, statement=members(alg=-65535))
    assert verdict(door, made, trust=None) == "algorithm.legacy_hash"
    assert verdict(door, made, trust=None, allow_sha1=True) == ALGORITHM_MISMATCH


@pytest.mark.parametrize("algorithm", ["ES256", "ES512", "EDDSA", "ED448", "PS256", "ML_DSA_44"])
def test_at20_self_attestation_is_signed_by_the_credential(door: Door, algorithm: str) -> None:
    options = {"algorithm": algorithm}
    assert verdict(door, attested("packed-self", options=options), trust=None) == VALID
    made = attested("packed-self", options=options, signing=SigningDraft.use_other_key)
    assert verdict(door, made, trust=None) == SIGNATURE


def test_at21_a_certificate_is_for_the_key_that_signed(door: Door) -> None:
    made = attested(signing=signed_by_credential)
    assert verdict(door, made) == SIGNATURE
    assert verdict(door, made, trust=None) == SIGNATURE
    # With the certificate's key and without the certificate.
    made = attested(statement=without("x5c"))
    assert verdict(door, made, trust=None) == SIGNATURE
    # With the credential's key in the certificate it is right, and is no self attestation.
    kept: list[Any] = []

    def look(draft: SigningDraft) -> None:
        kept.append(draft.credential_key)

    attested(signing=look)
    made = attested(signing=signed_by_credential, leaf=put(key=kept[0]))
    assert accepted(door, made).attestation.type == "basic"


@pytest.mark.parametrize("kind", [-7, -35, -36, -8, -53, -257])
def test_at22_the_algorithm_fits_the_key_of_the_certificate(door: Door, kind: int) -> None:
    key = stranger_key(kind)
    alike = {-7: {-9}, -35: {-51}, -36: {-52}, -8: {-19}, -53: set(), -257: set()}[kind]
    same_key = {-258, -259, -37, -38, -39} if kind == -257 else set()
    for number in (-7, -9, -8, -19, -35, -51, -36, -52, -37, -38, -39, -47, -48, -53, -257, -258):
        made = attested(
            leaf=put(key=key),
            signing=put(key=key, algorithm=kind),
            statement=members(alg=number),
        )
        code = verdict(door, made)
        if number == kind or number in alike:
            assert code == VALID, number
        elif number in same_key:
            assert code == SIGNATURE, number
        else:
            assert code == ALGORITHM_MISMATCH, number


# --- packed: the profile of the certificate ---


def self_issued(draft: CertificateDraft) -> None:
    draft.issuer = draft.subject


def profile(door: Door, code: str, leaf: Change) -> None:
    """Refused, but where nobody vouches for the certificate anyway, and nothing is trusted: there it is told."""
    made = attested(leaf=leaf)
    assert verdict(door, made) == code
    assert verdict(door, made, require_trust=False) == code
    assert verdict(door, made, trust=None, strictness="strict") == code
    home_made = leaf is version_1
    assert verdict(door, made, trust=None) == (VALID if home_made else code)
    made = attested(leaf=several(leaf, self_issued))
    assert verdict(door, made) == code
    assert verdict(door, made, trust=None, strictness="strict") == code
    found = accepted(door, made, trust=None)
    assert (code, "certificate[0]") in notes(found)
    assert not found.attestation.trusted


def test_at23_the_certificate_is_of_version_3(door: Door) -> None:
    profile(door, "leaf.version", version_1)
    # With extensions, it is no certificate of that version.
    for version in (1, 2):
        made = attested(leaf=put(version=version))
        for trust in ({}, {"trust": None}):
            assert verdict(door, made, **trust) == "certificate.version"
    bare = attested(leaf=several(put(version=2), put(extensions=[])))
    assert verdict(door, bare) == "leaf.version"


def subject(kind: str, value: str | bytes | None = None, tag: int | None = None) -> Change:
    def change(draft: CertificateDraft) -> None:
        if value is None and tag is None:
            draft.subject.drop(kind)
            return
        attribute = draft.subject.get(kind)
        attribute.value = attribute.value if value is None else value
        attribute.tag = attribute.tag if tag is None else tag

    return change


UNIT: Final = "Authenticator Attestation"


@pytest.mark.parametrize(
    "change",
    [
        subject("OU"),
        *(
            subject("OU", text)
            for text in (
                *("authenticator attestation", "Authenticator attestation", UNIT.upper()),
                *(UNIT + " ", " " + UNIT, "Authenticator  Attestation", UNIT + "\x00", "\x00"),
                *(UNIT + "\x00.evil.example", "Authenticator", "", UNIT + "s", UNIT[:-1]),
                "\u0410uthenticator Attestation",
            )
        ),
        subject("OU", tag=x509.BMP),
        subject("OU", tag=x509.T61),
        subject("OU", tag=x509.IA5),
        subject("OU", UNIT.encode("utf-16-be"), x509.UTF8),
        subject("OU", UNIT.encode("utf-16-be") + b"\x00", x509.BMP),
        subject("OU", b"\xff" + UNIT.encode(), x509.UTF8),
    ],
)
def test_at24_the_unit_says_authenticator_attestation(door: Door, change: Change) -> None:
    profile(door, "leaf.subject", change)


@pytest.mark.parametrize("tag", [x509.UTF8, x509.PRINTABLE])
def test_at24_the_unit_is_of_two_types(door: Door, tag: int) -> None:
    assert verdict(door, attested(leaf=subject("OU", tag=tag))) == VALID


def twice(kind: str, value: str) -> Change:
    def change(draft: CertificateDraft) -> None:
        draft.subject.attributes.append(NameAttribute(kind, value, x509.PRINTABLE))

    return change


def empty_subject(draft: CertificateDraft) -> None:
    draft.subject.attributes = []


@pytest.mark.parametrize(
    "change",
    [
        *(subject(kind) for kind in ("C", "O", "CN")),
        *(subject(kind, "") for kind in ("C", "O", "CN")),
        *(subject("C", text) for text in ("CHE", "C", "C1", "  ", "C\x00", "\u00c7H", "756")),
        twice("OU", UNIT),
        twice("OU", "another"),
        twice("C", "CH"),
        empty_subject,
    ],
)
def test_at25_the_subject_names_country_organization_and_name(door: Door, change: Change) -> None:
    profile(door, "leaf.subject", change)


def test_at25_one_set_of_several_attributes_names_them_all(door: Door) -> None:
    made = attested(leaf=lambda draft: put(one_set=True)(draft.subject))
    assert verdict(door, made) == VALID
    assert verdict(door, attested(leaf=twice("O", "another"))) == VALID
    assert verdict(door, attested(leaf=subject("C", "ch"))) == VALID


@pytest.mark.parametrize("path_length", [None, 0, 3])
def test_at26_the_certificate_is_no_authority(door: Door, path_length: int | None) -> None:
    profile(door, "leaf.is_ca", is_ca(True, path_length))


def test_at27_the_certificate_says_that_it_is_no_authority(door: Door) -> None:
    profile(door, "leaf.basic_constraints", dropped(x509.BASIC_CONSTRAINTS))


# --- packed: the AAGUID in the certificate ---


def test_at28_the_aaguid_of_the_certificate_is_that_of_the_data(door: Door) -> None:
    for other in (bytes(16), bytes(range(16)), b"\xff" * 16):
        made = attested(leaf=extension(x509.AAGUID, der.octet_string(other)))
        for trust in ({}, {"trust": None}):
            error = refused_with(door, made, **trust)
            assert (error.code, error.field) == ("statement.aaguid_mismatch", "aaguid")
        made = attested(authenticator_data=put(aaguid=other))
        # The authenticator puts the AAGUID of its data into the certificate.
        assert verdict(door, made) == VALID
    assert verdict(door, attested(leaf=dropped(x509.AAGUID))) == VALID


def test_at29_the_extension_with_the_aaguid_is_not_critical(door: Door) -> None:
    def critical(draft: CertificateDraft) -> None:
        draft.extension(x509.AAGUID).critical = True

    made = attested(leaf=critical)
    for trust in ({}, {"trust": None}):
        assert verdict(door, made, **trust) == "statement.aaguid_critical"


def wrapped(change: Change) -> Change:
    """The value of the extension made anew from the right AAGUID."""

    def altered(draft: CertificateDraft) -> None:
        held = draft.extension(x509.AAGUID)
        held.value = change(held.value[-16:])

    return altered


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda aaguid: aaguid, "der"),
        (lambda _: b"", "der"),
        (lambda aaguid: der.octet_string(aaguid) + b"\x00", "der.trailing"),
        (lambda aaguid: der.octet_string(aaguid)[:-1], "der.truncated"),
        (lambda aaguid: der.tlv(0x03, aaguid), "der.tag"),
        (lambda aaguid: der.sequence(der.octet_string(aaguid)), "der.tag"),
        (lambda aaguid: b"\x24\x12\x04\x10" + aaguid, "der.tag"),
        (lambda aaguid: der.octet_string(der.octet_string(aaguid)), "statement.aaguid_mismatch"),
        (lambda aaguid: der.octet_string(aaguid[1:]), "statement.aaguid_mismatch"),
        (lambda aaguid: der.octet_string(aaguid[:-1]), "statement.aaguid_mismatch"),
        (lambda aaguid: der.octet_string(aaguid + b"\x00"), "statement.aaguid_mismatch"),
        (lambda _: der.octet_string(b""), "statement.aaguid_mismatch"),
        (lambda aaguid: der.octet_string(aaguid.hex().encode()), "statement.aaguid_mismatch"),
    ],
)
def test_at30_the_aaguid_is_wrapped_once(door: Door, change: Change, code: str) -> None:
    for format in ("packed", "tpm"):
        made = attested(format, leaf=wrapped(change))
        for trust in ({}, {"trust": None}):
            found = verdict(door, made, **trust)
            assert found.startswith(code), found


# --- packed: what is gone, and how a signature is written ---


@pytest.mark.parametrize("format", ["packed", "packed-self", "tpm"])
def test_at31_ecdaa_is_not_offered(door: Door, format: str) -> None:
    for value in (b"\x01", b"", None, "id", []):
        made = attested(format, statement=members(ecdaaKeyId=value))
        assert verdict(door, made, trust=None) == "algorithm.ecdaa"
        only = attested(format, statement=lambda draft, value=value: instead_of_chain(draft, value))
        assert verdict(door, only, trust=None) == "algorithm.ecdaa"


def instead_of_chain(draft: dict[str, Any], value: Any) -> None:
    draft.pop("x5c", None)
    draft["ecdaaKeyId"] = value


def raw(signature: bytes) -> bytes:
    return b"".join(number.to_bytes(32, "big") for number in numbers_of(signature))


def rewritten(change: Change) -> Change:
    """The signature with other numbers."""

    def altered(signature: bytes) -> bytes:
        return der.sequence(*(der.integer(n) for n in change(*numbers_of(signature))))

    return altered


@pytest.mark.parametrize(
    "change",
    [
        raw,
        lambda s: b"\x04" + raw(s),
        lambda s: s + b"\x00",
        lambda s: s[:-1],
        lambda s: b"\x30\x81" + s[1:],
        lambda s: b"\x30\x80" + s[2:] + b"\x00\x00",
        lambda s: b"\x31" + s[1:],
        der.sequence,
        der.octet_string,
        lambda s: der.sequence(der.tlv(2, b"\x00" + s[4 : 4 + s[3]]), s[4 + s[3] :]),
        rewritten(lambda _, s: (0, s)),
        rewritten(lambda r, _: (r, 0)),
        rewritten(lambda r, s: (-r, s)),
        rewritten(lambda r, s: (r + P256_ORDER, s)),
        rewritten(lambda r, s: (r, s + P256_ORDER)),
        rewritten(lambda r, s: (s, r)),
        rewritten(lambda *_: (P256_ORDER, P256_ORDER)),
        rewritten(lambda *_: (1, 1)),
    ],
)
def test_at32_an_ecdsa_signature_is_der(door: Door, change: Change) -> None:
    for format in ("packed", "packed-self", "fido-u2f", "tpm", "android-key"):
        made = attested(format, signature=change)
        assert verdict(door, made, trust=None) == SIGNATURE, format


def test_at32_either_of_the_two_s_verifies(door: Door) -> None:
    made = attested(signature=rewritten(lambda r, s: (r, P256_ORDER - s)))
    assert verdict(door, made) == VALID


# --- fido-u2f ---


@pytest.mark.parametrize("count", [2, 3, 8])
def test_at33_u2f_has_one_certificate(door: Door, count: int) -> None:
    for chain in (lambda chain: chain * count, lambda chain: [*chain, *[b"0"] * (count - 1)]):
        made = attested("fido-u2f", chain=chain)
        for trust in ({}, {"trust": None}):
            error = refused_with(door, made, **trust)
            assert (error.code, error.field) == ("statement.value", "x5c")
    made = attested("fido-u2f", chain=instead([]))
    assert verdict(door, made, trust=None) == "statement.value"
    made = attested("fido-u2f", chain=lambda chain: chain * 9)
    assert verdict(door, made, trust=None) == "limit.count"


@pytest.mark.parametrize("kind", [-35, -36, -47, -8, -53, -257])
def test_at34_the_certificate_of_u2f_is_about_a_p256_key(door: Door, kind: int) -> None:
    key = stranger_key(kind)
    made = attested("fido-u2f", leaf=put(key=key), signing=put(key=key, algorithm=kind))
    for trust in ({}, {"trust": None}):
        assert verdict(door, made, **trust) == KEY_MISMATCH


def test_at34_a_key_that_cannot_be_read_is_not_on_p256(door: Door) -> None:
    point = b"\x04" + bytes(63) + b"\x01"
    identifier = der.sequence(der.oid("1.2.840.10045.2.1"), der.oid("1.2.840.10045.3.1.7"))
    for spki in (
        der.sequence(identifier, der.bit_string(point)),
        der.sequence(identifier, der.bit_string(point[:33])),
        der.sequence(der.sequence(der.oid("1.2.3.4")), der.bit_string(b"key")),
    ):
        made = attested("fido-u2f", leaf=put(spki=spki))
        code = verdict(door, made, trust=None)
        assert code == KEY_MISMATCH or code.startswith(("key.", "algorithm.")), code


@pytest.mark.parametrize(
    "algorithm", ["ES384", "ES512", "ES256K", "EDDSA", "ED448", "RS256", "PS256", "ML_DSA_44"]
)
def test_at35_the_credential_of_u2f_has_a_p256_key(door: Door, algorithm: str) -> None:
    made = attested("fido-u2f", options={"algorithm": algorithm})
    assert verdict(door, made, trust=None) == KEY_MISMATCH


@pytest.mark.parametrize("size", [0, 1, 31, 33, 64])
def test_at35_the_coordinates_have_32_bytes(door: Door, size: int) -> None:
    for label in (-2, -3):
        made = attested(
            "fido-u2f",
            cose_key=lambda draft, label=label: draft.update({label: (draft[label] * 2)[:size]}),
        )
        assert verdict(door, made, trust=None) == "key.length"
    for algorithm in (-35, -257):
        made = attested("fido-u2f", cose_key=lambda draft, a=algorithm: draft.update({3: a}))
        assert verdict(door, made, trust=None) == "key.mismatch"


@pytest.mark.parametrize("aaguid", [bytes(15) + b"\x01", bytes(range(16)), b"\xff" * 16])
def test_at36_u2f_has_no_aaguid(door: Door, aaguid: bytes) -> None:
    made = attested("fido-u2f", authenticator_data=put(aaguid=aaguid))
    code = "statement.aaguid_mismatch"
    assert verdict(door, made, strictness="strict") == code
    found = accepted(door, made)
    assert notes(found) == {(code, "authenticator_data")}
    assert notes(accepted(door, attested("fido-u2f"), strictness="strict")) == set()


@pytest.mark.parametrize("unused", [1, 3, 7])
def test_at37_unused_bits_in_a_signature_are_told(door: Door, unused: int) -> None:
    """Old certificates of Yubico's announce bits of their signature that are used."""
    for format in ("packed", "fido-u2f"):
        made = attested(format, leaf=put(unused_bits=unused))
        for trust in ({}, {"trust": None}):
            assert verdict(door, made, strictness="strict", **trust) == "der.value"
            found = accepted(door, made, **trust)
            assert notes(found) == {("der.value", "certificate[0]")}
    # As the bytes stand: those that look unused are part of it.
    certificate = door.parse_certificate(made.chain[0])
    assert notes(certificate) == {("der.value", "certificate")}
    assert certificate.raw == made.chain[0]


def message(change: Change) -> Change:
    def altered(draft: SigningDraft) -> None:
        draft.message = change(draft)

    return altered


def compressed(draft: SigningDraft) -> bytes:
    key = draft.credential_key
    assert isinstance(key, EcKey)
    return draft.message[:-65] + bytes([2 + key.y[-1] % 2]) + key.x


@pytest.mark.parametrize(
    "change",
    [
        message(compressed),
        message(lambda draft: draft.message[:-65] + draft.message[-64:]),
        message(lambda draft: draft.message[:-65] + b"\x06" + draft.message[-64:]),
        message(lambda draft: b"\x01" + draft.message[1:]),
        message(lambda draft: draft.message[1:]),
        message(lambda draft: draft.message[:1] + bytes(32) + draft.message[33:]),
        message(lambda draft: draft.message[:33] + bytes(32) + draft.message[65:]),
        message(lambda draft: draft.authenticator_data + draft.client_data_hash),
        message(lambda draft: draft.message + b"\x00"),
    ],
)
def test_at38_u2f_signs_the_uncompressed_point(door: Door, change: Change) -> None:
    made: Made = attested("fido-u2f", signing=change)
    for trust in ({}, {"trust": None}):
        assert verdict(door, made, **trust) == SIGNATURE
