"""JSON Web Keys (RFC 7517): EC and RSA (RFC 7518 section 6), OKP (RFC 8037), secp256k1 (RFC 8812).

Public keys may also be of the type AKP (RFC 9964), which is that of ML-DSA.

A key is read in this order: ``kty``; whether it is private as wanted; the numbers; and then the
members that say what it is for (RFC 7517 sections 4.2 to 4.4). Members without a meaning here are
ignored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeGuard

from countermark.errors import (
    ArgumentTypeError,
    InvalidKey,
    MalformedInput,
    UnsupportedAlgorithm,
)
from countermark.reference.crypto import signing
from countermark.reference.crypto.ecdsa_signature import CURVES
from countermark.reference.crypto.signing import (
    ED448,
    ED25519,
    MLDSA44,
    MLDSA65,
    MLDSA87,
    EdwardsCurve,
)
from countermark.reference.format import (
    base64url,
    is_bytes,
    is_text,
    json,
    mapping_entries,
    shown,
)
from countermark.reference.key import pkcs1, pkcs8, sec1, spki
from countermark.reference.key.algorithm import (
    EcPrivate,
    EcPublic,
    MldsaPublic,
    OkpPrivate,
    OkpPublic,
    PrivateNumbers,
    PublicNumbers,
    RsaPrivate,
    RsaPublic,
    algorithm_of,
)

_EDWARDS: Final = {curve.name: curve for curve in (ED25519, ED448)}
_LATTICES: Final = {parameters.name: parameters for parameters in (MLDSA44, MLDSA65, MLDSA87)}
_RSA_ALGS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")

Members = dict[str, object]


def decode_public(jwk: object) -> PublicNumbers:
    """Reads a public key from a Mapping, or from JSON text as str or bytes-like.

    Raises:
        MalformedInput: ``jwk.*``, ``base64url.*`` or ``json.*``.
        UnsupportedAlgorithm: ``algorithm.key_type``, ``.curve`` or ``.multi_prime``.
        InvalidKey: ``key.not_public``, or the code that fits the kind of key.
    """
    members = _members(jwk)
    kty = _key_type(members, _PUBLIC)
    if ("priv" if kty == "AKP" else "d") in members:
        raise InvalidKey("the JWK is a private key, not a public one", code="key.not_public")
    public = _PUBLIC[kty](members)
    _check_purpose(members, public, "verify")
    return public


def decode_private(jwk: object) -> PrivateNumbers:
    """Reads a private key; see `decode_public`."""
    members = _members(jwk)
    kty = _key_type(members, _PRIVATE)
    if "d" not in members:
        raise InvalidKey("the JWK is a public key, not a private one", code="key.not_private")
    private = _PRIVATE[kty](members)
    _check_purpose(members, private.public, "sign")
    return private


def encode_public(public: PublicNumbers) -> dict[str, str]:
    """Writes the members that make up a public key."""
    if isinstance(public, RsaPublic):
        return {"kty": "RSA", "n": _uint(public.n), "e": _uint(public.e)}
    if isinstance(public, OkpPublic):
        x = base64url.encode(public.octets)
        return {"kty": "OKP", "crv": public.curve.name, "x": x}
    if isinstance(public, MldsaPublic):
        pub = base64url.encode(public.octets)
        return {"kty": "AKP", "alg": public.parameters.name, "pub": pub}
    size = public.curve.size
    x, y = (base64url.encode(i.to_bytes(size, "big")) for i in (public.x, public.y))
    return {"kty": "EC", "crv": public.curve.name, "x": x, "y": y}


def encode_private(private: PrivateNumbers) -> dict[str, str]:
    """Writes the members that make up a private key."""
    public = encode_public(private.public)
    if isinstance(private, OkpPrivate):
        return public | {"d": base64url.encode(private.seed)}
    if isinstance(private, EcPrivate):
        size = private.public.curve.size
        return public | {"d": base64url.encode(private.d.to_bytes(size, "big"))}
    names = ("d", "p", "q", "dp", "dq", "qi")
    return public | {name: _uint(getattr(private, name)) for name in names}


def to_text(members: Mapping[str, str]) -> bytes:
    """Writes members as compact JSON; they are of characters that need no escape."""
    return ("{" + ",".join(f'"{name}":"{text}"' for name, text in members.items()) + "}").encode()


def thumbprint(public: PublicNumbers) -> bytes:
    """RFC 7638 section 3: the SHA-256 of the required members in lexicographic order."""
    return signing.digest("SHA-256", to_text(dict(sorted(encode_public(public).items()))))


# --- Members ------------------------------------------------------------------------------------


def _members(jwk: object) -> Members:
    if is_text(jwk) or is_bytes(jwk):
        return dict(json.read(jwk))
    if not isinstance(jwk, Mapping):
        raise ArgumentTypeError(
            f"jwk must be a mapping or JSON text, not {shown(type(jwk).__name__)}",
            code="argument.type",
        )
    entries = mapping_entries(jwk)
    if entries is None:
        raise ArgumentTypeError("jwk is not a mapping of names to values", code="argument.type")
    members: Members = {}
    for name, value in entries:
        if not is_text(name):
            raise MalformedInput("a member name of the JWK is not a string", code="jwk.type")
        members[str.__str__(name)] = value
    return members


def _text(members: Members, name: str) -> str:
    text = str.__str__(json.text_member(members, name, "jwk"))
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise _wrong_type(name, "text without lone surrogates")
    return text


def _is_list(value: object) -> TypeGuard[list[object]]:
    return issubclass(type(value), list)


def _octets(members: Members, name: str) -> bytes:
    text = _text(members, name)
    try:
        return base64url.decode(text)
    except MalformedInput as error:
        error.field = name
        raise


def _exact(members: Members, name: str, size: int) -> bytes:
    octets = _octets(members, name)
    if len(octets) != size:
        raise InvalidKey(f"the JWK member {name} is not {size} octets long", code="key.length")
    return octets


def _uint(value: int) -> str:
    """Base64urlUInt (RFC 7518 section 2): the fewest octets."""
    return base64url.encode(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def _key_type(members: Members, known: Mapping[str, object]) -> str:
    kty = _text(members, "kty")
    if kty not in known:
        raise UnsupportedAlgorithm(
            f"the JWK key type '{shown(kty)}' is not one of {', '.join(known)}",
            code="algorithm.key_type",
        )
    return kty


# --- Key types ----------------------------------------------------------------------------------


def _ec_public(members: Members) -> EcPublic:
    """RFC 7518 section 6.2.1: coordinates of the full size of the field."""
    name = _text(members, "crv")
    if name not in CURVES:
        raise _unknown_curve(name)
    curve = CURVES[name]
    x, y = (int.from_bytes(_exact(members, i, curve.size), "big") for i in ("x", "y"))
    return sec1.checked_point(curve, x, y)


def _ec_private(members: Members) -> EcPrivate:
    """RFC 7518 section 6.2.2."""
    public = _ec_public(members)
    d = int.from_bytes(_exact(members, "d", public.curve.size), "big")
    return sec1.matched(sec1.checked_scalar(public.curve, d), public)


def _okp_curve(members: Members) -> EdwardsCurve:
    name = _text(members, "crv")
    if name not in _EDWARDS:
        raise _unknown_curve(name)
    return _EDWARDS[name]


def _okp_public(members: Members) -> OkpPublic:
    """RFC 8037 section 2."""
    return spki.checked_okp(_okp_curve(members), _octets(members, "x"))


def _okp_private(members: Members) -> OkpPrivate:
    """RFC 8037 section 2."""
    public = _okp_public(members)
    private = pkcs8.checked_seed(public.curve, _octets(members, "d"))
    if private.public != public:
        raise InvalidKey("the public key is not that of the private key", code="key.mismatch")
    return private


def _akp_public(members: Members) -> MldsaPublic:
    """RFC 9964 section 3: the algorithm is part of the key."""
    name = _text(members, "alg")
    if name not in _LATTICES:
        raise UnsupportedAlgorithm(
            f"the JWK algorithm '{shown(name)}' is not one of {', '.join(_LATTICES)}",
            code="algorithm.unknown",
        )
    return spki.checked_mldsa(_LATTICES[name], _octets(members, "pub"))


def _rsa_public(members: Members) -> RsaPublic:
    """RFC 7518 section 6.3.1."""
    if "oth" in members:
        raise pkcs1.multi_prime()
    n, e = (_octets(members, name) for name in ("n", "e"))
    for name, octets in (("n", n), ("e", e)):
        if octets[:1] == b"\x00":
            raise MalformedInput(
                f"the JWK member {name} begins with a zero octet", code="jwk.value", field=name
            )
    return pkcs1.checked_public(int.from_bytes(n, "big"), int.from_bytes(e, "big"))


def _rsa_private(members: Members) -> RsaPrivate:
    """RFC 7518 section 6.3.2; all members of the second representation are required."""
    public = _rsa_public(members)
    names = ("d", "p", "q", "dp", "dq", "qi")
    d, p, q, dp, dq, qi = (int.from_bytes(_octets(members, name), "big") for name in names)
    return pkcs1.checked(RsaPrivate(public, d, p, q, dp, dq, qi))


_PUBLIC: Final[dict[str, Callable[[Members], PublicNumbers]]] = {
    "EC": _ec_public,
    "OKP": _okp_public,
    "RSA": _rsa_public,
    "AKP": _akp_public,
}
_PRIVATE: Final[dict[str, Callable[[Members], PrivateNumbers]]] = {
    "EC": _ec_private,
    "OKP": _okp_private,
    "RSA": _rsa_private,
}


# --- What a key is for --------------------------------------------------------------------------


def _check_purpose(members: Members, public: PublicNumbers, operation: str) -> None:
    """RFC 7517 sections 4.4, 4.2 and 4.3, each only if present."""
    if "alg" in members and _text(members, "alg") not in _fitting(public):
        raise InvalidKey("the JWK member alg does not fit the key", code="key.mismatch")
    if "use" in members and _text(members, "use") != "sig":
        raise MalformedInput("the JWK member use is not 'sig'", code="jwk.value", field="use")
    if "key_ops" not in members:
        return
    operations = members["key_ops"]
    if not _is_list(operations) or not all(is_text(one) for one in operations):
        raise _wrong_type("key_ops", "a list of strings")
    if operation not in (str.__str__(i) for i in operations):
        raise MalformedInput(
            f"the JWK member key_ops does not hold '{operation}'",
            code="jwk.value",
            field="key_ops",
        )


def _fitting(public: PublicNumbers) -> tuple[str, ...]:
    if isinstance(public, RsaPublic):
        return _RSA_ALGS
    name = str(algorithm_of(public))
    return (name, "EdDSA") if isinstance(public, OkpPublic) else (name,)


def _unknown_curve(name: str) -> UnsupportedAlgorithm:
    return UnsupportedAlgorithm(
        f"the JWK curve '{shown(name)}' does not fit its key type or is not offered",
        code="algorithm.curve",
    )


def _wrong_type(name: str, due: str) -> MalformedInput:
    return MalformedInput(f"the JWK member {name} must be {due}", code="jwk.type", field=name)
