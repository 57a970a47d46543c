"""Ceremonies, statements, paths and certificates of passkeys: the two implementations agree."""

from __future__ import annotations

import copy
import json
from typing import Any, Final

from hypothesis import given
from hypothesis import strategies as st

from countermark.webauthn.testing.authenticator import AT_TIME
from tests.property.ceremonies import (
    ATTESTING,
    AUTHENTICATING,
    CHALLENGE,
    FORMATS,
    REGISTERING,
    SIGNING,
    SITE,
    TEXT,
    Ceremony,
    Change,
    SoftwareAuthenticator,
    altered,
    assertion,
    assertion_faults,
    assertions,
    expectations,
    faulty,
    judged,
    judged_loosely,
    kept,
    registration,
    registration_faults,
    registrations,
    same_verdict,
    some,
    strictnesses,
    through,
    trusts,
    with_fault,
)
from tests.property.material import damaged
from tests.property.outcome import agreed
from tests.property.wire import b64u

REGISTRATION: Final = "registration"
AUTHENTICATION: Final = "authentication"


# --- what the authenticator makes, under any policy ---


@given(registrations, st.data())
def test_right_registrations_agree_under_any_policy(made: Ceremony, data: st.DataObject) -> None:
    options = data.draw(expectations(REGISTERING)) | data.draw(trusts(made.format))
    judged(REGISTRATION, made.response, options)


@given(assertions, st.data())
def test_right_assertions_agree_under_any_policy(made: Ceremony, data: st.DataObject) -> None:
    options = data.draw(expectations(AUTHENTICATING)) | {"public_key": made.key}
    judged(AUTHENTICATION, made.response, options)


@given(registration_faults, st.data())
def test_registrations_with_one_fault_agree_to_the_code(info: Any, data: st.DataObject) -> None:
    made = faulty(info)
    options = data.draw(expectations(REGISTERING, strict=False)) | with_fault(info)
    options |= data.draw(trusts(info.format))
    judged(REGISTRATION, made.response, options)


@given(assertion_faults, st.data())
def test_assertions_with_one_fault_agree_to_the_code(info: Any, data: st.DataObject) -> None:
    made = faulty(info)
    options = data.draw(expectations(AUTHENTICATING, strict=False)) | with_fault(info)
    judged(AUTHENTICATION, made.response, {"public_key": made.key} | options)


@given(registration_faults, registration_faults, st.data())
def test_registrations_with_two_faults_agree(one: Any, other: Any, data: st.DataObject) -> None:
    made = altered(
        lambda format, _, alter: registration(format, one.name, alter), one.format, other.alter
    )
    options = data.draw(expectations(REGISTERING)) | data.draw(trusts(made.format))
    judged_loosely(REGISTRATION, made.response, options)


@given(assertion_faults, assertion_faults, st.data())
def test_assertions_with_two_faults_agree(one: Any, other: Any, data: st.DataObject) -> None:
    made = altered(
        lambda algorithm, _, alter: assertion(algorithm, one.name, alter), "ES256", other.alter
    )
    options = data.draw(expectations(AUTHENTICATING)) | {"public_key": made.key}
    judged_loosely(AUTHENTICATION, made.response, options)


# --- damaged bytes ---


@given(registrations, st.sampled_from(("clientDataJSON", "attestationObject")), st.data())
def test_registrations_with_damaged_bytes_agree(
    made: Ceremony, name: str, data: st.DataObject
) -> None:
    broken = data.draw(damaged(st.just(made.member(name))))
    made.response["response"][name] = b64u(broken)
    options = data.draw(expectations(REGISTERING)) | data.draw(trusts(made.format))
    # Where several certificates are damaged, which of them is told first is nobody's concern.
    if "trust" in options:
        options["require_trust"] = True
    judged_loosely(REGISTRATION, made.response, options)


@given(assertions, st.sampled_from(("clientDataJSON", "authenticatorData", "signature")), st.data())
def test_assertions_with_damaged_bytes_agree(
    made: Ceremony, name: str, data: st.DataObject
) -> None:
    broken = data.draw(damaged(st.just(made.member(name))))
    made.response["response"][name] = b64u(broken)
    options = data.draw(expectations(AUTHENTICATING)) | {"public_key": made.key}
    judged_loosely(AUTHENTICATION, made.response, options)


STAGES: Final[dict[str, tuple[str, ...]]] = {
    "none": (),
    "packed": ("signature", "chain"),
    "packed-self": ("signature",),
    "fido-u2f": ("signature", "chain"),
    "tpm": ("signature", "chain", "pub_area_bytes", "cert_info_bytes"),
    "android-key": ("signature", "chain"),
    "android-safetynet": ("chain", "jws"),
    "apple": ("nonce", "chain"),
    "compound": ("0.signature", "1.chain"),
}
EVERYWHERE: Final = ("client_data_json", "authenticator_data_bytes", "attestation_object_bytes")


def damage(seed: st.DataObject) -> Change:
    """An alteration that damages bytes, or one certificate of a chain, before anything is signed."""

    def change(draft: Any) -> Any:
        if isinstance(draft, list):
            at = seed.draw(st.integers(0, len(draft) - 1))
            draft[at] = seed.draw(damaged(st.just(draft[at]), 1))
            return draft
        return seed.draw(damaged(st.just(draft), 1))

    return change


@given(st.sampled_from(FORMATS), st.data())
def test_registrations_that_sign_damaged_bytes_agree(format: str, data: st.DataObject) -> None:
    stage = data.draw(st.sampled_from((*EVERYWHERE, *STAGES[format])))
    made = altered(registration, format, {stage: damage(data)})
    options = data.draw(expectations({})) | data.draw(trusts(format))
    judged_loosely(REGISTRATION, made.response, options)


@given(st.data())
def test_assertions_that_sign_damaged_bytes_agree(data: st.DataObject) -> None:
    stage = data.draw(st.sampled_from(("client_data_json", "authenticator_data_bytes")))
    made = altered(assertion, "ES256", {stage: damage(data)})
    options = data.draw(expectations({})) | {"public_key": made.key}
    judged_loosely(AUTHENTICATION, made.response, options)


# --- changed JSON ---

_LONG: Final = "A" * 90_000
any_value: Final[st.SearchStrategy[Any]] = st.sampled_from(
    (
        *(None, True, False, 0, 1.5, "", "AA", "AA==", "A", "A/", "\x00", "é", "webauthn.get"),
        *([], {}, ["usb"], ["usb", 1], [None], {"a": 1}, {"rk": True}, {"rk": None}, "Fido2"),
        # Bytes of which the first is already wrong, wherever they stand.
        *(b64u(b"\xf7" * size) for size in (64, 65, 1023, 1024)),
        *("Key", "public-key", _LONG),
    )
)
MORE: Final = (
    *("rawId", "type", "authenticatorAttachment", "clientExtensionResults", "kind", "unknown"),
    *("credentialKind", "credentialInfo", "credentialAssertion", "response", "credentialName"),
    *("challengeIdentifier", "userHandle", "transports", "signature", "algorithm", "appid"),
    *("credProps", "prf", "largeBlob", "rk", "credId"),
)


@st.composite
def changed(draw: st.DrawFn, body: dict[str, Any]) -> Any:
    """One member has another value, is gone, or is added; then, perhaps, it is all JSON text."""
    body = copy.deepcopy(body)
    owners = [body, *(inner for inner in body.values() if isinstance(inner, dict))]
    owner = draw(st.sampled_from(owners))
    how = draw(st.sampled_from(("set", "drop", "add")))
    name = draw(st.sampled_from([*owner] if how != "add" and owner else MORE))
    if how == "drop":
        owner.pop(name, None)
    else:
        owner[name] = draw(any_value)
    text = json.dumps(body, ensure_ascii=draw(st.booleans()))
    return draw(st.sampled_from((body, body, text, text.encode())))


def browser(made: Ceremony) -> dict[str, Any]:
    made.response["clientExtensionResults"] = {
        "credProps": {"rk": True},
        "appid": False,
        "prf": {"enabled": True},
        "largeBlob": {"supported": False},
        "other": 1,
    }
    return made.response


@given(registrations, st.data())
def test_registrations_with_one_member_changed_agree_to_the_code(
    made: Ceremony, data: st.DataObject
) -> None:
    body = data.draw(changed(browser(made)))
    judged(REGISTRATION, body, data.draw(expectations({}, strict=False)))


@given(assertions, st.data())
def test_assertions_with_one_member_changed_agree_to_the_code(
    made: Ceremony, data: st.DataObject
) -> None:
    body = data.draw(changed(browser(made)))
    options = data.draw(expectations({}, strict=False)) | {"public_key": made.key}
    judged(AUTHENTICATION, body, options)


# --- bodies of the Dfns API ---


def dfns(form: str, ceremony: str) -> Ceremony:
    authenticator = SoftwareAuthenticator(b"twins", format="none")
    body = authenticator.dfns_registration(
        challenge=TEXT, challenge_form=form, credential_name="name", user_handle=b"u", **SITE
    )
    key = next(iter(authenticator)).public_key
    if ceremony == AUTHENTICATION:
        body = authenticator.dfns_assertion(challenge=TEXT, challenge_form=form, **SITE)
    return Ceremony(body, authenticator.root, key, "none")


@given(
    st.sampled_from(("encoded", "verbatim")),
    st.sampled_from((REGISTRATION, AUTHENTICATION)),
    st.sampled_from((TEXT, TEXT.encode(), b64u(TEXT.encode()), "another")),
    st.sampled_from((None, "encoded", "verbatim", "either")),
    st.data(),
)
def test_bodies_of_the_api_agree_to_the_code(
    made_as: str, ceremony: str, challenge: Any, form: str | None, data: st.DataObject
) -> None:
    made = kept(dfns, made_as, ceremony)
    body = data.draw(st.just(made.response) | changed(made.response))
    options = SITE | {"challenge": challenge, "challenge_form": form}
    if ceremony == AUTHENTICATION:
        options["public_key"] = made.key
    judged(ceremony, body, options)


# --- arguments ---

WRONG: Final[dict[str, tuple[Any, ...]]] = {
    "challenge": ("", b"", None, 1, "\ud800", [b"x"]),
    "origin": ("", [], [""], None, b"x", [b"x"], 5, "\ud800", {"https://example.org"}),
    "rp_id": ("", None, b"x", "\ud800", ["example.org"]),
    "challenge_form": ("", "x", 1, b"encoded"),
    "top_origin": (5, b"x", [1], ["\ud800"]),
    "allow_cross_origin": (None, 1, "yes"),
    "require_user_presence": (None, 1),
    "credential_id": ("", b"", 1, "AA==", "\ud800", "A", []),
    "strictness": ("", "STRICT", None, 1),
    "allow_sha1": (None, 0),
}
WRONG_REGISTRATION: Final[dict[str, tuple[Any, ...]]] = WRONG | {
    "algorithms": ([], [1], ["ES256"], [True], -7, [-65535], [2**70], {-7}, [None]),
    "formats": (5, b"none", [1], {"none"}),
    "tpm_vendors": (5, [None]),
    "compound_policy": (0, -1, 9, 2**40, True, None, "ALL", "", 1.5, b"all"),
    "require_trust": (1, "yes", True),
    "at": (-1, 253_402_300_800, 2**70, True, 1.5, "now", float("nan")),
    "require_tee": (None,),
    "repair_cose_map_count": (None,),
}
WRONG_AUTHENTICATION: Final[dict[str, tuple[Any, ...]]] = WRONG | {
    "user_handle": ("", b"", 1, "A"),
    "sign_count": (-1, 2**32, True, "1", 1.5),
    "sign_count_policy": ("", "REQUIRE", None, 1),
    "backup_eligible": (1, "yes"),
    "appid": (1, b"x", "\ud800"),
    "allow_payment": (None,),
    "public_key": (None, b"", b"\xa0", "x", 5),
}


def test_one_argument_that_is_not_taken_is_refused_alike() -> None:
    made, signed = kept(registration, "none"), kept(assertion, "ES256")
    for name, values in WRONG_REGISTRATION.items():
        for value in values:
            options = {"challenge": CHALLENGE} | SITE | {name: value}
            found = judged(REGISTRATION, made.response, options)
            assert found[0] == "error", (name, value)
    for name, values in WRONG_AUTHENTICATION.items():
        for value in values:
            options = {"challenge": CHALLENGE, "public_key": signed.key} | SITE | {name: value}
            found = judged(AUTHENTICATION, signed.response, options)
            assert found[0] == "error", (name, value)


# --- statements and signatures by themselves ---


@given(registration_faults | st.sampled_from(FORMATS), st.data())
def test_statements_agree(info: Any, data: st.DataObject) -> None:
    made = kept(registration, info) if isinstance(info, str) else faulty(info)
    response = made.response.get("response")
    if not isinstance(response, dict) or not isinstance(response.get("attestationObject"), str):
        return
    if info == "response.attestationObject_alphabet" or "==" in response["attestationObject"]:
        return
    object_, hashed = made.member("attestationObject"), bytes(32)
    if isinstance(response.get("clientDataJSON"), str):
        hashed = made.client_data_hash
    options = data.draw(some(ATTESTING)) | data.draw(trusts(made.format))
    if not isinstance(info, str):
        mine = {"allow_sha1", "compound_policy", "formats", "require_tee", "strictness"}
        options |= {name: value for name, value in info.options.items() if name in mine}
    hashed = data.draw(st.sampled_from((hashed, hashed, hashed, bytes(32))))
    same_verdict(
        lambda door: door.verify_attestation_statement(
            object_, client_data_hash=hashed, **through(door, options)
        )
    )
    agreed(
        lambda door: door.verify_attestation_statement(
            object_, client_data_hash=hashed[1:], **through(door, options)
        )
    )


@given(st.sampled_from(SIGNING), strictnesses, st.booleans(), st.data())
def test_signatures_of_assertions_agree(
    algorithm: str, strictness: str, sha1: bool, data: st.DataObject
) -> None:
    made = kept(assertion, algorithm)
    parts = [made.member("authenticatorData"), made.member("signature"), made.client_data_hash]
    broken = data.draw(st.integers(0, 5))
    if broken < 3:
        parts[broken] = data.draw(damaged(st.just(parts[broken])))
    key = data.draw(st.sampled_from((made.key, made.key, kept(assertion, "ES384").key)))
    forms = [
        lambda _: key,
        lambda door: door.CosePublicKey.from_bytes(key),
        lambda door: door.CosePublicKey.from_bytes(key).public_key,
    ]
    form = data.draw(st.sampled_from(forms))
    agreed(
        lambda door: door.verify_assertion_signature(
            parts[0],
            parts[1],
            client_data_hash=parts[2],
            public_key=form(door),
            allow_sha1=sha1,
            strictness=strictness,
        )
    )


def test_the_time_of_the_ceremonies_is_one_at_which_their_certificates_are_valid() -> None:
    for format in FORMATS:
        options = {"challenge": CHALLENGE, "require_user_verification": False} | SITE
        if format not in ("none", "packed-self"):
            options |= {"trust": "root", "at": AT_TIME}
        assert judged(REGISTRATION, kept(registration, format).response, options)[0] == "value"
