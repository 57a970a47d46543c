"""``countermark clientdata``: the bytes that are signed, made and taken apart."""

from __future__ import annotations

import argparse
from base64 import urlsafe_b64encode

from countermark.cli.options import (
    Commands,
    add_challenge,
    add_json,
    add_origins,
    add_profile,
    challenge_of,
    origins_of,
)
from countermark.cli.outcome import ExitCode, unreadable
from countermark.cli.strict_json import read_object, text_member
from countermark.cli.terminal import read_input, write_bytes, write_json, write_table
from countermark.dfns import (
    decode_client_data,
    decode_client_data_b64u,
    encode_client_data,
    match_profiles,
)


def add_commands(commands: Commands[argparse.ArgumentParser]) -> None:
    """Adds ``clientdata`` and its subcommands."""
    parser = commands.add_parser("clientdata", help="make and read client data", allow_abbrev=False)
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    encode = actions.add_parser(
        "encode",
        help="print client data in base64url",
        description="Prints the client data for the challenge of --challenge, of"
        " --challenge-file, or in the API's JSON answer on standard input.",
        allow_abbrev=False,
    )
    add_challenge(encode, required=False)
    encode.add_argument("--type", choices=("key.get", "key.create"), default="key.get")
    add_profile(encode, default="canonical")
    add_origins(encode)
    form = encode.add_mutually_exclusive_group()
    form.add_argument("--raw", action="store_true", help="the JSON itself, without a new line")
    form.add_argument("--padded", action="store_true", help="base64url with padding")
    encode.add_argument("--json", action="store_true", help="errors as JSON")
    encode.set_defaults(run=_encode)
    decode = actions.add_parser(
        "decode",
        help="take apart the client data on standard input",
        description="Reads client data on standard input, in base64url, and prints its members and"
        " the producers that write it in exactly these bytes.",
        allow_abbrev=False,
    )
    form = decode.add_mutually_exclusive_group()
    form.add_argument("--raw", action="store_true", help="the input is the JSON itself")
    form.add_argument("--padded", action="store_true", help="accept padding")
    add_json(decode)
    decode.set_defaults(run=_decode)


def _encode(options: argparse.Namespace) -> int:
    challenge = challenge_of(options)
    if challenge is None:
        challenge = text_member(read_object(read_input()), "challenge")
    data = encode_client_data(
        challenge, options.type, profile=options.profile, **origins_of(options)
    )
    if options.raw:
        write_bytes(data)
        return ExitCode.VALID
    encoded = urlsafe_b64encode(data)
    write_bytes((encoded if options.padded else encoded.rstrip(b"=")) + b"\n")
    return ExitCode.VALID


def _decode(options: argparse.Namespace) -> int:
    given = read_input()
    if options.raw:
        found = decode_client_data(given)
    else:
        try:
            text = given.decode("utf-8")
        except UnicodeDecodeError:
            raise unreadable("standard input is not text") from None
        found = decode_client_data_b64u(
            text.removesuffix("\n").removesuffix("\r"), padding=options.padded
        )
    profiles = [str(profile) for profile in match_profiles(found.raw)]
    about = {
        "type": found.type,
        "challenge": found.challenge,
        "origin": found.origin,
        "crossOrigin": found.cross_origin,
    }
    if options.json:
        write_json({**about, "profiles": profiles})
    else:
        write_table({**about, "written as by": ", ".join(profiles) or "no known producer"})
    return ExitCode.VALID
