"""The races of many at once: signing, verifying, assertions, passkeys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import cycle
from typing import Any, Final

from benches.python import libraries, peers
from benches.python.many import Race, looped
from benches.python.material import CHALLENGE, CHALLENGE_TEXT, CLIENT_DATA, CREDENTIAL_ID, ORIGIN
from benches.python.material import material as key_of
from benches.python.pair import Lane, Work
from benches.python.served import Programs, alone, together
from benches.python.signing import signer
from benches.python.verifying import by_hand
from countermark.batch import sign_many, verify_assertions, verify_many
from countermark.dfns import verify_assertion

ITEMS: Final = {"P-256": 10_000, "Ed25519": 10_000, "secp256k1": 10_000, "RSA-2048": 400}
VERIFIED: Final = {**ITEMS, "RSA-2048": 10_000}
SIGNERS: Final = {"P-256": 1.8, "Ed25519": 3.5, "secp256k1": 12.0}
"""How many times as fast as the official SDK a batch on one thread is to be."""


def races(programs: Programs) -> Iterator[Race]:
    """All of them, with whatever peers are here."""
    for key_type in ITEMS:
        yield _key_signer(key_type, programs)
    for key_type in ITEMS:
        yield _sign(key_type, programs)
    for key_type in ITEMS:
        yield _verify(key_type, programs)
    yield _assertions("P-256", programs)
    if peers.here("webauthn", "fido2", "cbor2"):
        from benches.python.passkey_races import passkey_races

        yield from passkey_races(programs)


def bare(programs: Programs, task: str) -> tuple[Lane, Lane] | None:
    """The bare primitive, once and as often as there are processors."""
    if not programs.bare:
        return None
    return alone(programs.bare[0], f"{task}/bare"), together(programs.bare, f"{task}/bare")


def loops(works: Mapping[str, Work]) -> dict[str, Lane]:
    """Peers that do one at a time."""
    return {name: looped(work) for name, work in works.items()}


def checked(verdicts: Sequence[object], count: int) -> None:
    """A batch that refuses anything would be a quick one."""
    wrong = [one for one in verdicts if isinstance(one, Exception)]
    if wrong or len(verdicts) != count:
        raise AssertionError(f"{len(wrong)} of {len(verdicts)} failed: {wrong[:1]}")


def _key_signer(key_type: str, programs: Programs) -> Race:
    ours = signer(key_type)
    challenges = [CHALLENGE] * ITEMS[key_type]
    others: dict[str, Lane] = {}
    if peers.here("dfns-sdk"):
        from dfns_sdk.auth import KeySigner as SdkKeySigner

        theirs = SdkKeySigner(CREDENTIAL_ID, key_of(key_type).pem, ORIGIN).sign
        others |= loops({"dfns-sdk": lambda: theirs(CHALLENGE)})
    if programs.node is not None:
        others["@dfns/sdk-keysigner"] = alone(programs.node, key_type)
    checked(ours.sign_many(challenges[:10]), 10)
    return Race(
        "KeySigner.sign_many",
        key_type,
        ITEMS[key_type],
        lambda: ours.sign(CHALLENGE),
        lambda count, threads: ours.sign_many(challenges[:count], threads=threads),
        others,
        bare(programs, f"sign {key_type}"),
        {"dfns-sdk": SIGNERS[key_type]} if key_type in SIGNERS else {},
    )


def _sign(key_type: str, programs: Programs) -> Race:
    key = key_of(key_type)
    messages = [CLIENT_DATA] * ITEMS[key_type]
    checked(sign_many(key.ours, messages[:10]), 10)
    return Race(
        "sign_many",
        key_type,
        ITEMS[key_type],
        lambda: key.ours.sign(CLIENT_DATA),
        lambda count, threads: sign_many(key.ours, messages[:count], threads=threads),
        loops(
            {
                "cryptography": lambda: key.peer_sign(CLIENT_DATA),
                **{name: one.sign for name, one in libraries.of(key_type).items()},
            }
        ),
        bare(programs, f"sign {key_type}"),
        bound=True,
    )


def _verify(key_type: str, programs: Programs) -> Race:
    key = key_of(key_type)
    public_key, count = key.ours.public_key, VERIFIED[key_type]
    # Equal signatures would be verified faster than anybody can who gets different ones.
    signatures = [key.ours.sign(CLIENT_DATA) for _ in range(min(count, 500))]
    signatures *= -(-count // len(signatures))
    messages = [CLIENT_DATA] * count
    checked(verify_many(public_key, messages[:10], signatures[:10]), 10)
    ours, theirs = cycle(signatures), cycle(signatures)
    return Race(
        "verify_many",
        key_type,
        count,
        lambda: public_key.verify(CLIENT_DATA, next(ours)),
        lambda count, threads: verify_many(
            public_key, messages[:count], signatures[:count], threads=threads
        ),
        loops(
            {
                "cryptography": lambda: key.peer_verify(next(theirs), CLIENT_DATA),
                **{name: one.verify for name, one in libraries.of(key_type).items()},
            }
        ),
        bare(programs, f"verify {key_type}"),
        bound=True,
    )


def _assertions(key_type: str, programs: Programs) -> Race:
    """As a server receives them: different ones, all of one user's key."""
    count, key = 10_000, key_of(key_type)
    sign = signer(key_type).sign
    made = [sign(CHALLENGE) for _ in range(500)]
    common: dict[str, Any] = {
        "challenge": CHALLENGE_TEXT,
        "public_key": key.ours.public_key,
        "credential_id": CREDENTIAL_ID,
        "kind": "Key",
        "origin": ORIGIN,
    }
    items = [{"assertion": one} for one in made] * (count // len(made))
    checked(verify_assertions(items[:10], **common), 10)
    ours, theirs = cycle(made), cycle(made)
    return Race(
        "verify_assertions",
        "ES256",
        count,
        lambda: verify_assertion(next(ours), **common),
        lambda count, threads: verify_assertions(items[:count], threads=threads, **common),
        loops({"json + cryptography": lambda: by_hand(next(theirs), key)}),
        bare(programs, f"verify {key_type}"),
        bound=True,
    )
