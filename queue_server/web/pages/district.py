"""Page: the figures of all halls side by side, for the district, and the same as files."""

import asyncio
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from queue_server.domain.hours import business_day
from queue_server.web.access import Role
from queue_server.web.history_labels import every_hall
from queue_server.web.history_question import Question, question
from queue_server.web.history_total import summed
from queue_server.web.history_view import Answer, as_csv, as_xlsx, shown
from queue_server.web.languages import language_of
from queue_server.web.pages.file import CSV, XLSX, file_response
from queue_server.web.pages.page import Pages
from queue_server.web.problems import ProblemError
from queue_server.web.server import Server
from queue_server.web.statistics import rows_of_halls

__all__ = ["routes"]

WHO: frozenset[Role] = frozenset({"district"})
HEADLINES = (
    *("issued", "within_target_rate", "abandonment_rate", "served", "good_rate_top3", "coverage"),
    *("rectified_in_time_rate", "complaints_in_time_rate"),
)
"""Of all halls together; a median of theirs cannot be told from theirs."""

TIMEZONE, DAY_STARTS = "Asia/Shanghai", "04:00"
"""Whose day the usual periods end with: a hall's usual one."""


def routes(pages: Pages) -> list[Route]:
    """Its routes."""
    server = pages.server

    def asked_of(request: Request) -> Question:
        return question(request.query_params, business_day(server.now(), DAY_STARTS, TIMEZONE), ("hall",))

    async def district(request: Request) -> Response:
        asked, _ = asked_of(request), language_of(request).translations.gettext
        values: dict[str, Any] = {"answered": False}
        if asked.period is not None:
            answer = await _answered(server, asked)
            days = urlencode({"from": asked.period.first, "to": asked.period.last})
            links = {row["key"]: f"/manager/{row['key']}/history?{days}" for row in answer.rows}
            values = {"answered": True, "links": links, **shown(asked, answer, _, HEADLINES)}
        return pages.render(
            request,
            "district/district.html",
            status=200 if asked.period is not None else 422,
            timezone=TIMEZONE,
            asked=asked,
            periods=asked.periods(business_day(server.now(), DAY_STARTS, TIMEZONE)),
            now=server.now().isoformat(),
            **values,
        )

    async def xlsx(request: Request) -> Response:
        asked, _ = asked_of(request), language_of(request).translations.gettext
        answer = await _answered(server, asked)
        file = await asyncio.to_thread(as_xlsx, asked, answer, asked.about(every_hall(_), _), _)
        return file_response(file, asked.file_name("district", "xlsx"), XLSX)

    async def csv(request: Request) -> Response:
        asked, _ = asked_of(request), language_of(request).translations.gettext
        return file_response(as_csv(asked, await _answered(server, asked), _), asked.file_name("district", "csv"), CSV)

    return [
        pages.route("/district", district, WHO),
        pages.route("/district.xlsx", xlsx, WHO),
        pages.route("/district.csv", csv, WHO),
    ]


async def _answered(server: Server, asked: Question) -> Answer:
    """The figures that were asked for. Raises ProblemError when the days make no sense, Unavailable."""
    if asked.period is None:
        raise ProblemError("query_invalid")
    rows = await rows_of_halls(server, *asked.period)
    before = None if asked.earlier is None else await rows_of_halls(server, *asked.earlier)
    return Answer(rows, before, [summed(rows)], None if before is None else [summed(before)])
