"""A real server for the pages' tests: in this process, on a free port, with a hall, people and devices as asked for."""

import asyncio
import itertools
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import uvicorn
from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from msgspec.structs import replace
from playwright.async_api import expect

from queue_server import catalogue
from queue_server.app import running
from queue_server.domain.counter import Counter
from queue_server.domain.hall import Hall
from queue_server.domain.hours import Hours
from queue_server.domain.queue import Queue
from queue_server.domain.refusals import Refusal
from queue_server.domain.service import service_rules
from queue_server.engine.hall_runner import HallRunner
from queue_server.push.serving import server_config
from queue_server.records.accounts import Account, Role
from queue_server.records.devices import DeviceRole
from queue_server.settings import Settings
from queue_server.voice.synthesis import Engine
from queue_server.web.access import COOKIE
from queue_server.web.routes import application
from queue_server.web.server import Server

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, ViewportSize

PATIENCE_MS = 20_000
"""How long a page may take to come into a state, on a machine that is busy with other tests."""
expect.set_options(timeout=PATIENCE_MS)

DESKTOP: "ViewportSize" = {"width": 1920, "height": 1080}
PHONE: "ViewportSize" = {"width": 390, "height": 844}

QUEUES = {
    "comprehensive": Queue(id="comprehensive", name="综合受理", kind="comprehensive", prefix="A"),
    "express": Queue(id="express", name="无差别即办", kind="express", prefix="B", expected_service_s=240),
}
TOWN = Hall(
    id="town",
    name="示范镇便民服务中心",
    level="township",
    place="人民路 1 号",
    phone="0379-12345",
    queues=QUEUES,
    counters={
        1: Counter(number=1, name="综合受理", kind="comprehensive", queues=("comprehensive",)),
        2: Counter(number=2, name="无差别即办", kind="express", queues=("express",), helps=("comprehensive",)),
    },
    services=service_rules(catalogue.services(), "township", QUEUES, catalogue.default_handling()),
    hours=Hours(always=True),
)
"""A small hall that is open around the clock, so that no test depends on when it runs."""

NEVER_OPEN = Hours(weekly={})


class Site:
    """A running server and what tests do with it.

    url: where it answers, without a slash at its end. `cut` takes the server away from its pages, `mend` brings it back
    at the same address, with the same data.
    """

    def __init__(self, server: Server) -> None:
        self.server = server
        self.url = ""
        self._port = 0
        self._uvicorn: uvicorn.Server | None = None
        self._serving: asyncio.Task[None] | None = None
        self._keys = itertools.count()

    async def mend(self) -> None:
        """Answer requests."""
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", self._port))
        listening.setblocking(False)
        self._port = listening.getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}"
        config = server_config(application(self.server), port=self._port, timeout_graceful_shutdown=1)
        self._uvicorn = uvicorn.Server(config)
        self._serving = asyncio.create_task(self._uvicorn.serve(sockets=[listening]))
        while not self._uvicorn.started:  # noqa: ASYNC110 - it has no event to wait for
            await asyncio.sleep(0.01)

    async def cut(self) -> None:
        """Answer nobody any more."""
        assert self._uvicorn
        assert self._serving
        self._uvicorn.should_exit = True
        await self._serving

    # Who and what there is

    async def hall(self, hall: Hall = TOWN, **changes: Any) -> HallRunner:
        """Set a hall up (again), with some of its fields changed."""
        hall = replace(hall, **changes)
        runner = await self.server.registry.create(hall.id)
        outcome = await runner.configure(hall, "", f"setup {next(self._keys)}", "")
        assert not isinstance(outcome, Refusal)
        await runner.turn_day()
        await runner.settle()
        return runner

    async def person(
        self,
        role: Role,
        *halls: str,
        user: str | None = None,
        name: str = "王芳",
        counter: int | None = None,
        password: str | None = None,
    ) -> Account:
        """An account; of the hall "town" unless said otherwise."""
        account, _ = await self.server.records.accounts.create(
            user or f"{role}-{next(self._keys)}",
            name,
            role,
            halls=halls or (() if role in ("district", "admin") else ("town",)),
            counter=counter,
            capacity=None if counter is None else "A",
            password=password,
        )
        return account

    async def session(self, account: Account) -> str:
        """A token of a new session."""
        _, token = await self.server.records.sessions.open(account.id, self.server.now())
        return token

    async def sign_in(self, context: "BrowserContext", account: Account) -> None:
        """Sign a browser in."""
        token = await self.session(account)
        await context.add_cookies([{"name": COOKIE, "value": token, "url": self.url}])

    async def device(self, role: DeviceRole, hall: str = "town", counter: int | None = None) -> str:
        """The token of a new device."""
        _, token = await self.server.records.devices.create(hall, role, self.server.now(), counter=counter)
        return token

    async def clerk(self, counter: int, *, name: str = "王芳", post: str | None = None) -> str:
        """The token of a clerk of the hall "town", on duty at a counter."""
        account = await self.person("clerk", name=name, counter=counter)
        token = await self.session(account)
        await self.post(f"/halls/town/counters/{counter}/sign-on", {"capacity": "relief"}, token)
        return token

    # What happens

    def client(self) -> httpx.AsyncClient:
        """Whoever speaks HTTP to it: without TLS, to get ready for which takes longer than most calls."""
        return httpx.AsyncClient(base_url=self.url, trust_env=False, verify=False)

    async def call(self, method: str, path: str, body: Any = None, token: str | None = None) -> httpx.Response:
        """A call of the wire contract; path below /api/v1."""
        headers = {"Idempotency-Key": f"test-{next(self._keys)}"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        async with self.client() as client:
            return await client.request(method, "/api/v1" + path, json=body, headers=headers)

    async def post(self, path: str, body: Any = None, token: str | None = None) -> Any:
        """A command that must be accepted; what it answers."""
        answer = await self.call("POST", path, {} if body is None else body, token)
        assert answer.is_success, answer.text
        return answer.json()

    async def ticket(
        self, token: str, queue: str = "comprehensive", hall: str = "town", **asked: Any
    ) -> dict[str, Any]:
        """A new ticket, taken by the device or person with that token."""
        ticket: dict[str, Any] = await self.post(f"/halls/{hall}/tickets", {"queue": queue, **asked}, token)
        return ticket


@asynccontextmanager
async def serving(folder: Path, engines: Sequence[Engine] | None = None, store: str = "") -> AsyncIterator[Site]:
    """A running server without a hall; folder: an empty one for its data. engines: None for the real voice; store: the
    address of a Redis; none for the folder.
    """
    async with running(Settings(data=str(folder), store=store), engines=engines) as server:
        site = Site(server)
        await site.mend()
        yield site
        await site.cut()


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    """A running server without a hall."""
    async with serving(tmp_path / "data") as site:
        yield site


OpenPage = Callable[..., Awaitable["Page"]]
"""`await open_page(path, size=DESKTOP, who=None)`: a page in a browser of its own; who: whoever has signed in."""


@asynccontextmanager
async def opening(browser: "Browser", site: Site) -> AsyncIterator[OpenPage]:
    """Opens pages of the site; it fails if a script of theirs failed, or broke the Content-Security-Policy."""
    complaints: list[str] = []
    contexts: list[BrowserContext] = []

    def heard(message: "ConsoleMessage") -> None:
        if "Content Security Policy" in message.text or "Content-Security-Policy" in message.text:
            complaints.append(message.text)

    async def opened(path: str, size: "ViewportSize" = DESKTOP, who: Account | None = None) -> "Page":
        context = await browser.new_context(viewport=size, locale="zh-CN", reduced_motion="reduce")
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        if who is not None:
            await site.sign_in(context, who)
        page = await context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", heard)
        await page.goto(site.url + path)
        return page

    yield opened
    for context in contexts:
        await context.close()
    assert complaints == []


@pytest.fixture
async def open_page(browser: "Browser", site: Site) -> AsyncIterator[OpenPage]:
    """Opens pages of the site; the test fails if a script of theirs fails, or breaks the Content-Security-Policy."""
    async with opening(browser, site) as open_page:
        yield open_page


async def assert_accessible(page: "Page") -> None:
    """Axe finds nothing to complain of, once no colour is on its way from one to another."""
    await page.evaluate(
        """async () => {
            const running = () => document.getAnimations().filter((one) => one instanceof CSSTransition);
            while (running().length > 0) { // one begets another
                await Promise.allSettled(running().map((one) => one.finished));
            }
        }"""
    )
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE_SCRIPT)
    found = await page.evaluate("axe.run({ resultTypes: ['violations'] }).then(({ violations }) => ({ violations }))")
    assert found["violations"] == [], AxeResults(found).generate_report()


async def assert_no_sideways_scrolling(page: "Page") -> None:
    """Nothing is wider than the screen, once what is drawn follows its size: a chart does so a moment later."""
    # A function, because the Content-Security-Policy lets an expression be evaluated once, and not again.
    await page.wait_for_function("() => document.documentElement.scrollWidth <= document.documentElement.clientWidth")
