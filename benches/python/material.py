"""The keys and the challenge that all comparisons share: one key of each type, in the hands of both sides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa

from countermark import PrivateKey, _native

CREDENTIAL_ID: Final = "cr-6uunn-bm6ja-f6rmod5kqrk5rbel"
ORIGIN: Final = "https://app.dfns.io"
CHALLENGE_TEXT: Final = "Y2gtNzloaHQtbXJlb2stOGFwOHFtMmVpZWZ0amxhZw"
CHALLENGE: Final[dict[str, Any]] = {
    "supportedCredentialKinds": [{"kind": "Key", "factor": "first", "requiresSecondFactor": False}],
    "challenge": CHALLENGE_TEXT,
    "challengeIdentifier": "eyJ0eXAiOiJKV1QiLCJhbGciOiJFZERTQSJ9." + "e30" * 100 + "." + "A" * 86,
    "externalAuthenticationUrl": "",
    "allowCredentials": {
        "key": [{"type": "public-key", "id": CREDENTIAL_ID}],
        "passwordProtectedKey": [],
        "webauthn": [],
    },
    "rp": {"id": "dfns.io", "name": "Dfns"},
}
"""The reply of the server to the start of a user action, for one credential."""
CLIENT_DATA: Final = (
    f'{{"type":"key.get","challenge":"{CHALLENGE_TEXT}","origin":"{ORIGIN}","crossOrigin":false}}'
).encode()
"""What the official SDK signs for it."""

SIGNED_BY_SDK: Final = ("P-256", "P-384", "P-521", "secp256k1", "Ed25519", "RSA-2048", "RSA-3072")
KEY_TYPES: Final = (*SIGNED_BY_SDK, "Ed448")

_CURVES: Final[dict[str, Callable[[], ec.EllipticCurve]]] = {
    "P-256": ec.SECP256R1,
    "P-384": ec.SECP384R1,
    "P-521": ec.SECP521R1,
    "secp256k1": ec.SECP256K1,
}


@dataclass(frozen=True, slots=True)
class Material:
    """One key in both hands.

    Attributes:
        pem: the key in PKCS#8.
        public_pem: its public half in SPKI.
        ours: countermark's key.
        native: the same, without the Python class around it.
        peer_sign: signs a message with cryptography, with the choices the official SDK makes.
        peer_verify: verifies signature and message in the same way; raises if they do not fit.
    """

    pem: str
    public_pem: str
    ours: PrivateKey
    native: _native.PrivateKey
    peer_sign: Callable[[bytes], bytes]
    peer_verify: Callable[[bytes, bytes], None]


@cache
def material(key_type: str) -> Material:
    """The key of that type; made at the first call."""
    private = _generate(key_type)
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    public_pem = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    sign, verify = _peer(private)
    return Material(
        pem=pem.decode(),
        public_pem=public_pem.decode(),
        ours=PrivateKey.from_pem(pem),
        native=_native.PrivateKey.from_pem(pem, None),
        peer_sign=sign,
        peer_verify=verify,
    )


def _generate(key_type: str) -> Any:
    if key_type in _CURVES:
        return ec.generate_private_key(_CURVES[key_type]())
    if key_type.startswith("RSA-"):
        return rsa.generate_private_key(65537, int(key_type.removeprefix("RSA-")))
    if key_type == "Ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    if key_type == "Ed448":
        return ed448.Ed448PrivateKey.generate()
    raise ValueError(f"not a type of key: {key_type}")


def _peer(private: Any) -> tuple[Callable[[bytes], bytes], Callable[[bytes, bytes], None]]:
    public = private.public_key()
    if isinstance(private, ec.EllipticCurvePrivateKey):
        return (
            lambda message: private.sign(message, ec.ECDSA(hashes.SHA256())),
            lambda signature, message: public.verify(signature, message, ec.ECDSA(hashes.SHA256())),
        )
    if isinstance(private, rsa.RSAPrivateKey):
        return (
            lambda message: private.sign(message, padding.PKCS1v15(), hashes.SHA256()),
            lambda signature, message: public.verify(
                signature, message, padding.PKCS1v15(), hashes.SHA256()
            ),
        )
    return private.sign, public.verify
