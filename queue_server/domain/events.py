"""What happened in a day: the events of a hall's stream `day`; those of `book` are in book_events.

Names are ours and permanent: a tag never changes its meaning. When an event's fields change incompatibly the new form
gets the tag "name.2" and journal/codec an upcaster from "name"; tests/domain/golden holds a record of every event.
`at` is hall time, `by` who caused it: an account or device id, "holder", "public" or "" for the hall itself.
No event carries personal data or free text; `…_ref` names a note in records/, which may be forgotten.
"""

from datetime import date, datetime

import msgspec

from queue_server.domain.counter import Duty
from queue_server.domain.duration import Learned
from queue_server.domain.hall import Hall
from queue_server.domain.hours import Interval
from queue_server.domain.post import Capacity
from queue_server.domain.rating import Level, Rating, RatingSource, UnratedCause
from queue_server.domain.ticket import Estimate, Priority, Ticket

__all__ = ["DayEvent", "Event"]


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False, tag_field="type"):
    """Anything that happened."""

    at: datetime
    by: str = ""


class DayOpened(Event, frozen=True, kw_only=True, tag="day_opened"):
    """A business day began. It carries all that the day needs, so that a start replays no further back.

    carried: tickets still being served, with the duties of their counters and what their legs were rated, by ticket
    and leg; learned: durations by "service:12" or
    "queue:comprehensive"; calendar_known: False when the national calendar does not know the year.
    """

    business_day: date
    hall: Hall
    opening: tuple[Interval, ...] = ()
    carried: tuple[Ticket, ...] = ()
    duties: dict[int, Duty] = {}
    ratings: dict[str, dict[int, Rating]] = {}
    learned: dict[str, Learned] = {}
    calendar_known: bool = True


class DayClosed(Event, frozen=True, kw_only=True, tag="day_closed"):
    """The day ended, at its turn or earlier by the head; no more tickets until the next."""


class HallChanged(Event, frozen=True, kw_only=True, tag="hall_changed"):
    """The hall's set-up changed within the day."""

    hall: Hall
    opening: tuple[Interval, ...] = ()


class TicketIssued(Event, frozen=True, kw_only=True, tag="ticket_issued"):
    """A ticket was issued. effective: its effective arrival; estimate: the promised wait, None when nobody serves.

    instead_of: the id of the one that lapsed on the last business day, for which this one goes ahead of others.
    """

    ticket: str
    number: str
    queue: str
    effective: datetime
    service: int | None = None
    priority: Priority | None = None
    appointment: datetime | None = None
    estimate: Estimate | None = None
    phone_ref: str | None = None
    instead_of: str | None = None


class PaperEntered(Event, frozen=True, kw_only=True, tag="paper_entered"):
    """A number given on paper was entered, and waits since then. Issuing goes on above it."""

    ticket: str
    number: str
    queue: str
    issued_at: datetime


class NumbersLost(Event, frozen=True, kw_only=True, tag="numbers_lost"):
    """History was lost in which numbers of this day had been issued: their holders have them, so nobody else gets them.

    highest: the highest by prefix, for each prefix of which any is lost. Issuing goes on above them.
    """

    highest: dict[str, int]


class TicketCalled(Event, frozen=True, kw_only=True, tag="ticket_called"):
    """A counter called a ticket: a new leg. why: the rule that chose it (discipline.Why) or "chosen"."""

    ticket: str
    counter: int
    clerk: str
    capacity: Capacity
    expires_at: datetime
    why: str
    post: str | None = None
    reason_ref: str | None = None


class TicketRecalled(Event, frozen=True, kw_only=True, tag="ticket_recalled"):
    """The called ticket was called again."""

    ticket: str
    counter: int
    expires_at: datetime


class TicketStarted(Event, frozen=True, kw_only=True, tag="ticket_started"):
    """The citizen came; service began."""

    ticket: str


class TicketFinished(Event, frozen=True, kw_only=True, tag="ticket_finished"):
    """Service ended. services: catalogue numbers that were done, when the clerk named them."""

    ticket: str
    services: tuple[int, ...] = ()


class TicketAbsent(Event, frozen=True, kw_only=True, tag="ticket_absent"):
    """The called citizen did not come; may report back."""

    ticket: str


class TicketVoided(Event, frozen=True, kw_only=True, tag="ticket_voided"):
    """The last permitted absence: the ticket is void."""

    ticket: str


class TicketReturned(Event, frozen=True, kw_only=True, tag="ticket_returned"):
    """One who was absent reported back. effective and order: those of the ticket it now comes after."""

    ticket: str
    effective: datetime
    order: int


class TicketHeld(Event, frozen=True, kw_only=True, tag="ticket_held"):
    """Service was interrupted: a paper from elsewhere is needed."""

    ticket: str
    reason_ref: str | None = None


class TicketResumed(Event, frozen=True, kw_only=True, tag="ticket_resumed"):
    """A held ticket came back: a new leg, in service at once."""

    ticket: str
    counter: int
    clerk: str
    capacity: Capacity
    post: str | None = None


class TicketTransferred(Event, frozen=True, kw_only=True, tag="ticket_transferred"):
    """A ticket in service went on to another queue, keeping its number and its arrival."""

    ticket: str
    queue: str
    reason_ref: str | None = None


class TicketPrioritised(Event, frozen=True, kw_only=True, tag="ticket_prioritised"):
    """Staff confirmed a priority (or withdrew it: priority None); effective: the new effective arrival."""

    ticket: str
    priority: Priority | None
    effective: datetime


class TicketMadeUrgent(Event, frozen=True, kw_only=True, tag="ticket_made_urgent"):
    """特别紧急, granted by staff: called next."""

    ticket: str
    reason_ref: str | None = None


class TicketCancelled(Event, frozen=True, kw_only=True, tag="ticket_cancelled"):
    """The holder or staff gave the ticket up."""

    ticket: str


class PhoneLeft(Event, frozen=True, kw_only=True, tag="phone_left"):
    """The holder left a phone number, or another one, to be told when the turn is near."""

    ticket: str
    phone_ref: str


class TicketLapsed(Event, frozen=True, kw_only=True, tag="ticket_lapsed"):
    """日终作废: the day ended before the ticket's turn; not a no-show."""

    ticket: str


class TicketRated(Event, frozen=True, kw_only=True, tag="ticket_rated"):
    """The citizen rated one leg (1-based). reasons_version: of the national list whose codes `reasons` are.

    phone_ref: where the number is that was left for a call-back, None if none was.
    """

    ticket: str
    leg: int
    level: Level
    source: RatingSource
    reasons: tuple[str, ...] = ()
    reasons_version: str | None = None
    comment_ref: str | None = None
    phone_ref: str | None = None


class TicketLeftUnrated(Event, frozen=True, kw_only=True, tag="ticket_left_unrated"):
    """Asked at the counter, the citizen did not rate one leg (1-based). By phone they still may."""

    ticket: str
    leg: int
    cause: UnratedCause


class ClerkSignedOn(Event, frozen=True, kw_only=True, tag="clerk_signed_on"):
    """A clerk took a counter. confirmed False: a B or relief whom the head had not confirmed."""

    counter: int
    clerk: str
    capacity: Capacity
    post: str | None = None
    confirmed: bool = True


class PostCovered(Event, frozen=True, kw_only=True, tag="post_covered"):
    """A clerk on duty took on another post from the present counter."""

    counter: int
    post: str
    capacity: Capacity
    confirmed: bool = True


class PostUncovered(Event, frozen=True, kw_only=True, tag="post_uncovered"):
    """A clerk on duty gave a covered post up; the own one goes on."""

    counter: int
    post: str


class ClerkSignedOff(Event, frozen=True, kw_only=True, tag="clerk_signed_off"):
    """A clerk left the counter; it is closed."""

    counter: int
    clerk: str


class CounterPaused(Event, frozen=True, kw_only=True, tag="counter_paused"):
    """The counter pauses; back_at: expected return of one who stepped away."""

    counter: int
    back_at: datetime | None = None
    reason_ref: str | None = None


class CounterResumed(Event, frozen=True, kw_only=True, tag="counter_resumed"):
    """The counter goes on."""

    counter: int


DayEvent = (
    DayOpened
    | DayClosed
    | HallChanged
    | TicketIssued
    | PaperEntered
    | NumbersLost
    | TicketCalled
    | TicketRecalled
    | TicketStarted
    | TicketFinished
    | TicketAbsent
    | TicketVoided
    | TicketReturned
    | TicketHeld
    | TicketResumed
    | TicketTransferred
    | TicketPrioritised
    | TicketMadeUrgent
    | TicketCancelled
    | PhoneLeft
    | TicketLapsed
    | TicketRated
    | TicketLeftUnrated
    | ClerkSignedOn
    | PostCovered
    | PostUncovered
    | ClerkSignedOff
    | CounterPaused
    | CounterResumed
)
"""Everything in the stream `day`."""
