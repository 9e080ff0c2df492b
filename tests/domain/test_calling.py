"""Calling a ticket to a counter, calling it again, and giving it up as a no-show."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from queue_server.domain import commands, events
from queue_server.domain.hall import Rules
from queue_server.domain.hours import Hours
from tests.domain.halls import HEAD, TUESDAY, Floor, clerk, township


def _open_counter(counter: int = 1, **hall: Any) -> Floor:
    """A hall with a clerk at one counter and one comprehensive ticket."""
    floor = Floor(township(**hall))
    floor.on(counter)
    floor.issue()
    return floor


# Next


def test_next_calls_and_opens_a_leg() -> None:
    """The call names counter, clerk, post and capacity, and when it is no longer worth announcing."""
    floor = _open_counter()
    (event,) = floor.do(floor.at(1, commands.CallNext))
    assert isinstance(event, events.TicketCalled)
    assert (event.counter, event.clerk, event.post, event.capacity) == (1, clerk(1), "post-1", "A")
    assert event.expires_at == floor.now + timedelta(seconds=60)
    assert (event.why, event.reason_ref) == ("arrival", None)
    ticket = floor.day.at_counter(1)
    assert ticket is not None
    leg = ticket.legs[0]
    assert (ticket.state, leg.called_at, leg.started_at, leg.recalls) == ("called", floor.now, None, 0)


def test_next_with_nobody_waiting() -> None:
    """Nobody waiting is no refusal: nothing happens."""
    floor = Floor()
    floor.on(1)
    assert floor.do(floor.at(1, commands.CallNext)) == ()


@pytest.mark.parametrize(
    ("before", "code"),
    [
        ((), None),
        ((commands.CallNext,), "ticket_open"),
        ((commands.CallNext, commands.Start), "ticket_open"),
        ((commands.CallNext, commands.PauseCounter), "ticket_open"),
        ((commands.PauseCounter,), "counter_paused"),
        ((commands.PauseCounter, commands.ResumeCounter), None),
        ((commands.SignOff,), "not_on_duty"),
    ],
)
@pytest.mark.parametrize(
    "command",
    [
        commands.CallNext(by=clerk(1), counter=1),
        commands.CallNumber(by=clerk(1), counter=1, number="A002", reason_ref="n_1"),
    ],
    ids=["next", "call"],
)
def test_what_stands_in_the_way(
    before: tuple[type[commands.CounterCommand], ...], code: str | None, command: commands.CounterCommand
) -> None:
    """A call needs a clerk on duty, no open ticket and no pause; an open ticket is named first."""
    floor = _open_counter()
    floor.issue()
    for press in before:
        floor.do(floor.at(1, press))
    assert getattr(floor.decide(command), "code", None) == code


def test_only_the_clerk_on_duty_there_calls() -> None:
    """Neither a colleague nor the head calls at somebody's counter; an unknown counter is unknown."""
    floor = _open_counter()
    floor.on(2)
    for by in (clerk(2), HEAD, ""):
        assert floor.refused(commands.CallNext(by=by, counter=1)).code == "not_on_duty"
    assert floor.refused(commands.CallNext(by=clerk(1), counter=9)).code == "counter_unknown"


@given(order=st.permutations([1, 2, 3, 7]), tickets=st.integers(0, 6))
def test_two_clerks_never_call_the_same_ticket(order: list[int], tickets: int) -> None:
    """Whoever presses first has the ticket; each of the others gets another one or nothing."""
    floor = Floor()
    for counter in (1, 2, 3):
        floor.on(counter)
    floor.on(7, by="u_relief", capacity="relief")
    for _ in range(tickets):
        floor.issue()
    called = [event for counter in order for event in floor.do(floor.at(counter, commands.CallNext))]
    numbers = [floor.ticket(event.ticket).number for event in called if isinstance(event, events.TicketCalled)]
    assert numbers == [f"A{number:03d}" for number in range(1, min(tickets, 4) + 1)]


# A given number


def test_a_given_number_is_called_out_of_turn() -> None:
    """A clerk may call a given ticket; the reason is on record, and the rule that chose it is not claimed."""
    floor = _open_counter()
    floor.issue()
    (event,) = floor.do(floor.at(1, commands.CallNumber, number="A002", reason_ref="n_7"))
    assert isinstance(event, events.TicketCalled)
    assert (floor.ticket(event.ticket).number, event.why, event.reason_ref) == ("A002", "chosen", "n_7")
    assert floor.order(1) == ["A001"]


def test_a_number_of_a_helping_queue() -> None:
    """A number of a queue that the counter helps with may be called, another may not."""
    floor = Floor()
    floor.on(3)
    floor.issue("comprehensive")
    floor.issue("agency")
    refusal = floor.refused(floor.at(3, commands.CallNumber, number="E001", reason_ref="n_1"))
    assert (refusal.code, refusal.fields) == ("queue_not_served", {"queue": "agency", "counter": 3})
    assert floor.press(3, commands.CallNumber, number="A001", reason_ref="n_1").state == "called"


def test_numbers_that_cannot_be_called() -> None:
    """A number that nobody has is unknown; one that does not wait says in which state it is."""
    floor = _open_counter()
    floor.on(2)
    floor.press(2, commands.CallNext)
    refusal = floor.refused(floor.at(1, commands.CallNumber, number="A001", reason_ref="n_1"))
    assert (refusal.code, refusal.fields) == ("not_waiting", {"number": "A001", "state": "called"})
    for number in ("A002", "a001", "A1", ""):
        assert floor.refused(floor.at(1, commands.CallNumber, number=number, reason_ref="n_1")).code == "number_unknown"


def _carried(queue: str) -> Floor:
    """A hall where A001 of yesterday was transferred today, and today's A001 waits too."""
    floor = _open_counter(hours=Hours(always=True))
    floor.press(1, commands.CallNext, commands.Start)
    floor.turn(TUESDAY)
    floor.on(3)
    floor.press(1, commands.Transfer, queue=queue, reason_ref="n_1")
    return floor


def test_a_carried_ticket_may_share_its_number() -> None:
    """Of two tickets with one number today's is called first, then the one carried over from yesterday."""
    floor = _carried("express")
    today = floor.issue()
    assert (today.number, [ticket.number for ticket in floor.day.carried()]) == ("A001", ["A001"])
    first = floor.press(1, commands.CallNumber, number="A001", reason_ref="n_1")
    assert (first.id, first.business_day) == (today.id, TUESDAY)
    second = floor.press(3, commands.CallNumber, number="A001", reason_ref="n_1")
    assert second.business_day < TUESDAY
    refusal = floor.refused(commands.CallNumber(by=clerk(3), counter=3, number="A001", reason_ref="n_1"))
    assert refusal.code == "ticket_open"


def test_a_carried_number_is_known() -> None:
    """The number of a carried ticket is known to the hall also while no ticket of today has it."""
    floor = _carried("express")
    floor.press(3, commands.CallNext)
    refusal = floor.refused(floor.at(1, commands.CallNumber, number="A001", reason_ref="n_1"))
    assert (refusal.code, refusal.fields["state"]) == ("not_waiting", "called")


# Again


def test_a_recall_counts_and_expires_anew() -> None:
    """A recall is on the leg's count, and has its own time of expiry."""
    floor = _open_counter()
    floor.press(1, commands.CallNext)
    floor.later(30)
    (event,) = floor.do(floor.at(1, commands.Recall))
    assert isinstance(event, events.TicketRecalled)
    assert event.expires_at == floor.now + timedelta(seconds=60)
    ticket = floor.ticket(event.ticket)
    assert (ticket.state, ticket.legs[0].recalls) == ("called", 1)


def test_at_most_five_recalls_of_one_call() -> None:
    """The sixth recall is refused, naming the limit; a later call of the same ticket may be recalled again."""
    floor = _open_counter()
    floor.press(1, commands.CallNext, *[commands.Recall] * 5)
    refusal = floor.refused(floor.at(1, commands.Recall))
    assert (refusal.code, refusal.fields) == ("recall_limit", {"number": "A001", "limit": 5})
    ticket = floor.press(1, commands.NoShow)
    floor.do(commands.ReturnTicket(ticket=ticket.id))
    assert floor.press(1, commands.CallNext, commands.Recall).legs[-1].recalls == 1


@pytest.mark.parametrize("command", [commands.Recall, commands.NoShow, commands.Start])
def test_a_call_is_needed(command: type[commands.CounterCommand]) -> None:
    """Recall, no-show and start need a called ticket at the counter."""
    floor = _open_counter()
    assert floor.refused(floor.at(1, command)).code == "no_ticket"
    floor.press(1, commands.CallNext, commands.Start)
    refusal = floor.refused(floor.at(1, command))
    assert (refusal.code, refusal.fields) == ("not_called", {"counter": 1, "number": "A001", "state": "serving"})


# Nobody came


def test_a_no_show_ends_the_leg() -> None:
    """The leg ends as absent, without a time of service, and the counter is free."""
    floor = _open_counter()
    ticket = floor.press(1, commands.CallNext, commands.NoShow)
    leg = ticket.legs[0]
    assert (ticket.state, ticket.absences) == ("absent", 1)
    assert (leg.outcome, leg.started_at, leg.finished_at) == ("absent", None, None)
    assert floor.day.at_counter(1) is None


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_void_at_the_last_absence(limit: int) -> None:
    """At the third absence, or the hall's own number, the ticket is void and cannot come back."""
    floor = _open_counter(rules=Rules(absences_until_void=limit))
    for absence in range(1, limit + 1):
        ticket = floor.press(1, commands.CallNext, commands.NoShow)
        assert ticket.state == ("void" if absence == limit else "absent")
        if absence < limit:
            floor.do(commands.ReturnTicket(ticket=ticket.id))
    assert (ticket.absences, len(ticket.legs)) == (limit, limit)
    assert floor.refused(commands.ReturnTicket(ticket=ticket.id)).code == "not_absent"


def test_a_call_lives_as_long_as_the_hall_says() -> None:
    """How long a call is announced is the hall's setting."""
    floor = _open_counter(rules=replace(Rules(), call_expires_s=25))
    (event,) = floor.do(floor.at(1, commands.CallNext))
    assert isinstance(event, events.TicketCalled)
    assert event.expires_at - event.at == timedelta(seconds=25)
