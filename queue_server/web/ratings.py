"""…/ratings, …/unrated: one rating for one finished leg, or why there is none."""

from collections.abc import Sequence

from queue_server.domain import commands
from queue_server.domain.day import Day
from queue_server.domain.events import DayEvent, TicketLeftUnrated, TicketRated
from queue_server.domain.rating import BAD
from queue_server.engine.bad_ratings import rectification_id
from queue_server.web import schemas
from queue_server.web.access import HOLDERS
from queue_server.web.api import Call, Operation, Reply
from queue_server.web.follow_up_link import path_of
from queue_server.web.problems import ProblemError
from queue_server.web.reasons_asked import version_asked

__all__ = ["OPERATIONS"]


async def rate(call: Call) -> Reply:
    """Rate a ticket's leg (its holder), or a leg finished at a counter (its evaluator)."""
    asked: schemas.NewRating = call.body
    version = version_asked(call.server, asked.level, asked.reasons, asked.reasons_version)
    if asked.phone is not None and asked.level not in BAD:
        raise ProblemError("wrong_shape", "a number is left for a call-back about a bad rating")
    if asked.ticket is not None and asked.leg is not None and asked.counter is None and asked.number is None:
        command = await _of_ticket(call, asked, version, asked.ticket, asked.leg)
    elif asked.counter is not None and asked.ticket is None:
        command = await _of_counter(call, asked, version, asked.counter)
    else:
        raise ProblemError("wrong_shape", "give ticket and leg, or counter, of which number and leg may say which one")
    number, leg = await call.run(command, _of)
    rated = {"number": number, "leg": leg, "level": asked.level}
    if asked.ticket is not None and asked.level in BAD:
        name = rectification_id(call.runner.id, asked.ticket, leg)
        rated["follow_up"] = path_of(call.server.follow_up_secret, call.runner.id, name)
    return Reply(rated)


async def leave_unrated(call: Call) -> Reply:
    """Note why a leg finished at a counter was not rated there."""
    asked: schemas.LeaveUnrated = call.body
    _its_evaluator(call, asked.counter)
    number, leg = _named(asked)
    command = commands.LeaveUnrated(
        by=call.caller.id,
        counter=asked.counter,
        number=number,
        leg=leg,
        finished_at=asked.finished_at,
        cause=asked.cause,
    )
    number, leg = await call.run(command, _of)
    return Reply({"number": number, "leg": leg, "cause": asked.cause})


async def _of_ticket(call: Call, asked: schemas.NewRating, version: str, ticket: str, leg: int) -> commands.DayCommand:
    if call.day.find(ticket) is None:
        raise ProblemError("ticket_unknown")
    return commands.RateLeg(
        by="holder" if call.caller.role == "public" else call.caller.id,
        ticket=ticket,
        leg=leg,
        level=asked.level,
        source="evaluator" if call.caller.role == "evaluator" else "phone",
        reasons=asked.reasons,
        reasons_version=version,
        comment_ref=await call.note("rating_comment", asked.comment),
        phone_ref=await call.note("rating_phone", asked.phone),
    )


async def _of_counter(call: Call, asked: schemas.NewRating, version: str, counter: int) -> commands.DayCommand:
    if call.caller.role == "public":
        raise ProblemError("token_missing")
    _its_evaluator(call, counter)
    number, leg = _named(asked)
    return commands.RateCounter(
        by=call.caller.id,
        counter=counter,
        number=number,
        leg=leg,
        finished_at=asked.finished_at,
        level=asked.level,
        reasons=asked.reasons,
        reasons_version=version,
        comment_ref=await call.note("rating_comment", asked.comment),
        phone_ref=await call.note("rating_phone", asked.phone),
    )


def _its_evaluator(call: Call, counter: int) -> None:
    """Let nobody go on but the evaluator of that counter. Raises ProblemError."""
    caller = call.caller
    if caller.role != "evaluator" or caller.counter != counter or not caller.of_hall(call.runner.id):
        raise ProblemError("not_allowed")


def _named(asked: schemas.NewRating | schemas.LeaveUnrated) -> tuple[str | None, int | None]:
    """Which leg the evaluator means, (None, None) for the last one. Raises ProblemError for half a name."""
    if (asked.number is None) != (asked.leg is None):
        raise ProblemError("wrong_shape", "give number and leg, or neither")
    return asked.number, asked.leg


def _of(day: Day, events: Sequence[DayEvent]) -> tuple[str, int]:
    event = next(event for event in events if isinstance(event, TicketRated | TicketLeftUnrated))
    ticket = day.find(event.ticket)
    return ("" if ticket is None else ticket.number), event.leg


OPERATIONS = (
    Operation(
        method="POST",
        path="/halls/{hall}/ratings",
        summary="Rate a finished leg",
        handler=rate,
        who=HOLDERS,
        body=schemas.NewRating,
        result=schemas.RatedShape,
        status=201,
        codes=(
            "token_missing",
            "not_allowed",
            "ticket_unknown",
            "counter_unknown",
            "not_finished",
            "already_rated",
            "reason_unknown",
        ),
    ),
    Operation(
        method="POST",
        path="/halls/{hall}/unrated",
        summary="Note why a finished leg was not rated",
        handler=leave_unrated,
        who=frozenset({"evaluator"}),
        body=schemas.LeaveUnrated,
        result=schemas.UnratedShape,
        status=201,
        codes=("counter_unknown", "not_finished", "already_rated", "already_unrated"),
    ),
)
