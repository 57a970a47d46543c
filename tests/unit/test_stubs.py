"""The stub of the native module says what the module has, and the package is strictly typed."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Through the interpreter of the tests, so that the installed package is the one that is checked.
STUBTEST = (sys.executable, "-m", "mypy.stubtest", "countermark._native")
MYPY = (sys.executable, "-m", "mypy")

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("mypy") is None, reason="mypy is not installed"
)


def test_the_stub_is_true(tmp_path: Path) -> None:
    # Away from the sources: the stub that is installed is the one that counts.
    done = subprocess.run(STUBTEST, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_package_is_strictly_typed() -> None:
    done = subprocess.run(MYPY, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_package_says_that_it_is_typed() -> None:
    assert (ROOT / "python/countermark/py.typed").is_file()
