"""Opening hours: what a hall's table says of a date, and at which instants that is."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.domain.hours import (
    OFFICE,
    DayKind,
    Hours,
    Interval,
    Season,
    business_day,
    day_start,
    midday,
    next_opening,
    opening_intervals,
)
from tests.domain.halls import MONDAY, local

SATURDAY, SUNDAY = date(2026, 6, 6), date(2026, 6, 7)
SHANGHAI = "Asia/Shanghai"
SHORT = (("09:00", "11:00"),)


def _clocks(intervals: tuple[Interval, ...]) -> list[str]:
    """Intervals as local clock times of Shanghai."""
    zone = timedelta(hours=8)
    return [f"{(i.start + zone):%H:%M}-{(i.end + zone):%H:%M}" for i in intervals]


def _opening(hours: Hours, day: date, kind: DayKind = "ordinary") -> list[str]:
    return _clocks(opening_intervals(hours, day, kind, "04:00", SHANGHAI))


# What the table says


def test_office_hours_with_lunch() -> None:
    """Without a table of its own a hall opens on weekdays from 08:30 to 12:00 and from 14:00 to 17:30."""
    assert _opening(Hours(), MONDAY) == ["08:30-12:00", "14:00-17:30"]
    assert _opening(Hours(), SATURDAY) == []


def test_instants_are_utc() -> None:
    """08:30 in Shanghai is half past midnight in UTC."""
    first = opening_intervals(Hours(), MONDAY, "ordinary", "04:00", SHANGHAI)[0]
    assert first == Interval(start=datetime(2026, 6, 1, 0, 30, tzinfo=UTC), end=datetime(2026, 6, 1, 4, tzinfo=UTC))
    assert first.start.tzinfo is UTC


def test_a_holiday_is_closed() -> None:
    """On a statutory holiday a hall is closed, also on a weekday; where the calendar is unknown weekdays decide."""
    assert _opening(Hours(), MONDAY, "holiday") == []
    assert _opening(Hours(), MONDAY, "unknown") == ["08:30-12:00", "14:00-17:30"]
    assert _opening(Hours(), SUNDAY, "unknown") == []


def test_a_make_up_day_opens_like_a_working_day() -> None:
    """A working Sunday takes the hours of Monday, or of the weekday that the hall names; its own if it has some."""
    assert _opening(Hours(), SUNDAY, "makeup") == ["08:30-12:00", "14:00-17:30"]
    weekly = {"mon": OFFICE, "fri": SHORT}
    assert _opening(Hours(weekly=weekly, makeup_like="fri"), SUNDAY, "makeup") == ["09:00-11:00"]
    assert _opening(Hours(weekly={"mon": OFFICE, "sun": SHORT}), SUNDAY, "makeup") == ["09:00-11:00"]
    assert _opening(Hours(weekly=weekly, makeup_like="tue"), SUNDAY, "makeup") == []


def test_the_halls_own_exceptions_are_over_everything() -> None:
    """An exception opens a holiday and closes a working day, whatever calendar, season and weekday say."""
    hours = Hours(exceptions={MONDAY.isoformat(): (), SUNDAY.isoformat(): SHORT})
    assert _opening(hours, MONDAY, "makeup") == []
    assert _opening(hours, SUNDAY, "holiday") == ["09:00-11:00"]


def test_a_season_changes_the_week() -> None:
    """From 1 June to 1 October, both included, the summer's hours hold; a make-up day has them too."""
    summer = Season(first="06-01", last="10-01", weekly={"mon": (("08:00", "12:00"), ("15:00", "18:00"))})
    hours = Hours(seasons=(summer,))
    assert _opening(hours, MONDAY) == ["08:00-12:00", "15:00-18:00"]
    assert _opening(hours, SUNDAY, "makeup") == ["08:00-12:00", "15:00-18:00"]
    assert _opening(hours, date(2026, 5, 31), "makeup") == ["08:30-12:00", "14:00-17:30"]
    assert summer.covers(date(2026, 10, 1)) and not summer.covers(date(2026, 10, 2))


def test_a_season_over_new_year() -> None:
    """A winter from 1 November to 28 February covers New Year, and no day of March."""
    winter = Season(first="11-01", last="02-28", weekly={})
    covered = [date(2026, 11, 1), date(2026, 12, 31), date(2027, 1, 1), date(2027, 2, 28)]
    assert all(winter.covers(day) for day in covered)
    assert not any(winter.covers(day) for day in (date(2026, 10, 31), date(2027, 3, 1), date(2028, 2, 29)))


def test_the_first_season_that_covers_a_day_holds() -> None:
    """Of two seasons that cover a day the first named holds."""
    first = Season(first="06-01", last="06-30", weekly={"mon": SHORT})
    second = Season(first="05-01", last="08-31", weekly={"mon": OFFICE})
    assert _opening(Hours(seasons=(first, second)), MONDAY) == ["09:00-11:00"]


def test_leap_day() -> None:
    """29 February is a day as any other: in a season that ends on it, and as an exception."""
    leap = date(2028, 2, 29)
    assert Season(first="12-01", last="02-29", weekly={}).covers(leap)
    assert _opening(Hours(exceptions={"2028-02-29": SHORT}), leap) == ["09:00-11:00"]
    assert _opening(Hours(), leap) == ["08:30-12:00", "14:00-17:30"]


def test_spans_come_in_order() -> None:
    """Intervals ascend, however the table lists them."""
    hours = Hours(exceptions={MONDAY.isoformat(): (("14:00", "16:00"), ("08:00", "10:00"))})
    assert _opening(hours, MONDAY) == ["08:00-10:00", "14:00-16:00"]


# Midnight and the day's turn


def test_open_until_midnight() -> None:
    """ "24:00" is the midnight that ends the date."""
    hours = Hours(weekly={"mon": (("20:00", "24:00"),)})
    interval = opening_intervals(hours, MONDAY, "ordinary", "04:00", SHANGHAI)[0]
    assert interval.end == local("00:00", MONDAY + timedelta(days=1))


@pytest.mark.parametrize(
    ("clock", "day", "expected"),
    [
        ("04:00", MONDAY, MONDAY),
        ("03:59:59", MONDAY, date(2026, 5, 31)),
        ("00:00", MONDAY, date(2026, 5, 31)),
        ("23:59:59", MONDAY, MONDAY),
        ("03:00", date(2026, 1, 1), date(2025, 12, 31)),
        ("02:00", date(2028, 3, 1), date(2028, 2, 29)),
    ],
)
def test_the_business_day_turns_at_four(clock: str, day: date, expected: date) -> None:
    """Until 04:00 local time it is still yesterday's business day, over midnight, New Year and leap day."""
    assert business_day(local(clock, day), "04:00", SHANGHAI) == expected


@pytest.mark.parametrize("starts", ["00:00", "04:00", "12:30", "23:59"])
@pytest.mark.parametrize("timezone", [SHANGHAI, "Asia/Urumqi", "UTC", "America/St_Johns", "Pacific/Kiritimati"])
@given(day=st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_a_business_day_begins_at_its_start(day: date, starts: str, timezone: str) -> None:
    """In every zone the first instant of a business day belongs to it, and the millisecond before to the last."""
    begin = day_start(day, starts, timezone)
    assert business_day(begin, starts, timezone) == day
    assert business_day(begin - timedelta(milliseconds=1), starts, timezone) == day - timedelta(days=1)


def test_summer_time_moves_the_instant_not_the_clock() -> None:
    """Where clocks change, a hall opens at the same clock time, and the day of the change has an hour less."""
    berlin = "Europe/Berlin"
    before, after = date(2026, 3, 28), date(2026, 3, 30)
    hours = Hours(weekly={"sat": SHORT, "mon": SHORT})
    starts = [opening_intervals(hours, day, "ordinary", "04:00", berlin)[0].start for day in (before, after)]
    assert [start.hour for start in starts] == [8, 7]
    always = opening_intervals(Hours(always=True), before, "ordinary", "00:00", berlin)
    longer = opening_intervals(Hours(always=True), date(2026, 3, 29), "ordinary", "00:00", berlin)
    assert [(i.end - i.start) // timedelta(hours=1) for i in (*always, *longer)] == [24, 23]


def test_always_open() -> None:
    """Around the clock means from one turn of the day to the next without a gap, on holidays too."""
    hours = Hours(always=True, weekly={})
    today = opening_intervals(hours, MONDAY, "holiday", "04:00", SHANGHAI)
    tomorrow = opening_intervals(hours, MONDAY + timedelta(days=1), "ordinary", "04:00", SHANGHAI)
    assert [today[0].start, today[0].end] == [local("04:00"), tomorrow[0].start]


def test_midday() -> None:
    """Morning ends with the first span where there is a break, else at noon: also on a day that is closed."""
    assert midday(opening_intervals(Hours(), MONDAY, "ordinary", "04:00", SHANGHAI), MONDAY, SHANGHAI) == local("12:00")
    split = (("08:00", "11:30"), ("13:00", "15:00"), ("18:00", "20:00"))
    hours = Hours(weekly={"mon": split, "tue": (("10:00", "20:00"),)})
    opening = opening_intervals(hours, MONDAY, "ordinary", "04:00", SHANGHAI)
    assert midday(opening, MONDAY, SHANGHAI) == local("11:30")
    tuesday = MONDAY + timedelta(days=1)
    opening = opening_intervals(hours, tuesday, "ordinary", "04:00", SHANGHAI)
    assert midday(opening, tuesday, SHANGHAI) == midday((), tuesday, SHANGHAI) == local("12:00", tuesday)


# When it opens next


def _next(clock: str, day: date = MONDAY, hours: Hours | None = None, **kinds: DayKind) -> datetime | None:
    def kind_of(date_: date) -> DayKind:
        return kinds.get(f"d{date_:%m%d}", "ordinary")

    return next_opening(hours or Hours(), local(clock, day), kind_of, "04:00", SHANGHAI)


def test_next_opening() -> None:
    """Before opening it is this morning, at lunch this afternoon, on Friday night Monday, over a holiday later."""
    friday = date(2026, 6, 5)
    assert _next("07:00") == local("08:30")
    assert _next("12:30") == local("14:00")
    assert _next("02:00") == local("08:30")
    assert _next("18:00", friday) == local("08:30", date(2026, 6, 8))
    assert _next("18:00", friday, d0608="holiday", d0607="makeup") == local("08:30", SUNDAY)
    assert _next("18:00", friday, d0608="holiday") == local("08:30", date(2026, 6, 9))


def test_a_hall_that_never_opens() -> None:
    """Nothing is promised when the hall does not open within a month."""
    assert _next("09:00", hours=Hours(weekly={})) is None
    far = Hours(weekly={}, exceptions={"2026-07-02": SHORT})
    assert _next("09:00", hours=far) is None
    assert _next("09:00", date(2026, 6, 2), hours=far) == local("09:00", date(2026, 7, 2))


@given(
    day=st.dates(date(2024, 1, 1), date(2030, 1, 1)),
    minutes=st.integers(0, 24 * 60 - 1),
    kind=st.sampled_from(["ordinary", "holiday", "makeup", "unknown"]),
)
def test_intervals_ascend_and_lie_in_their_date(day: date, minutes: int, kind: DayKind) -> None:
    """The intervals of a date never overlap, and lie between its midnights."""
    summer = Season(first="05-15", last="09-15", weekly={"sat": (("00:00", "01:00"), ("01:00", "24:00"))})
    intervals = opening_intervals(Hours(seasons=(summer,)), day, kind, "04:00", SHANGHAI)
    edges = [edge for interval in intervals for edge in (interval.start, interval.end)]
    assert edges == sorted(edges)
    assert all(local("00:00", day) <= edge <= local("00:00", day + timedelta(days=1)) for edge in edges)
    at = local("00:00", day) + timedelta(minutes=minutes)
    following = next_opening(Hours(seasons=(summer,)), at, lambda _: kind, "04:00", SHANGHAI)
    assert following is None or following > at
