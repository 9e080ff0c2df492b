"""A citizen's phone in the hall, and the wall that it scans, where the hall lets phones take tickets."""

import os

import httpx
from playwright.async_api import Page

from scripts.pictures.studio import LIVE, PHONE, TALL, WALL, Studio, click, shown, typed
from tests.faults.process import Process

__all__ = ["pictures"]

PUBLIC = {"JIAOHAO_PUBLIC_URL": "https://jiaohao.example.cn"}


async def pictures(studio: Studio) -> None:
    """Choosing, what to bring, a code that is out of date, a ticket that one has already; and the code on the wall."""
    server = Process(studio.folder / "phones", os.environ | PUBLIC)
    await server.start()
    try:
        await _take(Studio(server, studio.browser, studio.folder))
    finally:
        await server.kill()


async def _take(studio: Studio) -> None:
    await studio.busy_morning()
    screen, code = await _allow_phones(studio)
    page, queue = f"/h/town?code={code}", shown("#queues .choice:enabled")
    await studio.take("hall-phone", page, PHONE, LIVE, queue)
    await studio.take(
        "hall-phone-service",
        page,
        PHONE,
        queue,
        typed("#query", "身份证"),
        click("#services .choice"),
        shown("#about ul"),
    )
    await studio.take("hall-phone-expired", "/h/town?code=ABCDEFGH", PHONE, LIVE, shown("#problem:visible"))

    async def again(page: Page) -> None:
        await page.wait_for_url("**/t/town.*")
        await page.goto(f"{studio.server.url}/h/town?code={code}")

    take = (queue, click("#queues .choice"), click("#take-it"))
    await studio.take("hall-phone-another", page, PHONE, *take, again, *take, shown("#another-dialog[open]"))
    wall, there = f"/screen/town?chime=off#token={screen}", shown("#code:visible")
    await studio.take("hall-screen-code", wall, WALL, there)
    await studio.take("hall-screen-code-portrait", wall, TALL, there)


async def _allow_phones(studio: Studio) -> tuple[str, str]:
    """Switch it on; a screen's token, and the code that it shows."""
    head = await studio.staff("town-head")
    client = httpx.AsyncClient(
        base_url=studio.server.url + "/api/v1/halls/town", headers={"Authorization": f"Bearer {head}"}, trust_env=False
    )
    async with client:
        written = (await client.get("/setup")).json()
        written["setup"]["rules"]["phone_ticketing"] = True
        await studio.post("/setup", head, {"version": written["version"], "setup": written["setup"]})
        guide = {"materials": ["户口簿", "监护人身份证"], "fee": "不收费"}
        await studio.post("/services", head, {"no": 141, "offered": True, "guide": guide})
        screen = await studio.post("/devices", head, {"role": "screen", "label": "大屏"})
        return screen["token"], (await client.get("/code")).json()["code"]
