"""The wire protocol of Dfns-style APIs: client data, registration of key credentials, signing, verification.

To register: `register_key`, or `create_credential` for each and `registration_body` around them;
`new_credential_body` for a user who exists. To sign: `KeySigner`. To verify: `verify_assertion` and
`verify_attestation`, and `explain_assertion` and `explain_attestation` for every reason. The bytes themselves:
`encode_client_data`, `decode_client_data`, `match_profiles`, `fingerprint`, `encode_attestation_data`. What an audit
log says was signed: `verify_audit_record`. Passkeys (``Fido2``) are verified by `countermark.webauthn`.
"""

from __future__ import annotations

from countermark.dfns.audit import VerifiedAudit, explain_audit_record, verify_audit_record
from countermark.dfns.client_data import (
    ClientData,
    ClientDataProfile,
    decode_client_data,
    decode_client_data_b64u,
    encode_client_data,
    encode_client_data_b64u,
    match_profiles,
)
from countermark.dfns.credentials import (
    create_credential,
    credential_id_from_key,
    encode_attestation_data,
    fingerprint,
    new_credential_body,
    random_credential_id,
    register_key,
    registration_body,
)
from countermark.dfns.signing import KeySigner
from countermark.dfns.types import (
    CredentialAssertion,
    CredentialBody,
    CredentialInfo,
    CredentialKind,
    NewCredentialBody,
    RegistrationBody,
    SignatureAlgorithm,
)
from countermark.dfns.verification import (
    Check,
    Report,
    VerifiedAssertion,
    VerifiedAttestation,
    explain_assertion,
    explain_attestation,
    verify_assertion,
    verify_attestation,
)

__all__ = [
    "Check",
    "ClientData",
    "ClientDataProfile",
    "CredentialAssertion",
    "CredentialBody",
    "CredentialInfo",
    "CredentialKind",
    "KeySigner",
    "NewCredentialBody",
    "RegistrationBody",
    "Report",
    "SignatureAlgorithm",
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
    "new_credential_body",
    "random_credential_id",
    "register_key",
    "registration_body",
    "verify_assertion",
    "verify_attestation",
    "verify_audit_record",
]
