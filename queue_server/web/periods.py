"""The business days that a page of history is about, and those that it compares them with. Pure."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Literal, NamedTuple, get_args

from queue_server.web.written_date import date_in

__all__ = ["AGAINST", "DAYS_MAX", "Against", "Period", "PeriodFault", "asked", "earlier", "month", "usual"]

DAYS_MAX = 366
"""Business days that can be asked for at once: a year, leap years too."""

ONE = timedelta(days=1)

Against = Literal["", "before", "year"]
"""Nothing; the days just before; the same days a year ago."""
AGAINST: tuple[Against, ...] = get_args(Against)

PeriodFault = Literal["date_wrong", "order_wrong", "too_long"]


class Period(NamedTuple):
    """Business days, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1


def asked(query: Mapping[str, str], today: date) -> Period | PeriodFault:
    """The days that a query's `from` and `to` name; the last four weeks when it names none."""
    if "from" not in query and "to" not in query:
        return Period(today - 27 * ONE, today)
    first, last = _date(query.get("from", "")), _date(query.get("to", ""))
    if first is None or last is None:
        return "date_wrong"
    if first > last:
        return "order_wrong"
    return Period(first, last) if (last - first).days < DAYS_MAX else "too_long"


def _date(text: str) -> date | None:
    """A date as the wire writes it; None for anything else, and for years that have none before or after them."""
    day = date_in(text)
    return None if day is None or not 1970 <= day.year < 9999 else day


def month(text: str) -> Period | None:
    """The month "2026-06"; None when there is none of that name."""
    first = _date(f"{text}-01")
    return None if first is None else Period(first, _next_month(first) - ONE)


def earlier(period: Period, against: Against) -> Period | None:
    """The days to compare with. Whole months are compared with as many months before them, so that June meets May."""
    first, last = period
    match against:
        case "year":
            return Period(_a_year_before(first, leap=28), _a_year_before(last + ONE, leap=29) - ONE)
        case "before" if first.day == 1 and (last + ONE).day == 1:
            start = first
            for _ in range((last.year - first.year) * 12 + last.month - first.month + 1):
                start = (start - ONE).replace(day=1)
            return Period(start, first - ONE)
        case "before":
            return Period(first - period.days * ONE, first - ONE)
    return None


def usual(today: date) -> Iterator[tuple[str, Period]]:
    """The periods that are asked for most, by name."""
    monday, first = today - today.weekday() * ONE, today.replace(day=1)
    yield "today", Period(today, today)
    yield "yesterday", Period(today - ONE, today - ONE)
    yield "week", Period(monday, today)
    yield "last_week", Period(monday - 7 * ONE, monday - ONE)
    yield "month", Period(first, today)
    yield "last_month", Period((first - ONE).replace(day=1), first - ONE)
    yield "four_weeks", Period(today - 27 * ONE, today)  # so that the ones before have the same weekdays
    yield "year", Period(today.replace(month=1, day=1), today)


def _next_month(first: date) -> date:
    return (first + 31 * ONE).replace(day=1)


def _a_year_before(day: date, leap: int) -> date:
    """leap: what the 29th of February becomes, counted from the first of that month."""
    if (day.month, day.day) == (2, 29):
        return date(day.year - 1, 2, 1) + (leap - 1) * ONE
    return day.replace(year=day.year - 1)
