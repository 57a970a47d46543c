"""RSA by hand: keys from a seed, and signatures without chance.

`cryptography` makes RSA keys and PSS salts from the system's randomness only. This is for tests: nothing
here runs in constant time, and the keys are as secret as their seed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache

from countermark.webauthn.testing import der_writer as der
from countermark.webauthn.testing.seeding import Seed

EXPONENT = 65537
_SIEVE_TO = 30_000
_WINDOW = 1 << 14
_ROUNDS = 8

DIGEST_OIDS = {
    "md5": "1.2.840.113549.2.5",
    "sha1": "1.3.14.3.2.26",
    "sha256": "2.16.840.1.101.3.4.2.1",
    "sha384": "2.16.840.1.101.3.4.2.2",
    "sha512": "2.16.840.1.101.3.4.2.3",
}


def digest(name: str, data: bytes) -> bytes:
    """A hash under its lower-case name."""
    return hashlib.new(name, data, usedforsecurity=False).digest()


@dataclass(frozen=True, slots=True)
class RsaNumbers:
    """An RSA key: modulus, private exponent, primes and what the Chinese remainder theorem takes."""

    n: int
    d: int
    p: int
    q: int

    @property
    def size(self) -> int:
        """Bytes of the modulus."""
        return (self.n.bit_length() + 7) // 8

    def raw(self, message: int) -> int:
        """The private operation, m^d mod n."""
        at_p = pow(message, self.d % (self.p - 1), self.p)
        at_q = pow(message, self.d % (self.q - 1), self.q)
        return at_q + (at_p - at_q) * pow(self.q, -1, self.p) % self.p * self.q

    def sign_pkcs1(self, message: bytes, hash_name: str) -> bytes:
        """RSASSA-PKCS1-v1_5 (RFC 8017, 8.2.1)."""
        algorithm = der.sequence(der.oid(DIGEST_OIDS[hash_name]), der.null())
        info = der.sequence(algorithm, der.octet_string(digest(hash_name, message)))
        padded = b"\x00\x01" + b"\xff" * (self.size - len(info) - 3) + b"\x00" + info
        return self.raw(int.from_bytes(padded, "big")).to_bytes(self.size, "big")

    def sign_pss(self, message: bytes, hash_name: str, salt_length: int | None = None) -> bytes:
        """RSASSA-PSS (RFC 8017, 8.1.1) with the hash's own MGF1; the salt is drawn from key and message."""
        hashed = digest(hash_name, message)
        size = len(hashed) if salt_length is None else salt_length
        secret = self.d.to_bytes(self.size, "big")
        salt = hashlib.shake_256(b"PSS salt" + secret + hashed).digest(size)
        bits = self.n.bit_length() - 1
        length = (bits + 7) // 8
        inner = digest(hash_name, bytes(8) + hashed + salt)
        block = bytes(length - len(salt) - len(inner) - 2) + b"\x01" + salt
        mask = _mgf1(inner, len(block), hash_name)
        masked = bytearray(left ^ right for left, right in zip(block, mask, strict=True))
        masked[0] &= 0xFF >> (8 * length - bits)
        encoded = int.from_bytes(bytes(masked) + inner + b"\xbc", "big")
        return self.raw(encoded).to_bytes(self.size, "big")


def _mgf1(seed: bytes, length: int, hash_name: str) -> bytes:
    out = b""
    counter = 0
    while len(out) < length:
        out += digest(hash_name, seed + counter.to_bytes(4, "big"))
        counter += 1
    return out[:length]


@lru_cache(maxsize=64)
def rsa_numbers(seed: bytes, label: str, bits: int = 2048) -> RsaNumbers:
    """The RSA key of a seed and label: under half a second on average for 2048 bits, then kept."""
    source = Seed(seed).child(f"rsa {bits} {label}")
    p = _prime(source, "p", bits // 2)
    q = _prime(source, "q", bits // 2)
    return RsaNumbers(p * q, pow(EXPONENT, -1, (p - 1) * (q - 1)), p, q)


@lru_cache(maxsize=1)
def _small_primes() -> tuple[int, ...]:
    alive = bytearray([1]) * _SIEVE_TO
    for at in range(2, int(_SIEVE_TO**0.5) + 1):
        if alive[at]:
            alive[at * at :: at] = bytes(len(range(at * at, _SIEVE_TO, at)))
    return tuple(at for at in range(3, _SIEVE_TO) if alive[at])


def _prime(source: Seed, label: str, bits: int) -> int:
    """The first prime from a random odd start with both top bits set, so that a product fills its size."""
    for attempt in range(1000):
        start = int.from_bytes(source.take(f"{label} {attempt}", bits // 8), "big")
        start |= 3 << (bits - 2) | 1
        alive = bytearray([1]) * _WINDOW  # alive[i] stands for start + 2i
        for small in _small_primes():
            first = -start * pow(2, -1, small) % small
            alive[first::small] = bytes(len(range(first, _WINDOW, small)))
        for at in range(_WINDOW):
            candidate = start + 2 * at
            if alive[at] and candidate % EXPONENT != 1 and _is_prime(candidate):
                return candidate
    raise AssertionError("no prime in a thousand windows")


def _is_prime(candidate: int) -> bool:
    """Miller–Rabin to fixed bases: the candidates are random, not chosen by an adversary."""
    odd = candidate - 1
    twos = (odd & -odd).bit_length() - 1
    odd >>= twos
    for base in (2, 3, 5, 7, 11, 13, 17, 19)[:_ROUNDS]:
        power = pow(base, odd, candidate)
        if power in (1, candidate - 1):
            continue
        for _ in range(twos - 1):
            power = power * power % candidate
            if power == candidate - 1:
                break
        else:
            return False
    return True
