"""Keys and signatures cross between this package and `cryptography`."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature as PeerInvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PrivateFormat, PublicFormat

from countermark import PrivateKey, PublicKey
from countermark.errors import InvalidSignature
from tests.vectors.dfns_records import key_record

MESSAGE = b'{"challenge":"Y2gtNzloaHQtbXJlb2stOGFwOHFtMmVpZWZ0amxhZw","type":"key.get"}'
PASSWORD = "correct horse"

CURVES: dict[str, ec.EllipticCurve] = {
    "ES256": ec.SECP256R1(),
    "ES384": ec.SECP384R1(),
    "ES512": ec.SECP521R1(),
    "ES256K": ec.SECP256K1(),
}
ALGORITHMS = [*CURVES, "Ed25519", "Ed448", "RS256"]
HASHES: dict[str, hashes.HashAlgorithm] = {
    "SHA-256": hashes.SHA256(),
    "SHA-384": hashes.SHA384(),
    "SHA-512": hashes.SHA512(),
}
NO_PASSWORD = serialization.NoEncryption()

each_algorithm = pytest.mark.parametrize("algorithm", ALGORITHMS)
each_hash = pytest.mark.parametrize("name", HASHES)
each_curve = pytest.mark.parametrize("algorithm", CURVES)


def peer_key(algorithm: str) -> Any:
    """A fresh private key of `cryptography`; RSA takes long to make, so its key is a fixed one."""
    if algorithm in CURVES:
        return ec.generate_private_key(CURVES[algorithm])
    if algorithm == "Ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    if algorithm == "Ed448":
        return ed448.Ed448PrivateKey.generate()
    pem = key_record("rsa2048")["pkcs8Pem"]
    return serialization.load_pem_private_key(pem.encode(), password=None)


def our_key(algorithm: str) -> PrivateKey:
    if algorithm == "RS256":
        return PrivateKey.from_pem(key_record("rsa2048")["pkcs8Pem"])
    return PrivateKey.generate(algorithm)


def peer_public(key: PublicKey) -> Any:
    return serialization.load_der_public_key(key.to_der())


def peer_numbers(key: Any) -> Any:
    """What makes two private keys of `cryptography` the same key."""
    return key.private_bytes_raw() if hasattr(key, "private_bytes_raw") else key.private_numbers()


def peer_verifies(key: Any, signature: bytes, name: str = "SHA-256", *, pss: bool = False) -> bool:
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, MESSAGE, ec.ECDSA(HASHES[name]))
        elif isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, MESSAGE, rsa_padding(name, pss=pss), HASHES[name])
        else:
            key.verify(signature, MESSAGE)
    except PeerInvalidSignature:
        return False
    return True


def peer_sign(key: Any, name: str = "SHA-256", *, pss: bool = False) -> bytes:
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.sign(MESSAGE, ec.ECDSA(HASHES[name]))
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(MESSAGE, rsa_padding(name, pss=pss), HASHES[name])
    signed: bytes = key.sign(MESSAGE)
    return signed


def rsa_padding(name: str, *, pss: bool) -> Any:
    if not pss:
        return padding.PKCS1v15()
    return padding.PSS(padding.MGF1(HASHES[name]), padding.PSS.DIGEST_LENGTH)


def traditional(algorithm: str) -> bool:
    """Whether the kind of key has an encoding older than PKCS#8: SEC 1 or PKCS#1."""
    return algorithm in CURVES or algorithm == "RS256"


@each_algorithm
@pytest.mark.parametrize("encoding", [Encoding.PEM, Encoding.DER], ids=["pem", "der"])
def test_private_keys_of_the_peer_load(algorithm: str, encoding: Encoding) -> None:
    peer = peer_key(algorithm)
    load = PrivateKey.from_pem if encoding is Encoding.PEM else PrivateKey.from_der
    public = peer.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    formats = [PrivateFormat.PKCS8]
    if traditional(algorithm):
        formats.append(PrivateFormat.TraditionalOpenSSL)
    for written in formats:
        with load(peer.private_bytes(encoding, written, NO_PASSWORD)) as key:
            assert key.algorithm == algorithm
            assert key.public_key.to_der() == public
    sealed = peer.private_bytes(
        encoding,
        PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(PASSWORD.encode()),
    )
    with load(sealed, password=PASSWORD) as key:
        assert key.public_key.to_der() == public


@each_algorithm
def test_public_keys_of_the_peer_load(algorithm: str) -> None:
    peer = peer_key(algorithm).public_key()
    der = peer.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    pem = peer.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    key = PublicKey.from_der(der)
    assert PublicKey.from_pem(pem) == key
    assert (key.to_der(), key.to_pem()) == (der, pem.decode())
    if algorithm == "RS256":
        old_der = peer.public_bytes(Encoding.DER, PublicFormat.PKCS1)
        old_pem = peer.public_bytes(Encoding.PEM, PublicFormat.PKCS1)
        assert PublicKey.from_der(old_der) == PublicKey.from_pem(old_pem) == key
        assert (key.to_der(format="pkcs1"), key.to_pem(format="pkcs1")) == (
            old_der,
            old_pem.decode(),
        )


@each_curve
def test_a_compressed_point_of_the_peer_is_the_same_key(algorithm: str) -> None:
    peer = peer_key(algorithm).public_key()
    whole = peer.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    point = peer.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    short = peer.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    algorithm_identifier = whole[whole.index(b"\x30", 1) : whole.index(point) - 2]
    # SEQUENCE { algorithm, BIT STRING }, rebuilt around the shorter point.
    identifier = algorithm_identifier[: 2 + algorithm_identifier[1]]
    bits = bytes([0x03, len(short) + 1, 0x00]) + short
    spki = bytes([0x30, len(identifier + bits)]) + identifier + bits
    assert serialization.load_der_public_key(spki) == peer
    assert PublicKey.from_der(spki).to_der() == whole


@each_algorithm
def test_our_private_keys_load_in_the_peer(algorithm: str) -> None:
    key = our_key(algorithm)
    formats = (
        {"pkcs8", "sec1" if algorithm in CURVES else "pkcs1"}
        if traditional(algorithm)
        else {"pkcs8"}
    )
    loaded = []
    for written in sorted(formats):
        pem = key.export_private_key("pem", format=written)
        der = key.export_private_key("der", format=written)
        loaded.append(serialization.load_pem_private_key(pem, password=None))
        loaded.append(serialization.load_der_private_key(der, password=None))
    secret = PASSWORD.encode()
    sealed_pem = key.export_private_key("pem", password=PASSWORD)
    sealed_der = key.export_private_key("der", password=secret)
    loaded.append(serialization.load_pem_private_key(sealed_pem, password=secret))
    loaded.append(serialization.load_der_private_key(sealed_der, password=secret))
    assert all(peer_numbers(peer) == peer_numbers(loaded[0]) for peer in loaded)
    spki = loaded[0].public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert spki == key.public_key.to_der()


@each_algorithm
def test_our_jwk_holds_the_numbers_the_peer_has(algorithm: str) -> None:
    key = our_key(algorithm)
    jwk = json.loads(key.export_private_key("jwk"))
    peer = serialization.load_der_private_key(key.export_private_key("der"), password=None)

    def octets(member: str) -> bytes:
        return base64.urlsafe_b64decode(jwk[member] + "=" * (-len(jwk[member]) % 4))

    def number(member: str) -> int:
        return int.from_bytes(octets(member), "big")

    if isinstance(peer, ec.EllipticCurvePrivateKey):
        numbers = peer.private_numbers()
        public = numbers.public_numbers
        assert (number("d"), number("x"), number("y")) == (
            numbers.private_value,
            public.x,
            public.y,
        )
        assert {len(octets(m)) for m in "dxy"} == {(peer.curve.key_size + 7) // 8}
    elif isinstance(peer, rsa.RSAPrivateKey):
        parts = peer.private_numbers()
        assert (number("n"), number("e")) == (parts.public_numbers.n, parts.public_numbers.e)
        assert [number(m) for m in ("d", "p", "q", "dp", "dq", "qi")] == [
            parts.d,
            parts.p,
            parts.q,
            parts.dmp1,
            parts.dmq1,
            parts.iqmp,
        ]
    else:
        assert isinstance(peer, ed25519.Ed25519PrivateKey | ed448.Ed448PrivateKey)
        assert (octets("d"), octets("x")) == (
            peer.private_bytes_raw(),
            peer.public_key().public_bytes_raw(),
        )
    assert PublicKey.from_jwk(key.public_key.to_jwk()) == key.public_key
    assert PrivateKey.from_jwk(jwk).public_key == key.public_key


@each_algorithm
def test_signatures_verify_both_ways(algorithm: str) -> None:
    key = our_key(algorithm)
    peer = serialization.load_der_private_key(key.export_private_key("der"), password=None)
    assert peer_verifies(peer_public(key.public_key), key.sign(MESSAGE))
    key.public_key.verify(MESSAGE, peer_sign(peer))
    broken = bytearray(peer_sign(peer))
    broken[-1] ^= 1
    assert not peer_verifies(peer_public(key.public_key), bytes(broken))
    with pytest.raises(InvalidSignature):
        key.public_key.verify(MESSAGE, bytes(broken))


@pytest.mark.parametrize("algorithm", [*CURVES, "RS256"])
@each_hash
def test_every_digest_verifies_both_ways(algorithm: str, name: str) -> None:
    key = our_key(algorithm)
    peer = serialization.load_der_private_key(key.export_private_key("der"), password=None)
    assert peer_verifies(peer_public(key.public_key), key.sign(MESSAGE, hash=name), name)
    key.public_key.verify(MESSAGE, peer_sign(peer, name), hash=name)
    digest = hashes.Hash(HASHES[name])
    digest.update(MESSAGE)
    whole = digest.finalize()
    assert peer_verifies(peer_public(key.public_key), key.sign_digest(whole, hash=name), name)
    key.public_key.verify_digest(whole, peer_sign(peer, name), hash=name)


@each_hash
def test_pss_verifies_both_ways(name: str) -> None:
    key = our_key("RS256")
    peer = serialization.load_der_private_key(key.export_private_key("der"), password=None)
    signature = key.sign(MESSAGE, hash=name, padding="pss")
    assert peer_verifies(peer_public(key.public_key), signature, name, pss=True)
    assert not peer_verifies(peer_public(key.public_key), signature, name)
    key.public_key.verify(MESSAGE, peer_sign(peer, name, pss=True), hash=name, padding="pss")
    with pytest.raises(InvalidSignature):
        key.public_key.verify(MESSAGE, peer_sign(peer, name, pss=True), hash=name)


@pytest.mark.parametrize("algorithm", ["Ed25519", "Ed448", "RS256"])
def test_deterministic_signatures_are_the_same_bytes(algorithm: str) -> None:
    key = our_key(algorithm)
    peer = serialization.load_der_private_key(key.export_private_key("der"), password=None)
    assert key.sign(MESSAGE) == peer_sign(peer)
