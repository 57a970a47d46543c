"""Facts about PEM: spellings of keys that are taken, and ones that are not."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Final

from countermark.vectors.generation.facts import Facts
from countermark.vectors.generation.files import Seed, VectorFile
from countermark.vectors.generation.key_containers import P256
from countermark.vectors.generation.material import (
    CURVES,
    Ec,
    Encryption,
    Okp,
    Rsa,
    answer,
    pkcs8,
    spki,
)
from countermark.webauthn.testing import der_writer as der

PRIVATE: Final = "private_key.read"
PUBLIC: Final = "public_key.read"


def pem(label: str, data: bytes, *, columns: int = 64, end: str = "\n") -> str:
    """A PEM block (RFC 7468 section 2)."""
    body = base64.b64encode(data).decode()
    lines = [body[at : at + columns] for at in range(0, len(body), columns)]
    return end.join((f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""))


def files(seed: Seed) -> Iterator[VectorFile]:
    """The subject keys/pem."""
    yield _pem(seed)


def _pem(seed: Seed) -> VectorFile:
    facts = Facts(
        "keys/pem",
        "Keys as PEM text: spellings that are taken, and ones that are not.",
        operation=PRIVATE,
        section="RFC 7468 section 2",
    )
    key = Ec.draw(seed, "pem", P256)
    edwards = Okp.draw(seed, "pem", "Ed25519")
    rsa = Rsa.draw(seed, "private")
    _right_labels(facts, seed, key, rsa)
    good = pem("PRIVATE KEY", pkcs8(key))
    lines = good.split("\n")
    indented = "\n".join([lines[0], *(f"  {line}\t" for line in lines[1:-2]), *lines[-2:]])
    for title, shows, text in (
        ("line feeds", "lines end with a line feed", good),
        ("carriage returns and line feeds", "lines end as on Windows", good.replace("\n", "\r\n")),
        ("carriage returns", "lines end as on an old Macintosh", good.replace("\n", "\r")),
        ("no last line end", "the last line has no end", good.rstrip("\n")),
        ("lines of 76", "lines of 76 characters", pem("PRIVATE KEY", pkcs8(key), columns=76)),
        ("lines of 1", "lines of one character", pem("PRIVATE KEY", pkcs8(key), columns=1)),
        ("one line", "one line of any length", pem("PRIVATE KEY", pkcs8(key), columns=9999)),
        ("blanks around lines", "blanks and tabs around the lines of the body", indented),
        (
            "blanks after boundaries",
            "blanks after the boundaries",
            good.replace("-----\n", "----- \t\n"),
        ),
        ("empty lines", "empty lines in the body", good.replace("\n", "\n\n")),
        ("text before", "words before the block", "My key:\n\n" + good),
        ("text after", "words after the block", good + "\nKeep it.\n"),
    ):
        facts.valid(title, shows, answer(key), pem=text)
    _wrong_boundaries(facts, key, edwards, good)
    _wrong_bodies(facts, seed, key, good)
    _wrong_kinds(facts, seed, key, rsa)
    return facts.file()


def _right_labels(facts: Facts, seed: Seed, key: Ec, rsa: Rsa) -> None:
    facts.valid(
        "EC PRIVATE KEY",
        "the label of SEC 1",
        answer(key),
        section="RFC 5915 section 4",
        pem=pem("EC PRIVATE KEY", key.inner(parameters=True)),
    )
    facts.valid(
        "EC PARAMETERS before it",
        "OpenSSL writes the curve in a block of its own before the key",
        answer(key),
        pem=pem("EC PARAMETERS", P256.oid) + pem("EC PRIVATE KEY", key.inner(parameters=True)),
    )
    facts.valid(
        "RSA PRIVATE KEY",
        "the label of PKCS#1",
        answer(rsa),
        pem=pem("RSA PRIVATE KEY", rsa.inner()),
    )
    usual = Encryption(b"secret", seed.take("pem salt", 16), seed.take("pem iv", 16))
    facts.valid(
        "ENCRYPTED PRIVATE KEY",
        "the label of an encrypted key",
        answer(key),
        section="RFC 7468 section 11",
        pem=pem("ENCRYPTED PRIVATE KEY", usual.encrypt(pkcs8(key))),
        password="secret",
    )
    facts.valid(
        "PUBLIC KEY",
        "the label of a public key",
        answer(key),
        operation=PUBLIC,
        section="RFC 7468 section 13",
        pem=pem("PUBLIC KEY", spki(key)),
    )
    facts.valid(
        "RSA PUBLIC KEY",
        "the label of a public key of PKCS#1",
        answer(rsa),
        operation=PUBLIC,
        pem=pem("RSA PUBLIC KEY", rsa.public),
    )


def _wrong_boundaries(facts: Facts, key: Ec, edwards: Okp, good: str) -> None:
    begin, end = "-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----"
    body = good[len(begin) : -len(end) - 1]
    other = pem("PRIVATE KEY", pkcs8(edwards))
    sec1 = pem("EC PRIVATE KEY", key.inner(parameters=True))
    for title, shows, code, text in (
        ("empty text", "nothing at all", "pem.missing", ""),
        ("no block", "words alone", "pem.missing", "There is no key here.\n"),
        ("no boundaries", "a body without boundaries", "pem.missing", body),
        ("no END", "a block without an end", "pem.label", good.replace(end, "")),
        ("no BEGIN", "a block without a beginning", "pem.missing", good.replace(begin, "")),
        (
            "another END",
            "the end is that of another block",
            "pem.label",
            good.replace("END P", "END EC P"),
        ),
        (
            "lower case",
            "a label in lower case is another one",
            "algorithm.format",
            good.replace("PRIVATE KEY", "private key"),
        ),
        (
            "four hyphens",
            "a boundary has five hyphens on each side",
            "pem.label",
            good.replace("KEY-----\n", "KEY----\n"),
        ),
        ("nested", "a block inside a block", "pem.label", begin + "\n" + good + end + "\n"),
        ("two keys", "two keys in one text", "pem.multiple", good + other),
        ("a key twice", "one key, but twice", "pem.multiple", good + good),
        (
            "key and public key",
            "a private key and its public key",
            "pem.multiple",
            good + pem("PUBLIC KEY", spki(key)),
        ),
        (
            "EC PARAMETERS after it",
            "the curve after the key",
            "pem.multiple",
            sec1 + pem("EC PARAMETERS", P256.oid),
        ),
        (
            "EC PARAMETERS alone",
            "a curve is no key",
            "algorithm.format",
            pem("EC PARAMETERS", P256.oid),
        ),
        (
            "other EC PARAMETERS",
            "the curve before the key is another one",
            "key.mismatch",
            pem("EC PARAMETERS", CURVES[1].oid) + sec1,
        ),
        (
            "words before BEGIN",
            "the beginning does not stand at the start of its line",
            "pem.label",
            "key: " + good,
        ),
        (
            "words after BEGIN",
            "the body begins on the line of the beginning",
            "pem.label",
            good.replace("-----\n", "-----", 1),
        ),
        ("byte order mark", "the text begins with a byte order mark", "pem.junk", "\ufeff" + good),
        ("NUL before it", "the text begins with a NUL", "pem.junk", "\x00" + good),
        ("NUL after it", "the text ends with a NUL", "pem.junk", good + "\x00"),
    ):
        facts.invalid(title, shows, code, pem=text)


def _wrong_bodies(facts: Facts, seed: Seed, key: Ec, good: str) -> None:
    lines = good.split("\n")
    at = seed.number("place in a line", 60)

    def put(mark: str) -> str:
        return "\n".join([lines[0], lines[1][:at] + mark + lines[1][at + len(mark) :], *lines[2:]])

    data = pkcs8(key)
    exact = base64.b64encode(data + b"\x00" * (-len(data) % 3)).decode()
    empty = f"{lines[0]}\n{lines[-2]}\n"
    for title, shows, code, text in (
        ("no body", "a block without a body", "pem.base64", empty),
        (
            "body of blanks",
            "a block with a body of blanks",
            "pem.base64",
            empty.replace("\n", "\n  \n", 1),
        ),
        ("minus in the body", "a character of base64url", "pem.base64", put("-")),
        ("underscore in the body", "a character of base64url", "pem.base64", put("_")),
        ("star in the body", "a character of no alphabet", "pem.base64", put("*")),
        ("letter beyond ASCII", "a letter that looks like another", "pem.base64", put("\u0410")),
        ("blank in a line", "a blank within a line", "pem.base64", put(" ")),
        ("padding in the middle", "padding stands at the end alone", "pem.base64", put("=")),
        (
            "character missing",
            "a character is missing",
            "pem.base64",
            "\n".join([lines[0], lines[1][1:], *lines[2:]]),
        ),
        (
            "padding too long",
            "padding where none is due",
            "pem.base64",
            pem("PRIVATE KEY", data + b"\x00" * (-len(data) % 3)).replace(
                exact[-4:] + "\n", exact[-4:] + "=\n"
            ),
        ),
        (
            "unused bits",
            "the bits that no octet uses are not zero",
            "pem.base64",
            _unused_bits(data),
        ),
        (
            "Proc-Type",
            "the encryption of RFC 1421, whose key is one round of MD5",
            "algorithm.legacy_encryption",
            good.replace(
                "-----\n",
                "-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,"
                + seed.take("dek", 16).hex().upper()
                + "\n\n",
                1,
            ),
        ),
        (
            "header",
            "a header line",
            "pem.junk",
            good.replace("-----\n", "-----\nComment: a key\n", 1),
        ),
    ):
        facts.invalid(title, shows, code, pem=text)


def _unused_bits(data: bytes) -> str:
    """A body of which the last character but the padding is the next one of the alphabet."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    padded = data + b"\x00" * ((1 - len(data)) % 3)
    text = pem("PRIVATE KEY", padded, columns=9999)
    last = text.index("==") - 1
    return text[:last] + alphabet[alphabet.index(text[last]) + 1] + text[last + 1 :]


def _wrong_kinds(facts: Facts, seed: Seed, key: Ec, rsa: Rsa) -> None:
    wire = b"\x00\x00\x00\x0bssh-ed25519\x00\x00\x00\x20" + seed.take("ssh", 32)
    text = base64.b64encode(wire).decode()
    opaque = pem("OPENSSH PRIVATE KEY", b"openssh-key-v1\x00" + seed.take("openssh", 48))
    usual = Encryption(b"secret", seed.take("pem salt", 16), seed.take("pem iv", 16))
    for title, shows, code, operation, one in (
        (
            "OpenSSH private key",
            "a container that is not offered",
            "algorithm.format",
            PRIVATE,
            opaque,
        ),
        (
            "OpenSSH public key",
            "a line of OpenSSH",
            "algorithm.format",
            PUBLIC,
            f"ssh-ed25519 {text} me\n",
        ),
        (
            "PuTTY",
            "a key of PuTTY",
            "algorithm.format",
            PRIVATE,
            "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n",
        ),
        (
            "certificate",
            "a certificate where a key is due",
            "algorithm.format",
            PUBLIC,
            pem("CERTIFICATE", spki(key)),
        ),
        (
            "public for private",
            "a public key where a private one is due",
            "key.not_private",
            PRIVATE,
            pem("PUBLIC KEY", spki(key)),
        ),
        (
            "private for public",
            "a private key where a public one is due",
            "key.not_public",
            PUBLIC,
            pem("PRIVATE KEY", pkcs8(key)),
        ),
        (
            "RSA public for private",
            "a public key where a private one is due",
            "key.not_private",
            PRIVATE,
            pem("RSA PUBLIC KEY", rsa.public),
        ),
        (
            "PKCS1 as PKCS8",
            "the label is not that of the content",
            "der.tag",
            PRIVATE,
            pem("PRIVATE KEY", rsa.inner()),
        ),
        (
            "PKCS8 as PKCS1",
            "the label is not that of the content",
            "der.tag",
            PRIVATE,
            pem("RSA PRIVATE KEY", pkcs8(rsa)),
        ),
        (
            "SEC 1 as PKCS8",
            "the label is not that of the content",
            "der.value",
            PRIVATE,
            pem("PRIVATE KEY", der.sequence(der.integer(2), der.octet_string(key.scalar))),
        ),
        (
            "SPKI as PKCS1",
            "the label is not that of the content",
            "der.tag",
            PUBLIC,
            pem("RSA PUBLIC KEY", spki(rsa)),
        ),
        (
            "encrypted under the plain label",
            "the label is not that of the content",
            "der.tag",
            PRIVATE,
            pem("PRIVATE KEY", usual.encrypt(pkcs8(key))),
        ),
    ):
        facts.invalid(title, shows, code, operation=operation, pem=one)
    facts.invalid(
        "encrypted without a password",
        "an encrypted key needs its password",
        "key.password_required",
        pem=pem("ENCRYPTED PRIVATE KEY", usual.encrypt(pkcs8(key))),
    )
    facts.invalid(
        "password for a plain key",
        "a password for a key that is not encrypted",
        "key.not_encrypted",
        pem=pem("PRIVATE KEY", pkcs8(key)),
        password="secret",
    )
