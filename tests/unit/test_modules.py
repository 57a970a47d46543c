"""Every module imports by itself; every public name exists and says what it is."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import subprocess
import sys

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


@pytest.mark.parametrize("name", PUBLIC)
def test_public_names_exist_and_are_documented(name: str) -> None:
    module = importlib.import_module(name)
    assert module.__doc__, name
    assert len(set(module.__all__)) == len(module.__all__)
    undocumented = []
    for public in module.__all__:
        value = getattr(module, public)
        if inspect.isclass(value) or inspect.isroutine(value):
            if not (value.__doc__ or "").strip():
                undocumented.append(public)
            if name.startswith(("countermark.reference", "countermark.cli")):
                continue
            if inspect.isclass(value):
                undocumented += [
                    f"{public}.{member}"
                    for member, defined in vars(value).items()
                    if not member.startswith("_")
                    and (inspect.isroutine(defined) or inspect.isdatadescriptor(defined))
                    and not inspect.ismemberdescriptor(defined)
                    and not (inspect.getdoc(getattr(value, member)) or "").strip()
                ]
    assert not undocumented, undocumented
