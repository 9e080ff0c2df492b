"""The monthly report: its figures, its tables, its workbook."""

from datetime import date
from io import BytesIO
from typing import Any

from openpyxl import load_workbook

from queue_server.projections.history_tally import By
from queue_server.web.monthly_report import SECTIONS, Months, months_before, overview, parts, report_xlsx
from tests.web.untranslated import _

MONTHS = Months({"issued": 120, "bad_rate": 0.02}, {"issued": 100, "bad_rate": 0.05}, {"issued": 0})


def _rows(**rows: Any) -> dict[By, Any]:
    return {section.by: rows.get(section.by, []) for section in SECTIONS}


def test_a_month_beside_others() -> None:
    """With the change since the month before; a figure that no month knows is left out."""
    found = [(each.figure.name, *each[1:]) for each in overview(MONTHS, _)]
    assert found == [("取号数", "120", "100", "+20%", "0"), ("差评率", "2.0%", "5.0%", "−3.0 点", "—")]


def test_tables_of_what_there_is() -> None:
    """One without a row is left out; the ten services that were asked for most are printed, the workbook has all."""
    services = [{"key": n, "name": "事项", "issued": n} for n in range(1, 15)]
    days, most = parts(_rows(day=[{"key": "2026-06-01", "issued": 3}], service=services), _)
    assert (days.heading, days.left_out, [row.label for row in days.table.rows]) == ("日期", 0, ["2026-06-01 周一"])
    assert (most.left_out, [row.key for row in most.printed.rows][:2], len(most.printed.rows)) == (4, ["14", "13"], 10)
    sheet = load_workbook(BytesIO(report_xlsx(MONTHS, [most], (), _)))["按办理事项"]
    assert [row[1].value for row in sheet.iter_rows(min_row=2)] == [*range(14, 0, -1)]


def test_the_workbook_holds_the_same() -> None:
    """Numbers as numbers, under what they are about."""
    made = parts(_rows(queue=[{"key": "a", "name": "综合受理", "issued": 7}]), _)
    book = load_workbook(BytesIO(report_xlsx(MONTHS, made, ("青山镇", "2026-06"), _)))
    assert book.sheetnames == ["总体情况", "按队列", "指标含义"]
    first, queues = book.worksheets[:2]
    assert [[cell.value for cell in row] for row in first.iter_rows(min_row=3)] == [
        ["月份", "取号数", "差评率"],
        ["本月", 120, 0.02],
        ["上月", 100, 0.05],
        ["去年同月", 0, None],
    ]
    assert (queues["A1"].value, queues["A4"].value, queues["B4"].value) == ("青山镇", "综合受理", 7)


def test_months_that_can_be_chosen() -> None:
    """Back over the turn of the year, whatever the day of the month."""
    assert months_before(date(2026, 1, 31), 3) == ["2026-01", "2025-12", "2025-11"]
