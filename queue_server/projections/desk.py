"""The topic `desk.{n}`: what the clerk at a counter sees. With ids, because she acts on them."""

from itertools import islice
from typing import Any

from queue_server.domain.day import Day
from queue_server.domain.ticket import Ticket
from queue_server.projections.hall_board import counter_view
from queue_server.projections.instant import instant
from queue_server.projections.ticket_view import ticket_topic

__all__ = ["desk"]

LINE = 12
"""How many of the line a desk shows; more would not be read."""


def desk(day: Day, number: int) -> dict[str, Any]:
    """The desk of one counter, a function of the day alone; `{}` for a counter that the hall does not have."""
    if day.hall_or_none is None or number not in day.hall.counters:
        return {}
    queues, helps = day.serves(number), day.hall.counters[number].helps
    view: dict[str, Any] = {
        "counter": counter_view(day, number),
        "waiting": {queue: len(day.waiting.get(queue, ())) for queue in dict.fromkeys((*queues, *helps))},
        "line": _line(day, number),
        "held": {
            ticket.id: {"number": ticket.number, "queue": ticket.queue, "counter": ticket.legs[-1].counter}
            for ticket in map(day.tickets.__getitem__, day.held)
            if ticket.queue in queues or ticket.queue in helps or ticket.legs[-1].counter == number
        },
        "absent": {
            ticket.id: {"number": ticket.number, "queue": ticket.queue, "absences": ticket.absences}
            for ticket in map(day.tickets.__getitem__, day.absent)
            if ticket.queue in queues or ticket.queue in helps
        },
    }
    duty, current, last = day.duties.get(number), day.at_counter(number), day.last_leg.get(number)
    if duty is not None:
        view["duty"] = {
            "clerk": duty.clerk,
            "capacity": duty.capacity,
            "since": instant(duty.since),
            "confirmed": duty.confirmed,
            "covers": dict(duty.covers),
        }
        if duty.post is not None:
            view["duty"]["post"] = duty.post
    if current is not None:
        view["ticket"] = ticket_topic(day, current.id)
    if last is not None and last[0] in day.tickets:
        view["last"] = {"number": day.tickets[last[0]].number, "leg": last[1], "rated": last in day.ratings}
    return view


def _line(day: Day, counter: int) -> dict[str, Any]:
    """The next in line with their places and the clause of the rule that puts them there."""
    if day.last_at is None:
        return {}
    choices = islice(day.line_at(counter, day.last_at), LINE)
    return {
        choice.ticket: _waiting(day.tickets[choice.ticket], place, choice.why)
        for place, choice in enumerate(choices, 1)
    }


def _waiting(ticket: Ticket, place: int, clause: str) -> dict[str, Any]:
    view: dict[str, Any] = {
        "number": ticket.number,
        "place": place,
        "queue": ticket.queue,
        "issued_at": instant(ticket.issued_at),
        "why": clause,
    }
    if ticket.service is not None:
        view["service"] = ticket.service
    if ticket.priority is not None:
        view["priority"] = ticket.priority
        view["priority_confirmed"] = ticket.priority_confirmed
    return view
