"""base64url, hexadecimal and fingerprints (rows B601 to B614)."""

from __future__ import annotations

import array
import ctypes
import hashlib
import json
import string
from typing import Final

import pytest

from countermark.errors import MalformedInput
from tests.property.material import SMALL, b64u_decoded, pem, private_key, public_key, records
from tests.property.outcome import Door
from tests.property.wire import CHALLENGE, CREATE, GET, assertion, b64u, credential
from tests.unit.bad_inputs.der import EC_KINDS, point, spki, spki_of
from tests.unit.bad_inputs.programs import output
from tests.unit.bad_inputs.refusals import refusal, refused

ALPHABET: Final = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"


def decoding(door: Door, text: object, **options: bool) -> str:
    return refusal(door.base64url_decode, text, *options.values())


def offset(door: Door, text: str) -> int | None:
    error = refused(door.base64url_decode, text)
    assert isinstance(error, MalformedInput)
    assert error.format == "base64url"
    return error.offset


def in_each_place(door: Door, text: str) -> set[str]:
    """What the text comes to where a record holds base64url."""
    made = assertion("p256", GET)
    inside = made["credentialAssertion"]
    created = credential("p256", CREATE)
    info = created["credentialInfo"]
    key = public_key(door, "p256")
    codes = {refusal(door.decode_client_data_b64u, text)}
    for name in ("clientData", "signature"):
        body = made | {"credentialAssertion": inside | {name: text}}
        codes.add(refusal(door.verify_assertion, body, challenge=CHALLENGE, public_key=key))
    for name in ("clientData", "attestationData"):
        body = created | {"credentialInfo": info | {name: text}}
        codes.add(refusal(door.verify_attestation, body, challenge=CHALLENGE))
    jwk = key.to_jwk() | {"x": text}
    return codes | {refusal(door.PublicKey.from_jwk, jwk)}


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("QQ=", 2),
        ("QQ==", 2),
        ("QUI=", 3),
        ("QQ===", 2),
        ("QUJD=", 4),
        ("QUJD====", 4),
        ("=", 0),
        ("====", 0),
        ("QQ=Q", 2),
        ("Q=Q=", 1),
        ("=QQQ", 0),
        ("QQ==QQ==", 2),
        ("QQ= =", 2),
        ("QQ==\n", 2),
    ],
)
def test_b601_padding_is_refused(door: Door, text: str, at: int) -> None:
    assert decoding(door, text) == "base64url.padding"
    assert offset(door, text) == at
    assert in_each_place(door, text) == {"base64url.padding"}


def test_b601_padding_is_taken_where_it_is_asked_for_and_only_if_right(door: Door) -> None:
    for text, data in (("", b""), ("QQ==", b"A"), ("QUI=", b"AB"), ("QUJD", b"ABC"), ("QQ", b"A")):
        assert door.base64url_decode(text, True) == data
    for text in ("QQ=", "QQ===", "QUJD=", "QUI==", "====", "=", "Q===", "QQ=Q", "QQ==QQ=="):
        assert refusal(door.base64url_decode, text, True) == "base64url.padding"
    padded = GET + b" " * (-(len(GET) + 1) % 3)
    text = b64u(padded)
    text += "=" * (-len(text) % 4)
    assert text.endswith("=")
    assert door.decode_client_data_b64u(text, padding=True).raw == padded
    assert refusal(door.decode_client_data_b64u, text) == "base64url.padding"


@pytest.mark.parametrize("size", [1, 5, 9, 41, 4097])
def test_b602_a_length_that_no_bytes_have_is_refused(door: Door, size: int) -> None:
    text = "A" * size
    assert decoding(door, text) == "base64url.length"
    assert refusal(door.base64url_decode, text, True) == "base64url.length"
    assert in_each_place(door, text) == {"base64url.length"}


@pytest.mark.parametrize("start", ["A", "QU", "QUJDA", "QUJDQU"])
def test_b603_only_one_text_stands_for_some_bytes(door: Door, start: str) -> None:
    unused = 4 if len(start) % 4 == 1 else 2
    read = set()
    for value, character in enumerate(ALPHABET):
        text = start + character
        if value % (1 << unused):
            assert decoding(door, text) == "base64url.trailing_bits"
            assert offset(door, text) == len(start)
        else:
            data = door.base64url_decode(text)
            assert door.base64url_encode(data) == text
            read.add(data)
    assert len(read) == 64 >> unused
    assert in_each_place(door, "QR") == {"base64url.trailing_bits"}


@pytest.mark.parametrize("character", "+/")
def test_b604_the_standard_alphabet_is_refused(door: Door, character: str) -> None:
    for at in range(9):
        text = "QUJDQUJD"[:at] + character + "QUJDQUJD"[at:]
        assert decoding(door, text) == "base64url.alphabet"
        assert offset(door, text) == at
    assert in_each_place(door, f"QU{character}D") == {"base64url.alphabet"}


@pytest.mark.parametrize(
    "character", [*" \n\r\t\v\f\x00\x1b\x7f", "\r\n", "\u00a0", "\u200b", "\u2028"]
)
def test_b605_nothing_is_skipped(door: Door, character: str) -> None:
    for text in (f"QUJD{character}", f"{character}QUJD", f"QU{character}JD", f"Q{character}QQ"):
        assert decoding(door, text) == "base64url.alphabet"
        assert offset(door, text) == text.index(character)
        assert decoding(door, text.encode()) == "base64url.alphabet"
    assert in_each_place(door, f"QU{character}JD") == {"base64url.alphabet"}


def test_b605_no_other_character_is_in_the_alphabet(door: Door) -> None:
    for number in range(256):
        text = "QU" + chr(number) + "D"
        if chr(number) in ALPHABET:
            assert len(door.base64url_decode(text)) == 3
            assert len(door.base64url_decode(b"QU" + bytes([number]) + b"D")) == 3
        else:
            code = "base64url.padding" if number == ord("=") else "base64url.alphabet"
            assert decoding(door, text) == code
            assert decoding(door, b"QU" + bytes([number]) + b"D") == code


@pytest.mark.parametrize(
    "text", ["\uff21BCD", "QU\u0430D", "QUJ\U0001d400", "\u2013UJD", "QUJ\u0660"]
)
def test_b606_letters_that_look_alike_are_refused(door: Door, text: str) -> None:
    assert decoding(door, text) == "base64url.alphabet"
    assert decoding(door, text.encode()) == "base64url.alphabet"
    assert in_each_place(door, text) == {"base64url.alphabet"}


@pytest.mark.parametrize("data", [b"\xff", b"QU\xc3", b"QU\x80D", b"\xed\xa0\x80D", b"QUJ\xc1"])
def test_b606_bytes_that_are_no_utf_8_are_refused_as_characters(door: Door, data: bytes) -> None:
    assert decoding(door, data) == "base64url.alphabet"
    assert refusal(door.hex_decode, data) == "hex.alphabet"


@pytest.mark.parametrize("text", ["\ud800", "QU\udfffD", "QUJD\udc00\ud800"])
def test_b606_half_a_surrogate_pair_is_no_letter(door: Door, text: str) -> None:
    assert decoding(door, text) == "base64url.alphabet"
    assert refusal(door.hex_decode, text) == "hex.alphabet"


def test_b607_nothing_is_nothing_unless_the_field_needs_something(door: Door) -> None:
    assert door.base64url_decode("") == b""
    assert door.base64url_decode(b"") == b""
    assert door.base64url_decode("", True) == b""
    assert door.base64url_encode(b"") == ""
    assert door.hex_decode("") == b""
    assert refusal(door.decode_client_data_b64u, "") == "json.syntax"
    assert in_each_place(door, "") == {
        "json.syntax",
        "assertion.value",
        "credential.value",
        "key.length",
    }


GIB: Final = 1 << 30
_HUGE: Final = """
import mmap, resource, sys, time
from tests.property.outcome import DOORS
from countermark.errors import Error

kind, size = sys.argv[1], int(sys.argv[2])
if kind == "memoryview":
    data = memoryview(mmap.mmap(-1, size))
else:
    data = "A" * size if kind == "str" else {"bytes": bytes, "bytearray": bytearray}[kind](size)
for door in DOORS:
    readers = [door.base64url_decode, door.hex_decode, door.pem_decode, door.PrivateKey.from_pem,
               door.PublicKey.from_pem, door.PublicKey.from_jwk, door.PrivateKey.from_jwk]
    if kind != "str":
        readers += [door.PublicKey.from_der, door.PrivateKey.from_der, door.decode_client_data]
    for read in readers:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        started = time.perf_counter()
        try:
            read(data)
        except Error as error:
            spent = time.perf_counter() - started
            grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
            print(door.name, read.__qualname__, error.code, grown // 1024, int(spent * 1000))
"""


@pytest.mark.parametrize(
    ("kind", "size"),
    [("bytes", GIB), ("memoryview", GIB), ("bytearray", GIB // 8), ("str", GIB // 8)],
)
def test_b608_a_gibibyte_is_refused_before_anything_is_made_of_it(kind: str, size: int) -> None:
    """In a process of its own; a copy would show in the most memory it ever had."""
    lines = [line.split() for line in output(_HUGE, kind, str(size)).splitlines()]
    assert len(lines) == (14 if kind == "str" else 20)
    assert {code for _, _, code, _, _ in lines} == {"limit.size"}
    copied = [f"{door} {name}: {grown} MiB" for door, name, _, grown, _ in lines if int(grown) > 16]
    assert copied == []
    assert all(int(spent) < 200 for *_, spent in lines), lines


def test_b608_the_bound_is_two_mebibytes(door: Door) -> None:
    text = "A" * (2 << 20)
    for given in (text, text.encode()):
        assert len(door.base64url_decode(given)) == 3 << 19
        assert len(door.hex_decode(b"a" * (2 << 20))) == 1 << 20
    for given in (text + "A", text.encode() + b"A", "\u00e9" * (1 << 20) + "A"):
        assert decoding(door, given) == "limit.size"
        assert refusal(door.hex_decode, given) == "limit.size"
    body = assertion("p256", GET)
    body["credentialAssertion"]["signature"] = text + "AAAA"
    key = public_key(door, "p256")
    code = refusal(door.verify_assertion, body, challenge=CHALLENGE, public_key=key)
    assert code == "limit.size"


def test_b609_text_may_come_as_any_bytes(door: Door) -> None:
    text = b"QUJD"
    for given in ("QUJD", text, bytearray(text), memoryview(text), memoryview(bytearray(text))):
        assert door.base64url_decode(given) == b"ABC"
        assert door.hex_decode(type(given)(b"4142") if given != "QUJD" else "4142") == b"AB"
    spread = memoryview(b"Q.U.J.D.")[::2]
    assert not spread.contiguous
    assert door.base64url_decode(spread) == b"ABC"
    assert door.base64url_decode(memoryview(b"DJUQ")[::-1]) == b"ABC"


def test_b609_other_arrays_are_bytes_or_refused_and_never_misread(door: Door) -> None:
    """What offers single bytes may be taken; wider numbers are no text in any order."""
    single = [array.array("B", b"QUJD"), (ctypes.c_ubyte * 4)(*b"QUJD")]
    for given in single:
        try:
            assert door.base64url_decode(given) == b"ABC"
        except TypeError:
            assert decoding(door, given) == "argument.type"
    wide = [
        array.array("I", [0x444A5551]),
        (ctypes.c_uint32 * 1)(0x444A5551),
        array.array("d", [1]),
    ]
    for given in wide:
        assert decoding(door, given) == "argument.type"
    for given in (None, 1, 1.5, [81], (b"QUJD",), {"a": 1}, iter(b"QUJD"), object(), str, True):
        assert decoding(door, given) == "argument.type"
        assert refusal(door.hex_decode, given) == "argument.type"


def test_b609_a_view_that_was_given_back_is_refused(door: Door) -> None:
    view = memoryview(b"QUJD")
    view.release()
    assert decoding(door, view) in ("argument.type", "argument.value")


# --- hexadecimal and fingerprints ---


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("AB", "hex.alphabet"),
        ("aB", "hex.alphabet"),
        ("ab:cd", "hex.alphabet"),
        ("0xab", "hex.alphabet"),
        ("ab cd", "hex.alphabet"),
        (" ab", "hex.alphabet"),
        ("ab\n", "hex.alphabet"),
        ("ag", "hex.alphabet"),
        ("\uff41b", "hex.alphabet"),
        ("abc", "hex.length"),
        ("a", "hex.length"),
        ("abG", "hex.alphabet"),
    ],
)
def test_b611_hexadecimal_is_lower_case_and_nothing_else(door: Door, text: str, code: str) -> None:
    assert refusal(door.hex_decode, text) == code
    assert refusal(door.hex_decode, text.encode()) == code
    data = {"publicKey": records()["p256"]["spkiPem"], "signature": text}
    body = credential("p256", CREATE, attestation=json.dumps(data).encode())
    assert refusal(door.verify_attestation, body, challenge=CHALLENGE) == code


def test_b611_a_signature_in_capitals_is_another_text(door: Door) -> None:
    body = credential("p256", CREATE)
    data = json.loads(b64u_decoded(body["credentialInfo"]["attestationData"]))
    door.verify_attestation(body, challenge=CHALLENGE)
    data["signature"] = data["signature"].upper()
    body["credentialInfo"]["attestationData"] = b64u(json.dumps(data).encode())
    assert refusal(door.verify_attestation, body, challenge=CHALLENGE) == "hex.alphabet"


@pytest.mark.parametrize("size", [0, 1, 8, 11, 31, 42, 44])
def test_b612_a_part_of_a_credential_id_names_no_credential(door: Door, size: int) -> None:
    key = private_key(door, "p256")
    whole = door.credential_id_from_key(key.public_key)
    assert len(whole) == 43
    part = (whole + "A")[:size]
    signer = door.KeySigner(whole, key)
    asked = {"challenge": CHALLENGE, "allowCredentials": {"key": [{"id": part}], "webauthn": []}}
    assert refusal(signer.sign, asked) == "challenge.credential_not_allowed"
    asked["allowCredentials"] = {"key": [{"id": whole}], "webauthn": []}
    made = signer.sign(asked)
    common = {"challenge": CHALLENGE, "public_key": key.public_key}
    door.verify_assertion(made, credential_id=whole, **common)
    code = refusal(door.verify_assertion, made, credential_id=part, **common)
    assert code == ("assertion.id_mismatch" if part else "argument.value")


def test_b612_a_fingerprint_is_whole_and_no_key(door: Door) -> None:
    for kind in SMALL:
        key = public_key(door, kind)
        assert len(key.fingerprint()) == len(key.thumbprint()) == 32
        for part in (key.fingerprint(), key.fingerprint()[:8], key.fingerprint().hex()):
            assert key != part
    assert len({public_key(door, kind).fingerprint()[:8] for kind in SMALL}) == len(SMALL)


@pytest.mark.parametrize("kind", SMALL)
def test_b613_a_fingerprint_is_that_of_the_der_however_the_key_was_written(
    door: Door, kind: str
) -> None:
    text = records()[kind]["spkiPem"]
    key = public_key(door, kind)
    assert key.fingerprint() == hashlib.sha256(spki_of(kind)).digest()
    assert door.credential_id_from_key(key) == b64u(key.fingerprint())
    written = [
        door.PublicKey.from_pem(text.replace("\n", "\r\n")),
        door.PublicKey.from_pem("my key\n" + pem("PUBLIC KEY", spki_of(kind), columns=1000)),
        door.PublicKey.from_der(spki_of(kind)),
        door.PublicKey.from_jwk(key.to_jwk()),
        private_key(door, kind).public_key,
    ]
    if kind == "rsa2048":
        written.append(door.PublicKey.from_pem(key.to_pem(format="pkcs1")))
    for same in written:
        assert same.fingerprint() == key.fingerprint()
        assert same == key
        assert hash(same) == hash(key)
        assert same.to_pem() == key.to_pem()
        assert same.thumbprint() == key.thumbprint()


@pytest.mark.parametrize("kind", EC_KINDS)
def test_b614_one_key_has_one_fingerprint_in_every_form_of_its_point(door: Door, kind: str) -> None:
    forms = [spki(kind, point(kind, form=form)) for form in ("uncompressed", "compressed")]
    keys = [door.PublicKey.from_der(der) for der in forms]
    assert len({key.fingerprint() for key in keys}) == 1
    assert len({*keys}) == 1
    assert {key.to_der() for key in keys} == {spki_of(kind)}
    hybrid = spki(kind, point(kind, form="hybrid"))
    assert refusal(door.PublicKey.from_der, hybrid) == "key.point"
