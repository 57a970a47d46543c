"""base64url, hexadecimal and PEM: one text for one value."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Final

from countermark.vectors.generation.facts import Facts, times
from countermark.vectors.generation.files import Seed, VectorFile

RFC: Final = "RFC 4648 section 10, without padding"

# RFC 4648 section 10, and the first texts that need the two characters of section 5.
KNOWN: Final = (
    ("", ""),
    ("f", "Zg"),
    ("fo", "Zm8"),
    ("foo", "Zm9v"),
    ("foob", "Zm9vYg"),
    ("fooba", "Zm9vYmE"),
    ("foobar", "Zm9vYmFy"),
)
SPECIAL: Final = (("fb", "-w"), ("ff", "_w"), ("fbffbf", "-_-_"), ("00", "AA"), ("0000", "AAA"))


def files(seed: Seed) -> Iterator[VectorFile]:
    """The subjects base64url, hex and pem."""
    yield _base64url(seed)
    yield _hex(seed)
    yield _pem(seed)


# --- base64url ----------------------------------------------------------------------------------


def _base64url(seed: Seed) -> VectorFile:
    facts = Facts(
        "base64url",
        "base64url without padding: one text for one value. With padding, which a reader may let pass, also one.",
        operation="base64url.decode",
        section="RFC 4648 section 5",
    )
    for clear, text in KNOWN:
        octets = clear.encode()
        facts.valid(
            f"rfc {clear or 'empty'}",
            f"{text!r} is {clear!r}",
            {"bytes": octets},
            text=text,
            source=RFC,
        )
    for octets_, text in SPECIAL:
        facts.valid(f"special {octets_}", f"{text!r} is {octets_}", {"bytes": octets_}, text=text)
    _base64url_writing(facts, seed)
    for rest in (1, 2, 3):
        octets = seed.take(f"padded {rest}", 3 * seed.number(f"padded {rest}", 12) + rest)
        text = base64.urlsafe_b64encode(octets).decode()
        facts.valid(
            f"padding allowed {rest}",
            "right padding, where it is allowed",
            {"bytes": octets},
            section="RFC 4648 section 3.2",
            text=text,
            padding=True,
        )
    facts.valid(
        "padding allowed and left out",
        "allowed padding may be left out",
        {"bytes": b"f"},
        text="Zg",
        padding=True,
    )
    _wrong_base64url(facts, seed)

    return facts.file()


def _base64url_writing(facts: Facts, seed: Seed) -> None:
    all_octets = bytes(range(256))
    facts.valid(
        "write all octets",
        "all 256 octets",
        {"text": base64.urlsafe_b64encode(all_octets).decode().rstrip("=")},
        operation="base64url.encode",
        bytes=all_octets,
    )
    for rest in range(3):
        octets = seed.take(f"write {rest}", 3 * seed.number(f"write {rest}", 40) + rest)
        text = base64.urlsafe_b64encode(octets).decode().rstrip("=")
        facts.valid(
            f"write rest {rest}",
            f"a length of 3n + {rest} is written without padding",
            {"text": text},
            operation="base64url.encode",
            bytes=octets,
        )
        facts.valid(f"read rest {rest}", "and read again", {"bytes": octets}, text=text)


def _wrong_base64url(facts: Facts, seed: Seed) -> None:
    text = base64.urlsafe_b64encode(seed.take("text", 30)).decode()
    at = seed.number("place", len(text))
    foreign = (
        ("plus", "+", "the + of standard base64"),
        ("slash", "/", "the / of standard base64"),
        ("space", " ", "a space"),
        ("line feed", "\n", "a line feed"),
        ("nul", "\0", "a NUL"),
        ("dot", ".", "a full stop"),
        ("e acute", "\u00e9", "a letter beyond ASCII"),
        ("fullwidth a", "\uff21", "a full-width A, which NFKC would make an A"),
        ("emoji", "\U0001f600", "a character beyond the basic plane"),
        ("escape", "\x1b", "the escape character of terminals"),
    )
    for name, character, shows in foreign:
        facts.invalid(
            f"alphabet {name}",
            f"{shows} inside the text",
            "base64url.alphabet",
            section="RFC 4648 section 3.3",
            text=text[:at] + character + text[at + 1 :],
        )
    for name, wrong, shows in (
        ("leading space", " Zg", "white space before the text"),
        ("trailing line feed", "Zg\n", "a line feed after the text"),
        ("percent", "Zg%3D", "padding in percent encoding"),
        ("foreign before padding", "Z+g=", "the first wrong character is told"),
    ):
        facts.invalid(name, shows, "base64url.alphabet", section="RFC 4648 section 3.3", text=wrong)
    padded = (
        ("padding not allowed", "Zg==", False, "right padding, where it is not allowed"),
        ("padding of one", "Zg=", True, "one character of padding in place of two"),
        ("padding of three", "Zg===", True, "three characters of padding"),
        ("padding alone", "=", True, "nothing but padding"),
        ("padding of four", "====", True, "four characters of padding"),
        ("padding of a whole group", "Zm9v=", True, "padding where none is due"),
        ("padding inside", "Zg==Zg==", True, "padded texts joined"),
        ("foreign after padding", "Zg=x", True, "something follows the padding"),
    )
    for name, wrong, allowed, shows in padded:
        facts.invalid(
            name,
            shows,
            "base64url.padding",
            section="RFC 4648 section 3.2",
            text=wrong,
            padding=allowed,
        )
    for length in (1, 5, 41):
        facts.invalid(
            f"length {length}",
            f"{length} characters, which no octets come to",
            "base64url.length",
            section="RFC 4648 section 4",
            text="A" * length,
        )
    for wrong in ("Zh", "ZZ", "_x", "Zm9", "Zm-", "AAB"):
        facts.invalid(
            f"trailing bits {wrong}",
            "a bit is set in the last character that no octet holds",
            "base64url.trailing_bits",
            section="RFC 4648 section 3.5",
            text=wrong,
        )
    facts.invalid(
        "over 2 MiB",
        "a text over 2 MiB is refused before it is decoded",
        "limit.size",
        section="a bound of this package",
        text=[times(2**21 // 4, "AAAA"), "AAAA"],
    )


# --- Hexadecimal --------------------------------------------------------------------------------


def _hex(seed: Seed) -> VectorFile:
    facts = Facts(
        "hex",
        "Hexadecimal in lower case: one text for one value.",
        operation="hex.decode",
        section="RFC 4648 section 8",
    )
    octets = seed.take("octets", 10 + seed.number("length", 40))
    every = bytes(range(256))
    for name, shows, given in (
        ("empty", "no digits are no octets", b""),
        ("zero", "leading zeros count", b"\x00\x00\x01"),
        ("letters", "all letters", bytes.fromhex("abcdef")),
        ("digits", "all digits", bytes.fromhex("0123456789")),
        ("one octet", "one octet", seed.take("one", 1)),
        ("all octets", "all 256 octets", every),
        ("drawn", "octets of the seed", octets),
        ("digest", "the 32 octets of a digest", seed.take("digest", 32)),
    ):
        facts.valid(name, shows, {"bytes": given}, text=given.hex())
    digits = octets.hex()
    at = seed.number("place", len(digits))
    for name, character, shows in (
        ("upper case", "A", "an upper-case letter"),
        ("letter g", "g", "a letter that is no digit"),
        ("space", " ", "a space"),
        ("colon", ":", "the colon of fingerprints"),
        ("line feed", "\n", "a line feed"),
        ("fullwidth one", "\uff11", "a full-width digit, which Python's int takes"),
        ("arabic one", "\u0661", "a digit of another script"),
    ):
        facts.invalid(
            name,
            f"{shows} inside the text",
            "hex.alphabet",
            text=digits[:at] + character + digits[at + 1 :],
        )
    facts.invalid("prefix", "0x before the digits", "hex.alphabet", text="0x00")
    facts.invalid("odd", "an odd number of digits", "hex.length", text=digits[:-1])
    facts.invalid("one digit", "one digit", "hex.length", text="0")
    return facts.file()


# --- PEM ----------------------------------------------------------------------------------------


def _pem(seed: Seed) -> VectorFile:
    facts = Facts(
        "pem",
        "The container alone: labels, lines and base64 around a body that is not looked at.",
        operation="pem.decode",
        section="RFC 7468 section 3",
    )
    octets = seed.take("body", 3 * seed.number("body", 30) + 100)
    body = base64.b64encode(octets).decode()
    lines = [body[start : start + 64] for start in range(0, len(body), 64)]
    begin, end = "-----BEGIN PUBLIC KEY-----", "-----END PUBLIC KEY-----"
    usual = "\n".join([begin, *lines, end, ""])
    out = {"label": "PUBLIC KEY", "bytes": octets}
    narrow = [body[start : start + 16] for start in range(0, len(body), 16)]
    for name, shows, text in (
        ("usual", "64 columns and a final line feed", usual),
        ("no final line feed", "no final line feed", usual.rstrip("\n")),
        ("crlf", "line ends of Windows", usual.replace("\n", "\r\n")),
        ("cr", "line ends of old Macintoshes", usual.replace("\n", "\r")),
        ("one line", "the whole body in one line", f"{begin}\n{body}\n{end}"),
        ("16 columns", "lines of 16 columns", "\n".join([begin, *narrow, end])),
        ("blanks at ends", "blanks at the ends of lines", usual.replace("\n", " \t\n")),
        ("text around", "other text before and after the block", f"a key:\n{usual}its end\n"),
        ("blank lines", "empty lines inside", usual.replace("\n", "\n\n")),
    ):
        facts.valid(name, shows, out, text=text)
    for label in (
        "RSA PUBLIC KEY",
        "PRIVATE KEY",
        "ENCRYPTED PRIVATE KEY",
        "EC PRIVATE KEY",
        "RSA PRIVATE KEY",
    ):
        facts.valid(
            f"label {label.lower()}",
            "a label that is read",
            {"label": label, "bytes": octets},
            section="RFC 7468 sections 10 to 13",
            text=usual.replace("PUBLIC KEY", label),
        )
    _wrong_pem(facts, usual, body, lines)
    return facts.file()


def _wrong_pem(facts: Facts, usual: str, body: str, lines: list[str]) -> None:
    begin, end = "-----BEGIN PUBLIC KEY-----", "-----END PUBLIC KEY-----"

    def around(inner: str) -> str:
        return f"{begin}\n{inner}\n{end}\n"

    for name, shows, code, text in (
        ("empty", "no text at all", "pem.missing", ""),
        ("no block", "text without a block", "pem.missing", body),
        ("end only", "an END without its BEGIN", "pem.missing", f"{body}\n{end}\n"),
        ("begin only", "a BEGIN without its END", "pem.label", f"{begin}\n{body}\n"),
        (
            "labels differ",
            "END names something else than BEGIN",
            "pem.label",
            usual.replace("END PUBLIC", "END PRIVATE"),
        ),
        (
            "begin inside a line",
            "BEGIN stands after other text on its line",
            "pem.label",
            f"key: {usual}",
        ),
        (
            "begin in lower case",
            "a label in lower case is another label",
            "algorithm.format",
            usual.replace("PUBLIC KEY", "public key"),
        ),
        ("four dashes", "BEGIN with four dashes", "pem.missing", usual.replace("-----", "----")),
        ("nested", "a block begins inside another", "pem.label", f"{begin}\n{usual}"),
        (
            "two blocks",
            "two blocks, of which none is the one that is meant",
            "pem.multiple",
            usual + usual,
        ),
        ("mark before", "a byte order mark", "pem.junk", "\ufeff" + usual),
        ("nul inside", "a NUL", "pem.junk", around(body[:8] + "\0" + body[8:])),
        ("header line", "a header of RFC 1421", "pem.junk", around(f"Comment: it\n\n{body}")),
        ("empty body", "no body", "pem.base64", around("")),
        ("base64url body", "characters of base64url", "pem.base64", around("-_-_" + body[4:])),
        ("body without padding", "padding left out", "pem.base64", around(body + "AA")),
        ("padding inside", "padding before the end", "pem.base64", around("AA==" + body)),
        ("trailing bits", "a bit is set that no octet holds", "pem.base64", around(body + "AB==")),
        (
            "space inside a line",
            "a blank inside a line",
            "pem.base64",
            around(f"{lines[0][:7]} {lines[0][7:]}"),
        ),
        (
            "certificate",
            "a label that names no key",
            "algorithm.format",
            usual.replace("PUBLIC KEY", "CERTIFICATE"),
        ),
        (
            "openssh",
            "a key of OpenSSH",
            "algorithm.format",
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI\n",
        ),
        (
            "legacy encryption",
            "the encryption of RFC 1421 that openssl once wrote",
            "algorithm.legacy_encryption",
            around(f"Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n{body}").replace(
                "PUBLIC", "RSA PRIVATE"
            ),
        ),
    ):
        facts.invalid(name, shows, code, text=text)
    facts.invalid(
        "over 128 KiB",
        "a text over 128 KiB is refused before it is looked at",
        "limit.size",
        section="a bound of this package",
        text=[times(2**17, "\n"), usual],
    )
