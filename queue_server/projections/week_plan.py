"""A week of a hall's posts 岗位: who is to stand where, who is absent, who stands in, and where it breaks. No null."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from queue_server.domain.absence import Absence, half_days
from queue_server.domain.day import Day
from queue_server.domain.half_day import HalfDay
from queue_server.domain.hall import Hall
from queue_server.domain.handover import Handover
from queue_server.domain.hours import DayKind
from queue_server.domain.open_halves import open_halves
from queue_server.domain.post import Post
from queue_server.domain.staffing import Staffing
from queue_server.projections.instant import instant

__all__ = ["DAYS", "absence_view", "current_half_day", "handover_view", "on_duty", "week_plan"]

DAYS = 7
View = dict[str, Any]
Opens = Callable[[HalfDay], bool]
"""Whether the hall opens in a half day."""


def current_half_day(day: Day, now: datetime) -> HalfDay:
    """The half day that it is, in a hall whose day is open. RuntimeError before the first: a bug, as of `Day.hall`."""
    if day.business_day is None or day.midday is None:
        raise RuntimeError("no business day was opened yet")
    return HalfDay(day=day.business_day, half="morning" if now < day.midday else "afternoon")


def week_plan(hall: Hall, staffing: Staffing, first: date, kind_of: Callable[[date], DayKind]) -> View:
    """Seven days from a date on: what is open, and each post's half days; a closed or unstaffed one has no cell."""
    days = [(day, kind_of(day)) for day in (first + timedelta(days=n) for n in range(DAYS))]
    halves = {day: open_halves(hall, day, kind) for day, kind in days}
    whens = [HalfDay(day=day, half=half) for day, open_in in halves.items() for half in open_in]
    places = {when: _places(hall, staffing, when) for when in whens}

    def opens(when: HalfDay) -> bool:
        return when.half in open_halves(hall, when.day, kind_of(when.day))

    return {
        "days": [{"day": day.isoformat(), "kind": kind, "halves": list(halves[day])} for day, kind in days],
        "posts": [
            _holders(post)
            | {"cells": [_cell(post, staffing, when, places[when], opens) for when in whens if post.staffed(when)]}
            for post in hall.posts.values()
        ],
    }


def _holders(post: Post) -> View:
    named = {"a": post.a} if post.a is not None else {}
    return {"id": post.id, "name": post.name, "counter": post.counter, **named, "b": list(post.b)}


def _places(hall: Hall, staffing: Staffing, when: HalfDay) -> Mapping[str, list[str]]:
    """By clerk, the posts at which the plan has them then."""
    places: dict[str, list[str]] = {}
    for post in hall.posts.values():
        if post.staffed(when) and (clerk := staffing.standing(post, when).clerk) is not None:
            places.setdefault(clerk, []).append(post.id)
    return places


def _cell(post: Post, staffing: Staffing, when: HalfDay, places: Mapping[str, list[str]], opens: Opens) -> View:
    """One half day of a post. state: `staffed`; `covered` by another, `clerk`; `uncovered`, with the holders who could
    stand in; `broken`, because none of them could (A and B both absent); `unnamed`, because nobody holds it.
    """
    standing = staffing.standing(post, when)
    view: View = {"day": when.day.isoformat(), "half": when.half}
    view |= {name: value for name in ("expected", "deputy", "clerk") if (value := getattr(standing, name)) is not None}
    if standing.absence is None:
        return view | {"state": "unnamed" if standing.expected is None else "staffed"}
    view["absence"] = standing.absence.id
    if standing.clerk is not None:
        elsewhere = [other for other in places.get(standing.clerk, ()) if other != post.id]
        return view | {"state": "covered"} | ({"also": elsewhere} if elsewhere else {})
    choices = list(_choices(post, staffing, when, standing.absence, places, opens))
    return view | {"state": "uncovered", "choices": choices} if choices else view | {"state": "broken"}


def _choices(
    post: Post, staffing: Staffing, when: HalfDay, absence: Absence, places: Mapping[str, list[str]], opens: Opens
) -> Iterator[View]:
    """The holders who are there then. whole: for all of the absence; also: the posts at which they are to stand."""
    left = [one for one in half_days(absence.first, absence.last) if post.expected(one) == absence.clerk and opens(one)]
    for clerk in post.holders:
        if clerk != absence.clerk and staffing.absent(clerk, when) is None:
            whole = not any(staffing.absent(clerk, one) for one in left)
            yield {"clerk": clerk, "capacity": post.capacity_of(clerk), "whole": whole, "also": places.get(clerk, [])}


def on_duty(day: Day) -> dict[str, View]:
    """By post, who is there now: at its counter, or covering it from another."""
    there: dict[str, View] = {}
    for counter, duty in day.duties.items():
        whole = {"clerk": duty.clerk, "counter": counter, "since": instant(duty.since)}
        if duty.post is not None:
            there[duty.post] = whole | {"capacity": duty.capacity, "confirmed": duty.confirmed}
        for post, capacity in duty.covers.items():
            there.setdefault(post, whole | {"capacity": capacity})
    return there


def absence_view(absence: Absence) -> View:
    """An absence as whoever may know why sees it; the words of its reason stay in records/."""
    return {
        "id": absence.id,
        "clerk": absence.clerk,
        "first": half_day_view(absence.first),
        "last": half_day_view(absence.last),
        "kind": absence.kind,
        "late": absence.late,
        "reported_at": instant(absence.reported_at),
        "by": absence.by,
        "has_reason": absence.reason_ref is not None,
        "deputies": [
            {
                "post": one.post,
                "deputy": one.deputy,
                "first": half_day_view(one.first),
                "last": half_day_view(one.last),
            }
            for one in absence.deputations
            if one.deputy is not None
        ],
    }


def half_day_view(when: HalfDay) -> View:
    """A half day on the wire."""
    return {"day": when.day.isoformat(), "half": when.half}


def handover_view(handover: Handover) -> View:
    """A handover; its note stays in records/."""
    view: View = {
        "id": handover.id,
        "post": handover.post,
        "giver": handover.giver,
        "taker": handover.taker,
        "direction": handover.direction,
        "given_at": instant(handover.given_at),
        "numbers": list(handover.numbers),
        "has_note": handover.note_ref is not None,
    }
    if handover.absence is not None:
        view["absence"] = handover.absence
    if handover.taken_at is not None:
        view["taken_at"] = instant(handover.taken_at)
    return view
