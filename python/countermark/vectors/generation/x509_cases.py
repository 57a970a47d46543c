"""Ways from a leaf to a root, with a change in one place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from countermark.vectors.generation.certificates import (
    Chains,
    Change,
    make_ca,
)
from countermark.webauthn.testing import certificates as x509
from countermark.webauthn.testing.certificates import CertificateDraft

UNKNOWN: Final = "1.3.6.1.4.1.99999.1"
EARLY: Final = 1609459200
"""2021-01-01T00:00:00Z, before the moment."""
LATE: Final = 1893456000
"""2030-01-01T00:00:00Z, after it."""


def below(leaf: CertificateDraft, issuers: Sequence[CertificateDraft]) -> list[bytes]:
    """The leaf and those above it, the nearest first."""
    return [leaf.encode(), *(one.encode() for one in reversed(issuers))]


class Case:
    """A leaf under so many intermediates; changes are made to the first of them, or to the leaf."""

    def __init__(
        self, chains: Chains, count: int = 1, *changes: Change, leaf: Change | None = None
    ) -> None:
        self.issuers = chains.intermediates(count, *changes)
        above = self.issuers[-1] if count else chains.root
        self.leaf = chains.leaf(*([leaf] if leaf else []), under=above)
        self.chain = below(self.leaf, self.issuers)


def path_length(length: int) -> Change:
    """Allows so many authorities below."""

    def change(draft: CertificateDraft) -> None:
        value = x509.basic_constraints(ca=True, path_length=length)
        draft.extension(x509.BASIC_CONSTRAINTS).value = value

    return change


def without(oid: str) -> Change:
    """Takes an extension out."""
    return lambda draft: draft.drop(oid)


def namesake_of(chains: Chains) -> CertificateDraft:
    """A root of the name of the right one, with another key."""
    key = chains.key("another root")
    made = chains.draft(chains.name("root"), chains.name("root"), key, key)
    make_ca(made)
    return made
