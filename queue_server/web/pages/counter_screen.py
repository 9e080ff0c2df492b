"""Page: the screen over a counter 窗口屏, and the sign 岗位牌 that it shows of whoever is on duty there."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from queue_server.web.access import EVERYONE
from queue_server.web.pages.counter_sign import photo_on_duty, sign
from queue_server.web.pages.made_with import version_of
from queue_server.web.pages.page import Pages
from queue_server.web.problems import ProblemError

__all__ = ["routes"]

NOT_KEPT = {"cache-control": "no-store"}
"""Whoever was on duty is not to be found in a cache."""


def routes(pages: Pages) -> list[Route]:
    """`/screen/{hall}/{counter}` and its sign."""

    async def screen(request: Request) -> Response:
        """The screen over a counter."""
        runner = await pages.hall(request)
        number = pages.counter(request, runner)
        hall = runner.day.hall
        return pages.render(
            request,
            "counter_screen/counter_screen.html",
            public_device=True,
            hall=hall,
            timezone=hall.timezone,
            counter=hall.counters[number],
            wall_theme="dark" if request.query_params.get("theme") == "dark" else "light",
            made_with=version_of(hall, {}),
        )

    async def set_up(request: Request) -> Response:
        """`{"version": …}`: another one when the page would be made with another set-up."""
        runner = await pages.hall(request)
        pages.counter(request, runner)  # while it is away the page had better stay
        return JSONResponse({"version": version_of(runner.day.hall, {})}, headers=NOT_KEPT)

    async def plate(request: Request) -> Response:
        """The sign, which everybody may read, as `counter_sign` has it."""
        runner = await pages.hall(request)
        number = pages.counter(request, runner)
        return JSONResponse(await sign(pages.server, runner, number), headers=NOT_KEPT)

    async def photo(request: Request) -> Response:
        """The photo of whoever is on duty; `?of=` a digest: only that one, which then stands beside no other's name."""
        runner = await pages.hall(request)
        found = await photo_on_duty(pages.server, runner, pages.counter(request, runner))
        if found is None or request.query_params.get("of", found.digest) != found.digest:
            raise ProblemError("photo_unknown")
        return Response(found.picture, headers=NOT_KEPT, media_type="image/jpeg")

    return [
        pages.route("/screen/{hall}/{counter}", screen, EVERYONE),
        pages.route("/screen/{hall}/{counter}/set-up", set_up, EVERYONE),
        pages.route("/screen/{hall}/{counter}/plate", plate, EVERYONE),
        pages.route("/screen/{hall}/{counter}/photo", photo, EVERYONE),
    ]
