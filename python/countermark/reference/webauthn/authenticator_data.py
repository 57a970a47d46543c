"""Authenticator data (WebAuthn Level 3, 6.1) with the attested credential data in them (6.5.1)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from countermark.errors import Error, LimitExceeded, MalformedInput
from countermark.reference.format import BytesLike, bytes_argument, cbor, flag_argument
from countermark.reference.format.tolerance import INTEROPERABLE, Tolerance, Tolerated
from countermark.reference.webauthn.extensions import Extensions, read_extensions

MAX_CREDENTIAL_ID: Final = 1023
"""Octets of a credential id (WebAuthn 4, credential id)."""

_HEADER: Final = struct.Struct(">32sBI")
_ATTESTED: Final = struct.Struct(">16sH")

_UP, _UV, _BE, _BS, _AT, _ED = 0x01, 0x04, 0x08, 0x10, 0x40, 0x80
_RESERVED: Final = 0x22

_OLD_EDDSA: Final = bytes.fromhex("a3010103272006215820")
"""How a key map begins that announces three entries and holds four."""


@dataclass(frozen=True, slots=True)
class Flags:
    """The flags of 6.1; ``reserved`` is what is set of the bits without a meaning."""

    user_present: bool
    user_verified: bool
    backup_eligible: bool
    backup_state: bool
    attested_credential_data: bool
    extension_data: bool
    reserved: int
    value: int


@dataclass(frozen=True, slots=True)
class AuthenticatorData:
    """What authenticator data say, and the bytes they were read from.

    ``aaguid``, ``credential_id`` and ``credential_public_key`` are there together or not at all. The key is kept as
    it stands: its form has been checked, its numbers have not.
    """

    rp_id_hash: bytes
    flags: Flags
    sign_count: int
    aaguid: str | None
    credential_id: bytes | None
    credential_public_key: bytes | None
    extensions: Extensions
    tolerated: tuple[Tolerance, ...]
    raw: bytes


@dataclass(frozen=True, slots=True)
class _Attested:
    aaguid: str
    credential_id: bytes
    credential_public_key: bytes
    end: int


def parse_authenticator_data(
    data: BytesLike, *, strictness: str = INTEROPERABLE, repair_cose_map_count: bool = False
) -> AuthenticatorData:
    """Reads authenticator data that are all of ``data``."""
    octets = bytes_argument(data, "data", cbor.MAX_SIZE)
    repair = flag_argument(repair_cose_map_count, "repair_cose_map_count")
    return read(octets, Tolerated(strictness), repair=repair)


def read(raw: bytes, outer: Tolerated, *, repair: bool = False) -> AuthenticatorData:
    """Reads octets of a size that was checked; what is tolerated is noted in ``outer`` as well."""
    tolerated = Tolerated(outer.strictness)
    if len(raw) < _HEADER.size:
        raise _malformed("truncated", "the authenticator data end in their header", len(raw))
    rp_id_hash, value, sign_count = _HEADER.unpack_from(raw)
    flags = _flags(value)
    if flags.reserved:
        tolerated.allow("authenticator_data", _malformed("flags", "a reserved flag is set", 32))

    at = _HEADER.size
    attested = None
    if flags.attested_credential_data:
        attested = _attested(raw, at, tolerated, repair=repair)
        at = attested.end
    extensions = Extensions()
    if flags.extension_data:
        if at == len(raw):
            raise _malformed("truncated", "the announced extensions are missing", at)
        reader = cbor.Reader(raw, lambda error: tolerated.allow("extensions", error), at)
        extensions = read_extensions(reader.item(), raw)
        at = reader.at
    if at < len(raw):
        raise _malformed("trailing", "something follows the authenticator data", at)
    outer.add(tolerated.notes)
    return AuthenticatorData(
        rp_id_hash=rp_id_hash,
        flags=flags,
        sign_count=sign_count,
        aaguid=None if attested is None else attested.aaguid,
        credential_id=None if attested is None else attested.credential_id,
        credential_public_key=None if attested is None else attested.credential_public_key,
        extensions=extensions,
        tolerated=tolerated.notes,
        raw=raw,
    )


def _flags(value: int) -> Flags:
    return Flags(
        user_present=bool(value & _UP),
        user_verified=bool(value & _UV),
        backup_eligible=bool(value & _BE),
        backup_state=bool(value & _BS),
        attested_credential_data=bool(value & _AT),
        extension_data=bool(value & _ED),
        reserved=value & _RESERVED,
        value=value,
    )


def _attested(raw: bytes, at: int, tolerated: Tolerated, *, repair: bool) -> _Attested:
    """6.5.1; the length of the id is judged before it is used."""
    if len(raw) - at < _ATTESTED.size:
        raise _malformed("truncated", "the attested credential data end too early", len(raw))
    aaguid, length = _ATTESTED.unpack_from(raw, at)
    at += _ATTESTED.size
    if length == 0:
        raise _malformed("credential_id", "the credential id is empty", at - 2)
    if length > MAX_CREDENTIAL_ID:
        raise LimitExceeded(
            f"the credential id is longer than {MAX_CREDENTIAL_ID} bytes",
            code="limit.size",
            field="credentialId",
        )
    credential_id = raw[at : at + length]
    if len(credential_id) < length:
        raise _malformed("truncated", "the credential id ends too early", len(raw))
    at += length

    if repair and raw.startswith(_OLD_EDDSA, at):
        tolerated.allow("credential_public_key", _miscounted(at))
        raw = raw[:at] + b"\xa4" + raw[at + 1 :]

    def notice(error: Error) -> None:
        tolerated.allow("credential_public_key", error)

    reader = cbor.Reader(raw, notice, at)
    # What the key says is for who uses it to judge.
    if not reader.item().is_map:
        raise cbor.not_a_map("the COSE key", at)
    key = raw[at : reader.at]
    return _Attested(str(UUID(bytes=aaguid)), credential_id, key, reader.at)


def _miscounted(offset: int) -> MalformedInput:
    return MalformedInput(
        "the key map holds more entries than it announces", code="cbor.truncated", offset=offset
    )


def _malformed(name: str, message: str, offset: int) -> MalformedInput:
    return MalformedInput(message, code=f"authenticator_data.{name}", offset=offset)


__all__ = ["AuthenticatorData", "Flags", "parse_authenticator_data", "read"]
