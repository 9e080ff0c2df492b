"""Closed days go from Redis into files, and are read as though they had stayed."""

import asyncio
import gzip
import json
import os
import shutil
import sys
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from redis import Redis

from queue_server.journal import archiver
from queue_server.journal.archive import BadArchive, Place
from queue_server.journal.aside import Aside
from queue_server.journal.base import Batch, Head, Stream, Unavailable, follow
from queue_server.journal.redis_streams import RedisJournal
from queue_server.peers.leases import RedisLeases
from queue_server.redis_nodes import Away
from tests.journal.archives import KEPT, Server, Site
from tests.journal.histories import TOWN, VILLAGE, new_batch, write
from tests.redis_server import redis_url
from tests.waiting import until

BOOK = Stream("town", "book")


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


@pytest.fixture
async def server(site: Site) -> AsyncIterator[Server]:
    """One whose archive was begun."""
    async with site.server() as server:
        await server.archiver.look([], {})
        yield server


async def test_closed_days_leave_redis_and_are_read_as_before(site: Site, server: Server) -> None:
    """From any place on, however few at a time, across the border too."""
    history = await server.work(TOWN, days=9)
    await server.archiver.look(["town"], {})
    assert await server.in_redis(TOWN) == KEPT * 3
    assert len(site.files(TOWN)) == 7, "one file a day"
    assert server.archiver.moved == 7 * 3
    for limit in (1, 2, 4, 100):
        assert await server.history(TOWN, limit) == history
    for after in range(history[-1].last + 1):
        expected = [batch for batch in history if batch.last > after]
        assert await server.journal.read(TOWN, after, 5) == expected[:5]
    assert await server.journal.marks(TOWN, 99) == [(b.mark, b.first) for b in history if b.mark]


async def test_a_full_redis_gets_emptier(server: Server) -> None:
    """It takes no batch more, and lets closed days go, and whole halls to another journal."""
    history = await server.work(TOWN, days=9)
    leases = RedisLeases(server.nodes, "one")
    await leases.open()
    head = await server.journal.head(TOWN)
    with Redis.from_url(redis_url()) as redis:
        redis.config_set("maxmemory", 1)
        try:
            with pytest.raises(Unavailable):
                await server.journal.append(TOWN, head, new_batch())
            assert await leases.hold("town"), "whoever moves days has to hold one"
            await server.archiver.look(["town"], {})
            assert await server.in_redis(TOWN) == KEPT * 3
            renewed = await server.journal.renew_epoch(TOWN, head.epoch)
            assert renewed.epoch != head.epoch
            assert await server.journal.seal(TOWN, "moved") == renewed
        finally:
            redis.config_set("maxmemory", 0)
    assert await server.history(TOWN) == history


async def test_a_master_that_is_away_holds_up_its_own_halls_only(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are seen to when it is back."""
    for stream in (TOWN, VILLAGE):
        await server.work(stream, days=3)
    marks = server.journal.marks

    async def away(stream: Stream, newest: int) -> list[tuple[str, int]]:
        if stream == TOWN:
            raise Unavailable(Away("gone"))
        return await marks(stream, newest)

    with monkeypatch.context() as patched:
        patched.setattr(server.journal, "marks", away)
        await server.archiver.look([TOWN.hall, VILLAGE.hall], {})
    assert (await server.in_redis(TOWN), await server.in_redis(VILLAGE)) == (3 * 3, KEPT * 3)
    assert not server.archiver.in_order
    await server.archiver.look([TOWN.hall, VILLAGE.hall], {})
    assert await server.in_redis(TOWN) == KEPT * 3
    assert server.archiver.in_order


async def test_the_hall_works_on(server: Server) -> None:
    """Trimming changes neither the head nor what follows it, and what is closed later goes after the rest."""
    await server.work(TOWN, days=3)
    head = await server.journal.head(TOWN)
    await server.archiver.move(TOWN)
    assert await server.journal.head(TOWN) == head
    history = await server.work(TOWN, days=4)
    await server.archiver.move(TOWN)
    assert await server.in_redis(TOWN) == KEPT * 3
    assert await server.history(TOWN) == history
    assert _follows(history)


@pytest.mark.parametrize("days", range(KEPT + 1))
async def test_the_days_in_reach_stay(site: Site, server: Server, days: int) -> None:
    """The running one and the last: they are replayed at every start."""
    history = await server.work(TOWN, days)
    await server.archiver.look(["town"], {})
    assert await server.in_redis(TOWN) == len(history)
    assert not (site.folder / "town").exists()


async def test_books_stay_whole(site: Site, server: Server) -> None:
    """They are short, and all of a book is in reach."""
    history = await server.work(BOOK, days=6)
    await server.work(TOWN, days=6)
    await server.archiver.look(["town"], {})
    assert await server.in_redis(BOOK) == len(history)
    assert [path.name for path in (site.folder / "town").iterdir()] == ["day"]


async def test_a_long_day_becomes_several_pieces(site: Site, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that nobody has to unpack a whole day for a few batches."""
    monkeypatch.setattr(archiver, "PIECE", 4)
    monkeypatch.setattr(archiver, "AT_ONCE", 3)
    history = await server.work(TOWN, days=3, batches=10)
    await server.archiver.move(TOWN)
    assert [len(_lines(file)) for file in site.files(TOWN)] == [4, 4, 2]
    assert await server.history(TOWN) == history


async def test_a_file_says_what_happened_in_plain_words(site: Site, server: Server) -> None:
    """Whoever finds it in twenty years needs no program of ours."""
    history = await server.work(TOWN, days=3)
    await server.archiver.move(TOWN)
    (file,) = site.files(TOWN)
    assert [line["events"] for line in _lines(file)] == [json.loads(batch.events) for batch in history[:3]]
    assert (_lines(file)[0]["mark"], _lines(file)[0]["first"], _lines(file)[2]["last"]) == ("2026-11-01", 1, 5)
    assert file.stat().st_mode & 0o077 == 0


# Killed in between


class _Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("at", ["end", "read", "add", "added", "trim", "trimmed"])
@pytest.mark.parametrize("turn", [1, 2])
async def test_killed_anywhere_it_goes_on(
    site: Site, server: Server, monkeypatch: pytest.MonkeyPatch, at: str, turn: int
) -> None:
    """Another server finds what there is, and moves the rest; nothing is lost at any moment."""
    history = await server.work(TOWN, days=6)
    monkeypatch.setattr(archiver, "PIECE", 4)  # a day at a time
    turns = 0

    def dying(call: Any, *, after: bool) -> Any:
        async def one(*args: Any) -> Any:
            nonlocal turns
            turns += 1
            done = await call(*args) if after or turns < turn else None
            if turns == turn:
                raise _Killed
            return done

        return one

    on: Any = server.archive if at in ("end", "add", "added") else server.journal
    name = {"added": "add", "trimmed": "trim"}.get(at, at)
    monkeypatch.setattr(on, name, dying(getattr(on, name), after=at.endswith("ed")))
    if (at, turn) != ("end", 2):  # which is asked once only
        with pytest.raises(_Killed):
            await server.archiver.look(["town"], {})
    async with site.server() as other:
        assert await other.history(TOWN) == history
        await other.archiver.look(["town"], {})
        assert await other.history(TOWN) == history
        assert await other.in_redis(TOWN) == KEPT * 3
        assert not other.archiver.lost, "what was not trimmed yet is in both"
    assert len(site.files(TOWN)) == 4


async def test_kill_9_takes_nothing(site: Site, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program is killed twice while it moves sixty pieces; what it left is read as it was."""
    history = await server.work(TOWN, days=12, batches=18)
    for killed in range(1, 3):
        moving = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.journal.mover", redis_url(), site.namespace, str(site.folder)
        )
        await until(lambda: len(_pieces(site)) > killed * 20)  # noqa: B023 - it is called before the next round
        moving.kill()
        await moving.wait()
        assert await server.in_redis(TOWN) > KEPT * 18, "it was not done yet"
        assert await server.history(TOWN) == history
    monkeypatch.setattr(archiver, "PIECE", 3)
    await server.archiver.look(["town"], {})
    assert await server.in_redis(TOWN) == KEPT * 18
    assert await server.history(TOWN) == history
    assert len(_pieces(site)) == 10 * 6, "what was there was not made again"


async def test_a_half_written_file_counts_for_nothing(
    site: Site, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has another name until it is whole and on the disk; a full disk leaves none, and Redis keeps its days."""
    history = await server.work(TOWN, days=4)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", full)
        with pytest.raises(Unavailable, match="No space left"):
            await server.archiver.look(["town"], {})
    assert not server.archiver.in_order
    assert site.files(TOWN) == []
    assert await server.in_redis(TOWN) == len(history)
    await server.archiver.look(["town"], {})
    assert server.archiver.in_order
    assert await server.history(TOWN) == history


async def test_what_is_trimmed_is_on_the_disk(site: Site, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file and its name were flushed before Redis forgets anything."""
    await server.work(TOWN, days=3)
    done: list[str] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        real(descriptor)
        done.append(Path(f"/proc/self/fd/{descriptor}").readlink().name.partition(".")[0])

    async def trim(stream: Stream, place: Place) -> None:
        done.append("trim")

    monkeypatch.setattr("os.fsync", fsync)
    monkeypatch.setattr(server.journal, "trim", trim)
    await server.archiver.move(TOWN)
    (file,) = site.files(TOWN)
    assert done == [file.name.partition(".")[0], "day", "town", "archive", "trim"]


async def test_two_servers_at_once_do_no_harm(site: Site, server: Server) -> None:
    """A lease may be held twice for a moment: they write the same files, and the hall goes on meanwhile."""
    await server.work(TOWN, days=8)
    async with site.server() as other:
        await asyncio.gather(
            server.archiver.look(["town"], {}),
            other.archiver.look(["town"], {}),
            write(server.journal, TOWN, *(new_batch() for _ in range(20))),
        )
        history = await other.history(TOWN)
        assert await other.in_redis(TOWN) == KEPT * 3 + 20
    assert len(history) == 8 * 3 + 20
    assert _follows(history)
    assert len(site.files(TOWN)) == 6


# What is not in order


async def test_redis_forgets_only_what_the_archive_has(server: Server) -> None:
    """A place that is not one of this history trims nothing."""
    history = await server.work(TOWN, days=4)
    for place in (Place(history[3].last, "0" * 16), Place(history[3].last - 1, history[3].tip), Place(999, "")):
        await server.journal.trim(TOWN, place)
    assert await server.in_redis(TOWN) == len(history)


async def test_what_is_missing_is_told_and_never_passed_over(site: Site, server: Server, tmp_path: Path) -> None:
    """Nobody gets a history with a hole, nor one that begins late: without the archive, or with a file gone."""
    history = await server.work(TOWN, days=6)
    await server.archiver.move(TOWN)
    without = RedisJournal(server.nodes)
    await without.open()
    with pytest.raises(BadArchive, match="none is set"):
        await without.read(TOWN, 0)
    assert await without.read(TOWN, history[11].last) == history[12:], "what is in reach needs none"
    async with site.server(tmp_path / "empty") as other:
        with pytest.raises(BadArchive, match="does not hold what follows seq 0"):
            await other.journal.read(TOWN, 0)
    site.files(TOWN)[1].unlink()
    async with site.server() as other:
        for after in (0, 7):
            with pytest.raises(BadArchive, match=f"does not hold what follows seq {after}"):
                await other.journal.read(TOWN, after)
        assert await other.journal.read(TOWN, 10) == history[6:]


@pytest.mark.parametrize("damage", ["cut", "bits", "other"])
async def test_a_damaged_file_is_named(site: Site, server: Server, damage: str) -> None:
    """By reading, and before Redis forgets what would stand in it."""
    await server.work(TOWN, days=5)
    await server.archiver.move(TOWN)
    file = site.files(TOWN)[1]
    data = file.read_bytes()
    file.write_bytes({"cut": data[:-9], "bits": data[:30] + b"\0" + data[31:], "other": gzip.compress(b"{}\n")}[damage])
    with pytest.raises(BadArchive, match=file.name):
        await server.history(TOWN)


async def test_redis_keeps_what_a_damaged_file_should_hold(site: Site, server: Server) -> None:
    """It was there before, and is not what it says: nobody relies on it. Other halls are seen to all the same."""
    await server.work(VILLAGE, days=4)
    history = await server.work(TOWN, days=4)
    keep = server.journal.trim
    server.journal.trim = lambda stream, place: asyncio.sleep(0)  # type: ignore[method-assign]
    await server.archiver.look(["town"], {})
    server.journal.trim = keep  # type: ignore[method-assign]
    site.files(TOWN)[1].write_bytes(gzip.compress(b"something else\n"))
    async with site.server() as other:
        await other.archiver.look(["town", "village"], {})
        assert not other.archiver.in_order
        assert await other.in_redis(TOWN) == len(history) - 3, "the first one is good"
        assert await other.in_redis(VILLAGE) == KEPT * 3
        site.files(TOWN)[1].unlink()
        await other.archiver.look(["town", "village"], {})
        assert other.archiver.in_order
        assert await other.history(TOWN) == history


async def test_what_cannot_be_read_back_is_left_where_it_is(server: Server) -> None:
    """A history that is no plain JSON: no event of ours is like that, and nothing is trimmed on the strength of it."""
    await write(server.journal, TOWN, new_batch(mark="2026-11-01"), new_batch(text="line\nbreak"))
    history = await server.work(TOWN, days=3)
    await server.archiver.look(["town"], {})
    assert not server.archiver.in_order
    assert await server.history(TOWN) == history
    assert await server.in_redis(TOWN) == len(history)


async def test_a_mistake_about_one_hall_ends_nothing(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others are seen to, and that one again a minute later."""
    move = server.archiver.move

    async def mistaken(stream: Stream) -> None:
        if stream == TOWN:
            raise LookupError("a mistake")
        await move(stream)

    monkeypatch.setattr(server.archiver, "move", mistaken)
    await server.work(VILLAGE, days=4)
    await server.archiver.look(["town", "village"], {})
    assert not server.archiver.in_order
    assert await server.in_redis(VILLAGE) == KEPT * 3
    await server.archiver.look(["town", "village"], {})
    assert server.asked == ["town", "village", "town"]


async def test_a_history_that_breaks_is_left_where_it_is(server: Server) -> None:
    """Somebody with a tool took a batch out of the middle: the archive does not make that good."""
    history = await server.work(TOWN, days=5)
    key = server.nodes.key(*TOWN)
    await server.nodes.ask(key, "XDEL", key, f"{history[4].last}-0")
    await server.archiver.look(["town"], {})
    assert not server.archiver.in_order
    assert await server.in_redis(TOWN) == len(history) - 1 - 3, "the day before it is good"


async def test_histories_are_never_woven_together(site: Site, server: Server) -> None:
    """Redis was put back to an older state: what the archive has of the lost days lies beside, and is not read."""
    history = await server.work(TOWN, days=4)
    key = server.nodes.key(*TOWN)
    keys = [key, f"{key}:head", f"{key}:marks"]
    saved = [await server.nodes.ask(key, "DUMP", name) for name in keys]
    await server.work(TOWN, days=4)
    await server.archiver.move(TOWN)
    for name, value in zip(keys, saved, strict=True):
        await server.nodes.ask(key, "RESTORE", name, 0, value, "REPLACE")
    assert await server.history(TOWN) == history
    other = await server.work(TOWN, days=6)
    assert other[: len(history)] == history
    async with site.server() as after:
        await after.archiver.look(["town"], {})
        assert after.archiver.lost == {"town"}
        assert await after.history(TOWN) == other
        assert await after.in_redis(TOWN) == KEPT * 3


# Which halls, and when


async def test_a_hall_is_seen_to_when_its_day_has_turned(server: Server) -> None:
    """And once after the start, for those that nobody uses. In between nothing is asked about it."""
    days: dict[str, date | None] = {"town": date(2026, 11, 1)}
    for _ in range(3):
        await server.archiver.look(["town", "village"], days)
    assert server.asked == ["town", "village"]
    days["town"] = date(2026, 11, 2)
    await server.archiver.look(["town", "village"], days)
    assert server.asked == ["town", "village", "town"]
    await server.archiver.look(["town", "village"], {})
    assert server.asked == ["town", "village", "town"]


async def test_what_another_server_sees_to_is_left_to_it(site: Site, server: Server) -> None:
    """Asked for again while this one has the hall in memory too."""
    await server.work(TOWN, days=4)
    server.refused = {"town", "village"}
    for _ in range(2):
        await server.archiver.look(["town", "village"], {"town": date(2026, 11, 4)})
    assert server.asked == ["town", "village", "town"]
    assert await server.in_redis(TOWN) == 4 * 3
    server.refused = set()
    await server.archiver.look(["town", "village"], {"town": date(2026, 11, 4)})
    assert await server.in_redis(TOWN) == KEPT * 3


async def test_all_servers_have_one_archive(site: Site, server: Server, tmp_path: Path) -> None:
    """One whose folder is another one, or on which nothing is mounted, moves nothing into it."""
    await server.work(TOWN, days=4)
    async with site.server(tmp_path / "another") as other:
        for _ in range(2):
            with pytest.raises(BadArchive, match="another one than the other servers have"):
                await other.archiver.look(["town"], {})
        assert not other.archiver.in_order
        await other.archive.begin()
        with pytest.raises(BadArchive, match="another one than the other servers have"):
            await other.archiver.look(["town"], {})
        assert await other.in_redis(TOWN) == 4 * 3


async def test_a_share_that_hangs_keeps_nobody_for_ever(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks for what is in it is told so, and what is in Redis is there as ever."""
    history = await server.work(TOWN, days=4)
    await server.archiver.look(["town"], {})
    back = Event()
    with monkeypatch.context() as hanging:
        hanging.setattr(server.archive, "_aside", Aside(2, 0.1))
        hanging.setattr(Path, "read_bytes", lambda path: back.wait() and b"")
        for _ in range(3):
            with pytest.raises(Unavailable):
                await server.journal.read(TOWN, 0)
            assert await server.journal.read(TOWN, history[5].last) == history[6:]
    back.set()
    assert await server.history(TOWN) == history


async def test_an_archive_that_is_unmounted_while_servers_work_is_not_begun_anew(site: Site, server: Server) -> None:
    """The bare folder beneath it would take the days, and hide them when the disk is back."""
    history = await server.work(TOWN, days=4)
    shutil.rmtree(site.folder)
    site.folder.mkdir()
    await server.archiver.look(["town"], {})
    assert not server.archiver.in_order
    assert [*site.folder.iterdir()] == []
    assert await server.in_redis(TOWN) == len(history)


def _pieces(site: Site) -> list[Path]:
    """Those of the town; what killed programs leave is none."""
    return [*(site.folder / "town" / "day").glob("*.gz")]


def _follows(history: list[Batch]) -> bool:
    at: Head | None = Head("", 0, "")
    for batch in history:
        at = at and follow(at, batch)
    return at is not None


def _lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in gzip.decompress(file.read_bytes()).splitlines()]
