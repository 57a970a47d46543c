"""One input for every error code of passkeys: the vectors have one for nearly each, the others are made here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from countermark.vectors.model import VALID, Operation
from countermark.vectors.operations import OPERATIONS
from countermark.vectors.reading import read as read_vectors
from tests.property.outcome import Door
from tests.unit.bad_inputs.attestations import AT, AUTHORITY, leaf, put
from tests.unit.test_webauthn_metadata import blob, entry, payload, read
from tests.vectors.dfns_records import VECTORS

Case = Callable[[Door], object]


def from_vectors() -> dict[str, Case]:
    """The first record of each code, asked of either door."""
    found: dict[str, Case] = {}
    for folder in ("attestation", "authentication"):
        for path in sorted((VECTORS / folder).glob("*.json")):
            for record in read_vectors(path).records:
                operation = OPERATIONS[record.question.operation]
                case = partial(asked, operation, record.question.input)
                found.setdefault(record.expected.result, case)
    del found[VALID]
    return found


def asked(operation: Operation, given: Mapping[str, Any], door: Door) -> object:
    return operation(door, given)


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
