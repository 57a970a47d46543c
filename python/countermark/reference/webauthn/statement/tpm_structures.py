"""TPMT_PUBLIC and TPMS_ATTEST (TPM 2.0 Library, Part 2), read as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from countermark.errors import MalformedInput

GENERATED: Final = 0xFF544347
"""TPM_GENERATED_VALUE (6.2): the TPM writes it in front of what it signs of its own making."""

ATTEST_CERTIFY: Final = 0x8017
"""TPM_ST_ATTEST_CERTIFY (6.9)."""

# TPM_ALG_ID (6.3).
_RSA, _ECC, _NULL = 0x0001, 0x0023, 0x0010
_BLOCK_CIPHERS: Final = frozenset((0x0003, 0x0006, 0x0013, 0x0026))
_RSA_SCHEMES: Final = frozenset((0x0014, 0x0016, 0x0017))
_RSAES: Final = 0x0015
_ECC_SCHEMES: Final = frozenset((0x0018, 0x0019, 0x001B, 0x001C, 0x001D))
_ECDAA: Final = 0x001A
_KDF_SCHEMES: Final = frozenset((0x0007, 0x0020, 0x0021, 0x0022))
_HASHES: Final = frozenset((0x0004, 0x000B, 0x000C, 0x000D, 0x0012, 0x0027, 0x0028, 0x0029))

_DEFAULT_EXPONENT: Final = 65537


@dataclass(frozen=True, slots=True)
class RsaArea:
    """An RSA key."""

    n: int
    e: int


@dataclass(frozen=True, slots=True)
class EccArea:
    """A point on a curve that is named by TPM_ECC_CURVE (6.4)."""

    curve: int
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class PublicArea:
    """TPMT_PUBLIC (12.2.4)."""

    name_algorithm: int
    key: RsaArea | EccArea


@dataclass(frozen=True, slots=True)
class Attest:
    """TPMS_ATTEST (10.12.12). ``name`` is empty unless the type is that of a certification."""

    magic: int
    type: int
    extra_data: bytes
    is_safe_odd: bool
    name: bytes


class _Reader:
    """Reads big-endian fields one after the other."""

    def __init__(self, data: bytes, field: str) -> None:
        self._data = data
        self._field = field
        self._at = 0

    def take(self, size: int) -> bytes:
        octets = self._data[self._at : self._at + size]
        if len(octets) < size:
            raise self.error("truncated", "ends too early")
        self._at += size
        return octets

    def u8(self) -> int:
        return self.take(1)[0]

    def u16(self) -> int:
        return int.from_bytes(self.take(2), "big")

    def u32(self) -> int:
        return int.from_bytes(self.take(4), "big")

    def hash(self) -> int:
        """TPMI_ALG_HASH (9.27): the number of any hash there is."""
        number = self.u16()
        if number not in _HASHES:
            raise self.error("value", "names an unknown hash")
        return number

    def sized(self) -> bytes:
        """A TPM2B: a size in two octets, and as many octets."""
        return self.take(self.u16())

    def finish(self) -> None:
        if self._at < len(self._data):
            raise self.error("trailing", "is followed by something")

    def error(self, name: str, reason: str) -> MalformedInput:
        return MalformedInput(
            f"{self._field} {reason} (offset {self._at})",
            code=f"tpm.{name}",
            offset=self._at,
            field=self._field,
        )


def read_public_area(data: bytes) -> PublicArea:
    """Reads TPMT_PUBLIC.

    Raises:
        MalformedInput: ``tpm.*``.
    """
    reader = _Reader(data, "pubArea")
    type_ = reader.u16()
    if type_ not in (_RSA, _ECC):
        raise reader.error("value", "is not of RSA or ECC")
    name_algorithm = reader.hash()
    reader.u32()  # objectAttributes
    reader.sized()  # authPolicy
    key: RsaArea | EccArea = _rsa_area(reader) if type_ == _RSA else _ecc_area(reader)
    reader.finish()
    return PublicArea(name_algorithm, key)


def _rsa_area(reader: _Reader) -> RsaArea:
    """TPMS_RSA_PARMS (12.2.3.5) and TPM2B_PUBLIC_KEY_RSA (11.2.4.5)."""
    _symmetric(reader)
    _scheme(reader, _RSA_SCHEMES, _RSAES)
    reader.u16()  # keyBits
    exponent = reader.u32()
    return RsaArea(int.from_bytes(reader.sized(), "big"), exponent or _DEFAULT_EXPONENT)


def _ecc_area(reader: _Reader) -> EccArea:
    """TPMS_ECC_PARMS (12.2.3.6) and TPMS_ECC_POINT (11.2.5.2)."""
    _symmetric(reader)
    if _scheme(reader, _ECC_SCHEMES | {_ECDAA}, None) == _ECDAA:
        reader.u16()  # count
    curve = reader.u16()
    _scheme(reader, _KDF_SCHEMES, None)
    x, y = (int.from_bytes(reader.sized(), "big") for _ in range(2))
    return EccArea(curve, x, y)


def _symmetric(reader: _Reader) -> None:
    """TPMT_SYM_DEF_OBJECT (11.1.7)."""
    algorithm = reader.u16()
    if algorithm in _BLOCK_CIPHERS:
        reader.take(4)  # keyBits, mode
    elif algorithm != _NULL:
        raise reader.error("value", "names an unknown symmetric algorithm")


def _scheme(reader: _Reader, with_hash: frozenset[int], bare: int | None) -> int:
    """TPMT_RSA_SCHEME (11.2.4.2), TPMT_ECC_SCHEME (11.2.5.6) or TPMT_KDF_SCHEME (11.2.3.3)."""
    scheme = reader.u16()
    if scheme in with_hash:
        reader.hash()
    elif scheme not in (_NULL, bare):
        raise reader.error("value", "names an unknown scheme")
    return scheme


def read_attest(data: bytes) -> Attest:
    """Reads TPMS_ATTEST; of other types than a certification, what is attested is not looked into.

    Raises:
        MalformedInput: ``tpm.*``.
    """
    reader = _Reader(data, "certInfo")
    magic, type_ = reader.u32(), reader.u16()
    reader.sized()  # qualifiedSigner
    extra_data = reader.sized()
    reader.take(16)  # clock, resetCount, restartCount
    safe = reader.u8()
    reader.take(8)  # firmwareVersion
    name = b""
    if type_ == ATTEST_CERTIFY:
        name = reader.sized()
        reader.sized()  # qualifiedName
        reader.finish()
    return Attest(magic, type_, extra_data, safe > 1, name)


def odd_safe() -> MalformedInput:
    """TPMI_YES_NO (9.2) is 0 or 1; a vector of the specification has another value."""
    return MalformedInput(
        "the octet safe of certInfo is neither 0 nor 1", code="tpm.value", field="certInfo"
    )
