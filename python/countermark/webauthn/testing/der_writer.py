"""DER, one function a type: a writer that asks no questions, since tests need wrong values too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def length(size: int) -> bytes:
    """The length octets (X.690, 8.1.3), shortest."""
    if size < 128:
        return bytes([size])
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(octets)]) + octets


def tlv(tag: int, *content: bytes) -> bytes:
    """One element: a tag octet, a length and its content."""
    body = b"".join(content)
    return bytes([tag]) + length(len(body)) + body


def sequence(*items: bytes) -> bytes:
    """A SEQUENCE."""
    return tlv(0x30, *items)


def set_of(*items: bytes) -> bytes:
    """A SET OF, its items in DER's order."""
    return tlv(0x31, *sorted(items))


def integer(value: int) -> bytes:
    """An INTEGER of any sign."""
    return tlv(
        0x02,
        value.to_bytes((value if value >= 0 else ~value).bit_length() // 8 + 1, "big", signed=True),
    )


def enumerated(value: int) -> bytes:
    """An ENUMERATED."""
    return b"\x0a" + integer(value)[1:]


def boolean(value: bool) -> bytes:
    """A BOOLEAN."""
    return b"\x01\x01" + (b"\xff" if value else b"\x00")


def null() -> bytes:
    """NULL."""
    return b"\x05\x00"


def octet_string(data: bytes) -> bytes:
    """An OCTET STRING."""
    return tlv(0x04, data)


def bit_string(data: bytes, unused: int = 0) -> bytes:
    """A BIT STRING and the count of its unused bits."""
    return tlv(0x03, bytes([unused]), data)


def oid(dotted: str) -> bytes:
    """An OBJECT IDENTIFIER, from its dotted text."""
    first, second, *rest = (int(part) for part in dotted.split("."))
    return tlv(0x06, *(_base128(arc) for arc in (first * 40 + second, *rest)))


def _base128(value: int) -> bytes:
    octets = [value & 0x7F]
    while value := value >> 7:
        octets.append(value & 0x7F | 0x80)
    return bytes(reversed(octets))


def explicit(number: int, *content: bytes) -> bytes:
    """A context tag around its content, in the high-tag form from 31 on (X.690, 8.1.2.4)."""
    if number < 31:
        return tlv(0xA0 | number, *content)
    body = b"".join(content)
    return b"\xbf" + _base128(number) + length(len(body)) + body


def implicit(number: int, data: bytes) -> bytes:
    """A context tag in place of the tag of a primitive type."""
    return tlv(0x80 | number, data)


def time(seconds: int) -> bytes:
    """A certificate's time: UTCTime to 2049, GeneralizedTime from then on (RFC 5280, 4.1.2.5)."""
    at = EPOCH + timedelta(seconds=seconds)
    if 1950 <= at.year < 2050:
        return tlv(0x17, at.strftime("%y%m%d%H%M%SZ").encode())
    return tlv(0x18, f"{at.year:04d}{at.strftime('%m%d%H%M%SZ')}".encode())
