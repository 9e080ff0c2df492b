"""A hall on its busiest day: 999 people wait, forty counters are at work, and every name is as long as names get."""

import asyncio
import itertools
from collections.abc import Sequence
from datetime import timedelta

from msgspec.structs import replace

from queue_server.domain import commands
from queue_server.domain.commands import DayCommand
from queue_server.domain.counter import Counter
from queue_server.domain.hall import Rules
from queue_server.domain.post import Post
from queue_server.domain.queue import Queue, QueueKind
from queue_server.domain.refusals import Refusal
from queue_server.domain.screen import Screen
from queue_server.domain.ticket import Priority
from queue_server.engine.hall_runner import HallRunner
from queue_server.records.accounts import Account
from queue_server.wire.frames import Health
from tests.web.pages.conftest import TOWN, Site

__all__ = ["COUNTERS", "LONG", "WAITING", "busy_hall"]

COUNTERS = 40
WAITING = 999
LONG = "城乡居民基本养老保险和医疗保险参保登记及社会救助综合受理窗口"
"""Thirty characters."""
AREA = "综合服务大楼一楼东厅靠近咨询台的一侧窗口"
"""As long as an area's name may be."""

KINDS: tuple[QueueKind, ...] = ("comprehensive", "express", "complaint", "certificate", "agency", "dedicated")
CLAIMED: tuple[Priority | None, ...] = ("elderly", None, "pregnant_or_infant", None, None, "military")

QUEUES = {
    f"queue-{kind}": Queue(id=f"queue-{kind}", name=LONG, kind=kind, prefix=prefix, target_s=60)
    for kind, prefix in zip(KINDS, ("A", "B", "C", "D", "E", "ZZ"), strict=True)
}


async def busy_hall(site: Site) -> Account:
    """Set it up as "town", by its runner and not by a thousand requests; the clerk of counter 1, who has A001 to call.

    A001 to A999 and A1000 and on were issued, one at each counter is called or served, some are held or were missed.
    """
    clerks = [
        await site.person("clerk", user=f"clerk-{n}", name=f"{LONG[:28]}{n:02}", counter=n)
        for n in range(1, COUNTERS + 1)
    ]
    counter = Counter(
        number=1, name=LONG, kind="comprehensive", queues=("queue-comprehensive",), helps=tuple(QUEUES)[1:], area=AREA
    )
    runner = await site.hall(
        TOWN,
        name=LONG,
        place=LONG,
        queues=QUEUES,
        counters={n: replace(counter, number=n) for n in range(1, COUNTERS + 1)},
        posts={
            f"post-{n}": Post(id=f"post-{n}", name=LONG, counter=n, a=clerk.id, b=(clerks[n - 2].id,))
            for n, clerk in enumerate(clerks, 1)
        },
        services={no: replace(rule, queue="queue-comprehensive") for no, rule in TOWN.services.items()},
        rules=Rules(call_lock_s=0),
        notices=(LONG * 2,),
        screens={
            f"screen-{n}": Screen(id=f"screen-{n}", name=LONG, queues=tuple(QUEUES), areas=(AREA,)) for n in range(1, 5)
        },
    )
    gone = COUNTERS - 1 + 6  # called or served at the other counters, held or missed
    await _run(runner, [_issue(n) for n in range(WAITING + gone)])
    await _run(runner, [commands.SignOn(by=clerk.id, counter=n, capacity="A") for n, clerk in enumerate(clerks, 1)])
    for n, clerk in enumerate(clerks[:6], 1):
        await _run(runner, [commands.CallNext(by=clerk.id, counter=n)])
        if n % 2:
            await _run(runner, [commands.NoShow(by=clerk.id, counter=n)])
        else:
            await _run(runner, [commands.Start(by=clerk.id, counter=n), commands.Hold(by=clerk.id, counter=n)])
    await _run(runner, [commands.CallNext(by=clerk.id, counter=n) for n, clerk in enumerate(clerks, 1) if n > 1])
    await _run(runner, [commands.Start(by=clerk.id, counter=n) for n, clerk in enumerate(clerks, 1) if n % 2 == 0])
    back_at = site.server.now() + timedelta(minutes=10)
    for n, clerk in enumerate(clerks[36:], 37):
        await _run(runner, [commands.PauseCounter(by=clerk.id, counter=n, back_at=back_at if n % 2 else None)])
    await _devices(site, runner)
    return clerks[0]


async def _devices(site: Site, runner: HallRunner) -> None:
    """Evaluators, few because they look alike, and announcers of which each has just failed to sound."""
    server = site.server
    now, head = server.now(), server.source.topics_of(runner.id).stands("calls")
    for n in range(1, 7):
        await server.records.devices.create(runner.id, "evaluator", now, counter=n, label=LONG)
    for _ in range(3):
        device, _ = await server.records.devices.create(runner.id, "announcer", now, label=LONG)
        attendance = server.presence.joined(runner.id, "calls", device.id, "announcer", now)
        for failures in (1, 2):
            attendance.acked(head, now, Health(voice="espeak" * 20, failures=failures, spoken_at=now))


def _issue(n: int) -> DayCommand:
    priority = CLAIMED[n % len(CLAIMED)]
    return commands.IssueTicket(by="d_kiosk", ticket=f"ticket-{n}", queue="queue-comprehensive", priority=priority)


_ids = itertools.count()


async def _run(runner: HallRunner, wanted: Sequence[DayCommand]) -> None:
    """All of them at once, in this order."""
    outcomes = await asyncio.gather(
        *(runner.run(command, f"busy {next(_ids)}", "", lambda day, events: None) for command in wanted)
    )
    assert not any(isinstance(outcome, Refusal) for outcome in outcomes), outcomes
