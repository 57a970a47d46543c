"""Forks again and again while threads verify passkeys; prints what happened as JSON. Run by
test_webauthn_threads.py.

Usage: webauthn_fork_rounds.py THREADS ROUNDS
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import threading
from collections.abc import Callable

from countermark.webauthn import (
    CosePublicKey,
    TrustAnchors,
    verify_authentication,
    verify_registration,
)
from countermark.webauthn.testing import SoftwareAuthenticator
from countermark.webauthn.testing.authenticator import AT_TIME

PATIENCE = 20.0
CEREMONY = {
    "challenge": b"0123456789abcdef",
    "rp_id": "example.org",
    "origin": "https://example.org",
}


def work() -> list[Callable[[], bytes]]:
    """What threads and children do, with keys and anchors that they share."""
    authenticator = SoftwareAuthenticator(b"forks", format="packed")
    registration = authenticator.create(**CEREMONY)
    assertion = authenticator.get(**CEREMONY)
    trust = TrustAnchors(authenticator.trust_anchors)
    key = CosePublicKey.from_bytes(next(iter(authenticator)).public_key)

    def register() -> bytes:
        made = verify_registration(registration, trust=trust, at=AT_TIME, **CEREMONY)
        return made.public_key.to_bytes()

    def authenticate() -> bytes:
        return verify_authentication(assertion, public_key=key, **CEREMONY).signature

    return [register, authenticate]


def round_trip(tasks: list[Callable[[], bytes]], expected: list[bytes]) -> bool:
    """Whether a child does all of it, and in time."""
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        code = 1
        try:
            os.close(reading)
            code = 0 if [task() for task in tasks] == expected else 2
            # Anchors and keys that the child makes itself take the same locks.
            code = code or (0 if [task() for task in work()] == expected else 3)
            os.close(writing)
        finally:
            os._exit(code)
    os.close(writing)
    ready, _, _ = select.select([reading], [], [], PATIENCE)
    if not ready:
        os.kill(process, signal.SIGKILL)
    os.close(reading)
    return os.waitpid(process, 0)[1] == 0


def main() -> None:
    threads, rounds = (int(argument) for argument in sys.argv[1:])
    tasks = work()
    expected = [task() for task in tasks]
    stop = threading.Event()
    failures: list[str] = []

    def busy() -> None:
        try:
            while not stop.is_set():
                if [task() for task in tasks] != expected:
                    failures.append("another result")
        except BaseException as error:  # noqa: BLE001 - reported by the test
            failures.append(repr(error))

    workers = [threading.Thread(target=busy) for _ in range(threads)]
    for worker in workers:
        worker.start()
    failed = sum(not round_trip(tasks, expected) for _ in range(rounds))
    stop.set()
    for worker in workers:
        worker.join(PATIENCE)
        failed += worker.is_alive()
    print(json.dumps({"failed": failed, "failures": failures}))


if __name__ == "__main__":
    main()
