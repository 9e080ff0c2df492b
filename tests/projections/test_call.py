"""The call that a command makes."""

from collections.abc import Sequence
from typing import Any

import pytest

from queue_server.domain import commands, events
from queue_server.domain.day import Day
from queue_server.projections import call as projection
from queue_server.voice.phrasebook import shipped
from tests.domain.halls import TUESDAY, Floor, township


def call_in(day: Day, happened: Sequence[events.DayEvent]) -> dict[str, Any] | None:
    """In the project's own languages."""
    return projection.call_in(day, happened, shipped())


@pytest.fixture
def floor() -> Floor:
    """A hall with a clerk at counter 1 and two people."""
    floor = Floor()
    floor.on(1)
    floor.issue()
    floor.issue()
    return floor


def test_a_call_says_whom_where_and_how_long(floor: Floor) -> None:
    """Everything that a screen shows and a voice says, and nobody's id."""
    happened = floor.do(floor.at(1, commands.CallNext))
    assert call_in(floor.day, happened) == {
        "number": "A001",
        "queue": "comprehensive",
        "counter": 1,
        "counter_name": "综合窗口",
        "recall": 0,
        "called_at": "2026-06-01T01:00:00.000Z",
        "expires_at": "2026-06-01T01:01:00.000Z",
        "speech": {"zh": "请A零零一号，到一号窗口办理", "en": "Ticket A 0 0 1, please go to counter 1."},
    }


def test_a_recall_is_a_new_call(floor: Floor) -> None:
    """With its own times, counted from the first."""
    floor.do(floor.at(1, commands.CallNext))
    for time in (1, 2):
        floor.later(20)
        call = call_in(floor.day, floor.do(floor.at(1, commands.Recall)))
        assert call is not None
        assert (call["number"], call["recall"]) == ("A001", time)
        assert call["called_at"] == f"2026-06-01T01:00:{20 * time:02d}.000Z"
        assert call["expires_at"] == f"2026-06-01T01:01:{20 * time:02d}.000Z"


def test_one_who_is_called_again_after_an_absence_begins_anew(floor: Floor) -> None:
    """Another leg: its recalls count from none."""
    ticket = floor.press(1, commands.CallNext, commands.Recall, commands.NoShow)
    floor.do(commands.ReturnTicket(ticket=ticket.id))
    happened = floor.do(floor.at(1, commands.CallNumber, number="A001", reason_ref="n_1"))
    call = call_in(floor.day, happened)
    assert call is not None and (call["number"], call["recall"]) == ("A001", 0)


def test_who_is_served_at_once_is_not_called(floor: Floor) -> None:
    """He stands at the counter already."""
    happened = floor.do(floor.at(1, commands.ServeNow, ticket=floor.id(), queue="comprehensive"))
    assert [type(event) for event in happened] == [events.TicketIssued, events.TicketCalled, events.TicketStarted]
    assert call_in(floor.day, happened) is None


def test_nothing_else_is_a_call(floor: Floor) -> None:
    """A ticket that comes back from being held does not ring either."""
    floor.do(floor.at(1, commands.CallNext))
    for command in (commands.Start, commands.Hold):
        assert call_in(floor.day, floor.do(floor.at(1, command))) is None
    assert call_in(floor.day, floor.do(floor.at(1, commands.ResumeTicket, number="A001"))) is None
    assert call_in(floor.day, floor.do(floor.at(1, commands.Finish))) is None
    assert call_in(floor.day, floor.do(commands.IssueTicket(ticket=floor.id(), queue="express"))) is None
    floor.do(floor.at(1, commands.CallNext))
    ended = floor.do(commands.EndDay(turn_to=TUESDAY))
    opened = floor.do(commands.OpenDay(business_day=TUESDAY, hall=township(), kind="ordinary"))
    assert call_in(floor.day, ended) is None and call_in(floor.day, opened) is None


def test_a_call_of_an_unknown_ticket_is_none() -> None:
    """A replay that begins later has not seen the ticket."""
    floor = Floor()
    called = events.TicketCalled(
        at=floor.now, ticket="t_gone", counter=1, clerk="u_1", capacity="A", expires_at=floor.now, why="arrival"
    )
    assert call_in(floor.day, [called]) is None
