"""JWK and the writing of keys: both implementations read the same and write the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.property.material import (
    SMALL,
    damaged_text,
    private_key,
    public_key,
    records,
)
from tests.property.outcome import REFERENCE, Door, agreed, described

_many = settings(max_examples=settings().max_examples * 5)


# --- JWK ---


def _jwk(kind: str, private: bool) -> dict[str, Any]:
    if private:
        text = private_key(REFERENCE, kind).export_private_key("jwk")
        found: dict[str, Any] = json.loads(text)
        return found
    return dict(public_key(REFERENCE, kind).to_jwk())


_NAMES = (
    *("kty", "crv", "x", "y", "d", "n", "e", "p", "q", "dp", "dq", "qi", "oth"),
    *("alg", "use", "key_ops", "kid", "ext", "é", ""),
)
_TEXTS = st.sampled_from(
    (
        *("", "A", "AA", "AQ", "AQAB", "AAAA", "AQ==", "+", "Ag", "Aw", "EC", "OKP", "RSA", "oct"),
        *("P-256", "P-384", "P-521", "secp256k1", "Ed25519", "Ed448", "X25519", "BP-256"),
        *("ES256", "ES384", "ES512", "ES256K", "EdDSA", "RS256", "PS512", "RS1", "HS256"),
        *("sig", "enc", "sign", "verify", "AAEAAQ", "\ud800", "x" * 100),
    )
)
_VALUES = st.one_of(
    _TEXTS,
    st.sampled_from((None, True, False, 0, 1, -1, 65537, 1.5, 2**80)),
    st.lists(st.sampled_from(("sign", "verify", "encrypt", "")) | st.integers(), max_size=3),
    st.dictionaries(st.sampled_from(("kty", "d")), _TEXTS, max_size=2),
)


@st.composite
def jwks(draw: st.DrawFn) -> dict[str, Any]:
    """A JWK that is right, or in which a member or two is another, gone, or too much."""
    jwk = _jwk(draw(st.sampled_from(SMALL)), draw(st.booleans()))
    for _ in range(draw(st.integers(0, 2))):
        names = sorted(jwk) if draw(st.booleans()) and jwk else _NAMES
        name = draw(st.sampled_from(names))
        match draw(st.sampled_from(("delete", "set", "damage", "exchange"))):
            case "delete":
                jwk.pop(name, None)
            case "set":
                jwk[name] = draw(_VALUES)
            case "damage" if isinstance(jwk.get(name), str):
                jwk[name] = draw(damaged_text(st.just(jwk[name]), "AQg-_=+\n"))
            case _:
                other = _jwk(draw(st.sampled_from(SMALL)), private=True)
                if name in other:
                    jwk[name] = other[name]
    return jwk


def _has_surrogate(jwk: Mapping[str, Any]) -> bool:
    return "\ud800" in json.dumps(jwk, ensure_ascii=False)


@_many
@given(jwks())
def test_any_jwk_agrees(jwk: dict[str, Any]) -> None:
    agreed(lambda door: door.PublicKey.from_jwk(jwk))
    agreed(lambda door: door.PrivateKey.from_jwk(jwk))


@given(jwks(), st.booleans())
def test_a_jwk_as_text_agrees_with_the_mapping(jwk: dict[str, Any], spaced: bool) -> None:
    text = json.dumps(jwk, ensure_ascii=False, indent=1 if spaced else None)
    found = agreed(lambda door: door.PublicKey.from_jwk(text))
    data = text.encode("utf-8", "surrogatepass")
    assert agreed(lambda door: door.PublicKey.from_jwk(data)) == found
    if not _has_surrogate(jwk):
        assert agreed(lambda door: door.PublicKey.from_jwk(jwk)) == found
    agreed(lambda door: door.PrivateKey.from_jwk(text))


@given(jwks(), st.data())
def test_damaged_jwk_text_agrees(jwk: dict[str, Any], data: st.DataObject) -> None:
    text = data.draw(damaged_text(st.just(json.dumps(jwk)), '{}[]":,\\u0 \n1e'))
    agreed(lambda door: door.PublicKey.from_jwk(text))
    agreed(lambda door: door.PrivateKey.from_jwk(text))


# --- export ---


@pytest.mark.parametrize("kind", SMALL)
@pytest.mark.parametrize("encoding", ["pem", "der", "jwk", "PEM", ""])
@pytest.mark.parametrize("form", ["pkcs8", "sec1", "pkcs1", "spki"])
def test_exports_are_the_same_bytes_and_come_back(kind: str, encoding: str, form: str) -> None:
    found = agreed(lambda door: private_key(door, kind).export_private_key(encoding, format=form))
    if found[0] != "value":
        return
    read = {"pem": "from_pem", "der": "from_der", "jwk": "from_jwk"}[encoding]
    again = agreed(lambda door: getattr(door.PrivateKey, read)(found[1]))
    assert again == agreed(lambda door: private_key(door, kind))


@pytest.mark.parametrize("kind", SMALL)
@pytest.mark.parametrize("form", ["spki", "pkcs1", "pkcs8", ""])
def test_public_exports_are_the_same(kind: str, form: str) -> None:
    agreed(lambda door: public_key(door, kind).to_der(format=form))
    agreed(lambda door: public_key(door, kind).to_pem(format=form))


@pytest.mark.parametrize("kind", SMALL)
def test_a_closed_key_agrees(kind: str) -> None:
    def closed(door: Door) -> Any:
        key = door.PrivateKey.from_pem(records()[kind]["pkcs8Pem"])
        key.close()
        assert key.closed
        return key

    agreed(lambda door: closed(door).sign(b""))
    agreed(lambda door: closed(door).sign_digest(bytes(32)))
    agreed(lambda door: closed(door).export_private_key())
    agreed(lambda door: closed(door).public_key)
    agreed(lambda door: described(closed(door)))


@given(st.sampled_from(SMALL), st.sampled_from(SMALL))
def test_equality_is_that_of_the_key(one: str, other: str) -> None:
    def compared(door: Door) -> tuple[bool, bool]:
        again = door.PublicKey.from_der(public_key(door, other).to_der())
        return (public_key(door, one) == again, hash(public_key(door, one)) == hash(again))

    assert agreed(compared) == ("value", [one == other] * 2)
