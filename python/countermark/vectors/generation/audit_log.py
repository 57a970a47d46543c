"""Entries of an audit log, as software keys and passkeys make them."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any, Final

from countermark.vectors.generation.files import Seed
from countermark.vectors.generation.key_pem import pem
from countermark.webauthn.testing import SoftwareAuthenticator
from countermark.webauthn.testing.drafts import b64u
from countermark.webauthn.testing.keys import ALGORITHMS, EcKey, RsaKey, SigningKey, make_key
from countermark.webauthn.testing.rsa_keys import rsa_numbers
from countermark.webauthn.testing.seeding import Seed as KeySeed

ORIGIN: Final = "https://app.example.org"
RP_ID: Final = "example.org"
P256_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
Change = Callable[[dict[str, Any]], object]


class Log:
    """The entries of one seed."""

    def __init__(self, seed: Seed) -> None:
        self._seed = seed
        self._keys = KeySeed(seed.value)
        self.challenge = b64u(f"ch-{seed.take('challenge', 10).hex()}".encode())
        self.credential_id = f"cr-{seed.take('credential', 10).hex()}"

    def key(self, name: str, label: str = "credential") -> SigningKey:
        """The key of an algorithm."""
        return make_key(self._keys, label, ALGORITHMS[name])

    def ec_key(self, label: str = "credential") -> EcKey:
        """A key on P-256."""
        return EcKey(self._keys, label, "P-256")

    def rsa_key(self) -> RsaKey:
        """A key of 2048 bits."""
        return RsaKey(rsa_numbers(self._keys.value, "credential"))

    def client_data(self, **members: Any) -> bytes:
        """Client data in the canonical form, with members in place of its own."""
        usual = {
            "type": "key.get",
            "challenge": self.challenge,
            "origin": ORIGIN,
            "crossOrigin": False,
        }
        return json.dumps(usual | members, separators=(",", ":")).encode()

    def entry(
        self,
        name: str = "ES256",
        *,
        kind: str = "Key",
        client_data: bytes | None = None,
        sign: Callable[[bytes], bytes] | None = None,
    ) -> dict[str, Any]:
        """An entry of a software key."""
        data = self.client_data() if client_data is None else client_data
        key = self.key(name)
        signature = sign(data) if sign else software_signature(key, data)
        return {
            "firstFactorCredential": {
                "kind": kind,
                "id": self.credential_id,
                "publicKey": pem("PUBLIC KEY", key.spki()),
                "assertion": {"clientData": b64u(data), "signature": b64u(signature)},
            }
        }

    def passkey(
        self,
        algorithm: str = "ES256",
        *,
        challenge_form: str = "encoded",
        alter: dict[str, Callable[[Any], Any]] | None = None,
    ) -> dict[str, Any]:
        """An entry of a passkey."""
        authenticator = SoftwareAuthenticator(
            self._seed.value, format="packed-self", algorithm=algorithm
        )
        authenticator.create(challenge="registration", rp_id=RP_ID, origin=ORIGIN)
        (credential,) = authenticator
        answer = authenticator.dfns_assertion(
            challenge=self.challenge,
            rp_id=RP_ID,
            origin=ORIGIN,
            challenge_form=challenge_form,
            alter=alter,
        )
        assertion = answer["credentialAssertion"]
        return {
            "firstFactorCredential": {
                "kind": "Fido2",
                "id": assertion.pop("credId"),
                "publicKey": pem("PUBLIC KEY", credential.key.spki()),
                "assertion": assertion,
            }
        }


def software_signature(key: SigningKey, data: bytes) -> bytes:
    """As a Dfns signer makes it: SHA-256 for every curve and for RSA, EdDSA over the client data themselves."""
    if isinstance(key, EcKey):
        return key.sign_hash(data, "sha256")
    return key.sign(data, -257 if isinstance(key, RsaKey) else -8)


def changed(entry: dict[str, Any], change: Change) -> dict[str, Any]:
    """A copy of an entry, the change made to its credential."""
    made = copy.deepcopy(entry)
    change(made["firstFactorCredential"])
    return made


def padded(credential: dict[str, Any]) -> str:
    """The client data of a credential in base64url with padding, a wrong one where none is due."""
    text: str = credential["assertion"]["clientData"]
    return text + "=" * (-len(text) % 4 or 4)
