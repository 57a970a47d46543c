"""``countermark cbor``: CBOR as text."""

from __future__ import annotations

import argparse

from countermark.cli.ceremony import add_input, strictness_of
from countermark.cli.given import FORMS, decoded, read_given
from countermark.cli.options import Commands, add_json
from countermark.cli.outcome import ExitCode
from countermark.cli.terminal import write_json, write_lines


def add_commands(commands: Commands[argparse.ArgumentParser]) -> None:
    """Adds ``cbor`` and its subcommand."""
    parser = commands.add_parser("cbor", help="show CBOR as text", allow_abbrev=False)
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    diagnostic = actions.add_parser(
        "diag",
        help="print CBOR in diagnostic notation",
        description="Prints one item of CBOR in diagnostic notation (RFC 8949 section 8), after a"
        " comment that says how it was read. Text of hex digits is hex, other text base64url or base64,"
        " and all else the bytes themselves; --from says which instead.",
        allow_abbrev=False,
    )
    add_input(diagnostic, "one item of CBOR")
    diagnostic.add_argument("--from", dest="form", choices=FORMS, help="how it is written")
    diagnostic.add_argument(
        "--strict", action="store_true", help="take the canonical form of CTAP2 only"
    )
    add_json(diagnostic)
    diagnostic.set_defaults(run=_diagnostic)


def _diagnostic(options: argparse.Namespace) -> int:
    # The module behind it takes time to load, which only this command shall pay.
    from countermark.webauthn import cbor  # noqa: PLC0415

    found = decoded(read_given(options.file), options.form)
    text = cbor.diagnostic(found.data, strictness=strictness_of(options))
    if options.json:
        write_json({"form": found.form, "size": len(found.data), "diagnostic": text})
    else:
        write_lines(f"/ {found.form}, {len(found.data)} bytes /", text)
    return ExitCode.VALID
