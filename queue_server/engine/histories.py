"""The statistics of all halls: settled days out of a store, the days that can still change from the journal.

Each hall is read on by itself, from where the store left off; one whose cells are of another version, or of events that
its history does not have any more, from its beginning. The days after those in the store, two or three, are kept in
memory while the hall is, and are put away in the store when it is let go, so that a district's question loads none of
its halls. Of halls that are at work on another server they are kept for as long as somebody goes on asking.

The work is done on the event loop in slices of a few milliseconds. A thread would not help: every write to a socket
lets go of the interpreter, and would wait for it as long as a whole slice.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator
from datetime import date, timedelta
from itertools import groupby
from typing import NamedTuple

import structlog
from msgspec.structs import replace

from queue_server.domain.book import Book, apply_to_book
from queue_server.domain.events import DayOpened
from queue_server.engine.hall_runner import BOOK_CODEC, DAY_CODEC, HallRunner
from queue_server.engine.history_store import HistoryStore, Kept, Names, Opening, Place, Standing
from queue_server.engine.past_days import past_facts
from queue_server.journal.base import Batch, Head, Journal, Stream, Unavailable, follow
from queue_server.projections.history import History
from queue_server.projections.history_book import BookFact, book_facts
from queue_server.projections.history_cells import Cells, DayCells, add_cell, day_period, days_before, spans, stored_as
from queue_server.projections.history_facts import Fact
from queue_server.projections.history_tally import By, Tally

__all__ = ["Answer", "Histories"]

log = structlog.get_logger()

SLICE = 100
"""Batches, or cells, between two turns of the loop."""

DAYS_AT_ONCE = 31
"""Settled days that are written in one piece when a long history is read."""

ASKED_FOR = 15
"""Rounds of the clock, minutes that is, for which the days of a hall at work elsewhere are kept after a question."""

MOST_ASKED = 400
"""So many such halls at most: a large district's, in 100 MB."""


class Answer(NamedTuple):
    """What a hall's days add up to, and what the rows' keys are called. hall: its name, None while it is not set up."""

    hall: str | None
    names: Names
    tally: Tally


class _Written(NamedTuple):
    """What a hall's book said when its head was that."""

    head: Head
    hall: str | None
    facts: list[BookFact]


class _Reading:
    """A hall's stream `day`, read up to `seq`. tip: the stream's there, None before the first batch. stored: how far
    the store is.
    """

    def __init__(self, stored: Kept) -> None:
        self.stored = stored
        self.epoch, self.seq = stored.epoch, stored.seq
        self.tip: str | None = None
        self.through, self.opening = stored.through, stored.opening
        self.history = History(date.min if stored.through is None else stored.through + timedelta(days=1))
        self.history.queues |= stored.names.queues
        self.history.counters |= stored.names.counters
        self.history.posts |= stored.names.posts
        self._opened: dict[date, int] = {}  # by day that is not settled: seq before its opening

    @property
    def names(self) -> Names:
        history = self.history
        return Names(queues=history.queues, counters=history.counters, posts=history.posts)

    @property
    def place(self) -> Place:
        """Up to where the days are settled."""
        return self.epoch, self.through

    @property
    def kept(self) -> Kept:
        """What the store is to say once it holds what was settled. At least one day was opened."""
        seq = next(iter(self._opened.values()))
        return Kept(epoch=self.epoch, through=self.through, seq=seq, opening=self.opening, names=self.names)

    def fold(self, batch: Batch) -> None:
        """Take the next batch in."""
        for event in DAY_CODEC.decode(batch.events):
            if isinstance(event, DayOpened):
                self._opened[event.business_day] = batch.first - 1
                self.opening = Opening(event.business_day, batch.last, batch.tip)
            self.history.fold(event)
        self.seq, self.tip = batch.last, batch.tip

    def precedes(self, head: Head, batches: list[Batch]) -> bool:
        """Whether what was read is followed by that: the end of it may have been lost."""
        if self.epoch != head.epoch or self.tip is None:
            return self.epoch == head.epoch
        here = Head(self.epoch, self.seq, self.tip)
        return follow(here, batches[0]) is not None if batches else head == here

    def settled(self) -> list[Fact]:
        """The facts of the days that became final, in their order."""
        self.through = self.history.settled or self.through
        self._opened = {day: seq for day, seq in self._opened.items() if self.through is None or day > self.through}
        return self.history.take()


class Histories:
    """Answers for every hall that was ever set up. at_hand: a hall's runner, if it is in memory. lead: whether, of all
    servers that write to the store, this one is to read a hall on that nobody asks about.

    Whatever it is asked raises Unavailable when the journal or the store is away.
    """

    def __init__(
        self,
        journal: Journal,
        store: HistoryStore,
        at_hand: Callable[[str], HallRunner | None],
        lead: Callable[[str], Awaitable[bool]],
    ) -> None:
        self._journal = journal
        self._store = store
        self._at_hand = at_hand
        self._lead = lead
        self._readings: dict[str, _Reading] = {}  # of halls that were asked about
        self._asked: dict[str, int] = {}  # of those that are not in memory: for how many rounds to keep that
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._turned: dict[str, date | None] = {}  # of halls in memory: the business day when they were last read on
        self._books: dict[str, _Written] = {}  # of halls that are not in memory
        self._put_away: set[str] = set()  # halls that are not in memory, and wholly in the store

    async def tally(self, hall: str, first: date, last: date, by: By | None) -> Answer:
        """Add up the business days from `first` to `last`, both included."""
        async with self._locks[hall]:
            tally = Tally(by)
            tail = await self._add_settled(tally, hall, first, last)
            if isinstance(tail, Standing):
                days = ((day, cells) for day, cells in tail.days.items() if first <= day <= last)
                await _add_cells(
                    tally, [(day_period(day), cells[stored_as(by)]) for day, cells in days if stored_as(by) in cells]
                )
            else:
                facts = tail.history.standing()
                await _in_slices([fact for fact in facts if first <= fact.day <= last], tally.add)
            book = await self._book(hall)
            for written in book.facts:
                if first <= written.day <= last:
                    tally.add(written)
            return Answer(book.hall, tail.names, tally)

    async def keep_up(self, halls: Iterable[str]) -> None:
        """Bring the store up to date: with the days that turned, and with the halls that were let go. Called by the
        process's clock. A hall whose events do not fit is left alone, and neither it nor one whose store is away keeps
        the others waiting: they may be elsewhere. What was refused first is raised in the end.
        """
        refused: Unavailable | None = None
        for hall in halls:
            try:
                async with self._locks[hall]:
                    await self._keep_up(hall)
            except Unavailable as error:
                self._put_away.discard(hall)
                self._turned.pop(hall, None)
                refused = refused or error
            except Exception as error:
                log.error("history.not_read", hall=hall, exc_info=error)
        if refused is not None:
            raise refused

    async def _keep_up(self, hall: str) -> None:
        runner = self._at_hand(hall)
        rounds = self._asked.pop(hall, 0)
        if runner is None and rounds > 1:
            self._asked[hall] = rounds - 1
        elif runner is None and hall not in self._put_away:
            self._put_away.add(hall)
            if await self._standing(hall) is None and await self._lead(hall):
                await self._put(hall, await self._read_on(hall))
            self._readings.pop(hall, None)
        elif runner is not None:
            self._put_away.discard(hall)
            today = runner.day.business_day
            if self._turned.get(hall) == today:
                return
            kept = await self._store.kept(hall)
            if kept is not None and kept.has_opened(today):  # another server has read on
                self._turned[hall] = today
            elif await self._lead(hall):
                self._turned[hall] = today
                asked = hall in self._readings
                await self._read_on(hall)
                if not asked:
                    del self._readings[hall]  # nobody wants to know: it need not stay in memory

    # One hall, under its lock

    async def _add_settled(self, tally: Tally, hall: str, first: date, last: date) -> _Reading | Standing:
        """Count the days that are in the store; those that are not, to be counted apart."""
        found = None
        while found is None:
            tail = await self._tail(hall)
            asked = spans(first, min(last, tail.through or date.min), tally.by)
            found = await self._store.cells(hall, tail.place, stored_as(tally.by), asked)
            if found is None:
                self._readings.pop(hall, None)  # the store was begun anew meanwhile
        await _add_cells(tally, found.cells)
        for span in asked:
            if found.since is not None and (past := days_before(span, found.since)) is not None:
                async for facts in past_facts(self._journal, hall, *past):
                    await _in_slices(facts, tally.add)
        return tail

    async def _tail(self, hall: str) -> _Reading | Standing:
        """The days that are not in the store, which is up to date afterwards."""
        if self._at_hand(hall) is not None:
            return await self._read_on(hall)
        standing = await self._standing(hall)
        if standing is not None:
            self._readings.pop(hall, None)
            return standing
        reading = await self._read_on(hall)
        if hall in self._asked or len(self._asked) < MOST_ASKED:
            self._asked[hall] = ASKED_FOR
            self._put_away.discard(hall)
            return reading
        del self._readings[hall]
        return await self._put(hall, reading)

    async def _put(self, hall: str, reading: _Reading) -> Standing:
        """Put away what was read."""
        days = {day: await _cells(facts) for day, facts in _by_day(reading.history.standing())}
        standing = Standing(
            epoch=reading.epoch, seq=reading.seq, through=reading.through, names=reading.names, days=days
        )
        await self._store.put_away(hall, standing)
        return standing

    async def _standing(self, hall: str) -> Standing | None:
        """What was put away, if nothing happened in the hall since."""
        standing = await self._store.standing(hall)
        head = await self._journal.head(_days(hall))
        current = standing is not None and (standing.epoch, standing.seq) == (head.epoch, head.seq)
        return standing if current else None

    async def _read_on(self, hall: str) -> _Reading:
        """Read the journal to its end, and write the days that are settled into the store."""
        reading = None
        while reading is None:
            reading = await self._read(hall)
        self._readings[hall] = reading
        return reading

    async def _read(self, hall: str) -> _Reading | None:
        """The same; None to do so anew, from what the store says: another server was quicker, or what was read is not
        the history any more.
        """
        reading = self._readings.pop(hall, None)  # kept only when all goes well: what it holds must be in the store
        if reading is None:
            reading = _Reading(await self._begun(hall))
        head = await self._journal.head(_days(hall))
        batches = await self._journal.read(_days(hall), reading.seq)
        if not reading.precedes(head, batches):
            return None
        settled: dict[date, Cells] = {}
        while batches:
            for number, batch in enumerate(batches, 1):
                reading.fold(batch)
                if batch.mark is not None:  # a day was opened, and perhaps another one settled by that
                    for day, facts in _by_day(reading.settled()):
                        settled[day] = await _cells(facts)
                if len(settled) >= DAYS_AT_ONCE:
                    if not await self._add(hall, reading, settled):
                        return None
                    settled = {}
                if number % SLICE == 0:
                    await asyncio.sleep(0)
            batches = await self._journal.read(_days(hall), reading.seq)
        if reading.opening != reading.stored.opening and not await self._add(hall, reading, settled):
            return None
        return reading

    async def _add(self, hall: str, reading: _Reading, settled: dict[date, Cells]) -> bool:
        """Write down what a reading found; False when another server has gone on from the same place."""
        kept = reading.kept
        if not await self._store.add(hall, reading.stored, kept, settled):
            return False
        reading.stored = kept
        return True

    async def _begun(self, hall: str) -> Kept:
        """Where to go on; at the beginning when the store holds nothing of this history."""
        while True:
            kept = await self._store.kept(hall)
            head = await self._journal.head(_days(hall))  # after it: what is kept is of no newer history
            if kept is not None and kept.epoch == head.epoch:
                return kept
            if kept is not None and await self._holds(hall, kept):
                new = replace(kept, epoch=head.epoch)
                done = await self._store.add(hall, kept, new, {})
            else:
                new = Kept(epoch=head.epoch)
                done = await self._store.begin(hall, kept, new)
            if done:
                return new

    async def _holds(self, hall: str, kept: Kept) -> bool:
        """Whether what another epoch has left follows from this history too: only later events are others, as when the
        end of a history was lost. A district's years are not to be read anew for that.
        """
        if kept.opening is None:
            return False
        batches = await self._journal.read(_days(hall), kept.opening.seq - 1, 1)
        return [(batch.last, batch.tip) for batch in batches] == [(kept.opening.seq, kept.opening.tip)]

    async def _book(self, hall: str) -> _Written:
        """What the hall's book says. There is little of it, so that it is read whole when it was written in since."""
        if (runner := self._at_hand(hall)) is not None:
            self._books.pop(hall, None)
            return _written(runner.books.head, runner.books.durable)
        stream = Stream(hall, "book")
        head = await self._journal.head(stream)
        known = self._books.get(hall)
        if known is not None and known.head == head:
            return known
        book = Book()
        while batches := await self._journal.read(stream, book.seq):
            for batch in batches:
                for event in BOOK_CODEC.decode(batch.events):
                    apply_to_book(book, event)
            await asyncio.sleep(0)
        self._books[hall] = _written(head, book)
        return self._books[hall]


def _written(head: Head, book: Book) -> _Written:
    return _Written(head, None if book.hall is None else book.hall.name, list(book_facts(book)))


def _days(hall: str) -> Stream:
    return Stream(hall, "day")


def _by_day(facts: Iterable[Fact]) -> Iterator[tuple[date, Iterable[Fact]]]:
    """Facts that come day by day."""
    return groupby(facts, key=lambda fact: fact.day)


async def _cells(facts: Iterable[Fact]) -> Cells:
    """The cells of a day's facts."""
    day = DayCells()
    await _in_slices(facts, day.add)
    return day.cells()


async def _in_slices(facts: Iterable[Fact], count: Callable[[Fact], None]) -> None:
    for number, fact in enumerate(facts, 1):
        count(fact)
        if number % SLICE == 0:
            await asyncio.sleep(0)


async def _add_cells(tally: Tally, cells: Iterable[tuple[int, bytes]]) -> None:
    for period, cell in cells:
        add_cell(tally, period, cell)
        await asyncio.sleep(0)  # a busy month's takes milliseconds
