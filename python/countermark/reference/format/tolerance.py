"""What real devices get wrong, and what is made of it.

A deviation that devices in the field show is refused by a strict reader, with an error whose code names it. An
interoperable reader goes on, and says afterwards what it has met and where.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from countermark.errors import ArgumentValueError, Error
from countermark.reference.format import shown, text_argument

STRICT: Final = "strict"
INTEROPERABLE: Final = "interoperable"


@dataclass(frozen=True, slots=True)
class Tolerance:
    """One deviation: the code of the error that it would have been, and where it stands."""

    code: str
    place: str


class Tolerated:
    """Collects the deviations of one reading, or refuses the first one."""

    __slots__ = ("_notes", "strict", "strictness")

    def __init__(self, strictness: object = INTEROPERABLE) -> None:
        self.strictness: str = strictness_argument(strictness)
        self.strict: bool = self.strictness == STRICT
        self._notes: dict[Tolerance, None] = {}

    def allow(self, place: str, error: Error) -> None:
        """Raise the error if reading is strict; note it otherwise, once for a place."""
        if self.strict:
            raise error
        self._notes[Tolerance(error.code, place)] = None

    def add(self, notes: Iterable[Tolerance]) -> None:
        """Take over what another reading met."""
        self._notes.update(dict.fromkeys(notes))

    @property
    def notes(self) -> tuple[Tolerance, ...]:
        """The deviations in the order in which they were met."""
        return tuple(self._notes)


def strictness_argument(value: object) -> str:
    """Takes the name of a strictness; another text is ``argument.value``."""
    text = text_argument(value, "strictness")
    if text not in (STRICT, INTEROPERABLE):
        raise ArgumentValueError(
            f"strictness must be '{STRICT}' or '{INTEROPERABLE}', not '{shown(text)}'",
            code="argument.value",
        )
    return text


__all__ = ["INTEROPERABLE", "STRICT", "Tolerance", "Tolerated", "strictness_argument"]
