"""Forks again and again while batches keep the pool busy, or signs in many threads at once; prints what happened as
JSON. Run by test_batch_fork.py.

Usage: batch_fork_rounds.py fork|threads ALGORITHM THREADS ROUNDS
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

from countermark import PrivateKey, batch
from countermark.errors import Error
from countermark.external import ecdsa_der_to_raw

PATIENCE = 30.0
ITEMS = 40
MESSAGES = [b"message"] * ITEMS


def nonces_of(key: PrivateKey, count: int = ITEMS) -> list[bytes]:
    """Signs a batch with two threads; what repeats if a nonce does, for each signature."""
    signed = batch.sign_many(key, MESSAGES[:count], threads=2)
    found = []
    for one in signed:
        if isinstance(one, Error):
            raise one
        raw = one if key.curve is None else ecdsa_der_to_raw(one, key.curve)
        found.append(raw[: len(raw) // 2])
    return found


def round_trip(key: PrivateKey) -> bytes | None:
    """The nonces of a child's batch, or None if it did not end in time."""
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        code = 1
        try:
            os.close(reading)
            os.write(writing, b"".join(nonces_of(key, 8)))
            # A grandchild builds its own pool again.
            if os.fork() == 0:
                nonces_of(key, 8)
                os._exit(0)
            code = 0 if os.wait()[1] == 0 else 2
            os.close(writing)
        finally:
            os._exit(code)
    os.close(writing)
    nonces = b""
    while True:
        ready, _, _ = select.select([reading], [], [], PATIENCE)
        if not ready:
            os.kill(process, signal.SIGKILL)
            break
        data = os.read(reading, 65536)
        if not data:
            break
        nonces += data
    os.close(reading)
    return nonces if os.waitpid(process, 0)[1] == 0 else None


def forks(key: PrivateKey, threads: int, rounds: int) -> dict[str, object]:
    stop = threading.Event()
    failures: list[str] = []
    made: list[list[bytes]] = [[] for _ in range(threads)]

    def busy(own: list[bytes]) -> None:
        try:
            while not stop.is_set():
                own.extend(nonces_of(key))
        except BaseException as error:  # noqa: BLE001 - reported by the test
            failures.append(repr(error))

    workers = [threading.Thread(target=busy, args=(own,)) for own in made]
    for worker in workers:
        worker.start()
    size = len(nonces_of(key, 1)[0])
    nonces: list[bytes] = []
    hung = 0
    for _ in range(rounds):
        found = round_trip(key)
        hung += found is None
        found = found or b""
        nonces += [found[at : at + size] for at in range(0, len(found), size)]
    stop.set()
    for worker in workers:
        worker.join(PATIENCE)
        hung += worker.is_alive()
    nonces += [nonce for own in made for nonce in own]
    return report(hung, failures, nonces)


def at_once(key: PrivateKey, threads: int, rounds: int) -> dict[str, object]:
    nonces: list[bytes] = []
    barrier = threading.Barrier(threads)

    def work(_: int) -> list[bytes]:
        barrier.wait(PATIENCE)
        return nonces_of(key)

    with ThreadPoolExecutor(threads) as pool:
        for _ in range(rounds):
            for found in pool.map(work, range(threads), timeout=PATIENCE):
                nonces += found
    return report(0, [], nonces)


def report(hung: int, failures: list[str], nonces: list[bytes]) -> dict[str, object]:
    return {
        "hung": hung,
        "failures": failures,
        "nonces": len(nonces),
        "distinct": len(set(nonces)),
    }


def main() -> None:
    what, algorithm, threads, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    run = {"fork": forks, "threads": at_once}[what]
    print(json.dumps(run(PrivateKey.generate(algorithm, bits=2048), threads, rounds)))


if __name__ == "__main__":
    main()
