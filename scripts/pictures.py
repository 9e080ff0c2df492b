"""Takes docs/pictures from the real pages of a demo at work: `make pictures`.

Every page is opened in the system's Chromium as its own device would, and brought into the state that is shown.
"""

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
from playwright.async_api import Browser, Page, ViewportSize, async_playwright, expect

from tests.conftest import chromium_options
from tests.faults.process import Process
from tests.faults.served import served

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"
WALL: ViewportSize = {"width": 1920, "height": 1080}
TALL: ViewportSize = {"width": 1080, "height": 1920}
PHONE: ViewportSize = {"width": 390, "height": 844}
TABLET: ViewportSize = {"width": 1280, "height": 800}

Step = Callable[[Page], Awaitable[object]]


class Studio:
    """A demo server, a browser, and what it takes to bring a hall to life."""

    def __init__(self, server: Process, browser: Browser) -> None:
        self.server = server
        self._browser = browser
        self._client = httpx.AsyncClient(base_url=server.url + "/api/v1", trust_env=False)
        self._sent = 0
        self._tokens: dict[str, str] = {}

    async def post(self, path: str, token: str, body: Any = None) -> Any:
        """A command that must be accepted."""
        self._sent += 1
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": f"picture-{self._sent}"}
        answer = await self._client.post(f"/halls/town{path}", json=body or {}, headers=headers)
        answer.raise_for_status()
        return answer.json()

    async def staff(self, user: str) -> str:
        """A session of one of the staff."""
        if user not in self._tokens:
            self._tokens[user] = await self.server.sign_in(user)
        return self._tokens[user]

    async def take(self, name: str, path: str, size: ViewportSize, *steps: Step, user: str | None = None) -> None:
        """Open a page, take the steps, take the picture."""
        context = await self._browser.new_context(viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai")
        if user is not None:
            await context.add_cookies([{"name": "jiaohao", "value": await self.staff(user), "url": self.server.url}])
        page = await context.new_page()
        await page.goto(self.server.url + path)
        for step in steps:
            await step(page)
        await page.wait_for_timeout(800)  # motion ends
        await page.screenshot(path=FOLDER / f"{name}.png")
        print(name)
        await context.close()


def click(selector: str) -> Step:
    """Touch something."""
    return lambda page: page.click(selector)


def typed(selector: str, text: str) -> Step:
    """Write into a field."""
    return lambda page: page.fill(selector, text)


def shown(selector: str) -> Step:
    """Wait until something is there."""
    return lambda page: page.wait_for_selector(selector)


async def busy_morning(studio: Studio) -> None:
    """A hall at work: people wait, are called and served at every counter but the first."""
    kiosk = studio.server.hall()["kiosk"]
    queues = ("comprehensive", "express", "complaint", "certificate", "agency")
    for n in range(28):
        body: dict[str, Any] = {"queue": queues[(n * n) % 5 if n % 3 else 0]}
        if n % 6 == 4:
            body["priority"] = "elderly"
        await studio.post("/tickets", kiosk, body)
    for counter in range(1, 7):
        token = await studio.staff(f"town-{counter}")
        await studio.post(f"/counters/{counter}/sign-on", token, {"capacity": "A"})
        if (await studio.post(f"/counters/{counter}/next", token))["ticket"] is not None and counter % 2:
            await studio.post(f"/counters/{counter}/start", token)
    away = await studio.staff("town-6")
    await studio.post("/counters/6/pause", away, {"reason": "取资料", "back_at": "2099-01-01T08:30:00Z"})


async def all_pictures(studio: Studio) -> None:
    """Every page in the states that matter."""
    hall = studio.server.hall()
    kiosk, evaluator = f"/kiosk/town#token={hall['kiosk']}", f"/evaluator/town/1#token={hall['evaluators']['1']}"
    live = shown(".status-banner.is-live")
    await studio.take("start", "/", WALL)
    await studio.take("sign-in", "/sign-in", PHONE)
    await studio.take("hall-screen-first", "/screen/town", WALL)
    await studio.take("clerk-sign-on", "/counter/town/1", WALL, user="town-1")
    await busy_morning(studio)
    await studio.take("kiosk", kiosk, TALL, live)
    await studio.take("kiosk-wide", kiosk, WALL, live)
    await studio.take("kiosk-large", kiosk, TALL, live, click("#larger"))
    await studio.take("kiosk-english", kiosk.replace("#", "?lang=en#"), TALL, live)
    await studio.take("kiosk-departments", kiosk, TALL, live, click("#to-departments"), shown("#listed .choice"))
    await studio.take("kiosk-search", kiosk, TALL, live, click("#to-search"), shown("#services .choice"))
    await studio.take("kiosk-return", kiosk, TALL, live, click("#to-return"), click("#return-letters button"))
    await studio.take("kiosk-unready", "/kiosk/village", TALL, shown("#pairing-code:not(:empty)"))
    await studio.take("kiosk-ticket", kiosk, TALL, live, click("#queues .choice >> nth=0"),
                      click('[data-priority="elderly"]'), shown("#number:not(:empty)"))  # fmt: skip
    await studio.take("clerk", "/counter/town/1", WALL, shown("#desk:not([hidden])"), user="town-1")
    desk = shown("#desk:not([hidden])")
    await studio.take("clerk-pause", "/counter/town/1", WALL, desk, click('[data-command="pause"]'), user="town-1")
    await studio.take("clerk-phone", "/counter/town/1", PHONE, shown("#desk:not([hidden])"), user="town-1")
    await studio.take(
        "guide", "/guide/town", WALL, live, typed("#find", "身份证"), shown("#found li"), user="town-head"
    )
    await studio.take("guide-phone", "/guide/town", PHONE, live, user="town-head")
    await studio.take("manager", "/manager/town", WALL, live, user="town-head")
    await studio.take("manager-phone", "/manager/town", PHONE, live, user="town-head")
    ticket = await studio.post("/tickets", hall["kiosk"], {"queue": "comprehensive"})
    await studio.take("phone", ticket["track"], PHONE, live)
    clerk = await studio.staff("town-1")

    async def finish(page: Page) -> None:
        await studio.post("/counters/1/finish", clerk)
        await page.wait_for_selector(".level")

    await studio.take("evaluator", evaluator, TABLET, live, finish)
    await studio.post("/counters/1/next", clerk)
    await studio.take("hall-screen", "/screen/town", WALL, shown("#call .ticket-number"))
    await studio.take("hall-screen-portrait", "/screen/town", TALL, shown("#call .ticket-number"))
    await studio.take("hall-screen-dark", "/screen/town?theme=dark", WALL, shown("#call .ticket-number"))

    async def lose(page: Page) -> None:
        await studio.server.kill()
        await page.wait_for_selector(".status-banner.is-lost")

    await studio.take("hall-screen-lost", "/screen/town", WALL, shown("#call .ticket-number"), lose)
    await studio.server.start()
    await studio.take("no-such-hall", "/screen/nowhere", WALL)


async def administration(studio: Studio) -> None:
    """A hall's set-up, as its head changes it."""
    for section in ("hours", "queues", "counters", "people", "services", "devices", "printers", "phrases", "files"):
        await studio.take(f"admin-{section}", f"/admin/town/{section}", TABLET, settled, user="town-head")
    await studio.take("admin-hall", "/admin/town", TABLET, settled, user="town-head")
    await studio.take("admin-changes", "/admin/town/changes", TABLET, settled, user="town-head")
    await studio.take("admin-phone", "/admin/town/queues", PHONE, settled, user="town-head")


async def settled(page: Page) -> None:
    """What the page asks for by itself is there."""
    await page.wait_for_load_state("networkidle")


async def wizard(browser: Browser, folder: Path) -> None:
    """The first steps on an empty folder."""
    async with served(folder) as address:
        context = await browser.new_context(viewport=TABLET, locale="zh-CN", timezone_id="Asia/Shanghai")
        page = await context.new_page()
        await page.goto(address)
        await page.screenshot(path=FOLDER / "setup-administrator.png")
        for name, value in (("admin_name", "赵敏"), ("admin_user", "zhaomin")):
            await page.fill(f"#{name}", value)
        for name in ("password", "again"):
            await page.fill(f"#{name}", "correct-horse-7")
        await page.click("form:visible .button-primary")
        await page.fill("#name", "示范镇便民服务中心")
        await page.press("#name", "Tab")
        await expect(page.locator("#id")).not_to_have_value("")
        for step in ("place", "hours", "windows"):
            await page.wait_for_selector(f'[data-step="{step}"]:visible')
            await page.screenshot(path=FOLDER / f"setup-{step}.png", full_page=True)
            await page.click("form:visible .button-primary")
        await page.fill("#head_name", "钱进")
        await page.fill('[data-of="name"]:visible >> nth=0', "王芳")
        await page.press('[data-of="name"]:visible >> nth=0', "Tab")
        await expect(page.locator('[data-of="user"]:visible').first).not_to_have_value("")
        await page.screenshot(path=FOLDER / "setup-people.png")
        await page.click("form:visible .button-primary")
        for step, there in (("sheet", ".wizard-card"), ("devices", "#addresses tr"), ("done", "#links a")):
            await page.wait_for_selector(f'[data-step="{step}"]:visible {there}')
            await page.screenshot(path=FOLDER / f"setup-{step}.png")
            if step != "done":
                await page.click("form:visible .button-primary")
        await context.close()


async def main() -> None:
    """A fresh demo, every picture, and no trace left."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        server = Process(Path(folder) / "data")
        await server.start()
        try:
            async with async_playwright() as playwright:
                browser = await playwright.chromium.launch(**chromium_options())
                studio = Studio(server, browser)
                await administration(studio)
                await all_pictures(studio)
                await wizard(browser, Path(folder) / "empty")
                await browser.close()
        finally:
            await server.kill()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
