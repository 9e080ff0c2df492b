"""Page: a ticket's slip for the browser's own print, where the server has no printer."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from queue_server.projections.ticket_view import track
from queue_server.web.access import EVERYONE
from queue_server.web.languages import language_of
from queue_server.web.pages.page import Pages
from queue_server.web.pages.qr import PRIVATE
from queue_server.web.printing import slip_of
from queue_server.web.problems import ProblemError

__all__ = ["routes"]


def routes(pages: Pages) -> list[Route]:
    """`/kiosk/{hall}/slip/{ticket}`."""

    async def slip(request: Request) -> Response:
        """The slip, for whoever knows the ticket's id."""
        runner = await pages.hall(request)
        ticket = runner.day.find(request.path_params["ticket"])
        if ticket is None:
            raise ProblemError("ticket_unknown")
        language = language_of(request, public_device=True).code
        made = slip_of(pages.server, runner, ticket.id, language, copy="copy" in request.query_params)
        answer = pages.render(
            request,
            "slip/slip.html",
            public_device=True,
            number=ticket.number,
            slip=made,
            qr=None if made.qr is None else f"{track(runner.id, ticket.id)}/qr.svg",
        )
        answer.headers.update(PRIVATE)
        return answer

    return [pages.route("/kiosk/{hall}/slip/{ticket}", slip, EVERYONE)]
