"""Project Wycheproof (C2SP): its JSON files as records, and what nothing here can answer as skips.

A file names its schema, which decides the question. ``valid`` vectors are to be accepted and ``invalid`` ones
refused; one that is ``acceptable`` is decided by a rule for its flags (`RULES`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from countermark.errors import MalformedInput
from countermark.vectors.model import VALID, Answer, Question, Record, Skip

RULES: Final[dict[str, tuple[bool, str]]] = {
    "MissingNull": (
        False,
        "RFC 8017 section 9.2 note 1 has the NULL in every DigestInfo, and verifying by encoding again knows no other",
    ),
    "CompressedPublic": (
        True,
        "a compressed point (SEC 1 section 2.3.4) is read, and written uncompressed",
    ),
    "InvalidAsn": (False, "what is no DER is no key"),
    "InvalidPem": (False, "what is in no PEM block that holds DER is no key"),
    "SmallPublicKey": (True, "RFC 8017 section 3.1 has any odd exponent from 3"),
    "UnnamedCurve": (False, "a curve that is spelled out is refused even where it is a known one"),
}
"""Flags of ``acceptable`` vectors: whether such a vector is to be accepted, and why. The first that is here decides."""

NO_HASH: Final = "SHA-512/224 and SHA3-224, which the backend does not have"
NO_SHAKE: Final = "ECDSA and PSS with SHAKE"
NO_CURVE: Final = "curves other than P-256, P-384, P-521 and secp256k1"
NO_PSS_SHA1: Final = "PSS with SHA-1, which is not verified"
NO_SALT: Final = "PSS with a salt of another length than the digest, or MGF1 with another hash"
NO_SIGNING_HASH: Final = "signing with hashes other than SHA-256, SHA-384 and SHA-512"
NO_SMALL_RSA: Final = "RSA keys of fewer than 2048 bits"
NO_HMAC: Final = "HMAC with SHA-512/224, SHA-512/256, SHA-3 or SM3, which the backend does not have"
NO_PRF: Final = "PBKDF2 with SHA-224, which the backend does not have"
TOO_COSTLY: Final = "PBKDF2 with more iterations than an encrypted key may ask for"
NO_CONTEXT: Final = "ML-DSA with a context"
NO_OLD_NAME: Final = "JWKs with the curve P-256K, which RFC 8812 section 3.1 calls secp256k1"
NO_POINT: Final = (
    "points by themselves and private numbers without a container, which no public name takes"
)
OUT_OF_SCOPE: Final = "algorithms that are not for signatures, MACs and keys of the kinds here"

_DIGEST_BYTES: Final = {
    "SHA-224": 28,
    "SHA-256": 32,
    "SHA-384": 48,
    "SHA-512": 64,
    "SHA-512/256": 32,
    "SHA3-256": 32,
    "SHA3-384": 48,
    "SHA3-512": 64,
}
"""The hashes that signatures are verified with."""
_SIGNING: Final = ("SHA-256", "SHA-384", "SHA-512")
_CURVES: Final = {
    "secp256r1": "P-256",
    "secp384r1": "P-384",
    "secp521r1": "P-521",
    "secp256k1": "secp256k1",
    **{name: name for name in ("P-256", "P-384", "P-521")},
}
_MAC_HASHES: Final = {f"HMACSHA{bits}": f"SHA-{bits}" for bits in ("1", "224", "256", "384", "512")}

Vector = Mapping[str, Any]
"""A vector, with the members of its group beside its own."""


_REFUSED: Final = Answer("signature.invalid")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, with the output of a valid answer and the code for a refusal."""

    operation: str
    input: dict[str, Any]
    section: str
    accepted: dict[str, Any] = field(default_factory=dict)
    refused: Answer = _REFUSED


Reading = Callable[[Vector], "Asked | str"]
"""Takes a vector, gives the question, or the reason why there is none."""


def read(path: Path, whole: Any) -> Iterator[Record | Skip]:
    """The vectors of a file.

    Args:
        path: the file, of which only the name is used.
        whole: its JSON.

    Raises:
        MalformedInput: ``json.shape``, it is not built like a file of Wycheproof, or has a vector whose result no
            rule decides.
    """
    try:
        yield from _read(path, whole)
    except MalformedInput:
        raise
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        fault = f"not built like a file of Wycheproof: {type(error).__name__}"
        raise MalformedInput(fault, code="json.shape") from None


def _read(path: Path, whole: Any) -> Iterator[Record | Skip]:
    reading = _READINGS.get(whole["schema"])
    named = {"name of the file": path.stem, "algorithm": whole.get("algorithm", "")}
    for group in whole["testGroups"]:
        for test in group["tests"]:
            name = str(test["tcId"])
            vector = {**named, **group, **test}
            asked = OUT_OF_SCOPE if reading is None else reading(vector)
            if isinstance(asked, str):
                yield Skip(name, asked)
                continue
            yield Record(
                id=name,
                shows=test.get("comment") or ", ".join(test["flags"]) or test["result"],
                section=asked.section,
                origin="Project Wycheproof",
                question=Question(asked.operation, asked.input),
                expected=Answer(VALID, asked.accepted) if _accepted(test) else asked.refused,
            )


def _accepted(test: Vector) -> bool:
    if test["result"] in ("valid", "invalid"):
        return bool(test["result"] == "valid")
    for flag in test["flags"]:
        if flag in RULES:
            return RULES[flag][0]
    raise MalformedInput(f"no rule decides vector {test['tcId']}", code="json.shape")


# --- Signatures. ---


def _signature(vector: Vector, section: str, key: str = "publicKeyDer", **more: Any) -> Asked:
    given = {"public_key": vector[key], "message": vector["msg"], "signature": vector["sig"]}
    return Asked("signature.verify", {**given, **more}, section)


def _no_hash(vector: Vector) -> str | None:
    if vector["sha"].startswith("SHAKE"):
        return NO_SHAKE
    return None if vector["sha"] in _DIGEST_BYTES else NO_HASH


def _ecdsa(vector: Vector, **more: Any) -> Asked | str:
    if vector["publicKey"]["curve"] not in _CURVES:
        return NO_CURVE
    reason = _no_hash(vector)
    return reason or _signature(vector, "FIPS 186-5 section 6.4.2", hash=vector["sha"], **more)


def _ecdsa_raw(vector: Vector) -> Asked | str:
    return _ecdsa(vector, form="raw")


def _ecdsa_low_s(vector: Vector) -> Asked | str:
    return _ecdsa(vector, low_s=True)


def _eddsa(vector: Vector) -> Asked | str:
    return _signature(vector, "RFC 8032 sections 5.1.7 and 5.2.7")


def _pkcs1(vector: Vector) -> Asked | str:
    section = "RFC 8017 section 8.2.2"
    return _no_hash(vector) or _signature(vector, section, hash=vector["sha"], padding="pkcs1v15")


def _pss(vector: Vector) -> Asked | str:
    hash_ = vector["sha"]
    if hash_ == "SHA-1":
        return NO_PSS_SHA1
    reason = _no_hash(vector)
    if reason:
        return reason
    if (vector["mgf"], vector["mgfSha"], vector["sLen"]) != ("MGF1", hash_, _DIGEST_BYTES[hash_]):
        return NO_SALT
    # Of the files with parameters, the SPKI names id-RSASSA-PSS; a key here is for either padding.
    key = "publicKeyAsn"
    return _signature(vector, "RFC 8017 section 8.1.2", key, hash=hash_, padding="pss")


def _pkcs1_made(vector: Vector) -> Asked | str:
    if vector["keySize"] < 2048:
        return NO_SMALL_RSA
    if vector["sha"] not in _SIGNING:
        return NO_SIGNING_HASH
    given = {
        "private_key": vector["privateKeyPem"],
        "message": vector["msg"],
        "hash": vector["sha"],
    }
    return Asked("signature.sign", given, "RFC 8017 section 8.2.1", {"signature": vector["sig"]})


def _ml_dsa(vector: Vector) -> Asked | str:
    if vector.get("ctx"):
        return NO_CONTEXT
    asked = _signature(vector, "FIPS 204 section 5.3")
    if "IncorrectPublicKeyLength" in vector["flags"]:
        return replace(asked, refused=Answer("key.length"))
    return asked


# --- What keys are read with. ---


def _mac(vector: Vector) -> Asked | str:
    if not vector["algorithm"].startswith("HMAC"):
        return OUT_OF_SCOPE
    hash_ = _MAC_HASHES.get(vector["algorithm"])
    if hash_ is None:
        return NO_HMAC
    given = {
        "hash": hash_,
        "key": vector["key"],
        "message": vector["msg"],
        "tag": vector["tag"],
        "length": vector["tagSize"] // 8,
    }
    return Asked("mac.verify", given, "RFC 2104 sections 2 and 5")


_MOST_ITERATIONS: Final = 2_000_000


def _pbkdf2(vector: Vector) -> Asked | str:
    hash_ = vector["algorithm"].removeprefix("PBKDF2-HMACSHA")
    if hash_ == "224":
        return NO_PRF
    if vector["iterationCount"] > _MOST_ITERATIONS:
        return TOO_COSTLY
    given = {
        "hash": f"SHA-{hash_}",
        "password": vector["password"],
        "salt": vector["salt"],
        "iterations": vector["iterationCount"],
        "length": vector["dkLen"],
    }
    return Asked("kdf.pbkdf2", given, "RFC 8018 section 5.2", {"bytes": vector["dk"]})


# digestAlgorithm 1.2.840.113549.2 (RFC 8018 appendix B.1), and aes 2.16.840.1.101.3.4.1 (appendix B.2.5).
_PRFS: Final = {"1": 7, "256": 9, "384": 10, "512": 11}
_CIPHERS: Final = {"128": 0x02, "192": 0x16, "256": 0x2A}


def _pbes2(vector: Vector) -> Asked | str:
    hash_, _, bits = vector["algorithm"].removeprefix("PbeWithHmacSha").partition("AndAes_")
    if hash_ == "224":
        return NO_PRF
    given = {
        "der": _encrypted(vector, _PRFS[hash_], _CIPHERS[bits]).hex(),
        "password": vector["password"],
    }
    return Asked("pbes2.decrypt", given, "RFC 8018 section 6.2.2", {"plaintext": vector["msg"]})


def _encrypted(vector: Vector, prf: int, cipher: int) -> bytes:
    """EncryptedPrivateKeyInfo (RFC 5958 section 3) around the ciphertext of a vector."""
    count = vector["iterationCount"]
    iterations = _der(0x02, count.to_bytes(count.bit_length() // 8 + 1, "big"))
    salt, iv, ciphertext = (
        _der(0x04, bytes.fromhex(vector[name])) for name in ("salt", "iv", "ct")
    )
    function = _algorithm("2a864886f70d02" + f"{prf:02x}", _der(0x05, b""))
    derivation = _algorithm("2a864886f70d01050c", _der(0x30, salt + iterations + function))
    encryption = _algorithm("6086480165030401" + f"{cipher:02x}", iv)
    scheme = _algorithm("2a864886f70d01050d", _der(0x30, derivation + encryption))
    return _der(0x30, scheme + ciphertext)


def _algorithm(oid: str, parameters: bytes) -> bytes:
    return _der(0x30, _der(0x06, bytes.fromhex(oid)) + parameters)


def _der(tag: int, content: bytes) -> bytes:
    """An element (X.690 section 8.1) of at most 65535 bytes."""
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    digits = size.to_bytes(1 if size < 0x100 else 2, "big")
    return bytes((tag, 0x80 | len(digits))) + digits + content


# --- Keys. ---


def _key(vector: Vector, form: str) -> Asked | str:
    """The public key of an agreement: whether it is one of the curve. What is agreed upon is not asked."""
    if vector["curve"] == "P-256K":
        return NO_OLD_NAME
    if vector["curve"] not in _CURVES:
        return NO_CURVE
    given = {form: vector["public"], "curve": _CURVES[vector["curve"]]}
    section = "RFC 5480 section 2"
    refused = Answer(VALID, {"accepted": False})
    return Asked("public_key.accepts", given, section, {"accepted": True}, refused)


def _key_in_der(vector: Vector) -> Asked | str:
    return _key(vector, "der")


def _key_in_pem(vector: Vector) -> Asked | str:
    return _key(vector, "pem")


def _key_in_jwk(vector: Vector) -> Asked | str:
    return _key(vector, "jwk")


def _point(vector: Vector) -> Asked | str:
    return NO_POINT if vector["curve"] in _CURVES else NO_CURVE


_READINGS: Final[dict[str, Reading]] = {
    "ecdh_ecpoint_test_schema_v1.json": _point,
    "ecdh_pem_test_schema_v1.json": _key_in_pem,
    "ecdh_test_schema_v1.json": _key_in_der,
    "ecdh_webcrypto_test_schema_v1.json": _key_in_jwk,
    "ecdsa_bitcoin_verify_schema.json": _ecdsa_low_s,
    "ecdsa_p1363_verify_schema_v1.json": _ecdsa_raw,
    "ecdsa_verify_schema_v1.json": _ecdsa,
    "eddsa_verify_schema_v1.json": _eddsa,
    "mac_test_schema_v1.json": _mac,
    "mldsa_verify_schema.json": _ml_dsa,
    "pbe_test_schema.json": _pbes2,
    "pbkdf_test_schema.json": _pbkdf2,
    "rsassa_pkcs1_generate_schema_v1.json": _pkcs1_made,
    "rsassa_pkcs1_verify_schema_v1.json": _pkcs1,
    "rsassa_pss_verify_schema_v1.json": _pss,
    "rsassa_pss_with_parameters_verify_schema.json": _pss,
}

__all__ = ["RULES", "read"]
