"""Verifies the entries of an audit log with Spark: spark-submit spark_audit.py ENTRIES.parquet VERDICTS.parquet."""

import sys
from collections.abc import Iterable, Iterator

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession

from countermark.batch import verify_audit_records


def verify(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        rows = batch.select(["record", "public_key", "challenge"])
        # Spark runs a task for each of its cores, so each of them takes one thread.
        errors = verify_audit_records(rows, threads=1)
        codes = ["valid" if error is None else error.code for error in errors]
        yield pa.RecordBatch.from_pydict({"id": batch["id"], "verdict": codes})


def verdicts(entries: DataFrame) -> DataFrame:
    return entries.mapInArrow(verify, "id long, verdict string")


if __name__ == "__main__":
    spark = SparkSession.builder.getOrCreate()
    verdicts(spark.read.parquet(sys.argv[1])).write.parquet(sys.argv[2])
