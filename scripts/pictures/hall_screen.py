"""The wall: every layout in every state."""

import asyncio
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.async_api import Page, ViewportSize

from scripts.pictures.studio import TALL, WALL, Step, Studio, shown

__all__ = ["pictures"]

HALL = ZoneInfo("Asia/Shanghai")
STRIP: ViewportSize = {"width": 1920, "height": 540}
LOW: ViewportSize = {"width": 1920, "height": 360}
EVERY = {"": WALL, "-portrait": TALL, "-strip": STRIP, "-low": LOW}
SMALL_AND_LARGE: dict[str, ViewportSize] = {
    "-720": {"width": 1280, "height": 720},
    "-4k": {"width": 3840, "height": 2160},
}
UPRIGHT_TOO = {"": WALL, "-portrait": TALL}
LIVE = shown('html[data-link="live"]')
CALL = shown("#call[data-calling]")
COUNTERS = range(1, 7)
LONG = "城乡居民基本养老保险和医疗保险参保登记及社会救助综合受理窗口"
GUIDE = {
    "materials": ["居民身份证原件", "户口簿原件及复印件一份", "本人社会保障卡"],
    "promised_limit": "当场办结",
    "fee": "不收费",
}


async def pictures(studio: Studio) -> None:
    """Closed, before the first call, on an ordinary morning, in a rush, between calls, at its fullest, cut off."""
    tomorrow = (datetime.now(HALL) + timedelta(days=1)).date().isoformat()
    hours = [["08:30", "12:00"], ["14:00", "17:30"]]
    await studio.set_up(hours={"weekly": {}, "exceptions": {tomorrow: hours}})
    await _take(studio, "-closed", EVERY, shown("[data-night] .wall-night-lines p"))
    await studio.set_up(hours={"always": True}, notices=["周五下午停电检修，请提前办理"])
    await _take(studio, "-first", EVERY, LIVE)
    await studio.busy_morning()
    await _take(studio, "", EVERY | SMALL_AND_LARGE, CALL)
    await _take(studio, "-dark", {"": WALL, "-strip": STRIP}, CALL, query="&theme=dark")
    await _take(studio, "-english", EVERY, CALL, query="&lang=en")
    await _rush(studio)
    await _public(studio)
    await _full(studio)
    for name, size in UPRIGHT_TOO.items():
        await _take(studio, "-lost", {name: size}, shown("#recent li"), studio.lose_the_server)
        await studio.server.start()


async def _take(studio: Studio, state: str, sizes: dict[str, ViewportSize], *steps: Step, query: str = "") -> None:
    """One state in several sizes."""
    for name, size in sizes.items():
        await studio.take(f"hall-screen{state}{name}", f"/screen/town?chime=off{query}", size, *steps)


async def _rush(studio: Studio) -> None:
    """Six counters call in the same moment."""
    kiosk = studio.server.hall()["kiosk"]
    staff = {counter: await studio.staff(f"town-{counter}") for counter in COUNTERS}
    await studio.post("/counters/6/resume", staff[6])

    async def call(page: Page) -> None:
        await LIVE(page)
        await asyncio.gather(*(studio.post(f"/counters/{counter}/next", token) for counter, token in staff.items()))

    for name, size in UPRIGHT_TOO.items():
        await _finish(studio, staff)
        for queue in ("comprehensive", "comprehensive", "express", "complaint", "certificate", "agency"):
            await studio.post("/tickets", kiosk, {"queue": queue})
        await _take(studio, "-rush", {name: size}, call, shown(".wall-calls-shown"))
    await _finish(studio, staff)


async def _finish(studio: Studio, staff: dict[int, str]) -> None:
    """Serve whoever is at the counters, to the end."""
    board = await studio.get("/board", staff[1])
    for counter, token in staff.items():
        ticket = board["state"]["counters"][str(counter)].get("ticket")
        if ticket is None:
            continue
        if ticket["state"] == "called":
            await studio.post(f"/counters/{counter}/start", token)
        await studio.post(f"/counters/{counter}/finish", token)


async def _public(studio: Studio) -> None:
    """Each kind of public information, while nobody is called."""
    head = await studio.staff("town-head")
    services = (await studio.get("/services", head))["services"]
    await studio.post("/services", head, {"no": services[0]["no"], "offered": True, "guide": GUIDE})
    for kind in ("services", "guides", "duty", "phones", "results"):
        await studio.set_up(screens={"lobby": {"id": "lobby", "pages": [kind]}})
        sizes = EVERY if kind in ("services", "duty") else {"": WALL}
        await _take(studio, f"-{kind}", sizes, shown(f'[data-kind="{kind}"]'), query="&screen=lobby")


async def _full(studio: Studio) -> None:
    """Forty counters of three digits, and names of thirty characters."""
    setup = (await studio.get("/setup", await studio.staff("town-head")))["setup"]
    counter = setup["counters"]["1"] | {"name": LONG, "queues": [*setup["queues"]]}
    added = {str(n): counter | {"number": n} for n in range(101, 141)}
    named = {key: queue | {"name": LONG} for key, queue in setup["queues"].items()}
    await studio.set_up(name=LONG, counters=setup["counters"] | added, queues=named, screens={})
    token = await studio.staff("town-1")
    await studio.post("/counters/1/sign-off", token)
    await studio.post("/counters/101/sign-on", token, {"capacity": "relief"})
    await studio.post("/counters/101/next", token)
    await _take(studio, "-full", EVERY, CALL)
