"""Passkeys of a real browser: what Chromium makes is taken, and refused where it has to be."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from countermark.errors import Error
from countermark.webauthn import (
    CoseAlgorithm,
    TrustAnchors,
    VerifiedAuthentication,
    VerifiedRegistration,
    explain_authentication,
    explain_registration,
    verify_authentication,
    verify_registration,
)
from tests.browser.chromium import RP_ID, Chromium, Refused

pytestmark = pytest.mark.browser

ALGORITHMS = (CoseAlgorithm.ES256, CoseAlgorithm.EDDSA, CoseAlgorithm.RS256)
USER = b"user-of-the-browser"
AT = 1_800_000_000

each_algorithm = pytest.mark.parametrize("algorithm", ALGORITHMS, ids=lambda one: one.name)
each_transport = pytest.mark.parametrize("transport", ["internal", "usb"])
each_elsewhere = pytest.mark.parametrize("elsewhere", ["another port", "another host"])


def b64u(data: bytes) -> str:
    from base64 import urlsafe_b64encode

    return urlsafe_b64encode(data).rstrip(b"=").decode()


def creation(challenge: str, algorithm: int, **settings: Any) -> dict[str, Any]:
    return {
        "rp": {"id": RP_ID, "name": "relying party"},
        "user": {"id": b64u(USER), "name": "user", "displayName": "user"},
        "challenge": challenge,
        "pubKeyCredParams": [{"type": "public-key", "alg": int(algorithm)}],
        "attestation": "none",
        "authenticatorSelection": {"residentKey": "required", "userVerification": "required"},
        **settings,
    }


def request(challenge: str, credential: bytes, **settings: Any) -> dict[str, Any]:
    return {
        "challenge": challenge,
        "rpId": RP_ID,
        "allowCredentials": [{"type": "public-key", "id": b64u(credential)}],
        "userVerification": "required",
        **settings,
    }


class Server:
    """A relying party that registers one credential and knows it from then on."""

    def __init__(self, browser: Chromium) -> None:
        self.browser = browser
        self.challenge = b""

    def draw(self) -> str:
        """A new challenge, as the options carry it."""
        self.challenge = secrets.token_bytes(32)
        return b64u(self.challenge)

    def register(self, algorithm: int, **settings: Any) -> VerifiedRegistration:
        response = self.browser.create(creation(self.draw(), algorithm, **settings))
        return self.verify_registration(response)

    def verify_registration(
        self, response: Mapping[str, Any] | str, **choices: Any
    ) -> VerifiedRegistration:
        arguments = self._expected(choices)
        assert explain_registration(response, **arguments).valid
        return verify_registration(response, **arguments)

    def authenticate(
        self, registered: VerifiedRegistration, sign_count: int | None = None, **settings: Any
    ) -> VerifiedAuthentication:
        options = request(self.draw(), registered.credential_id, **settings)
        response = self.browser.get(options)
        return self.verify_authentication(response, registered, sign_count=sign_count)

    def verify_authentication(
        self, response: Mapping[str, Any], registered: VerifiedRegistration, **choices: Any
    ) -> VerifiedAuthentication:
        arguments = self.known(registered, **choices)
        assert explain_authentication(response, **arguments).valid
        return verify_authentication(response, **arguments)

    def known(self, registered: VerifiedRegistration, **choices: Any) -> dict[str, Any]:
        """What the server expects of an assertion with the credential."""
        return self._expected(
            {
                "public_key": registered.public_key.to_bytes(),
                "credential_id": registered.credential_id,
                "backup_eligible": registered.flags.backup_eligible,
                **choices,
            }
        )

    def _expected(self, choices: Mapping[str, Any]) -> dict[str, Any]:
        common = {"challenge": self.challenge, "origin": self.browser.origin, "rp_id": RP_ID}
        return {**common, **choices}


@pytest.fixture
def server(browser: Chromium) -> Server:
    return Server(browser)


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(Error) as caught:
        call()
    return caught.value.code


@each_algorithm
@each_transport
def test_a_passkey_is_registered_and_signs_in(
    server: Server, algorithm: CoseAlgorithm, transport: str
) -> None:
    with server.browser.authenticator(transport=transport):
        registered = server.register(algorithm)
        first = server.authenticate(registered, registered.sign_count, extensions={})
        second = server.authenticate(registered, first.sign_count)
    assert registered.algorithm == algorithm
    assert (registered.attestation.format, registered.attestation.type) == ("none", "none")
    assert not registered.attestation.trusted
    assert (registered.flags.user_present, registered.flags.user_verified) == (True, True)
    assert registered.transports == (transport,)
    attachment = {"internal": "platform", "usb": "cross-platform"}[transport]
    assert registered.authenticator_attachment == first.authenticator_attachment == attachment
    assert registered.client_data.type == "webauthn.create"
    assert (registered.client_data.cross_origin, registered.client_data.top_origin) == (False, None)
    assert registered.tolerated == first.tolerated == ()
    assert first.credential_id == registered.credential_id
    assert (first.user_handle, first.client_data.type) == (USER, "webauthn.get")
    assert registered.sign_count < first.sign_count < second.sign_count
    assert (first.sign_count_status, second.sign_count_status) == ("ok", "ok")


@each_algorithm
def test_a_direct_attestation_is_packed_and_leads_to_its_certificate(
    server: Server, algorithm: CoseAlgorithm
) -> None:
    with server.browser.authenticator():
        options = creation(server.draw(), algorithm, attestation="direct")
        response = server.browser.create(options)
    attestation = server.verify_registration(response).attestation
    assert (attestation.format, attestation.type, attestation.trusted) == ("packed", "basic", False)
    (leaf,) = attestation.chain
    trusting = server.verify_registration(response, trust=TrustAnchors([leaf]), at=AT)
    assert trusting.attestation.trusted
    nobody = {"trust": TrustAnchors([]), "at": AT}
    assert code_of(lambda: verify_registration(response, **server._expected(nobody))) == (
        "trust.no_path"
    )


def test_the_answer_is_taken_as_json_text_too(server: Server) -> None:
    with server.browser.authenticator():
        response = server.browser.create(creation(server.draw(), CoseAlgorithm.ES256))
    as_mapping = server.verify_registration(response)
    assert server.verify_registration(json.dumps(response)) == as_mapping


def test_an_assertion_is_refused_for_all_else_than_it_was_made_for(server: Server) -> None:
    with server.browser.authenticator():
        registered = server.register(CoseAlgorithm.ES256)
        another = server.register(CoseAlgorithm.ES256, user={**OTHER_USER})
        response = server.browser.get(request(server.draw(), registered.credential_id))
    verified = server.verify_authentication(response, registered)

    def refusal(**choices: Any) -> str:
        arguments = server.known(registered, **choices)
        return code_of(lambda: verify_authentication(response, **arguments))

    assert refusal(challenge=secrets.token_bytes(32)) == "client_data.challenge_mismatch"
    assert refusal(origin="http://localhost") == "client_data.origin_mismatch"
    assert refusal(rp_id="example.org") == "authenticator_data.rp_id_mismatch"
    assert refusal(credential_id=another.credential_id) == "response.credential_id_mismatch"
    assert refusal(user_handle=b"somebody else") == "response.user_handle_mismatch"
    assert refusal(public_key=another.public_key) == "signature.invalid"
    assert refusal(sign_count=verified.sign_count) == "authenticator_data.sign_count"
    assert refusal(backup_eligible=True) == "authenticator_data.backup_eligibility_mismatch"


OTHER_USER = {"id": b64u(b"another user"), "name": "another", "displayName": "another"}


def test_a_registration_is_refused_for_all_else_than_it_was_made_for(server: Server) -> None:
    with server.browser.authenticator():
        response = server.browser.create(creation(server.draw(), CoseAlgorithm.EDDSA))
    server.verify_registration(response)

    def refusal(**choices: Any) -> str:
        arguments = server._expected(choices)
        return code_of(lambda: verify_registration(response, **arguments))

    assert refusal(challenge=secrets.token_bytes(32)) == "client_data.challenge_mismatch"
    assert refusal(origin="https://localhost") == "client_data.origin_mismatch"
    assert refusal(rp_id="127.0.0.1") == "authenticator_data.rp_id_mismatch"
    assert refusal(algorithms=[CoseAlgorithm.ES256]) == "response.algorithm_not_allowed"
    assert refusal(formats=["packed"]) == "response.format_not_allowed"


def test_a_user_who_was_not_verified_is_refused_where_that_is_required(server: Server) -> None:
    selection = {"residentKey": "discouraged", "userVerification": "discouraged"}
    with server.browser.authenticator(transport="usb", hasUserVerification=False):
        options = creation(server.draw(), CoseAlgorithm.ES256, authenticatorSelection=selection)
        response = server.browser.create(options)
    assert not server.verify_registration(
        response, require_user_verification=False
    ).flags.user_verified
    arguments = server._expected({})
    assert code_of(lambda: verify_registration(response, **arguments)) == (
        "authenticator_data.user_verification"
    )


def test_a_passkey_that_is_backed_up_says_so(server: Server) -> None:
    with server.browser.authenticator(defaultBackupEligibility=True, defaultBackupState=True):
        registered = server.register(CoseAlgorithm.ES256)
        verified = server.authenticate(registered)
    for flags in (registered.flags, verified.flags):
        assert (flags.backup_eligible, flags.backup_state) == (True, True)


def test_outputs_of_extensions_are_read(server: Server) -> None:
    asked = {
        "credProps": True,
        "minPinLength": True,
        "largeBlob": {"support": "required"},
        "prf": {},
        "credentialProtectionPolicy": "userVerificationRequired",
    }
    with server.browser.authenticator():
        registered = server.register(CoseAlgorithm.ES256, extensions=asked)
        evaluated = {"prf": {"eval": {"first": b64u(b"salt")}}, "largeBlob": {"read": True}}
        verified = server.authenticate(registered, extensions=evaluated)
    client = registered.client_extensions
    assert (client.cred_props_rk, client.prf_enabled, client.large_blob_supported) == (
        *(True, True, True),
    )
    assert (registered.extensions.cred_protect, registered.extensions.min_pin_length) == (3, 4)
    assert registered.extensions.unknown == {}
    assert verified.client_extensions.unknown == ()


@each_elsewhere
def test_a_frame_of_another_origin_is_refused_unless_allowed(
    server: Server, elsewhere: str
) -> None:
    browser = server.browser
    top = browser.elsewhere[elsewhere]
    with browser.authenticator():
        registered = server.register(CoseAlgorithm.ES256)
        browser.open(top)
        browser.enter_frame(browser.origin)
        response = browser.get(request(server.draw(), registered.credential_id))
        # A browser makes a credential in such a frame only for a user who touched it.
        options = creation(b64u(server.challenge), CoseAlgorithm.ES256)
        with pytest.raises(Refused, match="NotAllowedError"):
            browser.create(options)
        browser.click()
        created = browser.create(options)
    for allowed in (None, [top]):
        choices = {"allow_cross_origin": True, "top_origin": allowed}
        verified = server.verify_authentication(response, registered, **choices)
        assert (verified.client_data.origin, verified.client_data.cross_origin) == (
            *(browser.origin, True),
        )
        assert verified.client_data.top_origin == top
        made = server.verify_registration(created, **choices)
        assert (made.client_data.cross_origin, made.client_data.top_origin) == (True, top)

    known = server.known(registered)
    mismatch = "client_data.cross_origin_mismatch"
    assert code_of(lambda: verify_authentication(response, **known)) == mismatch
    assert code_of(lambda: verify_registration(created, **server._expected({}))) == mismatch
    others = {"allow_cross_origin": True, "top_origin": "https://example.org"}
    assert code_of(lambda: verify_authentication(response, **known, **others)) == (
        "client_data.top_origin_mismatch"
    )


@each_algorithm
def test_the_dfns_way_hands_the_challenge_over_as_its_utf8(
    server: Server, algorithm: CoseAlgorithm
) -> None:
    expected: dict[str, Any] = {"origin": server.browser.origin, "rp_id": RP_ID}
    with server.browser.authenticator():
        text = server.draw()
        created = server.browser.dfns_create(creation(text, algorithm, attestation="direct"))
        registered = verify_registration(created, challenge=text, **expected)
        another = server.draw()
        signed = server.browser.dfns_get(request(another, registered.credential_id))
    assert registered.client_data.challenge == b64u(text.encode())
    assert registered.attestation.format == "packed"
    known = {"public_key": registered.public_key, "credential_id": registered.credential_id}
    verified = verify_authentication(signed, challenge=another, **known, **expected)
    assert verified.client_data.challenge == b64u(another.encode())
    assert verified.user_handle == USER

    def refusal(**choices: Any) -> str:
        return code_of(lambda: verify_authentication(signed, **known, **expected, **choices))

    assert refusal(challenge=text) == "client_data.challenge_mismatch"
    verbatim = {"challenge": another, "challenge_form": "verbatim"}
    assert refusal(**verbatim) == "client_data.challenge_mismatch"


def test_the_dfns_way_takes_a_challenge_that_the_client_decoded(server: Server) -> None:
    with server.browser.authenticator():
        response = server.browser.create(creation(server.draw(), CoseAlgorithm.ES256))
    inner = response["response"]
    body = {
        "credentialKind": "Fido2",
        "credentialInfo": {
            "credId": response["id"],
            "clientData": inner["clientDataJSON"],
            "attestationData": inner["attestationObject"],
        },
    }
    text = b64u(server.challenge)
    verified = verify_registration(body, challenge=text, origin=server.browser.origin, rp_id=RP_ID)
    assert verified.client_data.challenge == text
    expected = {"challenge": text, "origin": server.browser.origin, "rp_id": RP_ID}
    more = {**body, "signature": "of something else"}
    assert code_of(lambda: verify_registration(more, **expected)) == "response.unknown"
