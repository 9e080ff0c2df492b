"""…/tickets: issuing, reading, cancelling, returning, priority and urgency."""

import secrets
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, nullcontext
from typing import Any

from queue_server.domain import commands
from queue_server.domain.day import Day
from queue_server.domain.events import DayEvent
from queue_server.domain.ticket import Ticket
from queue_server.engine.hall_runner import HallRunner
from queue_server.projections.ticket_view import ticket_view
from queue_server.web import schemas
from queue_server.web.access import EVERYONE, STAFF, Caller
from queue_server.web.api import Call, Operation, Reply, in_utc
from queue_server.web.hall_code import check_code
from queue_server.web.problems import ProblemError
from queue_server.webhooks.address import is_confidential

__all__ = ["OPERATIONS", "Seen", "new_ticket_id", "reminds", "seen", "ticket_json"]

Seen = tuple[Ticket, int]
"""A ticket as it was at one moment, and how many were ahead of it."""


def new_ticket_id() -> str:
    """128 random bits: what a ticket's holder knows and nobody can guess."""
    return next(_ids)


def _drawn() -> Iterator[str]:
    """Ids from the system's randomness, many at a time: asking it costs more than all else about a ticket."""
    while True:
        drawn = secrets.token_bytes(16 * 256)
        for start in range(0, len(drawn), 16):
            yield urlsafe_b64encode(drawn[start : start + 16]).rstrip(b"=").decode()


_ids = _drawn()


def seen(day: Day, ticket_id: str) -> Seen:
    """The ticket as the day has it now."""
    ticket = day.find(ticket_id)
    if ticket is None:
        raise ProblemError("ticket_unknown")
    return ticket, day.ahead(ticket)


def reminds(runner: HallRunner) -> bool:
    """Whether the hall passes on that a turn is near, to those who leave a phone number: to an address that may be
    told one.
    """
    hall = runner.books.durable.hall
    return hall is not None and is_confidential(hall.webhook.url) and "turn_near" in hall.webhook.kinds


async def ticket_json(call: Call, subject: Seen) -> dict[str, Any]:
    """The ticket for this caller: the hall's staff see who served it."""
    ticket, ahead = subject
    names = None
    if call.caller.role in (*STAFF, "discipline", "district", "admin") and call.caller.of_hall(call.runner.id):
        names = await call.server.names.of({leg.clerk for leg in ticket.legs})
    return ticket_view(call.runner.id, ticket, ahead, names)


async def issue(call: Call) -> Reply:
    """A new ticket."""
    asked: schemas.NewTicket = call.body
    if (asked.queue is None) == (asked.service is None):
        raise ProblemError("wrong_shape", "give one of queue and service")
    ticket_id = new_ticket_id()
    async with _by_phone(call, asked, ticket_id) if call.caller.role == "public" else nullcontext():
        command = commands.IssueTicket(
            by=call.caller.id,
            ticket=ticket_id,
            queue=asked.queue,
            service=asked.service,
            priority=asked.priority,
            appointment=in_utc(asked.appointment),
            lapsed=asked.lapsed,
            phone_ref=await call.note("phone", asked.phone),
        )
        issued = await call.run(command, _issued)
    return Reply(await ticket_json(call, issued))


async def enter_paper(call: Call) -> Reply:
    """A number that was given on paper while the power was out."""
    asked: schemas.PaperTicket = call.body
    issued_at = in_utc(asked.issued_at)
    assert issued_at is not None  # noqa: S101 - the shape has it
    command = commands.EnterPaper(
        by=call.caller.id, ticket=new_ticket_id(), queue=asked.queue, number=asked.number, issued_at=issued_at
    )
    return Reply(await ticket_json(call, await call.run(command, _issued)))


async def report_back(call: Call) -> Reply:
    """Put an absent ticket back in line by its number, which is all that its holder may remember."""
    number: str = call.body.number.strip().upper()
    ticket = call.day.numbers.get(number)
    if ticket is None:
        raise ProblemError("number_unknown", number=number)
    command = commands.ReturnTicket(by=call.caller.id, ticket=ticket)
    return Reply(await ticket_json(call, await call.run(command, lambda day, events: seen(day, ticket))))


def _issued(day: Day, events: Sequence[DayEvent]) -> Seen:
    return seen(day, next(event.ticket for event in events if hasattr(event, "ticket")))


@asynccontextmanager
async def _by_phone(call: Call, asked: schemas.NewTicket, ticket: str) -> AsyncIterator[None]:
    """Whoever has no token must have read the code that the hall shows, where the hall allows that, and not often.

    A phone that asks again for the ticket it was given has shown its code already, which may have changed meanwhile.
    """
    if asked.lapsed is not None:
        raise ProblemError("not_allowed")  # staff, or the kiosk beside them, have seen the slip
    if asked.code is None:
        raise ProblemError("token_missing")
    if call.runner.days.knows(call.command_id):
        yield
        return
    hall, server, address = call.runner.hall, call.server, call.address
    if hall is None:
        raise ProblemError("not_allowed")
    await check_code(server, hall, asked.code, address)
    rule = hall.services.get(asked.service or 0)
    queue = asked.queue or (rule.queue if rule else "")

    def waits(other: str) -> bool | None:
        found = call.day.find(other)
        return None if found is None else found.state == "waiting"

    await server.phone_limits.take(hall.id, queue, address, ticket, waits)
    try:
        yield
    except Exception:  # whatever kept it from being issued; one that was cut off may be issued yet, and stays counted
        await server.phone_limits.give_back(hall.id, address, ticket)
        raise


async def read(call: Call) -> Reply:
    """The ticket as it stands. While it waits its estimate is the present one, and not what was promised with it."""
    view = await ticket_json(call, seen(call.day, _known(call, call.day)))
    if view["state"] == "waiting":
        view.pop("estimate", None)
        if (estimate := call.runner.forecast().estimate(view["id"])) is not None:
            view["estimate"] = estimate
    return Reply(view)


async def cancel(call: Call) -> Reply:
    """Give the ticket up."""
    ticket = _known(call, call.day)
    command = commands.CancelTicket(by=_holder_or(call.caller), ticket=ticket)
    return Reply(await ticket_json(call, await call.run(command, lambda day, events: seen(day, ticket))))


async def leave_phone(call: Call) -> Reply:
    """Take down whom to tell when the turn is near. Raises ProblemError where nobody would be told."""
    ticket = _known(call, call.day)
    if not reminds(call.runner):
        raise ProblemError("reminders_off")
    ref = await call.note("phone", call.body.phone)
    command = commands.LeavePhone(by=_holder_or(call.caller), ticket=ticket, phone_ref=ref or "")
    return Reply(await ticket_json(call, await call.run(command, lambda day, events: seen(day, ticket))))


async def take_back(call: Call) -> Reply:
    """An absent one reports back."""
    ticket = _known(call, call.day)
    command = commands.ReturnTicket(by=call.caller.id, ticket=ticket)
    return Reply(await ticket_json(call, await call.run(command, lambda day, events: seen(day, ticket))))


async def confirm_priority(call: Call) -> Reply:
    """Staff confirm or withdraw a priority."""
    ticket, asked = _known(call, call.day), call.body
    command = commands.SetPriority(by=call.caller.id, ticket=ticket, priority=asked.priority, confirmed=asked.confirmed)
    return Reply(await ticket_json(call, await call.run(command, lambda day, events: seen(day, ticket))))


async def make_urgent(call: Call) -> Reply:
    """特别紧急."""
    ticket = _known(call, call.day)
    ref = await call.note("urgent_reason", call.body.reason)
    command = commands.MakeUrgent(by=call.caller.id, ticket=ticket, reason_ref=ref or "")
    return Reply(await ticket_json(call, await call.run(command, lambda day, events: seen(day, ticket))))


def _known(call: Call, day: Day) -> str:
    """The ticket in the path. Raises ProblemError when this hall has none of that id."""
    ticket = call.path["ticket"]
    if day.find(ticket) is None:
        raise ProblemError("ticket_unknown")
    return ticket


def _holder_or(caller: Caller) -> str:
    return "holder" if caller.role == "public" else caller.id


OPERATIONS = (
    Operation(
        method="POST",
        path="/halls/{hall}/tickets",
        summary="Issue a ticket",
        handler=issue,
        who=frozenset({"kiosk", "guide", "clerk", "head", "public"}),
        body=schemas.NewTicket,
        result=schemas.TicketShape,
        status=201,
        codes=(
            "queue_unknown",
            "service_not_offered",
            "ticketing_closed",
            "quota_reached",
            "day_closed",
            "code_wrong",
            "too_many",
            "too_many_waiting",
            "not_lapsed",
            "lapsed_used",
        ),
    ),
    Operation(
        method="POST",
        path="/halls/{hall}/paper",
        summary="Enter a number given on paper",
        handler=enter_paper,
        who=STAFF,
        body=schemas.PaperTicket,
        result=schemas.TicketShape,
        status=201,
        codes=("queue_unknown", "number_invalid", "number_taken", "issued_at_invalid", "day_closed"),
    ),
    Operation(
        method="GET",
        path="/halls/{hall}/tickets/{ticket}",
        summary="Read a ticket",
        handler=read,
        who=EVERYONE,
        result=schemas.TicketShape,
        codes=("ticket_unknown",),
    ),
    Operation(
        method="DELETE",
        path="/halls/{hall}/tickets/{ticket}",
        summary="Cancel a waiting ticket",
        handler=cancel,
        who=EVERYONE,
        result=schemas.TicketShape,
        codes=("ticket_unknown", "ticket_closed", "not_waiting"),
    ),
    Operation(
        method="POST",
        path="/halls/{hall}/tickets/{ticket}/phone",
        summary="Leave a phone number, to be told when the turn is near",
        handler=leave_phone,
        who=EVERYONE,
        body=schemas.LeavePhone,
        result=schemas.TicketShape,
        codes=("ticket_unknown", "ticket_closed", "not_waiting", "reminders_off"),
    ),
    Operation(
        method="POST",
        path="/halls/{hall}/tickets/{ticket}/return",
        summary="Put an absent ticket back in line",
        handler=take_back,
        who=frozenset({"kiosk", "guide", "clerk"}),
        body=schemas.Nothing,
        result=schemas.TicketShape,
        codes=("ticket_unknown", "ticket_closed", "not_absent", "day_closed"),
    ),
    Operation(
        method="POST",
        path="/halls/{hall}/returns",
        summary="Put an absent ticket back in line, by its number",
        handler=report_back,
        who=frozenset({"kiosk", "guide", "clerk"}),
        body=schemas.NumberOnly,
        result=schemas.TicketShape,
        codes=("number_unknown", "not_absent", "day_closed"),
    ),
    Operation(
        method="POST",
        path="/halls/{hall}/tickets/{ticket}/priority",
        summary="Confirm or withdraw a priority",
        handler=confirm_priority,
        who=STAFF,
        body=schemas.ConfirmPriority,
        result=schemas.TicketShape,
        codes=("ticket_unknown", "ticket_closed"),
    ),
    Operation(
        method="POST",
        path="/halls/{hall}/tickets/{ticket}/urgent",
        summary="Grant 特别紧急",
        handler=make_urgent,
        who=frozenset({"guide", "head"}),
        body=schemas.Reason,
        result=schemas.TicketShape,
        codes=("ticket_unknown", "ticket_closed", "not_waiting", "already_urgent"),
    ),
)
