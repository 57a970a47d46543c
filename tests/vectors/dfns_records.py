"""Reading vectors/dfns-sdk: cases with an id, the counts they are held to, and what may differ."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

VECTORS: Final = Path(__file__).resolve().parents[2] / "vectors"
SDK: Final = VECTORS / "dfns-sdk"

# How many records each file holds. A file or a record that vanishes, or appears, is an error.
COUNTS: Final = {
    "attestation-procedure.json": 34,
    "browser-create.json": 8,
    "browser-sign.json": 11,
    "go-v1-asymmetrickeysigner.json": 41,
    "go-v2-keysigner-ed25519.json": 27,
    "go-v2-keysigner-other-keys.json": 55,
    "keys.json": 9,
    "python-keysigner-ed25519.json": 27,
    "python-keysigner-lone-surrogates.json": 14,
    "python-keysigner-long64k.json": 1,
    "python-keysigner-origins.json": 8,
    "python-keysigner-other-keys.json": 19,
    "python-keysigner-p256.json": 28,
    "python-keysigner-refusals.json": 14,
    "python-keysigner-rsa-large.json": 10,
    "python-keysigner-rsa2048.json": 28,
    "ts-keysigner-0.3.3.json": 20,
    "ts-keysigner-0.8.3-ed25519.json": 27,
    "ts-keysigner-0.8.3-lone-surrogates.json": 14,
    "ts-keysigner-0.8.3-long64k.json": 1,
    "ts-keysigner-0.8.3-other-keys.json": 18,
    "ts-keysigner-0.8.3-p256.json": 30,
    "ts-keysigner-0.8.3-pem-spellings.json": 15,
    "ts-keysigner-0.8.3-refusals.json": 14,
    "ts-keysigner-0.8.3-rsa2048.json": 32,
    "ts-keysigner-0.8.3-rsa3072.json": 9,
    "ts-keysigner-0.8.3-rsa4096.json": 9,
    "ts-keysigner-0.8.3-secp256k1.json": 11,
}

# The client data profile of a producer, by how the name of its file begins.
PROFILES: Final = {
    "browser-": "ts-browser",
    "go-v1-": "go-v1",
    "go-v2-": "go-v2",
    "python-": "python",
    "ts-keysigner-0.3": "ts-keysigner-0.3",
    "ts-keysigner-0.8": "ts-keysigner",
}

ALGORITHMS: Final = {
    "ed25519": "Ed25519",
    "ed448": "Ed448",
    "p256": "ES256",
    "p384": "ES384",
    "p521": "ES512",
    "secp256k1": "ES256K",
    "rsa2048": "RS256",
    "rsa3072": "RS256",
    "rsa4096": "RS256",
}

# The digest a producer's name for it means. SHA-1 is no digest of ours, so it has no entry.
HASHES: Final = {
    None: "SHA-256",
    "": "SHA-256",
    "SHA256": "SHA-256",
    "SHA-256": "SHA-256",
    "RSA-SHA256": "SHA-256",
    "SHA-384": "SHA-384",
    "sha384": "SHA-384",
    "SHA512": "SHA-512",
    "SHA-512": "SHA-512",
    "RSA-SHA512": "SHA-512",
}

# The values the Dfns documentation knows, by what the key is.
FITTING: Final = {
    "ec": {"SHA256", "SHA512"},
    "rsa": {"SHA256", "SHA512", "RSA-SHA256", "RSA-SHA512"},
    "ed": set[str](),
}


def b64u_decode(text: str) -> bytes:
    """Unpadded base64url, as the producers wrote it."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def b64u_encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


@cache
def records(file: str) -> tuple[dict[str, Any], ...]:
    return tuple(json.loads((SDK / file).read_text(encoding="ascii"))["records"])


@cache
def key_record(key_type: str) -> dict[str, Any]:
    return next(record for record in records("keys.json") if record["keyType"] == key_type)


@dataclass(frozen=True)
class Case:
    """One record and where it stands."""

    file: str
    index: int

    @property
    def record(self) -> dict[str, Any]:
        return records(self.file)[self.index]

    @property
    def key(self) -> str:
        """How vectors/deliberate-differences.json names this record."""
        return f"{self.file}:{self.index}"

    @property
    def id(self) -> str:
        """The name of the test case: file, index, and what the record is about."""
        inputs = self.record.get("input", {})
        words = [
            self.record.get("case") or inputs.get("challengeName"),
            self.record["keyType"],
            inputs.get("privateKeyFormat") or inputs.get("publicKeyPemForm"),
            None if self.record.get("case") else inputs.get("algorithm"),
        ]
        about = "-".join(re.sub(r"[^A-Za-z0-9]+", "-", word).strip("-") for word in words if word)
        return f"{self.file.removesuffix('.json')}:{self.index}:{about}"

    @property
    def profile(self) -> str:
        return next(name for start, name in PROFILES.items() if self.file.startswith(start))

    @property
    def family(self) -> str:
        """``ec``, ``ed`` or ``rsa``."""
        key_type = str(self.record["keyType"])
        return key_type[:2] if key_type.startswith("ed") else "rsa" if "rsa" in key_type else "ec"

    @property
    def deterministic(self) -> bool:
        """Whether the signature is an exact known answer (Ed25519, Ed448, RSA PKCS#1 v1.5)."""
        return self.family != "ec"

    @property
    def challenge(self) -> str:
        inputs = self.record["input"]
        if inputs["challenge"] is not None:
            return str(inputs["challenge"])
        units = bytes.fromhex(inputs["challengeUtf16beHex"])
        return units.decode("utf-16-be", "surrogatepass")

    @property
    def lone_surrogate(self) -> bool:
        return self.record["input"]["challenge"] is None

    @property
    def private_key_pem(self) -> str:
        inputs = self.record["input"]
        pem = inputs.get("privateKeyPem")
        return str(key_record(self.record["keyType"])["pkcs8Pem"] if pem is None else pem)

    @property
    def public_key_pem(self) -> str:
        pem = self.record.get("publicKeyPem")
        return str(key_record(self.record["keyType"])["spkiPem"] if pem is None else pem)

    @property
    def origin(self) -> str | None:
        """The origin the producer was given; None where it was given none."""
        options = self.record["input"].get("options", {})
        origin: str | None = options.get("appOrigin", options.get("app_origin"))
        return origin

    @property
    def cross_origin(self) -> bool | None:
        value: bool | None = self.record["input"].get("options", {}).get("crossOrigin")
        return value

    @property
    def algorithm(self) -> str | None:
        """The value given as ``algorithm``, whatever it is; Go names a digest here."""
        value: str | None = self.record["input"]["algorithm"]
        return value

    @property
    def fitting_algorithm(self) -> str | None:
        """That value where it is a documented one that fits the key, else None."""
        return self.algorithm if self.algorithm in FITTING[self.family] else None


def cases(*starts: str) -> list[Case]:
    """All records of the files whose names begin so, in order."""
    return [
        Case(file, index)
        for file, count in COUNTS.items()
        if file.startswith(starts)
        for index in range(count)
    ]


@dataclass(frozen=True)
class Difference:
    """A record on which we mean to differ: at which step, what they do, what we do, and why."""

    record: str
    step: str
    theirs: str
    ours: str
    reason: str


@cache
def differences() -> dict[tuple[str, str], Difference]:
    """The deliberate differences by record and step."""
    text = (VECTORS / "deliberate-differences.json").read_text(encoding="ascii")
    found: dict[tuple[str, str], Difference] = {}
    for entry in json.loads(text)["differences"]:
        for record in entry["records"]:
            difference = Difference(
                record, entry["step"], entry["theirs"], entry["ours"], entry["reason"]
            )
            if (record, entry["step"]) in found:
                raise ValueError(f"{record} is listed twice for {entry['step']}")
            found[record, entry["step"]] = difference
    return found


def expected(case: Case, step: str, theirs: str, agreed: str) -> str:
    """What ours has to do at this step: ``agreed``, or what the list of differences says.

    Args:
        theirs: what the producer did; a listed difference has to say the same.
        agreed: what ours does where it does not mean to differ.
    """
    listed = differences().get((case.key, step))
    if listed is None:
        return agreed
    if listed.theirs != theirs or listed.ours == agreed:
        raise AssertionError(f"{case.key}: the listed difference at {step} is none: {listed}")
    return listed.ours
