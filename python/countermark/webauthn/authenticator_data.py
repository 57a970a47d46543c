"""Authenticator data (WebAuthn section 6.1) and attestation objects (section 6.5.4), taken apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NoReturn, Self, final

from countermark import _native
from countermark.errors import ArgumentTypeError
from countermark.keys import BytesLike
from countermark.tolerance import Tolerance, tolerances


@dataclass(frozen=True, slots=True)
class Flags:
    """The flags of authenticator data, bit by bit.

    Attributes:
        value: the byte.
    """

    value: int

    @property
    def user_present(self) -> bool:
        """UP, bit 0: a user was there."""
        return bool(self.value & 0x01)

    @property
    def user_verified(self) -> bool:
        """UV, bit 2: the authenticator knew the user, by PIN or biometrics."""
        return bool(self.value & 0x04)

    @property
    def backup_eligible(self) -> bool:
        """BE, bit 3: the credential may be copied to other devices."""
        return bool(self.value & 0x08)

    @property
    def backup_state(self) -> bool:
        """BS, bit 4: it is backed up now."""
        return bool(self.value & 0x10)

    @property
    def attested_credential_data(self) -> bool:
        """AT, bit 6: a new credential follows."""
        return bool(self.value & 0x40)

    @property
    def extension_data(self) -> bool:
        """ED, bit 7: outputs of extensions follow."""
        return bool(self.value & 0x80)

    @property
    def reserved(self) -> int:
        """Bits 1 and 5, as a mask (0x02, 0x20): no meaning is defined for them."""
        return self.value & 0x22


@dataclass(frozen=True, slots=True)
class Extensions:
    """Outputs of authenticator extensions; None for each that was not sent.

    Attributes:
        cred_protect: ``credProtect``, 1 to 3 (CTAP 2.2 section 12.1).
        hmac_secret: ``hmac-secret``: True at registration, the encrypted output at authentication.
        min_pin_length: ``minPinLength``, in code points.
        uvm: ``uvm``: user verification method, key protection and matcher protection of each factor.
        cred_blob: ``credBlob``: whether it was stored, or the blob.
        large_blob_key: ``largeBlobKey``, 32 bytes.
        third_party_payment: ``thirdPartyPayment``.
        unknown: all others by name, each as the CBOR it came as.
    """

    cred_protect: int | None
    hmac_secret: bool | bytes | None
    min_pin_length: int | None
    uvm: tuple[tuple[int, int, int], ...] | None
    cred_blob: bool | bytes | None
    large_blob_key: bytes | None
    third_party_payment: bool | None
    unknown: dict[str, bytes]


@final
class AuthenticatorData:
    """Authenticator data. Made by `parse_authenticator_data` and by the ceremonies."""

    __slots__ = ("_handle",)
    _handle: _native.AuthenticatorData

    def __init__(self) -> None:
        raise ArgumentTypeError(
            "take authenticator data apart with parse_authenticator_data", code="argument.type"
        )

    @classmethod
    def _wrap(cls, native: _native.AuthenticatorData) -> Self:
        self = object.__new__(cls)
        object.__setattr__(self, "_handle", native)
        return self

    @property
    def raw(self) -> bytes:
        """All of it, as it was sent."""
        return self._handle.raw

    @property
    def rp_id_hash(self) -> bytes:
        """SHA-256 of the relying party's id, 32 bytes."""
        return self._handle.rp_id_hash

    @property
    def flags(self) -> Flags:
        """The flags."""
        return Flags(self._handle.flags)

    @property
    def sign_count(self) -> int:
        """The signature counter, 0 to 2**32−1; 0 where the authenticator does not count."""
        return self._handle.sign_count

    @property
    def aaguid(self) -> str | None:
        """The model of the authenticator, in the form of a UUID; None without a new credential."""
        return self._handle.aaguid

    @property
    def credential_id(self) -> bytes | None:
        """The id of the new credential, 1 to 1,023 bytes; None without one."""
        return self._handle.credential_id

    @property
    def credential_public_key(self) -> bytes | None:
        """The COSE key of the new credential as it was sent: a CBOR map, not judged any further."""
        return self._handle.credential_public_key

    @property
    def extensions(self) -> Extensions:
        """The outputs of extensions."""
        protect, secret, pin_length, uvm, blob, key, payment, unknown = self._handle.extensions
        factors = None if uvm is None else tuple(uvm)
        return Extensions(protect, secret, pin_length, factors, blob, key, payment, unknown)

    @property
    def tolerated(self) -> tuple[Tolerance, ...]:
        """Deviations from the standard that were let pass."""
        return tolerances(self._handle.tolerated)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, AuthenticatorData):
            return NotImplemented
        return self.raw == other.raw

    def __hash__(self) -> int:
        return hash(self.raw)

    def __repr__(self) -> str:
        return f"<AuthenticatorData flags=0x{self._handle.flags:02x} sign_count={self.sign_count}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return (parse_authenticator_data, (self.raw,))

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise ArgumentTypeError("authenticator data cannot be changed", code="argument.type")

    def __init_subclass__(cls) -> NoReturn:
        raise ArgumentTypeError("AuthenticatorData cannot be subclassed", code="argument.type")


@final
class AttestationObject:
    """An attestation object. Made by `parse_attestation_object`; nothing about it is verified."""

    __slots__ = ("_handle",)
    _handle: _native.AttestationObject

    def __init__(self) -> None:
        raise ArgumentTypeError(
            "take an attestation object apart with parse_attestation_object", code="argument.type"
        )

    @classmethod
    def _wrap(cls, native: _native.AttestationObject) -> Self:
        self = object.__new__(cls)
        object.__setattr__(self, "_handle", native)
        return self

    @property
    def raw(self) -> bytes:
        """All of it, as it was sent."""
        return self._handle.raw

    @property
    def format(self) -> str:
        """``fmt``: the format of the statement."""
        return self._handle.format

    @property
    def statement(self) -> Any:
        """``attStmt`` as Python values: a dict, or a list of dicts for ``compound``."""
        return self._handle.statement

    @property
    def authenticator_data(self) -> AuthenticatorData:
        """``authData``."""
        return AuthenticatorData._wrap(self._handle.authenticator_data)

    @property
    def tolerated(self) -> tuple[Tolerance, ...]:
        """Deviations from the standard that were let pass, in the authenticator data too."""
        return tolerances(self._handle.tolerated)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, AttestationObject):
            return NotImplemented
        return self.raw == other.raw

    def __hash__(self) -> int:
        return hash(self.raw)

    def __repr__(self) -> str:
        return f"<AttestationObject {self.format!r} {len(self.raw)} bytes>"

    def __reduce__(self) -> tuple[Any, ...]:
        return (parse_attestation_object, (self.raw,))

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise ArgumentTypeError("attestation objects cannot be changed", code="argument.type")

    def __init_subclass__(cls) -> NoReturn:
        raise ArgumentTypeError("AttestationObject cannot be subclassed", code="argument.type")


def parse_authenticator_data(
    data: BytesLike,
    *,
    strictness: str = "interoperable",
    repair_cose_map_count: bool = False,
) -> AuthenticatorData:
    """Takes authenticator data apart; every byte must be accounted for.

    Args:
        data: 37 bytes or more, at most 64 KiB.
        strictness: ``"strict"`` refuses what `Tolerance` lists; ``"interoperable"`` takes and tells it.
        repair_cose_map_count: read an Ed25519 key whose map announces three entries and holds four, as one line
            of authenticators sends it. The key that is given then has the right count.

    Raises:
        MalformedInput: ``authenticator_data.truncated``, ``.trailing``, ``.credential_id`` (empty), ``.extensions``,
            ``.flags`` (strict only), or ``cbor.*``, with the offset in the whole.
        LimitExceeded: ``limit.size`` for the whole or a credential id of more than 1,023 bytes, ``limit.depth``,
            ``limit.count``.
    """
    parsed: AuthenticatorData = _new(AuthenticatorData)
    _set_data(parsed, _native.parse_authenticator_data(data, strictness, repair_cose_map_count))
    return parsed


def parse_attestation_object(
    data: BytesLike,
    *,
    strictness: str = "interoperable",
    repair_cose_map_count: bool = False,
) -> AttestationObject:
    """Takes an attestation object apart, its authenticator data included. Nothing is verified.

    Args:
        data: the CBOR, at most 64 KiB.
        strictness, repair_cose_map_count: as for `parse_authenticator_data`.

    Raises:
        MalformedInput: ``attestation_object.missing``, ``.type``, ``.unknown``, and those of
            `parse_authenticator_data`.
        LimitExceeded: as for `parse_authenticator_data`.
    """
    parsed: AttestationObject = _new(AttestationObject)
    _set_object(parsed, _native.parse_attestation_object(data, strictness, repair_cose_map_count))
    return parsed


# The shortest way to an object that nobody may change: parsing takes less time than a method call would.
_new = object.__new__
_set_data = AuthenticatorData.__dict__["_handle"].__set__
_set_object = AttestationObject.__dict__["_handle"].__set__


__all__ = [
    "AttestationObject",
    "AuthenticatorData",
    "Extensions",
    "Flags",
    "parse_attestation_object",
    "parse_authenticator_data",
]
