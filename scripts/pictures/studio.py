"""A demo server, a browser, and what it takes to bring a hall to life and a page into the state that is shown."""

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from playwright.async_api import Browser, Page, ViewportSize

from tests.faults.process import Process
from tests.web.portraits import a_photo

__all__ = [
    "FOLDER", "LIVE", "PHONE", "TABLET", "TALL", "WALL", "Step", "Studio",
    "click", "network_is_idle", "open_studio", "shown", "typed",
]  # fmt: skip

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
WALL: ViewportSize = {"width": 1920, "height": 1080}
TALL: ViewportSize = {"width": 1080, "height": 1920}
PHONE: ViewportSize = {"width": 390, "height": 844}
TABLET: ViewportSize = {"width": 1280, "height": 800}

SUITS = ("#1d4e89", "#7a2e3a", "#2f5d50", "#4a4e69", "#6b4c2a")
"""What the clerks wear on their photos."""

Step = Callable[[Page], Awaitable[object]]
"""What brings a page nearer to the state that is shown."""


def click(selector: str) -> Step:
    """Touch something."""
    return lambda page: page.click(selector)


def typed(selector: str, text: str) -> Step:
    """Write into a field."""
    return lambda page: page.fill(selector, text)


def shown(selector: str) -> Step:
    """Wait until something is there."""
    return lambda page: page.wait_for_selector(selector)


async def network_is_idle(page: Page) -> None:
    """What the page asks for by itself is there."""
    await page.wait_for_load_state("networkidle")


LIVE = shown(".status-banner.is-live")


class Studio:
    """One page's demo; folder: an empty one for whoever starts a server of their own."""

    def __init__(self, server: Process, browser: Browser, folder: Path) -> None:
        self.server = server
        self.browser = browser
        self.folder = folder
        self._client = httpx.AsyncClient(base_url=server.url + "/api/v1", trust_env=False)
        self._sent = 0
        self._tokens: dict[str, str] = {}

    async def post(self, path: str, token: str, body: Any = None) -> Any:
        """A command of the hall "town" that must be accepted."""
        self._sent += 1
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": f"picture-{self._sent}"}
        answer = await self._client.post(f"/halls/town{path}", json=body or {}, headers=headers)
        answer.raise_for_status()
        return answer.json()

    async def get(self, path: str, token: str) -> Any:
        """What the hall "town" answers."""
        answer = await self._client.get(f"/halls/town{path}", headers={"Authorization": f"Bearer {token}"})
        answer.raise_for_status()
        return answer.json()

    async def set_up(self, quotas: dict[str, Any] | None = None, **parts: Any) -> None:
        """Change parts of the hall's set-up; quotas: by queue, none for the others."""
        head = await self.staff("town-head")
        now = await self.get("/setup", head)
        changed = now["setup"] | parts
        for queue in changed["queues"].values():
            queue["quota"] = (quotas or {}).get(queue["id"], {})
        await self.post("/setup", head, {"version": now["version"], "setup": changed})

    async def start_over(self, prepare: Callable[[Path], Awaitable[object]]) -> None:
        """Go on with another demo, which `prepare` makes in an empty folder."""
        await self.server.kill()
        shutil.rmtree(self.server.data)
        self.server.data.mkdir()
        await prepare(self.server.data)
        self._tokens.clear()
        await self.server.start()

    async def staff(self, user: str) -> str:
        """A session of one of the staff."""
        if user not in self._tokens:
            self._tokens[user] = await self.server.sign_in(user)
        return self._tokens[user]

    async def take(self, name: str, path: str, size: ViewportSize, *steps: Step, user: str | None = None) -> None:
        """Open a page, take the steps, take the picture; user: who has signed in."""
        context = await self.browser.new_context(viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai")
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

    async def busy_morning(self) -> None:
        """A hall at work: people wait, are called and served at every counter."""
        kiosk = self.server.hall()["kiosk"]
        queues = ("comprehensive", "express", "complaint", "certificate", "agency")
        for n in range(28):
            body: dict[str, Any] = {"queue": queues[(n * n) % 5 if n % 3 else 0]}
            if n % 6 == 4:
                body["priority"] = "elderly"
            await self.post("/tickets", kiosk, body)
        for counter in range(1, 7):
            token = await self.staff(f"town-{counter}")
            await self.post(f"/counters/{counter}/sign-on", token, {"capacity": "A"})
            if (await self.post(f"/counters/{counter}/next", token))["ticket"] is not None and counter % 2:
                await self.post(f"/counters/{counter}/start", token)
        away = await self.staff("town-6")
        await self.post("/counters/6/pause", away, {"reason": "取资料", "back_at": "2099-01-01T08:30:00Z"})

    async def put_photos(self) -> None:
        """Photos of the first clerks."""
        head = await self.staff("town-head")
        people = {person["user"]: person["id"] for person in (await self.get("/staff", head))["staff"]}
        for n, suit in enumerate(SUITS, 1):
            await self.post(f"/staff/{people[f'town-{n}']}/photo", head, {"photo": a_photo(suit)})

    async def lose_the_server(self, page: Page) -> None:
        """The last step of a page that shows it; `await studio.server.start()` brings the server back."""
        await self.server.kill()
        await page.wait_for_selector(".status-banner.is-lost")


@asynccontextmanager
async def open_studio(browser: Browser, folder: Path) -> AsyncIterator[Studio]:
    """A fresh demo in an empty folder; no trace is left."""
    server = Process(folder / "demo")
    await server.start()
    try:
        yield Studio(server, browser, folder)
    finally:
        await server.kill()
