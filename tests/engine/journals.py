"""Journals for tests: opened for a while, or with every answer in the test's hand."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from queue_server.journal.base import READ_LIMIT, Batch, Head, Journal, NewBatch, Stream, Unavailable
from queue_server.journal.memory import MemoryDisk, MemoryJournal
from tests.journal.conftest import Store

__all__ = ["HandHeld", "opened", "turns"]


class HandHeld:
    """A journal whose appends are done when the test says so.

    They are written when they are told of, not when they are queued: until then nobody can read them. `reading` is
    cleared to hold whoever asks for the head or reads. `reads` counts the batches that were read.
    """

    def __init__(self, disk: MemoryDisk | None = None) -> None:
        self.disk = disk or MemoryDisk()
        self.inner = MemoryJournal(self.disk)
        self.queued: list[tuple[asyncio.Future[Head], Stream, Head, NewBatch]] = []
        self.reading = asyncio.Event()
        self.reading.set()
        self.held = 0  # how many wait there
        self.reads = 0

    def append(self, stream: Stream, expected: Head, batch: NewBatch, seal: str = "") -> asyncio.Future[Head]:
        assert not seal, "no runner names one"
        future: asyncio.Future[Head] = asyncio.get_running_loop().create_future()
        self.queued.append((future, stream, expected, batch))
        return future

    async def flush(self, count: int | None = None) -> None:
        """Write the oldest appends, all if not said otherwise, and tell."""
        now, self.queued = self.queued[:count], self.queued[len(self.queued) if count is None else count :]
        inner = [(future, self.inner.append(stream, head, batch)) for future, stream, head, batch in now]
        for future, written in inner:
            await asyncio.wait([written])
            if (error := written.exception()) is not None:
                future.set_exception(error)
            else:
                future.set_result(written.result())
        await turns()

    async def lose(self, *, written: bool) -> None:
        """Say that the journal is away, when the appends were written, or when they were not."""
        now, self.queued = self.queued, []
        for future, stream, head, batch in now:
            if written:
                await self.inner.append(stream, head, batch)
            future.set_exception(Unavailable(OSError("no answer")))
        await turns()

    async def open(self) -> None:
        await self.inner.open()

    async def close(self) -> None:
        await self.inner.close()

    async def head(self, stream: Stream) -> Head:
        head = await self.inner.head(stream)
        await self._held()
        return head

    async def read(self, stream: Stream, after: int, limit: int = READ_LIMIT) -> list[Batch]:
        batches = await self.inner.read(stream, after, limit)
        self.reads += len(batches)
        await self._held()
        return batches

    async def marks(self, stream: Stream, newest: int) -> list[tuple[str, int]]:
        return await self.inner.marks(stream, newest)

    async def streams(self) -> list[Stream]:
        return await self.inner.streams()

    async def has(self, stream: Stream) -> bool:
        return await self.inner.has(stream)

    async def lately_written(self, newest: int) -> list[Stream]:
        return await self.inner.lately_written(newest)

    async def renew_epoch(self, stream: Stream, instead_of: str) -> Head:
        return await self.inner.renew_epoch(stream, instead_of)

    async def seal(self, stream: Stream, seal: str) -> Head:
        return await self.inner.seal(stream, seal)

    async def sealed(self, stream: Stream) -> str:
        return await self.inner.sealed(stream)

    async def adopt(self, stream: Stream, epoch: str, seal: str) -> Head:
        return await self.inner.adopt(stream, epoch, seal)

    async def _held(self) -> None:
        self.held += 1
        await self.reading.wait()
        self.held -= 1


@asynccontextmanager
async def opened(store: Store) -> AsyncIterator[Journal]:
    """One more journal on the store, for as long as a server runs."""
    journal = store.journal()
    await journal.open()
    try:
        yield journal
    finally:
        await journal.close()


async def turns(count: int = 20) -> None:
    """Let everything go on that can go on by itself in the event loop."""
    for _ in range(count):
        await asyncio.sleep(0)
