"""A ticket as the wire shows it."""

from datetime import timedelta

import pytest

from queue_server.domain import commands
from queue_server.domain.day import Day
from queue_server.domain.ticket import Estimate
from queue_server.projections.ticket_view import ticket_topic, ticket_view, track
from tests.domain.halls import TUESDAY, Floor, clerk


@pytest.fixture
def floor() -> Floor:
    """A hall with a clerk at counters 1 and 3."""
    floor = Floor()
    floor.on(1)
    floor.on(3)
    return floor


def test_a_plain_ticket_has_what_every_ticket_has(floor: Floor) -> None:
    """What is not known is absent."""
    floor.issue()
    ticket = floor.issue()
    assert ticket_view("town", ticket, floor.day.ahead(ticket)) == {
        "id": ticket.id,
        "number": "A002",
        "queue": "comprehensive",
        "business_day": "2026-06-01",
        "issued_at": "2026-06-01T01:00:00.000Z",
        "state": "waiting",
        "ahead": 1,
        "legs": [],
        "track": f"/t/town.{ticket.id}",
    }


def test_a_tickets_page_is_found_by_hall_and_id() -> None:
    """Both are needed: an id says nothing about where it is from."""
    assert track("town", "t_1") == "/t/town.t_1"


def test_everything_that_can_be_said_of_a_ticket(floor: Floor) -> None:
    """Service, priority, urgency, appointment and the promised wait."""
    slot = floor.now + timedelta(minutes=30)
    ticket = floor.issue(
        service=1, priority="elderly", appointment=slot, estimate=Estimate(p50_s=300, p90_s=700), phone_ref="n_1"
    )
    view = ticket_view("town", ticket, 0)
    assert (view["service"], view["priority"], view["priority_confirmed"]) == (1, "elderly", False)
    assert view["appointment"] == "2026-06-01T01:30:00.000Z"
    assert view["estimate"] == {"p50_s": 300, "p90_s": 700}
    assert "urgent" not in view and "n_1" not in str(view)
    floor.do(commands.SetPriority(ticket=ticket.id, priority="elderly", confirmed=True))
    floor.do(commands.MakeUrgent(ticket=ticket.id, reason_ref="n_2"))
    view = ticket_view("town", floor.ticket(ticket), 0)
    assert view["priority_confirmed"] is True and view["urgent"] is True


def test_legs_tell_the_visit_and_only_staff_are_told_by_whom(floor: Floor) -> None:
    """Names where they are known, the account where they are not."""
    floor.issue()
    floor.press(1, commands.CallNext, commands.Recall, commands.Start)
    floor.later(minutes=2)
    ticket = floor.press(1, commands.Transfer, queue="express", reason_ref="n_1")
    ticket = floor.press(3, commands.CallNext)
    first, second = ticket_view("town", ticket, 0)["legs"]
    assert first == {
        "leg": 1,
        "counter": 1,
        "post": "post-1",
        "capacity": "A",
        "called_at": "2026-06-01T01:00:00.000Z",
        "recalls": 1,
        "started_at": "2026-06-01T01:00:00.000Z",
        "finished_at": "2026-06-01T01:02:00.000Z",
        "outcome": "transferred",
    }
    assert second.keys() == {"leg", "counter", "post", "capacity", "called_at", "recalls"}
    names = {clerk(1): "王芳"}
    assert [leg["clerk"] for leg in ticket_view("town", ticket, 0, names)["legs"]] == ["王芳", clerk(3)]


def test_a_leg_without_a_post_has_none(floor: Floor) -> None:
    """At a flexible counter."""
    floor.on(7, by="u_relief", capacity="relief")
    floor.issue()
    (leg,) = ticket_view("town", floor.press(7, commands.CallNext), 0)["legs"]
    assert "post" not in leg and leg["capacity"] == "relief"


def test_the_topic_names_the_counter_while_one_is_wanted_there(floor: Floor) -> None:
    """From the call to the end of the service."""
    ticket = floor.issue()
    assert "counter" not in ticket_topic(floor.day, ticket.id)
    for press in (commands.CallNext, commands.Start):
        floor.press(1, press)
        assert ticket_topic(floor.day, ticket.id)["counter"] == {"number": 1, "name": "综合窗口"}
    floor.press(1, commands.Finish)
    assert "counter" not in ticket_topic(floor.day, ticket.id)


def test_the_topics_collections_are_maps(floor: Floor) -> None:
    """So that a patch can change one leg."""
    ticket = floor.issue()
    floor.serve(1)
    view = ticket_topic(floor.day, ticket.id)
    assert list(view["legs"]) == ["1"] and view["legs"]["1"]["outcome"] == "served" and view["rated"] == {}
    floor.do(commands.RateLeg(ticket=ticket.id, leg=1, level="satisfied", source="phone"))
    assert ticket_topic(floor.day, ticket.id)["rated"] == {"1": True}


def test_how_many_are_ahead_counts_those_who_wait_before(floor: Floor) -> None:
    """Nobody, once it does not wait any more."""
    tickets = [floor.issue() for _ in range(3)]
    assert [ticket_topic(floor.day, ticket.id)["ahead"] for ticket in tickets] == [0, 1, 2]
    floor.press(1, commands.CallNext)
    assert [ticket_topic(floor.day, ticket.id)["ahead"] for ticket in tickets] == [0, 0, 1]


def test_yesterdays_ticket_can_still_be_seen_and_older_ones_cannot(floor: Floor) -> None:
    """It may still be rated."""
    ticket = floor.issue()
    floor.turn(TUESDAY)
    assert ticket_topic(floor.day, ticket.id)["state"] == "lapsed"
    floor.turn(TUESDAY + timedelta(days=1))
    assert ticket_topic(floor.day, ticket.id) == {} == ticket_topic(Day(), ticket.id)
