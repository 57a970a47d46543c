"""RSA keys: RSAPublicKey and RSAPrivateKey of PKCS#1 (RFC 8017 appendix A.1) and their checks."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Final

from cryptography.hazmat.primitives.asymmetric import rsa

from countermark.errors import InvalidKey, LimitExceeded, UnsupportedAlgorithm
from countermark.reference.format import der
from countermark.reference.key.algorithm import RsaPrivate, RsaPublic

MIN_BITS: Final = 2048
"""The smallest modulus (NIST SP 800-131A)."""

MAX_BITS: Final = 8192
"""The largest modulus, which bounds the work of one signature."""

MAX_EXPONENT_BITS: Final = 33
"""The largest public exponent, which bounds the work of one verification."""


def decode_public(data: bytes) -> RsaPublic:
    """Reads RSAPublicKey (A.1.1)."""
    sequence = der.whole(data)
    n, e = sequence.unsigned(), sequence.unsigned()
    sequence.finish()
    return checked_public(n, e)


def encode_public(public: RsaPublic) -> bytes:
    """Writes RSAPublicKey (A.1.1)."""
    return der.encode_sequence(der.encode_unsigned(public.n), der.encode_unsigned(public.e))


def decode(data: bytes) -> RsaPrivate:
    """Reads RSAPrivateKey (A.1.2) of two primes.

    Raises:
        MalformedInput: ``der.*``.
        UnsupportedAlgorithm: ``algorithm.multi_prime``.
        InvalidKey: ``key.rsa_modulus``, ``.too_small``, ``.rsa_exponent`` or ``.rsa_private``.
        LimitExceeded: ``limit.key_size``.
    """
    sequence = der.whole(data)
    version = sequence.unsigned()
    if version == 1:
        raise multi_prime()
    if version != 0:
        raise der.malformed("value", "the version of the RSA private key is not 0")
    n, e, d, p, q, dp, dq, qi = (sequence.unsigned() for _ in range(8))
    sequence.finish()
    return checked(RsaPrivate(checked_public(n, e), d, p, q, dp, dq, qi))


def encode(private: RsaPrivate) -> bytes:
    """Writes RSAPrivateKey (A.1.2)."""
    numbers = (private.public.n, private.public.e, private.d, private.p, private.q)
    crt = (private.dp, private.dq, private.qi)
    return der.encode_sequence(*(der.encode_unsigned(i) for i in (0, *numbers, *crt)))


def from_numbers(numbers: rsa.RSAPrivateNumbers) -> RsaPrivate:
    """Takes over a key that was generated."""
    public = RsaPublic(numbers.public_numbers.n, numbers.public_numbers.e)
    crt = (numbers.dmp1, numbers.dmq1, numbers.iqmp)
    return RsaPrivate(public, numbers.d, numbers.p, numbers.q, *crt)


def to_numbers(private: RsaPrivate) -> rsa.RSAPrivateNumbers:
    """Hands a key to the primitive."""
    public = to_public_numbers(private.public)
    crt = (private.dp, private.dq, private.qi)
    return rsa.RSAPrivateNumbers(private.p, private.q, private.d, *crt, public)


def to_public_numbers(public: RsaPublic) -> rsa.RSAPublicNumbers:
    """Hands a public key to the primitive."""
    return rsa.RSAPublicNumbers(public.e, public.n)


def multi_prime() -> UnsupportedAlgorithm:
    """The refusal of a key of more than two primes."""
    return UnsupportedAlgorithm(
        "RSA keys of more than two primes are not offered", code="algorithm.multi_prime"
    )


def checked_public(n: int, e: int) -> RsaPublic:
    """RFC 8017 section 3.1, as far as it can be told without the primes, and the bounds of size."""
    if n % 2 == 0:
        raise InvalidKey("the RSA modulus is even", code="key.rsa_modulus")
    bits = n.bit_length()
    if bits < MIN_BITS:
        raise InvalidKey(
            f"the RSA modulus has {bits} bits, fewer than {MIN_BITS}", code="key.too_small"
        )
    if bits > MAX_BITS:
        raise LimitExceeded(
            f"the RSA modulus has {bits} bits, more than {MAX_BITS}", code="limit.key_size"
        )
    if e % 2 == 0 or e < 3 or e.bit_length() > MAX_EXPONENT_BITS:
        raise InvalidKey(
            f"the RSA exponent is even, below 3 or over {MAX_EXPONENT_BITS} bits",
            code="key.rsa_exponent",
        )
    return RsaPublic(n, e)


def checked(private: RsaPrivate) -> RsaPrivate:
    """RFC 8017 section 3.2: every relation between the numbers, or ``key.rsa_private``."""
    if not (_is_consistent(private) and _is_prime(private.p) and _is_prime(private.q)):
        raise InvalidKey(
            "the numbers of the RSA private key do not belong together", code="key.rsa_private"
        )
    return private


def _is_consistent(private: RsaPrivate) -> bool:
    n, e, d = private.public.n, private.public.e, private.d
    p, q = private.p, private.q
    return (
        # n is odd, so that p and q are at least 3 once their product is n.
        1 < p < n
        and 1 < q < n
        and p * q == n
        and 0 < d < n
        and e * d % (p - 1) == 1
        and e * d % (q - 1) == 1
        and private.dp == d % (p - 1)
        and private.dq == d % (q - 1)
        and 0 < private.qi < p
        and private.qi * q % p == 1
    )


_SMALL_PRIMES: Final = tuple(
    i for i in range(2, 1000) if all(i % j for j in range(2, int(i**0.5) + 1))
)
_DERIVED_BASES: Final = 8


def _is_prime(candidate: int) -> bool:
    """Miller-Rabin (FIPS 186-4 C.3.1) with small bases and with bases drawn from the number."""
    for prime in _SMALL_PRIMES:
        if candidate % prime == 0:
            return candidate == prime
    odd, twos = candidate - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    return all(_passes(candidate, base, odd, twos) for base in _bases(candidate))


def _bases(candidate: int) -> Iterator[int]:
    yield from (2, 3, 5, 7)
    octets = candidate.to_bytes((candidate.bit_length() + 7) // 8, "big")
    stream = hashlib.shake_256(octets).digest(16 * _DERIVED_BASES)
    for at in range(0, len(stream), 16):
        yield int.from_bytes(stream[at : at + 16], "big") % (candidate - 3) + 2


def _passes(candidate: int, base: int, odd: int, twos: int) -> bool:
    value = pow(base, odd, candidate)
    if value in (1, candidate - 1):
        return True
    for _ in range(twos - 1):
        value = value * value % candidate
        if value == candidate - 1:
            return True
    return False
