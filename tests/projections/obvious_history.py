"""Statistics once more, slowly and obviously: from the domain's own states, with a search for each figure.

Nothing is shared with the projection but the names of the figures.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from math import ceil, floor
from statistics import median
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from queue_server.domain import events
from queue_server.domain.apply import apply
from queue_server.domain.day import Day
from queue_server.domain.hours import WEEKDAYS, Interval, midday
from queue_server.domain.rating import LEVELS, Rating, UnratedCause
from queue_server.domain.ticket import Leg, Ticket

__all__ = ["Past", "obvious_rows", "past_of"]

NOTHING = timedelta()


class _Stretch(NamedTuple):
    """What a counter did between two events that follow each other."""

    day: date
    counter: int
    clerk: str
    posts: tuple[str | None, ...]
    paused: bool
    serving: Leg | None
    time: timedelta


class Past(NamedTuple):
    """Everything that was, told by the states that the domain went through."""

    tickets: dict[str, Ticket]
    ratings: dict[tuple[str, int], Rating]
    unrated: dict[tuple[str, int], UnratedCause]
    first_calls: dict[str, tuple[datetime, tuple[Interval, ...], int]]  # when, opening, target_s
    chosen: set[tuple[str, int]]
    stretches: list[_Stretch]
    posts: dict[tuple[date, str], tuple[timedelta, timedelta]]  # expected, staffed


def obvious_rows(
    log: Sequence[events.DayEvent],
    first: date,
    last: date,
    by: str | None,
    *,
    distribution: bool = False,
    past: Past | None = None,
) -> dict[Any, dict[str, Any]]:
    """Rows by key, None for the row without one. past: that of the log, when it is at hand."""
    past = past or past_of(log)
    tickets = [ticket for ticket in past.tickets.values() if first <= ticket.business_day <= last]
    legs = [(ticket, number) for ticket in tickets for number in range(1, len(ticket.legs) + 1)]
    stretches = [stretch for stretch in past.stretches if first <= stretch.day <= last]
    posts = {at: time for at, time in past.posts.items() if first <= at[0] <= last and time[0]}
    ticket_key, leg_key, work_keys = _keys(log, by)
    post_key = _POST_KEYS.get(by)
    keys = {None} if by is None else set()
    keys |= {ticket_key(ticket) for ticket in tickets} if ticket_key else set()
    keys |= {leg_key(ticket, ticket.legs[number - 1]) for ticket, number in legs}
    keys |= {key for stretch in stretches for key in work_keys(stretch)} if work_keys else set()
    keys |= {post_key(*at) for at in posts} if post_key else set()
    rows: dict[Any, dict[str, Any]] = {}
    for key in keys:
        row: dict[str, Any] = {}
        here = [(ticket, number) for ticket, number in legs if leg_key(ticket, ticket.legs[number - 1]) == key]
        if ticket_key:
            row |= _of_tickets(log, [ticket for ticket in tickets if ticket_key(ticket) == key])
        row |= _of_waits(past, [ticket for ticket, number in here if number == 1], distribution)
        row |= _of_legs(past, here, distribution)
        if work_keys:
            row |= _of_duty([stretch for stretch in stretches if key in work_keys(stretch)], key, by)
        if post_key:
            row |= _of_posts([time for at, time in posts.items() if post_key(*at) == key])
        rows[key] = row
    return rows


def past_of(log: Sequence[events.DayEvent]) -> Past:
    """What was, by the end of the log."""
    past = Past({}, {}, {}, {}, set(), [], {})
    day = Day()
    for event, following in zip(log, [*log[1:], log[-1]], strict=True):
        apply(day, event)
        past.tickets.update(day.tickets)
        past.ratings.update(day.ratings)
        past.unrated.update(day.unrated)
        if isinstance(event, events.TicketCalled):
            ticket = day.tickets[event.ticket]
            target_s = day.hall.queues[ticket.queue].target_s
            past.first_calls.setdefault(ticket.id, (event.at, day.opening, target_s))
            if event.why == "chosen":
                past.chosen.add((ticket.id, len(ticket.legs)))
        assert day.business_day is not None
        for counter, duty in day.duties.items():
            ticket_there = day.at_counter(counter)
            serving = ticket_there.legs[-1] if ticket_there and ticket_there.state == "serving" else None
            time = _open_until(following.at, day.opening) - _open_until(event.at, day.opening)
            posts = (duty.post, *duty.covers)
            paused = duty.pause is not None
            past.stretches.append(_Stretch(day.business_day, counter, duty.clerk, posts, paused, serving, time))
        _watch_posts(past, day, event, following)
    return past


def _watch_posts(past: Past, day: Day, event: events.DayEvent, following: events.DayEvent) -> None:
    """Which posts were wanted until the following event, and which of them staffed."""
    today = day.business_day
    assert today is not None
    since = event.at
    if isinstance(event, events.DayOpened) and day.opening:
        since = min(since, day.opening[0].start)
    noon = midday(day.opening, today, day.hall.timezone)
    for post in day.hall.posts.values():
        wanted = NOTHING
        for half, begin, end in (
            ("morning", since, min(noon, following.at)),
            ("afternoon", max(noon, since), following.at),
        ):
            if post.roster.get(f"{WEEKDAYS[today.weekday()]}_{half}") != "" and begin < end:
                wanted += _open_until(end, day.opening) - _open_until(begin, day.opening)
        there = any(post.id in (duty.post, *duty.covers) for duty in day.duties.values())
        expected, staffed = past.posts.get((today, post.id), (NOTHING, NOTHING))
        past.posts[today, post.id] = expected + wanted, staffed + (wanted if there else NOTHING)


def _open_until(at: datetime, opening: Sequence[Interval]) -> timedelta:
    """How long the hall had been open by then."""
    whole = sum((span.end - span.start for span in opening if span.end <= at), NOTHING)
    return whole + sum((at - span.start for span in opening if span.start < at < span.end), NOTHING)


_POST_KEYS: dict[str | None, Callable[[date, str], Any]] = {
    None: lambda day, post: None,
    "day": lambda day, post: str(day),
    "month": lambda day, post: str(day)[:7],
    "weekday": lambda day, post: WEEKDAYS[day.weekday()],
    "post": lambda day, post: post,
    "day_post": lambda day, post: f"{day} {post}",
}


def _keys(log: Sequence[events.DayEvent], by: str | None) -> tuple[Any, Any, Any]:
    zones = [ZoneInfo(event.hall.timezone) for event in log if isinstance(event, events.DayOpened)]

    def hour(ticket: Ticket) -> int:
        return ticket.issued_at.astimezone(zones[0]).hour

    of_ticket: dict[str | None, Callable[[Ticket], Any]] = {
        None: lambda ticket: None,
        "day": lambda ticket: str(ticket.business_day),
        "month": lambda ticket: str(ticket.business_day)[:7],
        "weekday": lambda ticket: WEEKDAYS[ticket.business_day.weekday()],
        "hour": hour,
        "weekday_hour": lambda ticket: f"{WEEKDAYS[ticket.business_day.weekday()]} {hour(ticket):02d}",
        "queue": lambda ticket: ticket.legs[0].queue if ticket.legs else ticket.queue,
        "service": lambda ticket: ticket.service,
    }
    of_leg: dict[str | None, Callable[[Ticket, Leg], Any]] = {
        "queue": lambda ticket, leg: leg.queue,
        "counter": lambda ticket, leg: leg.counter,
        "post": lambda ticket, leg: leg.post,
        "clerk": lambda ticket, leg: leg.clerk,
        "capacity": lambda ticket, leg: leg.capacity,
        "day_post": lambda ticket, leg: leg.post and f"{ticket.business_day} {leg.post}",
    }
    of_work: dict[str | None, Callable[[_Stretch], Any]] = {
        None: lambda stretch: (None,),
        "day": lambda stretch: (str(stretch.day),),
        "month": lambda stretch: (str(stretch.day)[:7],),
        "weekday": lambda stretch: (WEEKDAYS[stretch.day.weekday()],),
        "counter": lambda stretch: (stretch.counter,),
        "clerk": lambda stretch: (stretch.clerk,),
        "post": lambda stretch: stretch.posts,
        "day_post": lambda stretch: [post and f"{stretch.day} {post}" for post in stretch.posts],
    }
    own = of_ticket.get(by)
    return own, of_leg.get(by, lambda ticket, leg: own(ticket) if own else None), of_work.get(by)


def _of_tickets(log: Sequence[events.DayEvent], tickets: list[Ticket]) -> dict[str, Any]:
    states = [ticket.state for ticket in tickets]
    row = {
        "issued": len(tickets),
        "urgent": sum(ticket.urgent for ticket in tickets),
        "priority": sum(ticket.priority is not None for ticket in tickets),
        "cancelled": states.count("cancelled"),
        "void": states.count("void"),
        "lapsed": states.count("lapsed"),
        "abandoned": states.count("void") + states.count("absent"),
    }
    return row | _share("abandonment_rate", row["abandoned"], len(tickets))


def _of_waits(past: Past, tickets: list[Ticket], distribution: bool) -> dict[str, Any]:
    waits, in_target, errors, kept = [], 0, [], 0
    for ticket in tickets:
        at, opening, target_s = past.first_calls[ticket.id]
        wait = _open_until(at, opening) - _open_until(ticket.issued_at, opening)
        waits.append(wait)
        in_target += wait <= timedelta(seconds=target_s)
        if ticket.estimate:
            elapsed = at - ticket.issued_at
            errors.append(abs(elapsed - timedelta(seconds=ticket.estimate.p50_s)))
            kept += elapsed <= timedelta(seconds=ticket.estimate.p90_s)
    row = {"waiting": _spread(waits, distribution), "within_target": in_target, "promised": len(errors)}
    if errors:
        row["promise_error_s"] = _median_s(errors)
    return row | _share("within_target_rate", in_target, len(waits)) | _share("promise_kept_rate", kept, len(errors))


def _of_legs(past: Past, legs: list[tuple[Ticket, int]], distribution: bool) -> dict[str, Any]:
    every = [ticket.legs[number - 1] for ticket, number in legs]
    outcomes = [leg.outcome for leg in every]
    levels = [past.ratings[ticket.id, number].level for ticket, number in legs if (ticket.id, number) in past.ratings]
    ended = [(t, number) for t, number in legs if t.legs[number - 1].outcome in ("served", "transferred")]
    rated_served = sum(t.legs[number - 1].outcome == "served" for t, number in ended if (t.id, number) in past.ratings)
    left = [past.unrated.get((t.id, number)) for t, number in ended if (t.id, number) not in past.ratings]
    good = sum(level in ("very_satisfied", "satisfied", "basically_satisfied") for level in levels)
    row = {
        # The leg after a held one was not called: the ticket came back to it.
        "called": len(legs) - sum(number > 1 and t.legs[number - 2].outcome == "held" for t, number in legs),
        "chosen": sum((ticket.id, number) in past.chosen for ticket, number in legs),
        "absent": outcomes.count("absent"),
        "served": outcomes.count("served"),
        "transferred": outcomes.count("transferred"),
        "service": _spread([_service(ticket, number) for ticket, number in ended], distribution),
        "rated": len(levels),
        "ratings": {level: levels.count(level) for level in LEVELS},
        "unrated": {
            "not_invited": outcomes.count("served") - rated_served - left.count("timed_out") - left.count("refused"),
            "timed_out": left.count("timed_out"),
            "refused": left.count("refused"),
        },
    }
    return (
        row
        | _share("rating_rate", rated_served, outcomes.count("served"))
        | _share("good_rate_top3", good, len(levels))
        | _share("satisfied_rate_top2", levels.count("very_satisfied") + levels.count("satisfied"), len(levels))
        | _share("bad_rate", len(levels) - good, len(levels))
    )


def _service(ticket: Ticket, number: int) -> timedelta:
    """Of the service that ended with this leg: itself and the held legs right before it."""
    leg = ticket.legs[number - 1]
    assert leg.started_at is not None and leg.finished_at is not None
    before = number > 1 and ticket.legs[number - 2].outcome == "held"
    return leg.finished_at - leg.started_at + (_service(ticket, number - 1) if before else NOTHING)


def _of_duty(stretches: list[_Stretch], key: Any, by: str | None) -> dict[str, Any]:
    on_duty = sum((stretch.time for stretch in stretches), NOTHING)
    paused = sum((stretch.time for stretch in stretches if stretch.paused and not stretch.serving), NOTHING)
    mine = [
        s
        for s in stretches
        if s.serving and (by not in ("post", "day_post") or s.serving.post == (key and key.split()[-1]))
    ]
    serving = sum((stretch.time for stretch in mine), NOTHING)
    row = {
        "on_duty_s": _whole_seconds(on_duty),
        "paused_s": _whole_seconds(paused),
        "serving_s": _whole_seconds(serving),
    }
    if on_duty > paused:
        return row | {"utilisation": round(serving / (on_duty - paused), 4)}
    return row


def _of_posts(times: list[tuple[timedelta, timedelta]]) -> dict[str, Any]:
    expected, staffed = (sum((time[at] for time in times), NOTHING) for at in (0, 1))
    row = {"post_expected_s": _whole_seconds(expected), "post_staffed_s": _whole_seconds(staffed)}
    return row | ({"coverage": round(staffed / expected, 4)} if expected else {})


def _spread(times: list[timedelta], distribution: bool) -> dict[str, Any]:
    seconds = [_whole_seconds(time) for time in times]
    minutes = [second // 60 for second in seconds]
    more = {"minutes": [(minute, minutes.count(minute)) for minute in sorted(set(minutes))]} if distribution else {}
    if not times:
        return {"count": 0, **more}
    return {
        "count": len(times),
        "mean_s": _half_up(Fraction(sum(seconds), len(seconds))),
        "median_s": _half_up(Fraction(median(seconds))),
        "p90_s": sorted(seconds)[ceil(Fraction(9, 10) * len(seconds)) - 1],
        "max_s": max(seconds),
        **more,
    }


def _median_s(times: list[timedelta]) -> int:
    return _half_up(Fraction(median(_whole_seconds(time) for time in times)))


def _whole_seconds(time: timedelta) -> int:
    return _half_up(Fraction(time // timedelta(microseconds=1), 1_000_000))


def _half_up(number: Fraction) -> int:
    return floor(number + Fraction(1, 2))


def _share(name: str, part: int, whole: int) -> dict[str, float]:
    return {name: round(part / whole, 4)} if whole else {}
