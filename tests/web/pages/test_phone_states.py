"""The phone in every state: a headline, what to do next, text and targets for old eyes and hands, at two sizes."""

import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace
from playwright.async_api import Page, expect

from queue_server.domain.service import Guide
from queue_server.push import topics
from tests.web.pages.conftest import (
    PHONE,
    TOWN,
    OpenPage,
    Site,
    assert_accessible,
    assert_no_sideways_scrolling,
)

if TYPE_CHECKING:
    from playwright.async_api import ViewportSize

pytestmark = pytest.mark.browser

SMALL: "ViewportSize" = {"width": 320, "height": 568}
LONG = "城乡居民基本养老保险待遇核定与社会保障卡综合服务一二三四五"
"""A name of 30 characters, give or take."""


@pytest.fixture(autouse=True)
def no_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    """A ticket's topic sends at once, instead of one frame in five seconds: the page is what is tested here."""
    monkeypatch.setattr(topics, "TICKET_GAP", timedelta(0))


async def assert_fit_for_old_eyes_and_hands(page: Page) -> None:
    """On a usual and on a small phone: `_assert_large`, no sideways scrolling, and nothing for axe to find."""
    for size in (SMALL, PHONE):
        await page.set_viewport_size(size)
        await _assert_large(page)
        await assert_no_sideways_scrolling(page)
        await assert_accessible(page)


async def _assert_large(page: Page) -> None:
    """Text of 18 px and more; main targets of 60 by 60 px, others of 44 by 44."""
    small = await page.evaluate(
        """() => {
            const shown = (each) => each.checkVisibility({ visibilityProperty: true });
            const says = (each) => [...each.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
            const main = ".button-primary, .level, .reason";
            const small = [...document.querySelectorAll("body *")]
                .filter((each) => shown(each) && says(each) && parseFloat(getComputedStyle(each).fontSize) < 18);
            const narrow = [...document.querySelectorAll("a, button, textarea, .reason")]
                .filter((each) => shown(each) && !each.matches(".skip-link"))
                .filter((each) => {
                    const { width, height } = each.getBoundingClientRect();
                    const least = each.matches(main) ? 60 : 44;
                    return width < least || height < least;
                });
            return [...small, ...narrow].map((each) => each.outerHTML);
        }"""
    )
    assert small == []


async def _assert_says(page: Page, headline: str, advice: str) -> None:
    await expect(page.locator("#headline")).to_have_text(headline)
    await expect(page.locator("#advice")).to_contain_text(advice)


Act = Callable[..., Awaitable[None]]


@pytest.fixture
async def act(site: Site) -> Act:
    """A hall with a clerk at counter 1; `await act("next", "start", …)` is what the clerk does, one after another."""
    await site.hall()
    clerk = await site.clerk(1)
    bodies: dict[str, Any] = {"transfer": {"queue": "express", "reason": "即办件"}}

    async def does(*verbs: str) -> None:
        for verb in verbs:
            await site.post(f"/halls/town/counters/1/{verb}", bodies.get(verb, {}), clerk)

    return does


STATES: dict[str, tuple[tuple[str, ...], str, str]] = {
    "next": ((), "下一位就是您", "请到窗口附近等候"),
    "called": (("next",), "请到 1 号窗口", "请带好您的资料"),
    "serving": (("next", "start"), "正在 1 号窗口办理", "评价"),
    "held": (("next", "start", "hold"), "暂停办理，为您保留", "回到 1 号窗口，不用重新排队"),
    "absent": (("next", "no-show"), "已过号", "请到取号机按“过号报到”，或到咨询台、窗口说一声"),
    "moved": (("next", "start", "transfer"), "已转到无差别即办，请继续等候", "号码不变"),
    "finished": (("next", "start", "finish"), "已办结", "请慢走"),
}
"""What the clerk does to the ticket, the headline that follows, and part of the advice."""


@pytest.mark.parametrize("state", STATES)
async def test_what_the_clerk_does(site: Site, act: Act, open_page: OpenPage, state: str) -> None:
    """Every step shows as what the holder should do, as large as it must be, also in the largest text."""
    verbs, headline, advice = STATES[state]
    kiosk = await site.device("kiosk")
    if state == "moved":
        await site.ticket(kiosk, "express")  # somebody is ahead, or it would be next
    ticket = await site.ticket(kiosk)
    await act(*verbs)
    page = await open_page(ticket["track"], PHONE)
    await _assert_says(page, headline, advice)
    if state in ("called", "serving", "held"):
        await expect(page.locator("#place")).to_have_text("综合受理")
    else:
        await expect(page.locator("#place")).to_be_hidden()
    await assert_fit_for_old_eyes_and_hands(page)
    if state == "finished":
        await page.click('[data-level="dissatisfied"]')
        await assert_fit_for_old_eyes_and_hands(page)
    for _ in range(2):
        await page.click("[data-text-size-switch]")
    await expect(page.locator("html")).to_have_css("font-size", "30px")
    await assert_fit_for_old_eyes_and_hands(page)


async def test_the_counter_is_what_one_sees_first(site: Site, act: Act, open_page: OpenPage) -> None:
    """Of a ticket that is called, the counter's number is as large as the ticket's own, nearly, and on one line."""
    ticket = await site.ticket(await site.device("kiosk"))
    await act("next")
    for size in (PHONE, SMALL):
        page = await open_page(ticket["track"], size)
        counter = page.locator("#headline .ticket-number")
        await expect(counter).to_have_text("1")
        high = await counter.evaluate("one => parseFloat(getComputedStyle(one).fontSize)")
        assert high >= 64
        line = await page.evaluate("getComputedStyle(headline).lineHeight")
        assert await page.evaluate("headline.getBoundingClientRect().height") < high + float(line.removesuffix("px"))


async def test_a_leg_before_a_transfer_can_be_rated(site: Site, act: Act, open_page: OpenPage) -> None:
    """While the ticket waits in its next queue."""
    ticket = await site.ticket(await site.device("kiosk"))
    await act("next", "start", "transfer")
    page = await open_page(ticket["track"], PHONE)
    await expect(page.locator(".rating h2")).to_have_text("请评价 1 号窗口的服务")


async def test_void_lapsed_and_cancelled(site: Site, act: Act, open_page: OpenPage) -> None:
    """Void at the third absence, lapsed when the day is closed, given up: each says how to go on."""
    kiosk = await site.device("kiosk")
    void = await site.ticket(kiosk)
    for absence in range(3):
        await act("next", "no-show")
        if absence < 2:
            await site.post(f"/halls/town/tickets/{void['id']}/return", {}, kiosk)
    cancelled, lapsed = await site.ticket(kiosk), await site.ticket(kiosk)
    await site.call("DELETE", f"/halls/town/tickets/{cancelled['id']}")
    await (await site.server.hall("town")).close_day("u_head", "close", "")
    said = {
        "void": (void, "号票已作废", "请到咨询台"),
        "cancelled": (cancelled, "已取消", "请到取号机或咨询台重新取号"),
        "lapsed": (lapsed, "日终作废", "请凭此号到咨询台取号，可优先一次"),
    }
    for ticket, headline, advice in said.values():
        page = await open_page(ticket["track"], PHONE)
        await _assert_says(page, headline, advice)
        await expect(page.locator("#cancel")).to_be_hidden()
        await expect(page.locator("#alert")).to_be_hidden()
        await assert_fit_for_old_eyes_and_hands(page)


async def test_a_ticket_that_is_kept_no_longer(site: Site, act: Act, open_page: OpenPage) -> None:
    """Left open until its day has left the server's memory, the page says so, and where to take another."""
    ticket = await site.ticket(await site.device("kiosk"))
    page = await open_page(ticket["track"], PHONE)
    await expect(page.locator("#cancel")).to_be_enabled()
    said = await page.evaluate(
        """async () => {
            const { read } = await import("/static/phone_ticket.js");
            const { show } = await import("/static/phone_view.js");
            const { words } = await import("/static/page.js");
            show(read({}, { queues: {}, counters: {} }), words(), true);
            return [headline.textContent, advice.textContent, document.title];
        }"""
    )
    assert said[0] == "号票已过期"
    assert "重新取号" in said[1]
    assert said[2] == "A001 · 号票已过期"


async def test_a_ticket_that_the_server_has_lost(site: Site, act: Act, open_page: OpenPage) -> None:
    """Somebody put an older state of the journal back: its holder keeps the number, and is told whom to show it to."""
    runner = await site.server.hall("town")
    path = runner.days._journal.path  # type: ignore[attr-defined]
    with closing(sqlite3.connect(path)) as journal, closing(sqlite3.connect(":memory:")) as before:
        journal.backup(before)
        kiosk = await site.device("kiosk")
        lost = await site.ticket(kiosk)
        page = await open_page(lost["track"], PHONE)
        await expect(page.locator("#cancel")).to_be_enabled()
        before.backup(journal)
    await site.ticket(kiosk)
    await _assert_says(page, "系统里找不到这个号", "请把这个号码给咨询台或窗口的工作人员看")
    await expect(page.locator("#number")).to_have_text(lost["number"])
    await expect(page.locator("#cancel")).to_be_hidden()
    await expect(page.locator("#facts")).to_be_hidden()
    await assert_fit_for_old_eyes_and_hands(page)


async def test_an_unknown_wait_says_whom_to_ask(site: Site, open_page: OpenPage) -> None:
    """Nobody is on duty, so nobody knows: a dash, and never a dash alone."""
    await site.hall()
    kiosk = await site.device("kiosk")
    await site.ticket(kiosk)
    ticket = await site.ticket(kiosk)
    page = await open_page(ticket["track"], PHONE)
    await expect(page.locator("#estimate")).to_have_text("—，请咨询工作人员")
    await assert_fit_for_old_eyes_and_hands(page)


async def test_waiting_takes_one_screen(site: Site, open_page: OpenPage) -> None:
    """Number, people ahead, a range, what to bring and everything to press, without scrolling."""
    await site.hall(guides={141: Guide(materials=("户口簿", "监护人身份证", "一寸照片两张"))})
    await site.clerk(1)
    kiosk = await site.device("kiosk")
    await site.ticket(kiosk)
    ticket = await site.post("/halls/town/tickets", {"service": 141}, kiosk)
    page = await open_page(ticket["track"], PHONE)
    await _assert_says(page, "等候中", "请留意叫号")
    await expect(page.locator(".status-banner.is-live")).to_be_visible()
    for part in ("#ahead", "#estimate", "#materials", "#alert-button", "#cancel"):
        await expect(page.locator(part)).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollHeight") <= 844


async def test_long_names_and_long_numbers(site: Site, open_page: OpenPage) -> None:
    """Hall, queue and counter with names of 30 characters, counter 120, two letters before the number; in English."""
    queue = replace(TOWN.queues["comprehensive"], name=LONG, prefix="AB")
    counter = replace(TOWN.counters[1], number=120, name=LONG)
    await site.hall(name=LONG, place=LONG, queues={queue.id: queue}, counters={120: counter}, services={})
    ticket = await site.ticket(await site.device("kiosk"))
    clerk = await site.clerk(120)
    page = await open_page(ticket["track"] + "?lang=en", PHONE)
    await _assert_says(page, "You are next", "Please wait near the counters")
    await assert_fit_for_old_eyes_and_hands(page)
    await site.post("/halls/town/counters/120/next", {}, clerk)
    await _assert_says(page, "Please go to counter 120", "Please bring your papers")
    await expect(page.locator("#place")).to_have_text(LONG)
    await assert_fit_for_old_eyes_and_hands(page)
    for _ in range(2):
        await page.click("[data-text-size-switch]")
    await assert_fit_for_old_eyes_and_hands(page)
