"""A record of the SDKs' runs, with what follows from how they are kept."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from countermark.errors import LimitExceeded, MalformedInput
from countermark.vectors.json_files import read_file, strict_json

DIFFERENCES: Final = "deliberate-differences.json"

_PROFILES: Final = {
    "browser-": "ts-browser",
    "go-v1-": "go-v1",
    "go-v2-": "go-v2",
    "python-": "python",
    "ts-keysigner-0.3": "ts-keysigner-0.3",
    "ts-keysigner-0.8": "ts-keysigner",
}
"""The client data profile of a producer, by how the name of its file begins."""

_ALGORITHMS: Final = {
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

_HASHES: Final = {
    "SHA256": "SHA-256",
    "SHA-256": "SHA-256",
    "RSA-SHA256": "SHA-256",
    "SHA-384": "SHA-384",
    "sha384": "SHA-384",
    "SHA512": "SHA-512",
    "SHA-512": "SHA-512",
    "RSA-SHA512": "SHA-512",
}
"""The digest that a producer's name means; what is not here, such as SHA-1, is none of ours."""

_FITTING: Final = {
    "ec": frozenset({"SHA256", "SHA512"}),
    "rsa": frozenset({"SHA256", "SHA512", "RSA-SHA256", "RSA-SHA512"}),
    "ed": frozenset[str](),
}
"""The documented values of ``algorithm``, by what the key is."""


@dataclass(frozen=True)
class Sdk:
    """One record: where it stands, all that it holds, and the differences that are listed for it by step."""

    file: str
    index: int
    whole: Mapping[str, Any]
    keys: Mapping[str, Mapping[str, Any]]
    differences: Mapping[str, Mapping[str, Any]]

    @property
    def about(self) -> str:
        """What the record is about, in words."""
        given = self.whole.get("input", {})
        words = [
            self.whole.get("case") or given.get("challengeName"),
            self.whole["keyType"],
            given.get("privateKeyFormat") or given.get("publicKeyPemForm"),
            None if self.whole.get("case") else given.get("algorithm"),
        ]
        return ", ".join(str(word) for word in words if word)

    @property
    def origin_of_data(self) -> str:
        """Who made the record."""
        return (
            " ".join(str(self.whole.get(name, "")) for name in ("producer", "producerVersion"))
            or self.file
        )

    @property
    def profile(self) -> str:
        """Whose client data these are."""
        return next(name for start, name in _PROFILES.items() if self.file.startswith(start))

    @property
    def family(self) -> str:
        """``ec``, ``ed`` or ``rsa``."""
        kind = str(self.whole["keyType"])
        return "ed" if kind.startswith("ed") else "rsa" if "rsa" in kind else "ec"

    @property
    def key_algorithm(self) -> str:
        """The algorithm of the key, as this package names it."""
        return _ALGORITHMS[self.whole["keyType"]]

    @property
    def deterministic(self) -> bool:
        """Whether the signature is an exact known answer."""
        return self.family != "ec"

    @property
    def lone_surrogate(self) -> bool:
        """Whether the challenge is no text."""
        return self.whole["input"]["challenge"] is None

    @property
    def challenge(self) -> str:
        """The challenge, which may hold lone surrogates."""
        given = self.whole["input"]
        if self.lone_surrogate:
            return bytes.fromhex(given["challengeUtf16beHex"]).decode("utf-16-be", "surrogatepass")
        return str(given["challenge"])

    @property
    def credential_id(self) -> str | None:
        """The credential id that was given."""
        found: str | None = self.whole["input"]["credId"]
        return found

    @property
    def private_key_pem(self) -> str:
        """The text of the private key that was given, however it was spelt."""
        pem = self.whole["input"].get("privateKeyPem")
        return str(self.keys[self.whole["keyType"]]["pkcs8Pem"] if pem is None else pem)

    @property
    def public_key_pem(self) -> str:
        """The public key that belongs to it."""
        pem = self.whole.get("publicKeyPem")
        return str(self.keys[self.whole["keyType"]]["spkiPem"] if pem is None else pem)

    @property
    def origins(self) -> dict[str, Any]:
        """``origin`` and ``cross_origin``, where the producer was given them."""
        options = self.whole["input"].get("options", {})
        found = {
            "origin": options.get("appOrigin", options.get("app_origin")),
            "cross_origin": options.get("crossOrigin"),
        }
        return {name: value for name, value in found.items() if value is not None}

    @property
    def fitting_algorithm(self) -> str | None:
        """What was given as ``algorithm``, where it is a documented value that fits the key."""
        given: str | None = self.whole["input"]["algorithm"]
        return given if given in _FITTING[self.family] else None

    @property
    def hash(self) -> str | None:
        """The digest that is signed, under the name of this package."""
        if self.family == "ed":
            return None
        return _HASHES.get(self.whole["input"]["algorithm"], "SHA-256")

    @property
    def allowed(self) -> dict[str, Any]:
        """The credentials that the challenge allows: its own, but in the cases about that."""
        about = str(self.whole.get("case"))
        own = [{"id": self.credential_id, "type": "public-key"}]
        if about.startswith("credId-not-in-allow-list"):
            return {"key": [{"id": "cr-other-00000-first", "type": "public-key"}], "webauthn": []}
        if about == "empty-allow-list":
            return {"key": [], "webauthn": []}
        if about == "credId-only-in-webauthn-list":
            return {"key": [], "webauthn": own}
        return {"key": own, "webauthn": []}


def sdk_records(path: Path, whole: Any) -> Iterator[Sdk]:
    """The records of a file, with what ``keys.json`` and the differences beside it say of them.

    Raises:
        OSError: one of those two cannot be read.
        MalformedInput: the file, or one of those two, is not as it should be.
        LimitExceeded: one of those two is too large or too deep.
    """
    if whole.get("file") != path.name or not isinstance(whole.get("records"), list):
        raise MalformedInput("the file does not name itself, or has no records", code="json.shape")
    keys = _beside(path.parent / "keys.json", _keys)
    listed = _beside(path.parent.parent / DIFFERENCES, _differences)
    for index, record in enumerate(whole["records"]):
        if not isinstance(record, dict):
            raise MalformedInput(f"record {index} is no object", code="json.shape")
        yield Sdk(path.name, index, record, keys, listed.get(f"{path.name}:{index}", {}))


def _beside(path: Path, take: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    """What is taken from another file; that file is named where something is wrong with it."""
    try:
        return take(strict_json(read_file(path)))
    except (MalformedInput, LimitExceeded) as error:
        kind, code, why = type(error), error.code, error.message
    except (KeyError, TypeError, AttributeError) as error:
        kind, code, why = (
            MalformedInput,
            "json.shape",
            f"not as it should be ({type(error).__name__})",
        )
    raise kind(f"{path.name} beside it: {why}", code=code)


def _keys(whole: Any) -> dict[str, Any]:
    return {key["keyType"]: key for key in whole["records"]}


def _differences(whole: Any) -> dict[str, Any]:
    found: dict[str, dict[str, Any]] = {}
    for entry in whole["differences"]:
        for record in entry["records"]:
            steps = found.setdefault(record, {})
            if entry["step"] in steps:
                raise MalformedInput(
                    f"{record} is listed twice at {entry['step']}", code="json.duplicate"
                )
            steps[entry["step"]] = entry
    return found


def b64u(text: str) -> bytes:
    """Unpadded base64url, as the producers wrote it."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def der_of(pem: str) -> bytes:
    """What a PEM text of one plain block holds."""
    lines = [line for line in pem.splitlines() if line and not line.startswith("-----")]
    return base64.b64decode("".join(lines))
