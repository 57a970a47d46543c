"""The header, the library and the committed list of symbols say the same, and every parameter is documented."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

import countermark
from countermark import c_abi
from tests.c_abi.library import HEADER, LIBRARY, constants, ffi, functions, header, lib, parameters

CRATE: Final = Path(__file__).resolve().parents[2] / "rust/c"


def comment_of(name: str) -> str:
    """The comment above a function."""
    found = re.search(rf"/\*\*((?:(?!\*/).)*)\*/\s*[\w ]*?[ *]{name}\(", header(), re.DOTALL)
    assert found, name
    return found[1]


@pytest.mark.parametrize("name", sorted(functions()))
def test_every_parameter_is_documented_as_in_out_or_both(name: str) -> None:
    told = dict(re.findall(r"@param (\w+) ?(\[[^\]]*\])?", comment_of(name)))
    kinds = parameters(name)
    assert told.keys() == kinds.keys()
    if name == "cm_status_code_name":
        return
    for parameter, kind in kinds.items():
        written = kind.endswith("*") and not kind.startswith("const")
        both = parameter == "out_length"
        due = "[in, out" if both else "[out" if written else "[in"
        assert told[parameter].startswith(due), parameter
    assert "@return" in comment_of(name)


@pytest.mark.skipif(not CRATE.is_dir(), reason="the source of the library is not here")
def test_the_header_that_ships_is_the_one_that_is_committed() -> None:
    assert HEADER.read_bytes() == (CRATE / "include/countermark.h").read_bytes()


@pytest.mark.skipif(shutil.which("nm") is None, reason="nm is not installed")
@pytest.mark.skipif(not CRATE.is_dir(), reason="the source of the library is not here")
def test_the_library_exports_what_is_recorded() -> None:
    listed = subprocess.run(
        ["nm", "-D", "--defined-only", str(c_abi.library_path())],
        check=True,
        capture_output=True,
        text=True,
    )
    exported = sorted(line.split()[-1] for line in listed.stdout.splitlines())
    assert exported == (CRATE / "symbols.txt").read_text("ascii").split()
    ours = {name for name in exported if name.startswith("cm_")}
    assert ours == set(functions())


def test_the_versions_are_those_of_the_package() -> None:
    assert ffi.string(lib.cm_version()).decode() == countermark.__version__
    assert lib.cm_abi_version() == constants()["CM_ABI_VERSION"]


def test_the_flags_for_a_compiler_name_what_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    from countermark.c_abi.__main__ import main

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["countermark.c_abi"])
        main()
    include, folder, *_ = capsys.readouterr().out.split()
    assert Path(include.removeprefix("-I"), "countermark.h").is_file()
    assert Path(folder.removeprefix("-L"), LIBRARY.name).is_file()
