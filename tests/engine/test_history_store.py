"""What every store of statistics promises, whatever it is made of."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace
from redis.asyncio import Redis

from queue_server.engine.history_file import HistoryFile
from queue_server.engine.history_store import HistoryStore, Kept, Names, Opening, Standing
from queue_server.engine.redis_history import RedisHistory
from queue_server.journal.base import Unavailable
from queue_server.projections.history_cells import VERSION, Cells, DayCells, Span, add_cell, day_period, month_period
from queue_server.projections.history_facts import Work
from queue_server.projections.history_tally import Tally
from queue_server.redis_nodes import Nodes
from tests.engine.history_stores import HISTORY_PLACES, HistoryPlace, InRedis
from tests.faults.process import free_port
from tests.redis_server import redis_url

MAY, JUNE, LATER = date(2026, 5, 29), date(2026, 6, 1), date(2026, 6, 2)
A_YEAR = [Span(20260101, 20261231), Span(202601, 202612)]
NEW = Kept(epoch="e")


@pytest.fixture(params=HISTORY_PLACES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> HistoryPlace:
    return HISTORY_PLACES[request.param](tmp_path)


@pytest.fixture
async def store(place: HistoryPlace) -> AsyncIterator[HistoryStore]:
    store = place.store()
    await store.open()
    yield store
    await store.close()


def cells(day: date, free_ms: int) -> Cells:
    """A day on which somebody waited at a counter for so long."""
    made = DayCells()
    made.add(Work(day=day, counter=1, clerk="u_1", posts=(), doing="free", post=None, ms=free_ms))
    return made.cells()


def through(day: date) -> Kept:
    return Kept(
        epoch="e", through=day, seq=7, opening=Opening(LATER, 8, "tip"), names=Names(queues={"express": "即办"})
    )


def standing(kept: Kept, seq: int = 9) -> Standing:
    days = {LATER: cells(LATER, 1)}
    return Standing(epoch=kept.epoch, seq=seq, through=kept.through, names=kept.names, days=days)


async def duty(store: HistoryStore, kept: Kept, hall: str = "town") -> dict[int, int] | None:
    """By period, for how many seconds clerks were on duty."""
    found = await store.cells(hall, kept.place, 0, A_YEAR)
    if found is None:
        return None
    sums = {}
    for period, cell in found.cells:
        tally = Tally(None)
        add_cell(tally, period, cell)
        sums[period] = next(tally.rows())["on_duty_s"]
    return sums


async def kept(store: HistoryStore, hall: str = "town") -> Kept | None:
    """How far a hall is, whatever cells of days the store has let go of."""
    found = await store.kept(hall)
    return found and replace(found, since=None)


async def test_a_hall_that_nobody_read(store: HistoryStore) -> None:
    """Nothing is kept of it, and nothing can be added before it is begun."""
    assert await kept(store) is None
    assert await store.standing("town") is None
    assert await store.cells("town", NEW.place, 0, A_YEAR) is None
    assert not await store.add("town", NEW, through(MAY), {MAY: cells(MAY, 1000)})
    await store.put_away("town", standing(NEW))
    assert await kept(store) is None
    assert await store.standing("town") is None


async def test_days_and_their_months(store: HistoryStore) -> None:
    """A month is what its days add up to, however they came."""
    assert await store.begin("town", None, NEW)
    assert (await kept(store), await duty(store, NEW)) == (NEW, {})
    first, second = through(JUNE), through(LATER)
    assert await store.add("town", NEW, first, {MAY: cells(MAY, 1000), JUNE: cells(JUNE, 2000)})
    assert await store.add("town", first, second, {LATER: cells(LATER, 4000)})
    assert await kept(store) == second
    days = {20260529: 1, 20260601: 2, 20260602: 4}
    assert await duty(store, second) == days | {202605: 1, 202606: 6}
    may = await store.cells("town", second.place, 0, [Span(202605, 202605)])
    assert may is not None and [period for period, _ in may.cells] == [202605]
    for grouping, asked in ((0, []), (3, A_YEAR)):  # by service nothing was done
        found = await store.cells("town", second.place, grouping, asked)
        assert found is not None and found.cells == []


async def test_days_long_past(store: HistoryStore) -> None:
    """Those that a store does not say to have let go of are there, and every month is."""
    assert await store.begin("town", None, NEW)
    before, days = NEW, []
    for number in range(30):
        day = date(2024 + number // 12, number % 12 + 1, 15)
        after = through(day)
        assert await store.add("town", before, after, {day: cells(day, 1000)})
        before = after
        days.append(day)
    found = await store.cells("town", before.place, 0, [Span(20240101, 20281231), Span(202401, 202812)])
    assert found is not None
    since = found.since or date.min
    assert sorted(period for period, _ in found.cells) == sorted(
        [month_period(day) for day in days] + [day_period(day) for day in days if day >= since]
    )
    assert (since == date(2025, 5, 1)) == isinstance(store, RedisHistory)


async def test_days_long_past_that_come_late(store: HistoryStore) -> None:
    """A hall that opened on few days is read at one stroke: what a store would let go of is not there either."""
    await store.begin("town", None, NEW)
    few = [date(2020 + number, 1, 15) for number in range(7)]
    await store.add("town", NEW, through(few[-1]), {day: cells(day, 1000) for day in few})
    found = await store.cells("town", through(few[-1]).place, 0, [Span(20200101, 20261231)])
    assert found is not None
    since = found.since or date.min
    assert [period for period, _ in found.cells] == [day_period(day) for day in few if day >= since]


async def test_halls_are_apart(store: HistoryStore) -> None:
    """Each has its own place and cells."""
    halls = [f"hall-{number}" for number in range(8)]
    for hall in halls:
        assert await store.begin(hall, None, NEW)
        assert await store.add(hall, NEW, through(MAY), {MAY: cells(MAY, 1000)})
    assert await store.add(halls[0], through(MAY), through(JUNE), {JUNE: cells(JUNE, 2000)})
    for hall in halls[1:]:
        assert await kept(store, hall) == through(MAY)
        assert await duty(store, through(MAY), hall) == {20260529: 1, 202605: 1}


async def test_a_place_of_which_there_are_no_cells(store: HistoryStore) -> None:
    """Whoever knows more than the store, or another history, has to look again."""
    await store.begin("town", None, NEW)
    await store.add("town", NEW, through(JUNE), {JUNE: cells(JUNE, 1000)})
    assert await duty(store, through(MAY)) == {20260601: 1, 202606: 1}, "who knows less may go on"
    assert await duty(store, through(LATER)) is None
    assert await duty(store, Kept(epoch="another")) is None


async def test_the_second_one_writes_nothing(store: HistoryStore) -> None:
    """Who went on from a place that the hall has left has counted what is there already."""
    await store.begin("town", None, NEW)
    now = through(MAY)
    assert await store.add("town", NEW, now, {MAY: cells(MAY, 1000)})
    await store.put_away("town", standing(now))
    assert not await store.add("town", NEW, now, {MAY: cells(MAY, 1000)})
    assert not await store.begin("town", NEW, Kept(epoch="other"))
    assert not await store.begin("town", None, Kept(epoch="other"))
    await store.put_away("town", standing(NEW))
    assert await kept(store) == now
    assert await store.standing("town") == standing(now)
    assert await duty(store, now) == {20260529: 1, 202605: 1}


async def test_two_at_once(store: HistoryStore, place: HistoryPlace) -> None:
    """Of two servers that add the same days one does."""
    other = place.store()
    assert sorted(await asyncio.gather(store.begin("town", None, NEW), other.begin("town", None, NEW))) == [False, True]
    now, days = through(MAY), {MAY: cells(MAY, 1000)}
    added = await asyncio.gather(*(each.add("town", NEW, now, days) for each in (store, other, store, other)))
    assert sorted(added) == [False, False, False, True]
    assert await duty(other, now) == {20260529: 1, 202605: 1}
    await other.close()


async def test_what_was_put_away(store: HistoryStore) -> None:
    """The newest stays until the place is another one, or until more is known of what was opened."""
    await store.begin("town", None, NEW)
    for seq in (8, 9):
        await store.put_away("town", standing(NEW, seq))
    assert await store.standing("town") == standing(NEW, 9)
    opened = Kept(epoch="e", opening=Opening(MAY, 1, "tip"))
    assert await store.add("town", NEW, opened, {})
    assert (await kept(store), await store.standing("town")) == (opened, None)


async def test_beginning_anew(store: HistoryStore) -> None:
    """Nothing of what was there is left."""
    await store.begin("town", None, NEW)
    await store.add("town", NEW, through(MAY), {MAY: cells(MAY, 1000)})
    await store.put_away("town", standing(through(MAY)))
    again = Kept(epoch="f")
    assert await store.begin("town", through(MAY), again)
    assert (await kept(store), await store.standing("town")) == (again, None)
    assert (await duty(store, again), await duty(store, through(MAY))) == ({}, None)


async def test_another_version(store: HistoryStore, place: HistoryPlace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cells that meant something else are not there, and go when the hall is begun."""
    with monkeypatch.context() as before:
        before.setattr(place.module, "VERSION", VERSION - 1)
        await store.begin("town", None, NEW)
        await store.add("town", NEW, through(MAY), {MAY: cells(MAY, 1000)})
        await store.put_away("town", standing(through(MAY)))
    assert (await kept(store), await store.standing("town")) == (None, None)
    assert await duty(store, NEW) is None
    assert await store.begin("town", None, NEW)
    assert await duty(store, NEW) == {}
    monkeypatch.setattr(place.module, "VERSION", VERSION - 1)
    assert await kept(store) is None


async def test_a_store_that_is_away(tmp_path: Path) -> None:
    """It says so, whatever it is asked."""
    nodes = Nodes(f"redis://127.0.0.1:{free_port()}", patience_s=0)
    stores: list[HistoryStore] = [HistoryFile(tmp_path / "missing" / "history.db"), RedisHistory(nodes)]
    for store in stores:
        for asking in (
            store.open(),
            store.kept("town"),
            store.standing("town"),
            store.begin("town", None, NEW),
            store.add("town", NEW, through(MAY), {MAY: cells(MAY, 1)}),
            store.put_away("town", standing(NEW)),
            store.cells("town", NEW.place, 0, A_YEAR),
        ):
            with pytest.raises(Unavailable):
                await asking
        await store.close()
    await nodes.close()


async def test_a_hall_is_one_key(tmp_path: Path) -> None:
    """So that a part of a cluster has all of it, and all of it goes at once."""
    place = InRedis(tmp_path)
    store = place.store()
    await store.open()
    await store.begin("town", None, NEW)
    await store.add("town", NEW, through(MAY), {MAY: cells(MAY, 1000)})
    async with Redis.from_url(redis_url()) as redis:
        assert await redis.keys(f"{place.namespace}*") == [f"{place.namespace}{{town}}:history:{VERSION}".encode()]
    await store.close()
