"""Issuing a ticket, and what its holder or the enquiry desk can do about it while it waits."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from queue_server.domain import commands, duty, events
from queue_server.domain.day import Day
from queue_server.domain.discipline import effective_arrival, place_after_return
from queue_server.domain.half_day import HALVES, Half
from queue_server.domain.hall import Rules
from queue_server.domain.hours import Interval, day_start
from queue_server.domain.queue import Queue
from queue_server.domain.refusals import refuse
from queue_server.domain.ticket import Ticket

__all__ = [
    "cancel",
    "enter_paper",
    "issue",
    "make_urgent",
    "serve_now",
    "set_priority",
    "skip_numbers",
    "take_back",
    "ticketing_hours",
    "used_up",
]


def issue(day: Day, command: commands.IssueTicket, now: datetime) -> tuple[events.DayEvent, ...]:
    """Issue the next number of a queue: who comes in time is served (来早、来晚一样接待)."""
    _ticketing_open(day, now)
    queue = _queue_for(day, command)
    _quota_left(day, queue, now)
    lapsed = None if command.lapsed is None else _lapsed(day, command.lapsed)
    return (_issued(day, command, queue, now, lapsed),)


def enter_paper(day: Day, command: commands.EnterPaper, now: datetime) -> tuple[events.DayEvent, ...]:
    """Enter a number that was given on paper during a power cut; it has waited since then, at any hour.

    Numbers stay unique in the day, and the next one issued comes after the highest.
    """
    if day.closed:
        refuse("day_closed")
    queue = day.hall.queues.get(command.queue)
    if queue is None:
        refuse("queue_unknown", queue=command.queue)
    if not re.fullmatch(f"{queue.prefix}(?!000)(?:[0-9]{{3}}|[1-9][0-9]{{3}})", command.number):
        refuse("number_invalid", queue=queue.id, prefix=queue.prefix)
    if command.number in day.numbers:
        refuse("number_taken", number=command.number)
    assert day.business_day is not None  # noqa: S101 - the runner opens the day first
    begin = day_start(day.business_day, day.hall.day_starts, day.hall.timezone)
    if not begin <= command.issued_at <= now:
        refuse("issued_at_invalid")
    return (
        events.PaperEntered(
            at=now,
            by=command.by,
            ticket=command.ticket,
            number=command.number,
            queue=queue.id,
            issued_at=command.issued_at,
        ),
    )


def skip_numbers(day: Day, command: commands.SkipNumbers, now: datetime) -> tuple[events.DayEvent, ...]:
    """Issue above what was lost. Who has such a number may still come in with it, as with one given on paper."""
    lost = {prefix: number for prefix, number in command.highest.items() if number > day.issued.get(prefix, 0)}
    if day.business_day != command.business_day or not lost:
        return ()
    return (events.NumbersLost(at=now, by=command.by, highest=lost),)


def serve_now(day: Day, command: commands.ServeNow, now: datetime) -> tuple[events.DayEvent, ...]:
    """Light mode: a ticket and its service in one touch. Whoever stands at the counter is served, at any hour.

    Of any queue, also one that the counter does not serve: nobody is passed over by serving the one who stands there,
    and sending them to the queue of an unstaffed counter would help nobody. The leg says who served, and as what.
    """
    duty.ready_to_call(day, command)
    if day.closed:
        refuse("day_closed")
    queue = _queue_for(day, command)
    post, capacity = day.serving_as(command.counter, queue.id)
    return (
        _issued(day, command, queue, now),
        events.TicketCalled(
            at=now,
            by=command.by,
            ticket=command.ticket,
            counter=command.counter,
            clerk=command.by,
            capacity=capacity,
            post=post,
            expires_at=now,
            why="serve_now",
        ),
        events.TicketStarted(at=now, by=command.by, ticket=command.ticket),
    )


def cancel(day: Day, command: commands.CancelTicket, now: datetime) -> tuple[events.DayEvent, ...]:
    """Give a waiting ticket up."""
    ticket = todays(day, command.ticket)
    if ticket.state != "waiting":
        refuse("not_waiting", number=ticket.number, state=ticket.state)
    return (events.TicketCancelled(at=now, by=command.by, ticket=ticket.id),)


def leave_phone(day: Day, command: commands.LeavePhone, now: datetime) -> tuple[events.DayEvent, ...]:
    """Take a phone number down, to tell its holder when the turn is near; once it has come there is nothing to tell."""
    ticket = todays(day, command.ticket)
    if ticket.state != "waiting":
        refuse("not_waiting", number=ticket.number, state=ticket.state)
    return (events.PhoneLeft(at=now, by=command.by, ticket=ticket.id, phone_ref=command.phone_ref),)


def take_back(day: Day, command: commands.ReturnTicket, now: datetime) -> tuple[events.DayEvent, ...]:
    """Put one who was absent back in line, some places later; not after the day was closed."""
    if day.closed:
        refuse("day_closed")
    ticket = todays(day, command.ticket)
    if ticket.state != "absent":
        refuse("not_absent", number=ticket.number, state=ticket.state)
    effective, order = place_after_return(day.waiting.get(ticket.queue, ()), day.hall.rules.return_places, ticket)
    return (events.TicketReturned(at=now, by=command.by, ticket=ticket.id, effective=effective, order=order),)


def set_priority(day: Day, command: commands.SetPriority, now: datetime) -> tuple[events.DayEvent, ...]:
    """Confirm a priority class, or withdraw it; the head start counts from the ticket's own issue."""
    ticket = _still_open(day, command.ticket)
    priority = command.priority if command.confirmed else None
    if (ticket.priority, ticket.priority_confirmed) == (priority, priority is not None):
        return ()
    effective = ticket.effective
    if not ticket.returned:
        lapsed = ticket.instead_of is not None
        effective = effective_arrival(ticket.issued_at, priority, ticket.appointment, day.hall.rules, lapsed=lapsed)
    return (events.TicketPrioritised(at=now, by=command.by, ticket=ticket.id, priority=priority, effective=effective),)


def make_urgent(day: Day, command: commands.MakeUrgent, now: datetime) -> tuple[events.DayEvent, ...]:
    """特别紧急: called next, outside the bound that protects the others, and counted."""
    ticket = todays(day, command.ticket)
    if ticket.state != "waiting":
        refuse("not_waiting", number=ticket.number, state=ticket.state)
    if ticket.urgent:
        refuse("already_urgent", number=ticket.number)
    return (events.TicketMadeUrgent(at=now, by=command.by, ticket=ticket.id, reason_ref=command.reason_ref),)


def ticketing_hours(opening: Sequence[Interval], rules: Rules) -> tuple[datetime, datetime] | None:
    """Between which instants tickets are issued: from before opening, through lunch, until closing."""
    if not opening:
        return None
    return opening[0].start - timedelta(seconds=rules.ticketing_before_s), opening[-1].end


def used_up(day: Day, queue: Queue) -> Interval | None:
    """When no ticket of the queue is issued for want of quota; None where there is some all day.

    From the beginning or from midday, until midday or the end.
    """
    hours = ticketing_hours(day.opening, day.hall.rules)
    morning, afternoon = (_quota_reached(day, queue, half) is not None for half in HALVES)
    if hours is None or day.midday is None or not (morning or afternoon):
        return None
    start = hours[0] if morning else max(hours[0], day.midday)
    end = hours[1] if afternoon else min(hours[1], day.midday)
    return Interval(start=start, end=end) if start < end else None


def todays(day: Day, ticket_id: str) -> Ticket:
    """A ticket that can still be acted on today; the last day's can be read and rated only."""
    ticket = day.tickets.get(ticket_id)
    if ticket is None:
        if ticket_id in day.previous:
            refuse("ticket_closed", number=day.previous[ticket_id].number)
        refuse("ticket_unknown")
    return ticket


def _still_open(day: Day, ticket_id: str) -> Ticket:
    ticket = todays(day, ticket_id)
    if not ticket.open:
        refuse("ticket_closed", number=ticket.number)
    return ticket


def _ticketing_open(day: Day, now: datetime) -> None:
    if day.closed:
        refuse("day_closed")
    hours = ticketing_hours(day.opening, day.hall.rules)
    if hours is None or not hours[0] <= now < hours[1]:
        refuse("ticketing_closed")


def _queue_for(day: Day, command: commands.IssueTicket | commands.ServeNow) -> Queue:
    if command.queue is not None:
        if command.queue not in day.hall.queues:
            refuse("queue_unknown", queue=command.queue)
        return day.hall.queues[command.queue]
    rule = day.hall.services.get(command.service or 0)
    if rule is None:
        refuse("service_not_offered", service=command.service or 0)
    return day.hall.queues[rule.queue]


def _quota_left(day: Day, queue: Queue, now: datetime) -> None:
    if (quota := _quota_reached(day, queue, day.half(now))) is not None:
        refuse("quota_reached", queue=queue.id, quota=quota)


def _quota_reached(day: Day, queue: Queue, half: Half) -> int | None:
    """The quota of that half of the day once it was given out; None before, and where there is none."""
    quota = queue.quota.morning if half == "morning" else queue.quota.afternoon
    return quota if quota is not None and day.issued_by_half.get((queue.id, half), 0) >= quota else None


def _lapsed(day: Day, number: str) -> str:
    """The id of the ticket that lapsed on the last business day under that number, and was not made good yet."""
    lapsed = next((t for t in day.previous.values() if t.number == number and t.state == "lapsed"), None)
    if lapsed is None:
        refuse("not_lapsed", number=number)
    if any(ticket.instead_of == lapsed.id for ticket in day.tickets.values()):
        refuse("lapsed_used", number=number)
    return lapsed.id


def _issued(
    day: Day,
    command: commands.IssueTicket | commands.ServeNow,
    queue: Queue,
    now: datetime,
    lapsed: str | None = None,
) -> events.TicketIssued:
    """The next number: prefix and three digits, 001 first; after 999 comes 1000."""
    number = f"{queue.prefix}{day.issued.get(queue.prefix, 0) + 1:03d}"
    if isinstance(command, commands.ServeNow):
        return events.TicketIssued(
            at=now,
            by=command.by,
            ticket=command.ticket,
            number=number,
            queue=queue.id,
            service=command.service,
            effective=now,
        )
    return events.TicketIssued(
        at=now,
        by=command.by,
        ticket=command.ticket,
        number=number,
        queue=queue.id,
        service=command.service,
        priority=command.priority,
        appointment=command.appointment,
        effective=effective_arrival(
            now, command.priority, command.appointment, day.hall.rules, lapsed=lapsed is not None
        ),
        estimate=command.estimate,
        phone_ref=command.phone_ref,
        instead_of=lapsed,
    )
