"""How long waits and services were, in spans of minutes."""

from typing import Any

import pytest

from queue_server.web.history_spread import spread_rows, step_of


def _total(waits: list[tuple[int, int]], services: list[tuple[int, int]] | None = None, p90_s: int = 0) -> Any:
    return {"waiting": {"p90_s": p90_s, "minutes": waits}, "service": {"minutes": services or []}}


def test_every_duration_is_in_one_span() -> None:
    """A minute belongs to the span that begins with it; shares are of all, and add up to one."""
    rows = spread_rows(_total([(0, 3), (4, 1), (5, 2), (12, 2)], [(5, 1)]), 5)
    assert [row["key"] for row in rows] == ["0-5", "5-10", "10-15"]
    spreads = [row["spread"] for row in rows]
    assert [each["waits"] for each in spreads] == [4, 2, 2]
    assert [each["waits_share"] for each in spreads] == [0.5, 0.25, 0.25]
    assert [each["waits_upto"] for each in spreads] == [0.5, 0.75, 1.0]
    assert [each["services_upto"] for each in spreads] == [0, 1.0, 1.0]


def test_the_last_span_takes_in_whatever_is_longer() -> None:
    """Nothing is left out."""
    rows = spread_rows(_total([(0, 1), (75, 2), (400, 3)]), 5)
    assert (rows[-1]["key"], rows[-1]["spread"]["waits"]) == ("75-", 5)
    assert sum(row["spread"]["waits"] for row in rows) == 6


def test_what_nobody_waited_for_has_no_share() -> None:
    """No services: no shares of them. Nothing at all: no rows."""
    (row,) = spread_rows(_total([(0, 1)]), 5)
    assert "services_share" not in row["spread"]
    assert spread_rows({"waiting": {"count": 0}, "service": {"count": 0}}, 5) == []


@pytest.mark.parametrize(
    ("p90_s", "step"), [(0, 1), (14 * 60, 1), (15 * 60, 2), (74 * 60, 5), (75 * 60, 10), (10**6, 30)]
)
def test_spans_are_as_long_as_most_waits_need(p90_s: int, step: int) -> None:
    """Nine in ten have a span of their own, in both periods that are compared."""
    assert step_of([_total([]), _total([], p90_s=p90_s)]) == step
