"""Facts about COSE keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from countermark.vectors.generation.facts import Facts
from countermark.vectors.generation.files import Seed, VectorFile
from countermark.vectors.generation.material import (
    CURVES,
    Ec,
    Mldsa,
    Okp,
    Public,
    Rsa,
    shortest,
    spki,
)
from countermark.vectors.generation.points import (
    ED25519_SMALL_ORDER,
    not_reduced_ed25519,
    off_curve,
    over_field,
    torsion_ed448,
    without_root_ed25519,
)
from countermark.webauthn.testing.cbor_writer import Pairs, Raw, encode, head

KTY, ALG, OPS, CRV, X, Y, D = 1, 3, 4, -1, -2, -3, -4
N, E = -1, -2
RSA_ALGORITHMS: Final = {
    "RS256": -257,
    "RS384": -258,
    "RS512": -259,
    "PS256": -37,
    "PS384": -38,
    "PS512": -39,
}
FULLY_SPECIFIED: Final = {
    "P-256": ("ESP256", -9),
    "P-384": ("ESP384", -51),
    "P-521": ("ESP512", -52),
}
STRICT: Final = {"strictness": "strict"}
PLACE: Final = "credential_public_key"

Members = dict[object, object]


def cose(key: Public, algorithm: int) -> Members:
    """The members of a COSE key (RFC 9053 section 7, RFC 8230 section 4, RFC 9964 section 3)."""
    if isinstance(key, Ec):
        return {KTY: 2, ALG: algorithm, CRV: key.curve.cose, X: key.x, Y: key.y}
    if isinstance(key, Okp):
        return {KTY: 1, ALG: algorithm, CRV: 6 if key.algorithm == "Ed25519" else 7, X: key.public}
    if isinstance(key, Rsa):
        return {KTY: 3, ALG: algorithm, N: shortest(key.n), E: shortest(key.e)}
    return {KTY: 7, ALG: algorithm, -1: key.public}


def keys(seed: Seed, label: str) -> Iterator[tuple[str, int, Public]]:
    """A key for every algorithm but RS1, with the name and the number of the algorithm."""
    for curve in CURVES:
        ec = Ec.draw(seed, label, curve)
        yield curve.algorithm, curve.cose_algorithm, ec
        if curve.name in FULLY_SPECIFIED:
            name, number = FULLY_SPECIFIED[curve.name]
            yield name, number, ec
    edwards = Okp.draw(seed, label, "Ed25519")
    yield "EdDSA", -8, edwards
    yield "Ed25519", -19, edwards
    yield "Ed448", -53, Okp.draw(seed, label, "Ed448")
    for name, number in RSA_ALGORITHMS.items():
        yield name, number, Rsa.draw(seed, "private")
    for number, level in ((-48, 44), (-49, 65), (-50, 87)):
        yield f"ML-DSA-{level}", number, Mldsa.draw(seed, label, level)


def read(key: Public, algorithm: int, *notes: str) -> dict[str, Any]:
    """What reading the key gives."""
    return {
        "algorithm": algorithm,
        "public_key": spki(key).hex(),
        "tolerated": [[code, PLACE] for code in notes],
    }


def files(seed: Seed) -> Iterator[VectorFile]:
    """The subjects cose/read and cose/write."""
    yield _read(seed)
    yield _write(seed)


def _read(seed: Seed) -> VectorFile:
    facts = Facts(
        "cose/read",
        "COSE keys as WebAuthn has them: alg is due, and key type, curve and numbers agree with it. Nothing but "
        "key_ops may stand beside the members of the key type.",
        operation="cose_key.read",
        section="RFC 9052 section 7",
    )
    for name, number, key in keys(seed, "cose"):
        facts.valid(
            name,
            f"a key for the algorithm {number}",
            read(key, number),
            section="WebAuthn section 6.5.1.1",
            bytes=encode(cose(key, number)),
            **STRICT,
        )
    key = Ec.draw(seed, "cose", CURVES[0])
    rsa = Rsa.draw(seed, "private")
    _tolerated(facts, key, rsa)
    _wrong_members(facts, key)
    _wrong_cbor(facts, seed, key)
    _wrong_numbers(facts, seed)
    _wrong_rsa(facts, rsa)
    _wrong_lattice(facts, seed)
    return facts.file()


def _tolerated(facts: Facts, key: Ec, rsa: Rsa) -> None:
    facts.valid(
        "RS1 where it is allowed",
        "SHA-1 is for old TPMs, and has to be allowed",
        read(rsa, -65535),
        section="RFC 8812 section 2",
        bytes=encode(cose(rsa, -65535)),
        allow_sha1=True,
    )
    for title, operations in (("verify", [2]), ("verify as text", ["verify"]), ("both", [1, 2])):
        facts.valid(
            f"key_ops {title}",
            "a key that may verify",
            read(key, -7),
            bytes=encode(cose(key, -7) | {OPS: operations}),
        )
    members = cose(key, -7)
    swapped = Pairs(tuple(reversed(members.items())))
    long = dict(members)
    long[X] = Raw(head(2, 32, width=2) + key.x)
    java = cose(rsa, -257) | {N: b"\x00" + shortest(rsa.n)}
    endless = Pairs(tuple(members.items()), indefinite=True)
    for title, shows, code, public, number, value in (
        (
            "labels out of order",
            "the labels are not in the order of CTAP2",
            "cbor.order",
            key,
            -7,
            swapped,
        ),
        ("long head", "a length is not in its shortest form", "cbor.non_canonical", key, -7, long),
        ("endless map", "the map is of indefinite length", "cbor.indefinite", key, -7, endless),
        (
            "sign octet of Java",
            "n begins with the zero octet of a sign",
            "key.encoding",
            rsa,
            -257,
            java,
        ),
    ):
        data = encode(value)
        facts.valid(f"{title}", f"{shows}; tolerated", read(public, number, code), bytes=data)
        facts.invalid(f"{title} strict", f"{shows}; strict", code, bytes=data, **STRICT)


def _wrong_members(facts: Facts, key: Ec) -> None:
    members = cose(key, -7)

    def wrong(title: str, shows: str, code: str, **how: Any) -> None:
        without = how.get("without", ())
        made = {label: value for label, value in members.items() if label not in without}
        facts.invalid(title, shows, code, bytes=encode(made | how.get("put", {})))

    for name, label, code in (
        ("kty", KTY, "cose.missing"),
        ("alg", ALG, "key.algorithm_missing"),
        ("crv", CRV, "cose.missing"),
        ("x", X, "cose.missing"),
        ("y", Y, "cose.missing"),
    ):
        wrong(f"without {name}", f"{name} is missing", code, without=(label,))
    for title, shows, code, put in (
        ("kty as text", 'kty is the text "EC2"', "cose.type", {KTY: "EC2"}),
        ("kty true", "kty is true, which is not 1", "cose.type", {KTY: True}),
        ("kty symmetric", "kty is that of a symmetric key", "algorithm.key_type", {KTY: 4}),
        ("kty unknown", "kty is 99", "algorithm.key_type", {KTY: 99}),
        (
            "kty wrapping",
            "kty is 2 after 32 bits have gone",
            "algorithm.key_type",
            {KTY: 2**32 + 2},
        ),
        ("kty OKP", "kty is OKP under ES256", "key.mismatch", {KTY: 1}),
        ("alg as text", 'alg is the text "ES256"', "cose.type", {ALG: "ES256"}),
        ("alg unknown", "alg is −999", "algorithm.unknown", {ALG: -999}),
        ("alg positive", "alg is 7", "algorithm.unknown", {ALG: 7}),
        (
            "alg wrapping at 64 bits",
            "alg is −7 after 64 bits",
            "algorithm.unknown",
            {ALG: 2**64 - 7},
        ),
        (
            "alg wrapping at 32 bits",
            "alg is −7 after 32 bits",
            "algorithm.unknown",
            {ALG: 2**32 - 7},
        ),
        ("alg EdDSA", "alg is EdDSA on an EC key", "key.mismatch", {ALG: -8}),
        ("alg RS256", "alg is RS256 on an EC key", "key.mismatch", {ALG: -257}),
        ("alg ML-DSA-44", "alg is ML-DSA-44 on an EC key", "key.mismatch", {ALG: -48}),
        ("alg ES384", "alg is ES384 on a key of P-256", "key.mismatch", {ALG: -35}),
        ("alg ES256K", "alg is ES256K on a key of P-256", "key.mismatch", {ALG: -47}),
        ("alg HMAC", "alg is that of HMAC with SHA-256", "algorithm.unknown", {ALG: 5}),
        ("crv as text", 'crv is the text "P-256"', "cose.type", {CRV: "P-256"}),
        ("crv P-384", "crv is P-384 under ES256", "key.mismatch", {CRV: 2}),
        ("crv secp256k1", "crv is secp256k1 under ES256", "key.mismatch", {CRV: 8}),
        ("crv unknown", "crv is 99", "key.mismatch", {CRV: 99}),
        ("x as text", "x is a text", "cose.type", {X: "x" * 32}),
        ("x as number", "x is a number", "cose.type", {X: 5}),
        ("x null", "x is null", "cose.type", {X: None}),
        ("y true", "the point is compressed", "key.compressed", {Y: True}),
        ("y false", "the point is compressed", "key.compressed", {Y: False}),
        ("x short", "x is as wide as the field", "key.length", {X: key.x[1:]}),
        ("x long", "x is as wide as the field", "key.length", {X: b"\x00" + key.x}),
        ("y empty", "y is as wide as the field", "key.length", {Y: b""}),
        ("private", "d stands there too", "key.not_public", {D: key.scalar}),
        ("key_ops sign", "a key that may only sign", "key.operations", {OPS: [1]}),
        ("key_ops empty", "a key that may do nothing", "key.operations", {OPS: []}),
        ("key_ops as text", "key_ops is no array", "key.operations", {OPS: "verify"}),
        ("key_ops true", "true is neither 1 nor 2", "key.operations", {OPS: [True]}),
        ("kid", "a key id", "cose.unknown", {2: b"kid"}),
        ("base IV", "a base IV", "cose.unknown", {5: bytes(8)}),
        ("private use", "a label for private use", "cose.unknown", {-70000: 1}),
        ("text label", "a label that is a text", "cose.unknown", {"x": 1}),
        ("text for a number", "alg once more, under its name", "cose.unknown", {"3": -7}),
    ):
        wrong(title, shows, code, put=put)


def _wrong_cbor(facts: Facts, seed: Seed, key: Ec) -> None:
    members = cose(key, -7)
    good = encode(members)
    for title, shows, code, data in (
        ("empty", "nothing at all", "cbor.truncated", b""),
        ("cut", "the end is missing", "cbor.truncated", good[: seed.number("cut cose", len(good))]),
        ("last octet missing", "the last octet is missing", "cbor.truncated", good[:-1]),
        ("trailing octet", "an octet follows", "cbor.trailing", good + b"\x00"),
        ("array", "an array in place of the map", "cbor.shape", encode(list(members.values()))),
        ("bytes in a byte string", "the key stands in a byte string", "cbor.shape", encode(good)),
        (
            "label twice",
            "alg stands there twice",
            "cbor.duplicate",
            encode(Pairs((*members.items(), (ALG, -257)))),
        ),
        (
            "map of too many",
            "the map announces an entry more",
            "cbor.truncated",
            encode(Pairs(tuple(members.items()), announced=6)),
        ),
        (
            "map of too few",
            "the map announces an entry less",
            "cbor.trailing",
            encode(Pairs(tuple(members.items()), announced=4)),
        ),
        ("tag", "a tag stands before the key", "cbor.tag", b"\xc1" + good),
        (
            "byte string as label",
            "a label is a byte string",
            "cbor.key_type",
            encode(Pairs(((b"\x01", 2), *members.items()))),
        ),
    ):
        facts.invalid(title, shows, code, section="CTAP2 section 8", bytes=data)


def _wrong_numbers(facts: Facts, seed: Seed) -> None:
    for curve in CURVES:
        key = Ec.draw(seed, "cose", curve)
        for title, shows, (x, y) in (
            ("off the curve", "the point is not on the curve", off_curve(key)),
            ("not reduced", "x is over the prime", over_field(seed, curve)),
            ("origin", "(0, 0) is not on the curve", (bytes(curve.size), bytes(curve.size))),
        ):
            facts.invalid(
                f"{curve.algorithm} {title}",
                shows,
                "key.point",
                section="RFC 9053 section 7.1.1",
                bytes=encode(cose(key, curve.cose_algorithm) | {X: x, Y: y}),
            )
    edwards = Okp.draw(seed, "cose", "Ed25519")
    large = Okp.draw(seed, "cose", "Ed448")
    wrong: list[tuple[str, str, str, Members]] = [
        (
            f"EdDSA {title}",
            "a point of small order",
            "key.small_order",
            cose(edwards, -8) | {X: octets},
        )
        for title, octets in ED25519_SMALL_ORDER.items()
    ]
    wrong += [
        (
            "EdDSA not reduced",
            "y is over the prime",
            "key.point",
            cose(edwards, -8) | {X: not_reduced_ed25519(seed)},
        ),
        (
            "EdDSA no root",
            "x is no point",
            "key.point",
            cose(edwards, -8) | {X: without_root_ed25519(seed)},
        ),
        (
            "EdDSA short",
            "x has 31 octets",
            "key.length",
            cose(edwards, -8) | {X: edwards.public[1:]},
        ),
        (
            "EdDSA long",
            "x has 33 octets",
            "key.length",
            cose(edwards, -8) | {X: edwards.public + b"\x00"},
        ),
        ("EdDSA on X25519", "a curve for agreement", "key.mismatch", cose(edwards, -8) | {CRV: 4}),
        ("EdDSA on Ed448", "in WebAuthn EdDSA is Ed25519", "key.mismatch", cose(large, -8)),
        ("EdDSA with y", "there is a y", "cose.unknown", cose(edwards, -8) | {Y: bytes(32)}),
        (
            "EdDSA private",
            "d stands there too",
            "key.not_public",
            cose(edwards, -8) | {D: edwards.seed},
        ),
        (
            "Ed448 beside the prime order",
            "the point is outside the group of prime order",
            "key.point",
            cose(large, -53) | {X: torsion_ed448(large.public)},
        ),
        (
            "Ed448 of 32 octets",
            "x has the length of Ed25519",
            "key.length",
            cose(large, -53) | {X: edwards.public},
        ),
    ]
    for title, shows, code, members in wrong:
        facts.invalid(title, shows, code, section="RFC 9053 section 7.2", bytes=encode(members))


def _wrong_rsa(facts: Facts, key: Rsa) -> None:
    n = shortest(key.n)
    members = cose(key, -257)
    for title, shows, code, made in (
        ("RS1", "SHA-1 has to be allowed", "algorithm.legacy_hash", cose(key, -65535)),
        ("RSA without n", "n is missing", "cose.missing", {1: 3, 3: -257, E: b"\x01\x00\x01"}),
        ("RSA without e", "e is missing", "cose.missing", {1: 3, 3: -257, N: n}),
        ("RSA n as number", "n is a number", "cose.type", members | {N: 5}),
        ("RSA n empty", "n has no octet", "key.rsa_modulus", members | {N: b""}),
        ("RSA n even", "n is even", "key.rsa_modulus", members | {N: shortest(key.n - 1)}),
        (
            "RSA n of two zeros",
            "n begins with two zero octets",
            "key.encoding",
            members | {N: b"\x00\x00" + n},
        ),
        (
            "RSA e with a zero",
            "e begins with a zero octet",
            "key.encoding",
            members | {E: b"\x00\x01\x00\x01"},
        ),
        ("RSA e of 1", "e is 1", "key.rsa_exponent", members | {E: b"\x01"}),
        ("RSA e even", "e is even", "key.rsa_exponent", members | {E: b"\x01\x00\x00"}),
        (
            "RSA e of 34 bits",
            "e has 34 bits",
            "key.rsa_exponent",
            members | {E: shortest(2**33 + 1)},
        ),
        (
            "RSA 2047 bits",
            "2047 bits are too few",
            "key.too_small",
            members | {N: shortest(2**2046 | key.n >> 2 | 1)},
        ),
        (
            "RSA 8193 bits",
            "8193 bits are too many",
            "limit.key_size",
            members | {N: shortest(key.n << 6145 | 1)},
        ),
        ("RSA private", "d stands there too", "key.not_public", members | {-3: shortest(key.d)}),
        ("RSA under ES256", "alg is ES256 on an RSA key", "key.mismatch", members | {ALG: -7}),
    ):
        facts.invalid(title, shows, code, section="RFC 8230 section 4", bytes=encode(made))


def _wrong_lattice(facts: Facts, seed: Seed) -> None:
    key = Mldsa.draw(seed, "cose", 44)
    members = cose(key, -48)
    for title, shows, code, made in (
        ("ML-DSA without pub", "pub is missing", "cose.missing", {1: 7, 3: -48}),
        ("ML-DSA short", "pub lacks an octet", "key.length", members | {-1: key.public[:-1]}),
        (
            "ML-DSA long",
            "pub has an octet too many",
            "key.length",
            members | {-1: key.public + b"\x00"},
        ),
        ("ML-DSA as text", "pub is a text", "cose.type", members | {-1: "pub"}),
        (
            "ML-DSA private",
            "the seed stands there too",
            "key.not_public",
            members | {-2: bytes(32)},
        ),
        (
            "ML-DSA of another set",
            "alg is ML-DSA-65 on a key of ML-DSA-44",
            "key.length",
            members | {ALG: -49},
        ),
        ("ML-DSA under EC2", "kty is EC2 under ML-DSA-44", "key.mismatch", members | {KTY: 2}),
    ):
        facts.invalid(title, shows, code, section="RFC 9964 section 3", bytes=encode(made))


def _write(seed: Seed) -> VectorFile:
    facts = Facts(
        "cose/write",
        "COSE keys written from SubjectPublicKeyInfo, in the canonical form of CTAP2.",
        operation="cose_key.write",
        section="CTAP2 section 8",
    )
    for name, number, key in keys(seed, "cose"):
        facts.valid(
            name,
            f"the algorithm {number}",
            {"bytes": encode(cose(key, number)).hex()},
            der=spki(key),
            algorithm=number,
        )
    usual = {"ES256", "ES384", "ES512", "ES256K", "EdDSA", "Ed448", "RS256", "ML-DSA-44"}
    for name, number, key in keys(seed, "cose"):
        if name in usual:
            facts.valid(
                f"{name} by itself",
                "the usual algorithm of a key, where none is named",
                {"bytes": encode(cose(key, number)).hex()},
                der=spki(key),
            )
        other = {Ec: -257, Okp: -7, Rsa: -8, Mldsa: -35}[type(key)]
        facts.invalid(
            f"{name} under {other}",
            "an algorithm of another kind of key",
            "key.mismatch",
            der=spki(key),
            algorithm=other,
        )
    for name, number, key in keys(seed, "cose"):
        if isinstance(key, Ec) and number in (-7, -35, -36, -47):
            other = {-7: -47, -47: -7, -35: -36, -36: -35}[number]
            facts.invalid(
                f"{name} under the algorithm of another curve",
                "an algorithm of another curve",
                "key.mismatch",
                der=spki(key),
                algorithm=other,
            )
        if name in ("RS256", "EdDSA"):
            facts.invalid(
                f"{name} under an unknown algorithm",
                "no algorithm of this number is offered",
                "algorithm.unknown",
                der=spki(key),
                algorithm=-999,
            )
    facts.invalid(
        "RS1",
        "SHA-1 is read where it is allowed, and never written",
        "algorithm.legacy_hash",
        der=spki(Rsa.draw(seed, "private")),
        algorithm=-65535,
    )
    return facts.file()
