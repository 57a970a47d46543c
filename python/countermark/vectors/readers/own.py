"""The format ``countermark-vectors/1``, which ``vectors/README.md`` describes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from countermark.errors import CODES, MalformedInput
from countermark.vectors.model import VALID, Answer, Question, Record, Skip
from countermark.vectors.operations import OPERATIONS

_FILE: Final = frozenset(
    {"format", "subject", "note", "operation", "origin", "section", "input", "records"}
)
_RECORD: Final = frozenset({"id", "shows", "section", "origin", "operation", "input", "expected"})
_SUBJECT: Final = re.compile(r"[a-z0-9][a-z0-9_.-]*(/[a-z0-9][a-z0-9_.-]*)*")
_ID: Final = re.compile(r"[a-z0-9][a-z0-9 ._:+-]*", re.IGNORECASE | re.ASCII)


def read(path: Path, whole: Any) -> Iterator[Record | Skip]:  # noqa: ARG001  the signature of all readers
    """The records of a file; nothing of this format is ever skipped.

    Raises:
        MalformedInput: the file or a record of it is not as the format says.
    """
    _only(whole, _FILE, "the file")
    subject, _ = _text(whole, "subject", "the file"), _text(whole, "note", "the file")
    if not _SUBJECT.fullmatch(subject):
        raise _wrong("subject is no path in lower case", "subject")
    records = whole.get("records")
    if not isinstance(records, list) or not records:
        raise _wrong("records is no array of at least one record", "records")
    for index, record in enumerate(records):
        yield _record(whole, record, f"record {index}")


def _record(whole: Mapping[str, Any], record: Any, place: str) -> Record:
    if not isinstance(record, dict):
        raise _wrong(f"{place} is no object", place)
    name = _text(record, "id", place)
    if not _ID.fullmatch(name):
        raise _wrong(f"{place} has an id that is not made of the letters of one", place)
    place = f"{place} ({name})"
    _only(record, _RECORD, place)
    laid = {**whole, **record}
    operation = _text(laid, "operation", place)
    if operation not in OPERATIONS:
        raise _wrong(f"{place} asks for an operation that is not known: {operation}", place)
    return Record(
        id=name,
        shows=_text(record, "shows", place),
        section=_text(laid, "section", place),
        origin=_text(laid, "origin", place),
        question=Question(operation, _input(whole, record, place)),
        expected=_expected(record, place),
    )


def _input(whole: Mapping[str, Any], record: Mapping[str, Any], place: str) -> dict[str, Any]:
    """What a record gives lies over what the file gives; what it makes null is taken away."""
    layers = [layer.get("input", {}) for layer in (whole, record)]
    if not all(isinstance(layer, dict) for layer in layers):
        raise _wrong(f"{place} has an input that is no object", place)
    laid = {**layers[0], **layers[1]}
    return {name: value for name, value in laid.items() if value is not None}


def _expected(record: Mapping[str, Any], place: str) -> Answer:
    due = record.get("expected")
    if not isinstance(due, dict):
        raise _wrong(f"{place} expects nothing", place)
    _only(due, frozenset({"result", "output"}), place)
    result = _text(due, "result", place)
    if result == VALID:
        output = due.get("output")
        if not isinstance(output, dict):
            raise _wrong(f"{place} is valid and has no output", place)
        return Answer(VALID, output)
    if result not in CODES:
        raise _wrong(f"{place} expects neither valid nor a code: {result}", place)
    if "output" in due:
        raise _wrong(f"{place} expects an error and an output", place)
    return Answer(result)


def _only(given: Mapping[str, Any], names: frozenset[str], place: str) -> None:
    for name in sorted(given.keys() - names):
        raise _wrong(f"{place} has a member that the format does not have: {name}", place)


def _text(given: Mapping[str, Any], name: str, place: str) -> str:
    value = given.get(name)
    if not isinstance(value, str) or not value:
        raise _wrong(f"{place} has no text as {name}", place)
    return value


def _wrong(message: str, field: str) -> MalformedInput:
    return MalformedInput(message, code="json.shape", field=field)


__all__ = ["read"]
