"""Attestation objects, authenticator data, COSE keys and client data, as trees."""

from __future__ import annotations

import hashlib
import json
import os
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

from countermark.cli.certificate_view import certificate_view, tolerated_view
from countermark.cli.given import decoded
from countermark.cli.names import CRED_PROTECT, CURVES, FLAGS, KEY_TYPES, MODELS
from countermark.cli.strict_json import read_object
from countermark.cli.tree import Lines, Said, Value, failed, named
from countermark.errors import Error
from countermark.webauthn import (
    AttestationObject,
    AuthenticatorData,
    CoseAlgorithm,
    CosePublicKey,
    Extensions,
    Metadata,
    cbor,
)

_RSA, _AKP = 3, 7


def object_view(
    found: AttestationObject, *, rp_id: str | None, metadata: Metadata | None
) -> dict[str, Value]:
    """All of an attestation object."""
    return {
        "fmt": found.format,
        "attStmt": statement_view(found.format, found.statement),
        "authData": authenticator_data_view(
            found.authenticator_data, rp_id=rp_id, metadata=metadata
        ),
        "tolerated": tolerated_view(found.tolerated),
    }


def statement_view(format: str, statement: Any) -> Value:
    """An attestation statement: what its members hold, whatever the format."""
    if isinstance(statement, list):
        return [
            {**one, "attStmt": statement_view(one.get("fmt", ""), one.get("attStmt"))}
            if isinstance(one, dict)
            else plain(one)
            for one in statement
        ]
    if not isinstance(statement, dict):
        return plain(statement)
    return {name: _member_view(format, name, value) for name, value in statement.items()}


def _member_view(format: str, name: object, value: Any) -> Value:
    if name == "alg" and _is_int(value):
        return algorithm_view(value)
    if name == "x5c" and isinstance(value, list):
        return [certificate_view(one) if isinstance(one, bytes) else plain(one) for one in value]
    if format == "android-safetynet" and name == "response" and isinstance(value, bytes):
        return _jws_view(value)
    return plain(value)


def plain(value: Any) -> Value:
    """A value of CBOR or JSON as it is; members may be called by numbers or by text."""
    match value:
        case Mapping():
            return _members(value)
        case list():
            return [plain(one) for one in value]
        case None | bool() | int() | float() | str() | bytes():
            return Said("null", None) if value is None else value
        case _:
            return repr(value)


def _members(value: Mapping[Any, Any]) -> dict[Any, Value]:
    return {name: plain(one) for name, one in value.items()}


def algorithm_view(number: int) -> Said:
    """A COSE algorithm by name."""
    try:
        name: str | None = CoseAlgorithm(number).name.replace("_", "-")
    except ValueError:
        name = None
    return named(
        number, {"EDDSA": "EdDSA", "ED25519": "Ed25519", "ED448": "Ed448"}.get(name or "", name)
    )


def _jws_view(value: bytes) -> Value:
    parts = value.split(b".")
    if len(parts) != 3:
        return value
    try:
        header, payload = (json.loads(decoded(one, "base64url").data) for one in parts[:2])
        signature = decoded(parts[2], "base64url").data
        certificates = header.pop("x5c", []) if isinstance(header, dict) else []
        chain = [certificate_view(decoded(one.encode(), "base64").data) for one in certificates]
    except (Error, ValueError, RecursionError, AttributeError, TypeError):
        return value
    return {
        "header": {**_members(header), "x5c": chain} if chain else plain(header),
        "payload": plain(payload),
        "signature": signature,
        "jws": value.decode("ascii"),
    }


def authenticator_data_view(
    data: AuthenticatorData, *, rp_id: str | None, metadata: Metadata | None
) -> dict[str, Value]:
    """All of authenticator data; the new credential where there is one."""
    view: dict[str, Value] = {"rpIdHash": data.rp_id_hash}
    if rp_id is not None:
        matches = hashlib.sha256(os.fsencode(rp_id)).digest() == data.rp_id_hash
        words = "the hash of" if matches else "NOT the hash of"
        view["rpId"] = Said(f"{words} {rp_id}", {"rpId": rp_id, "matches": matches})
    view["flags"] = _flags_view(data)
    view["signCount"] = data.sign_count
    if data.aaguid is not None:
        view["aaguid"] = model_view(data.aaguid, metadata)
        identifier = data.credential_id or b""
        view["credentialId"] = identifier
        view["credentialIdBase64url"] = base64url(identifier)
        view["credentialPublicKey"] = cose_key_view(data.credential_public_key or b"")
    view["extensions"] = extensions_view(data.extensions)
    return view


def _flags_view(data: AuthenticatorData) -> Value:
    value = data.flags.value
    rows: dict[str, Value] = {
        name: Said(f"{'yes' if value & bit else 'no'} ({words})", bool(value & bit))
        for name, bit, words in FLAGS
    }
    reserved = data.flags.reserved
    if reserved:
        rows["reserved"] = Said(f"0x{reserved:02x}", reserved)
    return {"value": Said(f"0x{value:02x}", value), **rows}


def model_view(aaguid: str, metadata: Metadata | None) -> Said:
    """An AAGUID with the name of the model, and where the name is from."""
    entry = None if metadata is None else metadata.find(aaguid)
    if entry is not None and entry.description:
        name, source = entry.description, "unverified metadata"
        text = f"{aaguid} ({name}, says the unverified metadata)"
        return Said(text, {"value": aaguid, "name": name, "source": source})
    known = MODELS.get(aaguid)
    text = aaguid if known is None else f"{aaguid} ({known})"
    return Said(
        text, {"value": aaguid, "name": known, "source": None if known is None else "built in"}
    )


def cose_key_view(data: bytes) -> Value:
    """A COSE key: its numbers by name, and the same key in PEM; or why it is no usable key."""
    view: dict[str, Value] = {}
    try:
        key = CosePublicKey.from_bytes(data, allow_sha1=True)
        public = key.public_key
        view["pem"] = Lines(public.to_pem())
        view["fingerprint"] = public.fingerprint().hex()
    except Error as error:
        view["error"] = failed(error)
    try:
        members = cbor.decode(data, strictness="interoperable")
    except Error:
        members = None
    named_members = _key_members(members) if isinstance(members, dict) else {}
    return {**named_members, **view, "cose": data}


def _key_members(members: dict[Any, Any]) -> dict[str, Value]:
    kty = members.get(1)
    names = {2: "kid", 4: "key_ops", 5: "Base IV"}
    if kty == _RSA:
        names |= {-1: "n", -2: "e"}
    elif kty == _AKP:
        names |= {-1: "pub"}
    else:
        names |= {-2: "x", -3: "y"}
    view: dict[str, Value] = {}
    for label, value in members.items():
        if label == 1 and _is_int(value):
            view["kty"] = named(value, KEY_TYPES.get(value))
        elif label == 3 and _is_int(value):
            view["alg"] = algorithm_view(value)
        elif label == -1 and kty not in (_RSA, _AKP) and _is_int(value):
            view["crv"] = named(value, CURVES.get(value))
        else:
            view[names.get(label, f"label {label}")] = plain(value)
    return view


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def extensions_view(extensions: Extensions) -> dict[str, Value]:
    """Outputs of authenticator extensions by name."""
    protect = extensions.cred_protect
    factors = None if extensions.uvm is None else [list(one) for one in extensions.uvm]
    view: dict[str, Value] = {
        "credProtect": None if protect is None else named(protect, CRED_PROTECT.get(protect)),
        "hmac-secret": extensions.hmac_secret,
        "minPinLength": extensions.min_pin_length,
        "uvm": None
        if factors is None
        else [Said(", ".join(map(str, one)), one) for one in factors],
        "credBlob": extensions.cred_blob,
        "largeBlobKey": extensions.large_blob_key,
        "thirdPartyPayment": extensions.third_party_payment,
    }
    known = {name: value for name, value in view.items() if value is not None}
    return known | {name: _cbor_view(value) for name, value in extensions.unknown.items()}


def _cbor_view(data: bytes) -> Value:
    try:
        text = cbor.diagnostic(data)
    except Error as error:
        return {"error": failed(error), "cbor": data}
    return Said(text, {"diagnostic": text, "cbor": data.hex()})


def client_data_view(data: bytes) -> dict[str, Value]:
    """Client data: its text and flags, and the hash that is signed."""
    digest: dict[str, Value] = {"sha256": hashlib.sha256(data).hexdigest()}
    try:
        members = read_object(data)
    except Error as error:
        return {"error": failed(error), "bytes": data, **digest}
    # The reader converts no numbers, and none has a meaning here; the text shows them.
    shown = {name: value for name, value in members.items() if isinstance(value, str | bool)}
    return {"json": data.decode("utf-8"), "members": shown, **digest}


def base64url(data: bytes) -> str:
    """Base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
