"""What can be wrong with authenticator data."""

from __future__ import annotations

import hashlib

from countermark.webauthn.testing.cbor_writer import Pairs, Raw
from countermark.webauthn.testing.drafts import (
    AT,
    BE,
    BS,
    ED,
    UP,
    UV,
    Alteration,
    AuthenticatorDataDraft,
)
from countermark.webauthn.testing.faults.registry import Table, first, put, unchanged

REGISTRATION = Table("authenticator_data", "packed-self", "6.1")
_add = REGISTRATION.add


def flags(*, set: int = 0, clear: int = 0) -> Alteration:
    """Sets and clears flags."""

    def change(draft: AuthenticatorDataDraft) -> None:
        draft.flags = draft.flags & ~clear | set

    return change


def extended(value: object, *, flag: bool = True) -> Alteration:
    """Extension outputs, with or without their flag."""

    def change(draft: AuthenticatorDataDraft) -> None:
        draft.extensions = value
        draft.flags = draft.flags | ED if flag else draft.flags & ~ED

    return change


def rp(name: str) -> Alteration:
    """The hash of another relying party id."""
    return put(rp_id_hash=hashlib.sha256(name.encode()).digest())


def common(table: Table, section: str) -> None:
    """The faults both ceremonies have."""
    add = table.add
    mismatch = "authenticator_data.rp_id_mismatch"
    for name, description, change in (
        ("rp_id_other", "the hash of another relying party", rp("evil.example")),
        ("rp_id_case", "the hash of the id in capitals", rp("EXAMPLE.ORG")),
        ("rp_id_dot", "the hash of the id with a final dot", rp("example.org.")),
        ("rp_id_origin", "the hash of the origin", rp("https://example.org")),
        ("rp_id_zero", "a hash of zeros", put(rp_id_hash=bytes(32))),
    ):
        add(name, mismatch, description, section=section, authenticator_data=change)
    add(
        "user_absent",
        "authenticator_data.user_presence",
        "UP is clear",
        section=section,
        authenticator_data=flags(clear=UP),
    )
    add(
        "user_absent_verified_only",
        "valid",
        "UP is clear where presence is not asked for",
        section=section,
        options={"require_user_presence": False},
        authenticator_data=flags(clear=UP),
    )
    add(
        "user_unverified",
        "authenticator_data.user_verification",
        "UV is clear",
        section=section,
        authenticator_data=flags(clear=UV),
    )
    add(
        "user_unverified_allowed",
        "valid",
        "UV is clear where verification is not asked for",
        section=section,
        options={"require_user_verification": False},
        authenticator_data=flags(clear=UV),
    )
    add(
        "backup_state",
        "authenticator_data.backup_state",
        "BS without BE",
        section=section,
        authenticator_data=flags(set=BS, clear=BE),
    )
    add(
        "backed_up",
        "valid",
        "BE and BS",
        section=section,
        authenticator_data=flags(set=BE | BS),
    )
    table.tolerated(
        "reserved_bit_1",
        "authenticator_data.flags",
        "the reserved bit 1 is set",
        authenticator_data=flags(set=0x02),
    )
    table.tolerated(
        "reserved_bit_5",
        "authenticator_data.flags",
        "the reserved bit 5 is set",
        authenticator_data=flags(set=0x20),
    )
    add(
        "extensions_absent",
        "authenticator_data.truncated",
        "ED without extensions",
        authenticator_data=flags(set=ED),
    )
    add(
        "extensions_unannounced",
        "authenticator_data.trailing",
        "extensions without ED",
        authenticator_data=extended({"credProtect": 2}, flag=False),
    )
    shape = "authenticator_data.extensions"
    for name, code, description, value in (
        ("extensions_array", shape, "the extensions are an array", ["credProtect"]),
        ("extensions_text", shape, "the extensions are a text", "credProtect"),
        ("extensions_null", shape, "the extensions are null", Raw(b"\xf6")),
        ("extensions_number", shape, "the extensions are a number", 5),
        ("extensions_key", shape, "an extension is named by a number", {1: True}),
        (
            "extensions_duplicate",
            "cbor.duplicate",
            "an extension stands there twice",
            Pairs((("credProtect", 1), ("credProtect", 2))),
        ),
        (
            "extensions_truncated",
            "cbor.truncated",
            "the map of extensions announces one too many",
            Pairs((("credProtect", 1),), announced=2),
        ),
        (
            "extensions_trailing",
            "authenticator_data.trailing",
            "a byte after the extensions",
            Raw(b"\xa1\x6bcredProtect\x02\x00"),
        ),
        ("cred_protect_text", shape, "credProtect is a text", {"credProtect": "2"}),
        ("cred_protect_range", shape, "credProtect is 4", {"credProtect": 4}),
        ("min_pin_length_bool", shape, "minPinLength is true", {"minPinLength": True}),
        ("hmac_secret_text", shape, "hmac-secret is a text", {"hmac-secret": "yes"}),
        ("uvm_flat", shape, "uvm is not an array of arrays", {"uvm": [2, 4, 2]}),
        ("cred_protect", "valid", "credProtect 2", {"credProtect": 2}),
        (
            "extensions_many",
            "valid",
            "extensions of every kind and one nobody knows",
            {
                "credProtect": 3,
                "hmac-secret": True,
                "minPinLength": 4,
                "uvm": [[2, 4, 2]],
                "credBlob": True,
                "example.unknown": {"a": [1, b"\x00"]},
            },
        ),
        ("extensions_empty", "valid", "an empty map of extensions", {}),
    ):
        add(name, code, description, section="6.1 and 9.5", authenticator_data=extended(value))
    table.tolerated(
        "extensions_order",
        "cbor.order",
        "the extensions are not in CTAP2's order",
        section="CTAP2 section 8",
        authenticator_data=extended(Pairs((("minPinLength", 4), ("credProtect", 1)))),
    )


common(REGISTRATION, "7.1")
_add(
    "trailing",
    "authenticator_data.trailing",
    "a byte after the public key",
    authenticator_data=put(trailing=b"\x00"),
)
_add(
    "attested_unannounced",
    "authenticator_data.trailing",
    "attested data without AT",
    authenticator_data=flags(clear=AT),
)
_add(
    "attested_absent",
    "authenticator_data.truncated",
    "AT without attested data",
    authenticator_data=put(credential_id=None),
)


def _bare(draft: AuthenticatorDataDraft) -> None:
    draft.credential_id = None
    draft.flags &= ~AT


_add(
    "no_credential",
    "authenticator_data.missing_credential",
    "neither AT nor attested data",
    section="7.1",
    authenticator_data=_bare,
)
for _name, _code, _description, _kept in (
    ("empty", "authenticator_data.truncated", "no byte at all", 0),
    ("hash_only", "authenticator_data.truncated", "the hash alone", 32),
    ("short_header", "authenticator_data.truncated", "36 bytes", 36),
    ("short_aaguid", "authenticator_data.truncated", "it ends within the AAGUID", 45),
    ("short_length", "authenticator_data.truncated", "it ends within the length of the id", 54),
    ("short_id", "authenticator_data.truncated", "it ends within the credential id", 70),
    ("short_key", "cbor.truncated", "it lacks the last byte of the key", -1),
    ("key_absent", "cbor.truncated", "it ends before the key", 71),
):
    _add(
        _name,
        _code,
        _description,
        authenticator_data_bytes=first(_kept),
    )
_add(
    "id_empty",
    "authenticator_data.credential_id",
    "a credential id of no byte",
    section="6.5.1",
    authenticator_data=put(credential_id=b""),
)
_add(
    "id_1024",
    "limit.size",
    "a credential id of 1024 bytes",
    section="6.5.1",
    authenticator_data=put(credential_id=bytes(1024)),
)
_add(
    "id_65535",
    "limit.size",
    "a credential id that announces 65535 bytes",
    section="6.5.1",
    authenticator_data=put(credential_id_length=65535),
)
_add(
    "id_beyond",
    "authenticator_data.truncated",
    "a credential id longer than what follows",
    section="6.5.1",
    authenticator_data=put(credential_id_length=1000),
)
_add(
    "counter_large",
    "valid",
    "the highest counter",
    authenticator_data=put(sign_count=0xFFFFFFFF),
)
_add(
    "cross_check",
    "valid",
    "nothing at all",
    section="7.1",
    authenticator_data=unchanged,
)
_add(
    "algorithm_not_allowed",
    "response.algorithm_not_allowed",
    "an algorithm the server did not offer",
    section="7.1",
    options={"algorithms": [-257]},
    authenticator_data=unchanged,
)
