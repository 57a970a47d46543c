"""The scorer of labelled responses: it sees a wrong verdict, and cannot pass by seeing nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from countermark.webauthn.testing import SoftwareAuthenticator
from tests import corpus

RP = {"rp_id": "example.org", "origin": "https://example.org"}
CHALLENGE = "a challenge that stands in the client data as it is"


def about(identifier: str, expected: str = "valid", **rest: Any) -> dict[str, Any]:
    """The members that all records have."""
    return {
        "id": identifier,
        "challenge": CHALLENGE,
        "origin": RP["origin"],
        "rpId": RP["rp_id"],
        "params": {},
        "expected": expected,
        "disputed": False,
        **rest,
    }


def registration(identifier: str, expected: str = "valid", **rest: Any) -> dict[str, Any]:
    made = SoftwareAuthenticator(b"scorer", format=rest.get("fmt", "none"))
    answer = made.create(challenge=CHALLENGE, **RP, fault=rest.pop("fault", None))
    inner = answer["response"]
    members = {name: inner[name] for name in ("clientDataJSON", "attestationObject")}
    anchor = corpus.b64u(made.root)
    time = "2025-06-01T00:00:00Z"
    return about(
        identifier, expected, **members, trustAnchor=anchor, time=time, **{"fmt": "none", **rest}
    )


def assertion(identifier: str, expected: str = "valid", **rest: Any) -> dict[str, Any]:
    made = SoftwareAuthenticator(b"scorer", format="none")
    made.create(challenge=CHALLENGE, **RP)
    answer = made.get(challenge=CHALLENGE, **RP)
    inner = answer["response"]
    names = ("clientDataJSON", "authenticatorData", "signature")
    (credential,) = made.credentials.values()
    key = corpus.b64u(credential.public_key)
    members = {name: inner[name] for name in names}
    return about(identifier, expected, credentialPublicKey=key, **{**members, **rest})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, "registrations", registration("R1"), registration("R2", fmt="packed"))
    write(tmp_path, "assertions", assertion("A1"))
    return tmp_path


def write(folder: Path, name: str, *records: dict[str, Any]) -> None:
    (folder / f"{name}.json").write_text(json.dumps(records), "utf-8")


def run(folder: Path, capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, str]:
    ended = corpus.main([str(folder), *options])
    return ended, capsys.readouterr().out


def test_right_verdicts_are_counted_by_format(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, "derived", assertion("D1", "invalid", challenge="another"))
    ended, said = run(folder, capsys, "--engine", "both")
    assert ended == 0, said
    for engine in corpus.MODULES:
        assert f"engine: {engine}" in said
    lines = [line.split() for line in said.splitlines()]
    assert lines.count(["registrations", "packed", "1", "1", "0", "0", "0", "0"]) == 2
    assert lines.count(["derived", "assertion", "1", "0", "1", "0", "0", "0"]) == 2
    assert lines.count(["all", "4", "3", "1", "0", "0", "0"]) == 2


def test_a_wrong_expectation_is_reported(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, "derived", registration("D1", "invalid", derivation="nothing at all"))
    ended, said = run(folder, capsys)
    assert ended == 1
    assert "WRONG D1 [derived none] accepted | due: invalid, nothing at all" in said


def test_a_wrong_refusal_is_reported_with_its_code(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, "derived", assertion("D1", rpId="example.com"))
    ended, said = run(folder, capsys)
    assert ended == 1
    assert "WRONG D1 [derived assertion] authenticator_data.rp_id_mismatch: " in said


def test_a_crash_is_wrong_even_where_a_refusal_is_due(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: Any, **__: Any) -> None:
        raise KeyError("a mistake of the verifier")

    write(folder, "derived", assertion("D1", "invalid", challenge="another"))
    monkeypatch.setattr("countermark.webauthn.verify_authentication", crash)
    ended, said = run(folder, capsys)
    assert ended == 1
    assert f"WRONG D1 [derived assertion] {corpus.CRASH}: KeyError" in said


def test_disputed_records_never_fail_and_are_told_apart(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, "derived", registration("D1", "invalid", disputed=True))
    ended, said = run(folder, capsys)
    assert ended == 0
    assert "1 (0 as labelled)" in said


def test_limited_verification_is_scored_on_its_own(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, "derived", registration("D1", limitedVerification="valid"))
    ended, said = run(folder, capsys)
    assert ended == 0, said
    assert ["limited", "verification", "1", "1", "0", "0", "0", "0"] in [
        line.split() for line in said.splitlines()
    ]
    write(folder, "derived", registration("D1", limitedVerification="invalid"))
    assert run(folder, capsys)[0] == 1


def test_paths_are_counted_where_anchors_are_given(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, said = run(folder, capsys, "--trust")
    assert "trust: 1 paths found, 0 not" in said
    elsewhere = SoftwareAuthenticator(b"somebody else", format="none").root
    changed = {**registration("R2", fmt="packed"), "trustAnchor": corpus.b64u(elsewhere)}
    write(folder, "registrations", changed)
    ended, said = run(folder, capsys, "--trust")
    assert "trust: 0 paths found, 1 not" in said
    assert ended == 0, "trust is no part of a verdict that does not ask for it"
    write(folder, "registrations", {**changed, "params": {"requireTrust": True}})
    assert run(folder, capsys)[0] == 1


def test_records_without_client_data_are_judged_by_their_hash(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import hashlib

    made = assertion("A1")
    digest = hashlib.sha256(corpus.unb64u(made["clientDataJSON"])).digest()
    bare = {**made, "clientDataJSON": None, "clientDataHash": corpus.b64u(digest)}
    write(
        folder,
        "assertions",
        bare,
        {**bare, "id": "A2", "rpId": "example.com", "expected": "invalid"},
    )
    ended, said = run(folder, capsys)
    assert ended == 0, said


def test_a_folder_without_records_is_a_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, capsys)[0] == 1


def test_a_parameter_that_is_not_known_stops_the_run(folder: Path) -> None:
    write(folder, "derived", assertion("D1", params={"requireMagic": True}))
    with pytest.raises(SystemExit, match="requireMagic"):
        corpus.main([str(folder)])
