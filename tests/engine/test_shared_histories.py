"""The statistics of a hall on several servers over one store: right on each, and no more work than for one."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from queue_server.engine import histories
from queue_server.engine.history_store import Kept
from queue_server.journal.memory import MemoryDisk
from queue_server.peers.leases import Alone, RedisLeases
from queue_server.redis_nodes import Nodes
from tests.domain.halls import MONDAY
from tests.engine.history_stores import InRedis
from tests.engine.test_histories import Lead, Rig, week, work
from tests.redis_server import RedisServer, redis_url

LATER = MONDAY + timedelta(days=9)


class Servers:
    """Three of them over one journal and one Redis. alone: each believes that it has every lease."""

    def __init__(self, folder: Path, *, alone: bool = False) -> None:
        place, disk = InRedis(folder), MemoryDisk()
        self._nodes = Nodes(redis_url(), place.namespace)
        self._leases = [RedisLeases(self._nodes, f"server-{n}") for n in range(3)]
        leads: list[Lead] = [Alone().hold] * 3 if alone else [leases.hold for leases in self._leases]
        self.rigs = [Rig(place, lead, disk) for lead in leads]
        self.floor = self.rigs[0].floor
        for rig in self.rigs:
            rig.floor = self.floor
        self.load(True)

    async def open(self) -> None:
        for leases in self._leases:
            await leases.open()
        for rig in self.rigs:
            await rig.open()

    async def close(self) -> None:
        for rig in self.rigs:
            await rig.store.close()
        await self._nodes.close()

    async def write(self, until: int | None = None) -> None:
        await self.rigs[0].write(until)
        for rig in self.rigs:
            rig.written = self.rigs[0].written

    async def keep_up(self, *, at_once: bool) -> None:
        """The clock of each, twice; whose turn comes first is never the same."""
        self.rigs.append(self.rigs.pop(0))
        for _ in range(2):
            ticks = [rig.histories.keep_up(["town"]) for rig in self.rigs]
            if at_once:
                await asyncio.gather(*ticks)
            else:
                for tick in ticks:
                    await tick

    def load(self, loaded: bool) -> None:
        """Have the hall in memory, or not."""
        for rig in self.rigs:
            rig.loaded = loaded

    @property
    def given(self) -> int:
        """How many batches they read, all together."""
        return sum(rig.journal.given for rig in self.rigs)


@asynccontextmanager
async def running(folder: Path, *, alone: bool = False) -> AsyncIterator[Servers]:
    """Servers that are open."""
    servers = Servers(folder, alone=alone)
    await servers.open()
    try:
        yield servers
    finally:
        await servers.close()


@pytest.fixture
async def servers(tmp_path: Path) -> AsyncIterator[Servers]:
    async with running(tmp_path) as servers:
        yield servers


@pytest.fixture
async def rivals(tmp_path: Path) -> AsyncIterator[Servers]:
    """Servers that all do all the work, as when a lease was lost."""
    async with running(tmp_path, alone=True) as servers:
        yield servers


async def of_one_server(place: InRedis, *, loaded: bool) -> int:
    """How many batches one server reads of some days, as their turn comes."""
    rig = Rig(place)
    await rig.open()
    for day in range(1, 6):
        rig.loaded = True
        work(rig.floor)
        await rig.write()
        await rig.histories.keep_up(["town"])
        rig.loaded = loaded
        await rig.histories.keep_up(["town"])
        rig.floor.turn(MONDAY + timedelta(days=day))
    await rig.store.close()
    return rig.journal.given


@pytest.mark.parametrize("loaded", [True, False])
@pytest.mark.parametrize("leased", [True, False])
async def test_what_one_has_read_no_other_reads(tmp_path: Path, loaded: bool, leased: bool) -> None:
    """In a hall that is at work on all of them, and in one that all let go in the evening. At the same moment the lease
    keeps the others from it; later, also without a lease, what the store says.
    """
    async with running(tmp_path, alone=not leased) as servers:
        for day in range(1, 6):
            servers.load(True)
            work(servers.floor)
            await servers.write()
            await servers.keep_up(at_once=leased)
            servers.load(loaded)
            await servers.keep_up(at_once=leased)
            servers.floor.turn(MONDAY + timedelta(days=day))
        assert servers.given == await of_one_server(InRedis(tmp_path), loaded=loaded)
        assert len(await servers.rigs[1].days()) == 3


async def test_all_are_asked_at_every_moment(rivals: Servers) -> None:
    """Each answers as the journal tells, while all of them write down what is settled."""
    week(rivals.floor)
    rivals.rigs[2].loaded = False
    for until in range(4, len(rivals.floor.log) + 1, 5):
        await rivals.write(until)
        await asyncio.gather(*(rig.check(MONDAY, LATER, None, "clerk") for rig in rivals.rigs))
    assert await rivals.rigs[0].days() == [20260601, 20260602, 20260603, 20260605]


async def test_a_long_history_is_read_by_all_at_once(rivals: Servers) -> None:
    """Whoever comes second goes on from where the other one is, and no day is in it twice."""
    for day in range(1, 60):
        if rivals.floor.business_day.weekday() < 5:
            work(rivals.floor, 1)
        rivals.floor.turn(MONDAY + timedelta(days=day))
    await rivals.write()
    await asyncio.gather(*(rig.histories.keep_up(["town"]) for rig in rivals.rigs))
    for rig in rivals.rigs:
        await rig.check(MONDAY, MONDAY + timedelta(days=60), "clerk")


async def test_one_that_slept(servers: Servers) -> None:
    """What it had in memory is far behind when it is asked again."""
    early, late, _ = servers.rigs
    work(servers.floor)
    await servers.write()
    await early.check(MONDAY, LATER, None)
    for day in range(1, 5):
        servers.floor.turn(MONDAY + timedelta(days=day))
        work(servers.floor)
        await servers.write()
        await late.check(MONDAY, LATER, None)
    await early.check(MONDAY, LATER)
    assert len(await early.days()) == 3


async def test_the_store_is_begun_anew_under_a_server(servers: Servers) -> None:
    """What a server knows to be settled is not there any more: it is read again."""
    rig = servers.rigs[0]
    week(servers.floor)
    await servers.write()
    await rig.check(MONDAY, LATER, None)
    kept = await rig.store.kept("town")
    assert kept is not None
    assert await servers.rigs[1].store.begin("town", kept, Kept(epoch=kept.epoch))
    await rig.check(MONDAY, LATER)


async def test_a_redis_that_lost_all_it_had(tmp_path: Path) -> None:
    """With its functions: what a server knows to be settled is made again, and it goes on from there."""
    redis = RedisServer().wait()

    class Place(InRedis):
        @staticmethod
        def url() -> str:
            return redis.url

    rig = Rig(Place(tmp_path))
    await rig.open()
    try:
        rig.loaded = True
        week(rig.floor)
        await rig.write(len(rig.floor.log) - 5)
        await rig.check(MONDAY, LATER, None)
        redis.signal(signal.SIGKILL)
        redis.start()
        await asyncio.to_thread(redis.wait)
        await rig.write()
        await rig.check(MONDAY, LATER, None, "clerk")
        assert len(await rig.days()) == 4
    finally:
        await rig.store.close()
        redis.end()


async def test_a_hall_at_work_elsewhere(servers: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever goes on asking about it has only its news read, and when nobody does any more it is put away; of more
    halls than there is room for all is read anew.
    """
    rig = servers.rigs[0]
    rig.loaded = False
    week(servers.floor)
    events = len(servers.floor.log)
    await servers.write(events - 5)
    await rig.check(MONDAY, LATER, None)
    rig.journal.given = 0
    for until in (events - 3, events):
        await servers.write(until)
        await rig.check(MONDAY, LATER, None)
    assert rig.journal.given == 5
    for round in range(histories.ASKED_FOR):
        assert await rig.store.standing("town") is None, round
        await rig.histories.keep_up(["town"])
    assert await rig.store.standing("town") is not None
    servers.floor.issue()
    monkeypatch.setattr(histories, "MOST_ASKED", 0)
    await servers.write()
    rig.journal.given = 0
    await rig.check(MONDAY, LATER, None)
    assert rig.journal.given > 5
    assert await rig.store.standing("town") is not None, "put away at once"
