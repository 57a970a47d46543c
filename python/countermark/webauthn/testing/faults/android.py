"""What can be wrong with android-key and android-safetynet statements."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

from countermark.webauthn.testing import certificates as x509
from countermark.webauthn.testing import der_writer as der
from countermark.webauthn.testing.android import KeyDescriptionDraft, integers
from countermark.webauthn.testing.certificates import CertificateDraft, Name
from countermark.webauthn.testing.drafts import Alteration, SigningDraft
from countermark.webauthn.testing.faults.packed import dropped, extension
from countermark.webauthn.testing.faults.registry import Table, members, put, without
from countermark.webauthn.testing.faults.signatures import (
    INVALID,
    signature_faults,
    signing_faults,
)
from countermark.webauthn.testing.keys import make_key
from countermark.webauthn.testing.seeding import Seed
from countermark.webauthn.testing.statements import host_name

KEY = Table("android_key", "android-key", "8.4")
_add = KEY.add
_SEED = Seed(b"another key of the device")

signature_faults(KEY, brief=True)
signing_faults(KEY)
for _name, _code, _description, _change in (
    ("alg_missing", "statement.missing", "alg is missing", without("alg")),
    ("sig_missing", "statement.missing", "sig is missing", without("sig")),
    ("x5c_missing", "statement.missing", "x5c is missing", without("x5c")),
    ("x5c_empty", "statement.value", "x5c is empty", members(x5c=[])),
    ("sig_text", "statement.type", "sig is a text", members(sig="text")),
    ("alg_es384", "statement.algorithm_mismatch", "alg is ES384", members(alg=-35)),
    ("alg_unknown", "algorithm.unknown", "alg is −999", members(alg=-999)),
):
    _add(_name, _code, _description, statement=_change)
KEY.tolerated(
    "unknown_member",
    "statement.unknown",
    "a member the syntax does not have",
    statement=members(extra=1),
)


def _other_certified(leaf: CertificateDraft) -> None:
    leaf.key = make_key(_SEED, "key", -7)


def _other_signs(draft: SigningDraft) -> None:
    draft.key = make_key(_SEED, "key", -7)


_add(
    "other_key",
    "statement.key_mismatch",
    "the certificate is about another key, which signed",
    leaf=_other_certified,
    signing=_other_signs,
)


def listed(where: str, tag: int, value: bytes | None) -> Alteration:
    """Puts an authorization into a list, or takes it out."""

    def change(draft: KeyDescriptionDraft) -> None:
        held: dict[int, bytes] = getattr(draft, where)
        if value is None:
            del held[tag]
        else:
            held[tag] = value

    return change


def _moved(*tags: int) -> Alteration:
    def change(draft: KeyDescriptionDraft) -> None:
        for tag in tags:
            draft.software[tag] = draft.tee.pop(tag)

    return change


_AUTHORIZATION = "statement.authorization"
_ALL = "statement.all_applications"
for _name, _code, _description, _change in (
    ("challenge", "statement.challenge_mismatch", "another challenge", put(challenge=bytes(32))),
    ("challenge_empty", "statement.challenge_mismatch", "an empty challenge", put(challenge=b"")),
    (
        "challenge_longer",
        "statement.challenge_mismatch",
        "a byte follows the challenge",
        lambda draft: put(challenge=draft.challenge + b"\0")(draft),
    ),
    ("all_software", _ALL, "allApplications in software", listed("software", 600, der.null())),
    ("all_tee", _ALL, "allApplications in the TEE", listed("tee", 600, der.null())),
    ("origin_derived", _AUTHORIZATION, "a derived key", listed("tee", 702, der.integer(1))),
    ("origin_imported", _AUTHORIZATION, "an imported key", listed("tee", 702, der.integer(2))),
    ("origin_missing", _AUTHORIZATION, "no origin", listed("tee", 702, None)),
    ("origin_software", _AUTHORIZATION, "the origin in software alone", _moved(702)),
    ("purpose_verify", _AUTHORIZATION, "a key to verify with", listed("tee", 1, integers(3))),
    ("purpose_decrypt", _AUTHORIZATION, "a key to decrypt with", listed("tee", 1, integers(1))),
    ("purpose_none", _AUTHORIZATION, "a key without a purpose", listed("tee", 1, integers())),
    ("purpose_missing", _AUTHORIZATION, "no purpose", listed("tee", 1, None)),
    ("purpose_software", _AUTHORIZATION, "the purpose in software alone", _moved(1)),
    ("version_3", "valid", "a description of version 3", put(version=3)),
    ("version_400", "valid", "a description of version 400", put(version=400)),
    ("strongbox", "valid", "a StrongBox key", put(security_level=2)),
    ("unknown_tag", "valid", "an unknown tag", listed("tee", 799, der.null())),
    ("unknown_low_tag", "valid", "an unknown low tag", listed("software", 30, der.integer(1))),
    ("patch_level", "valid", "tags up to 724", listed("tee", 724, der.octet_string(b"id"))),
    ("trailing", "der.trailing", "a member too many", put(trailing=der.null())),
    ("not_sequence", "der.tag", "no SEQUENCE", put(value=der.octet_string(b"x"))),
    ("empty", "der.truncated", "an empty SEQUENCE", put(value=der.sequence())),
):
    _add(
        f"description_{_name}" if _code.startswith("der.") else _name,
        _code,
        f"the key description: {_description}",
        key_description=_change,
    )
_SOFT = {"require_tee": False}
for _name, _code, _description, _change in (
    ("union", "valid", "origin and purpose in software, which is taken", _moved(702, 1)),
    ("union_missing", _AUTHORIZATION, "no origin in either list", listed("tee", 702, None)),
    (
        "union_contradiction",
        _AUTHORIZATION,
        "an imported key in software, a generated one in the TEE",
        listed("software", 702, der.integer(2)),
    ),
):
    _add(
        _name, _code, f"the key description: {_description}", options=_SOFT, key_description=_change
    )
_add(
    "description_missing",
    "statement.missing",
    "the certificate has no key description",
    leaf=dropped(x509.KEY_DESCRIPTION),
)


def _second_description(draft: CertificateDraft) -> None:
    draft.add(x509.KEY_DESCRIPTION, KeyDescriptionDraft(bytes(32)).encode())


_add(
    "description_above",
    "statement.key_description",
    "a second key description in the certificate above",
    intermediate=_second_description,
)
_add(
    "expired",
    "trust.validity",
    "the certificate has expired",
    section="RFC 5280, 6.1",
    leaf=put(not_after=1609459200),
)


# --- SafetyNet ---

SAFETYNET = Table("safetynet", "android-safetynet", "8.5")
_jws = SAFETYNET.add
for _name, _code, _description, _change in (
    ("ver_missing", "statement.missing", "ver is missing", without("ver")),
    ("ver_empty", "statement.value", "ver is empty", members(ver="")),
    ("ver_number", "statement.type", "ver is a number", members(ver=14)),
    ("response_missing", "statement.missing", "response is missing", without("response")),
    ("response_text", "statement.type", "response is a text", members(response="a.b.c")),
):
    _jws(_name, _code, _description, statement=_change)


def _part(index: int, change: Callable[[bytes], bytes]) -> Alteration:
    def altered(jws: bytes) -> bytes:
        pieces = jws.split(b".")
        pieces[index] = change(pieces[index])
        return b".".join(pieces)

    return altered


for _name, _code, _description, _change in (
    ("two_parts", "jws.shape", "the JWS has two parts", lambda jws: jws.rpartition(b".")[0]),
    ("four_parts", "jws.shape", "the JWS has four parts", lambda jws: jws + b".e30"),
    ("empty", "jws.shape", "the JWS is empty", lambda _: b""),
    ("padded", "jws.shape", "the signature is padded", lambda jws: jws + b"=="),
    ("alphabet", "jws.shape", "the header is not base64url", _part(0, lambda part: b"+/" + part)),
    ("line_feed", "jws.shape", "a line feed follows the JWS", lambda jws: jws + b"\n"),
    ("no_signature", INVALID, "the signature has no byte", _part(2, lambda _: b"")),
):
    _jws(_name, _code, _description, section="RFC 7515, 7.1", jws=_change)
_jws(
    "signature_flipped",
    INVALID,
    "a bit of the signature is flipped",
    signature=lambda s: s[:-1] + bytes([s[-1] ^ 1]),
)
_jws("signed_other_key", INVALID, "another key signed", signing=SigningDraft.use_other_key)
_WRONG = "jws.algorithm_mismatch"
for _name, _code, _description, _change in (
    ("alg_none", _WRONG, "alg is none", members(alg="none")),
    ("alg_hs256", _WRONG, "alg is HS256", members(alg="HS256")),
    ("alg_es256", _WRONG, "alg is ES256", members(alg="ES256")),
    ("alg_rs512", _WRONG, "alg is RS512", members(alg="RS512")),
    ("alg_missing", "jws.header", "alg is missing", without("alg")),
    ("crit", _WRONG, "a crit", members(crit=["exp"])),
    ("jwk", _WRONG, "a key of its own", members(jwk={"kty": "oct", "k": "AAAA"})),
    ("x5c_missing", "jws.header", "x5c is missing", without("x5c")),
    ("x5c_empty", "jws.header", "x5c is empty", members(x5c=[])),
    ("x5c_text", "jws.header", "x5c is a text", members(x5c="MII")),
    ("not_object", "jws.header", "an array", lambda _: []),
    ("not_json", "jws.header", "no JSON", lambda _: b"{"),
):
    _jws(
        f"header_{_name}",
        _code,
        f"the header: {_description}",
        section="RFC 7515, 4.1",
        jws_header=_change,
    )


def _other_alphabet(draft: dict[str, Any]) -> None:
    raw = base64.b64decode(draft["nonce"])
    # The nonce of this record has a sign in which the alphabets differ, or the padding tells them apart.
    draft["nonce"] = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


_NONCE = "statement.nonce_mismatch"
_CTS = "statement.cts_profile"
for _name, _code, _description, _change in (
    ("nonce", _NONCE, "another nonce", members(nonce=base64.b64encode(bytes(32)).decode())),
    ("nonce_alphabet", _NONCE, "the nonce in base64url", _other_alphabet),
    ("nonce_empty", _NONCE, "an empty nonce", members(nonce="")),
    ("nonce_missing", _NONCE, "no nonce", without("nonce")),
    ("cts_false", _CTS, "ctsProfileMatch is false", members(ctsProfileMatch=False)),
    ("cts_text", _CTS, 'ctsProfileMatch is the text "true"', members(ctsProfileMatch="true")),
    ("cts_number", _CTS, "ctsProfileMatch is 1", members(ctsProfileMatch=1)),
    ("cts_missing", _CTS, "ctsProfileMatch is missing", without("ctsProfileMatch")),
    (
        "early",
        "statement.timestamp",
        "two minutes before",
        lambda d: members(timestampMs=d["timestampMs"] - 120_000)(d),
    ),
    (
        "late",
        "statement.timestamp",
        "two minutes after",
        lambda d: members(timestampMs=d["timestampMs"] + 120_000)(d),
    ),
    (
        "a_minute",
        "valid",
        "a minute before, to the millisecond",
        lambda d: members(timestampMs=d["timestampMs"] - 60_000)(d),
    ),
    ("advice", "valid", "a member nobody knows", members(advice="LOCK_BOOTLOADER")),
):
    _jws(f"payload_{_name}", _code, f"the payload: {_description}", jws_payload=_change)


def _duplicated(draft: dict[str, Any]) -> bytes:
    text = json.dumps(draft, separators=(",", ":"))
    return (text[:-1] + ',"ctsProfileMatch":true}').encode()


def _common_name_only(leaf: CertificateDraft) -> None:
    leaf.drop(x509.ALTERNATIVE_NAME)


_jws(
    "payload_duplicate",
    "json.duplicate",
    "the payload: a duplicate member",
    jws_payload=_duplicated,
)
for _name, _description, _change in (
    ("other", "another host", extension(x509.ALTERNATIVE_NAME, host_name("attest.example"))),
    ("wildcard", "a wildcard", extension(x509.ALTERNATIVE_NAME, host_name("*.android.com"))),
    (
        "suffix",
        "a host below",
        extension(x509.ALTERNATIVE_NAME, host_name("attest.android.com.evil.example")),
    ),
    ("nul", "a NUL", extension(x509.ALTERNATIVE_NAME, host_name("attest.android.com\x00"))),
):
    _jws(f"host_{_name}", "leaf.hostname", f"the certificate is for {_description}", leaf=_change)
SAFETYNET.tolerated(
    "host_common_name",
    "leaf.hostname",
    "the certificate names its host in the CN alone",
    leaf=_common_name_only,
)
_jws(
    "host_second",
    "valid",
    "the certificate is for another host too",
    leaf=extension(x509.ALTERNATIVE_NAME, host_name("attest.example", "attest.android.com")),
)
_jws(
    "expired",
    "trust.validity",
    "the certificate has expired",
    section="RFC 5280, 6.1",
    leaf=put(not_after=1609459200),
)
_jws(
    "subject",
    "valid",
    "the certificate has no CN",
    leaf=put(subject=Name.of(("O", "countermark"))),
)
