"""Who is to be at each post now, by the roster and what the head confirmed. Account ids, no names; no null."""

from datetime import datetime
from typing import Any

from queue_server.domain.day import Day
from queue_server.domain.half_day import HalfDay
from queue_server.domain.staffing import Staffing

__all__ = ["post_plan"]


def post_plan(day: Day, staffing: Staffing, now: datetime) -> list[dict[str, Any]]:
    """`id, name, counter, staffed, expected?, away, planned?` of each post, for the half day that it is.

    staffed: whether somebody is to be there at all. expected: by the roster; away: reported an absence; planned: who is
    to be there after all. Who is there stands in the topic `load`.
    """
    if day.hall_or_none is None or day.business_day is None:
        return []
    when = HalfDay(day=day.business_day, half=day.half(now))
    plan = []
    for post in day.hall.posts.values():
        view: dict[str, Any] = {"id": post.id, "name": post.name, "counter": post.counter, "staffed": False}
        if post.staffed(when):
            standing = staffing.standing(post, when)
            view |= {"staffed": True, "away": standing.absence is not None}
            view |= {} if standing.expected is None else {"expected": standing.expected}
            view |= {} if standing.clerk is None else {"planned": standing.clerk}
        plan.append(view)
    return plan
