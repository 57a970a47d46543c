"""``countermark key``: make, look at and rewrite key files."""

from __future__ import annotations

import argparse
from base64 import urlsafe_b64encode
from typing import Final

from countermark import Algorithm, PrivateKey, PublicKey
from countermark.cli.container import container_of
from countermark.cli.keyfile import (
    encoding_of,
    parse_any,
    parse_private,
    public_half,
    read_key_bytes,
)
from countermark.cli.options import Commands, add_json, add_password
from countermark.cli.outcome import ExitCode, usage
from countermark.cli.terminal import (
    PRIVATE,
    PUBLIC,
    as_json,
    refuse_existing,
    write_bytes,
    write_json,
    write_lines,
    write_new_file,
    write_table,
)
from countermark.dfns import credential_id_from_key
from countermark.errors import InvalidKey

_ALIASES: Final = ("P-256", "P-384", "P-521", "secp256k1", "RSA")
_ENCODINGS: Final = ("pem", "der", "jwk")


def add_commands(commands: Commands[argparse.ArgumentParser]) -> None:
    """Adds ``key`` and its subcommands."""
    parser = commands.add_parser(
        "key", help="make, inspect and convert key files", allow_abbrev=False
    )
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    _add_generate(actions)
    _add_inspect(actions)
    _add_public(actions)
    _add_convert(actions)
    _add_fingerprint(actions)


def _add_generate(actions: Commands[argparse.ArgumentParser]) -> None:
    parser = actions.add_parser("generate", help="make a private key", allow_abbrev=False)
    algorithms = [algorithm.value for algorithm in Algorithm if algorithm.signs]
    parser.add_argument(
        "algorithm",
        choices=[*algorithms, *_ALIASES],
        metavar="ALGORITHM",
        help=", ".join([*algorithms, *_ALIASES]),
    )
    parser.add_argument("--bits", type=int, metavar="N", help="size of an RSA key (default 3072)")
    _add_private_output(parser)
    add_password(parser)
    add_json(parser)
    parser.set_defaults(run=_generate)


def _add_inspect(actions: Commands[argparse.ArgumentParser]) -> None:
    parser = actions.add_parser(
        "inspect", help="say what a key file holds, without anything private", allow_abbrev=False
    )
    _add_input(parser)
    parser.set_defaults(run=_inspect)


def _add_public(actions: Commands[argparse.ArgumentParser]) -> None:
    parser = actions.add_parser(
        "public", help="write the public key of a key file", allow_abbrev=False
    )
    _add_input(parser)
    parser.add_argument("--to", choices=_ENCODINGS, default="pem", help="encoding (default pem)")
    parser.add_argument("--format", choices=("spki", "pkcs1"), help="container (default spki)")
    parser.add_argument("--out", metavar="FILE", help="a new file (default: standard output)")
    parser.set_defaults(run=_public)


def _add_convert(actions: Commands[argparse.ArgumentParser]) -> None:
    parser = actions.add_parser(
        "convert",
        help="write a private key in another form, or with another password",
        allow_abbrev=False,
    )
    _add_input(parser)
    _add_private_output(parser)
    group = parser.add_mutually_exclusive_group()
    add_password(group, "--new-password")
    group.add_argument(
        "--remove-password", action="store_true", help="write an encrypted key in the clear"
    )
    parser.set_defaults(run=_convert)


def _add_fingerprint(actions: Commands[argparse.ArgumentParser]) -> None:
    parser = actions.add_parser(
        "fingerprint", help="print a short name of a key", allow_abbrev=False
    )
    _add_input(parser)
    parser.add_argument(
        "--as",
        dest="form",
        choices=("hex", "credential-id", "thumbprint"),
        default="hex",
        help="SHA-256 of the SPKI, in hex (default) or as a credential id; or RFC 7638 thumbprint",
    )
    parser.set_defaults(run=_fingerprint)


def _add_input(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="a key file; - is standard input")
    add_password(parser)
    add_json(parser)


def _add_private_output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--out", required=True, metavar="FILE", help="a new file, made with mode 0600"
    )
    parser.add_argument("--to", choices=_ENCODINGS, default="pem", help="encoding (default pem)")
    parser.add_argument(
        "--format",
        choices=("pkcs8", "sec1", "pkcs1"),
        default="pkcs8",
        help="container (default pkcs8; sec1 for EC keys, pkcs1 for RSA keys)",
    )


def _generate(options: argparse.Namespace) -> int:
    if options.bits is not None and options.algorithm not in ("RS256", "RSA"):
        raise usage("--bits is for RSA keys only")
    refuse_existing(options.out)
    password = None if options.password is None else options.password.read_new()
    bits = {} if options.bits is None else {"bits": options.bits}
    with PrivateKey.generate(options.algorithm, **bits) as key:
        _write_private(key, options, password)
    return ExitCode.VALID


def _convert(options: argparse.Namespace) -> int:
    data = read_key_bytes(options.file)
    _, encrypted = container_of(data)
    # A password is taken for encrypted keys only, so giving one says that this is one.
    encrypted = encrypted or options.password is not None
    if encrypted and options.new_password is None and not options.remove_password:
        raise usage("the key is encrypted: give --new-password, or --remove-password")
    refuse_existing(options.out)
    with parse_private(data, options.password) as key:
        password = None if options.new_password is None else options.new_password.read_new()
        _write_private(key, options, password)
    return ExitCode.VALID


def _write_private(key: PrivateKey, options: argparse.Namespace, password: bytes | None) -> None:
    data = key.export_private_key(options.to, format=options.format, password=password)
    write_new_file(options.out, data, mode=PRIVATE)
    public = key.public_key
    if options.json:
        write_json({"file": options.out, "encrypted": password is not None, **_about(public)})
    else:
        fingerprint = public.fingerprint().hex()
        write_lines(f"wrote {options.out}: {public.algorithm}, fingerprint {fingerprint}")


def _about(key: PublicKey) -> dict[str, str | int | None]:
    return {
        "algorithm": str(key.algorithm),
        "curve": key.curve,
        "bits": key.bits,
        "fingerprint": key.fingerprint().hex(),
        "thumbprint": _base64url(key.thumbprint()),
    }


def _inspect(options: argparse.Namespace) -> int:
    data = read_key_bytes(options.file)
    about: dict[str, str | int | None] = {}
    kind = "private"
    try:
        key = parse_any(data, options.password)
        kind = "public" if isinstance(key, PublicKey) else "private"
        about = _about(key if isinstance(key, PublicKey) else key.public_key)
    except InvalidKey as error:
        if error.code != "key.password_required":
            raise
    container, encrypted = container_of(data)
    head = {"kind": kind, "encoding": encoding_of(data), "container": container}
    if options.json:
        write_json({**head, "encrypted": encrypted, **about})
    else:
        closed = "yes (give --password to see more)" if not about else "yes"
        write_table({**head, "encrypted": closed if encrypted else "no", **about})
    return ExitCode.VALID


def _public(options: argparse.Namespace) -> int:
    key = public_half(read_key_bytes(options.file), options.password)
    if options.to == "jwk" and options.format is not None:
        raise usage("--format is for pem and der")
    container = options.format or "spki"
    match options.to:
        case "jwk":
            data = f"{as_json(key.to_jwk())}\n".encode("ascii")
        case "der":
            data = key.to_der(format=container)
        case _:
            data = key.to_pem(format=container).encode("ascii")
    if options.out is None:
        write_bytes(data)
    else:
        write_new_file(options.out, data, mode=PUBLIC)
    return ExitCode.VALID


def _fingerprint(options: argparse.Namespace) -> int:
    key = public_half(read_key_bytes(options.file), options.password)
    match options.form:
        case "credential-id":
            text = credential_id_from_key(key)
        case "thumbprint":
            text = _base64url(key.thumbprint())
        case _:
            text = key.fingerprint().hex()
    if options.json:
        write_json({options.form: text})
    else:
        write_lines(text)
    return ExitCode.VALID


def _base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
