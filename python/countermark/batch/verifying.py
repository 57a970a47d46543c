"""Many verifications of the protocol at once. Each item is the arguments of one call of the single function."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Final, Literal, NamedTuple, overload

from countermark import _native
from countermark.arrow import Table, rows
from countermark.batch.keys import reading_audit_keys, reading_cose_keys, reading_keys
from countermark.dfns.audit import VerifiedAudit, audit_of, verify_audit_record
from countermark.dfns.verification import VerifiedAssertion, assertion_of, verify_assertion
from countermark.errors import ArgumentTypeError, ArgumentValueError, Error
from countermark.items import snapshot
from countermark.keys import PublicKey
from countermark.webauthn.authentication import verify_authentication
from countermark.webauthn.certificates import seconds
from countermark.webauthn.cose import CosePublicKey
from countermark.webauthn.registration import trust_handle, verify_registration
from countermark.webauthn.results import (
    VerifiedAuthentication,
    VerifiedRegistration,
    authentication_of,
    registration_of,
)

Item = Mapping[str, Any]
"""The arguments of one call, by their names."""

_Conversion = tuple[str, list[str], Callable[..., Any]]


class _Family(NamedTuple):
    """What the native module is told of a single function, and what its answers become."""

    native: Callable[..., list[Any]]
    fields: dict[str, tuple[str] | tuple[str, Any]]
    conversions: Callable[[], list[_Conversion]]
    result: Callable[[Any, Any], Any]


def _family(
    single: Callable[..., Any],
    native: Callable[..., list[Any]],
    first: tuple[str, ...],
    conversions: Callable[[], list[_Conversion]],
    result: Callable[[Any, Any], Any],
) -> _Family:
    """The parameters of the single function, those that the native module wants first before the others."""
    parameters = inspect.signature(single).parameters
    names = [*first, *(name for name in parameters if name not in first)]
    fields: dict[str, tuple[str] | tuple[str, Any]] = {}
    for name in names:
        default = parameters[name].default
        fields[name] = (name,) if default is inspect.Parameter.empty else (name, default)
    return _Family(native, fields, conversions, result)


_COMMON: Final = (
    *("challenge", "origin", "rp_id", "challenge_form", "top_origin", "allow_cross_origin"),
    *("require_user_presence", "require_user_verification", "credential_id", "allow_sha1"),
    *("limited_verification", "strictness", "allow_padded_base64url"),
)
"""What both ceremonies take, in the order of the native module."""
_LENIENT: Final = {"allow_sha1": True, "strictness": "interoperable"}
"""What a key is read with to see whether it can be read at all."""

_ASSERTIONS: Final = _family(
    verify_assertion,
    _native.verify_assertions,
    (
        *("assertion", "public_key", "algorithm", "challenge", "credential_id", "kind", "profile"),
        *("origin", "cross_origin", "padding", "low_s", "allow_padded_base64url"),
    ),
    lambda: [("public_key", [], reading_keys())],
    lambda parts, key: assertion_of(parts, PublicKey._wrap(key)),
)
_AUDIT: Final = _family(
    verify_audit_record,
    _native.verify_audit_records,
    ("record", "public_key"),
    lambda: [("public_key", [], reading_audit_keys())],
    lambda parts, pinned: audit_of(parts, pinned=pinned),
)
_REGISTRATIONS: Final = _family(
    verify_registration,
    _native.verify_registrations,
    (
        *("response", "algorithms", *_COMMON, "formats", "trust", "at", "require_trust"),
        *("compound_policy", "tpm_vendors", "require_tee", "repair_cose_map_count"),
    ),
    lambda: [("trust", [], trust_handle), ("at", [], seconds)],
    lambda parts, _: registration_of(parts),
)
_AUTHENTICATIONS: Final = _family(
    verify_authentication,
    _native.verify_authentications,
    (
        *("response", "public_key", *_COMMON, "user_handle", "sign_count", "sign_count_policy"),
        *("backup_eligible", "appid", "allow_payment"),
    ),
    lambda: [("public_key", ["allow_sha1", "strictness"], reading_cose_keys())],
    lambda parts, key: authentication_of(parts, CosePublicKey._wrap(key)),
)


def _verify(
    family: _Family, items: Any, threads: int | None, results: bool, common: dict[str, Any]
) -> list[Any]:
    if not isinstance(results, bool):
        raise ArgumentTypeError(
            "results must be True or False", code="argument.type", field="results"
        )
    for name in common:
        if name not in family.fields:
            raise ArgumentValueError(
                f"no argument of this call is named {name[:32]!r}", code="argument.value"
            )
    fields = {
        name: (name, common[name]) if name in common else field
        for name, field in family.fields.items()
    }
    conversions = family.conversions()
    for name, context, convert in conversions:
        if name in common:  # what cannot be read is the fault of the call, whatever its items are
            convert(common[name], *(_LENIENT[used] for used in context))
    found = family.native(
        snapshot(rows(items, known=family.fields), "items"),
        [*fields.values()],
        conversions,
        # None where it is the default asks nothing, and takes nothing from an item; elsewhere it is wrong.
        frozenset(
            name
            for name, value in common.items()
            if value is not None or family.fields[name] != (name, None)
        ),
        results,
        threads,
    )
    if not results:
        return found
    return [one if isinstance(one, Error) else family.result(*one) for one in found]


@overload
def verify_assertions(
    items: Iterable[Item] | Table,
    *,
    threads: int | None = None,
    results: Literal[False] = False,
    **common: Any,
) -> list[None | Error]: ...


@overload
def verify_assertions(
    items: Iterable[Item] | Table,
    *,
    threads: int | None = None,
    results: Literal[True],
    **common: Any,
) -> list[VerifiedAssertion | Error]: ...


def verify_assertions(
    items: Iterable[Item] | Table,
    *,
    threads: int | None = None,
    results: bool = False,
    **common: Any,
) -> list[None | Error] | list[VerifiedAssertion | Error]:
    """Verifies many assertions: for each item what `countermark.dfns.verify_assertion` does.

    Args:
        items: the arguments of each call by name, such as ``{"assertion": …, "challenge": …, "public_key": …}``.
            An argument that an item has goes before the one in ``common``; None is no value of its own. A table of
            ``pyarrow``, ``polars`` or ``pandas`` has an item a row and an argument a column, and a null, within structs
            too, for what an item does not have. A column that is no argument raises: select the others before, as by
            ``table.select(["record", "challenge"])``.
        threads: see `countermark.batch`.
        results: give the `VerifiedAssertion` of each item that verifies, in place of None.
        **common: arguments that all items share.

    Returns:
        None for each item that verifies, or the error of the single call. An item that is no mapping is
        ``argument.type``, one with a missing or an unknown name ``argument.value``; what its own methods raise is
        the ``__cause__`` of an ``argument.type``.

    Raises:
        ArgumentTypeError, ArgumentValueError: an argument of the call that is not taken, one that all items share
            among them.
        Error: a key that all items share cannot be read, or nobody has an ``algorithm`` of the shared name, whether
            an item uses it or not.
    """
    return _verify(_ASSERTIONS, items, threads, results, common)


@overload
def verify_registrations(
    items: Iterable[Item] | Table,
    *,
    threads: int | None = None,
    results: Literal[False] = False,
    **common: Any,
) -> list[None | Error]: ...


@overload
def verify_registrations(
    items: Iterable[Item] | Table,
    *,
    threads: int | None = None,
    results: Literal[True],
    **common: Any,
) -> list[VerifiedRegistration | Error]: ...


def verify_registrations(
    items: Iterable[Item] | Table,
    *,
    threads: int | None = None,
    results: bool = False,
    **common: Any,
) -> list[None | Error] | list[VerifiedRegistration | Error]:
    """Verifies many registrations: for each item what `countermark.webauthn.verify_registration` does.

    Args:
        items: the arguments of each call by name, such as ``{"response": …, "challenge": …}``.
            An argument that an item has goes before the one in ``common``; None is no value of its own. A table of
            ``pyarrow``, ``polars`` or ``pandas`` has an item a row and an argument a column, and a null, within structs
            too, for what an item does not have. A column that is no argument raises: select the others before, as by
            ``table.select(["record", "challenge"])``.
        threads: see `countermark.batch`.
        results: give the `VerifiedRegistration` of each item that verifies, in place of None.
        **common: arguments that all items share.

    Returns:
        None for each item that verifies, or the error of the single call. An item that is no mapping is
        ``argument.type``, one with a missing or an unknown name ``argument.value``; what its own methods raise is
        the ``__cause__`` of an ``argument.type``.

    Raises:
        ArgumentTypeError, ArgumentValueError: an argument of the call that is not taken, one that all items share
            among them.
        Error: anchors that all items share are none, whether an item uses them or not.
    """
    return _verify(_REGISTRATIONS, items, threads, results, common)


@overload
def verify_authentications(
    items: Iterable[Item] | Table,
    *,
    threads: int | None = None,
    results: Literal[False] = False,
    **common: Any,
) -> list[None | Error]: ...


@overload
def verify_authentications(
    items: Iterable[Item] | Table,
    *,
    threads: int | None = None,
    results: Literal[True],
    **common: Any,
) -> list[VerifiedAuthentication | Error]: ...


def verify_authentications(
    items: Iterable[Item] | Table,
    *,
    threads: int | None = None,
    results: bool = False,
    **common: Any,
) -> list[None | Error] | list[VerifiedAuthentication | Error]:
    """Verifies many authentications: for each item what `countermark.webauthn.verify_authentication` does.

    Args:
        items: the arguments of each call by name, such as ``{"response": …, "challenge": …, "public_key": …}``.
            An argument that an item has goes before the one in ``common``; None is no value of its own. A table of
            ``pyarrow``, ``polars`` or ``pandas`` has an item a row and an argument a column, and a null, within structs
            too, for what an item does not have. A column that is no argument raises: select the others before, as by
            ``table.select(["record", "challenge"])``.
        threads: see `countermark.batch`.
        results: give the `VerifiedAuthentication` of each item that verifies, in place of None.
        **common: arguments that all items share.

    Returns:
        None for each item that verifies, or the error of the single call. An item that is no mapping is
        ``argument.type``, one with a missing or an unknown name ``argument.value``; what its own methods raise is
        the ``__cause__`` of an ``argument.type``.

    Raises:
        ArgumentTypeError, ArgumentValueError: an argument of the call that is not taken, one that all items share
            among them.
        Error: a key that all items share cannot be read, whether an item uses it or not.
    """
    return _verify(_AUTHENTICATIONS, items, threads, results, common)


@overload
def verify_audit_records(
    items: Iterable[Item] | Table,
    *,
    threads: int | None = None,
    results: Literal[False] = False,
    **common: Any,
) -> list[None | Error]: ...


@overload
def verify_audit_records(
    items: Iterable[Item] | Table,
    *,
    threads: int | None = None,
    results: Literal[True],
    **common: Any,
) -> list[VerifiedAudit | Error]: ...


def verify_audit_records(
    items: Iterable[Item] | Table,
    *,
    threads: int | None = None,
    results: bool = False,
    **common: Any,
) -> list[None | Error] | list[VerifiedAudit | Error]:
    """Verifies many audit records: for each item what `countermark.dfns.verify_audit_record` does.

    Args:
        items: the arguments of each call by name, such as ``{"record": …, "public_key": …}``.
            An argument that an item has goes before the one in ``common``; None is no value of its own. A table of
            ``pyarrow``, ``polars`` or ``pandas`` has an item a row and an argument a column, and a null, within structs
            too, for what an item does not have. A column that is no argument raises: select the others before, as by
            ``table.select(["record", "challenge"])``. A null in ``challenge``, ``credential_id`` or ``public_key`` asks
            nothing, so fill or drop the rows in which a join found none.
        threads: see `countermark.batch`.
        results: give the `VerifiedAudit` of each item that verifies, in place of None.
        **common: arguments that all items share.

    Returns:
        None for each item that verifies, or the error of the single call. An item that is no mapping is
        ``argument.type``, one with a missing or an unknown name ``argument.value``; what its own methods raise is
        the ``__cause__`` of an ``argument.type``.

    Raises:
        ArgumentTypeError, ArgumentValueError: an argument of the call that is not taken, one that all items share
            among them.
        Error: a key that all items share cannot be read, or nobody has an ``algorithm`` of the shared name, whether
            an item uses it or not.
    """
    return _verify(_AUDIT, items, threads, results, common)


_FAMILIES: Final[dict[Any, _Family]] = {
    verify_assertions: _ASSERTIONS,
    verify_registrations: _REGISTRATIONS,
    verify_authentications: _AUTHENTICATIONS,
    verify_audit_records: _AUDIT,
}


def arguments_of(verify: Callable[..., Any]) -> Collection[str] | None:
    """The names an item may have for one of these functions; None for another function, whose are not known."""
    family = _FAMILIES.get(verify)
    return None if family is None else family.fields


__all__ = [
    "Item",
    "verify_assertions",
    "verify_audit_records",
    "verify_authentications",
    "verify_registrations",
]
