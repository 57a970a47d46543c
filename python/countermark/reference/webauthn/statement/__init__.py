"""Attestation statements (WebAuthn Level 3, 6.5.2 and 8), one module a format."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from countermark.errors import UnsupportedAlgorithm
from countermark.reference.format import shown
from countermark.reference.webauthn.statement import (
    android_key,
    android_safetynet,
    apple,
    compound,
    fido_u2f,
    none,
    packed,
    tpm,
)
from countermark.reference.webauthn.statement_context import StatementContext, StatementResult

_FORMATS: Final[dict[str, Callable[[object, StatementContext], StatementResult]]] = {
    "none": none.verify,
    "packed": packed.verify,
    "fido-u2f": fido_u2f.verify,
    "tpm": tpm.verify,
    "android-key": android_key.verify,
    "android-safetynet": android_safetynet.verify,
    "apple": apple.verify,
}
FORMATS: Final = (*_FORMATS, compound.FORMAT)
"""Every format that a statement is verified of."""


def verify_statement(fmt: str, statement: object, context: StatementContext) -> StatementResult:
    """Runs the verification procedure of one format; whether its chain is trusted is not looked at.

    Raises:
        UnsupportedAlgorithm: ``algorithm.attestation_format`` for a format that is not known.
    """
    if fmt == compound.FORMAT:
        return compound.verify(statement, context, verify_statement)
    if fmt not in _FORMATS:
        raise UnsupportedAlgorithm(
            f"the attestation format '{shown(fmt)}' is not known",
            code="algorithm.attestation_format",
        )
    return _FORMATS[fmt](statement, context)


__all__ = ["verify_statement"]
