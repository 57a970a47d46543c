"""Points in time: those in certificates (RFC 5280 4.1.2.5) and those that a caller names.

All of them are whole seconds since 1970, in UTC.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

from countermark.errors import ArgumentTypeError, ArgumentValueError, MalformedInput
from countermark.reference.format import der, shown
from countermark.reference.format.tolerance import Tolerated

LAST_SECOND: Final = 253402300799
"""The end of the year 9999."""

_EPOCH_DAY: Final = datetime(1970, 1, 1, tzinfo=UTC).toordinal()
_DAY: Final = 24 * 60 * 60
_DAYS_OF_400_YEARS: Final = 146_097

_UTC_TIME: Final = re.compile(rb"([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})Z")
_GENERALIZED_TIME: Final = re.compile(
    rb"([0-9]{4})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})Z"
)


def read_time(reader: der.Reader, tolerated: Tolerated, place: str) -> int:
    """Reads a Time: with seconds, without fractions, in UTC.

    RFC 5280 wants GeneralizedTime from 2050 on only; where reading is not strict it may be of any year.

    Raises:
        MalformedInput: ``certificate.time``, or ``der.*`` for what is neither form.
    """
    is_short = reader.next_is(der.UTC_TIME)
    element = reader.element(der.UTC_TIME if is_short else der.GENERALIZED_TIME)
    found = (_UTC_TIME if is_short else _GENERALIZED_TIME).fullmatch(element.content)
    if found is None:
        raise _malformed(element.offset)
    year, month, day, hour, minute, second = (int(part) for part in found.groups())
    if is_short:
        # RFC 5280 4.1.2.5.1: two digits from 50 on are of the last century.
        year += 1900 if year >= 50 else 2000
    if hour > 23 or minute > 59 or second > 59:
        raise _malformed(element.offset)
    try:
        # The calendar of Python begins with the year 1, and repeats itself after 400.
        ordinal = datetime(year or 400, month, day, tzinfo=UTC).toordinal()
    except ValueError:
        raise _malformed(element.offset) from None
    if not year:
        ordinal -= _DAYS_OF_400_YEARS
    if not is_short and 1950 <= year < 2050:
        tolerated.allow(place, _malformed(element.offset))
    return (ordinal - _EPOCH_DAY) * _DAY + hour * 3600 + minute * 60 + second


def _malformed(offset: int) -> MalformedInput:
    return MalformedInput(
        f"a time in the certificate is malformed (offset {offset})",
        code="certificate.time",
        offset=offset,
    )


def instant_argument(value: object, name: str = "at") -> int:
    """Takes seconds since 1970 as int, or an aware datetime, from 1970 to 9999.

    Raises:
        ArgumentTypeError: ``argument.type``, also for bool and float, and for a datetime without a time zone.
        ArgumentValueError: ``argument.value``.
    """
    if isinstance(value, datetime):
        offset = value.utcoffset()
        if offset is None:
            raise ArgumentTypeError(f"{name} has no time zone", code="argument.type")
        # The sum is done by hand: astimezone fails at both ends of the calendar.
        whole = (value.toordinal() - _EPOCH_DAY) * _DAY
        whole += value.hour * 3600 + value.minute * 60 + value.second
        seconds = whole - (offset.days * _DAY + offset.seconds)
    elif isinstance(value, int) and not isinstance(value, bool):
        seconds = int(value)
    else:
        raise ArgumentTypeError(
            f"{name} must be int or datetime, not {shown(type(value).__name__)}",
            code="argument.type",
        )
    if not 0 <= seconds <= LAST_SECOND:
        raise ArgumentValueError(f"{name} is not between 1970 and 9999", code="argument.value")
    return seconds


__all__ = ["LAST_SECOND", "instant_argument", "read_time"]
