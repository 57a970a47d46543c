"""The build backend: maturin's, which is told to take the C library along.

maturin builds one crate. What Python packages call a build is therefore two steps here: Cargo builds the C library in
the same target folder, so that the core and the cryptography below it are compiled once, and its two files are laid
where the wheel takes them from. Then maturin does all else.

The library is a file of its own and not the extension module under another name: the module cannot be loaded by a
program without Python, since it refers to objects of the interpreter.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import maturin
from maturin import (
    get_requires_for_build_editable,
    get_requires_for_build_sdist,
    get_requires_for_build_wheel,
    prepare_metadata_for_build_editable,
    prepare_metadata_for_build_wheel,
)

HERE = Path(__file__).resolve().parent
PACKAGE = HERE.parents[1] / "python/countermark/c_abi"


def lay_library() -> None:
    """Builds the library and copies it and its header into the package."""
    manifest = str(HERE / "Cargo.toml")
    cargo = os.environ.get("CARGO", "cargo")
    options = ["--release", "--locked", "--manifest-path", manifest, "--crate-type", "cdylib"]
    subprocess.run([cargo, "rustc", *options], check=True)
    asked = ["--no-deps", "--locked", "--format-version", "1", "--manifest-path", manifest]
    told = subprocess.run([cargo, "metadata", *asked], check=True, stdout=subprocess.PIPE)
    built = Path(json.loads(told.stdout)["target_directory"]) / "release"
    name = "libcountermark.dylib" if sys.platform == "darwin" else "libcountermark.so"
    for folder in ("lib", "include"):
        (PACKAGE / folder).mkdir(exist_ok=True)
    lay(built / name, PACKAGE / "lib" / name)
    lay(HERE / "include/countermark.h", PACKAGE / "include/countermark.h")


def lay(source: Path, target: Path) -> None:
    """Copies a file in one step: a process that has the old library loaded keeps it."""
    beside = target.with_name(f".{target.name}.new")
    shutil.copy(source, beside)
    beside.replace(target)


def build_sdist(sdist_directory: str, *arguments: Any, **named: Any) -> str:
    """As PEP 517 has it, with the manifest of the workspace as it is.

    maturin leaves out of it what the extension does not depend on: the C library could not be built, and neither would
    the lock file fit.
    """
    name = str(maturin.build_sdist(sdist_directory, *arguments, **named))
    path = Path(sdist_directory, name)
    manifest = (HERE.parent / "Cargo.toml").read_bytes()
    with tarfile.open(path) as archive:
        members = [
            (member, archive.extractfile(member).read() if member.isfile() else b"")  # type: ignore[union-attr]
            for member in archive.getmembers()
        ]
    # No time in the header of the compressed file: the same source makes the same archive.
    with (
        path.open("wb") as file,
        gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for member, data in members:
            if member.name.endswith("/rust/Cargo.toml") and member.name.count("/") == 2:
                member.size = len(manifest)
                archive.addfile(member, io.BytesIO(manifest))
            else:
                archive.addfile(member, io.BytesIO(data))
    return name


def build_wheel(wheel_directory: str, *arguments: Any, **named: Any) -> str:
    """As PEP 517 has it."""
    lay_library()
    return maturin.build_wheel(wheel_directory, *arguments, **named)


def build_editable(wheel_directory: str, *arguments: Any, **named: Any) -> str:
    """As PEP 660 has it."""
    lay_library()
    return maturin.build_editable(wheel_directory, *arguments, **named)


__all__ = [
    "build_editable",
    "build_sdist",
    "build_wheel",
    "get_requires_for_build_editable",
    "get_requires_for_build_sdist",
    "get_requires_for_build_wheel",
    "prepare_metadata_for_build_editable",
    "prepare_metadata_for_build_wheel",
]

if __name__ == "__main__":
    # `python rust/c/build_backend.py` lays the library into the package, with FOLDER also a source distribution there.
    if len(sys.argv) == 1:
        lay_library()
    else:
        build_sdist(sys.argv[1])
