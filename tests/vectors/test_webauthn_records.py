"""Every record of vectors/webauthn gets the verdict it names, and an explanation that agrees."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from countermark import webauthn
from countermark.errors import Error
from tests.vectors.dfns_records import VECTORS

BYTES = ("public_key", "credential_id", "user_handle")


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def arguments(whole: dict[str, Any], record: dict[str, Any]) -> dict[str, Any]:
    """The keyword arguments of a record's verification, as vectors/README.md describes them."""
    options = whole["options"] | record["options"]
    anchors = whole["anchors"] | record.get("anchors", {})
    made = {name: value for name, value in options.items() if value is not None}
    for name in made.keys() & set(BYTES):
        made[name] = decoded(made[name])
    if "trust" in made:
        made["trust"] = webauthn.TrustAnchors([decoded(anchors[name]) for name in made["trust"]])
    return made


def verdict(verify: Callable[..., object], response: object, given: dict[str, Any]) -> str:
    try:
        verify(response, **given)
    except Error as error:
        return error.code
    return "valid"


def explained(explain: Callable[..., Any], response: object, given: dict[str, Any]) -> list[str]:
    """The codes of an explanation, or ``valid``; a stored key that is not taken is an argument's fault."""
    try:
        report = explain(response, **given)
    except Error as error:
        assert "public_key" in given
        return [error.code]
    return ["valid"] if report.valid else [error.code for error in report.errors]


@pytest.mark.parametrize(
    "file", sorted(path.name for path in (VECTORS / "webauthn").glob("*.json"))
)
def test_every_record_gets_the_verdict_it_names(file: str) -> None:
    whole = json.loads((VECTORS / "webauthn" / file).read_text(encoding="ascii"))
    verify = getattr(webauthn, f"verify_{whole['ceremony']}")
    explain = getattr(webauthn, f"explain_{whole['ceremony']}")
    wrong = []
    for record in whole["records"]:
        given = arguments(whole, record)
        found = verdict(verify, record["response"], given)
        if found != record["expected"]:
            wrong.append(f"{record['id']}: {found}, not {record['expected']}")
        reasons = explained(explain, record["response"], given)
        if reasons[:1] != [found]:
            wrong.append(f"{record['id']}: explained as {reasons}")
    assert not wrong, "\n".join(wrong)
