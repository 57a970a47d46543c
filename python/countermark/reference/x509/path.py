"""Paths from a leaf to a trust anchor (RFC 5280 6.1), as attestation needs them.

Differs from what TLS does: the leaf or an intermediate may be the anchor, names of hosts play no
part, and constraints of names are refused instead of applied. The search goes in depth by the
exact bytes of names and has a budget.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from countermark.errors import (
    ArgumentTypeError,
    ArgumentValueError,
    LimitExceeded,
    UntrustedAttestation,
)
from countermark.reference.arguments import instance
from countermark.reference.format import (
    bytes_argument,
    flag_argument,
    is_bytes,
    is_sequence,
    is_text,
    sequence_items,
    shown,
    text_argument,
)
from countermark.reference.format.tolerance import INTEROPERABLE, Tolerance, Tolerated
from countermark.reference.x509.anchors import Anchor, TrustAnchors
from countermark.reference.x509.certificate import MAX_CERTIFICATE, Certificate, read_certificate
from countermark.reference.x509.extensions import (
    BASIC_CONSTRAINTS,
    CERTIFICATE_POLICIES,
    EXTENDED_KEY_USAGE,
    KEY_CERT_SIGN,
    KEY_USAGE,
    SUBJECT_ALTERNATIVE_NAME,
)
from countermark.reference.x509.signature import (
    LEGACY_RSA_BITS,
    MIN_RSA_BITS,
    IssuerKey,
    scheme_of,
    untrusted,
    verify_certificate,
)
from countermark.reference.x509.time import instant_argument

MAX_CERTIFICATES: Final = 8
"""Certificates that are given."""

MAX_DEPTH: Final = 6
"""Certificates below the anchor."""

MAX_SIGNATURE_CHECKS: Final = 32

_DOTTED: Final = re.compile(r"[012](\.(0|[1-9][0-9]{0,37}))+")
_HANDLED: Final = frozenset(
    (
        BASIC_CONSTRAINTS,
        KEY_USAGE,
        EXTENDED_KEY_USAGE,
        SUBJECT_ALTERNATIVE_NAME,
        CERTIFICATE_POLICIES,
    )
)


@dataclass(frozen=True, slots=True)
class TrustPath:
    """A path that was found.

    ``chain`` goes from the leaf upwards; the anchor is its last where it was given among the certificates.
    ``anchor`` is the anchor's certificate, or None where it is a bare key.
    """

    chain: tuple[bytes, ...]
    anchor: bytes | None
    anchor_subject: str
    signature_checks: int
    tolerated: tuple[Tolerance, ...]


def validate_path(
    certificates: Sequence[bytes | str],
    *,
    trust: TrustAnchors,
    at: object,
    allow_sha1: bool = False,
    strictness: str = INTEROPERABLE,
    critical: Iterable[str] = (),
) -> TrustPath:
    """Find a path from the first certificate to an anchor, through any of the others.

    Raises:
        UntrustedAttestation: ``trust.*``.
        MalformedInput: what is wrong with a certificate.
        LimitExceeded: ``limit.count`` or ``limit.size``.
    """
    tolerated = Tolerated(strictness)
    anchors = instance(trust, TrustAnchors, "trust")
    moment = instant_argument(at)
    sha1 = flag_argument(allow_sha1, "allow_sha1")
    handled = _HANDLED.union(_texts(critical))
    given = _certificates(certificates, tolerated)
    search = _Search(given, tuple(anchors), moment, sha1, handled)
    path, anchor = search.run()
    if not anchor.is_certificate(path[-1]):
        path = [*path, *[one for one in given if anchor.is_certificate(one)][:1]]
    return TrustPath(
        tuple(one.raw for one in path),
        anchor.certificate,
        anchor.subject,
        search.checks,
        tolerated.notes,
    )


def _texts(values: object) -> list[str]:
    if not is_sequence(values):
        raise ArgumentTypeError("critical must be a list or tuple of str", code="argument.type")
    return [_identifier(text_argument(value, "critical")) for value in sequence_items(values)]


def _identifier(text: str) -> str:
    """An object identifier in dotted form (X.660): the second arc is under 40 but for the first arc 2."""
    if _DOTTED.fullmatch(text):
        first, second = (int(arc) for arc in text.split(".")[:2])
        if first == 2 or second < 40:
            return text
    raise ArgumentValueError("critical holds what is no object identifier", code="argument.value")


def _certificates(values: object, tolerated: Tolerated) -> list[Certificate]:
    if is_text(values) or is_bytes(values) or not isinstance(values, Sequence):
        raise ArgumentTypeError(
            f"certificates must be a sequence, not {shown(type(values).__name__)}",
            code="argument.type",
        )
    if not values:
        raise ArgumentValueError("there is no certificate", code="argument.value")
    if len(values) > MAX_CERTIFICATES:
        raise LimitExceeded(
            f"there are more than {MAX_CERTIFICATES} certificates", code="limit.count"
        )
    return [
        read_certificate(
            bytes_argument(value, "certificates", MAX_CERTIFICATE), tolerated, f"certificate[{at}]"
        )
        for at, value in enumerate(values)
    ]


_Found = tuple[list[Certificate], Anchor]


class _Search:
    """One search: what it is given, what it has spent, and why it has failed so far."""

    def __init__(
        self,
        given: Sequence[Certificate],
        anchors: tuple[Anchor, ...],
        at: int,
        allow_sha1: bool,
        handled: frozenset[str],
    ) -> None:
        self.checks = 0
        self._given = given
        self._anchors = anchors
        self._at = at
        self._allow_sha1 = allow_sha1
        self._handled = handled
        self._failure: tuple[int, UntrustedAttestation] | None = None
        self._dead_ends: list[list[Certificate]] = []

    def run(self) -> _Found:
        """The first path in depth, or the error that tells most."""
        if not self._anchors:
            raise untrusted("no_path", "there is no trust anchor")
        leaf = self._given[0]
        found = self._is_anchor([leaf])
        if found is None:
            check_validity(leaf, self._at)
            check_critical(leaf, self._handled)
            found = self._extend([leaf])
        if found is not None:
            return found
        if self._failure is not None:
            raise self._failure[1]
        if self._has_misnamed_issuer():
            raise untrusted(
                "name", "a certificate names another issuer than the one that signed it"
            )
        raise untrusted("no_path", "no path leads to a trust anchor")

    def _is_anchor(self, path: list[Certificate]) -> _Found | None:
        """The leaf itself: its very bytes, since a name and a key vouch for nothing else that it says."""
        for anchor in self._anchors:
            if anchor.certificate == path[-1].raw:
                return path, anchor
        return None

    def _extend(self, path: list[Certificate]) -> _Found | None:
        """Looks for the issuer of the last certificate: among the anchors, then the others."""
        last = path[-1]
        anchors = [one for one in self._anchors if one.subject_der == last.issuer_der]
        others = [
            one
            for one in self._given
            if one.subject_der == last.issuer_der and all(one.raw != below.raw for below in path)
        ]
        for anchor in anchors:
            if self._is_signed(path, self._anchor_key(anchor)):
                return path, anchor
        for other in others:
            if not self._is_signed(path, IssuerKey(other.public_key_der)):
                continue
            longer = [*path, other]
            try:
                self._check_issuer(longer)
            except UntrustedAttestation as error:
                self._fail(len(longer), error)
                continue
            found = self._extend(longer)
            if found is not None:
                return found
        if not anchors and not others:
            self._dead_ends.append(path)
        return None

    def _anchor_key(self, anchor: Anchor) -> IssuerKey:
        return IssuerKey(anchor.spki, LEGACY_RSA_BITS if self._allow_sha1 else MIN_RSA_BITS)

    def _is_signed(self, path: list[Certificate], key: IssuerKey) -> bool:
        try:
            self._verify(path[-1], key)
        except UntrustedAttestation as error:
            if error.code == "trust.budget":
                raise
            self._fail(len(path), error)
            return False
        return True

    def _verify(self, certificate: Certificate, key: IssuerKey) -> None:
        if self.checks == MAX_SIGNATURE_CHECKS:
            raise untrusted("budget", f"the search needs over {MAX_SIGNATURE_CHECKS} signatures")
        self.checks += 1
        verify_certificate(certificate, key, scheme_of(certificate.algorithm, self._allow_sha1))

    def _fail(self, depth: int, error: UntrustedAttestation) -> None:
        if self._failure is None or depth > self._failure[0]:
            self._failure = (depth, error)

    def _check_issuer(self, path: list[Certificate]) -> None:
        """RFC 5280 6.1.4, for the last certificate, which is above all others and no anchor."""
        issuer = path[-1]
        if len(path) > MAX_DEPTH:
            raise untrusted("depth", f"a path has more than {MAX_DEPTH} certificates")
        check_validity(issuer, self._at)
        constraints = issuer.known.basic_constraints
        if issuer.version != 3 or constraints is None or not constraints.is_ca:
            raise untrusted("not_ca", "the certificate of an issuer is not that of an authority")
        below = sum(not one.is_self_issued for one in path[1:-1])
        if constraints.path_length is not None and below > constraints.path_length:
            raise untrusted("path_length", "a path is longer than an authority allows")
        usage = issuer.known.key_usage
        if usage is not None and KEY_CERT_SIGN not in usage:
            raise untrusted("key_usage", "the key of an issuer may not sign certificates")
        if issuer.known.has_name_constraints:
            raise untrusted("name_constraints", "constraints of names are not supported")
        check_critical(issuer, _HANDLED)

    def _has_misnamed_issuer(self) -> bool:
        """Whether some key verifies the last signature of a path that ends for want of a name."""
        for path in self._dead_ends:
            issuer = path[-1].issuer_der
            keys = [self._anchor_key(one) for one in self._anchors if one.subject_der != issuer]
            keys += [
                IssuerKey(one.public_key_der) for one in self._given if one.subject_der != issuer
            ]
            for key in keys:
                if self.checks == MAX_SIGNATURE_CHECKS:
                    return False
                try:
                    self._verify(path[-1], key)
                except UntrustedAttestation:
                    continue
                return True
        return False


def check_validity(certificate: Certificate, at: int) -> None:
    """RFC 5280 6.1.3 a 2, or ``trust.validity``."""
    if certificate.not_after < certificate.not_before:
        raise untrusted("validity", "a certificate ends before it begins")
    if not certificate.not_before <= at <= certificate.not_after:
        raise untrusted("validity", "a certificate is not valid at that time")


def check_critical(certificate: Certificate, handled: frozenset[str]) -> None:
    """RFC 5280 4.2: what is critical must be understood, or ``trust.critical_extension``."""
    for extension in certificate.extensions:
        if extension.critical and extension.oid not in handled:
            raise untrusted(
                "critical_extension", f"the critical extension {extension.oid} is not known"
            )


__all__ = ["TrustPath", "validate_path"]
