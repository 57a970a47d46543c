"""Client data: what each producer writes, by whom bytes may have been written, and what they say."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any, Final

from countermark.vectors.generation.facts import Facts, times
from countermark.vectors.generation.files import Seed, VectorFile
from countermark.vectors.generation.producers import (
    CREATE,
    GET,
    HARD,
    PRODUCERS,
    Producer,
    again,
    drawn_challenge,
)

PROTOCOL: Final = "Dfns protocol, client data"
ENCODERS: Final = "Dfns protocol, encodings"
ARGUMENT: Final = "argument.value"


def files(seed: Seed) -> Iterator[VectorFile]:
    """The subjects client_data/…."""
    for producer in PRODUCERS:
        yield _profile(seed.child(producer.profile), producer)
    yield _decode(seed.child("decode"))


# --- One file a profile -------------------------------------------------------------------------


def _profile(seed: Seed, producer: Producer) -> VectorFile:
    facts = Facts(
        f"client_data/{producer.profile}",
        f"Client data as {producer.about} has them, byte for byte.",
        operation="client_data.encode",
        section=PROTOCOL,
        input={"profile": producer.profile},
    )
    challenge = drawn_challenge(b"\xff" + seed.take("challenge", 20 + seed.number("length", 40)))
    origin = f"https://{seed.take('origin', 5).hex()}.example"
    given = {"origin": origin} if producer.carries_origin else {}
    for type in producer.templates:
        written = producer.write(type, challenge, given.get("origin"))
        facts.valid(
            f"write {type}",
            f"{type} with a usual challenge",
            {"bytes": written},
            challenge=challenge,
            purpose=type,
            **given,
        )
        hard = producer.write(type, HARD, HARD if given else None)
        facts.valid(
            f"write {type} hard",
            f"{type} with every character that encoders differ on",
            {"bytes": hard},
            section=ENCODERS,
            challenge=HARD,
            purpose=type,
            **({"origin": HARD} if given else {}),
        )
        facts.valid(
            f"recognise {type}",
            "the profiles that write exactly these bytes",
            {"profiles": _writers(producer, type, challenge, given.get("origin"))},
            operation="client_data.profiles",
            bytes=written,
            profile=None,
        )
    _variants(facts, producer, challenge, given)
    _wrong_arguments(facts, producer, challenge, given)
    _wrong_bytes(facts, seed, producer.write(producer.type, challenge, given.get("origin")))
    return facts.file()


def _writers(producer: Producer, type: str, challenge: str, origin: str | None) -> list[str]:
    """Everyone who writes what this one writes; crossOrigin may have been given or not.

    The challenge is no text once it is decoded, so that those who encode it again write it for nobody else.
    """
    written = producer.write(type, challenge, origin)
    stands = again(challenge) if producer.again else challenge
    return [
        one.profile
        for one in PRODUCERS
        if type in one.templates
        and (one.carries_origin or origin is None)
        and written
        in [
            one.write(type, challenge if one.again else stands, origin, cross)
            for cross in (None, False)
        ]
    ]


def _variants(facts: Facts, producer: Producer, challenge: str, given: dict[str, str]) -> None:
    type = producer.type
    if producer.carries_cross_origin:
        facts.valid(
            "write cross-origin",
            "crossOrigin is true where that is asked for",
            {"bytes": producer.write(type, challenge, given.get("origin"), cross=True)},
            challenge=challenge,
            purpose=type,
            cross_origin=True,
            **given,
        )
    if producer.bare is not None:
        facts.valid(
            "write without origin",
            "no origin is given",
            {"bytes": producer.write(type, challenge)},
            challenge=challenge,
            purpose=type,
        )
    if producer.padded:
        written = producer.write(type, challenge, given.get("origin"))
        said = {
            "type": type,
            "challenge": challenge,
            "origin": given.get("origin"),
            "cross_origin": False if given else None,
        }
        text = base64.urlsafe_b64encode(written).decode()
        padded = text if text.endswith("=") else base64.urlsafe_b64encode(written + b" ").decode()
        facts.valid(
            "read padded",
            "as it travels, padded",
            said,
            operation="client_data.decode_b64u",
            profile=None,
            text=padded,
            padding=True,
        )
        facts.invalid(
            "read padded strictly",
            "padding that was not allowed",
            "base64url.padding",
            operation="client_data.decode_b64u",
            profile=None,
            text=padded,
        )


def _wrong_arguments(
    facts: Facts, producer: Producer, challenge: str, given: dict[str, str]
) -> None:
    usual: dict[str, Any] = {"challenge": challenge, "purpose": producer.type, **given}
    facts.invalid(
        "empty challenge", "a challenge is never empty", ARGUMENT, **{**usual, "challenge": ""}
    )
    facts.invalid(
        "purpose of passkeys",
        "client data of passkeys are the browser's",
        ARGUMENT,
        **{**usual, "purpose": "webauthn.get"},
    )
    facts.invalid(
        "challenge over 1 MiB",
        "a challenge over 1 MiB",
        "limit.size",
        section="a bound of this package",
        **{**usual, "challenge": [times(2**20, "A"), "A"]},
    )
    for type in {GET, CREATE} - producer.templates.keys():
        facts.invalid(
            f"never {type}",
            f"this producer never writes {type}",
            ARGUMENT,
            **{**usual, "purpose": type},
        )
    if not producer.carries_origin:
        facts.invalid(
            "origin",
            "this producer carries no origin",
            ARGUMENT,
            **usual,
            origin="https://a.example",
        )
    elif producer.bare is None:
        facts.invalid(
            "no origin",
            "this producer always carries an origin",
            ARGUMENT,
            **{**usual, "origin": None},
        )
    if not producer.carries_cross_origin:
        facts.invalid(
            "cross-origin",
            "this producer carries no crossOrigin",
            ARGUMENT,
            **usual,
            cross_origin=False,
        )


def _wrong_bytes(facts: Facts, seed: Seed, written: bytes) -> None:
    """What it wrote, changed on the way."""
    asked: dict[str, Any] = {"operation": "client_data.profiles", "profile": None}
    place = seed.number("cut", len(written))
    facts.invalid(
        "cut",
        f"the first {place} bytes of what it writes",
        "json.syntax",
        **asked,
        bytes=written[:place],
    )
    facts.invalid(
        "joined", "what it writes, twice", "json.trailing", **asked, bytes=written + written
    )
    facts.valid(
        "spaced",
        "a space inside: nobody writes that",
        {"profiles": []},
        **asked,
        bytes=written.replace(b":", b": ", 1),
    )
    facts.invalid(
        "challenge twice",
        "a member twice",
        "json.duplicate",
        **asked,
        bytes=written[:-1] + b',"challenge":"x"}',
    )


# --- What client data say -----------------------------------------------------------------------


def _decode(seed: Seed) -> VectorFile:
    facts = Facts(
        "client_data/decode",
        "What is read out of client data, whoever wrote them. JSON itself is the subject json.",
        operation="client_data.decode",
        section=PROTOCOL,
    )
    challenge = drawn_challenge(seed.take("challenge", 32))
    said: dict[str, Any] = {
        "type": GET,
        "challenge": challenge,
        "origin": None,
        "cross_origin": None,
    }
    two = f'"type":"{GET}","challenge":"{challenge}"'
    for name, shows, text, more in (
        ("two members", "type and challenge are enough", f"{{{two}}}", {}),
        ("sorted", "in another order", f'{{"challenge":"{challenge}","type":"{GET}"}}', {}),
        (
            "origin",
            "an origin",
            f'{{{two},"origin":"https://a.example"}}',
            {"origin": "https://a.example"},
        ),
        (
            "origin empty",
            "an empty origin is not an absent one",
            f'{{{two},"origin":""}}',
            {"origin": ""},
        ),
        (
            "cross-origin",
            "crossOrigin is true",
            f'{{{two},"crossOrigin":true}}',
            {"cross_origin": True},
        ),
        (
            "not cross-origin",
            "crossOrigin is false",
            f'{{{two},"crossOrigin":false}}',
            {"cross_origin": False},
        ),
        (
            "unknown member",
            "an unknown member is left alone",
            f'{{{two},"tokenBinding":{{"status":"x"}}}}',
            {},
        ),
        (
            "unknown names of another case",
            "names have a case",
            f'{{{two},"Origin":1,"crossorigin":2}}',
            {},
        ),
    ):
        facts.valid(name, shows, {**said, **more}, bytes=text.encode())
    for name, shows, type, asked in (
        ("type of passkeys", "the type is not judged here", "webauthn.get", challenge),
        ("type empty", "an empty type is a text", "", challenge),
        ("challenge empty", "an empty challenge is a text", GET, ""),
        ("challenge padded", "the challenge is not decoded", GET, "Y2g="),
        ("challenge no base64url", "nor has it to be base64url", GET, "a b/c\u00e9"),
    ):
        text = f'{{"type":"{type}","challenge":"{asked}"}}'
        facts.valid(name, shows, {**said, "type": type, "challenge": asked}, bytes=text.encode())
    for name, shows, text in (
        ("no member", "an empty object", "{}"),
        ("no type", "type is missing", f'{{"challenge":"{challenge}"}}'),
        ("no challenge", "challenge is missing", f'{{"type":"{GET}"}}'),
        (
            "type of another case",
            "Type is another name",
            f'{{"Type":"{GET}","challenge":"{challenge}"}}',
        ),
        ("members inside", "the members are inside another", f'{{"clientData":{{{two}}}}}'),
    ):
        facts.invalid(name, shows, "client_data.missing", bytes=text.encode())
    for name, value in (
        ("null", "null"),
        ("number", "1"),
        ("true", "true"),
        ("array", f'["{GET}"]'),
        ("object", "{}"),
    ):
        facts.invalid(
            f"type {name}",
            f"type is {name}",
            "client_data.type",
            bytes=f'{{"type":{value},"challenge":"x"}}'.encode(),
        )
        facts.invalid(
            f"challenge {name}",
            f"challenge is {name}",
            "client_data.type",
            bytes=f'{{"type":"{GET}","challenge":{value}}}'.encode(),
        )
        facts.invalid(
            f"origin {name}",
            f"origin is {name}",
            "client_data.type",
            bytes=f'{{{two},"origin":{value}}}'.encode(),
        )
    for name, value in (("null", "null"), ("number", "0"), ("text", '"false"'), ("array", "[]")):
        facts.invalid(
            f"cross-origin {name}",
            f"crossOrigin is {name}",
            "client_data.type",
            bytes=f'{{{two},"crossOrigin":{value}}}'.encode(),
        )
    _travelling(facts, said, f"{{{two}}}".encode())
    return facts.file()


def _travelling(facts: Facts, said: dict[str, Any], octets: bytes) -> None:
    """The same in base64url; the length is 3n + 1, so that there are unused bits."""
    octets += b" " * ((1 - len(octets)) % 3)
    text = base64.urlsafe_b64encode(octets).decode()
    bare = text.rstrip("=")
    asked: dict[str, Any] = {"operation": "client_data.decode_b64u"}
    facts.valid("base64url", "as they travel", said, **asked, text=bare)
    facts.valid(
        "base64url padded", "padded, where that is allowed", said, **asked, text=text, padding=True
    )
    for name, shows, code, wrong in (
        ("base64url padding", "padded, where it is not", "base64url.padding", text),
        (
            "base64url standard",
            "the other alphabet",
            "base64url.alphabet",
            bare[:8] + "+" + bare[9:],
        ),
        (
            "base64url cut",
            "cut in the middle of an octet",
            "base64url.length",
            bare[:-1] if len(bare) % 4 == 2 else bare[:5],
        ),
        (
            "base64url bits",
            "an unused bit is set",
            "base64url.trailing_bits",
            bare[:-1] + chr(ord(bare[-1]) + 1),
        ),
        (
            "base64url twice",
            "encoded twice",
            "json.shape",
            base64.urlsafe_b64encode(bare.encode()).decode().rstrip("="),
        ),
        ("base64url empty", "nothing", "json.syntax", ""),
    ):
        facts.invalid(name, shows, code, **asked, text=wrong)
