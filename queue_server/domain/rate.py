"""Rating a leg: once, after it was finished, never for a no-show."""

from datetime import datetime

from queue_server.domain import commands, events
from queue_server.domain.day import Day
from queue_server.domain.rating import RatingSource
from queue_server.domain.refusals import refuse
from queue_server.domain.ticket import Ticket

__all__ = ["ratable", "rate_counter", "rate_leg"]


def ratable(ticket: Ticket, leg: int) -> bool:
    """Whether that leg (1-based) came to an end that can be rated."""
    return 1 <= leg <= len(ticket.legs) and ticket.legs[leg - 1].outcome in ("served", "transferred")


def rate_leg(day: Day, command: commands.RateLeg, now: datetime) -> tuple[events.DayEvent, ...]:
    """A ticket's holder rates one of its legs, today or on the next business day."""
    ticket = day.find(command.ticket)
    if ticket is None:
        refuse("ticket_unknown")
    return _rated(day, command, (ticket, command.leg), command.source, now)


def rate_counter(day: Day, command: commands.RateCounter, now: datetime) -> tuple[events.DayEvent, ...]:
    """A counter's evaluator rates the last leg finished there, until the next citizen is being served."""
    if command.counter not in day.hall.counters:
        refuse("counter_unknown", counter=command.counter)
    here, last = day.at_counter(command.counter), day.last_leg.get(command.counter)
    if last is None or (here is not None and here.state == "serving"):
        refuse("not_finished", counter=command.counter)
    return _rated(day, command, (day.tickets[last[0]], last[1]), "evaluator", now)


def _rated(
    day: Day,
    command: commands.RateLeg | commands.RateCounter,
    rated: tuple[Ticket, int],
    source: RatingSource,
    now: datetime,
) -> tuple[events.DayEvent, ...]:
    ticket, leg = rated
    if not ratable(ticket, leg):
        refuse("not_finished", number=ticket.number, leg=leg)
    if (ticket.id, leg) in day.ratings:
        refuse("already_rated", number=ticket.number, leg=leg)
    return (
        events.TicketRated(
            at=now,
            by=command.by,
            ticket=ticket.id,
            leg=leg,
            level=command.level,
            source=source,
            reasons=command.reasons,
            reasons_version=command.reasons_version,
            comment_ref=command.comment_ref,
        ),
    )
