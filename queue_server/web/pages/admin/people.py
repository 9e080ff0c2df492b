"""Page: the people of a hall, and the posts that they hold."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from queue_server.web.access import KEEPERS
from queue_server.web.pages.admin.section import render
from queue_server.web.pages.page import Pages
from queue_server.web.staff import person_json

__all__ = ["routes"]


def routes(pages: Pages) -> list[Route]:
    """`/admin/{hall}/people`."""

    async def people(request: Request) -> Response:
        """shared: works in a hall as well that is not the caller's; an administrator, who has none, sees this one."""
        hall, caller = request.path_params["hall"], await pages.caller(request)
        accounts = await pages.server.records.accounts.all(hall)
        photos = await pages.server.records.photos.digests([account.id for account in accounts])
        staff = [
            person_json(account, photos.get(account.id))
            | {"shared": not {*account.halls} <= {*(caller.halls or (hall,))}}
            for account in accounts
        ]
        return await render(pages, request, "people", staff=staff)

    return [pages.route("/admin/{hall}/people", people, KEEPERS)]
