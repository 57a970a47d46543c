"""Where the C library of this package and its header lie, for programs and SDKs in other languages.

>>> from countermark import c_abi
>>> c_abi.include_dir().joinpath("countermark.h").is_file()  # doctest: +SKIP
True

On a shell, ``cc program.c $(python -m countermark.c_abi --cflags --libs)`` compiles and links a program. Nothing is
loaded here; the Python package itself does not use the library.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

__all__ = ["include_dir", "library_path"]

_HERE: Final = Path(__file__).resolve().parent


def library_path() -> Path:
    """The shared library: ``libcountermark.so``, on macOS ``libcountermark.dylib``.

    The file is part of a wheel; in a source tree it is there once it was built.
    """
    return (
        _HERE
        / "lib"
        / ("libcountermark.dylib" if sys.platform == "darwin" else "libcountermark.so")
    )


def include_dir() -> Path:
    """The folder with ``countermark.h``."""
    return _HERE / "include"
