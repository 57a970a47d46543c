"""Every record of vectors/webauthn, and every way to spoil an assertion or an audit record: one batch gives the very
errors of the single calls."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from countermark import PrivateKey, batch
from countermark.dfns import KeySigner, verify_assertion, verify_audit_record
from countermark.errors import Error
from countermark.webauthn import verify_authentication, verify_registration
from tests.unit.batch_material import challenge_of, described
from tests.vectors.dfns_records import VECTORS
from tests.vectors.test_webauthn_records import arguments

FILES = sorted(path.name for path in (VECTORS / "webauthn").glob("*.json"))
MANY: dict[str, tuple[Callable[..., Any], Callable[..., list[Any]]]] = {
    "registration": (verify_registration, batch.verify_registrations),
    "authentication": (verify_authentication, batch.verify_authentications),
}


def single(verify: Callable[..., Any], subject: str, item: dict[str, Any]) -> Any:
    """What one call comes to: all that its error says, or the result."""
    rest = {name: value for name, value in item.items() if name != subject}
    try:
        return verify(item[subject], **rest)
    except Error as error:
        return described(error)


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("threads", [1, 2])
def test_every_record_of_a_file_in_one_call_gets_the_verdict_of_its_own_call(
    file: str, threads: int
) -> None:
    whole = json.loads((VECTORS / "webauthn" / file).read_text(encoding="ascii"))
    verify, many = MANY[whole["ceremony"]]
    items = [{"response": one["response"], **arguments(whole, one)} for one in whole["records"]]
    expected = [single(verify, "response", item) for item in items]
    found = many(items, threads=threads)
    results = many(items, threads=threads, results=True)
    assert batch.codes(found) == [
        None if one["expected"] == "valid" else one["expected"] for one in whole["records"]
    ]
    for due, verdict, result in zip(expected, found, results, strict=True):
        if verdict is None:
            assert result.credential_id == due.credential_id
            assert result.client_data == due.client_data
            assert result.tolerated == due.tolerated
            assert repr(result) == repr(due)
        else:
            assert described(verdict) == described(result) == due


KEY = PrivateKey.generate("ES256")
GOOD = KeySigner("cr-1", KEY).sign(challenge_of("text"))


def spoiled(wrap: Callable[[Any], Any]) -> list[Any]:
    """The assertion with one thing wrong in each."""
    inner = dict(GOOD["credentialAssertion"])
    made: list[Any] = [
        {**inner, name: value}
        for name in inner
        for value in ("", "!", "AA", "AAAA", None, 5, [], "A" * 100_000)
    ]
    made += [{name: value for name, value in inner.items() if name != left} for left in inner]
    made += [{**inner, "more": 1}, None, 5, "text", [inner], {}]
    return [wrap(one) for one in made]


ASSERTIONS = [
    *(GOOD, json.dumps(GOOD), json.dumps(GOOD).encode(), "", "{", "[]", b"\xff", "\ud800", 5, None),
    *({**GOOD, "kind": kind} for kind in ("Fido2", "", None, "PasswordProtectedKey")),
    *spoiled(lambda inner: {"kind": "Key", "credentialAssertion": inner}),
    *spoiled(lambda inner: json.dumps({"kind": "Key", "credentialAssertion": inner})),
]
EXPECTATIONS: list[dict[str, Any]] = [
    {},
    {"challenge": "another"},
    {"challenge": ""},
    {"challenge": 5},
    {"challenge": "\ud800"},
    {"public_key": PrivateKey.generate("Ed25519").public_key},
    {"public_key": KEY.public_key.to_pem()},
    {"public_key": None},
    {"credential_id": "cr-2"},
    {"credential_id": "x" * 2000},
    {"kind": "RecoveryKey"},
    {"kind": "nothing"},
    {"profile": "python"},
    {"profile": "nothing"},
    {"origin": "https://example.org"},
    {"cross_origin": True},
    {"cross_origin": 1},
    {"algorithm": "ecdsa-p256-sha512"},
    {"algorithm": "nothing"},
    {"padding": "pss"},
    {"padding": "nothing"},
    {"low_s": 1},
    {"allow_padded_base64url": "yes"},
]


@pytest.mark.parametrize("threads", [1, 2])
def test_every_spoiled_assertion_gets_the_error_of_its_own_call(threads: int) -> None:
    right = {"challenge": "text", "public_key": KEY.public_key}
    items = [{**right, "assertion": one} for one in ASSERTIONS]
    items += [{**right, "assertion": GOOD, **other} for other in EXPECTATIONS]
    expected = [single(verify_assertion, "assertion", item) for item in items]
    assert sum(not isinstance(due, tuple) for due in expected) >= 4
    found = batch.verify_assertions(items, threads=threads)
    for item, due, verdict in zip(items, expected, found, strict=True):
        if isinstance(due, tuple):
            assert described(verdict) == due, item
        else:
            assert verdict is None, item


@pytest.mark.parametrize("threads", [1, 2])
def test_every_spoiled_audit_record_gets_the_error_of_its_own_call(threads: int) -> None:
    entry = {"kind": "Key", "id": "cr-1", "publicKey": KEY.public_key.to_pem()}
    good = {**entry, "assertion": GOOD["credentialAssertion"]}
    records: list[Any] = [good, {"firstFactorCredential": good}, json.dumps(good), "{", 5, None, {}]
    records += [
        {**good, name: value}
        for name in good
        for value in ("", "!", None, 5, [], {}, "A" * 100_000)
    ]
    records += spoiled(lambda inner: {**entry, "assertion": inner})
    items = [
        {"record": one, "public_key": key} for one in records for key in (None, KEY.public_key)
    ]
    items += [
        {"record": good, **other}
        for other in EXPECTATIONS
        if not {"kind", "profile"} & set(other) and "cross_origin" not in other
    ]
    expected = [single(verify_audit_record, "record", item) for item in items]
    found = batch.verify_audit_records(items, threads=threads)
    results = batch.verify_audit_records(items, threads=threads, results=True)
    for item, due, verdict, result in zip(items, expected, found, results, strict=True):
        if isinstance(due, tuple):
            assert described(verdict) == due, item
        else:
            assert verdict is None, item
            assert repr(result) == repr(due)
