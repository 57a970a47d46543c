"""CBOR: the examples of RFC 8949, the canonical form, what may be let pass, and what is never taken."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from countermark.vectors.generation.facts import Facts, times
from countermark.vectors.generation.files import Seed, VectorFile

TWENTY_FIVE: Final = "0102030405060708090a0b0c0d0e0f101112131415161718181819"
COUNTED: Final = ", ".join(map(str, range(1, 26)))
DATE: Final = "323031332d30332d32315432303a30343a30305a"
URI: Final = "687474703a2f2f7777772e6578616d706c652e636f6d"

# Table 6 of RFC 8949, in its order: what it is, the bytes, and the code that CTAP2 makes of it, if any.
APPENDIX_A: Final[tuple[tuple[str, str, str], ...]] = (
    ("0", "00", ""),
    ("1", "01", ""),
    ("10", "0a", ""),
    ("23", "17", ""),
    ("24", "1818", ""),
    ("25", "1819", ""),
    ("100", "1864", ""),
    ("1000", "1903e8", ""),
    ("1000000", "1a000f4240", ""),
    ("1000000000000", "1b000000e8d4a51000", ""),
    ("18446744073709551615", "1bffffffffffffffff", ""),
    ("18446744073709551616", "c249010000000000000000", "cbor.tag"),
    ("-18446744073709551616", "3bffffffffffffffff", ""),
    ("-18446744073709551617", "c349010000000000000000", "cbor.tag"),
    ("-1", "20", ""),
    ("-10", "29", ""),
    ("-100", "3863", ""),
    ("-1000", "3903e7", ""),
    ("0.0", "f90000", "cbor.float"),
    ("-0.0", "f98000", "cbor.float"),
    ("1.0", "f93c00", "cbor.float"),
    ("1.1", "fb3ff199999999999a", "cbor.float"),
    ("1.5", "f93e00", "cbor.float"),
    ("65504.0", "f97bff", "cbor.float"),
    ("100000.0", "fa47c35000", "cbor.float"),
    ("3.4028234663852886e+38", "fa7f7fffff", "cbor.float"),
    ("1.0e+300", "fb7e37e43c8800759c", "cbor.float"),
    ("5.960464477539063e-8", "f90001", "cbor.float"),
    ("0.00006103515625", "f90400", "cbor.float"),
    ("-4.0", "f9c400", "cbor.float"),
    ("-4.1", "fbc010666666666666", "cbor.float"),
    ("Infinity", "f97c00", "cbor.float"),
    ("NaN", "f97e00", "cbor.float"),
    ("-Infinity", "f9fc00", "cbor.float"),
    ("Infinity", "fa7f800000", "cbor.float"),
    ("NaN", "fa7fc00000", "cbor.float"),
    ("-Infinity", "faff800000", "cbor.float"),
    ("Infinity", "fb7ff0000000000000", "cbor.float"),
    ("NaN", "fb7ff8000000000000", "cbor.float"),
    ("-Infinity", "fbfff0000000000000", "cbor.float"),
    ("false", "f4", ""),
    ("true", "f5", ""),
    ("null", "f6", ""),
    ("undefined", "f7", "cbor.simple"),
    ("simple(16)", "f0", "cbor.simple"),
    ("simple(255)", "f8ff", "cbor.simple"),
    ('0("2013-03-21T20:04:00Z")', "c074" + DATE, "cbor.tag"),
    ("1(1363896240)", "c11a514b67b0", "cbor.tag"),
    ("1(1363896240.5)", "c1fb41d452d9ec200000", "cbor.tag"),
    ("23(h'01020304')", "d74401020304", "cbor.tag"),
    ("24(h'6449455446')", "d818456449455446", "cbor.tag"),
    ('32("http://www.example.com")', "d82076" + URI, "cbor.tag"),
    ("h''", "40", ""),
    ("h'01020304'", "4401020304", ""),
    ('""', "60", ""),
    ('"a"', "6161", ""),
    ('"IETF"', "6449455446", ""),
    ('"\\"\\\\"', "62225c", ""),
    ('"\u00fc"', "62c3bc", ""),
    ('"\u6c34"', "63e6b0b4", ""),
    ('"\U00010151"', "64f0908591", ""),
    ("[]", "80", ""),
    ("[1, 2, 3]", "83010203", ""),
    ("[1, [2, 3], [4, 5]]", "8301820203820405", ""),
    (f"[{COUNTED}]", "9819" + TWENTY_FIVE, ""),
    ("{}", "a0", ""),
    ("{1: 2, 3: 4}", "a201020304", ""),
    ('{"a": 1, "b": [2, 3]}', "a26161016162820203", ""),
    ('["a", {"b": "c"}]', "826161a161626163", ""),
    (
        '{"a": "A", "b": "B", "c": "C", "d": "D", "e": "E"}',
        "a56161614161626142616361436164614461656145",
        "",
    ),
    ("(_ h'0102', h'030405')", "5f42010243030405ff", "cbor.indefinite"),
    ('(_ "strea", "ming")', "7f657374726561646d696e67ff", "cbor.indefinite"),
    ("[_ ]", "9fff", "cbor.indefinite"),
    ("[_ 1, [2, 3], [_ 4, 5]]", "9f018202039f0405ffff", "cbor.indefinite"),
    ("[_ 1, [2, 3], [4, 5]]", "9f01820203820405ff", "cbor.indefinite"),
    ("[1, [2, 3], [_ 4, 5]]", "83018202039f0405ff", "cbor.indefinite"),
    ("[1, [_ 2, 3], [4, 5]]", "83019f0203ff820405", "cbor.indefinite"),
    (f"[_ {COUNTED}]", f"9f{TWENTY_FIVE}ff", "cbor.indefinite"),
    ('{_ "a": 1, "b": [_ 2, 3]}', "bf61610161629f0203ffff", "cbor.indefinite"),
    ('["a", {_ "b": "c"}]', "826161bf61626163ff", "cbor.indefinite"),
    ('{_ "Fun": true, "Amt": -2}', "bf6346756ef563416d7421ff", "cbor.indefinite"),
)

# Valid CBOR that is not canonical: bytes, what it shows, the code of a strict reader, what it says.
TOLERATED: Final[tuple[tuple[str, str, str, str], ...]] = (
    ("1800", "0 in two bytes", "cbor.non_canonical", "0"),
    ("1817", "23 in two bytes", "cbor.non_canonical", "23"),
    ("1900ff", "255 in three bytes", "cbor.non_canonical", "255"),
    ("1a0000ffff", "65535 in five bytes", "cbor.non_canonical", "65535"),
    ("1b00000000ffffffff", "4294967295 in nine bytes", "cbor.non_canonical", "4294967295"),
    ("3800", "-1 in two bytes", "cbor.non_canonical", "-1"),
    ("3b0000000000000000", "-1 in nine bytes", "cbor.non_canonical", "-1"),
    ("580141", "a length of 1 in two bytes", "cbor.non_canonical", "h'41'"),
    ("59000141", "a length of 1 in three bytes", "cbor.non_canonical", "h'41'"),
    ("780141", "a text's length in two bytes", "cbor.non_canonical", '"A"'),
    ("980101", "a number of items in two bytes", "cbor.non_canonical", "[1]"),
    ("b8010102", "a number of pairs in two bytes", "cbor.non_canonical", "{1: 2}"),
    ("a118010a", "a key that is not in its shortest form", "cbor.non_canonical", "{1: 10}"),
    ("a202010102", "numbers as keys in wrong order", "cbor.order", "{2: 1, 1: 2}"),
    ("a220010102", "a negative key before a positive one", "cbor.order", "{-1: 1, 1: 2}"),
    ("a2616201616102", "texts as keys in wrong order", "cbor.order", '{"b": 1, "a": 2}'),
    ("a262616101616202", "a longer text before a shorter one", "cbor.order", '{"aa": 1, "b": 2}'),
    ("a26161010102", "a text before a number", "cbor.order", '{"a": 1, 1: 2}'),
    ("a21818010302", "24 before 3", "cbor.order", "{24: 1, 3: 2}"),
    ("5fff", "an indefinite byte string of no chunks", "cbor.indefinite", "''_"),
    ("7fff", "an indefinite text of no chunks", "cbor.indefinite", '""_'),
    ("bfff", "an indefinite map without pairs", "cbor.indefinite", "{_ }"),
)

# What no reader takes: bytes, name, what it shows, code, section.
REFUSED: Final[tuple[tuple[str, str, str, str, str], ...]] = (
    ("5f01ff", "number as chunk", "a chunk that is a number", "cbor.indefinite", "3.2.3"),
    (
        "5f6141ff",
        "text as chunk of bytes",
        "a chunk of the other kind of string",
        "cbor.indefinite",
        "3.2.3",
    ),
    (
        "7f4141ff",
        "bytes as chunk of text",
        "a chunk of the other kind of string",
        "cbor.indefinite",
        "3.2.3",
    ),
    (
        "5f5f4101ffff",
        "nested chunks",
        "an indefinite chunk in an indefinite string",
        "cbor.indefinite",
        "3.2.3",
    ),
    (
        "7f61c361a9ff",
        "letter over two chunks",
        "a letter that is split between two chunks",
        "cbor.utf8",
        "3.2.3",
    ),
    (
        "5f4101",
        "string without its break",
        "an indefinite string without its break",
        "cbor.truncated",
        "3.2.3",
    ),
    (
        "9f01",
        "array without its break",
        "an indefinite array without its break",
        "cbor.truncated",
        "3.2.2",
    ),
    ("bf01ff", "odd map", "an indefinite map with a key that has no value", "cbor.break", "3.2.2"),
    ("ff", "break alone", "a break alone", "cbor.break", "3.2.1"),
    ("81ff", "break in array", "a break in an array of a given length", "cbor.break", "3.2.1"),
    ("a1ff00", "break as key", "a break in place of a key", "cbor.break", "3.2.1"),
    ("a101ff", "break as value", "a break in place of a value", "cbor.break", "3.2.1"),
    ("c100", "tag 1", "a tag", "cbor.tag", "3.4"),
    ("c34101", "tag 3 bignum", "a negative bignum", "cbor.tag", "3.4.3"),
    ("c24101", "tag 2 bignum", "a bignum, whose number would be 1", "cbor.tag", "3.4.3"),
    ("c4820101", "tag 4 decimal", "a decimal fraction", "cbor.tag", "3.4.4"),
    (
        "c4821a3b9aca0001",
        "tag 4 huge exponent",
        "a decimal fraction of a thousand million digits",
        "cbor.tag",
        "3.4.4",
    ),
    ("c5820101", "tag 5 bigfloat", "a bigfloat", "cbor.tag", "3.4.4"),
    ("d8184100", "tag 24", "encoded CBOR", "cbor.tag", "3.4.5.1"),
    ("d9d9f700", "self-described", "the tag by which CBOR describes itself", "cbor.tag", "3.4.6"),
    ("81d81c80", "tag 28 shared", "a value marked as shared", "cbor.tag", "3.4"),
    (
        "d81c81d81d00",
        "cyclic",
        "an array that contains itself, by tags 28 and 29",
        "cbor.tag",
        "3.4",
    ),
    ("a1c10102", "tagged key", "a tag before a key", "cbor.tag", "3.4"),
    ("f97e01", "nan payload", "a NaN with a payload", "cbor.float", "3.3"),
    ("81fb3ff0000000000000", "float in array", "a float inside", "cbor.float", "3.3"),
    ("e0", "simple 0", "simple value 0", "cbor.simple", "3.3"),
    ("f3", "simple 19", "simple value 19", "cbor.simple", "3.3"),
    (
        "f814",
        "simple 20 in two bytes",
        "false in two bytes, which is not well-formed",
        "cbor.simple",
        "3.3",
    ),
    (
        "f81f",
        "simple 31 in two bytes",
        "a simple value under 32 in two bytes",
        "cbor.simple",
        "3.3",
    ),
    ("f820", "simple 32", "simple value 32", "cbor.simple", "3.3"),
    ("61ff", "utf-8 lone byte", "a byte that no UTF-8 has", "cbor.utf8", "3.1"),
    ("61c3", "utf-8 cut", "a letter cut in two", "cbor.utf8", "3.1"),
    ("62c080", "utf-8 overlong", "an overlong NUL", "cbor.utf8", "3.1"),
    ("63eda080", "utf-8 surrogate", "a surrogate in UTF-8", "cbor.utf8", "3.1"),
    ("64f4908080", "utf-8 over 10ffff", "a code point over U+10FFFF", "cbor.utf8", "3.1"),
    ("a10001a2", "item after the item", "something follows the item", "cbor.trailing", "3"),
    ("0000", "second item", "a second item, which makes it a sequence", "cbor.trailing", "3"),
    ("f6f6", "null after null", "null after null", "cbor.trailing", "3"),
    ("a14000", "bytes as key", "a byte string as key", "cbor.key_type", "3.1"),
    ("a18000", "array as key", "an array as key", "cbor.key_type", "3.1"),
    ("a1a000", "map as key", "a map as key", "cbor.key_type", "3.1"),
    ("a1f500", "true as key", "true as key", "cbor.key_type", "3.1"),
    ("a1f600", "null as key", "null as key", "cbor.key_type", "3.1"),
    ("a1f93c0000", "float as key", "1.0 as key", "cbor.float", "3.1"),
    (
        "a2f97e0000f97e0001",
        "nan as key twice",
        "NaN, which equals nothing, as key twice",
        "cbor.float",
        "3.1",
    ),
    ("a203260338ff", "duplicate number", "a number as key twice", "cbor.duplicate", "5.6"),
    ("a263666d740063666d7401", "duplicate text", "a text as key twice", "cbor.duplicate", "5.6"),
    (
        "a3010002000103",
        "duplicate apart",
        "a key that comes again after another",
        "cbor.duplicate",
        "5.6",
    ),
    (
        "a220002001",
        "duplicate negative number",
        "a negative number as key twice",
        "cbor.duplicate",
        "5.6",
    ),
    ("81a201000101", "duplicate inside", "a key twice in a map inside", "cbor.duplicate", "5.6"),
)

KINDS: Final = ("unsigned", "negative", "bytes", "text", "array", "map", "tag", "simple")

CTAP: Final = "CTAP 2.2 section 8"


def files(seed: Seed) -> Iterator[VectorFile]:
    """The subjects cbor/…."""
    yield _appendix()
    yield _canonical(seed)
    yield _refused(seed)


def _appendix() -> VectorFile:
    facts = Facts(
        "cbor/appendix-a",
        "The examples of RFC 8949. A strict reader takes those that the canonical form of CTAP2 has; an "
        "interoperable one takes indefinite lengths too.",
        operation="cbor.decode",
        section="RFC 8949 appendix A",
        origin="RFC 8949 appendix A, table 6",
        input={"strictness": "strict"},
    )
    for says, digits, code in APPENDIX_A:
        if code:
            facts.invalid(
                f"strict {digits}",
                f"{says} is not of the canonical form",
                code,
                section=CTAP,
                bytes=digits,
            )
        else:
            facts.valid(f"strict {digits}", f"this is {says}", {"diagnostic": says}, bytes=digits)
        if code == "cbor.indefinite":
            facts.valid(
                f"interoperable {digits}",
                f"this is {says}",
                {"diagnostic": says},
                bytes=digits,
                strictness="interoperable",
            )
    return facts.file()


def _canonical(seed: Seed) -> VectorFile:
    facts = Facts(
        "cbor/canonical",
        "Well-formed CBOR that a strict reader refuses and an interoperable one takes, with its canonical form.",
        operation="cbor.decode",
        section="RFC 8949 section 4.2.1",
    )
    for digits, shows, code, says in TOLERATED:
        facts.invalid(f"strict {digits}", shows, code, bytes=digits, strictness="strict")
        facts.valid(
            f"interoperable {digits}",
            f"{shows}, let pass",
            {"diagnostic": says},
            bytes=digits,
            strictness="interoperable",
        )
    merged = "a40100180100f93c0000f500"
    for strictness, code in (("strict", "cbor.non_canonical"), ("interoperable", "cbor.duplicate")):
        facts.invalid(
            f"{strictness} one in four forms",
            "the keys 1, 1 in two bytes, 1.0 and true, which some maps take for one",
            code,
            bytes=merged,
            strictness=strictness,
        )
    for width, info in ((1, 24), (2, 25), (4, 26), (8, 27)):
        number = (
            seed.number(f"short {width}", 2 ** (4 * width))
            if width > 1
            else seed.number("short 1", 24)
        )
        octets = bytes([info]) + number.to_bytes(width, "big")
        shows = f"a number in {width + 1} bytes that fits into fewer"
        facts.invalid(
            f"strict drawn {width}", shows, "cbor.non_canonical", bytes=octets, strictness="strict"
        )
        facts.valid(
            f"interoperable drawn {width}",
            f"{shows}, let pass",
            {"diagnostic": str(number)},
            bytes=octets,
            strictness="interoperable",
        )
    return facts.file()


def _refused(seed: Seed) -> VectorFile:
    facts = Facts(
        "cbor/malformed",
        "What is refused however lenient the reader, each beside something as close to it that is taken.",
        operation="cbor.decode",
        section="RFC 8949 section 3",
        input={"strictness": "interoperable"},
    )
    for digits, name, shows, code, section in REFUSED:
        facts.invalid(name, shows, code, section=f"RFC 8949 section {section}", bytes=digits)
    for major, kind in enumerate(KINDS):
        for info in (28, 29, 30):
            octets = bytes([major << 5 | info])
            facts.invalid(
                f"reserved {kind} {info}",
                f"additional information {info} of the kind {kind}",
                "cbor.reserved",
                bytes=octets,
            )
    for major in (0, 1, 6):
        facts.invalid(
            f"reserved {KINDS[major]} 31",
            f"an indefinite length of the kind {KINDS[major]}",
            "cbor.reserved",
            bytes=bytes([major << 5 | 31]),
        )
    _lengths(facts)
    _cut(facts, seed)
    _bounds(facts)
    _taken(facts, seed)
    return facts.file()


def _lengths(facts: Facts) -> None:
    """Lengths that promise more than there is; nothing may be made room for on their word."""
    for name, head in (
        ("2 to the 64 minus 1 bytes", "5bffffffffffffffff"),
        ("2 to the 63 bytes", "5b8000000000000000"),
        ("2 to the 32 minus 1 bytes", "5affffffff"),
        ("2 to the 31 bytes", "5a80000000"),
        ("2 to the 64 minus 1 characters", "7bffffffffffffffff"),
        ("2 to the 64 minus 1 items", "9bffffffffffffffff"),
        ("2 to the 32 items", "9b0000000100000000"),
        ("2 to the 40 pairs", "bb0000010000000000"),
        ("2 to the 64 minus 1 pairs", "bbffffffffffffffff"),
    ):
        facts.invalid(
            f"length {name}", f"{name} are declared and none is there", "cbor.truncated", bytes=head
        )
    facts.invalid(
        "length one more",
        "a string that is one byte short",
        "cbor.truncated",
        bytes="430102",
    )
    facts.invalid(
        "array one more",
        "an array that is one item short",
        "cbor.truncated",
        bytes="8201",
    )
    facts.invalid("map one more", "a map that is one value short", "cbor.truncated", bytes="a101")


def _cut(facts: Facts, seed: Seed) -> None:
    """An attestation object of the kind that needs no statement, cut at places of the seed."""
    data = seed.take("authenticator data", 37)
    whole = bytes.fromhex("a363666d74646e6f6e656761747453746d74a06861757468446174615825") + data
    facts.valid(
        "whole",
        "what the following are cut from",
        {"diagnostic": '{"fmt": "none", "attStmt": {}, "authData": h\'' + data.hex() + "'}"},
        bytes=whole,
        strictness="strict",
    )
    facts.invalid("empty", "no bytes at all", "cbor.truncated", bytes=b"")
    for number in range(1, 13):
        place = seed.number(f"cut {number}", len(whole))
        facts.invalid(
            f"cut {number}", f"the first {place} bytes", "cbor.truncated", bytes=whole[:place]
        )


def _bounds(facts: Facts) -> None:
    bound = "a bound of this package"
    facts.valid("depth 8", "eight arrays in each other", bytes="81" * 7 + "80", section=bound)
    facts.valid(
        "depth 8 of maps",
        "eight maps in each other",
        {"diagnostic": "{1: " * 7 + "{}" + "}" * 7},
        section=bound,
        bytes="a101" * 7 + "a0",
    )
    facts.invalid(
        "depth 9", "nine arrays in each other", "limit.depth", section=bound, bytes="81" * 8 + "80"
    )
    facts.invalid(
        "depth 9 of maps",
        "nine maps in each other",
        "limit.depth",
        section=bound,
        bytes="a101" * 8 + "a0",
    )
    facts.invalid(
        "depth 9 indefinite",
        "nine indefinite arrays",
        "limit.depth",
        section=bound,
        bytes="9f" * 9 + "ff" * 9,
    )
    facts.invalid(
        "depth 60000",
        "sixty thousand arrays in each other, which must not need a stack",
        "limit.depth",
        section=bound,
        bytes=[times(60_000, b"\x81"), "80"],
    )
    facts.invalid(
        "tags 60000",
        "sixty thousand tags before each other",
        "cbor.tag",
        bytes=[times(60_000, b"\xc0"), "00"],
    )
    facts.invalid(
        "4097 items",
        "an array of 4097 items",
        "limit.count",
        section=bound,
        bytes=["991001", times(4097, b"\x00")],
    )
    facts.invalid(
        "64 KiB of small items",
        "as many items as fit",
        "limit.count",
        section=bound,
        bytes=["99fffd", times(65_533, b"\x00")],
    )
    facts.invalid(
        "over 64 KiB",
        "a text over 64 KiB",
        "limit.size",
        section=bound,
        bytes=["5a0000fffc", times(65_532, b"\x00")],
    )


def _taken(facts: Facts, seed: Seed) -> None:
    """Right ones next to the wrong: no reader may refuse them."""
    for length, head in ((0, "40"), (23, "57"), (24, "5818"), (255, "58ff"), (256, "590100")):
        octets = seed.take(f"bytes {length}", length)
        facts.valid(
            f"bytes {length}",
            f"a byte string of {length}",
            {"diagnostic": f"h'{octets.hex()}'"},
            bytes=bytes.fromhex(head) + octets,
            strictness="strict",
        )
    for name, shows, digits, says in (
        ("nul in text", "a NUL is a character", "6100", '"\\u0000"'),
        ("escape in text", "a control character is escaped when shown", "611b", '"\\u001b"'),
        ("delete in text", "a character that JSON does not escape", "617f", '"\x7f"'),
        ("combining text", "text is not normalised", "6365cc81", '"e\u0301"'),
        (
            "keys of both kinds",
            "numbers before texts",
            "a301002001616102",
            '{1: 0, -1: 1, "a": 2}',
        ),
        (
            "keys by length",
            "a shorter text before a longer",
            "a261620162616102",
            '{"b": 1, "aa": 2}',
        ),
        ("keys 23 24", "23 before 24", "a21700181801", "{23: 0, 24: 1}"),
        ("keys 255 256", "255 before 256", "a218ff0019010001", "{255: 0, 256: 1}"),
        ("keys 1 -1", "1 before -1", "a201002001", "{1: 0, -1: 1}"),
        ("empty text as key", "an empty text as key", "a16000", '{"": 0}'),
        ("true in array", "true, false and null inside", "83f5f4f6", "[true, false, null]"),
        ("map in array in map", "containers in each other", "a10181a10181a0", "{1: [{1: [{}]}]}"),
        (
            "largest key",
            "the largest number as key",
            "a11bffffffffffffffff00",
            "{18446744073709551615: 0}",
        ),
        (
            "smallest key",
            "the smallest number as key",
            "a13bffffffffffffffff00",
            "{-18446744073709551616: 0}",
        ),
    ):
        facts.valid(name, shows, {"diagnostic": says}, bytes=digits, strictness="strict")
    facts.valid(
        "4096 items",
        "an array of 4096 items",
        bytes=["991000", times(4096, b"\x00")],
        section="a bound of this package",
        strictness="strict",
    )
