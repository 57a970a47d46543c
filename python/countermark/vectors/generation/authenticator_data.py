"""Facts about authenticator data, taken apart and not verified."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any, Final
from uuid import UUID

from countermark.vectors.generation.cose import cose
from countermark.vectors.generation.facts import Facts
from countermark.vectors.generation.files import Seed, VectorFile
from countermark.vectors.generation.material import CURVES, Ec, Okp
from countermark.webauthn.testing.cbor_writer import Pairs, Raw, encode
from countermark.webauthn.testing.drafts import AT, BE, BS, ED, UP, UV, AuthenticatorDataDraft

STRICT: Final = {"strictness": "strict"}
RESERVED: Final = (0x02, 0x20)
HEADER: Final = 37


def files(seed: Seed) -> Iterator[VectorFile]:
    """The subject authenticator_data."""
    yield _authenticator_data(seed)


class Parts:
    """What authenticator data are made of, from one seed."""

    def __init__(self, seed: Seed) -> None:
        self.rp_id_hash = hashlib.sha256(
            seed.take("rp id", 8).hex().encode() + b".example"
        ).digest()
        self.aaguid = seed.take("aaguid", 16)
        self.credential_id = seed.take("credential id", 15 + seed.number("length of the id", 50))
        self.sign_count = seed.number("sign count", 2**32)
        self.ec = Ec.draw(seed, "authenticator data", CURVES[0])
        self.key = encode(cose(self.ec, -7))
        self.okp = Okp.draw(seed, "authenticator data", "Ed25519")

    def draft(self, flags: int = UP | UV, **members: Any) -> AuthenticatorDataDraft:
        """An assertion's."""
        return AuthenticatorDataDraft(self.rp_id_hash, flags, self.sign_count, **members)

    def attested(self, flags: int = UP | UV | AT, **members: Any) -> AuthenticatorDataDraft:
        """A registration's."""
        usual: dict[str, Any] = {
            "aaguid": self.aaguid,
            "credential_id": self.credential_id,
            "credential_public_key": self.key,
        }
        return self.draft(flags, **usual | members)

    def output(
        self,
        draft: AuthenticatorDataDraft,
        extensions: Mapping[str, Any] | None = None,
        tolerated: tuple[tuple[str, str], ...] = (),
    ) -> dict[str, Any]:
        """What taking a draft apart gives."""
        found: dict[str, Any] = {
            "rp_id_hash": draft.rp_id_hash.hex(),
            "flags": draft.flags,
            "sign_count": draft.sign_count,
            "extensions": dict(extensions or {}),
            "tolerated": [list(note) for note in tolerated],
        }
        if draft.credential_id is not None:
            found |= {
                "aaguid": str(UUID(bytes=draft.aaguid)),
                "credential_id": draft.credential_id.hex(),
                "credential_public_key": draft.credential_public_key.hex(),
            }
        return found


def _authenticator_data(seed: Seed) -> VectorFile:
    facts = Facts(
        "authenticator_data",
        "Authenticator data in their parts. A key is kept as it stands, and judged by nobody here.",
        operation="authenticator_data.read",
        section="WebAuthn section 6.1",
    )
    parts = Parts(seed)
    _right_headers(facts, parts)
    _right_credentials(facts, seed, parts)
    _right_extensions(facts, seed, parts)
    _tolerated(facts, parts)
    _wrong_lengths(facts, seed, parts)
    _wrong_credentials(facts, seed, parts)
    _wrong_extensions(facts, parts)
    return facts.file()


def _right_headers(facts: Facts, parts: Parts) -> None:
    for title, shows, flags in (
        ("no flag", "no flag is set", 0),
        ("UP", "a user was there", UP),
        ("UP and UV", "a user was there and known", UP | UV),
        ("UV without UP", "what to make of it is for who uses it to judge", UV),
        ("BE", "the credential may be copied", UP | BE),
        ("BE and BS", "the credential was copied", UP | BE | BS),
        ("BS without BE", "what contradicts itself is for who uses it to judge", UP | BS),
    ):
        draft = parts.draft(flags)
        facts.valid(title, shows, parts.output(draft), bytes=draft.encode(), **STRICT)
    for title, count in (
        ("of zero", 0),
        ("of one", 1),
        ("of 2 to the 31", 2**31),
        ("at its end", 2**32 - 1),
    ):
        draft = parts.draft()
        draft.sign_count = count
        facts.valid(
            f"sign count {title}",
            "the counter is a number of 32 bits without a sign",
            parts.output(draft),
            section="WebAuthn section 6.1.1",
            bytes=draft.encode(),
            **STRICT,
        )


def _right_credentials(facts: Facts, seed: Seed, parts: Parts) -> None:
    right: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("credential", "a new credential", {}),
        ("zero AAGUID", "an authenticator that does not tell its model", {"aaguid": bytes(16)}),
        (
            "id of 1 octet",
            "the shortest id that is one",
            {"credential_id": seed.take("short id", 1)},
        ),
        ("id of 1023 octets", "the longest id", {"credential_id": seed.take("long id", 1023)}),
        (
            "Ed25519 key",
            "a key of another type",
            {"credential_public_key": encode(cose(parts.okp, -8))},
        ),
        ("empty key map", "a map without members is a map", {"credential_public_key": encode({})}),
        (
            "key of no type",
            "what is wrong with a key is told when it is used",
            {"credential_public_key": encode({1: 99, 3: 7})},
        ),
    )
    for title, shows, members in right:
        draft = parts.attested(**members)
        facts.valid(
            title,
            shows,
            parts.output(draft),
            section="WebAuthn section 6.5.1",
            bytes=draft.encode(),
            **STRICT,
        )


def _right_extensions(facts: Facts, seed: Seed, parts: Parts) -> None:
    blob, secret, key = (seed.take(f"extension {size}", size) for size in (20, 48, 32))
    for title, extensions, output in (
        ("no extension", {}, {}),
        ("credProtect 1", {"credProtect": 1}, {"cred_protect": 1}),
        ("credProtect 3", {"credProtect": 3}, {"cred_protect": 3}),
        ("hmac-secret at registration", {"hmac-secret": True}, {"hmac_secret": True}),
        ("hmac-secret at authentication", {"hmac-secret": secret}, {"hmac_secret": secret.hex()}),
        ("minPinLength", {"minPinLength": 8}, {"min_pin_length": 8}),
        ("credBlob stored", {"credBlob": False}, {"cred_blob": False}),
        ("credBlob read", {"credBlob": blob}, {"cred_blob": blob.hex()}),
        ("largeBlobKey", {"largeBlobKey": key}, {"large_blob_key": key.hex()}),
        ("thirdPartyPayment", {"thirdPartyPayment": True}, {"third_party_payment": True}),
        ("uvm", {"uvm": [[2, 4, 2], [512, 1, 1]]}, {"uvm": [[2, 4, 2], [512, 1, 1]]}),
        (
            "unknown",
            {"example.extension": [1, "a"]},
            {"unknown": {"example.extension": encode([1, "a"]).hex()}},
        ),
        (
            "several",
            {"credProtect": 2, "hmac-secret": True, "x": None},
            {"cred_protect": 2, "hmac_secret": True, "unknown": {"x": "f6"}},
        ),
    ):
        draft = parts.draft(UP | UV | ED, extensions=extensions)
        facts.valid(
            f"extensions {title}",
            "outputs of extensions: known ones by name, others as the CBOR they came as",
            parts.output(draft, output),
            section="WebAuthn section 9.5",
            bytes=draft.encode(),
            **STRICT,
        )
    draft = parts.attested(UP | UV | AT | ED, extensions={"credProtect": 2})
    facts.valid(
        "credential and extensions",
        "a new credential, and outputs of extensions after it",
        parts.output(draft, {"cred_protect": 2}),
        bytes=draft.encode(),
        **STRICT,
    )


def _tolerated(facts: Facts, parts: Parts) -> None:
    members = cose(parts.ec, -7)
    swapped = encode(Pairs(tuple(reversed(members.items()))))
    endless = encode(Pairs(tuple(members.items()), indefinite=True))
    backwards = Pairs((("credProtect", 2), ("a", 1)))
    unknown = {"cred_protect": 2, "unknown": {"a": "01"}}
    cases: list[tuple[str, str, str, str, AuthenticatorDataDraft, dict[str, Any] | None]] = [
        (
            f"reserved flag {flag:02x}",
            "a flag without a meaning is set",
            "authenticator_data.flags",
            "authenticator_data",
            parts.draft(UP | flag),
            None,
        )
        for flag in RESERVED
    ]
    cases += [
        (
            "key out of order",
            "the labels of the key are not in the order of CTAP2",
            "cbor.order",
            "credential_public_key",
            parts.attested(credential_public_key=swapped),
            None,
        ),
        (
            "endless key",
            "the map of the key is of indefinite length",
            "cbor.indefinite",
            "credential_public_key",
            parts.attested(credential_public_key=endless),
            None,
        ),
        (
            "extensions out of order",
            "the names of extensions are not in the order of CTAP2",
            "cbor.order",
            "extensions",
            parts.draft(UP | ED, extensions=backwards),
            unknown,
        ),
    ]
    for title, shows, code, place, draft, extensions in cases:
        data = draft.encode()
        output = parts.output(draft, extensions, ((code, place),))
        facts.valid(title, f"{shows}; tolerated", output, bytes=data)
        facts.invalid(f"{title} strict", f"{shows}; strict", code, bytes=data, **STRICT)
    _miscounted(facts, parts)


def _miscounted(facts: Facts, parts: Parts) -> None:
    """One line of authenticators announces three members of an Ed25519 key and sends four."""
    right = encode(cose(parts.okp, -8))
    wrong = parts.attested(credential_public_key=b"\xa3" + right[1:])
    mended = parts.attested(credential_public_key=right)
    notes = (("cbor.truncated", "credential_public_key"),)
    facts.valid(
        "miscounted key, mended".replace(",", ""),
        "an Ed25519 key whose map announces three members and holds four, where that is to be mended",
        parts.output(mended, None, notes),
        section="WebAuthn section 6.5.1",
        bytes=wrong.encode(),
        repair_cose_map_count=True,
    )
    facts.invalid(
        "miscounted key",
        "an Ed25519 key whose map announces three members and holds four",
        "authenticator_data.trailing",
        section="WebAuthn section 6.5.1",
        bytes=wrong.encode(),
    )


def _wrong_lengths(facts: Facts, seed: Seed, parts: Parts) -> None:
    header = parts.draft().encode()
    attested = parts.attested().encode()
    for size in (0, 1, 31, 32, 33, 36):
        facts.invalid(
            f"header of {size} octets",
            "a header is 37 octets long",
            "authenticator_data.truncated",
            bytes=header[:size],
        )
    fixed = HEADER + 18
    at = HEADER + seed.number("cut fixed", 18)
    inside = fixed + seed.number("cut id", len(parts.credential_id))
    key = fixed + len(parts.credential_id) + seed.number("cut key", len(parts.key))
    for title, shows, code, data in (
        (
            "AT without a credential",
            "the flag announces what is not there",
            "authenticator_data.truncated",
            parts.draft(UP | AT).encode(),
        ),
        ("cut before the id", "the end is missing", "authenticator_data.truncated", attested[:at]),
        ("cut in the id", "the end is missing", "authenticator_data.truncated", attested[:inside]),
        ("cut in the key", "the end is missing", "cbor.truncated", attested[:key]),
        (
            "no key",
            "the key is missing",
            "cbor.truncated",
            attested[: fixed + len(parts.credential_id)],
        ),
        (
            "last octet missing",
            "the last octet of the key is missing",
            "cbor.truncated",
            attested[:-1],
        ),
        (
            "credential without AT",
            "what is there was not announced",
            "authenticator_data.trailing",
            parts.attested(UP).encode(),
        ),
        (
            "trailing octet after a header",
            "an octet follows",
            "authenticator_data.trailing",
            header + b"\x00",
        ),
        (
            "trailing octet after a key",
            "an octet follows",
            "authenticator_data.trailing",
            attested + b"\x00",
        ),
        (
            "ED without extensions",
            "the flag announces what is not there",
            "authenticator_data.truncated",
            parts.draft(UP | ED).encode(),
        ),
        (
            "ED without extensions after a key",
            "the flag announces what is not there",
            "authenticator_data.truncated",
            parts.attested(UP | AT | ED).encode(),
        ),
        (
            "extensions without ED",
            "what is there was not announced",
            "authenticator_data.trailing",
            parts.draft(UP, extensions={"credProtect": 1}).encode(),
        ),
        (
            "trailing octet after extensions",
            "an octet follows",
            "authenticator_data.trailing",
            parts.draft(UP | ED, extensions={}, trailing=b"\x00").encode(),
        ),
    ):
        facts.invalid(title, shows, code, bytes=data)


def _wrong_credentials(facts: Facts, seed: Seed, parts: Parts) -> None:
    members = cose(parts.ec, -7)
    twice = encode(Pairs((*members.items(), (3, -7))))
    for title, shows, code, change in (
        (
            "id empty",
            "an id has an octet at least",
            "authenticator_data.credential_id",
            {"credential_id": b""},
        ),
        (
            "id of 1024 octets",
            "an id has 1023 octets at the most",
            "limit.size",
            {"credential_id": seed.take("long id", 1024)},
        ),
        (
            "id of 65535 octets announced",
            "an id has 1023 octets at the most",
            "limit.size",
            {"credential_id_length": 65535},
        ),
        (
            "id longer than what is left",
            "the announced length is over the end",
            "authenticator_data.truncated",
            {"credential_id_length": len(parts.credential_id) + len(parts.key) + 1},
        ),
        (
            "key an array",
            "the key is no map",
            "cbor.shape",
            {"credential_public_key": encode([1, 2])},
        ),
        (
            "key a byte string",
            "the key is no map",
            "cbor.shape",
            {"credential_public_key": encode(parts.key)},
        ),
        ("key a text", "the key is no map", "cbor.shape", {"credential_public_key": encode("key")}),
        (
            "key label twice",
            "a label stands there twice",
            "cbor.duplicate",
            {"credential_public_key": twice},
        ),
        (
            "key with a tag",
            "a tag stands before the key",
            "cbor.tag",
            {"credential_public_key": b"\xc1" + parts.key},
        ),
        (
            "key with a float",
            "a floating-point number",
            "cbor.float",
            {"credential_public_key": encode({1: Raw(b"\xf9\x3c\x00")})},
        ),
    ):
        facts.invalid(
            title,
            shows,
            code,
            section="WebAuthn section 6.5.1",
            bytes=parts.attested(**change).encode(),
        )


def _wrong_extensions(facts: Facts, parts: Parts) -> None:
    wrong = "authenticator_data.extensions"
    for title, shows, code, extensions in (
        ("an array", "outputs are a map", wrong, [1]),
        ("a number", "outputs are a map", wrong, 1),
        ("a text", "outputs are a map", wrong, "a"),
        ("null", "outputs are a map", wrong, Raw(b"\xf6")),
        ("under a number", "the name of an extension is text", wrong, {1: True}),
        ("twice", "an extension stands there twice", "cbor.duplicate", Pairs((("a", 1), ("a", 2)))),
        ("under a byte string", "a name is no byte string", "cbor.key_type", Pairs(((b"a", 1),))),
        ("cut", "the end is missing", "cbor.truncated", Raw(encode({"a": "text"})[:-1])),
        ("with a tag", "a tag stands before a value", "cbor.tag", {"a": Raw(b"\xc0\x61a")}),
        (
            "with a float",
            "a floating-point number",
            "cbor.float",
            {"a": Raw(b"\xfa\x3f\x80\x00\x00")},
        ),
        ("with undefined", "a value that is none", "cbor.simple", {"a": Raw(b"\xf7")}),
        ("too deep", "nine maps in one another", "limit.depth", nested(9)),
        ("credProtect 0", "there is no level 0", wrong, {"credProtect": 0}),
        ("credProtect 4", "there is no level 4", wrong, {"credProtect": 4}),
        ("credProtect true", "true is not 1", wrong, {"credProtect": True}),
        ("hmac-secret a number", "neither true nor bytes", wrong, {"hmac-secret": 1}),
        ("minPinLength negative", "a length is not negative", wrong, {"minPinLength": -1}),
        ("uvm of pairs", "a factor is three numbers", wrong, {"uvm": [[2, 4]]}),
        ("largeBlobKey a text", "a key is bytes", wrong, {"largeBlobKey": "key"}),
        ("thirdPartyPayment a number", "1 is not true", wrong, {"thirdPartyPayment": 1}),
    ):
        facts.invalid(
            f"extensions {title}",
            shows,
            code,
            section="WebAuthn section 9.5",
            bytes=parts.draft(UP | ED, extensions=extensions).encode(),
        )


def nested(depth: int) -> object:
    """So many maps in one another."""
    value: object = 1
    for _ in range(depth):
        value = {"a": value}
    return value
