"""What the documentation shows is what happens: docstrings' examples and the README's blocks are run.

README blocks marked ``python`` are one program from top to bottom; those marked ``bash`` are one
session. Blocks marked ``sh`` are for the reader's machine and are not run here.
"""

from __future__ import annotations

import doctest
import importlib
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from countermark.dfns import ClientDataProfile
from tests.unit.test_modules import MODULES, RUNS

README = Path(__file__).resolve().parents[2] / "README.md"
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def blocks(language: str) -> list[str]:
    """The fenced blocks of one language in the README."""
    text = README.read_text("utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("name", sorted({*MODULES} - {RUNS}))
def test_examples_in_docstrings(name: str) -> None:
    module = importlib.import_module(name)
    found = doctest.DocTestFinder().find(module, module.__name__)
    runner = doctest.DocTestRunner(optionflags=FLAGS)
    said: list[str] = []
    for example in found:
        runner.run(example, out=said.append)
    assert runner.summarize(verbose=False).failed == 0, "".join(said)


def test_the_package_shows_examples() -> None:
    """Fails where the search above finds nothing at all to run."""
    finder = doctest.DocTestFinder()
    found = [
        example
        for name in ("countermark", "countermark.keys", "countermark.dfns", "countermark.webauthn")
        if name in MODULES
        for test in finder.find(importlib.import_module(name), name)
        for example in test.examples
    ]
    assert found


def test_readme_python(tmp_path: Path) -> None:
    assert len(blocks("python")) >= 3
    program = tmp_path / "readme.py"
    program.write_text("\n".join(blocks("python")), "utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "error", program], cwd=tmp_path, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()


def test_readme_commands(tmp_path: Path) -> None:
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("bash is not installed")
    scripts = sysconfig.get_path("scripts")
    if not Path(scripts, "countermark").exists():
        pytest.skip("the package was installed without its script")
    session = blocks("bash")
    assert session
    assert any("countermark sign" in block for block in session)
    done = subprocess.run(
        [bash, "-euo", "pipefail", "-c", "\n".join(session)],
        cwd=tmp_path,
        env={**os.environ, "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()


def test_readme_names_the_two_commands() -> None:
    shown = "\n".join(blocks("sh"))
    assert "pip install . && countermark demo\n" in shown
    assert "pip install '.[test]' && pytest -n auto\n" in shown


def test_readme_lists_every_profile() -> None:
    section = README.read_text("utf-8").split("## Client data profiles")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (`.*?) \|", section, re.MULTILINE)
    listed = re.findall(r"`([^`]+)`", " ".join(rows))
    assert sorted(listed) == sorted(profile.value for profile in ClientDataProfile)
