"""Structures as text for people and as JSON for programs, both from one value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from countermark.cli.outcome import details
from countermark.errors import Error

_INDENT: Final = "  "
_SHORT: Final = 32
"""The most bytes that stand on the line of their name."""


@dataclass(frozen=True, slots=True)
class Said:
    """A value that people and programs are told in different words."""

    text: str
    data: Any


@dataclass(frozen=True, slots=True)
class Lines:
    """Text of several lines, such as PEM; never text from outside."""

    text: str


@dataclass(frozen=True, slots=True)
class Item:
    """One of a list that has a title for people, and members that say the same to programs."""

    title: str
    about: Mapping[str, Any]
    value: Value


Value: TypeAlias = (
    "None | bool | int | float | str | bytes | Said | Lines | Item"
    " | Sequence[Value] | Mapping[Any, Value]"
)
"""What a tree is made of; bytes are shown in hex, and None is left out for people."""


def named(value: int | str, name: str | None) -> Said:
    """A number of a registry with its name, where it has one."""
    return Said(str(value) if name is None else f"{value} ({name})", {"value": value, "name": name})


def failed(error: Error) -> Said:
    """What stands in the place of something that cannot be read."""
    return Said(f"{error.code}: {error.message}", details(error))


def to_json(value: Value) -> Any:
    """The value as JSON has it."""
    match value:
        case bytes():
            return value.hex()
        case Said():
            return value.data
        case Lines():
            return value.text
        case Item():
            return {**value.about, "value": to_json(value.value)}
        case Mapping():
            return {str(name): to_json(one) for name, one in value.items()}
        case None | bool() | int() | float() | str():
            return value
        case _:
            return [to_json(one) for one in value]


def to_lines(values: Mapping[Any, Value], depth: int = 0) -> Iterator[str]:
    """One line for each plain value, and deeper ones below their name."""
    for name, value in values.items():
        yield from _lines(str(name), value, depth)


def _lines(name: str, value: Value, depth: int) -> Iterator[str]:
    margin, deeper = _INDENT * depth, _INDENT * (depth + 1)
    match value:
        case None:
            return
        case bool():
            yield f"{margin}{name}: {'yes' if value else 'no'}"
        case int() | float() | str():
            yield f"{margin}{name}: {value}"
        case Said():
            yield f"{margin}{name}: {value.text}"
        case bytes():
            count = "empty" if not value else f"{len(value)} byte{'s' * (len(value) != 1)}"
            if len(value) <= _SHORT:
                yield (
                    f"{margin}{name}: {value.hex()} ({count})"
                    if value
                    else f"{margin}{name}: {count}"
                )
                return
            yield f"{margin}{name}: {count}"
            for at in range(0, len(value), _SHORT):
                yield f"{deeper}{value[at : at + _SHORT].hex()}"
        case Lines():
            yield f"{margin}{name}:"
            for line in value.text.splitlines():
                yield f"{deeper}{line}"
        case Item():
            yield from _lines(value.title, value.value, depth)
        case Mapping():
            yield f"{margin}{name}:" if value else f"{margin}{name}: none"
            yield from to_lines(value, depth + 1)
        case _:
            if not value:
                yield f"{margin}{name}: none"
            elif all(isinstance(one, Item) for one in value):
                yield f"{margin}{name}:"
                for one in value:
                    yield from _lines(name, one, depth + 1)
            else:
                for index, one in enumerate(value):
                    yield from _lines(f"{name}[{index}]", one, depth)
