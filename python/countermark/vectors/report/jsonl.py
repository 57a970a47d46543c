"""A run as JSON Lines: an object for each record and engine, and one for all.

Nothing in it depends on the clock or on the number of processes, so that two runs can be compared byte for byte.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from countermark.vectors.report import Report, as_data, rerun
from countermark.vectors.running import Outcome, Status


def lines(report: Report) -> Iterator[str]:
    """Each line, without its end."""
    for outcome in report.outcomes:
        yield _line(_outcome(outcome))
    for owner, skip in report.skips:
        yield _line(
            {
                "subject": owner.subject,
                "file": owner.path,
                "id": skip.id,
                "status": "skipped",
                "reason": skip.reason,
            }
        )
    yield _line({"summary": summary(report)})


def summary(report: Report) -> dict[str, Any]:
    """The sums."""
    return {
        "engines": list(report.engines),
        "records": report.records,
        "answers": len(report.outcomes),
        **{str(status): report.count(status) for status in Status},
        "skipped": len(report.skips),
        "cut": report.cut,
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    record = outcome.case.record
    found: dict[str, Any] = {
        "subject": outcome.case.subject,
        "file": outcome.case.path,
        "id": record.id,
        "engine": outcome.engine,
        "status": str(outcome.status),
    }
    if outcome.status is Status.PASSED:
        return {**found, "result": record.expected.result}
    found |= {
        "shows": record.shows,
        "section": record.section,
        "expected": as_data(record.expected),
    }
    if outcome.got is None:
        found["fault"] = outcome.fault
    else:
        found["got"] = as_data(outcome.got)
    return {**found, "again": rerun(outcome)}


def _line(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


__all__ = ["lines", "summary"]
