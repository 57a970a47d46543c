"""Results of reading and verifying, as JSON has them; what is absent is left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def tolerated(notes: Sequence[Any]) -> list[list[str]]:
    """Deviations that were let pass: pairs of a code and a place, in order."""
    return [[note.code, note.place] for note in notes]


def present(members: Mapping[str, object]) -> dict[str, Any]:
    """The members that are not None; bytes in hex."""
    return {
        name: value.hex() if isinstance(value, bytes) else value
        for name, value in members.items()
        if value is not None
    }


def cbor_value(value: object) -> Any:
    """A value out of CBOR: a byte string is ``{"hex": …}``, a key that is a number is its decimal text."""
    if isinstance(value, bytes):
        return {"hex": value.hex()}
    if isinstance(value, Mapping):
        return {str(key): cbor_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [cbor_value(item) for item in value]
    return value


def client_data(found: Any) -> dict[str, Any]:
    """What a browser said of a call."""
    return present(
        {
            "type": found.type,
            "challenge": found.challenge,
            "origin": found.origin,
            "cross_origin": found.cross_origin,
            "top_origin": found.top_origin,
        }
    )


def extensions(found: Any) -> dict[str, Any]:
    """Outputs of authenticator extensions, under the names that this package gives them."""
    factors = None if found.uvm is None else [list(factor) for factor in found.uvm]
    unknown = {name: octets.hex() for name, octets in found.unknown.items()}
    return present(
        {
            "cred_protect": found.cred_protect,
            "hmac_secret": found.hmac_secret,
            "min_pin_length": found.min_pin_length,
            "uvm": factors,
            "cred_blob": found.cred_blob,
            "large_blob_key": found.large_blob_key,
            "third_party_payment": found.third_party_payment,
            "unknown": unknown or None,
        }
    )
