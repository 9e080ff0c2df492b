"""Page: a hall screen 大屏. Which one, says `?screen=`; without it, it shows the whole hall."""

from typing import Any

from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from queue_server.domain.hall import Hall
from queue_server.domain.hours import business_day, next_opening, opening_intervals
from queue_server.domain.issuing import ticketing_hours
from queue_server.domain.screen import Screen
from queue_server.engine.calendar import day_kind
from queue_server.engine.hall_runner import HallRunner
from queue_server.projections.instant import instant
from queue_server.web.access import EVERYONE
from queue_server.web.languages import language_of
from queue_server.web.pages.made_with import version_of
from queue_server.web.pages.page import Pages
from queue_server.web.pages.public_information import PublicInformation
from queue_server.web.problems import ProblemError

__all__ = ["routes"]

EVERYTHING = Screen(id="")
"""The screen of an address that names none."""

NO_STORE = {"cache-control": "no-store"}


def routes(pages: Pages) -> list[Route]:
    """`/screen/{hall}`, and what it asks for while it stands."""
    information = PublicInformation(pages.server)

    async def screen(request: Request) -> Response:
        """The screen; `?theme=` overrules its own."""
        runner = await pages.hall(request)
        hall, shown = _of(runner, request)
        waits = {} if runner.day.hall_or_none is None else runner.forecast().by_queue()
        english = language_of(request, public_device=True).code == "en"
        theme = request.query_params.get("theme", shown.theme)
        return pages.render(
            request,
            "hall_screen/hall_screen.html",
            public_device=True,
            timezone=hall.timezone,
            hall=hall,
            hall_name=_name(hall, english),
            wall_theme="dark" if theme == "dark" else "light",
            phones_at="" if (url := pages.server.public_url) is None else f"{_typed(url)}/h/{hall.id}",
            screen={
                "id": shown.id,
                "layout": shown.layout,
                "queues": shown.queues,
                "areas": shown.areas,
                "pages": shown.pages,
                "page_s": shown.page_s,
                "voice": shown.voice,
                "version": _version(hall, shown),
                "estimates": {queue: {"p50_s": wait.p50_s, "p90_s": wait.p90_s} for queue, wait in waits.items()},
                "queue_names": {queue.id: _name(queue, english) for queue in hall.queues.values()},
                "counter_names": {str(counter.number): _name(counter, english) for counter in hall.counters.values()},
            },
        )

    async def set_up(request: Request) -> Response:
        """`{"version": …}`: another one when the screen would be made with another set-up."""
        hall, shown = _of(await pages.hall(request), request)
        return JSONResponse({"version": _version(hall, shown)}, headers=NO_STORE)

    async def notices(request: Request) -> Response:
        """`{"notices": […], "phones": …}`: what the head last wrote, and whether a code for phones is to be shown."""
        runner = await pages.hall(request)
        written = runner.books.durable.hall
        shown = [] if written is None else [*written.notices]
        phones = runner.day.hall.rules.phone_ticketing and pages.server.public_url is not None
        return JSONResponse({"notices": shown, "phones": phones}, headers=NO_STORE)

    async def opening(request: Request) -> Response:
        """When it opens again, for whoever stands before a closed door: see `_next_day`."""
        runner = await pages.hall(request)
        return JSONResponse(_next_day(runner), headers=NO_STORE)

    async def public(request: Request) -> Response:
        """`{"pages": […]}`: what the screen shows between calls, as `PublicInformation.of` tells it."""
        runner = await pages.hall(request)
        hall, shown = _of(runner, request)
        return JSONResponse({"pages": await information.of(runner, hall, shown)}, headers=NO_STORE)

    return [
        pages.route("/screen/{hall}", screen, EVERYONE),
        pages.route("/screen/{hall}/set-up", set_up, EVERYONE),
        pages.route("/screen/{hall}/notices", notices, EVERYONE),
        pages.route("/screen/{hall}/opening", opening, EVERYONE),
        pages.route("/screen/{hall}/pages", public, EVERYONE),
    ]


def _of(runner: HallRunner, request: Request) -> tuple[Hall, Screen]:
    """The hall as it was last set up, and the screen that is asked for. Raises ProblemError."""
    hall = runner.books.durable.hall
    if hall is None:
        raise ProblemError("hall_unknown")
    asked = request.query_params.get("screen", "")
    if asked and asked not in hall.screens:
        raise ProblemError("screen_unknown")
    return hall, hall.screens.get(asked, EVERYTHING)


def _version(hall: Hall, screen: Screen) -> str:
    """Of all that the page is made with; guides, services and notices it asks for as it goes."""
    made_with = replace(hall, guides={}, services={}, notices=(), printers={}, screens={screen.id: screen})
    return version_of(made_with, {})


def _name(named: Any, english: bool) -> str:
    """The name of a hall, queue or counter: the English one where it is asked for and known."""
    name: str = named.name_en if english and named.name_en else named.name
    return name


def _next_day(runner: HallRunner) -> dict[str, Any]:
    """`{opens_at?, opening?, ticketing?}`: when the counters open next, all hours of that day, and when tickets are
    issued then; `{}` when it does not open within a month.
    """
    hall, day, now = runner.hall, runner.day, runner.now()
    if hall is None:
        raise ProblemError("hall_unknown")
    today = business_day(now, hall.day_starts, hall.timezone)
    after = now
    if day.closed and day.business_day == today:  # the rest of today's hours does not count any more
        last = opening_intervals(hall.hours, today, day_kind(today), hall.day_starts, hall.timezone)
        after = max((now, *(interval.start for interval in last)))
    opens = next_opening(hall.hours, after, day_kind, hall.day_starts, hall.timezone)
    if opens is None:
        return {}
    then = business_day(opens, hall.day_starts, hall.timezone)
    spans = opening_intervals(hall.hours, then, day_kind(then), hall.day_starts, hall.timezone)
    view: dict[str, Any] = {
        "opens_at": instant(opens),
        "opening": [[instant(span.start), instant(span.end)] for span in spans],
    }
    if (hours := ticketing_hours(spans, hall.rules)) is not None:
        view["ticketing"] = [instant(hours[0]), instant(hours[1])]
    return view


def _typed(url: str) -> str:
    """What of an address is typed into a phone."""
    return url.removeprefix("https://").removeprefix("http://").rstrip("/")
