"""The waits that the queue discipline, run forward, promises."""

import math
from datetime import timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant
from msgspec.structs import replace

from queue_server.domain import commands, events
from queue_server.domain.counter import Counter
from queue_server.domain.duration import Learned, remaining
from queue_server.domain.estimate import Forecast
from queue_server.domain.hall import Hall, Rules
from queue_server.domain.hours import Hours
from queue_server.domain.queue import Queue
from queue_server.domain.staffed import LUCK
from queue_server.domain.ticket import Estimate, Ticket
from tests.domain.halls import GUIDE, Floor, local, township
from tests.domain.test_state_machine import WholeDays

TURN = 15
"""From finish to next call, until the day shows its own."""

STINT = 750
"""From call to finish: half a minute of walk and the twelve minutes that are configured."""

VARIANCE = 0.95 * 432**2
"""Of a stint: the configured deviation of three fifths, for the nineteen of twenty who come."""

ALWAYS = Hours(always=True)

HELPING = st.lists(
    st.sampled_from([("a", ""), ("a", "b"), ("b", "a"), ("c", "ab"), ("ab", "c"), ("c", "b")]), min_size=1, max_size=6
)


def hall(*counters: tuple[str, str], hours: Hours = ALWAYS) -> Hall:
    """A hall whose counters each have queues and helped queues, named by letters: ("AB", "C").

    A call that nobody follows takes as long as any other, so that no-shows do not blur the figures.
    """
    letters = sorted({letter for queues, helps in counters for letter in queues + helps})
    return Hall(
        id="hall",
        name="厅",
        level="township",
        queues={x: Queue(id=x, name=x, kind="comprehensive", prefix=x.upper(), target_s=36000) for x in letters},
        counters={
            n: Counter(number=n, name=f"{n}号窗口", kind="comprehensive", queues=tuple(queues), helps=tuple(helps))
            for n, (queues, helps) in enumerate(counters, 1)
        },
        hours=hours,
        rules=Rules(call_expires_s=STINT),
    )


def opened(*counters: tuple[str, str], hours: Hours = ALWAYS, clock: str = "09:00", staffed: bool = True) -> Floor:
    """A day in such a hall, with a clerk at every counter."""
    floor = Floor(hall(*counters, hours=hours), clock=clock)
    for number in floor.hall.counters if staffed else ():
        floor.on(number, capacity="relief")
    return floor


def forecast(floor: Floor) -> Forecast:
    return Forecast.of(floor.day, floor.now)


def promised(mean: float, variance: float = 0.0) -> Estimate:
    """The log-normal with that mean and variance, the clerk's turn and the unknowable tenth put in."""
    spread = math.log1p((variance + TURN**2) / mean**2 + 0.085**2)
    median = mean / math.exp(spread / 2)
    return Estimate(p50_s=round(median), p90_s=round(median * math.exp(1.2816 * math.sqrt(spread))))


def medians(floor: Floor, queue: str) -> list[int]:
    """The p50 of those who wait in a queue, in its order."""
    run = forecast(floor)
    estimates = [run.estimate(rank[-1]) for rank in floor.day.waiting.get(queue, ())]
    return [estimate.p50_s for estimate in estimates if estimate is not None]


# One counter


def test_one_counter_calls_one_after_another() -> None:
    """The first is called when the clerk turns, each other one a stint later; the variances add up."""
    floor = opened(("a", ""))
    tickets = [floor.issue("a") for _ in range(3)]
    run = forecast(floor)
    assert [run.estimate(ticket.id) for ticket in tickets] == [
        promised(TURN),
        promised(TURN + STINT + TURN, VARIANCE),
        promised(TURN + 2 * (STINT + TURN), 2 * VARIANCE),
    ]
    assert run.for_new("a") == run.by_queue()["a"] == promised(TURN + 3 * (STINT + TURN), 3 * VARIANCE)


def test_nobody_waiting_is_called_when_the_clerk_turns() -> None:
    """At an idle counter a newcomer waits for no more than a moment."""
    assert forecast(opened(("a", ""))).for_new("a") == promised(TURN)


def test_of_a_service_that_runs_what_is_left_counts() -> None:
    """Ten minutes into a service of twelve, the next one waits for the conditional expectation, not for two minutes."""
    floor = opened(("a", ""))
    floor.issue("a")
    floor.press(1, commands.CallNext, commands.Start)
    floor.later(minutes=10)
    mean, deviation = remaining(720, 432, 600)
    # The clerk's first walk took no time, which is one observation against four guesses; it has no bearing here.
    assert mean > 180
    assert forecast(floor).for_new("a") == promised(mean + TURN, deviation**2)


def test_one_who_was_called_is_still_to_be_served() -> None:
    """Between call and start, the rest of the walk and the whole service lie ahead."""
    floor = opened(("a", ""))
    floor.issue("a")
    floor.press(1, commands.CallNext)
    floor.later(10)
    variance = (1 - (0.05 * 20) / 21) * 432**2  # one was called, and was no no-show
    assert forecast(floor).for_new("a") == promised(STINT - 10 + TURN, variance)


def test_the_service_says_how_long_it_takes() -> None:
    """Learned by service where there are 30 samples, else by queue, else as configured."""
    floor = opened(("a", ""))
    floor.day.learned["queue:a"] = Learned(count=30, mean=math.log(100))
    floor.day.learned["service:1"] = Learned(count=30, mean=math.log(500))
    floor.day.learned["service:2"] = Learned(count=29, mean=math.log(900))
    waits = []
    for service in (1, 2, None):
        floor.day.put(replace(floor.issue("a"), service=service))
        waits.append(forecast(floor).for_new("a"))
    rules, walk = 0.05 * STINT, 30
    stints = [0.95 * (walk + seconds) + rules for seconds in (500, 100, 100)]
    firsts = [TURN + sum(stints[:n]) + n * TURN for n in (1, 2, 3)]
    assert [wait.p50_s for wait in waits if wait] == pytest.approx(firsts, rel=0.15)
    assert waits[2] is not None and waits[1] is not None
    assert waits[2].p50_s - waits[1].p50_s == pytest.approx(stints[2] + TURN, rel=0.1)


# Several counters


def test_two_counters_share_the_line_and_the_luck() -> None:
    """Two are called at once, two more a stint later, with half the deviation that one counter alone would have.

    Of the service that still runs at the other counter, a third of the variance counts. And one of two ends sooner.
    """
    floor = opened(("a", ""), ("a", ""))
    tickets = [floor.issue("a") for _ in range(3)]
    run = forecast(floor)
    assert [run.estimate(ticket.id) for ticket in tickets] == [
        promised(TURN),
        promised(TURN),
        promised(TURN + STINT - LUCK * VARIANCE / STINT / 2 + TURN, VARIANCE * (1 + 1 / 3) / 4),
    ]


def test_a_helping_counter_serves_its_own_first() -> None:
    """Who comes to the counter's own queue goes before all whom it would help; who is helped goes after its own."""
    floor = opened(("b", "a"))
    helped = [floor.issue("a") for _ in range(2)]
    own = floor.issue("b")
    run = forecast(floor)
    assert run.estimate(own.id) == promised(TURN)
    second, third = (run.estimate(ticket.id) for ticket in helped)
    assert second and third and second.p50_s < third.p50_s
    new_own, new_helped = run.for_new("b"), run.for_new("a")
    assert new_own == second
    assert new_helped and new_helped.p50_s > third.p50_s


def test_a_queue_over_its_target_is_helped_as_if_it_were_primary() -> None:
    """The run asks the discipline: after an hour's wait with a target of ten minutes, arrival decides."""
    floor = opened(("b", "a"))
    floor.do(
        commands.ChangeHall(
            hall=replace(
                floor.hall,
                queues={**floor.hall.queues, "a": replace(floor.hall.queues["a"], target_s=600)},
            ),
            kind="ordinary",
        )
    )
    helped = floor.issue("a")
    own = floor.issue("b")
    first, second = forecast(floor).estimate(own.id), forecast(floor).estimate(helped.id)
    assert first and second and first.p50_s < second.p50_s
    floor.later(minutes=11)
    first, second = forecast(floor).estimate(own.id), forecast(floor).estimate(helped.id)
    assert first and second and first.p50_s > second.p50_s


def test_more_counters_wait_less() -> None:
    """The same line before one, two and four counters."""
    waits = []
    for counters in (1, 2, 4):
        floor = opened(*[("a", "")] * counters)
        for _ in range(9):
            floor.issue("a")
        wait = forecast(floor).for_new("a")
        assert wait is not None
        waits.append(wait)
    assert waits[0].p50_s > waits[1].p50_s > waits[2].p50_s
    assert waits[0].p90_s - waits[0].p50_s > waits[1].p90_s - waits[1].p50_s > waits[2].p90_s - waits[2].p50_s


# Who goes before whom


def test_a_priority_ticket_takes_the_place_of_the_first_it_overtakes() -> None:
    """Of three who came 20, 10 and 0 minutes ago it goes before two; the appointment of an hour hence is last."""
    floor = opened(("a", ""))
    for minutes in (10, 10, 0):
        floor.issue("a")
        floor.later(minutes=minutes)
    run = forecast(floor)
    second = run.estimate(floor.day.waiting["a"][1][-1])
    assert run.for_new("a", priority="elderly") == second
    assert run.for_new("a", appointment=floor.now - timedelta(minutes=20)) == second
    assert run.for_new("a", appointment=floor.now + timedelta(hours=1)) == run.for_new("a")
    issued = floor.issue("a", priority="elderly")
    run.extend(issued)
    assert run.estimate(issued.id) == second == forecast(floor).estimate(issued.id)


def test_a_priority_ticket_overtakes_in_the_other_queues_of_a_counter_too() -> None:
    """Three wait for a in front of the counter that serves b as well: an elderly citizen for b is next there."""
    floor = opened(("ab", ""))
    for _ in range(3):
        floor.issue("a")
    run = forecast(floor)
    promise = run.for_new("b", priority="elderly")
    assert promise == promised(TURN)
    issued = floor.issue("b", priority="elderly")
    assert promise == forecast(floor).estimate(issued.id)


@given(
    counters=HELPING,
    waiting=st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), max_size=6),
    queue=st.sampled_from("abc"),
    minutes=st.integers(0, 20),
)
def test_a_priority_ticket_is_promised_what_a_forecast_made_anew_promises(
    counters: list[tuple[str, str]], waiting: list[tuple[str, bool]], queue: str, minutes: int
) -> None:
    """Whomever it overtakes, at whichever counter, helping ones included."""
    floor = opened(*counters)
    for other, priority in waiting:
        if other in floor.hall.queues:
            floor.issue(other, priority="elderly" if priority else None)
            floor.later(minutes=minutes)
    if queue not in floor.hall.queues:
        return
    promise = forecast(floor).for_new(queue, priority="elderly")
    issued = floor.issue(queue, priority="elderly")
    made_anew = forecast(floor).estimate(issued.id)
    assert promise is not None and made_anew is not None
    assert (promise.p50_s, promise.p90_s) == pytest.approx((made_anew.p50_s, made_anew.p90_s), abs=1, rel=0)


def test_an_urgent_ticket_is_next() -> None:
    """The last of three is granted 特别紧急 and promised the first call."""
    floor = opened(("a", ""))
    tickets = [floor.issue("a") for _ in range(3)]
    floor.do(commands.MakeUrgent(by=GUIDE, ticket=tickets[2].id, reason_ref="n_1"))
    assert forecast(floor).estimate(tickets[2].id) == promised(TURN)


def test_priority_arrivals_that_are_to_be_expected_count() -> None:
    """Where every other one of the last hour had priority, a walk-in is promised a longer wait than where none had."""
    waits = []
    for priority in (None, "elderly"):
        floor = opened(("a", ""))
        for number in range(20):
            floor.issue("a", priority=priority if number % 2 else None)
            floor.later(minutes=2)
        for ticket in list(floor.day.tickets):
            floor.do(commands.CancelTicket(by="holder", ticket=ticket))
        for _ in range(3):
            floor.issue("a")
        wait = forecast(floor).for_new("a")
        assert wait is not None
        waits.append(wait)
    assert waits[1].p50_s > waits[0].p50_s + STINT / 2
    assert waits[1].p90_s > waits[0].p90_s + STINT


def test_own_arrivals_that_are_to_be_expected_keep_a_helper() -> None:
    """A counter whose own queue fills at twice its pace is of no help, says the p90, and of little, the median."""
    floor = opened(("b", "a"), ("a", ""))
    alone = opened(("a", ""))
    for number in range(10):
        floor.later(minutes=6)
        floor.issue("b")
        if number >= 2:
            floor.do(commands.CancelTicket(by="holder", ticket=list(floor.day.tickets)[-1]))
    for _ in range(6):
        floor.issue("a")
        alone.issue("a")
    without = medians(alone, "a")
    run = forecast(floor)
    late = [run.estimate(rank[-1]) for rank in floor.day.waiting["a"]]
    assert all(said.p90_s >= wait for said, wait in zip(late, without, strict=True) if said)
    assert all(median >= 0.8 * wait for median, wait in zip(medians(floor, "a"), without, strict=True))


def test_a_full_bus_is_no_flood() -> None:
    """Twenty who come in together do not make the hall expect twenty more every minute."""
    floor = opened(("b", "a"), ("a", ""))
    for queue in "b" * 20 + "a":
        floor.issue(queue)
    later = forecast(floor).for_new("a")
    assert later is not None and later.p50_s < 3 * STINT


# Who is there


def test_nothing_is_promised_where_nobody_serves() -> None:
    """No clerk, a clerk of another queue, a pause without an end: None, for those who wait and those who come."""
    floor = opened(("a", ""), ("b", ""), staffed=False)
    ticket = floor.issue("a")
    assert forecast(floor).estimate(ticket.id) is None
    assert forecast(floor).by_queue() == {}
    floor.on(2, capacity="relief")
    assert forecast(floor).estimate(ticket.id) is None
    assert forecast(floor).for_new("a") is None
    assert forecast(floor).by_queue().keys() == {"b"}
    floor.on(1, by="u_other", capacity="relief")
    assert forecast(floor).estimate(ticket.id) is not None
    floor.do(floor.at(1, commands.PauseCounter))
    assert forecast(floor).estimate(ticket.id) is None
    run = forecast(floor)
    run.extend(ticket)
    assert run.estimate(ticket.id) is None


def test_one_who_stepped_away_comes_back() -> None:
    """Until the expected return nobody is called there; one who is late is expected to be as late again."""
    floor = opened(("a", ""))
    floor.do(floor.at(1, commands.PauseCounter, back_at=floor.now + timedelta(minutes=20)))
    assert forecast(floor).for_new("a") == promised(1200 + TURN)
    floor.later(minutes=25)
    assert forecast(floor).for_new("a") == promised(300 + TURN)


def test_a_covered_post_is_served() -> None:
    """A clerk who covers another post from the present counter serves its queues too."""
    floor = Floor(township(hours=ALWAYS))
    floor.on(3)
    floor.issue("complaint")
    assert forecast(floor).for_new("complaint") is None
    floor.on(3, capacity="B", post="post-4")
    assert forecast(floor).for_new("complaint") is not None


# Closed time


def test_nobody_is_called_over_lunch() -> None:
    """At ten to twelve two wait: the second one's turn falls into lunch, and comes after it."""
    floor = opened(("a", ""), hours=Hours(), clock="11:50")
    first, second = floor.issue("a"), floor.issue("a")
    run = forecast(floor)
    assert run.estimate(first.id) == promised(TURN)
    assert run.estimate(second.id) == promised(130 * 60 + TURN, VARIANCE)


@pytest.mark.parametrize("clock", ["08:05", "13:00"])
def test_closed_counters_begin_when_the_hall_opens(clock: str) -> None:
    """Before opening and over lunch, a clerk who is on duty and calls nobody begins at the opening."""
    floor = opened(("a", ""), hours=Hours(), clock=clock)
    opens = local("08:30" if clock < "12" else "14:00")
    assert forecast(floor).for_new("a") == promised((opens - floor.now).total_seconds() + TURN)


def test_who_works_through_lunch_is_counted_on() -> None:
    """A clerk who has called somebody since the hall closed goes on, also when nobody waited for a while."""
    floor = opened(("a", ""), hours=Hours(), clock="12:10")
    floor.issue("a")
    floor.later(60)
    floor.serve(1)
    wait = forecast(floor).for_new("a")
    assert wait is not None and wait.p90_s < 60


def test_who_came_in_time_is_served_after_closing() -> None:
    """After the last closing nothing stops those who serve the rest of the line (来早、来晚一样接待)."""
    floor = opened(("a", ""), hours=Hours(), clock="17:29")
    ticket = floor.issue("a")
    floor.clock("17:40")
    assert forecast(floor).estimate(ticket.id) == promised(TURN)


# Extending


def everybodys(run: Forecast, floor: Floor) -> list[int]:
    """p50 and p90 of all who wait and of whoever comes next, in a fixed order."""
    estimates = [run.estimate(rank[-1]) for ranks in floor.day.waiting.values() for rank in ranks]
    return [x for e in (*estimates, *run.by_queue().values()) if e is not None for x in (e.p50_s, e.p90_s)]


def extend_by(floor: Floor, run: Forecast, queues: str) -> None:
    """Let walk-ins come one after another, as long as the forecast holds: everybody's wait is as if made anew.

    To the second: the sums are the same, added up in another order.
    """
    for queue in filter(floor.hall.queues.__contains__, queues):
        promise = run.for_new(queue)
        ticket = floor.issue(queue)
        run.extend(ticket)
        assert run.estimate(ticket.id) == promise
        if run.stale:
            break
        assert everybodys(run, floor) == pytest.approx(everybodys(forecast(floor), floor), abs=1, rel=0)


COUNTERS = st.lists(st.sampled_from(["a", "ab", "b", "abc", "c"]), min_size=1, max_size=6)


@given(counters=COUNTERS, waiting=st.text("abc", max_size=12), more=st.text("abc", min_size=1, max_size=12))
@example(counters=["b", "ab"], waiting="", more="aaaaabb")
def test_where_counters_share_queues_extended_and_recomputed_are_the_same(
    counters: list[str], waiting: str, more: str
) -> None:
    """Also where another queue's line reaches further: only what ends before a call makes it uncertain."""
    floor = opened(*[(queues, "") for queues in counters])
    for queue in filter(floor.hall.queues.__contains__, waiting):
        floor.issue(queue)
    run = forecast(floor)
    extend_by(floor, run, more)
    assert not run.stale, "whoever comes last is called last"


@given(
    counters=COUNTERS,
    before=st.text("abc", max_size=6),
    pressed=st.lists(st.integers(1, 6), max_size=6),
    more=st.text("abc", min_size=1, max_size=12),
    minutes=st.integers(0, 30),
)
def test_amid_services_and_before_lunch_extended_and_recomputed_are_the_same(
    counters: list[str], before: str, pressed: list[int], more: str, minutes: int
) -> None:
    """Counters that are busy with what is left of a service, and lines that lunch interrupts."""
    floor = opened(*[(queues, "") for queues in counters], hours=Hours(), clock="10:40")
    for queue in filter(floor.hall.queues.__contains__, before):
        floor.issue(queue)
    for number in pressed:
        if number in floor.hall.counters and number not in floor.day.current:
            floor.later(minutes=2)
            if floor.do(floor.at(number, commands.CallNext)):
                floor.do(floor.at(number, commands.Start))
    floor.later(minutes=minutes)
    extend_by(floor, forecast(floor), more)


@example(counters=[("a", "b"), ("c", "ab")], waiting="abc", more="cc")
@given(counters=HELPING, waiting=st.text("abc", max_size=3), more=st.text("abc", min_size=1, max_size=4))
def test_where_counters_help_a_forecast_knows_when_it_is_stale(
    counters: list[tuple[str, str]], waiting: str, more: str
) -> None:
    """Until then it is the same as one made anew. Fewer than eight come, from whom no arrivals are expected."""
    floor = opened(*counters)
    for queue in filter(floor.hall.queues.__contains__, waiting):
        floor.issue(queue)
    extend_by(floor, forecast(floor), more)


def test_who_takes_a_counter_from_those_it_helps_overtakes_them() -> None:
    """Two wait for the help of a counter: one of its own queue comes before them, another one after them does not."""
    floor = opened(("b", "a"))
    run = forecast(floor)
    for queue, stale in ("a", False), ("a", False), ("b", True):
        run.extend(floor.issue(queue))
        assert run.stale == stale
    assert not forecast(floor).stale


def test_who_will_pass_the_target_overtakes() -> None:
    """A counter helps a queue over its target as if it were its own: from then on others wait longer than was said."""
    floor = opened(("b", "a"))
    settings = {**floor.hall.queues, "a": replace(floor.hall.queues["a"], target_s=STINT)}
    floor.do(commands.ChangeHall(hall=replace(floor.hall, queues=settings), kind="ordinary"))
    run = forecast(floor)
    for stale in (False, True):
        run.extend(floor.issue("a"))
        assert run.stale == stale


def test_a_priority_ticket_overtakes() -> None:
    """Those who are behind it wait longer than the extended forecast says."""
    floor = opened(("a", ""))
    run = forecast(floor)
    for priority, stale in (None, False), ("elderly", True):
        run.extend(floor.issue("a", priority=priority))
        assert run.stale == stale


def test_a_forecast_does_not_follow_the_day() -> None:
    """What happens later does not change what was computed."""
    floor = opened(("a", ""))
    tickets = [floor.issue("a") for _ in range(3)]
    run = forecast(floor)
    before = [run.estimate(ticket.id) for ticket in tickets]
    floor.serve(1)
    floor.do(floor.at(1, commands.PauseCounter))
    assert [run.estimate(ticket.id) for ticket in tickets] == before


def test_a_day_that_never_opened_has_no_forecast() -> None:
    """The hall is not known yet: an error, as everywhere."""
    floor = Floor(township())
    with pytest.raises(RuntimeError):
        Forecast.of(type(floor.day)(), floor.now)


# Always


@given(
    counters=st.integers(1, 5),
    issues=st.lists(st.tuples(st.booleans(), st.integers(0, 600)), max_size=25),
    served=st.integers(0, 10),
)
def test_along_a_queue_promises_do_not_shrink(counters: int, issues: list[tuple[bool, int]], served: int) -> None:
    """Whoever stands further back in the only queue is promised no shorter wait, a newcomer the longest of all."""
    floor = opened(*[("a", "")] * counters)
    for priority, gap in issues:
        floor.issue("a", priority="elderly" if priority else None)
        floor.later(gap)
    for number in range(served):
        counter = number % counters + 1
        if floor.day.waiting.get("a", ()):
            floor.serve(counter)
            floor.later(90)
    newcomer = forecast(floor).for_new("a")
    assert newcomer is not None
    along = [*medians(floor, "a"), newcomer.p50_s]
    assert along == sorted(along)


class AnyDay(WholeDays):
    """Whatever a hall goes through, its forecast holds together."""

    @invariant()
    def a_forecast_can_be_made(self) -> None:
        """Someone who waits is promised something exactly if a counter that is staffed serves the queue."""
        if not hasattr(self, "floor"):
            return
        day, now = self.floor.day, self.floor.now
        run = Forecast.of(day, now)
        staffed = [n for n, duty in day.duties.items() if duty.pause is None or duty.pause.back_at is not None]
        served = {queue for n in staffed for queue in (*day.serves(n), *day.hall.counters[n].helps)}
        assert run.by_queue().keys() == served
        waiting: dict[str, Ticket] = {t.id: t for t in day.tickets.values() if t.state == "waiting"}
        for ticket in day.tickets.values():
            estimate = run.estimate(ticket.id)
            assert (estimate is not None) == (ticket.id in waiting and ticket.queue in served)
            if estimate is not None:
                assert 0 <= estimate.p50_s <= estimate.p90_s
        for queue in served:
            medians = [e.p50_s for rank in day.waiting.get(queue, ()) if (e := run.estimate(rank[-1]))]
            assert medians == sorted(medians)

    def ask(self, command: commands.DayCommand) -> tuple[events.DayEvent, ...]:
        """As the engine does: the forecast is made before a ticket is issued, and extended by it."""
        run = None
        if isinstance(command, commands.IssueTicket) and self.floor.day.hall_or_none is not None:
            run = Forecast.of(self.floor.day, self.floor.now)
        happened = super().ask(command)
        for event in happened:
            if run is not None and isinstance(event, events.TicketIssued):
                ticket = self.floor.ticket(event.ticket)
                said = run.for_new(
                    event.queue,
                    event.service,
                    event.priority,
                    event.appointment,
                    self.floor.now,
                    lapsed=event.instead_of is not None,
                )
                run.extend(ticket)
                assert run.estimate(ticket.id) == said
        return happened


TestAnyDay = AnyDay.TestCase
TestAnyDay.settings = settings(stateful_step_count=60)
