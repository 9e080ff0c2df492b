"""A journal in memory, for tests and trials: the whole contract but for the disk.

It writes on the loop's next turn, as a disk would write later, and can play a disk that hangs (`pause`) or fails
(`fail`).
"""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from secrets import token_hex

from queue_server.journal.base import (
    READ_LIMIT,
    Batch,
    Conflict,
    Head,
    NewBatch,
    Sealed,
    Stream,
    Unavailable,
    closed,
    next_tip,
)

__all__ = ["MemoryDisk", "MemoryJournal"]


@dataclass
class _History:
    epoch: str = field(default_factory=lambda: token_hex(8))
    batches: list[Batch] = field(default_factory=list)
    seal: str = ""

    def head(self) -> Head:
        if not self.batches:
            return Head(self.epoch, 0, "")
        return Head(self.epoch, self.batches[-1].last, self.batches[-1].tip)

    def append(self, batch: NewBatch) -> None:
        _, seq, tip = self.head()
        self.batches.append(
            Batch(
                first=seq + 1,
                last=seq + batch.count,
                tip=next_tip(tip, batch.events),
                command_id=batch.command_id,
                fingerprint=batch.fingerprint,
                mark=batch.mark,
                events=batch.events,
            )
        )


class MemoryDisk:
    """What outlives the journals on it. Several journals on one disk are several servers on one store."""

    def __init__(self) -> None:
        self._histories: dict[Stream, _History] = {}
        self._written: list[Stream] = []  # of each batch, in the order in which they came

    def history(self, stream: Stream) -> _History:
        return self._histories.setdefault(stream, _History())

    def batches(self, stream: Stream) -> list[Batch]:
        return self._histories[stream].batches if stream in self._histories else []

    def append(self, stream: Stream, batch: NewBatch) -> Head:
        history = self.history(stream)
        history.append(batch)
        self._written.append(stream)
        return history.head()

    def streams(self) -> list[Stream]:
        return list(self._histories)

    def has(self, stream: Stream) -> bool:
        return stream in self._histories

    def lately_written(self, newest: int) -> list[Stream]:
        return list(dict.fromkeys(reversed(self._written[max(0, len(self._written) - newest) :])))


class MemoryJournal:
    """A `Journal` over a `MemoryDisk`, its own if none is given. What it keeps survives closing and opening."""

    def __init__(self, disk: MemoryDisk | None = None) -> None:
        self._disk = disk or MemoryDisk()
        self._queue: deque[tuple[asyncio.Future[Head], Stream, Head, NewBatch, str]] = deque()
        self._open = False
        self._paused = False
        self._failure: Exception | None = None

    def pause(self) -> None:
        """Hold every write that is not done yet until `resume`."""
        self._paused = True

    def resume(self) -> None:
        """Go on after `pause`, in order."""
        self._paused = False
        self._write()

    def fail(self, cause: Exception | None) -> None:
        """From now on every call fails with `Unavailable(cause)`; None mends it."""
        self._failure = cause

    async def open(self) -> None:
        self._check_failure()
        self._open = True

    async def close(self) -> None:
        self.resume()
        self._open = False

    async def head(self, stream: Stream) -> Head:
        self._check()
        return self._disk.history(stream).head()

    def append(self, stream: Stream, expected: Head, batch: NewBatch, seal: str = "") -> asyncio.Future[Head]:
        if batch.count < 1:
            raise ValueError("a batch needs at least one event")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Head] = loop.create_future()
        if not self._open:
            future.set_exception(closed())
            return future
        self._queue.append((future, stream, expected, batch, seal))
        if len(self._queue) == 1:
            loop.call_soon(self._write)
        return future

    async def read(self, stream: Stream, after: int, limit: int = READ_LIMIT) -> list[Batch]:
        self._check()
        return [batch for batch in self._disk.batches(stream) if batch.last > after][:limit]

    async def marks(self, stream: Stream, newest: int) -> list[tuple[str, int]]:
        self._check()
        marks = [(batch.mark, batch.first) for batch in self._disk.batches(stream) if batch.mark is not None]
        return marks[max(0, len(marks) - newest) :]

    async def streams(self) -> list[Stream]:
        self._check()
        return self._disk.streams()

    async def has(self, stream: Stream) -> bool:
        self._check()
        return self._disk.has(stream)

    async def lately_written(self, newest: int) -> list[Stream]:
        self._check()
        return self._disk.lately_written(newest)

    async def renew_epoch(self, stream: Stream, instead_of: str) -> Head:
        self._check()
        self._write()  # what was queued before
        history = self._disk.history(stream)
        if history.epoch == instead_of:
            history.epoch = token_hex(8)
        return history.head()

    async def seal(self, stream: Stream, seal: str) -> Head:
        self._check()
        self._write()
        history = self._disk.history(stream)
        history.seal = seal
        return history.head()

    async def sealed(self, stream: Stream) -> str:
        self._check()
        return self._disk.history(stream).seal if stream in self._disk.streams() else ""

    async def adopt(self, stream: Stream, epoch: str, seal: str) -> Head:
        self._check()
        history = self._disk.history(stream)
        head = history.head()
        if head.seq and (head.epoch != epoch or not history.seal):
            raise Conflict(head)
        history.epoch, history.seal = epoch, seal
        return history.head()

    def _write(self) -> None:
        """Write all that is queued, in order."""
        while self._queue and not self._paused:
            future, stream, expected, batch, seal = self._queue.popleft()
            try:
                outcome = self._write_one(stream, expected, batch, seal)
            except (Conflict, Unavailable) as error:
                if not future.done():
                    future.set_exception(error)
            else:
                if not future.done():
                    future.set_result(outcome)

    def _write_one(self, stream: Stream, expected: Head, batch: NewBatch, seal: str) -> Head:
        self._check_failure()
        history = self._disk.history(stream)
        if history.seal != seal:
            raise Sealed(history.seal)
        if (head := history.head()) != expected:
            raise Conflict(head)
        return self._disk.append(stream, batch)

    def _check(self) -> None:
        if not self._open:
            raise closed()
        self._check_failure()

    def _check_failure(self) -> None:
        if self._failure is not None:
            raise Unavailable(self._failure)
