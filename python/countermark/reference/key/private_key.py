"""Private keys: making, reading and writing them, and signing with them.

The container of a DER key is told by its first elements, that of a PEM key by its label (RFC 7468
sections 10 and 11, RFC 5915 section 4; ``RSA PRIVATE KEY`` is the older label of PKCS#1). This is
the reference: it forgets a closed key, but cannot wipe the memory that Python used for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Final, NoReturn, Self, final

from countermark.errors import (
    ArgumentTypeError,
    ArgumentValueError,
    InvalidKey,
    KeyClosed,
    MalformedInput,
)
from countermark.reference.crypto import signing
from countermark.reference.crypto.ecdsa_signature import Curve
from countermark.reference.crypto.signing import EdwardsCurve
from countermark.reference.format import (
    BytesLike,
    bytes_argument,
    check_size,
    der,
    is_bytes,
    is_text,
    pem,
    shown,
)
from countermark.reference.key import jwk as jwk_format
from countermark.reference.key import pbes2, pkcs1, pkcs8, sec1
from countermark.reference.key.algorithm import (
    Algorithm,
    EcPrivate,
    OkpPrivate,
    PrivateNumbers,
    RsaPrivate,
    algorithm_named,
    domain_of,
    write_curve,
)
from countermark.reference.key.public_key import (
    PublicKey,
    Scheme,
    checked_digest,
    choice,
    mismatch,
    optional,
    scheme_for,
)

MAX_PASSWORD: Final = 64 * 1024
"""The longest password, in bytes."""

_GENERATED_BITS: Final = (2048, 3072, 4096, 8192)
_LABELS: Final = {"pkcs8": "PRIVATE KEY", "sec1": "EC PRIVATE KEY", "pkcs1": "RSA PRIVATE KEY"}
_CONTAINERS: Final = {
    (der.INTEGER, der.SEQUENCE): "PRIVATE KEY",
    (der.INTEGER, der.OCTET_STRING): "EC PRIVATE KEY",
    (der.INTEGER, der.INTEGER): "RSA PRIVATE KEY",
    (der.SEQUENCE, der.OCTET_STRING): "ENCRYPTED PRIVATE KEY",
}


@final
class PrivateKey:
    """A key that signs."""

    __slots__ = ("_numbers", "_public")
    _numbers: PrivateNumbers | None
    _public: PublicKey

    def __init__(self, numbers: object = None) -> None:
        # The readers of this package hand over numbers that they checked.
        if not isinstance(numbers, PrivateNumbers):
            raise ArgumentTypeError(
                "use generate or a from_ method to make a PrivateKey", code="argument.type"
            )
        self._numbers = numbers
        self._public = PublicKey(numbers.public)

    def __init_subclass__(cls) -> None:
        raise ArgumentTypeError("PrivateKey cannot be subclassed", code="argument.type")

    @classmethod
    def generate(cls, algorithm: str, *, bits: int = 3072) -> Self:
        """Makes a fresh key; ``bits`` is the size of the modulus and of no use but for RSA."""
        domain = domain_of(algorithm_named(algorithm))
        if not issubclass(type(bits), int):
            raise ArgumentTypeError(
                f"bits must be int, not {shown(type(bits).__name__)}", code="argument.type"
            )
        if isinstance(domain, Curve):
            return cls(sec1.checked_scalar(domain, signing.ec_generate(domain)))
        if isinstance(domain, EdwardsCurve):
            return cls(pkcs8.checked_seed(domain, signing.eddsa_generate(domain)))
        if bits not in _GENERATED_BITS:
            raise ArgumentValueError(
                f"bits must be one of {', '.join(map(str, _GENERATED_BITS))}",
                code="argument.value",
            )
        return cls(pkcs1.from_numbers(signing.rsa_generate(bits)))

    @classmethod
    def from_pem(cls, data: str | BytesLike, *, password: str | BytesLike | None = None) -> Self:
        """Reads PKCS#8, encrypted PKCS#8, SEC1 or PKCS#1, as the label says."""
        secret = password_argument(password)
        text = pem.read(data)
        if text.label in pem.PUBLIC_LABELS:
            raise _not_private()
        numbers = _decode(text.label, text.der, secret)
        if text.ec_parameters is not None:
            _check_parameters(numbers, text.ec_parameters)
        return cls(numbers)

    @classmethod
    def from_der(cls, data: BytesLike, *, password: str | BytesLike | None = None) -> Self:
        """Reads PKCS#8, encrypted PKCS#8, SEC1 or PKCS#1, told apart by the first elements."""
        octets = bytes_argument(data, "data", der.MAX_DER)
        secret = password_argument(password)
        first, second, third = der.leading_tags(octets)
        if (first, second) == (der.SEQUENCE, der.BIT_STRING) or (
            (first, second, third) == (der.INTEGER, der.INTEGER, None)
        ):
            raise _not_private()
        two_integers = (first, second) == (der.INTEGER, der.INTEGER)
        if (first, second) not in _CONTAINERS or (two_integers and third != der.INTEGER):
            raise der.malformed("tag", "the DER structure is not that of a private key")
        return cls(_decode(_CONTAINERS[first, second], octets, secret))

    @classmethod
    def from_jwk(cls, jwk: Mapping[str, object] | str | BytesLike) -> Self:
        """Reads a JWK from a mapping or from JSON text."""
        return cls(jwk_format.decode_private(jwk))

    @property
    def algorithm(self) -> Algorithm:
        """The algorithm the key serves."""
        return self._public.algorithm

    @property
    def curve(self) -> str | None:
        """The name of the curve, or None for RSA."""
        return self._public.curve

    @property
    def bits(self) -> int:
        """The nominal size of the key."""
        return self._public.bits

    @property
    def public_key(self) -> PublicKey:
        """The public half, which outlives `close`."""
        return self._public

    @property
    def closed(self) -> bool:
        """Whether `close` was called."""
        return self._numbers is None

    def sign(
        self, message: BytesLike, *, hash: str | None = None, padding: str | None = None
    ) -> bytes:
        """Signs a message; the result is DER for ECDSA and raw otherwise."""
        data = bytes_argument(message, "message")
        named = optional(signing.hash_argument, hash)
        padded = optional(signing.padding_argument, padding)
        numbers = self._open()
        scheme = scheme_for(numbers.public, named, padded)
        if isinstance(numbers, OkpPrivate):
            return signing.eddsa_sign(numbers.public.curve, numbers.seed, data)
        return _sign(numbers, scheme, signing.digest(scheme.hash, data))

    def sign_digest(
        self,
        digest: BytesLike,
        *,
        hash: str = signing.DEFAULT_HASH,
        padding: str | None = None,
    ) -> bytes:
        """Signs a message of which only the digest is at hand; not for EdDSA."""
        data = bytes_argument(digest, "digest")
        named = signing.hash_argument(hash)
        padded = optional(signing.padding_argument, padding)
        numbers = self._open()
        scheme = scheme_for(numbers.public, named, padded)
        if isinstance(numbers, OkpPrivate):
            raise mismatch("EdDSA signs the message itself")
        return _sign(numbers, scheme, checked_digest(data, named))

    def export_private_key(
        self,
        encoding: str = "pem",
        *,
        format: str = "pkcs8",
        password: str | BytesLike | None = None,
    ) -> bytes:
        """Writes the secret: ``encoding`` pem, der or jwk; ``format`` pkcs8, sec1 or pkcs1."""
        encoded = choice(encoding, "encoding", ("pem", "der", "jwk"))
        form = choice(format, "format", tuple(_LABELS))
        secret = password_argument(password)
        if encoded == "jwk" and form != "pkcs8":
            raise ArgumentValueError("a JWK has no other format", code="argument.value")
        if secret is not None and (encoded == "jwk" or form != "pkcs8"):
            raise ArgumentValueError("only pkcs8 can be encrypted", code="argument.value")
        if secret == b"":
            raise ArgumentValueError("the password is empty", code="argument.value")
        numbers = self._open()
        if encoded == "jwk":
            return jwk_format.to_text(jwk_format.encode_private(numbers))
        octets, label = _encode(numbers, form), _LABELS[form]
        if secret is not None:
            octets, label = pbes2.encrypt(octets, secret), "ENCRYPTED PRIVATE KEY"
        return octets if encoded == "der" else pem.encode(label, octets).encode("ascii")

    def close(self) -> None:
        """Forgets the secret; what needs it raises KeyClosed from now on."""
        self._numbers = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        state = " closed" if self.closed else ""
        fingerprint = self._public.fingerprint().hex()
        return f"<PrivateKey {self.algorithm} sha256:{fingerprint}{state}>"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise ArgumentTypeError(
            "a PrivateKey cannot be pickled or copied; use export_private_key",
            code="argument.type",
        )

    def __copy__(self) -> NoReturn:
        self.__reduce_ex__(None)

    def __deepcopy__(self, memo: object) -> NoReturn:
        self.__reduce_ex__(None)

    def _open(self) -> PrivateNumbers:
        if self._numbers is None:
            raise KeyClosed("the private key is closed", code="key.closed")
        return self._numbers


def password_argument(value: object) -> bytes | None:
    """Takes a password as bytes-like, or as text that is encoded as UTF-8 without normalisation."""
    if value is None:
        return None
    if not is_text(value):
        if is_bytes(value):
            return bytes_argument(value, "password", MAX_PASSWORD)
        raise ArgumentTypeError(
            f"password must be str or bytes, not {shown(type(value).__name__)}",
            code="argument.type",
        )
    check_size(len(value), "password", MAX_PASSWORD)
    try:
        octets = str.__str__(value).encode("utf-8")
    except UnicodeEncodeError:
        raise ArgumentValueError("password holds a surrogate", code="argument.value") from None
    check_size(len(octets), "password", MAX_PASSWORD)
    return octets


def _decode(label: str, octets: bytes, password: bytes | None) -> PrivateNumbers:
    if label == "ENCRYPTED PRIVATE KEY":
        return _decrypt(octets, password)
    if password is not None:
        raise InvalidKey(
            "a password was given, but the key is not encrypted", code="key.not_encrypted"
        )
    if label == "EC PRIVATE KEY":
        return sec1.decode(octets)
    if label == "RSA PRIVATE KEY":
        return pkcs1.decode(octets)
    return pkcs8.decode(pkcs8.read(octets))


def _decrypt(octets: bytes, password: bytes | None) -> PrivateNumbers:
    if password is None:
        raise InvalidKey("the key is encrypted, give its password", code="key.password_required")
    plaintext = pbes2.decrypt(octets, password)
    try:
        info = pkcs8.read(plaintext)
    except MalformedInput:
        raise pbes2.password_wrong() from None
    return pkcs8.decode(info)


def _encode(numbers: PrivateNumbers, form: str) -> bytes:
    if form == "pkcs8":
        return pkcs8.encode(numbers)
    if form == "sec1" and isinstance(numbers, EcPrivate):
        return sec1.encode(numbers, parameters=True)
    if form == "pkcs1" and isinstance(numbers, RsaPrivate):
        return pkcs1.encode(numbers)
    raise mismatch(f"the format {form} is not for this kind of key")


def _sign(numbers: EcPrivate | RsaPrivate, scheme: Scheme, hashed: bytes) -> bytes:
    if isinstance(numbers, EcPrivate):
        return signing.ecdsa_sign(numbers.public.curve, numbers.d, scheme.hash, hashed)
    private = pkcs1.to_numbers(numbers)
    return signing.rsa_sign(private, scheme.padding, scheme.hash, hashed)


def _check_parameters(numbers: PrivateNumbers, parameters: bytes) -> None:
    """The block before a SEC1 key holds the identifier of its curve, or ``key.mismatch``."""
    if isinstance(numbers, EcPrivate) and parameters != write_curve(numbers.public.curve):
        raise InvalidKey(
            "the EC PARAMETERS before the key are not those of its curve", code="key.mismatch"
        )


def _not_private() -> InvalidKey:
    return InvalidKey("this is a public key, a private one is due", code="key.not_private")
