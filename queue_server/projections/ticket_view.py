"""A ticket as the wire shows it, to its holder and to staff."""

from collections.abc import Mapping
from typing import Any

from queue_server.domain.day import Day
from queue_server.domain.ticket import Leg, Ticket
from queue_server.projections.instant import instant

__all__ = ["ticket_topic", "ticket_view", "track"]


def track(hall: str, ticket: str) -> str:
    """The path of the ticket's page."""
    return f"/t/{hall}.{ticket}"


def ticket_view(hall: str, ticket: Ticket, ahead: int, names: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The ticket as JSON. names: shown name by account id, for staff; None leaves the clerks out, for the holder."""
    view: dict[str, Any] = {
        "id": ticket.id,
        "number": ticket.number,
        "queue": ticket.queue,
        "business_day": ticket.business_day.isoformat(),
        "issued_at": instant(ticket.issued_at),
        "state": ticket.state,
        "ahead": ahead,
        "legs": [_leg_view(place, leg, names) for place, leg in enumerate(ticket.legs, 1)],
        "track": track(hall, ticket.id),
    }
    if ticket.service is not None:
        view["service"] = ticket.service
    if ticket.priority is not None:
        view["priority"] = ticket.priority
        view["priority_confirmed"] = ticket.priority_confirmed
    if ticket.urgent:
        view["urgent"] = True
    if ticket.appointment is not None:
        view["appointment"] = instant(ticket.appointment)
    if ticket.estimate is not None:
        view["estimate"] = {"p50_s": ticket.estimate.p50_s, "p90_s": ticket.estimate.p90_s}
    if ticket.phone_ref is not None:
        view["phone_left"] = True
    return view


def _leg_view(place: int, leg: Leg, names: Mapping[str, str] | None) -> dict[str, Any]:
    view: dict[str, Any] = {
        "leg": place,
        "counter": leg.counter,
        "capacity": leg.capacity,
        "called_at": instant(leg.called_at),
        "recalls": leg.recalls,
    }
    if leg.post is not None:
        view["post"] = leg.post
    if leg.started_at is not None:
        view["started_at"] = instant(leg.started_at)
    if leg.finished_at is not None:
        view["finished_at"] = instant(leg.finished_at)
    if leg.outcome is not None:
        view["outcome"] = leg.outcome
    if names is not None:
        view["clerk"] = names.get(leg.clerk, leg.clerk)
    return view


def ticket_topic(day: Day, ticket_id: str) -> dict[str, Any]:
    """The topic `ticket.{id}`: the holder's view, with the counter's name once it is called; `{}` when unknown."""
    ticket = day.find(ticket_id)
    if ticket is None:
        return {}
    view = ticket_view(day.hall.id, ticket, day.ahead(ticket))
    view["legs"] = {str(leg["leg"]): leg for leg in view["legs"]}  # a topic's collections are maps by id
    if ticket.state in ("called", "serving"):
        counter = day.hall.counters.get(ticket.legs[-1].counter)
        if counter is not None:
            view["counter"] = {"number": counter.number, "name": counter.name}
    view["rated"] = {str(leg): True for leg in range(1, len(ticket.legs) + 1) if (ticket.id, leg) in day.ratings}
    return view
