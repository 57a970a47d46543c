"""How many audit log entries are verified in a second, by a plain loop, by batches, and by engines on two workers.

    python benches/distributed/rate.py [--entries N] [--rounds N] [--only TEXT]

All are measured in one run, by turns; starting an engine, and its first round, are left out.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benches.distributed import clusters  # found from the line above
from benches.distributed.records import by_loop, rows
from benches.python import peers
from countermark import PublicKey
from countermark.batch import verify_audit_records

LOOP = "a loop over single calls"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0] if __doc__ else None)
    parser.add_argument("--entries", type=int, default=40_000, metavar="N")
    parser.add_argument("--rounds", type=int, default=5, metavar="N")
    parser.add_argument("--only", default="", metavar="TEXT", help="only who has TEXT in the name")
    options = parser.parse_args(arguments)
    table = list(rows(options.entries))
    with ExitStack() as closing:
        folder = Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="countermark-")))
        lanes = {LOOP: lambda: by_loop(table), **_batches(table)}
        for engine, needed, start in (("Spark", "pyspark", _spark), ("Ray", "ray", _ray)):
            if not peers.here(needed, "pyarrow"):
                print(f"absent: {engine}: {needed} or pyarrow is not installed")
            elif options.only in engine:
                lanes[f"{engine}, {clusters.WORKERS} workers"] = start(table, folder, closing)
        lanes = {name: run for name, run in lanes.items() if options.only in name or name == LOOP}
        times = _by_turns(lanes, options.rounds)
    print(f"{options.entries} entries, medians of {options.rounds} rounds")
    for name, taken in times.items():
        ratios = [one / other for one, other in zip(times[LOOP], taken, strict=True)]
        rate = options.entries / median(taken)
        print(f"{name:28}{rate:10,.0f} a second  {median(ratios):6.2f} times the loop")
    return 0


def _by_turns(lanes: dict[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {name: [] for name in lanes}
    for turn in range(rounds + 1):
        for name, run in lanes.items():
            start = time.perf_counter()
            run()
            if turn:
                times[name].append(time.perf_counter() - start)
    return times


def _batches(table: list[dict[str, Any]]) -> dict[str, Callable[[], object]]:
    keys = {row["public_key"]: PublicKey.from_pem(row["public_key"]) for row in table}
    items = [
        {
            "record": row["record"],
            "public_key": keys[row["public_key"]],
            "challenge": row["challenge"],
        }
        for row in table
    ]
    return {
        "a batch on one thread": lambda: verify_audit_records(items, threads=1),
        "a batch on all threads": lambda: verify_audit_records(items),
    }


def _parquet(table: list[dict[str, Any]], folder: Path) -> str:
    import pyarrow as pa
    from pyarrow import parquet

    path = folder / "entries.parquet"
    if not path.exists():
        parquet.write_table(pa.Table.from_pylist(table), path)
    return str(path)


def _spark(table: list[dict[str, Any]], folder: Path, closing: ExitStack) -> Callable[[], object]:
    from benches.distributed import spark_audit

    session = closing.enter_context(clusters.spark())
    entries = (
        session.read.parquet(_parquet(table, folder)).repartition(4 * clusters.WORKERS).cache()
    )
    entries.count()
    return lambda: spark_audit.verdicts(entries).write.format("noop").mode("overwrite").save()


def _ray(table: list[dict[str, Any]], folder: Path, closing: ExitStack) -> Callable[[], object]:
    from benches.distributed import ray_audit

    engine = closing.enter_context(clusters.ray())
    entries = engine.data.read_parquet(_parquet(table, folder)).repartition(4 * clusters.WORKERS)
    entries = entries.materialize()
    return lambda: ray_audit.verdicts(entries).materialize()


if __name__ == "__main__":
    sys.exit(main())
