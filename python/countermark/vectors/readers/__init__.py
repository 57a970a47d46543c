"""Readers turn a file of a known format into records. Each is a module with ``read(path, whole)``.

A reader is given the file's path and everything in it as JSON has it, and yields a `Record` for what can be
asked and a `Skip` for what cannot. What is malformed raises `MalformedInput`.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from countermark.errors import MalformedInput
from countermark.vectors.model import FORMAT, Record, Skip

Reader = Callable[[Path, Any], Iterator[Record | Skip]]
"""Takes a path and the whole file, gives its records."""

_MODULES: Final = {
    FORMAT: "own",
    "dfns-sdk-vectors/1": "dfns_sdk",
    "wycheproof": "wycheproof",
    "cctv-ed25519": "cctv",
}
_CCTV: Final = ({"key", "sig", "msg"}, {"A", "R", "S", "M"})
"""The members of a record of CCTV's Ed25519 file, which has no head: as it is, and as it was."""


def format_of(whole: Any) -> str | None:
    """The name of the format of a file, or None where nobody here reads it."""
    if isinstance(whole, dict):
        if isinstance(whole.get("testGroups"), list):
            return "wycheproof"
        named = whole.get("format")
        return named if isinstance(named, str) and named in _MODULES else None
    if isinstance(whole, list) and whole and isinstance(whole[0], dict):
        return "cctv-ed25519" if any(whole[0].keys() >= form for form in _CCTV) else None
    return None


def subject_of(path: Path, whole: Any) -> str:
    """What the file is about: as it says itself, else the format and the name of the file."""
    named = format_of(whole)
    if named == FORMAT:
        return str(whole["subject"])
    return f"{str(named).removesuffix('-vectors/1')}/{path.stem}"


def reader(path: Path, whole: Any) -> Reader:  # noqa: ARG001  a format may be told by a name
    """The reader for a file.

    Raises:
        MalformedInput: its format is not known (``json.shape``).
    """
    named = format_of(whole)
    if named is None:
        raise MalformedInput("not of a known format", code="json.shape", field="format")
    read: Reader = importlib.import_module(f"{__name__}.{_MODULES[named]}").read
    return read


__all__ = ["Reader", "format_of", "reader", "subject_of"]
