"""Client data: the JSON bytes that a signature is over.

Dfns protocol, client data. The bytes received are the bytes checked; nothing is written again before it is
hashed. Writing follows the canonical form or the form of a named producer (`profile`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from countermark.errors import ArgumentValueError, MalformedInput
from countermark.reference.arguments import (
    bad_value,
    challenge_text,
    one_of,
    optional_flag,
    optional_text,
    unicode_text,
)
from countermark.reference.dfns.profile import BY_NAME, TABLE, ClientDataProfile, Origin, Row
from countermark.reference.format import (
    base64url,
    bytes_argument,
    flag_argument,
    json,
    text_argument,
)
from countermark.reference.format.record import malformed, required

TYPES: Final = ("key.get", "key.create")


@dataclass(frozen=True, slots=True)
class ClientData:
    """What client data says, and the bytes it was read from."""

    type: str
    challenge: str
    origin: str | None
    cross_origin: bool | None
    raw: bytes


def encode_client_data(
    challenge: str,
    type: str = "key.get",
    *,
    profile: str = ClientDataProfile.CANONICAL,
    origin: str | None = None,
    cross_origin: bool | None = None,
) -> bytes:
    """Write client data (Dfns protocol, client data, canonical form and who emits what)."""
    challenge = text_argument(challenge, "challenge")
    type = text_argument(type, "type")
    profile = text_argument(profile, "profile")
    origin = optional_text(origin, "origin")
    cross_origin = optional_flag(cross_origin, "cross_origin")
    challenge_text(challenge)
    one_of(type, TYPES, "type")
    row = BY_NAME[one_of(profile, BY_NAME, "profile")]
    if origin is not None:
        unicode_text(origin, "origin")
    return write(row, type, challenge, origin, cross_origin)


def encode_client_data_b64u(
    challenge: str,
    type: str = "key.get",
    *,
    profile: str = ClientDataProfile.CANONICAL,
    origin: str | None = None,
    cross_origin: bool | None = None,
) -> str:
    """Write client data as they travel (Dfns protocol, encodings used everywhere)."""
    data = encode_client_data(
        challenge, type, profile=profile, origin=origin, cross_origin=cross_origin
    )
    return as_base64url(BY_NAME[profile], data)


def write(
    row: Row, type: str, challenge: str, origin: str | None, cross_origin: bool | None
) -> bytes:
    """The members of one row in its order: compact, UTF-8, strings escaped as its producer does."""
    order = row.members(type)
    if order is None:
        raise bad_value("type", f"{type} is not written by profile {row.profile}")
    if origin is not None and not row.carries_origin:
        raise bad_value("origin", f"is not carried by profile {row.profile}")
    if cross_origin is not None and not row.carries_cross_origin:
        raise bad_value("cross_origin", f"is not carried by profile {row.profile}")
    if origin is None and row.origin is Origin.REQUIRED:
        raise bad_value("origin", f"is required by profile {row.profile}")

    values: dict[str, str] = {
        "type": quoted(row, type),
        "challenge": quoted(row, challenge_as_sent(row, challenge)),
    }
    if origin is not None:
        values["origin"] = quoted(row, origin)
    elif row.default_origin is not None:
        values["origin"] = quoted(row, row.default_origin)
    if not (row.cross_origin_optional and cross_origin is None and origin is None):
        values["crossOrigin"] = "true" if cross_origin else "false"
    members = (f'"{name}":{values[name]}' for name in order if name in values)
    return ("{" + ",".join(members) + "}").encode()


def quoted(row: Row, text: str) -> str:
    return '"' + row.escape(text) + '"'


def challenge_as_sent(row: Row, challenge: str) -> str:
    """The challenge verbatim, or encoded once more where the producer does so by mistake."""
    return base64url.encode(challenge.encode()) if row.encoded_again else challenge


def as_base64url(row: Row, data: bytes) -> str:
    """base64url as the producer of this row sends it (Dfns protocol, encodings)."""
    text = base64url.encode(data)
    return text + "=" * (-len(text) % 4) if row.padded else text


def decode_client_data(data: bytes) -> ClientData:
    """Read client data from its JSON bytes; members other than the four are ignored."""
    return read(bytes_argument(data, "data", json.MAX_TEXT))


def decode_client_data_b64u(text: str, *, padding: bool = False) -> ClientData:
    """Read client data from base64url text."""
    text = text_argument(text, "text")
    return read(base64url.decode(text, flag_argument(padding, "padding")))


def read(raw: bytes) -> ClientData:
    members = {name: member.value for name, member in json.read_object(raw).items()}
    return ClientData(
        type=_string(required(members, "type", "client_data"), "type"),
        challenge=_string(required(members, "challenge", "client_data"), "challenge"),
        origin=_string(members["origin"], "origin") if "origin" in members else None,
        cross_origin=_cross_origin(members),
        raw=raw,
    )


def _string(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise malformed("client_data", "type", "is not a string", name)
    return value


def _cross_origin(members: Mapping[str, object]) -> bool | None:
    if "crossOrigin" not in members:
        return None
    value = members["crossOrigin"]
    if not isinstance(value, bool):
        raise malformed("client_data", "type", "is not true or false", "crossOrigin")
    return value


def match_profiles(data: bytes) -> list[str]:
    """The profiles that give exactly these bytes, in the order of the table."""
    client_data = decode_client_data(data)
    return [row.profile.value for row in TABLE if gives(row, client_data)]


def gives(row: Row, client_data: ClientData) -> bool:
    """Whether the members, written again under this row, are the same bytes."""
    challenge = client_data.challenge
    if row.encoded_again:
        try:
            challenge = base64url.decode(challenge).decode()
        except (MalformedInput, UnicodeDecodeError):
            return False
    if client_data.type not in TYPES or not challenge:
        return False
    try:
        written = write(
            row, client_data.type, challenge, client_data.origin, client_data.cross_origin
        )
    except ArgumentValueError:
        return False
    return written == client_data.raw
