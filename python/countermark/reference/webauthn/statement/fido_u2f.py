"""The format ``fido-u2f`` (WebAuthn Level 3, 8.6)."""

from __future__ import annotations

from typing import Final

from countermark.reference.crypto.ecdsa_signature import P256
from countermark.reference.key import sec1
from countermark.reference.key.algorithm import EcPublic
from countermark.reference.key.cose import CoseAlgorithm
from countermark.reference.key.public_key import PublicKey, numbers_of
from countermark.reference.webauthn.statement import common
from countermark.reference.webauthn.statement_context import StatementContext, StatementResult

_NO_AAGUID: Final = "00000000-0000-0000-0000-000000000000"


def verify(statement: object, context: StatementContext) -> StatementResult:
    """One certificate; both keys on P-256; the message is that of a U2F registration."""
    found = common.members(statement, ("x5c", "sig"), context.tolerated)
    chain = common.certificates(found)
    signature = common.signature(found)
    if len(chain) != 1:
        raise common.malformed("value", "x5c does not hold exactly one certificate", "x5c")
    leaf = common.read_chain(chain, context.tolerated)[0]
    _point(leaf.read_public_key(), "x5c")
    point = _point(context.credential_key.public_key, "credentialPublicKey")
    data = context.authenticator_data
    message = b"".join(
        (
            b"\x00",
            data.rp_id_hash,
            context.client_data_hash,
            data.credential_id or b"",
            sec1.encode_point(point),
        )
    )
    common.verify_with_leaf(leaf, CoseAlgorithm.ES256, message, signature)
    if data.aaguid != _NO_AAGUID:
        # 6.5.1: a U2F authenticator has none. One vector of the specification has one all the same.
        context.tolerated.allow(
            "authenticator_data",
            common.mismatch("aaguid_mismatch", "a U2F authenticator has no AAGUID", "aaguid"),
        )
    return StatementResult("basic", chain)


def _point(key: PublicKey, field: str) -> EcPublic:
    numbers = numbers_of(key)
    if not isinstance(numbers, EcPublic) or numbers.curve != P256:
        raise common.mismatch("key_mismatch", "a key is not on the curve P-256", field)
    return numbers
