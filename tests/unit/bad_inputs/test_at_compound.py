"""Attestation statements of several in one (rows AT67 and AT68)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pytest

from countermark.errors import CODES, Error
from countermark.webauthn.testing.drafts import SigningDraft
from tests.property.outcome import Door
from tests.unit.bad_inputs.attestations import (
    AT,
    VALID,
    Change,
    accepted,
    attested,
    members,
    put,
    refused_with,
    verdict,
)
from tests.unit.bad_inputs.refusals import refusal, seconds

SIGNATURE: Final = "signature.invalid"


def statements(change: Callable[[list[Any]], Any]) -> dict[str, Change]:
    return {"statements": change}


def nested(made: list[Any]) -> list[Any]:
    return [made[0], {"fmt": "compound", "attStmt": made}]


def test_at67_compound_holds_two_to_eight_and_none_that_is_compound(door: Door) -> None:
    for change, code in (
        (lambda _: [], "statement.value"),
        (lambda made: made[:1], "statement.value"),
        (nested, "statement.value"),
        (lambda made: nested(made)[::-1], "statement.value"),
        (lambda made: [made[0]] * 9, "limit.count"),
        (lambda made: [made[0], {**made[1], "more": 1}], "statement.unknown"),
        (lambda made: [made[0], {"fmt": "packed"}], "statement.missing"),
        (lambda made: [made[0], {"attStmt": {}}], "statement.missing"),
        (lambda made: [made[0], {"fmt": b"packed", "attStmt": {}}], "statement.type"),
        (lambda made: [made[0], []], "statement.type"),
        (lambda made: [made[0], "packed"], "statement.type"),
        (lambda made: [made[0], {"fmt": "Packed", "attStmt": {}}], UNKNOWN_FORMAT),
        (lambda made: [made[0], {"fmt": "none", "attStmt": {"a": 1}}], "statement.value"),
    ):
        made = attested("compound", **statements(change))
        strict = {"strictness": "strict"} if code == "statement.unknown" else {}
        for trust in ({}, {"trust": None}):
            assert verdict(door, made, **trust, **strict) == code
    for size in (2, 3, 8):
        made = attested("compound", statements=lambda made, n=size: [made[0]] * n)
        assert len(accepted(door, made).attestation.statements) == size


UNKNOWN_FORMAT: Final = "algorithm.attestation_format"


def test_at67_a_thousand_statements_cost_no_more_than_reading_them(door: Door) -> None:
    small = {"fmt": "none", "attStmt": {}}

    def cost(count: int, first: int) -> float:
        made = attested("compound", **statements(lambda made: [*made[:first], *[small] * count]))
        assert verdict(door, made, trust=None) == "limit.count"
        return seconds(lambda: verdict(door, made, trust=None), times=3)

    for first in (0, 1):
        # Ten times as many take about ten times as long; a hundred times, if each were held against all others.
        assert cost(1000, first) < 30 * cost(100, first)


@pytest.mark.parametrize("value", [{}, "", b"", 0, None])
def test_at67_the_statements_are_a_list(door: Door, value: Any) -> None:
    made = attested("compound", attestation_object=members(attStmt=value))
    assert verdict(door, made, trust=None) == "attestation_object.type"
    for format in ("packed", "none", "apple"):
        made = attested(format, attestation_object=members(attStmt=[]))
        assert verdict(door, made, trust=None) == "attestation_object.type"


@pytest.mark.parametrize("place", [0, 1])
def test_at68_which_statement_fails_is_told(door: Door, place: int) -> None:
    broken = {f"{place}.signing": SigningDraft.use_other_key}
    made = attested("compound", alter=broken)
    for policy in ("all", 2):
        for trust in ({}, {"trust": None}):
            error = refused_with(door, made, compound_policy=policy, **trust)
            assert error.code == SIGNATURE
            assert error.message.startswith(f"attStmt[{place}]: ")
    for policy in ("any", 1):
        found = accepted(door, made, compound_policy=policy).attestation
        assert found.trusted
        failed = found.statements[place]
        assert isinstance(failed, Error)
        assert type(failed) is CODES[SIGNATURE]
        assert found.statements[1 - place].trusted


def test_at68_as_many_must_be_trusted_as_must_verify(door: Door) -> None:
    options = {"compound": ("packed", "packed-self", "android-key")}
    made = attested("compound", options=options)
    for policy, code in (("all", "trust.no_attestation"), (3, "trust.no_attestation")):
        assert verdict(door, made, compound_policy=policy) == code
    for policy in (2, 1, "any"):
        assert verdict(door, made, compound_policy=policy) == VALID
    for policy in ("all", 3):
        found = accepted(door, made, compound_policy=policy, trust=None).attestation
        assert [one.type for one in found.statements] == ["basic", "self", "basic"]
    late = attested("compound", alter={"0.leaf": put(not_after=AT - 1)})
    assert verdict(door, late) == "trust.validity"
    assert verdict(door, late, compound_policy="any") == VALID


@pytest.mark.parametrize("policy", [0, -1, 9, "ALL", "", "none"])
def test_at68_a_policy_that_is_none_is_refused(door: Door, policy: Any) -> None:
    assert verdict(door, attested("compound"), compound_policy=1) == VALID
    made = attested("compound")
    given = {"client_data_hash": made.client_data_hash, "compound_policy": policy}
    assert refusal(door.verify_attestation_statement, made.object, **given) == "argument.value"
    for other in (None, True, 1.0, ["all"]):
        given["compound_policy"] = other
        assert refusal(door.verify_attestation_statement, made.object, **given) == "argument.type"
