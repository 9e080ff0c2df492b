"""The topic `load`: what the head of a hall watches. Account ids, no names; no null."""

from typing import Any

from queue_server.domain.day import Day
from queue_server.domain.flow import SLOT, Flow
from queue_server.domain.half_day import HALVES
from queue_server.projections.hall_board import board
from queue_server.projections.instant import instant

__all__ = ["load"]


def load(day: Day) -> dict[str, Any]:
    """The live figures of the hall, a function of the day alone; `{}` before the first day."""
    view = board(day)
    if not view:
        return {}
    longest = day.waits_since()
    for queue, part in view["queues"].items():
        part["issued"] = sum(day.issued_by_half.get((queue, half), 0) for half in HALVES)
        if queue in longest:
            part["longest_since"] = instant(longest[queue])
    for counter in day.hall.counters:
        part = view["counters"][str(counter)]
        if (duty := day.duties.get(counter)) is not None:
            part["clerk"] = duty.clerk
            part["capacity"] = duty.capacity
            part["since"] = instant(duty.since)
            part["confirmed"] = duty.confirmed
            part["covers"] = dict(duty.covers)
            if duty.post is not None:
                part["post"] = duty.post
            if duty.pause is not None:
                part["paused_at"] = instant(duty.pause.since)
        if (ticket := day.at_counter(counter)) is not None and (started := ticket.legs[-1].started_at) is not None:
            part["ticket"]["started_at"] = instant(started)
        if counter in day.operated:
            part["operated_at"] = instant(day.operated[counter])
    view["flow"] = _flow(day)
    view["bad_ratings"] = len(day.bad_ratings())
    view["held"] = len(day.held)
    view["absent"] = len(day.absent)
    view["calendar_known"] = day.calendar_known
    return view


def _flow(day: Day) -> dict[str, dict[str, int]]:
    """Issued and served in each half hour in which anything happened, and how many waited at its end, or now."""
    ends = dict(day.flow)
    if day.half_hour is not None:
        ends[day.half_hour - SLOT] = day.standing
    view = {}
    before = Flow(0, 0, 0)
    for start, end in ends.items():
        view[instant(start)] = {
            "issued": end.issued - before.issued,
            "served": end.served - before.served,
            "waiting": end.waiting,
        }
        before = end
    return view
