"""Android's KeyDescription extension (the key attestation schema of the Android documentation)."""

from __future__ import annotations

from dataclasses import dataclass, field

from countermark.webauthn.testing import der_writer as der

PURPOSE, ALGORITHM, KEY_SIZE, DIGEST, CURVE = 1, 2, 3, 5, 10
NO_AUTH_REQUIRED, ALL_APPLICATIONS, CREATED, ORIGIN, OS_VERSION = 503, 600, 701, 702, 705
APPLICATION_ID = 709
"""Tags of the authorization lists."""
SIGN, VERIFY, DECRYPT = 2, 3, 1
GENERATED, DERIVED, IMPORTED = 0, 1, 2


def integers(*values: int) -> bytes:
    """A SET OF INTEGER."""
    return der.set_of(*(der.integer(value) for value in values))


def _software() -> dict[int, bytes]:
    return {
        CREATED: der.integer(1_600_000_000_000),
        APPLICATION_ID: der.octet_string(der.sequence(der.set_of(), der.set_of())),
    }


def _tee() -> dict[int, bytes]:
    return {
        PURPOSE: integers(SIGN),
        ALGORITHM: der.integer(3),
        KEY_SIZE: der.integer(256),
        DIGEST: integers(4),
        CURVE: der.integer(1),
        NO_AUTH_REQUIRED: der.null(),
        ORIGIN: der.integer(GENERATED),
        OS_VERSION: der.integer(150000),
    }


@dataclass(slots=True)
class KeyDescriptionDraft:
    """KeyDescription.

    Attributes:
        challenge: the attestationChallenge.
        version: 3, 4, 100, 200, 300 or 400.
        security_level: 0 software, 1 trusted environment, 2 StrongBox.
        unique_id: mostly empty.
        software, tee: the authorization lists, the DER of a value by tag.
        trailing: DER after the last member.
        value: the whole DER in place of all this.
    """

    challenge: bytes
    version: int = 300
    security_level: int = 1
    unique_id: bytes = b""
    software: dict[int, bytes] = field(default_factory=_software)
    tee: dict[int, bytes] = field(default_factory=_tee)
    trailing: bytes = b""
    value: bytes | None = None

    def encode(self) -> bytes:
        """The DER."""
        if self.value is not None:
            return self.value
        return der.sequence(
            der.integer(self.version),
            der.enumerated(self.security_level),
            der.integer(self.version),
            der.enumerated(self.security_level),
            der.octet_string(self.challenge),
            der.octet_string(self.unique_id),
            self._list(self.software),
            self._list(self.tee),
            self.trailing,
        )

    @staticmethod
    def _list(members: dict[int, bytes]) -> bytes:
        return der.sequence(*(der.explicit(tag, members[tag]) for tag in sorted(members)))
