"""A wrong implementation is noticed by every file of vectors, and called wrong by the runner."""

from __future__ import annotations

from pathlib import Path

import pytest

from countermark.vectors import reading, running
from countermark.vectors.engines import Engine
from countermark.vectors.model import VALID
from tests.unit.wrong_engines import (
    Accepting,
    Panicking,
    WrongAnswers,
    WrongQuestions,
    with_one_flipped,
)

VECTORS = Path(__file__).resolve().parents[2] / "vectors"
FILES = reading.find([VECTORS])
each_file = pytest.mark.parametrize(
    "path", FILES, ids=lambda path: str(path.relative_to(VECTORS).with_suffix(""))
)


def cases(path: Path) -> list[reading.Case]:
    return reading.cases([reading.read(path)], reading.Choice())


def first_wrong(engine: Engine, asked: list[reading.Case]) -> running.Outcome | None:
    outcomes = (running.judge(engine, case) for case in asked)
    return next((one for one in outcomes if one.status is not running.Status.PASSED), None)


@each_file
def test_one_flipped_byte_in_what_is_read_is_noticed(path: Path) -> None:
    found = first_wrong(WrongQuestions("native"), cases(path))
    assert found is not None


@each_file
def test_one_flipped_byte_in_what_is_answered_is_noticed(path: Path) -> None:
    # An output without a text, such as a length of nothing, has nothing to flip.
    asked = [case for case in cases(path) if with_one_flipped(case.record.expected.output)]
    wrong = [running.judge(WrongAnswers("native"), case) for case in asked]
    assert {one.status for one in wrong} <= {running.Status.FAILED}


@each_file
def test_an_engine_that_refuses_nothing_is_noticed(path: Path) -> None:
    asked = [case for case in cases(path) if case.record.expected.result != VALID]
    wrong = [running.judge(Accepting("native"), case) for case in asked]
    assert {one.status for one in wrong} <= {running.Status.FAILED}


def test_an_engine_that_ends_the_process_is_a_fault() -> None:
    asked = cases(VECTORS / "dfns-sdk/keys.json")
    found = [running.judge(Panicking("native"), case) for case in asked[:2]]
    assert [one.status for one in found] == [running.Status.FAULT] * 2
    assert found[0].fault == f"SystemExit: thrown out of {asked[0].record.question.operation}"
    assert found[0].got is None


def test_there_are_files() -> None:
    assert len(FILES) >= 28
