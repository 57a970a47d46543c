"""The known answers of the Dfns documentation: client data by producer, recipe, examples."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from countermark.errors import InvalidSignature
from tests.vectors.dfns_records import VECTORS, b64u_decode, b64u_encode
from tests.vectors.doors import Door, outcome

RECORDS: list[dict[str, Any]] = json.loads(
    (VECTORS / "dfns-docs" / "known-answers.json").read_text(encoding="ascii")
)["records"]


def of_kind(kind: str) -> list[dict[str, Any]]:
    return [record for record in RECORDS if record["kind"] == kind]


ASSERTIONS = of_kind("assertion")
(ATTESTATION,) = of_kind("attestation")
DOCUMENTED = of_kind("documentation")
WITH_CLIENT_DATA = [record for record in RECORDS if "clientData" in record]
WITH_FINGERPRINT = [record for record in RECORDS if "fingerprint" in record]

each_assertion = pytest.mark.parametrize("record", ASSERTIONS, ids=lambda record: record["name"])
each_client_data = pytest.mark.parametrize(
    "record", WITH_CLIENT_DATA, ids=lambda record: record["name"]
)
each_fingerprint = pytest.mark.parametrize(
    "record", WITH_FINGERPRINT, ids=lambda record: record["name"]
)
each_documented = pytest.mark.parametrize(
    "record",
    [record for record in DOCUMENTED if "clientData" in record],
    ids=lambda record: record["name"],
)


def test_all_known_answers_are_there() -> None:
    assert (len(ASSERTIONS), len(DOCUMENTED), len(RECORDS)) == (6, 4, 11)
    assert (len(WITH_CLIENT_DATA), len(WITH_FINGERPRINT)) == (10, 4)


@each_client_data
def test_client_data_has_the_published_bytes(door: Door, record: dict[str, Any]) -> None:
    creating = record["kind"] != "assertion"
    made = door.encode_client_data(
        record["challenge"],
        "key.create" if creating else "key.get",
        profile=record.get("profile", "docs-2024" if record.get("origin") else "canonical"),
        # The Python SDK writes this origin unasked.
        origin=None if record.get("profile") == "python" else record.get("origin"),
    )
    assert made == record["clientData"].encode()
    assert hashlib.sha256(made).hexdigest() == record["clientDataHash"]


@each_assertion
def test_a_signer_gives_the_published_assertion(door: Door, record: dict[str, Any]) -> None:
    signer = door.KeySigner(
        "cr-known", record["privateKeyPem"], record["origin"], profile=record["profile"]
    )
    challenge = {
        "challenge": record["challenge"],
        "allowCredentials": {"key": [{"id": "cr-known"}]},
    }
    assert signer.sign(challenge) == {
        "kind": "Key",
        "credentialAssertion": {
            "credId": "cr-known",
            "clientData": b64u_encode(record["clientData"].encode()),
            "signature": record["signature"],
        },
    }


@each_assertion
def test_the_published_assertion_verifies(door: Door, record: dict[str, Any]) -> None:
    assertion = {
        "kind": "Key",
        "credentialAssertion": {
            "credId": "cr-known",
            "clientData": b64u_encode(record["clientData"].encode()),
            "signature": record["signature"],
        },
    }
    verified = door.verify_assertion(
        assertion,
        challenge=record["challenge"],
        public_key=door.PublicKey.from_pem(record["publicKeyPem"]),
        profile=record["profile"],
        origin=record["origin"],
    )
    assert verified.client_data.challenge == record["challenge"]


@each_fingerprint
def test_the_fingerprint_has_the_published_bytes(door: Door, record: dict[str, Any]) -> None:
    made = door.fingerprint(record["clientData"].encode(), record["publicKeyPem"])
    assert made == record["fingerprint"].encode()
    assert hashlib.sha256(made).hexdigest() == record["fingerprintHash"]


def test_the_recipe_gives_the_worked_attestation(door: Door) -> None:
    body = door.create_credential(
        door.PrivateKey.from_pem(ATTESTATION["privateKeyPem"]),
        ATTESTATION["challenge"],
        credential_id="cr-known",
    )
    assert body["credentialKind"] == "Key"
    assert body["credentialInfo"] == {
        "credId": "cr-known",
        "clientData": b64u_encode(ATTESTATION["clientData"].encode()),
        "attestationData": b64u_encode(
            door.encode_attestation_data(
                ATTESTATION["publicKeyPem"], bytes.fromhex(ATTESTATION["signatureHex"])
            )
        ),
    }
    verified = door.verify_attestation(body, challenge=ATTESTATION["challenge"])
    assert verified.fingerprint == ATTESTATION["fingerprint"].encode()
    assert verified.public_key_pem == ATTESTATION["publicKeyPem"]


@each_documented
def test_a_printed_attestation_is_judged_by_the_recipe(door: Door, record: dict[str, Any]) -> None:
    body = {
        "credentialKind": "Key",
        "credentialInfo": {
            "credId": "cr-docs",
            "clientData": b64u_encode(record["clientData"].encode()),
            "attestationData": b64u_encode(
                door.encode_attestation_data(
                    record["publicKeyPem"], bytes.fromhex(record["signatureHex"])
                )
            ),
        },
    }
    judged = outcome(
        lambda: door.verify_attestation(
            body, challenge=record["challenge"], origin=record["origin"]
        )
    )
    observed = judged if isinstance(judged, str) else "verifies"
    assert observed == record["expect"]


def test_the_flagship_signature_covers_raw_line_feeds(door: Door) -> None:
    by_name = {record["name"]: record for record in DOCUMENTED}
    specified = by_name["first-signature-as-specified"]
    raw = by_name["first-signature-raw-newlines"]
    key = door.PublicKey.from_pem(raw["publicKeyPem"])
    signature = bytes.fromhex(raw["signatureHex"])
    assert signature == bytes.fromhex(specified["signatureHex"])

    # The two messages differ in nothing but the four escapes of the PEM text.
    assert raw["message"] == specified["fingerprint"].replace("\\n", "\n")
    assert raw["message"].count("\n") == specified["fingerprint"].count("\\n") == 4
    key.verify(raw["message"].encode(), signature)
    with pytest.raises(InvalidSignature):
        key.verify(specified["fingerprint"].encode(), signature)

    # And a text with raw line feeds in a string is no JSON: no verifier can have rebuilt it.
    assert outcome(lambda: door.decode_client_data(raw["message"].encode())) == "json.syntax"


def test_the_documentation_examples_share_one_key(door: Door) -> None:
    assert {record["publicKeyPem"] for record in DOCUMENTED} == {
        door.PublicKey.from_pem(DOCUMENTED[0]["publicKeyPem"]).to_pem()
    }
    decoded = b64u_decode("Y2gtNzloaHQtbXJlb2stOGFwOHFtMmVpZWZ0amxhZw")
    assert decoded == b"ch-79hht-mreok-8ap8qm2eieftjlag"
    assert {record["challenge"] for record in RECORDS} == {b64u_encode(decoded)}
