"""The hall screen: every call seen, from afar, and nothing that looks alive when it is not."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace
from playwright.async_api import expect

from queue_server.domain.counter import Counter
from queue_server.domain.screen import Screen
from queue_server.journal.base import Unavailable
from queue_server.records.portrait import portrait
from tests.scripts_in_node import assert_passes
from tests.web.pages.conftest import (
    DESKTOP,
    NEVER_OPEN,
    TOWN,
    OpenPage,
    Site,
    assert_accessible,
    assert_no_sideways_scrolling,
)
from tests.web.portraits import picture

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page


def test_what_needs_no_browser() -> None:
    """The order in which calls are shown, what fits, what a screen is for: run by node."""
    assert_passes(Path(__file__).with_name("hall_screen_test.mjs"))


async def _screen(site: Site, open_page: OpenPage, size: object = DESKTOP, token: str = "") -> "Page":
    """The town's screen, once it is alive."""
    page = await open_page(f"/screen/town?chime=off{token and '#token=' + token}", size)
    await page.wait_for_selector('html[data-link="live"]')
    return page


async def _call(site: Site, *clerks: tuple[int, str], queue: str = "comprehensive") -> list[str]:
    """One new ticket is called at each counter; the numbers."""
    kiosk = await site.device("kiosk")
    numbers = []
    for counter, token in clerks:
        await site.ticket(kiosk, queue)
        called = await site.post(f"/halls/town/counters/{counter}/next", token=token)
        numbers.append(called["ticket"]["number"])
    return numbers


@pytest.mark.browser
async def test_a_call_is_shown_large(site: Site, open_page: OpenPage) -> None:
    """Number, counter and its name, as tall as ten metres want; then it stands among the recent ones."""
    await site.hall()
    clerk = await site.clerk(1)
    page = await _screen(site, open_page)
    await expect(page.locator("#call")).to_contain_text("请留意屏幕叫号", use_inner_text=True)
    await expect(page.locator("#recent li")).to_have_count(0)
    await assert_accessible(page)
    await _call(site, (1, clerk))
    await page.wait_for_selector("#call[data-calling]")
    said = (await page.inner_text("#call")).split()
    assert said == ["A", "A001", "请到", "1", "号窗口", "综合受理"]
    heights = [
        (await page.locator(selector).evaluate("one => parseFloat(getComputedStyle(one).fontSize)"))
        for selector in (".wall-call-number .ticket-number", ".wall-call-counter", "#recent li", "#notice")
    ]
    assert all(height >= least for height, least in zip(heights, (180, 140, 72, 48), strict=True))
    assert (await page.inner_text("#recent li")).split() == ["A", "A001", "1", "号窗口"]
    await assert_accessible(page)


@pytest.mark.browser
async def test_calls_of_one_moment_are_all_shown(site: Site, open_page: OpenPage) -> None:
    """Two counters call at once: the first is shown, then the second; both are in the list at once."""
    await site.hall()
    clerks = [(n, await site.clerk(n, name=f"{n}")) for n in (1, 2)]
    page = await _screen(site, open_page)
    await _call(site, *clerks)
    await page.wait_for_selector('#call:has-text("A001")')
    await page.wait_for_selector('#call:has-text("A002")')
    rows = await page.locator("#recent .wall-recent-number").all_inner_texts()
    assert rows == ["A002", "A001"]


@pytest.mark.browser
async def test_a_recall_says_so(site: Site, open_page: OpenPage) -> None:
    """Called again, it comes in again."""
    await site.hall()
    clerk = await site.clerk(1)
    page = await _screen(site, open_page)
    await _call(site, (1, clerk))
    await page.wait_for_selector("#call[data-calling]")
    await expect(page.locator(".wall-call-again").first).to_be_hidden()
    await site.post("/halls/town/counters/1/recall", token=clerk)
    await page.wait_for_selector(".wall-call-again:visible")


@pytest.mark.browser
async def test_who_waits_and_who_pauses(site: Site, open_page: OpenPage) -> None:
    """Each queue with its mark and how many wait; a counter that was left, with the time of return."""
    await site.hall()
    clerk = await site.clerk(1)
    kiosk = await site.device("kiosk")
    page = await _screen(site, open_page)
    for queue in ("comprehensive", "comprehensive", "express"):
        await site.ticket(kiosk, queue)
    await page.wait_for_selector('#queues li:has-text("综合受理"):has-text("2 人")')
    await page.wait_for_selector('#queues li:has-text("无差别即办"):has-text("1 人")')
    marks = await page.eval_on_selector_all("#queues .queue-mark", "all => all.map(one => one.dataset.queueKind)")
    assert marks == ["comprehensive", "express"]
    back_at = (datetime.now(UTC) + timedelta(minutes=10)).isoformat()
    await site.post("/halls/town/counters/1/pause", {"reason": "取材料", "back_at": back_at}, clerk)
    await page.wait_for_selector('#notice:has-text("1 号窗口暂离，预计")')
    await page.wait_for_selector('#notice:has-text("未开放窗口：2 号")')
    await site.post("/halls/town/counters/1/resume", {}, clerk)
    back_at = (datetime.now(UTC) + timedelta(seconds=1)).isoformat()
    await site.post("/halls/town/counters/1/pause", {"reason": "取材料", "back_at": back_at}, clerk)
    await page.wait_for_selector('#notice:has-text("1 号窗口暂停服务")')  # whoever is late promises nothing


@pytest.mark.browser
async def test_a_closed_hall_says_when_it_opens(site: Site, open_page: OpenPage) -> None:
    """Outside opening hours, and after a day that was closed early; with no opening known it says where to look."""
    await site.hall(hours=NEVER_OPEN)
    page = await _screen(site, open_page)
    await page.wait_for_selector('#call:has-text("现在不是办理时间")')
    await expect(page.locator("#call")).to_contain_text("开放时间请看门口公示", use_inner_text=True)
    await site.hall(hours=replace(NEVER_OPEN, always=True))
    await page.wait_for_selector('#call:has-text("窗口准备中")')
    head = await site.session(await site.person("head"))
    await site.post("/halls/town/day/close", token=head)
    await page.wait_for_selector('#call:has-text("今日业务已结束")')
    await page.wait_for_selector('#call:has-text("下次开放：")')
    await assert_accessible(page)


@pytest.mark.browser
async def test_a_screen_that_lost_the_server_says_so(site: Site, open_page: OpenPage) -> None:
    """Since when, and how old it is; when the server is back, it goes on with the newest call."""
    await site.hall()
    clerk = await site.clerk(1)
    page = await _screen(site, open_page)
    await expect(page.locator("#status")).to_be_hidden()
    await site.cut()
    await page.wait_for_selector("#status.is-lost:visible")
    await expect(page.locator("#status")).to_contain_text("连接中断，正在恢复。以下为", use_inner_text=True)
    await assert_no_sideways_scrolling(page)
    await site.mend()
    await page.wait_for_selector('html[data-link="live"]')
    await expect(page.locator("#status")).to_be_hidden()
    await _call(site, (1, clerk))
    await page.wait_for_selector('#call:has-text("A001")')


@pytest.mark.browser
async def test_a_screen_with_a_token_tells_what_it_has_shown(site: Site, open_page: OpenPage) -> None:
    """The token leaves the address; shown calls are acknowledged; revoked, the screen still shows what all may see."""
    await site.hall()
    clerk = await site.clerk(1)
    device, token = await site.server.records.devices.create("town", "screen", site.server.now())
    page = await _screen(site, open_page, token=token)
    assert token not in page.url
    await _call(site, (1, clerk))
    await page.wait_for_selector("#call[data-calling]")
    async with asyncio.timeout(5):
        while not any(one.acked for one in site.server.presence.snapshot("town", site.server.now())):  # noqa: ASYNC110
            await asyncio.sleep(0.02)  # presence has no event to wait for
    (present,) = site.server.presence.snapshot("town", site.server.now())
    assert (present.who, present.topic) == (device.id, "calls")
    await site.server.records.devices.revoke(device.id, site.server.now())
    await page.reload()
    await page.wait_for_selector('html[data-link="live"]')
    await page.wait_for_selector('#call:has-text("A001")')


@pytest.mark.browser
async def test_an_unknown_hall(site: Site, open_page: OpenPage) -> None:
    """A hall that there is not gets a page that leads on."""
    page = await open_page("/screen/nowhere")
    await expect(page.locator("main")).to_contain_text("没有这个大厅", use_inner_text=True)


async def test_the_heads_notices_take_their_turn(site: Site, open_page: OpenPage) -> None:
    """As they are written now, whatever the day began with."""
    await site.hall(notices=("周五下午停电检修，请提前办理",))
    page = await open_page("/screen/town")
    await page.wait_for_selector('#notice:has-text("周五下午停电检修")')
    kiosk = await open_page(f"/kiosk/town#token={await site.device('kiosk')}")
    await kiosk.wait_for_selector('.notice:has-text("周五下午停电检修")')


@pytest.mark.browser
async def test_a_screen_shows_its_queues_and_areas(site: Site, open_page: OpenPage) -> None:
    """Calls, rows, lines and notices of what it is for, and nothing else; in the layout and theme of its set-up."""
    counters = {
        **TOWN.counters,
        2: replace(TOWN.counters[2], area="二楼"),
        3: Counter(number=3, name="综合受理", kind="comprehensive", queues=("comprehensive", "express"), area="二楼"),
    }
    screens = {
        "up": Screen(id="up", areas=("二楼",), layout="strip", theme="dark"),
        "express": Screen(id="express", queues=("express",)),
    }
    await site.hall(counters=counters, screens=screens)
    clerks = {n: await site.clerk(n, name=str(n)) for n in counters}
    up, express = [await open_page(f"/screen/town?chime=off&screen={name}") for name in screens]
    for page in (up, express):
        await page.wait_for_selector('html[data-link="live"]')
    await expect(up.locator("html")).to_have_attribute("data-layout", "strip")
    await expect(up.locator("html")).to_have_attribute("data-theme", "dark")
    await expect(express.locator("html")).to_have_attribute("data-layout", "landscape")
    await expect(express.locator("#queues .wall-queue-name")).to_have_text(["无差别即办"])
    await _call(site, (1, clerks[1]), (3, clerks[3]))
    await _call(site, (2, clerks[2]), queue="express")
    await expect(up.locator("#recent .wall-recent-number")).to_have_text(["B001", "A002"])
    await expect(express.locator("#recent .wall-recent-number")).to_have_text(["B001"])
    await up.wait_for_selector('#call:has-text("A002")')
    await express.wait_for_selector('#call:has-text("B001")')
    await site.post("/halls/town/counters/1/pause", {"reason": "开会"}, clerks[1])
    await site.post("/halls/town/counters/3/pause", {"reason": "开会"}, clerks[3])
    await up.wait_for_selector('#notice:has-text("3 号窗口暂停服务")')
    await expect(up.locator("#notice")).not_to_contain_text("1 号窗口", use_inner_text=True)
    answer = await up.goto(f"{site.url}/screen/town?screen=nowhere")
    assert answer
    assert answer.status == 404
    await expect(up.locator("main")).to_contain_text("没有这块大屏", use_inner_text=True)
    await assert_accessible(up)


@pytest.mark.browser
async def test_public_information_gives_way_to_a_call(site: Site, open_page: OpenPage) -> None:
    """Page after page while nobody is called; a call takes its place at once, and when it has been seen they go on."""
    screen = Screen(id="lobby", pages=("phones", "results"), page_s=4)
    await site.hall(screens={"lobby": screen}, complaint_phone="0379-12346")
    clerk = await site.clerk(1)
    site.server.public_url = "https://hall.example"
    page = await open_page("/screen/town?screen=lobby")
    await page.wait_for_selector('[data-kind="phones"]:has-text("0379-12346")')
    await expect(page.locator(".wall-public-code img")).not_to_have_js_property("naturalWidth", 0)
    await assert_accessible(page)
    await page.wait_for_selector('[data-kind="results"]')
    await _call(site, (1, clerk))
    await page.wait_for_selector('#call[data-calling]:has-text("A001")')
    shown = await page.evaluate("performance.now()")
    await site.post("/halls/town/counters/1/start", {}, clerk)
    await page.wait_for_selector(".wall-public")
    assert await page.evaluate("performance.now()") - shown > 3000
    await expect(page.locator("#recent .wall-recent-number")).to_have_text(["A001"])


@pytest.mark.browser
async def test_who_is_on_duty_is_shown_with_their_photo(site: Site, open_page: OpenPage) -> None:
    """And whoever has none with the first character of the name."""
    await site.hall(screens={"lobby": Screen(id="lobby", pages=("duty",))})
    account = await site.person("clerk", name="李建国", counter=1)
    await site.server.records.photos.put(account.id, portrait(picture()))
    await site.post("/halls/town/counters/1/sign-on", {"capacity": "relief"}, await site.session(account))
    await site.clerk(2, name="王芳")
    page = await open_page("/screen/town?screen=lobby")
    photos = page.locator(".wall-public-photo")
    await expect(photos).to_have_count(2)
    await expect(photos.nth(0).locator("img")).to_have_js_property("naturalWidth", 300)
    await expect(photos.nth(1)).to_have_text("王")


@pytest.mark.browser
async def test_a_screen_follows_its_set_up(site: Site, open_page: OpenPage) -> None:
    """Changed, it opens itself anew; not for what it asks for anyway."""
    page = await open_page("/sign-in")
    await site.hall(screens={"lobby": Screen(id="lobby")})
    often = "const real = setInterval; setInterval = (act, ms, ...more) => real(act, ms === 10000 ? 100 : ms, ...more);"
    await page.add_init_script(often)
    await page.goto(f"{site.url}/screen/town?screen=lobby")
    await page.wait_for_selector('html[data-link="live"]')
    await page.evaluate("document.body.dataset.old = ''")
    await site.hall(screens={"lobby": Screen(id="lobby")}, notices=("请保持安静",))
    async with page.expect_response("**/set-up?*"):
        pass
    async with page.expect_response("**/set-up?*"):
        pass
    await expect(page.locator("body[data-old]")).to_have_count(1)
    clerk = await site.clerk(1)
    await _call(site, (1, clerk))
    await page.wait_for_selector("#call[data-calling]")
    await site.post("/halls/town/counters/1/start", {}, clerk)  # seen and answered, though it is shown until it expires
    await site.hall(screens={"lobby": Screen(id="lobby", layout="portrait")})
    await page.wait_for_selector('html[data-layout="portrait"] body:not([data-old])')


@pytest.mark.browser
async def test_the_time_is_the_servers(site: Site, open_page: OpenPage) -> None:
    """A machine whose clock is off shows the hall's time all the same, and a line tells the staff by how much."""
    await site.hall()
    page = await open_page("/sign-in")
    await page.clock.set_system_time(datetime.now(UTC) - timedelta(minutes=30))
    await page.goto(f"{site.url}/screen/town?chime=off")
    await page.wait_for_selector('html[data-link="live"]')
    await page.wait_for_selector('#notice:has-text("本机时钟与服务器相差约 30 分钟")')
    shown = await page.inner_text("#clock")
    zone = ZoneInfo(TOWN.timezone)
    assert shown in {
        (site.server.now() - timedelta(seconds=late)).astimezone(zone).strftime("%H:%M") for late in (0, 5)
    }


@pytest.mark.browser
async def test_a_call_moves_once_and_nothing_blinks(site: Site, open_page: OpenPage, browser: "Browser") -> None:
    """It slides in and holds; whoever asks for less motion gets none."""
    await site.hall()
    clerk = await site.clerk(1)
    context = await browser.new_context(viewport=DESKTOP, reduced_motion="no-preference")
    page = await context.new_page()
    await page.goto(f"{site.url}/screen/town?chime=off")
    await page.wait_for_selector('html[data-link="live"]')
    calm = await _screen(site, open_page)
    await _call(site, (1, clerk))
    moving = """() => document.getAnimations().map(({ effect }) => effect.getComputedTiming()).map(
        ({ duration, iterations }) => [duration >= 400, iterations])"""
    await page.wait_for_selector("#call[data-calling]")
    assert await page.evaluate(moving) in ([[True, 1]], [[True, 1], [True, 1]])
    await calm.wait_for_selector("#call[data-calling]")
    style = (
        "document.querySelector('#call > *'), getComputedStyle(document.querySelector('#call > *')).animationDuration"
    )
    assert await calm.evaluate(style) == "0.001s"


@pytest.mark.browser
async def test_a_screen_that_came_up_without_the_store_opens_by_itself(
    site: Site, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody stands there to press a button."""
    await site.hall()

    async def away(hall: str) -> None:
        raise Unavailable(OSError("the store is away"))

    with monkeypatch.context() as patch:
        patch.setattr(site.server.registry, "find", away)
        page = await open_page("/", DESKTOP)
        await page.clock.install()
        await page.goto(site.url + "/screen/town")
        await expect(page.locator("h1")).to_have_text("系统暂时不能保存，请稍候重试")
        await assert_accessible(page)
        async with page.expect_response("**/screen/town") as asked:
            await page.clock.fast_forward(10_000)
        assert (await asked.value).status == 503
    await page.clock.fast_forward(10_000)
    await page.wait_for_selector('html[data-link="live"]', state="attached")
