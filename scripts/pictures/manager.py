"""What the head of the hall sees."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing

from playwright.async_api import Page
from websockets.asyncio.client import ClientConnection, connect

from queue_server.domain.hours import WEEKDAYS
from queue_server.wire import frames
from scripts.pictures.so_far import a_day_so_far
from scripts.pictures.studio import LIVE, PHONE, WALL, Studio, network_is_idle, shown

__all__ = ["pictures"]

STANDS = shown("#standing-list li")
LOSS = shown("#standing-list button:not([hidden])")
SPEAKS = frames.Health(voice="pyttsx3 · sit/cmn-latn-pinyin+f3")


async def _flow(page: Page) -> None:
    """The day so far is in sight."""
    await page.locator("#figures tr").first.wait_for()
    await page.locator("#queues-title").evaluate("title => title.scrollIntoView()")


async def _posts(page: Page) -> None:
    """Counters and posts are."""
    await page.locator("#figures tr").first.wait_for()
    await page.locator("#counters-title").evaluate("title => title.scrollIntoView()")


async def _devices(page: Page) -> None:
    """The devices are in sight."""
    await page.locator("#devices > li").first.wait_for()
    await page.locator(".hall-device-tools").scroll_into_view_if_needed()


async def pictures(studio: Studio) -> None:
    """First day; after five busy hours; with every device there, then without one and with a voice that fails; with
    records that were lost; without its server.
    """
    await studio.set_up(hours={"always": True})
    await studio.take("manager-first", "/manager/town", WALL, LIVE, user="town-head")
    await studio.set_up(hours={"always": False, "weekly": {day: [["05:00", "05:01"]] for day in WEEKDAYS}})
    await studio.take("manager-closed", "/manager/town", WALL, LIVE, network_is_idle, user="town-head")
    await studio.start_over(a_day_so_far)
    await studio.set_up(flexible={"open_at": 2, "close_at": 1})
    await studio.take("manager", "/manager/town", WALL, LIVE, STANDS, user="town-head")
    await studio.take("manager-flow", "/manager/town", WALL, LIVE, STANDS, _flow, user="town-head")
    await studio.take("manager-posts", "/manager/town", WALL, LIVE, STANDS, _posts, user="town-head")
    await studio.take("manager-phone", "/manager/town", PHONE, LIVE, STANDS, user="town-head")
    await studio.take("manager-english", "/manager/town?lang=en", WALL, LIVE, STANDS, user="town-head")
    await studio.start_over(lambda folder: asyncio.sleep(0))
    await studio.set_up(hours={"always": True})
    await studio.busy_morning()
    devices = studio.server.hall()
    async with AsyncExitStack() as stack:
        for token in (devices["kiosk"], *devices["evaluators"].values()):
            await stack.enter_async_context(_there(studio, "board", token))
        speaker = await stack.enter_async_context(_there(studio, "calls", devices["announcer"]))
        async with _there(studio, "calls", devices["screen"]) as screen:
            await _call(studio, screen, speaker)
            await studio.take("manager-devices", "/manager/town", WALL, LIVE, _devices, user="town-head")
        await _fails(studio, speaker)
        await studio.set_up(rules=(await _rules(studio)) | {"device_missing_s": 1})
        await asyncio.sleep(1.5)
        alarm = shown("#alarms:not([hidden])")
        await studio.take("manager-alarm", "/manager/town", WALL, LIVE, alarm, user="town-head")
        await studio.take("manager-alarm-phone", "/manager/town", PHONE, LIVE, alarm, user="town-head")
        await studio.take("manager-alarm-devices", "/manager/town", WALL, LIVE, alarm, _devices, user="town-head")
    await _lose_records(studio)
    await studio.take("manager-loss", "/manager/town", WALL, LIVE, LOSS, user="town-head")
    await studio.take("manager-lost", "/manager/town", WALL, LIVE, studio.lose_the_server, user="town-head")


async def _lose_records(studio: Studio) -> None:
    """Somebody puts the journal back as it was before three citizens came and one was called."""
    kiosk, clerk = studio.server.hall()["kiosk"], await studio.staff("town-2")
    with (
        closing(sqlite3.connect(studio.server.data / "journal.db")) as journal,
        closing(sqlite3.connect(":memory:")) as before,
    ):
        journal.backup(before)
        for queue in ("comprehensive", "express", "comprehensive"):
            await studio.post("/tickets", kiosk, {"queue": queue})
        await studio.post("/counters/2/recall", clerk)
        before.backup(journal)
    await studio.post("/tickets", kiosk, {"queue": "comprehensive"})


@asynccontextmanager
async def _there(studio: Studio, topic: str, token: str) -> AsyncIterator[ClientConnection]:
    """A device that is connected."""
    address = f"{studio.server.url.replace('http', 'ws')}/api/v1/halls/town/live?topic={topic}"
    async with connect(address, additional_headers={"Authorization": f"Bearer {token}"}, proxy=None) as socket:
        await socket.recv()
        yield socket


async def _call(studio: Studio, screen: ClientConnection, speaker: ClientConnection) -> None:
    """A counter calls, and both say that they showed and spoke it."""
    await studio.post("/counters/2/recall", await studio.staff("town-2"))
    seq = await _seq(studio)
    await screen.send(frames.ack(seq).decode())
    await speaker.send(frames.ack(seq, SPEAKS).decode())


async def _fails(studio: Studio, speaker: ClientConnection) -> None:
    """The loudspeaker is gone."""
    await speaker.send(frames.ack(await _seq(studio), frames.Health(voice="", failures=2)).decode())


async def _seq(studio: Studio) -> int:
    seq: int = (await studio.get("/board", await studio.staff("town-head")))["seq"]
    return seq


async def _rules(studio: Studio) -> dict[str, object]:
    rules: dict[str, object] = (await studio.get("/setup", await studio.staff("town-head")))["setup"]["rules"]
    return rules
