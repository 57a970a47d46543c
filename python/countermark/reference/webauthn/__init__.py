"""The WebAuthn half of the reference: registration, authentication, attestation, trust.

WebAuthn Level 3. Each file is the twin of the file of the same name in the core.
"""

from countermark.reference.format.tolerance import Tolerance
from countermark.reference.key.cose import CoseAlgorithm, CosePublicKey
from countermark.reference.report import Check, Report
from countermark.reference.webauthn.attestation import (
    Attestation,
    VerifiedAttestationStatement,
    verify_attestation_statement,
)
from countermark.reference.webauthn.attestation_object import (
    AttestationObject,
    parse_attestation_object,
)
from countermark.reference.webauthn.authentication import (
    VerifiedAuthentication,
    explain_authentication,
    verify_assertion_signature,
    verify_authentication,
)
from countermark.reference.webauthn.authenticator_data import (
    AuthenticatorData,
    Flags,
    parse_authenticator_data,
)
from countermark.reference.webauthn.client_data import CollectedClientData
from countermark.reference.webauthn.extensions import ClientExtensions, Extensions
from countermark.reference.webauthn.metadata import Metadata, MetadataEntry, StatusReport
from countermark.reference.webauthn.registration import (
    VerifiedRegistration,
    explain_registration,
    verify_registration,
)
from countermark.reference.x509.anchors import TrustAnchors
from countermark.reference.x509.certificate import Certificate, parse_certificate
from countermark.reference.x509.path import TrustPath, validate_path

__all__ = [
    "Attestation",
    "AttestationObject",
    "AuthenticatorData",
    "Certificate",
    "Check",
    "ClientExtensions",
    "CollectedClientData",
    "CoseAlgorithm",
    "CosePublicKey",
    "Extensions",
    "Flags",
    "Metadata",
    "MetadataEntry",
    "Report",
    "StatusReport",
    "Tolerance",
    "TrustAnchors",
    "TrustPath",
    "VerifiedAttestationStatement",
    "VerifiedAuthentication",
    "VerifiedRegistration",
    "explain_authentication",
    "explain_registration",
    "parse_attestation_object",
    "parse_authenticator_data",
    "parse_certificate",
    "validate_path",
    "verify_assertion_signature",
    "verify_attestation_statement",
    "verify_authentication",
    "verify_registration",
]
