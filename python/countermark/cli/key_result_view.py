"""What a verified assertion or credential of a key says, as a tree."""

from __future__ import annotations

from countermark.cli.tree import Value
from countermark.dfns import VerifiedAssertion, VerifiedAttestation


def key_result_view(verified: VerifiedAssertion | VerifiedAttestation) -> dict[str, Value]:
    """An assertion or a credential that verified."""
    client_data = verified.client_data
    return {
        "kind": verified.kind,
        "credentialId": verified.credential_id,
        "type": client_data.type,
        "challenge": client_data.challenge,
        "origin": client_data.origin,
        "crossOrigin": client_data.cross_origin,
        "keyAlgorithm": str(verified.public_key.algorithm),
        "algorithm": verified.algorithm,
        "hash": verified.hash,
        "keyFingerprint": verified.public_key.fingerprint().hex(),
    }
