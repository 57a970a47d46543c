"""Questions about encodings: base64url, hexadecimal, PEM and CBOR."""

from __future__ import annotations

from typing import Any, Final

from countermark.vectors.model import Operation
from countermark.vectors.operations.values import Input, flag, octets, only, options, text


def _base64url_decode(door: Any, input: Input) -> dict[str, Any]:
    only(input, "text", "padding")
    padding = flag(input, "padding") if "padding" in input else False
    return {"bytes": door.base64url_decode(text(input, "text"), padding).hex()}


def _base64url_encode(door: Any, input: Input) -> dict[str, Any]:
    only(input, "bytes")
    return {"text": door.base64url_encode(octets(input, "bytes"))}


def _hex_decode(door: Any, input: Input) -> dict[str, Any]:
    only(input, "text")
    return {"bytes": door.hex_decode(text(input, "text")).hex()}


def _pem_decode(door: Any, input: Input) -> dict[str, Any]:
    only(input, "text")
    label, body = door.pem_decode(text(input, "text"))
    return {"label": label, "bytes": body.hex()}


def _cbor_decode(door: Any, input: Input) -> dict[str, Any]:
    only(input, "bytes", "strictness")
    chosen = options(input, {"strictness": text})
    return {"diagnostic": door.cbor_diagnostic(octets(input, "bytes"), **chosen)}


OPERATIONS: Final[dict[str, Operation]] = {
    "base64url.decode": _base64url_decode,
    "base64url.encode": _base64url_encode,
    "hex.decode": _hex_decode,
    "pem.decode": _pem_decode,
    "cbor.decode": _cbor_decode,
}
"""The questions, by name."""
