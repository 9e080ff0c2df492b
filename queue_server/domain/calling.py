"""Calling a ticket to a counter, calling it again, and giving it up as a no-show."""

from datetime import datetime, timedelta

from queue_server.domain import commands, duty, events
from queue_server.domain.day import Day
from queue_server.domain.refusals import refuse

__all__ = ["call_next", "call_number", "no_show", "recall"]


def call_next(day: Day, command: commands.CallNext, now: datetime) -> tuple[events.DayEvent, ...]:
    """Call whoever the discipline says; nothing happens when nobody waits for this counter."""
    duty.ready_to_call(day, command)
    choice = day.next_at(command.counter, now)
    return () if choice is None else (_called(day, command, choice.ticket, choice.why, None, now),)


def call_number(day: Day, command: commands.CallNumber, now: datetime) -> tuple[events.DayEvent, ...]:
    """Call a given ticket out of its turn, with a reason."""
    duty.ready_to_call(day, command)
    ticket = day.named(command.number, "waiting")
    if ticket is None:
        for other in day.numbered(command.number):
            refuse("not_waiting", number=other.number, state=other.state)
        refuse("number_unknown", number=command.number)
    if not day.can_serve(command.counter, ticket.queue):
        refuse("queue_not_served", queue=ticket.queue, counter=command.counter)
    return (_called(day, command, ticket.id, "chosen", command.reason_ref, now),)


def recall(day: Day, command: commands.Recall, now: datetime) -> tuple[events.DayEvent, ...]:
    """Call again: it rings and speaks again, a few times at most."""
    ticket = duty.called_ticket(day, command)
    limit = day.hall.rules.recalls_max
    if ticket.legs[-1].recalls >= limit:
        refuse("recall_limit", number=ticket.number, limit=limit)
    expires_at = now + timedelta(seconds=day.hall.rules.call_expires_s)
    return (
        events.TicketRecalled(at=now, by=command.by, ticket=ticket.id, counter=command.counter, expires_at=expires_at),
    )


def no_show(day: Day, command: commands.NoShow, now: datetime) -> tuple[events.DayEvent, ...]:
    """Nobody came: absent, or void the last time."""
    ticket = duty.called_ticket(day, command)
    if ticket.absences + 1 >= day.hall.rules.absences_until_void:
        return (events.TicketVoided(at=now, by=command.by, ticket=ticket.id),)
    return (events.TicketAbsent(at=now, by=command.by, ticket=ticket.id),)


def _called(
    day: Day, command: commands.CounterCommand, ticket: str, why: str, reason_ref: str | None, now: datetime
) -> events.TicketCalled:
    post, capacity = day.serving_as(command.counter, day.tickets[ticket].queue)
    return events.TicketCalled(
        at=now,
        by=command.by,
        ticket=ticket,
        counter=command.counter,
        clerk=command.by,
        capacity=capacity,
        post=post,
        expires_at=now + timedelta(seconds=day.hall.rules.call_expires_s),
        why=why,
        reason_ref=reason_ref,
    )
