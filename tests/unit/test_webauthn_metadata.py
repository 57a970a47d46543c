"""Metadata of FIDO: a BLOB that is made and signed here, read by both implementations."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterable
from typing import Any, Final

import pytest

from countermark.errors import Error
from countermark.webauthn.testing import SoftwareAuthenticator
from countermark.webauthn.testing.authenticator import AT_TIME
from countermark.webauthn.testing.certificates import Authority, CertificateDraft, Name
from countermark.webauthn.testing.keys import EcKey, SigningKey, make_key
from countermark.webauthn.testing.seeding import Seed
from tests.property.outcome import DOORS, Door
from tests.unit.bad_inputs.refusals import refusal, refused

AT: Final = AT_TIME  # 2025-06-01
SEED: Final = Seed(b"a metadata service")
SERVICE: Final = Authority(SEED)
OTHER: Final = Authority(Seed(b"another metadata service"), organization="another")
LEGAL: Final = "Submitting this BLOB is no promise of anything."
FIRST: Final = "00112233-4455-6677-8899-aabbccddeeff"
SECOND: Final = "ffeeddcc-bbaa-9988-7766-554433221100"
KEY_IDENTIFIER: Final = "7c" * 20


@pytest.fixture(params=DOORS, ids=lambda door: door.name)
def door(request: pytest.FixtureRequest) -> Door:
    chosen: Door = request.param
    return chosen


# --- a BLOB ---


def b64u(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def raw_signature(signature: bytes, size: int) -> bytes:
    """r and s side by side, as JWS has them (RFC 7518, 3.4)."""
    end = 4 + signature[3]
    numbers = (signature[4:end], signature[end + 2 :])
    return b"".join(int.from_bytes(one, "big").to_bytes(size, "big") for one in numbers)


ALGORITHMS: Final = {
    "ES256": (-7, 32),
    "ES384": (-35, 48),
    "RS256": (-257, 0),
    "RS384": (-258, 0),
    "RS512": (-259, 0),
    "PS256": (-37, 0),
}


def signer(algorithm: str) -> SigningKey:
    return make_key(SEED, "signer", ALGORITHMS[algorithm][0])


def certificates(
    key: SigningKey, *, authority: Authority = SERVICE, leaf: Callable[[Any], Any] | None = None
) -> list[bytes]:
    """The signer's certificate and the authority above it."""
    issuer = authority.intermediate(0)
    draft: CertificateDraft = authority.leaf(Name.of(("CN", "mds.example")), key, issuer, "signer")
    if leaf is not None:
        leaf(draft)
    return [draft.encode(), issuer.encode()]


def report(status: str = "FIDO_CERTIFIED_L1", **members: Any) -> dict[str, Any]:
    return {"status": status, "effectiveDate": "2024-01-31"} | members


def entry(aaguid: str | None = FIRST, **members: Any) -> dict[str, Any]:
    found: dict[str, Any] = {
        "metadataStatement": {
            "description": "A test authenticator",
            "protocolFamily": "fido2",
            "attestationRootCertificates": [],
        },
        "statusReports": [report()],
        "timeOfLastStatusChange": "2024-02-29",
    }
    if aaguid is not None:
        found["aaguid"] = aaguid
    return found | members


def payload(*entries: Any, **members: Any) -> dict[str, Any]:
    """A payload; a member that is ``...`` is left out."""
    found: dict[str, Any] = {
        "legalHeader": LEGAL,
        "no": 42,
        "nextUpdate": "2025-07-01",
        "entries": list(entries),
    }
    return {name: value for name, value in (found | members).items() if value is not ...}


def blob(
    content: Any = None,
    *,
    algorithm: str = "ES256",
    header: dict[str, Any] | None = None,
    chain: Iterable[bytes] | None = None,
    key: SigningKey | None = None,
    signature: Callable[[bytes], bytes] = lambda made: made,
) -> str:
    key = signer(algorithm) if key is None else key
    chain = certificates(signer(algorithm)) if chain is None else chain
    members = {
        "alg": algorithm,
        "typ": "JWT",
        "x5c": [base64.b64encode(one).decode() for one in chain],
    } | (header or {})
    members = {name: value for name, value in members.items() if value is not ...}
    content = payload(entry()) if content is None else content
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    signed = b64u(json.dumps(members).encode()) + b"." + b64u(text)
    number, size = ALGORITHMS[algorithm]
    made = key.sign(signed, number)
    made = raw_signature(made, size) if size and isinstance(key, EcKey) else made
    return (signed + b"." + b64u(signature(made))).decode()


def read(door: Door, text: Any = None, *, anchors: Any = None, at: Any = AT, **options: Any) -> Any:
    anchors = [SERVICE.root] if anchors is None else anchors
    text = blob() if text is None else text
    return door.Metadata.from_blob(text, trust=door.TrustAnchors(anchors), at=at, **options)


def code(door: Door, text: Any = None, **options: Any) -> str:
    return refusal(lambda: read(door, text, **options))


# --- reading ---


def test_a_blob_says_what_was_put_into_it(door: Door) -> None:
    certificate = SERVICE.root
    reports = [
        report(),
        report(
            "USER_KEY_REMOTE_COMPROMISE",
            certificate=base64.b64encode(certificate).decode(),
            certificateNumber="FIDO20020180918001",
            url="https://example.com/advisory",
        ),
        {"status": "REVOKED"},
    ]
    text = blob(payload(entry(statusReports=reports), entry(SECOND)))
    found = read(door, text)
    assert (found.number, found.next_update, found.legal_header) == (42, "2025-07-01", LEGAL)
    assert len(found) == len(found.entries) == 2
    first = found.entries[0]
    assert (first.aaguid, first.aaid, first.key_identifiers) == (FIRST, None, ())
    assert (first.description, first.protocol_family) == ("A test authenticator", "fido2")
    assert first.time_of_last_status_change == "2024-02-29"
    assert first.attestation_roots == ()
    assert first.statement["protocolFamily"] == "fido2"
    told = [
        (one.status, one.effective_date, one.certificate, one.certificate_number, one.url)
        for one in first.status_reports
    ]
    assert told == [
        ("FIDO_CERTIFIED_L1", "2024-01-31", None, None, None),
        (
            *("USER_KEY_REMOTE_COMPROMISE", "2024-01-31", certificate, "FIDO20020180918001"),
            "https://example.com/advisory",
        ),
        ("REVOKED", None, None, None, None),
    ]
    shown = door.Metadata.parse_unverified(text)
    assert [one.aaguid for one in shown.entries] == [FIRST, SECOND]


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_the_algorithms_of_the_service_are_taken(door: Door, algorithm: str) -> None:
    text = blob(algorithm=algorithm)
    assert read(door, text).number == 42
    assert read(door, text.encode()).number == 42
    # Stored in lines.
    lines = "\n".join(text[at : at + 64] for at in range(0, len(text), 64))
    assert read(door, lines + "\n").number == 42
    broken = blob(algorithm=algorithm, signature=lambda s: s[:-1] + bytes([s[-1] ^ 1]))
    assert code(door, broken) == "signature.invalid"


def test_entries_are_found_by_aaguid(door: Door) -> None:
    twice = entry(FIRST, timeOfLastStatusChange="1999-12-31")
    found = read(door, blob(payload(entry(SECOND), entry(FIRST), twice)))
    assert found.find(FIRST).aaguid == FIRST
    assert found.find(FIRST.upper()).time_of_last_status_change == "2024-02-29", "the first of them"
    assert found.find(SECOND).aaguid == SECOND
    assert found.find("00000000-0000-0000-0000-000000000000") is None
    for wrong in ("", "x", FIRST.replace("-", ""), FIRST + "0", FIRST[:-1], "{" + FIRST + "}"):
        assert refusal(found.find, wrong) == "argument.value"
    for wrong in (None, 1, bytes(16)):
        assert refusal(found.find, wrong) == "argument.type"
    capital = read(door, blob(payload(entry(FIRST.upper()))))
    assert capital.find(FIRST).aaguid == FIRST


def test_entries_are_found_by_key_identifier(door: Door) -> None:
    u2f = entry(None, attestationCertificateKeyIdentifiers=[KEY_IDENTIFIER, "ab" * 20])
    found = read(door, blob(payload(entry(), u2f)))
    for identifier in (KEY_IDENTIFIER, "ab" * 20):
        there = found.find_by_key_identifier(identifier)
        assert (there.aaguid, there.key_identifiers) == (None, (KEY_IDENTIFIER, "ab" * 20))
    assert found.find_by_key_identifier("00" * 20) is None
    for wrong in ("7c7", "zz", "7c " * 20, KEY_IDENTIFIER.upper()):
        assert refusal(found.find_by_key_identifier, wrong).startswith("hex.")
    uaf = read(door, blob(payload(entry(None, aaid="4e4e#4005"))))
    assert (uaf.entries[0].aaid, uaf.entries[0].aaguid) == ("4e4e#4005", None)


def test_a_status_that_is_not_known_is_kept(door: Door) -> None:
    statuses = ["FIDO_CERTIFIED_L9", "", "something of tomorrow", "revoked"]
    text = blob(payload(entry(statusReports=[report(one) for one in statuses])))
    assert [one.status for one in read(door, text).entries[0].status_reports] == statuses


def test_members_that_are_not_known_are_passed_over(door: Door) -> None:
    statement = entry()["metadataStatement"] | {
        "attachmentHint": ["internal"],
        "upv": [{"major": 1}],
    }
    one = entry(
        metadataStatement=statement, biometricStatusReports=[], rogueListURL="https://x.example"
    )
    found = read(door, blob(payload(one, more={"a": [1, 2.5, None, True]})))
    assert found.entries[0].statement == statement


def test_an_entry_without_a_statement_has_none(door: Door) -> None:
    one = entry()
    del one["metadataStatement"]
    found = read(door, blob(payload(one))).entries[0]
    assert (found.statement, found.description, found.attestation_roots) == (None, None, ())


# --- what is refused ---


def test_an_older_blob_is_refused(door: Door) -> None:
    for previous in (None, 0, 41, 42):
        assert read(door, previous_number=previous).number == 42
    error = refused(lambda: read(door, previous_number=43))
    assert (error.code, error.field) == ("metadata.rollback", "no")
    assert (error.expected, error.actual) == ("43", "42")
    assert code(door, previous_number=-1) == "argument.value"
    for wrong in ("42", 42.0, True):
        assert code(door, previous_number=wrong) == "argument.type"


@pytest.mark.parametrize(
    ("at", "expired"),
    [
        (dt.datetime(2025, 6, 1, tzinfo=dt.UTC), False),
        (dt.datetime(2025, 7, 1, tzinfo=dt.UTC), False),
        (dt.datetime(2025, 7, 1, 23, 59, 59, tzinfo=dt.UTC), False),
        (dt.datetime(2025, 7, 2, tzinfo=dt.UTC), True),
        (dt.datetime(2030, 1, 1, tzinfo=dt.UTC), True),
    ],
)
def test_a_blob_is_good_until_its_next_update(door: Door, at: dt.datetime, expired: bool) -> None:
    if expired:
        error = refused(lambda: read(door, at=at))
        assert (error.code, error.field) == ("metadata.expired", "nextUpdate")
    assert read(door, at=at, allow_expired=True).next_update == "2025-07-01"
    assert expired or read(door, at=at).number == 42


def test_a_signature_of_another_key_is_refused(door: Door) -> None:
    stranger = make_key(Seed(b"a stranger"), "key", -7)
    assert code(door, blob(key=stranger)) == "signature.invalid"
    header, content, made = blob().split(".")
    other = b64u(json.dumps(payload(entry(SECOND))).encode()).decode()
    assert code(door, f"{header}.{other}.{made}") == "signature.invalid"
    assert code(door, blob(signature=lambda _: b"")) == "signature.invalid"
    for change in (
        lambda made: made[:-1],
        lambda made: made + b"\x00",
        lambda made: made[32:] + made[:32],
        lambda _: bytes(64),
    ):
        assert code(door, blob(signature=change)) == "signature.invalid"
    # In DER, as everything else in WebAuthn has it.
    signed = f"{header}.{content}".encode()
    der = b64u(signer("ES256").sign(signed, -7)).decode()
    assert code(door, f"{header}.{content}.{der}") == "signature.invalid"


def test_the_certificate_leads_to_an_anchor_of_the_caller(door: Door) -> None:
    assert code(door, anchors=[OTHER.root]) == "trust.no_path"
    assert code(door, anchors=[]) == "trust.no_path"
    forged = certificates(signer("ES256"), authority=OTHER)
    assert code(door, blob(chain=forged)) == "trust.no_path"
    # With the right names and another key.
    assert code(door, blob(chain=[*forged[:1], certificates(signer("ES256"))[1]])) != "valid"
    for change, found in (
        (lambda draft: setattr(draft, "not_after", AT - 1), "trust.validity"),
        (lambda draft: setattr(draft, "not_before", AT + 1), "trust.validity"),
        (lambda draft: setattr(draft, "hash", "sha1"), "trust.weak_hash"),
    ):
        chain = certificates(signer("ES256"), leaf=change)
        assert code(door, blob(chain=chain)) == found
        if found == "trust.weak_hash":
            assert read(door, blob(chain=chain), allow_sha1=True).number == 42
    alone = certificates(signer("ES256"))
    assert code(door, blob(chain=alone[:1])) == "trust.no_path"
    assert read(door, blob(chain=alone[:1]), anchors=[alone[1]]).number == 42
    assert read(door, blob(chain=[*alone, SERVICE.root])).number == 42


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ({"alg": "none"}, "jws.algorithm_mismatch"),
        ({"alg": "HS256"}, "jws.algorithm_mismatch"),
        ({"alg": "EdDSA"}, "jws.algorithm_mismatch"),
        ({"alg": "ES384"}, "jws.algorithm_mismatch"),
        ({"alg": "RS256"}, "jws.algorithm_mismatch"),
        ({"alg": "ES256K"}, "jws.algorithm_mismatch"),
        ({"crit": ["x"]}, "jws.algorithm_mismatch"),
        ({"jwk": {}}, "jws.algorithm_mismatch"),
        ({"jku": "https://x.example"}, "jws.algorithm_mismatch"),
        ({"alg": ...}, "jws.header"),
        ({"alg": 1}, "jws.header"),
        ({"x5c": ...}, "jws.header"),
        ({"x5c": []}, "jws.header"),
        ({"x5c": "MII"}, "jws.header"),
        ({"x5c": ["!"]}, "jws.header"),
        ({"x5c": ["MAA="] * 9}, "limit.count"),
    ],
)
def test_the_header_chooses_nothing(door: Door, header: dict[str, Any], found: str) -> None:
    assert code(door, blob(header=header)) == found


@pytest.mark.parametrize("text", ["", "a", "a.b", "a.b.c.d", "..", "!.!.!", "e30.e30.="])
def test_a_blob_is_a_jws(door: Door, text: str) -> None:
    for call in (lambda: read(door, text), lambda: door.Metadata.parse_unverified(text)):
        assert refusal(call) in ("jws.shape", "jws.header")


@pytest.mark.parametrize(
    ("members", "found"),
    [
        ({"no": ...}, "metadata.missing"),
        ({"nextUpdate": ...}, "metadata.missing"),
        ({"entries": ...}, "metadata.missing"),
        ({"no": "42"}, "metadata.type"),
        ({"no": None}, "metadata.missing"),
        ({"no": True}, "metadata.type"),
        ({"no": -1}, "metadata.value"),
        ({"no": 1.5}, "metadata.value"),
        ({"no": 2**64}, "metadata.value"),
        ({"nextUpdate": 20250701}, "metadata.type"),
        ({"nextUpdate": "2025-7-1"}, "metadata.value"),
        ({"nextUpdate": "2025-02-29"}, "metadata.value"),
        ({"nextUpdate": "2025-13-01"}, "metadata.value"),
        ({"nextUpdate": "2025-07-01T00:00:00Z"}, "metadata.value"),
        ({"nextUpdate": ""}, "metadata.value"),
        ({"entries": {}}, "metadata.type"),
        ({"entries": [1]}, "metadata.type"),
        ({"entries": [[]]}, "metadata.type"),
        ({"legalHeader": 1}, "metadata.type"),
    ],
)
def test_the_payload_has_its_members(door: Door, members: dict[str, Any], found: str) -> None:
    text = blob(payload(**members))
    assert code(door, text) == found
    assert refusal(door.Metadata.parse_unverified, text) == found


@pytest.mark.parametrize(
    ("members", "found"),
    [
        ({"aaguid": 1}, "metadata.type"),
        ({"aaguid": "not one"}, "metadata.value"),
        ({"aaguid": FIRST.replace("-", "")}, "metadata.value"),
        ({"aaid": 1}, "metadata.type"),
        ({"attestationCertificateKeyIdentifiers": "7c"}, "metadata.type"),
        ({"attestationCertificateKeyIdentifiers": [1]}, "metadata.type"),
        ({"attestationCertificateKeyIdentifiers": ["7c" * 19]}, "metadata.value"),
        ({"attestationCertificateKeyIdentifiers": ["zz" * 20]}, "metadata.value"),
        ({"attestationCertificateKeyIdentifiers": [KEY_IDENTIFIER] * 1025}, "limit.count"),
        ({"statusReports": [report()] * 1025}, "limit.count"),
        ({"timeOfLastStatusChange": None}, "metadata.missing"),
        ({"statusReports": {}}, "metadata.type"),
        ({"statusReports": [1]}, "metadata.type"),
        ({"statusReports": [{}]}, "metadata.missing"),
        ({"statusReports": [{"status": 1}]}, "metadata.type"),
        ({"statusReports": [report(certificate="!")]}, "metadata.value"),
        ({"metadataStatement": []}, "metadata.type"),
        ({"metadataStatement": {"description": 1}}, "metadata.type"),
        ({"metadataStatement": {"attestationRootCertificates": {}}}, "metadata.type"),
        ({"metadataStatement": {"attestationRootCertificates": [1]}}, "metadata.type"),
    ],
)
def test_an_entry_has_its_members(door: Door, members: dict[str, Any], found: str) -> None:
    assert code(door, blob(payload(entry(**members)))) == found


def test_the_payload_is_json_without_duplicates(door: Door) -> None:
    for content, found in (
        (b"", "json."),
        (b"[]", "json."),
        (b"{", "json."),
        (b"\xff", "json."),
        (b'{"no":1,"no":2}', "json.duplicate"),
    ):
        assert code(door, blob(content)).startswith(found)


def test_nothing_is_read_before_the_signature(door: Door) -> None:
    wrong = blob(b'{"no":', signature=lambda made: bytes(len(made)))
    assert code(door, wrong) == "signature.invalid"
    assert code(door, blob(b'{"no":'), anchors=[OTHER.root]) == "trust.no_path"


def test_a_blob_is_bounded(door: Door) -> None:
    long = "A" * (32 * 1024 * 1024 + 1)
    for text in (long, long.encode()):
        assert code(door, text) == "limit.size"
        assert refusal(door.Metadata.parse_unverified, text) == "limit.size"
    small = {"statusReports": [], "timeOfLastStatusChange": "2024-02-29"}
    many = blob(payload(*[small] * 20_001))
    assert code(door, many) == "limit.count"
    assert len(read(door, blob(payload(*[small] * 20_000)))) == 20_000
    deep = b'{"no":1,"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    assert code(door, blob(deep)) == "limit.depth"
    for wrong in (None, 1, ["a"]):
        assert refusal(door.Metadata.parse_unverified, wrong) == "argument.type"


# --- trust in a registration ---

CHALLENGE: Final = bytes(range(32))
SITE: Final = {"rp_id": "example.com", "origin": "https://example.com"}


def uuid_of(aaguid: bytes) -> str:
    text = aaguid.hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def rooted(*roots: bytes) -> dict[str, Any]:
    statement = entry()["metadataStatement"]
    encoded = [base64.b64encode(one).decode() for one in roots]
    return statement | {"attestationRootCertificates": encoded}


def register(door: Door, response: Any, metadata: Any, **options: Any) -> Any:
    common = SITE | {"challenge": CHALLENGE, "require_user_verification": False, "at": AT}
    return door.verify_registration(response, trust=metadata, **common | options)


@pytest.mark.parametrize("format", ["packed", "tpm", "android-key", "apple"])
def test_the_anchors_are_those_of_the_model(door: Door, format: str) -> None:
    authenticator = SoftwareAuthenticator(b"metadata", format=format)
    response = authenticator.create(challenge=CHALLENGE, **SITE)
    aaguid = uuid_of(authenticator.aaguid())
    own = entry(aaguid, metadataStatement=rooted(OTHER.root, authenticator.root))
    metadata = read(door, blob(payload(entry(), own)))
    found = register(door, response, metadata).attestation
    assert found.trusted
    assert found.path.anchor == authenticator.root
    assert (found.metadata.aaguid, found.metadata.description) == (aaguid, "A test authenticator")
    assert found.metadata.attestation_roots == (OTHER.root, authenticator.root)
    assert len(found.metadata.anchors) == 2
    # The roots of another model do not count for this one, nor does an entry without any.
    for entries in (
        [entry(FIRST, metadataStatement=rooted(authenticator.root))],
        [entry(aaguid, metadataStatement=rooted(OTHER.root))],
        [entry(aaguid)],
        [],
    ):
        metadata = read(door, blob(payload(*entries)))
        assert refusal(lambda m=metadata: register(door, response, m)) == "trust.no_path"
        told = register(door, response, metadata, require_trust=False).attestation
        assert (told.trusted, told.trust_error.code) == (False, "trust.no_path")
        assert (told.metadata is None) == (not entries or entries[0]["aaguid"] != aaguid)
    assert isinstance(told.trust_error, Error)


def test_a_u2f_token_is_known_by_the_key_of_its_certificate(door: Door) -> None:
    authenticator = SoftwareAuthenticator(b"metadata", format="fido-u2f")
    kept: list[bytes] = []
    response = authenticator.create(challenge=CHALLENGE, alter={"chain": kept.extend}, **SITE)
    certificate = door.parse_certificate(kept[0])
    # The bits of subjectPublicKey: the uncompressed point at the end (RFC 5280, 4.2.1.2).
    identifier = hashlib.sha1(certificate.public_key_der[-65:]).hexdigest()
    statement = rooted(authenticator.root) | {"protocolFamily": "u2f"}
    own = entry(
        None, attestationCertificateKeyIdentifiers=[identifier], metadataStatement=statement
    )
    metadata = read(door, blob(payload(entry(), own)))
    found = register(door, response, metadata).attestation
    assert found.trusted
    assert (found.metadata.key_identifiers, found.metadata.protocol_family) == (
        (identifier,),
        "u2f",
    )
    # The AAGUID of all zeros, which all of them have, names no model.
    zero = entry("00000000-0000-0000-0000-000000000000", metadataStatement=statement)
    metadata = read(door, blob(payload(zero)))
    assert refusal(lambda: register(door, response, metadata)) == "trust.no_path"
    other = entry(
        None, attestationCertificateKeyIdentifiers=["00" * 20], metadataStatement=statement
    )
    metadata = read(door, blob(payload(other)))
    assert refusal(lambda: register(door, response, metadata)) == "trust.no_path"


def test_an_attestation_without_certificates_names_no_model(door: Door) -> None:
    for format in ("none", "packed-self"):
        authenticator = SoftwareAuthenticator(b"metadata", format=format)
        response = authenticator.create(challenge=CHALLENGE, **SITE)
        own = entry(uuid_of(authenticator.aaguid()), metadataStatement=rooted(authenticator.root))
        metadata = read(door, blob(payload(own)))
        code_ = refusal(lambda r=response, m=metadata: register(door, r, m))
        assert code_ == "trust.no_attestation"
        told = register(door, response, metadata, require_trust=False).attestation
        assert (told.trusted, told.trust_error.code) == (False, "trust.no_attestation")


def test_a_root_that_cannot_be_read_spoils_no_other_model(door: Door) -> None:
    authenticator = SoftwareAuthenticator(b"metadata", format="packed")
    response = authenticator.create(challenge=CHALLENGE, **SITE)
    own = entry(uuid_of(authenticator.aaguid()), metadataStatement=rooted(authenticator.root))
    bad = entry(SECOND, metadataStatement=rooted(b"\x30\x03\x02\x01"))
    unreadable = entry(FIRST, metadataStatement=rooted() | {"attestationRootCertificates": ["!"]})
    metadata = read(door, blob(payload(bad, unreadable, own)))
    assert register(door, response, metadata).attestation.trusted
    assert len(metadata.find(SECOND).attestation_roots) == 1
    assert refusal(lambda: metadata.find(SECOND).anchors).startswith("der.")
    assert refusal(lambda: metadata.find(FIRST).attestation_roots) == "metadata.value"
    # For its own model, the broken root is what is in the way of trust.
    mixed = entry(
        uuid_of(authenticator.aaguid()), metadataStatement=rooted(authenticator.root, b"x")
    )
    metadata = read(door, blob(payload(mixed)))
    assert refusal(lambda: register(door, response, metadata)).startswith(("der.", "pem."))


def test_metadata_are_verified_before_they_are_trusted(door: Door) -> None:
    for wrong in (None, [], blob(), SERVICE.root):
        if wrong is not None:
            response = SoftwareAuthenticator(b"metadata").create(challenge=CHALLENGE, **SITE)
            assert refusal(lambda w=wrong, r=response: register(door, r, w)) == "argument.type"
        given = {"trust": wrong, "at": AT}
        assert refusal(lambda g=given: door.Metadata.from_blob(blob(), **g)) == "argument.type"
