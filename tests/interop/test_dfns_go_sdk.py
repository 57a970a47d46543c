"""The official SDK for Go: what its key signer signs verifies here and has the bytes of its profile."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from tests.interop.chance import DETERMINISTIC, Chance
from tests.interop.peer import Peer, PeerError, challenge_for
from tests.vectors.doors import Door, outcome

pytestmark = pytest.mark.interop

each_kind = pytest.mark.parametrize("kind", ["ES256", "ES384", "ES512", "Ed25519", "RS256"])
each_unknown_kind = pytest.mark.parametrize("kind", ["ES256K", "Ed448"])


@pytest.fixture
def sdk(peers: Callable[[str], Peer]) -> Peer:
    return peers("go-sdk")


@each_kind
def test_what_it_signs_verifies_here_and_has_the_bytes_of_its_profile(
    door: Door, sdk: Peer, kind: str, chance: Chance
) -> None:
    pem = chance.pem(kind)
    key = door.PrivateKey.from_pem(pem)
    for challenge in chance.challenges():
        credential_id = chance.credential_id()
        asked = challenge_for(credential_id, challenge)
        theirs = sdk("sign", credential_id=credential_id, private_key=pem, challenge=asked)
        judge = partial(
            door.verify_assertion,
            theirs,
            public_key=key.public_key,
            credential_id=credential_id,
            profile="go-v2",
        )
        assert judge(challenge=challenge).client_data.cross_origin is False
        assert (
            outcome(partial(judge, challenge=challenge + "A")) == "client_data.challenge_mismatch"
        )
        ours = door.KeySigner(credential_id, key, profile="go-v2").sign(asked)
        if kind not in DETERMINISTIC:
            ours["credentialAssertion"]["signature"] = theirs["credentialAssertion"]["signature"]
        assert ours == theirs


@each_kind
def test_it_reads_every_plain_form_in_which_we_write_a_key(
    door: Door, sdk: Peer, kind: str, chance: Chance
) -> None:
    key = door.PrivateKey.from_pem(chance.pem(kind))
    other = {"RS256": ["pkcs1"], "Ed25519": []}.get(kind, ["sec1"])
    for form in ("pkcs8", *other):
        pem = key.export_private_key("pem", format=form).decode("ascii")
        asked = challenge_for("cr-1", "Y2gtMQ")
        signed = sdk("sign", credential_id="cr-1", private_key=pem, challenge=asked)
        door.verify_assertion(signed, challenge="Y2gtMQ", public_key=key.public_key)


@each_unknown_kind
def test_it_refuses_kinds_of_key_that_the_api_takes(sdk: Peer, kind: str, chance: Chance) -> None:
    asked = challenge_for("cr-1", "Y2gtMQ")
    with pytest.raises(PeerError, match="unable to parse private key"):
        sdk("sign", credential_id="cr-1", private_key=chance.pem(kind), challenge=asked)


def test_it_signs_for_a_credential_that_is_not_allowed_where_we_refuse(
    door: Door, sdk: Peer, chance: Chance
) -> None:
    pem, asked = chance.pem("ES256"), challenge_for("cr-another", "Y2gtMQ")
    signed = sdk("sign", credential_id="cr-1", private_key=pem, challenge=asked)
    assert signed["credentialAssertion"]["credId"] == "cr-1"
    sign = partial(door.KeySigner("cr-1", pem).sign, asked)
    assert outcome(sign) == "challenge.credential_not_allowed"
