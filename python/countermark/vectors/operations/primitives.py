"""Questions about what keys are read with, and about whether a public key is one."""

from __future__ import annotations

from typing import Any, Final

from countermark.errors import Error
from countermark.vectors.model import Operation
from countermark.vectors.operations.values import (
    Input,
    QuestionError,
    integer,
    octets,
    only,
    text,
    wire,
)


def _verify_mac(door: Any, input: Input) -> dict[str, Any]:
    only(input, "hash", "key", "message", "tag", "length")
    key, message, tag = (octets(input, name) for name in ("key", "message", "tag"))
    door.hmac_verify(text(input, "hash"), key, message, tag, integer(input, "length"))
    return {}


def _derive(door: Any, input: Input) -> dict[str, Any]:
    only(input, "hash", "password", "salt", "iterations", "length")
    password, salt = octets(input, "password"), octets(input, "salt")
    costs = integer(input, "iterations"), integer(input, "length")
    return {"bytes": door.pbkdf2(text(input, "hash"), password, salt, *costs).hex()}


def _decrypt(door: Any, input: Input) -> dict[str, Any]:
    only(input, "der", "password")
    return {"plaintext": door.pbes2_decrypt(octets(input, "der"), octets(input, "password")).hex()}


def _accepts(door: Any, input: Input) -> dict[str, Any]:
    """Whether it is a key of the curve, for data that say no more than that of a key."""
    only(input, "der", "pem", "jwk", "curve")
    if len(input.keys() & {"der", "pem", "jwk"}) != 1:
        raise QuestionError("one of der, pem and jwk")
    try:
        if "der" in input:
            key = door.PublicKey.from_der(octets(input, "der"))
        elif "pem" in input:
            key = door.PublicKey.from_pem(text(input, "pem"))
        else:
            key = door.PublicKey.from_jwk(wire(input, "jwk"))
    except Error:
        return {"accepted": False}
    return {"accepted": key.curve == text(input, "curve")}


OPERATIONS: Final[dict[str, Operation]] = {
    "kdf.pbkdf2": _derive,
    "mac.verify": _verify_mac,
    "pbes2.decrypt": _decrypt,
    "public_key.accepts": _accepts,
}
"""The questions of this area."""
