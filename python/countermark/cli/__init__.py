"""The ``countermark`` command: it reads, calls the public API, prints, and turns errors into codes.

Exit codes: 0 valid or done, 1 invalid, 2 wrong usage, 3 input that cannot be read (or output that
cannot be written), 4 a fault of ours. Results go to standard output, errors to standard error as
``countermark: CODE: message``, or as one JSON object with ``--json``. No traceback is ever shown.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Sequence
from typing import Final, NoReturn

from countermark import __version__
from countermark.cli import (
    assertion,
    attestation,
    batch,
    cbor,
    clientdata,
    demo,
    key,
    register,
    sign,
    verify,
)
from countermark.cli.outcome import CommandError, ExitCode, details, status_of, usage
from countermark.cli.terminal import as_json, printable, write_bytes, write_error
from countermark.errors import Error

_GROUPS: Final = (
    key,
    register,
    sign,
    verify,
    attestation,
    assertion,
    batch,
    cbor,
    clientdata,
    demo,
)
_TEXT_OPTIONS: Final = frozenset(
    {"--algorithm", "--at", "--challenge", "--credential-id", "--name", "--origin", "--user-handle"}
)
_OPTION: Final = re.compile(r"-h|--[a-z][a-z-]*")
_INTERRUPTED: Final = 130
_BROKEN_PIPE: Final = 141


class _Parser(argparse.ArgumentParser):
    """An argument parser whose complaints take the way of every other error."""

    def error(self, message: str) -> NoReturn:
        raise usage(f"{message} (see {self.prog} --help)")

    def _print_message(self, message: str, file: object = None) -> None:  # noqa: ARG002
        # Help and version, the only things left to print, are results: argparse would hide that
        # they cannot be written.
        write_bytes(message.encode("utf-8"))


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="countermark",
        description="Make, use and check software-key credentials of Dfns-style APIs, and check passkeys.",
        epilog="exit codes: 0 valid or done, 1 invalid, 2 usage, 3 unreadable input, 4 internal",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"countermark {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for group in _GROUPS:
        group.add_commands(commands)
    return parser


def _with_values_joined(arguments: Sequence[str]) -> list[str]:
    """Puts ``--option -value`` as ``--option=-value`` where the value may start with a hyphen.

    A challenge or credential id in base64url does so once in 64 times, and argparse would take it for
    an option; so do the numbers of COSE algorithms.
    """
    joined: list[str] = []
    for argument in arguments:
        after_text_option = bool(joined) and joined[-1] in _TEXT_OPTIONS
        looks_like_option = _OPTION.fullmatch(argument) is not None
        if after_text_option and argument.startswith("-") and not looks_like_option:
            joined[-1] += f"={argument}"
        else:
            joined.append(argument)
    return joined


def _report(error: BaseException, *, json_wanted: bool) -> None:
    found = details(error)
    if json_wanted:
        write_error(as_json({"error": found}) + "\n")
        return
    place = [f"{name} {found[name]}" for name in ("field", "offset") if name in found]
    suffix = f" ({', '.join(place)})" if place else ""
    text = printable(f"{found['code']}: {found['message']}{suffix}")
    write_error(f"countermark: {text}\n")


def _silence_stdout() -> None:
    # Nobody reads any more; the interpreter's own flush at exit must not complain about it.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    json_wanted = "--json" in arguments
    try:
        parsed = _parser().parse_args(_with_values_joined(arguments))
        status: int = parsed.run(parsed)
    except SystemExit:  # argparse, after --help and --version
        return ExitCode.VALID
    except BrokenPipeError:
        _silence_stdout()
        return _BROKEN_PIPE
    except KeyboardInterrupt:
        write_error("countermark: cli.interrupted: stopped\n")
        return _INTERRUPTED
    except (Error, CommandError) as error:
        _report(error, json_wanted=json_wanted)
        return status_of(error)
    except BaseException as error:  # noqa: BLE001  whatever it is, it is a fault of ours and no traceback
        _report(error, json_wanted=json_wanted)
        return ExitCode.INTERNAL
    return status


__all__ = ["main"]
