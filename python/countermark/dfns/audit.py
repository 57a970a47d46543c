"""Verifying again what an audit log says was signed: the answers of ``GET /auth/action/logs/{id}``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from countermark import _native
from countermark.dfns.client_data import ClientData
from countermark.dfns.verification import handle_of
from countermark.errors import InternalError
from countermark.keys import BytesLike, PublicKey
from countermark.report import Report, report_of
from countermark.tolerance import Tolerance, tolerances


@dataclass(frozen=True, slots=True)
class VerifiedAudit:
    """What a log entry proves.

    Attributes:
        kind: ``Key``, ``PasswordProtectedKey``, ``RecoveryKey`` or ``Fido2``.
        credential_id: the credential that signed.
        public_key: the key that verified it.
        public_key_pinned: whether that key was given by the caller. Otherwise the log vouches for its own key,
            and all that is proved is that the entry agrees with itself.
        client_data: the client data that were signed.
        authenticator_data: of passkeys: the authenticator data that were signed with them, which
            `countermark.webauthn.parse_authenticator_data` takes apart; or None.
        hash: the hash that was used; None for EdDSA.
        signature: the signature, decoded.
        tolerated: deviations from the standard in the authenticator data that were let pass.
    """

    kind: str
    credential_id: str
    public_key: PublicKey
    public_key_pinned: bool
    client_data: ClientData
    authenticator_data: bytes | None
    hash: str | None
    signature: bytes
    tolerated: tuple[Tolerance, ...]


def verify_audit_record(
    record: Mapping[str, Any] | str | BytesLike,
    *,
    public_key: PublicKey | None = None,
    challenge: str | None = None,
    origin: str | None = None,
    rp_id: str | None = None,
    credential_id: str | None = None,
    require_user_verification: bool = False,
    algorithm: str | None = None,
    padding: str | None = None,
    low_s: bool = False,
    allow_padded_base64url: bool = False,
) -> VerifiedAudit:
    """Verifies the assertion in an entry of the audit log.

    Software keys sign the client data; passkeys sign the authenticator data and the hash of the client data.

    Args:
        record: the answer of the API as a mapping or JSON text, or its ``firstFactorCredential``. Members that
            have no part in this are passed over.
        public_key: the key the credential was registered with. Give it wherever it is known; see
            `VerifiedAudit.public_key_pinned`.
        challenge: the challenge of the user action; None asks nothing. A passkey may hold it encoded once more.
        origin: the origin; None asks nothing, and the empty text an empty one.
        rp_id: the relying party's id; None asks nothing. Only passkeys sign one: an entry of a software key passes.
        credential_id: the id it must name; None asks nothing.
        require_user_verification: a passkey must have verified its user. An entry of a software key, which tells
            nothing about that, passes; look at ``kind`` of the result where only passkeys are wanted.
        algorithm: the `SignatureAlgorithm` the credential was registered with; it decides the hash.
        padding, low_s, allow_padded_base64url: as for `verify_assertion`.

    Raises:
        MalformedInput: it does not decode: ``assertion.*``, ``base64url.*``, ``json.*``, ``client_data.*``,
            ``authenticator_data.*``, ``cbor.*``, ``pem.*``, ``der.*``.
        ClaimMismatch: it decodes and says something else than expected.
        InvalidKey, UnsupportedAlgorithm: its key cannot be used, or ``algorithm`` or ``padding`` is unknown or not
            for the key.
        InvalidSignature: the signature does not verify.
        LimitExceeded: a text over its bound.
        ArgumentTypeError, ArgumentValueError: an expectation that is not taken, such as an empty challenge.
    """
    expected = (
        *(challenge, origin, rp_id, credential_id, require_user_verification, algorithm, padding),
        *(low_s, allow_padded_base64url),
    )
    _, verified = _native.judge_audit_record(record, optional_handle(public_key), expected, False)
    if verified is None:
        raise InternalError("a verification ended without a verdict", code="internal.error")
    return audit_of(verified, pinned=public_key is not None)


def audit_of(parts: Sequence[Any], *, pinned: bool) -> VerifiedAudit:
    """The result for the parts that the native module gives."""
    kind, id, key, client_data, data, hash, signature, notes = parts
    return VerifiedAudit(
        kind=kind,
        credential_id=id,
        public_key=PublicKey._wrap(key),
        public_key_pinned=pinned,
        client_data=ClientData(*client_data),
        authenticator_data=data,
        hash=hash,
        signature=signature,
        tolerated=tolerances(notes),
    )


def explain_audit_record(
    record: Mapping[str, Any] | str | BytesLike,
    *,
    public_key: PublicKey | None = None,
    challenge: str | None = None,
    origin: str | None = None,
    rp_id: str | None = None,
    credential_id: str | None = None,
    require_user_verification: bool = False,
    algorithm: str | None = None,
    padding: str | None = None,
    low_s: bool = False,
    allow_padded_base64url: bool = False,
) -> Report:
    """Tells step by step what is right and wrong with an entry; arguments as for `verify_audit_record`.

    The steps are ``shape``, ``kind``, ``credential_id``, ``public_key``, ``client_data``, ``type``, ``challenge``,
    ``origin``, ``authenticator_data``, ``rp_id``, ``user_presence``, ``user_verification``, ``backup_flags`` and
    ``signature``.

    Raises:
        ArgumentTypeError, ArgumentValueError, LimitExceeded: an argument that is not taken.
        UnsupportedAlgorithm: an ``algorithm`` that is unknown, or it or a ``padding`` that is not for the key given.

        None of them for the entry: what is wrong with that is a step that fails.
    """
    expected = (
        *(challenge, origin, rp_id, credential_id, require_user_verification, algorithm, padding),
        *(low_s, allow_padded_base64url),
    )
    checks, _ = _native.judge_audit_record(record, optional_handle(public_key), expected, True)
    return report_of(checks)


def optional_handle(public_key: PublicKey | None) -> _native.PublicKey | None:
    """What the native module takes for it."""
    return None if public_key is None else handle_of(public_key)


__all__ = ["VerifiedAudit", "explain_audit_record", "verify_audit_record"]
