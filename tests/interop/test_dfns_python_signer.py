"""The key signer of the official Python SDK, over fresh keys and challenges; its client is met in
test_dfns_python_sdk.py."""

from __future__ import annotations

from functools import partial
from typing import Any

import dfns_sdk
import pytest

from tests.interop.chance import DETERMINISTIC, KINDS, Chance
from tests.interop.peer import challenge_for
from tests.vectors.doors import Door, outcome

pytestmark = pytest.mark.interop

each_kind = pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "Ed448"])


@each_kind
def test_what_it_signs_verifies_here_and_has_the_bytes_of_its_profile(
    door: Door, kind: str, chance: Chance
) -> None:
    pem = chance.pem(kind)
    key = door.PrivateKey.from_pem(pem)
    for challenge in chance.challenges():
        credential_id = chance.credential_id()
        asked: Any = challenge_for(credential_id, challenge)
        theirs: Any = dfns_sdk.KeySigner(credential_id, pem).sign(asked)
        judge = partial(
            door.verify_assertion,
            theirs,
            public_key=key.public_key,
            credential_id=credential_id,
            profile="python",
        )
        assert judge(challenge=challenge).client_data.origin == "https://app.dfns.io"
        assert (
            outcome(partial(judge, challenge=challenge + "A")) == "client_data.challenge_mismatch"
        )
        ours = door.KeySigner(credential_id, key, profile="python").sign(asked)
        if kind not in DETERMINISTIC:
            ours["credentialAssertion"]["signature"] = theirs["credentialAssertion"]["signature"]
        assert ours == theirs


def test_it_refuses_ed448_where_we_sign(door: Door, chance: Chance) -> None:
    pem, asked = chance.pem("Ed448"), challenge_for("cr-1", "Y2gtMQ")
    with pytest.raises(ValueError, match="Unsupported private key type"):
        dfns_sdk.KeySigner("cr-1", pem).sign(asked)  # type: ignore[arg-type]
    signed = door.KeySigner("cr-1", pem, profile="python").sign(asked)
    public = door.PrivateKey.from_pem(pem).public_key
    door.verify_assertion(signed, challenge="Y2gtMQ", public_key=public, profile="python")
