"""What the halls' webhooks are told, and when: the process's clock has each hall looked at.

Of several servers the one that has the hall's lease looks. Should two ever do so, each message is still told once.
"""

import random
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import structlog

from queue_server.domain.book import Book
from queue_server.domain.book_events import (
    BookEvent,
    ComplaintReclassified,
    ComplaintRegistered,
    HallConfigured,
    RectificationOpened,
)
from queue_server.domain.hall import Hall
from queue_server.domain.webhook import Webhook
from queue_server.engine.hall_runner import HallRunner
from queue_server.peers.leases import Leases
from queue_server.records.outbox import Message, Outbox
from queue_server.webhooks.alarms import Standing, news, standing
from queue_server.webhooks.messages import bad_rating, major_complaint, turn_near
from queue_server.webhooks.turns import turns_near

__all__ = ["Alerts"]

log = structlog.get_logger()

QUIET = timedelta(minutes=1)
"""An alarm is over when it has not stood for so long: one that flutters is told once."""
AFTER_START = timedelta(minutes=10)
"""For so long after a start none is over: what makes an alarm is in part soft state, as a device that is missing."""
TAKEN_OVER = 1_000
"""Halls of which it is asked at once whether nobody looks at them: a province's thirty thousand take a quarter of an
hour, and spread over its servers by chance.
"""


@dataclass(slots=True)
class _Followed:
    """A hall with a webhook. seq: up to which it was told of the book, in the history of that epoch; chosen: how it was
    set up then; told: what was told last of each alarm; quiet: since when alarms that were told have not stood; near:
    tickets of the day that were told.
    """

    seq: int
    epoch: str
    chosen: Webhook
    began: datetime
    told: dict[str, Message]
    quiet: dict[str, datetime] = field(default_factory=dict)
    day: date | None = None
    near: set[str] = field(default_factory=set)


class Alerts:
    """Finds out what is to be told and puts it into the outbox. wake: tells who sends it."""

    def __init__(self, outbox: Outbox, wake: Callable[[], None], leases: Leases) -> None:
        self._outbox = outbox
        self._wake = wake
        self._leases = leases
        self._places: dict[str, int] | None = None  # of all halls that are followed, by any server; None: not read yet
        self._halls: dict[str, _Followed] = {}

    def follows(self, hall: str) -> bool:
        """Whether a hall has to stay in memory, because somebody is to be told of it."""
        return hall in self._halls

    async def to_take_over(self) -> list[str]:
        """Halls that somebody is to be told of and that no server looks at: to be brought into memory. At a start, and
        every half minute: some of those that another server's end left. Raises RecordsUnavailable.
        """
        self._places = await self._outbox.followed()
        others = [hall for hall in self._places if hall not in self._halls]
        asked = others if len(others) <= TAKEN_OVER else random.sample(others, TAKEN_OVER)
        return [hall for hall in asked if await self._leases.hold(hall)]

    async def look(self, runner: HallRunner) -> None:
        """Tell what happened in a hall since the last look, and whose turn is near. Raises Unavailable,
        RecordsUnavailable: nothing is lost then.
        """
        if self._places is None:
            self._places = await self._outbox.followed()
        hall = runner.books.durable.hall
        if hall is None or not hall.webhook.url:
            await self._leave(runner.id)
            return
        if not await self._leases.hold(runner.id):
            self._halls.pop(runner.id, None)
            return
        followed = self._halls.get(runner.id) or await self._begin(runner)
        epoch = runner.books.head.epoch
        now = runner.clock.wall_now()  # as the sender's: hall time may be days off while a date is in doubt
        seq, chosen, messages = followed.seq, followed.chosen, list[Message]()
        if followed.epoch != epoch:  # history was lost, and what took its place is news
            seq, chosen = min(seq, runner.books.kept), hall.webhook
        if runner.books.durable.seq != seq:
            seq, chosen, messages = await _of_book(runner, hall, seq, chosen, now)
        near = _near(runner, hall, followed, now)
        await self._add([*messages, *near.values()])
        followed.near |= near.keys()
        followed.epoch = epoch
        if seq != followed.seq:
            await self._outbox.follow(runner.id, seq)
            followed.seq = self._places[runner.id] = seq
            if chosen != followed.chosen:
                followed.chosen = chosen
                _warn(runner.id, chosen)

    async def look_at_alarms(self, runner: HallRunner, alarms: Callable[[], Awaitable[Iterable[Standing]]]) -> None:
        """Tell which of a hall's alarms are new, worse or over. alarms: asked for those that stand, if any are told.

        Raises RecordsUnavailable, and what `alarms` does.
        """
        hall, followed = runner.books.durable.hall, self._halls.get(runner.id)
        if hall is None or followed is None:
            return
        raised = [alarm for alarm in await alarms() if hall.webhook.tells_of(alarm.kind, alarm.level)]
        now = runner.clock.wall_now()
        over = _over(followed, {alarm.subject for alarm in raised}, now)
        if news(hall, followed.told, now, raised, over):
            followed.told = await self._outbox.told_last(hall.id)  # another server may have told it
            messages = news(hall, followed.told, now, raised, over)
            await self._add(messages)
            followed.told |= {message.subject: message for message in messages}

    async def _begin(self, runner: HallRunner) -> _Followed:
        """Follow a hall: from where it was left, else from the set-up that is in force; what was before is old news."""
        assert self._places is not None  # noqa: S101 - read by `look`
        book = runner.books.durable  # goes on while the outbox is asked
        epoch = runner.books.head.epoch
        seq = min(self._places.get(runner.id, book.hall_seq), book.seq)  # less than it was where a backup was restored
        chosen = Webhook() if book.hall is None else book.hall.webhook
        told = await self._outbox.told_last(runner.id)
        await self._outbox.follow(runner.id, seq)
        self._places[runner.id] = seq
        followed = self._halls[runner.id] = _Followed(seq, epoch, chosen, runner.clock.wall_now(), told)
        _warn(runner.id, chosen)
        return followed

    async def _leave(self, hall: str) -> None:
        """Follow a hall no more."""
        assert self._places is not None  # noqa: S101 - read by `look`
        if hall in self._places:
            await self._outbox.follow(hall, None)
            del self._places[hall]
        self._halls.pop(hall, None)

    async def _add(self, messages: list[Message]) -> None:
        if await self._outbox.add(messages):
            self._wake()


def _warn(hall: str, webhook: Webhook) -> None:
    """Say in the log what the page says too: whoever runs the server may know the network better than the head does."""
    if webhook.readable:
        log.warning("webhook.not_https", hall=hall)


async def _of_book(
    runner: HallRunner, hall: Hall, seq: int, chosen: Webhook, now: datetime
) -> tuple[int, Webhook, list[Message]]:
    """What is to be told of the book's events after `seq`; before it, the seq of the last of them and the choice then.

    hall: as it is set up now. chosen: as it was at `seq`; what happened while less was chosen is not told later.
    """
    messages = list[Message]()
    book = runner.books.durable
    async for batch, events in runner.books.events_after(seq):
        if batch.last > book.seq:  # another server's, which this one has not taken in yet
            break
        for event in events:
            if isinstance(event, HallConfigured):
                chosen = event.hall.webhook
            elif chosen.url and (found := _of_event(hall, book, event, now)) is not None:
                messages += [found] if found.kind in chosen.kinds else []
        seq = batch.last
    return seq, chosen, messages


def _of_event(hall: Hall, book: Book, event: BookEvent, now: datetime) -> Message | None:
    match event:
        case RectificationOpened():
            return bad_rating(hall, event, now)
        case ComplaintRegistered(severity="major") | ComplaintReclassified(severity="major"):
            complaint = book.complaints.all[event.complaint]  # as it is known to be now
            if complaint.about != "staff" and complaint.subject is None:  # else it is discipline's alone
                return major_complaint(hall, complaint.id, complaint.number, complaint.due_at, now)
    return None


def _near(runner: HallRunner, hall: Hall, followed: _Followed, now: datetime) -> dict[str, Message]:
    """Whom to tell that their turn is near, by ticket."""
    day = runner.day
    if followed.day != day.business_day:
        followed.day, followed.near = day.business_day, set()
    if "turn_near" not in hall.webhook.kinds:
        return {}
    near = {ticket.id: (ticket, ahead) for ticket, ahead in turns_near(day) if ticket.id not in followed.near}
    return {id: turn_near(hall, ticket, ahead, now) for id, (ticket, ahead) in near.items()}


def _over(followed: _Followed, subjects: set[str], now: datetime) -> list[str]:
    """Which of the alarms that were told are over."""
    gone = standing(followed.told).keys() - subjects
    followed.quiet = {subject: followed.quiet.get(subject, now) for subject in gone}
    if now - followed.began < AFTER_START:
        return []
    return [subject for subject, since in followed.quiet.items() if now - since >= QUIET]
