"""Which days a page of history is about, and which it compares them with."""

from datetime import date

import pytest

from queue_server.web.periods import Against, Period, PeriodFault, asked, earlier, month, usual

TODAY = date(2026, 6, 10)  # a Wednesday


def _days(first: str, last: str) -> Period:
    return Period(date.fromisoformat(first), date.fromisoformat(last))


def test_nothing_asked_is_the_last_four_weeks() -> None:
    """Today is one of them."""
    assert asked({}, TODAY) == _days("2026-05-14", "2026-06-10")
    assert asked({}, TODAY) == dict(usual(TODAY))["four_weeks"]


@pytest.mark.parametrize(
    ("first", "last", "fault"),
    [
        ("2026-06-02", "2026-06-01", "order_wrong"),
        ("2026-06-01", "2027-06-02", "too_long"),
        ("2026-06-31", "2026-07-01", "date_wrong"),
        ("20260601", "20260602", "date_wrong"),
        ("", "2026-06-01", "date_wrong"),
        ("0001-01-01", "0001-01-01", "date_wrong"),  # the year before it does not exist
        ("9999-01-01", "9999-12-31", "date_wrong"),
    ],
)
def test_days_that_cannot_be_shown(first: str, last: str, fault: PeriodFault) -> None:
    """Each tells why."""
    assert asked({"from": first, "to": last}, TODAY) == fault


def test_a_leap_year_is_not_too_long() -> None:
    """366 days."""
    assert asked({"from": "2023-06-01", "to": "2024-05-31"}, TODAY) == _days("2023-06-01", "2024-05-31")


@pytest.mark.parametrize(
    ("period", "against", "found"),
    [
        (("2026-06-08", "2026-06-10"), "before", ("2026-06-05", "2026-06-07")),
        (("2026-06-01", "2026-06-30"), "before", ("2026-05-01", "2026-05-31")),
        (("2026-03-01", "2026-03-31"), "before", ("2026-02-01", "2026-02-28")),
        (("2026-01-01", "2026-03-31"), "before", ("2025-10-01", "2025-12-31")),
        (("2026-06-01", "2026-06-30"), "year", ("2025-06-01", "2025-06-30")),
        (("2024-02-29", "2024-02-29"), "year", ("2023-02-28", "2023-02-28")),
        (("2024-02-01", "2024-02-29"), "year", ("2023-02-01", "2023-02-28")),
        (("2025-02-01", "2025-02-28"), "year", ("2024-02-01", "2024-02-29")),
        (("2024-02-28", "2024-02-28"), "year", ("2023-02-28", "2023-02-28")),
    ],
)
def test_what_a_period_is_compared_with(period: tuple[str, str], against: Against, found: tuple[str, str]) -> None:
    """As many days before it, whole months with whole months; or the same days of the year before."""
    assert earlier(_days(*period), against) == _days(*found)
    assert earlier(_days(*period), "") is None


def test_the_usual_periods() -> None:
    """Weeks begin on Monday; none goes beyond today."""
    found = dict(usual(TODAY))
    assert found["week"] == _days("2026-06-08", "2026-06-10")
    assert found["last_week"] == _days("2026-06-01", "2026-06-07")
    assert found["last_month"] == _days("2026-05-01", "2026-05-31")
    assert found["year"] == _days("2026-01-01", "2026-06-10")
    assert dict(usual(date(2026, 1, 1)))["last_month"] == _days("2025-12-01", "2025-12-31")


def test_months() -> None:
    """By name; February knows leap years."""
    assert month("2024-02") == _days("2024-02-01", "2024-02-29")
    assert month("2026-12") == _days("2026-12-01", "2026-12-31")
    assert [month(text) for text in ("", "2026-13", "2026-1", "26-01", "2026-01-01")] == [None] * 5
