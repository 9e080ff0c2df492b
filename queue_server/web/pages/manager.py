"""Page: a hall as its head watches it, and the district looks on."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from queue_server.domain.hours import business_day
from queue_server.engine.hall_runner import HallRunner
from queue_server.web.access import Role
from queue_server.web.device_watch import device_watch
from queue_server.web.pages.page import Pages
from queue_server.web.problems import ProblemError

__all__ = ["routes"]

WHO: frozenset[Role] = frozenset({"head", "district"})


def routes(pages: Pages) -> list[Route]:
    """Its routes."""
    server = pages.server

    async def manager(request: Request) -> Response:
        runner = await pages.hall(request)
        caller = await pages.caller(request)
        hall = runner.hall
        if hall is None:
            raise ProblemError("hall_unknown")
        names = {account.id: account.name for account in await server.records.accounts.all(hall.id)}
        return pages.render(
            request,
            "manager/manager.html",
            timezone=hall.timezone,
            hall=hall,
            caller=caller,
            decides=caller.role == "head",
            manager={"hall": hall.id, "names": names, "decides": caller.role == "head"},
        )

    async def watch(request: Request) -> Response:
        """What no topic carries, because nothing of it is journaled: devices, and a date that is in doubt."""
        runner = await pages.hall(request)
        answer = await device_watch(server, runner) | _doubt(runner)
        return JSONResponse(answer, headers={"cache-control": "no-store"})

    return [pages.route("/manager/{hall}", manager, WHO), pages.route("/manager/{hall}/watch", watch, WHO)]


def _doubt(runner: HallRunner) -> dict[str, str]:
    """The date that the head is asked to confirm; nothing while there is no doubt."""
    runner.now()  # looks at the wall clock
    hall = runner.hall
    if not runner.date_doubted or hall is None:
        return {}
    return {"date_to_confirm": business_day(runner.clock.wall_now(), hall.day_starts, hall.timezone).isoformat()}
