"""Page: a hall's figures over business days, for its head and the district, and the same as files."""

import asyncio
from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from queue_server.domain.hall import Hall
from queue_server.domain.hours import business_day
from queue_server.engine.hall_runner import HallRunner
from queue_server.web.access import Role
from queue_server.web.history_labels import RowsBy, Translate
from queue_server.web.history_question import Question, question
from queue_server.web.history_spread import spread_rows, step_of
from queue_server.web.history_view import Answer, as_csv, as_xlsx, shown
from queue_server.web.languages import language_of
from queue_server.web.pages.file import CSV, XLSX, file_response
from queue_server.web.pages.page import Pages
from queue_server.web.problems import ProblemError
from queue_server.web.server import Server
from queue_server.web.statistics import rows_of

__all__ = ["routes", "today_of"]

WHO: frozenset[Role] = frozenset({"head", "district"})
BYS: tuple[RowsBy, ...] = (
    *("day", "month", "weekday", "hour", "weekday_hour", "minutes"),
    *("queue", "service", "counter", "post", "day_post", "clerk", "capacity"),
)


def routes(pages: Pages) -> list[Route]:
    """Its routes."""
    server = pages.server

    async def asked_of(request: Request) -> tuple[HallRunner, Hall, Question, Translate]:
        runner = await pages.hall(request)
        hall = runner.hall
        if hall is None:
            raise ProblemError("hall_unknown")
        asked = question(request.query_params, today_of(runner, hall), BYS)
        return runner, hall, asked, language_of(request).translations.gettext

    async def history(request: Request) -> Response:
        runner, hall, asked, _ = await asked_of(request)
        values: dict[str, Any] = {"answered": False}
        if asked.period is not None:
            values = {"answered": True, **shown(asked, await answered(server, runner, asked), _)}
        return pages.render(
            request,
            "history/history.html",
            status=200 if asked.period is not None else 422,
            timezone=hall.timezone,
            hall=hall,
            caller=await pages.caller(request),
            asked=asked,
            here="history",
            periods=asked.periods(today_of(runner, hall)),
            now=runner.now().isoformat(),
            **values,
        )

    async def xlsx(request: Request) -> Response:
        runner, hall, asked, _ = await asked_of(request)
        answer = await answered(server, runner, asked)
        file = await asyncio.to_thread(as_xlsx, asked, answer, asked.about(hall.name, _), _)
        return file_response(file, asked.file_name(hall.id, "xlsx"), XLSX)

    async def csv(request: Request) -> Response:
        runner, hall, asked, _ = await asked_of(request)
        file = as_csv(asked, await answered(server, runner, asked), _)
        return file_response(file, asked.file_name(hall.id, "csv"), CSV)

    return [
        pages.route("/manager/{hall}/history", history, WHO),
        pages.route("/manager/{hall}/history.xlsx", xlsx, WHO),
        pages.route("/manager/{hall}/history.csv", csv, WHO),
    ]


async def answered(server: Server, runner: HallRunner, asked: Question) -> Answer:
    """The figures that were asked for. Raises ProblemError when the days make no sense, Unavailable,
    RecordsUnavailable.
    """
    if asked.period is None:
        raise ProblemError("query_invalid")
    by, earlier = asked.by, asked.earlier
    spread = by == "minutes"
    total = await rows_of(server, runner, *asked.period, None, distribution=spread)
    total_before = None if earlier is None else await rows_of(server, runner, *earlier, None, distribution=spread)
    if by == "minutes":
        step = step_of([*total, *(total_before or ())])
        before = None if total_before is None else spread_rows(total_before[0], step)
        return Answer(spread_rows(total[0], step), before, total, total_before)
    assert by != "hall"  # noqa: S101 - not one of BYS
    before = None if earlier is None else await rows_of(server, runner, *earlier, by)
    return Answer(await rows_of(server, runner, *asked.period, by), before, total, total_before)


def today_of(runner: HallRunner, hall: Hall) -> date:
    """The hall's business day."""
    return business_day(runner.now(), hall.day_starts, hall.timezone)
