"""The options that the commands for passkeys share, and the values they stand for."""

from __future__ import annotations

import argparse
import os
import re
import time
from datetime import datetime
from typing import Any

from countermark.cli.given import decoded
from countermark.cli.options import Container, add_challenge, add_json, challenge_of
from countermark.cli.outcome import usage
from countermark.errors import MalformedInput


def add_input(parser: argparse.ArgumentParser, what: str) -> None:
    """What is looked at."""
    parser.add_argument(
        "file",
        nargs="?",
        default="-",
        metavar="FILE",
        help=f"{what}; - is standard input (the default)",
    )


def add_member(parser: argparse.ArgumentParser) -> None:
    """For JSON that holds what is meant deeper inside."""
    parser.add_argument("--member", metavar="NAME", help="take this member of the JSON")


def add_expectations(parser: argparse.ArgumentParser, *, required: bool) -> None:
    """What a relying party expects of registrations and assertions alike."""
    add_challenge(parser, required=required)
    parser.add_argument(
        "--challenge-form",
        choices=("verbatim", "encoded", "either"),
        help="how the challenge stands in the client data: as it is, or in base64url (default: as it"
        " is, and for Dfns either way)",
    )
    parser.add_argument(
        "--origin",
        action="append",
        required=required,
        metavar="URL",
        help="an origin that is taken; may be given several times",
    )
    parser.add_argument(
        "--rp-id", required=required, metavar="ID", help="the relying party: example.com"
    )
    parser.add_argument(
        "--top-origin",
        action="append",
        metavar="URL",
        help="a page that may embed the caller; may be given several times",
    )
    parser.add_argument(
        "--allow-cross-origin", action="store_true", help="take calls from an embedded page"
    )
    parser.add_argument(
        "--no-user-presence", action="store_true", help="take a response without UP"
    )
    parser.add_argument(
        "--no-user-verification", action="store_true", help="take a response without UV"
    )
    parser.add_argument(
        "--credential-id", type=identifier, metavar="ID", help="the id it must have, in base64url"
    )
    parser.add_argument(
        "--limited-verification",
        action="store_true",
        help="the client data must pass WebAuthn section 5.8.1.2 too",
    )
    parser.add_argument(
        "--allow-padded-base64url", action="store_true", help="accept base64url with padding"
    )
    parser.add_argument("--explain", action="store_true", help="print every check, in order")
    add_member(parser)
    add_sha1(parser)
    add_strict(parser)
    add_json(parser)


def add_sha1(parser: Container) -> None:
    """The one weak hash that old authenticators still use."""
    parser.add_argument("--allow-sha1", action="store_true", help="take signatures with SHA-1")


def add_strict(parser: Container) -> None:
    """How much is let pass."""
    parser.add_argument(
        "--strict", action="store_true", help="refuse the deviations that real devices show"
    )


def expectations_of(options: argparse.Namespace) -> dict[str, Any]:
    """The values of `add_expectations`, as keyword arguments of the library."""
    return {
        "challenge": challenge_of(options),
        "challenge_form": options.challenge_form,
        "origin": options.origin,
        "rp_id": options.rp_id,
        "top_origin": options.top_origin,
        "allow_cross_origin": options.allow_cross_origin,
        "require_user_presence": not options.no_user_presence,
        "require_user_verification": not options.no_user_verification,
        "credential_id": options.credential_id,
        "limited_verification": options.limited_verification,
        "allow_padded_base64url": options.allow_padded_base64url,
        "allow_sha1": options.allow_sha1,
        "strictness": strictness_of(options),
    }


def strictness_of(options: argparse.Namespace) -> str:
    """The value of `add_strict`."""
    return "strict" if options.strict else "interoperable"


def identifier(text: str) -> bytes:
    """An id in base64url."""
    try:
        return decoded(os.fsencode(text), "base64url").data
    except MalformedInput as error:
        raise usage(f"an id is base64url: {error.message}") from None


def moment(text: str) -> int | datetime:
    """A time: ISO 8601 with its zone, seconds since 1970, or ``now``."""
    if text == "now":
        return int(time.time())
    if re.fullmatch(r"-?[0-9]{1,15}", text, re.ASCII):
        return int(text)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise usage("a time is such as 2025-06-01T00:00:00Z, seconds since 1970, or now") from None
    if found.utcoffset() is None:
        raise usage("a time needs its zone, such as the Z of 2025-06-01T00:00:00Z")
    return found
