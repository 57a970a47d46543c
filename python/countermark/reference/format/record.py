"""Objects that came from elsewhere, as a mapping or as JSON text, and the questions the protocol asks of them.

Dfns protocol, attestation bodies, request objects. Request objects are strict: a member that is not known is
refused, an optional member is absent rather than ``null``, a string is not empty. What is wrong carries the code
of the object's format, never that of an argument.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from countermark.errors import ArgumentTypeError, MalformedInput
from countermark.reference.arguments import is_unicode
from countermark.reference.format import (
    bytes_argument,
    is_bytes,
    is_text,
    json,
    mapping_entries,
    shown,
    text_argument,
)

Source = Mapping[object, object] | bytes | str


def source_argument(value: object, name: str) -> Source:
    """A mapping or JSON text. Whatever is inside is data and is looked at later."""
    if is_text(value):
        return text_argument(value, name)
    if is_bytes(value):
        return bytes_argument(value, name)
    if isinstance(value, Mapping):
        return value
    raise ArgumentTypeError(f"{name} must be a mapping or JSON text", code="argument.type")


def top_members(
    source: Source, format_: str, known: Collection[str] | None = None
) -> dict[str, object]:
    """The members of the outermost object, which may hold the known ones only, if any are named."""
    if isinstance(source, str | bytes):
        found = _json_members(source)
    else:
        found = _mapping_members(source, format_, known)
    return _only_known(found, format_, known)


def nested_members(
    value: object, name: str, format_: str, known: Collection[str] | None = None
) -> dict[str, object]:
    """The members of an object inside another one; read by the same rules as the outermost."""
    if isinstance(value, json.Raw) and value.is_object:
        found = _json_members(value.data)
    elif isinstance(value, Mapping):
        found = _mapping_members(value, format_, known)
    else:
        raise malformed(format_, "type", "is not an object", name)
    return _only_known(found, format_, known)


def _json_members(text: str | bytes) -> dict[str, object]:
    return {name: member.value for name, member in json.read_object(text).items()}


def _mapping_members(
    mapping: Mapping[object, object], format_: str, known: Collection[str] | None
) -> dict[str, object]:
    entries = mapping_entries(mapping)
    if entries is None:
        raise malformed(format_, "type", "is not a mapping of names to values")
    found: dict[str, object] = {}
    for name, value in entries:
        if not is_text(name) or not is_unicode(str.__str__(name)):
            raise malformed(format_, "type", "has a name that is not a string")
        plain = str.__str__(name)
        if known is not None and plain not in known:
            raise malformed(format_, "unknown", "is not a known member", plain)
        found[plain] = value
    return found


def _only_known(
    found: dict[str, object], format_: str, known: Collection[str] | None
) -> dict[str, object]:
    for name in found:
        if known is not None and name not in known:
            raise malformed(format_, "unknown", "is not a known member", name)
    return found


def malformed(format_: str, what: str, reason: str, field: str | None = None) -> MalformedInput:
    subject = format_ if field is None else f"{format_} member '{shown(field)}'"
    return MalformedInput(f"{subject} {reason}", code=f"{format_}.{what}", field=field)


def required(found: Mapping[str, object], name: str, format_: str) -> object:
    if name not in found:
        raise malformed(format_, "missing", "is missing", name)
    return found[name]


def member_text(value: object, name: str, format_: str) -> str:
    """A value that is a string; text that is no Unicode counts as another type."""
    if not is_text(value):
        raise malformed(format_, "type", "is not a string", name)
    plain = str.__str__(value)
    if not is_unicode(plain):
        raise malformed(format_, "type", "holds a lone surrogate", name)
    return plain


def required_text(found: Mapping[str, object], name: str, format_: str) -> str:
    """A required member that is a non-empty string."""
    value = member_text(required(found, name, format_), name, format_)
    if not value:
        raise malformed(format_, "value", "is empty", name)
    return value


def permitted_text(found: Mapping[str, object], name: str, format_: str) -> str | None:
    """An optional member that is a non-empty string; ``null`` is not the same as absent."""
    return required_text(found, name, format_) if name in found else None
