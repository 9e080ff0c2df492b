"""…/counters/{n}/invite: the clerk asks whoever was served last for a rating once more 邀评, at the evaluator."""

import msgspec

from queue_server.domain.day import Day
from queue_server.domain.ticket import Leg
from queue_server.projections.instant import instant
from queue_server.web import schemas
from queue_server.web.access import Role
from queue_server.web.api import Call, Operation, Reply
from queue_server.web.problems import ProblemError
from queue_server.wire import frames

__all__ = ["OPERATIONS"]

CLERK: frozenset[Role] = frozenset({"clerk"})


async def invite(call: Call) -> Reply:
    """Let the evaluator ask again. Nothing of it is kept: an evaluator that is away does not ask later."""
    call.key_is_new_to("day")
    call.key_is_new_to("book")
    server, runner, counter = call.server, call.runner, call.counter()
    duty = call.day.duties.get(counter)
    if duty is None or duty.clerk != call.caller.id:
        raise ProblemError("not_on_duty", counter=counter)
    number, place, leg = _unrated(call.day, counter)
    assert leg.finished_at is not None  # noqa: S101 - it was served
    topic, asked = f"counter.{counter}", {"number": number, "leg": place, "finished_at": instant(leg.finished_at)}
    hint = frames.hint(topic, runner.now(), msgspec.json.encode({"invite": asked}))
    await server.hint(runner.id, topic, hint)
    there = [
        present
        for present in (await server.presences.of(runner.id, server.now())).present
        if present.topic == topic and present.role == "evaluator" and present.connections
    ]
    return Reply({"number": number, "leg": place, "evaluators": len(there)})


def _unrated(day: Day, counter: int) -> tuple[str, int, Leg]:
    """The last leg served at a counter: its ticket's number, its place and itself. Raises ProblemError where there is
    none that could be rated there now.
    """
    here, last = day.at_counter(counter), day.last_leg.get(counter)
    if last is None or (here is not None and here.state == "serving"):
        raise ProblemError("not_finished", counter=counter)
    ticket, place = day.tickets[last[0]], last[1]
    leg = ticket.legs[place - 1]
    if leg.outcome != "served":
        raise ProblemError("not_finished", counter=counter)
    if (ticket.id, place) in day.ratings:
        raise ProblemError("already_rated", number=ticket.number, leg=place)
    return ticket.number, place, leg


OPERATIONS = (
    Operation(
        method="POST", path="/halls/{hall}/counters/{counter}/invite",
        summary="Ask whoever was served last for a rating",
        handler=invite, who=CLERK, body=schemas.Nothing, result=schemas.Invited,
        codes=("counter_unknown", "not_on_duty", "not_finished", "already_rated"),
    ),
)  # fmt: skip
