"""A run as JUnit XML in the form that Jenkins reads (junit-10.xsd): a suite a subject, a case a record and engine."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Final

from countermark.vectors.model import Skip
from countermark.vectors.report import Report, Subject, as_data, rerun, told
from countermark.vectors.running import Outcome, Status

_FOREIGN: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 (section 2.2) has no way to write."""


def document(report: Report) -> str:
    """The whole document."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    seconds = sum(one.seconds for one in report.outcomes)
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield (
        f'<testsuites name="countermark vectors" tests="{len(report.outcomes) + len(report.skips)}"'
        f' failures="{report.count(Status.FAILED)}" errors="{report.count(Status.FAULT)}"'
        f' time="{seconds:.3f}">'
    )
    for subject in report.subjects.values():
        yield from _suite(subject)
    yield "</testsuites>"


def _suite(subject: Subject) -> Iterator[str]:
    failed = sum(one.status is Status.FAILED for one in subject.outcomes)
    faults = sum(one.status is Status.FAULT for one in subject.outcomes)
    seconds = sum(one.seconds for one in subject.outcomes)
    yield (
        f'<testsuite name="{_text(subject.name)}" tests="{len(subject.outcomes) + len(subject.skips)}"'
        f' failures="{failed}" errors="{faults}" skipped="{len(subject.skips)}" time="{seconds:.3f}">'
    )
    for outcome in subject.outcomes:
        yield from _case(outcome)
    for skip in subject.skips:
        yield from _skip(subject, skip)
    yield "</testsuite>"


def _case(outcome: Outcome) -> Iterator[str]:
    record = outcome.case.record
    head = (
        f'<testcase classname="{_text(_classname(outcome.case.subject))}"'
        f' name="{_text(f"{record.id} [{outcome.engine}]")}" time="{outcome.seconds:.3f}"'
    )
    if outcome.status is Status.PASSED:
        yield f"{head}/>"
        return
    yield f"{head}>"
    element = "failure" if outcome.status is Status.FAILED else "error"
    message = f"expected {record.expected.result}, got {told(outcome.got)}"
    if outcome.got is not None and outcome.got.result == record.expected.result:
        names = record.expected.output.keys() | outcome.got.output.keys()
        other = [
            name
            for name in sorted(names)
            if record.expected.output.get(name) != outcome.got.output.get(name)
        ]
        message += f" with another output: {', '.join(other) or 'the order of its members'}"
    lines = [
        record.shows,
        record.section,
        f"expected: {json.dumps(as_data(record.expected))}",
        f"got: {json.dumps(as_data(outcome.got))}" if outcome.got else f"fault: {outcome.fault}",
        f"again: {rerun(outcome)}",
    ]
    body = _text("\n".join(lines))
    yield f'<{element} message="{_text(message)}" type="{outcome.status}">{body}</{element}>'
    yield "</testcase>"


def _skip(subject: Subject, skip: Skip) -> Iterator[str]:
    yield f'<testcase classname="{_text(_classname(subject.name))}" name="{_text(skip.id)}" time="0.000">'
    yield f'<skipped message="{_text(skip.reason)}"/>'
    yield "</testcase>"


def _classname(subject: str) -> str:
    # Jenkins makes packages of what stands before the last dot.
    return f"vectors.{subject.replace('.', '_').replace('/', '.')}"


def _text(text: str) -> str:
    """Text that may stand anywhere in XML; what cannot be written there becomes an escape of Python."""
    visible = _FOREIGN.sub(
        lambda found: found[0].encode("unicode_escape", "surrogatepass").decode("ascii"), text
    )
    return html.escape(visible, quote=True)


__all__ = ["document"]
