"""The Ed448 rule for R by facts: its encoding is the one of RFC 8032, and its order is not small.

The signer makes the signatures here, with the numbers of RFC 8032 section 5.2.6 and a nonce of zero, so that only
the rule stands between them and acceptance.
"""

from __future__ import annotations

import hashlib
from typing import Any, Final

import pytest

from tests.vectors.doors import MODULES, Door, outcome

P: Final = 2**448 - 2**224 - 1
L: Final = 2**446 - 0x8335DC163BB124B65129C96FDE933D8D723A70AADC873D6D54A7BB0D
PKCS8: Final = bytes.fromhex("3047020100300506032b6571043b0439")
DOM4: Final = b"SigEd448\0\0"
SEED: Final = hashlib.shake_256(b"countermark ed448").digest(57)


@pytest.fixture(params=list(MODULES), scope="module")
def key(request: pytest.FixtureRequest) -> Any:
    return Door(request.param).PrivateKey.from_der(PKCS8 + SEED)


def secret() -> int:
    """The scalar of the seed (section 5.2.5)."""
    h = bytearray(hashlib.shake_256(SEED).digest(114)[:57])
    h[0] &= 0xFC
    h[55] |= 0x80
    h[56] = 0
    return int.from_bytes(h, "little")


def signed(key: Any, nonce_point: bytes, message: bytes, nonce: int = 0) -> bytes:
    """R, and S with [S]B = R + [k]A where R is the neutral element, whatever its encoding."""
    public = key.public_key.to_der()[-57:]
    k = hashlib.shake_256(DOM4 + nonce_point + public + message).digest(114)
    scalar = (nonce + int.from_bytes(k, "little") * secret()) % L
    return nonce_point + scalar.to_bytes(57, "little")


def verdict(key: Any, message: bytes, signature: bytes) -> Any:
    return outcome(lambda: key.public_key.verify(message, signature))


def test_the_numbers_here_are_those_of_rfc_8032(key: Any) -> None:
    signature = key.sign(b"message")
    public = key.public_key.to_der()[-57:]
    prefix = hashlib.shake_256(SEED).digest(114)[57:]
    nonce = hashlib.shake_256(DOM4 + prefix + b"message").digest(114)
    k = hashlib.shake_256(DOM4 + signature[:57] + public + b"message").digest(114)
    scalar = int.from_bytes(nonce, "little") + int.from_bytes(k, "little") * secret()
    assert int.from_bytes(signature[57:], "little") == scalar % L
    assert verdict(key, b"message", signature) is None


@pytest.mark.parametrize("number", [1, P + 1])
@pytest.mark.parametrize("top", [0x00, 0x80, 0x01, 0x40, 0x7F])
def test_an_r_that_is_the_neutral_element_is_refused(key: Any, number: int, top: int) -> None:
    point = number.to_bytes(56, "little") + bytes([top])
    assert verdict(key, b"message", signed(key, point, b"message")) == "signature.invalid"


@pytest.mark.parametrize("bit", range(448, 455))
def test_an_unused_bit_of_r_is_refused(key: Any, bit: int) -> None:
    nonce = hashlib.shake_256(DOM4 + hashlib.shake_256(SEED).digest(114)[57:] + b"m").digest(114)
    point = bytearray(key.sign(b"m")[:57])
    point[bit // 8] |= 1 << bit % 8
    signature = signed(key, bytes(point), b"m", int.from_bytes(nonce, "little"))
    assert verdict(key, b"m", signature) == "signature.invalid"


@pytest.mark.parametrize("times", [1, 2, 3])
def test_s_with_multiples_of_l_added_is_refused(key: Any, times: int) -> None:
    signature = key.sign(b"message")
    scalar = int.from_bytes(signature[57:], "little") + times * L
    data = signature[:57] + scalar.to_bytes(57, "little")
    assert verdict(key, b"message", data) == "signature.invalid"
