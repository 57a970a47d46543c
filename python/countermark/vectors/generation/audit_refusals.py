"""Facts about entries of an audit log that prove nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any, Final

from countermark.vectors.generation.audit_log import (
    ORIGIN,
    Change,
    Log,
    changed,
    padded,
    software_signature,
)
from countermark.vectors.generation.facts import Facts
from countermark.vectors.generation.key_pem import pem
from countermark.webauthn.testing import der_writer as der
from countermark.webauthn.testing.drafts import BS, UP, UV, AuthenticatorDataDraft, b64u

P256_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def state_refusals(facts: Facts, log: Log) -> None:
    """Everything that is refused."""
    _wrong_members(facts, log)
    _wrong_claims(facts, log)
    _wrong_keys(facts, log)
    _wrong_signatures(facts, log)
    _wrong_passkeys(facts, log)


def _wrong_members(facts: Facts, log: Log) -> None:
    entry = log.entry()

    def wrong(title: str, shows: str, code: str, change: Change) -> None:
        facts.invalid(title, shows, code, record=changed(entry, change))

    for name in ("kind", "id", "publicKey", "assertion"):
        wrong(
            f"without {name}",
            f"{name} is missing",
            "assertion.missing",
            _pop(name),
        )
    for name in ("clientData", "signature"):
        wrong(
            f"without {name}",
            f"{name} is missing",
            "assertion.missing",
            _pop_inner(name),
        )
    for title, shows, code, change in (
        ("kind a number", "kind is no text", "assertion.type", lambda one: one.update(kind=1)),
        (
            "assertion a text",
            "assertion is no object",
            "assertion.type",
            lambda one: one.update(assertion=""),
        ),
        ("id empty", "id is empty", "assertion.value", lambda one: one.update(id="")),
        (
            "signature null",
            "signature is no text",
            "assertion.type",
            lambda one: one["assertion"].update(signature=None),
        ),
        (
            "padded",
            "base64url without padding",
            "base64url.padding",
            lambda one: one["assertion"].update(clientData=padded(one)),
        ),
        (
            "signature in base64",
            "a character of base64",
            "base64url.alphabet",
            lambda one: one["assertion"].update(signature="+" + one["assertion"]["signature"][1:]),
        ),
        (
            "client data that are no JSON",
            "client data are JSON",
            "json.syntax",
            lambda one: one["assertion"].update(clientData=b64u(b"{")),
        ),
        (
            "client data an array",
            "client data are an object",
            "json.shape",
            lambda one: one["assertion"].update(clientData=b64u(b"[]")),
        ),
        (
            "client data without a type",
            "type is missing",
            "client_data.missing",
            lambda one: one["assertion"].update(clientData=b64u(b'{"challenge":"a"}')),
        ),
    ):
        wrong(title, shows, code, change)
    text = json.dumps(entry)
    facts.invalid(
        "text of an array", "an array in place of an object", "json.shape", record=f"[{text}]"
    )
    facts.invalid("text cut", "the end is missing", "json.syntax", record=text[:-1])
    twice = text.replace('"kind":', '"kind": "Fido2", "kind":', 1)
    facts.invalid("member twice", "a member stands there twice", "json.duplicate", record=twice)


def _pop(name: str) -> Change:
    return lambda one: one.pop(name)


def _pop_inner(name: str) -> Change:
    return lambda one: one["assertion"].pop(name)


def _with_key(text: str) -> Change:
    return lambda one: one.update(publicKey=text)


def _wrong_claims(facts: Facts, log: Log) -> None:
    entry = log.entry()
    other = pem("PUBLIC KEY", log.key("ES256", "stranger").spki())
    created = log.entry(client_data=log.client_data(type="key.create"))
    passkey_type = log.entry(client_data=log.client_data(type="webauthn.get"))
    encoded = log.entry(client_data=log.client_data(challenge=b64u(log.challenge.encode())))
    unknown = log.entry(kind="Totp")
    elsewhere = log.entry(client_data=log.client_data(origin=ORIGIN + "/"))
    small = {"type": "key.get", "challenge": log.challenge}
    nowhere = log.entry(client_data=json.dumps(small).encode())
    for title, shows, code, record, options in (
        ("unknown kind", "a kind that does not sign", "assertion.kind_mismatch", unknown, {}),
        (
            "kind in lower case",
            "a kind in lower case is another one",
            "assertion.kind_mismatch",
            log.entry(kind="key"),
            {},
        ),
        (
            "another key pinned",
            "the key is not the one that the caller knows",
            "attestation.public_key_mismatch",
            entry,
            {"public_key": other},
        ),
        (
            "another credential",
            "the credential is not the expected one",
            "assertion.id_mismatch",
            entry,
            {"credential_id": log.credential_id + "0"},
        ),
        (
            "another challenge",
            "the challenge is not the expected one",
            "client_data.challenge_mismatch",
            entry,
            {"challenge": log.challenge + "0"},
        ),
        (
            "challenge encoded once more",
            "a software key holds the challenge as it is",
            "client_data.challenge_mismatch",
            encoded,
            {"challenge": log.challenge},
        ),
        (
            "another origin",
            "the origin is not the expected one",
            "client_data.origin_mismatch",
            elsewhere,
            {"origin": ORIGIN},
        ),
        (
            "no origin",
            "an origin is expected, and there is none",
            "client_data.origin_mismatch",
            nowhere,
            {"origin": ORIGIN},
        ),
        (
            "client data of a registration",
            "key.create is no user action",
            "client_data.type_mismatch",
            created,
            {},
        ),
        (
            "client data of a passkey",
            "webauthn.get is not signed by a software key",
            "client_data.type_mismatch",
            passkey_type,
            {},
        ),
        (
            "empty challenge expected",
            "an expectation that nothing can meet",
            "argument.value",
            entry,
            {"challenge": ""},
        ),
        (
            "empty rp_id expected",
            "an expectation that nothing can meet",
            "argument.value",
            entry,
            {"rp_id": ""},
        ),
    ):
        facts.invalid(title, shows, code, record=record, **options)


def _wrong_keys(facts: Facts, log: Log) -> None:
    entry = log.entry()
    spki = log.key("ES256").spki()
    small = der.sequence(der.sequence(der.oid("1.3.101.112")), der.bit_string(b"\x01" + bytes(31)))
    off = spki[:-1] + bytes([spki[-1] ^ 1])
    for title, shows, code, text in (
        ("key that is no PEM", "a key is PEM text", "pem.missing", b64u(spki)),
        (
            "key of another label",
            "a label that is not that of a key",
            "algorithm.format",
            pem("CERTIFICATE", spki),
        ),
        ("key off the curve", "the point is not on the curve", "key.point", pem("PUBLIC KEY", off)),
        (
            "key of small order",
            "a point of small order",
            "key.small_order",
            pem("PUBLIC KEY", small),
        ),
        (
            "key with a trailing octet",
            "an octet follows",
            "der.trailing",
            pem("PUBLIC KEY", spki + b"\x00"),
        ),
    ):
        facts.invalid(
            title,
            shows,
            code,
            record=changed(entry, _with_key(text)),
        )


def _wrong_signatures(facts: Facts, log: Log) -> None:
    code = "signature.invalid"
    key, stranger = log.ec_key(), log.ec_key("stranger")

    def by(sign: Callable[[bytes], bytes], name: str = "ES256") -> dict[str, Any]:
        return log.entry(name, sign=sign)

    edwards, rsa = log.key("EDDSA"), log.rsa_key()
    for title, shows, record, options in (
        (
            "signed by another key",
            "the key did not sign it",
            by(lambda data: software_signature(stranger, data)),
            {},
        ),
        (
            "other client data signed",
            "the signature is over other client data",
            by(lambda data: software_signature(key, data + b" ")),
            {},
        ),
        (
            "hash of the client data signed",
            "the signature is over the hash of the hash",
            by(lambda data: software_signature(key, _sha256(data))),
            {},
        ),
        (
            "raw signature",
            "r and s side by side in place of DER",
            by(lambda data: _raw(software_signature(key, data))),
            {},
        ),
        (
            "signature with a trailing octet",
            "an octet follows",
            by(lambda data: software_signature(key, data) + b"\x00"),
            {},
        ),
        (
            "signature of zeros",
            "r and s are zero",
            by(lambda _: der.sequence(der.integer(0), der.integer(0))),
            {},
        ),
        (
            "SHA-512 in place of SHA-256",
            "another hash",
            by(lambda data: key.sign_hash(data, "sha512")),
            {},
        ),
        ("SHA-256 in place of SHA-512", "another hash", log.entry(), {"algorithm": "SHA512"}),
        (
            "high s where a low one is due",
            "s is over half the order",
            by(lambda data: _high(software_signature(key, data))),
            {"low_s": True},
        ),
        (
            "Ed25519 cut",
            "an octet is missing",
            by(lambda data: edwards.sign(data, -8)[:-1], "EDDSA"),
            {},
        ),
        (
            "RSA PSS in place of PKCS1",
            "another padding",
            by(lambda data: rsa.numbers.sign_pss(data, "sha256"), "RS256"),
            {},
        ),
        ("RSA PKCS1 in place of PSS", "another padding", log.entry("RS256"), {"padding": "pss"}),
    ):
        facts.invalid(title, shows, code, record=record, **options)
    for title, shows, code, name, options in (
        (
            "algorithm for EdDSA",
            "EdDSA takes no hash",
            "algorithm.mismatch",
            "EDDSA",
            {"algorithm": "SHA256"},
        ),
        (
            "algorithm of RSA",
            "RSA-SHA256 is for RSA keys",
            "algorithm.mismatch",
            "ES256",
            {"algorithm": "RSA-SHA256"},
        ),
        (
            "unknown algorithm",
            "no algorithm has this name",
            "algorithm.unknown",
            "ES256",
            {"algorithm": "MD5"},
        ),
        (
            "padding for ECDSA",
            "padding is for RSA keys",
            "algorithm.mismatch",
            "ES256",
            {"padding": "pss"},
        ),
    ):
        facts.invalid(title, shows, code, record=log.entry(name), **options)


def _sha256(data: bytes) -> bytes:

    return hashlib.sha256(data).digest()


def _numbers(signature: bytes) -> tuple[int, int]:
    """Both numbers of a short DER signature."""
    at = 4 + signature[3]
    return int.from_bytes(signature[4:at], "big"), int.from_bytes(signature[at + 2 :], "big")


def _raw(signature: bytes) -> bytes:
    return b"".join(number.to_bytes(32, "big") for number in _numbers(signature))


def _high(signature: bytes) -> bytes:
    r, s = _numbers(signature)
    return der.sequence(der.integer(r), der.integer(max(s, P256_ORDER - s)))


def _wrong_passkeys(facts: Facts, log: Log) -> None:
    entry = log.passkey()

    def without(draft: AuthenticatorDataDraft) -> None:
        draft.clear(UP)

    absent = log.passkey(alter={"authenticator_data": without})
    unknown = log.passkey(alter={"authenticator_data": lambda draft: draft.clear(UV)})
    software = log.passkey(alter={"client_data": lambda members: members.update(type="key.get")})
    long = log.passkey(alter={"authenticator_data_bytes": lambda data: data + b"\x00"})
    other = log.passkey(alter={"signing": lambda draft: draft.use_other_key()})
    bare = log.passkey(
        alter={"signing": lambda draft: setattr(draft, "message", draft.client_data_hash)}
    )
    for title, shows, code, record, options in (
        (
            "Fido2 without authenticatorData",
            "authenticatorData are missing",
            "assertion.missing",
            changed(entry, lambda one: one["assertion"].pop("authenticatorData")),
            {},
        ),
        (
            "Fido2 as Key",
            "a passkey under the kind of a software key",
            "client_data.type_mismatch",
            changed(entry, lambda one: one.update(kind="Key")),
            {},
        ),
        (
            "Fido2 with client data of a key",
            "key.get is not signed by a passkey",
            "client_data.type_mismatch",
            software,
            {},
        ),
        (
            "Fido2 of another relying party",
            "the hash is that of another one",
            "authenticator_data.rp_id_mismatch",
            entry,
            {"rp_id": "example.com"},
        ),
        (
            "Fido2 without user presence",
            "nobody was there",
            "authenticator_data.user_presence",
            absent,
            {},
        ),
        (
            "Fido2 without user verification where it is due",
            "the user was not known",
            "authenticator_data.user_verification",
            unknown,
            {"require_user_verification": True},
        ),
        (
            "Fido2 backed up without being eligible",
            "BS is set and BE is not",
            "authenticator_data.backup_state",
            log.passkey(alter={"authenticator_data": lambda draft: draft.set(BS)}),
            {},
        ),
        (
            "Fido2 with a trailing octet",
            "an octet follows the authenticator data",
            "authenticator_data.trailing",
            long,
            {},
        ),
        (
            "Fido2 with authenticator data cut",
            "a header is 37 octets long",
            "authenticator_data.truncated",
            changed(entry, lambda one: one["assertion"].update(authenticatorData=b64u(bytes(36)))),
            {},
        ),
        ("Fido2 signed by another key", "the key did not sign it", "signature.invalid", other, {}),
        (
            "Fido2 without authenticator data in the signature",
            "the signature is over the client data alone",
            "signature.invalid",
            bare,
            {},
        ),
        (
            "Fido2 with another challenge",
            "the challenge is not the expected one",
            "client_data.challenge_mismatch",
            entry,
            {"challenge": log.challenge[:-1]},
        ),
        (
            "Fido2 under SHA-512",
            "another hash",
            "signature.invalid",
            entry,
            {"algorithm": "SHA512"},
        ),
    ):
        facts.invalid(title, shows, code, record=record, **options)
