"""What of a table is drawn."""

from typing import Any

from queue_server.web.figures import FIGURES, TOPICS
from queue_server.web.history_chart import chart
from queue_server.web.history_table import table
from tests.web.untranslated import _

TICKETS, RATINGS = TOPICS[0], TOPICS[3]


def _row(key: Any, issued: int, **more: Any) -> dict[str, Any]:
    return {"key": key, "issued": issued, **more}


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
