"""What can be wrong with the attestation object and with CBOR as such."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from countermark.webauthn.testing.cbor_writer import (
    Pairs,
    Raw,
    encode,
    head,
    indefinite_bytes,
)
from countermark.webauthn.testing.drafts import Alteration
from countermark.webauthn.testing.faults.registry import Table, instead, members, unchanged, without

TABLE = Table("attestation_object", "none", "6.5.4")
_add = TABLE.add


def _pairs(order: tuple[str, ...]) -> Callable[[dict[str, Any]], Pairs]:
    return lambda draft: Pairs(tuple((name, draft[name]) for name in order))


def _at_the_end(item: object) -> Alteration:
    # As the last member, so that what is declared beyond the end meets the end.
    return lambda draft: Pairs(
        (("fmt", draft["fmt"]), ("authData", draft["authData"]), ("attStmt", {"x": item}))
    )


def _nested(levels: int) -> list[object]:
    inner: list[object] = []
    for _ in range(levels - 1):
        inner = [inner]
    return inner


for _name in ("fmt", "attStmt", "authData"):
    _add(
        f"{_name}_missing",
        "attestation_object.missing",
        f"{_name} is missing",
        attestation_object=without(_name),
    )
for _name, _description, _member in (
    ("fmt_bytes", "fmt is a byte string", {"fmt": b"none"}),
    ("fmt_number", "fmt is a number", {"fmt": 1}),
    ("statement_array", "attStmt is an array", {"attStmt": []}),
    ("statement_null", "attStmt is null", {"attStmt": None}),
    ("data_text", "authData is a text", {"authData": "text"}),
    ("data_map", "authData is a map", {"authData": {}}),
):
    _add(
        _name,
        "attestation_object.type",
        _description,
        attestation_object=members(**_member),
    )
_add(
    "unknown_member",
    "attestation_object.unknown",
    "a fourth member",
    attestation_object=members(extra=True),
)
for _name, _code, _description, _text in (
    ("fmt_unknown", "algorithm.attestation_format", "a format nobody knows", "vendor"),
    ("fmt_case", "algorithm.attestation_format", "a format in capitals", "None"),
    ("fmt_nul", "algorithm.attestation_format", "a format with a NUL", "none\x00"),
    ("fmt_empty", "algorithm.attestation_format", "a format without a name", ""),
):
    _add(_name, _code, _description, section="8.1", attestation_object=members(fmt=_text))
_add(
    "format_not_allowed",
    "response.format_not_allowed",
    "a format the server does not take",
    section="7.1",
    options={"formats": ["packed"]},
    attestation_object=unchanged,
)
_add(
    "none_with_statement",
    "statement.value",
    "the format none with a statement that is not empty",
    section="8.7",
    statement=members(alg=-7),
)
_add(
    "none_untrusted",
    "trust.no_attestation",
    "no attestation where trust is asked for",
    section="7.1",
    options={"trust": ("root",)},
    statement=unchanged,
)
for _name, _code, _description, _value in (
    ("is_array", "cbor.shape", "an array", [1, 2]),
    ("is_text", "cbor.shape", "a text", "none"),
    ("is_number", "cbor.shape", "a number", 0),
    ("is_null", "cbor.shape", "null", Raw(b"\xf6")),
):
    _add(
        _name,
        _code,
        f"the attestation object is {_description}",
        attestation_object=instead(_value),
    )

# What CTAP2's CBOR leaves out (RFC 8949; CTAP2 section 8), put where any value may stand: in attStmt.
for _name, _code, _description, _item in (
    ("tag", "cbor.tag", "a tag", Raw(b"\xc0\x61a")),
    ("bignum", "cbor.tag", "a bignum", Raw(b"\xc2\x42\x01\x00")),
    ("half_float", "cbor.float", "a float of two bytes", Raw(b"\xf9\x3c\x00")),
    ("single_float", "cbor.float", "a float of four bytes", Raw(b"\xfa\x3f\x80\x00\x00")),
    ("double_float", "cbor.float", "a NaN", Raw(b"\xfb\x7f\xf8" + bytes(6))),
    ("undefined", "cbor.simple", "undefined", Raw(b"\xf7")),
    ("simple", "cbor.simple", "the simple value 16", Raw(b"\xf0")),
    ("simple_two_bytes", "cbor.simple", "the simple value 255", Raw(b"\xf8\xff")),
    ("reserved_28", "cbor.reserved", "additional information 28", Raw(b"\x1c")),
    ("reserved_30", "cbor.reserved", "additional information 30", Raw(b"\x5e")),
    ("break", "cbor.break", "a break that ends nothing", Raw(b"\xff")),
    ("utf8_invalid", "cbor.utf8", "a text that is not UTF-8", Raw(b"\x62\xc3\x28")),
    ("utf8_surrogate", "cbor.utf8", "a surrogate in UTF-8", Raw(b"\x63\xed\xa0\x80")),
    ("utf8_overlong", "cbor.utf8", "an overlong NUL", Raw(b"\x62\xc0\x80")),
    ("key_bytes", "cbor.key_type", "a byte string as a key", Raw(b"\xa1\x41\x61\x01")),
    ("key_bool", "cbor.key_type", "true as a key", Raw(b"\xa1\xf5\x01")),
    ("key_array", "cbor.key_type", "an array as a key", Raw(b"\xa1\x80\x01")),
    ("duplicate_inner", "cbor.duplicate", "a duplicate key", Pairs((("a", 1), ("a", 2)))),
    ("depth_9", "limit.depth", "nine levels", _nested(7)),
    ("huge_bytes", "cbor.truncated", "a byte string of 2⁶⁴ − 1 bytes", Raw(b"\x5b" + b"\xff" * 8)),
    ("huge_text", "cbor.truncated", "a text of 2³¹ bytes", Raw(b"\x7a\x80\x00\x00\x00")),
):
    _add(
        f"cbor_{_name}",
        _code,
        f"the statement holds {_description}",
        section="RFC 8949 and CTAP2 section 8",
        # The last key in order, so that what is declared beyond the end meets the end.
        attestation_object=_at_the_end(_item),
    )
_add(
    "cbor_depth_8",
    "statement.value",
    "eight levels, which are read, and are no statement of none",
    section="RFC 8949 and CTAP2 section 8",
    statement=members(x=_nested(6)),
)
_add(
    "cbor_duplicate",
    "cbor.duplicate",
    "fmt stands there twice",
    section="CTAP2 section 8",
    attestation_object=lambda draft: Pairs((("fmt", "none"), *draft.items())),
)
for _name, _code, _description, _change in (
    (
        "trailing",
        "cbor.trailing",
        "a byte after the attestation object",
        lambda data: data + b"\x00",
    ),
    ("second_item", "cbor.trailing", "a second attestation object", lambda data: data + data),
    ("truncated", "cbor.truncated", "the last byte is missing", lambda data: data[:-1]),
    ("half", "cbor.truncated", "the second half is missing", lambda data: data[: len(data) // 2]),
    (
        "self_described",
        "cbor.tag",
        "the tag of self-described CBOR",
        lambda data: b"\xd9\xd9\xf7" + data,
    ),
    (
        "pairs_missing",
        "cbor.truncated",
        "the map announces four pairs",
        lambda data: b"\xa4" + data[1:],
    ),
    ("pairs_over", "cbor.trailing", "the map announces two pairs", lambda data: b"\xa2" + data[1:]),
    (
        "pairs_bomb",
        "cbor.truncated",
        "the map announces 2³² pairs",
        lambda data: b"\xbb\0\0\0\1\0\0\0\0" + data[1:],
    ),
):
    _add(f"cbor_{_name}", _code, _description, attestation_object_bytes=_change)

TABLE.tolerated(
    "order",
    "cbor.order",
    "attStmt comes before fmt",
    section="CTAP2 section 8",
    attestation_object=_pairs(("attStmt", "fmt", "authData")),
)
TABLE.tolerated(
    "indefinite_map",
    "cbor.indefinite",
    "the attestation object is an indefinite-length map",
    section="CTAP2 section 8",
    attestation_object=lambda draft: Pairs(
        tuple((name, draft[name]) for name in ("fmt", "attStmt", "authData")), indefinite=True
    ),
)
TABLE.tolerated(
    "indefinite_bytes",
    "cbor.indefinite",
    "authData is an indefinite-length byte string",
    section="CTAP2 section 8",
    attestation_object=lambda draft: members(
        authData=indefinite_bytes(draft["authData"][:40], draft["authData"][40:])
    )(draft),
)
TABLE.tolerated(
    "wide_length",
    "cbor.non_canonical",
    "the length of authData is wider than it need be",
    section="CTAP2 section 8",
    attestation_object=lambda draft: members(
        authData=Raw(head(2, len(draft["authData"]), width=4) + draft["authData"])
    )(draft),
)
TABLE.tolerated(
    "wide_text",
    "cbor.non_canonical",
    "the length of fmt is wider than it need be",
    section="CTAP2 section 8",
    attestation_object=lambda draft: members(
        fmt=Raw(head(3, len(draft["fmt"]), width=1) + draft["fmt"].encode())
    )(draft),
)
_add(
    "cbor_nested_chunk",
    "cbor.indefinite",
    "an indefinite-length string within another",
    section="RFC 8949, 3.2.3",
    attestation_object=members(authData=Raw(b"\x5f\x5f\x41a\xff\xff")),
)
_add(
    "cbor_text_chunk",
    "cbor.indefinite",
    "a text within an indefinite-length byte string",
    section="RFC 8949, 3.2.3",
    attestation_object=members(authData=Raw(b"\x5f" + encode("a") + b"\xff")),
)
