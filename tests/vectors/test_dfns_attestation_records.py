"""Every attestation record: the documented recipe step by step, and what the browser SDK made."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.vectors.dfns_records import Case, b64u_decode, b64u_encode, cases, expected
from tests.vectors.doors import Door, outcome, private_key

PROCEDURE_CASES = cases("attestation-procedure")
BROWSER_CASES = cases("browser-create")
SHAPES = {"new": "canonical", "old": "docs-2024", "unsorted": "ts-browser"}

each_attestation = pytest.mark.parametrize(
    "case", [*PROCEDURE_CASES, *BROWSER_CASES], ids=lambda case: case.id
)
each_procedure = pytest.mark.parametrize("case", PROCEDURE_CASES, ids=lambda case: case.id)


def profile(case: Case) -> str:
    return SHAPES.get(case.record["input"].get("clientDataShape"), "ts-browser")


def origin(case: Case) -> str | None:
    """The origin that stands in the client data of the older shape."""
    found: str | None = json.loads(b64u_decode(info(case)["clientData"])).get("origin")
    return found


def info(case: Case) -> dict[str, str]:
    """What the producer sends as ``credentialInfo``."""
    output = case.record["output"]
    sent: dict[str, str] = (
        output["credentialInfo"]
        if "credentialInfo" in output
        else output["attestation"]["credentialInfo"]
    )
    return sent


def attestation(case: Case) -> dict[str, str]:
    found: dict[str, str] = json.loads(b64u_decode(info(case)["attestationData"]))
    return found


def order(case: Case) -> str:
    """The order of the members: the signers of 2026 write the algorithm first."""
    return "2026" if next(iter(attestation(case))) == "algorithm" else "docs"


def fingerprint(case: Case) -> bytes:
    record = case.record
    text = record["fingerprint"] if "fingerprint" in record else record["output"]["fingerprint"]
    return str(text).encode()


def create(door: Door, case: Case) -> Any:
    """Ours, from the inputs of the record and the PEM text its producer chose."""
    return outcome(
        lambda: door.create_credential(
            private_key(door, case.private_key_pem),
            case.challenge,
            credential_id=case.record["input"]["credId"],
            algorithm=case.algorithm,
            profile=profile(case),
            origin=origin(case),
            public_key_pem=attestation(case)["publicKey"],
            attestation_order=order(case),
        )
    )


def verify(door: Door, case: Case, body: dict[str, Any]) -> Any:
    return outcome(
        lambda: door.verify_attestation(
            body,
            challenge=case.challenge,
            public_key=door.PublicKey.from_pem(case.public_key_pem),
            credential_id=case.record["input"]["credId"],
            kind="Key",
            profile=profile(case),
            origin=origin(case),
        )
    )


@each_attestation
def test_a_credential_is_made_of_the_bytes_they_make(door: Door, case: Case) -> None:
    made = create(door, case)
    observed = "created" if isinstance(made, dict) else made
    assert observed == expected(case, "create", "created", "created")
    if observed != "created":
        return
    assert list(made) == ["credentialKind", "credentialInfo"]
    ours, theirs = made["credentialInfo"], info(case)
    assert list(ours) == ["credId", "clientData", "attestationData"]
    assert verify(door, case, made).credential_id == theirs["credId"]
    assert (ours["credId"], ours["clientData"]) == (theirs["credId"], theirs["clientData"])
    if case.deterministic:
        assert ours["attestationData"] == theirs["attestationData"]
        return
    # ECDSA is random: all but the signature is the same.
    fresh = json.loads(b64u_decode(ours["attestationData"])) | {
        "signature": attestation(case)["signature"]
    }
    rebuilt = b64u_encode(json.dumps(fresh, separators=(",", ":")).encode())
    assert rebuilt == theirs["attestationData"]


@each_attestation
def test_the_fingerprint_is_theirs_byte_for_byte(door: Door, case: Case) -> None:
    raw = b64u_decode(info(case)["clientData"])
    assert door.fingerprint(raw, attestation(case)["publicKey"]) == fingerprint(case)


@each_attestation
def test_attestation_data_is_theirs_byte_for_byte(door: Door, case: Case) -> None:
    members = attestation(case)
    made = door.encode_attestation_data(
        members["publicKey"],
        bytes.fromhex(members["signature"]),
        algorithm=members.get("algorithm"),
        order=order(case),
    )
    assert made == b64u_decode(info(case)["attestationData"])


@each_attestation
def test_their_attestation_is_judged_as_it_deserves(door: Door, case: Case) -> None:
    body = {"credentialKind": "Key", "credentialInfo": info(case)}
    verified = verify(door, case, body)
    observed = verified if isinstance(verified, str) else "verified"
    if case.record.get("signatureVerifies", True):
        assert observed == expected(case, "verify", "verified", "verified")
    else:
        assert observed == expected(case, "verify", "refused", "signature.invalid")
    if observed == "verified":
        assert verified.fingerprint == fingerprint(case)
        assert verified.public_key_pem == attestation(case)["publicKey"]


@each_attestation
def test_their_signature_covers_the_fingerprint_and_nothing_else(door: Door, case: Case) -> None:
    key = door.PublicKey.from_pem(attestation(case)["publicKey"])
    signature = bytes.fromhex(attestation(case)["signature"])
    named = None if case.family == "ed" else "SHA-512" if case.algorithm == "SHA512" else "SHA-256"

    def judged(message: bytes) -> Any:
        return outcome(lambda: key.verify(message, signature, hash=named))

    good = case.record.get("signatureVerifies", True)
    assert judged(fingerprint(case)) == (None if good else "signature.invalid")
    assert judged(b64u_decode(info(case)["clientData"])) == "signature.invalid"


@each_procedure
def test_the_intermediate_values_of_the_recipe_agree(case: Case) -> None:
    output = case.record["output"]
    assert b64u_decode(output["clientData"]).decode() == output["clientDataJson"]
    assert b64u_decode(output["attestationData"]).decode() == output["attestationDataJson"]
    assert json.loads(output["fingerprint"])["clientDataHash"] == output["clientDataHash"]
    assert attestation(case)["signature"] == output["signatureHex"]


def test_every_attestation_record_is_a_case() -> None:
    assert (len(PROCEDURE_CASES), len(BROWSER_CASES)) == (34, 8)
    wrong = [case for case in BROWSER_CASES if not case.record["signatureVerifies"]]
    assert [case.record["keyType"] for case in wrong] == ["p384", "p521"]
    assert {order(case) for case in PROCEDURE_CASES} == {"docs", "2026"}
