"""Key-type credentials: making the body that registers one, and checking such a body.

Dfns protocol, fingerprint and attestation; attestation bodies. A verifier builds the fingerprint again from the
client data bytes and the public key text exactly as they were sent; the credential's own key must have signed it.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, NotRequired, TypedDict, Unpack

from countermark.errors import ClaimMismatch, InvalidKey
from countermark.reference.arguments import (
    MAX_CREDENTIAL_ID,
    MAX_PUBLIC_KEY,
    bad_value,
    check_length,
    credential_id_text,
    filled_text,
    instance,
    one_of,
    optional_flag,
    optional_text,
    public_key_text,
)
from countermark.reference.dfns.client_data import ClientData, as_base64url, encode_client_data
from countermark.reference.dfns.expectation import (
    Claims,
    Expectations,
    decode_field,
    expectations,
    judge_challenge,
    judge_client_data,
    judge_credential_id,
    judge_cross_origin,
    judge_kind,
    judge_origin,
    judge_profile,
    judge_type,
)
from countermark.reference.dfns.fingerprint import (
    ORDERS,
    encode_attestation_data,
    fingerprint,
    fits_api_pattern,
)
from countermark.reference.dfns.kind import KINDS
from countermark.reference.dfns.profile import BY_NAME, ClientDataProfile
from countermark.reference.dfns.signature_algorithm import hash_of
from countermark.reference.external import Signer, sign_with, signer_argument
from countermark.reference.format import base64url, hex, text_argument
from countermark.reference.format.record import (
    Source,
    malformed,
    nested_members,
    permitted_text,
    required,
    required_text,
    source_argument,
    top_members,
)
from countermark.reference.key.public_key import PublicKey
from countermark.reference.report import Report, Step, raise_first_failure, run


class CredentialInfo(TypedDict):
    credId: str
    clientData: str
    attestationData: str


class CredentialBody(TypedDict):
    """Dfns protocol, attestation bodies, request objects."""

    credentialKind: str
    credentialInfo: CredentialInfo
    encryptedPrivateKey: NotRequired[str]
    credentialName: NotRequired[str]


def random_credential_id() -> str:
    """``credId``: 32 random bytes."""
    return base64url.encode(secrets.token_bytes(32))


def credential_id_from_key(public_key: PublicKey) -> str:
    """``credId``: the SHA-256 of the SubjectPublicKeyInfo."""
    return base64url.encode(sha256(instance(public_key, PublicKey, "public_key").to_der()).digest())


def create_credential(
    key: Signer,
    challenge: str,
    *,
    kind: str = "Key",
    credential_id: str | None = None,
    algorithm: str | None = None,
    profile: str = ClientDataProfile.CANONICAL,
    origin: str | None = None,
    cross_origin: bool | None = None,
    public_key_pem: str | None = None,
    attestation_order: str = "docs",
    encrypted_private_key: str | None = None,
    name: str | None = None,
) -> CredentialBody:
    """The recipe of fingerprint and attestation, steps 1 to 7."""
    signer = signer_argument(key, "key")
    challenge = text_argument(challenge, "challenge")
    kind = text_argument(kind, "kind")
    credential_id = optional_text(credential_id, "credential_id")
    algorithm = optional_text(algorithm, "algorithm")
    profile = text_argument(profile, "profile")
    origin = optional_text(origin, "origin")
    cross_origin = optional_flag(cross_origin, "cross_origin")
    public_key_pem = optional_text(public_key_pem, "public_key_pem")
    attestation_order = text_argument(attestation_order, "attestation_order")
    encrypted_private_key = optional_text(encrypted_private_key, "encrypted_private_key")
    name = optional_text(name, "name")

    one_of(kind, KINDS, "kind")
    _check_encrypted_private_key(kind, encrypted_private_key)
    if credential_id is not None:
        credential_id_text(credential_id)
    if name is not None:
        filled_text(name, "name")
    one_of(attestation_order, ORDERS, "attestation_order")
    hash_name = hash_of(algorithm, signer.public_key)
    # Step 1.
    client_data = encode_client_data(
        challenge, "key.create", profile=profile, origin=origin, cross_origin=cross_origin
    )
    # Step 3: the text is chosen once and stands in both places.
    pem = _public_key_pem(signer.public_key, public_key_pem)
    # Steps 2, 4 and 5.
    signature = sign_with(signer, fingerprint(client_data, pem), hash=hash_name, padding=None)
    # Step 6.
    attestation = encode_attestation_data(
        pem, signature, algorithm=algorithm, order=attestation_order
    )
    # Step 7.
    row = BY_NAME[profile]
    body: CredentialBody = {
        "credentialKind": kind,
        "credentialInfo": {
            "credId": random_credential_id() if credential_id is None else credential_id,
            "clientData": as_base64url(row, client_data),
            "attestationData": as_base64url(row, attestation),
        },
    }
    if encrypted_private_key is not None:
        body["encryptedPrivateKey"] = encrypted_private_key
    if name is not None:
        body["credentialName"] = name
    return body


_IN_THE_CLEAR: Final = ("", "EC ", "RSA ", "DSA ", "OPENSSH ")


def _check_encrypted_private_key(kind: str, value: str | None) -> None:
    """Required for a password-protected key, optional for a recovery key, refused for a plain key."""
    if value is None:
        if kind == "PasswordProtectedKey":
            raise bad_value("encrypted_private_key", f"is required for kind {kind}")
        return
    if kind == "Key":
        raise bad_value("encrypted_private_key", f"is not taken by kind {kind}")
    filled_text(value, "encrypted_private_key")
    if any(f"-----BEGIN {label}PRIVATE KEY-----" in value for label in _IN_THE_CLEAR):
        raise bad_value("encrypted_private_key", "holds a private key in the clear")


def _public_key_pem(public_key: PublicKey, given: str | None) -> str:
    if given is None:
        return public_key.to_pem()
    if not fits_api_pattern(public_key_text(given)):
        raise bad_value("public_key_pem", "has a form that the API does not take")
    if PublicKey.from_pem(given) != public_key:
        raise InvalidKey("public_key_pem holds another key", code="key.mismatch")
    return given


# --- verification ---


@dataclass(frozen=True, slots=True)
class VerifiedAttestation:
    """What a credential body said, all of it checked; ``fingerprint`` is what its key signed."""

    kind: str
    credential_id: str
    client_data: ClientData
    public_key: PublicKey
    public_key_pem: str
    algorithm: str | None
    hash: str | None
    signature: bytes
    fingerprint: bytes


class _Attestation(Claims):
    format = "credential"
    type = "key.create"

    source: Source
    encrypted_private_key: str | None
    attestation_text: str
    public_key_pem: str
    public_key: PublicKey
    algorithm: str | None
    hash: str | None
    signature_text: str
    signature: bytes
    fingerprint: bytes


_TOP: Final = (
    "credentialKind",
    "credentialInfo",
    "encryptedPrivateKey",
    "credentialName",
    "challengeIdentifier",
)
_INNER: Final = ("credId", "clientData", "attestationData")
_ATTESTATION: Final = ("publicKey", "signature", "algorithm")


def _judge_shape(state: _Attestation) -> None:
    """Strict objects of non-empty strings."""
    top = top_members(state.source, "credential", _TOP)
    state.kind = required_text(top, "credentialKind", "credential")
    value = required(top, "credentialInfo", "credential")
    inner = nested_members(value, "credentialInfo", "credential", _INNER)
    state.credential_id = required_text(inner, "credId", "credential")
    check_length(len(state.credential_id), MAX_CREDENTIAL_ID, "credId")
    state.client_data_text = required_text(inner, "clientData", "credential")
    state.attestation_text = required_text(inner, "attestationData", "credential")
    state.encrypted_private_key = permitted_text(top, "encryptedPrivateKey", "credential")
    permitted_text(top, "credentialName", "credential")
    permitted_text(top, "challengeIdentifier", "credential")


def _judge_kind(state: _Attestation) -> None:
    """A password-protected key comes with its encrypted private key, a plain key without."""
    judge_kind(state)
    given = state.encrypted_private_key is not None
    if state.kind == "PasswordProtectedKey" and not given:
        raise malformed("credential", "missing", "is missing", "encryptedPrivateKey")
    if state.kind == "Key" and given:
        raise malformed("credential", "unknown", "is not for this kind", "encryptedPrivateKey")


def _judge_attestation_data(state: _Attestation) -> None:
    """base64url of a JSON object; any order of members."""
    decode = state.expected.base64url
    raw = decode_field(decode, state.attestation_text, "attestationData")
    members = top_members(raw, "attestation", _ATTESTATION)
    state.public_key_pem = required_text(members, "publicKey", "attestation")
    state.signature_text = required_text(members, "signature", "attestation")
    state.algorithm = permitted_text(members, "algorithm", "attestation")


def _judge_public_key(state: _Attestation) -> None:
    """PEM that fits the pattern of the API, and holds the expected key."""
    check_length(len(state.public_key_pem.encode()), MAX_PUBLIC_KEY, "publicKey")
    if not fits_api_pattern(state.public_key_pem):
        raise malformed(
            "attestation", "value", "has a form that the API does not take", "publicKey"
        )
    state.public_key = PublicKey.from_pem(state.public_key_pem)
    expected = state.expected.public_key
    if expected is not None and state.public_key != expected:
        raise ClaimMismatch(
            "the attestation holds another public key",
            code="attestation.public_key_mismatch",
            field="publicKey",
            expected=expected.fingerprint().hex()[:32],
            actual=state.public_key.fingerprint().hex()[:32],
        )


def _judge_algorithm(state: _Attestation) -> None:
    state.hash = hash_of(state.algorithm, state.public_key, go_names=state.expected.go_names)


def _judge_signature(state: _Attestation) -> None:
    """Lower-case hexadecimal, over the fingerprint."""
    state.signature = decode_field(hex.decode, state.signature_text, "signature")
    state.fingerprint = fingerprint(state.client_data.raw, state.public_key_pem)
    state.public_key.verify(
        state.fingerprint,
        state.signature,
        hash=state.hash,
        padding=state.expected.padding,
        low_s=state.expected.low_s,
    )


_BODY: Final = "attestation bodies, request objects"
_CLIENT_DATA: Final = "client data, canonical form"
_RECIPE: Final = "fingerprint and attestation, recipe"

_STEPS: Final[tuple[Step[_Attestation], ...]] = (
    Step("shape", _BODY, _judge_shape),
    Step("kind", _BODY, _judge_kind, ("shape",)),
    Step("credential_id", "credId", judge_credential_id, ("shape",)),
    Step("client_data", _CLIENT_DATA, judge_client_data, ("shape",)),
    Step("type", _CLIENT_DATA, judge_type, ("client_data",)),
    Step("challenge", _CLIENT_DATA, judge_challenge, ("client_data",)),
    Step("origin", _CLIENT_DATA, judge_origin, ("client_data",)),
    Step("cross_origin", _CLIENT_DATA, judge_cross_origin, ("client_data",)),
    Step("profile", "client data, who emits what", judge_profile, ("client_data",)),
    Step("attestation_data", _RECIPE, _judge_attestation_data, ("shape",)),
    Step("public_key", "PEM forms of the public key", _judge_public_key, ("attestation_data",)),
    Step("algorithm", "signing algorithms", _judge_algorithm, ("public_key",)),
    Step("signature", _RECIPE, _judge_signature, ("client_data", "algorithm")),
)


class AttestationExpectations(Expectations, total=False):
    """The keyword arguments of `verify_attestation`."""

    public_key: PublicKey | None


def _judge(credential: object, expected: AttestationExpectations) -> tuple[_Attestation, Report]:
    state = _Attestation(expectations(**expected))
    state.source = source_argument(credential, "credential")
    return state, run(_STEPS, state)


def verify_attestation(
    credential: Mapping[str, object] | str | bytes, **expected: Unpack[AttestationExpectations]
) -> VerifiedAttestation:
    """Return what the credential body says, or raise what the first failing step says."""
    state, report = _judge(credential, expected)
    raise_first_failure(report)
    return VerifiedAttestation(
        kind=state.kind,
        credential_id=state.credential_id,
        client_data=state.client_data,
        public_key=state.public_key,
        public_key_pem=state.public_key_pem,
        algorithm=state.algorithm,
        hash=state.hash,
        signature=state.signature,
        fingerprint=state.fingerprint,
    )


def explain_attestation(
    credential: Mapping[str, object] | str | bytes, **expected: Unpack[AttestationExpectations]
) -> Report:
    """Return the outcome of every step; never raises for what is wrong with the body."""
    return _judge(credential, expected)[1]
