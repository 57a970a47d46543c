"""CBOR values and the many forms in which each of them can be written, right and wrong."""

from __future__ import annotations

from typing import Any, Final

from hypothesis import strategies as st

from tests.property.material import damaged
from tests.unit.bad_inputs.cbor_writer import (
    FALSE,
    NAN,
    NULL,
    TRUE,
    UNDEFINED,
    WIDTHS,
    chunks,
    head,
    ordered,
    tag,
    write,
)

EDGES: Final = (
    *(0, 1, 23, 24, 255, 256, 65_535, 65_536, 2**32 - 1, 2**32, 2**63 - 1, 2**63, 2**64 - 1),
    *(-1, -24, -25, -256, -257, -65_537, -(2**32), -(2**63) - 1, -(2**64)),
)
integers: Final = st.sampled_from(EDGES) | st.integers(-(2**64), 2**64 - 1) | st.integers(-30, 30)
texts: Final = st.text(st.characters(codec="utf-8"), max_size=8) | st.sampled_from(
    ("", "a", "b", "aa", "fmt", "\u00e9", "e\u0301", "\U0001f600", '\x7f\u2028\\"', "x" * 24)
)
keys: Final = integers | texts
scalars: Final = integers | texts | st.binary(max_size=30) | st.booleans() | st.none()
values: Final = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)
"""Any value of the subset, its maps in any order; a few are nested too deep."""

canonical: Final = values.map(ordered)

BAD_ITEMS: Final = (
    *(
        UNDEFINED,
        NAN,
        b"\xff",
        b"\xf8\x14",
        b"\xf8",
        b"\xe0",
        b"\xfa\x00",
        b"\x1c",
        b"\x5d",
        b"\x1f",
    ),
    *(b"\xdf", b"\xfb", b"\x5f", b"\x7f", b"\x9f", b"\xbf", b"\x18", b"\x19\x00", b"\x61\xff"),
    *(
        b"\x62\xc3\x28",
        b"\x5b" + b"\xff" * 8,
        b"\x9b" + b"\xff" * 8,
        b"\xbb" + b"\x80" * 8,
        b"\x82",
    ),
    *(tag(0, NULL), tag(2, b"\x41a"), tag(24, b"\x41\x00"), tag(55_799, NULL), b"\xc0", b"\xd8"),
    *(b"\x81" * 9, b"\x81" * 8 + b"\x80", b"\xa1\x40\x00", b"\xa1\xf6\x00", b"\xa1\xff\x00"),
    *(b"\xa2\x01\x00\x01\x00", b"\xa2\x01\x00\x18\x01\x00", b"\x5f\x61a\xff", b"\x5f\x5f\xff\xff"),
    *(
        b"\x7f\x61\xc3\x61\xa9\xff",
        b"\xbf\x01\xff",
        b"\x5f\x41",
        b"\x5f\xc0\x41a\xff",
        b"\x5f\x01\xff",
    ),
)
"""Items that are wrong, or too short, each in its own way."""


@st.composite
def spelled(draw: st.DrawFn, value: Any, odds: int = 4) -> bytes:
    """The value in one of its forms; one head in so many is not the shortest, or has no length."""

    def width(argument: int) -> int | None:
        if draw(st.integers(1, odds)) > 1:
            return None
        fitting = [w for w in WIDTHS if argument < (24 if w == 0 else 256**w)]
        return draw(st.sampled_from(fitting))

    def string(major: int, data: bytes, pieces: list[bytes]) -> bytes:
        if draw(st.integers(1, odds)) == 1:
            return chunks(major, *(head(major, len(p), width(len(p))) + p for p in pieces))
        return head(major, len(data), width(len(data))) + data

    def item(value: Any) -> bytes:
        match value:
            case bool() | None:
                return {True: TRUE, False: FALSE, None: NULL}[value]
            case int():
                major, argument = (1, -1 - value) if value < 0 else (0, value)
                return head(major, argument, width(argument))
            case bytes():
                at = draw(st.integers(0, len(value)))
                return string(2, value, [value[:at], value[at:]])
            case str():
                at = draw(st.integers(0, len(value)))
                return string(3, value.encode(), [value[:at].encode(), value[at:].encode()])
            case list() | tuple():
                return container(4, len(value), [item(inner) for inner in value])
            case _:
                members = list(value.items())
                if draw(st.integers(1, odds)) == 1:
                    members = draw(st.permutations(members))
                parts = [item(part) for member in members for part in member]
                return container(5, len(members), parts)

    def container(major: int, count: int, parts: list[bytes]) -> bytes:
        if draw(st.integers(1, odds)) == 1:
            return chunks(major, *parts)
        return head(major, count, width(count)) + b"".join(parts)

    return item(value)


forms: Final = values.flatmap(spelled)
"""Right items in any form."""


@st.composite
def broken(draw: st.DrawFn, value: Any, odds: int = 6) -> bytes:
    """The value in canonical form, but for items that are wrong, left out or put in."""

    def item(value: Any) -> bytes:
        if draw(st.integers(1, odds)) == 1:
            return draw(st.sampled_from(BAD_ITEMS) | values.map(write))
        match value:
            case list():
                count = len(value) + draw(st.sampled_from((0,) * 9 + (1, -1, 100)))
                return head(4, max(0, count)) + b"".join(item(inner) for inner in value)
            case dict():
                count = len(value) + draw(st.sampled_from((0,) * 9 + (1, -1, 100)))
                parts = [item(part) for member in value.items() for part in member]
                if parts and draw(st.integers(1, odds)) == 1:
                    parts[-2:] = parts[:2]
                return head(5, max(0, count)) + b"".join(parts)
            case _:
                return write(value)

    return item(value)


wrong_forms: Final = canonical.flatmap(broken)
noise: Final = st.binary(max_size=40) | st.lists(
    st.sampled_from((*BAD_ITEMS, *(bytes([n]) for n in range(256)))), max_size=8
).map(b"".join)
any_cbor: Final = forms | wrong_forms | damaged(forms) | damaged(canonical.map(write)) | noise
