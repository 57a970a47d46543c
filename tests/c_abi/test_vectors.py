"""Every record of the vectors through the C library and through Python's own door: the same bytes, the same codes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from countermark.errors import Error
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
        if found != due and not random(operation, due, found):
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


def random(operation: str, due: Any, found: Any) -> bool:
    """Whether the answers may differ because signatures are random: both are answers, and none of them is a code."""
    drawn: dict[str, Callable[[Any], Any]] = {
        "credential.create": lambda output: output["credential"].keys(),
        "assertion.sign": lambda output: output["assertion"].keys(),
        "signature.sign": lambda output: output.keys(),
    }
    if operation not in drawn or isinstance(due, str) or isinstance(found, str):
        return False
    return bool(drawn[operation](due) == drawn[operation](found))
