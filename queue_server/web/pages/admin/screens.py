"""Page: a hall's screens, and how its calls are spoken."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from queue_server.voice.language import Phrasebook
from queue_server.web.access import KEEPERS
from queue_server.web.pages.admin.section import render, written
from queue_server.web.pages.page import Pages

__all__ = ["routes"]


def routes(pages: Pages) -> list[Route]:
    """`/admin/{hall}/screens`."""

    async def screens(request: Request) -> Response:
        hall, _ = await written(pages, request)
        languages = _languages(pages.server.phrasebook, hall.voice.languages)
        return await render(pages, request, "screens", languages=languages, areas=sorted(hall.areas))

    return [pages.route("/admin/{hall}/screens", screens, KEEPERS)]


def _languages(phrasebook: Phrasebook, chosen: tuple[str, ...]) -> list[dict[str, Any]]:
    """Every language that a call can be spoken in, the hall's own first, and any of those whose file has gone.

    sentences: the language's own words for each kind of call.
    """
    found: list[dict[str, Any]] = []
    for code in dict.fromkeys([*chosen, *phrasebook]):
        language = phrasebook.get(code)
        own = language.sentences if language else {}
        sentences = {kind: own.get(kind, own.get("call", "")) for kind in ("call", "recall", "priority")}
        found.append({"code": code, "name": language.name if language else code, "sentences": sentences})
    return found
