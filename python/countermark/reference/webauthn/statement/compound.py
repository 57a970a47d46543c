"""The format ``compound`` (WebAuthn Level 3, 8.9)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from countermark.errors import Error, LimitExceeded
from countermark.reference.format.tolerance import Tolerated
from countermark.reference.webauthn.statement import common
from countermark.reference.webauthn.statement_context import (
    StatementContext,
    StatementResult,
    SubStatement,
)

FORMAT: Final = "compound"
MIN_STATEMENTS: Final = 2
MAX_STATEMENTS: Final = 8
MAX_MESSAGE: Final = 200

Verify = Callable[[str, object, StatementContext], StatementResult]


def verify(statement: object, context: StatementContext, verify_one: Verify) -> StatementResult:
    """Every statement is looked at; how many of them must be right is the caller's policy."""
    items = _items(statement, context.tolerated)
    outcomes: list[SubStatement] = []
    for format_, inner in items:
        try:
            outcomes.append(SubStatement(format_, verify_one(format_, inner, context)))
        except Error as error:
            outcomes.append(SubStatement(format_, error))
    right = sum(isinstance(one.outcome, StatementResult) for one in outcomes)
    if right < _needed(context.compound_policy, len(items)):
        raise _first_failure(outcomes)
    return StatementResult(FORMAT, statements=tuple(outcomes))


def _items(statement: object, tolerated: Tolerated) -> list[tuple[str, object]]:
    if not isinstance(statement, list | tuple):
        raise common.malformed("type", "a compound statement is not an array")
    if len(statement) < MIN_STATEMENTS:
        raise common.malformed("value", "a compound statement holds fewer than two statements")
    if len(statement) > MAX_STATEMENTS:
        raise LimitExceeded(
            f"a compound statement holds more than {MAX_STATEMENTS} statements",
            code="limit.count",
            field="attStmt",
        )
    return [_item(one, f"attStmt[{at}]", tolerated) for at, one in enumerate(statement)]


def _item(item: object, place: str, tolerated: Tolerated) -> tuple[str, object]:
    if not isinstance(item, Mapping):
        raise common.malformed("type", "a statement in a compound one is not a map", place)
    for name in item:
        if name not in ("fmt", "attStmt"):
            unknown = common.malformed("unknown", "a statement has an unknown member", place)
            tolerated.allow("statement", unknown)
    for name in ("fmt", "attStmt"):
        if name not in item:
            raise common.malformed("missing", f"{name} is missing", f"{place}.{name}")
    format_ = item["fmt"]
    if not isinstance(format_, str):
        raise common.malformed("type", "fmt is not a text", f"{place}.fmt")
    if format_ == FORMAT:
        raise common.malformed("value", "a compound statement holds a compound one", place)
    return format_, item["attStmt"]


def _needed(policy: str | int, count: int) -> int:
    if isinstance(policy, int):
        return policy
    return count if policy == "all" else 1


def _first_failure(outcomes: list[SubStatement]) -> Error:
    for at, (_, outcome) in enumerate(outcomes):
        if isinstance(outcome, Error):
            place = f"attStmt[{at}]"
            if hasattr(outcome, "field"):
                outcome.field = place
            outcome.message = f"{place}: {outcome.message}"[:MAX_MESSAGE]
            outcome.args = (outcome.message,)
            return outcome
    return common.malformed("value", "there are fewer statements than must be right")
