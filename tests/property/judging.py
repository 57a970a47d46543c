"""Both implementations judge one assertion or credential, by raising and by explaining."""

from __future__ import annotations

from typing import Any

from tests.property.material import public_key
from tests.property.outcome import DOORS, Outcome, agreed


def judged_attestation(body: Any, kind: str, expected: dict[str, Any], own_key: bool) -> None:
    """Both verify alike, both explain alike, and each raises what it explains first."""
    keywords = [
        {**expected, **({"public_key": public_key(door, kind)} if own_key else {})}
        for door in DOORS
    ]
    by_door = dict(zip(DOORS, keywords, strict=True))
    found = agreed(lambda door: door.verify_attestation(body, **by_door[door]))
    report = agreed(lambda door: door.explain_attestation(body, **by_door[door]))
    _consistent(found, report)


def judged_assertion(body: Any, kind: str, expected: dict[str, Any]) -> None:
    found = agreed(
        lambda door: door.verify_assertion(body, public_key=public_key(door, kind), **expected)
    )
    report = agreed(
        lambda door: door.explain_assertion(body, public_key=public_key(door, kind), **expected)
    )
    _consistent(found, report)


def _consistent(found: Outcome, report: Outcome) -> None:
    if report[0] == "error":
        assert report == found
        return
    errors = [check[1]["error"] for check in report[1][1]["checks"] if check[1]["error"]]
    assert report[1][1]["valid"] == (found[0] == "value") == (not errors)
    if errors:
        assert errors[0] == found
