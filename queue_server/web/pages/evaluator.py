"""Page: the evaluator 评价器 on a counter, and the counter's plate that it shows between citizens."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from queue_server.domain.rating import LEVELS
from queue_server.engine.hall_runner import HallRunner
from queue_server.web.pages.page import Pages
from queue_server.web.problems import ProblemError

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
        """Who is on duty: `{clerk, post?}`, `{}` when nobody is. Everybody in the hall may read the sign 岗位牌.

        An evaluator of another counter is refused, so that it says so before it asks anybody.
        """
        runner = await pages.hall(request)
        number = pages.counter(request, runner)
        caller = await pages.caller(request)
        if caller.role == "evaluator" and (caller.counter != number or not caller.of_hall(runner.id)):
            raise ProblemError("not_allowed")
        return JSONResponse(await _sign(pages, runner, number), headers={"cache-control": "no-store"})

    return [
        pages.route("/evaluator/{hall}/{counter}", evaluator),
        pages.route("/evaluator/{hall}/{counter}/plate", plate),
    ]


async def _sign(pages: Pages, runner: HallRunner, counter: int) -> dict[str, str]:
    """What the sign on a counter says of whoever is on duty there."""
    duty = runner.day.duties.get(counter)
    name = None if duty is None else (await pages.server.names.of({duty.clerk})).get(duty.clerk)
    if duty is None or name is None:
        return {}
    post = runner.day.hall.posts.get(duty.post or "")
    return {"clerk": name} if post is None else {"clerk": name, "post": post.name}
