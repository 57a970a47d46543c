"""What a verification found, step by step, as data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from countermark.errors import Error


@dataclass(frozen=True, slots=True)
class Check:
    """One step of a verification.

    Attributes:
        step: its name; the function that made the report lists them.
        section: what it looks at.
        passed: whether it holds; None where something before it failed, so that it could not be judged.
        error: why it does not hold, the exception that ``verify_*`` would raise; or None.
    """

    step: str
    section: str
    passed: bool | None
    error: Error | None


@dataclass(frozen=True, slots=True)
class Report:
    """All steps of a verification, in order.

    Attributes:
        valid: whether every step passed.
        checks: the steps.
    """

    valid: bool
    checks: tuple[Check, ...]

    def __bool__(self) -> bool:
        """Whether it is valid, so that a report may stand in a condition."""
        return self.valid

    @property
    def errors(self) -> tuple[Error, ...]:
        """The reasons of all steps that failed, in order."""
        return tuple(check.error for check in self.checks if check.error is not None)


def report_of(checks: Iterable[tuple[str, str, bool | None, Error | None]] | None) -> Report:
    """The report for the steps that the native module gives."""
    steps = tuple(Check(*check) for check in checks or ())
    return Report(valid=bool(steps) and all(check.passed for check in steps), checks=steps)


__all__ = ["Check", "Report"]
