"""Two answers beside each other: member by member, and in bytes where they are bytes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from countermark.vectors.model import Answer
from countermark.vectors.report import as_data

MOST_UNITS: Final = 1024
"""Bytes or characters of one member that are shown."""

_BEFORE: Final = 64
"""Units before the first difference that are shown of a member that is longer than that."""

_HEX: Final = re.compile("([0-9a-f]{2})+")

Run = tuple[bool, str]
"""Whether the units differ from those of the other side, and the units, with blanks between bytes."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One member of both answers.

    Attributes:
        path: its name, after those of the members it is in.
        same: whether both sides say the same.
        note: where they begin to differ, and what is not shown; empty if there is nothing to say.
        expected, got: the two sides in runs; empty where a side does not have the member.
    """

    path: str
    same: bool
    note: str
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
    present = [side for side in (expected, got) if side is not None]
    in_bytes = path != "result" and all(_HEX.fullmatch(side) for side in present)
    width = 2 if in_bytes else 1
    left, right = _units(expected, width), _units(got, width)
    if expected == got:
        return Pair(path, same=True, note="", expected=_runs(left, right), got=_runs(right, left))
    first = next(
        (at for at, (a, b) in enumerate(zip(left, right, strict=False)) if a != b),
        min(len(left), len(right)),
    )
    unit = "byte" if in_bytes else "character"
    note = f"they differ from {unit} {first}{f' (0x{first:x})' if in_bytes else ''} on"
    if len(left) != len(right) and None not in (expected, got):
        note += f"; {len(left)} {unit}s expected, {len(right)} got"
    if expected is None or got is None:
        note = "only in what was " + ("expected" if got is None else "got")
    start = max(0, first - _BEFORE) if max(len(left), len(right)) > MOST_UNITS else 0
    end = start + MOST_UNITS
    if start or max(len(left), len(right)) > end:
        note += f"; shown are {unit}s {start} to {end - 1}"
    left, right = left[start:end], right[start:end]
    return Pair(path, same=False, note=note, expected=_runs(left, right), got=_runs(right, left))


def _units(text: str | None, width: int) -> list[str]:
    text = text or ""
    return [text[at : at + width] for at in range(0, len(text), width)]


def _runs(own: list[str], other: list[str]) -> tuple[Run, ...]:
    """Neighbouring units that all differ, or all do not, as one run."""
    found: list[tuple[bool, list[str]]] = []
    for at, unit in enumerate(own[:MOST_UNITS]):
        differs = at >= len(other) or other[at] != unit
        if not found or found[-1][0] != differs:
            found.append((differs, []))
        found[-1][1].append(unit)
    blank = " " if own and len(own[0]) == 2 else ""
    return tuple((differs, blank.join(units)) for differs, units in found)


__all__ = ["MOST_UNITS", "Pair", "Run", "pairs"]
