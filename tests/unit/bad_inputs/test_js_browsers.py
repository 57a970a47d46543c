"""Client data of browsers, as both ceremonies judge them (rows JS12 to JS24)."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest

from countermark.errors import ArgumentValueError
from tests.property.outcome import Door
from tests.property.wire import b64u
from tests.unit.bad_inputs.passkeys import (
    CHALLENGE,
    ORIGIN,
    assertion,
    authenticate,
    authentication_verdict,
    created,
    gotten,
    register,
    registration,
    registration_verdict,
)
from tests.unit.bad_inputs.refusals import refusal


def verdict(door: Door, expected: dict[str, Any] | None = None, /, **members: Any) -> str:
    """The one code of a registration and of an assertion with these members."""
    expected = expected or {}
    return verdict_on(door, created(**members), gotten(**members), **expected)


def verdict_on(door: Door, create: bytes, get: bytes, **expected: Any) -> str:
    codes = {
        registration_verdict(door, registration(data=create), **expected),
        authentication_verdict(door, assertion(data=get), **expected),
    }
    assert len(codes) == 1, codes
    return codes.pop()


def passes(door: Door, expected: dict[str, Any] | None = None, /, **members: Any) -> list[Any]:
    """The client data that both ceremonies come to."""
    expected = expected or {}
    return [
        register(door, registration(data=created(**members)), **expected).client_data,
        authenticate(door, assertion(data=gotten(**members)), **expected).client_data,
    ]


def test_js12_to_js24_start_from_good_client_data(door: Door) -> None:
    for read, kind in zip(passes(door), ("webauthn.create", "webauthn.get"), strict=True):
        assert (read.type, read.challenge, read.origin) == (kind, b64u(CHALLENGE), ORIGIN)
        assert (read.cross_origin, read.top_origin) == (False, None)
    assert passes(door, crossOrigin=...)[0].cross_origin is None


@pytest.mark.parametrize("value", ["false", "true", 0, 1, None, [], {}, "", 0.0])
def test_js12_cross_origin_is_true_or_false(door: Door, value: Any) -> None:
    for allowed in (True, False):
        code = verdict(door, {"allow_cross_origin": allowed}, crossOrigin=value)
        assert code == "client_data.type"


def test_js12_a_call_that_crosses_origins_has_to_be_allowed(door: Door) -> None:
    assert verdict(door, crossOrigin=True) == "client_data.cross_origin_mismatch"
    for read in passes(door, {"allow_cross_origin": True}, crossOrigin=True):
        assert read.cross_origin is True
    assert passes(door, {"allow_cross_origin": True}, crossOrigin=False)


@pytest.mark.parametrize("name", ["type", "challenge", "origin"])
@pytest.mark.parametrize("value", [0, 1.5, True, None, [], ["x"], {}, {"x": "y"}])
def test_js13_members_are_text(door: Door, name: str, value: Any) -> None:
    assert verdict(door, **{name: value}) == "client_data.type"


@pytest.mark.parametrize("name", ["type", "challenge", "origin"])
def test_js13_members_are_there(door: Door, name: str) -> None:
    assert verdict(door, **{name: ...}) == "client_data.missing"


RIGHT: Final = b64u(CHALLENGE)


@pytest.mark.parametrize(
    "challenge",
    [
        *(RIGHT + "=", RIGHT + "==", RIGHT + "A", RIGHT + " ", " " + RIGHT, RIGHT + "\n", ""),
        *(RIGHT[:-1] + chr(ord(RIGHT[-1]) + 1), RIGHT[:-1], RIGHT[1:], RIGHT * 2, "A" * len(RIGHT)),
        *(RIGHT.replace("_", "/").replace("-", "+") + "\x00", RIGHT[:9] + "\n" + RIGHT[9:]),
        CHALLENGE.hex(),
    ],
)
def test_js14_the_challenge_is_compared_as_the_text_it_is(door: Door, challenge: str) -> None:
    """Texts that decode to the same bytes are other texts."""
    assert verdict(door, challenge=challenge) == "client_data.challenge_mismatch"


def test_js14_the_alphabet_is_that_of_urls(door: Door) -> None:
    challenge = b"\xfb\xff\xbf" * 10
    assert passes(door, {"challenge": challenge}, challenge=b64u(challenge))
    standard = b64u(challenge).replace("-", "+").replace("_", "/")
    assert standard != b64u(challenge)
    code = verdict(door, {"challenge": challenge}, challenge=standard)
    assert code == "client_data.challenge_mismatch"


def test_js15_the_challenge_is_compared_as_a_whole(door: Door) -> None:
    others = [RIGHT.lower(), RIGHT.upper(), RIGHT.swapcase()]
    others += [RIGHT[:size] for size in (1, 2, 21, 42)]
    others += [RIGHT[:at] + "~" + RIGHT[at + 1 :] for at in (0, 20, 42)]
    for other in others:
        assert verdict(door, challenge=other) == "client_data.challenge_mismatch"
        code = verdict(door, {"challenge": other})
        assert code == "client_data.challenge_mismatch"
    assert passes(door, {"challenge": "another"}, challenge="another")


def test_js15_the_form_of_the_challenge_may_be_said(door: Door) -> None:
    text = "a challenge in words"
    encoded = b64u(text.encode())
    for form, taken in (
        (None, [text]),
        ("verbatim", [text]),
        ("encoded", [encoded]),
        ("either", [text, encoded]),
    ):
        expected = {"challenge": text, "challenge_form": form}
        for sent in (text, encoded):
            if sent in taken:
                assert passes(door, expected, challenge=sent)
            else:
                code = verdict(door, expected, challenge=sent)
                assert code == "client_data.challenge_mismatch"
    as_bytes = {"challenge": text.encode()}
    assert passes(door, as_bytes, challenge=encoded)
    assert verdict(door, as_bytes, challenge=text) == "client_data.challenge_mismatch"
    assert passes(door, as_bytes | {"challenge_form": "verbatim"}, challenge=text)


@pytest.mark.parametrize("challenge", ["", b"", bytearray()])
def test_js16_an_empty_challenge_is_expected_of_nobody(door: Door, challenge: Any) -> None:
    for data in ({"challenge": ""}, {}):
        response = registration(data=created(**data))
        assert refusal(register, door, response, challenge=challenge) == "argument.value"
        response = assertion(data=gotten(**data))
        assert refusal(authenticate, door, response, challenge=challenge) == "argument.value"
    assert refusal(register, door, challenge=None) == "argument.type"
    assert refusal(authenticate, door, challenge=None) == "argument.type"


@pytest.mark.parametrize(
    "suffix",
    [
        *("webauthn.{} ", " webauthn.{}", "Webauthn.{}", "WEBAUTHN.{}", "webauthn.{}\x00", "{}"),
        *("webauthn.{}d", "webauthn_{}", "webauth.{}", "key.{}", "webauthn\u2024{}", ""),
    ],
)
def test_js17_the_type_is_the_one_that_is_due(door: Door, suffix: str) -> None:
    create, get = created(type=suffix.format("create")), gotten(type=suffix.format("get"))
    assert verdict_on(door, create, get) == "client_data.type_mismatch"


def test_js17_one_ceremony_is_not_the_other(door: Door) -> None:
    assert verdict_on(door, gotten(), created()) == "client_data.type_mismatch"


@pytest.mark.parametrize("kind", ["key.get", "key.create", "navigator.id.getAssertion", "unknown"])
def test_js18_types_of_other_protocols_are_refused(door: Door, kind: str) -> None:
    assert verdict(door, type=kind) == "client_data.type_mismatch"
    response = assertion(data=gotten(type=kind))
    code = authentication_verdict(door, response, allow_payment=True)
    assert code == "client_data.type_mismatch"


def test_js18_payments_have_to_be_allowed(door: Door) -> None:
    assert verdict(door, type="payment.get") == "client_data.type_mismatch"
    response = assertion(data=gotten(type="payment.get", payment={"total": {"value": "1.00"}}))
    verified = authenticate(door, response, allow_payment=True)
    assert verified.client_data.type == "payment.get"
    assert authenticate(door, allow_payment=True).client_data.type == "webauthn.get"


@pytest.mark.parametrize(
    "origin",
    [
        *(
            ORIGIN + "/",
            ORIGIN + ":443",
            ORIGIN + ".",
            ORIGIN + ".evil",
            ORIGIN + "@evil",
            ORIGIN + "#",
        ),
        *("https://Example.com", "HTTPS://example.com", "http://example.com", "example.com", ""),
        *("https://user@example.com", "https://evilexample.com", "https://www.example.com"),
        *("https://ex\u0430mple.com", "https://xn--exmple-4nf.com", "https://example\u3002com"),
        *(" " + ORIGIN, ORIGIN + "\n", "https:///example.com", "https://example.co", "https://"),
    ],
)
def test_js19_the_origin_is_compared_as_the_text_it_is(door: Door, origin: str) -> None:
    assert verdict(door, origin=origin) == "client_data.origin_mismatch"
    several = {"origin": [ORIGIN, "https://other.example"]}
    assert verdict(door, several, origin=origin) == "client_data.origin_mismatch"
    if origin:
        assert passes(door, {"origin": origin}, origin=origin)
        assert verdict(door, {"origin": origin}) == "client_data.origin_mismatch"
    else:
        assert refusal(register, door, origin=origin) == "argument.value"


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "android:apk-key-hash:7d1043473d55bfa90e8530d35801d4e381bc69f0",
        "android:apk-key-hash:pNiP5iKyQ8JwgGOaKA1zGPUPJIS-0H1xKCQcfIoGLck",
        "android:apk-key-hash-sha256:xT5ZucZJ9N7oq3j3awG8J_NlKf8trfo6AAJB8deuuNo",
        "ios:bundle-id:com.example.app",
        "file://",
        "file:///home/user/page.html",
        "chrome-extension://abcdefghijklmnop",
        "about:blank",
        "data:text/html,x",
        "blob:https://example.com/1234",
        "https://example.com/opaque",
    ],
)
def test_js20_other_origins_are_taken_where_they_are_listed(door: Door, origin: str) -> None:
    assert verdict(door, origin=origin) == "client_data.origin_mismatch"
    for listed in (origin, [origin], [ORIGIN, origin], (origin, ORIGIN)):
        for read in passes(door, {"origin": listed}, origin=origin):
            assert read.origin == origin
    if origin != "null":
        code = verdict(door, {"origin": [origin.upper()]}, origin=origin)
        assert code == "client_data.origin_mismatch"
        code = verdict(door, {"origin": [origin[:-1], origin + "x"]}, origin=origin)
        assert code == "client_data.origin_mismatch"


def test_js20_no_origin_is_no_null_origin(door: Door) -> None:
    assert verdict(door, {"origin": "null"}, origin=None) == "client_data.type"
    assert verdict(door, {"origin": "null"}, origin=...) == "client_data.missing"
    for origin in ([], [""], [ORIGIN, ""], ()):
        assert refusal(register, door, origin=origin) == "argument.value"
        assert refusal(authenticate, door, origin=origin) == "argument.value"
    for wrong in (None, 1, [None], [ORIGIN, 1], b"https://example.com", {ORIGIN: 1}):
        assert refusal(register, door, origin=wrong) == "argument.type"
        assert refusal(authenticate, door, origin=wrong) == "argument.type"


TOP: Final = "https://shop.example"


@pytest.mark.parametrize("cross", [False, ...])
@pytest.mark.parametrize("listed", [None, [TOP], TOP, [ORIGIN]])
@pytest.mark.parametrize("allowed", [True, False])
def test_js21_a_top_origin_belongs_to_a_call_that_crosses_origins(
    door: Door, cross: Any, listed: Any, allowed: bool
) -> None:
    expected = {"top_origin": listed, "allow_cross_origin": allowed}
    for top in (TOP, ORIGIN, ""):
        code = verdict(door, expected, crossOrigin=cross, topOrigin=top)
        assert code == "client_data.top_origin_mismatch"
    assert passes(door, expected, crossOrigin=cross)


def test_js21_an_empty_top_origin_is_not_expected_by_accident(door: Door) -> None:
    for listed in ("", [""], ["https://example.org", ""]):
        expected = {"top_origin": listed, "allow_cross_origin": True}
        with pytest.raises(ArgumentValueError, match=r"top.origin"):
            verdict(door, expected, crossOrigin=True, topOrigin="")


def test_js21_a_top_origin_is_one_that_is_listed(door: Door) -> None:
    common = {"allow_cross_origin": True}
    crossing = {"crossOrigin": True}
    for listed in (TOP, [TOP], [ORIGIN, TOP]):
        expected = common | {"top_origin": listed}
        for read in passes(door, expected, topOrigin=TOP, **crossing):
            assert read.top_origin == TOP
        for top in (TOP + "/", TOP.upper(), "https://other.example", "null", ""):
            code = verdict(door, expected, topOrigin=top, **crossing)
            assert code == "client_data.top_origin_mismatch"
        # The policy needs one.
        assert verdict(door, expected, **crossing) == "client_data.top_origin_mismatch"
    # Without a list nothing is asked of it.
    assert passes(door, common, topOrigin=TOP, **crossing)
    assert passes(door, common, **crossing)


@pytest.mark.parametrize("value", [None, 1, True, [], [TOP], {}])
def test_js21_a_top_origin_is_text(door: Door, value: Any) -> None:
    expected = {"allow_cross_origin": True}
    code = verdict(door, expected, crossOrigin=True, topOrigin=value)
    assert code == "client_data.type"


@pytest.mark.parametrize(
    "binding",
    [
        {"status": "present", "id": "abc"},
        {"status": "present"},
        {"status": "supported"},
        {"status": "not-supported"},
        {"status": "unheard-of"},
        {"status": 1},
        {},
        [],
        None,
        "present",
        True,
        1,
    ],
)
def test_js22_token_binding_is_passed_over(door: Door, binding: Any) -> None:
    """The first edition asked to look at it; no client has a binding to send, and Level 3 leaves it out."""
    for read in passes(door, tokenBinding=binding):
        assert json.loads(read.raw)["tokenBinding"] == binding
        assert read.challenge == RIGHT


@pytest.mark.parametrize(
    "member",
    [
        {"future": {"deep": [1, None, {"a": "b"}]}},
        {"__proto__": {"type": "webauthn.create"}},
        {"constructor": {"prototype": {"challenge": "x"}}},
        {"toString": 1, "__class__": 3, "__init__": 4, "__dict__": {}},
        {"Type": "x", "TYPE": "x", "type ": "x", "crossorigin": True, "toporigin": TOP},
        {"other_keys_can_be_added_here": "do not compare clientDataJSON against a template"},
        {"androidPackageName": "com.android.chrome", "": None},
    ],
)
def test_js23_members_nobody_knows_are_passed_over(door: Door, member: dict[str, Any]) -> None:
    for read in passes(door, **member):
        assert (read.origin, read.cross_origin, read.top_origin) == (ORIGIN, False, None)
    limited = {"limited_verification": True}
    assert passes(door, limited, **member)
    first = {
        kind: json.dumps(member | json.loads(data)).encode()
        for kind, data in (("c", created()), ("g", gotten()))
    }
    assert register(door, registration(data=first["c"])).client_data.raw == first["c"]
    assert authenticate(door, assertion(data=first["g"])).client_data.raw == first["g"]


def respelled(data: bytes) -> dict[str, bytes]:
    whole = json.loads(data)
    return {
        "reversed": json.dumps(dict(reversed(whole.items())), separators=(",", ":")).encode(),
        "spaces": json.dumps(whole).encode(),
        "indented": json.dumps(whole, indent=2).encode(),
        "leading blank": b" " + data,
        "escaped": data.replace(b"webauthn", b"webauth\\u006e"),
        "escaped slashes": data.replace(b"/", b"\\/"),
        "crossOrigin left out": data.replace(b',"crossOrigin":false', b""),
        "crossOrigin last but one": data.replace(
            b',"crossOrigin":false', b',"x":1,"crossOrigin":false'
        ),
    }


@pytest.mark.parametrize("name", respelled(created()))
def test_js24_other_spellings_are_read_and_only_the_limited_verification_minds(
    door: Door, name: str
) -> None:
    create, get = respelled(created())[name], respelled(gotten())[name]
    assert json.loads(create)["type"] == "webauthn.create"
    assert register(door, registration(data=create)).client_data.raw == create
    assert authenticate(door, assertion(data=get)).client_data.raw == get
    code = verdict_on(door, create, get, limited_verification=True)
    assert code == "client_data.serialization_mismatch"


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"crossOrigin": True},
        {"crossOrigin": True, "topOrigin": TOP},
        {"origin": 'https://"quoted\\ .example'},
        {"origin": "https://b\u00fccher.example/\u20ac\U0001f600\u2028\x7f"},
        {"future": 1},
        {"crossOrigin": True, "topOrigin": TOP, "future": {"a": []}},
    ],
)
def test_js24_the_serialization_of_the_standard_passes(door: Door, members: dict[str, Any]) -> None:
    origin = members.get("origin", ORIGIN)
    expected = {"limited_verification": True, "allow_cross_origin": True, "origin": origin}

    def plain(kind: str) -> bytes:
        found = {"type": kind, "challenge": RIGHT, "origin": ORIGIN, "crossOrigin": False} | members
        return json.dumps(found, separators=(",", ":"), ensure_ascii=False).encode()

    assert register(door, registration(data=plain("webauthn.create")), **expected)
    assert authenticate(door, assertion(data=plain("webauthn.get")), **expected)
