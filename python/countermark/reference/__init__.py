"""The independent pure-Python twin of countermark, written from the specifications.

It offers the public names of ``countermark``, ``countermark.dfns`` and ``countermark.external`` and raises the same
errors, so that tests can hold the two together. It is readable rather than fast, needs the ``reference`` extra
(``cryptography``), and does not wipe secrets: use it to check, not to sign.
"""

from countermark.reference.bodies import (
    FirstFactorBody,
    RegistrationBody,
    new_credential_body,
    register_key,
    registration_body,
)
from countermark.reference.crypto.ecdsa_signature import ecdsa_der_to_raw, ecdsa_raw_to_der
from countermark.reference.dfns import (
    AssertionBody,
    Check,
    ClientData,
    ClientDataProfile,
    CredentialAssertion,
    CredentialBody,
    CredentialInfo,
    KeySigner,
    Report,
    VerifiedAssertion,
    VerifiedAttestation,
    create_credential,
    credential_id_from_key,
    decode_client_data,
    decode_client_data_b64u,
    encode_attestation_data,
    encode_client_data,
    encode_client_data_b64u,
    explain_assertion,
    explain_attestation,
    fingerprint,
    match_profiles,
    random_credential_id,
    verify_assertion,
    verify_attestation,
)
from countermark.reference.external import ExternalSigner, from_cryptography
from countermark.reference.format.base64url import decode as base64url_decode
from countermark.reference.format.base64url import encode as base64url_encode
from countermark.reference.format.hex import decode as hex_decode
from countermark.reference.format.pem import decode as pem_decode
from countermark.reference.key.algorithm import Algorithm
from countermark.reference.key.private_key import PrivateKey
from countermark.reference.key.public_key import PublicKey

__all__ = [
    "Algorithm",
    "AssertionBody",
    "Check",
    "ClientData",
    "ClientDataProfile",
    "CredentialAssertion",
    "CredentialBody",
    "CredentialInfo",
    "ExternalSigner",
    "FirstFactorBody",
    "KeySigner",
    "PrivateKey",
    "PublicKey",
    "RegistrationBody",
    "Report",
    "VerifiedAssertion",
    "VerifiedAttestation",
    "base64url_decode",
    "base64url_encode",
    "create_credential",
    "credential_id_from_key",
    "decode_client_data",
    "decode_client_data_b64u",
    "ecdsa_der_to_raw",
    "ecdsa_raw_to_der",
    "encode_attestation_data",
    "encode_client_data",
    "encode_client_data_b64u",
    "explain_assertion",
    "explain_attestation",
    "fingerprint",
    "from_cryptography",
    "hex_decode",
    "match_profiles",
    "new_credential_body",
    "pem_decode",
    "random_credential_id",
    "register_key",
    "registration_body",
    "verify_assertion",
    "verify_attestation",
]
