"""The benches can be run: every module imports, every comparison does its task, and the report tells the truth."""

from __future__ import annotations

import importlib
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from benches import gate
from benches.python import budgets, draw, many, peers, picture
from benches.python.catalogue import MODULES
from benches.python.measure import Result, Spread
from benches.python.pair import Budget, Native, Pair, Took
from benches.python.races import races
from benches.python.served import Programs

BENCHES = Path(gate.__file__).resolve().parent


@pytest.mark.parametrize(
    "path",
    sorted([*BENCHES.glob("*.py"), *BENCHES.glob("python/*.py")]),
    ids=lambda path: path.stem,
)
def test_every_module_imports(path: Path) -> None:
    if path.stem == "test_benchmarks":
        pytest.importorskip("pytest_benchmark", reason="pytest-benchmark is not installed")
    folder = "benches.python." if path.parent.name == "python" else "benches."
    importlib.import_module(folder + path.stem)


@pytest.mark.parametrize("name", MODULES)
def test_every_pair_runs(name: str) -> None:
    if not peers.here(*MODULES[name]):
        pytest.skip(f"not all of {', '.join(MODULES[name])} are installed")
    made: list[Pair] = list(importlib.import_module(f"benches.python.{name}").pairs())
    assert made
    for pair in made:
        pair.ours()
        pair.peer()


def test_every_race_runs() -> None:
    with ExitStack() as closing:
        for race in races(Programs(closing)):
            race.single()
            assert race.peers, race.title
            for run in race.peers.values():
                assert run(1).wall > 0
            for threads in (1, 2, None):
                race.batch(20, threads)


def result(budget: Budget, ours: float, peer: float, *, part: bool = False) -> Result:
    def nothing() -> None: ...

    pair = Pair("group", "name", nothing, nothing, "the peer", budget, part=part)

    def one(value: float) -> Spread:
        return Spread(value, value, value)

    return Result(pair, one(ours), one(peer), one(peer / ours), one(ours - peer))


@pytest.mark.parametrize(
    ("budget", "ours", "peer", "verdict"),
    [
        (Budget(ratio=1.8), 10, 18.1, "met"),
        (Budget(ratio=1.8), 10, 17.3, "missed: 1.73 of 1.8x"),
        (Budget(times=1.15), 11, 10, "met"),
        (Budget(times=1.15), 12, 10, "missed: 1.2 of 1.15x"),
        (Budget(beyond=1.5), 11, 10, "met (1.10 times the peer's time)"),
        (Budget(beyond=1.5), 12, 10, "missed: 2 of 1.5 us (1.20 times the peer's time)"),
        (Budget(time=2000), 2500, 5000, "missed: 2500 of 2000 us (0.50 times the peer's time)"),
    ],
)
def test_a_missed_budget_says_so(budget: Budget, ours: float, peer: float, verdict: str) -> None:
    claim = budgets.claim_of(result(budget, ours, peer))
    assert claim is not None
    assert claim.verdict == verdict
    assert verdict in draw.budgets_table([claim])
    assert verdict in draw.pairs_table([result(budget, ours, peer)])


@pytest.fixture
def standing() -> many.Standing:
    """One thread is as fast as the bare primitive, two are a little slower than two processes of it."""
    race = many.Race(
        "verify_many",
        "P-256",
        100,
        single=lambda: None,
        batch=lambda *_: None,
        peers={},
        least={"the peer": 3.0},
        bound=True,
        bare=(lambda _: Took(1, 1), lambda _: Took(1, 1)),
    )
    times = {
        many.SINGLE: [11.0] * 3,
        many.ONE: [10.2] * 3,
        many.ALL: [5.2] * 3,
        "the peer": [40.0] * 3,
        many.BARE: [10.0] * 3,
        many.BARE_ALL: [5.0] * 3,
    }
    return many.Standing(race, 100, times, times)


def test_the_budgets_of_a_race(standing: many.Standing) -> None:
    said = {claim.what.partition(", ")[2]: claim for claim in standing.claims()}
    assert [claim.met for claim in said.values()] == [True, True, True, True, True, True]
    all_of_them = said["batch, all threads, beside the peer"]
    assert all_of_them.wanted == pytest.approx(6.0)
    standing.walls[many.ALL][:] = [5.6] * 3
    said = {claim.what.partition(", ")[2]: claim for claim in standing.claims()}
    verdict = said[f"batch, all threads, beside {many.BARE_ALL}"].verdict
    assert verdict == "missed: 0.8929 of 0.95x"


def test_where_processors_share_a_core_two_threads_owe_no_factor(standing: many.Standing) -> None:
    standing.walls[many.BARE_ALL][:] = [7.0] * 3
    (claim,) = [one for one in standing.claims() if one.wanted == 1.9]
    assert claim.verdict == "does not apply here (the processes reach 1.43x of one)"


def lines_of(table: str) -> Iterator[str]:
    for line in table.splitlines()[2:]:
        if re.search(r"\d\.\d", line):
            yield line


def test_no_time_stands_without_a_ratio(standing: many.Standing) -> None:
    results = [
        result(Budget(time=2000), 1500, 5000),
        result(Budget(beyond=1.5), 11, 10, part=True),
    ]
    claims = [*budgets.claims_of(results), *standing.claims()]
    tables = (draw.pairs_table(results), draw.races_table([standing]), draw.budgets_table(claims))
    for table in tables:
        lines = list(lines_of(table))
        assert lines
        for line in lines:
            assert re.search(r"\dx|times the", line), line


def test_the_pictures_are_xml_for_light_and_dark(standing: many.Standing) -> None:
    results = [result(Budget(ratio=1.8), 10, 18.1)]
    for text in (
        picture.of_pairs(results, "<about> & more"),
        picture.of_races([standing], "<about>"),
    ):
        tree = ET.fromstring(text)
        assert tree.tag.endswith("svg")
        assert "prefers-color-scheme: dark" in text
        # Every colour is a variable, so that the dark ones take the place of the light ones.
        assert not re.search(r'(fill|stroke)="', text)


def test_native_lines_have_a_title() -> None:
    assert Native("sign P-256").title == "native: sign P-256"


def test_the_gate_catches_a_tenth_more() -> None:
    assert gate.Finding("one", 1_100, 1_000).verdict == "MORE than the tolerance allows"
    assert gate.Finding("one", 1_049, 1_000).verdict == "held"
    assert gate.Finding("small", 240, 200).verdict == "held"
    assert gate.Finding("one", 900, 1_000).verdict == "fewer: time for --update"
    assert gate.Finding("one", 900, None).verdict == "new: not in the baseline"


def test_the_gate_tells_other_compilers() -> None:
    theirs, ours = {"rustc": "1.95.0", "target": "a"}, {"rustc": "1.96.0", "target": "a"}
    assert list(gate.differences(theirs, ours)) == [("rustc", ("1.95.0", "1.96.0"))]


@pytest.mark.parametrize("name", ["spark_audit", "ray_audit"])
def test_the_documentation_shows_the_programs_that_are_tested(name: str) -> None:
    program = (BENCHES / "distributed" / f"{name}.py").read_text("utf-8")
    assert f"```python\n{program}```" in (BENCHES / "README.md").read_text("utf-8")
