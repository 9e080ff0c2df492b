"""Page: the evaluator 评价器 on a counter, and the counter's plate that it shows between citizens.

It shows no way to the ticket's own page: whoever photographed that could read, cancel and rate the ticket, so the topic
of a counter carries no ids. The way there is on the slip, in its holder's hand. The province's static code is for all.
"""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from queue_server.domain.rating import LEVELS
from queue_server.web.access import EVERYONE
from queue_server.web.pages.counter_sign import sign
from queue_server.web.pages.made_with import version_of
from queue_server.web.pages.page import Pages
from queue_server.web.pages.qr import qr
from queue_server.web.problems import ProblemError

__all__ = ["routes"]


def routes(pages: Pages) -> list[Route]:
    """`/evaluator/{hall}/{counter}` and its plate."""

    async def evaluator(request: Request) -> Response:
        """The evaluator of a counter."""
        runner = await pages.hall(request)
        number = pages.counter(request, runner)
        hall = runner.day.hall
        return pages.render(
            request,
            "evaluator/evaluator.html",
            public_device=True,
            hall=hall,
            timezone=hall.timezone,
            counter=hall.counters[number],
            levels=LEVELS,
            reasons=pages.server.offered_reasons,
            made_with=version_of(hall, {}),
        )

    async def plate(request: Request) -> Response:
        """The sign 岗位牌, which everybody may read, as `counter_sign` has it.

        An evaluator of another counter is refused, so that it says so before it asks anybody.
        """
        runner = await pages.hall(request)
        number = pages.counter(request, runner)
        caller = await pages.caller(request)
        if caller.role == "evaluator" and (caller.counter != number or not caller.of_hall(runner.id)):
            raise ProblemError("not_allowed")
        return JSONResponse(await sign(pages.server, runner, number), headers={"cache-control": "no-store"})

    async def set_up(request: Request) -> Response:
        """`{"version": …}`: another one when the page would be made with another set-up."""
        runner = await pages.hall(request)
        pages.counter(request, runner)  # while it is away the page had better stay
        return JSONResponse({"version": version_of(runner.day.hall, {})}, headers={"cache-control": "no-store"})

    async def province(request: Request) -> Response:
        """The province's static code 省“好差评”静态码 as a picture, where the hall has one."""
        address = (await pages.hall(request)).day.hall.province_code
        if not address:
            raise ProblemError("not_found")
        return qr(address)

    return [
        pages.route("/evaluator/{hall}/{counter}", evaluator, EVERYONE),
        pages.route("/evaluator/{hall}/{counter}/set-up", set_up, EVERYONE),
        pages.route("/evaluator/{hall}/{counter}/province.svg", province, EVERYONE),
        pages.route("/evaluator/{hall}/{counter}/plate", plate, EVERYONE),
    ]
