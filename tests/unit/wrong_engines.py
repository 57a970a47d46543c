"""Engines that are wrong on purpose, to see that vectors and runner notice."""

from __future__ import annotations

from typing import Any

from countermark.vectors.engines import Engine
from countermark.vectors.model import VALID, Answer, Question


def flipped(text: str) -> str:
    """The text with one bit of its middle byte flipped: still hex where it was hex, still ASCII if it was."""
    at = len(text) // 2
    other = {"0": "1", "1": "0", "a": "b", "b": "a"}.get(text[at], chr(ord(text[at]) ^ 1))
    return text[:at] + other + text[at + 1 :]


def with_one_flipped(value: Any) -> Any:
    """The value with its longest text flipped; None where it has no text."""
    places = list(_texts(value, ()))
    if not places:
        return None
    path, text = max(places, key=lambda place: len(place[1]))
    return _replaced(value, path, flipped(text))


def _texts(value: Any, path: tuple[Any, ...]) -> Any:
    if isinstance(value, str) and value:
        yield path, value
    elif isinstance(value, dict):
        for name, member in value.items():
            yield from _texts(member, (*path, name))
    elif isinstance(value, list):
        for at, member in enumerate(value):
            yield from _texts(member, (*path, at))


def _replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    changed = dict(value) if isinstance(value, dict) else list(value)
    changed[path[0]] = _replaced(value[path[0]], path[1:], new)
    return changed


class WrongAnswers(Engine):
    """Flips one byte of everything that it answers."""

    def answer(self, question: Question) -> Answer:
        right = super().answer(question)
        wrong = with_one_flipped(right.output)
        return right if wrong is None else Answer(right.result, wrong)


class WrongQuestions(Engine):
    """Reads one byte of everything that it is asked wrongly."""

    def answer(self, question: Question) -> Answer:
        wrong = with_one_flipped(question.input)
        return super().answer(Question(question.operation, wrong or question.input))


class Accepting(Engine):
    """Finds everything valid."""

    def answer(self, question: Question) -> Answer:
        return Answer(VALID, super().answer(question).output)


class Panicking(Engine):
    """Ends as an interpreter never should."""

    def answer(self, question: Question) -> Answer:
        raise SystemExit(f"thrown out of {question.operation}")
