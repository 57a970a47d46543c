"""The format ``android-key`` (WebAuthn Level 3, 8.4)."""

from __future__ import annotations

from typing import Final

from countermark.errors import MalformedInput
from countermark.reference.webauthn.statement import common
from countermark.reference.webauthn.statement.key_description import (
    OID,
    AuthorizationList,
    KeyDescription,
    read_key_description,
)
from countermark.reference.webauthn.statement_context import StatementContext, StatementResult
from countermark.reference.x509.certificate import Certificate

_GENERATED: Final = 0
_SIGN: Final = 2
_VERIFY: Final = 3


def verify(statement: object, context: StatementContext) -> StatementResult:
    """The leaf certifies the credential's key, and says where it is from and what it may do."""
    found = common.members(statement, ("alg", "sig", "x5c"), context.tolerated)
    chosen = common.algorithm(found, context)
    signature = common.signature(found)
    chain = common.certificates(found)
    leaf, *others = common.read_chain(chain, context.tolerated)
    key = common.verify_with_leaf(leaf, chosen, common.signed_data(context), signature)
    common.check_key(key, context)
    description = _description(leaf)
    if description.challenge != context.client_data_hash:
        raise common.mismatch(
            "challenge_mismatch", "the attested challenge is not the hash of the client data"
        )
    software, tee = description.software_enforced, description.tee_enforced
    if software.all_applications or tee.all_applications:
        raise common.mismatch("all_applications", "the key is not for one application alone")
    _check_authorization((tee,) if context.require_tee else (software, tee))
    if any(one.extension(OID) is not None for one in others):
        # A certified key could otherwise certify another one as its own.
        raise common.mismatch("key_description", "a further certificate describes a key, too")
    return StatementResult("basic", chain, handled_critical=(OID,))


def _description(leaf: Certificate) -> KeyDescription:
    extension = leaf.extension(OID)
    if extension is None:
        raise common.malformed("missing", "the leaf describes no key", "keyDescription")
    try:
        return read_key_description(extension.value)
    except MalformedInput as error:
        error.field = "keyDescription"
        raise


def _check_authorization(lists: tuple[AuthorizationList, ...]) -> None:
    origins = {one.origin for one in lists if one.origin is not None}
    purposes = frozenset[int]().union(*(one.purposes for one in lists))
    # Verifying takes the public half only, which everybody has.
    if origins != {_GENERATED} or _SIGN not in purposes or purposes - {_SIGN, _VERIFY}:
        raise common.mismatch(
            "authorization", "the key was not made in the device, or is not for signing"
        )
