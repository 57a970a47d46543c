"""Attestation statements in general, and the format ``none`` (rows AT01 to AT17)."""

from __future__ import annotations

import copy
from typing import Any, Final

import pytest

from countermark.errors import ClaimMismatch, Error
from tests.property.outcome import NATIVE, Door
from tests.property.wire import b64u
from tests.unit.bad_inputs.attestations import (
    AT,
    SITE,
    VALID,
    Made,
    accepted,
    attested,
    flipped,
    instead,
    leaf,
    members,
    put,
    refused_with,
    verdict,
    without,
)
from tests.unit.bad_inputs.passkeys import CHALLENGE
from tests.unit.bad_inputs.refusals import refusal, seconds

FORMATS: Final = (
    *("packed", "fido-u2f", "tpm", "android-key", "android-safetynet", "apple", "compound"),
)
WITH_CHAIN: Final = ("packed", "tpm", "android-key", "apple")
SIGNED: Final = ("packed", "packed-self", "fido-u2f", "tpm", "android-key")


@pytest.mark.parametrize(
    "name",
    [
        *("", "None", "NONE", "none ", "none\x00", "packed\x00", "Packed", "fido_u2f", "fido-u2f "),
        *("webauthn", "android", "tpm2", "self", "x" * 1000, "n\u043ene"),
    ],
)
def test_at01_a_format_that_is_not_known_is_not_taken_for_none(door: Door, name: str) -> None:
    for statement in ({}, {"alg": -7, "sig": b"\x00"}):
        made = attested("none", attestation_object=members(fmt=name, attStmt=statement))
        for trust in (None, [made.root]):
            code = verdict(door, made, trust=trust, require_trust=False)
            assert code == "algorithm.attestation_format"


@pytest.mark.parametrize("format", FORMATS)
def test_at02_without_anchors_nothing_is_trusted(door: Door, format: str) -> None:
    made = attested(format)
    for given in ({"trust": None, "at": None}, {"trust": None}):
        found = accepted(door, made, **given).attestation
        assert (found.trusted, found.trust_error, found.path) == (False, None, None)
    # An empty set of anchors is something else: it trusts nobody.
    assert verdict(door, made, trust=[]) == "trust.no_path"
    told = accepted(door, made, trust=[], require_trust=False).attestation
    assert (told.trusted, told.trust_error.code) == (False, "trust.no_path")
    found = accepted(door, made).attestation
    assert (found.trusted, found.trust_error) == (True, None)


@pytest.mark.parametrize("format", WITH_CHAIN)
def test_at03_the_anchor_may_be_the_leaf_an_intermediate_or_the_root(
    door: Door, format: str
) -> None:
    made = attested(format)
    assert len(made.chain) >= 2
    for anchor in (*made.chain, made.root):
        found = accepted(door, made, trust=[anchor]).attestation
        assert found.trusted
        assert found.path.anchor == anchor
    found = accepted(door, made, trust=[made.root, *made.chain]).attestation
    assert found.trusted


def test_at04_two_anchors_of_one_name_are_both_tried(door: Door) -> None:
    made = attested()
    # The root's subject with another key.
    namesake = leaf(lambda draft: put(subject=draft.issuer)(draft)).encode()
    for trust in ([namesake, made.root], [made.root, namesake]):
        found = accepted(door, made, trust=trust).attestation
        assert found.path.anchor == made.root
        # The leaf's signature, and that of the intermediate by one or both of them.
        assert found.path.signature_checks == (2 if trust[0] == made.root else 3)
    assert verdict(door, made, trust=[namesake]) == "trust.signature"


@pytest.mark.parametrize("count", [9, 10, 100, 1000])
def test_at05_a_chain_is_bounded_before_it_is_read(door: Door, count: int) -> None:
    small = leaf().encode()[:40]

    def lengthened(chain: list[bytes]) -> list[bytes]:
        return [*chain, *[small] * (count - len(chain))]

    made = attested(chain=lengthened)
    started = seconds(lambda: verdict(door, made, trust=None))
    assert started < 0.5
    assert verdict(door, made, trust=None) == "limit.count"
    assert verdict(door, made) == "limit.count"
    chain = [leaf().encode()] * count
    anchors = door.TrustAnchors([made.root])
    code = refusal(door.validate_path, chain, trust=anchors, at=AT)
    assert code == "limit.count"
    assert seconds(lambda: refusal(door.validate_path, chain, trust=anchors, at=AT)) < 0.1


def test_at05_eight_certificates_are_read(door: Door) -> None:
    made = attested(chain=lambda chain: [*chain, *[chain[-1]] * 6])
    assert len(made.chain) == 8
    assert accepted(door, made).attestation.chain == made.chain


@pytest.mark.parametrize("format", WITH_CHAIN)
@pytest.mark.parametrize("entry", ["MII", "", 1, -1, None, True, [b"0"], [], {}], ids=repr)
def test_at06_an_entry_of_x5c_is_a_byte_string(door: Door, format: str, entry: Any) -> None:
    for changed in (lambda chain: [entry, *chain], lambda chain: [*chain, entry], instead([entry])):
        made = attested(format, chain=changed)
        for trust in ({}, {"trust": None}):
            assert verdict(door, made, **trust) == "statement.type"


@pytest.mark.parametrize("format", WITH_CHAIN)
def test_at06_an_entry_of_x5c_is_a_certificate(door: Door, format: str) -> None:
    for entry, codes in (
        (b"", {"der.truncated"}),
        (b"\x30\x00", {"der.truncated"}),
        (b"MII", {"der.tag", "der.truncated", "der.length"}),
        (b"\x30\x80\x00\x00", {"der.length"}),
        (b"-----BEGIN CERTIFICATE-----", {"der.tag", "der.truncated"}),
    ):
        first = attested(format, chain=lambda chain, entry=entry: [entry, *chain[1:]])
        last = attested(format, chain=lambda chain, entry=entry: [*chain, entry])
        for made in (first, last):
            for trust in ({}, {"trust": None}):
                assert verdict(door, made, **trust) in codes


@pytest.mark.parametrize("format", [*WITH_CHAIN, "fido-u2f"])
def test_at07_two_certificates_in_one_string_are_refused(door: Door, format: str) -> None:
    for joined in (
        lambda chain: [chain[0] + chain[-1], *chain[1:]],
        lambda chain: [chain[0] + b"\x00", *chain[1:]],
        lambda chain: [chain[0] * 2, *chain[1:]],
    ):
        made = attested(format, chain=joined)
        for trust in ({}, {"trust": None}):
            assert verdict(door, made, **trust) == "der.trailing"
    if format != "fido-u2f":
        made = attested(format, chain=lambda chain: [*chain[:-1], chain[-1] + b"\x00"])
        for trust in ({}, {"trust": None}):
            assert verdict(door, made, **trust) == "der.trailing"


def test_at08_the_order_of_all_but_the_leaf_does_not_matter(door: Door) -> None:
    options = {"intermediates": 3}
    straight = attested(options=options)
    root, unrelated = straight.root, leaf().encode()
    for changed in (
        lambda chain: [chain[0], *reversed(chain[1:])],
        lambda chain: [*chain, chain[1], chain[2]],
        lambda chain: [*chain, chain[0]],
        lambda chain: [*chain, root],
        lambda chain: [chain[0], root, *chain[1:]],
        lambda chain: [chain[0], unrelated, *chain[1:]],
        lambda chain: [*chain, unrelated, root],
    ):
        made = attested(options=options, chain=changed)
        found = accepted(door, made).attestation
        assert found.trusted
        assert found.chain == made.chain, "as they were sent"
        # The way is in order; the root ends it where it was sent along.
        sent = (root,) if root in made.chain else ()
        assert found.path.chain == (*straight.chain, *sent)
        assert found.path.anchor == root


def test_at08_the_first_certificate_is_the_leaf(door: Door) -> None:
    assert verdict(door, attested(chain=lambda chain: chain[::-1])) == "signature.invalid"
    made = attested(chain=lambda chain: [leaf().encode(), *chain])
    assert verdict(door, made) == "signature.invalid"


REQUIRED: Final = {
    "packed": ("alg", "sig"),
    "packed-self": ("alg", "sig"),
    "fido-u2f": ("x5c", "sig"),
    "tpm": ("ver", "alg", "x5c", "sig", "certInfo", "pubArea"),
    "android-key": ("alg", "sig", "x5c"),
    "android-safetynet": ("ver", "response"),
    "apple": ("x5c",),
}


@pytest.mark.parametrize(
    ("format", "name"), [(format, name) for format, names in REQUIRED.items() for name in names]
)
def test_at09_a_member_that_is_missing_is_told(door: Door, format: str, name: str) -> None:
    made = attested(format, statement=without(name))
    error = refused_with(door, made, trust=None)
    assert (error.code, error.field) == ("statement.missing", name)
    for value in (None, {}, True):
        made = attested(format, statement=members(**{name: value}))
        assert verdict(door, made, trust=None) == "statement.type"


@pytest.mark.parametrize("format", [*REQUIRED, "none"])
def test_at09_a_member_too_many_is_refused_or_told(door: Door, format: str) -> None:
    for extra in ({"extra": 1}, {"Alg": -7}, {"": b""}, {1: 2}, {"x5C": []}):
        made = attested(format, statement=lambda draft, extra=extra: draft.update(extra))
        trust = None if format in ("packed-self", "none") else [made.root]
        if format == "none":
            assert verdict(door, made, trust=trust) == "statement.value"
            continue
        assert verdict(door, made, trust=trust, strictness="strict") == "statement.unknown"
        found = accepted(door, made, trust=trust)
        assert ("statement.unknown", "statement") in {(n.code, n.place) for n in found.tolerated}


@pytest.mark.parametrize("format", SIGNED)
def test_at10_a_signature_is_bytes_of_some_length(door: Door, format: str) -> None:
    made = attested(format, statement=members(sig=b""))
    assert verdict(door, made, trust=None) == "signature.invalid"
    for value in ("", "text", 0, None, [b"\x30"], {}):
        made = attested(format, statement=members(sig=value))
        assert verdict(door, made, trust=None) == "statement.type"
    for size in (8 * 1024 + 1, 32 * 1024):
        made = attested(format, statement=members(sig=bytes(size)))
        assert verdict(door, made, trust=None) == "limit.size"
    made = attested(format, statement=members(sig=bytes(8 * 1024)))
    assert verdict(door, made, trust=None) == "signature.invalid"
    # With 64 KiB in it the object is over its bound.
    made = attested(format, statement=members(sig=bytes(64 * 1024)))
    assert verdict(door, made, trust=None) == "limit.size"


def test_at11_nothing_is_remembered_of_what_verified(door: Door) -> None:
    right = attested()
    for _ in range(3):
        assert verdict(door, right) == VALID
    # The same id, AAGUID, certificates and key, and another signature.
    wrong = attested(statement=lambda draft: draft.update(sig=flipped(draft["sig"])))
    assert wrong.response["id"] == right.response["id"]
    assert wrong.chain == right.chain
    for _ in range(3):
        assert verdict(door, wrong) == "signature.invalid"
        assert verdict(door, right) == VALID
        assert verdict(door, right, trust=[]) == "trust.no_path"
    assert verdict(door, right, at=AT + 2**31) == "trust.validity"


@pytest.mark.parametrize("size", [0, 1, 20, 31, 33, 48, 64])
def test_at12_a_hash_of_client_data_has_32_bytes(door: Door, size: int) -> None:
    made = attested()
    wrong = (made.client_data_hash * 2)[:size]
    code = refusal(door.verify_attestation_statement, made.object, client_data_hash=wrong)
    assert code == "argument.value"
    for other in (made.client_data_hash.hex(), None, 32, [0] * 32):
        code = refusal(door.verify_attestation_statement, made.object, client_data_hash=other)
        assert code == "argument.type"
    for same in (bytearray(made.client_data_hash), memoryview(made.client_data_hash)):
        assert door.verify_attestation_statement(made.object, client_data_hash=same)


BOUND: Final = {
    **dict.fromkeys(("packed", "packed-self", "fido-u2f"), "signature.invalid"),
    "tpm": "statement.extra_data_mismatch",
    "android-key": "signature.invalid",
    "android-safetynet": "statement.nonce_mismatch",
    "apple": "statement.nonce_mismatch",
    "compound": "signature.invalid",
}


@pytest.mark.parametrize("format", BOUND)
def test_at13_a_statement_is_for_its_client_data_only(door: Door, format: str) -> None:
    made = attested(format)
    for wrong in (bytes(32), flipped(made.client_data_hash), flipped(made.client_data_hash, 0)):
        code = refusal(door.verify_attestation_statement, made.object, client_data_hash=wrong)
        assert code == BOUND[format]
    # The client data of another ceremony, challenge and all.
    other = copy.deepcopy(made.response)
    second = b'{"type":"webauthn.create","challenge":"%s","origin":"%s"}' % (
        b64u(CHALLENGE).encode(),
        SITE["origin"].encode(),
    )
    other["response"]["clientDataJSON"] = b64u(second)
    assert verdict(door, Made(other, made.chain, made.root)) == BOUND[format]


@pytest.mark.parametrize("format", BOUND)
def test_at13_a_statement_is_for_its_authenticator_data_only(door: Door, format: str) -> None:
    other = attested(format, authenticator_data=put(sign_count=7))
    data = door.parse_attestation_object(other.object).authenticator_data.raw
    made = attested(format, attestation_object=members(authData=data))
    if format == "fido-u2f":
        # A token signs the id of the relying party, of the credential and the key, and no counter.
        assert verdict(door, made) == VALID
        other = attested(format, authenticator_data=put(credential_id=b"another credential"))
        data = door.parse_attestation_object(other.object).authenticator_data.raw
        made = attested(
            format,
            attestation_object=members(authData=data),
            response=lambda answer: answer.update(
                id=b64u(b"another credential"), rawId=b64u(b"another credential")
            ),
        )
    assert verdict(door, made) == BOUND[format]


@pytest.mark.parametrize("format", BOUND)
def test_at14_what_verified_is_given_back_together(door: Door, format: str) -> None:
    made = attested(format)
    options = {} if format != "packed-self" else {"trust": None}
    found = accepted(door, made, **options)
    data = found.authenticator_data
    assert b64u(found.credential_id) == made.response["id"]
    assert found.credential_id == data.credential_id
    assert found.public_key.to_bytes() == data.credential_public_key
    assert found.client_data.challenge == b64u(CHALLENGE)
    assert found.client_data.origin == SITE["origin"]
    assert found.aaguid == data.aaguid
    # The same answer is refused for another site, another challenge and another credential.
    common = SITE | {"challenge": CHALLENGE, "require_user_verification": False}
    for other, code in (
        ({"rp_id": "other.example"}, "authenticator_data.rp_id_mismatch"),
        ({"origin": "https://other.example"}, "client_data.origin_mismatch"),
        ({"challenge": bytes(32)}, "client_data.challenge_mismatch"),
        ({"credential_id": b"another"}, "response.credential_id_mismatch"),
    ):
        given = common | other
        assert refusal(door.verify_registration, made.response, **given) == code


@pytest.mark.parametrize("format", WITH_CHAIN)
def test_at15_the_time_is_a_parameter(door: Door, format: str) -> None:
    made = attested(format, leaf=put(not_before=AT - 10, not_after=AT + 10))
    for at, code in (
        *((AT - 11, "trust.validity"), (AT - 10, VALID), (AT, VALID), (AT + 10, VALID)),
        *((AT + 11, "trust.validity"), (0, "trust.validity"), (AT, VALID)),
    ):
        assert verdict(door, made, at=at) == code
    given = {"client_data_hash": made.client_data_hash}
    anchors = door.TrustAnchors([made.root])
    # There is no clock to fall back on.
    code = refusal(door.verify_attestation_statement, made.object, trust=anchors, **given)
    assert code == "argument.value"
    assert verdict(door, made, trust=None, at=None) == VALID


@pytest.mark.parametrize(
    "statement",
    [{"alg": -7}, {"x5c": []}, {"sig": b""}, {"": ""}, {0: 0}, {"fmt": "none"}],
    ids=str,
)
def test_at16_the_statement_of_none_is_empty(door: Door, statement: Any) -> None:
    made = attested("none", attestation_object=members(attStmt=statement))
    for strictness in ("strict", "interoperable"):
        code = verdict(door, made, trust=None, strictness=strictness)
        assert code == "statement.value"


@pytest.mark.parametrize("statement", [[], [{}], "", "none", b"", 0, None, False])
def test_at16_the_statement_of_none_is_a_map(door: Door, statement: Any) -> None:
    made = attested("none", attestation_object=members(attStmt=statement))
    assert verdict(door, made, trust=None) == "attestation_object.type"
    missing = attested("none", attestation_object=without("attStmt"))
    assert verdict(door, missing, trust=None) == "attestation_object.missing"
    assert verdict(door, attested("none"), trust=None) == VALID


@pytest.mark.parametrize("format", ["none", "packed-self"])
def test_at17_where_trust_is_asked_for_none_is_not_enough(door: Door, format: str) -> None:
    made = attested(format)
    assert verdict(door, made) == "trust.no_attestation"
    assert verdict(door, made, require_trust=True) == "trust.no_attestation"
    told = accepted(door, made, require_trust=False).attestation
    assert (told.trusted, told.trust_error.code) == (False, "trust.no_attestation")
    assert accepted(door, made, trust=None).attestation.trust_error is None
    # By the list of formats, too.
    for formats in (["packed"], ["fido-u2f", "tpm"], []):
        code = verdict(door, made, trust=None, formats=formats)
        assert code == (VALID if "packed" in formats and format == "packed-self" else NOT_ALLOWED)
    given = {"client_data_hash": made.client_data_hash, "require_trust": True}
    assert refusal(door.verify_attestation_statement, made.object, **given) == "argument.value"


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        *(("formats", [one]) for one in ("Packed", "packed ", "webauthn", "")),
        *(("formats", ["packed", one]) for one in ("fido_u2f", "androidkey")),
        *(("tpm_vendors", [one]) for one in ("494E5443", "Intel", "id:494E544", "id:494E544G", "")),
        ("tpm_vendors", ["id:494E5443", "ID:494E5443"]),
    ],
)
def test_a_list_that_names_what_no_attestation_can_have_is_refused(
    door: Door, name: str, wrong: list[str]
) -> None:
    made = attested("none")
    policy: dict[str, Any] = {
        "challenge": b"c",
        "origin": "https://a.example",
        "rp_id": "a.example",
    }
    for judge in (door.verify_registration, door.explain_registration):
        assert refusal(judge, "no JSON", **policy, **{name: wrong}) == "argument.value"
    given = {"client_data_hash": made.client_data_hash, name: wrong}
    assert refusal(door.verify_attestation_statement, made.object, **given) == "argument.value"
    every = ["none", "packed", "fido-u2f", "tpm", "android-key", "android-safetynet"]
    whole = {
        "formats": [*every, "apple", "compound"],
        "tpm_vendors": ["id:494E5443", "id:aaaa0000"],
    }
    assert verdict(door, made, trust=None, **whole) == VALID


NOT_ALLOWED: Final = "response.format_not_allowed"


def test_at17_what_is_refused_is_told_with_its_class() -> None:
    error: Error = refused_with(NATIVE, attested("none"), formats=["packed"])
    assert isinstance(error, ClaimMismatch)
    assert (error.field, error.expected, error.actual) == ("fmt", "packed", "none")
