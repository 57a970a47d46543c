"""The metadata of the FIDO Alliance (Metadata Service 3.0): what is known of authenticators, and their anchors.

The BLOB is a JWS. Order of the checks: its form, the path from its certificate to the caller's anchors, its
signature, the form of its payload, and then its number and its date.
"""

from __future__ import annotations

import re
from binascii import a2b_base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Self, TypeAlias, cast, final

from countermark.errors import (
    ArgumentTypeError,
    ArgumentValueError,
    ClaimMismatch,
    LimitExceeded,
    MalformedInput,
)
from countermark.reference.arguments import instance
from countermark.reference.crypto.ecdsa_signature import encode, invalid
from countermark.reference.format import (
    flag_argument,
    hex,
    json,
    jws,
    shown,
    text_argument,
    text_or_bytes_argument,
)
from countermark.reference.key.algorithm import EcPublic
from countermark.reference.key.cose import CoseAlgorithm, fits, verify_with
from countermark.reference.key.public_key import PublicKey, numbers_of
from countermark.reference.x509.anchors import TrustAnchors
from countermark.reference.x509.certificate import parse_certificate
from countermark.reference.x509.path import validate_path
from countermark.reference.x509.time import instant_argument

MAX_BLOB: Final = 32 * 1024 * 1024
MAX_ENTRIES: Final = 20_000
MAX_LIST: Final = 1024
"""Status reports, anchors or key identifiers of one entry."""

# RFC 7518 3.1; the names are those of COSE as well.
_ALGORITHMS: Final = {
    name: CoseAlgorithm[name]
    for name in ("RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "PS256")
}
_INTEGER: Final = re.compile(r"0|-?[1-9][0-9]*")
_DATE: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_AAGUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_KEY_IDENTIFIER: Final = re.compile(r"[0-9a-f]{40}")
_SPACE: Final = re.compile(r"[ \t\r\n]")
_DAY: Final = 24 * 60 * 60

Members: TypeAlias = Mapping[str, json.Plain]


@dataclass(frozen=True, slots=True)
class StatusReport:
    """MDS 3.1.3. ``status`` is whatever the text says: new ones are added from time to time."""

    status: str
    effective_date: str | None
    certificate: bytes | None
    certificate_number: str | None
    url: str | None


@dataclass(frozen=True, slots=True)
class MetadataEntry:
    """MDS 3.1.1, one model of authenticator. ``statement`` is its metadata statement as JSON values, or None.

    ``root_texts`` are its anchors in base64. They are read when they are asked for, so that one that is broken does
    no harm to other models.
    """

    aaguid: str | None
    aaid: str | None
    key_identifiers: tuple[str, ...]
    description: str | None
    protocol_family: str | None
    status_reports: tuple[StatusReport, ...]
    time_of_last_status_change: str | None
    root_texts: tuple[str, ...]
    statement: dict[str, Any] | None

    @property
    def attestation_roots(self) -> tuple[bytes, ...]:
        """The anchors in DER; ``metadata.value`` where one is not base64."""
        return tuple(_certificate(one, "attestationRootCertificates") for one in self.root_texts)

    @property
    def anchors(self) -> TrustAnchors:
        """The same as anchors; an error where one cannot be read."""
        return TrustAnchors(self.attestation_roots)


@final
class Metadata:
    """A BLOB that was read."""

    __slots__ = (
        *(
            "_by_aaguid",
            "_by_key",
            "entries",
            "is_verified",
            "legal_header",
            "next_update",
            "number",
        ),
    )

    def __init__(self, payload: object = None) -> None:
        if not isinstance(payload, _Payload):
            raise ArgumentTypeError("use from_blob to make Metadata", code="argument.type")
        self.is_verified = False
        self.number: int = payload.number
        self.next_update: str = payload.next_update
        self.legal_header: str | None = payload.legal_header
        self.entries: tuple[MetadataEntry, ...] = payload.entries
        self._by_aaguid: dict[str, MetadataEntry] = {}
        self._by_key: dict[str, MetadataEntry] = {}
        for entry in self.entries:
            if entry.aaguid is not None:
                self._by_aaguid.setdefault(entry.aaguid, entry)
            for identifier in entry.key_identifiers:
                self._by_key.setdefault(identifier, entry)

    @classmethod
    def from_blob(
        cls,
        blob: object,
        *,
        trust: TrustAnchors,
        at: object,
        previous_number: int | None = None,
        allow_expired: bool = False,
        allow_sha1: bool = False,
    ) -> Self:
        """Reads and verifies a BLOB as of a time."""
        anchors = instance(trust, TrustAnchors, "trust")
        moment = instant_argument(at)
        previous = _number_argument(previous_number)
        expired, sha1 = (
            flag_argument(allow_expired, "allow_expired"),
            flag_argument(allow_sha1, "allow_sha1"),
        )
        signed = _read_jws(blob)
        validate_path(signed.chain, trust=anchors, at=moment, allow_sha1=sha1)
        _verify(signed)
        payload = _read_payload(signed.payload)
        if previous is not None and payload.number < previous:
            raise ClaimMismatch(
                "the metadata are older than what was seen before",
                code="metadata.rollback",
                field="no",
                expected=str(previous),
                actual=str(payload.number),
            )
        if moment >= payload.expiry and not expired:
            raise ClaimMismatch(
                "the metadata should have been replaced by then",
                code="metadata.expired",
                field="nextUpdate",
                actual=payload.next_update,
            )
        found = cls(payload)
        found.is_verified = True
        return found

    @classmethod
    def parse_unverified(cls, blob: object) -> Self:
        """Reads a BLOB without looking at its signature: for tools, never for trust."""
        return cls(_read_payload(_read_jws(blob).payload))

    def find(self, aaguid: object) -> MetadataEntry | None:
        """The entry of an AAGUID in the form with hyphens."""
        text = text_argument(aaguid, "aaguid").lower()
        if not _AAGUID.fullmatch(text):
            raise ArgumentValueError("aaguid is no UUID", code="argument.value")
        return self._by_aaguid.get(text)

    def find_by_key_identifier(self, identifier: object) -> MetadataEntry | None:
        """The entry of a certificate's key identifier in hexadecimal digits."""
        text = text_argument(identifier, "identifier")
        return self._by_key.get(hex.encode(hex.decode(text)))

    def __len__(self) -> int:
        return len(self.entries)

    def __repr__(self) -> str:
        return f"<Metadata {self.number} with {len(self)} entries>"


def _number_argument(value: object) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise ArgumentTypeError("previous_number must be int", code="argument.type")
    if value < 0:
        raise ArgumentValueError("previous_number is negative", code="argument.value")
    return int(value)


def _read_jws(blob: object) -> jws.Jws:
    """Reads the text, which may be broken into lines like the example of the specification."""
    octets = text_or_bytes_argument(blob, "blob", MAX_BLOB)
    return jws.read(octets.translate(None, b"\r\n"), tuple(_ALGORITHMS), MAX_BLOB)


def _verify(signed: jws.Jws) -> None:
    """RFC 7515 5.2 with the key of the first certificate, which the algorithm must fit."""
    key = parse_certificate(signed.chain[0]).read_public_key()
    algorithm = _ALGORITHMS[signed.algorithm]
    if not fits(algorithm, key):
        raise ClaimMismatch(
            "the algorithm of the JWS does not fit its certificate",
            code="jws.algorithm_mismatch",
            field="alg",
        )
    verify_with(algorithm, key, signed.signed, _as_der(key, signed.signature))


def _as_der(key: PublicKey, signature: bytes) -> bytes:
    """RFC 7518 3.4: an ECDSA signature in a JWS is r and s side by side."""
    numbers = numbers_of(key)
    if not isinstance(numbers, EcPublic):
        return signature
    size = numbers.curve.size
    if len(signature) != 2 * size:
        raise invalid()
    return encode(int.from_bytes(signature[:size], "big"), int.from_bytes(signature[size:], "big"))


# --- The payload, MDS 3.1.6 ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Payload:
    number: int
    next_update: str
    expiry: int
    legal_header: str | None
    entries: tuple[MetadataEntry, ...]


def _read_payload(payload: bytes) -> _Payload:
    found = json.read(payload, MAX_BLOB)
    legal_header = _optional_text(found, "legalHeader", "")
    number = _number(found)
    next_update = _text(_required(found, "nextUpdate", ""), "nextUpdate")
    items = _list(_required(found, "entries", ""), "entries")
    if len(items) > MAX_ENTRIES:
        raise LimitExceeded(
            f"the metadata hold more than {MAX_ENTRIES} entries",
            code="limit.count",
            field="entries",
        )
    return _Payload(
        number,
        next_update,
        _end_of_day(next_update),
        legal_header,
        tuple(_read_entry(item, f"entries[{at}]") for at, item in enumerate(items)),
    )


def _number(found: Members) -> int:
    value = _required(found, "no", "")
    if not isinstance(value, json.Number):
        raise _malformed("type", "is not a number", "no")
    number = int(value.text) if _INTEGER.fullmatch(value.text) else -1
    if not 0 <= number < 2**64:
        raise _malformed("value", "is not a whole number that counts up", "no")
    return number


def _end_of_day(text: str) -> int:
    """The first second after a day."""
    found = _DATE.fullmatch(text)
    if found is None:
        raise _malformed("value", "is not a date", "nextUpdate")
    year, month, day = (int(part) for part in found.groups())
    try:
        return int(datetime(year, month, day, tzinfo=UTC).timestamp()) + _DAY
    except ValueError:
        raise _malformed("value", "is not a date", "nextUpdate") from None


def _read_entry(item: json.Plain, place: str) -> MetadataEntry:
    found = _object(item, place)
    aaguid = _optional_text(found, "aaguid", place)
    if aaguid is not None:
        aaguid = aaguid.lower()
        if not _AAGUID.fullmatch(aaguid):
            raise _malformed("value", "is no UUID", f"{place}.aaguid")
    inner = f"{place}.metadataStatement"
    written = found.get("metadataStatement")
    statement = _object(written, inner) if written is not None else {}
    reports = _short(_required(found, "statusReports", place), f"{place}.statusReports")
    return MetadataEntry(
        aaguid=aaguid,
        aaid=_optional_text(found, "aaid", place),
        key_identifiers=tuple(
            _key_identifier(one, place)
            for one in _texts(found, "attestationCertificateKeyIdentifiers", place)
        ),
        description=_optional_text(statement, "description", inner),
        protocol_family=_optional_text(statement, "protocolFamily", inner),
        status_reports=tuple(
            _read_report(one, f"{place}.statusReports[{at}]") for at, one in enumerate(reports)
        ),
        time_of_last_status_change=_text(
            _required(found, "timeOfLastStatusChange", place), f"{place}.timeOfLastStatusChange"
        ),
        root_texts=tuple(_texts(statement, "attestationRootCertificates", inner)),
        statement=(None if written is None else cast("dict[str, Any]", _plain(dict(statement)))),
    )


def _key_identifier(text: str, place: str) -> str:
    """SHA-1 of a key, in hexadecimal digits."""
    if not _KEY_IDENTIFIER.fullmatch(text.lower()):
        where = f"{place}.attestationCertificateKeyIdentifiers"
        raise _malformed("value", "is no SHA-1 in hexadecimal", where)
    return text.lower()


def _read_report(item: json.Plain, place: str) -> StatusReport:
    found = _object(item, place)
    certificate = _optional_text(found, "certificate", place)
    return StatusReport(
        status=_text(_required(found, "status", place), f"{place}.status"),
        effective_date=_optional_text(found, "effectiveDate", place),
        certificate=_certificate(certificate, f"{place}.certificate") if certificate else None,
        certificate_number=_optional_text(found, "certificateNumber", place),
        url=_optional_text(found, "url", place),
    )


def _certificate(text: str, place: str) -> bytes:
    """Base64 of DER, in which some vendors have line ends."""
    try:
        return a2b_base64(_SPACE.sub("", text).encode(), strict_mode=True)
    except ValueError:
        raise _malformed("value", "is not base64", place) from None


def _plain(value: json.Plain) -> Any:
    """JSON values as Python has them."""
    if isinstance(value, json.Number):
        return int(value.text) if _INTEGER.fullmatch(value.text) else float(value.text)
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return value


def _required(found: Members, name: str, place: str) -> json.Plain:
    if found.get(name) is None:
        raise _malformed("missing", "is missing", f"{place}.{name}".lstrip("."))
    return found[name]


def _optional_text(found: Members, name: str, place: str) -> str | None:
    value = found.get(name)
    return None if value is None else _text(value, f"{place}.{name}".lstrip("."))


def _texts(found: Members, name: str, place: str) -> list[str]:
    if found.get(name) is None:
        return []
    where = f"{place}.{name}"
    return [_text(one, where) for one in _short(found[name], where)]


def _text(value: json.Plain, place: str) -> str:
    if not isinstance(value, str):
        raise _malformed("type", "is not a string", place)
    return value


def _list(value: json.Plain, place: str) -> list[json.Plain]:
    if not isinstance(value, list):
        raise _malformed("type", "is not an array", place)
    return value


def _short(value: json.Plain, place: str) -> list[json.Plain]:
    items = _list(value, place)
    if len(items) > MAX_LIST:
        raise LimitExceeded(
            f"in the metadata, {shown(place)} has more than {MAX_LIST} members",
            code="limit.count",
            field=place,
        )
    return items


def _object(value: json.Plain, place: str) -> dict[str, json.Plain]:
    if not isinstance(value, dict):
        raise _malformed("type", "is not an object", place)
    return value


def _malformed(name: str, reason: str, place: str) -> MalformedInput:
    return MalformedInput(
        f"in the metadata, {shown(place)} {reason}", code=f"metadata.{name}", field=place
    )


__all__ = ["Metadata", "MetadataEntry", "StatusReport"]
