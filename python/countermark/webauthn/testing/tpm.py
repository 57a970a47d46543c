"""The two structures of the tpm statement (TPM 2.0 Library, part 2: Structures)."""

from __future__ import annotations

from dataclasses import dataclass, field

from countermark.webauthn.testing.keys import EcKey, RsaKey, SigningKey
from countermark.webauthn.testing.rsa_keys import digest

RSA, ECC, NULL, SHA1, SHA256, SHA384, SHA512 = 0x01, 0x23, 0x10, 0x04, 0x0B, 0x0C, 0x0D
"""Algorithm identifiers (part 2, 6.3)."""
ECDSA, RSASSA, AES, CFB = 0x18, 0x14, 0x06, 0x43
GENERATED = 0xFF544347
CERTIFY = 0x8017
QUOTE = 0x8018
HASH_NAMES = {SHA1: "sha1", SHA256: "sha256", SHA384: "sha384", SHA512: "sha512"}
_CURVES = {"P-256": 3, "P-384": 4, "P-521": 5}
_SIGN_OBJECT = 0x00040072
"""sign, userWithAuth, sensitiveDataOrigin, fixedParent and fixedTPM."""


def u16(*values: int) -> bytes:
    """Numbers of two bytes each."""
    return b"".join(value.to_bytes(2, "big") for value in values)


def sized(data: bytes) -> bytes:
    """A TPM2B: a length of two bytes and the data."""
    return u16(len(data)) + data


@dataclass(slots=True)
class PubAreaDraft:
    """TPMT_PUBLIC (part 2, 12.2.4).

    Attributes:
        type: RSA or ECC.
        name_algorithm: the hash of its name.
        attributes: TPMA_OBJECT.
        auth_policy: a digest, or nothing.
        symmetric, scheme, kdf: an algorithm and its details, as they are written.
        key_bits, exponent, modulus: of an RSA key.
        curve, x, y: of an ECC key.
    """

    type: int
    name_algorithm: int = SHA256
    attributes: int = _SIGN_OBJECT
    auth_policy: bytes = b""
    symmetric: bytes = u16(NULL)
    scheme: bytes = u16(NULL)
    kdf: bytes = u16(NULL)
    key_bits: int = 2048
    exponent: int = 0
    modulus: bytes = b""
    curve: int = 3
    x: bytes = b""
    y: bytes = b""

    @classmethod
    def of(cls, key: SigningKey) -> PubAreaDraft | None:
        """The area of a key; None where a TPM has no such keys."""
        if isinstance(key, RsaKey):
            return cls(RSA, modulus=key.modulus, key_bits=key.numbers.n.bit_length())
        if isinstance(key, EcKey) and key.curve in _CURVES:
            return cls(ECC, curve=_CURVES[key.curve], x=key.x, y=key.y)
        return None

    def encode(self) -> bytes:
        """The bytes."""
        out = u16(self.type, self.name_algorithm) + self.attributes.to_bytes(4, "big")
        out += sized(self.auth_policy) + self.symmetric + self.scheme
        if self.type == RSA:
            out += u16(self.key_bits) + self.exponent.to_bytes(4, "big") + sized(self.modulus)
        else:
            out += u16(self.curve) + self.kdf + sized(self.x) + sized(self.y)
        return out


def name_of(pub_area: bytes, algorithm: int) -> bytes:
    """The name of an object: its hash's identifier and the hash of its public area (part 1, 16)."""
    return u16(algorithm) + digest(HASH_NAMES.get(algorithm, "sha256"), pub_area)


@dataclass(slots=True)
class CertInfoDraft:
    """TPMS_ATTEST over a TPMS_CERTIFY_INFO (part 2, 10.12).

    Attributes:
        extra_data: the digest of what is attested.
        name: the name of the certified object.
        magic, type: what the TPM says of itself and of the structure.
        qualified_signer, qualified_name: names along the hierarchy; nobody checks them.
        clock, reset_count, restart_count, safe: TPMS_CLOCK_INFO.
        firmware_version: 8 bytes.
    """

    extra_data: bytes
    name: bytes
    magic: int = GENERATED
    type: int = CERTIFY
    qualified_signer: bytes = field(default_factory=lambda: u16(SHA256) + bytes(32))
    qualified_name: bytes = field(default_factory=lambda: u16(SHA256) + bytes(32))
    clock: int = 1_000_000
    reset_count: int = 1
    restart_count: int = 0
    safe: int = 1
    firmware_version: bytes = bytes(range(8))

    def encode(self) -> bytes:
        """The bytes."""
        out = self.magic.to_bytes(4, "big") + u16(self.type)
        out += sized(self.qualified_signer) + sized(self.extra_data)
        out += self.clock.to_bytes(8, "big") + self.reset_count.to_bytes(4, "big")
        out += self.restart_count.to_bytes(4, "big") + bytes([self.safe]) + self.firmware_version
        return out + sized(self.name) + sized(self.qualified_name)
