"""Readers that hold their connections and read nothing: they are cut off, their memory is freed, and nobody waits."""

import asyncio
import socket
import statistics
import sys
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager, suppress
from itertools import pairwise
from pathlib import Path

import pytest

from queue_server.live_client import Connection, live_address
from queue_server.wire.subscriber import CallSeen, Change, Status, Subscriber
from tests.faults.clerks import COUNTERS, Clerks
from tests.faults.process import Process

pytestmark = [
    pytest.mark.server,
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(sys.platform != "linux", reason="a process's memory is read in /proc"),
]

WAVES = 5  # at most; two are enough on a machine with nothing else to do
STALLED = 100  # readers of each of two topics
CALLS = 40  # of which the time is taken, without stalled readers and with them
SECONDS = 20  # in which all are cut off: 4.5 after they took the last bytes, and the machine may be busy


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Process]:
    """The demo, in a process of its own."""
    process = Process(tmp_path / "data")
    await process.start()
    yield process
    await process.kill()


class Witness:
    """An ordinary reader of the calls, who takes the time from a command to its call."""

    def __init__(self, server: Process) -> None:
        self.seen: list[str] = []
        self._came = asyncio.Event()
        self._connection = Connection(
            live_address(server.url, "town"), None, Subscriber("calls"), on_change=self._take, on_status=self._report
        )
        self._was_live = False

    @asynccontextmanager
    async def reading(self) -> AsyncIterator["Witness"]:
        """Read in the background."""
        task = asyncio.create_task(self._connection.run())
        try:
            yield self
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    def _take(self, change: Change) -> None:
        if isinstance(change, CallSeen):
            self.seen.append(change.call["number"])
            self._came.set()

    def _report(self) -> None:
        status = self._connection.subscriber.status
        assert status is Status.LIVE or not self._was_live, "an ordinary reader was cut off"
        self._was_live = status is Status.LIVE

    async def time_s(self, clerks: Clerks, calls: int) -> float:
        """The median of so many calls, from the press of the clerk who is served first to what this reader sees."""
        loop, times = asyncio.get_running_loop(), []
        for n in range(calls):
            counter = n % 6 + 1
            began = loop.time()
            number = await clerks.call(counter)
            while self.seen[-1:] != [number]:
                self._came.clear()
                await self._came.wait()
            times.append(loop.time() - began)
        return statistics.median(times)


async def stalled(server: Process, topic: str, kept: ExitStack) -> None:
    """Open a socket, shake hands, and read nothing more."""
    loop = asyncio.get_running_loop()
    client = kept.enter_context(socket.socket())
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    client.setblocking(False)
    await loop.sock_connect(client, ("127.0.0.1", server.port))
    lines = [
        f"GET /api/v1/halls/town/live?topic={topic} HTTP/1.1", "Host: hall", "Upgrade: websocket",
        "Connection: Upgrade", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13", "", "",
    ]  # fmt: skip
    await loop.sock_sendall(client, "\r\n".join(lines).encode())
    answer = await loop.sock_recv(client, 64)
    assert answer.startswith(b"HTTP/1.1 101"), answer


@asynccontextmanager
async def calling(clerks: Clerks) -> AsyncIterator[None]:
    """The hall goes on meanwhile."""
    over = False

    async def go_on() -> None:
        while not over:
            for counter in COUNTERS:
                await clerks.call(counter)

    task = asyncio.create_task(go_on())
    yield
    over = True
    await task


async def test_readers_that_read_nothing_are_cut_off_and_their_memory_is_freed(server: Process) -> None:
    """Two hundred of them, again and again; an ordinary reader gets every call, in order, and no later than without.

    What an allocator keeps for the next time is not told from what leaks until the next time: sooner or later two
    hundred do with what those before them have given back, where a leak would take as much from each.
    """
    async with Clerks(server) as clerks, Witness(server).reading() as witness:
        alone_s = await witness.time_s(clerks, CALLS)
        sockets, grown_kib, left_kib = server.sockets(), [], []
        beside_s = 0.0
        for _ in range(WAVES):
            before_kib = server.memory_kib()
            with ExitStack() as kept:
                for topic in ("board", "calls"):
                    await asyncio.gather(*(stalled(server, topic, kept) for _ in range(STALLED)))
                assert server.sockets() == sockets + 2 * STALLED
                beside_s = beside_s or await witness.time_s(clerks, CALLS)
                most_kib = 0
                async with calling(clerks), asyncio.timeout(SECONDS):
                    while server.sockets() > sockets:
                        most_kib = max(most_kib, server.memory_kib())
                        await asyncio.sleep(0.1)
            grown_kib.append(most_kib - before_kib)
            left_kib.append(server.memory_kib())
            if any(after - before < grown_kib[0] / 3 for before, after in pairwise(left_kib)):
                break
        else:
            pytest.fail(f"each wave left the server larger: {grown_kib}, {left_kib}")
        assert grown_kib[0] > 2 * STALLED * 20, "nothing was kept for them: the test tests nothing"
        assert beside_s < 3 * alone_s + 0.02
        await witness.time_s(clerks, 1)
        assert witness.seen == clerks.called
