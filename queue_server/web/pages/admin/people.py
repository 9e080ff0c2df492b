"""Page: the people of a hall, and the posts that they hold."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from queue_server.web.pages.admin.section import render
from queue_server.web.pages.page import Pages

__all__ = ["routes"]


def routes(pages: Pages) -> list[Route]:
    """`/admin/{hall}/people`."""

    async def people(request: Request) -> Response:
        hall = request.path_params["hall"]
        accounts = await pages.server.records.accounts.all(hall)
        staff = [
            {
                "id": account.id,
                "user": account.user,
                "name": account.name,
                "role": account.role,
                "counter": account.counter,
                "disabled": account.disabled,
            }
            for account in accounts
        ]
        return await render(pages, request, "people", staff=staff)

    return [pages.route("/admin/{hall}/people", people)]
