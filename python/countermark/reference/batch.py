"""Many at once, one after the other: what ``countermark.batch`` must come to, item by item.

A wrong value that all items share is a verdict of each item here; ``countermark.batch`` raises for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from countermark.errors import ArgumentTypeError, ArgumentValueError, Error
from countermark.reference.dfns.assertion import AssertionExpectations, verify_assertion
from countermark.reference.dfns.audit import AuditExpectations, verify_audit_record
from countermark.reference.key.private_key import PrivateKey
from countermark.reference.key.public_key import PublicKey
from countermark.reference.webauthn.authentication import verify_authentication
from countermark.reference.webauthn.policy import AuthenticationOptions, RegistrationOptions
from countermark.reference.webauthn.registration import verify_registration

Verdicts = list[Any]


def outcome(call: Callable[[], Any]) -> Any:
    """What a call gives, or its error as an object."""
    try:
        return call()
    except Error as error:
        return error
    except Exception as error:  # noqa: BLE001 - an item that raises is an item without a verdict of ours
        told = ArgumentTypeError("reading the item raised", code="argument.type")
        told.__cause__ = error
        return told


def sign_many(
    key: PrivateKey,
    messages: Iterable[Any],
    *,
    hash: str | None = None,
    padding: str | None = None,
) -> Verdicts:
    return [
        outcome(lambda message=message: key.sign(message, hash=hash, padding=padding))  # type: ignore[misc]
        for message in messages
    ]


def verify_many(
    public_keys: PublicKey | Iterable[Any],
    messages: Iterable[Any],
    signatures: Iterable[Any],
    *,
    hash: str | None = None,
    padding: str | None = None,
    low_s: bool = False,
) -> Verdicts:
    messages = list(messages)
    one = isinstance(public_keys, PublicKey)
    keys = [public_keys] * len(messages) if isinstance(public_keys, PublicKey) else public_keys

    def verify(key: Any, message: Any, signature: Any) -> None:
        known = key if one else _key(key)
        known.verify(message, signature, hash=hash, padding=padding, low_s=low_s)

    triples = zip(keys, messages, signatures, strict=True)
    return [outcome(lambda triple=triple: verify(*triple)) for triple in triples]  # type: ignore[misc]


def _key(given: Any) -> PublicKey:
    if isinstance(given, PublicKey):
        return given
    if not isinstance(given, str | bytes | bytearray | memoryview):
        raise ArgumentTypeError("no public key", code="argument.type")
    if isinstance(given, str) or bytes(given[:1]) != b"\x30":
        return PublicKey.from_pem(given)
    return PublicKey.from_der(given)


@dataclass(frozen=True, slots=True)
class _Single:
    """A single function and the names of its arguments: the first, those that must be there, and all others."""

    verify: Callable[..., Any]
    subject: str
    required: frozenset[str]
    known: frozenset[str]


def _single(
    verify: Callable[..., Any], subject: str, options: type, required: tuple[str, ...]
) -> _Single:
    return _Single(verify, subject, frozenset(required), frozenset(options.__annotations__))


_CEREMONY = ("challenge", "origin", "rp_id")
_ASSERTION = _single(
    verify_assertion, "assertion", AssertionExpectations, ("challenge", "public_key")
)
_AUDIT = _single(verify_audit_record, "record", AuditExpectations, ())
_REGISTRATION = _single(verify_registration, "response", RegistrationOptions, _CEREMONY)
_AUTHENTICATION = _single(
    verify_authentication, "response", AuthenticationOptions, (*_CEREMONY, "public_key")
)


def _verify_all(
    single: _Single, items: Iterable[Any], results: bool, common: Mapping[str, Any]
) -> Verdicts:
    def verify(item: Any) -> Any:
        if not isinstance(item, Mapping):
            raise ArgumentTypeError("an item must be a mapping", code="argument.type")
        given = {**common}
        for name, value in item.items():
            if not isinstance(name, str):
                raise ArgumentTypeError("an argument name must be str", code="argument.type")
            if name not in single.known | {single.subject}:
                raise ArgumentValueError("a wrong argument name", code="argument.value")
            if value is not None or common.get(name) is None:
                given[name] = value
        if not (single.required | {single.subject}) <= set(given):
            raise ArgumentValueError("an argument is missing", code="argument.value")
        found = single.verify(given.pop(single.subject), **given)
        return found if results else None

    return [outcome(lambda item=item: verify(item)) for item in items]  # type: ignore[misc]


def verify_assertions(items: Iterable[Any], *, results: bool = False, **common: Any) -> Verdicts:
    return _verify_all(_ASSERTION, items, results, common)


def verify_registrations(items: Iterable[Any], *, results: bool = False, **common: Any) -> Verdicts:
    return _verify_all(_REGISTRATION, items, results, common)


def verify_authentications(
    items: Iterable[Any], *, results: bool = False, **common: Any
) -> Verdicts:
    return _verify_all(_AUTHENTICATION, items, results, common)


def verify_audit_records(items: Iterable[Any], *, results: bool = False, **common: Any) -> Verdicts:
    return _verify_all(_AUDIT, items, results, common)


def verify_stream(
    items: Iterable[Any],
    verify: Callable[..., Verdicts] = verify_assertions,
    **options: Any,
) -> Iterator[Any]:
    for item in items:
        yield from verify([item], **options)
