"""``countermark assertion``: judge assertions of passkeys."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from countermark.cli.ceremony import (
    add_expectations,
    add_input,
    expectations_of,
    identifier,
    strictness_of,
)
from countermark.cli.given import decoded, object_member, read_given
from countermark.cli.keyfile import parse_public
from countermark.cli.options import Commands
from countermark.cli.outcome import ExitCode, usage
from countermark.cli.strict_json import read_object
from countermark.cli.terminal import read_file, write_json, write_lines
from countermark.cli.tree import to_json, to_lines
from countermark.cli.verdict import OURS, print_refusal, print_report
from countermark.errors import Error

if TYPE_CHECKING:
    from countermark.webauthn import CosePublicKey


def add_commands(commands: Commands[argparse.ArgumentParser]) -> None:
    """Adds ``assertion`` and its subcommand."""
    parser = commands.add_parser(
        "assertion", help="judge an assertion of a passkey", allow_abbrev=False
    )
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    _add_verify(actions)


def _add_verify(actions: Commands[argparse.ArgumentParser]) -> None:
    parser = actions.add_parser(
        "verify",
        help="judge an assertion of a passkey",
        description="Judges the JSON of an assertion: a browser's, or a Fido2 assertion of the Dfns"
        " API. Assertions of keys are judged by `countermark verify assertion`.",
        allow_abbrev=False,
    )
    add_input(parser, "the assertion as JSON")
    parser.add_argument(
        "--public-key",
        required=True,
        metavar="FILE",
        help="the key that was registered: a COSE key (bytes, hex or base64url), PEM, DER or JWK",
    )
    parser.add_argument(
        "--algorithm",
        metavar="NAME",
        help="of a key that is no COSE key, such as PS256 (default: the usual one of its kind)",
    )
    add_expectations(parser, required=True)
    parser.add_argument(
        "--user-handle", type=identifier, metavar="ID", help="the user it must be, in base64url"
    )
    parser.add_argument(
        "--sign-count",
        type=int,
        metavar="N",
        help="the counter that was stored (default: not compared)",
    )
    parser.add_argument(
        "--sign-count-policy",
        choices=("require", "warn", "ignore"),
        default="require",
        help="whether a counter that does not go up is refused (default require)",
    )
    parser.add_argument(
        "--backup-eligible", choices=("true", "false"), help="the flag BE that was stored"
    )
    parser.add_argument("--appid", metavar="URL", help="the FIDO AppID it may be for instead")
    parser.add_argument(
        "--allow-payment", action="store_true", help="take Secure Payment Confirmation"
    )
    parser.set_defaults(run=_verify)


def _verify(options: argparse.Namespace) -> int:
    # The modules behind it take time to load, which only this command shall pay.
    from countermark.cli.result_view import authentication_view  # noqa: PLC0415
    from countermark.webauthn import explain_authentication, verify_authentication  # noqa: PLC0415

    eligible = options.backup_eligible
    expected = {
        **expectations_of(options),
        "public_key": _public_key(options),
        "user_handle": options.user_handle,
        "sign_count": options.sign_count,
        "sign_count_policy": options.sign_count_policy,
        "backup_eligible": None if eligible is None else eligible == "true",
        "appid": options.appid,
        "allow_payment": options.allow_payment,
    }
    data = read_given(options.file)
    try:
        subject = (
            data if options.member is None else object_member(read_object(data), options.member)
        )
        if options.explain:
            return print_report(explain_authentication(subject, **expected), options)
        verified = verify_authentication(subject, **expected)
    except OURS:
        raise
    except Error as error:
        return print_refusal(error, options)
    view = authentication_view(verified)
    if options.json:
        write_json({"valid": True, **to_json(view)})
    else:
        write_lines("result: valid", *to_lines(view))
    return ExitCode.VALID


def _public_key(options: argparse.Namespace) -> CosePublicKey:
    from countermark.cli.result_view import algorithm_of  # noqa: PLC0415
    from countermark.webauthn import CosePublicKey  # noqa: PLC0415

    data = read_file(options.public_key)
    if data[:1] in (b"0", b"-", b"{") or b"-----BEGIN " in data:
        algorithm = None if options.algorithm is None else algorithm_of(options.algorithm)
        return CosePublicKey.from_public_key(parse_public(data), algorithm)
    if options.algorithm is not None:
        raise usage("a COSE key names its algorithm: --algorithm is for other keys")
    return CosePublicKey.from_bytes(
        decoded(data).data,
        allow_sha1=options.allow_sha1,
        strictness=strictness_of(options),
    )
