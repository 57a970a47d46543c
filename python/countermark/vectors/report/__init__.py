"""What came of a run, to be told: as text, as JSON Lines, as JUnit XML, as a page."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from countermark.vectors.model import VALID, Answer, Skip, VectorSet
from countermark.vectors.running import Outcome, Status


@dataclass(frozen=True)
class Report:
    """The outcomes of a run, in order, and what could not be asked.

    Attributes:
        engines: the names of the engines that were asked.
        outcomes: one for each record and engine.
        skips: what could not be asked, with the set it is of.
        cut: whether the run ended at the first failure.
    """

    engines: Sequence[str]
    outcomes: Sequence[Outcome]
    skips: Sequence[tuple[VectorSet, Skip]] = ()
    cut: bool = False

    @cached_property
    def failures(self) -> list[Outcome]:
        """The outcomes that are not as they should be."""
        return [one for one in self.outcomes if one.status is not Status.PASSED]

    @cached_property
    def subjects(self) -> Mapping[str, Subject]:
        """The outcomes by subject, in the order of the run."""
        found: dict[str, Subject] = {}
        for outcome in self.outcomes:
            name = outcome.case.subject
            found.setdefault(name, Subject(name)).outcomes.append(outcome)
        for owner, skip in self.skips:
            found.setdefault(owner.subject, Subject(owner.subject)).skips.append(skip)
        return found

    @property
    def records(self) -> int:
        """How many records were asked."""
        return sum(one.records for one in self.subjects.values())

    @property
    def reasons(self) -> Counter[str]:
        """How many records were skipped, by reason."""
        return Counter(skip.reason for _, skip in self.skips)

    def count(self, *statuses: Status) -> int:
        """How many outcomes are of one of these."""
        return sum(one.status in statuses for one in self.outcomes)


@dataclass
class Subject:
    """One subject of a run."""

    name: str
    outcomes: list[Outcome] = field(default_factory=list)
    skips: list[Skip] = field(default_factory=list)

    @property
    def records(self) -> int:
        """How many records were asked, however many engines."""
        return len({(one.case.path, one.case.record.id) for one in self.outcomes})

    @property
    def failures(self) -> int:
        """How many outcomes are not as they should be."""
        return sum(one.status is not Status.PASSED for one in self.outcomes)


def rerun(outcome: Outcome) -> str:
    """The command that asks the same record of the same engine again."""
    path = outcome.case.path
    asked = ["--only", outcome.case.record.id, "--engine", outcome.engine]
    # A path that looks like an option has to stand after all of them.
    words = [*asked, "--", path] if path.startswith("-") else [path, *asked]
    return shlex.join(["countermark", "vectors", "verify", *words])


def counted(count: int, noun: str) -> str:
    """A number of things, in words: ``1 record``, ``2 records``."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def told(answer: Answer | None) -> str:
    """An answer in one word."""
    return "no answer" if answer is None else answer.result


def as_data(answer: Answer) -> dict[str, object]:
    """An answer as JSON has it."""
    found: dict[str, object] = {"result": answer.result}
    if answer.result == VALID:
        found["output"] = answer.output
    return found


__all__ = ["Report", "Subject", "as_data", "counted", "rerun", "told"]
