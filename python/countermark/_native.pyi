"""Types of the native module. What its functions do is documented where the package offers them."""

from collections.abc import Mapping
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

__all__ = [
    "KeySigner",
    "PreparedCredential",
    "PrivateKey",
    "PublicKey",
    "__version__",
    "algorithms",
    "base64url_decode",
    "base64url_encode",
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
    "judge_assertion",
    "judge_attestation",
    "match_profiles",
    "pem_decode",
    "random_credential_id",
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
    has_encrypted_private_key: bool,
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
def match_profiles(data: _Data, /) -> list[str]: ...
def pem_decode(text: _Text, /) -> tuple[str, bytes]: ...
def random_credential_id() -> str: ...
