"""Facts about encrypted private keys: PBES2 with PBKDF2 or scrypt and AES-CBC."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from countermark.vectors.generation.facts import Facts
from countermark.vectors.generation.files import Seed, VectorFile
from countermark.vectors.generation.key_containers import P256, content, private_keys
from countermark.vectors.generation.material import (
    Ec,
    Encryption,
    Okp,
    answer,
    ec_private_key,
    pkcs8,
)
from countermark.webauthn.testing import der_writer as der

_NAMED: Final = (
    ("PBES1 with MD5 and DES", "1.2.840.113549.1.5.3"),
    ("PBES1 with SHA-1 and RC2", "1.2.840.113549.1.5.11"),
    ("PKCS12 with SHA-1 and 3DES", "1.2.840.113549.1.12.1.3"),
)


def files(seed: Seed) -> Iterator[VectorFile]:
    """The subject keys/pbes2."""
    facts = Facts(
        "keys/pbes2",
        "EncryptedPrivateKeyInfo in DER with its password. Nothing authenticates the ciphertext: a wrong password "
        "and a damaged ciphertext are one answer.",
        operation="private_key.read",
        section="RFC 8018 section 6.2",
    )
    key = Okp.draw(seed, "pbes2", "Ed25519")
    usual = Encryption(
        password=seed.take("password", 12).hex().encode(),
        salt=seed.take("salt", 16),
        iv=seed.take("iv", 16),
    )
    _right(facts, seed, key, usual)
    _wrong_passwords(facts, seed, key, usual)
    _wrong_parameters(facts, seed, key, usual)
    _wrong_plaintexts(facts, seed, usual)
    yield facts.file()


def _right(facts: Facts, seed: Seed, key: Okp, usual: Encryption) -> None:
    def right(title: str, shows: str, how: Encryption) -> None:
        facts.valid(
            title,
            shows,
            answer(key),
            der=how.encrypt(pkcs8(key)),
            password=how.password.decode(),
        )

    for prf in ("sha1", "sha256", "sha384", "sha512"):
        for size in (16, 24, 32):
            right(
                f"PBKDF2 with {prf} AES-{8 * size}",
                "SHA-1 is the default, and left out" if prf == "sha1" else f"the PRF {prf}",
                replace(usual, prf=prf, key_size=size),
            )
    right("scrypt", "the key is derived by scrypt", replace(usual, kdf="scrypt"))
    right("scrypt of N 2", "the least cost", replace(usual, kdf="scrypt", cost=(2, 1, 1)))
    right(
        "one iteration",
        "a low count is for the owner of the key to judge",
        replace(usual, iterations=1),
    )
    right(
        "length of the key",
        "the length of the derived key is stated",
        replace(usual, key_length=32),
    )
    right(
        "scrypt and length of the key",
        "the length of the derived key is stated",
        replace(usual, kdf="scrypt", key_length=32),
    )
    right("salt of one octet", "the shortest salt", replace(usual, salt=seed.take("one", 1)))
    right("salt of 1024 octets", "the longest salt", replace(usual, salt=seed.take("long", 1024)))
    right(
        "password beyond ASCII",
        "a password is its UTF-8, not normalised",
        replace(usual, password="pa\u0301sswort \U0001f511 \u00fc".encode()),
    )
    right(
        "password with a NUL", "a NUL is an octet like others", replace(usual, password=b"a\x00b")
    )
    facts.valid(
        "password with a NUL at its end",
        "HMAC fills a short key up with zeros, so that this is the same password to PBKDF2",
        answer(key),
        section="RFC 2104 section 2",
        der=usual.encrypt(pkcs8(key)),
        password=usual.password.decode() + "\x00",
    )
    for name, one in private_keys(seed, "pbes2 kinds"):
        facts.valid(
            f"{name}",
            f"an encrypted key of the kind {name}",
            answer(one),
            der=usual.encrypt(pkcs8(one)),
            password=usual.password.decode(),
        )


def _wrong_passwords(facts: Facts, seed: Seed, key: Okp, usual: Encryption) -> None:
    good = usual.encrypt(pkcs8(key))
    right = usual.password.decode()
    flipped = bytearray(good)
    # Within the last two blocks: before them there is nothing but the key, and every key is right.
    flipped[-1 - seed.number("flip", 32)] ^= seed.number("bits", 256)
    for title, shows, password in (
        ("another password", "another password", seed.take("other password", 12).hex()),
        ("password in upper case", "capital letters are other letters", right.upper() + "A"),
        ("password with a blank", "a blank is a part of a password", right + " "),
        ("empty password", "an empty password is a password", ""),
    ):
        facts.invalid(title, shows, "key.password_wrong", der=good, password=password)
    composed = replace(usual, password="\u00e9".encode())
    facts.invalid(
        "password in another normal form",
        "é of one character is not é of two",
        "key.password_wrong",
        der=composed.encrypt(pkcs8(key)),
        password="e\u0301",
    )
    facts.invalid(
        "no password", "an encrypted key needs its password", "key.password_required", der=good
    )
    facts.invalid(
        "superfluous password",
        "a password for a key that is not encrypted",
        "key.not_encrypted",
        der=pkcs8(key),
        password=right,
    )
    for title, shows, data in (
        ("damaged", "a bit of the ciphertext is another", bytes(flipped)),
        ("no ciphertext", "the ciphertext is empty", usual.around(b"")),
        (
            "half a block",
            "the ciphertext is not of whole blocks",
            usual.around(seed.take("half", 40)),
        ),
    ):
        facts.invalid(title, shows, "key.password_wrong", der=data, password=right)


def _wrong_parameters(facts: Facts, seed: Seed, key: Okp, usual: Encryption) -> None:
    def wrong(title: str, shows: str, code: str, how: Encryption) -> None:
        facts.invalid(
            title, shows, code, der=how.encrypt(pkcs8(key)), password=how.password.decode()
        )

    def said(**stated: object) -> Encryption:
        return replace(usual, stated=stated)

    for title, dotted in _NAMED:
        wrong(title, "an encryption that is not PBES2", "algorithm.encryption", said(scheme=dotted))
    wrong(
        "PRF SHA-224",
        "a PRF that is not offered",
        "algorithm.encryption",
        replace(usual, prf="sha224"),
    )
    wrong(
        "unknown derivation",
        "neither PBKDF2 nor scrypt",
        "algorithm.encryption",
        said(kdf="1.2.840.113549.1.5.14"),
    )
    for title, dotted in (
        ("3DES", "1.2.840.113549.3.7"),
        ("AES-256-GCM", "2.16.840.1.101.3.4.1.46"),
        ("RC2", "1.2.840.113549.3.2"),
    ):
        wrong(
            title, f"the cipher {title} is not offered", "algorithm.encryption", said(cipher=dotted)
        )
    wrong(
        "PRF without NULL",
        "a PRF has NULL for its parameters",
        "der.value",
        replace(usual, prf_parameters=b""),
    )
    wrong("no iterations", "zero iterations derive nothing", "der.value", said(iterations=0))
    wrong("negative iterations", "a count is not negative", "der.value", said(iterations=-1))
    wrong("salt empty", "a salt has an octet at least", "der.value", replace(usual, salt=b""))
    wrong("iv of 15 octets", "an IV is as long as a block", "der.value", said(iv=usual.iv[:15]))
    wrong(
        "iv of 17 octets", "an IV is as long as a block", "der.value", said(iv=usual.iv + b"\x00")
    )
    wrong(
        "length of another key",
        "the stated length is not that of the cipher's key",
        "der.value",
        said(key_length=16),
    )
    wrong(
        "salt of 1025 octets",
        "a salt over 1024 octets",
        "limit.size",
        replace(usual, salt=seed.take("long", 1025)),
    )
    for title, count in (
        ("2000001", 2_000_001),
        ("10 million", 10**7),
        ("2 to the 31", 2**31),
        ("2 to the 63", 2**63),
    ):
        wrong(
            f"iterations {title}",
            "over 2,000,000 iterations, told before anything is derived",
            "limit.kdf_cost",
            said(iterations=count),
        )
    for title, code, cost in (
        ("memory", "limit.kdf_cost", (2**30, 8, 1)),
        ("work", "limit.kdf_cost", (2**14, 8, 64)),
        ("N of no power of two", "der.value", (15, 8, 1)),
        ("N of 1", "der.value", (1, 8, 1)),
        ("N too large for r", "der.value", (2**16, 1, 1)),
        ("r of 0", "der.value", (16, 0, 1)),
        ("p of 0", "der.value", (16, 8, 0)),
    ):
        wrong(
            f"scrypt {title}",
            f"N, r and p are {cost[0]}, {cost[1]} and {cost[2]}",
            code,
            replace(usual, kdf="scrypt", stated={"cost": cost}),
        )


def _wrong_plaintexts(facts: Facts, seed: Seed, usual: Encryption) -> None:
    key = Ec.draw(seed, "pbes2 plaintext", P256)
    right = usual.password.decode()

    def wrong(title: str, shows: str, code: str, data: bytes) -> None:
        facts.invalid(title, shows, code, der=data, password=right)

    plain = pkcs8(key)
    gap = 16 - len(plain) % 16
    for title, padding in (
        ("padding of zeros", bytes(gap)),
        ("padding too long", bytes(gap - 1) + b"\x11"),
        ("padding uneven", b"\xff" * (gap - 1) + bytes([gap]) if gap > 1 else b"\x00"),
    ):
        wrong(
            title,
            "the padding is not that of RFC 8018",
            "key.password_wrong",
            replace(usual, padding=padding).encrypt(plain),
        )
    wrong(
        "no key inside",
        "what comes out is no PrivateKeyInfo",
        "key.password_wrong",
        usual.encrypt(seed.take("no key", 40)),
    )
    wrong(
        "bare key inside",
        "what comes out is an ECPrivateKey without its container",
        "key.password_wrong",
        usual.encrypt(key.inner(parameters=True)),
    )
    zero = pkcs8(key, ec_private_key(bytes(32), parameters=None, public=None))
    wrong(
        "scalar zero inside",
        "what comes out is a container of a wrong key",
        "key.scalar",
        usual.encrypt(zero),
    )
    wrong("trailing octet", "an octet follows", "der.trailing", usual.encrypt(plain) + b"\x00")
    wrong(
        "third element",
        "an element follows the ciphertext",
        "der.trailing",
        der.sequence(content(usual.encrypt(plain)), der.null()),
    )
