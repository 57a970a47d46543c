"""The name of the container in a key file, for people; the library judges whether it is right."""

from __future__ import annotations

import re
from typing import Final

from countermark.cli.keyfile import encoding_of

_LABELS: Final = {
    b"PRIVATE KEY": ("PKCS#8", False),
    b"ENCRYPTED PRIVATE KEY": ("PKCS#8", True),
    b"EC PRIVATE KEY": ("SEC1", False),
    b"RSA PRIVATE KEY": ("PKCS#1", False),
    b"PUBLIC KEY": ("SPKI", False),
    b"RSA PUBLIC KEY": ("PKCS#1", False),
}
_UNKNOWN: Final = ("unknown", False)


def container_of(data: bytes) -> tuple[str, bool]:
    """The container's name and whether it is encrypted."""
    match encoding_of(data):
        case "jwk":
            return ("JWK", False)
        case "der":
            return _by_first_elements(data)
        case "pem":
            # The last block: an EC PARAMETERS block may stand before the key.
            labels = re.findall(rb"(?:^|[\r\n])-----BEGIN ([A-Z0-9 ]+)-----", data)
            return _LABELS.get(labels[-1], _UNKNOWN) if labels else _UNKNOWN


def _by_first_elements(data: bytes) -> tuple[str, bool]:
    """Tells DER containers apart by the tags of the first two elements of the outer SEQUENCE."""
    first = _content(data, 0)
    if first is None or first >= len(data):
        return _UNKNOWN
    second = _end(data, first)
    if second is None or second >= len(data):
        return _UNKNOWN
    match data[first], data[second]:
        case (0x30, 0x04):
            return ("PKCS#8", True)
        case (0x30, 0x03):
            return ("SPKI", False)
        case (0x02, 0x30):
            return ("PKCS#8", False)
        case (0x02, 0x04):
            return ("SEC1", False)
        case (0x02, 0x02):
            return ("PKCS#1", False)
    return _UNKNOWN


def _header(data: bytes, at: int) -> tuple[int, int] | None:
    """Where the content of the element at ``at`` starts and ends."""
    if at + 2 > len(data):
        return None
    length = data[at + 1]
    if length < 0x80:
        return at + 2, at + 2 + length
    start = at + 2 + (length & 0x7F)
    return start, start + int.from_bytes(data[at + 2 : start], "big")


def _content(data: bytes, at: int) -> int | None:
    found = _header(data, at)
    return None if found is None else found[0]


def _end(data: bytes, at: int) -> int | None:
    found = _header(data, at)
    return None if found is None else found[1]
