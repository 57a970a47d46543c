"""Signers outside this process's own keys: a KMS, an HSM, another library.

Anything of the shape of `ExternalSigner` can stand where `countermark.dfns` takes a private key. It declares
what it takes and what it returns; its signatures are brought into the form of the wire and verified with its
public key before they are used, so a misconfigured signer fails here and not at the server.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Protocol, final, runtime_checkable

from countermark import _native
from countermark.errors import ArgumentTypeError, ArgumentValueError, UnsupportedAlgorithm
from countermark.keys import Algorithm, BytesLike, PublicKey

if TYPE_CHECKING:
    from collections.abc import Callable

_EDDSA = (Algorithm.ED25519, Algorithm.ED448)


@runtime_checkable
class ExternalSigner(Protocol):
    """What a signer outside has to offer.

    A signer that takes messages may also have an attribute ``hash``: the name of the hash it applies,
    ``"SHA-256"`` if it has none. One that takes digests is given whichever hash is due.
    """

    @property
    def public_key(self) -> PublicKey:
        """The public half of the key it signs with."""

    @property
    def takes(self) -> Literal["message", "digest"]:
        """Whether `sign` is given the message or its digest. EdDSA takes messages."""

    @property
    def returns(self) -> Literal["der", "raw"]:
        """``"der"``, or ``"raw"``: r‖s for ECDSA (IEEE P1363), and what EdDSA and RSA give anyway."""

    def sign(self, data: bytes, /) -> bytes:
        """Signs the message or digest."""


def signature_of(
    signer: ExternalSigner, public_key: PublicKey, message: bytes, hash: str | None
) -> tuple[bytes, bool]:
    """What the signer gives for a message, and whether that is raw.

    Args:
        signer: the signer.
        public_key: its public key, as `public_key_of` gave it.
        message: the bytes to sign.
        hash: the name of the hash that is due; None for EdDSA.

    Raises:
        ArgumentValueError: it declares something unknown, or what its key cannot do.
        UnsupportedAlgorithm: ``algorithm.mismatch``, it applies another hash than is due.
    """
    takes, returns = signer.takes, signer.returns
    eddsa = public_key.algorithm in _EDDSA
    if (
        not isinstance(takes, str)
        or takes not in ("message", "digest")
        or (eddsa and takes == "digest")
    ):
        raise ArgumentValueError(
            "the signer's `takes` must be 'message', or 'digest' for keys other than EdDSA",
            code="argument.value",
        )
    if not isinstance(returns, str) or returns not in ("der", "raw"):
        raise ArgumentValueError(
            "the signer's `returns` must be 'der' or 'raw'", code="argument.value"
        )
    if (eddsa or public_key.algorithm == Algorithm.RS256) and returns == "der":
        raise ArgumentValueError(
            "EdDSA and RSA signatures have no DER form; the signer's `returns` must be 'raw'",
            code="argument.value",
        )
    if takes == "digest" and hash is not None:
        given = signer.sign(_native.digest(hash, message))
    else:
        applied = getattr(signer, "hash", "SHA-256")
        if hash is not None and applied != hash:
            raise UnsupportedAlgorithm(
                f"the signer applies another hash than {hash}, which is due",
                code="algorithm.mismatch",
            )
        given = signer.sign(message)
    return given, returns == "raw"


def public_key_of(signer: Any, name: str) -> PublicKey:
    """The public key of an argument that has the shape of a signer, read once.

    Raises:
        ArgumentTypeError: it has not.
    """
    public_key = signer.public_key if isinstance(signer, ExternalSigner) else None
    if not isinstance(public_key, PublicKey):
        raise ArgumentTypeError(
            f"{name} must be a PrivateKey, or a signer with public_key (a PublicKey), takes,"
            " returns and sign; KeySigner takes PEM text as well",
            code="argument.type",
        )
    return public_key


@final
class CryptographySigner:
    """An `ExternalSigner` over a private key of the ``cryptography`` package; see `from_cryptography`."""

    __slots__ = ("_sign", "hash", "public_key", "returns", "takes")

    def __init__(
        self,
        public_key: PublicKey,
        returns: Literal["der", "raw"],
        hash: str,
        sign: Callable[[bytes], bytes],
    ) -> None:
        self.public_key = public_key
        self.takes: Literal["message", "digest"] = "message"
        self.returns: Literal["der", "raw"] = returns
        self.hash = hash
        self._sign = sign

    def sign(self, data: bytes, /) -> bytes:
        """Signs a message."""
        return self._sign(data)


def from_cryptography(private_key: Any, *, hash: str = "SHA-256") -> CryptographySigner:
    """Lets a private key of the ``cryptography`` package sign: the pattern for any other library.

    Args:
        private_key: an EC, Ed25519, Ed448 or RSA private key object. RSA signs PKCS#1 v1.5.
        hash: the hash for EC and RSA keys: ``"SHA-256"``, ``"SHA-384"`` or ``"SHA-512"``.

    Raises:
        ArgumentTypeError: another kind of object.
        ArgumentValueError: another hash.
        InvalidKey, UnsupportedAlgorithm: a key this package does not take.
    """
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa

    digests = {"SHA-256": hashes.SHA256(), "SHA-384": hashes.SHA384(), "SHA-512": hashes.SHA512()}
    if not isinstance(hash, str) or hash not in digests:
        raise ArgumentValueError("hash must be SHA-256, SHA-384 or SHA-512", code="argument.value")
    digest = digests[hash]
    returns: Literal["der", "raw"] = "raw"
    if isinstance(private_key, ec.EllipticCurvePrivateKey):
        returns = "der"

        def sign(data: bytes) -> bytes:
            return private_key.sign(data, ec.ECDSA(digest))

    elif isinstance(private_key, rsa.RSAPrivateKey):

        def sign(data: bytes) -> bytes:
            return private_key.sign(data, padding.PKCS1v15(), digest)

    elif isinstance(private_key, ed25519.Ed25519PrivateKey | ed448.Ed448PrivateKey):

        def sign(data: bytes) -> bytes:
            return private_key.sign(data)

    else:
        raise ArgumentTypeError(
            "private_key must be an EC, Ed25519, Ed448 or RSA private key of cryptography",
            code="argument.type",
        )
    spki = private_key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return CryptographySigner(PublicKey.from_der(spki), returns, hash, sign)


def ecdsa_raw_to_der(signature: BytesLike, curve: str) -> bytes:
    """r‖s (IEEE P1363) to DER (RFC 3279 section 2.2.3).

    Args:
        signature: twice the field length of the curve: 64, 96 or 132 bytes.
        curve: ``"P-256"``, ``"P-384"``, ``"P-521"`` or ``"secp256k1"``.

    Raises:
        InvalidSignature: another length, or r or s outside 1..n-1.
        UnsupportedAlgorithm: ``algorithm.curve``.
    """
    return _native.ecdsa_raw_to_der(signature, curve)


def ecdsa_der_to_raw(signature: BytesLike, curve: str) -> bytes:
    """Strict DER (RFC 3279 section 2.2.3) to r‖s (IEEE P1363).

    Raises:
        InvalidSignature: not minimal DER of two integers in 1..n-1, or anything after them.
        UnsupportedAlgorithm: ``algorithm.curve``.
    """
    return _native.ecdsa_der_to_raw(signature, curve)


__all__ = [
    "CryptographySigner",
    "ExternalSigner",
    "ecdsa_der_to_raw",
    "ecdsa_raw_to_der",
    "from_cryptography",
]
