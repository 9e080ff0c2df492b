"""The journal of one machine: one SQLite file in the data folder.

Writes go through the one thread of `sqlite_writer`; reads have a connection and a thread of their own, see only what is
durable, and neither wait for writes nor hold them up.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from queue_server.journal.base import READ_LIMIT, Batch, Head, NewBatch, Stream, closed
from queue_server.journal.sqlite_file import SELECT_HEAD, connect, copy_live, prepare, translated
from queue_server.journal.sqlite_writer import SqliteWriter

__all__ = ["SqliteJournal"]

Result = TypeVar("Result")

_SELECT_BATCHES = """
    SELECT first, last, tip, command_id, fingerprint, mark, events
    FROM batches JOIN streams ON stream = id
    WHERE hall = ? AND kind = ? AND last > ?
    ORDER BY last LIMIT ?
"""
_SELECT_MARKS = """
    SELECT mark, first
    FROM batches JOIN streams ON stream = id
    WHERE hall = ? AND kind = ? AND mark IS NOT NULL
    ORDER BY last DESC LIMIT ?
"""
_SELECT_STREAMS = "SELECT hall, kind FROM streams ORDER BY id"
_SELECT_LATELY_WRITTEN = """
    SELECT hall, kind
    FROM (SELECT stream, rowid AS place FROM batches ORDER BY place DESC LIMIT ?) JOIN streams ON stream = id
    GROUP BY id
    ORDER BY max(place) DESC
"""
"""Batches are never deleted, so that their rowids are the order in which they came."""


class _Parts(NamedTuple):
    """What an open journal holds."""

    writer: SqliteWriter
    reader: sqlite3.Connection
    reader_thread: ThreadPoolExecutor
    """The only thread that uses `reader`."""


class SqliteJournal:
    """A `Journal` in the file `path`, made at `open` if missing; its folder must be there.

    `open` raises, besides `Unavailable`, `NewerJournal` and `NotAJournal` of `sqlite_file`. Nothing here keeps a second
    server out, and nothing breaks if one comes in; that a data folder has one server is `datafolder`'s affair.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._parts: _Parts | None = None

    async def open(self) -> None:
        if self._parts is not None:
            raise RuntimeError("the journal is open already")
        thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="journal-reader")
        try:
            writing, reading = await _in(thread, self._connect)
        except BaseException:
            thread.shutdown(wait=False)
            raise
        self._parts = _Parts(SqliteWriter(writing, self.path), reading, thread)

    async def close(self) -> None:
        if (parts := self._parts) is not None:
            self._parts = None
            try:
                with translated():
                    await _in(parts.reader_thread, parts.reader.close)
            finally:
                parts.reader_thread.shutdown()
                await parts.writer.close()

    async def head(self, stream: Stream) -> Head:
        rows = await self._select(SELECT_HEAD, *stream)
        if not rows:
            return await self._open_parts().writer.head(stream)
        _, _, epoch, seq, tip = rows[0]
        return Head(epoch, seq, tip)

    def append(self, stream: Stream, expected: Head, batch: NewBatch, seal: str = "") -> asyncio.Future[Head]:
        if batch.count < 1:
            raise ValueError("a batch needs at least one event")
        if self._parts is None:
            future: asyncio.Future[Head] = asyncio.get_running_loop().create_future()
            future.set_exception(closed())
            return future
        return self._parts.writer.append(stream, expected, batch, seal)

    async def read(self, stream: Stream, after: int, limit: int = READ_LIMIT) -> list[Batch]:
        return [Batch(*row) for row in await self._select(_SELECT_BATCHES, *stream, after, limit)]

    async def marks(self, stream: Stream, newest: int) -> list[tuple[str, int]]:
        return list(reversed(await self._select(_SELECT_MARKS, *stream, newest)))

    async def streams(self) -> list[Stream]:
        return [Stream(*row) for row in await self._select(_SELECT_STREAMS)]

    async def has(self, stream: Stream) -> bool:
        return bool(await self._select(SELECT_HEAD, *stream))

    async def lately_written(self, newest: int) -> list[Stream]:
        return [Stream(*row) for row in await self._select(_SELECT_LATELY_WRITTEN, newest)]

    async def renew_epoch(self, stream: Stream, instead_of: str) -> Head:
        return await self._open_parts().writer.renew_epoch(stream, instead_of)

    async def seal(self, stream: Stream, seal: str) -> Head:
        return await self._open_parts().writer.seal(stream, seal)

    async def sealed(self, stream: Stream) -> str:
        rows = await self._select(SELECT_HEAD, *stream)
        return rows[0][1] if rows else ""

    async def adopt(self, stream: Stream, epoch: str, seal: str) -> Head:
        return await self._open_parts().writer.adopt(stream, epoch, seal)

    async def backup(self, target: Path) -> None:
        """Copy the journal as it stands to a new file; see `copy_live`."""
        await asyncio.to_thread(copy_live, self.path, target)

    def _connect(self) -> tuple[sqlite3.Connection, sqlite3.Connection]:
        with translated():
            prepare(self.path)
            writing, reading = connect(self.path), connect(self.path)
            reading.execute("PRAGMA query_only = ON")
        return writing, reading

    def _open_parts(self) -> _Parts:
        if self._parts is None:
            raise closed()
        return self._parts

    async def _select(self, query: str, *values: str | int) -> list[Any]:
        parts = self._open_parts()
        with translated():
            return await _in(parts.reader_thread, lambda: parts.reader.execute(query, values).fetchall())


def _in(thread: ThreadPoolExecutor, work: Callable[[], Result]) -> asyncio.Future[Result]:
    return asyncio.get_running_loop().run_in_executor(thread, work)
