"""The topic `guide`: the tickets of the day that are still open, for the enquiry desk 咨询导引. With ids, which act."""

from typing import Any

from queue_server.domain.day import Day
from queue_server.domain.ticket import Ticket
from queue_server.projections.instant import instant

__all__ = ["enquiry", "enquiry_ticket"]


def enquiry(day: Day) -> dict[str, Any]:
    """All of them by id, a function of the day alone; `{}` before the first day."""
    if day.hall_or_none is None or day.business_day is None:
        return {}
    return {
        "business_day": day.business_day.isoformat(),
        "closed": day.closed,
        "tickets": {ticket.id: _view(ticket) for ticket in day.tickets.values() if ticket.open},
    }


def enquiry_ticket(day: Day, ticket_id: str) -> dict[str, Any] | None:
    """One ticket as it stands in `tickets`; None when it is closed, or not of today."""
    ticket = day.tickets.get(ticket_id)
    return None if ticket is None or not ticket.open else _view(ticket)


def _view(ticket: Ticket) -> dict[str, Any]:
    """effective_at: the effective arrival, which orders those who wait in a queue."""
    view: dict[str, Any] = {
        "number": ticket.number,
        "queue": ticket.queue,
        "state": ticket.state,
        "issued_at": instant(ticket.issued_at),
        "effective_at": instant(ticket.effective),
    }
    if ticket.service is not None:
        view["service"] = ticket.service
    if ticket.priority is not None:
        view["priority"] = ticket.priority
        view["priority_confirmed"] = ticket.priority_confirmed
    if ticket.urgent:
        view["urgent"] = True
    if ticket.absences:
        view["absences"] = ticket.absences
    if ticket.state in ("called", "serving", "held"):
        view["counter"] = ticket.legs[-1].counter
    return view
