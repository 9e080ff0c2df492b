"""Facts into rows: rounding, spreads, order, and a page that explains every figure."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queue_server.domain.rating import LEVELS
from queue_server.projections.history_book import BookFact, ComplaintFacts, RectificationFacts
from queue_server.projections.history_facts import Fact, LegFacts, Staffing, TicketFacts, Work
from queue_server.projections.history_tally import BYS, Tally

PAGE = Path(__file__).resolve().parents[2] / "docs" / "statistics.md"
MONDAY = date(2026, 6, 1)


def _ticket(*legs: LegFacts, day: date = MONDAY, **changes: Any) -> TicketFacts:
    """A ticket that was called after one second, if it has a leg."""
    at = datetime(2026, 6, 1, 1, tzinfo=UTC)
    facts: dict[str, Any] = {"hour": 9, "queue": "a", "queue_now": "a", "issued_at": at, "legs": list(legs)}
    facts |= {"waited_ms": 1000, "elapsed_ms": 1000} if legs else {}
    return TicketFacts(day=day, **(facts | changes))


def _leg(**changes: Any) -> LegFacts:
    return LegFacts(counter=1, clerk="u_1", capacity="A", post=None, queue="a", **changes)


def _served(ms: int, level: Any = None) -> LegFacts:
    return _leg(outcome="served", service_ms=ms, level=level)


def _total(*facts: Fact | BookFact) -> dict[str, Any]:
    tally = Tally(None)
    for fact in facts:
        tally.add(fact)
    (row,) = tally.rows()
    return row


@pytest.mark.parametrize(
    ("durations_ms", "mean_s", "median_s", "p90_s", "max_s"),
    [
        ([0], 0, 0, 0, 0),
        ([499], 0, 0, 0, 0),
        ([500], 1, 1, 1, 1),
        ([1000, 2000], 2, 2, 2, 2),
        ([1000, 2000, 6000], 3, 2, 6, 6),
        ([500, 1499, 1500], 1, 1, 2, 2),  # each is rounded by itself
        ([second * 1000 for second in range(1, 11)], 6, 6, 9, 10),
        ([second * 1000 for second in range(1, 12)], 6, 6, 10, 11),
        ([second * 1000 for second in range(100, 0, -1)], 51, 51, 90, 100),
    ],
)
def test_spread(durations_ms: list[int], mean_s: int, median_s: int, p90_s: int, max_s: int) -> None:
    """Halves go upwards; p90 is the shortest that nine in ten do not exceed."""
    assert _total(*(_ticket(_served(ms)) for ms in durations_ms))["service"] == {
        "count": len(durations_ms),
        "mean_s": mean_s,
        "median_s": median_s,
        "p90_s": p90_s,
        "max_s": max_s,
    }


@given(st.lists(st.integers(0, 10**8), min_size=1))
@settings(deadline=None)
def test_a_spread_is_in_order(durations_ms: list[int]) -> None:
    """Nothing exceeds the maximum, the median not p90 (nearly: it may lie between two), and all lie in the range."""
    spread = _total(*(_ticket(_served(ms)) for ms in durations_ms))["service"]
    least, most = (min(durations_ms) + 500) // 1000, spread["max_s"]
    assert least <= spread["median_s"] <= most
    assert least <= spread["mean_s"] <= most
    assert spread["p90_s"] <= most
    assert len(durations_ms) < 2 or spread["median_s"] <= spread["p90_s"]


def test_shares_have_four_decimals() -> None:
    """Two of three."""
    row = _total(_ticket(_served(0, "satisfied")), _ticket(_served(0, "dissatisfied")), _ticket(_served(0)))
    assert (row["rating_rate"], row["bad_rate"]) == (0.6667, 0.5)


def test_the_order_of_the_facts_does_not_matter() -> None:
    """Sums are of whole numbers."""
    facts: list[Fact] = [_ticket(_served(ms)) for ms in (7, 77, 7777)]
    facts.append(Work(MONDAY, 1, "u_1", (None,), "free", None, 3333))
    for by in (None, *BYS):
        forth, back = Tally(by), Tally(by)
        for fact in facts:
            forth.add(fact)
        for fact in reversed(facts):
            back.add(fact)
        assert list(forth.rows()) == list(back.rows())


def test_keys_in_order() -> None:
    """Numbers count up, weekdays begin on Monday, queues follow the set-up; the row without a key comes last."""
    hours, weekdays, queues, services = Tally("hour"), Tally("weekday"), Tally("queue"), Tally("service")
    heat, capacities = Tally("weekday_hour"), Tally("capacity")
    for day, hour in ((1, 10), (1, 9), (7, 0)):
        heat.add(_ticket(day=date(2026, 6, day), hour=hour))
    for capacity in ("relief", "B", "A"):
        capacities.add(_ticket(replace(_leg(), capacity=capacity)))
    for hour in (10, 9, 23, 0):
        hours.add(_ticket(hour=hour))
    for day in (7, 5, 1, 4):
        weekdays.add(_ticket(day=date(2026, 6, day)))
    for queue in ("a", "z", "gone", "b"):
        queues.add(_ticket(queue=queue))
    for service in (None, 100, 20):
        services.add(_ticket(service=service))
    assert [row["key"] for row in hours.rows()] == [0, 9, 10, 23]
    assert [row["key"] for row in weekdays.rows()] == ["mon", "thu", "fri", "sun"]
    assert [row["key"] for row in heat.rows()] == ["mon 09", "mon 10", "sun 00"]
    assert [row["key"] for row in capacities.rows()] == ["A", "B", "relief"]
    assert [row["key"] for row in queues.rows(order=["z", "b", "a"])] == ["z", "b", "a", "gone"]
    assert [row.get("key") for row in services.rows()] == [20, 100, None]
    assert services.keys == {20, 100, None}


def test_every_figure_is_explained() -> None:
    """docs/statistics.md names each figure and each grouping, and none that does not exist."""
    legs = (_served(1000, "satisfied"), _leg(outcome="absent"))
    work = Work(MONDAY, 1, "u_1", (None,), "serving", None, 1000)
    bad = RectificationFacts(MONDAY, "a", 1, "u_1", "A", None, None, False, True, True, True, True, True, False)
    complaint = ComplaintFacts(MONDAY, "replied", True)
    row = _total(_ticket(*legs, promised=(1, 2)), work, Staffing(MONDAY, "post-1", 1, 0), bad, complaint)
    page = PAGE.read_text(encoding="utf-8")
    tables = page[page.index("## The figures") :]
    assert set(re.findall(r"^\| `(\w+)`", tables, re.MULTILINE)) == set(row)
    assert set(re.findall(r"^\| `(\w+)`", page[: page.index("## The figures")], re.MULTILINE)) - {"by"} == set(BYS)
    assert set(row["ratings"]) == set(LEVELS)
