"""Test keys in every container, and ways to damage things."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode, urlsafe_b64decode
from functools import cache
from pathlib import Path
from typing import Any, Final

from hypothesis import strategies as st

_FILE: Final = Path(__file__).resolve().parents[2] / "vectors/dfns-sdk/keys.json"
_LABELS: Final = {
    "pkcs8Pem": "PRIVATE KEY",
    "sec1Pem": "EC PRIVATE KEY",
    "pkcs1Pem": "RSA PRIVATE KEY",
    "spkiPem": "PUBLIC KEY",
    "pkcs1PublicPem": "RSA PUBLIC KEY",
}


def pem(label: str, der: bytes, columns: int = 64, end: str = "\n") -> str:
    body = b64encode(der).decode()
    lines = [body[at : at + columns] for at in range(0, len(body), columns)]
    return end.join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""])


def unpem(text: str) -> bytes:
    return b64decode("".join(line for line in text.splitlines() if "-----" not in line))


@cache
def records() -> dict[str, dict[str, str]]:
    found = json.loads(_FILE.read_text("utf-8"))["records"]
    assert found, "no test keys"
    return {record["keyType"]: record for record in found}


SMALL: Final = ("ed25519", "ed448", "p256", "p384", "p521", "secp256k1", "rsa2048")
"""One key of each algorithm."""
DETERMINISTIC: Final = ("ed25519", "ed448", "secp256k1", "rsa2048")
HEDGED: Final = ("p256", "p384", "p521")
CURVES: Final = {"p256": "P-256", "p384": "P-384", "p521": "P-521", "secp256k1": "secp256k1"}


def private_containers() -> list[tuple[str, bytes]]:
    """Label and DER of every private key in every container it has."""
    return [
        (_LABELS[name], unpem(records()[kind][name]))
        for kind in SMALL
        for name in ("pkcs8Pem", "sec1Pem", "pkcs1Pem")
        if name in records()[kind]
    ]


def public_containers() -> list[tuple[str, bytes]]:
    return [
        (_LABELS[name], unpem(records()[kind][name]))
        for kind in SMALL
        for name in ("spkiPem", "pkcs1PublicPem")
        if name in records()[kind]
    ]


@cache
def private_key(door: Any, kind: str) -> Any:
    return door.PrivateKey.from_pem(records()[kind]["pkcs8Pem"])


@cache
def public_key(door: Any, kind: str) -> Any:
    return door.PublicKey.from_pem(records()[kind]["spkiPem"])


def b64u_decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@st.composite
def damaged(draw: st.DrawFn, source: st.SearchStrategy[bytes], most: int = 3) -> bytes:
    """Bytes with a few places changed, left out, repeated or cut off."""
    data = bytearray(draw(source))
    for _ in range(draw(st.integers(1, most))):
        at = draw(st.integers(0, max(0, len(data) - 1)))
        match draw(st.sampled_from(("set", "flip", "insert", "delete", "cut", "repeat"))):
            case "set" if data:
                data[at] = draw(st.sampled_from((0, 1, 2, 0x30, 0x7F, 0x80, 0x81, 0xFF)))
            case "flip" if data:
                data[at] ^= 1 << draw(st.integers(0, 7))
            case "insert":
                data[at:at] = draw(st.binary(min_size=1, max_size=3))
            case "delete":
                del data[at : at + draw(st.integers(1, 4))]
            case "cut":
                del data[at:]
            case "repeat":
                data[at:at] = data[at : at + draw(st.integers(1, 40))]
            case _:
                pass
    return bytes(data)


@st.composite
def damaged_text(draw: st.DrawFn, source: st.SearchStrategy[str], noise: str) -> str:
    """Text with a few characters changed, left out or put in."""
    text = draw(source)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(text)))
        until = at + draw(st.integers(0, 3))
        text = text[:at] + draw(st.text(st.sampled_from(noise), max_size=3)) + text[until:]
    return text


# --- DER as a tree, so that one element can be changed and every length around it still be right ---

Element = tuple[int, "bytes | list[Element]"]

_CONSTRUCTED: Final = (0x30, 0xA0, 0xA1)
_WRAPPERS: Final = (0x04, 0x03)


def der_tree(data: bytes) -> list[Element] | None:
    """The elements of well-formed DER of short or long form, or None."""
    elements: list[Element] = []
    at = 0
    while at < len(data):
        if at + 2 > len(data):
            return None
        tag, length, at = data[at], data[at + 1], at + 2
        if length >= 0x80:
            count = length & 0x7F
            length, at = int.from_bytes(data[at : at + count], "big"), at + count
            if not 0 < count <= 4:
                return None
        content = data[at : at + length]
        if len(content) != length:
            return None
        at += length
        inner = der_tree(content) if tag in _CONSTRUCTED else None
        elements.append((tag, content if inner is None else inner))
    return elements


def inside(der: bytes) -> list[Element]:
    """The elements of the outermost SEQUENCE of DER that is right."""
    elements = der_tree(der)
    assert elements is not None
    content = elements[0][1]
    assert isinstance(content, list)
    return content


def der_bytes(elements: list[Element]) -> bytes:
    out = b""
    for tag, content in elements:
        body = content if isinstance(content, bytes) else der_bytes(content)
        out += bytes([tag]) + der_length(len(body)) + body
    return out


def der_length(size: int) -> bytes:
    if size < 0x80:
        return bytes([size])
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(octets)]) + octets


@st.composite
def restructured(draw: st.DrawFn, source: st.SearchStrategy[bytes]) -> bytes:
    """Well-formed DER in which one element is another, twice there, gone, or has other content."""
    elements = der_tree(draw(source))
    assert elements is not None
    return der_bytes(_restructured(draw, elements))


def _restructured(draw: st.DrawFn, elements: list[Element]) -> list[Element]:
    at = draw(st.integers(0, len(elements) - 1)) if elements else 0
    tag, content = elements[at] if elements else (0x05, b"")
    if isinstance(content, list) and draw(st.integers(0, 4)):
        changed: list[Element] = [(tag, _restructured(draw, content))]
        return elements[:at] + changed + elements[at + 1 :]
    if isinstance(content, bytes) and tag in _WRAPPERS and draw(st.booleans()):
        prefix = content[:1] if tag == 0x03 else b""
        inner = der_tree(content[len(prefix) :])
        if inner:
            changed = [(tag, prefix + der_bytes(_restructured(draw, inner)))]
            return elements[:at] + changed + elements[at + 1 :]
    flat = content if isinstance(content, bytes) else der_bytes(content)
    match draw(st.sampled_from(("tag", "content", "delete", "repeat", "insert", "swap"))):
        case "tag":
            changed = [(draw(st.sampled_from(_TAGS)), flat)]
        case "content":
            changed = [(tag, draw(damaged(st.just(flat), 1) | _contents(tag, flat)))]
        case "delete":
            changed = []
        case "repeat":
            changed = [(tag, flat), (tag, flat)]
        case "insert":
            changed = [draw(_ELEMENTS), (tag, flat)]
        case _:
            return elements[::-1]
    return elements[:at] + changed + elements[at + 1 :]


_TAGS: Final = (0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0C, 0x30, 0x31, 0x80, 0x81, 0xA0, 0xA1, 0x1F)
_ELEMENTS: Final = st.sampled_from(
    (
        *((0x05, b""), (0x02, b"\x00"), (0x02, b"\x01"), (0x02, b"\x02"), (0x04, b"")),
        *((0x30, b""), (0xA0, b"\x30\x00"), (0xA1, b"\x03\x01\x00"), (0x81, b"\x00\x04")),
        (0x06, bytes.fromhex("2a8648ce3d030107")),
    )
)
_OIDS: Final = (
    *("2a8648ce3d0201", "2a8648ce3d030107", "2b81040022", "2b81040023", "2b8104000a"),
    *("2b6570", "2b6571", "2b656e", "2a864886f70d010101", "2a864886f70d01010a", "2a8648ce380401"),
    *("2b81040021", "80", "2a80", ""),
)


def _contents(tag: int, flat: bytes) -> st.SearchStrategy[bytes]:
    """Other contents that are right for the tag, or nearly."""
    if tag == 0x06:
        return st.sampled_from([bytes.fromhex(oid) for oid in _OIDS])
    if tag == 0x02:
        value = int.from_bytes(flat, "big")
        near = [0, 1, 2, 3, 65537, value + 1, value + 2, max(0, value - 1), value * 2, value // 2]
        minimal = [n.to_bytes(n.bit_length() // 8 + 1, "big") for n in near]
        return st.sampled_from([*minimal, b"", b"\x00" + flat, b"\xff", b"\x80" + flat])
    return st.sampled_from(
        [b"", b"\x00", flat[:-1], flat + b"\x00", b"\x00" * len(flat), flat[::-1]]
    )
