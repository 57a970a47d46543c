"""Client data and credentials: both implementations write the same and judge the same."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from countermark.errors import Error
from tests.property.judging import judged_attestation
from tests.property.material import (
    DETERMINISTIC,
    SMALL,
    damaged_text,
    private_key,
    public_key,
    records,
)
from tests.property.outcome import DOORS, Door, agreed, agreed_on_one, error_outcome, made_by_each
from tests.property.wire import (
    ALGORITHMS,
    CHALLENGE,
    CREATE,
    JSON_NOISE,
    KINDS,
    ORIGIN,
    PROFILES,
    TYPES,
    altered,
    b64u,
    broken_json,
    client_data_bytes,
    credential,
    expectations,
    fingerprint,
    json_objects,
    json_values,
    padded,
    sign,
    texts,
    texts_and_not,
)

_profiles = st.sampled_from((*PROFILES, "Canonical", ""))
_types = st.sampled_from((*TYPES, "webauthn.get", ""))
_origins = st.none() | texts_and_not
_flags = st.sampled_from((None, True, False))
_keys = st.sampled_from(SMALL)
_many = settings(max_examples=settings().max_examples * 5)


# --- client data ---


@_many
@given(texts_and_not, _types, _profiles, _origins, _flags)
def test_client_data_of_every_profile_are_the_same_bytes(
    challenge: str, type_: str, profile: str, origin: str | None, cross_origin: bool | None
) -> None:
    found = agreed(
        lambda door: door.encode_client_data(
            challenge, type_, profile=profile, origin=origin, cross_origin=cross_origin
        )
    )
    sent = agreed(
        lambda door: door.encode_client_data_b64u(
            challenge, type_, profile=profile, origin=origin, cross_origin=cross_origin
        )
    )
    assert sent[0] == found[0]
    if found[0] == "value":
        names = agreed(lambda door: door.match_profiles(found[1]))
        assert profile in names[1]


@_many
@given(st.sampled_from(PROFILES), texts.filter(bool), st.sampled_from(TYPES), texts)
def test_what_a_profile_writes_is_read_back(
    profile: str, challenge: str, type_: str, origin: str
) -> None:
    def written(door: Door, with_origin: str | None) -> Any:
        return door.encode_client_data(challenge, type_, profile=profile, origin=with_origin)

    def read(door: Door, data: bytes) -> Any:
        return door.decode_client_data(data)

    for with_origin in (origin, None):
        found = agreed(partial(written, with_origin=with_origin))
        if found[0] == "value":
            fields = agreed(partial(read, data=found[1]))[1][1]
            assert fields["raw"] == found[1]
            assert fields["type"] == type_
            assert fields["challenge"] in (challenge, b64u(challenge.encode()))


@_many
@given(client_data_bytes() | client_data_bytes("key.create") | st.binary(max_size=40))
@example(b'{"type":5}')
@example(b'{"type":"key.get","challenge":"\\u0000"}')
def test_any_client_data_is_read_the_same(data: bytes) -> None:
    found = agreed(lambda door: door.decode_client_data(data))
    assert agreed(lambda door: door.decode_client_data_b64u(b64u(data))) == found
    text = padded(b64u(data))
    assert agreed(lambda door: door.decode_client_data_b64u(text, padding=True)) == found
    agreed(lambda door: door.match_profiles(data))


@_many
@given(broken_json | json_objects([("a", "1"), ("b", '{"c":[null]}')]).map(str.encode))
def test_broken_json_is_refused_for_the_same_reason(data: bytes) -> None:
    agreed(lambda door: door.decode_client_data(data))


_names = texts.map(lambda text: "".join(c for c in text if c >= " " and c not in '"\\'))


@_many
@given(st.lists(st.tuples(_names, json_values), max_size=4).flatmap(json_objects))
def test_random_json_is_read_the_same(text: str) -> None:
    agreed(lambda door: door.decode_client_data(text.encode("utf-8", "surrogatepass")))


@given(st.text(st.sampled_from("eyJ0-_=+ "), max_size=12), st.booleans())
def test_client_data_text_that_is_no_base64url_agrees(text: str, padding: bool) -> None:
    agreed(lambda door: door.decode_client_data_b64u(text, padding=padding))


@given(st.integers(1024 * 1024 - 1, 1024 * 1024 + 1), st.sampled_from(("x", "é")))
def test_a_challenge_at_the_bound_is_written_and_above_it_refused(size: int, letter: str) -> None:
    challenge = letter * (size // len(letter.encode())) + "x" * (size % len(letter.encode()))
    found = agreed(lambda door: door.encode_client_data(challenge))
    assert (found == ("error", "LimitExceeded", "limit.size")) == (size > 1024 * 1024)


# --- fingerprint and attestation data ---


@given(st.binary(max_size=40), texts_and_not)
def test_fingerprints_are_the_same_bytes(client_data: bytes, pem: str) -> None:
    agreed(lambda door: door.fingerprint(client_data, pem))


@given(
    texts_and_not,
    st.binary(max_size=72),
    st.sampled_from((None, *ALGORITHMS, "SHA-256", "sha256", "")),
    st.sampled_from(("docs", "2026", "", "Docs")),
)
def test_attestation_data_are_the_same_bytes(
    pem: str, signature: bytes, algorithm: str | None, order: str
) -> None:
    wrong = (
        "\ud800" in pem or "\udc00" in pem or "\udfff" in pem,
        algorithm not in (None, *ALGORITHMS),
        order not in ("docs", "2026"),
    )
    agreed_on_one(
        lambda door: door.encode_attestation_data(pem, signature, algorithm=algorithm, order=order),
        wrong,
    )


@given(st.integers(16 * 1024 - 1, 16 * 1024 + 1))
def test_public_key_text_at_the_bound_is_taken_and_above_it_refused(size: int) -> None:
    found = agreed(lambda door: door.fingerprint(b"", "x" * size))
    assert (found == ("error", "LimitExceeded", "limit.size")) == (size > 16 * 1024)


# --- credentials ---

_pems = st.sampled_from(("spki", "crlf", "one line", "no end", "pkcs1", "other", "text", "junk"))


def _pem(kind: str, form: str) -> str:
    text = records()[kind]["spkiPem"]
    lines = text.splitlines()
    match form:
        case "crlf":
            return text.replace("\n", "\r\n")
        case "one line":
            return "\n".join([lines[0], "".join(lines[1:-1]), lines[-1]])
        case "no end":
            return text.rstrip()
        case "pkcs1":
            return records()[kind].get("pkcs1PublicPem", text)
        case "other":
            return records()["rsa3072"]["spkiPem"]
        case "text":
            return "text\n" + text
        case "junk":
            return text + "\n"
    return text


_good_options = st.fixed_dictionaries(
    {"credential_id": st.just("cr-1"), "origin": st.just(ORIGIN)},
    optional={
        "profile": st.sampled_from(("canonical", "docs-2024", "docs-unsorted", "ion")),
        "cross_origin": _flags,
        "attestation_order": st.sampled_from(("docs", "2026")),
        "name": st.just("my key"),
    },
)
_ONE_OPTION: dict[str, tuple[Any, ...]] = {
    "credential_id": ("é", "", "x" * 1024, "x" * 1025, "\U0001f600" * 1024, "\ud800"),
    "kind": (*KINDS, "Fido2", ""),
    "algorithm": (None, *ALGORITHMS, "SHA-256", "SHA-384", "sha256", ""),
    "profile": (*PROFILES, "Canonical", ""),
    "origin": (None, ORIGIN, "", "\ud800", "é\n"),
    "cross_origin": (None, True, False),
    "attestation_order": ("docs", "2026", "", "Docs"),
    "encrypted_private_key": (None, "e30=", "", "\ud800"),
    "name": (None, "my key", "", "\ud800", "é"),
}


@st.composite
def credential_options(draw: st.DrawFn) -> dict[str, Any]:
    """Options of which one, at most, is wrong: which of two is named first is nobody's business."""
    options = draw(_good_options)
    name = draw(st.sampled_from(sorted(_ONE_OPTION)))
    value = draw(st.sampled_from(_ONE_OPTION[name]))
    if name == "profile":
        del options["origin"]
        options.pop("cross_origin", None)
    if value in KINDS[1:]:
        options["encrypted_private_key"] = "e30="
    return {**options, name: value}


@_many
@given(st.sampled_from(DETERMINISTIC), texts.filter(bool), credential_options())
def test_credentials_are_the_same_to_the_byte(
    kind: str, challenge: str, options: dict[str, Any]
) -> None:
    found = agreed(
        lambda door: door.create_credential(private_key(door, kind), challenge, **options)
    )
    if found[0] == "value":
        same = agreed(lambda door: door.register_key(private_key(door, kind), challenge, **options))
        assert (same == ("value", {"firstFactorCredential": found[1]})) == (
            options.get("kind") != "RecoveryKey"
        )


@given(_keys, _good_options, _pems, st.sampled_from((None, *ALGORITHMS)))
def test_each_verifies_the_credentials_of_the_other(
    kind: str, options: dict[str, Any], form: str, algorithm: str | None
) -> None:
    pem = _pem(kind, form)

    def made(door: Door) -> Any:
        return door.create_credential(
            private_key(door, kind),
            CHALLENGE,
            public_key_pem=pem,
            algorithm=algorithm,
            **options,
        )

    def verified(door: Door, body: Any) -> Any:
        return door.verify_attestation(
            body,
            challenge=CHALLENGE,
            public_key=public_key(door, kind),
            profile=options.get("profile"),
            cross_origin=options.get("cross_origin"),
            allow_padded_base64url=True,
        )

    for body in made_by_each(made):
        assert agreed(partial(verified, body=body))[0] == "value"


@_many
@given(_keys, client_data_bytes("key.create"), expectations, st.booleans())
def test_credentials_over_any_client_data_are_judged_the_same(
    kind: str, client_data: bytes, expected: dict[str, Any], own_key: bool
) -> None:
    judged_attestation(credential(kind, client_data), kind, expected, own_key)


@_many
@given(_keys, st.data(), expectations)
def test_credentials_with_members_altered_are_judged_the_same(
    kind: str, data: st.DataObject, expected: dict[str, Any]
) -> None:
    body = data.draw(altered(credential(kind, CREATE), "credentialInfo"))
    judged_attestation(body, kind, expected, own_key=True)


@_many
@given(_keys, st.data(), expectations, st.booleans())
def test_credentials_with_any_public_key_text_signed_again_are_judged_the_same(
    kind: str, data: st.DataObject, expected: dict[str, Any], own_key: bool
) -> None:
    text = _pem(kind, data.draw(_pems))
    if data.draw(st.booleans()):
        text = data.draw(damaged_text(st.just(text), "-=+/A \n\r\t\\é\u00a0\u2028\x0b\x0c\x85"))
    judged_attestation(credential(kind, CREATE, pem=text), kind, expected, own_key)


@_many
@given(_keys, st.data(), expectations)
def test_credentials_with_any_attestation_data_are_judged_the_same(
    kind: str, data: st.DataObject, expected: dict[str, Any]
) -> None:
    pem = records()[kind]["spkiPem"]
    members = {
        "publicKey": json.dumps(pem),
        "signature": json.dumps(sign(kind, fingerprint(CREATE, pem)).hex()),
        "algorithm": '"SHA256"',
    }
    name = data.draw(st.sampled_from((*members, "extra", "")))
    match data.draw(st.integers(0, 4)):
        case 0:
            members.pop(name, None)
        case 1:
            members[name] = data.draw(
                json_values
                | st.sampled_from(('""', '"00"', '"0"', '"AB"', '"SHA512"', '"SHA-256"', '"x"'))
            )
        case 2:
            del members["algorithm"]
        case 3:
            members["signature"] = members["signature"].upper()
        case _:
            pass
    text = data.draw(json_objects([(name, members[name]) for name in members]))
    if data.draw(st.integers(0, 3)) == 0:
        text = data.draw(damaged_text(st.just(text), JSON_NOISE))
    raw = text.encode("utf-8", "surrogatepass")
    judged_attestation(credential(kind, CREATE, attestation=raw), kind, expected, own_key=True)


@given(_keys, st.sampled_from((None, *ALGORITHMS, "SHA-256", "SHA-512", "SHA1", "")), _keys)
def test_credentials_of_any_algorithm_are_judged_the_same(
    kind: str, algorithm: str | None, other: str
) -> None:
    body = credential(kind, CREATE, algorithm=algorithm)
    judged_attestation(body, other, {"challenge": CHALLENGE}, own_key=True)
    for padding in ("pkcs1v15", "pss", "PSS"):
        expected = {"challenge": CHALLENGE, "padding": padding}
        judged_attestation(body, kind, expected, own_key=False)


_extras = st.sampled_from((None, "e30=", ""))


@given(st.sampled_from((*KINDS, "Fido2")), _extras, _extras, _extras, expectations)
def test_kinds_and_their_optional_members_are_judged_the_same(
    kind: str, encrypted: Any, name: Any, identifier: Any, expected: dict[str, Any]
) -> None:
    optional = {
        "encryptedPrivateKey": encrypted,
        "credentialName": name,
        "challengeIdentifier": identifier,
    }
    changes = {key: value for key, value in optional.items() if value is not None}
    body = credential("ed25519", CREATE, credentialKind=kind, **changes)
    judged_attestation(body, "ed25519", expected, own_key=True)


# --- request bodies ---


@given(_good_options, st.sampled_from(KINDS), st.sampled_from(KINDS), texts_and_not, texts_and_not)
def test_request_bodies_are_the_same(
    options: dict[str, Any], kind: str, other: str, identifier: str, name: str
) -> None:
    def made(door: Door, kind: str) -> Any:
        secret = None if kind == "Key" else "e30="
        return door.create_credential(
            private_key(door, "ed25519"),
            CHALLENGE,
            kind=kind,
            encrypted_private_key=secret,
            **options,
        )

    agreed(lambda door: door.registration_body(made(door, kind), recovery=made(door, other)))
    agreed(lambda door: door.registration_body(made(door, kind), second_factor=made(door, other)))
    agreed(lambda door: door.registration_body(made(door, kind)))
    agreed(
        lambda door: door.new_credential_body(
            made(door, kind), challenge_identifier=identifier, name=name
        )
    )


@given(_keys)
def test_credential_ids_from_keys_are_the_same(kind: str) -> None:
    agreed(lambda door: door.credential_id_from_key(public_key(door, kind)))


def test_random_credential_ids_are_32_bytes_and_differ() -> None:
    for door in DOORS:
        ids = {door.random_credential_id() for _ in range(20)}
        assert len(ids) == 20
        assert {len(door.base64url_decode(one, False)) for one in ids} == {32}


def test_an_error_outcome_has_its_class_and_code() -> None:
    for door in DOORS:
        with pytest.raises(Error) as caught:
            door.decode_client_data(b"[]")
        assert error_outcome(caught.value) == ("error", "MalformedInput", "json.shape")
