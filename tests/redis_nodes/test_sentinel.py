"""A Redis that Sentinels watch, whose replica takes over."""

import asyncio
import signal

from queue_server.journal.redis_streams import RedisJournal
from queue_server.redis_nodes import Nodes
from tests.journal.histories import TOWN, new_batch, queue_all, whole_history
from tests.redis_server import RedisServer, Sentinel, until


async def test_sentinels_say_who_is_the_master() -> None:
    """Also when it is another one; also where the one before goes on answering, so that nobody else would tell."""
    first = RedisServer("--appendonly", "yes", "--repl-diskless-sync-delay", "0").wait()
    second = RedisServer("--replicaof", f"127.0.0.1 {first.port}").wait()
    until(lambda: second.ask("INFO", "replication")["master_link_status"] == "up")
    sentinel = Sentinel(first).wait()
    nodes = Nodes(f"redis+sentinel://127.0.0.1:1,127.0.0.1:{sentinel.port}/halls", patience_s=60)
    journal = RedisJournal(nodes)
    await journal.open()
    assert [master.name for master in nodes.masters()] == [f"127.0.0.1:{first.port}"]
    until(lambda: len(sentinel.ask("SENTINEL REPLICAS", "halls")) == 1)
    batches = [new_batch() for _ in range(600)]
    before, middle = queue_all(journal, TOWN, await journal.head(TOWN), batches[:300])
    await asyncio.gather(*before)
    until(lambda: second.ask("XLEN", nodes.key(TOWN.hall, TOWN.kind)) == 300)
    first.signal(signal.SIGKILL)
    after, last = queue_all(journal, TOWN, middle[-1], batches[300:])
    assert await asyncio.gather(*after) == last
    assert [master.name for master in nodes.masters()] == [f"127.0.0.1:{second.port}"]
    assert [batch.command_id for batch in await whole_history(journal, TOWN)] == [each.command_id for each in batches]
    third = RedisServer().wait()
    sentinel.ask("SENTINEL REMOVE", "halls")
    sentinel.ask("SENTINEL MONITOR", "halls", "127.0.0.1", third.port, 1)
    async with asyncio.timeout(60):
        while nodes.masters()[0].name != f"127.0.0.1:{third.port}":  # noqa: ASYNC110 - Sentinels are asked now and then
            await asyncio.sleep(0.02)
    assert (await journal.head(TOWN)).seq == 0
    await journal.close()
    await nodes.close()
    for server in (sentinel, first, second, third):
        server.end()
