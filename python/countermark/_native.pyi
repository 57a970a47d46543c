"""Types of the native module. What its functions do is documented where the package offers them."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias, final

from countermark.dfns.types import CredentialAssertion
from countermark.errors import Error

_Data: TypeAlias = bytes | bytearray | memoryview
_Text: TypeAlias = str | bytes | bytearray | memoryview
_ClientDataParts: TypeAlias = tuple[str, str, str | None, bool | None, bytes]
_Common: TypeAlias = tuple[
    str,
    str | None,
    str | None,
    str | None,
    str | None,
    bool | None,
    str | None,
    bool,
    bool,
]
_CheckParts: TypeAlias = tuple[str, str, bool | None, Error | None]
_AssertionParts: TypeAlias = tuple[str, str, _ClientDataParts, str | None, str | None, bytes]
_AttestationParts: TypeAlias = tuple[
    str, str, _ClientDataParts, PublicKey, str, str | None, str | None, bytes, bytes
]

_Notes: TypeAlias = list[tuple[str, str]]
_AuditParts: TypeAlias = tuple[
    str, str, PublicKey, _ClientDataParts, bytes | None, str | None, bytes, _Notes
]
_ExtensionParts: TypeAlias = tuple[
    int | None,
    bool | bytes | None,
    int | None,
    list[tuple[int, int, int]] | None,
    bool | bytes | None,
    bytes | None,
    bool | None,
    dict[str, bytes],
]
_PathParts: TypeAlias = tuple[list[bytes], bytes | None, str, int, _Notes]

__all__ = [
    "AttestationObject",
    "AuthenticatorData",
    "Certificate",
    "CosePublicKey",
    "FlatBytes",
    "KeySigner",
    "Metadata",
    "MetadataEntry",
    "PreparedCredential",
    "PrivateKey",
    "PublicKey",
    "TrustAnchors",
    "__version__",
    "algorithms",
    "base64url_decode",
    "base64url_encode",
    "cbor_decode",
    "cbor_diagnostic",
    "cbor_encode",
    "client_data_decode",
    "client_data_encode",
    "client_data_encode_b64u",
    "client_data_profiles",
    "create_credential_finish",
    "create_credential_prepare",
    "credential_id_from_key",
    "digest",
    "ecdsa_der_to_raw",
    "ecdsa_raw_to_der",
    "encode_attestation_data",
    "error_codes",
    "fingerprint",
    "hex_decode",
    "hmac_verify",
    "judge_assertion",
    "judge_attestation",
    "judge_audit_record",
    "judge_authentication",
    "judge_registration",
    "match_profiles",
    "parse_attestation_object",
    "parse_authenticator_data",
    "parse_certificate",
    "pbes2_decrypt",
    "pbkdf2",
    "pem_decode",
    "random_credential_id",
    "sign_challenges",
    "sign_many",
    "sign_many_flat",
    "validate_path",
    "verify_assertion_signature",
    "verify_assertions",
    "verify_attestation_statement",
    "verify_audit_records",
    "verify_authentications",
    "verify_many",
    "verify_registrations",
]

__version__: str

@final
class PrivateKey:
    @staticmethod
    def generate(algorithm: str, bits: int, /) -> PrivateKey: ...
    @staticmethod
    def from_pem(data: _Text, password: _Text | None, /) -> PrivateKey: ...
    @staticmethod
    def from_der(data: _Data, password: _Text | None, /) -> PrivateKey: ...
    @staticmethod
    def from_jwk(jwk: Mapping[str, Any] | _Text, /) -> PrivateKey: ...
    @property
    def algorithm(self) -> str: ...
    @property
    def public_key(self) -> PublicKey: ...
    @property
    def closed(self) -> bool: ...
    def close(self) -> None: ...
    def sign(self, message: _Data, hash: str | None, padding: str | None, /) -> bytes: ...
    def sign_digest(self, digest: _Data, hash: str, padding: str | None, /) -> bytes: ...
    def export_private_key(
        self, encoding: str, format: str, password: _Text | None, /
    ) -> bytes: ...

@final
class PublicKey:
    @staticmethod
    def from_pem(data: _Text, /) -> PublicKey: ...
    @staticmethod
    def from_der(data: _Data, /) -> PublicKey: ...
    @staticmethod
    def from_jwk(jwk: Mapping[str, Any] | _Text, /) -> PublicKey: ...
    @property
    def algorithm(self) -> str: ...
    @property
    def curve(self) -> str | None: ...
    @property
    def bits(self) -> int: ...
    def to_pem(self, format: str, /) -> str: ...
    def to_der(self, format: str, /) -> bytes: ...
    def to_jwk(self) -> dict[str, str]: ...
    def thumbprint(self) -> bytes: ...
    def fingerprint(self) -> bytes: ...
    def verify(
        self,
        message: _Data,
        signature: _Data,
        hash: str | None,
        padding: str | None,
        low_s: bool,
        /,
    ) -> None: ...
    def verify_digest(
        self, digest: _Data, signature: _Data, hash: str, padding: str | None, low_s: bool, /
    ) -> None: ...

@final
class CosePublicKey:
    @staticmethod
    def from_bytes(data: _Data, allow_sha1: bool, strictness: str, /) -> CosePublicKey: ...
    @staticmethod
    def from_public_key(key: PublicKey, algorithm: int | None, /) -> CosePublicKey: ...
    @property
    def algorithm(self) -> int: ...
    @property
    def public_key(self) -> PublicKey: ...
    @property
    def tolerated(self) -> _Notes: ...
    def to_bytes(self) -> bytes: ...
    def verify(self, message: _Data, signature: _Data, /) -> None: ...
    def equals(self, other: CosePublicKey) -> bool: ...

@final
class AuthenticatorData:
    @property
    def raw(self) -> bytes: ...
    @property
    def rp_id_hash(self) -> bytes: ...
    @property
    def flags(self) -> int: ...
    @property
    def sign_count(self) -> int: ...
    @property
    def aaguid(self) -> str | None: ...
    @property
    def credential_id(self) -> bytes | None: ...
    @property
    def credential_public_key(self) -> bytes | None: ...
    @property
    def extensions(self) -> _ExtensionParts: ...
    @property
    def tolerated(self) -> _Notes: ...

@final
class AttestationObject:
    @property
    def raw(self) -> bytes: ...
    @property
    def format(self) -> str: ...
    @property
    def statement(self) -> Any: ...
    @property
    def authenticator_data(self) -> AuthenticatorData: ...
    @property
    def tolerated(self) -> _Notes: ...

@final
class Certificate:
    @property
    def raw(self) -> bytes: ...
    @property
    def version(self) -> int: ...
    @property
    def serial(self) -> bytes: ...
    @property
    def issuer(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def issuer_der(self) -> bytes: ...
    @property
    def subject_der(self) -> bytes: ...
    @property
    def not_before(self) -> int: ...
    @property
    def not_after(self) -> int: ...
    @property
    def public_key(self) -> PublicKey | None: ...
    @property
    def public_key_der(self) -> bytes: ...
    @property
    def signature_algorithm(self) -> str: ...
    @property
    def is_ca(self) -> bool | None: ...
    @property
    def extensions(self) -> list[tuple[str, bool, bytes]]: ...
    @property
    def tolerated(self) -> _Notes: ...

@final
class TrustAnchors:
    @staticmethod
    def read(certificates: list[_Text], /) -> TrustAnchors: ...
    @staticmethod
    def from_key(subject: _Data, key: PublicKey, /) -> TrustAnchors: ...
    def joined(self, other: TrustAnchors) -> TrustAnchors: ...
    @property
    def certificates(self) -> list[bytes]: ...
    def __len__(self) -> int: ...

@final
class MetadataEntry:
    @property
    def aaguid(self) -> str | None: ...
    @property
    def aaid(self) -> str | None: ...
    @property
    def key_identifiers(self) -> list[str]: ...
    @property
    def description(self) -> str | None: ...
    @property
    def protocol_family(self) -> str | None: ...
    @property
    def status_reports(
        self,
    ) -> list[tuple[str, str | None, bytes | None, str | None, str | None]]: ...
    @property
    def time_of_last_status_change(self) -> str | None: ...
    @property
    def attestation_roots(self) -> list[bytes]: ...
    @property
    def anchors(self) -> TrustAnchors: ...
    @property
    def statement(self) -> str | None: ...

@final
class Metadata:
    @staticmethod
    def from_blob(
        blob: _Text,
        trust: TrustAnchors,
        at: int | None,
        previous_number: int | None,
        allow_expired: bool,
        allow_sha1: bool,
        /,
    ) -> Metadata: ...
    @staticmethod
    def parse_unverified(blob: _Text, /) -> Metadata: ...
    @property
    def number(self) -> int: ...
    @property
    def next_update(self) -> str: ...
    @property
    def legal_header(self) -> str | None: ...
    @property
    def entries(self) -> list[MetadataEntry]: ...
    def find(self, aaguid: str, /) -> MetadataEntry | None: ...
    def find_by_key_identifier(self, identifier: str, /) -> MetadataEntry | None: ...
    def __len__(self) -> int: ...

@final
class KeySigner:
    def __new__(
        cls,
        key: PrivateKey | PublicKey,
        credential_id: str,
        kind: str,
        report_kind: str | None,
        algorithm: str | None,
        padding: str | None,
        profile: str,
        origin: str | None,
        cross_origin: bool | None,
        /,
    ) -> KeySigner: ...
    @property
    def hash(self) -> str | None: ...
    def sign(self, challenge: Mapping[str, Any] | _Text, /) -> CredentialAssertion: ...
    def prepare(self, challenge: Mapping[str, Any] | _Text, /) -> bytes: ...
    def finish(self, client_data: _Data, signature: _Data, raw: bool, /) -> CredentialAssertion: ...

@final
class PreparedCredential:
    @property
    def payload(self) -> bytes: ...
    @property
    def hash(self) -> str | None: ...

def algorithms() -> list[str]: ...
def base64url_decode(text: _Text, padding: bool | None = None, /) -> bytes: ...
def base64url_encode(data: _Data, /) -> str: ...
def cbor_decode(data: _Data, strictness: str, /) -> Any: ...
def cbor_diagnostic(data: _Data, strictness: str, /) -> str: ...
def cbor_encode(value: object, /) -> bytes: ...
def client_data_decode(data: _Data, /) -> _ClientDataParts: ...
def client_data_encode(
    challenge: str, purpose: str, profile: str, origin: str | None, cross_origin: bool | None, /
) -> bytes: ...
def client_data_encode_b64u(
    challenge: str, purpose: str, profile: str, origin: str | None, cross_origin: bool | None, /
) -> str: ...
def client_data_profiles() -> list[tuple[str, bool]]: ...
def create_credential_finish(
    prepared: PreparedCredential, signer: PrivateKey | _Data, raw: bool, /
) -> tuple[str, str, str]: ...
def create_credential_prepare(
    public_key: PublicKey,
    challenge: str,
    kind: str,
    credential_id: str | None,
    algorithm: str | None,
    profile: str,
    origin: str | None,
    cross_origin: bool | None,
    public_key_pem: str | None,
    order: str,
    encrypted_private_key: str | None,
    /,
) -> PreparedCredential: ...
def credential_id_from_key(public_key: PublicKey, /) -> str: ...
def digest(hash: str, data: _Data, /) -> bytes: ...
def ecdsa_der_to_raw(signature: _Data, curve: str, /) -> bytes: ...
def ecdsa_raw_to_der(signature: _Data, curve: str, /) -> bytes: ...
def encode_attestation_data(
    public_key_pem: str, signature: _Data, algorithm: str | None, order: str, /
) -> bytes: ...
def error_codes() -> dict[str, str]: ...
def fingerprint(client_data: _Data, public_key_pem: str, /) -> bytes: ...
def hex_decode(text: _Text, /) -> bytes: ...
def hmac_verify(hash: str, key: _Data, message: _Data, tag: _Data, length: int, /) -> None: ...
def judge_assertion(
    assertion: Mapping[str, Any] | _Text,
    public_key: PublicKey,
    algorithm: str | None,
    common: _Common,
    explain: bool,
    /,
) -> tuple[list[_CheckParts] | None, _AssertionParts | None]: ...
def judge_attestation(
    credential: Mapping[str, Any] | _Text,
    public_key: PublicKey | None,
    common: _Common,
    explain: bool,
    /,
) -> tuple[list[_CheckParts] | None, _AttestationParts | None]: ...
def judge_audit_record(
    record: Mapping[str, Any] | _Text,
    public_key: PublicKey | None,
    expected: tuple[Any, ...],
    explain: bool,
    /,
) -> tuple[list[_CheckParts] | None, _AuditParts | None]: ...
def judge_authentication(
    response: Mapping[str, Any] | _Text,
    public_key: CosePublicKey,
    common: tuple[Any, ...],
    choices: tuple[Any, ...],
    explain: bool,
    /,
) -> tuple[list[_CheckParts] | None, tuple[Any, ...] | None]: ...
def judge_registration(
    response: Mapping[str, Any] | _Text,
    common: tuple[Any, ...],
    algorithms: Sequence[int] | None,
    attesting: tuple[Any, ...],
    explain: bool,
    /,
) -> tuple[list[_CheckParts] | None, tuple[Any, ...] | None]: ...
def match_profiles(data: _Data, /) -> list[str]: ...
def parse_attestation_object(
    data: _Data, strictness: str, repair: bool, /
) -> AttestationObject: ...
def parse_authenticator_data(
    data: _Data, strictness: str, repair: bool, /
) -> AuthenticatorData: ...
def parse_certificate(data: _Text, strictness: str, /) -> Certificate: ...
def pbes2_decrypt(data: _Data, password: _Data, /) -> bytes: ...
def pbkdf2(hash: str, password: _Data, salt: _Data, iterations: int, length: int, /) -> bytes: ...
def pem_decode(text: _Text, /) -> tuple[str, bytes]: ...
def random_credential_id() -> str: ...
def validate_path(
    certificates: list[_Data],
    trust: TrustAnchors,
    at: int | None,
    allow_sha1: bool,
    strictness: str,
    critical: Sequence[str],
    /,
) -> _PathParts: ...
def verify_assertion_signature(
    authenticator_data: _Data,
    signature: _Data,
    client_data_hash: _Data,
    public_key: CosePublicKey,
    allow_sha1: bool,
    strictness: str,
    /,
) -> AuthenticatorData: ...
def verify_attestation_statement(
    attestation_object: _Data,
    client_data_hash: _Data,
    attesting: tuple[Any, ...],
    allow_sha1: bool,
    strictness: str,
    /,
) -> tuple[CosePublicKey, AuthenticatorData, tuple[Any, ...], _Notes]: ...

@final
class FlatBytes:
    def __new__(
        cls, bytes: object, offsets: object, valid: _Data | None, in_place: bool, /
    ) -> FlatBytes: ...
    @property
    def in_place(self) -> bool: ...
    def __len__(self) -> int: ...
    def item(self, index: int, /) -> bytes | None: ...

_Fields: TypeAlias = list[tuple[str] | tuple[str, Any]]
_Conversions: TypeAlias = list[tuple[str, list[str], Any]]
_Column: TypeAlias = FlatBytes | list[Any]

def sign_challenges(
    signer: KeySigner, challenges: list[Any], threads: int | None, /
) -> list[CredentialAssertion | Error]: ...
def sign_many(
    key: PrivateKey,
    messages: _Column,
    hash: str | None,
    padding: str | None,
    threads: int | None,
    /,
) -> list[bytes | Error]: ...
def sign_many_flat(
    key: PrivateKey,
    messages: _Column,
    hash: str | None,
    padding: str | None,
    threads: int | None,
    /,
) -> tuple[bytes, bytes, list[tuple[int, Error]]]: ...
def verify_assertions(
    items: list[Any],
    fields: _Fields,
    conversions: _Conversions,
    shared: frozenset[str],
    results: bool,
    threads: int | None,
    /,
) -> list[Any]: ...
def verify_audit_records(
    items: list[Any],
    fields: _Fields,
    conversions: _Conversions,
    shared: frozenset[str],
    results: bool,
    threads: int | None,
    /,
) -> list[Any]: ...
def verify_authentications(
    items: list[Any],
    fields: _Fields,
    conversions: _Conversions,
    shared: frozenset[str],
    results: bool,
    threads: int | None,
    /,
) -> list[Any]: ...
def verify_many(
    keys: PublicKey | list[Any],
    messages: _Column,
    signatures: _Column,
    hash: str | None,
    padding: str | None,
    low_s: bool,
    threads: int | None,
    /,
) -> list[None | Error]: ...
def verify_registrations(
    items: list[Any],
    fields: _Fields,
    conversions: _Conversions,
    shared: frozenset[str],
    results: bool,
    threads: int | None,
    /,
) -> list[Any]: ...
