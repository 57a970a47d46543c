"""Attestation objects (WebAuthn Level 3, 6.5.4): a format, its statement, and authenticator data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from countermark.errors import Error, MalformedInput
from countermark.reference.format import BytesLike, bytes_argument, cbor, flag_argument, shown
from countermark.reference.format.tolerance import INTEROPERABLE, Tolerance, Tolerated
from countermark.reference.webauthn import authenticator_data
from countermark.reference.webauthn.authenticator_data import AuthenticatorData

COMPOUND: Final = "compound"
"""The one format whose statement is an array (8.9)."""

Statement = dict[cbor.Key, cbor.Value] | list[cbor.Value]

_MEMBERS: Final = ("fmt", "attStmt", "authData")


@dataclass(frozen=True, slots=True)
class AttestationObject:
    """What an attestation object holds, and the bytes it was read from."""

    format: str
    statement: Statement
    authenticator_data: AuthenticatorData
    tolerated: tuple[Tolerance, ...]
    raw: bytes


def parse_attestation_object(
    data: BytesLike, *, strictness: str = INTEROPERABLE, repair_cose_map_count: bool = False
) -> AttestationObject:
    """Reads an attestation object that is all of ``data``; the statement is not verified."""
    octets = bytes_argument(data, "data", cbor.MAX_SIZE)
    repair = flag_argument(repair_cose_map_count, "repair_cose_map_count")
    return read(octets, Tolerated(strictness), repair=repair)


def read(raw: bytes, outer: Tolerated, *, repair: bool = False) -> AttestationObject:
    """Reads octets of a size that was checked; what is tolerated is noted in ``outer`` as well."""
    tolerated = Tolerated(outer.strictness)
    found = _members(raw, tolerated)
    format_ = found["fmt"].plain()
    if not isinstance(format_, str):
        raise _malformed("type", "is not text", "fmt")
    statement = found["attStmt"].plain()
    due = list if format_ == COMPOUND else dict
    if not isinstance(statement, dict | list) or not isinstance(statement, due):
        raise _malformed("type", "is not what the format has", "attStmt")
    octets = found["authData"].plain()
    if not isinstance(octets, bytes):
        raise _malformed("type", "is not a byte string", "authData")
    data = authenticator_data.read(octets, tolerated, repair=repair)
    outer.add(tolerated.notes)
    return AttestationObject(format_, statement, data, tolerated.notes, raw)


def _members(raw: bytes, tolerated: Tolerated) -> dict[cbor.Key, cbor.Item]:
    """The three members and no other one."""
    item = _read(raw, tolerated)
    if not item.is_map:
        raise cbor.not_a_map("the attestation object")
    found = {key.key(): value for key, value in item.pairs}
    for name in found:
        if name not in _MEMBERS:
            raise _malformed("unknown", "is not a member", str(name))
    for name in _MEMBERS:
        if name not in found:
            raise _malformed("missing", "is missing", name)
    return found


def _read(raw: bytes, tolerated: Tolerated) -> cbor.Item:
    """Reads everything; a deviation inside the statement is told apart by its place."""
    met: list[Error] = []

    def notice(error: Error) -> None:
        if tolerated.strict:
            raise error
        met.append(error)

    item = cbor.read_whole(raw, notice)
    statement = next((value for key, value in item.pairs if key.value == "attStmt"), None)
    for error in met:
        offset = error.offset if isinstance(error, MalformedInput) else None
        inside = (
            statement is not None
            and offset is not None
            and statement.start <= offset < statement.end
        )
        tolerated.allow("statement" if inside else "attestation_object", error)
    return item


def _malformed(name: str, reason: str, member: str) -> MalformedInput:
    return MalformedInput(
        f"the attestation object member '{shown(member)}' {reason}",
        code=f"attestation_object.{name}",
        field=shown(member),
    )


__all__ = ["AttestationObject", "Statement", "parse_attestation_object", "read"]
