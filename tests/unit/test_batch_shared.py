"""What all items of a call share: a wrong value is the fault of the call, a key is read once, in any form."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from countermark import PrivateKey, PublicKey, batch
from countermark.dfns import KeySigner, verify_assertion, verify_audit_record
from countermark.errors import (
    ArgumentTypeError,
    ArgumentValueError,
    Error,
    MalformedInput,
    UnsupportedAlgorithm,
)
from countermark.webauthn import (
    CosePublicKey,
    TrustAnchors,
    verify_authentication,
    verify_registration,
)
from countermark.webauthn.testing import SoftwareAuthenticator
from tests.unit.bad_inputs.refusals import refusal
from tests.unit.batch_material import challenge_of, passkey_entry

KEY = PrivateKey.generate("ES256")
SITE: dict[str, Any] = {
    "challenge": b"0123456789abcdef",
    "rp_id": "example.org",
    "origin": "https://example.org",
}
AUTHENTICATOR = SoftwareAuthenticator("what items share", format="packed")
REGISTRATION = AUTHENTICATOR.create(**SITE)
CALLS: dict[str, tuple[Callable[..., Any], Callable[..., list[Any]], dict[str, Any]]] = {
    "assertions": (
        verify_assertion,
        batch.verify_assertions,
        {
            "assertion": KeySigner("cr-1", KEY).sign(challenge_of("c")),
            "challenge": challenge_of("c")["challenge"],
            "public_key": KEY.public_key,
        },
    ),
    "registrations": (
        verify_registration,
        batch.verify_registrations,
        {"response": REGISTRATION, **SITE},
    ),
    "authentications": (
        verify_authentication,
        batch.verify_authentications,
        {
            "response": AUTHENTICATOR.get(**SITE),
            "public_key": next(iter(AUTHENTICATOR)).public_key,
            **SITE,
        },
    ),
    "audit": (verify_audit_record, batch.verify_audit_records, {"record": {}, "challenge": "c"}),
}


def arguments() -> list[tuple[str, str]]:
    """Every argument that items may share."""
    of_items = {"assertion", "response", "record"}
    return [
        (name, argument)
        for name, (single, _, _) in CALLS.items()
        for argument in inspect.signature(single).parameters
        if argument not in of_items
    ]


@pytest.mark.parametrize(("name", "argument"), arguments())
def test_a_shared_argument_of_no_use_raises_and_names_itself(name: str, argument: str) -> None:
    _, many, item = CALLS[name]
    rest = {key: value for key, value in item.items() if key != argument}
    with pytest.raises(ArgumentTypeError) as raised:
        many([rest, rest], **{argument: object()})
    assert raised.value.field == argument
    # An item's own value goes before it, and what is wrong with that is a verdict.
    own = many([{**rest, argument: object()}], **{argument: item.get(argument)})
    assert batch.codes(own) == ["argument.type"]


@pytest.mark.parametrize(
    ("name", "argument", "value"),
    [
        *(("assertions", "profile", "nope"), ("assertions", "kind", "Fido2")),
        *(("assertions", "padding", "nope"), ("registrations", "strictness", "nope")),
        *(("registrations", "trust", 1), ("registrations", "compound_policy", "nope")),
        *(
            ("authentications", "sign_count_policy", "nope"),
            ("registrations", "algorithms", ["nope"]),
        ),
    ],
)
def test_a_shared_value_that_never_does_raises(name: str, argument: str, value: object) -> None:
    _, many, item = CALLS[name]
    with pytest.raises((ArgumentTypeError, ArgumentValueError)) as raised:
        many([item], **{argument: value})
    assert getattr(raised.value, "field", None) == argument
    assert batch.codes(many([{**item, argument: value}])) == [raised.value.code]


def test_a_shared_key_that_cannot_be_read_raises_without_any_item() -> None:
    with pytest.raises(MalformedInput):
        batch.verify_assertions([], public_key="-----BEGIN PUBLIC KEY-----")
    with pytest.raises(ArgumentTypeError, match="trust"):
        batch.verify_registrations([], trust=1)


@pytest.mark.parametrize(
    ("name", "argument"),
    [
        *(("assertions", "low_s"), ("assertions", "allow_padded_base64url")),
        *(("assertions", "challenge"), ("audit", "require_user_verification")),
        *(("registrations", "strictness"), ("registrations", "compound_policy")),
        *(("registrations", "allow_cross_origin"), ("authentications", "sign_count_policy")),
        ("authentications", "require_user_presence"),
    ],
)
def test_none_is_no_value_of_what_is_not_asked_by_none(name: str, argument: str) -> None:
    _, many, item = CALLS[name]
    rest = {key: value for key, value in item.items() if key != argument}
    with pytest.raises(ArgumentTypeError) as raised:
        many([rest], **{argument: None})
    assert raised.value.field == argument


@pytest.mark.parametrize("name", ["assertions", "audit"])
def test_a_shared_name_of_an_algorithm_that_nobody_has_raises_without_any_item(name: str) -> None:
    _, many, item = CALLS[name]
    with pytest.raises(UnsupportedAlgorithm) as raised:
        many([], algorithm="nope")
    assert raised.value.code == "algorithm.unknown"
    # One that another key could have, or the item's own, is a matter of the item.
    pinned = {**item, "public_key": KEY.public_key}
    found = many([pinned, {**pinned, "algorithm": "nope"}], algorithm="RSA-SHA256")
    assert batch.codes(found) == ["algorithm.mismatch", "algorithm.unknown"]


def test_one_that_lacks_a_partner_is_a_matter_of_the_item() -> None:
    _, many, item = CALLS["registrations"]
    trust = TrustAnchors([AUTHENTICATOR.root])
    for lone, shared in (
        ({"trust": trust}, {"at": None}),
        ({"require_trust": True}, {"trust": None}),
    ):
        found = many([item, {**item, **lone}], **shared)
        assert batch.codes(found) == [None, "argument.value"]


@pytest.mark.parametrize("form", ["pem", "pem bytes", "der", "object"])
def test_keys_of_items_are_taken_in_every_form(form: str) -> None:
    forms: dict[str, Any] = {
        "pem": KEY.public_key.to_pem(),
        "pem bytes": KEY.public_key.to_pem().encode(),
        "der": KEY.public_key.to_der(),
        "object": KEY.public_key,
    }
    _, many, item = CALLS["assertions"]
    items = [{**item, "public_key": forms[form]} for _ in range(3)]
    (first, *_) = many(items, results=True)
    assert first.public_key == KEY.public_key
    assert many([item], public_key=forms[form]) == [None]
    assert batch.codes(many([{**item, "public_key": "PEM"}, item])) == ["pem.missing", None]


def test_equal_keys_are_read_once_a_call(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Any] = []
    original = PublicKey.from_pem

    def counted(data: Any) -> PublicKey:
        read.append(data)
        return original(data)

    monkeypatch.setattr(PublicKey, "from_pem", counted)
    pem = KEY.public_key.to_pem()
    _, many, item = CALLS["assertions"]
    # Equal texts that are not the same object, as columns give them.
    items = [{**item, "public_key": pem.encode().decode()} for _ in range(20)]
    assert many(items) == [None] * 20
    assert len(read) == 1


def test_the_first_wrong_item_does_not_hide_a_wrong_shared_value() -> None:
    _, many, item = CALLS["assertions"]
    with pytest.raises(Error, match="profile"):
        many([7, {}, {**item, "profile": None}, item], profile="nope")  # type: ignore[list-item]


@pytest.mark.parametrize(("wrong", "hinted"), [("message", True), ("threads", False)])
def test_text_is_to_be_encoded_where_bytes_are_due_and_only_there(wrong: str, hinted: bool) -> None:
    given: dict[str, Any] = {"message": b"a", "threads": 1, wrong: "text"}
    try:
        (found,) = batch.sign_many(KEY, [given["message"]], threads=given["threads"])
    except ArgumentTypeError as error:
        found = error
    assert isinstance(found, ArgumentTypeError)
    assert str(found).endswith("encode it first") == hinted


@pytest.mark.parametrize("name", ["public_key", "challenge"])
def test_none_in_an_item_takes_away_nothing_that_all_items_share(name: str) -> None:
    other = PrivateKey.generate("ES256")
    record = {
        "kind": "Key",
        "id": "cr-1",
        "publicKey": other.public_key.to_pem(),
        "assertion": KeySigner("cr-1", other).sign(challenge_of("c"))["credentialAssertion"],
    }
    shared: dict[str, Any] = {"public_key": KEY.public_key, "challenge": "another"}
    bare = batch.codes(batch.verify_audit_records([{"record": record}], **{name: shared[name]}))
    assert bare != [None]
    empty = [{"record": record, name: None}]
    assert batch.codes(batch.verify_audit_records(empty, **{name: shared[name]})) == bare
    assert batch.verify_audit_records(empty) == [None]
    with pytest.raises(ArgumentTypeError):
        batch.verify_audit_records(empty, **{name: object()})


def test_audit_entries_take_cose_keys() -> None:
    entry = AUTHENTICATOR.dfns_assertion(
        challenge="Y2gtMQ", rp_id="example.org", origin="https://example.org"
    )
    cose = CosePublicKey.from_bytes(next(iter(AUTHENTICATOR)).public_key)
    inner = entry["credentialAssertion"]
    record = {
        "kind": "Fido2",
        "id": inner["credId"],
        "publicKey": cose.public_key.to_pem(),
        "assertion": inner,
    }
    other = CosePublicKey.from_public_key(KEY.public_key)
    for form in (cose, cose.to_bytes(), cose.public_key, cose.public_key.to_pem()):
        assert batch.verify_audit_records([{"record": record, "public_key": form}]) == [None]
    for wrong in (other, other.to_bytes()):
        found = batch.verify_audit_records([{"record": record}], public_key=wrong)
        assert batch.codes(found) == ["attestation.public_key_mismatch"]
    for broken in (b"\xa5", b"\xa0", b""):
        (found,) = batch.verify_audit_records([{"record": record, "public_key": broken}])
        assert isinstance(found, Error)


def test_a_name_that_is_no_argument_is_told_with_those_that_are() -> None:
    (found,) = batch.verify_audit_records([{"record": {}, "id": 1}])
    assert str(found).startswith('no argument of this call is named "id": record, public_key')


class Reading(Mapping[str, Any]):
    """An item that raises when it is read."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def __getitem__(self, name: str) -> Any:
        raise self.error

    def __iter__(self) -> Iterator[str]:
        raise self.error

    def __len__(self) -> int:
        return 1


class Pretending(Exception):
    code = "argument.type"
    field = "challenge"


class Strange(Exception):
    code = property(lambda _: 1 // 0)
    field = ["challenge"]  # noqa: RUF012  whatever there may be


@pytest.mark.parametrize(
    "error",
    [
        *(Pretending(), Strange(), ValueError("mine"), TypeError("mine")),
        ArgumentTypeError("", code="argument.type", field="challenge"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_an_item_raises_is_its_own_fault_whatever_it_looks_like(error: Exception) -> None:
    _, many, item = CALLS["assertions"]
    shared = {"challenge": item["challenge"], "public_key": KEY.public_key}
    good = {"assertion": item["assertion"]}
    for wrong in (Reading(error), {"assertion": Reading(error)}):
        found = many([good, wrong], **shared)
        if isinstance(error, ArgumentTypeError) and isinstance(wrong, dict):
            continue  # an error of ours out of the item's own hands says what it says
        assert batch.codes(found) == [None, "argument.type"]
        assert found[1] is error or found[1].__cause__ is error


def test_an_item_that_changes_while_the_call_runs_stays_at_fault() -> None:
    _, many, item = CALLS["assertions"]
    shared = {"challenge": item["challenge"], "public_key": KEY.public_key}
    first = {"assertion": item["assertion"], "challenge": 5}

    class Later(dict[str, Any]):
        def keys(self) -> Any:
            first.pop("challenge", None)
            return super().keys()

    class Mapped(Reading):
        def __iter__(self) -> Iterator[str]:
            first.pop("challenge", None)
            return iter(("assertion",))

        def __getitem__(self, name: str) -> Any:
            return item["assertion"]

    found = many([first, Mapped(Exception())], **shared)
    assert batch.codes(found) == ["argument.type", None]
    assert "challenge" not in first


def test_a_shared_cose_key_is_judged_with_what_each_item_says() -> None:
    legacy = PrivateKey.generate("RS256", bits=2048).public_key
    cose = CosePublicKey.from_public_key(legacy).to_bytes()
    # Algorithm -257 (RS256) becomes -65535 (RS1).
    cose = cose.replace(bytes.fromhex("03390100"), bytes.fromhex("0339fffe"))
    _, many, item = CALLS["authentications"]
    rest = {name: value for name, value in item.items() if name != "public_key"}
    found = many([{**rest, "allow_sha1": True}, rest, item], public_key=cose)
    assert batch.codes(found) == ["signature.invalid", "algorithm.legacy_hash", None]
    with pytest.raises(MalformedInput):
        many([item], public_key=b"junk")


def test_a_key_that_changes_is_read_again() -> None:
    _, many, item = CALLS["assertions"]
    other = PrivateKey.generate("ES256").public_key.to_der()
    mine = KEY.public_key.to_der()
    kept = bytearray(mine)

    class Filling(Reading):
        def __init__(self, der: bytes) -> None:
            self.item = {**item, "public_key": kept}
            self.der = der

        def __iter__(self) -> Iterator[str]:
            kept[:] = self.der
            return iter(self.item)

        def __getitem__(self, name: str) -> Any:
            return self.item[name]

    found = many([Filling(der) for der in (other, mine, other)])
    assert batch.codes(found) == ["signature.invalid", None, "signature.invalid"]


def test_a_verdict_holds_nothing_of_its_call() -> None:
    _, many, item = CALLS["assertions"]
    for wrong in ({"public_key": "junk"}, {"challenge": 5}, {"public_key": 7}):
        (error,) = many([{**item, **wrong}])
        assert error.__traceback__ is None
    (refusal,) = batch.verify_many([b"no key"], [b"message"], [b"signature"])
    assert isinstance(refusal, Error)
    assert refusal.__traceback__ is None


def test_one_key_for_all_comes_in_every_form() -> None:
    signatures = batch.sign_many(KEY, [b"a", b"b"])
    der = KEY.public_key.to_der()
    pem = KEY.public_key.to_pem()
    for key in (KEY.public_key, pem, pem.encode(), der, bytearray(der), memoryview(der)):
        assert batch.verify_many(key, [b"a", b"b"], signatures) == [None, None]
    with pytest.raises(MalformedInput):
        batch.verify_many("junk", [b"a"], signatures[:1])


def test_a_key_that_one_item_reads_leniently_is_read_strictly_for_another() -> None:
    key = next(iter(AUTHENTICATOR)).public_key
    # Its first two members the other way round.
    loose = key[:1] + key[3:5] + key[1:3] + key[5:]
    ways = ("interoperable", "strict", "interoperable")
    response = AUTHENTICATOR.get(**SITE)
    items = [{"response": response, "public_key": loose, "strictness": way} for way in ways]
    found = batch.codes(batch.verify_authentications(items, **SITE))
    assert found[::2] == [None, None]
    single = {"public_key": loose, "strictness": "strict", **SITE}
    assert found[1] == refusal(verify_authentication, response, **single)


def test_a_form_that_the_shared_challenge_has_not_is_the_fault_of_its_item() -> None:
    challenge = b"\xff\xfe of sixteen or more"
    response = AUTHENTICATOR.create(**{**SITE, "challenge": challenge})
    items = [{"response": response}, {"response": response, "challenge_form": "verbatim"}]
    found = batch.verify_registrations(items, **{**SITE, "challenge": challenge})
    assert batch.codes(found) == [None, "argument.value"]
    assert found[1].field == "challenge_form"


@pytest.mark.parametrize("form", [bytes, bytearray, memoryview])
@pytest.mark.parametrize("algorithm", ["ES256", "EdDSA", "RS256"])
def test_the_bytes_of_a_cose_key_are_one_in_any_form(algorithm: str, form: Any) -> None:
    authenticator = SoftwareAuthenticator("cose bytes", format="none", algorithm=algorithm)
    authenticator.create(**SITE)
    key = next(iter(authenticator)).public_key
    entry = {
        "record": passkey_entry(authenticator.get(**SITE), CosePublicKey.from_bytes(key).public_key)
    }
    given = form(key)
    found = batch.verify_audit_records([entry, entry], public_key=given, results=True)
    assert [one.public_key_pinned for one in found] == [True, True]
