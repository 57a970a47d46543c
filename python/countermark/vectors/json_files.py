"""Files of JSON, taken strictly: regular, bounded, and without what readers disagree on."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any, Final, NoReturn

from countermark.errors import Error, LimitExceeded, MalformedInput

MAX_FILE: Final = 64 * 1024 * 1024
"""Bytes of one file."""


def read_file(path: Path) -> bytes:
    """All of a regular file.

    Raises:
        OSError: it cannot be read; the error names the file.
        MalformedInput: it is no regular file (``json.shape``).
        LimitExceeded: it has more than `MAX_FILE` bytes (``limit.size``).
    """
    # Without O_NONBLOCK, opening a FIFO would wait for a writer before its kind can be seen; and what is seen before
    # the file is open may be another one by then.
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise MalformedInput("not a regular file", code="json.shape")
        with open(descriptor, "rb", closefd=False) as file:
            data = file.read(MAX_FILE + 1)
    except OSError as error:
        error.filename = str(path)  # what is done to a descriptor knows of no name
        raise
    finally:
        os.close(descriptor)
    if len(data) > MAX_FILE:
        raise LimitExceeded(f"more than {MAX_FILE} bytes", code="limit.size")
    return data


def strict_json(data: bytes | str) -> Any:
    """JSON (RFC 8259) without what readers disagree on: members twice, NaN, invalid UTF-8.

    Raises:
        MalformedInput: it is none.
        LimitExceeded: it is nested too deeply, or holds a number too long to read.
    """
    try:
        if isinstance(data, bytes):
            data = data.decode("utf-8")
        return json.loads(data, object_pairs_hook=_members, parse_constant=_constant)
    except UnicodeDecodeError as error:
        raise MalformedInput("not UTF-8", code="json.utf8", offset=error.start) from None
    except json.JSONDecodeError as error:
        raise MalformedInput("no JSON", code="json.syntax", offset=error.pos) from None
    except RecursionError:
        raise LimitExceeded("nested too deeply", code="limit.depth") from None
    except Error:
        raise
    except ValueError:
        raise LimitExceeded("a number has too many digits", code="limit.size") from None


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise MalformedInput(f"the member {name[:40]!a} stands twice", code="json.duplicate")
        found[name] = value
    return found


def _constant(name: str) -> NoReturn:
    raise MalformedInput(f"{name} is no JSON", code="json.syntax")


__all__ = ["MAX_FILE", "read_file", "strict_json"]
