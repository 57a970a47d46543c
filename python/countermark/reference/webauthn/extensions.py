"""Extension outputs: those of the authenticator, which are signed, and those of the client, which are not.

WebAuthn Level 3, 9 and 10; CTAP 2.2, 12 (credProtect, hmac-secret, minPinLength, credBlob, largeBlobKey,
thirdPartyPayment); Secure Payment Confirmation. An output whose name is known must have its type.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar

from countermark.errors import MalformedInput
from countermark.reference.format import cbor
from countermark.reference.format.record import malformed, nested_members

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Extensions:
    """Authenticator extension outputs; None stands for one that is absent.

    ``unknown`` holds the CBOR of every other output under its name.
    """

    cred_protect: int | None = None
    hmac_secret: bool | bytes | None = None
    min_pin_length: int | None = None
    uvm: tuple[tuple[int, int, int], ...] | None = None
    cred_blob: bool | bytes | None = None
    large_blob_key: bytes | None = None
    third_party_payment: bool | None = None
    unknown: dict[str, bytes] = field(default_factory=dict)


def read_extensions(item: cbor.Item, data: bytes) -> Extensions:
    """Reads the map of outputs; ``data`` is what its offsets count in."""
    if not item.is_map:
        raise _wrong("the extensions are not a map", item.start)
    known: dict[str, cbor.Item] = {}
    unknown: dict[str, bytes] = {}
    for key, value in item.pairs:
        name = key.value
        if not isinstance(name, str):
            raise _wrong("the name of an extension is not text", key.start)
        if name in _NAMES:
            known[name] = value
        else:
            unknown[name] = data[value.start : value.end]

    def typed(name: str, read: Callable[[cbor.Value], T]) -> T | None:
        if name not in known:
            return None
        found = read(known[name].plain())
        if found is None:
            raise _wrong(f"the extension {name} has a wrong value", known[name].start)
        return found

    secret: bool | bytes | None = typed("hmac-secret", _flag_or_octets)
    blob: bool | bytes | None = typed("credBlob", _flag_or_octets)
    return Extensions(
        cred_protect=typed("credProtect", _protection),
        hmac_secret=secret,
        min_pin_length=typed("minPinLength", _unsigned),
        uvm=typed("uvm", _verification_methods),
        cred_blob=blob,
        large_blob_key=typed("largeBlobKey", _octets),
        third_party_payment=typed("thirdPartyPayment", _flag),
        unknown=unknown,
    )


_NAMES: Final = (
    "credProtect",
    "hmac-secret",
    "minPinLength",
    "uvm",
    "credBlob",
    "largeBlobKey",
    "thirdPartyPayment",
)


def _flag(value: cbor.Value) -> bool | None:
    return value if isinstance(value, bool) else None


def _octets(value: cbor.Value) -> bytes | None:
    return value if isinstance(value, bytes) else None


def _flag_or_octets(value: cbor.Value) -> bool | bytes | None:
    return value if isinstance(value, bool | bytes) else None


def _unsigned(value: cbor.Value) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _protection(value: cbor.Value) -> int | None:
    """CTAP 2.2, 12.1: userVerificationOptional to userVerificationRequired."""
    level = _unsigned(value)
    return level if level in (1, 2, 3) else None


def _verification_methods(value: cbor.Value) -> tuple[tuple[int, int, int], ...] | None:
    """WebAuthn Level 2, 10.3: method, key protection and matcher protection of each factor."""
    if not isinstance(value, list):
        return None
    methods: list[tuple[int, int, int]] = []
    for entry in value:
        if not isinstance(entry, list) or len(entry) != 3:
            return None
        first, second, third = (_unsigned(number) for number in entry)
        if first is None or second is None or third is None:
            return None
        methods.append((first, second, third))
    return tuple(methods)


def _wrong(message: str, offset: int) -> MalformedInput:
    return MalformedInput(message, code="authenticator_data.extensions", offset=offset)


# --- Client extension outputs, section 9.4 ------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ClientExtensions:
    """What the client says of extensions, which nobody signed; ``unknown`` are the other names."""

    cred_props_rk: bool | None = None
    appid: bool | None = None
    prf_enabled: bool | None = None
    large_blob_supported: bool | None = None
    unknown: tuple[str, ...] = ()


def read_client_extensions(value: object) -> ClientExtensions:
    """Reads ``clientExtensionResults``."""
    found = nested_members(value, "clientExtensionResults", "response")
    return ClientExtensions(
        cred_props_rk=_inner_flag(found, "credProps", "rk"),
        appid=_member_flag(found, "appid"),
        prf_enabled=_inner_flag(found, "prf", "enabled"),
        large_blob_supported=_inner_flag(found, "largeBlob", "supported"),
        unknown=tuple(name for name in found if name not in _CLIENT_NAMES),
    )


_CLIENT_NAMES: Final = ("credProps", "appid", "prf", "largeBlob")


def _inner_flag(found: Mapping[str, object], outer: str, name: str) -> bool | None:
    if outer not in found:
        return None
    return _member_flag(nested_members(found[outer], outer, "response"), name)


def _member_flag(found: Mapping[str, object], name: str) -> bool | None:
    if name not in found:
        return None
    value = found[name]
    if not isinstance(value, bool):
        raise malformed("response", "type", "is not true or false", name)
    return value


__all__ = ["ClientExtensions", "Extensions", "read_client_extensions", "read_extensions"]
