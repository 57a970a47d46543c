"""Key containers written element by element, so that exactly one thing in them can be wrong."""

from __future__ import annotations

import math
from functools import cache
from typing import Any, Final, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicNumbers
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tests.property.encrypted import Parameters
from tests.property.material import CURVES, pem, records, unpem

# --- elements ---


def element(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def sequence(*parts: bytes) -> bytes:
    return element(0x30, *parts)


def integer(value: int) -> bytes:
    return element(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def octets(content: bytes) -> bytes:
    return element(0x04, content)


def bits(content: bytes, tag: int = 0x03) -> bytes:
    return element(tag, b"\x00", content)


def oid(dotted: str) -> bytes:
    first, second, *rest = (int(arc) for arc in dotted.split("."))
    content = b""
    for arc in (40 * first + second, *rest):
        groups = [arc & 0x7F]
        while arc := arc >> 7:
            groups.append(arc & 0x7F | 0x80)
        content += bytes(reversed(groups))
    return element(0x06, content)


NULL: Final = element(0x05)


def context(number: int, *parts: bytes) -> bytes:
    return element(0xA0 | number, *parts)


def length_positions(data: bytes, at: int = 0, end: int | None = None) -> list[int]:
    """Where the length octets of every element are, also inside wrapping strings."""
    end = len(data) if end is None else end
    found: list[int] = []
    while at < end:
        if at + 2 > end:
            raise ValueError
        tag, first = data[at], data[at + 1]
        count = first & 0x7F if first >= 0x80 else 0
        start = at + 2 + count
        size = int.from_bytes(data[at + 2 : start], "big") if count else first
        if start + size > end:
            raise ValueError
        found += range(at + 1, start)
        if tag in (0x30, 0xA0, 0xA1, 0x03, 0x04):
            inside = start + (tag == 0x03)
            try:
                found += length_positions(data, inside, start + size)
            except ValueError:
                assert tag in (0x03, 0x04), "a constructed element that holds no elements"
        at = start + size
    return found


# --- algorithm identifiers ---

EC_KEY: Final = oid("1.2.840.10045.2.1")
CURVE: Final = {
    "p256": oid("1.2.840.10045.3.1.7"),
    "p384": oid("1.3.132.0.34"),
    "p521": oid("1.3.132.0.35"),
    "secp256k1": oid("1.3.132.0.10"),
}
RSA_KEY: Final = oid("1.2.840.113549.1.1.1")
PSS_KEY: Final = oid("1.2.840.113549.1.1.10")
IDENTIFIER: Final = {
    **{kind: sequence(EC_KEY, curve) for kind, curve in CURVE.items()},
    "ed25519": sequence(oid("1.3.101.112")),
    "ed448": sequence(oid("1.3.101.113")),
    "rsa2048": sequence(RSA_KEY, NULL),
}
EC_KINDS: Final = tuple(CURVES)
OKP_KINDS: Final = ("ed25519", "ed448")


# --- the numbers of the test keys ---


@cache
def loaded(kind: str) -> Any:
    """The test key in the hands of another library, which takes it apart."""
    return load_pem_private_key(records()[kind]["pkcs8Pem"].encode(), None)


def field_length(kind: str) -> int:
    return {"p256": 32, "p384": 48, "p521": 66, "secp256k1": 32}[kind]


def scalar(kind: str) -> bytes:
    """The private scalar of an EC key, as long as the field."""
    value: int = loaded(kind).private_numbers().private_value
    return value.to_bytes(field_length(kind), "big")


def seed(kind: str) -> bytes:
    data: bytes = loaded(kind).private_bytes_raw()
    return data


def point(kind: str, *, form: str = "uncompressed") -> bytes:
    """The public point of an EC key: uncompressed, compressed or hybrid."""
    numbers: EllipticCurvePublicNumbers = loaded(kind).public_key().public_numbers()
    x, y = (value.to_bytes(field_length(kind), "big") for value in (numbers.x, numbers.y))
    sign = numbers.y & 1
    if form == "compressed":
        return bytes([2 + sign]) + x
    return (b"\x04" if form == "uncompressed" else bytes([6 + sign])) + x + y


def public_bytes(kind: str) -> bytes:
    """The bits of the public key as they stand in SPKI."""
    if kind in EC_KINDS:
        return point(kind)
    if kind in OKP_KINDS:
        data: bytes = loaded(kind).public_key().public_bytes_raw()
        return data
    return rsa().public()


class Rsa(NamedTuple):
    """The numbers of an RSA key (RFC 8017 appendix A.1.2)."""

    n: int
    e: int
    d: int
    p: int
    q: int
    dp: int
    dq: int
    qi: int

    def private(self, version: int = 0) -> bytes:
        """RSAPrivateKey."""
        return sequence(*(integer(number) for number in (version, *self)))

    def public(self) -> bytes:
        """RSAPublicKey."""
        return sequence(integer(self.n), integer(self.e))

    @classmethod
    def of_primes(cls, p: int, q: int, e: int = 65537) -> Rsa:
        """A key in which everything follows from these two, prime or not."""
        d = pow(e, -1, math.lcm(p - 1, q - 1))
        return cls(p * q, e, d, p, q, d % (p - 1), d % (q - 1), pow(q, -1, p))


@cache
def rsa() -> Rsa:
    key = loaded("rsa2048").private_numbers()
    public = key.public_numbers
    return Rsa(public.n, public.e, key.d, key.p, key.q, key.dmp1, key.dmq1, key.iqmp)


# --- containers ---


def sec1(
    private: bytes,
    *,
    version: int = 1,
    parameters: bytes | None = None,
    public: bytes | None = None,
    more: bytes = b"",
) -> bytes:
    """ECPrivateKey (RFC 5915)."""
    parts = [integer(version), octets(private)]
    if parameters is not None:
        parts.append(context(0, parameters))
    if public is not None:
        parts.append(context(1, bits(public)))
    return sequence(*parts, more)


def inner(kind: str) -> bytes:
    """What stands in the privateKey field of PKCS#8 for this test key."""
    if kind in EC_KINDS:
        return sec1(scalar(kind), public=point(kind))
    if kind in OKP_KINDS:
        return octets(seed(kind))
    return rsa().private()


def pkcs8(
    kind: str,
    private: bytes | None = None,
    *,
    version: int = 0,
    identifier: bytes | None = None,
    attributes: bytes | None = None,
    public: bytes | None = None,
    more: bytes = b"",
) -> bytes:
    """OneAsymmetricKey (RFC 5958) of a test key, with parts of it replaced."""
    parts = [
        integer(version),
        IDENTIFIER[kind] if identifier is None else identifier,
        octets(inner(kind) if private is None else private),
    ]
    if attributes is not None:
        parts.append(context(0, attributes))
    if public is not None:
        parts.append(bits(public, tag=0x81))
    return sequence(*parts, more)


def spki(kind: str, public: bytes | None = None, *, identifier: bytes | None = None) -> bytes:
    """SubjectPublicKeyInfo of a test key, with parts of it replaced."""
    return sequence(
        IDENTIFIER[kind] if identifier is None else identifier,
        bits(public_bytes(kind) if public is None else public),
    )


def encrypted_pem(plaintext: bytes, parameters: Parameters | None = None) -> str:
    """An ``ENCRYPTED PRIVATE KEY`` block, by default at one iteration and the password "secret"."""
    return pem("ENCRYPTED PRIVATE KEY", (parameters or Parameters()).encrypt(plaintext))


CONTAINERS: Final = ("pkcs8", "sec1", "pkcs1", "spki", "pkcs1-public")


def container(name: str, kind: str) -> tuple[str, bytes]:
    """Label and DER of a test key in the container of this name."""
    match name:
        case "pkcs8":
            return "PRIVATE KEY", pkcs8(kind)
        case "sec1":
            der = sec1(scalar(kind), parameters=CURVE[kind], public=point(kind))
            return "EC PRIVATE KEY", der
        case "pkcs1":
            return "RSA PRIVATE KEY", rsa().private()
        case "spki":
            return "PUBLIC KEY", spki(kind)
        case _:
            return "RSA PUBLIC KEY", rsa().public()


def spki_of(kind: str) -> bytes:
    """What the public half of a test key must come out as."""
    return unpem(records()[kind]["spkiPem"])
