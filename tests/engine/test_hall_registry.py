"""The halls of a process: which there are, and which are in memory."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime, timedelta

import pytest

from queue_server.engine import hall_registry
from queue_server.engine.hall_registry import HallRegistry
from queue_server.engine.stream_runner import Accepted, Unavailable
from queue_server.journal.base import Follower, Head, NewBatch, News, Stream
from queue_server.journal.codec import UnknownEvent
from queue_server.journal.memory import MemoryDisk, MemoryJournal
from tests.domain.halls import township, village
from tests.engine.journals import HandHeld, turns
from tests.engine.rig import Heard, Office


class Building:
    """A registry, with the listeners that it asked for and a clock."""

    def __init__(self, journal: MemoryJournal | HandHeld, news: News | None = None) -> None:
        self.asked: list[str] = []
        self.busy: set[str] = set()
        self.ticks = 0.0
        self.times: dict[str, Callable[[], datetime]] = {}
        self.registry = HallRegistry(
            journal,
            self._listen,
            news=news,
            busy=self.busy.__contains__,
            idle_s=900.0,
            read_monotonic=lambda: self.ticks,
        )

    def _listen(self, hall: str, now: Callable[[], datetime]) -> Heard:
        self.asked.append(hall)
        self.times[hall] = now
        return Heard()


@pytest.fixture
def disk() -> MemoryDisk:
    """What `journal` keeps."""
    return MemoryDisk()


@pytest.fixture
async def journal(disk: MemoryDisk) -> AsyncIterator[MemoryJournal]:
    """A journal with a town and a village."""
    journal = MemoryJournal(disk)
    await journal.open()
    for hall in (village(), township()):
        await Office(journal, hall=hall).begin()
    yield journal
    await journal.close()


async def test_a_hall_is_loaded_when_it_is_first_asked_for(journal: MemoryJournal) -> None:
    """And once."""
    building = Building(journal)
    assert building.registry.loaded() == []
    runner = await building.registry.find("town")
    assert runner is not None and runner.hall == township()
    assert await building.registry.find("town") is runner
    assert building.registry.loaded() == [runner] and building.asked == ["town"]


async def test_the_listener_is_given_the_halls_time_not_the_machines(journal: MemoryJournal) -> None:
    """While a date is in doubt, a call that was just made must not look expired to whoever shows it."""
    building = Building(journal)
    runner = await building.registry.find("town")
    assert runner is not None
    told = building.times["town"]
    ahead = told() + timedelta(hours=1)
    runner.clock.saw(ahead)
    assert told() >= ahead


async def test_an_unknown_hall_is_none_and_leaves_no_trace(journal: MemoryJournal) -> None:
    """Nobody fills the journal by asking for addresses."""
    building = Building(journal)
    assert await building.registry.find("atlantis") is None
    assert await building.registry.known() == ["town", "village"]
    assert building.asked == [] and len(await journal.streams()) == 4


async def test_a_new_hall_is_made_and_from_then_on_known(journal: MemoryJournal) -> None:
    """One that is there already is the same as found."""
    building = Building(journal)
    runner = await building.registry.create("new")
    assert isinstance(await runner.configure(township(), "u_admin", "k", ""), Accepted)
    assert await building.registry.create("new") is runner is await building.registry.find("new")
    assert await Building(journal).registry.known() == ["new", "town", "village"]


async def test_all_who_ask_at_once_wait_for_one_load(journal: MemoryJournal, disk: MemoryDisk) -> None:
    """One of them going away does not take it from the others."""
    hand = HandHeld(disk)
    await hand.open()
    hand.reading.clear()
    building = Building(hand)
    asking = [asyncio.create_task(building.registry.find("town")) for _ in range(5)]
    await turns()
    asking[0].cancel()
    hand.reading.set()
    found = await asyncio.gather(*asking[1:])
    assert len({id(runner) for runner in found}) == 1 and building.asked == ["town"]


async def test_one_who_learns_late_that_there_is_such_a_hall_gets_the_runner_that_is_there(disk: MemoryDisk) -> None:
    """Two runners of one hall would tell every reader everything twice."""

    answered = asyncio.Event()

    class Slow(HandHeld):
        async def has(self, stream: Stream) -> bool:
            found = await self.inner.has(stream)
            if asyncio.current_task() is late:
                await answered.wait()
            return found

    slow = Slow(disk)
    await slow.open()
    await Office(slow.inner).begin()
    building = Building(slow)
    late = asyncio.create_task(building.registry.find("town"))
    await turns()
    early = await building.registry.find("town")
    answered.set()
    assert await late is early and building.asked == ["town"]


async def test_whoever_asks_for_no_hall_costs_no_more_where_there_are_many(disk: MemoryDisk) -> None:
    """Anybody may ask for anything: a province's halls must not be listed for it."""

    class Many(HandHeld):
        async def streams(self) -> list[Stream]:
            raise AssertionError

    many = Many(disk)
    await many.open()
    assert await Building(many).registry.find("nowhere") is None
    assert await many.inner.streams() == []


async def test_a_load_that_fails_is_tried_again(journal: MemoryJournal, disk: MemoryDisk) -> None:
    """The journal was away for a moment."""

    class Broken(HandHeld):
        async def head(self, stream: Stream) -> Head:
            raise Unavailable(OSError("gone"))

    broken = Broken(disk)
    await broken.open()
    building = Building(broken)
    with pytest.raises(Unavailable):
        await building.registry.find("town")
    assert building.registry.loaded() == []
    broken.head = broken.inner.head  # type: ignore[method-assign]  # mended
    assert await building.registry.find("town") is not None


async def test_few_halls_are_loaded_before_anybody_asks(
    journal: MemoryJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those used last, also where the names of others come before theirs; the rest are left to those who ask."""
    building = Building(journal)
    await building.registry.load_few()
    assert building.asked == ["town", "village"]
    monkeypatch.setattr(hall_registry, "FEW", 1)
    village = await building.registry.find("village")
    assert village is not None
    await village.close_day("u_head", "close", "")
    crowded = Building(journal)
    await crowded.registry.load_few()
    assert crowded.asked == ["village"]


async def test_halls_that_nobody_used_lately_are_loaded_all_the_same(
    journal: MemoryJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hall that had a long pause may be the next to open."""
    monkeypatch.setattr(hall_registry, "LATELY", 0)
    building = Building(journal)
    await building.registry.load_few()
    assert building.asked == ["town", "village"]


@pytest.mark.parametrize("error", [UnknownEvent("from_the_future"), KeyError("t1")])
async def test_a_hall_that_cannot_be_loaded_keeps_no_other_from_it(
    journal: MemoryJournal, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """Whoever asks for it is told."""
    head = journal.head

    async def town_is_broken(stream: Stream) -> Head:
        if stream.hall == "town":
            raise error
        return await head(stream)

    monkeypatch.setattr(journal, "head", town_is_broken)
    few, named = Building(journal), Building(journal)
    await few.registry.load_few()
    await named.registry.load({"town": 7, "village": 3})
    for building in (few, named):
        assert [runner.id for runner in building.registry.loaded()] == ["village"]
        with pytest.raises(type(error)):
            await building.registry.find("town")


async def test_conflicts_are_counted_for_good(journal: MemoryJournal) -> None:
    """Also those of halls that were let go: a counter that falls is a lie."""
    building = Building(journal)
    town = await building.registry.find("town")
    assert town is not None
    town.days.conflicts, town.books.conflicts = 2, 1
    assert building.registry.conflicts == 3
    building.ticks = 901.0
    assert building.registry.let_go() == ["town"]
    assert building.registry.conflicts == 3


async def test_idle_halls_are_let_go(journal: MemoryJournal) -> None:
    """Not those asked for lately, nor those with readers; a hall that was let go comes back as it was."""
    building = Building(journal)
    town = await building.registry.find("town")
    await building.registry.find("village")
    building.ticks = 900.0
    assert building.registry.let_go() == []
    await building.registry.find("village")
    building.ticks = 901.0
    building.busy.add("town")
    assert building.registry.let_go() == []
    building.busy.clear()
    assert building.registry.let_go() == ["town"]
    assert [runner.id for runner in building.registry.loaded()] == ["village"]
    again = await building.registry.find("town")
    assert town is not None and again is not None and again is not town and again.day == town.day


async def test_a_hall_is_not_let_go_while_it_owes_what_follows_from_its_events(
    journal: MemoryJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk was full for a moment: nobody would make good what a hall that is not in memory did not come to."""
    building, append = Building(journal), journal.append

    def no_room_for_the_day(stream: Stream, expected: Head, batch: NewBatch) -> asyncio.Future[Head]:
        if stream.kind == "book":
            return append(stream, expected, batch)
        failed: asyncio.Future[Head] = asyncio.get_running_loop().create_future()
        failed.set_exception(Unavailable(OSError("full")))
        return failed

    monkeypatch.setattr(journal, "append", no_room_for_the_day)
    town = await building.registry.find("town")
    assert town is not None
    await town.configure(township(name="新名"), "u_admin", "k", "")
    building.ticks = 901.0
    assert building.registry.let_go() == []  # under way
    await town.settle()
    assert building.registry.let_go() == []  # failed
    monkeypatch.setattr(journal, "append", append)
    await town.turn_day()
    await town.settle()
    assert town.day.hall.name == "新名" and building.registry.let_go() == ["town"]


class Gazette:
    """News that keeps who follows, and holds who asks until the test says that it was told."""

    def __init__(self) -> None:
        self.followed: dict[str, Mapping[str, Follower]] = {}
        self.asked: list[str] = []
        self.silent: set[str] = set()
        self.cut_off = False
        self.lag_s = 0.0
        self.hinted: Callable[[str, str, bytes], None] = lambda hall, topic, frame: None

    async def run(self) -> None:
        raise NotImplementedError("a registry leaves that to the server")

    def follow(self, hall: str, streams: Mapping[str, Follower]) -> None:
        assert hall not in self.followed
        self.followed[hall] = streams

    def leave(self, hall: str) -> None:
        del self.followed[hall]

    async def ask(self, hall: str) -> None:
        self.asked.append(hall)

    async def hint(self, hall: str, topic: str, frame: bytes) -> None:
        raise NotImplementedError("a registry gives no hints")

    def current(self, hall: str) -> bool:
        return hall not in self.silent


async def test_a_hall_in_memory_is_followed_at_other_servers(journal: MemoryJournal, disk: MemoryDisk) -> None:
    """From when it is loaded until it is let go; what they write is known once it was asked for."""
    gazette, other = Gazette(), MemoryJournal(disk)
    here = Building(journal, gazette)
    town = await here.registry.find("town")
    assert town is not None and list(gazette.followed) == ["town"] and set(gazette.followed["town"]) == {"day", "book"}
    await other.open()
    there = Office(other)
    await there.runner.load()
    await there.issue()
    gazette.followed["town"]["day"].stands(there.runner.days.head)
    await town.freshen()
    assert gazette.asked == ["town"] and town.days.head == there.runner.days.head
    await there.issue()
    gazette.followed["town"]["day"].heard(town.days.head.epoch, disk.batches(Stream("town", "day"))[-1])
    assert town.days.head == there.runner.days.head and here.registry.taken == 1
    here.ticks = 901.0
    assert here.registry.let_go() == ["town"] and gazette.followed == {} and here.registry.taken == 1
    await there.issue()
    await town.freshen()  # by who had found it before
    assert gazette.asked == ["town"] and town.days.head == there.runner.days.head
    await other.close()


async def test_a_hall_of_which_nothing_was_heard_is_not_current(journal: MemoryJournal) -> None:
    """Nor is one whose events could not be read. Where no other server writes, every hall is."""
    gazette = Gazette()
    shared, alone = Building(journal, gazette).registry, Building(journal).registry
    town = await shared.find("town")
    assert town is not None and await alone.find("town")
    assert shared.is_shared and not alone.is_shared and alone.current("town") and not alone.cut_off
    assert shared.current("town") and shared.current("not in memory")
    gazette.silent.add("town")
    assert not shared.current("town")
    gazette.silent.clear()
    town.books.behind = True
    assert not shared.current("town") and not shared.cut_off
    gazette.cut_off = True
    assert shared.cut_off


async def test_the_journal_away_is_said(journal: MemoryJournal) -> None:
    """Which halls there are is not known then."""
    building = Building(journal)
    journal.fail(OSError("gone"))
    with pytest.raises(Unavailable):
        await building.registry.known()
    with pytest.raises(Unavailable):
        await building.registry.find("town")
