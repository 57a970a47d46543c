"""Facts about entries of an audit log: what somebody signed, verified again."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

from countermark.vectors.generation.audit_log import (
    ORIGIN,
    RP_ID,
    Log,
    changed,
    padded,
)
from countermark.vectors.generation.audit_refusals import state_refusals
from countermark.vectors.generation.facts import Facts
from countermark.vectors.generation.files import Seed, VectorFile
from countermark.vectors.generation.key_pem import pem
from countermark.webauthn.testing.drafts import UV, b64u


def files(seed: Seed) -> Iterator[VectorFile]:
    """The subject audit."""
    facts = Facts(
        "audit",
        "Entries of the audit log of user actions. Software keys sign the client data; passkeys sign the "
        "authenticator data and the hash of the client data. Without public_key the entry vouches for its own key.",
        operation="audit.verify",
        section="Dfns protocol, audit log",
    )
    log = Log(seed)
    _right_keys(facts, log)
    _right_entries(facts, log)
    _right_passkeys(facts, log)
    state_refusals(facts, log)
    yield facts.file()


def _decoded(text: str) -> bytes:

    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _answer(
    entry: dict[str, Any],
    spki: bytes,
    *,
    hash: str | None,
    pinned: bool = False,
    type: str = "key.get",
    challenge: str,
) -> dict[str, Any]:
    credential = entry["firstFactorCredential"]
    assertion = credential["assertion"]
    found = {
        "kind": credential["kind"],
        "credential_id": credential["id"],
        "public_key": spki,
        "public_key_pinned": pinned,
        "type": type,
        "challenge": challenge,
        "signature": _decoded(assertion["signature"]),
        "tolerated": [],
    }
    if hash is not None:
        found["hash"] = hash
    if "authenticatorData" in assertion:
        found["authenticator_data"] = _decoded(assertion["authenticatorData"])
    return found


def _right_keys(facts: Facts, log: Log) -> None:
    for name, hash_name in (
        ("ES256", "SHA-256"),
        ("ES384", "SHA-256"),
        ("ES512", "SHA-256"),
        ("ES256K", "SHA-256"),
        ("EDDSA", None),
        ("ED448", None),
        ("RS256", "SHA-256"),
    ):
        entry = log.entry(name)
        facts.valid(
            f"Key {name}",
            "an entry of a software key",
            _answer(entry, log.key(name).spki(), hash=hash_name, challenge=log.challenge),
            record=entry,
        )
    for kind in ("PasswordProtectedKey", "RecoveryKey"):
        entry = log.entry(kind=kind)
        facts.valid(
            kind,
            "another kind of credential that signs with a software key",
            _answer(entry, log.key("ES256").spki(), hash="SHA-256", challenge=log.challenge),
            record=entry,
        )
    key = log.ec_key()
    entry = log.entry(sign=lambda data: key.sign_hash(data, "sha512"))
    facts.valid(
        "SHA512",
        "the algorithm that the credential was registered with decides the hash",
        _answer(entry, key.spki(), hash="SHA-512", challenge=log.challenge),
        section="Dfns protocol, signing algorithms",
        record=entry,
        algorithm="SHA512",
    )
    rsa = log.rsa_key()
    entry = log.entry("RS256", sign=lambda data: rsa.numbers.sign_pss(data, "sha256"))
    facts.valid(
        "RSA PSS",
        "PSS where the padding says so",
        _answer(entry, rsa.spki(), hash="SHA-256", challenge=log.challenge),
        record=entry,
        padding="pss",
    )


def _right_entries(facts: Facts, log: Log) -> None:
    entry, spki = log.entry(), log.key("ES256").spki()
    text = pem("PUBLIC KEY", spki)
    usual = _answer(entry, spki, hash="SHA-256", challenge=log.challenge)
    pinned = usual | {"public_key_pinned": True}
    more = {**entry, "id": "ua-1", "dateRequested": None, "secondFactorCredential": {}}
    other = log.entry(client_data=log.client_data(origin="https://another.example"))
    other_answer = _answer(other, spki, hash="SHA-256", challenge=log.challenge)
    spaced = changed(entry, lambda one: one["assertion"].update(clientData=padded(one)))
    for title, shows, output, record, options in (
        ("as text", "the entry as JSON text", usual, json.dumps(entry), {}),
        (
            "credential alone",
            "the credential of the entry without what is around it",
            usual,
            entry["firstFactorCredential"],
            {},
        ),
        ("members of others", "members without a part in it are passed over", usual, more, {}),
        (
            "pinned key",
            "the key is the one that the caller knows",
            pinned,
            entry,
            {"public_key": text},
        ),
        (
            "expected challenge",
            "the challenge is the expected one",
            usual,
            entry,
            {"challenge": log.challenge},
        ),
        ("expected origin", "the origin is the expected one", usual, entry, {"origin": ORIGIN}),
        ("no origin asked for", "another origin, where none is asked for", other_answer, other, {}),
        (
            "expected credential",
            "the credential is the expected one",
            usual,
            entry,
            {"credential_id": log.credential_id},
        ),
        (
            "rp_id for a software key",
            "a software key has no relying party",
            usual,
            entry,
            {"rp_id": "another.example"},
        ),
        (
            "padding where it is allowed",
            "base64url with padding",
            usual,
            spaced,
            {"allow_padded_base64url": True},
        ),
    ):
        facts.valid(title, shows, output, record=record, **options)


def _right_passkeys(facts: Facts, log: Log) -> None:
    encoded = b64u(log.challenge.encode())
    for name, hash_name in (
        ("ES256", "SHA-256"),
        ("ES384", "SHA-384"),
        ("EDDSA", None),
        ("RS256", "SHA-256"),
    ):
        entry = log.passkey(name)
        spki = _spki_of(entry)
        facts.valid(
            f"Fido2 {name}",
            "a passkey hashes as its COSE algorithm says",
            _answer(entry, spki, hash=hash_name, type="webauthn.get", challenge=encoded),
            record=entry,
            challenge=log.challenge,
            origin=ORIGIN,
            rp_id=RP_ID,
            require_user_verification=True,
        )
    entry = log.passkey(challenge_form="verbatim")
    facts.valid(
        "Fido2 with the challenge as it is",
        "a passkey holds the challenge as it is, or encoded once more",
        _answer(
            entry, _spki_of(entry), hash="SHA-256", type="webauthn.get", challenge=log.challenge
        ),
        record=entry,
        challenge=log.challenge,
    )
    present = log.passkey(alter={"authenticator_data": lambda draft: draft.clear(UV)})
    facts.valid(
        "Fido2 without user verification",
        "a user who was there and not known, where nothing else is asked for",
        _answer(present, _spki_of(present), hash="SHA-256", type="webauthn.get", challenge=encoded),
        record=present,
    )


def _spki_of(entry: dict[str, Any]) -> bytes:

    return base64.b64decode("".join(entry["firstFactorCredential"]["publicKey"].split("\n")[1:-2]))
