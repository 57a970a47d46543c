"""Client data (WebAuthn Level 3, 5.8.1): reading them, and the claims that both ceremonies check in them.

The bytes are read as strictly as every JSON text here: no byte order mark, no member twice, nothing behind the
object. Members without a meaning, the old token binding among them, are ignored.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from countermark.errors import ClaimMismatch
from countermark.reference.format import json, shown
from countermark.reference.format.record import malformed, member_text, required
from countermark.reference.webauthn.policy import CeremonyPolicy


@dataclass(frozen=True, slots=True)
class CollectedClientData:
    """What client data say, and the bytes they were read from."""

    type: str
    challenge: str
    origin: str
    cross_origin: bool | None
    top_origin: str | None
    raw: bytes


def read(raw: bytes) -> CollectedClientData:
    """Reads the members that have a meaning."""
    members = {name: member.value for name, member in json.read_object(raw).items()}
    return CollectedClientData(
        type=member_text(required(members, "type", "client_data"), "type", "client_data"),
        challenge=member_text(
            required(members, "challenge", "client_data"), "challenge", "client_data"
        ),
        origin=member_text(required(members, "origin", "client_data"), "origin", "client_data"),
        cross_origin=_cross_origin(members),
        top_origin=_optional_text(members, "topOrigin"),
        raw=raw,
    )


def _optional_text(members: Mapping[str, object], name: str) -> str | None:
    return member_text(members[name], name, "client_data") if name in members else None


def _cross_origin(members: Mapping[str, object]) -> bool | None:
    if "crossOrigin" not in members:
        return None
    value = members["crossOrigin"]
    if not isinstance(value, bool):
        raise malformed("client_data", "type", "is not true or false", "crossOrigin")
    return value


# --- Claims, 7.1 and 7.2 ------------------------------------------------------------------------


def mismatch(code: str, field: str, expected: str | None, actual: str | None) -> ClaimMismatch:
    """A claim that says something else than expected, with both sides cut short."""
    return ClaimMismatch(
        f"{field} is not as expected",
        code=code,
        field=field,
        expected=None if expected is None else shown(expected),
        actual=None if actual is None else shown(actual),
    )


def check_type(client_data: CollectedClientData, *types: str) -> None:
    """``webauthn.create`` or ``webauthn.get``, or what stands in for it."""
    if client_data.type not in types:
        raise mismatch("client_data.type_mismatch", "type", types[0], client_data.type)


def check_challenge(
    client_data: CollectedClientData, policy: CeremonyPolicy, *, is_dfns: bool
) -> None:
    """The challenge in one of the forms that the caller expects."""
    forms = policy.challenge_forms(is_dfns=is_dfns)
    if client_data.challenge not in forms:
        expected = forms[0] if forms else None
        raise mismatch(
            "client_data.challenge_mismatch", "challenge", expected, client_data.challenge
        )


def check_origin(client_data: CollectedClientData, policy: CeremonyPolicy) -> None:
    """One of the expected origins, to the letter."""
    if client_data.origin not in policy.origins:
        raise mismatch(
            "client_data.origin_mismatch", "origin", policy.origins[0], client_data.origin
        )


def check_cross_origin(client_data: CollectedClientData, policy: CeremonyPolicy) -> None:
    """True only where frames of other origins are expected; absent counts as false."""
    if client_data.cross_origin is True and not policy.allow_cross_origin:
        raise mismatch("client_data.cross_origin_mismatch", "crossOrigin", "false", "true")


def check_top_origin(client_data: CollectedClientData, policy: CeremonyPolicy) -> None:
    """Only beside ``crossOrigin``, and one of the expected ones where any are named."""
    actual, expected = client_data.top_origin, policy.top_origins
    if client_data.cross_origin is True:
        right = expected is None or actual in expected
    else:
        right = actual is None
    if not right:
        due = expected[0] if expected else None
        raise mismatch("client_data.top_origin_mismatch", "topOrigin", due, actual)


# --- Serialization, 5.8.1.1 and 5.8.1.2 ---------------------------------------------------------


def check_serialization(client_data: CollectedClientData) -> None:
    """The limited verification algorithm: the first bytes are those that a client writes."""
    expected = '{"type":' + _quoted(client_data.type)
    expected += ',"challenge":' + _quoted(client_data.challenge)
    expected += ',"origin":' + _quoted(client_data.origin)
    expected += ',"crossOrigin":' + ("true" if client_data.cross_origin else "false")
    if client_data.top_origin is not None:
        expected += ',"topOrigin":' + _quoted(client_data.top_origin)
    start = expected.encode()
    follows = client_data.raw[len(start) : len(start) + 1]
    if not client_data.raw.startswith(start) or follows not in (b"}", b","):
        raise mismatch("client_data.serialization_mismatch", "clientDataJSON", None, None)


def _quoted(text: str) -> str:
    """CCDToString: quotation mark, reverse solidus and U+0000 to U+001F are escaped, by number but the two."""

    def written(found: re.Match[str]) -> str:
        character = found[0]
        return "\\" + character if character in '"\\' else f"\\u{ord(character):04x}"

    return '"' + re.sub(r'[\x00-\x1f"\\]', written, text) + '"'


__all__ = [
    "CollectedClientData",
    "check_challenge",
    "check_cross_origin",
    "check_origin",
    "check_serialization",
    "check_top_origin",
    "check_type",
    "mismatch",
    "read",
]
