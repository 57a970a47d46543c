"""The official SDK for browsers, run in Node: its key signer is right for P-256 alone, and its WebAuthn signer
brings what an authenticator made into the form of the API, which verifies here."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from tests.interop.chance import Chance
from tests.interop.peer import Peer, PeerError, challenge_for
from tests.vectors.dfns_records import b64u_decode
from tests.vectors.doors import Door, outcome

pytestmark = pytest.mark.interop

each_corrupt_kind = pytest.mark.parametrize("kind", ["ES384", "ES512"])
each_unsupported_kind = pytest.mark.parametrize("kind", ["Ed25519", "RS256"])
ORIGIN, RP_ID = "https://login.example.com", "example.com"
USER = "us-2ba0h-é-😀"


def key_pair(door: Door, kind: str, chance: Chance) -> tuple[Any, dict[str, Any]]:
    """A key, and the members of a question that give it to the peer."""
    key = door.PrivateKey.from_pem(chance.pem(kind))
    der = {"private_key": key.export_private_key("der"), "public_key": key.public_key.to_der()}
    return key, {"kind": kind, **der}


def test_its_credential_verifies_here_and_has_the_bytes_of_its_profile(
    door: Door, browser: Peer, chance: Chance
) -> None:
    key, pair = key_pair(door, "ES256", chance)
    for challenge in chance.challenges():
        named = chance.credential_id()
        theirs = browser("create", credential_id=named, challenge={"challenge": challenge}, **pair)
        verified = door.verify_attestation(
            theirs,
            challenge=challenge,
            public_key=key.public_key,
            credential_id=named,
            profile="ts-browser",
        )
        # Its PEM text is ours but for the last line feed.
        assert verified.public_key_pem == key.public_key.to_pem().rstrip("\n")
        ours = door.create_credential(
            key,
            challenge,
            credential_id=named,
            profile="ts-browser",
            public_key_pem=verified.public_key_pem,
        )
        made = door.verify_attestation(ours, challenge=challenge)
        assert made.fingerprint == verified.fingerprint
        info = ours["credentialInfo"]
        info["attestationData"] = theirs["credentialInfo"]["attestationData"]
        assert ours == theirs


def test_its_assertion_verifies_here_and_has_the_bytes_of_its_profile(
    door: Door, browser: Peer, chance: Chance
) -> None:
    key, pair = key_pair(door, "ES256", chance)
    for challenge in chance.challenges():
        named = chance.credential_id()
        asked = challenge_for(named, challenge)
        theirs = browser("sign", credential_id=named, challenge=asked, **pair)
        judge = partial(
            door.verify_assertion, theirs, public_key=key.public_key, profile="ts-browser"
        )
        assert judge(challenge=challenge).credential_id == named
        assert (
            outcome(partial(judge, challenge=challenge + "A")) == "client_data.challenge_mismatch"
        )
        ours = door.KeySigner(named, key, profile="ts-browser").sign(asked)
        ours["credentialAssertion"]["signature"] = theirs["credentialAssertion"]["signature"]
        assert ours == theirs


@each_corrupt_kind
def test_on_larger_curves_it_writes_der_that_verifies_nowhere(
    door: Door, browser: Peer, kind: str, chance: Chance
) -> None:
    key, pair = key_pair(door, kind, chance)
    asked = challenge_for("cr-1", "Y2gtMQ")
    signed = browser("sign", credential_id="cr-1", challenge=asked, **pair)
    credential = browser("create", credential_id="cr-1", challenge={"challenge": "Y2gtMQ"}, **pair)
    judge = partial(door.verify_assertion, signed, challenge="Y2gtMQ", public_key=key.public_key)
    assert outcome(judge) == "signature.invalid"
    judge = partial(door.verify_attestation, credential, challenge="Y2gtMQ")
    assert outcome(judge) == "signature.invalid"
    # It splits r and s at 32 bytes whatever the curve, so that r is cut and s begins in it.
    der = b64u_decode(signed["credentialAssertion"]["signature"])
    assert der[2] == 0x02
    assert der[3] <= 33


@each_unsupported_kind
def test_other_kinds_of_key_it_refuses_where_we_sign(
    door: Door, browser: Peer, kind: str, chance: Chance
) -> None:
    key, pair = key_pair(door, kind, chance)
    asked = challenge_for("cr-1", "Y2gtMQ")
    with pytest.raises(PeerError, match="is not supported"):
        browser("sign", credential_id="cr-1", challenge=asked, **pair)
    with pytest.raises(PeerError, match="is not supported"):
        browser("create", credential_id="cr-1", challenge={"challenge": "Y2gtMQ"}, **pair)
    ours = door.KeySigner("cr-1", key, profile="ts-browser").sign(asked)
    door.verify_assertion(ours, challenge="Y2gtMQ", public_key=key.public_key, profile="ts-browser")


def test_it_draws_a_credential_id_of_32_bytes_as_we_do(
    door: Door, browser: Peer, chance: Chance
) -> None:
    _, pair = key_pair(door, "ES256", chance)
    theirs = browser("create", challenge={"challenge": "Y2gtMQ"}, **pair)["credentialInfo"]
    assert len(b64u_decode(theirs["credId"])) == len(b64u_decode(door.random_credential_id())) == 32


def test_neither_signs_for_a_credential_that_is_not_allowed(
    door: Door, browser: Peer, chance: Chance
) -> None:
    key, pair = key_pair(door, "ES256", chance)
    asked = challenge_for("cr-another", "Y2gtMQ")
    with pytest.raises(PeerError, match="cr-1 does not match allowed credentials: cr-another"):
        browser("sign", credential_id="cr-1", challenge=asked, **pair)
    assert (
        outcome(partial(door.KeySigner("cr-1", key).sign, asked))
        == "challenge.credential_not_allowed"
    )


# --- Passkeys: the authenticator is that of the peer, which shares nothing with ours. ---


def register(browser: Peer, challenge: str) -> Any:
    assert browser("visit", origin=ORIGIN) == ORIGIN
    asked = {
        "challenge": challenge,
        "pubKeyCredParams": [{"type": "public-key", "alg": alg} for alg in (-8, -7)],
        "user": {"id": USER, "name": "a", "displayName": "A"},
        "attestation": "none",
        "excludeCredentials": [],
        "authenticatorSelection": {},
    }
    return browser("passkey_create", rp_id=RP_ID, challenge=asked)


def test_its_passkey_verifies_here_from_registration_to_login(
    door: Door, browser: Peer, chance: Chance
) -> None:
    for challenge in chance.challenges():
        registration = register(browser, challenge)
        place = {"origin": ORIGIN, "rp_id": RP_ID}
        new = door.verify_registration(registration, challenge=challenge, algorithms=[-7], **place)
        assert new.attestation.format == "none"

        named = registration["credentialInfo"]["credId"]
        allowed = {"key": [], "webauthn": [{"type": "public-key", "id": named}]}
        asked = {
            "challenge": challenge,
            "allowCredentials": allowed,
            "userVerification": "required",
        }
        login = browser("passkey_sign", rp_id=RP_ID, challenge=asked)
        judge = partial(
            door.verify_authentication,
            login,
            public_key=new.public_key,
            credential_id=new.credential_id,
            user_handle=USER.encode(),
            **place,
        )
        assert judge(challenge=challenge).credential_id == new.credential_id
        assert (
            outcome(partial(judge, challenge=challenge + "A")) == "client_data.challenge_mismatch"
        )


def test_its_passkey_encodes_the_challenge_once_more(
    door: Door, browser: Peer, chance: Chance
) -> None:
    challenge = chance.challenge("base64url")
    registration = register(browser, challenge)
    judge = partial(
        door.verify_registration, registration, challenge=challenge, origin=ORIGIN, rp_id=RP_ID
    )
    assert judge(challenge_form="encoded").client_data.challenge != challenge
    assert outcome(partial(judge, challenge_form="verbatim")) == "client_data.challenge_mismatch"
