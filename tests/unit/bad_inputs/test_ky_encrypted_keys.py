"""Encrypted keys: passwords and ciphertext (rows KY01 to KY05 and KY11)."""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from tests.property.encrypted import Parameters
from tests.property.material import pem, records
from tests.property.outcome import Door
from tests.unit.bad_inputs.der import (
    container,
    encrypted_pem,
    inner,
    integer,
    octets,
    pkcs8,
    sec1,
    sequence,
    spki,
    spki_of,
)
from tests.unit.bad_inputs.refusals import refusal, refused, seconds

KEY: Final = records()["p256"]["pkcs8Pem"]


def accepts(door: Door, text: str | bytes, kind: str = "p256", **options: Any) -> None:
    key = door.PrivateKey.from_pem(text, **options)
    assert key.public_key.to_der() == spki_of(kind)


def refuses(door: Door, text: str | bytes, **options: Any) -> str:
    return refusal(door.PrivateKey.from_pem, text, **options)


def opened(door: Door, der: bytes) -> str:
    return refusal(door.PrivateKey.from_der, der, password="secret")


def test_ky01_an_encrypted_key_without_its_password_is_refused(door: Door) -> None:
    text = encrypted_pem(pkcs8("p256"))
    assert refuses(door, text) == "key.password_required"
    der = Parameters().encrypt(pkcs8("p256"))
    assert refusal(door.PrivateKey.from_der, der) == "key.password_required"
    assert refusal(door.KeySigner, "cr-1", text) == "key.password_required"
    accepts(door, text, password="secret")


def test_ky02_a_thousand_wrong_passwords_are_refused_in_the_same_words(door: Door) -> None:
    der = Parameters().encrypt(pkcs8("p256"))
    said = set()
    for _ in range(1000):
        password = secrets.token_bytes(secrets.randbelow(20))
        error = refused(door.PrivateKey.from_der, der, password=password)
        said.add((error.code, error.message, getattr(error, "offset", None)))
    assert len(said) == 1
    assert said.pop()[0] == "key.password_wrong"


def plaintexts() -> dict[str, bytes]:
    """Padding is right and what is under it is no key, from plain nonsense to nearly a key."""
    good = pkcs8("p256")
    return {
        "empty": b"",
        "text": b"not a key at all",
        "zeros": bytes(64),
        "an empty sequence": sequence(),
        "another structure": sequence(integer(1), integer(2)),
        "a public key": spki("p256"),
        "cut": good[:-1],
        "longer": good + b"\x00",
        "version 5": pkcs8("p256", version=5),
        "no algorithm": sequence(integer(0), octets(inner("p256"))),
    }


def test_ky02_whichever_layer_fails_takes_the_same_time(door: Door) -> None:
    slow = Parameters(iterations=40_000)
    layers = {
        "padding": slow.structure(bytes(160)),
        "structure": slow.encrypt(bytes(150)),
        "end": slow.encrypt(pkcs8("p256")[:-1]),
    }
    best = dict.fromkeys(layers, float("inf"))
    for _ in range(50):
        for layer, der in layers.items():
            spent = seconds(opened, door, der)
            best[layer] = min(best[layer], spent)
        if max(best.values()) < 1.5 * min(best.values()):
            return
    pytest.fail(f"the time tells the layer: {best}")


@pytest.mark.parametrize("what", plaintexts())
def test_ky03_right_padding_over_no_key_is_a_wrong_password(door: Door, what: str) -> None:
    der = Parameters().encrypt(plaintexts()[what])
    error = refused(door.PrivateKey.from_der, der, password="secret")
    assert error.code == "key.password_wrong"
    assert not hasattr(error, "offset")


def test_ky03_wrong_passwords_that_leave_right_padding_are_refused_alike(door: Door) -> None:
    der = Parameters().encrypt(pkcs8("p256"))
    before, last = der[-32:-16], der[-16:]
    found = []
    for number in range(3000):
        password = b"%d" % number
        key = hashlib.pbkdf2_hmac("sha256", password, Parameters().salt, 1, 32)
        context = Cipher(algorithms.AES(key), modes.CBC(before)).decryptor()
        text = context.update(last) + context.finalize()
        if 1 <= text[-1] <= 16 and text.endswith(text[-1:] * text[-1]):
            found.append(password)
    assert len(found) > 5
    said = {
        (error.code, error.message)
        for password in [*found, b"another"]
        for error in [refused(door.PrivateKey.from_der, der, password=password)]
    }
    assert {code for code, _ in said} == {"key.password_wrong"}
    assert len(said) == 1


def test_ky03_a_right_password_for_a_bad_key_says_what_is_bad(door: Door) -> None:
    text = encrypted_pem(pkcs8("p256", sec1(bytes(32))))
    assert refuses(door, text, password="secret") == "key.scalar"
    assert refuses(door, text, password="Secret") == "key.password_wrong"


@pytest.mark.parametrize("password", ["secret", b"secret", "", b""])
@pytest.mark.parametrize("named", ["pkcs8", "sec1", "pkcs1"])
def test_ky04_a_password_for_a_key_that_is_not_encrypted_is_refused(
    door: Door, named: str, password: str | bytes
) -> None:
    label, der = container(named, "rsa2048" if named == "pkcs1" else "p256")
    assert refuses(door, pem(label, der), password=password) == "key.not_encrypted"
    by_shape = refusal(door.PrivateKey.from_der, der, password=password)
    assert by_shape == "key.not_encrypted"


def test_ky04_the_password_is_refused_before_the_key_is_read(door: Door) -> None:
    assert refuses(door, pem("PRIVATE KEY", b"\x30\x00"), password="x") == "key.not_encrypted"


@pytest.mark.parametrize(
    ("made_with", "given", "right"),
    [
        (b"", b"", True),
        (b"", "", True),
        (b"", "x", False),
        (b"a\x00b", "a\x00b", True),
        (b"a\x00b", b"a", False),
        # HMAC fills its key up with zeros, so that PBKDF2 cannot tell these two apart.
        (b"a", b"a\x00", True),
        ("Schl\u00fcssel".encode(), "Schl\u00fcssel", True),
        ("Schl\u00fcssel".encode(), unicodedata.normalize("NFD", "Schl\u00fcssel"), False),
        (unicodedata.normalize("NFD", "\u00fc").encode(), "u\u0308", True),
        ("\U0001f511".encode(), "\U0001f511", True),
        (b"\xff\xfe", b"\xff\xfe", True),
        (b" secret\n", " secret\n", True),
        (b"secret", " secret", False),
        (b"x" * 65536, "x" * 65536, True),
    ],
)
def test_ky05_a_password_is_its_bytes_as_given(
    door: Door, made_with: bytes, given: str | bytes, right: bool
) -> None:
    text = encrypted_pem(pkcs8("p256"), Parameters(password=made_with))
    if right:
        accepts(door, text, password=given)
    else:
        assert refuses(door, text, password=given) == "key.password_wrong"


def test_ky05_an_empty_password_is_not_the_absence_of_one(door: Door) -> None:
    text = encrypted_pem(pkcs8("p256"), Parameters(password=b""))
    assert refuses(door, text) == "key.password_required"
    accepts(door, text, password=b"")
    accepts(door, text, password="")
    # Read, for somebody wrote it; not written, for it protects nothing.
    key = door.PrivateKey.from_pem(KEY)
    assert refusal(key.export_private_key, "pem", password="") == "argument.value"


@pytest.mark.parametrize("size", [65537, 1 << 20])
def test_ky05_a_password_over_64_kib_is_refused(door: Door, size: int) -> None:
    text = encrypted_pem(pkcs8("p256"))
    assert refuses(door, text, password="x" * size) == "limit.size"
    assert refuses(door, text, password=b"x" * size) == "limit.size"
    key = door.PrivateKey.from_pem(KEY)
    assert refusal(key.export_private_key, password="x" * size) == "limit.size"


def test_ky05_half_a_surrogate_pair_is_no_password(door: Door) -> None:
    text = encrypted_pem(pkcs8("p256"))
    assert refuses(door, text, password="\ud800") == "argument.value"


def test_ky11_damaged_ciphertext_is_a_wrong_password(door: Door) -> None:
    parameters = Parameters()
    whole = parameters.encrypt(pkcs8("p256"))
    ciphertext = whole[-(len(pkcs8("p256")) // 16 + 1) * 16 :]
    assert parameters.structure(ciphertext) == whole
    said = set()
    for size in (0, 1, 15, 16, 17, len(ciphertext) - 16, len(ciphertext) - 1, len(ciphertext) + 1):
        der = parameters.structure((ciphertext + b"\x00")[:size])
        error = refused(door.PrivateKey.from_der, der, password="secret")
        said.add((error.code, error.message))
    assert len(said) == 1
    assert said.pop()[0] == "key.password_wrong"


@pytest.mark.parametrize("last", [0, 1, 2, 5, 15, 16, 17, 128, 255])
def test_ky11_a_right_key_over_wrong_padding_is_a_wrong_password(door: Door, last: int) -> None:
    """Every octet of the padding counts, not only the last one."""
    key = pkcs8("p256")
    room = 16 - len(key) % 16
    assert room > 2
    right = bytes([room]) * room
    wrong = b"\x00" * (room - 1) + bytes([last])
    accepts(door, encrypted_pem(key, Parameters(padding=right)), password="secret")
    for padding in (wrong, right[:-1] + bytes([last]) if last != room else wrong):
        text = encrypted_pem(key, Parameters(padding=padding))
        assert refuses(door, text, password="secret") == "key.password_wrong"
