"""Days and moments in their one form."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model import moments
from pipeline.model.moments import Moment, NoMomentError, day, in_utc, instant

OFFSETS = st.integers(-23 * 60 - 59, 23 * 60 + 59).map(lambda minutes: timezone(timedelta(minutes=minutes)))
TIMES = st.datetimes(min_value=datetime(1, 1, 3), max_value=datetime(9999, 12, 29), timezones=OFFSETS)


@given(TIMES, OFFSETS)
def test_a_moment_has_one_form_whatever_its_offset(time: datetime, offset: timezone) -> None:
    text = instant(time.isoformat())

    assert text == instant(time.astimezone(offset).isoformat())
    assert datetime.fromisoformat(text) == time
    assert ("." in text) == bool(time.microsecond)
    assert instant(text) == text
    assert re.search(moments.INSTANT, text)


@given(TIMES, TIMES)
def test_later_moments_sort_later(one: datetime, other: datetime) -> None:
    seconds = [time.replace(microsecond=0) for time in (one, other)]

    assert (instant(seconds[0].isoformat()) < instant(seconds[1].isoformat())) == (seconds[0] < seconds[1])


@given(st.dates())
def test_a_day_is_its_midnight_in_utc(date: object) -> None:
    assert day(str(date)) == str(date)
    if str(date) > "0001-01-01":
        assert instant(str(date)) == f"{date}T00:00:00+00:00"


@given(TIMES)
def test_what_postgresql_tells_in_json_is_the_same_moment(time: datetime) -> None:
    told = time.astimezone(UTC).isoformat().removesuffix("+00:00")
    told = told.rstrip("0") if "." in told else told

    assert in_utc(told) == instant(time.isoformat())


@pytest.mark.parametrize(
    ("told", "text"),
    [
        ("infinity", "infinity"),
        ("-infinity", "-infinity"),
        ("0044-03-15T10:00:00.5 BC", "0044-03-15T10:00:00.500000+00:00 BC"),
        ("12024-05-01T10:00:00", "12024-05-01T10:00:00+00:00"),
    ],
)
def test_what_postgresql_knows_beyond_calendars_is_kept(told: str, text: str) -> None:
    assert in_utc(told) == text
    assert isinstance(in_utc(told), Moment)


@pytest.mark.parametrize("text", ["", "infinity", "20240501", "2024-W01-1", "2024-05-01\n", "２０２４-05-01"])
def test_what_is_written_otherwise_is_refused(text: str) -> None:
    for read in (day, instant):
        with pytest.raises(NoMomentError):
            read(text)


def test_a_day_has_no_time() -> None:
    with pytest.raises(NoMomentError, match="not written as a date"):
        day("2024-05-01T10:00:00Z")


@given(st.from_regex(moments.INSTANT, fullmatch=True))
def test_whatever_fits_the_pattern_is_a_moment_or_refused(text: str) -> None:
    try:
        found = instant(text.removesuffix("\n"))
    except NoMomentError:
        return
    assert instant(found) == found
