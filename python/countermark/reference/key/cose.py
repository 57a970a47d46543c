"""COSE keys and algorithm numbers as WebAuthn has them (RFC 9052 section 7, RFC 9053, 8230, 9864, 9964).

WebAuthn Level 3, 5.8.5 and 6.5.1.1: a credential public key names its algorithm, holds the required parameters
of its type and no other ones, and a coordinate is never compressed. Algorithm, key type and curve must fit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, NamedTuple, Self, TypeAlias, final

from countermark.errors import (
    ArgumentTypeError,
    Error,
    InvalidKey,
    MalformedInput,
    UnsupportedAlgorithm,
)
from countermark.reference.crypto import signing
from countermark.reference.crypto.ecdsa_signature import P256, P384, P521, SECP256K1, Curve
from countermark.reference.crypto.signing import (
    ED448,
    ED25519,
    MLDSA44,
    MLDSA65,
    MLDSA87,
    EdwardsCurve,
    LatticeParameters,
)
from countermark.reference.format import BytesLike, bytes_argument, cbor, flag_argument
from countermark.reference.format.tolerance import INTEROPERABLE, Tolerance, Tolerated
from countermark.reference.key import pkcs1, sec1, spki
from countermark.reference.key.algorithm import (
    Domain,
    EcPublic,
    PublicNumbers,
    RsaPublic,
    domain_of_key,
)
from countermark.reference.key.public_key import PublicKey, numbers_of


class CoseAlgorithm(IntEnum):
    """Signature algorithms of the IANA registry "COSE Algorithms"."""

    ES256 = -7
    EDDSA = -8
    ESP256 = -9
    ED25519 = -19
    ES384 = -35
    ES512 = -36
    PS256 = -37
    PS384 = -38
    PS512 = -39
    ES256K = -47
    ML_DSA_44 = -48
    ML_DSA_65 = -49
    ML_DSA_87 = -50
    ESP384 = -51
    ESP512 = -52
    ED448 = -53
    RS256 = -257
    RS384 = -258
    RS512 = -259
    RS1 = -65535


# Labels and key types: RFC 9052 section 7.1, RFC 9053 section 7, RFC 8230 section 4, RFC 9964 section 3.
_KTY, _ALG, _KEY_OPS = 1, 3, 4
_CRV, _X, _Y = -1, -2, -3
_N, _E = -1, -2
_PUB: Final = -1
_OKP, _EC2, _RSA, _SYMMETRIC, _AKP = 1, 2, 3, 4, 7
_VERIFY: Final = (2, "verify")

_PRIVATE_LABELS: Final[dict[int, tuple[int, ...]]] = {
    _OKP: (-4,),
    _EC2: (-4,),
    _RSA: tuple(range(-12, -2)),
    _AKP: (-2, -4),
}
_PARAMETERS: Final[dict[int, tuple[int, ...]]] = {
    _OKP: (_CRV, _X),
    _EC2: (_CRV, _X, _Y),
    _RSA: (_N, _E),
    _AKP: (_PUB,),
}


class Scheme(NamedTuple):
    """What an algorithm number stands for."""

    kty: int
    domain: Domain
    crv: int | None = None
    hash: str | None = None
    padding: str | None = None


_A = CoseAlgorithm
SCHEMES: Final[dict[CoseAlgorithm, Scheme]] = {
    _A.ES256: Scheme(_EC2, P256, 1, "SHA-256"),
    _A.ESP256: Scheme(_EC2, P256, 1, "SHA-256"),
    _A.ES384: Scheme(_EC2, P384, 2, "SHA-384"),
    _A.ESP384: Scheme(_EC2, P384, 2, "SHA-384"),
    _A.ES512: Scheme(_EC2, P521, 3, "SHA-512"),
    _A.ESP512: Scheme(_EC2, P521, 3, "SHA-512"),
    _A.ES256K: Scheme(_EC2, SECP256K1, 8, "SHA-256"),
    _A.EDDSA: Scheme(_OKP, ED25519, 6),
    _A.ED25519: Scheme(_OKP, ED25519, 6),
    _A.ED448: Scheme(_OKP, ED448, 7),
    _A.RS256: Scheme(_RSA, "RSA", None, "SHA-256", "pkcs1v15"),
    _A.RS384: Scheme(_RSA, "RSA", None, "SHA-384", "pkcs1v15"),
    _A.RS512: Scheme(_RSA, "RSA", None, "SHA-512", "pkcs1v15"),
    _A.RS1: Scheme(_RSA, "RSA", None, "SHA-1", "pkcs1v15"),
    _A.PS256: Scheme(_RSA, "RSA", None, "SHA-256", "pss"),
    _A.PS384: Scheme(_RSA, "RSA", None, "SHA-384", "pss"),
    _A.PS512: Scheme(_RSA, "RSA", None, "SHA-512", "pss"),
    _A.ML_DSA_44: Scheme(_AKP, MLDSA44),
    _A.ML_DSA_65: Scheme(_AKP, MLDSA65),
    _A.ML_DSA_87: Scheme(_AKP, MLDSA87),
}
_DEFAULT: Final[dict[Domain, CoseAlgorithm]] = {
    P256: _A.ES256,
    P384: _A.ES384,
    P521: _A.ES512,
    SECP256K1: _A.ES256K,
    ED25519: _A.EDDSA,
    ED448: _A.ED448,
    "RSA": _A.RS256,
    MLDSA44: _A.ML_DSA_44,
    MLDSA65: _A.ML_DSA_65,
    MLDSA87: _A.ML_DSA_87,
}


def algorithm_numbered(number: int, *, allow_sha1: bool) -> CoseAlgorithm:
    """The algorithm of this number, or ``algorithm.unknown``; RS1 needs ``allow_sha1``."""
    if number not in _NUMBERS:
        raise UnsupportedAlgorithm(
            "the COSE algorithm is not one this package offers", code="algorithm.unknown"
        )
    if number == CoseAlgorithm.RS1 and not allow_sha1:
        raise UnsupportedAlgorithm(
            "RS1 rests on SHA-1, which is not allowed", code="algorithm.legacy_hash"
        )
    return CoseAlgorithm(number)


_NUMBERS: Final = frozenset(int(algorithm) for algorithm in CoseAlgorithm)


def fits(algorithm: CoseAlgorithm, key: PublicKey) -> bool:
    """Whether a key, a certificate's for instance, can serve an algorithm."""
    return SCHEMES[algorithm].domain == domain_of_key(numbers_of(key))


def verify_with(algorithm: CoseAlgorithm, key: PublicKey, message: bytes, signature: bytes) -> None:
    """Verifies with a key that fits; anything wrong is ``signature.invalid``."""
    scheme = SCHEMES[algorithm]
    numbers = numbers_of(key)
    if algorithm is CoseAlgorithm.RS1 and isinstance(numbers, RsaPublic):
        signing.rsa_verify_sha1(pkcs1.to_public_numbers(numbers), message, signature)
        return
    key.verify(message, signature, hash=scheme.hash, padding=scheme.padding)


# --- Reading ------------------------------------------------------------------------------------

_Map: TypeAlias = dict[cbor.Key, cbor.Value]


@dataclass(frozen=True, slots=True)
class Structure:
    """A key map that is right in form: what it holds has not been held against its curve."""

    algorithm: CoseAlgorithm
    octets: tuple[bytes, ...]

    def numbers(self) -> PublicNumbers:
        """The key, checked as a whole; the codes are those of `PublicKey`."""
        domain = SCHEMES[self.algorithm].domain
        if isinstance(domain, Curve):
            x, y = (int.from_bytes(octets, "big") for octets in self.octets)
            return sec1.checked_point(domain, x, y)
        if isinstance(domain, EdwardsCurve):
            return spki.checked_okp(domain, self.octets[0])
        if isinstance(domain, LatticeParameters):
            return spki.checked_mldsa(domain, self.octets[0])
        n, e = (int.from_bytes(octets, "big") for octets in self.octets)
        return pkcs1.checked_public(n, e)


def read_structure(item: cbor.Item, notice: cbor.Notice, *, allow_sha1: bool) -> Structure:
    """Checks the form of a key: every rule that needs no arithmetic."""
    if not item.is_map:
        raise cbor.not_a_map("the COSE key", item.start)
    found = {key.key(): value.plain() for key, value in item.pairs}
    kty = _integer(found, _KTY, lambda: _malformed("missing", "kty is missing", _KTY))
    number = _integer(
        found, _ALG, lambda: InvalidKey("the COSE key names no alg", code="key.algorithm_missing")
    )
    if any(label in found for label in _PRIVATE_LABELS.get(kty, ())):
        raise InvalidKey("the COSE key is a private key", code="key.not_public")
    if kty not in _PARAMETERS:
        raise UnsupportedAlgorithm(
            "the COSE key is symmetric"
            if kty == _SYMMETRIC
            else "the COSE key type is not offered",
            code="algorithm.key_type",
        )
    algorithm = algorithm_numbered(number, allow_sha1=allow_sha1)
    scheme = SCHEMES[algorithm]
    if scheme.kty != kty:
        raise _unfit("the COSE key type is not that of its alg")
    octets = _parameters(found, kty, scheme)
    _check_rest(found, kty)
    _check_octets(scheme, octets, notice)
    return Structure(algorithm, octets)


def _parameters(found: _Map, kty: int, scheme: Scheme) -> tuple[bytes, ...]:
    """The required parameters but the curve, which is held against the algorithm here."""
    labels = _PARAMETERS[kty]
    for label in labels:
        if label not in found:
            raise _malformed("missing", f"parameter {label} is missing", label)
    if scheme.crv is not None:
        crv = found[_CRV]
        if isinstance(crv, bool) or not isinstance(crv, int):
            raise _malformed("type", "crv is not an integer", _CRV)
        labels = labels[1:]
    octets: list[bytes] = []
    for label in labels:
        value = found[label]
        if kty == _EC2 and label == _Y and isinstance(value, bool):
            raise InvalidKey("the point of the COSE key is compressed", code="key.compressed")
        if not isinstance(value, bytes):
            raise _malformed("type", f"parameter {label} is not a byte string", label)
        octets.append(value)
    if scheme.crv is not None and found[_CRV] != scheme.crv:
        raise _unfit("the curve of the COSE key is not that of its alg")
    return tuple(octets)


def _check_rest(found: _Map, kty: int) -> None:
    """RFC 9052 section 7.1, key_ops; and WebAuthn 6.5.1.1, which permits nothing else."""
    if _KEY_OPS in found:
        operations = found[_KEY_OPS]
        if not isinstance(operations, list) or not any(_is_verify(one) for one in operations):
            raise InvalidKey("the key_ops do not hold verify", code="key.operations")
    known = (_KTY, _ALG, _KEY_OPS, *_PARAMETERS[kty])
    for label in found:
        if label not in known:
            raise _malformed("unknown", "a label does not belong there", label)


def _is_verify(operation: cbor.Value) -> bool:
    return not isinstance(operation, bool | list | dict) and operation in _VERIFY


def _check_octets(scheme: Scheme, octets: tuple[bytes, ...], notice: cbor.Notice) -> None:
    """The fixed lengths of RFC 9053 section 7 and RFC 9964; the shortest ones of RFC 8230.

    Java's integers come with a zero octet in front of a set sign bit, which is told and tolerated.
    """
    if scheme.domain != "RSA":
        if any(len(one) != scheme.domain.size for one in octets):
            raise InvalidKey("a parameter of the COSE key has a wrong length", code="key.length")
        return
    n, _ = octets
    if not n:
        raise InvalidKey("the RSA modulus is empty", code="key.rsa_modulus")
    long = InvalidKey("an RSA number is not in its shortest form", code="key.encoding")
    for number in octets:
        if number[:1] > b"\x00":
            continue
        if number[1:2] < b"\x80":
            raise long
        notice(long)


def _integer(found: _Map, label: int, missing: Callable[[], Exception]) -> int:
    if label not in found:
        raise missing()
    value = found[label]
    if isinstance(value, bool) or not isinstance(value, int):
        raise _malformed("type", "kty or alg is not an integer", label)
    return value


def _malformed(name: str, reason: str, label: cbor.Key) -> MalformedInput:
    # A label can be foreign text of any length; as a field it is a number or nothing.
    field = str(label) if isinstance(label, int) else None
    return MalformedInput(f"the COSE key is wrong: {reason}", code=f"cose.{name}", field=field)


def _unfit(message: str) -> InvalidKey:
    return InvalidKey(message, code="key.mismatch")


# --- The public class ---------------------------------------------------------------------------


def canonical(algorithm: CoseAlgorithm, numbers: PublicNumbers) -> bytes:
    """Writes the required parameters in the canonical form of CTAP2."""
    scheme = SCHEMES[algorithm]
    found: dict[int, int | bytes] = {_KTY: scheme.kty, _ALG: int(algorithm)}
    if scheme.crv is not None:
        found[_CRV] = scheme.crv
    if isinstance(numbers, EcPublic):
        size = numbers.curve.size
        found |= {_X: numbers.x.to_bytes(size, "big"), _Y: numbers.y.to_bytes(size, "big")}
    elif isinstance(numbers, RsaPublic):
        found |= {_N: _shortest(numbers.n), _E: _shortest(numbers.e)}
    else:
        found[_X if scheme.kty == _OKP else _PUB] = numbers.octets
    return cbor.cbor_encode(found)


def _shortest(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


@final
class CosePublicKey:
    """A public key with the one algorithm it is for."""

    __slots__ = ("_algorithm", "_key", "_raw", "_tolerated")

    def __init__(
        self,
        algorithm: object = None,
        numbers: object = None,
        raw: object = None,
        notes: tuple[Tolerance, ...] = (),
    ) -> None:
        # The readers of this package hand over what they checked.
        if (
            not isinstance(algorithm, CoseAlgorithm)
            or not isinstance(numbers, PublicNumbers)
            or not (raw is None or isinstance(raw, bytes))
        ):
            raise ArgumentTypeError(
                "use a from_ method to make a CosePublicKey", code="argument.type"
            )
        self._algorithm = algorithm
        self._key = PublicKey(numbers)
        self._raw = raw
        self._tolerated = notes

    def __init_subclass__(cls) -> None:
        raise ArgumentTypeError("CosePublicKey cannot be subclassed", code="argument.type")

    @classmethod
    def from_bytes(
        cls, data: BytesLike, *, allow_sha1: bool = False, strictness: str = INTEROPERABLE
    ) -> Self:
        """Reads a COSE_Key that is all of ``data``."""
        octets = bytes_argument(data, "data", cbor.MAX_SIZE)
        allowed = flag_argument(allow_sha1, "allow_sha1")
        return cls._read(octets, Tolerated(strictness), allow_sha1=allowed)

    @classmethod
    def _read(cls, octets: bytes, tolerated: Tolerated, *, allow_sha1: bool) -> Self:
        own = Tolerated(tolerated.strictness)

        def notice(error: Error) -> None:
            own.allow("credential_public_key", error)

        structure = read_structure(cbor.read_whole(octets, notice), notice, allow_sha1=allow_sha1)
        tolerated.add(own.notes)
        return cls(structure.algorithm, structure.numbers(), octets, own.notes)

    @classmethod
    def from_public_key(cls, key: PublicKey, algorithm: int | None = None) -> Self:
        """Takes a key, with the usual algorithm of its kind or with another one that it can serve."""
        if type(key) is not PublicKey:
            raise ArgumentTypeError("key must be PublicKey", code="argument.type")
        domain = domain_of_key(numbers_of(key))
        if algorithm is None:
            chosen = _DEFAULT[domain]
        else:
            chosen = algorithm_numbered(_number_argument(algorithm), allow_sha1=False)
        if not fits(chosen, key):
            raise _unfit("the key cannot serve the algorithm")
        return cls(chosen, numbers_of(key))

    @property
    def algorithm(self) -> CoseAlgorithm:
        """The algorithm the key is for."""
        return self._algorithm

    @property
    def public_key(self) -> PublicKey:
        """The key without its algorithm."""
        return self._key

    @property
    def tolerated(self) -> tuple[Tolerance, ...]:
        """Deviations from the canonical form that were let pass when it was read."""
        return self._tolerated

    def to_bytes(self) -> bytes:
        """The bytes as they were read, or the canonical ones."""
        return canonical(self._algorithm, numbers_of(self._key)) if self._raw is None else self._raw

    def verify(self, message: BytesLike, signature: BytesLike) -> None:
        """Returns if the signature of the message is right, and raises InvalidSignature if not."""
        data, octets = bytes_argument(message, "message"), bytes_argument(signature, "signature")
        verify_with(self._algorithm, self._key, data, octets)

    def __eq__(self, other: object) -> bool:
        if type(other) is not CosePublicKey:
            return NotImplemented
        return (self._algorithm, self._key) == (other._algorithm, other._key)

    def __hash__(self) -> int:
        return hash((self._algorithm, self._key))

    def __repr__(self) -> str:
        return f"<CosePublicKey {self._algorithm.name} sha256:{self._key.fingerprint().hex()}>"

    def __reduce__(self) -> tuple[Callable[[bytes], CosePublicKey], tuple[bytes]]:
        return _unpickle, (self.to_bytes(),)


def read_key(octets: bytes, tolerated: Tolerated, *, allow_sha1: bool) -> CosePublicKey:
    """Reads a whole key and notes what was tolerated."""
    return CosePublicKey._read(octets, tolerated, allow_sha1=allow_sha1)


def _unpickle(octets: bytes) -> CosePublicKey:
    return CosePublicKey.from_bytes(octets, allow_sha1=True)


def _number_argument(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ArgumentTypeError("algorithm must be int", code="argument.type")
    return int(value)


__all__ = [
    "SCHEMES",
    "CoseAlgorithm",
    "CosePublicKey",
    "Structure",
    "algorithm_numbered",
    "canonical",
    "fits",
    "read_key",
    "read_structure",
    "verify_with",
]
