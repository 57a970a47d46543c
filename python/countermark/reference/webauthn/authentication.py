"""Verifying an assertion (WebAuthn Level 3, 7.2)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Unpack

from countermark.errors import ClaimMismatch, LimitExceeded
from countermark.reference.arguments import filled_text, optional_flag, optional_text
from countermark.reference.format import BytesLike, bytes_argument, cbor, flag_argument
from countermark.reference.format.record import Source, source_argument
from countermark.reference.format.tolerance import (
    INTEROPERABLE,
    Tolerance,
    Tolerated,
    strictness_argument,
)
from countermark.reference.key.cose import CosePublicKey
from countermark.reference.key.public_key import PublicKey
from countermark.reference.report import Report, Step, raise_first_failure, run
from countermark.reference.webauthn import authenticator_data as data_format
from countermark.reference.webauthn import client_data as claims
from countermark.reference.webauthn.authenticator_data import AuthenticatorData, Flags
from countermark.reference.webauthn.client_data import CollectedClientData, mismatch
from countermark.reference.webauthn.extensions import ClientExtensions, Extensions
from countermark.reference.webauthn.policy import (
    AuthenticationOptions,
    CeremonyPolicy,
    CounterPolicy,
    ceremony_policy,
    client_data_hash_argument,
    counter_policy,
    identifier_argument,
    public_key_argument,
)
from countermark.reference.webauthn.registration import (
    check_backup_flags,
    check_rp_id,
    check_user_presence,
    check_user_verification,
    unset,
)
from countermark.reference.webauthn.response import AuthenticationResponse, read_authentication

TYPE: Final = "webauthn.get"
MAX_SIGNATURE: Final = 8 * 1024
PAYMENT: Final = "payment.get"
"""Secure Payment Confirmation, which adds members to the client data and changes nothing else here."""


@dataclass(frozen=True, slots=True)
class VerifiedAuthentication:
    """What an assertion said, all of it checked.

    ``sign_count_status`` is ``ok``, ``unsupported``, ``regressed`` or ``not_checked``.
    """

    credential_id: bytes
    user_handle: bytes | None
    public_key: CosePublicKey
    flags: Flags
    sign_count: int
    sign_count_status: str
    extensions: Extensions
    client_extensions: ClientExtensions
    authenticator_attachment: str | None
    client_data: CollectedClientData
    authenticator_data: AuthenticatorData
    signature: bytes
    tolerated: tuple[Tolerance, ...]


@dataclass(frozen=True, slots=True)
class _Expected:
    """The options that only this ceremony has."""

    public_key: CosePublicKey
    user_handle: bytes | None
    counter: CounterPolicy
    backup_eligible: bool | None
    appid: str | None
    allow_payment: bool
    strictness: str


def _expected(
    *,
    public_key: CosePublicKey | PublicKey | BytesLike,
    user_handle: BytesLike | str | None = None,
    sign_count: int | None = None,
    sign_count_policy: str = "require",
    backup_eligible: bool | None = None,
    appid: str | None = None,
    allow_payment: bool = False,
    allow_sha1: bool = False,
    strictness: str = INTEROPERABLE,
) -> _Expected:
    how = strictness_argument(strictness)
    sha1 = flag_argument(allow_sha1, "allow_sha1")
    expected = _Expected(
        public_key=public_key_argument(public_key, allow_sha1=sha1, strictness=how),
        user_handle=identifier_argument(user_handle, "user_handle"),
        counter=counter_policy(sign_count, sign_count_policy),
        backup_eligible=optional_flag(backup_eligible, "backup_eligible"),
        appid=optional_text(appid, "appid"),
        allow_payment=flag_argument(allow_payment, "allow_payment"),
        strictness=how,
    )
    if expected.appid is not None:
        filled_text(expected.appid, "appid")
    return expected


class _Authentication:
    """The state of one verification."""

    source: Source
    policy: CeremonyPolicy
    expected: _Expected
    tolerated: Tolerated

    response: AuthenticationResponse
    client_data: CollectedClientData
    data: AuthenticatorData
    sign_count_status: str


def _judge_shape(state: _Authentication) -> None:
    state.response = read_authentication(state.source, padded=state.policy.padded)


def _judge_credential_id(state: _Authentication) -> None:
    actual, expected = state.response.credential_id, state.policy.credential_id
    if expected is not None and actual != expected:
        raise mismatch(
            "response.credential_id_mismatch", "credentialId", expected.hex(), actual.hex()
        )


def _judge_user_handle(state: _Authentication) -> None:
    """The expected handle; it may be absent where the user was known by the credential id."""
    actual, expected = state.response.user_handle, state.expected.user_handle
    if expected is None or actual == expected:
        return
    if actual is None and state.policy.credential_id is not None:
        return
    shown = None if actual is None else actual.hex()
    raise mismatch("response.user_handle_mismatch", "userHandle", expected.hex(), shown)


def _judge_client_data(state: _Authentication) -> None:
    state.client_data = claims.read(state.response.client_data)


def _judge_type(state: _Authentication) -> None:
    also = (PAYMENT,) if state.expected.allow_payment else ()
    claims.check_type(state.client_data, TYPE, *also)


def _judge_challenge(state: _Authentication) -> None:
    claims.check_challenge(state.client_data, state.policy, is_dfns=state.response.is_dfns)


def _judge_origin(state: _Authentication) -> None:
    claims.check_origin(state.client_data, state.policy)


def _judge_cross_origin(state: _Authentication) -> None:
    claims.check_cross_origin(state.client_data, state.policy)


def _judge_top_origin(state: _Authentication) -> None:
    claims.check_top_origin(state.client_data, state.policy)


def _judge_serialization(state: _Authentication) -> None:
    if state.policy.limited_verification:
        claims.check_serialization(state.client_data)


def _judge_authenticator_data(state: _Authentication) -> None:
    raw = bytes_argument(state.response.authenticator_data, "authenticatorData", cbor.MAX_SIZE)
    state.data = data_format.read(raw, state.tolerated)


def _judge_rp_id(state: _Authentication) -> None:
    """The RP ID, or the appid if the client says that it used that one (10.1.1)."""
    hashes = [state.policy.rp_id_hash]
    if state.expected.appid is not None and state.response.client_extensions.appid is True:
        hashes.append(hashlib.sha256(state.expected.appid.encode()).digest())
    check_rp_id(state.data, *hashes)


def _judge_user_presence(state: _Authentication) -> None:
    check_user_presence(state.data, state.policy)


def _judge_user_verification(state: _Authentication) -> None:
    check_user_verification(state.data, state.policy)


def _judge_backup_flags(state: _Authentication) -> None:
    check_backup_flags(state.data)


def _judge_backup_eligibility(state: _Authentication) -> None:
    """6.1.3: whether a credential can be backed up never changes."""
    expected = state.expected.backup_eligible
    if expected is not None and state.data.flags.backup_eligible != expected:
        raise unset("authenticator_data.backup_eligibility_mismatch")


def _judge_signature(state: _Authentication) -> None:
    """The bytes as they came, over which no parser has a say."""
    response = state.response
    digest = hashlib.sha256(response.client_data).digest()
    _verify(state.expected.public_key, response.authenticator_data + digest, response.signature)


def _verify(key: CosePublicKey, message: bytes, signature: bytes) -> None:
    if len(signature) > MAX_SIGNATURE:
        raise LimitExceeded(
            f"the signature is longer than {MAX_SIGNATURE} bytes",
            code="limit.size",
            field="signature",
        )
    key.verify(message, signature)


def _judge_sign_count(state: _Authentication) -> None:
    """6.1.1: a counter that does not grow is a sign of a copy, unless there is none at all."""
    stored, new = state.expected.counter.stored, state.data.sign_count
    if stored is None:
        state.sign_count_status = "not_checked"
    elif stored == new == 0:
        state.sign_count_status = "unsupported"
    elif new > stored:
        state.sign_count_status = "ok"
    else:
        state.sign_count_status = "regressed"
        if state.expected.counter.policy == "require":
            raise ClaimMismatch(
                "the signature counter did not grow",
                code="authenticator_data.sign_count",
                field="signCount",
                expected=f"over {stored}",
                actual=str(new),
            )


_SECTION: Final = "WebAuthn 7.2"
_STEPS: Final[tuple[Step[_Authentication], ...]] = (
    Step("shape", "WebAuthn 5.1", _judge_shape),
    Step("credential_id", _SECTION, _judge_credential_id, ("shape",)),
    Step("user_handle", _SECTION, _judge_user_handle, ("shape",)),
    Step("client_data", "WebAuthn 5.8.1", _judge_client_data, ("shape",)),
    Step("type", _SECTION, _judge_type, ("client_data",)),
    Step("challenge", _SECTION, _judge_challenge, ("client_data",)),
    Step("origin", _SECTION, _judge_origin, ("client_data",)),
    Step("cross_origin", _SECTION, _judge_cross_origin, ("client_data",)),
    Step("top_origin", _SECTION, _judge_top_origin, ("client_data",)),
    Step("serialization", "WebAuthn 5.8.1.2", _judge_serialization, ("client_data",)),
    Step("authenticator_data", "WebAuthn 6.1", _judge_authenticator_data, ("shape",)),
    Step("rp_id", _SECTION, _judge_rp_id, ("authenticator_data",)),
    Step("user_presence", _SECTION, _judge_user_presence, ("authenticator_data",)),
    Step("user_verification", _SECTION, _judge_user_verification, ("authenticator_data",)),
    Step("backup_flags", "WebAuthn 6.1.3", _judge_backup_flags, ("authenticator_data",)),
    Step("backup_eligibility", _SECTION, _judge_backup_eligibility, ("authenticator_data",)),
    Step("signature", _SECTION, _judge_signature, ("client_data", "authenticator_data")),
    Step("sign_count", "WebAuthn 6.1.1", _judge_sign_count, ("authenticator_data",)),
)


def _judge(response: object, options: AuthenticationOptions) -> tuple[_Authentication, Report]:
    state = _Authentication()
    state.source = source_argument(response, "response")
    shared: dict[str, Any] = dict(options)
    own = {name: shared.pop(name) for name in _OWN if name in shared}
    state.policy = ceremony_policy(**shared)
    state.expected = _expected(**own)
    state.tolerated = Tolerated(state.expected.strictness)
    return state, run(_STEPS, state)


_OWN: Final = tuple(_expected.__annotations__)


def verify_authentication(
    response: Mapping[str, object] | str | bytes, **options: Unpack[AuthenticationOptions]
) -> VerifiedAuthentication:
    """Return what the assertion says, or raise what the first failing step says."""
    state, report = _judge(response, options)
    raise_first_failure(report)
    return VerifiedAuthentication(
        credential_id=state.response.credential_id,
        user_handle=state.response.user_handle,
        public_key=state.expected.public_key,
        flags=state.data.flags,
        sign_count=state.data.sign_count,
        sign_count_status=state.sign_count_status,
        extensions=state.data.extensions,
        client_extensions=state.response.client_extensions,
        authenticator_attachment=state.response.authenticator_attachment,
        client_data=state.client_data,
        authenticator_data=state.data,
        signature=state.response.signature,
        tolerated=state.tolerated.notes,
    )


def explain_authentication(
    response: Mapping[str, object] | str | bytes, **options: Unpack[AuthenticationOptions]
) -> Report:
    """Return the outcome of every step; never raises for what is wrong with the response."""
    return _judge(response, options)[1]


def verify_assertion_signature(
    authenticator_data: BytesLike,
    signature: BytesLike,
    *,
    client_data_hash: BytesLike,
    public_key: CosePublicKey | PublicKey | BytesLike,
    allow_sha1: bool = False,
    strictness: str = INTEROPERABLE,
) -> AuthenticatorData:
    """Verify an assertion against the hash of client data that are not at hand."""
    raw = bytes_argument(authenticator_data, "authenticator_data", cbor.MAX_SIZE)
    octets = bytes_argument(signature, "signature")
    digest = client_data_hash_argument(client_data_hash)
    how = strictness_argument(strictness)
    sha1 = flag_argument(allow_sha1, "allow_sha1")
    key = public_key_argument(public_key, allow_sha1=sha1, strictness=how)
    data = data_format.read(raw, Tolerated(how))
    _verify(key, raw + digest, octets)
    return data


__all__ = [
    "VerifiedAuthentication",
    "explain_authentication",
    "verify_assertion_signature",
    "verify_authentication",
]
