"""The JSON that commands take apart themselves: one strict object, no name twice."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Final, NoReturn

from countermark.errors import LimitExceeded, MalformedInput

_UNREAD: Final = 0
"""What stands for a number where none is ever used: none is converted, however many digits it has."""
_LONGEST_NUMBER: Final = 20
"""Digits of the longest whole number that an argument may be."""


def read_object(data: bytes, *, numbers: bool = False) -> dict[str, object]:
    """Reads one JSON object; every problem is one of the library's own errors.

    Args:
        data: UTF-8.
        numbers: read numbers; all are 0 otherwise. A whole number too long for any argument becomes a float, which
            no argument is.

    Raises:
        MalformedInput: ``json.*``.
        LimitExceeded: ``limit.depth``.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedInput(
            "the text is not UTF-8", code="json.utf8", offset=error.start
        ) from None
    if text.startswith("\ufeff"):
        raise MalformedInput("the text starts with a byte order mark", code="json.bom", offset=0)
    whole: Callable[[str], object] = _whole if numbers else _unread
    broken: Callable[[str], object] = float if numbers else _unread
    try:
        value = json.loads(
            text,
            object_pairs_hook=_members,
            parse_constant=_refuse_constant,
            parse_int=whole,
            parse_float=broken,
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


def _unread(_: str) -> int:
    return _UNREAD


def _whole(digits: str) -> int | float:
    # Many digits would take long as an int, and are nobody's argument; a member that is passed over may have them.
    return int(digits) if len(digits) <= _LONGEST_NUMBER else float(digits)


def _refuse_constant(_: str) -> NoReturn:
    raise MalformedInput("JSON has no NaN and no Infinity", code="json.syntax")
