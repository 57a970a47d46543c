"""Certificates for the generators: a small authority of any algorithm, and what goes into them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from countermark.vectors.generation.files import Seed
from countermark.webauthn.testing import certificates as x509
from countermark.webauthn.testing import der_writer as der
from countermark.webauthn.testing.certificates import CertificateDraft, Name
from countermark.webauthn.testing.keys import SigningKey, make_key
from countermark.webauthn.testing.seeding import Seed as KeySeed

MOMENT: Final = 1748736000
"""2025-06-01T00:00:00Z: within the validity of every certificate, unless a record says otherwise."""

ALGORITHM_OIDS: Final = {
    -7: "1.2.840.10045.4.3.2",
    -35: "1.2.840.10045.4.3.2",
    -36: "1.2.840.10045.4.3.2",
    -8: "1.3.101.112",
    -53: "1.3.101.113",
    -257: "1.2.840.113549.1.1.11",
}
"""What certificates are signed with by the keys of an algorithm, the hash being SHA-256 where there is a choice."""

Change = Callable[[CertificateDraft], object]


class Chains:
    """An authority: a root, intermediates below it, and leaves.

    Args:
        seed: where its keys, names and serial numbers come from.
        algorithm: COSE number of the algorithm of its keys.
    """

    def __init__(self, seed: Seed, algorithm: int = -7) -> None:
        self.seed = seed
        self._keys = KeySeed(seed.value)
        self._algorithm = algorithm
        self._organization = f"Maker {seed.take('organization', 4).hex()}"
        self.root_key = self.key("root")
        self.root = self.draft(self.name("root"), self.name("root"), self.root_key, self.root_key)
        make_ca(self.root)

    def key(self, label: str, algorithm: int | None = None, *, bits: int = 2048) -> SigningKey:
        """The key of a label."""
        chosen = self._algorithm if algorithm is None else algorithm
        return make_key(self._keys, label, chosen, bits=bits)

    def name(self, text: str) -> Name:
        """A name of this authority."""
        return Name.of(("C", "CH"), ("O", self._organization), ("CN", text))

    def draft(
        self, subject: Name, issuer: Name, key: SigningKey, issuer_key: SigningKey
    ) -> CertificateDraft:
        """A certificate without extensions."""
        serial = self.seed.number(f"serial {name_text(subject)}", 1 << 63)
        return CertificateDraft(subject, issuer, key, issuer_key, serial)

    def intermediates(self, count: int, *changes: Change) -> list[CertificateDraft]:
        """So many certificates, the first one under the root; the changes are made to the first."""
        made: list[CertificateDraft] = []
        above = self.root
        for at in range(count):
            label = f"intermediate {at}"
            one = self.draft(self.name(label), above.subject, self.key(label), above.key)
            make_ca(one)
            for change in changes if at == 0 else ():
                change(one)
            made.append(one)
            above = one
        return made

    def leaf(self, *changes: Change, under: CertificateDraft | None = None) -> CertificateDraft:
        """A certificate that issues no others, under the root where nothing else is named."""
        issuer = under or self.root
        made = self.draft(self.name("leaf"), issuer.subject, self.key("leaf"), issuer.key)
        made.add(x509.BASIC_CONSTRAINTS, x509.basic_constraints(ca=False), critical=True)
        for change in changes:
            change(made)
        return made


def make_ca(draft: CertificateDraft) -> None:
    """What an authority's certificate needs."""
    draft.add(x509.BASIC_CONSTRAINTS, x509.basic_constraints(ca=True), critical=True)
    draft.add(x509.KEY_USAGE, x509.CERTIFICATE_SIGN, critical=True)


def name_text(name: Name) -> str:
    """A name of plain attributes as text: from the last one to the first (RFC 4514 section 2.1)."""
    return ",".join(f"{one.type}={one.value!s}" for one in reversed(name.attributes))


def general_names(*names: bytes) -> bytes:
    """GeneralNames of ready-made ones (RFC 5280 4.2.1.6)."""
    return der.sequence(*names)


def policies(*, trailing: bool = False) -> bytes:
    """CertificatePolicies with one qualifier (RFC 5280 4.2.1.4), and a field after it that has no place there."""
    qualifier = der.sequence(
        der.oid("1.3.6.1.5.5.7.2.2"),
        der.sequence(der.tlv(0x0C, b"Notice")),
        der.null() if trailing else b"",
    )
    return der.sequence(der.sequence(der.oid("1.3.6.1.4.1.99999.2"), der.sequence(qualifier)))
