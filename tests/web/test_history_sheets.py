"""Tables of history as sheets of a file."""

from typing import Any

from queue_server.web.figures import FIGURES
from queue_server.web.history_sheets import sheets, single_sheet
from tests.web.untranslated import _


def _row(key: Any, issued: int, **more: Any) -> dict[str, Any]:
    return {"key": key, "issued": issued, **more}


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
