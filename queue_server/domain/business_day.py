"""The business day 业务日: opening, closing early, and changes of the hall's set-up within it."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from queue_server.domain import commands, events
from queue_server.domain.day import Day
from queue_server.domain.hall import Hall
from queue_server.domain.hours import DayKind, Interval, opening_intervals
from queue_server.domain.rating import Rating
from queue_server.domain.refusals import Refusal, Refused, refuse

__all__ = ["change_hall", "doubtful", "end_day", "open_day"]


def doubtful(day: Day, turn_to: date) -> bool:
    """Whether a date that leaps ahead needs the head's word: clerks are on duty, and a day is skipped that should have
    been open by the hall's weekly hours.

    An old machine whose battery died wakes up in some other year; numbers must not start over for that. A weekend with
    a forgotten sign-off is no leap.
    """
    if day.business_day is None or not day.duties:
        return False
    skipped = (turn_to - day.business_day).days - 1
    hours = day.hall.hours
    return skipped > 31 or any(
        hours.always or hours.spans(day.business_day + timedelta(days=n), "ordinary") for n in range(1, skipped + 1)
    )


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
    left = any(day.waiting.values()) or day.held or any(not _serving(day, counter) for counter in day.current)
    if left or (day.business_day is not None and not day.closed):
        refuse("day_not_over")
    carried = tuple(day.tickets[ticket] for ticket in day.current.values())
    counters = {ticket.legs[-1].counter for ticket in carried}
    hall = command.hall
    if _taken_away(hall, counters, {ticket.queue for ticket in carried}):
        hall = day.hall  # what is in use cannot be taken away: the new set-up comes in later
    ratings: dict[str, dict[int, Rating]] = {ticket.id: {} for ticket in carried}
    for (ticket, leg), rating in day.ratings.items():
        if ticket in ratings:
            ratings[ticket][leg] = rating
    return (
        events.DayOpened(
            at=now,
            by=command.by,
            business_day=command.business_day,
            hall=hall,
            opening=_opening(hall, command.business_day, command.kind),
            carried=carried,
            duties={counter: duty for counter, duty in day.duties.items() if counter in counters},
            ratings={ticket: legs for ticket, legs in ratings.items() if legs},
            learned=dict(day.learned),
            calendar_known=command.kind != "unknown",
        ),
    )


def change_hall(day: Day, command: commands.ChangeHall, now: datetime) -> tuple[events.DayEvent, ...]:
    """Bring a changed set-up into the running day. Nothing happens when it is the day's already."""
    today = day.business_day
    if today is None or command.hall.same_as(day.hall):
        return ()
    hall = command.hall
    if refusal := _taken_away(hall, day.duties, {t.queue for t in day.tickets.values() if t.open}):
        raise Refused(refusal)
    opening = _opening(hall, today, command.kind)
    return (events.HallChanged(at=now, by=command.by, hall=hall, opening=opening),)


def _taken_away(hall: Hall, counters: Iterable[int], queues: Iterable[str]) -> Refusal | None:
    """Which of the counters and queues in use a set-up would take away; None when it keeps them all."""
    for counter in sorted(set(counters) - hall.counters.keys()):
        return Refusal(code="counter_taken", fields={"counter": counter})
    for queue in sorted(set(queues) - hall.queues.keys()):
        return Refusal(code="queue_in_use", fields={"queue": queue})
    return None


def _opening(hall: Hall, day: date, kind: DayKind) -> tuple[Interval, ...]:
    return opening_intervals(hall.hours, day, kind, hall.day_starts, hall.timezone)


def _serving(day: Day, counter: int) -> bool:
    ticket = day.at_counter(counter)
    return ticket is not None and ticket.state == "serving"
