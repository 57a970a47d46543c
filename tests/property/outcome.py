"""What a call comes to, in a form in which the two implementations can be compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, Final

from countermark.errors import Error
from countermark.vectors.engines import Door

Outcome = tuple[Any, ...]


NATIVE: Final = Door("native")
REFERENCE: Final = Door("reference")
DOORS: Final = (NATIVE, REFERENCE)

_FIELDS: Final = {
    "ClientData": ("type", "challenge", "origin", "cross_origin", "raw"),
    "VerifiedAssertion": (
        *("kind", "credential_id", "client_data", "algorithm", "hash", "signature", "public_key"),
    ),
    "VerifiedAttestation": (
        *("kind", "credential_id", "client_data", "public_key", "public_key_pem"),
        *("algorithm", "hash", "signature", "fingerprint"),
    ),
    "VerifiedAudit": (
        *("kind", "credential_id", "public_key", "public_key_pinned", "client_data"),
        *("authenticator_data", "hash", "signature", "tolerated"),
    ),
    "Report": ("valid", "checks"),
    "Check": ("step", "passed", "error"),
    "Tolerance": ("code", "place"),
    "Flags": (
        *("value", "user_present", "user_verified", "backup_eligible", "backup_state"),
        *("attested_credential_data", "extension_data", "reserved"),
    ),
    "Extensions": (
        *("cred_protect", "hmac_secret", "min_pin_length", "uvm", "cred_blob", "large_blob_key"),
        *("third_party_payment", "unknown"),
    ),
    "AuthenticatorData": (
        *("raw", "rp_id_hash", "flags", "sign_count", "aaguid", "credential_id"),
        *("credential_public_key", "extensions", "tolerated"),
    ),
    "AttestationObject": ("raw", "format", "statement", "authenticator_data", "tolerated"),
    "CollectedClientData": (*("type", "challenge", "origin", "cross_origin", "top_origin", "raw"),),
    "ClientExtensions": (
        *("cred_props_rk", "appid", "prf_enabled", "large_blob_supported", "unknown"),
    ),
    "Attestation": (
        *("format", "type", "trusted", "trust_error", "chain", "path", "statements", "metadata"),
    ),
    "VerifiedRegistration": (
        *("credential_id", "public_key", "algorithm", "aaguid", "flags", "sign_count"),
        *("extensions", "client_extensions", "transports", "authenticator_attachment"),
        *("client_data", "authenticator_data", "attestation", "tolerated"),
    ),
    "VerifiedAuthentication": (
        *("credential_id", "user_handle", "public_key", "flags", "sign_count"),
        *("sign_count_status", "extensions", "client_extensions", "authenticator_attachment"),
        *("client_data", "authenticator_data", "signature", "tolerated"),
    ),
    "VerifiedAttestationStatement": (
        *("public_key", "authenticator_data", "attestation", "tolerated"),
    ),
    "Certificate": (
        *("version", "serial", "issuer", "subject", "issuer_der", "subject_der", "not_before"),
        *("not_after", "public_key", "public_key_der", "signature_algorithm", "is_ca"),
        *("extensions", "raw", "tolerated"),
    ),
    "TrustPath": ("chain", "anchor", "anchor_subject", "signature_checks", "tolerated"),
    "MetadataEntry": (
        *("aaguid", "aaid", "key_identifiers", "description", "protocol_family"),
        *("status_reports", "time_of_last_status_change", "attestation_roots", "statement"),
    ),
    "StatusReport": (*("status", "effective_date", "certificate", "certificate_number", "url"),),
}


def error_outcome(error: Error) -> Outcome:
    """Class and code; which of the ``der`` codes it is depends on the order of reading."""
    code = "der" if error.code.startswith("der.") else error.code
    return ("error", type(error).__name__, code)


def plain(value: Any) -> Any:
    """The value as numbers, texts, bytes and containers of them, the same for both implementations."""
    kind = type(value).__name__
    if isinstance(value, Error):
        return error_outcome(value)
    if kind == "PublicKey":
        return (kind, value.to_der())
    if kind == "PrivateKey":
        return (kind, value.export_private_key("der"))
    if kind == "CosePublicKey":
        return (kind, value.to_bytes(), value.algorithm, plain(value.public_key))
    if kind in _FIELDS:
        return (kind, {name: plain(getattr(value, name)) for name in _FIELDS[kind]})
    if isinstance(value, Mapping):
        # Numbers and texts stay apart: a map of CBOR may hold 1 and "1".
        return {plain(name): plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, str):
        return str(value)
    return value


def outcome(call: Callable[[], Any]) -> Outcome:
    """``("value", v)`` or ``("error", class name, code)``; anything else that is raised goes through."""
    try:
        return ("value", plain(call()))
    except Error as error:
        return error_outcome(error)


def outcomes(call: Callable[[Door], Any]) -> tuple[Outcome, Outcome]:
    """Runs the call through both doors, native first."""
    native, twin = (outcome(partial(call, door)) for door in DOORS)
    return native, twin


def agreed(call: Callable[[Door], Any]) -> Outcome:
    """Runs the call through both doors and returns the one outcome they must have."""
    native, twin = outcomes(call)
    assert native == twin, f"native {native!r}\nreference {twin!r}"
    return native


def agreed_on_one(call: Callable[[Door], Any], wrong: Iterable[bool]) -> None:
    """As `agreed`, but where several things are wrong it matters only that the call is refused."""
    if sum(wrong) <= 1:
        agreed(call)
    else:
        assert [found[0] for found in outcomes(call)] == ["error", "error"]


def made_by_each(call: Callable[[Door], Any]) -> list[Any]:
    """What the call makes through each door, for things that are never twice the same; nothing if refused."""
    native, twin = outcomes(call)
    if "error" in (native[0], twin[0]):
        assert native == twin, f"native {native!r}\nreference {twin!r}"
        return []
    return [native[1], twin[1]]


def described(key: Any) -> dict[str, Any]:
    """Everything a key says about itself."""
    public = getattr(key, "public_key", key)
    return {
        "algorithm": key.algorithm,
        "curve": key.curve,
        "bits": key.bits,
        "spki": public.to_der(),
        "pem": public.to_pem(),
        "jwk": public.to_jwk(),
        "thumbprint": public.thumbprint(),
        "fingerprint": public.fingerprint(),
        "pkcs1": outcome(lambda: public.to_der(format="pkcs1")),
    }
