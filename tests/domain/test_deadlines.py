"""Deadlines: which day is the last one in time, and when it is over."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.domain.deadlines import (
    KindOf,
    end_of_day,
    end_of_day_after,
    last_day,
    local_date,
    working,
    working_days_after,
)
from queue_server.domain.hours import DayKind
from queue_server.engine.calendar import day_kind

SHANGHAI = "Asia/Shanghai"
ZONES = st.sampled_from([SHANGHAI, "UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Apia"])
INSTANTS = st.datetimes(datetime(2012, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))


def _ordinary(day: date) -> DayKind:
    return "ordinary"


def _calendar(holidays: set[date], makeup: set[date]) -> KindOf:
    return lambda day: "holiday" if day in holidays else "makeup" if day in makeup else "ordinary"


def _shanghai(text: str) -> datetime:
    return datetime.fromisoformat(text + "+08:00")


# Working days


@pytest.mark.parametrize(
    ("day", "kind", "expected"),
    [
        (date(2026, 6, 5), "ordinary", True),  # a Friday
        (date(2026, 6, 6), "ordinary", False),  # a Saturday
        (date(2026, 6, 5), "holiday", False),
        (date(2026, 6, 6), "makeup", True),
        (date(2026, 6, 5), "unknown", True),
        (date(2026, 6, 6), "unknown", False),
    ],
)
def test_what_a_working_day_is(day: date, kind: DayKind, expected: bool) -> None:
    """The calendar decides; where it says nothing of a date, Monday to Friday are working days."""
    assert working(day, kind) is expected


def test_working_days_leave_out_the_weekend() -> None:
    """Five working days after a Friday are the Friday after, whatever the day of the week in between."""
    assert working_days_after(date(2026, 6, 5), 1, _ordinary) == date(2026, 6, 8)
    assert working_days_after(date(2026, 6, 5), 5, _ordinary) == date(2026, 6, 12)
    assert working_days_after(date(2026, 6, 6), 5, _ordinary) == date(2026, 6, 12)


def test_a_holiday_does_not_count_and_a_make_up_day_does() -> None:
    """National Day: the week off is not counted; the Saturday that makes up for it is."""
    kind_of = _calendar({date(2026, 10, n) for n in range(1, 9)}, {date(2026, 10, 10)})
    assert working_days_after(date(2026, 9, 30), 1, kind_of) == date(2026, 10, 9)
    assert working_days_after(date(2026, 9, 30), 2, kind_of) == date(2026, 10, 10)
    assert working_days_after(date(2026, 9, 30), 3, kind_of) == date(2026, 10, 12)


def test_the_national_calendar() -> None:
    """As published: after 30 September 2024 the 8 October is the first working day, and Saturday the 12th the fifth."""
    assert working_days_after(date(2024, 9, 30), 1, day_kind) == date(2024, 10, 8)
    assert working_days_after(date(2024, 9, 30), 5, day_kind) == date(2024, 10, 12)


def test_a_year_that_the_calendar_does_not_know() -> None:
    """Far ahead nobody has decided on holidays: weekdays are counted."""
    assert day_kind(date(2199, 10, 1)) == "unknown"
    assert working_days_after(date(2199, 9, 30), 1, day_kind) == date(2199, 10, 1)
    assert working_days_after(date(2199, 10, 4), 1, day_kind) == date(2199, 10, 7)


def test_no_days_is_the_day_itself() -> None:
    """Also a Sunday: what is due at once does not wait for Monday."""
    assert working_days_after(date(2026, 6, 7), 0, _ordinary) == date(2026, 6, 7)
    with pytest.raises(ValueError, match="-1"):
        working_days_after(date(2026, 6, 7), -1, _ordinary)


@given(st.dates(date(2012, 1, 1), date(2030, 1, 1)), st.integers(1, 40), st.data())
def test_exactly_so_many_working_days_lie_between(day: date, days: int, data: st.DataObject) -> None:
    """Whatever the calendar: the day found works, and it is the so-many-th that does."""
    near = st.dates(day, day + timedelta(days=20))
    kind_of = _calendar(data.draw(st.sets(near, max_size=10)), data.draw(st.sets(near, max_size=10)))
    found = working_days_after(day, days, kind_of)
    between = [day + timedelta(days=n) for n in range(1, (found - day).days + 1)]
    assert working(found, kind_of(found))
    assert sum(working(each, kind_of(each)) for each in between) == days


# Instants


def test_the_end_of_the_next_day() -> None:
    """Whatever the hour it came at, up to the last second before midnight: the whole of the next day is in time."""
    due = _shanghai("2026-06-03T00:00:00")
    for came in ("2026-06-01T00:00:00", "2026-06-01T09:30:00", "2026-06-01T23:59:59.999999"):
        assert end_of_day_after(_shanghai(came), 1, SHANGHAI) == due
    assert end_of_day_after(_shanghai("2026-06-02T00:00:00"), 1, SHANGHAI) == due + timedelta(days=1)
    assert end_of_day_after(_shanghai("2026-06-01T09:30:00"), 1, SHANGHAI).tzinfo is UTC


def test_the_halls_own_date_counts() -> None:
    """Eight in the evening UTC on Sunday is Monday in Shanghai, and still Sunday in New York."""
    at = datetime(2026, 5, 31, 20, tzinfo=UTC)
    assert local_date(at, SHANGHAI) == date(2026, 6, 1)
    assert end_of_day_after(at, 0, SHANGHAI) == _shanghai("2026-06-02T00:00:00")
    assert end_of_day_after(at, 0, "America/New_York") == datetime(2026, 6, 1, 4, tzinfo=UTC)


def test_a_week_over_a_leap_day_and_over_new_year() -> None:
    """The 29 February is a day like any other; so is the 31 December."""
    assert end_of_day_after(_shanghai("2028-02-25T10:00:00"), 7, SHANGHAI) == _shanghai("2028-03-04T00:00:00")
    assert end_of_day_after(_shanghai("2027-02-25T10:00:00"), 7, SHANGHAI) == _shanghai("2027-03-05T00:00:00")
    assert end_of_day_after(_shanghai("2026-12-28T10:00:00"), 7, SHANGHAI) == _shanghai("2027-01-05T00:00:00")
    assert end_of_day_after(_shanghai("2028-02-28T10:00:00"), 1, SHANGHAI, _ordinary) == _shanghai(
        "2028-03-01T00:00:00"
    )


def test_working_days_until_the_last_ones_end() -> None:
    """One working day from a Friday afternoon is all of Monday."""
    assert end_of_day_after(_shanghai("2026-06-05T16:00:00"), 1, SHANGHAI, _ordinary) == _shanghai(
        "2026-06-09T00:00:00"
    )


def test_where_clocks_are_changed_a_day_has_another_length() -> None:
    """In Berlin the 29 March 2026 has 23 hours; its end is still midnight."""
    came = datetime(2026, 3, 28, 12, tzinfo=UTC)
    assert end_of_day_after(came, 0, "Europe/Berlin") == datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert end_of_day_after(came, 1, "Europe/Berlin") == datetime(2026, 3, 29, 22, tzinfo=UTC)


@given(INSTANTS, st.integers(0, 30), ZONES)
def test_people_are_told_the_day_that_is_meant(at: datetime, days: int, zone: str) -> None:
    """What is due ends with the date that people are told, and that date is not before the one it came on."""
    due = end_of_day_after(at, days, zone)
    assert due > at
    assert end_of_day(last_day(due, zone), zone) == due
    assert last_day(due, zone) <= local_date(at, zone) + timedelta(days=days)
