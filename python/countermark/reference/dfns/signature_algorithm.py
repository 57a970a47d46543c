"""The optional member ``algorithm`` of assertions and attestation data.

Dfns protocol, signing algorithms. It names a hash, never the kind of key: the key decides that. Absent means
SHA-256 for RSA and for every curve; EdDSA hashes by itself and takes no name.
"""

from __future__ import annotations

from typing import Final

from countermark.errors import UnsupportedAlgorithm
from countermark.reference.arguments import one_of
from countermark.reference.format import shown
from countermark.reference.key.public_key import PublicKey

_ANY: Final = {"SHA256": "SHA-256", "SHA512": "SHA-512"}
_RSA: Final = {"RSA-SHA256": "SHA-256", "RSA-SHA512": "SHA-512"}
_GO: Final = ("SHA-256", "SHA-384", "SHA-512")

PADDINGS: Final = ("pkcs1v15", "pss")


def known_algorithm(algorithm: str) -> str:
    """One of the documented names, or the one extension."""
    if algorithm not in _ANY | _RSA:
        raise UnsupportedAlgorithm(
            f"algorithm '{shown(algorithm)}' is not offered", code="algorithm.unknown"
        )
    return algorithm


def is_edwards(key: PublicKey) -> bool:
    """Whether the key signs messages rather than hashes of them."""
    return key.algorithm in ("Ed25519", "Ed448")


def is_rsa(key: PublicKey) -> bool:
    return key.algorithm == "RS256"


def hash_of(algorithm: str | None, key: PublicKey, *, go_names: bool = False) -> str | None:
    """The hash that the member ``algorithm`` stands for with this key; None for EdDSA.

    Dfns protocol, signing algorithms: absent means SHA-256 for every curve and for RSA; EdDSA takes no name.
    ``go_names`` reads the names that the Go signer of version 1 sends, even with EdDSA. No key credential has another
    kind of key, such as ML-DSA.
    """
    if key.algorithm not in ("ES256", "ES384", "ES512", "ES256K", "RS256", "Ed25519", "Ed448"):
        raise _misfit(f"{key.algorithm} is no algorithm of a credential")
    if algorithm is None:
        return None if is_edwards(key) else "SHA-256"
    if go_names and algorithm in _GO:
        return None if is_edwards(key) else algorithm
    known_algorithm(algorithm)
    if is_edwards(key):
        raise _misfit("EdDSA takes no algorithm name")
    if algorithm in _RSA and not is_rsa(key):
        raise _misfit(f"{algorithm} is for RSA keys")
    return (_ANY | _RSA)[algorithm]


def check_padding(padding: str | None, key: PublicKey) -> None:
    """RSA alone has a choice of padding."""
    if padding is None:
        return
    one_of(padding, PADDINGS, "padding")
    if not is_rsa(key):
        raise _misfit("padding is for RSA keys")


def _misfit(message: str) -> UnsupportedAlgorithm:
    return UnsupportedAlgorithm(message, code="algorithm.mismatch")
