"""What becomes of a secret: shown, copied, left behind (rows KY23, KY43 to KY45, KY47)."""

from __future__ import annotations

import copy
import inspect
import json
import logging
import pickle
import traceback
from base64 import b64encode
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.property.material import SMALL, private_key, records
from tests.property.outcome import NATIVE, Door
from tests.unit.bad_inputs import scanning
from tests.unit.bad_inputs.der import (
    EC_KINDS,
    IDENTIFIER,
    OKP_KINDS,
    encrypted_pem,
    integer,
    octets,
    pkcs8,
    public_bytes,
    rsa,
    scalar,
    sec1,
    seed,
    sequence,
)
from tests.unit.bad_inputs.entropy import without_entropy
from tests.unit.bad_inputs.refusals import refusal, refused


def load(door: Door, kind: str) -> Any:
    """A key that the test may close."""
    return door.PrivateKey.from_pem(records()[kind]["pkcs8Pem"])


# --- signing with another public key ---


def functions(door: Door) -> Iterator[tuple[str, Callable[..., Any]]]:
    for module in door._modules:
        for name in getattr(module, "__all__", ()):
            value = getattr(module, name)
            if inspect.isclass(value):
                members = [(name, value), *((f"{name}.{n}", m) for n, m in vars(value).items())]
                yield from ((n, m) for n, m in members if callable(m) or isinstance(m, classmethod))
            elif callable(value):
                yield name, value


def parameters(function: Any) -> set[str]:
    try:
        return set(inspect.signature(getattr(function, "__func__", function)).parameters)
    except (TypeError, ValueError):
        return set()


def test_ky23_no_function_that_signs_takes_a_public_key(door: Door) -> None:
    names = {name for name, _ in functions(door) if not name.startswith("_")}
    assert {"PrivateKey.sign", "PrivateKey.sign_digest", "create_credential", "KeySigner"} <= names
    signing = {"key", "private_key", "signer", "self"}
    both = {
        name
        for name, function in functions(door)
        if any("public" in one for one in parameters(function)) and parameters(function) & signing
    }
    # What is registered is text, and it must be the key's own: the next test.
    assert {name for name in both if not name.startswith("_") and ".__" not in name} <= {
        "create_credential",
        "create_credential_prepare",
        "register_key",
        "CryptographySigner",
    }


@pytest.mark.parametrize("kind", SMALL)
def test_ky23_the_text_that_is_registered_must_be_that_of_the_key(door: Door, kind: str) -> None:
    key = private_key(door, kind)
    for other in {"p256", "ed25519"} - {kind}:
        pem = records()[other]["spkiPem"]
        call = lambda pem=pem: door.create_credential(key, "Y2gtMQ", public_key_pem=pem)  # noqa: E731
        assert refusal(call) == "key.mismatch"


# --- showing and copying ---


def shapes(kind: str) -> list[str]:
    """How a secret could turn up in text."""
    found = []
    for secret in scanning.secrets_of(kind).values():
        found += [secret.hex()[2:26], secret.hex().upper()[2:26], repr(secret[1:9])[2:-1]]
        found += [str(int.from_bytes(secret, "big"))[2:26], str(list(secret[1:9]))[1:-1]]
        found += [str(int.from_bytes(secret, "little"))[2:26]]
        found += [b64encode(secret[shift : shift + 24])[4:28].decode() for shift in range(3)]
    return found


def fail_with(key: Any, divisor: int) -> float:
    local = [key, {"key": key}]
    return len(local) / divisor


def shown(key: Any, caplog: pytest.LogCaptureFixture) -> Iterator[str]:
    yield from (repr(key), str(key), f"{key}", f"{key!r:>200}", "%r %s" % (key, key))  # noqa: UP031
    yield repr({"key": [key]}) + ascii(key)
    yield " ".join(repr(getattr(key, name, "")) for name in dir(key) if "export" not in name)
    logging.getLogger(__name__).error("%r %s", key, key)
    yield caplog.text
    with pytest.raises(ZeroDivisionError) as caught:
        fail_with(key, 0)
    frames = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    yield "".join(frames.format())


@pytest.mark.parametrize("kind", SMALL)
def test_ky43_nothing_that_shows_a_key_shows_its_secret(
    kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    key = load(NATIVE, kind)
    exported = key.export_private_key("jwk").decode() + key.export_private_key("pem").decode()
    assert any(shape in exported.replace("-", "+").replace("_", "/") for shape in shapes(kind))
    for thing in (
        key,
        key._handle,
        NATIVE.KeySigner("cr-1", key),
        NATIVE.KeySigner("x", key)._handle,
    ):
        for text in shown(thing, caplog):
            assert text
            assert not [shape for shape in shapes(kind) if shape in text]


@pytest.mark.parametrize("kind", SMALL)
def test_ky43_the_twin_shows_no_secret_either(door: Door, kind: str) -> None:
    key = load(door, kind)
    for thing in (key, door.KeySigner("cr-1", key)):
        for text in (repr(thing), str(thing), f"{thing}", repr([thing])):
            assert not [shape for shape in shapes(kind) if shape in text]
    key.close()
    assert "closed" in repr(key)


def test_ky43_a_key_has_no_dictionary_to_look_into(door: Door) -> None:
    key = load(door, "p256")
    with pytest.raises(TypeError):
        vars(key)
    assert not hasattr(key, "__dict__")
    with pytest.raises((AttributeError, TypeError)):
        key.scalar = 1


@pytest.mark.parametrize("closed", [False, True], ids=["open", "closed"])
@pytest.mark.parametrize("kind", SMALL)
def test_ky43_a_key_is_neither_pickled_nor_copied(door: Door, kind: str, closed: bool) -> None:
    key = load(door, kind)
    if closed:
        key.close()
    ways: list[Callable[[], Any]] = [
        *(lambda n=number: pickle.dumps(key, n) for number in range(pickle.HIGHEST_PROTOCOL + 1)),
        lambda: pickle.dumps({"inside": [key]}),
        lambda: copy.copy(key),
        lambda: copy.deepcopy(key),
        lambda: copy.deepcopy([key]),
    ]
    for way in ways:
        assert refusal(way) == "argument.type"


def test_ky43_nor_is_what_holds_a_key() -> None:
    key = load(NATIVE, "p256")
    signer = NATIVE.KeySigner("cr-1", key)
    for thing in (key._handle, signer, signer._handle):
        for way in (pickle.dumps, copy.deepcopy):
            with pytest.raises(TypeError):
                way(thing)


def test_ky43_no_error_text_holds_the_input_it_is_about(door: Door) -> None:
    """What is refused may be a key that is nearly right."""
    digits = scalar("p256")
    body = b64encode(pkcs8("p256")).decode()
    jwk = json.loads(load(door, "p256").export_private_key("jwk"))
    pem = encrypted_pem(pkcs8("p256"))
    given = "correct horse battery staple"
    calls: list[Callable[[], Any]] = [
        lambda: door.PrivateKey.from_der(pkcs8("p256", sec1(digits + digits))),
        lambda: door.PrivateKey.from_der(pkcs8("p256", digits)),
        lambda: door.PrivateKey.from_der(sec1(digits)),
        lambda: door.PrivateKey.from_der(octets(digits)),
        lambda: door.PrivateKey.from_pem(f"-----BEGIN PRIVATE KEY-----\n{body}"),
        lambda: door.PrivateKey.from_pem(body),
        lambda: door.PrivateKey.from_pem(f"-----BEGIN {body}-----\n"),
        lambda: door.PrivateKey.from_jwk(jwk | {"d": jwk["d"] + "="}),
        lambda: door.PrivateKey.from_jwk(jwk | {"x": jwk["y"]}),
        lambda: door.PrivateKey.from_jwk(jwk | {"d": jwk["d"] + "AA"}),
        lambda: door.PrivateKey.from_pem(pem, password=given),
        lambda: door.KeySigner("cr-1", body),
    ]
    messages = [refused(call).message for call in calls]
    for message in messages:
        assert not [shape for shape in [*shapes("p256"), given] if shape in message]


def test_ky44_private_keys_are_not_compared(door: Door) -> None:
    one, same = load(door, "p256"), load(door, "p256")
    kind: Any = type(one)
    assert kind.__eq__ is object.__eq__
    assert kind.__hash__ is object.__hash__
    assert (one == one, one == same, one != same) == (True, False, True)
    assert len({one, same}) == 2
    assert one.public_key == same.public_key


# --- making keys without randomness ---


@pytest.mark.parametrize("answer", ["refused", "nothing"])
@pytest.mark.parametrize("algorithm", ["ES256", "ES384", "ES256K", "Ed25519", "Ed448", "RS256"])
def test_ky45_without_randomness_no_key_is_made(algorithm: str, answer: str) -> None:
    program = f"print(PrivateKey.generate({algorithm!r}, bits=2048).public_key.to_jwk())"
    without_entropy(program, answer)


# --- memory ---


@pytest.mark.parametrize("kind", SMALL)
@pytest.mark.parametrize("use", ["sign", "export", "nothing", "collect"])
def test_ky47_nothing_is_left_of_a_closed_key(kind: str, use: str) -> None:
    found = scanning.run(pkcs8(kind), use, scanning.pieces_of_key(kind))
    if use == "sign":
        assert scanning.found_in(found["open"]), (
            "the search finds nothing even where there is a key"
        )
    assert scanning.found_in(found["closed"]) == {}


def nearly_right(kind: str) -> bytes:
    """A key that is refused only when its secret has been taken apart already."""
    if kind in EC_KINDS:
        return pkcs8(kind, sec1(scalar(kind), public=public_bytes(kind)[:-1] + b"\x00"))
    if kind in OKP_KINDS:
        return pkcs8(kind, version=1, public=bytes(len(seed(kind))))
    return pkcs8(kind, rsa()._replace(qi=rsa().qi + 1).private())


@pytest.mark.parametrize("kind", SMALL)
def test_ky47_nothing_is_left_of_a_key_that_was_refused(kind: str) -> None:
    pieces = scanning.pieces_of_key(kind)
    longer = sequence(integer(0), IDENTIFIER[kind], octets(pkcs8(kind)))
    for der in (nearly_right(kind), pkcs8(kind, more=b"\x05\x00"), longer):
        found = scanning.run(der, "nothing", pieces)
        assert found["refused"]
        assert scanning.found_in(found["closed"]) == {}
