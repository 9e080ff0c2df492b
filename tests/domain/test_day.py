"""The day's state: copying, comparing and finding."""

from datetime import timedelta

import pytest

from queue_server.domain import commands
from queue_server.domain.day import Day
from tests.domain.halls import TUESDAY, Floor, clerk
from tests.domain.invariants import check_day


def _day() -> Floor:
    floor = Floor()
    floor.on(1)
    for _ in range(3):
        floor.issue()
    floor.press(1, commands.CallNext, commands.Start)
    return floor


def test_a_copy_is_equal_and_independent() -> None:
    """A copied day equals the first until something happens to one of them, and then the other has not changed."""
    floor = _day()
    copy, again = floor.day.copy(), floor.day.copy()
    assert copy == floor.day == again
    floor.issue()
    floor.press(1, commands.Finish)
    floor.do(floor.at(1, commands.PauseCounter))
    assert copy == again != floor.day
    check_day(copy)


@pytest.mark.parametrize("name", Day.__slots__)
def test_days_differ_in_every_field(name: str) -> None:
    """Two days are equal only when every field is."""
    floor = _day()
    other = floor.day.copy()
    setattr(other, name, "something else")
    assert other != floor.day
    assert floor.day != "a day"


def test_a_day_cannot_be_a_key() -> None:
    """A day changes, so it has no hash."""
    with pytest.raises(TypeError):
        hash(Day())


def test_finding_a_ticket() -> None:
    """Today's and the last business day's tickets are found by id, no others."""
    floor = Floor()
    ticket = floor.issue()
    assert floor.day.find(ticket.id) == ticket
    floor.turn(TUESDAY)
    found = floor.day.find(ticket.id)
    assert found is not None and found.state == "lapsed"
    floor.turn(TUESDAY + timedelta(days=1))
    assert floor.day.find(ticket.id) is None


def test_finding_by_number_and_state() -> None:
    """A number names today's ticket, whatever its state; asked for a state, only one in that state."""
    floor = _day()
    serving = floor.day.named("A001", "serving")
    assert serving is not None and serving.number == "A001"
    assert floor.day.named("A001", "waiting") is None
    assert floor.day.named("A009", "waiting") is None
    assert [ticket.state for ticket in floor.day.numbered("A001")] == ["serving"]


def test_what_is_at_a_counter() -> None:
    """A counter has its called or served ticket; an idle or unknown one has none, and is closed."""
    floor = _day()
    ticket = floor.day.at_counter(1)
    assert ticket is not None and ticket.legs[-1].clerk == clerk(1)
    assert floor.day.at_counter(2) is None is floor.day.at_counter(99)
    assert (floor.day.counter_state(1), floor.day.counter_state(99)) == ("open", "closed")
