"""What the head of a hall watches."""

from queue_server.domain import commands
from queue_server.domain.day import Day
from queue_server.projections.hall_board import board
from queue_server.projections.load import load
from tests.domain.halls import TUESDAY, Floor, clerk


def test_before_the_first_day_there_is_no_load() -> None:
    """As with the board."""
    assert load(Day()) == {}


def test_a_load_is_the_board_and_more() -> None:
    """Nothing of the board is missing or otherwise."""
    floor = Floor()
    floor.on(1)
    floor.issue()
    view = load(floor.day)
    for section, part in board(floor.day).items():
        if section not in ("queues", "counters"):
            assert view[section] == part
            continue
        for key, entry in part.items():
            assert view[section][key].items() >= entry.items()


def test_queues_show_how_many_came_and_since_when_somebody_waits() -> None:
    """By the issue of the one who waits longest, whatever the order of calling; absent when nobody waits."""
    floor = Floor()
    floor.on(1)
    floor.issue()
    floor.later(minutes=5)
    floor.issue(priority="elderly")
    queue = load(floor.day)["queues"]["comprehensive"]
    assert (queue["issued"], queue["waiting"], queue["longest_since"]) == (2, 2, "2026-06-01T01:00:00.000Z")
    floor.serve(1)
    floor.serve(1)
    queue = load(floor.day)["queues"]["comprehensive"]
    assert (queue["issued"], queue["waiting"]) == (2, 0) and "longest_since" not in queue
    assert load(floor.day)["queues"]["express"]["issued"] == 0


def test_counters_show_who_works_there_and_when_they_last_did_something() -> None:
    """With account ids, which are nobody's names."""
    floor = Floor()
    floor.on(1)
    floor.on(2, by=clerk(1 + 5), capacity="relief")
    floor.issue()
    floor.later(minutes=3)
    floor.press(1, commands.CallNext)
    counters = load(floor.day)["counters"]
    assert counters["1"]["clerk"] == clerk(1) and counters["1"]["capacity"] == "A" and counters["1"]["confirmed"]
    assert counters["1"]["since"] == "2026-06-01T01:00:00.000Z"
    assert counters["1"]["operated_at"] == "2026-06-01T01:03:00.000Z"
    assert counters["2"]["capacity"] == "relief" and counters["2"]["confirmed"] is False
    assert "clerk" not in counters["3"] and "operated_at" not in counters["3"]


def test_held_and_absent_are_counted() -> None:
    """And whether the national calendar knows the year."""
    floor = Floor()
    floor.on(1)
    floor.issue()
    floor.issue()
    floor.press(1, commands.CallNext, commands.Start, commands.Hold)
    floor.press(1, commands.CallNext, commands.NoShow)
    view = load(floor.day)
    assert (view["held"], view["absent"], view["calendar_known"]) == (1, 1, True)
    floor.turn(TUESDAY, kind="unknown")
    view = load(floor.day)
    assert (view["held"], view["absent"], view["calendar_known"]) == (0, 0, False)
