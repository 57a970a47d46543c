"""Questions about keys: containers, COSE keys, and what comes out of them again."""

from __future__ import annotations

from typing import Any, Final

from countermark.vectors.model import Operation
from countermark.vectors.operations.results import tolerated
from countermark.vectors.operations.values import (
    Input,
    QuestionError,
    flag,
    integer,
    octets,
    only,
    options,
    text,
    wire,
)


def _private_key(door: Any, input: Input) -> Any:
    if "jwk" in input:
        return door.PrivateKey.from_jwk(wire(input, "jwk"))
    password: str | bytes | None = None
    if "password" in input:
        password = text(input, "password")
    if "password_bytes" in input:
        password = octets(input, "password_bytes")
    if "pem" in input:
        return door.PrivateKey.from_pem(text(input, "pem"), password=password)
    return door.PrivateKey.from_der(octets(input, "der"), password=password)


def _public_key(door: Any, input: Input) -> Any:
    if "jwk" in input:
        return door.PublicKey.from_jwk(wire(input, "jwk"))
    if "pem" in input:
        return door.PublicKey.from_pem(text(input, "pem"))
    return door.PublicKey.from_der(octets(input, "der"))


_CONTAINERS: Final = ("pem", "der", "jwk")
_SECRET: Final = (*_CONTAINERS, "password", "password_bytes")
_TO: Final = ("encoding", "format")


def _read(key: Any, public: Any) -> dict[str, Any]:
    return {"algorithm": str(key.algorithm), "public_key": public.to_der().hex()}


def _read_private(door: Any, input: Input) -> dict[str, Any]:
    only(input, *_SECRET)
    key = _private_key(door, input)
    return _read(key, key.public_key)


def _read_public(door: Any, input: Input) -> dict[str, Any]:
    only(input, *_CONTAINERS)
    key = _public_key(door, input)
    return _read(key, key)


def _export_private(door: Any, input: Input) -> dict[str, Any]:
    """Without a password, whose export is never the same twice."""
    only(input, *_SECRET, *_TO)
    key = _private_key(door, input)
    encoding = text(input, "encoding")
    written = key.export_private_key(encoding, **options(input, {"format": text}))
    return {"bytes": written.hex()} if encoding == "der" else {"text": written.decode("ascii")}


def _export_public(door: Any, input: Input) -> dict[str, Any]:
    only(input, *_CONTAINERS, *_TO)
    key = _public_key(door, input)
    encoding = text(input, "encoding")
    if encoding == "pem":
        return {"text": key.to_pem(**options(input, {"format": text}))}
    if encoding == "der":
        return {"bytes": key.to_der(**options(input, {"format": text})).hex()}
    if encoding == "jwk":
        return {"jwk": key.to_jwk()}
    if encoding == "thumbprint":
        return {"bytes": key.thumbprint().hex()}
    raise QuestionError("encoding is none of pem, der, jwk and thumbprint")


def _read_cose(door: Any, input: Input) -> dict[str, Any]:
    only(input, "bytes", "allow_sha1", "strictness")
    chosen = options(input, {"allow_sha1": flag, "strictness": text})
    key = door.CosePublicKey.from_bytes(octets(input, "bytes"), **chosen)
    return {
        "algorithm": int(key.algorithm),
        "public_key": key.public_key.to_der().hex(),
        "tolerated": tolerated(key.tolerated),
    }


def _write_cose(door: Any, input: Input) -> dict[str, Any]:
    only(input, *_CONTAINERS, "algorithm")
    key = _public_key(door, input)
    number = integer(input, "algorithm") if "algorithm" in input else None
    return {"bytes": door.CosePublicKey.from_public_key(key, number).to_bytes().hex()}


OPERATIONS: Final[dict[str, Operation]] = {
    "cose_key.read": _read_cose,
    "cose_key.write": _write_cose,
    "private_key.export": _export_private,
    "private_key.read": _read_private,
    "public_key.export": _export_public,
    "public_key.read": _read_public,
}
"""The questions of this area."""
