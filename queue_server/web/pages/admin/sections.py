"""Pages: the sections that need nothing but the set-up."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from queue_server.web.access import KEEPERS
from queue_server.web.pages.admin.section import render
from queue_server.web.pages.page import Handler, Pages

__all__ = ["routes"]

SECTIONS = ("hours", "queues", "counters", "devices", "printers", "phrases", "alarms", "webhook", "files", "changes")


def routes(pages: Pages) -> list[Route]:
    """`/admin/{hall}`, and `/admin/{hall}/{section}` for each."""
    return [
        pages.route("/admin/{hall}", _page(pages, "hall"), KEEPERS),
        *(pages.route(f"/admin/{{hall}}/{section}", _page(pages, section), KEEPERS) for section in SECTIONS),
    ]


def _page(pages: Pages, section: str) -> Handler:
    async def page(request: Request) -> Response:
        return await render(pages, request, section)

    return page
