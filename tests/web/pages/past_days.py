"""A hall with business days behind it: people came, were called, served and rated, each day a little differently."""

import itertools
import random
from datetime import date, timedelta

from msgspec.structs import replace

from queue_server.domain import commands, events
from queue_server.domain.hall import Hall, Rules
from queue_server.domain.hours import Hours, business_day
from queue_server.domain.rating import LEVELS
from queue_server.domain.ticket import Estimate
from queue_server.engine.hall_runner import DAY_CODEC, HallRunner
from queue_server.journal.base import NewBatch, Stream
from tests.domain.halls import Floor, opened, township
from tests.web.pages.conftest import Site

__all__ = ["past_days"]

NAMES = ("王芳", "李建国", "张秀英", "刘洋", "陈静", "赵国强")
BUSY = (9, 9, 9, 10, 10, 10, 10, 11, 14, 14, 15, 15, 16)
"""Hours at which people come."""
QUEUES = ("comprehensive", "comprehensive", "express", "express", "certificate", "agency", "complaint")


async def past_days(site: Site, days: int, tickets: int, *, hall: str = "town", seed: int = 1) -> HallRunner:
    """The hall. Its `days` business days before today had some `tickets` each, fewer on Fridays, none at weekends; the
    same ones whoever asks.
    """
    chance = random.Random(seed)
    clerks = [await site.person("clerk", hall, name=name, user=f"{hall}-past-{n}") for n, name in enumerate(NAMES, 1)]
    plain = township()
    posts = {
        post.id: replace(post, a=clerks[post.counter - 1].id, b=(clerks[post.counter % 6].id,))
        for post in plain.posts.values()
    }
    made = replace(plain, id=hall, posts=posts, rules=Rules(call_lock_s=0), hours=Hours(always=True))
    today = business_day(site.server.now(), made.day_starts, made.timezone)
    await _write(site, _lived(made, [today - timedelta(days=ago) for ago in range(days, 0, -1)], tickets, chance))
    return await site.hall(made)


def _lived(hall: Hall, days: list[date], tickets: int, chance: random.Random) -> Floor:
    """A floor that went through those days."""
    worked = [day for day in days if day.weekday() < 5]
    floor = Floor(hall, worked[0], clock="08:30")
    for day in worked:
        if day != worked[0]:
            floor.turn(day, clock="08:30")
        for post in hall.posts.values():
            floor.on(post.counter, by=post.a, post=post.id)
        _day(floor, round(tickets * (0.6 if day.weekday() == 4 else 1) * chance.uniform(0.8, 1.2)), chance)
    return floor


def _day(floor: Floor, tickets: int, chance: random.Random) -> None:
    """People come when they please; every counter calls the next one as soon as it is free."""
    came = sorted((chance.choice(BUSY) * 60 + chance.randrange(60), n) for n in range(tickets))
    until = dict.fromkeys(range(1, 7), 0)  # the minute of the day at which each counter is done
    minute = came[0][0]
    while came or any(ticket.state in ("waiting", "serving") for ticket in floor.day.tickets.values()):
        floor.clock(f"{minute // 60:02}:{minute % 60:02}")
        while came and came[0][0] <= minute:
            _come(floor, came.pop(0)[1], chance)
        for counter in until:
            if until[counter] <= minute:
                _finish(floor, counter, chance)
                until[counter] = minute + _call(floor, counter, chance)
        minute += 1


def _come(floor: Floor, n: int, chance: random.Random) -> None:
    asked = {"service": chance.choice((1, 2))} if n % 3 == 0 else {"queue": QUEUES[n % len(QUEUES)]}
    ahead = sum(ticket.state == "waiting" for ticket in floor.day.tickets.values())
    estimate = Estimate(p50_s=150 * ahead, p90_s=400 * ahead + 300)
    floor.issue(**asked, priority="elderly" if n % 9 == 0 else None, estimate=estimate)


def _call(floor: Floor, counter: int, chance: random.Random) -> int:
    """Call whoever is next and begin; how many minutes that will take."""
    if not floor.order(counter):
        return 0
    floor.press(counter, commands.CallNext)
    if chance.random() < 0.05:
        floor.press(counter, commands.NoShow)
        return 1
    floor.press(counter, commands.Start)
    return max(2, round(chance.gauss(13, 6)))


def _finish(floor: Floor, counter: int, chance: random.Random) -> None:
    """End the service, if there is one; most rate it."""
    if floor.day.at_counter(counter) is None:
        return
    ticket = floor.press(counter, commands.Finish)
    if chance.random() < 0.6:
        level = chance.choices(LEVELS, (60, 25, 10, 3, 2))[0]
        rating = commands.RateLeg(by="holder", ticket=ticket.id, leg=len(ticket.legs), level=level, source="phone")
        floor.do(rating)


async def _write(site: Site, floor: Floor) -> None:
    """Into the journal, before anybody has opened the hall."""
    journal = site.server.registry._journal
    stream = Stream(floor.hall.id, "day")
    head = await journal.head(stream)
    starts = [*opened(floor.log), len(floor.log)]
    for begin, end in itertools.pairwise(starts):
        day = floor.log[begin:end]
        assert isinstance(day[0], events.DayOpened)
        mark = day[0].business_day.isoformat()
        batch = NewBatch(len(day), f"past {mark}", "", mark, DAY_CODEC.encode(day))
        head = await journal.append(stream, head, batch)
