"""Facts about PKCS#1 and SubjectPublicKeyInfo: the numbers and points that keys are made of."""

from __future__ import annotations

from collections.abc import Iterator
from math import lcm
from typing import Final

from countermark.vectors.generation.facts import Facts
from countermark.vectors.generation.files import Seed, VectorFile
from countermark.vectors.generation.key_containers import (
    FOREIGN_CURVES,
    FOREIGN_TYPES,
    P256,
    cut,
    explicit_parameters,
    long_length,
    private_keys,
)
from countermark.vectors.generation.material import (
    CURVES,
    EC_PUBLIC_KEY,
    RSA_ENCRYPTION,
    Ec,
    Mldsa,
    Okp,
    Public,
    Rsa,
    answer,
    pkcs8,
    spki,
)
from countermark.vectors.generation.points import (
    ED448_SMALL_ORDER,
    ED25519_SMALL_ORDER,
    not_reduced_ed25519,
    off_curve,
    over_field,
    torsion_ed448,
    torsion_ed25519,
    without_root,
    without_root_ed25519,
)
from countermark.webauthn.testing import der_writer as der

PRIVATE: Final = "private_key.read"
PUBLIC: Final = "public_key.read"


def files(seed: Seed) -> Iterator[VectorFile]:
    """The subjects keys/pkcs1 and keys/spki."""
    yield _pkcs1(seed)
    yield _spki(seed)


def public_keys(seed: Seed, label: str) -> list[tuple[str, Public]]:
    """A public key of every kind."""
    found: list[tuple[str, Public]] = list(private_keys(seed, label))
    return [
        *found,
        *((f"ML-DSA-{level}", Mldsa.draw(seed, label, level)) for level in (44, 65, 87)),
    ]


# --- PKCS#1 -------------------------------------------------------------------------------------


def _pkcs1(seed: Seed) -> VectorFile:
    facts = Facts(
        "keys/pkcs1",
        "RSAPrivateKey and RSAPublicKey in DER. The operation says which of the two is due.",
        operation=PRIVATE,
        section="RFC 8017 appendix A.1.2",
    )
    key = Rsa.draw(seed, "private")
    large = Rsa.draw(seed, "large", 3072)
    swapped = Rsa(key.n, key.e, key.d, key.q, key.p, key.dq, key.dp, pow(key.p, -1, key.q))
    least = key.d % _lambda(key)
    facts.valid("2048 bits", "a key of 2048 bits", answer(key), der=key.inner())
    facts.valid("3072 bits", "a key of 3072 bits", answer(large), der=large.inner())
    facts.valid(
        "smaller prime first",
        "the primes stand in either order",
        answer(swapped),
        der=swapped.inner(),
    )
    for title, shows, d in (
        ("least private exponent", "d is the inverse of e modulo λ(n)", least),
        (
            "larger private exponent",
            "d is a larger inverse, of which there are some",
            least + _lambda(key),
        ),
    ):
        one = key.but(d=d)
        facts.valid(title, shows, answer(one), section="RFC 8017 section 3.2", der=one.inner())
    _right_public(facts, key, large)
    _wrong_private(facts, seed, key)
    _wrong_public(facts, seed, key)
    return facts.file()


def _lambda(key: Rsa) -> int:
    """λ(n), the least common multiple of p − 1 and q − 1."""
    return lcm(key.p - 1, key.q - 1)


def _right_public(facts: Facts, key: Rsa, large: Rsa) -> None:
    section = "RFC 8017 appendix A.1.1"
    for title, shows, one in (
        ("public 2048 bits", "a public key of 2048 bits", key),
        ("public 3072 bits", "a public key of 3072 bits", large),
        ("public exponent 3", "the exponent 3 is small, and right", key.but(e=3)),
        ("public exponent 17", "the exponent 17", key.but(e=17)),
        ("public exponent 33 bits", "an exponent of 33 bits, the longest", key.but(e=2**32 + 15)),
        ("public 8192 bits", "8192 bits are the most", key.but(n=key.n << 6144 | 1)),
    ):
        facts.valid(title, shows, answer(one), operation=PUBLIC, section=section, der=one.public)


def _wrong_private(facts: Facts, seed: Seed, key: Rsa) -> None:
    good = key.inner()
    other = Rsa.draw(seed, "large", 3072)
    section = "RFC 8017 section 3.2"
    for name in ("d", "dp", "dq", "qi"):
        number = getattr(key, name)
        facts.invalid(
            f"{name} plus 2",
            f"{name} is not the one that belongs to the primes",
            "key.rsa_private",
            section=section,
            der=key.but(**{name: number + 2}).inner(),
        )
        facts.invalid(
            f"{name} zero",
            f"{name} is zero",
            "key.rsa_private",
            section=section,
            der=key.but(**{name: 0}).inner(),
        )
    small = Rsa.draw(seed, "small", 1024)
    composite = key.but(n=key.p * small.n, q=small.n)
    for title, shows, code, one in (
        ("p is 1", "a prime is 1", "key.rsa_private", key.but(p=1, q=key.n)),
        ("p twice", "both primes are the same", "key.rsa_private", key.but(q=key.p)),
        (
            "other primes",
            "the product of the primes is not n",
            "key.rsa_private",
            key.but(p=other.p),
        ),
        ("composite prime", "one of the primes is a product", "key.rsa_private", composite),
        ("d over n", "d is over n", "key.rsa_private", key.but(d=key.d + key.n * _lambda(key))),
        ("even modulus", "n is even", "key.rsa_modulus", key.but(n=key.n - 1)),
        ("exponent even", "e is even", "key.rsa_exponent", key.but(e=65536)),
        ("exponent 1", "e is 1", "key.rsa_exponent", key.but(e=1)),
        ("1024 bits", "1024 bits are too few", "key.too_small", small),
    ):
        facts.invalid(title, shows, code, section=section, der=one.inner())
    for title, shows, code, data in (
        ("cut", "the end is missing", "der.truncated", cut(seed, "pkcs1", good)),
        ("trailing octet", "an octet follows", "der.trailing", good + b"\x00"),
        ("long length", "the length is not in its shortest form", "der.length", long_length(good)),
        (
            "multi-prime",
            "keys of more than two primes are not offered",
            "algorithm.multi_prime",
            key.inner(version=1),
        ),
        ("version 2", "there is no version 2", "der.value", key.inner(version=2)),
        ("negative d", "no number is negative", "der.value", key.but(d=-key.d).inner()),
        ("nine numbers", "a number follows", "der.trailing", _with_number(key)),
        ("public key", "a public key where a private one is due", "key.not_private", key.public),
    ):
        facts.invalid(title, shows, code, der=data)


def _with_number(key: Rsa) -> bytes:
    numbers = (0, key.n, key.e, key.d, key.p, key.q, key.dp, key.dq, key.qi, 1)
    return der.sequence(*(der.integer(number) for number in numbers))


def _wrong_public(facts: Facts, seed: Seed, key: Rsa) -> None:
    small = Rsa.draw(seed, "small", 1024)
    wrong: list[tuple[str, str, str, bytes]] = [
        (f"public {title}", shows, code, one.public)
        for title, shows, code, one in (
            ("1024 bits", "1024 bits are too few", "key.too_small", small),
            (
                "2047 bits",
                "2047 bits are too few",
                "key.too_small",
                key.but(n=2**2046 | key.n >> 2 | 1),
            ),
            ("8193 bits", "8193 bits are too many", "limit.key_size", key.but(n=key.n << 6145 | 1)),
            ("modulus even", "n is even", "key.rsa_modulus", key.but(n=key.n - 1)),
            ("modulus zero", "n is zero", "key.rsa_modulus", key.but(n=0)),
            ("exponent zero", "e is zero", "key.rsa_exponent", key.but(e=0)),
            (
                "exponent 1",
                "e is 1, and every message its own signature",
                "key.rsa_exponent",
                key.but(e=1),
            ),
            ("exponent 2", "e is even", "key.rsa_exponent", key.but(e=2)),
            ("exponent 34 bits", "e has 34 bits", "key.rsa_exponent", key.but(e=2**33 + 1)),
            ("modulus negative", "n is negative", "der.value", key.but(n=-key.n)),
        )
    ]
    long = der.tlv(2, b"\x00\x00", key.n.to_bytes(256, "big"))
    wrong += [
        (
            "public long integer",
            "an INTEGER that is not in its shortest form",
            "der.value",
            der.sequence(long, der.integer(key.e)),
        ),
        ("public trailing octet", "an octet follows", "der.trailing", key.public + b"\x00"),
        ("private key", "a private key where a public one is due", "key.not_public", key.inner()),
    ]
    for title, shows, code, data in wrong:
        facts.invalid(
            title, shows, code, operation=PUBLIC, section="RFC 8017 appendix A.1.1", der=data
        )


# --- SubjectPublicKeyInfo -----------------------------------------------------------------------


def _spki(seed: Seed) -> VectorFile:
    facts = Facts(
        "keys/spki",
        "SubjectPublicKeyInfo in DER. A point of an EC key comes out uncompressed, whatever it went in as.",
        operation=PUBLIC,
        section="RFC 5280 section 4.1.2.7",
    )
    for name, key in public_keys(seed, "spki"):
        facts.valid(name, f"a public key of the kind {name}", answer(key), der=spki(key))
    for curve in CURVES:
        for at in (1, 2):
            ec = Ec.draw(seed, f"spki compressed {at}", curve)
            facts.valid(
                f"{curve.name} compressed {at}",
                f"a compressed point of {curve.name}",
                answer(ec),
                section="SEC 1 section 2.3.4",
                der=_with_bits(ec, ec.point("compressed")),
            )
    edwards = Okp.draw(seed, "spki", "Ed25519")
    mixed = _with_bits(edwards, torsion_ed25519(edwards.public))
    facts.valid(
        "Ed25519 beside the prime order",
        "a key of Ed25519 that has a part of small order, which the rules in use take",
        {"algorithm": "Ed25519", "public_key": mixed.hex()},
        section="RFC 8032 section 5.1.3",
        der=mixed,
    )
    _wrong_points(facts, seed)
    _wrong_edwards(facts, seed)
    _wrong_infos(facts, seed)
    return facts.file()


def _with_bits(key: Public, octets: bytes, unused: int = 0) -> bytes:
    return der.sequence(key.identifier, der.bit_string(octets, unused))


def _wrong_points(facts: Facts, seed: Seed) -> None:
    for curve in CURVES:
        key = Ec.draw(seed, "spki wrong", curve)
        size = curve.size
        for title, shows, octets in (
            ("off the curve", "the point is not on the curve", b"\x04" + b"".join(off_curve(key))),
            ("not reduced", "x is over the prime", b"\x04" + b"".join(over_field(seed, curve))),
            ("no root", "x is that of no point", b"\x02" + without_root(seed, curve)),
            ("hybrid", "the hybrid form of X9.62 is not taken", key.point("hybrid")),
            ("infinity", "the point at infinity is no key", b"\x00"),
            ("origin", "(0, 0) is not on the curve", b"\x04" + bytes(2 * size)),
            ("short", "an octet of y is missing", key.point()[:-1]),
            ("no form", "the coordinates stand without the octet of their form", key.x + key.y),
        ):
            facts.invalid(
                f"{curve.name} {title}",
                shows,
                "key.point",
                section="SEC 1 section 2.3.4",
                der=_with_bits(key, octets),
            )


def _wrong_edwards(facts: Facts, seed: Seed) -> None:
    key, large = (Okp.draw(seed, "spki wrong", name) for name in ("Ed25519", "Ed448"))
    for title, octets in ED25519_SMALL_ORDER.items():
        facts.invalid(
            f"Ed25519 {title}",
            "a point of small order is the key of every message",
            "key.small_order",
            section="RFC 8032 section 5.1.7",
            der=_with_bits(key, octets),
        )
    for title, octets in ED448_SMALL_ORDER.items():
        facts.invalid(
            f"Ed448 {title}",
            "a point of small order is the key of every message",
            "key.small_order",
            section="RFC 8032 section 5.2.7",
            der=_with_bits(large, octets),
        )
    for title, shows, code, one, octets in (
        ("Ed25519 not reduced", "y is over the prime", "key.point", key, not_reduced_ed25519(seed)),
        ("Ed25519 no root", "y is that of no point", "key.point", key, without_root_ed25519(seed)),
        ("Ed25519 of 31 octets", "an octet is missing", "key.length", key, key.public[:-1]),
        ("Ed25519 of 33 octets", "an octet too many", "key.length", key, key.public + b"\x00"),
        ("Ed25519 of 64 octets", "seed and key", "key.length", key, key.seed + key.public),
        (
            "Ed448 beside the prime order",
            "every honestly made key of Ed448 is in the group of prime order",
            "key.point",
            large,
            torsion_ed448(large.public),
        ),
        ("Ed448 of 56 octets", "an octet is missing", "key.length", large, large.public[:-1]),
        (
            "Ed448 of 32 octets",
            "a key of Ed25519 under the name of Ed448",
            "key.length",
            large,
            key.public,
        ),
    ):
        facts.invalid(title, shows, code, section="RFC 8410 section 4", der=_with_bits(one, octets))


def _wrong_infos(facts: Facts, seed: Seed) -> None:
    key = Ec.draw(seed, "spki infos", P256)
    edwards = Okp.draw(seed, "spki infos", "Ed25519")
    rsa = Rsa.draw(seed, "private")
    lattice = Mldsa.draw(seed, "spki infos", 44)
    good = spki(key)
    bits = der.bit_string(key.public)

    def named(one: Public, *parts: bytes) -> bytes:
        return der.sequence(der.sequence(*parts), der.bit_string(one.public))

    wrong: list[tuple[str, str, str, bytes]] = [
        ("empty", "nothing at all", "der.truncated", b""),
        ("cut", "the end is missing", "der.truncated", cut(seed, "spki", good)),
        ("trailing octet", "an octet follows", "der.trailing", good + b"\x00"),
        (
            "third element",
            "an element follows",
            "der.trailing",
            der.sequence(key.identifier, bits, der.null()),
        ),
        (
            "unused bits",
            "a key is of whole octets",
            "der.value",
            _with_bits(key, key.public[:-1] + b"\x80", 7),
        ),
        (
            "octet string",
            "an OCTET STRING after an identifier, as an encrypted private key has it",
            "key.not_public",
            der.sequence(key.identifier, der.octet_string(key.public)),
        ),
        ("EC without a curve", "an EC key names its curve", "der.value", named(key, EC_PUBLIC_KEY)),
        (
            "EC spelled out",
            "a curve that is spelled out",
            "key.explicit_parameters",
            named(key, EC_PUBLIC_KEY, explicit_parameters(P256, key.point())),
        ),
        (
            "Ed25519 with NULL",
            "an Edwards key has no parameters",
            "der.value",
            named(edwards, edwards.identifier[2:], der.null()),
        ),
        (
            "RSA without NULL",
            "an RSA key has NULL for its parameters",
            "der.value",
            named(rsa, RSA_ENCRYPTION),
        ),
        (
            "RSA trailing octet inside",
            "an octet follows the numbers",
            "der.trailing",
            _with_bits(rsa, rsa.public + b"\x00"),
        ),
        (
            "ML-DSA with NULL",
            "an ML-DSA key has no parameters",
            "der.value",
            named(lattice, lattice.identifier[2:], der.null()),
        ),
        (
            "ML-DSA short",
            "an octet is missing",
            "key.length",
            _with_bits(lattice, lattice.public[:-1]),
        ),
        (
            "ML-DSA long",
            "an octet too many",
            "key.length",
            _with_bits(lattice, lattice.public + b"\x00"),
        ),
        (
            "private key",
            "a private key where a public one is due",
            "key.not_public",
            pkcs8(edwards),
        ),
    ]
    wrong += [
        (
            f"curve {name}",
            f"the curve {name} is not offered",
            "algorithm.curve",
            named(key, EC_PUBLIC_KEY, der.oid(dotted)),
        )
        for name, dotted in FOREIGN_CURVES.items()
    ]
    wrong += [
        (
            f"key type {name}",
            f"keys of the type {name} are not offered",
            "algorithm.key_type",
            named(edwards, der.oid(dotted)),
        )
        for name, dotted in FOREIGN_TYPES.items()
        if not name.startswith("ML-DSA")
    ]
    for title, shows, code, data in wrong:
        facts.invalid(title, shows, code, der=data)
