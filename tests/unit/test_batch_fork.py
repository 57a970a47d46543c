"""Batches and forks: no child hangs, no nonce repeats, and many threads sign batches at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from countermark import PrivateKey, batch
from countermark.errors import InternalError

SCRIPT = Path(__file__).with_name("batch_fork_rounds.py")
ROUNDS = 200

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this platform does not fork")


def run(*arguments: object) -> dict[str, Any]:
    command = [sys.executable, "-W", "ignore", str(SCRIPT), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_two_hundred_forks_while_batches_are_signed_hang_nowhere_and_repeat_no_nonce() -> None:
    report = run("fork", "ES256", 3, ROUNDS)
    assert report["failures"] == []
    assert report["hung"] == 0
    assert report["distinct"] == report["nonces"] >= 8 * ROUNDS


@pytest.mark.parametrize("algorithm", ["ES384", "RS256"])
def test_forks_while_other_keys_sign_batches_hang_nowhere(algorithm: str) -> None:
    report = run("fork", algorithm, 2, 15)
    assert report["failures"] == []
    assert report["hung"] == 0


def test_sixty_four_threads_sign_batches_at_once_two_hundred_times_and_repeat_no_nonce() -> None:
    report = run("threads", "ES256", 64, ROUNDS)
    assert report["distinct"] == report["nonces"] == 64 * 40 * ROUNDS


def test_a_child_builds_a_pool_of_its_own() -> None:
    key = PrivateKey.generate("ES256")
    messages = [b"a"] * 500
    assert len(batch.sign_many(key, messages, threads=3)) == 500
    process = os.fork()
    if process == 0:
        code = 1
        try:
            signed = batch.sign_many(key, messages, threads=3)
            tasks = (
                sum(1 for _ in Path("/proc/self/task").iterdir()) if sys.platform == "linux" else 3
            )
            right = batch.verify_many(key.public_key, messages, signed, threads=3)
            code = 0 if tasks == 3 and right == [None] * 500 else 2
        finally:
            os._exit(code)
    assert os.waitpid(process, 0)[1] == 0


class Forking(Mapping[str, Any]):
    """An item that forks while it is read."""

    def __init__(self) -> None:
        self.child = 0

    def __getitem__(self, name: str) -> Any:
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        self.child = os.fork()
        return iter(())

    def __len__(self) -> int:
        return 0


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_an_item_that_forks_loses_the_batch_in_the_child_only(threads: int) -> None:
    item = Forking()
    items: list[Any] = [{}] * 200 + [item] + [{}] * 200
    try:
        found = batch.codes(batch.verify_audit_records(items, threads=threads))
    except InternalError as error:
        os._exit(0 if item.child == 0 and error.code == "internal.error" else 1)
    except BaseException:  # noqa: BLE001 - a child must not run the other tests
        os._exit(2)
    if item.child == 0:
        os._exit(3)
    assert os.waitpid(item.child, 0)[1] == 0
    assert found == ["argument.value"] * 401
