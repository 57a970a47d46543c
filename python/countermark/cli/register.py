"""``countermark register``: the body that registers a key as a credential."""

from __future__ import annotations

import argparse

from countermark.cli.keyfile import load_private
from countermark.cli.options import (
    ALGORITHMS,
    CREDENTIAL_KINDS,
    Commands,
    add_challenge,
    add_origins,
    add_password,
    add_pretty,
    add_profile,
    origins_of,
)
from countermark.cli.outcome import ExitCode, unreadable, usage
from countermark.cli.strict_json import read_object, text_member
from countermark.cli.terminal import read_file, read_input, write_json
from countermark.dfns import (
    CredentialBody,
    NewCredentialBody,
    RegistrationBody,
    create_credential,
    credential_id_from_key,
    new_credential_body,
    registration_body,
)


def add_commands(commands: Commands[argparse.ArgumentParser]) -> None:
    """Adds ``register``."""
    parser = commands.add_parser(
        "register",
        help="print the body that registers a key",
        description="Prints the body that registers a key, for the challenge of --challenge, of"
        " --challenge-file, or in the API's JSON answer on standard input.",
        allow_abbrev=False,
    )
    parser.add_argument("key", metavar="KEY", help="a private key file")
    add_password(parser)
    add_challenge(parser, required=False)
    parser.add_argument(
        "--body",
        choices=("registration", "credential", "new-credential"),
        default="registration",
        help="for POST /auth/registration (default), the credential alone, or for"
        " POST /auth/credentials",
    )
    parser.add_argument("--kind", choices=CREDENTIAL_KINDS, default="Key", help="default Key")
    names = parser.add_mutually_exclusive_group()
    names.add_argument("--credential-id", metavar="ID", help="default: 32 random bytes")
    names.add_argument(
        "--credential-id-from-key", action="store_true", help="SHA-256 of the public key"
    )
    parser.add_argument("--name", metavar="TEXT", help="credentialName")
    parser.add_argument(
        "--challenge-identifier",
        metavar="TEXT",
        help="for --body new-credential, where the API's answer is not on standard input",
    )
    parser.add_argument(
        "--encrypted-private-key",
        metavar="FILE",
        help="a file with the envelope of a PasswordProtectedKey or RecoveryKey",
    )
    parser.add_argument("--algorithm", choices=ALGORITHMS, help="default: the key's own, unsaid")
    add_profile(parser, default="canonical")
    add_origins(parser)
    add_pretty(parser)
    parser.set_defaults(run=_register)


def _register(options: argparse.Namespace) -> int:
    if options.kind == "RecoveryKey" and options.body == "registration":
        raise usage("a RecoveryKey is no first factor: print it with --body credential")
    if options.body == "new-credential" and options.name is None:
        raise usage("--body new-credential needs a --name")
    challenge, identifier = _challenge(options)
    envelope = _envelope(options.encrypted_private_key)
    with load_private(options.key, options.password) as key:
        credential_id = options.credential_id
        if options.credential_id_from_key:
            credential_id = credential_id_from_key(key.public_key)
        credential = create_credential(
            key,
            challenge,
            credential_id=credential_id,
            kind=options.kind,
            algorithm=options.algorithm,
            profile=options.profile,
            encrypted_private_key=envelope,
            name=None if options.body == "new-credential" else options.name,
            **origins_of(options),
        )
    body: RegistrationBody | CredentialBody | NewCredentialBody = credential
    if options.body == "registration":
        body = registration_body(credential)
    elif options.body == "new-credential":
        body = new_credential_body(credential, challenge_identifier=identifier, name=options.name)
    write_json(body, pretty=options.pretty)
    return ExitCode.VALID


def _challenge(options: argparse.Namespace) -> tuple[str, str]:
    """The challenge and its identifier; the identifier is empty where it is not needed."""
    needed = options.body == "new-credential"
    identifier: str = options.challenge_identifier or ""
    if options.challenge_identifier is not None and not needed:
        raise usage("--challenge-identifier is for --body new-credential")
    if options.challenge is not None:
        if needed and not identifier:
            raise usage("with --challenge, --body new-credential needs a --challenge-identifier")
        return options.challenge, identifier
    path = options.challenge_file
    answer = read_object(read_input() if path is None else read_file(path))
    if needed and not identifier:
        identifier = text_member(answer, "challengeIdentifier")
    return text_member(answer, "challenge"), identifier


def _envelope(path: str | None) -> str | None:
    if path is None:
        return None
    try:
        return read_file(path).decode("utf-8").removesuffix("\n")
    except UnicodeDecodeError:
        raise unreadable(f"{path}: not text") from None
