"""The topics `board` and `counter.{n}`: what everybody in the hall may see. Numbers, never ids; no null."""

from typing import Any

from queue_server.domain.day import Day
from queue_server.domain.issuing import ticketing_hours, used_up
from queue_server.domain.voice import Voice
from queue_server.projections.instant import instant
from queue_server.projections.touched import Touched

__all__ = ["board", "board_parts", "counter_screen", "counter_view", "queue_view"]

View = dict[str, Any]


def board(day: Day) -> View:
    """The whole board, a function of the day alone; `{}` before the first day."""
    if day.hall_or_none is None or day.business_day is None:
        return {}
    hall = day.hall
    view: View = {
        "hall": {"id": hall.id, "name": hall.name, "level": hall.level, "timezone": hall.timezone},
        "business_day": day.business_day.isoformat(),
        "opening": [[instant(interval.start), instant(interval.end)] for interval in day.opening],
        "closed": day.closed,
        "voice": voice_view(hall.voice),
        "queues": {queue: queue_view(day, queue) for queue in hall.queues},
        "counters": {str(counter): counter_view(day, counter) for counter in hall.counters},
    }
    if (hours := ticketing_hours(day.opening, hall.rules)) is not None:
        view["ticketing"] = [instant(hours[0]), instant(hours[1])]
    return view


def voice_view(voice: Voice) -> View:
    """How calls are to be spoken; the sentences themselves come with each call."""
    return {
        "languages": list(voice.languages),
        "repeat": voice.repeat,
        "yao": voice.yao,
        "volume": voice.volume,
        "spans": [[span.start, span.end, span.volume] for span in voice.spans],
    }


def board_parts(day: Day, touched: Touched) -> View:
    """Only the parts of the board that were touched; the rest is as it was."""
    return {
        "queues": {queue: queue_view(day, queue) for queue in touched.queues if queue in day.hall.queues},
        "counters": {str(n): counter_view(day, n) for n in touched.counters if n in day.hall.counters},
    }


def queue_view(day: Day, queue_id: str) -> View:
    """One queue as the wire shows it."""
    queue = day.hall.queues[queue_id]
    view: View = {
        "id": queue.id,
        "name": queue.name,
        "kind": queue.kind,
        "prefix": queue.prefix,
        "waiting": len(day.waiting.get(queue_id, ())),
        "target_s": queue.target_s,
    }
    if (full := used_up(day, queue)) is not None:
        view["full"] = [instant(full.start), instant(full.end)]
    return view


def counter_view(day: Day, number: int) -> View:
    """One counter as the wire shows it, with the number it called or serves."""
    counter = day.hall.counters[number]
    view: View = {
        "number": number,
        "name": counter.name,
        "kind": counter.kind,
        "state": day.counter_state(number),
        "queues": list(day.serves(number)),
    }
    if counter.area:
        view["area"] = counter.area
    duty, ticket = day.duties.get(number), day.at_counter(number)
    if duty is not None and duty.pause is not None and duty.pause.back_at is not None:
        view["back_at"] = instant(duty.pause.back_at)
    if ticket is not None:
        leg = ticket.legs[-1]
        view["ticket"] = {
            "number": ticket.number,
            "state": ticket.state,
            "recalls": leg.recalls,
            "called_at": instant(leg.called_at),
        }
    return view


def counter_screen(day: Day, number: int) -> View:
    """The topic `counter.{n}`: what a plate shows, and no account; `{}` for a counter that the hall no longer has."""
    if day.hall_or_none is None or number not in day.hall.counters:
        return {}
    view = counter_view(day, number)
    duty = day.duties.get(number)
    if duty is not None:
        view["on_duty"] = {"capacity": duty.capacity, "since": instant(duty.since)}
        if duty.post is not None:
            view["on_duty"]["post"] = duty.post
    last = day.last_leg.get(number)
    if last is not None and last[0] in day.tickets:
        ticket = day.tickets[last[0]]
        leg = ticket.legs[last[1] - 1]
        view["last"] = {
            "number": ticket.number,
            "leg": last[1],
            "outcome": leg.outcome,
            "rated": last in day.ratings,
            "left_unrated": last in day.unrated,  # and not why: that is nobody's business in the hall
        }
        if leg.finished_at is not None:
            view["last"]["finished_at"] = instant(leg.finished_at)
    return view
