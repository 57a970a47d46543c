"""Prints what a C compiler needs: ``python -m countermark.c_abi [--cflags] [--libs]``, or ``--library``."""

from __future__ import annotations

import argparse
import shlex

from countermark.c_abi import include_dir, library_path


def main() -> None:
    """Prints the flags that were asked for, on one line."""
    parser = argparse.ArgumentParser(prog="python -m countermark.c_abi", description=__doc__)
    parser.add_argument("--cflags", action="store_true", help="the flags to compile with")
    parser.add_argument("--libs", action="store_true", help="the flags to link with")
    parser.add_argument(
        "--library", action="store_true", help="only where the library lies, to load it at run time"
    )
    asked = parser.parse_args()
    if asked.library:
        print(library_path())  # noqa: T201 - what the command is for
        return
    flags = []
    if asked.cflags or not asked.libs:
        flags.append(f"-I{include_dir()}")
    if asked.libs or not asked.cflags:
        folder = library_path().parent
        flags += [f"-L{folder}", f"-Wl,-rpath,{folder}", "-lcountermark"]
    print(shlex.join(flags))  # noqa: T201 - what the command is for


if __name__ == "__main__":
    main()
