"""The statistics of halls out of their store and their journal: always as the whole history tells, slowly."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from structlog.testing import capture_logs

from queue_server.domain import book_events, commands, events
from queue_server.domain.apply import apply
from queue_server.domain.book import Book, apply_to_book
from queue_server.domain.day import Day
from queue_server.engine import redis_history
from queue_server.engine.hall_runner import BOOK_CODEC, DAY_CODEC
from queue_server.engine.histories import Histories
from queue_server.engine.history_store import Kept
from queue_server.journal.base import Batch, NewBatch, Stream, Unavailable
from queue_server.journal.memory import MemoryDisk, MemoryJournal
from queue_server.peers.leases import Alone
from queue_server.projections import history_cells
from queue_server.projections.history_cells import Span
from queue_server.projections.history_figures import Figures
from queue_server.projections.history_tally import BYS, By
from tests.domain.halls import MONDAY, Floor, clerk, township
from tests.engine.history_stores import HISTORY_STORES, HistoryPlace
from tests.projections.obvious_history import obvious_rows

TOWN, BOOK = Stream("town", "day"), Stream("town", "book")
OF_THE_BOOK = Figures().of_rectifications() | Figures().of_complaints()
EVERY: tuple[By | None, ...] = (None, *BYS)

Lead = Callable[[str], Awaitable[bool]]


class Counted(MemoryJournal):
    """A journal that counts the batches that it gave out."""

    given = 0

    async def read(self, *arguments: Any) -> list[Batch]:
        batches = await super().read(*arguments)
        self.given += len(batches)
        return batches


class Rig:
    """A floor, whose events come into a journal bit by bit, and the statistics of its hall on one server."""

    def __init__(self, place: HistoryPlace, lead: Lead | None = None, disk: MemoryDisk | None = None) -> None:
        self.place = place
        self.lead = lead or Alone().hold
        self.floor = Floor()
        self.disk = disk or MemoryDisk()
        self.journal = Counted(self.disk)
        self.loaded = False
        self.book = Book()
        self.written = 0

    async def open(self) -> None:
        await self.journal.open()
        self.begin()
        await self.store.open()

    def begin(self) -> None:
        """A server starts."""
        self.store = self.place.store()
        self.histories = Histories(self.journal, self.store, self._at_hand, self.lead)

    async def start_again(self) -> None:
        """The server ends, and another one starts."""
        await self.store.close()
        self.begin()

    def _at_hand(self, hall: str) -> Any:
        books = SimpleNamespace(durable=self.book, head=None)
        return SimpleNamespace(day=self.floor.day, books=books) if self.loaded else None

    async def write(self, until: int | None = None) -> None:
        """Let the journal have the events up to that place."""
        head = await self.journal.head(TOWN)
        for event in self.floor.log[self.written : until]:
            mark = event.business_day.isoformat() if isinstance(event, events.DayOpened) else None
            self.written += 1
            batch = NewBatch(
                count=1, command_id=str(self.written), fingerprint="", mark=mark, events=DAY_CODEC.encode([event])
            )
            head = await self.journal.append(TOWN, head, batch)

    async def lose(self, count: int, *, noticed: bool) -> None:
        """So many events never were, in the journal and on the floor. noticed: the epoch is another one now."""
        del self.disk.batches(TOWN)[-count:]
        if noticed:
            await self.journal.renew_epoch(TOWN, (await self.journal.head(TOWN)).epoch)
        past = self.floor.log[:-count]
        self.floor, self.written = Floor(), len(past)
        self.floor.day, self.floor.log, self.floor.now = Day(), past, past[-1].at
        for event in past:
            apply(self.floor.day, event)
        self.floor._ids = (f"t_again{number:015d}" for number in itertools.count(1))

    async def write_book(self, event: book_events.BookEvent) -> None:
        """Let the journal have an event of the book."""
        head = await self.journal.head(BOOK)
        events = BOOK_CODEC.encode([event])
        batch = NewBatch(count=1, command_id=str(head.seq), fingerprint="", mark=None, events=events)
        await self.journal.append(BOOK, head, batch)
        apply_to_book(self.book, event)

    async def rows(self, first: date, last: date, by: By | None = None) -> dict[Any, dict[str, Any]]:
        answer = await self.histories.tally("town", first, last, by)
        return {row.pop("key", None): row for row in answer.tally.rows(distribution=True)}

    async def check(self, first: date, last: date, *bys: By | None) -> None:
        """The rows are those of what is in the journal."""
        for by in bys or EVERY:
            expected = obvious_rows(self.floor.log[: self.written], first, last, by, distribution=True)
            found = await self.rows(first, last, by)
            assert {key: of_the_day(row) for key, row in found.items()} == expected, (first, last, by)

    async def days(self) -> list[int]:
        """The days that are in the store."""
        kept = await self.store.kept("town")
        assert kept is not None
        cells = await self.store.cells("town", kept.place, 0, [Span(20260101, 20261231)])
        return [] if cells is None else sorted(day for day, _ in cells.cells)


def of_the_day(row: dict[str, Any]) -> dict[str, Any]:
    """What of a row does not come out of the book."""
    return {name: row[name] for name in row if name not in OF_THE_BOOK}


@pytest.fixture(params=HISTORY_STORES)
async def rig(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Rig]:
    rig = Rig(HISTORY_STORES[request.param](tmp_path))
    await rig.open()
    yield rig
    await rig.store.close()


def work(floor: Floor, tickets: int = 2) -> None:
    """A few visits, one of them rated by phone."""
    floor.on(1)
    for number in range(tickets):
        floor.issue(service=1)
        floor.later(minutes=3 + number)
        ticket = floor.serve(1)
    floor.do(commands.RateLeg(by="holder", ticket=ticket.id, leg=1, level="satisfied", source="phone"))


def week(floor: Floor) -> None:
    """Business days with a gap between them; each day's last ticket is rated the day after, one is carried over."""
    for day in (1, 2, 4, 7, 8):
        floor.on(1)
        floor.on(2)
        floor.issue()
        floor.later(minutes=4)
        last = floor.serve(1)
        if day == 4:
            floor.issue()
            floor.press(2, commands.CallNext, commands.Start)
        floor.turn(MONDAY + timedelta(days=day))
        floor.do(commands.RateLeg(by="holder", ticket=last.id, leg=1, level="satisfied", source="phone"))
        if day == 4:
            floor.press(2, commands.Finish)
            floor.do(floor.at(2, commands.SignOff))
    floor.on(1)
    floor.issue()


@pytest.mark.parametrize("first", [-1, 0, 1, 3, 4, 8, 9])
@pytest.mark.parametrize("days", [0, 3, 365])
async def test_any_range(rig: Rig, first: int, days: int) -> None:
    """From whatever day to whatever day."""
    week(rig.floor)
    await rig.write()
    begin = MONDAY + timedelta(days=first)
    await rig.check(begin, begin + timedelta(days=days))


@pytest.mark.parametrize("loaded", [True, False])
async def test_at_every_moment(rig: Rig, loaded: bool) -> None:
    """After each event, with the hall in memory or without, the rows are those of the journal so far."""
    week(rig.floor)
    rig.loaded = loaded
    for until in range(1, len(rig.floor.log) + 1):
        await rig.write(until)
        await rig.check(MONDAY, MONDAY + timedelta(days=9), None, "day_post")
    assert await rig.days() == [20260601, 20260602, 20260603, 20260605]  # Monday's and Tuesday's can still change


async def test_whole_months(rig: Rig) -> None:
    """A range over months is what its days add up to, wherever it begins and ends."""
    floor = rig.floor
    for day in range(2, 100, 2):
        if floor.business_day.weekday() < 5:
            work(floor, 1 + day % 3)
        floor.turn(MONDAY + timedelta(days=day))
    await rig.write()
    ranges = [("06-01", "08-31"), ("06-30", "07-31"), ("06-02", "09-30"), ("07-01", "07-31"), ("06-15", "06-20")]
    for ends in ranges:
        first, last = (date.fromisoformat(f"2026-{day}") for day in ends)
        await rig.check(first, last, None, "clerk", "hour", "weekday")
    await rig.check(date(2026, 6, 2), date(2026, 9, 1))


async def test_days_long_past(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those whose cells are gone, where memory is dear, are read out of the journal."""
    monkeypatch.setattr(redis_history, "MONTHS_BY_DAY", 1)
    floor = rig.floor
    for day in range(2, 120, 2):
        if floor.business_day.weekday() < 5:
            work(floor, 1 + day % 3)
        floor.turn(MONDAY + timedelta(days=day))
    await rig.write()
    for first, last in (("06-02", "06-02"), ("06-20", "09-10"), ("06-30", "07-31"), ("05-01", "06-03")):
        begin, end = (date.fromisoformat(f"2026-{day}") for day in (first, last))
        await rig.check(begin, end, None, "day_post", "weekday_hour", "month")
    gone = isinstance(rig.store, redis_history.RedisHistory)
    assert min(await rig.days()) // 100 == (202608 if gone else 202606)


async def test_a_start_goes_on_where_the_last_one_ended(rig: Rig) -> None:
    """Whatever was settled is not read again, and nothing counts twice."""
    week(rig.floor)
    for until in range(1, len(rig.floor.log) + 1, 7):
        await rig.write(until)
        await rig.rows(MONDAY, MONDAY)
        await rig.start_again()
    await rig.write()
    await rig.rows(MONDAY, MONDAY)
    await rig.start_again()
    rig.loaded, rig.journal.given = True, 0
    await rig.check(MONDAY, MONDAY + timedelta(days=9), None)
    opened = [at for at, event in enumerate(rig.floor.log) if isinstance(event, events.DayOpened)]
    assert rig.journal.given == len(rig.floor.log) - opened[-2]
    await rig.check(MONDAY, MONDAY + timedelta(days=9))


async def test_an_idle_hall_is_found_in_the_store(rig: Rig) -> None:
    """Of a hall that is not in memory, and at which nothing happened since, the journal is not read at all."""
    week(rig.floor)
    await rig.write()
    await rig.histories.keep_up(["town"])
    await rig.start_again()
    rig.journal.given = 0
    await rig.check(MONDAY, MONDAY + timedelta(days=9))
    assert rig.journal.given == 0


async def test_keeping_up(rig: Rig) -> None:
    """The clock writes down what is settled, of halls that nobody asks about too, and puts the rest away if it can."""
    rig.loaded = True
    for day in range(1, 5):
        work(rig.floor)
        await rig.write()
        await rig.histories.keep_up(["town"])
        rig.floor.turn(MONDAY + timedelta(days=day))
    assert await rig.days() == [20260601, 20260602]
    await rig.write()
    rig.journal.given = 0
    await rig.histories.keep_up(["town"])
    await rig.histories.keep_up(["town"])
    assert rig.journal.given < len(rig.floor.log), "the second time, nothing had turned"
    assert await rig.store.standing("town") is None
    rig.loaded = False
    await rig.histories.keep_up(["town"])
    assert await rig.store.standing("town") is not None


@pytest.mark.parametrize("loaded", [True, False])
async def test_a_hall_whose_events_do_not_fit(rig: Rig, loaded: bool) -> None:
    """Others are written down all the same, and it is not tried again every minute."""
    rig.loaded = loaded
    week(rig.floor)
    await rig.write()
    broken = Stream("broken", "day")
    nonsense = NewBatch(count=1, command_id="", fingerprint="", mark=None, events=b'[{"type": "nonsense"}]')
    await rig.journal.append(broken, await rig.journal.head(broken), nonsense)
    with capture_logs() as logs:
        for _ in range(3):
            await rig.histories.keep_up(["broken", "town"])
    assert [entry["hall"] for entry in logs if entry["event"] == "history.not_read"] == ["broken"]
    assert len(await rig.days()) == 4


async def test_the_clock_comes_again_when_the_store_is_back(rig: Rig) -> None:
    """What could not be written down is not forgotten."""
    week(rig.floor)
    await rig.write()
    await rig.journal.close()
    with pytest.raises(Unavailable):
        await rig.histories.keep_up(["town"])
    await rig.journal.open()
    await rig.histories.keep_up(["town"])
    assert len(await rig.days()) == 4


async def test_a_hall_whose_store_is_away_keeps_no_other_from_being_read(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One master of a Cluster may be away for long; the clock is told all the same."""
    week(rig.floor)
    await rig.write()
    kept = rig.store.kept

    async def away_for_one(hall: str) -> Kept | None:
        if hall == "away":
            raise Unavailable(OSError("gone"))
        return await kept(hall)

    monkeypatch.setattr(rig.store, "kept", away_for_one)
    with pytest.raises(Unavailable, match="gone"):
        await rig.histories.keep_up(["away", "town"])
    assert len(await rig.days()) == 4


async def test_another_history_is_read_anew(rig: Rig) -> None:
    """After a restored backup nothing of the old history is left, also where its numbers match."""
    week(rig.floor)
    await rig.write()
    await rig.check(MONDAY, MONDAY + timedelta(days=9), "queue")
    rig.floor = Floor()
    rig.journal, rig.written = Counted(), 0
    await rig.journal.open()
    work(rig.floor, 3)
    rig.floor.turn(MONDAY + timedelta(days=1))
    await rig.write()
    await rig.start_again()
    await rig.check(MONDAY, MONDAY + timedelta(days=9))
    assert await rig.days() == []


@pytest.mark.parametrize("noticed", [True, False])
async def test_the_end_of_a_history_is_lost(rig: Rig, noticed: bool) -> None:
    """What was read of it is forgotten, under a new epoch or not, and what is settled need not be read again."""
    week(rig.floor)
    await rig.write()
    rig.loaded = True
    await rig.check(MONDAY, MONDAY + timedelta(days=9), None)
    await rig.lose(2, noticed=noticed)
    for _ in range(4):
        rig.floor.issue()
    await rig.write()
    rig.journal.given = 0
    await rig.check(MONDAY, MONDAY + timedelta(days=9), None)
    opened = [at for at, event in enumerate(rig.floor.log) if isinstance(event, events.DayOpened)]
    assert rig.journal.given <= len(rig.floor.log) - opened[-2] + 4, "the first look at what follows included"
    await rig.check(MONDAY, MONDAY + timedelta(days=9))
    assert await rig.days() == [20260601, 20260602, 20260603, 20260605]


async def test_what_settled_a_day_is_lost(rig: Rig) -> None:
    """Then all is read again from the beginning: until a day is opened anew, it may have become another one."""
    week(rig.floor)
    await rig.write()
    await rig.histories.keep_up(["town"])
    opened = max(at for at, event in enumerate(rig.floor.log) if isinstance(event, events.DayOpened))
    await rig.lose(len(rig.floor.log) - opened, noticed=True)
    await rig.write()
    rig.journal.given = 0
    await rig.check(MONDAY, MONDAY + timedelta(days=9), None)
    assert rig.journal.given == len(rig.floor.log)
    assert await rig.days() == [20260601, 20260602]
    later = MONDAY + timedelta(days=9)
    rig.floor.clock("09:00", later)
    rig.floor.do(commands.OpenDay(business_day=later, hall=rig.floor.hall, kind="ordinary"))
    work(rig.floor)
    await rig.write()
    await rig.check(MONDAY, later)
    assert await rig.days() == [20260601, 20260602, 20260603, 20260605]


async def test_another_version_is_read_anew(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hall whose figures meant something else."""
    week(rig.floor)
    await rig.write()
    with monkeypatch.context() as before:
        before.setattr(rig.place.module, "VERSION", history_cells.VERSION - 1)
        await rig.histories.keep_up(["town"])
    await rig.start_again()
    rig.journal.given = 0
    await rig.check(MONDAY, MONDAY + timedelta(days=9))
    assert rig.journal.given == len(rig.floor.log)


async def test_a_store_that_is_full_loses_nothing(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was read and not written down when it failed is read again."""
    week(rig.floor)
    await rig.write()

    async def fails(*arguments: Any) -> None:
        raise Unavailable(OSError("full"))

    rig.loaded = True
    with monkeypatch.context() as patched:
        patched.setattr(rig.store, "add", fails)
        with pytest.raises(Unavailable):
            await rig.rows(MONDAY, MONDAY)
    await rig.check(MONDAY, MONDAY + timedelta(days=9))


async def test_a_hall_that_never_worked(rig: Rig) -> None:
    """One row of zeros, and no rows by anything."""
    assert (await rig.rows(MONDAY, MONDAY))[None]["issued"] == 0
    assert await rig.rows(MONDAY, MONDAY, "queue") == {}
    assert (await rig.histories.tally("town", MONDAY, MONDAY, None)).hall is None


async def test_names(rig: Rig) -> None:
    """The latest ones, also of days that were settled by another server."""
    week(rig.floor)
    await rig.write()
    await rig.histories.keep_up(["town"])
    await rig.start_again()
    hall, names, _ = await rig.histories.tally("town", MONDAY, MONDAY, "post")
    assert hall is None
    for name in ("青山镇便民服务中心", "青山镇政务服务中心"):
        await rig.write_book(book_events.HallConfigured(at=rig.floor.now, hall=township(name=name)))
        for rig.loaded in (True, False):
            assert (await rig.histories.tally("town", MONDAY, MONDAY, "post")).hall == name
    assert list(names.queues) == ["comprehensive", "express", "complaint", "certificate", "agency"]
    assert (names.counters[7], names.posts["post-6"]) == ("机动窗口", "6号岗")


async def test_those_who_ask_at_the_same_time(rig: Rig) -> None:
    """Nothing is read, or counted, twice."""
    week(rig.floor)
    await rig.write()
    rig.loaded = True
    answers = await asyncio.gather(*(rig.rows(MONDAY, MONDAY + timedelta(days=9), "clerk") for _ in range(5)))
    assert all(answer == answers[0] for answer in answers)
    assert clerk(1) in answers[0]
    assert rig.journal.given == len(rig.floor.log)
