"""JSON as it is read here: one strict object. Asked through client data, whose members are two texts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from countermark.vectors.generation.facts import Facts, times
from countermark.vectors.generation.files import Seed, VectorFile

SAID: Final[dict[str, Any]] = {
    "type": "key.get",
    "challenge": "Y2g",
    "origin": None,
    "cross_origin": None,
}
HEAD: Final = '{"type":"key.get","challenge":"Y2g"'
BOUND: Final = "a bound of this package"

# Values of an unknown member, which is read by the grammar and left alone.
VALUES: Final = (
    ("zero", "0"),
    ("minus zero", "-0"),
    ("fraction", "-12.50"),
    ("exponent", "1E+400"),
    ("small exponent", "1e-99999"),
    ("long number", "123456789012345678901234567890"),
    ("literals", "[true,false,null]"),
    ("empty containers", '[[],{},""]'),
    ("escapes", '"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\u00E9"'),
    ("surrogate pair", '"\\ud83d\\uDE00"'),
    ("escaped nul", '"\\u0000"'),
    ("delete", '"\x7f"'),
    ("line separator", '"\u2028\u2029"'),
    ("noncharacter", '"\uffff"'),
    ("duplicate inside", '{"a":1,"a":2}'),
    ("spaces", " \t\n\r[ 1 , 2 ] \r\n"),
)

# What breaks the grammar where a value is due.
BROKEN: Final = (
    ("leading zero", "01"),
    ("plus", "+1"),
    ("point first", ".5"),
    ("point last", "1."),
    ("exponent without digits", "1e"),
    ("minus alone", "-"),
    ("hexadecimal", "0x1"),
    ("underscore in number", "1_000"),
    ("nan", "NaN"),
    ("infinity", "-Infinity"),
    ("true in title case", "True"),
    ("null cut", "nul"),
    ("undefined", "undefined"),
    ("single quotes", "'a'"),
    ("no value", ""),
    ("trailing comma in array", "[1,]"),
    ("leading comma in array", "[,1]"),
    ("missing comma", "[1 2]"),
    ("trailing comma in object", '{"a":1,}'),
    ("number as name", "{1:2}"),
    ("name without quotes", "{a:1}"),
    ("missing colon", '{"a" 1}'),
    ("array closed as object", "[1}"),
    ("comment", "1/*c*/"),
    ("line comment", "1//c\n"),
    ("raw tab", '"a\tb"'),
    ("raw line feed", '"a\nb"'),
    ("raw nul", '"a\0b"'),
    ("escape x", '"\\x41"'),
    ("escape quote", '"\\\'"'),
    ("escape upper u", '"\\U0041"'),
    ("escape with three digits", '"\\u041"'),
    ("escape in braces", '"\\u{41}"'),
    ("escape with sign", '"\\u+041"'),
    ("form feed as space", "\f1"),
    ("vertical tab as space", "\v1"),
    ("no-break space", "\u00a01"),
    ("full-width digit", "\uff11"),
)

SURROGATES: Final = (
    ("high alone", '"\\ud83d"'),
    ("low alone", '"\\ude00"'),
    ("pair reversed", '"\\ude00\\ud83d"'),
    ("high twice", '"\\ud83d\\ud83d\\ude00"'),
    ("high before letter", '"\\ud83d\\u0041"'),
    ("high before text", '"\\ud83da"'),
    ("as name inside", '{"\\udfff":1}'),
)

NOT_UTF8: Final = (
    ("latin-1", b"\xe9"),
    ("lone continuation", b"\x80"),
    ("ff", b"\xff"),
    ("overlong nul", b"\xc0\x80"),
    ("surrogate", b"\xed\xa0\xbd"),
    ("over 10ffff", b"\xf4\x90\x80\x80"),
    ("cut letter", b"\xe2\x82"),
)


def files(seed: Seed) -> Iterator[VectorFile]:
    """The subject json."""
    facts = Facts(
        "json",
        "One JSON object in UTF-8, read strictly. Its unknown member holds what each record is about.",
        operation="client_data.decode",
        section="RFC 8259",
    )
    facts.valid("plain", "an object of two texts", SAID, bytes=(HEAD + "}").encode())
    for name, value in VALUES:
        facts.valid(name, f"{name}, in a member that nobody asks for", SAID, bytes=_with(value))
    _whole_texts(facts)
    _within_bounds(facts)
    for name, value in BROKEN:
        facts.invalid(f"syntax {name}", name, "json.syntax", bytes=_with(value))
    for name, value in SURROGATES:
        facts.invalid(
            f"surrogate {name}",
            f"an escape of half a pair: {name}",
            "json.surrogate",
            section="RFC 8259 section 8.2",
            bytes=_with(value),
        )
    for name, octets in NOT_UTF8:
        facts.invalid(
            f"utf-8 {name}",
            f"not UTF-8: {name}",
            "json.utf8",
            section="RFC 8259 section 8.1",
            bytes=_with('"@"').replace(b"@", octets),
        )
    _wrong_texts(facts, seed)
    _over_bounds(facts)
    yield facts.file()


def _with(value: str) -> bytes:
    return f'{HEAD},"x":{value}}}'.encode()


def _whole_texts(facts: Facts) -> None:
    for name, shows, text in (
        (
            "names escaped",
            "an escaped name is that name",
            '{"\\u0074ype":"key.get","c\\u0068allenge":"Y2g"}',
        ),
        (
            "values escaped",
            "an escaped value is that value",
            '{"type":"key\\u002eget","challenge":"\\u00592g"}',
        ),
        (
            "space everywhere",
            "white space around everything",
            ' {\t"type"\n:\r"key.get" , "challenge" : "Y2g" }\n',
        ),
        ("space after", "white space after the object", HEAD + "} \t\r\n"),
        ("empty name", "an empty name is a name", HEAD + ',"":0}'),
        (
            "name of another case",
            "names of another case are other names",
            HEAD + ',"Type":"key.create"}',
        ),
        ("name with nul", "a NUL does not end a name", HEAD + ',"type\\u0000":"key.create"}'),
        (
            "proto",
            "a name that is special in JavaScript is not special",
            HEAD + ',"__proto__":{"type":"x"}}',
        ),
    ):
        facts.valid(name, shows, SAID, bytes=text.encode())


def _within_bounds(facts: Facts) -> None:
    head = HEAD.encode()
    deep: list[Any] = [(head + b',"x":').hex(), times(199, b"["), times(199, b"]"), b"}".hex()]
    facts.valid("depth 200", "200 containers in each other", SAID, section=BOUND, bytes=deep)
    members = b"".join(b',"%d":0' % n for n in range(1022))
    facts.valid("1024 members", "1024 members", SAID, section=BOUND, bytes=head + members + b"}")
    digits: list[Any] = [(head + b',"x":').hex(), times(4300, b"9"), b"}".hex()]
    facts.valid("4300 digits", "a number of 4300 digits", SAID, section=BOUND, bytes=digits)
    filled: list[Any] = [(head + b',"x":"').hex(), times(2**20 - len(head) - 8, b"a"), b'"}'.hex()]
    facts.valid("1 MiB", "a text of 1 MiB", SAID, section=BOUND, bytes=filled)


def _wrong_texts(facts: Facts, seed: Seed) -> None:
    whole = (HEAD + "}").encode()
    for name, text in (("empty", b""), ("space alone", b" \n"), ("brace alone", b"{")):
        facts.invalid(name, f"{name}: no object", "json.syntax", bytes=text)
    for name, text in (
        ("array", b"[" + whole + b"]"),
        ("text", b'"key.get"'),
        ("number", b"1"),
        ("null", b"null"),
        ("garbage", b"key.get"),
    ):
        facts.invalid(f"top {name}", f"{name} in place of an object", "json.shape", bytes=text)
    for name, text in (
        ("comma", b","),
        ("letter", b"x"),
        ("nul", b"\0"),
        ("brace", b"}"),
        ("object", whole),
        ("line comment", b"//"),
    ):
        facts.invalid(
            f"trailing {name}",
            f"{name} after the object",
            "json.trailing",
            section="RFC 8259 section 2",
            bytes=whole + text,
        )
    facts.invalid(
        "byte order mark",
        "a byte order mark before the object",
        "json.bom",
        section="RFC 8259 section 8.1",
        bytes=b"\xef\xbb\xbf" + whole,
    )
    for name, codec, code in (
        ("utf-16 little endian", "utf-16-le", "json.syntax"),
        ("utf-16 big endian", "utf-16-be", "json.shape"),
        ("utf-16 with mark", "utf-16", "json.utf8"),
    ):
        octets = (
            b"\xff\xfe" + whole.decode().encode("utf-16-le")
            if codec == "utf-16"
            else whole.decode().encode(codec)
        )
        facts.invalid(
            name, f"{name} in place of UTF-8", code, section="RFC 8259 section 8.1", bytes=octets
        )
    for name, extra in (
        ("same value", b',"type":"key.get"}'),
        ("other value", b',"type":"key.create"}'),
        ("escaped", b',"t\\u0079pe":"key.create"}'),
        ("unknown name", b',"x":1,"x":1}'),
    ):
        facts.invalid(
            f"duplicate {name}",
            f"a name twice: {name}",
            "json.duplicate",
            section="RFC 8259 section 4",
            bytes=whole[:-1] + extra,
        )
    for number in range(1, 6):
        place = seed.number(f"cut {number}", len(whole))
        facts.invalid(
            f"cut {number}", f"the first {place} bytes", "json.syntax", bytes=whole[:place]
        )


def _over_bounds(facts: Facts) -> None:
    head = HEAD.encode()
    start = (head + b',"x":').hex()
    deep: list[Any] = [start, times(200, b"["), times(200, b"]"), b"}".hex()]
    facts.invalid(
        "depth 201", "201 containers in each other", "limit.depth", section=BOUND, bytes=deep
    )
    facts.invalid(
        "depth 500000",
        "half a million arrays, which must not need a stack",
        "limit.depth",
        section=BOUND,
        bytes=[start, times(500_000, b"[")],
    )
    members = b"".join(b',"%d":0' % n for n in range(1023))
    facts.invalid(
        "1025 members", "1025 members", "limit.count", section=BOUND, bytes=head + members + b"}"
    )
    digits: list[Any] = [start, times(4301, b"9"), b"}".hex()]
    facts.invalid(
        "4301 digits", "a number of 4301 digits", "limit.size", section=BOUND, bytes=digits
    )
    filled: list[Any] = [(head + b',"x":"').hex(), times(2**20 - len(head) - 7, b"a"), b'"}'.hex()]
    facts.invalid("over 1 MiB", "a text over 1 MiB", "limit.size", section=BOUND, bytes=filled)
