"""What can be wrong with apple and compound statements."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from countermark.webauthn.testing import certificates as x509
from countermark.webauthn.testing import der_writer as der
from countermark.webauthn.testing.certificates import CertificateDraft
from countermark.webauthn.testing.drafts import Alteration, SigningDraft
from countermark.webauthn.testing.faults.packed import dropped
from countermark.webauthn.testing.faults.registry import Table, members, put, unchanged, without
from countermark.webauthn.testing.faults.signatures import INVALID
from countermark.webauthn.testing.keys import make_key
from countermark.webauthn.testing.seeding import Seed

APPLE = Table("apple", "apple", "8.8")
COMPOUND = Table("compound", "compound", "8.9")
_NONCE = "statement.nonce_mismatch"

for _name, _code, _description, _change in (
    ("x5c_missing", "statement.missing", "x5c is missing", without("x5c")),
    ("x5c_empty", "statement.value", "x5c is empty", members(x5c=[])),
    ("x5c_text", "statement.type", "x5c is a text", members(x5c="MII")),
):
    APPLE.add(_name, _code, _description, statement=_change)
APPLE.tolerated(
    "alg", "statement.unknown", "an alg, as old devices send", statement=members(alg=-7)
)


def _held(nonce: bytes) -> bytes:
    # SEQUENCE { [1] { OCTET STRING } }: three heads of two bytes.
    return nonce[6:]


for _name, _code, _description, _change in (
    (
        "nonce",
        _NONCE,
        "another nonce",
        lambda _: der.sequence(der.explicit(1, der.octet_string(bytes(32)))),
    ),
    (
        "nonce_short",
        _NONCE,
        "the nonce lacks a byte",
        lambda n: der.sequence(der.explicit(1, der.octet_string(_held(n)[:-1]))),
    ),
    (
        "nonce_wrapped_once",
        _NONCE,
        "the nonce is not within [1]",
        lambda n: der.sequence(der.octet_string(_held(n))),
    ),
    (
        "nonce_tag",
        _NONCE,
        "the nonce is within [0]",
        lambda n: der.sequence(der.explicit(0, der.octet_string(_held(n)))),
    ),
    (
        "nonce_bare",
        _NONCE,
        "the nonce is not within a SEQUENCE",
        lambda n: der.octet_string(_held(n)),
    ),
    ("nonce_trailing", _NONCE, "a byte after the nonce", lambda n: n + b"\0"),
):
    APPLE.add(_name, _code, _description, nonce=_change)
APPLE.add("nonce_missing", _NONCE, "the certificate has no nonce", leaf=dropped(x509.APPLE_NONCE))


def _other_key(leaf: CertificateDraft) -> None:
    leaf.key = make_key(Seed(b"another key of the device"), "key", -7)


APPLE.add(
    "other_key",
    "statement.key_mismatch",
    "the certificate is about another key",
    leaf=_other_key,
)
APPLE.add(
    "expired",
    "trust.validity",
    "the certificate has expired",
    section="RFC 5280, 6.1",
    leaf=put(not_after=1609459200),
)

# --- compound: statement 0 is packed and 1 is android-key, unless a fault says otherwise ---

_BROKEN = SigningDraft.use_other_key
_add = COMPOUND.add


def _statements(change: Callable[[list[Any]], object]) -> Alteration:
    return change


for _name, _code, _description, _change in (
    ("none_inside", "statement.value", "no statement", lambda _: []),
    ("one", "statement.value", "a single statement", lambda made: made[:1]),
    ("nine", "limit.count", "nine statements", lambda made: [made[0]] * 9),
    (
        "nested",
        "statement.value",
        "a compound statement within",
        lambda made: [made[0], {"fmt": "compound", "attStmt": made}],
    ),
    (
        "unknown_format",
        "algorithm.attestation_format",
        "a statement of a format nobody knows",
        lambda made: [made[0], {"fmt": "vendor", "attStmt": {}}],
    ),
    (
        "fmt_missing",
        "statement.missing",
        "a statement without fmt",
        lambda made: [made[0], {"attStmt": made[1]["attStmt"]}],
    ),
    (
        "statement_missing",
        "statement.missing",
        "a statement without attStmt",
        lambda made: [made[0], {"fmt": "packed"}],
    ),
    (
        "fmt_number",
        "statement.type",
        "a statement whose fmt is a number",
        lambda made: [made[0], {"fmt": 1, "attStmt": {}}],
    ),
    (
        "entry_number",
        "statement.type",
        "a number in place of a statement",
        lambda made: [made[0], 1],
    ),
    ("repeated", "valid", "the same statement twice", lambda made: [made[0], made[0]]),
    ("swapped", "valid", "the statements in the other order", lambda made: made[::-1]),
):
    _add(_name, _code, _description, statements=_statements(_change))
_add(
    "map",
    "attestation_object.type",
    "the statements are a map",
    attestation_object=members(attStmt={}),
)
_add(
    "first_fails",
    INVALID,
    "the first statement fails where all must hold",
    alter={"0.signing": _BROKEN},
)
_add(
    "second_fails",
    INVALID,
    "the second statement fails where all must hold",
    alter={"1.signing": _BROKEN},
)
_add(
    "second_fails_any",
    "valid",
    "the second statement fails where one must hold",
    options={"compound_policy": "any"},
    alter={"1.signing": _BROKEN},
)
_add(
    "first_fails_any",
    "valid",
    "the first statement fails where one must hold",
    options={"compound_policy": "any"},
    alter={"0.signing": _BROKEN},
)
_add(
    "both_fail_any",
    INVALID,
    "both statements fail where one must hold",
    options={"compound_policy": "any"},
    alter={"0.signing": _BROKEN, "1.signing": _BROKEN},
)
_THREE = {"compound": ("packed", "android-key", "apple")}
_add(
    "two_of_three",
    "valid",
    "one of three statements fails where two must hold",
    options={"compound_policy": 2},
    authenticator=_THREE,
    alter={"1.signing": _BROKEN},
)
_add(
    "one_of_three",
    INVALID,
    "two of three statements fail where two must hold",
    options={"compound_policy": 2},
    authenticator=_THREE,
    alter={"0.signing": _BROKEN, "2.nonce": lambda n: n[:-1] + bytes([n[-1] ^ 1])},
)
_add(
    "self_untrusted",
    "trust.no_attestation",
    "a self attestation among those that must all be trusted",
    authenticator={"compound": ("packed", "packed-self")},
    statements=unchanged,
)
_add(
    "self_untrusted_any",
    "valid",
    "a self attestation where one of them must be trusted",
    authenticator={"compound": ("packed", "packed-self")},
    options={"compound_policy": "any"},
    statements=unchanged,
)
_add(
    "inner_challenge",
    "statement.challenge_mismatch",
    "the android-key statement is for another challenge",
    alter={"1.key_description": put(challenge=bytes(32))},
)
_add(
    "inner_expired",
    "trust.validity",
    "the certificate of a statement has expired",
    alter={"0.leaf": put(not_after=1609459200)},
)
_add(
    "format_not_allowed",
    "response.format_not_allowed",
    "compound where only its parts are taken",
    section="7.1",
    options={"formats": ["packed", "android-key"]},
    statements=unchanged,
)
