"""Every record of the vectors through the C library and through Python's own door: the same bytes, the same codes."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from countermark.errors import Error, InvalidSignature
from countermark.vectors import reading
from countermark.vectors.engines import Door
from countermark.vectors.operations import OPERATIONS
from tests.c_abi import door as c_door

VECTORS: Final = Path(__file__).resolve().parents[2] / "vectors"

NOT_IN_C: Final = {
    "attestation_object.read": "a structure that the ceremonies read by themselves",
    "authenticator_data.read": "a structure that the ceremonies read by themselves",
    "base64url.decode": "every language has it",
    "base64url.encode": "every language has it",
    "cbor.decode": "a structure that the ceremonies read by themselves",
    "certificate.path": "part of the registration of a passkey",
    "certificate.read": "a structure that the ceremonies read by themselves",
    "client_data.decode_b64u": "the text form of one that is there",
    "cose_key.read": "part of the ceremonies",
    "cose_key.write": "part of the ceremonies",
    "hex.decode": "every language has it",
    "pem.decode": "part of loading keys",
}
"""Operations that the C library does not offer, each with the reason."""


def answer(door: Any, operation: str, input: Mapping[str, Any]) -> Any:
    try:
        return OPERATIONS[operation](door, input)
    except Error as error:
        return error.code


FILES: Final = reading.find([VECTORS])


def test_there_are_vectors() -> None:
    assert FILES


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(VECTORS)))
def test_the_library_answers_as_python_does(path: Path) -> None:
    native = Door("native")
    asked = 0
    differ = []
    records = reading.read(path).records
    for record in records:
        operation, input = record.question.operation, record.question.input
        if operation in NOT_IN_C:
            continue
        asked += 1
        due, found = answer(native, operation, input), answer(c_door, operation, input)
        if isinstance(due, str) and not has_utf8(input):
            due = "json.utf8"
        if not same(native, operation, input, due, found):
            differ.append(f"{record.id}: {found} where Python answers {due}")
    assert not differ, "\n".join(differ[:20])
    assert records
    assert asked or {record.question.operation for record in records} <= NOT_IN_C.keys()


def has_utf8(input: Mapping[str, Any]) -> bool:
    """Whether there is no lone surrogate in it: a str of Python may hold one, text in UTF-8 does not."""
    try:
        json.dumps(input, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def same(door: Any, operation: str, input: Mapping[str, Any], due: Any, found: Any) -> bool:
    """Whether the answers are the same; where a signature is drawn at random, all but it, and whether it verifies."""
    if found == due:
        return True
    if operation not in SIGNING or isinstance(due, str) or isinstance(found, str):
        return False
    key = door.PrivateKey.from_pem(input["private_key"])
    if str(key.algorithm) not in RANDOM and input.get("padding") != "pss":
        return False
    return without_signature(due) == without_signature(found) and verifies(
        door, key.public_key, input, found
    )


SIGNING: Final = {"credential.create", "assertion.sign", "signature.sign"}
RANDOM: Final = {"ES256", "ES384", "ES512"}
"""Keys whose signatures are never the same twice; those of RSA keys are not with PSS."""


def without_signature(answer: Any) -> Any:
    """An answer with the text of its signature taken out, as text, so that the order of members counts."""
    answer = copy.deepcopy(answer)
    if "assertion" in answer:
        answer["assertion"]["credentialAssertion"]["signature"] = ""
    elif "credential" in answer:
        info = answer["credential"]["credentialInfo"]
        data = json.loads(c_door.decode(info["attestationData"].rstrip("=")))
        info["attestationData"] = {**data, "signature": ""}
    else:
        answer["signature"] = ""
    return json.dumps(answer)


def verifies(door: Any, public_key: Any, input: Mapping[str, Any], answer: Any) -> bool:
    """Whether Python's own door takes the signature in an answer; it raises where it does not."""
    chosen = {
        name: input[name] for name in ("padding", "cross_origin", "origin", "kind") if name in input
    }
    expected = {**chosen, "public_key": public_key, "allow_padded_base64url": True}
    if "assertion" in answer:
        challenge = input["challenge"]["challenge"]
        door.verify_assertion(answer["assertion"], challenge=challenge, **expected)
    elif "credential" in answer:
        door.verify_attestation(answer["credential"], challenge=input["challenge"], **expected)
    else:
        options = {name: input[name] for name in ("hash", "padding") if name in input}
        message, signature = bytes.fromhex(input["message"]), bytes.fromhex(answer["signature"])
        public_key.verify(message, signature, **options)
    return True


@pytest.mark.parametrize("algorithm", ["Ed25519", "Ed448", "RS256", "ES256K", "ES256"])
def test_a_signature_of_zeros_is_not_the_same(algorithm: str) -> None:
    native: Any = Door("native")
    key = native.PrivateKey.generate(algorithm)
    input = {"private_key": key.export_private_key("pem").decode(), "message": b"message".hex()}
    due = answer(native, "signature.sign", input)
    zeros = {"signature": "00" * (len(due["signature"]) // 2)}
    assert same(native, "signature.sign", input, due, due)
    assert same(native, "signature.sign", input, due, answer(c_door, "signature.sign", input))
    try:
        taken = same(native, "signature.sign", input, due, zeros)
    except InvalidSignature:
        taken = False
    assert not taken
