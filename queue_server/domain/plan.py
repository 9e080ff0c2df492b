"""What is planned of a running day: counters whose clerk leaves at midday, and those where one begins then.

The roster, absences and confirmed deputies say so beforehand. Of the half day that runs already nothing is taken from
the plan: who signed on shows better who is there.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from queue_server.domain.day import Day
from queue_server.domain.half_day import HalfDay
from queue_server.domain.post import Post
from queue_server.domain.staffing import Staffing

__all__ = ["NO_PLAN", "Plan", "planned"]


class Plan(NamedTuple):
    """By number: when a counter that is staffed now will be left, and when one that is not will be staffed."""

    leaves: Mapping[int, datetime]
    joins: Mapping[int, datetime]


NO_PLAN = Plan({}, {})


def planned(day: Day, staffing: Staffing, now: datetime) -> Plan:
    """What is planned of the rest of the day; nothing any more once its afternoon has begun, and where it has none:
    who came in time is served by those who are there.

    A counter is left where its clerk will be absent and nobody is to stand in, or where its post is not staffed in the
    afternoon. It is joined where nobody was to stand at its post in the morning, and somebody who is not here yet is.
    """
    noon = day.midday
    if day.business_day is None or noon is None or now >= noon or not any(span.end > noon for span in day.opening):
        return NO_PLAN
    morning, afternoon = (HalfDay(day=day.business_day, half=half) for half in ("morning", "afternoon"))
    leaves, joins = {}, {}
    for number, duty in day.duties.items():
        post = day.hall.post_at(number)
        unstaffed = post is not None and not post.staffed(afternoon)
        nobody = post is None or _stands(staffing, post, afternoon) is None
        if unstaffed or (nobody and staffing.absent(duty.clerk, afternoon) is not None):
            leaves[number] = noon
    here = {duty.clerk for duty in day.duties.values()}
    for post in day.hall.posts.values():
        if post.counter not in day.duties and _stands(staffing, post, morning) is None:
            clerk = _stands(staffing, post, afternoon)
            if clerk is not None and clerk not in here:
                joins[post.counter] = noon
    return Plan(leaves, joins)


def _stands(staffing: Staffing, post: Post, when: HalfDay) -> str | None:
    """Who is to stand at a post then, None where nobody is."""
    return staffing.standing(post, when).clerk if post.staffed(when) else None
