"""``attestation verify`` and ``assertion verify``: passkeys, judged on the command line."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
import uuid
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from countermark.webauthn import CosePublicKey, parse_attestation_object
from tests.unit.command import fails, run
from tests.unit.passkey_files import (
    AT,
    CHALLENGE,
    EXPECTED,
    FORMATS,
    OBJECT,
    ORIGIN,
    RP_ID,
    Passkey,
    encode,
    passkey_format,
)


@pytest.fixture
def passkey(tmp_path: Path) -> Passkey:
    return Passkey(tmp_path)


# --- attestation verify ---


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_verifies(format: str, tmp_path: Path) -> None:
    passkey = Passkey(tmp_path, format)
    arguments = ("attestation", "verify", *EXPECTED, *passkey.user)
    verified = run(*arguments, "--json", stdin=passkey.json).json
    assert verified["valid"] is True
    assert verified["credentialId"] == passkey.response["id"]
    assert verified["attestation"]["format"] == passkey_format(format)
    assert verified["attestation"]["trusted"] is False
    trust = ("--trust", passkey.root, *AT)
    if format in ("none", "packed-self"):
        refused = run(*arguments, *trust, stdin=passkey.json, status=1)
        assert refused.err.startswith("countermark: trust.no_attestation: ")
        assert refused.text == "invalid\n"
    else:
        trusted = run(*arguments, *trust, "--json", stdin=passkey.json).json
        assert trusted["attestation"]["trusted"] is True


def test_what_is_verified_is_printed(passkey: Passkey) -> None:
    trust = ("--trust", passkey.root, *AT)
    shown = run("attestation", "verify", *EXPECTED, *trust, stdin=passkey.json).text
    assert shown.startswith("result: valid\n")
    for line in (
        f"credentialId: {passkey.response['id']}",
        "  algorithm: -7 (ES256)",
        f"  cose: {encode(passkey.credential.public_key)}",
        "flags: UP UV AT",
        "  type: webauthn.create",
        "  trusted: yes",
        "  anchor: CN=countermark test root,O=countermark,C=CH",
        "tolerated: none",
    ):
        assert f"\n{line}\n" in shown, line


def test_the_key_is_written_for_the_assertions_to_come(passkey: Passkey, tmp_path: Path) -> None:
    path = tmp_path / "stored.cose"
    arguments = ("attestation", "verify", *EXPECTED, "--key-out", path)
    run(
        "attestation",
        "verify",
        "--challenge",
        "another",
        *arguments[4:],
        stdin=passkey.json,
        status=1,
    )
    assert not path.exists()
    run(*arguments, stdin=passkey.json)
    assert path.read_bytes() == passkey.credential.public_key
    fails("cli.unwritable", *arguments, stdin=passkey.json, status=3)
    run("assertion", "verify", *EXPECTED, "--public-key", path, stdin=passkey.assertion())
    fails("cli.usage", *arguments, "--explain", stdin=passkey.json, status=2)


def test_a_stranger_root_is_invalid_or_only_told(passkey: Passkey, tmp_path: Path) -> None:
    stranger = Passkey(tmp_path, seed="somebody else").root
    arguments = ("attestation", "verify", *EXPECTED, "--trust", stranger, *AT, "--json")
    refused = run(*arguments, stdin=passkey.json, status=1).json
    assert refused["valid"] is False
    assert refused["error"]["code"].startswith("trust.")
    told = run(*arguments, "--allow-untrusted", stdin=passkey.json).json
    assert told["attestation"]["trusted"] is False
    assert told["attestation"]["trustError"]["code"] == refused["error"]["code"]


@pytest.mark.parametrize(
    "at", ["2025-06-01T00:00:00Z", "2025-06-01T02:00:00+02:00", "1748736000", "now"]
)
def test_a_time_is_given_in_any_of_its_forms(at: str, passkey: Passkey) -> None:
    # The certificates of the software authenticator hold until 2050.
    arguments = ("attestation", "verify", *EXPECTED, "--trust", passkey.root, "--at", at)
    run(*arguments, stdin=passkey.json)


def test_a_time_outside_validity_is_refused(passkey: Passkey) -> None:
    arguments = ("attestation", "verify", *EXPECTED, "--trust", passkey.root, "--at", "1000000000")
    refused = run(*arguments, stdin=passkey.json, status=1)
    assert refused.err.startswith("countermark: trust.validity: ")


@pytest.mark.parametrize("at", ["2025-06-01", "2025-06-01T00:00:00", "yesterday", "", "1e9"])
def test_a_time_without_a_zone_is_usage(at: str, passkey: Passkey) -> None:
    arguments = ("attestation", "verify", *EXPECTED, "--trust", passkey.root, "--at", at)
    fails("cli.usage", *arguments, stdin=passkey.json, status=2)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (("--challenge", "another"), "client_data.challenge_mismatch"),
        (("--origin", "https://example.com"), "client_data.origin_mismatch"),
        (("--rp-id", "example.com"), "authenticator_data.rp_id_mismatch"),
        (("--credential-id", "AAAA"), "response.credential_id_mismatch"),
        (("--algorithm", "EdDSA"), "response.algorithm_not_allowed"),
        (("--algorithm", "-257"), "response.algorithm_not_allowed"),
        (("--format", "none"), "response.format_not_allowed"),
    ],
    ids=str,
)
def test_expectations_reach_the_verifier(
    wrong: tuple[str, str], code: str, passkey: Passkey
) -> None:
    expected = {"--challenge": CHALLENGE, "--origin": ORIGIN, "--rp-id": RP_ID, wrong[0]: wrong[1]}
    arguments = [word for pair in expected.items() for word in pair]
    refused = run("attestation", "verify", *arguments, stdin=passkey.json, status=1)
    assert refused.err.startswith(f"countermark: {code}: ")
    assert refused.text == "invalid\n"
    report = run(
        "attestation", "verify", *arguments, "--explain", "--json", stdin=passkey.json, status=1
    ).json
    assert code in [check["error"]["code"] for check in report["checks"] if check["error"]]


def test_one_of_several_is_enough(passkey: Passkey) -> None:
    more = ("--origin", "https://other.example", "--format", "tpm", "--format", "packed")
    algorithms = ("--algorithm", "EdDSA", "--algorithm", "es256")
    run("attestation", "verify", *EXPECTED, *more, *algorithms, stdin=passkey.json)


def test_a_report_names_every_step(passkey: Passkey) -> None:
    shown = run("attestation", "verify", *EXPECTED, "--explain", stdin=passkey.json).text
    assert shown.startswith("ok          shape\n")
    assert "ok          attestation\n" in shown
    assert shown.endswith("\nvalid\n")


def test_a_user_who_was_not_verified_is_taken_when_said(tmp_path: Path) -> None:
    passkey = Passkey(tmp_path, "fido-u2f")
    refused = run("attestation", "verify", *EXPECTED, stdin=passkey.json, status=1)
    assert refused.err.startswith("countermark: authenticator_data.user_verification: ")
    run("attestation", "verify", *EXPECTED, "--no-user-verification", stdin=passkey.json)


def test_a_challenge_may_stand_in_a_file(passkey: Passkey, tmp_path: Path) -> None:
    path = tmp_path / "challenge.json"
    path.write_text(json.dumps({"challenge": CHALLENGE}))
    expected = ("--challenge-file", path, "--origin", ORIGIN, "--rp-id", RP_ID)
    run("attestation", "verify", *expected, stdin=passkey.json)


def test_a_statement_verifies_without_its_client_data(passkey: Passkey, tmp_path: Path) -> None:
    digest = hashlib.sha256(passkey.client_data).hexdigest()
    path = tmp_path / "object.cbor"
    path.write_bytes(passkey.object)
    arguments = ("attestation", "verify", path, "--client-data-hash")
    verified = run(*arguments, digest, "--trust", passkey.root, *AT, "--json").json
    assert verified["attestation"]["trusted"] is True
    other = run(*arguments, "00" * 32, status=1)
    assert other.err.startswith("countermark: signature.invalid: ")
    fails("argument.value", *arguments, "00", status=2)
    fails("hex.alphabet", *arguments, "zz", status=3)
    fails("cli.usage", *arguments, digest, "--rp-id", RP_ID, status=2)
    fails("cli.usage", *arguments, digest, "--explain", status=2)
    as_json = ("attestation", "verify", "--client-data-hash", digest)
    fails("cli.usage", *as_json, stdin=passkey.json, status=2)


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--challenge", "a", "--origin", "b"),
        (*EXPECTED, "--at", "now"),
        (*EXPECTED, "--trust", "root.der"),
        (*EXPECTED, "--metadata", "blob.jwt", "--at", "now"),
        (*EXPECTED, "--metadata-root", "root.der"),
        (*EXPECTED, "--format", "unheard-of"),
        (*EXPECTED, "--algorithm", "ROT13"),
        (*EXPECTED, "--compound-policy", "most"),
        (*EXPECTED, "--credential-id", "A"),
        (*EXPECTED, "--credential-id", "not base64url!"),
        (*EXPECTED, "--credential-id", ""),
        (*EXPECTED, "--challenge", ""),
    ],
    ids=str,
)
def test_expectations_that_cannot_be_met_are_usage(
    arguments: tuple[str, ...], passkey: Passkey
) -> None:
    ran = run("attestation", "verify", *arguments, stdin=passkey.json, status=2)
    assert ran.out == b""
    assert ran.err.startswith(("countermark: cli.usage: ", "countermark: argument."))


def test_anchors_that_cannot_be_read_are_3(passkey: Passkey, tmp_path: Path) -> None:
    arguments = ("attestation", "verify", *EXPECTED, *AT, "--trust")
    fails("cli.unreadable", *arguments, tmp_path / "none", stdin=passkey.json, status=3)
    garbage = tmp_path / "garbage"
    garbage.write_bytes(b"\x30\x01")
    ran = run(*arguments, garbage, stdin=passkey.json, status=3)
    assert ran.err.startswith("countermark: der.")


# --- assertion verify ---


def test_an_assertion_verifies_with_the_key_in_any_form(passkey: Passkey, tmp_path: Path) -> None:
    cose = passkey.credential.public_key
    public = CosePublicKey.from_bytes(cose).public_key
    for written in (
        cose,
        cose.hex().encode(),
        encode(cose).encode(),
        public.to_pem().encode(),
        public.to_der(),
        json.dumps(public.to_jwk()).encode(),
    ):
        path = tmp_path / "key"
        path.write_bytes(written)
        arguments = ("assertion", "verify", *EXPECTED, "--public-key", path)
        shown = run(*arguments, stdin=passkey.assertion()).text
        assert shown.startswith("result: valid\n")
        assert "\nsignCountStatus: not_checked\n" in shown


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (("--challenge", "another"), "client_data.challenge_mismatch"),
        (("--origin", "https://example.com"), "client_data.origin_mismatch"),
        (("--rp-id", "example.com"), "authenticator_data.rp_id_mismatch"),
        (("--credential-id", "AAAA"), "response.credential_id_mismatch"),
        (("--user-handle", "-AAA"), "response.user_handle_mismatch"),
        (("--sign-count", "77"), "authenticator_data.sign_count"),
        (("--backup-eligible", "true"), "authenticator_data.backup_eligibility_mismatch"),
    ],
    ids=str,
)
def test_expectations_of_an_assertion_reach_the_verifier(
    wrong: tuple[str, str], code: str, passkey: Passkey
) -> None:
    expected = {"--challenge": CHALLENGE, "--origin": ORIGIN, "--rp-id": RP_ID, wrong[0]: wrong[1]}
    arguments = [word for pair in expected.items() for word in pair]
    common = ("assertion", "verify", *arguments, "--public-key", passkey.key)
    given = passkey.assertion()
    refused = run(*common, stdin=given, status=1)
    assert refused.err.startswith(f"countermark: {code}: ")
    report = run(*common, "--explain", "--json", stdin=given, status=1).json
    assert code in [check["error"]["code"] for check in report["checks"] if check["error"]]


def test_a_counter_that_goes_back_is_a_matter_of_policy(passkey: Passkey) -> None:
    common = ("assertion", "verify", *EXPECTED, "--public-key", passkey.key, "--sign-count", "77")
    ran = run(*common, "--sign-count-policy", "warn", "--json", stdin=passkey.assertion()).json
    assert ran["signCountStatus"] == "regressed"


def test_an_assertion_by_another_key_is_invalid(passkey: Passkey, tmp_path: Path) -> None:
    stranger = tmp_path / "stranger"
    stranger.write_text(
        encode(parse_attestation_object(OBJECT).authenticator_data.credential_public_key or b"")
    )
    common = ("assertion", "verify", *EXPECTED, "--public-key", stranger)
    refused = run(*common, "--json", stdin=passkey.assertion(), status=1).json
    assert refused["error"]["code"] == "signature.invalid"


def test_a_key_file_without_a_key_is_told(passkey: Passkey, tmp_path: Path) -> None:
    path = tmp_path / "key"
    for written, code, status in (
        (b"", "cbor.truncated", 3),
        (b"\xa0", "cose.missing", 3),
        (b"o2P", "base64url.trailing_bits", 3),
        (b"{}", "jwk.", 3),
        (b"-----BEGIN PUBLIC KEY-----\n", "pem.", 3),
    ):
        path.write_bytes(written)
        common = ("assertion", "verify", *EXPECTED, "--public-key", path)
        ran = run(*common, stdin=passkey.assertion(), status=status)
        assert ran.err.startswith(f"countermark: {code}"), (written, ran.err)
    path.write_bytes(passkey.credential.public_key)
    more = ("--public-key", path, "--algorithm", "ES256")
    fails("cli.usage", "assertion", "verify", *EXPECTED, *more, status=2)


@pytest.mark.parametrize(
    "garbage",
    [b"", b"null", b"{}", b'{"id":"a","id":"b"}', b"\xff", b"[" * 100_000],
    ids=range(6),
)
def test_garbage_is_invalid_and_never_a_traceback(garbage: bytes, passkey: Passkey) -> None:
    for command in (
        ("attestation", "verify", *EXPECTED),
        ("assertion", "verify", *EXPECTED, "--public-key", passkey.key),
    ):
        for flags in (("--explain",), ("--json",), ("--member", "firstFactor")):
            ran = run(*command, *flags, stdin=garbage, status=1)
            if flags == ("--json",):
                assert ran.json["valid"] is False
                assert ran.json["error"]["code"]
                assert ran.err == ""


# --- all of them ---


def test_help_tells_keys_from_passkeys() -> None:
    def words(*command: str) -> str:
        return " ".join(run(*command, "--help").text.split())

    assert "countermark assertion verify" in words("verify", "assertion")
    assert "countermark attestation verify" in words("verify", "credential")
    assert "countermark verify assertion" in words("assertion", "verify")
    assert "countermark verify credential" in words("attestation", "verify")


def test_other_commands_do_not_load_what_passkeys_need() -> None:
    program = (
        "import sys; from countermark import cli; cli.main(['--version'])\n"
        "print(sorted(name for name in sys.modules if name.startswith('countermark.webauthn')))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout.decode().splitlines()[-1] == "[]"


# --- metadata ---


def metadata_files(passkey: Passkey, folder: Path) -> tuple[Path, Path]:
    """A metadata BLOB that lists the passkey's model, and the certificate it is signed under."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "metadata")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2025, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2026, 1, 1, tzinfo=UTC))
        .sign(key, hashes.SHA256())
        .public_bytes(Encoding.DER)
    )
    aaguid = str(uuid.UUID(bytes=passkey.authenticator.aaguid()))
    root = base64.b64encode(passkey.authenticator.root).decode()
    entry = {
        "aaguid": aaguid,
        "metadataStatement": {
            "aaguid": aaguid,
            "description": "A Passkey of Software\x1b",
            "protocolFamily": "fido2",
            "attestationRootCertificates": [root],
        },
        "statusReports": [{"status": "FIDO_CERTIFIED", "effectiveDate": "2025-01-01"}],
        "timeOfLastStatusChange": "2025-01-01",
    }
    header = {"alg": "ES256", "typ": "JWT", "x5c": [base64.b64encode(certificate).decode()]}
    payload = {"legalHeader": "", "no": 1, "nextUpdate": "2025-07-01", "entries": [entry]}
    signed = ".".join(encode(json.dumps(part).encode()) for part in (header, payload))
    r, s = utils.decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    blob, anchor = folder / "blob.jwt", folder / "metadata.der"
    blob.write_text(f"{signed}.{encode(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}")
    anchor.write_bytes(certificate)
    return blob, anchor


def test_metadata_are_verified_before_they_are_trusted(passkey: Passkey, tmp_path: Path) -> None:
    blob, anchor = metadata_files(passkey, tmp_path)
    arguments = ("attestation", "verify", *EXPECTED, *AT, "--metadata", blob, "--metadata-root")
    shown = run(*arguments, anchor, stdin=passkey.json).text
    assert "  trusted: yes\n" in shown
    assert "    description: A Passkey of Software\\x1b\n" in shown
    assert "    status[0]: FIDO_CERTIFIED since 2025-01-01\n" in shown
    fails("trust.no_path", *arguments, passkey.root, stdin=passkey.json, status=1)
    later = ("--at", "2025-09-01T00:00:00Z", "--metadata", blob, "--metadata-root", anchor)
    expected = ("attestation", "verify", *EXPECTED)
    fails("metadata.expired", *expected, *later, stdin=passkey.json, status=1)


def test_metadata_that_only_name_a_model_are_called_unverified(
    passkey: Passkey, tmp_path: Path
) -> None:
    blob, _ = metadata_files(passkey, tmp_path)
    shown = run("attestation", "inspect", "--metadata", blob, stdin=passkey.json).text
    assert "(A Passkey of Software\\x1b, says the unverified metadata)\n" in shown
    as_json = run("attestation", "inspect", "--json", "--metadata", blob, stdin=passkey.json).json
    assert as_json["attestationObject"]["authData"]["aaguid"]["source"] == "unverified metadata"
