"""Page: the evaluator 评价器 on a counter, and the counter's plate that it shows between citizens."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from queue_server.domain.rating import LEVELS
from queue_server.web.pages.page import Pages

__all__ = ["routes"]


def routes(pages: Pages) -> list[Route]:
    """`/evaluator/{hall}/{counter}` and its plate."""

    async def evaluator(request: Request) -> Response:
        """The evaluator of a counter."""
        runner = await pages.hall(request)
        number = pages.counter(request, runner)
        hall = runner.day.hall
        return pages.render(
            request,
            "evaluator/evaluator.html",
            public_device=True,
            hall=hall,
            timezone=hall.timezone,
            counter=hall.counters[number],
            levels=LEVELS,
            reasons=pages.server.offered_reasons,
        )

    async def plate(request: Request) -> Response:
        """Who is on duty: `{"clerk": name}`, `{}` when nobody is. Everybody in the hall may read the sign 岗位牌."""
        runner = await pages.hall(request)
        duty = runner.day.duties.get(pages.counter(request, runner))
        names = await pages.server.names.of(set() if duty is None else {duty.clerk})
        named = {} if duty is None or duty.clerk not in names else {"clerk": names[duty.clerk]}
        return JSONResponse(named, headers={"cache-control": "no-store"})

    return [
        pages.route("/evaluator/{hall}/{counter}", evaluator),
        pages.route("/evaluator/{hall}/{counter}/plate", plate),
    ]
