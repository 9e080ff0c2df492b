"""What the memory journal adds to the contract: it plays a disk that hangs or fails."""

import asyncio

import pytest

from queue_server.journal.base import Unavailable
from queue_server.journal.memory import MemoryJournal
from tests.journal.histories import TOWN, new_batch, queue_all, whole_history, write


@pytest.fixture
async def journal() -> MemoryJournal:
    journal = MemoryJournal()
    await journal.open()
    return journal


async def test_a_paused_disk_holds_every_write(journal: MemoryJournal) -> None:
    """Nothing is durable or visible until it goes on; then all of it is, in order."""
    head = await write(journal, TOWN, new_batch())
    journal.pause()
    futures, heads = queue_all(journal, TOWN, head, [new_batch() for _ in range(3)])
    assert await journal.head(TOWN) == head
    await asyncio.sleep(0)
    assert not any(future.done() for future in futures)
    assert len(await journal.read(TOWN, 0)) == 1
    journal.resume()
    assert await asyncio.gather(*futures) == heads
    assert len(await whole_history(journal, TOWN)) == 4


async def test_a_failing_disk_writes_nothing_until_it_is_mended(journal: MemoryJournal) -> None:
    head = await write(journal, TOWN, new_batch())
    futures, _ = queue_all(journal, TOWN, head, [new_batch() for _ in range(2)])
    journal.fail(OSError("no space left"))
    for future in futures:
        with pytest.raises(Unavailable, match="no space left"):
            await future
    with pytest.raises(Unavailable, match="no space left"):
        await journal.read(TOWN, 0)
    journal.fail(None)
    assert await journal.head(TOWN) == head
    assert (await write(journal, TOWN, new_batch())).seq == 2


async def test_a_failing_disk_fails_only_what_it_has_not_written(journal: MemoryJournal) -> None:
    head = await journal.head(TOWN)
    written = journal.append(TOWN, head, new_batch())
    await written
    journal.pause()
    late = journal.append(TOWN, written.result(), new_batch())
    journal.fail(OSError("gone"))
    journal.resume()
    with pytest.raises(Unavailable, match="gone"):
        await late
    journal.fail(None)
    assert len(await whole_history(journal, TOWN)) == 1
