"""The values of certificate extensions in words; what is not understood is shown as bytes.

The library has read and judged the certificate; this only shows what it left as bytes.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Final

from countermark.cli.names import (
    ATTRIBUTES,
    EXTENSIONS,
    KEY_USAGES,
    PURPOSES,
    SECURITY_LEVELS,
    TRANSPORTS,
)
from countermark.cli.tree import Item, Value, named

_INTEGER, _BITS, _OCTETS, _OID = 0x02, 0x03, 0x04, 0x06
_ENUMERATED, _SEQUENCE, _SET = 0x0A, 0x30, 0x31

Element = tuple[int, bytes]


class _Unexpected(Exception):
    """The value is not what its identifier promises."""


def extension_item(oid: str, critical: bool, value: bytes) -> Item:
    """One extension with its name."""
    name = EXTENSIONS.get(oid)
    said = [oid] if name is not None else []
    said += ["critical"] if critical else []
    title = (name or oid) + (f" ({', '.join(said)})" if said else "")
    about = {"oid": oid, "name": name, "critical": critical, "der": value.hex()}
    return Item(title, about, _described(oid, value))


def key_algorithm_of(spki: bytes) -> str | None:
    """The object identifier of a public key's algorithm."""
    try:
        algorithm = _sequence(spki)[0]
        return _oid(_elements(_content(algorithm, _SEQUENCE))[0])
    except (_Unexpected, IndexError):
        return None


def _described(oid: str, value: bytes) -> Value:
    reader = _READERS.get(oid)
    if reader is None:
        return value
    try:
        return reader(value)
    except (_Unexpected, IndexError, ValueError):
        return value


# --- The least of DER that the readers below need. ---


def _elements(data: bytes) -> list[Element]:
    found: list[Element] = []
    at = 0
    while at < len(data):
        if at + 2 > len(data) or data[at] & 0x1F == 0x1F:
            raise _Unexpected
        tag, length, start = data[at], data[at + 1], at + 2
        if length >= 0x80:
            count = length & 0x7F
            length = int.from_bytes(data[start : start + count], "big")
            start += count
        at = start + length
        if at > len(data):
            raise _Unexpected
        found.append((tag, data[start:at]))
    return found


def _one(data: bytes) -> Element:
    found = _elements(data)
    if len(found) != 1:
        raise _Unexpected
    return found[0]


def _content(element: Element, tag: int) -> bytes:
    if element[0] != tag:
        raise _Unexpected
    return element[1]


def _sequence(data: bytes) -> list[Element]:
    return _elements(_content(_one(data), _SEQUENCE))


def _oid(element: Element) -> str:
    content = _content(element, _OID)
    arcs, value = [], 0
    for octet in content:
        value = value << 7 | octet & 0x7F
        if not octet & 0x80:
            arcs.append(value)
            value = 0
    if not arcs or content[-1] & 0x80:
        raise _Unexpected
    first = min(arcs[0] // 40, 2)
    return ".".join(map(str, [first, arcs[0] - 40 * first, *arcs[1:]]))


def _bits(content: bytes, names: tuple[str, ...]) -> list[str]:
    octets = content[1:]
    count = len(octets) * 8 - content[0]
    set_bits = [at for at in range(count) if octets[at // 8] & 0x80 >> at % 8]
    return [names[at] if at < len(names) else f"bit {at}" for at in set_bits]


# --- One reader for each extension that is shown in words. ---


def _basic_constraints(value: bytes) -> Value:
    ca, length = False, None
    for tag, content in _sequence(value):
        match tag:
            case 0x01:
                ca = content != b"\x00"
            case 0x02:
                length = int.from_bytes(content, "big")
            case _:
                raise _Unexpected
    return {"cA": ca, "pathLenConstraint": length}


def _key_usage(value: bytes) -> Value:
    return _words(_bits(_content(_one(value), _BITS), KEY_USAGES))


def _transports(value: bytes) -> Value:
    return _words(_bits(_content(_one(value), _BITS), TRANSPORTS))


def _words(words: list[str]) -> Value:
    return ", ".join(words) or "none"


def _purposes(value: bytes) -> Value:
    found = [_oid(one) for one in _sequence(value)]
    return [Item("purpose", {}, named(oid, PURPOSES.get(oid))) for oid in found]


def _policies(value: bytes) -> Value:
    found = [_oid(_elements(_content(one, _SEQUENCE))[0]) for one in _sequence(value)]
    return [Item("policy", {}, oid) for oid in found]


def _octets(value: bytes) -> Value:
    return _content(_one(value), _OCTETS)


def _authority_key(value: bytes) -> Value:
    found = _sequence(value)
    names = {0x80: "keyIdentifier", 0xA1: "authorityCertIssuer", 0x82: "authorityCertSerialNumber"}
    return {names[tag]: content for tag, content in found if tag in names}


def _aaguid(value: bytes) -> Value:
    return str(uuid.UUID(bytes=_content(_one(value), _OCTETS)))


def _firmware(value: bytes) -> Value:
    return ".".join(map(str, _content(_one(value), _OCTETS)))


def _device_type(value: bytes) -> Value:
    return value.decode("ascii")


def _alternative_names(value: bytes) -> Value:
    names = {0x81: "rfc822Name", 0x82: "dNSName", 0x86: "uniformResourceIdentifier"}
    items: list[Value] = []
    for tag, content in _sequence(value):
        if tag in names:
            items.append(Item(names[tag], {"type": names[tag]}, content.decode("ascii")))
        elif tag == 0xA4:
            about = {"type": "directoryName"}
            items.append(Item("directoryName", about, _directory_name(content)))
        else:
            items.append(Item(f"[{tag & 0x1F}]", {"type": tag & 0x1F}, content))
    return items


def _directory_name(data: bytes) -> Value:
    found: list[Value] = []
    for relative in _sequence(data):
        for attribute in _elements(_content(relative, _SET)):
            kind, (tag, text) = _elements(_content(attribute, _SEQUENCE))
            oid = _oid(kind)
            said: Value = text.decode("utf-8") if tag in (0x0C, 0x13, 0x16) else text
            found.append(Item(ATTRIBUTES.get(oid, oid), {"oid": oid}, said))
    return found


def _apple_nonce(value: bytes) -> Value:
    tag, content = _one(_content(_one(value), _SEQUENCE))
    if tag != 0xA1:
        raise _Unexpected
    return {"nonce": _content(_one(content), _OCTETS)}


def _key_description(value: bytes) -> Value:
    """The members of an Android key description in order; the two lists stay bytes."""
    version, level, keymaster, keymaster_level, challenge, unique, software, tee = _sequence(value)
    return {
        "attestationVersion": int.from_bytes(_content(version, _INTEGER), "big"),
        "attestationSecurityLevel": _level(level),
        "keyMintVersion": int.from_bytes(_content(keymaster, _INTEGER), "big"),
        "keyMintSecurityLevel": _level(keymaster_level),
        "attestationChallenge": _content(challenge, _OCTETS),
        "uniqueId": _content(unique, _OCTETS),
        "softwareEnforced": _content(software, _SEQUENCE),
        "hardwareEnforced": _content(tee, _SEQUENCE),
    }


def _level(element: Element) -> Value:
    number = int.from_bytes(_content(element, _ENUMERATED), "big")
    return named(number, SECURITY_LEVELS.get(number))


_READERS: Final[dict[str, Callable[[bytes], Value]]] = {
    "2.5.29.14": _octets,
    "2.5.29.15": _key_usage,
    "2.5.29.17": _alternative_names,
    "2.5.29.19": _basic_constraints,
    "2.5.29.32": _policies,
    "2.5.29.35": _authority_key,
    "2.5.29.37": _purposes,
    "1.3.6.1.4.1.45724.1.1.4": _aaguid,
    "1.3.6.1.4.1.45724.2.1.1": _transports,
    "1.3.6.1.4.1.41482.2": _device_type,
    "1.3.6.1.4.1.41482.13.1": _firmware,
    "1.3.6.1.4.1.11129.2.1.17": _key_description,
    "1.2.840.113635.100.8.2": _apple_nonce,
}
