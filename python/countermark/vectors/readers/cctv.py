"""The Ed25519 edge cases of C2SP's CCTV, decided by the rule that this package follows.

The rule is the strict one: S below the order; A and R encoded canonically and not of small order; and the equation
of RFC 8032 section 5.1.7 without the cofactor. The set tells of each signature which edges it has, and all of them
satisfy the equation with the cofactor, so that the edges decide: `_KEY` refuses the key, `_SIGNATURE` the signature.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from countermark.errors import MalformedInput
from countermark.vectors.model import VALID, Answer, Question, Record, Skip

_SPKI: Final = "302a300506032b6570032100"
_SIGNATURE: Final = {"lowordera", "loworderr", "noncanonicalr", "loworderresidue"}
"""Any of these edges, and the signature is refused. Residue: what the cofactor takes away is not zero."""


def read(path: Path, whole: Any) -> Iterator[Record | Skip]:  # noqa: ARG001  every reader takes it
    """The signatures of the file, in its form since C2SP has it (``key``, ``sig``) and in the older one (``A``, ``R``).

    Raises:
        MalformedInput: ``json.shape``, it is not built like either.
    """
    try:
        for number, entry in enumerate(whole):
            yield _record(str(entry.get("number", number)), entry)
    except (AttributeError, KeyError, TypeError) as error:
        fault = f"not built like the Ed25519 vectors of CCTV: {type(error).__name__}"
        raise MalformedInput(fault, code="json.shape") from None


def _record(name: str, entry: dict[str, Any]) -> Record:
    flags = entry["flags"] if "flags" in entry else entry.get("Flags")
    key = entry["key"] if "key" in entry else entry["A"]
    signature = entry["sig"] if "sig" in entry else entry["R"] + entry["S"]
    message = entry["msg"] if "msg" in entry else entry["M"]
    edges = {flag.replace("_", "").lower() for flag in flags or ()}
    given = {
        "public_key": _SPKI + key,
        "message": message.encode().hex(),
        "signature": signature,
    }
    return Record(
        id=name,
        shows=", ".join(flags or ["no edge"]),
        section="RFC 8032 section 5.1.7",
        origin="C2SP CCTV, Ed25519",
        question=Question("signature.verify", given),
        expected=Answer(_due(edges)),
    )


def _due(edges: set[str]) -> str:
    if "lowordera" in edges:
        return "key.small_order"
    if "noncanonicala" in edges:
        return "key.point"
    return "signature.invalid" if edges & _SIGNATURE else VALID


__all__ = ["read"]
