"""Questions, answers and records: what a vector file is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

VALID: Final = "valid"
"""The result of an operation that succeeded; every other result is one of `countermark.errors.CODES`."""

FORMAT: Final = "countermark-vectors/1"
"""The ``format`` member of a vector file."""

Operation = Callable[[Any, Mapping[str, Any]], Mapping[str, Any]]
"""Takes a door (the public names of an implementation) and an input, gives the output, raises an error of ours."""


@dataclass(frozen=True, slots=True)
class Question:
    """What an implementation is asked.

    Attributes:
        operation: a name of `countermark.vectors.operations.OPERATIONS`.
        input: its members, as JSON has them. Bytes are lower-case hex, except where the wire has base64url.
    """

    operation: str
    input: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What an implementation answered, or what is due.

    Attributes:
        result: `VALID`, or the code of the error.
        output: the members of a valid answer, as JSON has them; empty where the operation has none to give,
            and for an error.
    """

    result: str
    output: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Record:
    """One fact.

    Attributes:
        id: unique in its file.
        shows: the fact, in words.
        section: the part of a standard that decides it.
        origin: where the data come from.
        question: what is asked.
        expected: the answer that is due.
        ordered: whether the members of the output have an order, as the bytes of something sent have.
    """

    id: str
    shows: str
    section: str
    origin: str
    question: Question
    expected: Answer
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Skip:
    """A record of somebody else's data that cannot be asked; it is counted and its reason told.

    Attributes:
        id: unique in its file, among records and skips.
        reason: why, in words that are the same for all records of a kind.
    """

    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class VectorSet:
    """What one file holds, read and checked.

    Attributes:
        path: the file, as it was named.
        subject: what its records are about, such as ``cbor/decode``.
        records, skips: in the order of the file.
    """

    path: str
    subject: str
    records: tuple[Record, ...]
    skips: tuple[Skip, ...]
