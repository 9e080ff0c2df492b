"""Page: all halls, for administrators; a head is led to her own."""

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from queue_server.web.access import KEEPERS
from queue_server.web.halls import hall_json
from queue_server.web.pages.page import Pages
from queue_server.web.problems import ProblemError

__all__ = ["routes"]


def routes(pages: Pages) -> list[Route]:
    """`/admin`."""

    async def halls(request: Request) -> Response:
        caller = await pages.caller(request)
        if caller.role == "head" and caller.halls:
            return RedirectResponse(f"/admin/{caller.halls[0]}", HTTPStatus.SEE_OTHER)
        if caller.role != "admin":
            raise ProblemError("not_allowed")
        shown = [hall_json(runner) for runner in await pages.server.halls()]
        return pages.render(request, "admin/halls.html", halls=shown, caller=caller)

    return [pages.route("/admin", halls, KEEPERS)]
