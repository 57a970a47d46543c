"""Ten thousand entries of an audit log, verified on two workers by real engines, come out as a plain loop says.

They run with ``pytest -m distributed``; each is skipped with the reason where its engine is not installed.
"""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from benches.distributed import clusters
from benches.distributed.records import EVERY, WRONGS
from tests.distributed.conftest import COUNT

pytestmark = [
    pytest.mark.distributed,
    pytest.mark.slow,
    # What the engines warn of is told, and is not for us to mend.
    pytest.mark.filterwarnings("default"),
]


def test_the_entries_are_right_and_wrong(expected: dict[int, str]) -> None:
    """Otherwise the tests below would prove little."""
    found = Counter(expected.values())
    assert sum(found.values()) == COUNT
    assert found["valid"] > COUNT * (1 - 2 / EVERY)
    assert len(found) >= len(WRONGS)
    assert min(found.values()) >= 50, found


def test_spark(table: list[dict[str, Any]], expected: dict[int, str], tmp_path: Path) -> None:
    pytest.importorskip("pyspark", reason="pyspark is not installed")
    pa = pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java, which is not installed")
    from pyarrow import parquet

    from benches.distributed import spark_audit

    parquet.write_table(pa.Table.from_pylist(table), tmp_path / "entries.parquet")
    with clusters.spark() as session:
        entries = session.read.parquet(str(tmp_path / "entries.parquet")).repartition(4)
        spark_audit.verdicts(entries).write.parquet(str(tmp_path / "verdicts"))
        executors = session.sparkContext._jsc.sc().getExecutorMemoryStatus().size() - 1
    assert executors == clusters.WORKERS
    answers = parquet.read_table(tmp_path / "verdicts").to_pylist()
    assert len(answers) == COUNT
    assert {row["id"]: row["verdict"] for row in answers} == expected


def test_ray(table: list[dict[str, Any]], expected: dict[int, str], tmp_path: Path) -> None:
    pytest.importorskip("ray.data", reason="ray is not installed", exc_type=ImportError)
    pa = pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    from pyarrow import parquet

    from benches.distributed import ray_audit

    parquet.write_table(pa.Table.from_pylist(table), tmp_path / "entries.parquet")
    with clusters.ray() as engine:
        entries = engine.data.read_parquet(str(tmp_path / "entries.parquet")).repartition(4)
        ray_audit.verdicts(entries).write_parquet(str(tmp_path / "verdicts"))
    answers = parquet.read_table(tmp_path / "verdicts").to_pylist()
    assert len(answers) == COUNT
    assert {row["id"]: row["verdict"] for row in answers} == expected
