"""Asking engines, and comparing: in this process, or in several with the same outcome in the same order."""

from __future__ import annotations

import json
import multiprocessing
import signal
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from time import perf_counter
from typing import Any, Final, Protocol

from countermark.vectors.engines import Engine
from countermark.vectors.model import VALID, Answer, Question, Record
from countermark.vectors.reading import Case

CHUNK: Final = 16
"""Records that a process gets at once: few, so that all end together and a stop is soon obeyed."""

_AHEAD: Final = 4
"""Chunks a process that wait for it; what is not yet asked for need not be thrown away after a stop."""


class Status(StrEnum):
    """How an answer compares with the one that is due."""

    PASSED = "passed"
    FAILED = "failed"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one record with one engine.

    Attributes:
        case: the record and where it stands.
        engine: the name of the engine.
        status: `PASSED` where the answer is the one that is due, `FAILED` where it is another, `FAULT` where there
            was none: an exception that is no error of ours, a panic, a process that ended.
        got: the answer; None after a fault.
        fault: what happened in place of an answer; empty but after a fault.
        seconds: how long it took.
    """

    case: Case
    engine: str
    status: Status
    got: Answer | None
    fault: str = ""
    seconds: float = 0.0


class Answering(Protocol):
    """What an engine has to be."""

    @property
    def name(self) -> str:
        """How reports call it."""

    def answer(self, question: Question) -> Answer:
        """Answers one question, or raises."""


def judge(engine: Answering, case: Case) -> Outcome:
    """Asks an engine the question of a record. Whatever it does, but for Ctrl-C, is an outcome."""
    began = perf_counter()
    try:
        got = _plain(engine.answer(case.record.question))
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001  a panic of Rust is no Exception
        told = f"{type(error).__name__}: {error}"[:200]
        return Outcome(case, engine.name, Status.FAULT, None, told, perf_counter() - began)
    status = Status.PASSED if agrees(case.record, got) else Status.FAILED
    return Outcome(case, engine.name, status, got, "", perf_counter() - began)


def _plain(answer: Answer) -> Answer:
    """The answer as JSON has it; one that JSON cannot hold is a fault."""
    output = json.loads(json.dumps(answer.output, allow_nan=False))
    return Answer(answer.result, output if answer.result == VALID else {})


def agrees(record: Record, got: Answer) -> bool:
    """Whether an answer is the one that is due: the same result, and the same JSON."""
    due = record.expected
    return due.result == got.result and _text(due, record) == _text(got, record)


def _text(answer: Answer, record: Record) -> str:
    # As text, because 1 and true are equal in Python and nowhere else.
    return json.dumps(answer.output, sort_keys=not record.ordered)


def run(
    cases: Sequence[Case], engines: Sequence[str], *, jobs: int = 1, fail_fast: bool = False
) -> Iterator[Outcome]:
    """The outcomes of all cases, case by case and for each engine by engine, whatever the number of processes.

    With several processes a crash of one is a fault of the record that it was asked last.

    Args:
        cases: what is asked.
        engines: names of engines.
        jobs: processes; with 1 everything happens in this one.
        fail_fast: end after the first outcome that is not `PASSED`.

    Raises:
        ArgumentValueError: there is no such engine, or an extra is missing.
    """
    built = [Engine(name) for name in engines]  # fails here, and not in every process
    outcomes: Generator[Outcome, None, None]
    if jobs == 1:
        outcomes = (judge(engine, case) for case in cases for engine in built)
    else:
        outcomes = _spread(cases, tuple(engines), jobs)
    for outcome in outcomes:
        yield outcome
        if fail_fast and outcome.status is not Status.PASSED:
            outcomes.close()
            return


# --- In other processes. ---

_engines: dict[str, Engine] = {}


def _prepare(names: Sequence[str]) -> None:
    _engines.update({name: Engine(name) for name in names})


def _work(cases: Sequence[Case]) -> list[tuple[str, Status, Answer | None, str, float]]:
    """What `judge` says, without the cases, which the other side has."""
    told = [judge(engine, case) for case in cases for engine in _engines.values()]
    return [(one.engine, one.status, one.got, one.fault, one.seconds) for one in told]


@contextmanager
def _pool(engines: Sequence[str], jobs: int) -> Iterator[ProcessPoolExecutor]:
    """Processes that were spawned: a fork would take the threads' locks of this one along."""
    pool = ProcessPoolExecutor(
        jobs, multiprocessing.get_context("spawn"), initializer=_prepare, initargs=(engines,)
    )
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _submit(pool: ProcessPoolExecutor, cases: Sequence[Case]) -> Future[Any]:
    """Hands out a chunk.

    Ctrl-C reaches every process of a terminal, and it is this one that stops the others. What is handed out may start
    one of them, and they inherit what is blocked while they start.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        return pool.submit(_work, cases)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _spread(
    cases: Sequence[Case], engines: Sequence[str], jobs: int
) -> Generator[Outcome, None, None]:
    chunks = [cases[start : start + CHUNK] for start in range(0, len(cases), CHUNK)]
    done = 0
    while done < len(chunks):
        try:
            with _pool(engines, jobs) as pool:
                waiting: deque[Future[Any]] = deque()
                asked = done
                while done < len(chunks):
                    while asked < len(chunks) and len(waiting) < jobs * _AHEAD:
                        waiting.append(_submit(pool, chunks[asked]))
                        asked += 1
                    answers = waiting.popleft().result()
                    yield from _outcomes(chunks[done], engines, answers)
                    done += 1
        except BrokenProcessPool:
            # Any of the chunks may have done it; the first one that is open is looked at by itself.
            yield from _alone(chunks[done], engines)
            done += 1


def _alone(chunk: Sequence[Case], engines: Sequence[str]) -> Iterator[Outcome]:
    """A chunk in a process of its own, halved until the record that ends its process is alone."""
    try:
        with _pool(engines, 1) as pool:
            answers = _submit(pool, chunk).result()
    except BrokenProcessPool:
        if len(chunk) > 1:
            yield from _alone(chunk[: len(chunk) // 2], engines)
            yield from _alone(chunk[len(chunk) // 2 :], engines)
        elif len(engines) > 1:
            for engine in engines:
                yield from _alone(chunk, [engine])
        else:
            told = "the process that was asked ended without an answer"
            yield Outcome(chunk[0], engines[0], Status.FAULT, None, told)
        return
    yield from _outcomes(chunk, engines, answers)


def _outcomes(
    chunk: Sequence[Case], engines: Sequence[str], answers: Sequence[tuple[Any, ...]]
) -> Iterator[Outcome]:
    asked = [case for case in chunk for _ in engines]
    for case, answer in zip(asked, answers, strict=True):
        yield Outcome(case, *answer)


__all__ = ["Answering", "Outcome", "Status", "agrees", "judge", "run"]
