"""The bodies in which responses travel: a browser's JSON, and Dfns' objects of the kind Fido2.

WebAuthn Level 3, 5.1 (``PublicKeyCredential.toJSON()``), whose members may grow, so that unknown ones are ignored;
Dfns protocol, attestation bodies and user action signing, whose objects are strict. Octets are base64url.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from countermark.errors import LimitExceeded, MalformedInput
from countermark.reference.format import base64url, json
from countermark.reference.format.record import (
    Source,
    malformed,
    member_text,
    nested_members,
    permitted_text,
    required,
    required_text,
    top_members,
)
from countermark.reference.webauthn.authenticator_data import MAX_CREDENTIAL_ID
from countermark.reference.webauthn.extensions import ClientExtensions, read_client_extensions

FIDO2: Final = "Fido2"

MAX_USER_HANDLE: Final = 64
"""Octets of a user handle."""

_NO_EXTENSIONS: Final = ClientExtensions()

_Members = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class RegistrationResponse:
    """A response to the creation of a credential, its octets decoded."""

    credential_id: bytes
    client_data: bytes
    attestation_object: bytes
    transports: tuple[str, ...] = ()
    authenticator_attachment: str | None = None
    client_extensions: ClientExtensions = _NO_EXTENSIONS
    is_dfns: bool = False


@dataclass(frozen=True, slots=True)
class AuthenticationResponse:
    """A response to a request for an assertion, its octets decoded."""

    credential_id: bytes
    client_data: bytes
    authenticator_data: bytes
    signature: bytes
    user_handle: bytes | None = None
    authenticator_attachment: str | None = None
    client_extensions: ClientExtensions = _NO_EXTENSIONS
    is_dfns: bool = False


def read_registration(source: Source, *, padded: bool) -> RegistrationResponse:
    """Reads either form; Dfns' is told by its member names."""
    top = top_members(source, "response")
    if "credentialInfo" in top:
        return _dfns_registration(top, padded=padded)
    credential_id, inner, attachment, extensions = _browser(top, padded=padded)
    return RegistrationResponse(
        credential_id=credential_id,
        client_data=_octets(inner, "clientDataJSON", padded=padded),
        attestation_object=_octets(inner, "attestationObject", padded=padded),
        transports=_transports(inner),
        authenticator_attachment=attachment,
        client_extensions=extensions,
    )


def read_authentication(source: Source, *, padded: bool) -> AuthenticationResponse:
    """Reads either form; Dfns' is told by its member names."""
    top = top_members(source, "response")
    if "credentialAssertion" in top:
        return _dfns_authentication(top, padded=padded)
    credential_id, inner, attachment, extensions = _browser(top, padded=padded)
    return AuthenticationResponse(
        credential_id=credential_id,
        client_data=_octets(inner, "clientDataJSON", padded=padded),
        authenticator_data=_octets(inner, "authenticatorData", padded=padded),
        signature=_signature(inner, padded=padded),
        user_handle=_user_handle(inner, padded=padded),
        authenticator_attachment=attachment,
        client_extensions=extensions,
    )


# --- A browser's form ---------------------------------------------------------------------------


def _browser(
    top: _Members, *, padded: bool
) -> tuple[bytes, dict[str, object], str | None, ClientExtensions]:
    """The members around ``response``."""
    credential_id = _credential_id(top, "id", padded=padded)
    if "rawId" in top and _octets(top, "rawId", padded=padded) != credential_id:
        raise malformed("response", "value", "is not that of id", "rawId")
    if required_text(top, "type", "response") != "public-key":
        raise malformed("response", "value", "is not public-key", "type")
    inner = nested_members(required(top, "response", "response"), "response", "response")
    attachment = None
    if top.get("authenticatorAttachment") is not None:
        attachment = member_text(
            top["authenticatorAttachment"], "authenticatorAttachment", "response"
        )
    extensions = _NO_EXTENSIONS
    if top.get("clientExtensionResults") is not None:
        extensions = read_client_extensions(top["clientExtensionResults"])
    return credential_id, inner, attachment, extensions


def _transports(inner: _Members) -> tuple[str, ...]:
    value = inner.get("transports")
    if value is None:
        return ()
    if isinstance(value, json.Raw):
        value = json.read(b'{"transports":' + value.data + b"}")["transports"]
    if not isinstance(value, list | tuple):
        raise malformed("response", "type", "is not a list", "transports")
    return tuple(member_text(one, "transports", "response") for one in value)


# --- Dfns' forms --------------------------------------------------------------------------------


def _dfns_registration(top: _Members, *, padded: bool) -> RegistrationResponse:
    known = ("credentialKind", "credentialInfo", "credentialName", "challengeIdentifier")
    _only(top, known)
    _fido2(top, "credentialKind")
    value = required(top, "credentialInfo", "response")
    names = ("credId", "clientData", "attestationData")
    inner = nested_members(value, "credentialInfo", "response", names)
    response = RegistrationResponse(
        credential_id=_credential_id(inner, "credId", padded=padded),
        client_data=_octets(inner, "clientData", padded=padded),
        attestation_object=_octets(inner, "attestationData", padded=padded),
        is_dfns=True,
    )
    permitted_text(top, "credentialName", "response")
    permitted_text(top, "challengeIdentifier", "response")
    return response


def _dfns_authentication(top: _Members, *, padded: bool) -> AuthenticationResponse:
    _only(top, ("kind", "credentialAssertion"))
    _fido2(top, "kind")
    value = required(top, "credentialAssertion", "response")
    names = ("credId", "clientData", "authenticatorData", "signature", "userHandle", "algorithm")
    inner = nested_members(value, "credentialAssertion", "response", names)
    permitted_text(inner, "algorithm", "response")
    return AuthenticationResponse(
        credential_id=_credential_id(inner, "credId", padded=padded),
        client_data=_octets(inner, "clientData", padded=padded),
        authenticator_data=_octets(inner, "authenticatorData", padded=padded),
        signature=_signature(inner, padded=padded),
        user_handle=_user_handle(inner, padded=padded),
        is_dfns=True,
    )


def _only(found: _Members, known: tuple[str, ...]) -> None:
    for name in found:
        if name not in known:
            raise malformed("response", "unknown", "is not a known member", name)


def _fido2(top: _Members, name: str) -> None:
    if required_text(top, name, "response") != FIDO2:
        raise malformed("response", "value", "is not Fido2", name)


# --- Octets -------------------------------------------------------------------------------------


def _octets(found: _Members, name: str, *, padded: bool) -> bytes:
    """A required member that is base64url of at least one octet."""
    return _decoded(required_text(found, name, "response"), name, padded=padded)


def _decoded(text: str, name: str, *, padded: bool) -> bytes:
    try:
        return base64url.decode(text, padded)
    except (MalformedInput, LimitExceeded) as error:
        error.field = name
        raise


def _signature(found: _Members, *, padded: bool) -> bytes:
    """An empty one can be read and does not verify."""
    text = member_text(required(found, "signature", "response"), "signature", "response")
    return _decoded(text, "signature", padded=padded)


def _user_handle(found: _Members, *, padded: bool) -> bytes | None:
    """5.4.3: 1 to 64 octets. Clients write none at all, ``null`` or nothing where there is none."""
    if found.get("userHandle") is None:
        return None
    text = member_text(found["userHandle"], "userHandle", "response")
    if not text:
        return None
    octets = _decoded(text, "userHandle", padded=padded)
    if len(octets) > MAX_USER_HANDLE:
        raise LimitExceeded(
            f"userHandle is longer than {MAX_USER_HANDLE} bytes",
            code="limit.size",
            field="userHandle",
        )
    return octets


def _credential_id(found: _Members, name: str, *, padded: bool) -> bytes:
    octets = _octets(found, name, padded=padded)
    if len(octets) > MAX_CREDENTIAL_ID:
        raise LimitExceeded(
            f"{name} is longer than {MAX_CREDENTIAL_ID} bytes", code="limit.size", field=name
        )
    return octets


__all__ = [
    "AuthenticationResponse",
    "RegistrationResponse",
    "read_authentication",
    "read_registration",
]
