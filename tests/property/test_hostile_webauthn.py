"""Whatever is handed to any public function about passkeys: a value, or one of our errors with a code of ours.

Odd objects go to the native module, which has to take them apart; bytes and text go to both implementations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache, partial
from typing import Any, Final, NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermark.errors import CODES, Error
from countermark.webauthn.testing.authenticator import AT_TIME
from tests.property.ceremonies import (
    CHALLENGE,
    ORIGIN,
    RP_ID,
    anchors,
    assertion,
    kept,
    registration,
    root,
)
from tests.property.hostile import (
    Function,
    HashableStr,
    HostileKey,
    HostilityError,
    OddMapping,
    PlainStr,
    objects,
)
from tests.property.outcome import DOORS, NATIVE, Door
from tests.property.test_hostile_objects import places, renamed, replaced
from tests.property.test_twins_webauthn_paths import authority, leaf, pem

SHOWN: Final = 200


def leak(call: Callable[[], Any]) -> str | None:
    """What comes out that is no value, no sound error of ours and not the hostile object's own."""
    try:
        call()
    except HostilityError:
        return None
    except Error as error:
        if (
            CODES.get(error.code) is type(error)
            and len(str(error)) <= SHOWN
            and str(error).isprintable()
        ):
            return None
        return f"an unsound error: {error.code} {str(error)!r}"
    except BaseException as leaked:  # noqa: BLE001  # a panic is no Exception
        return f"{type(leaked).__name__}: {str(leaked)[:200]}"
    return None


def total(calls: Iterable[tuple[str, Callable[[], Any]]]) -> None:
    """Makes all the calls, and fails with all that leaks out of them."""
    leaks = [f"{what}: {found}" for what, call in calls if (found := leak(call))]
    assert not leaks, "\n".join(leaks)


# --- further objects that lie ---


class Zone(tzinfo):
    """A time zone that gives anything."""

    def __init__(self, offset: Any) -> None:
        self._offset = offset

    def utcoffset(self, _: datetime | None) -> Any:
        if isinstance(self._offset, Exception):
            raise self._offset
        return self._offset

    def tzname(self, _: datetime | None) -> str:
        return "Z"

    def dst(self, _: datetime | None) -> timedelta | None:
        return None


class Changing(dict[str, Any]):
    """A dict whose iterators say something else each time."""

    turn = 0

    def items(self) -> Any:
        self.turn += 1
        return [("fmt", self.turn), *({} if self.turn % 2 else super().items())]

    def __iter__(self) -> Iterator[str]:
        self.turn += 1
        return iter(["response", "id"][: self.turn % 3])

    def keys(self) -> Any:
        return iter(self)

    def __len__(self) -> int:
        return self.turn * 1000


class RaisingDict(dict[str, Any]):
    def items(self) -> NoReturn:
        raise HostilityError

    def __iter__(self) -> NoReturn:
        raise HostilityError


class Endless:
    """An iterator without an end."""

    def __iter__(self) -> Iterator[bytes]:
        while True:
            yield b""


def _itself() -> list[Any]:
    found: list[Any] = [1]
    found.append(found)
    return found


def _map_in_itself() -> dict[Any, Any]:
    found: dict[Any, Any] = {1: 2}
    found[2] = [found]
    return found


def everything() -> dict[str, Any]:
    """Fresh objects by name."""
    right = kept(registration, "none").response
    return objects() | {
        "a list in itself": _itself(),
        "a map in itself": _map_in_itself(),
        "changing": Changing(right),
        "raising dict": RaisingDict(right),
        "endless": Endless(),
        "naive datetime": datetime(2025, 6, 1),  # noqa: DTZ001
        "aware datetime": datetime(2025, 6, 1, tzinfo=UTC),
        "first datetime": datetime.min.replace(tzinfo=timezone(timedelta(hours=23))),
        "last datetime": datetime.max.replace(tzinfo=timezone(timedelta(hours=-23))),
        **{
            f"datetime of {offset!r}": datetime(2025, 6, 1, tzinfo=Zone(offset))
            for offset in (None, 1, "x", timedelta(days=5), ValueError(), HostilityError())
        },
        "many origins": ["https://example.org"] * 100_000,
        "many bytes": [b""] * 100_000,
        "tuple of odd": (None, b"", "", 1, [], {}, object()),
        "surrogates": ["\ud800", "a\udfff"],
        "negative index": -(2**63) - 1,
        "generator of bytes": (bytes([at]) for at in range(9)),
        "mapping of surrogates": OddMapping((("\ud800", "\udfff"),), value="\ud800"),
        "dict of surrogates": {"\ud800": "\ud800", "id": "\ud800", "type": "\ud800"},
    }


# --- every function ---


def functions(door: Door) -> list[Function]:
    """All of them, with every parameter named."""
    made, signed = kept(registration, "packed"), kept(assertion, "ES256")
    trust = anchors(door, "root")
    common: dict[str, Any] = {
        "challenge": CHALLENGE,
        "origin": [ORIGIN],
        "rp_id": RP_ID,
        "challenge_form": None,
        "top_origin": None,
        "allow_cross_origin": False,
        "require_user_presence": True,
        "require_user_verification": True,
        "credential_id": None,
        "allow_sha1": False,
        "limited_verification": False,
        "strictness": "interoperable",
        "allow_padded_base64url": False,
    }
    attesting: dict[str, Any] = {
        "formats": None,
        "trust": trust,
        "at": AT_TIME,
        "require_trust": None,
        "compound_policy": "all",
        "tpm_vendors": None,
        "require_tee": True,
        "repair_cose_map_count": False,
    }
    registering = {"response": made.response, "algorithms": None} | common | attesting
    authenticating = common | {
        "response": signed.response,
        "public_key": signed.key,
        "user_handle": None,
        "sign_count": 0,
        "sign_count_policy": "require",
        "backup_eligible": None,
        "appid": None,
        "allow_payment": False,
    }
    strict = {"strictness": "interoperable"}
    repair = {"repair_cose_map_count": False}
    key = door.CosePublicKey.from_bytes(signed.key)
    statement = {
        "attestation_object": made.member("attestationObject"),
        "client_data_hash": made.client_data_hash,
        "allow_sha1": False,
    }
    bare = {
        "authenticator_data": signed.member("authenticatorData"),
        "signature": signed.member("signature"),
        "client_data_hash": signed.client_data_hash,
        "public_key": signed.key,
        "allow_sha1": False,
    }
    chain = {
        "certificates": [leaf().encode()],
        "trust": door.TrustAnchors([authority().root]),
        "at": AT_TIME,
        "allow_sha1": False,
        "critical": (),
    }
    blob = {
        "blob": "e30.e30.AA",
        "trust": trust,
        "at": AT_TIME,
        "previous_number": None,
        "allow_expired": False,
        "allow_sha1": False,
    }
    data = signed.member("authenticatorData")
    object_ = made.member("attestationObject")
    name = leaf().subject.encode()
    return [
        Function("verify_registration", door.verify_registration, registering),
        Function("explain_registration", door.explain_registration, registering),
        Function("verify_authentication", door.verify_authentication, authenticating),
        Function("explain_authentication", door.explain_authentication, authenticating),
        Function(
            "verify_attestation_statement",
            door.verify_attestation_statement,
            statement | attesting | strict,
        ),
        Function("verify_assertion_signature", door.verify_assertion_signature, bare | strict),
        Function(
            "parse_authenticator_data",
            door.parse_authenticator_data,
            {"data": data} | strict | repair,
        ),
        Function(
            "parse_attestation_object",
            door.parse_attestation_object,
            {"data": object_} | strict | repair,
        ),
        Function("parse_certificate", door.parse_certificate, {"data": leaf().encode()} | strict),
        Function("validate_path", door.validate_path, chain | strict),
        Function("TrustAnchors", door.TrustAnchors, {"certificates": [root()]}),
        Function(
            "TrustAnchors.from_key",
            door.TrustAnchors.from_key,
            {"subject_der": name, "public_key": key.public_key},
        ),
        Function(
            "CosePublicKey.from_bytes",
            door.CosePublicKey.from_bytes,
            {"data": signed.key, "allow_sha1": False} | strict,
        ),
        Function(
            "CosePublicKey.from_public_key",
            door.CosePublicKey.from_public_key,
            {"key": key.public_key, "algorithm": None},
        ),
        Function("CosePublicKey.verify", key.verify, {"message": b"m", "signature": b"s"}),
        Function("Metadata.from_blob", door.Metadata.from_blob, blob),
        Function(
            "Metadata.parse_unverified", door.Metadata.parse_unverified, {"blob": "e30.e30.AA"}
        ),
        Function("cbor.decode", door.cbor_decode, {"data": b"\xa0"} | strict),
        Function("cbor.encode", door.cbor_encode, {"value": {1: [2, b"3", "4"]}}),
        Function("cbor.diagnostic", door.cbor_diagnostic, {"data": b"\xa0"} | strict),
    ]


COUNT: Final = 20


@cache
def function(door: Door, index: int) -> Function:
    found = functions(door)
    assert len(found) == COUNT
    return found[index]


def test_the_arguments_that_are_right_are_taken() -> None:
    for index in range(COUNT):
        one = function(NATIVE, index)
        if not one.name.startswith("Metadata") and one.name != "CosePublicKey.verify":
            one.call(**one.good)


@pytest.mark.parametrize("index", range(COUNT))
def test_every_argument_of_every_function_may_be_anything(index: int) -> None:
    one = function(NATIVE, index)
    total(
        (f"{one.name}({name}={what})", partial(one.call, **{**one.good, name: value}))
        for name in one.good
        for what, value in everything().items()
    )


_TAKES_BYTES: Final = tuple(
    index
    for index in range(COUNT)
    if index not in (11, 13, 14)  # names with keys, and keys: no input to read
)


@pytest.mark.parametrize("index", _TAKES_BYTES)
@given(data=st.binary(max_size=300) | st.text(st.characters(), max_size=100))
def test_any_bytes_and_any_text_come_to_an_end(index: int, data: bytes | str) -> None:
    for door in DOORS:
        one = function(door, index)
        first = "response" if "response" in one.good else next(iter(one.good))
        total([(f"{door!r} {one.name}", partial(one.call, **{**one.good, first: data}))])


_leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(st.characters(), max_size=8),
    st.binary(max_size=8),
    st.binary(max_size=8).map(bytearray),
    st.sampled_from([int, object(), ..., print, range(3)]),
)
_names = (
    *("id", "rawId", "type", "response", "clientDataJSON", "attestationObject", "signature"),
    *("credentialInfo", "credentialAssertion", "kind", "credentialKind", "transports"),
)
_anything = st.recursive(
    _leaves,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner, inner)
        | st.dictionaries(
            st.sampled_from(_names) | st.none() | st.integers() | st.text(max_size=2),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@given(st.integers(0, COUNT - 1), st.data())
def test_any_object_as_any_argument_comes_to_an_end(index: int, data: st.DataObject) -> None:
    for door in DOORS:
        one = function(door, index)
        name = data.draw(st.sampled_from(sorted(one.good)))
        keywords = {**one.good, name: data.draw(_anything)}
        total([(f"{door!r} {one.name}({name})", partial(one.call, **keywords))])


# --- inside a response ---


def responses() -> list[tuple[str, Callable[[Any], Any], dict[str, Any]]]:
    made, signed = kept(registration, "none"), kept(assertion, "ES256")
    made.response["clientExtensionResults"] = {"credProps": {"rk": True}, "appid": False}
    answers = signed.response["response"]
    site: dict[str, Any] = {"challenge": CHALLENGE, "origin": ORIGIN, "rp_id": RP_ID}
    body = {
        "kind": "Fido2",
        "credentialAssertion": {
            "credId": signed.response["id"],
            "clientData": answers["clientDataJSON"],
            "authenticatorData": answers["authenticatorData"],
            "signature": answers["signature"],
            "userHandle": answers.get("userHandle", "dXNlcg"),
        },
    }
    verify = partial(NATIVE.verify_authentication, public_key=signed.key, **site)
    explain = partial(NATIVE.explain_authentication, public_key=signed.key, **site)
    return [
        ("registration", partial(NATIVE.verify_registration, **site), made.response),
        ("registration explained", partial(NATIVE.explain_registration, **site), made.response),
        ("authentication", verify, signed.response),
        ("authentication explained", explain, signed.response),
        ("body of the API", verify, body),
    ]


each_response = pytest.mark.parametrize("index", range(len(responses())))


@each_response
def test_every_value_inside_a_response_may_be_anything(index: int) -> None:
    title, call, good = responses()[index]
    total(
        (f"{title} {path} = {name}", partial(call, replaced(good, path, value)))
        for path in places(good)
        for name, value in everything().items()
    )


@each_response
def test_every_name_inside_a_response_may_be_anything(index: int) -> None:
    title, call, good = responses()[index]
    calls: list[tuple[str, Callable[[], Any]]] = []
    for path in places(good):
        if not isinstance(path[-1], str):
            continue
        odd = (None, 0, 1.5, b"id", (), "\ud800", "", HostileKey(), object(), True)
        for name in (*odd, HashableStr(path[-1]), PlainStr(path[-1])):
            with suppress(HostilityError):  # it cannot stand beside the other names
                body = renamed(good, path, name)
                calls.append((f"{title} {path}: {type(name)}", partial(call, body)))
    total(calls)


# --- what is made ---


def test_what_is_parsed_cannot_be_made_subclassed_or_changed() -> None:
    made = NATIVE.verify_registration(
        kept(registration, "none").response, challenge=CHALLENGE, origin=ORIGIN, rp_id=RP_ID
    )
    parsed = NATIVE.parse_attestation_object(kept(registration, "none").member("attestationObject"))
    for one in (
        made.public_key,
        made.authenticator_data,
        parsed,
        NATIVE.parse_certificate(pem(root())),
        anchors(NATIVE, "root"),
    ):
        total([("called", type(one))])
        with pytest.raises(TypeError):
            type("Sub", (type(one),), {})
        with pytest.raises((AttributeError, TypeError)):
            one.anything = 1
        for what, value in everything().items():
            assert leak(partial(one.__eq__, value)) is None, what
