"""Signals, options, sizes, depth, classes, tasks (rows CC13, CC22, CC23, CC28, CC31 to CC33)."""

from __future__ import annotations

import ast
import asyncio
import inspect
import os
import re
import signal
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from countermark import _native
from countermark.errors import Error
from tests.property.encrypted import Parameters
from tests.property.material import SMALL, private_key, records
from tests.property.outcome import NATIVE, Door
from tests.unit.bad_inputs.der import Rsa, pkcs8
from tests.unit.bad_inputs.programs import ROOT, output
from tests.unit.bad_inputs.refusals import refusal
from tests.unit.bad_inputs.threads import running

MESSAGE: Final = b"message"


def load(door: Door, kind: str) -> Any:
    """A key that the test may close."""
    return door.PrivateKey.from_pem(records()[kind]["pkcs8Pem"])


# --- signals ---


def test_cc13_an_interrupt_takes_effect_after_the_derivation_and_other_threads_go_on(
    door: Door,
) -> None:
    """Documented: a derivation runs to its end. It is bounded, and nothing else waits for it."""
    der = Parameters(iterations=400_000).encrypt(pkcs8("p256"))
    spent = time.perf_counter()
    door.PrivateKey.from_der(der, password="secret")
    spent = time.perf_counter() - spent
    ticks = []

    def tick() -> None:
        ticks.append(time.perf_counter())
        time.sleep(spent / 100)

    with running(tick) as failures:
        timer = threading.Timer(spent / 4, os.kill, (os.getpid(), signal.SIGINT))
        timer.start()
        started = time.perf_counter()
        with pytest.raises(KeyboardInterrupt):
            interrupted(door, der)
        ended = time.perf_counter()
        timer.join()
    assert failures == []
    assert ended - started < 10 * spent + 1
    during = [at for at in ticks if started < at < ended]
    assert len(during) > 5, "the interpreter was held during the derivation"
    door.PrivateKey.from_der(der, password="secret")


def interrupted(door: Door, der: bytes) -> None:
    door.PrivateKey.from_der(der, password="secret")
    time.sleep(5)


# --- optimised Python ---

_EVERY_CODE: Final = """
from tests.property.outcome import DOORS
from tests.unit.test_error_codes import CASES

for code, case in CASES.items():
    for door in DOORS:
        try:
            print(code, door.name, "nothing:", case(door))
        except Exception as error:
            print(code, door.name, type(error).__name__, error.code, error)
"""


@cache
def every_code(*options: str) -> str:
    return output(_EVERY_CODE, options=options)


@pytest.mark.parametrize("option", ["-O", "-OO"])
def test_cc22_nothing_is_checked_by_assertions_alone(option: str) -> None:
    plain, optimised = every_code(), every_code(option)
    assert plain.count("\n") > 150
    assert "nothing:" not in plain
    assert optimised == plain


def test_cc22_the_package_has_no_assertions() -> None:
    files = sorted((ROOT / "python/countermark").rglob("*.py"))
    assert len(files) > 30
    found = [
        f"{path.name}:{node.lineno}"
        for path in files
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Assert)
    ]
    assert found == []


# --- sizes ---


@cache
def prime(bits: int) -> int:
    """One whose first two bits are set, so that products have as many bits as their factors together."""
    # OpenSSL promises only that the product of a pair is long enough: p may start with 10.
    while True:
        found: int = rsa.generate_private_key(65537, 2 * bits).private_numbers().p
        if found >> (bits - 2) == 3:
            return found


@pytest.mark.parametrize("bits", [2048, 2049, 2050, 2055, 2056, 2057])
def test_cc23_rsa_signatures_have_the_length_of_the_modulus(door: Door, bits: int) -> None:
    numbers = Rsa.of_primes(prime(1023), prime(bits - 1023))
    key = door.PrivateKey.from_der(numbers.private())
    assert key.bits == bits
    for name in ("SHA-256", "SHA-384", "SHA-512"):
        for scheme in ("pkcs1v15", "pss"):
            signature = key.sign(MESSAGE, hash=name, padding=scheme)
            assert len(signature) == (bits + 7) // 8
            key.public_key.verify(MESSAGE, signature, hash=name, padding=scheme)


# --- depth ---


def deep(levels: int, call: Callable[[], object]) -> object:
    return call() if levels == 0 else deep(levels - 1, call)


def test_cc28_a_call_from_deep_down_works_or_meets_the_limit_of_python() -> None:
    nested = b'{"type":"key.get","challenge":"x","a":' + b"[" * 199 + b"]" * 199 + b"}"
    key = private_key(NATIVE, "p256")
    outcomes = set()
    for left in range(60):
        levels = sys.getrecursionlimit() - len(inspect.stack(0)) - left
        try:
            read = deep(levels, lambda: NATIVE.decode_client_data(nested))
            deep(levels, lambda: key.public_key.verify(MESSAGE, key.sign(MESSAGE)))
            outcomes.add(getattr(read, "type", None))
        except RecursionError:
            outcomes.add("RecursionError")
    assert outcomes == {"key.get", "RecursionError"}


# --- classes ---


@pytest.mark.parametrize("name", ["PrivateKey", "PublicKey", "KeySigner"])
def test_cc31_native_classes_have_no_subclasses(name: str) -> None:
    for attempt in range(3):
        with pytest.raises(TypeError):
            type(f"Sub{attempt}", (getattr(_native, name),), {})


def test_cc31_keys_have_no_subclasses(door: Door) -> None:
    for kind in (door.PrivateKey, door.PublicKey):
        for attempt in range(3):
            with pytest.raises(TypeError):
                type(f"Sub{attempt}", (kind,), {})


def test_cc32_no_closure_of_the_core_is_handed_to_python() -> None:
    """A closure would have to be safe to call from any thread; there is none to ask that of."""
    sources = sorted((ROOT / "rust/python/src").glob("*.rs"))
    assert len(sources) > 3
    for path in sources:
        text = re.sub(r"//[^\n]*", "", path.read_text("utf-8"))
        assert not re.search(r"PyCFunction|new_closure|PyCapsule", text), path.name


# --- asynchronous callers ---


@pytest.mark.parametrize("kind", SMALL)
def test_cc33_a_cancelled_call_is_finished_or_never_begun(door: Door, kind: str) -> None:
    key = load(door, kind)
    finished: list[bytes] = []

    def sign() -> bytes:
        finished.append(key.sign(bytes(100_000)))
        return finished[-1]

    async def main() -> None:
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(2) as pool:
            waiting = [loop.run_in_executor(pool, sign) for _ in range(8)]
            await asyncio.sleep(0)
            for future in waiting[1:]:
                future.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.wait_for(asyncio.gather(*waiting, return_exceptions=True), 30)

    asyncio.run(main())
    assert 1 <= len(finished) <= 8
    for signature in finished:
        key.public_key.verify(bytes(100_000), signature)
    key.close()
    assert refusal(key.sign, MESSAGE) == "key.closed"


def test_cc33_cancelling_and_closing_leaves_a_whole_signature_or_none(door: Door) -> None:
    key = load(door, "rsa2048")

    async def main() -> list[Any]:
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(4) as pool:
            waiting = [loop.run_in_executor(pool, key.sign, MESSAGE) for _ in range(20)]
            await asyncio.sleep(0)
            key.close()
            return await asyncio.gather(*waiting, return_exceptions=True)

    for result in asyncio.run(main()):
        if isinstance(result, bytes):
            key.public_key.verify(MESSAGE, result)
        else:
            assert isinstance(result, Error)
            assert result.code == "key.closed"
