"""Attestation statements of the format ``tpm`` (rows AT39 to AT55)."""

from __future__ import annotations

from typing import Any, Final

import pytest

from countermark.webauthn.testing import certificates as x509
from countermark.webauthn.testing import der_writer as der
from countermark.webauthn.testing import tpm
from countermark.webauthn.testing.certificates import Name, NameAttribute
from countermark.webauthn.testing.drafts import KeyChoice, SigningDraft
from countermark.webauthn.testing.keys import EcKey, RsaKey
from countermark.webauthn.testing.rsa_keys import digest
from countermark.webauthn.testing.statements import alternative_name, host_name
from countermark.webauthn.testing.tpm import CertInfoDraft, PubAreaDraft, u16
from tests.property.outcome import Door
from tests.unit.bad_inputs.attestations import (
    STRANGER,
    VALID,
    Change,
    accepted,
    attested,
    dropped,
    extension,
    instead,
    is_ca,
    members,
    notes,
    put,
    stranger_key,
    verdict,
    version_1,
    without,
)

RSA: Final = {"algorithm": "RS256"}
KEY_MISMATCH: Final = "statement.key_mismatch"
EXTRA_DATA: Final = "statement.extra_data_mismatch"
NAME: Final = "statement.name_mismatch"
VENDOR: Final = "FFFFF1D0"


def both(door: Door, code: str, **stages: Change) -> None:
    """The code with anchors and without."""
    made = attested("tpm", **stages)
    for trust in ({}, {"trust": None}):
        assert verdict(door, made, **trust) == code


# --- the statement ---


@pytest.mark.parametrize(
    "version", ["1.2", "2.0\x00", "", "2", "2.00", " 2.0", "2.0 ", "2,0", "\uff12.0", "2.1"]
)
def test_at39_the_version_is_2_0(door: Door, version: str) -> None:
    both(door, "statement.version_mismatch", statement=members(ver=version))


def test_at39_the_version_is_a_text_that_is_there(door: Door) -> None:
    both(door, "statement.missing", statement=without("ver"))
    for value in (b"2.0", 2, None, ["2.0"]):
        both(door, "statement.type", statement=members(ver=value))


# --- certInfo ---


@pytest.mark.parametrize("magic", [0, 0xFF544348, 0x474354FF, 0xFFFFFFFF, 0xFF544346])
def test_at40_the_tpm_made_the_structure(door: Door, magic: int) -> None:
    both(door, "statement.magic_mismatch", cert_info=put(magic=magic))


@pytest.mark.parametrize(
    "type", [tpm.QUOTE, 0x801A, 0x8019, 0x8016, 0x8014, 0x8015, 0x8002, 0, 0xFFFF]
)
def test_at41_the_structure_is_a_certification(door: Door, type: int) -> None:
    both(door, "statement.type_mismatch", cert_info=put(type=type))


def test_at41_other_contents_of_other_structures_are_no_matter(door: Door) -> None:
    """A quote holds a selection of registers and a digest where a certification holds names."""
    quote = u16(0, 1, 0x0B) + b"\x03\xff\xff\xff" + tpm.sized(bytes(32))

    def change(draft: CertInfoDraft) -> bytes:
        draft.type = tpm.QUOTE
        whole = draft.encode()
        names = len(tpm.sized(draft.name) + tpm.sized(draft.qualified_name))
        return whole[:-names] + quote

    def altered(_: bytes) -> bytes:
        return kept[0]

    kept: list[bytes] = []

    def keep(draft: CertInfoDraft) -> None:
        kept.append(change(draft))
        draft.type = tpm.CERTIFY

    both(door, "statement.type_mismatch", cert_info=keep, cert_info_bytes=altered)


@pytest.mark.parametrize(
    "change",
    [
        lambda _: b"",
        lambda data: data[:-1],
        lambda data: data + b"\x00",
        lambda data: b"\x00" + data,
        lambda data: data[:20],
        lambda data: digest("sha256", data),
        lambda data: digest("sha1", data),
        lambda data: digest("sha384", data),
        lambda data: data[::-1],
        lambda data: bytes(len(data)),
    ],
)
def test_at42_the_extra_data_are_the_hash_of_what_is_attested(door: Door, change: Change) -> None:
    def altered(draft: CertInfoDraft) -> None:
        draft.extra_data = change(draft.extra_data)

    both(door, EXTRA_DATA, cert_info=altered)


@pytest.mark.parametrize("algorithm", ["ES256", "ES384", "ES512", "RS256", "RS384", "PS256"])
def test_at42_the_hash_is_that_of_the_algorithm(door: Door, algorithm: str) -> None:
    options = {"attestation_algorithm": algorithm}
    assert verdict(door, attested("tpm", options=options)) == VALID
    # What is attested, hashed by every other of the hashes.
    parts: list[bytes] = []

    def look(draft: SigningDraft) -> None:
        parts.append(draft.authenticator_data + draft.client_data_hash)

    attested("tpm", options=options, signing=look)
    own = {"256": "sha256", "384": "sha384", "512": "sha512"}[algorithm[-3:]]
    for name in ("sha1", "sha256", "sha384", "sha512"):
        made = attested("tpm", options=options, cert_info=put(extra_data=digest(name, parts[0])))
        assert verdict(door, made) == (VALID if name == own else EXTRA_DATA)


@pytest.mark.parametrize("algorithm", ["EDDSA", "ED448"])
def test_at42_an_algorithm_without_a_hash_binds_nothing(door: Door, algorithm: str) -> None:
    made = attested("tpm", options={"attestation_algorithm": algorithm})
    assert verdict(door, made) == "statement.algorithm_mismatch"


@pytest.mark.parametrize(
    "change",
    [
        lambda _: b"",
        lambda name: name[:-1],
        lambda name: name + b"\x00",
        lambda name: name[2:],
        lambda name: name[:2],
        lambda name: name[:-1] + bytes([name[-1] ^ 1]),
        lambda name: u16(tpm.SHA384) + name[2:],
        lambda name: u16(tpm.SHA1) + name[2:22],
        lambda name: name[1::-1] + name[2:],
        lambda _: u16(tpm.SHA256) + bytes(32),
    ],
)
def test_at43_the_name_is_that_of_the_key(door: Door, change: Change) -> None:
    def altered(draft: CertInfoDraft) -> None:
        draft.name = change(draft.name)

    both(door, NAME, cert_info=altered)


@pytest.mark.parametrize(
    ("algorithm", "code"),
    [
        (tpm.SHA256, VALID),
        (tpm.SHA384, VALID),
        (tpm.SHA512, VALID),
        (tpm.SHA1, "algorithm.legacy_hash"),
    ],
)
def test_at43_the_name_is_by_the_hash_of_the_key(door: Door, algorithm: int, code: str) -> None:
    made = attested("tpm", pub_area=put(name_algorithm=algorithm))
    assert verdict(door, made) == code
    assert verdict(door, made, allow_sha1=True) == VALID
    # Hashed by another than the area says.
    kept: list[bytes] = []

    def keep(data: bytes) -> None:
        kept.append(data)

    other = tpm.SHA384 if algorithm == tpm.SHA256 else tpm.SHA256

    def named(draft: CertInfoDraft) -> None:
        draft.name = tpm.name_of(kept[0], other)

    made = attested(
        "tpm",
        pub_area=put(name_algorithm=algorithm),
        pub_area_bytes=keep,
        cert_info=named,
    )
    assert verdict(door, made, allow_sha1=True) == NAME


@pytest.mark.parametrize("algorithm", [0, 0x10, 0x27, 0xFFFF])
def test_at43_a_hash_that_is_not_known_names_nothing(door: Door, algorithm: int) -> None:
    made = attested("tpm", pub_area=put(name_algorithm=algorithm))
    assert verdict(door, made, trust=None) in ("tpm.value", "algorithm.unknown")


# --- pubArea ---


def test_at44_the_certified_key_is_that_of_the_credential(door: Door) -> None:
    other = stranger_key()
    assert isinstance(other, EcKey)
    for change in (
        put(x=other.x, y=other.y),
        put(x=other.x),
        put(y=other.y),
        lambda draft: put(x=draft.y, y=draft.x)(draft),
        lambda draft: put(x=b"\x01" + draft.x)(draft),
        lambda draft: put(x=draft.x + b"\x00")(draft),
        put(x=b"", y=b""),
        put(curve=4),
        put(curve=5),
    ):
        both(door, KEY_MISMATCH, pub_area=change)
    rsa = stranger_key(-257)
    assert isinstance(rsa, RsaKey)
    both(door, KEY_MISMATCH, pub_area=instead(PubAreaDraft(tpm.RSA, modulus=rsa.modulus)))
    for change in (
        put(modulus=rsa.modulus),
        put(modulus=b""),
        lambda draft: put(modulus=draft.modulus[:-1])(draft),
        lambda draft: put(modulus=draft.modulus + b"\x00")(draft),
        instead(PubAreaDraft(tpm.ECC, x=other.x, y=other.y)),
    ):
        made = attested("tpm", options=RSA, pub_area=change)
        assert verdict(door, made) == KEY_MISMATCH


@pytest.mark.parametrize("exponent", [0, 65537])
def test_at45_an_exponent_of_zero_is_65537(door: Door, exponent: int) -> None:
    made = attested("tpm", options=RSA, pub_area=put(exponent=exponent))
    assert accepted(door, made, strictness="strict").attestation.type == "attca"


@pytest.mark.parametrize("exponent", [1, 3, 17, 65536, 65539, 2**32 - 1])
def test_at45_another_exponent_is_another_key(door: Door, exponent: int) -> None:
    made = attested("tpm", options=RSA, pub_area=put(exponent=exponent))
    assert verdict(door, made) == KEY_MISMATCH


@pytest.mark.parametrize("options", [{}, RSA])
@pytest.mark.parametrize("stage", ["pub_area_bytes", "cert_info_bytes"])
def test_at46_the_structures_are_read_whole(door: Door, stage: str, options: Any) -> None:
    sizes: list[int] = []

    def look(data: bytes) -> None:
        sizes.append(len(data))

    attested("tpm", options=options, alter={stage: look})
    size = sizes[0]
    step = 1 if size < 130 else 7
    for length in (*range(0, size, step), size - 1):
        made = attested("tpm", options=options, alter={stage: lambda d, n=length: d[:n]})
        assert verdict(door, made, trust=None) == "tpm.truncated", length
    for more in (b"\x00", b"\x00\x00", bytes(1000)):
        made = attested("tpm", options=options, alter={stage: lambda d, m=more: d + m})
        assert verdict(door, made, trust=None) == "tpm.trailing"


def size_at(place: int) -> Change:
    """A size of two octets that goes beyond the end."""
    return lambda data: data[:place] + b"\xff\xff" + data[place + 2 :]


def test_at46_a_size_beyond_the_end_is_refused(door: Door) -> None:
    # authPolicy, x and y; qualifiedSigner, extraData, and the names at the end.
    for place in (8, 18, 18 + 2 + 32):
        both(door, "tpm.truncated", pub_area_bytes=size_at(place))
    for place in (6, 6 + 36, 6 + 36 + 34 + 25, 6 + 36 + 34 + 25 + 36):
        both(door, "tpm.truncated", cert_info_bytes=size_at(place))


@pytest.mark.parametrize(
    ("change", "options"),
    [
        (put(symmetric=u16(tpm.AES, 128, tpm.CFB)), {}),
        (put(symmetric=u16(0x26, 256, 0x40)), {}),
        (put(scheme=u16(tpm.ECDSA, tpm.SHA256)), {}),
        (put(scheme=u16(0x1C, tpm.SHA256)), {}),
        (put(scheme=u16(0x1A, tpm.SHA256, 7)), {}),
        (put(kdf=u16(0x07, tpm.SHA256)), {}),
        (put(kdf=u16(0x22, tpm.SHA1)), {}),
        (put(scheme=u16(tpm.RSASSA, tpm.SHA256)), RSA),
        (put(scheme=u16(0x16, tpm.SHA384)), RSA),
        (put(scheme=u16(0x15)), RSA),
        (put(scheme=u16(0x17, tpm.SHA256)), RSA),
        (put(auth_policy=bytes(32)), {}),
        (put(attributes=0xFFFFFFFF), {}),
    ],
)
def test_at47_what_a_selector_announces_is_read(
    door: Door, change: Change, options: dict[str, str]
) -> None:
    assert verdict(door, attested("tpm", options=options, pub_area=change)) == VALID


@pytest.mark.parametrize("selector", [0, 1, 0x99, 0x08, 0x25, 0xFFFF])
def test_at47_a_selector_that_is_not_known_is_refused(door: Door, selector: int) -> None:
    for field in ("symmetric", "scheme", "kdf"):
        made = attested("tpm", pub_area=put(**{field: u16(selector)}))
        assert verdict(door, made, trust=None).startswith("tpm."), field
    for type in (selector, 0x08, 0x25, 0x10):
        if type in (tpm.RSA, tpm.ECC):
            continue
        made = attested("tpm", pub_area=put(type=type))
        assert verdict(door, made, trust=None) in ("tpm.value", "algorithm.key_type")


def test_at47_a_reading_that_is_out_of_step_ends_in_an_error(door: Door) -> None:
    """Details that the selector does not have, and details that are missing."""
    for change in (
        put(symmetric=u16(tpm.NULL, 128, tpm.CFB)),
        put(symmetric=u16(tpm.AES)),
        put(scheme=u16(tpm.NULL, tpm.SHA256)),
        put(scheme=u16(tpm.ECDSA)),
        put(kdf=u16(0x07)),
    ):
        made = attested("tpm", pub_area=change)
        code = verdict(door, made, trust=None)
        assert code.startswith("tpm.") or code in (KEY_MISMATCH, "algorithm.curve"), code


@pytest.mark.parametrize("curve", [0, 1, 2, 6, 0x10, 0x20, 0x99, 0xFFFF])
def test_at48_a_curve_that_is_not_known_is_not_offered(door: Door, curve: int) -> None:
    both(door, "algorithm.curve", pub_area=put(curve=curve))
    rsa = attested(
        "tpm",
        options=RSA,
        pub_area=instead(PubAreaDraft(tpm.ECC, curve=curve, x=bytes(32), y=bytes(32))),
    )
    assert verdict(door, rsa, trust=None) == "algorithm.curve"


def short_coordinate(choice: KeyChoice) -> None:
    """A key of which a coordinate begins with a zero byte."""
    for number in range(10_000):
        key = stranger_key(-7, f"short {number}")
        assert isinstance(key, EcKey)
        if key.x[0] == 0 or key.y[0] == 0:
            choice.label, choice.seed = f"short {number}", STRANGER
            return


def test_at48_zeros_before_a_coordinate_are_no_matter(door: Door) -> None:
    def stripped(draft: PubAreaDraft) -> None:
        assert b"\x00" in (draft.x[:1], draft.y[:1])
        draft.x, draft.y = draft.x.lstrip(b"\x00"), draft.y.lstrip(b"\x00")

    for change in (stripped, lambda _: None):
        made = attested("tpm", credential_key=short_coordinate, pub_area=change)
        assert verdict(door, made) == VALID
    for zeros in (1, 2, 34):
        made = attested("tpm", pub_area=lambda draft, n=zeros: put(x=bytes(n) + draft.x)(draft))
        assert verdict(door, made) == VALID
    made = attested("tpm", options=RSA, pub_area=lambda d: put(modulus=b"\x00" + d.modulus)(d))
    assert verdict(door, made) == VALID


# --- the certificate of the attestation key ---


@pytest.mark.parametrize(
    "subject",
    [
        Name.of(("CN", "AIK")),
        Name.of(("CN", "")),
        Name.of(("C", "CH"), ("O", "countermark"), ("OU", "Authenticator Attestation")),
    ],
)
def test_at49_the_subject_of_the_certificate_is_empty(door: Door, subject: Name) -> None:
    both(door, "leaf.subject", leaf=put(subject=subject))


def tpm_name(*pairs: tuple[str, str], one_set: bool = True) -> bytes:
    name = Name([NameAttribute(kind, text) for kind, text in pairs], one_set=one_set)
    return alternative_name(name)


RIGHT: Final = (
    ("TPM manufacturer", f"id:{VENDOR}"),
    ("TPM model", "countermark"),
    ("TPM version", "id:00010000"),
)
ALTERNATIVE: Final = x509.ALTERNATIVE_NAME


@pytest.mark.parametrize(
    "change",
    [
        dropped(ALTERNATIVE),
        extension(ALTERNATIVE, tpm_name(*RIGHT), critical=False),
        extension(ALTERNATIVE, host_name("tpm.example")),
        extension(ALTERNATIVE, der.sequence(der.implicit(6, b"urn:tpm"))),
        extension(ALTERNATIVE, der.sequence(der.explicit(4, Name().encode()))),
        *(
            extension(ALTERNATIVE, tpm_name(*(one for one in RIGHT if one[0] != gone)))
            for gone, _ in RIGHT
        ),
        # Each in a name of its own: of which TPM are they?
        extension(
            ALTERNATIVE,
            der.sequence(*(der.explicit(4, Name([NameAttribute(*one)]).encode()) for one in RIGHT)),
        ),
    ],
)
def test_at50_the_alternative_name_names_the_tpm(door: Door, change: Change) -> None:
    both(door, "leaf.alternative_name", leaf=change)


@pytest.mark.parametrize(
    "value",
    [
        *(tpm_name(*RIGHT, one_set=one_set) for one_set in (True, False)),
        tpm_name(*reversed(RIGHT), one_set=False),
        tpm_name(("CN", "a TPM"), *RIGHT),
        der.sequence(der.implicit(2, b"tpm.example"), *[tpm_name(*RIGHT)[2:]]),
    ],
)
def test_at51_the_attributes_stand_in_one_set_or_in_several(door: Door, value: bytes) -> None:
    made = attested("tpm", leaf=extension(ALTERNATIVE, value))
    assert accepted(door, made, strictness="strict").attestation.trusted


@pytest.mark.parametrize(
    "vendor",
    [
        *(VENDOR, "id:", "id:FFFFF1D", "id:FFFFF1D00", "id:XYZXYZXY", "ID:FFFFF1D0", ""),
        *("id:FFFFF1D0\x00", " id:FFFFF1D0", "id: FFFFF1D0", "id:0xFFFFF1D0", "id:\uff10FFFF1D0"),
    ],
)
def test_at52_the_vendor_has_a_form(door: Door, vendor: str) -> None:
    name = tpm_name(("TPM manufacturer", vendor), *RIGHT[1:])
    both(door, "leaf.vendor", leaf=extension(ALTERNATIVE, name))


def test_at52_only_vendors_of_a_list_are_taken_where_there_is_one(door: Door) -> None:
    """No list is built in, since the registry grows; without one the form is looked at, as for the test id."""
    made = attested("tpm")
    assert verdict(door, made) == VALID
    for vendors, code in (
        ([f"id:{VENDOR}"], VALID),
        (["id:494E5443", f"id:{VENDOR}"], VALID),
        (["id:494E5443", "id:414D4400"], "leaf.vendor"),
        ([], "leaf.vendor"),
    ):
        assert verdict(door, made, tpm_vendors=vendors) == code
        assert verdict(door, made, tpm_vendors=vendors, trust=None) == code


@pytest.mark.parametrize(
    "change",
    [
        dropped(x509.EXTENDED_KEY_USAGE),
        *(
            extension(x509.EXTENDED_KEY_USAGE, der.sequence(der.oid(purpose)))
            for purpose in ("1.3.6.1.5.5.7.3.2", "2.5.29.37.0", "2.23.133.8.1", "2.23.133.8.3.1")
        ),
    ],
)
def test_at53_the_certificate_is_for_an_attestation_key(door: Door, change: Change) -> None:
    both(door, "leaf.extended_key_usage", leaf=change)


def test_at53_other_purposes_may_stand_beside(door: Door) -> None:
    purposes = der.sequence(der.oid("1.3.6.1.5.5.7.3.2"), der.oid(x509.AIK_PURPOSE))
    for critical in (True, False):
        change = extension(x509.EXTENDED_KEY_USAGE, purposes, critical=critical)
        assert verdict(door, attested("tpm", leaf=change)) == VALID


QUALIFIER: Final = der.sequence(
    der.oid("1.3.6.1.5.5.7.2.2"), der.sequence(der.tlv(0x0C, b"TCPA  Trusted  Platform"))
)
POLICY: Final = der.oid("1.3.6.1.4.1.311.21.31")


@pytest.mark.parametrize("critical", [True, False])
@pytest.mark.parametrize(
    "value",
    [
        der.sequence(der.sequence(POLICY)),
        der.sequence(der.sequence(POLICY, der.sequence(QUALIFIER))),
        der.sequence(der.sequence(POLICY), der.sequence(der.oid("2.5.29.32.0"))),
    ],
)
def test_at54_critical_policies_are_understood(door: Door, value: bytes, critical: bool) -> None:
    """Genuine certificates of Windows Hello have them."""
    policies = extension(x509.CERTIFICATE_POLICIES, value, critical=critical)
    made = attested("tpm", leaf=policies, intermediate=policies)
    assert accepted(door, made, strictness="strict").attestation.trusted


def test_at55_sha1_has_to_be_allowed_by_name(door: Door) -> None:
    made = attested("tpm", options={"attestation_algorithm": "RS1"})
    for trust in ({}, {"trust": None}):
        assert verdict(door, made, **trust) == "algorithm.legacy_hash"
        assert verdict(door, made, allow_sha1=True, **trust) == VALID
    # It is about the statement; the credential's own algorithm is another matter.
    assert int(accepted(door, made, allow_sha1=True).algorithm) == -7
    wrong = attested("tpm", options={"attestation_algorithm": "RS1"}, statement=members(alg=-257))
    assert verdict(door, wrong, allow_sha1=True) == EXTRA_DATA


def test_at23_at26_at27_the_profile_is_that_of_packed_in_part(door: Door) -> None:
    both(door, "leaf.version", leaf=version_1)
    both(door, "leaf.is_ca", leaf=is_ca(True))
    made = attested("tpm", leaf=dropped(x509.BASIC_CONSTRAINTS))
    assert verdict(door, made, strictness="strict") == "leaf.basic_constraints"
    assert ("leaf.basic_constraints", "certificate[0]") in notes(accepted(door, made, trust=None))


def test_at40_a_truth_value_that_is_neither_is_told(door: Door) -> None:
    made = attested("tpm", cert_info=put(safe=0xAA))
    assert verdict(door, made, strictness="strict") == "tpm.value"
    assert notes(accepted(door, made)) == {("tpm.value", "certInfo")}


def test_at21_the_key_of_the_certificate_signed_cert_info(door: Door) -> None:
    def as_packed(draft: SigningDraft) -> None:
        draft.message = draft.authenticator_data + draft.client_data_hash

    for change in (
        as_packed,
        SigningDraft.use_other_key,
        lambda draft: put(key=draft.credential_key)(draft),
    ):
        assert verdict(door, attested("tpm", signing=change)) == "signature.invalid"
