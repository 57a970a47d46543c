"""What verified ceremonies come to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from countermark._maker import maker
from countermark.errors import Error
from countermark.tolerance import Tolerance, tolerances
from countermark.webauthn.authenticator_data import AuthenticatorData, Extensions, Flags
from countermark.webauthn.certificates import TrustPath, path_of
from countermark.webauthn.cose import CoseAlgorithm, CosePublicKey
from countermark.webauthn.metadata import MetadataEntry


@dataclass(frozen=True, slots=True)
class CollectedClientData:
    """What the browser said of the call (WebAuthn section 5.8.1).

    Attributes:
        type: ``webauthn.create``, ``webauthn.get`` or ``payment.get``.
        challenge: as it stands there; not decoded.
        origin: the origin of the caller.
        cross_origin: ``crossOrigin``, or None where it is left out.
        top_origin: ``topOrigin``, or None.
        raw: the bytes, whose hash was signed.
    """

    type: str
    challenge: str
    origin: str
    cross_origin: bool | None
    top_origin: str | None
    raw: bytes


@dataclass(frozen=True, slots=True)
class ClientExtensions:
    """Outputs of client extensions, which no signature covers; None for each that was not sent.

    Attributes:
        cred_props_rk: ``credProps.rk``: whether the credential is discoverable.
        appid: ``appid``: whether the legacy identifier was used.
        prf_enabled: ``prf.enabled``.
        large_blob_supported: ``largeBlob.supported``.
        unknown: the names of all others.
    """

    cred_props_rk: bool | None
    appid: bool | None
    prf_enabled: bool | None
    large_blob_supported: bool | None
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Attestation:
    """What an attestation came to.

    Attributes:
        format: ``fmt``, such as ``"packed"``.
        type: ``none``, ``self``, ``basic``, ``attca``, ``anonca`` or ``compound`` (WebAuthn section 6.5.3).
        trusted: whether it leads to a trust anchor; never True without anchors.
        trust_error: why it does not, where anchors were given; or None.
        chain: the certificates in DER as they were sent, the leaf first.
        path: the way to the anchor, or None.
        statements: of a compound attestation: each statement, or the error it came to.
        metadata: what the metadata say of the model, where they were given and know it.
    """

    format: str
    type: str
    trusted: bool
    trust_error: Error | None
    chain: tuple[bytes, ...]
    path: TrustPath | None
    statements: tuple[Attestation | Error, ...]
    metadata: MetadataEntry | None


@dataclass(frozen=True, slots=True)
class VerifiedRegistration:
    """A credential that may be stored.

    Attributes:
        public_key: the credential's key; store ``public_key.to_bytes()``.
        authenticator_data: the authenticator data.
        client_data: what the browser said.
        attestation: what the attestation came to.
        transports: ``transports``, which no signature covers.
        authenticator_attachment: ``authenticatorAttachment``, likewise, or None.
        client_extensions: outputs of client extensions, likewise.
        tolerated: deviations from the standard that were let pass.
    """

    public_key: CosePublicKey
    authenticator_data: AuthenticatorData
    client_data: CollectedClientData
    attestation: Attestation
    transports: tuple[str, ...]
    authenticator_attachment: str | None
    client_extensions: ClientExtensions
    tolerated: tuple[Tolerance, ...]

    @property
    def credential_id(self) -> bytes:
        """The credential's id, 1 to 1,023 bytes; store it."""
        return self.authenticator_data.credential_id or b""

    @property
    def algorithm(self) -> CoseAlgorithm:
        """The algorithm of its key."""
        return self.public_key.algorithm

    @property
    def aaguid(self) -> str:
        """The model of the authenticator, in the form of a UUID; all zeros where it does not tell."""
        return self.authenticator_data.aaguid or ""

    @property
    def flags(self) -> Flags:
        """The flags; store ``flags.backup_eligible``."""
        return self.authenticator_data.flags

    @property
    def sign_count(self) -> int:
        """The signature counter; store it."""
        return self.authenticator_data.sign_count

    @property
    def extensions(self) -> Extensions:
        """Outputs of authenticator extensions, which the signature covers."""
        return self.authenticator_data.extensions


@dataclass(frozen=True, slots=True)
class VerifiedAuthentication:
    """An assertion that verified.

    Attributes:
        credential_id: the id that the response names. No signature covers it: where ``credential_id`` was not given,
            only ``public_key`` says whose assertion it is.
        user_handle: the user handle that the response names, or None. No signature covers it either.
        public_key: the key that verified it.
        authenticator_data: the authenticator data.
        client_data: what the browser said.
        sign_count_status: ``ok`` (it went up), ``unsupported`` (0 then and now), ``regressed``, or
            ``not_checked`` where no stored counter was given.
        signature: the signature.
        authenticator_attachment: ``authenticatorAttachment``, which no signature covers, or None.
        client_extensions: outputs of client extensions, likewise.
        tolerated: deviations from the standard that were let pass.
    """

    credential_id: bytes
    user_handle: bytes | None
    public_key: CosePublicKey
    authenticator_data: AuthenticatorData
    client_data: CollectedClientData
    sign_count_status: str
    signature: bytes
    authenticator_attachment: str | None
    client_extensions: ClientExtensions
    tolerated: tuple[Tolerance, ...]

    @property
    def flags(self) -> Flags:
        """The flags; store ``flags.backup_state``."""
        return self.authenticator_data.flags

    @property
    def sign_count(self) -> int:
        """The signature counter; store it."""
        return self.authenticator_data.sign_count

    @property
    def extensions(self) -> Extensions:
        """Outputs of authenticator extensions, which the signature covers."""
        return self.authenticator_data.extensions


@dataclass(frozen=True, slots=True)
class VerifiedAttestationStatement:
    """An attestation object whose statement verified, outside a ceremony.

    Attributes:
        public_key: the key of the new credential.
        authenticator_data: the authenticator data.
        attestation: what the attestation came to.
        tolerated: deviations from the standard that were let pass.
    """

    public_key: CosePublicKey
    authenticator_data: AuthenticatorData
    attestation: Attestation
    tolerated: tuple[Tolerance, ...]


def attestation_of(parts: Sequence[Any]) -> Attestation:
    """The attestation for the parts that the native module gives."""
    format, type, trusted, error, chain, path, statements, metadata = parts
    return _attestation(
        format,
        type,
        trusted,
        error,
        tuple(chain),
        None if path is None else path_of(path),
        tuple(part if isinstance(part, Error) else attestation_of(part) for part in statements),
        None if metadata is None else MetadataEntry._wrap(metadata),
    )


def client_extensions_of(parts: Iterable[Any]) -> ClientExtensions:
    """The outputs for the parts that the native module gives."""
    cred_props_rk, appid, prf_enabled, large_blob_supported, unknown = parts
    return _client_extensions(
        cred_props_rk, appid, prf_enabled, large_blob_supported, tuple(unknown)
    )


def registration_of(parts: Sequence[Any]) -> VerifiedRegistration:
    """The result for the parts that the native module gives."""
    key, data, client_data, attestation, (transports, attachment, client), notes = parts
    return _registration(
        CosePublicKey._wrap(key),
        AuthenticatorData._wrap(data),
        _client_data(*client_data),
        attestation_of(attestation),
        tuple(transports),
        attachment,
        client_extensions_of(client),
        tolerances(notes),
    )


def authentication_of(parts: Sequence[Any], public_key: CosePublicKey) -> VerifiedAuthentication:
    """The result for the parts that the native module gives."""
    credential_id, handle, data, client_data, status, signature, around, notes = parts
    _, attachment, client = around
    return _authentication(
        credential_id,
        handle,
        public_key,
        AuthenticatorData._wrap(data),
        _client_data(*client_data),
        status,
        signature,
        attachment,
        client_extensions_of(client),
        tolerances(notes),
    )


_attestation = maker(Attestation)
_authentication = maker(VerifiedAuthentication)
_client_data = maker(CollectedClientData)
_client_extensions = maker(ClientExtensions)
_registration = maker(VerifiedRegistration)


__all__ = [
    "Attestation",
    "ClientExtensions",
    "CollectedClientData",
    "VerifiedAttestationStatement",
    "VerifiedAuthentication",
    "VerifiedRegistration",
]
