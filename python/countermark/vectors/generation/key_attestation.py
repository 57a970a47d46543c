"""Credentials of new keys, made by the recipe."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from countermark.vectors.generation.assertion_case import ORIGIN
from countermark.vectors.generation.facts import Facts, times
from countermark.vectors.generation.files import Seed, VectorFile
from countermark.vectors.generation.key_attestation_case import (
    BODIES,
    PEM_FORMS,
    RECIPE,
    SEALED,
    New,
    draw,
    spellings,
)
from countermark.vectors.generation.key_attestation_verification import verification
from countermark.vectors.generation.producers import (
    CREATE,
    PRODUCERS,
)
from countermark.vectors.generation.signers import EXACT, Signer


def files(seed: Seed) -> Iterator[VectorFile]:
    """The subjects key_attestation/…."""
    yield _create(seed)
    yield verification(seed)


def _create(seed: Seed) -> VectorFile:
    facts = Facts(
        "key_attestation/create",
        "Credentials of new keys whose signatures hold no chance, so that their bodies are exact answers.",
        operation="credential.create",
        section=RECIPE,
    )
    new = draw(seed, "create", "Ed25519")

    def asked(one: New) -> dict[str, Any]:
        given = {
            "private_key": one.key.private_pem,
            "challenge": one.challenge,
            "credential_id": one.id,
        }
        return given if one.kind == "Key" else {**given, "kind": one.kind}

    for algorithm in EXACT:
        one = replace(new, key=Signer.draw(seed, "create", algorithm))
        facts.valid(
            f"create {algorithm}",
            f"a credential of {algorithm}",
            {"credential": one.credential()},
            **asked(one),
        )
    for producer in PRODUCERS:
        if CREATE in producer.templates and producer.profile != "canonical":
            one = replace(new, profile=producer.profile)
            origin = {"origin": ORIGIN} if producer.carries_origin else {}
            made = one.credential(padded=producer.padded)
            facts.valid(
                f"as {producer.profile}",
                f"client data of {producer.about}",
                {"credential": made},
                **asked(one),
                profile=producer.profile,
                **origin,
            )
    for name, text in spellings(new.key.public_pem).items():
        one = replace(new, pem=text)
        facts.valid(
            f"text {name}",
            f"the public key text stands in both places as it was given: {name}",
            {"credential": one.credential()},
            section=PEM_FORMS,
            **asked(one),
            public_key_pem=text,
        )
    rsa = replace(new, key=Signer.draw(seed, "create", "RS256"))
    for first in (False, True):
        one = replace(rsa, algorithm="SHA512", hash="SHA-512", first=first)
        order = "2026" if first else "docs"
        facts.valid(
            f"algorithm in order {order}",
            f"the algorithm is named, in the order {order}",
            {"credential": one.credential()},
            **asked(one),
            algorithm="SHA512",
            attestation_order=order,
        )
    sealed = replace(new, kind="PasswordProtectedKey", top={"encryptedPrivateKey": SEALED})
    facts.valid(
        "password protected",
        "with its encrypted key",
        {"credential": sealed.credential()},
        section=BODIES,
        **asked(sealed),
        encrypted_private_key=SEALED,
    )
    named = replace(new, kind="RecoveryKey", top={"credentialName": "a name"})
    facts.valid(
        "recovery key",
        "with a name, and no encrypted key",
        {"credential": named.credential()},
        section=BODIES,
        **asked(named),
        name="a name",
    )
    _create_refused(facts, seed, new, asked(new))
    return facts.file()


def _create_refused(facts: Facts, seed: Seed, new: New, usual: dict[str, Any]) -> None:
    other = Signer.draw(seed, "other", "Ed25519")
    text = new.key.public_pem
    begin, rest = text.split("\n", 1)
    value = "argument.value"
    for name, shows, code, more in (
        ("kind of passkeys", "a kind that signs with no key", value, {"kind": "Fido2"}),
        ("challenge empty", "an empty challenge", value, {"challenge": ""}),
        (
            "challenge over 1 MiB",
            "a challenge over 1 MiB",
            "limit.size",
            {"challenge": [times(2**20, "A"), "A"]},
        ),
        ("id empty", "an empty credential id", value, {"credential_id": ""}),
        (
            "id over 1024",
            "a credential id of 1025 characters",
            "limit.size",
            {"credential_id": [times(1025, "a")]},
        ),
        ("name empty", "an empty name", value, {"name": ""}),
        ("order unknown", "an order that nobody writes", value, {"attestation_order": "2025"}),
        ("profile unknown", "a profile that nobody knows", value, {"profile": "php"}),
        (
            "profile that only signs",
            "a producer that makes no credentials",
            value,
            {"profile": "go-v2"},
        ),
        ("origin missing", "a profile that carries an origin", value, {"profile": "docs-2024"}),
        (
            "origin not carried",
            "a profile that carries no origin",
            value,
            {"profile": "ts-browser", "origin": ORIGIN},
        ),
        (
            "algorithm unknown",
            "a name that is not offered",
            "algorithm.unknown",
            {"algorithm": "SHA1"},
        ),
        (
            "algorithm for eddsa",
            "EdDSA takes no name",
            "algorithm.mismatch",
            {"algorithm": "SHA256"},
        ),
        (
            "text of another key",
            "the public key text of another key",
            "key.mismatch",
            {"public_key_pem": other.public_pem},
        ),
        (
            "text with blank line",
            "a form that the API does not take",
            value,
            {"public_key_pem": text + "\n"},
        ),
        (
            "text with words before",
            "words before the public key",
            value,
            {"public_key_pem": "a key:\n" + text},
        ),
        (
            "text over 16 KiB",
            "a public key text over 16 KiB",
            "limit.size",
            {"public_key_pem": [begin, times(2**14, "\n"), rest]},
        ),
        (
            "text over 16 KiB that has no form either",
            "a public key text over 16 KiB is not looked at",
            "limit.size",
            {"public_key_pem": [text, times(2**14, "\n")]},
        ),
        (
            "text private",
            "the private key as public key text",
            value,
            {"public_key_pem": new.key.private_pem},
        ),
        ("text no pem", "no PEM", value, {"public_key_pem": "key"}),
        (
            "sealed for a plain key",
            "an encrypted key with a Key",
            value,
            {"encrypted_private_key": SEALED},
        ),
        (
            "not sealed",
            "no encrypted key with a PasswordProtectedKey",
            value,
            {"kind": "PasswordProtectedKey"},
        ),
        (
            "in the clear",
            "a private key in the clear",
            value,
            {"kind": "RecoveryKey", "encrypted_private_key": new.key.private_pem},
        ),
        ("key public", "a public key as private key", "key.not_private", {"private_key": text}),
    ):
        facts.invalid(name, shows, code, **{**usual, **more})
