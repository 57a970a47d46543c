"""Runs Python programs in processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def python(
    program: str,
    *arguments: str,
    options: tuple[str, ...] = (),
    env: Mapping[str, str] | None = None,
    timeout: float = 120,
) -> subprocess.CompletedProcess[str]:
    """The program has the tests to import, as they are imported here."""
    return subprocess.run(
        [sys.executable, *options, "-c", program, *arguments],
        cwd=ROOT,
        env={**os.environ, **(env or {})},
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout,
    )


def output(program: str, *arguments: str, options: tuple[str, ...] = ()) -> str:
    """What a program prints that must end well and have nothing to complain about."""
    done = python(program, *arguments, options=options)
    assert done.returncode == 0, (done.returncode, done.stderr)
    assert done.stderr == ""
    return done.stdout
