"""Client data: what is asked of it (rows JS14 to JS19, JS23, JS24)."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest

from tests.property.material import public_key
from tests.property.outcome import Door
from tests.property.wire import CHALLENGE, CREATE, GET, assertion, credential
from tests.unit.bad_inputs.refusals import refusal, refused

ORIGIN: Final = "https://app.example.com"


def client_data(**members: Any) -> bytes:
    return json.dumps({"type": "key.get", "challenge": CHALLENGE} | members).encode()


def verify(door: Door, data: bytes, **expected: Any) -> Any:
    """An assertion whose signature is right for these client data, whatever they say."""
    common = {"challenge": CHALLENGE, "public_key": public_key(door, "p256")}
    return door.verify_assertion(assertion("p256", data), **common | expected)


def register(door: Door, data: bytes, **expected: Any) -> Any:
    """The same for a new credential."""
    common = {"challenge": CHALLENGE}
    return door.verify_attestation(credential("p256", data), **common | expected)


def verdict(door: Door, data: bytes, **expected: Any) -> str:
    """One code, whether it is raised or reported; nothing else is wrong."""
    error = refused(verify, door, data, **expected)
    common = {"challenge": CHALLENGE, "public_key": public_key(door, "p256")} | expected
    report = door.explain_assertion(assertion("p256", data), **common)
    assert not report.valid
    assert [c.error.code for c in report.checks if c.error is not None] == [error.code]
    return error.code


# --- what is asked ---


@pytest.mark.parametrize(
    "challenge",
    [
        CHALLENGE + "=",
        CHALLENGE + "==",
        CHALLENGE[:-1] + chr(ord(CHALLENGE[-1]) + 1),
        CHALLENGE + " ",
        " " + CHALLENGE,
        CHALLENGE + "\n",
        CHALLENGE.replace("M", "+"),
        CHALLENGE[:10] + " " + CHALLENGE[10:],
        CHALLENGE + "\x00",
        CHALLENGE + "A",
        CHALLENGE * 2,
        "",
    ],
)
def test_js14_the_challenge_is_compared_as_the_text_it_is(door: Door, challenge: str) -> None:
    """Two texts that decode to the same bytes are two challenges."""
    assert verdict(door, client_data(challenge=challenge)) == "client_data.challenge_mismatch"
    if challenge:
        code = verdict(door, client_data(), challenge=challenge)
        assert code == "client_data.challenge_mismatch"
        assert verify(door, client_data(challenge=challenge), challenge=challenge)


def test_js15_the_challenge_is_compared_as_a_whole(door: Door) -> None:
    others = [CHALLENGE.lower(), CHALLENGE.upper(), CHALLENGE.swapcase(), CHALLENGE[1:]]
    others += [CHALLENGE[:size] for size in range(1, len(CHALLENGE))]
    others += [CHALLENGE[:at] + "~" + CHALLENGE[at + 1 :] for at in range(len(CHALLENGE))]
    for other in others:
        code = refusal(verify, door, client_data(challenge=other))
        assert code == "client_data.challenge_mismatch"
        code = refusal(verify, door, client_data(), challenge=other)
        assert code == "client_data.challenge_mismatch"
        create = client_data(challenge=other, type="key.create")
        assert refusal(register, door, create) == "client_data.challenge_mismatch"


def test_js15_a_normalised_challenge_is_another_challenge(door: Door) -> None:
    for one, other in (
        ("\u00e9", "e\u0301"),
        ("\u212b", "\u00c5"),
        ("\ufb01", "fi"),
        ("\u0130", "i"),
    ):
        code = refusal(verify, door, client_data(challenge=one), challenge=other)
        assert code == "client_data.challenge_mismatch"
        assert verify(door, client_data(challenge=one), challenge=one)


def test_js16_an_empty_challenge_is_expected_of_nobody(door: Door) -> None:
    key = public_key(door, "p256")
    for data in (client_data(challenge=""), client_data()):
        body = assertion("p256", data)
        for function in (door.verify_assertion, door.explain_assertion):
            assert refusal(function, body, challenge="", public_key=key) == "argument.value"
            assert refusal(function, body, challenge=None, public_key=key) == "argument.type"
    create = credential("p256", client_data(challenge="", type="key.create"))
    for function in (door.verify_attestation, door.explain_attestation):
        assert refusal(function, create, challenge="") == "argument.value"
        assert refusal(function, create, challenge=None) == "argument.type"
    assert refusal(door.encode_client_data, "") == "argument.value"
    assert verdict(door, client_data(challenge="")) == "client_data.challenge_mismatch"


WRONG_TYPES: Final = (
    *("key.create ", " key.create", "Key.create", "KEY.CREATE", "key.Create", "key.create\x00"),
    *("key.creat", "key.created", "key_create", "", "\u212aey.create", "key\u2024create"),
)


@pytest.mark.parametrize("kind", [*WRONG_TYPES, "webauthn.create"])
def test_js17_the_type_is_the_one_that_is_due(door: Door, kind: str) -> None:
    data = client_data(type=kind)
    assert refusal(register, door, data) == "client_data.type_mismatch"
    assert refusal(verify, door, data) == "client_data.type_mismatch"
    get = kind.replace("creat", "g").replace("CREAT", "G").replace("Creat", "G")
    assert verdict(door, client_data(type=get)) == "client_data.type_mismatch"


def test_js17_an_assertion_does_not_register_and_a_registration_does_not_sign(door: Door) -> None:
    assert refusal(register, door, GET) == "client_data.type_mismatch"
    assert verdict(door, CREATE) == "client_data.type_mismatch"
    assert register(door, CREATE)
    assert verify(door, GET)


@pytest.mark.parametrize(
    "kind",
    ["webauthn.get", "webauthn.create", "payment.get", "key.sign", "navigator.id.getAssertion"],
)
def test_js18_types_of_other_protocols_are_refused(door: Door, kind: str) -> None:
    data = client_data(type=kind)
    assert door.decode_client_data(data).type == kind
    assert verdict(door, data) == "client_data.type_mismatch"
    assert refusal(register, door, data) == "client_data.type_mismatch"
    assert refusal(door.encode_client_data, CHALLENGE, kind) == "argument.value"


@pytest.mark.parametrize(
    "origin",
    [
        ORIGIN + "/",
        ORIGIN + ":443",
        ORIGIN + "?",
        ORIGIN + "#",
        ORIGIN + ".",
        ORIGIN + ".evil",
        ORIGIN + "\\.evil",
        "https://user@app.example.com",
        "https://APP.example.com",
        "HTTPS://app.example.com",
        "http://app.example.com",
        "https://evilapp.example.com",
        "https://x.app.example.com",
        "https://example.com",
        "https://app.example.co",
        "https://app.example.com@evil",
        "https:app.example.com",
        "https:///app.example.com",
        "app.example.com",
        " https://app.example.com",
        "https://app.example.com\n",
        "https://app.ex\u0430mple.com",
        "https://xn--pp-7kc.example.com",
        "https://app.example\u3002com",
        "null",
        "",
    ],
)
def test_js19_the_origin_is_compared_as_the_text_it_is(door: Door, origin: str) -> None:
    data = client_data(origin=origin)
    assert verdict(door, data, origin=ORIGIN) == "client_data.origin_mismatch"
    create = client_data(type="key.create", origin=origin)
    assert refusal(register, door, create, origin=ORIGIN) == "client_data.origin_mismatch"
    assert verify(door, client_data(origin=ORIGIN), origin=ORIGIN)
    assert verify(door, data), "nothing is asked of the origin unless it is expected"


def test_js19_an_origin_that_is_expected_must_be_there(door: Door) -> None:
    assert verdict(door, client_data(), origin=ORIGIN) == "client_data.origin_mismatch"


def test_js19_cross_origin_must_be_what_was_expected(door: Door) -> None:
    mismatch = "client_data.cross_origin_mismatch"
    assert verdict(door, client_data(crossOrigin=True)) == mismatch
    assert verdict(door, client_data(crossOrigin=True), cross_origin=False) == mismatch
    assert verdict(door, client_data(crossOrigin=False), cross_origin=True) == mismatch
    assert verdict(door, client_data(), cross_origin=True) == mismatch
    for data, expected in (
        (client_data(crossOrigin=True), True),
        (client_data(crossOrigin=False), False),
        (client_data(), False),
        (client_data(crossOrigin=False), None),
    ):
        assert verify(door, data, cross_origin=expected)


@pytest.mark.parametrize(
    "member",
    [
        {"future": {"deep": [1, None, {"a": "b"}]}},
        {"__proto__": {"type": "key.create"}},
        {"constructor": {"prototype": {"challenge": "x"}}},
        {"toString": 1, "hasOwnProperty": 2, "__class__": 3, "__init__": 4},
        {"Type": "key.create", "TYPE": "key.create", "type ": "key.create"},
        {"challenge\x00": "x", "\ufeffchallenge": "x"},
        {"topOrigin": "https://b", "tokenBinding": {"status": "present"}},
        {"androidPackageName": "a.b.c", "": None},
    ],
)
def test_js23_members_nobody_knows_are_passed_over(door: Door, member: dict[str, Any]) -> None:
    for data in (client_data(**member), json.dumps(member | json.loads(GET)).encode()):
        read = door.decode_client_data(data)
        assert (read.type, read.challenge, read.origin, read.cross_origin) == (
            "key.get",
            CHALLENGE,
            None,
            None,
        )
        assert read.raw == data
        assert verify(door, data).client_data.raw == data


@pytest.mark.parametrize(
    "data",
    [
        GET[:-1] + b"\n}",
        b" " + GET,
        GET + b"\n",
        GET.replace(b":", b" : "),
        b'{"type":"key.get","challenge":"' + CHALLENGE.encode() + b'"}',
        GET.replace(b"key.get", b"key\\u002eget"),
        GET.replace(b'"type"', b'"t\\u0079pe"'),
        GET.replace(CHALLENGE.encode(), CHALLENGE.encode().replace(b"Y", b"\\u0059", 1)),
        GET[:-1] + b',"future":1}',
    ],
)
def test_js24_other_spellings_are_read_and_only_the_profile_minds(door: Door, data: bytes) -> None:
    assert verify(door, data).client_data.raw == data
    assert verdict(door, data, profile="canonical") == "client_data.profile_mismatch"
    assert verify(door, GET, profile="canonical")
    assert "canonical" in door.match_profiles(GET)
    assert "canonical" not in door.match_profiles(data)
