"""Facts about attestation objects, taken apart and not verified."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from countermark.vectors.generation.authenticator_data import STRICT, Parts, nested
from countermark.vectors.generation.cose import cose
from countermark.vectors.generation.facts import Facts
from countermark.vectors.generation.files import Seed, VectorFile
from countermark.webauthn.testing.cbor_writer import Pairs, Raw, encode, head


def files(seed: Seed) -> Iterator[VectorFile]:
    """The subject attestation_object."""
    yield _attestation_object(seed)


def _attestation_object(seed: Seed) -> VectorFile:
    facts = Facts(
        "attestation_object",
        "Attestation objects in their parts; no statement is verified. In the output a byte string of the statement "
        'is {"hex": …}.',
        operation="attestation_object.read",
        section="WebAuthn section 6.5.4",
    )
    parts = Parts(seed)
    data = parts.attested().encode()
    signature = seed.take("signature", 70)
    certificate = seed.take("certificate", 300)
    packed = {"alg": -7, "sig": signature, "x5c": [certificate]}
    right: tuple[tuple[str, str, str, Any, Any], ...] = (
        ("none", "an empty statement", "none", {}, {}),
        (
            "packed",
            "a statement of packed",
            "packed",
            packed,
            {"alg": -7, "sig": {"hex": signature.hex()}, "x5c": [{"hex": certificate.hex()}]},
        ),
        (
            "unknown format",
            "a format is not judged here",
            "example",
            {"a": [True, None, "b"]},
            {"a": [True, None, "b"]},
        ),
        ("empty format", "a format is any text", "", {}, {}),
        (
            "statement of numbers",
            "a label that is a number stands in the output as its decimal text",
            "example",
            {1: 2, -1: "x"},
            {"1": 2, "-1": "x"},
        ),
        (
            "compound",
            "the statement of compound is an array",
            "compound",
            [{"fmt": "none", "attStmt": {}}],
            [{"fmt": "none", "attStmt": {}}],
        ),
    )
    for title, shows, name, statement, output in right:
        whole = encode({"fmt": name, "attStmt": statement, "authData": data})
        facts.valid(title, shows, _taken(name, output, data), bytes=whole, **STRICT)
    without = parts.draft().encode()
    facts.valid(
        "no credential",
        "authenticator data without a credential can be taken apart",
        _taken("none", {}, without),
        bytes=encode({"fmt": "none", "attStmt": {}, "authData": without}),
    )
    _tolerated_objects(facts, parts, data, signature)
    _wrong_objects(facts, seed, data)
    return facts.file()


def _taken(name: str, statement: Any, data: bytes, *notes: tuple[str, str]) -> dict[str, Any]:
    return {
        "format": name,
        "statement": statement,
        "authenticator_data": data.hex(),
        "tolerated": [list(note) for note in notes],
    }


def _tolerated_objects(facts: Facts, parts: Parts, data: bytes, signature: bytes) -> None:
    swapped = Pairs(tuple(reversed(cose(parts.ec, -7).items())))
    odd = parts.attested(credential_public_key=encode(swapped)).encode()
    disordered = Pairs((("sig", signature), ("alg", -7)))
    packed = {"alg": -7, "sig": {"hex": signature.hex()}}
    long = Raw(head(2, len(signature), width=2) + signature)
    for title, shows, code, place, value, output in (
        (
            "members out of order",
            "the members are not in the order of CTAP2",
            "cbor.order",
            "attestation_object",
            Pairs((("authData", data), ("fmt", "none"), ("attStmt", {}))),
            _taken("none", {}, data),
        ),
        (
            "endless object",
            "the map is of indefinite length",
            "cbor.indefinite",
            "attestation_object",
            Pairs((("fmt", "none"), ("attStmt", {}), ("authData", data)), indefinite=True),
            _taken("none", {}, data),
        ),
        (
            "statement out of order",
            "the members of the statement are not in order",
            "cbor.order",
            "statement",
            {"fmt": "packed", "attStmt": disordered, "authData": data},
            _taken("packed", packed, data),
        ),
        (
            "long head in the statement",
            "a length is not in its shortest form",
            "cbor.non_canonical",
            "statement",
            {"fmt": "packed", "attStmt": {"alg": -7, "sig": long}, "authData": data},
            _taken("packed", packed, data),
        ),
        (
            "key out of order",
            "the labels of the key are not in order",
            "cbor.order",
            "credential_public_key",
            {"fmt": "none", "attStmt": {}, "authData": odd},
            _taken("none", {}, odd),
        ),
    ):
        whole = encode(value)
        noted = output | {"tolerated": [[code, place]]}
        facts.valid(title, f"{shows}; tolerated", noted, bytes=whole)
        facts.invalid(f"{title} strict", f"{shows}; strict", code, bytes=whole, **STRICT)


def _wrong_objects(facts: Facts, seed: Seed, data: bytes) -> None:
    usual: dict[str, object] = {"fmt": "none", "attStmt": {}, "authData": data}
    good = encode(usual)
    wrong: list[tuple[str, str, str, bytes]] = [
        ("empty", "nothing at all", "cbor.truncated", b""),
        (
            "cut",
            "the end is missing",
            "cbor.truncated",
            good[: seed.number("cut object", len(good))],
        ),
        ("last octet missing", "the last octet is missing", "cbor.truncated", good[:-1]),
        ("trailing octet", "an octet follows", "cbor.trailing", good + b"\x00"),
        ("object twice", "a second object follows", "cbor.trailing", good + good),
        ("array", "an array in place of the map", "cbor.shape", encode(list(usual.values()))),
        ("byte string", "the object stands in a byte string", "cbor.shape", encode(good)),
        ("null", "null in place of the map", "cbor.shape", b"\xf6"),
        ("tag", "a tag stands before the map", "cbor.tag", b"\xd9\xd9\xf7" + good),
        (
            "fmt twice",
            "fmt stands there twice",
            "cbor.duplicate",
            encode(Pairs((("fmt", "packed"), *usual.items()))),
        ),
    ]
    wrong += [
        (
            f"without {name}",
            f"{name} is missing",
            "attestation_object.missing",
            encode({one: value for one, value in usual.items() if one != name}),
        )
        for name in usual
    ]
    changed: tuple[tuple[str, str, str, dict[Any, object]], ...] = (
        ("fmt a number", "fmt is no text", "attestation_object.type", {"fmt": 1}),
        ("fmt a byte string", "fmt is no text", "attestation_object.type", {"fmt": b"none"}),
        ("attStmt an array", "a statement is a map", "attestation_object.type", {"attStmt": []}),
        ("attStmt null", "a statement is a map", "attestation_object.type", {"attStmt": None}),
        (
            "compound with a map",
            "the statement of compound is an array",
            "attestation_object.type",
            {"fmt": "compound"},
        ),
        ("authData a text", "authData are bytes", "attestation_object.type", {"authData": "data"}),
        ("authData a map", "authData are bytes", "attestation_object.type", {"authData": {}}),
        (
            "epAtt",
            "a member of CTAP2 that WebAuthn has not",
            "attestation_object.unknown",
            {"epAtt": True},
        ),
        (
            "member under a number",
            "a member of CTAP2's own answer",
            "attestation_object.unknown",
            {1: "none"},
        ),
        (
            "authData empty",
            "authenticator data have a header",
            "authenticator_data.truncated",
            {"authData": b""},
        ),
        (
            "authData with a trailing octet",
            "an octet follows",
            "authenticator_data.trailing",
            {"authData": data + b"\x00"},
        ),
        (
            "float in the statement",
            "a floating-point number",
            "cbor.float",
            {"attStmt": {"a": Raw(b"\xf9\x00\x00")}},
        ),
        (
            "text that is not UTF-8",
            "a text that is none",
            "cbor.utf8",
            {"attStmt": {"a": Raw(b"\x61\xff")}},
        ),
        (
            "statement too deep",
            "nine containers in one another",
            "limit.depth",
            {"attStmt": nested(8)},
        ),
    )
    wrong += [(title, shows, code, encode(usual | put)) for title, shows, code, put in changed]
    for title, shows, code, value in wrong:
        facts.invalid(title, shows, code, bytes=value)
