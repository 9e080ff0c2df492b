"""What the national calendar says of a date."""

from datetime import date

import pytest

from queue_server.engine.calendar import day_kind


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (date(2026, 2, 17), "holiday"),  # Spring Festival
        (date(2026, 2, 14), "makeup"),  # the Saturday worked for it
        (date(2026, 2, 28), "makeup"),
        (date(2026, 10, 1), "holiday"),  # National Day
        (date(2026, 6, 1), "ordinary"),  # a Monday
        (date(2026, 6, 6), "ordinary"),  # a Saturday: the hall's weekly hours know
    ],
)
def test_holidays_and_make_up_days_are_known(day: date, kind: str) -> None:
    """Both move the hours of a hall; everything else is for its weekly hours."""
    assert day_kind(day) == kind


def test_a_year_that_is_not_published_yet_is_unknown() -> None:
    """Weekdays decide then, and the head is told."""
    assert day_kind(date(2199, 1, 1)) == "unknown"
