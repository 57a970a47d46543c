"""Every assertion the Dfns SDKs made, or refused to make, against what this package does.

A record says what its producer did with its inputs. The same inputs give the same bytes here; where
they mean not to, vectors/deliberate-differences.json says so and why, and a difference that is not
listed there, or is listed and gone, fails.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from countermark.vectors.readers.dfns_sdk import REFUSALS
from tests.vectors.dfns_records import (
    HASHES,
    Case,
    b64u_decode,
    cases,
    expected,
    records,
)
from tests.vectors.doors import Door, outcome, private_key

SIGNER_CASES = cases("ts-", "browser-sign", "python-", "go-")
SIGNED_CASES = [case for case in SIGNER_CASES if "output" in case.record]

each_record = pytest.mark.parametrize("case", SIGNER_CASES, ids=lambda case: case.id)
each_assertion = pytest.mark.parametrize("case", SIGNED_CASES, ids=lambda case: case.id)

# A credential id that is no text cannot stand in a vector file, so that the reader of them does not know of it.
REFUSED = {**REFUSALS, "no credId": "argument.type"}


def allow_list(case: Case) -> dict[str, Any]:
    """The allow-list of the challenge: the credential itself, but in the cases about the list."""
    about = str(case.record.get("case"))
    other = [{"id": "cr-other-00000-first", "type": "public-key"}]
    own = [{"id": case.record["input"]["credId"], "type": "public-key"}]
    if about.startswith("credId-not-in-allow-list"):
        return {"key": other, "webauthn": []}
    if about == "empty-allow-list":
        return {"key": [], "webauthn": []}
    if about == "credId-only-in-webauthn-list":
        return {"key": [], "webauthn": own}
    return {"key": own, "webauthn": []}


@cache
def sign(door: Door, case: Case) -> Any:
    """What ours does on the inputs of a record: the assertion, or the code of the refusal."""

    def call() -> Any:
        signer = door.KeySigner(
            case.record["input"]["credId"],
            # The text, as the SDKs take it, but for RSA keys, which are slow to check.
            private_key(door, case.private_key_pem)
            if case.family == "rsa"
            else case.private_key_pem,
            case.origin,
            profile=case.profile,
            cross_origin=case.cross_origin,
            # Go names a digest for every key and picks SHA-256 by itself where none is given.
            algorithm=case.algorithm,
        )
        return signer.sign({"challenge": case.challenge, "allowCredentials": allow_list(case)})

    return outcome(call)


def verify(door: Door, case: Case, assertion: Any, challenge: str) -> Any:
    return outcome(
        lambda: door.verify_assertion(
            assertion,
            challenge=challenge,
            public_key=door.PublicKey.from_pem(case.public_key_pem),
            credential_id=case.record["input"]["credId"],
            kind="Key",
            profile=case.profile,
            origin=case.origin,
            cross_origin=case.cross_origin,
            algorithm=case.fitting_algorithm,
        )
    )


@each_record
def test_signing_does_what_the_sdk_did(door: Door, case: Case) -> None:
    theirs = case.record.get("output")
    made = sign(door, case)
    observed = "signed" if isinstance(made, dict) else made
    if theirs is None:
        about = case.record.get("case", "")
        spelling = case.record["input"].get("privateKeyFormat")
        agreed = REFUSED.get(spelling) or REFUSED.get(about, "refused")
        assert observed == expected(case, "sign", "refused", agreed)
    else:
        assert observed == expected(case, "sign", "signed", "signed")
    if observed != "signed":
        return
    inner = made["credentialAssertion"]
    assert verify(door, case, made, case.challenge).credential_id == inner["credId"]
    if theirs is None:
        return
    assert inner["clientData"] == theirs["clientData"]
    if case.deterministic:
        assert inner["signature"] == theirs["signature"]


@each_assertion
def test_the_assertion_has_the_members_the_sdk_sends(door: Door, case: Case) -> None:
    made = sign(door, case)
    if not isinstance(made, dict):
        # Nothing is signed here, and that is meant.
        assert made == expected(case, "sign", "signed", "signed")
        return
    theirs = case.record["output"]["assertion"]
    assert list(made) == list(theirs)
    assert (made["kind"], made["credentialAssertion"]["credId"]) == (
        theirs["kind"],
        theirs["credentialAssertion"]["credId"],
    )

    def members(assertion: dict[str, Any]) -> str:
        inner = assertion["credentialAssertion"]
        return " ".join([*inner, inner.get("algorithm", "")]).strip()

    assert members(made) == expected(case, "members", members(theirs), members(theirs))


@each_assertion
def test_client_data_is_theirs_byte_for_byte(door: Door, case: Case) -> None:
    encoded = outcome(
        lambda: door.encode_client_data(
            case.challenge,
            "key.get",
            profile=case.profile,
            origin=case.origin,
            cross_origin=case.cross_origin,
        )
    )
    raw = b64u_decode(case.record["output"]["clientData"])
    observed = "encoded" if isinstance(encoded, bytes) else encoded
    assert observed == expected(case, "encode", "encoded", "encoded")
    if observed == "encoded":
        assert encoded == raw


@each_assertion
def test_client_data_of_theirs_is_read_as_it_was_meant(door: Door, case: Case) -> None:
    raw = b64u_decode(case.record["output"]["clientData"])
    assert case.record.get("clientDataUtf8", raw.decode()).encode() == raw
    read = outcome(lambda: door.decode_client_data(raw))
    observed = read if isinstance(read, str) else "decoded"
    assert observed == expected(case, "decode", "decoded", "decoded")
    if observed != "decoded":
        return
    assert (read.type, read.challenge, read.raw) == ("key.get", case.challenge, raw)
    if case.origin is not None:
        assert read.origin == case.origin
    if case.cross_origin is not None:
        assert read.cross_origin is case.cross_origin
    if case.challenge:
        assert case.profile in door.match_profiles(raw)


@each_assertion
def test_the_assertion_of_the_sdk_is_judged_as_it_deserves(door: Door, case: Case) -> None:
    # A challenge with a lone surrogate cannot be expected of anything: it is no text. What is read
    # before the challenge is compared refuses such client data.
    challenge = "any" if case.lone_surrogate else case.challenge
    verified = verify(door, case, case.record["output"]["assertion"], challenge)
    observed = verified if isinstance(verified, str) else "verified"
    if case.record["signatureVerifies"]:
        assert observed == expected(case, "verify", "verified", "verified")
    else:
        assert observed == expected(case, "verify", "refused", "signature.invalid")
    if observed == "verified":
        assert verified.signature == b64u_decode(case.record["output"]["signature"])
        assert verified.client_data.raw == b64u_decode(case.record["output"]["clientData"])


@each_assertion
def test_the_signature_over_the_bytes_is_judged_as_it_deserves(door: Door, case: Case) -> None:
    output = case.record["output"]
    key = door.PublicKey.from_pem(case.public_key_pem)
    # RSA-SHA1 has no entry in HASHES: that digest has no name to give.
    named = None if case.family == "ed" else HASHES.get(case.algorithm, "SHA-256")
    judged = outcome(
        lambda: key.verify(
            b64u_decode(output["clientData"]), b64u_decode(output["signature"]), hash=named
        )
    )
    observed = "verified" if judged is None else judged
    if case.record["signatureVerifies"]:
        assert observed == expected(case, "raw", "verified", "verified")
    else:
        assert observed == expected(case, "raw", "refused", "signature.invalid")


def test_every_record_of_a_signer_is_a_case() -> None:
    files = {case.file for case in SIGNER_CASES}
    assert len(SIGNER_CASES) == sum(len(records(file)) for file in files) == 483
    assert len(SIGNED_CASES) == sum("output" in r for file in files for r in records(file)) == 434
    assert len({case.id for case in SIGNER_CASES}) == len(SIGNER_CASES)
