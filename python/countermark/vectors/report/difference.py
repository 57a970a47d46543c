"""Two answers beside each other: member by member, and in bytes where they are bytes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from countermark.vectors.model import Answer
from countermark.vectors.report import as_data

MOST_UNITS: Final = 1024
"""Bytes or characters of one member that are shown."""

_BEFORE: Final = 64
"""Units before the first difference that are shown of a member that is longer than that."""

_HEX: Final = re.compile("([0-9a-f]{2})+")

Run = tuple[bool, str]
"""Whether the units differ from those of the other side, and the units."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One member of both answers.

    Attributes:
        path: its name, after those of the members it is in.
        same: whether both sides say the same.
        note: where they begin to differ, and what is not shown; empty if there is nothing to say.
        between: what stands between two runs to be read: a blank between bytes, nothing in text.
        expected, got: the two sides in runs; empty where a side does not have the member.
    """

    path: str
    same: bool
    note: str
    between: str
    expected: tuple[Run, ...]
    got: tuple[Run, ...]


def pairs(expected: Answer, got: Answer) -> list[Pair]:
    """All members of the one, in its order, and what only the other has."""
    left, right = dict(_flat(as_data(expected))), dict(_flat(as_data(got)))
    names = [*left, *(name for name in right if name not in left)]
    return [_pair(name, left.get(name), right.get(name)) for name in names]


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """What is in it that has no members itself, by path; texts as they are, all else as JSON."""
    members: Mapping[Any, Any]
    if isinstance(value, dict) and value:
        members = value
    elif isinstance(value, list) and value:
        members = dict(enumerate(value))
    else:
        yield path, value if isinstance(value, str) else json.dumps(value)
        return
    for name, member in members.items():
        yield from _flat(member, f"{path}.{name}" if path else str(name))


def _pair(path: str, expected: str | None, got: str | None) -> Pair:
    in_bytes = path != "result" and _are_bytes([one for one in (expected, got) if one is not None])
    between = " " if in_bytes else ""
    left, right = _units(expected, in_bytes), _units(got, in_bytes)
    start = 0
    if expected == got or path == "result":
        note = ""
    elif expected is None or got is None:
        note = f"only in what was {'expected' if got is None else 'got'}"
    else:
        note, start = _where(left, right, "byte" if in_bytes else "character")
    left, right = left[start : start + MOST_UNITS], right[start : start + MOST_UNITS]
    return Pair(
        path,
        same=expected == got,
        note=note,
        between=between,
        expected=_runs(left, right, between),
        got=_runs(right, left, between),
    )


def _are_bytes(sides: Sequence[str]) -> bool:
    """Hexadecimal has letters before long; a few digits are a number."""
    return all(_HEX.fullmatch(side) for side in sides) and any(
        len(side) >= 16 or not side.isdecimal() for side in sides
    )


def _where(left: Sequence[str], right: Sequence[str], unit: str) -> tuple[str, int]:
    """Where two sides begin to differ, in words, and the first unit to show."""
    longest = max(len(left), len(right))
    first = next(
        (at for at, (a, b) in enumerate(zip(left, right, strict=False)) if a != b),
        min(len(left), len(right)),
    )
    note = f"they differ from {unit} {first}{f' (0x{first:x})' if unit == 'byte' else ''} on"
    if len(left) != len(right):
        note += f"; {len(left)} {unit}s expected, {len(right)} got"
    start = max(0, first - _BEFORE) if longest > MOST_UNITS else 0
    if longest > MOST_UNITS:
        note += f"; shown are {unit}s {start} to {min(start + MOST_UNITS, longest) - 1}"
    return note, start


def _units(text: str | None, in_bytes: bool) -> list[str]:
    width = 2 if in_bytes else 1
    return [(text or "")[at : at + width] for at in range(0, len(text or ""), width)]


def _runs(own: Sequence[str], other: Sequence[str], between: str) -> tuple[Run, ...]:
    """Neighbouring units that all differ, or all do not, as one run."""
    marked = [(at >= len(other) or other[at] != unit, unit) for at, unit in enumerate(own)]
    return tuple(
        (differs, between.join(unit for _, unit in run))
        for differs, run in groupby(marked, key=lambda one: one[0])
    )


__all__ = ["MOST_UNITS", "Pair", "Run", "pairs"]
