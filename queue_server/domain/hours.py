"""Opening hours: weekly spans with lunch, seasons, statutory holidays, make-up days and the hall's own exceptions.

Spans are local wall-clock times "HH:MM"; what leaves this module are instants in UTC.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from msgspec import field

from queue_server.domain.value import Value

__all__ = [
    "WEEKDAYS",
    "DayKind",
    "Hours",
    "Interval",
    "Season",
    "business_day",
    "day_start",
    "midday",
    "next_opening",
    "opening_intervals",
]

DayKind = Literal["ordinary", "holiday", "makeup", "unknown"]
"""What the national calendar says of a date; `unknown` when its year is not in it yet: weekdays then decide."""

Span = tuple[str, str]
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
OFFICE: tuple[Span, ...] = (("08:30", "12:00"), ("14:00", "17:30"))


class Interval(Value, frozen=True, kw_only=True):
    """Half-open [start, end) in UTC."""

    start: datetime
    end: datetime


class Season(Value, frozen=True, kw_only=True):
    """Other weekly hours between two days of the year ("MM-DD", both included; may run over New Year)."""

    first: str
    last: str
    weekly: dict[str, tuple[Span, ...]]

    def covers(self, day: date) -> bool:
        """Whether the day lies in the season."""
        here = day.strftime("%m-%d")
        if self.first <= self.last:
            return self.first <= here <= self.last
        return here >= self.first or here <= self.last


class Hours(Value, frozen=True, kw_only=True):
    """When a hall is open.

    always: around the clock. weekly: spans by weekday ("mon" … "sun"), none means closed. exceptions: spans by ISO
    date, over everything else; an empty tuple is a closed day. makeup_like: whose spans a make-up working day
    takes when its own weekday has none.
    """

    always: bool = False
    weekly: dict[str, tuple[Span, ...]] = field(default_factory=lambda: dict.fromkeys(WEEKDAYS[:5], OFFICE))
    seasons: tuple[Season, ...] = ()
    exceptions: dict[str, tuple[Span, ...]] = {}
    makeup_like: str = "mon"

    def spans(self, day: date, kind: DayKind) -> tuple[Span, ...]:
        """The local spans of one date, `always` aside."""
        if (own := self.exceptions.get(day.isoformat())) is not None:
            return own
        if kind == "holiday":
            return ()
        weekly = next((season.weekly for season in self.seasons if season.covers(day)), self.weekly)
        spans = weekly.get(WEEKDAYS[day.weekday()], ())
        return spans or (weekly.get(self.makeup_like, ()) if kind == "makeup" else ())


def _clock(text: str) -> timedelta:
    """Offset of "HH:MM" from midnight; "24:00" is the next midnight."""
    hour, minute = text.split(":")
    return timedelta(hours=int(hour), minutes=int(minute))


def _instant(day: date, offset: timedelta, zone: ZoneInfo) -> datetime:
    return (datetime.combine(day, time()) + offset).replace(tzinfo=zone).astimezone(UTC)


def day_start(day: date, starts: str, timezone: str) -> datetime:
    """The instant at which a business day begins; `starts` is local "HH:MM"."""
    return _instant(day, _clock(starts), ZoneInfo(timezone))


def business_day(now: datetime, starts: str, timezone: str) -> date:
    """The business day 业务日 that `now` belongs to: the local date, before `starts` still yesterday's."""
    return (now.astimezone(ZoneInfo(timezone)).replace(tzinfo=None) - _clock(starts)).date()


def opening_intervals(hours: Hours, day: date, kind: DayKind, starts: str, timezone: str) -> tuple[Interval, ...]:
    """The instants between which a hall is open on one business day, ascending."""
    if hours.always:
        following = day + timedelta(days=1)
        return (Interval(start=day_start(day, starts, timezone), end=day_start(following, starts, timezone)),)
    zone = ZoneInfo(timezone)
    return tuple(
        Interval(start=_instant(day, _clock(start), zone), end=_instant(day, _clock(end), zone))
        for start, end in sorted(hours.spans(day, kind))
    )


def midday(opening: tuple[Interval, ...], day: date, timezone: str) -> datetime:
    """The instant that parts morning from afternoon: when the first span ends, or noon when no break is known."""
    return opening[0].end if len(opening) > 1 else _instant(day, timedelta(hours=12), ZoneInfo(timezone))


def next_opening(
    hours: Hours, now: datetime, kind_of: Callable[[date], DayKind], starts: str, timezone: str, within_days: int = 30
) -> datetime | None:
    """When the hall next opens after `now`, looking ahead at most `within_days`; None when it does not."""
    today = business_day(now, starts, timezone)
    for ahead in range(within_days + 1):
        day = today + timedelta(days=ahead)
        for interval in opening_intervals(hours, day, kind_of(day), starts, timezone):
            if interval.start > now:
                return interval.start
    return None
