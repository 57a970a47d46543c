"""Our signer inside the official Python SDK: the calls it makes over HTTP are accepted."""

from __future__ import annotations

import asyncio
import inspect
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import dfns_sdk
import pytest
from dfns_sdk import DfnsClient, DfnsClientConfig, DfnsDelegatedClient, DfnsDelegatedClientConfig
from dfns_sdk._internal import AsyncHttpClient

from countermark import PrivateKey
from countermark.dfns import KeySigner
from countermark.errors import ClaimMismatch
from tests.interop.action_server import TOKEN, ActionApi, serve
from tests.vectors.dfns_records import key_record

CREDENTIAL = "cr-6t0sh-inter-op00000000000000"
BODY: Any = {"network": "EthereumSepolia", "name": "<treasury> & co"}
KEYS = {
    "ES256": "p256",
    "ES384": "p384",
    "ES512": "p521",
    "ES256K": "secp256k1",
    "Ed25519": "ed25519",
    "Ed448": "ed448",
    "RS256": "rsa2048",
}
# The kinds of key the SDK's own signer makes an exact answer with.
EXACT = ("ed25519", "rsa2048")


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server is on this machine, whatever proxy the environment names."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


each_algorithm = pytest.mark.parametrize("algorithm", KEYS)


def private_key(algorithm: str) -> PrivateKey:
    key = PrivateKey.from_pem(key_record(KEYS[algorithm])["pkcs8Pem"])
    assert key.algorithm == algorithm
    return key


def api_of(
    key: PrivateKey, *, allowed: list[str] | None = None, origin: str | None = None
) -> ActionApi:
    return ActionApi(
        key.public_key, CREDENTIAL, [CREDENTIAL] if allowed is None else allowed, origin
    )


def config(url: str, signer: Any) -> DfnsClientConfig:
    return DfnsClientConfig(auth_token=TOKEN, base_url=url, signer=signer)


def expect_one_signed_call(api: ActionApi, method: str, path: str) -> None:
    """Three requests, the assertion verified, and what was signed is what was sent."""
    assert api.refusals == []
    assert [(one.method, one.path) for one in api.seen] == [
        ("POST", "/auth/action/init"),
        ("POST", "/auth/action"),
        (method, path),
    ]
    init, _, real = api.seen
    signed = json.loads(init.body)
    assert signed == {
        "userActionPayload": real.body.decode(),
        "userActionHttpMethod": method,
        "userActionHttpPath": path,
        "userActionServerKind": "Api",
    }
    assert (init.user_action, real.user_action is None) == (None, False)
    (verified,) = api.verified
    assert (verified.credential_id, verified.public_key) == (CREDENTIAL, api.public_key)


@each_algorithm
def test_the_client_signs_a_call_with_our_signer(algorithm: str) -> None:
    with private_key(algorithm) as key:
        api = api_of(key)
        signer = KeySigner(CREDENTIAL, key)
        with serve(api) as url, DfnsClient(config(url, signer)) as client:
            wallet = client.wallets.create_wallet(BODY)
    assert wallet == {"id": "wa-made-here", "echo": BODY}
    expect_one_signed_call(api, "POST", "/wallets")


@each_algorithm
def test_our_signer_drops_in_with_an_origin(algorithm: str) -> None:
    origin = "https://wallet.example.com"
    pem = key_record(KEYS[algorithm])["pkcs8Pem"]
    signer = KeySigner(credential_id=CREDENTIAL, private_key=pem, app_origin=origin)
    api = api_of(private_key(algorithm), origin=origin)
    with serve(api) as url, DfnsClient(config(url, signer)) as client:
        client.wallets.update_wallet("wa-1", {"name": "renamed"})
    expect_one_signed_call(api, "PUT", "/wallets/wa-1")
    assert api.verified[0].client_data.origin == origin
    assert api.verified[0].client_data.cross_origin is False


@each_algorithm
def test_the_async_client_signs_a_call_with_our_signer(algorithm: str) -> None:
    key = private_key(algorithm)
    api = api_of(key)

    async def call(url: str) -> Any:
        async with AsyncHttpClient(config(url, KeySigner(CREDENTIAL, key))) as client:
            return await client.request("POST", "/wallets", body=BODY, requires_signature=True)

    with serve(api) as url:
        assert asyncio.run(call(url)) == {"id": "wa-made-here", "echo": BODY}
    expect_one_signed_call(api, "POST", "/wallets")


def test_the_delegated_client_takes_our_assertion() -> None:
    key = private_key("ES256")
    api = api_of(key)
    with serve(api) as url, DfnsDelegatedClient(DfnsDelegatedClientConfig(TOKEN, url)) as client:
        challenge: Any = client.wallets.create_wallet_init(body=BODY)
        signed: Any = {
            "challengeIdentifier": challenge["challengeIdentifier"],
            "firstFactor": KeySigner(CREDENTIAL, key).sign(challenge),
        }
        client.wallets.create_wallet_complete(body=BODY, signed_challenge=signed)
    expect_one_signed_call(api, "POST", "/wallets")


def test_calls_in_a_row_are_each_signed_for_themselves() -> None:
    key = private_key("Ed25519")
    api = api_of(key)
    with serve(api) as url, DfnsClient(config(url, KeySigner(CREDENTIAL, key))) as client:
        for number in range(5):
            client.wallets.update_wallet(f"wa-{number}", {"name": f"wallet {number}"})
    assert api.refusals == []
    assert len(api.seen) == 3 * len(api.verified) == 15
    assert len({verified.signature for verified in api.verified}) == 5


@pytest.mark.parametrize("allowed", [[], ["cr-someone-else"]], ids=["empty", "another"])
def test_a_credential_that_is_not_allowed_sends_no_assertion(allowed: list[str]) -> None:
    key = private_key("ES256")
    api = api_of(key, allowed=allowed)
    with (
        serve(api) as url,
        DfnsClient(config(url, KeySigner(CREDENTIAL, key))) as client,
        pytest.raises(ClaimMismatch) as caught,
    ):
        client.wallets.create_wallet(BODY)
    assert caught.value.code == "challenge.credential_not_allowed"
    assert [one.path for one in api.seen] == ["/auth/action/init"]


def test_the_server_refuses_the_signature_of_another_key() -> None:
    api = api_of(private_key("ES256"))
    with (
        serve(api) as url,
        DfnsClient(config(url, KeySigner(CREDENTIAL, private_key("ES256K")))) as client,
        pytest.raises(dfns_sdk.DfnsError) as caught,
    ):
        client.wallets.create_wallet(BODY)
    assert caught.value.status_code == 401
    assert api.refusals == ["signature.invalid"]
    assert [one.path for one in api.seen] == ["/auth/action/init", "/auth/action"]


def test_our_signer_is_called_as_the_signer_of_the_sdk_is() -> None:
    theirs = list(inspect.signature(dfns_sdk.KeySigner.__init__).parameters)[1:]
    ours = list(inspect.signature(KeySigner).parameters)
    assert ours[: len(theirs)] == theirs == ["credential_id", "private_key", "app_origin"]


@pytest.mark.parametrize("origin", [None, "https://wallet.example.com", "https://bücher.example"])
@pytest.mark.parametrize("key_type", EXACT)
def test_under_the_python_profile_our_assertion_is_theirs(
    key_type: str, origin: str | None
) -> None:
    pem = key_record(key_type)["pkcs8Pem"]
    given: Any = {} if origin is None else {"app_origin": origin}
    theirs = dfns_sdk.KeySigner(CREDENTIAL, pem, **given)
    ours = KeySigner(CREDENTIAL, pem, **given, profile="python")
    challenge: Any = {
        "challenge": "Y2hhbGxlbmdlLWZvci10aGUtc2Rr",
        "challengeIdentifier": "eyJ0eXAiOiJKV1QifQ",
        "allowCredentials": {"key": [{"id": CREDENTIAL, "type": "public-key"}], "webauthn": []},
    }
    assert ours.sign(challenge) == theirs.sign(challenge)
    assert ours.credential_id == theirs.credential_id


SNIPPET = """\
from countermark import PrivateKey
from countermark.dfns import KeySigner
from dfns_sdk import DfnsClientConfig
from dfns_sdk.auth import CredentialAssertion, Signer, UserActionChallenge


def as_signer(signer: KeySigner) -> Signer:
    return signer


def sign(signer: KeySigner, challenge: UserActionChallenge) -> CredentialAssertion:
    return signer.sign(challenge)


signer = KeySigner("cr-typed", PrivateKey.generate("Ed25519"), app_origin="https://app.dfns.io")
config = DfnsClientConfig(auth_token="token", signer=signer)
"""

WRONG = """
def wrong(signer: KeySigner) -> Signer:
    return signer.credential_id
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("source", "errors"), [(SNIPPET, 0), (SNIPPET + WRONG, 1)], ids=["fits", "does-not-fit"]
)
def test_our_signer_has_the_type_of_the_sdk_signer(
    tmp_path: Path, source: str, errors: int
) -> None:
    snippet = tmp_path / "snippet.py"
    snippet.write_text(source, encoding="utf-8")
    # The SDK is annotated but ships no py.typed file; without this its types would all be Any.
    options = ["--strict", "--follow-untyped-imports", "--cache-dir", str(tmp_path / "cache")]
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", *options, str(snippet)],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    found = [line for line in checked.stdout.splitlines() if ": error: " in line]
    assert len(found) == errors, checked.stdout + checked.stderr
    assert checked.returncode == (1 if errors else 0), checked.stdout + checked.stderr
    assert all("snippet.py" in line for line in found)
