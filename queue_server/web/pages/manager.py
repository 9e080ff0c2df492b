"""Page: a hall as its head watches it, and the district looks on."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from queue_server.domain.hours import business_day
from queue_server.engine.hall_runner import HallRunner
from queue_server.projections.instant import instant
from queue_server.web.access import Role
from queue_server.web.device_watch import device_watch
from queue_server.web.hall_watch import hall_watch
from queue_server.web.pages.page import Pages
from queue_server.web.problems import ProblemError
from queue_server.web.server import Server

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
        """What no topic carries, because nothing of it is journaled: what stands, devices, a date that is in doubt."""
        runner = await pages.hall(request)
        caller = await pages.caller(request)
        stands = hall_watch(runner, caller.role)
        names = {"names": await _names(server, runner, stands)}
        answer = await device_watch(server, runner) | stands | names | _doubt(runner) | await _silence(server, runner)
        return JSONResponse(answer, headers={"cache-control": "no-store"})

    return [pages.route("/manager/{hall}", manager, WHO), pages.route("/manager/{hall}/watch", watch, WHO)]


async def _names(server: Server, runner: HallRunner, stands: dict[str, Any]) -> dict[str, str]:
    """The names of everybody on duty, or told of in `stands`, by account id: people come while the page is open."""
    ids = {duty.clerk for duty in runner.day.duties.values()}
    for part in (*stands["standing"], *stands["proposals"]):
        ids.update(part["actors"])
    for post in stands["posts"]:
        ids.update(post[who] for who in ("expected", "planned") if who in post)
    names = await server.names.of(ids)
    return {id: names[id] for id in ids if id in names}


async def _silence(server: Server, runner: HallRunner) -> dict[str, str]:
    """Since when the hall's messages do not arrive; nothing while they do, or while none are sent."""
    hall = runner.books.durable.hall
    if hall is None or not hall.webhook.url:
        return {}
    since = await server.records.outbox.undelivered_since(hall.id)
    return {} if since is None else {"undelivered_since": instant(since)}


def _doubt(runner: HallRunner) -> dict[str, str]:
    """The date that the head is asked to confirm; nothing while there is no doubt."""
    runner.now()  # looks at the wall clock
    hall = runner.hall
    if not runner.date_doubted or hall is None:
        return {}
    return {"date_to_confirm": business_day(runner.clock.wall_now(), hall.day_starts, hall.timezone).isoformat()}
