"""Rating a leg 好差评: once, after it was finished, never for a no-show; never a default score."""

from datetime import timedelta
from typing import Any

import pytest

from queue_server.domain import commands
from queue_server.domain.hours import Hours
from queue_server.domain.rate import ratable
from queue_server.domain.rating import Level, Rating
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
