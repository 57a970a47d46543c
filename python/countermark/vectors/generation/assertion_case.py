"""An assertion in the making, and what stands in the protocol about it."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from countermark.vectors.generation.producers import BY_PROFILE, GET
from countermark.vectors.generation.signers import Signer

ASSERTIONS: Final = "Dfns protocol, user action signing, assertions"
ALLOWED: Final = "Dfns protocol, user action signing, allow-list"
HASHING: Final = "Dfns protocol, signing algorithms"
ENCODINGS: Final = "Dfns protocol, encodings"
CLIENT_DATA: Final = "Dfns protocol, client data"
ORIGIN: Final = "https://app.example"


def b64u(octets: bytes) -> str:
    """As it travels, without padding."""
    return base64.urlsafe_b64encode(octets).decode().rstrip("=")


@dataclass(frozen=True)
class Case:
    """An assertion in the making; whatever is wrong is wrong before it is signed."""

    key: Signer
    challenge: str
    id: str
    kind: str = "Key"
    profile: str = "canonical"
    hash: str = "SHA-256"
    algorithm: str | None = None
    members: Mapping[str, Any] = field(default_factory=dict)

    @property
    def client_data(self) -> bytes:
        """What is signed."""
        producer = BY_PROFILE[self.profile]
        given = producer.carries_origin and self.profile != "canonical"
        return producer.write(GET, self.challenge, ORIGIN if given else None)

    def assertion(
        self,
        client_data: bytes | None = None,
        signature: bytes | None = None,
        *,
        padded: bool = False,
    ) -> dict[str, Any]:
        """The object as it travels."""
        signed = self.client_data if client_data is None else client_data
        made = self.key.sign(signed, self.hash) if signature is None else signature
        body = {"credId": self.id, "clientData": b64u(signed), "signature": b64u(made)}
        if padded:
            for name in ("clientData", "signature"):
                body[name] += "=" * (-len(body[name]) % 4)
        if self.algorithm is not None:
            body["algorithm"] = self.algorithm
        return {"kind": self.kind, "credentialAssertion": {**body, **self.members}}

    def verified(
        self, client_data: bytes | None = None, signature: bytes | None = None
    ) -> dict[str, Any]:
        """What verifying it gives."""
        signed = self.client_data if client_data is None else client_data
        return {
            "kind": self.kind,
            "credential_id": self.id,
            "client_data": signed,
            "algorithm": self.algorithm,
            "hash": None if self.key.edwards else self.hash,
            "signature": self.key.sign(signed, self.hash) if signature is None else signature,
        }
