"""Mixed operations without end, and whether the process grows: ``python benches/soak.py [--operations 10000000]``.

Batches and single calls, signing and verifying, good and bad items, on all threads. The resident size is sampled
after each round; a straight line through the second half of the samples tells its growth. Prints JSON, and ends with
1 where the growth over the whole run is more than ``--most`` KiB.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import linear_regression
from typing import Any

from countermark import PrivateKey, batch
from countermark.dfns import KeySigner
from countermark.errors import Error
from countermark.webauthn import CosePublicKey, verify_authentication
from countermark.webauthn.testing import SoftwareAuthenticator

ITEMS = 500
SITE: dict[str, Any] = {
    "challenge": b"0123456789abcdef",
    "rp_id": "example.org",
    "origin": "https://example.org",
}


def resident() -> int:
    """KiB."""
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise SystemExit("the resident size is read from /proc/self/status")


def signatures() -> Iterator[Callable[[], int]]:
    for algorithm in ("ES256", "Ed25519", "ES256K"):
        key = PrivateKey.generate(algorithm)
        messages = [b"message %d" % place for place in range(ITEMS)]
        made = batch.sign_many(key, messages)

        def sign(key: PrivateKey = key, messages: list[bytes] = messages) -> int:
            return len(batch.sign_many(key, [*messages[:-1], 7])) + len(  # type: ignore[list-item]
                batch.sign_many(key, messages, flat=True)
            )

        def verify(
            key: PrivateKey = key, messages: list[bytes] = messages, made: list[Any] = made
        ) -> int:
            return len(batch.verify_many(key.public_key, messages, made))

        yield sign
        yield verify


def protocol() -> Iterator[Callable[[], int]]:
    key = PrivateKey.generate("ES256")
    signer = KeySigner("cr-1", key)
    challenges = [
        {"challenge": f"text-{place}", "allowCredentials": {"key": [{"id": "cr-1"}]}}
        for place in range(ITEMS)
    ]
    items = [
        {"assertion": one, "challenge": challenge["challenge"], "public_key": key.public_key}
        for one, challenge in zip(signer.sign_many(challenges), challenges, strict=True)
    ]
    items[3] = {"assertion": "{"}

    yield lambda: len(signer.sign_many(challenges))
    yield lambda: len(batch.verify_assertions(items))
    yield lambda: len(batch.verify_assertions(items, results=True))
    yield lambda: len([*batch.verify_stream(iter(items), chunk=64)])


def passkeys() -> Iterator[Callable[[], int]]:
    authenticator = SoftwareAuthenticator("a soak", format="packed")
    registration = authenticator.create(**SITE)
    login = authenticator.get(**SITE)
    key = CosePublicKey.from_bytes(next(iter(authenticator)).public_key)

    yield lambda: len(batch.verify_registrations([{"response": registration}] * 50, **SITE))
    yield lambda: len(
        batch.verify_authentications([{"response": login, "public_key": key}] * 50, **SITE)
    )

    def single() -> int:
        for given in (login, {}, {**login, "id": "AAAA"}):
            try:
                verify_authentication(given, public_key=key, **SITE)
            except Error as error:
                error.__traceback__ = None
        return 3

    yield single


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--operations", type=int, default=10_000_000)
    parser.add_argument("--most", type=int, default=2048, help="KiB")
    options = parser.parse_args()
    tasks = [*signatures(), *protocol(), *passkeys()]
    done: list[float] = []
    sizes: list[float] = []
    count, start = 0, time.monotonic()
    while count < options.operations:
        count += sum(task() for task in tasks)
        done.append(count)
        sizes.append(resident())
    half = len(done) // 2
    slope = linear_regression(done[half:], sizes[half:]).slope if len(done) - half > 1 else 0.0
    growth = slope * count
    report = {
        "operations": count,
        "seconds": round(time.monotonic() - start),
        "samples": len(sizes),
        "first_kib": sizes[0],
        "last_kib": sizes[-1],
        "growth_kib": round(growth),
    }
    print(json.dumps(report))
    return int(growth > options.most)


if __name__ == "__main__":
    sys.exit(main())
