"""Deadlines in days: the last day on which something is in time, and the instant at which that day is over.

Days are the hall's local dates from midnight to midnight, which is what a letter says: before the business day begins
it is no more yesterday. What the national calendar says of a date is passed in.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from queue_server.domain.hours import DayKind

__all__ = ["KindOf", "end_of_day", "end_of_day_after", "last_day", "local_date", "working", "working_days_after"]

KindOf = Callable[[date], DayKind]
"""What the national calendar says of a date."""


def working(day: date, kind: DayKind) -> bool:
    """Whether a date is a working day 工作日: the calendar decides, and weekdays where it says nothing of the date."""
    return kind == "makeup" or (kind != "holiday" and day.weekday() < 5)


def working_days_after(day: date, days: int, kind_of: KindOf) -> date:
    """The so-many-th working day after a date, which itself is not counted; with 0 the date itself.

    days: 0 or more. Raises ValueError when it is less.
    """
    if days < 0:
        raise ValueError(days)
    while days:
        day += timedelta(days=1)
        days -= working(day, kind_of(day))
    return day


def end_of_day_after(at: datetime, days: int, timezone: str, kind_of: KindOf | None = None) -> datetime:
    """The instant, in UTC, at which the so-many-th day after `at` is over; from then on it is late.

    at: aware. days: 0 or more; 0 is the day itself. kind_of: working days are counted; None: calendar days 自然日.
    """
    came = local_date(at, timezone)
    last = came + timedelta(days=days) if kind_of is None else working_days_after(came, days, kind_of)
    return end_of_day(last, timezone)


def end_of_day(day: date, timezone: str) -> datetime:
    """The midnight, in UTC, that ends a local date."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(timezone)).astimezone(UTC)


def last_day(due_at: datetime, timezone: str) -> date:
    """The last local date that has any time before `due_at`: what people are told."""
    return local_date(due_at - timedelta(microseconds=1), timezone)


def local_date(at: datetime, timezone: str) -> date:
    """The date that the hall's calendar shows."""
    return at.astimezone(ZoneInfo(timezone)).date()
