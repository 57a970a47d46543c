"""What the Dfns documentation prints: kept as computed, and what its records do not ask."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from countermark.errors import InvalidSignature
from tests.vectors.dfns_records import VECTORS, b64u_decode
from tests.vectors.doors import Door
from tests.vectors.test_vector_files import generator

FOLDER = VECTORS / "dfns-docs"


def records(name: str) -> dict[str, dict[str, Any]]:
    whole = json.loads((FOLDER / name).read_text(encoding="ascii"))
    return {record["id"]: record for record in whole["records"]}


ANSWERS = records("known-answers.json")
OBJECT = records("attestation-object.json")
RAW = bytes.fromhex(OBJECT["attestation object: strict"]["input"]["bytes"])


@pytest.mark.parametrize("script", ["dfns_docs", "dfns_docs_webauthn"])
def test_a_file_is_what_its_generator_writes(script: str) -> None:
    module = generator(script)
    assert module.TARGET.read_bytes() == module.render()


def test_the_first_signature_is_kept_three_times() -> None:
    kept = {
        id: record["expected"]["result"]
        for id, record in ANSWERS.items()
        if id.startswith("first signature") and id.endswith("verify")
    }
    assert kept == {
        "first signature as specified: verify": "signature.invalid",
        "first signature over raw line feeds: verify": "valid",
        "first signature over escapes: verify": "signature.invalid",
        "first signature beside newer client data: verify": "signature.invalid",
    }
    signed = [
        record["input"]["signature"]
        for id, record in ANSWERS.items()
        if id.startswith("first signature over") and id.endswith("verify")
    ]
    (signature,) = set(signed)
    # It stands in the credentials too: the attestation data hold it in hexadecimal.
    for id in ("as specified", "beside newer client data"):
        credential = ANSWERS[f"first signature {id}: verify"]["input"]["credential"]
        text = credential["credentialInfo"]["attestationData"]
        assert signature in b64u_decode(text).decode()


def test_all_examples_have_the_one_challenge() -> None:
    challenges = {
        given if isinstance(given, str) else given["challenge"]
        for record in ANSWERS.values()
        for name, given in record["input"].items()
        if name == "challenge"
    }
    assert challenges == {ANSWERS["challenge"]["input"]["text"]}


def test_the_attestation_object_keeps_its_bytes_and_the_order_of_its_statement(door: Door) -> None:
    read = door.parse_attestation_object(RAW)
    assert (len(read.raw), read.raw) == (1049, RAW)
    assert list(read.statement) == ["alg", "sig", "x5c"]
    data = read.authenticator_data
    assert (len(data.raw), len(data.credential_id)) == (194, 48)
    flags = data.flags
    assert (flags.user_present, flags.user_verified, flags.extension_data) == (True, True, True)
    assert (flags.backup_eligible, flags.backup_state, flags.reserved) == (False, False, 0)
    key = door.CosePublicKey.from_bytes(data.credential_public_key)
    assert key.to_bytes() == data.credential_public_key


def test_its_certificate_names_the_model_of_the_authenticator_data(door: Door) -> None:
    data = door.parse_attestation_object(RAW).authenticator_data
    extensions = OBJECT["certificate: strict"]["expected"]["output"]["extensions"]
    held = {one["oid"]: one for one in extensions}["1.3.6.1.4.1.45724.1.1.4"]
    assert (held["critical"], held["value"]) == (False, "0410" + data.aaguid.replace("-", ""))


def test_its_statement_does_not_verify_with_the_client_data_beside_it(door: Door) -> None:
    signed = bytes.fromhex(OBJECT["signature"]["input"]["message"])
    data, digest = signed[:-32], signed[-32:]
    assert data == door.parse_attestation_object(RAW).authenticator_data.raw
    assert digest == hashlib.sha256(generator("dfns_docs_webauthn").CLIENT_DATA.encode()).digest()
    with pytest.raises(InvalidSignature) as caught:
        door.verify_attestation_statement(RAW, client_data_hash=digest)
    assert caught.value.code == "signature.invalid"
