"""The phone rings: after one touch, once for each call, never before; its screen stays on while it waits for one."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from queue_server.push import topics
from tests.web.pages.conftest import PHONE, Site, assert_accessible

pytestmark = pytest.mark.browser

LISTEN = """
    window.heard = { tones: 0, shakes: 0, locks: 0, released: 0 };
    window.AudioContext = class extends AudioContext {
        createOscillator() {
            const oscillator = super.createOscillator();
            const start = oscillator.start.bind(oscillator);
            oscillator.start = (when) => {
                if (this.state === "running") heard.tones += 1;
                start(when);
            };
            return oscillator;
        }
    };
    navigator.vibrate = () => (heard.shakes += 1);
    window.lockDenied = false;
    navigator.wakeLock.request = async () => {
        if (lockDenied) throw new DOMException("battery", "NotAllowedError");
        heard.locks += 1;
        const lock = new EventTarget();
        lock.release = async () => {
            heard.released += 1;
            lock.onrelease?.();
        };
        window.lock = lock;
        return lock;
    };
    let hidden = false;
    Object.defineProperty(document, "visibilityState", { get: () => (hidden ? "hidden" : "visible") });
    window.look = (away) => {
        hidden = away;
        if (away) window.lock?.release();
        document.dispatchEvent(new Event("visibilitychange"));
    };
"""
"""Counts what a browser is asked for; `look(true)` takes the page out of sight, as a browser does it."""

CHIME = 4  # tones

OpenPhone = Callable[..., Awaitable[Page]]


@pytest.fixture(autouse=True)
def no_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    """A ticket's topic sends at once, instead of one frame in five seconds: the page is what is tested here."""
    monkeypatch.setattr(topics, "TICKET_GAP", timedelta(0))


@pytest.fixture
async def open_phone(browser: Browser, site: Site) -> AsyncIterator[OpenPhone]:
    """`await open_phone(ticket, script)`: its page in a phone that LISTENs, after another script."""
    broken: list[str] = []

    async def opened(ticket: dict[str, Any], script: str = "") -> Page:
        context = await browser.new_context(viewport=PHONE, locale="zh-CN")
        page = await context.new_page()
        page.on("pageerror", lambda error: broken.append(str(error)))
        await page.add_init_script(LISTEN + script)
        await page.goto(site.url + ticket["track"])
        return page

    yield opened
    assert broken == []


@pytest.fixture
async def call(site: Site) -> Callable[[str], Awaitable[None]]:
    """A hall with a clerk at counter 1: `await call("next")` is what the clerk does."""
    await site.hall()
    clerk = await site.clerk(1)

    async def does(verb: str) -> None:
        await site.post(f"/halls/town/counters/1/{verb}", {}, clerk)

    return does


async def _heard(page: Page, **counts: int) -> None:
    """What the browser was asked for, so far, has become this."""
    await page.wait_for_function(
        "counts => Object.entries(counts).every(([name, count]) => heard[name] === count)", arg=counts
    )


async def _pressed(page: Page, *, on: bool) -> None:
    await expect(page.locator("#alert-button")).to_have_attribute("aria-pressed", str(on).lower())


async def test_it_rings_once_for_each_call(
    site: Site, open_phone: OpenPhone, call: Callable[[str], Awaitable[None]]
) -> None:
    """Not when the touch allows it, not while waiting; at the call, at each recall, and no more for other news."""
    kiosk = await site.device("kiosk")
    ticket = await site.ticket(kiosk)
    page = await open_phone(ticket)
    await _pressed(page, on=False)
    await page.click("#alert-button")
    await _pressed(page, on=True)
    await expect(page.locator("#alert-note")).to_have_text("已开启。请保持本页打开，调大音量；屏幕会一直亮着。")
    await assert_accessible(page)
    await site.ticket(kiosk)
    await _heard(page, tones=0, shakes=0)
    await call("next")
    await _heard(page, tones=CHIME, shakes=1)
    for recall in (1, 2):
        await call("recall")
        await _heard(page, tones=CHIME * (1 + recall), shakes=1 + recall)
    await site.ticket(kiosk)
    await call("start")
    await expect(page.locator("#headline")).to_have_text("正在 1 号窗口办理")
    await expect(page.locator("#alert")).to_be_hidden()
    await _heard(page, tones=CHIME * 3, shakes=3)


async def test_it_is_silent_unless_asked(
    site: Site, open_phone: OpenPhone, call: Callable[[str], Awaitable[None]]
) -> None:
    """Nobody asked, or who had asked has thought better of it: the phone shakes, and that is all."""
    ticket = await site.ticket(await site.device("kiosk"))
    unasked, asked = [await open_phone(ticket) for _ in range(2)]
    await asked.click("#alert-button")
    await _pressed(asked, on=True)
    await asked.click("#alert-button")
    await _pressed(asked, on=False)
    await _heard(asked, locks=1, released=1)
    await call("next")
    for page in (unasked, asked):
        await expect(page.locator("#headline")).to_have_text("请到 1 号窗口")
        await _heard(page, tones=0, shakes=1)


async def test_after_a_reload_it_asks_for_a_touch(
    site: Site, open_phone: OpenPhone, call: Callable[[str], Awaitable[None]]
) -> None:
    """The wish is remembered, and the page does not claim to ring while its browser lets it not; any touch will do."""
    ticket = await site.ticket(await site.device("kiosk"))
    page = await open_phone(ticket)
    await page.click("#alert-button")
    await _pressed(page, on=True)
    await page.reload()
    await expect(page.locator("#alert-note")).to_contain_text("请再按一次")
    await _pressed(page, on=False)
    await page.click("#number")
    await _pressed(page, on=True)
    await call("next")
    await _heard(page, tones=CHIME)


async def test_the_screen_stays_on_while_a_call_is_waited_for(
    site: Site, open_phone: OpenPhone, call: Callable[[str], Awaitable[None]]
) -> None:
    """Taken again whenever the page comes back into sight, and given back once the ticket is being served."""
    ticket = await site.ticket(await site.device("kiosk"))
    page = await open_phone(ticket)
    await _pressed(page, on=False)
    await _heard(page, locks=0)
    await page.click("#alert-button")
    await _heard(page, locks=1)
    await page.evaluate("look(true)")
    await expect(page.locator("#alert-note")).to_contain_text("屏幕熄灭后可能不响")
    await page.evaluate("look(false)")
    await _heard(page, locks=2, released=1)
    await call("next")
    await expect(page.locator("#headline")).to_have_text("请到 1 号窗口")
    await _heard(page, locks=2, released=1)
    await call("start")
    await _heard(page, locks=2, released=2)


async def test_without_its_server_it_does_not_claim_to_ring(
    site: Site, open_phone: OpenPhone, call: Callable[[str], Awaitable[None]]
) -> None:
    """It says so while it could not hear of a call, and rings for the next once the server is back."""
    ticket = await site.ticket(await site.device("kiosk"))
    page = await open_phone(ticket)
    await page.click("#alert-button")
    await expect(page.locator("#alert-note")).to_contain_text("已开启")
    await site.cut()
    await expect(page.locator("#alert-note")).to_have_text("现在没有连接，叫到您时不会响铃。")
    await site.mend()
    await expect(page.locator("#alert-note")).to_contain_text("已开启")
    await call("next")
    await _heard(page, tones=CHIME)


@pytest.mark.parametrize("script", ["lockDenied = true;", "delete Navigator.prototype.wakeLock;"])
async def test_a_screen_that_goes_dark_is_told(
    site: Site, open_phone: OpenPhone, call: Callable[[str], Awaitable[None]], script: str
) -> None:
    """A phone that saves its battery, or a page from plain http: it rings, and says what it cannot do."""
    ticket = await site.ticket(await site.device("kiosk"))
    page = await open_phone(ticket, script)
    await page.click("#alert-button")
    await _pressed(page, on=True)
    await expect(page.locator("#alert-note")).to_contain_text("屏幕熄灭后可能不响")
    await call("next")
    await _heard(page, tones=CHIME)


async def test_a_browser_without_sound_says_so(
    site: Site, open_phone: OpenPhone, call: Callable[[str], Awaitable[None]]
) -> None:
    """The button is no promise that cannot be kept."""
    ticket = await site.ticket(await site.device("kiosk"))
    page = await open_phone(ticket, "delete window.AudioContext;")
    await expect(page.locator("#alert-button")).to_be_disabled()
    await expect(page.locator("#alert-note")).to_have_text("此浏览器不能响铃，请留意振动和大屏。")
    await assert_accessible(page)
    await call("next")
    await _heard(page, shakes=1)
