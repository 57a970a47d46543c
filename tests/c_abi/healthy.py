"""A call of every function that works: what hostile calls are made of. A function without a row fails the tests."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from countermark import PrivateKey
from countermark.dfns import KeySigner, create_credential
from countermark.external import ecdsa_der_to_raw
from countermark.webauthn import verify_registration
from countermark.webauthn.testing import SoftwareAuthenticator
from tests.c_abi.library import check, ffi, lib, text

CHALLENGE: Final = "Y2gtNDdtNnI"
ORIGIN: Final = "https://example.com"
RP_ID: Final = "example.com"


@dataclass
class Material:
    """Data for every call, made by Python's own door, and handles of the library."""

    pem: bytes
    der: bytes
    jwk: bytes
    public_pem: bytes
    public_der: bytes
    public_jwk: bytes
    challenge: bytes
    assertion: bytes
    credential: bytes
    entry: bytes
    signature: bytes
    raw_signature: bytes
    registration: bytes
    login: bytes
    cose: bytes
    anchors: bytes
    client_data: bytes
    handles: dict[str, int] = field(default_factory=dict)
    """An open handle of every kind, by the type it has in the header."""
    closed: dict[str, int] = field(default_factory=dict)
    """A closed one of every kind."""


KINDS: Final = {
    "cm_private_key": "cm_private_key_close",
    "cm_public_key": "cm_public_key_close",
    "cm_signer": "cm_signer_close",
    "cm_trust_anchors": "cm_trust_anchors_close",
}


def new_handle(kind: str, of: Material) -> int:
    out = ffi.new("uint64_t *")
    match kind:
        case "cm_private_key":
            status = lib.cm_private_key_from_pem(*text(of.pem), ffi.NULL, 0, out)
        case "cm_public_key":
            status = lib.cm_public_key_from_pem(*text(of.public_pem), out)
        case "cm_signer":
            status = lib.cm_signer_new(
                of.handles["cm_private_key"], *text(b'{"credential_id":"cr-1"}'), out
            )
        case _:
            status = lib.cm_trust_anchors_new(*text(of.anchors), out)
    check(status)
    return int(out[0])


@cache
def material() -> Material:
    key = PrivateKey.generate("ES256")
    public = key.public_key
    challenge = {
        "challenge": CHALLENGE,
        "allowCredentials": {"key": [{"type": "public-key", "id": "cr-1"}]},
    }
    assertion: Any = KeySigner("cr-1", key).sign(challenge)
    signature = key.sign(b"message")
    browser = SoftwareAuthenticator("c abi", format="packed")
    ceremony: Any = {"challenge": b"16 random bytes!", "rp_id": RP_ID, "origin": ORIGIN}
    entry = {
        "kind": "Key",
        "id": "cr-1",
        "publicKey": public.to_pem(),
        "assertion": assertion["credentialAssertion"],
    }
    registration = browser.create(**ceremony)
    cose = verify_registration(registration, **ceremony).public_key.to_bytes()
    anchor = browser.trust_anchors[0]
    found = Material(
        pem=key.export_private_key("pem"),
        der=key.export_private_key("der"),
        jwk=key.export_private_key("jwk"),
        public_pem=public.to_pem().encode(),
        public_der=public.to_der(),
        public_jwk=json.dumps(public.to_jwk()).encode(),
        challenge=json.dumps(challenge).encode(),
        assertion=json.dumps(assertion).encode(),
        credential=json.dumps(create_credential(key, CHALLENGE)).encode(),
        entry=json.dumps(entry).encode(),
        signature=signature,
        raw_signature=ecdsa_der_to_raw(signature, "P-256"),
        registration=json.dumps(registration).encode(),
        login=json.dumps(browser.get(**ceremony)).encode(),
        cose=cose,
        anchors=anchor if isinstance(anchor, bytes) else anchor.encode(),
        client_data=b'{"challenge":"abc","type":"key.get"}',
    )
    for kind, close in KINDS.items():
        found.handles[kind] = new_handle(kind, found)
        found.closed[kind] = new_handle(kind, found)
        check_closed = getattr(lib, close)(found.closed[kind])
        assert check_closed == lib.CM_OK
    return found


POLICY: Final = b'{"challenge_b64u":"MTYgcmFuZG9tIGJ5dGVzIQ","origin":"https://example.com","rp_id":"example.com"}'
TRUSTING: Final = POLICY[:-1] + b',"at":1748736000}'
EXPECTED: Final = b'{"challenge":"Y2gtNDdtNnI"}'
OPTIONS: Final = b'{"credential_id":"cr-1"}'


@cache
def rows() -> dict[str, dict[str, Any]]:
    """The arguments of each function by name: bytes for an input with its length, a number for another one.

    What is left out is a handle, an optional input that is absent, or memory for a result.
    """
    of = material()
    return {
        "cm_abi_version": {},
        "cm_assertion_explain": {"assertion": of.assertion, "expected": EXPECTED},
        "cm_assertion_verify": {"assertion": of.assertion, "expected": EXPECTED},
        "cm_attestation_explain": {"credential": of.credential, "expected": EXPECTED},
        "cm_attestation_verify": {"credential": of.credential, "expected": EXPECTED},
        "cm_audit_explain": {"entry": of.entry, "expected": EXPECTED},
        "cm_audit_verify": {"entry": of.entry, "expected": EXPECTED},
        "cm_authentication_explain": {
            "response": of.login,
            "public_key": of.cose,
            "policy": POLICY,
        },
        "cm_authentication_verify": {
            "response": of.login,
            "public_key": of.cose,
            "policy": POLICY,
        },
        "cm_client_data_decode": {"data": of.client_data},
        "cm_client_data_encode": {"options": EXPECTED},
        "cm_client_data_profiles": {"data": of.client_data},
        "cm_credential_create": {"options": EXPECTED},
        "cm_ecdsa_der_to_raw": {"signature": of.signature, "curve": b"P-256"},
        "cm_ecdsa_raw_to_der": {"signature": of.raw_signature, "curve": b"P-256"},
        "cm_fingerprint": {"client_data": of.client_data, "public_key_pem": of.public_pem},
        "cm_last_error_json": {},
        "cm_private_key_close": {},
        "cm_private_key_export": {"encoding": b"pem", "format": b"pkcs8"},
        "cm_private_key_from_der": {"der": of.der},
        "cm_private_key_from_jwk": {"jwk": of.jwk},
        "cm_private_key_from_pem": {"pem": of.pem},
        "cm_private_key_generate": {"algorithm": b"Ed25519", "bits": 0},
        "cm_private_key_public": {},
        "cm_private_key_sign": {"message": b"message", "hash": b"SHA-256"},
        "cm_public_key_close": {},
        "cm_public_key_describe": {},
        "cm_public_key_export": {"encoding": b"pem", "format": b"spki"},
        "cm_public_key_from_der": {"der": of.public_der},
        "cm_public_key_from_jwk": {"jwk": of.public_jwk},
        "cm_public_key_from_pem": {"pem": of.public_pem},
        "cm_public_key_verify": {
            "message": b"message",
            "signature": of.signature,
            "hash": b"SHA-256",
            "low_s": 0,
        },
        "cm_registration_explain": {"response": of.registration, "policy": TRUSTING},
        "cm_registration_verify": {"response": of.registration, "policy": TRUSTING},
        "cm_signer_close": {},
        "cm_signer_new": {"options": OPTIONS},
        "cm_signer_sign": {"challenge": of.challenge},
        "cm_signer_sign_many": {
            "challenges": of.challenge * 2,
            "offsets": [0, len(of.challenge), 2 * len(of.challenge)],
            "count": 2,
            "threads": 2,
        },
        "cm_status_code_name": {"status": 602},
        "cm_trust_anchors_close": {},
        "cm_trust_anchors_new": {"certificates": of.anchors},
        "cm_version": {},
    }
