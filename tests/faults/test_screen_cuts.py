"""A real hall screen of a real server is cut off in the middle of ten calls: it says so, comes back, missed none."""

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.faults.clerks import Clerks, patient
from tests.faults.link import Link
from tests.faults.process import Process
from tests.faults.watched_screen import WatchedScreen, rows_of, waiting_on

if TYPE_CHECKING:
    from playwright.async_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.server, pytest.mark.slow, pytest.mark.timeout(600)]

SUSPENDED_S = float(os.environ.get("TEST_SUSPENDED_S", "3"))
"""How long a process is held; the whole minute by TEST_SUSPENDED_S=60."""

WAITING = 2  # people in a queue at the end

Step = Callable[[], Awaitable[None]]


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Process]:
    """The demo, in a process of its own."""
    process = Process(tmp_path / "data")
    await process.start()
    await patient(process)
    yield process
    await process.kill()


async def ten_calls(clerks: Clerks, speaking: WatchedScreen, silent: WatchedScreen, cut: Step, mend: Step) -> None:
    """Three calls, the cut, five more at a counter each, the cut's end, and once those were seen and heard two more."""

    async def seen(numbers: list[str]) -> None:
        for screen in (speaking, silent):
            await screen.until("live")
            for number in numbers:
                await screen.has_shown(number)
        for number in numbers:
            await speaking.has_said(number)

    await seen([await clerks.call(counter) for counter in (1, 3, 4)])
    await cut()
    numbers = [await clerks.call(counter) for counter in (5, 6, 1, 3, 4)]
    await mend()
    await seen(numbers)
    await seen([await clerks.call(counter) for counter in (5, 6)])


async def assert_equal_to_a_fresh_one(screen: WatchedScreen, browser: "Browser", server: Process) -> None:
    """What the screen says is what the board says, and what a screen says that has just been opened."""
    fresh = await WatchedScreen.open(browser, server.url, server)
    async with httpx.AsyncClient(base_url=server.url, trust_env=False) as client:
        board = (await client.get("/api/v1/halls/town/board")).json()["state"]
    at_counters = {c["number"]: c["ticket"]["number"] for c in board["counters"].values() if "ticket" in c}
    waiting = {queue["name"]: queue["waiting"] for queue in board["queues"].values()}
    assert len(at_counters) == 5
    assert waiting["无差别即办"] == WAITING
    for page in (screen.page, fresh.page):
        assert await rows_of(page) == at_counters
        shown = await waiting_on(page)
        assert shown
        assert shown.items() <= waiting.items()
    await fresh.page.context.close()


async def test_a_screen_cut_off_in_ten_calls_ends_as_a_fresh_one_and_missed_none(
    browser: "Browser", server: Process
) -> None:
    """By a network that loses everything, a page that is held, a server that is killed, and one that is held."""
    async with Link(server.port) as link, Clerks(server) as clerks:
        behind = await WatchedScreen.open(browser, link.url, server, speaks=True)
        held = await WatchedScreen.open(browser, server.url, server)

        # The network swallows what is sent, and tells nobody: the page notices by itself, and says so. Meanwhile the
        # other page is held, and its link runs on.

        async def lose() -> None:
            link.swallow()
            held.suspend()

        async def find() -> None:
            await asyncio.sleep(SUSPENDED_S)
            held.proceed()
            await behind.until("lost")
            link.mend()

        await ten_calls(clerks, behind, held, lose, find)

        # The server is killed and started again.

        async def kill() -> None:
            await server.kill()
            await behind.until("lost")
            await server.start()

        async def nothing() -> None: ...

        await ten_calls(clerks, behind, held, kill, nothing)

        # The server is held while people come: the kiosk's command is late, and is carried out once.

        async def hold() -> None:
            server.suspend()
            coming = asyncio.gather(*(clerks.come(3) for _ in range(WAITING)))
            await asyncio.sleep(SUSPENDED_S)
            server.proceed()
            await coming

        await ten_calls(clerks, behind, held, hold, nothing)

        assert Counter(await behind.heard()) == Counter(clerks.called), "a call was not heard, or twice"
        for screen in (behind, held):
            often = {number: times for number, times in Counter(await screen.large()).items() if times > 1}
            assert often == {}, "a call was shown twice"
            await assert_equal_to_a_fresh_one(screen, browser, server)
