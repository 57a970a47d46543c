"""Who signs, what, and with which nonce (rows SG30, SG35, SG37, SG38, SG43)."""

from __future__ import annotations

import itertools
import mmap
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Final

import pytest

from tests.property.material import (
    CURVES,
    DETERMINISTIC,
    HEDGED,
    SMALL,
    private_key,
    public_key,
    records,
)
from tests.property.outcome import NATIVE, REFERENCE, Door
from tests.property.wire import CHALLENGE, assertion, credential
from tests.unit.bad_inputs import ecdsa
from tests.unit.bad_inputs.der import EC_KINDS, OKP_KINDS, scalar
from tests.unit.bad_inputs.ecdsa import MESSAGE, curve
from tests.unit.bad_inputs.refusals import refusal, refused

ALLOWED: Final = {
    "challenge": CHALLENGE,
    "allowCredentials": {"key": [{"id": "cr-1", "type": "public-key"}], "webauthn": []},
}

# --- keys and names that do not belong together ---


@pytest.mark.parametrize(("kind", "other"), list(itertools.permutations(SMALL, 2)))
def test_sg30_a_signature_by_a_key_of_another_type_does_not_verify(
    door: Door, kind: str, other: str
) -> None:
    signature = private_key(door, other).sign(MESSAGE)
    assert refusal(public_key(door, kind).verify, MESSAGE, signature) == "signature.invalid"


def test_sg30_choices_a_key_does_not_have_are_a_mistake_of_the_caller(door: Door) -> None:
    for kind in OKP_KINDS:
        key, public = private_key(door, kind), public_key(door, kind)
        signature = key.sign(MESSAGE)
        assert refusal(key.sign, MESSAGE, hash="SHA-512") == "algorithm.mismatch"
        assert refusal(key.sign_digest, bytes(32)) == "algorithm.mismatch"
        assert refusal(public.verify, MESSAGE, signature, hash="SHA-512") == "algorithm.mismatch"
        assert refusal(public.verify_digest, bytes(32), signature) == "algorithm.mismatch"
    for kind in (*EC_KINDS, *OKP_KINDS):
        for scheme in ("pss", "pkcs1v15"):
            key, public = private_key(door, kind), public_key(door, kind)
            assert refusal(key.sign, MESSAGE, padding=scheme) == "algorithm.mismatch"
            code = refusal(public.verify, MESSAGE, key.sign(MESSAGE), padding=scheme)
            assert code == "algorithm.mismatch"


@pytest.mark.parametrize(
    ("kind", "name", "code"),
    [
        *(
            (kind, name, "algorithm.mismatch")
            for kind in OKP_KINDS
            for name in ("SHA256", "SHA512")
        ),
        *((kind, "RSA-SHA256", "algorithm.mismatch") for kind in (*EC_KINDS, *OKP_KINDS)),
        *((kind, "RSA-SHA512", "algorithm.mismatch") for kind in ("p256", "ed25519")),
        *(
            (kind, name, "algorithm.unknown")
            for kind in ("p256", "ed25519", "rsa2048")
            for name in ("SHA1", "SHA384", "SHA-256", "sha256", "ES256", "EdDSA", "none", "HS256")
        ),
    ],
)
def test_sg30_the_algorithm_a_credential_names_must_fit_its_key(
    door: Door, kind: str, name: str, code: str
) -> None:
    key, public = private_key(door, kind), public_key(door, kind)
    data = door.encode_client_data(CHALLENGE)
    body = assertion(kind, data)
    body["credentialAssertion"]["algorithm"] = name
    assert refusal(door.verify_assertion, body, challenge=CHALLENGE, public_key=public) == code
    created = credential(kind, door.encode_client_data(CHALLENGE, "key.create"), algorithm=None)
    door.verify_attestation(created, challenge=CHALLENGE)
    assert refusal(door.KeySigner, "cr-1", key, algorithm=name) == code
    assert refusal(door.create_credential, key, CHALLENGE, algorithm=name) == code


# --- the message ---


@contextmanager
def changing(data: Any, values: list[bytes]) -> Iterator[None]:
    """Writes the values into the buffer again and again, each time all of it at once."""
    stop = threading.Event()

    def run() -> None:
        for value in itertools.cycle(values):
            data[: len(value)] = value
            if stop.is_set():
                return

    writer = threading.Thread(target=run)
    writer.start()
    try:
        yield
    finally:
        stop.set()
        writer.join()


def buffers(size: int) -> dict[str, Any]:
    area = mmap.mmap(-1, size)
    return {"bytearray": bytearray(size), "memoryview": memoryview(bytearray(size)), "mmap": area}


@pytest.mark.parametrize("kind", SMALL)
@pytest.mark.parametrize("name", buffers(1))
def test_sg35_a_message_that_changes_while_it_is_signed_is_signed_as_it_was(
    door: Door, kind: str, name: str
) -> None:
    size = 200_000
    values = [b"\x00" * size, b"\xff" * size]
    data = buffers(size)[name]
    given = memoryview(data) if name == "mmap" else data
    key = private_key(door, kind)
    seen = set()
    with changing(data, values):
        for _ in range(12 if door is NATIVE else 3):
            signature = key.sign(given)
            right = [value for value in values if verifies(key.public_key, value, signature)]
            assert len(right) == 1, "the signature is for no message that ever was"
            seen |= {*right}
    assert seen


def verifies(key: Any, message: bytes, signature: bytes) -> bool:
    from countermark.errors import InvalidSignature

    try:
        key.verify(message, signature)
    except InvalidSignature:
        return False
    return True


# --- nonces ---


@pytest.mark.parametrize("kind", HEDGED)
def test_sg37_a_nonce_never_comes_twice_not_even_for_one_message(kind: str) -> None:
    key = private_key(NATIVE, kind)
    with ThreadPoolExecutor(8) as pool:
        signatures = list(pool.map(key.sign, [MESSAGE] * 2000))
    nonces = {ecdsa.split(kind, signature, NATIVE)[0] for signature in signatures}
    assert len(nonces) == 2000


@pytest.mark.parametrize("kind", DETERMINISTIC)
def test_sg37_where_there_is_no_randomness_the_message_decides(door: Door, kind: str) -> None:
    key = private_key(door, kind)
    assert key.sign(MESSAGE) == key.sign(MESSAGE)
    messages = [b"%d" % number for number in range(50)]
    assert len({key.sign(message)[:40] for message in messages}) == 50
    if kind == "secp256k1":
        nonces = {ecdsa.split(kind, key.sign(message), door)[0] for message in messages}
        assert len(nonces) == 50


def test_sg37_the_twin_follows_rfc_6979_on_every_curve() -> None:
    for kind in EC_KINDS:
        key = private_key(REFERENCE, kind)
        assert key.sign(MESSAGE) == key.sign(MESSAGE)
        assert key.sign(MESSAGE) != key.sign(b"another")


def nonces(kind: str, count: int) -> list[int]:
    """The nonces of signatures, which whoever knows the private key can work out."""
    key, n = private_key(NATIVE, kind), curve(kind).n
    d = int.from_bytes(scalar(kind), "big")
    found = []
    for number in range(count):
        message = b"%d" % number
        r, s = ecdsa.split(kind, key.sign(message), NATIVE)
        e = ecdsa.digest_number(kind, ecdsa.sha256(message))
        nonce = (e + r * d) * pow(s, -1, n) % n
        # Where s may have been negated, so may the nonce; either has the right r.
        point = ecdsa.multiply(kind, nonce, ecdsa.generator(kind)) if number == 0 else None
        assert point is None or point[0] % n == r
        found.append(nonce)
    return found


@pytest.mark.parametrize("kind", EC_KINDS)
def test_sg38_nonces_are_spread_evenly(kind: str) -> None:
    """The time is the backend's to keep constant; the distribution can be looked at from here."""
    count, bits = 4096, curve(kind).n.bit_length()
    found = nonces(kind, count)
    assert len(set(found)) == count
    assert all(0 < nonce < curve(kind).n for nonce in found)
    for shift in (0, 8, 64, bits // 2, bits - 11, bits - 3):
        seen = Counter(nonce >> shift & 7 for nonce in found)
        # Eight buckets of 512: six deviations of 21 are once in 10^8 by chance.
        assert all(abs(seen[bucket] - count / 8) < 6 * 21.2 for bucket in range(8)), (shift, seen)


# --- handles that cannot sign ---


def test_sg43_a_public_key_signs_nothing(door: Door) -> None:
    public = public_key(door, "p256")
    assert not hasattr(public, "sign")
    assert not hasattr(public, "sign_digest")
    assert refusal(door.KeySigner, "cr-1", public) == "argument.type"
    assert refusal(door.create_credential, public, CHALLENGE) == "argument.type"
    for kind in SMALL:
        assert refusal(door.KeySigner, "cr-1", records()[kind]["spkiPem"]) == "key.not_private"


@pytest.mark.parametrize("kind", SMALL)
def test_sg43_a_closed_key_signs_nothing(door: Door, kind: str) -> None:
    key = door.PrivateKey.from_pem(records()[kind]["pkcs8Pem"])
    signer = door.KeySigner("cr-1", key)
    signer.sign(ALLOWED)
    key.close()
    assert refusal(key.sign, MESSAGE) == "key.closed"
    assert refusal(signer.sign, ALLOWED) == "key.closed"
    assert refusal(door.create_credential, key, CHALLENGE) == "key.closed"
    if kind in CURVES or kind == "rsa2048":
        assert refusal(key.sign_digest, bytes(32)) == "key.closed"


def test_sg43_the_allow_list_is_asked_before_the_key(door: Door) -> None:
    key = door.PrivateKey.from_pem(records()["p256"]["pkcs8Pem"])
    signer = door.KeySigner("cr-2", key)
    key.close()
    assert refused(signer.sign, ALLOWED).code == "challenge.credential_not_allowed"
