"""The format ``none`` (WebAuthn Level 3, 8.7)."""

from __future__ import annotations

from countermark.reference.webauthn.statement import common
from countermark.reference.webauthn.statement_context import StatementContext, StatementResult


def verify(statement: object, _context: StatementContext) -> StatementResult:
    """An empty map says nothing, and nothing else may stand there."""
    if not isinstance(statement, dict):
        raise common.malformed("type", "the statement is not a map")
    if statement:
        raise common.malformed("value", "a statement of the format none is not empty")
    return StatementResult("none")
