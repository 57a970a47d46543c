"""Client data: the small JSON text that a credential signs (the protocol's "client data" section).

Canonical is ``{"challenge":…,"type":…}``: keys sorted, compact, the challenge verbatim. The other profiles
are the exact bytes of one producer each.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from countermark import _native
from countermark.keys import BytesLike


class ClientDataProfile(StrEnum):
    """The producers whose client data can be written and recognised byte for byte."""

    CANONICAL = "canonical"
    """The documented form: sorted members; origin and crossOrigin only if given."""
    DOCS_2024 = "docs-2024"
    """The form documented in 2024: challenge, crossOrigin, origin, type."""
    DOCS_UNSORTED = "docs-unsorted"
    """Other pages of the documentation: type, challenge, origin, crossOrigin."""
    TS_KEYSIGNER = "ts-keysigner"
    """The TypeScript key signer since 0.4.0, and its AWS KMS signer."""
    TS_KEYSIGNER_0_3 = "ts-keysigner-0.3"
    """The TypeScript key signer before 0.4.0."""
    TS_BROWSER = "ts-browser"
    """The TypeScript browser key signer."""
    TS_BROWSER_2026 = "ts-browser-2026"
    """The TypeScript browser signers of 2026 for passwords, recovery and sessions."""
    TS_RECOVERY_2024 = "ts-recovery-2024"
    """The TypeScript recovery key of 2024, which encodes the challenge once more."""
    NEXTJS_RECOVERY = "nextjs-recovery"
    """The Next.js delegated recovery example."""
    NEXTJS_RECOVERY_CREDENTIAL = "nextjs-recovery-credential"
    """The same example's new recovery credential, which encodes the challenge once more."""
    PYTHON = "python"
    """The Python SDK."""
    EXAMPLE_SCRIPTS = "example-scripts"
    """The official example scripts in Python; padded base64url."""
    GO_V2 = "go-v2"
    """The Go SDK, version 2."""
    GO_V1 = "go-v1"
    """The Go SDK, version 1."""
    GO_V1_2023 = "go-v1-2023"
    """The Go SDK before April 2024."""
    JAVA = "java"
    """The Java SDK."""
    ION = "ion"
    """The ION identity client (Dart); padded base64url."""
    DFNS_API_GEN = "dfns-api-gen"
    """A third-party Rust client; padded base64url."""


@dataclass(frozen=True, slots=True)
class ClientData:
    """Client data that were read.

    Attributes:
        type: ``key.get``, ``key.create`` or whatever stands there.
        challenge: as it stands there; not decoded.
        origin: the origin, or None.
        cross_origin: ``crossOrigin``, or None where it is left out.
        raw: the bytes that were read, which are what was signed.
    """

    type: str
    challenge: str
    origin: str | None
    cross_origin: bool | None
    raw: bytes


def encode_client_data(
    challenge: str,
    type: str = "key.get",
    *,
    profile: str = "canonical",
    origin: str | None = None,
    cross_origin: bool | None = None,
) -> bytes:
    """Writes client data.

    >>> encode_client_data("Y2gtMQ")
    b'{"challenge":"Y2gtMQ","type":"key.get"}'

    Args:
        challenge: the challenge of the server's reply, verbatim; it is base64url already.
        type: ``"key.get"`` to use a credential, ``"key.create"`` to register one.
        profile: a `ClientDataProfile`.
        origin: the app's origin, for profiles that carry one.
        cross_origin: ``crossOrigin``, for profiles that carry it; they write false by default.

    Returns:
        JSON in UTF-8.

    Raises:
        ArgumentValueError: an empty challenge, a lone surrogate, or something the profile does not offer.
        LimitExceeded: a challenge of more than 1 MiB.
    """
    return _native.client_data_encode(challenge, type, profile, origin, cross_origin)


def encode_client_data_b64u(
    challenge: str,
    type: str = "key.get",
    *,
    profile: str = "canonical",
    origin: str | None = None,
    cross_origin: bool | None = None,
) -> str:
    """Writes client data as they travel, in base64url; padded where the profile's producer pads.

    >>> encode_client_data_b64u("Y2gtMQ")
    'eyJjaGFsbGVuZ2UiOiJZMmd0TVEiLCJ0eXBlIjoia2V5LmdldCJ9'

    Arguments and errors as for `encode_client_data`.
    """
    return _native.client_data_encode_b64u(challenge, type, profile, origin, cross_origin)


def decode_client_data(data: BytesLike) -> ClientData:
    """Reads client data strictly: one JSON object, no member twice, no byte order mark, nothing after it.

    Args:
        data: JSON in UTF-8.

    Raises:
        MalformedInput: ``json.*``, or ``client_data.missing`` and ``client_data.type`` naming the member.
        LimitExceeded: more than 1 MiB, 1024 members, or 200 levels.
    """
    return ClientData(*_native.client_data_decode(data))


def decode_client_data_b64u(text: str, *, padding: bool = False) -> ClientData:
    """Reads client data as they travel, in base64url.

    Args:
        text: base64url (RFC 4648 section 5).
        padding: also take padded text, as some clients send it.

    Raises:
        MalformedInput: ``base64url.*``, and those of `decode_client_data`.
        LimitExceeded: as for `decode_client_data`.
    """
    return decode_client_data(_native.base64url_decode(text, padding))


def match_profiles(data: BytesLike) -> list[ClientDataProfile]:
    """The profiles that write exactly these bytes.

    Raises:
        MalformedInput, LimitExceeded: as for `decode_client_data`.
    """
    return [ClientDataProfile(name) for name in _native.match_profiles(data)]


__all__ = [
    "ClientData",
    "ClientDataProfile",
    "decode_client_data",
    "decode_client_data_b64u",
    "encode_client_data",
    "encode_client_data_b64u",
    "match_profiles",
]
