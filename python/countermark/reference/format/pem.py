"""PEM, RFC 7468, for keys, one block a text, and for certificates.

The checks stand in the order in which they are made: size, foreign bytes, boundaries that are not
at the start of their line, absence of a block, unbalanced boundaries, several blocks, headers of
the older RFC 1421, and the body, which must be the canonical padded base64 of RFC 4648 section 4.
Lines may have any length and any of the three line ends, unlike RFC 7468 section 3: producers
differ.
"""

from __future__ import annotations

import re
from binascii import a2b_base64, b2a_base64
from typing import Final, NamedTuple

from countermark.errors import LimitExceeded, MalformedInput, UnsupportedAlgorithm
from countermark.reference.format import shown, text_or_bytes_argument

MAX_TEXT: Final = 128 * 1024
"""The longest text that is read, in bytes."""

MAX_BUNDLE: Final = 16 * 1024 * 1024
"""The longest text of many certificates that is read, in bytes."""

MAX_CERTIFICATES: Final = 4096

PRIVATE_LABELS: Final = frozenset(
    ("PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY")
)
PUBLIC_LABELS: Final = frozenset(("PUBLIC KEY", "RSA PUBLIC KEY"))

_COLUMNS: Final = 64

_LINE_END: Final = re.compile(r"\r\n|\r|\n")
_LABEL_CHARACTERS: Final = r"[\x21-\x2c\x2e-\x7e]+(?:[- ][\x21-\x2c\x2e-\x7e]+)*"
_BEGIN_LINE: Final = re.compile(rf"-----BEGIN ({_LABEL_CHARACTERS})-----")
_BASE64: Final = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_FOREIGN: Final = ("ssh-", "ecdsa-", "PuTTY-User-Key-File")


class Pem(NamedTuple):
    """What a text holds.

    Attributes:
        label: the label of the block.
        der: its decoded body.
        ec_parameters: the body of the block that OpenSSL writes before an EC key, or None.
    """

    label: str
    der: bytes
    ec_parameters: bytes | None


class _Block(NamedTuple):
    label: str
    lines: list[str]


def decode(text: object) -> tuple[str, bytes]:
    """Returns the label and the decoded body of the one block in ``text``, a str or bytes-like.

    Raises:
        MalformedInput: ``pem.junk``, ``.label``, ``.missing``, ``.multiple`` or ``.base64``.
        UnsupportedAlgorithm: ``algorithm.format`` or ``algorithm.legacy_encryption``.
        LimitExceeded: ``limit.size``.
    """
    pem = read(text)
    return pem.label, pem.der


def read(text: object) -> Pem:
    """Reads like `decode`, and keeps the curve that an ``EC PARAMETERS`` block names."""
    blocks = _blocks(_lines(text))
    parameters = None
    if [block.label for block in blocks] == ["EC PARAMETERS", "EC PRIVATE KEY"]:
        parameters = _body(blocks.pop(0))
    if len(blocks) > 1:
        labels = ", ".join(shown(block.label) for block in blocks[:3])
        raise _malformed("multiple", f"the PEM text holds {len(blocks)} blocks: {labels}")
    label, der = blocks[0].label, _body(blocks[0])
    if label not in PRIVATE_LABELS | PUBLIC_LABELS:
        raise UnsupportedAlgorithm(
            f"a PEM block '{shown(label)}' is not a key this package reads",
            code="algorithm.format",
        )
    return Pem(label, der, parameters)


def decode_certificates(text: object, limit: int | None = None) -> list[bytes]:
    """The bodies of all ``CERTIFICATE`` blocks in ``text``; with a limit of 1 there is but one.

    Raises:
        MalformedInput: ``pem.*``.
        UnsupportedAlgorithm: ``algorithm.format`` for a block of another kind.
        LimitExceeded: ``limit.size`` or ``limit.count``.
    """
    blocks = _blocks(_lines(text, MAX_BUNDLE))
    if len(blocks) > MAX_CERTIFICATES:
        raise LimitExceeded(
            f"the PEM text holds more than {MAX_CERTIFICATES} certificates", code="limit.count"
        )
    if limit is not None and len(blocks) > limit:
        raise _malformed("multiple", f"the PEM text holds {len(blocks)} blocks, one is due")
    for block in blocks:
        if block.label != "CERTIFICATE":
            raise UnsupportedAlgorithm(
                f"a PEM block '{shown(block.label)}' is no certificate", code="algorithm.format"
            )
    return [_body(block) for block in blocks]


def encode(label: str, der: bytes) -> str:
    """Writes one block with lines of 64 characters and a final line feed (RFC 7468 section 2)."""
    body = b2a_base64(der, newline=False).decode("ascii")
    lines = [body[at : at + _COLUMNS] for at in range(0, len(body), _COLUMNS)]
    return "\n".join((f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""))


def _lines(text: object, limit: int = MAX_TEXT) -> list[str]:
    """Steps 1 to 3: the lines without blanks at their ends, every boundary at the start of one."""
    data = text_or_bytes_argument(text, "PEM text", limit)
    if data.startswith(b"\xef\xbb\xbf") or b"\x00" in data:
        raise _malformed("junk", "the PEM text begins with a byte order mark or holds a NUL")
    lines = [line.rstrip(" \t") for line in _LINE_END.split(data.decode("latin-1"))]
    for line in lines:
        if "-----BEGIN " in line and not _BEGIN_LINE.fullmatch(line):
            raise _malformed("label", "a PEM BEGIN boundary does not fill a line of its own")
    return lines


def _blocks(lines: list[str]) -> list[_Block]:
    """Steps 4 and 5: every block of the text."""
    blocks: list[_Block] = []
    open_: _Block | None = None
    for line in lines:
        begin = _BEGIN_LINE.fullmatch(line)
        if open_ is None:
            open_ = _Block(begin[1], []) if begin else None
        elif begin:
            raise _malformed("label", "a PEM block begins inside another")
        elif not line.startswith("-----END "):
            open_.lines.append(line)
        elif line == f"-----END {open_.label}-----":
            blocks.append(open_)
            open_ = None
        else:
            raise _malformed("label", "the PEM END boundary differs from BEGIN")
    if open_ is not None:
        raise _malformed("label", f"the PEM block '{shown(open_.label)}' has no END")
    if not blocks:
        raise _no_block(lines)
    return blocks


def _no_block(lines: list[str]) -> MalformedInput | UnsupportedAlgorithm:
    if any(line.startswith(_FOREIGN) for line in lines):
        return UnsupportedAlgorithm(
            "this is a key of OpenSSH or PuTTY, not PEM; convert it to PKCS#8 or SPKI",
            code="algorithm.format",
        )
    return _malformed("missing", "the text holds no PEM block")


def _body(block: _Block) -> bytes:
    """Steps 7 and 8: the octets of one block."""
    lines = [line.strip(" \t") for line in block.lines]
    header = next((line for line in lines if ":" in line), None)
    if header is not None:
        if header.startswith(("Proc-Type", "DEK-Info")):
            raise UnsupportedAlgorithm(
                "the key uses an old, weak encryption; convert it with: "
                "openssl pkcs8 -topk8 -in OLD.pem -out NEW.pem",
                code="algorithm.legacy_encryption",
            )
        raise _malformed("junk", "the PEM block holds a header line")
    body = "".join(lines)
    if not body or not _BASE64.fullmatch(body) or _unused_bits(body):
        raise _malformed("base64", "the body of the PEM block is not canonical base64")
    return a2b_base64(body)


def _unused_bits(body: str) -> int:
    """RFC 4648 section 3.5: the bits of the last character that no octet uses."""
    mask = {0: 0, 1: 0b11, 2: 0b1111}[body.count("=")]
    return mask and _ALPHABET.index(body.rstrip("=")[-1]) & mask


def _malformed(name: str, message: str) -> MalformedInput:
    return MalformedInput(message, code=f"pem.{name}")
