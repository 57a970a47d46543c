"""Registrations and logins of the vectors are explained as they are judged, the first reason being the code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from countermark.errors import Error
from countermark.vectors.engines import Door
from countermark.vectors.generation.files import VectorFile, question
from countermark.vectors.operations import OPERATIONS
from tests.vectors.dfns_records import VECTORS

FILES = sorted([*(VECTORS / "attestation").iterdir(), *(VECTORS / "authentication").iterdir()])
JUDGES = {
    "registration.verify": ("verify_registration", "explain_registration"),
    "authentication.verify": ("verify_authentication", "explain_authentication"),
}


class Explaining:
    """A door whose verifying functions explain, and keep the codes that an explanation comes to."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self.codes: list[str] = []

    def __getattr__(self, name: str) -> Any:
        for verify, explain in JUDGES.values():
            if name == verify:
                return lambda *given, **options: self._explain(explain, given, options)
        return getattr(self._door, name)

    def _explain(self, explain: str, given: Any, options: Any) -> Any:
        try:
            report = getattr(self._door, explain)(*given, **options)
        except Error as error:
            # Bad expectations are the caller's fault, and a stored key that is not taken is one of them.
            is_callers_fault = error.code == "argument.value" or "public_key" in options
            assert is_callers_fault
            self.codes = [error.code]
            raise
        self.codes = ["valid"] if report.valid else [error.code for error in report.errors]
        raise Explained


class Explained(Exception):
    """There is an explanation, and no result to go on with."""


@pytest.mark.parametrize("engine", ["native", "reference"])
@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_record_is_explained_as_it_is_judged(path: Path, engine: str) -> None:
    whole = json.loads(path.read_text(encoding="ascii"))
    records = whole.pop("records")
    file = VectorFile(
        **{name: value for name, value in whole.items() if name != "format"}, records=records
    )
    operation = OPERATIONS[file.operation]
    wrong = []
    for record in records:
        door = Explaining(Door(engine))
        with pytest.raises((Explained, Error)):
            operation(door, question(file, record).input)
        if door.codes[:1] != [record["expected"]["result"]]:
            wrong.append(f"{record['id']}: {door.codes}")
    assert records
    assert not wrong, "\n".join(wrong)
