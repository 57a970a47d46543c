"""``register``, ``sign``, ``verify``, ``clientdata`` and ``demo``: pipelines as a person would type them."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from tests.unit.command import fails, generate, run

CHALLENGE = "Y2gtNzloaHQtbXJlb2stOGFwOHFtMmVpZWZ0amxhZw"
ALGORITHMS = ("ES256", "ES384", "ES512", "ES256K", "Ed25519", "Ed448", "RS256")


def answer(credential_id: str, **more: Any) -> str:
    """What the API answers to POST /auth/action/init, as far as it matters."""
    allowed = {"key": [{"type": "public-key", "id": credential_id}], "webauthn": []}
    return json.dumps({"challenge": CHALLENGE, "allowCredentials": allowed, **more})


@pytest.fixture
def key(tmp_path: Path) -> Path:
    return generate(tmp_path)


@pytest.fixture
def public(key: Path, tmp_path: Path) -> Path:
    path = tmp_path / "public.pem"
    run("key", "public", key, "--out", path)
    return path


def sign(key: Path, *options: str, credential_id: str = "cr-1") -> bytes:
    given = answer(credential_id)
    return run("sign", key, "--credential-id", credential_id, *options, stdin=given).out


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_the_whole_way(algorithm: str, tmp_path: Path) -> None:
    more = ("--bits", "2048") if algorithm == "RS256" else ()
    key, public = generate(tmp_path, algorithm, "key.pem", *more), tmp_path / "public.pem"
    run("key", "public", key, "--out", public)
    name = run("key", "fingerprint", key, "--as", "credential-id").text.strip()
    body = run("register", key, "--challenge", CHALLENGE, "--credential-id-from-key").out
    registered = run(
        *("verify", "credential", "--member", "firstFactorCredential"),
        *("--challenge", CHALLENGE, "--public-key", public, "--credential-id", name, "--json"),
        stdin=body,
    ).json
    assert registered["valid"] is True
    assert registered["keyAlgorithm"] == algorithm
    assertion = sign(key, credential_id=name)
    expected = ("--challenge", CHALLENGE, "--public-key", public, "--credential-id", name)
    assert run("verify", "assertion", *expected, stdin=assertion).text.startswith("result:")
    explained = run("verify", "assertion", *expected, "--explain", stdin=assertion).text
    assert explained.endswith("\nvalid\n")
    other = ("--challenge", CHALLENGE + "A", "--public-key", public)
    ran = run("verify", "assertion", *other, stdin=assertion, status=1)
    assert ran.text == "invalid\n"
    assert ran.err.startswith("countermark: client_data.challenge_mismatch: ")


def test_every_reason_is_explained(key: Path, tmp_path: Path) -> None:
    stranger = tmp_path / "stranger.pem"
    run("key", "public", generate(tmp_path, "ES256", "other.pem"), "--out", stranger)
    expected = ("--challenge", "another", "--public-key", stranger, "--credential-id", "cr-2")
    ran = run(
        "verify", "assertion", *expected, "--explain", "--json", stdin=sign(key), status=1
    ).json
    failed = {check["step"]: check["error"]["code"] for check in ran["checks"] if check["error"]}
    assert ran["valid"] is False
    assert failed["credential_id"] == "assertion.id_mismatch"
    assert failed["challenge"] == "client_data.challenge_mismatch"
    assert failed["signature"] == "signature.invalid"
    text = run("verify", "assertion", *expected, "--explain", stdin=sign(key), status=1).text
    assert "FAILED" in text
    assert text.endswith("\ninvalid\n")


@pytest.mark.parametrize(
    "garbage",
    [b"", b"null", b"{}", b'{"kind":"Key","kind":"Key"}', b"\xff", b"[" * 100_000],
    ids=range(6),
)
def test_garbage_is_invalid_and_never_a_traceback(garbage: bytes, public: Path) -> None:
    for subject in ("assertion", "credential"):
        for flags in ((), ("--explain",), ("--json",), ("--member", "firstFactor")):
            arguments = ("--challenge", CHALLENGE, "--public-key", public, *flags)
            ran = run("verify", subject, *arguments, stdin=garbage, status=1)
            if flags == ("--json",):
                assert ran.json["valid"] is False
                assert ran.json["error"]["code"]
                assert ran.err == ""


def test_wrong_expectations_are_usage(key: Path, public: Path) -> None:
    arguments = ("verify", "assertion", "--challenge", "", "--public-key", public)
    fails("argument.value", *arguments, stdin=sign(key), status=2)


@pytest.mark.parametrize("how", [(), ("--explain",), ("--json",)], ids=str)
def test_what_the_key_cannot_have_is_usage_whatever_is_judged(
    how: tuple[str, ...], key: Path, public: Path
) -> None:
    rest = ("--challenge", CHALLENGE, "--public-key", public, *how)
    for subject, wrong, code in (
        ("assertion", ("--algorithm", "RSA-SHA256"), "algorithm.mismatch"),
        ("assertion", ("--padding", "pss"), "algorithm.mismatch"),
        ("credential", ("--padding", "pss"), "algorithm.mismatch"),
        ("assertion", ("--credential-id", "x" * 2000), "limit.size"),
    ):
        for judged in (sign(key), b"no JSON"):
            ran = run("verify", subject, *rest, *wrong, stdin=judged, status=2)
            assert ran.out == b""
            assert code in ran.err
    # The same of the message is the message's.
    named = json.loads(sign(key))
    named["credentialAssertion"]["algorithm"] = "RSA-SHA256"
    run("verify", "assertion", *rest, stdin=json.dumps(named).encode(), status=1)


def test_a_verifier_takes_the_challenge_of_a_file(key: Path, public: Path, tmp_path: Path) -> None:
    path = tmp_path / "answer.json"
    path.write_text(answer("cr-1"))
    expected = ("--challenge-file", path, "--public-key", public)
    run("verify", "assertion", *expected, stdin=sign(key))
    path.write_text("[]")
    fails("json.shape", "verify", "assertion", *expected, stdin=sign(key), status=3)


def test_expectations_reach_the_verifier(key: Path, public: Path) -> None:
    expected = ("--challenge", CHALLENGE, "--public-key", public)
    signed = sign(key, "--profile", "python", "--origin", "https://a.example")
    good = ("--origin", "https://a.example", "--cross-origin", "false", "--profile", "python")
    run("verify", "assertion", *expected, *good, "--kind", "Key", stdin=signed)
    for wrong, code in (
        (("--origin", "https://b.example"), "client_data.origin_mismatch"),
        (("--cross-origin", "true"), "client_data.cross_origin_mismatch"),
        (("--profile", "canonical"), "client_data.profile_mismatch"),
        (("--kind", "RecoveryKey"), "assertion.kind_mismatch"),
    ):
        ran = run("verify", "assertion", *expected, *wrong, "--json", stdin=signed, status=1)
        assert ran.json["error"]["code"] == code


def test_signing_keeps_to_the_allow_list(key: Path) -> None:
    arguments = ("sign", key, "--credential-id", "cr-2")
    fails("challenge.credential_not_allowed", *arguments, stdin=answer("cr-1"), status=1)
    fails("challenge.missing", *arguments, stdin='{"challenge":"a"}', status=3)
    fails("json.syntax", *arguments, stdin="{", status=3)
    fails("json.duplicate", *arguments, stdin='{"challenge":"a","challenge":"b"}', status=3)


def test_sign_takes_every_option(key: Path, public: Path, tmp_path: Path) -> None:
    allowed = {"passwordProtectedKey": [{"type": "public-key", "id": "cr-1"}]}
    given = json.dumps({"challenge": CHALLENGE, "allowCredentials": allowed})
    ran = run(
        *("sign", key, "--credential-id", "cr-1", "--kind", "PasswordProtectedKey"),
        *("--report-kind", "Key", "--algorithm", "SHA512", "--profile", "go-v2", "--pretty"),
        stdin=given,
    )
    assert ran.text.startswith('{\n  "kind": "Key"')
    assert ran.json["credentialAssertion"]["algorithm"] == "SHA512"
    expected = ("--challenge", CHALLENGE, "--public-key", public, "--profile", "go-v2")
    verified = run("verify", "assertion", *expected, "--json", stdin=ran.out).json
    assert (verified["algorithm"], verified["hash"]) == ("SHA512", "SHA-512")
    rsa = generate(tmp_path, "RS256", "rsa.pem", "--bits", "2048")
    run("key", "public", rsa, "--out", tmp_path / "rsa.pub")
    signed = sign(rsa, "--padding", "pss")
    expected = ("--challenge", CHALLENGE, "--public-key", tmp_path / "rsa.pub")
    run("verify", "assertion", *expected, "--padding", "pss", stdin=signed)
    run("verify", "assertion", *expected, stdin=signed, status=1)


def test_registration_bodies(key: Path, tmp_path: Path) -> None:
    body = run("register", key, stdin=json.dumps({"challenge": CHALLENGE})).json
    assert list(body) == ["firstFactorCredential"]
    assert list(body["firstFactorCredential"]) == ["credentialKind", "credentialInfo"]
    (tmp_path / "envelope").write_text("opaque\n")
    protected = run(
        *("register", key, "--challenge", CHALLENGE, "--kind", "PasswordProtectedKey"),
        *("--encrypted-private-key", tmp_path / "envelope", "--name", "é", "--algorithm", "SHA256"),
        *("--credential-id", "cr-1"),
    ).json["firstFactorCredential"]
    assert protected["encryptedPrivateKey"] == "opaque"
    assert protected["credentialName"] == "é"
    assert protected["credentialInfo"]["credId"] == "cr-1"
    recovery = ("register", key, "--challenge", CHALLENGE, "--kind", "RecoveryKey")
    alone = run(*recovery, "--body", "credential")
    assert alone.json["credentialKind"] == "RecoveryKey"
    run("verify", "credential", "--challenge", CHALLENGE, stdin=alone.out)
    new = ("register", key, "--body", "new-credential", "--name", "laptop")
    given = json.dumps({"challenge": CHALLENGE, "challengeIdentifier": "eyJ"})
    later = run(*new, stdin=given).json
    assert (later["challengeIdentifier"], later["credentialName"]) == ("eyJ", "laptop")
    assert run(*new, "--challenge", CHALLENGE, "--challenge-identifier", "eyJ").json.keys() == (
        later.keys()
    )
    fails("challenge.missing", *new, stdin=json.dumps({"challenge": CHALLENGE}), status=3)
    fails("argument.value", *recovery[:4], "--kind", "PasswordProtectedKey", status=2)


def test_client_data_both_ways() -> None:
    arguments = ("--challenge", CHALLENGE)
    raw = run("clientdata", "encode", *arguments, "--raw").out
    assert raw == b'{"challenge":"%s","type":"key.get"}' % CHALLENGE.encode()
    encoded = run("clientdata", "encode", *arguments).out
    assert encoded == base64.urlsafe_b64encode(raw).rstrip(b"=") + b"\n"
    assert run("clientdata", "encode", stdin=answer("cr-1")).out == encoded
    decoded = run("clientdata", "decode", "--json", stdin=encoded).json
    assert decoded["challenge"] == CHALLENGE
    assert decoded["type"] == "key.get"
    assert "canonical" in decoded["profiles"]
    assert "canonical" in run("clientdata", "decode", stdin=encoded).text
    assert run("clientdata", "decode", "--raw", "--json", stdin=raw).json == decoded


def test_padded_client_data() -> None:
    arguments = ("--challenge", CHALLENGE, "--origin", "https://a.example", "--profile", "ion")
    text = run("clientdata", "encode", *arguments, "--padded").out
    assert text == base64.urlsafe_b64encode(base64.urlsafe_b64decode(text)) + b"\n"
    if b"=" in text:
        fails("base64url.padding", "clientdata", "decode", stdin=text, status=3)
    decoded = run("clientdata", "decode", "--padded", "--json", stdin=text).json
    assert "ion" in decoded["profiles"]


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_demo(algorithm: str, tmp_path: Path) -> None:
    text = run("demo", "--algorithm", algorithm, cwd=tmp_path).text
    assert "firstFactorCredential" in text
    assert "credentialAssertion" in text
    assert text.count("valid, ") == 2
    assert list(tmp_path.iterdir()) == []


def test_demo_as_json_is_what_the_verifier_takes() -> None:
    shown = run("demo", "--json").json
    credential = json.dumps(shown["registration"]["firstFactorCredential"])
    challenge = shown["registrationChallenge"]
    run("verify", "credential", "--challenge", challenge, stdin=credential)


@pytest.mark.parametrize("text", ["-Y2gt", "--Y2g_", "-", "-h0"])
def test_a_value_that_starts_with_a_hyphen_is_a_value(text: str, key: Path, public: Path) -> None:
    given = json.dumps({"challenge": text, "allowCredentials": {"key": [{"id": text}]}})
    assertion = run("sign", key, "--credential-id", text, stdin=given).out
    expected = ("--challenge", text, "--credential-id", text, "--public-key", public)
    run("verify", "assertion", *expected, stdin=assertion)


def test_an_option_is_not_taken_for_the_value_before_it(public: Path) -> None:
    fails("cli.usage", "verify", "assertion", "--challenge", "--public-key", public, status=2)
