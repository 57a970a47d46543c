"""Registering a passkey (WebAuthn section 7.1), from a browser or as a ``Fido2`` credential of the Dfns API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from countermark import _native
from countermark.errors import ArgumentTypeError, InternalError
from countermark.keys import BytesLike
from countermark.report import Report, report_of
from countermark.tolerance import tolerances
from countermark.webauthn.authenticator_data import AuthenticatorData
from countermark.webauthn.certificates import TrustAnchors, seconds
from countermark.webauthn.cose import CosePublicKey
from countermark.webauthn.metadata import Metadata
from countermark.webauthn.results import (
    VerifiedAttestationStatement,
    VerifiedRegistration,
    attestation_of,
    registration_of,
)


def verify_registration(
    response: Mapping[str, Any] | str | BytesLike,
    *,
    challenge: str | BytesLike,
    origin: str | Sequence[str],
    rp_id: str,
    challenge_form: str | None = None,
    top_origin: str | Sequence[str] | None = None,
    allow_cross_origin: bool = False,
    require_user_presence: bool = True,
    require_user_verification: bool = True,
    credential_id: BytesLike | str | None = None,
    algorithms: Sequence[int] | None = None,
    formats: Sequence[str] | None = None,
    trust: TrustAnchors | Metadata | None = None,
    at: int | datetime | None = None,
    require_trust: bool | None = None,
    compound_policy: str | int = "all",
    tpm_vendors: Sequence[str] | None = None,
    require_tee: bool = True,
    allow_sha1: bool = False,
    limited_verification: bool = False,
    repair_cose_map_count: bool = False,
    strictness: str = "interoperable",
    allow_padded_base64url: bool = False,
) -> VerifiedRegistration:
    """Verifies a new passkey: the ceremony of WebAuthn section 7.1 from the response on.

    Args:
        response: as it was sent, a mapping or JSON text: the browser's ``PublicKeyCredential.toJSON()``, or a
            ``Fido2`` credential of the Dfns API (``credentialKind``, ``credentialInfo``).
        challenge: the challenge that was given out. As bytes, it stands in the client data in base64url; as text,
            it stands there as it is. In a Dfns credential a text may stand there either way, as clients differ.
        origin: the origin that is taken, or several: ``https://example.com``, ``android:apk-key-hash:…``. Compared
            exactly. Related origins are listed here too.
        rp_id: the id of the relying party: ``example.com``.
        challenge_form: ``"verbatim"``, ``"encoded"`` or ``"either"``, to say how the challenge stands there.
        top_origin: where a call may cross origins: the pages that may embed it. None asks nothing.
        allow_cross_origin: take calls from within a page of another origin.
        require_user_presence: refuse a response without UP; False for conditional creation.
        require_user_verification: refuse a response without UV.
        credential_id: the id it must have, as bytes or in base64url; None takes any.
        algorithms: the `CoseAlgorithm` s that were offered; None takes every one, RS1 only with ``allow_sha1``.
        formats: the attestation formats that are taken; None takes all: ``none``, ``packed``, ``fido-u2f``,
            ``tpm``, ``android-key``, ``android-safetynet``, ``apple``, ``compound``.
        trust: the anchors, or the metadata that list them by model. None judges no path: the result then says
            ``trusted=False``. Nothing is refused for what the metadata report of a model (revoked, compromised …):
            look at ``attestation.metadata.status_reports``.
        at: the time, in seconds since 1970 or as a datetime with a time zone; needed with ``trust``.
        require_trust: refuse an attestation that leads to no anchor; None means: where ``trust`` is given.
        compound_policy: how many statements of a compound attestation must verify: ``"all"``, ``"any"`` or a number
            from 1 to 8.
        tpm_vendors: the TPM manufacturers that are taken, such as ``id:494E5443``; None takes any.
        require_tee: an Android key must be held by the trusted environment; False also takes software.
        allow_sha1: take signatures with SHA-1 (RS1, old TPMs and their certificates).
        limited_verification: the client data must also pass the limited verification (section 5.8.1.2).
        repair_cose_map_count: as for `parse_authenticator_data`.
        strictness: ``"strict"`` or ``"interoperable"``; what the latter let pass is in the result.
        allow_padded_base64url: take padded base64url in the response.

    Raises:
        MalformedInput: it does not decode: ``response.*``, ``base64url.*``, ``json.*``, ``client_data.*``,
            ``attestation_object.*``, ``authenticator_data.*``, ``cbor.*``, ``cose.*``, ``statement.*``,
            ``certificate.*``, ``der.*``, ``tpm.*``, ``jws.*``.
        ClaimMismatch: it decodes and says something else than expected.
        InvalidKey: the new key cannot be used.
        UnsupportedAlgorithm: its algorithm or its attestation format is not supported.
        InvalidSignature: the attestation signature does not verify.
        UntrustedAttestation: a certificate may not attest (``leaf.*``), or no anchor is reached (``trust.*``).
        LimitExceeded: something over its bound.
        ArgumentTypeError, ArgumentValueError: an expectation that cannot be met.
    """
    common = (
        challenge, origin, rp_id, challenge_form, top_origin, allow_cross_origin,
        require_user_presence, require_user_verification, credential_id, allow_sha1,
        limited_verification, strictness, allow_padded_base64url,
    )  # fmt: skip
    attesting = (
        formats, trust_handle(trust), seconds(at), require_trust, compound_policy, tpm_vendors,
        require_tee, repair_cose_map_count,
    )  # fmt: skip
    _, verified = _native.judge_registration(response, common, algorithms, attesting, False)
    if verified is None:
        raise InternalError("a verification ended without a verdict", code="internal.error")
    return registration_of(verified)


def explain_registration(
    response: Mapping[str, Any] | str | BytesLike,
    *,
    challenge: str | BytesLike,
    origin: str | Sequence[str],
    rp_id: str,
    challenge_form: str | None = None,
    top_origin: str | Sequence[str] | None = None,
    allow_cross_origin: bool = False,
    require_user_presence: bool = True,
    require_user_verification: bool = True,
    credential_id: BytesLike | str | None = None,
    algorithms: Sequence[int] | None = None,
    formats: Sequence[str] | None = None,
    trust: TrustAnchors | Metadata | None = None,
    at: int | datetime | None = None,
    require_trust: bool | None = None,
    compound_policy: str | int = "all",
    tpm_vendors: Sequence[str] | None = None,
    require_tee: bool = True,
    allow_sha1: bool = False,
    limited_verification: bool = False,
    repair_cose_map_count: bool = False,
    strictness: str = "interoperable",
    allow_padded_base64url: bool = False,
) -> Report:
    """Tells step by step what is right and wrong with a registration; arguments as for `verify_registration`.

    The steps are ``shape``, ``client_data``, ``type``, ``challenge``, ``origin``, ``cross_origin``, ``top_origin``,
    ``serialization``, ``attestation_object``, ``rp_id``, ``user_presence``, ``user_verification``, ``backup_flags``,
    ``algorithm``, ``credential_id``, ``attestation`` and ``trust``.

    Raises:
        ArgumentTypeError, ArgumentValueError: an expectation that cannot be met; never for the response.
    """
    common = (
        challenge, origin, rp_id, challenge_form, top_origin, allow_cross_origin,
        require_user_presence, require_user_verification, credential_id, allow_sha1,
        limited_verification, strictness, allow_padded_base64url,
    )  # fmt: skip
    attesting = (
        formats, trust_handle(trust), seconds(at), require_trust, compound_policy, tpm_vendors,
        require_tee, repair_cose_map_count,
    )  # fmt: skip
    checks, _ = _native.judge_registration(response, common, algorithms, attesting, True)
    return report_of(checks)


def verify_attestation_statement(
    attestation_object: BytesLike,
    *,
    client_data_hash: BytesLike,
    formats: Sequence[str] | None = None,
    trust: TrustAnchors | Metadata | None = None,
    at: int | datetime | None = None,
    require_trust: bool | None = None,
    compound_policy: str | int = "all",
    tpm_vendors: Sequence[str] | None = None,
    require_tee: bool = True,
    allow_sha1: bool = False,
    repair_cose_map_count: bool = False,
    strictness: str = "interoperable",
) -> VerifiedAttestationStatement:
    """Verifies the statement of an attestation object (WebAuthn section 8) and where it leads to, and nothing else.

    For tools and tests: a server verifies the whole ceremony with `verify_registration`.

    Args:
        attestation_object: the CBOR.
        client_data_hash: SHA-256 of the client data, 32 bytes.
        formats, trust, at, require_trust, compound_policy, tpm_vendors, require_tee, allow_sha1,
            repair_cose_map_count, strictness: as for `verify_registration`.

    Raises:
        MalformedInput, ClaimMismatch, InvalidKey, UnsupportedAlgorithm, InvalidSignature, UntrustedAttestation,
            LimitExceeded, ArgumentTypeError, ArgumentValueError: as for `verify_registration`.
    """
    attesting = (
        formats, trust_handle(trust), seconds(at), require_trust, compound_policy, tpm_vendors,
        require_tee, repair_cose_map_count,
    )  # fmt: skip
    key, data, attestation, notes = _native.verify_attestation_statement(
        attestation_object, client_data_hash, attesting, allow_sha1, strictness
    )
    return VerifiedAttestationStatement(
        public_key=CosePublicKey._wrap(key),
        authenticator_data=AuthenticatorData._wrap(data),
        attestation=attestation_of(attestation),
        tolerated=tolerances(notes),
    )


def trust_handle(
    trust: TrustAnchors | Metadata | None,
) -> _native.TrustAnchors | _native.Metadata | None:
    """What the native module takes for it."""
    if trust is None:
        return None
    if not isinstance(trust, (TrustAnchors, Metadata)):
        raise ArgumentTypeError(
            "trust must be TrustAnchors or Metadata", code="argument.type", field="trust"
        )
    return trust._handle


__all__ = ["explain_registration", "verify_attestation_statement", "verify_registration"]
