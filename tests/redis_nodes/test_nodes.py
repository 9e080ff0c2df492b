"""Questions to a Redis that goes away and comes back, in the middle of whatever was asked."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from redis.asyncio import Connection

from queue_server.journal.base import Unavailable
from queue_server.journal.redis_streams import RedisJournal
from queue_server.redis_nodes import Away, Nodes, RedisError, ResponseError
from queue_server.redis_nodes.topology import Topology
from tests.journal.histories import TOWN, VILLAGE, insist, new_batch, queue_all, whole_history
from tests.redis_server import RedisServer

ONE = "#!lua name=one\nredis.register_function('one', function() return 1 end)"


@pytest.fixture
def server() -> Iterator[RedisServer]:
    """One that keeps what it said."""
    server = RedisServer("--appendonly", "yes", "--appendfsync", "always").wait()
    yield server
    server.end()


@pytest.fixture
async def nodes(server: RedisServer) -> AsyncIterator[Nodes]:
    nodes = Nodes(server.url, patience_s=20)
    yield nodes
    await nodes.close()


async def test_redis_is_killed_in_the_middle_of_queued_appends(server: RedisServer, nodes: Nodes) -> None:
    """And started again, three times: each is written once, in order, and nobody was told otherwise."""
    journal = RedisJournal(nodes)
    await journal.open()
    heads = {stream: await journal.head(stream) for stream in (TOWN, VILLAGE)}
    batches = {stream: [new_batch() for _ in range(3_000)] for stream in heads}
    queued = {stream: queue_all(journal, stream, heads[stream], batches[stream]) for stream in heads}
    for part in (400, 1_200, 2_200):
        await queued[TOWN][0][part]
        server.signal(signal.SIGKILL)
        await asyncio.sleep(0.05)
        server.start()
    for stream, (futures, expected) in queued.items():
        assert await asyncio.gather(*futures) == expected
        written = [batch.command_id for batch in await whole_history(journal, stream)]
        assert written == [batch.command_id for batch in batches[stream]]
    await journal.close()


async def test_patience_ends_and_it_goes_on_by_itself(server: RedisServer) -> None:
    """While Redis is away, at first one waits, then all is refused at once; afterwards nothing has to be done."""
    nodes = Nodes(server.url, patience_s=0.3)
    journal = RedisJournal(nodes)
    await journal.open()
    head = await journal.head(TOWN)
    server.signal(signal.SIGKILL)
    with pytest.raises(Unavailable, match="has been away for"):
        await journal.append(TOWN, head, new_batch())
    (master,) = nodes.masters()
    assert nodes.away_s(master) >= 0.3
    began = time.monotonic()
    for _ in range(100):
        with pytest.raises(Unavailable, match="has been away for"):
            await journal.append(TOWN, head, new_batch())
        with pytest.raises(Away):
            await nodes.ask(nodes.key("any"), "GET", nodes.key("any"))
    assert time.monotonic() - began < 0.3
    server.start()
    async with asyncio.timeout(20):
        while nodes.away_s(master):  # noqa: ASYNC110 - it tells by answering
            await asyncio.sleep(0.01)
    assert (await insist(journal, TOWN, new_batch())).seq == 1
    await journal.close()
    await nodes.close()


async def test_what_may_have_been_done_is_repeated_only_where_it_may_be(server: RedisServer, nodes: Nodes) -> None:
    """One whose answer was lost raises; what reads, and what may be done twice, waits until Redis is back."""
    key = nodes.key("counter")
    await nodes.ask(key, "SET", key, 7)
    server.signal(signal.SIGSTOP)
    added = asyncio.create_task(nodes.ask(key, "INCR", key))
    await asyncio.sleep(0.05)
    asked = asyncio.create_task(nodes.ask(key, "GET", key))
    written = asyncio.create_task(nodes.ask(key, "SET", nodes.key("counter", "2"), 1, again=True))
    server.signal(signal.SIGKILL)
    with pytest.raises(RedisError):
        await added
    server.start()
    assert await asked in (b"7", b"8")
    assert await written


async def test_functions_that_were_lost_are_loaded_again(server: RedisServer, nodes: Nodes) -> None:
    """By a Redis that came back empty, or by somebody who threw them away."""
    await nodes.load(ONE)
    key = nodes.key("any")
    assert await nodes.ask(key, "FCALL", "one", 0) == 1
    await nodes.ask(key, "FUNCTION FLUSH")
    assert await nodes.ask(key, "FCALL", "one", 0) == 1
    with pytest.raises(ResponseError):
        await nodes.ask(key, "HGET", "only the key")


async def test_a_library_is_loaded_when_its_master_is_back(server: RedisServer, nodes: Nodes) -> None:
    """And so is whatever else is asked of all masters."""
    await nodes.open()
    server.signal(signal.SIGKILL)
    asked = asyncio.gather(nodes.load(ONE), nodes.persistence())
    await asyncio.sleep(0.05)
    assert not asked.done()
    server.start()
    assert len((await asked)[1]) == 1
    assert await nodes.ask(nodes.key("any"), "FCALL", "one", 0) == 1
    assert await nodes.ask_all(nodes.key("any"), []) == []


async def test_what_redis_refuses_is_in_its_place(nodes: Nodes) -> None:
    key = nodes.key("text")
    answers = await nodes.ask_all(key, [["SET", key, "x"], ["INCR", key], ["GET", key]])
    assert (bool(answers[0]), type(answers[1]), answers[2]) == (True, ResponseError, b"x")


async def test_nothing_asked_is_nothing_answered(nodes: Nodes) -> None:
    """At once: there is nothing to wait for."""
    assert await nodes.ask_all("{x}", []) == []


async def test_an_asker_that_leaves_takes_nothing_along(nodes: Nodes) -> None:
    key = nodes.key("list")
    tasks = [asyncio.create_task(nodes.ask(key, "RPUSH", key, i)) for i in range(10)]
    await asyncio.sleep(0)
    tasks[3].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert await nodes.ask(key, "LRANGE", key, 0, -1) in (
        [b"%d" % i for i in range(10)],
        [b"%d" % i for i in range(10) if i != 3],
    )


async def test_whoever_asks_when_it_is_closed_is_told(server: RedisServer, nodes: Nodes) -> None:
    """At whatever moment, also before the question is on its way: nobody waits for what is not asked any more."""
    key = nodes.key("any")
    await nodes.ask(key, "GET", key)
    for turns in range(12):
        nodes = Nodes(server.url)
        await nodes.open()
        lane = nodes.lane()
        asked = lane.put(key, [["GET", key]])
        for _ in range(turns):
            await asyncio.sleep(0)
        async with asyncio.timeout(5):
            await nodes.close()
            await asyncio.gather(asked, return_exceptions=True)


async def test_a_lane_ends_though_a_cancellation_is_lost(nodes: Nodes, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in `asyncio.wait_for`, when what it waits for is just done."""
    key, lost = nodes.key("any"), asyncio.Event()
    await nodes.ask(key, "GET", key)
    send = Connection.send_packed_command

    async def slowly(*args: Any, **options: Any) -> None:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            if lost.is_set():
                raise
            lost.set()
        await send(*args, **options)
        await asyncio.sleep(3600)

    monkeypatch.setattr(Connection, "send_packed_command", slowly)
    asked = asyncio.create_task(nodes.ask(key, "GET", key))
    await asyncio.sleep(0.01)
    async with asyncio.timeout(5):
        await nodes.close()
    assert lost.is_set()
    with pytest.raises(RedisError):
        await asked


async def test_a_master_is_looked_for_though_one_look_fails(
    server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a way that nobody thought of: it would be refused for ever, by a server that nobody restarts."""
    nodes = Nodes(server.url, patience_s=0.3)
    key = nodes.key("any")
    await nodes.ask(key, "GET", key)
    learned = 0

    async def nonsense(topology: Topology) -> None:
        nonlocal learned
        learned += 1
        raise ValueError("nonsense")

    monkeypatch.setattr(Topology, "_learn", nonsense)
    server.signal(signal.SIGKILL)
    with pytest.raises(Away):
        await nodes.ask(key, "GET", key)
    assert learned
    server.start()
    async with asyncio.timeout(20):
        while nodes.away_s(nodes.masters()[0]):  # noqa: ASYNC110 - it tells by answering
            await asyncio.sleep(0.01)
    assert await nodes.ask(key, "GET", key) is None
    await nodes.close()


async def test_a_redis_that_comes_back_full_is_back(server: RedisServer, nodes: Nodes) -> None:
    """It takes no library more, and has those that it had, for a server that starts now, too."""
    await nodes.load(ONE)
    key = nodes.key("any")
    server.signal(signal.SIGKILL)
    asked = asyncio.create_task(nodes.ask(key, "GET", key))
    await asyncio.sleep(0.05)
    server.start("--maxmemory", "1")
    assert await asked is None
    later = Nodes(server.url, patience_s=20)
    await later.load(ONE)
    with pytest.raises(ResponseError, match="maxmemory"):
        await later.load(ONE.replace("one", "two"))
    await later.close()


async def test_nobody_there_at_the_start(server: RedisServer) -> None:
    """One waits for it as later; then the error is Redis's own."""
    server.signal(signal.SIGKILL)
    late = Nodes(server.url, patience_s=0.2)
    with pytest.raises((RedisError, OSError)):
        await late.open()
    await late.close()
    waiting = Nodes(server.url, patience_s=20)
    opening = asyncio.create_task(waiting.open())
    await asyncio.sleep(0.05)
    server.start()
    await opening
    assert [master.name for master in waiting.masters()] == [f"127.0.0.1:{server.port}"]
    await waiting.close()
