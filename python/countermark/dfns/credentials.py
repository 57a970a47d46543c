"""Registering key credentials: fingerprint, attestation data, and the bodies of the requests.

The new key signs the credential info fingerprint, ``{"clientDataHash":…,"publicKey":…}``, which is never sent:
the server builds it again from the client data and the public key text, byte for byte.
"""

from __future__ import annotations

from typing import Any

from countermark import _native
from countermark.dfns.types import (
    CredentialBody,
    CredentialKind,
    NewCredentialBody,
    RegistrationBody,
)
from countermark.errors import ArgumentTypeError, ArgumentValueError
from countermark.external import ExternalSigner, public_key_of, signature_of
from countermark.keys import BytesLike, PrivateKey, PublicKey


def fingerprint(client_data: BytesLike, public_key_pem: str) -> bytes:
    """The credential info fingerprint: the bytes a new key signs.

    Args:
        client_data: the client data, JSON in UTF-8, exactly as sent.
        public_key_pem: the public key text, exactly as sent; line feeds become ``\\n`` in the JSON.

    Returns:
        ``{"clientDataHash":"<hex SHA-256>","publicKey":"<PEM>"}`` in UTF-8.

    Raises:
        LimitExceeded: a public key text of more than 16 KiB.
    """
    return _native.fingerprint(client_data, public_key_pem)


def encode_attestation_data(
    public_key_pem: str,
    signature: BytesLike,
    *,
    algorithm: str | None = None,
    order: str = "docs",
) -> bytes:
    """Attestation data: the public key, the signature in lower-case hexadecimal, the algorithm if named.

    Args:
        public_key_pem: the public key text that stands in the fingerprint.
        signature: the signature over the fingerprint.
        algorithm: a `SignatureAlgorithm`, or None to leave the member out.
        order: ``"docs"`` (publicKey, signature, algorithm) or ``"2026"`` (algorithm, publicKey, signature).

    Returns:
        JSON in UTF-8.

    Raises:
        ArgumentValueError: another order.
        LimitExceeded: a public key text of more than 16 KiB.
    """
    return _native.encode_attestation_data(public_key_pem, signature, algorithm, order)


def random_credential_id() -> str:
    """A new credential id: 32 bytes of the backend's random generator, in base64url."""
    return _native.random_credential_id()


def credential_id_from_key(public_key: PublicKey) -> str:
    """A credential id that follows from the key: SHA-256 of its SPKI DER, in base64url.

    Raises:
        ArgumentTypeError: not a `PublicKey`.
    """
    if not isinstance(public_key, PublicKey):
        raise ArgumentTypeError("public_key must be a PublicKey", code="argument.type")
    return _native.credential_id_from_key(public_key._handle)


def create_credential(
    key: PrivateKey | ExternalSigner,
    challenge: str,
    *,
    kind: str = "Key",
    credential_id: str | None = None,
    algorithm: str | None = None,
    profile: str = "canonical",
    origin: str | None = None,
    cross_origin: bool | None = None,
    public_key_pem: str | None = None,
    attestation_order: str = "docs",
    encrypted_private_key: str | None = None,
    name: str | None = None,
) -> CredentialBody:
    """Makes a credential of a key: it signs its own public key and the challenge.

    Args:
        key: the new credential's key, or a signer outside.
        challenge: the challenge of the server's reply, verbatim.
        kind: a `CredentialKind`.
        credential_id: 1 to 1024 characters; None for `random_credential_id`.
        algorithm: a `SignatureAlgorithm` to sign with and to name; None for SHA-256 and no member.
        profile: a `ClientDataProfile` that makes ``key.create``.
        origin: the app's origin, for profiles that carry one.
        cross_origin: ``crossOrigin``, for profiles that carry it.
        public_key_pem: the public key text to register, in a form the API takes; None for `PublicKey.to_pem`.
        attestation_order: as ``order`` of `encode_attestation_data`.
        encrypted_private_key: the encrypted key the server shall keep, in whatever form the application has for
            it: required for PasswordProtectedKey, possible for RecoveryKey, refused for Key. It is passed on as
            it is; only a PEM private key in the clear is refused.
        name: ``credentialName``.

    Returns:
        The credential with its wire names; what is None is left out, as the API refuses null.

    Raises:
        ArgumentTypeError, ArgumentValueError: an argument the API or the profile does not take.
        InvalidKey: ``key.mismatch``, the text is not that of the key.
        InvalidSignature: a signer outside returned a signature that does not verify.
        UnsupportedAlgorithm: ``algorithm.unknown`` or ``algorithm.mismatch``.
        LimitExceeded: a text over its bound.
        KeyClosed: the key was closed.
    """
    if name is not None:
        _check_text("name", name)
    public_key = key.public_key if isinstance(key, PrivateKey) else public_key_of(key, "key")
    prepared = _native.create_credential_prepare(
        public_key._handle,
        challenge,
        kind,
        credential_id,
        algorithm,
        profile,
        origin,
        cross_origin,
        public_key_pem,
        attestation_order,
        encrypted_private_key,
    )
    if isinstance(key, PrivateKey):
        info = _native.create_credential_finish(prepared, key._handle, False)
    else:
        signature, raw = signature_of(key, public_key, prepared.payload, prepared.hash)
        info = _native.create_credential_finish(prepared, signature, raw)
    credential_id, client_data, attestation_data = info
    body: CredentialBody = {
        "credentialKind": str(kind),
        "credentialInfo": {
            "credId": credential_id,
            "clientData": client_data,
            "attestationData": attestation_data,
        },
    }
    if encrypted_private_key is not None:
        body["encryptedPrivateKey"] = encrypted_private_key
    if name is not None:
        body["credentialName"] = name
    return body


def register_key(
    key: PrivateKey | ExternalSigner,
    challenge: str,
    credential_id: str | None = None,
    *,
    kind: str = "Key",
    algorithm: str | None = None,
    profile: str = "canonical",
    origin: str | None = None,
    cross_origin: bool | None = None,
    public_key_pem: str | None = None,
    attestation_order: str = "docs",
    encrypted_private_key: str | None = None,
    name: str | None = None,
) -> RegistrationBody:
    """Makes the body of ``POST /auth/registration`` for one key as first factor.

    Args:
        key: the new credential's key, or a signer outside.
        challenge: the challenge of the reply to ``POST /auth/registration/init``.
        credential_id, kind, algorithm, profile, origin, cross_origin, public_key_pem, attestation_order,
            encrypted_private_key, name: as for `create_credential`.

    Raises:
        Those of `create_credential`, and of `registration_body` for a RecoveryKey.
    """
    credential = create_credential(
        key,
        challenge,
        kind=kind,
        credential_id=credential_id,
        algorithm=algorithm,
        profile=profile,
        origin=origin,
        cross_origin=cross_origin,
        public_key_pem=public_key_pem,
        attestation_order=attestation_order,
        encrypted_private_key=encrypted_private_key,
        name=name,
    )
    return registration_body(credential)


def registration_body(
    first_factor: CredentialBody,
    *,
    second_factor: CredentialBody | None = None,
    recovery: CredentialBody | None = None,
) -> RegistrationBody:
    """The body of ``POST /auth/registration``.

    Args:
        first_factor: a credential of kind Key, PasswordProtectedKey or Fido2.
        second_factor: another of them, or None.
        recovery: a credential of kind RecoveryKey, or None.

    Raises:
        ArgumentTypeError: not a credential.
        ArgumentValueError: a RecoveryKey as a factor, or something else as recovery credential.
    """
    body: RegistrationBody = {"firstFactorCredential": first_factor}
    _check_place(first_factor, "first_factor", recovery=False)
    if second_factor is not None:
        _check_place(second_factor, "second_factor", recovery=False)
        body["secondFactorCredential"] = second_factor
    if recovery is not None:
        _check_place(recovery, "recovery", recovery=True)
        body["recoveryCredential"] = recovery
    return body


def new_credential_body(
    credential: CredentialBody, *, challenge_identifier: str, name: str
) -> NewCredentialBody:
    """The body of ``POST /auth/credentials``, whose credential must have a name.

    Args:
        credential: what `create_credential` made.
        challenge_identifier: ``challengeIdentifier`` of the reply to ``POST /auth/credentials/init``.
        name: ``credentialName``.

    Raises:
        ArgumentTypeError, ArgumentValueError: not a credential, or an empty text.
    """
    if not isinstance(credential, dict):
        raise ArgumentTypeError("credential must be a credential", code="argument.type")
    for field, value in (("challenge_identifier", challenge_identifier), ("name", name)):
        _check_text(field, value)
    return {**credential, "credentialName": name, "challengeIdentifier": challenge_identifier}


def _check_place(credential: object, field: str, *, recovery: bool) -> None:
    if not isinstance(credential, dict) or not isinstance(credential.get("credentialKind"), str):
        raise ArgumentTypeError(f"{field} must be a credential", code="argument.type")
    if (credential["credentialKind"] == CredentialKind.RECOVERY_KEY) != recovery:
        wanted = "a RecoveryKey" if recovery else "another kind than RecoveryKey"
        raise ArgumentValueError(f"{field} must be a credential of {wanted}", code="argument.value")


def _check_text(field: str, value: Any) -> None:
    try:
        # Not the object's own method, nor isinstance: an object may claim another class than its own.
        encoded = str.encode(value)
    except TypeError:
        raise ArgumentTypeError(f"{field} must be str", code="argument.type") from None
    except UnicodeEncodeError:
        raise ArgumentValueError(
            f"{field} holds a lone surrogate, which is no text", code="argument.value"
        ) from None
    if not encoded:
        raise ArgumentValueError(f"{field} is empty", code="argument.value")


__all__ = [
    "create_credential",
    "credential_id_from_key",
    "encode_attestation_data",
    "fingerprint",
    "new_credential_body",
    "random_credential_id",
    "register_key",
    "registration_body",
]
