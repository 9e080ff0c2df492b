"""Who must have a command before anybody is told of it, and what becomes of it while they are away."""

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator
from secrets import token_hex
from typing import NamedTuple

import pytest

from queue_server.journal.base import Unavailable
from queue_server.journal.redis_streams import NEWS, RedisJournal, told
from queue_server.redis_nodes import Away, Keeping, Nodes
from queue_server.redis_nodes.keeping import NotKept
from tests.journal.histories import TOWN, VILLAGE, new_batch, queue_all, whole_history
from tests.redis_server import RedisServer, until


class Pair(NamedTuple):
    master: RedisServer
    replica: RedisServer


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    """A master and its replica."""
    master = RedisServer("--repl-diskless-sync-delay", "0").wait()
    replica = RedisServer("--replicaof", f"127.0.0.1 {master.port}").wait()
    until(lambda: replica.ask("INFO", "replication")["master_link_status"] == "up")
    yield Pair(master, replica)
    replica.end()
    master.end()


@pytest.fixture
async def nodes(pair: Pair) -> AsyncIterator[Nodes]:
    nodes = Nodes(pair.master.url, f"{token_hex(4)}:", patience_s=30, keeping=Keeping(replicas=1))
    yield nodes
    await nodes.close()


async def test_nobody_hears_of_what_only_the_master_has(pair: Pair, nodes: Nodes) -> None:
    """Not its writer, not whoever reads on another server, not the screens; all do when the replica has it."""
    journal, elsewhere = RedisJournal(nodes), RedisJournal(nodes)
    await journal.open()
    await elsewhere.open()
    head = await journal.head(TOWN)
    channel = nodes.key(TOWN.hall, NEWS)
    (master,) = nodes.masters()
    async with master.client.pubsub() as listener:
        await listener.ssubscribe(channel)
        await listener.get_message(timeout=5)
        pair.replica.signal(signal.SIGSTOP)
        futures, heads = queue_all(journal, TOWN, head, [new_batch() for _ in range(5)])
        async with asyncio.timeout(20):
            while not pair.master.ask("EXISTS", nodes.key(TOWN.hall, TOWN.kind)):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        at, read = asyncio.create_task(elsewhere.head(TOWN)), asyncio.create_task(elsewhere.read(TOWN, 0))
        assert await listener.get_message(timeout=0.3) is None
        assert not any(future.done() for future in futures)
        assert not at.done()
        assert not read.done()
        pair.replica.signal(signal.SIGCONT)
        assert await asyncio.gather(*futures) == heads
        assert (await at, len(await read)) == (heads[-1], 5)
        heard = [told((await listener.get_message(timeout=5))["data"])[2] for _ in range(5)]
    assert heard == await whole_history(journal, TOWN)
    await elsewhere.close()
    await journal.close()


async def test_without_its_replica_everything_is_refused(pair: Pair) -> None:
    """After patience; what was written by then is found to be written, once, when the replica is back."""
    nodes = Nodes(pair.master.url, f"{token_hex(4)}:", patience_s=0.2, keeping=Keeping(replicas=1))
    journal = RedisJournal(nodes)
    await journal.open()
    head, batch = await journal.head(VILLAGE), new_batch()
    pair.replica.signal(signal.SIGSTOP)
    with pytest.raises(Unavailable, match="replicas have it"):
        await journal.append(VILLAGE, head, batch)
    with pytest.raises(Unavailable):
        await journal.head(VILLAGE)
    pair.replica.signal(signal.SIGCONT)
    (master,) = nodes.masters()
    async with asyncio.timeout(30):
        while nodes.away_s(master):  # noqa: ASYNC110 - it tells by answering
            await asyncio.sleep(0.01)
    written = await journal.append(VILLAGE, head, batch)
    assert (await journal.head(VILLAGE), len(await whole_history(journal, VILLAGE))) == (written, 1)
    await journal.close()
    await nodes.close()


async def test_a_full_redis_is_read_on(pair: Pair, nodes: Nodes) -> None:
    """Though whoever reads waits for the replica: only what needs room is refused."""
    journal = RedisJournal(nodes)
    await journal.open()
    head = await journal.append(TOWN, await journal.head(TOWN), new_batch())
    pair.master.ask("CONFIG SET", "maxmemory", 1)
    try:
        with pytest.raises(Unavailable):
            await journal.append(TOWN, head, new_batch())
        assert (await journal.head(TOWN), len(await journal.read(TOWN, 0))) == (head, 1)
    finally:
        pair.master.ask("CONFIG SET", "maxmemory", 0)
    await journal.close()


async def test_what_may_not_be_repeated_and_is_not_kept_raises(pair: Pair) -> None:
    """It was done; whoever asked cannot know whether it stays."""
    nodes = Nodes(pair.master.url, f"{token_hex(4)}:", patience_s=30, keeping=Keeping(replicas=1))
    key = nodes.key("counter")
    assert await nodes.ask(key, "INCR", key) == 1
    pair.replica.signal(signal.SIGSTOP)
    with pytest.raises((NotKept, Away)):
        await nodes.ask(key, "INCR", key)
    pair.replica.signal(signal.SIGCONT)
    assert await nodes.ask(key, "GET", key) == b"2"
    await nodes.close()


async def test_nobody_hears_of_what_is_not_on_the_disk() -> None:
    """Where an answer is to wait for it, which Redis 7.2 can, and Valkey."""
    server = RedisServer("--appendonly", "yes", "--appendfsync", "always", valkey=True).wait()
    nodes = Nodes(server.url, patience_s=30, keeping=Keeping(fsync=True))
    await nodes.persistence()
    journal = RedisJournal(nodes)
    await journal.open()
    head = await journal.head(TOWN)
    server.ask("CONFIG SET", "appendfsync", "no")
    futures, heads = queue_all(journal, TOWN, head, [new_batch() for _ in range(5)])
    async with asyncio.timeout(20):
        while not server.ask("EXISTS", nodes.key(TOWN.hall, TOWN.kind)):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert not any(future.done() for future in futures)
    server.ask("CONFIG SET", "appendfsync", "everysec")
    assert await asyncio.gather(*futures) == heads
    await journal.close()
    await nodes.close()
    server.end()
