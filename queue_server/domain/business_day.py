"""The business day 业务日: opening, closing early, and changes of the hall's set-up within it."""

from datetime import date, datetime, timedelta

from queue_server.domain import commands, events
from queue_server.domain.day import Day
from queue_server.domain.hours import Interval, opening_intervals
from queue_server.domain.refusals import refuse

__all__ = ["change_hall", "close_day", "open_day"]


def open_day(day: Day, command: commands.OpenDay, now: datetime) -> tuple[events.DayEvent, ...]:
    """Let what is left of the old day lapse, carry over what is being served, and start the numbers over.

    A date that leaps ahead by more than a day while clerks are on duty is doubted (an old machine whose battery died):
    the head must confirm it.
    """
    if day.business_day is not None:
        if command.business_day <= day.business_day:
            refuse("day_not_over")
        leap = command.business_day - day.business_day
        if day.duties and leap > timedelta(days=1) and not command.confirmed:
            refuse("day_doubtful", business_day=day.business_day.isoformat(), clock=command.business_day.isoformat())
    carried = tuple(ticket for ticket in day.tickets.values() if ticket.state == "serving")
    stay = {ticket.legs[-1].counter for ticket in carried}
    return (
        *_lapse(day, now, command.by),
        *(
            events.ClerkSignedOff(at=now, by=command.by, counter=counter, clerk=duty.clerk)
            for counter, duty in day.duties.items()
            if counter not in stay
        ),
        events.DayOpened(
            at=now,
            by=command.by,
            business_day=command.business_day,
            hall=command.hall,
            opening=_opening(command, command.business_day),
            carried=carried,
            duties={counter: duty for counter, duty in day.duties.items() if counter in stay},
            learned=dict(day.learned),
            calendar_known=command.kind != "unknown",
        ),
    )


def close_day(day: Day, command: commands.CloseDay, now: datetime) -> tuple[events.DayEvent, ...]:
    """End the day early. Who is being served is served to the end."""
    if day.closed:
        refuse("day_closed")
    return (*_lapse(day, now, command.by), events.DayClosed(at=now, by=command.by))


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


def _lapse(day: Day, now: datetime, by: str) -> tuple[events.TicketLapsed, ...]:
    """日终作废 for everybody who waits, was called or is held."""
    return tuple(
        events.TicketLapsed(at=now, by=by, ticket=ticket.id)
        for ticket in day.tickets.values()
        if ticket.state in ("waiting", "called", "held")
    )
