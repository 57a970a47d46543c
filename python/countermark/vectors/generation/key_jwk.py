"""Facts about JSON Web Keys."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from countermark.vectors.generation.facts import Facts
from countermark.vectors.generation.files import Seed, VectorFile
from countermark.vectors.generation.key_containers import P256, private_keys
from countermark.vectors.generation.key_numbers import public_keys
from countermark.vectors.generation.material import (
    Ec,
    Mldsa,
    Okp,
    Public,
    Rsa,
    answer,
    shortest,
)
from countermark.vectors.generation.points import off_curve
from countermark.webauthn.testing.drafts import b64u

PRIVATE: Final = "private_key.read"
PUBLIC: Final = "public_key.read"


def jwk_of(key: Public, *, private: bool) -> dict[str, Any]:
    """A JWK as it is written."""
    if isinstance(key, Mldsa):
        return {"kty": "AKP", "alg": key.algorithm, "pub": b64u(key.public)}
    members = {
        name: b64u(value) if isinstance(value, bytes) else value
        for name, value in key.jwk().items()
    }
    if not private:
        for name in ("d", "p", "q", "dp", "dq", "qi"):
            members.pop(name, None)
    return members


def files(seed: Seed) -> Iterator[VectorFile]:
    """The subject keys/jwk."""
    yield _jwk(seed)


def _jwk(seed: Seed) -> VectorFile:
    facts = Facts(
        "keys/jwk",
        "JSON Web Keys, as objects and as texts.",
        operation=PRIVATE,
        section="RFC 7517 section 4",
    )
    for name, key in private_keys(seed, "jwk"):
        facts.valid(
            name, f"a private key of the kind {name}", answer(key), jwk=jwk_of(key, private=True)
        )
    for name, one in public_keys(seed, "jwk"):
        facts.valid(
            f"public {name}",
            f"a public key of the kind {name}",
            answer(one),
            operation=PUBLIC,
            jwk=jwk_of(one, private=False),
        )
    key = Ec.draw(seed, "jwk", P256)
    _right_members(facts, key)
    _wrong_members(facts, key)
    _wrong_texts(facts, key)
    _wrong_values(facts, seed, key)
    _wrong_rsa(facts, seed)
    return facts.file()


def _right_members(facts: Facts, key: Ec) -> None:
    whole, public = jwk_of(key, private=True), jwk_of(key, private=False)
    for title, shows, operation, more in (
        ("use sig", "a key for signatures", PRIVATE, {"use": "sig"}),
        ("key_ops sign", "a key that may sign", PRIVATE, {"key_ops": ["sign"]}),
        ("key_ops verify", "a key that may verify", PUBLIC, {"key_ops": ["verify"]}),
        ("key_ops of both", "a key that may do both", PUBLIC, {"key_ops": ["sign", "verify"]}),
        ("alg of the key", "the algorithm of the key", PRIVATE, {"alg": "ES256"}),
        (
            "members of others",
            "members without a meaning here are ignored",
            PRIVATE,
            {"kid": "1", "x5t": 5, "ext": True},
        ),
    ):
        members = (whole if operation == PRIVATE else public) | more
        facts.valid(title, shows, answer(key), operation=operation, jwk=members)
    facts.valid("text", "a JWK as JSON text", answer(key), jwk=json.dumps(whole))
    facts.valid(
        "text with blanks",
        "blanks around what stands in it",
        answer(key),
        jwk=json.dumps(whole, indent=2),
    )


def _wrong_members(facts: Facts, key: Ec) -> None:
    whole, public = jwk_of(key, private=True), jwk_of(key, private=False)
    for name in ("kty", "crv", "x", "y"):
        facts.invalid(
            f"without {name}",
            f"{name} is missing",
            "jwk.missing",
            jwk={one: value for one, value in whole.items() if one != name},
        )
    for name, value in (("kty", None), ("crv", 256), ("x", 12345), ("y", None), ("d", ["AQ"])):
        facts.invalid(
            f"{name} of another type", f"{name} is no text", "jwk.type", jwk=whole | {name: value}
        )
    for title, shows, code, operation, members in (
        (
            "public for private",
            "a public key where a private one is due",
            "key.not_private",
            PRIVATE,
            public,
        ),
        (
            "private for public",
            "a private key where a public one is due",
            "key.not_public",
            PUBLIC,
            whole,
        ),
        (
            "symmetric",
            "a key of the type oct",
            "algorithm.key_type",
            PUBLIC,
            {"kty": "oct", "k": "AAECAw"},
        ),
        (
            "kty in lower case",
            "a key type in lower case is another one",
            "algorithm.key_type",
            PUBLIC,
            public | {"kty": "ec"},
        ),
        (
            "curve of another type",
            "Ed25519 is no curve of the type EC",
            "algorithm.curve",
            PUBLIC,
            public | {"crv": "Ed25519"},
        ),
        (
            "unknown curve",
            "P-224 is not offered",
            "algorithm.curve",
            PUBLIC,
            public | {"crv": "P-224"},
        ),
        ("use enc", "a key for encryption", "jwk.value", PUBLIC, public | {"use": "enc"}),
        ("use of another type", "use is no text", "jwk.type", PUBLIC, public | {"use": True}),
        (
            "key_ops without sign",
            "a key that may not sign",
            "jwk.value",
            PRIVATE,
            whole | {"key_ops": ["verify"]},
        ),
        (
            "key_ops without verify",
            "a key that may not verify",
            "jwk.value",
            PUBLIC,
            public | {"key_ops": ["sign"]},
        ),
        (
            "key_ops empty",
            "a key that may do nothing",
            "jwk.value",
            PUBLIC,
            public | {"key_ops": []},
        ),
        (
            "key_ops a text",
            "key_ops is no list",
            "jwk.type",
            PUBLIC,
            public | {"key_ops": "verify"},
        ),
        (
            "key_ops of numbers",
            "key_ops is no list of texts",
            "jwk.type",
            PUBLIC,
            public | {"key_ops": [2]},
        ),
        (
            "alg of another curve",
            "the algorithm does not fit the key",
            "key.mismatch",
            PUBLIC,
            public | {"alg": "ES384"},
        ),
        ("alg of another type", "alg is no text", "jwk.type", PUBLIC, public | {"alg": -7}),
        ("set of keys", "a JWK Set is no JWK", "jwk.missing", PUBLIC, {"keys": [public]}),
        (
            "unknown ML-DSA",
            "an unknown parameter set",
            "algorithm.unknown",
            PUBLIC,
            {"kty": "AKP", "alg": "ML-DSA-99", "pub": "AA"},
        ),
    ):
        facts.invalid(title, shows, code, operation=operation, jwk=members)


def _wrong_texts(facts: Facts, key: Ec) -> None:
    text = json.dumps(jwk_of(key, private=True))
    for title, shows, code, one in (
        ("member twice", "a member stands twice", "json.duplicate", '{"kty": "EC", ' + text[1:]),
        (
            "member twice by an escape",
            "a member stands twice, once as an escape",
            "json.duplicate",
            '{"k\\u0074y": "EC", ' + text[1:],
        ),
        ("array", "an array in place of an object", "json.shape", f"[{text}]"),
        ("cut text", "the end is missing", "json.syntax", text[:-1]),
        ("text after it", "something follows the object", "json.trailing", text + "{}"),
        ("byte order mark", "the text begins with a byte order mark", "json.bom", "\ufeff" + text),
        ("no text", "nothing at all", "json.syntax", ""),
    ):
        facts.invalid(title, shows, code, section="RFC 8259", jwk=one)


def _wrong_values(facts: Facts, seed: Seed, key: Ec) -> None:
    whole = jwk_of(key, private=True)
    other = Ec.draw(seed, "jwk stranger", P256)
    x, y = off_curve(key)
    for title, shows, code, more in (
        ("x short", "x is as wide as the field", "key.length", {"x": b64u(key.x[1:])}),
        ("x long", "x is as wide as the field", "key.length", {"x": b64u(b"\x00" + key.x)}),
        ("d short", "d is as wide as the field", "key.length", {"d": b64u(key.scalar[1:])}),
        (
            "d of another key",
            "d is not the scalar of the point",
            "key.mismatch",
            {"d": b64u(other.scalar)},
        ),
        ("d zero", "d is zero", "key.scalar", {"d": b64u(bytes(32))}),
        (
            "d the order",
            "d is the order of the curve",
            "key.scalar",
            {"d": b64u(P256.n.to_bytes(32, "big"))},
        ),
        (
            "off the curve",
            "the point is not on the curve",
            "key.point",
            {"x": b64u(x), "y": b64u(y)},
        ),
        (
            "point of another key",
            "the point is of another key",
            "key.mismatch",
            {"x": b64u(other.x), "y": b64u(other.y)},
        ),
        ("padded", "base64url without padding", "base64url.padding", {"x": b64u(key.x) + "="}),
        (
            "standard alphabet",
            "a character of base64",
            "base64url.alphabet",
            {"x": "+" + b64u(key.x)[1:]},
        ),
        (
            "unused bits",
            "the bits that no octet uses are not zero",
            "base64url.trailing_bits",
            {"x": _next(b64u(key.x))},
        ),
        ("length", "a length that no octets have", "base64url.length", {"x": b64u(key.x) + "AA"}),
    ):
        facts.invalid(title, shows, code, section="RFC 7518 section 6.2", jwk=whole | more)
    edwards = Okp.draw(seed, "jwk values", "Ed25519")
    stranger = Okp.draw(seed, "jwk stranger", "Ed25519")
    okp = jwk_of(edwards, private=True)
    for title, shows, code, more in (
        (
            "Ed25519 d of another key",
            "d is not the seed of x",
            "key.mismatch",
            {"d": b64u(stranger.seed)},
        ),
        (
            "Ed25519 d of 31 octets",
            "an octet is missing",
            "key.length",
            {"d": b64u(edwards.seed[1:])},
        ),
        (
            "Ed25519 x of 31 octets",
            "an octet is missing",
            "key.length",
            {"x": b64u(edwards.public[1:])},
        ),
        (
            "Ed25519 x of small order",
            "a point of small order",
            "key.small_order",
            {"x": b64u(b"\x01" + bytes(31))},
        ),
        ("X25519", "a curve for agreement", "algorithm.curve", {"crv": "X25519"}),
        (
            "curve of the type EC",
            "P-256 is no curve of the type OKP",
            "algorithm.curve",
            {"crv": "P-256"},
        ),
    ):
        facts.invalid(title, shows, code, section="RFC 8037 section 2", jwk=okp | more)


def _next(text: str) -> str:
    """The last character of 32 octets in base64url has two bits that are of no use: sets one."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return text[:-1] + alphabet[alphabet.index(text[-1]) | 1]


def _wrong_rsa(facts: Facts, seed: Seed) -> None:
    key = Rsa.draw(seed, "private")
    whole, public = jwk_of(key, private=True), jwk_of(key, private=False)
    for title, shows, code, operation, members in (
        (
            "RSA without p",
            "every number of the second form is due",
            "jwk.missing",
            PRIVATE,
            {name: value for name, value in whole.items() if name != "p"},
        ),
        (
            "RSA of more primes",
            "keys of more than two primes are not offered",
            "algorithm.multi_prime",
            PRIVATE,
            whole | {"oth": []},
        ),
        (
            "RSA n with a zero octet",
            "a number has no leading zero octet",
            "jwk.value",
            PUBLIC,
            public | {"n": b64u(b"\x00" + shortest(key.n))},
        ),
        ("RSA e of 1", "e is 1", "key.rsa_exponent", PUBLIC, public | {"e": "AQ"}),
        (
            "RSA n even",
            "n is even",
            "key.rsa_modulus",
            PUBLIC,
            public | {"n": b64u(shortest(key.n - 1))},
        ),
        (
            "RSA d plus 2",
            "d is not the one that belongs to the primes",
            "key.rsa_private",
            PRIVATE,
            whole | {"d": b64u(shortest(key.d + 2))},
        ),
        (
            "RSA alg of ECDSA",
            "the algorithm does not fit the key",
            "key.mismatch",
            PUBLIC,
            public | {"alg": "ES256"},
        ),
    ):
        facts.invalid(
            title, shows, code, operation=operation, section="RFC 7518 section 6.3", jwk=members
        )
