"""Keys of a seed that sign without chance: what a credential, an assertion or a bare signature is made with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from countermark.vectors.generation.files import Seed
from countermark.webauthn.testing import der_writer as der
from countermark.webauthn.testing.rsa_keys import EXPONENT, RsaNumbers, rsa_numbers

Key = (
    ec.EllipticCurvePrivateKey
    | ed25519.Ed25519PrivateKey
    | ed448.Ed448PrivateKey
    | rsa.RSAPrivateKey
)

ORDERS: Final = {
    "ES256": 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    "ES384": 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973,
    "ES512": (1 << 521) - 0x5AE79787C40D069948033FEB708F65A2FC44A36477663B851449048E16EC79BF7,
    "ES256K": 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141,
}
"""The orders of the groups (SEC 2)."""

_GROUPS: Final[dict[str, ec.EllipticCurve]] = {
    "ES256": ec.SECP256R1(),
    "ES384": ec.SECP384R1(),
    "ES512": ec.SECP521R1(),
    "ES256K": ec.SECP256K1(),
}
_HASHES: Final[dict[str, hashes.HashAlgorithm]] = {
    "SHA-256": hashes.SHA256(),
    "SHA-384": hashes.SHA384(),
    "SHA-512": hashes.SHA512(),
}

ALGORITHMS: Final = ("ES256", "ES384", "ES512", "ES256K", "Ed25519", "Ed448", "RS256")
"""What `Signer.draw` draws."""

EXACT: Final = ("ES256K", "Ed25519", "Ed448", "RS256")
"""Those whose every signature by this package is the same: the others draw a nonce."""


@dataclass(frozen=True)
class Signer:
    """A key pair.

    Attributes:
        algorithm: one of `ALGORITHMS`.
    """

    algorithm: str
    key: Key
    numbers: RsaNumbers | None = None

    @classmethod
    def draw(cls, seed: Seed, label: str, algorithm: str) -> Signer:
        """The key that a seed has under a label."""
        label = f"{algorithm} {label}"
        if algorithm == "Ed25519":
            return cls(
                algorithm, ed25519.Ed25519PrivateKey.from_private_bytes(seed.take(label, 32))
            )
        if algorithm == "Ed448":
            return cls(algorithm, ed448.Ed448PrivateKey.from_private_bytes(seed.take(label, 57)))
        if algorithm in ORDERS:
            scalar = seed.number(label, ORDERS[algorithm])
            return cls(algorithm, ec.derive_private_key(scalar, _GROUPS[algorithm]))
        numbers = rsa_numbers(seed.take(label, 32), label)
        n, d, p, q = numbers.n, numbers.d, numbers.p, numbers.q
        parts = (p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p))
        public = rsa.RSAPublicNumbers(EXPONENT, n)
        return cls(algorithm, rsa.RSAPrivateNumbers(*parts, public).private_key(), numbers)

    @property
    def edwards(self) -> bool:
        """Whether it signs messages and takes no hash."""
        return self.algorithm.startswith("Ed")

    @property
    def private_pem(self) -> str:
        """PKCS#8 (RFC 5958)."""
        return self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode()

    @property
    def public_pem(self) -> str:
        """SubjectPublicKeyInfo (RFC 5280)."""
        return (
            self.key.public_key()
            .public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            )
            .decode()
        )

    @property
    def public_der(self) -> bytes:
        """The same in DER."""
        return self.key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    @property
    def order(self) -> int:
        """Of its group, for a key that has one."""
        return ORDERS[self.algorithm]

    @property
    def size(self) -> int:
        """Octets of r and of s."""
        return (self.order.bit_length() + 7) // 8

    def sign(self, message: bytes, hash: str = "SHA-256") -> bytes:
        """DER with the nonce of RFC 6979 and the lower s; R‖s; PKCS#1 v1.5."""
        if isinstance(self.key, ec.EllipticCurvePrivateKey):
            return der_signature(*self.numbers_of(message, hash))
        if isinstance(self.key, rsa.RSAPrivateKey):
            return self.key.sign(message, padding.PKCS1v15(), _HASHES[hash])
        return self.key.sign(message)

    def numbers_of(self, message: bytes, hash: str = "SHA-256") -> tuple[int, int]:
        """The numbers of an ECDSA signature: r, and the lower s."""
        if not isinstance(self.key, ec.EllipticCurvePrivateKey):
            raise TypeError("not an ECDSA key")
        signed = self.key.sign(message, ec.ECDSA(_HASHES[hash], deterministic_signing=True))
        r, s = decode_dss_signature(signed)
        return r, min(s, self.order - s)

    def sign_pss(self, message: bytes, hash: str = "SHA-256") -> bytes:
        """PSS with a salt as long as the hash, drawn from key and message."""
        if self.numbers is None:
            raise TypeError("not an RSA key")
        return self.numbers.sign_pss(message, hash.replace("-", "").lower())


def der_signature(r: int, s: int) -> bytes:
    """SEQUENCE of two INTEGERs (RFC 3279 section 2.2.3)."""
    return der.sequence(der.integer(r), der.integer(s))


__all__ = ["ALGORITHMS", "EXACT", "ORDERS", "Signer", "der_signature"]
