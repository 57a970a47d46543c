"""The C library behind the public names of the Python package, so that both can be asked the same.

Nothing is decided here: arguments become C arguments or JSON, results become objects with the attributes that
operations of `countermark.vectors` read. Names that the C library does not offer are missing.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from types import SimpleNamespace
from typing import Any, Final, Self

from tests.c_abi.library import check, exception, ffi, given, handle, lib, result, text

BYTES: Final = frozenset(
    {"raw", "signature", "user_handle", "public_key", "rp_id_hash", "large_blob_key", "anchor"}
    | {"authenticator_data"}
)
"""Members of results that are bytes in base64url."""


def decode(value: str) -> bytes:
    return base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))


def encode(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode("ascii")


def options(members: Mapping[str, Any]) -> str:
    """Arguments as JSON; bytes are base64url."""
    plain = {
        name: encode(value) if isinstance(value, bytes) else value
        for name, value in members.items()
        if value is not None
    }
    return json.dumps(plain, ensure_ascii=False)


def message(value: Mapping[str, Any] | str | bytes) -> str | bytes:
    """What is judged, as JSON text."""
    return value if isinstance(value, str | bytes) else json.dumps(value, ensure_ascii=False)


def objects(value: Any) -> Any:
    """JSON as objects with attributes, bytes decoded."""
    if isinstance(value, dict):
        return SimpleNamespace(
            **{
                name: decode(item) if name in BYTES and isinstance(item, str) else objects(item)
                for name, item in value.items()
            }
        )
    return [objects(item) for item in value] if isinstance(value, list) else value


def asked(function: Any, *arguments: Any) -> Any:
    """The JSON result of a function whose last arguments are the room for it."""
    return json.loads(result(lambda out, length: function(*arguments, out, length)))


class _Handle:
    """A handle that is closed with the object."""

    close_name: str
    handle = 0

    def __init__(self, number: int) -> None:
        self.handle = number

    def __del__(self) -> None:
        if self.handle:
            getattr(lib, self.close_name)(self.handle)


class PrivateKey(_Handle):
    close_name = "cm_private_key_close"

    @classmethod
    def generate(cls, algorithm: str, *, bits: int = 2048) -> Self:
        name = text(algorithm)
        return cls(handle(lambda out: lib.cm_private_key_generate(*name, bits, out)))

    @classmethod
    def from_pem(cls, data: str | bytes, *, password: str | bytes | None = None) -> Self:
        arguments = (*text(data), *text(password))
        return cls(handle(lambda out: lib.cm_private_key_from_pem(*arguments, out)))

    @classmethod
    def from_der(cls, data: bytes, *, password: str | bytes | None = None) -> Self:
        arguments = (*given(data), *text(password))
        return cls(handle(lambda out: lib.cm_private_key_from_der(*arguments, out)))

    @classmethod
    def from_jwk(cls, jwk: Mapping[str, Any] | str | bytes) -> Self:
        arguments = text(message(jwk))
        return cls(handle(lambda out: lib.cm_private_key_from_jwk(*arguments, out)))

    @property
    def public_key(self) -> PublicKey:
        return PublicKey(handle(lambda out: lib.cm_private_key_public(self.handle, out)))

    @property
    def algorithm(self) -> str:
        return self.public_key.algorithm

    def sign(self, message: bytes, *, hash: str | None = None, padding: str | None = None) -> bytes:
        arguments = (*given(message), *text(hash), *text(padding))
        return result(lambda *out: lib.cm_private_key_sign(self.handle, *arguments, *out))

    def export_private_key(
        self, encoding: str, *, format: str | None = None, password: str | bytes | None = None
    ) -> bytes:
        arguments = (*text(encoding), *text(format), *text(password))
        return result(lambda *out: lib.cm_private_key_export(self.handle, *arguments, *out))


class PublicKey(_Handle):
    close_name = "cm_public_key_close"

    @classmethod
    def from_pem(cls, data: str | bytes) -> Self:
        arguments = text(data)
        return cls(handle(lambda out: lib.cm_public_key_from_pem(*arguments, out)))

    @classmethod
    def from_der(cls, data: bytes) -> Self:
        arguments = given(data)
        return cls(handle(lambda out: lib.cm_public_key_from_der(*arguments, out)))

    @classmethod
    def from_jwk(cls, jwk: Mapping[str, Any] | str | bytes) -> Self:
        arguments = text(message(jwk))
        return cls(handle(lambda out: lib.cm_public_key_from_jwk(*arguments, out)))

    def _described(self) -> Any:
        return asked(lib.cm_public_key_describe, self.handle)

    @property
    def algorithm(self) -> str:
        return str(self._described()["algorithm"])

    @property
    def curve(self) -> str | None:
        curve: str | None = self._described()["curve"]
        return curve

    @property
    def bits(self) -> int:
        return int(self._described()["bits"])

    def fingerprint(self) -> bytes:
        return decode(self._described()["fingerprint"])

    def thumbprint(self) -> bytes:
        return decode(self._described()["thumbprint"])

    def _export(self, encoding: str, format: str | None) -> bytes:
        arguments = (*text(encoding), *text(format))
        return result(lambda *out: lib.cm_public_key_export(self.handle, *arguments, *out))

    def to_pem(self, *, format: str | None = None) -> str:
        return self._export("pem", format).decode("ascii")

    def to_der(self, *, format: str | None = None) -> bytes:
        return self._export("der", format)

    def to_jwk(self) -> Any:
        return json.loads(self._export("jwk", None))

    def verify(
        self,
        message: bytes,
        signature: bytes,
        *,
        hash: str | None = None,
        padding: str | None = None,
        low_s: bool = False,
    ) -> None:
        arguments = (*given(message), *given(signature), *text(hash), *text(padding))
        check(lib.cm_public_key_verify(self.handle, *arguments, low_s))


class KeySigner(_Handle):
    close_name = "cm_signer_close"

    def __init__(
        self,
        credential_id: str,
        private_key: PrivateKey | str,
        app_origin: str | None = None,
        **choices: Any,
    ) -> None:
        self.key = (
            private_key if isinstance(private_key, PrivateKey) else PrivateKey.from_pem(private_key)
        )
        members = {"credential_id": credential_id, "app_origin": app_origin, **choices}
        arguments = text(options(members))
        super().__init__(handle(lambda out: lib.cm_signer_new(self.key.handle, *arguments, out)))

    def sign(self, challenge: Mapping[str, Any] | str) -> Any:
        return asked(lib.cm_signer_sign, self.handle, *text(message(challenge)))

    def sign_many(
        self, challenges: Iterable[Mapping[str, Any] | str | bytes], threads: int = 0
    ) -> list[Any]:
        """An assertion or a status for each."""
        texts = [message(challenge) for challenge in challenges]
        raw = [one.encode("utf-8") if isinstance(one, str) else one for one in texts]
        offsets = [0]
        for one in raw:
            offsets.append(offsets[-1] + len(one))
        count = len(raw)
        ends, statuses = ffi.new("size_t[]", count + 1), ffi.new("cm_status[]", max(count, 1))
        arguments = (*text(b"".join(raw)), ffi.new("size_t[]", offsets), count, threads)
        out = result(
            lambda room, length: lib.cm_signer_sign_many(
                self.handle, *arguments, room, length, ends, statuses
            )
        )
        return [
            json.loads(out[ends[place] : ends[place + 1]])
            if statuses[place] == lib.CM_OK
            else statuses[place]
            for place in range(count)
        ]


class TrustAnchors(_Handle):
    close_name = "cm_trust_anchors_close"

    def __init__(self, certificates: Iterable[bytes]) -> None:
        blocks = [
            "-----BEGIN CERTIFICATE-----\n"
            + "\n".join(
                body[at : at + 64]
                for body in [base64.b64encode(one).decode("ascii")]
                for at in range(0, len(body), 64)
            )
            + "\n-----END CERTIFICATE-----\n"
            for one in certificates
        ]
        arguments = text("".join(blocks))
        super().__init__(handle(lambda out: lib.cm_trust_anchors_new(*arguments, out)))


def ecdsa_raw_to_der(signature: bytes, curve: str) -> bytes:
    arguments = (*given(signature), *text(curve))
    return result(lambda *out: lib.cm_ecdsa_raw_to_der(*arguments, *out))


def ecdsa_der_to_raw(signature: bytes, curve: str) -> bytes:
    arguments = (*given(signature), *text(curve))
    return result(lambda *out: lib.cm_ecdsa_der_to_raw(*arguments, *out))


def encode_client_data(challenge: str, purpose: str = "key.get", **choices: Any) -> bytes:
    arguments = text(options({"challenge": challenge, "type": purpose, **choices}))
    return result(lambda *out: lib.cm_client_data_encode(*arguments, *out))


def decode_client_data(data: bytes) -> Any:
    return objects(asked(lib.cm_client_data_decode, *given(data)))


def match_profiles(data: bytes) -> Any:
    return asked(lib.cm_client_data_profiles, *given(data))


def fingerprint(client_data: bytes, public_key_pem: str) -> bytes:
    arguments = (*given(client_data), *text(public_key_pem))
    return result(lambda *out: lib.cm_fingerprint(*arguments, *out))


def create_credential(key: PrivateKey, challenge: str, **choices: Any) -> Any:
    arguments = text(options({"challenge": challenge, **choices}))
    return asked(lib.cm_credential_create, key.handle, *arguments)


def verify_assertion(assertion: Any, *, public_key: PublicKey, **expected: Any) -> Any:
    arguments = (*text(message(assertion)), public_key.handle, *text(options(expected)))
    return objects(asked(lib.cm_assertion_verify, *arguments))


def explain_assertion(assertion: Any, *, public_key: PublicKey, **expected: Any) -> Any:
    arguments = (*text(message(assertion)), public_key.handle, *text(options(expected)))
    return _report(asked(lib.cm_assertion_explain, *arguments))


def verify_attestation(
    credential: Any, *, public_key: PublicKey | None = None, **expected: Any
) -> Any:
    key = 0 if public_key is None else public_key.handle
    arguments = (*text(message(credential)), key, *text(options(expected)))
    found = objects(asked(lib.cm_attestation_verify, *arguments))
    found.public_key = PublicKey.from_pem(found.public_key_pem)
    found.fingerprint = found.fingerprint.encode("utf-8")
    return found


def explain_attestation(
    credential: Any, *, public_key: PublicKey | None = None, **expected: Any
) -> Any:
    key = 0 if public_key is None else public_key.handle
    arguments = (*text(message(credential)), key, *text(options(expected)))
    return _report(asked(lib.cm_attestation_explain, *arguments))


def verify_audit_record(
    record: Any, *, public_key: PublicKey | None = None, **expected: Any
) -> Any:
    key = 0 if public_key is None else public_key.handle
    arguments = (*text(message(record)), key, *text(options(expected)))
    found = objects(asked(lib.cm_audit_verify, *arguments))
    found.public_key = PublicKey.from_pem(found.public_key_pem)
    return found


def _policy(expected: dict[str, Any]) -> tuple[Any, int]:
    if isinstance(expected.get("challenge"), bytes):
        expected["challenge_b64u"] = encode(expected.pop("challenge"))
    return text(options(expected))


def _verified(found: Any) -> Any:
    data = found.authenticator_data
    found.flags, found.sign_count = data.flags, data.sign_count
    found.aaguid, found.extensions = data.aaguid, data.extensions
    for name in ("hmac_secret", "cred_blob"):
        if isinstance(value := getattr(data.extensions, name), str):
            setattr(data.extensions, name, decode(value))
    data.extensions.unknown = {
        name: decode(value) for name, value in vars(data.extensions.unknown).items()
    }
    found.credential_id = decode(found.credential_id)
    return found


def _statement(found: Any) -> Any:
    """An attestation, its errors turned into those of the package."""
    if not hasattr(found, "format"):
        return exception(vars(found.error))
    if found.trust_error is not None:
        found.trust_error = exception(vars(found.trust_error))
    found.statements = [_statement(one) for one in found.statements]
    return found


def verify_registration(
    response: Any, *, trust: TrustAnchors | None = None, **expected: Any
) -> Any:
    anchors = 0 if trust is None else trust.handle
    arguments = (*text(message(response)), *_policy(expected), anchors)
    found = _verified(objects(asked(lib.cm_registration_verify, *arguments)))
    key = found.public_key
    found.public_key = SimpleNamespace(to_bytes=lambda: key)
    found.attestation = _statement(found.attestation)
    return found


def explain_registration(
    response: Any, *, trust: TrustAnchors | None = None, **expected: Any
) -> Any:
    anchors = 0 if trust is None else trust.handle
    arguments = (*text(message(response)), *_policy(expected), anchors)
    return _report(asked(lib.cm_registration_explain, *arguments))


def verify_authentication(response: Any, *, public_key: bytes, **expected: Any) -> Any:
    arguments = (*text(message(response)), *given(public_key), *_policy(expected))
    return _verified(objects(asked(lib.cm_authentication_verify, *arguments)))


def explain_authentication(response: Any, *, public_key: bytes, **expected: Any) -> Any:
    arguments = (*text(message(response)), *given(public_key), *_policy(expected))
    return _report(asked(lib.cm_authentication_explain, *arguments))


def _report(found: Any) -> Any:
    for step in found["checks"]:
        step["error"] = None if step["error"] is None else exception(step["error"])
    return SimpleNamespace(
        valid=found["valid"], checks=[SimpleNamespace(**step) for step in found["checks"]]
    )
