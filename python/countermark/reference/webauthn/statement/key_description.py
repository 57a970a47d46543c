"""KeyDescription, the extension by which Android attests a key (schema of Android key attestation)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from countermark.reference.format import der

OID: Final = "1.3.6.1.4.1.11129.2.1.17"

_PURPOSE: Final = 1
_ALL_APPLICATIONS: Final = 600
_ORIGIN: Final = 702
_READ: Final = (_PURPOSE, _ALL_APPLICATIONS, _ORIGIN)


@dataclass(frozen=True, slots=True)
class AuthorizationList:
    """What of an AuthorizationList counts here."""

    purposes: frozenset[int]
    all_applications: bool
    origin: int | None


@dataclass(frozen=True, slots=True)
class KeyDescription:
    """What of a KeyDescription counts here."""

    challenge: bytes
    software_enforced: AuthorizationList
    tee_enforced: AuthorizationList


def read_key_description(data: bytes) -> KeyDescription:
    """Reads KeyDescription of any version; members of the lists that are not known are passed over.

    Raises:
        MalformedInput: ``der.*``.
    """
    sequence = der.whole(data)
    for _ in range(2):
        # attestationVersion, attestationSecurityLevel; keymasterVersion, keymasterSecurityLevel
        _small(sequence)
        sequence.enumerated()
    challenge = sequence.octet_string()
    sequence.octet_string()  # uniqueId
    software, tee = _authorization_list(sequence), _authorization_list(sequence)
    sequence.finish()
    return KeyDescription(challenge, software, tee)


def _authorization_list(reader: der.Reader) -> AuthorizationList:
    inside = reader.sequence()
    found: dict[int, der.Tagged] = {}
    while not inside.at_end():
        tagged = inside.tagged()
        if not tagged.is_context:
            raise der.malformed("tag", "a member of an authorization list has no explicit tag")
        if tagged.number in found and tagged.number in _READ:
            raise der.malformed("value", "a member of an authorization list stands twice")
        found[tagged.number] = tagged
    purposes: frozenset[int] = frozenset()
    if _PURPOSE in found:
        purposes = _integers(found[_PURPOSE].inside)
    origin = None
    if _ORIGIN in found:
        value = found[_ORIGIN].inside
        origin = _small(value)
        value.finish()
    if _ALL_APPLICATIONS in found:
        value = found[_ALL_APPLICATIONS].inside
        value.null()
        value.finish()
    return AuthorizationList(purposes, _ALL_APPLICATIONS in found, origin)


def _integers(reader: der.Reader) -> frozenset[int]:
    """A SET OF INTEGER, whose order is not looked at."""
    inside = reader.element(der.SET).inside
    reader.finish()
    found: set[int] = set()
    while not inside.at_end():
        found.add(_small(inside))
    return frozenset(found)


def _small(reader: der.Reader) -> int:
    """An INTEGER that is a number of something, in 64 bits."""
    value = reader.unsigned()
    if value >= 2**64:
        raise der.malformed("value", "an integer is out of all proportion")
    return value
