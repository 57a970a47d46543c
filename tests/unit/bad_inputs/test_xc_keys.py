"""Certificates: keys and signatures (rows XC12, XC13, XC26 to XC28, XC36, XC38)."""

from __future__ import annotations

from typing import Any, Final

import pytest

from countermark.webauthn.testing import der_writer as der
from countermark.webauthn.testing.certificates import CertificateDraft
from countermark.webauthn.testing.keys import EcKey, OkpKey, RsaKey, SigningKey
from countermark.webauthn.testing.rsa_keys import DIGEST_OIDS, digest, rsa_numbers
from tests.property.outcome import Door
from tests.unit.bad_inputs.attestations import (
    AT,
    AUTHORITY,
    STRANGER,
    VALID,
    Change,
    attested,
    both_verdicts,
    chain_of,
    issuers,
    leaf,
    path_verdict,
    put,
    stranger_key,
    verdict,
)
from tests.unit.bad_inputs.refusals import refusal, seconds

ROOT: Final = [AUTHORITY.root]
SIGNATURE: Final = "trust.signature"
P256_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def rsa(bits: int = 2048, *, pss: bool = False) -> RsaKey:
    return RsaKey(rsa_numbers(STRANGER.value, "issuer", bits), pss=pss)


def under(key: SigningKey, *changes: Change) -> tuple[list[bytes], CertificateDraft]:
    """A leaf signed by such a key, its issuer above it, and that issuer as a draft."""
    issuer = issuers(1, put(key=key))[0]
    return chain_of(leaf(*changes, under=issuer), [issuer]), issuer


def judged(door: Door, key: SigningKey, *changes: Change, **options: Any) -> str:
    """What a signature by such a key comes to: the same under an intermediate and under an anchor."""
    chain, issuer = under(key, *changes)
    code = path_verdict(door, chain, ROOT, **options)
    as_anchor = path_verdict(door, chain[:1], [issuer.encode()], **options)
    if code != "trust.weak_key":
        assert as_anchor == code
    return code


# --- hashes ---


@pytest.mark.parametrize("hash_", ["sha256", "sha384", "sha512"])
def test_xc12_sound_hashes_are_taken(door: Door, hash_: str) -> None:
    for key in (stranger_key(-7), stranger_key(-35), stranger_key(-36), rsa(), rsa(pss=True)):
        assert judged(door, key, put(hash=hash_)) == VALID


def test_xc12_sha1_has_to_be_allowed_by_name(door: Door) -> None:
    for key in (stranger_key(-7), rsa()):
        assert judged(door, key, put(hash="sha1")) == "trust.weak_hash"
        assert judged(door, key, put(hash="sha1"), allow_sha1=True) == VALID
    made = attested(leaf=put(hash="sha1"))
    assert both_verdicts(door, made) == "trust.weak_hash"
    assert both_verdicts(door, made, allow_sha1=True) == VALID
    assert both_verdicts(door, attested(intermediate=put(hash="sha1"))) == "trust.weak_hash"
    assert verdict(door, made, trust=None) == VALID


def identifier(oid: str, *parameters: bytes) -> Change:
    """The algorithm of the signature, in both places."""
    value = der.sequence(der.oid(oid), *parameters)
    return put(inner_algorithm=value, outer_algorithm=value)


@pytest.mark.parametrize("arc", [2, 3, 4])
def test_xc12_broken_hashes_are_refused_whatever_is_allowed(door: Door, arc: int) -> None:
    change = identifier(f"1.2.840.113549.1.1.{arc}", der.null())
    for options in ({}, {"allow_sha1": True}):
        assert judged(door, rsa(), change, **options) == "trust.weak_hash"
        assert judged(door, rsa(), put(hash="md5"), **options) == "trust.weak_hash"


def test_xc12_the_signature_of_an_anchor_is_no_matter(door: Door) -> None:
    for change in (put(hash="sha1"), put(signature=b""), put(signature=bytes(70))):
        issuer = issuers(1, change)[0]
        chain = chain_of(leaf(under=issuer), [issuer])
        assert path_verdict(door, chain, [issuer.encode()]) == VALID
        assert path_verdict(door, chain[:1], [issuer.encode()]) == VALID
    md5 = issuers(1, put(issuer_key=rsa(), hash="md5"))[0]
    assert path_verdict(door, chain_of(leaf(under=md5)), [md5.encode()]) == VALID


# --- signatures that are not what they say ---


def forged(change: Change) -> Change:
    """The right signature, rewritten."""

    def altered(draft: CertificateDraft) -> None:
        whole = draft.encode()
        # The signature is the last element, a BIT STRING.
        _, signature = draft.issuer_key.sign_certificate(signed_part(whole), draft.hash)
        draft.signature = change(signature)

    return altered


def signed_part(certificate: bytes) -> bytes:
    size = int.from_bytes(certificate[6:8], "big")
    assert certificate[4:6] == b"\x30\x82"
    return certificate[4 : 8 + size]


@pytest.mark.parametrize(
    "change",
    [
        lambda _: b"",
        lambda s: s[:-1],
        lambda s: s + b"\x00",
        lambda s: s[:-1] + bytes([s[-1] ^ 1]),
        lambda s: bytes(len(s)),
    ],
)
def test_xc13_a_signature_that_is_wrong_is_refused(door: Door, change: Change) -> None:
    for kind in (-7, -35, -36, -8, -53):
        assert judged(door, stranger_key(kind), forged(change)) == SIGNATURE
    assert judged(door, rsa(), forged(change)) == SIGNATURE
    assert judged(door, rsa(pss=True), forged(change)) == SIGNATURE


def test_xc13_the_hash_is_the_one_that_is_named(door: Door) -> None:
    """A signature over another hash, shorter ones above all, than the algorithm says."""
    names = {"sha1": "1.2.840.10045.4.1", "sha256": "1.2.840.10045.4.3.2"}
    names |= {"sha384": "1.2.840.10045.4.3.3", "sha512": "1.2.840.10045.4.3.4"}
    rsa_names = {"sha1": 5, "sha256": 11, "sha384": 12, "sha512": 13}
    for made in names:
        for said in names:
            if made == said or said == "sha1":
                continue
            for kind in (-7, -35):
                change = several_(put(hash=made), identifier(names[said]))
                assert judged(door, stranger_key(kind), change) == SIGNATURE, (made, said)
            oid = f"1.2.840.113549.1.1.{rsa_names[said]}"
            change = several_(put(hash=made), identifier(oid, der.null()))
            assert judged(door, rsa(), change) == SIGNATURE, (made, said)


def several_(*changes: Change) -> Change:
    def change(draft: CertificateDraft) -> None:
        for one in changes:
            one(draft)

    return change


def padded(info: Any, *, filler: bytes | None = None, tail: bytes = b"") -> Change:
    """A PKCS#1 signature over a digest that is written another way."""

    def altered(draft: CertificateDraft) -> None:
        key = draft.issuer_key
        assert isinstance(key, RsaKey)
        body = info(digest("sha256", signed_part(draft.encode())))
        size = key.numbers.size
        zone = size - len(body) - len(tail) - 3
        block = b"\x00\x01" + (b"\xff" * zone if filler is None else filler) + b"\x00" + body + tail
        block = block.ljust(size, b"\x00")
        draft.signature = key.numbers.raw(int.from_bytes(block, "big")).to_bytes(size, "big")

    return altered


def digest_info(hashed: bytes, parameters: bytes = b"\x05\x00") -> bytes:
    algorithm = der.sequence(der.oid(DIGEST_OIDS["sha256"]), parameters)
    return der.sequence(algorithm, der.octet_string(hashed))


def test_xc13_the_padding_of_rsa_is_exact(door: Door) -> None:
    """What forgeries of low exponents live from: bytes after the digest, short padding, other spellings."""
    assert judged(door, rsa(), padded(digest_info)) == VALID
    for change in (
        padded(digest_info, filler=b"\xff" * 8, tail=b"\x11" * 100),
        padded(digest_info, filler=b"\xff" * 8),
        padded(digest_info, filler=b""),
        padded(digest_info, tail=b"\x00"),
        padded(lambda hashed: hashed),
        padded(lambda hashed: digest_info(hashed[:20])),
        padded(lambda _: digest_info(b"")),
        padded(lambda hashed: digest_info(hashed, b"\x05\x00" + b"\x04\x40" + b"A" * 64)),
        padded(lambda hashed: digest_info(hashed, der.octet_string(b"A" * 64))),
    ):
        assert judged(door, rsa(), change) == SIGNATURE


# --- parameters of algorithms ---


@pytest.mark.parametrize("arc", [11, 12, 13])
def test_xc26_null_may_be_missing_on_rsa(door: Door, arc: int) -> None:
    hash_ = {11: "sha256", 12: "sha384", 13: "sha512"}[arc]
    oid = f"1.2.840.113549.1.1.{arc}"
    for parameters, code in (
        ((der.null(),), VALID),
        ((), VALID),
        ((der.sequence(),), SIGNATURE),
        ((b"\x05\x01\x00",), SIGNATURE),
        ((der.octet_string(b""),), SIGNATURE),
    ):
        change = several_(put(hash=hash_), identifier(oid, *parameters))
        assert judged(door, rsa(), change) == code, parameters


@pytest.mark.parametrize(
    ("kind", "oid"),
    [
        (-7, "1.2.840.10045.4.3.2"),
        (-35, "1.2.840.10045.4.3.2"),
        (-8, "1.3.101.112"),
        (-53, "1.3.101.113"),
    ],
)
def test_xc26_ecdsa_and_eddsa_have_no_parameters(door: Door, kind: int, oid: str) -> None:
    assert judged(door, stranger_key(kind), identifier(oid)) == VALID
    for parameters in (der.null(), der.sequence(), der.oid("1.2.840.10045.3.1.7")):
        assert judged(door, stranger_key(kind), identifier(oid, parameters)) == SIGNATURE


def pss(
    hash_: str | None = "sha256",
    mask: str | None = "sha256",
    salt: int | None = 32,
    trailer: int | None = None,
    mgf: str = "1.2.840.113549.1.1.8",
) -> Change:
    """The parameters of PSS; what is None is left out and means SHA-1, 20 or 1."""
    parts = []
    if hash_ is not None:
        parts.append(der.explicit(0, der.sequence(der.oid(DIGEST_OIDS[hash_]), der.null())))
    if mask is not None:
        inner = der.sequence(der.oid(DIGEST_OIDS[mask]), der.null())
        parts.append(der.explicit(1, der.sequence(der.oid(mgf), inner)))
    if salt is not None:
        parts.append(der.explicit(2, der.integer(salt)))
    if trailer is not None:
        parts.append(der.explicit(3, der.integer(trailer)))
    return identifier("1.2.840.113549.1.1.10", der.sequence(*parts))


def test_xc26_the_parameters_of_pss_are_of_one_hash(door: Door) -> None:
    key = rsa(pss=True)
    assert judged(door, key, pss()) == VALID
    for change in (
        pss(mask="sha384"),
        pss(mask="sha1"),
        pss(mask=None),
        pss(hash_="sha384"),
        pss(salt=20),
        pss(salt=None),
        pss(salt=0),
        pss(salt=33),
        pss(salt=-1),
        pss(salt=2**64),
        pss(trailer=2),
        pss(mgf="1.2.840.113549.1.1.9"),
        identifier("1.2.840.113549.1.1.10"),
        identifier("1.2.840.113549.1.1.10", der.null()),
    ):
        assert judged(door, key, change) == SIGNATURE


def test_xc26_what_is_left_out_of_pss_is_sha1(door: Door) -> None:
    key = rsa(pss=True)
    for options in ({}, {"allow_sha1": True}):
        assert judged(door, key, pss(None, None, None), **options) == "trust.weak_hash"
        assert judged(door, key, pss("sha1", "sha1", 20), **options) in (
            *("trust.weak_hash", SIGNATURE),
        )


@pytest.mark.parametrize(
    ("key", "oid", "parameters"),
    [
        (-7, "1.2.840.113549.1.1.11", (der.null(),)),
        (-7, "1.3.101.112", ()),
        (-8, "1.2.840.10045.4.3.2", ()),
        (-8, "1.3.101.113", ()),
        (-53, "1.3.101.112", ()),
        (-257, "1.2.840.10045.4.3.2", ()),
        (-257, "1.3.101.112", ()),
        (-7, "1.2.840.10045.2.1", ()),
        (-7, "1.2.3.4", ()),
        (-257, "1.2.840.113549.1.1.1", (der.null(),)),
    ],
)
def test_xc26_the_algorithm_is_one_for_the_key_of_the_issuer(
    door: Door, key: int, oid: str, parameters: tuple[bytes, ...]
) -> None:
    issuer = rsa() if key == -257 else stranger_key(key)
    assert judged(door, issuer, identifier(oid, *parameters)) == SIGNATURE


# --- keys ---

P256: Final = der.oid("1.2.840.10045.3.1.7")
EC_KEY: Final = der.oid("1.2.840.10045.2.1")
PRIME: Final = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF


def explicit_parameters(prime: int, base: bytes, order: int) -> bytes:
    """ECParameters (RFC 3279, 2.3.5) of a curve of one's own."""
    field = der.sequence(der.oid("1.2.840.10045.1.1"), der.integer(prime))
    a = (PRIME - 3).to_bytes(32, "big")
    b = bytes.fromhex("5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b")
    curve = der.sequence(der.octet_string(a), der.octet_string(b))
    return der.sequence(
        *(der.integer(1), field, curve, der.octet_string(base), der.integer(order), der.integer(1))
    )


def key_of(parameters: bytes, point: bytes) -> bytes:
    return der.sequence(der.sequence(EC_KEY, parameters), der.bit_string(point))


def test_xc27_a_curve_is_named(door: Door) -> None:
    """With a base point of one's own choice anybody has the private key to any public one."""
    key = stranger_key()
    assert isinstance(key, EcKey)
    base = key.point
    parameters = explicit_parameters(PRIME, base, P256_ORDER)
    change = put(spki=key_of(parameters, key.point))
    certificate = door.parse_certificate(leaf(put(key=key), change).encode())
    assert certificate.public_key is None
    assert certificate.public_key_der == key_of(parameters, key.point)
    issuer = issuers(1, put(key=key), change)[0]
    chain = chain_of(leaf(under=issuer), [issuer])
    for trust in (ROOT, [issuer.encode()]):
        code = path_verdict(door, chain, trust)
        if trust is ROOT:
            assert code == SIGNATURE or code.startswith(("key.", "algorithm.")), code
    assert path_verdict(door, chain[:1], [issuer.encode()]) != VALID
    made = attested(leaf=change)
    assert verdict(door, made, trust=None).startswith(("key.", "algorithm."))


@pytest.mark.parametrize("prime", [PRIME * 3, 2**256 - 1, 697, 15, 2, 1, 0, -7])
def test_xc28_no_root_is_sought_in_a_field_of_ones_own(door: Door, prime: int) -> None:
    """Where the modulus is no prime, the search for a square root may not end."""
    parameters = explicit_parameters(prime, b"\x02" + bytes(31) + b"\x05", P256_ORDER)
    change = put(spki=key_of(parameters, b"\x02" + bytes(31) + b"\x07"))
    data = leaf(change).encode()

    def read() -> None:
        assert door.parse_certificate(data).public_key is None
        issuer = issuers(1, change)[0]
        chain = chain_of(leaf(under=issuer), [issuer])
        assert path_verdict(door, chain, ROOT) != VALID
        assert verdict(door, attested(leaf=change), trust=None) != VALID

    assert seconds(read) < 1


def test_xc28_a_compressed_point_is_decided_at_once(door: Door) -> None:
    key = stranger_key()
    assert isinstance(key, EcKey)
    compressed = bytes([2 + key.y[-1] % 2]) + key.x
    for point in (compressed, b"\x02" + b"\xff" * 32, b"\x03" + bytes(31) + b"\x02", b"\x00"):
        data = leaf(put(spki=key_of(P256, point))).encode()
        assert seconds(lambda data=data: door.parse_certificate(data).public_key) < 0.1
        made = attested(leaf=put(spki=key_of(P256, point)))
        code = verdict(door, made, trust=None)
        assert code in (
            "signature.invalid",
            "key.point",
            "key.compressed",
            "der.value",
            "key.encoding",
        ), code


# --- one certificate in several spellings ---


def other_s(signature: bytes) -> bytes:
    """The same ECDSA signature with the other s, which verifies as well."""
    end = 4 + signature[3]
    s = int.from_bytes(signature[end + 2 :], "big")
    return der.sequence(signature[2:end], der.integer(P256_ORDER - s))


def test_xc36_the_fingerprint_of_a_certificate_is_not_its_identity(door: Door) -> None:
    """Whoever lists certificates to deny must compare the signed part or the key."""
    first, second = leaf().encode(), leaf(forged(other_s)).encode()
    assert first != second
    for one in (first, second):
        assert path_verdict(door, [one], ROOT) == VALID
    read = [door.parse_certificate(one) for one in (first, second)]
    assert read[0].raw != read[1].raw
    assert read[0].public_key_der == read[1].public_key_der
    assert signed_part(first) == signed_part(second)
    # As an anchor, neither stands for the other: a leaf is one by its bytes.
    for one, anchor in ((first, second), (second, first)):
        assert path_verdict(door, [one], [anchor]) == "trust.no_path"


@pytest.mark.parametrize(
    "change",
    [
        lambda s: b"\x30\x81" + s[1:],
        lambda s: b"\x30\x80" + s[2:] + b"\x00\x00",
        lambda s: der.sequence(der.tlv(2, b"\x00" + s[4 : 4 + s[3]]), s[4 + s[3] :]),
        lambda s: der.sequence(s[2:], der.null()),
        lambda s: s + b"\x00",
    ],
)
def test_xc36_a_signature_has_one_spelling(door: Door, change: Change) -> None:
    assert path_verdict(door, [leaf(forged(change)).encode()], ROOT) == SIGNATURE


# --- weak keys ---

SMALL_ORDER: Final = (
    bytes(32),
    b"\x01" + bytes(31),
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
    bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"),
    b"\xec" + b"\xff" * 30 + b"\x7f",
    b"\xee" + b"\xff" * 30 + b"\x7f",
    b"\x01" + bytes(30) + b"\x80",
)
"""Points of order 1 to 8, two of them in a spelling that is not canonical."""


@pytest.mark.parametrize("point", SMALL_ORDER, ids=lambda point: point.hex()[:8])
def test_xc38_an_ed25519_key_of_small_order_signs_nothing(door: Door, point: bytes) -> None:
    spki = der.sequence(der.sequence(der.oid("1.3.101.112")), der.bit_string(point))
    key = stranger_key(-8)
    assert isinstance(key, OkpKey)
    issuer = issuers(1, put(spki=spki, key=key))[0]
    # R of small order and s = 0 fit such a key for many messages.
    for signature in (point + bytes(32), b"\x01" + bytes(63), bytes(64)):
        below = leaf(put(signature=signature), under=issuer)
        assert path_verdict(door, chain_of(below, [issuer]), ROOT) in (
            *(SIGNATURE, "key.small_order", "key.point"),
        )
        code = path_verdict(door, [below.encode()], [issuer.encode()])
        assert code in (SIGNATURE, "key.small_order", "key.point")
    assert door.parse_certificate(issuer.encode()).public_key is None
    made = attested(leaf=put(spki=spki))
    assert verdict(door, made, trust=None) in ("key.small_order", "key.point")


@pytest.mark.parametrize("bits", [512, 1024, 1536, 2040])
def test_xc38_a_small_rsa_key_issues_nothing(door: Door, bits: int) -> None:
    chain, issuer = under(rsa(bits))
    assert path_verdict(door, chain, ROOT) == "trust.weak_key"
    assert path_verdict(door, chain, ROOT, allow_sha1=True) == "trust.weak_key"
    # Old roots have such keys; from 1024 bits on they are anchors where old hashes are allowed too.
    anchor = [issuer.encode()]
    assert path_verdict(door, chain[:1], anchor) == "trust.weak_key"
    code = VALID if bits >= 1024 else "trust.weak_key"
    assert path_verdict(door, chain[:1], anchor, allow_sha1=True) == code


def test_xc38_a_small_rsa_key_attests_nothing(door: Door) -> None:
    key = rsa(1024)
    made = attested(
        leaf=put(key=key),
        signing=put(key=key, algorithm=-257),
        statement=lambda draft: draft.update(alg=-257),
    )
    assert verdict(door, made, trust=None) == "key.too_small"
    assert refusal(door.validate_path, [], trust=door.TrustAnchors(ROOT), at=AT) == "argument.value"
