"""What a page of history is asked by its address."""

from datetime import date

from queue_server.web.history_labels import RowsBy
from queue_server.web.history_question import question

TODAY = date(2026, 6, 10)
BYS: tuple[RowsBy, ...] = ("day", "queue")


def test_what_is_not_known_is_not_said() -> None:
    """The first grouping, the first topic, its own figure, no comparison, the last four weeks."""
    asked = question({"by": "stars", "show": "weather", "against": "all"}, TODAY, BYS)
    assert (asked.by, asked.topic.id, asked.figure, asked.against) == ("day", "tickets", "", "")
    assert asked.period == (date(2026, 5, 14), TODAY)
    assert asked.earlier is None


def test_days_that_cannot_be_shown_are_no_days() -> None:
    """The fault is told, and nothing is compared with anything."""
    asked = question({"from": "2026-06-02", "to": "2026-06-01", "against": "before"}, TODAY, BYS)
    assert (asked.period, asked.fault, asked.earlier) == (None, "order_wrong", None)
    assert asked.address() == "?against=before&by=day&show=tickets"


def test_an_address_keeps_what_is_not_changed() -> None:
    """So that a step to another view stays on the same days; asked again, it is the same question."""
    days = {"from": "2026-06-01", "to": "2026-06-07", "against": "year"}
    asked = question(days | {"by": "queue", "figure": "issued"}, TODAY, BYS)
    address = asked.address(show="waiting", figure="")
    assert address == "?from=2026-06-01&to=2026-06-07&against=year&by=queue&show=waiting"
    assert asked.file_name("town", "csv") == "town-2026-06-01-2026-06-07-queue.csv"
    assert ("week", "?from=2026-06-08&to=2026-06-10&against=year&by=queue&show=tickets&figure=issued", False) in list(
        asked.periods(TODAY)
    )
