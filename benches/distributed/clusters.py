"""Both engines on this machine, with two workers each, and nothing sent anywhere else."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

ROOT: Final = str(Path(__file__).resolve().parents[2])
WORKERS: Final = 2


@contextmanager
def spark() -> Iterator[Any]:
    """A Spark cluster: a master, and two workers with an executor of one core each, in processes of their own."""
    os.environ |= {
        "PYSPARK_PYTHON": sys.executable,
        "PYSPARK_DRIVER_PYTHON": sys.executable,
        "SPARK_LOCAL_IP": "127.0.0.1",
    }
    from pyspark.sql import SparkSession

    # The workers import the program, since here it is a module and no script.
    paths = [ROOT, *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    session = (
        SparkSession.builder.master(f"local-cluster[{WORKERS},1,1024]")
        .appName("countermark")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.executor.memory", "512m")
        .config("spark.executorEnv.PYTHONPATH", os.pathsep.join(paths))
        .config("spark.default.parallelism", 4 * WORKERS)
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", 1024)
        .config("spark.ui.enabled", "false")
        .config("spark.log.level", "ERROR")
        .getOrCreate()
    )
    try:
        yield session
    finally:
        session.stop()


@contextmanager
def ray() -> Iterator[Any]:
    """Ray with two processors, each of which a worker process takes."""
    os.environ |= {
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_DATA_DISABLE_PROGRESS_BARS": "1",
        # Whatever the system: one node, on the loopback address.
        "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",
        # Its workers are as important as whatever else runs.
        "RAY_worker_niceness": "0",
    }
    import ray as engine

    folder = tempfile.mkdtemp(prefix="ray-")
    engine.init(
        num_cpus=WORKERS,
        _temp_dir=folder,
        include_dashboard=False,
        log_to_driver=False,
        configure_logging=False,
    )
    try:
        yield engine
    finally:
        engine.shutdown()
        shutil.rmtree(folder, ignore_errors=True)
