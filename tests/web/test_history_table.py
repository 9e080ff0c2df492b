"""Rows of statistics as a table: order, labels, comparison, words, files."""

from datetime import date
from typing import Any

import pytest

from queue_server.web.figures import FIGURES, TOPICS, Unit
from queue_server.web.history_chart import chart
from queue_server.web.history_table import Cell, change, compared, said, sheets, single_sheet, table
from queue_server.web.periods import Period
from tests.wire.vectors import load

TICKETS, WAITING, SERVICE, RATINGS, _DUTY = TOPICS[:5]


def _(text: str) -> str:
    return text


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


@pytest.mark.parametrize(
    ("by", "row", "label"),
    [
        ("hour", {"key": 9}, "9:00–10:00"),
        ("weekday", {"key": "sun"}, "周日"),
        ("day", {"key": "2026-06-10"}, "2026-06-10 周三"),
        ("counter", {"key": 3, "name": "即办"}, "3 号窗口 即办"),
        ("service", {"key": 12, "name": "参保"}, "12 参保"),
        ("service", {}, "只选了队列"),
        ("weekday_hour", {"key": "fri 09"}, "周五 9:00"),
        ("day_post", {"key": "2026-06-10 a", "name": "综合岗"}, "综合岗 2026-06-10"),
        ("day_post", {}, "不属于岗位的窗口"),
        ("minutes", {"key": "10-15"}, "10–15 分钟"),
        ("minutes", {"key": "75-"}, "75 分钟以上"),
        ("capacity", {"key": "relief"}, "顶岗"),
        ("month", {"key": "2026-06"}, "2026-06"),
        ("post", {"key": "p", "name": "一号岗"}, "一号岗"),
        ("post", {}, "不属于岗位的窗口"),
        ("clerk", {"key": "u_1", "name": "王芳"}, "王芳"),
        ("clerk", {"key": "u_1"}, "已注销的账号"),  # an account's id says nothing to anybody
    ],
)
def test_what_a_row_is_called(by: Any, row: dict[str, Any], label: str) -> None:
    """In words, never by an inner name."""
    (found,) = table(by, TICKETS, [{**row, "issued": 1}], None, _).rows
    assert found.label == label


@pytest.mark.parametrize(("value", "unit", "words"), load("figure_words"))
def test_a_figure_in_words(value: Any, unit: Unit, words: str) -> None:
    """What is not known is a dash, not a zero."""
    assert said(value, unit) == words


@pytest.mark.parametrize(
    ("now", "before", "unit", "words"),
    [
        (111, 100, "count", "+11%"),
        (480, 600, "seconds", "−20%"),
        (100, 100, "count", "±0"),
        (3, 0, "count", ""),
        (None, 3, "count", ""),
        (3, None, "count", ""),
        (0.833, 0.82, "share", "+1.3 点"),
        (0.5, 0.5, "share", "±0"),
    ],
)
def test_a_change_in_words(now: Any, before: Any, unit: Unit, words: str) -> None:
    """Percent of a size, points of a share; nothing where there is nothing to compare."""
    assert change(Cell(now, before), unit, _) == words


def test_files_have_every_figure_and_what_it_means() -> None:
    """A sheet for each topic that is known, with the earlier figures beside the present ones, and one of meanings."""
    rows, before = [_row(9, 5, waiting={"count": 3, "mean_s": 60})], [_row(9, 4)]
    tickets, waiting, meanings = sheets("hour", rows, before, _, ("青山镇",))
    assert (tickets.title, waiting.title, meanings.title) == ("取号情况", "等候情况", "指标含义")
    assert [column.name for column in tickets.columns] == ["时段", "取号数", "取号数（对比期）"]
    assert tickets.rows == [("9:00–10:00", 5, 4)]
    assert waiting.rows == [("9:00–10:00", 3, None, 60, None)]
    assert len(meanings.rows) == len(FIGURES)
    assert single_sheet("hour", rows, None, _).rows == [("9:00–10:00", 5, 3, 60)]


def test_a_chart_shows_one_figure_of_the_table() -> None:
    """Days as a line, hours as columns, all else as bars; the earlier period is a second series."""
    rows = [_row("2026-06-03", 5), _row("2026-06-04", 6)]
    drawn = chart(table("day", TICKETS, rows, [_row("2026-06-03", 7)], _), FIGURES["issued"], _)
    assert (drawn["kind"], drawn["unit"], drawn["name"]) == ("line", "count", "取号数")
    assert drawn["labels"] == ["06-03", "06-04"]
    assert [each["values"] for each in drawn["series"]] == [[5, 6], [7, None]]
    assert chart(table("hour", TICKETS, [_row(9, 1)], None, _), FIGURES["issued"], _)["kind"] == "columns"
    assert chart(table("queue", TICKETS, [_row("a", 1)], None, _), FIGURES["issued"], _)["kind"] == "bars"


def test_a_chart_shows_as_many_bars_as_can_be_told_apart() -> None:
    """Twenty; it says of how many."""
    rows = [_row(n, n) for n in range(154)]
    drawn = chart(table("service", TICKETS, rows, None, _, ranked_by="issued"), FIGURES["issued"], _)
    assert (len(drawn["labels"]), drawn["of"], drawn["series"][0]["values"][0]) == (20, 154, 153)


def test_ratings_are_drawn_with_all_their_levels() -> None:
    """On top of each other, so that their sum can be seen."""
    levels = {"very_satisfied": 6, "satisfied": 2, "basically_satisfied": 1, "dissatisfied": 0, "very_dissatisfied": 1}
    found = table("queue", RATINGS, [{"key": "a", "rated": 10, "ratings": levels}], None, _)
    drawn = chart(found, FIGURES["ratings.satisfied"], _)
    assert (drawn["kind"], [each["values"] for each in drawn["series"]]) == ("levels", [[6], [2], [1], [0], [1]])
    assert chart(found, FIGURES["rated"], _)["kind"] == "bars"
