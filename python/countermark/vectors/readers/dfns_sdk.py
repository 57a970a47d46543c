"""The format ``dfns-sdk-vectors/1``: what the SDKs did, and what an implementation has to do on the same inputs.

Each record is asked about in steps, as far as it goes: whether and how the client data are written, how they are
read, who may have written them, whether the assertion or credential that was made is taken, whether its bare
signature is, and what signing the same inputs gives. The last is asked where it has one answer: where the
signature is deterministic, or where there is none.

``deliberate-differences.json``, beside the folder of the file, lists where another answer than the SDK's is due.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from countermark.errors import CODES, MalformedInput
from countermark.vectors.model import VALID, Answer, Question, Record, Skip
from countermark.vectors.readers.dfns_sdk_record import DIFFERENCES, Sdk, b64u, der_of, sdk_records

_SIGNED: Final = "signed"
_DONE: Final = {
    "sign": _SIGNED,
    "encode": "encoded",
    "decode": "decoded",
    "verify": "verified",
    "raw": "verified",
    "create": "created",
}
_REFUSED: Final = "refused"

REFUSALS: Final = {
    "credId-not-in-allow-list": "challenge.credential_not_allowed",
    "empty-allow-list": "challenge.credential_not_allowed",
    "credId-only-in-webauthn-list": "challenge.credential_not_allowed",
    'algorithm "SHA256" with ed25519': "algorithm.mismatch",
    'algorithm "SHA512" with ed25519': "algorithm.mismatch",
    'algorithm "SHA256" with ed448': "algorithm.mismatch",
    'algorithm "bogus" with p256': "algorithm.unknown",
    'algorithm "bogus" with ed25519': "algorithm.unknown",
    'algorithm "SHA-999" with rsa2048': "algorithm.unknown",
    "spelling:leading-spaces": "pem.label",
    "spelling:literal-backslash-n": "pem.label",
    "spelling:no-newline-after-header": "pem.label",
    "spelling:public-key-pem": "key.not_private",
    "spelling:encrypted-pkcs8-no-passphrase": "key.password_required",
    "spelling:empty-string": "pem.missing",
    "spelling:not-pem": "pem.missing",
}
"""The code where the SDK refuses as well, by its case or by the spelling of the private key."""

_NOT_TEXT: Final = (
    "a credential id that is no text can only be asked through an interface of a language"
)
_RANDOM: Final = "an ECDSA signature is never made twice; what verifies it is asked"
_SHAPES: Final = {"new": "canonical", "old": "docs-2024", "unsorted": "ts-browser"}
_FORMATS: Final = {"pkcs8Pem": "pkcs8", "sec1Pem": "sec1", "pkcs1Pem": "pkcs1"}


def read(path: Path, whole: Any) -> Iterator[Record | Skip]:
    """The questions about the records of a file.

    Raises:
        MalformedInput: a record is not as its producers wrote them, or no answer is known for it.
    """
    for record in sdk_records(path, whole):
        try:
            if path.name == "keys.json":
                yield from _key(record)
            elif "attestationData" in str(record.whole.get("output")):
                yield from _credential(record)
            else:
                yield from _assertion(record)
        except (KeyError, TypeError, AttributeError, StopIteration) as error:
            raise MalformedInput(
                f"record {record.index} is not as the SDKs' are: {type(error).__name__}",
                code="json.shape",
                field=f"record {record.index}",
            ) from None


def _due(
    record: Sdk, step: str, theirs: str, output: Mapping[str, Any], agreed: str = VALID
) -> Answer:
    """The answer at a step: the agreed one, unless a difference is listed.

    Args:
        theirs: what the producer did; the listed difference has to say the same.
        output: of the valid answer, if that is due.
        agreed: the result where ours does not mean to differ.
    """
    listed = record.differences.get(step)
    result = agreed
    if listed is not None:
        if listed["theirs"] != theirs:
            raise _unknown(record, f"the difference at {step} is not the one that is listed")
        result = VALID if listed["ours"] == _DONE[step] else str(listed["ours"])
        if result == agreed:
            raise _unknown(record, f"the difference at {step} is none")
    if result == VALID:
        return Answer(VALID, output)
    if result not in CODES:
        raise _unknown(record, f"{result} is no code")
    return Answer(result)


def _unknown(record: Sdk, what: str) -> MalformedInput:
    return MalformedInput(
        f"record {record.index}: {what} ({DIFFERENCES})",
        code="json.shape",
        field=f"record {record.index}",
    )


def _record(
    record: Sdk,
    step: str,
    shows: str,
    question: Question,
    expected: Answer,
    *,
    ordered: bool = False,
) -> Record:
    return Record(
        id=f"{record.index} {step}",
        shows=f"{shows}: {record.about}",
        section="what the SDK did",
        origin=record.origin_of_data,
        question=question,
        expected=expected,
        ordered=ordered,
    )


# --- Assertions. ---


def _assertion(record: Sdk) -> Iterator[Record | Skip]:
    yield from _sign(record)
    if "output" not in record.whole:
        return
    output = record.whole["output"]
    raw = b64u(output["clientData"])
    read_back = json.loads(raw)
    about = {
        "challenge": record.challenge,
        "purpose": "key.get",
        "profile": record.profile,
        **record.origins,
    }
    yield _record(
        record,
        "encode",
        "client data are written byte for byte",
        Question("client_data.encode", about),
        _due(record, "encode", "encoded", {"bytes": raw.hex()}),
    )
    said = {
        "type": "key.get",
        "challenge": record.challenge,
        "origin": read_back.get("origin"),
        "cross_origin": read_back.get("crossOrigin"),
    }
    decoded = _due(record, "decode", "decoded", said)
    yield _record(
        record,
        "decode",
        "client data are read as they were meant",
        Question("client_data.decode", {"bytes": raw.hex()}),
        decoded,
    )
    good = record.whole["signatureVerifies"]
    theirs, agreed = ("verified", VALID) if good else (_REFUSED, "signature.invalid")
    sent = output["assertion"]
    verified = {
        "kind": "Key",
        "credential_id": record.credential_id,
        "client_data": raw.hex(),
        "algorithm": sent["credentialAssertion"].get("algorithm"),
        "hash": record.hash,
        "signature": b64u(output["signature"]).hex(),
    }
    asked = {
        "assertion": sent,
        # Nothing can be expected of a challenge that is no text; what is read before it refuses.
        "challenge": "any" if record.lone_surrogate else record.challenge,
        "public_key": record.public_key_pem,
        "credential_id": record.credential_id,
        "kind": "Key",
        "profile": record.profile,
        **record.origins,
        **_named("algorithm", record.fitting_algorithm),
    }
    yield _record(
        record,
        "verify",
        "the assertion is judged as it deserves",
        Question("assertion.verify", asked),
        _due(record, "verify", theirs, verified, agreed),
    )
    bare = {
        "public_key": record.public_key_pem,
        "message": raw.hex(),
        "signature": b64u(output["signature"]).hex(),
        **_named("hash", record.hash),
    }
    yield _record(
        record,
        "raw",
        "the signature over the bytes is judged as it deserves",
        Question("signature.verify", bare),
        _due(record, "raw", theirs, {}, agreed),
    )


def _sign(record: Sdk) -> Iterator[Record | Skip]:
    if record.credential_id is None:
        yield Skip(f"{record.index} sign", _NOT_TEXT)
        return
    asked = {
        "private_key": record.private_key_pem,
        "credential_id": record.credential_id,
        "challenge": {"challenge": record.challenge, "allowCredentials": record.allowed},
        "profile": record.profile,
        **record.origins,
        **_named("algorithm", record.whole["input"]["algorithm"]),
    }
    theirs = record.whole.get("output")
    made = {} if theirs is None else {"assertion": _as_ours(record, theirs["assertion"])}
    if theirs is None:
        spelling = record.whole["input"].get("privateKeyFormat")
        agreed = REFUSALS.get(spelling) or REFUSALS.get(record.whole.get("case", ""), _REFUSED)
        due = _due(record, "sign", _REFUSED, made, agreed)
    else:
        due = _due(record, "sign", _SIGNED, made)
    if due.result == VALID and (theirs is None or not record.deterministic):
        yield Skip(f"{record.index} sign", _RANDOM if not record.deterministic else _NOT_THEIRS)
        return
    yield _record(
        record,
        "sign",
        "signing the same inputs",
        Question("assertion.sign", asked),
        due,
        ordered=True,
    )


_NOT_THEIRS: Final = "the SDK made no assertion that ours could be compared with"


def _as_ours(record: Sdk, assertion: Mapping[str, Any]) -> dict[str, Any]:
    """The assertion of the SDK with the members that the listed difference gives it."""
    inner = assertion["credentialAssertion"]
    listed = record.differences.get("members")
    if listed is not None:
        words = str(listed["ours"]).split()
        algorithm = words.pop() if "algorithm" in words else None
        inner = {name: algorithm if name == "algorithm" else inner[name] for name in words}
    return {**assertion, "credentialAssertion": inner}


# --- Credentials. ---


def _credential(record: Sdk) -> Iterator[Record | Skip]:
    output = record.whole["output"]
    info = output.get("credentialInfo") or output["attestation"]["credentialInfo"]
    raw = b64u(info["clientData"])
    attested = json.loads(b64u(info["attestationData"]))
    fingerprint = record.whole.get("fingerprint") or output["fingerprint"]
    profile = _SHAPES.get(record.whole["input"].get("clientDataShape", ""), "ts-browser")
    origin = _named("origin", json.loads(raw).get("origin"))
    body = {"credentialKind": "Key", "credentialInfo": info}
    yield _record(
        record,
        "fingerprint",
        "the fingerprint byte for byte",
        Question(
            "fingerprint.make", {"client_data": raw.hex(), "public_key": attested["publicKey"]}
        ),
        Answer(VALID, {"bytes": fingerprint.encode().hex()}),
    )
    good = record.whole.get("signatureVerifies", True)
    theirs, agreed = ("verified", VALID) if good else (_REFUSED, "signature.invalid")
    digest = _attested_hash(record)
    verified = {
        "kind": "Key",
        "credential_id": record.credential_id,
        "client_data": raw.hex(),
        "algorithm": attested.get("algorithm"),
        "hash": digest,
        "signature": attested["signature"],
        "public_key": der_of(record.public_key_pem).hex(),
        "public_key_pem": attested["publicKey"],
        "fingerprint": fingerprint.encode().hex(),
    }
    expected = {
        "challenge": record.challenge,
        "public_key": record.public_key_pem,
        "credential_id": record.credential_id,
        "kind": "Key",
        "profile": profile,
        **origin,
    }
    yield _record(
        record,
        "verify",
        "the credential is judged as it deserves",
        Question("credential.verify", {"credential": body, **expected}),
        _due(record, "verify", theirs, verified, agreed),
    )
    for name, message, result in (
        ("raw", fingerprint.encode(), VALID if good else "signature.invalid"),
        ("raw-client-data", raw, "signature.invalid"),
    ):
        bare = {
            "public_key": attested["publicKey"],
            "message": message.hex(),
            "signature": attested["signature"],
            **_named("hash", digest),
        }
        yield _record(
            record,
            name,
            "the signature covers the fingerprint and nothing else",
            Question("signature.verify", bare),
            Answer(result),
        )
    due = _due(record, "create", "created", {"credential": body})
    if due.result == VALID and not record.deterministic:
        yield Skip(f"{record.index} create", _RANDOM)
        return
    asked = {
        "private_key": record.private_key_pem,
        "challenge": record.challenge,
        "credential_id": record.credential_id,
        "profile": profile,
        **origin,
        "public_key_pem": attested["publicKey"],
        "attestation_order": "2026" if next(iter(attested)) == "algorithm" else "docs",
        **_named("algorithm", record.whole["input"]["algorithm"]),
    }
    yield _record(
        record,
        "create",
        "a credential of the same inputs",
        Question("credential.create", asked),
        due,
        ordered=True,
    )


def _attested_hash(record: Sdk) -> str | None:
    if record.family == "ed":
        return None
    return "SHA-512" if record.whole["input"]["algorithm"] == "SHA512" else "SHA-256"


# --- Keys. ---


def _key(record: Sdk) -> Iterator[Record]:
    public = der_of(record.whole["spkiPem"]).hex()
    told = Answer(VALID, {"algorithm": record.key_algorithm, "public_key": public})
    for name in _FORMATS:
        if name in record.whole:
            yield _record(
                record,
                f"read {_FORMATS[name]}",
                "every encoding is the same private key",
                Question("private_key.read", {"pem": record.whole[name]}),
                told,
            )
    for name, format in (("spkiPem", "spki"), ("pkcs1PublicPem", "pkcs1")):
        if name not in record.whole:
            continue
        yield _record(
            record,
            f"read public {format}",
            "every encoding is the same public key",
            Question("public_key.read", {"pem": record.whole[name]}),
            told,
        )
        yield _record(
            record,
            f"write public {format}",
            "public keys are written as Node writes them",
            Question(
                "public_key.export",
                {"pem": record.whole["spkiPem"], "encoding": "pem", "format": format},
            ),
            Answer(VALID, {"text": record.whole[name]}),
        )


def _named(name: str, value: Any) -> dict[str, Any]:
    """The member, unless it has no value."""
    return {} if value is None else {name: value}


__all__ = ["REFUSALS", "read"]
