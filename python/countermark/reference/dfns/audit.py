"""Verifying what an audit log says that somebody signed.

Dfns protocol, audit: ``GET /auth/action/logs/{id}`` returns the key, the assertion and the kind of the credential, so
that anyone can verify the signature again. Key kinds sign the client data, passkeys sign the authenticator data and
the hash of the client data. A key that comes with the record proves nothing about whose it is: pin it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypedDict, Unpack

from countermark.reference.arguments import (
    MAX_CREDENTIAL_ID,
    MAX_PUBLIC_KEY,
    challenge_text,
    check_length,
    credential_id_text,
    filled_text,
    instance,
    one_of,
    optional_text,
    unicode_text,
)
from countermark.reference.dfns import client_data as key_client_data
from countermark.reference.dfns.client_data import ClientData
from countermark.reference.dfns.expectation import decode_field, mismatch
from countermark.reference.dfns.kind import KINDS
from countermark.reference.dfns.signature_algorithm import (
    PADDINGS,
    check_padding,
    hash_of,
    known_algorithm,
)
from countermark.reference.format import base64url, bytes_argument, cbor, flag_argument
from countermark.reference.format.record import (
    Source,
    nested_members,
    required,
    required_text,
    source_argument,
    top_members,
)
from countermark.reference.format.tolerance import Tolerance, Tolerated
from countermark.reference.key.cose import SCHEMES, CosePublicKey
from countermark.reference.key.public_key import PublicKey
from countermark.reference.report import Report, Step, raise_first_failure, run
from countermark.reference.webauthn import authenticator_data as data_format
from countermark.reference.webauthn.authenticator_data import AuthenticatorData
from countermark.reference.webauthn.registration import check_backup_flags, unset

FIDO2: Final = "Fido2"


@dataclass(frozen=True, slots=True)
class VerifiedAudit:
    """What a record proves. ``public_key_pinned`` says whether the key is one the caller knew."""

    kind: str
    credential_id: str
    public_key: PublicKey
    public_key_pinned: bool
    client_data: ClientData
    authenticator_data: bytes | None
    hash: str | None
    signature: bytes
    tolerated: tuple[Tolerance, ...]


class AuditExpectations(TypedDict, total=False):
    """The keyword arguments of `verify_audit_record`. None means that nothing is expected."""

    public_key: PublicKey | None
    challenge: str | None
    origin: str | None
    rp_id: str | None
    credential_id: str | None
    require_user_verification: bool
    algorithm: str | None
    padding: str | None
    low_s: bool
    allow_padded_base64url: bool


@dataclass(frozen=True, slots=True)
class _Expected:
    public_key: PublicKey | None
    challenge: str | None
    origin: str | None
    rp_id: str | None
    credential_id: str | None
    require_user_verification: bool
    algorithm: str | None
    padding: str | None
    low_s: bool
    padded: bool

    def base64url(self, text: str) -> bytes:
        return base64url.decode(text, self.padded)


def _expectations(
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
) -> _Expected:
    """Check the caller's own arguments: all types first, then the values, then whether the key has them."""
    expected = _Expected(
        public_key=None if public_key is None else instance(public_key, PublicKey, "public_key"),
        challenge=optional_text(challenge, "challenge"),
        origin=optional_text(origin, "origin"),
        rp_id=optional_text(rp_id, "rp_id"),
        credential_id=optional_text(credential_id, "credential_id"),
        require_user_verification=flag_argument(
            require_user_verification, "require_user_verification"
        ),
        algorithm=optional_text(algorithm, "algorithm"),
        padding=optional_text(padding, "padding"),
        low_s=flag_argument(low_s, "low_s"),
        padded=flag_argument(allow_padded_base64url, "allow_padded_base64url"),
    )
    if expected.challenge is not None:
        challenge_text(expected.challenge)
    if expected.origin is not None:
        unicode_text(expected.origin, "origin")
    if expected.rp_id is not None:
        filled_text(expected.rp_id, "rp_id")
    if expected.credential_id is not None:
        credential_id_text(expected.credential_id)
    if expected.padding is not None:
        one_of(expected.padding, PADDINGS, "padding")
    if expected.public_key is not None:
        check_padding(expected.padding, expected.public_key)
        if expected.algorithm is not None:
            hash_of(expected.algorithm, expected.public_key)
    elif expected.algorithm is not None:
        known_algorithm(expected.algorithm)
    return expected


class _Audit:
    """The state of one verification."""

    source: Source
    expected: _Expected

    kind: str
    credential_id: str
    public_key_text: str
    client_data_text: str
    signature_text: str
    authenticator_data_text: str | None

    public_key: PublicKey
    client_data: ClientData
    authenticator_data: AuthenticatorData | None
    hash: str | None
    signature: bytes

    @property
    def is_passkey(self) -> bool:
        return self.kind == FIDO2


def _judge_shape(state: _Audit) -> None:
    """A reply may grow, so members without a meaning here are ignored."""
    top = top_members(state.source, "assertion")
    if "firstFactorCredential" in top:
        top = nested_members(top["firstFactorCredential"], "firstFactorCredential", "assertion")
    state.kind = required_text(top, "kind", "assertion")
    state.credential_id = required_text(top, "id", "assertion")
    check_length(len(state.credential_id), MAX_CREDENTIAL_ID, "id")
    state.public_key_text = required_text(top, "publicKey", "assertion")
    check_length(len(state.public_key_text.encode()), MAX_PUBLIC_KEY, "publicKey")
    inner = nested_members(required(top, "assertion", "assertion"), "assertion", "assertion")
    state.client_data_text = required_text(inner, "clientData", "assertion")
    state.signature_text = required_text(inner, "signature", "assertion")
    state.authenticator_data_text = None
    if state.is_passkey:
        state.authenticator_data_text = required_text(inner, "authenticatorData", "assertion")


def _judge_kind(state: _Audit) -> None:
    if state.kind not in (*KINDS, FIDO2):
        raise mismatch("assertion.kind_mismatch", "kind", None, state.kind)


def _judge_credential_id(state: _Audit) -> None:
    expected = state.expected.credential_id
    if expected is not None and state.credential_id != expected:
        raise mismatch("assertion.id_mismatch", "id", expected, state.credential_id)


def _judge_public_key(state: _Audit) -> None:
    """PEM text, and the pinned key where there is one."""
    state.public_key = PublicKey.from_pem(state.public_key_text)
    pinned = state.expected.public_key
    if pinned is not None and pinned != state.public_key:
        raise mismatch(
            "attestation.public_key_mismatch",
            "publicKey",
            pinned.fingerprint().hex(),
            state.public_key.fingerprint().hex(),
        )


def _judge_client_data(state: _Audit) -> None:
    raw = decode_field(state.expected.base64url, state.client_data_text, "clientData")
    state.client_data = key_client_data.read(raw)


def _judge_type(state: _Audit) -> None:
    due = "webauthn.get" if state.is_passkey else "key.get"
    if state.client_data.type != due:
        raise mismatch("client_data.type_mismatch", "type", due, state.client_data.type)


def _judge_challenge(state: _Audit) -> None:
    """Passkeys may carry the challenge encoded once more (Dfns protocol, Fido2 client data)."""
    expected, actual = state.expected.challenge, state.client_data.challenge
    if expected is None:
        return
    forms = [expected]
    if state.is_passkey:
        forms.append(base64url.encode(expected.encode()))
    if actual not in forms:
        raise mismatch("client_data.challenge_mismatch", "challenge", expected, actual)


def _judge_origin(state: _Audit) -> None:
    expected, actual = state.expected.origin, state.client_data.origin
    if expected is not None and actual != expected:
        raise mismatch("client_data.origin_mismatch", "origin", expected, actual)


def _judge_authenticator_data(state: _Audit) -> None:
    """Passkeys alone have them."""
    state.authenticator_data = None
    if state.authenticator_data_text is None:
        return
    octets = decode_field(
        state.expected.base64url, state.authenticator_data_text, "authenticatorData"
    )
    raw = bytes_argument(octets, "authenticatorData", cbor.MAX_SIZE)
    state.authenticator_data = data_format.read(raw, Tolerated())


def _judge_rp_id(state: _Audit) -> None:
    data, rp_id = state.authenticator_data, state.expected.rp_id
    if data is None or rp_id is None:
        return
    due = hashlib.sha256(rp_id.encode()).digest()
    if data.rp_id_hash != due:
        raise mismatch(
            "authenticator_data.rp_id_mismatch", "rpIdHash", due.hex(), data.rp_id_hash.hex()
        )


def _judge_user_presence(state: _Audit) -> None:
    if state.authenticator_data is not None and not state.authenticator_data.flags.user_present:
        raise unset("authenticator_data.user_presence")


def _judge_user_verification(state: _Audit) -> None:
    data = state.authenticator_data
    if data is None or not state.expected.require_user_verification:
        return
    if not data.flags.user_verified:
        raise unset("authenticator_data.user_verification")


def _judge_backup_flags(state: _Audit) -> None:
    if state.authenticator_data is not None:
        check_backup_flags(state.authenticator_data)


def _judge_signature(state: _Audit) -> None:
    """The key decides; a name may only pick the hash. A passkey hashes as its COSE algorithm says."""
    expected, key = state.expected, state.public_key
    state.signature = decode_field(expected.base64url, state.signature_text, "signature")
    message = state.client_data.raw
    if state.authenticator_data is not None:
        message = state.authenticator_data.raw + hashlib.sha256(message).digest()
    if state.authenticator_data is not None and expected.algorithm is None:
        state.hash = SCHEMES[CosePublicKey.from_public_key(key).algorithm].hash
    else:
        state.hash = hash_of(expected.algorithm, key)
    key.verify(
        message,
        state.signature,
        hash=state.hash,
        padding=expected.padding,
        low_s=expected.low_s,
    )


_AUDIT: Final = "audit"
_CLIENT_DATA: Final = "client data, canonical form"
_STEPS: Final[tuple[Step[_Audit], ...]] = (
    Step("shape", _AUDIT, _judge_shape),
    Step("kind", _AUDIT, _judge_kind, ("shape",)),
    Step("credential_id", _AUDIT, _judge_credential_id, ("shape",)),
    Step("public_key", _AUDIT, _judge_public_key, ("shape",)),
    Step("client_data", _CLIENT_DATA, _judge_client_data, ("shape",)),
    Step("type", _CLIENT_DATA, _judge_type, ("kind", "client_data")),
    Step("challenge", _CLIENT_DATA, _judge_challenge, ("kind", "client_data")),
    Step("origin", _CLIENT_DATA, _judge_origin, ("client_data",)),
    Step("authenticator_data", _AUDIT, _judge_authenticator_data, ("kind",)),
    Step("rp_id", _AUDIT, _judge_rp_id, ("authenticator_data",)),
    Step("user_presence", _AUDIT, _judge_user_presence, ("authenticator_data",)),
    Step("user_verification", _AUDIT, _judge_user_verification, ("authenticator_data",)),
    Step("backup_flags", _AUDIT, _judge_backup_flags, ("authenticator_data",)),
    Step(
        "signature",
        _AUDIT,
        _judge_signature,
        ("kind", "public_key", "client_data", "authenticator_data"),
    ),
)


def _judge(record: object, expected: AuditExpectations) -> tuple[_Audit, Report]:
    state = _Audit()
    state.expected = _expectations(**expected)
    state.source = source_argument(record, "record")
    return state, run(_STEPS, state)


def verify_audit_record(
    record: Mapping[str, object] | str | bytes, **expected: Unpack[AuditExpectations]
) -> VerifiedAudit:
    """Return what the record proves, or raise what the first failing step says."""
    state, report = _judge(record, expected)
    raise_first_failure(report)
    data = state.authenticator_data
    return VerifiedAudit(
        kind=state.kind,
        credential_id=state.credential_id,
        public_key=state.public_key,
        public_key_pinned=state.expected.public_key is not None,
        client_data=state.client_data,
        authenticator_data=None if data is None else data.raw,
        hash=state.hash,
        signature=state.signature,
        tolerated=() if data is None else data.tolerated,
    )


def explain_audit_record(
    record: Mapping[str, object] | str | bytes, **expected: Unpack[AuditExpectations]
) -> Report:
    """Return the outcome of every step; never raises for what is wrong with the record."""
    return _judge(record, expected)[1]


__all__ = ["AuditExpectations", "VerifiedAudit", "explain_audit_record", "verify_audit_record"]
