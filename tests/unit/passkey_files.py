"""Passkeys for the tests of the command: a documented object, and files of a software authenticator."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("cryptography", reason="countermark.webauthn.testing needs it")

from countermark.webauthn.testing import SoftwareAuthenticator

DOCUMENTED = (
    "o2NmbXRmcGFja2VkZ2F0dFN0bXSjY2FsZyZjc2lnWEcwRQIgVHg5PQ_mEyPi_FRZdkgT-SXmspljVaOWJBcN3M0iDxoC"
    "IQC8dJkvMWREoJrEdgECSRWzUxXG0WbrpCiajYEJ8mNF5mN4NWOBWQLdMIIC2TCCAcGgAwIBAgIJANVbnGiXosqIMA0G"
    "CSqGSIb3DQEBCwUAMC4xLDAqBgNVBAMTI1l1YmljbyBVMkYgUm9vdCBDQSBTZXJpYWwgNDU3MjAwNjMxMCAXDTE0MDgw"
    "MTAwMDAwMFoYDzIwNTAwOTA0MDAwMDAwWjBvMQswCQYDVQQGEwJTRTESMBAGA1UECgwJWXViaWNvIEFCMSIwIAYDVQQL"
    "DBlBdXRoZW50aWNhdG9yIEF0dGVzdGF0aW9uMSgwJgYDVQQDDB9ZdWJpY28gVTJGIEVFIFNlcmlhbCAxNzU1MDc3NTg5"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEAQap0H_qWf7Lo9-qH8Xj2q-EtN-D_jO0JWxfoyafAdQRcIHIhUMixqtq"
    "B9fd5M95L0F4zS7Pvbe5EIA_tns7naOBgTB_MBMGCisGAQQBgsQKDQEEBQQDBQQDMCIGCSsGAQQBgsQKAgQVMS4zLjYu"
    "MS40LjEuNDE0ODIuMS43MBMGCysGAQQBguUcAgEBBAQDAgUgMCEGCysGAQQBguUcAQEEBBIEEO6IKHlyHEkTl3U9_M6X"
    "ByowDAYDVR0TAQH_BAIwADANBgkqhkiG9w0BAQsFAAOCAQEAhDTK-uoXyNUKvzPk-"
    "mTjRykakGfJx6CXWJHJAR_zdkHQHaNA-"
    "SB8z3a2lmn9sBKI2_-9T3Pasj4gaaXiQxqOXbifp8Iv5nz7rKtmmMuur_u4-XMkOo-wLdZvcjwj-"
    "jWdX0daFGmRU0Yck4tYw6-Y_hJ_L8mNT_Odu2jqY3--WlZ8T9H-"
    "c9BYhz3dG1MCiQpYH_tw5sz0LXuSFrM3tF_0yEehgtwDwANby9OG7KqUf7O0ArvpBcFFPj8lJf_1_6qXkwFSYxZZzKXH"
    "wNsumEdpB7is-X6M4sWG_dcl6msj-hQdtWpxokCWzymdlUG5mk541vtzqpMjM6UvREg1wWjoXmhhdXRoRGF0YVjCtP0s"
    "4DAIslfywtetyFg4YfWUmc3GcqHTevk0O6OswibFAAAAAe6IKHlyHEkTl3U9_M6XByoAMEmPqgPRjx312Ywh4gex7TgW"
    "LwE2kWRNFGsBomlOLuGIceqoSXgbyAXJgksJs_8_nqUBAgMmIAEhWCBJj6oD0Y8d9dmMIeIHCSUgwKr6FKqaytOhNxEZ"
    "nGoOYiJYIPGzFTyHoPed-ysej7WwkaaHydkatYmz0rInky2TzyiKoWtjcmVkUHJvdGVjdAI"
)
"""The attestation object that the documentation of the Dfns API shows, 1,049 bytes."""

FORMATS = (
    "none",
    "packed",
    "packed-self",
    "fido-u2f",
    "tpm",
    "android-key",
    "android-safetynet",
    "apple",
    "compound",
)
CHALLENGE, ORIGIN, RP_ID = "a-challenge", "https://example.org", "example.org"
EXPECTED = ("--challenge", CHALLENGE, "--origin", ORIGIN, "--rp-id", RP_ID)
AT = ("--at", "2025-06-01T00:00:00Z")


def decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


OBJECT = decode(DOCUMENTED)


class Passkey:
    """A passkey of the software authenticator, with the files the command takes."""

    def __init__(
        self, folder: Path, format: str = "packed", seed: str = "command", **more: Any
    ) -> None:
        self.authenticator = SoftwareAuthenticator(seed, format=format)
        self.response = self.authenticator.create(
            challenge=CHALLENGE, rp_id=RP_ID, origin=ORIGIN, **more
        )
        self.json = json.dumps(self.response)
        self.root = folder / f"{seed}-{format}.der"
        self.root.write_bytes(self.authenticator.root)
        self.key = folder / f"{seed}-{format}.cose"
        (credential,) = self.authenticator.credentials.values()
        self.key.write_bytes(credential.public_key)
        self.credential = credential
        self.user = ("--no-user-verification",) if format == "fido-u2f" else ()

    @property
    def object(self) -> bytes:
        return decode(self.response["response"]["attestationObject"])

    @property
    def client_data(self) -> bytes:
        return decode(self.response["response"]["clientDataJSON"])

    def assertion(self, **more: Any) -> str:
        answer = self.authenticator.get(challenge=CHALLENGE, rp_id=RP_ID, origin=ORIGIN, **more)
        return json.dumps(answer)


def passkey_format(format: str) -> str:
    return "packed" if format == "packed-self" else format
