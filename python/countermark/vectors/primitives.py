"""What the native engine reads keys with, by itself: no public module offers it.

The arguments and errors are those of the engine; secrets that are given as Python bytes are not wiped.
"""

from __future__ import annotations

from countermark import _native


def hmac_verify(hash: str, key: bytes, message: bytes, tag: bytes, length: int, /) -> None:
    """Compares a tag with the first ``length`` bytes of the right HMAC (RFC 2104 section 5).

    Args:
        hash: ``"SHA-1"``, ``"SHA-224"``, ``"SHA-256"``, ``"SHA-384"`` or ``"SHA-512"``.

    Raises:
        InvalidSignature: it is another tag, or has another length.
        ArgumentValueError: there is no HMAC with this hash, or none of its tags has this length.
    """
    _native.hmac_verify(hash, key, message, tag, length)


def pbkdf2(hash: str, password: bytes, salt: bytes, iterations: int, length: int, /) -> bytes:
    """Derives ``length`` bytes (RFC 8018 section 5.2).

    Args:
        hash: ``"SHA-1"``, ``"SHA-256"``, ``"SHA-384"`` or ``"SHA-512"``.
        iterations: at most 2,000,000.

    Raises:
        ArgumentValueError: there is no PBKDF2 with this hash, or a number is out of range.
    """
    return _native.pbkdf2(hash, password, salt, iterations, length)


def pbes2_decrypt(data: bytes, password: bytes, /) -> bytes:
    """What is inside an EncryptedPrivateKeyInfo (RFC 5958 section 3, RFC 8018 section 6.2), a key or not.

    Raises:
        MalformedInput: ``der.*``.
        UnsupportedAlgorithm: ``algorithm.encryption``.
        LimitExceeded: ``limit.kdf_cost`` or ``limit.size``.
        InvalidKey: ``key.password_wrong``, which damaged ciphertext is as well.
    """
    return _native.pbes2_decrypt(data, password)


__all__ = ["hmac_verify", "pbes2_decrypt", "pbkdf2"]
