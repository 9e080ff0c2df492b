"""Pages: complaints 有诉即办 as the staff take them in and answer them, and the written answer on paper."""

import asyncio
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from queue_server.domain.book_events import ComplaintReplied
from queue_server.domain.complaint import Complaint
from queue_server.domain.deadlines import local_date
from queue_server.domain.hall import Hall
from queue_server.exchange.sheet import write_xlsx
from queue_server.web import complaint_views as views
from queue_server.web.complaint_register import register
from queue_server.web.complaints import ENTERING, HANDLERS, SUBJECTS, set_up
from queue_server.web.languages import language_of
from queue_server.web.pages.complain import said_date
from queue_server.web.pages.file import XLSX, file_response
from queue_server.web.pages.page import Pages
from queue_server.web.pages.qr import PRIVATE
from queue_server.web.problems import ProblemError

__all__ = ["routes"]


def routes(pages: Pages) -> list[Route]:
    """`/complaints/{hall}`, its register as a file, and `/complaints/{hall}/{complaint}/letter`."""
    server = pages.server

    async def complaints(request: Request) -> Response:
        """Taking one in, for all staff; the list, for whoever answers them."""
        runner = await pages.hall(request)
        hall, caller = set_up(runner), await pages.caller(request)
        people = [
            {"id": account.id, "name": account.name}
            for account in await server.records.accounts.all(hall.id)
            if account.role in SUBJECTS and not account.disabled
        ]
        return pages.render(
            request,
            "complaints/complaints.html",
            timezone=hall.timezone,
            hall=hall,
            caller=caller,
            handles=caller.role in HANDLERS,
            people=people,
            complaints={"hall": hall.id, "public_url": server.public_url},
        )

    async def letter(request: Request) -> Response:
        """The written answer 答复书, to be printed, stamped and handed over; the look is recorded."""
        runner = await pages.hall(request)
        hall, caller = set_up(runner), await pages.caller(request)
        complaint = runner.books.durable.complaints.all.get(request.path_params["complaint"])
        if complaint is None or not complaint.shown_to(caller.role, caller.id):
            raise ProblemError("complaint_unknown")
        replied = _reply(complaint)
        seen = await views.whole(server, runner, hall, complaint, caller.id)
        contact = await views.contact(server, runner, complaint, caller.id)
        answer = pages.render(
            request,
            "complaints/letter.html",
            timezone=hall.timezone,
            hall=hall,
            complaint=seen,
            name=contact.get("name", ""),
            reply=next((entry.get("note", "") for entry in seen["log"] if entry["what"] == "replied"), ""),
            came_on=_day(request, hall, complaint.came_at),
            replied_on=_day(request, hall, replied.at),
        )
        answer.headers.update(PRIVATE)
        return answer

    async def as_file(request: Request) -> Response:
        """The register 台账 of those that the caller may see."""
        runner = await pages.hall(request)
        hall, caller = set_up(runner), await pages.caller(request)
        every = runner.books.durable.complaints.all.values()
        shown = [one for one in every if one.shown_to(caller.role, caller.id)]
        sheet = register(shown, hall, runner.now(), language_of(request).translations.gettext)
        file = await asyncio.to_thread(write_xlsx, [sheet])
        return file_response(file, f"{hall.id}-complaints.xlsx", XLSX)

    return [
        pages.route("/complaints/{hall}", complaints, ENTERING),
        pages.route("/complaints/{hall}/register.xlsx", as_file, HANDLERS),
        pages.route("/complaints/{hall}/{complaint}/letter", letter, HANDLERS),
    ]


def _day(request: Request, hall: Hall, at: datetime) -> str:
    return said_date(request, local_date(at, hall.timezone))


def _reply(complaint: Complaint) -> ComplaintReplied:
    found = next((event for event in complaint.log if isinstance(event, ComplaintReplied)), None)
    if found is None:
        raise ProblemError("complaint_unknown")
    return found
