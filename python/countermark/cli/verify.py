"""``countermark verify``: judge an assertion or a credential of a key on standard input."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from countermark import PublicKey
from countermark.cli.key_result_view import key_result_view
from countermark.cli.keyfile import parse_public
from countermark.cli.options import (
    ALGORITHMS,
    CREDENTIAL_KINDS,
    PADDINGS,
    Commands,
    add_challenge,
    add_json,
    add_origins,
    add_profile,
    challenge_of,
    origins_of,
)
from countermark.cli.outcome import CommandError, ExitCode
from countermark.cli.strict_json import read_object
from countermark.cli.terminal import printable, read_file, read_input, write_json, write_table
from countermark.cli.verdict import OURS, print_refusal, print_report
from countermark.dfns import (
    Report,
    VerifiedAssertion,
    VerifiedAttestation,
    explain_assertion,
    explain_attestation,
    verify_assertion,
    verify_attestation,
)
from countermark.errors import Error, MalformedInput


def add_commands(commands: Commands[argparse.ArgumentParser]) -> None:
    """Adds ``verify`` and its subcommands."""
    parser = commands.add_parser(
        "verify",
        help="judge an assertion or a credential of a key on standard input",
        description="Judges what a key signed. Passkeys (WebAuthn, Fido2) are judged by"
        " `countermark attestation verify` and `countermark assertion verify`.",
        allow_abbrev=False,
    )
    subjects = parser.add_subparsers(metavar="SUBJECT", required=True)
    _add_assertion(subjects)
    _add_credential(subjects)


def _add_assertion(subjects: Commands[argparse.ArgumentParser]) -> None:
    parser = subjects.add_parser(
        "assertion",
        help="what `sign` prints",
        description="Judges an assertion by a key, as `countermark sign` prints it. An assertion of"
        " a passkey is judged by `countermark assertion verify`.",
        allow_abbrev=False,
    )
    _add_common(parser, key_required=True)
    parser.add_argument("--algorithm", choices=ALGORITHMS, help="the one it was registered with")
    parser.set_defaults(run=_assertion)


def _add_credential(subjects: Commands[argparse.ArgumentParser]) -> None:
    parser = subjects.add_parser(
        "credential",
        help="what `register` prints, or one member of it",
        description="Judges the credential of a key, as `countermark register` prints it. The"
        " registration of a passkey is judged by `countermark attestation verify`.",
        allow_abbrev=False,
    )
    _add_common(parser, key_required=False)
    parser.set_defaults(run=_credential)


def _add_common(parser: argparse.ArgumentParser, *, key_required: bool) -> None:
    add_challenge(parser, required=True)
    parser.add_argument(
        "--public-key",
        metavar="FILE",
        required=key_required,
        help="the key it must be by" + ("" if key_required else " (default: the one it names)"),
    )
    parser.add_argument("--credential-id", metavar="ID", help="the id it must have")
    parser.add_argument("--kind", choices=CREDENTIAL_KINDS, help="the kind it must have")
    add_profile(parser, default=None)
    add_origins(parser)
    parser.add_argument("--padding", choices=PADDINGS, help="of RSA (default pkcs1v15)")
    parser.add_argument("--low-s", action="store_true", help="refuse ECDSA with a high s")
    parser.add_argument(
        "--allow-padded-base64url", action="store_true", help="accept base64url with padding"
    )
    parser.add_argument(
        "--member", metavar="NAME", help="judge this member of the object on standard input"
    )
    parser.add_argument("--explain", action="store_true", help="print every check, in order")
    add_json(parser)


def _assertion(options: argparse.Namespace) -> int:
    algorithm = {"algorithm": options.algorithm}
    return _judge(options, verify_assertion, explain_assertion, algorithm)


def _credential(options: argparse.Namespace) -> int:
    return _judge(options, verify_attestation, explain_attestation, {})


def _judge(
    options: argparse.Namespace,
    verify: Callable[..., VerifiedAssertion | VerifiedAttestation],
    explain: Callable[..., Report],
    more: dict[str, Any],
) -> int:
    expected = {
        "challenge": challenge_of(options),
        "public_key": _public_key(options.public_key),
        "credential_id": options.credential_id,
        "kind": options.kind,
        "profile": options.profile,
        "padding": options.padding,
        "low_s": options.low_s,
        "allow_padded_base64url": options.allow_padded_base64url,
        **origins_of(options),
        **more,
    }
    _refuse_what_the_key_cannot_have(explain, expected)
    data = read_input()
    try:
        subject = data if options.member is None else _member(data, options.member)
        if options.explain:
            return print_report(explain(subject, **expected), options)
        verified = verify(subject, **expected)
    except OURS:
        raise
    except Error as error:
        return print_refusal(error, options)
    about = key_result_view(verified)
    if options.json:
        write_json({"valid": True, **about})
    else:
        write_table({"result": "valid", **about})
    return ExitCode.VALID


def _refuse_what_the_key_cannot_have(
    explain: Callable[..., Report], expected: dict[str, Any]
) -> None:
    """What is expected is wrong on the command line, whatever is judged: explaining raises for that alone."""
    try:
        explain(b"", **expected)
    except OURS:
        raise
    except Error as error:
        raise CommandError(error.code, error.message, ExitCode.USAGE) from error


def _public_key(path: str | None) -> PublicKey | None:
    return None if path is None else parse_public(read_file(path))


def _member(data: bytes, name: str) -> dict[str, object]:
    value = read_object(data).get(name)
    if not isinstance(value, dict):
        raise MalformedInput(f'the JSON has no object "{printable(name)[:64]}"', code="json.shape")
    return value
