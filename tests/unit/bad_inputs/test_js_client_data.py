"""Client data as JSON: what is read and what is not (rows JS01 to JS13)."""

from __future__ import annotations

import json
from typing import Final

import pytest

from tests.property.material import public_key
from tests.property.outcome import Door
from tests.property.wire import CHALLENGE, assertion
from tests.unit.bad_inputs.refusals import refusal, refused, seconds

GOOD: Final = {"type": "key.get", "challenge": CHALLENGE, "origin": "https://a.example"}


def text(**members: str) -> bytes:
    """An object of these members, the values written as they stand in JSON."""
    return ("{" + ",".join(f'"{name}":{value}' for name, value in members.items()) + "}").encode()


def with_origin(value: str) -> bytes:
    """Good client data in which the value of one string is spelled by hand."""
    return text(type='"key.get"', challenge='"x"', origin=value)


def reading(door: Door, data: bytes) -> str:
    """What reading comes to, which is the same for an assertion that holds the data."""
    code = refusal(door.decode_client_data, data)
    assert refusal(door.match_profiles, data) == code
    body = assertion("p256", data)
    key = public_key(door, "p256")
    assert refusal(door.verify_assertion, body, challenge=CHALLENGE, public_key=key) == code
    report = door.explain_assertion(body, challenge=CHALLENGE, public_key=key)
    failed = {check.step: check.error.code for check in report.checks if check.error is not None}
    assert failed == {"client_data": code}
    return code


def test_js01_to_js13_start_from_good_client_data(door: Door) -> None:
    read = door.decode_client_data(json.dumps(GOOD).encode())
    assert (read.type, read.challenge, read.origin) == ("key.get", CHALLENGE, "https://a.example")
    assert read.raw == json.dumps(GOOD).encode()


@pytest.mark.parametrize("name", ["challenge", "type", "origin", "crossOrigin", "future", ""])
@pytest.mark.parametrize("value", ['"other"', "null", "false", "{}"])
def test_js01_a_member_twice_is_refused(door: Door, name: str, value: str) -> None:
    whole = json.dumps(GOOD | {"crossOrigin": False, "future": 1, "": 2})
    again = f'"{name}":{value}'
    for data in (f"{{{again},{whole[1:]}", f"{whole[:-1]},{again}}}"):
        assert reading(door, data.encode()) == "json.duplicate"
    same = f'{whole[:-1]},"{name}":{json.dumps(json.loads(whole)[name])}}}'
    assert reading(door, same.encode()) == "json.duplicate"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("type", "ty\\u0070e"),
        ("type", "\\u0074\\u0079\\u0070\\u0065"),
        ("ty\\u0070e", "typ\\u0065"),
        ("challenge", "challeng\\u0065"),
        ("origin", "\\u006Frigin"),
        ("a/b", "a\\/b"),
        ("\\n", "\\u000a"),
        ("\u00e9", "\\u00E9"),
        ("\U0001f600", "\\ud83d\\ude00"),
        ('\\"', "\\u0022"),
        ("\\\\", "\\u005c"),
        ("\x7f", "\\u007f"),
    ],
)
def test_js02_names_are_compared_without_their_escapes(door: Door, one: str, other: str) -> None:
    good = json.dumps(GOOD)[1:]
    members = {name: f'"{name}":1' for name in (one, other)}
    data = "{" + ",".join([*members.values(), good])
    assert reading(door, data.encode()) == "json.duplicate"
    # Names that only look the same, or only differ in case, are different names.
    distinct = f'{{"Type":1,"TYPE":2,"e\u0301":1,"\u00e9":2,{good}'
    assert door.decode_client_data(distinct.encode()).type == "key.get"


@pytest.mark.parametrize(
    ("encoding", "code"),
    [
        ("utf-8-sig", "json.bom"),
        ("utf-16", "json.utf8"),
        ("utf-32", "json.utf8"),
        ("utf-16-le", "json.syntax"),
        ("utf-16-be", "json.shape"),
        ("utf-32-le", "json.syntax"),
        ("utf-32-be", "json.shape"),
        ("latin-1", "json.utf8"),
        ("cp1252", "json.utf8"),
        ("shift-jis", "json.utf8"),
    ],
)
def test_js03_other_encodings_than_utf_8_are_refused(door: Door, encoding: str, code: str) -> None:
    origin = "\uff76\u30ab" if encoding == "shift-jis" else "caf\u00e9"
    whole = json.dumps(GOOD | {"origin": origin}, ensure_ascii=False)
    if encoding in ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"):
        whole = json.dumps(GOOD)  # with other letters it is no UTF-8 either
    assert reading(door, whole.encode(encoding)) == code


def test_js03_a_byte_order_mark_is_refused_wherever_it_stands(door: Door) -> None:
    data = json.dumps(GOOD).encode()
    mark = b"\xef\xbb\xbf"
    assert reading(door, mark + data) == "json.bom"
    assert reading(door, mark) == "json.bom"
    assert reading(door, b" " + mark + data) == "json.shape"
    assert reading(door, data[:1] + mark + data[1:]) == "json.syntax"
    assert reading(door, data + mark) == "json.trailing"


def test_js04_a_nul_byte_is_refused(door: Door) -> None:
    data = json.dumps(GOOD)
    assert reading(door, ("\x00" + data).encode()) == "json.shape"
    assert reading(door, (data + "\x00").encode()) == "json.trailing"
    assert reading(door, data.replace("key", "k\x00y").encode()) == "json.syntax"
    assert reading(door, data.replace("type", "type\x00").encode()) == "json.syntax"
    assert reading(door, (data[:1] + "\x00" + data[1:]).encode()) == "json.syntax"


def test_js04_an_escaped_nul_is_a_character_like_others(door: Door) -> None:
    """It cuts nothing off: what is compared is the whole text."""
    key = public_key(door, "p256")
    origin = "https://a.example"
    for member, data, code in (
        ("origin", GOOD | {"origin": origin + "\x00"}, "client_data.origin_mismatch"),
        ("origin", GOOD | {"origin": origin + "\x00.evil"}, "client_data.origin_mismatch"),
        ("type", GOOD | {"type": "key.get\x00"}, "client_data.type_mismatch"),
        ("challenge", GOOD | {"challenge": CHALLENGE + "\x00"}, "client_data.challenge_mismatch"),
    ):
        raw = json.dumps(data).encode()
        assert b"\\u0000" in raw
        assert getattr(door.decode_client_data(raw), member) == data[member]
        body = assertion("p256", raw)
        expected = {"challenge": CHALLENGE, "public_key": key, "origin": origin}
        assert refusal(door.verify_assertion, body, **expected) == code


@pytest.mark.parametrize(
    "escaped",
    [
        r"\ud800",
        r"\udc00",
        r"\udfff",
        r"a\ud83db",
        r"\udc00\ud800",
        r"\ud800\ud800",
        r"\ud800A",
        r"\ud800\n",
        r"\ud800\\udc00",
        r"\ud83d\ude00\ud83d",
        r"\uD800\uE000",
        r"\ud800\u0041",
    ],
)
def test_js05_half_a_surrogate_pair_is_refused(door: Door, escaped: str) -> None:
    assert reading(door, with_origin(f'"{escaped}"')) == "json.surrogate"
    name = json.dumps(GOOD)[:-1] + f',"{escaped}":1}}'
    assert reading(door, name.encode()) == "json.surrogate"


def test_js05_whole_pairs_are_read(door: Door) -> None:
    for escaped, plain in ((r"\ud83d\ude00", "\U0001f600"), (r"\uDBFF\uDFFF", "\U0010ffff")):
        assert door.decode_client_data(with_origin(f'"{escaped}"')).origin == plain


@pytest.mark.parametrize(
    "data",
    [
        b"\xc0\x80",
        b"\xc1\xbf",
        b"\xc0\xaf",
        b"\xe0\x80\x80",
        b"\xe0\x9f\xbf",
        b"\xf0\x80\x80\x80",
        b"\xf0\x8f\xbf\xbf",
        b"\xed\xa0\x80",
        b"\xed\xbf\xbf",
        b"\xed\xa0\xbd\xed\xb8\x80",
        b"\xf4\x90\x80\x80",
        b"\xf5\x80\x80\x80",
        b"\xf8\x88\x80\x80\x80",
        b"\xfe",
        b"\xff",
        b"\x80",
        b"\xc3",
        b"\xe2\x82",
        b"\xf0\x9f\x98",
        b"\xc3(",
    ],
)
def test_js06_what_is_no_utf_8_is_refused_wherever_it_stands(door: Door, data: bytes) -> None:
    good = json.dumps(GOOD).encode()
    inside = with_origin('"@"')
    for wrong in (
        inside.replace(b"@", data),
        good + data,
        data + good,
        good.replace(b"type", data),
    ):
        assert reading(door, wrong) == "json.utf8"


@pytest.mark.parametrize(
    "character", ["\ufffe", "\uffff", "\ufdd0", "\U0001fffe", "\U0010ffff", "\ue000"]
)
def test_js06_noncharacters_are_characters(door: Door, character: str) -> None:
    assert door.decode_client_data(with_origin(f'"{character}"')).origin == character


@pytest.mark.parametrize("number", range(0x20))
def test_js07_a_raw_control_character_is_refused(door: Door, number: int) -> None:
    assert reading(door, with_origin(f'"a{chr(number)}b"')) == "json.syntax"
    escaped = door.decode_client_data(with_origin(f'"a\\u{number:04x}b"'))
    assert escaped.origin == f"a{chr(number)}b"


@pytest.mark.parametrize(
    "character", ["\x7f", "\x80", "\x9f", "\u00a0", "\u2028", "\u2029", "\ufeff"]
)
def test_js07_other_characters_may_stand_as_they_are(door: Door, character: str) -> None:
    assert door.decode_client_data(with_origin(f'"{character}"')).origin == character


NO_NUMBERS: Final = (
    *("NaN", "Infinity", "-Infinity", "nan", "inf", "-", "+1", ".5", "1.", "01", "-01", "00", "1e"),
    *(
        "1e+",
        "1.e1",
        "0x10",
        "1_000",
        "1e1.5",
        "--1",
        "1-",
        "\u0661",
        "1 2",
        "1,",
        "- 1",
        "1f",
        "0b1",
    ),
)


@pytest.mark.parametrize("number", NO_NUMBERS)
def test_js08_what_json_does_not_call_a_number_is_refused(door: Door, number: str) -> None:
    for value in (number, f"[{number}]", f'{{"a":{number}}}'):
        data = json.dumps(GOOD)[:-1] + f',"n":{value}}}'
        assert reading(door, data.encode()) == "json.syntax"


@pytest.mark.parametrize(
    "number", ["0", "-0", "1e999", "-1E-999", "1.5e+3", "-" + "9" * 4300, "0." + "0" * 5000]
)
def test_js08_a_number_of_any_size_costs_nothing(door: Door, number: str) -> None:
    data = json.dumps(GOOD)[:-1].encode() + f',"n":{number}}}'.encode()
    assert door.decode_client_data(data).type == "key.get"
    assert seconds(door.decode_client_data, data, times=3) < 0.05


@pytest.mark.parametrize("value", ["9" * 4301, "-" + "9" * 5000 + ".5", "[" + "1" * 100_000 + "]"])
def test_js08_more_than_4300_digits_before_the_point_are_refused(door: Door, value: str) -> None:
    data = json.dumps(GOOD)[:-1].encode() + f',"n":{value}}}'.encode()
    assert reading(door, data) == "limit.size"
    assert seconds(refusal, door.decode_client_data, data, times=3) < 0.05


@pytest.mark.parametrize("size", [201, 1000, 100_000])
@pytest.mark.parametrize("pair", ["[]", "{}"])
def test_js09_deep_nesting_is_refused(door: Door, pair: str, size: int) -> None:
    opening = "[" if pair == "[]" else '{"a":'
    for closing in (pair[1] * size, ""):
        deep = opening * size + ("1" if pair == "{}" else "") + closing
        data = json.dumps(GOOD)[:-1] + f',"deep":{deep}}}'
        assert reading(door, data.encode()) == "limit.depth"
        assert seconds(refusal, door.decode_client_data, data.encode(), times=3) < 0.1


def test_js09_two_hundred_levels_are_read(door: Door) -> None:
    for pair in ("[]", "{}"):
        opening = "[" if pair == "[]" else '{"a":'
        deep = opening * 199 + ("1" if pair == "{}" else "") + pair[1] * 199
        data = json.dumps(GOOD)[:-1] + f',"deep":{deep}}}'
        assert door.decode_client_data(data.encode()).type == "key.get"
    flat = json.dumps(GOOD)[:-1] + ',"flat":[' + "[]," * 10_000 + "[]]}"
    assert door.decode_client_data(flat.encode()).type == "key.get"


@pytest.mark.parametrize(
    "data", ["[]", "[{}]", '"{}"', "null", "true", "0", "-1", '"', "[", " []", "/* */{}"]
)
def test_js10_the_outermost_value_is_an_object(door: Door, data: str) -> None:
    assert reading(door, data.encode()) == "json.shape"


@pytest.mark.parametrize("data", ["", " ", "\n\t\r ", "x", "}", ",", "\x0b{}", "\u00a0{}"])
def test_js10_nothing_is_no_object(door: Door, data: str) -> None:
    code = refusal(door.decode_client_data, data.encode())
    assert code in ("json.syntax", "json.shape")
    if not data.strip():
        assert code == "json.syntax"
    if data:  # an assertion without client data is wrong before that
        assert reading(door, data.encode()) == code


@pytest.mark.parametrize(
    "more", ["{}", "x", ",", "}", "]", "null", "\x00", "//", "\x0b", "\u00a0", ";"]
)
def test_js11_nothing_follows_the_object(door: Door, more: str) -> None:
    data = json.dumps(GOOD)
    assert reading(door, (data + more).encode()) == "json.trailing"
    assert reading(door, (data + " \n" + more).encode()) == "json.trailing"
    assert door.decode_client_data((" \t\r\n" + data + " \t\r\n").encode()).type == "key.get"


@pytest.mark.parametrize(
    "data",
    [
        '{"type":"key.get","challenge":"x",}',
        '{,"type":"key.get"}',
        '{"type":"key.get",,"challenge":"x"}',
        '{"type" "key.get"}',
        '{"type":}',
        '{"type"}',
        '{"type":"key.get" "challenge":"x"}',
        "{'type':'key.get'}",
        "{type:'key.get'}",
        '{"a":[1,]}',
        '{"a":[,1]}',
        '{"a":[1 2]}',
        '{"a":[1}',
        '{"a":{"b":1]}',
        '{"type":"key.get"/* c */}',
        '{"type":"key.get" // c\n}',
        '{"a":True}',
        '{"a":nul}',
        '{"a":nulll}',
        '{"a":undefined}',
        '{"a":"\\x41"}',
        '{"a":"\\u12"}',
        '{"a":"\\u12g4"}',
        '{"a":"\\U0041"}',
        '{"a":"\\',
        '{"a":"b',
        '{"a":1',
        "{",
        '{"a":"b\\"}',
        '{1:"a"}',
        '{null:"a"}',
        '{"a":`b`}',
    ],
)
def test_js11_what_only_lenient_readers_take_is_refused(door: Door, data: str) -> None:
    assert reading(door, data.encode()) == "json.syntax"


OTHER_TYPES: Final = ('"false"', '"true"', '""', "0", "1", "null", "[]", "[true]", "{}", "1.0")


@pytest.mark.parametrize("value", OTHER_TYPES)
def test_js12_cross_origin_is_true_or_false(door: Door, value: str) -> None:
    data = text(type='"key.get"', challenge='"x"', crossOrigin=value)
    error = refused(door.decode_client_data, data)
    assert error.code == "client_data.type"
    assert getattr(error, "field", None) == "crossOrigin"
    assert reading(door, data) == "client_data.type"
    for right, meant in (("true", True), ("false", False)):
        data = text(type='"key.get"', challenge='"x"', crossOrigin=right)
        assert door.decode_client_data(data).cross_origin is meant
    assert door.decode_client_data(text(type='"key.get"', challenge='"x"')).cross_origin is None


@pytest.mark.parametrize("value", ["1", "1.5", "true", "null", "[]", '["x"]', "{}", '{"x":"y"}'])
@pytest.mark.parametrize("name", ["challenge", "type", "origin"])
def test_js13_texts_are_texts(door: Door, name: str, value: str) -> None:
    members = {"type": '"key.get"', "challenge": '"x"', "origin": '"o"'} | {name: value}
    error = refused(door.decode_client_data, text(**members))
    assert (error.code, getattr(error, "field", None)) == ("client_data.type", name)
    assert reading(door, text(**members)) == "client_data.type"


@pytest.mark.parametrize("name", ["challenge", "type"])
def test_js13_what_is_required_is_not_left_out(door: Door, name: str) -> None:
    members = {"type": '"key.get"', "challenge": '"x"'}
    del members[name]
    error = refused(door.decode_client_data, text(**members))
    assert (error.code, getattr(error, "field", None)) == ("client_data.missing", name)
    assert reading(door, text(**members)) == "client_data.missing"
