"""Registering a credential (WebAuthn Level 3, 7.1)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Unpack

from countermark.errors import ClaimMismatch
from countermark.reference.format import bytes_argument, cbor
from countermark.reference.format.record import Source, source_argument
from countermark.reference.format.tolerance import Tolerance, Tolerated
from countermark.reference.key.cose import CoseAlgorithm, CosePublicKey
from countermark.reference.report import Report, Step, raise_first_failure, run
from countermark.reference.webauthn import attestation as attestations
from countermark.reference.webauthn import client_data as claims
from countermark.reference.webauthn.attestation import Attestation, Attested
from countermark.reference.webauthn.authenticator_data import AuthenticatorData, Flags
from countermark.reference.webauthn.client_data import CollectedClientData, mismatch
from countermark.reference.webauthn.extensions import ClientExtensions, Extensions
from countermark.reference.webauthn.policy import (
    AttestationOptions,
    AttestationPolicy,
    CeremonyPolicy,
    RegistrationOptions,
    allowed_algorithms,
    attestation_policy,
    ceremony_policy,
)
from countermark.reference.webauthn.response import RegistrationResponse, read_registration
from countermark.reference.webauthn.statement_context import StatementResult

TYPE: Final = "webauthn.create"


@dataclass(frozen=True, slots=True)
class VerifiedRegistration:
    """A new credential, everything that was said of it checked."""

    credential_id: bytes
    public_key: CosePublicKey
    algorithm: CoseAlgorithm
    aaguid: str
    flags: Flags
    sign_count: int
    extensions: Extensions
    client_extensions: ClientExtensions
    transports: tuple[str, ...]
    authenticator_attachment: str | None
    client_data: CollectedClientData
    authenticator_data: AuthenticatorData
    attestation: Attestation
    tolerated: tuple[Tolerance, ...]


class _Registration:
    """The state of one verification."""

    source: Source
    policy: CeremonyPolicy
    attestation_policy: AttestationPolicy
    algorithms: frozenset[CoseAlgorithm]
    tolerated: Tolerated

    response: RegistrationResponse
    client_data: CollectedClientData
    attested: Attested
    result: StatementResult
    attestation: Attestation

    @property
    def data(self) -> AuthenticatorData:
        return self.attested.object.authenticator_data


def _judge_shape(state: _Registration) -> None:
    state.response = read_registration(state.source, padded=state.policy.padded)


def _judge_client_data(state: _Registration) -> None:
    state.client_data = claims.read(state.response.client_data)


def _judge_type(state: _Registration) -> None:
    claims.check_type(state.client_data, TYPE)


def _judge_challenge(state: _Registration) -> None:
    claims.check_challenge(state.client_data, state.policy, is_dfns=state.response.is_dfns)


def _judge_origin(state: _Registration) -> None:
    claims.check_origin(state.client_data, state.policy)


def _judge_cross_origin(state: _Registration) -> None:
    claims.check_cross_origin(state.client_data, state.policy)


def _judge_top_origin(state: _Registration) -> None:
    claims.check_top_origin(state.client_data, state.policy)


def _judge_serialization(state: _Registration) -> None:
    if state.policy.limited_verification:
        claims.check_serialization(state.client_data)


def _judge_attestation_object(state: _Registration) -> None:
    """The object, the credential in it, and the key of that as a whole."""
    raw = bytes_argument(state.response.attestation_object, "attestationObject", cbor.MAX_SIZE)
    state.attested = attestations.read_attested(raw, state.attestation_policy, state.tolerated)


def _judge_rp_id(state: _Registration) -> None:
    check_rp_id(state.data, state.policy.rp_id_hash)


def _judge_user_presence(state: _Registration) -> None:
    check_user_presence(state.data, state.policy)


def _judge_user_verification(state: _Registration) -> None:
    check_user_verification(state.data, state.policy)


def _judge_backup_flags(state: _Registration) -> None:
    check_backup_flags(state.data)


def _judge_algorithm(state: _Registration) -> None:
    algorithm = state.attested.public_key.algorithm
    if algorithm not in state.algorithms:
        raise mismatch("response.algorithm_not_allowed", "alg", None, str(int(algorithm)))


def _judge_credential_id(state: _Registration) -> None:
    """The attested id is that of the response and, where one is expected, that one."""
    attested, expected = state.attested.credential_id, state.policy.credential_id
    for due in (state.response.credential_id, expected):
        if due is not None and due != attested:
            raise mismatch(
                "response.credential_id_mismatch", "credentialId", due.hex(), attested.hex()
            )


def _judge_attestation(state: _Registration) -> None:
    digest = hashlib.sha256(state.response.client_data).digest()
    state.result = attestations.verify(
        state.attested, digest, state.attestation_policy, state.tolerated
    )


def _judge_trust(state: _Registration) -> None:
    state.attestation = attestations.judge_trust(
        state.attested, state.result, state.attestation_policy, state.tolerated
    )


# --- Checks of authenticator data that both ceremonies make -------------------------------------


def check_rp_id(data: AuthenticatorData, *hashes: bytes) -> None:
    if data.rp_id_hash not in hashes:
        raise mismatch(
            "authenticator_data.rp_id_mismatch", "rpIdHash", hashes[0].hex(), data.rp_id_hash.hex()
        )


def check_user_presence(data: AuthenticatorData, policy: CeremonyPolicy) -> None:
    if policy.require_user_presence and not data.flags.user_present:
        raise unset("authenticator_data.user_presence")


def check_user_verification(data: AuthenticatorData, policy: CeremonyPolicy) -> None:
    if policy.require_user_verification and not data.flags.user_verified:
        raise unset("authenticator_data.user_verification")


def check_backup_flags(data: AuthenticatorData) -> None:
    """6.1.3: what is backed up can be backed up."""
    if data.flags.backup_state and not data.flags.backup_eligible:
        raise unset("authenticator_data.backup_state")


def unset(code: str) -> ClaimMismatch:
    """A flag that is not as it must be."""
    return ClaimMismatch("the flags are not as expected", code=code, field="flags")


_SECTION: Final = "WebAuthn 7.1"
_STEPS: Final[tuple[Step[_Registration], ...]] = (
    Step("shape", "WebAuthn 5.1", _judge_shape),
    Step("client_data", "WebAuthn 5.8.1", _judge_client_data, ("shape",)),
    Step("type", _SECTION, _judge_type, ("client_data",)),
    Step("challenge", _SECTION, _judge_challenge, ("client_data",)),
    Step("origin", _SECTION, _judge_origin, ("client_data",)),
    Step("cross_origin", _SECTION, _judge_cross_origin, ("client_data",)),
    Step("top_origin", _SECTION, _judge_top_origin, ("client_data",)),
    Step("serialization", "WebAuthn 5.8.1.2", _judge_serialization, ("client_data",)),
    Step("attestation_object", "WebAuthn 6.5.4", _judge_attestation_object, ("shape",)),
    Step("rp_id", _SECTION, _judge_rp_id, ("attestation_object",)),
    Step("user_presence", _SECTION, _judge_user_presence, ("attestation_object",)),
    Step("user_verification", _SECTION, _judge_user_verification, ("attestation_object",)),
    Step("backup_flags", "WebAuthn 6.1.3", _judge_backup_flags, ("attestation_object",)),
    Step("algorithm", _SECTION, _judge_algorithm, ("attestation_object",)),
    Step("credential_id", _SECTION, _judge_credential_id, ("attestation_object",)),
    Step("attestation", "WebAuthn 8", _judge_attestation, ("client_data", "attestation_object")),
    Step("trust", _SECTION, _judge_trust, ("attestation",)),
)


def _judge(response: object, options: RegistrationOptions) -> tuple[_Registration, Report]:
    state = _Registration()
    state.source = source_argument(response, "response")
    shared: dict[str, Any] = dict(options)
    algorithms = shared.pop("algorithms", None)
    attestation = {
        name: shared.pop(name) for name in AttestationOptions.__annotations__ if name in shared
    }
    state.policy = ceremony_policy(**shared)
    state.attestation_policy = attestation_policy(**attestation)
    state.algorithms = allowed_algorithms(
        algorithms, allow_sha1=state.attestation_policy.allow_sha1
    )
    state.tolerated = Tolerated(state.attestation_policy.strictness)
    return state, run(_STEPS, state)


def verify_registration(
    response: Mapping[str, object] | str | bytes, **options: Unpack[RegistrationOptions]
) -> VerifiedRegistration:
    """Return the new credential, or raise what the first failing step says."""
    state, report = _judge(response, options)
    raise_first_failure(report)
    return VerifiedRegistration(
        credential_id=state.attested.credential_id,
        public_key=state.attested.public_key,
        algorithm=state.attested.public_key.algorithm,
        aaguid=state.attested.aaguid,
        flags=state.data.flags,
        sign_count=state.data.sign_count,
        extensions=state.data.extensions,
        client_extensions=state.response.client_extensions,
        transports=state.response.transports,
        authenticator_attachment=state.response.authenticator_attachment,
        client_data=state.client_data,
        authenticator_data=state.data,
        attestation=state.attestation,
        tolerated=state.tolerated.notes,
    )


def explain_registration(
    response: Mapping[str, object] | str | bytes, **options: Unpack[RegistrationOptions]
) -> Report:
    """Return the outcome of every step; never raises for what is wrong with the response."""
    return _judge(response, options)[1]


__all__ = ["VerifiedRegistration", "explain_registration", "verify_registration"]
