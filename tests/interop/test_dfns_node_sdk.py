"""The official SDK for Node: what its key signer signs verifies here, byte for byte ours where that can be,
and its clients send what either signer signed."""

from __future__ import annotations

from functools import partial

import pytest

from countermark.dfns import KeySigner
from tests.interop.action_server import TOKEN, ActionApi, serve
from tests.interop.chance import DETERMINISTIC, KINDS, Chance
from tests.interop.peer import Peer, PeerError, challenge_for
from tests.vectors.doors import Door, outcome

pytestmark = pytest.mark.interop

each_kind = pytest.mark.parametrize("kind", KINDS)
BODY = {"network": "EthereumSepolia", "name": "<treasury> & co é"}


@each_kind
def test_what_it_signs_verifies_here_and_has_the_bytes_of_its_profile(
    door: Door, keysigner: Peer, kind: str, chance: Chance
) -> None:
    pem = chance.pem(kind)
    key = door.PrivateKey.from_pem(pem)
    for challenge in chance.challenges():
        credential_id = chance.credential_id()
        asked = challenge_for(credential_id, challenge)
        theirs = keysigner("sign", credential_id=credential_id, private_key=pem, challenge=asked)
        judge = partial(
            door.verify_assertion,
            theirs,
            public_key=key.public_key,
            credential_id=credential_id,
            kind="Key",
            profile="ts-keysigner",
        )
        assert judge(challenge=challenge).client_data.challenge == challenge
        assert (
            outcome(partial(judge, challenge=challenge + "A")) == "client_data.challenge_mismatch"
        )
        ours = door.KeySigner(credential_id, key, profile="ts-keysigner").sign(asked)
        assert list(ours["credentialAssertion"]) == list(theirs["credentialAssertion"])
        if kind in DETERMINISTIC:
            assert ours == theirs
        else:
            ours["credentialAssertion"]["signature"] = theirs["credentialAssertion"]["signature"]
            assert ours == theirs


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("Ed25519", "Ed448")])
@pytest.mark.parametrize("algorithm", ["SHA256", "SHA512"])
def test_a_hash_that_was_asked_for_verifies_here_and_only_ours_names_it(
    door: Door, keysigner: Peer, kind: str, algorithm: str, chance: Chance
) -> None:
    pem, challenge = chance.pem(kind), chance.challenge("base64url")
    key = door.PrivateKey.from_pem(pem)
    asked = challenge_for("cr-1", challenge)
    theirs = keysigner(
        "sign", credential_id="cr-1", private_key=pem, algorithm=algorithm, challenge=asked
    )
    expected = {"challenge": challenge, "public_key": key.public_key, "algorithm": algorithm}
    assert door.verify_assertion(theirs, **expected).hash == f"SHA-{algorithm[-3:]}"
    signer = door.KeySigner("cr-1", key, profile="ts-keysigner", algorithm=algorithm)
    ours = signer.sign(asked)["credentialAssertion"]
    inner = theirs["credentialAssertion"]
    assert ours.pop("algorithm") == algorithm
    assert (list(ours), ours["clientData"]) == (list(inner), inner["clientData"])


@each_kind
def test_it_reads_every_form_in_which_we_write_a_key(
    door: Door, keysigner: Peer, kind: str, chance: Chance
) -> None:
    key = door.PrivateKey.from_pem(chance.pem(kind))
    password = chance.text("pass word é 😀")
    other = {"RS256": ["pkcs1"], "Ed25519": [], "Ed448": []}.get(kind, ["sec1"])
    texts: list[tuple[bytes, str | None]] = [
        (key.export_private_key("pem", format=form), None) for form in ("pkcs8", *other)
    ]
    texts.append((key.export_private_key("pem", password=password), password))
    for pem, passphrase in texts:
        given = {} if passphrase is None else {"passphrase": passphrase}
        signed = keysigner(
            "sign",
            credential_id="cr-1",
            private_key=pem.decode("ascii"),
            challenge=challenge_for("cr-1", "Y2gtMQ"),
            **given,
        )
        door.verify_assertion(signed, challenge="Y2gtMQ", public_key=key.public_key)


def test_neither_signs_for_a_credential_that_is_not_allowed(
    door: Door, keysigner: Peer, chance: Chance
) -> None:
    pem = chance.pem("ES256")
    asked = challenge_for("cr-another", "Y2gtMQ")
    with pytest.raises(PeerError, match="cr-1 does not match allowed credentials: cr-another"):
        keysigner("sign", credential_id="cr-1", private_key=pem, challenge=asked)
    sign = partial(door.KeySigner("cr-1", pem).sign, asked)
    assert outcome(sign) == "challenge.credential_not_allowed"


@pytest.mark.parametrize(
    ("kind", "algorithm", "theirs", "ours"),
    [
        ("ES256", "sha1", "signed", "algorithm.unknown"),
        ("RS256", "SHA-384", "signed", "algorithm.unknown"),
        ("ES256", "RSA-SHA256", "signed", "algorithm.mismatch"),
        ("Ed25519", "SHA256", "Invalid digest", "algorithm.mismatch"),
        ("Ed448", "SHA512", "Invalid digest", "algorithm.mismatch"),
        ("ES256", "SHA-999", "Invalid digest", "algorithm.unknown"),
    ],
)
def test_it_signs_with_any_hash_node_knows_where_we_refuse(
    door: Door, keysigner: Peer, kind: str, algorithm: str, theirs: str, ours: str, chance: Chance
) -> None:
    pem, asked = chance.pem(kind), challenge_for("cr-1", "Y2gtMQ")
    question = {"credential_id": "cr-1", "private_key": pem, "algorithm": algorithm}
    if theirs == "signed":
        assert keysigner("sign", challenge=asked, **question)["kind"] == "Key"
    else:
        with pytest.raises(PeerError, match=f"(?i){theirs}"):
            keysigner("sign", challenge=asked, **question)
    sign = outcome(lambda: door.KeySigner("cr-1", pem, algorithm=algorithm).sign(asked))
    assert sign == ours


# --- Its clients, over HTTP, at a server that verifies with ours. ---


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server is on this machine, whatever proxy the environment names."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@each_kind
def test_its_client_and_its_signer_pass_our_server(
    keysigner: Peer, kind: str, chance: Chance
) -> None:
    pem, credential_id = chance.pem(kind), chance.credential_id()
    signer = KeySigner(credential_id, pem)
    api = ActionApi(signer.public_key, credential_id, [credential_id])
    with serve(api) as url:
        wallet = keysigner(
            "create_wallet",
            base_url=url,
            token=TOKEN,
            credential_id=credential_id,
            private_key=pem,
            body=BODY,
        )
    assert (api.refusals, wallet["echo"]) == ([], BODY)
    assert [one.path for one in api.seen] == ["/auth/action/init", "/auth/action", "/wallets"]


@each_kind
def test_its_delegated_client_sends_what_we_signed(
    keysigner: Peer, kind: str, chance: Chance
) -> None:
    credential_id = chance.credential_id()
    signer = KeySigner(credential_id, chance.pem(kind))
    api = ActionApi(signer.public_key, credential_id, [credential_id])
    with serve(api) as url:
        call = partial(keysigner, base_url=url, token=TOKEN, body=BODY)
        challenge = call("create_wallet_init")
        signed = {
            "challengeIdentifier": challenge["challengeIdentifier"],
            "firstFactor": signer.sign(challenge),
        }
        wallet = call("create_wallet_complete", signed_challenge=signed)
    assert (api.refusals, wallet["echo"]) == ([], BODY)
    assert [one.path for one in api.seen] == ["/auth/action/init", "/auth/action", "/wallets"]


def test_its_client_is_told_when_the_signature_is_of_another_key(
    keysigner: Peer, chance: Chance
) -> None:
    registered = KeySigner("cr-1", chance.pem("ES256")).public_key
    api = ActionApi(registered, "cr-1", ["cr-1"])
    question = {"token": TOKEN, "credential_id": "cr-1", "private_key": chance.pem("ES256")}
    with serve(api) as url, pytest.raises(PeerError, match=r"signature\.invalid"):
        keysigner("create_wallet", base_url=url, body=BODY, **question)
    assert api.refusals == ["signature.invalid"]
