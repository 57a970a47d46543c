"""``countermark sign``: a challenge on standard input, an assertion on standard output."""

from __future__ import annotations

import argparse

from countermark.cli.keyfile import load_private
from countermark.cli.options import (
    ALGORITHMS,
    CREDENTIAL_KINDS,
    PADDINGS,
    Commands,
    add_origins,
    add_password,
    add_pretty,
    add_profile,
    origins_of,
)
from countermark.cli.outcome import ExitCode
from countermark.cli.terminal import read_input, write_json
from countermark.dfns import KeySigner


def add_commands(commands: Commands[argparse.ArgumentParser]) -> None:
    """Adds ``sign``."""
    parser = commands.add_parser(
        "sign",
        help="sign the challenge on standard input",
        description="Reads the API's challenge (JSON) on standard input, checks that it allows the"
        " credential, signs it, and prints the assertion (JSON).",
        allow_abbrev=False,
    )
    parser.add_argument("key", metavar="KEY", help="a private key file")
    parser.add_argument(
        "--credential-id", metavar="ID", required=True, help="the id the API knows the key by"
    )
    add_password(parser)
    parser.add_argument("--kind", choices=CREDENTIAL_KINDS, default="Key", help="default Key")
    parser.add_argument(
        "--report-kind", choices=CREDENTIAL_KINDS, help="say another kind in the assertion"
    )
    parser.add_argument("--algorithm", choices=ALGORITHMS, help="default: the key's own, unsaid")
    parser.add_argument("--padding", choices=PADDINGS, help="of RSA (default pkcs1v15)")
    add_profile(parser, default="canonical")
    add_origins(parser)
    add_pretty(parser)
    parser.set_defaults(run=_sign)


def _sign(options: argparse.Namespace) -> int:
    origins = origins_of(options)
    with load_private(options.key, options.password) as key:
        signer = KeySigner(
            options.credential_id,
            key,
            origins["origin"],
            cross_origin=origins["cross_origin"],
            kind=options.kind,
            report_kind=options.report_kind,
            algorithm=options.algorithm,
            padding=options.padding,
            profile=options.profile,
        )
        assertion = signer.sign(read_input())
    write_json(assertion, pretty=options.pretty)
    return ExitCode.VALID
