"""…/counters/{n}: what the clerk of a counter asks."""

from collections.abc import Sequence
from typing import Any

from queue_server.domain import commands
from queue_server.domain.commands import CounterCommand, DayCommand
from queue_server.domain.day import Day
from queue_server.domain.events import DayEvent
from queue_server.projections.hall_board import counter_view
from queue_server.web import schemas
from queue_server.web.access import Role
from queue_server.web.api import Call, Operation, Reply, in_utc
from queue_server.web.problems import ProblemError
from queue_server.web.staffing import confirmed_to_stand
from queue_server.web.tickets import Seen, new_ticket_id, seen, ticket_json

__all__ = ["OPERATIONS"]

CLERK: frozenset[Role] = frozenset({"clerk"})


def _ticket_of(day: Day, events: Sequence[DayEvent]) -> Seen | None:
    """The ticket that the events are about; None when nothing happened, because nobody waits."""
    ids = [ticket for event in events if (ticket := getattr(event, "ticket", None)) is not None]
    return seen(day, ids[-1]) if ids else None


async def _with_ticket(call: Call, command: DayCommand) -> Reply:
    subject = await call.run(command, _ticket_of)
    return Reply({"ticket": None if subject is None else await ticket_json(call, subject)})


async def _with_counter(call: Call, command: CounterCommand) -> Reply:
    number = command.counter
    view: dict[str, Any] = await call.run(command, lambda day, events: counter_view(day, number))  # type: ignore[arg-type]
    return Reply({"counter": view})


async def call_next(call: Call) -> Reply:
    """Call who is next."""
    return await _with_ticket(call, commands.CallNext(by=call.caller.id, counter=call.counter()))


async def call_number(call: Call) -> Reply:
    """Call a given ticket, with a reason."""
    ref = await call.note("call_reason", call.body.reason)
    command = commands.CallNumber(
        by=call.caller.id, counter=call.counter(), number=call.body.number, reason_ref=ref or ""
    )
    return await _with_ticket(call, command)


async def recall(call: Call) -> Reply:
    """Call again."""
    return await _with_ticket(call, commands.Recall(by=call.caller.id, counter=call.counter()))


async def start(call: Call) -> Reply:
    """The citizen is here."""
    return await _with_ticket(call, commands.Start(by=call.caller.id, counter=call.counter()))


async def finish(call: Call) -> Reply:
    """Service is done."""
    command = commands.Finish(by=call.caller.id, counter=call.counter(), services=call.body.services)
    return await _with_ticket(call, command)


async def no_show(call: Call) -> Reply:
    """Nobody came."""
    return await _with_ticket(call, commands.NoShow(by=call.caller.id, counter=call.counter()))


async def hold(call: Call) -> Reply:
    """Interrupt the service."""
    ref = await call.note("hold_reason", call.body.reason)
    return await _with_ticket(call, commands.Hold(by=call.caller.id, counter=call.counter(), reason_ref=ref))


async def resume_ticket(call: Call) -> Reply:
    """Go on with a held ticket."""
    command = commands.ResumeTicket(by=call.caller.id, counter=call.counter(), number=call.body.number)
    return await _with_ticket(call, command)


async def transfer(call: Call) -> Reply:
    """Send the ticket on to another queue."""
    ref = await call.note("transfer_reason", call.body.reason)
    command = commands.Transfer(by=call.caller.id, counter=call.counter(), queue=call.body.queue, reason_ref=ref or "")
    return await _with_ticket(call, command)


async def serve_now(call: Call) -> Reply:
    """Light mode: issue and start at once."""
    asked: schemas.ServeNowFor = call.body
    if (asked.queue is None) == (asked.service is None):
        raise ProblemError("wrong_shape", "give one of queue and service")
    command = commands.ServeNow(
        by=call.caller.id, counter=call.counter(), ticket=new_ticket_id(), queue=asked.queue, service=asked.service
    )
    return await _with_ticket(call, command)


async def sign_on(call: Call) -> Reply:
    """Take the counter, or cover another post from it."""
    asked: schemas.SignOnAs = call.body
    counter = call.counter()
    await call.runner.turn_day()
    command = commands.SignOn(
        by=call.caller.id,
        counter=counter,
        capacity=asked.capacity,
        post=asked.post,
        confirmed=confirmed_to_stand(call.runner, call.caller.id, counter, asked.post),
    )
    return await _with_counter(call, command)


async def sign_off(call: Call) -> Reply:
    """Leave the counter, or stop covering a post from it."""
    command = commands.SignOff(by=call.caller.id, counter=call.counter(), post=call.body.post)
    return await _with_counter(call, command)


async def pause(call: Call) -> Reply:
    """Stop calling; with back_at 暂离."""
    back_at = in_utc(call.body.back_at)
    ref = await call.note("pause_reason", call.body.reason)
    command = commands.PauseCounter(by=call.caller.id, counter=call.counter(), reason_ref=ref, back_at=back_at)
    return await _with_counter(call, command)


async def resume(call: Call) -> Reply:
    """Go on calling."""
    return await _with_counter(call, commands.ResumeCounter(by=call.caller.id, counter=call.counter()))


def _operation(
    verb: str, summary: str, handler: Any, body: Any, *codes: str, result: Any = schemas.AtCounter
) -> Operation:
    return Operation(
        method="POST",
        path=f"/halls/{{hall}}/counters/{{counter}}/{verb}",
        summary=summary,
        handler=handler,
        who=CLERK,
        body=body,
        result=result,
        codes=("counter_unknown", *codes),
    )


READY = ("not_on_duty", "ticket_open", "counter_paused")
CALLED = ("not_on_duty", "no_ticket", "not_called")
SERVING = ("not_on_duty", "no_ticket", "not_serving")

OPERATIONS = (
    _operation("next", "Call the next ticket", call_next, schemas.Nothing, *READY),
    _operation(
        "call", "Call a given ticket", call_number, schemas.CallTicket, *READY, "not_waiting", "number_unknown",
        "queue_not_served",
    ),
    _operation("recall", "Call again", recall, schemas.Nothing, *CALLED, "recall_limit"),
    _operation("start", "Start the service", start, schemas.Nothing, *CALLED),
    _operation("finish", "Finish the service", finish, schemas.Finished, *SERVING, "service_not_offered"),
    _operation("no-show", "Mark a no-show", no_show, schemas.Nothing, *CALLED),
    _operation("hold", "Hold the ticket", hold, schemas.ReasonIfAny, *SERVING),
    _operation(
        "resume-ticket", "Resume a held ticket", resume_ticket, schemas.NumberOnly, *READY, "not_held",
        "number_unknown", "queue_not_served",
    ),
    _operation(
        "transfer", "Transfer to a queue", transfer, schemas.TransferTo, *SERVING, "queue_unknown", "same_queue"
    ),
    _operation(
        "serve-now", "Issue and start at once", serve_now, schemas.ServeNowFor, *READY, "queue_unknown",
        "service_not_offered", "day_closed",
    ),
    _operation(
        "sign-on", "Take the counter, or cover a post", sign_on, schemas.SignOnAs, "counter_taken",
        "on_duty_elsewhere", "post_unknown", "not_post_holder", "post_elsewhere", "already_on_duty",
        result=schemas.OneCounter,
    ),
    _operation(
        "sign-off", "Leave the counter, or stop covering a post", sign_off, schemas.SignOffFrom, "not_on_duty",
        "ticket_open", "not_covered",
        result=schemas.OneCounter,
    ),
    _operation(
        "pause", "Pause, or step away", pause, schemas.PauseFor, "not_on_duty", "back_at_past",
        result=schemas.OneCounter,
    ),
    _operation(
        "resume", "Resume after a pause", resume, schemas.Nothing, "not_on_duty", "not_paused",
        result=schemas.OneCounter,
    ),
)  # fmt: skip
