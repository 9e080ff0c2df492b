"""Rating a leg: once, after it was finished, never for a no-show. And why nobody did, where somebody was asked."""

from datetime import datetime, timedelta

from queue_server.domain import commands, events
from queue_server.domain.day import Day
from queue_server.domain.rating import RatingSource
from queue_server.domain.refusals import refuse
from queue_server.domain.ticket import Leg, Ticket

__all__ = ["leave_unrated", "ratable", "rate_counter", "rate_leg"]


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
    """A counter's evaluator rates a leg finished there, today or, where it says when, on the last business day."""
    return _rated(day, command, _at_counter(day, command), "evaluator", now)


def leave_unrated(day: Day, command: commands.LeaveUnrated, now: datetime) -> tuple[events.DayEvent, ...]:
    """A counter's evaluator notes why a leg finished there was not rated: once, and only while it is not.

    Of a transferred ticket nothing is noted: people are invited on its last leg; nor of one of the day before.
    """
    ticket, leg = _at_counter(day, command)
    _not_yet_rated(day, ticket, leg)
    if ticket.id in day.previous or ticket.legs[leg - 1].outcome != "served":
        refuse("not_finished", number=ticket.number, leg=leg)
    if (ticket.id, leg) in day.unrated:
        refuse("already_unrated", number=ticket.number, leg=leg)
    return (events.TicketLeftUnrated(at=now, by=command.by, ticket=ticket.id, leg=leg, cause=command.cause),)


def _at_counter(day: Day, command: commands.EvaluatorCommand) -> tuple[Ticket, int]:
    """The leg that a counter's evaluator means: the one it names, however late its word comes.

    Else the last one finished there, until the next citizen is being served: from then on the press would be theirs.
    """
    counter = command.counter
    if counter not in day.hall.counters:
        refuse("counter_unknown", counter=counter)
    number, leg = command.number, command.leg
    if number is not None and leg is not None:
        before = () if command.finished_at is None else (t for t in day.previous.values() if t.number == number)
        for ticket in (*day.numbered(number), *before):
            if 1 <= leg <= len(ticket.legs) and _is_meant(ticket.legs[leg - 1], command):
                return ticket, leg
        refuse("not_finished", counter=counter)
    here, last = day.at_counter(counter), day.last_leg.get(counter)
    if last is None or (here is not None and here.state == "serving"):
        refuse("not_finished", counter=counter)
    return day.tickets[last[0]], last[1]


def _is_meant(leg: Leg, command: commands.EvaluatorCommand) -> bool:
    if leg.counter != command.counter:
        return False
    if command.finished_at is None:
        return True
    return leg.finished_at is not None and abs(leg.finished_at - command.finished_at) < timedelta(milliseconds=1)


def _rated(
    day: Day,
    command: commands.RateLeg | commands.RateCounter,
    rated: tuple[Ticket, int],
    source: RatingSource,
    now: datetime,
) -> tuple[events.DayEvent, ...]:
    ticket, leg = rated
    _not_yet_rated(day, ticket, leg)
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
            phone_ref=command.phone_ref,
        ),
    )


def _not_yet_rated(day: Day, ticket: Ticket, leg: int) -> None:
    if not ratable(ticket, leg):
        refuse("not_finished", number=ticket.number, leg=leg)
    if (ticket.id, leg) in day.ratings:
        refuse("already_rated", number=ticket.number, leg=leg)
