"""Millions of mixed operations, right ones and wrong ones, and whether the resident size grows with them.

    python benches/soak.py [--operations N] [--minutes M]

The size is sampled at equal distances. A line is fitted through the samples after the first tenth, in which caches and
the allocator's arenas fill; it grows where the line gains more than 1 % over the run. Exit code: 0 without growth, 1
with it, 2 where the minutes were over before a tenth of the operations was done.
"""

from __future__ import annotations

import argparse
import itertools
import os
import sys
import time
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import linear_regression
from typing import Any, Final

from countermark import PrivateKey, PublicKey
from countermark.batch import (
    sign_many,
    verify_assertions,
    verify_audit_records,
    verify_authentications,
    verify_many,
    verify_registrations,
    verify_stream,
)
from countermark.dfns import (
    KeySigner,
    decode_client_data,
    encode_client_data,
    explain_assertion,
    fingerprint,
)
from countermark.errors import Error
from countermark.webauthn import (
    TrustAnchors,
    explain_registration,
    parse_attestation_object,
    parse_certificate,
    verify_authentication,
)
from countermark.webauthn.testing import SoftwareAuthenticator

SAMPLES: Final = 200
ALLOWED: Final = 0.01
"""Growth of the fitted line over the run, as a share of the size."""
AT: Final = 1_760_000_000
SITE: Final = {"rp_id": "example.org", "origin": "https://example.org"}
CHALLENGE: Final = bytes(32)

Step = Callable[[], int]
"""Does some operations, and says how many."""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0] if __doc__ else None)
    parser.add_argument("--operations", type=int, default=10_000_000, metavar="N")
    parser.add_argument("--minutes", type=float, default=10, metavar="M", help="stop after so long")
    options = parser.parse_args(arguments)
    samples = list(run(options.operations, options.minutes * 60))
    done = samples[-1][0]
    later = [sample for sample in samples if sample[0] >= done / 10]
    if done < options.operations / 10 or len(later) < 3:
        print(f"only {done:,} operations in {options.minutes:g} minutes", file=sys.stderr)
        return 2
    sizes = [size for _, size in later]
    slope, start = linear_regression([float(at) for at, _ in later], [float(one) for one in sizes])
    begin, end = (start + slope * at for at in (later[0][0], done))
    growth = end / begin - 1
    print(f"{done:,} operations, {len(samples)} samples of the resident size")
    print(f"fitted line after the first tenth: {growth:+.3%} from its begin to its end")
    print(
        f"largest over smallest: {max(sizes) / min(sizes):.4f}, last over first: {sizes[-1] / sizes[0]:.4f}"
    )
    print("it grows" if growth > ALLOWED else "no growth")
    return 1 if growth > ALLOWED else 0


def run(operations: int, seconds: float) -> Iterator[tuple[int, int]]:
    """Operations done so far, and the resident size in bytes, at equal distances."""
    ends = time.monotonic() + seconds
    done, due = 0, 0
    for step in itertools.cycle(steps()):
        done += step()
        over = done >= operations or time.monotonic() > ends
        if done >= due or over:
            yield done, resident()
            due += operations // SAMPLES
            if sys.stderr.isatty():
                print(f"\r\x1b[K{done:,} of {operations:,}", end="", file=sys.stderr, flush=True)
        if over:
            break
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr)


def resident() -> int:
    """The resident size of this process, in bytes."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def steps() -> list[Step]:
    """What is done by turns."""
    keys = [PrivateKey.generate(name) for name in ("ES256", "Ed25519", "ES256K")]
    return [step for key in keys for step in _of_key(key)] + _of_passkeys()


def _of_key(key: PrivateKey) -> list[Step]:
    signer = KeySigner("cr-1", key, "https://app.dfns.io")
    challenge = {"challenge": "Y2gtMQ", "allowCredentials": {"key": [{"id": "cr-1"}]}}
    pem, public_key = key.export_private_key("pem"), key.public_key
    public_pem = public_key.to_pem()
    expected: dict[str, Any] = {"challenge": "Y2gtMQ", "public_key": public_key}
    messages = [b"%d" % number for number in range(200)]

    def acts() -> int:
        made = signer.sign_many([challenge] * 150 + [{}] * 10)
        items = [{"assertion": one} for one in made if not isinstance(one, Error)]
        for wrong in range(0, len(items), 10):
            items[wrong] = {"assertion": {"kind": "Key", "credentialAssertion": {"credId": "cr-1"}}}
        verdicts = verify_assertions(items, results=next(_WITH_RESULTS), **expected)
        _some(verdicts)
        _some([*verify_stream(iter(items), chunk=64, **expected)])
        records = [
            {"record": {"kind": "Key", "publicKey": public_pem, "id": "cr-1", "assertion": one}}
            for one in (item["assertion"].get("credentialAssertion") for item in items[:50])
        ]
        _some(verify_audit_records(records, challenge="Y2gtMQ"))
        return 160 + 2 * len(items) + len(records)

    def signatures() -> int:
        made = sign_many(key, messages)
        made[::10] = [b"\0"] * len(made[::10])
        _some(verify_many(public_key, messages, made))
        column = sign_many(key, messages, flat=True)
        _some(verify_many(public_key, [b"", *messages[1:]], column))
        return 4 * len(messages)

    def structures() -> int:
        for _ in range(200):
            client_data = encode_client_data("Y2gtMQ", origin="https://app.dfns.io")
            decode_client_data(client_data)
            fingerprint(client_data, public_pem)
            _refused(decode_client_data, client_data[:-1])
        for _ in range(5):
            PrivateKey.from_pem(pem)
            PublicKey.from_pem(public_pem)
            _refused(PrivateKey.from_pem, pem[:-40])
            explain_assertion({"kind": "Key"}, **expected)
        return 820

    return [acts, signatures, structures]


_WITH_RESULTS: Final = itertools.cycle((False, True))
"""Every other time."""


def _of_passkeys() -> list[Step]:
    made = SoftwareAuthenticator(b"soak", format="packed", at=AT)
    created = made.create(challenge=CHALLENGE, **SITE)
    answers = [made.get(challenge=CHALLENGE, **SITE) for _ in range(20)]
    (credential,) = made.credentials.values()
    login: dict[str, Any] = {"challenge": CHALLENGE, "public_key": credential.public_key, **SITE}
    trusted: dict[str, Any] = {
        "challenge": CHALLENGE,
        "trust": TrustAnchors([made.root]),
        "at": AT,
        **SITE,
    }
    registration = explain_registration(created, **trusted)
    if not registration.valid:
        raise AssertionError("the registration is to be a right one")
    text = created["response"]["attestationObject"]
    attested = urlsafe_b64decode(text + "=" * (-len(text) % 4))

    def logins() -> int:
        items = [{"response": one} for one in answers] * 5
        items[::10] = [{"response": {**answers[0], "id": "AA"}}] * len(items[::10])
        _some(verify_authentications(items, **login))
        verify_authentication(answers[0], **login)
        return len(items) + 1

    def registrations() -> int:
        items: list[dict[str, Any]] = [{"response": created}] * 20 + [{"response": {}}] * 5
        _some(verify_registrations(items, **trusted))
        return len(items)

    def structures() -> int:
        for _ in range(150):
            parse_attestation_object(attested)
            parse_certificate(made.root)
            _refused(parse_attestation_object, attested[:-1])
            _refused(parse_certificate, made.root[:-1])
        return 600

    return [logins, registrations, structures]


def _some(verdicts: Sequence[object]) -> None:
    """Of each kind; otherwise the step does not do what it is there for."""
    wrong = sum(isinstance(one, Error) for one in verdicts)
    if not 0 < wrong < len(verdicts):
        raise AssertionError(f"{wrong} of {len(verdicts)} are wrong")


def _refused(call: Callable[[Any], object], data: Any) -> None:
    try:
        call(data)
    except Error:
        return
    raise AssertionError("it is to be refused")


if __name__ == "__main__":
    sys.exit(main())
