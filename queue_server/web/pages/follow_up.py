"""Page: what was done about a bad rating, for the citizen, and the second rating. Its address is private."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from queue_server.domain.rating import LEVELS
from queue_server.web.access import EVERYONE
from queue_server.web.follow_ups import told
from queue_server.web.pages.page import Pages
from queue_server.web.pages.qr import PRIVATE
from queue_server.web.problems import ProblemError

__all__ = ["routes"]


def routes(pages: Pages) -> list[Route]:
    """Its route."""

    async def follow_up(request: Request) -> Response:
        runner = await pages.hall(request)
        hall, asked = runner.books.durable.hall, request.path_params["follow_up"]
        if hall is None:
            raise ProblemError("hall_unknown")
        answer = pages.render(
            request,
            "follow_up/follow_up.html",
            hall=hall,
            timezone=hall.timezone,
            follow_up=asked,
            told=await told(pages.server, runner, asked),
            levels=LEVELS,
            reasons=pages.server.offered_reasons,
        )
        answer.headers.update(PRIVATE)
        return answer

    return [pages.route("/follow-up/{hall}/{follow_up}", follow_up, EVERYONE)]
