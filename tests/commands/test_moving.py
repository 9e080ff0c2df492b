"""Moving halls, killed wherever it may be killed, and begun anew."""

import asyncio
import copy
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from inspect import isawaitable
from typing import Any, cast

import msgspec
import pytest

from queue_server.commands.histories import batches
from queue_server.commands.moving import CannotMove, Moving
from queue_server.commands.places import Place
from queue_server.domain import commands
from queue_server.domain.apply import apply
from queue_server.domain.day import Day
from queue_server.domain.decide import decide
from queue_server.domain.refusals import Refusal
from queue_server.engine.hall_runner import DAY_CODEC
from queue_server.journal.base import Head, Journal, NewBatch, Sealed, Stream, Unavailable
from queue_server.journal.carrying import Differs, OtherHistory, carry
from queue_server.journal.datafolder import DataFolder
from queue_server.journal.memory import MemoryDisk, MemoryJournal
from queue_server.journal.sqlite import SqliteJournal
from queue_server.records.accounts import Account
from queue_server.records.base import RecordStore
from queue_server.records.devices import Device
from queue_server.records.errors import NoteMismatch
from queue_server.records.notes import Note
from queue_server.records.outbox import Message
from queue_server.records.sqlite import SqliteRecordStore
from tests.commands.a_day import work
from tests.journal.histories import new_batch, write

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
HEAD = Account(id="u_1", user="li", name="李华", role="head", halls=("station",))
DAY, BOOK = Stream("station", "day"), Stream("station", "book")


class Killed(BaseException):
    """The moving process is no more."""


class Life:
    """How many steps a process has still to go. used: those that it went."""

    def __init__(self, steps: int) -> None:
        self._steps = steps
        self.used = 0

    def step(self) -> None:
        self.used += 1
        if self.used > self._steps:
            raise Killed


class _Mortal:
    """A store in the hands of a process that is killed before or after one of its calls, and does nothing more."""

    def __init__(self, inner: object, life: Life) -> None:
        self._inner = inner
        self._life = life

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._inner, name)

        def call(*arguments: Any) -> Any:
            self._life.step()
            begun = method(*arguments)
            return self._ended(begun) if asyncio.iscoroutine(begun) else begun

        return call

    async def _ended(self, begun: Any) -> Any:
        assert isawaitable(begun)
        outcome = await begun
        self._life.step()
        return outcome


class World:
    """A folder full of work, and an empty place, with whatever was moved so far."""

    def __init__(self, here: MemoryDisk, records: tuple[RecordStore, RecordStore]) -> None:
        self.disks = here, MemoryDisk()
        self.records = records
        self.names = "here", "there"

    @asynccontextmanager
    async def moving(self, life: Life | None = None) -> AsyncIterator[Moving]:
        life = Life(10**9) if life is None else life
        places = []
        for name, disk, records in zip(self.names, self.disks, self.records, strict=True):
            journal = MemoryJournal(disk)
            await journal.open()
            places.append(Place(name, cast(Journal, _Mortal(journal, life)), cast(RecordStore, _Mortal(records, life))))
        yield Moving(places[0], places[1], lambda: NOW)

    async def move(self, life: Life | None = None) -> None:
        async with self.moving(life) as moving:
            await moving.copy(nobody)
            await moving.check(nobody)
            await moving.finish()

    def back(self) -> "World":
        """The same, for the other direction."""
        world = World(self.disks[1], self.records[::-1])
        world.disks = self.disks[::-1]
        world.names = self.names[::-1]
        return world

    async def opened(self, place: int) -> Journal:
        """A server's journal there."""
        journal = MemoryJournal(self.disks[place])
        await journal.open()
        return journal

    def is_open(self, place: int, stream: Stream) -> bool:
        """Whether a server could write there what goes on from what there is."""
        return bool(self.disks[place].batches(stream)) and not self.disks[place].history(stream).seal


def nobody(events: int) -> None:
    """Nobody looks at the bar."""


async def issue(journal: Journal, command_id: str) -> None:
    """One more ticket, as a server issues it."""
    day, head = Day(), await journal.head(DAY)
    async for batch in batches(journal, DAY):
        for event in DAY_CODEC.decode(batch.events):
            apply(day, event)
    assert day.last_at is not None
    issued = decide(day, commands.IssueTicket(by="kiosk", ticket=command_id, queue="all"), day.last_at)
    assert not isinstance(issued, Refusal)
    await journal.append(DAY, head, NewBatch(len(issued), command_id, "", None, DAY_CODEC.encode(issued)))


async def a_store() -> RecordStore:
    store = SqliteRecordStore(":memory:")
    await store.open()
    return store


async def some_records() -> RecordStore:
    store = await a_store()
    await store.add_account(HEAD, "hash")
    await store.add_device(Device(id="d_1", hall="station", role="kiosk", created_at=NOW), "token")
    later = NOW + timedelta(days=9)
    await store.put_note(Note(ref="n_1", hall="station", kind="hold_reason", text="缺材料", expires_at=later))
    await store.look_at_notes(["n_1"], "u_1", NOW)
    await store.secret("fingerprint", b"secret")
    told = Message(id="m_1", hall="station", kind="alarm", body=b"{}", made_at=NOW, until=later, next_at=NOW)
    await store.add_messages([told])
    await store.follow("station", 3)
    return store


@pytest.fixture(scope="module")
async def disk(tmp_path_factory: pytest.TempPathFactory) -> MemoryDisk:
    """A station with a day's tickets."""
    folder = tmp_path_factory.mktemp("station")
    await work(folder)
    worked, kept = SqliteJournal(DataFolder(folder).journal), MemoryDisk()
    journal = MemoryJournal(kept)
    for each in (worked, journal):
        await each.open()
    for stream in await worked.streams():
        await carry(worked, journal, stream, "on its way", nobody)
        await journal.seal(stream, "")
    await worked.close()
    return kept


@pytest.fixture
async def world(disk: MemoryDisk) -> World:
    return World(copy.deepcopy(disk), (await some_records(), await a_store()))


async def check_moved(world: World, disk: MemoryDisk) -> None:
    """All is there, open, and here it is closed."""
    for stream in (DAY, BOOK):
        assert world.disks[1].batches(stream) == disk.batches(stream)
        assert world.disks[1].history(stream).head() == disk.history(stream).head()
        assert world.is_open(1, stream)
        assert not world.is_open(0, stream)
    there = world.records[1]
    assert await there.credentials("li") == (HEAD, "hash")
    assert list(await there.holders(["token"])) == ["token"]
    assert [look.reader for look in await there.looks("n_1")] == ["u_1"]
    (note,) = await there.look_at_notes(["n_1"], "u_1", NOW)
    assert note.text == "缺材料"
    assert await there.known_secret("fingerprint") == b"secret"
    assert [message.id for message in await there.newest_messages("station", 9)] == ["m_1"]
    assert await there.followed() == {"station": 3}


async def test_halls_move_with_everything(world: World, disk: MemoryDisk) -> None:
    """And whoever waits sees how far it is, from the first event to the last, also the second time."""
    async with world.moving() as moving:
        for _ in range(2):
            for work in (moving.copy, moving.check):
                done: list[int] = []
                await work(done.append)
                assert sum(done) == await moving.length() > 0
    await world.move()
    await check_moved(world, disk)
    async with world.moving() as moving:
        assert await moving.waiting() == []


async def test_whatever_kills_it_another_run_ends_it(disk: MemoryDisk) -> None:
    """And at no time could anybody go on in both places."""
    life = Life(10**9)
    await World(copy.deepcopy(disk), (await some_records(), await a_store())).move(life)
    assert life.used > 100
    for steps in range(life.used):
        world = World(copy.deepcopy(disk), (await some_records(), await a_store()))
        with pytest.raises(Killed):
            await world.move(Life(steps))
        for stream in (DAY, BOOK):
            assert not (world.is_open(0, stream) and world.is_open(1, stream)), steps
        if steps % 3 == 0:
            half = world.is_open(1, DAY) != world.is_open(1, BOOK)
            async with world.moving() as moving:
                with pytest.raises(CannotMove) if half else nullcontext():
                    await moving.give_up()
            for stream in (DAY, BOOK):
                assert half or world.is_open(0, stream) != world.is_open(1, stream), steps
                assert not (half and world.is_open(0, stream)), steps
        await world.move()
        await check_moved(world, disk)
        for store in world.records:
            await store.close()


async def test_what_comes_while_it_copies_moves_too(world: World) -> None:
    """Work goes on until the halls are closed; what is tried after that is refused, and is told where they are."""
    journal = await world.opened(0)
    async with world.moving() as moving:
        await moving.copy(nobody)
        await moving.check(nobody)
        await issue(journal, "late")
        await write(journal, Stream("village", "book"))  # asked about, and not set up yet
        await moving.finish()
    assert world.disks[1].batches(DAY) == world.disks[0].batches(DAY)
    assert world.disks[1].batches(DAY)[-1].command_id == "late"
    with pytest.raises(Sealed, match="the hall has moved to there"):
        await issue(journal, "too late")


async def test_a_hall_comes_back_with_what_has_become_of_it(world: World) -> None:
    """What people changed and what was forgotten elsewhere is changed and forgotten here."""
    await world.move()
    there = world.records[1]
    await issue(await world.opened(1), "elsewhere")
    await there.replace_password("u_1", "another hash")
    await there.forget_notes(["n_1"])
    await there.message_tried(
        msgspec.structs.replace((await there.newest_messages("station", 1))[0], state="delivered")
    )
    await world.back().move()
    assert (await world.opened(0)) is not None
    assert world.disks[0].batches(DAY)[-1].command_id == "elsewhere"
    assert world.is_open(0, DAY)
    assert not world.is_open(1, DAY)
    here = world.records[0]
    assert await here.credentials("li") == (HEAD, "another hash")
    assert await here.look_at_notes(["n_1"], "u_1", NOW) == []
    assert len(await here.looks("n_1")) == 1
    assert (await here.newest_messages("station", 1))[0].state == "delivered"
    await issue(await world.opened(0), "here again")


async def test_a_hall_that_was_set_up_later_follows(world: World) -> None:
    """With its people. Those who have moved keep what they have changed since."""
    await world.move()
    await world.records[1].replace_password("u_1", "another hash")
    village = Stream("village", "book")
    journal = await world.opened(0)
    configured = world.disks[0].batches(BOOK)[0]
    head = await journal.append(
        village, await journal.head(village), NewBatch(1, "set-up", "", None, configured.events)
    )
    new = Account(id="u_2", user="wang", name="王芳", role="clerk", halls=("village",))
    await world.records[0].add_account(new, "hers")
    await world.move()
    assert world.disks[1].history(village).head() == head
    assert world.is_open(1, village)
    assert await world.records[1].credentials("wang") == (new, "hers")
    assert await world.records[1].credentials("li") == (HEAD, "another hash")


async def test_other_halls_there_stay_as_they_are(world: World, disk: MemoryDisk) -> None:
    """With their people; the secrets of those who were there first are everybody's."""
    town = Stream("town", "day")
    head = await write(await world.opened(1), town, new_batch())
    other = Account(id="u_9", user="wang", name="王芳", role="clerk", halls=("town",))
    await world.records[1].add_account(other, "hers")
    await world.records[1].secret("fingerprint", b"theirs")
    await world.move()
    assert world.disks[1].batches(DAY) == disk.batches(DAY)
    assert world.disks[1].history(town).head() == head
    assert await world.records[1].credentials("wang") == (other, "hers")
    assert await world.records[1].known_secret("fingerprint") == b"theirs"


async def refused(world: World, error: type[Exception], why: str) -> None:
    """It is, and work goes on here."""
    with pytest.raises(error, match=why):
        await world.move()
    await issue(await world.opened(0), "on it goes")


async def test_another_hall_of_the_same_name_is_no_place_to_go(world: World) -> None:
    head = await write(await world.opened(1), DAY, new_batch())
    await refused(world, OtherHistory, "another history of the hall 'station'")
    assert world.disks[1].history(DAY).head() == head
    assert world.is_open(1, DAY)


async def test_a_login_name_of_somebody_else_is_told_before_anything_moves(world: World) -> None:
    await world.records[1].add_account(Account(id="u_9", user="li", name="李明", role="admin"), "his")
    await refused(world, CannotMove, "other people have these login names in there: li")
    assert await (await world.opened(1)).streams() == []


async def test_what_did_not_arrive_as_it_was_is_not_opened(world: World) -> None:
    """Also where no event is another: a command that is repeated must be known by its id."""
    async with world.moving() as moving:
        await moving.copy(nobody)
        here = world.disks[1].batches(DAY)
        here[-1] = msgspec.structs.replace(here[-1], command_id="another")
        with pytest.raises(Differs, match="the history 'day' of the hall 'station' is not whole after seq 0"):
            await moving.check(nobody)
        with pytest.raises(Differs):
            await moving.finish()
    assert not world.is_open(1, BOOK)
    await refused(world, Differs, "is not whole")


async def test_a_place_that_is_away_at_the_last_step_is_opened_by_the_next_run(
    world: World, disk: MemoryDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And whoever waits is told so."""
    seal = MemoryJournal.seal

    async def away(journal: MemoryJournal, stream: Stream, text: str) -> Head:
        if not text:
            raise Unavailable(OSError("no route"))
        return await seal(journal, stream, text)

    with monkeypatch.context() as broken:
        broken.setattr(MemoryJournal, "seal", away)
        with pytest.raises(CannotMove, match="no route; everything is in there: run it again to open it there"):
            await world.move()
    assert not world.is_open(0, DAY) and not world.is_open(1, DAY)
    await world.move()
    await check_moved(world, disk)


async def test_a_hall_that_is_half_open_there_is_not_opened_here(
    world: World, disk: MemoryDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its day and its book stay together, whoever gives up."""
    seal = MemoryJournal.seal
    opened: list[Stream] = []

    async def away_after_one(journal: MemoryJournal, stream: Stream, text: str) -> Head:
        if not text:
            if opened:
                raise Unavailable(OSError("no route"))
            opened.append(stream)
        return await seal(journal, stream, text)

    with monkeypatch.context() as broken:
        broken.setattr(MemoryJournal, "seal", away_after_one)
        with pytest.raises(CannotMove, match="run it again to open it there"):
            await world.move()
    async with world.moving() as moving:
        with pytest.raises(CannotMove, match="half of station is open in there: run it again"):
            await moving.give_up()
    assert not world.is_open(0, DAY) and not world.is_open(0, BOOK)
    await world.move()
    await check_moved(world, disk)


async def test_a_text_that_cannot_arrive_keeps_the_halls_where_they_are(world: World) -> None:
    await world.records[1].put_note(Note(ref="n_1", hall="town", kind="hold_reason", text="别的", expires_at=NOW))
    await refused(world, NoteMismatch, "n_1")
    assert not world.is_open(1, DAY)


async def test_who_has_left_for_elsewhere_does_not_go_here(world: World) -> None:
    """Nor does who has not wholly come."""
    journal = await world.opened(0)
    await journal.seal(DAY, "the hall has moved to a third place")
    async with world.moving() as moving:
        with pytest.raises(CannotMove, match="station: the hall has moved to a third place"):
            await moving.give_up()
        with pytest.raises(CannotMove, match="station: the hall has moved to a third place"):
            await moving.copy(nobody)
    assert await journal.sealed(DAY) == "the hall has moved to a third place"
