"""Questions about bare signatures: a key, a message, a signature."""

from __future__ import annotations

from typing import Any, Final

from countermark.vectors.model import Operation
from countermark.vectors.operations.values import (
    Input,
    QuestionError,
    Take,
    flag,
    member,
    octets,
    only,
    options,
    text,
)

_SIGNED: Final[dict[str, Take]] = {"hash": text, "padding": text}
_VERIFIED: Final[dict[str, Take]] = {**_SIGNED, "low_s": flag}


def _sign(door: Any, input: Input) -> dict[str, Any]:
    only(input, "private_key", "message", *_SIGNED)
    key = door.PrivateKey.from_pem(text(input, "private_key"))
    return {"signature": key.sign(octets(input, "message"), **options(input, _SIGNED)).hex()}


def _verify(door: Any, input: Input) -> dict[str, Any]:
    only(input, "public_key", "message", "signature", "form", *_VERIFIED)
    key = _public_key(door, input)
    message, signature = octets(input, "message"), octets(input, "signature")
    form = text(input, "form") if "form" in input else "der"
    if form not in ("der", "raw"):
        raise QuestionError("form is neither der nor raw")
    if form == "raw":
        signature = door.ecdsa_raw_to_der(signature, key.curve)
    key.verify(message, signature, **options(input, _VERIFIED))
    return {}


def _public_key(door: Any, input: Input) -> Any:
    """PEM text begins with a letter, dash or space that no DER in hexadecimal begins with."""
    given = member(input, "public_key")
    if isinstance(given, str) and "-----BEGIN" in given:
        return door.PublicKey.from_pem(given)
    return door.PublicKey.from_der(octets(input, "public_key"))


OPERATIONS: Final[dict[str, Operation]] = {"signature.sign": _sign, "signature.verify": _verify}
"""The questions, by name."""
