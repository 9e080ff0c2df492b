"""A hall that calls all the time, through faults of every kind: what was shown and spoken is what its journal says."""

import asyncio
import os
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from queue_server.live_client import Connection, live_address
from queue_server.wire.subscriber import CallSeen, Change, Subscriber
from tests.faults.clerks import COUNTERS, Clerks, patient
from tests.faults.journaled import journaled
from tests.faults.link import Link
from tests.faults.process import Process
from tests.faults.spoken import Spoken
from tests.faults.watched_screen import WatchedScreen

if TYPE_CHECKING:
    from playwright.async_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.server, pytest.mark.slow, pytest.mark.timeout(3600)]

FAULTS = int(os.environ.get("TEST_FAULTS", "6"))
"""How many; fifty, seen by a hall screen in Chromium too, by TEST_FAULTS=50."""

SEED = int(os.environ.get("TEST_SEED", "7"))
BURST = 6  # faults that fall one upon the other; then everybody has to come to rest once
REST_S = 120


class Screen:
    """A reader of `board` and `calls`, as a hall screen is one."""

    def __init__(self, url: str) -> None:
        address = live_address(url, "town")
        self.calls: list[tuple[int, str]] = []  # seq and number
        self.board = Subscriber("board")
        self._connections = [
            Connection(address, None, Subscriber("calls"), on_change=self._take),
            Connection(address, None, self.board, on_change=lambda change: None),
        ]

    def _take(self, change: Change) -> None:
        if isinstance(change, CallSeen):
            self.calls.append((change.seq, change.call["number"]))

    @asynccontextmanager
    async def reading(self) -> AsyncIterator["Screen"]:
        """Read in the background."""
        tasks = [asyncio.create_task(connection.run()) for connection in self._connections]
        try:
            yield self
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


class Hall:
    """The town at work: six clerks who call, wait until the call was shown and spoken, sometimes call again, and serve.

    So each call must be spoken: none expires (see `patient`), and no ticket is started before.
    """

    def __init__(self, clerks: Clerks, spoken: Spoken, screen: Screen, watched: WatchedScreen | None) -> None:
        self.clerks, self.spoken, self.screen, self.watched = clerks, spoken, screen, watched
        self.over = False
        self._chance = random.Random(SEED)

    async def work(self, counter: int) -> None:
        """One clerk."""
        while not self.over:
            await self._heard(await self.clerks.call(counter), times=1)
            if self._chance.random() < 0.3:
                await self._heard(await self.clerks.recall(counter), times=2)
            await self.clerks.serve(counter)

    async def _heard(self, number: str, times: int) -> None:
        while min(self._shown(number), self.spoken.numbers()[number]) < times:  # noqa: ASYNC110 - a folder has no event
            await asyncio.sleep(0.1)
        if self.watched is not None:
            await self.watched.has_shown(number)
            await self.watched.has_said(number, times)

    def _shown(self, number: str) -> int:
        return sum(shown == number for _, shown in self.screen.calls)


class Faults:
    """What happens to the server, and to the links of everybody else."""

    def __init__(self, server: Process, links: list[Link], chance: random.Random) -> None:
        self._server, self._links, self._chance = server, links, chance
        self._pending: set[asyncio.Task[None]] = set()
        self.kinds: list[Callable[[], Awaitable[None]]] = [
            self.drop, self.half_open, self.cut_in_a_frame, self.slow, self.kill, self.hold,
        ]  # fmt: skip
        self.happened: Counter[str] = Counter()

    async def burst(self, size: int) -> None:
        """As many faults, each kind once before one comes again, a moment apart."""
        for fault in self._chance.sample(self.kinds, len(self.kinds))[:size]:
            await asyncio.sleep(self._chance.uniform(0.1, 0.8))
            await fault()
            self.happened[fault.__name__] += 1
        await asyncio.gather(*self._pending)

    async def drop(self) -> None:
        """A link loses every byte, and tells nobody."""
        link = self._any_link()
        link.swallow()
        self._later(link.mend)

    async def half_open(self) -> None:
        """The server's end is gone, and the reader's is not told."""
        self._any_link().open_half()

    async def cut_in_a_frame(self) -> None:
        """A link is reset in the middle of a frame."""
        self._any_link().cut_in_a_frame()

    async def slow(self) -> None:
        """A link carries a hundredth of what it should."""
        link = self._any_link()
        link.slow_down(2_000)
        self._later(link.cut)

    async def kill(self) -> None:
        """kill -9, and a new start."""
        await self._server.kill()
        await self._server.start()

    async def hold(self) -> None:
        """The server's process is stopped, and goes on later."""
        self._server.suspend()
        await asyncio.sleep(self._chance.uniform(0.5, 3.0))
        self._server.proceed()

    def _any_link(self) -> Link:
        return self._chance.choice(self._links)

    def _later(self, then: Callable[[], None]) -> None:
        async def wait(delay_s: float) -> None:
            await asyncio.sleep(delay_s)
            then()

        self._pending.add(asyncio.create_task(wait(self._chance.uniform(0.5, 3.0))))


async def test_what_is_shown_and_spoken_is_what_the_journal_says(browser: "Browser", tmp_path: Path) -> None:
    """However the cable, the server and the network fail: each call once, none missing, and the board as it is."""
    server, chance = Process(tmp_path / "data"), random.Random(SEED)
    await server.start()
    await patient(server)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(server.kill)
        links = [await stack.enter_async_context(Link(server.port)) for _ in range(3 if FAULTS > BURST else 2)]
        spoken = await stack.enter_async_context(Spoken(server, links[0].url, tmp_path / "spoken"))
        screen = await stack.enter_async_context(Screen(links[1].url).reading())
        watched = await WatchedScreen.open(browser, links[2].url, server, speaks=True) if len(links) > 2 else None
        clerks = await stack.enter_async_context(Clerks(server))
        hall, faults = Hall(clerks, spoken, screen, watched), Faults(server, links, chance)
        for first in range(0, FAULTS, BURST):
            hall.over = False
            async with asyncio.timeout(None) as patience, asyncio.TaskGroup() as group:
                for counter in COUNTERS:
                    group.create_task(hall.work(counter))
                await faults.burst(min(BURST, FAULTS - first))
                hall.over = True
                patience.reschedule(asyncio.get_running_loop().time() + REST_S)
        async with httpx.AsyncClient(base_url=server.url, trust_env=False) as client:
            fresh = (await client.get("/api/v1/halls/town/board")).json()
        async with asyncio.timeout(REST_S):
            while (screen.board.state, screen.board.status) != (fresh["state"], "live"):  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        said = spoken.numbers()
        on_the_page = None if watched is None else (Counter(await watched.large()), Counter(await watched.heard()))
        await server.kill()
        calls = await journaled(server)
    print(f"seed {SEED}: {dict(faults.happened)}, {calls.total()} calls of {len({n for _, n in calls})} tickets")
    assert Counter(screen.calls) == calls, f"seed {SEED}: a call was lost, or given twice"
    by_number = Counter(number for _, number in calls)
    assert said == by_number, f"seed {SEED}: what was spoken is not what the journal says"
    if on_the_page is not None:
        large, heard = on_the_page
        assert large <= by_number, f"seed {SEED}: the screen showed a call twice"
        assert heard == by_number, f"seed {SEED}: what the screen read aloud is not what the journal says"
