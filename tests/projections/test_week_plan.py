"""The week of the posts: which half days are open, who is to stand where, who stands in, and where it breaks."""

from datetime import date, timedelta
from typing import Any

from msgspec.structs import replace

from queue_server.domain import book_commands
from queue_server.domain.half_day import HalfDay
from queue_server.domain.hours import DayKind
from queue_server.projections.week_plan import (
    absence_view,
    current_half_day,
    handover_view,
    on_duty,
    week_plan,
)
from tests.domain.halls import MONDAY, TUESDAY, Floor, clerk, local
from tests.domain.test_staffing import Plan, at

SATURDAY = MONDAY + timedelta(days=5)


def _ordinary(day: date) -> DayKind:
    return "ordinary"


def _cells(plan: Plan, post: str = "post-1", first: date = MONDAY) -> dict[tuple[str, str], dict[str, Any]]:
    """A post's cells, without what names their place."""
    week = week_plan(plan.hall, plan.book.staffing, first, _ordinary)
    cells = next(row for row in week["posts"] if row["id"] == post)["cells"]
    return {(cell.pop("day"), cell.pop("half")): cell for cell in cells}


def test_a_quiet_week() -> None:
    """Every post has its A in each half day of the five open days, and no cell where it is closed or unstaffed."""
    plan = Plan({"mon_afternoon": clerk(2), "tue_morning": ""})
    week = week_plan(plan.hall, plan.book.staffing, MONDAY, _ordinary)
    assert [day["halves"] for day in week["days"]] == [["morning", "afternoon"]] * 5 + [[], []]
    assert [row["id"] for row in week["posts"]] == list(plan.hall.posts)
    assert {name: week["posts"][0][name] for name in ("counter", "a", "b")} == {
        "counter": 1, "a": clerk(1), "b": [clerk(2)],
    }  # fmt: skip
    cells = _cells(plan)
    assert len(cells) == 9
    assert ("2026-06-02", "morning") not in cells
    assert cells["2026-06-01", "morning"] == {"expected": clerk(1), "clerk": clerk(1), "state": "staffed"}
    assert cells["2026-06-01", "afternoon"]["expected"] == clerk(2)


def test_an_absence_until_somebody_is_confirmed() -> None:
    """Uncovered, with the holders who could stand in and where else they are to stand; then covered, by whom."""
    plan = Plan()
    absence = plan.absent(1)
    cell = _cells(plan)["2026-06-02", "morning"]
    assert cell == {
        "expected": clerk(1),
        "absence": absence,
        "state": "uncovered",
        "choices": [{"clerk": clerk(2), "capacity": "B", "whole": True, "also": ["post-2"]}],
    }
    plan.confirm(absence, 2)
    cell = _cells(plan)["2026-06-02", "morning"]
    assert cell == {
        "expected": clerk(1),
        "deputy": clerk(2),
        "clerk": clerk(2),
        "absence": absence,
        "state": "covered",
        "also": ["post-2"],
    }
    assert _cells(plan)["2026-06-03", "morning"]["state"] == "staffed"


def test_a_deputy_for_a_part_only() -> None:
    """Whoever is absent for some of it can stand in for the rest, and is offered so."""
    plan = Plan()
    plan.absent(1)
    plan.absent(2, at(TUESDAY, "afternoon"), at(TUESDAY, "afternoon"))
    cells = _cells(plan)
    assert cells["2026-06-02", "morning"]["choices"][0]["whole"] is False
    assert cells["2026-06-02", "afternoon"]["state"] == "broken", "A and B both absent"


def test_both_absent_is_mended_by_relief() -> None:
    """Somebody else, confirmed by the head, covers the post."""
    plan = Plan()
    absence = plan.absent(1)
    plan.absent(2)
    assert _cells(plan)["2026-06-02", "morning"]["state"] == "broken"
    plan.confirm(absence, 6)
    assert _cells(plan)["2026-06-02", "morning"]["clerk"] == clerk(6)


def test_a_post_without_a_holder() -> None:
    """Nobody is expected at it, which is not the same as somebody being absent."""
    plan = Plan()
    posts = {**plan.hall.posts, "post-1": replace(plan.hall.posts["post-1"], a=None, b=())}
    plan.hall = replace(plan.hall, posts=posts)
    assert _cells(plan)["2026-06-01", "morning"] == {"state": "unnamed"}
    week = week_plan(plan.hall, plan.book.staffing, MONDAY, _ordinary)
    assert "a" not in week["posts"][0]


def test_who_is_there_now() -> None:
    """At the post's counter or covering it from another, with capacity and since when."""
    floor = Floor()
    floor.on(3)
    floor.on(3, capacity="B", post="post-4")
    there = on_duty(floor.day)
    since = "2026-06-01T01:00:00.000Z"
    assert there["post-3"] == {
        "clerk": clerk(3), "counter": 3, "since": since, "capacity": "A", "confirmed": True,
    }  # fmt: skip
    assert there["post-4"] == {"clerk": clerk(3), "counter": 3, "since": since, "capacity": "B"}


def test_the_half_day_that_it_is() -> None:
    """The day's own midday parts it: when its first span ends."""
    floor = Floor()
    assert current_half_day(floor.day, local("11:59")) == HalfDay(day=MONDAY, half="morning")
    assert current_half_day(floor.day, local("12:00")) == HalfDay(day=MONDAY, half="afternoon")


def test_absences_and_handovers_on_the_wire() -> None:
    """Who, when, of which kind, by whom; that there are words, and not which."""
    plan = Plan()
    absence = plan.absent(1, reason_ref="n_1", kind="sick")
    plan.confirm(absence, 2)
    day = TUESDAY.isoformat()
    first, last = {"day": day, "half": "morning"}, {"day": day, "half": "afternoon"}
    view = absence_view(plan.book.staffing.absences[absence])
    assert view == {
        "id": absence, "clerk": clerk(1), "first": first, "last": last, "kind": "sick", "late": False,
        "reported_at": "2026-06-01T01:00:00.000Z", "by": clerk(1), "has_reason": True,
        "deputies": [{"post": "post-1", "deputy": clerk(2), "first": first, "last": last}],
    }  # fmt: skip
    plan.do(book_commands.WithdrawDeputy(absence=absence, post="post-1"))
    assert absence_view(plan.book.staffing.absences[absence])["deputies"] == []
    given = plan.hand_over(1, 2, numbers=("A007",), note_ref="n_2")
    view = handover_view(plan.book.staffing.handovers[given.handover])
    assert (view["numbers"], view["has_note"], "taken_at" in view, "n_2" in str(view)) == (["A007"], True, False, False)
    assert view["absence"] == absence
    plan.do(book_commands.TakeHandover(by=clerk(2), handover=given.handover))
    assert handover_view(plan.book.staffing.handovers[given.handover])["taken_at"] == view["given_at"]
