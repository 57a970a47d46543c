"""CBOR, COSE keys, authenticator data and attestation objects: the two implementations agree."""

from __future__ import annotations

from typing import Any, Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.property.cbor_forms import (
    BAD_ITEMS,
    any_cbor,
    broken,
    canonical,
    forms,
    keys,
    scalars,
    spelled,
    texts,
    values,
)
from tests.property.material import damaged
from tests.property.outcome import Door, agreed, outcomes, plain
from tests.unit.bad_inputs.cbor_writer import Raw, ordered, write
from tests.unit.bad_inputs.passkeys import (
    AT,
    ED,
    STRICTNESSES,
    USUAL,
    assertion,
    attestation_object,
    authenticate,
    authenticator_data,
    cose,
    cose_bytes,
    register,
    registration,
)

strictnesses: Final = st.sampled_from(STRICTNESSES)


def same_verdict(call: Any) -> bool:
    """Both give the same value, or both refuse, for whichever of several reasons; tells which."""
    native, twin = outcomes(call)
    if "error" in (native[0], twin[0]):
        assert native[0] == twin[0], f"native {native!r}\nreference {twin!r}"
    else:
        assert native == twin, f"native {native!r}\nreference {twin!r}"
    return bool(native[0] == "value")


# --- CBOR ---


def decoded(door: Door, data: bytes, strictness: str) -> str:
    """As text, in which true is not 1 and the members of a map have an order."""
    return repr(door.cbor_decode(data, strictness=strictness))


@given(canonical)
def test_what_is_written_is_read_and_what_is_read_is_written(value: Any) -> None:
    written = agreed(lambda door: door.cbor_encode(value))
    if written[0] == "error":
        assert written[2] == "limit.depth"
        return
    assert written[1] == write(value)
    for strictness in STRICTNESSES:
        found = agreed(lambda door, strictness=strictness: decoded(door, written[1], strictness))
        assert found == ("value", repr(value))


@given(values)
def test_maps_are_written_in_order(value: Any) -> None:
    written = agreed(lambda door: door.cbor_encode(value))
    assert written == agreed(lambda door: door.cbor_encode(ordered(value)))
    if written[0] == "value":
        assert written[1] == write(ordered(value))


@given(any_cbor)
def test_reading_agrees_to_the_code(data: bytes) -> None:
    for strictness in STRICTNESSES:
        found = agreed(lambda door, strictness=strictness: decoded(door, data, strictness))
        shown = agreed(
            lambda door, strictness=strictness: door.cbor_diagnostic(data, strictness=strictness)
        )
        assert found[0] == shown[0]
        if found[0] == "error":
            assert found == shown
        elif strictness == "strict":
            # What is taken strictly is canonical: writing it gives the same bytes.
            again = agreed(lambda door: door.cbor_encode(door.cbor_decode(data)))
            assert again == ("value", data)


def test_reading_agrees_on_every_item_that_is_wrong() -> None:
    differing = []
    for item in BAD_ITEMS:
        for data in (
            *(item, item + bytes(9), b"\x81" + item, b"\x81" + item + bytes(9)),
            *(b"\xa1\x01" + item, b"\xa1" + item + b"\x00", b"\x9f" + item + b"\xff"),
        ):
            for strictness in STRICTNESSES:
                native, twin = outcomes(
                    lambda door, data=data, strictness=strictness: decoded(door, data, strictness)
                )
                if native != twin:
                    differing.append(f"{data.hex()} {strictness}: {native[1:]} {twin[1:]}")
    assert differing == []


@given(values, st.data())
def test_every_form_of_a_value_is_read_as_the_value(value: Any, data: st.DataObject) -> None:
    item = data.draw(spelled(value))
    found = agreed(lambda door: door.cbor_decode(item, strictness="interoperable"))
    if found[0] == "value":
        assert found[1] == plain(value)
    else:
        assert found[2] == "limit.depth"


objects: Final = st.one_of(
    scalars,
    st.floats(),
    st.integers(2**64, 2**70) | st.integers(-(2**70), -(2**64) - 1),
    st.sampled_from((..., object, b"".join, 1j, frozenset((1,)), range(3), "\ud800")),
)
things: Final = st.recursive(
    objects,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(
            keys | objects.filter(lambda o: not isinstance(o, complex)), inner, max_size=3
        )
    ),
    max_leaves=8,
)


@given(things)
def test_writing_agrees_on_what_is_no_value(value: Any) -> None:
    same_verdict(lambda door: door.cbor_encode(value))


# --- COSE keys ---

kinds: Final = st.sampled_from([*USUAL])
LABELS: Final = (1, 2, 3, 4, 5, -1, -2, -3, -4, -5, -12, 0, "alg")


def other_members(kind: str) -> st.SearchStrategy[Any]:
    mine = cose(kind)
    longest = max((v for v in mine.values() if isinstance(v, bytes)), key=len)
    near = [b"", longest[1:], longest + b"\x00", b"\x00" + longest, bytes(len(longest)), longest]
    return st.sampled_from(
        (
            *near,
            *range(-60, 12),
            *range(-260, -255),
            -65535,
            2**32 + 2,
            True,
            False,
            None,
            "EC2",
            [],
            [2],
            ["verify"],
            [1],
            {},
            b"\x01\x00\x01",
            b"\x03",
            b"\xff" * len(longest),
        )
    )


@st.composite
def cose_keys(draw: st.DrawFn, changes: int) -> bytes:
    """A right key, or one with a few members changed, gone or added."""
    kind = draw(kinds)
    key = dict(cose(kind))
    for _ in range(changes):
        label = draw(st.sampled_from([*key] if draw(st.integers(0, 2)) else LABELS))
        if draw(st.integers(0, 3)) == 0:
            key.pop(label, None)
        else:
            key[label] = draw(other_members(kind))
    return draw(spelled(ordered(key), 40) if draw(st.booleans()) else st.just(write(ordered(key))))


def key_read(door: Door, data: bytes, strictness: str, allow_sha1: bool) -> Any:
    return door.CosePublicKey.from_bytes(data, strictness=strictness, allow_sha1=allow_sha1)


@given(cose_keys(1) | cose_keys(0), strictnesses, st.booleans())
def test_keys_with_one_thing_wrong_agree_to_the_code(
    data: bytes, strictness: str, sha1: bool
) -> None:
    agreed(lambda door: key_read(door, data, strictness, sha1))


@given(cose_keys(3) | damaged(cose_keys(0)) | any_cbor, strictnesses, st.booleans())
def test_keys_agree(data: bytes, strictness: str, sha1: bool) -> None:
    same_verdict(lambda door: key_read(door, data, strictness, sha1))


@given(cose_keys(0) | cose_keys(1))
def test_a_key_is_the_same_in_canonical_form(data: bytes) -> None:
    def again(door: Door) -> Any:
        key = door.CosePublicKey.from_bytes(data)
        made = door.CosePublicKey.from_public_key(key.public_key, int(key.algorithm))
        assert made == key
        assert hash(made) == hash(key)
        assert door.CosePublicKey.from_bytes(made.to_bytes(), strictness="strict") == key
        return made

    same_verdict(again)


# --- authenticator data ---

EXTENSION_NAMES: Final = (
    *("credProtect", "hmac-secret", "minPinLength", "uvm", "credBlob", "largeBlobKey"),
    *("thirdPartyPayment", "x", ""),
)
outputs: Final = st.sampled_from(
    (
        *range(-1, 5),
        2**32,
        2**64 - 1,
        True,
        False,
        None,
        b"",
        bytes(32),
        "text",
        [],
        {},
        [[1, 2, 3]],
        [[1, 2, 3], [4, 5, 6]],
        [[1, 2]],
        [[1, 2, -1]],
        [[2**64 - 1] * 3],
        [1],
    )
)
extension_maps: Final = st.dictionaries(
    st.sampled_from(EXTENSION_NAMES) | texts, outputs | values, max_size=4
)


@st.composite
def right_data(draw: st.DrawFn) -> bytes:
    """Authenticator data of any form, right but for what its extensions may hold."""
    key = None if draw(st.booleans()) else write(cose(draw(kinds)))
    if key is not None and draw(st.integers(0, 3)) == 0:
        key = draw(spelled(cose(draw(kinds)), 30))
    extensions = None
    if draw(st.booleans()):
        extensions = draw(spelled(ordered(draw(extension_maps)), draw(st.sampled_from((9, 90)))))
    announced = (AT if key is not None else 0) | (ED if extensions is not None else 0)
    return authenticator_data(
        flags=draw(st.integers(0, 63)) | announced,
        sign_count=draw(st.integers(0, 2**32 - 1)),
        aaguid=draw(st.binary(min_size=16, max_size=16)),
        credential_id=draw(st.binary(min_size=1, max_size=40)),
        key=key,
        extensions=extensions,
    )


@st.composite
def any_data(draw: st.DrawFn) -> bytes:
    """Authenticator data in which anything may be wrong."""
    size = draw(st.sampled_from((0, 1, 16, 32, 1023, 1024, 65_535)))
    return authenticator_data(
        flags=draw(st.integers(0, 255)),
        credential_id=draw(st.binary(max_size=40)),
        id_length=draw(st.sampled_from((None, size))),
        key=draw(st.none() | cose_keys(1) | forms | st.sampled_from(BAD_ITEMS)),
        extensions=draw(
            st.none() | extension_maps.flatmap(lambda m: broken(ordered(m))) | any_cbor
        ),
        rest=draw(st.sampled_from((b"", b"", b"", b"\x00", b"\xa0"))),
    )


OLD_KEY: Final = authenticator_data(key=b"\xa3" + cose_bytes("ed25519")[1:])


def data_read(door: Door, data: bytes, strictness: str, repair: bool) -> Any:
    return door.parse_authenticator_data(data, strictness=strictness, repair_cose_map_count=repair)


@given(right_data(), strictnesses, st.booleans())
@example(OLD_KEY, "interoperable", True)
@example(OLD_KEY, "interoperable", False)
@example(OLD_KEY, "strict", True)
def test_authenticator_data_agree_to_the_code(data: bytes, strictness: str, repair: bool) -> None:
    agreed(lambda door: data_read(door, data, strictness, repair))


@given(any_data() | damaged(right_data()) | st.binary(max_size=120), strictnesses, st.booleans())
def test_broken_authenticator_data_agree(data: bytes, strictness: str, repair: bool) -> None:
    same_verdict(lambda door: data_read(door, data, strictness, repair))


# --- attestation objects ---

statements: Final = (
    st.dictionaries(keys, values, max_size=4) | st.lists(values, max_size=3) | values
)
formats: Final = (
    st.sampled_from(("none", "packed", "fido-u2f", "compound", "tpm", "Packed")) | texts
)


@st.composite
def objects_of(draw: st.DrawFn, data: st.SearchStrategy[bytes], odds: int) -> bytes:
    """An attestation object in any form; the odds are those of a member that is wrong."""
    members: dict[Any, Any] = {
        "fmt": draw(formats),
        "attStmt": ordered(draw(statements)),
        "authData": draw(data),
    }
    if draw(st.integers(1, odds)) == 1:
        name = draw(st.sampled_from([*members, "x", 1]))
        if draw(st.booleans()):
            members.pop(name, None)
        else:
            members[name] = draw(values)
    return draw(spelled(ordered(members), draw(st.sampled_from((12, 200)))))


def object_read(door: Door, data: bytes, strictness: str, repair: bool) -> Any:
    read = door.parse_attestation_object(data, strictness=strictness, repair_cose_map_count=repair)
    return read, repr(read.statement)


@given(objects_of(right_data(), 1000), strictnesses, st.booleans())
def test_attestation_objects_agree(data: bytes, strictness: str, repair: bool) -> None:
    same_verdict(lambda door: object_read(door, data, strictness, repair))


@given(
    objects_of(any_data(), 3) | damaged(objects_of(right_data(), 50)) | any_cbor,
    strictnesses,
    st.booleans(),
)
def test_broken_attestation_objects_agree(data: bytes, strictness: str, repair: bool) -> None:
    same_verdict(lambda door: object_read(door, data, strictness, repair))


@given(st.sampled_from(("fmt", "attStmt", "authData")), values, strictnesses)
def test_a_member_of_another_type_agrees_to_the_code(
    name: str, value: Any, strictness: str
) -> None:
    members: dict[str, Any] = {"fmt": "none", "attStmt": {}, "authData": authenticator_data()}
    try:
        object_ = write(members | {name: Raw(write(ordered(value)))})
    except RecursionError:
        return
    agreed(lambda door: object_read(door, object_, strictness, False))


# --- ceremonies ---

LENIENT: Final = {"require_user_presence": False, "require_user_verification": False}


@given(right_data() | any_data() | damaged(right_data()), strictnesses)
def test_registrations_of_any_data_agree(data: bytes, strictness: str) -> None:
    id_ = data[55 : 55 + int.from_bytes(data[53:55], "big")] or b"x"
    response = registration(attestation_object(data), credential_id=id_)
    options = LENIENT | {"strictness": strictness}
    same_verdict(lambda door: register(door, response, **options))


@given(objects_of(right_data(), 5) | damaged(objects_of(right_data(), 50)), strictnesses)
def test_registrations_of_any_object_agree(object_: bytes, strictness: str) -> None:
    response = registration(object_)
    options = LENIENT | {"strictness": strictness}
    same_verdict(lambda door: register(door, response, **options))


@given(right_data() | damaged(right_data()), cose_keys(0) | cose_keys(1), strictnesses)
def test_assertions_of_any_data_and_key_agree(data: bytes, key: bytes, strictness: str) -> None:
    response = assertion(data)
    for stored in (key, cose_bytes()):
        options = LENIENT | {"strictness": strictness, "public_key": stored}
        same_verdict(lambda door, options=options: authenticate(door, response, **options))


@pytest.mark.parametrize("wrong", ["6b686d61632d73656372657420", "0120"])
@pytest.mark.parametrize(
    "rest", ["6b6372656450726f746563749fff", "6b6372656450726f74656374ff", "6b63"]
)
def test_what_is_wrong_with_the_cbor_of_extensions_is_told_first(wrong: str, rest: str) -> None:
    data = bytes(32) + b"\x80" + bytes(4) + bytes.fromhex("a2" + wrong + rest)
    found = agreed(lambda door: door.parse_authenticator_data(data, strictness="strict"))
    assert found[2].startswith("cbor.")
