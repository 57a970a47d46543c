"""Certificates as attestation uses them (RFC 5280), trust anchors, and the way from the one to the other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Final, NoReturn, Self, TypeVar, final

from countermark import _native
from countermark._maker import maker
from countermark.errors import ArgumentTypeError
from countermark.keys import BytesLike, PublicKey
from countermark.tolerance import Tolerance, tolerances

_T = TypeVar("_T")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@final
class Certificate:
    """A view of an X.509 certificate. Made by `parse_certificate`; its signature is not judged."""

    __slots__ = ("_handle",)
    _handle: _native.Certificate

    def __init__(self) -> None:
        raise ArgumentTypeError("read a certificate with parse_certificate", code="argument.type")

    @classmethod
    def _wrap(cls, native: _native.Certificate) -> Self:
        self = object.__new__(cls)
        object.__setattr__(self, "_handle", native)
        return self

    @property
    def raw(self) -> bytes:
        """The certificate in DER, as it was sent."""
        return self._handle.raw

    @property
    def version(self) -> int:
        """1, 2 or 3."""
        return self._handle.version

    @property
    def serial(self) -> int:
        """The serial number; some real ones are zero or negative."""
        return int.from_bytes(self._handle.serial, "big", signed=True)

    @property
    def issuer(self) -> str:
        """The issuer as text (RFC 4514)."""
        return self._handle.issuer

    @property
    def subject(self) -> str:
        """The subject as text (RFC 4514)."""
        return self._handle.subject

    @property
    def issuer_der(self) -> bytes:
        """The issuer in DER, which is what names are compared by."""
        return self._handle.issuer_der

    @property
    def subject_der(self) -> bytes:
        """The subject in DER."""
        return self._handle.subject_der

    @property
    def not_before(self) -> int:
        """The first second of validity, in seconds since 1970."""
        return self._handle.not_before

    @property
    def not_after(self) -> int:
        """The last second of validity, in seconds since 1970."""
        return self._handle.not_after

    @property
    def public_key(self) -> PublicKey | None:
        """The key, or None where it is of a kind that is not supported or cannot be used."""
        key = self._handle.public_key
        return None if key is None else PublicKey._wrap(key)

    @property
    def public_key_der(self) -> bytes:
        """The key as ``SubjectPublicKeyInfo`` in DER, whatever its kind."""
        return self._handle.public_key_der

    @property
    def signature_algorithm(self) -> str:
        """The algorithm of its signature, as a dotted object identifier."""
        return self._handle.signature_algorithm

    @property
    def is_ca(self) -> bool | None:
        """``cA`` of the basic constraints, or None without them."""
        return self._handle.is_ca

    @property
    def extensions(self) -> tuple[tuple[str, bool, bytes], ...]:
        """(object identifier, critical, value) of each extension, in order."""
        return tuple(self._handle.extensions)

    @property
    def tolerated(self) -> tuple[Tolerance, ...]:
        """Deviations from the standard that were let pass."""
        return tolerances(self._handle.tolerated)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Certificate):
            return NotImplemented
        return self.raw == other.raw

    def __hash__(self) -> int:
        return hash(self.raw)

    def __repr__(self) -> str:
        return f"<Certificate {self.subject!r}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return (parse_certificate, (self.raw,))

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise ArgumentTypeError("certificates cannot be changed", code="argument.type")

    def __init_subclass__(cls) -> NoReturn:
        raise ArgumentTypeError("Certificate cannot be subclassed", code="argument.type")


def parse_certificate(data: BytesLike | str, *, strictness: str = "interoperable") -> Certificate:
    """Reads a certificate.

    Args:
        data: DER as bytes, or one PEM block as text or bytes.
        strictness: ``"strict"`` takes DER to the letter only; ``"interoperable"`` also takes what is found in
            real certificates of authenticators, and tells it.

    Raises:
        MalformedInput: ``der.*``, ``pem.*``, ``certificate.*``.
        LimitExceeded: ``limit.size``, ``limit.count``.
    """
    return Certificate._wrap(_native.parse_certificate(data, strictness))


@final
class TrustAnchors:
    """Certificates, or names with keys, that are trusted: roots, intermediates or leaves.

    Their dates, versions, serial numbers and extensions do not matter; being an anchor is what makes them trusted.
    An empty set trusts nothing. Two sets are joined with ``|``.
    """

    __slots__ = ("_handle",)
    _handle: _native.TrustAnchors

    def __init__(self, certificates: Iterable[BytesLike | str] = ()) -> None:
        """Reads certificates.

        Args:
            certificates: each in DER as bytes, or PEM text (str or bytes) of one or more blocks. At most 4,096.

        Raises:
            ArgumentTypeError: a single text or bytes in the place of a list.
            MalformedInput: ``der.*``, ``pem.*``, ``certificate.*``.
            LimitExceeded: ``limit.count``, ``limit.size``.
        """
        given = listed(certificates, "certificates")
        object.__setattr__(self, "_handle", _native.TrustAnchors.read(given))

    @classmethod
    def _wrap(cls, native: _native.TrustAnchors) -> Self:
        self = object.__new__(cls)
        object.__setattr__(self, "_handle", native)
        return self

    @classmethod
    def from_key(cls, subject_der: BytesLike, public_key: PublicKey) -> Self:
        """An anchor that is a name and a key (RFC 5280 section 6.1.1 d).

        Args:
            subject_der: the name in DER, as certificates write their issuer.
            public_key: the key.
        """
        if not isinstance(public_key, PublicKey):
            raise ArgumentTypeError("public_key must be a PublicKey", code="argument.type")
        return cls._wrap(_native.TrustAnchors.from_key(subject_der, public_key._handle))

    @property
    def certificates(self) -> tuple[bytes, ...]:
        """The certificates in DER, in order, each once."""
        return tuple(self._handle.certificates)

    def __len__(self) -> int:
        return len(self._handle)

    def __or__(self, other: object) -> TrustAnchors:
        if not isinstance(other, TrustAnchors):
            return NotImplemented
        return TrustAnchors._wrap(self._handle.joined(other._handle))

    def __repr__(self) -> str:
        return f"<TrustAnchors of {len(self)}>"

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise ArgumentTypeError("trust anchors cannot be changed", code="argument.type")

    def __init_subclass__(cls) -> NoReturn:
        raise ArgumentTypeError("TrustAnchors cannot be subclassed", code="argument.type")


@dataclass(frozen=True, slots=True)
class TrustPath:
    """The way from a certificate to an anchor.

    Attributes:
        chain: the certificates in DER, from the leaf on; the anchor is among them where it was sent along.
        anchor: the anchor's certificate in DER; None for one that is a name and a key.
        anchor_subject: its name as text (RFC 4514).
        signature_checks: how many signatures were verified on the way.
        tolerated: deviations from the standard that were let pass.
    """

    chain: tuple[bytes, ...]
    anchor: bytes | None
    anchor_subject: str
    signature_checks: int
    tolerated: tuple[Tolerance, ...] = ()


def validate_path(
    certificates: Sequence[BytesLike],
    *,
    trust: TrustAnchors,
    at: int | datetime,
    allow_sha1: bool = False,
    strictness: str = "interoperable",
    critical: Sequence[str] = (),
) -> TrustPath:
    """Follows a chain of certificates to an anchor (RFC 5280 section 6, as attestation needs it).

    The anchor may be the leaf itself, an intermediate or a root. Every certificate below it must be valid at the
    time; those that issue others must be certification authorities with room in their path length, and may sign
    certificates; no critical extension is passed over; name constraints are refused. At most 6 certificates below
    the anchor and 32 signatures.

    Args:
        certificates: DER, the leaf first and the others in any order; at most 8.
        trust: the anchors.
        at: the time, in seconds since 1970 or as a datetime with a time zone.
        allow_sha1: take signatures with SHA-1.
        strictness: as for `parse_certificate`.
        critical: object identifiers, dotted, of critical extensions of the leaf that the caller handles.

    Raises:
        UntrustedAttestation: ``trust.*``.
        MalformedInput: a certificate does not decode.
        LimitExceeded: ``limit.count``, ``limit.size``.
        ArgumentTypeError, ArgumentValueError: an argument that is not taken.
    """
    if not isinstance(trust, TrustAnchors):
        raise ArgumentTypeError("trust must be TrustAnchors", code="argument.type")
    if at is None:
        raise ArgumentTypeError("a path is validated at a time", code="argument.type")
    chain = listed(certificates, "certificates")
    return path_of(
        _native.validate_path(chain, trust._handle, seconds(at), allow_sha1, strictness, critical)
    )


def path_of(
    parts: tuple[Sequence[bytes], bytes | None, str, int, Sequence[tuple[str, str]]],
) -> TrustPath:
    """The path for the parts that the native module gives."""
    chain, anchor, subject, checks, notes = parts
    return _path(tuple(chain), anchor, subject, checks, tolerances(notes))


_path = maker(TrustPath)


_MOST: Final = 4096


def listed(certificates: Iterable[_T], name: str) -> list[_T]:
    """What an iterable gives, but one more than the most that is taken at the utmost: it may have no end."""
    try:
        if not isinstance(certificates, str | bytes | bytearray | memoryview):
            return list(islice(certificates, _MOST + 1))
    except TypeError:
        pass
    raise ArgumentTypeError(
        f"{name} must be an iterable of certificates: put one into a list", code="argument.type"
    )


def seconds(at: int | datetime | None) -> int | None:
    """A time as the native module takes it; a datetime without a time zone is no time."""
    if isinstance(at, datetime):
        with suppress(TypeError, ValueError, OverflowError):  # of a time zone that is none
            if at.utcoffset() is not None:
                # Of whole numbers alone: a timestamp() is rounded, and so the half second before 1970 is 1970.
                return (at - _EPOCH) // timedelta(seconds=1)
        raise ArgumentTypeError(
            "at must be a datetime with a time zone: give it tzinfo=timezone.utc",
            code="argument.type",
            field="at",
        )
    return at


__all__ = [
    "Certificate",
    "TrustAnchors",
    "TrustPath",
    "parse_certificate",
    "validate_path",
]
