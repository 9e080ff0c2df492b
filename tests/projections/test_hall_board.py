"""The board and the counters' screens: what everybody in the hall may see."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from queue_server.domain import commands
from queue_server.domain.day import Day
from queue_server.domain.hours import Hours
from queue_server.domain.queue import Quota
from queue_server.projections.hall_board import board, board_parts, counter_screen, counter_view, queue_view
from queue_server.projections.touched import Touched
from tests.domain.halls import HEAD, TUESDAY, Floor, local, township


@pytest.fixture
def floor() -> Floor:
    """A hall with a clerk at counter 1."""
    floor = Floor()
    floor.on(1)
    return floor


def test_before_the_first_day_there_is_nothing_to_see() -> None:
    """An empty board, which the first day fills."""
    assert board(Day()) == {} and counter_screen(Day(), 1) == {}


def test_a_board_shows_the_hall_and_its_hours(floor: Floor) -> None:
    """Absolute times in UTC: what a page needs to say "open until"."""
    view = board(floor.day)
    assert view["hall"] == {
        "id": "town",
        "name": "青山镇便民服务中心",
        "level": "township",
        "timezone": "Asia/Shanghai",
    }
    assert view["business_day"] == "2026-06-01" and view["closed"] is False
    assert view["opening"] == [
        ["2026-06-01T00:30:00.000Z", "2026-06-01T04:00:00.000Z"],
        ["2026-06-01T06:00:00.000Z", "2026-06-01T09:30:00.000Z"],
    ]
    assert view["ticketing"] == ["2026-06-01T00:00:00.000Z", "2026-06-01T09:30:00.000Z"]
    assert list(view["queues"]) == ["comprehensive", "express", "complaint", "certificate", "agency"]
    assert list(view["counters"]) == ["1", "2", "3", "4", "5", "6", "7"]


def test_a_closed_day_has_no_hours_and_says_when_it_was_closed_early(floor: Floor) -> None:
    """A day without opening has no ticketing; a day closed by the head is closed."""
    floor.do(commands.EndDay(by=HEAD))
    assert board(floor.day)["closed"] is True
    closed = Floor(township(hours=Hours(weekly={})))
    assert board(closed.day)["opening"] == [] and "ticketing" not in board(closed.day)


def test_a_queue_shows_how_many_wait(floor: Floor) -> None:
    """And its name, letter and target."""
    floor.issue()
    floor.issue()
    floor.issue("express")
    assert queue_view(floor.day, "comprehensive") == {
        "id": "comprehensive",
        "name": "综合受理",
        "kind": "comprehensive",
        "prefix": "A",
        "waiting": 2,
        "target_s": 1200,
    }
    floor.do(floor.at(1, commands.CallNext))
    waiting = {queue: part["waiting"] for queue, part in board(floor.day)["queues"].items()}
    assert waiting == {"comprehensive": 1, "express": 1, "complaint": 0, "certificate": 0, "agency": 0}


def test_a_queue_says_when_its_quota_is_used_up() -> None:
    """Until midday or the end of the day, so that a page need not let anybody try; absent while there is some left."""
    hall = township()
    agency = replace(hall.queues["agency"], quota=Quota(morning=1, afternoon=1))
    floor = Floor(replace(hall, queues={**hall.queues, "agency": agency}))
    assert "full" not in queue_view(floor.day, "agency")
    floor.issue("agency")
    assert queue_view(floor.day, "agency")["full"] == ["2026-06-01T00:00:00.000Z", "2026-06-01T04:00:00.000Z"]
    floor.clock("14:00")
    floor.issue("agency")
    assert queue_view(floor.day, "agency")["full"] == ["2026-06-01T00:00:00.000Z", "2026-06-01T09:30:00.000Z"]
    floor.turn(TUESDAY)
    floor.clock("14:00", TUESDAY)
    floor.issue("agency")
    assert queue_view(floor.day, "agency")["full"] == ["2026-06-02T04:00:00.000Z", "2026-06-02T09:30:00.000Z"]


def test_a_counter_shows_its_state_and_its_ticket(floor: Floor) -> None:
    """Closed, open, paused, away with a return; the number from its call to its end."""
    assert counter_view(floor.day, 2) == {
        "number": 2,
        "name": "综合窗口",
        "kind": "comprehensive",
        "state": "closed",
        "queues": ["comprehensive"],
    }
    floor.issue()
    floor.press(1, commands.CallNext, commands.Recall)
    assert counter_view(floor.day, 1)["ticket"] == {
        "number": "A001",
        "state": "called",
        "recalls": 1,
        "called_at": "2026-06-01T01:00:00.000Z",
    }
    floor.press(1, commands.Start)
    assert counter_view(floor.day, 1)["ticket"]["state"] == "serving"
    floor.press(1, commands.Finish)
    assert "ticket" not in counter_view(floor.day, 1) and counter_view(floor.day, 1)["state"] == "open"
    floor.do(floor.at(1, commands.PauseCounter))
    assert counter_view(floor.day, 1)["state"] == "paused" and "back_at" not in counter_view(floor.day, 1)
    floor.do(floor.at(1, commands.PauseCounter, back_at=floor.now + timedelta(minutes=5)))
    away = counter_view(floor.day, 1)
    assert (away["state"], away["back_at"]) == ("away", "2026-06-01T01:05:00.000Z")


def test_a_counter_that_covers_a_post_shows_its_queues(floor: Floor) -> None:
    """Whoever waits for them looks here."""
    floor.on(3)
    floor.on(3, post="post-4", capacity="B")
    assert counter_view(floor.day, 3)["queues"] == ["express", "complaint"]


def test_the_touched_parts_are_the_boards(floor: Floor) -> None:
    """Worked out alone they are what the whole shows; what the hall does not have is left out."""
    floor.issue()
    parts = board_parts(floor.day, Touched({"comprehensive", "gone"}, {1, 99}, set(), False))
    whole = board(floor.day)
    assert parts == {
        "queues": {"comprehensive": whole["queues"]["comprehensive"]},
        "counters": {"1": whole["counters"]["1"]},
    }


def test_a_counters_screen_shows_who_is_on_duty_and_what_was_last_served(floor: Floor) -> None:
    """No account id, because everybody reads it. The evaluator asks for a rating of that leg until there is one."""
    screen = counter_screen(floor.day, 1)
    assert screen["on_duty"] == {
        "capacity": "A",
        "since": "2026-06-01T01:00:00.000Z",
        "post": "post-1",
    }
    assert "last" not in screen and "on_duty" not in counter_screen(floor.day, 2)
    floor.issue()
    floor.press(1, commands.CallNext, commands.Start)
    floor.clock("09:10")
    floor.press(1, commands.Finish)
    assert counter_screen(floor.day, 1)["last"] == {
        "number": "A001",
        "leg": 1,
        "outcome": "served",
        "rated": False,
        "left_unrated": False,
        "finished_at": "2026-06-01T01:10:00.000Z",
    }
    floor.do(commands.LeaveUnrated(counter=1, cause="refused"))
    assert counter_screen(floor.day, 1)["last"]["left_unrated"] is True
    assert "refused" not in str(counter_screen(floor.day, 1)), "nobody in the hall learns why"
    floor.do(commands.RateCounter(counter=1, level="satisfied"))
    assert counter_screen(floor.day, 1)["last"].items() >= {"rated": True, "left_unrated": False}.items()
    assert counter_screen(floor.day, 1).items() >= counter_view(floor.day, 1).items()
    assert counter_screen(floor.day, 99) == {}


def test_a_flexible_counters_clerk_has_no_post(floor: Floor) -> None:
    """What is not known is absent."""
    floor.on(7, by="u_relief", capacity="relief")
    assert "post" not in counter_screen(floor.day, 7)["on_duty"]


def test_what_was_served_yesterday_is_not_shown_today(floor: Floor) -> None:
    """The evaluator begins the day without anything to rate."""
    floor.issue()
    floor.serve(1)
    floor.turn(TUESDAY, hall=replace(floor.hall, name="新名"))
    assert "last" not in counter_screen(floor.day, 1)
    assert board(floor.day)["hall"]["name"] == "新名" and board(floor.day)["business_day"] == "2026-06-02"
    assert floor.now == local("09:00", TUESDAY)
