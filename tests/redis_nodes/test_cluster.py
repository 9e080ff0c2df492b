"""A Cluster whose masters are taken away, and whose keys move, in the middle of what is asked."""

import asyncio
import signal
from collections.abc import AsyncIterator
from secrets import token_hex

import pytest

from queue_server.journal.base import Stream
from queue_server.journal.redis_streams import RedisJournal
from queue_server.redis_nodes import Keeping, Nodes
from tests.journal.histories import new_batch, queue_all, whole_history
from tests.redis_server import cluster

HALLS = [Stream(f"hall-{i}", "day") for i in range(12)]


@pytest.fixture
async def nodes() -> AsyncIterator[Nodes]:
    nodes = Nodes(cluster().url, f"{token_hex(4)}:", patience_s=30)
    await nodes.open()
    yield nodes
    await nodes.close()


async def test_every_key_is_asked_of_its_master(nodes: Nodes) -> None:
    """All masters are found from a few addresses; each has functions; what belongs together is together."""
    assert len(nodes.masters()) == 3
    await nodes.load("#!lua name=two\nredis.register_function('two', function(keys) return #keys end)")
    keys = [nodes.key(f"hall-{i}", "x") for i in range(30)]
    assert {nodes.master_of(key).name for key in keys} == {master.name for master in nodes.masters()}
    for key in keys:
        assert await nodes.ask(key, "FCALL", "two", 2, key, f"{key}:more") == 2
        assert nodes.master_of(key) == nodes.master_of(f"{key}:more")


async def test_a_master_is_killed_and_its_replica_takes_over() -> None:
    """Its halls wait and go on, with nothing lost that anybody was told of; the other halls do not even wait."""
    whole = cluster()
    nodes = Nodes(whole.url, f"{token_hex(4)}:", patience_s=60, keeping=Keeping(replicas=1))
    journal = RedisJournal(nodes)
    await journal.open()
    heads = [await journal.head(hall) for hall in HALLS]
    mourned = nodes.master_of(nodes.key(HALLS[0].hall))
    server = whole.server(mourned.name)
    theirs = {hall for hall in HALLS if nodes.master_of(nodes.key(hall.hall)) == mourned}
    assert 0 < len(theirs) < len(HALLS)
    batches = {hall: [new_batch() for _ in range(300)] for hall in HALLS}
    queued = {hall: queue_all(journal, hall, head, batches[hall]) for hall, head in zip(HALLS, heads, strict=True)}
    await queued[HALLS[0]][0][100]
    replica = whole.replica_of(server)
    replica.signal(signal.SIGSTOP)  # so that nobody takes over too soon
    server.signal(signal.SIGKILL)
    waiting = asyncio.gather(*(future for hall in theirs for future in queued[hall][0]))
    await asyncio.gather(*(future for hall in HALLS if hall not in theirs for future in queued[hall][0]))
    assert not waiting.done()
    replica.signal(signal.SIGCONT)
    async with asyncio.timeout(60):
        while nodes.master_of(nodes.key(HALLS[0].hall)) == mourned:  # noqa: ASYNC110 - nobody announces it
            await asyncio.sleep(0.02)
    server.start()  # until then nobody else has what the new master has
    await waiting
    for hall in HALLS:
        assert [each.result() for each in queued[hall][0]] == queued[hall][1]
        written = [batch.command_id for batch in await whole_history(journal, hall)]
        assert written == [batch.command_id for batch in batches[hall]]
    await asyncio.to_thread(whole.wait)
    await journal.close()
    await nodes.close()


async def test_a_hall_moves_to_another_master(nodes: Nodes) -> None:
    """While it is written to: it waits until all of it has arrived, and is asked there from then on."""
    hall = HALLS[3]
    journal = RedisJournal(nodes)
    await journal.open()
    batches = [new_batch() for _ in range(900)]
    futures, expected = queue_all(journal, hall, await journal.head(hall), batches[:300])
    await futures[0]
    moving = asyncio.create_task(asyncio.to_thread(cluster().move, nodes.key(hall.hall)))
    more, later = queue_all(journal, hall, expected[-1], batches[300:600])
    before = nodes.master_of(nodes.key(hall.hall))
    await moving
    still_more, latest = queue_all(journal, hall, later[-1], batches[600:])
    assert await asyncio.gather(*futures, *more, *still_more) == [*expected, *later, *latest]
    assert [batch.command_id for batch in await whole_history(journal, hall)] == [each.command_id for each in batches]
    assert nodes.master_of(nodes.key(hall.hall)) != before
    await journal.close()
