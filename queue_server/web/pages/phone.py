"""Page: the citizen's phone, where a ticket is followed and rated; and the QR that leads there."""

import re
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from queue_server.domain.hours import day_start
from queue_server.domain.rating import LEVELS
from queue_server.domain.service import as_offered, guide_of
from queue_server.domain.ticket import Ticket
from queue_server.engine.hall_runner import HallRunner
from queue_server.projections.instant import instant
from queue_server.projections.ticket_view import track as track_of
from queue_server.web.access import EVERYONE
from queue_server.web.pages.page import Pages
from queue_server.web.pages.phone_offline import THEME
from queue_server.web.pages.qr import PRIVATE, qr
from queue_server.web.problems import ProblemError
from queue_server.web.tickets import reminds

__all__ = ["routes"]

TRACK = re.compile(r"([a-z0-9][a-z0-9_-]{0,39})\.([A-Za-z0-9_-]{1,64})")


def routes(pages: Pages) -> list[Route]:
    """`/t/{track}` and its QR."""

    async def phone(request: Request) -> Response:
        """One ticket, for its holder."""
        runner, ticket = await _ticket(pages, request)
        hall = runner.day.hall
        service, materials = _service(pages, runner, ticket)
        answer = pages.render(
            request,
            "phone/phone.html",
            hall=hall,
            timezone=hall.timezone,
            theme=THEME,
            ends=instant(day_start(ticket.business_day + timedelta(days=1), hall.day_starts, hall.timezone)),
            queues={
                queue.id: {"name": queue.name, "kind": queue.kind, "prefix": queue.prefix}
                for queue in hall.queues.values()
            },
            counters={counter.number: counter.name for counter in hall.counters.values()},
            ticket=ticket,
            reminds=reminds(runner),
            service=service,
            materials=materials,
            levels=LEVELS,
            reasons=pages.server.offered_reasons,
        )
        answer.headers.update(PRIVATE)
        return answer

    async def qr_of_page(request: Request) -> Response:
        """The page's address as a QR, where phones can reach this server."""
        runner, ticket = await _ticket(pages, request)
        if pages.server.public_url is None:
            raise ProblemError("not_found")
        return qr(pages.server.public_url.rstrip("/") + track_of(runner.id, ticket.id))

    return [pages.route("/t/{track}/qr.svg", qr_of_page, EVERYONE), pages.route("/t/{track}", phone, EVERYONE)]


async def _ticket(pages: Pages, request: Request) -> tuple[HallRunner, Ticket]:
    """The ticket in the path, "{hall}.{ticket id}", and its hall. Raises ProblemError."""
    found = TRACK.fullmatch(request.path_params["track"])
    if found is None:
        raise ProblemError("ticket_unknown")
    runner = await pages.server.hall(found[1])
    await runner.turn_day()
    ticket = runner.day.find(found[2])
    if ticket is None:
        raise ProblemError("ticket_unknown")
    return runner, ticket


def _service(pages: Pages, runner: HallRunner, ticket: Ticket) -> tuple[str, tuple[str, ...]]:
    """Name of the ticket's service ("" when only a queue was chosen), and what to bring as far as it is known."""
    service = pages.server.catalogue.by_number.get(ticket.service or 0)
    if service is None:
        return "", ()
    book = runner.books.durable.hall
    guide = guide_of(service, {} if book is None else book.guides)
    return as_offered(service, runner.day.hall.choices).name, guide.materials
