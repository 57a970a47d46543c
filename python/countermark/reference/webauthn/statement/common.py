"""What the attestation statement formats share: members, certificates and signatures.

Order in every format: the members that there are, those that are missing or of a wrong type, their values,
and then what the format says. What a statement may not hold is looked at before what it lacks.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Final, TypeAlias
from uuid import UUID

from countermark.errors import (
    ClaimMismatch,
    InvalidSignature,
    LimitExceeded,
    MalformedInput,
    UnsupportedAlgorithm,
    UntrustedAttestation,
)
from countermark.reference.format import der, shown
from countermark.reference.format.tolerance import Tolerated
from countermark.reference.key.cose import (
    CoseAlgorithm,
    algorithm_numbered,
    fits,
    verify_with,
)
from countermark.reference.key.public_key import PublicKey
from countermark.reference.webauthn.authenticator_data import AuthenticatorData
from countermark.reference.webauthn.statement_context import StatementContext
from countermark.reference.x509.certificate import Certificate, read_certificate

MAX_CERTIFICATES: Final = 8
MAX_SIGNATURE: Final = 8 * 1024

_AAGUID_EXTENSION: Final = "1.3.6.1.4.1.45724.1.1.4"

Statement: TypeAlias = Mapping[object, object]


# --- Members ------------------------------------------------------------------------------------


def members(statement: object, known: Collection[str], tolerated: Tolerated) -> Statement:
    """The statement as a map, whose members are all known.

    Raises:
        MalformedInput: ``statement.type``; ``statement.unknown`` if reading is strict.
        UnsupportedAlgorithm: ``algorithm.ecdaa``.
    """
    if not isinstance(statement, Mapping):
        raise malformed("type", "the statement is not a map")
    if "ecdaaKeyId" in statement:
        raise UnsupportedAlgorithm("ECDAA is not offered", code="algorithm.ecdaa")
    for name in statement:
        if name not in known:
            label = shown(name) if isinstance(name, str) else "a number"
            unknown = f"the statement has an unknown member: {label}"
            tolerated.allow("statement", malformed("unknown", unknown))
    return statement


def octets(statement: Statement, name: str) -> bytes:
    """A required byte string."""
    value = _required(statement, name)
    if not isinstance(value, bytes):
        raise malformed("type", f"{name} is not a byte string", name)
    return value


def text(statement: Statement, name: str) -> str:
    """A required text."""
    value = _required(statement, name)
    if not isinstance(value, str):
        raise malformed("type", f"{name} is not a text", name)
    return value


def algorithm(statement: Statement, context: StatementContext) -> CoseAlgorithm:
    """The required member ``alg`` as an algorithm that is offered."""
    value = _required(statement, "alg")
    if isinstance(value, bool) or not isinstance(value, int):
        raise malformed("type", "alg is not an integer", "alg")
    return algorithm_numbered(value, allow_sha1=context.allow_sha1)


def signature(statement: Statement) -> bytes:
    """The required member ``sig``, of a size that a signature can have."""
    value = octets(statement, "sig")
    if len(value) > MAX_SIGNATURE:
        raise LimitExceeded(
            f"sig is longer than {MAX_SIGNATURE} bytes", code="limit.size", field="sig"
        )
    if not value:
        raise InvalidSignature("the signature does not verify", code="signature.invalid")
    return value


def certificates(statement: Statement) -> tuple[bytes, ...]:
    """The required member ``x5c``: an array of one to eight byte strings."""
    value = _required(statement, "x5c")
    if not isinstance(value, list | tuple):
        raise malformed("type", "x5c is not an array", "x5c")
    if not value:
        raise malformed("value", "x5c is empty", "x5c")
    if len(value) > MAX_CERTIFICATES:
        raise LimitExceeded(
            f"x5c holds more than {MAX_CERTIFICATES} certificates", code="limit.count", field="x5c"
        )
    chain: list[bytes] = []
    for at, item in enumerate(value):
        if not isinstance(item, bytes):
            raise malformed("type", "a certificate is not a byte string", f"x5c[{at}]")
        chain.append(item)
    return tuple(chain)


def _required(statement: Statement, name: str) -> object:
    if name not in statement:
        raise malformed("missing", f"{name} is missing", name)
    return statement[name]


def malformed(name: str, message: str, field: str | None = None) -> MalformedInput:
    """A ``statement.<name>`` error for a statement that is wrong in form."""
    return MalformedInput(message, code=f"statement.{name}", field=field)


def mismatch(
    name: str,
    message: str,
    field: str | None = None,
    *,
    expected: str | None = None,
    actual: str | None = None,
) -> ClaimMismatch:
    """A ``statement.<name>`` error for a statement that says something else than is expected."""
    return ClaimMismatch(
        message, code=f"statement.{name}", field=field, expected=expected, actual=actual
    )


def bad_leaf(name: str, message: str) -> UntrustedAttestation:
    """A ``leaf.<name>`` error."""
    return UntrustedAttestation(message, code=f"leaf.{name}")


# --- Certificates and signatures ----------------------------------------------------------------


def read_chain(chain: tuple[bytes, ...], tolerated: Tolerated) -> tuple[Certificate, ...]:
    """Reads every certificate, the leaf first."""
    return tuple(
        read_certificate(one, tolerated, f"certificate[{at}]") for at, one in enumerate(chain)
    )


def signed_data(context: StatementContext) -> bytes:
    """6.5.2: what most formats sign."""
    return context.authenticator_data_bytes + context.client_data_hash


def verify_with_leaf(
    leaf: Certificate, chosen: CoseAlgorithm, message: bytes, octets_: bytes
) -> PublicKey:
    """Verifies with the key of the leaf, which ``alg`` must fit, and gives that key.

    Raises:
        ClaimMismatch: ``statement.algorithm_mismatch``.
        InvalidSignature: ``signature.invalid``.
    """
    key = leaf.read_public_key()
    if not fits(chosen, key):
        raise mismatch("algorithm_mismatch", "alg does not fit the key of the certificate", "alg")
    verify_with(chosen, key, message, octets_)
    return key


def check_no_authority(leaf: Certificate) -> None:
    """8.2.1, 8.3.1: basicConstraints say that this is no authority."""
    if leaf.is_ca is None:
        raise bad_leaf("basic_constraints", "the attestation certificate has no basicConstraints")
    if leaf.is_ca:
        raise bad_leaf("is_ca", "the attestation certificate is that of an authority")


def tolerate_leaf(
    check: Callable[[Certificate], None], leaf: Certificate, context: StatementContext, *, may: bool
) -> None:
    """Runs a check of the profile, whose failure is noted instead of raised where it ``may`` be.

    Without anchors nothing is trusted, and anybody could make a certificate that fits the profile; so there what an
    old authenticator lacks does no harm.
    """
    try:
        check(leaf)
    except UntrustedAttestation as error:
        if context.anchored or not may:
            raise
        context.tolerated.allow("certificate[0]", error)


def check_aaguid(leaf: Certificate, data: AuthenticatorData) -> None:
    """8.2.1, 8.3.1: the AAGUID in the certificate, if there is one, is that of the authenticator."""
    extension = leaf.extension(_AAGUID_EXTENSION)
    if extension is None:
        return
    if extension.critical:
        raise mismatch("aaguid_critical", "the extension with the AAGUID is critical", "aaguid")
    reader = der.Reader(extension.value)
    value = reader.octet_string()
    reader.finish()
    actual = str(UUID(bytes=value)) if len(value) == 16 else value[:16].hex()
    if actual != data.aaguid:
        raise mismatch(
            "aaguid_mismatch",
            "the AAGUID in the certificate is not that of the authenticator",
            "aaguid",
            expected=data.aaguid,
            actual=actual,
        )


def check_key(key: PublicKey, context: StatementContext) -> None:
    """The key that the statement is about is the credential's, or ``statement.key_mismatch``."""
    if key != context.credential_key.public_key:
        raise mismatch("key_mismatch", "the attested key is not that of the credential")
