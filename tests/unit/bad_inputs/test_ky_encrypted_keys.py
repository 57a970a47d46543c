"""Encrypted keys: passwords, and what stands around the ciphertext (rows KY01 to KY11)."""

from __future__ import annotations

import hashlib
import resource
import secrets
import unicodedata
from dataclasses import replace
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from tests.property.encrypted import CIPHERS, Parameters
from tests.property.material import pem, records
from tests.property.outcome import Door
from tests.unit.bad_inputs.der import (
    container,
    encrypted_pem,
    inner,
    integer,
    octets,
    oid,
    pkcs8,
    sec1,
    sequence,
    spki,
    spki_of,
)
from tests.unit.bad_inputs.refusals import refusal, refused, seconds

SCRYPT: Final = "2b06010401da47040b"
PBES1: Final = {
    **{f"1.2.840.113549.1.5.{last}": "PBES1" for last in (1, 3, 4, 6, 10, 11)},
    **{f"1.2.840.113549.1.12.1.{last}": "PKCS#12" for last in range(1, 7)},
}
OLD_CIPHERS: Final = {
    "3DES": "2a864886f70d0307",
    "RC2": "2a864886f70d0302",
    "DES": "2b0e030207",
    "AES-GCM": "60864801650304012e",
}
KEY: Final = records()["p256"]["pkcs8Pem"]
BODY: Final = "".join(KEY.splitlines()[1:-1])


def block(body: str, label: str = "PRIVATE KEY") -> str:
    return f"-----BEGIN {label}-----\n{body}\n-----END {label}-----\n"


def accepts(door: Door, text: str | bytes, kind: str = "p256", **options: Any) -> None:
    key = door.PrivateKey.from_pem(text, **options)
    assert key.public_key.to_der() == spki_of(kind)


def refuses(door: Door, text: str | bytes, **options: Any) -> str:
    return refusal(door.PrivateKey.from_pem, text, **options)


# --- passwords ---


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


# --- encryption parameters ---


def structure(**changes: Any) -> bytes:
    return replace(Parameters(), **changes).structure(bytes(64))


def opened(door: Door, der: bytes) -> str:
    return refusal(door.PrivateKey.from_der, der, password="secret")


def test_ky06_no_iteration_is_refused(door: Door) -> None:
    assert opened(door, structure(iterations=0)) == "der.value"


def test_ky06_one_iteration_is_accepted(door: Door) -> None:
    accepts(door, encrypted_pem(pkcs8("p256"), Parameters(iterations=1)), password="secret")


@pytest.mark.parametrize("iterations", [2_000_001, 10**7, 2**31, 2**32, 2**63, 2**64, 2**70])
def test_ky06_iterations_over_the_cap_are_refused_before_deriving(
    door: Door, iterations: int
) -> None:
    der = structure(stated_iterations=iterations)
    spent = seconds(opened, door, der, times=3)
    assert opened(door, der) == "limit.kdf_cost"
    assert spent < 0.05


def test_ky06_as_many_iterations_as_the_cap_are_done(door: Door) -> None:
    der = structure(stated_iterations=2_000_000)
    assert opened(door, der) == "key.password_wrong"


@pytest.mark.parametrize(
    "cost",
    [
        (2**30, 8, 1),
        (2**18, 8, 1),
        (2**17, 8, 3),
        (2**17, 16, 1),
        (2**14, 2**30, 1),
        (2, 2**24, 1),
        (2, 1, 2**30),
        (2**14, 8, 2**16),
        (2**63, 2**63, 1),
        (2**64, 1, 1),
        (2**32, 2**32, 2**32),
        (2, 2**70, 1),
        (2, 1, 2**70),
    ],
)
def test_ky07_scrypt_over_its_bounds_is_refused_before_allocating(
    door: Door, cost: tuple[int, int, int]
) -> None:
    der = structure(kdf=SCRYPT, stated_scrypt=cost)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    spent = seconds(opened, door, der, times=3)
    assert opened(door, der) == "limit.kdf_cost"
    assert spent < 0.05
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 32 * 1024


@pytest.mark.parametrize("cost", [(0, 8, 1), (1, 8, 1), (3, 8, 1), (2, 0, 1), (2, 1, 0)])
def test_ky07_scrypt_parameters_that_mean_nothing_are_refused(
    door: Door, cost: tuple[int, int, int]
) -> None:
    assert opened(door, structure(kdf=SCRYPT, stated_scrypt=cost)) == "der.value"


def test_ky07_scrypt_within_its_bounds_is_read(door: Door) -> None:
    for cost in ((2**14, 8, 1), (2, 1, 4)):
        text = encrypted_pem(pkcs8("p256"), Parameters(kdf=SCRYPT, scrypt=cost))
        accepts(door, text, password="secret")
    # The most memory there may be; whether the plaintext is a key is not the question.
    assert opened(door, structure(kdf=SCRYPT, stated_scrypt=(2**17, 8, 1))) == "key.password_wrong"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"prf": "2a864886f70d0208"}, "algorithm.encryption"),
        ({"prf": "2a864886f70d020c"}, "algorithm.encryption"),
        ({"kdf": "2a864886f70d01050e"}, "algorithm.encryption"),
        ({"key_length": 16}, "der.value"),
        ({"key_length": 33}, "der.value"),
        ({"key_length": 0}, "der.value"),
        ({"key_length": 2**64 + 32}, "der.value"),
        ({"kdf": SCRYPT, "key_length": 16}, "der.value"),
        ({"cipher": "608648016503040102", "key_length": 32}, "der.value"),
        ({"iv": bytes(15)}, "der.value"),
        ({"iv": bytes(17)}, "der.value"),
        ({"iv": b""}, "der.value"),
        ({"salt": b""}, "der.value"),
        ({"salt": b"", "kdf": SCRYPT}, "der.value"),
        ({"salt": bytes(1025)}, "limit.size"),
        ({"salt": bytes(1025), "kdf": SCRYPT}, "limit.size"),
        ({"salt": bytes(1 << 20)}, "limit.size"),
    ],
)
def test_ky08_encryption_parameters_that_are_not_right_are_refused(
    door: Door, changes: dict[str, Any], code: str
) -> None:
    assert opened(door, structure(**changes)) == code


@pytest.mark.parametrize("prf", [None, *(f"2a864886f70d02{last}" for last in ("07", "09", "0a"))])
@pytest.mark.parametrize("cipher", list(CIPHERS)[:3])
def test_ky08_the_parameters_next_to_the_refused_ones_are_read(
    door: Door, prf: str | None, cipher: str
) -> None:
    parameters = Parameters(
        prf=prf, cipher=cipher, key_length=CIPHERS[cipher], salt=bytes(1024), iv=bytes(16)
    )
    accepts(door, encrypted_pem(pkcs8("p256"), parameters), password="secret")


@pytest.mark.parametrize("dotted", PBES1)
def test_ky09_the_old_password_schemes_are_not_offered(door: Door, dotted: str) -> None:
    scheme = sequence(oid(dotted), sequence(octets(b"saltsalt"), integer(2048)))
    der = sequence(scheme, octets(bytes(64)))
    assert opened(door, der) == "algorithm.encryption"


@pytest.mark.parametrize("name", OLD_CIPHERS)
def test_ky09_other_ciphers_than_aes_cbc_are_not_offered(door: Door, name: str) -> None:
    for iv in (bytes(8), bytes(16)):
        assert opened(door, structure(cipher=OLD_CIPHERS[name], iv=iv)) == "algorithm.encryption"


@pytest.mark.parametrize(
    "headers",
    [
        "Proc-Type: 4,ENCRYPTED\nDEK-Info: DES-EDE3-CBC,0011223344556677\n",
        "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00112233445566778899AABBCCDDEEFF\n",
        "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,no hex at all\n",
        "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC\n",
        "DEK-Info: DES-CBC,0011\n",
    ],
)
@pytest.mark.parametrize("label", ["EC PRIVATE KEY", "RSA PRIVATE KEY", "PRIVATE KEY"])
def test_ky10_the_old_openssl_encryption_is_refused_with_the_command_that_converts_it(
    door: Door, label: str, headers: str
) -> None:
    text = block(f"{headers}\n{BODY}", label)
    for options in ({}, {"password": "secret"}):
        error = refused(door.PrivateKey.from_pem, text, **options)
        assert error.code == "algorithm.legacy_encryption"
        assert "openssl pkcs8 -topk8 -in OLD.pem -out NEW.pem" in error.message


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
