"""Questions about the wire protocol: client data, fingerprints, credentials and assertions."""

from __future__ import annotations

from typing import Any, Final

from countermark.vectors.model import Operation
from countermark.vectors.operations.values import (
    Input,
    QuestionError,
    Take,
    flag,
    octets,
    only,
    options,
    text,
    wire,
)

_WRITTEN: Final[dict[str, Take]] = {"profile": text, "origin": text, "cross_origin": flag}
_CREATED: Final[dict[str, Take]] = {
    **_WRITTEN,
    "kind": text,
    "credential_id": text,
    "algorithm": text,
    "public_key_pem": text,
    "attestation_order": text,
    "encrypted_private_key": text,
    "name": text,
}
_SIGNED: Final[dict[str, Take]] = {
    "kind": text,
    "algorithm": text,
    "padding": text,
    "profile": text,
    "cross_origin": flag,
    "report_kind": text,
}
_EXPECTED: Final[dict[str, Take]] = {
    **_WRITTEN,
    "challenge": text,
    "credential_id": text,
    "kind": text,
    "padding": text,
    "low_s": flag,
    "allow_padded_base64url": flag,
}
_OF_ASSERTION: Final[dict[str, Take]] = {**_EXPECTED, "algorithm": text}


def _encode(door: Any, input: Input) -> dict[str, Any]:
    only(input, "challenge", "purpose", *_WRITTEN)
    purpose = options(input, {"purpose": text})
    written = door.encode_client_data(
        text(input, "challenge"), *purpose.values(), **options(input, _WRITTEN)
    )
    return {"bytes": written.hex()}


def _decode(door: Any, input: Input) -> dict[str, Any]:
    only(input, "bytes")
    return _said(door.decode_client_data(octets(input, "bytes")))


def _decode_b64u(door: Any, input: Input) -> dict[str, Any]:
    only(input, "text", "padding")
    chosen = options(input, {"padding": flag})
    return _said(door.decode_client_data_b64u(text(input, "text"), **chosen))


def _profiles(door: Any, input: Input) -> dict[str, Any]:
    only(input, "bytes")
    found = door.match_profiles(octets(input, "bytes"))
    return {"profiles": [str(profile) for profile in found]}


def _fingerprint(door: Any, input: Input) -> dict[str, Any]:
    only(input, "client_data", "public_key")
    made = door.fingerprint(octets(input, "client_data"), text(input, "public_key"))
    return {"bytes": made.hex()}


def _create(door: Any, input: Input) -> dict[str, Any]:
    only(input, "private_key", "challenge", *_CREATED)
    key = door.PrivateKey.from_pem(text(input, "private_key"))
    made = door.create_credential(key, text(input, "challenge"), **options(input, _CREATED))
    return {"credential": made}


def _verify_credential(door: Any, input: Input) -> dict[str, Any]:
    only(input, "credential", "public_key", *_EXPECTED)
    found = door.verify_attestation(
        wire(input, "credential"), **_public_key(door, input), **options(input, _EXPECTED)
    )
    return {
        **_verified(found),
        "public_key": found.public_key.to_der().hex(),
        "public_key_pem": found.public_key_pem,
        "fingerprint": found.fingerprint.hex(),
    }


def _sign(door: Any, input: Input) -> dict[str, Any]:
    only(input, "private_key", "credential_id", "challenge", "origin", *_SIGNED)
    signer = door.KeySigner(
        text(input, "credential_id"),
        text(input, "private_key"),
        text(input, "origin") if "origin" in input else None,
        **options(input, _SIGNED),
    )
    return {"assertion": signer.sign(wire(input, "challenge"))}


def _verify_assertion(door: Any, input: Input) -> dict[str, Any]:
    only(input, "assertion", "public_key", *_OF_ASSERTION)
    key = _public_key(door, input)
    if not key:
        raise QuestionError("public_key is missing")
    given = options(input, _OF_ASSERTION)
    return _verified(door.verify_assertion(wire(input, "assertion"), **key, **given))


def _public_key(door: Any, input: Input) -> dict[str, Any]:
    if "public_key" not in input:
        return {}
    return {"public_key": door.PublicKey.from_pem(text(input, "public_key"))}


def _verified(found: Any) -> dict[str, Any]:
    """What assertions and credentials have in common; what is absent is null."""
    return {
        "kind": str(found.kind),
        "credential_id": found.credential_id,
        "client_data": found.client_data.raw.hex(),
        "algorithm": found.algorithm,
        "hash": found.hash,
        "signature": found.signature.hex(),
    }


def _said(found: Any) -> dict[str, Any]:
    return {
        "type": found.type,
        "challenge": found.challenge,
        "origin": found.origin,
        "cross_origin": found.cross_origin,
    }


OPERATIONS: Final[dict[str, Operation]] = {
    "client_data.encode": _encode,
    "client_data.decode": _decode,
    "client_data.decode_b64u": _decode_b64u,
    "client_data.profiles": _profiles,
    "fingerprint.make": _fingerprint,
    "credential.create": _create,
    "credential.verify": _verify_credential,
    "assertion.sign": _sign,
    "assertion.verify": _verify_assertion,
}
"""The questions, by name."""
