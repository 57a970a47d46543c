"""The format ``packed`` (WebAuthn Level 3, 8.2)."""

from __future__ import annotations

import re
from typing import Final

from countermark.reference.format import der
from countermark.reference.webauthn.statement import common
from countermark.reference.webauthn.statement_context import StatementContext, StatementResult
from countermark.reference.x509.certificate import Certificate
from countermark.reference.x509.name import (
    COMMON_NAME,
    COUNTRY,
    ORGANIZATION,
    ORGANIZATIONAL_UNIT,
    Attribute,
)

_UNIT: Final = b"Authenticator Attestation"
_TEXTS: Final = (der.PRINTABLE_STRING, der.UTF8_STRING)
_COUNTRY: Final = re.compile(rb"[A-Za-z]{2}")


def verify(statement: object, context: StatementContext) -> StatementResult:
    """Basic attestation if there are certificates, self attestation if not."""
    found = common.members(statement, ("alg", "sig", "x5c"), context.tolerated)
    chosen = common.algorithm(found, context)
    signature = common.signature(found)
    message = common.signed_data(context)
    if "x5c" not in found:
        if chosen != context.credential_key.algorithm:
            raise common.mismatch(
                "algorithm_mismatch", "alg is not that of the credential's key", "alg"
            )
        context.credential_key.verify(message, signature)
        return StatementResult("self")
    chain = common.certificates(found)
    leaf = common.read_chain(chain, context.tolerated)[0]
    common.verify_with_leaf(leaf, chosen, message, signature)
    # The first kind cannot follow the profile, for the second nobody vouches.
    may_differ = leaf.version == 1 or leaf.is_self_issued
    for check in (_check_version, _check_subject, common.check_no_authority):
        common.tolerate_leaf(check, leaf, context, may=may_differ)
    common.check_aaguid(leaf, context.authenticator_data)
    return StatementResult("basic", chain)


def _check_version(leaf: Certificate) -> None:
    if leaf.version != 3:
        raise common.bad_leaf("version", "the attestation certificate is not of version 3")


def _check_subject(leaf: Certificate) -> None:
    if not _is_subject(leaf):
        raise common.bad_leaf("subject", "the subject of the attestation certificate is wrong")


def _is_subject(leaf: Certificate) -> bool:
    """8.2.1."""
    country, organization, unit, name = (
        leaf.subject_name.all(type_)
        for type_ in (COUNTRY, ORGANIZATION, ORGANIZATIONAL_UNIT, COMMON_NAME)
    )
    return (
        bool(len(country) == 1 and organization and name)
        and _is_country(country[0])
        and all(_is_text(one) for one in (*organization, *name))
        and len(unit) == 1
        and unit[0].value.tag in _TEXTS
        and unit[0].value.content == _UNIT
    )


def _is_country(attribute: Attribute) -> bool:
    value = attribute.value
    return value.tag == der.PRINTABLE_STRING and bool(_COUNTRY.fullmatch(value.content))


def _is_text(attribute: Attribute) -> bool:
    """Whether a value says something; a NUL would end it early for other readers."""
    text = attribute.text if attribute.value.tag in _TEXTS else None
    return bool(text) and "\0" not in (text or "")
