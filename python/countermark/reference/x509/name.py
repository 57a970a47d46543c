"""Distinguished names (RFC 5280 4.1.2.4) and their text (RFC 4514).

Names are compared by their DER alone; the text is for people.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

from countermark.errors import LimitExceeded
from countermark.reference.format import der

MAX_ATTRIBUTES: Final = 64
"""Attributes of one name, in all of its parts."""

MAX_OID: Final = 64
"""Content octets of an object identifier."""

COMMON_NAME: Final = "2.5.4.3"
COUNTRY: Final = "2.5.4.6"
ORGANIZATION: Final = "2.5.4.10"
ORGANIZATIONAL_UNIT: Final = "2.5.4.11"

# RFC 4514 section 3; other types stand there as their numbers.
_SHORT: Final = {
    COMMON_NAME: "CN",
    "2.5.4.7": "L",
    "2.5.4.8": "ST",
    ORGANIZATION: "O",
    ORGANIZATIONAL_UNIT: "OU",
    COUNTRY: "C",
    "2.5.4.9": "STREET",
    "0.9.2342.19200300.100.1.25": "DC",
    "0.9.2342.19200300.100.1.1": "UID",
}
_ESCAPED: Final = frozenset('"+,;<>\\')


class Attribute(NamedTuple):
    """A type (dotted) with a value as it was encoded."""

    type: str
    value: der.Element

    @property
    def text(self) -> str | None:
        """The value as text, or None if it is no string, or a wrongly encoded one."""
        codec = _CODECS.get(self.value.tag)
        if codec is None:
            return None
        try:
            return self.value.content.decode(codec)
        except UnicodeDecodeError:
            return None


_CODECS: Final = {
    der.UTF8_STRING: "utf-8",
    der.PRINTABLE_STRING: "ascii",
    der.IA5_STRING: "ascii",
    der.BMP_STRING: "utf-16-be",
}


@dataclass(frozen=True, slots=True)
class Name:
    """A sequence of sets of attributes, with the bytes they were read from."""

    rdns: tuple[tuple[Attribute, ...], ...]
    encoded: bytes

    def all(self, type_: str) -> list[Attribute]:
        """Every attribute of one type, in their order."""
        return [attribute for rdn in self.rdns for attribute in rdn if attribute.type == type_]

    def __str__(self) -> str:
        return ",".join("+".join(_attribute(one) for one in rdn) for rdn in reversed(self.rdns))


def read_oid(reader: der.Reader) -> str:
    """Reads an OBJECT IDENTIFIER as dotted text, of a size that stays handy."""
    content = reader.object_identifier()
    text = der.dotted(content) if len(content) <= MAX_OID else ""
    if not text or any(int(arc) >> 128 for arc in text.split(".")):
        raise der.malformed("value", "a DER object identifier is too long")
    return text


def read_name(reader: der.Reader) -> Name:
    """Reads a Name.

    Raises:
        MalformedInput: ``der.*``.
        LimitExceeded: ``limit.count``.
    """
    element = reader.element(der.SEQUENCE)
    inside = element.inside
    rdns: list[tuple[Attribute, ...]] = []
    count = 0
    while not inside.at_end():
        rdns.append(tuple(_read_attribute(one) for one in inside.set_of()))
        if not rdns[-1]:
            raise der.malformed("truncated", "a part of a name lacks its attribute")
        count += len(rdns[-1])
        if count > MAX_ATTRIBUTES:
            raise LimitExceeded(
                f"a name has more than {MAX_ATTRIBUTES} attributes", code="limit.count"
            )
    return Name(tuple(rdns), element.encoded)


def _read_attribute(element: der.Element) -> Attribute:
    if element.tag != der.SEQUENCE:
        raise der.malformed("tag", "an attribute of a name is no sequence")
    inside = element.inside
    attribute = Attribute(read_oid(inside), inside.any())
    inside.finish()
    return attribute


def _attribute(attribute: Attribute) -> str:
    """RFC 4514 2.3 and 2.4."""
    short = _SHORT.get(attribute.type)
    text = None if short is None else attribute.text
    if text is None:
        return f"{short or attribute.type}=#{attribute.value.encoded.hex()}"
    last = len(text) - 1
    return f"{short}=" + "".join(
        _character(one, at == 0, at == last) for at, one in enumerate(text)
    )


def _character(one: str, is_first: bool, is_last: bool) -> str:
    if one < " " or one == "\x7f":
        return f"\\{ord(one):02x}"
    at_edge = (is_first and one in " #") or (is_last and one == " ")
    return "\\" + one if at_edge or one in _ESCAPED else one


__all__ = [
    "COMMON_NAME",
    "COUNTRY",
    "ORGANIZATION",
    "ORGANIZATIONAL_UNIT",
    "Attribute",
    "Name",
    "read_name",
    "read_oid",
]
