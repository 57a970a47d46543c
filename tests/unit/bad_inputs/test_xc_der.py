"""Certificates: how they are written (rows XC04, XC11, XC19 to XC25, XC32, XC33, XC35, XC37)."""

from __future__ import annotations

from typing import Any, Final

import pytest

from countermark.webauthn.testing import certificates as x509
from countermark.webauthn.testing import der_writer as der
from countermark.webauthn.testing.certificates import (
    CertificateDraft,
    Extension,
    Name,
    NameAttribute,
)
from tests.property.outcome import Door
from tests.unit.bad_inputs.attestations import (
    AT,
    AUTHORITY,
    UNKNOWN,
    VALID,
    Change,
    attested,
    extension,
    issuers,
    leaf,
    notes,
    path_verdict,
    put,
    reading_verdict,
    several,
    verdict,
    version_1,
)
from tests.unit.bad_inputs.refusals import refusal, seconds

ROOT: Final = [AUTHORITY.root]
STRICT: Final = {"strictness": "strict"}


def everywhere(door: Door, code: str, change: Change) -> None:
    """Refused when it is read, on a path and in a statement, in both ways of reading."""
    made = attested(leaf=change)
    for strictness in ("strict", "interoperable"):
        assert reading_verdict(door, made, strictness=strictness) == code
    made = attested(intermediate=change)
    assert verdict(door, made) == code
    assert path_verdict(door, made.chain, [made.root]) == code


def told(door: Door, code: str, change: Change) -> None:
    """Refused where reading is strict, and let pass and told where it is not."""
    made = attested(leaf=change)
    assert reading_verdict(door, made, strictness="strict") == code
    assert reading_verdict(door, made) == VALID
    assert notes(door.parse_certificate(made.chain[0])) == {(code, "certificate")}
    found = door.validate_path(made.chain, trust=door.TrustAnchors([made.root]), at=AT)
    assert notes(found) == {(code, "certificate[0]")}
    # An anchor is read leniently, and so is its own certificate where it was sent.
    anchor = made.chain[0]
    assert path_verdict(door, [anchor], [anchor]) == VALID


def taken(door: Door, change: Change) -> Any:
    made = attested(leaf=change)
    assert reading_verdict(door, made, strictness="strict") == VALID
    return door.parse_certificate(made.chain[0], strictness="strict")


# --- times ---


def utc(text: str) -> bytes:
    return der.tlv(0x17, text.encode())


def generalized(text: str) -> bytes:
    return der.tlv(0x18, text.encode())


@pytest.mark.parametrize(
    "time",
    [
        *(utc(text) for text in ("2001010000Z", "200101000000", "200101000000+0100", "")),
        *(utc(text) for text in ("200101000000-0000", "200101000000.5Z", "20200101000000Z")),
        *(utc(text) for text in ("200230000000Z", "210229000000Z", "200431000000Z")),
        *(utc(text) for text in ("200001000000Z", "201301000000Z", "200100000000Z")),
        *(utc(text) for text in ("200132000000Z", "200101240000Z", "200101006000Z")),
        *(utc(text) for text in ("200101000060Z", "200101000061Z", "20010100000 Z")),
        *(utc(text) for text in ("2001010000-1Z", "200101000000z", " 00101000000Z")),
        *(utc(text) for text in ("200101000000Z\x00", "\uff12\uff1000101000000Z")),
        *(generalized(text) for text in ("20500101000000.5Z", "20500101000000", "2050010100Z")),
        *(generalized(text) for text in ("500101000000Z", "20500101000000+0000")),
        *(generalized(text) for text in ("20500230000000Z", "21000229000000Z", "")),
        *(generalized(text) for text in ("99991231235960Z", "100000101000000Z")),
    ],
)
def test_xc04_a_time_is_whole_seconds_that_exist(door: Door, time: bytes) -> None:
    everywhere(door, "certificate.time", put(not_before=time))
    everywhere(door, "certificate.time", put(not_after=time))


@pytest.mark.parametrize(
    ("time", "seconds_"),
    [
        (utc("500101000000Z"), -631152000),
        (utc("491231235959Z"), 2524607999),
        (utc("700101000000Z"), 0),
        (utc("000229000000Z"), 951782400),
        (generalized("20500101000000Z"), 2524608000),
        (generalized("99991231235959Z"), 253402300799),
        (generalized("24000229000000Z"), 13574563200),
    ],
)
def test_xc04_years_have_two_digits_until_2049(door: Door, time: bytes, seconds_: int) -> None:
    certificate = door.parse_certificate(leaf(put(not_before=time)).encode(), **STRICT)
    assert certificate.not_before == seconds_
    certificate = door.parse_certificate(leaf(put(not_after=time)).encode(), **STRICT)
    assert certificate.not_after == seconds_


@pytest.mark.parametrize("text", ["20200101000000Z", "19500101000000Z", "20491231235959Z"])
def test_xc04_four_digits_where_two_are_due_are_told(door: Door, text: str) -> None:
    change = put(not_before=generalized(text))
    if text.startswith("2049"):
        change = put(not_after=generalized(text))
    told(door, "certificate.time", change)


def test_xc04_a_time_is_one_of_two_types(door: Door) -> None:
    for value in (der.integer(AT), der.null(), der.tlv(0x0C, b"200101000000Z"), der.sequence()):
        made = attested(leaf=put(not_before=value))
        assert reading_verdict(door, made) == "der.tag"


# --- the two algorithms, extensions, serial numbers, versions ---


@pytest.mark.parametrize(
    "other",
    [
        der.sequence(der.oid("1.2.840.10045.4.3.3")),
        der.sequence(der.oid("1.2.840.10045.4.3.2"), der.null()),
        der.sequence(der.oid("1.2.840.113549.1.1.11"), der.null()),
        der.sequence(der.oid("1.2.840.10045.4.3.2"), der.sequence()),
    ],
)
def test_xc11_the_algorithm_stands_twice_and_alike(door: Door, other: bytes) -> None:
    code = "certificate.algorithm_mismatch"
    everywhere(door, code, put(inner_algorithm=other))
    everywhere(door, code, put(outer_algorithm=other))
    # Alike, it is another matter.
    made = attested(leaf=put(inner_algorithm=other, outer_algorithm=other))
    assert path_verdict(door, made.chain, [made.root]) == "trust.signature"


@pytest.mark.parametrize("oid", [x509.BASIC_CONSTRAINTS, x509.AAGUID, UNKNOWN, x509.KEY_USAGE])
def test_xc19_an_extension_stands_once(door: Door, oid: str) -> None:
    values = {
        x509.BASIC_CONSTRAINTS: x509.basic_constraints(ca=False),
        x509.KEY_USAGE: x509.DIGITAL_SIGNATURE,
    }
    value = values.get(oid, der.octet_string(bytes(16)))

    def twice(draft: CertificateDraft) -> None:
        draft.drop(oid)
        draft.extensions += [Extension(oid, value), Extension(UNKNOWN + ".9", b"x")]
        draft.extensions.append(Extension(oid, value))

    everywhere(door, "certificate.duplicate_extension", twice)


def test_xc19_another_value_does_not_help(door: Door) -> None:
    def differing(draft: CertificateDraft) -> None:
        draft.extensions.insert(
            0, Extension(x509.BASIC_CONSTRAINTS, x509.basic_constraints(ca=True), critical=True)
        )

    everywhere(door, "certificate.duplicate_extension", differing)


@pytest.mark.parametrize(
    "serial", [0, -1, -128, -(2**63), 2**159, 2**160, 2**400, -(2**170)], ids=lambda n: f"{n:x}"
)
def test_xc20_odd_serial_numbers_are_told(door: Door, serial: int) -> None:
    """Real certificates have them; a serial number decides nothing here."""
    told(door, "certificate.serial", put(serial=serial))
    assert door.parse_certificate(leaf(put(serial=serial)).encode()).serial == serial


@pytest.mark.parametrize("serial", [1, 127, 128, 255, 2**63, 2**158, 2**159 - 1])
def test_xc20_a_serial_number_has_up_to_20_octets(door: Door, serial: int) -> None:
    assert taken(door, put(serial=serial)).serial == serial


@pytest.mark.parametrize(
    ("written", "code"),
    [
        (b"\x02\x02\x00\x01", "der.value"),
        (b"\x02\x02\x00\x7f", "der.value"),
        (b"\x02\x02\xff\x80", "der.value"),
        (b"\x02\x00", "der.value"),
        (b"\x0a\x01\x01", "der.tag"),
        (b"\x02\x81\x01\x01", "der.length"),
    ],
)
def test_xc20_a_serial_number_is_written_shortest(door: Door, written: bytes, code: str) -> None:
    everywhere(door, code, put(serial_bytes=written))


def test_xc20_the_serial_number_of_an_anchor_is_no_matter(door: Door) -> None:
    for change in (
        put(serial=0),
        put(serial=-5),
        put(serial=2**400),
        put(serial_bytes=b"\x02\x02\x00\x01"),
        put(serial_bytes=b"\x02\x00"),
    ):
        drafts = issuers(1, change)
        chain = [leaf(under=drafts[0]).encode()]
        assert path_verdict(door, chain, [drafts[0].encode()]) == VALID


@pytest.mark.parametrize("version", [1, 2])
def test_xc21_extensions_are_of_version_3(door: Door, version: int) -> None:
    everywhere(door, "certificate.version", put(version=version))


@pytest.mark.parametrize("version", [0, 4, 5, 128, 2**40])
def test_xc21_versions_are_1_to_3(door: Door, version: int) -> None:
    everywhere(door, "certificate.version", put(version=version))
    bare = several(put(version=version), put(extensions=[]))
    everywhere(door, "certificate.version", bare)


def test_xc21_a_leaf_of_version_1_can_be_read(door: Door) -> None:
    certificate = door.parse_certificate(leaf(version_1).encode(), **STRICT)
    assert (certificate.version, certificate.extensions, certificate.is_ca) == (1, (), None)
    assert path_verdict(door, [leaf(version_1).encode()], ROOT) == VALID
    assert verdict(door, attested(leaf=version_1)) == "leaf.version"
    # The default that is spelled out.
    explicit = several(put(extensions=[]), spelled_version)
    made = leaf(explicit).encode()
    assert refusal(door.parse_certificate, made) == "der.value"


def spelled_version(draft: CertificateDraft) -> None:
    draft.version = 1
    draft.serial_bytes = der.explicit(0, der.integer(0)) + der.integer(draft.serial)


# --- DER ---


def inner(change: Change) -> Change:
    """The signed part, rewritten and signed anew."""

    def altered(draft: CertificateDraft) -> None:
        draft.extensions = change(draft.extensions) or draft.extensions

    return altered


def critical(octets: bytes) -> Change:
    def altered(draft: CertificateDraft) -> None:
        draft.extension(x509.BASIC_CONSTRAINTS).critical_bytes = octets

    return altered


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (put(indefinite=True), "der.length"),
        (critical(b"\x01\x01\x01"), "der.value"),
        (critical(b"\x01\x01\xfe"), "der.value"),
        (critical(b"\x01\x02\xff\xff"), "der.value"),
        (critical(b"\x01\x00"), "der.value"),
        (critical(b"\x01\x81\x01\xff"), "der.length"),
        (put(spki=b"\x30\x80\x00\x00"), "der.length"),
        (put(inner_algorithm=b"\x30\x81\x0a" + der.oid("1.2.840.10045.4.3.2")), "der.length"),
    ],
)
def test_xc22_certificates_are_der(door: Door, change: Change, code: str) -> None:
    everywhere(door, code, change)


def test_xc22_defaults_that_are_spelled_out_are_told(door: Door) -> None:
    def spelled(draft: CertificateDraft) -> None:
        draft.extension(x509.AAGUID).critical_bytes = der.boolean(False)

    told(door, "certificate.extension", spelled)
    value = der.sequence(der.boolean(False))
    told(door, "certificate.extension", extension(x509.BASIC_CONSTRAINTS, value))


def test_xc22_a_set_is_in_order(door: Door) -> None:
    attributes = [NameAttribute("CN", "b").encode(), NameAttribute("CN", "a").encode()]
    straight, backwards = der.tlv(0x31, *sorted(attributes)), der.tlv(0x31, *attributes)
    assert straight != backwards
    name = der.sequence(straight)
    assert path_verdict(door, [renamed(name)], ROOT) in (VALID, "trust.signature")
    for wrong in (der.sequence(backwards), der.sequence(der.tlv(0x31))):
        assert refusal(door.parse_certificate, renamed(wrong)).startswith("der.")


def renamed(subject: bytes) -> bytes:
    """A certificate with this subject, whatever it is."""

    class Written(Name):
        def encode(self) -> bytes:
            return subject

    return leaf(put(subject=Written())).encode()


def test_xc22_every_other_spelling_of_a_length_is_refused(door: Door) -> None:
    der_ = leaf().encode()
    assert der_[:2] == b"\x30\x82"
    for head in (b"\x30\x83\x00", b"\x30\x84\x00\x00"):
        assert refusal(door.parse_certificate, head + der_[2:]) == "der.length"
    for head in (b"\x30\x85\x01\x00\x00", b"\x30\x88" + b"\xff" * 6, b"\x30\xff", b"\x30\xfe"):
        assert refusal(door.parse_certificate, head + der_[2:]).startswith("der.")


def test_xc22_xc23_every_prefix_is_refused(door: Door) -> None:
    der_ = leaf().encode()
    for size in (1, 2, 3, 4, 20, 100, len(der_) // 2, len(der_) - 1):
        assert refusal(door.parse_certificate, der_[:size]) == "der.truncated"
        assert refusal(door.TrustAnchors, [der_[:size]]) == "der.truncated"


@pytest.mark.parametrize("more", [b"\x00", b"\x00\x00", b"\x30\x00", bytes(100)])
def test_xc23_nothing_follows_a_certificate(door: Door, more: bytes) -> None:
    everywhere(door, "der.trailing", put(trailing=more))
    assert refusal(door.TrustAnchors, [leaf().encode() + more]) == "der.trailing"


@pytest.mark.parametrize(
    ("oid", "value"),
    [
        (x509.BASIC_CONSTRAINTS, x509.basic_constraints(ca=False)),
        (x509.KEY_USAGE, x509.DIGITAL_SIGNATURE),
        (x509.EXTENDED_KEY_USAGE, der.sequence(der.oid(x509.AIK_PURPOSE))),
        (x509.ALTERNATIVE_NAME, der.sequence(der.implicit(2, b"example.org"))),
        (x509.CERTIFICATE_POLICIES, der.sequence(der.sequence(der.oid("1.2.3")))),
    ],
)
def test_xc23_nothing_follows_the_value_of_a_known_extension(
    door: Door, oid: str, value: bytes
) -> None:
    taken(door, extension(oid, value))
    for wrong in (value + b"\x00", value + der.null(), value[:-1], b"", der.null(), value * 2):
        made = attested(leaf=extension(oid, wrong))
        for strictness in ("strict", "interoperable"):
            code = reading_verdict(door, made, strictness=strictness)
            assert code == "certificate.extension" or code.startswith("der."), (wrong, code)
    # Those that are not known are bytes.
    taken(door, extension(UNKNOWN, value + b"\x00\xff"))


# --- bounds ---


def quick(door: Door, data: bytes, code: str) -> None:
    anchors = door.TrustAnchors(ROOT)
    calls = (
        lambda: refusal(door.parse_certificate, data),
        lambda: refusal(door.validate_path, [data], trust=anchors, at=AT),
    )
    for call in calls:
        assert call() == code
        assert seconds(call, times=2) < (0.02 if door.name == "native" else 0.3)


def test_xc24_large_certificates_are_not_read(door: Door) -> None:
    many = [Extension(f"1.3.6.1.4.1.99999.{n}", b"") for n in range(10_000)]
    for change in (
        extension(UNKNOWN, bytes(1024 * 1024)),
        extension(UNKNOWN, bytes(16 * 1024)),
        put(extensions=many),
        put(subject=Name([NameAttribute("CN", "a")] * 10_000)),
        extension(x509.ALTERNATIVE_NAME, der.sequence(*[der.implicit(2, b"a.example")] * 100_000)),
        put(serial_bytes=der.tlv(2, b"\x01", bytes(17 * 1024))),
    ):
        data = leaf(change).encode()
        quick(door, data, "limit.size")
        assert refusal(door.TrustAnchors, [data]) == "limit.size"
    # As the chain of a statement.
    made = attested(leaf=extension(UNKNOWN, bytes(20 * 1024)))
    assert verdict(door, made) == "limit.size"
    fits = leaf(extension(UNKNOWN, bytes(15 * 1024))).encode()
    assert door.parse_certificate(fits).raw == fits


def test_xc24_extensions_and_names_are_counted(door: Door) -> None:
    few = [Extension(f"1.3.6.1.4.1.99999.{n}", b"") for n in range(64)]
    assert len(door.parse_certificate(leaf(put(extensions=few)).encode()).extensions) == 64
    more = [*few, Extension("1.3.6.1.4.1.99999.64", b"")]
    quick(door, leaf(put(extensions=more)).encode(), "limit.count")
    name = Name([NameAttribute("CN", f"{n:03}") for n in range(64)])
    assert door.parse_certificate(leaf(put(subject=name)).encode()).subject.count("CN=") == 64
    for one_set in (False, True):
        wide = Name([NameAttribute("CN", f"{n:03}") for n in range(65)], one_set=one_set)
        quick(door, leaf(put(subject=wide)).encode(), "limit.count")
        quick(door, leaf(put(issuer=wide)).encode(), "limit.count")


def test_xc24_many_alternative_names_cost_little(door: Door) -> None:
    names = der.sequence(*[der.implicit(2, b"a.b")] * 2000)
    data = leaf(extension(x509.ALTERNATIVE_NAME, names)).encode()
    assert len(data) < 16 * 1024
    bound = 0.02 if door.name == "native" else 0.3
    assert seconds(lambda: door.parse_certificate(data), times=3) < bound


def with_oid(content: bytes) -> Change:
    """An extension whose object identifier has these octets."""

    class Written(Extension):
        def encode(self) -> bytes:
            return der.sequence(der.tlv(0x06, content), der.octet_string(b""))

    def altered(draft: CertificateDraft) -> None:
        draft.extensions.append(Written(UNKNOWN, b""))

    return altered


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x80\x01",
        b"\x2a\x80\x01",
        b"\x2a\x03\x80\x80\x01",
        b"\x2a\x83",
        b"\x2a\xff\xff",
        b"\x2a" + b"\xff" * 18 + b"\x7f",
        b"\x2a\x84" + b"\x80" * 17 + b"\x00",
        b"\x2a" + b"\x03" * (10 * 1024),
        b"\xff" * (10 * 1024) + b"\x7f",
    ],
    ids=lambda content: f"{content[:8].hex()}-{len(content)}",
)
def test_xc25_object_identifiers_are_well_formed_and_short(door: Door, content: bytes) -> None:
    data = leaf(with_oid(content)).encode()
    code = refusal(door.parse_certificate, data)
    assert code == "der.value"
    bound = 0.02 if door.name == "native" else 0.3
    assert seconds(lambda: refusal(door.parse_certificate, data), times=2) < bound
    assert path_verdict(door, [data], ROOT) == code


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"\x2a\x03", "1.2.3"),
        (b"\x00", "0.0"),
        (b"\x88\x37", "2.999"),
        (b"\x2a" + b"\x83" + b"\xff" * 17 + b"\x7f", f"1.2.{2**128 - 1}"),
    ],
)
def test_xc25_large_arcs_are_numbers(door: Door, content: bytes, text: str) -> None:
    found = door.parse_certificate(leaf(with_oid(content)).encode(), **STRICT)
    assert found.extensions[-1][0] == text


# --- names ---


def test_xc32_a_nul_ends_nothing(door: Door) -> None:
    nul = Name.of(("C", "CH"), ("O", "countermark"), ("CN", "countermark test root\x00.evil"))
    certificate = door.parse_certificate(leaf(put(subject=nul)).encode(), **STRICT)
    assert certificate.subject.startswith("CN=countermark test root\\00.evil")
    assert b"\x00.evil" in certificate.subject_der
    # No anchor has this name.
    assert path_verdict(door, [leaf(put(issuer=nul)).encode()], ROOT) == "trust.name"
    host = der.sequence(der.implicit(2, b"attest.android.com\x00.evil.example"))
    change = extension(x509.ALTERNATIVE_NAME, host)
    assert verdict(door, attested("android-safetynet", leaf=change)) == "leaf.hostname"


@pytest.mark.parametrize(
    "name",
    [
        der.implicit(3, b"attest.android.com"),
        der.explicit(3, b"attest.android.com"),
        der.explicit(0, der.oid(UNKNOWN), der.explicit(0, der.tlv(0x0C, b"attest.android.com"))),
        der.explicit(5, der.explicit(1, der.tlv(0x0C, b"attest.android.com"))),
        der.explicit(2, b"attest.android.com"),
        der.implicit(4, Name.of(("CN", "attest.android.com")).encode()),
        der.implicit(8, der.oid(UNKNOWN)[2:]),
        der.implicit(9, b"attest.android.com"),
        der.tlv(0x16, b"attest.android.com"),
        der.tlv(0x42, b"attest.android.com"),
    ],
)
def test_xc33_kinds_of_names_are_not_mistaken(door: Door, name: bytes) -> None:
    """What has the octets of a host's name in another kind of name is no host's name."""
    change = extension(x509.ALTERNATIVE_NAME, der.sequence(name))
    code = verdict(door, attested("android-safetynet", leaf=change))
    assert code in (
        "leaf.hostname",
        "certificate.extension",
        "der.tag",
        "der.length",
        "der.truncated",
    )
    code = verdict(door, attested("tpm", leaf=change))
    assert code != VALID


@pytest.mark.parametrize(
    ("tag", "value"),
    [
        (x509.UTF8, b"\xff\xfe"),
        (x509.UTF8, b"\xc0\x80"),
        (x509.UTF8, b"\xed\xa0\x80"),
        (x509.UTF8, b"\xf4\x90\x80\x80"),
        (x509.PRINTABLE, b"\xe4"),
        (x509.IA5, b"\x80"),
        (x509.BMP, b"\x00a\x00"),
        (x509.BMP, b"\xd8\x00"),
        (x509.T61, b"\xe4\xff"),
        (0x1C, b"\x00\x11\x00\x00"),
        (0x1C, b"\x00\x00\x00"),
        (0x04, b"octets"),
    ],
)
def test_xc35_a_value_that_is_no_text_is_octets(door: Door, tag: int, value: bytes) -> None:
    name = Name([NameAttribute("CN", value, tag)])
    certificate = door.parse_certificate(leaf(put(subject=name)).encode(), **STRICT)
    assert certificate.subject == "CN=#" + der.tlv(tag, value).hex()
    assert certificate.subject_der == name.encode()
    assert path_verdict(door, [leaf(put(subject=name)).encode()], ROOT) == VALID


# --- bit strings ---


@pytest.mark.parametrize("unused", [1, 4, 7])
def test_xc37_unused_bits_of_a_signature_are_told(door: Door, unused: int) -> None:
    told(door, "der.value", put(unused_bits=unused))


@pytest.mark.parametrize("unused", [8, 9, 64, 255])
def test_xc37_a_count_of_unused_bits_is_at_most_7(door: Door, unused: int) -> None:
    everywhere(door, "der.value", put(unused_bits=unused))


def test_xc37_other_bit_strings_are_exact(door: Door) -> None:
    key = leaf().key.spki()
    at = key.index(b"\x03\x42\x00")
    for unused in (1, 7, 8, 255):
        wrong = key[:at] + b"\x03\x42" + bytes([unused]) + key[at + 3 :]
        everywhere(door, "der.value", put(spki=wrong))
    for value in (b"\x03\x00", b"\x03\x01\x01", b"\x03\x02\x08\x80", b"\x03\x02\x07\xff"):
        made = attested(leaf=extension(x509.KEY_USAGE, value))
        code = reading_verdict(door, made)
        assert code in ("der.value", "certificate.extension", "der.truncated"), (value, code)
