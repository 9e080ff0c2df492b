"""Rows of statistics as a table: columns, order, comparison."""

from datetime import date
from typing import Any

from queue_server.web.figures import TOPICS
from queue_server.web.history_table import compared, table
from queue_server.web.periods import Period
from tests.web.untranslated import _

TICKETS, WAITING = TOPICS[:2]


def _row(key: Any, issued: int, **more: Any) -> dict[str, Any]:
    return {"key": key, "issued": issued, **more}


def test_columns_are_the_figures_that_any_row_has() -> None:
    """What nobody knows has no column; what one row does not know is empty there."""
    rows = [_row("a", 2, abandonment_rate=0.5), _row("b", 0)]
    found = table("queue", TICKETS, rows, None, _)
    assert [figure.path for figure in found.figures] == ["issued", "abandonment_rate"]
    assert [[cell.value for cell in row.cells] for row in found.rows] == [[2, 0.5], [0, None]]
    assert table("queue", WAITING, rows, None, _).figures == ()


def test_an_earlier_row_stands_beside_the_one_of_the_same_key() -> None:
    """One that has no counterpart stands by itself, also when its key looks like another's."""
    found = table("counter", TICKETS, [_row(1, 5), _row(2, 6)], [_row(2, 4), _row(3, 9)], _)
    assert [(row.key, *row.cells) for row in found.rows] == [("1", (5, None)), ("2", (6, 4)), ("3", (None, 9))]


def test_days_are_compared_by_their_place() -> None:
    """The third day with the third day; a day of the period on which nothing happened has no row."""
    june, may = Period(date(2026, 6, 1), date(2026, 6, 30)), Period(date(2026, 5, 1), date(2026, 5, 31))
    rows, before = [_row("2026-06-03", 5)], [_row("2026-05-02", 1), _row("2026-05-03", 7), _row("2026-05-31", 9)]
    assert compared("day", rows, before, june, may) == [_row("2026-06-03", 7)]
    assert compared("queue", rows, before, june, may) == before


def test_posts_days_and_months_move_with_their_period() -> None:
    """A post's day keeps its post; months go over the turn of the year."""
    spring, winter = Period(date(2026, 1, 1), date(2026, 3, 31)), Period(date(2025, 10, 1), date(2025, 12, 31))
    rows = [_row("2026-01", 1), _row("2026-03", 3)]
    before = [_row("2025-10", 7), _row("2025-11", 8), _row("2025-12", 9)]
    assert compared("month", rows, before, spring, winter) == [_row("2026-01", 7), _row("2026-03", 9)]
    days, earlier = Period(date(2026, 6, 2), date(2026, 6, 2)), Period(date(2026, 6, 1), date(2026, 6, 1))
    posts = [_row("2026-06-01 a", 7), {"issued": 3}]
    assert compared("day_post", [_row("2026-06-02 a", 1)], posts, days, earlier) == [_row("2026-06-02 a", 7)]


def test_rows_without_an_order_are_put_in_one() -> None:
    """The most comes first, what is not known last; queues stay as the hall has them."""
    rows = [_row(1, 2), _row(2, 9), {"key": 3, "served": 1}]
    assert [row.key for row in table("service", TICKETS, rows, None, _, ranked_by="issued").rows] == ["2", "1", "3"]
    assert [row.key for row in table("queue", TICKETS, rows, None, _, ranked_by="issued").rows] == ["1", "2", "3"]
    gone = [_row(4, 99)]  # it was first then, and is not there now
    assert table("service", TICKETS, rows, gone, _, ranked_by="issued").rows[0].key == "2"
