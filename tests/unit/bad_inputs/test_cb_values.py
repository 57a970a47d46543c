"""CBOR items outside the subset, and the work that items cost (rows CB08 to CB10, CB13, CB18, CB21 to CB25, CB27,
CB31, CB32)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any, Final

import pytest

from tests.property.outcome import Door
from tests.unit.bad_inputs.cbor_readings import SAMPLES, bare, let_pass, reading, taken
from tests.unit.bad_inputs.cbor_writer import (
    NULL,
    Raw,
    array,
    chunks,
    head,
    integer,
    nested,
    octets,
    pairs,
    tag,
    text,
    write,
)
from tests.unit.bad_inputs.passkeys import (
    STRICTNESSES,
    attestation_object,
    authenticator_data,
    cose,
    new_credential,
    notes,
    register,
    registration,
    registration_verdict,
)
from tests.unit.bad_inputs.programs import output
from tests.unit.bad_inputs.refusals import refusal, seconds

CAP: Final = 8
KIB: Final = 1024
MOST: Final = 64 * KIB
ENTRIES: Final = 4096


def on_a_small_stack(call: Callable[[], object]) -> object:
    """Runs the call in a thread that has little more stack than Python itself takes."""
    results: list[object] = []
    before = threading.stack_size(256 * KIB)
    try:
        thread = threading.Thread(target=lambda: results.append(call()))
        thread.start()
    finally:
        threading.stack_size(before)
    thread.join()
    return results[0]


# --- depth ---


@pytest.mark.parametrize(
    "level",
    [b"\x81", b"\xa1\x01", b"\xa1\x61a", b"\x9f", b"\xbf\x01", b"\x82\x00", b"\xa2\x01\x00\x02"],
    ids=bytes.hex,
)
def test_cb08_nesting_without_end_takes_no_stack(door: Door, level: bytes) -> None:
    flood = level * 100_000
    assert bare(door, flood) == "limit.size"
    flood = flood[: MOST - MOST % len(level)]
    extensions, key = b"\xa1\x61x" + flood[:60_000], b"\xa1\x01" + flood[:60_000]
    calls = [
        partial(refusal, door.cbor_decode, flood, strictness="interoperable"),
        partial(refusal, door.cbor_diagnostic, flood),
        partial(refusal, door.parse_authenticator_data, authenticator_data(extensions=extensions)),
        partial(refusal, door.parse_authenticator_data, new_credential(key=key)),
        partial(refusal, door.CosePublicKey.from_bytes, flood),
    ]
    for call in calls:
        assert on_a_small_stack(call) == "limit.depth"
        assert seconds(call, times=3) < 0.05
    if level[0] in (0x9F, 0xBF):
        assert refusal(door.cbor_decode, flood) == "cbor.indefinite"
    else:
        assert refusal(door.cbor_decode, flood) == "limit.depth"


def test_cb08_nor_does_writing_it(door: Door) -> None:
    value: Any = []
    for _ in range(100_000):
        value = [value]
    assert on_a_small_stack(partial(refusal, door.cbor_encode, value)) == "limit.depth"
    assert seconds(refusal, door.cbor_encode, value, times=3) < 0.05
    endless: list[Any] = []
    endless.append(endless)
    assert refusal(door.cbor_encode, endless) == "limit.depth"
    itself: dict[str, Any] = {}
    itself["x"] = itself
    assert refusal(door.cbor_encode, itself) == "limit.depth"
    while value:  # taken apart level by level, not by one destructor inside the other
        value = value[0]


@pytest.mark.parametrize("number", [0, 1, 2, 24, 55_799])
def test_cb09_a_tag_is_refused_before_what_is_in_it(door: Door, number: int) -> None:
    flood = head(6, number) * 100_000
    assert bare(door, flood) == "limit.size"
    flood = flood[:60_000]
    call = partial(refusal, door.cbor_decode, flood)
    assert on_a_small_stack(call) == "cbor.tag"
    assert seconds(call, times=3) < 0.05
    assert bare(door, flood) == "cbor.tag"
    assert bare(door, head(6, number)) == "cbor.tag"


LEVELS: Final = {
    "arrays": array,
    "maps": lambda inside: pairs((integer(1), inside)),
    "later items": lambda inside: array(integer(0), array(), pairs(), inside),
    "later values": lambda inside: pairs((integer(1), array()), (text("x"), inside)),
}


def deep(levels: int, level: Callable[[bytes], bytes], innermost: bytes) -> bytes:
    """So many containers in each other, the innermost of which is given."""
    item = innermost
    for _ in range(levels - 1):
        item = level(item)
    return item


@pytest.mark.parametrize(
    "innermost", [array(), pairs(), array(integer(1), text("a"))], ids=bytes.hex
)
@pytest.mark.parametrize("name", LEVELS)
def test_cb10_eight_levels_are_taken_and_nine_are_not(
    door: Door, name: str, innermost: bytes
) -> None:
    level = LEVELS[name]
    for levels in range(1, CAP + 1):
        item = deep(levels, level, innermost)
        value = door.cbor_decode(item)
        taken(door, item, value)
        door.cbor_diagnostic(item)
        assert refusal(door.cbor_encode, deeper(value, CAP + 1 - levels)) == "limit.depth"
        assert door.cbor_encode(deeper(value, CAP - levels))
    for levels in (CAP + 1, CAP + 2, 100):
        assert bare(door, deep(levels, level, innermost)) == "limit.depth"


def deeper(value: Any, levels: int) -> Any:
    for _ in range(levels):
        value = [value]
    return value


def test_cb10_indefinite_levels_count_like_others(door: Door) -> None:
    for kind in (lambda inside: chunks(4, inside), lambda inside: chunks(5, integer(1), inside)):
        item = deep(CAP, kind, chunks(4))
        assert door.cbor_decode(item, strictness="interoperable")
        over = deep(CAP + 1, kind, chunks(4))
        assert refusal(door.cbor_decode, over, strictness="interoperable") == "limit.depth"
        assert refusal(door.cbor_diagnostic, over) == "limit.depth"
    # Strings in chunks are no level.
    item = deep(CAP, LEVELS["arrays"], array(chunks(2, octets(b"a"))))
    assert door.cbor_decode(item, strictness="interoperable")


def test_cb10_every_structure_counts_from_its_own_top(door: Door) -> None:
    # The attestation object and its statement are two levels.
    for levels, fits in ((CAP - 2, True), (CAP - 1, False)):
        object_ = attestation_object(new_credential(), "none", {"x": Raw(nested(levels))})
        if fits:
            assert door.parse_attestation_object(object_).statement
        else:
            assert refusal(door.parse_attestation_object, object_) == "limit.depth"
            assert registration_verdict(door, registration(object_)) == "limit.depth"
    # A key and extensions are one level, although they are inside of another CBOR item.
    for levels, fits in ((CAP - 1, True), (CAP, False)):
        extensions = pairs((text("x"), nested(levels)))
        data = [
            authenticator_data(extensions=extensions),
            new_credential(key=pairs((integer(1), nested(levels)))),
            new_credential(extensions=extensions),
        ]
        for one in data:
            if fits:
                assert door.parse_authenticator_data(one).raw == one
                assert door.parse_attestation_object(attestation_object(one))
            else:
                assert refusal(door.parse_authenticator_data, one) == "limit.depth"
                outer = attestation_object(one)
                assert refusal(door.parse_attestation_object, outer) == "limit.depth"


# --- declared sizes ---


@pytest.mark.parametrize("count", [2**32, 2**40, 2**63, 2**64 - 1, 2**20, 2**16])
@pytest.mark.parametrize("major", [4, 5])
@pytest.mark.parametrize("left", [0, 1, 3])
def test_cb13_a_container_that_claims_many_items_is_refused_in_no_time(
    door: Door, major: int, count: int, left: int
) -> None:
    item = head(major, count) + bytes(range(left))
    assert bare(door, item) == "cbor.truncated"
    assert bare(door, array(item)) in ("cbor.truncated", "limit.count")
    assert seconds(refusal, door.cbor_decode, item, times=3) < 0.02
    data = authenticator_data(extensions=item if major == 5 else pairs((text("x"), item)))
    assert refusal(door.parse_authenticator_data, data) in (
        *("cbor.truncated", "authenticator_data.extensions"),
    )


CLAIMS: Final = """
import resource
from countermark.errors import Error
from tests.property.outcome import NATIVE as door
from tests.unit.bad_inputs.cbor_writer import head, integer, text
from tests.unit.bad_inputs.passkeys import authenticator_data, new_credential

claims = [head(major, 2**bits) + bytes(range(3)) for major in (2, 3, 4, 5) for bits in (32, 34, 40, 62, 63)]
with open("/proc/self/statm") as file:
    used = int(file.read().split()[0]) * resource.getpagesize()
limit = used + (32 << 20)
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
codes = set()
for claim in claims:
    key = head(5, 1) + integer(1) + claim
    for call, data in (
        (door.cbor_decode, claim),
        (door.cbor_diagnostic, claim),
        (door.cbor_decode, head(4, 1) + claim),
        (door.parse_attestation_object, head(5, 1) + text("fmt") + claim),
        (door.parse_authenticator_data, authenticator_data(extensions=head(5, 1) + text("x") + claim)),
        (door.parse_authenticator_data, new_credential(key=key)),
        (door.CosePublicKey.from_bytes, key),
    ):
        try:
            call(data)
        except Error as error:
            codes.add(error.code)
print(*sorted(codes), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak < 4096)
"""


def test_cb11_cb13_nothing_is_allocated_by_a_declared_length() -> None:
    """With no more than 32 MiB of address space left, in a process of its own: a failure would abort it."""
    assert output(CLAIMS) == "cbor.truncated True\n"


# --- shortest forms ---


@pytest.mark.parametrize("width", [1, 2, 4, 8])
def test_cb18_only_the_shortest_form_of_a_number_is_canonical(door: Door, width: int) -> None:
    least = {1: 24, 2: 2**8, 4: 2**16, 8: 2**32}[width]
    for number in {0, 1, 23, least // 2, least - 1}:
        assert let_pass(door, integer(number, width), number) == "cbor.non_canonical"
        assert let_pass(door, integer(-1 - number, width), -1 - number) == "cbor.non_canonical"
        key = pairs((integer(number, width), NULL))
        assert let_pass(door, key, {number: None}) == "cbor.non_canonical"
    for number in (least, least + 1, 256**width - 1):
        taken(door, integer(number), number)
        taken(door, integer(-1 - number), -1 - number)
        assert len(integer(number)) == 1 + width


@pytest.mark.parametrize("width", [1, 2, 4, 8])
def test_cb18_only_the_shortest_form_of_a_length_is_canonical(door: Door, width: int) -> None:
    least = {1: 24, 2: 2**8, 4: 2**16, 8: 2**32}[width]
    for size in {0, 1, 23, min(least - 1, 60_000)}:
        code = let_pass(door, octets(bytes(size), width), bytes(size))
        assert code == "cbor.non_canonical"
        assert let_pass(door, text("a" * size, width), "a" * size) == "cbor.non_canonical"
        if size < 300:
            items = array(*[integer(0)] * size, width=width)
            assert let_pass(door, items, [0] * size) == "cbor.non_canonical"
            members = pairs(*((integer(n), NULL) for n in range(size)), width=width)
            assert let_pass(door, members, dict.fromkeys(range(size))) == "cbor.non_canonical"
    key = pairs((text("ab", width), NULL))
    assert let_pass(door, key, {"ab": None}) == "cbor.non_canonical"
    chunk = chunks(2, octets(b"a", width))
    assert refusal(door.cbor_decode, chunk) == "cbor.indefinite"
    assert door.cbor_decode(chunk, strictness="interoperable") == b"a"


@pytest.mark.parametrize("width", [1, 2, 4, 8])
def test_cb18_a_tag_is_refused_as_one_whatever_its_form(door: Door, width: int) -> None:
    assert reading(door, tag(0, integer(0), width)) == "cbor.tag"
    assert reading(door, tag(23, integer(0), width)) == "cbor.tag"


def test_cb18_offsets_are_not_those_of_the_shortest_form(door: Door) -> None:
    """What comes after an item that is longer than it need be is where it is."""
    members = [
        (integer(1, 8), integer(2, 4)),
        (integer(3), integer(-7, 2)),
        (integer(-1), integer(1)),
    ]
    coordinates = [(integer(label), octets(cose()[label], 4)) for label in (-2, -3)]
    key = pairs(*members, *coordinates, width=2)
    data = new_credential(key=key, extensions=write({"credProtect": 2}), sign_count=5)
    read = door.parse_authenticator_data(data)
    assert read.credential_public_key == key
    assert read.extensions.cred_protect == 2
    assert notes(read) == {("cbor.non_canonical", "credential_public_key")}
    verified = register(door, registration(attestation_object(data)))
    assert verified.public_key.to_bytes() == key
    code = registration_verdict(door, registration(attestation_object(data)), strictness="strict")
    assert code == "cbor.non_canonical"


# --- what the subset leaves out ---


@pytest.mark.parametrize("number", [0, 1, 2, 3, 4, 5, 24, 30, 32, 37, 55_799, 2**64 - 1])
def test_cb21_tags_are_refused_around_and_inside(door: Door, number: int) -> None:
    for inside in (octets(b"\x01"), text("1"), integer(0), array(integer(0), integer(1)), pairs()):
        assert reading(door, tag(number, inside)) == "cbor.tag"
    for name in ("attestation object", "COSE key p256", "map"):
        assert bare(door, tag(number, SAMPLES[name])) == "cbor.tag"
    whole = tag(number, attestation_object(new_credential()))
    assert refusal(door.parse_attestation_object, whole) == "cbor.tag"
    assert registration_verdict(door, registration(whole)) == "cbor.tag"
    inner = attestation_object(Raw(tag(number, octets(new_credential()))))
    assert registration_verdict(door, registration(inner)) == "cbor.tag"
    assert bare(door, pairs((tag(number, text("a")), NULL))) == "cbor.tag"


@pytest.mark.parametrize(
    "item",
    [
        tag(4, array(integer(1_000_000_000), integer(1))),
        tag(4, array(integer(-1_000_000_000), integer(1))),
        tag(5, array(integer(2**63), integer(1))),
        tag(2, octets(b"\xff" * 60_000)),
        tag(3, octets(b"\xff" * 60_000)),
        tag(4, array(integer(1), tag(2, octets(b"\xff" * 60_000)))),
        tag(30, array(integer(1), integer(0))),
    ],
    ids=lambda item: item.hex()[:24],
)
def test_cb22_no_arithmetic_is_done_for_a_number_in_a_tag(door: Door, item: bytes) -> None:
    assert reading(door, item) == "cbor.tag"
    assert seconds(refusal, door.cbor_decode, item, times=3) < 0.02


def test_cb23_shared_values_and_references_are_refused(door: Door) -> None:
    for item in (
        tag(28, array(tag(29, integer(0)))),
        tag(29, integer(0)),
        array(tag(28, array()), tag(29, integer(0))),
        pairs((text("x"), tag(28, pairs((text("y"), tag(29, integer(0))))))),
        tag(25, integer(0)),
        tag(256, array(text("a"), tag(25, integer(0)))),
    ):
        assert bare(door, item) == "cbor.tag"
        assert reading(door, item) == "cbor.tag"


@pytest.mark.parametrize(
    "digits",
    [
        *("f90000", "f98000", "f93c00", "f97c00", "f9fc00", "f97e00", "f97e01", "f97c01", "f9ffff"),
        *("fa00000000", "fa3f800000", "fa7f800000", "faff800000", "fa7fc00000", "fa7f800001"),
        *("fb0000000000000000", "fb3ff0000000000000", "fb7ff0000000000000", "fbfff0000000000000"),
        *("fb7ff8000000000000", "fb7ff0000000000001", "fbffffffffffffffff", "fb4036000000000000"),
    ],
)
def test_cb24_floating_point_numbers_are_refused(door: Door, digits: str) -> None:
    assert reading(door, bytes.fromhex(digits)) == "cbor.float"


@pytest.mark.parametrize("value", [0.0, -0.0, 1.0, 7.5, float("inf"), float("nan")])
def test_cb24_nor_are_they_written(door: Door, value: float) -> None:
    for outer in (value, [value], {"x": value}, {value: 1}):
        assert refusal(door.cbor_encode, outer) == "argument.type"


@pytest.mark.parametrize("number", [*range(20), 23])
def test_cb25_other_simple_values_are_refused(door: Door, number: int) -> None:
    assert reading(door, bytes([0xE0 | number])) == "cbor.simple"


@pytest.mark.parametrize("number", [0, 1, 19, 20, 21, 22, 23, 24, 31, 32, 33, 128, 255])
def test_cb25_simple_values_of_two_bytes_are_refused(door: Door, number: int) -> None:
    """Even false and true, which nobody may write so (RFC 8949 section 3.3)."""
    assert reading(door, bytes([0xF8, number])) == "cbor.simple"


def test_cb24_cb25_what_the_first_byte_rules_out_needs_no_more_bytes(door: Door) -> None:
    for first, code in ((0xF8, "simple"), (0xF9, "float"), (0xFA, "float"), (0xFB, "float")):
        for rest in (b"", b"\x00"):
            assert bare(door, bytes([first]) + rest) == f"cbor.{code}"
            assert bare(door, array(integer(0), bytes([first]))) == f"cbor.{code}"


@pytest.mark.parametrize(
    "data",
    [
        *(b"\x80", b"\xbf", b"\xff", b"\xfe", b"a\x80", b"\xc3", b"\xe2\x82", b"\xf0\x9f\x98"),
        *(b"\xc0\x80", b"\xc1\xbf", b"\xe0\x80\xaf", b"\xe0\x9f\xbf", b"\xf0\x80\x80\xaf"),
        *(b"\xed\xa0\x80", b"\xed\xbf\xbf", b"\xed\xa0\xbd\xed\xb8\x80", b"\xf4\x90\x80\x80"),
        *(b"\xf5\x80\x80\x80", b"\xf8\x88\x80\x80\x80", b"\xfc\x84\x80\x80\x80\x80", b"\xc3("),
        *(b"ok\xc3", b"\xe9", b"caf\xe9", "x".encode("utf-16")),
    ],
    ids=bytes.hex,
)
def test_cb27_text_is_utf_8(door: Door, data: bytes) -> None:
    item = text(data)
    assert reading(door, item) == "cbor.utf8"
    assert reading(door, pairs((item, NULL))) == "cbor.utf8"
    assert bare(door, item + b"\x00") == "cbor.utf8"
    object_ = attestation_object(new_credential(), Raw(item))
    assert registration_verdict(door, registration(object_)) == "cbor.utf8"
    name = authenticator_data(extensions=pairs((item, NULL)))
    assert refusal(door.parse_authenticator_data, name) == "cbor.utf8"
    piece = chunks(3, text("a"), item)
    assert refusal(door.cbor_decode, piece, strictness="interoperable") == "cbor.utf8"


def test_cb27_every_scalar_value_of_unicode_is_text(door: Door) -> None:
    for value in ("\x00", "\x7f\x80", "\u07ff\u0800", "\ud7ff\ue000", "\ufffe\uffff", "\U0010ffff"):
        taken(door, text(value), value)
    for value in ("\ud800", "a\udfff", "\ud83d\ude00"):
        assert refusal(door.cbor_encode, value) == "argument.value"
        assert refusal(door.cbor_encode, {value: 1}) == "argument.value"


@pytest.mark.parametrize(
    "number",
    [-(2**64), -(2**64) + 1, -(2**63) - 1, -(2**63), 2**63 - 1, 2**63, 2**64 - 7, 2**64 - 1],
)
def test_cb31_numbers_keep_their_value_at_the_edges(door: Door, number: int) -> None:
    taken(door, integer(number), number)
    taken(door, pairs((integer(number), integer(number))), {number: number})
    assert door.cbor_diagnostic(integer(number)) == str(number)


@pytest.mark.parametrize("number", [2**64, -(2**64) - 1, 2**128, -(2**128), 10**4000])
def test_cb31_numbers_beyond_them_are_not_written(door: Door, number: int) -> None:
    for value in (number, [number], {"x": number}, {number: 0}):
        assert refusal(door.cbor_encode, value) == "argument.value"


@pytest.mark.parametrize(
    "algorithm",
    [
        *(-(2**64), -(2**63) - 1, -(2**63), 2**63 - 7, 2**63, 2**64 - 7, 2**64 - 1, 2**32 - 7),
        *(2**16 - 7, 2**8 - 7, -7 - 2**32, -7 - 2**16, -7 - 2**8, 7, 0),
    ],
)
def test_cb31_an_algorithm_is_not_another_because_a_number_wraps(
    door: Door, algorithm: int
) -> None:
    key = write(cose("p256", algorithm))
    assert refusal(door.CosePublicKey.from_bytes, key) == "algorithm.unknown"
    object_ = attestation_object(new_credential(key=key))
    assert registration_verdict(door, registration(object_)) == "algorithm.unknown"


@pytest.mark.parametrize("label", [2**64 - 1, 2**32 + 3, 2**64 + 3 - 2**64 - 2**32])
def test_cb31_nor_is_a_label(door: Door, label: int) -> None:
    members = {**cose(), label: -7}
    del members[3]
    key = door.cbor_encode(members)
    assert refusal(door.CosePublicKey.from_bytes, key) == "key.algorithm_missing"


# --- work ---


def tiny_items(count: int) -> dict[str, bytes]:
    """Items of as many entries, of kinds that a careless reader takes quadratic time for."""
    half = count // 2
    pieces = count - 1
    return {
        "alternating": array(*[integer(0), text("")] * half),
        "containers": array(*[array(), pairs()] * half),
        "ascending keys": pairs(*((integer(n), NULL) for n in range(count))),
        "descending keys": pairs(*((integer(n), NULL) for n in reversed(range(count)))),
        "shuffled keys": pairs(*((integer(n * 1663 % count), NULL) for n in range(count))),
        "long keys": pairs(*((text(f"{'k' * 4}{n:06}"), NULL) for n in range(count))),
        "one byte chunks": chunks(2, *[octets(b"a")] * pieces),
        "one letter chunks": chunks(3, *[text("a")] * pieces),
        "empty chunks": chunks(2, *[octets(b"")] * pieces),
        "keys in chunks": pairs(
            *((chunks(3, text(f"{n:05}"), text("")), NULL) for n in range(count // 3))
        ),
        "last key twice": pairs(*((integer(n % (count - 1)), NULL) for n in range(count))),
    }


@pytest.mark.parametrize("name", tiny_items(64))
def test_cb32_work_grows_with_the_input_and_no_faster(door: Door, name: str) -> None:
    small, large = tiny_items(1024)[name], tiny_items(4096)[name]

    def read(item: bytes) -> None:
        for call in (door.cbor_decode, door.cbor_diagnostic):
            if name == "last key twice":
                assert refusal(call, item, strictness="interoperable") == "cbor.duplicate"
            else:
                call(item, strictness="interoperable")

    little, much = seconds(read, small, times=5), seconds(read, large, times=5)
    assert much < 0.5
    assert much < 4 * little * 2.5 + 0.005


@pytest.mark.parametrize("strictness", STRICTNESSES)
def test_cb32_entries_are_bounded_at_all_levels_together(door: Door, strictness: str) -> None:
    items = [
        (array(*[integer(0)] * ENTRIES), array(*[integer(0)] * (ENTRIES + 1))),
        (array(array(*[NULL] * (ENTRIES - 1))), array(array(*[NULL] * ENTRIES))),
        (
            array(*[array(*[NULL] * 63)] * 64),
            array(*[array(*[NULL] * 63)] * 63, array(*[NULL] * 64)),
        ),
        (
            pairs(*((integer(n), NULL) for n in range(ENTRIES))),
            pairs(*((integer(n), NULL) for n in range(ENTRIES + 1))),
        ),
    ]
    for fits, over in items:
        assert door.cbor_decode(fits, strictness=strictness)
        assert refusal(door.cbor_decode, over, strictness=strictness) == "limit.count"
        assert refusal(door.cbor_diagnostic, over, strictness=strictness) == "limit.count"
    flood = array(*[integer(0), text("")] * 16_000, *[NULL] * 500)
    assert len(flood) < MOST
    assert refusal(door.cbor_decode, flood, strictness=strictness) == "limit.count"
    assert seconds(refusal, door.cbor_decode, flood, times=3) < 0.25


@pytest.mark.parametrize("strictness", STRICTNESSES)
def test_cb32_the_size_is_bounded_before_anything_is_read(door: Door, strictness: str) -> None:
    fits = octets(bytes(MOST - 3), 2)
    assert len(fits) == MOST
    assert door.cbor_decode(fits, strictness=strictness) == bytes(MOST - 3)
    for over in (fits + b"\x00", b"\xff" * (MOST + 1), b"\xc0" * (MOST + 1), array() + bytes(MOST)):
        for call in (
            *(door.cbor_decode, door.cbor_diagnostic, door.parse_attestation_object),
            *(door.CosePublicKey.from_bytes, door.parse_authenticator_data),
        ):
            assert refusal(call, over, strictness=strictness) == "limit.size"


def test_cb32_a_gibibyte_is_refused_before_it_is_copied(door: Door) -> None:
    """Its pages are never touched, so that it costs no memory here either."""
    huge = bytearray(1 << 30)
    huge[:5] = bytes.fromhex("5a3ffffffb")
    for call in (
        *(door.cbor_decode, door.cbor_diagnostic, door.parse_attestation_object),
        *(door.CosePublicKey.from_bytes, door.parse_authenticator_data),
    ):
        assert refusal(call, memoryview(huge)) == "limit.size"
        assert seconds(refusal, call, huge) < 0.02
