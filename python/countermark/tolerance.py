"""Deviations from the standard that real devices show and that were let pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tolerance:
    """One deviation that reading with ``strictness="interoperable"`` let pass.

    Attributes:
        code: the code of the error that ``strictness="strict"`` gives, such as ``"cbor.order"``.
        place: the structure it stands in: ``attestation_object``, ``authenticator_data``,
            ``credential_public_key``, ``extensions``, ``statement``, ``certInfo``, ``certificate[0]`` …
    """

    code: str
    place: str


def tolerances(notes: Sequence[tuple[str, str]]) -> tuple[Tolerance, ...]:
    """The notes of the native module as values."""
    if not notes:
        return ()
    return tuple(Tolerance(code, place) for code, place in notes)


__all__ = ["Tolerance"]
