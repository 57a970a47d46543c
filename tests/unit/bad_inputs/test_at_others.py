"""Attestation statements of phones and of SafetyNet (rows AT56 to AT66)."""

from __future__ import annotations

import base64
import json
from typing import Any, Final

import pytest

from countermark.webauthn.testing import certificates as x509
from countermark.webauthn.testing import der_writer as der
from countermark.webauthn.testing.android import (
    GENERATED,
    IMPORTED,
    ORIGIN,
    PURPOSE,
    SIGN,
    VERIFY,
    KeyDescriptionDraft,
    integers,
)
from countermark.webauthn.testing.certificates import CertificateDraft, Name
from countermark.webauthn.testing.drafts import SigningDraft
from countermark.webauthn.testing.statements import host_name
from tests.property.outcome import Door
from tests.unit.bad_inputs.attestations import (
    AT,
    VALID,
    Change,
    accepted,
    attested,
    dropped,
    extension,
    flipped,
    instead,
    members,
    notes,
    put,
    refused_with,
    several,
    stranger_key,
    verdict,
    without,
)

AUTHORIZATION: Final = "statement.authorization"
KEY_MISMATCH: Final = "statement.key_mismatch"
NONCE: Final = "statement.nonce_mismatch"
SIGNATURE: Final = "signature.invalid"


def both(door: Door, code: str, format: str, **stages: Change) -> None:
    """The code with anchors and without."""
    made = attested(format, **stages)
    for trust in ({}, {"trust": None}):
        assert verdict(door, made, **trust) == code


# --- android-key ---


@pytest.mark.parametrize(
    "change",
    [
        instead(bytes(32)),
        instead(b""),
        lambda challenge: challenge[:-1],
        lambda challenge: challenge + b"\x00",
        lambda challenge: b"\x00" + challenge,
        flipped,
        lambda challenge: base64.urlsafe_b64encode(challenge).rstrip(b"="),
        lambda challenge: challenge.hex().encode(),
    ],
)
def test_at56_the_challenge_is_the_hash_of_the_client_data(door: Door, change: Change) -> None:
    def altered(draft: KeyDescriptionDraft) -> None:
        draft.challenge = change(draft.challenge)

    both(door, "statement.challenge_mismatch", "android-key", key_description=altered)


@pytest.mark.parametrize("kind", [-7, -35, -8, -257])
def test_at57_the_certificate_is_about_the_credentials_key(door: Door, kind: int) -> None:
    key = stranger_key(kind)
    both(
        door,
        KEY_MISMATCH,
        "android-key",
        leaf=put(key=key),
        signing=put(key=key, algorithm=kind),
        statement=members(alg=kind),
    )
    # Signed by the credential's key, it is not this certificate's signature.
    both(
        door,
        SIGNATURE if kind == -7 else "statement.algorithm_mismatch",
        "android-key",
        leaf=put(key=key),
    )


def listed(where: str, tag: int, value: bytes | None) -> Change:
    """Puts a member into one of the lists, or takes it out."""

    def change(draft: KeyDescriptionDraft) -> None:
        held: dict[int, bytes] = getattr(draft, where)
        if value is None:
            held.pop(tag, None)
        else:
            held[tag] = value

    return change


def moved(*tags: int) -> Change:
    """From the list that the hardware enforces to that of the software."""

    def change(draft: KeyDescriptionDraft) -> None:
        for tag in tags:
            draft.software[tag] = draft.tee.pop(tag)

    return change


@pytest.mark.parametrize("where", ["software", "tee"])
def test_at58_the_key_is_not_for_all_applications(door: Door, where: str) -> None:
    change = listed(where, 600, der.null())
    both(door, "statement.all_applications", "android-key", key_description=change)
    made = attested("android-key", key_description=change)
    assert verdict(door, made, require_tee=False) == "statement.all_applications"
    for neighbor in (599, 601):
        made = attested("android-key", key_description=listed(where, neighbor, der.null()))
        assert verdict(door, made) == VALID


BOTH_LISTS: Final = (True, False)


@pytest.mark.parametrize(
    ("change", "code", "in_union"),
    [
        (listed("tee", ORIGIN, der.integer(1)), AUTHORIZATION, AUTHORIZATION),
        (listed("tee", ORIGIN, der.integer(IMPORTED)), AUTHORIZATION, AUTHORIZATION),
        (listed("tee", ORIGIN, der.integer(3)), AUTHORIZATION, AUTHORIZATION),
        (listed("tee", ORIGIN, der.integer(256)), AUTHORIZATION, AUTHORIZATION),
        (listed("tee", ORIGIN, None), AUTHORIZATION, AUTHORIZATION),
        (listed("tee", PURPOSE, integers(VERIFY)), AUTHORIZATION, AUTHORIZATION),
        (listed("tee", PURPOSE, integers()), AUTHORIZATION, AUTHORIZATION),
        (listed("tee", PURPOSE, integers(0, 1, 3, 258)), AUTHORIZATION, AUTHORIZATION),
        (listed("tee", PURPOSE, None), AUTHORIZATION, AUTHORIZATION),
        (moved(ORIGIN), AUTHORIZATION, VALID),
        (moved(PURPOSE), AUTHORIZATION, VALID),
        (moved(ORIGIN, PURPOSE), AUTHORIZATION, VALID),
        (listed("software", ORIGIN, der.integer(IMPORTED)), VALID, AUTHORIZATION),
        (listed("software", ORIGIN, der.integer(GENERATED)), VALID, VALID),
        (listed("tee", PURPOSE, integers(SIGN, VERIFY)), VALID, VALID),
        (listed("software", PURPOSE, integers(VERIFY)), VALID, VALID),
    ],
)
def test_at59_the_device_made_the_key_for_signing(
    door: Door, change: Change, code: str, in_union: str
) -> None:
    made = attested("android-key", key_description=change)
    for trust in ({}, {"trust": None}):
        assert verdict(door, made, **trust) == code
        assert verdict(door, made, require_tee=True, **trust) == code
        assert verdict(door, made, require_tee=False, **trust) == in_union


@pytest.mark.parametrize("version", [1, 2, 3, 4, 100, 200, 300, 400, 1000])
def test_at60_every_version_of_the_description_is_read(door: Door, version: int) -> None:
    both(door, VALID, "android-key", key_description=put(version=version))


@pytest.mark.parametrize("where", ["software", "tee"])
@pytest.mark.parametrize(
    "tag", [0, 30, 31, 127, 128, 701, 703, 710, 720, 723, 724, 799, 16383, 16384, 2**21 - 1]
)
def test_at60_tags_that_are_not_known_are_passed_over(door: Door, where: str, tag: int) -> None:
    for value in (der.null(), der.octet_string(b"id"), der.sequence(der.integer(1))):
        both(door, VALID, "android-key", key_description=listed(where, tag, value))


def description(*, tee: bytes, challenge: bytes | None = None) -> Change:
    """The description with this in the place of what the hardware enforces."""

    def change(draft: KeyDescriptionDraft) -> None:
        draft.value = der.sequence(
            *(der.integer(300), der.enumerated(1), der.integer(300), der.enumerated(1)),
            der.octet_string(draft.challenge if challenge is None else challenge),
            der.octet_string(b""),
            der.sequence(),
            tee,
        )

    return change


_SIGN: Final = der.explicit(1, integers(SIGN))
_MADE: Final = der.explicit(702, der.integer(0))


def test_at60_the_description_is_written_right(door: Door) -> None:
    both(
        door,
        VALID,
        "android-key",
        key_description=description(tee=der.sequence(_SIGN, _MADE)),
    )


@pytest.mark.parametrize(
    "tee",
    [
        # 1, written as a tag of two octets; 702, with an octet of no value, or with a leading zero.
        der.sequence(b"\xbf\x01\x05" + integers(SIGN), _MADE),
        der.sequence(_SIGN, b"\xbf\x80\x85\x3e\x03\x02\x01\x00"),
        der.sequence(b"\xbf\x80\x01\x05" + integers(SIGN), _MADE),
        der.sequence(_SIGN, b"\xbf\x85\x3e\x81\x03\x02\x01\x00"),
        der.sequence(_SIGN, b"\xbf\x85\x3e\x80\x02\x01\x00\x00\x00"),
        der.sequence(_SIGN, b"\xbf\xff\xff\xff\xff\xff\xff\x7f\x00", _MADE),
        der.sequence(_SIGN, b"\xbf\x85"),
        der.sequence(_SIGN, _MADE, _MADE),
        der.sequence(_SIGN, _SIGN, _MADE),
        der.sequence(_SIGN, _MADE, der.integer(1)),
        der.sequence(_SIGN, der.implicit(3, b"\x01"), _MADE),
        der.sequence(_SIGN, der.explicit(702, der.octet_string(b"\x00"))),
        der.sequence(_SIGN, der.explicit(702, der.integer(0), der.null())),
        der.sequence(_SIGN, der.explicit(702, b"\x02\x02\x00\x00")),
        der.sequence(der.explicit(1, der.integer(SIGN)), _MADE),
        der.set_of(_SIGN, _MADE),
        b"",
        der.sequence(_SIGN, _MADE) + der.null(),
    ],
)
def test_at60_other_spellings_are_refused(door: Door, tee: bytes) -> None:
    made = attested("android-key", key_description=description(tee=tee))
    for trust in ({}, {"trust": None}):
        assert verdict(door, made, **trust).startswith("der.")


@pytest.mark.parametrize("size", [0, 1, 5, 20, 60])
def test_at60_a_description_that_ends_early_is_refused(door: Door, size: int) -> None:
    def cut(draft: KeyDescriptionDraft) -> None:
        draft.value = draft.encode()[:size]

    made = attested("android-key", key_description=cut)
    assert verdict(door, made, trust=None) == "der.truncated"
    made = attested("android-key", leaf=dropped(x509.KEY_DESCRIPTION))
    error = refused_with(door, made, trust=None)
    assert (error.code, error.field) == ("statement.missing", "keyDescription")


def test_at61_only_the_leaf_describes_a_key(door: Door) -> None:
    """Whoever has an attested key could certify another one below it, with any description."""
    described = extension(x509.KEY_DESCRIPTION, KeyDescriptionDraft(bytes(32)).encode())
    code = "statement.key_description"
    both(door, code, "android-key", intermediate=described)
    junk = extension(x509.KEY_DESCRIPTION, b"\x05\x00")
    both(door, code, "android-key", intermediate=junk)
    made = attested("android-key", options={"intermediates": 3})
    assert verdict(door, made) == VALID

    def second(draft: CertificateDraft) -> None:
        draft.extensions.append(draft.extension(x509.KEY_DESCRIPTION))

    both(door, "certificate.duplicate_extension", "android-key", leaf=second)


# --- apple ---


def held(value: bytes) -> bytes:
    """The nonce within the value of the extension."""
    return value[6:]


@pytest.mark.parametrize(
    "change",
    [
        lambda n: der.sequence(der.explicit(1, der.octet_string(flipped(held(n))))),
        lambda n: der.sequence(der.explicit(1, der.octet_string(held(n)[:-1]))),
        lambda n: der.sequence(der.explicit(1, der.octet_string(held(n) + b"\x00"))),
        lambda _: der.sequence(der.explicit(1, der.octet_string(b""))),
        lambda n: der.sequence(der.octet_string(held(n))),
        lambda n: der.sequence(der.explicit(0, der.octet_string(held(n)))),
        lambda n: der.sequence(der.explicit(2, der.octet_string(held(n)))),
        lambda n: der.sequence(der.implicit(1, held(n))),
        lambda n: der.sequence(der.explicit(1, der.bit_string(held(n)))),
        lambda n: der.explicit(1, der.octet_string(held(n))),
        lambda n: der.octet_string(held(n)),
        held,
        lambda n: der.sequence(der.sequence(der.explicit(1, der.octet_string(held(n))))),
        lambda n: der.sequence(der.explicit(1, der.octet_string(der.octet_string(held(n))))),
        lambda n: der.sequence(der.explicit(1, der.octet_string(held(n)), der.null())),
        lambda n: der.sequence(der.explicit(1, der.octet_string(held(n))), der.null()),
        lambda n: n + b"\x00",
        lambda n: n[:-1],
        lambda _: b"",
    ],
)
def test_at62_the_nonce_is_there_and_right(door: Door, change: Change) -> None:
    both(door, NONCE, "apple", nonce=change)


def test_at62_a_certificate_without_a_nonce_proves_nothing(door: Door) -> None:
    both(door, NONCE, "apple", leaf=dropped(x509.APPLE_NONCE))
    both(door, VALID, "apple")

    def critical(draft: CertificateDraft) -> None:
        draft.extension(x509.APPLE_NONCE).critical = True

    both(door, VALID, "apple", leaf=critical)


@pytest.mark.parametrize("kind", [-7, -35, -8, -257])
def test_at63_the_certificate_of_apple_is_about_the_credentials_key(door: Door, kind: int) -> None:
    both(door, KEY_MISMATCH, "apple", leaf=put(key=stranger_key(kind)))


# --- android-safetynet ---

SAFETYNET: Final = "android-safetynet"
WRONG_ALGORITHM: Final = "jws.algorithm_mismatch"


@pytest.mark.parametrize(
    "header",
    [
        *({"alg": name} for name in ("none", "None", "NONE", "nOnE", "", "rs256", "RS256 ")),
        *({"alg": name} for name in ("HS256", "HS512", "ES256", "PS256", "RS384", "RS512", "RS1")),
        {"crit": ["exp"]},
        {"crit": []},
        {"crit": ["b64"], "b64": False},
        {"jwk": {"kty": "oct", "k": "AAAA"}},
        {"jwk": None},
        {"jku": "https://attest.android.com/keys"},
    ],
)
def test_at64_the_header_chooses_nothing(door: Door, header: dict[str, Any]) -> None:
    both(door, WRONG_ALGORITHM, SAFETYNET, jws_header=members(**header))


def test_at64_a_certificate_is_no_secret(door: Door) -> None:
    """HMAC with the certificate's bytes as the key, as readers fell for that let the header choose."""
    import hashlib
    import hmac

    def forged(jws: bytes) -> bytes:
        header, payload, _ = jws.split(b".")
        padded = header + b"=" * (-len(header) % 4)
        certificate = base64.b64decode(json.loads(base64.urlsafe_b64decode(padded))["x5c"][0])
        tag = hmac.new(certificate, header + b"." + payload, hashlib.sha256).digest()
        return header + b"." + payload + b"." + base64.urlsafe_b64encode(tag).rstrip(b"=")

    both(door, WRONG_ALGORITHM, SAFETYNET, jws_header=members(alg="HS256"), jws=forged)
    both(door, SIGNATURE, SAFETYNET, jws=forged)
    unsigned = {"jws": lambda jws: jws.rpartition(b".")[0] + b"."}
    both(door, WRONG_ALGORITHM, SAFETYNET, jws_header=members(alg="none"), **unsigned)
    both(door, SIGNATURE, SAFETYNET, **unsigned)
    both(door, SIGNATURE, SAFETYNET, signing=SigningDraft.use_other_key)


@pytest.mark.parametrize(
    "header",
    [
        without("alg"),
        *(members(alg=value) for value in (None, 256, ["RS256"])),
        without("x5c"),
        *(members(x5c=value) for value in (None, [], "MII", {}, [1], [None], ["M"], ["!!!!"])),
        lambda draft: members(x5c=[one + "\n" for one in draft["x5c"]])(draft),
        lambda draft: members(x5c=[one.rstrip("=") + "===" for one in draft["x5c"]])(draft),
        *(instead(value) for value in ([], "text", 1, b"{", b"", b"\xff")),
        instead(b'{"alg":"RS256","alg":"RS256","x5c":["MAA="]}'),
    ],
)
def test_at64_a_header_that_is_none_is_refused(door: Door, header: Change) -> None:
    both(door, "jws.header", SAFETYNET, jws_header=header)


@pytest.mark.parametrize(
    "payload",
    [
        *(
            members(nonce=value)
            for value in (base64.b64encode(bytes(32)).decode(), "", None, 1, [], True)
        ),
        without("nonce"),
        lambda draft: members(nonce=draft["nonce"].rstrip("="))(draft),
        lambda draft: members(nonce=draft["nonce"] + "\n")(draft),
        lambda draft: members(nonce=" " + draft["nonce"])(draft),
        lambda draft: members(nonce=base64.b64decode(draft["nonce"]).hex())(draft),
        lambda draft: members(nonce=draft["nonce"].swapcase())(draft),
    ],
)
def test_at65_the_nonce_is_the_hash_of_what_is_attested(door: Door, payload: Change) -> None:
    both(door, NONCE, SAFETYNET, jws_payload=payload)


@pytest.mark.parametrize("value", ["true", "True", 1, 1.0, [True], {}, None, False, ""])
def test_at65_the_profile_is_true_and_nothing_like_it(door: Door, value: Any) -> None:
    both(door, "statement.cts_profile", SAFETYNET, jws_payload=members(ctsProfileMatch=value))
    both(door, "statement.cts_profile", SAFETYNET, jws_payload=without("ctsProfileMatch"))


@pytest.mark.parametrize("offset", [-60_001, 60_001, -120_000, 86_400_000, -(AT * 1000)])
def test_at65_the_response_is_of_the_last_minute(door: Door, offset: int) -> None:
    made = attested(SAFETYNET, jws_payload=members(timestampMs=AT * 1000 + offset))
    assert verdict(door, made) == "statement.timestamp"
    # Without a time there is none to hold it against.
    assert verdict(door, made, trust=None, at=None) == VALID
    assert verdict(door, made, trust=None) == "statement.timestamp"


@pytest.mark.parametrize("offset", [0, -1, 1, -60_000, 60_000])
def test_at65_a_minute_is_within(door: Door, offset: int) -> None:
    both(door, VALID, SAFETYNET, jws_payload=members(timestampMs=AT * 1000 + offset))


@pytest.mark.parametrize(
    "value", [str(AT * 1000), None, AT * 1000 + 0.5, True, [], -AT * 1000, 10**30, 1e12]
)
def test_at65_the_time_is_a_whole_number(door: Door, value: Any) -> None:
    both(door, "statement.timestamp", SAFETYNET, jws_payload=members(timestampMs=value))
    both(door, "statement.timestamp", SAFETYNET, jws_payload=without("timestampMs"))


@pytest.mark.parametrize(
    "names",
    [
        ("attest.example",),
        ("*.android.com",),
        ("*",),
        ("attest.android.com.evil.example",),
        ("attest.android.com\x00.evil.example",),
        ("attest.android.com\x00",),
        ("attest.android.com.",),
        ("ATTEST.ANDROID.COM",),
        ("xattest.android.com",),
        ("",),
        ("android.com", "*.android.com"),
    ],
)
def test_at65_the_certificate_is_for_the_exact_host(door: Door, names: tuple[str, ...]) -> None:
    change = extension(x509.ALTERNATIVE_NAME, host_name(*names))
    both(door, "leaf.hostname", SAFETYNET, leaf=change)
    # Other kinds of names do not stand in.
    for kind, name in ((1, b"attest.android.com"), (6, b"attest.android.com"), (7, b"host")):
        value = der.sequence(der.implicit(kind, name))
        both(door, "leaf.hostname", SAFETYNET, leaf=extension(x509.ALTERNATIVE_NAME, value))


def test_at65_the_common_name_counts_where_there_is_no_other(door: Door) -> None:
    made = attested(SAFETYNET, leaf=dropped(x509.ALTERNATIVE_NAME))
    assert verdict(door, made, strictness="strict") == "leaf.hostname"
    assert notes(accepted(door, made)) == {("leaf.hostname", "certificate[0]")}
    other = put(subject=Name.of(("CN", "attest.example")))
    bare = several(dropped(x509.ALTERNATIVE_NAME), other)
    both(door, "leaf.hostname", SAFETYNET, leaf=bare)
    both(door, VALID, SAFETYNET, leaf=other)


@pytest.mark.parametrize(
    "change",
    [
        lambda jws: jws.rpartition(b".")[0],
        lambda jws: jws.partition(b".")[0],
        lambda jws: jws + b".",
        lambda jws: jws + b".e30",
        lambda jws: jws + b"=",
        lambda jws: jws + b"==",
        lambda jws: jws.replace(b".", b"=.", 1),
        lambda jws: jws + b"\n",
        lambda jws: b" " + jws,
        lambda jws: jws.replace(b".", b" . "),
        lambda jws: b"+/" + jws,
        lambda jws: jws + b"A" * (1 + -len(jws.rpartition(b".")[2]) % 4),
        lambda _: b"",
        lambda _: b"..",
        lambda _: b"\xff\xfe",
    ],
)
def test_at66_a_jws_has_three_parts_without_padding(door: Door, change: Change) -> None:
    made = attested(SAFETYNET, jws=change)
    code = verdict(door, made, trust=None)
    empty = made.response != attested(SAFETYNET).response and change(b"a.b.c") == b".."
    assert code == ("jws.header" if empty else "jws.shape")


def test_at66_the_certificates_of_a_jws_are_in_order(door: Door) -> None:
    def reversed_chain(draft: dict[str, Any]) -> None:
        draft["x5c"] = draft["x5c"][::-1]

    made = attested(SAFETYNET, jws_header=reversed_chain)
    assert verdict(door, made) == "leaf.hostname"

    def repeated(draft: dict[str, Any]) -> None:
        draft["x5c"] = draft["x5c"][:1] * 9

    assert verdict(door, attested(SAFETYNET, jws_header=repeated)) == "limit.count"
    both(door, "statement.type", SAFETYNET, statement=members(response="a.b.c"))
