"""/halls: what everybody may know of a hall and its board; and the head's word on its business day."""

from datetime import date, datetime, timedelta
from typing import Any

from queue_server.domain.hall import Hall
from queue_server.domain.hours import Interval, business_day, day_start, next_opening, opening_intervals
from queue_server.domain.issuing import ticketing_hours
from queue_server.engine.calendar import day_kind
from queue_server.engine.hall_runner import HallRunner
from queue_server.projections.hall_board import counter_view, queue_view
from queue_server.projections.instant import instant
from queue_server.web import schemas
from queue_server.web.access import EVERYONE, Role
from queue_server.web.api import Call, Operation, Reply
from queue_server.web.hall_code import hall_code
from queue_server.web.problems import ProblemError, problem_of

__all__ = ["OPERATIONS", "hall_json", "open_since"]

MOMENT = timedelta(milliseconds=1)

HEAD: frozenset[Role] = frozenset({"head"})


def open_since(runner: HallRunner) -> datetime | None:
    """When the hall opened for the hours that it is in; None while it is closed."""
    hall, day, now = runner.hall, runner.day, runner.now()
    if hall is None:
        return None
    today = business_day(now, hall.day_starts, hall.timezone)
    if day.business_day == today and day.closed:
        return None
    opening = opening_intervals(hall.hours, today, day_kind(today), hall.day_starts, hall.timezone)
    return next((interval.start for interval in opening if interval.start <= now < interval.end), None)


def hall_json(runner: HallRunner) -> dict[str, Any]:
    """The hall as the wire shows it, at this moment."""
    hall, day, now = runner.hall, runner.day, runner.now()
    if hall is None:
        raise ProblemError("hall_unknown")
    today = business_day(now, hall.day_starts, hall.timezone)
    opening = opening_intervals(hall.hours, today, day_kind(today), hall.day_starts, hall.timezone)
    running = day.business_day == today
    open_now = open_since(runner) is not None
    view: dict[str, Any] = {
        "id": hall.id,
        "name": hall.name,
        "level": hall.level,
        "timezone": hall.timezone,
        "open_now": open_now,
        "ticketing_now": _ticketing_now(hall, opening, now) and not (running and day.closed),
        "queues": [_queue(runner, hall, queue) for queue in hall.queues],
        "counters": [
            counter_view(day, number)
            if day.hall_or_none is not None
            else {"number": number, "name": c.name, "kind": c.kind, "state": "closed", "queues": list(c.queues)}
            for number, c in hall.counters.items()
        ],
    }
    if not open_now:
        ended = running and day.closed  # then the rest of today's hours do not count any more
        after = day_start(today + timedelta(days=1), hall.day_starts, hall.timezone) - MOMENT if ended else now
        if (opens := next_opening(hall.hours, after, day_kind, hall.day_starts, hall.timezone)) is not None:
            view["opens_at"] = instant(opens)
    return view


def _ticketing_now(hall: Hall, opening: tuple[Interval, ...], now: datetime) -> bool:
    hours = ticketing_hours(opening, hall.rules)
    return hours is not None and hours[0] <= now < hours[1]


def _queue(runner: HallRunner, hall: Hall, queue: str) -> dict[str, Any]:
    if runner.day.hall_or_none is not None and queue in runner.day.hall.queues:
        view = queue_view(runner.day, queue)
        if (estimate := runner.forecast().by_queue().get(queue)) is not None:
            view["estimate"] = {"p50_s": estimate.p50_s, "p90_s": estimate.p90_s}
        return view
    q = hall.queues[queue]
    return {"id": q.id, "name": q.name, "kind": q.kind, "prefix": q.prefix, "waiting": 0, "target_s": q.target_s}


async def all_halls(call: Call) -> Reply:
    """Every hall."""
    return Reply({"halls": [hall_json(runner) for runner in await call.server.halls()]})


async def one_hall(call: Call) -> Reply:
    """One hall."""
    return Reply(hall_json(call.runner))


async def board(call: Call) -> Reply:
    """The state of topic `board`, with its position."""
    topics = call.server.source.topics_of(call.runner.id)
    head = call.runner.days.head
    return Reply(
        {"epoch": head.epoch, "seq": head.seq, "at": instant(call.runner.now()), "state": topics.state("board")}
    )


async def close_day(call: Call) -> Reply:
    """End the business day early."""
    call.key_is_new_to("book")
    accepted = call.accepted(await call.runner.close_day(call.caller.id, call.command_id, call.fingerprint))
    return _date(accepted.answer, closed=True)


async def confirm_date(call: Call) -> Reply:
    """The head vouches for a date that leapt ahead; numbers start over."""
    refusal = await call.runner.confirm_date(call.caller.id, call.body.business_day)
    if refusal is not None:
        raise problem_of(refusal)
    return _date(call.body.business_day, closed=False)


async def code(call: Call) -> Reply:
    """The code that lets a phone on the premises take a ticket; screens of the hall show it."""
    hall = call.runner.hall
    if hall is None or not hall.rules.phone_ticketing:
        raise ProblemError("not_allowed")
    return Reply({"code": hall_code(call.server.code_secret, hall.id, call.server.now())})


def _date(day: date | None, *, closed: bool) -> Reply:
    return Reply({"business_day": day.isoformat() if day else "", "closed": closed})


OPERATIONS = (
    Operation(method="GET", path="/halls", summary="All halls", handler=all_halls, who=EVERYONE, result=schemas.Halls),
    Operation(
        method="GET", path="/halls/{hall}", summary="One hall", handler=one_hall, who=EVERYONE, result=schemas.HallShape
    ),
    Operation(
        method="GET",
        path="/halls/{hall}/board",
        summary="The hall's board",
        handler=board,
        who=EVERYONE,
        result=schemas.BoardShape,
    ),
    Operation(
        method="GET",
        path="/halls/{hall}/code",
        summary="The code for taking a ticket by phone",
        handler=code,
        who=frozenset({"screen", "head"}),
        result=schemas.HallCode,
    ),
    Operation(
        method="POST",
        path="/halls/{hall}/day/close",
        summary="Close the business day early",
        handler=close_day,
        who=HEAD,
        body=schemas.Nothing,
        result=schemas.DateShape,
        codes=("day_closed",),
    ),
    Operation(
        method="POST",
        path="/halls/{hall}/day/confirm",
        summary="Confirm a date that leapt ahead",
        handler=confirm_date,
        who=HEAD,
        body=schemas.ConfirmDate,
        result=schemas.DateShape,
        codes=("day_not_over",),
    ),
)
