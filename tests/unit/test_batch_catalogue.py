"""The records of `vectors` whose operation has a form of many: one call for a whole file, a verdict each, as due.

With `test_batch_records`, which has the ceremonies, these go through every class of bad input that a verification
meets: base64url, JSON, keys, signatures, assertions, audit log entries.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest

from countermark import PrivateKey, batch
from countermark.vectors.model import VALID, Record
from countermark.vectors.reading import read
from tests.vectors.dfns_records import VECTORS

KEY = PrivateKey.generate("Ed25519")


def records(*paths: str, operation: str) -> list[Record]:
    """The records of these files that ask for this operation."""
    sets = [read(VECTORS / path) for path in paths]
    found = [one for made in sets for one in made.records if one.question.operation == operation]
    assert len(found) > 50
    return found


def due(found: list[Record]) -> list[str | None]:
    return [None if one.expected.result == VALID else one.expected.result for one in found]


def public_key(given: str) -> str | bytes:
    """PEM text, or the bytes of DER in hexadecimal."""
    return given if "-----BEGIN" in given else bytes.fromhex(given)


@pytest.mark.parametrize("threads", [1, 2])
def test_assertions(threads: int) -> None:
    asked = records(
        "assertion/verify.json", "dfns-docs/known-answers.json", operation="assertion.verify"
    )
    items = [dict(one.question.input) for one in asked]
    assert batch.codes(batch.verify_assertions(items, threads=threads)) == due(asked)


@pytest.mark.parametrize("threads", [1, 2])
def test_audit_records(threads: int) -> None:
    asked = records("audit.json", operation="audit.verify")
    items = [dict(one.question.input) for one in asked]
    assert batch.codes(batch.verify_audit_records(items, threads=threads)) == due(asked)


def calls(asked: list[Record]) -> Iterator[tuple[dict[str, Any], list[Record]]]:
    """Signatures in DER, by what a call has for all of them."""
    shared: dict[tuple[Any, ...], list[Record]] = defaultdict(list)
    names = ("hash", "padding", "low_s")
    for one in asked:
        if one.question.input.get("form", "der") == "der":
            shared[tuple(one.question.input.get(name) for name in names)].append(one)
    for values, members in shared.items():
        yield {name: value for name, value in zip(names, values, strict=True) if value}, members


def test_signatures() -> None:
    asked = records(
        *("signature/ecdsa.json", "signature/eddsa.json", "signature/rsa.json"),
        operation="signature.verify",
    )
    for options, members in calls(asked):
        found = batch.verify_many(
            [public_key(one.question.input["public_key"]) for one in members],
            [bytes.fromhex(one.question.input["message"]) for one in members],
            [bytes.fromhex(one.question.input["signature"]) for one in members],
            **options,
        )
        assert batch.codes(found) == due(members), options


def test_keys() -> None:
    asked = records(
        "keys/spki.json", "keys/pem.json", "keys/pkcs1.json", operation="public_key.read"
    )
    # Bytes are DER where they begin as a SEQUENCE does, and otherwise PEM.
    asked = [one for one in asked if one.question.input.get("der", "30").startswith("30")]
    keys = [
        one.question.input["pem"]
        if "pem" in one.question.input
        else bytes.fromhex(one.question.input["der"])
        for one in asked
    ]
    found = batch.verify_many(keys, [b""] * len(keys), [b"\0"] * len(keys))
    read = [code or "signature.invalid" for code in due(asked)]
    assert batch.codes(found) == read
