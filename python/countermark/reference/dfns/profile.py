"""Client data profiles: which producer writes which bytes.

Dfns protocol, encodings (how the producers' JSON encoders differ) and client data (who emits what). A profile
is one row of the second table: the order of the members, which of them are there, and the encoder of the first
table that escapes the strings. Nothing here reads anything; `client_data` does.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

Escape = Callable[[str], str]

# --- Dfns protocol, encodings: one escaper for each column of the table. Text never holds a lone surrogate. ---

_SHORT: Final = {"\b": r"\b", "\t": r"\t", "\n": r"\n", "\f": r"\f", "\r": r"\r"}
_QUOTED: Final = {'"': r"\"", "\\": r"\\"}


def _lower(character: str) -> str:
    return f"\\u{ord(character):04x}"


def escape_js(text: str) -> str:
    """``JSON.stringify``: the two quoted characters and U+0000 to U+001F; all else is raw."""
    table = _SHORT | _QUOTED
    return re.sub(r'[\x00-\x1f"\\]', lambda found: table.get(found[0]) or _lower(found[0]), text)


def escape_python(text: str) -> str:
    """Python's ``json.dumps`` with ``ensure_ascii``: everything but printable ASCII, as UTF-16 code units."""
    table = _SHORT | _QUOTED

    def written(found: re.Match[str]) -> str:
        character = found[0]
        point = ord(character)
        if character in table:
            return table[character]
        if point < 0x10000:
            return _lower(character)
        high, low = divmod(point - 0x10000, 0x400)
        return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"

    return re.sub(r'[^ -~]|["\\]', written, text)


def escape_go(text: str) -> str:
    """Go's ``encoding/json`` since 1.22: as JavaScript, and ``<``, ``>``, ``&``, U+2028, U+2029 escaped."""
    table = _SHORT | _QUOTED
    return re.sub(
        r'[\x00-\x1f"\\<>&\u2028\u2029]',
        lambda found: table.get(found[0]) or _lower(found[0]),
        text,
    )


def escape_go_before_1_22(text: str) -> str:
    """Go before 1.22: the same, with U+0008 and U+000C in the long form."""
    table = {"\t": r"\t", "\n": r"\n", "\r": r"\r"} | _QUOTED
    return re.sub(
        r'[\x00-\x1f"\\<>&\u2028\u2029]',
        lambda found: table.get(found[0]) or _lower(found[0]),
        text,
    )


def escape_jackson(text: str) -> str:
    """Jackson 2, to bytes: as JavaScript, the long form in upper case, and so all beyond U+FFFF, in two halves."""
    table = _SHORT | _QUOTED

    def written(found: re.Match[str]) -> str:
        units = found[0].encode("utf-16-be").hex("-", 2).upper().split("-")
        return table.get(found[0]) or "".join(f"\\u{unit}" for unit in units)

    return re.sub(r'[\x00-\x1f"\\\U00010000-\U0010ffff]', written, text)


# --- Dfns protocol, client data: who emits what. ---


class ClientDataProfile(StrEnum):
    """The names of the profiles, in the order of the table."""

    CANONICAL = "canonical"
    DOCS_2024 = "docs-2024"
    DOCS_UNSORTED = "docs-unsorted"
    TS_KEYSIGNER = "ts-keysigner"
    TS_KEYSIGNER_0_3 = "ts-keysigner-0.3"
    TS_BROWSER = "ts-browser"
    TS_BROWSER_2026 = "ts-browser-2026"
    TS_RECOVERY_2024 = "ts-recovery-2024"
    NEXTJS_RECOVERY = "nextjs-recovery"
    NEXTJS_RECOVERY_CREDENTIAL = "nextjs-recovery-credential"
    PYTHON = "python"
    EXAMPLE_SCRIPTS = "example-scripts"
    GO_V2 = "go-v2"
    GO_V1 = "go-v1"
    GO_V1_2023 = "go-v1-2023"
    JAVA = "java"
    ION = "ion"
    DFNS_API_GEN = "dfns-api-gen"


class Origin(StrEnum):
    """What a profile does with the member ``origin``."""

    ABSENT = "absent"
    OPTIONAL = "optional"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table.

    ``get`` and ``create`` are the members in their order for ``key.get`` and ``key.create``, or None where the
    producer never writes that type. ``default_origin`` stands in where the caller gives none. ``padded`` says
    that the producer's base64url carries ``=``. ``encoded_again`` says that the challenge is base64url-encoded
    once more. ``cross_origin_optional`` says that ``crossOrigin`` is left out unless it or ``origin`` is given;
    in every other profile that carries it, it defaults to false.
    """

    profile: ClientDataProfile
    get: tuple[str, ...] | None
    create: tuple[str, ...] | None
    escape: Escape = escape_js
    origin: Origin = Origin.ABSENT
    default_origin: str | None = None
    padded: bool = False
    encoded_again: bool = False
    cross_origin_optional: bool = False

    @property
    def carries_cross_origin(self) -> bool:
        return "crossOrigin" in (self.get or self.create or ())

    @property
    def carries_origin(self) -> bool:
        return self.origin is not Origin.ABSENT

    def members(self, type: str) -> tuple[str, ...] | None:
        return self.get if type == "key.get" else self.create


_SORTED = ("challenge", "crossOrigin", "origin", "type")
_SORTED_TWO = ("challenge", "type")
_TYPE_FIRST = ("type", "challenge", "origin", "crossOrigin")
_TYPE_FIRST_TWO = ("type", "challenge")

_P = ClientDataProfile
TABLE: Final[tuple[Row, ...]] = (
    Row(_P.CANONICAL, _SORTED, _SORTED, origin=Origin.OPTIONAL, cross_origin_optional=True),
    Row(_P.DOCS_2024, _SORTED, _SORTED, origin=Origin.REQUIRED),
    Row(_P.DOCS_UNSORTED, _TYPE_FIRST, _TYPE_FIRST, origin=Origin.REQUIRED),
    Row(_P.TS_KEYSIGNER, _TYPE_FIRST_TWO, None),
    Row(_P.TS_KEYSIGNER_0_3, _TYPE_FIRST, None, origin=Origin.OPTIONAL),
    Row(_P.TS_BROWSER, _TYPE_FIRST_TWO, _TYPE_FIRST_TWO),
    Row(_P.TS_BROWSER_2026, _SORTED_TWO, _TYPE_FIRST_TWO),
    Row(_P.TS_RECOVERY_2024, None, _TYPE_FIRST_TWO, encoded_again=True),
    Row(_P.NEXTJS_RECOVERY, _TYPE_FIRST, _TYPE_FIRST, origin=Origin.REQUIRED),
    Row(
        _P.NEXTJS_RECOVERY_CREDENTIAL,
        None,
        _TYPE_FIRST,
        origin=Origin.REQUIRED,
        encoded_again=True,
    ),
    Row(
        _P.PYTHON,
        _TYPE_FIRST,
        None,
        escape_python,
        origin=Origin.OPTIONAL,
        default_origin="https://app.dfns.io",
    ),
    Row(
        _P.EXAMPLE_SCRIPTS,
        _SORTED,
        _SORTED,
        escape_python,
        origin=Origin.REQUIRED,
        padded=True,
    ),
    Row(_P.GO_V2, ("challenge", "crossOrigin", "type"), None, escape_go),
    Row(_P.GO_V1, _TYPE_FIRST_TWO, None, escape_go),
    Row(_P.GO_V1_2023, _TYPE_FIRST, None, escape_go_before_1_22, origin=Origin.REQUIRED),
    Row(_P.JAVA, ("type", "challenge", "crossOrigin"), None, escape_jackson),
    Row(_P.ION, _SORTED, _SORTED, origin=Origin.REQUIRED, padded=True),
    Row(_P.DFNS_API_GEN, _SORTED_TWO, None, padded=True),
)

BY_NAME: Final[dict[str, Row]] = {row.profile.value: row for row in TABLE}

__all__ = [
    "BY_NAME",
    "TABLE",
    "ClientDataProfile",
    "Escape",
    "Origin",
    "Row",
    "escape_go",
    "escape_go_before_1_22",
    "escape_jackson",
    "escape_js",
    "escape_python",
]
