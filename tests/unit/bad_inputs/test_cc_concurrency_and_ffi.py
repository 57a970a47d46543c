"""Threads and objects at the border to native code (rows CC05, CC09 to CC12)."""

from __future__ import annotations

import gc
import multiprocessing
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from multiprocessing.reduction import ForkingPickler
from typing import Any, Final

import pytest

from countermark.errors import Error
from tests.property.material import SMALL, private_key, public_key, records
from tests.property.outcome import NATIVE, Door
from tests.property.wire import CHALLENGE, GET, assertion
from tests.unit.bad_inputs.der import spki_of
from tests.unit.bad_inputs.programs import output
from tests.unit.bad_inputs.refusals import refusal, refused
from tests.unit.bad_inputs.threads import running

MESSAGE: Final = b"message"


def allowing(credential_id: str) -> dict[str, Any]:
    allowed = {"key": [{"id": credential_id, "type": "public-key"}], "webauthn": []}
    return {"challenge": CHALLENGE, "allowCredentials": allowed}


def load(door: Door, kind: str = "p256") -> Any:
    """A key that the test may close."""
    return door.PrivateKey.from_pem(records()[kind]["pkcs8Pem"])


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
        for _ in range(15 if door is NATIVE else 3):
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
    for _ in range(20):
        view = memoryview(bytearray(200_000))
        with ThreadPoolExecutor(2) as pool:
            signed = pool.submit(key.sign, view)
            pool.submit(released, view)
            error = signed.exception()
        if error is None:
            key.public_key.verify(bytes(200_000), signed.result())
        else:
            assert isinstance(error, Error)
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
    for bits in (2048.0, "2048", None, b"2048"):
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
        return finally_calling(value, self._inside) if name == "challenge" else value

    def __iter__(self) -> Iterator[str]:
        self._inside()
        return iter(self._members)

    def __len__(self) -> int:
        return len(self._members)


class FinallyCalling(str):
    """Text that uses the library when it goes away."""

    __slots__ = ("inside",)
    inside: Callable[[], object]

    def __del__(self) -> None:
        self.inside()


def finally_calling(text: str, inside: Callable[[], object]) -> str:
    made = FinallyCalling(text)
    made.inside = inside
    return made


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
    data = finally_calling("x", again.close)
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
        time.sleep(0.3)
    assert failures == []
