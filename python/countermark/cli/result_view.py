"""What verified ceremonies and log entries come to, as trees; and algorithms by the names people give them."""

from __future__ import annotations

import re
from typing import Any

from countermark.cli.certificate_view import certificate_view, tolerated_view
from countermark.cli.names import FLAGS
from countermark.cli.object_view import algorithm_view, base64url, extensions_view
from countermark.cli.outcome import usage
from countermark.cli.tree import Said, Value, failed
from countermark.dfns import VerifiedAudit
from countermark.errors import Error
from countermark.webauthn import (
    Attestation,
    AuthenticatorData,
    CollectedClientData,
    CoseAlgorithm,
    CosePublicKey,
    MetadataEntry,
    VerifiedAttestationStatement,
    VerifiedAuthentication,
    VerifiedRegistration,
    parse_authenticator_data,
    parse_certificate,
)


def algorithm_of(text: str) -> int:
    """The number of an algorithm: by itself, or by its name in any spelling."""
    if re.fullmatch(r"-[0-9]{1,5}", text, re.ASCII):
        return int(text)
    name = text.upper().replace("-", "_")
    try:
        return CoseAlgorithm[name]
    except KeyError:
        names = ", ".join(one.name.replace("_", "-") for one in CoseAlgorithm)
        raise usage(f"an algorithm is one of {names}, or a number") from None


def algorithms_of(texts: list[str] | None) -> list[int] | None:
    """The numbers of several algorithms, or None for any."""
    return None if texts is None else [algorithm_of(text) for text in texts]


def registration_view(verified: VerifiedRegistration) -> dict[str, Value]:
    """A credential that may be stored."""
    return {
        "credentialId": base64url(verified.credential_id),
        "publicKey": _key_view(verified.public_key),
        "aaguid": verified.aaguid,
        **_authenticator_view(verified.authenticator_data),
        "clientData": _client_data_view(verified.client_data),
        "attestation": _attestation_view(verified.attestation),
        "transports": list(verified.transports),
        "authenticatorAttachment": verified.authenticator_attachment,
        "tolerated": tolerated_view(verified.tolerated),
    }


def authentication_view(verified: VerifiedAuthentication) -> dict[str, Value]:
    """An assertion that verified."""
    handle = verified.user_handle
    return {
        "credentialId": base64url(verified.credential_id),
        "userHandle": None if handle is None else base64url(handle),
        "publicKey": _key_view(verified.public_key),
        **_authenticator_view(verified.authenticator_data),
        "signCountStatus": verified.sign_count_status,
        "clientData": _client_data_view(verified.client_data),
        "authenticatorAttachment": verified.authenticator_attachment,
        "tolerated": tolerated_view(verified.tolerated),
    }


def audit_view(verified: VerifiedAudit) -> dict[str, Value]:
    """An entry of an audit log that verified; only passkeys have authenticator data."""
    data = verified.authenticator_data
    client_data = verified.client_data
    return {
        "kind": verified.kind,
        "credentialId": verified.credential_id,
        "type": client_data.type,
        "challenge": client_data.challenge,
        "origin": client_data.origin,
        "crossOrigin": client_data.cross_origin,
        "keyAlgorithm": str(verified.public_key.algorithm),
        "hash": verified.hash,
        "keyFingerprint": verified.public_key.fingerprint().hex(),
        "publicKeyPinned": verified.public_key_pinned,
        "authenticatorData": None
        if data is None
        else _authenticator_view(parse_authenticator_data(data)),
        "tolerated": tolerated_view(verified.tolerated),
    }


def statement_result_view(verified: VerifiedAttestationStatement) -> dict[str, Value]:
    """A statement that verified outside a ceremony."""
    data = verified.authenticator_data
    return {
        "credentialId": base64url(data.credential_id or b""),
        "publicKey": _key_view(verified.public_key),
        "aaguid": data.aaguid,
        **_authenticator_view(data),
        "attestation": _attestation_view(verified.attestation),
        "tolerated": tolerated_view(verified.tolerated),
    }


def _key_view(key: CosePublicKey) -> dict[str, Value]:
    return {
        "algorithm": algorithm_view(key.algorithm),
        "fingerprint": key.public_key.fingerprint().hex(),
        "cose": base64url(key.to_bytes()),
    }


def _authenticator_view(data: AuthenticatorData) -> dict[str, Value]:
    names = [name for name, bit, _ in FLAGS if data.flags.value & bit]
    return {
        "flags": Said(" ".join(names) or "none", names),
        "signCount": data.sign_count,
        "extensions": extensions_view(data.extensions),
    }


def _client_data_view(found: CollectedClientData) -> dict[str, Value]:
    return {
        "type": found.type,
        "challenge": found.challenge,
        "origin": found.origin,
        "crossOrigin": found.cross_origin,
        "topOrigin": found.top_origin,
    }


def _attestation_view(found: Attestation | Error) -> Any:
    if isinstance(found, Error):
        return failed(found)
    path = found.path
    return {
        "format": found.format,
        "type": found.type,
        "trusted": found.trusted,
        "trustError": None if found.trust_error is None else failed(found.trust_error),
        "anchor": None if path is None else path.anchor_subject,
        "chain": [_subject(one) for one in found.chain],
        "statements": [_attestation_view(one) for one in found.statements] or None,
        "metadata": None if found.metadata is None else _metadata_view(found.metadata),
    }


def _subject(der: bytes) -> Value:
    try:
        return parse_certificate(der).subject or Said("empty", "")
    except Error:
        return certificate_view(der)


def _metadata_view(entry: MetadataEntry) -> dict[str, Value]:
    return {
        "description": entry.description,
        "status": [
            Said(
                report.status
                + (f" since {report.effective_date}" if report.effective_date else ""),
                {"status": report.status, "effectiveDate": report.effective_date},
            )
            for report in entry.status_reports
        ],
    }
