"""What a command was given: the bytes themselves or text that stands for them, told apart and named.

Attestation objects and COSE keys are CBOR maps. Their first byte is no character of ASCII, in hex
they start with ``a`` or ``b`` and in base64 with ``o`` to ``v``, so that nothing is guessed for them.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Final

from countermark.cli.outcome import usage
from countermark.cli.strict_json import read_object
from countermark.cli.terminal import printable, read_file, read_input
from countermark.errors import MalformedInput

FORMS: Final = ("raw", "hex", "base64url", "base64")

_SPACE: Final = b" \t\r\n"
_TEXT: Final = re.compile(rb"[\t\n\r -~]+")
_HEX: Final = re.compile(rb"[0-9A-Fa-f]*")
_NOT_HEX: Final = re.compile(rb"[^0-9A-Fa-f \t\r\n]")
_NOT_URL: Final = re.compile(rb"[^A-Za-z0-9_\-= \t\r\n]")
_NOT_STANDARD: Final = re.compile(rb"[^A-Za-z0-9+/= \t\r\n]")


@dataclass(frozen=True, slots=True)
class Given:
    """Bytes, and how they were written."""

    form: str
    data: bytes


@dataclass(frozen=True, slots=True)
class GivenRegistration:
    """An attestation object, and the client data where it came in a response."""

    form: str
    attestation_object: bytes
    client_data: bytes | None
    credential_id: str | None


def read_given(path: str) -> bytes:
    """The content of a file; ``-`` is standard input."""
    return read_input() if path == "-" else read_file(path)


def looks_like_json(data: bytes) -> bool:
    """Whether it is a JSON object, or would be one without its byte order mark."""
    return data.lstrip(_SPACE)[:1] == b"{" or data.startswith(b"\xef\xbb\xbf")


def form_of(data: bytes) -> str:
    """How bytes are written: text of hex digits is hex, other text base64, all else the bytes themselves."""
    if _TEXT.fullmatch(data) is None or not data.strip(_SPACE):
        return "raw"
    if _HEX.fullmatch(_unspaced(data)):
        return "hex"
    standard = re.search(rb"[+/=]", data) is not None and re.search(rb"[-_]", data) is None
    return "base64" if standard else "base64url"


def decoded(data: bytes, form: str | None = None) -> Given:
    """The bytes that are meant, in this form or the one they are in."""
    found = form_of(data) if form is None else form
    match found:
        case "raw":
            return Given(found, data)
        case "hex":
            return Given(found, _from_hex(data))
        case _:
            return Given(found, _from_base64(data, url=found == "base64url"))


def registration_of(data: bytes, member: str | None) -> GivenRegistration:
    """The attestation object in whatever was given."""
    if not looks_like_json(data):
        if member is not None:
            raise usage("--member is for JSON")
        found = decoded(data)
        return GivenRegistration(found.form, found.data, None, None)
    response = read_object(data)
    if member is not None:
        response = object_member(response, member)
    if "credentialInfo" in response:
        inner = object_member(response, "credentialInfo")
        names = ("JSON of a Dfns credential", "attestationData", "clientData", inner.get("credId"))
    elif "response" in response:
        inner = object_member(response, "response")
        names = ("JSON of a browser", "attestationObject", "clientDataJSON", response.get("id"))
    else:
        raise MalformedInput(
            "the JSON is no registration: it has neither response nor credentialInfo (see --member)",
            code="response.missing",
            field="response",
        )
    form, attestation, client_data, credential_id = names
    return GivenRegistration(
        form,
        _bytes_member(inner, attestation),
        _bytes_member(inner, client_data),
        credential_id if isinstance(credential_id, str) else None,
    )


def object_member(members: dict[str, object], name: str) -> dict[str, object]:
    """A member that must be there and be an object."""
    shown = printable(name)[:64]
    if name not in members:
        raise MalformedInput(
            f'the JSON has no member "{shown}"', code="response.missing", field=shown
        )
    value = members[name]
    if not isinstance(value, dict):
        raise MalformedInput(
            f'the member "{shown}" is not an object', code="response.type", field=shown
        )
    return value


def _bytes_member(members: dict[str, object], name: str) -> bytes:
    if name not in members:
        raise MalformedInput(f"the response has no {name}", code="response.missing", field=name)
    value = members[name]
    if not isinstance(value, str):
        raise MalformedInput(f"{name} is not text", code="response.type", field=name)
    return _from_base64(value.encode("utf-8", "surrogatepass"), url=True, field=name)


def _unspaced(data: bytes) -> bytes:
    return data.translate(None, _SPACE)


def _from_hex(data: bytes) -> bytes:
    if wrong := _NOT_HEX.search(data):
        raise MalformedInput("a character is not hex", code="hex.alphabet", offset=wrong.start())
    digits = _unspaced(data)
    if len(digits) % 2:
        raise MalformedInput("the number of hex digits is odd", code="hex.length")
    return bytes.fromhex(digits.decode("ascii"))


def _from_base64(data: bytes, *, url: bool, field: str | None = None) -> bytes:
    """Base64 of either alphabet, with or without padding and line ends."""
    name = "base64url" if url else "base64"
    if wrong := (_NOT_URL if url else _NOT_STANDARD).search(data):
        raise MalformedInput(
            f"a character is not {name}",
            code="base64url.alphabet",
            offset=wrong.start(),
            field=field,
        )
    text = _unspaced(data)
    digits = text.rstrip(b"=")
    if b"=" in digits or (len(text) > len(digits) and len(text) % 4):
        raise MalformedInput(f"the padding of the {name} is wrong", code="base64url.padding")
    if len(digits) % 4 == 1:
        raise MalformedInput(f"the {name} is cut off", code="base64url.length", field=field)
    standard = digits.translate(bytes.maketrans(b"-_", b"+/"))
    found = b64decode(standard + b"=" * (-len(standard) % 4))
    if b64encode(found).rstrip(b"=") != standard:
        raise MalformedInput(
            f"bits are left over at the end of the {name}",
            code="base64url.trailing_bits",
            field=field,
        )
    return found
