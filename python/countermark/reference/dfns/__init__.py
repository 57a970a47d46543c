"""The Dfns half of the reference: client data, credentials, assertions.

Dfns protocol, client data to user action signing. Each file is the twin of the file of the same name in the core.
"""

from countermark.reference.dfns.assertion import (
    AssertionBody,
    CredentialAssertion,
    KeySigner,
    VerifiedAssertion,
    explain_assertion,
    verify_assertion,
)
from countermark.reference.dfns.audit import (
    VerifiedAudit,
    explain_audit_record,
    verify_audit_record,
)
from countermark.reference.dfns.client_data import (
    ClientData,
    decode_client_data,
    decode_client_data_b64u,
    encode_client_data,
    encode_client_data_b64u,
    match_profiles,
)
from countermark.reference.dfns.credential import (
    CredentialBody,
    CredentialInfo,
    VerifiedAttestation,
    create_credential,
    credential_id_from_key,
    explain_attestation,
    random_credential_id,
    verify_attestation,
)
from countermark.reference.dfns.fingerprint import encode_attestation_data, fingerprint
from countermark.reference.dfns.profile import ClientDataProfile
from countermark.reference.report import Check, Report

__all__ = [
    "AssertionBody",
    "Check",
    "ClientData",
    "ClientDataProfile",
    "CredentialAssertion",
    "CredentialBody",
    "CredentialInfo",
    "KeySigner",
    "Report",
    "VerifiedAssertion",
    "VerifiedAttestation",
    "VerifiedAudit",
    "create_credential",
    "credential_id_from_key",
    "decode_client_data",
    "decode_client_data_b64u",
    "encode_attestation_data",
    "encode_client_data",
    "encode_client_data_b64u",
    "explain_assertion",
    "explain_attestation",
    "explain_audit_record",
    "fingerprint",
    "match_profiles",
    "random_credential_id",
    "verify_assertion",
    "verify_attestation",
    "verify_audit_record",
]
