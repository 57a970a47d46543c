"""What a fault is, and how the tables beside this file list theirs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from countermark.errors import ArgumentValueError
from countermark.webauthn.testing.drafts import Alteration

VALID: Final = "valid"
STRICT: Final = {"strictness": "strict"}


@dataclass(frozen=True, slots=True)
class FaultInfo:
    """One thing that is wrong, or unusual and right, with everything after it signed again.

    Attributes:
        name: its name: an area and a fact.
        ceremony: ``"registration"`` or ``"assertion"``.
        format: the attestation format it is made in.
        expected_code: the code of the error a verifier should answer with, or ``"valid"``.
        section: of WebAuthn Level 3, unless another standard is named.
        description: the fact, in words.
        options: arguments a verifier needs beside challenge, origin, rp_id, trust and at, or in place of them.
        alter: the alterations that make it.
        authenticator: arguments of the authenticator in place of its own.
    """

    name: str
    ceremony: str
    format: str
    expected_code: str
    section: str
    description: str
    options: Mapping[str, Any] = field(default_factory=dict)
    alter: Mapping[str, Alteration] = field(default_factory=dict, repr=False)
    authenticator: Mapping[str, Any] = field(default_factory=dict)


class Table:
    """The faults of one area, listed one call each.

    Args:
        area: the first part of their names.
        format: the format they are made in.
        section: where the rule stands, unless a fault says otherwise.
        ceremony: registration or assertion.
        authenticator: arguments of the authenticator for all of them.
        options: arguments of the verifier for all of them.
    """

    def __init__(
        self,
        area: str,
        format: str,
        section: str,
        *,
        ceremony: str = "registration",
        authenticator: Mapping[str, Any] | None = None,
        options: Mapping[str, Any] | None = None,
    ) -> None:
        self.faults: dict[str, FaultInfo] = {}
        self._area, self._format, self._section, self._ceremony = area, format, section, ceremony
        self._authenticator = dict(authenticator or {})
        self._options = dict(options or {})

    def add(
        self,
        name: str,
        expected_code: str,
        description: str,
        *,
        section: str | None = None,
        options: Mapping[str, Any] | None = None,
        authenticator: Mapping[str, Any] | None = None,
        alter: Mapping[str, Alteration] | None = None,
        **stages: Alteration,
    ) -> None:
        """Lists one; ``stages`` are alterations, ``alter`` those whose names are no identifiers."""
        full = f"{self._area}.{name}"
        if full in self.faults:
            raise ArgumentValueError("two faults of one name", code="argument.value")
        merged = {"format": self._format, **self._authenticator, **(authenticator or {})}
        self.faults[full] = FaultInfo(
            full,
            self._ceremony,
            str(merged["format"]),
            expected_code,
            section or self._section,
            description,
            {**self._options, **(options or {})},
            {**stages, **(alter or {})},
            merged,
        )

    def tolerated(
        self,
        name: str,
        expected_code: str,
        description: str,
        *,
        options: Mapping[str, Any] | None = None,
        **rest: Any,
    ) -> None:
        """Lists one that devices show: refused when strict, taken and recorded otherwise."""
        given = dict(options or {})
        self.add(name, VALID, f"{description}; tolerated", options=given, **rest)
        self.add(
            f"{name}.strict",
            expected_code,
            f"{description}; strict",
            options=given | STRICT,
            **rest,
        )

    def __iter__(self) -> Iterator[FaultInfo]:
        return iter(self.faults.values())


def put(**members: object) -> Alteration:
    """Sets attributes of a draft."""

    def change(draft: Any) -> None:
        for name, value in members.items():
            setattr(draft, name, value)

    return change


def members(**given: object) -> Alteration:
    """Sets members of a map."""

    def change(draft: dict[object, object]) -> None:
        draft.update(given)

    return change


def label(number: int, value: object) -> Alteration:
    """Sets one label of a map."""

    def change(draft: dict[object, object]) -> None:
        draft[number] = value

    return change


def without(*names: object) -> Alteration:
    """Takes members out of a map."""

    def change(draft: dict[object, object]) -> None:
        for name in names:
            del draft[name]

    return change


def unchanged(_: Any) -> None:
    """Changes nothing: what is wrong lies in the arguments."""


def first(count: int) -> Alteration:
    """Keeps the first bytes; a negative count leaves so many out at the end."""

    def change(data: bytes) -> bytes:
        return data[:count]

    return change


def instead(value: object) -> Alteration:
    """Puts a value in the place of the draft."""
    return lambda _: value
