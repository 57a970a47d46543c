"""Encodings: bytes and text to structure and back, strict and bounded.

The lowest layer of the reference. This file holds what all its readers need: taking an argument of
any Python type as bytes or text, and showing a piece of foreign input in a message.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeAlias, TypeGuard, cast

from countermark.errors import ArgumentTypeError, ArgumentValueError, LimitExceeded

BytesLike: TypeAlias = bytes | bytearray | memoryview
"""What is taken where bytes are due."""

_SHOWN: Final = 32
"""At most this many characters of foreign input stand in a message."""


def shown(text: str) -> str:
    """Returns the beginning of ``text`` as printable ASCII of at most 32 characters."""
    out = ""
    for character in text[: _SHOWN + 1]:
        piece = _escaped(character)
        if len(out) + len(piece) > _SHOWN:
            while len(out) > _SHOWN - 3:
                out = out[:-1]
            return out + "..."
        out += piece
    return out


def _escaped(character: str) -> str:
    if " " <= character <= "~" and character not in "\\\"'":
        return character
    return ascii(character)[1:-1] if character not in "\"'" else "\\" + character


def is_text(value: object) -> TypeGuard[str]:
    """Whether this is a str, whatever its ``__class__`` says."""
    return issubclass(type(value), str)


def is_bytes(value: object) -> TypeGuard[BytesLike]:
    """Whether this is bytes, bytearray or memoryview, whatever its ``__class__`` says."""
    return issubclass(type(value), BytesLike)


def _view_size(value: BytesLike, name: str) -> int:
    try:
        return memoryview(value).nbytes
    except ValueError:
        raise ArgumentValueError(
            f"{name} is a released memoryview", code="argument.value"
        ) from None


def bytes_argument(value: object, name: str, limit: int | None = None) -> bytes:
    """Takes bytes, bytearray or memoryview as a private copy; anything else is ``argument.type``.

    Raises:
        LimitExceeded: ``limit.size``, decided before the copy is made.
    """
    if is_text(value):
        raise ArgumentTypeError(
            f"{name} must be bytes, not str; write {name}.encode() if it is text",
            code="argument.type",
        )
    if not is_bytes(value):
        raise ArgumentTypeError(
            f"{name} must be bytes, bytearray or memoryview, not {shown(type(value).__name__)}",
            code="argument.type",
        )
    check_size(_view_size(value, name), name, limit)
    return memoryview(value).tobytes()


def text_argument(value: object, name: str) -> str:
    """Takes a str (a subclass is copied to a plain one); anything else is ``argument.type``."""
    if not is_text(value):
        raise ArgumentTypeError(
            f"{name} must be str, not {shown(type(value).__name__)}", code="argument.type"
        )
    return str.__str__(value)


def text_or_bytes_argument(value: object, name: str, limit: int | None = None) -> bytes:
    """Takes text as str (encoded as UTF-8, lone surrogates passed on) or as bytes-like.

    What a lone surrogate means is for the reader of the format: its bytes are not valid UTF-8.
    """
    if not is_text(value):
        if is_bytes(value):
            return bytes_argument(value, name, limit)
        raise ArgumentTypeError(
            f"{name} must be str or bytes, not {shown(type(value).__name__)}",
            code="argument.type",
        )
    text = str.__str__(value)
    check_size(len(text), name, limit)
    data = text.encode("utf-8", "surrogatepass")
    check_size(len(data), name, limit)
    return data


def flag_argument(value: object, name: str) -> bool:
    """Takes a bool; anything else, numbers included, is ``argument.type``."""
    if value is not True and value is not False:
        raise ArgumentTypeError(
            f"{name} must be bool, not {shown(type(value).__name__)}", code="argument.type"
        )
    return value


MAX_ENTRIES: Final = 1024
"""Entries of a foreign mapping; its iterator need not end by itself."""


def mapping_entries(
    mapping: Mapping[Any, object], limit: int = MAX_ENTRIES
) -> list[tuple[object, object]] | None:
    """The pairs of a foreign mapping, or None if what it gives are no pairs.

    Raises:
        LimitExceeded: ``limit.count``.
    """
    try:
        entries = iter(mapping.items())
    except (AttributeError, TypeError):
        return None
    found: list[tuple[object, object]] = []
    for entry in entries:
        if len(found) == limit:
            raise LimitExceeded(f"a mapping has more than {limit} members", code="limit.count")
        if not issubclass(type(entry), tuple) or tuple.__len__(entry) != 2:
            return None
        found.append((tuple.__getitem__(entry, 0), tuple.__getitem__(entry, 1)))
    return found


def is_sequence(value: object) -> bool:
    """Whether this is a list or tuple, whatever its ``__class__`` says."""
    return issubclass(type(value), list | tuple)


def sequence_items(value: object) -> list[object]:
    """What a list or tuple holds, whatever its iterator says."""
    if issubclass(type(value), tuple):
        return [*tuple.__getitem__(cast("tuple[object, ...]", value), slice(None))]
    return list.copy(cast("list[object]", value))


def check_size(size: int, name: str, limit: int | None) -> None:
    """Refuses a size over ``limit`` with ``limit.size``."""
    if limit is not None and size > limit:
        raise LimitExceeded(
            f"{name} is {size} bytes long, more than {limit}", code="limit.size", field=name
        )
