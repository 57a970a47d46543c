"""Other WebAuthn servers accept what the software authenticator makes, in every format and algorithm they have.

Each peer is told to trust the authenticator's root. What a peer does not offer is listed, with its reason.
"""

from __future__ import annotations

import time
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from countermark.webauthn.testing import ALGORITHMS, SoftwareAuthenticator

webauthn = pytest.importorskip("webauthn", reason="py_webauthn is not installed")
pytest.importorskip("fido2", reason="python-fido2 is not installed")

from fido2.attestation import AttestationVerifier  # noqa: E402
from fido2.server import Fido2Server  # noqa: E402
from fido2.utils import websafe_encode  # noqa: E402
from fido2.webauthn import (  # noqa: E402
    AttestedCredentialData,
    AuthenticationResponse,
    AuthenticatorData,
    PublicKeyCredentialRpEntity,
    RegistrationResponse,
)
from webauthn.helpers.structs import (  # noqa: E402
    AttestationFormat,
    COSEAlgorithmIdentifier,
)

RP_ID, ORIGIN = "example.org", "https://example.org"
SITE = {"rp_id": RP_ID, "origin": ORIGIN}
CHALLENGE = b"0123456789abcdef0123456789abcdef"
PY_NUMBERS = {int(one) for one in COSEAlgorithmIdentifier}

PY_FORMATS = {
    "none": {},
    "packed-self": {},
    "packed": {},
    "fido-u2f": {},
    # It takes registered TPM vendors only.
    "tpm": {"vendor": "494E5443"},
    "android-key": {},
    "android-safetynet": {},
    "apple": {},
}
PY_LACKS = {"compound": "py_webauthn has no compound attestation"}
FIDO2_FORMATS = {
    name: PY_FORMATS[name]
    for name in ("packed-self", "packed", "fido-u2f", "tpm", "android-safetynet", "apple")
}
FIDO2_LACKS = {
    "none": "python-fido2 takes no statement of none where attestation is verified",
    "android-key": "python-fido2 has no android-key attestation",
    "compound": "python-fido2 has no compound attestation",
}
KEY_FORMATS = {"tpm": ("ES256", "RS256"), "android-key": ("ES256", "RS256"), "fido-u2f": ("ES256",)}


def algorithms(format: str) -> tuple[str, ...]:
    """Two algorithms where the format takes any."""
    return KEY_FORMATS.get(format, ("ES256", "RS256"))


def cases(formats: dict[str, Any], lacks: dict[str, str]) -> list[Any]:
    made: list[Any] = [
        pytest.param(format, algorithm, arguments, id=f"{format} {algorithm}")
        for format, arguments in formats.items()
        for algorithm in algorithms(format)
    ]
    return made + [
        pytest.param(format, "ES256", {}, id=format, marks=pytest.mark.skip(reason=reason))
        for format, reason in lacks.items()
    ]


def py_register(authenticator: SoftwareAuthenticator, answer: dict[str, Any]) -> Any:
    root = x509.load_der_x509_certificate(authenticator.root).public_bytes(Encoding.PEM)
    return webauthn.verify_registration_response(
        credential=answer,
        expected_challenge=CHALLENGE,
        expected_rp_id=RP_ID,
        expected_origin=ORIGIN,
        pem_root_certs_bytes_by_fmt={format: [root] for format in AttestationFormat},
        supported_pub_key_algs=list(COSEAlgorithmIdentifier),
    )


def fido2_server(authenticator: SoftwareAuthenticator | None = None) -> Fido2Server:
    class Verifier(AttestationVerifier):
        def ca_lookup(self, *_: object) -> bytes:
            assert authenticator is not None
            return authenticator.root

    return Fido2Server(
        PublicKeyCredentialRpEntity(id=RP_ID, name="test"),
        attestation="direct" if authenticator else None,
        verify_attestation=Verifier() if authenticator else None,
    )


def fido2_state() -> dict[str, Any]:
    return {"challenge": websafe_encode(CHALLENGE), "user_verification": None}


@pytest.mark.parametrize(("format", "algorithm", "arguments"), cases(PY_FORMATS, PY_LACKS))
def test_py_webauthn_accepts_a_registration(
    format: str, algorithm: str, arguments: dict[str, Any]
) -> None:
    # It compares the timestamp of SafetyNet with the clock.
    now = int(time.time())
    authenticator = SoftwareAuthenticator(
        b"peers", format=format, algorithm=algorithm, at=now, **arguments
    )
    verified = py_register(authenticator, authenticator.create(challenge=CHALLENGE, **SITE))
    (credential,) = authenticator
    assert verified.credential_id == credential.id
    assert verified.credential_public_key == credential.public_key


@pytest.mark.parametrize(("format", "algorithm", "arguments"), cases(FIDO2_FORMATS, FIDO2_LACKS))
def test_python_fido2_accepts_a_registration(
    format: str, algorithm: str, arguments: dict[str, Any]
) -> None:
    authenticator = SoftwareAuthenticator(b"peers", format=format, algorithm=algorithm, **arguments)
    answer = authenticator.create(challenge=CHALLENGE, **SITE)
    data = fido2_server(authenticator).register_complete(
        fido2_state(), RegistrationResponse.from_dict(answer)
    )
    (credential,) = authenticator
    assert data.credential_data is not None
    assert data.credential_data.credential_id == credential.id


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_py_webauthn_accepts_every_algorithm_it_has(algorithm: str) -> None:
    if ALGORITHMS[algorithm] not in PY_NUMBERS:
        pytest.skip(f"py_webauthn has no {algorithm}")
    authenticator = SoftwareAuthenticator(b"peers", format="packed-self", algorithm=algorithm)
    py_register(authenticator, authenticator.create(challenge=CHALLENGE, **SITE))
    (credential,) = authenticator
    verified = webauthn.verify_authentication_response(
        credential=authenticator.get(challenge=CHALLENGE, **SITE),
        expected_challenge=CHALLENGE,
        expected_rp_id=RP_ID,
        expected_origin=ORIGIN,
        credential_public_key=credential.public_key,
        credential_current_sign_count=0,
        require_user_verification=True,
    )
    assert verified.new_sign_count == credential.sign_count == 1


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_python_fido2_accepts_every_algorithm_it_has(algorithm: str) -> None:
    from fido2.cose import CoseKey, UnsupportedKey

    if CoseKey.for_alg(ALGORITHMS[algorithm]) is UnsupportedKey:
        pytest.skip(f"python-fido2 has no {algorithm}")
    authenticator = SoftwareAuthenticator(b"peers", format="packed-self", algorithm=algorithm)
    registered = fido2_server(authenticator).register_complete(
        fido2_state(),
        RegistrationResponse.from_dict(authenticator.create(challenge=CHALLENGE, **SITE)),
    )
    assert isinstance(registered, AuthenticatorData)
    held = registered.credential_data
    assert isinstance(held, AttestedCredentialData)
    answer = authenticator.get(challenge=CHALLENGE, **SITE)
    chosen = fido2_server().authenticate_complete(
        fido2_state(), [held], AuthenticationResponse.from_dict(answer)
    )
    assert chosen == held
