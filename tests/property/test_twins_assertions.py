"""Assertions: both implementations sign the same challenges and judge the same of what was signed."""

from __future__ import annotations

import copy
import json
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.property.judging import judged_assertion, judged_attestation
from tests.property.material import (
    CURVES,
    DETERMINISTIC,
    SMALL,
    damaged,
    damaged_text,
    private_key,
    public_key,
    records,
)
from tests.property.outcome import (
    DOORS,
    REFERENCE,
    Door,
    agreed,
    agreed_on_one,
    made_by_each,
    outcomes,
)
from tests.property.wire import (
    ALGORITHMS,
    CHALLENGE,
    CREATE,
    GET,
    JSON_NOISE,
    KINDS,
    ORIGIN,
    PROFILES,
    altered,
    assertion,
    b64u,
    client_data_bytes,
    credential,
    expectations,
    padded,
    sign,
    texts,
)

_profiles = st.sampled_from((*PROFILES, "Canonical", ""))
_flags = st.sampled_from((None, True, False))
_keys = st.sampled_from(SMALL)
_many = settings(max_examples=settings().max_examples * 5)


# --- signing challenges ---


@st.composite
def challenges(draw: st.DrawFn) -> dict[str, Any]:
    """A server's challenge that allows the credential, or not, or is wrong."""
    ids = st.sampled_from(("cr-0", "cr-1", "CR-1", "cr-1 "))
    lists = st.lists(ids, max_size=3).map(lambda found: [{"id": one, "type": "x"} for one in found])
    body: dict[str, Any] = {
        "challenge": draw(st.just(CHALLENGE) | texts),
        "challengeIdentifier": "x",
        "allowCredentials": {
            "key": draw(lists),
            "webauthn": [{"id": "cr-1"}],
            "passwordProtectedKey": draw(lists),
        },
        "allowedRecoveryCredentials": draw(lists),
    }
    if draw(st.integers(0, 3)) == 0:
        values: tuple[Any, ...] = (None, 1, "x", [], {}, ["cr-1"], [{}], [{"id": 1}], "\ud800")
        values += ([{"id": "cr-1"}, {}], [{"id": "cr-1"}, {"id": None}], [{"id": ""}, 5])
        wrong = copy.deepcopy(draw(st.sampled_from(values)))
        name = draw(st.sampled_from((*sorted(body), "key", "passwordProtectedKey")))
        target = body if name in body else body["allowCredentials"]
        if draw(st.booleans()):
            del target[name]
        else:
            target[name] = wrong
    return body


_signer_options = st.fixed_dictionaries(
    {},
    optional={
        "kind": st.sampled_from(KINDS),
        "algorithm": st.sampled_from((None, *ALGORITHMS)),
        "profile": st.sampled_from(PROFILES),
        "app_origin": st.sampled_from((None, ORIGIN)),
        "cross_origin": _flags,
        "report_kind": st.sampled_from((None, *KINDS)),
    },
)


@_many
@given(st.sampled_from(DETERMINISTIC), challenges(), _signer_options)
def test_assertions_are_the_same_to_the_byte(
    kind: str, challenge: dict[str, Any], options: dict[str, Any]
) -> None:
    agreed(lambda door: door.KeySigner("cr-1", private_key(door, kind), **options).sign(challenge))


@_many
@given(challenges(), st.sampled_from(KINDS), st.data())
def test_a_challenge_as_json_is_signed_as_the_mapping(
    challenge: dict[str, Any], kind: str, data: st.DataObject
) -> None:
    def signed(door: Door, given: Any) -> Any:
        return door.KeySigner("cr-1", private_key(door, "ed25519"), kind=kind).sign(given)

    text = json.dumps(challenge, ensure_ascii=False)
    found = agreed(lambda door: signed(door, text))
    if "\ud800" not in text:
        assert agreed(lambda door: signed(door, text.encode())) == found
        assert agreed(lambda door: signed(door, challenge)) == found
    damaged_one = data.draw(damaged_text(st.just(text), JSON_NOISE))
    agreed(lambda door: signed(door, damaged_one))


@_many
@given(
    st.sampled_from(("cr-1", "", "\ud800", "x" * 1024, "x" * 1025)),
    _keys,
    st.fixed_dictionaries(
        {},
        optional={
            "kind": st.sampled_from(("Key", "Fido2", "")),
            "algorithm": st.sampled_from(("SHA-256", "", "RSA-SHA256", "SHA512", "\ud800")),
            "profile": _profiles,
            "app_origin": st.sampled_from((ORIGIN, "", "\ud800")),
            "cross_origin": _flags,
            "report_kind": st.sampled_from(("Key", "Fido2", "")),
            "padding": st.sampled_from(("pss", "pkcs1v15", "PSS", "")),
            "password": st.sampled_from(("x", b"x")),
        },
    ),
    st.booleans(),
)
def test_signers_are_refused_for_the_same_reason(
    credential_id: str, kind: str, options: dict[str, Any], from_pem: bool
) -> None:
    def made(door: Door) -> Any:
        key = records()[kind]["pkcs8Pem"] if from_pem else private_key(door, kind)
        signer = door.KeySigner(credential_id, key, **options)
        return [signer.credential_id, signer.app_origin, signer.public_key]

    if len(options) + (credential_id != "cr-1") <= 1:
        agreed(made)
    else:  # With two things wrong at once, which is named first is nobody's business.
        native, twin = outcomes(made)
        assert native[0] == twin[0]


@given(_keys, _signer_options, st.sampled_from((None, None, "pss", "pkcs1v15")))
def test_each_verifies_the_assertions_of_the_other(
    kind: str, options: dict[str, Any], padding: str | None
) -> None:
    challenge = {
        "challenge": CHALLENGE,
        "allowCredentials": {"key": [{"id": "cr-1"}], "passwordProtectedKey": [{"id": "cr-1"}]},
        "allowedRecoveryCredentials": [{"id": "cr-1"}],
    }
    expected = {
        "challenge": CHALLENGE,
        "credential_id": "cr-1",
        "profile": options.get("profile"),
        "cross_origin": options.get("cross_origin"),
        "algorithm": options.get("algorithm"),
        "padding": padding,
        "allow_padded_base64url": True,
    }

    def signed(door: Door) -> Any:
        signer = door.KeySigner("cr-1", private_key(door, kind), padding=padding, **options)
        return signer.sign(challenge)

    def verified(door: Door, body: Any) -> Any:
        return door.verify_assertion(body, public_key=public_key(door, kind), **expected)

    for body in made_by_each(signed):
        assert agreed(partial(verified, body=body))[0] == "value"


# --- judging assertions ---


@_many
@given(_keys, client_data_bytes(), expectations)
def test_assertions_over_any_client_data_are_judged_the_same(
    kind: str, client_data: bytes, expected: dict[str, Any]
) -> None:
    judged_assertion(assertion(kind, client_data), kind, expected)


@_many
@given(_keys, st.data(), expectations)
def test_assertions_with_members_altered_are_judged_the_same(
    kind: str, data: st.DataObject, expected: dict[str, Any]
) -> None:
    body = data.draw(altered(assertion(kind, GET), "credentialAssertion"))
    judged_assertion(body, kind, expected)


@_many
@given(_keys, st.data())
def test_assertions_with_the_signature_damaged_are_judged_the_same(
    kind: str, data: st.DataObject
) -> None:
    body = assertion(kind, GET)
    signature = data.draw(damaged(st.just(sign(kind, GET))) | st.binary(max_size=8))
    body["credentialAssertion"]["signature"] = b64u(signature)
    judged_assertion(body, kind, {"challenge": CHALLENGE})


_member_algorithms = st.sampled_from((None, *ALGORITHMS, "SHA-256", "SHA-384", "SHA-512", "SHA1"))


@_many
@given(
    _keys,
    _member_algorithms,
    st.sampled_from((None, *ALGORITHMS, "SHA-256", "x")),
    st.sampled_from((None, "go-v1", "ts-keysigner")),
    st.sampled_from((None, None, "pkcs1v15", "pss")),
    _keys,
    st.booleans(),
)
def test_assertions_of_any_algorithm_are_judged_the_same(
    kind: str,
    member: str | None,
    algorithm: str | None,
    profile: str | None,
    padding: str | None,
    other: str,
    fits: bool,
) -> None:
    client_data = b'{"type":"key.get","challenge":"' + CHALLENGE.encode() + b'"}'
    key = kind if fits else other
    if algorithm is not None and member not in (None, algorithm):
        known = ALGORITHMS[:2] if key in CURVES else ALGORITHMS if key == "rsa2048" else ()
        member = member if algorithm in known else None  # one of them is wrong, not both
    expected = {
        "challenge": CHALLENGE,
        "algorithm": algorithm,
        "profile": profile,
        "padding": padding,
    }
    body = assertion(kind, client_data, algorithm=member)
    judged_assertion(body, key, expected)


@given(_keys, expectations, st.booleans())
def test_padded_base64url_is_judged_the_same(
    kind: str, expected: dict[str, Any], wrong: bool
) -> None:
    body = assertion(kind, GET)
    inner = body["credentialAssertion"]
    for name in ("clientData", "signature"):
        inner[name] = padded(inner[name]) + ("=" if wrong else "")
    judged_assertion(body, kind, expected)


@_many
@given(_keys, st.data())
def test_an_assertion_as_json_is_judged_as_the_mapping(kind: str, data: st.DataObject) -> None:
    body = assertion(kind, GET)
    if data.draw(st.booleans()):
        body = data.draw(altered(body, "credentialAssertion"))
    expected = {"challenge": CHALLENGE}
    text = json.dumps(body, ensure_ascii=False)
    judged_assertion(text, kind, expected)
    judged_assertion(text.encode("utf-8", "surrogatepass"), kind, expected)
    if "\ud800" not in text:
        as_text = agreed(
            lambda door: door.verify_assertion(text, public_key=public_key(door, kind), **expected)
        )
        as_mapping = agreed(
            lambda door: door.verify_assertion(body, public_key=public_key(door, kind), **expected)
        )
        assert as_text == as_mapping


@_many
@given(st.data())
def test_damaged_json_of_assertions_and_credentials_is_judged_the_same(data: st.DataObject) -> None:
    for body, judge in (
        (assertion("ed25519", GET), judged_assertion),
        (credential("ed25519", CREATE), judged_attestation),
    ):
        text = json.dumps(body)
        names = ("kind", "credId", "clientData", "credentialKind", "credentialInfo")
        if data.draw(st.booleans()):
            name = data.draw(st.sampled_from(names))
            text = text.replace(f'"{name}"', f'"{name}": "x", "{name}"', 1)
        else:
            text = data.draw(damaged_text(st.just(text), JSON_NOISE))
        if judge is judged_assertion:
            judged_assertion(text, "ed25519", {"challenge": CHALLENGE})
        else:
            judged_attestation(text, "ed25519", {"challenge": CHALLENGE}, own_key=True)


@_many
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    (
                        *("kind", "credentialAssertion", "credId", "clientData", "signature"),
                        *("credentialKind", "credentialInfo", "attestationData", "x"),
                    )
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=8,
    )
)
def test_random_json_is_judged_the_same(value: Any) -> None:
    expected = {"challenge": CHALLENGE}
    if isinstance(value, dict):
        judged_assertion(value, "ed25519", expected)
        judged_attestation(value, "ed25519", expected, own_key=False)
    try:
        text = json.dumps(value, ensure_ascii=False)
    except ValueError:
        return
    judged_assertion(text, "ed25519", expected)
    judged_attestation(text, "ed25519", expected, own_key=False)


@given(
    st.fixed_dictionaries(
        {"challenge": st.sampled_from((CHALLENGE, CHALLENGE, "", "\ud800"))},
        optional={
            "credential_id": st.sampled_from(("cr-1", "", "\ud800", "x" * 1025)),
            "kind": st.sampled_from(("Key", "Fido2", "")),
            "profile": st.sampled_from(("canonical", "x", "")),
            "origin": st.sampled_from((ORIGIN, "", "\ud800")),
            "padding": st.sampled_from(("pss", "PSS", "")),
            "algorithm": st.sampled_from(("SHA256", "SHA1", "", "\ud800")),
        },
    )
)
def test_wrong_expectations_are_refused_whatever_the_data(expected: dict[str, Any]) -> None:
    wrong = [name for name, value in expected.items() if value not in _RIGHT]
    if len(wrong) > 1:
        return
    judged_assertion(assertion("rsa2048", GET), "rsa2048", expected)
    if "algorithm" not in expected:
        judged_attestation(credential("rsa2048", CREATE), "rsa2048", expected, own_key=True)


_RIGHT = (CHALLENGE, "cr-1", "Key", "canonical", ORIGIN, "pss", "SHA256")


# --- external signers ---


class External:
    """An external signer over a key of the reference, told to behave in one way or another."""

    def __init__(self, door: Door, kind: str, takes: str, returns: str, fault: str) -> None:
        self.public_key = public_key(door, kind)
        self.takes = takes
        self.returns = returns
        self._kind, self._fault = kind, fault

    def sign(self, data: bytes, /) -> Any:
        key = private_key(REFERENCE, self._kind)
        if self.takes == "digest":
            names = {32: "SHA-256", 48: "SHA-384", 64: "SHA-512"}
            signature = key.sign_digest(data, hash=names[len(data)])
        else:
            signature = key.sign(data)
        if key.algorithm.startswith("ES") and self.returns == "raw":
            signature = REFERENCE.ecdsa_der_to_raw(signature, key.curve)
        match self._fault:
            case "wrong":
                return bytes(len(signature))
            case "short":
                return signature[:-1]
            case "empty":
                return b""
            case "none":
                return None
            case "text":
                return "signature"
            case "array":
                return bytearray(signature)
        return signature


@given(
    _keys,
    st.sampled_from(("message", "digest", "", "Message")),
    st.sampled_from(("der", "raw", "")),
    st.sampled_from(("", "", "", "wrong", "short", "empty", "none", "text", "array")),
    st.sampled_from((None, None, "SHA256", "SHA512")),
)
def test_external_signers_are_used_and_refused_alike(
    kind: str, takes: str, returns: str, fault: str, algorithm: str | None
) -> None:
    challenge = {"challenge": CHALLENGE, "allowCredentials": {"key": [{"id": "cr-1"}]}}
    edwards = kind.startswith("ed")
    wrong = (
        takes not in ("message", "digest"),
        returns not in ("der", "raw"),
        returns == "der" and kind not in CURVES,
        takes == "digest" and edwards,
        algorithm is not None and edwards,
        algorithm == "SHA512" and takes == "message",
        fault not in ("", "array"),
    )
    agreed_on_one(
        lambda door: door.KeySigner(
            "cr-1", External(door, kind, takes, returns, fault), algorithm=algorithm
        ).sign(challenge),
        wrong,
    )


@pytest.mark.parametrize("kind", SMALL)
def test_keys_of_cryptography_sign_for_both(kind: str) -> None:
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    foreign = load_pem_private_key(records()[kind]["pkcs8Pem"].encode(), None)
    challenge = {"challenge": CHALLENGE, "allowCredentials": {"key": [{"id": "cr-1"}]}}

    def verified(door: Door, body: Any) -> Any:
        return door.verify_assertion(body, challenge=CHALLENGE, public_key=public_key(door, kind))

    for door in DOORS:
        body = door.KeySigner("cr-1", door.from_cryptography(foreign)).sign(challenge)
        assert agreed(partial(verified, body=body))[0] == "value"
