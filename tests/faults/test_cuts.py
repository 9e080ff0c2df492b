"""A reader that is cut at random moments ends equal to a fresh snapshot and has seen each call once."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
import websockets

from queue_server.wire.subscriber import CallSeen, Reconnect, Resubscribe, Subscriber
from tests.web.pages.conftest import Site

pytestmark = [pytest.mark.server, pytest.mark.slow, pytest.mark.timeout(300)]

CUTS = 100


class Reader:
    """A client of one topic: the pure subscriber on a real socket that a test may cut at any moment."""

    def __init__(self, site: Site, topic: str) -> None:
        self.subscriber = Subscriber(topic)
        self.calls: list[tuple[int, str, int]] = []
        self.cuts = 0
        self._url = site.url.replace("http", "ws") + "/api/v1/halls/town/live"
        self._socket: Any = None

    async def read(self) -> None:
        """Read until cancelled, coming back after every cut."""
        loop = asyncio.get_running_loop()
        while True:
            async with self._connected() as socket:
                async for text in socket:
                    changes = self.subscriber.receive(text, loop.time())
                    self.calls += [
                        (change.seq, change.call["number"], change.call["recall"])
                        for change in changes
                        if isinstance(change, CallSeen)
                    ]
                    if any(isinstance(change, Resubscribe) for change in changes):
                        break
            again = self.subscriber.closed(1006, loop.time(), 0.0)
            assert isinstance(again, Reconnect)
            await asyncio.sleep(0)

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[Any]:
        async with websockets.connect(f"{self._url}?{self.subscriber.url_query()}") as socket:
            self._socket = socket
            self.subscriber.opening(asyncio.get_running_loop().time())
            with suppress(websockets.ConnectionClosed):
                yield socket

    def cut(self) -> None:
        """Cut the cable."""
        if self._socket is not None:
            self.cuts += 1
            self._socket.transport.abort()


async def work(site: Site, over: asyncio.Event) -> None:
    """A hall at work: tickets, calls, recalls, all through HTTP."""
    kiosk, clerk = await site.device("kiosk"), await site.clerk(1)
    while not over.is_set():
        await site.ticket(kiosk)
        await site.post("/halls/town/counters/1/next", {}, clerk)
        await site.post("/halls/town/counters/1/recall", {}, clerk)
        await site.post("/halls/town/counters/1/start", {}, clerk)
        await site.post("/halls/town/counters/1/finish", {}, clerk)


async def test_a_hundred_cuts_lose_no_call_and_no_state(site: Site) -> None:
    """Resume repairs everything, wherever the cable was cut."""
    await site.hall()
    chance, over = random.Random(11), asyncio.Event()
    board, calls = Reader(site, "board"), Reader(site, "calls")
    witness = Reader(site, "calls")  # never cut
    async with asyncio.TaskGroup() as group:
        readers = [group.create_task(reader.read()) for reader in (board, calls, witness)]
        working = group.create_task(work(site, over))
        while min(board.cuts, calls.cuts) < CUTS:
            await asyncio.sleep(chance.uniform(0, 0.04))
            chance.choice((board, calls)).cut()
        over.set()
        await working
        head = site.server.source.topics_of("town").stands("board")
        async with asyncio.timeout(20):
            while any(  # noqa: ASYNC110 - heartbeats bring everybody to the head, and they have no event
                r.subscriber.position is None or r.subscriber.position.seq < head for r in (board, calls, witness)
            ):
                await asyncio.sleep(0.05)
        for reader in readers:
            reader.cancel()
    fresh = (await site.call("GET", "/halls/town/board")).json()
    assert board.subscriber.state == fresh["state"]
    assert calls.calls == witness.calls, "a call was lost, seen twice or out of order"
    assert len(calls.calls) > 20
    assert max(Counter(calls.calls).values()) == 1
