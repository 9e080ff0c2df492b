"""Redis journals beside an archive, and histories of several days in them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from secrets import token_hex

from queue_server.journal.archive import FileArchive
from queue_server.journal.archiver import Archiver
from queue_server.journal.base import Batch, Stream
from queue_server.journal.redis_streams import RedisJournal
from queue_server.redis_nodes import Nodes
from tests.journal.histories import new_batch, write
from tests.redis_server import redis_url

KEPT = 2
"""Days that stay in Redis."""


class Site:
    """One Redis, and one folder that all its servers see."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "archive"
        self.namespace = f"{token_hex(6)}:"

    @asynccontextmanager
    async def server(self, folder: Path | None = None) -> "AsyncIterator[Server]":
        """One more server. folder: another one that it takes for the archive."""
        nodes = Nodes(redis_url(), self.namespace)
        archive = FileArchive(folder or self.folder)
        journal = RedisJournal(nodes, archive)
        await journal.open()
        yield Server(nodes, journal, archive)
        await journal.close()
        await nodes.close()

    def files(self, stream: Stream) -> list[Path]:
        """The pieces of a stream, oldest first; nothing else may lie there."""
        return sorted((self.folder / stream.hall / stream.kind).iterdir())


class Server:
    """Its parts, and the halls whose leases it has: all but those in `refused`."""

    def __init__(self, nodes: Nodes, journal: RedisJournal, archive: FileArchive) -> None:
        self.nodes = nodes
        self.journal = journal
        self.archive = archive
        self.refused: set[str] = set()
        self.asked: list[str] = []  # of which halls the lease was asked for
        self.archiver = Archiver(nodes, journal, archive, days=KEPT, hold=self._hold)

    async def _hold(self, hall: str) -> bool:
        self.asked.append(hall)
        return hall not in self.refused

    async def work(self, stream: Stream, days: int, batches: int = 3) -> list[Batch]:
        """Let so many days of so many batches go by; the whole history."""
        marks = await self.journal.marks(stream, 1)
        first = 1 + int(marks[-1][0][-2:]) if marks else 1
        for day in range(first, first + days):
            rest = [new_batch(count=2) for _ in range(1, batches)]
            await write(self.journal, stream, new_batch(mark=f"2026-11-{day:02}"), *rest)
        return await self.history(stream)

    async def history(self, stream: Stream, limit: int = 7) -> list[Batch]:
        """All that is read back, a few batches at a time."""
        found: list[Batch] = []
        while batches := await self.journal.read(stream, found[-1].last if found else 0, limit):
            found += batches
        return found

    async def in_redis(self, stream: Stream) -> int:
        """How many batches Redis itself holds."""
        key = self.nodes.key(stream.hall, stream.kind)
        held: int = await self.nodes.ask(key, "XLEN", key)
        return held
