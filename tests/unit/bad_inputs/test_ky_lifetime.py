"""Keys after their end, and the files they come from (rows KY46 and KY48)."""

from __future__ import annotations

import gc
import os
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.property.material import SMALL, records
from tests.property.outcome import Door
from tests.unit.bad_inputs.der import OKP_KINDS
from tests.unit.bad_inputs.refusals import refusal
from tests.unit.command import fails, run

CHALLENGE: Final = {
    "challenge": "Y2gtMQ",
    "allowCredentials": {"key": [{"id": "cr-1", "type": "public-key"}], "webauthn": []},
}


def load(door: Door, kind: str) -> Any:
    """A key that the test may close."""
    return door.PrivateKey.from_pem(records()[kind]["pkcs8Pem"])


# --- after the end ---


def uses(door: Door, key: Any, kind: str) -> Iterator[Callable[[], Any]]:
    signer = door.KeySigner("cr-1", key)
    yield lambda: key.sign(b"")
    yield key.export_private_key
    yield lambda: key.export_private_key("jwk")
    yield lambda: key.export_private_key("der", password="x")
    yield lambda: signer.sign(CHALLENGE)
    yield lambda: door.create_credential(key, "Y2gtMQ")
    yield lambda: door.register_key(key, "Y2gtMQ")
    if kind not in OKP_KINDS:
        yield lambda: key.sign_digest(bytes(32))


@pytest.mark.parametrize("kind", SMALL)
def test_ky46_a_closed_key_does_nothing_any_more(door: Door, kind: str) -> None:
    key = load(door, kind)
    signature = key.sign(b"before")
    calls = list(uses(door, key, kind))
    for call in calls:
        call()
    key.close()
    for call in calls:
        assert refusal(call) == "key.closed"
    assert key.closed
    key.close()
    for call in calls:
        assert refusal(call) == "key.closed"
    # The public half is no secret and stays.
    key.public_key.verify(b"before", signature)
    assert (key.algorithm, key.curve, key.bits) == (
        key.public_key.algorithm,
        key.public_key.curve,
        key.public_key.bits,
    )
    assert refusal(door.KeySigner("cr-1", key).sign, CHALLENGE) == "key.closed"


def test_ky46_leaving_the_block_closes_even_after_an_error(door: Door) -> None:
    key = load(door, "p256")
    with key as same:
        assert same is key
        assert not key.closed
    key = load(door, "p256")
    with pytest.raises(ZeroDivisionError), key:
        raise ZeroDivisionError
    assert refusal(key.sign, b"") == "key.closed"
    with key:
        assert key.closed


@pytest.mark.parametrize("kind", SMALL)
def test_ky46_a_key_closed_or_freed_in_another_thread_is_gone(door: Door, kind: str) -> None:
    key = load(door, kind)
    ended = threading.Thread(target=key.close)
    ended.start()
    ended.join()
    assert refusal(key.sign, b"") == "key.closed"
    kept = [load(door, kind)]
    freed = threading.Thread(target=kept.clear)
    freed.start()
    freed.join()
    gc.collect()
    assert kept == []


def test_ky46_a_signer_keeps_its_key_alive(door: Door) -> None:
    signer = door.KeySigner("cr-1", load(door, "ed25519"))
    gc.collect()
    assert signer.sign(CHALLENGE)["kind"] == "Key"


# --- files ---


@pytest.mark.parametrize(
    "kind",
    ["folder", "fifo", "socket", "device", "sparse", "missing", "dangling", "loop", "closed"],
)
def test_ky48_what_is_no_readable_file_of_sensible_size_is_refused_at_once(
    kind: str, tmp_path: Path
) -> None:
    path = tmp_path / "key.pem"
    if kind == "folder":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind == "socket":
        listening = socket.socket(socket.AF_UNIX)
        listening.bind(os.path.relpath(path))
        listening.close()
    elif kind == "device":
        path = Path("/dev/zero")
    elif kind == "sparse":
        with path.open("wb") as file:
            file.truncate(4 << 30)
    elif kind in ("dangling", "loop"):
        path.symlink_to(tmp_path / ("key.pem" if kind == "loop" else "nowhere"))
    elif kind == "closed":
        path.write_text(records()["p256"]["pkcs8Pem"])
        path.chmod(0)
        if os.access(path, os.R_OK):
            pytest.skip("file modes do not bind this user")
    for arguments in (("key", "inspect"), ("key", "public")):
        fails("cli.unreadable", *arguments, path, status=3)


def test_ky48_the_file_that_is_read_is_the_one_that_was_looked_at(tmp_path: Path) -> None:
    """A link is followed once: what is opened is asked what it is, not its name."""
    target, link = tmp_path / "key.pem", tmp_path / "link.pem"
    target.write_text(records()["p256"]["pkcs8Pem"])
    link.symlink_to(target)
    assert run("key", "public", link).text == run("key", "public", target).text
    fails("cli.unwritable", "key", "generate", "ES256", "--out", link, status=3)
    assert target.read_text() == records()["p256"]["pkcs8Pem"]


def test_ky48_the_library_opens_no_file(door: Door, tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    path.write_text(records()["p256"]["pkcs8Pem"])
    assert refusal(door.PrivateKey.from_pem, str(path)) == "pem.missing"
    assert refusal(door.PrivateKey.from_pem, path) == "argument.type"
    with path.open("rb") as file:
        assert refusal(door.PrivateKey.from_pem, file) == "argument.type"
