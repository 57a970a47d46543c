"""``countermark batch``: an item a line of JSON, a verdict a line."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from countermark import PrivateKey
from countermark.cli import batch as batch_command
from countermark.dfns import KeySigner
from countermark.webauthn import CosePublicKey, verify_registration
from countermark.webauthn.testing import SoftwareAuthenticator
from tests.unit.batch_material import challenge_of, passkey_entry
from tests.unit.command import COMMAND, Ran, fails, run

KEY = PrivateKey.generate("ES256")
PEM = KEY.public_key.to_pem()
ASSERTION: dict[str, Any] = KeySigner("cr-1", KEY).sign(challenge_of("a"))  # type: ignore[assignment]
ITEM: dict[str, Any] = {"assertion": ASSERTION, "challenge": "a", "public_key": PEM}
RECORD = {
    "kind": "Key",
    "id": "cr-1",
    "publicKey": PEM,
    "assertion": ASSERTION["credentialAssertion"],
}
SITE = {"challenge": "Y2gtNzloaHQ", "rp_id": "example.org", "origin": "https://example.org"}
TRUSTED_AT = "2025-06-01T00:00:00Z"


@pytest.fixture(scope="module")
def authenticator() -> SoftwareAuthenticator:
    return SoftwareAuthenticator("batches", format="packed")


@pytest.fixture(scope="module")
def registration(authenticator: SoftwareAuthenticator) -> dict[str, Any]:
    return {**SITE, "response": authenticator.create(**SITE)}


@pytest.fixture(scope="module")
def login(authenticator: SoftwareAuthenticator, registration: dict[str, Any]) -> dict[str, Any]:
    key = verify_registration(registration["response"], **SITE).public_key.to_bytes()
    return {**SITE, "response": authenticator.get(**SITE), "public_key": key.hex()}


def lines(*items: Any) -> str:
    return "".join(one if isinstance(one, str) else json.dumps(one) + "\n" for one in items)


def verdicts(ran: Ran) -> list[dict[str, Any]]:
    return [json.loads(line) for line in ran.text.splitlines()]


def test_the_command_gives_a_verdict_a_line() -> None:
    jwk = {**ITEM, "public_key": KEY.public_key.to_jwk()}
    given = lines(ITEM, {**ITEM, "challenge": "b"}, "{\n", "[]\n", '{"a":1,"a":2}\n', jwk, {})
    for chunk in ("1", "3", "1024"):
        ran = run("batch", "assertions", "--chunk", chunk, stdin=given, status=1)
        found = verdicts(ran)
        assert [one["line"] for one in found] == [*range(1, 8)]
        assert [one["verdict"] for one in found] == [
            *("valid", "client_data.challenge_mismatch", "json.syntax"),
            *("json.shape", "json.duplicate", "valid", "argument.value"),
        ]
        assert all(("message" in one) == (one["verdict"] != "valid") for one in found)
        assert ran.err == "countermark: 5 of 7 are not valid\n"
    assert run("batch", "assertions", "--threads", "2", stdin=lines(ITEM, ITEM)).status == 0
    assert run("batch", "assertions", stdin="").out == b""


def test_a_refusal_says_where_it_is_and_what_was_expected() -> None:
    mismatch, syntax = verdicts(
        run("batch", "assertions", stdin=lines({**ITEM, "challenge": "b"}, "{\n"), status=1)
    )
    assert (mismatch["field"], mismatch["expected"], mismatch["actual"]) == ("challenge", "b", "a")
    assert syntax["offset"] == 2


def test_blank_lines_are_no_items_and_are_counted() -> None:
    given = "\n" + lines(ITEM) + " \t\r\n\n" + lines({}) + "\n  "
    ran = run("batch", "assertions", "--chunk", "1", stdin=given, status=1)
    assert [one["line"] for one in verdicts(ran)] == [2, 5]
    assert ran.err == "countermark: 1 of 2 are not valid\n"
    assert run("batch", "assertions", stdin="\n \n").out == b""


def test_an_id_comes_back_with_the_verdict_and_is_no_argument() -> None:
    names: list[Any] = ["a", "", "\ud800é", 7, -1, 0]
    bad_key = {**ITEM, "public_key": "no key", "id": "key"}
    given = lines(*({**ITEM, "id": name} for name in names), {**ITEM, "challenge": "b", "id": 9})
    found = verdicts(run("batch", "assertions", stdin=given + lines(bad_key, ITEM), status=1))
    assert [one.get("id") for one in found] == [*names, 9, "key", None]
    assert [one["verdict"] for one in found] == [
        *["valid"] * len(names),
        *("client_data.challenge_mismatch", "pem.missing", "valid"),
    ]


def test_an_id_of_another_type_is_refused_and_a_line_that_cannot_be_read_has_none() -> None:
    odd: list[Any] = [None, True, 1.5, [], {}, 10**30]
    given = lines(*({**ITEM, "id": one} for one in odd), '{"id": 1, "id": 2}\n', '{"id": 1\n')
    found = verdicts(run("batch", "assertions", stdin=given, status=1))
    assert [one["verdict"] for one in found] == [
        *["argument.type"] * len(odd),
        *("json.duplicate", "json.syntax"),
    ]
    assert not any("id" in one for one in found)


def test_numbers_that_have_no_part_in_it_are_passed_over() -> None:
    more = f'"a": 1.5, "b": 1e999, "c": {"9" * 5000}'
    given = f'{{"record": {json.dumps(RECORD)[:-1]}, {more}}}}}\n'
    run("batch", "audit", stdin=given)
    given = f'{{"record": {json.dumps(RECORD)}, "challenge": {"9" * 5000}}}\n'
    assert run("batch", "audit", stdin=given, status=1).json["verdict"] == "argument.type"


def test_a_key_that_is_nested_deeply_is_a_verdict() -> None:
    # Python's readers and writers of JSON stop at different depths, near its limit of 1,000 calls.
    depths = [200, *range(900, 1000), 20_000]
    nested = ("[" * depth + "]" * depth for depth in depths)
    head = '{"assertion": {}, "challenge": "a", "public_key": {"kty": '
    given = "".join(f"{head}{one}}}}}\n" for one in nested)
    found = verdicts(run("batch", "assertions", stdin=given, status=1))
    assert [one["verdict"] for one in found] == ["limit.depth"] * len(depths)


def test_results_say_what_the_single_command_says(
    tmp_path: Path, registration: dict[str, Any], login: dict[str, Any]
) -> None:
    key, cose = tmp_path / "key.pem", tmp_path / "key.cose"
    key.write_text(PEM)
    cose.write_text(login["public_key"])
    site = ("--challenge", SITE["challenge"], "--origin", SITE["origin"], "--rp-id", SITE["rp_id"])
    for what, item, single, given in (
        (
            "assertions",
            ITEM,
            ("verify", "assertion", "--challenge", "a", "--public-key", key),
            ASSERTION,
        ),
        (
            "registrations",
            registration,
            ("attestation", "verify", *site),
            registration["response"],
        ),
        (
            "authentications",
            login,
            ("assertion", "verify", "--public-key", cose, *site),
            login["response"],
        ),
    ):
        alone = run(*single, "--json", stdin=json.dumps(given)).json
        ran = run("batch", what, "--results", stdin=lines({**item, "id": 1}, {"id": 2}), status=1)
        good, bad = verdicts(ran)
        assert alone.pop("valid") is True
        assert good == {"line": 1, "id": 1, "verdict": "valid", "verified": alone}
        assert "verified" not in bad
        assert "verified" not in run("batch", what, stdin=lines(item)).json


def test_an_audit_entry_tells_whether_its_key_was_given(tmp_path: Path) -> None:
    pinned = {"record": RECORD, "public_key": PEM}
    given = lines(pinned, {"record": RECORD}, {"record": RECORD, "public_key": None}, {})
    for results in ((), ("--results",)):
        found = verdicts(run("batch", "audit", *results, stdin=given, status=1))
        assert [one.get("public_key_pinned") for one in found] == [True, False, False, None]
        assert [one["verdict"] for one in found] == ["valid", "valid", "valid", "argument.value"]
        assert ["verified" in one for one in found] == [bool(results)] * 3 + [False]
    assert found[1]["verified"] == {
        "kind": "Key",
        "credentialId": "cr-1",
        "type": "key.get",
        "challenge": "a",
        "origin": None,
        "crossOrigin": None,
        "keyAlgorithm": "ES256",
        "hash": "SHA-256",
        "keyFingerprint": KEY.public_key.fingerprint().hex(),
        "publicKeyPinned": False,
        "authenticatorData": None,
        "tolerated": [],
    }
    common = tmp_path / "common.json"
    common.write_text(json.dumps({"public_key": PEM}))
    shared = run("batch", "audit", "--common", common, stdin=lines({"record": RECORD}))
    assert shared.json == {"line": 1, "verdict": "valid", "public_key_pinned": True}


def test_an_audit_entry_of_a_passkey_shows_its_authenticator_data(
    authenticator: SoftwareAuthenticator, registration: dict[str, Any]
) -> None:
    key = verify_registration(registration["response"], **SITE).public_key.public_key
    record = passkey_entry(authenticator.get(**SITE), key)
    found = run("batch", "audit", "--results", stdin=lines({"record": record})).json["verified"]
    assert (found["kind"], found["origin"]) == ("Fido2", SITE["origin"])
    assert found["authenticatorData"]["flags"] == ["UP", "UV"]


def test_what_all_items_share_is_taken_from_a_file(tmp_path: Path) -> None:
    common = tmp_path / "common.json"
    common.write_text(json.dumps({"public_key": PEM, "challenge": "a"}))
    item = {"assertion": ASSERTION}
    run("batch", "assertions", "--common", common, stdin=lines(item, item))


@pytest.mark.parametrize("given", ["", lines(ITEM, ITEM)], ids=["no items", "items"])
@pytest.mark.parametrize(
    ("common", "code", "status"),
    [
        ('{"no_such": 1}', "argument.value", 2),
        ('{"id": 1}', "argument.value", 2),
        ('{"threads": 1}', "cli.usage", 2),
        ('{"public_key": "no key"}', "pem.missing", 3),
        ("[]", "json.shape", 3),
        ("{", "json.syntax", 3),
    ],
)
def test_what_is_wrong_with_the_shared_arguments_is_said_once(
    tmp_path: Path, given: str, common: str, code: str, status: int
) -> None:
    path = tmp_path / "common.json"
    path.write_text(common)
    fails(code, "batch", "assertions", "--common", path, stdin=given, status=status)


@pytest.mark.parametrize("what", ["assertions", "audit"])
def test_a_shared_algorithm_that_nobody_has_is_a_wrong_command(what: str, tmp_path: Path) -> None:
    common = tmp_path / "common.json"
    common.write_text('{"algorithm": "ES256"}')
    fails("algorithm.unknown", "batch", what, "--common", common, stdin=b"", status=2)


def test_a_shared_argument_of_no_use_ends_the_command(tmp_path: Path) -> None:
    path = tmp_path / "common.json"
    path.write_text('{"profile": 5}')
    arguments = ("batch", "assertions", "--common", path)
    fails("argument.type", *arguments, stdin=lines(ITEM, ITEM), status=2)


def test_the_command_verifies_passkeys_and_their_trust(
    tmp_path: Path,
    authenticator: SoftwareAuthenticator,
    registration: dict[str, Any],
    login: dict[str, Any],
) -> None:
    root = tmp_path / "root.der"
    root.write_bytes(authenticator.root)
    trust = ("--trust", root, "--at", TRUSTED_AT)
    ran = run("batch", "registrations", *trust, "--results", stdin=lines(registration))
    assert ran.json["verified"]["attestation"]["trusted"] is True
    run("batch", "authentications", stdin=lines({**login, "sign_count": 0}))
    (key,) = authenticator
    public_key = CosePublicKey.from_bytes(key.public_key).public_key
    for other in (public_key.to_jwk(), json.dumps(public_key.to_jwk()), public_key.to_pem()):
        run("batch", "authentications", stdin=lines({**login, "public_key": other}))
    ran = run("batch", "authentications", stdin=lines({**login, "sign_count": 2**31}), status=1)
    assert ran.json["verdict"] == "authenticator_data.sign_count"


@pytest.mark.parametrize("given", ["", lines(ITEM)], ids=["no items", "items"])
@pytest.mark.parametrize(
    "wrong",
    [
        "nothing",
        "assertions --chunk 0",
        "assertions --chunk x",
        "assertions --chunk 1000001",
        "assertions --threads 0",
        "assertions --threads x",
        "assertions --threads 1025",
        f"assertions --threads {'9' * 30}",
        "assertions --at 0",
        "registrations --trust root.der",
    ],
)
def test_wrong_usage_is_said_whatever_the_input(wrong: str, given: str) -> None:
    fails("cli.usage", "batch", *wrong.split(), stdin=given, status=2)


def test_a_wrong_number_of_threads_in_the_environment_is_said_without_items_too() -> None:
    env = {"COUNTERMARK_THREADS": "none"}
    fails("argument.value", "batch", "audit", stdin="", env=env, status=2)


def test_a_line_over_the_bound_is_a_verdict_and_the_next_is_read() -> None:
    long = '{"challenge":"' + "a" * (1 << 20) + '"}\n'
    blank = " " * (1 << 20) + " \n"
    ran = run("batch", "assertions", stdin=lines(ITEM, long, blank, ITEM), status=1)
    found = [one["verdict"] for one in verdicts(ran)]
    assert found == ["valid", "limit.size", "limit.size", "valid"]


def test_the_examples_of_the_help_are_items() -> None:
    text = run("batch", "--help").text
    examples = re.findall(r"^  (\w+) \(.*\)\n    (\{.*\})$", text, re.MULTILINE)
    assert [what for what, _ in examples] == [
        *("assertions", "registrations", "authentications", "audit")
    ]
    for what, example in examples:
        item = json.loads(example.replace("{...}", "{}"))
        if "public_key" in item:
            item["public_key"] = PEM
        verdict = run("batch", what, stdin=lines(item), status=1).json
        # All the arguments that are needed, and none that is not known: what it fails at is the empty object.
        assert verdict["verdict"] in ("assertion.missing", "response.missing"), verdict
    assert "exit codes: 0 every item is valid, 1 one is not, 2 usage" in text


def test_a_reader_that_goes_away_ends_an_endless_command() -> None:
    process = subprocess.Popen(
        [*COMMAND, "batch", "audit", "--chunk", "1"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b"{}\n")
    process.stdin.flush()
    # A verdict comes as soon as its chunk is there, though the input goes on.
    assert json.loads(process.stdout.readline())["verdict"] == "argument.value"
    process.stdout.close()
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        try:
            process.stdin.write(b"{}\n")
            process.stdin.flush()
        except BrokenPipeError:
            break
    assert process.wait(60) == 141
    with contextlib.suppress(BrokenPipeError):
        process.stdin.close()


def test_what_is_in_hand_at_once_is_bounded_by_bytes_too(monkeypatch: pytest.MonkeyPatch) -> None:
    line = b" " * (1 << 20) + b"{}\n"
    given = io.TextIOWrapper(io.BytesIO(line[3:] * 10 + b"{}\n" * 5))
    monkeypatch.setattr(sys, "stdin", given)
    found = [len(chunk) for chunk in batch_command._chunks(3)]
    assert found == [3, 3, 3, 3, 3]
    given = io.TextIOWrapper(io.BytesIO(line[3:] * 10 + b"{}\n" * 5))
    monkeypatch.setattr(sys, "stdin", given)
    assert [len(chunk) for chunk in batch_command._chunks(1024)] == [4, 4, 7]


def test_keys_that_are_kept_are_few_and_small() -> None:
    reader = batch_command._Reader("assertions")
    jwk = KEY.public_key.to_jwk()
    reader.arguments({"public_key": {**jwk, "more": "x" * 5000}})
    assert len(reader._known) == 0
    for number in range(5000):
        reader.arguments({"public_key": {**jwk, "kid": str(number)}})
    assert 0 < len(reader._known) <= 4096
