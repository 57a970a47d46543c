"""The allow-list of a challenge.

Dfns protocol, user action signing, allow-list: before anything is signed, the credential id must be in the list
of its kind. An id that stands in the list of another kind does not count.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, cast

from countermark.errors import ClaimMismatch, LimitExceeded
from countermark.reference.dfns.kind import ALLOW_LISTS
from countermark.reference.format import shown
from countermark.reference.format.record import malformed, member_text

MAX_ALLOWED: Final = 10_000
"""Entries of an allow-list."""


def read_challenge(challenge: Mapping[str, object], kind: str, credential_id: str) -> str:
    """The challenge string, once the credential is known to be allowed."""
    text = member_text(_member(challenge, "challenge"), "challenge", "challenge")
    value: object = challenge
    for name in ALLOW_LISTS[kind]:
        if not isinstance(value, Mapping):
            raise malformed("challenge", "type", "is not an object", ALLOW_LISTS[kind][0])
        value = _member(value, name)
    if not issubclass(type(value), list | tuple):
        raise malformed("challenge", "type", "is not a list", ALLOW_LISTS[kind][-1])
    allowed = cast("list[object]", value)
    if len(allowed) > MAX_ALLOWED:
        raise LimitExceeded("the allow-list is too long", code="limit.count")
    found = False
    for entry in allowed:  # all of them: what is wrong behind the entry sought is wrong as well
        if not isinstance(entry, Mapping):
            raise malformed("challenge", "type", "is not an object", ALLOW_LISTS[kind][-1])
        found |= member_text(_member(entry, "id"), "id", "challenge") == credential_id
    if found:
        return text
    raise ClaimMismatch(
        "the credential is not in the allow-list of its kind",
        code="challenge.credential_not_allowed",
        field=".".join(ALLOW_LISTS[kind]),
        expected=shown(credential_id),
    )


def _member(mapping: Mapping[str, object], name: str) -> object:
    try:
        return mapping[name]
    except KeyError:
        raise malformed("challenge", "missing", "is missing", name) from None
