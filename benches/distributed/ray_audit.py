"""Verifies the entries of an audit log with Ray: python ray_audit.py ENTRIES.parquet VERDICTS-FOLDER."""

import sys

import pyarrow as pa
import ray

from countermark.batch import verify_audit_records


def verify(batch: pa.Table) -> pa.Table:
    rows = batch.select(["record", "public_key", "challenge"])
    # Ray runs a task for each of its cores, so each of them takes one thread.
    errors = verify_audit_records(rows, threads=1)
    codes = ["valid" if error is None else error.code for error in errors]
    return pa.table({"id": batch["id"], "verdict": codes})


def verdicts(entries: ray.data.Dataset) -> ray.data.Dataset:
    return entries.map_batches(verify, batch_format="pyarrow", batch_size=1024)


if __name__ == "__main__":
    verdicts(ray.data.read_parquet(sys.argv[1])).write_parquet(sys.argv[2])
