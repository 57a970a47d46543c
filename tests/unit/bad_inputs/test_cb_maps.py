"""CBOR maps and attestation objects: what their keys may be (rows CB14 to CB17, CB19, CB28 to CB30)."""

from __future__ import annotations

import unicodedata
from itertools import pairwise, permutations
from typing import Any, Final

import pytest

from tests.property.outcome import Door
from tests.unit.bad_inputs.cbor_readings import bare, let_pass, reading, taken
from tests.unit.bad_inputs.cbor_writer import (
    FALSE,
    NAN,
    NULL,
    TRUE,
    Raw,
    array,
    chunks,
    integer,
    octets,
    pairs,
    rank,
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
from tests.unit.bad_inputs.refusals import refusal, refused

HALF_ONE: Final = bytes.fromhex("f93c00")
HASH: Final = bytes(32)


def members() -> list[tuple[bytes, bytes]]:
    """Those of a right attestation object, written."""
    return [
        (text("fmt"), text("none")),
        (text("attStmt"), pairs()),
        (text("authData"), octets(new_credential())),
    ]


def refused_object(door: Door, object_: bytes, **options: Any) -> str:
    """The one code, whatever is done with the attestation object."""
    codes = {refusal(door.parse_attestation_object, object_, **options)}
    codes |= {refusal(door.verify_attestation_statement, object_, client_data_hash=HASH, **options)}
    codes |= {registration_verdict(door, registration(object_), **options)}
    assert len(codes) == 1, codes
    return codes.pop()


# --- keys ---


@pytest.mark.parametrize("again", range(3))
@pytest.mark.parametrize("same", [True, False])
def test_cb14_a_member_that_stands_twice_is_refused(door: Door, again: int, same: bool) -> None:
    right = members()
    name, value = right[again]
    other = (
        value if same else [text("packed"), pairs((text("alg"), integer(-7))), octets(b"")][again]
    )
    for object_ in (
        pairs(*right, (name, other)),
        pairs((name, other), *right),
        pairs(*right[: again + 1], (name, other), *right[again + 1 :]),
        chunks(5, *(part for pair in right for part in pair), name, other),
    ):
        strict = refused_object(door, object_, strictness="strict")
        if object_[0] == 0xBF:
            assert strict == "cbor.indefinite"
        elif object_.startswith(name, 1) and again:
            # Another member is out of order before this one is there twice.
            assert strict == "cbor.order"
        else:
            assert strict == bare(door, object_) == "cbor.duplicate"
        assert refused_object(door, object_) == "cbor.duplicate"


@pytest.mark.parametrize(
    "item",
    [
        pairs((text("a"), integer(1)), (text("a"), integer(1))),
        pairs((text(""), integer(1)), (text(""), integer(2))),
        pairs((text("a"), integer(1)), (text("b"), integer(1)), (text("a"), integer(1))),
        pairs((integer(0), NULL), (integer(0), NULL)),
        pairs((integer(-1), NULL), (text("a"), NULL), (integer(-1), NULL)),
        pairs((integer(1), pairs((text("k"), NULL), (text("k"), NULL)))),
        pairs((integer(2**64 - 1), NULL), (integer(2**64 - 1), NULL)),
        pairs((integer(-(2**64)), NULL), (integer(-(2**64)), NULL)),
    ],
    ids=bytes.hex,
)
def test_cb14_no_map_holds_a_key_twice(door: Door, item: bytes) -> None:
    assert reading(door, item) == "cbor.duplicate"


def test_cb14_keys_that_only_look_alike_are_different(door: Door) -> None:
    names = ["e\u0301", "\u00e9", "E", "e", "\u0435", "e\x00", "1"]
    value: dict[int | str, Any] = {1: 0, -1: 0, -2: 0}
    value |= dict.fromkeys(sorted(names, key=rank), 0)
    taken(door, write(value), value)


@pytest.mark.parametrize("label", [1, 3, -1, -2, -3])
def test_cb15_a_label_that_stands_twice_in_a_cose_key_is_refused(door: Door, label: int) -> None:
    right = [(integer(name), write(value)) for name, value in cose().items()]
    for other in (-257, cose()[label], b"x", None):
        again = (integer(label), write(other))
        for key, strictnesses in (
            (pairs(*right, again), STRICTNESSES),
            # Strictly, a key that is out of order may be met first.
            (pairs(again, *right), STRICTNESSES[label != 1 :]),
        ):
            for strictness in strictnesses:
                code = refusal(door.CosePublicKey.from_bytes, key, strictness=strictness)
                assert code == "cbor.duplicate"
                data = new_credential(key=key)
                code = refusal(door.parse_authenticator_data, data, strictness=strictness)
                assert code == "cbor.duplicate"
    data = new_credential(key=pairs(*right, (integer(3), integer(-257))))
    assert registration_verdict(door, registration(attestation_object(data))) == "cbor.duplicate"


def test_cb16_numbers_that_are_equal_are_one_key(door: Door) -> None:
    """One key may not become another's by the rules of a language: 1, 1.0 and true are equal in Python."""
    one, long_one = integer(1), integer(1, 1)
    item = pairs((one, NULL), (long_one, NULL), (HALF_ONE, NULL), (TRUE, NULL))
    assert refusal(door.cbor_decode, item) == "cbor.non_canonical"
    assert refusal(door.cbor_decode, item, strictness="interoperable") == "cbor.duplicate"
    for width in (1, 2, 4, 8):
        item = pairs((one, NULL), (integer(1, width), NULL))
        assert refusal(door.cbor_decode, item) == "cbor.non_canonical"
        assert refusal(door.cbor_decode, item, strictness="interoperable") == "cbor.duplicate"
        item = pairs((text("a"), NULL), (text("a", width), NULL))
        assert refusal(door.cbor_decode, item, strictness="interoperable") == "cbor.duplicate"
    chunked = chunks(3, text("a"))
    item = pairs((text("aa"), NULL), (chunks(3, text("a"), text("a")), NULL))
    assert refusal(door.cbor_decode, item, strictness="interoperable") == "cbor.duplicate"
    item = pairs((chunked, NULL), (text("a"), NULL))
    assert refusal(door.cbor_decode, item, strictness="interoperable") == "cbor.duplicate"


def test_cb16_a_boolean_is_no_key(door: Door) -> None:
    for key in (TRUE, FALSE):
        assert reading(door, pairs((integer(1), NULL), (key, NULL))) == "cbor.key_type"
        assert reading(door, pairs((key, NULL), (integer(1), NULL))) == "cbor.key_type"
    for key in (True, False, 1.0, None, b"a", ()):
        assert refusal(door.cbor_encode, {key: 0}) == "argument.type"
        assert refusal(door.cbor_encode, [{"a": {"z": 1, key: 0}}]) == "argument.type"


@pytest.mark.parametrize(
    "key", [NAN, bytes.fromhex("fa7fc00000"), bytes.fromhex("fb7ff8000000000000")]
)
def test_cb17_a_number_that_does_not_equal_itself_is_no_key(door: Door, key: bytes) -> None:
    assert reading(door, pairs((key, NULL))) == "cbor.float"
    assert reading(door, pairs((key, NULL), (key, NULL))) == "cbor.float"
    assert refusal(door.cbor_encode, {float("nan"): 1}) == "argument.type"


ORDERED: Final = (0, 1, 23, 24, 255, 256, 65_536, 2**32, 2**64 - 1, -1, -24, -25, -256, -257)
ORDERED_TEXTS: Final = (
    "",
    "A",
    "a",
    "z",
    "\x7f",
    "AA",
    "aa",
    "zz",
    "\u00e9",
    "aaa",
    "\u20ac",
    "z" * 24,
)


def test_cb19_the_order_is_by_type_then_length_then_bytes(door: Door) -> None:
    keys = [*ORDERED, -(2**64), *ORDERED_TEXTS]
    assert sorted(keys, key=rank) == keys
    taken(door, write(dict.fromkeys(keys, 0)), dict.fromkeys(keys, 0))
    for one, other in pairwise(keys):
        value = {other: True, one: False}
        item = write(value)
        assert let_pass(door, item, value) == "cbor.order"
        # The order of the text stays; only writing has one of its own.
        assert door.cbor_encode(value) == write({one: False, other: True})


@pytest.mark.parametrize(
    "keys",
    [
        # Shorter first whatever the type (RFC 7049 section 3.9).
        (-1, 24),
        ("a", 1000),
        ("", 0),
        # By the bytes of the text alone.
        ("aa", "b"),
        # As Python sorts numbers.
        (-2, -1),
        (-1, 0),
        ("1", 1),
    ],
)
def test_cb19_other_orders_are_not_that_of_ctap2(door: Door, keys: tuple[Any, Any]) -> None:
    value = dict.fromkeys(keys, 0)
    assert let_pass(door, write(value), value) == "cbor.order"
    assert let_pass(door, array(write({"x": value})), [{"x": value}]) == "cbor.order"


@pytest.mark.parametrize("order", [*permutations(range(3))][1:])
def test_cb19_members_of_an_attestation_object_in_another_order_are_told(
    door: Door, order: tuple[int, ...]
) -> None:
    object_ = pairs(*(members()[at] for at in order))
    read = door.parse_attestation_object(object_)
    assert notes(read) == {("cbor.order", "attestation_object")}
    assert (read.raw, read.format, read.statement) == (object_, "none", {})
    assert read.authenticator_data.raw == new_credential()
    verified = register(door, registration(object_))
    assert notes(verified) == {("cbor.order", "attestation_object")}
    assert refused_object(door, object_, strictness="strict") == "cbor.order"


@pytest.mark.parametrize("order", [*permutations((1, 3, -1, -2, -3))][1::7])
def test_cb19_labels_of_a_cose_key_in_another_order_are_told(
    door: Door, order: tuple[int, ...]
) -> None:
    key = write({label: cose()[label] for label in order})
    data = new_credential(key=key)
    read = door.parse_authenticator_data(data)
    assert notes(read) == {("cbor.order", "credential_public_key")}
    assert read.credential_public_key == key
    verified = register(door, registration(attestation_object(data)))
    assert notes(verified) == {("cbor.order", "credential_public_key")}
    assert verified.public_key.to_bytes() == key
    assert verified.public_key == door.CosePublicKey.from_bytes(write(cose()))
    object_ = attestation_object(data)
    assert refused_object(door, object_, strictness="strict") == "cbor.order"
    assert refusal(door.CosePublicKey.from_bytes, key, strictness="strict") == "cbor.order"


def test_cb19_a_key_twice_is_worse_than_a_key_out_of_order(door: Door) -> None:
    item = pairs((integer(2), NULL), (integer(1), NULL), (integer(2), NULL))
    assert refusal(door.cbor_decode, item) == "cbor.order"
    assert refusal(door.cbor_decode, item, strictness="interoperable") == "cbor.duplicate"
    item = pairs((integer(1), NULL), (integer(2), NULL), (integer(1), NULL))
    assert bare(door, item) == "cbor.duplicate"
    item = pairs((text("a"), NULL), (octets(b"a"), NULL))
    assert bare(door, item) == "cbor.key_type"


@pytest.mark.parametrize(
    "key",
    [
        array(),
        array(integer(1)),
        pairs(),
        pairs((integer(1), integer(2))),
        octets(b""),
        octets(b"fmt"),
        NULL,
        TRUE,
        FALSE,
    ],
    ids=bytes.hex,
)
def test_cb30_keys_are_numbers_or_texts(door: Door, key: bytes) -> None:
    for members_ in ([(key, NULL)], [(integer(1), NULL), (key, NULL)], [(key, NULL)] * 2):
        assert reading(door, pairs(*members_)) == "cbor.key_type"
    object_ = pairs(*members(), (key, NULL))
    assert refused_object(door, object_) == "cbor.key_type"
    assert refused_object(door, object_, strictness="strict") == "cbor.key_type"
    data = authenticator_data(extensions=pairs((key, NULL)))
    assert refusal(door.parse_authenticator_data, data) == "cbor.key_type"


@pytest.mark.parametrize("key", [HALF_ONE, bytes.fromhex("fa3f800000"), bytes.fromhex("f90000")])
def test_cb30_a_floating_point_key_is_refused_as_the_number_it_is(door: Door, key: bytes) -> None:
    assert reading(door, pairs((key, NULL))) == "cbor.float"
    assert refused_object(door, pairs(*members(), (key, NULL))) == "cbor.float"


# --- attestation objects ---


@pytest.mark.parametrize(
    "name",
    [
        *("packed\x00", "Packed", " packed", "packed ", "PACKED", "p\u0430cked", "packed\n", ""),
        *("pack\u0435d", "none\x00", "None", "n\u043ene", "\ufeffnone", "u2f", "fido_u2f"),
        *("fido-u2f\u0000", "fido\u2010u2f", "android-key2", "tpm2", "apple\u0300", "webauthn"),
        unicodedata.normalize("NFD", "p\u00e1cked"),
        "x" * 5000,
    ],
)
def test_cb28_a_format_is_known_by_its_exact_name(door: Door, name: str) -> None:
    for statement in ({}, {"alg": -7, "sig": b"x"}):
        object_ = attestation_object(new_credential(), name, statement)
        assert door.parse_attestation_object(object_).format == name
        code = registration_verdict(door, registration(object_))
        assert code == "algorithm.attestation_format"
        code = refusal(door.verify_attestation_statement, object_, client_data_hash=HASH)
        assert code == "algorithm.attestation_format"


@pytest.mark.parametrize(
    "object_",
    [
        array(),
        array(*(part for pair in members() for part in pair)),
        array(pairs(*members())),
        text("fmt"),
        octets(pairs(*members())),
        integer(0),
        integer(-1),
        NULL,
        TRUE,
    ],
    ids=lambda item: item.hex()[:20],
)
def test_cb29_an_attestation_object_is_a_map(door: Door, object_: bytes) -> None:
    assert refused_object(door, object_) == "cbor.shape"
    assert refused_object(door, object_, strictness="strict") == "cbor.shape"


@pytest.mark.parametrize("gone", [(0,), (1,), (2,), (0, 1), (0, 2), (1, 2), (0, 1, 2)])
def test_cb29_an_attestation_object_has_three_members(door: Door, gone: tuple[int, ...]) -> None:
    left = [member for at, member in enumerate(members()) if at not in gone]
    assert refused_object(door, pairs(*left)) == "attestation_object.missing"
    error = refused(door.parse_attestation_object, pairs(*left))
    names = ["fmt", "attStmt", "authData"]
    assert getattr(error, "field", None) in [names[at] for at in gone]


@pytest.mark.parametrize(
    "extra",
    [
        *(("x", 1), ("Fmt", "none"), ("fmt ", "none"), ("authdata", b""), ("attstmt", {})),
        *((1, "none"), (3, b""), (-1, None), ("epAtt", True), ("largeBlobKey", bytes(32))),
    ],
)
def test_cb29_an_attestation_object_has_no_other_members(
    door: Door, extra: tuple[Any, Any]
) -> None:
    key, value = extra
    whole = [*members(), (write(key), write(value))]
    object_ = pairs(*sorted(whole, key=lambda pair: (pair[0][0] >> 5, len(pair[0]), pair[0])))
    assert refused_object(door, object_) == "attestation_object.unknown"
    assert refused_object(door, object_, strictness="strict") == "attestation_object.unknown"


@pytest.mark.parametrize("value", [0, -1, None, True, [], ["none"], b"none", {}, {"fmt": "none"}])
def test_cb29_fmt_is_text(door: Door, value: Any) -> None:
    object_ = attestation_object(new_credential(), value)
    assert refused_object(door, object_) == "attestation_object.type"
    error = refused(door.parse_attestation_object, object_)
    assert getattr(error, "field", None) == "fmt"


@pytest.mark.parametrize("value", [0, -1, None, True, [], [{}], b"", b"\xa0", "", "{}"])
def test_cb29_attstmt_is_a_map(door: Door, value: Any) -> None:
    if value is None:
        value = Raw(NULL)
    object_ = attestation_object(new_credential(), "none", value)
    assert refused_object(door, object_) == "attestation_object.type"
    error = refused(door.parse_attestation_object, object_)
    assert getattr(error, "field", None) == "attStmt"


def test_cb29_only_a_compound_statement_is_a_list(door: Door) -> None:
    parts = [{"fmt": "none", "attStmt": {}}]
    read = door.parse_attestation_object(attestation_object(new_credential(), "compound", parts))
    assert read.statement == parts
    for fmt in ("none", "packed", "Compound"):
        object_ = attestation_object(new_credential(), fmt, parts)
        assert refused_object(door, object_) == "attestation_object.type"
