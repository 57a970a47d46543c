"""RSA keys whose numbers do not make a key, or not one that is taken (rows KY32 to KY38)."""

from __future__ import annotations

import secrets
from functools import cache
from typing import Final

import pytest

from tests.property.material import pem
from tests.property.outcome import Door
from tests.property.wire import b64u
from tests.unit.bad_inputs.der import (
    EC_KEY,
    NULL,
    PSS_KEY,
    RSA_KEY,
    Rsa,
    context,
    integer,
    oid,
    pkcs8,
    rsa,
    sequence,
    spki,
    spki_of,
)
from tests.unit.bad_inputs.refusals import refusal


def private(door: Door, der: bytes) -> str:
    return refusal(door.PrivateKey.from_der, der)


def public(door: Door, der: bytes) -> str:
    return refusal(door.PublicKey.from_der, der)


CARMICHAEL: Final = (
    0x3A91B35D7F0BF1E84C4FB5A6E21D21E2AA48460B7C7227FC0F1B3E39AB909B9AA917FACD467E18B6646C0
)
"""k for which 6k+1, 12k+1 and 18k+1 are prime: their product passes for a prime in every signature."""


@cache
def wrong_primes() -> dict[str, Rsa]:
    good = rsa()
    p, q, n = good.p, good.q, good.n
    carmichael = (6 * CARMICHAEL + 1) * (12 * CARMICHAEL + 1) * (18 * CARMICHAEL + 1)
    multiple = next(m for m in range(q | 1, q + 10_000, 2) if m % 3 == 0 and (m - 1) % 65537)
    square = Rsa(p * p, 65537, pow(65537, -1, p - 1), p, p, 1, 1, 1)
    return {
        "p = 1": good._replace(p=1, q=n),
        "q = 1": good._replace(p=n, q=1),
        "p = 0": good._replace(p=0),
        "q = 0": good._replace(q=0),
        "p = q": square._replace(dp=square.d % (p - 1), dq=square.d % (p - 1)),
        "p even": good._replace(p=p + 1),
        "q even": good._replace(q=q - 1),
        "p swapped with q": good._replace(p=q, q=p),
        "p * q is not n": good._replace(p=p + 2),
        "p + n": good._replace(p=p + n),
        "p a multiple of three": Rsa.of_primes(multiple, q),
        "q a multiple of three": Rsa.of_primes(p, multiple),
        "p a Carmichael number": Rsa.of_primes(carmichael, q),
        "q a Carmichael number": Rsa.of_primes(p, carmichael),
    }


@pytest.mark.parametrize("what", wrong_primes())
def test_ky32_primes_that_are_none_are_refused(door: Door, what: str) -> None:
    numbers = wrong_primes()[what]
    assert private(door, numbers.private()) == "key.rsa_private"
    assert private(door, pkcs8("rsa2048", numbers.private())) == "key.rsa_private"


def test_ky32_an_even_modulus_is_refused(door: Door) -> None:
    for n in (rsa().n + 1, rsa().n - 1, 1 << 2047, 0, 2):
        numbers = rsa()._replace(n=n)
        assert public(door, numbers.public()) == "key.rsa_modulus"
        assert public(door, spki("rsa2048", numbers.public())) == "key.rsa_modulus"
        assert private(door, numbers.private()) == "key.rsa_modulus"


@pytest.mark.parametrize("e", [0, 1, 2, 65536, 1 << 32, (1 << 33) + 1, (1 << 34) - 1, 1 << 256 | 1])
def test_ky33_a_public_exponent_that_is_none_is_refused(door: Door, e: int) -> None:
    numbers = rsa()._replace(e=e)
    assert public(door, numbers.public()) == "key.rsa_exponent"
    assert private(door, numbers.private()) == "key.rsa_exponent"
    size = max(1, (e.bit_length() + 7) // 8)
    jwk = {
        "kty": "RSA",
        "n": b64u(rsa().n.to_bytes(256, "big")),
        "e": b64u(e.to_bytes(size, "big")),
    }
    code = refusal(door.PublicKey.from_jwk, jwk)
    assert code == ("jwk.value" if e == 0 else "key.rsa_exponent")


@pytest.mark.parametrize("e", [3, 5, 17, 65537, (1 << 33) - 1])
def test_ky33_public_exponents_within_the_bounds_are_read(door: Door, e: int) -> None:
    assert door.PublicKey.from_der(rsa()._replace(e=e).public()).bits == 2048


def wrong_exponents() -> dict[str, Rsa]:
    good = rsa()
    phi = (good.p - 1) * (good.q - 1)
    return {
        "0": good._replace(d=0),
        "1": good._replace(d=1),
        "n": good._replace(d=good.n),
        "d + 1": good._replace(d=good.d + 1),
        "d + 2": good._replace(d=good.d + 2),
        "e": good._replace(d=good.e),
        "the inverse of another exponent": good._replace(d=pow(3, -1, phi) if phi % 3 else 5),
        "right, and over n": good._replace(d=good.d + -(-(good.n - good.d) // phi) * phi),
        "right, and far over n": good._replace(d=good.d + phi * 2**64),
    }


@pytest.mark.parametrize("what", wrong_exponents())
def test_ky33_a_private_exponent_that_is_none_is_refused(door: Door, what: str) -> None:
    assert private(door, wrong_exponents()[what].private()) == "key.rsa_private"


@pytest.mark.parametrize("name", ["dp", "dq", "qi"])
@pytest.mark.parametrize("change", ["zero", "one", "plus one", "plus two", "plus modulus"])
def test_ky34_wrong_crt_values_are_refused(door: Door, name: str, change: str) -> None:
    good = rsa()
    value: int = getattr(good, name)
    modulus = {"dp": good.p - 1, "dq": good.q - 1, "qi": good.p}[name]
    changed = {
        "zero": 0,
        "one": 1,
        "plus one": value + 1,
        "plus two": value + 2,
        "plus modulus": value + modulus,
    }[change]
    assert private(door, good._replace(**{name: changed}).private()) == "key.rsa_private"


def test_ky32_ky33_ky34_the_numbers_that_are_changed_are_right_ones(door: Door) -> None:
    key = door.PrivateKey.from_der(rsa().private())
    assert key.public_key.to_der() == spki_of("rsa2048")
    key.public_key.verify(b"m", key.sign(b"m"))


def test_ky35_more_than_two_primes_are_not_offered(door: Door) -> None:
    good = rsa()
    three = sequence(*(integer(number) for number in (1, *good)), sequence(sequence(integer(3))))
    for der in (good.private(version=1), three):
        assert private(door, der) == "algorithm.multi_prime"
        assert private(door, pkcs8("rsa2048", der)) == "algorithm.multi_prime"
    assert private(door, good.private(version=2)) == "der.value"


@pytest.mark.parametrize(
    ("size", "code"),
    [
        (512, "key.too_small"),
        (1024, "key.too_small"),
        (2047, "key.too_small"),
        (8193, "limit.key_size"),
        (16385, "limit.key_size"),
        (65536, "limit.key_size"),
    ],
)
def test_ky36_rsa_keys_of_other_sizes_are_refused(door: Door, size: int, code: str) -> None:
    modulus = secrets.randbits(size) | 1 << (size - 1) | 1
    numbers = Rsa(modulus, 65537, 3, 5, 7, 1, 1, 1)
    assert public(door, numbers.public()) == code
    assert public(door, spki("rsa2048", numbers.public())) == code
    assert private(door, numbers.private()) == code
    jwk = {"kty": "RSA", "n": b64u(modulus.to_bytes((size + 7) // 8, "big")), "e": "AQAB"}
    assert refusal(door.PublicKey.from_jwk, jwk) == code


@pytest.mark.parametrize("size", [2048, 2049, 8191, 8192])
def test_ky36_the_sizes_at_the_bounds_are_read(door: Door, size: int) -> None:
    modulus = secrets.randbits(size) | 1 << (size - 1) | 1
    assert door.PublicKey.from_der(Rsa(modulus, 65537, 0, 0, 0, 0, 0, 0).public()).bits == size


@pytest.mark.parametrize("size", [2047, 8193])
def test_ky36_keys_of_other_sizes_are_not_made(door: Door, size: int) -> None:
    assert refusal(door.PrivateKey.generate, "RS256", bits=size) == "argument.value"


def test_ky37_close_primes_are_not_looked_for(door: Door) -> None:
    """Documented: a key that Fermat's method factors loads like any other; making keys is not ours."""
    numbers = Rsa.of_primes(rsa().p + 268, rsa().p)
    key = door.PrivateKey.from_der(numbers.private())
    key.public_key.verify(b"m", key.sign(b"m"))


def test_ky37_one_prime_far_smaller_than_the_other_is_not_looked_for(door: Door) -> None:
    numbers = Rsa.of_primes((3 << 1534) + 1837, (3 << 510) + 761)
    assert numbers.n.bit_length() == 2048
    key = door.PrivateKey.from_der(numbers.private())
    key.public_key.verify(b"m", key.sign(b"m"))


SHA256: Final = sequence(oid("2.16.840.1.101.3.4.2.1"), NULL)
PSS_PARAMETERS: Final = sequence(
    context(0, SHA256),
    context(1, sequence(oid("1.2.840.113549.1.1.8"), SHA256)),
    context(2, integer(32)),
)


@pytest.mark.parametrize("parameters", [b"", NULL, sequence(), PSS_PARAMETERS])
def test_ky38_a_key_for_pss_only_is_not_offered(door: Door, parameters: bytes) -> None:
    identifier = sequence(PSS_KEY, parameters)
    assert private(door, pkcs8("rsa2048", identifier=identifier)) == "algorithm.key_type"
    assert public(door, spki("rsa2048", identifier=identifier)) == "algorithm.key_type"
    text = pem("PUBLIC KEY", spki("rsa2048", identifier=identifier))
    assert refusal(door.PublicKey.from_pem, text) == "algorithm.key_type"


@pytest.mark.parametrize("parameters", [b"", sequence(), PSS_PARAMETERS, NULL + NULL, integer(0)])
def test_ky38_an_rsa_key_has_null_parameters_and_no_others(door: Door, parameters: bytes) -> None:
    identifier = sequence(RSA_KEY, parameters)
    assert private(door, pkcs8("rsa2048", identifier=identifier)).startswith("der.")
    assert public(door, spki("rsa2048", identifier=identifier)).startswith("der.")


def test_ky38_the_identifier_decides_what_the_key_is_read_as(door: Door) -> None:
    ed25519 = sequence(oid("1.3.101.112"))
    assert private(door, pkcs8("rsa2048", identifier=ed25519)).startswith("der.")
    assert public(door, spki("rsa2048", identifier=ed25519)) == "key.length"
    p256 = sequence(EC_KEY, oid("1.2.840.10045.3.1.7"))
    assert private(door, pkcs8("rsa2048", identifier=p256)).startswith("der.")
    assert public(door, spki("rsa2048", identifier=p256)) == "key.point"
    assert private(door, pkcs8("ed25519", identifier=sequence(RSA_KEY, NULL))).startswith("der.")
    with_parameters = sequence(oid("1.3.101.112"), NULL)
    assert private(door, pkcs8("ed25519", identifier=with_parameters)) == "der.value"
    assert public(door, spki("ed25519", identifier=with_parameters)) == "der.value"


@pytest.mark.parametrize("name", ["1.3.101.110", "1.3.101.111", "1.2.840.10040.4.1"])
def test_ky38_keys_for_other_ends_are_not_offered(door: Door, name: str) -> None:
    identifier = sequence(oid(name))
    assert private(door, pkcs8("ed25519", identifier=identifier)) == "algorithm.key_type"
    assert public(door, spki("ed25519", identifier=identifier)) == "algorithm.key_type"
