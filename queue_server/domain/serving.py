"""Serving the ticket at a counter: start, finish, hold and resume, transfer."""

from datetime import datetime

from queue_server.domain import commands, duty, events
from queue_server.domain.day import Day
from queue_server.domain.refusals import refuse

__all__ = ["finish", "hold", "resume_ticket", "start", "transfer"]


def start(day: Day, command: commands.Start, now: datetime) -> tuple[events.DayEvent, ...]:
    """The citizen is at the counter."""
    return (events.TicketStarted(at=now, by=command.by, ticket=duty.called_ticket(day, command).id),)


def finish(day: Day, command: commands.Finish, now: datetime) -> tuple[events.DayEvent, ...]:
    """The service is done."""
    ticket = duty.serving_ticket(day, command)
    for service in command.services:
        if service not in day.hall.services:
            refuse("service_not_offered", service=service)
    return (events.TicketFinished(at=now, by=command.by, ticket=ticket.id, services=command.services),)


def hold(day: Day, command: commands.Hold, now: datetime) -> tuple[events.DayEvent, ...]:
    """A paper from elsewhere is needed: the ticket waits aside, its time counts against nobody."""
    ticket = duty.serving_ticket(day, command)
    return (events.TicketHeld(at=now, by=command.by, ticket=ticket.id, reason_ref=command.reason_ref),)


def resume_ticket(day: Day, command: commands.ResumeTicket, now: datetime) -> tuple[events.DayEvent, ...]:
    """A held ticket comes back without queueing, to its counter or any other of its queue."""
    duty.ready_to_call(day, command)
    ticket = day.named(command.number, "held")
    if ticket is None:
        for other in day.numbered(command.number):
            refuse("not_held", number=other.number, state=other.state)
        refuse("number_unknown", number=command.number)
    if not day.can_serve(command.counter, ticket.queue) and ticket.legs[-1].counter != command.counter:
        refuse("queue_not_served", queue=ticket.queue, counter=command.counter)
    post, capacity = day.serving_as(command.counter, ticket.queue)
    return (
        events.TicketResumed(
            at=now,
            by=command.by,
            ticket=ticket.id,
            counter=command.counter,
            clerk=command.by,
            capacity=capacity,
            post=post,
        ),
    )


def transfer(day: Day, command: commands.Transfer, now: datetime) -> tuple[events.DayEvent, ...]:
    """Send the citizen on, with the same number and arrival; the first asked stays answerable (首问负责)."""
    ticket = duty.serving_ticket(day, command)
    if command.queue not in day.hall.queues:
        refuse("queue_unknown", queue=command.queue)
    if command.queue == ticket.queue:
        refuse("same_queue", queue=command.queue)
    return (
        events.TicketTransferred(
            at=now, by=command.by, ticket=ticket.id, queue=command.queue, reason_ref=command.reason_ref
        ),
    )
