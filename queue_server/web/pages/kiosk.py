"""Page: the kiosk 取号机, where citizens take their tickets."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from queue_server.projections.kiosk_menu import most_wanted
from queue_server.web.access import EVERYONE, Role
from queue_server.web.halls import hall_json
from queue_server.web.pages.page import Pages
from queue_server.web.problems import ProblemError
from queue_server.web.tickets import reminds

__all__ = ["routes"]

ISSUERS: frozenset[Role] = frozenset({"guide", "clerk", "head"})
"""Staff who may take a ticket for somebody, with their own sign-in instead of a device's token."""


POPULAR = 5
"""As many as fit on one screen."""


def routes(pages: Pages) -> list[Route]:
    """`/kiosk/{hall}`."""

    async def kiosk(request: Request) -> Response:
        """The kiosk of a hall."""
        runner = await pages.hall(request)
        caller = await pages.caller(request)
        hall = hall_json(runner)
        return pages.render(
            request,
            "kiosk/kiosk.html",
            public_device=True,
            hall=hall,
            timezone=hall["timezone"],
            notices=() if (written := runner.books.durable.hall) is None else written.notices,
            staff=caller.role in ISSUERS and caller.of_hall(runner.id),
            links=pages.server.public_url is not None,
            reminds=reminds(runner),
            return_places=runner.day.hall.rules.return_places,
        )

    async def popular(request: Request) -> Response:
        """What people come for most: `{"services": [catalogue number, …]}`, at most five."""
        runner = await pages.hall(request)
        services = most_wanted(runner.day, POPULAR)
        return JSONResponse({"services": services}, headers={"cache-control": "no-store"})

    async def elsewhere(request: Request) -> Response:
        """What matches `q` but is not done here: `{"services": [{name, department, at}]}`, at most five.

        at: "township" for what a village hall sends there, else "department". Entries in doubt are not told.
        """
        runner = await pages.hall(request)
        hall = runner.hall
        if hall is None:
            raise ProblemError("hall_unknown")
        every = pages.server.catalogue.by_number
        found = (every[no] for no in pages.server.catalogue.search(request.query_params.get("q", "")))
        services = [
            {
                "name": service.name,
                "department": service.department,
                "at": "township" if hall.level == "village" and service.level == "D" else "department",
            }
            for service in found
            if service.no not in hall.services and service.doubtful is None
        ]
        return JSONResponse({"services": services[:POPULAR]}, headers={"cache-control": "no-store"})

    return [
        pages.route("/kiosk/{hall}", kiosk, EVERYONE),
        pages.route("/kiosk/{hall}/popular", popular, EVERYONE),
        pages.route("/kiosk/{hall}/elsewhere", elsewhere, EVERYONE),
    ]
