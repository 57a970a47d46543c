"""Libraries that know one algorithm: coincurve and PyNaCl, where they are here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.serialization import load_pem_private_key

from benches.python import peers
from benches.python.material import CLIENT_DATA, material
from benches.python.pair import Work


@dataclass(frozen=True, slots=True)
class Library:
    """The shared key in the hands of a library, with a signature of its own."""

    sign: Work
    verify: Work


def of(key_type: str) -> dict[str, Library]:
    """Those that are here and know this type of key, by name."""
    private: Any = load_pem_private_key(material(key_type).pem.encode(), None)
    if key_type == "secp256k1" and peers.here("coincurve"):
        secret = private.private_numbers().private_value.to_bytes(32, "big")
        return {"coincurve": _coincurve(secret)}
    if key_type == "Ed25519" and peers.here("PyNaCl"):
        return {"PyNaCl": _pynacl(private.private_bytes_raw())}
    return {}


def _coincurve(secret: bytes) -> Library:
    import coincurve

    key = coincurve.PrivateKey(secret)
    public, signature = key.public_key, key.sign(CLIENT_DATA)
    material("secp256k1").ours.public_key.verify(CLIENT_DATA, signature)

    def verify() -> None:
        if not public.verify(signature, CLIENT_DATA):
            raise AssertionError("coincurve refuses its own signature")

    return Library(lambda: key.sign(CLIENT_DATA), verify)


def _pynacl(seed: bytes) -> Library:
    from nacl.signing import SigningKey

    key = SigningKey(seed)
    public, signature = key.verify_key, key.sign(CLIENT_DATA).signature
    material("Ed25519").ours.public_key.verify(CLIENT_DATA, signature)
    return Library(lambda: key.sign(CLIENT_DATA), lambda: public.verify(CLIENT_DATA, signature))
