"""What the comparisons of passkeys share: answers of the software authenticator, and two other servers."""

from __future__ import annotations

import hashlib
import json
import time
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import cbor2
import webauthn
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from fido2.attestation import AttestationVerifier
from fido2.server import Fido2Server
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    RegistrationResponse,
)
from webauthn.helpers.structs import AttestationFormat, COSEAlgorithmIdentifier

from benches.python.pair import Work
from countermark import PublicKey
from countermark.webauthn import CosePublicKey, TrustAnchors, parse_certificate
from countermark.webauthn.testing import SoftwareAuthenticator

RP_ID: Final = "example.org"
ORIGIN: Final = "https://example.org"
SITE: Final = {"rp_id": RP_ID, "origin": ORIGIN}
CHALLENGE: Final = b"0123456789abcdef0123456789abcdef"
NOW: Final = int(time.time())
"""py_webauthn compares certificates with the clock; so all take the present time."""
DOCUMENTED: Final = (
    Path(__file__).resolve().parents[2] / "vectors" / "dfns-docs" / "attestation-object.json"
)

Check = tuple[PublicKey, bytes, bytes]
"""Key, message and signature."""


def unb64u(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def documented_object() -> bytes:
    """The attestation object of the Dfns documentation."""
    record = json.loads(DOCUMENTED.read_text("ascii"))["records"][0]
    return bytes.fromhex(record["input"]["bytes"])


@dataclass(frozen=True, slots=True)
class Registration:
    """One registration, as all servers receive it.

    Attributes:
        format: how it is attested.
        answer: what the browser sends.
        root: the root certificate of the authenticator, DER.
        checks: every signature that a server has to verify.
    """

    format: str
    answer: Mapping[str, Any]
    root: bytes
    checks: tuple[Check, ...]

    @property
    def trust(self) -> TrustAnchors:
        return TrustAnchors([self.root])


def registration(format: str) -> Registration:
    """Registers a new ES256 credential."""
    # py_webauthn takes registered TPM vendors only.
    made = SoftwareAuthenticator(b"benches", format=format, vendor="494E5443", at=NOW)
    answer = made.create(challenge=CHALLENGE, **SITE)
    (credential,) = made.credentials.values()
    client_data = unb64u(answer["response"]["clientDataJSON"])
    whole = cbor2.loads(unb64u(answer["response"]["attestationObject"]))
    context = _Context(
        data=whole["authData"],
        digest=hashlib.sha256(client_data).digest(),
        credential_id=credential.id,
        key=CosePublicKey.from_bytes(credential.public_key).public_key,
        root=made.root,
    )
    checks = tuple(context.checks(whole["fmt"], whole["attStmt"]))
    for key, message, signature in checks:
        key.verify(message, signature)
    return Registration(format, answer, made.root, checks)


@dataclass(frozen=True, slots=True)
class _Context:
    data: bytes
    digest: bytes
    credential_id: bytes
    key: PublicKey
    root: bytes

    def checks(self, fmt: str, statement: Any) -> Iterator[Check]:
        """The signatures of a statement, and those of its certificates."""
        if fmt == "compound":
            for one in statement:
                yield from self.checks(one["fmt"], one["attStmt"])
            return
        chain = list(statement.get("x5c", ())) if fmt != "none" else []
        signed: tuple[bytes, bytes] | None = None
        if fmt in ("packed", "android-key"):
            signed = (self.data + self.digest, statement["sig"])
        elif fmt == "fido-u2f":
            # The point of an SPKI of P-256 is its last 65 bytes.
            point = self.key.to_der()[-65:]
            rest = self.digest + self.credential_id + point
            signed = (b"\0" + self.data[:32] + rest, statement["sig"])
        elif fmt == "tpm":
            signed = (statement["certInfo"], statement["sig"])
        elif fmt == "android-safetynet":
            head, payload, signature = bytes(statement["response"]).split(b".")
            chain = [_b64(one) for one in json.loads(unb64u(head.decode()))["x5c"]]
            signed = (head + b"." + payload, unb64u(signature.decode()))
        if signed is not None:
            yield (_key(chain[0]) if chain else self.key, *signed)
        for below, above in pairwise([*chain, self.root] if chain else []):
            certificate = x509.load_der_x509_certificate(below)
            yield _key(above), certificate.tbs_certificate_bytes, certificate.signature


def _b64(text: str) -> bytes:
    return unb64u(text.replace("+", "-").replace("/", "_").rstrip("="))


def _key(certificate: bytes) -> PublicKey:
    key = parse_certificate(certificate).public_key
    if key is None:
        raise AssertionError("a certificate with a key that cannot be used")
    return key


def bare(checks: tuple[Check, ...]) -> Work:
    """Only the signatures, with keys that were read before."""
    calls = [(key.verify, message, signature) for key, message, signature in checks]

    def work() -> None:
        for verify, message, signature in calls:
            verify(message, signature)

    return work


# --- The other servers. ---

# Against the clock, py_webauthn refuses a SafetyNet answer when it is some seconds old.
PY_WEBAUTHN: Final = (
    *("none", "packed-self", "packed", "fido-u2f", "tpm", "android-key", "apple"),
)
FIDO2: Final = ("packed-self", "packed", "fido-u2f", "tpm", "android-safetynet", "apple")


def py_webauthn_registers(one: Registration) -> Work:
    pem = x509.load_der_x509_certificate(one.root).public_bytes(Encoding.PEM)
    roots = {format: [pem] for format in AttestationFormat}
    algorithms = list(COSEAlgorithmIdentifier)
    answer = dict(one.answer)

    def work() -> object:
        return webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=CHALLENGE,
            expected_rp_id=RP_ID,
            expected_origin=ORIGIN,
            pem_root_certs_bytes_by_fmt=roots,
            supported_pub_key_algs=algorithms,
        )

    return work


def fido2_registers(one: Registration) -> Work:
    root = one.root

    class Verifier(AttestationVerifier):
        def ca_lookup(self, *_: object) -> bytes:
            return root

    server = Fido2Server(
        PublicKeyCredentialRpEntity(id=RP_ID, name="bench"),
        attestation="direct",
        verify_attestation=Verifier(),
    )
    # Of a U2F key nobody demands that it verifies its user.
    answer, state = dict(one.answer), _fido2_state(None)
    return lambda: server.register_complete(state, RegistrationResponse.from_dict(answer))


@dataclass(frozen=True, slots=True)
class Assertion:
    """One assertion, as all servers receive it.

    Attributes:
        answer: what the browser sends.
        key_bytes: the COSE key that was stored.
        check: the signature.
        py_webauthn, fido2: the same assertion verified by the other servers.
    """

    answer: Mapping[str, Any]
    key_bytes: bytes
    check: Check
    py_webauthn: Work
    fido2: Work


def assertion(algorithm: str) -> Assertion:
    """Registers a credential and signs in with it."""
    made = SoftwareAuthenticator(b"benches", format="none", algorithm=algorithm)
    created = made.create(challenge=CHALLENGE, **SITE)
    answer = made.get(challenge=CHALLENGE, **SITE)
    (credential,) = made.credentials.values()
    response = answer["response"]
    digest = hashlib.sha256(unb64u(response["clientDataJSON"])).digest()
    check = (
        CosePublicKey.from_bytes(credential.public_key).public_key,
        unb64u(response["authenticatorData"]) + digest,
        unb64u(response["signature"]),
    )
    return Assertion(
        answer,
        credential.public_key,
        check,
        _py_webauthn_signs_in(answer, credential.public_key),
        _fido2_signs_in(answer, created),
    )


def _py_webauthn_signs_in(answer: dict[str, Any], key: bytes) -> Work:
    return lambda: webauthn.verify_authentication_response(
        credential=answer,
        expected_challenge=CHALLENGE,
        expected_rp_id=RP_ID,
        expected_origin=ORIGIN,
        credential_public_key=key,
        credential_current_sign_count=0,
        require_user_verification=True,
    )


def _fido2_signs_in(answer: dict[str, Any], created: dict[str, Any]) -> Work:
    server = Fido2Server(PublicKeyCredentialRpEntity(id=RP_ID, name="bench"))
    data = RegistrationResponse.from_dict(created).response.attestation_object.auth_data
    held = data.credential_data
    if not isinstance(held, AttestedCredentialData):
        raise TypeError("no credential was made")
    state = _fido2_state("required")
    call: Callable[..., object] = server.authenticate_complete
    return lambda: call(state, [held], AuthenticationResponse.from_dict(answer))


def _fido2_state(user_verification: str | None) -> dict[str, Any]:
    return {"challenge": websafe_encode(CHALLENGE), "user_verification": user_verification}
