"""Verification as a list of steps, each with its outcome.

Dfns protocol, user action signing (what must match) and fingerprint and attestation. ``verify_*`` and
``explain_*`` run the same list: the first raises what the first failing step says, the second returns all
outcomes. A step is judged when every step it takes a value from has passed, whatever else failed before it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from countermark.errors import Error

State = TypeVar("State")


@dataclass(frozen=True, slots=True)
class Check:
    """The outcome of one step: ``passed`` is None where it could not be judged."""

    step: str
    section: str
    passed: bool | None
    error: Error | None


@dataclass(frozen=True, slots=True)
class Report:
    """All steps in their order; ``valid`` when none of them failed, which is what it is true for."""

    valid: bool
    checks: tuple[Check, ...]

    def __bool__(self) -> bool:
        return self.valid

    @property
    def errors(self) -> tuple[Error, ...]:
        """The reasons of all steps that failed, in order."""
        return tuple(check.error for check in self.checks if check.error is not None)


@dataclass(frozen=True, slots=True)
class Step(Generic[State]):
    """One step: ``judge`` raises if it fails; ``needs`` names the earlier steps whose values it reads."""

    name: str
    section: str
    judge: Callable[[State], None]
    needs: tuple[str, ...] = ()


def raise_first_failure(report: Report) -> None:
    """Raise what the first failing step says, if any failed."""
    for check in report.checks:
        if check.error is not None:
            raise check.error


def run(steps: Sequence[Step[State]], state: State) -> Report:
    """Run the steps in order over one state."""
    checks: list[Check] = []
    passed: set[str] = set()
    for step in steps:
        if not passed.issuperset(step.needs):
            checks.append(Check(step.name, step.section, None, None))
            continue
        try:
            step.judge(state)
        except Error as error:
            checks.append(Check(step.name, step.section, False, error))
            continue
        passed.add(step.name)
        checks.append(Check(step.name, step.section, True, None))
    return Report(all(check.error is None for check in checks), tuple(checks))


__all__ = ["Check", "Report", "Step", "raise_first_failure", "run"]
