"""One worker for every topic of the process, and its one clock."""

import asyncio
import heapq
from collections import deque
from collections.abc import Callable
from typing import NoReturn, Protocol

import structlog

__all__ = ["FanOut", "Work"]

log = structlog.get_logger()

_TICK_S = 0.1  # how late an alarm may come


class Work(Protocol):
    """Something done a bounded piece at a time."""

    def step(self) -> int:
        """Do the next piece; how many sockets it touched, 1 at least, or 0 when there was nothing to do."""

    def fail(self) -> None:
        """`step` raised: give up whatever it may have left half done."""


class FanOut:
    """Takes turns between the topics that have something to send, and between them and the rest of the process.

    chunk: sockets touched before everything else gets its turn. Writing to one takes some 10 µs, nearly all in the
    kernel, so that 128 keep an HTTP request waiting for little more than a millisecond.
    now: seconds of a clock that never goes back.
    """

    def __init__(self, chunk: int, now: Callable[[], float]) -> None:
        self._chunk = chunk
        self._now = now
        self._ready: deque[Work] = deque()
        self._queued: set[Work] = set()
        self._woken = asyncio.Event()
        self._alarms: list[tuple[float, int, Callable[[], float | None]]] = []
        self._alarms_set = 0

    def wake(self, work: Work) -> None:
        """`work` has something to do."""
        if work not in self._queued:
            self._queued.add(work)
            self._ready.append(work)
            self._woken.set()

    def at(self, due: float, action: Callable[[], float | None]) -> None:
        """Call `action` at `due`, and again whenever it says; None ends it."""
        self._alarms_set += 1  # settles ties: callables cannot be compared
        heapq.heappush(self._alarms, (due, self._alarms_set, action))

    async def run(self) -> NoReturn:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._tick())
            await self._work()
        raise AssertionError("unreachable")

    async def _work(self) -> NoReturn:
        while True:
            await self._woken.wait()
            self._woken.clear()
            room = self._chunk
            while self._ready:
                room -= self._step(self._ready.popleft())
                if room <= 0:
                    await asyncio.sleep(0)
                    room = self._chunk

    def _step(self, work: Work) -> int:
        try:
            touched = work.step()
        except Exception:  # one topic's fault is not the others': its readers come back to a new snapshot
            log.exception("push.topic_failed")
            touched = 0
            work.fail()
        if touched:
            self._ready.append(work)
        else:
            self._queued.discard(work)
        return touched

    async def _tick(self) -> NoReturn:
        while True:
            await asyncio.sleep(_TICK_S)
            now, room = self._now(), self._chunk
            while self._alarms and self._alarms[0][0] <= now:
                _, _, action = heapq.heappop(self._alarms)
                try:
                    again = action()
                except Exception:  # one reader's fault is not the others'
                    log.exception("push.alarm_failed")
                    again = None
                if again is not None:
                    self.at(again, action)
                room -= 1
                if room <= 0:
                    await asyncio.sleep(0)
                    room = self._chunk
