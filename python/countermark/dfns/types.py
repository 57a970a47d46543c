"""The objects that travel, with the member names of the wire, and the closed sets of their values."""

from enum import StrEnum
from typing import NotRequired, TypedDict


class CredentialKind(StrEnum):
    """The kinds of credential a software key can be."""

    KEY = "Key"
    """Its owner keeps the private key."""
    PASSWORD_PROTECTED_KEY = "PasswordProtectedKey"
    """The server keeps it, encrypted under a password."""
    RECOVERY_KEY = "RecoveryKey"
    """The server may keep it, encrypted under a recovery code."""


class SignatureAlgorithm(StrEnum):
    """Values of the optional ``algorithm`` member. Absent means SHA-256, or for EdDSA nothing to choose."""

    SHA256 = "SHA256"
    SHA512 = "SHA512"
    RSA_SHA256 = "RSA-SHA256"
    RSA_SHA512 = "RSA-SHA512"
    """Not documented by the API, which uses Node's names and so takes it."""


class CredentialInfo(TypedDict):
    """What proves a new credential."""

    credId: str
    clientData: str
    attestationData: str


class CredentialBody(TypedDict):
    """A credential to be registered."""

    credentialKind: str
    credentialInfo: CredentialInfo
    encryptedPrivateKey: NotRequired[str]
    credentialName: NotRequired[str]


class NewCredentialBody(CredentialBody):
    """The body of ``POST /auth/credentials``."""

    challengeIdentifier: str


class RegistrationBody(TypedDict):
    """The body of ``POST /auth/registration``."""

    firstFactorCredential: CredentialBody
    secondFactorCredential: NotRequired[CredentialBody]
    recoveryCredential: NotRequired[CredentialBody]


class CredentialAssertion(TypedDict):
    """The answer to a challenge, equal to the type of that name in the Dfns SDK.

    ``credentialAssertion`` holds credId, clientData and signature, and algorithm where one was chosen.
    """

    kind: str
    credentialAssertion: dict[str, str]
