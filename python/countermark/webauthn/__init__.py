"""Passkeys (WebAuthn Level 3): registrations and assertions taken apart, verified, and explained.

A server calls `verify_registration` and `verify_authentication`, or `explain_registration` and
`explain_authentication` for every reason. Attestations lead to `TrustAnchors`, which `Metadata` lists by model.
Single structures: `parse_attestation_object`, `parse_authenticator_data`, `CosePublicKey`, `parse_certificate`,
`validate_path`, and CBOR in `countermark.webauthn.cbor`. For tests of servers there is a software authenticator in
`countermark.webauthn.testing`, which stands in for the browser here. Registration:

>>> from countermark.webauthn.testing import SoftwareAuthenticator
>>> browser = SoftwareAuthenticator("a seed")
>>> here = {"origin": "https://example.com", "rp_id": "example.com"}
>>> response = browser.create(challenge=b"16 random bytes!", **here)
>>> new = verify_registration(response, challenge=b"16 random bytes!", **here)
>>> new.algorithm.name, new.attestation.format, new.attestation.trusted
('ES256', 'packed', False)

Login, with what was stored:

>>> response = browser.get(challenge=b"16 other bytes!!", **here)
>>> login = verify_authentication(
...     response, challenge=b"16 other bytes!!", **here,
...     credential_id=new.credential_id, public_key=new.public_key, sign_count=new.sign_count,
... )
>>> login.sign_count_status, login.flags.user_verified
('ok', True)
"""

from __future__ import annotations

from countermark.tolerance import Tolerance
from countermark.webauthn.authentication import (
    explain_authentication,
    verify_assertion_signature,
    verify_authentication,
)
from countermark.webauthn.authenticator_data import (
    AttestationObject,
    AuthenticatorData,
    Extensions,
    Flags,
    parse_attestation_object,
    parse_authenticator_data,
)
from countermark.webauthn.certificates import (
    Certificate,
    TrustAnchors,
    TrustPath,
    parse_certificate,
    validate_path,
)
from countermark.webauthn.cose import CoseAlgorithm, CosePublicKey
from countermark.webauthn.metadata import Metadata, MetadataEntry, StatusReport
from countermark.webauthn.registration import (
    explain_registration,
    verify_attestation_statement,
    verify_registration,
)
from countermark.webauthn.results import (
    Attestation,
    ClientExtensions,
    CollectedClientData,
    VerifiedAttestationStatement,
    VerifiedAuthentication,
    VerifiedRegistration,
)

__all__ = [
    "Attestation",
    "AttestationObject",
    "AuthenticatorData",
    "Certificate",
    "ClientExtensions",
    "CollectedClientData",
    "CoseAlgorithm",
    "CosePublicKey",
    "Extensions",
    "Flags",
    "Metadata",
    "MetadataEntry",
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
