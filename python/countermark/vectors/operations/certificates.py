"""Questions about certificates and the way from them to an anchor."""

from __future__ import annotations

from typing import Any, Final

from countermark.vectors.model import Operation
from countermark.vectors.operations.results import present, tolerated
from countermark.vectors.operations.values import (
    Input,
    QuestionError,
    flag,
    integer,
    member,
    octets,
    only,
    options,
    text,
)
from countermark.vectors.operations.webauthn import Options, anchors, texts

_READ: Final[Options] = {"strictness": text}
_PATH: Final[Options] = {
    "at": integer,
    "allow_sha1": flag,
    "strictness": text,
    "critical": texts,
}


def _read(door: Any, input: Input) -> dict[str, Any]:
    only(input, "bytes", "pem", *_READ)
    data = text(input, "pem") if "pem" in input else octets(input, "bytes")
    found = door.parse_certificate(data, **options(input, _READ))
    key = found.public_key
    return present(
        {
            "version": found.version,
            "serial": str(found.serial),
            "issuer": found.issuer,
            "subject": found.subject,
            "not_before": found.not_before,
            "not_after": found.not_after,
            "key": None if key is None else str(key.algorithm),
            "public_key": found.public_key_der,
            "signature_algorithm": found.signature_algorithm,
            "is_ca": found.is_ca,
            "extensions": [
                {"oid": oid, "critical": critical, "value": value.hex()}
                for oid, critical, value in found.extensions
            ],
            "tolerated": tolerated(found.tolerated),
        }
    )


def _path(door: Any, input: Input) -> dict[str, Any]:
    only(input, "certificates", "anchors", "trust", "trust_key", *_PATH)
    chain = [octets({"certificate": one}, "certificate") for one in texts(input, "certificates")]
    trust = anchors(door, input)
    if "trust_key" in input:
        trust |= _bare_key(door, member(input, "trust_key"))
    found = door.validate_path(chain, trust=trust, **options(input, _PATH))
    return present(
        {
            "chain": [one.hex() for one in found.chain],
            "anchor": found.anchor,
            "anchor_subject": found.anchor_subject,
            "tolerated": tolerated(found.tolerated),
        }
    )


def _bare_key(door: Any, key: object) -> Any:
    if not isinstance(key, dict):
        raise QuestionError("trust_key is no object")
    only(key, "subject", "public_key")
    public = door.PublicKey.from_der(octets(key, "public_key"))
    return door.TrustAnchors.from_key(octets(key, "subject"), public)


OPERATIONS: Final[dict[str, Operation]] = {
    "certificate.path": _path,
    "certificate.read": _read,
}
"""The questions of this area."""
