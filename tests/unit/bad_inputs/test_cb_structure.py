"""CBOR that ends too early, does not end, or goes on (rows CB01 to CB07, CB11, CB12, CB20, CB26)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.property.outcome import Door
from tests.unit.bad_inputs.cbor_readings import SAMPLES, bare, let_pass, reading, taken
from tests.unit.bad_inputs.cbor_writer import (
    BREAK,
    Raw,
    array,
    chunks,
    head,
    integer,
    octets,
    pairs,
    text,
    truncations,
)
from tests.unit.bad_inputs.passkeys import (
    STRICTNESSES,
    USUAL,
    attestation_object,
    cose_bytes,
    new_credential,
    notes,
)
from tests.unit.bad_inputs.refusals import refusal, refused


def test_cb01_to_cb32_start_from_items_that_are_right(door: Door) -> None:
    for item in SAMPLES.values():
        for strictness in STRICTNESSES:
            value = door.cbor_decode(item, strictness=strictness)
            assert door.cbor_encode(value) == item
    assert notes(door.parse_attestation_object(SAMPLES["packed"])) == set()
    for kind in USUAL:
        key = door.CosePublicKey.from_bytes(cose_bytes(kind), strictness="strict")
        assert key.to_bytes() == cose_bytes(kind)


def test_cb01_no_bytes_are_no_item(door: Door) -> None:
    assert bare(door, b"") == "cbor.truncated"
    for strictness in STRICTNESSES:
        for call in (door.parse_attestation_object, door.CosePublicKey.from_bytes):
            error = refused(call, b"", strictness=strictness)
            assert (error.code, getattr(error, "offset", None)) == ("cbor.truncated", 0)


@pytest.mark.parametrize("name", SAMPLES)
def test_cb02_what_is_cut_off_anywhere_is_refused(door: Door, name: str) -> None:
    for data in truncations(SAMPLES[name]):
        for strictness in STRICTNESSES:
            error = refused(door.cbor_decode, data, strictness=strictness)
            assert error.code == "cbor.truncated"
            assert 0 <= getattr(error, "offset", -1) <= len(data)
        assert refusal(door.cbor_diagnostic, data) == "cbor.truncated"
        if name in ("attestation object", "packed"):
            assert refusal(door.parse_attestation_object, data) == "cbor.truncated"
        if name.startswith("COSE"):
            assert refusal(door.CosePublicKey.from_bytes, data) == "cbor.truncated"
            cut = new_credential(key=data)
            assert refusal(door.parse_authenticator_data, cut) == "cbor.truncated"


@pytest.mark.parametrize(
    "parts",
    [(), (b"",), (b"", b""), (b"ab",), (b"a", b"b"), (b"a", b"", b"b" * 300), (b"x",) * 40],
    ids=len,
)
def test_cb03_strings_in_chunks_are_no_canonical_form(door: Door, parts: tuple[bytes, ...]) -> None:
    whole = b"".join(parts)
    item = chunks(2, *map(octets, parts))
    assert let_pass(door, item, whole) == "cbor.indefinite"
    item = chunks(3, *map(text, parts))
    assert let_pass(door, item, whole.decode()) == "cbor.indefinite"
    strict = refused(door.cbor_decode, array(integer(0), item))
    assert (strict.code, getattr(strict, "offset", None)) == ("cbor.indefinite", 2)


def test_cb03_strings_in_chunks_are_shown_in_chunks(door: Door) -> None:
    shown = door.cbor_diagnostic(chunks(2, octets(b"\x01"), octets(b"\x02\x03")))
    assert shown == "(_ h'01', h'0203')"
    assert door.cbor_diagnostic(chunks(3, text("a"), text("b"))) == '(_ "a", "b")'
    key = chunks(5, chunks(3, text("a"), text("")), integer(1))
    assert door.cbor_diagnostic(key) == '{_ (_ "a", ""): 1}'
    # Without chunks it would not be told which of the two it is (RFC 8949 section 8.1).
    assert door.cbor_diagnostic(chunks(2)) == "''_"
    assert door.cbor_diagnostic(chunks(3)) == '""_'


def test_cb03_a_member_in_chunks_is_put_together(door: Door) -> None:
    data = new_credential()
    halves = chunks(2, octets(data[:50]), octets(data[50:]))
    object_ = attestation_object(Raw(halves), Raw(chunks(3, text("no"), text("ne"))))
    read = door.parse_attestation_object(object_)
    assert (read.format, read.authenticator_data.raw) == ("none", data)
    assert notes(read) == {("cbor.indefinite", "attestation_object")}
    code = refusal(door.parse_attestation_object, object_, strictness="strict")
    assert code == "cbor.indefinite"


@pytest.mark.parametrize(
    ("item", "value", "shown"),
    [
        (chunks(4), [], "[_ ]"),
        (chunks(4, integer(1), integer(2)), [1, 2], "[_ 1, 2]"),
        (chunks(4, chunks(4, integer(1)), array()), [[1], []], "[_ [_ 1], []]"),
        (chunks(5), {}, "{_ }"),
        (chunks(5, integer(1), integer(2)), {1: 2}, "{_ 1: 2}"),
        (chunks(5, text("a"), chunks(5)), {"a": {}}, '{_ "a": {_ }}'),
        (array(chunks(5, text("a"), chunks(4))), [{"a": []}], '[{_ "a": [_ ]}]'),
    ],
    ids=lambda part: part.hex() if isinstance(part, bytes) else "",
)
def test_cb04_containers_without_a_length_are_no_canonical_form(
    door: Door, item: bytes, value: Any, shown: str
) -> None:
    assert let_pass(door, item, value) == "cbor.indefinite"
    found = door.cbor_diagnostic(item)
    assert found.replace(" ", "") == shown.replace(" ", "")


@pytest.mark.parametrize(
    "item",
    [
        chunks(5, integer(1)),
        chunks(5, integer(1), integer(2), integer(3)),
        chunks(5, text("a"), array(), text("b")),
        array(chunks(5, integer(1))),
    ],
    ids=bytes.hex,
)
def test_cb05_a_map_without_the_last_value_is_refused(door: Door, item: bytes) -> None:
    assert refusal(door.cbor_decode, item) == "cbor.indefinite"
    assert refusal(door.cbor_decode, item, strictness="interoperable") == "cbor.break"
    assert refusal(door.cbor_diagnostic, item) == "cbor.break"


@pytest.mark.parametrize(
    ("item", "code"),
    [
        (chunks(2, text("a")), "cbor.indefinite"),
        (chunks(3, octets(b"a")), "cbor.indefinite"),
        (chunks(2, octets(b"a"), text("a")), "cbor.indefinite"),
        (chunks(2, chunks(2, octets(b"a"))), "cbor.indefinite"),
        (chunks(3, chunks(3, text("a"))), "cbor.indefinite"),
        (chunks(3, text("a"), chunks(3)), "cbor.indefinite"),
        (chunks(2, integer(1)), "cbor.indefinite"),
        (chunks(2, array()), "cbor.indefinite"),
        (chunks(2, pairs()), "cbor.indefinite"),
        (chunks(2, b"\xf6"), "cbor.indefinite"),
        (chunks(2, b"\xc0" + octets(b"a")), "cbor.tag"),
        (chunks(2, b"\xf7"), "cbor.simple"),
        (chunks(2, b"\x5c"), "cbor.reserved"),
        (chunks(2, octets(b"a"))[:-1], "cbor.truncated"),
        (b"\x5f", "cbor.truncated"),
        (b"\x5f\x42a", "cbor.truncated"),
        # Each chunk is UTF-8 by itself (RFC 8949 section 3.2.3).
        (chunks(3, text(b"\xc3"), text(b"\xa9")), "cbor.utf8"),
    ],
    ids=lambda part: part.hex() if isinstance(part, bytes) else part,
)
def test_cb06_chunks_are_strings_of_the_same_type_and_of_known_length(
    door: Door, item: bytes, code: str
) -> None:
    assert refusal(door.cbor_decode, item) == "cbor.indefinite"
    assert refusal(door.cbor_decode, item, strictness="interoperable") == code
    assert refusal(door.cbor_diagnostic, item) == code
    object_ = attestation_object(new_credential(), Raw(item))
    if code != "cbor.truncated":
        assert refusal(door.parse_attestation_object, object_) == code


@pytest.mark.parametrize(
    "item",
    [
        BREAK,
        head(4, 1) + BREAK,
        head(4, 2) + integer(1) + BREAK,
        head(5, 1) + BREAK,
        head(5, 1) + integer(1) + BREAK,
        head(5, 1) + text("a") + BREAK,
        head(4, 1) + head(4, 1) + BREAK,
    ],
    ids=bytes.hex,
)
def test_cb07_a_break_out_of_place_is_refused(door: Door, item: bytes) -> None:
    assert reading(door, item) == "cbor.break"


def test_cb07_a_break_ends_one_item_only(door: Door) -> None:
    for strictness, code in zip(STRICTNESSES, ("cbor.indefinite", "cbor.trailing"), strict=True):
        for item in (chunks(4), chunks(5), chunks(2), chunks(3), chunks(4, integer(1))):
            assert refusal(door.cbor_decode, item + BREAK, strictness=strictness) == code
    for item in (array(), pairs(), octets(b""), text(""), integer(0)):
        assert bare(door, item + BREAK) == "cbor.trailing"


@pytest.mark.parametrize("major", [2, 3])
@pytest.mark.parametrize("left", [0, 1, 100])
def test_cb11_a_string_that_claims_all_memory_is_refused(door: Door, major: int, left: int) -> None:
    item = head(major, 2**64 - 1) + bytes(left)
    assert bare(door, item) == "cbor.truncated"
    assert bare(door, head(4, 1) + item) == "cbor.truncated"
    assert bare(door, head(5, 1) + integer(1) + item) == "cbor.truncated"
    for outer in (head(5, 3) + text("fmt") + item, head(5, 1) + text("x") + item):
        assert refusal(door.parse_attestation_object, outer) == "cbor.truncated"
    key = head(5, 5) + integer(1) + item
    assert refusal(door.parse_authenticator_data, new_credential(key=key)) == "cbor.truncated"
    assert refusal(door.CosePublicKey.from_bytes, key) == "cbor.truncated"
    code = refusal(door.cbor_decode, bytes([major << 5 | 31]) + item, strictness="interoperable")
    assert code == "cbor.truncated"


@pytest.mark.parametrize("major", [2, 3])
@pytest.mark.parametrize("size", [2**63, 2**63 - 1, 2**32, 2**32 - 1, 2**31, 2**31 - 1, 2**16, 11])
def test_cb12_a_string_longer_than_what_is_left_is_refused(
    door: Door, major: int, size: int
) -> None:
    assert bare(door, head(major, size) + bytes(10)) == "cbor.truncated"
    assert bare(door, head(4, 1) + head(major, size) + bytes(10)) == "cbor.truncated"
    # The sum of where it begins and how long it is may be more than a number holds.
    assert bare(door, head(4, 2) + octets(bytes(9)) + head(major, size)) == "cbor.truncated"


def test_cb12_a_string_as_long_as_what_is_left_is_taken(door: Door) -> None:
    for size in (0, 1, 23, 24, 255, 256, 60_000):
        taken(door, octets(bytes(size)), bytes(size))
        taken(door, text("a" * size), "a" * size)
        assert bare(door, octets(bytes(size))[:-1]) == "cbor.truncated"


@pytest.mark.parametrize(
    "rest", [b"\x00", b"\xff", b"\xf7", b"\x1c", b"\xa0", text("a"), attestation_object(b"")]
)
@pytest.mark.parametrize(
    "name", ["integer of 1 bytes", "map", "attestation object", "COSE key p256"]
)
def test_cb20_bytes_after_the_item_are_refused(door: Door, name: str, rest: bytes) -> None:
    item = SAMPLES[name]
    assert bare(door, item + rest) == "cbor.trailing"
    assert getattr(refused(door.cbor_decode, item + rest), "offset", None) == len(item)
    for strictness in STRICTNESSES:
        if name == "attestation object":
            call = door.parse_attestation_object
            assert refusal(call, item + rest, strictness=strictness) == "cbor.trailing"
        if name == "COSE key p256":
            call = door.CosePublicKey.from_bytes
            assert refusal(call, item + rest, strictness=strictness) == "cbor.trailing"
    assert bare(door, item * 2) == "cbor.trailing"


@pytest.mark.parametrize("info", [28, 29, 30])
@pytest.mark.parametrize("major", range(8))
def test_cb26_reserved_additional_information_is_refused(door: Door, major: int, info: int) -> None:
    assert reading(door, bytes([major << 5 | info])) == "cbor.reserved"
    assert bare(door, bytes([major << 5 | info]) + bytes(16)) == "cbor.reserved"


@pytest.mark.parametrize("major", [0, 1, 6])
def test_cb26_numbers_and_tags_have_no_indefinite_length(door: Door, major: int) -> None:
    assert reading(door, bytes([major << 5 | 31])) == "cbor.reserved"
    assert bare(door, bytes([major << 5 | 31]) + integer(1) + BREAK) == "cbor.reserved"
