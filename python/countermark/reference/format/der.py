"""DER, ITU-T X.690 (2021): one encoding for one value, read from whole inputs.

Only what keys and certificates need: definite lengths in the fewest octets (8.1.3 with 10.1),
BOOLEAN (8.2), INTEGER (8.3), ENUMERATED (8.4), BIT STRING (8.6), OCTET STRING (8.7), NULL (8.8),
SEQUENCE (8.9), SET OF (8.12 with 11.6), context tags (8.14) and OBJECT IDENTIFIER (8.19).
Identifiers of several octets (8.1.2.4) are read by `Reader.tagged` only.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from countermark.errors import MalformedInput
from countermark.reference.format import check_size

MAX_DER: Final = 64 * 1024
"""The largest DER structure that is read, in bytes."""

BOOLEAN: Final = 0x01
INTEGER: Final = 0x02
BIT_STRING: Final = 0x03
OCTET_STRING: Final = 0x04
NULL: Final = 0x05
OBJECT_IDENTIFIER: Final = 0x06
ENUMERATED: Final = 0x0A
UTF8_STRING: Final = 0x0C
PRINTABLE_STRING: Final = 0x13
IA5_STRING: Final = 0x16
UTC_TIME: Final = 0x17
GENERALIZED_TIME: Final = 0x18
VISIBLE_STRING: Final = 0x1A
BMP_STRING: Final = 0x1E
SEQUENCE: Final = 0x30
SET: Final = 0x31
CONTEXT_0: Final = 0xA0
CONTEXT_1: Final = 0xA1
CONTEXT_2: Final = 0xA2
CONTEXT_3: Final = 0xA3
CONTEXT_0_PRIMITIVE: Final = 0x80
CONTEXT_1_PRIMITIVE: Final = 0x81
CONTEXT_2_PRIMITIVE: Final = 0x82

_LENGTH_OCTETS: Final = 4
_TAG_OCTETS: Final = 4


class Element(NamedTuple):
    """A tag with its content octets, which begin at ``offset`` of the whole input."""

    tag: int
    content: bytes
    offset: int

    @property
    def inside(self) -> Reader:
        """A reader of the elements within this one."""
        return Reader(self.content, self.offset)

    @property
    def encoded(self) -> bytes:
        """The element as it was read: in DER there is no other way to write it."""
        return encode(self.tag, self.content)


class Tagged(NamedTuple):
    """An element whose tag may have any number; ``leading`` holds its class and form (8.1.2.2)."""

    leading: int
    number: int
    content: bytes
    offset: int

    @property
    def is_context(self) -> bool:
        """Whether the tag is a context-specific one around other elements."""
        return self.leading == CONTEXT_0

    @property
    def inside(self) -> Reader:
        """A reader of the elements within this one."""
        return Reader(self.content, self.offset)


class Reader:
    """Reads elements one after the other; call `finish` after the last, to leave nothing over."""

    def __init__(self, data: bytes, offset: int = 0) -> None:
        self._data = data
        self._offset = offset
        self._at = 0

    def at_end(self) -> bool:
        """Whether every octet has been read."""
        return self._at == len(self._data)

    def next_is(self, tag: int) -> bool:
        """Whether an element with ``tag`` comes next."""
        return self._data[self._at : self._at + 1] == bytes((tag,))

    def finish(self) -> None:
        """Refuses octets left over (``der.trailing``)."""
        if not self.at_end():
            raise self._error("trailing", "something follows a complete DER structure")

    def skip_rest(self) -> None:
        """Passes over what is left, whatever it is."""
        self._at = len(self._data)

    def any(self) -> Element:
        """Reads an element of any tag (X.690 8.1.1)."""
        tag = self._octet()
        if tag & 0x1F == 0x1F:
            self._at -= 1
            raise self._error("tag", "a DER tag of more than one octet is not expected")
        length = self._length()
        if length > len(self._data) - self._at:
            raise self._error("truncated", "a DER element is longer than the input")
        start = self._at
        self._at += length
        return Element(tag, self._data[start : self._at], self._offset + start)

    def tagged(self) -> Tagged:
        """Reads an element of any tag and of any tag number (8.1.2.4), in the fewest octets."""
        leading = self._octet()
        number = leading & 0x1F
        if number == 0x1F:
            number = self._tag_number()
        length = self._length()
        if length > len(self._data) - self._at:
            raise self._error("truncated", "a DER element is longer than the input")
        start = self._at
        self._at += length
        content = self._data[start : self._at]
        return Tagged(leading & 0xE0, number, content, self._offset + start)

    def element(self, tag: int) -> Element:
        """Reads the element that must come next and must have ``tag``."""
        if self.at_end():
            raise self._error("truncated", "a DER element is missing")
        if not self.next_is(tag):
            raise self._error("tag", f"the DER tag 0x{tag:02x} is expected here")
        return self.any()

    def sequence(self) -> Reader:
        """Enters a SEQUENCE (8.9) or whatever else is built like one."""
        return self.element(SEQUENCE).inside

    def octet_string(self) -> bytes:
        """Reads an OCTET STRING (8.7), in the primitive form that DER requires (10.2)."""
        return self.element(OCTET_STRING).content

    def bit_string(self, tag: int = BIT_STRING) -> bytes:
        """Reads a BIT STRING (8.6) of whole octets."""
        content = self.element(tag).content
        if content[:1] != b"\x00":
            raise self._error("value", "a DER bit string does not hold whole octets")
        return content[1:]

    def unsigned(self) -> int:
        """Reads an INTEGER (8.3) that must not be negative."""
        content = self.element(INTEGER).content
        if not content or content[0] & 0x80:
            raise self._error("value", "a DER integer is empty or negative")
        if len(content) > 1 and content[0] == 0 and not content[1] & 0x80:
            raise self._error("value", "a DER integer is not in its shortest form")
        return int.from_bytes(content, "big")

    def bits(self, tag: int = BIT_STRING) -> tuple[bytes, int]:
        """Reads a BIT STRING (8.6) with the number of its unused bits, which need not be zero."""
        content = self.element(tag).content
        if not content or content[0] > 7 or (len(content) == 1 and content[0]):
            raise self._error("value", "a DER bit string has a wrong number of unused bits")
        return content[1:], content[0]

    def boolean(self) -> bool:
        """Reads a BOOLEAN (8.2), where true is the octet 0xff (11.1)."""
        content = self.element(BOOLEAN).content
        if content not in (b"\x00", b"\xff"):
            raise self._error("value", "a DER boolean is neither 0x00 nor 0xff")
        return content == b"\xff"

    def integer(self, tag: int = INTEGER) -> int:
        """Reads an INTEGER (8.3) of either sign."""
        content = self.element(tag).content
        if not content:
            raise self._error("value", "a DER integer is empty")
        if len(content) > 1 and content[0] == (0xFF if content[1] & 0x80 else 0x00):
            raise self._error("value", "a DER integer is not in its shortest form")
        return int.from_bytes(content, "big", signed=True)

    def enumerated(self) -> int:
        """Reads an ENUMERATED (8.4)."""
        return self.integer(ENUMERATED)

    def set_of(self) -> list[Element]:
        """Reads a SET OF (8.12), whose elements stand in ascending order (11.6)."""
        inside = self.element(SET).inside
        elements: list[Element] = []
        while not inside.at_end():
            elements.append(inside.any())
        encodings = [element.encoded for element in elements]
        if encodings != sorted(encodings):
            raise self._error("value", "the elements of a DER set are not in order")
        return elements

    def null(self) -> None:
        """Reads a NULL (8.8)."""
        if self.element(NULL).content:
            raise self._error("value", "a DER null has content")

    def object_identifier(self) -> bytes:
        """Reads an OBJECT IDENTIFIER (8.19) as its content octets; see `object_identifier`."""
        content = self.element(OBJECT_IDENTIFIER).content
        starts = (0, *(at + 1 for at, octet in enumerate(content[:-1]) if octet < 0x80))
        if not content or content[-1] & 0x80 or any(content[at] == 0x80 for at in starts):
            raise self._error("value", "a DER object identifier is malformed")
        return content

    def _tag_number(self) -> int:
        number = 0
        for count in range(_TAG_OCTETS):
            octet = self._octet()
            if count == 0 and octet == 0x80:
                break
            number = number << 7 | octet & 0x7F
            if octet < 0x80:
                if number < 0x1F:
                    break
                return number
        raise self._error("tag", "a DER tag number is too large or not in its shortest form")

    def _octet(self) -> int:
        if self.at_end():
            raise self._error("truncated", "the DER input ends too early")
        self._at += 1
        return self._data[self._at - 1]

    def _length(self) -> int:
        first = self._octet()
        if first < 0x80:
            return first
        count = first & 0x7F
        if not 1 <= count <= _LENGTH_OCTETS:
            raise self._error("length", "a DER length is indefinite or too long")
        octets = bytes(self._octet() for _ in range(count))
        length = int.from_bytes(octets, "big")
        if octets[0] == 0 or length < 0x80:
            raise self._error("length", "a DER length is not in its shortest form")
        return length

    def _error(self, name: str, message: str) -> MalformedInput:
        offset = self._offset + self._at
        return MalformedInput(f"{message} (offset {offset})", code=f"der.{name}", offset=offset)


def whole(der: bytes) -> Reader:
    """Enters the one SEQUENCE that ``der`` must consist of, with nothing after it."""
    check_size(len(der), "DER", MAX_DER)
    outer = Reader(der)
    inside = outer.sequence()
    outer.finish()
    return inside


def leading_tags(der: bytes) -> tuple[int, int, int | None]:
    """The tags of the first two elements of the SEQUENCE in ``der``; after two INTEGER also the third."""
    check_size(len(der), "DER", MAX_DER)
    inside = Reader(der).sequence()
    first, second = inside.any().tag, inside.any().tag
    if (first, second) != (INTEGER, INTEGER) or inside.at_end():
        return first, second, None
    return first, second, inside.any().tag


def malformed(name: str, message: str) -> MalformedInput:
    """A ``der.<name>`` error without an offset, for a wrong value found after reading."""
    return MalformedInput(message, code=f"der.{name}")


def encode(tag: int, content: bytes) -> bytes:
    """Writes one element."""
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(octets))) + octets + content


def encode_sequence(*elements: bytes) -> bytes:
    """Writes a SEQUENCE of ready-made elements."""
    return encode(SEQUENCE, b"".join(elements))


def encode_unsigned(value: int) -> bytes:
    """Writes an INTEGER in its shortest form, with a zero octet before a set top bit."""
    return encode(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def encode_bit_string(octets: bytes) -> bytes:
    """Writes a BIT STRING of whole octets."""
    return encode(BIT_STRING, b"\x00" + octets)


def encode_octet_string(octets: bytes) -> bytes:
    """Writes an OCTET STRING."""
    return encode(OCTET_STRING, octets)


def encode_null() -> bytes:
    """Writes a NULL."""
    return encode(NULL, b"")


def encode_object_identifier(content: bytes) -> bytes:
    """Writes an OBJECT IDENTIFIER from its content octets."""
    return encode(OBJECT_IDENTIFIER, content)


def object_identifier(dotted: str) -> bytes:
    """The content octets of an object identifier: base-128 subidentifiers (8.19)."""
    first, second, *rest = (int(arc) for arc in dotted.split("."))
    content = b""
    for arc in (40 * first + second, *rest):
        groups = [arc & 0x7F]
        while arc := arc >> 7:
            groups.append(arc & 0x7F | 0x80)
        content += bytes(reversed(groups))
    return content


def dotted(content: bytes) -> str:
    """The dotted form of the content octets of an object identifier that was read."""
    arcs: list[int] = []
    arc = 0
    for octet in content:
        arc = arc << 7 | octet & 0x7F
        if octet < 0x80:
            arcs.append(arc)
            arc = 0
    first = min(arcs[0] // 40, 2)
    return ".".join(str(arc) for arc in (first, arcs[0] - 40 * first, *arcs[1:]))
