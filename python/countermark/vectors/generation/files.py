"""Vector files as they are made: records with what is due, asked of the reference, written byte for byte."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, Final, TypeVar

from countermark.errors import ArgumentTypeError, ArgumentValueError, InternalError
from countermark.vectors.engines import Engine
from countermark.vectors.model import FORMAT, VALID, Answer, Question

T = TypeVar("T")

_ENGINE: Final = "reference"
"""Who is asked whether a record says the right thing. The native engine never has a part in making one."""


class Seed:
    """A stream of bytes for every label, all fixed by one secret text.

    SHAKE256 over the seed and the label, both with their length before them, so that no two labels meet.

    Args:
        value: bytes, or text that is taken as UTF-8; not empty.

    Raises:
        ArgumentTypeError: neither bytes nor text.
        ArgumentValueError: it is empty.
    """

    def __init__(self, value: bytes | str) -> None:
        if isinstance(value, str):
            value = value.encode("utf-8", "surrogatepass")
        if not isinstance(value, bytes):
            raise ArgumentTypeError("seed must be bytes or str", code="argument.type")
        if not value:
            raise ArgumentValueError("seed is empty", code="argument.value")
        self._value = value

    @property
    def value(self) -> bytes:
        """The bytes of the seed."""
        return self._value

    def take(self, label: str, length: int) -> bytes:
        """The first bytes of the stream of a label."""
        named = label.encode()
        parts = b"".join(len(part).to_bytes(4, "big") + part for part in (self._value, named))
        return hashlib.shake_256(b"countermark.vectors.generation" + parts).digest(length)

    def number(self, label: str, below: int) -> int:
        """A number from 1 to ``below`` − 1; 16 bytes more than it needs keep it even."""
        length = (below.bit_length() + 7) // 8 + 16
        return int.from_bytes(self.take(label, length), "big") % (below - 1) + 1

    def choice(self, label: str, options: Sequence[T]) -> T:
        """One of the options."""
        return options[self.number(label, len(options) + 1) - 1]

    def child(self, label: str) -> Seed:
        """A seed of its own for a part of the work."""
        return Seed(self.take(f"child {label}", 32))


@dataclass(frozen=True, slots=True)
class VectorFile:
    """A file before it is written.

    Attributes:
        subject: its path without suffix, such as ``cbor/decode``.
        note: what the file is about.
        operation, origin, section, input: what holds for all records that do not say otherwise; empty ones are
            left out.
        records: as JSON has them. A valid one whose ``expected`` has no ``output`` gets that of the reference.
    """

    subject: str
    note: str
    operation: str
    origin: str
    records: Sequence[Mapping[str, Any]]
    section: str = ""
    input: Mapping[str, Any] = field(default_factory=dict)

    @property
    def path(self) -> PurePosixPath:
        """Where it belongs, from the folder of all files."""
        return PurePosixPath(f"{self.subject}.json")


def render(file: VectorFile) -> bytes:
    """The bytes of a file, each of whose records was asked of the reference.

    Raises:
        InternalError: the reference answers something else than a record says.
    """
    engine = Engine(_ENGINE)
    head: dict[str, Any] = {"format": FORMAT, "subject": file.subject, "note": file.note}
    for name in ("operation", "origin", "section", "input"):
        if getattr(file, name):
            head[name] = getattr(file, name)
    lines = [json.dumps(_judged(engine, file, record)) for record in file.records]
    joined = ",\n".join(lines)
    return f'{json.dumps(head)[:-1]}, "records": [\n{joined}\n]}}\n'.encode("ascii")


def question(file: VectorFile, record: Mapping[str, Any]) -> Question:
    """What a record asks: its input lies over that of the file, and what is null there is taken away."""
    laid = {**file.input, **record.get("input", {})}
    return Question(
        record.get("operation", file.operation),
        {name: value for name, value in laid.items() if value is not None},
    )


def _judged(engine: Engine, file: VectorFile, record: Mapping[str, Any]) -> dict[str, Any]:
    """The record with the whole answer that is due."""
    due = record["expected"]
    found = engine.answer(question(file, record))
    stated = Answer(due["result"], due.get("output", found.output))
    if found.result != stated.result or found.output != stated.output:
        raise InternalError(
            f"{file.subject}: {record['id']}: the reference disagrees: {_short(found)}",
            code="internal.error",
        )
    if stated.result == VALID:
        due = {"result": VALID, "output": stated.output}
    return {**record, "expected": due}


def _short(answer: Answer) -> str:
    told = answer.result if answer.result != VALID else json.dumps(answer.output)
    return told[:80]


__all__ = ["Seed", "VectorFile", "question", "render"]
