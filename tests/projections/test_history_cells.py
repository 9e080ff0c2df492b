"""What is stored of days and months, and which of it a range of days is read from."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.projections.history_cells import Span, day_period, days_before, month_period, periods, spans
from queue_server.projections.history_tally import By

DAYS = st.dates(date(2023, 11, 1), date(2026, 3, 31))


@pytest.mark.parametrize(
    ("first", "last", "parts"),
    [
        ("2026-06-01", "2026-06-30", [(202606, 202606)]),
        ("2026-06-01", "2026-08-31", [(202606, 202608)]),
        ("2026-06-15", "2026-06-20", [(20260615, 20260620)]),
        ("2026-06-15", "2026-07-20", [(20260615, 20260720)]),
        ("2026-06-15", "2026-08-20", [(202607, 202607), (20260615, 20260630), (20260801, 20260820)]),
        ("2024-02-01", "2024-02-28", [(20240201, 20240228)]),
        ("2024-02-01", "2024-02-29", [(202402, 202402)]),
        ("2025-12-31", "2026-12-31", [(202601, 202612), (20251231, 20251231)]),
        ("2026-06-02", "2026-06-01", []),
    ],
)
def test_months_where_they_are_whole(first: str, last: str, parts: list[tuple[int, int]]) -> None:
    """And the days around them."""
    assert spans(date.fromisoformat(first), date.fromisoformat(last), "queue") == parts


@given(DAYS, st.integers(0, 400))
def test_each_day_is_read_once(first: date, more: int) -> None:
    """By itself or in its month, and no other day is."""
    last = first + timedelta(days=more)
    bys: tuple[By | None, ...] = (None, "weekday_hour")
    for by in bys:
        read = [day for span in spans(first, last, by) for day in days_of(span)]
        assert sorted(read) == [first + timedelta(days=ahead) for ahead in range(more + 1)]
    assert spans(first, last, "day") == [(day_period(first), day_period(last))]


@given(DAYS, st.integers(0, 400))
def test_the_periods_of_a_span(first: date, more: int) -> None:
    """Each day, or each month, once."""
    last = first + timedelta(days=more)
    days = [first + timedelta(days=ahead) for ahead in range(more + 1)]
    assert list(periods(Span(day_period(first), day_period(last)))) == [day_period(day) for day in days]
    assert list(periods(Span(month_period(first), month_period(last)))) == sorted({month_period(day) for day in days})


@given(DAYS, st.integers(0, 400), st.integers(-5, 405))
def test_days_before_another(first: date, more: int, ahead: int) -> None:
    """Those that a span has before it, and none of months."""
    last, since = first + timedelta(days=more), first + timedelta(days=ahead)
    before = days_before(Span(day_period(first), day_period(last)), since)
    expected = [day for n in range(more + 1) if (day := first + timedelta(days=n)) < since]
    assert before == ((expected[0], expected[-1]) if expected else None)
    assert days_before(Span(month_period(first), month_period(last)), since) is None


def days_of(span: Span) -> list[date]:
    """The days whose own period, or whose month's, is in a span."""
    period_of = month_period if span.first < 1_000_000 else day_period
    begin = date(2023, 10, 1)
    days = (begin + timedelta(days=ahead) for ahead in range(1500))
    return [day for day in days if span.first <= period_of(day) <= span.last]
