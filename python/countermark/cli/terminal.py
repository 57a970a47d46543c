"""Standard input and output and files: what is read is bounded and regular, what is written is new.

All text leaves as UTF-8 whatever the locale, and nothing that came from outside reaches a terminal
with a control character in it.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import stat
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from countermark.cli.outcome import unreadable, unwritable

LIMIT: Final = 1 << 20
"""The most bytes that are read from one file or from standard input."""

PRIVATE: Final = 0o600
PUBLIC: Final = 0o644


def printable(text: str) -> str:
    """The text with everything escaped that is not plainly visible."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
        for character in text
    )


def as_json(value: object, *, pretty: bool = False) -> str:
    """One line of ASCII JSON, or an indented form of it."""
    if pretty:
        return json.dumps(value, indent=2)
    return json.dumps(value, separators=(",", ":"))


def write_error(text: str) -> None:
    """Writes to standard error; if nobody listens there, there is nobody left to tell."""
    try:
        if sys.stderr is not None:
            sys.stderr.buffer.write(text.encode("utf-8", "backslashreplace"))
            sys.stderr.buffer.flush()
    except OSError:
        pass


def write_bytes(data: bytes) -> None:
    """Writes all of it to standard output, or fails."""
    if sys.stdout is None:
        raise unwritable("standard output is closed")
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise unwritable(f"standard output: {_reason(error)}") from None


def write_json(value: object, *, pretty: bool = False) -> None:
    """Writes one JSON value and a new line."""
    write_bytes((as_json(value, pretty=pretty) + "\n").encode("ascii"))


def write_table(rows: Mapping[str, object]) -> None:
    """Writes ``name:  value`` lines, aligned; a value of None is left out."""
    shown = {name: value for name, value in rows.items() if value is not None}
    width = max((len(name) for name in shown), default=0) + 2
    write_lines(*(f"{name + ':':<{width}}{value}" for name, value in shown.items()))


def write_lines(*lines: str) -> None:
    """Writes lines of text, each made printable."""
    write_bytes("".join(f"{printable(line)}\n" for line in lines).encode("utf-8"))


def read_input() -> bytes:
    """All of standard input."""
    if sys.stdin is None:
        raise unreadable("standard input is closed")
    try:
        data = sys.stdin.buffer.read(LIMIT + 1)
    except OSError as error:
        raise unreadable(f"standard input: {_reason(error)}") from None
    if len(data) > LIMIT:
        raise unreadable(f"standard input holds more than {LIMIT} bytes")
    return data


def read_file(path: str, *, limit: int = LIMIT) -> bytes:
    """All of a regular file of at most ``limit`` bytes."""
    try:
        # Without O_NONBLOCK, opening a FIFO would wait for a writer before its kind can be seen.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
    except (OSError, ValueError) as error:
        raise unreadable(f"{path}: {_reason(error)}") from None
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise unreadable(f"{path}: not a regular file")
        with open(descriptor, "rb", closefd=False) as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise unreadable(f"{path}: {_reason(error)}") from None
    finally:
        os.close(descriptor)
    if len(data) > limit:
        raise unreadable(f"{path}: more than {limit} bytes")
    return data


def refuse_existing(path: str) -> None:
    """Fails early, before a prompt or a slow key; `write_new_file` is what guarantees it."""
    if os.path.lexists(path):
        raise unwritable(f"{path}: exists already, and is not overwritten")


def write_new_file(path: str, data: bytes, *, mode: int) -> None:
    """Creates a file that was not there before, with this mode, or leaves nothing behind."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        descriptor = os.open(path, flags, mode)
    except FileExistsError:
        raise unwritable(f"{path}: exists already, and is not overwritten") from None
    except (OSError, ValueError) as error:
        raise unwritable(f"{path}: {_reason(error)}") from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            if mode == PRIVATE:
                os.fchmod(descriptor, mode)  # exactly this, whatever the umask took away
            file.write(data)
            file.flush()
            os.fsync(descriptor)
    except BaseException as error:
        with contextlib.suppress(OSError):
            Path(path).unlink()
        if isinstance(error, OSError):
            raise unwritable(f"{path}: {_reason(error)}") from None
        raise


@contextlib.contextmanager
def new_folder(path: str) -> Iterator[Path]:
    """A folder to fill. It comes to be at ``path`` once it is full, and leaves nothing behind if anything goes wrong.

    Nothing may be at ``path`` before, not even an empty folder.
    """
    out = Path(path)
    # Beside it, so that one renaming does it all; nobody else knows the name, so that no link can be in it.
    made = out.parent / f".countermark-{os.urandom(8).hex()}"
    if out.name == "..":
        raise unwritable(f"{path}: not the name of a folder")
    try:
        with contextlib.suppress(FileNotFoundError):
            out.lstat()
            raise unwritable(f"{path}: exists already, and is not written into")
        out.parent.mkdir(parents=True, exist_ok=True)
        made.mkdir()
    except (OSError, ValueError) as error:
        raise unwritable(f"{path}: {_reason(error)}") from None
    try:
        yield made
        made.rename(out)
    except BaseException as error:
        shutil.rmtree(made, ignore_errors=True)
        if isinstance(error, OSError):
            raise unwritable(f"{path}: {_reason(error)}") from None
        raise


def _reason(error: OSError | ValueError) -> str:
    return (isinstance(error, OSError) and error.strerror) or "not a usable name"
