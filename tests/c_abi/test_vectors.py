"""Every record of the vectors through the C library and through Python's own door: the same bytes, the same codes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from countermark.errors import Error
from countermark.vectors.engines import Door
from countermark.vectors.model import FORMAT
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


def questions(path: Path) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The id, the operation and the input of every record of a file of the common format."""
    whole = json.loads(path.read_text("ascii"))
    if not isinstance(whole, dict) or whole.get("format") != FORMAT:
        return
    for record in whole["records"]:
        laid = {**whole.get("input", {}), **record.get("input", {})}
        taken = {name: value for name, value in laid.items() if value is not None}
        yield record["id"], record.get("operation", whole.get("operation")), taken


def answer(door: Any, operation: str, input: Mapping[str, Any]) -> Any:
    try:
        return OPERATIONS[operation](door, input)
    except Error as error:
        return error.code


FILES: Final = [path for path in sorted(VECTORS.rglob("*.json")) if any(questions(path))]


@pytest.mark.skipif(not FILES, reason="no vectors of the common format are here")
@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(VECTORS)))
def test_the_library_answers_as_python_does(path: Path) -> None:
    native = Door("native")
    counted: Counter[str] = Counter()
    differ = []
    for name, operation, input in questions(path):
        if operation in NOT_IN_C:
            counted[f"{operation}: {NOT_IN_C[operation]}"] += 1
            continue
        counted["asked"] += 1
        due, found = answer(native, operation, input), answer(c_door, operation, input)
        if found != due and not random(operation, due, found):
            differ.append(f"{name}: {found} where Python answers {due}")
    assert not differ, "\n".join(differ[:20])
    assert counted


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
