"""Private and public keys: made, loaded, exported, signing and verifying.

A private key is an opaque handle. Its secret lives in native memory that is wiped when the key is closed or
collected; it cannot be pickled or copied, `repr` shows its public half only, and exporting it is one plainly
named call. Handles are made once and used from any number of threads.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import TracebackType
from typing import Any, Final, NoReturn, Self, final

from countermark import _native
from countermark.errors import ArgumentTypeError

BytesLike = bytes | bytearray | memoryview
"""What is taken where bytes are due."""

DEFAULT_RSA_BITS: Final = 3072


class Algorithm(StrEnum):
    """The type of a key, under the name that JOSE and COSE give its signatures (RFC 7518, 8812, 9864, 9964).

    It names the key, not the hash: the protocol signs with SHA-256 on every EC curve unless told otherwise.
    ML-DSA keys are public keys that verify only: none is generated, no private one is loaded, and no
    credential of the kind Key has one.
    """

    ES256 = "ES256"
    """ECDSA on P-256."""
    ES384 = "ES384"
    """ECDSA on P-384."""
    ES512 = "ES512"
    """ECDSA on P-521."""
    ES256K = "ES256K"
    """ECDSA on secp256k1."""
    ED25519 = "Ed25519"
    """EdDSA on edwards25519."""
    ED448 = "Ed448"
    """EdDSA on edwards448."""
    RS256 = "RS256"
    """RSA with a modulus of 2048 to 8192 bits."""
    ML_DSA_44 = "ML-DSA-44"
    """ML-DSA-44 (FIPS 204), for verification only."""
    ML_DSA_65 = "ML-DSA-65"
    """ML-DSA-65 (FIPS 204), for verification only."""
    ML_DSA_87 = "ML-DSA-87"
    """ML-DSA-87 (FIPS 204), for verification only."""

    @property
    def signs(self) -> bool:
        """Whether private keys of this type are generated and loaded; the others verify only."""
        return not self.name.startswith("ML_DSA")


@final
class PublicKey:
    """A public key. Equal keys compare and hash equal, however they were written."""

    __slots__ = ("_handle",)
    _handle: _native.PublicKey

    def __init__(self) -> None:
        raise ArgumentTypeError(
            "load a public key with PublicKey.from_pem, from_der or from_jwk", code="argument.type"
        )

    @classmethod
    def _wrap(cls, native: _native.PublicKey) -> Self:
        self = object.__new__(cls)
        object.__setattr__(self, "_handle", native)
        return self

    @classmethod
    def from_pem(cls, data: str | BytesLike) -> Self:
        """Loads a ``PUBLIC KEY`` (SPKI, RFC 5280) or ``RSA PUBLIC KEY`` (PKCS#1, RFC 8017) block.

        Args:
            data: PEM text (RFC 7468) with any line ends and widths, and exactly one key in it.

        Raises:
            MalformedInput: ``pem.*`` or ``der.*``.
            InvalidKey: the key cannot be used, or is a private one (``key.not_public``).
            UnsupportedAlgorithm: another format, key type or curve.
            LimitExceeded: the text or the key is too large.
        """
        return cls._wrap(_native.PublicKey.from_pem(data))

    @classmethod
    def from_der(cls, data: BytesLike) -> Self:
        """Loads SPKI (RFC 5280) or PKCS#1 (RFC 8017) DER.

        Raises:
            MalformedInput, InvalidKey, UnsupportedAlgorithm, LimitExceeded: as for `from_pem`.
        """
        return cls._wrap(_native.PublicKey.from_der(data))

    @classmethod
    def from_jwk(cls, jwk: Mapping[str, Any] | str | BytesLike) -> Self:
        """Loads a JSON Web Key (RFC 7517, 7518, 8037, 8812, 9964), as a mapping or as JSON text.

        Raises:
            MalformedInput: ``jwk.*``, ``json.*`` or ``base64url.*``.
            InvalidKey, UnsupportedAlgorithm, LimitExceeded: as for `from_pem`.
        """
        return cls._wrap(_native.PublicKey.from_jwk(jwk))

    @property
    def algorithm(self) -> Algorithm:
        """The type of the key."""
        return Algorithm(self._handle.algorithm)

    @property
    def curve(self) -> str | None:
        """The curve's JWK name (``"P-256"``, ``"Ed25519"`` …), or None for RSA and ML-DSA."""
        return self._handle.curve

    @property
    def bits(self) -> int:
        """The size of the field, of the RSA modulus, or of the encoded ML-DSA key, in bits."""
        return self._handle.bits

    def to_pem(self, *, format: str = "spki") -> str:
        """PEM text with 64 columns and a final line feed, as Node and openssl write it.

        Args:
            format: ``"spki"``, or ``"pkcs1"`` for an RSA key.

        Raises:
            ArgumentValueError: another format.
            UnsupportedAlgorithm: ``"pkcs1"`` for a key that is not RSA.
        """
        return self._handle.to_pem(format)

    def to_der(self, *, format: str = "spki") -> bytes:
        """DER bytes; arguments and errors as for `to_pem`."""
        return self._handle.to_der(format)

    def to_jwk(self) -> dict[str, str]:
        """The required members of the JSON Web Key (RFC 7518 section 6, RFC 8037 section 2, RFC 9964)."""
        return self._handle.to_jwk()

    def thumbprint(self) -> bytes:
        """The JWK thumbprint with SHA-256 (RFC 7638): 32 bytes."""
        return self._handle.thumbprint()

    def fingerprint(self) -> bytes:
        """SHA-256 of the SPKI DER: 32 bytes. One key has one fingerprint, however it was written."""
        return self._handle.fingerprint()

    def verify(
        self,
        message: BytesLike,
        signature: BytesLike,
        *,
        hash: str | None = None,
        padding: str | None = None,
        low_s: bool = False,
    ) -> None:
        """Verifies a signature over a message; returns if it is right.

        Ed25519 follows the strict rule: s < L, canonical encodings, no point of small order, no cofactor.

        Args:
            message: the bytes that were signed.
            signature: DER for ECDSA (RFC 3279), R‖s for EdDSA (RFC 8032), k bytes for RSA (RFC 8017).
            hash: ``"SHA-256"`` (the default), ``"SHA-384"`` or ``"SHA-512"`` (FIPS 180-4); to verify only, also
                ``"SHA-224"``, ``"SHA-512/256"``, ``"SHA3-256"``, ``"SHA3-384"`` or ``"SHA3-512"`` (FIPS 202). Not
                for EdDSA and ML-DSA.
            padding: ``"pkcs1v15"`` (the default) or ``"pss"``; for RSA only.
            low_s: refuse an ECDSA signature whose s is in the upper half of the group.

        Raises:
            InvalidSignature: it is not, for whatever reason.
            UnsupportedAlgorithm: ``algorithm.mismatch``, a choice this key does not have.
        """
        self._handle.verify(message, signature, hash, padding, low_s)

    def verify_digest(
        self,
        digest: BytesLike,
        signature: BytesLike,
        *,
        hash: str = "SHA-256",
        padding: str | None = None,
        low_s: bool = False,
    ) -> None:
        """Verifies a signature over a digest of the named hash; otherwise as `verify`.

        Raises:
            ArgumentValueError: the digest has not the length of the hash.
            UnsupportedAlgorithm: EdDSA keys sign messages only.
        """
        self._handle.verify_digest(digest, signature, hash, padding, low_s)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PublicKey):
            return NotImplemented
        return self.fingerprint() == other.fingerprint()

    def __hash__(self) -> int:
        return hash(self.fingerprint())

    def __repr__(self) -> str:
        return f"<PublicKey {self.algorithm} sha256:{self.fingerprint().hex()}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return (PublicKey.from_der, (self.to_der(),))

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise ArgumentTypeError("keys cannot be changed", code="argument.type")

    def __init_subclass__(cls) -> NoReturn:
        raise ArgumentTypeError("keys cannot be subclassed", code="argument.type")


@final
class PrivateKey:
    """A private key.

    >>> with PrivateKey.generate("ES256") as key:
    ...     signature = key.sign(b"message")
    >>> key.public_key.verify(b"message", signature)
    >>> key.closed
    True
    """

    __slots__ = ("_handle", "_public_key")
    _handle: _native.PrivateKey
    _public_key: PublicKey

    def __init__(self) -> None:
        raise ArgumentTypeError(
            "make a private key with PrivateKey.generate, or load it with from_pem, from_der or from_jwk",
            code="argument.type",
        )

    @classmethod
    def _wrap(cls, native: _native.PrivateKey) -> Self:
        self = object.__new__(cls)
        object.__setattr__(self, "_handle", native)
        object.__setattr__(self, "_public_key", PublicKey._wrap(native.public_key))
        return self

    @classmethod
    def generate(cls, algorithm: str, *, bits: int = DEFAULT_RSA_BITS) -> Self:
        """Makes a new key from the backend's random generator.

        Args:
            algorithm: an `Algorithm` that signs, or a curve name (``"P-256"``, ``"secp256k1"``), or ``"RSA"``.
            bits: size of an RSA modulus: 2048, 3072, 4096 or 8192. Other keys ignore it. Making an RSA key
                takes up to some seconds, in which Ctrl-C and a fork of the process have to wait.

        Raises:
            UnsupportedAlgorithm: ``algorithm.unknown``.
            ArgumentValueError: another RSA size.
        """
        return cls._wrap(_native.PrivateKey.generate(algorithm, bits))

    @classmethod
    def from_pem(cls, data: str | BytesLike, *, password: str | BytesLike | None = None) -> Self:
        """Loads one PEM block: PKCS#8 (RFC 5958), encrypted PKCS#8, SEC 1 (RFC 5915) or PKCS#1 (RFC 8017).

        Any line ends and widths, text around the block and a missing final line feed are taken; two keys,
        junk inside the block or labels that disagree are not.

        Args:
            data: PEM text.
            password: for an encrypted key: PBES2 with PBKDF2 or scrypt and AES-CBC. Text is taken as UTF-8.

        Raises:
            MalformedInput: ``pem.*`` or ``der.*``.
            InvalidKey: the key cannot be used, is a public one (``key.not_private``), or the password is
                missing, wrong or too much (``key.password_required``, ``key.password_wrong``,
                ``key.not_encrypted``).
            UnsupportedAlgorithm: another format, key type, curve or encryption. For the old ``Proc-Type``
                encryption the message holds the openssl command that converts the file.
            LimitExceeded: the text, the key or the cost of its password is too large.
        """
        return cls._wrap(_native.PrivateKey.from_pem(data, password))

    @classmethod
    def from_der(cls, data: BytesLike, *, password: str | BytesLike | None = None) -> Self:
        """Loads DER of the same containers as `from_pem`, told apart by their first elements.

        Raises:
            MalformedInput, InvalidKey, UnsupportedAlgorithm, LimitExceeded: as for `from_pem`.
        """
        return cls._wrap(_native.PrivateKey.from_der(data, password))

    @classmethod
    def from_jwk(cls, jwk: Mapping[str, Any] | str | BytesLike) -> Self:
        """Loads a private JSON Web Key (RFC 7517, 7518, 8037, 8812), as a mapping or as JSON text.

        Raises:
            MalformedInput: ``jwk.*``, ``json.*`` or ``base64url.*``.
            InvalidKey, UnsupportedAlgorithm, LimitExceeded: as for `from_pem`.
        """
        return cls._wrap(_native.PrivateKey.from_jwk(jwk))

    @property
    def algorithm(self) -> Algorithm:
        """The type of the key."""
        return self._public_key.algorithm

    @property
    def curve(self) -> str | None:
        """The curve's JWK name, or None for RSA."""
        return self._public_key.curve

    @property
    def bits(self) -> int:
        """The size of the field, or of the RSA modulus, in bits."""
        return self._public_key.bits

    @property
    def public_key(self) -> PublicKey:
        """The public half; it stays usable after `close`."""
        return self._public_key

    @property
    def closed(self) -> bool:
        """Whether the key was closed."""
        return self._handle.closed

    def sign(
        self, message: BytesLike, *, hash: str | None = None, padding: str | None = None
    ) -> bytes:
        """Signs a message.

        Args:
            message: the bytes to sign.
            hash: ``"SHA-256"`` (the default), ``"SHA-384"`` or ``"SHA-512"``; not for EdDSA.
            padding: ``"pkcs1v15"`` (the default) or ``"pss"``; for RSA only.

        Returns:
            DER for ECDSA (RFC 3279), R‖s for EdDSA (64 or 114 bytes, RFC 8032), as many bytes as the modulus
            for RSA (RFC 8017). Nonces on NIST curves are hedged; on secp256k1 they follow RFC 6979 and s is
            in the lower half.

        Raises:
            KeyClosed: the key was closed.
            UnsupportedAlgorithm: ``algorithm.mismatch``, a choice this key does not have.
        """
        return self._handle.sign(message, hash, padding)

    def sign_digest(
        self, digest: BytesLike, *, hash: str = "SHA-256", padding: str | None = None
    ) -> bytes:
        """Signs a digest of the named hash; otherwise as `sign`.

        Raises:
            ArgumentValueError: the digest has not the length of the hash.
            UnsupportedAlgorithm: EdDSA keys sign messages only.
            KeyClosed: the key was closed.
        """
        return self._handle.sign_digest(digest, hash, padding)

    def export_private_key(
        self,
        encoding: str = "pem",
        *,
        format: str = "pkcs8",
        password: str | BytesLike | None = None,
    ) -> bytes:
        """The private key itself, in the clear unless a password is given. Python cannot wipe the result.

        Args:
            encoding: ``"pem"``, ``"der"``, or ``"jwk"`` for JSON text.
            format: ``"pkcs8"``, ``"sec1"`` (EC keys) or ``"pkcs1"`` (RSA keys).
            password: encrypts PKCS#8 with PBES2: PBKDF2-HMAC-SHA256, 600 000 iterations, AES-256-CBC.

        Raises:
            ArgumentValueError: another encoding or format, an empty password, or one with something else than
                PKCS#8.
            UnsupportedAlgorithm: ``algorithm.mismatch``, a format this key does not have.
            KeyClosed: the key was closed.
        """
        return self._handle.export_private_key(encoding, format, password)

    def close(self) -> None:
        """Gives the secret up: it is wiped now or, where other threads are signing with it, when they are done.

        No signature starts after this returns. Closing twice is harmless.
        """
        self._handle.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        state = " closed" if self.closed else ""
        return f"<PrivateKey {self.algorithm}{state} public sha256:{self._public_key.fingerprint().hex()}>"

    def __reduce__(self) -> NoReturn:
        raise ArgumentTypeError(
            "a private key cannot be pickled or copied; pass the handle, or export it by name",
            code="argument.type",
        )

    def __copy__(self) -> NoReturn:
        self.__reduce__()

    def __deepcopy__(self, memo: object) -> NoReturn:
        self.__reduce__()

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise ArgumentTypeError("keys cannot be changed", code="argument.type")

    def __init_subclass__(cls) -> NoReturn:
        raise ArgumentTypeError("keys cannot be subclassed", code="argument.type")


__all__ = ["Algorithm", "BytesLike", "PrivateKey", "PublicKey"]
