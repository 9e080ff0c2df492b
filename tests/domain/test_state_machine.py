"""Whole days at random: several queues, all counters, everything that anybody may ask, sensible or not.

After each command: promise 2 (a number once, from 001, without gaps), promise 3 (`check_day`), promise 9 (`Floor`:
a decision changes nothing), the drawn life cycle (`check_steps`), the order of calling (`check_call`), and that the
journal's bytes lead to the same day.
"""

from collections import Counter as Tally
from datetime import date, datetime, timedelta
from typing import Any, get_args

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from msgspec.structs import replace

from queue_server.domain import commands, events
from queue_server.domain.apply import apply_all
from queue_server.domain.counter import Counter
from queue_server.domain.day import Day
from queue_server.domain.hall import Hall
from queue_server.domain.hours import Hours, business_day
from queue_server.domain.queue import Queue, Quota
from queue_server.domain.rating import LEVELS, UnratedCause
from queue_server.domain.refusals import Refusal
from queue_server.domain.ticket import PRIORITIES
from tests.domain.halls import GUIDE, HEAD, Floor, clerk, township
from tests.domain.invariants import check_call, check_day, check_steps, replayed

PICK = st.integers(0, 63)
"""Which of the things that fit; the last eight pick at random, fitting or not."""

QUEUES = st.sampled_from(["comprehensive", "express", "comprehensive", "agency", "express", "dedicated", "nowhere"])
RARELY = st.integers(0, 5).map(lambda number: number == 4)
FAVOURED = st.none() | st.sampled_from(PRIORITIES)


def _busier(hall: Hall) -> Hall:
    """The hall with one queue and one counter more."""
    queue = Queue(id="dedicated", name="社保专值", kind="dedicated", prefix="F")
    counter = Counter(number=8, name="社保窗口", kind="dedicated", queues=("dedicated",), helps=("comprehensive",))
    return replace(hall, queues={**hall.queues, "dedicated": queue}, counters={**hall.counters, 8: counter})


def _swapped(hall: Hall) -> Hall:
    """The hall with two queues' prefixes exchanged."""
    first, second = hall.queues["comprehensive"], hall.queues["express"]
    swapped = {first.id: replace(first, prefix=second.prefix), second.id: replace(second, prefix=first.prefix)}
    return replace(hall, queues={**hall.queues, **swapped})


def _quieter(hall: Hall) -> Hall:
    """The hall without counter 3, which may be in use, and with few agency numbers."""
    queue = replace(hall.queues["agency"], quota=Quota(morning=2, afternoon=1))
    counters = {number: counter for number, counter in hall.counters.items() if number != 3}
    posts = {key: post for key, post in hall.posts.items() if post.counter != 3}
    return replace(hall, queues={**hall.queues, "agency": queue}, counters=counters, posts=posts)


class WholeDays(RuleBasedStateMachine):
    """A hall at work. What must stay true is checked in `ask`, on which all rules rest."""

    @initialize(always=st.booleans(), clerks=st.integers(1, 6), waiting=st.lists(QUEUES, min_size=8, max_size=16))
    def open_hall(self, always: bool, clerks: int, waiting: list[str]) -> None:
        hall = township(hours=Hours(always=always))
        self.halls = [hall, _busier(hall), _swapped(hall), _quieter(hall)]
        self.floor = Floor(hall)
        self.issued: Tally[tuple[date, str]] = Tally()
        self.rated: set[tuple[str, int]] = set()
        for number in range(1, clerks + 1):
            self.floor.on(number)
        for queue in waiting:
            self.ask(commands.IssueTicket(ticket=self.floor.id(), queue=queue))

    # What all rules rest on

    def ask(self, command: commands.DayCommand) -> tuple[events.DayEvent, ...]:
        """Ask, and check whatever came of it; the events, none after a refusal."""
        decision = self.floor.decide(command)
        if isinstance(decision, Refusal):
            return ()
        before = self.floor.day.copy()
        apply_all(self.floor.day, decision)
        self.floor.log.extend(decision)
        after = self.floor.day
        assert after.seq == before.seq + len(decision) == len(self.floor.log)
        check_day(after)
        check_steps(before, after)
        for event in decision:
            assert event.at == self.floor.now and event.by == command.by
            self._check(command, before, event)
        if isinstance(command, commands.CallNext) and not decision:
            here = (*before.serves(command.counter), *before.hall.counters[command.counter].helps)
            assert not any(before.waiting.get(queue) for queue in here)
        return decision

    def _check(self, command: commands.DayCommand, before: Day, event: events.DayEvent) -> None:
        day = self.floor.day
        match event:
            case events.TicketIssued():
                prefix = before.hall.queues[event.queue].prefix
                self.issued[self.floor.business_day, prefix] += 1
                assert event.number == f"{prefix}{self.issued[self.floor.business_day, prefix]:03d}"
                assert event.number not in before.numbers
                if event.instead_of is not None:
                    assert before.previous[event.instead_of].state == "lapsed"
                    assert all(ticket.instead_of != event.instead_of for ticket in before.tickets.values())
            case events.PaperEntered():
                prefix = before.hall.queues[event.queue].prefix
                assert event.number not in before.numbers
                key, count = (self.floor.business_day, prefix), int(event.number.removeprefix(prefix))
                self.issued[key] = max(self.issued[key], count)
            case events.NumbersLost():
                for prefix, number in event.highest.items():
                    assert number > self.issued[self.floor.business_day, prefix]
                    self.issued[self.floor.business_day, prefix] = number
            case events.TicketCalled(why=why) if isinstance(command, commands.CallNext):
                called = before.tickets[event.ticket]
                assert (why == "urgent") == called.urgent
                check_call(before, event.counter, called)
            case events.TicketReturned():
                self._check_return(before, event)
            case events.TicketRated():
                assert (event.ticket, event.leg) not in self.rated
                self.rated.add((event.ticket, event.leg))
                ticket = self.floor.ticket(event.ticket)
                assert ticket.legs[event.leg - 1].outcome in ("served", "transferred")
            case events.TicketLeftUnrated():
                assert (event.ticket, event.leg) not in self.rated | before.unrated.keys()
            case events.DayOpened():
                assert {t.id for t in before.tickets.values() if t.state == "serving"} == set(day.tickets)
                assert replayed(self.floor.log) == day

    def _check_return(self, before: Day, event: events.TicketReturned) -> None:
        """Three go ahead, or all who wait when they are fewer, and who reported back to that place before.

        Coming back is no gain: nobody comes to a better place than the one before the call.
        """
        old, new = before.tickets[event.ticket], self.floor.ticket(event.ticket)
        ranks = [rank for rank in before.waiting.get(old.queue, ()) if rank[0]]
        ahead = [rank for rank in ranks if rank < (True, *new.rank[1:])]
        three = min(before.hall.rules.return_places, len(ranks))
        own, place = (old.effective, old.order), (event.effective, event.order)
        if old.urgent:
            assert place == own
            return
        assert len(ahead) >= three and place >= own
        assert place == own or all(rank[1:3] == place and rank[3] for rank in ahead[three:])

    def _ticket(self, pick: int, *states: str) -> str:
        """Some ticket, in one of these states where there is any; now and then of yesterday, or none at all."""
        day = self.floor.day
        fitting = [t.id for t in day.tickets.values() if t.state in states]
        if pick >= 56 or not fitting:
            fitting = [*day.tickets, *day.previous, "t_none"]
        return fitting[pick % len(fitting)]

    def _number(self, pick: int, *states: str) -> str:
        found = self.floor.day.find(self._ticket(pick, *states))
        return found.number if found else "Z999"

    def _press(self, pick: int, command: type[Any], *states: str, **fields: Any) -> tuple[events.DayEvent, ...]:
        """Press a button at a counter whose ticket is in one of these states ("" for none), or where there is none."""
        day = self.floor.day
        tickets = {counter: day.at_counter(counter) for counter in day.duties}
        fitting = [counter for counter, ticket in tickets.items() if (ticket.state if ticket else "") in states]
        counters = fitting if fitting and pick < 56 else list(range(1, 9))
        return self.ask(self.floor.at(counters[pick % len(counters)], command, **fields))

    # Time

    @rule(seconds=st.sampled_from([30, 0, 1, 0, 240, 600, 1200]))
    def wait(self, seconds: int) -> None:
        now = self.floor.now + timedelta(seconds=seconds)
        if business_day(now, "04:00", "Asia/Shanghai") == self.floor.business_day:
            self.floor.now = now

    @rule(now=st.booleans(), days=st.sampled_from([1, 1, 3]), hall=st.integers(0, 3), vouched=st.booleans())
    def turn_day(self, now: bool, days: int, hall: int, vouched: bool) -> None:
        if now:
            day = self.floor.business_day + timedelta(days=days)
            for counter in list(self.floor.day.current):
                self.ask(self.floor.at(counter, commands.Start))
            before = self.floor.now
            self.floor.clock("09:00", day)
            self.ask(commands.EndDay(turn_to=day, confirmed=vouched))
            self.ask(commands.OpenDay(business_day=day, hall=self.halls[hall], kind="ordinary"))
            if self.floor.business_day != day:
                self.floor.now = before  # the date was doubted: the hall works on in its own time

    @rule(now=RARELY)
    def close_early(self, now: bool) -> None:
        if now:
            self.ask(commands.EndDay(by=HEAD))

    @rule(now=RARELY, hall=st.integers(0, 3))
    def change_hall(self, now: bool, hall: int) -> None:
        if now:
            self.ask(commands.ChangeHall(by=HEAD, hall=self.halls[hall], kind="ordinary"))

    # Tickets

    @rule(queue=QUEUES, priority=FAVOURED, appointment=st.none() | st.integers(-30, 60), many=st.integers(1, 3))
    def issue(self, queue: str, priority: Any, appointment: int | None, many: int) -> None:
        slot: datetime | None = None
        if appointment is not None:
            slot = self.floor.now + timedelta(minutes=appointment)
        for _ in range(many):
            ticket = self.floor.id()
            self.ask(commands.IssueTicket(ticket=ticket, queue=queue, priority=priority, appointment=slot))

    @rule(service=st.integers(1, 3))
    def issue_for_service(self, service: int) -> None:
        self.ask(commands.IssueTicket(by="d_kiosk", ticket=self.floor.id(), service=service))

    @rule(pick=PICK, queue=QUEUES, priority=FAVOURED)
    def make_good(self, pick: int, queue: str, priority: Any) -> None:
        """Somebody brings a slip of the last business day."""
        slips = [ticket for ticket in self.floor.day.previous.values() if ticket.state == "lapsed" or pick > 50]
        number = slips[pick % len(slips)].number if slips else "A001"
        self.ask(commands.IssueTicket(ticket=self.floor.id(), queue=queue, priority=priority, lapsed=number))

    @rule(queue=QUEUES, above=st.integers(-2, 3), minutes=st.integers(-1, 60))
    def enter_paper(self, queue: str, above: int, minutes: int) -> None:
        known = self.floor.day.hall.queues.get(queue)
        prefix = known.prefix if known else "Z"
        number = f"{prefix}{max(0, self.floor.day.issued.get(prefix, 0) + above):03d}"
        at = self.floor.now - timedelta(minutes=minutes)
        paper = commands.EnterPaper(by=GUIDE, ticket=self.floor.id(), queue=queue, number=number, issued_at=at)
        self.ask(paper)

    @rule(now=RARELY, more=st.integers(-2, 3))
    def lose_numbers(self, now: bool, more: int) -> None:
        """History was lost, and some server knew of these numbers."""
        day = self.floor.day
        if now and day.business_day is not None:
            highest = {prefix: max(0, number + more) for prefix, number in day.issued.items()}
            self.ask(commands.SkipNumbers(business_day=day.business_day, highest=highest))

    @rule(pick=PICK, now=RARELY)
    def cancel(self, pick: int, now: bool) -> None:
        if now:
            self.ask(commands.CancelTicket(by="holder", ticket=self._ticket(pick, "waiting", "called")))

    @rule(pick=PICK)
    def return_ticket(self, pick: int) -> None:
        self.ask(commands.ReturnTicket(by=GUIDE, ticket=self._ticket(pick, "absent")))

    @rule(pick=PICK, priority=st.sampled_from(PRIORITIES), confirmed=st.booleans())
    def set_priority(self, pick: int, priority: Any, confirmed: bool) -> None:
        ticket = self._ticket(pick, "waiting", "called", "absent")
        self.ask(commands.SetPriority(by=GUIDE, ticket=ticket, priority=priority, confirmed=confirmed))

    @rule(pick=PICK, now=st.booleans())
    def make_urgent(self, pick: int, now: bool) -> None:
        if now:
            self.ask(commands.MakeUrgent(by=HEAD, ticket=self._ticket(pick, "waiting"), reason_ref="n_1"))

    # Counters

    @rule(counter=st.integers(1, 8), by=st.none() | st.integers(1, 6), capacity=st.sampled_from(["A", "B", "relief"]))
    def sign_on(self, counter: int, by: int | None, capacity: Any) -> None:
        self.ask(commands.SignOn(by=clerk(by or counter), counter=counter, capacity=capacity))

    @rule(pick=PICK, post=st.integers(1, 7), capacity=st.sampled_from(["relief", "relief", "B", "A"]))
    def cover(self, pick: int, post: int, capacity: Any) -> None:
        self._press(pick, commands.SignOn, "", "serving", post=f"post-{post}", capacity=capacity)

    @rule(pick=PICK, post=st.integers(1, 7))
    def stop_covering(self, pick: int, post: int) -> None:
        covers = [(counter, key) for counter, duty in self.floor.day.duties.items() for key in duty.covers]
        counter, key = covers[pick % len(covers)] if covers and pick < 56 else (pick % 9, f"post-{post}")
        self.ask(self.floor.at(counter, commands.SignOff, post=key))

    @rule(pick=PICK, now=st.booleans())
    def sign_off(self, pick: int, now: bool) -> None:
        if now:
            self._press(pick, commands.SignOff, "")

    @rule(pick=PICK, back=st.none() | st.integers(0, 900))
    def pause(self, pick: int, back: int | None) -> None:
        back_at = None if back is None else self.floor.now + timedelta(seconds=back)
        self._press(pick, commands.PauseCounter, "serving", "", back_at=back_at)

    @rule()
    def resume(self) -> None:
        for counter, duty in list(self.floor.day.duties.items()):
            if duty.pause:
                self.ask(self.floor.at(counter, commands.ResumeCounter))

    @rule(pick=PICK)
    def resume_anywhere(self, pick: int) -> None:
        self._press(pick, commands.ResumeCounter, "called")

    @rule(pick=PICK)
    def call_next(self, pick: int) -> None:
        self._press(pick, commands.CallNext, "")

    @rule()
    def all_call_next(self) -> None:
        for counter in list(self.floor.day.duties):
            self.ask(self.floor.at(counter, commands.CallNext))

    @rule(pick=PICK)
    def call_number(self, pick: int) -> None:
        self._press(pick, commands.CallNumber, "", number=self._number(pick, "waiting"), reason_ref="n_2")

    @rule(pick=PICK, times=st.sampled_from([1, 6]))
    def recall(self, pick: int, times: int) -> None:
        for _ in range(times):
            self._press(pick, commands.Recall, "called")

    @rule(pick=PICK)
    def no_show(self, pick: int) -> None:
        self._press(pick, commands.NoShow, "called")

    @rule(pick=PICK)
    def start(self, pick: int) -> None:
        self._press(pick, commands.Start, "called")

    @rule()
    def all_start(self) -> None:
        for counter in list(self.floor.day.current):
            self.ask(self.floor.at(counter, commands.Start))

    @rule(pick=PICK, services=st.sampled_from([(), (1,), (1, 2), (3,)]))
    def finish(self, pick: int, services: tuple[int, ...]) -> None:
        self._press(pick, commands.Finish, "serving", services=services)

    @rule(pick=PICK)
    def hold(self, pick: int) -> None:
        self._press(pick, commands.Hold, "serving")

    @rule(pick=PICK)
    def resume_ticket(self, pick: int) -> None:
        self._press(pick, commands.ResumeTicket, "", number=self._number(pick, "held"))

    @rule(pick=PICK, queue=QUEUES)
    def transfer(self, pick: int, queue: str) -> None:
        self._press(pick, commands.Transfer, "serving", queue=queue, reason_ref="n_3")

    @rule(pick=PICK, queue=QUEUES)
    def serve_now(self, pick: int, queue: str) -> None:
        self._press(pick, commands.ServeNow, "", ticket=self.floor.id(), queue=queue)

    @rule(pick=PICK, returns=st.booleans())
    def miss_calls(self, pick: int, returns: bool) -> None:
        """Calls missed three times, or once by several at a time: what chance alone seldom finds."""
        for called in self._press(pick, commands.CallNext, ""):
            assert isinstance(called, events.TicketCalled)
            number = self.floor.ticket(called.ticket).number
            self.ask(self.floor.at(called.counter, commands.NoShow))
            for _ in range(2 if returns else 0):
                self.ask(commands.ReturnTicket(by=GUIDE, ticket=called.ticket))
                self.ask(self.floor.at(called.counter, commands.CallNumber, number=number, reason_ref="n_4"))
                self.ask(self.floor.at(called.counter, commands.NoShow))

    # Ratings

    @rule(pick=PICK, level=st.sampled_from(LEVELS))
    def rate_leg(self, pick: int, level: Any) -> None:
        tickets = [*self.floor.day.previous.values(), *self.floor.day.tickets.values()]
        ended = [(ticket.id, leg) for ticket in tickets for leg, last in enumerate(ticket.legs, 1) if last.outcome]
        ticket, leg = ended[-1 - pick % len(ended)] if ended and pick < 56 else (self._ticket(pick, "called"), pick % 4)
        self.ask(commands.RateLeg(ticket=ticket, leg=leg, level=level, source="phone"))

    @rule(pick=PICK, level=st.sampled_from(LEVELS))
    def rate_counter(self, pick: int, level: Any) -> None:
        counters = [*self.floor.day.last_leg, 1, 9]
        self.ask(commands.RateCounter(by="d_evaluator", counter=counters[pick % len(counters)], level=level))

    @rule(pick=PICK, cause=st.sampled_from(get_args(UnratedCause)), named=st.booleans())
    def leave_unrated(self, pick: int, cause: Any, named: bool) -> None:
        last = [*self.floor.day.last_leg.items(), (1, (None, 1))]
        counter, (ticket, leg) = last[pick % len(last)]
        which: Any = {"number": self.floor.ticket(ticket).number, "leg": leg} if named and ticket else {}
        self.ask(commands.LeaveUnrated(by="d_evaluator", counter=counter, cause=cause, **which))

    def teardown(self) -> None:
        """What was written leads to the day that is: with the same tickets in the same order."""
        if not hasattr(self, "floor"):
            return
        again = replayed(self.floor.log)
        assert again == self.floor.day
        assert list(again.tickets) == list(self.floor.day.tickets)


TestWholeDays = WholeDays.TestCase
TestWholeDays.settings = settings(
    max_examples=2 * settings().max_examples, stateful_step_count=100, report_multiple_bugs=False
)
pytestmark = pytest.mark.timeout(600)  # a failure takes long to be made small
