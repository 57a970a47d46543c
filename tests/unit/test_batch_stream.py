"""Verdicts as they come, with bounded memory."""

from __future__ import annotations

import itertools
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest

from countermark import PrivateKey, batch
from countermark.dfns import KeySigner
from countermark.errors import ArgumentTypeError, ArgumentValueError
from tests.unit.batch_material import challenge_of

KEY = PrivateKey.generate("ES256")
SIGNER = KeySigner("cr-1", KEY)
GOOD: dict[str, Any] = {
    "assertion": SIGNER.sign(challenge_of("a")),
    "challenge": "a",
    "public_key": KEY.public_key,
}
BAD = {**GOOD, "challenge": "b"}


@pytest.mark.parametrize("chunk", [1, 2, 3, 1000])
def test_a_stream_gives_every_verdict_in_order(chunk: int) -> None:
    items = [GOOD, BAD, GOOD, {}, GOOD, GOOD, BAD]
    found = batch.codes(batch.verify_stream(iter(items), chunk=chunk))
    assert found == batch.codes(batch.verify_assertions(items))


def test_an_endless_stream_is_read_a_chunk_at_a_time_and_closes() -> None:
    closed = []

    def endless() -> Iterator[dict[str, Any]]:
        try:
            for _ in itertools.count():
                yield GOOD
        finally:
            closed.append(True)

    source = endless()
    stream = batch.verify_stream(source, chunk=10, threads=2)
    assert [next(stream) for _ in range(25)] == [None] * 25
    stream.close()  # type: ignore[attr-defined]
    assert next(source) is GOOD  # the source is the caller's and stays open
    source.close()  # type: ignore[attr-defined]
    assert closed == [True]


def test_the_memory_of_a_stream_does_not_grow() -> None:
    stream = batch.verify_stream(itertools.repeat({}), chunk=100)
    peaks = []
    tracemalloc.start()
    try:
        for count in (2_000, 20_000):
            tracemalloc.reset_peak()
            for _ in itertools.islice(stream, count):
                pass
            peaks.append(tracemalloc.get_traced_memory()[1])
    finally:
        tracemalloc.stop()
    assert peaks[1] < 2 * peaks[0], peaks


def test_what_the_source_raises_comes_after_the_verdicts_before() -> None:
    def failing() -> Iterator[dict[str, Any]]:
        yield GOOD
        yield BAD
        raise OSError("the source")

    stream = batch.verify_stream(failing(), chunk=1)
    assert batch.codes([next(stream), next(stream)]) == [None, "client_data.challenge_mismatch"]
    with pytest.raises(OSError, match="the source"):
        next(stream)


def test_wrong_arguments_are_refused_at_once() -> None:
    for chunk in (0, -5, 2**63):
        with pytest.raises(ArgumentValueError):
            batch.verify_stream([], chunk=chunk)
    for wrong in (True, 1.5, "1", None):
        with pytest.raises(ArgumentTypeError):
            batch.verify_stream([], chunk=wrong)  # type: ignore[arg-type]
    with pytest.raises(ArgumentTypeError):
        batch.verify_stream([], verify=None)  # type: ignore[arg-type]
