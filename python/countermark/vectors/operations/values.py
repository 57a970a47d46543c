"""Taking the members of a question's input as what an operation needs.

A question that is malformed (a member missing, of another type, or no hexadecimal) is no question: it raises
`QuestionError`, which is no error of ours, so that it can never be taken for an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

Input = Mapping[str, Any]

MAX_LENGTH: Final = 16 * 1024 * 1024
"""Octets or characters of one member, once its parts are joined: eight times the longest bound of this package."""

_HEX_DIGITS: Final = frozenset("0123456789abcdef")


class QuestionError(ValueError):
    """The question is malformed: it has no answer, not even a wrong one."""


def only(input: Input, *names: str) -> None:
    """Refuses members that the operation does not have: a misspelt one would otherwise change nothing.

    Raises:
        QuestionError: there is another one.
    """
    unknown = sorted(input.keys() - set(names))
    if unknown:
        raise QuestionError(f"the operation has no member {unknown[0]}")


def octets(input: Input, name: str) -> bytes:
    """Bytes in lower-case hexadecimal, or in parts.

    Raises:
        QuestionError: it is missing or is something else.
    """
    digits = _joined(member(input, name), name)
    if len(digits) % 2 or not _HEX_DIGITS.issuperset(digits):
        raise QuestionError(f"{name} is not lower-case hexadecimal")
    return bytes.fromhex(digits)


def text(input: Input, name: str) -> str:
    """Text, or text in parts.

    Raises:
        QuestionError: it is missing or is something else.
    """
    return _joined(member(input, name), name)


def flag(input: Input, name: str) -> bool:
    """True or false.

    Raises:
        QuestionError: it is missing or is something else.
    """
    value = member(input, name)
    if not isinstance(value, bool):
        raise QuestionError(f"{name} is neither true nor false")
    return value


def integer(input: Input, name: str) -> int:
    """A whole number.

    Raises:
        QuestionError: it is missing or is something else.
    """
    value = member(input, name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise QuestionError(f"{name} is not a whole number")
    return value


def wire(input: Input, name: str) -> Any:
    """An object as it travels: a JSON object, or the text of one, which may be in parts.

    Raises:
        QuestionError: it is missing or is something else.
    """
    value = member(input, name)
    return value if isinstance(value, dict) else _joined(value, name)


def member(input: Input, name: str) -> Any:
    """A member of whatever type.

    Raises:
        QuestionError: it is missing.
    """
    if name not in input:
        raise QuestionError(f"{name} is missing")
    return input[name]


Take = Callable[[Input, str], Any]
"""One of the functions above."""


def options(input: Input, takes: Mapping[str, Take]) -> dict[str, Any]:
    """Those of the named members that are there: optional arguments under their own names.

    Raises:
        QuestionError: one of them is something else.
    """
    return {name: take(input, name) for name, take in takes.items() if name in input}


def _joined(value: Any, name: str) -> str:
    """A text, or a list of parts: each a text, or ``{"times": n, "of": text}`` for n times that text."""
    if isinstance(value, str):
        return value
    if not isinstance(value, list):
        raise QuestionError(f"{name} is neither a text nor a list of parts")
    parts = [_part(part, name) for part in value]
    if sum(times * len(piece) for times, piece in parts) > 2 * MAX_LENGTH:
        raise QuestionError(f"{name} is too long")
    return "".join(times * piece for times, piece in parts)


def _part(part: Any, name: str) -> tuple[int, str]:
    if isinstance(part, str):
        return 1, part
    if not isinstance(part, dict) or part.keys() != {"times", "of"}:
        raise QuestionError(f"a part of {name} is neither a text nor one that repeats")
    times, piece = integer(part, "times"), part["of"]
    if times < 0 or not isinstance(piece, str):
        raise QuestionError(f"a part of {name} does not say what repeats")
    if times > 2 * MAX_LENGTH:
        # Also where nothing repeats, since Python counts no further than its sizes go.
        raise QuestionError(f"a part of {name} repeats too often")
    return times, piece


__all__ = [
    "Input",
    "QuestionError",
    "Take",
    "flag",
    "integer",
    "member",
    "octets",
    "only",
    "options",
    "text",
    "wire",
]
