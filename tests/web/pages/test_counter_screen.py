"""The screen over a counter: whom it calls, what it does otherwise, who sits there; in every window, never untrue."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from playwright.async_api import expect

from queue_server.domain.post import Post
from queue_server.records.portrait import portrait
from tests.scripts_in_node import assert_passes
from tests.web.pages.conftest import NEVER_OPEN, QUEUES, TOWN, OpenPage, Site, assert_accessible
from tests.web.portraits import picture

if TYPE_CHECKING:
    from playwright.async_api import Page, ViewportSize

LONG = "城乡居民基本养老保险和医疗保险参保登记及社会救助综合受理窗口"
ONE = "/halls/town/counters/1"
WIDE: "ViewportSize" = {"width": 1920, "height": 1080}
SIZES: "list[ViewportSize]" = [
    {"width": 1280, "height": 720},
    {"width": 1080, "height": 1920},
    {"width": 1024, "height": 600},
    {"width": 1920, "height": 540},
    WIDE,
]

WRONG = """
() => {
    const seen = [...document.querySelectorAll("#screen :is(h1, p, figcaption, img), #status")].filter((one) => {
        return one.checkVisibility() && (one.tagName === "IMG" || one.textContent.trim() !== "");
    });
    const inside = ({ left, top, right, bottom }, room) => {
        return left >= room.left - 1 && top >= room.top - 1 && right <= room.right + 1 && bottom <= room.bottom + 1;
    };
    const screen = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
    const wrong = [];
    const range = document.createRange();
    for (const one of seen) {
        range.selectNodeContents(one); // as wide as the words; as high as their lines
        const { left, right } = one.tagName === "IMG" ? one.getBoundingClientRect() : range.getBoundingClientRect();
        const { top, bottom } = one.getBoundingClientRect();
        const place = { left, top, right, bottom };
        const room = one.closest(".counter, .sign, .face, .foot, .status-banner").getBoundingClientRect();
        if (!inside(place, room) || !inside(place, screen)) {
            wrong.push(`runs out: ${JSON.stringify([place, room])} ${one.outerHTML}`);
        }
        if (parseFloat(getComputedStyle(one).fontSize) < 18) wrong.push(`too small: ${one.outerHTML}`);
    }
    const rooms = [".counter", ".sign", ".face", ".foot"].map((name) => document.querySelector(name));
    const places = rooms.filter((one) => one.checkVisibility()).map((one) => one.getBoundingClientRect());
    for (const [place, one] of places.entries()) {
        for (const other of places.slice(place + 1)) {
            const across = Math.min(one.right, other.right) - Math.max(one.left, other.left);
            const down = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
            if (across > 1 && down > 1) wrong.push("two parts overlap");
        }
    }
    const number = document.getElementById("called");
    if (number.checkVisibility()) {
        const lines = getComputedStyle(number.firstElementChild).display === "block" ? 2 : 1;
        const high = lines * parseFloat(getComputedStyle(number).fontSize) / innerHeight;
        if (high < 0.4) wrong.push(`the number is ${high} of the height`);
    }
    return wrong;
}
"""
"""What is cut off, too small to read, or on top of something else."""


SEEN_AGAIN = """
() => new Promise((asked) => {
    navigator.wakeLock.request = async (kind) => asked(kind);
    document.dispatchEvent(new Event("visibilitychange"));
})
"""
"""What the page asks the browser to keep on, when it comes into sight again."""


def test_what_it_says() -> None:
    """The state of the topic as a face, run by node."""
    assert_passes(Path(__file__).with_name("counter_face_test.mjs"))


async def _screen(site: Site, open_page: OpenPage, query: str = "", token: str = "") -> "Page":
    """The screen over counter 1, once it is alive."""
    page = await open_page(f"/screen/town/1{query}{token and '#token=' + token}", WIDE)
    await page.wait_for_selector('html[data-link="live"]')
    return page


async def _looks_right(page: "Page") -> None:
    """Once the window has the size that it was given, and all in it has followed."""
    wrong = ["not looked at"]
    for _ in range(400):
        if not (wrong := await page.evaluate(WRONG)):
            return
        await asyncio.sleep(0.05)
    raise AssertionError((page.viewport_size, wrong))


async def _shows(page: "Page", kind: str, title: str, more: str = "", number: str = "", *, look: bool = True) -> None:
    """That state, in those words, right at every size; more: its beginning."""
    await page.wait_for_selector(f'#face[data-kind="{kind}"]')
    await expect(page.locator("#title")).to_have_text(title)
    await expect(page.locator("#more")).to_contain_text(more)
    await expect(page.locator("#called")).to_have_text(number)
    if not look:
        return
    for size in SIZES:
        await page.set_viewport_size(size)
        await _looks_right(page)


@pytest.mark.browser
async def test_every_state_in_every_window(site: Site, open_page: OpenPage) -> None:
    """With the longest names, from the first day to the end of a service, and back."""
    account = await site.person("clerk", name="欧阳海燕阿依古丽买买提江", counter=1)
    post = Post(id="post-1", name=LONG, counter=1, a=account.id, department=LONG)
    queues = {"comprehensive": replace(QUEUES["comprehensive"], prefix="ZZ"), "express": QUEUES["express"]}
    counters = TOWN.counters | {1: replace(TOWN.counters[1], name=LONG)}
    code = "https://example.gov.cn/r?1"
    hall = replace(TOWN, name=LONG, posts={"post-1": post}, queues=queues, counters=counters, province_code=code)
    await site.hall(hall, hours=NEVER_OPEN)
    page = await _screen(site, open_page)
    await _shows(page, "closed", "暂未开放", "开放时间请看门口公示")
    await expect(page.locator("#clerk")).to_be_hidden()
    await assert_accessible(page)
    await page.context.close()  # it would open itself anew by what is set up now
    await site.hall(hall)
    page = await _screen(site, open_page)
    await _shows(page, "closed", "暂未开放", "请到其他窗口办理", look=False)

    clerk, kiosk = await site.session(account), await site.device("kiosk")
    on = {"capacity": "A", "post": "post-1"}
    await site.post(f"{ONE}/sign-on", on, clerk)
    await expect(page.locator("#portrait")).to_have_text("欧")
    await expect(page.locator("#photo")).to_be_hidden()
    await site.post(f"{ONE}/sign-off", {}, clerk)
    await expect(page.locator("#clerk")).to_be_hidden()
    assert "欧阳" not in await page.content()
    await site.server.records.photos.put(account.id, portrait(picture()))
    await site.post(f"{ONE}/sign-on", on, clerk)
    await expect(page.locator("#photo")).to_be_visible()
    await expect(page.locator("#portrait")).to_be_hidden()
    assert await page.locator("#photo").evaluate("(one) => [one.naturalWidth, one.alt]") == [
        300,
        f"{account.name}的照片",
    ]
    said = [await page.inner_text(f"#{part}") for part in ("number", "name", "who", "post", "department")]
    assert said == ["1", LONG, account.name, LONG, LONG]
    await _shows(page, "open", "请按号等候", "叫到您的号时")
    await assert_accessible(page)

    for _ in range(3):
        await site.ticket(kiosk)
    await site.post(f"{ONE}/next", {}, clerk)
    await _shows(page, "called", "请到本窗口办理", number="ZZ001")
    await assert_accessible(page)
    await page.locator("#called").evaluate("(one) => (one.firstCall = true)")
    await site.post(f"{ONE}/recall", {}, clerk)
    await _shows(page, "called", "再次呼叫，请到本窗口办理", number="ZZ001")
    assert await page.locator("#called").evaluate("(one) => one.firstCall === undefined && one.matches('.arrives')")
    await site.post(f"{ONE}/start", {}, clerk)
    await _shows(page, "serving", "正在办理", number="ZZ001")
    await site.post(f"{ONE}/hold", {}, clerk)
    await _shows(page, "open", "请按号等候", look=False)
    await site.post(f"{ONE}/next", {}, clerk)
    back_at = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(minutes=20)
    await site.post(f"{ONE}/pause", {"reason": "取件", "back_at": back_at.isoformat()}, clerk)
    back = (back_at + timedelta(hours=8)).strftime("%H:%M")
    await _shows(page, "away", "请稍候", f"ZZ002 号请稍候，工作人员预计 {back} 返回")
    await assert_accessible(page)
    await site.post(f"{ONE}/pause", {"reason": "午休"}, clerk)
    await _shows(page, "paused", "暂停服务", "ZZ002 号请稍候，或询问工作人员")
    await site.post(f"{ONE}/resume", {}, clerk)
    await site.post(f"{ONE}/start", {}, clerk)
    await site.post(f"{ONE}/finish", {}, clerk)
    await _shows(page, "finished", "ZZ002 号办理完毕", "请扫号票上的二维码，评价本次服务。")
    assert await page.locator(".face-code img").evaluate("(one) => one.decode().then(() => one.naturalWidth > 0)")
    await site.post(f"{ONE}/next", {}, clerk)
    await site.post(f"{ONE}/start", {}, clerk)
    await site.post(f"{ONE}/transfer", {"queue": "express", "reason": "转即办"}, clerk)
    await _shows(page, "open", "请按号等候", look=False)

    # In English, and in a dim hall
    await page.goto(f"{site.url}/screen/town/1?lang=en&theme=dark")
    await page.wait_for_selector('html[data-link="live"]')
    await _shows(page, "open", "Please wait for your number", "It is shown here")
    await site.ticket(kiosk)
    await site.post(f"{ONE}/next", {}, clerk)
    await site.post(f"{ONE}/recall", {}, clerk)
    await _shows(page, "called", "Called again: please come to this counter", number="ZZ004")
    await site.cut()
    await page.wait_for_selector("#status.is-lost:visible")
    await _shows(page, "called", "Called again: please come to this counter", "Please watch the hall screen", "ZZ004")
    await assert_accessible(page)


@pytest.mark.browser
async def test_what_it_shows_is_acknowledged_and_true(site: Site, open_page: OpenPage) -> None:
    """By a screen with a token of its own. Without the server, and when the counter is gone, it says so."""
    await site.hall()
    clerk, kiosk = await site.clerk(1), await site.device("kiosk")
    device, token = await site.server.records.devices.create("town", "screen", site.server.now())
    page = await _screen(site, open_page, token=token)
    assert token not in page.url
    assert await page.evaluate(SEEN_AGAIN) == "screen"
    await site.ticket(kiosk)
    await site.post(f"{ONE}/next", {}, clerk)
    await _shows(page, "called", "请到本窗口办理", number="A001", look=False)
    runner = await site.server.hall("town")
    async with asyncio.timeout(20):
        while True:
            (present,) = site.server.presence.snapshot("town", site.server.now())
            if present.acked == runner.days.head.seq:
                break
            await asyncio.sleep(0.02)
    assert (present.who, present.role, present.topic) == (device.id, "screen", "counter.1")

    ground = "(one) => getComputedStyle(one).backgroundColor"
    calling = await page.locator("#face").evaluate(ground)
    await site.cut()
    await page.wait_for_selector("#status.is-lost:visible")
    await expect(page.locator("#status")).to_contain_text("起与服务器的连接中断")
    assert await page.locator("#face").evaluate(ground) != calling
    await expect(page.locator("#more")).to_have_text("请看大屏叫号，或询问工作人员")
    await site.mend()
    await page.wait_for_selector('html[data-link="live"]')
    await expect(page.locator("#status")).to_be_hidden()
    await expect(page.locator("#more")).to_have_text("")

    await site.server.records.devices.revoke(device.id, site.server.now())
    await page.reload()
    await page.wait_for_selector('html[data-link="live"]')
    await _shows(page, "called", "请到本窗口办理", number="A001", look=False)
    await site.post(f"{ONE}/no-show", {}, clerk)
    await site.post(f"{ONE}/sign-off", {}, clerk)
    await site.hall(counters={2: TOWN.counters[2]})
    await _shows(page, "gone", "本窗口已撤销", "请到其他窗口办理", look=False)


@pytest.mark.browser
async def test_a_counter_that_is_not(site: Site, open_page: OpenPage) -> None:
    """Nor a hall: a page says so in words."""
    await site.hall()
    for path, words in (
        ("/screen/town/9", "没有这个窗口"),
        ("/screen/town/x", "没有这个窗口"),
        ("/screen/x/1", "没有这个大厅"),
    ):
        page = await open_page(path)
        await expect(page.locator("h1")).to_have_text(words)
        await page.context.close()
