"""The one thread that writes a SQLite journal: *group commit* over all halls.

Whatever is queued while one transaction is being flushed goes into the next one, so the cost of a flush is shared by as
many commands as came in meanwhile, and a single command never waits for company.

A call into SQLite gives up the interpreter's lock, and a busy event loop may keep it for milliseconds; so a transaction
makes as few calls as it can. In particular all its rows go into a handful of multi-row inserts.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, NamedTuple

from queue_server.journal.base import (
    Conflict,
    Head,
    JournalError,
    NewBatch,
    Sealed,
    Stream,
    Unavailable,
    closed,
    next_tip,
)
from queue_server.journal.sqlite_file import SELECT_HEAD, new_epoch

__all__ = ["SqliteWriter"]

MAX_GROUP = 512
"""Batches from which on a transaction takes in no more. Beyond that a flush is a small part of the cost, and waiting
for the rest a large one."""

MAX_QUEUED = 50_000
"""Batches waiting for the disk. It is reached only when the disk hangs, and more would only eat memory."""

_COLUMNS = 8
_INSERT = "INSERT INTO batches (stream, last, first, tip, command_id, fingerprint, mark, events) VALUES"
_INSERTS = tuple(
    (rows, f"{_INSERT} {', '.join(['(?, ?, ?, ?, ?, ?, ?, ?)'] * rows)}")
    for rows in (512, 256, 128, 64, 32, 16, 8, 4, 2, 1)
)
"""(rows, statement), most rows first: any number of rows is the sum of a few, and all the statements stay prepared."""

_Append = tuple[asyncio.Future[Head], Stream, Head, NewBatch, str]


class _Job(NamedTuple):
    """Something else to do between two groups."""

    future: asyncio.Future[Any]
    work: Callable[[], Any]


@dataclass(slots=True)
class _Known:
    """A stream as the writer remembers it, inside a transaction as that one will leave it."""

    id: int
    seal: str
    head: Head


class SqliteWriter:
    """Owns `connection`, to the file `path`, from now on, and closes it in the end. Its methods belong to the loop that
    made it.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._loop = asyncio.get_running_loop()
        self._queue: SimpleQueue[list[_Append] | _Job] = SimpleQueue()
        self._burst: list[_Append] = []  # what came in this turn of the loop, handed over at its end
        self._ahead = 0  # how much there is whose outcome is not known yet
        self._closed = False
        # From here on, the thread's own:
        self._connection = connection
        self._path = path
        self._file = _file_at(path)
        self._data_version = -1
        self._known: dict[Stream, _Known] = {}
        self._running = True
        # A daemon, so that a program that forgot to close the journal can still end.
        self._thread = Thread(target=self._run, name="journal-writer", daemon=True)
        self._thread.start()

    def append(self, stream: Stream, expected: Head, batch: NewBatch, seal: str) -> asyncio.Future[Head]:
        future: asyncio.Future[Head] = self._loop.create_future()
        if self._closed:
            future.set_exception(closed())
        elif self._ahead >= MAX_QUEUED:
            future.set_exception(Unavailable(TimeoutError("the disk is too far behind")))
        else:
            if not self._burst:
                self._loop.call_soon(self._hand_over)
            self._burst.append((future, stream, expected, batch, seal))
            self._ahead += 1
            if len(self._burst) == MAX_GROUP:
                self._hand_over()
        return future

    def _hand_over(self) -> None:
        """Wake the thread once for all that came in a turn of the loop: for each it would write a group of one, and
        fight for the interpreter's lock with the requests that follow.
        """
        if self._burst:
            self._queue.put(self._burst)
            self._burst = []

    async def head(self, stream: Stream) -> Head:
        """The head of a stream that may not have an epoch yet."""
        head: Head = await self._ask(lambda: self._head(stream))
        return head

    async def renew_epoch(self, stream: Stream, instead_of: str) -> Head:
        head: Head = await self._ask(lambda: self._renew_epoch(stream, instead_of))
        return head

    async def seal(self, stream: Stream, seal: str) -> Head:
        head: Head = await self._ask(lambda: self._seal(stream, seal))
        return head

    async def adopt(self, stream: Stream, epoch: str, seal: str) -> Head:
        head: Head = await self._ask(lambda: self._adopt(stream, epoch, seal))
        return head

    async def close(self) -> None:
        """Write what was queued, then end, also when the file cannot be closed, which is said."""
        if not self._closed:
            closing = self._ask(self._stop)
            self._closed = True
            await asyncio.wait([closing])
            self._thread.join()  # at its end already
            closing.result()

    def _ask(self, work: Callable[[], Any]) -> asyncio.Future[Any]:
        """Run `work` in the thread, after everything that was queued before."""
        future: asyncio.Future[Any] = self._loop.create_future()
        if self._closed:
            future.set_exception(closed())
        else:
            self._hand_over()
            self._queue.put(_Job(future, work))
            self._ahead += 1
        return future

    # All below runs in the thread, except `_resolve`.

    def _run(self) -> None:
        while self._running:
            appends, job = self._take()
            if appends:
                self._tell([append[0] for append in appends], self._write(appends))
            if job is not None:
                self._tell([job.future], [self._do(job)])

    def _take(self) -> tuple[list[_Append], _Job | None]:
        """Wait for something to do, then take all that is there, until it makes a group or up to the first job."""
        appends: list[_Append] = []
        job = None
        try:
            while job is None and len(appends) < MAX_GROUP:
                item = self._queue.get_nowait() if appends else self._queue.get()
                if isinstance(item, _Job):
                    job = item
                else:
                    appends += item
        except Empty:
            pass
        return appends, job

    def _write(self, appends: list[_Append]) -> list[Any]:
        """Write a group in one transaction; a `Head` or an error for each."""
        outcomes: list[Head | JournalError] = []
        rows: list[Any] = []
        try:
            with self._transaction():
                for _, stream, expected, batch, seal in appends:
                    known = self._known.get(stream) or self._look_up(stream)
                    if seal != known.seal:
                        outcomes.append(Sealed(known.seal))
                        continue
                    if expected != known.head:
                        outcomes.append(Conflict(known.head))
                        continue
                    epoch, seq, tip = expected
                    known.head = head = Head(epoch, seq + batch.count, next_tip(tip, batch.events))
                    outcomes.append(head)
                    rows += (
                        known.id, head.seq, seq + 1, head.tip,
                        batch.command_id, batch.fingerprint, batch.mark, batch.events,
                    )  # fmt: skip
                self._insert(rows)
        except Exception as error:  # whatever it was, it reaches every caller, and the thread lives on
            return [Unavailable(error) for _ in appends]
        return outcomes

    def _insert(self, rows: list[Any]) -> None:
        start = 0
        for size, statement in _INSERTS:
            width = size * _COLUMNS
            while start + width <= len(rows):
                self._connection.execute(statement, rows[start : start + width])
                start += width

    def _head(self, stream: Stream) -> Head:
        with self._transaction():
            return self._look_up(stream).head

    def _renew_epoch(self, stream: Stream, instead_of: str) -> Head:
        with self._transaction():
            renewed = (new_epoch(), self._look_up(stream).id, instead_of)
            self._connection.execute("UPDATE streams SET epoch = ? WHERE id = ? AND epoch = ?", renewed)
            return self._look_up(stream).head

    def _seal(self, stream: Stream, seal: str) -> Head:
        with self._transaction():
            self._connection.execute("UPDATE streams SET seal = ? WHERE id = ?", (seal, self._look_up(stream).id))
            return self._look_up(stream).head

    def _adopt(self, stream: Stream, epoch: str, seal: str) -> Head:
        with self._transaction():
            known = self._look_up(stream)
            if known.head.seq and (known.head.epoch != epoch or not known.seal):
                raise Conflict(known.head)
            self._connection.execute("UPDATE streams SET epoch = ?, seal = ? WHERE id = ?", (epoch, seal, known.id))
            return self._look_up(stream).head

    def _stop(self) -> None:
        self._running = False
        self._connection.close()

    def _look_up(self, stream: Stream) -> _Known:
        """Read a stream's head from disk and remember it; a stream that nobody asked about before gets its epoch."""
        row = self._connection.execute(SELECT_HEAD, stream).fetchone()
        if row is None:
            self._connection.execute("INSERT INTO streams (hall, kind, epoch) VALUES (?, ?, ?)", (*stream, new_epoch()))
            return self._look_up(stream)
        self._known[stream] = known = _Known(row[0], row[1], Head(*row[2:]))
        return known

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """Durable when left. After any error nothing of it remains, and what was remembered is read anew."""
        connection = self._connection
        try:
            if _file_at(self._path) != self._file:  # what is written here now would be found by nobody
                raise OSError(f"{self._path.name} was replaced while this server runs: stop it, and restore again")
            connection.execute("BEGIN IMMEDIATE")
            (data_version,) = connection.execute("PRAGMA data_version").fetchone()
            if data_version != self._data_version:  # another connection has written since
                self._known.clear()
                self._data_version = data_version
            yield
            connection.execute("COMMIT")
        except BaseException:
            self._known.clear()
            connection.rollback()
            raise

    def _do(self, job: _Job) -> Any:
        try:
            return job.work()
        except JournalError as error:
            return error
        except Exception as error:
            return Unavailable(error)

    def _tell(self, futures: list[asyncio.Future[Any]], outcomes: list[Any]) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody is left to be told, but there is more to write
            self._loop.call_soon_threadsafe(self._resolve, futures, outcomes)

    def _resolve(self, futures: list[asyncio.Future[Any]], outcomes: list[Any]) -> None:
        self._ahead -= len(futures)
        for future, outcome in zip(futures, outcomes, strict=True):
            if future.done():  # cancelled by whoever waited for it
                continue
            if isinstance(outcome, JournalError):
                future.set_exception(outcome)
            else:
                future.set_result(outcome)


def _file_at(path: Path) -> tuple[int, int]:
    """Which file it is, whatever it is called. Raises OSError where there is none."""
    found = path.stat()
    return found.st_dev, found.st_ino
