"""The business day 业务日: its turn, an early end, what is carried over, and a changed set-up within it."""

from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from queue_server.domain import commands, events
from queue_server.domain.business_day import doubtful
from queue_server.domain.day import Day
from queue_server.domain.decide import decide
from queue_server.domain.hall import Hall
from queue_server.domain.hours import Hours
from queue_server.domain.refusals import Refusal
from tests.domain.halls import HEAD, MONDAY, TUESDAY, Floor, clerk, local, township
from tests.domain.invariants import replayed

WEDNESDAY = date(2026, 6, 3)


def _busy() -> Floor:
    """A hall with a ticket in every state, in this order."""
    floor = Floor(township(hours=Hours(always=True)))
    for counter in (1, 2, 3):
        floor.on(counter)
    for _ in range(6):
        floor.issue()
    floor.serve(1)
    floor.press(1, commands.CallNext, commands.NoShow)
    floor.press(1, commands.CallNext, commands.Start, commands.Hold)
    floor.press(1, commands.CallNext, commands.Start)
    floor.press(2, commands.CallNext)
    return floor


def _states(tickets: dict[str, Any]) -> list[str]:
    return [ticket.state for ticket in tickets.values()]


# The turn


def test_what_lapses_and_what_is_carried_over() -> None:
    """Waiting, called and held tickets lapse 日终作废; one being served goes on, with its clerk; no-shows stay so."""
    floor = _busy()
    assert _states(floor.day.tickets) == ["finished", "absent", "held", "serving", "called", "waiting"]
    floor.turn(TUESDAY)
    assert _states(floor.day.previous) == ["finished", "absent", "lapsed", "lapsed", "lapsed"]
    assert _states(floor.day.tickets) == ["serving"]
    assert floor.day.duties.keys() == {1}
    ended = floor.press(1, commands.Finish)
    assert (ended.number, ended.business_day, ended.state) == ("A004", MONDAY, "finished")


def test_who_lapsed_goes_ahead_once_on_the_next_day() -> None:
    """By the number on the slip: as one who came a quarter of an hour earlier; and only once."""
    floor = _busy()
    floor.turn(TUESDAY)
    floor.issue()
    floor.later(minutes=10)
    again = floor.issue(lapsed="A006")
    assert (again.number, again.instead_of is not None) == ("A002", True)
    assert floor.order(2) == ["A002", "A001"]
    assert next(iter(floor.day.line_at(2, floor.now))).why == "lapsed"
    asked = commands.IssueTicket(ticket=floor.id(), queue="comprehensive", lapsed="A006")
    assert floor.refused(asked).code == "lapsed_used"


def test_the_head_start_of_who_lapsed_is_no_second_one() -> None:
    """The greater of it and that of a priority class counts, also after the class was withdrawn."""
    floor = _busy()
    floor.turn(TUESDAY)
    again = floor.issue(lapsed="A006", priority="elderly")
    quarter = floor.now - timedelta(minutes=15)
    assert again.effective == quarter
    floor.do(commands.SetPriority(by="u_guide", ticket=again.id, priority="elderly", confirmed=False))
    assert floor.ticket(again).effective == quarter


@pytest.mark.parametrize("number", ["A001", "A002", "A004", "A999", ""])
def test_only_what_lapsed_is_made_good(number: str) -> None:
    """Not what was finished, missed or carried over, and nothing that never was."""
    floor = _busy()
    floor.turn(TUESDAY)
    asked = commands.IssueTicket(ticket=floor.id(), queue="comprehensive", lapsed=number)
    assert floor.refused(asked).code == "not_lapsed"


def test_what_lapsed_before_the_last_business_day_is_gone() -> None:
    """One business day, whatever lies between."""
    floor = _busy()
    floor.turn(TUESDAY)
    floor.turn(WEDNESDAY)
    asked = commands.IssueTicket(ticket=floor.id(), queue="comprehensive", lapsed="A006")
    assert floor.refused(asked).code == "not_lapsed"


def test_lapsing_is_no_absence() -> None:
    """A lapsed ticket has no absence on its count, and a called one leaves its counter free."""
    floor = _busy()
    floor.turn(TUESDAY)
    lapsed = [ticket for ticket in floor.day.previous.values() if ticket.state == "lapsed"]
    assert [ticket.absences for ticket in lapsed] == [0, 0, 0]
    assert floor.day.current.keys() == {1}


def test_clerks_without_a_citizen_are_signed_off() -> None:
    """Duty does not run over night: who is not serving is signed off, on the record."""
    floor = _busy()
    events_ = floor.do(commands.EndDay(turn_to=TUESDAY))
    assert [event.counter for event in events_ if isinstance(event, events.ClerkSignedOff)] == [2, 3]
    assert isinstance(events_[-1], events.DayClosed)


def test_the_turn_happens_once() -> None:
    """Ended once more, a day has nothing left to end; opened once more, it is open."""
    floor = _busy()
    end, open_ = (
        commands.EndDay(turn_to=TUESDAY),
        commands.OpenDay(business_day=TUESDAY, hall=floor.hall, kind="unknown"),
    )
    floor.do(end)
    assert floor.do(end) == ()
    floor.do(open_)
    for command in (end, open_):
        assert floor.refused(command).code == "day_not_over"


@pytest.mark.parametrize("turn_to", [MONDAY, MONDAY - timedelta(days=1)])
def test_the_day_does_not_turn_back(turn_to: date) -> None:
    """A clock that was set back opens no day, and ends none."""
    floor = Floor()
    assert floor.refused(commands.EndDay(turn_to=turn_to)).code == "day_not_over"
    assert (
        floor.refused(commands.OpenDay(business_day=turn_to, hall=floor.hall, kind="ordinary")).code == "day_not_over"
    )


@pytest.mark.parametrize("again", [MONDAY, MONDAY - timedelta(days=1)])
def test_a_day_that_was_ended_is_not_opened_again(again: date) -> None:
    """Numbers never start over within a day, nor on one that has been, however it was ended."""
    floor = Floor()
    floor.do(commands.EndDay(by=HEAD))
    open_ = commands.OpenDay(business_day=again, hall=floor.hall, kind="ordinary")
    assert floor.refused(open_).code == "day_not_over"


def test_a_day_is_ended_before_the_next_is_opened() -> None:
    """While tickets could still be issued, or wait, no other day is opened."""
    floor = Floor()
    following = commands.OpenDay(business_day=TUESDAY, hall=floor.hall, kind="ordinary")
    assert floor.refused(following).code == "day_not_over"
    floor.on(1)
    floor.issue()
    floor.press(1, commands.CallNext, commands.Start)
    floor.do(commands.EndDay(by=HEAD))
    floor.press(1, commands.Transfer, queue="express", reason_ref="n_1")
    assert floor.refused(following).code == "day_not_over"
    floor.do(commands.EndDay(turn_to=TUESDAY))
    floor.do(following)


def test_the_first_day_needs_none_before() -> None:
    """A new hall opens its first day at once; before it there is nothing to end and no hall to ask."""
    day = Day()
    with pytest.raises(RuntimeError):
        _ = day.hall
    ended = decide(day, commands.EndDay(turn_to=MONDAY), local("09:00"))
    assert isinstance(ended, Refusal) and ended.code == "day_not_over"
    assert decide(day, commands.ChangeHall(hall=township(), kind="ordinary"), local("09:00")) == ()
    assert not doubtful(day, MONDAY)


def test_what_a_day_opens_with() -> None:
    """A day opens with its hours; it says whether the national calendar knew its year."""
    floor = Floor()
    floor.clock("09:00", TUESDAY)
    floor.do(commands.EndDay(turn_to=TUESDAY))
    (opened,) = floor.do(commands.OpenDay(business_day=TUESDAY, hall=floor.hall, kind="unknown"))
    assert isinstance(opened, events.DayOpened)
    assert [interval.start for interval in opened.opening] == [local("08:30", TUESDAY), local("14:00", TUESDAY)]
    assert not floor.day.calendar_known
    floor.turn(WEDNESDAY, kind="holiday")
    assert floor.day.calendar_known and floor.day.opening == ()


def test_the_learned_durations_go_on() -> None:
    """What was learned on one day is known on the next."""
    floor = _busy()
    learned = dict(floor.day.learned)
    assert learned
    floor.turn(TUESDAY)
    assert floor.day.learned == learned


def test_everything_else_starts_over() -> None:
    """Numbers, quotas, the last legs and the lines belong to their day."""
    floor = _busy()
    floor.turn(TUESDAY)
    day = floor.day
    assert not (day.numbers or day.issued or day.issued_by_half or day.last_leg or day.closed or day.held or day.absent)
    assert not any(day.waiting.values())


def test_a_start_needs_two_days_only() -> None:
    """Replayed from the day before on, a hall is as it was: carried tickets, clerks, ratings, what was learned."""
    floor = _busy()
    floor.do(commands.RateLeg(ticket=floor.day.numbers["A001"], leg=1, level="satisfied", source="phone"))
    for day in (TUESDAY, WEDNESDAY, date(2026, 6, 4)):
        floor.turn(day)
        floor.later(60)
        floor.on(2)
        floor.issue()
        assert replayed(floor.log) == floor.day


def test_a_served_ticket_is_carried_over_any_number_of_days() -> None:
    """A service that nobody ends is carried on each day, keeps its place at the head, and is never lost."""
    floor = _busy()
    for day in (TUESDAY, WEDNESDAY):
        floor.turn(day)
        floor.issue()
    assert [ticket.number for ticket in floor.day.tickets.values()] == ["A004", "A001"]
    assert [ticket.business_day for ticket in floor.day.carried()] == [MONDAY]


# A date in doubt


def test_a_leap_of_a_hall_in_use_is_doubted() -> None:
    """A date more than a day ahead needs the head's word while clerks are on duty; both dates are named."""
    floor = Floor()
    floor.on(1)
    assert not doubtful(floor.day, TUESDAY)
    assert doubtful(floor.day, WEDNESDAY)
    refusal = floor.refused(commands.EndDay(turn_to=WEDNESDAY))
    assert (refusal.code, refusal.fields) == ("day_doubtful", {"business_day": "2026-06-01", "clock": "2026-06-03"})
    floor.do(commands.EndDay(turn_to=WEDNESDAY, confirmed=True))


def test_a_weekend_with_a_forgotten_sign_off_is_no_leap() -> None:
    """Only days on which the hall should have been open make a date doubtful."""
    friday, monday = date(2026, 6, 5), date(2026, 6, 8)
    floor = Floor(township(hours=Hours()), friday)
    floor.on(1)
    assert not doubtful(floor.day, monday)
    assert doubtful(floor.day, date(2026, 6, 9))


def test_a_hall_that_is_not_in_use_may_sleep() -> None:
    """With nobody on duty a hall opens again after a weekend or a year."""
    floor = Floor()
    floor.turn(MONDAY + timedelta(days=365))
    assert floor.business_day == date(2027, 6, 1)


# An early end


def test_the_head_closes_the_day_early() -> None:
    """Who waits, was called or is held lapses at once; services go to their end; clerks stay until the turn."""
    floor = _busy()
    floor.do(commands.EndDay(by=HEAD))
    assert _states(floor.day.tickets) == ["finished", "absent", "lapsed", "serving", "lapsed", "lapsed"]
    assert floor.day.closed and floor.day.duties.keys() == {1, 2, 3}
    assert floor.press(1, commands.Finish).state == "finished"
    assert floor.refused(commands.EndDay(by=HEAD)).code == "day_closed"
    floor.turn(TUESDAY)
    assert not floor.day.closed
    assert floor.day.duties == {}


# A changed set-up


def _without(hall: Hall, counter: int | None = None, queue: str | None = None) -> Hall:
    counters = {n: c for n, c in hall.counters.items() if n != counter}
    posts = {key: post for key, post in hall.posts.items() if post.counter != counter}
    queues = {key: q for key, q in hall.queues.items() if key != queue}
    return replace(hall, counters=counters, posts=posts, queues=queues)


def _change(hall: Hall) -> commands.ChangeHall:
    return commands.ChangeHall(by=HEAD, hall=hall, kind="ordinary")


def test_a_change_comes_into_the_running_day() -> None:
    """Changed counters and hours hold at once; the same set-up again changes nothing."""
    floor = Floor()
    longer = replace(floor.hall, hours=Hours(weekly={"mon": (("08:00", "20:00"),)}))
    (event,) = floor.do(_change(longer))
    assert isinstance(event, events.HallChanged)
    assert floor.day.opening[0].end == local("20:00")
    assert floor.day.midday == local("12:00")
    assert floor.do(_change(longer)) == ()


def test_what_is_in_use_is_not_taken_away() -> None:
    """A counter with a clerk and a queue with open tickets stay; the refusal names the first of them."""
    floor = Floor()
    floor.on(3)
    floor.on(2)
    fewer = _without(_without(floor.hall, counter=3), counter=2)
    refusal = floor.refused(_change(fewer))
    assert (refusal.code, refusal.fields) == ("counter_taken", {"counter": 2})
    floor.do(floor.at(2, commands.SignOff))
    floor.do(floor.at(3, commands.SignOff))
    floor.do(_change(fewer))
    assert floor.refused(commands.SignOn(by=clerk(3), counter=3, capacity="A")).code == "counter_unknown"


@pytest.mark.parametrize("presses", [0, 1, 2, 3, 4])
def test_a_queue_with_open_tickets_stays(presses: int) -> None:
    """Waiting, called, served, held or absent: as long as something can still happen to a ticket its queue stays."""
    floor = Floor()
    floor.on(6)
    floor.issue("agency")
    ways: list[tuple[type[commands.CounterCommand], ...]] = [
        (),
        (commands.CallNext,),
        (commands.CallNext, commands.Start),
        (commands.CallNext, commands.Start, commands.Hold),
        (commands.CallNext, commands.NoShow),
    ]
    for press in ways[presses]:
        floor.press(6, press)
    fewer = _without(floor.hall, queue="agency")
    refusal = floor.refused(_change(fewer))
    assert (refusal.code, refusal.fields) == ("queue_in_use", {"queue": "agency"})


def test_a_queue_goes_when_its_tickets_are_done() -> None:
    """A queue without open tickets can be taken away, and its numbers stay what they were."""
    floor = Floor()
    floor.on(6)
    floor.issue("agency")
    floor.serve(6)
    floor.do(_change(_without(floor.hall, queue="agency")))
    assert floor.refused(commands.IssueTicket(ticket="t_new", queue="agency")).code == "queue_unknown"
    floor.do(_change(floor.hall))
    assert floor.issue("agency").number == "E002"


@pytest.mark.parametrize("missing", [{"counter": 1}, {"queue": "comprehensive"}])
def test_a_new_day_does_not_take_away_what_is_in_use(missing: dict[str, Any]) -> None:
    """When the new set-up lacks the counter or queue of a carried ticket, the day opens with the old one."""
    floor = _busy()
    floor.turn(TUESDAY, hall=_without(floor.hall, **missing))
    assert floor.day.hall == floor.hall
    assert floor.press(1, commands.Finish).state == "finished"
    floor.turn(WEDNESDAY, hall=_without(floor.hall, **missing))
    assert floor.day.hall == _without(floor.hall, **missing)


def test_a_covered_post_may_go() -> None:
    """When the set-up drops a post that is covered, its queues are served by the counter no more."""
    floor = Floor()
    floor.on(3)
    floor.on(3, capacity="B", post="post-4")
    floor.do(_change(_without(floor.hall, counter=4)))
    assert floor.day.serves(3) == ("express",)
    floor.issue("express")
    assert floor.serve(3).legs[0].post == "post-3"
