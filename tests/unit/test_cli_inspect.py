"""``attestation inspect`` and ``cbor diag``: what passkeys send, as a person would look at it."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path

import pytest

from countermark.webauthn import CosePublicKey, cbor, parse_attestation_object
from tests.unit.command import fails, run
from tests.unit.passkey_files import (
    DOCUMENTED,
    EXPECTED,
    FORMATS,
    OBJECT,
    ORIGIN,
    RP_ID,
    Passkey,
    passkey_format,
)


@pytest.fixture
def passkey(tmp_path: Path) -> Passkey:
    return Passkey(tmp_path)


# --- attestation inspect ---


def test_the_documented_object_is_shown_whole() -> None:
    shown = run("attestation", "inspect", stdin=DOCUMENTED).text
    for line in (
        "read: base64url, 1049 bytes of CBOR",
        "  fmt: packed",
        "    alg: -7 (ES256)",
        "    sig: 71 bytes",
        "      serial: 0xd55b9c6897a2ca88",
        "      subject: CN=Yubico U2F EE Serial 1755077589,OU=Authenticator Attestation,O=Yubico AB,C=SE",
        "      issuer: CN=Yubico U2F Root CA Serial 457200631",
        "      notBefore: 2014-08-01T00:00:00Z",
        "      notAfter: 2050-09-04T00:00:00Z",
        "      signatureAlgorithm: 1.2.840.113549.1.1.11 (sha256WithRSAEncryption)",
        "        Yubico firmware version (1.3.6.1.4.1.41482.13.1): 5.4.3",
        "        Yubico device type (1.3.6.1.4.1.41482.2): 1.3.6.1.4.1.41482.1.7",
        "        FIDO transports (1.3.6.1.4.1.45724.2.1.1): USB",
        "        FIDO AAGUID (1.3.6.1.4.1.45724.1.1.4): ee882879-721c-4913-9775-3dfcce97072a",
        "        basicConstraints (2.5.29.19, critical):",
        "          cA: no",
        "      UP: yes (user present)",
        "      UV: yes (user verified)",
        "      BE: no (backup eligible)",
        "      ED: yes (extension data)",
        "    signCount: 1",
        "    aaguid: ee882879-721c-4913-9775-3dfcce97072a (YubiKey 5 Series)",
        "      kty: 2 (EC2)",
        "      crv: 1 (P-256)",
        "        -----BEGIN PUBLIC KEY-----",
        "      credProtect: 2 (user verification optional with credential ID list)",
        "  tolerated: none",
    ):
        assert f"\n{line}\n" in f"\n{shown}", line
    hex_of_all = shown.replace("\n", "").replace(" ", "")
    found = parse_attestation_object(OBJECT)
    data = found.authenticator_data
    for part in (
        found.statement["sig"],
        data.rp_id_hash,
        data.credential_id,
        data.credential_public_key,
    ):
        assert part.hex() in hex_of_all
    assert base64.b64encode(found.statement["x5c"][0]).decode() in hex_of_all


def test_json_says_the_same(tmp_path: Path) -> None:
    path = tmp_path / "object.cbor"
    path.write_bytes(OBJECT)
    shown = run("attestation", "inspect", path, "--json").json
    found = shown["attestationObject"]
    assert shown["read"] == {"form": "raw", "size": 1049}
    assert found["fmt"] == "packed"
    assert found["attStmt"]["alg"] == {"value": -7, "name": "ES256"}
    certificate = found["attStmt"]["x5c"][0]
    assert certificate["notAfter"] == "2050-09-04T00:00:00Z"
    assert certificate["extensions"][4]["value"] == {"cA": False, "pathLenConstraint": None}
    assert found["authData"]["flags"]["UV"] is True
    assert found["authData"]["aaguid"]["name"] == "YubiKey 5 Series"
    assert found["authData"]["extensions"]["credProtect"]["value"] == 2
    pem = found["authData"]["credentialPublicKey"]["pem"]
    key = CosePublicKey.from_bytes(
        parse_attestation_object(OBJECT).authenticator_data.credential_public_key
    )
    assert pem == key.public_key.to_pem()


@pytest.mark.parametrize(
    ("written", "form"),
    [
        (OBJECT, "raw"),
        (OBJECT.hex(), "hex"),
        (OBJECT.hex().upper() + "\n", "hex"),
        (OBJECT.hex(" "), "hex"),
        (DOCUMENTED + "\n", "base64url"),
        (DOCUMENTED + "=", "base64url"),
        (base64.b64encode(OBJECT), "base64"),
        (base64.encodebytes(OBJECT), "base64"),
    ],
    ids=["raw", "hex", "HEX", "spaced", "base64url", "padded", "base64", "lines"],
)
def test_the_forms_are_told_apart_and_named(written: bytes | str, form: str) -> None:
    shown = run("attestation", "inspect", "-", "--json", stdin=written).json
    assert shown["read"] == {"form": form, "size": 1049}
    assert shown["attestationObject"]["authData"]["signCount"] == 1


def test_a_browser_response_shows_its_client_data(passkey: Passkey) -> None:
    shown = run("attestation", "inspect", "--rp-id", RP_ID, stdin=passkey.json).text
    assert shown.startswith("read: JSON of a browser, ")
    assert "    challenge: a-challenge\n" in shown
    assert f"  sha256: {hashlib.sha256(passkey.client_data).hexdigest()}\n" in shown
    assert "    rpId: the hash of example.org\n" in shown


def test_a_dfns_credential_is_read_too(passkey: Passkey) -> None:
    inner = passkey.response["response"]
    credential = {
        "credentialKind": "Fido2",
        "credentialInfo": {
            "credId": passkey.response["id"],
            "clientData": inner["clientDataJSON"],
            "attestationData": inner["attestationObject"],
        },
    }
    shown = run("attestation", "inspect", "--json", stdin=json.dumps(credential)).json
    assert shown["read"]["form"] == "JSON of a Dfns credential"
    assert shown["clientData"]["members"]["origin"] == ORIGIN
    whole = json.dumps({"firstFactorCredential": credential})
    fails("response.missing", "attestation", "inspect", stdin=whole, status=3)
    member = ("--member", "firstFactorCredential")
    assert run("attestation", "inspect", "--json", *member, stdin=whole).json == shown
    verified = run("attestation", "verify", "--json", *member, *EXPECTED, stdin=whole).json
    assert verified["valid"] is True


def test_another_relying_party_is_told(passkey: Passkey) -> None:
    shown = run("attestation", "inspect", "--rp-id", "example.com", "--json", stdin=passkey.json)
    told = shown.json["attestationObject"]["authData"]["rpId"]
    assert told == {"rpId": "example.com", "matches": False}
    text = run("attestation", "inspect", "--rp-id", "example.com", stdin=passkey.json).text
    assert "    rpId: NOT the hash of example.com\n" in text


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_is_shown(format: str, tmp_path: Path) -> None:
    passkey = Passkey(tmp_path, format)
    shown = run("attestation", "inspect", stdin=passkey.json).text
    assert f"  fmt: {passkey_format(format)}\n" in shown
    for line in {
        "tpm": [
            "            tpmManufacturer: id:FFFFF1D0",
            "    certInfo: 173 bytes",
            "          purpose: 2.23.133.8.3 (TPM attestation identity key)",
        ],
        "android-key": ["          attestationSecurityLevel: 1 (trusted environment)"],
        "android-safetynet": [
            "        ctsProfileMatch: yes",
            "              dNSName: attest.android.com",
        ],
        "apple": ["        Apple nonce (1.2.840.113635.100.8.2):"],
        "compound": ["  attStmt[1]:", "    fmt: android-key"],
        "fido-u2f": ["    aaguid: 00000000-0000-0000-0000-000000000000 (it does not say which)"],
    }.get(format, []):
        assert f"\n{line}\n" in shown, line
    as_json = run("attestation", "inspect", "--json", stdin=passkey.json).json
    assert as_json["attestationObject"]["fmt"] == passkey_format(format)


def test_deviations_are_told_and_refused_when_strict() -> None:
    # The same entries in another order than CTAP2 asks for.
    parts = cbor.decode(OBJECT, strictness="interoperable")
    assert isinstance(parts, dict)
    disordered = b"\xa3" + b"".join(
        cbor.encode(name) + cbor.encode(parts[name]) for name in ("authData", "attStmt", "fmt")
    )
    shown = run("attestation", "inspect", stdin=disordered).text
    assert "  tolerated[0]: cbor.order in attestation_object\n" in shown
    fails("cbor.order", "attestation", "inspect", "--strict", stdin=disordered, status=3)


def test_a_key_that_is_none_is_shown_with_the_reason() -> None:
    key = parse_attestation_object(OBJECT).authenticator_data.credential_public_key
    assert key is not None
    off_curve = OBJECT.replace(key, key[:-1] + bytes([key[-1] ^ 1]))
    shown = run("attestation", "inspect", "--json", stdin=off_curve).json
    told = shown["attestationObject"]["authData"]["credentialPublicKey"]
    assert told["error"]["code"] == "key.point"
    assert told["crv"]["name"] == "P-256"
    assert "pem" not in told


def test_a_certificate_that_is_none_is_shown_with_the_reason() -> None:
    broken = OBJECT.replace(b"\x30\x82\x02\xd9\x30\x82", b"\x30\x82\x02\xd9\x31\x82")
    shown = run("attestation", "inspect", "--json", stdin=broken).json
    certificate = shown["attestationObject"]["attStmt"]["x5c"][0]
    assert certificate["error"]["code"].startswith("der.")
    assert len(certificate["der"]) == 2 * 733


def test_a_subject_cannot_write_to_the_terminal() -> None:
    # Other characters of the same length in the subject: an escape, a new line, a bidi override.
    hostile = OBJECT.replace(b"Yubico U2F EE Serial", b"\x1b[31m\n\xe2\x80\xaeico EE Seri")
    shown = run("attestation", "inspect", stdin=hostile)
    assert all(character.isprintable() or character == "\n" for character in shown.text)
    assert "\x1b" not in shown.text
    assert "\u202e" not in shown.text


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (b"", "cbor.truncated"),
        (b"\xff", "cbor.break"),
        (OBJECT[:-1], "cbor.truncated"),
        (OBJECT + b"\x00", "cbor.trailing"),
        (b"\x80", "cbor.shape"),
        (b"\xa0", "attestation_object.missing"),
        (b"o2N!", "base64url.alphabet"),
        (b"o2NtZ", "base64url.length"),
        (b"o2N=m", "base64url.padding"),
        (b"o2Ntx", "base64url.length"),
        (b"o2P", "base64url.trailing_bits"),
        (b"a36", "hex.length"),
        (b"{", "json.syntax"),
        (b"\xef\xbb\xbf{}", "json.bom"),
        (b"{}", "response.missing"),
        (b'{"response":1}', "response.type"),
        (b'{"response":{}}', "response.missing"),
        (b'{"response":{"attestationObject":1}}', "response.type"),
        (b'{"response":{"attestationObject":"*"}}', "base64url.alphabet"),
        (b'{"response":{"attestationObject":"\\ud800"}}', "base64url.alphabet"),
        (b'{"response":{"a":1,"a":1}}', "json.duplicate"),
        (b"\x81" * 100, "limit.depth"),
        (b"\x00" * 70_000, "limit.size"),
    ],
    ids=range(23),
)
def test_what_is_no_attestation_object_is_3(given: bytes, code: str) -> None:
    fails(code, "attestation", "inspect", stdin=given, status=3)


# --- cbor diag ---


@pytest.mark.parametrize(
    ("given", "form", "said"),
    [
        (b"\xa2\x01\x02\x03\x26", "raw, 5 bytes", "{1: 2, 3: -7}"),
        (b"a201020326", "hex, 5 bytes", "{1: 2, 3: -7}"),
        (b"A2 01 02\n03 26\n", "hex, 5 bytes", "{1: 2, 3: -7}"),
        (b"ogECAyY", "base64url, 5 bytes", "{1: 2, 3: -7}"),
        (b"ogECAyY=\n", "base64, 5 bytes", "{1: 2, 3: -7}"),
        (b"9f01ff", "hex, 3 bytes", "[_ 1]"),
    ],
    ids=range(6),
)
def test_cbor_is_shown_with_how_it_was_read(given: bytes, form: str, said: str) -> None:
    assert run("cbor", "diag", stdin=given).text == f"/ {form} /\n{said}\n"


def test_text_may_be_meant_as_the_bytes_themselves() -> None:
    # Three characters that are hex, base64, and the CBOR of the text "ab".
    assert run("cbor", "diag", stdin=b"bab", status=3).err.startswith("countermark: hex.length: ")
    raw = run("cbor", "diag", "--from", "raw", "--json", stdin=b"bab").json
    assert raw == {"form": "raw", "size": 3, "diagnostic": '"ab"'}


def test_strict_cbor_is_canonical() -> None:
    run("cbor", "diag", stdin=b"9f01ff")
    fails("cbor.indefinite", "cbor", "diag", "--strict", stdin=b"9f01ff", status=3)
    fails("cbor.trailing", "cbor", "diag", stdin=b"0101", status=3)
    fails("hex.alphabet", "cbor", "diag", "--from", "hex", stdin=b"zz", status=3)


def test_text_in_cbor_cannot_write_to_the_terminal() -> None:
    shown = run("cbor", "diag", stdin=cbor.encode("\x1b[31m\u202e")).text
    assert all(character.isprintable() or character == "\n" for character in shown)
