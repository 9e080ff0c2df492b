"""The phone without a network: it shows what it kept, as old as it is; nothing private is cached."""

import json
import re
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image
from playwright.async_api import Browser, BrowserContext, Page, Route, expect

from queue_server.push import topics
from queue_server.web import pages
from queue_server.web.pages import phone_offline
from queue_server.web.pages.page import static_folder
from tests.web.pages.conftest import (
    PHONE,
    Site,
    assert_accessible,
    assert_no_sideways_scrolling,
)
from tests.web.pages.test_phone_states import assert_fit_for_old_eyes_and_hands

READY = "() => navigator.serviceWorker.controller !== null"
CACHED = """async () => {
    const found = [];
    for (const name of await caches.keys())
        for (const request of await (await caches.open(name)).keys())
            found.push([name, new URL(request.url).pathname, await (await caches.match(request)).text()]);
    return found;
}"""
KEPT = "Object.entries(localStorage).filter(([name]) => name.startsWith('jiaohao.ticket '))"
"""[name, JSON] of what the phone keeps."""


@pytest.fixture(autouse=True)
def no_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    """A ticket's topic sends at once, instead of one frame in five seconds: the page is what is tested here."""
    monkeypatch.setattr(topics, "TICKET_GAP", timedelta(0))


@pytest.fixture
async def phone(browser: Browser) -> AsyncIterator[BrowserContext]:
    """A phone; its pages' scripts must not fail."""
    broken: list[str] = []
    context = await browser.new_context(viewport=PHONE, locale="zh-CN", reduced_motion="reduce")
    context.set_default_timeout(15_000)
    context.on("weberror", lambda error: broken.append(str(error.error)))
    yield context
    assert broken == []


OpenTicket = Callable[..., Awaitable[Page]]


@pytest.fixture
def open_ticket(site: Site, phone: BrowserContext) -> OpenTicket:
    """`await open_ticket(ticket)`: its page, once it is live and the worker has everything."""

    async def opened(ticket: dict[str, Any], query: str = "") -> Page:
        page = await phone.new_page()
        await page.goto(site.url + ticket["track"] + query)
        await expect(page.locator(".status-banner.is-live")).to_be_visible()
        await page.wait_for_function(READY)
        return page

    return opened


async def _get(site: Site, path: str, **headers: str) -> httpx.Response:
    async with site.client() as client:
        return await client.get(path, headers=headers)


async def test_the_shell_is_everybodys(site: Site) -> None:
    """It holds no ticket, is the same for all, and may be asked for again; its worker may answer for /t/ alone."""
    await site.hall()
    ticket = await site.ticket(await site.device("kiosk"))
    shell, worker = await _get(site, "/t/"), await _get(site, "/t/worker.js")
    assert shell.headers["cache-control"] == worker.headers["cache-control"] == "no-cache"
    assert worker.headers["content-type"].startswith("text/javascript")
    assert "service-worker-allowed" not in worker.headers
    for answer in (shell, worker):
        assert answer.status_code == 200
        assert ticket["id"] not in answer.text
        assert ticket["number"] not in answer.text
    assert (await _get(site, "/t/worker.js")).text == worker.text


async def test_the_worker_speaks_its_readers_language(site: Site) -> None:
    """Each language has a shell and a worker of its own; fetching them chooses no language for anybody."""
    zh, en = [await _get(site, f"/t/worker.js?lang={code}") for code in ("zh", "en")]
    assert zh.text != en.text
    assert "/t/shell?lang=en" in en.text
    shell = await _get(site, "/t/shell?lang=en")
    assert "No connection" in shell.text
    assert "set-cookie" not in shell.headers
    assert "No connection" in (await _get(site, "/t/", **{"Accept-Language": "en"})).text


@pytest.mark.parametrize(("language", "name"), [("zh", "我的号"), ("en", "My ticket")])
async def test_the_manifest_installs_it(site: Site, language: str, name: str) -> None:
    """In the reader's language, with icons of the sizes that it says and the colours of the tokens."""
    answer = await _get(site, f"/t/manifest.webmanifest?lang={language}")
    manifest = answer.json()
    assert answer.headers["content-type"].startswith("application/manifest+json")
    assert "set-cookie" not in answer.headers
    assert manifest["short_name"] == name
    assert manifest["start_url"] == manifest["scope"] == "/t/"
    for icon in manifest["icons"]:
        picture = await _get(site, icon["src"])
        assert picture.headers["content-type"].startswith(icon["type"])
        if icon["type"] == "image/png":
            width, height = Image.open(BytesIO(picture.content)).size
            assert icon["sizes"] == f"{width}x{height}"
    tokens = (static_folder() / "tokens.css").read_text("utf-8")
    for token, colour in (("accent", manifest["theme_color"]), ("ground", manifest["background_color"])):
        light = re.search(rf"--{token}: (#\w+);", tokens)
        assert light
        assert colour == light[1]


@pytest.mark.browser
@pytest.mark.parametrize("away", ["network", "server"])
async def test_reloaded_without_a_network(
    site: Site, phone: BrowserContext, open_ticket: OpenTicket, away: str
) -> None:
    """What was known is shown, marked as old; once the network is back the page is live again by itself."""
    await site.hall()
    ticket = await site.ticket(await site.device("kiosk"))
    clerk = await site.clerk(1)
    page = await open_ticket(ticket)
    await site.post("/halls/town/counters/1/next", {}, clerk)
    await expect(page.locator("#headline")).to_have_text("请到 1 号窗口")
    failed: list[str] = []
    page.on("requestfailed", lambda request: failed.append(request.url))
    await (site.cut() if away == "server" else phone.set_offline(True))
    await page.reload()
    await expect(page.locator("#old #headline")).to_have_text("请到 1 号窗口")
    await expect(page.locator("#old #number")).to_have_text("A001")
    await expect(page.locator("#old #queue")).to_have_text("综合受理")
    await expect(page.locator("#hall")).to_have_text("示范镇便民服务中心")
    await expect(page.locator("#status")).to_have_text(
        re.compile(r"自 \d\d:\d\d 起与服务器的连接中断，正在重新连接。以下为 \d\d:\d\d 的情况，可能已有变化。")
    )
    await expect(page.locator(".status-banner.is-lost")).to_be_visible()
    await expect(page.locator(".is-live")).to_have_count(0)
    assert await page.title() == "A001 · 没有连接"
    assert await page.evaluate("getComputedStyle(document.querySelector('.now')).borderStyle") == "dashed"
    assert [url for url in failed if "/static/" in url and "mark" not in url] == []
    await assert_accessible(page)
    await assert_no_sideways_scrolling(page)
    await (site.mend() if away == "server" else phone.set_offline(False))
    await expect(page.locator(".status-banner.is-live")).to_be_visible()
    await expect(page.locator("#phone #headline")).to_have_text("请到 1 号窗口")


@pytest.mark.browser
async def test_old_is_large_enough_too(site: Site, open_ticket: OpenTicket) -> None:
    """The kept ticket, and one of which nothing is kept, in the largest text and in a language that was changed to."""
    await site.hall()
    ticket = await site.ticket(await site.device("kiosk"))
    page = await open_ticket(ticket)
    await page.goto(site.url + ticket["track"] + "?lang=en")
    await page.evaluate(
        """async () => {
            const english = async () => await caches.match("/t/shell?lang=en", { ignoreVary: true });
            while (!(await english())) await new Promise((again) => setTimeout(again, 50));
        }"""
    )
    await site.cut()
    await page.reload()
    await expect(page.locator("#old #headline")).to_have_text("You are next")
    await assert_fit_for_old_eyes_and_hands(page)
    await page.click("[data-text-size-switch]")
    await page.click("[data-text-size-switch]")
    await assert_fit_for_old_eyes_and_hands(page)
    await page.goto(site.url + "/t/town.unknown")
    await expect(page.locator("#unknown h2")).to_have_text("No connection just now")
    await expect(page.locator("#status")).to_contain_text("Server out of reach")
    await assert_fit_for_old_eyes_and_hands(page)
    await site.mend()
    await expect(page.locator("main")).to_contain_text("no such ticket")


@pytest.mark.browser
async def test_an_old_page_says_how_old(site: Site, phone: BrowserContext, open_ticket: OpenTicket) -> None:
    """By this phone's own clock: an hour later it says that an hour has passed."""
    await site.hall()
    ticket = await site.ticket(await site.device("kiosk"))
    page = await open_ticket(ticket)
    await phone.set_offline(True)
    await page.goto("about:blank")  # which keeps what is known at that moment
    later = await phone.new_page()
    await later.add_init_script("const now = Date.now; Date.now = () => now() + 3 * 3600_000;")
    await later.goto(site.url + ticket["track"])
    await expect(later.locator("#status")).to_contain_text("以下为约 3 小时前的情况，可能已有变化。")


@pytest.mark.browser
async def test_my_ticket(site: Site, phone: BrowserContext, open_ticket: OpenTicket) -> None:
    """The installed page opens the ticket heard of last, with and without a network; or says where to take one."""
    await site.hall()
    kiosk = await site.device("kiosk")
    page = await phone.new_page()
    await page.goto(site.url + "/t/")
    await expect(page.locator("#none")).to_contain_text("请到大厅的取号机或咨询台取号")
    await assert_fit_for_old_eyes_and_hands(page)
    first, second = await site.ticket(kiosk), await site.ticket(kiosk)
    await open_ticket(first)
    opened = await open_ticket(second)
    await page.goto(site.url + "/t/")
    await page.wait_for_url(site.url + second["track"])
    await expect(page.locator(".status-banner.is-live")).to_be_visible()
    await opened.close()
    await phone.set_offline(True)
    await page.goto(site.url + "/t/")
    await page.wait_for_url(site.url + second["track"])
    await expect(page.locator("#old #number")).to_have_text("A002")


@pytest.mark.browser
async def test_nothing_private_is_cached(site: Site, phone: BrowserContext, open_ticket: OpenTicket) -> None:
    """Caches hold the shell and its files and nothing else; the phone keeps what stands on the wall."""
    await site.hall()
    ticket = await site.ticket(await site.device("kiosk"))
    clerk = await site.clerk(1)
    page = await open_ticket(ticket)
    for verb in ("next", "start", "finish"):
        await site.post(f"/halls/town/counters/1/{verb}", {}, clerk)
    await page.click('[data-level="dissatisfied"]')
    await page.fill("textarea", "话在这里")
    ((name, text),) = await page.evaluate(KEPT)
    assert name == f"jiaohao.ticket town.{ticket['id']}"
    kept = json.loads(text)
    assert kept.keys() == {"hall", "number", "queue", "standing", "counter", "at", "heard", "ends"}
    assert (kept["number"], kept["standing"]) == ("A001", "finished")
    await phone.set_offline(True)
    await page.reload()
    await expect(page.locator("#old #headline")).to_have_text("已办结")
    await phone.set_offline(False)
    await expect(page.locator("#phone #headline")).to_have_text("已办结")
    cached = await page.evaluate(CACHED)
    assert len({name for name, _, _ in cached}) == 1
    assert {path for _, path, _ in cached} == {"/t/shell", *phone_offline.FILES}
    for _, path, text in cached:
        assert ticket["id"] not in text, path
        assert "话在这里" not in text, path
        assert path != "/t/shell" or "A001" not in text


@pytest.mark.browser
async def test_what_is_kept_goes(site: Site, phone: BrowserContext, open_ticket: OpenTicket) -> None:
    """Once its holder has rated it, given it up, or its day is over, the phone knows nothing of a ticket any more."""
    await site.hall()
    kiosk, clerk = await site.device("kiosk"), await site.clerk(1)
    page = await open_ticket(await site.ticket(kiosk))
    for verb in ("next", "start", "finish"):
        await site.post(f"/halls/town/counters/1/{verb}", {}, clerk)
    await page.click('[data-level="satisfied"]')
    assert len(await page.evaluate(KEPT)) == 1
    await page.click("[type=submit]:visible")
    await page.wait_for_function(f"() => {KEPT}.length === 0")
    given_up = await site.ticket(kiosk)
    page = await open_ticket(given_up)
    await page.wait_for_function(f"() => {KEPT}.length === 1")
    await site.call("DELETE", f"/halls/town/tickets/{given_up['id']}")
    await page.wait_for_function(f"() => {KEPT}.length === 0")
    page = await open_ticket(await site.ticket(kiosk))
    await page.wait_for_function(f"() => {KEPT}.length === 1")
    await page.goto("about:blank")
    tomorrow = await phone.new_page()
    await tomorrow.add_init_script("const now = Date.now; Date.now = () => now() + 24 * 3600_000;")
    await tomorrow.goto(site.url + "/t/")
    await expect(tomorrow.locator("#none")).to_be_visible()
    assert await tomorrow.evaluate(KEPT) == []


@pytest.mark.browser
async def test_new_files_replace_the_old(
    site: Site, open_ticket: OpenTicket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An upgraded server's worker takes the old one's place, and the old cache goes."""
    await site.hall()
    ticket = await site.ticket(await site.device("kiosk"))
    page = await open_ticket(ticket)
    before = {name for name, _, _ in await page.evaluate(CACHED)}
    folder = tmp_path / "static"
    shutil.copytree(static_folder(), folder)
    with (folder / "phone.css").open("a", encoding="utf-8") as style:
        style.write("/* upgraded */\n")
    monkeypatch.setattr(pages, "static_folder", lambda: folder)
    monkeypatch.setattr(phone_offline, "static_folder", lambda: folder)
    await site.cut()
    await site.mend()
    await page.reload()
    await page.evaluate(
        """async (before) => {
            const replaced = (names) => names.length === 1 && !before.includes(names[0]);
            while (!replaced(await caches.keys())) await new Promise((again) => setTimeout(again, 50));
        }""",
        [*before],
    )
    styles = [text for _, path, text in await page.evaluate(CACHED) if path == "/static/phone.css"]
    assert len(styles) == 1
    assert styles[0].endswith("/* upgraded */\n")


@pytest.mark.browser
async def test_a_proxy_without_its_server_is_no_server(
    site: Site, phone: BrowserContext, open_ticket: OpenTicket
) -> None:
    """What answers 502 in the server's place does not stand between the holder and what the phone kept."""
    await site.hall()
    page = await open_ticket(await site.ticket(await site.device("kiosk")))

    async def bad_gateway(route: Route) -> None:
        await route.fulfill(status=502, body="Bad Gateway")

    await phone.route("**/t/town.*", bad_gateway)
    await phone.route("**/api/**", bad_gateway)
    await page.reload()
    await expect(page.locator("#old #number")).to_have_text("A001")
    await phone.unroute_all()
    await expect(page.locator(".status-banner.is-live")).to_be_visible()


@pytest.mark.browser
async def test_without_a_worker(site: Site, phone: BrowserContext) -> None:
    """From plain http to another machine there are no workers, caches or locks: the page is as good as before."""
    await site.hall()
    ticket = await site.ticket(await site.device("kiosk"))
    await phone.add_init_script("delete Navigator.prototype.serviceWorker; delete window.caches;")
    page = await phone.new_page()
    await page.goto(site.url + ticket["track"])
    await expect(page.locator("#headline")).to_have_text("下一位就是您")
    await expect(page.locator("#cancel")).to_be_enabled()
