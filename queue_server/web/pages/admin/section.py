"""What the sections of a hall's administration share: the set-up that they show."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from queue_server.domain.hall import Hall
from queue_server.web.pages.page import Pages
from queue_server.web.problems import ProblemError
from queue_server.web.setup import document_of

__all__ = ["render", "written"]


async def written(pages: Pages, request: Request) -> tuple[Hall, int]:
    """The set-up as it was last written, with its version."""
    runner = await pages.server.hall(request.path_params["hall"])
    book = runner.books.durable
    if book.hall is None:
        raise ProblemError("hall_unknown")
    return book.hall, book.hall_seq


async def render(pages: Pages, request: Request, section: str, **data: Any) -> Response:
    """One section. data: what its script needs beside the set-up."""
    hall, version = await written(pages, request)
    caller = await pages.caller(request)
    shown = {"hall": hall.id, "version": version, "setup": document_of(hall), "role": caller.role, "me": caller.id}
    return pages.render(
        request,
        f"admin/{section}.html",
        section=section,
        timezone=hall.timezone,
        hall=hall,
        caller=caller,
        phones_reach=pages.server.public_url is not None,
        admin=shown | data,
    )
