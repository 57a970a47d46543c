"""Signers outside this process: an HSM, a key management service, another library.

Dfns protocol, external signers: such a signer needs the bytes to sign, or their digest, and declares the form of
its signatures. One that takes messages hashes them by itself, with SHA-256 unless its attribute ``hash`` says
otherwise. What it returns is verified with its public key before it is used.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa

from countermark.errors import ArgumentTypeError, ArgumentValueError, UnsupportedAlgorithm
from countermark.reference.crypto.ecdsa_signature import ecdsa_raw_to_der
from countermark.reference.format import bytes_argument, is_text, text_argument
from countermark.reference.key.private_key import PrivateKey
from countermark.reference.key.public_key import PublicKey

_HASHES: Final = {"SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}


class ExternalSigner(Protocol):
    """What `KeySigner` and `create_credential` take besides a `PrivateKey`."""

    @property
    def public_key(self) -> PublicKey: ...

    @property
    def takes(self) -> Literal["message", "digest"]: ...

    @property
    def returns(self) -> Literal["der", "raw"]: ...

    def sign(self, data: bytes, /) -> bytes: ...


Signer = PrivateKey | ExternalSigner


def signer_argument(value: object, name: str) -> Signer:
    """A private key, or an external signer whose declarations fit its public key."""
    if type(value) is PrivateKey:
        return value
    public_key = getattr(value, "public_key", None)
    takes = getattr(value, "takes", None)
    returns = getattr(value, "returns", None)
    sign = getattr(value, "sign", None)
    if type(public_key) is not PublicKey or not callable(sign):
        raise ArgumentTypeError(
            f"{name} must be PrivateKey or an external signer", code="argument.type"
        )
    for attribute, declared, allowed in (
        ("takes", takes, ("message", "digest")),
        ("returns", returns, ("der", "raw")),
    ):
        if not is_text(declared):
            raise ArgumentTypeError(f"{name}.{attribute} must be str", code="argument.type")
        if declared not in allowed:
            raise _bad_value(f"{name}.{attribute} is not one of {allowed}")
    if not public_key.algorithm.startswith("ES") and returns != "raw":
        raise _bad_value(f"{name}.returns must be 'raw' for {public_key.algorithm}")
    if public_key.algorithm.startswith(("Ed", "ML")) and takes != "message":
        raise _bad_value(f"{name}.takes must be 'message' for {public_key.algorithm}")
    return value  # type: ignore[return-value]  # every attribute of the protocol has been checked


def public_key_of(signer: Signer) -> PublicKey:
    return signer.public_key


def sign_with(signer: Signer, message: bytes, *, hash: str | None, padding: str | None) -> bytes:
    """Sign with either kind; ECDSA comes back as DER, everything else as it is."""
    if isinstance(signer, PrivateKey):
        return signer.sign(message, hash=hash, padding=padding)
    public_key = signer.public_key
    data = message
    if signer.takes == "digest":
        data = hashlib.new(_HASHES[hash or "SHA-256"], message).digest()
    elif hash is not None and getattr(signer, "hash", "SHA-256") != hash:
        raise UnsupportedAlgorithm(
            f"the signer hashes by itself, and not with {hash}", code="algorithm.mismatch"
        )
    signature = bytes_argument(signer.sign(data), "the signature of the external signer")
    if signer.returns == "raw" and public_key.algorithm.startswith("ES"):
        signature = ecdsa_raw_to_der(signature, public_key.curve or "")
    public_key.verify(message, signature, hash=hash, padding=padding)
    return signature


def _bad_value(message: str) -> ArgumentValueError:
    return ArgumentValueError(message, code="argument.value")


_EDWARDS = ed25519.Ed25519PrivateKey | ed448.Ed448PrivateKey
_FOREIGN = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | _EDWARDS
_DIGESTS: Final[dict[str, hashes.HashAlgorithm]] = {
    "SHA-256": hashes.SHA256(),
    "SHA-384": hashes.SHA384(),
    "SHA-512": hashes.SHA512(),
}


@dataclass(frozen=True, slots=True)
class _FromCryptography:
    """Signs messages: ECDSA and RSA (PKCS#1 v1.5) with one hash, EdDSA without."""

    key: _FOREIGN
    public_key: PublicKey
    hash: str
    returns: Literal["der", "raw"]
    takes: Literal["message", "digest"] = "message"

    def sign(self, data: bytes, /) -> bytes:
        key = self.key
        if isinstance(key, _EDWARDS):
            return key.sign(data)
        if isinstance(key, rsa.RSAPrivateKey):
            return key.sign(data, padding.PKCS1v15(), _DIGESTS[self.hash])
        return key.sign(data, ec.ECDSA(_DIGESTS[self.hash]))


def from_cryptography(private_key: _FOREIGN, *, hash: str = "SHA-256") -> ExternalSigner:
    """Use a private key object of the ``cryptography`` package as an external signer."""
    if not isinstance(private_key, _FOREIGN):
        raise ArgumentTypeError(
            "private_key must be a private signing key of the cryptography package",
            code="argument.type",
        )
    if text_argument(hash, "hash") not in _DIGESTS:
        raise _bad_value("hash is not one of the offered hashes")
    spki = private_key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    curve = isinstance(private_key, ec.EllipticCurvePrivateKey)
    return _FromCryptography(
        key=private_key,
        public_key=PublicKey.from_der(spki),
        hash=hash,
        returns="der" if curve else "raw",
    )


__all__ = ["ExternalSigner", "Signer", "from_cryptography", "sign_with", "signer_argument"]
