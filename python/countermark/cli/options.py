"""The options that several commands share, and the values they stand for."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from typing import Final, TypedDict

from countermark.cli.keyfile import PasswordSource
from countermark.cli.strict_json import read_object, text_member
from countermark.cli.terminal import read_file
from countermark.dfns import ClientDataProfile, CredentialKind, SignatureAlgorithm

CREDENTIAL_KINDS: Final = tuple(kind.value for kind in CredentialKind)
ALGORITHMS: Final = tuple(algorithm.value for algorithm in SignatureAlgorithm)
PADDINGS: Final = ("pkcs1v15", "pss")

# argparse has no public names for these two.
Commands = argparse._SubParsersAction
Container = argparse._ActionsContainer


class Origins(TypedDict):
    """What client data says of where it was made."""

    origin: str | None
    cross_origin: bool | None


def number_up_to(most: int) -> Callable[[str], int]:
    """The ``type`` of an option that is a number from 1 to this one."""

    def read(text: str) -> int:
        found = int(text) if re.fullmatch(r"[0-9]{1,9}", text, re.ASCII) else 0
        if not 1 <= found <= most:
            raise argparse.ArgumentTypeError(f"a number from 1 to {most}")
        return found

    return read


def add_json(parser: argparse.ArgumentParser) -> None:
    """``--json``: results and errors as JSON."""
    parser.add_argument("--json", action="store_true", help="results and errors as JSON")


def add_pretty(parser: argparse.ArgumentParser) -> None:
    """For commands whose result is JSON anyway: ``--json`` turns their errors into JSON too."""
    parser.add_argument("--pretty", action="store_true", help="indent the JSON")
    parser.add_argument("--json", action="store_true", help="errors as JSON too")


def add_password(parser: Container, option: str = "--password") -> None:
    """A password source; the password itself never stands on the command line."""
    parser.add_argument(
        option,
        type=PasswordSource.parse,
        metavar="SOURCE",
        help="where the password is: env:NAME, file:PATH or prompt",
    )


def add_challenge(parser: argparse.ArgumentParser, *, required: bool) -> None:
    """The challenge, as text or as the file with the API's answer that it is in."""
    group = parser.add_mutually_exclusive_group(required=required)
    group.add_argument("--challenge", metavar="TEXT", help="the challenge string of the API")
    group.add_argument(
        "--challenge-file",
        metavar="FILE",
        help='a file with the API\'s JSON answer; its member "challenge" is taken',
    )


def challenge_of(options: argparse.Namespace) -> str | None:
    """The challenge of `add_challenge`, or None where neither option was given."""
    if options.challenge_file is not None:
        return text_member(read_object(read_file(options.challenge_file)), "challenge")
    challenge: str | None = options.challenge
    return challenge


def add_profile(parser: argparse.ArgumentParser, *, default: str | None) -> None:
    """Whose client data bytes are meant."""
    parser.add_argument(
        "--profile",
        choices=[profile.value for profile in ClientDataProfile],
        default=default,
        metavar="NAME",
        help="whose form of client data: "
        + ", ".join(profile.value for profile in ClientDataProfile)
        + (f" (default {default})" if default else " (default: any)"),
    )


def add_origins(parser: argparse.ArgumentParser) -> None:
    """The optional members of client data."""
    parser.add_argument("--origin", metavar="URL", help="the origin in the client data")
    parser.add_argument(
        "--cross-origin", choices=("true", "false"), help="crossOrigin in the client data"
    )


def origins_of(options: argparse.Namespace) -> Origins:
    """The values of `add_origins`, as keyword arguments of the library."""
    cross_origin = None if options.cross_origin is None else options.cross_origin == "true"
    return Origins(origin=options.origin, cross_origin=cross_origin)
