"""Public keys: reading and writing them, and verifying with them.

The container of a DER key is told by its first elements, that of a PEM key by its label (RFC 7468
sections 13; ``RSA PUBLIC KEY`` is the older label of PKCS#1). A key that is there was checked as
a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple, Self, final

from countermark.errors import (
    ArgumentTypeError,
    ArgumentValueError,
    InvalidKey,
    UnsupportedAlgorithm,
)
from countermark.reference.crypto import signing
from countermark.reference.crypto.ecdsa_signature import decode, invalid, is_high
from countermark.reference.format import (
    BytesLike,
    bytes_argument,
    der,
    flag_argument,
    pem,
    shown,
    text_argument,
)
from countermark.reference.key import jwk as jwk_format
from countermark.reference.key import pkcs1, spki
from countermark.reference.key.algorithm import (
    Algorithm,
    EcPublic,
    MldsaPublic,
    OkpPublic,
    PublicNumbers,
    RsaPublic,
    algorithm_of,
    bits_of,
    curve_name_of,
)


class Scheme(NamedTuple):
    """How a message is signed; a part that the key has no use for stands at its default."""

    hash: str
    padding: str


def scheme_for(public: PublicNumbers, hash_: str | None, padding: str | None) -> Scheme:
    """Fills in the defaults, and refuses what the key cannot serve (``algorithm.mismatch``)."""
    if isinstance(public, OkpPublic | MldsaPublic) and hash_ is not None:
        raise mismatch(f"{algorithm_of(public)} signs the message itself and takes no hash")
    if not isinstance(public, RsaPublic) and padding is not None:
        raise mismatch(f"{algorithm_of(public)} takes no padding")
    return Scheme(hash_ or signing.DEFAULT_HASH, padding or signing.DEFAULT_PADDING)


def optional(check: Callable[[object], str], value: object) -> str | None:
    """Applies an argument check unless the argument is None."""
    return None if value is None else check(value)


def choice(value: object, name: str, choices: tuple[str, ...]) -> str:
    """Takes a str out of a closed set; another one is ``argument.value``."""
    text = text_argument(value, name)
    if text not in choices:
        raise ArgumentValueError(
            f"{name} must be one of {', '.join(choices)}, not '{shown(text)}'",
            code="argument.value",
        )
    return text


def mismatch(message: str) -> UnsupportedAlgorithm:
    """The refusal of something that the key cannot serve."""
    return UnsupportedAlgorithm(message, code="algorithm.mismatch")


def checked_digest(digest: bytes, hash_: str) -> bytes:
    """A digest of the length of its hash, or ``argument.value``."""
    size = signing.digest_size(hash_)
    if len(digest) != size:
        raise ArgumentValueError(
            f"a {hash_} digest is {size} bytes long, not {len(digest)}", code="argument.value"
        )
    return digest


@final
class PublicKey:
    """A key that verifies."""

    __slots__ = ("_numbers",)
    _numbers: PublicNumbers

    def __init__(self, numbers: object = None) -> None:
        # The readers of this package hand over numbers that they checked.
        if not isinstance(numbers, PublicNumbers):
            raise ArgumentTypeError("use a from_ method to make a PublicKey", code="argument.type")
        self._numbers = numbers

    def __init_subclass__(cls) -> None:
        raise ArgumentTypeError("PublicKey cannot be subclassed", code="argument.type")

    @classmethod
    def from_pem(cls, data: str | BytesLike) -> Self:
        """Reads ``PUBLIC KEY`` (SPKI) or ``RSA PUBLIC KEY`` (PKCS#1)."""
        label, octets = pem.decode(data)
        if label in pem.PRIVATE_LABELS:
            raise _not_public()
        read = spki.decode if label == "PUBLIC KEY" else pkcs1.decode_public
        return cls(read(octets))

    @classmethod
    def from_der(cls, data: BytesLike) -> Self:
        """Reads SubjectPublicKeyInfo or PKCS#1 RSAPublicKey."""
        octets = bytes_argument(data, "data", der.MAX_DER)
        first, second, third = der.leading_tags(octets)
        if (first, second) == (der.SEQUENCE, der.BIT_STRING):
            return cls(spki.decode(octets))
        if (first, second, third) == (der.INTEGER, der.INTEGER, None):
            return cls(pkcs1.decode_public(octets))
        if first == der.INTEGER or (first, second) == (der.SEQUENCE, der.OCTET_STRING):
            raise _not_public()
        raise der.malformed("tag", "the DER structure is not that of a public key")

    @classmethod
    def from_jwk(cls, jwk: Mapping[str, object] | str | BytesLike) -> Self:
        """Reads a JWK from a mapping or from JSON text."""
        return cls(jwk_format.decode_public(jwk))

    def to_pem(self, *, format: str = "spki") -> str:
        """Writes SPKI, or PKCS#1 for an RSA key, in lines of 64 characters, the last one ended."""
        octets = self.to_der(format=format)
        return pem.encode("PUBLIC KEY" if format == "spki" else "RSA PUBLIC KEY", octets)

    def to_der(self, *, format: str = "spki") -> bytes:
        """Writes SPKI, or PKCS#1 for an RSA key."""
        if choice(format, "format", ("spki", "pkcs1")) == "spki":
            return spki.encode(self._numbers)
        if not isinstance(self._numbers, RsaPublic):
            raise mismatch("only an RSA key has the format pkcs1")
        return pkcs1.encode_public(self._numbers)

    def to_jwk(self) -> dict[str, str]:
        """Writes the members that make up the key (RFC 7517)."""
        return jwk_format.encode_public(self._numbers)

    def thumbprint(self) -> bytes:
        """The SHA-256 thumbprint of RFC 7638."""
        return jwk_format.thumbprint(self._numbers)

    def fingerprint(self) -> bytes:
        """The SHA-256 of the key as SPKI in DER."""
        return signing.digest("SHA-256", spki.encode(self._numbers))

    @property
    def algorithm(self) -> Algorithm:
        """The algorithm the key serves."""
        return algorithm_of(self._numbers)

    @property
    def curve(self) -> str | None:
        """The name of the curve, or None for RSA."""
        return curve_name_of(self._numbers)

    @property
    def bits(self) -> int:
        """The nominal size of the key."""
        return bits_of(self._numbers)

    def verify(
        self,
        message: BytesLike,
        signature: BytesLike,
        *,
        hash: str | None = None,
        padding: str | None = None,
        low_s: bool = False,
    ) -> None:
        """Returns if the signature of the message is right, and raises InvalidSignature if not."""
        data, octets = bytes_argument(message, "message"), bytes_argument(signature, "signature")
        named = optional(signing.verified_hash_argument, hash)
        padded = optional(signing.padding_argument, padding)
        low = flag_argument(low_s, "low_s")
        scheme = scheme_for(self._numbers, named, padded)
        if isinstance(self._numbers, OkpPublic):
            signing.eddsa_verify(self._numbers.curve, self._numbers.octets, data, octets)
            return
        if isinstance(self._numbers, MldsaPublic):
            signing.mldsa_verify(self._numbers.parameters, self._numbers.octets, data, octets)
            return
        _verify(self._numbers, scheme, signing.digest(scheme.hash, data), octets, low)

    def verify_digest(
        self,
        digest: BytesLike,
        signature: BytesLike,
        *,
        hash: str = signing.DEFAULT_HASH,
        padding: str | None = None,
        low_s: bool = False,
    ) -> None:
        """Verifies the signature of a message of which only the digest is at hand."""
        data, octets = bytes_argument(digest, "digest"), bytes_argument(signature, "signature")
        named = signing.verified_hash_argument(hash)
        padded = optional(signing.padding_argument, padding)
        low = flag_argument(low_s, "low_s")
        scheme = scheme_for(self._numbers, named, padded)
        if not isinstance(self._numbers, OkpPublic | MldsaPublic):
            _verify(self._numbers, scheme, checked_digest(data, named), octets, low)

    def __eq__(self, other: object) -> bool:
        if type(other) is not PublicKey:
            return NotImplemented
        return self._numbers == other._numbers

    def __hash__(self) -> int:
        return hash(self._numbers)

    def __repr__(self) -> str:
        return f"<PublicKey {self.algorithm} sha256:{self.fingerprint().hex()}>"

    def __reduce__(self) -> tuple[Callable[[bytes], PublicKey], tuple[bytes]]:
        return PublicKey.from_der, (self.to_der(),)


def numbers_of(key: PublicKey) -> PublicNumbers:
    """Returns the numbers a key is made of, for the other modules of the reference."""
    return key._numbers


def _verify(
    numbers: EcPublic | RsaPublic, scheme: Scheme, hashed: bytes, signature: bytes, low_s: bool
) -> None:
    if isinstance(numbers, EcPublic):
        point = (numbers.x, numbers.y)
        if low_s and is_high(decode(signature, numbers.curve)[1], numbers.curve):
            raise invalid()
        signing.ecdsa_verify(numbers.curve, point, scheme.hash, hashed, signature)
        return
    public = pkcs1.to_public_numbers(numbers)
    signing.rsa_verify(public, scheme.padding, scheme.hash, hashed, signature)


def _not_public() -> InvalidKey:
    return InvalidKey("this is a private key, a public one is due", code="key.not_public")
