"""What a command ends in: the exit codes, the command's own failures, and an error as data."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

from countermark.errors import (
    ArgumentTypeError,
    ArgumentValueError,
    Error,
    InternalError,
    LimitExceeded,
    MalformedInput,
)


class ExitCode(IntEnum):
    """The exit codes of every command."""

    VALID = 0
    INVALID = 1
    USAGE = 2
    UNREADABLE = 3
    INTERNAL = 4


class CommandError(Exception):
    """Something that went wrong around the library: the command line, a file, a password source.

    Attributes:
        code: ``cli.usage``, ``cli.unreadable`` or ``cli.unwritable``.
        message: one sentence, without secrets.
        status: the exit code.
    """

    def __init__(self, code: str, message: str, status: ExitCode) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


def usage(message: str) -> CommandError:
    """A command line that asks for something that is not offered."""
    return CommandError("cli.usage", message, ExitCode.USAGE)


def unreadable(message: str) -> CommandError:
    """Input that cannot be read."""
    return CommandError("cli.unreadable", message, ExitCode.UNREADABLE)


def unwritable(message: str) -> CommandError:
    """Output that cannot be written; it shares the exit code of input that cannot be read."""
    return CommandError("cli.unwritable", message, ExitCode.UNREADABLE)


_BY_CLASS: Final[tuple[tuple[type[Error] | tuple[type[Error], ...], ExitCode], ...]] = (
    ((ArgumentTypeError, ArgumentValueError), ExitCode.USAGE),
    ((MalformedInput, LimitExceeded), ExitCode.UNREADABLE),
    (InternalError, ExitCode.INTERNAL),
)


def status_of(error: Error | CommandError) -> ExitCode:
    """The exit code: what does not decode is unreadable, what decodes and is wrong is invalid."""
    if isinstance(error, CommandError):
        return error.status
    for classes, status in _BY_CLASS:
        if isinstance(error, classes):
            return status
    return ExitCode.INVALID


def details(error: BaseException) -> dict[str, str | int]:
    """An error as data: code, message, and what else it carries."""
    if not isinstance(error, (Error, CommandError)):
        # The text of a foreign exception is not ours to vouch for: it may hold anything.
        return {
            "code": "internal.error",
            "message": f"an unexpected {type(error).__name__}; please report it",
        }
    found: dict[str, str | int] = {"code": error.code, "message": error.message}
    for name in ("field", "offset", "expected", "actual"):
        value = getattr(error, name, None)
        if isinstance(value, (str, int)):
            found[name] = value
    return found
