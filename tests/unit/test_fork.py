"""A fork while other threads sign neither hangs the child nor repeats a nonce (catalogue CC01 to CC04)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from countermark import PrivateKey

ROUNDS = 200
SCRIPT = Path(__file__).with_name("fork_rounds.py")

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this platform does not fork")


@pytest.mark.parametrize("threads", [2, 8])
def test_cc01_cc02_cc03_two_hundred_forks_while_threads_sign_hang_nowhere_and_repeat_no_nonce(
    threads: int,
) -> None:
    report = run("ES256", threads, ROUNDS)
    assert report["failures"] == []
    assert report["hung"] == 0
    assert report["distinct"] == report["nonces"] >= 2 * ROUNDS


@pytest.mark.parametrize("algorithm", ["ES384", "ES512", "RS256"])
def test_cc02_every_backend_that_draws_randomness_survives_forks(algorithm: str) -> None:
    report = run(algorithm, 4, 25)
    assert report["failures"] == []
    assert report["hung"] == 0
    assert report["distinct"] == report["nonces"] >= 50


def test_cc04_parent_and_child_each_close_the_same_key() -> None:
    key = PrivateKey.generate("ES256")
    process = os.fork()
    if process == 0:
        code = 1
        try:
            key.sign(b"message")
            key.close()
            code = 0 if key.closed else 2
        finally:
            os._exit(code)
    assert os.waitpid(process, 0)[1] == 0
    signature = key.sign(b"message")
    key.public_key.verify(b"message", signature)
    key.close()
    assert key.closed


def run(algorithm: str, threads: int, rounds: int) -> dict[str, int | list[str]]:
    command = [sys.executable, "-W", "ignore", str(SCRIPT), algorithm, str(threads), str(rounds)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    report: dict[str, int | list[str]] = json.loads(done.stdout)
    return report
