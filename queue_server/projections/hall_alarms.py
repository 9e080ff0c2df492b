"""Everything that a hall's head is to be told now: a function of the day, the book, and the time.

Nothing of it is journaled, and nothing remembers that it was told. Time is measured as statistics measure it: hours in
which the hall is closed count for no wait and for no idle counter.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from queue_server.domain.alarm import Alarm, AlarmKind, worst_first
from queue_server.domain.book import Book
from queue_server.domain.day import Day
from queue_server.domain.deadlines import local_date
from queue_server.domain.half_day import Half, HalfDay
from queue_server.domain.hours import Interval
from queue_server.domain.post import Post
from queue_server.domain.staffing import Staffing
from queue_server.domain.thresholds import Levels, Thresholds
from queue_server.projections.due_alarms import due_alarms
from queue_server.projections.history import open_ms
from queue_server.projections.loss_alarms import loss_alarms

__all__ = ["ABANDONMENT_LEAST", "hall_alarms"]

ABANDONMENT_LEAST = 10
"""Tickets of a day before the share of them that was given up says anything."""


def hall_alarms(day: Day, book: Book, now: datetime) -> list[Alarm]:
    """What stands at `now`, the worst first. Before the first day it is what was lost of the hall's history, and once
    the day was closed early what does not end with it.
    """
    found = [*loss_alarms(book)]
    if day.hall_or_none is None or book.hall is None:
        return found
    found += due_alarms(book, _half_of_date(day, now), now)
    if not day.closed:
        found += _of_the_day(day, book.staffing, book.hall.alarms, now)
    return sorted(found, key=worst_first)


def _half_of_date(day: Day, now: datetime) -> Half:
    """The half of the calendar's day, which deadlines go by: before its business day begins it is its morning."""
    return day.half(now) if local_date(now, day.hall.timezone) == day.business_day else "morning"


def _of_the_day(day: Day, staffing: Staffing, limits: Thresholds, now: datetime) -> Iterator[Alarm]:
    """What the day itself is warned of. limits: the book's, since the day's set-up has none."""
    open_now = next((span for span in day.opening if span.start <= now < span.end), None)
    yield from _posts(day, staffing, limits.uncovered_min, open_now, now)
    yield from _waits(day, limits.wait_percent, now)
    yield from _abandonment(day, limits.abandonment_percent)
    yield from _bad_ratings(day, limits.bad_ratings)
    if open_now is not None:
        yield from _idle(day, limits.idle_min, open_now, now)
        yield from _saturation(day, limits.saturation)
        yield from _long_duty(day, limits.duty_min, open_now, now)


# Posts


def _posts(day: Day, staffing: Staffing, levels: Levels, open_now: Interval | None, now: datetime) -> Iterator[Alarm]:
    """Posts at which nobody stands: at once where nobody could, even ahead of an opening; else after a while."""
    if day.business_day is None or not any(now < span.end and _falls_into(day, span, now) for span in day.opening):
        return
    when = HalfDay(day=day.business_day, half=day.half(now))
    there = {post for duty in day.duties.values() for post in (duty.post, *duty.covers)}
    for post in day.hall.posts.values():
        if post.id in there or not post.staffed(when):
            continue
        able = tuple(clerk for clerk in _in_turn(post, staffing, when) if staffing.absent(clerk, when) is None)
        if post.holders and not able:
            yield Alarm(kind="both_absent", colour="red", subject=post.id)
        elif open_now is not None:
            since = _uncovered_since(day, post, open_now, when)
            yield from _reached("post_uncovered", levels, _minutes(since, now), post.id, since, able)


def _falls_into(day: Day, span: Interval, now: datetime) -> bool:
    """Whether the hall opens then in the half day that it is: who stays away while it is closed is not missed."""
    return day.midday is None or now >= day.midday or span.start < day.midday


def _in_turn(post: Post, staffing: Staffing, when: HalfDay) -> Iterable[str]:
    """Whoever may hold the post, and before all others who is to be there."""
    planned = staffing.standing(post, when).clerk
    return dict.fromkeys([*([] if planned is None else [planned]), *post.holders])


def _uncovered_since(day: Day, post: Post, open_now: Interval, when: HalfDay) -> datetime:
    """The hall was open, somebody should have been there, and the last who was had gone."""
    known = [open_now.start, day.began, day.left.get(post.id)]
    morning = HalfDay(day=when.day, half="morning")
    if when.half == "afternoon" and not post.staffed(morning):
        known.append(day.midday)
    return max(at for at in known if at is not None)


# Waiting


def _waits(day: Day, levels: Levels, now: datetime) -> Iterator[Alarm]:
    """Queues in which somebody waits too long, also after closing time: who came in time is served."""
    for queue, since in day.waits_since().items():
        percent = 100 * open_ms(since, now, day.opening) / (1000 * day.hall.queues[queue].target_s)
        yield from _reached("wait", levels, percent, queue, since, _free_for(day, queue))


def _saturation(day: Day, levels: Levels) -> Iterator[Alarm]:
    """窗口饱和度. Where no counter is open for a queue, it is measured as though one were."""
    for queue, waiting in day.waiting.items():
        share = len(waiting) / max(len(day.open_for([queue])), 1)
        yield from _reached("saturation", levels, share, queue, None, _free_for(day, queue))


def _free_for(day: Day, queue: str) -> tuple[str, ...]:
    """Clerks on duty who could take somebody of that queue and have nobody before them; who pauses comes last."""
    free = [n for n in day.duties if n not in day.current and day.can_serve(n, queue)]
    return tuple(day.duties[n].clerk for n in sorted(free, key=lambda n: day.duties[n].pause is not None))


# Counters


def _idle(day: Day, levels: Levels, open_now: Interval, now: datetime) -> Iterator[Alarm]:
    """离岗: people wait for a counter, nobody is served there, no pause was declared, and nothing is done."""
    longest = day.waits_since()
    for number, duty in day.duties.items():
        ticket = day.at_counter(number)
        if duty.pause is not None or (ticket is not None and ticket.state == "serving"):
            continue
        queues = (*day.serves(number), *day.hall.counters[number].helps)
        waiting = [longest[queue] for queue in queues if queue in longest]
        if not waiting:
            continue
        since = max(min(waiting), day.operated.get(number, duty.since), open_now.start)
        yield from _reached("idle", levels, _minutes(since, now), str(number), since, (duty.clerk,))


def _long_duty(day: Day, levels: Levels, open_now: Interval, now: datetime) -> Iterator[Alarm]:
    """连续工作时长. A declared pause ends it, and so does the hall's own break."""
    for number, duty in day.duties.items():
        if duty.pause is None:
            since = max(duty.since, duty.rested_at or duty.since, open_now.start)
            yield from _reached("long_duty", levels, _minutes(since, now), str(number), since, (duty.clerk,))


# The day


def _abandonment(day: Day, levels: Levels) -> Iterator[Alarm]:
    """弃号率: called, absent, and not back, of all tickets of the day."""
    issued = sum(day.issued_by_half.values())
    if issued < ABANDONMENT_LEAST:
        return
    gone = sum(t.state in ("absent", "void") and t.business_day == day.business_day for t in day.tickets.values())
    yield from _reached("abandonment", levels, 100 * gone / issued)


def _bad_ratings(day: Day, levels: Levels) -> Iterator[Alarm]:
    given = day.bad_ratings()
    yield from _reached("bad_ratings", levels, len(given), since=given[-1] if given else None)


def _minutes(since: datetime, now: datetime) -> int:
    return (now - since) // timedelta(minutes=1)


def _reached(
    kind: AlarmKind,
    levels: Levels,
    figure: float,
    subject: str = "",
    since: datetime | None = None,
    actors: tuple[str, ...] = (),
) -> Iterator[Alarm]:
    """The alarm of a measured figure, if it reaches a colour."""
    if (reached := levels.reached(figure)) is not None:
        colour, limit = reached
        yield Alarm(
            kind=kind, colour=colour, subject=subject, figure=int(figure), limit=limit, since=since, actors=actors
        )
