"""What the head of a hall watches."""

from queue_server.domain import commands
from queue_server.domain.day import Day
from queue_server.projections.hall_board import board
from queue_server.projections.load import load
from tests.domain.halls import TUESDAY, Floor, clerk, local


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


def test_a_wait_begins_anew_after_a_counter() -> None:
    """An hour at another counter is no wait in the queue that a transfer led to."""
    floor = Floor()
    floor.on(1)
    floor.issue()
    floor.press(1, commands.CallNext, commands.Start)
    floor.later(minutes=60)
    floor.press(1, commands.Transfer, queue="express", reason_ref="n_1")
    assert load(floor.day)["queues"]["express"]["longest_since"] == "2026-06-01T02:00:00.000Z"


def test_counters_show_what_else_is_covered_and_since_when_they_are_as_they_are() -> None:
    """The post, those covered with the capacity in each, the pause, and the service."""
    floor = Floor()
    floor.on(1)
    floor.do(commands.SignOn(by=clerk(1), counter=1, capacity="B", post="post-2"))
    floor.issue()
    floor.later(minutes=1)
    floor.press(1, commands.CallNext)
    floor.later(minutes=1)
    floor.press(1, commands.Start)
    floor.later(minutes=1)
    floor.do(floor.at(1, commands.PauseCounter))
    counter = load(floor.day)["counters"]["1"]
    assert (counter["post"], counter["covers"]) == ("post-1", {"post-2": "B"})
    assert counter["ticket"]["started_at"] == "2026-06-01T01:02:00.000Z"
    assert counter["paused_at"] == "2026-06-01T01:03:00.000Z"
    floor.on(7, by="u_stranger", capacity="relief")
    assert "post" not in load(floor.day)["counters"]["7"]


def test_the_days_flow_by_half_hour() -> None:
    """Who came, who was served, and how many waited at its end; a number from paper counts when it is entered."""
    floor = Floor(clock="08:55")
    floor.on(1)
    floor.issue()
    floor.issue()
    floor.clock("09:29")
    floor.serve(1)
    floor.do(
        commands.EnterPaper(by="u_guide", ticket=floor.id(), queue="express", number="B005", issued_at=local("08:30"))
    )
    floor.clock("10:00")
    floor.serve(1)
    floor.issue()
    assert load(floor.day)["flow"] == {
        "2026-06-01T00:30:00.000Z": {"issued": 2, "served": 0, "waiting": 2},
        "2026-06-01T01:00:00.000Z": {"issued": 1, "served": 1, "waiting": 2},
        "2026-06-01T02:00:00.000Z": {"issued": 1, "served": 1, "waiting": 2},
    }
    floor.turn(TUESDAY, clock="08:59")
    assert load(floor.day)["flow"] == {"2026-06-02T00:30:00.000Z": {"issued": 0, "served": 0, "waiting": 0}}
