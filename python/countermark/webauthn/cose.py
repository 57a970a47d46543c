"""COSE keys (RFC 9052 section 7) and the algorithms that WebAuthn uses (sections 5.8.5 and 6.5.1.1)."""

from __future__ import annotations

from enum import IntEnum
from typing import Any, NoReturn, Self, final

from countermark import _native
from countermark.errors import ArgumentTypeError
from countermark.keys import BytesLike, PublicKey
from countermark.tolerance import Tolerance, tolerances


class CoseAlgorithm(IntEnum):
    """The signature algorithms of the COSE registry that are offered."""

    ES256 = -7
    """ECDSA with SHA-256; in WebAuthn on P-256."""
    EDDSA = -8
    """EdDSA; in WebAuthn Ed25519."""
    ESP256 = -9
    """ECDSA with SHA-256 on P-256 (RFC 9864)."""
    ED25519 = -19
    """Ed25519 (RFC 9864)."""
    ES384 = -35
    """ECDSA with SHA-384; in WebAuthn on P-384."""
    ES512 = -36
    """ECDSA with SHA-512; in WebAuthn on P-521."""
    PS256 = -37
    """RSASSA-PSS with SHA-256, the salt as long as the hash (RFC 8230)."""
    PS384 = -38
    """RSASSA-PSS with SHA-384."""
    PS512 = -39
    """RSASSA-PSS with SHA-512."""
    ES256K = -47
    """ECDSA with SHA-256 on secp256k1 (RFC 8812)."""
    ML_DSA_44 = -48
    """ML-DSA-44 (FIPS 204)."""
    ML_DSA_65 = -49
    """ML-DSA-65."""
    ML_DSA_87 = -50
    """ML-DSA-87."""
    ESP384 = -51
    """ECDSA with SHA-384 on P-384 (RFC 9864)."""
    ESP512 = -52
    """ECDSA with SHA-512 on P-521 (RFC 9864)."""
    ED448 = -53
    """Ed448 (RFC 9864)."""
    RS256 = -257
    """RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8812)."""
    RS384 = -258
    """RSASSA-PKCS1-v1_5 with SHA-384."""
    RS512 = -259
    """RSASSA-PKCS1-v1_5 with SHA-512."""
    RS1 = -65535
    """RSASSA-PKCS1-v1_5 with SHA-1: only where ``allow_sha1`` says so."""


@final
class CosePublicKey:
    """A public key with the one COSE algorithm it verifies by.

    The algorithm, the key type, the curve and the numbers were checked against one another when it was read.

    >>> key = CosePublicKey.from_public_key(PublicKey.from_pem(pem))  # doctest: +SKIP
    """

    __slots__ = ("_handle",)
    _handle: _native.CosePublicKey

    def __init__(self) -> None:
        raise ArgumentTypeError(
            "read a COSE key with CosePublicKey.from_bytes, or make one with from_public_key",
            code="argument.type",
        )

    @classmethod
    def _wrap(cls, native: _native.CosePublicKey) -> Self:
        self = object.__new__(cls)
        object.__setattr__(self, "_handle", native)
        return self

    @classmethod
    def from_bytes(
        cls, data: BytesLike, *, allow_sha1: bool = False, strictness: str = "interoperable"
    ) -> Self:
        """Reads a COSE key as an authenticator sends it.

        Args:
            data: the CBOR map, and nothing after it.
            allow_sha1: take keys of the algorithm RS1.
            strictness: ``"strict"`` or ``"interoperable"``.

        Raises:
            MalformedInput: ``cbor.*``, or ``cose.missing``, ``cose.type``, ``cose.unknown`` for its members.
            InvalidKey: its members do not agree or are no usable key: ``key.mismatch``, ``key.length``,
                ``key.point``, ``key.algorithm_missing``, ``key.compressed``, ``key.not_public`` …
            UnsupportedAlgorithm: ``algorithm.unknown``, ``algorithm.key_type``, ``algorithm.legacy_hash``.
            LimitExceeded: ``limit.size``, ``limit.depth``, ``limit.count``, ``limit.key_size``.
        """
        return cls._wrap(_native.CosePublicKey.from_bytes(data, allow_sha1, strictness))

    @classmethod
    def from_public_key(cls, key: PublicKey, algorithm: int | None = None) -> Self:
        """Makes one from a key: by this algorithm, or the usual one of its kind (RS256 for RSA).

        Raises:
            InvalidKey: ``key.mismatch``, the algorithm needs another kind of key.
            UnsupportedAlgorithm: ``algorithm.unknown``.
        """
        if not isinstance(key, PublicKey):
            raise ArgumentTypeError("key must be a PublicKey", code="argument.type")
        return cls._wrap(_native.CosePublicKey.from_public_key(key._handle, algorithm))

    @property
    def algorithm(self) -> CoseAlgorithm:
        """The algorithm."""
        return CoseAlgorithm(self._handle.algorithm)

    @property
    def public_key(self) -> PublicKey:
        """The key itself, which goes to and from SPKI, PEM and JWK."""
        return PublicKey._wrap(self._handle.public_key)

    @property
    def tolerated(self) -> tuple[Tolerance, ...]:
        """Deviations from the canonical form that were let pass when it was read."""
        return tolerances(self._handle.tolerated)

    def to_bytes(self) -> bytes:
        """The COSE key: the bytes it was read from, or its canonical form."""
        return self._handle.to_bytes()

    def verify(self, message: BytesLike, signature: BytesLike) -> None:
        """Verifies a signature by the key's algorithm, ECDSA in DER (WebAuthn section 6.5.5); returns if it is right.

        Raises:
            InvalidSignature: it is not, for whatever reason.
        """
        self._handle.verify(message, signature)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, CosePublicKey):
            return NotImplemented
        return self._handle.equals(other._handle)

    def __hash__(self) -> int:
        return hash((self.algorithm, self.public_key))

    def __repr__(self) -> str:
        return f"<CosePublicKey {self.algorithm.name} sha256:{self.public_key.fingerprint().hex()}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuilt, (self.to_bytes(),))

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise ArgumentTypeError("keys cannot be changed", code="argument.type")

    def __init_subclass__(cls) -> NoReturn:
        raise ArgumentTypeError("keys cannot be subclassed", code="argument.type")


def _rebuilt(data: bytes) -> CosePublicKey:
    # What was a key once is one again, whatever was allowed when it was read.
    return CosePublicKey.from_bytes(data, allow_sha1=True)


__all__ = ["CoseAlgorithm", "CosePublicKey"]
