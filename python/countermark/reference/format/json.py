"""JSON objects, RFC 8259, read strictly in one pass from left to right.

The text must be UTF-8 without a byte order mark (section 8.1) and hold one object. Names of the
top object must be unique (section 4 leaves that open); names inside nested objects are not looked
at, the last one counts. Strings must be sequences of Unicode characters, so lone surrogate
escapes are refused (section 8.2). Numbers are checked against the grammar (section 6) and never
converted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeAlias

from countermark.errors import LimitExceeded, MalformedInput
from countermark.reference.format import is_text, shown, text_or_bytes_argument

MAX_TEXT: Final = 1024 * 1024
"""The longest text that is read, in bytes."""

MAX_DEPTH: Final = 200
"""Arrays and objects that may be open at one time, the top object included."""
MAX_DIGITS: Final = 4300
"""Digits before the point of a number."""

MAX_MEMBERS: Final = 1024
"""Members of the top object."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it was written."""

    text: str


@dataclass(frozen=True, slots=True)
class Raw:
    """An array or object as it was written; an object can be read again."""

    data: bytes

    @property
    def is_object(self) -> bool:
        """Whether this is an object rather than an array."""
        return self.data[:1] == b"{"


Scalar: TypeAlias = str | bool | Number | None
Plain: TypeAlias = "Scalar | list[Plain] | dict[str, Plain]"


class Member(NamedTuple):
    """A member of the top object: its value, and the offset in bytes where that value begins."""

    value: Scalar | Raw
    offset: int


class _Span(NamedTuple):
    value: Plain
    start: int
    end: int


def read(data: object, limit: int = MAX_TEXT) -> dict[str, Plain]:
    """Reads one object from bytes-like ``data`` (or str) into plain Python values.

    ``limit`` is the longest text in bytes.

    Raises:
        MalformedInput: ``json.utf8``, ``.bom``, ``.syntax``, ``.surrogate``, ``.shape``,
            ``.duplicate`` or ``.trailing``, with the offset in bytes.
        LimitExceeded: ``limit.size``, ``limit.depth`` or ``limit.count``.
    """
    return {name: span.value for name, span in _document(data, limit)[1].items()}


def read_object(data: object) -> dict[str, Member]:
    """Reads like `read`, but keeps arrays and objects as `Raw`, and the offset of each value."""
    text, spans = _document(data)
    members: dict[str, Member] = {}
    for name, (value, start, end) in spans.items():
        kept = Raw(text[start:end]) if isinstance(value, list | dict) else value
        members[name] = Member(kept, start)
    return members


def text_member(members: Mapping[str, object], name: str, format_: str) -> str:
    """Returns the required string member ``name``.

    Raises:
        MalformedInput: ``<format_>.missing`` or ``<format_>.type``.
    """
    if name not in members:
        raise MalformedInput(f"{name} is missing", code=f"{format_}.missing", field=name)
    value = members[name]
    if not is_text(value):
        raise MalformedInput(f"{name} must be a string", code=f"{format_}.type", field=name)
    return value


def _document(data: object, limit: int = MAX_TEXT) -> tuple[bytes, dict[str, _Span]]:
    text = text_or_bytes_argument(data, "JSON text", limit)
    try:
        text.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _malformed("utf8", "the JSON text is not UTF-8", error.start) from None
    if text.startswith(b"\xef\xbb\xbf"):
        raise _malformed("bom", "the JSON text begins with a byte order mark", 0)
    reader = _Reader(text)
    members = reader.top_object()
    reader.skip_space()
    if reader.at < len(text):
        raise _malformed("trailing", "something follows the JSON object", reader.at)
    return text, members


class _Open:
    """An array or object whose end has not been read yet."""

    __slots__ = ("items", "name")

    def __init__(self, is_object: bool) -> None:
        self.items: list[Plain] | dict[str, Plain] = {} if is_object else []
        self.name = ""

    @property
    def end(self) -> bytes:
        return b"}" if isinstance(self.items, dict) else b"]"

    def add(self, item: Plain) -> None:
        if isinstance(self.items, dict):
            self.items[self.name] = item
        else:
            self.items.append(item)


_SPACE: Final = re.compile(rb"[ \t\n\r]*")
_PLAIN: Final = re.compile(rb'[^"\\\x00-\x1f]*')
_NUMBER: Final = re.compile(rb"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_HEX4: Final = re.compile(rb"[0-9a-fA-F]{4}")
_LITERALS: Final[dict[bytes, bool | None]] = {b"true": True, b"false": False, b"null": None}
_ESCAPES: Final = dict(zip(b'"\\/bfnrt', '"\\/\b\f\n\r\t', strict=True))


class _Reader:
    """A position in a text; every method reads one production of RFC 8259 and moves past it."""

    def __init__(self, text: bytes) -> None:
        self.text = text
        self.at = 0

    def top_object(self) -> dict[str, _Span]:
        """Section 4, for the outermost object."""
        members: dict[str, _Span] = {}
        if not self.take(b"{"):
            if self.at == len(self.text):
                raise self.syntax()
            raise _malformed("shape", "the JSON text is not an object", self.at)
        if self.take(b"}"):
            return members
        while True:
            name = self.new_name(members)
            self.skip_space()
            start = self.at
            members[name] = _Span(self.value(), start, self.at)
            if not self.take(b","):
                self.expect(b"}")
                return members

    def new_name(self, members: Mapping[str, _Span]) -> str:
        self.skip_space()
        start = self.at
        name = self.string()
        self.expect(b":")
        if name in members:
            label = shown(name)
            raise _malformed("duplicate", f"the JSON object has '{label}' twice", start)
        if len(members) == MAX_MEMBERS:
            raise LimitExceeded(
                f"the JSON object has more than {MAX_MEMBERS} members", code="limit.count"
            )
        return name

    def value(self) -> Plain:
        """Section 3, with the open containers on a list of our own instead of the call stack."""
        open_: list[_Open] = []
        while True:
            begun = self.item(len(open_) + 1)
            if isinstance(begun, _Open) and not self.take(begun.end):
                open_.append(begun)
                self.next_name(begun)
                continue
            item = begun.items if isinstance(begun, _Open) else begun
            while open_:
                open_[-1].add(item)
                if self.take(b","):
                    self.next_name(open_[-1])
                    break
                self.expect(open_[-1].end)
                item = open_.pop().items
            else:
                return item

    def item(self, depth: int) -> Scalar | _Open:
        """Reads a scalar, or the opening bracket of an array or object inside ``depth`` others."""
        self.skip_space()
        first = self.text[self.at : self.at + 1]
        if first in (b"{", b"["):
            if depth >= MAX_DEPTH:
                raise LimitExceeded(
                    f"the JSON text nests deeper than {MAX_DEPTH}", code="limit.depth"
                )
            self.at += 1
            return _Open(first == b"{")
        if first == b'"':
            return self.string()
        return self.number_or_literal()

    def next_name(self, container: _Open) -> None:
        if isinstance(container.items, dict):
            self.skip_space()
            container.name = self.string()
            self.expect(b":")

    def number_or_literal(self) -> Scalar:
        """Sections 3 and 6."""
        for word, value in _LITERALS.items():
            if self.text.startswith(word, self.at):
                self.at += len(word)
                return value
        text = self.run(_NUMBER).decode("ascii")
        if len(re.split(r"[.eE]", text.removeprefix("-"))[0]) > MAX_DIGITS:
            raise LimitExceeded(f"a JSON number has over {MAX_DIGITS} digits", code="limit.size")
        return Number(text)

    def string(self) -> str:
        """Section 7."""
        if self.text[self.at : self.at + 1] != b'"':
            raise self.syntax()
        self.at += 1
        parts: list[str] = []
        while True:
            parts.append(self.run(_PLAIN).decode("utf-8"))
            stop = self.text[self.at : self.at + 1]
            if stop == b'"':
                self.at += 1
                return "".join(parts)
            if stop != b"\\":
                raise self.syntax()
            parts.append(self.escape())

    def escape(self) -> str:
        """Section 7, from the reverse solidus on."""
        start = self.at
        letter = self.text[self.at + 1 : self.at + 2]
        if letter != b"u":
            if letter == b"" or letter[0] not in _ESCAPES:
                raise self.syntax()
            self.at += 2
            return _ESCAPES[letter[0]]
        unit = self.code_unit()
        if 0xD800 <= unit <= 0xDBFF and self.text.startswith(b"\\u", self.at):
            low = self.code_unit()
            if 0xDC00 <= low <= 0xDFFF:
                return chr(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00))
        if 0xD800 <= unit <= 0xDFFF:
            raise _malformed("surrogate", "a surrogate escape has no partner", start)
        return chr(unit)

    def code_unit(self) -> int:
        self.at += 2
        return int(self.run(_HEX4), 16)

    def skip_space(self) -> None:
        """Section 2: space, tab, line feed, carriage return and nothing else."""
        self.run(_SPACE)

    def run(self, pattern: re.Pattern[bytes]) -> bytes:
        """Reads what ``pattern`` matches here; no match is a syntax error."""
        found = pattern.match(self.text, self.at)
        if found is None:
            raise self.syntax()
        self.at = found.end()
        return found.group()

    def take(self, token: bytes) -> bool:
        self.skip_space()
        found = self.text.startswith(token, self.at)
        if found:
            self.at += len(token)
        return found

    def expect(self, token: bytes) -> None:
        if not self.take(token):
            raise self.syntax()

    def syntax(self) -> MalformedInput:
        where = "ends too early" if self.at >= len(self.text) else "breaks the JSON grammar"
        return _malformed("syntax", f"the JSON text {where}", self.at)


def _malformed(name: str, message: str, offset: int) -> MalformedInput:
    return MalformedInput(f"{message} (offset {offset})", code=f"json.{name}", offset=offset)
