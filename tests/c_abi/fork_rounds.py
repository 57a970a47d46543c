"""Forks while other threads open handles, sign on several threads and close: every child signs with the handles it was
forked with, on several threads too.

Run as a program, since a hanging child must not hang the tests: ``python -m tests.c_abi.fork_rounds ROUNDS``.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections import Counter
from pathlib import Path

from tests.c_abi.door import KeySigner, PrivateKey, PublicKey
from tests.c_abi.library import ffi

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

    # cffi has a lock of its own around its types, which a fork must not leave held: that hang would be the test's.
    lock = ffi._lock
    os.register_at_fork(
        before=lock.acquire, after_in_parent=lock.release, after_in_child=lock.release
    )
    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    ends: Counter[int] = Counter()
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
        ends[os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])] += 1
    stop.set()
    for thread in threads:
        thread.join()
    good = ends.pop(0, 0)
    print(
        f"{good} of {rounds} children signed; the others by how they ended (-14: they hung): {dict(ends)}"
    )
    sys.exit(good != rounds)


if __name__ == "__main__":
    main(int(sys.argv[1]))
