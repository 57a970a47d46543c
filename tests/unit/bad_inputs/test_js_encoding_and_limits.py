"""Client data: what reading and writing it may cost, and how it is written (rows JS25 to JS30)."""

from __future__ import annotations

import json
import random
from typing import Any, Final

import pytest

from countermark.errors import Error
from tests.property.material import public_key
from tests.property.outcome import NATIVE, Door
from tests.property.wire import CHALLENGE, GET, assertion
from tests.unit.bad_inputs.refusals import refusal, seconds

ORIGIN: Final = "https://app.example.com"


def client_data(**members: Any) -> bytes:
    return json.dumps({"type": "key.get", "challenge": CHALLENGE} | members).encode()


def verify(door: Door, data: bytes, **expected: Any) -> Any:
    common = {"challenge": CHALLENGE, "public_key": public_key(door, "p256")}
    return door.verify_assertion(assertion("p256", data), **common | expected)


# --- cost ---

MIB: Final = 1 << 20


def test_js25_a_document_over_a_mebibyte_is_refused(door: Door) -> None:
    frame = len(client_data(pad=""))
    whole = client_data(pad="x" * (MIB - frame))
    assert len(whole) == MIB
    assert door.decode_client_data(whole).type == "key.get"
    assert refusal(door.decode_client_data, whole + b" ") == "limit.size"
    assert refusal(door.decode_client_data, b"x" * (MIB + 1)) == "limit.size"
    name = json.dumps({"x" * MIB: 1}).encode()
    assert refusal(door.decode_client_data, name) == "limit.size"
    long_name = client_data(**{"x" * (MIB // 2): 1})
    assert door.decode_client_data(long_name).type == "key.get"
    assert seconds(door.decode_client_data, whole, times=3) < 1
    assert refusal(verify, door, whole + b" ") == "limit.size"


@pytest.mark.parametrize("count", [1025, 10_000, 100_000])
def test_js25_too_many_members_are_refused(door: Door, count: int) -> None:
    data = ("{" + ",".join(f'"{number:x}":0' for number in range(count)) + "}").encode()
    assert refusal(door.decode_client_data, data) == "limit.count"
    assert seconds(refusal, door.decode_client_data, data, times=3) < 0.5


def test_js25_as_many_members_as_the_bound_are_read(door: Door) -> None:
    members = {f"m{number}": 0 for number in range(1022)}
    assert door.decode_client_data(client_data(**members)).type == "key.get"
    assert refusal(door.decode_client_data, client_data(**members, more=1)) == "limit.count"
    # Members of members are not looked at.
    nested = client_data(inside={str(number): 0 for number in range(5000)})
    assert door.decode_client_data(nested).type == "key.get"


def test_js29_names_that_collide_cost_no_more_than_others(door: Door) -> None:
    """The bound on members comes before any table could be filled; within it the cost is flat."""
    alike = [f"{'a' * 400}{number:04d}" for number in range(1000)]
    spread = [f"{number:04d}{'a' * 400}" for number in range(1000)]
    times = []
    for names in (alike, spread):
        data = client_data(**dict.fromkeys(names, 0))
        times.append(seconds(door.decode_client_data, data, times=5))
    assert max(times) < 0.25
    flood = (
        "{" + ",".join(f'"{"a" * 60}{number:05d}":0' for number in range(10_000)) + "}"
    ).encode()
    assert refusal(door.decode_client_data, flood) == "limit.count"


# --- writing ---

WRITTEN: Final = {
    "canonical": rb'"\"\\\u0000\u0001\b\t\n\f\r\u001f/<>&'
    b"\x7f\xc3\xa9\xe2\x80\xa8\xf0\x9f\x98\x80",
    "python": rb'"\"\\\u0000\u0001\b\t\n\f\r\u001f/<>&\u007f\u00e9\u2028\ud83d\ude00',
    "go-v2": rb'"\"\\\u0000\u0001\b\t\n\f\r\u001f/\u003c\u003e\u0026' + b"\x7f\xc3\xa9\\u2028",
    "go-v1-2023": rb'"\"\\\u0000\u0001\u0008\t\n\u000c\r\u001f/\u003c\u003e\u0026',
    "java": rb'"\"\\\u0000\u0001\b\t\n\f\r\u001F/<>&'
    b"\x7f\xc3\xa9\xe2\x80\xa8"
    rb"\uD83D\uDE00",
}


@pytest.mark.parametrize("profile", WRITTEN)
def test_js26_awkward_characters_are_written_as_the_producer_writes_them(
    door: Door, profile: str
) -> None:
    awkward = '"\\\x00\x01\b\t\n\f\r\x1f/<>&\x7f\u00e9\u2028\U0001f600'
    origin = "https://a" if profile == "go-v1-2023" else None
    data = door.encode_client_data(awkward, profile=profile, origin=origin)
    assert WRITTEN[profile][1:] in data
    assert door.decode_client_data(data).challenge == awkward
    assert json.loads(data)["challenge"] == awkward
    if profile == "canonical":
        data = door.encode_client_data("x", origin=awkward)
        assert WRITTEN[profile] in data
        assert door.decode_client_data(data).origin == awkward


@pytest.mark.parametrize("text", ["\ud800", "a\udfff", "\udc00\ud800"])
def test_js26_half_a_surrogate_pair_is_not_written(door: Door, text: str) -> None:
    for profile in ("canonical", "python", "go-v2", "java"):
        assert refusal(door.encode_client_data, text, profile=profile) == "argument.value"
    assert refusal(door.encode_client_data, "x", origin=text) == "argument.value"
    key = public_key(door, "p256")
    expected = {"challenge": CHALLENGE, "public_key": key, "origin": text}
    assert refusal(door.verify_assertion, assertion("p256", GET), **expected) == "argument.value"


@pytest.mark.parametrize("challenge", [b"x", bytearray(b"x"), None, 1, ["x"], {"challenge": "x"}])
def test_js27_a_challenge_is_text(door: Door, challenge: Any) -> None:
    assert refusal(door.encode_client_data, challenge) == "argument.type"


def test_js27_a_challenge_is_neither_empty_nor_endless(door: Door) -> None:
    assert refusal(door.encode_client_data, "") == "argument.value"
    assert len(door.encode_client_data("x" * MIB)) > MIB
    for text in ("x" * (MIB + 1), "x" * (10 * MIB), "\u00e9" * (MIB // 2 + 1)):
        assert refusal(door.encode_client_data, text) == "limit.size"
        assert seconds(refusal, door.encode_client_data, text, times=3) < 0.2


class Truth:
    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        return "Truth()"


@pytest.mark.parametrize("value", [0, 1, "false", "true", "", [], 0.0, Truth(), b"\x00"], ids=repr)
def test_js28_cross_origin_is_a_bool_and_no_other_truth(door: Door, value: Any) -> None:
    assert refusal(door.encode_client_data, "x", cross_origin=value) == "argument.type"
    assert refusal(verify, door, GET, cross_origin=value) == "argument.type"


def test_js28_cross_origin_none_is_what_the_profile_writes(door: Door) -> None:
    write = door.encode_client_data
    assert write("x") == b'{"challenge":"x","type":"key.get"}'
    assert b'"crossOrigin":false' in write("x", cross_origin=False)
    assert b'"crossOrigin":true' in write("x", cross_origin=True)
    assert b'"crossOrigin":false' in write("x", origin="https://a")
    assert b'"crossOrigin":false' in write("x", profile="go-v2")
    code = refusal(write, "x", profile="ts-keysigner", cross_origin=False)
    assert code == "argument.value"


# --- another reader ---


def mutated(chance: random.Random, data: bytes) -> bytes:
    out = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(out) + 1)
        match chance.randrange(5):
            case 0 if out:
                out[at % len(out)] = chance.choice(
                    b'{}[]":,\\u0179eE+-. \n\ttfn\x00\x7f\xc3\xa9\xef'
                )
            case 1:
                out[at:at] = chance.choice(
                    [
                        b'"type":"key.create",',
                        b"\\u0041",
                        b"\\ud800",
                        b"1e5",
                        b"{}",
                        b"[",
                        b"]",
                        b"null",
                    ]
                )
            case 2:
                del out[at : at + chance.randint(1, 3)]
            case 3:
                out[at:at] = out[at : at + chance.randint(1, 30)]
            case _ if out:
                out[at % len(out)] ^= 1 << chance.randrange(8)
    return bytes(out)


def members(data: bytes) -> list[tuple[str, Any]]:
    """The members of the outermost object, as Python's reader gives them."""
    found: list[tuple[str, Any]] = []

    def keep(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found[:] = pairs
        return dict(pairs)

    json.loads(data.decode("utf-8"), object_pairs_hook=keep)
    return found


def test_js30_nothing_that_is_accepted_reads_otherwise_elsewhere(door: Door) -> None:
    """Against Python's reader, which takes more: duplicates, NaN, halves of pairs, other encodings."""
    chance = random.Random(30)
    seeds = [
        client_data(origin=ORIGIN, crossOrigin=True, more=[1, {"type": "x"}, "\U0001f600"]),
        b'{"challenge":"a\\u0062\\n\\"","type":"key.get","crossOrigin":false,"n":-1.5e3}',
        GET,
    ]
    accepted = 0
    for _ in range(100_000 if door is NATIVE else 10_000):
        data = mutated(chance, chance.choice(seeds))
        try:
            read = door.decode_client_data(data)
        except Error:
            continue
        accepted += 1
        pairs = members(data)
        names = [name for name, _ in pairs]
        assert len(names) == len({*names}), data
        found = dict(pairs)
        assert (read.type, read.challenge) == (found["type"], found["challenge"]), data
        assert (read.origin, read.cross_origin) == (found.get("origin"), found.get("crossOrigin"))
        assert read.raw == data
    assert accepted > 500
