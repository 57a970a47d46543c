"""What a ceremony is made of before it is signed, open to change at every step."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from countermark.errors import ArgumentTypeError, ArgumentValueError
from countermark.webauthn.testing.cbor_writer import encode
from countermark.webauthn.testing.keys import SigningKey
from countermark.webauthn.testing.seeding import Seed

Alteration = Callable[[Any], Any]
"""Takes a draft; changes it in place and returns None, or returns what stands in its place."""

STAGES: Final[Mapping[str, str]] = {
    "credential_key": "`KeyChoice`: which key the new credential has",
    "client_data": "dict: the members of the client data",
    "client_data_json": "bytes: the client data as they are sent and hashed",
    "cose_key": "dict: the members of the credential's COSE key; may become a cbor_writer.Pairs or bytes",
    "authenticator_data": "`AuthenticatorDataDraft`",
    "authenticator_data_bytes": "bytes: the authenticator data as they are sent and signed",
    "intermediate": "`CertificateDraft`: each intermediate, from the root downwards",
    "leaf": "`CertificateDraft`: the attestation certificate",
    "chain": "list of DER certificates, the leaf first",
    "pub_area": "`PubAreaDraft` (tpm)",
    "pub_area_bytes": "bytes: TPMT_PUBLIC as it is sent and named (tpm)",
    "cert_info": "`CertInfoDraft` (tpm)",
    "cert_info_bytes": "bytes: TPMS_ATTEST as it is sent and signed (tpm)",
    "key_description": "`KeyDescriptionDraft` (android-key)",
    "nonce": "bytes: the value of the nonce extension (apple)",
    "jws_header": "dict: the header of the JWS (android-safetynet)",
    "jws_payload": "dict: the payload of the JWS (android-safetynet)",
    "jws": "bytes: the JWS as it is sent (android-safetynet)",
    "signing": "`SigningDraft`: what is signed, by which key",
    "signature": "bytes: the signature",
    "statement": "dict: the members of the attestation statement",
    "statements": "list: the statements of a compound one",
    "attestation_object": "dict: the members of the attestation object",
    "attestation_object_bytes": "bytes: the attestation object as it is sent",
    "response": "dict: the whole answer, as the browser would hand it over",
}
"""The names of the steps that can be altered, and what is handed to the alteration.

Within a compound statement the steps of a sub-statement have its index before their name: ``1.signature``.
"""


class Alterations:
    """The alterations of one ceremony, by stage.

    Raises:
        ArgumentValueError: a stage that is none of `STAGES`.
        ArgumentTypeError: an alteration that cannot be called.
    """

    def __init__(self, *sources: Mapping[str, Alteration]) -> None:
        self._by_stage: dict[str, list[Alteration]] = {}
        for source in sources:
            for stage, change in source.items():
                index, _, inner = stage.rpartition(".")
                if inner not in STAGES or (index and not index.isdigit()):
                    raise ArgumentValueError(
                        "no such stage: see testing.STAGES", code="argument.value"
                    )
                if not callable(change):
                    raise ArgumentTypeError("an alteration is a callable", code="argument.type")
                self._by_stage.setdefault(stage, []).append(change)

    def apply(self, stage: str, draft: Any) -> Any:
        """What a draft becomes."""
        for change in self._by_stage.get(stage, ()):
            altered = change(draft)
            draft = draft if altered is None else altered
        return draft

    def within(self, index: int) -> Alterations:
        """The alterations of one statement of a compound one."""
        inner = Alterations()
        inner._by_stage = {
            stage.partition(".")[2]: changes
            for stage, changes in self._by_stage.items()
            if stage.partition(".")[0] == str(index)
        }
        return inner


@dataclass(slots=True)
class KeyChoice:
    """Which key a credential gets.

    Attributes:
        algorithm: the COSE number it is registered under, and made for.
        label: its name within the seed; another label is another key.
        bits: the size of an RSA modulus.
        seed: another seed than the authenticator's, or None.
    """

    algorithm: int
    label: str
    bits: int = 2048
    seed: Seed | None = None


UP, UV, BE, BS, AT, ED = 0x01, 0x04, 0x08, 0x10, 0x40, 0x80
"""The flags of authenticator data (6.1)."""


@dataclass(slots=True)
class AuthenticatorDataDraft:
    """Authenticator data (6.1) field by field.

    Attributes:
        rp_id_hash: 32 bytes.
        flags: the flag byte; AT and ED are not deduced from what follows.
        sign_count: the counter.
        aaguid, credential_id, credential_public_key: the attested data; left out where the id is None.
        credential_id_length: the length that is announced; None for the right one.
        extensions: a map, or any other value that CBOR can hold; left out where None.
        trailing: bytes at the end.
    """

    rp_id_hash: bytes
    flags: int
    sign_count: int
    aaguid: bytes = bytes(16)
    credential_id: bytes | None = None
    credential_public_key: bytes = b""
    credential_id_length: int | None = None
    extensions: object = None
    trailing: bytes = b""

    def encode(self) -> bytes:
        """The bytes."""
        out = self.rp_id_hash + bytes([self.flags]) + self.sign_count.to_bytes(4, "big")
        if self.credential_id is not None:
            announced = self.credential_id_length
            length = len(self.credential_id) if announced is None else announced
            out += self.aaguid + length.to_bytes(2, "big")
            out += self.credential_id + self.credential_public_key
        if self.extensions is not None:
            out += encode(self.extensions)
        return out + self.trailing

    def set(self, flag: int) -> None:
        """Sets a flag."""
        self.flags |= flag

    def clear(self, flag: int) -> None:
        """Clears a flag."""
        self.flags &= ~flag


@dataclass(slots=True)
class SigningDraft:
    """A signature about to be made.

    Attributes:
        message: what is signed.
        key: which key signs.
        algorithm: the COSE number it signs under.
        authenticator_data, client_data_hash: the parts, for putting another message together.
        credential_key: the key of the credential.
        other_key: a key that has no part in the ceremony, of the algorithm of `key`.
    """

    message: bytes
    key: SigningKey
    algorithm: int
    authenticator_data: bytes
    client_data_hash: bytes
    credential_key: SigningKey
    other_key: Callable[[], SigningKey] = field(repr=False)

    def use_other_key(self) -> None:
        """Signs with a key that has no part in the ceremony."""
        self.key = self.other_key()


def b64u(data: bytes) -> str:
    """Base64url without padding (RFC 4648 section 5)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def take_bytes(name: str, value: object) -> bytes:
    """An argument that is bytes.

    Raises:
        ArgumentTypeError: it is not.
    """
    if not isinstance(value, (bytes, bytearray, memoryview)):
        raise ArgumentTypeError(f"{name} must be bytes", code="argument.type")
    return bytes(value)


def take_text(name: str, value: object) -> str:
    """An argument that is text.

    Raises:
        ArgumentTypeError: it is not.
    """
    if not isinstance(value, str):
        raise ArgumentTypeError(f"{name} must be str", code="argument.type")
    return value


def choose(name: str, value: str, among: Sequence[str]) -> str:
    """An argument that is one of a few names.

    Raises:
        ArgumentTypeError: it is no text.
        ArgumentValueError: it is none of them.
    """
    if take_text(name, value) not in among:
        raise ArgumentValueError(f"{name} must be one of {', '.join(among)}", code="argument.value")
    return value
