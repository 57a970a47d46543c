"""Attestations of the software authenticator in which one thing is wrong, and what verifying them comes to."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from countermark.errors import Error
from countermark.webauthn.testing import FAULTS, SoftwareAuthenticator
from countermark.webauthn.testing.authenticator import AT_TIME
from countermark.webauthn.testing.certificates import (
    BASIC_CONSTRAINTS,
    Authority,
    CertificateDraft,
    Name,
    basic_constraints,
)
from countermark.webauthn.testing.faults.registry import instead, members, put, without
from countermark.webauthn.testing.keys import SigningKey, make_key
from countermark.webauthn.testing.seeding import Seed
from tests.property.outcome import Door
from tests.unit.bad_inputs.passkeys import CHALLENGE, ORIGIN, RP_ID, notes
from tests.unit.bad_inputs.refusals import refused

AT: Final = AT_TIME
VALID: Final = "valid"
STRANGER: Final = Seed(b"somebody else")
UNKNOWN: Final = "1.3.6.1.4.1.99999.1"
"""An object identifier that means nothing to anybody."""
SITE: Final = {"rp_id": RP_ID, "origin": ORIGIN}

Change = Callable[[Any], Any]


def stranger_key(algorithm: int = -7, label: str = "key") -> SigningKey:
    """A key that has no part in anything."""
    return make_key(STRANGER, label, algorithm)


# --- what an authenticator sends ---


@dataclass(frozen=True)
class Made:
    """A registration, the certificates in it and the root that they lead to."""

    response: Mapping[str, Any]
    chain: tuple[bytes, ...]
    root: bytes

    @property
    def object(self) -> bytes:
        return from_b64u(self.response["response"]["attestationObject"])

    @property
    def client_data_hash(self) -> bytes:
        return hashlib.sha256(from_b64u(self.response["response"]["clientDataJSON"])).digest()


def from_b64u(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def attested(
    format: str = "packed",
    *,
    fault: str | None = None,
    options: Mapping[str, Any] | None = None,
    alter: Mapping[str, Change] | None = None,
    **stages: Change,
) -> Made:
    """A registration in this format, with these alterations of its making."""
    authenticator = SoftwareAuthenticator(b"bad inputs", **{"format": format} | dict(options or {}))
    changes = dict(alter or {}) | stages
    kept: list[bytes] = []

    def record(chain: list[bytes]) -> list[bytes]:
        altered = changes["chain"](chain) if "chain" in changes else None
        chain = chain if altered is None else altered
        kept[:] = chain
        return chain

    response = authenticator.create(
        challenge=CHALLENGE, fault=fault, alter=changes | {"chain": record}, **SITE
    )
    return Made(response, tuple(kept), authenticator.root)


def faulty(name: str) -> Made:
    """One of the faults that the testing package knows."""
    return attested(FAULTS[name].format, fault=name)


def several(*changes: Change) -> Change:
    """All of these, one after the other, to what is changed in place."""

    def change(draft: Any) -> None:
        for one in changes:
            one(draft)

    return change


def extension(oid: str, value: bytes, *, critical: bool | None = None) -> Change:
    """Another value of an extension, or one that was not there."""

    def change(draft: CertificateDraft) -> None:
        found = next((one for one in draft.extensions if one.oid == oid), None)
        if found is None:
            draft.add(oid, value, critical=bool(critical))
        else:
            found.value = value
            found.critical = found.critical if critical is None else critical

    return change


def dropped(*oids: str) -> Change:
    """Takes extensions out."""

    def change(draft: CertificateDraft) -> None:
        for oid in oids:
            draft.drop(oid)

    return change


def is_ca(ca: bool, path_length: int | None = None) -> Change:
    """What basicConstraints say."""
    return extension(BASIC_CONSTRAINTS, basic_constraints(ca=ca, path_length=path_length))


def version_1(draft: CertificateDraft) -> None:
    """A certificate without anything that version 1 does not know."""
    draft.version = 1
    draft.extensions = []


def flipped(data: bytes, at: int = -1) -> bytes:
    out = bytearray(data)
    out[at] ^= 1
    return bytes(out)


# --- what a server asks ---

_ROOT: Final[Any] = object()


def expectation(door: Door, made: Made, trust: Any = _ROOT, **options: Any) -> dict[str, Any]:
    """The options of a verification, with the root as the anchor unless others are given."""
    if trust is _ROOT:
        trust = [made.root]
    if isinstance(trust, list | tuple):
        trust = door.TrustAnchors(trust)
    return {"trust": trust, "at": AT} | options


def verdict(door: Door, made: Made, **options: Any) -> str:
    """The code that verifying comes to, the same in every way of asking; or ``valid``."""
    code, _ = _judged(door, made, options)
    return code


def accepted(door: Door, made: Made, **options: Any) -> Any:
    """The verified registration."""
    code, found = _judged(door, made, options)
    assert code == VALID
    return found


def refused_with(door: Door, made: Made, **options: Any) -> Error:
    """The error."""
    code, found = _judged(door, made, options)
    assert code != VALID
    error: Error = found
    return error


def _judged(door: Door, made: Made, options: Mapping[str, Any]) -> tuple[str, Any]:
    expected = expectation(door, made, **options)
    ceremony = SITE | {"challenge": CHALLENGE, "require_user_verification": False} | expected
    report = door.explain_registration(made.response, **ceremony)
    statement = {"client_data_hash": made.client_data_hash} | expected
    if report.valid:
        found = door.verify_registration(made.response, **ceremony)
        alone = door.verify_attestation_statement(made.object, **statement)
        assert alone.public_key == found.public_key
        assert alone.attestation.trusted == found.attestation.trusted
        return VALID, found
    error = refused(door.verify_registration, made.response, **ceremony)
    assert [c.error.code for c in report.checks if c.error is not None] == [error.code]
    alone = refused(door.verify_attestation_statement, made.object, **statement)
    assert alone.code == error.code
    return error.code, error


def path_verdict(
    door: Door, chain: Iterable[bytes], trust: Any, *, at: Any = AT, **options: Any
) -> str:
    """The code that following a chain comes to, or ``valid``."""
    if isinstance(trust, list | tuple):
        trust = door.TrustAnchors(trust)
    try:
        door.validate_path(list(chain), trust=trust, at=at, **options)
    except Error:
        return refused(door.validate_path, list(chain), trust=trust, at=at, **options).code
    return VALID


def both_verdicts(door: Door, made: Made, **options: Any) -> str:
    """What the ceremony says of a path, which is what following the path says."""
    code = verdict(door, made, **options)
    trust = options.pop("trust", [made.root])
    assert path_verdict(door, made.chain, trust, **options) == code
    return code


def reading_verdict(door: Door, made: Made, *, strictness: str = "interoperable") -> str:
    """What reading the leaf says, which is what everything that reads it says."""
    leaf = made.chain[0]
    code = verdict(door, made, strictness=strictness)
    try:
        door.parse_certificate(leaf, strictness=strictness)
    except Error:
        refusal = refused(door.parse_certificate, leaf, strictness=strictness).code
        assert refusal == code
        assert path_verdict(door, made.chain, [made.root], strictness=strictness) == code
    else:
        assert code == VALID, code
    return code


# --- certificates by themselves ---

AUTHORITY: Final = Authority(Seed(b"an authority for bad inputs"))


def leaf(
    *changes: Change, under: CertificateDraft | None = None, label: str = "leaf"
) -> CertificateDraft:
    """A certificate under another, or under the root of `AUTHORITY`."""
    subject = Name.of(("C", "CH"), ("O", "countermark"), ("CN", label))
    draft = AUTHORITY.leaf(subject, stranger_key(label=label), under, label)
    several(*changes)(draft)
    return draft


def issuers(count: int, *changes: Change) -> list[CertificateDraft]:
    """So many authorities one below the other, the first right under the root; all of them changed."""
    drafts = [AUTHORITY.intermediate(index) for index in range(count)]
    for draft in drafts:
        several(*changes)(draft)
    return drafts


def chain_of(lowest: CertificateDraft, above: Iterable[CertificateDraft] = ()) -> list[bytes]:
    """The certificates from the leaf upwards; the authorities are given from the root downwards."""
    return [lowest.encode(), *(one.encode() for one in reversed(list(above)))]


__all__ = [
    "AT",
    "AUTHORITY",
    "SITE",
    "STRANGER",
    "UNKNOWN",
    "VALID",
    "Change",
    "Made",
    "accepted",
    "attested",
    "both_verdicts",
    "chain_of",
    "dropped",
    "expectation",
    "extension",
    "faulty",
    "flipped",
    "from_b64u",
    "instead",
    "is_ca",
    "issuers",
    "leaf",
    "members",
    "notes",
    "path_verdict",
    "put",
    "reading_verdict",
    "refused_with",
    "several",
    "stranger_key",
    "verdict",
    "version_1",
    "without",
]
