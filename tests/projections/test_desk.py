"""What the clerk at a counter sees."""

import pytest

from queue_server.domain import commands
from queue_server.domain.day import Day
from queue_server.projections.desk import LINE, desk
from queue_server.projections.hall_board import counter_view
from queue_server.projections.ticket_view import ticket_topic
from tests.domain.halls import GUIDE, Floor, clerk


@pytest.fixture
def floor() -> Floor:
    """A hall with a clerk at counters 1, 2 and 3."""
    floor = Floor()
    for counter in (1, 2, 3):
        floor.on(counter)
    return floor


def test_a_counter_that_the_hall_does_not_have_has_no_desk(floor: Floor) -> None:
    """Nor has any before the first day."""
    assert desk(floor.day, 99) == {} == desk(Day(), 1)


def test_a_desk_without_a_clerk_shows_who_waits_for_it(floor: Floor) -> None:
    """So that one who signs on sees it at once."""
    floor.issue("agency")
    view = desk(floor.day, 6)
    assert view.keys() == {"counter", "waiting", "line", "held", "absent"}
    assert view["counter"] == counter_view(floor.day, 6) and view["waiting"] == {"agency": 1}


def test_a_desk_shows_its_clerks_duty(floor: Floor) -> None:
    """In which capacity, since when, and which posts are covered from here."""
    assert desk(floor.day, 1)["duty"] == {
        "clerk": clerk(1),
        "capacity": "A",
        "since": "2026-06-01T01:00:00.000Z",
        "confirmed": True,
        "covers": {},
        "post": "post-1",
    }
    floor.on(3, post="post-4", capacity="B")
    assert desk(floor.day, 3)["duty"]["covers"] == {"post-4": "B"}
    assert desk(floor.day, 3)["waiting"] == {"express": 0, "complaint": 0, "comprehensive": 0}
    floor.on(7, by="u_relief", capacity="relief")
    assert "post" not in desk(floor.day, 7)["duty"] and desk(floor.day, 7)["duty"]["confirmed"] is False


def test_the_line_is_the_order_of_calling_with_its_reasons(floor: Floor) -> None:
    """With the ids, because she may call a given one; with what she should know of each."""
    first = floor.issue(service=1)
    floor.later(minutes=1)
    elderly = floor.issue(priority="elderly")
    urgent = floor.issue()
    floor.do(commands.MakeUrgent(ticket=urgent.id, reason_ref="n_1"))
    line = desk(floor.day, 1)["line"]
    assert list(line) == [urgent.id, elderly.id, first.id]
    assert [entry["place"] for entry in line.values()] == [1, 2, 3]
    assert [entry["why"] for entry in line.values()] == ["urgent", "priority", "arrival"]
    assert line[first.id] == {
        "number": "A001",
        "place": 3,
        "queue": "comprehensive",
        "issued_at": "2026-06-01T01:00:00.000Z",
        "why": "arrival",
        "service": 1,
    }
    assert line[elderly.id]["priority"] == "elderly" and line[elderly.id]["priority_confirmed"] is False
    for expected in list(line):
        assert floor.press(1, commands.CallNext).id == expected
        floor.press(1, commands.NoShow)


def test_the_line_ends_where_nobody_reads_on(floor: Floor) -> None:
    """The count is of all."""
    for _ in range(LINE + 5):
        floor.issue()
    view = desk(floor.day, 1)
    assert len(view["line"]) == LINE and view["waiting"] == {"comprehensive": LINE + 5}


def test_a_helping_desk_shows_whom_it_would_call(floor: Floor) -> None:
    """Its own first; those of the queue that it helps after them, or before when they wait too long."""
    own, helped = floor.issue("express"), floor.issue()
    whys = [entry["why"] for entry in desk(floor.day, 3)["line"].values()]
    assert list(desk(floor.day, 3)["line"]) == [own.id, helped.id] and whys == ["arrival", "helping"]
    floor.later(minutes=21)
    floor.do(commands.IssueTicket(ticket=floor.id(), queue="agency"))
    assert desk(floor.day, 3)["line"][helped.id]["why"] == "over_target"


def test_held_tickets_are_shown_where_they_may_come_back(floor: Floor) -> None:
    """At every counter of their queue, and where they were."""
    ticket = floor.issue()
    floor.press(1, commands.CallNext, commands.Start, commands.Hold)
    held = {ticket.id: {"number": "A001", "queue": "comprehensive", "counter": 1}}
    for counter in (1, 2, 3, 7):
        assert desk(floor.day, counter)["held"] == held
    assert desk(floor.day, 6)["held"] == {}
    floor.press(2, commands.ResumeTicket, number="A001")
    assert desk(floor.day, 1)["held"] == {} and desk(floor.day, 2)["ticket"]["number"] == "A001"


def test_absent_ones_are_shown_until_they_report_back(floor: Floor) -> None:
    """With how often they were called in vain."""
    ticket = floor.issue()
    floor.press(1, commands.CallNext, commands.NoShow)
    absent = {ticket.id: {"number": "A001", "queue": "comprehensive", "absences": 1}}
    assert desk(floor.day, 2)["absent"] == absent and desk(floor.day, 6)["absent"] == {}
    floor.do(commands.ReturnTicket(by=GUIDE, ticket=ticket.id))
    assert desk(floor.day, 2)["absent"] == {} and desk(floor.day, 2)["line"][ticket.id]["why"] == "returned"


def test_the_desks_ticket_is_the_whole_ticket(floor: Floor) -> None:
    """And after it, what was last done here and whether it was rated."""
    ticket = floor.issue()
    floor.press(1, commands.CallNext)
    assert desk(floor.day, 1)["ticket"] == ticket_topic(floor.day, ticket.id)
    floor.press(1, commands.Start)
    floor.press(1, commands.Finish)
    assert "ticket" not in desk(floor.day, 1)
    assert desk(floor.day, 1)["last"] == {"number": "A001", "leg": 1, "rated": False}
    floor.do(commands.RateCounter(counter=1, level="satisfied"))
    assert desk(floor.day, 1)["last"]["rated"] is True
