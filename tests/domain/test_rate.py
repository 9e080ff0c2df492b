"""Rating a leg 好差评: once, after it was finished, never for a no-show; never a default score."""

from datetime import timedelta
from typing import Any, get_args

import pytest

from queue_server.domain import commands
from queue_server.domain.hours import Hours
from queue_server.domain.rate import ratable
from queue_server.domain.rating import Level, Rating, UnratedCause
from queue_server.domain.ticket import Ticket
from tests.domain.halls import TUESDAY, Floor, township
from tests.domain.invariants import replayed


def _rate(ticket: Ticket, leg: int = 1, level: Level = "satisfied", **fields: Any) -> commands.RateLeg:
    return commands.RateLeg(by="holder", ticket=ticket.id, leg=leg, level=level, source="phone", **fields)


def _press(counter: int = 1, level: Level = "satisfied", **fields: Any) -> commands.RateCounter:
    """What the counter's evaluator sends."""
    return commands.RateCounter(by="d_evaluator", counter=counter, level=level, **fields)


def _floor() -> Floor:
    floor = Floor(township(hours=Hours(always=True)))
    floor.on(1)
    return floor


# By the holder


def test_a_finished_leg_is_rated() -> None:
    """A rating keeps level, reasons with their version, source and where the words are."""
    floor = _floor()
    floor.issue()
    ticket = floor.serve(1)
    floor.later(minutes=5)
    floor.do(_rate(ticket, reasons=("406", "413"), reasons_version="2020", comment_ref="n_5"))
    assert floor.day.ratings == {
        (ticket.id, 1): Rating(
            level="satisfied",
            at=floor.now,
            source="phone",
            reasons=("406", "413"),
            reasons_version="2020",
            comment_ref="n_5",
        )
    }


def test_nobody_has_a_rating_by_default() -> None:
    """A finished leg that nobody rated has no rating."""
    floor = _floor()
    floor.issue()
    floor.serve(1)
    assert floor.day.ratings == {}


@pytest.mark.parametrize("leg", [-1, 0, 2, 10**9])
def test_a_leg_that_is_not(leg: int) -> None:
    """Legs count from 1; one that does not exist is not finished."""
    floor = _floor()
    floor.issue()
    ticket = floor.serve(1)
    assert floor.refused(_rate(ticket, leg)).code == "not_finished"


def test_only_what_came_to_an_end() -> None:
    """Not while it waits, was called, is served or held; not a call that was missed."""
    floor = _floor()
    ticket = floor.issue()
    missed: list[type[commands.CounterCommand]] = [commands.CallNext, commands.NoShow]
    served: list[type[commands.CounterCommand]] = [commands.CallNext, commands.Start, commands.Hold]
    for press in missed:
        assert floor.refused(_rate(ticket)).code == "not_finished"
        floor.press(1, press)
    assert floor.refused(_rate(ticket)).code == "not_finished"
    floor.do(commands.ReturnTicket(ticket=ticket.id))
    for press in served:
        floor.press(1, press)
        assert floor.refused(_rate(ticket, 2)).code == "not_finished"
    floor.press(1, commands.ResumeTicket, number=ticket.number)
    done = floor.press(1, commands.Finish)
    assert [ratable(done, leg) for leg in range(5)] == [False, False, False, True, False]
    floor.do(_rate(ticket, 3))


def test_each_leg_of_a_transfer_is_rated_by_itself() -> None:
    """The first counter's leg can be rated while the second serves, and each of them once."""
    floor = _floor()
    floor.on(3)
    floor.issue()
    floor.press(1, commands.CallNext, commands.Start)
    ticket = floor.press(1, commands.Transfer, queue="express", reason_ref="n_1")
    floor.press(3, commands.CallNext, commands.Start)
    floor.do(_rate(ticket, 1, "very_satisfied"))
    assert floor.refused(_rate(ticket, 2)).code == "not_finished"
    floor.press(3, commands.Finish)
    floor.do(_rate(ticket, 2, "dissatisfied"))
    assert [floor.day.ratings[ticket.id, leg].level for leg in (1, 2)] == ["very_satisfied", "dissatisfied"]


def test_once_whoever_asks() -> None:
    """A leg that was rated by phone cannot be rated at the counter, nor the other way round."""
    floor = _floor()
    for first, second in ((True, False), (False, True)):
        floor.issue()
        ticket = floor.serve(1)
        by_phone, at_counter = _rate(ticket), _press()
        floor.do(by_phone if first else at_counter)
        refusal = floor.refused(by_phone if second else at_counter)
        assert (refusal.code, refusal.retry) == ("already_rated", "never")
        assert floor.refused(by_phone).fields == {"number": ticket.number, "leg": 1}


def test_an_unknown_ticket() -> None:
    """Only a ticket of today or of the last business day can be rated."""
    floor = _floor()
    floor.issue()
    ticket = floor.serve(1)
    assert floor.refused(commands.RateLeg(ticket="t_none", leg=1, level="satisfied", source="phone")).code == (
        "ticket_unknown"
    )
    floor.turn(TUESDAY)
    floor.turn(TUESDAY + timedelta(days=1))
    assert floor.refused(_rate(ticket)).code == "ticket_unknown"


# Over the day's turn


def test_yesterdays_leg_is_rated_today_and_not_twice() -> None:
    """A leg of yesterday can be rated today; one rated yesterday is not rated again."""
    floor = _floor()
    floor.issue()
    floor.issue()
    first, second = floor.serve(1), floor.serve(1)
    floor.do(_rate(first))
    floor.turn(TUESDAY)
    assert floor.refused(_rate(first)).code == "already_rated"
    floor.do(_rate(second))
    assert floor.refused(_rate(second)).code == "already_rated"


def test_a_carried_tickets_ratings_are_carried() -> None:
    """A leg rated before the turn stays rated, however many days its ticket is carried over."""
    floor = _floor()
    floor.on(3)
    floor.issue()
    floor.press(1, commands.CallNext, commands.Start)
    ticket = floor.press(1, commands.Transfer, queue="express", reason_ref="n_1")
    floor.do(_rate(ticket, 1))
    floor.press(3, commands.CallNext, commands.Start)
    for days in range(3):
        floor.turn(TUESDAY + timedelta(days=days))
        assert floor.refused(_rate(ticket, 1)).code == "already_rated"
        assert (ticket.id, 1) in replayed(floor.log).ratings
    floor.press(3, commands.Finish)
    floor.do(_rate(ticket, 2))


# At the counter


def test_the_evaluator_rates_the_last_leg_finished_there() -> None:
    """The evaluator knows its counter alone: what it says goes to the leg that ended there last."""
    floor = _floor()
    floor.on(2)
    floor.issue()
    floor.issue()
    here = floor.serve(1)
    floor.serve(2)
    (event,) = floor.do(_press(1, "very_dissatisfied", reasons=("115",)))
    assert (getattr(event, "ticket", None), getattr(event, "source", None)) == (here.id, "evaluator")


def test_until_the_next_citizen_is_served() -> None:
    """While the next one is called the last one may still press; once the service starts it is theirs no more."""
    floor = _floor()
    floor.issue()
    floor.issue()
    floor.serve(1)
    floor.press(1, commands.CallNext)
    assert not hasattr(floor.decide(_press()), "code")
    floor.press(1, commands.Start)
    assert floor.refused(_press()).code == "not_finished"
    floor.press(1, commands.Finish)
    floor.do(_press())
    assert floor.refused(_press()).code == "already_rated"


def test_an_evaluator_with_nothing_to_rate() -> None:
    """Before the first leg ended there is nothing to rate; after a hold neither; yesterday's is the phone's."""
    floor = _floor()
    assert floor.refused(_press()).code == "not_finished"
    assert floor.refused(_press(9)).code == "counter_unknown"
    floor.issue()
    floor.press(1, commands.CallNext, commands.Start, commands.Hold)
    assert floor.refused(_press()).code == "not_finished"
    floor.press(1, commands.ResumeTicket, number="A001")
    floor.press(1, commands.Finish)
    floor.turn(TUESDAY)
    assert floor.refused(_press()).code == "not_finished"


def test_an_evaluator_names_the_leg_it_means() -> None:
    """However late its word comes: the next citizen's service is not rated by it, and the one it means is, once."""
    floor = _floor()
    floor.on(2)
    for _ in range(3):
        floor.issue()
    first, elsewhere = floor.serve(1), floor.serve(2)
    named: dict[str, Any] = {"number": first.number, "leg": 1}
    floor.press(1, commands.CallNext, commands.Start)
    floor.press(1, commands.Finish)
    floor.do(_press(level="dissatisfied", **named))
    assert list(floor.day.ratings) == [(first.id, 1)]
    assert floor.refused(_press(**named)).code == "already_rated"
    for wrong in (named | {"leg": 2}, named | {"number": "A999"}, named | {"number": elsewhere.number}):
        assert floor.refused(_press(**wrong)).code == "not_finished"


# Not rated


def _left(counter: int = 1, cause: UnratedCause = "timed_out", **named: Any) -> commands.LeaveUnrated:
    """What the counter's evaluator sends when there is no rating."""
    return commands.LeaveUnrated(by="d_evaluator", counter=counter, cause=cause, **named)


@pytest.mark.parametrize("cause", get_args(UnratedCause))
def test_the_cause_why_nobody_rated(cause: UnratedCause) -> None:
    """It is noted once, is no rating, and the first one stands."""
    floor = _floor()
    floor.issue()
    ticket = floor.serve(1)
    (event,) = floor.do(_left(cause=cause))
    assert (getattr(event, "ticket", None), getattr(event, "leg", None)) == (ticket.id, 1)
    assert (floor.day.ratings, floor.day.unrated) == ({}, {(ticket.id, 1): cause})
    for again in get_args(UnratedCause):
        assert floor.refused(_left(cause=again)).code == "already_unrated"
    assert replayed(floor.log) == floor.day


def test_who_was_never_invited_has_no_cause() -> None:
    """Nothing is noted by itself."""
    floor = _floor()
    floor.issue()
    floor.serve(1)
    assert floor.day.unrated == {}


def test_a_rating_outlasts_its_absence() -> None:
    """What was rated is not told to be unrated; what was not may be rated after all, by phone or at the counter."""
    floor = _floor()
    for _ in range(3):
        floor.issue()
    rated = floor.serve(1)
    floor.do(_press())
    assert floor.refused(_left()).code == "already_rated"
    later = floor.serve(1)
    floor.do(_left(cause="refused"))
    floor.do(_rate(later))
    at_once = floor.serve(1)
    floor.do(_left())
    floor.do(_press())
    assert floor.day.unrated == {}
    assert list(floor.day.ratings) == [(rated.id, 1), (later.id, 1), (at_once.id, 1)]


def test_by_phone_the_next_day_too() -> None:
    """The cause stays behind with its day, and a rating within its term is taken."""
    floor = _floor()
    floor.issue()
    ticket = floor.serve(1)
    floor.do(_left())
    floor.turn(TUESDAY)
    assert floor.day.unrated == {}
    floor.do(_rate(ticket))
    assert replayed(floor.log) == floor.day


def test_a_press_that_comes_a_day_late() -> None:
    """The network was away over night: it goes to the leg that was asked about, and not to its number's of today."""
    floor = _floor()
    floor.issue()
    finished_at = floor.serve(1).legs[0].finished_at
    floor.turn(TUESDAY)
    floor.on(1)
    floor.issue()
    floor.serve(1)
    late: dict[str, Any] = {"number": "A001", "leg": 1, "finished_at": finished_at}
    assert floor.refused(_left(**late)).code == "not_finished"
    floor.do(_press(level="dissatisfied", **late))
    ((rated, _),) = floor.day.ratings
    assert rated in floor.day.previous
    assert floor.refused(_press(**late)).code == "already_rated"
    floor.turn(TUESDAY + timedelta(days=1))
    assert floor.refused(_press(**late)).code == "not_finished"


def test_a_cause_that_comes_late() -> None:
    """It goes to the leg that was asked about, not to the one finished since."""
    floor = _floor()
    floor.issue()
    floor.issue()
    first, _ = floor.serve(1), floor.serve(1)
    floor.do(_left(number=first.number, leg=1))
    assert floor.day.unrated == {(first.id, 1): "timed_out"}


def test_only_a_last_leg_is_told_to_be_unrated() -> None:
    """People are invited when all is done: not while they are served, and not on their way to another counter."""
    floor = _floor()
    assert floor.refused(_left(9)).code == "counter_unknown"
    floor.issue()
    floor.press(1, commands.CallNext, commands.Start)
    assert floor.refused(_left(number="A001", leg=1)).code == "not_finished"
    floor.press(1, commands.Transfer, queue="express", reason_ref="n_1")
    assert floor.refused(_left()).code == "not_finished"
    assert floor.refused(_left(number="A001", leg=1)).code == "not_finished"
