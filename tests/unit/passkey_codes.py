"""One input for every error code of passkeys: the vectors have one for nearly each, the others are made here."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

from tests.property.outcome import Door
from tests.unit.bad_inputs.attestations import AT, AUTHORITY, leaf, put
from tests.unit.test_webauthn_metadata import blob, entry, payload, read
from tests.vectors.dfns_records import VECTORS
from tests.vectors.test_webauthn_records import arguments, decoded

Case = Callable[[Door], object]


def replayed(whole: dict[str, Any], record: dict[str, Any]) -> Case:
    """The record's own verification, through either door."""

    def verify(door: Door) -> object:
        given = arguments(whole, record)
        if "trust" in given:
            anchors = whole["anchors"] | record.get("anchors", {})
            names = (whole["options"] | record["options"])["trust"]
            given["trust"] = door.TrustAnchors([decoded(anchors[name]) for name in names])
        return getattr(door, f"verify_{whole['ceremony']}")(record["response"], **given)

    return verify


def from_vectors() -> dict[str, Case]:
    found: dict[str, Case] = {}
    for path in sorted((VECTORS / "webauthn").glob("*.json")):
        whole = json.loads(path.read_text(encoding="ascii"))
        for record in whole["records"]:
            if record["expected"] != "valid":
                found.setdefault(record["expected"], replayed(whole, record))
    return found


def over_budget(door: Door) -> object:
    change = put(subject=AUTHORITY.root_name)
    anchors = [leaf(change, label=f"namesake {n}").encode() for n in range(40)]
    return door.validate_path([leaf().encode()], trust=door.TrustAnchors(anchors), at=AT)


def unknown_member(door: Door) -> object:
    body = {"credentialKind": "Fido2", "credentialInfo": {}, "more": 1}
    return door.verify_registration(body, challenge="c", origin="https://a.example", rp_id="a")


CASES: Final[dict[str, Case]] = {
    **from_vectors(),
    "response.unknown": unknown_member,
    "trust.budget": over_budget,
    "metadata.missing": lambda door: read(door, blob(payload(no=...))),
    "metadata.type": lambda door: read(door, blob(payload(no="42"))),
    "metadata.value": lambda door: read(door, blob(payload(nextUpdate="2025-13-01"))),
    "metadata.rollback": lambda door: read(door, blob(payload(entry(), no=1)), previous_number=2),
    "metadata.expired": lambda door: read(door, blob(payload(entry(), nextUpdate="2025-01-01"))),
}
