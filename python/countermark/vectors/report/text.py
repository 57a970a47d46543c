"""A run as lines of text: a table by subject, each failure with how to run it again, the sums."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from countermark.vectors.model import Answer
from countermark.vectors.report import Report, as_data, counted, rerun
from countermark.vectors.running import Outcome, Status

_WIDEST: Final = 160
"""Characters of an answer that are shown; the other reports show it whole."""

MOST_FAILURES: Final = 50
"""Failures that are shown one by one; the sums count them all."""


def lines(report: Report) -> Iterator[str]:
    """The whole report."""
    yield from _table(report)
    for outcome in report.failures[:MOST_FAILURES]:
        yield ""
        yield from _failure(outcome)
    if len(report.failures) > MOST_FAILURES:
        yield ""
        more = len(report.failures) - MOST_FAILURES
        yield f"{counted(more, 'more failure')} in the other reports"
    yield ""
    for reason, count in sorted(report.reasons.items()):
        yield f"skipped {count}: {reason}"
    yield summary(report)


def summary(report: Report) -> str:
    """The sums, in one line."""
    failed, faults = report.count(Status.FAILED), report.count(Status.FAULT)
    parts = [
        counted(report.records, "record"),
        f"{counted(len(report.outcomes), 'answer')} of {' and '.join(report.engines)}",
        f"{report.count(Status.PASSED)} as due",
        f"{failed} wrong",
        counted(faults, "fault"),
        f"{len(report.skips)} skipped",
    ]
    return ", ".join(parts) + (", ended at the first failure" if report.cut else "")


def _table(report: Report) -> Iterator[str]:
    width = max([len(name) for name in report.subjects] + [7])
    yield f"{'subject':<{width}}  records  wrong  skipped"
    for name, subject in report.subjects.items():
        yield f"{name:<{width}}  {subject.records:>7}  {subject.failures:>5}  {len(subject.skips):>7}"


def _failure(outcome: Outcome) -> Iterator[str]:
    record = outcome.case.record
    yield f"{outcome.case.subject}: {record.id} [{outcome.engine}]"
    yield f"  shows:    {_short(record.shows)}"
    yield f"  expected: {_answer(record.expected)}"
    if outcome.got is None:
        yield f"  fault:    {_short(outcome.fault)}"
    else:
        yield f"  got:      {_answer(outcome.got)}"
    yield f"  again:    {rerun(outcome)}"


def _answer(answer: Answer) -> str:
    data = as_data(answer)
    output = data.get("output")
    return _short(answer.result if not output else f"{answer.result} {json.dumps(output)}")


def _short(text: str) -> str:
    return text if len(text) <= _WIDEST else f"{text[:_WIDEST]}… ({len(text)} characters)"


__all__ = ["MOST_FAILURES", "lines", "summary"]
