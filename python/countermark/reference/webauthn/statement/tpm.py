"""The format ``tpm`` (WebAuthn Level 3, 8.3)."""

from __future__ import annotations

import hashlib
import re
from typing import Final

from countermark.errors import UnsupportedAlgorithm, UntrustedAttestation
from countermark.reference.crypto.ecdsa_signature import P256, P384, P521
from countermark.reference.key.algorithm import EcPublic, PublicNumbers, RsaPublic
from countermark.reference.key.cose import SCHEMES, CoseAlgorithm
from countermark.reference.key.public_key import numbers_of
from countermark.reference.webauthn.statement import common
from countermark.reference.webauthn.statement.tpm_structures import (
    ATTEST_CERTIFY,
    GENERATED,
    Attest,
    PublicArea,
    RsaArea,
    odd_safe,
    read_attest,
    read_public_area,
)
from countermark.reference.webauthn.statement_context import StatementContext, StatementResult
from countermark.reference.x509.certificate import Certificate
from countermark.reference.x509.extensions import SUBJECT_ALTERNATIVE_NAME

_VERSION: Final = "2.0"
_CURVES: Final = {0x0003: P256, 0x0004: P384, 0x0005: P521}
_HASHES: Final = {"SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}
_NAME_HASHES: Final = {0x0004: "SHA-1", 0x000B: "SHA-256", 0x000C: "SHA-384", 0x000D: "SHA-512"}

# TCG EK Credential Profile 3.2.9.
_MANUFACTURER, _MODEL, _FIRMWARE = "2.23.133.2.1", "2.23.133.2.2", "2.23.133.2.3"
_AIK_CERTIFICATE: Final = "2.23.133.8.3"
VENDOR: Final = re.compile(r"id:[0-9A-Fa-f]{8}")


def verify(statement: object, context: StatementContext) -> StatementResult:
    """A TPM certifies the credential's key with an attestation key that an authority knows."""
    known = ("ver", "alg", "x5c", "sig", "certInfo", "pubArea")
    found = common.members(statement, known, context.tolerated)
    version = common.text(found, "ver")
    chosen = common.algorithm(found, context)
    chain = common.certificates(found)
    signature = common.signature(found)
    info, area = common.octets(found, "certInfo"), common.octets(found, "pubArea")
    if version != _VERSION:
        raise common.mismatch("version_mismatch", "ver is not 2.0", "ver", expected=_VERSION)

    public = read_public_area(area)
    attest = read_attest(info)
    if attest.is_safe_odd:
        context.tolerated.allow("certInfo", odd_safe())
    leaf = common.read_chain(chain, context.tolerated)[0]
    if not _is_same_key(public, numbers_of(context.credential_key.public_key)):
        raise common.mismatch(
            "key_mismatch", "the key in pubArea is not that of the credential", "pubArea"
        )
    _check_attest(attest, chosen, common.signed_data(context))
    _check_name(attest, public.name_algorithm, area, context.allow_sha1)
    common.verify_with_leaf(leaf, chosen, info, signature)
    _check_profile(leaf, context.tpm_vendors)
    _check_no_authority(leaf, context)
    common.check_aaguid(leaf, context.authenticator_data)
    return StatementResult("attca", chain)


def _is_same_key(public: PublicArea, credential: PublicNumbers) -> bool:
    key = public.key
    if isinstance(key, RsaArea):
        return isinstance(credential, RsaPublic) and (key.n, key.e) == (credential.n, credential.e)
    if key.curve not in _CURVES:
        raise UnsupportedAlgorithm("the curve of pubArea is not offered", code="algorithm.curve")
    return isinstance(credential, EcPublic) and (_CURVES[key.curve], key.x, key.y) == (
        credential.curve,
        credential.x,
        credential.y,
    )


def _check_attest(attest: Attest, chosen: CoseAlgorithm, message: bytes) -> None:
    if attest.magic != GENERATED:
        raise common.mismatch(
            "magic_mismatch", "certInfo was not made by the TPM itself", "certInfo"
        )
    if attest.type != ATTEST_CERTIFY:
        raise common.mismatch("type_mismatch", "certInfo certifies no key", "certInfo")
    hash_ = SCHEMES[chosen].hash
    if hash_ is None:
        raise common.mismatch("algorithm_mismatch", "alg names no hash", "alg")
    if attest.extra_data != _digest(hash_, message):
        raise common.mismatch(
            "extra_data_mismatch", "certInfo is for other authenticator or client data", "certInfo"
        )


def _check_name(attest: Attest, algorithm: int, area: bytes, allow_sha1: bool) -> None:
    """Part 1, 16: the name of a key is the number of a hash with that hash of its public area."""
    hash_ = _NAME_HASHES.get(algorithm)
    if hash_ is None:
        raise UnsupportedAlgorithm("nameAlg of pubArea is not offered", code="algorithm.unknown")
    if hash_ == "SHA-1" and not allow_sha1:
        raise UnsupportedAlgorithm(
            "nameAlg of pubArea is SHA-1, which is not allowed", code="algorithm.legacy_hash"
        )
    if attest.name != algorithm.to_bytes(2, "big") + _digest(hash_, area):
        raise common.mismatch("name_mismatch", "certInfo names another key", "certInfo")


def _digest(hash_: str, data: bytes) -> bytes:
    return hashlib.new(_HASHES[hash_], data).digest()


def _check_profile(leaf: Certificate, vendors: frozenset[str] | None) -> None:
    """8.3.1."""
    if leaf.version != 3:
        raise common.bad_leaf("version", "the attestation certificate is not of version 3")
    if leaf.subject_name.rdns:
        raise common.bad_leaf("subject", "the subject of the attestation certificate is not empty")
    manufacturer = _manufacturer(leaf)
    if manufacturer is None:
        raise common.bad_leaf(
            "alternative_name", "the certificate does not name the TPM in its alternative name"
        )
    if not _is_vendor(manufacturer, vendors):
        raise common.bad_leaf("vendor", "the manufacturer of the TPM is malformed or not allowed")
    if _AIK_CERTIFICATE not in (leaf.known.extended_key_usage or ()):
        raise common.bad_leaf(
            "extended_key_usage", "the certificate is not one for attestation keys"
        )


def _check_no_authority(leaf: Certificate, context: StatementContext) -> None:
    """Without basicConstraints it is no authority either (RFC 5280 4.2.1.9), so that is let pass."""
    try:
        common.check_no_authority(leaf)
    except UntrustedAttestation as error:
        if leaf.is_ca:
            raise
        context.tolerated.allow("certificate[0]", error)


def _manufacturer(leaf: Certificate) -> str | None:
    """The manufacturer, if the alternative name is as it must be; one RDN or several will do."""
    extension = leaf.extension(SUBJECT_ALTERNATIVE_NAME)
    # RFC 5280 4.2.1.6: critical where the subject is empty.
    if extension is None or not extension.critical:
        return None
    names = [one.directory for one in leaf.known.alternative_names or () if one.directory]
    named = [name for name in names if name.all(_MANUFACTURER)]
    if len(named) != 1:
        return None
    found = [named[0].all(type_) for type_ in (_MANUFACTURER, _MODEL, _FIRMWARE)]
    if any(len(one) != 1 or one[0].text is None for one in found):
        return None
    return found[0][0].text


def _is_vendor(manufacturer: str, vendors: frozenset[str] | None) -> bool:
    if not VENDOR.fullmatch(manufacturer):
        return False
    return vendors is None or manufacturer.lower() in {one.lower() for one in vendors}
