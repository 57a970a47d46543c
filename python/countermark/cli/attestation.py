"""``countermark attestation``: look at the attestations of passkeys, and judge registrations."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from countermark.cli.ceremony import (
    add_expectations,
    add_input,
    add_member,
    add_strict,
    expectations_of,
    moment,
    strictness_of,
)
from countermark.cli.given import (
    decoded,
    looks_like_json,
    object_member,
    read_given,
    registration_of,
)
from countermark.cli.options import Commands, add_json
from countermark.cli.outcome import ExitCode, usage
from countermark.cli.strict_json import read_object
from countermark.cli.terminal import (
    PUBLIC,
    refuse_existing,
    write_json,
    write_lines,
    write_new_file,
)
from countermark.cli.tree import Said, Value, to_json, to_lines
from countermark.cli.verdict import OURS, print_refusal, print_report
from countermark.errors import Error

if TYPE_CHECKING:
    from countermark.webauthn import CosePublicKey, Metadata, TrustAnchors

_FORMATS: Final = (
    "none",
    "packed",
    "fido-u2f",
    "tpm",
    "android-key",
    "android-safetynet",
    "apple",
    "compound",
)
_OF_THE_CEREMONY: Final = (
    "challenge",
    "challenge_file",
    "challenge_form",
    "origin",
    "rp_id",
    "top_origin",
    "allow_cross_origin",
    "no_user_presence",
    "no_user_verification",
    "credential_id",
    "limited_verification",
    "allow_padded_base64url",
    "algorithm",
    "explain",
    "member",
)
"""Options that mean nothing where the statement alone is judged."""


def add_commands(commands: Commands[argparse.ArgumentParser]) -> None:
    """Adds ``attestation`` and its subcommands."""
    parser = commands.add_parser(
        "attestation",
        help="inspect the attestation of a passkey, judge its registration",
        allow_abbrev=False,
    )
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    _add_inspect(actions)
    _add_verify(actions)


def _add_inspect(actions: Commands[argparse.ArgumentParser]) -> None:
    parser = actions.add_parser(
        "inspect",
        help="say what an attestation object holds; nothing is verified",
        description="Prints an attestation object as a tree. It is given as the bytes themselves, in"
        " hex, base64url or base64, or in the JSON of a registration (a browser's, or a Fido2"
        " credential of the Dfns API). Nothing is verified.",
        allow_abbrev=False,
    )
    add_input(parser, "an attestation object, or the JSON it came in")
    parser.add_argument(
        "--rp-id", metavar="ID", help="say whether it was made for this relying party"
    )
    parser.add_argument(
        "--metadata",
        metavar="FILE",
        help="a metadata BLOB to take the model's name from, unverified",
    )
    _add_repair(parser)
    add_member(parser)
    add_strict(parser)
    add_json(parser)
    parser.set_defaults(run=_inspect)


def _add_verify(actions: Commands[argparse.ArgumentParser]) -> None:
    parser = actions.add_parser(
        "verify",
        help="judge the registration of a passkey",
        description="Judges the JSON of a registration: a browser's, or a Fido2 credential of the"
        " Dfns API. With --client-data-hash an attestation object alone is judged, as bytes, hex or"
        " base64url, and the options about client data are not taken. Credentials of keys are judged"
        " by `countermark verify credential`.",
        allow_abbrev=False,
    )
    add_input(parser, "the registration as JSON")
    parser.add_argument(
        "--client-data-hash", metavar="HEX", help="judge an attestation object over this hash"
    )
    add_expectations(parser, required=False)
    _add_repair(parser)
    parser.add_argument(
        "--algorithm",
        action="append",
        metavar="NAME",
        help="an algorithm that was offered, such as ES256 or -7; may be given several times"
        " (default: any)",
    )
    parser.add_argument(
        "--format",
        action="append",
        choices=_FORMATS,
        metavar="NAME",
        help="an attestation format that is taken; may be given several times (default: any)",
    )
    parser.add_argument(
        "--compound-policy",
        default="all",
        metavar="HOW",
        help="how many statements of a compound attestation must verify: all, any or a number",
    )
    parser.add_argument(
        "--tpm-vendor",
        action="append",
        metavar="ID",
        help="a TPM manufacturer that is taken, such as id:494E5443; may be given several times",
    )
    parser.add_argument(
        "--allow-software",
        action="store_true",
        help="take Android keys outside the trusted environment",
    )
    parser.add_argument(
        "--key-out",
        metavar="FILE",
        help="write the key that was verified to this new file, as COSE, for `assertion verify`",
    )
    trust = parser.add_argument_group("trust")
    trust.add_argument(
        "--trust",
        action="append",
        metavar="FILE",
        help="a file with trust anchors, PEM or DER; may be given several times",
    )
    trust.add_argument("--metadata", metavar="FILE", help="a metadata BLOB to take anchors from")
    trust.add_argument(
        "--metadata-root",
        action="append",
        metavar="FILE",
        help="the certificate it is signed under, PEM or DER",
    )
    trust.add_argument(
        "--at",
        type=moment,
        metavar="TIME",
        help="the time to judge at: 2025-06-01T00:00:00Z, seconds since 1970, or now",
    )
    trust.add_argument(
        "--allow-untrusted", action="store_true", help="only say whether it leads to an anchor"
    )
    parser.set_defaults(run=_verify)


def _add_repair(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--repair-cose-map-count",
        action="store_true",
        help="read the Ed25519 keys of authenticators that count their members wrong",
    )


def _inspect(options: argparse.Namespace) -> int:
    # The modules behind it take time to load, which only this command shall pay.
    from countermark.cli.anchors import unverified_metadata  # noqa: PLC0415
    from countermark.cli.object_view import client_data_view, object_view  # noqa: PLC0415
    from countermark.webauthn import parse_attestation_object  # noqa: PLC0415

    metadata = unverified_metadata(options.metadata)
    given = registration_of(read_given(options.file), options.member)
    found = parse_attestation_object(
        given.attestation_object,
        strictness=strictness_of(options),
        repair_cose_map_count=options.repair_cose_map_count,
    )
    size = len(found.raw)
    view: dict[str, Value] = {
        "read": Said(f"{given.form}, {size} bytes of CBOR", {"form": given.form, "size": size}),
        "credentialId": given.credential_id,
    }
    if given.client_data is not None:
        view["clientData"] = client_data_view(given.client_data)
    view["attestationObject"] = object_view(found, rp_id=options.rp_id, metadata=metadata)
    _print(view, options)
    return ExitCode.VALID


def _verify(options: argparse.Namespace) -> int:
    from countermark.cli.anchors import trust_of  # noqa: PLC0415

    if options.client_data_hash is not None:
        _refuse_expectations(options)
    else:
        _want_expectations(options)
    if options.key_out is not None:
        if options.explain:
            raise usage("--explain only reports: no key is verified for --key-out")
        refuse_existing(options.key_out)
    trust = trust_of(options)
    attesting = {
        "formats": options.format,
        "trust": trust,
        "at": options.at,
        "require_trust": False if options.allow_untrusted else None,
        "compound_policy": _compound_policy(options.compound_policy),
        "tpm_vendors": options.tpm_vendor,
        "require_tee": not options.allow_software,
        "repair_cose_map_count": options.repair_cose_map_count,
    }
    if options.client_data_hash is not None:
        return _verify_statement(options, attesting)
    return _verify_registration(options, attesting, trust)


def _refuse_expectations(options: argparse.Namespace) -> None:
    given = [name for name in _OF_THE_CEREMONY if getattr(options, name)]
    if given:
        option = given[0].replace("_", "-")
        raise usage(f"--{option} says nothing where --client-data-hash is given")


def _want_expectations(options: argparse.Namespace) -> None:
    missing = [
        option
        for option, value in (
            ("--challenge (or --challenge-file)", options.challenge or options.challenge_file),
            ("--origin", options.origin),
            ("--rp-id", options.rp_id),
        )
        if value is None
    ]
    if missing:
        raise usage(f"these are required: {', '.join(missing)}; or --client-data-hash")


def _compound_policy(text: str) -> str | int:
    return int(text) if re.fullmatch(r"[0-9]{1,3}", text, re.ASCII) else text


def _verify_registration(
    options: argparse.Namespace,
    attesting: Mapping[str, Any],
    trust: TrustAnchors | Metadata | None,
) -> int:
    from countermark.cli.result_view import algorithms_of, registration_view  # noqa: PLC0415
    from countermark.webauthn import explain_registration, verify_registration  # noqa: PLC0415

    expected = {
        **expectations_of(options),
        **attesting,
        "algorithms": algorithms_of(options.algorithm),
        "trust": trust,
    }
    data = read_given(options.file)
    try:
        subject = (
            data if options.member is None else object_member(read_object(data), options.member)
        )
        if options.explain:
            return print_report(explain_registration(subject, **expected), options)
        verified = verify_registration(subject, **expected)
    except OURS:
        raise
    except Error as error:
        return print_refusal(error, options)
    return _print_valid(registration_view(verified), verified.public_key, options)


def _verify_statement(options: argparse.Namespace, attesting: Mapping[str, Any]) -> int:
    from countermark.cli.result_view import statement_result_view  # noqa: PLC0415
    from countermark.webauthn import verify_attestation_statement  # noqa: PLC0415

    client_data_hash = decoded(os.fsencode(options.client_data_hash), "hex").data
    data = read_given(options.file)
    if looks_like_json(data):
        raise usage("--client-data-hash is for an attestation object, and this is JSON")
    try:
        verified = verify_attestation_statement(
            decoded(data).data,
            client_data_hash=client_data_hash,
            allow_sha1=options.allow_sha1,
            strictness=strictness_of(options),
            **attesting,
        )
    except OURS:
        raise
    except Error as error:
        return print_refusal(error, options)
    return _print_valid(statement_result_view(verified), verified.public_key, options)


def _print_valid(view: Mapping[str, Value], key: CosePublicKey, options: argparse.Namespace) -> int:
    if options.key_out is not None:
        write_new_file(options.key_out, key.to_bytes(), mode=PUBLIC)
    if options.json:
        write_json({"valid": True, **to_json(view)})
    else:
        write_lines("result: valid", *to_lines(view))
    return ExitCode.VALID


def _print(view: Mapping[str, Value], options: argparse.Namespace) -> None:
    if options.json:
        write_json(to_json(view))
    else:
        write_lines(*to_lines(view))
