"""Credentials as a server gets them: right ones, and one thing wrong at a time."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any

from countermark.vectors.generation.assertion_case import ENCODINGS, HASHING, ORIGIN, b64u
from countermark.vectors.generation.facts import Facts
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
from countermark.vectors.generation.producers import (
    BY_PROFILE,
    CREATE,
    GET,
    PRODUCERS,
    drawn_challenge,
    fingerprint,
)
from countermark.vectors.generation.signers import ALGORITHMS, Signer


def verification(seed: Seed) -> VectorFile:
    """The subject key_attestation/verify."""
    facts = Facts(
        "key_attestation/verify",
        "Credentials as a server gets them. What is wrong was wrong before it was signed, unless it is the signature.",
        operation="credential.verify",
        section=RECIPE,
    )
    new = draw(seed, "verify", "Ed25519")
    usual: dict[str, Any] = {"challenge": new.challenge}
    for algorithm in ALGORITHMS:
        one = replace(new, key=Signer.draw(seed, "verify", algorithm))
        facts.valid(
            f"right {algorithm}",
            f"a credential of {algorithm}",
            one.verified(),
            section=HASHING,
            **usual,
            credential=one.credential(),
        )
    for producer in PRODUCERS:
        if CREATE in producer.templates:
            one = replace(new, profile=producer.profile)
            facts.valid(
                f"profile {producer.profile}",
                f"client data of {producer.about}, expected byte for byte",
                one.verified(),
                **usual,
                credential=one.credential(),
                profile=producer.profile,
            )
    for name, text in spellings(new.key.public_pem).items():
        one = replace(new, pem=text)
        facts.valid(
            f"text {name}",
            f"the public key text as it was sent: {name}",
            one.verified(),
            section=PEM_FORMS,
            **usual,
            credential=one.credential(),
        )
    sealed = replace(new, kind="PasswordProtectedKey", top={"encryptedPrivateKey": SEALED})
    facts.valid(
        "password protected",
        "with its encrypted key",
        sealed.verified(),
        section=BODIES,
        **usual,
        credential=sealed.credential(),
        kind="PasswordProtectedKey",
    )
    whole = {"credentialName": "a", "challengeIdentifier": "b", "encryptedPrivateKey": SEALED}
    full = replace(new, kind="RecoveryKey", top=whole)
    facts.valid(
        "every member",
        "every member that there is",
        full.verified(),
        section=BODIES,
        **usual,
        credential=full.credential(),
    )
    first = replace(
        new,
        key=Signer.draw(seed, "verify", "ES256"),
        algorithm="SHA512",
        hash="SHA-512",
        first=True,
    )
    facts.valid(
        "algorithm first",
        "the order of 2026",
        first.verified(),
        **usual,
        credential=first.credential(),
    )
    facts.valid(
        "as text",
        "JSON text with white space",
        new.verified(),
        **usual,
        credential=json.dumps(new.credential(), indent=1),
    )
    facts.valid(
        "key expected",
        "the key that was expected",
        new.verified(),
        **usual,
        credential=new.credential(),
        public_key=new.key.public_pem,
    )
    facts.valid(
        "padded",
        "padded base64url where that is allowed",
        new.verified(),
        section=ENCODINGS,
        **usual,
        credential=new.credential(padded=True),
        allow_padded_base64url=True,
    )
    _wrong_bodies(facts, new, usual)
    _wrong_attestations(facts, seed, new, usual)
    _wrong_claims(facts, seed, new, usual)
    return facts.file()


def _wrong_bodies(facts: Facts, new: New, usual: dict[str, Any]) -> None:
    right = new.credential()
    info = right["credentialInfo"]

    def wrong(name: str, shows: str, code: str, credential: Any) -> None:
        facts.invalid(name, shows, code, section=BODIES, **usual, credential=credential)

    for name in right:
        rest = {one: value for one, value in right.items() if one != name}
        wrong(f"no {name}", f"{name} is missing", "credential.missing", rest)
        wrong(f"{name} number", f"{name} is a number", "credential.type", {**right, name: 1})
    for name in info:
        rest = {one: value for one, value in info.items() if one != name}
        wrong(
            f"no {name}",
            f"{name} is missing",
            "credential.missing",
            {**right, "credentialInfo": rest},
        )
        for what, value, code in (
            ("null", None, "credential.type"),
            ("empty", "", "credential.value"),
        ):
            wrong(
                f"{name} {what}",
                f"{name} is {what}",
                code,
                {**right, "credentialInfo": {**info, name: value}},
            )
    wrong(
        "unknown member",
        "an unknown member",
        "credential.unknown",
        {**right, "firstFactorCredential": right},
    )
    wrong(
        "unknown member inside",
        "an unknown member inside",
        "credential.unknown",
        {**right, "credentialInfo": {**info, "signature": ""}},
    )
    wrong("name null", "a name that is null", "credential.type", {**right, "credentialName": None})
    wrong(
        "sealed for a plain key",
        "an encrypted key with a Key",
        "credential.unknown",
        {**right, "encryptedPrivateKey": SEALED},
    )
    wrong(
        "not sealed",
        "no encrypted key with a PasswordProtectedKey",
        "credential.missing",
        replace(new, kind="PasswordProtectedKey").credential(),
    )
    wrong(
        "kind of passkeys",
        "a kind that signs with no key",
        "credential.kind_mismatch",
        replace(new, kind="Fido2").credential(),
    )
    wrong(
        "padded strictly",
        "padded base64url where it is not allowed",
        "base64url.padding",
        new.credential(padded=True),
    )
    wrong("text cut", "the text is cut", "json.syntax", json.dumps(right)[:-1])


def _wrong_attestations(facts: Facts, seed: Seed, new: New, usual: dict[str, Any]) -> None:
    right = new.attestation(new.key.sign(fingerprint(new.client_data, new.text)))

    def wrong(name: str, shows: str, code: str, attestation: Any) -> None:
        text = attestation if isinstance(attestation, bytes) else json.dumps(attestation).encode()
        facts.invalid(name, shows, code, **usual, credential=new.credential(attestation=text))

    for name in right:
        wrong(
            f"no {name}",
            f"{name} is missing",
            "attestation.missing",
            {one: value for one, value in right.items() if one != name},
        )
        wrong(f"{name} null", f"{name} is null", "attestation.type", {**right, name: None})
        wrong(f"{name} empty", f"{name} is empty", "attestation.value", {**right, name: ""})
    wrong(
        "attestation unknown", "an unknown member", "attestation.unknown", {**right, "fmt": "none"}
    )
    wrong("attestation array", "an array", "json.shape", [right])
    wrong(
        "attestation twice",
        "a member twice",
        "json.duplicate",
        b'{"signature":"00",' + json.dumps(right).encode()[1:],
    )
    wrong(
        "attestation cbor",
        "an attestation object of a passkey",
        "json.utf8",
        b"\xa3cfmtdnonegattStmt\xa0",
    )
    wrong(
        "signature in upper case",
        "hexadecimal in upper case",
        "hex.alphabet",
        {**right, "signature": right["signature"].upper()},
    )
    wrong(
        "signature odd",
        "an odd number of digits",
        "hex.length",
        {**right, "signature": right["signature"][:-1]},
    )
    encoded = b64u(bytes.fromhex(right["signature"]))
    wrong(
        "signature in base64url",
        "base64url in place of hexadecimal",
        "hex.alphabet",
        {**right, "signature": encoded},
    )
    wrong(
        "algorithm unknown",
        "a name that is not offered",
        "algorithm.unknown",
        {**right, "algorithm": "SHA1"},
    )
    wrong(
        "algorithm for eddsa",
        "EdDSA takes no name",
        "algorithm.mismatch",
        {**right, "algorithm": "SHA256"},
    )
    value = "attestation.value"
    wrong("text no pem", "no PEM", value, {**right, "publicKey": "key"})
    wrong(
        "text der",
        "the key in base64 without its lines",
        value,
        {**right, "publicKey": base64.b64encode(new.key.public_der).decode()},
    )
    wrong(
        "text with words before",
        "words before the public key",
        value,
        {**right, "publicKey": "a key:\n" + new.text},
    )
    wrong("text private", "a private key", value, {**right, "publicKey": new.key.private_pem})
    wrong(
        "text escaped twice",
        "backslash and n in place of line feeds",
        value,
        {**right, "publicKey": new.text.replace("\n", "\\n")},
    )
    cut = new.text.replace(new.text.splitlines()[1], new.text.splitlines()[1][4:])
    wrong(
        "text of a cut key",
        "a key whose first bytes are missing",
        "der.tag",
        {**right, "publicKey": cut},
    )
    x = seed.take("x25519", 32)
    x25519 = base64.b64encode(bytes.fromhex("302a300506032b656e032100") + x).decode()
    wrong(
        "text of x25519",
        "a key that signs nothing",
        "algorithm.key_type",
        {**right, "publicKey": f"-----BEGIN PUBLIC KEY-----\n{x25519}\n-----END PUBLIC KEY-----\n"},
    )


def _wrong_claims(facts: Facts, seed: Seed, new: New, usual: dict[str, Any]) -> None:
    credential = new.credential()
    other = Signer.draw(seed, "another", "Ed25519")
    facts.invalid(
        "challenge other",
        "another challenge was given out",
        "client_data.challenge_mismatch",
        challenge=drawn_challenge(seed.take("other", 32)),
        credential=credential,
    )
    facts.invalid(
        "key other",
        "another key was expected",
        "attestation.public_key_mismatch",
        **usual,
        credential=credential,
        public_key=other.public_pem,
    )
    facts.invalid(
        "id other",
        "another credential id was expected",
        "credential.id_mismatch",
        **usual,
        credential=credential,
        credential_id="cr-other",
    )
    facts.invalid(
        "kind other",
        "another kind was expected",
        "credential.kind_mismatch",
        **usual,
        credential=credential,
        kind="RecoveryKey",
    )
    facts.invalid(
        "origin expected",
        "an origin was expected",
        "client_data.origin_mismatch",
        **usual,
        credential=credential,
        origin=ORIGIN,
    )
    facts.invalid(
        "profile other",
        "another producer was expected",
        "client_data.profile_mismatch",
        **usual,
        credential=credential,
        profile="ts-browser",
    )
    get = BY_PROFILE["canonical"].write(GET, new.challenge)
    facts.invalid(
        "type of signing",
        "client data of a signature",
        "client_data.type_mismatch",
        **usual,
        credential=new.credential(get),
    )
    facts.invalid(
        "signature of another key",
        "another key signed",
        "signature.invalid",
        **usual,
        credential=new.credential(signature=other.sign(fingerprint(new.client_data, new.text))),
    )
    facts.invalid(
        "signature of client data",
        "the client data are signed, as for an assertion",
        "signature.invalid",
        **usual,
        credential=new.credential(signed=new.client_data),
    )
