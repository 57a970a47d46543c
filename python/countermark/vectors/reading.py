"""From folders and files to records: which files are data, their JSON taken strictly, their readers.

A folder may hold more than data (``README.md``, ``VERSION``, ``SHA256SUMS``, ``schema.json``, programs and what
begins with a dot). Everything else in it has to be a file of a known format: what nobody reads proves nothing.
"""

from __future__ import annotations

import fnmatch
import hashlib
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from countermark.errors import ArgumentValueError, Error, LimitExceeded, MalformedInput
from countermark.vectors.json_files import read_file, strict_json
from countermark.vectors.model import Record, Skip, VectorSet
from countermark.vectors.readers import reader, subject_of

MAX_DEPTH: Final = 64
"""Folders in each other."""

_NO_DATA: Final = (
    *("README", "README.txt", "LICENSE", "LICENSE.txt", "LICENSE-*", "VERSION", "SHA256SUMS"),
    *("*.py", "*.md", "__pycache__", "schema.json", "deliberate-differences.json"),
)


@dataclass(frozen=True, slots=True)
class Case:
    """A record and where it stands."""

    path: str
    subject: str
    record: Record


def find(paths: Iterable[Path]) -> list[Path]:
    """The data files that are named, and those in the folders that are named, in order.

    Raises:
        OSError: one of them is not there, or cannot be listed.
        MalformedInput: a folder in one of them is a link: what it leads to would be passed over, or met twice.
        LimitExceeded: more than `MAX_DEPTH` folders in each other.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if stat.S_ISDIR(path.stat().st_mode):
            found.update(dict.fromkeys(_walk(path, MAX_DEPTH)))
        else:
            found[path] = None
    return list(found)


def _walk(folder: Path, depth: int) -> Iterator[Path]:
    if not depth:
        raise LimitExceeded(f"more than {MAX_DEPTH} folders in each other", code="limit.depth")
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or any(fnmatch.fnmatch(path.name, one) for one in _NO_DATA):
            continue
        if path.is_dir():
            # A link to a folder may lead back to where it stands.
            if path.is_symlink():
                named = str(path)[-150:]
                raise MalformedInput(f"{named}: a link to a folder", code="json.shape")
            yield from _walk(path, depth - 1)
        else:
            yield path


def read(path: Path) -> VectorSet:
    """One file: its JSON, its format, its records.

    Raises:
        OSError: it cannot be read.
        MalformedInput: it is no JSON (``json.…``), or of no known format, or a record is malformed, or an id
            stands twice (``json.shape``). The message names the file, and the record where it is one's.
        LimitExceeded: it is too large or too deep.
    """
    try:
        whole = strict_json(read_file(path))
        items = tuple(reader(path, whole)(path, whole))
        _once(items)
    except (MalformedInput, LimitExceeded) as error:
        raise _at(path, error) from None
    records = tuple(item for item in items if isinstance(item, Record))
    skips = tuple(item for item in items if isinstance(item, Skip))
    return VectorSet(str(path), subject_of(path, whole), records, skips)


def _at(path: Path, error: MalformedInput | LimitExceeded) -> Error:
    name = str(path)
    # What matters of a long path is its end; a message is at most 200 characters.
    room = 200 - min(len(error.message), 140) - 2
    named = name if len(name) <= room else f"…{name[-(room - 1) :]}"
    return type(error)(f"{named}: {error.message}"[:200], code=error.code, field=error.field)


def _once(items: Iterable[Record | Skip]) -> None:
    seen: set[str] = set()
    for item in items:
        name = item.id.casefold()
        if name in seen:
            raise MalformedInput(f"the id {item.id} stands twice", code="json.shape", field=item.id)
        seen.add(name)


@dataclass(frozen=True, slots=True)
class Choice:
    """Which records are wanted.

    Attributes:
        subjects: patterns as of a shell, of which one has to fit the subject; empty: all.
        ids: the ids wanted; empty: all.
        shard: ``(i, n)``: the i-th of n parts, from 1. A record is always in the same one, whatever it is among.
    """

    subjects: Sequence[str] = ()
    ids: Sequence[str] = ()
    shard: tuple[int, int] = (1, 1)

    def __post_init__(self) -> None:
        part, parts = self.shard
        if not 1 <= part <= parts:
            raise ArgumentValueError("a shard is i/n, with i from 1 to n", code="argument.value")

    def takes(self, subject: str, name: str) -> bool:
        """Whether a record is wanted."""
        return (
            (not self.subjects or any(fnmatch.fnmatch(subject, one) for one in self.subjects))
            and (not self.ids or name in self.ids)
            and self._in_shard(subject, name)
        )

    def _in_shard(self, subject: str, name: str) -> bool:
        part, parts = self.shard
        if parts == 1:
            return True
        named = f"{subject}\0{name}".encode("utf-8", "surrogatepass")
        return int.from_bytes(hashlib.sha256(named).digest()[:8], "big") % parts == part - 1


def cases(sets: Iterable[VectorSet], choice: Choice) -> list[Case]:
    """The records that are wanted, in order."""
    return [
        Case(one.path, one.subject, record)
        for one in sets
        for record in one.records
        if choice.takes(one.subject, record.id)
    ]


def skips(sets: Iterable[VectorSet], choice: Choice) -> list[tuple[VectorSet, Skip]]:
    """The records that would be wanted and cannot be asked, in order."""
    return [(one, skip) for one in sets for skip in one.skips if choice.takes(one.subject, skip.id)]


__all__ = ["Case", "Choice", "cases", "find", "read", "skips"]
