"""What the posts' plan says of the rest of a day, and what the promised waits make of it."""

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from queue_server.domain import book_events
from queue_server.domain.estimate import Forecast
from queue_server.domain.half_day import Half, HalfDay
from queue_server.domain.hours import Hours
from queue_server.domain.plan import NO_PLAN, planned
from queue_server.domain.staffing import Staffing
from tests.domain.halls import MONDAY, Floor, clerk, township

AFTERNOON = HalfDay(day=MONDAY, half="afternoon")


def rostered(post: str, **roster: str) -> Floor:
    """A Monday morning in a hall where one post has that roster."""
    hall = township()
    return Floor(replace(hall, posts={**hall.posts, post: replace(hall.posts[post], roster=roster)}))


def absences(
    floor: Floor, *who: int, half: Half = "afternoon", day: date = MONDAY, deputy: int | None = None
) -> Staffing:
    """A plan in which those clerks are absent for a half day, at their own posts a deputy or nobody for them."""
    staffing, when = Staffing(), HalfDay(day=day, half=half)
    for number in who:
        about: dict[str, Any] = {"at": floor.now, "absence": f"a_{number}"}
        staffing.apply(
            book_events.AbsenceReported(clerk=clerk(number), first=when, last=when, kind="annual", late=False, **about)
        )
        if deputy is not None:
            staffing.apply(book_events.DeputyConfirmed(post=f"post-{number}", deputy=clerk(deputy), **about))
    return staffing


def test_whoever_is_absent_in_the_afternoon_leaves_at_midday() -> None:
    """Her counter, and no other; from midday on nothing is taken from the plan."""
    floor = Floor()
    floor.on(1)
    floor.on(2)
    staffing = absences(floor, 1)
    assert planned(floor.day, staffing, floor.now) == ({1: floor.day.midday}, {})
    assert planned(floor.day, absences(floor, 1, half="morning"), floor.now) == NO_PLAN
    floor.clock("14:00")
    assert planned(floor.day, staffing, floor.now) == NO_PLAN


def test_where_a_deputy_stands_in_nobody_leaves() -> None:
    """Unless the deputy is absent too."""
    floor = Floor()
    floor.on(1)
    assert planned(floor.day, absences(floor, 1, deputy=2), floor.now) == NO_PLAN
    assert planned(floor.day, absences(floor, 1, 2, deputy=2), floor.now).leaves == {1: floor.day.midday}


def test_the_roster_ends_and_begins_at_midday() -> None:
    """A post of mornings is left then, one of afternoons is joined, as long as its clerk does not stand elsewhere."""
    morning = rostered("post-1", mon_morning=clerk(1), mon_afternoon="")
    morning.on(1)
    assert planned(morning.day, Staffing(), morning.now).leaves == {1: morning.day.midday}
    afternoon = rostered("post-1", mon_morning="", mon_afternoon=clerk(2))
    assert planned(afternoon.day, Staffing(), afternoon.now).joins == {1: afternoon.day.midday}
    afternoon.on(2)
    assert planned(afternoon.day, Staffing(), afternoon.now) == NO_PLAN


def test_a_hall_that_closes_at_noon_plans_no_afternoon() -> None:
    """Whoever came in time is served after closing by those who are there, whatever the roster says of afternoons."""
    morning = rostered("post-4", mon_morning=clerk(4), mon_afternoon="")
    hall = replace(morning.hall, hours=Hours(weekly={"mon": (("08:30", "12:00"),)}))
    floor = Floor(hall)
    floor.clock("11:30")
    floor.on(4)
    floor.on(1)
    assert planned(floor.day, absences(floor, 1), floor.now) == NO_PLAN
    floor.clock("11:59")
    plan = planned(floor.day, Staffing(), floor.now)
    waiting = [floor.issue("complaint") for _ in range(6)]
    assert all(Forecast.of(floor.day, floor.now, plan).estimate(ticket.id) for ticket in waiting)


def test_before_the_first_day_nothing_is_planned() -> None:
    """The hall is not known yet."""
    floor = Floor()
    assert planned(type(floor.day)(), Staffing(), floor.now) == NO_PLAN


def test_nobody_is_called_by_who_has_left() -> None:
    """At half past eleven eight wait for two counters: two are called after lunch, one by one if one is left."""
    floor = Floor()
    floor.clock("11:30")
    for number in (1, 2):
        floor.on(number)
    waiting = [floor.issue("comprehensive") for _ in range(8)]
    known = Forecast.of(floor.day, floor.now, planned(floor.day, absences(floor, 1), floor.now))
    unknown = Forecast.of(floor.day, floor.now)
    one, both = ([run.estimate(ticket.id) for ticket in waiting] for run in (known, unknown))
    later = [here.p50_s - there.p50_s for here, there in zip(one, both, strict=True) if here and there]
    assert later == pytest.approx([0] * 7 + [765], abs=60)


@pytest.mark.parametrize("stay", [True, False])
def test_a_queue_whose_only_clerk_leaves_is_promised_nothing_after(stay: bool) -> None:
    """Those who are called before are told; who comes after is not promised what nobody will do."""
    floor = Floor()
    floor.clock("11:30")
    floor.on(4)
    plan = NO_PLAN if stay else planned(floor.day, absences(floor, 4), floor.now)
    run = Forecast.of(floor.day, floor.now, plan)
    promises = []
    for _ in range(6):
        promises.append(run.for_new("complaint") is not None)
        issued = floor.issue("complaint")
        run.extend(issued)
        assert (run.estimate(issued.id) is not None) == promises[-1]
        assert (Forecast.of(floor.day, floor.now, plan).estimate(issued.id) is not None) == promises[-1]
    assert promises[0]
    assert promises[-1] == stay
    assert ("complaint" in run.by_queue()) == stay


def test_one_who_begins_at_midday_is_waited_for() -> None:
    """Nobody serves the queue in the morning: whoever comes is told when somebody will."""
    floor = rostered("post-4", mon_morning="", mon_afternoon=clerk(4))
    floor.clock("11:00")
    ticket = floor.issue("complaint")
    assert Forecast.of(floor.day, floor.now).estimate(ticket.id) is None
    estimate = Forecast.of(floor.day, floor.now, planned(floor.day, Staffing(), floor.now)).estimate(ticket.id)
    assert estimate is not None
    assert estimate.p50_s > 3000
