"""The same comparisons under pytest-benchmark: ``pytest benches/python --benchmark-only``."""

from __future__ import annotations

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benches.python.catalogue import pairs
from benches.python.pair import Work

CASES = [
    pytest.param(pair.title, work, id=f"{pair.title} ({side})")
    for pair in pairs()
    for side, work in (("countermark", pair.ours), (pair.peer_name, pair.peer))
    if work is not None
]


@pytest.mark.parametrize(("title", "work"), CASES)
def test_benchmark(benchmark: BenchmarkFixture, title: str, work: Work) -> None:
    benchmark.group = title
    benchmark(work)
