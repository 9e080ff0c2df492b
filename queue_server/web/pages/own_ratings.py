"""Page: what a clerk's own ratings add up to."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from queue_server.domain.rating import LEVELS
from queue_server.web.own_ratings import CLERKS, FEW, sum_of
from queue_server.web.pages.page import Pages
from queue_server.web.problems import ProblemError

__all__ = ["routes"]


def routes(pages: Pages) -> list[Route]:
    """Its route."""

    async def own_ratings(request: Request) -> Response:
        runner = await pages.hall(request)
        caller = await pages.caller(request)
        hall = runner.hall
        if hall is None:
            raise ProblemError("hall_unknown")
        told = await sum_of(pages.server, runner, caller.id)
        return pages.render(
            request,
            "own_ratings/own_ratings.html",
            hall=hall,
            timezone=hall.timezone,
            caller=caller,
            told=told,
            levels=LEVELS,
            few=FEW,
        )

    return [pages.route("/my-ratings/{hall}", own_ratings, CLERKS)]
