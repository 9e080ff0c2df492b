"""The business day 业务日: opening, closing early, and changes of the hall's set-up within it."""

from datetime import date, datetime, timedelta

from queue_server.domain import commands, events
from queue_server.domain.day import Day
from queue_server.domain.hours import Interval, opening_intervals
from queue_server.domain.refusals import refuse

__all__ = ["change_hall", "doubtful", "end_day", "open_day"]


def doubtful(day: Day, turn_to: date) -> bool:
    """Whether a date that leaps ahead by more than a day of a hall in use needs the head's word.

    An old machine whose battery died wakes up in some other year; numbers must not start over for that.
    """
    return day.business_day is not None and bool(day.duties) and turn_to - day.business_day > timedelta(days=1)


def end_day(day: Day, command: commands.EndDay, now: datetime) -> tuple[events.DayEvent, ...]:
    """Let everybody who waits, was called or is held lapse (日终作废); who is being served is served to the end.

    When the day turns, clerks without a citizen are signed off too; nothing happens when all that was done before.
    """
    lapsed = [
        events.TicketLapsed(at=now, by=command.by, ticket=ticket.id)
        for ticket in day.tickets.values()
        if ticket.state in ("waiting", "called", "held")
    ]
    closed = () if day.closed else (events.DayClosed(at=now, by=command.by),)
    if command.turn_to is None:
        if day.closed:
            refuse("day_closed")
        return (*lapsed, *closed)
    if day.business_day is None or command.turn_to <= day.business_day:
        refuse("day_not_over")
    if doubtful(day, command.turn_to) and not command.confirmed:
        refuse("day_doubtful", business_day=day.business_day.isoformat(), clock=command.turn_to.isoformat())
    signed_off = (
        events.ClerkSignedOff(at=now, by=command.by, counter=counter, clerk=duty.clerk)
        for counter, duty in day.duties.items()
        if not _serving(day, counter)
    )
    return (*lapsed, *signed_off, *closed)


def open_day(day: Day, command: commands.OpenDay, now: datetime) -> tuple[events.DayEvent, ...]:
    """Start the numbers over and carry over what is being served.

    One event alone, because a start replays from here: it must not need anything that came before.
    """
    if day.business_day is not None and command.business_day <= day.business_day:
        refuse("day_not_over")
    if any(day.waiting.values()) or day.held or any(not _serving(day, counter) for counter in day.current):
        refuse("day_not_over")
    carried = tuple(day.tickets[ticket] for ticket in day.current.values())
    counters = {ticket.legs[-1].counter for ticket in carried}
    return (
        events.DayOpened(
            at=now,
            by=command.by,
            business_day=command.business_day,
            hall=command.hall,
            opening=_opening(command, command.business_day),
            carried=carried,
            duties={counter: duty for counter, duty in day.duties.items() if counter in counters},
            learned=dict(day.learned),
            calendar_known=command.kind != "unknown",
        ),
    )


def change_hall(day: Day, command: commands.ChangeHall, now: datetime) -> tuple[events.DayEvent, ...]:
    """Bring a changed set-up into the running day. Nothing happens when it is the day's already."""
    today = day.business_day
    if today is None or command.hall == day.hall:
        return ()
    kept = command.hall
    for number in day.duties.keys() - kept.counters.keys():
        refuse("counter_taken", counter=number)
    for queue in {t.queue for t in day.tickets.values() if t.open} - kept.queues.keys():
        refuse("queue_in_use", queue=queue)
    return (events.HallChanged(at=now, by=command.by, hall=kept, opening=_opening(command, today)),)


def _opening(command: commands.OpenDay | commands.ChangeHall, day: date) -> tuple[Interval, ...]:
    hall = command.hall
    return opening_intervals(hall.hours, day, command.kind, hall.day_starts, hall.timezone)


def _serving(day: Day, counter: int) -> bool:
    ticket = day.at_counter(counter)
    return ticket is not None and ticket.state == "serving"
