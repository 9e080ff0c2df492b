"""Pages: where anybody brings something up, and what became of it, for whoever has its code; and the QRs to both."""

from datetime import date, datetime
from typing import Any

from babel.dates import format_date
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from queue_server.domain.deadlines import local_date
from queue_server.web import complaint_views as views
from queue_server.web.access import EVERYONE
from queue_server.web.complaining import complaint_shown_by
from queue_server.web.complaints import set_up
from queue_server.web.languages import language_of
from queue_server.web.pages.page import Pages
from queue_server.web.pages.qr import PRIVATE, qr
from queue_server.web.problems import ProblemError

__all__ = ["routes", "said_date"]


def routes(pages: Pages) -> list[Route]:
    """`/complain/{hall}`, `/complaint/{hall}/{code}`, their QRs, and a poster."""

    async def complain(request: Request) -> Response:
        """The form. `?from=qr` tells that the hall's QR led here."""
        runner = await pages.hall(request)
        hall = set_up(runner)
        return pages.render(
            request,
            "complaints/complain.html",
            timezone=hall.timezone,
            hall=hall,
            complain={
                "hall": hall.id,
                "scanned": request.query_params.get("from") == "qr",
                "public_url": pages.server.public_url,
            },
        )

    async def poster(request: Request) -> Response:
        """The form's QR on a sheet of paper, for the wall; without it where phones cannot reach the server."""
        runner = await pages.hall(request)
        hall, base = set_up(runner), pages.server.public_url or str(request.base_url)
        return pages.render(
            request,
            "complaints/poster.html",
            timezone=hall.timezone,
            hall=hall,
            phones_reach=pages.server.public_url is not None,
            address=f"{base.rstrip('/')}/complain/{hall.id}",
        )

    async def own(request: Request) -> Response:
        """One complaint, for its complainant; the look is recorded."""
        runner = await pages.hall(request)
        hall = set_up(runner)
        complaint = complaint_shown_by(runner, request.path_params["code"])
        await pages.server.count_look(complaint.id)
        view = await views.own(pages.server, runner, hall, complaint)
        answer = pages.render(
            request,
            "complaints/own.html",
            timezone=hall.timezone,
            hall=hall,
            complaint=_dated(request, view, hall.timezone),
            code=request.path_params["code"],
        )
        answer.headers.update(PRIVATE)
        return answer

    async def qr_of_form(request: Request) -> Response:
        """The form's address as a QR, where phones can reach this server."""
        runner = await pages.hall(request)
        return _qr(pages, f"/complain/{runner.id}?from=qr")

    async def qr_of_own(request: Request) -> Response:
        """The address of a complaint as a QR, likewise; for a slip that its complainant takes along."""
        runner = await pages.hall(request)
        complaint_shown_by(runner, request.path_params["code"])
        return _qr(pages, f"/complaint/{runner.id}/{request.path_params['code']}")

    return [
        pages.route("/complain/{hall}", complain, EVERYONE),
        pages.route("/complain/{hall}/poster", poster, EVERYONE),
        pages.route("/complain/{hall}/qr.svg", qr_of_form, EVERYONE),
        pages.route("/complaint/{hall}/{code}", own, EVERYONE),
        pages.route("/complaint/{hall}/{code}/qr.svg", qr_of_own, EVERYONE),
    ]


def _qr(pages: Pages, path: str) -> Response:
    if pages.server.public_url is None:
        raise ProblemError("not_found")
    return qr(pages.server.public_url.rstrip("/") + path)


def said_date(request: Request, day: date) -> str:
    """ "2026年6月2日" or "June 2, 2026", for the reader."""
    return format_date(day, "long", locale=language_of(request).code)


def _dated(request: Request, view: Any, timezone: str) -> Any:
    """The same with days in words: of instants the hall's date."""
    if isinstance(view, list):
        return [_dated(request, part, timezone) for part in view]
    if not isinstance(view, dict):
        return view
    dated = {name: _dated(request, part, timezone) for name, part in view.items()}
    for name in dated:
        if name == "last_day":
            dated[name] = said_date(request, date.fromisoformat(view[name]))
        elif name == "at" or name.endswith("_at"):
            dated[name] = said_date(request, local_date(datetime.fromisoformat(view[name]), timezone))
    return dated
