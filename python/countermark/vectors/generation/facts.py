"""Collecting the facts of one file, each stated by hand, for the writer to hold against the reference."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from countermark.vectors.generation.files import VectorFile
from countermark.vectors.model import VALID

GENERATED: Final = "Generated from a seed by countermark.vectors.generation."
"""The origin of what is made here."""


class Facts:
    """The records of one file in the making.

    Inputs and outputs are given as keyword arguments or mappings of what JSON has, and of bytes, which become
    hexadecimal. The ``origin`` of a single record is its ``source`` here, since many inputs have an origin.

    Args:
        subject, note, operation, section, origin, input: of the `VectorFile`.
    """

    def __init__(
        self,
        subject: str,
        note: str,
        *,
        operation: str,
        section: str = "",
        origin: str = GENERATED,
        input: Mapping[str, Any] | None = None,
    ) -> None:
        self._subject = subject
        self._note = note
        self._operation = operation
        self._section = section
        self._origin = origin
        self._input = _as_json(input or {})
        self._records: list[dict[str, Any]] = []

    def valid(
        self,
        id: str,
        shows: str,
        output: Mapping[str, Any] | None = None,
        *,
        operation: str = "",
        section: str = "",
        source: str = "",
        **input: Any,
    ) -> None:
        """Adds what has to succeed; without an output, whatever the reference gives is what is due."""
        expected: dict[str, Any] = {"result": VALID}
        if output is not None:
            expected["output"] = _as_json(output)
        self._add(id, shows, expected, operation, section, source, input)

    def invalid(
        self,
        id: str,
        shows: str,
        code: str,
        *,
        operation: str = "",
        section: str = "",
        source: str = "",
        **input: Any,
    ) -> None:
        """Adds what has to be refused with a code."""
        self._add(id, shows, {"result": code}, operation, section, source, input)

    def file(self) -> VectorFile:
        """All of them, as a file."""
        return VectorFile(
            self._subject,
            self._note,
            self._operation,
            self._origin,
            self._records,
            self._section,
            self._input,
        )

    def _add(
        self,
        id: str,
        shows: str,
        expected: Mapping[str, Any],
        operation: str,
        section: str,
        source: str,
        input: Mapping[str, Any],
    ) -> None:
        own = {"section": section, "origin": source, "operation": operation}
        self._records.append(
            {
                "id": id,
                "shows": shows,
                **{name: value for name, value in own.items() if value},
                "input": _as_json(input),
                "expected": expected,
            }
        )


def times(count: int, of: bytes | str) -> dict[str, Any]:
    """A part of a long value: so many times the same."""
    return {"times": count, "of": of.hex() if isinstance(of, bytes) else of}


def _as_json(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Mapping):
        return {name: _as_json(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_as_json(item) for item in value]
    return value


__all__ = ["GENERATED", "Facts", "times"]
