"""A hall that is played: citizens, clerks and the clock are made up, what the hall does about them is the real thing.

Six counters, services of 3 to 40 minutes, clerks of different pace, citizens who do not come when called and report
back later. Every command goes through `decide` and `apply`; `promise` and `called` are for whoever looks on.
"""

import heapq
import math
import random
import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

from queue_server.domain import book_events, commands
from queue_server.domain.apply import apply_all
from queue_server.domain.counter import Counter
from queue_server.domain.day import Day
from queue_server.domain.decide import decide
from queue_server.domain.half_day import HalfDay
from queue_server.domain.hall import Hall, ServiceRule
from queue_server.domain.hours import WEEKDAYS, Hours, Span
from queue_server.domain.queue import Queue, QueueKind
from queue_server.domain.refusals import Refusal
from queue_server.domain.staffing import Staffing
from queue_server.domain.ticket import Estimate, Priority, Ticket

__all__ = ["NO_SHOWS", "SCENARIOS", "PlayedHall", "Scenario", "at_share"]

NO_SHOWS = 0.04
"""Share of the calls that nobody follows; half of those citizens come back."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A service as it really is: its queue, mean and deviation in minutes, share of the citizens."""

    queue: QueueKind
    mean: float
    deviation: float
    share: float


KINDS = {
    1: Kind(queue="comprehensive", mean=7, deviation=3.5, share=0.20),
    2: Kind(queue="comprehensive", mean=14, deviation=7, share=0.12),
    3: Kind(queue="comprehensive", mean=26, deviation=12, share=0.05),
    4: Kind(queue="express", mean=3, deviation=1.5, share=0.20),
    5: Kind(queue="express", mean=6, deviation=3, share=0.16),
    6: Kind(queue="certificate", mean=4, deviation=2, share=0.14),
    7: Kind(queue="agency", mean=18, deviation=8, share=0.05),
    8: Kind(queue="agency", mean=40, deviation=16, share=0.02),
    9: Kind(queue="complaint", mean=15, deviation=9, share=0.06),
}

CONFIGURED: dict[QueueKind, tuple[str, int]] = {
    "comprehensive": ("A", 14),
    "express": ("B", 5),
    "complaint": ("C", 20),
    "certificate": ("D", 5),
    "agency": ("E", 20),
}
"""Prefixes, and the minutes that the hall guessed when it was set up."""


Queues = tuple[QueueKind, ...]


def _counters(*served: tuple[Queues, Queues]) -> dict[int, Counter]:
    """Counters from 1 on, each with the queues that it serves and those that it helps."""
    return {
        number: Counter(number=number, name=f"{number}号窗口", kind="comprehensive", queues=queues, helps=helps)
        for number, (queues, helps) in enumerate(served, 1)
    }


COUNTERS = _counters(
    (("comprehensive",), ()),
    (("comprehensive",), ()),
    (("comprehensive", "agency"), ()),
    (("express",), ("comprehensive",)),
    (("certificate", "express"), ("comprehensive",)),
    (("complaint", "agency"), ("comprehensive",)),
)
HELPING = _counters(
    (("comprehensive",), ("express", "agency")),
    (("comprehensive",), ("certificate",)),
    (("express",), ("comprehensive", "certificate")),
    (("certificate",), ("express", "comprehensive")),
    (("agency",), ("comprehensive", "complaint")),
    (("complaint",), ("agency", "express")),
)
"""Every counter has one queue of its own and helps others."""

_ANYTHING: tuple[Queues, Queues] = (("comprehensive",), ())
ONE_LINE = _counters(*[_ANYTHING] * 6)
"""无差别: whoever comes, for whatever, goes to whichever counter is free."""

PACE = {1: 0.9, 2: 1.1, 3: 1.0, 4: 1.0, 5: 0.95, 6: 1.05}
"""A clerk's own pace: her services take so many times the usual."""

PEAKS = ((0.0, 1.0), (0.12, 1.5), (0.25, 1.2), (0.45, 0.5), (0.6, 1.3), (0.75, 0.9), (0.9, 0.5), (1.0, 0.3))
"""How busy the door is, by the share of the day that has passed."""


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One kind of day.

    load: citizens an hour on average. priority: share of them with a head start. away: a clerk steps away for about an
    hour. absent: a clerk is absent every afternoon, has reported it, and nobody stands in. spans: opening hours.
    """

    name: str
    load: float
    priority: float = 0.05
    away: bool = False
    absent: bool = False
    spans: tuple[Span, ...] = (("09:00", "17:00"),)
    counters: dict[int, Counter] = field(default_factory=lambda: COUNTERS)

    def queue_of(self, no: int) -> QueueKind:
        """Where a service is done."""
        return "comprehensive" if self.counters is ONE_LINE else KINDS[no].queue


SCENARIOS = (
    Scenario(name="steady", load=30),
    Scenario(name="busy", load=34.5),
    Scenario(name="rush", load=39),
    Scenario(name="lunch", load=30, spans=(("08:30", "12:00"), ("14:00", "17:30"))),
    Scenario(name="a clerk leaves for an hour", load=33, away=True),
    Scenario(name="counters help each other", load=33, counters=HELPING),
    Scenario(name="one line, mixed services", load=34, counters=ONE_LINE),
    Scenario(name="a quarter with priority", load=34, priority=0.25),
    Scenario(name="absent in the afternoon", load=31, absent=True),
)


class PlayedHall:
    """One hall through its days.

    away: the one who steps away today, once she did. agenda: what is going to happen, a heap of (time, order, act,
    details).
    """

    def __init__(self, scenario: Scenario, random: random.Random) -> None:
        self.scenario = scenario
        self.random = random
        self.hall = Hall(
            id="bench",
            name="bench",
            level="township",
            timezone="UTC",
            queues={
                kind: Queue(id=kind, name=kind, kind=kind, prefix=prefix, expected_service_s=minutes * 60)
                for kind, (prefix, minutes) in CONFIGURED.items()
            },
            counters=scenario.counters,
            services={no: ServiceRule(queue=scenario.queue_of(no), handling="instant") for no in KINDS},
            hours=Hours(weekly=dict.fromkeys(WEEKDAYS, scenario.spans)),
        )
        self.day = Day()
        self.staffing = Staffing()
        self.now = datetime(2026, 3, 2, tzinfo=UTC)
        self.agenda: list[tuple[datetime, int, Callable[..., None], tuple[Any, ...]]] = []
        self.planned = 0
        self.made = 0
        self.away: int | None = None

    # For whoever looks on

    def promise(self, ticket: str, no: int, priority: Priority | None) -> Estimate | None:
        """What a new ticket is promised."""
        return None

    def called(self, ticket: Ticket) -> None:
        """A ticket was called for the first time."""

    # The clock

    def after(self, seconds: float, act: Callable[..., None], *details: Any) -> None:
        """Do something later."""
        self.planned += 1
        heapq.heappush(self.agenda, (self.now + timedelta(seconds=round(seconds, 3)), self.planned, act, details))

    def step(self) -> None:
        """Whatever is next."""
        self.now, _, act, details = heapq.heappop(self.agenda)
        act(*details)

    def run(self, on: date) -> None:
        """One business day, from the first ticket until the last one is served."""
        self.now = datetime.combine(on, datetime.min.time(), tzinfo=UTC) + timedelta(hours=6)
        self.do(commands.OpenDay(business_day=on, hall=self.hall, kind="ordinary"))
        self.away = None
        if self.scenario.absent:
            self.report_absence(on)
        self.after(self.seconds_to(self.day.opening[0].start) - 300, self.sign_on)
        self.plan()
        while self.agenda:
            self.step()
        for number in list(self.day.duties):
            self.do(commands.SignOff(by=f"u{number}", counter=number))
        self.do(commands.EndDay())

    def plan(self) -> None:
        """What is still to come of the day's own course."""
        spans = self.day.opening
        for span, following in pairwise(spans):
            if span.end > self.now:
                self.after(self.seconds_to(span.end), self.lunch, following.start)
        for absence in self.staffing.absences.values():
            if absence.first.day == self.day.business_day and self.day.midday and self.day.midday > self.now:
                self.after(self.seconds_to(self.day.midday), self.go_home, int(absence.clerk.removeprefix("u")))
        if self.scenario.away and self.away is None:
            first, last = (max(self.seconds_to(spans[0].start) + hours * 3600, 0) for hours in (1, 3))
            self.after(self.random.uniform(first, last), self.step_away)
        for arrival in self.arrivals():
            if arrival > self.now:
                self.after(self.seconds_to(arrival), self.arrive)

    def seconds_to(self, at: datetime) -> float:
        return (at - self.now).total_seconds()

    def arrivals(self) -> Iterator[datetime]:
        """Citizens come at random, more of them at the peaks."""
        first, last = self.day.opening[0].start - timedelta(minutes=15), self.day.opening[-1].end
        whole = (last - first).total_seconds()
        usual = statistics.fmean(at_share(step / 100) for step in range(100))
        at = 0.0
        while True:
            at += self.random.expovariate(2 * self.scenario.load / 3600)
            if at >= whole:
                return
            if self.random.random() < at_share(at / whole) / usual / 2:
                yield first + timedelta(seconds=at)

    def do(self, command: commands.DayCommand) -> bool:
        """One command, as the server would take it. A refusal is the simulation's mistake."""
        happened = decide(self.day, command, self.now)
        if isinstance(happened, Refusal):
            raise RuntimeError(f"{command} at {self.now}: {happened}")
        apply_all(self.day, happened)
        return bool(happened)

    # The citizens

    def arrive(self) -> None:
        """One comes in and takes a ticket."""
        no = self.random.choices(list(KINDS), [kind.share for kind in KINDS.values()])[0]
        priority: Priority | None = "elderly" if self.random.random() < self.scenario.priority else None
        self.made += 1
        ticket = f"t{self.made}"
        estimate = self.promise(ticket, no, priority)
        self.do(commands.IssueTicket(ticket=ticket, service=no, priority=priority, estimate=estimate))
        self.wake(self.scenario.queue_of(no))

    def wake(self, queue: str) -> None:
        """A clerk with nobody there looks up."""
        for number, counter in self.hall.counters.items():
            if queue in (*counter.queues, *counter.helps) and self.free(number):
                self.after(self.random.uniform(3, 15), self.next, number)

    # The clerks

    def free(self, number: int) -> bool:
        """Whether a clerk is there and has nobody."""
        duty = self.day.duties.get(number)
        return duty is not None and duty.pause is None and number not in self.day.current

    def sign_on(self) -> None:
        """Five minutes before the hall opens."""
        for number in self.hall.counters:
            self.do(commands.SignOn(by=f"u{number}", counter=number, capacity="relief"))
            self.after(300 + self.random.uniform(0, 60), self.next, number)

    def next(self, number: int) -> None:
        """Press *next*, if there is still cause to."""
        if not self.free(number) or self.now < self.day.opening[0].start:
            return
        if not self.do(commands.CallNext(by=f"u{number}", counter=number)):
            return
        ticket = self.day.at_counter(number)
        assert ticket is not None
        if len(ticket.legs) == 1:
            self.called(ticket)
        came, after = self.follows()
        if came:
            self.after(after, self.start, number, ticket.service)
        else:
            self.after(after, self.no_show, number, ticket.id)

    def follows(self) -> tuple[bool, float]:
        """Whether a call is followed, and after how many seconds that is clear."""
        if self.random.random() < NO_SHOWS:
            return False, self.random.uniform(60, 120)
        return True, self.random.uniform(10, 50)

    def no_show(self, number: int, ticket: str) -> None:
        """Nobody came."""
        self.do(commands.NoShow(by=f"u{number}", counter=number))
        if self.random.random() < 0.5:
            self.after(self.random.uniform(120, 900), self.come_back, ticket)
        self.next(number)

    def come_back(self, ticket: str) -> None:
        """One who was called in vain reports back."""
        if self.day.tickets[ticket].state == "absent":
            self.do(commands.ReturnTicket(ticket=ticket))
            self.wake(self.day.tickets[ticket].queue)

    def start(self, number: int, no: int) -> None:
        """The citizen is there."""
        self.do(commands.Start(by=f"u{number}", counter=number))
        self.after(self.lasts(number, no), self.finish, number)

    def lasts(self, number: int, no: int) -> float:
        """Seconds that a service takes there."""
        kind = KINDS[no]
        variance = math.log1p((kind.deviation / kind.mean) ** 2)
        minutes = self.random.lognormvariate(math.log(kind.mean) - variance / 2, math.sqrt(variance))
        return minutes * 60 * PACE[number]

    def finish(self, number: int) -> None:
        """The service is over."""
        self.do(commands.Finish(by=f"u{number}", counter=number))
        self.after(self.random.uniform(5, 30), self.next, number)

    def step_away(self) -> None:
        """A clerk is called away, and says when she means to be back."""
        self.away = number = self.random.choice((1, 2, 3))
        back_at = self.now + timedelta(hours=1)
        self.do(commands.PauseCounter(by=f"u{number}", counter=number, back_at=back_at))
        self.after(3600 + self.late(), self.resume, number)

    def lunch(self, back_at: datetime) -> None:
        """Everybody goes, whoever is being served."""
        for number in self.day.duties:
            self.do(commands.PauseCounter(by=f"u{number}", counter=number, back_at=back_at))
            self.after(self.seconds_to(back_at) + self.late(), self.resume, number)

    def late(self) -> float:
        """Seconds after the time she said."""
        return self.random.gauss(0, 300) if self.scenario.away else self.random.uniform(-60, 120)

    def resume(self, number: int) -> None:
        """She is back."""
        self.do(commands.ResumeCounter(by=f"u{number}", counter=number))
        self.next(number)

    def report_absence(self, on: date) -> None:
        """A clerk will not be there this afternoon."""
        when = HalfDay(day=on, half="afternoon")
        clerk = f"u{self.random.choice((1, 2))}"
        self.staffing.apply(
            book_events.AbsenceReported(
                at=self.now, absence=f"a{on}", clerk=clerk, first=when, last=when, kind="annual", late=False
            )
        )

    def go_home(self, number: int) -> None:
        """As soon as nobody is in front of her."""
        if number in self.day.current:
            self.after(10, self.go_home, number)
        elif number in self.day.duties:
            self.do(commands.SignOff(by=f"u{number}", counter=number))


def at_share(share: float) -> float:
    """The door's rate at a share of the day, between the peaks in straight lines."""
    for (left, low), (right, high) in pairwise(PEAKS):
        if share <= right:
            return low + (high - low) * (share - left) / (right - left)
    return PEAKS[-1][1]
