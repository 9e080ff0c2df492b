"""Ratings one by one, read back from the journal's days."""

from datetime import date, timedelta

from queue_server.domain import commands, events
from queue_server.domain.hours import Hours
from queue_server.domain.rating import Level
from queue_server.projections.rated_legs import RatedLeg, RatedLegs
from tests.domain.halls import MONDAY, TUESDAY, Floor, township

WEDNESDAY = TUESDAY + timedelta(days=1)


def _rate(floor: Floor, ticket: str, leg: int = 1, level: Level = "satisfied") -> None:
    floor.do(commands.RateLeg(by="holder", ticket=ticket, leg=leg, level=level, source="phone"))


def _days() -> Floor:
    """Three days: A001 is rated at once, A002 the day after, and A001 of Tuesday not at all."""
    floor = Floor(township(hours=Hours(always=True)))
    floor.on(1)
    floor.issue()
    floor.issue()
    _rate(floor, floor.serve(1).id, level="dissatisfied")
    late = floor.serve(1)
    floor.turn(TUESDAY)
    floor.on(1)
    _rate(floor, late.id)
    floor.issue()
    floor.serve(1)
    floor.turn(WEDNESDAY)
    return floor


def _read(log: list[events.DayEvent], first: date, last: date) -> tuple[list[RatedLeg], bool]:
    legs, found = RatedLegs(first, last), list[RatedLeg]()
    for event in log:
        found += legs.fold(event)
    return found, legs.complete


def test_a_rating_belongs_to_the_day_of_its_ticket() -> None:
    """Also one that came the day after, until which the range is not complete."""
    floor = _days()
    monday, complete = _read(floor.log, MONDAY, MONDAY)
    assert [(one.ticket.number, one.number, one.rating.level, one.leg.counter) for one in monday] == [
        ("A001", 1, "dissatisfied", 1),
        ("A002", 1, "satisfied", 1),
    ]
    assert complete
    assert _read(floor.log, TUESDAY, TUESDAY) == ([], False)
    second = next(at for at, event in enumerate(floor.log) if at and isinstance(event, events.DayOpened))
    on_monday, complete = _read(floor.log[: second + 1], MONDAY, MONDAY)
    assert ([one.ticket.number for one in on_monday], complete) == (["A001"], False)


def test_each_leg_of_a_visit_by_itself() -> None:
    """A transferred ticket has two ratings, of two counters."""
    floor = Floor(township(hours=Hours(always=True)))
    floor.on(1)
    floor.on(3)
    ticket = floor.issue().id
    floor.press(1, commands.CallNext, commands.Start)
    floor.press(1, commands.Transfer, queue="express", reason_ref="n_1")
    floor.press(3, commands.CallNext, commands.Start, commands.Finish)
    _rate(floor, ticket, 2)
    _rate(floor, ticket, 1, "dissatisfied")
    found, _ = _read(floor.log, MONDAY, MONDAY)
    assert [(one.number, one.leg.counter, one.rating.level) for one in found] == [
        (2, 3, "satisfied"),
        (1, 1, "dissatisfied"),
    ]
