"""Signatures: each implementation accepts what the other signs, and both refuse the same."""

from __future__ import annotations

from functools import partial
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.property.material import (
    CURVES,
    DETERMINISTIC,
    HEDGED,
    SMALL,
    damaged,
    private_key,
    public_key,
    restructured,
)
from tests.property.outcome import (
    DOORS,
    REFERENCE,
    Door,
    agreed,
    agreed_on_one,
    described,
    made_by_each,
)

_many = settings(max_examples=settings().max_examples * 5)


_HASHES = st.sampled_from((None, "SHA-256", "SHA-384", "SHA-512", "SHA-1", "sha256", ""))
_SIZES = {None: 32, "SHA-256": 32, "SHA-384": 48, "SHA-512": 64}
_DIGEST_SIZES = st.sampled_from((32, 32, 48, 64, 0, 20, 31, 33, 65))
_PADDINGS = st.sampled_from((None, None, "pkcs1v15", "pss", "PSS"))


@given(st.sampled_from(DETERMINISTIC), st.binary(), _HASHES)
def test_deterministic_signatures_are_the_same_bytes(
    kind: str, message: bytes, hash_name: str | None
) -> None:
    padding = "pkcs1v15" if kind.startswith("rsa") else None
    agreed(lambda door: private_key(door, kind).sign(message, hash=hash_name, padding=padding))


@given(st.sampled_from(DETERMINISTIC), _DIGEST_SIZES, _HASHES)
def test_signatures_of_digests_are_the_same_bytes(
    kind: str, size: int, hash_name: str | None
) -> None:
    digest = bytes(range(size))
    wrong = (
        kind.startswith("ed"),
        hash_name not in _SIZES,
        size != _SIZES.get(hash_name, size),
    )
    keywords = {} if hash_name is None else {"hash": hash_name}
    agreed_on_one(lambda door: private_key(door, kind).sign_digest(digest, **keywords), wrong)


@given(st.sampled_from(SMALL), st.binary(), _HASHES, _PADDINGS, st.booleans())
def test_each_verifies_what_the_other_signed(
    kind: str, message: bytes, hash_name: str | None, padding: str | None, low_s: bool
) -> None:
    def signed(door: Door) -> Any:
        return private_key(door, kind).sign(message, hash=hash_name, padding=padding)

    def verified(door: Door, signature: bytes) -> Any:
        key = public_key(door, kind)
        return key.verify(message, signature, hash=hash_name, padding=padding, low_s=low_s)

    for signature in made_by_each(signed):
        found = agreed(partial(verified, signature=signature))
        assert found == ("value", None) or (low_s and kind in HEDGED)


@settings(max_examples=settings().max_examples * 3)
@given(st.sampled_from(SMALL), st.data(), st.booleans())
def test_damaged_signatures_agree(kind: str, data: st.DataObject, low_s: bool) -> None:
    good = private_key(REFERENCE, kind).sign(b"message")
    signature = data.draw(
        st.one_of(damaged(st.just(good)), st.binary(max_size=80), _restructured(good))
    )
    agreed(lambda door: public_key(door, kind).verify(b"message", signature, low_s=low_s))


def _restructured(signature: bytes) -> st.SearchStrategy[bytes]:
    if signature[0] != 0x30:
        return st.just(signature[::-1])
    return restructured(st.just(signature))


@given(st.sampled_from(SMALL), st.sampled_from(SMALL), _DIGEST_SIZES, _HASHES, _PADDINGS)
def test_verify_digest_agrees(
    kind: str, signer: str, size: int, hash_name: str | None, padding: str | None
) -> None:
    signature = private_key(REFERENCE, signer).sign(b"message")
    digest = bytes(size)
    keywords = {} if hash_name is None else {"hash": hash_name}
    rsa = kind.startswith("rsa")
    wrong = (
        kind.startswith("ed"),
        hash_name not in _SIZES,
        size != _SIZES.get(hash_name, size),
        padding not in (None, "pkcs1v15", "pss") or (padding is not None and not rsa),
    )
    agreed_on_one(
        lambda door: public_key(door, kind).verify_digest(
            digest, signature, padding=padding, **keywords
        ),
        wrong,
    )


_L = 2**252 + 27742317777372353535851937790883648493


@given(st.integers(0, 8), st.integers(0, 2**256 - 1) | st.just(None), st.binary(max_size=4))
def test_ed25519_signatures_at_the_bounds_agree(add: int, r: int | None, message: bytes) -> None:
    good = private_key(REFERENCE, "ed25519").sign(message)
    s = int.from_bytes(good[32:], "little") + add * _L
    first = good[:32] if r is None else r.to_bytes(32, "little")
    signature = first + (s % 2**256).to_bytes(32, "little")
    agreed(lambda door: public_key(door, "ed25519").verify(message, signature))


@given(st.sampled_from(("native", "reference")), st.sampled_from(HEDGED + DETERMINISTIC))
def test_generated_keys_are_read_by_the_other(maker: str, kind: str) -> None:
    if kind.startswith("rsa"):
        return
    algorithm = public_key(REFERENCE, kind).algorithm
    writer, reader = DOORS if maker == "native" else DOORS[::-1]
    key = writer.PrivateKey.generate(str(algorithm))
    again = reader.PrivateKey.from_der(key.export_private_key("der"))
    assert described(again) == described(key)
    again.public_key.verify(b"m", key.sign(b"m"))


@given(
    st.sampled_from(
        (
            *("ES256", "P-256", "ES384", "P-384", "ES512", "P-521", "ES256K", "secp256k1"),
            *("Ed25519", "Ed448", "EdDSA", "es256", "", "RS512", "X25519", "\ud800"),
        )
    )
)
def test_algorithm_names_agree(name: str) -> None:
    agreed(lambda door: str(door.PrivateKey.generate(name).algorithm))


@given(st.sampled_from((0, 1, -1, 1024, 2047, 2049, 2304, 16384, 2**31, 2**64, 2**200)))
def test_rsa_sizes_that_are_not_offered_agree(bits: int) -> None:
    agreed(lambda door: door.PrivateKey.generate("RS256", bits=bits).bits)


# --- the two encodings of an ECDSA signature ---


@given(
    st.sampled_from((*CURVES.values(), "P-224", "p-256", "")),
    st.binary(max_size=150)
    | st.sampled_from((64, 96, 132)).flatmap(lambda size: st.binary(min_size=size, max_size=size))
    | st.sampled_from((64, 96, 132)).map(bytes)
    | st.sampled_from((64, 96, 132)).map(lambda size: b"\xff" * size),
)
def test_raw_signatures_become_the_same_der_and_come_back(curve: str, raw: bytes) -> None:
    found = agreed(lambda door: door.ecdsa_raw_to_der(raw, curve))
    if found[0] == "value":
        assert agreed(lambda door: door.ecdsa_der_to_raw(found[1], curve)) == ("value", raw)


@given(st.sampled_from(sorted(CURVES)), st.sampled_from(sorted(CURVES)), st.data())
def test_der_signatures_become_the_same_raw_and_come_back(
    kind: str, curve: str, data: st.DataObject
) -> None:
    good = private_key(REFERENCE, kind).sign(data.draw(st.binary(max_size=8)))
    der = data.draw(st.one_of(st.just(good), damaged(st.just(good)), restructured(st.just(good))))
    found = agreed(lambda door: door.ecdsa_der_to_raw(der, CURVES[curve]))
    if found[0] == "value":
        back = agreed(lambda door: door.ecdsa_raw_to_der(found[1], CURVES[curve]))
        assert back == ("value", der)
