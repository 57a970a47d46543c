"""Many at once come to what one at a time come to, item by item, and a bad item costs the others nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from countermark import PrivateKey, PublicKey, batch
from countermark.dfns import KeySigner, VerifiedAssertion, verify_assertion
from countermark.errors import (
    ArgumentTypeError,
    ArgumentValueError,
    Error,
    KeyClosed,
    UnsupportedAlgorithm,
)
from countermark.external import from_cryptography
from tests.unit.batch_material import challenge_of, described

ALGORITHMS = ("ES256", "ES384", "ES512", "ES256K", "Ed25519", "Ed448", "RS256")
THREADS = (1, 2, 5)


@pytest.fixture(scope="module", params=ALGORITHMS)
def key(request: pytest.FixtureRequest) -> PrivateKey:
    return PrivateKey.generate(request.param, bits=2048)


@pytest.mark.parametrize("threads", THREADS)
@pytest.mark.parametrize("count", [0, 1, 2, 33, 150])
def test_every_signature_of_a_batch_verifies_in_its_place(
    key: PrivateKey, threads: int, count: int
) -> None:
    messages = [b"message %d" % place for place in range(count)]
    signed = batch.sign_many(key, messages, threads=threads)
    assert batch.verify_many(key.public_key, messages, signed, threads=threads) == [None] * count
    for message, signature in zip(messages[:3], signed, strict=False):
        assert isinstance(signature, bytes)
        key.public_key.verify(message, signature)
    if count > 1:
        turned = batch.verify_many(key.public_key, messages, signed[1:] + signed[:1])
        assert batch.codes(turned) == ["signature.invalid"] * count


def test_hash_and_padding_are_those_of_the_single_call() -> None:
    key = PrivateKey.generate("RS256", bits=2048)
    signed = batch.sign_many(key, [b"a"], hash="SHA-512", padding="pss")
    key.public_key.verify(b"a", signed[0], hash="SHA-512", padding="pss")
    with pytest.raises(UnsupportedAlgorithm, match="hash"):
        batch.sign_many(PrivateKey.generate("Ed25519"), [b"a"], hash="SHA-512")
    with pytest.raises(ArgumentValueError):
        batch.verify_many(key.public_key, [b"a"], signed, hash="SHA-3")
    other = PrivateKey.generate("Ed25519").public_key
    found = batch.verify_many([key.public_key, other], [b"a"] * 2, signed * 2, hash="SHA-512")
    assert batch.codes(found) == ["signature.invalid", "algorithm.mismatch"]


def test_a_message_that_is_no_bytes_is_a_verdict_with_the_words_of_the_single_call() -> None:
    key = PrivateKey.generate("ES256")
    for bad in (3, "text", None, object(), [b"a"]):
        with pytest.raises(ArgumentTypeError) as single:
            key.sign(bad)  # type: ignore[arg-type]
        found = batch.sign_many(key, [b"a", bad, bytearray(b"a"), memoryview(b"a")])
        assert described(found[1]) == described(single.value)
        key.public_key.verify(b"a", found[2])  # type: ignore[arg-type]
        key.public_key.verify(b"a", found[3])  # type: ignore[arg-type]
        found = batch.verify_many(key.public_key, [b"a", bad], [bad, b"a"])
        assert batch.codes(found) == ["argument.type"] * 2


def test_keys_come_as_objects_text_and_bytes_and_a_bad_key_is_a_verdict() -> None:
    key = PrivateKey.generate("ES256")
    public = key.public_key
    signature = key.sign(b"a")
    keys = [
        *(public, public.to_pem(), public.to_pem(), public.to_pem().encode(), public.to_der()),
        *(bytearray(public.to_der()), "no key", b"\x30\x00", 7),
    ]
    found = batch.verify_many(keys, [b"a"] * len(keys), [signature] * len(keys))
    assert batch.codes(found) == [None] * 6 + ["pem.missing", "der.truncated", "argument.type"]


def test_what_has_another_length_is_a_wrong_call() -> None:
    key = PrivateKey.generate("ES256")
    for keys, messages, signatures in (
        (key.public_key, [b"a"], []),
        ([key.public_key], [b"a"] * 2, [b""] * 2),
        ([], [b"a"], [b""]),
    ):
        with pytest.raises(ArgumentValueError):
            batch.verify_many(keys, messages, signatures)


@pytest.mark.parametrize("threads", [0, -1, 1025, 10**9, 10**30])
def test_a_number_of_threads_that_cannot_be_is_refused(threads: int) -> None:
    with pytest.raises(ArgumentValueError, match="threads"):
        batch.sign_many(PrivateKey.generate("ES256"), [b"a"], threads=threads)


@pytest.mark.parametrize("threads", [True, 1.5, "2", [2]])
def test_threads_must_be_a_number(threads: object) -> None:
    with pytest.raises(ArgumentTypeError, match="threads"):
        batch.verify_assertions([], threads=threads)  # type: ignore[call-overload]


def test_the_most_threads_are_taken() -> None:
    key = PrivateKey.generate("ES256")
    messages = [b"a"] * 200
    signed = batch.sign_many(key, messages, threads=1024)
    assert batch.verify_many(key.public_key, messages, signed, threads=1024) == [None] * 200
    # No more than there are items.
    assert "199 199" in started("batch.sign_many(key, [b'a'] * 200, threads=1024)", "1")


@pytest.mark.parametrize(("variable", "helpers"), [("1", 0), ("3", 2), ("6", 5)])
def test_as_many_threads_work_as_the_variable_says(variable: str, helpers: int) -> None:
    assert started("batch.sign_many(key, [b'a'] * 200)", variable).strip() == f"{helpers} {helpers}"


def started(statement: str, variable: str) -> str:
    """How many threads a call starts, and how many are there after a second one."""
    program = (
        "import os; from countermark import PrivateKey, batch\n"
        "count = lambda: len(os.listdir('/proc/self/task'))\n"
        "key = PrivateKey.generate('ES256'); before = count()\n"
        f"{statement}; first = count() - before\n"
        f"{statement}; print(first, count() - before)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env={**os.environ, "COUNTERMARK_THREADS": variable},
    )
    return done.stdout


def test_the_variable_says_how_many_threads_and_a_wrong_one_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    key = PrivateKey.generate("ES256")
    for good in ("1", "3", ""):
        monkeypatch.setenv("COUNTERMARK_THREADS", good)
        assert len(batch.sign_many(key, [b"a"] * 5)) == 5
    for bad in ("0", "two", "-1", "+4", " 4", "1025"):
        monkeypatch.setenv("COUNTERMARK_THREADS", bad)
        with pytest.raises(ArgumentValueError, match="COUNTERMARK_THREADS"):
            batch.sign_many(key, [b"a"])
        assert len(batch.sign_many(key, [b"a"], threads=1)) == 1


COUNTING = """
import os, sys
from countermark import PrivateKey, batch
def threads():
    return len(os.listdir("/proc/self/task"))
key = PrivateKey.generate("ES256")
before = threads()
batch.sign_many(key, [b"a"] * 1000, threads=1)
alone = threads()
batch.sign_many(key, [b"a"] * 1000, threads=3)
three = threads()
batch.sign_many(key, [b"a"] * 1000, threads=2)
print(alone - before, three - before, threads() - before)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="threads are counted in /proc")
def test_one_thread_starts_none_and_others_are_started_once() -> None:
    done = subprocess.run(
        [sys.executable, "-c", COUNTING], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.split() == ["0", "2", "2"]


@pytest.mark.parametrize("items", [b"bytes", "text", {"a": 1}, 7, None, bytearray(b"a")])
def test_what_is_no_iterable_of_items_is_a_wrong_call(items: Any) -> None:
    key = PrivateKey.generate("ES256")
    calls: list[Callable[[], object]] = [
        lambda: batch.sign_many(key, items),
        lambda: batch.verify_many(key.public_key, items, []),
        lambda: batch.verify_assertions(items),
        lambda: batch.verify_stream(items),
        lambda: KeySigner("cr-1", key).sign_many(items),
    ]
    for call in calls:
        with pytest.raises(ArgumentTypeError, match="iterable"):
            call()


def test_a_wrong_key_or_a_closed_one_is_a_wrong_call() -> None:
    key = PrivateKey.generate("ES256")
    signer = KeySigner("cr-1", key)
    with pytest.raises(ArgumentTypeError):
        batch.sign_many(key.public_key, [b"a"])  # type: ignore[call-overload]
    key.close()
    with pytest.raises(KeyClosed):
        batch.sign_many(key, [b"a"])
    with pytest.raises(KeyClosed):
        signer.sign_many([challenge_of("a")])


def test_generators_and_lists_that_change_are_taken_as_they_are_given() -> None:
    key = PrivateKey.generate("ES256")
    messages = [b"a", b"b"]

    def growing() -> Iterator[bytes]:
        for message in messages:
            if len(messages) < 50:
                messages.append(b"c")
            yield message

    signed = batch.sign_many(key, growing())
    assert len(signed) == 50
    assert batch.verify_many(key.public_key, messages, iter(signed)) == [None] * 50

    def failing() -> Iterator[bytes]:
        yield b"a"
        raise RuntimeError("the source")

    with pytest.raises(RuntimeError, match="the source"):
        batch.sign_many(key, failing())


def test_a_hundred_thousand_items_keep_their_order() -> None:
    key = PrivateKey.generate("ES256")
    signature = key.sign(b"0")
    messages = [b"%d" % (place % 1000 != 0) for place in range(100_000)]
    # Small enough to be quick: nearly all are refused before any arithmetic.
    signatures = [signature if place % 1000 == 0 else b"" for place in range(100_000)]
    found = batch.codes(batch.verify_many(key.public_key, messages, signatures))
    assert [place for place, code in enumerate(found) if code is None] == [*range(0, 100_000, 1000)]
    assert set(found) == {None, "signature.invalid"}


def test_key_signer_answers_many_challenges_as_it_answers_one(key: PrivateKey) -> None:
    signer = KeySigner("cr-1", key, app_origin="https://example.org", profile="python")
    challenges: list[Any] = [challenge_of(f"text-{place}") for place in range(40)]
    challenges[3] = '{"challenge": "as-text", "allowCredentials": {"key": [{"id": "cr-1"}]}}'
    bad = [challenge_of("other", allowed="cr-2"), {}, 7, "{", None, challenge_of("")]
    found = signer.sign_many(challenges + bad, threads=2)
    for place, answer in enumerate(found[: len(challenges)]):
        assert not isinstance(answer, Error)
        text = "as-text" if place == 3 else f"text-{place}"
        verify_assertion(answer, challenge=text, public_key=key.public_key, credential_id="cr-1")
    for item, verdict in zip(bad, found[len(challenges) :], strict=True):
        with pytest.raises(Error) as single:
            signer.sign(item)  # type: ignore[arg-type]
        assert described(verdict) == described(single.value)


def test_deterministic_keys_give_the_very_assertions_of_the_single_call() -> None:
    signer = KeySigner("cr-1", PrivateKey.generate("Ed25519"), algorithm=None)
    challenges = [challenge_of(str(place)) for place in range(100)]
    assert signer.sign_many(challenges) == [signer.sign(one) for one in challenges]


def test_a_signer_outside_answers_many_and_its_failures_are_verdicts() -> None:
    from cryptography.hazmat.primitives.asymmetric import ec

    outside = from_cryptography(ec.generate_private_key(ec.SECP256R1()))
    signer = KeySigner("cr-1", outside)
    found = signer.sign_many([challenge_of("a"), {}, challenge_of("b")])
    assert batch.codes(found) == [None, "challenge.missing", None]

    class Failing:
        public_key = outside.public_key
        takes = "message"
        returns = "der"

        def sign(self, data: bytes, /) -> bytes:
            if b"fails" in data:
                raise ConnectionError("no answer")
            # A batch within a batch, on all threads, is no deadlock.
            own = PrivateKey.generate("ES256")
            assert len(batch.sign_many(own, [b"a"] * 100, threads=2)) == 100
            return outside.sign(data)

    found = KeySigner("cr-1", Failing()).sign_many(  # type: ignore[arg-type]
        [challenge_of("a"), challenge_of("fails"), challenge_of("b")]
    )
    assert batch.codes(found) == [None, "signature.invalid", None]
    assert isinstance(found[1].__cause__, ConnectionError)  # type: ignore[union-attr]


def assertions(key: PrivateKey, count: int) -> list[dict[str, Any]]:
    signer = KeySigner("cr-1", key)
    texts = [f"text-{place}" for place in range(count)]
    signed = signer.sign_many([challenge_of(text) for text in texts])
    return [{"assertion": one, "challenge": text} for one, text in zip(signed, texts, strict=True)]


def test_results_are_those_of_the_single_call() -> None:
    key = PrivateKey.generate("ES256")
    items = assertions(key, 20)
    found = batch.verify_assertions(items, public_key=key.public_key, results=True)
    for item, result in zip(items, found, strict=True):
        assert isinstance(result, VerifiedAssertion)
        assert result == verify_assertion(**item, public_key=key.public_key)


def test_an_item_goes_before_what_all_share() -> None:
    key, other = PrivateKey.generate("ES256"), PrivateKey.generate("ES256")
    items = assertions(key, 2)
    items[1]["public_key"] = other.public_key
    items.append({**items[0], "credential_id": "cr-2"})
    found = batch.verify_assertions(items, public_key=key.public_key, credential_id="cr-1")
    assert batch.codes(found) == [None, "signature.invalid", "assertion.id_mismatch"]
    with pytest.raises(ArgumentValueError, match="no_such"):
        batch.verify_assertions(items, no_such=1)


class Raising(Mapping[str, Any]):
    """An item whose methods raise."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def __getitem__(self, name: str) -> Any:
        raise self.error

    def __iter__(self) -> Iterator[str]:
        yield "assertion"

    def __len__(self) -> int:
        return 1


def test_hostile_items_are_verdicts() -> None:
    key = PrivateKey.generate("ES256")
    good = assertions(key, 1)[0]
    items: list[Any] = [
        *(good, Raising(ZeroDivisionError()), 7, None, "text", [], {}, {1: 2}, {"\ud800": 1}),
        *({**good, "more": 1}, {**good, "public_key": "PEM"}, {**good, "challenge": 5}, good),
        {**good, "assertion": Raising(RecursionError())},
    ]
    found = batch.verify_assertions(items, public_key=key.public_key, threads=2)
    assert batch.codes(found) == [
        *(None, "argument.type", "argument.type", "argument.type", "argument.type"),
        *("argument.type", "argument.value", "argument.type", "argument.value"),
        *("argument.value", "pem.missing", "argument.type", None, "argument.type"),
    ]
    assert isinstance(found[1].__cause__, ZeroDivisionError)  # type: ignore[union-attr]


def test_ctrl_c_in_an_item_ends_the_call() -> None:
    key = PrivateKey.generate("ES256")
    good = assertions(key, 50)
    for threads in (1, 2):
        items: list[Any] = [*good, Raising(KeyboardInterrupt()), *good]
        with pytest.raises(KeyboardInterrupt):
            batch.verify_assertions(items, public_key=key.public_key, threads=threads)
    assert batch.verify_assertions(good, public_key=key.public_key) == [None] * 50


def test_equal_keys_are_read_once_a_call(monkeypatch: pytest.MonkeyPatch) -> None:
    key = PrivateKey.generate("ES256")
    signature = key.sign(b"a")
    pem = key.public_key.to_pem()
    read = PublicKey.from_pem
    times = []

    def counting(data: Any) -> PublicKey:
        times.append(data)
        return read(data)

    monkeypatch.setattr(PublicKey, "from_pem", counting)
    keys = ["".join([pem[:9], pem[9:]]) for _ in range(50)]
    assert batch.verify_many(keys, [b"a"] * 50, [signature] * 50) == [None] * 50
    assert len(times) == 1
