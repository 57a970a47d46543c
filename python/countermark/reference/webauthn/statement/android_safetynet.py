"""The format ``android-safetynet`` (WebAuthn Level 3, 8.5), which old credentials still have.

Its response is a JWS of a service that has ended. The time of the response is held against the time
of the verification if that is given.
"""

from __future__ import annotations

import hashlib
import re
from binascii import b2a_base64
from typing import Final

from countermark.reference.format import json, jws
from countermark.reference.key.cose import CoseAlgorithm
from countermark.reference.webauthn.statement import common
from countermark.reference.webauthn.statement_context import StatementContext, StatementResult
from countermark.reference.x509.certificate import Certificate
from countermark.reference.x509.extensions import DNS_NAME
from countermark.reference.x509.name import COMMON_NAME

_HOST: Final = b"attest.android.com"
_MAX_AGE: Final = 60_000
_INTEGER: Final = re.compile(r"0|[1-9][0-9]{0,17}")


def verify(statement: object, context: StatementContext) -> StatementResult:
    """The signature of the service covers a nonce over what is attested."""
    found = common.members(statement, ("ver", "response"), context.tolerated)
    version = common.text(found, "ver")
    response = common.octets(found, "response")
    if not version:
        raise common.malformed("value", "ver is empty", "ver")
    signed = jws.read(response, ("RS256",))
    leaf = common.read_chain(signed.chain, context.tolerated)[0]
    _check_host(leaf, context)
    common.verify_with_leaf(leaf, CoseAlgorithm.RS256, signed.signed, signed.signature)
    claims = json.read(signed.payload)
    nonce = hashlib.sha256(common.signed_data(context)).digest()
    if claims.get("nonce") != b2a_base64(nonce, newline=False).decode("ascii"):
        raise common.mismatch("nonce_mismatch", "the nonce of the response is wrong", "nonce")
    if claims.get("ctsProfileMatch") is not True:
        raise common.mismatch(
            "cts_profile", "the device has not passed its tests", "ctsProfileMatch"
        )
    if context.at is not None:
        _check_timestamp(claims.get("timestampMs"), context.at)
    return StatementResult("basic", signed.chain)


def _check_host(leaf: Certificate, context: StatementContext) -> None:
    """A host of the certificate is the service; a common name counts where there are no other names."""
    wrong = common.bad_leaf("hostname", "the certificate is not that of attest.android.com")
    names = leaf.known.alternative_names
    if names is not None:
        if _HOST not in [one.content for one in names if one.kind == DNS_NAME]:
            raise wrong
        return
    if [one.text for one in leaf.subject_name.all(COMMON_NAME)] != [_HOST.decode()]:
        raise wrong
    context.tolerated.allow("certificate[0]", wrong)


def _check_timestamp(value: object, at: int) -> None:
    """8.5 has no bound of its own; the service's guide says that a response is used at once."""
    text = value.text if isinstance(value, json.Number) else ""
    if not _INTEGER.fullmatch(text) or abs(int(text) - at * 1000) > _MAX_AGE:
        raise common.mismatch(
            "timestamp", "the response was not made at the time of verification", "timestampMs"
        )
