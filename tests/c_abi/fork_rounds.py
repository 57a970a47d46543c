"""Forks while other threads open handles, sign on several threads and close: every child signs with the handles it was
forked with, on several threads too.

Run as a program, since a hanging child must not hang the tests: ``python -m tests.c_abi.fork_rounds ROUNDS``.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

from tests.c_abi.door import KeySigner, PrivateKey, PublicKey

CHALLENGE = {
    "challenge": "Y2gtNDdtNnI",
    "allowCredentials": {"key": [{"type": "public-key", "id": "cr-1"}]},
}


def helped(threads: int) -> bool:
    """Whether a child has threads of its own beside the one that forked; those of its parent are not there."""
    return sys.platform != "linux" or len([*Path("/proc/self/task").iterdir()]) == threads + 1


def main(rounds: int) -> None:
    key = PrivateKey.generate("ES256")
    signer, pem = KeySigner("cr-1", key), key.public_key.to_pem()
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            # Outside the interpreter nearly all the time, and often where the backend holds a lock.
            PrivateKey.generate("ES256")
            signer.sign_many([CHALLENGE] * 50, threads=4)
            PublicKey.from_pem(pem)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    failed = 0
    for _ in range(rounds):
        child = os.fork()
        if child == 0:
            signal.alarm(20)
            signer.sign(CHALLENGE)
            signed = signer.sign_many([CHALLENGE] * 50, threads=4)
            if not all(isinstance(one, dict) for one in signed) or not helped(3):
                os._exit(1)
            PublicKey.from_pem(pem)
            os._exit(0)
        failed += os.waitpid(child, 0)[1] != 0
    stop.set()
    for thread in threads:
        thread.join()
    print(f"{rounds} children, {failed} failed")
    sys.exit(failed != 0)


if __name__ == "__main__":
    main(int(sys.argv[1]))
