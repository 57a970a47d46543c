"""Verifying an assertion of a passkey (WebAuthn section 7.2), from a browser or of the Dfns API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from countermark import _native
from countermark.errors import ArgumentTypeError, InternalError
from countermark.keys import BytesLike, PublicKey
from countermark.report import Report, report_of
from countermark.webauthn.authenticator_data import AuthenticatorData
from countermark.webauthn.cose import CosePublicKey
from countermark.webauthn.results import VerifiedAuthentication, authentication_of


def verify_authentication(
    response: Mapping[str, Any] | str | BytesLike,
    *,
    challenge: str | BytesLike,
    origin: str | Sequence[str],
    rp_id: str,
    public_key: CosePublicKey | PublicKey | BytesLike,
    challenge_form: str | None = None,
    top_origin: str | Sequence[str] | None = None,
    allow_cross_origin: bool = False,
    require_user_presence: bool = True,
    require_user_verification: bool = True,
    credential_id: BytesLike | str | None = None,
    user_handle: BytesLike | str | None = None,
    sign_count: int | None = None,
    sign_count_policy: str = "require",
    backup_eligible: bool | None = None,
    appid: str | None = None,
    allow_payment: bool = False,
    allow_sha1: bool = False,
    limited_verification: bool = False,
    strictness: str = "interoperable",
    allow_padded_base64url: bool = False,
) -> VerifiedAuthentication:
    """Verifies an assertion: the ceremony of WebAuthn section 7.2 from the response on.

    Args:
        response: as it was sent, a mapping or JSON text: the browser's ``PublicKeyCredential.toJSON()``, or a
            ``Fido2`` assertion of the Dfns API (``kind``, ``credentialAssertion``).
        challenge, origin, rp_id, challenge_form, top_origin, allow_cross_origin, require_user_presence,
            require_user_verification, credential_id, allow_sha1, limited_verification, strictness,
            allow_padded_base64url: as for `verify_registration`.
        public_key: the key that was stored: a `CosePublicKey`, or its bytes; a plain `PublicKey` verifies by the
            usual algorithm of its kind. Reading the bytes takes time, so keep the object where many follow.
        user_handle: the user whose credential it is, as bytes or in base64url. A response that names none passes
            only where ``credential_id`` is given.
        sign_count: the counter that was stored; None compares nothing.
        sign_count_policy: ``"require"`` refuses a counter that does not go up (0 then and now is taken), ``"warn"``
            and ``"ignore"`` let it pass; the result tells.
        backup_eligible: the flag BE that was stored; None compares nothing.
        appid: the identifier of the FIDO AppID extension (section 10.1.1), whose hash is expected where the
            client says that it used it.
        allow_payment: take assertions of Secure Payment Confirmation (``payment.get``) too.

    Raises:
        MalformedInput, ClaimMismatch, InvalidSignature, LimitExceeded, ArgumentTypeError, ArgumentValueError: as
            for `verify_registration`.
        InvalidKey, UnsupportedAlgorithm: ``public_key`` cannot be used.
    """
    common = (
        challenge, origin, rp_id, challenge_form, top_origin, allow_cross_origin,
        require_user_presence, require_user_verification, credential_id, allow_sha1,
        limited_verification, strictness, allow_padded_base64url,
    )  # fmt: skip
    choices = (user_handle, sign_count, sign_count_policy, backup_eligible, appid, allow_payment)
    key = as_cose_key(public_key, allow_sha1, strictness)
    _, verified = _native.judge_authentication(response, key._handle, common, choices, False)
    if verified is None:
        raise InternalError("a verification ended without a verdict", code="internal.error")
    return authentication_of(verified, key)


def explain_authentication(
    response: Mapping[str, Any] | str | BytesLike,
    *,
    challenge: str | BytesLike,
    origin: str | Sequence[str],
    rp_id: str,
    public_key: CosePublicKey | PublicKey | BytesLike,
    challenge_form: str | None = None,
    top_origin: str | Sequence[str] | None = None,
    allow_cross_origin: bool = False,
    require_user_presence: bool = True,
    require_user_verification: bool = True,
    credential_id: BytesLike | str | None = None,
    user_handle: BytesLike | str | None = None,
    sign_count: int | None = None,
    sign_count_policy: str = "require",
    backup_eligible: bool | None = None,
    appid: str | None = None,
    allow_payment: bool = False,
    allow_sha1: bool = False,
    limited_verification: bool = False,
    strictness: str = "interoperable",
    allow_padded_base64url: bool = False,
) -> Report:
    """Tells step by step what is right and wrong with an assertion; arguments as for `verify_authentication`.

    The steps are ``shape``, ``credential_id``, ``user_handle``, ``client_data``, ``type``, ``challenge``, ``origin``,
    ``cross_origin``, ``top_origin``, ``serialization``, ``authenticator_data``, ``rp_id``, ``user_presence``,
    ``user_verification``, ``backup_flags``, ``backup_eligibility``, ``signature`` and ``sign_count``.

    Raises:
        ArgumentTypeError, ArgumentValueError, InvalidKey, UnsupportedAlgorithm: an expectation that cannot be met;
            never for the response.
    """
    common = (
        challenge, origin, rp_id, challenge_form, top_origin, allow_cross_origin,
        require_user_presence, require_user_verification, credential_id, allow_sha1,
        limited_verification, strictness, allow_padded_base64url,
    )  # fmt: skip
    choices = (user_handle, sign_count, sign_count_policy, backup_eligible, appid, allow_payment)
    key = as_cose_key(public_key, allow_sha1, strictness)
    checks, _ = _native.judge_authentication(response, key._handle, common, choices, True)
    return report_of(checks)


def verify_assertion_signature(
    authenticator_data: BytesLike,
    signature: BytesLike,
    *,
    client_data_hash: BytesLike,
    public_key: CosePublicKey | PublicKey | BytesLike,
    allow_sha1: bool = False,
    strictness: str = "interoperable",
) -> AuthenticatorData:
    """Verifies the signature of an assertion, and nothing else.

    For tools and tests: a server verifies the whole ceremony with `verify_authentication`.

    Args:
        authenticator_data: the authenticator data.
        signature: the signature, ECDSA in DER.
        client_data_hash: SHA-256 of the client data, 32 bytes.
        public_key, allow_sha1, strictness: as for `verify_authentication`.

    Raises:
        InvalidSignature: it does not verify.
        MalformedInput, LimitExceeded: as for `parse_authenticator_data`.
        InvalidKey, UnsupportedAlgorithm: ``public_key`` cannot be used.
        ArgumentTypeError, ArgumentValueError: an argument that is not taken.
    """
    key = as_cose_key(public_key, allow_sha1, strictness)
    return AuthenticatorData._wrap(
        _native.verify_assertion_signature(
            authenticator_data, signature, client_data_hash, key._handle, allow_sha1, strictness
        )
    )


def as_cose_key(
    public_key: CosePublicKey | PublicKey | BytesLike, allow_sha1: bool, strictness: str
) -> CosePublicKey:
    """The key with its algorithm, whatever form it comes in."""
    if isinstance(public_key, CosePublicKey):
        return public_key
    if isinstance(public_key, PublicKey):
        return CosePublicKey.from_public_key(public_key)
    try:
        memoryview(public_key)
    except (TypeError, ValueError):  # the latter for a view that was released
        readable = False
    else:
        readable = True
    if not readable:
        raise ArgumentTypeError(
            "public_key must be a CosePublicKey, a PublicKey or the bytes of a COSE key",
            code="argument.type",
            field="public_key",
        )
    return CosePublicKey.from_bytes(public_key, allow_sha1=allow_sha1, strictness=strictness)


__all__ = ["explain_authentication", "verify_assertion_signature", "verify_authentication"]
