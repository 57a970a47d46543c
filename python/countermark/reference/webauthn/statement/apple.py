"""The format ``apple`` (WebAuthn Level 3, 8.8)."""

from __future__ import annotations

import hashlib
from typing import Final

from countermark.errors import MalformedInput
from countermark.reference.format import der
from countermark.reference.webauthn.statement import common
from countermark.reference.webauthn.statement_context import StatementContext, StatementResult
from countermark.reference.x509.certificate import Certificate

_NONCE_EXTENSION: Final = "1.2.840.113635.100.8.2"


def verify(statement: object, context: StatementContext) -> StatementResult:
    """The certificate holds the nonce and the credential's key; there is no signature beside it."""
    found = common.members(statement, ("x5c",), context.tolerated)
    chain = common.certificates(found)
    leaf = common.read_chain(chain, context.tolerated)[0]
    if _nonce(leaf) != hashlib.sha256(common.signed_data(context)).digest():
        raise common.mismatch("nonce_mismatch", "the nonce in the certificate is wrong", "x5c")
    common.check_key(leaf.read_public_key(), context)
    return StatementResult("anonca", chain, handled_critical=(_NONCE_EXTENSION,))


def _nonce(leaf: Certificate) -> bytes | None:
    """The octet string in [1] in the one sequence of the extension."""
    extension = leaf.extension(_NONCE_EXTENSION)
    if extension is None:
        return None
    try:
        sequence = der.whole(extension.value)
        tagged = sequence.element(der.CONTEXT_1).inside
        sequence.finish()
        nonce = tagged.octet_string()
        tagged.finish()
    except MalformedInput:
        return None
    return nonce
