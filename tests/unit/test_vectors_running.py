"""Asking and comparing: exactly, whatever the engine does, and in processes that may end."""

from __future__ import annotations

import os
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from countermark.vectors import running
from countermark.vectors.engines import Engine
from countermark.vectors.model import Answer, Question, Record
from countermark.vectors.reading import Case
from countermark.vectors.report import Report, jsonl, junit, page, rerun, text
from countermark.vectors.report.difference import pairs
from countermark.vectors.running import Outcome, Status
from tests.browser.vectors_page import hostile_report


class Saying:
    """An engine that says one thing, or raises one."""

    name = "saying"

    def __init__(self, said: Any) -> None:
        self._said = said

    def answer(self, question: Question) -> Answer:  # noqa: ARG002  it does not listen
        if isinstance(self._said, BaseException):
            raise self._said
        answer: Answer = self._said
        return answer


def case(expected: Answer, *, name: str = "one", ordered: bool = False) -> Case:
    question = Question("hex.decode", {"text": "00ff"})
    record = Record(name, "shows", "section", "origin", question, expected, ordered)
    return Case("a.json", "a", record)


@pytest.mark.parametrize(
    ("due", "said"),
    [
        ({"a": 1}, {"a": True}),
        ({"a": 0}, {"a": False}),
        ({"a": 1}, {"a": "1"}),
        ({"a": None}, {}),
        ({"a": [1, 2]}, {"a": [2, 1]}),
        ({"a": {"b": 1}}, {"a": {"b": 1, "c": 2}}),
    ],
)
def test_outputs_are_compared_as_json(due: dict[str, Any], said: dict[str, Any]) -> None:
    asked = case(Answer("valid", due))
    assert running.judge(Saying(Answer("valid", due)), asked).status is Status.PASSED
    assert running.judge(Saying(Answer("valid", said)), asked).status is Status.FAILED
    assert running.judge(Saying(Answer("hex.length")), asked).status is Status.FAILED


def test_the_order_of_members_counts_where_a_record_says_so() -> None:
    due, said = Answer("valid", {"a": {"b": 1, "c": 2}}), Answer("valid", {"a": {"c": 2, "b": 1}})
    assert running.judge(Saying(said), case(due)).status is Status.PASSED
    assert running.judge(Saying(said), case(due, ordered=True)).status is Status.FAILED


@pytest.mark.parametrize(
    "said",
    [
        KeyError("a"),
        RecursionError(),
        BaseException("a panic of Rust is one"),
        SystemExit(0),
        GeneratorExit(),
        MemoryError(),
        Answer("valid", {"bytes": b"no JSON"}),
        Answer("valid", {"number": float("nan")}),
    ],
    ids=lambda said: type(said).__name__,
)
def test_whatever_is_no_answer_is_a_fault(said: Any) -> None:
    found = running.judge(Saying(said), case(Answer("valid")))
    assert (found.status, found.got) == (Status.FAULT, None)
    assert found.fault


def test_ctrl_c_is_no_fault() -> None:
    with pytest.raises(KeyboardInterrupt):
        running.judge(Saying(KeyboardInterrupt()), case(Answer("valid")))


def _ends(_door: Any, given: Any) -> dict[str, Any]:
    if given["text"] == "end":
        os._exit(7)
    return {}


class Ending(Engine):
    """Ends its process at one of the questions."""

    def answer(self, question: Question) -> Answer:
        return Answer("valid", _ends(None, question.input))


def _prepare_ending(names: Any) -> None:
    running._engines.update({name: Ending(name) for name in names})


def test_a_process_that_ends_is_a_fault_of_its_record_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(running, "_prepare", _prepare_ending)
    asked = [
        Case(
            "a.json",
            "a",
            Record(f"r{at}", "s", "s", "o", Question("x", {"text": word}), Answer("valid")),
        )
        for at, word in enumerate(["go"] * 20 + ["end"] + ["go"] * 30)
    ]
    found = list(running.run(asked, ["native"], jobs=2))
    assert [one.case.record.id for one in found] == [f"r{at}" for at in range(51)]
    assert [one.case.record.id for one in found if one.status is not Status.PASSED] == ["r20"]
    assert found[20].fault == "the process that was asked ended without an answer"


# --- Reports. ---


def test_junit_is_xml_of_the_known_form_whatever_it_holds() -> None:
    report = hostile_report()
    whole = ET.fromstring(junit.document(report).encode("utf-8", "strict"))
    assert (whole.tag, whole.attrib["tests"], whole.attrib["failures"], whole.attrib["errors"]) == (
        *("testsuites", "7"),
        *("3", "1"),
    )
    members = {"classname", "name", "time"}
    for suite in whole:
        assert suite.tag == "testsuite"
        cases = suite.findall("testcase")
        assert len(cases) == len(suite) == int(suite.attrib["tests"])
        for element, attribute in (
            ("failure", "failures"),
            ("error", "errors"),
            ("skipped", "skipped"),
        ):
            assert len(suite.findall(f"testcase/{element}")) == int(suite.attrib[attribute])
        assert all(set(one.attrib) == members and len(one) <= 1 for one in cases)
    assert "\\x1b[31m" in junit.document(report)
    assert "\\ud800" in junit.document(report)


def test_json_lines_and_text_hold_hostile_text_safely() -> None:
    report = hostile_report()
    assert all(line.isascii() and line.isprintable() for line in jsonl.lines(report))
    assert len(list(jsonl.lines(report))) == 8
    assert list(text.lines(report))[-1].startswith("5 records, 6 answers of native and")


def test_many_failures_are_cut_short_in_text_and_counted() -> None:
    wrong = [
        Outcome(case(Answer("valid"), name=f"r{at}"), "native", Status.FAILED, Answer("hex.length"))
        for at in range(60)
    ]
    told = list(text.lines(Report(["native"], wrong)))
    assert sum("again:" in line for line in told) == 50
    assert "10 more failures in the other reports" in told


def test_the_command_that_asks_again_is_quoted_for_a_shell() -> None:
    odd = Outcome(case(Answer("valid"), name="it's; one"), "native", Status.FAILED, None)
    assert rerun(odd).endswith("""a.json --only 'it'"'"'s; one' --engine native""")


def test_one_of_a_kind_is_called_that() -> None:
    wrong = Outcome(case(Answer("valid")), "native", Status.FAILED, Answer("hex.length"))
    one = Report(["native"], [wrong])
    assert (
        text.summary(one) == "1 record, 1 answer of native, 0 as due, 1 wrong, 0 faults, 0 skipped"
    )
    shown = page.document(one)
    assert "<strong>1</strong> record<" in shown
    assert '<strong class="failed">1</strong> wrong answer<' in shown
    assert '<span class="tally">1 record, ' in shown
    many = list(text.lines(Report(["native"], [wrong] * 51)))
    assert "1 more failure in the other reports" in many


def test_differences_are_found_in_bytes() -> None:
    due = {"bytes": "00112233445566778899", "same": "abcd"}
    result, octets, same = pairs(
        Answer("valid", due), Answer("valid", {**due, "bytes": "0011ff3344556677889900"})
    )
    assert (result.same, same.same, octets.same) == (True, True, False)
    assert octets.note == "they differ from byte 2 (0x2) on; 10 bytes expected, 11 got"
    assert octets.expected == ((False, "00 11"), (True, "22"), (False, "33 44 55 66 77 88 99"))
    assert octets.got[-1] == (True, "00")


def test_long_differences_are_shown_around_the_first() -> None:
    due = {"bytes": "00" * 5000 + "aa" + "00" * 5000}
    _, octets = pairs(Answer("valid", due), Answer("valid", {"bytes": "00" * 10_001}))
    assert octets.note == "they differ from byte 5000 (0x1388) on; shown are bytes 4936 to 5959"
    assert octets.expected[1] == (True, "aa")


def test_a_member_of_one_side_is_called_that() -> None:
    _, mine, theirs = pairs(Answer("valid", {"a": "x"}), Answer("valid", {"b": [1]}))
    assert (mine.path, mine.note, mine.got) == ("output.a", "only in what was expected", ())
    assert (theirs.path, theirs.note, theirs.expected) == ("output.b.0", "only in what was got", ())
