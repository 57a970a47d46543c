"""Verdicts as they come, with bounded memory: in the library and in the command."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import subprocess
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from countermark import PrivateKey, batch
from countermark.dfns import KeySigner
from countermark.errors import ArgumentTypeError, ArgumentValueError
from countermark.webauthn import verify_registration
from countermark.webauthn.testing import SoftwareAuthenticator
from tests.unit.batch_material import challenge_of
from tests.unit.command import COMMAND, run

KEY = PrivateKey.generate("ES256")
SIGNER = KeySigner("cr-1", KEY)
GOOD: dict[str, Any] = {
    "assertion": SIGNER.sign(challenge_of("a")),
    "challenge": "a",
    "public_key": KEY.public_key,
}
BAD = {**GOOD, "challenge": "b"}


@pytest.mark.parametrize("chunk", [1, 2, 3, 1000])
def test_a_stream_gives_every_verdict_in_order(chunk: int) -> None:
    items = [GOOD, BAD, GOOD, {}, GOOD, GOOD, BAD]
    found = batch.codes(batch.verify_stream(iter(items), chunk=chunk))
    assert found == batch.codes(batch.verify_assertions(items))


def test_an_endless_stream_is_read_a_chunk_at_a_time_and_closes() -> None:
    closed = []

    def endless() -> Iterator[dict[str, Any]]:
        try:
            for _ in itertools.count():
                yield GOOD
        finally:
            closed.append(True)

    source = endless()
    stream = batch.verify_stream(source, chunk=10, threads=2)
    assert [next(stream) for _ in range(25)] == [None] * 25
    stream.close()  # type: ignore[attr-defined]
    assert next(source) is GOOD  # the source is the caller's and stays open
    source.close()  # type: ignore[attr-defined]
    assert closed == [True]


def test_the_memory_of_a_stream_does_not_grow() -> None:
    stream = batch.verify_stream(itertools.repeat({}), chunk=100)
    peaks = []
    tracemalloc.start()
    try:
        for count in (2_000, 20_000):
            tracemalloc.reset_peak()
            for _ in itertools.islice(stream, count):
                pass
            peaks.append(tracemalloc.get_traced_memory()[1])
    finally:
        tracemalloc.stop()
    assert peaks[1] < 2 * peaks[0], peaks


def test_what_the_source_raises_comes_after_the_verdicts_before() -> None:
    def failing() -> Iterator[dict[str, Any]]:
        yield GOOD
        yield BAD
        raise OSError("the source")

    stream = batch.verify_stream(failing(), chunk=1)
    assert batch.codes([next(stream), next(stream)]) == [None, "client_data.challenge_mismatch"]
    with pytest.raises(OSError, match="the source"):
        next(stream)


def test_wrong_arguments_are_refused_at_once() -> None:
    for chunk in (0, -5):
        with pytest.raises(ArgumentValueError):
            batch.verify_stream([], chunk=chunk)
    for wrong in (True, 1.5, "1", None):
        with pytest.raises(ArgumentTypeError):
            batch.verify_stream([], chunk=wrong)  # type: ignore[arg-type]
    with pytest.raises(ArgumentTypeError):
        batch.verify_stream([], verify=None)  # type: ignore[arg-type]


def lines(*items: Any) -> str:
    return "".join(one if isinstance(one, str) else json.dumps(one) + "\n" for one in items)


ITEM = {**GOOD, "public_key": KEY.public_key.to_pem()}


def test_the_command_gives_a_verdict_a_line() -> None:
    jwk = {**GOOD, "public_key": KEY.public_key.to_jwk()}
    given = lines(ITEM, {**ITEM, "challenge": "b"}, "{\n", "\n", "[]\n", '{"a":1,"a":2}\n', jwk, {})
    for chunk in ("1", "3", "1024"):
        ran = run("batch", "assertions", "--chunk", chunk, stdin=given, status=1)
        found = [json.loads(line) for line in ran.text.splitlines()]
        assert [one["line"] for one in found] == [*range(1, 9)]
        assert [one["verdict"] for one in found] == [
            *("valid", "client_data.challenge_mismatch", "json.syntax", "json.syntax"),
            *("json.shape", "json.duplicate", "valid", "argument.value"),
        ]
        assert all(("message" in one) == (one["verdict"] != "valid") for one in found)
        assert ran.err == "countermark: 6 of 8 are not valid\n"
    assert run("batch", "assertions", "--threads", "2", stdin=lines(ITEM, ITEM)).status == 0
    assert run("batch", "assertions", stdin="").out == b""


def test_the_command_takes_what_all_items_share_from_a_file(tmp_path: Path) -> None:
    common = tmp_path / "common.json"
    common.write_text(json.dumps({"public_key": KEY.public_key.to_pem(), "challenge": "a"}))
    item = {"assertion": GOOD["assertion"]}
    run("batch", "assertions", "--common", common, stdin=lines(item, item))
    common.write_text(json.dumps({"no_such": 1}))
    run("batch", "assertions", "--common", common, stdin=lines(item), status=2)


def test_the_command_verifies_passkeys_and_audit_records(tmp_path: Path) -> None:
    site = {"challenge": "Y2gtNzloaHQ", "rp_id": "example.org", "origin": "https://example.org"}
    authenticator = SoftwareAuthenticator("batches", format="packed")
    registration = {**site, "response": authenticator.create(**site)}
    root = tmp_path / "root.der"
    root.write_bytes(authenticator.root)
    trust = ("--trust", root, "--at", "2025-06-01T00:00:00Z")
    run("batch", "registrations", *trust, stdin=lines(registration))
    key = verify_registration(registration["response"], **site).public_key.to_bytes()
    login = {**site, "response": authenticator.get(**site), "public_key": key.hex()}
    run("batch", "authentications", stdin=lines({**login, "sign_count": 0}))
    ran = run("batch", "authentications", stdin=lines({**login, "sign_count": 2**31}), status=1)
    assert ran.json["verdict"] == "authenticator_data.sign_count"
    record = {
        "kind": "Key",
        "id": "cr-1",
        "publicKey": KEY.public_key.to_pem(),
        "assertion": GOOD["assertion"]["credentialAssertion"],
    }
    run("batch", "audit", stdin=lines({"record": record, "public_key": record["publicKey"]}))


def test_wrong_usage_of_the_command_is_usage(tmp_path: Path) -> None:
    for wrong in (
        ("nothing",),
        ("assertions", "--chunk", "0"),
        ("assertions", "--threads", "0"),
        ("assertions", "--at", "0"),
        ("registrations", "--trust", tmp_path / "root.der"),
    ):
        run("batch", *wrong, stdin=lines(ITEM), status=2)


def test_a_line_over_the_bound_is_a_verdict_and_the_next_is_read() -> None:
    long = '{"challenge":"' + "a" * (1 << 20) + '"}\n'
    ran = run("batch", "assertions", stdin=lines(ITEM, long, ITEM), status=1)
    found = [json.loads(line)["verdict"] for line in ran.text.splitlines()]
    assert found == ["valid", "limit.size", "valid"]


def test_a_reader_that_goes_away_ends_an_endless_command() -> None:
    process = subprocess.Popen(
        [*COMMAND, "batch", "audit", "--chunk", "1"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b"{}\n")
    process.stdin.flush()
    # A verdict comes as soon as its chunk is there, though the input goes on.
    assert json.loads(process.stdout.readline())["verdict"] == "argument.value"
    process.stdout.close()
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        try:
            process.stdin.write(b"{}\n")
            process.stdin.flush()
        except BrokenPipeError:
            break
    assert process.wait(60) == 141
    with contextlib.suppress(BrokenPipeError):
        process.stdin.close()
