"""Certificates: the way from a leaf to an anchor (rows XC01 to XC18, XC29 to XC31, XC39 to XC46)."""

from __future__ import annotations

import datetime as dt
import socket
import urllib.request
from typing import Any, Final

import pytest

from countermark.webauthn.testing import certificates as x509
from countermark.webauthn.testing import der_writer as der
from countermark.webauthn.testing.certificates import CertificateDraft, Name
from tests.property.outcome import Door
from tests.unit.bad_inputs.attestations import (
    AT,
    AUTHORITY,
    UNKNOWN,
    VALID,
    Change,
    accepted,
    attested,
    both_verdicts,
    chain_of,
    dropped,
    extension,
    is_ca,
    issuers,
    leaf,
    path_verdict,
    put,
    several,
    stranger_key,
    verdict,
)
from tests.unit.bad_inputs.refusals import refusal, refused, seconds

ROOT: Final = [AUTHORITY.root]
EARLY, LATE = 1577836800, 1609459200  # 2020 and 2021, before the time of verification
FUTURE: Final = 1893456000  # 2030

# --- dates ---


def test_xc01_a_leaf_outside_its_dates_is_refused(door: Door) -> None:
    for change in (put(not_after=LATE), put(not_before=FUTURE), put(not_after=AT - 1)):
        made = attested(leaf=change)
        assert both_verdicts(door, made) == "trust.validity"
        # A caller who does not ask for trust is told.
        found = accepted(door, made, require_trust=False).attestation
        assert (found.trusted, found.trust_error.code) == (False, "trust.validity")
        assert verdict(door, made, trust=None) == VALID
    for change in (put(not_after=AT), put(not_before=AT)):
        assert both_verdicts(door, attested(leaf=change)) == VALID


def test_xc02_an_intermediate_outside_its_dates_is_refused(door: Door) -> None:
    for change in (put(not_after=LATE), put(not_before=FUTURE), put(not_before=AT + 1)):
        assert both_verdicts(door, attested(intermediate=change)) == "trust.validity"
    for count in (2, 3):
        drafts = issuers(count)
        drafts[0].not_after = LATE
        chain = chain_of(leaf(under=drafts[-1]), drafts)
        assert path_verdict(door, chain, ROOT) == "trust.validity"


def test_xc03_an_anchor_outside_its_dates_is_an_anchor(door: Door) -> None:
    for change in (put(not_after=LATE), put(not_before=FUTURE)):
        drafts = issuers(1, change)
        chain = chain_of(leaf(under=drafts[0]))
        assert path_verdict(door, chain, [drafts[0].encode()]) == VALID
        # Sent along, it is the anchor still; and a leaf that is one as well.
        assert path_verdict(door, [*chain, drafts[0].encode()], [drafts[0].encode()]) == VALID
        lone = leaf(change).encode()
        assert path_verdict(door, [lone], [lone]) == VALID
        assert path_verdict(door, [lone], ROOT) == "trust.validity"


def test_xc05_a_certificate_that_ends_before_it_begins_is_never_valid(door: Door) -> None:
    reversed_dates = put(not_before=FUTURE, not_after=EARLY)
    for at in (AT, EARLY, FUTURE, EARLY - 1, FUTURE + 1):
        assert both_verdicts(door, attested(leaf=reversed_dates), at=at) == "trust.validity"
    made = attested(intermediate=reversed_dates)
    assert both_verdicts(door, made) == "trust.validity"
    assert both_verdicts(door, attested(leaf=put(not_before=AT, not_after=AT))) == VALID


# --- who may issue ---


def with_length(count: int, length: int, at: int = 0) -> list[bytes]:
    """A chain of so many intermediates, one of which allows so many below it."""
    drafts = issuers(count)
    is_ca(True, length)(drafts[at])
    return chain_of(leaf(under=drafts[-1]), drafts)


@pytest.mark.parametrize(
    ("count", "length", "at", "code"),
    [
        (1, 0, 0, VALID),
        (2, 0, 0, "trust.path_length"),
        (2, 1, 0, VALID),
        (2, 0, 1, VALID),
        (3, 1, 0, "trust.path_length"),
        (3, 0, 1, "trust.path_length"),
        (3, 2, 0, VALID),
        (5, 3, 0, "trust.path_length"),
        (5, 4, 0, VALID),
        (5, 2**31 - 1, 0, VALID),
    ],
)
def test_xc06_an_authority_bounds_the_path_below_it(
    door: Door, count: int, length: int, at: int, code: str
) -> None:
    assert path_verdict(door, with_length(count, length, at), ROOT) == code
    # The anchor's own bound is no matter.
    if at == 0 and count > 1:
        drafts = issuers(count)
        is_ca(True, length)(drafts[0])
        chain = chain_of(leaf(under=drafts[-1]), drafts[1:])
        assert path_verdict(door, chain, [drafts[0].encode()]) == VALID


def test_xc06_self_issued_certificates_are_not_counted(door: Door) -> None:
    first, second = issuers(2)
    is_ca(True, 0)(first)
    # The same name with a new key, certified by the old one.
    second.subject = first.subject
    chain = chain_of(leaf(under=second), [first, second])
    assert path_verdict(door, chain, ROOT) == VALID


@pytest.mark.parametrize("length", [-1, -128, -(2**63), 2**32, 2**64, 2**200])
def test_xc07_a_path_length_is_a_small_number(door: Door, length: int) -> None:
    value = der.sequence(der.boolean(True), der.integer(length))
    code = "certificate.extension"
    drafts = issuers(1, extension(x509.BASIC_CONSTRAINTS, value))
    assert path_verdict(door, chain_of(leaf(under=drafts[0]), drafts), ROOT) == code
    assert refusal(door.parse_certificate, drafts[0].encode()) == code
    assert verdict(door, attested(intermediate=extension(x509.BASIC_CONSTRAINTS, value))) == code


def test_xc07_a_path_length_of_no_authority_makes_none(door: Door) -> None:
    value = der.sequence(der.integer(3))
    drafts = issuers(1, extension(x509.BASIC_CONSTRAINTS, value))
    assert path_verdict(door, chain_of(leaf(under=drafts[0]), drafts), ROOT) == "trust.not_ca"
    # In the leaf it says that this is none.
    assert verdict(door, attested(leaf=extension(x509.BASIC_CONSTRAINTS, value))) == VALID


@pytest.mark.parametrize(
    "change",
    [
        dropped(x509.BASIC_CONSTRAINTS),
        is_ca(False),
        dropped(x509.BASIC_CONSTRAINTS, x509.KEY_USAGE),
        several(put(version=1), put(extensions=[])),
        several(put(version=2), put(extensions=[])),
    ],
)
def test_xc08_who_is_no_authority_issues_nothing(door: Door, change: Change) -> None:
    assert both_verdicts(door, attested(intermediate=change)) == "trust.not_ca"
    for place in range(3):
        drafts = issuers(3)
        several(change)(drafts[place])
        chain = chain_of(leaf(under=drafts[-1]), drafts)
        assert path_verdict(door, chain, ROOT) == "trust.not_ca"
    # As an anchor it may.
    drafts = issuers(1, change)
    assert path_verdict(door, chain_of(leaf(under=drafts[0])), [drafts[0].encode()]) == VALID


def test_xc08_a_leaf_does_not_issue_another(door: Door) -> None:
    """Whoever has the key of one authenticator could make certificates for any other."""
    upper = leaf(label="an authenticator")
    lower = leaf(under=upper, label="a forgery")
    assert path_verdict(door, chain_of(lower, [upper]), ROOT) == "trust.not_ca"


@pytest.mark.parametrize(
    ("usage", "code"),
    [
        (x509.DIGITAL_SIGNATURE, "trust.key_usage"),
        (der.bit_string(b"\xc0", 6), "trust.key_usage"),
        (der.bit_string(b"\x02", 1), "trust.key_usage"),
        (der.bit_string(b"\x00\x80", 7), "trust.key_usage"),
        (der.bit_string(b"\x04", 2), VALID),
        (x509.CERTIFICATE_SIGN, VALID),
        (der.bit_string(b"\xff\x80", 7), VALID),
    ],
)
@pytest.mark.parametrize("critical", [True, False])
def test_xc09_an_issuer_may_sign_certificates(
    door: Door, usage: bytes, code: str, critical: bool
) -> None:
    change = extension(x509.KEY_USAGE, usage, critical=critical)
    assert both_verdicts(door, attested(intermediate=change)) == code
    drafts = issuers(1, change)
    assert path_verdict(door, chain_of(leaf(under=drafts[0])), [drafts[0].encode()]) == VALID
    assert both_verdicts(door, attested(intermediate=dropped(x509.KEY_USAGE))) == VALID


@pytest.mark.parametrize(
    "name",
    [
        Name.of(("C", "CH"), ("O", "countermark"), ("CN", "another CA")),
        Name(),
        Name.of(("C", "CH"), ("O", "countermark"), ("CN", "countermark test intermediate 0 ")),
        Name.of(("C", "CH"), ("O", "countermark"), ("CN", "COUNTERMARK TEST INTERMEDIATE 0")),
    ],
)
def test_xc10_the_issuer_is_known_by_its_name(door: Door, name: Name) -> None:
    assert both_verdicts(door, attested(leaf=put(issuer=name))) == "trust.name"
    made = attested(intermediate=put(issuer=name))
    assert both_verdicts(door, made) == "trust.name"


def test_xc10_names_are_compared_as_bytes(door: Door) -> None:
    """The same text in another string type is another name."""

    def printable(draft: CertificateDraft) -> None:
        parts = [put(tag=x509.PRINTABLE) for _ in draft.issuer.attributes]
        draft.issuer = Name.of(("C", "CH"), ("O", "countermark"), ("CN", "countermark test root"))
        for change, attribute in zip(parts, draft.issuer.attributes, strict=False):
            change(attribute)

    assert path_verdict(door, [leaf().encode()], ROOT) == VALID
    assert path_verdict(door, [leaf(printable).encode()], ROOT) == "trust.name"


# --- constraints and critical extensions ---

CONSTRAINTS: Final = {
    "dns": der.implicit(2, b"example.org"),
    "mail": der.implicit(1, b"example.org"),
    "uri": der.implicit(6, b".example.org"),
    "address": der.implicit(7, bytes.fromhex("0a000000ff000000")),
    "bad mask": der.implicit(7, bytes.fromhex("0a000000ff00ff00")),
    "short address": der.implicit(7, b"\x0a\x00"),
    "directory": der.explicit(4, Name.of(("C", "CH")).encode()),
    "other": der.explicit(0, der.oid(UNKNOWN), der.explicit(0, der.null())),
    "punycode": der.implicit(1, b"xn--" + b"a" * 600 + b"-" * 100),
}


@pytest.mark.parametrize("kind", CONSTRAINTS)
@pytest.mark.parametrize("number", [0, 1], ids=["permitted", "excluded"])
@pytest.mark.parametrize("critical", [True, False])
def test_xc14_xc34_constraints_of_names_are_refused(
    door: Door, kind: str, number: int, critical: bool
) -> None:
    """They are neither applied nor read, so that nothing in them can be read wrongly."""
    value = der.sequence(der.explicit(number, der.sequence(CONSTRAINTS[kind])))
    change = extension(x509.NAME_CONSTRAINTS, value, critical=critical)
    assert both_verdicts(door, attested(intermediate=change)) == "trust.name_constraints"
    # Those of an anchor do not matter.
    drafts = issuers(1, change)
    assert path_verdict(door, chain_of(leaf(under=drafts[0])), [drafts[0].encode()]) == VALID


@pytest.mark.parametrize("value", [der.null(), b"", b"\x00\x01", der.sequence()])
def test_xc15_a_critical_extension_that_is_not_known_is_refused(door: Door, value: bytes) -> None:
    change = extension(UNKNOWN, value, critical=True)
    code = "trust.critical_extension"
    assert both_verdicts(door, attested(leaf=change)) == code
    assert both_verdicts(door, attested(intermediate=change)) == code
    for place in range(3):
        drafts = issuers(3)
        change(drafts[place])
        assert path_verdict(door, chain_of(leaf(under=drafts[-1]), drafts), ROOT) == code
    harmless = extension(UNKNOWN, value, critical=False)
    assert both_verdicts(door, attested(leaf=harmless, intermediate=harmless)) == VALID


def test_xc15_a_caller_can_take_one_of_the_leaf_upon_itself(door: Door) -> None:
    change = extension(UNKNOWN, der.null(), critical=True)
    drafts = issuers(1)
    chain = chain_of(leaf(change, under=drafts[0]), drafts)
    assert path_verdict(door, chain, ROOT, critical=[UNKNOWN]) == VALID
    code = "trust.critical_extension"
    assert path_verdict(door, chain, ROOT, critical=["1.2.3"]) == code
    drafts = issuers(1, change)
    chain = chain_of(leaf(under=drafts[0]), drafts)
    assert path_verdict(door, chain, ROOT, critical=[UNKNOWN]) == code


def test_xc16_what_is_critical_in_an_anchor_is_no_matter(door: Door) -> None:
    change = extension(UNKNOWN, b"\xff\xff", critical=True)
    drafts = issuers(1, change)
    anchor = drafts[0].encode()
    chain = chain_of(leaf(under=drafts[0]))
    assert path_verdict(door, chain, [anchor]) == VALID
    assert path_verdict(door, [*chain, anchor], [anchor]) == VALID
    lone = leaf(change).encode()
    assert path_verdict(door, [lone], [lone]) == VALID


def test_xc17_a_critical_alternative_name_stands_for_an_empty_subject(door: Door) -> None:
    value = der.sequence(der.explicit(4, Name.of(("CN", "a TPM")).encode()))
    change = several(put(subject=Name()), extension(x509.ALTERNATIVE_NAME, value, critical=True))
    drafts = issuers(1)
    chain = chain_of(leaf(change, under=drafts[0]), drafts)
    assert path_verdict(door, chain, ROOT) == VALID
    assert door.parse_certificate(chain[0], strictness="strict").subject == ""
    assert both_verdicts(door, attested("tpm")) == VALID


def test_xc18_policies_are_understood_and_what_constrains_them_is_not(door: Door) -> None:
    policies = der.sequence(der.sequence(der.oid("1.3.6.1.4.1.311.21.31")))
    change = extension(x509.CERTIFICATE_POLICIES, policies, critical=True)
    assert both_verdicts(door, attested(leaf=change, intermediate=change)) == VALID
    for oid, value in (
        (x509.POLICY_CONSTRAINTS, der.sequence(der.implicit(0, b"\x00"))),
        (x509.POLICY_CONSTRAINTS, der.sequence(der.implicit(1, b"\x00"))),
        ("2.5.29.54", der.integer(0)),
        ("2.5.29.33", der.sequence(der.sequence(der.oid("1.2.3"), der.oid("1.2.3")))),
    ):
        code = "trust.critical_extension"
        for stage in ("leaf", "intermediate"):
            made = attested(**{stage: extension(oid, value, critical=True)})
            assert both_verdicts(door, made) == code
            made = attested(**{stage: extension(oid, value, critical=False)})
            assert both_verdicts(door, made) == VALID


# --- work ---


def test_xc29_a_circle_ends(door: Door) -> None:
    first, second = issuers(2)
    first.issuer, first.issuer_key = second.subject, second.key
    second.issuer, second.issuer_key = first.subject, first.key
    chain = chain_of(leaf(under=second), [first, second])
    code = path_verdict(door, chain, ROOT)
    assert code.startswith("trust."), code
    assert seconds(lambda: path_verdict(door, chain, ROOT)) < 0.1
    # Signed by itself, and by no anchor.
    own = issuers(1)[0]
    own.issuer, own.issuer_key = own.subject, own.key
    assert path_verdict(door, chain_of(leaf(under=own), [own]), ROOT) == "trust.no_path"


def test_xc29_copies_of_one_name_are_tried_within_a_budget(door: Door) -> None:
    """Every key of one name could have signed every certificate of it: of 7 there are thousands of ways."""
    name = Name.of(("CN", "one of many"))
    keys = [stranger_key(-7, f"copy {n}") for n in range(2)]
    drafts = issuers(7, put(subject=name, issuer=name))
    for place, draft in enumerate(drafts):
        draft.key = keys[place % 2]
        draft.issuer_key = keys[(place // 2) % 2]
        draft.serial = place + 1
    bottom = leaf(put(issuer=name, issuer_key=keys[0]))
    chain = chain_of(bottom, drafts)
    code = path_verdict(door, chain, ROOT)
    assert code in ("trust.budget", "trust.depth", "trust.signature", "trust.no_path", "trust.name")
    error = refused(door.validate_path, chain, trust=door.TrustAnchors(ROOT), at=AT)
    assert error.code == code
    bound = 0.05 if door.name == "native" else 0.5
    assert seconds(lambda: path_verdict(door, chain, ROOT), times=3) < bound


def test_xc29_thirty_anchors_of_one_name_are_tried_within_the_budget(door: Door) -> None:
    def namesakes(count: int) -> list[bytes]:
        change = put(subject=AUTHORITY.root_name)
        return [leaf(change, label=f"namesake {n}").encode() for n in range(count)]

    chain = [leaf().encode()]
    assert path_verdict(door, chain, [*namesakes(31), *ROOT]) == VALID
    assert path_verdict(door, chain, namesakes(31)) == "trust.signature"
    assert path_verdict(door, chain, [*namesakes(32), *ROOT]) == "trust.budget"
    anchors = door.TrustAnchors([*namesakes(200), *ROOT])
    assert path_verdict(door, chain, anchors) == "trust.budget"
    bound = 0.05 if door.name == "native" else 0.5
    assert seconds(lambda: path_verdict(door, chain, anchors), times=3) < bound


def test_xc30_a_leaf_that_is_an_anchor_is_trusted(door: Door) -> None:
    own = leaf(lambda draft: put(issuer=draft.subject, issuer_key=draft.key)(draft)).encode()
    found = door.validate_path([own], trust=door.TrustAnchors([own]), at=AT)
    assert (found.chain, found.anchor, found.signature_checks) == ((own,), own, 0)
    # A name and a key may sign; for what another certificate of theirs says they do not vouch.
    other = leaf(put(serial=7)).encode()
    assert path_verdict(door, [other], [own]) != VALID
    certificate = door.parse_certificate(own)
    bare = door.TrustAnchors.from_key(certificate.subject_der, certificate.public_key)
    assert path_verdict(door, [other], bare) != VALID
    found = door.validate_path([own], trust=bare, at=AT)
    assert (found.chain, found.anchor, found.signature_checks) == ((own,), None, 1)


def test_xc31_a_certificate_with_name_and_key_of_an_anchor_is_not_the_anchor(door: Door) -> None:
    """All of it is public: anybody can write it down, with a signature that is none."""

    def forged(draft: CertificateDraft) -> None:
        draft.subject = draft.issuer = AUTHORITY.root_name
        draft.key = AUTHORITY.root_key
        draft.issuer_key = stranger_key(-7, "forger")

    assert path_verdict(door, [leaf(forged).encode()], ROOT) == "trust.signature"


def test_xc31_the_name_of_an_anchor_is_not_enough(door: Door) -> None:
    """A certificate that anybody can make, with the anchor's name and another key."""

    def own(draft: CertificateDraft) -> None:
        draft.subject = draft.issuer = AUTHORITY.root_name
        draft.issuer_key = draft.key

    forged = leaf(own).encode()
    assert path_verdict(door, [forged], ROOT) == "trust.signature"
    top = issuers(1, own)[0]
    below = leaf(under=top)
    assert path_verdict(door, chain_of(below, [top]), ROOT) == "trust.signature"
    # And the anchor's key under another name.
    renamed = leaf(put(key=AUTHORITY.root_key)).encode()
    assert path_verdict(door, [renamed], [forged]) in ("trust.signature", "trust.no_path")
    assert path_verdict(door, [leaf().encode()], [renamed]) == "trust.name"


# --- what is never looked at, and arguments ---


def test_xc39_addresses_are_never_followed(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object, **__: object) -> Any:
        raise AssertionError("something was fetched")

    for owner, name in (
        *((socket, "create_connection"), (socket, "getaddrinfo")),
        *((socket.socket, "connect"), (urllib.request, "urlopen")),
    ):
        monkeypatch.setattr(owner, name, never)
    for address in (b"http://127.0.0.1:1/crl", b"file:///etc/passwd", b"ldap://localhost/"):
        name = der.implicit(6, address)
        points = der.sequence(der.sequence(der.explicit(0, der.explicit(0, name))))
        access = der.sequence(
            *(der.sequence(der.oid(f"1.3.6.1.5.5.7.48.{n}"), name) for n in (1, 2))
        )
        change = several(extension("2.5.29.31", points), extension("1.3.6.1.5.5.7.1.1", access))
        made = attested(leaf=change, intermediate=change)
        assert both_verdicts(door, made) == VALID
        # An issuer that could be fetched is not.
        alone = attested(leaf=change, chain=lambda chain: chain[:1])
        assert both_verdicts(door, alone) == "trust.no_path"


def test_xc40_key_identifiers_are_hints(door: Door) -> None:
    own = extension(x509.SUBJECT_KEY_IDENTIFIER, der.octet_string(b"one key"))
    issuer = extension(x509.AUTHORITY_KEY_IDENTIFIER, der.sequence(der.implicit(0, b"another key")))
    made = attested(leaf=issuer, intermediate=several(own, issuer))
    assert both_verdicts(door, made) == VALID


def test_xc41_purposes_count_where_a_format_asks_for_them(door: Door) -> None:
    web = extension(x509.EXTENDED_KEY_USAGE, der.sequence(der.oid("1.3.6.1.5.5.7.3.1")))
    for critical in (False, True):
        value = der.sequence(der.oid("1.3.6.1.5.5.7.3.1"))
        change = extension(x509.EXTENDED_KEY_USAGE, value, critical=critical)
        assert both_verdicts(door, attested(intermediate=change)) == VALID
        assert both_verdicts(door, attested("tpm", intermediate=change)) == VALID
        assert both_verdicts(door, attested(leaf=change)) == VALID
    assert verdict(door, attested("tpm", leaf=web)) == "leaf.extended_key_usage"


@pytest.mark.parametrize(
    ("at", "code"),
    [
        (-1, "argument.value"),
        (253402300800, "argument.value"),
        (2**64, "argument.value"),
        (-(2**70), "argument.value"),
        (float("nan"), "argument.type"),
        (float(AT), "argument.type"),
        (True, "argument.type"),
        (str(AT), "argument.type"),
        (dt.date(2025, 6, 1), "argument.type"),
        (dt.datetime(2025, 6, 1), "argument.type"),  # noqa: DTZ001
        (dt.datetime(1969, 12, 31, 23, 59, 59, tzinfo=dt.UTC), "argument.value"),
        (dt.datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=dt.UTC), "argument.value"),
    ],
)
def test_xc42_a_time_is_one_that_certificates_can_name(door: Door, at: Any, code: str) -> None:
    chain, anchors = [leaf().encode()], door.TrustAnchors(ROOT)
    assert refusal(door.validate_path, chain, trust=anchors, at=at) == code
    made = attested()
    given = {"client_data_hash": made.client_data_hash, "trust": anchors}
    assert refusal(door.verify_attestation_statement, made.object, at=at, **given) == code


@pytest.mark.parametrize(
    ("at", "code"),
    [
        (0, "trust.validity"),
        (253402300799, "trust.validity"),
        (dt.datetime(1970, 1, 1, tzinfo=dt.UTC), "trust.validity"),
        (dt.datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=dt.UTC), "trust.validity"),
        (dt.datetime(2025, 6, 1, tzinfo=dt.UTC), VALID),
        (dt.datetime(2025, 6, 1, 12, tzinfo=dt.timezone(dt.timedelta(hours=14))), VALID),
        (
            dt.datetime(2020, 1, 1, 0, 59, tzinfo=dt.timezone(dt.timedelta(hours=1))),
            "trust.validity",
        ),
        (dt.datetime(2020, 1, 1, 1, 0, tzinfo=dt.timezone(dt.timedelta(hours=1))), VALID),
        (dt.datetime(2049, 12, 31, 23, 59, 59, 999_999, tzinfo=dt.UTC), VALID),
        (dt.datetime(2050, 1, 1, tzinfo=dt.UTC), "trust.validity"),
    ],
)
def test_xc42_a_time_is_seconds_or_has_a_zone(door: Door, at: Any, code: str) -> None:
    assert path_verdict(door, [leaf().encode()], ROOT, at=at) == code


@pytest.mark.parametrize("count", [4, 5, 6, 7])
def test_xc43_a_path_has_a_bounded_depth(door: Door, count: int) -> None:
    drafts = issuers(count)
    chain = chain_of(leaf(under=drafts[-1]), drafts)
    code = VALID if len(chain) <= 6 else "trust.depth"
    assert path_verdict(door, chain, ROOT) == code
    if code == VALID:
        found = door.validate_path(chain, trust=door.TrustAnchors(ROOT), at=AT)
        assert found.signature_checks == len(chain)
    bound = 0.05 if door.name == "native" else 0.5
    assert seconds(lambda: path_verdict(door, chain, ROOT), times=3) < bound
    # Nine certificates are too many, even where a short way is among them.
    if len(chain) <= 6:
        longer = [*chain, *[AUTHORITY.root] * (9 - len(chain))]
        assert path_verdict(door, longer, ROOT) == "limit.count"


def test_xc46_the_key_usage_of_a_leaf_is_no_matter(door: Door) -> None:
    """The standard asks for none; those who ask for digitalSignature refuse real devices."""
    for usage in (
        x509.DIGITAL_SIGNATURE,
        x509.CERTIFICATE_SIGN,
        der.bit_string(b"\x08", 3),
        der.bit_string(b"\x20", 5),
    ):
        for critical in (True, False):
            change = extension(x509.KEY_USAGE, usage, critical=critical)
            assert both_verdicts(door, attested(leaf=change)) == VALID
            assert both_verdicts(door, attested("tpm", leaf=change)) == VALID


def test_xc10_the_path_is_that_of_the_signatures(door: Door) -> None:
    """Another authority of the same name comes first and did not sign."""
    drafts = issuers(1)
    namesake = issuers(1, put(key=stranger_key()))[0]
    chain = [leaf(under=drafts[0]).encode(), namesake.encode(), drafts[0].encode()]
    found = door.validate_path(chain, trust=door.TrustAnchors(ROOT), at=AT)
    assert found.chain == (chain[0], chain[2])
    assert path_verdict(door, chain[:2], ROOT) == "trust.signature"
