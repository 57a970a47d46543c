"""What keys are read with, by itself, for test vectors: HMAC, PBKDF2 and PBES2."""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

from countermark.errors import ArgumentValueError
from countermark.reference.crypto.ecdsa_signature import invalid
from countermark.reference.format import BytesLike, bytes_argument
from countermark.reference.key import pbes2

_HASHES: Final = {
    "SHA-1": "sha1",
    "SHA-224": "sha224",
    "SHA-256": "sha256",
    "SHA-384": "sha384",
    "SHA-512": "sha512",
}
_LONGEST_OUTPUT: Final = 64 * 1024
"""Of PBKDF2, in octets."""


def _hash(name: str, *without: str) -> str:
    if name not in _HASHES.keys() - set(without):
        raise ArgumentValueError("this hash is not offered here", code="argument.value")
    return _HASHES[name]


def hmac_verify(
    hash: str, key: BytesLike, message: BytesLike, tag: BytesLike, length: int, /
) -> None:
    """Compares a tag with the first ``length`` octets of the right one (RFC 2104 section 5)."""
    right = hmac.digest(bytes_argument(key, "key"), bytes_argument(message, "message"), _hash(hash))
    if not 0 < length <= len(right):
        raise ArgumentValueError("no tag has this length", code="argument.value")
    if not hmac.compare_digest(right[:length], bytes_argument(tag, "tag")):
        raise invalid()


def pbkdf2(
    hash: str, password: BytesLike, salt: BytesLike, iterations: int, length: int, /
) -> bytes:
    """RFC 8018 section 5.2. SHA-224 is not offered with it, and no more than 64 KiB of output."""
    name = _hash(hash, "SHA-224")
    if not 0 < iterations <= pbes2.MAX_ITERATIONS or not 1 <= length <= _LONGEST_OUTPUT:
        raise ArgumentValueError("iterations or length out of range", code="argument.value")
    octets = bytes_argument(password, "password"), bytes_argument(salt, "salt")
    return hashlib.pbkdf2_hmac(name, *octets, iterations, length)


def pbes2_decrypt(data: BytesLike, password: BytesLike, /) -> bytes:
    """What is inside an EncryptedPrivateKeyInfo (RFC 5958 section 3), whether it is a key or not."""
    return pbes2.decrypt(bytes_argument(data, "data"), bytes_argument(password, "password"))


__all__ = ["hmac_verify", "pbes2_decrypt", "pbkdf2"]
