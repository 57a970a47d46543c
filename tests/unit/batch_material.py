"""What the tests of batches share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from countermark import PublicKey


def challenge_of(text: str, allowed: str = "cr-1") -> dict[str, Any]:
    """What the server sends."""
    return {"challenge": text, "allowCredentials": {"key": [{"type": "public-key", "id": allowed}]}}


def key_entry(assertion: Mapping[str, Any], key: Any) -> dict[str, Any]:
    """What an audit log keeps of an action signed with a software key; the key of either implementation."""
    inner = assertion["credentialAssertion"]
    return {
        "kind": assertion["kind"],
        "id": inner["credId"],
        "publicKey": key.to_pem(),
        "assertion": {"clientData": inner["clientData"], "signature": inner["signature"]},
    }


def passkey_entry(response: Mapping[str, Any], key: PublicKey) -> dict[str, Any]:
    """What an audit log keeps of a login with a passkey."""
    inner = response["response"]
    return {
        "kind": "Fido2",
        "id": response["id"],
        "publicKey": key.to_pem(),
        "assertion": {
            "credId": response["id"],
            "clientData": inner["clientDataJSON"],
            "authenticatorData": inner["authenticatorData"],
            "signature": inner["signature"],
        },
    }


def described(error: Any) -> tuple[type, str, dict[str, Any]]:
    """All that an error says."""
    return type(error), str(error), dict(vars(error))
