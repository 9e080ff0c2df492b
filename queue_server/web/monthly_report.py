"""The monthly report 月报: a month in one document, its figures beside those of other months. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from queue_server.exchange.sheet import Column, Sheet, Value, write_xlsx
from queue_server.projections.history_tally import By
from queue_server.web.figure_words import change, said
from queue_server.web.figures import FIGURES, Figure, Topic, value_of
from queue_server.web.history_labels import Rows, Translate, heading
from queue_server.web.history_sheets import as_sheet, meanings
from queue_server.web.history_table import Table, table

__all__ = ["SECTIONS", "Months", "Overview", "Part", "months_before", "overview", "parts", "report_xlsx"]

OVERVIEW = (
    *("issued", "served", "transferred", "abandoned", "abandonment_rate", "lapsed"),
    *("waiting.mean_s", "waiting.median_s", "waiting.p90_s", "waiting.max_s", "within_target_rate"),
    *("promise_error_s", "promise_kept_rate", "service.mean_s", "service.median_s", "service.p90_s"),
    *("on_duty_s", "utilisation", "coverage"),
    *("rated", "rating_rate", "good_rate_top3", "satisfied_rate_top2", "bad_rate"),
    *("rectifications", "rectified_rate", "rectified_in_time_rate", "called_back_rate", "called_back_satisfied_rate"),
    *("complaints", "complaints_replied", "complaints_in_time_rate"),
)
"""Figures of everything, in the order in which they are read."""


class Section(NamedTuple):
    """figures: paths. most: rows that are printed, None for all."""

    by: By
    figures: tuple[str, ...]
    most: int | None = None


SECTIONS = (
    Section(
        "day", ("issued", "served", "waiting.median_s", "within_target_rate", "abandonment_rate", "good_rate_top3")
    ),
    Section("hour", ("issued", "waiting.median_s", "waiting.p90_s", "within_target_rate")),
    Section(
        "queue", ("issued", "served", "waiting.median_s", "waiting.p90_s", "within_target_rate", "service.median_s")
    ),
    Section("service", ("issued", "served", "waiting.median_s", "service.median_s", "good_rate_top3"), 10),
    Section("counter", ("served", "service.median_s", "absent", "utilisation", "rated", "good_rate_top3")),
    Section("post", ("served", "post_expected_s", "post_staffed_s", "coverage")),
    Section("clerk", ("served", "service.median_s", "on_duty_s", "utilisation", "rated", "good_rate_top3")),
)
"""The report's tables."""


class Months(NamedTuple):
    """The row of everything of the month, of the month before and of the same month a year ago."""

    now: Mapping[str, Any]
    before: Mapping[str, Any]
    year: Mapping[str, Any]


class Overview(NamedTuple):
    """A figure of everything, in words. change: since the month before."""

    figure: Figure
    now: str
    before: str
    change: str
    year: str


class Part(NamedTuple):
    """One table of the report, whole; most: rows of it that are printed, None for all."""

    by: By
    heading: str
    table: Table
    most: int | None

    @property
    def printed(self) -> Table:
        """What of it fits on paper."""
        return self.table._replace(rows=self.table.rows[: self.most])

    @property
    def left_out(self) -> int:
        """Rows that are not printed; the workbook has them."""
        return len(self.table.rows) - len(self.printed.rows)


def overview(months: Months, _: Translate) -> list[Overview]:
    """The month in figures; those of which none of the three months knows anything are left out."""
    made = []
    for path in OVERVIEW:
        figure, (now, before, year) = FIGURES[path], (value_of(row, path) for row in months)
        if not (now is before is year is None):
            words = [said(value, figure.unit) for value in (now, before, year)]
            made.append(Overview(figure, words[0], words[1], change(now, before, figure.unit, _), words[2]))
    return made


def parts(rows: Mapping[By, Rows], _: Translate) -> list[Part]:
    """The report's tables; one without a row is left out. rows: of each section."""
    made = []
    for by, figures, most in SECTIONS:
        topic = Topic(by, "", figures[0], tuple(FIGURES[path] for path in figures))
        whole = table(by, topic, rows[by], None, _, ranked_by=figures[0])
        if whole.rows:
            made.append(Part(by, heading(by, _), whole, most))
    return made


def report_xlsx(months: Months, tables: Sequence[Part], about: Sequence[str], _: Translate) -> bytes:
    """The report as a workbook: a sheet for each of its tables, whole. about: lines above each."""
    figures = [each.figure for each in overview(months, _)]
    columns = (Column(_("月份"), "text"), *(Column(_(figure.name), figure.unit) for figure in figures))
    names = (_("本月"), _("上月"), _("去年同月"))
    rows: list[tuple[Value, ...]] = [
        (name, *(value_of(row, figure.path) for figure in figures)) for name, row in zip(names, months, strict=True)
    ]
    first = Sheet(_("总体情况"), columns, rows, tuple(about))
    rest = [as_sheet(_("按%(rows)s") % {"rows": each.heading}, each.table, about, _) for each in tables]
    return write_xlsx([first, *rest, meanings(_)])


def months_before(today: date, count: int) -> list[str]:
    """The names of that many months, this one first: "2026-06"."""
    names, first = [], today.replace(day=1)
    for _month in range(count):
        names.append(f"{first:%Y-%m}")
        first = (first - timedelta(days=1)).replace(day=1)
    return names
