"""Lifetime and the border to native code, inside one process (rows CC05, CC09 to CC13, CC22, CC23, CC28, CC31 to CC33)."""

from __future__ import annotations

import ast
import asyncio
import gc
import multiprocessing
import os
import re
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import cache
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from countermark.errors import Error
from tests.property.encrypted import Parameters
from tests.property.material import SMALL, private_key, public_key, records
from tests.property.outcome import NATIVE, Door
from tests.property.wire import CHALLENGE, GET, assertion
from tests.unit.bad_inputs.der import Rsa, pkcs8, spki_of
from tests.unit.bad_inputs.programs import ROOT, output
from tests.unit.bad_inputs.refusals import refusal, refused

MESSAGE: Final = b"message"


def allowing(credential_id: str) -> dict[str, Any]:
    allowed = {"key": [{"id": credential_id, "type": "public-key"}], "webauthn": []}
    return {"challenge": CHALLENGE, "allowCredentials": allowed}


def load(door: Door, kind: str = "p256") -> Any:
    """A key that the test may close."""
    return door.PrivateKey.from_pem(records()[kind]["pkcs8Pem"])


@contextmanager
def running(*loops: Callable[[], object]) -> Iterator[list[BaseException]]:
    """Runs each of these in a thread of its own, again and again; gives what they raised."""
    stop = threading.Event()
    failures: list[BaseException] = []

    def run(step: Callable[[], object]) -> None:
        try:
            while not stop.is_set():
                step()
        except BaseException as error:  # noqa: BLE001  # a panic is no Exception
            failures.append(error)

    threads = [threading.Thread(target=run, args=(step,)) for step in loops]
    for thread in threads:
        thread.start()
    try:
        yield failures
    finally:
        stop.set()
        for thread in threads:
            thread.join()


# --- other processes ---


@pytest.mark.parametrize("kind", SMALL)
def test_cc05_a_key_does_not_travel_to_another_process(door: Door, kind: str) -> None:
    key = load(door, kind)
    for thing in (key, [key], {"key": key}):
        error = refused(ForkingPickler.dumps, thing)
        assert error.code == "argument.type"
        assert "pickle" in error.message
        assert "export" in error.message
    key.sign(MESSAGE)


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_cc05_starting_a_process_with_a_key_says_why_it_cannot(method: str) -> None:
    program = f"""
import multiprocessing
from countermark import ArgumentTypeError, PrivateKey

key = PrivateKey.generate("ES256")
for started in (lambda: multiprocessing.get_context({method!r}).Process(target=print, args=(key,)).start(),
                lambda: multiprocessing.get_context({method!r}).Process(target=key.sign, args=(b"",)).start()):
    try:
        started()
    except ArgumentTypeError as error:
        print(error.code)
key.public_key.verify(b"m", key.sign(b"m"))
"""
    assert output(program).split() == ["argument.type"] * 2
    assert method in multiprocessing.get_all_start_methods()


# --- buffers ---


@pytest.mark.parametrize("kind", SMALL)
def test_cc09_a_buffer_that_is_resized_meanwhile_is_signed_as_it_was(door: Door, kind: str) -> None:
    key = private_key(door, kind)
    data = bytearray(b"a" * 100_000)

    def resize() -> None:
        with suppress(BufferError):  # it may be locked for a moment
            data.clear()
        with suppress(BufferError):
            data.extend(b"a" * 100_000)

    with running(resize) as failures:
        for _ in range(15):
            signature = key.sign(data)
            found = [
                size for size in (0, 100_000) if verifies(key.public_key, b"a" * size, signature)
            ]
            assert len(found) == 1
            with suppress(Error):
                key.public_key.verify(data, signature)
            with suppress(Error):
                door.PublicKey.from_der(data)
    assert failures == []
    data.clear()  # nothing holds it any more


def verifies(key: Any, message: bytes, signature: bytes) -> bool:
    try:
        key.verify(message, signature)
    except Error:
        return False
    return True


def test_cc09_a_view_can_be_released_while_it_is_in_use(door: Door) -> None:
    key = private_key(door, "ed25519")
    for _ in range(50):
        view = memoryview(bytearray(200_000))
        with ThreadPoolExecutor(2) as pool:
            signed = pool.submit(key.sign, view)
            pool.submit(lambda view=view: released(view))
            try:
                key.public_key.verify(bytes(200_000), signed.result())
            except Error as error:
                assert error.code in ("argument.type", "argument.value")


def released(view: memoryview) -> None:
    with suppress(BufferError):
        view.release()


class LyingBytes(bytes):
    def __len__(self) -> int:
        return 1 << 40

    def __getitem__(self, at: Any) -> Any:
        return 0

    def __iter__(self) -> Iterator[int]:
        return iter([])

    def __bytes__(self) -> bytes:
        return b"another"

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = bytes.__hash__


class LyingBytearray(bytearray):
    def __len__(self) -> int:
        return 0

    def __bytes__(self) -> bytes:
        return b"another"

    def __getitem__(self, at: Any) -> Any:
        raise IndexError


class LyingText(str):
    __slots__ = ()

    def __str__(self) -> str:
        return "another"

    def __len__(self) -> int:
        return 0

    def encode(self, *_: Any) -> bytes:
        return b"another"

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = str.__hash__


@pytest.mark.parametrize("kind", SMALL)
def test_cc10_what_a_subclass_says_of_itself_does_not_matter(door: Door, kind: str) -> None:
    key = private_key(door, kind)
    for lying in (LyingBytes(MESSAGE), LyingBytearray(MESSAGE)):
        signature = key.sign(lying)
        key.public_key.verify(MESSAGE, signature)
        key.public_key.verify(lying, LyingBytes(signature))
        assert refusal(key.public_key.verify, b"another", signature) == "signature.invalid"
    assert door.PublicKey.from_der(LyingBytes(spki_of(kind))).to_der() == spki_of(kind)
    pem = LyingText(records()[kind]["spkiPem"])
    assert door.PublicKey.from_pem(pem).to_der() == spki_of(kind)


def test_cc10_text_is_what_it_holds(door: Door) -> None:
    written = door.encode_client_data(LyingText("x"), LyingText("key.get"))
    assert written == b'{"challenge":"x","type":"key.get"}'
    key = private_key(door, "p256")
    signer = door.KeySigner(LyingText("cr-1"), key)
    made = signer.sign(allowing("cr-1"))
    assert str.__eq__(made["credentialAssertion"]["credId"], "cr-1") is True
    assert refusal(signer.sign, allowing("cr-2")) == "challenge.credential_not_allowed"
    common = {"public_key": key.public_key}
    assert door.verify_assertion(made, challenge=LyingText(CHALLENGE), **common)
    code = refusal(door.verify_assertion, made, challenge=LyingText("other"), **common)
    assert code == "client_data.challenge_mismatch"
    assert refusal(door.encode_client_data, LyingText("")) == "argument.value"


class Numbered:
    """Would do something if it were asked for its number or its bytes."""

    asked = 0

    def __index__(self) -> int:
        type(self).asked += 1
        return 2048

    __int__ = __index__

    def __bytes__(self) -> bytes:
        type(self).asked += 1
        return MESSAGE

    def __str__(self) -> str:
        type(self).asked += 1
        return "ES256"

    def __buffer__(self, flags: int) -> memoryview:
        raise RuntimeError(flags)


def test_cc10_objects_are_not_asked_to_become_something_else(door: Door) -> None:
    key = private_key(door, "p256")
    thing = Numbered()
    for call in (
        lambda: door.PrivateKey.generate("RS256", bits=thing),
        lambda: door.PrivateKey.generate(thing),
        lambda: key.sign(thing),
        lambda: key.sign(MESSAGE, hash=thing),
        lambda: key.public_key.verify(MESSAGE, thing),
        lambda: door.PublicKey.from_der(thing),
        lambda: door.PublicKey.from_pem(thing),
        lambda: door.encode_client_data(thing),
        lambda: door.verify_assertion(thing, challenge=CHALLENGE, public_key=key.public_key),
    ):
        assert refusal(call) == "argument.type"
    assert Numbered.asked == 0
    for bits in (True, 2048.0, "2048", None):
        assert refusal(door.PrivateKey.generate, "RS256", bits=bits) == "argument.type"
    for bits in (-1, 0, 1 << 70, 2047):
        assert refusal(door.PrivateKey.generate, "RS256", bits=bits) == "argument.value"


# --- calls back into the library ---


class CallingBack(Mapping[str, Any]):
    """A challenge that uses the library while the library looks at it."""

    def __init__(self, inside: Callable[[], object]) -> None:
        self._members = allowing("cr-1")
        self._inside = inside

    def __getitem__(self, name: str) -> Any:
        self._inside()
        value = self._members[name]
        return FinallyCalling(value, self._inside) if name == "challenge" else value

    def __iter__(self) -> Iterator[str]:
        self._inside()
        return iter(self._members)

    def __len__(self) -> int:
        return len(self._members)


class FinallyCalling(str):
    """Text that uses the library when it goes away."""

    _inside: Callable[[], object]

    def __new__(cls, text: str, inside: Callable[[], object]) -> FinallyCalling:
        made = super().__new__(cls, text)
        made._inside = inside
        return made

    def __del__(self) -> None:
        self._inside()


@pytest.mark.parametrize("kind", SMALL)
def test_cc11_the_library_can_be_called_while_it_is_being_called(door: Door, kind: str) -> None:
    key = load(door, kind)
    signer = door.KeySigner("cr-1", key)
    seen = []

    def inside() -> None:
        seen.append(signer.sign(allowing("cr-1")))
        key.public_key.verify(MESSAGE, key.sign(MESSAGE))
        gc.collect()

    made = signer.sign(CallingBack(inside))
    assert len(seen) >= 2
    for one in (made, *seen):
        assert door.verify_assertion(one, challenge=CHALLENGE, public_key=key.public_key)


@pytest.mark.parametrize("kind", SMALL)
def test_cc11_a_key_closed_from_inside_a_call_is_closed_or_was_used(door: Door, kind: str) -> None:
    key = load(door, kind)
    signer = door.KeySigner("cr-1", key)
    assert refusal(signer.sign, CallingBack(key.close)) == "key.closed"
    assert key.closed
    again = load(door, kind)
    data = FinallyCalling("x", again.close)
    del data
    assert again.closed


def test_cc11_what_a_mapping_raises_comes_through(door: Door) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    signer = door.KeySigner("cr-1", load(door))
    with pytest.raises(ZeroDivisionError):
        signer.sign(CallingBack(fail))
    assert signer.sign(allowing("cr-1"))


def test_cc12_garbage_is_collected_while_keys_are_in_use(door: Door) -> None:
    key = load(door, "rsa2048")
    public = key.public_key
    body = assertion("p256", GET)

    def rubbish() -> None:
        ring: list[Any] = [load(door, "ed25519")]
        ring.append(ring)
        del ring
        gc.collect()

    def sign() -> None:
        public.verify(bytes(50_000), key.sign(bytearray(50_000)))

    def judge() -> None:
        common = {"challenge": CHALLENGE, "public_key": public_key(door, "p256")}
        assert door.explain_assertion(body, **common).valid
        assert not door.explain_assertion(body, **common, origin="x").valid

    with running(rubbish, rubbish, sign, sign, judge, judge) as failures:
        time.sleep(0.5)
    assert failures == []


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
def rsa_key(bits: int) -> bytes:
    numbers = rsa.generate_private_key(65537, bits).private_numbers()
    return Rsa.of_primes(numbers.p, numbers.q).private()


@pytest.mark.parametrize("bits", [2048, 2049, 2050, 2055, 2056, 2057, 3071])
def test_cc23_rsa_signatures_have_the_length_of_the_modulus(door: Door, bits: int) -> None:
    key = door.PrivateKey.from_der(rsa_key(bits))
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
        levels = sys.getrecursionlimit() - len(inspect_stack()) - left
        try:
            read = deep(levels, lambda: NATIVE.decode_client_data(nested))
            deep(levels, lambda: key.public_key.verify(MESSAGE, key.sign(MESSAGE)))
            outcomes.add(getattr(read, "type", None))
        except RecursionError:
            outcomes.add("RecursionError")
    assert outcomes == {"key.get", "RecursionError"}


def inspect_stack() -> list[Any]:
    frame, found = sys._getframe(), []
    while frame is not None:
        found.append(frame)
        frame = frame.f_back  # type: ignore[assignment]  # it ends with None
    return found


# --- classes ---


@pytest.mark.parametrize("name", ["PrivateKey", "PublicKey", "KeySigner"])
def test_cc31_native_classes_have_no_subclasses(name: str) -> None:
    from countermark import _native

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


def test_the_sources_that_are_read_here_are_there() -> None:
    assert Path(ROOT / "rust/python/src/lib.rs").is_file()
