"""In which halves of a day a hall opens."""

from datetime import date, timedelta

import pytest

from queue_server.domain.hours import DayKind, Hours
from queue_server.domain.open_halves import open_halves
from tests.domain.halls import MONDAY, township

SATURDAY = MONDAY + timedelta(days=5)


@pytest.mark.parametrize(
    ("hours", "day", "kind", "halves"),
    [
        (Hours(), MONDAY, "ordinary", ("morning", "afternoon")),
        (Hours(), MONDAY, "holiday", ()),
        (Hours(), SATURDAY, "ordinary", ()),
        (Hours(), SATURDAY, "makeup", ("morning", "afternoon")),
        (Hours(always=True), SATURDAY, "holiday", ("morning", "afternoon")),
        (Hours(weekly={"mon": (("08:30", "11:30"),)}), MONDAY, "ordinary", ("morning",)),
        (Hours(weekly={"mon": (("13:00", "17:00"),)}), MONDAY, "ordinary", ("afternoon",)),
        (Hours(weekly={"mon": (("10:00", "15:00"),)}), MONDAY, "ordinary", ("morning", "afternoon")),
    ],
)
def test_which_half_days_are_open(hours: Hours, day: date, kind: DayKind, halves: tuple[str, ...]) -> None:
    """By the hall's hours and the calendar: holidays and make-up days count."""
    assert open_halves(township(hours=hours), day, kind) == halves
