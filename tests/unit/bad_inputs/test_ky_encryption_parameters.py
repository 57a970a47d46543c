"""Encrypted keys: what they say of how they are encrypted (rows KY06 to KY10)."""

from __future__ import annotations

import resource
from dataclasses import replace
from typing import Any, Final

import pytest

from tests.property.encrypted import CIPHERS, Parameters
from tests.property.material import records
from tests.property.outcome import Door
from tests.unit.bad_inputs.der import (
    NULL,
    encrypted_pem,
    integer,
    octets,
    oid,
    pkcs8,
    sequence,
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
BODY: Final = "".join(records()["p256"]["pkcs8Pem"].splitlines()[1:-1])


def block(body: str, label: str) -> str:
    return f"-----BEGIN {label}-----\n{body}\n-----END {label}-----\n"


def accepts(door: Door, text: str, **options: Any) -> None:
    key = door.PrivateKey.from_pem(text, **options)
    assert key.public_key.to_der() == spki_of("p256")


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


@pytest.mark.parametrize(
    "cost", [(0, 8, 1), (1, 8, 1), (3, 8, 1), (2, 0, 1), (2, 1, 0), (2**16, 1, 1)]
)
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
        ({"prf_null": False}, "der.value"),
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


@pytest.mark.parametrize("what", ["kdf", "cipher", "scheme"])
@pytest.mark.parametrize("instead", [b"", NULL, integer(1)])
def test_ky08_parameters_of_another_type_are_refused(door: Door, what: str, instead: bytes) -> None:
    salt = sequence(octets(b"saltsalt"), integer(1))
    kdf = sequence(oid("1.2.840.113549.1.5.12"), instead if what == "kdf" else salt)
    aes, iv = oid("2.16.840.1.101.3.4.1.42"), octets(bytes(16))
    cipher = sequence(aes, instead if what == "cipher" else iv)
    scheme = instead if what == "scheme" else sequence(kdf, cipher)
    der = sequence(sequence(oid("1.2.840.113549.1.5.13"), scheme), octets(bytes(64)))
    assert opened(door, der) == "der.value"


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
