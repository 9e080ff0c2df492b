"""Statistics as they are stored: a *cell* for each grouping of each day, and of each month what its days add up to.

A cell holds the figures of all rows of one grouping. Groupings that follow from others (months from the whole, weekdays
with hours from hours) are not stored, and a range of days is read as whole months with days around them.
"""

import zlib
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

import msgspec

from queue_server.projections.history_facts import Fact
from queue_server.projections.history_figures import PackedFigures
from queue_server.projections.history_tally import By, Key, Tally, day_post, month_of, weekday_hour, weekday_of

__all__ = [
    "GROUPINGS",
    "VERSION",
    "Cells",
    "DayCells",
    "Span",
    "add_cell",
    "day_period",
    "days_before",
    "merged",
    "month_period",
    "periods",
    "spans",
    "stored_as",
]

VERSION = 2
"""Of what the figures mean and how they are stored. Raise it when either changes: every hall is then read anew."""

GROUPINGS: tuple[By | None, ...] = (None, "queue", "counter", "service", "post", "clerk", "capacity", "hour")
"""What is stored; the place in it is the grouping's number in the file."""

Cells = dict[int, bytes]
"""A day's or a month's cells, by grouping number; a grouping without rows has none."""

_A_DAY = 1_000_000
"""From here on, a period is a day."""

_Rows = list[tuple[str | int | None, PackedFigures]]
_pack = msgspec.msgpack.Encoder().encode
_unpack: Callable[[bytes], _Rows] = msgspec.msgpack.Decoder(_Rows).decode


def _encode(rows: _Rows) -> bytes:
    """A cell. Compressed lightly, because most counts are 0 or 1: that saves nearly half the file for microseconds."""
    return zlib.compress(_pack(rows), 1)


def _decode(cell: bytes) -> _Rows:
    return _unpack(zlib.decompress(cell))


class _Source(NamedTuple):
    """How rows by something come out of what is stored. key: from a day and a stored key to the row's; None: as it is.
    by_month: whether months will do.
    """

    grouping: By | None
    key: Callable[[date, Key], Key] | None = None
    by_month: bool = True


_DERIVED: dict[By | None, _Source] = {
    "month": _Source(None, lambda day, key: month_of(day)),
    "day": _Source(None, lambda day, key: str(day), by_month=False),
    "weekday": _Source(None, lambda day, key: weekday_of(day), by_month=False),
    "weekday_hour": _Source("hour", weekday_hour, by_month=False),
    "day_post": _Source("post", day_post, by_month=False),
}


class Span(NamedTuple):
    """A run of stored periods, both ends included: numbers like 20260601 for days, like 202606 for months."""

    first: int
    last: int


class DayCells:
    """The cells of one day, while its facts are being added up."""

    def __init__(self) -> None:
        self._tallies = [Tally(grouping) for grouping in GROUPINGS]

    def add(self, fact: Fact) -> None:
        """Count a fact of that day."""
        for tally in self._tallies:
            tally.add(fact)

    def cells(self) -> Cells:
        """What they add up to."""
        packed = ((number, tally.packed()) for number, tally in enumerate(self._tallies))
        return {number: _encode(rows) for number, rows in packed if rows}


def merged(cells: Iterable[bytes]) -> bytes:
    """What cells of one grouping add up to."""
    tally = Tally(None)
    for cell in cells:
        for key, packed in _decode(cell):
            tally.row(key).merge(packed)
    return _encode(tally.packed())


def stored_as(by: By | None) -> int:
    """The number of the grouping that rows come out of."""
    return GROUPINGS.index(_source(by).grouping)


def add_cell(tally: Tally, period: int, cell: bytes) -> None:
    """Count what a cell of that period holds, which is one of `stored_as` the tally's grouping."""
    key_of = _source(tally.by).key
    day = _day(period)
    for key, packed in _decode(cell):
        tally.row(key if key_of is None else key_of(day, key)).merge(packed)


def days_before(span: Span, since: date) -> tuple[date, date] | None:
    """The days of a span that lie before `since`, the first and the last; None where there is none, and of months."""
    if span.first < _A_DAY or span.first >= day_period(since):
        return None
    return _day(span.first), min(_day(span.last), since - timedelta(days=1))


def spans(first: date, last: date, by: By | None) -> list[Span]:
    """What is to be read for rows of these days: whole months where they will do, and the days around them."""
    if first > last:
        return []
    if not _source(by).by_month:
        return [Span(day_period(first), day_period(last))]
    begin = first if first.day == 1 else _next_month(first)  # the first month that may be whole
    end = _next_month(last) if _next_day(last) == _next_month(last) else last.replace(day=1)  # and where they end
    if begin >= end:
        return [Span(day_period(first), day_period(last))]
    parts = [Span(month_period(begin), month_period(end - timedelta(days=1)))]
    if first < begin:
        parts.append(Span(day_period(first), day_period(begin - timedelta(days=1))))
    if end <= last:
        parts.append(Span(day_period(end), day_period(last)))
    return parts


def periods(span: Span) -> Iterator[int]:
    """Every period of a span, whether there is a cell of it or not."""
    months = span.first < _A_DAY
    day, last = _day(span.first), _day(span.last)
    while day <= last:
        yield month_period(day) if months else day_period(day)
        day = _next_month(day) if months else _next_day(day)


def day_period(day: date) -> int:
    """A day's number."""
    return day.year * 10_000 + day.month * 100 + day.day


def month_period(day: date) -> int:
    """The number of a day's month."""
    return day.year * 100 + day.month


def _day(period: int) -> date:
    """The day of that number, or the first one of that month."""
    if period < _A_DAY:
        period = period * 100 + 1
    return date(period // 10_000, period // 100 % 100, period % 100)


def _source(by: By | None) -> _Source:
    return _DERIVED.get(by) or _Source(by)


def _next_day(day: date) -> date:
    return day + timedelta(days=1)


def _next_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)
