"""What the journal in Redis does beyond the contract: it tells everybody, and an append that is sent again is one."""

import asyncio
from collections.abc import AsyncIterator
from secrets import token_hex

import pytest

from queue_server.journal.base import Conflict, NewBatch
from queue_server.journal.redis_streams import NEWS, RedisJournal, told
from queue_server.redis_nodes import Nodes
from tests.journal.histories import TOWN, new_batch, queue_all, whole_history
from tests.redis_server import redis_url


@pytest.fixture
async def nodes() -> AsyncIterator[Nodes]:
    nodes = Nodes(redis_url(), f"{token_hex(4)}:")
    await nodes.open()
    yield nodes
    await nodes.close()


@pytest.fixture
async def journal(nodes: Nodes) -> AsyncIterator[RedisJournal]:
    journal = RedisJournal(nodes)
    await journal.open()
    yield journal
    await journal.close()


async def test_a_batch_is_told_to_whoever_listens_to_its_hall(nodes: Nodes, journal: RedisJournal) -> None:
    """As it is read afterwards, with its stream's kind and epoch, in the order of writing."""
    channel = nodes.key(TOWN.hall, NEWS)
    async with nodes.master_of(channel).client.pubsub() as listener:
        await listener.ssubscribe(channel)
        head = await journal.head(TOWN)
        opening = NewBatch(2, "键", "指纹", "2026-11-23", '[{"text":"\\"A001\\" 👵"}]'.encode())
        futures, _ = queue_all(journal, TOWN, head, [opening, *(new_batch(count=3) for _ in range(40))])
        await asyncio.gather(*futures)
        heard = []
        async with asyncio.timeout(10):
            async for message in listener.listen():
                if message["type"] == "smessage":
                    heard.append(told(message["data"]))
                if len(heard) == 41:
                    break
    assert heard == [(TOWN.kind, head.epoch, batch) for batch in await whole_history(journal, TOWN)]


async def test_an_append_that_is_sent_again_is_answered_as_the_first_time(journal: RedisJournal) -> None:
    """Also when others have gone on since; what it is known by is where it stands and its command."""
    head = await journal.head(TOWN)
    batch = new_batch()
    first = await journal.append(TOWN, head, batch)
    assert await journal.append(TOWN, head, batch) == first
    second = await journal.append(TOWN, first, new_batch())
    assert await journal.append(TOWN, head, batch) == first
    with pytest.raises(Conflict) as caught:
        await journal.append(TOWN, head, NewBatch(1, "another command", "", None, batch.events))
    assert caught.value.head == second
    assert len(await whole_history(journal, TOWN)) == 2
    await journal.renew_epoch(TOWN, head.epoch)
    with pytest.raises(Conflict):
        await journal.append(TOWN, head, batch)
