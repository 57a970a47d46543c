"""What a verifier expects: what the key can never do is refused as the caller's, whatever the message is."""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import partial
from itertools import product
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.property.material import b64u_decoded
from tests.property.wire import b64u
from tests.unit.batch_material import challenge_of, key_entry
from tests.vectors.doors import MODULES, Door, outcome

NEVER: Final[list[dict[str, str]]] = [
    {"algorithm": "nope"},
    {"algorithm": "SHA-256"},
    {"algorithm": "RSA-SHA256"},
    {"padding": "pss"},
    {"padding": "pkcs1v15"},
]


@pytest.fixture(params=list(MODULES), scope="module")
def door(request: pytest.FixtureRequest) -> Door:
    return Door(request.param)


def calls(door: Door, key: Any) -> dict[str, Callable[..., Any]]:
    """Everything that judges with a key it is given, of a message that is good and of one that is none."""
    assertion = door.KeySigner("cr-1", key).sign(challenge_of("c"))
    good = {"assertion": assertion, "audit_record": key_entry(assertion, key.public_key)}
    return {
        f"{how} {state} {name}": partial(
            getattr(door, f"{how}_{name}"), message, public_key=key.public_key, challenge="c"
        )
        for name in good
        for how in ("verify", "explain")
        for state, message in (("good", good[name]), ("broken", "no JSON"))
    }


def due(wrong: dict[str, str]) -> str:
    unknown = wrong.get("algorithm") in ("nope", "SHA-256")
    return "algorithm.unknown" if unknown else "algorithm.mismatch"


@pytest.mark.parametrize("wrong", NEVER, ids=str)
def test_what_the_key_cannot_do_is_refused_by_every_call_for_any_message(
    door: Door, wrong: dict[str, str]
) -> None:
    key = door.PrivateKey.generate("ES256")
    for name, call in calls(door, key).items():
        assert outcome(partial(call, **wrong)) == due(wrong), name


def test_a_name_that_the_key_has_no_use_for_is_refused(door: Door) -> None:
    key = door.PrivateKey.generate("Ed25519")
    for name, call in calls(door, key).items():
        assert outcome(partial(call, algorithm="SHA256")) == "algorithm.mismatch", name


def test_what_an_rsa_key_can_do_is_asked_of_the_message(door: Door) -> None:
    key = door.PrivateKey.generate("RS256")
    for name, call in calls(door, key).items():
        for padding in ("pss", "pkcs1v15"):
            if name.startswith("explain"):
                report = call(padding=padding, algorithm="RSA-SHA256")
                assert report.valid is (padding == "pkcs1v15" and "good" in name), name
            elif "good" in name:
                found = outcome(partial(call, padding=padding))
                assert (found == "signature.invalid") is (padding == "pss"), name


def test_an_audit_entry_without_a_pinned_key_is_asked_with_its_own(door: Door) -> None:
    key = door.PrivateKey.generate("ES256")
    record = key_entry(door.KeySigner("cr-1", key).sign(challenge_of("c")), key.public_key)
    for wrong in NEVER:
        assert outcome(partial(door.verify_audit_record, record, **wrong)) == due(wrong)
    # The key of the entry is of the entry, so that is a step; a name that is none is not.
    assert not door.explain_audit_record(record, padding="pss").valid
    unknown = partial(door.explain_audit_record, record, algorithm="nope")
    assert outcome(unknown) == "algorithm.unknown"


def test_a_padding_for_the_key_that_must_be_registered_is_judged_with_it(door: Door) -> None:
    rsa, other = door.PrivateKey.generate("RS256"), door.PrivateKey.generate("Ed25519")
    credential = door.create_credential(rsa, "c")
    for how in ("verify", "explain"):
        judge = getattr(door, f"{how}_attestation")
        for given in (credential, "no JSON"):
            asked = partial(judge, given, challenge="c", padding="pss")
            assert outcome(partial(asked, public_key=other.public_key)) == "algorithm.mismatch"
    explained = door.explain_attestation(credential, challenge="c", padding="pss")
    assert [error.code for error in explained.errors] == ["signature.invalid"]


def test_an_empty_origin_is_met_by_an_empty_origin_alone(door: Door) -> None:
    key = door.PrivateKey.generate("ES256")
    wrong = "client_data.origin_mismatch"
    common = {"public_key": key.public_key, "challenge": "c", "origin": ""}
    for app_origin, verdict in ((None, wrong), ("", "Key"), ("https://x", wrong)):
        assertion = door.KeySigner("cr-1", key, app_origin).sign(challenge_of("c"))
        for judge, message in (
            (door.verify_assertion, assertion),
            (door.verify_audit_record, key_entry(assertion, key.public_key)),
        ):
            found = outcome(partial(judge, message, **common))
            assert getattr(found, "kind", found) == verdict


KEYS: Final = ("ES256", "ES384", "ES512", "ES256K", "Ed25519", "Ed448", "RS256")
ML_DSA: Final = ("ML-DSA-44", "ML-DSA-65", "ML-DSA-87")


def of_ml_dsa(name: str) -> tuple[str, dict[str, Any]]:
    """A public key that no credential has, and an assertion whose client data it signed all the same."""
    mldsa = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.mldsa")
    key = getattr(mldsa, f"MLDSA{name[-2:]}PrivateKey").generate()
    native = Door("native")
    made = native.KeySigner("cr-1", native.PrivateKey.generate("ES256")).sign(challenge_of("c"))
    inner = made["credentialAssertion"]
    inner["signature"] = b64u(key.sign(b64u_decoded(inner["clientData"])))
    pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return pem.decode(), made


@pytest.mark.parametrize("name", ML_DSA)
def test_an_ml_dsa_key_is_no_key_of_a_credential_even_where_it_signed(
    door: Door, name: str
) -> None:
    pem, made = of_ml_dsa(name)
    public = door.PublicKey.from_pem(pem)
    entered = key_entry(made, public)
    for asked in (
        partial(door.verify_assertion, made, public_key=public, challenge="c"),
        partial(door.verify_audit_record, entered),
        partial(door.verify_audit_record, entered, public_key=public),
    ):
        assert outcome(asked) == "algorithm.mismatch"


def kind_or_code(call: Callable[[], Any]) -> str:
    found = outcome(call)
    return str(getattr(found, "kind", found))


@pytest.mark.parametrize("name", [*KEYS, *ML_DSA])
def test_every_choice_comes_to_the_same_in_both_implementations(name: str) -> None:
    native, reference = (Door(module) for module in MODULES)
    if name in KEYS:
        key = native.PrivateKey.generate(name)
        pem, made = key.public_key.to_pem(), native.KeySigner("cr-1", key).sign(challenge_of("c"))
    else:
        pem, made = of_ml_dsa(name)
    publics = {door: door.PublicKey.from_pem(pem) for door in (native, reference)}
    for member, algorithm, padding, profile in product(
        (None, "SHA256", "RSA-SHA512", "SHA-512"),
        (None, "SHA256", "SHA512", "RSA-SHA256", "SHA-256", "SHA-384", "SHA-224", "nope"),
        (None, "pkcs1v15", "pss"),
        (None, "go-v1", "canonical"),
    ):
        message = copy.deepcopy(made)
        if member is not None:
            message["credentialAssertion"]["algorithm"] = member
        chosen = {"algorithm": algorithm, "padding": padding}
        pinned: list[str] = []
        loose: list[str] = []
        asserted: list[str] = []
        for door, public in publics.items():
            entered = key_entry(made, public)
            audit = partial(door.verify_audit_record, entered, **chosen)
            single = partial(door.verify_assertion, message, challenge="c", profile=profile)
            asserted.append(kind_or_code(partial(single, public_key=public, **chosen)))
            pinned.append(kind_or_code(partial(audit, public_key=public)))
            loose.append(kind_or_code(audit))
        for found in (asserted, pinned, loose):
            assert len({*found}) == 1, (member, algorithm, padding, profile, found)
