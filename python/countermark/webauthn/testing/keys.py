"""Signing keys of every COSE algorithm, drawn from a seed, whose signatures hold no chance either."""

from __future__ import annotations

from typing import Final, Protocol

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519

from countermark.errors import ArgumentTypeError, ArgumentValueError, UnsupportedAlgorithm
from countermark.webauthn.testing import der_writer as der
from countermark.webauthn.testing import mldsa
from countermark.webauthn.testing.rsa_keys import DIGEST_OIDS, RsaNumbers, rsa_numbers
from countermark.webauthn.testing.seeding import Seed

ALGORITHMS: Final[dict[str, int]] = {
    "ES256": -7,
    "EDDSA": -8,
    "ESP256": -9,
    "ED25519": -19,
    "ES384": -35,
    "ES512": -36,
    "PS256": -37,
    "PS384": -38,
    "PS512": -39,
    "ES256K": -47,
    "ML_DSA_44": -48,
    "ML_DSA_65": -49,
    "ML_DSA_87": -50,
    "ESP384": -51,
    "ESP512": -52,
    "ED448": -53,
    "RS256": -257,
    "RS384": -258,
    "RS512": -259,
    "RS1": -65535,
}
"""Names and COSE numbers of the algorithms a credential can have."""

_CURVES: Final[dict[str, tuple[ec.EllipticCurve, int, str, int]]] = {
    # name: curve, COSE number, object identifier, order
    "P-256": (
        ec.SECP256R1(),
        1,
        "1.2.840.10045.3.1.7",
        0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    ),
    "P-384": (
        ec.SECP384R1(),
        2,
        "1.3.132.0.34",
        0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973,
    ),
    "P-521": (
        ec.SECP521R1(),
        3,
        "1.3.132.0.35",
        (1 << 521) - 0x5AE79787C40D069948033FEB708F65A2FC44A36477663B851449048E16EC79BF7,
    ),
    "secp256k1": (
        ec.SECP256K1(),
        8,
        "1.3.132.0.10",
        0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141,
    ),
}
_HASHES: Final[dict[str, type[hashes.HashAlgorithm]]] = {
    "sha1": hashes.SHA1,
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}
HASH_OF: Final[dict[int, str]] = {
    **dict.fromkeys((-7, -9, -47, -37, -257), "sha256"),
    **dict.fromkeys((-35, -51, -38, -258), "sha384"),
    **dict.fromkeys((-36, -52, -39, -259), "sha512"),
    -65535: "sha1",
}
"""The hash of each algorithm that has one."""

_EC_OF: Final = {-7: "P-256", -9: "P-256", -35: "P-384", -51: "P-384", -36: "P-521", -52: "P-521"}
_PSS: Final = (-37, -38, -39)


class SigningKey(Protocol):
    """What every kind of key does."""

    def cose(self, algorithm: int) -> dict[object, object]:
        """The members of the COSE key (RFC 9052 section 7) under this algorithm number."""

    def spki(self) -> bytes:
        """The SubjectPublicKeyInfo, DER (RFC 5280, 4.1.2.7)."""

    def sign(self, message: bytes, algorithm: int) -> bytes:
        """A signature as WebAuthn carries it (6.5.5) under this algorithm number.

        A number that is not of the key signs with the key's usual algorithm, as a liar would.
        """

    def sign_certificate(self, message: bytes, hash_name: str) -> tuple[bytes, bytes]:
        """The AlgorithmIdentifier, DER, and the signature of a certificate's first part."""


class EcKey:
    """A key on one of the curves P-256, P-384, P-521 and secp256k1.

    Attributes:
        curve: the name of the curve.
        x, y: the point, both as wide as the field.
    """

    def __init__(self, seed: Seed, label: str, curve: str) -> None:
        self.curve = curve
        group, self._number, self._oid, order = _CURVES[curve]
        self._key = ec.derive_private_key(seed.number(f"ec {curve} {label}", order), group)
        point = self._key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        self.point = point
        half = len(point) // 2
        self.x, self.y = point[1 : half + 1], point[half + 1 :]

    def cose(self, algorithm: int) -> dict[object, object]:
        """Kind 2 (RFC 9053, 7.1.1)."""
        return {1: 2, 3: algorithm, -1: self._number, -2: self.x, -3: self.y}

    def spki(self) -> bytes:
        """As RFC 5480 has it, the point uncompressed."""
        algorithm = der.sequence(der.oid("1.2.840.10045.2.1"), der.oid(self._oid))
        return der.sequence(algorithm, der.bit_string(self.point))

    def sign(self, message: bytes, algorithm: int) -> bytes:
        """DER, the nonce as RFC 6979 draws it."""
        return self.sign_hash(message, HASH_OF.get(algorithm, "sha256"))

    def sign_hash(self, message: bytes, hash_name: str) -> bytes:
        """As `sign`, under a hash of choice."""
        return self._key.sign(message, ec.ECDSA(_HASHES[hash_name](), deterministic_signing=True))

    def sign_certificate(self, message: bytes, hash_name: str) -> tuple[bytes, bytes]:
        """RFC 5758, and RFC 3279 for SHA-1."""
        oid = {
            "sha1": "1.2.840.10045.4.1",
            "sha256": "1.2.840.10045.4.3.2",
            "sha384": "1.2.840.10045.4.3.3",
            "sha512": "1.2.840.10045.4.3.4",
        }[hash_name]
        return der.sequence(der.oid(oid)), self.sign_hash(message, hash_name)


class OkpKey:
    """An Ed25519 or Ed448 key.

    Attributes:
        curve: the name of the curve.
        x: the public key.
    """

    def __init__(self, seed: Seed, label: str, curve: str) -> None:
        self.curve = curve
        self._key: ed25519.Ed25519PrivateKey | ed448.Ed448PrivateKey
        if curve == "Ed25519":
            secret = seed.take(f"okp {curve} {label}", 32)
            self._key = ed25519.Ed25519PrivateKey.from_private_bytes(secret)
        else:
            secret = seed.take(f"okp {curve} {label}", 57)
            self._key = ed448.Ed448PrivateKey.from_private_bytes(secret)
        self.x = self._key.public_key().public_bytes_raw()

    @property
    def _oid(self) -> bytes:
        return der.sequence(der.oid("1.3.101.112" if self.curve == "Ed25519" else "1.3.101.113"))

    def cose(self, algorithm: int) -> dict[object, object]:
        """Kind 1 (RFC 9053, 7.2)."""
        return {1: 1, 3: algorithm, -1: 6 if self.curve == "Ed25519" else 7, -2: self.x}

    def spki(self) -> bytes:
        """As RFC 8410 has it."""
        return der.sequence(self._oid, der.bit_string(self.x))

    def sign(self, message: bytes, algorithm: int) -> bytes:  # noqa: ARG002
        """R‖s (RFC 8032)."""
        return self._key.sign(message)

    def sign_certificate(self, message: bytes, hash_name: str) -> tuple[bytes, bytes]:  # noqa: ARG002
        """As RFC 8410 has it; the hash is the algorithm's own."""
        return self._oid, self._key.sign(message)


class RsaKey:
    """An RSA key.

    Attributes:
        numbers: its numbers.
        pss: sign certificates with PSS.
    """

    def __init__(self, numbers: RsaNumbers, *, pss: bool = False) -> None:
        self.numbers = numbers
        self.pss = pss

    @property
    def modulus(self) -> bytes:
        """The modulus, big-endian, without a leading zero."""
        return self.numbers.n.to_bytes(self.numbers.size, "big")

    def cose(self, algorithm: int) -> dict[object, object]:
        """Kind 3 (RFC 8230 section 4)."""
        return {1: 3, 3: algorithm, -1: self.modulus, -2: b"\x01\x00\x01"}

    def spki(self) -> bytes:
        """As RFC 3279, 2.3.1 has it."""
        algorithm = der.sequence(der.oid("1.2.840.113549.1.1.1"), der.null())
        key = der.sequence(der.integer(self.numbers.n), der.integer(65537))
        return der.sequence(algorithm, der.bit_string(key))

    def sign(self, message: bytes, algorithm: int) -> bytes:
        """As long as the modulus (RFC 8017)."""
        hash_name = HASH_OF.get(algorithm, "sha256")
        if algorithm in _PSS:
            return self.numbers.sign_pss(message, hash_name)
        return self.numbers.sign_pkcs1(message, hash_name)

    def sign_certificate(self, message: bytes, hash_name: str) -> tuple[bytes, bytes]:
        """RFC 4055: PKCS#1 v1.5, or PSS where the key is for that."""
        if self.pss:
            return _pss_identifier(hash_name), self.numbers.sign_pss(message, hash_name)
        oid = {
            "md5": "1.2.840.113549.1.1.4",
            "sha1": "1.2.840.113549.1.1.5",
            "sha256": "1.2.840.113549.1.1.11",
            "sha384": "1.2.840.113549.1.1.12",
            "sha512": "1.2.840.113549.1.1.13",
        }[hash_name]
        return der.sequence(der.oid(oid), der.null()), self.numbers.sign_pkcs1(message, hash_name)


def _pss_identifier(hash_name: str) -> bytes:
    inner = der.sequence(der.oid(DIGEST_OIDS[hash_name]), der.null())
    size = {"sha256": 32, "sha384": 48, "sha512": 64}[hash_name]
    parameters = der.sequence(
        der.explicit(0, inner),
        der.explicit(1, der.sequence(der.oid("1.2.840.113549.1.1.8"), inner)),
        der.explicit(2, der.integer(size)),
    )
    return der.sequence(der.oid("1.2.840.113549.1.1.10"), parameters)


class MlDsaKey:
    """An ML-DSA key (FIPS 204), of level 44, 65 or 87.

    Attributes:
        level: the parameter set.
        public: the public key.
    """

    def __init__(self, seed: Seed, label: str, level: int) -> None:
        self.level = level
        self._key = mldsa.generate(level, seed.take(f"ml-dsa-{level} {label}", 32))
        self.public = self._key.public

    @property
    def _oid(self) -> bytes:
        return der.sequence(der.oid(f"2.16.840.1.101.3.4.3.{mldsa.ARCS[self.level]}"))

    def cose(self, algorithm: int) -> dict[object, object]:
        """Kind 7."""
        return {1: 7, 3: algorithm, -1: self.public}

    def spki(self) -> bytes:
        """The raw public key under an algorithm without parameters."""
        return der.sequence(self._oid, der.bit_string(self.public))

    def sign(self, message: bytes, algorithm: int) -> bytes:  # noqa: ARG002
        """The deterministic variant, with an empty context."""
        return self._key.sign(message)

    def sign_certificate(self, message: bytes, hash_name: str) -> tuple[bytes, bytes]:  # noqa: ARG002
        """Pure ML-DSA."""
        return self._oid, self._key.sign(message)


def algorithm_number(algorithm: int | str) -> int:
    """The COSE number of an algorithm given by number or by name, as the members of `CoseAlgorithm`.

    Raises:
        ArgumentTypeError: neither.
        UnsupportedAlgorithm: ``algorithm.unknown``.
    """
    if isinstance(algorithm, str):
        number = ALGORITHMS.get(algorithm.upper().replace("-", "_"))
        if number is None:
            raise UnsupportedAlgorithm("no COSE algorithm of that name", code="algorithm.unknown")
        return number
    if isinstance(algorithm, bool) or not isinstance(algorithm, int):
        raise ArgumentTypeError("algorithm must be int or str", code="argument.type")
    if algorithm not in ALGORITHMS.values():
        raise UnsupportedAlgorithm("no COSE algorithm of that number", code="algorithm.unknown")
    return int(algorithm)


def make_key(seed: Seed, label: str, algorithm: int, *, bits: int = 2048) -> SigningKey:
    """The key that a seed has under a label, for an algorithm.

    Raises:
        ArgumentValueError: the number is none of `ALGORITHMS`.
    """
    if curve := _EC_OF.get(algorithm):
        return EcKey(seed, label, curve)
    if algorithm == -47:
        return EcKey(seed, label, "secp256k1")
    if algorithm in (-8, -19):
        return OkpKey(seed, label, "Ed25519")
    if algorithm == -53:
        return OkpKey(seed, label, "Ed448")
    if algorithm in (-48, -49, -50):
        return MlDsaKey(seed, label, {-48: 44, -49: 65, -50: 87}[algorithm])
    if algorithm in HASH_OF:
        return RsaKey(rsa_numbers(seed.value, label, bits))
    raise ArgumentValueError("no such algorithm", code="argument.value")
