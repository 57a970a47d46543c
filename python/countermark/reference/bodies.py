"""Request bodies that hold credentials.

Dfns protocol, attestation bodies, request objects. Absent members are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NotRequired, TypedDict

from countermark.errors import ArgumentTypeError
from countermark.reference.arguments import bad_value, filled_text
from countermark.reference.dfns.credential import CredentialBody, create_credential
from countermark.reference.dfns.profile import ClientDataProfile
from countermark.reference.external import Signer
from countermark.reference.format import is_text, mapping_entries, text_argument


class FirstFactorBody(TypedDict):
    firstFactorCredential: CredentialBody


class RegistrationBody(TypedDict):
    firstFactorCredential: CredentialBody
    secondFactorCredential: NotRequired[CredentialBody]
    recoveryCredential: NotRequired[CredentialBody]


def register_key(
    key: Signer,
    challenge: str,
    credential_id: str | None = None,
    *,
    kind: str = "Key",
    algorithm: str | None = None,
    profile: str = ClientDataProfile.CANONICAL,
    origin: str | None = None,
    cross_origin: bool | None = None,
    public_key_pem: str | None = None,
    attestation_order: str = "docs",
    encrypted_private_key: str | None = None,
    name: str | None = None,
) -> FirstFactorBody:
    """The body of a registration with one first factor."""
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
    return {"firstFactorCredential": _factor(credential, "the credential")}


def _body_argument(value: CredentialBody, name: str) -> CredentialBody:
    if not isinstance(value, Mapping):
        raise ArgumentTypeError(f"{name} must be a mapping", code="argument.type")
    return value


def _factor(value: CredentialBody, name: str, *, recovery: bool = False) -> CredentialBody:
    """A recovery credential is no factor, and nothing else stands in its place."""
    kind: object = _body_argument(value, name).get("credentialKind")
    if not is_text(kind):
        raise ArgumentTypeError(f"{name} must be a credential", code="argument.type")
    if (kind == "RecoveryKey") != recovery:
        raise bad_value(name, "has a kind that does not belong there")
    return value


def registration_body(
    first_factor: CredentialBody,
    *,
    second_factor: CredentialBody | None = None,
    recovery: CredentialBody | None = None,
) -> RegistrationBody:
    """The body that ``POST /auth/registration`` takes."""
    body: RegistrationBody = {"firstFactorCredential": _factor(first_factor, "first_factor")}
    if second_factor is not None:
        body["secondFactorCredential"] = _factor(second_factor, "second_factor")
    if recovery is not None:
        body["recoveryCredential"] = _factor(recovery, "recovery", recovery=True)
    return body


def new_credential_body(
    credential: CredentialBody, *, challenge_identifier: str, name: str
) -> dict[str, object]:
    """The body that ``POST /auth/credentials`` takes."""
    entries = mapping_entries(_body_argument(credential, "credential"))
    if entries is None or not all(is_text(member) for member, _ in entries):
        raise ArgumentTypeError("credential must be a credential", code="argument.type")
    challenge_identifier = text_argument(challenge_identifier, "challenge_identifier")
    name = text_argument(name, "name")
    filled_text(challenge_identifier, "challenge_identifier")
    filled_text(name, "name")
    return {
        "challengeIdentifier": challenge_identifier,
        **{str(member): value for member, value in entries},
        "credentialName": name,
    }
