"""The FIDO Metadata Service, version 3: a signed list of authenticator models with their trust anchors."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn, Self, final

from countermark import _native
from countermark.errors import ArgumentTypeError
from countermark.keys import BytesLike
from countermark.webauthn.certificates import TrustAnchors, seconds


@dataclass(frozen=True, slots=True)
class StatusReport:
    """What became of a model (MDS3 section 3.1.3).

    Attributes:
        status: such as ``FIDO_CERTIFIED_L1``, ``REVOKED``, ``USER_KEY_REMOTE_COMPROMISE``; names that the
            standard does not know are kept.
        effective_date: since when, as ``YYYY-MM-DD``, or None.
        certificate: the certificate the report is about in DER, or None.
        certificate_number: the number of the certification, or None.
        url: where more is said, or None.
    """

    status: str
    effective_date: str | None
    certificate: bytes | None
    certificate_number: str | None
    url: str | None


@final
class MetadataEntry:
    """What the metadata say of one model. Made by `Metadata`."""

    __slots__ = ("_handle",)
    _handle: _native.MetadataEntry

    def __init__(self) -> None:
        raise ArgumentTypeError("entries are found in Metadata", code="argument.type")

    @classmethod
    def _wrap(cls, native: _native.MetadataEntry) -> Self:
        self = object.__new__(cls)
        object.__setattr__(self, "_handle", native)
        return self

    @property
    def aaguid(self) -> str | None:
        """The model of a FIDO2 authenticator, in the form of a UUID."""
        return self._handle.aaguid

    @property
    def aaid(self) -> str | None:
        """The model of a UAF authenticator."""
        return self._handle.aaid

    @property
    def key_identifiers(self) -> tuple[str, ...]:
        """The key identifiers of a U2F authenticator's certificates, in hexadecimal."""
        return tuple(self._handle.key_identifiers)

    @property
    def description(self) -> str | None:
        """The model in words."""
        return self._handle.description

    @property
    def protocol_family(self) -> str | None:
        """``fido2``, ``u2f`` or ``uaf``."""
        return self._handle.protocol_family

    @property
    def status_reports(self) -> tuple[StatusReport, ...]:
        """What became of the model, the latest last or first as the service lists them."""
        return tuple(StatusReport(*report) for report in self._handle.status_reports)

    @property
    def time_of_last_status_change(self) -> str | None:
        """When that was, as ``YYYY-MM-DD``."""
        return self._handle.time_of_last_status_change

    @property
    def attestation_roots(self) -> tuple[bytes, ...]:
        """The certificates its attestations lead to, in DER."""
        return tuple(self._handle.attestation_roots)

    @property
    def anchors(self) -> TrustAnchors:
        """The same as trust anchors."""
        return TrustAnchors._wrap(self._handle.anchors)

    @property
    def statement(self) -> dict[str, Any] | None:
        """The whole metadata statement, or None."""
        text = self._handle.statement
        return None if text is None else json.loads(text)

    def __repr__(self) -> str:
        name = self.aaguid or self.aaid or ", ".join(self.key_identifiers)
        return f"<MetadataEntry {name} {self.description!r}>"

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise ArgumentTypeError("entries cannot be changed", code="argument.type")

    def __init_subclass__(cls) -> NoReturn:
        raise ArgumentTypeError("MetadataEntry cannot be subclassed", code="argument.type")


@final
class Metadata:
    """A metadata BLOB (MDS3 section 3.1): verified by `from_blob`, or only read by `parse_unverified`."""

    __slots__ = ("_handle",)
    _handle: _native.Metadata

    def __init__(self) -> None:
        raise ArgumentTypeError("read metadata with Metadata.from_blob", code="argument.type")

    @classmethod
    def _wrap(cls, native: _native.Metadata) -> Self:
        self = object.__new__(cls)
        object.__setattr__(self, "_handle", native)
        return self

    @classmethod
    def from_blob(
        cls,
        blob: str | BytesLike,
        *,
        trust: TrustAnchors,
        at: int | datetime,
        previous_number: int | None = None,
        allow_expired: bool = False,
        allow_sha1: bool = False,
    ) -> Self:
        """Verifies and reads a BLOB (MDS3 section 3.2).

        Args:
            blob: the JWS in compact form, at most 32 MiB.
            trust: the anchor of the service. Whoever holds a certificate under it may sign: where it is a root of
                the public web, give the service's own intermediate instead.
            at: the time, in seconds since 1970 or as a datetime with a time zone.
            previous_number: the number of the BLOB that was had before: an older one is refused.
            allow_expired: take a BLOB whose next update was due before ``at``.
            allow_sha1: take certificates signed with SHA-1.

        Raises:
            MalformedInput: ``jws.*``, ``metadata.*``, ``json.*``, ``base64url.*``, ``certificate.*``, ``der.*``.
            ClaimMismatch: ``jws.algorithm_mismatch``, ``metadata.rollback``, ``metadata.expired``.
            InvalidSignature: the signature does not verify.
            UntrustedAttestation: its certificate leads to no anchor; ``trust.*``.
            LimitExceeded: ``limit.size``, ``limit.count``, ``limit.depth``.
        """
        if not isinstance(trust, TrustAnchors):
            raise ArgumentTypeError("trust must be TrustAnchors", code="argument.type")
        return cls._wrap(
            _native.Metadata.from_blob(
                blob, trust._handle, seconds(at), previous_number, allow_expired, allow_sha1
            )
        )

    @classmethod
    def parse_unverified(cls, blob: str | BytesLike) -> Self:
        """Reads a BLOB without verifying anything: for tools that show it. It is not taken as ``trust``.

        Raises:
            MalformedInput, LimitExceeded: as for `from_blob`.
        """
        return cls._wrap(_native.Metadata.parse_unverified(blob))

    @property
    def number(self) -> int:
        """Its number, which goes up with every issue."""
        return self._handle.number

    @property
    def next_update(self) -> str:
        """When the next one is due, as ``YYYY-MM-DD``."""
        return self._handle.next_update

    @property
    def legal_header(self) -> str | None:
        """Its terms of use."""
        return self._handle.legal_header

    @property
    def entries(self) -> tuple[MetadataEntry, ...]:
        """All entries, in order."""
        return tuple(MetadataEntry._wrap(entry) for entry in self._handle.entries)

    def find(self, aaguid: str) -> MetadataEntry | None:
        """The entry of a model, by its AAGUID in the form of a UUID; None where it is not listed.

        Raises:
            ArgumentValueError: it is no UUID.
        """
        entry = self._handle.find(aaguid)
        return None if entry is None else MetadataEntry._wrap(entry)

    def find_by_key_identifier(self, identifier: str) -> MetadataEntry | None:
        """The entry of a U2F model, by a key identifier in hexadecimal; None where it is not listed.

        Raises:
            MalformedInput: ``hex.*``.
        """
        entry = self._handle.find_by_key_identifier(identifier)
        return None if entry is None else MetadataEntry._wrap(entry)

    def __len__(self) -> int:
        return len(self._handle)

    def __repr__(self) -> str:
        return f"<Metadata number {self.number} of {len(self)} entries>"

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise ArgumentTypeError("metadata cannot be changed", code="argument.type")

    def __init_subclass__(cls) -> NoReturn:
        raise ArgumentTypeError("Metadata cannot be subclassed", code="argument.type")


__all__ = ["Metadata", "MetadataEntry", "StatusReport"]
