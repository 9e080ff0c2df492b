"""Page: the enquiry desk 咨询导引, where somebody is told where to go and gets a ticket; for guides and the head."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from queue_server.domain.hall import Hall
from queue_server.engine.hall_runner import HallRunner
from queue_server.web.access import Caller, Role
from queue_server.web.pages.made_with import queues_of, services_of, version_of
from queue_server.web.pages.page import Pages
from queue_server.web.problems import ProblemError

__all__ = ["routes"]

WHO: frozenset[Role] = frozenset({"guide", "head"})


def routes(pages: Pages) -> list[Route]:
    """`/guide/{hall}`."""

    async def guide(request: Request) -> Response:
        """The enquiry desk of a hall."""
        runner = await pages.hall(request)
        caller = await pages.caller(request)
        hall = _hall(runner)
        return pages.render(
            request,
            "guide/guide.html",
            timezone=hall.timezone,
            hall=hall,
            caller=caller,
            guide=_guide(hall, caller) | {"services": services_of(pages.server, hall), "version": version_of(hall, {})},
        )

    async def set_up(request: Request) -> Response:
        """`{"version": …}`: another one when the page would be made with another set-up."""
        runner = await pages.hall(request)
        return JSONResponse({"version": version_of(_hall(runner), {})}, headers={"cache-control": "no-store"})

    return [pages.route("/guide/{hall}", guide, WHO), pages.route("/guide/{hall}/set-up", set_up, WHO)]


def _hall(runner: HallRunner) -> Hall:
    if runner.hall is None:
        raise ProblemError("hall_unknown")
    return runner.hall


def _guide(hall: Hall, caller: Caller) -> dict[str, Any]:
    """What the page's script needs to put the topic `guide` into words. returns: may take an absent one back."""
    return {
        "hall": {"id": hall.id, "place": hall.place, "phone": hall.phone},
        "returns": caller.role == "guide",
        "absences_until_void": hall.rules.absences_until_void,
        "queues": queues_of(hall),
    }
