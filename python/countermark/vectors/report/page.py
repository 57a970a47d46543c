"""A run as one page of HTML that needs nothing else: no network, no font, and no script to be read."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from html import escape
from importlib.resources import files
from itertools import groupby
from typing import Any, Final

from countermark.vectors.model import Skip
from countermark.vectors.report import Report, Subject, counted, rerun, told
from countermark.vectors.report.difference import Pair, Run, pairs
from countermark.vectors.report.text import summary
from countermark.vectors.running import Outcome, Status

_MOST_INPUT: Final = 4000
"""Characters of a question that are shown."""


def document(report: Report) -> str:
    """The whole page."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    style, script = _part("page.css"), _part("page.js")
    policy = (
        f"default-src 'none'; style-src {_digest(style)}; script-src {_digest(script)};"
        " base-uri 'none'; form-action 'none'"
    )
    good = not report.failures
    title = f"Vectors: {'all as due' if good else f'{len(report.failures)} not as due'}"
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{title}</title>\n<style>{style}</style>\n</head>\n<body>\n<header>"
    yield f"<h1>{title}</h1>"
    yield f'<p class="quiet">{_text(summary(report))}</p>\n</header>\n<main>'
    yield from _sums(report)
    yield from _skips(report)
    yield '<h2 id="by">By subject</h2>'
    yield from _filter(failed=not good)
    yield from _tree(list(report.subjects.values()))
    yield f"</main>\n<script>{script}</script>\n</body>\n</html>"


@cache
def _part(name: str) -> str:
    return files("countermark.vectors.report").joinpath(name).read_text("ascii")


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _text(text: object) -> str:
    """Text that is shown as it is, whatever it holds; what is not plainly visible becomes an escape."""
    visible = "".join(
        one
        if one.isprintable() or one == "\n"
        else one.encode("unicode_escape", "surrogatepass").decode("ascii")
        for one in str(text)
    )
    return escape(visible, quote=True)


def _sums(report: Report) -> Iterator[str]:
    cells: list[tuple[str, str, int, str]] = [
        ("record", "records", report.records, ""),
        ("answer as due", "answers as due", report.count(Status.PASSED), "passed"),
        ("wrong answer", "wrong answers", report.count(Status.FAILED), "failed"),
        ("fault", "faults", report.count(Status.FAULT), "fault"),
        ("skipped", "skipped", len(report.skips), "skipped"),
    ]
    yield '<ul class="sums">'
    for one, several, count, status in cells:
        name = one if count == 1 else several
        coloured = f' class="{status}"' if count and status else ""
        yield f"<li><strong{coloured}>{count}</strong> {name}</li>"
    yield "</ul>"


def _skips(report: Report) -> Iterator[str]:
    if report.reasons:
        yield "<h2>Skipped, by reason</h2>\n<ul>"
        for reason, count in sorted(report.reasons.items()):
            yield f"<li>{count}: {_text(reason)}</li>"
        yield "</ul>"


def _filter(*, failed: bool) -> Iterator[str]:
    # Hidden until the script that it needs runs. What failed is what is looked for first.
    yield '<form class="filter" role="search" hidden>'
    yield '<label>Words in subject, id or text <input id="find" type="search" autocomplete="off"></label>'
    yield '<label>Records <select id="kind">'
    for kind, name in (
        ("all", "all"),
        ("wrong", "not as due"),
        ("right", "as due"),
        ("skipped", "skipped"),
    ):
        selected = " selected" if kind == ("wrong" if failed else "all") else ""
        yield f'<option value="{kind}"{selected}>{name}</option>'
    yield "</select></label>"
    yield '<output id="shown" for="find kind"></output>\n</form>'


def _tree(subjects: Sequence[Subject]) -> Iterator[str]:
    for group, members in groupby(subjects, key=lambda one: one.name.partition("/")[0]):
        within = list(members)
        if len(within) == 1:
            yield from _subject(within[0])
            continue
        yield f'<details class="group"{_open(within)}><summary>{_text(group)} {_tally(within)}</summary>'
        for subject in within:
            yield from _subject(subject)
        yield "</details>"


def _open(subjects: Iterable[Subject]) -> str:
    return " open" if any(one.failures for one in subjects) else ""


def _tally(subjects: Sequence[Subject]) -> str:
    failed, skipped = sum(s.failures for s in subjects), sum(len(s.skips) for s in subjects)
    parts = [counted(sum(s.records for s in subjects), "record")]
    if failed:
        parts.append(f'<span class="verdict failed">{failed} not as due</span>')
    if skipped:
        parts.append(f"{skipped} skipped")
    return f'<span class="tally">{", ".join(parts)}</span>'


def _subject(subject: Subject) -> Iterator[str]:
    yield f'<details class="subject"{_open([subject])}><summary>{_text(subject.name)} {_tally([subject])}</summary>'
    yield '<ul class="records">'
    for _, outcomes in groupby(subject.outcomes, key=lambda o: (o.case.path, o.case.record.id)):
        yield from _record(subject.name, list(outcomes))
    for skip in subject.skips:
        yield from _skip(subject.name, skip)
    yield "</ul></details>"


def _record(subject: str, outcomes: Sequence[Outcome]) -> Iterator[str]:
    record = outcomes[0].case.record
    wrong = [one for one in outcomes if one.status is not Status.PASSED]
    kind = "wrong" if wrong else "right"
    marks = ", ".join(
        f'{_text(one.engine)} <span class="verdict {one.status}">{_verdict(one)}</span>'
        for one in outcomes
    )
    yield f'<li class="{kind}" data-kind="{kind}" data-subject="{_text(subject)}">'
    yield f'<span class="id">{_text(record.id)}</span> <code>{_text(record.expected.result)}</code>'
    yield f'<span class="shows">{_text(record.shows)}</span> <span class="tally">{marks}</span>'
    for one in wrong:
        yield from _failure(one)
    yield "</li>"


def _verdict(outcome: Outcome) -> str:
    return {Status.PASSED: "as due", Status.FAILED: "wrong", Status.FAULT: "fault"}[outcome.status]


def _skip(subject: str, skip: Skip) -> Iterator[str]:
    yield f'<li data-kind="skipped" data-subject="{_text(subject)}">'
    yield f'<span class="id">{_text(skip.id)}</span> <span class="verdict skipped">skipped</span>'
    yield f'<span class="shows">{_text(skip.reason)}</span></li>'


def _failure(outcome: Outcome) -> Iterator[str]:
    record = outcome.case.record
    yield '<section class="failure">'
    yield f"<h3>{_text(outcome.engine)}: {_heading(outcome)}</h3>"
    yield f'<p class="quiet">Decided by: {_text(record.section)}</p>'
    yield f'<p class="quiet">Data from: {_text(record.origin)}</p>'
    if outcome.got is None:
        yield f'<pre class="units">{_text(outcome.fault)}</pre>'
    else:
        compared = pairs(record.expected, outcome.got)
        for pair in compared:
            if not pair.same:
                yield from _pair(pair)
        yield from _same([pair for pair in compared if pair.same])
    yield f"<details><summary>Question: <code>{_text(record.question.operation)}</code></summary>"
    yield f"<pre>{_text(_question(record.question.input))}</pre></details>"
    yield f'<h4>Run it again</h4><pre class="again">{_text(rerun(outcome))}</pre>'
    yield "</section>"


def _heading(outcome: Outcome) -> str:
    due = f"<code>{_text(outcome.case.record.expected.result)}</code>"
    if outcome.got is None:
        return f"a fault where {due} is due"
    if outcome.got.result == outcome.case.record.expected.result:
        return f"{due}, with another output than is due"
    return f"<code>{_text(told(outcome.got))}</code> where {due} is due"


def _question(input: Any) -> str:
    text = json.dumps(input, indent=1)
    if len(text) <= _MOST_INPUT:
        return text
    return f"{text[:_MOST_INPUT]}\n… {counted(len(text) - _MOST_INPUT, 'more character')}"


def _pair(pair: Pair) -> Iterator[str]:
    yield f"<h4><code>{_text(pair.path)}</code></h4>"
    if pair.note:
        yield f'<p class="quiet">{_text(pair.note)}</p>'
    yield '<div class="sides">'
    for name, side in (("expected", pair.expected), ("got", pair.got)):
        units = _runs(side, pair.between)
        yield f'<div class="side"><span>{name}</span><code class="units">{units}</code></div>'
    yield "</div>"


def _same(same: Sequence[Pair]) -> Iterator[str]:
    if not same:
        return
    what = "1 member is" if len(same) == 1 else f"{len(same)} members are"
    yield f"<details><summary>{what} as expected</summary>"
    for pair in same:
        units = _runs(pair.expected, pair.between)
        yield f'<h4><code>{_text(pair.path)}</code></h4><code class="units">{units}</code>'
    yield "</details>"


def _runs(runs: Sequence[Run], between: str) -> str:
    if not runs:
        return '<span class="quiet">nothing</span>'
    return between.join(
        f"<mark>{_text(run)}</mark>" if differs else _text(run) for differs, run in runs
    )


__all__ = ["document"]
