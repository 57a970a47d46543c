"""Questions about passkeys: structures, registrations, logins and entries of an audit log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from countermark.errors import Error
from countermark.vectors.model import Operation
from countermark.vectors.operations.results import (
    cbor_value,
    client_data,
    extensions,
    present,
    tolerated,
)
from countermark.vectors.operations.values import (
    Input,
    QuestionError,
    Take,
    flag,
    integer,
    member,
    octets,
    only,
    options,
    text,
    wire,
)

Options = Mapping[str, Take]


def _listed(input: Input, name: str, kind: type) -> list[Any]:
    values = member(input, name)
    if not isinstance(values, list) or not all(type(value) is kind for value in values):
        raise QuestionError(f"{name} is not a list of {kind.__name__}")
    return values


def texts(input: Input, name: str) -> list[Any]:
    """A list of texts."""
    return _listed(input, name, str)


def _numbers(input: Input, name: str) -> list[Any]:
    return _listed(input, name, int)


def _text_or_texts(input: Input, name: str) -> object:
    return text(input, name) if isinstance(input[name], str) else texts(input, name)


def _text_or_number(input: Input, name: str) -> object:
    return text(input, name) if isinstance(input[name], str) else integer(input, name)


def anchors(door: Any, input: Input) -> Any:
    """The certificates of ``anchors`` that ``trust`` names, in its order."""
    known = input.get("anchors", {})
    names = texts(input, "trust")
    if not isinstance(known, dict) or not known.keys() >= set(names):
        raise QuestionError("trust names what is not in anchors")
    return door.TrustAnchors([octets(known, name) for name in names])


_STRUCTURE: Final[Options] = {"strictness": text, "repair_cose_map_count": flag}
_CEREMONY: Final[Options] = {
    "challenge": text,
    "origin": _text_or_texts,
    "rp_id": text,
    "challenge_form": text,
    "top_origin": _text_or_texts,
    "allow_cross_origin": flag,
    "require_user_presence": flag,
    "require_user_verification": flag,
    "credential_id": octets,
    "limited_verification": flag,
    "allow_padded_base64url": flag,
    "allow_sha1": flag,
    "strictness": text,
}
_REGISTRATION: Final[Options] = {
    **_CEREMONY,
    "algorithms": _numbers,
    "at": integer,
    "require_trust": flag,
    "formats": texts,
    "compound_policy": _text_or_number,
    "tpm_vendors": texts,
    "require_tee": flag,
    "repair_cose_map_count": flag,
}
_AUTHENTICATION: Final[Options] = {
    **_CEREMONY,
    "public_key": octets,
    "user_handle": octets,
    "sign_count": integer,
    "sign_count_policy": text,
    "backup_eligible": flag,
    "appid": text,
    "allow_payment": flag,
}


def _read_authenticator_data(door: Any, input: Input) -> dict[str, Any]:
    only(input, "bytes", *_STRUCTURE)
    data = door.parse_authenticator_data(octets(input, "bytes"), **options(input, _STRUCTURE))
    return present(
        {
            "rp_id_hash": data.rp_id_hash,
            "flags": data.flags.value,
            "sign_count": data.sign_count,
            "aaguid": data.aaguid,
            "credential_id": data.credential_id,
            "credential_public_key": data.credential_public_key,
            "extensions": extensions(data.extensions),
            "tolerated": tolerated(data.tolerated),
        }
    )


def _read_attestation_object(door: Any, input: Input) -> dict[str, Any]:
    only(input, "bytes", *_STRUCTURE)
    found = door.parse_attestation_object(octets(input, "bytes"), **options(input, _STRUCTURE))
    return {
        "format": found.format,
        "statement": cbor_value(found.statement),
        "authenticator_data": found.authenticator_data.raw.hex(),
        "tolerated": tolerated(found.tolerated),
    }


def _expectations(input: Input, takes: Options) -> dict[str, Any]:
    given = options(input, takes)
    if "challenge_bytes" in input:
        given["challenge"] = octets(input, "challenge_bytes")
    return given


def _statement(found: Any) -> dict[str, Any]:
    """An attestation, or what one of the statements of a compound one came to instead."""
    if isinstance(found, Error):
        return {"error": found.code}
    statements = [_statement(one) for one in found.statements]
    return present(
        {
            "format": found.format,
            "type": found.type,
            "trusted": found.trusted,
            "trust_error": None if found.trust_error is None else found.trust_error.code,
            "statements": statements or None,
        }
    )


def _verify_registration(door: Any, input: Input) -> dict[str, Any]:
    only(input, "response", "challenge_bytes", "anchors", "trust", *_REGISTRATION)
    expected = _expectations(input, _REGISTRATION)
    if "trust" in input:
        expected["trust"] = anchors(door, input)
    found = door.verify_registration(wire(input, "response"), **expected)
    return {
        "credential_id": found.credential_id.hex(),
        "public_key": found.public_key.to_bytes().hex(),
        "algorithm": int(found.algorithm),
        "aaguid": found.aaguid,
        "flags": found.flags.value,
        "sign_count": found.sign_count,
        "extensions": extensions(found.extensions),
        "client_data": client_data(found.client_data),
        "attestation": _statement(found.attestation),
        "tolerated": tolerated(found.tolerated),
    }


def _verify_authentication(door: Any, input: Input) -> dict[str, Any]:
    only(input, "response", "challenge_bytes", *_AUTHENTICATION)
    expected = _expectations(input, _AUTHENTICATION)
    found = door.verify_authentication(wire(input, "response"), **expected)
    return present(
        {
            "credential_id": found.credential_id,
            "user_handle": found.user_handle,
            "flags": found.flags.value,
            "sign_count": found.sign_count,
            "sign_count_status": found.sign_count_status,
            "extensions": extensions(found.extensions),
            "client_data": client_data(found.client_data),
            "tolerated": tolerated(found.tolerated),
        }
    )


_AUDIT: Final[Options] = {
    "challenge": text,
    "origin": text,
    "rp_id": text,
    "credential_id": text,
    "require_user_verification": flag,
    "algorithm": text,
    "padding": text,
    "low_s": flag,
    "allow_padded_base64url": flag,
}


def _verify_audit(door: Any, input: Input) -> dict[str, Any]:
    only(input, "record", "public_key", *_AUDIT)
    expected = options(input, _AUDIT)
    if "public_key" in input:
        expected["public_key"] = door.PublicKey.from_pem(text(input, "public_key"))
    found = door.verify_audit_record(wire(input, "record"), **expected)
    return present(
        {
            "kind": found.kind,
            "credential_id": found.credential_id,
            "public_key": found.public_key.to_der(),
            "public_key_pinned": found.public_key_pinned,
            "type": found.client_data.type,
            "challenge": found.client_data.challenge,
            "authenticator_data": found.authenticator_data,
            "hash": found.hash,
            "signature": found.signature,
            "tolerated": tolerated(found.tolerated),
        }
    )


OPERATIONS: Final[dict[str, Operation]] = {
    "attestation_object.read": _read_attestation_object,
    "audit.verify": _verify_audit,
    "authentication.verify": _verify_authentication,
    "authenticator_data.read": _read_authenticator_data,
    "registration.verify": _verify_registration,
}
"""The questions of this area."""
