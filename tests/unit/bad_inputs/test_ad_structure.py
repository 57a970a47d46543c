"""Authenticator data: every byte is accounted for (rows AD01 to AD14, AD23 to AD25, AD27)."""

from __future__ import annotations

from typing import Any, Final

import pytest

from tests.property.outcome import Door
from tests.unit.bad_inputs.cbor_writer import (
    FALSE,
    NULL,
    TRUE,
    Raw,
    array,
    chunks,
    head,
    integer,
    octets,
    pairs,
    text,
    truncations,
    write,
)
from tests.unit.bad_inputs.passkeys import (
    AAGUID,
    AT,
    CREDENTIAL_ID,
    ED,
    RFU1,
    RFU2,
    STRICTNESSES,
    USUAL,
    UV,
    assertion,
    attestation_object,
    authenticate,
    authentication_verdict,
    authenticator_data,
    cose,
    cose_bytes,
    new_credential,
    notes,
    register,
    registration,
    registration_verdict,
)
from tests.unit.bad_inputs.refusals import refusal, refused, seconds

MOST: Final = 64 * 1024
EXTENSIONS: Final = write({"credProtect": 2, "hmac-secret": True})
NO_MAPS: Final = {
    "array": array(),
    "array of pairs": array(text("credProtect"), integer(2)),
    "number": integer(0),
    "negative number": integer(-1),
    "text": text("credProtect"),
    "octets": octets(EXTENSIONS),
    "null": NULL,
    "true": TRUE,
    "false": FALSE,
}


def parsing(door: Door, data: bytes) -> str:
    """The one code, whether the data stand alone, in an attestation object, or in a response."""
    codes = set()
    for strictness in STRICTNESSES:
        options = {"strictness": strictness}
        codes.add(refusal(door.parse_authenticator_data, data, **options))
        object_ = attestation_object(data)
        codes.add(refusal(door.parse_attestation_object, object_, **options))
        codes.add(registration_verdict(door, registration(object_), **options))
        if data:
            codes.add(authentication_verdict(door, assertion(data), **options))
    assert len(codes) == 1, codes
    return codes.pop()


def test_ad01_to_ad28_start_from_data_that_are_right(door: Door) -> None:
    data = new_credential(extensions=EXTENSIONS, sign_count=2**32 - 1)
    for strictness in STRICTNESSES:
        read = door.parse_authenticator_data(data, strictness=strictness)
        assert (read.raw, read.sign_count) == (data, 2**32 - 1)
        assert (read.credential_id, read.credential_public_key) == (CREDENTIAL_ID, cose_bytes())
        assert read.aaguid == "00112233-4455-6677-8899-aabbccddeeff"
        assert (read.extensions.cred_protect, read.extensions.hmac_secret) == (2, True)
        assert (read.extensions.unknown, notes(read)) == ({}, set())
        assert register(door, strictness=strictness).credential_id == CREDENTIAL_ID
        assert authenticate(door, strictness=strictness).sign_count == 7
    short = door.parse_authenticator_data(authenticator_data())
    assert (short.aaguid, short.credential_id, short.credential_public_key) == (None, None, None)
    assert (len(short.raw), short.sign_count) == (37, 0)


@pytest.mark.parametrize("size", [0, 1, 31, 32, 33, 36])
def test_ad01_fewer_than_37_bytes_are_refused(door: Door, size: int) -> None:
    assert parsing(door, authenticator_data()[:size]) == "authenticator_data.truncated"
    assert parsing(door, new_credential()[:size]) == "authenticator_data.truncated"
    assert parsing(door, bytes(size)) == "authenticator_data.truncated"


@pytest.mark.parametrize("kind", USUAL)
def test_ad02_data_without_their_last_byte_are_refused(door: Door, kind: str) -> None:
    data = new_credential(key=cose_bytes(kind))
    assert door.parse_authenticator_data(data).credential_public_key == cose_bytes(kind)
    assert parsing(door, data[:-1]) == "cbor.truncated"
    assert parsing(door, authenticator_data()[:-1]) == "authenticator_data.truncated"
    whole = new_credential(key=cose_bytes(kind), extensions=EXTENSIONS)
    assert parsing(door, whole[:-1]) == "cbor.truncated"


def test_ad03_data_cut_off_anywhere_are_refused(door: Door) -> None:
    key, data = cose_bytes(), new_credential(extensions=EXTENSIONS)
    start = 37 + 16 + 2 + len(CREDENTIAL_ID)
    for cut in truncations(data):
        for strictness in STRICTNESSES:
            code = refusal(door.parse_authenticator_data, cut, strictness=strictness)
            if len(cut) < start or len(cut) == start + len(key):
                # What is missing there may be told as the key's that is not there at all.
                assert code == "authenticator_data.truncated", len(cut)
            elif len(cut) == start:
                assert code in ("authenticator_data.truncated", "cbor.truncated")
            else:
                assert code == "cbor.truncated", len(cut)
        assert refusal(door.parse_attestation_object, attestation_object(cut)) == code


@pytest.mark.parametrize("extensions", [None, pairs()])
def test_ad04_a_credential_that_is_announced_must_be_there(
    door: Door, extensions: bytes | None
) -> None:
    data = authenticator_data(extensions=extensions, set_flags=AT)
    assert parsing(door, data) == "authenticator_data.truncated"
    for rest in (bytes(15), AAGUID, AAGUID + b"\x00", AAGUID + b"\x00\x20", AAGUID + b"\x00\x20x"):
        data = authenticator_data(set_flags=AT, rest=rest)
        assert parsing(door, data) == "authenticator_data.truncated"


def test_ad05_a_credential_that_is_not_announced_is_refused(door: Door) -> None:
    data = new_credential(clear_flags=AT)
    assert parsing(door, data) == "authenticator_data.trailing"
    assert getattr(refused(door.parse_authenticator_data, data), "offset", None) == 37
    # Nor is it an extension: its AAGUID is no map.
    data = new_credential(clear_flags=AT, set_flags=ED, aaguid=bytes(16))
    assert parsing(door, data) == "authenticator_data.extensions"


@pytest.mark.parametrize("key", [None, cose_bytes()])
def test_ad06_extensions_that_are_announced_must_be_there(door: Door, key: bytes | None) -> None:
    data = authenticator_data(key=key, set_flags=ED)
    assert parsing(door, data) == "authenticator_data.truncated"


@pytest.mark.parametrize("key", [None, cose_bytes()])
@pytest.mark.parametrize("extensions", [EXTENSIONS, pairs(), b"\x00", NULL])
def test_ad07_extensions_that_are_not_announced_are_refused(
    door: Door, key: bytes | None, extensions: bytes
) -> None:
    data = authenticator_data(key=key, extensions=extensions, clear_flags=ED)
    assert parsing(door, data) == "authenticator_data.trailing"
    error = refused(door.parse_authenticator_data, data)
    assert getattr(error, "offset", None) == len(data) - len(extensions)


@pytest.mark.parametrize("key", [None, cose_bytes()])
@pytest.mark.parametrize("name", NO_MAPS)
def test_ad08_extensions_are_a_map(door: Door, key: bytes | None, name: str) -> None:
    data = authenticator_data(key=key, extensions=NO_MAPS[name])
    assert parsing(door, data) == "authenticator_data.extensions"


def test_ad08_extensions_may_be_an_empty_map(door: Door) -> None:
    read = door.parse_authenticator_data(new_credential(extensions=pairs()))
    assert read.flags.extension_data
    assert (read.extensions.cred_protect, read.extensions.unknown) == (None, {})


@pytest.mark.parametrize("name", [0, 1, -1, 2**32, -7])
def test_ad09_names_of_extensions_are_text(door: Door, name: int) -> None:
    for members in ({name: True}, {name: 1, "credProtect": 2}):
        data = authenticator_data(extensions=write(members))
        assert parsing(door, data) == "authenticator_data.extensions"
    data = authenticator_data(extensions=write({"credProtect": 2, name: 1}))
    assert refusal(door.parse_authenticator_data, data) == "authenticator_data.extensions"


@pytest.mark.parametrize("name", ["credProtect", "unheard-of", ""])
def test_ad09_an_extension_stands_once(door: Door, name: str) -> None:
    for other in (integer(2), integer(3)):
        members = (text(name), integer(2)), (text(name), other)
        for key in (None, cose_bytes()):
            data = authenticator_data(key=key, extensions=pairs(*members))
            assert parsing(door, data) == "cbor.duplicate"


@pytest.mark.parametrize("key", [octets(b"credProtect"), array(), pairs(), NULL, TRUE])
def test_ad09_names_of_other_types_are_refused(door: Door, key: bytes) -> None:
    assert parsing(door, authenticator_data(extensions=pairs((key, integer(2))))) == "cbor.key_type"


@pytest.mark.parametrize(
    ("item", "code"),
    [
        (pairs((text("hmac-secret"), TRUE), (text("credBlob"), TRUE)), "cbor.order"),
        (chunks(5, text("credBlob"), TRUE, text("hmac-secret"), TRUE), "cbor.indefinite"),
        (
            pairs((text("credBlob", 2), TRUE), (text("hmac-secret"), TRUE)),
            "cbor.non_canonical",
        ),
        (
            pairs((text("credBlob"), TRUE), (text("hmac-secret"), TRUE), width=1),
            "cbor.non_canonical",
        ),
    ],
    ids=["order", "indefinite", "length of a text", "length of the map"],
)
def test_ad09_extensions_in_another_form_are_told(door: Door, item: bytes, code: str) -> None:
    data = new_credential(extensions=item)
    read = door.parse_authenticator_data(data)
    assert (read.extensions.hmac_secret, read.extensions.cred_blob) == (True, True)
    assert notes(read) == {(code, "extensions")}
    verified = register(door, registration(attestation_object(data)))
    assert notes(verified) == {(code, "extensions")}
    signed = authenticator_data(extensions=item)
    assert notes(authenticate(door, assertion(signed))) == {(code, "extensions")}
    assert refusal(door.parse_authenticator_data, data, strictness="strict") == code
    assert authentication_verdict(door, assertion(signed), strictness="strict") == code


WRONG_OUTPUTS: Final[dict[str, list[Any]]] = {
    "credProtect": [0, 4, -1, 2**32 + 1, True, "2", b"\x02", None, [2], {}],
    "hmac-secret": [0, 1, "true", None, [], {}],
    "minPinLength": [-1, True, "4", b"\x04", None, [4]],
    "uvm": [
        *([1, 2, 3], [[1, 2]], [[1, 2, 3, 4]], [[1, 2, -3]], [["1", 2, 3]], {}, True, None),
        *([[1, 2, 3], 4], [[1, 2, 3], []], [[]], "uvm"),
    ],
    "credBlob": [0, 1, "blob", None, [], {}],
    "largeBlobKey": [True, "key", None, 0, [], {}],
    "thirdPartyPayment": [0, 1, "true", b"\x01", None, [], {}],
}


@pytest.mark.parametrize("name", WRONG_OUTPUTS)
def test_ad09_outputs_of_known_extensions_have_their_type(door: Door, name: str) -> None:
    for value in WRONG_OUTPUTS[name]:
        data = authenticator_data(extensions=write({name: value}))
        assert parsing(door, data) == "authenticator_data.extensions", value
        # Under another name nothing is known of it.
        other = door.parse_authenticator_data(authenticator_data(extensions=write({"x": value})))
        assert other.extensions.unknown == {"x": write(value)}


def test_ad09_outputs_of_the_right_types_are_read(door: Door) -> None:
    outputs = {
        "uvm": [[1, 2, 3], [2**32, 0, 65535]],
        "credBlob": b"blob",
        "credProtect": 3,
        "hmac-secret": bytes(64),
        "largeBlobKey": bytes(range(32)),
        "minPinLength": 8,
        "thirdPartyPayment": False,
        "future-extension": {"a": [1, {}]},
    }
    ordered = dict(sorted(outputs.items(), key=lambda item: (len(item[0]), item[0])))
    found = door.parse_authenticator_data(authenticator_data(extensions=write(ordered))).extensions
    assert found.uvm == ((1, 2, 3), (2**32, 0, 65535))
    assert (found.cred_blob, found.cred_protect, found.hmac_secret) == (b"blob", 3, bytes(64))
    assert (found.large_blob_key, found.min_pin_length) == (bytes(range(32)), 8)
    assert (found.third_party_payment, found.unknown) == (
        False,
        {"future-extension": write({"a": [1, {}]})},
    )


@pytest.mark.parametrize("rest", [b"\x00", b"\xff", b"\xa0", NULL, EXTENSIONS, bytes(100)])
def test_ad10_bytes_after_the_extensions_are_refused(door: Door, rest: bytes) -> None:
    for key in (None, cose_bytes()):
        data = authenticator_data(key=key, extensions=EXTENSIONS, rest=rest)
        assert parsing(door, data) == "authenticator_data.trailing"
        error = refused(door.parse_authenticator_data, data)
        assert getattr(error, "offset", None) == len(data) - len(rest)
        data = authenticator_data(key=key, rest=rest)
        assert parsing(door, data) == "authenticator_data.trailing"


def test_ad11_a_credential_id_of_no_bytes_is_refused(door: Door) -> None:
    assert parsing(door, new_credential(credential_id=b"")) == "authenticator_data.credential_id"
    data = new_credential(id_length=0)
    assert parsing(door, data) == "authenticator_data.credential_id"
    data = authenticator_data(set_flags=AT, rest=AAGUID + b"\x00\x00")
    assert parsing(door, data) == "authenticator_data.credential_id"


@pytest.mark.parametrize("size", [1, 15, 16, 64, 1022, 1023])
def test_ad12_credential_ids_up_to_1023_bytes_are_taken(door: Door, size: int) -> None:
    id_ = b"\x5a" * size
    data = new_credential(credential_id=id_)
    assert door.parse_authenticator_data(data, strictness="strict").credential_id == id_
    response = registration(attestation_object(data), credential_id=id_)
    assert register(door, response).credential_id == id_


@pytest.mark.parametrize("size", [1024, 1025, 32_768, 60_000, 65_535])
def test_ad12_longer_credential_ids_are_refused(door: Door, size: int) -> None:
    for there in (size, 1024, 16, 0):
        data = new_credential(credential_id=bytes(there), id_length=size)
        assert refusal(door.parse_authenticator_data, data) == "limit.size"
        if len(data) < MOST:
            error = refused(door.parse_authenticator_data, data)
            assert getattr(error, "field", None) == "credentialId"
            response = registration(attestation_object(data))
            assert registration_verdict(door, response) == "limit.size"


@pytest.mark.parametrize("beyond", [1, 2, 900])
def test_ad13_a_credential_id_longer_than_what_is_left_is_refused(door: Door, beyond: int) -> None:
    left = CREDENTIAL_ID + cose_bytes()
    for there in (left, CREDENTIAL_ID, b""):
        rest = AAGUID + (len(there) + beyond).to_bytes(2, "big") + there
        if len(there) + beyond > 1023:
            continue
        data = authenticator_data(set_flags=AT, rest=rest)
        assert parsing(door, data) == "authenticator_data.truncated"
    # All the rest for the id, and nothing for the key.
    data = authenticator_data(set_flags=AT, rest=AAGUID + len(left).to_bytes(2, "big") + left)
    assert parsing(door, data) in ("authenticator_data.truncated", "cbor.truncated")


@pytest.mark.parametrize("bits", [RFU1, RFU2, RFU1 | RFU2])
def test_ad14_reserved_flags_are_told_or_refused(door: Door, bits: int) -> None:
    for data in (authenticator_data(set_flags=bits), new_credential(set_flags=bits)):
        read = door.parse_authenticator_data(data)
        assert (read.flags.reserved, read.flags.value) == (bits, data[32])
        assert notes(read) == {("authenticator_data.flags", "authenticator_data")}
        code = refusal(door.parse_authenticator_data, data, strictness="strict")
        assert code == "authenticator_data.flags"
    verified = register(door, registration(attestation_object(data)))
    assert verified.flags.reserved == bits
    assert notes(verified) == {("authenticator_data.flags", "authenticator_data")}
    response = registration(attestation_object(data))
    code = registration_verdict(door, response, strictness="strict")
    assert code == "authenticator_data.flags"
    response = assertion(authenticator_data(set_flags=bits))
    assert authenticate(door, response).flags.reserved == bits
    code = authentication_verdict(door, response, strictness="strict")
    assert code == "authenticator_data.flags"


def test_ad14_every_flag_is_told_by_its_bit(door: Door) -> None:
    for value in range(256):
        key = cose_bytes() if value & AT else None
        extensions = EXTENSIONS if value & ED else None
        data = authenticator_data(flags=value, key=key, extensions=extensions)
        flags = door.parse_authenticator_data(data).flags
        found = (flags.user_present, flags.user_verified, flags.backup_eligible, flags.backup_state)
        found += (flags.attested_credential_data, flags.extension_data)
        assert found == tuple(bool(value & 1 << bit) for bit in (0, 2, 3, 4, 6, 7))
        assert (flags.value, flags.reserved) == (value, value & 0x22)
    assert door.parse_authenticator_data(authenticator_data(clear_flags=UV)).flags.value == 1


KEY_FORMS: Final = {
    "numbers in two bytes": pairs(*((integer(n, 1), write(v)) for n, v in cose().items())),
    "numbers in nine bytes": pairs(
        *((integer(n, 8), write(v)) for n, v in cose().items()), width=8
    ),
    "reversed": pairs(*((integer(n), write(v)) for n, v in reversed(cose().items()))),
    "indefinite": chunks(5, *(part for n, v in cose().items() for part in (integer(n), write(v)))),
    "coordinates in chunks": write(
        cose()
        | {
            label: Raw(chunks(2, octets(cose()[label][:9]), octets(cose()[label][9:])))
            for label in (-2, -3)
        }
    ),
    "with an operation": write({1: 2, 3: -7, 4: [2]} | {n: cose()[n] for n in (-1, -2, -3)}),
}


@pytest.mark.parametrize("name", KEY_FORMS)
@pytest.mark.parametrize("extensions", [None, EXTENSIONS])
def test_ad23_the_key_is_kept_as_it_was_sent(
    door: Door, name: str, extensions: bytes | None
) -> None:
    key = KEY_FORMS[name]
    data = new_credential(key=key, extensions=extensions)
    read = door.parse_authenticator_data(data)
    assert read.credential_public_key == key
    assert read.raw == data
    assert (read.extensions.cred_protect is None) == (extensions is None)
    verified = register(door, registration(attestation_object(data)))
    assert verified.public_key.to_bytes() == key
    assert verified.authenticator_data.credential_public_key == key
    # It is the same key as the one in canonical form, and verifies.
    assert verified.public_key == door.CosePublicKey.from_bytes(cose_bytes())
    assert authenticate(door, public_key=key).sign_count == 7


OLD_KEY: Final = b"\xa3" + cose_bytes("ed25519")[1:]


@pytest.mark.parametrize("extensions", [None, EXTENSIONS])
def test_ad24_a_key_map_with_a_wrong_count_is_repaired_by_request(
    door: Door, extensions: bytes | None
) -> None:
    data = new_credential(key=OLD_KEY, extensions=extensions)
    expected = (
        "authenticator_data.trailing" if extensions is None else "authenticator_data.extensions"
    )
    for strictness in STRICTNESSES:
        code = refusal(door.parse_authenticator_data, data, strictness=strictness)
        assert code == expected
    response = registration(attestation_object(data))
    assert registration_verdict(door, response) == expected
    read = door.parse_authenticator_data(data, repair_cose_map_count=True)
    assert read.credential_public_key == cose_bytes("ed25519")
    assert read.raw == data
    assert notes(read) == {("cbor.truncated", "credential_public_key")}
    assert (read.extensions.cred_protect is None) == (extensions is None)
    verified = register(door, response, repair_cose_map_count=True)
    assert verified.public_key.to_bytes() == cose_bytes("ed25519")
    assert notes(verified) == {("cbor.truncated", "credential_public_key")}
    object_ = door.parse_attestation_object(attestation_object(data), repair_cose_map_count=True)
    assert object_.authenticator_data.credential_public_key == cose_bytes("ed25519")


def test_ad24_nothing_else_is_repaired(door: Door) -> None:
    ec = cose_bytes()
    for key in (
        b"\xa4" + ec[1:],
        b"\xa2" + OLD_KEY[1:],
        b"\xa3" + pairs((integer(3), integer(-8)), *[(integer(1), integer(1))] * 3)[1:],
        OLD_KEY[:-1],
        OLD_KEY + b"\x00",
    ):
        data = new_credential(key=key)
        refusal(door.parse_authenticator_data, data, repair_cose_map_count=True)
    # What is right stays as it is.
    for kind in USUAL:
        data = new_credential(key=cose_bytes(kind))
        read = door.parse_authenticator_data(data, repair_cose_map_count=True)
        assert (read.credential_public_key, notes(read)) == (cose_bytes(kind), set())


@pytest.mark.parametrize(
    "value",
    [
        Raw(text(b"\x00" * 37)),
        Raw(pairs()),
        Raw(pairs((text("rpIdHash"), octets(bytes(32))))),
        Raw(array(octets(authenticator_data()))),
        Raw(array(*[integer(n) for n in authenticator_data()])),
        Raw(integer(0)),
        Raw(NULL),
        Raw(TRUE),
        "SZYN5YgOjGh0NBcPZHZgW4/krrmihjLHmVzzuoMdl2M",
    ],
    ids=lambda value: repr(value)[:30],
)
def test_ad25_authdata_are_octets(door: Door, value: Any) -> None:
    object_ = attestation_object(value)
    for strictness in STRICTNESSES:
        error = refused(door.parse_attestation_object, object_, strictness=strictness)
        assert error.code == "attestation_object.type"
        assert getattr(error, "field", None) == "authData"
        code = registration_verdict(door, registration(object_), strictness=strictness)
        assert code == "attestation_object.type"


def test_ad25_authdata_in_more_cbor_are_no_authdata(door: Door) -> None:
    wrapped = octets(new_credential())
    code = refusal(door.parse_attestation_object, attestation_object(wrapped))
    assert code == "authenticator_data.truncated" or code.startswith(
        ("authenticator_data", "limit")
    )


def filled(size: int, level: bytes = b"") -> bytes:
    """Authenticator data of this size, most of it one extension that nobody knows."""
    frame = len(authenticator_data(extensions=pairs((text("x"), level + octets(bytes(60_000))))))
    return authenticator_data(
        extensions=pairs((text("x"), level + octets(bytes(60_000 + size - frame), 2)))
    )


@pytest.mark.parametrize("level", [b"", b"\x81" * 7, b"\xa1\x01" * 7])
def test_ad27_data_of_64_kib_are_read_and_larger_ones_are_not(door: Door, level: bytes) -> None:
    data = filled(MOST, level)
    assert len(data) == MOST
    read = door.parse_authenticator_data(data, strictness="strict")
    assert read.extensions.unknown["x"].startswith(level)
    assert len(read.extensions.unknown["x"]) > 65_000
    assert seconds(door.parse_authenticator_data, data, times=3) < 0.05
    for over in (filled(MOST + 1, level), data + b"\x00", data * 100):
        assert refusal(door.parse_authenticator_data, over) == "limit.size"
        assert refusal(door.parse_attestation_object, attestation_object(over)) == "limit.size"
        assert authentication_verdict(door, assertion(over)) == "limit.size"
    assert authenticate(door, assertion(data)).authenticator_data.raw == data


def test_ad27_work_grows_with_the_extensions_and_no_faster(door: Door) -> None:
    def many(count: int) -> bytes:
        members = {f"extension {number:06}": [number] for number in range(count)}
        return authenticator_data(extensions=write(members))

    small, large = (many(count) for count in (450, 1800))
    assert len(door.parse_authenticator_data(large).extensions.unknown) == 1800
    little = seconds(door.parse_authenticator_data, small, times=5)
    much = seconds(door.parse_authenticator_data, large, times=5)
    assert much < 0.5
    assert much < 4 * little * 2.5 + 0.005
    flood = authenticator_data(
        extensions=head(5, 4097) + b"".join(text(f"{n:04}") + NULL for n in range(4097))
    )
    assert refusal(door.parse_authenticator_data, flood) == "limit.count"
    assert seconds(refusal, door.parse_authenticator_data, flood, times=3) < 0.25
