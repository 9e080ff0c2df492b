"""One figure by two things at once, as a table and as a heat map."""

from queue_server.web.figures import FIGURES
from queue_server.web.history_grid import grid, heat_chart
from tests.web.untranslated import _


def test_weekdays_and_hours() -> None:
    """Every hour from the first to the last has a column, also one in which nobody ever came."""
    rows = [{"key": "mon 09", "issued": 4}, {"key": "mon 11", "issued": 2}, {"key": "wed 09", "issued": 1}]
    found = grid("weekday_hour", rows, FIGURES["issued"], _)
    assert found.columns == ("9:00", "10:00", "11:00")
    assert found.rows == (("周一", (4, None, 2)), ("周三", (1, None, None)))
    drawn = heat_chart(found, _)
    assert (drawn["kind"], drawn["labels"], drawn["names"]) == ("heat", ["9:00", "10:00", "11:00"], ["周一", "周三"])
    assert drawn["values"] == [[0, 0, 4], [2, 0, 2], [0, 1, 1]]


def test_posts_and_days() -> None:
    """By the post's name; the same date a year apart is two days; legs without a post have no day."""
    rows = [
        {"key": "2025-06-01 a", "name": "综合岗", "coverage": 1.0},
        {"key": "2026-06-01 a", "name": "综合岗", "coverage": 0.5},
        {"key": "2026-06-01 b", "coverage": 0.25},
    ]
    found = grid("day_post", rows, FIGURES["coverage"], _)
    assert found.columns == ("06-01", "06-01")
    assert found.rows == (("综合岗", (1.0, 0.5)), ("b", (None, 0.25)))
