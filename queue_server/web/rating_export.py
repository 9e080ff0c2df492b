"""…/ratings.csv: all ratings of some business days, in the form of whoever asks for them."""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from queue_server.domain.book_events import RectificationFollowedUp
from queue_server.domain.rectification import Rectification, Rectifications
from queue_server.domain.service import as_offered
from queue_server.engine.hall_runner import HallRunner
from queue_server.exchange.rating_form import Facts, filled
from queue_server.exchange.sheet import write_csv
from queue_server.projections.rated_legs import RatedLeg, RatedLegs
from queue_server.web.access import Role
from queue_server.web.api import Call, Operation, Query, Reply
from queue_server.web.problems import ProblemError
from queue_server.web.server import Server
from queue_server.web.statistics import DATE, DAYS_MAX, period_asked

__all__ = ["EXPORTERS", "OPERATIONS"]

EXPORTERS: frozenset[Role] = frozenset({"head", "district"})
SLICE = 200
"""Events between two turns of the loop."""


async def export(call: Call) -> Reply:
    """The file. The words in it are looked at by whoever asks, which is recorded; nobody's number is in it."""
    query = call.query()
    first, last = period_asked(query)
    form = call.server.rating_forms.get(query.get("form", ""))
    if form is None:
        raise ProblemError("query_invalid", f"form must be one of {', '.join(call.server.rating_forms)}")
    rated = await _read(call.runner, first, last)
    known = call.runner.books.durable.rectifications
    refs = {ref for one in rated for ref in _refs(one, known)}
    notes = await call.server.records.notes.get_many(refs, call.caller.id, call.runner.now()) if refs else {}
    words = {ref: note.text for ref, note in notes.items()}
    names = await call.server.names.of({one.leg.clerk for one in rated})
    facts = [part for one in rated for part in _facts(call.server, one, known, words, names.get(one.leg.clerk))]
    timezone = rated[-1].hall.timezone if rated else "UTC"
    file = await asyncio.to_thread(write_csv, filled(form, facts, timezone))
    name = f"{call.runner.id}-ratings-{first}-{last}.csv"
    return Reply(file, headers=((b"content-disposition", f'attachment; filename="{name}"'.encode()),))


async def _read(runner: HallRunner, first: date, last: date) -> Sequence[RatedLeg]:
    """The ratings of these days' tickets. Raises Unavailable."""
    before = await runner.before_day(first)
    if before is None:
        return ()
    legs, found, steps = RatedLegs(first, last), list[RatedLeg](), 0
    async for _, happened in runner.days.events_after(before):
        for event in happened:
            found += legs.fold(event)
        steps += len(happened)
        if steps >= SLICE:
            steps = 0
            await asyncio.sleep(0)
        if legs.complete:
            break
    return found


def _second(one: RatedLeg, known: Rectifications) -> tuple[Rectification | None, RectificationFollowedUp | None]:
    rectification = known.of_leg(one.ticket.id, one.number)
    return rectification, None if rectification is None else rectification.follow_up


def _refs(one: RatedLeg, known: Rectifications) -> set[str]:
    """Where the words of both ratings are."""
    _, second = _second(one, known)
    return {ref for ref in (one.rating.comment_ref, second and second.comment_ref) if ref}


def _facts(
    server: Server, one: RatedLeg, known: Rectifications, words: dict[str, str], clerk: str | None
) -> list[Facts]:
    """What is known of a rating, and of the second one where there is one."""
    rectification, second = _second(one, known)
    left_out = rectification is not None and rectification.stage == "invalid"
    common = _visit(server, one) | {"clerk": clerk}
    ratings = [
        common
        | {
            "time": "1",
            "valid": "no" if left_out else "yes",
            "level": one.rating.level,
            "reasons": ",".join(one.rating.reasons),
            "reasons_version": one.rating.reasons_version,
            "comment": words.get(one.rating.comment_ref or ""),
            "source": one.rating.source,
            "rated_at": one.rating.at,
        }
    ]
    if second is not None:
        ratings.append(
            common
            | {
                "time": "2",
                "valid": "yes",
                "level": second.level,
                "reasons": ",".join(second.reasons),
                "reasons_version": second.reasons_version,
                "comment": words.get(second.comment_ref or ""),
                "source": second.source,
                "rated_at": second.at,
            }
        )
    return [{name: value for name, value in facts.items() if value is not None} for facts in ratings]


def _visit(server: Server, one: RatedLeg) -> dict[str, str | datetime | None]:
    """What was rated."""
    hall, ticket, leg = one.hall, one.ticket, one.leg
    counter = hall.counters.get(leg.counter)
    service: Any = server.catalogue.by_number.get(ticket.service or 0)
    rule = hall.services.get(ticket.service or 0)
    return {
        "visit": f"{hall.id}-{ticket.business_day:%Y%m%d}-{ticket.number}-{one.number}",
        "number": ticket.number,
        "leg": str(one.number),
        "business_day": ticket.business_day.isoformat(),
        "hall": hall.id,
        "hall_name": hall.name,
        "hall_level": hall.level,
        "queue": hall.queues[leg.queue].name if leg.queue in hall.queues else leg.queue,
        "counter": str(leg.counter),
        "counter_name": counter and counter.name,
        "clerk_id": leg.clerk,
        "post": leg.post and (hall.posts[leg.post].name if leg.post in hall.posts else leg.post),
        "capacity": leg.capacity,
        "service_no": service and str(service.no),
        "service": service and as_offered(service, hall.choices).name,
        "main_item": service and service.main_item,
        "sub_item": service and service.sub_item,
        "department": service and service.department,
        "handling": rule and rule.handling,
        "called_at": leg.called_at,
        "started_at": leg.started_at,
        "finished_at": leg.finished_at,
    }


OPERATIONS = (
    Operation(
        method="GET",
        path="/halls/{hall}/ratings.csv",
        summary="All ratings of some business days, as a file for whoever asks for them",
        handler=export,
        who=EXPORTERS,
        result=None,
        gives="text/csv",
        codes=("query_invalid",),
        query=(
            Query("from", DATE | {"description": "first business day"}, required=True),
            Query("to", DATE | {"description": f"last business day, at most {DAYS_MAX} days in all"}, required=True),
            Query("form", {"type": "string", "description": "a form's name, such as interface"}, required=True),
        ),
    ),
)
