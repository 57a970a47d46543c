"""EncryptedPrivateKeyInfo (RFC 5958 section 3) with PBES2 (RFC 8018 section 6.2).

Key derivation is PBKDF2 (RFC 8018 section 5.2) or scrypt (RFC 7914), encryption is AES-CBC (RFC
8018 appendix B.2.5). All costs are bounded before anything is derived. Nothing authenticates the
ciphertext: a wrong password and a corrupted ciphertext are one outcome, ``key.password_wrong``.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Final, NamedTuple

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from countermark.errors import InvalidKey, LimitExceeded, UnsupportedAlgorithm
from countermark.reference.format import check_size, der
from countermark.reference.key.algorithm import (
    Identifier,
    is_null,
    read_identifier,
    write_identifier,
)

MAX_SALT: Final = 1024
MAX_ITERATIONS: Final = 2_000_000
MAX_SCRYPT_BLOCKS: Final = 2**20
"""N times r: 128 octets each, so 128 MiB."""
MAX_SCRYPT_WORK: Final = 2**21
"""N times r times p."""
MAX_SCRYPT_MIXED: Final = 2**14
"""r times p: 128 octets each, beside the others."""

EXPORT_ITERATIONS: Final = 600_000

_BLOCK: Final = 16

_PBES2: Final = der.object_identifier("1.2.840.113549.1.5.13")
_PBKDF2: Final = der.object_identifier("1.2.840.113549.1.5.12")
_SCRYPT: Final = der.object_identifier("1.3.6.1.4.1.11591.4.11")
_HMAC_SHA1: Final = der.object_identifier("1.2.840.113549.2.7")
_HMAC_SHA256: Final = der.object_identifier("1.2.840.113549.2.9")
_PRFS: Final[dict[bytes, hashes.HashAlgorithm]] = {
    _HMAC_SHA1: hashes.SHA1(),  # noqa: S303  # the default of RFC 8018, for derivation only
    _HMAC_SHA256: hashes.SHA256(),
    der.object_identifier("1.2.840.113549.2.10"): hashes.SHA384(),
    der.object_identifier("1.2.840.113549.2.11"): hashes.SHA512(),
}
_AES256_CBC: Final = der.object_identifier("2.16.840.1.101.3.4.1.42")
_KEY_SIZES: Final = {
    der.object_identifier("2.16.840.1.101.3.4.1.2"): 16,
    der.object_identifier("2.16.840.1.101.3.4.1.22"): 24,
    _AES256_CBC: 32,
}


def decrypt(data: bytes, password: bytes) -> bytes:
    """Returns the plaintext of EncryptedPrivateKeyInfo.

    Raises:
        MalformedInput: ``der.*``.
        UnsupportedAlgorithm: ``algorithm.encryption``.
        LimitExceeded: ``limit.size`` or ``limit.kdf_cost``.
        InvalidKey: ``key.password_wrong``.
    """
    sequence = der.whole(data)
    identifier = read_identifier(sequence)
    ciphertext = sequence.octet_string()
    sequence.finish()
    if identifier.oid != _PBES2:
        raise _unsupported("the encryption of the private key is not PBES2")
    derivation, scheme = _parameters(identifier)
    key = derivation.derive(password, scheme.key_size)
    return _decrypt_cbc(key, scheme.iv, ciphertext)


def encrypt(plaintext: bytes, password: bytes) -> bytes:
    """Writes EncryptedPrivateKeyInfo: PBKDF2 with HMAC-SHA256, AES-256-CBC, fresh salt and IV."""
    salt, iv = os.urandom(16), os.urandom(_BLOCK)
    derivation = Pbkdf2(salt, EXPORT_ITERATIONS, None, hashes.SHA256())
    pad = _BLOCK - len(plaintext) % _BLOCK
    cipher = Cipher(algorithms.AES(derivation.derive(password, 32)), modes.CBC(iv)).encryptor()
    ciphertext = cipher.update(plaintext + bytes((pad,)) * pad) + cipher.finalize()
    kdf = der.encode_sequence(
        der.encode_octet_string(salt),
        der.encode_unsigned(EXPORT_ITERATIONS),
        write_identifier(_HMAC_SHA256, der.encode_null()),
    )
    parameters = der.encode_sequence(
        write_identifier(_PBKDF2, kdf),
        write_identifier(_AES256_CBC, der.encode_octet_string(iv)),
    )
    return der.encode_sequence(
        write_identifier(_PBES2, parameters), der.encode_octet_string(ciphertext)
    )


@dataclass(frozen=True, slots=True)
class Pbkdf2:
    """PBKDF2-params (RFC 8018 appendix A.2)."""

    salt: bytes
    iterations: int
    key_length: int | None
    prf: hashes.HashAlgorithm

    def derive(self, password: bytes, size: int) -> bytes:
        """RFC 8018 section 5.2."""
        return PBKDF2HMAC(self.prf, size, self.salt, self.iterations).derive(password)


@dataclass(frozen=True, slots=True)
class ScryptCost:
    """scrypt-params (RFC 7914 section 7)."""

    salt: bytes
    n: int
    r: int
    p: int
    key_length: int | None

    def derive(self, password: bytes, size: int) -> bytes:
        """RFC 7914 section 6."""
        return Scrypt(self.salt, size, self.n, self.r, self.p).derive(password)


class _Scheme(NamedTuple):
    key_size: int
    iv: bytes


def _parameters(pbes2: Identifier) -> tuple[Pbkdf2 | ScryptCost, _Scheme]:
    """PBES2-params (RFC 8018 appendix A.4)."""
    sequence = _sequence(pbes2.parameters)
    kdf, encryption = read_identifier(sequence), read_identifier(sequence)
    sequence.finish()
    derivation = _derivation(kdf)
    scheme = _scheme(encryption)
    if derivation.key_length not in (None, scheme.key_size):
        raise der.malformed("value", "the derived key length does not fit the cipher")
    return derivation, scheme


def _derivation(kdf: Identifier) -> Pbkdf2 | ScryptCost:
    if kdf.oid == _PBKDF2:
        return _pbkdf2(_sequence(kdf.parameters))
    if kdf.oid == _SCRYPT:
        return _scrypt(_sequence(kdf.parameters))
    raise _unsupported("the key derivation is neither PBKDF2 nor scrypt")


def _pbkdf2(sequence: der.Reader) -> Pbkdf2:
    salt, iterations = sequence.octet_string(), sequence.unsigned()
    key_length = sequence.unsigned() if sequence.next_is(der.INTEGER) else None
    prf = Identifier(_HMAC_SHA1, None)
    if not sequence.at_end():
        prf = read_identifier(sequence)
        sequence.finish()
        if prf.oid in _PRFS and not is_null(prf.parameters):
            raise der.malformed("value", "the PRF of PBKDF2 must have NULL parameters")
    if prf.oid not in _PRFS:
        raise _unsupported("the PRF of PBKDF2 is not offered")
    _check_salt(salt)
    if iterations == 0:
        raise der.malformed("value", "PBKDF2 needs at least one iteration")
    if iterations > MAX_ITERATIONS:
        raise _too_costly(f"PBKDF2 asks for more than {MAX_ITERATIONS} iterations", "iterations")
    return Pbkdf2(salt, iterations, key_length, _PRFS[prf.oid])


def _scrypt(sequence: der.Reader) -> ScryptCost:
    salt = sequence.octet_string()
    n, r, p = (sequence.unsigned() for _ in range(3))
    key_length = None if sequence.at_end() else sequence.unsigned()
    sequence.finish()
    _check_salt(salt)
    if n < 2 or n & (n - 1) or r == 0 or p == 0:
        raise der.malformed("value", "the scrypt parameters are out of range")
    if n * r > MAX_SCRYPT_BLOCKS:
        raise _too_costly("scrypt asks for more than 128 MiB of memory", "N")
    if n * r * p > MAX_SCRYPT_WORK or r * p > MAX_SCRYPT_MIXED:
        raise _too_costly("scrypt asks for too much work", "p")
    if n.bit_length() - 1 >= 16 * r:
        # RFC 7914 section 2: N must be less than 2^(128 * r / 8).
        raise der.malformed("value", "the scrypt parameters are out of range")
    return ScryptCost(salt, n, r, p, key_length)


def _scheme(encryption: Identifier) -> _Scheme:
    if encryption.oid not in _KEY_SIZES:
        raise _unsupported("the cipher of the private key is not AES-CBC")
    parameters = encryption.parameters
    if parameters is None or parameters.tag != der.OCTET_STRING:
        raise der.malformed("value", "AES-CBC needs an initialisation vector")
    if len(parameters.content) != _BLOCK:
        raise der.malformed("value", f"the initialisation vector is not {_BLOCK} octets")
    return _Scheme(_KEY_SIZES[encryption.oid], parameters.content)


def _decrypt_cbc(key: bytes, iv: bytes, ciphertext: bytes) -> bytes:
    """RFC 8018 section 6.2.2 steps 4 to 6, with the padding of section 6.1.1 step 4."""
    if not ciphertext or len(ciphertext) % _BLOCK:
        raise password_wrong()
    cipher = Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor()
    padded = cipher.update(ciphertext) + cipher.finalize()
    pad = padded[-1]
    if not 1 <= pad <= _BLOCK or padded[-pad:] != bytes((pad,)) * pad:
        raise password_wrong()
    return padded[:-pad]


def _sequence(parameters: der.Element | None) -> der.Reader:
    if parameters is None or parameters.tag != der.SEQUENCE:
        raise der.malformed("value", "the parameters of the encryption are not a SEQUENCE")
    return parameters.inside


def _check_salt(salt: bytes) -> None:
    if not salt:
        raise der.malformed("value", "the salt of the key derivation is empty")
    check_size(len(salt), "salt", MAX_SALT)


def password_wrong() -> InvalidKey:
    """The one outcome for a wrong password and for a corrupted ciphertext."""
    return InvalidKey(
        "the password is wrong or the encrypted key is corrupted", code="key.password_wrong"
    )


def _unsupported(message: str) -> UnsupportedAlgorithm:
    return UnsupportedAlgorithm(message, code="algorithm.encryption")


def _too_costly(message: str, field: str) -> LimitExceeded:
    return LimitExceeded(message, code="limit.kdf_cost", field=field)
