"""Page: the hall screen, for everybody in the hall."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from queue_server.web.pages.page import Pages
from queue_server.web.problems import ProblemError

__all__ = ["routes"]


def routes(pages: Pages) -> list[Route]:
    """Its routes."""

    async def screen(request: Request) -> Response:
        runner = await pages.hall(request)
        hall = runner.hall
        if hall is None:
            raise ProblemError("hall_unknown")
        theme = "dark" if request.query_params.get("theme") == "dark" else "light"
        return pages.render(
            request,
            "hall_screen/hall_screen.html",
            public_device=True,
            timezone=hall.timezone,
            hall=hall,
            wall_theme=theme,
            phones_at="" if (url := pages.server.public_url) is None else f"{_typed(url)}/h/{hall.id}",
        )

    async def notices(request: Request) -> Response:
        """`{"notices": […], "phones": …}`: what the head last wrote, and whether a code for phones is to be shown."""
        runner = await pages.hall(request)
        written = runner.books.durable.hall
        shown = [] if written is None else [*written.notices]
        phones = runner.day.hall.rules.phone_ticketing and pages.server.public_url is not None
        return JSONResponse({"notices": shown, "phones": phones}, headers={"cache-control": "no-store"})

    return [pages.route("/screen/{hall}", screen), pages.route("/screen/{hall}/notices", notices)]


def _typed(url: str) -> str:
    """What of an address is typed into a phone."""
    return url.removeprefix("https://").removeprefix("http://").rstrip("/")
