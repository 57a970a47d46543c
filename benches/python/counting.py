"""Instructions that callgrind counts: the difference between N calls and 2 N, so that what comes before is out."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Sequence

from benches.python.served import ROOT


def per_call(command: Sequence[str], calls: int) -> float:
    """Instructions of one call; `command` takes the number of calls as its last argument."""
    once, twice = (_count([*command, str(number)]) for number in (calls, 2 * calls))
    return (twice - once) / calls


def _count(command: Sequence[str]) -> int:
    watched = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *command]
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    done = subprocess.run(
        watched, check=False, capture_output=True, text=True, env=environment, cwd=ROOT
    )
    found = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode != 0 or found is None:
        raise RuntimeError(f"valgrind gives no count: {done.stderr[-500:]}")
    return int(found[1])
