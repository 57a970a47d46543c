"""The exceptions of countermark: one tree, a stable dotted code on every one.

Whatever is handed to this package, the outcome is a value or one of these. ``code`` never changes its
meaning between versions and is the thing to test for; the text is for people. Messages are at most 200
characters, hold no secret and no control character.
"""

from __future__ import annotations

from typing import Final


class Error(Exception):
    """Base class of every exception this package raises.

    Attributes:
        message: what went wrong, in one sentence.
        code: a stable dotted name such as ``"pem.label"``; all of them are keys of `CODES`.
    """

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message)
        self.message: str = message
        self.code: str = code

    def __reduce__(self) -> tuple[object, ...]:
        # Exception pickles positional arguments only; the keyword attributes travel as state.
        return (_rebuild, (type(self), self.message, dict(self.__dict__)))


def _rebuild(cls: type[Error], message: str, state: dict[str, object]) -> Error:
    error = cls.__new__(cls, message)
    Exception.__init__(error, message)
    error.__dict__.update(state)
    return error


class MalformedInput(Error, ValueError):
    """Bytes or text that do not decode as the format they are due to be.

    Attributes:
        format: the format that was being read, the first part of the code (``"json"``, ``"der"`` …).
        offset: where reading stopped, in bytes (characters for text) from the start of that input, or None.
        field: the member that was being read, or None.
    """

    def __init__(
        self, message: str, *, code: str, offset: int | None = None, field: str | None = None
    ) -> None:
        super().__init__(message, code=code)
        self.format: str = code.partition(".")[0]
        self.offset: int | None = offset
        self.field: str | None = field


class InvalidKey(Error, ValueError):
    """A key that decodes but cannot be used, does not fit, or needs another password."""


class UnsupportedAlgorithm(Error, ValueError):
    """Something valid that this package does not offer, or an algorithm the key cannot serve."""


class InvalidSignature(Error):
    """The signature does not verify. Every reason gives this one outcome, without detail."""


class ClaimMismatch(Error):
    """Well-formed data that says something else than was expected of it.

    Attributes:
        field: the member that differs.
        expected: what the caller expected, as text, or None.
        actual: what the data holds, as text (shortened), or None.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str,
        field: str | None = None,
        expected: str | None = None,
        actual: str | None = None,
    ) -> None:
        super().__init__(message, code=code)
        self.field: str | None = field
        self.expected: str | None = expected
        self.actual: str | None = actual


class UntrustedAttestation(Error):
    """An attestation that leads to no trust anchor of the caller."""


class LimitExceeded(Error, ValueError):
    """Input over one of the stated bounds, refused before any work was spent on it.

    Attributes:
        field: the member or parameter that is over its bound, or None.
    """

    def __init__(self, message: str, *, code: str, field: str | None = None) -> None:
        super().__init__(message, code=code)
        self.field: str | None = field


class KeyClosed(Error):
    """The private key was closed and its secret wiped."""


class InternalError(Error):
    """A fault inside this package; please report it."""


class ArgumentTypeError(Error, TypeError):
    """An argument of a Python type that this parameter does not take.

    Attributes:
        field: the parameter, or None where several are meant or none.
    """

    def __init__(self, message: str, *, code: str, field: str | None = None) -> None:
        super().__init__(message, code=code)
        self.field: str | None = field


class ArgumentValueError(Error, ValueError):
    """An argument of the right type with a value outside what the parameter documents.

    Attributes:
        field: the parameter, or None where several are meant or none.
    """

    def __init__(self, message: str, *, code: str, field: str | None = None) -> None:
        super().__init__(message, code=code)
        self.field: str | None = field


def _codes(cls: type[Error], prefix: str, *names: str) -> dict[str, type[Error]]:
    return {f"{prefix}.{name}": cls for name in names}


CODES: Final[dict[str, type[Error]]] = {
    **_codes(MalformedInput, "base64url", "alphabet", "padding", "length", "trailing_bits"),
    **_codes(MalformedInput, "hex", "alphabet", "length"),
    **_codes(
        MalformedInput,
        "json",
        *("utf8", "bom", "syntax", "surrogate", "trailing", "shape", "duplicate"),
    ),
    **_codes(MalformedInput, "der", "truncated", "tag", "length", "trailing", "value"),
    **_codes(MalformedInput, "pem", "missing", "label", "multiple", "junk", "base64"),
    **_codes(MalformedInput, "client_data", "missing", "type"),
    **_codes(MalformedInput, "attestation", "missing", "type", "unknown", "value"),
    **_codes(MalformedInput, "assertion", "missing", "type", "unknown", "value"),
    **_codes(MalformedInput, "credential", "missing", "type", "unknown", "value"),
    **_codes(MalformedInput, "challenge", "missing", "type"),
    **_codes(MalformedInput, "jwk", "missing", "type", "value"),
    **_codes(
        InvalidKey,
        "key",
        *("not_private", "not_public", "mismatch", "length", "scalar", "point", "small_order"),
        *("explicit_parameters", "rsa_private", "rsa_exponent", "rsa_modulus", "too_small"),
        *("password_required", "password_wrong", "not_encrypted"),
    ),
    **_codes(
        UnsupportedAlgorithm,
        "algorithm",
        *("unknown", "key_type", "curve", "encryption", "legacy_encryption", "format"),
        *("multi_prime", "mismatch"),
    ),
    **_codes(InvalidSignature, "signature", "invalid"),
    **_codes(
        ClaimMismatch,
        "client_data",
        *("type_mismatch", "challenge_mismatch", "origin_mismatch", "cross_origin_mismatch"),
        "profile_mismatch",
    ),
    **_codes(ClaimMismatch, "attestation", "public_key_mismatch"),
    **_codes(ClaimMismatch, "credential", "kind_mismatch", "id_mismatch"),
    **_codes(ClaimMismatch, "assertion", "kind_mismatch", "id_mismatch"),
    **_codes(ClaimMismatch, "challenge", "credential_not_allowed"),
    **_codes(LimitExceeded, "limit", "size", "depth", "count", "kdf_cost", "key_size"),
    **_codes(
        MalformedInput,
        "cbor",
        "truncated",
        "indefinite",
        "break",
        "tag",
        "float",
        "simple",
        "reserved",
        "non_canonical",
        "order",
        "duplicate",
        "utf8",
        "key_type",
        "trailing",
        "shape",
    ),
    **_codes(
        MalformedInput,
        "authenticator_data",
        "truncated",
        "trailing",
        "credential_id",
        "flags",
        "extensions",
        "missing_credential",
    ),
    **_codes(MalformedInput, "cose", "missing", "type", "unknown"),
    **_codes(MalformedInput, "attestation_object", "missing", "type", "unknown"),
    **_codes(MalformedInput, "statement", "missing", "type", "unknown", "value"),
    **_codes(
        MalformedInput,
        "certificate",
        "version",
        "algorithm_mismatch",
        "duplicate_extension",
        "serial",
        "time",
        "extension",
    ),
    **_codes(MalformedInput, "tpm", "truncated", "trailing", "value"),
    **_codes(MalformedInput, "jws", "shape", "header"),
    **_codes(MalformedInput, "response", "missing", "type", "unknown", "value"),
    **_codes(MalformedInput, "metadata", "missing", "type", "value"),
    **_codes(InvalidKey, "key", "algorithm_missing", "compressed", "operations", "encoding"),
    **_codes(UnsupportedAlgorithm, "algorithm", "legacy_hash", "attestation_format", "ecdaa"),
    **_codes(ClaimMismatch, "client_data", "top_origin_mismatch", "serialization_mismatch"),
    **_codes(
        ClaimMismatch,
        "authenticator_data",
        "rp_id_mismatch",
        "user_presence",
        "user_verification",
        "backup_state",
        "backup_eligibility_mismatch",
        "sign_count",
    ),
    **_codes(
        ClaimMismatch,
        "response",
        "credential_id_mismatch",
        "user_handle_mismatch",
        "algorithm_not_allowed",
        "format_not_allowed",
    ),
    **_codes(
        ClaimMismatch,
        "statement",
        "algorithm_mismatch",
        "aaguid_mismatch",
        "aaguid_critical",
        "key_mismatch",
        "version_mismatch",
        "magic_mismatch",
        "type_mismatch",
        "extra_data_mismatch",
        "name_mismatch",
        "challenge_mismatch",
        "all_applications",
        "authorization",
        "key_description",
        "nonce_mismatch",
        "cts_profile",
        "timestamp",
    ),
    **_codes(ClaimMismatch, "jws", "algorithm_mismatch"),
    **_codes(ClaimMismatch, "metadata", "rollback", "expired"),
    **_codes(
        UntrustedAttestation,
        "leaf",
        "version",
        "subject",
        "is_ca",
        "basic_constraints",
        "alternative_name",
        "vendor",
        "extended_key_usage",
        "hostname",
    ),
    **_codes(
        UntrustedAttestation,
        "trust",
        "no_path",
        "no_attestation",
        "name",
        "validity",
        "not_ca",
        "path_length",
        "key_usage",
        "weak_hash",
        "weak_key",
        "signature",
        "critical_extension",
        "name_constraints",
        "budget",
        "depth",
    ),
    **_codes(KeyClosed, "key", "closed"),
    **_codes(InternalError, "internal", "error"),
    **_codes(ArgumentTypeError, "argument", "type"),
    **_codes(ArgumentValueError, "argument", "value"),
}
"""Every code this package can raise, with the class that carries it."""

__all__ = [
    "CODES",
    "ArgumentTypeError",
    "ArgumentValueError",
    "ClaimMismatch",
    "Error",
    "InternalError",
    "InvalidKey",
    "InvalidSignature",
    "KeyClosed",
    "LimitExceeded",
    "MalformedInput",
    "UnsupportedAlgorithm",
    "UntrustedAttestation",
]
