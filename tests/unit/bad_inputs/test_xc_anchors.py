"""Certificates: what is no certificate, and many of them (rows XC44 and XC45)."""

from __future__ import annotations

import base64

from countermark.webauthn.testing import der_writer as der
from countermark.webauthn.testing.certificates import (
    Name,
)
from tests.property.outcome import Door
from tests.unit.bad_inputs.attestations import (
    AT,
    AUTHORITY,
    leaf,
    put,
)
from tests.unit.bad_inputs.refusals import refusal, seconds


def pem(label: str, data: bytes) -> str:
    body = base64.encodebytes(data).decode()
    return f"-----BEGIN {label}-----\n{body}-----END {label}-----\n"


def test_xc44_a_list_of_revocations_is_not_read(door: Door) -> None:
    algorithm = der.sequence(der.oid("1.2.840.10045.4.3.2"))
    entry = der.sequence(der.integer(1), der.time(AT), der.sequence(der.sequence(b"\x06\x00")))
    signed = der.sequence(
        der.integer(1), algorithm, AUTHORITY.root_name.encode(), der.time(AT), der.sequence(entry)
    )
    crl = der.sequence(signed, algorithm, der.bit_string(b"signature"))
    assert refusal(door.parse_certificate, crl) == "der.tag"
    assert refusal(door.TrustAnchors, [crl]) == "der.tag"
    assert refusal(door.parse_certificate, pem("X509 CRL", crl)) == "algorithm.format"
    assert refusal(door.TrustAnchors, [pem("X509 CRL", crl)]) == "algorithm.format"
    assert not [name for name in dir(door) if "crl" in name.lower()]


def test_xc45_anchors_are_bounded_and_in_order(door: Door) -> None:
    few = [leaf(put(subject=Name.of(("CN", f"{n}")))).encode() for n in range(5)]
    bundle = "".join(pem("CERTIFICATE", one) for one in few)
    for given in ([bundle], [bundle.encode()], few, [bundle, *few], [*few, bundle, bundle]):
        anchors = door.TrustAnchors(given)
        assert len(anchors) == 5
        if door.name == "native":
            assert list(anchors.certificates) == few
    # The same entry again and again is one anchor.
    assert len(door.TrustAnchors([pem("CERTIFICATE", few[0]) * 4096])) == 1
    code = refusal(door.TrustAnchors, [pem("CERTIFICATE", few[0]) * 4097])
    assert code == "limit.count"


def test_xc45_a_bundle_of_a_hundred_thousand_is_refused(door: Door) -> None:
    """Each of them another certificate; they are not signed, since anchors are not looked at for that."""
    text = leaf(put(subject=Name.of(("CN", "QQQQQQ")))).encode()
    at = text.index(b"QQQQQQ")
    many = [text[:at] + f"{n:06}".encode() + text[at + 6 :] for n in range(4097)]
    assert len(door.TrustAnchors(many[:4096])) == 4096
    assert refusal(door.TrustAnchors, many) == "limit.count"
    bound = 1.0 if door.name == "native" else 10.0
    assert seconds(lambda: refusal(door.TrustAnchors, many)) < bound
    whole = door.TrustAnchors(many[:4096])
    other = door.TrustAnchors(many[4096:])
    assert refusal(lambda: whole | other) == "limit.count"
    assert len(whole | whole) == 4096
    huge = pem("CERTIFICATE", text) * 100_000
    assert len(huge) > 16 * 1024 * 1024
    assert refusal(door.TrustAnchors, [huge]) == "limit.size"
    assert seconds(lambda: refusal(door.TrustAnchors, [huge])) < 1
