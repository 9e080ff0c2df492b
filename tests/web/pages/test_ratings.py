"""The page of bad ratings: what was said, by when it is due, and what may be done about it by who looks at it."""

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from queue_server.records.accounts import Account
from tests.web.pages.bad_ratings import BadRatings, bad_ratings
from tests.web.pages.busy_hall import LONG
from tests.web.pages.conftest import (
    DESKTOP,
    PHONE,
    OpenPage,
    Site,
    assert_accessible,
    assert_no_sideways_scrolling,
)
from tests.web.pages.sizes import assert_readable_and_touchable

if TYPE_CHECKING:
    from playwright.async_api import Page, ViewportSize

pytestmark = pytest.mark.browser
SAID = "窗口让我跑了三趟"
PAGE = "/manager/town/ratings"
SOON_MS = 6_000
"""After which the page has asked again."""


async def _fits(page: "Page") -> None:
    await assert_accessible(page)
    await assert_no_sideways_scrolling(page)
    await assert_readable_and_touchable(page)


async def _open(
    open_page: OpenPage, hall: BadRatings, who: Account, place: int = 0, size: "ViewportSize" = DESKTOP
) -> "Page":
    """The page with one of them chosen."""
    page = await open_page(f"{PAGE}#{hall.all[place].id}", size, who)
    await expect(page.locator("#log li").first).to_be_visible()
    return page


async def _ask(page: "Page", step: str, **fields: str) -> None:
    """Open a question, answer it, and wait until it was taken."""
    await page.click(f'[data-ask="{step}"]')
    dialog = page.locator(f"#{step}-dialog")
    for name, text in fields.items():
        field = dialog.locator(f'[name="{name}"]')
        if await field.first.get_attribute("type") == "radio":
            await dialog.locator(f'[name="{name}"][value="{text}"]').check()
        else:
            await field.fill(text)
    await dialog.locator("button.button-primary").click()
    await expect(dialog).to_be_hidden()


async def test_from_the_first_day_to_a_second_rating(site: Site, open_page: OpenPage) -> None:
    """It comes in by itself, is worked on step by step, each once, and every step is in the log."""
    hall = await bad_ratings(site)
    page = await open_page(PAGE, DESKTOP, hall.head)
    await expect(page.locator("#none")).to_be_visible()
    await expect(page.locator("#sum-pending")).to_have_text("0")
    await expect(page.locator("#how")).to_contain_text("评价后 5 个工作日")
    await expect(page.locator("#choose")).to_be_hidden()
    await _fits(page)
    await hall.rate(comment=SAID, phone="138 1234 5678")
    row = page.locator("#open a")  # the page asks again by itself
    day = hall.all[0].opened.business_day
    await expect(row).to_contain_text(re.compile(rf"{day.month}月{day.day}日\S* 1 号窗口 王芳（顶岗）"))
    await row.click()
    await expect(page.locator("#one-words")).to_have_text(SAID)
    await expect(page.locator("#one-reasons")).to_have_text("窗口人员业务不熟练")
    await expect(page.locator("#one-due")).to_contain_text("到期，还有")
    await expect(page.locator("#phone")).to_be_hidden()
    await page.click("#show-phone")
    await expect(page.locator("#phone")).to_have_text("138 1234 5678")

    await page.locator('[data-step="start"]').dblclick()
    await expect(page.locator("#one-state")).to_have_text("整改中")
    await expect(page.locator('[data-step="start"]')).to_be_hidden()
    await page.click('[data-ask="finish"]')
    await _fits(page)
    await page.locator("#finish-dialog textarea").fill("已补发材料清单")
    await page.locator("#finish-dialog .button-primary").click()
    await expect(page.locator("#one-state")).to_have_text("整改完成")
    await expect(page.locator("#one-due")).to_have_text("按期完成")
    await expect(page.locator('[data-ask="invalid"]')).to_be_hidden()
    await _ask(page, "call", reached="yes", satisfied="yes", note="说这次办得好")
    await expect(page.locator("#one-facts")).to_contain_text("联系上了，满意")
    await _ask(page, "follow", level="satisfied")
    await expect(page.locator("#one-facts")).to_contain_text("追评")
    await expect(page.locator('[data-ask="follow"]')).to_be_hidden()
    steps = ["收到差评", "开始整改", "整改完成", "回访：联系上了，满意", "追评：满意"]
    await expect(page.locator("#log strong")).to_have_text(steps)
    await expect(page.locator("#log li", has_text="说这次办得好")).to_contain_text("李主任")
    await _fits(page)
    assert len(hall.all[0].log) == len(steps)


async def test_what_the_head_asks_another_decides(site: Site, open_page: OpenPage) -> None:
    """The head waits; discipline sees what was asked, and grants it; on a phone, one thing at a time."""
    hall = await bad_ratings(site)
    await hall.rate()
    head = await _open(open_page, hall, hall.head)
    until = hall.all[0].due_on + timedelta(days=4)
    await _ask(head, "extension", until=until.isoformat(), note="要外调档案")
    await expect(head.locator("#one-state")).to_have_text("延期待审")
    await hall.do(hall.discipline, hall.all[0], "note", note="先看一下档案")
    await expect(head.locator("#log li").last).to_contain_text("先看一下档案")  # by itself
    for step in ("extension", "invalid", "finish"):
        await expect(head.locator(f'[data-ask="{step}"]')).to_be_hidden()
    page = await _open(open_page, hall, hall.discipline, size=PHONE)
    await expect(page.locator("#list")).to_be_hidden()
    await expect(page.locator(".bar-nav a")).to_have_text(["有诉即办", "评价整改", "岗位安排"])
    await expect(page.locator('[data-ask="finish"]')).to_have_count(0)
    await _fits(page)
    await page.click('[data-ask="decision"]')
    await expect(page.locator("#decision-asked")).to_contain_text(f"{until.month}月{until.day}日")
    await _fits(page)
    await page.locator('#decision-dialog [value="yes"]').click()
    await expect(page.locator("#one-state")).to_have_text("待整改")
    await expect(page.locator("#log strong").last).to_have_text("审核同意")
    assert hall.all[0].due_on == until
    await page.click(".ratings-back a")
    await expect(page.locator("#open a")).to_be_visible()
    await expect(page.locator("#one")).to_be_hidden()
    await _fits(page)


async def test_a_refusal_is_told_where_it_was_asked(site: Site, open_page: OpenPage) -> None:
    """Somebody else was quicker: the page says so, and shows what is so now."""
    hall = await bad_ratings(site)
    await hall.rate()
    page = await _open(open_page, hall, hall.head)
    await page.click('[data-ask="finish"]')
    await hall.do(hall.head, hall.all[0], "review", what="invalid", note="点错了")
    await page.locator("#finish-dialog textarea").fill("已办妥")
    await page.locator("#finish-dialog .button-primary").click()
    await expect(page.locator("#finish-dialog [data-message]")).to_contain_text("正在等待审核")
    await page.locator("#finish-dialog [data-close]").click()
    await expect(page.locator("#one-state")).to_have_text("无效待审")


async def test_long_names_many_of_them_and_a_lost_server(site: Site, open_page: OpenPage) -> None:
    """What is overdue stands out in words; large type; English; and without the server the page says since when."""
    hall = await bad_ratings(site)
    for level in ("dissatisfied", "very_dissatisfied") * 3:
        await hall.rate(level=level, reasons=(), comment=LONG * 8)
    await site.hall(name=LONG, rules=hall.runner.day.hall.rules)
    await site.post("/halls/town/counters/1/sign-off", token=hall.clerk)  # with nobody there, no date is doubted
    now = hall.runner.clock.wall_now
    hall.runner.clock.wall_now = lambda: now() + timedelta(days=30)  # type: ignore[method-assign]
    page = await _open(open_page, hall, hall.head, size=PHONE)
    await expect(page.locator("#one-state")).to_have_text("已超期")
    await expect(page.locator("#one-due")).to_contain_text("已超")
    await expect(page.locator('[data-ask="extension"]')).to_be_hidden()
    await page.click("[data-text-size-switch]")
    await _fits(page)
    await page.clock.install()  # so that it asks again without being waited for
    await page.goto(f"{site.url}{PAGE}?lang=en#{hall.all[0].id}")
    await expect(page.locator("#one-due")).to_contain_text("days ago")
    await _fits(page)
    await page.click(".ratings-back a")
    await expect(page.locator("#open a")).to_have_count(6)
    await expect(page.locator("#sum-overdue")).to_have_text("6")
    await site.cut()
    await page.clock.fast_forward(SOON_MS)
    await expect(page.locator("#status.is-lost")).to_be_visible()
    await site.mend()
    await page.clock.fast_forward(SOON_MS)
    await expect(page.locator("#status.is-live")).to_be_visible()
    kept = await page.context.cookies()
    await page.context.clear_cookies()
    await page.clock.fast_forward(SOON_MS)
    await expect(page.locator("#sign-in")).to_be_visible()
    await page.context.add_cookies([{"name": c["name"], "value": c["value"], "url": site.url} for c in kept])
    await page.clock.fast_forward(SOON_MS)
    await expect(page.locator("#sign-in")).to_be_hidden()  # signed in again, on another page
