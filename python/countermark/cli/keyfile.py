"""Key files and the passwords that open them."""

from __future__ import annotations

import getpass
import os
import re
import warnings
from dataclasses import dataclass
from typing import Final, Literal

from countermark import PrivateKey, PublicKey
from countermark.cli.outcome import unreadable, usage
from countermark.cli.terminal import read_file, read_input
from countermark.errors import InvalidKey

_PASSWORD_LIMIT: Final = 1 << 16

Encoding = Literal["pem", "der", "jwk"]


@dataclass(frozen=True, slots=True)
class PasswordSource:
    """Where a password is: never the password itself."""

    scheme: Literal["env", "file", "prompt"]
    name: str = ""

    @classmethod
    def parse(cls, text: str) -> PasswordSource:
        """Reads ``env:NAME``, ``file:PATH`` or ``prompt``."""
        scheme, colon, name = text.partition(":")
        if text == "prompt":
            return cls("prompt")
        if scheme == "env" and colon and name and "=" not in name:
            return cls("env", name)
        if scheme == "file" and colon and name:
            return cls("file", name)
        # The text is not repeated: it may be a password, typed where it does not belong.
        raise usage("a password source is env:NAME, file:PATH or prompt, never the password itself")

    def read(self) -> bytes:
        """The password that opens something."""
        if self.scheme == "env":
            value = os.environb.get(os.fsencode(self.name))
            if value is None:
                raise unreadable(f"the environment variable {self.name} is not set")
            return value
        if self.scheme == "file":
            # One line end after the password is the editor's, not the password's.
            return re.sub(rb"\r?\n\Z", b"", read_file(self.name, limit=_PASSWORD_LIMIT))
        return _ask("Password: ")

    def read_new(self) -> bytes:
        """The password that something is to be encrypted with: not empty, and asked for twice."""
        password = self.read()
        if not password:
            raise usage("the new password is empty")
        if self.scheme == "prompt" and password != _ask("The same again: "):
            raise usage("the two passwords differ")
        return password


def _ask(prompt: str) -> bytes:
    try:
        with warnings.catch_warnings():
            # Without a terminal getpass would read standard input and echo it, with a warning.
            warnings.simplefilter("error", getpass.GetPassWarning)
            return getpass.getpass(prompt).encode("utf-8", "surrogateescape")
    except (getpass.GetPassWarning, EOFError, OSError, UnicodeError):
        raise unreadable("there is no terminal to ask for the password on") from None


def read_key_bytes(path: str) -> bytes:
    """The content of a key file; ``-`` is standard input."""
    return read_input() if path == "-" else read_file(path)


def encoding_of(data: bytes) -> Encoding:
    """What a key file looks like; the reader chosen by it then judges the whole file."""
    if data.lstrip()[:1] == b"{":
        return "jwk"
    if data[:1] == b"\x30" and b"-----BEGIN " not in data:
        return "der"
    return "pem"


def parse_public(data: bytes) -> PublicKey:
    """A public key in any encoding."""
    match encoding_of(data):
        case "jwk":
            return PublicKey.from_jwk(data)
        case "der":
            return PublicKey.from_der(data)
        case "pem":
            return PublicKey.from_pem(data)


def parse_private(data: bytes, source: PasswordSource | None) -> PrivateKey:
    """A private key in any encoding."""
    encoding = encoding_of(data)
    if encoding == "jwk":
        if source is not None:
            raise usage("a JWK is not encrypted, so there is no password to give")
        return PrivateKey.from_jwk(data)
    password = None if source is None else source.read()
    if encoding == "der":
        return PrivateKey.from_der(data, password=password)
    return PrivateKey.from_pem(data, password=password)


def parse_any(data: bytes, source: PasswordSource | None) -> PrivateKey | PublicKey:
    """A private or a public key, as the file says."""
    try:
        return parse_public(data)
    except InvalidKey as error:
        if error.code != "key.not_public":
            raise
    return parse_private(data, source)


def public_half(data: bytes, source: PasswordSource | None) -> PublicKey:
    """The public key of a file with either kind in it."""
    key = parse_any(data, source)
    if isinstance(key, PublicKey):
        return key
    with key:
        return key.public_key


def load_private(path: str, source: PasswordSource | None) -> PrivateKey:
    """The private key in a file."""
    return parse_private(read_key_bytes(path), source)
