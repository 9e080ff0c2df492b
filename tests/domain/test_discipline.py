"""The queue discipline 叫号规则: who is next at a counter, and why."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from queue_server.domain import commands
from queue_server.domain.discipline import effective_arrival, next_in_line, place_after_return, primary_now
from queue_server.domain.hall import Rules
from queue_server.domain.ticket import PRIORITIES, Priority
from tests.domain.halls import HEAD, Floor, local, township

RULES = Rules(head_start_s={"elderly": 900, "military": 300}, appointment_head_start_s=600)
NINE = local("09:00")


def _minutes(minutes: float) -> timedelta:
    return timedelta(minutes=minutes)


# Effective arrival


@pytest.mark.parametrize(
    ("priority", "slot", "expected"),
    [
        (None, None, 0),
        ("elderly", None, -15),
        ("military", None, -5),
        ("pregnant_or_infant", None, 0),  # a class that the hall gives no head start
        (None, 30, 30),  # with an appointment, never before its slot
        (None, -5, -5),
        (None, -60, -10),  # late for it: the check-in counts, less the head start
        ("elderly", -60, -15),  # the better of two head starts
        ("military", -60, -10),
        ("elderly", 30, 30),
    ],
)
def test_effective_arrival(priority: Priority | None, slot: int | None, expected: int) -> None:
    """Issue less the class's head start; with an appointment the later of slot and check-in less the head start."""
    appointment = None if slot is None else NINE + _minutes(slot)
    assert effective_arrival(NINE, priority, appointment, RULES) == NINE + _minutes(expected)


@given(
    priority=st.none() | st.sampled_from(PRIORITIES),
    slot=st.none() | st.integers(-600, 600),
    head=st.dictionaries(st.sampled_from(PRIORITIES), st.integers(0, 7200)),
    late=st.integers(0, 7200),
)
def test_nobody_gains_more_than_the_head_start(
    priority: Priority | None, slot: int | None, head: dict[Priority, int], late: int
) -> None:
    """Whoever comes counts as having come at most the largest head start earlier."""
    rules = Rules(head_start_s=head, appointment_head_start_s=late)
    appointment = None if slot is None else NINE + _minutes(slot)
    effective = effective_arrival(NINE, priority, appointment, rules)
    assert NINE - effective <= timedelta(seconds=max([late, *head.values()]))


# Who is next


def test_among_walk_ins_the_order_is_that_of_arrival() -> None:
    """Ordinary tickets of one queue are called as they were issued, also those of the same instant."""
    floor = Floor()
    floor.on(1)
    numbers = [floor.issue().number for _ in range(3)]
    floor.later(60)
    numbers.append(floor.issue().number)
    assert floor.order(1) == numbers == ["A001", "A002", "A003", "A004"]
    assert [floor.serve(1).number for _ in numbers] == numbers


def test_a_priority_ticket_overtakes_within_its_head_start_and_no_further() -> None:
    """A priority ticket goes before those issued up to 15 minutes before it, and after everybody older."""
    floor = Floor()
    floor.on(1)
    floor.issue()  # A001, a minute older than the head start
    floor.later(60)
    floor.issue()  # A002, issued exactly the head start before: a tie, which the older ticket wins
    floor.later(1)
    floor.issue()  # A003
    floor.later(899)
    floor.issue(priority="elderly")  # A004
    assert floor.order(1) == ["A001", "A002", "A004", "A003"]
    assert floor.day.next_at(1, floor.now).why == "arrival"  # type: ignore[union-attr]


def test_two_primary_queues_are_one_line() -> None:
    """A counter with several primary queues takes the earlier arrival of all of them."""
    floor = Floor()
    floor.on(7, by="u_relief", capacity="relief")
    expected = []
    for queue in ("express", "comprehensive", "express", "comprehensive"):
        expected.append(floor.issue(queue).number)
        floor.later(1)
    assert floor.order(7) == expected == ["B001", "A001", "B002", "A002"]


def test_a_helping_queue_waits_until_the_own_is_empty() -> None:
    """Counter 3 helps with A numbers when nobody waits for B, however long they have been there, up to the target."""
    floor = Floor()
    floor.on(3)
    floor.issue("comprehensive")
    floor.later(minutes=20)
    floor.issue("express")
    assert floor.order(3) == ["B001", "A001"]
    floor.serve(3)
    helped = floor.day.next_at(3, floor.now)
    assert helped is not None and helped.why == "helping"


def test_a_helping_queue_over_its_target_counts_as_primary() -> None:
    """Once somebody has waited longer than the target, the helping queue takes its turn by arrival."""
    floor = Floor()
    floor.on(3)
    floor.issue("comprehensive")
    floor.later(1)
    floor.issue("comprehensive")
    floor.later(minutes=20)
    floor.issue("express")
    assert floor.day.next_at(3, floor.now).why == "over_target"  # type: ignore[union-attr]
    assert floor.order(3) == ["A001", "B001", "A002"]  # A002 has waited exactly its target, and that is not over it


def test_a_queue_that_is_own_and_helping_is_own() -> None:
    """A queue named twice at a counter counts as primary once."""
    hall = township()
    both = replace(hall.counters[3], helps=("comprehensive", "express", "comprehensive"))
    floor = Floor(replace(hall, counters={**hall.counters, 3: both}))
    floor.on(3)
    floor.issue("express")
    floor.issue("comprehensive")
    floor.later(minutes=30)
    assert floor.order(3) == ["B001", "A001"]


def test_urgent_is_called_next() -> None:
    """特别紧急 comes before everybody: older tickets, priorities, the counter's own queues; two of them by arrival."""
    floor = Floor()
    floor.on(3)
    tickets = [floor.issue("express", priority="elderly"), *(floor.issue("comprehensive") for _ in range(3))]
    for ticket in (tickets[3], tickets[2]):
        floor.do(commands.MakeUrgent(by=HEAD, ticket=ticket.id, reason_ref="n_1"))
    assert floor.order(3) == ["A002", "A003", "B001", "A001"]
    assert floor.day.next_at(3, floor.now).why == "urgent"  # type: ignore[union-attr]


def test_nobody_waits() -> None:
    """Nobody is next where nobody waits, and other queues' tickets are not offered."""
    floor = Floor()
    floor.issue("agency")
    assert floor.day.next_at(1, floor.now) is None
    assert floor.order(1) == []


@pytest.mark.parametrize(
    ("fields", "why"),
    [({}, "arrival"), ({"priority": "disabled"}, "priority"), ({"appointment": local("08:50")}, "appointment")],
)
def test_why(fields: dict[str, Any], why: str) -> None:
    """The clerk is told what decided: arrival, a priority class or an appointment."""
    floor = Floor()
    floor.issue(**fields)
    assert floor.day.next_at(1, floor.now).why == why  # type: ignore[union-attr]


# After an absence


def _absent(floor: Floor, counter: int) -> str:
    return floor.press(counter, commands.CallNext, commands.NoShow).id


def _back(floor: Floor, ticket: str) -> None:
    floor.do(commands.ReturnTicket(by="d_kiosk", ticket=ticket))


@pytest.mark.parametrize("others", range(6))
def test_who_was_absent_comes_back_three_places_later(others: int) -> None:
    """Exactly three go ahead of a no-show that reports back, or all who wait when they are fewer."""
    floor = Floor()
    floor.on(1)
    for _ in range(others + 1):
        floor.issue()
        floor.later(60)
    late = _absent(floor, 1)
    _back(floor, late)
    assert floor.day.ahead(floor.ticket(late)) == min(3, others)
    later = floor.issue()
    assert floor.order(1)[-1] == later.number
    assert floor.ticket(late).effective <= floor.ticket(later).effective


def test_who_comes_back_first_stays_first() -> None:
    """Of two who report back to the same place the first stays ahead, whichever number is smaller."""
    floor = Floor()
    floor.on(1)
    floor.on(2)
    for _ in range(7):
        floor.issue()
    first, second = _absent(floor, 1), _absent(floor, 2)
    _back(floor, second)
    _back(floor, first)
    assert floor.order(1) == ["A003", "A004", "A005", "A002", "A001", "A006", "A007"]


def test_coming_back_is_no_gain() -> None:
    """One who was called out of turn and did not come goes back to the own place, not to the fourth."""
    floor = Floor()
    floor.on(1)
    tickets = [floor.issue() for _ in range(6)]
    floor.press(1, commands.CallNumber, number=tickets[5].number, reason_ref="n_1")
    floor.press(1, commands.NoShow)
    _back(floor, tickets[5].id)
    assert floor.order(1) == [f"A00{n}" for n in range(1, 7)]


def test_three_places_behind_ordinary_tickets() -> None:
    """Urgent tickets are ahead in any case, and are not counted among the three."""
    floor = Floor()
    floor.on(1)
    tickets = [floor.issue() for _ in range(6)]
    late = _absent(floor, 1)
    floor.do(commands.MakeUrgent(by=HEAD, ticket=tickets[5].id, reason_ref="n_1"))
    _back(floor, late)
    assert floor.order(1) == ["A006", "A002", "A003", "A004", "A001", "A005"]


def test_a_second_absence_costs_three_places_again() -> None:
    """Whoever misses the second call comes back after three more, again counted from the front."""
    floor = Floor()
    floor.on(1)
    for _ in range(8):
        floor.issue()
    late = _absent(floor, 1)
    _back(floor, late)
    for _ in range(3):
        floor.serve(1)
    assert floor.day.next_at(1, floor.now).why == "returned"  # type: ignore[union-attr]
    assert _absent(floor, 1) == late
    _back(floor, late)
    assert floor.order(1) == ["A005", "A006", "A007", "A001", "A008"]


def test_places_may_be_none() -> None:
    """In a hall that lets nobody go ahead, one who reports back has the own place again."""
    floor = Floor(township(rules=Rules(return_places=0)))
    floor.on(1)
    ticket = floor.issue()
    floor.issue()
    late = _absent(floor, 1)
    _back(floor, late)
    assert floor.order(1) == ["A001", "A002"]
    assert place_after_return((), 3, ticket) == (ticket.effective, ticket.order)


# The line and the calls


WALK_IN = st.fixed_dictionaries(
    {
        "queue": st.sampled_from(["comprehensive", "express"]),
        "gap": st.sampled_from([0, 0, 20, 200, 700]),
        "priority": st.none() | st.none() | st.sampled_from(PRIORITIES),
        "slot": st.none() | st.none() | st.integers(-20, 20),
        "fate": st.sampled_from(["", "", "", "urgent", "absent", "back"]),
    }
)


def _crowd(walk_ins: list[dict[str, Any]]) -> Floor:
    """A hall with these people in it; counters 2 and 7 called those who were absent."""
    floor = Floor(township(rules=Rules(absences_until_void=99)))
    floor.on(3)
    floor.on(2)
    floor.on(7, by="u_relief", capacity="relief")
    for person in walk_ins:
        floor.later(person["gap"])
        slot: datetime | None = None if person["slot"] is None else floor.now + _minutes(person["slot"])
        ticket = floor.issue(person["queue"], priority=person["priority"], appointment=slot)
        if person["fate"] == "urgent":
            floor.do(commands.MakeUrgent(by=HEAD, ticket=ticket.id, reason_ref="n_1"))
        elif person["fate"]:
            late = _absent(floor, 2 if person["queue"] == "comprehensive" else 7)
            if person["fate"] == "back":
                _back(floor, late)
    return floor


@given(walk_ins=st.lists(WALK_IN, max_size=14), counter=st.sampled_from([3, 2, 7]))
def test_the_line_is_the_order_of_the_calls(walk_ins: list[dict[str, Any]], counter: int) -> None:
    """`line` is the order, with the reasons, in which one counter's *next* takes them if nothing else happens."""
    floor = _crowd(walk_ins)
    line = list(floor.day.line_at(counter, floor.now))
    called = []
    while choice := floor.day.next_at(counter, floor.now):
        called.append(choice)
        ticket = floor.press(counter, commands.CallNext)
        assert ticket.id == choice.ticket
        floor.press(counter, commands.Start, commands.Finish)
    assert called == line
    assert not any(floor.day.waiting[queue] for queue in floor.day.serves(counter) if queue in floor.day.waiting)


@given(walk_ins=st.lists(WALK_IN, max_size=14), counter=st.sampled_from([3, 2, 7]))
def test_next_is_what_the_rule_says(walk_ins: list[dict[str, Any]], counter: int) -> None:
    """Worked out from the tickets alone, without any index: urgent first, then primary queues, then helping ones."""
    floor = _crowd(walk_ins)
    day, hall = floor.day, floor.hall
    own, helps = hall.counters[counter].queues, hall.counters[counter].helps
    waiting = [
        ticket for ticket in day.tickets.values() if ticket.state == "waiting" and ticket.queue in (*own, *helps)
    ]
    over = {
        ticket.queue
        for ticket in waiting
        if floor.now - ticket.issued_at > timedelta(seconds=hall.queues[ticket.queue].target_s)
    }
    expected = min(
        waiting,
        key=lambda t: (
            not t.urgent,
            not t.urgent and t.queue not in own and t.queue not in over,
            t.effective,
            t.order,
            t.returned,
        ),
        default=None,
    )
    choice = day.next_at(counter, floor.now)
    assert (choice and choice.ticket) == (expected and expected.id)


def test_groups_are_tried_in_order() -> None:
    """The first group with anybody in it decides; an urgent ticket of a later group goes before it."""
    early = (True, NINE, 1, 0, "early")
    late = (True, NINE + _minutes(1), 2, 0, "late")
    urgent = (False, NINE + _minutes(2), 3, 0, "urgent")
    assert next_in_line((["a"], ["b"]), {"a": [late], "b": [early]}) == late
    assert next_in_line((["a"], ["b"]), {"a": [], "b": [early]}) == early
    assert next_in_line((["a"], ["b"]), {"a": [late], "b": [urgent, early]}) == urgent
    assert next_in_line((["a"], ["b"]), {}) is None
    assert next_in_line((), {"a": [late]}) is None


def test_queues_over_target_join_the_primary_ones() -> None:
    """Only a helping queue over its target is moved, and queues with nobody waiting stay where they are."""
    settings = township().queues
    waiting = {"express": [(True, NINE, 1, 0, "t")]}
    longest = {"express": NINE}
    at_target = NINE + timedelta(seconds=settings["express"].target_s)
    helps = ("express", "agency")
    groups = primary_now(("comprehensive",), helps, waiting, longest, settings, at_target)
    assert groups == (["comprehensive"], ["express", "agency"])
    groups = primary_now(("comprehensive",), helps, waiting, longest, settings, at_target + timedelta(milliseconds=1))
    assert groups == (["comprehensive", "express"], ["agency"])
