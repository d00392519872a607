"""Days and moments as text in one form, in which equal ones are equal and the later one sorts later.

A day reads `2024-05-01`, a moment `2024-05-01T10:00:00+00:00`: in UTC, and with microseconds only where there are any.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone

DIGITS = 6
"""How many digits of a second PostgreSQL keeps."""
DAY = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
"""JSON Schema pattern of a day. Whether the calendar has it, no pattern can say."""
INSTANT = (
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"([Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9]))?$"
)
"""JSON Schema pattern of a moment: a time of RFC 3339, or a day, which means its midnight in UTC."""
_PARTS = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
    r"(?:[Tt ]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?(?:[Zz]|([+-])([0-9]{2}):([0-9]{2})))?"
)


class Moment(str):
    """A day or a moment, in its one form; or what else PostgreSQL can hold there, such as `infinity`."""

    __slots__ = ()


class NoMomentError(ValueError):
    """The text is like a day or a moment, and is none that can be kept: the message says why, in plain words."""


def day(raw: str) -> Moment:
    """The day that a text of the form DAY says. Raises NoMomentError."""
    year, month, of_month, *_ = _parts(raw, DAY)
    try:
        return Moment(date(int(year), int(month), int(of_month)).isoformat())
    except ValueError as error:
        raise NoMomentError("no calendar has this day") from error


def instant(raw: str) -> Moment:
    """The moment that a text of the form INSTANT says. Raises NoMomentError."""
    year, month, of_month, hour, minute, second, fraction, sign, *offset = _parts(raw, INSTANT)
    micros = (fraction or "").rstrip("0")
    if len(micros) > DIGITS:
        raise NoMomentError(f"only {DIGITS} digits of a second can be kept")
    ahead = timedelta(hours=int(offset[0] or 0), minutes=int(offset[1] or 0)) * (-1 if sign == "-" else 1)
    clock = int(hour or 0), int(minute or 0), int(second or 0), int(micros.ljust(DIGITS, "0"))
    day(raw[:10])
    try:
        local = datetime(int(year), int(month), int(of_month), *clock, tzinfo=timezone(ahead))
        return Moment(local.astimezone(UTC).isoformat())
    except OverflowError as error:
        raise NoMomentError("in UTC it lies outside of the years 1 to 9999") from error
    except ValueError as error:
        raise NoMomentError("no clock shows this time") from error


def _parts(raw: str, form: str) -> tuple[str, ...]:
    found = _PARTS.fullmatch(raw)
    if found is None or not re.search(form, raw):
        raise NoMomentError("it is not written as a date")
    return found.groups()


def in_utc(raw: str) -> Moment:
    """The moment that PostgreSQL tells in JSON, in UTC and without the offset: `2024-05-01T10:00:00.5`.

    It knows more than calendars here do: `infinity`, years before the first (`… BC`) and after 9999.
    """
    if raw.endswith("infinity"):
        return Moment(raw)
    said, before_christ, _ = raw.partition(" BC")
    seconds, point, fraction = said.partition(".")
    return Moment(seconds + (point and f".{fraction:0<{DIGITS}}") + "+00:00" + before_christ)
