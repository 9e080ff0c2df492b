"""Pages: a week of a hall's posts, and a handover on paper."""

from datetime import date, timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from queue_server.projections.week_plan import DAYS
from queue_server.web.access import Role
from queue_server.web.pages.page import Pages
from queue_server.web.problems import ProblemError
from queue_server.web.staffing import READERS, handover_of, week_from, week_of

__all__ = ["routes"]

SIGNERS: frozenset[Role] = frozenset({"clerk", "head", "discipline"})


def routes(pages: Pages) -> list[Route]:
    """`/manager/{hall}/week`, `/handover/{hall}/{handover}`."""
    server = pages.server

    async def week(request: Request) -> Response:
        runner = await pages.hall(request)
        caller = await pages.caller(request)
        hall = runner.books.durable.hall
        if hall is None:
            raise ProblemError("hall_unknown")
        plan = await week_of(server, runner, caller, week_from(request.query_params.get("from")))
        first = date.fromisoformat(plan["days"][0]["day"])
        current = date.fromisoformat(plan["current"]["day"])
        return pages.render(
            request,
            "posts/week.html",
            timezone=hall.timezone,
            hall=hall,
            caller=caller,
            plans=caller.role == "head",
            works=caller.role == "clerk",
            desk=caller.counter,
            now=first <= current < first + timedelta(days=DAYS),
            before=first - timedelta(days=DAYS),
            after=first + timedelta(days=DAYS),
            posts={"hall": hall.id, "me": caller.id, "role": caller.role, "plan": plan},
        )

    async def handover(request: Request) -> Response:
        """To be signed by both; who opens it has looked at the note."""
        runner = await pages.hall(request)
        caller = await pages.caller(request)
        hall = runner.books.durable.hall
        if hall is None:
            raise ProblemError("hall_unknown")
        found = handover_of(runner, caller, request.path_params["handover"])
        note = None
        if found.note_ref is not None:
            note = await server.records.notes.get(found.note_ref, caller.id, server.now())
        return pages.render(
            request,
            "posts/handover.html",
            timezone=hall.timezone,
            hall=hall,
            handover=found,
            post=hall.posts.get(found.post),
            absence=runner.books.durable.staffing.absences.get(found.absence or ""),
            names=await server.names.of({found.giver, found.taker}),
            note=None if note is None else note.text,
        )

    return [
        pages.route("/manager/{hall}/week", week, READERS),
        pages.route("/handover/{hall}/{handover}", handover, SIGNERS),
    ]
