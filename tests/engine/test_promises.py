"""The waits that a hall promises: one forward run for many tickets, and never an old one."""

from typing import Any

import pytest

from queue_server.domain import commands
from queue_server.domain.estimate import Forecast
from queue_server.domain.staffing import Staffing
from queue_server.engine.promises import FRESH, STALE, Promises
from tests.domain.halls import Floor


class Desk:
    """A floor whose promises are kept, with the forward runs that were made."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.floor = Floor()
        self.promises = Promises()
        self.runs = 0
        run = Forecast.of

        def counted(*args: Any) -> Forecast:
            self.runs += 1
            return run(*args)

        monkeypatch.setattr(Forecast, "of", counted)

    def do(self, command: commands.DayCommand) -> None:
        self.promises.follow(self.floor.day, self.floor.do(command))

    def promise(self, **fields: Any) -> int | None:
        """The median that a new ticket would be promised."""
        command = commands.IssueTicket(ticket="t_new", **fields)
        estimate = self.promises.promise(self.floor.day, Staffing(), command, self.floor.now)
        return None if estimate is None else estimate.p50_s

    def issue(self) -> None:
        self.do(commands.IssueTicket(ticket=self.floor.id(), queue="comprehensive"))


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A hall where one counter serves the queue."""
    desk = Desk(monkeypatch)
    desk.floor.on(1)
    return desk


def test_tickets_that_are_issued_together_share_one_run(desk: Desk) -> None:
    """Each joins it, so that the next is promised a longer wait."""
    waits = []
    for _ in range(5):
        waits.append(desk.promise(queue="comprehensive"))
        desk.issue()
    assert desk.runs == 1
    assert waits == sorted(set(waits), key=lambda wait: wait or 0), "each waits longer than the one before"


def test_anything_else_that_happens_ends_the_run(desk: Desk) -> None:
    """A counter that opens, a ticket that is called: the waits are others."""
    desk.issue()
    desk.issue()
    before = desk.promise(queue="comprehensive")
    desk.do(commands.SignOn(by="u_0000000000000002", counter=2, capacity="A"))
    after = desk.promise(queue="comprehensive")
    assert desk.runs == 2 and before is not None and after is not None and after < before
    desk.promises.follow(desk.floor.day, ())
    desk.promise(queue="comprehensive")
    assert desk.runs == 2, "nothing had happened"


def test_a_run_is_not_believed_for_long(desk: Desk) -> None:
    """Nor after the clock went back, nor for another state of the day."""
    desk.promise(queue="comprehensive")
    desk.floor.later(FRESH.total_seconds() - 1)
    desk.promise(queue="comprehensive")
    assert desk.runs == 1
    desk.floor.later(1)
    desk.promise(queue="comprehensive")
    assert desk.runs == 2
    desk.floor.later(-1)
    desk.promise(queue="comprehensive")
    assert desk.runs == 3
    desk.promises.forecast(desk.floor.day.copy(), Staffing(), desk.floor.now)
    assert desk.runs == 4


def test_another_states_events_are_nothing_to_it(desk: Desk) -> None:
    """An answer that is rebuilt from the past does not spoil the present."""
    desk.promise(queue="comprehensive")
    past = desk.floor.day.copy()
    desk.promises.follow(past, desk.floor.do(commands.CancelTicket(ticket=desk.floor.issue().id)))
    desk.promise(queue="comprehensive")
    assert desk.runs == 1


def test_only_what_is_served_is_promised(desk: Desk) -> None:
    """By queue or by service; nothing for a queue without a counter, or for what the hall does not have."""
    assert desk.promise(queue="comprehensive") == desk.promise(service=1) is not None
    for nothing in ({"queue": "express"}, {"queue": "nowhere"}, {"service": 2}, {"service": 999}, {}):
        assert desk.promise(**nothing) is None


def test_a_run_that_was_overtaken_is_made_anew_a_second_later(desk: Desk) -> None:
    """A priority ticket makes those behind it wait longer, which the run learns soon, but not for each ticket."""
    desk.issue()
    desk.promise(queue="comprehensive")
    desk.do(commands.IssueTicket(ticket=desk.floor.id(), queue="comprehensive", priority="elderly"))
    before = desk.promise(queue="comprehensive")
    assert desk.runs == 1
    desk.floor.later(STALE.total_seconds())
    assert desk.promise(queue="comprehensive") == before
    assert desk.runs == 2
