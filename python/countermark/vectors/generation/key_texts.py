"""Facts about PEM and JWK, and about the containers that keys are written to."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any, Final

from countermark.vectors.generation.facts import Facts
from countermark.vectors.generation.files import Seed, VectorFile
from countermark.vectors.generation.key_containers import P256, private_keys
from countermark.vectors.generation.key_numbers import public_keys
from countermark.vectors.generation.material import (
    CURVES,
    Ec,
    Encryption,
    Mldsa,
    Okp,
    Private,
    Public,
    Rsa,
    answer,
    pkcs8,
    shortest,
    spki,
)
from countermark.vectors.generation.points import off_curve
from countermark.webauthn.testing import der_writer as der
from countermark.webauthn.testing.drafts import b64u

PRIVATE: Final = "private_key.read"
PUBLIC: Final = "public_key.read"


def files(seed: Seed) -> Iterator[VectorFile]:
    """The subjects keys/pem, keys/jwk and keys/export."""
    yield _pem(seed)
    yield _jwk(seed)
    yield _export(seed)


def pem(label: str, data: bytes, *, columns: int = 64, end: str = "\n") -> str:
    """A PEM block (RFC 7468 section 2)."""
    body = base64.b64encode(data).decode()
    lines = [body[at : at + columns] for at in range(0, len(body), columns)]
    return end.join((f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""))


# --- PEM ----------------------------------------------------------------------------------------


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
        ("blanks after boundaries", "blanks after the boundaries", good.replace("-----\n", "----- \t\n")),
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
    facts.valid("RSA PRIVATE KEY", "the label of PKCS#1", answer(rsa), pem=pem("RSA PRIVATE KEY", rsa.inner()))
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
        ("another END", "the end is that of another block", "pem.label", good.replace("END P", "END EC P")),
        ("lower case", "a label in lower case is another one", "algorithm.format",
         good.replace("PRIVATE KEY", "private key")),
        ("four hyphens", "a boundary has five hyphens on each side", "pem.label", good.replace("KEY-----\n", "KEY----\n")),
        ("nested", "a block inside a block", "pem.label", begin + "\n" + good + end + "\n"),
        ("two keys", "two keys in one text", "pem.multiple", good + other),
        ("a key twice", "one key, but twice", "pem.multiple", good + good),
        ("key and public key", "a private key and its public key", "pem.multiple", good + pem("PUBLIC KEY", spki(key))),
        ("EC PARAMETERS after it", "the curve after the key", "pem.multiple", sec1 + pem("EC PARAMETERS", P256.oid)),
        ("EC PARAMETERS alone", "a curve is no key", "algorithm.format", pem("EC PARAMETERS", P256.oid)),
        ("other EC PARAMETERS", "the curve before the key is another one", "key.mismatch",
         pem("EC PARAMETERS", CURVES[1].oid) + sec1),
        ("words before BEGIN", "the beginning does not stand at the start of its line", "pem.label", "key: " + good),
        ("words after BEGIN", "the body begins on the line of the beginning", "pem.label", good.replace("-----\n", "-----", 1)),
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
        ("body of blanks", "a block with a body of blanks", "pem.base64", empty.replace("\n", "\n  \n", 1)),
        ("minus in the body", "a character of base64url", "pem.base64", put("-")),
        ("underscore in the body", "a character of base64url", "pem.base64", put("_")),
        ("star in the body", "a character of no alphabet", "pem.base64", put("*")),
        ("letter beyond ASCII", "a letter that looks like another", "pem.base64", put("\u0410")),
        ("blank in a line", "a blank within a line", "pem.base64", put(" ")),
        ("padding in the middle", "padding stands at the end alone", "pem.base64", put("=")),
        ("character missing", "a character is missing", "pem.base64", "\n".join([lines[0], lines[1][1:], *lines[2:]])),
        ("padding too long", "padding where none is due", "pem.base64",
         pem("PRIVATE KEY", data + b"\x00" * (-len(data) % 3)).replace(exact[-4:] + "\n", exact[-4:] + "=\n")),
        ("unused bits", "the bits that no octet uses are not zero", "pem.base64", _unused_bits(data)),
        ("Proc-Type", "the encryption of RFC 1421, whose key is one round of MD5", "algorithm.legacy_encryption",
         good.replace("-----\n", "-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,"
                      + seed.take("dek", 16).hex().upper() + "\n\n", 1)),
        ("header", "a header line", "pem.junk", good.replace("-----\n", "-----\nComment: a key\n", 1)),
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
        ("OpenSSH private key", "a container that is not offered", "algorithm.format", PRIVATE, opaque),
        ("OpenSSH public key", "a line of OpenSSH", "algorithm.format", PUBLIC, f"ssh-ed25519 {text} me\n"),
        ("PuTTY", "a key of PuTTY", "algorithm.format", PRIVATE, "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n"),
        ("certificate", "a certificate where a key is due", "algorithm.format", PUBLIC, pem("CERTIFICATE", spki(key))),
        ("public for private", "a public key where a private one is due", "key.not_private", PRIVATE,
         pem("PUBLIC KEY", spki(key))),
        ("private for public", "a private key where a public one is due", "key.not_public", PUBLIC,
         pem("PRIVATE KEY", pkcs8(key))),
        ("RSA public for private", "a public key where a private one is due", "key.not_private", PRIVATE,
         pem("RSA PUBLIC KEY", rsa.public)),
        ("PKCS1 as PKCS8", "the label is not that of the content", "der.tag", PRIVATE, pem("PRIVATE KEY", rsa.inner())),
        ("PKCS8 as PKCS1", "the label is not that of the content", "der.tag", PRIVATE,
         pem("RSA PRIVATE KEY", pkcs8(rsa))),
        ("SEC 1 as PKCS8", "the label is not that of the content", "der.value", PRIVATE,
         pem("PRIVATE KEY", der.sequence(der.integer(2), der.octet_string(key.scalar)))),
        ("SPKI as PKCS1", "the label is not that of the content", "der.tag", PUBLIC, pem("RSA PUBLIC KEY", spki(rsa))),
        ("encrypted under the plain label", "the label is not that of the content", "der.tag", PRIVATE,
         pem("PRIVATE KEY", usual.encrypt(pkcs8(key)))),
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


# --- JWK ----------------------------------------------------------------------------------------


def jwk_of(key: Public, *, private: bool) -> dict[str, Any]:
    """A JWK as it is written."""
    if isinstance(key, Mldsa):
        return {"kty": "AKP", "alg": key.algorithm, "pub": b64u(key.public)}
    members = {
        name: b64u(value) if isinstance(value, bytes) else value for name, value in key.jwk().items()
    }
    if not private:
        for name in ("d", "p", "q", "dp", "dq", "qi"):
            members.pop(name, None)
    return members


def _jwk(seed: Seed) -> VectorFile:
    facts = Facts(
        "keys/jwk",
        "JSON Web Keys, as objects and as texts.",
        operation=PRIVATE,
        section="RFC 7517 section 4",
    )
    for name, key in private_keys(seed, "jwk"):
        facts.valid(name, f"a private key of the kind {name}", answer(key), jwk=jwk_of(key, private=True))
    for name, one in public_keys(seed, "jwk"):
        facts.valid(
            f"public {name}",
            f"a public key of the kind {name}",
            answer(one),
            operation=PUBLIC,
            jwk=jwk_of(one, private=False),
        )
    key = Ec.draw(seed, "jwk", P256)
    _right_members(facts, key)
    _wrong_members(facts, key)
    _wrong_texts(facts, key)
    _wrong_values(facts, seed, key)
    _wrong_rsa(facts, seed)
    return facts.file()


def _right_members(facts: Facts, key: Ec) -> None:
    whole, public = jwk_of(key, private=True), jwk_of(key, private=False)
    for title, shows, operation, more in (
        ("use sig", "a key for signatures", PRIVATE, {"use": "sig"}),
        ("key_ops sign", "a key that may sign", PRIVATE, {"key_ops": ["sign"]}),
        ("key_ops verify", "a key that may verify", PUBLIC, {"key_ops": ["verify"]}),
        ("key_ops of both", "a key that may do both", PUBLIC, {"key_ops": ["sign", "verify"]}),
        ("alg of the key", "the algorithm of the key", PRIVATE, {"alg": "ES256"}),
        ("members of others", "members without a meaning here are ignored", PRIVATE, {"kid": "1", "x5t": 5, "ext": True}),
    ):
        members = (whole if operation == PRIVATE else public) | more
        facts.valid(title, shows, answer(key), operation=operation, jwk=members)
    facts.valid("text", "a JWK as JSON text", answer(key), jwk=json.dumps(whole))
    facts.valid("text with blanks", "blanks around what stands in it", answer(key), jwk=json.dumps(whole, indent=2))


def _wrong_members(facts: Facts, key: Ec) -> None:
    whole, public = jwk_of(key, private=True), jwk_of(key, private=False)
    for name in ("kty", "crv", "x", "y"):
        facts.invalid(
            f"without {name}",
            f"{name} is missing",
            "jwk.missing",
            jwk={one: value for one, value in whole.items() if one != name},
        )
    for name, value in (("kty", None), ("crv", 256), ("x", 12345), ("y", None), ("d", ["AQ"])):
        facts.invalid(f"{name} of another type", f"{name} is no text", "jwk.type", jwk=whole | {name: value})
    for title, shows, code, operation, members in (
        ("public for private", "a public key where a private one is due", "key.not_private", PRIVATE, public),
        ("private for public", "a private key where a public one is due", "key.not_public", PUBLIC, whole),
        ("symmetric", "a key of the type oct", "algorithm.key_type", PUBLIC, {"kty": "oct", "k": "AAECAw"}),
        ("kty in lower case", "a key type in lower case is another one", "algorithm.key_type", PUBLIC, public | {"kty": "ec"}),
        ("curve of another type", "Ed25519 is no curve of the type EC", "algorithm.curve", PUBLIC, public | {"crv": "Ed25519"}),
        ("unknown curve", "P-224 is not offered", "algorithm.curve", PUBLIC, public | {"crv": "P-224"}),
        ("use enc", "a key for encryption", "jwk.value", PUBLIC, public | {"use": "enc"}),
        ("use of another type", "use is no text", "jwk.type", PUBLIC, public | {"use": True}),
        ("key_ops without sign", "a key that may not sign", "jwk.value", PRIVATE, whole | {"key_ops": ["verify"]}),
        ("key_ops without verify", "a key that may not verify", "jwk.value", PUBLIC, public | {"key_ops": ["sign"]}),
        ("key_ops empty", "a key that may do nothing", "jwk.value", PUBLIC, public | {"key_ops": []}),
        ("key_ops a text", "key_ops is no list", "jwk.type", PUBLIC, public | {"key_ops": "verify"}),
        ("key_ops of numbers", "key_ops is no list of texts", "jwk.type", PUBLIC, public | {"key_ops": [2]}),
        ("alg of another curve", "the algorithm does not fit the key", "key.mismatch", PUBLIC, public | {"alg": "ES384"}),
        ("alg of another type", "alg is no text", "jwk.type", PUBLIC, public | {"alg": -7}),
        ("set of keys", "a JWK Set is no JWK", "jwk.missing", PUBLIC, {"keys": [public]}),
        ("unknown ML-DSA", "an unknown parameter set", "algorithm.unknown", PUBLIC, {"kty": "AKP", "alg": "ML-DSA-99", "pub": "AA"}),
    ):
        facts.invalid(title, shows, code, operation=operation, jwk=members)


def _wrong_texts(facts: Facts, key: Ec) -> None:
    text = json.dumps(jwk_of(key, private=True))
    for title, shows, code, one in (
        ("member twice", "a member stands twice", "json.duplicate", '{"kty": "EC", ' + text[1:]),
        ("member twice by an escape", "a member stands twice, once as an escape", "json.duplicate",
         '{"k\\u0074y": "EC", ' + text[1:]),
        ("array", "an array in place of an object", "json.shape", f"[{text}]"),
        ("cut text", "the end is missing", "json.syntax", text[:-1]),
        ("text after it", "something follows the object", "json.trailing", text + "{}"),
        ("byte order mark", "the text begins with a byte order mark", "json.bom", "\ufeff" + text),
        ("no text", "nothing at all", "json.syntax", ""),
    ):
        facts.invalid(title, shows, code, section="RFC 8259", jwk=one)


def _wrong_values(facts: Facts, seed: Seed, key: Ec) -> None:
    whole = jwk_of(key, private=True)
    other = Ec.draw(seed, "jwk stranger", P256)
    x, y = off_curve(key)
    for title, shows, code, more in (
        ("x short", "x is as wide as the field", "key.length", {"x": b64u(key.x[1:])}),
        ("x long", "x is as wide as the field", "key.length", {"x": b64u(b"\x00" + key.x)}),
        ("d short", "d is as wide as the field", "key.length", {"d": b64u(key.scalar[1:])}),
        ("d of another key", "d is not the scalar of the point", "key.mismatch", {"d": b64u(other.scalar)}),
        ("d zero", "d is zero", "key.scalar", {"d": b64u(bytes(32))}),
        ("d the order", "d is the order of the curve", "key.scalar", {"d": b64u(P256.n.to_bytes(32, "big"))}),
        ("off the curve", "the point is not on the curve", "key.point", {"x": b64u(x), "y": b64u(y)}),
        ("point of another key", "the point is of another key", "key.mismatch", {"x": b64u(other.x), "y": b64u(other.y)}),
        ("padded", "base64url without padding", "base64url.padding", {"x": b64u(key.x) + "="}),
        ("standard alphabet", "a character of base64", "base64url.alphabet", {"x": "+" + b64u(key.x)[1:]}),
        ("unused bits", "the bits that no octet uses are not zero", "base64url.trailing_bits", {"x": _next(b64u(key.x))}),
        ("length", "a length that no octets have", "base64url.length", {"x": b64u(key.x) + "AA"}),
    ):
        facts.invalid(title, shows, code, section="RFC 7518 section 6.2", jwk=whole | more)
    edwards = Okp.draw(seed, "jwk values", "Ed25519")
    stranger = Okp.draw(seed, "jwk stranger", "Ed25519")
    okp = jwk_of(edwards, private=True)
    for title, shows, code, more in (
        ("Ed25519 d of another key", "d is not the seed of x", "key.mismatch", {"d": b64u(stranger.seed)}),
        ("Ed25519 d of 31 octets", "an octet is missing", "key.length", {"d": b64u(edwards.seed[1:])}),
        ("Ed25519 x of 31 octets", "an octet is missing", "key.length", {"x": b64u(edwards.public[1:])}),
        ("Ed25519 x of small order", "a point of small order", "key.small_order", {"x": b64u(b"\x01" + bytes(31))}),
        ("X25519", "a curve for agreement", "algorithm.curve", {"crv": "X25519"}),
        ("curve of the type EC", "P-256 is no curve of the type OKP", "algorithm.curve", {"crv": "P-256"}),
    ):
        facts.invalid(title, shows, code, section="RFC 8037 section 2", jwk=okp | more)


def _next(text: str) -> str:
    """The last character of 32 octets in base64url has two bits that are of no use: sets one."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return text[:-1] + alphabet[alphabet.index(text[-1]) | 1]


def _wrong_rsa(facts: Facts, seed: Seed) -> None:
    key = Rsa.draw(seed, "private")
    whole, public = jwk_of(key, private=True), jwk_of(key, private=False)
    for title, shows, code, operation, members in (
        ("RSA without p", "every number of the second form is due", "jwk.missing", PRIVATE,
         {name: value for name, value in whole.items() if name != "p"}),
        ("RSA of more primes", "keys of more than two primes are not offered", "algorithm.multi_prime", PRIVATE,
         whole | {"oth": []}),
        ("RSA n with a zero octet", "a number has no leading zero octet", "jwk.value", PUBLIC,
         public | {"n": b64u(b"\x00" + shortest(key.n))}),
        ("RSA e of 1", "e is 1", "key.rsa_exponent", PUBLIC, public | {"e": "AQ"}),
        ("RSA n even", "n is even", "key.rsa_modulus", PUBLIC, public | {"n": b64u(shortest(key.n - 1))}),
        ("RSA d plus 2", "d is not the one that belongs to the primes", "key.rsa_private", PRIVATE,
         whole | {"d": b64u(shortest(key.d + 2))}),
        ("RSA alg of ECDSA", "the algorithm does not fit the key", "key.mismatch", PUBLIC, public | {"alg": "ES256"}),
    ):
        facts.invalid(title, shows, code, operation=operation, section="RFC 7518 section 6.3", jwk=members)


# --- Writing ------------------------------------------------------------------------------------


def _export(seed: Seed) -> VectorFile:
    facts = Facts(
        "keys/export",
        "Keys read from PKCS#8 or SPKI and written again: the bytes that come out are always the same.",
        operation="private_key.export",
        section="RFC 5958 section 2",
    )
    for name, key in private_keys(seed, "export"):
        _export_private(facts, name, key)
    for name, one in public_keys(seed, "export"):
        _export_public(facts, name, one)
    for name, key in private_keys(seed, "export"):
        facts.invalid(
            f"public {name} from a private key",
            "a private key where a public one is due",
            "key.not_public",
            operation="public_key.export",
            der=pkcs8(key),
            encoding="jwk",
        )
    facts.invalid(
        "P-256 from a public key",
        "a public key where a private one is due",
        "key.not_private",
        der=spki(Ec.draw(seed, "export", P256)),
        encoding="der",
    )
    facts.valid(
        "thumbprint",
        "the key and the thumbprint that the RFC prints",
        {"bytes": _RFC8037_THUMBPRINT.hex()},
        operation="public_key.export",
        section="RFC 8037 appendix A.3",
        jwk={"kty": "OKP", "crv": "Ed25519", "x": _RFC8037_X},
        encoding="thumbprint",
    )
    return facts.file()


_RFC8037_X: Final = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
_RFC8037_THUMBPRINT: Final = base64.urlsafe_b64decode("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k=")


def _export_private(facts: Facts, name: str, key: Private) -> None:
    whole = pkcs8(key)
    text = json.dumps(jwk_of(key, private=True), separators=(",", ":"))
    facts.valid(
        f"{name} as pkcs8", "PKCS#8 in DER", {"bytes": whole.hex()}, der=whole, encoding="der"
    )
    if name == "P-256":
        facts.valid(
            f"{name} as PEM",
            "PKCS#8 in PEM, in lines of 64 characters, the last one ended",
            {"text": pem("PRIVATE KEY", whole)},
            der=whole,
            encoding="pem",
        )
    facts.valid(
        f"{name} as JWK",
        "JWK as compact text, its members in this order",
        {"text": text},
        section="RFC 7517 section 4",
        der=whole,
        encoding="jwk",
    )
    facts.invalid(
        f"{name} as JWK of a format",
        "a JWK has no container",
        "argument.value",
        der=whole,
        encoding="jwk",
        format="sec1",
    )
    for form, kind, inner in (
        ("sec1", Ec, key.inner(parameters=True) if isinstance(key, Ec) else b""),
        ("pkcs1", Rsa, key.inner() if isinstance(key, Rsa) else b""),
    ):
        if isinstance(key, kind):
            facts.valid(
                f"{name} as {form}",
                f"the container {form}",
                {"bytes": inner.hex()},
                der=whole,
                encoding="der",
                format=form,
            )
        else:
            facts.invalid(
                f"{name} as {form}",
                "a container of another kind of key",
                "algorithm.mismatch",
                der=whole,
                encoding="der",
                format=form,
            )


def _export_public(facts: Facts, name: str, key: Public) -> None:
    whole = spki(key)

    def right(title: str, shows: str, output: dict[str, Any], **to: str) -> None:
        facts.valid(
            f"public {name} as {title}",
            shows,
            output,
            operation="public_key.export",
            section="RFC 5280 section 4.1.2.7",
            der=whole,
            **to,
        )

    right("JWK", "a JWK", {"jwk": jwk_of(key, private=False)}, encoding="jwk")
    if name == "P-256":
        right("SPKI", "SPKI in DER", {"bytes": whole.hex()}, encoding="der")
        right(
            "PEM",
            "SPKI in PEM, in lines of 64 characters, the last one ended",
            {"text": pem("PUBLIC KEY", whole)},
            encoding="pem",
        )
    if isinstance(key, Rsa):
        right(
            "pkcs1",
            "RSAPublicKey in DER",
            {"bytes": key.public.hex()},
            encoding="der",
            format="pkcs1",
        )
    else:
        facts.invalid(
            f"public {name} as pkcs1",
            "a container of another kind of key",
            "algorithm.mismatch",
            operation="public_key.export",
            section="RFC 8017 appendix A.1.1",
            der=whole,
            encoding="der",
            format="pkcs1",
        )
