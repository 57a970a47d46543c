"""Python arguments of the Dfns functions.

An argument of another type than documented is ``argument.type``, a value outside the documented set is
``argument.value``, one over a bound is ``limit.size``.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, TypeVar, cast

from countermark.errors import ArgumentTypeError, ArgumentValueError, LimitExceeded
from countermark.reference.format import flag_argument, shown, text_argument

MAX_CREDENTIAL_ID: Final = 1024
"""Characters of a credential id."""

MAX_CHALLENGE: Final = 1024 * 1024
"""A challenge string, in bytes of UTF-8."""

MAX_PUBLIC_KEY: Final = 16 * 1024
"""PEM text of a public key, in bytes of UTF-8."""

T = TypeVar("T")


def optional_text(value: object, name: str) -> str | None:
    return None if value is None else text_argument(value, name)


def optional_flag(value: object, name: str) -> bool | None:
    return None if value is None else flag_argument(value, name)


def instance(value: object, kind: type[T], name: str) -> T:
    """A value of this class and nothing else."""
    if not issubclass(type(value), kind):
        raise ArgumentTypeError(f"{name} must be {kind.__name__}", code="argument.type")
    return cast(T, value)


def bad_value(name: str, reason: str) -> ArgumentValueError:
    return ArgumentValueError(f"{name} {reason}", code="argument.value")


def one_of(value: str, allowed: Collection[str], name: str) -> str:
    if value not in allowed:
        raise bad_value(name, f"cannot be '{shown(value)}'")
    return value


def is_unicode(value: str) -> bool:
    """Whether the text holds no lone surrogate."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def unicode_text(value: str, name: str) -> str:
    if not is_unicode(value):
        raise bad_value(name, "holds a lone surrogate")
    return value


def filled_text(value: str, name: str) -> str:
    if not value:
        raise bad_value(name, "is empty")
    return unicode_text(value, name)


def credential_id_text(value: str) -> str:
    """Dfns protocol, ``credId``: any non-empty string, bounded."""
    filled_text(value, "credential_id")
    check_length(len(value), MAX_CREDENTIAL_ID, "credential_id")
    return value


def challenge_text(value: str) -> str:
    """A challenge: not empty, no lone surrogate, bounded."""
    filled_text(value, "challenge")
    check_length(len(value.encode()), MAX_CHALLENGE, "challenge")
    return value


def public_key_text(value: str) -> str:
    """PEM text of a public key, before it is read as PEM."""
    unicode_text(value, "public_key_pem")
    check_length(len(value.encode()), MAX_PUBLIC_KEY, "public_key_pem")
    return value


def check_length(length: int, limit: int, name: str) -> None:
    if length > limit:
        raise LimitExceeded(f"{name} is longer than {limit}", code="limit.size", field=name)
