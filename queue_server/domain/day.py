"""The state of one hall's business day.

Changed by `apply` alone. Everything in it is made of frozen values, so a copy costs a few dictionaries.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import takewhile
from typing import Self

from queue_server.domain import discipline
from queue_server.domain.counter import CounterState, Duty
from queue_server.domain.duration import Learned
from queue_server.domain.flow import SLOT, Flow, slot_of
from queue_server.domain.half_day import Half
from queue_server.domain.hall import Hall
from queue_server.domain.hours import Interval
from queue_server.domain.post import Capacity
from queue_server.domain.rating import BAD, Rating, UnratedCause
from queue_server.domain.ticket import Rank, Ticket, TicketState

__all__ = ["Day"]


class Day:
    """What a hall knows today.

    seq: of the last event, 0 before the first. last_at: its time, None before it. business_day, began (when it was
    opened) and hall: None until the first day opens. tickets: today's and carried ones by id, in order of issue;
    previous: the last business day's.
    numbers: today's ticket ids by number. waiting: ranks by queue, ascending. current: the called or serving ticket
    of a counter. issued: numbers used by prefix, because a queue may get another's prefix within the day. midday: when
    the afternoon's quotas begin. issued_by_half: tickets by (queue, "morning" | "afternoon").
    last_leg: by counter, the (ticket, leg) finished there last. ratings: by (ticket, leg); unrated: likewise, of
    today's legs whose citizens were asked and did not rate. operated: by counter,
    the time of its clerk's last operation. left: by post, when somebody last gave it up today, or until when the
    set-up wanted nobody there. served: tickets so far. flow: by the start of each half hour in which anything
    happened, but for the present one, which ends at half_hour.
    """

    __slots__ = (
        "absent", "began", "business_day", "calendar_known", "closed", "current", "duties", "flow", "half_hour",
        "hall_or_none", "held", "issued", "issued_by_half", "last_at", "last_leg", "learned", "left", "midday",
        "numbers", "opening", "operated", "previous", "ratings", "seq", "served", "tickets", "unrated", "waiting",
    )  # fmt: skip

    def __init__(self) -> None:
        self.seq = 0
        self.last_at: datetime | None = None
        self.business_day: date | None = None
        self.began: datetime | None = None
        self.hall_or_none: Hall | None = None
        self.opening: tuple[Interval, ...] = ()
        self.midday: datetime | None = None
        self.closed = False
        self.calendar_known = True
        self.tickets: dict[str, Ticket] = {}
        self.previous: dict[str, Ticket] = {}
        self.numbers: dict[str, str] = {}
        self.waiting: dict[str, list[Rank]] = {}
        self.current: dict[int, str] = {}
        self.held: dict[str, None] = {}
        self.absent: dict[str, None] = {}
        self.duties: dict[int, Duty] = {}
        self.operated: dict[int, datetime] = {}
        self.left: dict[str, datetime] = {}
        self.served = 0
        self.half_hour: datetime | None = None
        self.flow: dict[datetime, Flow] = {}
        self.issued: dict[str, int] = {}
        self.issued_by_half: dict[tuple[str, str], int] = {}
        self.last_leg: dict[int, tuple[str, int]] = {}
        self.ratings: dict[tuple[str, int], Rating] = {}
        self.unrated: dict[tuple[str, int], UnratedCause] = {}
        self.learned: dict[str, Learned] = {}

    def copy(self) -> Self:
        """An independent state of equal content."""
        other = type(self)()
        for name in self.__slots__:
            value = getattr(self, name)
            setattr(other, name, value.copy() if isinstance(value, dict) else value)
        other.waiting = {queue: ranks.copy() for queue, ranks in self.waiting.items()}
        return other

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Day) and all(getattr(self, n) == getattr(other, n) for n in self.__slots__)

    __hash__ = None  # type: ignore[assignment]  # mutable

    @property
    def hall(self) -> Hall:
        """The hall's set-up. RuntimeError before the first day was opened: a bug, the runner opens it first."""
        if self.hall_or_none is None:
            raise RuntimeError("no business day was opened yet")
        return self.hall_or_none

    # What others ask of it

    def find(self, ticket: str) -> Ticket | None:
        """A ticket of today or of the last business day."""
        return self.tickets.get(ticket) or self.previous.get(ticket)

    def named(self, number: str, state: TicketState) -> Ticket | None:
        """The ticket with that number in that state."""
        return next((ticket for ticket in self.numbered(number) if ticket.state == state), None)

    def numbered(self, number: str) -> Iterator[Ticket]:
        """The tickets with that number: today's, then any carried over, which may share its number."""
        if number in self.numbers:
            yield self.tickets[self.numbers[number]]
        yield from (ticket for ticket in self.carried() if ticket.number == number)

    def carried(self) -> Iterator[Ticket]:
        """Tickets of an earlier business day that were being served when this one opened; they were put first."""
        return takewhile(lambda ticket: ticket.business_day != self.business_day, self.tickets.values())

    def at_counter(self, counter: int) -> Ticket | None:
        """The called or serving ticket of a counter."""
        current = self.current.get(counter)
        return None if current is None else self.tickets[current]

    def counter_state(self, counter: int) -> CounterState:
        """What the counter's screen says."""
        duty = self.duties.get(counter)
        return duty.state if duty else "closed"

    def serves(self, counter: int) -> tuple[str, ...]:
        """The counter's primary queues, with those of the posts that are covered from it."""
        duty = self.duties.get(counter)
        covered = (self.hall.posts[post].counter for post in duty.covers if post in self.hall.posts) if duty else ()
        own = self.hall.counters[counter].queues
        return tuple(dict.fromkeys((*own, *(queue for other in covered for queue in self.hall.counters[other].queues))))

    def can_serve(self, counter: int, queue: str) -> bool:
        """Whether the counter's clerk may take a ticket of that queue: of a primary or of a helping one."""
        return queue in self.serves(counter) or queue in self.hall.counters[counter].helps

    def open_for(self, queues: Iterable[str]) -> list[int]:
        """The open counters that serve any of these queues, not those that only help."""
        wanted = {*queues}
        return [n for n, duty in self.duties.items() if duty.state == "open" and not wanted.isdisjoint(self.serves(n))]

    def serving_as(self, counter: int, queue: str) -> tuple[str | None, Capacity]:
        """The post and capacity in which the counter's clerk serves a ticket of that queue."""
        duty = self.duties[counter]
        if queue not in self.hall.counters[counter].queues:
            for post, capacity in duty.covers.items():
                if post in self.hall.posts and queue in self.hall.counters[self.hall.posts[post].counter].queues:
                    return post, capacity
        return duty.post, duty.capacity

    def longest_waits(self, queues: Iterable[str]) -> dict[str, datetime]:
        """Of these queues, by each with anybody waiting, the issue time of the one who waits longest."""
        return discipline.longest_waits(queues, self.waiting, self.tickets)

    def waits_since(self) -> dict[str, datetime]:
        """By queue with anybody waiting, since when the one does who waits longest; after a counter one waits anew."""
        return {
            queue: min(self.tickets[rank[-1]].waits_since for rank in ranks)
            for queue, ranks in self.waiting.items()
            if ranks
        }

    def bad_ratings(self) -> list[datetime]:
        """When each bad rating 差评 of today was given, ascending, whenever its ticket was issued."""
        began = self.began
        return sorted(one.at for one in self.ratings.values() if one.level in BAD and began and one.at >= began)

    def next_at(self, counter: int, now: datetime) -> discipline.Choice | None:
        """Who is next at a counter, None when nobody waits for it."""
        helps = self.hall.counters[counter].helps
        return discipline.choose(
            self.serves(counter),
            helps,
            self.waiting,
            self.longest_waits(helps),
            self.hall.queues,
            self.tickets,
            now,
        )

    def line_at(self, counter: int, now: datetime) -> Iterator[discipline.Choice]:
        """Everybody who waits for a counter, in the order in which it would call them at one stroke."""
        helps = self.hall.counters[counter].helps
        return discipline.line(self.serves(counter), helps, self.waiting, self.hall.queues, self.tickets, now)

    def half(self, at: datetime) -> Half:
        """Which quota a ticket issued at that time counts against."""
        return "morning" if self.midday is None or at < self.midday else "afternoon"

    def ahead(self, ticket: Ticket) -> int:
        """How many wait before it in its queue; 0 when it does not wait."""
        return bisect_left(self.waiting.get(ticket.queue, ()), ticket.rank) if ticket.state == "waiting" else 0

    # What `apply` does to it

    def put(self, ticket: Ticket) -> None:
        """Store a ticket in its new form, keeping every index true to it."""
        old = self.tickets.get(ticket.id)
        before, after = old.state if old else "", ticket.state
        if old is not None and before == "waiting":
            ranks = self.waiting[old.queue]
            del ranks[bisect_left(ranks, old.rank)]
        elif before == "held":
            del self.held[ticket.id]
        elif before == "absent":
            del self.absent[ticket.id]
        self.tickets[ticket.id] = ticket
        if after == "waiting":
            insort(self.waiting.setdefault(ticket.queue, []), ticket.rank)
        elif after == "held":
            self.held[ticket.id] = None
        elif after == "absent":
            self.absent[ticket.id] = None

    @property
    def standing(self) -> Flow:
        """How the day stands."""
        return Flow(sum(self.issued_by_half.values()), self.served, sum(map(len, self.waiting.values())))

    def turn_half_hour(self, at: datetime) -> None:
        """Keep how the day stood when the half hour ended, of which `at` is not any more."""
        if self.half_hour is not None:
            self.flow[self.half_hour - SLOT] = self.standing
        self.half_hour = slot_of(at) + SLOT
