"""Tables of figures as files: what a spreadsheet program finds in them."""

from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from queue_server.exchange.sheet import Column, Sheet, write_csv, write_xlsx

COLUMNS = (Column("队列", "text"), Column("取号", "count"), Column("等候", "seconds"), Column("弃号率", "share"))
ROWS = [("综合受理", 1204, 5400, 0.0512), ("=1+1", 0, None, None)]


def _page(**about: Any) -> Any:
    book = load_workbook(BytesIO(write_xlsx([Sheet("取号/等候", COLUMNS, ROWS, **about)])))
    return book.worksheets[0]


def test_numbers_are_numbers_in_a_workbook() -> None:
    """They can be added up there: a duration as a duration, a share as a percentage; what is not known is empty."""
    page = _page()
    assert [cell.value for cell in page[1]] == ["队列", "取号", "等候", "弃号率"]
    name, count, wait, share = page[2]
    assert (name.value, count.value, share.value) == ("综合受理", 1204, 0.0512)
    assert wait.value.total_seconds() == 5400
    assert (count.number_format, wait.number_format, share.number_format) == ("#,##0", "[h]:mm:ss", "0.0%")
    assert [cell.value for cell in page[3]][1:] == [0, None, None]


def test_no_text_is_a_formula() -> None:
    """A name that begins like one is a text in a workbook, and gets an apostrophe in CSV."""
    assert (_page()["A3"].value, _page()["A3"].data_type) == ("=1+1", "s")
    assert write_csv(Sheet("", COLUMNS, ROWS)).decode("utf-8-sig").splitlines() == [
        "队列,取号,等候,弃号率",
        "综合受理,1204,5400,0.0512",
        "'=1+1,0,,",
    ]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@sum(1)", " \t=1", "＝1+1", "＋1", "－1", "＠sum(1)"])
def test_what_a_spreadsheet_would_work_out_gets_an_apostrophe(text: str) -> None:
    """The full-width signs too: a Chinese spreadsheet takes them for the same."""
    written = write_csv(Sheet("", (Column("意见", "text"),), [[text]])).decode("utf-8-sig")
    assert f"'{text}" in written


def test_excel_sees_that_csv_is_utf8() -> None:
    """By the mark at its beginning."""
    assert write_csv(Sheet("", COLUMNS, [])).startswith(b"\xef\xbb\xbf")


def test_a_workbook_says_above_each_table_what_it_is_about() -> None:
    """The heading row stays in sight below; a title that no tab may have is made one."""
    page = _page(about=("青山镇", "2026 年 6 月"))
    assert [page.cell(row, 1).value for row in (1, 2, 3, 4)] == ["青山镇", "2026 年 6 月", "队列", "综合受理"]
    assert (page.title, page.freeze_panes) == ("取号 等候", "B4")
