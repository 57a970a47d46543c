"""Verifying what others signed: assertions and the attestations of new key credentials.

``verify_*`` raises the first reason or returns what was verified. ``explain_*`` takes the same arguments and
gives every step as data; it never raises for the data it looks at. Everything expected is an argument.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from countermark import _native
from countermark.dfns.client_data import ClientData
from countermark.dfns.types import CredentialKind
from countermark.errors import ArgumentTypeError, InternalError
from countermark.keys import BytesLike, PublicKey
from countermark.report import Check, Report, report_of


@dataclass(frozen=True, slots=True)
class VerifiedAssertion:
    """What a verified assertion said.

    Attributes:
        kind: the kind of credential it names.
        credential_id: the credential that signed.
        client_data: the client data that were signed.
        algorithm: its ``algorithm`` member, or None.
        hash: the hash that was used; None for EdDSA.
        signature: the signature, decoded.
        public_key: the key that verified it.
    """

    kind: CredentialKind
    credential_id: str
    client_data: ClientData
    algorithm: str | None
    hash: str | None
    signature: bytes
    public_key: PublicKey


@dataclass(frozen=True, slots=True)
class VerifiedAttestation:
    """What the verified attestation of a new credential said.

    Attributes:
        kind: the kind of credential.
        credential_id: its id.
        client_data: the client data.
        public_key: the key it registers, which signed for itself.
        public_key_pem: its text as it was sent.
        algorithm: its ``algorithm`` member, or None.
        hash: the hash that was used; None for EdDSA.
        signature: the signature, decoded.
        fingerprint: the bytes that were signed.
    """

    kind: CredentialKind
    credential_id: str
    client_data: ClientData
    public_key: PublicKey
    public_key_pem: str
    algorithm: str | None
    hash: str | None
    signature: bytes
    fingerprint: bytes


def verify_assertion(
    assertion: Mapping[str, Any] | str | BytesLike,
    *,
    challenge: str,
    public_key: PublicKey,
    credential_id: str | None = None,
    kind: str | None = None,
    profile: str | None = None,
    origin: str | None = None,
    cross_origin: bool | None = None,
    algorithm: str | None = None,
    padding: str | None = None,
    low_s: bool = False,
    allow_padded_base64url: bool = False,
) -> VerifiedAssertion:
    """Verifies an assertion of a key credential.

    Args:
        assertion: as it was sent, a mapping or JSON text.
        challenge: the challenge the server gave out.
        public_key: the key the credential was registered with.
        credential_id: the id it must name; None asks nothing.
        kind: the `CredentialKind` it must name; None takes any.
        profile: a `ClientDataProfile` whose exact bytes the client data must be; None takes any form. With
            ``go-v1``, that SDK's names of hashes are taken as algorithm.
        origin: the origin the client data must hold; None asks nothing, and the empty text an empty one, as the
            Dfns SDK writes it for an empty ``app_origin``.
        cross_origin: what ``crossOrigin`` must be, absent counting as false; None refuses true.
        algorithm: the `SignatureAlgorithm` the credential was registered with, if any. It decides the hash
            where the assertion names none, and must be the same where it names one.
        padding: ``"pss"`` for RSA-PSS; None for PKCS#1 v1.5.
        low_s: refuse an ECDSA signature whose s is in the upper half of the group.
        allow_padded_base64url: also take padded base64url, as some clients send it.

    Raises:
        MalformedInput: it does not decode; ``assertion.*``, ``base64url.*``, ``json.*``, ``client_data.*``.
        ClaimMismatch: it decodes and says something else than expected.
        UnsupportedAlgorithm: its algorithm, or the ``algorithm`` or ``padding`` expected of it, is unknown or not
            for this key.
        InvalidSignature: the signature does not verify.
        LimitExceeded: a text over its bound.
        ArgumentTypeError, ArgumentValueError: an expectation that is not taken, such as an empty challenge.
    """
    common = (challenge, credential_id, kind, profile, origin, cross_origin, padding)
    flags = (low_s, allow_padded_base64url)
    _, verified = _native.judge_assertion(
        assertion, handle_of(public_key), algorithm, (*common, *flags), False
    )
    if verified is None:
        raise _nothing_verified()
    return assertion_of(verified, public_key)


def explain_assertion(
    assertion: Mapping[str, Any] | str | BytesLike,
    *,
    challenge: str,
    public_key: PublicKey,
    credential_id: str | None = None,
    kind: str | None = None,
    profile: str | None = None,
    origin: str | None = None,
    cross_origin: bool | None = None,
    algorithm: str | None = None,
    padding: str | None = None,
    low_s: bool = False,
    allow_padded_base64url: bool = False,
) -> Report:
    """Tells step by step what is right and wrong with an assertion; arguments as for `verify_assertion`.

    The steps are ``shape``, ``kind``, ``credential_id``, ``client_data``, ``type``, ``challenge``, ``origin``,
    ``cross_origin``, ``profile``, ``algorithm`` and ``signature``.

    Raises:
        ArgumentTypeError, ArgumentValueError, LimitExceeded: an argument that is not taken.
        UnsupportedAlgorithm: an ``algorithm`` or ``padding`` that is unknown or not for this key.

        None of them for the assertion: what is wrong with that is a step that fails.
    """
    common = (challenge, credential_id, kind, profile, origin, cross_origin, padding)
    flags = (low_s, allow_padded_base64url)
    checks, _ = _native.judge_assertion(
        assertion, handle_of(public_key), algorithm, (*common, *flags), True
    )
    return report_of(checks)


def verify_attestation(
    credential: Mapping[str, Any] | str | BytesLike,
    *,
    challenge: str,
    public_key: PublicKey | None = None,
    credential_id: str | None = None,
    kind: str | None = None,
    profile: str | None = None,
    origin: str | None = None,
    cross_origin: bool | None = None,
    padding: str | None = None,
    low_s: bool = False,
    allow_padded_base64url: bool = False,
) -> VerifiedAttestation:
    """Verifies a new key credential: that its key signed its own public key and the challenge.

    Args:
        credential: one credential as it was sent, a mapping or JSON text; not the whole registration body.
        challenge: the challenge the server gave out.
        public_key: the key it must register; None takes any.
        credential_id, kind, profile, origin, cross_origin, padding, low_s, allow_padded_base64url: as for
            `verify_assertion`.

    Raises:
        MalformedInput: it does not decode; ``credential.*``, ``attestation.*`` and those of
            `verify_assertion` and of `PublicKey.from_pem`.
        ClaimMismatch, UnsupportedAlgorithm, InvalidSignature, LimitExceeded, ArgumentTypeError,
            ArgumentValueError: as for `verify_assertion`.
        InvalidKey: the public key it registers cannot be used.
    """
    common = (challenge, credential_id, kind, profile, origin, cross_origin, padding)
    flags = (low_s, allow_padded_base64url)
    handle = None if public_key is None else handle_of(public_key)
    _, verified = _native.judge_attestation(credential, handle, (*common, *flags), False)
    return _attestation(verified)


def explain_attestation(
    credential: Mapping[str, Any] | str | BytesLike,
    *,
    challenge: str,
    public_key: PublicKey | None = None,
    credential_id: str | None = None,
    kind: str | None = None,
    profile: str | None = None,
    origin: str | None = None,
    cross_origin: bool | None = None,
    padding: str | None = None,
    low_s: bool = False,
    allow_padded_base64url: bool = False,
) -> Report:
    """Tells step by step what is right and wrong with a new credential; arguments as for `verify_attestation`.

    The steps are those of `explain_assertion`, with ``attestation_data`` and ``public_key`` before ``algorithm``.

    Raises:
        ArgumentTypeError, ArgumentValueError, LimitExceeded: an argument that is not taken.
        UnsupportedAlgorithm: a ``padding`` that is not for the key given.

        None of them for the credential: what is wrong with that is a step that fails.
    """
    common = (challenge, credential_id, kind, profile, origin, cross_origin, padding)
    flags = (low_s, allow_padded_base64url)
    handle = None if public_key is None else handle_of(public_key)
    checks, _ = _native.judge_attestation(credential, handle, (*common, *flags), True)
    return report_of(checks)


def handle_of(public_key: PublicKey) -> _native.PublicKey:
    """What the native module takes for it."""
    if not isinstance(public_key, PublicKey):
        raise ArgumentTypeError(
            "public_key must be a PublicKey: load PEM, DER or a JWK with its from_… methods first",
            code="argument.type",
            field="public_key",
        )
    return public_key._handle


def assertion_of(parts: Sequence[Any], public_key: PublicKey) -> VerifiedAssertion:
    """The result for the parts that the native module gives."""
    kind, credential_id, client_data, algorithm, hash, signature = parts
    return VerifiedAssertion(
        kind=CredentialKind(kind),
        credential_id=credential_id,
        client_data=ClientData(*client_data),
        algorithm=algorithm,
        hash=hash,
        signature=signature,
        public_key=public_key,
    )


def _attestation(verified: tuple[Any, ...] | None) -> VerifiedAttestation:
    if verified is None:
        raise _nothing_verified()
    kind, credential_id, client_data, key, pem, algorithm, hash, signature, signed = verified
    return VerifiedAttestation(
        kind=CredentialKind(kind),
        credential_id=credential_id,
        client_data=ClientData(*client_data),
        public_key=PublicKey._wrap(key),
        public_key_pem=pem,
        algorithm=algorithm,
        hash=hash,
        signature=signature,
        fingerprint=signed,
    )


def _nothing_verified() -> InternalError:
    return InternalError("a verification ended without a verdict", code="internal.error")


__all__ = [
    "Check",
    "Report",
    "VerifiedAssertion",
    "VerifiedAttestation",
    "explain_assertion",
    "explain_attestation",
    "verify_assertion",
    "verify_attestation",
]
