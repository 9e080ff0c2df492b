"""What an event does to the day: `apply(day, event) -> day`.

`apply` consumes the day it is given and returns it changed: a copy per event would make a start after a busy day take
minutes. Whoever needs the old state copies it first. It never refuses: whatever `decide` made can be applied.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import takewhile
from typing import Any

from msgspec.structs import replace

from queue_server.domain import events
from queue_server.domain.counter import Duty, Pause
from queue_server.domain.day import Day
from queue_server.domain.duration import learn
from queue_server.domain.half_day import HalfDay
from queue_server.domain.hall import Hall
from queue_server.domain.hours import Interval, midday
from queue_server.domain.rating import Rating
from queue_server.domain.ticket import Leg, Outcome, Ticket

__all__ = ["apply", "apply_all"]


def apply(day: Day, event: events.DayEvent) -> Day:
    """The day after the event."""
    day.seq += 1
    day.last_at = event.at
    if day.half_hour is not None and event.at >= day.half_hour:
        day.turn_half_hour(event.at)
    _APPLY[type(event)](day, event)
    return day


def apply_all(day: Day, happened: Iterable[events.DayEvent]) -> Day:
    """The day after these events, in order."""
    for event in happened:
        apply(day, event)
    return day


def _day_opened(day: Day, event: events.DayOpened) -> None:
    seq, last_at, previous, ratings = day.seq, day.last_at, day.tickets, day.ratings
    day.__init__()  # type: ignore[misc]  # every field starts over, those below aside
    day.seq, day.last_at, day.previous = seq, last_at, previous
    day.ratings = {leg: rating for leg, rating in ratings.items() if leg[0] in previous}
    day.business_day, day.began = event.business_day, event.at
    day.turn_half_hour(event.at)
    _set_up(day, event.hall, event.opening)
    day.calendar_known, day.learned = event.calendar_known, dict(event.learned)
    day.duties = dict(event.duties)
    for ticket_id, legs in event.ratings.items():
        day.ratings |= {(ticket_id, leg): rating for leg, rating in legs.items()}
    for ticket in event.carried:
        day.put(ticket)
        day.current[ticket.legs[-1].counter] = ticket.id
        day.previous.pop(ticket.id, None)


def _day_closed(day: Day, event: events.DayClosed) -> None:
    day.closed = True


def _hall_changed(day: Day, event: events.HallChanged) -> None:
    assert day.business_day is not None  # noqa: S101 - a set-up only ever changes within an opened day
    now = HalfDay(day=day.business_day, half=day.half(event.at))
    wanted = {key for key, post in day.hall.posts.items() if post.staffed(now)}
    day.left |= dict.fromkeys(event.hall.posts.keys() - wanted, event.at)
    _set_up(day, event.hall, event.opening)


def _set_up(day: Day, hall: Hall, opening: tuple[Interval, ...]) -> None:
    assert day.business_day is not None  # noqa: S101 - a set-up only ever comes with or into an opened day
    day.hall_or_none, day.opening = hall, opening
    day.midday = midday(opening, day.business_day, hall.timezone)


def _issued(day: Day, event: events.TicketIssued) -> None:
    queue = event.queue
    assert day.business_day is not None  # noqa: S101 - a ticket is only ever issued into an opened day
    prefix = day.hall.queues[queue].prefix
    day.issued[prefix] = day.issued.get(prefix, 0) + 1
    half = (queue, day.half(event.at))
    day.issued_by_half[half] = day.issued_by_half.get(half, 0) + 1
    day.numbers[event.number] = event.ticket
    day.put(
        Ticket(
            id=event.ticket,
            number=event.number,
            queue=queue,
            business_day=day.business_day,
            issued_at=event.at,
            state="waiting",
            effective=event.effective,
            order=day.seq,
            service=event.service,
            priority=event.priority,
            appointment=event.appointment,
            estimate=event.estimate,
            phone_ref=event.phone_ref,
            instead_of=event.instead_of,
        )
    )


def _paper_entered(day: Day, event: events.PaperEntered) -> None:
    assert day.business_day is not None  # noqa: S101 - a ticket is only ever entered into an opened day
    prefix = day.hall.queues[event.queue].prefix
    day.issued[prefix] = max(day.issued.get(prefix, 0), int(event.number.removeprefix(prefix)))
    half = (event.queue, day.half(event.issued_at))
    day.issued_by_half[half] = day.issued_by_half.get(half, 0) + 1
    day.numbers[event.number] = event.ticket
    day.put(
        Ticket(
            id=event.ticket,
            number=event.number,
            queue=event.queue,
            business_day=day.business_day,
            issued_at=event.issued_at,
            state="waiting",
            effective=event.issued_at,
            order=day.seq,
        )
    )


def _numbers_lost(day: Day, event: events.NumbersLost) -> None:
    day.issued |= event.highest


def _called(day: Day, event: events.TicketCalled) -> None:
    day.put(replace(_at_counter(day, event), state="called"))


def _recalled(day: Day, event: events.TicketRecalled) -> None:
    ticket = day.tickets[event.ticket]
    day.tickets[ticket.id] = _with_leg(ticket, recalls=ticket.legs[-1].recalls + 1)
    day.operated[event.counter] = event.at


def _started(day: Day, event: events.TicketStarted) -> None:
    ticket = day.tickets[event.ticket]
    day.tickets[ticket.id] = replace(_with_leg(ticket, started_at=event.at), state="serving")
    day.operated[ticket.legs[-1].counter] = event.at


def _finished(day: Day, event: events.TicketFinished) -> None:
    ticket = _leave(day, event.ticket, event.at, "served")
    day.served += 1
    day.put(replace(_with_leg(ticket, services=event.services), state="finished"))
    _learn(day, ticket)


def _absent(day: Day, event: events.TicketAbsent) -> None:
    ticket = _leave(day, event.ticket, event.at, "absent")
    day.put(replace(ticket, state="absent", absences=ticket.absences + 1))


def _voided(day: Day, event: events.TicketVoided) -> None:
    ticket = _leave(day, event.ticket, event.at, "absent")
    day.put(replace(ticket, state="void", absences=ticket.absences + 1))


def _returned(day: Day, event: events.TicketReturned) -> None:
    ticket = day.tickets[event.ticket]
    back = {"effective": event.effective, "order": event.order, "returned": day.seq, "returned_at": event.at}
    day.put(replace(ticket, state="waiting", **back))


def _held(day: Day, event: events.TicketHeld) -> None:
    day.put(replace(_leave(day, event.ticket, event.at, "held"), state="held"))


def _resumed(day: Day, event: events.TicketResumed) -> None:
    day.put(replace(_at_counter(day, event, started_at=event.at), state="serving"))


def _transferred(day: Day, event: events.TicketTransferred) -> None:
    ticket = _leave(day, event.ticket, event.at, "transferred")
    day.put(replace(ticket, state="waiting", queue=event.queue))
    _learn(day, ticket)


def _prioritised(day: Day, event: events.TicketPrioritised) -> None:
    confirmed = event.priority is not None
    ticket = replace(
        day.tickets[event.ticket], priority=event.priority, priority_confirmed=confirmed, effective=event.effective
    )
    day.put(ticket)


def _made_urgent(day: Day, event: events.TicketMadeUrgent) -> None:
    day.put(replace(day.tickets[event.ticket], urgent=True))


def _cancelled(day: Day, event: events.TicketCancelled) -> None:
    day.put(replace(day.tickets[event.ticket], state="cancelled"))


def _phone_left(day: Day, event: events.PhoneLeft) -> None:
    day.put(replace(day.tickets[event.ticket], phone_ref=event.phone_ref))


def _lapsed(day: Day, event: events.TicketLapsed) -> None:
    ticket = day.tickets[event.ticket]
    if ticket.state == "called":
        day.current.pop(ticket.legs[-1].counter)
    day.put(replace(ticket, state="lapsed"))


def _rated(day: Day, event: events.TicketRated) -> None:
    day.unrated.pop((event.ticket, event.leg), None)
    day.ratings[event.ticket, event.leg] = Rating(
        level=event.level,
        at=event.at,
        source=event.source,
        reasons=event.reasons,
        reasons_version=event.reasons_version,
        comment_ref=event.comment_ref,
        phone_ref=event.phone_ref,
    )


def _left_unrated(day: Day, event: events.TicketLeftUnrated) -> None:
    day.unrated[event.ticket, event.leg] = event.cause


def _signed_on(day: Day, event: events.ClerkSignedOn) -> None:
    day.duties[event.counter] = Duty(
        clerk=event.clerk, capacity=event.capacity, post=event.post, since=event.at, confirmed=event.confirmed
    )
    day.operated[event.counter] = event.at


def _covered(day: Day, event: events.PostCovered) -> None:
    duty = day.duties[event.counter]
    day.duties[event.counter] = replace(duty, covers={**duty.covers, event.post: event.capacity})


def _uncovered(day: Day, event: events.PostUncovered) -> None:
    duty = day.duties[event.counter]
    covers = {post: capacity for post, capacity in duty.covers.items() if post != event.post}
    day.duties[event.counter] = replace(duty, covers=covers)
    day.left[event.post] = event.at


def _signed_off(day: Day, event: events.ClerkSignedOff) -> None:
    duty = day.duties.pop(event.counter)
    day.left |= dict.fromkeys([post for post in (duty.post, *duty.covers) if post is not None], event.at)
    day.operated.pop(event.counter, None)


def _paused(day: Day, event: events.CounterPaused) -> None:
    pause = Pause(since=event.at, back_at=event.back_at, reason_ref=event.reason_ref)
    day.duties[event.counter] = replace(day.duties[event.counter], pause=pause)


def _counter_resumed(day: Day, event: events.CounterResumed) -> None:
    day.duties[event.counter] = replace(day.duties[event.counter], pause=None, rested_at=event.at)
    day.operated[event.counter] = event.at


def _at_counter(
    day: Day, event: events.TicketCalled | events.TicketResumed, started_at: datetime | None = None
) -> Ticket:
    """The ticket with a new leg, as the one that the counter has now."""
    ticket = day.tickets[event.ticket]
    leg = Leg(
        counter=event.counter,
        clerk=event.clerk,
        capacity=event.capacity,
        queue=ticket.queue,
        called_at=event.at,
        post=event.post,
        started_at=started_at,
    )
    day.current[event.counter] = ticket.id
    day.operated[event.counter] = event.at
    return replace(ticket, legs=(*ticket.legs, leg))


def _with_leg(ticket: Ticket, **changes: Any) -> Ticket:
    """The ticket with its last leg changed."""
    return replace(ticket, legs=(*ticket.legs[:-1], replace(ticket.legs[-1], **changes)))


def _leave(day: Day, ticket_id: str, at: datetime, outcome: Outcome) -> Ticket:
    """The ticket with its leg closed, away from its counter. A leg that never started has no end."""
    ticket = day.tickets[ticket_id]
    leg = ticket.legs[-1]
    day.current.pop(leg.counter, None)
    day.operated[leg.counter] = at
    if leg.started_at is None:
        return _with_leg(ticket, outcome=outcome)
    if outcome != "held":
        day.last_leg[leg.counter] = (ticket_id, len(ticket.legs))
    return _with_leg(ticket, finished_at=at, outcome=outcome)


def _learn(day: Day, ticket: Ticket) -> None:
    """Learn how long a service took, with the legs before it that a hold interrupted; hold time is in no leg.

    Service and queue are learned apart.
    """
    legs = [ticket.legs[-1], *takewhile(lambda leg: leg.outcome == "held", reversed(ticket.legs[:-1]))]
    seconds = sum(
        (leg.finished_at - leg.started_at).total_seconds() for leg in legs if leg.started_at and leg.finished_at
    )
    leg = legs[0]
    keys = [f"queue:{leg.queue}"] if ticket.service is None else [f"queue:{leg.queue}", f"service:{ticket.service}"]
    for key in keys:
        day.learned[key] = learn(day.learned.get(key), seconds)


_APPLY: dict[type, Callable[[Day, Any], None]] = {
    events.DayOpened: _day_opened,
    events.DayClosed: _day_closed,
    events.HallChanged: _hall_changed,
    events.TicketIssued: _issued,
    events.PaperEntered: _paper_entered,
    events.NumbersLost: _numbers_lost,
    events.TicketCalled: _called,
    events.TicketRecalled: _recalled,
    events.TicketStarted: _started,
    events.TicketFinished: _finished,
    events.TicketAbsent: _absent,
    events.TicketVoided: _voided,
    events.TicketReturned: _returned,
    events.TicketHeld: _held,
    events.TicketResumed: _resumed,
    events.TicketTransferred: _transferred,
    events.TicketPrioritised: _prioritised,
    events.TicketMadeUrgent: _made_urgent,
    events.TicketCancelled: _cancelled,
    events.PhoneLeft: _phone_left,
    events.TicketLapsed: _lapsed,
    events.TicketRated: _rated,
    events.TicketLeftUnrated: _left_unrated,
    events.ClerkSignedOn: _signed_on,
    events.PostCovered: _covered,
    events.PostUncovered: _uncovered,
    events.ClerkSignedOff: _signed_off,
    events.CounterPaused: _paused,
    events.CounterResumed: _counter_resumed,
}
