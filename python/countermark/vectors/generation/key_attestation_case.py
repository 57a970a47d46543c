"""A new key credential in the making, and what stands in the protocol about it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from countermark.vectors.generation.assertion_case import ORIGIN, b64u
from countermark.vectors.generation.files import Seed
from countermark.vectors.generation.producers import (
    BY_PROFILE,
    CREATE,
    drawn_challenge,
    fingerprint,
)
from countermark.vectors.generation.signers import Signer

RECIPE: Final = "Dfns protocol, fingerprint and attestation, recipe"
PEM_FORMS: Final = "Dfns protocol, PEM forms of the public key"
BODIES: Final = "Dfns protocol, attestation bodies, request objects"
SEALED: Final = "an encrypted key, in whatever form the application has for it"


@dataclass(frozen=True)
class New:
    """A new credential in the making."""

    key: Signer
    challenge: str
    id: str
    kind: str = "Key"
    profile: str = "canonical"
    hash: str = "SHA-256"
    algorithm: str | None = None
    pem: str = ""
    first: bool = False
    top: Mapping[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The public key text."""
        return self.pem or self.key.public_pem

    @property
    def client_data(self) -> bytes:
        """Step 1 of the recipe."""
        producer = BY_PROFILE[self.profile]
        given = producer.carries_origin and self.profile != "canonical"
        return producer.write(CREATE, self.challenge, ORIGIN if given else None)

    def attestation(self, signature: bytes) -> dict[str, Any]:
        """Step 6."""
        named = {} if self.algorithm is None else {"algorithm": self.algorithm}
        both = {"publicKey": self.text, "signature": signature.hex()}
        return {**named, **both} if self.first else {**both, **named}

    def credential(
        self,
        client_data: bytes | None = None,
        signed: bytes | None = None,
        *,
        signature: bytes | None = None,
        attestation: bytes | None = None,
        padded: bool = False,
    ) -> dict[str, Any]:
        """Step 7, from whatever the steps before gave; JSON of what is ASCII is the same everywhere."""
        said = self.client_data if client_data is None else client_data
        covered = fingerprint(said, self.text) if signed is None else signed
        made = self.key.sign(covered, self.hash) if signature is None else signature
        if attestation is None:
            attestation = json.dumps(self.attestation(made), separators=(",", ":")).encode()
        info = {"credId": self.id, "clientData": b64u(said), "attestationData": b64u(attestation)}
        if padded:
            for name in ("clientData", "attestationData"):
                info[name] += "=" * (-len(info[name]) % 4)
        return {"credentialKind": self.kind, "credentialInfo": info, **self.top}

    def verified(self) -> dict[str, Any]:
        """What verifying it gives."""
        covered = fingerprint(self.client_data, self.text)
        return {
            "kind": self.kind,
            "credential_id": self.id,
            "client_data": self.client_data,
            "algorithm": self.algorithm,
            "hash": None if self.key.edwards else self.hash,
            "signature": self.key.sign(covered, self.hash),
            "public_key": self.key.public_der,
            "public_key_pem": self.text,
            "fingerprint": covered,
        }


def draw(seed: Seed, label: str, algorithm: str) -> New:
    """The credential that a seed has under a label."""
    id = f"cr-{seed.take(f'id {label}', 8).hex()}"
    return New(Signer.draw(seed, label, algorithm), drawn_challenge(seed.take(label, 32)), id)


def spellings(pem: str) -> dict[str, str]:
    """The forms of one public key text that the API takes."""
    begin, *body, end = pem.splitlines()
    return {
        "64 columns": pem,
        "no final line feed": pem.rstrip("\n"),
        "one line": f"{begin}\n{''.join(body)}\n{end}",
        "crlf": pem.rstrip("\n").replace("\n", "\r\n"),
    }
