"""What an attestation statement format is given, and what it gives back.

WebAuthn Level 3, 6.5.2: a verification procedure takes the statement, the authenticator data and the hash of the
client data, and returns an attestation type and a trust path.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from countermark.errors import Error
from countermark.reference.format.tolerance import Tolerated
from countermark.reference.key.cose import CosePublicKey
from countermark.reference.webauthn.authenticator_data import AuthenticatorData


@dataclass(frozen=True, slots=True)
class StatementContext:
    """The inputs of every format, and the options that single formats have.

    ``credential_key`` is the key in the attested credential data. ``at`` is in seconds since 1970, or None.
    ``compound_policy`` is ``"all"``, ``"any"`` or a number. ``anchored`` says whether there are anchors, so that what
    a certificate is like decides about trust. Deviations go to ``tolerated``.
    """

    authenticator_data: AuthenticatorData
    authenticator_data_bytes: bytes
    client_data_hash: bytes
    credential_key: CosePublicKey
    at: int | None = None
    allow_sha1: bool = False
    compound_policy: str | int = "all"
    tpm_vendors: frozenset[str] | None = None
    require_tee: bool = True
    anchored: bool = False
    tolerated: Tolerated = field(default_factory=Tolerated)


@dataclass(frozen=True, slots=True)
class StatementResult:
    """A statement that verified.

    ``type`` is ``none``, ``self``, ``basic``, ``attca``, ``anonca`` or ``compound``. ``chain`` is x5c as sent.
    ``handled_critical`` holds the extensions (dotted) that the format looks at itself.
    """

    type: str
    chain: tuple[bytes, ...] = ()
    handled_critical: tuple[str, ...] = ()
    statements: tuple[SubStatement, ...] = ()


class SubStatement(NamedTuple):
    """One statement of a compound one: what it proved, or why it failed."""

    format: str
    outcome: StatementResult | Error


__all__ = ["StatementContext", "StatementResult", "SubStatement"]
