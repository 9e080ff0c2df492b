"""What the national calendar says of a date: statutory holidays and make-up working days."""

from datetime import date

import chinese_calendar

from queue_server.domain.hours import DayKind

__all__ = ["day_kind"]


def day_kind(day: date) -> DayKind:
    """Holiday, make-up working day or ordinary day; "unknown" for a year that the calendar does not have yet."""
    try:
        holiday, name = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return "unknown"
    if holiday and name:
        return "holiday"
    if day.weekday() >= 5 and not holiday:
        return "makeup"
    return "ordinary"
