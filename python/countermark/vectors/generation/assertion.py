"""Assertions of key credentials: signed challenges, and everything that is wrong with one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from countermark.vectors.generation.assertion_case import (
    ALLOWED,
    ASSERTIONS,
    CLIENT_DATA,
    HASHING,
    ORIGIN,
    Case,
)
from countermark.vectors.generation.assertion_verification import verification
from countermark.vectors.generation.facts import Facts, times
from countermark.vectors.generation.files import Seed, VectorFile
from countermark.vectors.generation.producers import BY_PROFILE, drawn_challenge
from countermark.vectors.generation.signers import EXACT, Signer


def files(seed: Seed) -> Iterator[VectorFile]:
    """The subjects assertion/…."""
    yield _sign(seed)
    yield verification(seed)


# --- Signing ------------------------------------------------------------------------------------


def _sign(seed: Seed) -> VectorFile:
    facts = Facts(
        "assertion/sign",
        "What a signer answers to a challenge. Only keys whose signatures hold no chance have exact answers.",
        operation="assertion.sign",
        section=ASSERTIONS,
    )
    key = Signer.draw(seed, "sign", "Ed25519")
    challenge = drawn_challenge(seed.take("challenge", 32))
    id = f"cr-{seed.take('credential', 8).hex()}"
    listed = {"challenge": challenge, "allowCredentials": {"key": [{"id": "cr-other"}, {"id": id}]}}
    usual: dict[str, Any] = {
        "private_key": key.private_pem,
        "credential_id": id,
        "challenge": listed,
    }
    for algorithm in EXACT:
        one = Signer.draw(seed, "sign", algorithm)
        case = Case(one, challenge, id)
        facts.valid(
            f"sign {algorithm}",
            f"an assertion of {algorithm}",
            {"assertion": case.assertion()},
            **{**usual, "private_key": one.private_pem},
        )
    for name in ("docs-2024", "ts-keysigner", "python", "go-v2", "java", "ion", "dfns-api-gen"):
        producer = BY_PROFILE[name]
        case = Case(key, challenge, id, profile=name)
        origin = {"origin": ORIGIN} if producer.carries_origin else {}
        facts.valid(
            f"as {name}",
            f"the bytes of {producer.about}",
            {"assertion": case.assertion(padded=producer.padded)},
            section=CLIENT_DATA,
            **usual,
            profile=name,
            **origin,
        )
    _sign_with_choices(facts, seed, usual, challenge, id)
    _sign_refused(facts, usual, key, challenge, id)
    return facts.file()


def _sign_with_choices(
    facts: Facts, seed: Seed, usual: Mapping[str, Any], challenge: str, id: str
) -> None:
    rsa = Signer.draw(seed, "sign", "RS256")
    for name, hash in (
        ("SHA256", "SHA-256"),
        ("SHA512", "SHA-512"),
        ("RSA-SHA256", "SHA-256"),
        ("RSA-SHA512", "SHA-512"),
    ):
        case = Case(rsa, challenge, id, hash=hash, algorithm=name)
        facts.valid(
            f"named {name}",
            f"the assertion names {name} and is signed so",
            {"assertion": case.assertion()},
            section=HASHING,
            **{**usual, "private_key": rsa.private_pem},
            algorithm=name,
        )
    key = Signer.draw(seed, "sign", "Ed25519")
    for kind, at in (("PasswordProtectedKey", "passwordProtectedKey"), ("RecoveryKey", "")):
        allowed = (
            {"allowCredentials": {at: [{"id": id}]}}
            if at
            else {"allowedRecoveryCredentials": [{"id": id}]}
        )
        facts.valid(
            f"kind {kind}",
            f"a {kind} has a list of its own",
            {"assertion": Case(key, challenge, id, kind=kind).assertion()},
            section=ALLOWED,
            **{**usual, "challenge": {"challenge": challenge, **allowed}},
            kind=kind,
        )
    text = json.dumps(usual["challenge"])
    facts.valid(
        "challenge as text",
        "the server's reply as JSON text",
        {"assertion": Case(key, challenge, id).assertion()},
        **{**usual, "challenge": text},
    )


def _sign_refused(
    facts: Facts, usual: Mapping[str, Any], key: Signer, challenge: str, id: str
) -> None:
    entries = [{"id": id}]
    for name, shows, code, given in (
        (
            "not allowed",
            "the credential is in no list",
            "challenge.credential_not_allowed",
            {"allowCredentials": {"key": [{"id": "cr-other"}]}},
        ),
        (
            "list empty",
            "the list is empty",
            "challenge.credential_not_allowed",
            {"allowCredentials": {"key": []}},
        ),
        (
            "id longer",
            "an id that begins alike",
            "challenge.credential_not_allowed",
            {"allowCredentials": {"key": [{"id": id + "0"}]}},
        ),
        (
            "id of another case",
            "an id of another case",
            "challenge.credential_not_allowed",
            {"allowCredentials": {"key": [{"id": id.upper()}]}},
        ),
        (
            "other list",
            "the credential is in the list of another kind",
            "challenge.missing",
            {"allowCredentials": {"webauthn": entries}},
        ),
        ("no lists", "there are no lists", "challenge.missing", {}),
        ("no id", "an entry has no id", "challenge.missing", {"allowCredentials": {"key": [{}]}}),
        ("lists array", "the lists are an array", "challenge.type", {"allowCredentials": entries}),
        (
            "list object",
            "the list is an object",
            "challenge.type",
            {"allowCredentials": {"key": {"id": id}}},
        ),
        ("list null", "the list is null", "challenge.type", {"allowCredentials": {"key": None}}),
        ("entry text", "an entry is a text", "challenge.type", {"allowCredentials": {"key": [id]}}),
        (
            "id number",
            "an id is a number",
            "challenge.type",
            {"allowCredentials": {"key": [{"id": 1}, *entries]}},
        ),
    ):
        facts.invalid(
            name,
            shows,
            code,
            section=ALLOWED,
            **{**usual, "challenge": {"challenge": challenge, **given}},
        )
    lists = {"allowCredentials": {"key": entries}}
    for name, shows, code, reply in (
        ("no challenge", "challenge is missing", "challenge.missing", lists),
        ("challenge number", "challenge is a number", "challenge.type", {"challenge": 1, **lists}),
        ("challenge null", "challenge is null", "challenge.type", {"challenge": None, **lists}),
        ("challenge empty", "challenge is empty", "argument.value", {"challenge": "", **lists}),
        (
            "reply cut",
            "the reply is cut",
            "json.syntax",
            json.dumps({"challenge": challenge, **lists})[:-1],
        ),
        ("reply array", "the reply is an array", "json.shape", "[]"),
    ):
        facts.invalid(name, shows, code, **{**usual, "challenge": reply})
    for name, shows, code, more in (
        (
            "algorithm of rsa",
            "a name of RSA with EdDSA",
            "algorithm.mismatch",
            {"algorithm": "RSA-SHA256"},
        ),
        (
            "algorithm for eddsa",
            "EdDSA takes no name",
            "algorithm.mismatch",
            {"algorithm": "SHA256"},
        ),
        (
            "algorithm unknown",
            "a name that is not offered",
            "algorithm.unknown",
            {"algorithm": "SHA1"},
        ),
        ("padding for eddsa", "padding is for RSA", "algorithm.mismatch", {"padding": "pss"}),
        ("kind unknown", "a kind that signs with no key", "argument.value", {"kind": "Fido2"}),
        ("profile unknown", "a profile that nobody knows", "argument.value", {"profile": "php"}),
        ("id empty", "a credential id is never empty", "argument.value", {"credential_id": ""}),
        (
            "id over 1024",
            "a credential id of 1025 characters",
            "limit.size",
            {"credential_id": [times(1025, "a")]},
        ),
        ("key public", "a public key", "key.not_private", {"private_key": key.public_pem}),
    ):
        facts.invalid(name, shows, code, **{**usual, **more})
