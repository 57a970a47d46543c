"""Every record of the passkeys in vectors, and every way to spoil an assertion or an audit record: one batch gives
the very errors of the single calls."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from countermark import PrivateKey, batch
from countermark.dfns import KeySigner, verify_assertion, verify_audit_record
from countermark.errors import Error
from countermark.vectors.engines import Door
from countermark.vectors.generation.files import VectorFile, question
from countermark.vectors.operations import OPERATIONS
from countermark.webauthn import verify_authentication, verify_registration
from tests.unit.batch_material import challenge_of, described
from tests.vectors.dfns_records import VECTORS

FILES = sorted([*(VECTORS / "attestation").iterdir(), *(VECTORS / "authentication").iterdir()])
MANY: dict[str, tuple[Callable[..., Any], Callable[..., list[Any]]]] = {
    "registration.verify": (verify_registration, batch.verify_registrations),
    "authentication.verify": (verify_authentication, batch.verify_authentications),
}


class Asked(Exception):
    """The arguments of a call are known, and nothing is to be done with them."""


class Asking:
    """A door that keeps what its verifying functions are called with, so that a batch can be asked the same."""

    def __init__(self) -> None:
        self._door = Door("native")
        self.item: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        if name in {verify.__name__ for verify, _ in MANY.values()}:
            return self._keep
        return getattr(self._door, name)

    def _keep(self, response: Any, **options: Any) -> Any:
        self.item = {"response": response, **options}
        raise Asked


def asked(file: dict[str, Any]) -> list[dict[str, Any]]:
    """The arguments of the call that each record of a file is about."""
    head = {name: value for name, value in file.items() if name != "format"}
    whole = VectorFile(**head)
    items = []
    for record in whole.records:
        door = Asking()
        with pytest.raises(Asked):
            OPERATIONS[whole.operation](door, question(whole, record).input)
        items.append(door.item)
    return items


def single(verify: Callable[..., Any], subject: str, item: dict[str, Any]) -> Any:
    """What one call comes to: all that its error says, or the result."""
    rest = {name: value for name, value in item.items() if name != subject}
    try:
        return verify(item[subject], **rest)
    except Error as error:
        return described(error)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
@pytest.mark.parametrize("threads", [1, 2])
def test_every_record_of_a_file_in_one_call_gets_the_verdict_of_its_own_call(
    path: Path, threads: int
) -> None:
    whole = json.loads(path.read_text(encoding="ascii"))
    verify, many = MANY[whole["operation"]]
    # Twice, so that what a call keeps of one item serves another.
    records = whole["records"] * 2
    items = asked(whole) * 2
    expected = [single(verify, "response", item) for item in items]
    found = many(items, threads=threads)
    results = many(items, threads=threads, results=True)
    assert batch.codes(found) == [
        None if (code := one["expected"]["result"]) == "valid" else code for one in records
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
