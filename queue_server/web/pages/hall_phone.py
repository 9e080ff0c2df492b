"""Page: a citizen's phone in the hall, where a ticket is taken with the code that the hall's screen shows."""

import re
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from queue_server.domain.hall import Hall
from queue_server.web.access import EVERYONE
from queue_server.web.hall_code import check_code
from queue_server.web.halls import hall_json
from queue_server.web.pages.page import Pages
from queue_server.web.pages.qr import PRIVATE, qr
from queue_server.web.problems import ProblemError

__all__ = ["routes"]

CODE = re.compile("[A-Z2-7]{8}")


def routes(pages: Pages) -> list[Route]:
    """`/h/{hall}?code=…` and its QR."""

    async def hall_phone(request: Request) -> Response:
        """The page, for whoever has scanned the QR, or would like to."""
        runner = await pages.hall(request)
        hall = runner.day.hall
        answer = pages.render(
            request,
            "hall_phone/hall_phone.html",
            timezone=hall.timezone,
            hall=hall_json(runner),
            place=hall.place,
            phone=hall.phone,
            entry=await _entry(pages, request, hall),
        )
        answer.headers.update(PRIVATE)
        return answer

    async def qr_of_page(request: Request) -> Response:
        """The page's address with a code as a QR, where phones can reach this server.

        With any code that could be one: to draw only the hall's own would tell a guesser that he is right.
        """
        runner = await pages.hall(request)
        code = request.query_params.get("code", "")
        if pages.server.public_url is None or not CODE.fullmatch(code):
            raise ProblemError("not_found")
        return qr(f"{pages.server.public_url.rstrip('/')}/h/{runner.id}?code={code}")

    return [pages.route("/h/{hall}/qr.svg", qr_of_page, EVERYONE), pages.route("/h/{hall}", hall_phone, EVERYONE)]


async def _entry(pages: Pages, request: Request, hall: Hall) -> dict[str, Any]:
    """How the phone gets in: {"state": "good" | "missing" | "code_wrong" | "too_many" | "not_allowed", "wait_s"?}."""
    if not hall.rules.phone_ticketing:
        return {"state": "not_allowed"}
    code = "".join(request.query_params.get("code", "").split())
    if not code:
        return {"state": "missing"}
    try:
        await check_code(pages.server, hall, code, request.client.host if request.client else "")
    except ProblemError as error:
        return {"state": error.problem.code, **error.problem.fields}
    return {"state": "good"}
