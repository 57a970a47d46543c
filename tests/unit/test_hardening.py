"""Faults that a hostile reading of the package found, each as the fact that replaced it."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from countermark import (
    ArgumentValueError,
    ClaimMismatch,
    Error,
    InvalidKey,
    MalformedInput,
    PrivateKey,
    PublicKey,
)
from countermark.dfns import (
    CredentialBody,
    KeySigner,
    RegistrationBody,
    create_credential,
    explain_assertion,
    verify_assertion,
)
from tests.unit.command import fails, generate, run

CHALLENGE = "Y2gtMQ"


@pytest.fixture(scope="module")
def key() -> PrivateKey:
    return PrivateKey.generate("Ed25519")


class Growing(Mapping[str, Any]):
    """A mapping that changes the dict it stands in while it is read."""

    def __init__(self, home: dict[str, Any]) -> None:
        self.home = home

    def __getitem__(self, name: str) -> Any:
        self.home.update({f"x{number}": 1 for number in range(50)})
        return "x"

    def __iter__(self) -> Iterator[str]:
        return iter(["credId"])

    def __len__(self) -> int:
        return 1


def test_a_dict_that_changes_while_it_is_read_gives_an_error_of_ours(key: PrivateKey) -> None:
    assertion: dict[str, Any] = {"kind": "Key"}
    assertion["credentialAssertion"] = Growing(assertion)
    assertion["z"] = 1
    with pytest.raises(Error):
        verify_assertion(assertion, challenge=CHALLENGE, public_key=key.public_key)


def test_a_dict_that_another_thread_changes_gives_an_error_of_ours(key: PrivateKey) -> None:
    assertion: dict[str, Any] = {"kind": None, "credentialAssertion": None}
    stop = threading.Event()

    def change() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            assertion[f"x{number % 100}"] = None
            assertion.pop(f"x{(number + 50) % 100}", None)

    changer = threading.Thread(target=change)
    changer.start()
    try:
        for _ in range(2000):
            with pytest.raises(Error):
                verify_assertion(assertion, challenge=CHALLENGE, public_key=key.public_key)
    finally:
        stop.set()
        changer.join()


def test_an_object_that_holds_itself_many_times_is_refused_at_once(key: PrivateKey) -> None:
    cyclic: dict[str, Any] = {}
    for number in range(60):
        cyclic[str(number)] = cyclic
    shared = {"kind": [["a"] * 2000] * 2000}
    start = time.process_time()
    for data in (cyclic, shared):
        with pytest.raises(Error):
            verify_assertion(data, challenge=CHALLENGE, public_key=key.public_key)
        with pytest.raises(Error):
            KeySigner("cr-1", key).sign({"challenge": "c", "allowCredentials": data})
    assert time.process_time() - start < 3


@pytest.mark.parametrize("members", [1024, 1025])
def test_a_mapping_may_have_as_many_members_as_a_text(key: PrivateKey, members: int) -> None:
    jwk: dict[str, Any] = dict(key.public_key.to_jwk())
    jwk.update({f"x{number}": "" for number in range(members - len(jwk))})
    for given in (jwk, json.dumps(jwk)):
        if members <= 1024:
            assert PublicKey.from_jwk(given) == key.public_key
        else:
            with pytest.raises(Error, match="members") as caught:
                PublicKey.from_jwk(given)
            assert caught.value.code == "limit.count"


def test_no_origin_is_not_the_origin_that_says_none(key: PrivateKey) -> None:
    challenge = {"challenge": CHALLENGE, "allowCredentials": {"key": [{"id": "cr-1"}]}}
    assertion = KeySigner("cr-1", key).sign(challenge)
    with pytest.raises(ClaimMismatch) as caught:
        verify_assertion(assertion, challenge=CHALLENGE, public_key=key.public_key, origin="(none)")
    assert caught.value.code == "client_data.origin_mismatch"


def test_go_v1_may_name_the_registered_hash_in_its_own_way() -> None:
    key = PrivateKey.generate("ES256")
    challenge = {"challenge": CHALLENGE, "allowCredentials": {"key": [{"id": "cr-1"}]}}
    assertion = KeySigner("cr-1", key, profile="go-v1").sign(challenge)
    common = {"challenge": CHALLENGE, "public_key": key.public_key, "profile": "go-v1"}
    assertion["credentialAssertion"]["algorithm"] = "SHA-256"
    verified = verify_assertion(assertion, algorithm="SHA256", **common)  # type: ignore[arg-type]  # one dict
    assert verified.hash == "SHA-256"
    report = explain_assertion(assertion, algorithm="SHA512", **common)  # type: ignore[arg-type]  # one dict
    assert [error.code for error in report.errors] == ["algorithm.mismatch"]


@pytest.mark.parametrize("ends", [b"\n", b"\r\n", b"\r"])
def test_a_password_is_not_dropped_by_a_conversion_nobody_asked_it_of(
    ends: bytes, tmp_path: Path
) -> None:
    secret = tmp_path / "password"
    secret.write_text("a password")
    source = f"file:{secret}"
    path = generate(tmp_path, "ES256", "key.pem", "--password", source)
    path.write_bytes(b"text" + ends + path.read_bytes().replace(b"\n", ends))
    out = tmp_path / "out.pem"
    fails("cli.usage", "key", "convert", path, "--password", source, "--out", out, status=2)
    assert not out.exists()
    inspected = run("key", "inspect", path, "--password", source, "--json").json
    assert inspected["encrypted"] is True


SCAN = """
import sys
from countermark import Error, PrivateKey, PublicKey
what, masked = sys.argv[1], bytes.fromhex(sys.argv[2])
data = bytearray(sys.stdin.buffer.read())
try:
    if what == "private":
        PrivateKey.from_der(data).close()
    else:
        PublicKey.from_der(data)
except Error as error:
    assert what == "public" and error.code == "key.not_public", error.code
else:
    assert what == "private"
data[:] = bytes(len(data))
needle = bytes(byte ^ 0x5A for byte in masked)
found = 0
with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as memory:
    for line in maps:
        span, mode = line.split()[:2]
        if not mode.startswith("rw") or "[v" in line:
            continue
        start, end = (int(part, 16) for part in span.split("-"))
        memory.seek(start)
        found += memory.read(end - start).count(needle)
print(found - 1)  # the needle itself
"""


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="no /proc to read memory from")
@pytest.mark.parametrize("what", ["private", "public"])
def test_what_is_copied_of_a_bytearray_with_a_private_key_is_wiped(what: str) -> None:
    key = PrivateKey.generate("ES256")
    der = key.export_private_key("der")
    scalar = der[36:68]
    assert int.from_bytes(scalar, "big") > 0
    masked = bytes(byte ^ 0x5A for byte in scalar).hex()
    command = [sys.executable, "-c", SCAN, what, masked]
    done = subprocess.run(command, input=der, capture_output=True, check=True, timeout=60)
    # Python's own buffer of standard input, and the bytes read from it, hold the rest.
    own = subprocess.run(
        [*command[:2], SCAN.replace("PrivateKey.from_der(data).close()", "pass").replace(
            "PublicKey.from_der(data)", 'raise Error("", code="key.not_public")'), what, masked],
        input=der, capture_output=True, check=True, timeout=60,
    )  # fmt: skip
    assert int(done.stdout) <= int(own.stdout)


def test_a_private_key_where_a_public_one_is_due_is_refused(key: PrivateKey) -> None:
    for encoding, load in (("pem", PublicKey.from_pem), ("der", PublicKey.from_der)):
        with pytest.raises(InvalidKey) as caught:
            load(key.export_private_key(encoding))
        assert caught.value.code == "key.not_public"


def test_a_report_is_as_true_as_what_it_reports(key: PrivateKey) -> None:
    challenge = {"challenge": CHALLENGE, "allowCredentials": {"key": [{"id": "cr-1"}]}}
    assertion = KeySigner("cr-1", key).sign(challenge)
    assert explain_assertion(assertion, challenge=CHALLENGE, public_key=key.public_key)
    assert not explain_assertion(assertion, challenge="another", public_key=key.public_key)


def test_an_empty_password_encrypts_nothing(key: PrivateKey) -> None:
    for empty in ("", b""):
        with pytest.raises(ArgumentValueError):
            key.export_private_key(password=empty)


def test_a_private_key_in_the_clear_is_no_encrypted_one(key: PrivateKey) -> None:
    clear = key.export_private_key().decode()
    with pytest.raises(ArgumentValueError, match="in the clear"):
        create_credential(key, CHALLENGE, kind="RecoveryKey", encrypted_private_key=clear)
    sealed = key.export_private_key(password="a password").decode()
    body = create_credential(key, CHALLENGE, kind="RecoveryKey", encrypted_private_key=sealed)
    assert body["encryptedPrivateKey"] == sealed


def test_a_pem_with_backslash_n_is_told_so(key: PrivateKey) -> None:
    with pytest.raises(MalformedInput, match="backslash-n"):
        PrivateKey.from_pem(key.export_private_key().decode().replace("\n", "\\n"))


def test_the_types_of_the_bodies_know_what_is_optional() -> None:
    assert RegistrationBody.__required_keys__ == {"firstFactorCredential"}
    assert CredentialBody.__optional_keys__ == {"encryptedPrivateKey", "credentialName"}
