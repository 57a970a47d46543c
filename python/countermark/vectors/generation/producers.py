"""The producers of client data, as the protocol's table has them: templates, and how each escapes a text.

This is the table once more, from the specification and not from the reference, so that the two can disagree.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import Final

HARD: Final = 'a"\\/\x01\b\f\t\n\r\x1f\x7f<>&\u2028\u00e9\U0001f600'
"""A text on which no two of the encoders agree."""

ESCAPED: Final = {
    "javascript": '"a\\"\\\\/\\u0001\\b\\f\\t\\n\\r\\u001f\x7f<>&\u2028\u00e9\U0001f600"',
    "python": '"a\\"\\\\/\\u0001\\b\\f\\t\\n\\r\\u001f\\u007f<>&\\u2028\\u00e9\\ud83d\\ude00"',
    "go": '"a\\"\\\\/\\u0001\\b\\f\\t\\n\\r\\u001f\x7f\\u003c\\u003e\\u0026\\u2028\u00e9\U0001f600"',
    "go before 1.22": (
        '"a\\"\\\\/\\u0001\\u0008\\u000c\\t\\n\\r\\u001f\x7f\\u003c\\u003e\\u0026\\u2028\u00e9\U0001f600"'
    ),
    "jackson": '"a\\"\\\\/\\u0001\\b\\f\\t\\n\\r\\u001F\x7f<>&\u2028\u00e9\\uD83D\\uDE00"',
}
"""That text as each encoder writes it."""

SORTED: Final = '{{"challenge":{c},"crossOrigin":{x},"origin":{o},"type":{t}}}'
SORTED_THREE: Final = '{{"challenge":{c},"crossOrigin":{x},"type":{t}}}'
SORTED_TWO: Final = '{{"challenge":{c},"type":{t}}}'
TYPE_FIRST: Final = '{{"type":{t},"challenge":{c},"origin":{o},"crossOrigin":{x}}}'
TYPE_FIRST_THREE: Final = '{{"type":{t},"challenge":{c},"crossOrigin":{x}}}'
TYPE_FIRST_TWO: Final = '{{"type":{t},"challenge":{c}}}'

GET: Final = "key.get"
CREATE: Final = "key.create"


@dataclass(frozen=True, slots=True)
class Producer:
    """One row of the table.

    Attributes:
        profile: its name here.
        about: who that is.
        templates: what it writes, by type.
        encoder: a name of `ESCAPED`.
        carries_origin: whether there is a template place for it.
        bare: what it writes where no origin is given, by type; none where it must be given.
        again: whether it encodes the challenge once more.
        padded: whether it pads base64url.
    """

    profile: str
    about: str
    templates: dict[str, str]
    encoder: str = "javascript"
    carries_origin: bool = True
    bare: str | None = None
    again: bool = False
    padded: bool = False

    @property
    def carries_cross_origin(self) -> bool:
        """Whether there is a place for it."""
        return any("{x}" in template for template in self.templates.values())

    @property
    def type(self) -> str:
        """A type that it writes."""
        return next(iter(self.templates))

    def write(
        self, type: str, challenge: str, origin: str | None = None, cross: bool | None = None
    ) -> bytes:
        """What it writes; the texts are `HARD`, or such that no encoder escapes anything in them."""
        template = self.templates[type]
        if origin is None and self.carries_origin:
            template = self.bare or template
            if self.profile == "canonical" and cross is not None:
                template = SORTED_THREE
        sent = again(challenge) if self.again else challenge
        quoted = {text: f'"{text}"' for text in (type, sent, origin or "")}
        quoted[HARD] = ESCAPED[self.encoder]
        return template.format(
            t=quoted[type], c=quoted[sent], o=quoted[origin or ""], x=str(bool(cross)).lower()
        ).encode()


def again(challenge: str) -> str:
    """base64url of a text that is base64url already."""
    return base64.urlsafe_b64encode(challenge.encode()).decode().rstrip("=")


def _both(template: str) -> dict[str, str]:
    return {GET: template, CREATE: template}


PYTHON_BARE: Final = TYPE_FIRST.replace("{o}", '"https://app.dfns.io"')

PRODUCERS: Final = (
    Producer("canonical", "the documented form", _both(SORTED), bare=SORTED_TWO),
    Producer("docs-2024", "the form documented in 2024", _both(SORTED)),
    Producer("docs-unsorted", "other pages of the documentation", _both(TYPE_FIRST)),
    Producer(
        "ts-keysigner",
        "the TypeScript key signer since 0.4.0",
        {GET: TYPE_FIRST_TWO},
        carries_origin=False,
    ),
    Producer(
        "ts-keysigner-0.3",
        "the TypeScript key signer before 0.4.0",
        {GET: TYPE_FIRST},
        bare=TYPE_FIRST_THREE,
    ),
    Producer(
        "ts-browser",
        "the TypeScript browser key signer",
        _both(TYPE_FIRST_TWO),
        carries_origin=False,
    ),
    Producer(
        "ts-browser-2026",
        "the TypeScript browser signers of 2026",
        {GET: SORTED_TWO, CREATE: TYPE_FIRST_TWO},
        carries_origin=False,
    ),
    Producer(
        "ts-recovery-2024",
        "the TypeScript recovery key of 2024",
        {CREATE: TYPE_FIRST_TWO},
        carries_origin=False,
        again=True,
    ),
    Producer("nextjs-recovery", "the delegated recovery example", _both(TYPE_FIRST)),
    Producer(
        "nextjs-recovery-credential",
        "the new recovery credential of the same example",
        {CREATE: TYPE_FIRST},
        again=True,
    ),
    Producer("python", "the Python SDK", {GET: TYPE_FIRST}, "python", bare=PYTHON_BARE),
    Producer(
        "example-scripts", "the example scripts in Python", _both(SORTED), "python", padded=True
    ),
    Producer("go-v2", "the Go SDK, version 2", {GET: SORTED_THREE}, "go", carries_origin=False),
    Producer("go-v1", "the Go SDK, version 1", {GET: TYPE_FIRST_TWO}, "go", carries_origin=False),
    Producer("go-v1-2023", "the Go SDK of 2023", {GET: TYPE_FIRST}, "go before 1.22"),
    Producer("java", "the Java SDK", {GET: TYPE_FIRST_THREE}, "jackson", carries_origin=False),
    Producer("ion", "the ION identity client", _both(SORTED), padded=True),
    Producer(
        "dfns-api-gen",
        "a client in Rust by a third party",
        {GET: SORTED_TWO},
        carries_origin=False,
        padded=True,
    ),
)
"""Every row, in the order of the table."""

BY_PROFILE: Final = {producer.profile: producer for producer in PRODUCERS}


def drawn_challenge(octets: bytes) -> str:
    """A challenge as the API gives them out: base64url of octets."""
    return base64.urlsafe_b64encode(octets).decode().rstrip("=")


def fingerprint(client_data: bytes, pem: str) -> bytes:
    """What a new key signs, written out; the PEM text holds nothing but line ends that needs an escape."""
    digest = hashlib.sha256(client_data).hexdigest()
    escaped = pem.replace("\r", "\\r").replace("\n", "\\n")
    return f'{{"clientDataHash":"{digest}","publicKey":"{escaped}"}}'.encode()
