"""Keys and challenges that differ in every run, and come again for the same seed (RSA keys do not)."""

from __future__ import annotations

import base64
import random
import string
from collections.abc import Iterator
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from countermark import PrivateKey

SEED_VARIABLE = "COUNTERMARK_INTEROP_SEED"
CURVES: dict[str, tuple[ec.EllipticCurve, int]] = {
    "ES256": (ec.SECP256R1(), 256),
    "ES384": (ec.SECP384R1(), 384),
    "ES512": (ec.SECP521R1(), 521),
    "ES256K": (ec.SECP256K1(), 256),
}
KINDS = (*CURVES, "Ed25519", "Ed448", "RS256")
DETERMINISTIC = ("Ed25519", "Ed448", "RS256")
"""The kinds whose signatures are the same whoever makes them."""

CONTROL = "".join(map(chr, [*range(0x20), 0x7F]))
BEYOND_ASCII = "é߀漢字\u0300\u2028\u2029\ufeff\ufffd😀𐍈"
CHALLENGES = ("base64url", "quotes", "markup", "control", "beyond ASCII", "long", "mixed")


@cache
def rsa_pem() -> str:
    """The RSA key of this run: made once, since that is slow, and of the smallest size."""
    return PrivateKey.generate("RS256", bits=2048).export_private_key().decode()


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Chance:
    """What is drawn for one test."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)

    def octets(self, count: int) -> bytes:
        return self._random.randbytes(count)

    def text(self, alphabet: str, most: int = 60) -> str:
        """At least one of every sign of the alphabet, and more, in any order."""
        signs = [*alphabet, *self._random.choices(alphabet, k=self._random.randint(0, most))]
        self._random.shuffle(signs)
        return "".join(signs)

    def challenge(self, name: str) -> str:
        """A challenge of one of `CHALLENGES`."""
        match name:
            case "base64url":
                return base64url(self.octets(self._random.randint(1, 64)))
            case "quotes":
                return self.text("\"'\\/`{}[]:, ")
            case "markup":
                return self.text("<>&;#%?=+")
            case "control":
                return self.text(CONTROL)
            case "beyond ASCII":
                return self.text(BEYOND_ASCII)
            case "long":
                signs = string.ascii_letters + string.digits + "-_"
                return "".join(self._random.choices(signs, k=self._random.randint(10_000, 60_000)))
        return self.text(CONTROL + BEYOND_ASCII + '"\\<>&' + string.ascii_letters)

    def challenges(self) -> Iterator[str]:
        """One challenge of each sort."""
        yield from map(self.challenge, CHALLENGES)

    def credential_id(self) -> str:
        return base64url(self.octets(32))

    def pem(self, kind: str) -> str:
        """A fresh private key, but for RSA one for the whole run, which does not come from the seed."""
        if kind == "RS256":
            return rsa_pem()
        made: Any
        if kind in CURVES:
            curve, bits = CURVES[kind]
            # One bit less than the order of the group has, so that it is always below it.
            made = ec.derive_private_key(self._random.getrandbits(bits - 1) + 1, curve)
        elif kind == "Ed25519":
            made = ed25519.Ed25519PrivateKey.from_private_bytes(self.octets(32))
        else:
            made = ed448.Ed448PrivateKey.from_private_bytes(self.octets(57))
        return made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()

    def broken(self, data: bytes) -> bytes:
        """The same bytes with one bit of the last one changed: for any kind, another signature."""
        return data[:-1] + bytes([data[-1] ^ 1 << self._random.randrange(8)])
