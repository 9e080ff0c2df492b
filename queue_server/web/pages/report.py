"""Page: the monthly report of a hall, to be printed, and the same as a workbook."""

import asyncio
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from queue_server.domain.hall import Hall
from queue_server.engine.hall_runner import HallRunner
from queue_server.projections.history_tally import By
from queue_server.web.access import Role
from queue_server.web.figure_words import change, said
from queue_server.web.figures import FIGURES, TOPICS, value_of
from queue_server.web.history_chart import chart
from queue_server.web.history_labels import Rows
from queue_server.web.languages import language_of
from queue_server.web.monthly_report import SECTIONS, Months, months_before, overview, parts, report_xlsx
from queue_server.web.pages.file import XLSX, file_response
from queue_server.web.pages.history import today_of
from queue_server.web.pages.page import Pages
from queue_server.web.periods import Period, earlier, month
from queue_server.web.problems import ProblemError
from queue_server.web.server import Server
from queue_server.web.statistics import rows_of

__all__ = ["routes"]

WHO: frozenset[Role] = frozenset({"head", "district"})
DRAWN: tuple[By, ...] = ("day", "hour")
OFFERED = 24
"""Months that can be chosen; any other by its address."""


def routes(pages: Pages) -> list[Route]:
    """Its routes."""
    server = pages.server

    async def asked_of(request: Request) -> tuple[HallRunner, Hall, Period]:
        runner = await pages.hall(request)
        hall = runner.hall
        if hall is None:
            raise ProblemError("hall_unknown")
        asked = month(request.query_params.get("month") or f"{today_of(runner, hall):%Y-%m}")
        if asked is None:
            raise ProblemError("query_invalid")
        return runner, hall, asked

    async def report(request: Request) -> Response:
        runner, hall, asked = await asked_of(request)
        _ = language_of(request).translations.gettext
        months, rows = await _months(server, runner, asked), await _rows(server, runner, asked)
        made = parts(rows, _)
        return pages.render(
            request,
            "report/report.html",
            timezone=hall.timezone,
            hall=hall,
            caller=await pages.caller(request),
            here="report",
            month=f"{asked.first:%Y-%m}",
            period=asked,
            months=months_before(today_of(runner, hall), OFFERED),
            now=runner.now().isoformat(),
            figures=overview(months, _),
            total=lambda path: said(value_of(months.now, path), FIGURES[path].unit),
            parts=made,
            charts={each.by: chart(each.table, FIGURES["issued"], _) for each in made if each.by in DRAWN},
            topics=TOPICS,
            said=said,
            change=lambda cell, unit: change(cell.value, cell.before, unit, _),
        )

    async def xlsx(request: Request) -> Response:
        runner, hall, asked = await asked_of(request)
        _ = language_of(request).translations.gettext
        months, rows = await _months(server, runner, asked), await _rows(server, runner, asked)
        about = (hall.name, f"{asked.first:%Y-%m}")
        file = await asyncio.to_thread(report_xlsx, months, parts(rows, _), about, _)
        return file_response(file, f"{hall.id}-{asked.first:%Y-%m}.xlsx", XLSX)

    return [
        pages.route("/manager/{hall}/report", report, WHO),
        pages.route("/manager/{hall}/report.xlsx", xlsx, WHO),
    ]


async def _months(server: Server, runner: HallRunner, asked: Period) -> Months:
    """Everything of the month and of the two that it is compared with. Raises Unavailable, RecordsUnavailable."""
    found: list[Mapping[str, Any]] = []
    for period in (asked, earlier(asked, "before"), earlier(asked, "year")):
        assert period is not None  # noqa: S101 - there is one before any month
        found += await rows_of(server, runner, *period, None)
    return Months(*found)


async def _rows(server: Server, runner: HallRunner, asked: Period) -> dict[By, Rows]:
    """The rows of each table. Raises Unavailable, RecordsUnavailable."""
    return {section.by: await rows_of(server, runner, *asked, section.by) for section in SECTIONS}
