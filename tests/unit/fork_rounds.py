"""Forks again and again while threads sign; prints what happened as JSON. Run by test_fork.py.

Usage: fork_rounds.py ALGORITHM THREADS ROUNDS
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import threading

from countermark import PrivateKey
from countermark.external import ecdsa_der_to_raw

PATIENCE = 20.0


def nonce_of(key: PrivateKey, signature: bytes) -> bytes:
    """What repeats if the nonce does: r of an ECDSA signature, and a PSS signature as a whole."""
    if key.curve is None:
        return signature
    raw = ecdsa_der_to_raw(signature, key.curve)
    return raw[: len(raw) // 2]


def sign(key: PrivateKey) -> bytes:
    if key.curve is None:
        return key.sign(b"message", padding="pss")
    return key.sign(b"message")


def child(key: PrivateKey, pipe: int) -> None:
    """Signs with the inherited key and with a new one, in a process whose other threads are gone."""
    os.write(pipe, nonce_of(key, sign(key)))
    PrivateKey.generate("ES256").sign(b"message")
    os.close(pipe)


def round_trip(key: PrivateKey) -> bytes | None:
    """The child's nonce, or None if it did not end in time."""
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        code = 1
        try:
            os.close(reading)
            child(key, writing)
            code = 0
        finally:
            os._exit(code)
    os.close(writing)
    nonce = b""
    while True:
        ready, _, _ = select.select([reading], [], [], PATIENCE)
        if not ready:
            os.kill(process, signal.SIGKILL)
            break
        data = os.read(reading, 4096)
        if not data:
            break
        nonce += data
    os.close(reading)
    _, status = os.waitpid(process, 0)
    return nonce if status == 0 else None


def main() -> None:
    algorithm, threads, rounds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    key = PrivateKey.generate(algorithm, bits=2048)
    stop = threading.Event()
    made: list[list[bytes]] = [[] for _ in range(threads)]
    failures: list[str] = []

    def work(own: list[bytes]) -> None:
        try:
            while not stop.is_set():
                own.append(nonce_of(key, sign(key)))
                del own[:-100]
        except BaseException as error:  # noqa: BLE001 - reported by the test
            failures.append(repr(error))

    workers = [threading.Thread(target=work, args=(own,)) for own in made]
    for worker in workers:
        worker.start()
    nonces: list[bytes] = []
    hung = 0
    for _ in range(rounds):
        nonce = round_trip(key)
        if nonce is None:
            hung += 1
        else:
            nonces.append(nonce)
        nonces.append(nonce_of(key, sign(key)))
    stop.set()
    for worker in workers:
        worker.join(PATIENCE)
        hung += worker.is_alive()
    nonces += [nonce for own in made for nonce in own]
    report = {
        "hung": hung,
        "failures": failures,
        "nonces": len(nonces),
        "distinct": len(set(nonces)),
    }
    print(json.dumps(report))


if __name__ == "__main__":
    main()
