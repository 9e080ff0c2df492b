"""Halls for tests, and a day in them: commands in, tickets out.

`Floor` holds each decision to promise 9 by itself: a decision changes nothing, only its events do.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any, TypeVar, cast
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from queue_server.domain import commands, events
from queue_server.domain.apply import apply_all
from queue_server.domain.counter import Counter
from queue_server.domain.day import Day
from queue_server.domain.decide import decide
from queue_server.domain.hall import Hall, ServiceRule
from queue_server.domain.hours import DayKind
from queue_server.domain.post import Capacity, Post
from queue_server.domain.queue import Queue
from queue_server.domain.refusals import CODES, Refusal
from queue_server.domain.ticket import Ticket

__all__ = ["GUIDE", "HEAD", "MONDAY", "TUESDAY", "Floor", "clerk", "local", "opened", "township", "village"]

MONDAY = date(2026, 6, 1)
TUESDAY = date(2026, 6, 2)
GUIDE = "u_guide"
HEAD = "u_head"

C = TypeVar("C", bound=commands.CounterCommand)


def clerk(number: int) -> str:
    """The account of the clerk whose own post is at that counter."""
    return f"u_{number:016x}"


def local(clock: str, day: date = MONDAY, timezone: str = "Asia/Shanghai") -> datetime:
    """The instant of a local "HH:MM" or "HH:MM:SS"."""
    return datetime.combine(day, time.fromisoformat(clock), ZoneInfo(timezone)).astimezone(UTC)


def township(**changes: Any) -> Hall:
    """A township's hall like the demo's: seven counters, five queues, six posts, office hours with lunch.

    Each clerk holds a post as A, and the post of one neighbour as B. Counter 3 helps with A numbers, 7 is flexible.
    """
    queues = (
        Queue(id="comprehensive", name="综合受理", kind="comprehensive", prefix="A"),
        Queue(id="express", name="无差别即办", kind="express", prefix="B", target_s=600, expected_service_s=300),
        Queue(id="complaint", name="有诉即办", kind="complaint", prefix="C"),
        Queue(id="certificate", name="统一出证", kind="certificate", prefix="D", expected_service_s=180),
        Queue(id="agency", name="帮办代办", kind="agency", prefix="E"),
    )
    counters = (
        Counter(number=1, name="综合窗口", kind="comprehensive", queues=("comprehensive",)),
        Counter(number=2, name="综合窗口", kind="comprehensive", queues=("comprehensive",)),
        Counter(number=3, name="即办窗口", kind="express", queues=("express",), helps=("comprehensive",)),
        Counter(number=4, name="有诉即办窗口", kind="complaint", queues=("complaint",)),
        Counter(number=5, name="出证窗口", kind="certificate", queues=("certificate",)),
        Counter(number=6, name="帮办代办窗口", kind="agency", queues=("agency",)),
        Counter(number=7, name="机动窗口", kind="flexible", queues=("comprehensive", "express")),
    )
    deputies = {1: 2, 2: 1, 3: 4, 4: 3, 5: 6, 6: 5}
    posts = (Post(id=f"post-{n}", name=f"{n}号岗", counter=n, a=clerk(n), b=(clerk(b),)) for n, b in deputies.items())
    hall = Hall(
        id="town",
        name="青山镇便民服务中心",
        level="township",
        queues={queue.id: queue for queue in queues},
        counters={counter.number: counter for counter in counters},
        posts={post.id: post for post in posts},
        services={
            1: ServiceRule(queue="comprehensive", handling="promised"),
            2: ServiceRule(queue="express", handling="instant"),
        },
    )
    return replace(hall, **changes)


def village() -> Hall:
    """A village's station: two comprehensive counters, two clerks."""
    queue = Queue(id="comprehensive", name="综合", kind="comprehensive", prefix="A")
    return Hall(
        id="village",
        name="柳林村便民服务站",
        level="village",
        queues={queue.id: queue},
        counters={n: Counter(number=n, name="综合窗口", kind="comprehensive", queues=(queue.id,)) for n in (1, 2)},
        posts={f"post-{n}": Post(id=f"post-{n}", name=f"{n}号岗", counter=n, a=clerk(n)) for n in (1, 2)},
        services={1: ServiceRule(queue=queue.id, handling="promised")},
    )


class Floor:
    """A hall's days in a test. Time stands still unless it is moved; `log` holds all events from the first on."""

    def __init__(self, hall: Hall | None = None, business_day: date = MONDAY, clock: str = "09:00") -> None:
        self.hall = hall or township()
        self.day = Day()
        self.now = local(clock, business_day, self.hall.timezone)
        self.log: list[events.DayEvent] = []
        self._ids = (f"t_{number:020d}" for number in count(1))
        self.do(commands.OpenDay(business_day=business_day, hall=self.hall, kind="ordinary"))

    # Time

    def later(self, seconds: float = 0, *, minutes: float = 0) -> None:
        """Let time go on; not so far that the day would turn."""
        self.now += timedelta(seconds=seconds, minutes=minutes)

    def clock(self, clock: str, day: date | None = None) -> None:
        """Let it be that local time, of the running business day when no other is given."""
        self.now = local(clock, day or self.business_day, self.hall.timezone)

    @property
    def business_day(self) -> date:
        """The running business day."""
        assert self.day.business_day is not None
        return self.day.business_day

    def turn(self, day: date, hall: Hall | None = None, kind: DayKind = "ordinary", clock: str = "09:00") -> None:
        """End the running day and open another, as the engine does."""
        self.clock(clock, day)
        self.do(commands.EndDay(turn_to=day, confirmed=True))
        self.do(commands.OpenDay(business_day=day, hall=hall or self.hall, kind=kind))

    # Commands

    def decide(self, command: commands.Command) -> tuple[events.DayEvent, ...] | Refusal:
        """The decision alone, having proved that it changes nothing and that a refusal has a known code."""
        before = self.day.copy()
        decision = decide(self.day, cast(commands.DayCommand, command), self.now)
        assert self.day == before, f"{type(command).__name__} changed the day while it was being decided"
        assert not isinstance(decision, Refusal) or decision.code in CODES
        return decision

    def do(self, command: commands.Command) -> tuple[events.DayEvent, ...]:
        """Carry a command out that must be accepted; its events."""
        decision = self.decide(command)
        assert not isinstance(decision, Refusal), f"{type(command).__name__} was refused: {decision}"
        apply_all(self.day, decision)
        self.log.extend(decision)
        assert self.day.seq == len(self.log) and self.day.last_at == self.log[-1].at
        return decision

    def refused(self, command: commands.Command) -> Refusal:
        """The refusal of a command that must be refused."""
        decision = self.decide(command)
        assert isinstance(decision, Refusal), f"{type(command).__name__} was accepted: {decision}"
        return decision

    # What tests do most

    def id(self) -> str:
        """An id no ticket has yet."""
        return next(self._ids)

    def ticket(self, ticket: Ticket | str) -> Ticket:
        """The ticket as it is now, today's or the last day's."""
        found = self.day.find(ticket if isinstance(ticket, str) else ticket.id)
        assert found is not None
        return found

    def issue(self, queue: str | None = "comprehensive", **fields: Any) -> Ticket:
        """Issue a ticket at the kiosk."""
        ticket = self.id()
        queue = None if "service" in fields else queue
        self.do(commands.IssueTicket(by="d_kiosk", ticket=ticket, queue=queue, **fields))
        return self.ticket(ticket)

    def on(self, counter: int, by: str | None = None, capacity: Capacity = "A", post: str | None = None) -> None:
        """Sign a clerk on, by default the holder of the counter's post."""
        self.do(commands.SignOn(by=by or clerk(counter), counter=counter, capacity=capacity, post=post))

    def at(self, counter: int, command: type[C], **fields: Any) -> C:
        """A command of the clerk on duty at a counter (of its post's holder when nobody is)."""
        duty = self.day.duties.get(counter)
        return command(by=duty.clerk if duty else clerk(counter), counter=counter, **fields)

    def press(self, counter: int, *presses: type[commands.CounterCommand], **fields: Any) -> Ticket:
        """Let the counter's clerk press these buttons, one after another; the ticket it was about, as it is now."""
        for press in presses:
            ticket = self.day.at_counter(counter)
            self.do(self.at(counter, press, **fields))
            ticket = self.day.at_counter(counter) or ticket
        assert ticket is not None
        return self.ticket(ticket)

    def serve(self, counter: int) -> Ticket:
        """Call, start and finish whoever is next."""
        return self.press(counter, commands.CallNext, commands.Start, commands.Finish)

    def order(self, counter: int) -> list[str]:
        """The numbers in the order in which the counter would call them."""
        return [self.ticket(choice.ticket).number for choice in self.day.line_at(counter, self.now)]


def opened(log: Sequence[events.DayEvent]) -> list[int]:
    """Where in a log the business days begin."""
    return [at for at, event in enumerate(log) if isinstance(event, events.DayOpened)]
