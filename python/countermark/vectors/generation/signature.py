"""Bare signatures: the strict reading of each encoding, and the numbers in it."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any, Final

from countermark.vectors.generation.facts import Facts
from countermark.vectors.generation.files import Seed, VectorFile
from countermark.vectors.generation.signers import (
    ORDERS,
    Signer,
    der_signature,
)
from countermark.webauthn.testing import der_writer as der

DER: Final = "RFC 3279 section 2.2.3"
NUMBERS: Final = "FIPS 186-5 section 6.4.2"
RFC_8032: Final = "RFC 8032 section 5.1.7"
WRONG: Final = "signature.invalid"

# RFC 8032 section 7.1: secret, public, message, signature of tests 1 to 3.
KNOWN: Final = (
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        (
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
            "d25bf5f0595bbe24655141438e7a100b"
        ),
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
            "387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        (
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
            "4a7c15e9716ed28dc027beceea1ec40a"
        ),
    ),
)
ED25519_ORDER: Final = 2**252 + 27742317777372353535851937790883648493


def files(seed: Seed) -> Iterator[VectorFile]:
    """The subjects signature/…."""
    yield _ecdsa(seed)
    yield _eddsa(seed)
    yield _rsa(seed)


# --- ECDSA --------------------------------------------------------------------------------------


def _ecdsa(seed: Seed) -> VectorFile:
    facts = Facts(
        "signature/ecdsa",
        "ECDSA in DER and as r and s side by side. Form is a parameter and never guessed.",
        operation="signature.verify",
        section=DER,
    )
    message = seed.take("message", seed.number("length", 200))
    for algorithm in ORDERS:
        key = Signer.draw(seed, "signature", algorithm)
        usual: dict[str, Any] = {"public_key": key.public_pem, "message": message}
        for hash in ("SHA-256", "SHA-384", "SHA-512"):
            facts.valid(
                f"{algorithm} {hash}",
                f"{algorithm} with {hash}",
                {},
                section=NUMBERS,
                **usual,
                signature=key.sign(message, hash),
                hash=hash,
            )
        r, s = key.numbers_of(message)
        facts.valid(
            f"{algorithm} raw",
            "r and s side by side",
            {},
            section="IEEE P1363",
            **usual,
            signature=_raw(key, r, s),
            form="raw",
        )
        facts.valid(
            f"{algorithm} low s",
            "the lower s, where it is demanded",
            {},
            section=NUMBERS,
            **usual,
            signature=der_signature(r, s),
            low_s=True,
        )
        facts.valid(
            f"{algorithm} high s",
            "the higher s, where nothing is demanded",
            {},
            section=NUMBERS,
            **usual,
            signature=der_signature(r, key.order - s),
        )
        facts.invalid(
            f"{algorithm} high s refused",
            "the higher s, where the lower is demanded",
            WRONG,
            section=NUMBERS,
            **usual,
            signature=der_signature(r, key.order - s),
            low_s=True,
        )
        facts.invalid(
            f"{algorithm} raw as der",
            "r and s side by side, where DER is due",
            WRONG,
            **usual,
            signature=_raw(key, r, s),
        )
        facts.invalid(
            f"{algorithm} der as raw",
            "DER, where r and s are due side by side",
            WRONG,
            section="IEEE P1363",
            **usual,
            signature=der_signature(r, s),
            form="raw",
        )
        facts.invalid(
            f"{algorithm} swapped",
            "s and r",
            WRONG,
            section=NUMBERS,
            **usual,
            signature=der_signature(s, r),
        )
        for name, numbers in (
            ("r zero", (0, s)),
            ("s zero", (r, 0)),
            ("both zero", (0, 0)),
            ("r order", (key.order, s)),
            ("s order", (r, key.order)),
            ("r over order", (r + key.order, s)),
            ("s over order", (r, s + key.order)),
            ("r negative", (-r, s)),
            ("s negative", (r, s - key.order)),
        ):
            facts.invalid(
                f"{algorithm} {name}",
                f"numbers out of range: {name}",
                WRONG,
                section=NUMBERS,
                **usual,
                signature=der_signature(*numbers),
            )
    _wrong_der(facts, seed, message)
    key = Signer.draw(seed, "signature", "ES256")
    facts.valid(
        "spki in der",
        "the public key in DER",
        {},
        public_key=key.public_der,
        message=message,
        signature=key.sign(message),
    )
    return facts.file()


def _raw(key: Signer, r: int, s: int) -> bytes:
    return r.to_bytes(key.size, "big") + s.to_bytes(key.size, "big")


def _wrong_der(facts: Facts, seed: Seed, message: bytes) -> None:
    key = Signer.draw(seed, "signature", "ES256")
    r, s = (der.integer(number) for number in key.numbers_of(message))
    right = der.sequence(r, s)
    body = r + s
    for name, shows, signature in (
        ("empty", "nothing", b""),
        ("cut", "the last octet is missing", right[:-1]),
        ("trailing octet", "an octet after the sequence", right + b"\0"),
        ("trailing inside", "an octet after s", b"\x30" + bytes([len(body) + 1]) + body + b"\0"),
        ("third number", "a third number", der.sequence(r, s, der.integer(1))),
        ("one number", "one number", der.sequence(r)),
        ("long length", "a length in the long form", b"\x30\x81" + bytes([len(body)]) + body),
        ("indefinite length", "an indefinite length", b"\x30\x80" + body + b"\0\0"),
        (
            "leading zero",
            "a zero before r",
            der.sequence(b"\x02" + bytes([r[1] + 1]) + b"\0" + r[2:], s),
        ),
        ("set", "a set in place of a sequence", b"\x31" + right[1:]),
        (
            "octet strings",
            "octet strings in place of numbers",
            der.sequence(b"\x04" + r[1:], b"\x04" + s[1:]),
        ),
        ("null", "null in place of r", der.sequence(der.null(), s)),
        ("empty number", "a number of no octets", der.sequence(b"\x02\x00", s)),
        ("huge length", "a length of 2^64-1", b"\x30\x88" + b"\xff" * 8 + body),
        ("bit string", "in a BIT STRING, as in a certificate", der.bit_string(right)),
        ("numbers reversed", "octets in the other order", right[::-1]),
    ):
        facts.invalid(
            f"der {name}",
            shows,
            WRONG,
            public_key=key.public_pem,
            message=message,
            signature=signature,
        )
    other = Signer.draw(seed, "other", "ES256")
    facts.invalid(
        "other key",
        "another key signed",
        WRONG,
        section=NUMBERS,
        public_key=key.public_pem,
        message=message,
        signature=other.sign(message),
    )
    facts.invalid(
        "other message",
        "another message",
        WRONG,
        section=NUMBERS,
        public_key=key.public_pem,
        message=message + b"\0",
        signature=right,
    )
    facts.invalid(
        "other hash",
        "another hash",
        WRONG,
        section=NUMBERS,
        public_key=key.public_pem,
        message=message,
        signature=right,
        hash="SHA-512",
    )
    facts.invalid(
        "padding",
        "padding is for RSA",
        "algorithm.mismatch",
        section=NUMBERS,
        public_key=key.public_pem,
        message=message,
        signature=right,
        padding="pss",
    )
    for length in (0, 63, 65, 128):
        raw = (_raw(key, *key.numbers_of(message)) * 2)[:length]
        facts.invalid(
            f"raw of {length}",
            f"{length} octets in place of 64",
            WRONG,
            section="IEEE P1363",
            public_key=key.public_pem,
            message=message,
            signature=raw,
            form="raw",
        )


# --- EdDSA --------------------------------------------------------------------------------------


def _eddsa(seed: Seed) -> VectorFile:
    facts = Facts(
        "signature/eddsa",
        "Ed25519 and Ed448 by the strict rule: s below the order, canonical encodings, no point of small order.",
        operation="signature.verify",
        section=RFC_8032,
    )
    for number, (secret, public, message, signature) in enumerate(KNOWN, 1):
        spki = "302a300506032b6570032100" + public
        facts.valid(
            f"rfc 8032 test {number}",
            "a known answer",
            {},
            section="RFC 8032 section 7.1",
            source="RFC 8032 section 7.1",
            public_key=spki,
            message=message,
            signature=signature,
        )
        facts.valid(
            f"rfc 8032 test {number} signed",
            "a known answer",
            {"signature": signature},
            operation="signature.sign",
            section="RFC 8032 section 7.1",
            source="RFC 8032 section 7.1",
            private_key=_pkcs8(secret),
            message=message,
        )
    message_ = seed.take("message", seed.number("length", 200))
    for algorithm in ("Ed25519", "Ed448"):
        key = Signer.draw(seed, "signature", algorithm)
        right = key.sign(message_)
        half = len(right) // 2
        usual: dict[str, Any] = {"public_key": key.public_pem, "message": message_}
        section = RFC_8032 if algorithm == "Ed25519" else "RFC 8032 section 5.2.7"
        facts.valid(
            f"{algorithm} right", "a signature", {}, section=section, **usual, signature=right
        )
        facts.valid(
            f"{algorithm} signed",
            "the one signature there is",
            {"signature": right},
            operation="signature.sign",
            section=section,
            private_key=key.private_pem,
            message=message_,
        )
        for name, shows, wrong in (
            ("empty", "nothing", b""),
            ("cut", "an octet is missing", right[:-1]),
            ("longer", "an octet too many", right + b"\0"),
            ("halves swapped", "s and R", right[half:] + right[:half]),
            (
                "other key",
                "another key signed",
                Signer.draw(seed, "other", algorithm).sign(message_),
            ),
            ("other message", "another message was signed", key.sign(message_ + b"\0")),
            ("prehashed", "the digest was signed", key.sign(seed.take("digest", 64))),
            ("r zero", "R of zeros", bytes(half) + right[half:]),
            ("s of ones", "an s over the order", right[:half] + b"\xff" * half),
            (
                "der",
                "in DER",
                der.sequence(der.octet_string(right[:half]), der.octet_string(right[half:])),
            ),
        ):
            facts.invalid(
                f"{algorithm} {name}", shows, WRONG, section=section, **usual, signature=wrong
            )
        facts.invalid(
            f"{algorithm} hash",
            "a hash is not taken",
            "algorithm.mismatch",
            section=section,
            **usual,
            signature=right,
            hash="SHA-256",
        )
        facts.invalid(
            f"{algorithm} padding",
            "padding is for RSA",
            "algorithm.mismatch",
            section=section,
            **usual,
            signature=right,
            padding="pkcs1v15",
        )
        facts.invalid(
            f"{algorithm} hash to sign",
            "a hash is not taken",
            "algorithm.mismatch",
            operation="signature.sign",
            section=section,
            private_key=key.private_pem,
            message=message_,
            hash="SHA-512",
        )
    key = Signer.draw(seed, "signature", "Ed25519")
    right = key.sign(message_)
    s = int.from_bytes(right[32:], "little") + ED25519_ORDER
    facts.invalid(
        "s plus the order",
        "s that is not reduced",
        WRONG,
        public_key=key.public_pem,
        message=message_,
        signature=right[:32] + s.to_bytes(32, "little"),
    )
    return facts.file()


def _pkcs8(secret: str) -> str:
    body = base64.b64encode(bytes.fromhex("302e020100300506032b657004220420" + secret)).decode()
    return f"-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n"


# --- RSA ----------------------------------------------------------------------------------------


def _rsa(seed: Seed) -> VectorFile:
    facts = Facts(
        "signature/rsa",
        "RSA with PKCS#1 v1.5 and PSS, whose salt is as long as the hash.",
        operation="signature.verify",
        section="RFC 8017 section 8",
    )
    key = Signer.draw(seed, "signature", "RS256")
    message = seed.take("message", seed.number("length", 200))
    usual: dict[str, Any] = {"public_key": key.public_pem, "message": message}
    for hash in ("SHA-256", "SHA-384", "SHA-512"):
        plain, pss = key.sign(message, hash), key.sign_pss(message, hash)
        facts.valid(
            f"pkcs1 {hash}", f"PKCS#1 v1.5 with {hash}", {}, **usual, signature=plain, hash=hash
        )
        facts.valid(
            f"pkcs1 {hash} signed",
            "the one signature there is",
            {"signature": plain},
            operation="signature.sign",
            private_key=key.private_pem,
            message=message,
            hash=hash,
        )
        facts.valid(
            f"pss {hash}", f"PSS with {hash}", {}, **usual, signature=pss, hash=hash, padding="pss"
        )
        facts.invalid(
            f"pss as pkcs1 {hash}",
            "PSS, where PKCS#1 v1.5 is due",
            WRONG,
            **usual,
            signature=pss,
            hash=hash,
        )
        facts.invalid(
            f"pkcs1 as pss {hash}",
            "PKCS#1 v1.5, where PSS is due",
            WRONG,
            **usual,
            signature=plain,
            hash=hash,
            padding="pss",
        )
    right = key.sign(message)
    number = int.from_bytes(right, "big")
    if key.numbers is None:
        raise TypeError("not an RSA key")
    size = len(right)
    for name, shows, wrong in (
        ("empty", "nothing", b""),
        ("cut", "the last octet is missing", right[:-1]),
        ("longer", "an octet too many", right + b"\0"),
        ("zero before", "a zero before it", b"\0" + right),
        ("zero", "the number zero", bytes(size)),
        ("one", "the number one", bytes(size - 1) + b"\1"),
        ("modulus less one", "the modulus less one", (key.numbers.n - 1).to_bytes(size, "big")),
        ("modulus", "the modulus", key.numbers.n.to_bytes(size, "big")),
        (
            "negated",
            "the modulus less the signature",
            (key.numbers.n - number).to_bytes(size, "big"),
        ),
        ("other hash", "signed with another hash", key.sign(message, "SHA-512")),
        ("other message", "another message was signed", key.sign(message + b"\0")),
        ("other key", "another key signed", Signer.draw(seed, "other", "RS256").sign(message)),
    ):
        facts.invalid(name, shows, WRONG, **usual, signature=wrong)
    return facts.file()
