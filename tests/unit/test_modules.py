"""Every module imports by itself; every public name exists and says what it is."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import subprocess
import sys
from collections.abc import Iterator

import pytest

import countermark

MODULES = sorted(
    ["countermark"]
    + [
        module.name
        for module in pkgutil.walk_packages(countermark.__path__, "countermark.")
        if module.name != "countermark._native"
    ]
)
RUNS = "countermark.__main__"  # importing it runs the command
PUBLIC = [
    name for name in MODULES if name != RUNS and hasattr(importlib.import_module(name), "__all__")
]


def test_there_are_modules() -> None:
    assert {"countermark", "countermark.errors", "countermark.dfns"} <= set(PUBLIC)
    assert "countermark.cli.sign" in MODULES
    assert "countermark.reference" in MODULES


@pytest.mark.parametrize("name", [*sorted({*MODULES} - {RUNS}), "countermark._native"])
def test_a_module_imports_alone(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", f"import {name}"], capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()


def test_importing_the_package_imports_nothing_that_must_be_installed() -> None:
    program = (
        "import sys; before = set(sys.modules); import countermark, countermark.dfns, countermark.cli\n"
        "new = {name.split('.')[0] for name in set(sys.modules) - before}\n"
        "print(sorted(new - set(sys.stdlib_module_names) - {'countermark'}))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout.decode().strip() == "[]"


def undocumented(name: str, value: object) -> Iterator[str]:
    """Names of a class or function, and of what is public in it, that say nothing of themselves."""
    if not (inspect.getdoc(value) or "").strip():
        yield name
    if inspect.isclass(value):
        for member, defined in vars(value).items():
            described = inspect.isroutine(defined) or inspect.isdatadescriptor(defined)
            if member.startswith("_") or not described or inspect.ismemberdescriptor(defined):
                continue
            if not (inspect.getdoc(getattr(value, member)) or "").strip():
                yield f"{name}.{member}"


@pytest.mark.parametrize("name", PUBLIC)
def test_public_names_exist_and_are_documented(name: str) -> None:
    module = importlib.import_module(name)
    assert module.__doc__, name
    assert len(set(module.__all__)) == len(module.__all__)
    values = {public: getattr(module, public) for public in module.__all__}
    if name.split(".")[1:2] == ["reference"]:
        return  # its names are those of the door, and documented there
    silent = [
        one
        for public, value in values.items()
        if inspect.isclass(value) or inspect.isroutine(value)
        for one in undocumented(public, value)
    ]
    assert not silent
