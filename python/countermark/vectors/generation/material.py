"""Keys for the generators: drawn from a seed, and written element by element, so that one of them can be wrong."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import ClassVar, Final, NamedTuple

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from countermark.vectors.generation.files import Seed
from countermark.webauthn.testing import der_writer as der
from countermark.webauthn.testing import mldsa
from countermark.webauthn.testing.rsa_keys import EXPONENT, RsaNumbers, rsa_numbers

EC_PUBLIC_KEY: Final = der.oid("1.2.840.10045.2.1")
RSA_ENCRYPTION: Final = der.oid("1.2.840.113549.1.1.1")
RSA_IDENTIFIER: Final = der.sequence(RSA_ENCRYPTION, der.null())


class Curve(NamedTuple):
    """A Weierstrass curve: its names, its field and its order (SEC 2, FIPS 186-5)."""

    algorithm: str
    name: str
    group: ec.EllipticCurve
    cose: int
    cose_algorithm: int
    oid: bytes
    p: int
    n: int

    @property
    def size(self) -> int:
        """Octets of a coordinate and of a scalar."""
        return (self.p.bit_length() + 7) // 8


CURVES: Final = (
    Curve(
        "ES256",
        "P-256",
        ec.SECP256R1(),
        1,
        -7,
        der.oid("1.2.840.10045.3.1.7"),
        2**256 - 2**224 + 2**192 + 2**96 - 1,
        0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    ),
    Curve(
        "ES384",
        "P-384",
        ec.SECP384R1(),
        2,
        -35,
        der.oid("1.3.132.0.34"),
        2**384 - 2**128 - 2**96 + 2**32 - 1,
        0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973,
    ),
    Curve(
        "ES512",
        "P-521",
        ec.SECP521R1(),
        3,
        -36,
        der.oid("1.3.132.0.35"),
        2**521 - 1,
        (1 << 521) - 0x5AE79787C40D069948033FEB708F65A2FC44A36477663B851449048E16EC79BF7,
    ),
    Curve(
        "ES256K",
        "secp256k1",
        ec.SECP256K1(),
        8,
        -47,
        der.oid("1.3.132.0.10"),
        2**256 - 2**32 - 977,
        0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141,
    ),
)


@dataclass(frozen=True)
class Ec:
    """A key on a Weierstrass curve."""

    curve: Curve
    d: int

    @classmethod
    def draw(cls, seed: Seed, label: str, curve: Curve) -> Ec:
        """The key that a seed has under a label."""
        return cls(curve, seed.number(f"{curve.name} scalar {label}", curve.n))

    @property
    def algorithm(self) -> str:
        """The name of its algorithm."""
        return self.curve.algorithm

    @property
    def scalar(self) -> bytes:
        """As wide as the field."""
        return self.d.to_bytes(self.curve.size, "big")

    def point(self, form: str = "uncompressed") -> bytes:
        """SEC 1 2.3.3: uncompressed, compressed, or the hybrid form of X9.62."""
        public = ec.derive_private_key(self.d, self.curve.group).public_key()
        whole = public.public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        parity = whole[-1] & 1
        if form == "compressed":
            return bytes([2 | parity]) + whole[1 : 1 + self.curve.size]
        return whole if form == "uncompressed" else bytes([6 | parity]) + whole[1:]

    @property
    def x(self) -> bytes:
        """As wide as the field."""
        return self.point()[1 : 1 + self.curve.size]

    @property
    def y(self) -> bytes:
        """As wide as the field."""
        return self.point()[1 + self.curve.size :]

    @property
    def identifier(self) -> bytes:
        """AlgorithmIdentifier (RFC 5480 section 2.1.1)."""
        return der.sequence(EC_PUBLIC_KEY, self.curve.oid)

    def inner(self, *, parameters: bool = False) -> bytes:
        """ECPrivateKey (RFC 5915 section 3)."""
        return ec_private_key(
            self.scalar,
            parameters=self.curve.oid if parameters else None,
            public=self.point(),
        )

    @property
    def public(self) -> bytes:
        """The content of subjectPublicKey."""
        return self.point()

    def jwk(self) -> dict[str, object]:
        """The private key as RFC 7518 section 6.2 has it."""
        return {"kty": "EC", "crv": self.curve.name, "x": self.x, "y": self.y, "d": self.scalar}


@dataclass(frozen=True)
class Okp:
    """An Edwards key."""

    algorithm: str
    seed: bytes

    @classmethod
    def draw(cls, seed: Seed, label: str, algorithm: str) -> Okp:
        """The key that a seed has under a label."""
        return cls(algorithm, seed.take(f"{algorithm} seed {label}", OKP_SIZES[algorithm]))

    @property
    def public(self) -> bytes:
        """RFC 8032 5.1.5 and 5.2.5."""
        if self.algorithm == "Ed25519":
            known = ed25519.Ed25519PrivateKey.from_private_bytes(self.seed)
            return known.public_key().public_bytes_raw()
        return ed448.Ed448PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw()

    @property
    def identifier(self) -> bytes:
        """AlgorithmIdentifier (RFC 8410 section 3), which has no parameters."""
        return der.sequence(
            der.oid("1.3.101.112" if self.algorithm == "Ed25519" else "1.3.101.113")
        )

    def inner(self) -> bytes:
        """CurvePrivateKey (RFC 8410 section 7)."""
        return der.octet_string(self.seed)

    def jwk(self) -> dict[str, object]:
        """The private key as RFC 8037 section 2 has it."""
        return {"kty": "OKP", "crv": self.algorithm, "x": self.public, "d": self.seed}


OKP_SIZES: Final = {"Ed25519": 32, "Ed448": 57}


@dataclass(frozen=True)
class Rsa:
    """An RSA key: every number of RFC 8017 section 3.2, each of which can be replaced alone."""

    n: int
    e: int
    d: int
    p: int
    q: int
    dp: int
    dq: int
    qi: int

    @classmethod
    def of(cls, numbers: RsaNumbers) -> Rsa:
        """All numbers that follow from the primes."""
        d, p, q = numbers.d, numbers.p, numbers.q
        return cls(numbers.n, EXPONENT, d, p, q, d % (p - 1), d % (q - 1), pow(q, -1, p))

    @classmethod
    def draw(cls, seed: Seed, label: str, bits: int = 2048) -> Rsa:
        """The key that a seed has under a label."""
        return cls.of(rsa_numbers(seed.take(f"rsa {label}", 32), label, bits))

    algorithm: ClassVar[str] = "RS256"
    identifier: ClassVar[bytes] = RSA_IDENTIFIER

    def inner(self, version: int = 0) -> bytes:
        """RSAPrivateKey (RFC 8017 A.1.2)."""
        numbers = (version, self.n, self.e, self.d, self.p, self.q, self.dp, self.dq, self.qi)
        return der.sequence(*(der.integer(number) for number in numbers))

    @property
    def public(self) -> bytes:
        """RSAPublicKey (RFC 8017 A.1.1)."""
        return der.sequence(der.integer(self.n), der.integer(self.e))

    def but(self, **numbers: int) -> Rsa:
        """The same with other numbers in some places."""
        return replace(self, **numbers)

    def jwk(self) -> dict[str, object]:
        """The private key as RFC 7518 section 6.3 has it."""
        names = ("n", "e", "d", "p", "q", "dp", "dq", "qi")
        return {"kty": "RSA", **{name: shortest(getattr(self, name)) for name in names}}


class Mldsa(NamedTuple):
    """An ML-DSA key of one parameter set (FIPS 204), of which only the public half is of use here."""

    algorithm: str
    public: bytes

    @classmethod
    def draw(cls, seed: Seed, label: str, level: int) -> Mldsa:
        """The key that a seed has under a label."""
        secret = seed.take(f"ml-dsa-{level} {label}", 32)
        return cls(f"ML-DSA-{level}", mldsa.generate(level, secret).public)

    @property
    def identifier(self) -> bytes:
        """AlgorithmIdentifier (RFC 9881 section 2), which has no parameters."""
        arc = mldsa.ARCS[int(self.algorithm[-2:])]
        return der.sequence(der.oid(f"2.16.840.1.101.3.4.3.{arc}"))


Private = Ec | Okp | Rsa
Public = Private | Mldsa


def shortest(number: int) -> bytes:
    """The fewest octets."""
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def spki(key: Public) -> bytes:
    """SubjectPublicKeyInfo (RFC 5280 4.1.2.7)."""
    return der.sequence(key.identifier, der.bit_string(key.public))


def answer(key: Public) -> dict[str, object]:
    """What reading a container of the key gives."""
    return {"algorithm": key.algorithm, "public_key": spki(key).hex()}


def pkcs8(
    key: Private,
    inner: bytes | None = None,
    *,
    version: int = 0,
    identifier: bytes | None = None,
    attributes: bytes = b"",
    public: bytes | None = None,
    trailing: bytes = b"",
) -> bytes:
    """PrivateKeyInfo or OneAsymmetricKey (RFC 5958 section 2)."""
    return der.sequence(
        der.integer(version),
        key.identifier if identifier is None else identifier,
        der.octet_string(key.inner() if inner is None else inner),
        attributes,
        b"" if public is None else der.tlv(0x81, b"\x00", public),
        trailing,
    )


def ec_private_key(
    scalar: bytes, *, parameters: bytes | None, public: bytes | None, version: int = 1
) -> bytes:
    """ECPrivateKey (RFC 5915 section 3) of any parts."""
    return der.sequence(
        der.integer(version),
        der.octet_string(scalar),
        b"" if parameters is None else der.explicit(0, parameters),
        b"" if public is None else der.explicit(1, der.bit_string(public)),
    )


# --- PBES2, RFC 8018 ----------------------------------------------------------------------------

HMACS: Final = {"sha1": 7, "sha224": 8, "sha256": 9, "sha384": 10, "sha512": 11}
AES: Final = {16: 2, 24: 22, 32: 42}
"""Last arcs of the identifiers, by what they are of."""


@dataclass(frozen=True)
class Encryption:
    """EncryptedPrivateKeyInfo with PBES2, of any parameters.

    Attributes:
        stated: members of the parameters that say something else than what was done.
    """

    password: bytes
    salt: bytes
    iv: bytes
    kdf: str = "pbkdf2"
    iterations: int = 1000
    prf: str = "sha256"
    prf_parameters: bytes = der.null()
    cost: tuple[int, int, int] = (16, 8, 1)
    key_size: int = 32
    key_length: int | None = None
    scheme: str = "1.2.840.113549.1.5.13"
    cipher: str | None = None
    stated: dict[str, object] | None = None
    padding: bytes | None = None

    def encrypt(self, plaintext: bytes) -> bytes:
        """The whole structure over this plaintext."""
        count = 16 - len(plaintext) % 16
        padding = bytes([count]) * count if self.padding is None else self.padding
        cipher = Cipher(algorithms.AES(self._key()), modes.CBC(self.iv)).encryptor()
        return self.around(cipher.update(plaintext + padding) + cipher.finalize())

    def around(self, ciphertext: bytes) -> bytes:
        """The whole structure around a ciphertext."""
        said = replace(self, **(self.stated or {}))  # type: ignore[arg-type]  # names of members
        number = AES.get(said.key_size, 0)
        cipher = said.cipher or f"2.16.840.1.101.3.4.1.{number}"
        scheme = der.sequence(der.oid(cipher), der.octet_string(said.iv))
        parameters = der.sequence(said._derivation(), scheme)
        return der.sequence(
            der.sequence(der.oid(said.scheme), parameters), der.octet_string(ciphertext)
        )

    def _key(self) -> bytes:
        if self.kdf == "scrypt":
            n, r, p = self.cost
            return hashlib.scrypt(self.password, salt=self.salt, n=n, r=r, p=p, dklen=self.key_size)
        return hashlib.pbkdf2_hmac(
            self.prf, self.password, self.salt, self.iterations, self.key_size
        )

    def _derivation(self) -> bytes:
        length = b"" if self.key_length is None else der.integer(self.key_length)
        salt = der.octet_string(self.salt)
        if self.kdf == "scrypt":
            cost = (der.integer(number) for number in self.cost)
            return der.sequence(
                der.oid("1.3.6.1.4.1.11591.4.11"), der.sequence(salt, *cost, length)
            )
        prf = b""
        if self.prf != "sha1":  # the default, which DER leaves out
            arc = HMACS[self.prf]
            prf = der.sequence(der.oid(f"1.2.840.113549.2.{arc}"), self.prf_parameters)
        oid = der.oid("1.2.840.113549.1.5.12" if self.kdf == "pbkdf2" else self.kdf)
        return der.sequence(oid, der.sequence(salt, der.integer(self.iterations), length, prf))
