"""The challenges that commands take apart themselves: one strict JSON object, no name twice."""

from __future__ import annotations

import json
from typing import Final, NoReturn

from countermark.errors import LimitExceeded, MalformedInput

_NUMBER: Final = 0  # no number is ever used, so none is converted, however many digits it has


def read_object(data: bytes) -> dict[str, object]:
    """Reads one JSON object; every problem is one of the library's own errors."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedInput(
            "the text is not UTF-8", code="json.utf8", offset=error.start
        ) from None
    if text.startswith("\ufeff"):
        raise MalformedInput("the text starts with a byte order mark", code="json.bom", offset=0)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_members,
            parse_constant=_refuse_constant,
            parse_int=lambda _: _NUMBER,
            parse_float=lambda _: _NUMBER,
        )
    except json.JSONDecodeError as error:
        raise MalformedInput("the text is not JSON", code="json.syntax", offset=error.pos) from None
    except RecursionError:
        raise LimitExceeded("the JSON is nested too deeply", code="limit.depth") from None
    if not isinstance(value, dict):
        raise MalformedInput("the JSON is not an object", code="json.shape", offset=0)
    return value


def text_member(members: dict[str, object], name: str) -> str:
    """The value of a member of a challenge that must be there and be text."""
    if name not in members:
        raise MalformedInput(
            f'the challenge has no member "{name}"', code="challenge.missing", field=name
        )
    value = members[name]
    if not isinstance(value, str):
        raise MalformedInput(
            f'the member "{name}" of the challenge is not text', code="challenge.type", field=name
        )
    return value


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise MalformedInput("a member of the JSON is there twice", code="json.duplicate")
    return members


def _refuse_constant(_: str) -> NoReturn:
    raise MalformedInput("JSON has no NaN and no Infinity", code="json.syntax")
