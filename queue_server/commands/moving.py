"""Moving halls from one place to another: between a data folder and Redis, or from one of either to another.

    copy, check ──► seal there ──► copy and check the rest, the records ──► open here
         │               │                        │
         └ again         └───── open there again ─┘   when something does not fit, or nobody wants it any more

Each step may be repeated: whatever kills it, the next run goes on where it came to. What stands in the way before the
first step is said then; from the seal to the opening nobody takes a ticket in these halls, in either place.
"""

from collections.abc import Callable
from datetime import datetime

from queue_server.commands.histories import replay
from queue_server.commands.places import Place
from queue_server.domain.apply import apply
from queue_server.domain.book import Book, apply_to_book
from queue_server.domain.day import Day
from queue_server.engine.clock import wall
from queue_server.engine.hall_runner import BOOK_CODEC, DAY_CODEC
from queue_server.engine.stream_runner import StreamRunner
from queue_server.journal.base import Head, Journal, JournalError, Stream
from queue_server.journal.carrying import arrived, carry, same
from queue_server.records.carrying import Carried, carry_records, compare_records, taken

__all__ = ["CannotMove", "Moving", "copy_halls"]


class CannotMove(Exception):
    """Why it does not begin, or not end; both places are as they were."""


Told = Callable[[int], None]
"""Called with how many more events are done."""


def _nobody_looks(events: int) -> None:
    """No bar shows how far it is."""


class Moving:
    """All halls of `source` on their way to `target`. Raises CannotMove, and what either place raises."""

    def __init__(self, source: Place, target: Place, now: Callable[[], datetime]) -> None:
        self._source = source
        self._target = target
        self._now = now
        self._leaving = f"the hall has moved to {target.name}"
        self._coming = f"the hall is not all here yet: it is on its way from {source.name}"
        self._checked: dict[Stream, Head] = {}

    async def waiting(self) -> list[Stream]:
        """The histories that have not moved yet."""
        histories = await self._source.journal.streams()
        if not histories:
            raise CannotMove(f"there is no hall in {self._source.name}")
        for stream in histories:
            if (seal := await self._source.journal.sealed(stream)) not in ("", self._leaving):
                raise CannotMove(f"{stream.hall}: {seal}")
        return [it for it in histories if not await arrived(self._source.journal, self._target.journal, it)]

    async def length(self) -> int:
        """How many events there are in these."""
        return sum([(await self._source.journal.head(stream)).seq for stream in await self.waiting()])

    async def copy(self, told: Told) -> None:
        """Have the histories here as far as they go by now, closed still, while work goes on there."""
        if logins := await taken(self._source.records, self._target.records):
            raise CannotMove(f"other people have these login names in {self._target.name}: {', '.join(logins)}")
        for stream in await self.waiting():
            await self._carry(stream, told)
            if self._target.archiver is not None and stream.kind == "day":
                await self._target.archiver.move(stream)  # now, so that never the past of all halls is in Redis

    async def check(self, told: Told) -> None:
        """Compare what is here with what is there, and replay it."""
        for stream in await self.waiting():
            head = await self._target.journal.head(stream)
            await self._compare(stream, Head(head.epoch, 0, ""), told)
            fault, _, _ = await replay(self._target.journal, stream)
            if fault is not None:
                raise CannotMove(f"{stream.hall} {stream.kind}: {fault}; see `verify`")

    async def finish(self) -> None:
        """Close the halls there and open them here, with everything; or open them there again."""
        waiting = await self.waiting()
        opened = await self._opened(waiting)
        halls = {stream.hall for stream in waiting} - opened  # what is open has gone on, with its people
        try:
            for stream in waiting:
                await self._source.journal.seal(stream, self._leaving)
            for stream in waiting:
                there = await self._source.journal.head(stream)
                await self._carry(stream)
                await self._compare(stream, self._checked.get(stream, Head(there.epoch, 0, "")))
                if await _state(self._source.journal, stream) != await _state(self._target.journal, stream):
                    raise CannotMove(f"{stream.hall} {stream.kind}: replayed, it is not what it was")
            records = Carried(halls, everybody=not opened, now=self._now())
            await carry_records(self._source.records, self._target.records, records)
            await compare_records(self._source.records, self._target.records, records)
        except BaseException as error:
            try:
                await self.give_up()
            except (JournalError, CannotMove):
                raise CannotMove(f"{error}; the halls in {self._source.name} are closed still: run it again") from error
            raise
        try:
            for stream in waiting:
                await self._target.journal.seal(stream, "")
        except JournalError as error:
            raise CannotMove(f"{error}; everything is in {self._target.name}: run it again to open it there") from error

    async def give_up(self) -> None:
        """Open there again what is not open here. Raises CannotMove for a hall whose opening here was cut off."""
        waiting = await self.waiting()
        if halves := {stream.hall for stream in waiting} & await self._opened(waiting):
            raise CannotMove(f"half of {', '.join(sorted(halves))} is open in {self._target.name}: run it again")
        for stream in waiting:
            await self._source.journal.seal(stream, "")

    async def _opened(self, waiting: list[Stream]) -> set[str]:
        """The halls of which a history is open here."""
        return {stream.hall for stream in {*await self._source.journal.streams()}.difference(waiting)}

    async def _carry(self, stream: Stream, told: Told = _nobody_looks) -> None:
        await carry(self._source.journal, self._target.journal, stream, self._coming, told)

    async def _compare(self, stream: Stream, after: Head, told: Told = _nobody_looks) -> None:
        self._checked[stream] = after
        async for batch in same(self._source.journal, self._target.journal, stream, after):
            self._checked[stream] = Head(after.epoch, batch.last, batch.tip)
            told(batch.last - batch.first + 1)


async def copy_halls(source: Place, target: Place, now: datetime) -> None:
    """Have the halls in an empty place too, as they stand while work goes on, without the servers' secrets.

    The histories first: the records are then as new or newer, so that every note they refer to is there.
    """
    streams = await source.journal.streams()
    for stream in streams:
        await carry(source.journal, target.journal, stream, "the hall is being copied", _nobody_looks)
        await target.journal.seal(stream, "")
    records = Carried({stream.hall for stream in streams}, everybody=True, now=now)
    await carry_records(source.records, target.records, records, secrets=False)


async def _state(journal: Journal, stream: Stream) -> tuple[Head, object]:
    """What a server finds there: the running day and the last, or the whole book."""
    if stream.kind == "day":
        days = StreamRunner(journal, stream, DAY_CODEC, new=Day, apply=apply, now=wall, committed=_nobody)
        await days.load()
        return days.head, days.durable
    books = StreamRunner(journal, stream, BOOK_CODEC, new=Book, apply=apply_to_book, now=wall, committed=_nobody)
    await books.load()
    it, staffing = books.durable, books.durable.staffing
    standing = it.complaints.all, it.rectifications.by_id, staffing.absences, staffing.handovers
    return books.head, (it.hall, it.hall_seq, it.seq, it.last_at, *standing)


def _nobody(state: object, events: object, seq: int) -> None:
    """Nobody has to be told what was replayed."""
