"""What an attestation proves, and whether that is trusted (WebAuthn Level 3, 6.5.4, 7.1 and 8)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Unpack

from countermark.errors import Error, MalformedInput, UntrustedAttestation
from countermark.reference.format import BytesLike, bytes_argument, cbor, der
from countermark.reference.format.tolerance import Tolerance, Tolerated
from countermark.reference.key.cose import CosePublicKey, read_key
from countermark.reference.webauthn import attestation_object as object_format
from countermark.reference.webauthn.attestation_object import AttestationObject
from countermark.reference.webauthn.authenticator_data import AuthenticatorData
from countermark.reference.webauthn.client_data import mismatch
from countermark.reference.webauthn.metadata import Metadata, MetadataEntry
from countermark.reference.webauthn.policy import (
    AttestationOptions,
    AttestationPolicy,
    attestation_policy,
    client_data_hash_argument,
)
from countermark.reference.webauthn.statement import verify_statement
from countermark.reference.webauthn.statement_context import StatementContext, StatementResult
from countermark.reference.x509.anchors import TrustAnchors
from countermark.reference.x509.certificate import parse_certificate
from countermark.reference.x509.path import TrustPath, validate_path

FIDO_U2F = "fido-u2f"
UNATTESTED = ("none", "self")
"""Attestation types that lead to no certificate."""


@dataclass(frozen=True, slots=True)
class Attestation:
    """An attestation whose statement verified.

    ``trust_error`` says why it is not trusted, where anchors were given. ``chain`` is x5c as sent and ``path`` what
    leads to the anchor. ``statements`` are those of a compound one; ``metadata`` is the authenticator's entry.
    """

    format: str
    type: str
    trusted: bool
    trust_error: Error | None
    chain: tuple[bytes, ...]
    path: TrustPath | None
    statements: tuple[Attestation | Error, ...]
    metadata: MetadataEntry | None


@dataclass(frozen=True, slots=True)
class VerifiedAttestationStatement:
    """What an attestation object proves when only the hash of the client data is known."""

    authenticator_data: AuthenticatorData
    public_key: CosePublicKey
    attestation: Attestation
    tolerated: tuple[Tolerance, ...]


@dataclass(frozen=True, slots=True)
class Attested:
    """An attestation object with a credential in it, and the key of that credential."""

    object: AttestationObject
    credential_id: bytes
    aaguid: str
    public_key: CosePublicKey


def read_attested(raw: bytes, policy: AttestationPolicy, tolerated: Tolerated) -> Attested:
    """Reads an attestation object as a registration needs it: with a credential and a usable key."""
    found = object_format.read(raw, tolerated, repair=policy.repair_cose_map_count)
    data = found.authenticator_data
    if data.credential_id is None or data.aaguid is None or data.credential_public_key is None:
        raise MalformedInput(
            "the authenticator data hold no credential",
            code="authenticator_data.missing_credential",
        )
    key = read_key(data.credential_public_key, tolerated, allow_sha1=policy.allow_sha1)
    return Attested(found, data.credential_id, data.aaguid, key)


def verify(
    attested: Attested, client_data_hash: bytes, policy: AttestationPolicy, tolerated: Tolerated
) -> StatementResult:
    """The procedure of the format, which must be one of those that are allowed."""
    found = attested.object
    if policy.formats is not None and found.format not in policy.formats:
        raise mismatch("response.format_not_allowed", "fmt", None, found.format)
    context = StatementContext(
        authenticator_data=found.authenticator_data,
        authenticator_data_bytes=found.authenticator_data.raw,
        client_data_hash=client_data_hash,
        credential_key=attested.public_key,
        at=policy.at,
        allow_sha1=policy.allow_sha1,
        compound_policy=policy.compound_policy,
        tpm_vendors=policy.tpm_vendors,
        require_tee=policy.require_tee,
        anchored=policy.trust is not None,
        tolerated=tolerated,
    )
    return verify_statement(found.format, found.statement, context)


def judge_trust(
    attested: Attested, result: StatementResult, policy: AttestationPolicy, tolerated: Tolerated
) -> Attestation:
    """Whether the chain leads to an anchor; where that is required, what is in the way is raised."""
    judged = _Trust(attested.aaguid, policy, tolerated).judge(attested.object.format, result)
    if policy.require_trust and not judged.trusted:
        raise judged.trust_error or _no_anchor()
    return judged


@dataclass(frozen=True, slots=True)
class _Trust:
    aaguid: str
    policy: AttestationPolicy
    tolerated: Tolerated

    def judge(self, format_: str, result: StatementResult) -> Attestation:
        if result.type == "compound":
            return self.compound(format_, result)
        error: Error | None = None
        path: TrustPath | None = None
        entry: MetadataEntry | None = None
        try:
            if result.type in UNATTESTED or not result.chain:
                raise _no_certificate()
            entry = self.entry(format_, result)
            path = self.path(result, entry)
        except Error as found:
            error = found
        asked = self.policy.trust is not None or self.policy.require_trust
        return Attestation(
            format=format_,
            type=result.type,
            trusted=path is not None,
            trust_error=error if asked else None,
            chain=result.chain,
            path=path,
            statements=(),
            metadata=entry,
        )

    def compound(self, format_: str, result: StatementResult) -> Attestation:
        """Each statement for itself; as many must be trusted as must verify."""
        judged = tuple(
            outcome if isinstance(outcome, Error) else self.judge(inner, outcome)
            for inner, outcome in result.statements
        )
        trusted = sum(isinstance(one, Attestation) and one.trusted for one in judged)
        needed = {"all": len(judged), "any": 1}.get(
            str(self.policy.compound_policy), self.policy.compound_policy
        )
        enough = isinstance(needed, int) and trusted >= needed
        errors = (
            one.trust_error if isinstance(one, Attestation) else one
            for one in judged
            if not (isinstance(one, Attestation) and one.trusted)
        )
        asked = self.policy.trust is not None or self.policy.require_trust
        return Attestation(
            format=format_,
            type=result.type,
            trusted=enough,
            trust_error=next(errors, None) if asked and not enough else None,
            chain=result.chain,
            path=None,
            statements=judged,
            metadata=None,
        )

    def entry(self, format_: str, result: StatementResult) -> MetadataEntry | None:
        """The entry of the authenticator, by its AAGUID; U2F has none, so there it is by the certificate."""
        metadata = self.policy.trust
        if not isinstance(metadata, Metadata):
            return None
        if format_ == FIDO_U2F:
            return metadata.find_by_key_identifier(key_identifier(result.chain[0]))
        return metadata.find(self.aaguid)

    def path(self, result: StatementResult, entry: MetadataEntry | None) -> TrustPath:
        trust, at = self.policy.trust, self.policy.at
        anchors = trust
        if not isinstance(anchors, TrustAnchors):
            anchors = None if entry is None else entry.anchors
        if anchors is None or at is None:
            raise _no_anchor()
        path = validate_path(
            result.chain,
            trust=anchors,
            at=at,
            allow_sha1=self.policy.allow_sha1,
            critical=result.handled_critical,
            strictness=self.policy.strictness,
        )
        self.tolerated.add(path.tolerated)
        return path


def _no_certificate() -> UntrustedAttestation:
    # Nobody vouches for the AAGUID of such an attestation either, so its metadata are not looked up.
    return UntrustedAttestation("the attestation has no certificate", code="trust.no_attestation")


def _no_anchor() -> UntrustedAttestation:
    return UntrustedAttestation("there is no trust anchor for it", code="trust.no_path")


def key_identifier(certificate: bytes) -> str:
    """RFC 5280 4.2.1.2, method 1: the SHA-1 of the bits of subjectPublicKey, in hexadecimal digits."""
    spki = der.whole(parse_certificate(certificate).public_key_der)
    spki.any()
    return hashlib.sha1(spki.bit_string(), usedforsecurity=False).hexdigest()


def verify_attestation_statement(
    attestation_object: BytesLike,
    *,
    client_data_hash: BytesLike,
    **options: Unpack[AttestationOptions],
) -> VerifiedAttestationStatement:
    """Verify an attestation object against the hash of client data that are not at hand."""
    raw = bytes_argument(attestation_object, "attestation_object", cbor.MAX_SIZE)
    digest = client_data_hash_argument(client_data_hash)
    policy = attestation_policy(**options)
    tolerated = Tolerated(policy.strictness)
    attested = read_attested(raw, policy, tolerated)
    result = verify(attested, digest, policy, tolerated)
    attestation = judge_trust(attested, result, policy, tolerated)
    return VerifiedAttestationStatement(
        attested.object.authenticator_data, attested.public_key, attestation, tolerated.notes
    )


__all__ = [
    "Attestation",
    "Attested",
    "VerifiedAttestationStatement",
    "judge_trust",
    "key_identifier",
    "read_attested",
    "verify",
    "verify_attestation_statement",
]
