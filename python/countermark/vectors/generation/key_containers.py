"""Facts about PKCS#8 and SEC 1: containers of private keys, each wrong ones in one element."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from countermark.vectors.generation.facts import Facts
from countermark.vectors.generation.files import Seed, VectorFile
from countermark.vectors.generation.material import (
    CURVES,
    EC_PUBLIC_KEY,
    RSA_ENCRYPTION,
    Curve,
    Ec,
    Okp,
    Private,
    Rsa,
    answer,
    ec_private_key,
    pkcs8,
    spki,
)
from countermark.webauthn.testing import der_writer as der

P256: Final = CURVES[0]
FOREIGN_CURVES: Final = {
    "P-192": "1.2.840.10045.3.1.1",
    "P-224": "1.3.132.0.33",
    "brainpoolP256r1": "1.3.36.3.3.2.8.1.1.7",
    "SM2": "1.2.156.10197.1.301",
}
FOREIGN_TYPES: Final = {
    "DSA": "1.2.840.10040.4.1",
    "X25519": "1.3.101.110",
    "X448": "1.3.101.111",
    "RSASSA-PSS": "1.2.840.113549.1.1.10",
    "ML-DSA-44": "2.16.840.1.101.3.4.3.17",
}


def explicit_parameters(curve: Curve, base: bytes) -> bytes:
    """ECParameters of SEC 1 C.2 that spell out a curve of the equation y² = x³ − 3x + b, its b drawn by nobody."""
    field = der.sequence(der.oid("1.2.840.10045.1.1"), der.integer(curve.p))
    size = curve.size
    equation = der.sequence(
        der.octet_string((curve.p - 3).to_bytes(size, "big")), der.octet_string(bytes(size))
    )
    return der.sequence(
        der.integer(1),
        field,
        equation,
        der.octet_string(base),
        der.integer(curve.n),
        der.integer(1),
    )


def cut(seed: Seed, label: str, data: bytes) -> bytes:
    """A part of it from the start on, at least its first two octets."""
    return data[: 1 + seed.number(f"cut {label}", len(data) - 1)]


def content(data: bytes) -> bytes:
    """The content of a DER element."""
    return data[2 + max(0, data[1] - 0x80) :]


def long_length(data: bytes) -> bytes:
    """A DER element of up to 65,535 octets whose length has an octet more than it needs."""
    inside = content(data)
    return data[:1] + b"\x83" + len(inside).to_bytes(3, "big") + inside


def indefinite(data: bytes) -> bytes:
    """A DER element with the indefinite length of BER."""
    return data[:1] + b"\x80" + content(data) + b"\x00\x00"


def private_keys(seed: Seed, label: str) -> list[tuple[str, Private]]:
    """A private key of every kind."""
    named: list[tuple[str, Private]] = [
        (curve.name, Ec.draw(seed, label, curve)) for curve in CURVES
    ]
    named += [(name, Okp.draw(seed, label, name)) for name in ("Ed25519", "Ed448")]
    return [*named, ("RSA-2048", Rsa.draw(seed, "private"))]


def files(seed: Seed) -> Iterator[VectorFile]:
    """The subjects keys/pkcs8 and keys/sec1."""
    yield _pkcs8(seed)
    yield _sec1(seed)


def _pkcs8(seed: Seed) -> VectorFile:
    facts = Facts(
        "keys/pkcs8",
        "PrivateKeyInfo and OneAsymmetricKey in DER. Output: the algorithm the key serves, and its public key "
        "as SubjectPublicKeyInfo.",
        operation="private_key.read",
        section="RFC 5958 section 2",
    )
    for name, key in private_keys(seed, "pkcs8"):
        facts.valid(f"{name}", f"a private key of the kind {name}", answer(key), der=pkcs8(key))
    _right_options(facts, seed)
    _wrong_outside(facts, seed)
    _wrong_identifier(facts, seed)
    _wrong_inside(facts, seed)
    return facts.file()


def _right_options(facts: Facts, seed: Seed) -> None:
    for name, key in private_keys(seed, "pkcs8 v1"):
        facts.valid(
            f"{name} version 1 with its public key",
            f"a {name} key of version 1 (called v2) with its public key beside it",
            answer(key),
            der=pkcs8(key, version=1, public=key.public),
        )
    key = Okp.draw(seed, "pkcs8 options", "Ed25519")
    attributes = der.explicit(
        0,
        der.sequence(
            der.oid("1.2.840.113549.1.9.9.20"),
            der.set_of(der.tlv(0x0C, seed.take("attribute", 12).hex().encode())),
        ),
    )
    facts.valid(
        "version 1 without a public key",
        "version 1 allows a public key and needs none",
        answer(key),
        der=pkcs8(key, version=1),
    )
    facts.valid(
        "attributes",
        "attributes say nothing about the key and are passed over",
        answer(key),
        section="RFC 8410 section 10.3",
        der=pkcs8(key, attributes=attributes),
    )
    facts.valid(
        "attributes and public key",
        "attributes and the public key, in this order",
        answer(key),
        der=pkcs8(key, version=1, attributes=attributes, public=key.public),
    )
    for curve in CURVES:
        ec = Ec.draw(seed, "pkcs8 inner", curve)
        facts.valid(
            f"{curve.name} without the point",
            "the ECPrivateKey inside leaves its public key out",
            answer(ec),
            section="RFC 5915 section 3",
            der=pkcs8(ec, ec_private_key(ec.scalar, parameters=None, public=None)),
        )
    ec = Ec.draw(seed, "pkcs8 inner", P256)
    facts.valid(
        "curve named twice",
        "the ECPrivateKey inside names the same curve as the container",
        answer(ec),
        section="RFC 5915 section 3",
        der=pkcs8(ec, ec.inner(parameters=True)),
    )
    facts.valid(
        "compressed point inside",
        "the point inside is compressed",
        answer(ec),
        section="RFC 5915 section 3",
        der=pkcs8(ec, ec_private_key(ec.scalar, parameters=None, public=ec.point("compressed"))),
    )
    small = Ec(P256, seed.number("short scalar", 2**200))
    scalar = small.scalar.lstrip(b"\x00")
    facts.valid(
        "short scalar",
        "the scalar lacks its leading zeros, as old producers write it",
        answer(small),
        section="RFC 5915 section 3",
        der=pkcs8(small, ec_private_key(scalar, parameters=None, public=small.point())),
    )


def _wrong_outside(facts: Facts, seed: Seed) -> None:
    key = Ec.draw(seed, "pkcs8 outside", P256)
    good = pkcs8(key)
    other = Ec.draw(seed, "pkcs8 stranger", P256)
    wrong: tuple[tuple[str, str, str, bytes], ...] = (
        ("empty", "nothing at all", "der.truncated", b""),
        ("cut", "the end is missing", "der.truncated", cut(seed, "pkcs8", good)),
        ("last octet missing", "the last octet is missing", "der.truncated", good[:-1]),
        ("trailing octet", "an octet follows", "der.trailing", good + b"\x00"),
        ("second key", "a second key follows", "der.trailing", good + pkcs8(other)),
        ("indefinite length", "the length is indefinite", "der.length", indefinite(good)),
        ("long length", "the length is not in its shortest form", "der.length", long_length(good)),
        ("set", "a SET in place of the SEQUENCE", "der.tag", b"\x31" + good[1:]),
        ("version 2", "there is no version 2", "der.value", pkcs8(key, version=2)),
        ("version 5", "there is no version 5", "der.value", pkcs8(key, version=5)),
        ("negative version", "a version is not negative", "der.value", pkcs8(key, version=-1)),
        (
            "long version",
            "an INTEGER that is not in its shortest form",
            "der.value",
            der.sequence(b"\x02\x02\x00\x00", key.identifier, der.octet_string(key.inner())),
        ),
        (
            "version 0 with a public key",
            "version 0 knows no public key",
            "der.value",
            pkcs8(key, public=key.public),
        ),
        (
            "unused bits in the public key",
            "a public key is of whole octets",
            "der.value",
            der.sequence(
                der.integer(1),
                key.identifier,
                der.octet_string(key.inner()),
                der.tlv(0x81, b"\x01", key.public[:-1], bytes([key.public[-1] & 0xFE])),
            ),
        ),
        (
            "element after the key",
            "an element that does not belong there",
            "der.trailing",
            pkcs8(key, trailing=der.null()),
        ),
        (
            "key in a bit string",
            "the key stands in a BIT STRING in place of the OCTET STRING",
            "der.tag",
            der.sequence(der.integer(0), key.identifier, der.bit_string(key.inner())),
        ),
        (
            "no key",
            "the key is missing",
            "der.truncated",
            der.sequence(der.integer(0), key.identifier),
        ),
    )
    for name, shows, code, data in wrong:
        facts.invalid(name, shows, code, der=data)
    facts.invalid(
        "public key container",
        "a SubjectPublicKeyInfo where a private key is due",
        "key.not_private",
        section="RFC 5280 section 4.1.2.7",
        der=spki(key),
    )


def _wrong_identifier(facts: Facts, seed: Seed) -> None:
    key = Ec.draw(seed, "pkcs8 identifier", P256)
    edwards = Okp.draw(seed, "pkcs8 identifier", "Ed25519")
    rsa = Rsa.draw(seed, "private")

    def wrong(
        name: str, shows: str, code: str, one: Private, *parts: bytes, section: str | None = None
    ) -> None:
        data = pkcs8(one, identifier=der.sequence(*parts))
        facts.invalid(name, shows, code, section=section or "RFC 5280 section 4.1.1.2", der=data)

    oid = edwards.identifier[2:]
    wrong("EC without a curve", "an EC key names its curve", "der.value", key, EC_PUBLIC_KEY)
    wrong(
        "EC with NULL",
        "a curve that is left to the issuer",
        "der.value",
        key,
        EC_PUBLIC_KEY,
        der.null(),
        section="RFC 5480 section 2.1.1",
    )
    wrong(
        "EC spelled out",
        "a curve that is spelled out in place of its name",
        "key.explicit_parameters",
        key,
        EC_PUBLIC_KEY,
        explicit_parameters(P256, key.point()),
        section="RFC 5480 section 2.1.1",
    )
    for name, dotted in FOREIGN_CURVES.items():
        wrong(
            f"curve {name}",
            f"the curve {name} is not offered",
            "algorithm.curve",
            key,
            EC_PUBLIC_KEY,
            der.oid(dotted),
            section="RFC 5480 section 2.1.1.1",
        )
    for name, dotted in FOREIGN_TYPES.items():
        wrong(
            f"key type {name}",
            f"private keys of the type {name} are not offered",
            "algorithm.key_type",
            edwards,
            der.oid(dotted),
        )
    wrong(
        "Ed25519 with NULL",
        "an Edwards key has no parameters",
        "der.value",
        edwards,
        oid,
        der.null(),
        section="RFC 8410 section 3",
    )
    wrong(
        "RSA without NULL",
        "an RSA key has NULL for its parameters",
        "der.value",
        rsa,
        RSA_ENCRYPTION,
        section="RFC 8017 appendix A.1",
    )
    wrong(
        "long arc",
        "an object identifier whose arc begins with a zero group",
        "der.value",
        edwards,
        b"\x06\x04\x2b\x65\x80\x70",
        section="X.690 section 8.19",
    )
    wrong(
        "third element",
        "an algorithm identifier has two elements at the most",
        "der.trailing",
        key,
        EC_PUBLIC_KEY,
        P256.oid,
        der.null(),
    )


def _wrong_inside(facts: Facts, seed: Seed) -> None:
    for name, key in private_keys(seed, "pkcs8 v1"):
        if isinstance(key, Rsa):
            stranger = key.but(n=key.n + 2).public
        elif isinstance(key, Ec):
            stranger = Ec.draw(seed, "pkcs8 stranger", key.curve).public
        else:
            stranger = Okp.draw(seed, "pkcs8 stranger", key.algorithm).public
        facts.invalid(
            f"{name} with another public key",
            "the public key beside it is of another key",
            "key.mismatch",
            der=pkcs8(key, version=1, public=stranger),
        )
    ec = Ec.draw(seed, "pkcs8 inside", P256)
    other = Ec.draw(seed, "pkcs8 stranger", P256)
    negated = bytes([ec.point("compressed")[0] ^ 1]) + ec.x
    for title, shows, code, inner in (
        (
            "another point inside",
            "the point inside is of another key",
            "key.mismatch",
            ec_private_key(ec.scalar, parameters=None, public=other.point()),
        ),
        (
            "negated point inside",
            "the point inside is the right one but for its sign",
            "key.mismatch",
            ec_private_key(ec.scalar, parameters=None, public=negated),
        ),
        (
            "another curve inside",
            "the key inside names another curve than the container",
            "key.mismatch",
            ec_private_key(ec.scalar, parameters=CURVES[3].oid, public=None),
        ),
        (
            "trailing octet inside",
            "an octet follows the key inside",
            "der.trailing",
            ec.inner() + b"\x00",
        ),
        (
            "scalar of 33 octets",
            "the scalar has a leading zero too many",
            "key.scalar",
            ec_private_key(b"\x00" + ec.scalar, parameters=None, public=None),
        ),
        (
            "point off the curve inside",
            "the point inside is not on the curve",
            "key.point",
            ec_private_key(
                ec.scalar,
                parameters=None,
                public=b"\x04" + ec.x + bytes([*ec.y[:-1], ec.y[-1] ^ 1]),
            ),
        ),
    ):
        facts.invalid(title, shows, code, section="RFC 5915 section 3", der=pkcs8(ec, inner))
    for curve in CURVES:
        one = Ec.draw(seed, "pkcs8 inside", curve)
        for title, number in (("zero", 0), ("the order", curve.n), ("over the order", curve.n + 1)):
            scalar = number.to_bytes(curve.size, "big")
            facts.invalid(
                f"{curve.name} scalar {title}",
                f"the scalar is {title}",
                "key.scalar",
                section="SEC 1 section 3.2.1",
                der=pkcs8(one, ec_private_key(scalar, parameters=None, public=None)),
            )
    for algorithm, sizes in (("Ed25519", (0, 31, 33, 64)), ("Ed448", (56, 58))):
        okp = Okp.draw(seed, "pkcs8 inside", algorithm)
        for size in sizes:
            octets = seed.take(f"{algorithm} seed of {size}", size)
            facts.invalid(
                f"{algorithm} seed of {size} octets",
                "the seed has another length than its curve's",
                "key.length",
                section="RFC 8410 section 7",
                der=pkcs8(okp, der.octet_string(octets)),
            )
    okp = Okp.draw(seed, "pkcs8 inside", "Ed25519")
    bare = b"\x9d" + okp.seed[1:]  # the first octet is no tag of an OCTET STRING
    facts.invalid(
        "Ed25519 seed without its own string",
        "the seed stands in one OCTET STRING in place of two",
        "der.tag",
        section="RFC 8410 section 7",
        der=pkcs8(okp, bare),
    )
    facts.invalid(
        "Ed25519 trailing octet inside",
        "an octet follows the seed inside",
        "der.trailing",
        section="RFC 8410 section 7",
        der=pkcs8(okp, okp.inner() + b"\x00"),
    )


def _sec1(seed: Seed) -> VectorFile:
    facts = Facts(
        "keys/sec1",
        "ECPrivateKey in DER, as it stands in the PEM block EC PRIVATE KEY.",
        operation="private_key.read",
        section="RFC 5915 section 3",
    )
    for curve in CURVES:
        key = Ec.draw(seed, "sec1", curve)
        point = key.point("compressed")
        facts.valid(
            curve.name,
            f"a key on {curve.name} with its curve and its point",
            answer(key),
            der=key.inner(parameters=True),
        )
        facts.valid(
            f"{curve.name} without the point",
            "the point may be left out",
            answer(key),
            der=ec_private_key(key.scalar, parameters=curve.oid, public=None),
        )
        facts.valid(
            f"{curve.name} compressed point",
            "the point may be compressed",
            answer(key),
            der=ec_private_key(key.scalar, parameters=curve.oid, public=point),
        )
        stranger = Ec.draw(seed, "sec1 stranger", curve)
        facts.invalid(
            f"{curve.name} another point",
            "the point is of another key",
            "key.mismatch",
            der=ec_private_key(key.scalar, parameters=curve.oid, public=stranger.point()),
        )
        facts.invalid(
            f"{curve.name} without the curve",
            "a key that stands alone names its curve",
            "der.value",
            der=key.inner(),
        )
    _wrong_sec1(facts, seed)
    return facts.file()


def _wrong_sec1(facts: Facts, seed: Seed) -> None:
    key = Ec.draw(seed, "sec1 wrong", P256)
    good = key.inner(parameters=True)
    point = key.point()
    zero = bytes(32)
    over = P256.n.to_bytes(32, "big")
    x = key.x
    for title, shows, code, data in (
        ("cut", "the end is missing", "der.truncated", cut(seed, "sec1", good)),
        ("trailing octet", "an octet follows", "der.trailing", good + b"\x00"),
        (
            "version 2",
            "the version is 1 and no other",
            "der.value",
            ec_private_key(key.scalar, parameters=P256.oid, public=point, version=2),
        ),
        (
            "version 0",
            "the version is 1 and no other",
            "der.value",
            ec_private_key(key.scalar, parameters=P256.oid, public=point, version=0),
        ),
        (
            "scalar zero",
            "the scalar is zero",
            "key.scalar",
            ec_private_key(zero, parameters=P256.oid, public=None),
        ),
        (
            "scalar of no octets",
            "the scalar is empty, and so zero",
            "key.scalar",
            ec_private_key(b"", parameters=P256.oid, public=None),
        ),
        (
            "scalar the order",
            "the scalar is the order of the curve",
            "key.scalar",
            ec_private_key(over, parameters=P256.oid, public=None),
        ),
        (
            "spelled out",
            "the curve is spelled out in place of its name",
            "key.explicit_parameters",
            ec_private_key(key.scalar, parameters=explicit_parameters(P256, point), public=point),
        ),
        (
            "foreign curve",
            "the curve P-224 is not offered",
            "algorithm.curve",
            ec_private_key(key.scalar, parameters=der.oid("1.3.132.0.33"), public=None),
        ),
        (
            "point and curve in the wrong order",
            "the point stands before the curve",
            "der.trailing",
            der.sequence(
                der.integer(1),
                der.octet_string(key.scalar),
                der.explicit(1, der.bit_string(point)),
                der.explicit(0, P256.oid),
            ),
        ),
        (
            "hybrid point",
            "the hybrid form of X9.62 is not taken",
            "key.point",
            ec_private_key(key.scalar, parameters=P256.oid, public=key.point("hybrid")),
        ),
        (
            "point at infinity",
            "the point at infinity is no public key",
            "key.point",
            ec_private_key(key.scalar, parameters=P256.oid, public=b"\x00"),
        ),
        (
            "point of half its length",
            "an uncompressed point without its second coordinate",
            "key.point",
            ec_private_key(key.scalar, parameters=P256.oid, public=b"\x04" + x),
        ),
        (
            "unused bits",
            "a point is of whole octets",
            "der.value",
            der.sequence(
                der.integer(1),
                der.octet_string(key.scalar),
                der.explicit(0, P256.oid),
                der.explicit(1, der.bit_string(point[:-1] + b"\xf0", 4)),
            ),
        ),
    ):
        facts.invalid(title, shows, code, der=data)
