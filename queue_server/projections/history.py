"""History: a hall's day events over many business days, folded into the facts that statistics are made of.

Pure, and a function of the journal alone (promise 10). `History` holds the days that can still change, which are two or
three, and gives back the facts of those that cannot, so a year needs little more memory than a day.

How spans of time are measured: only the part within the opening intervals counts, those in force when the span ends. So
lunch is no waiting, and a clerk who forgot to sign off was not on duty at night. Services alone go by the clock.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

from queue_server.domain import events
from queue_server.domain.half_day import HALVES, HalfDay
from queue_server.domain.hall import Hall
from queue_server.domain.hours import Interval, midday
from queue_server.domain.post import Post
from queue_server.domain.ticket import Outcome, Ticket
from queue_server.projections.history_facts import Doing, Fact, LegFacts, Staffing, TicketFacts, Work

__all__ = ["History", "open_ms"]

_MS = timedelta(milliseconds=1)


def open_ms(start: datetime, end: datetime, opening: Iterable[Interval]) -> int:
    """Milliseconds of [start, end) that lie within the intervals, which are apart from each other."""
    return sum(max((min(end, span.end) - max(start, span.start)) // _MS, 0) for span in opening)


@dataclass(slots=True)
class _Shift:
    """A clerk on duty at a counter. since: up to when the time was accounted for. post: of the ticket being served."""

    clerk: str
    posts: tuple[str | None, ...]
    since: datetime
    paused: bool = False
    serving: bool = False
    post: str | None = None

    @property
    def doing(self) -> Doing:
        if self.serving:
            return "serving"
        return "paused" if self.paused else "free"


class History:
    """The facts of the business days from `first` on.

    Fold the events in order, from a `DayOpened` on: that of `first`, or any before it. `take` gives back the days that
    no later event can change; `standing` all others, as they are now.
    """

    settled: date | None
    """The last business day whose facts are final, None while there is none: they are so in the order of the days."""
    queues: dict[str, str]
    """Latest names by id, in the order in which set-ups first had them; of those taken away too."""
    counters: dict[int, str]
    """The same by number."""
    posts: dict[str, str]
    """The same by id."""

    def __init__(self, first: date = date.min) -> None:
        self.settled = None
        self.queues, self.counters, self.posts = {}, {}, {}
        self._first = first
        self._last_at: datetime | None = None
        self._day: date | None = None
        self._hall: Hall | None = None
        self._zone: ZoneInfo | None = None
        self._opening: tuple[Interval, ...] = ()
        self._wanted: dict[str, tuple[Interval, ...]] = {}  # by post, when its roster wants somebody there
        self._tickets: dict[str, TicketFacts] = {}  # the running day's and carried ones, by id
        self._previous: dict[str, TicketFacts] = {}  # those of the day before, which can still be rated
        self._shifts: dict[int, _Shift] = {}  # by counter
        self._worked: dict[tuple[int, str, tuple[str | None, ...], Doing, str | None], int] = {}
        self._posts_since: datetime | None = None  # up to when the posts' time was accounted for
        self._staffed: dict[str, tuple[int, int]] = {}  # by post: expected, and staffed ms
        self._pending: dict[date, list[Fact]] = {}  # the days that can still change, the running one too, in order
        self._final: list[Fact] = []

    def fold(self, event: events.DayEvent) -> None:
        """Take one event in."""
        self._last_at = event.at
        fold = _FOLD.get(type(event))
        if fold is not None:
            fold(self, event)

    def take(self) -> list[Fact]:
        """Facts that are final and were not taken before, day by day."""
        final, self._final = self._final, []
        return final

    def standing(self) -> list[Fact]:
        """All facts that are not final, as they stand at the last event. To be read before the next is folded."""
        if self._last_at is not None:
            self._account_all(self._last_at)
        return [*chain.from_iterable(self._pending.values()), *self._time_facts()]

    # The day

    def _day_opened(self, event: events.DayOpened) -> None:
        self._close_books(event.at)
        known = self._tickets
        self._tickets = {ticket.id: known.get(ticket.id) or _from_before(ticket) for ticket in event.carried}
        self._previous = {key: ticket for key, ticket in known.items() if key not in self._tickets}
        self._settle()
        self._day = event.business_day
        if self._day >= self._first:
            self._pending[self._day] = []
        self._set_up(event.hall, event.opening)
        # A machine that was switched on late finds posts that nobody had signed on to.
        self._posts_since = min([event.at, *(span.start for span in event.opening)])
        for counter, duty in event.duties.items():
            paused = duty.pause is not None
            self._shifts[counter] = _Shift(duty.clerk, (duty.post, *duty.covers), since=event.at, paused=paused)
        for ticket in self._tickets.values():
            leg = ticket.legs[-1]
            shift = self._shifts[leg.counter]
            shift.serving, shift.post = True, leg.post

    def _settle(self) -> None:
        """Let go of the days none of whose tickets is carried on or can still be rated, in their order."""
        changing = {ticket.day for ticket in chain(self._tickets.values(), self._previous.values())}
        for day in list(self._pending):
            if day in changing:
                break
            self._final.extend(self._pending.pop(day))
            self.settled = day

    def _hall_changed(self, event: events.HallChanged) -> None:
        self._account_all(event.at)
        self._set_up(event.hall, event.opening)

    def _set_up(self, hall: Hall, opening: tuple[Interval, ...]) -> None:
        assert self._day is not None  # noqa: S101 - a set-up comes with a day, or into one
        self._hall, self._opening = hall, opening
        if self._zone is None or self._zone.key != hall.timezone:
            self._zone = ZoneInfo(hall.timezone)
        self._wanted = {post.id: _wanted(post, hall, opening, self._day) for post in hall.posts.values()}
        self.queues |= {queue.id: queue.name for queue in hall.queues.values()}
        self.counters |= {counter.number: counter.name for counter in hall.counters.values()}
        self.posts |= {post.id: post.name for post in hall.posts.values()}

    # Tickets

    def _issued(self, event: events.TicketIssued) -> None:
        assert self._day is not None  # noqa: S101 - a ticket is only ever issued into an opened day
        ticket = TicketFacts(
            day=self._day,
            hour=event.at.astimezone(self._zone).hour,
            queue=event.queue,
            queue_now=event.queue,
            issued_at=event.at,
            service=event.service,
            priority=event.priority is not None,
            promised=None if event.estimate is None else (event.estimate.p50_s, event.estimate.p90_s),
        )
        self._take_in(event.ticket, ticket)

    def _paper_entered(self, event: events.PaperEntered) -> None:
        assert self._day is not None  # noqa: S101 - a ticket is only ever entered into an opened day
        ticket = TicketFacts(
            day=self._day,
            hour=event.issued_at.astimezone(self._zone).hour,
            queue=event.queue,
            queue_now=event.queue,
            issued_at=event.issued_at,
            service=None,
            priority=False,
            promised=None,
        )
        self._take_in(event.ticket, ticket)

    def _take_in(self, ticket_id: str, ticket: TicketFacts) -> None:
        self._tickets[ticket_id] = ticket
        if ticket.day in self._pending:
            self._pending[ticket.day].append(ticket)

    def _called(self, event: events.TicketCalled) -> None:
        ticket = self._tickets[event.ticket]
        ticket.state = "called"
        if ticket.waited_ms is None:
            assert self._hall is not None  # noqa: S101 - as above
            ticket.waited_ms = open_ms(ticket.issued_at, event.at, self._opening)
            ticket.elapsed_ms = (event.at - ticket.issued_at) // _MS
            ticket.in_target = ticket.waited_ms <= self._hall.queues[ticket.queue].target_s * 1000
        ticket.legs.append(_leg(event, ticket, chosen=event.why == "chosen"))

    def _started(self, event: events.TicketStarted) -> None:
        self._serve(self._tickets[event.ticket], event.at)

    def _resumed(self, event: events.TicketResumed) -> None:
        ticket = self._tickets[event.ticket]
        ticket.legs.append(_leg(event, ticket, called=False))
        self._serve(ticket, event.at)

    def _serve(self, ticket: TicketFacts, at: datetime) -> None:
        leg = ticket.legs[-1]
        ticket.state, leg.started_at = "serving", at
        shift = self._account(leg.counter, at)
        shift.serving, shift.post = True, leg.post

    def _finished(self, event: events.TicketFinished) -> None:
        ticket = self._tickets[event.ticket]
        ticket.state = "finished"
        self._end_service(ticket, event.at, "served")

    def _transferred(self, event: events.TicketTransferred) -> None:
        ticket = self._tickets[event.ticket]
        ticket.state, ticket.queue_now = "waiting", event.queue
        self._end_service(ticket, event.at, "transferred")

    def _held(self, event: events.TicketHeld) -> None:
        ticket = self._tickets[event.ticket]
        ticket.state = "held"
        self._end_service(ticket, event.at, "held")

    def _end_service(self, ticket: TicketFacts, at: datetime, outcome: Outcome) -> None:
        leg = ticket.legs[-1]
        leg.outcome = outcome
        assert leg.started_at is not None  # noqa: S101 - only a service that began can end
        ticket.held_ms += (at - leg.started_at) // _MS
        if outcome != "held":
            leg.service_ms, ticket.held_ms = ticket.held_ms, 0
        shift = self._account(leg.counter, at)
        shift.serving, shift.post = False, None

    def _absent(self, event: events.TicketAbsent) -> None:
        ticket = self._tickets[event.ticket]
        ticket.state, ticket.legs[-1].outcome = "absent", "absent"

    def _voided(self, event: events.TicketVoided) -> None:
        ticket = self._tickets[event.ticket]
        ticket.state, ticket.legs[-1].outcome = "void", "absent"

    def _returned(self, event: events.TicketReturned) -> None:
        self._tickets[event.ticket].state = "waiting"

    def _prioritised(self, event: events.TicketPrioritised) -> None:
        self._tickets[event.ticket].priority = event.priority is not None

    def _made_urgent(self, event: events.TicketMadeUrgent) -> None:
        self._tickets[event.ticket].urgent = True

    def _cancelled(self, event: events.TicketCancelled) -> None:
        self._tickets[event.ticket].state = "cancelled"

    def _lapsed(self, event: events.TicketLapsed) -> None:
        self._tickets[event.ticket].state = "lapsed"

    def _rated(self, event: events.TicketRated) -> None:
        ticket = self._tickets.get(event.ticket) or self._previous.get(event.ticket)
        if ticket is not None:  # else of a day before the first event that was folded
            ticket.legs[event.leg - 1].level = event.level

    def _left_unrated(self, event: events.TicketLeftUnrated) -> None:
        self._tickets[event.ticket].legs[event.leg - 1].unrated = event.cause

    # Duty

    def _signed_on(self, event: events.ClerkSignedOn) -> None:
        self._account_posts(event.at)
        self._shifts[event.counter] = _Shift(event.clerk, (event.post,), since=event.at)

    def _covered(self, event: events.PostCovered) -> None:
        self._account_posts(event.at)
        shift = self._account(event.counter, event.at)
        shift.posts = (*shift.posts, event.post)

    def _uncovered(self, event: events.PostUncovered) -> None:
        self._account_posts(event.at)
        shift = self._account(event.counter, event.at)
        shift.posts = tuple(post for post in shift.posts if post != event.post)

    def _signed_off(self, event: events.ClerkSignedOff) -> None:
        self._account_posts(event.at)
        self._account(event.counter, event.at)
        del self._shifts[event.counter]

    def _paused(self, event: events.CounterPaused) -> None:
        self._account(event.counter, event.at).paused = True

    def _counter_resumed(self, event: events.CounterResumed) -> None:
        self._account(event.counter, event.at).paused = False

    def _account(self, counter: int, at: datetime) -> _Shift:
        """Book the time since the shift last changed, and give it back to be changed now."""
        shift = self._shifts[counter]
        key = (counter, shift.clerk, shift.posts, shift.doing, shift.post)
        self._worked[key] = self._worked.get(key, 0) + open_ms(shift.since, at, self._opening)
        shift.since = at
        return shift

    def _account_posts(self, at: datetime) -> None:
        """Book the time since who staffs which post last changed."""
        assert self._posts_since is not None  # noqa: S101 - the day is open
        there = {post for shift in self._shifts.values() for post in shift.posts}
        for post, wanted in self._wanted.items():
            ms = open_ms(self._posts_since, at, wanted)
            expected_ms, staffed_ms = self._staffed.get(post, (0, 0))
            self._staffed[post] = expected_ms + ms, staffed_ms + (ms if post in there else 0)
        self._posts_since = max(at, self._posts_since)

    def _account_all(self, at: datetime) -> None:
        self._account_posts(at)
        for counter in self._shifts:
            self._account(counter, at)

    def _close_books(self, at: datetime) -> None:
        """Close the running day's books, if there is one."""
        if self._day is None:
            return
        self._account_all(at)
        if self._day in self._pending:
            self._pending[self._day].extend(self._time_facts())
        self._shifts, self._worked, self._staffed = {}, {}, {}

    def _time_facts(self) -> Iterator[Fact]:
        """The running day's books."""
        if self._day in self._pending:
            yield from (Work(self._day, *key, ms) for key, ms in self._worked.items())
            yield from (Staffing(self._day, post, *ms) for post, ms in self._staffed.items())


def _wanted(post: Post, hall: Hall, opening: tuple[Interval, ...], day: date) -> tuple[Interval, ...]:
    """The parts of a day's opening in which a post is to be staffed."""
    noon = midday(opening, day, hall.timezone)
    wanted = {half: post.staffed(HalfDay(day=day, half=half)) for half in HALVES}
    parts = [Interval(start=span.start, end=min(span.end, noon)) for span in opening if wanted["morning"]]
    parts += [Interval(start=max(span.start, noon), end=span.end) for span in opening if wanted["afternoon"]]
    return tuple(part for part in parts if part.start < part.end)


def _leg(
    event: events.TicketCalled | events.TicketResumed, ticket: TicketFacts, *, called: bool = True, chosen: bool = False
) -> LegFacts:
    return LegFacts(
        counter=event.counter,
        clerk=event.clerk,
        capacity=event.capacity,
        post=event.post,
        queue=ticket.queue_now,
        called=called,
        chosen=chosen,
    )


def _from_before(ticket: Ticket) -> TicketFacts:
    """A ticket that was carried over from before the first event; its own day is not in the range."""
    return TicketFacts(
        day=ticket.business_day,
        hour=0,
        queue=ticket.queue,
        queue_now=ticket.queue,
        issued_at=ticket.issued_at,
        state="serving",
        waited_ms=0,
        legs=[
            LegFacts(
                counter=leg.counter,
                clerk=leg.clerk,
                capacity=leg.capacity,
                post=leg.post,
                queue=leg.queue,
                started_at=leg.started_at,
                outcome=leg.outcome,
            )
            for leg in ticket.legs
        ],
    )


_FOLD: dict[type, Callable[[History, Any], None]] = {
    events.DayOpened: History._day_opened,
    events.HallChanged: History._hall_changed,
    events.TicketIssued: History._issued,
    events.PaperEntered: History._paper_entered,
    events.TicketCalled: History._called,
    events.TicketStarted: History._started,
    events.TicketFinished: History._finished,
    events.TicketAbsent: History._absent,
    events.TicketVoided: History._voided,
    events.TicketReturned: History._returned,
    events.TicketHeld: History._held,
    events.TicketResumed: History._resumed,
    events.TicketTransferred: History._transferred,
    events.TicketPrioritised: History._prioritised,
    events.TicketMadeUrgent: History._made_urgent,
    events.TicketCancelled: History._cancelled,
    events.TicketLapsed: History._lapsed,
    events.TicketRated: History._rated,
    events.TicketLeftUnrated: History._left_unrated,
    events.ClerkSignedOn: History._signed_on,
    events.PostCovered: History._covered,
    events.PostUncovered: History._uncovered,
    events.ClerkSignedOff: History._signed_off,
    events.CounterPaused: History._paused,
    events.CounterResumed: History._counter_resumed,
}
"""What is missing here (a recall, the day's close) changes no figure."""
