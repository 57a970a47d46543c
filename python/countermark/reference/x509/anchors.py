"""Trust anchors (RFC 5280 6.1.1 d): names with keys, most of them out of certificates.

What else an anchor's certificate says, its dates and extensions among it, is not even read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple, Self

from countermark.errors import ArgumentTypeError, LimitExceeded
from countermark.reference.arguments import instance
from countermark.reference.format import bytes_argument, der, is_bytes, is_text, pem, shown
from countermark.reference.key.public_key import PublicKey
from countermark.reference.x509.certificate import (
    MAX_CERTIFICATE,
    Certificate,
    is_pem,
    read_subject_and_key,
)
from countermark.reference.x509.name import read_name

MAX_ANCHORS: Final = 4096


class Anchor(NamedTuple):
    """A name with a key, and the certificate they are from, if they are."""

    subject_der: bytes
    subject: str
    spki: bytes
    certificate: bytes | None

    def is_certificate(self, certificate: Certificate) -> bool:
        """Whether this is that certificate, or has the same name and key."""
        same = (self.subject_der, self.spki) == (
            certificate.subject_der,
            certificate.public_key_der,
        )
        return same or self.certificate == certificate.raw


class TrustAnchors:
    """A set of anchors in the order in which they were given."""

    __slots__ = ("_anchors",)

    def __init__(self, certificates: Iterable[bytes | str]) -> None:
        self._anchors: tuple[Anchor, ...] = _distinct(_read(certificates))

    @classmethod
    def from_key(cls, subject_der: object, public_key: object) -> Self:
        """One anchor without a certificate."""
        octets = bytes_argument(subject_der, "subject_der", MAX_CERTIFICATE)
        key = instance(public_key, PublicKey, "public_key")
        reader = der.Reader(octets)
        name = read_name(reader)
        reader.finish()
        return cls._of((Anchor(name.encoded, str(name), key.to_der(), None),))

    @classmethod
    def _of(cls, anchors: Iterable[Anchor]) -> Self:
        made = cls(())
        made._anchors = _distinct(anchors)
        return made

    def __or__(self, other: object) -> TrustAnchors:
        if not isinstance(other, TrustAnchors):
            return NotImplemented
        return TrustAnchors._of((*self._anchors, *other._anchors))

    @property
    def certificates(self) -> tuple[bytes, ...]:
        """The certificates of the anchors that have one."""
        return tuple(one.certificate for one in self._anchors if one.certificate is not None)

    def __len__(self) -> int:
        return len(self._anchors)

    def __iter__(self) -> Iterator[Anchor]:
        return iter(self._anchors)

    def __repr__(self) -> str:
        return f"<TrustAnchors {len(self)}>"


def _read(certificates: object) -> Iterator[Anchor]:
    if is_text(certificates) or is_bytes(certificates) or not isinstance(certificates, Iterable):
        raise ArgumentTypeError(
            "certificates must be an iterable of bytes or str, "
            f"not {shown(type(certificates).__name__)}",
            code="argument.type",
        )
    for item in certificates:
        for octets in _items(item):
            yield _anchor(octets)


def _items(item: object) -> list[bytes]:
    """One certificate in DER, or all of a PEM text."""
    if is_text(item):
        return pem.decode_certificates(item)
    octets = bytes_argument(item, "certificate", pem.MAX_BUNDLE)
    return pem.decode_certificates(octets) if is_pem(octets) else [octets]


def _anchor(octets: bytes) -> Anchor:
    subject, key = read_subject_and_key(octets)
    return Anchor(subject.encoded, str(subject), key, octets)


def _distinct(anchors: Iterable[Anchor]) -> tuple[Anchor, ...]:
    found: dict[Anchor, None] = {}
    for anchor in anchors:
        found[anchor] = None
        if len(found) > MAX_ANCHORS:
            raise LimitExceeded(f"there are more than {MAX_ANCHORS} anchors", code="limit.count")
    return tuple(found)


__all__ = ["MAX_ANCHORS", "Anchor", "TrustAnchors"]
