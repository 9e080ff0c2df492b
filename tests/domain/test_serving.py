"""Serving the ticket at a counter: start, finish, hold and resume, transfer."""

from datetime import timedelta
from math import exp
from typing import Any

import pytest

from queue_server.domain import commands
from queue_server.domain.ticket import Ticket
from tests.domain.halls import HEAD, Floor, clerk


def _serving(**fields: Any) -> Floor:
    """A hall where counter 1 is serving A001."""
    floor = Floor()
    floor.on(1)
    floor.issue(**fields)
    floor.press(1, commands.CallNext)
    floor.later(20)
    floor.press(1, commands.Start)
    return floor


def test_a_service_from_start_to_finish() -> None:
    """The leg knows when it was called, started and finished, and what was done."""
    floor = _serving()
    started = floor.now
    floor.later(minutes=7)
    ticket = floor.press(1, commands.Finish, services=(1, 2))
    (leg,) = ticket.legs
    assert ticket.state == "finished"
    assert (leg.called_at, leg.started_at, leg.finished_at) == (started - timedelta(seconds=20), started, floor.now)
    assert (leg.outcome, leg.services) == ("served", (1, 2))
    assert floor.day.at_counter(1) is None


def test_items_done_are_the_halls() -> None:
    """An item that the hall does not offer cannot have been done."""
    floor = _serving()
    refusal = floor.refused(floor.at(1, commands.Finish, services=(1, 3)))
    assert (refusal.code, refusal.fields) == ("service_not_offered", {"service": 3})


@pytest.mark.parametrize(
    ("command", "fields"),
    [
        (commands.Finish, {}),
        (commands.Hold, {}),
        (commands.Transfer, {"queue": "express", "reason_ref": "n_1"}),
    ],
)
def test_a_service_is_needed(command: type[commands.CounterCommand], fields: dict[str, Any]) -> None:
    """Finish, hold and transfer need a ticket in service at the counter, and its clerk."""
    floor = Floor()
    floor.on(1)
    floor.issue()
    assert floor.refused(floor.at(1, command, **fields)).code == "no_ticket"
    floor.press(1, commands.CallNext)
    refusal = floor.refused(floor.at(1, command, **fields))
    assert (refusal.code, refusal.fields) == ("not_serving", {"counter": 1, "number": "A001", "state": "called"})
    floor.press(1, commands.Start)
    assert floor.refused(command(by=clerk(2), counter=1, **fields)).code == "not_on_duty"


def test_a_pause_does_not_interrupt_a_service() -> None:
    """A clerk may pause while serving: what is open can be brought to its end, and nobody else is called."""
    floor = _serving()
    floor.issue()
    floor.do(floor.at(1, commands.PauseCounter))
    assert floor.press(1, commands.Finish).state == "finished"
    assert floor.refused(floor.at(1, commands.CallNext)).code == "counter_paused"


# Hold and resume


def test_a_held_ticket_leaves_the_counter_free() -> None:
    """While a paper is fetched the next one is served; the held ticket is in no queue."""
    floor = _serving()
    floor.issue()
    held = floor.press(1, commands.Hold, reason_ref="n_1")
    assert (held.state, held.legs[0].outcome, held.legs[0].finished_at) == ("held", "held", floor.now)
    assert floor.order(1) == ["A002"]
    assert floor.serve(1).number == "A002"


def test_a_held_ticket_comes_back_without_queueing() -> None:
    """Resumed, it is in service at once, in a new leg; the time between is in no leg."""
    floor = _serving()
    floor.issue()
    floor.press(1, commands.Hold)
    floor.later(minutes=40)
    ticket = floor.press(1, commands.ResumeTicket, number="A001")
    assert (ticket.state, len(ticket.legs)) == ("serving", 2)
    assert ticket.legs[1].called_at == ticket.legs[1].started_at == floor.now
    assert floor.press(1, commands.Finish).legs[1].outcome == "served"


def test_where_a_held_ticket_may_come_back() -> None:
    """To any counter of its queue, primary or helping, or to its own; not to others."""
    floor = _serving()
    floor.press(1, commands.Hold)
    for counter in (2, 3, 4):
        floor.on(counter)
    refusal = floor.refused(floor.at(4, commands.ResumeTicket, number="A001"))
    assert (refusal.code, refusal.fields) == ("queue_not_served", {"queue": "comprehensive", "counter": 4})
    assert floor.press(3, commands.ResumeTicket, number="A001").legs[-1].counter == 3
    floor.press(3, commands.Hold)
    assert floor.press(2, commands.ResumeTicket, number="A001").legs[-1].counter == 2


def test_the_own_counter_takes_it_back_in_any_case() -> None:
    """A ticket that a counter served out of its queues comes back to that counter."""
    floor = Floor()
    floor.on(4)
    floor.press(4, commands.ServeNow, ticket=floor.id(), queue="agency")
    floor.press(4, commands.Hold)
    assert floor.press(4, commands.ResumeTicket, number="E001").state == "serving"


def test_what_cannot_be_resumed() -> None:
    """A number must be held; the counter must be free and open."""
    floor = _serving()
    resume = floor.at(1, commands.ResumeTicket, number="A001")
    assert floor.refused(resume).code == "ticket_open"
    floor.issue()
    floor.press(1, commands.Hold)
    refusal = floor.refused(floor.at(1, commands.ResumeTicket, number="A002"))
    assert (refusal.code, refusal.fields) == ("not_held", {"number": "A002", "state": "waiting"})
    assert floor.refused(floor.at(1, commands.ResumeTicket, number="A003")).code == "number_unknown"
    floor.do(floor.at(1, commands.PauseCounter))
    assert floor.refused(resume).code == "counter_paused"


# Transfer


def test_a_transfer_keeps_number_and_arrival() -> None:
    """The ticket goes on to another queue with its number, issue time and place by arrival; a new leg follows."""
    floor = _serving()
    floor.later(60)
    floor.issue("express")
    floor.later(minutes=5)
    ticket = floor.press(1, commands.Transfer, queue="express", reason_ref="n_1")
    assert (ticket.number, ticket.state, ticket.queue) == ("A001", "waiting", "express")
    assert (ticket.legs[0].outcome, ticket.legs[0].queue) == ("transferred", "comprehensive")
    assert ticket.legs[0].finished_at == floor.now
    floor.on(3)
    assert floor.order(3) == ["A001", "B001"]
    served = floor.serve(3)
    assert [(leg.counter, leg.queue, leg.outcome) for leg in served.legs] == [
        (1, "comprehensive", "transferred"),
        (3, "express", "served"),
    ]


def test_a_transfer_to_a_queue_without_staff() -> None:
    """A queue that nobody serves just now takes the ticket all the same: it waits there."""
    floor = _serving()
    ticket = floor.press(1, commands.Transfer, queue="certificate", reason_ref="n_1")
    assert floor.day.ahead(ticket) == 0
    floor.on(5)
    assert floor.press(5, commands.CallNext).id == ticket.id


def test_where_a_ticket_cannot_be_transferred() -> None:
    """Not to the queue that it is in, nor to one that the hall has not."""
    floor = _serving()
    assert floor.refused(floor.at(1, commands.Transfer, queue="comprehensive", reason_ref="n_1")).code == "same_queue"
    assert floor.refused(floor.at(1, commands.Transfer, queue="tax", reason_ref="n_1")).code == "queue_unknown"


def test_after_an_early_close_a_service_goes_to_its_end() -> None:
    """Whoever was being served when the head closed the day is served to the end, at the next counter too."""
    floor = _serving()
    floor.on(3)
    floor.do(commands.EndDay(by=HEAD))
    floor.press(1, commands.Transfer, queue="express", reason_ref="n_1")
    assert floor.serve(3).state == "finished"


# What is learned


def _learned(floor: Floor, key: str) -> tuple[int, int]:
    """How many were learned, and their typical seconds."""
    learned = floor.day.learned[key]
    return learned.count, round(exp(learned.mean))


def test_a_finished_service_is_learned() -> None:
    """How long it took is learned for its item and for its queue, not counting the way to the counter."""
    floor = _serving(service=1)
    floor.later(300)
    floor.press(1, commands.Finish)
    assert _learned(floor, "service:1") == _learned(floor, "queue:comprehensive") == (1, 300)


def test_a_held_service_is_learned_whole() -> None:
    """A service that a hold interrupted is learned as one, hold time removed."""
    floor = _serving(service=1)
    for _ in range(2):
        floor.later(100)
        floor.press(1, commands.Hold)
        floor.later(minutes=30)
        floor.press(1, commands.ResumeTicket, number="A001")
    floor.later(100)
    floor.press(1, commands.Finish)
    assert _learned(floor, "service:1") == (1, 300)


def test_the_legs_of_a_transfer_are_learned_apart() -> None:
    """What each queue took is learned for that queue; a no-show and a hold without return teach nothing."""
    floor = _serving()
    floor.on(3)
    floor.later(200)
    floor.press(1, commands.Transfer, queue="express", reason_ref="n_1")
    floor.press(3, commands.CallNext, commands.Start)
    floor.later(50)
    floor.press(3, commands.Finish)
    floor.issue()
    floor.press(1, commands.CallNext, commands.NoShow)
    floor.issue()
    floor.press(1, commands.CallNext, commands.Start, commands.Hold)
    assert _learned(floor, "queue:comprehensive") == (1, 200)
    assert _learned(floor, "queue:express") == (1, 50)


def test_a_service_of_no_time() -> None:
    """A service finished in the instant it started is learned as one second."""
    floor = _serving()
    ticket: Ticket = floor.press(1, commands.Finish)
    assert ticket.legs[0].started_at == ticket.legs[0].finished_at
    assert _learned(floor, "queue:comprehensive") == (1, 1)
