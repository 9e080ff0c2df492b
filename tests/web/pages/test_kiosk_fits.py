"""Every step and state of the kiosk, measured on the screens that kiosks have: one page walks through them all."""

import asyncio
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from playwright.async_api import expect

from queue_server import catalogue
from queue_server.domain.counter import Counter
from queue_server.domain.printer import Printer
from queue_server.domain.queue import Queue, QueueKind, Quota
from queue_server.domain.service import Guide, service_rules
from tests.printing.socket_printer import socket_printer
from tests.web.pages.conftest import NEVER_OPEN, PHONE, QUEUES, TOWN, OpenPage, Site, assert_no_sideways_scrolling
from tests.web.pages.kiosk_page import PORTRAIT, assert_fits, crowd, open_kiosk, shown

if TYPE_CHECKING:
    from playwright.async_api import Page, Route, ViewportSize

pytestmark = pytest.mark.browser

SIZES: "list[ViewportSize]" = [PORTRAIT, {"width": 1920, "height": 1080}, {"width": 1280, "height": 1024}]
LONG = "社会保障与退役军人事务综合服务专用受理队列窗口之一号组别乙丙"
ITEM = 98
DEDICATED: tuple[QueueKind, ...] = ("dedicated",) * 4
GUIDE = Guide(
    conditions="具有本地户籍的城乡居民，" * 6,
    materials=("居民身份证原件及复印件一份（正反面复印在同一张纸上）",) * 14,
    promised_limit="15 个工作日",
    legal_limit="30 个工作日",
    fee="不收费",
    result="证明",
    consult_phone="0379-12345678",
)
NOTICE = "今天下午两点起系统升级，社保业务请明天再来办理。"
by_size = pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size['width']}x{size['height']}")


@by_size
async def test_every_step_fits(site: Site, open_page: OpenPage, size: "ViewportSize") -> None:
    """From the first screen to the ticket on paper, and back."""
    axe = size == PORTRAIT  # what it looks at is the same on the others
    site.server.public_url = "http://192.168.1.8:8000"
    async with socket_printer() as device:
        printer = Printer(id="p", connection="network", host="127.0.0.1", port=device.port)
        full = Queue(id="agency", name="帮办代办", kind="agency", prefix="E", quota=Quota(morning=0, afternoon=0))
        await site.hall(
            queues={**QUEUES, "agency": full},
            printers={"p": printer},
            guides={ITEM: GUIDE},
            notices=(NOTICE, NOTICE),
        )
        page = await open_kiosk(site, open_page, size)
        await assert_fits(page, axe=axe)
        await _browse(page, axe)
        await _search(page, axe)
        await _ask(page, axe)
        device.mood = "paper_out"
        await _take(page, axe)
        await page.wait_for_selector("#slip .is-bad")
        await assert_fits(page, axe=axe)
        device.mood = "ok"
        await page.click("#slip button")
        await page.wait_for_selector("#slip .is-good")
        await assert_fits(page, axe=axe)
        await _return(site, page, axe)
    await _home(page)
    await page.locator("#queues .is-full").click()
    await page.wait_for_selector(shown("full"))
    await assert_fits(page, axe=axe)


async def _home(page: "Page") -> None:
    await page.reload()
    await page.locator(shown("home") + " #to-search:enabled").wait_for()


async def _browse(page: "Page", axe: bool) -> None:
    await page.click("#to-popular")
    await page.wait_for_selector("#list-empty:visible")
    await assert_fits(page, axe=axe)
    await page.click("#list-back")
    await page.click("#to-departments")
    await page.locator("#listed .choice:has-text('公安局')").click()
    await page.wait_for_selector("#list-title:text('公安局')")
    await assert_fits(page, axe=axe)
    await page.click("#list-back")
    await page.wait_for_selector("#list-title:text('请选择部门')")
    await assert_fits(page, axe=axe)
    await page.click("#list-back")


async def _search(page: "Page", axe: bool) -> None:
    await page.click("#to-search")
    await page.locator("#services .choice").nth(4).wait_for()
    await assert_fits(page, axe=axe)
    await page.fill("#query", "火星签证")
    await page.wait_for_selector('#found:text("没有找到")')
    await assert_fits(page, axe=axe)


async def _ask(page: "Page", axe: bool) -> None:
    """What is too long for its place is turned by buttons, and the answers stay where they are."""
    item = next(service for service in catalogue.services() if service.no == ITEM)
    await page.fill("#query", item.name)
    await page.locator(f"#services .choice:has-text('{item.name}')").first.click()
    await page.wait_for_selector(shown("ask"))
    await page.locator('[data-turn-about="1"]').wait_for()
    await assert_fits(page, axe=axe)
    while await page.locator('[data-turn-about="1"]:enabled').count():
        await page.click('[data-turn-about="1"]')
        await page.evaluate("() => new Promise(requestAnimationFrame)")
    await page.locator("#about p:last-child").wait_for()
    last = await page.evaluate("() => document.querySelector('#about p:last-child').getBoundingClientRect().bottom")
    assert last <= await page.evaluate("() => document.getElementById('about').getBoundingClientRect().bottom + 1")


async def _take(page: "Page", axe: bool) -> None:
    """The answer is kept back until the step that waits for it was looked at."""
    looked = asyncio.Event()

    async def hold(route: "Route") -> None:
        await looked.wait()
        await route.continue_()

    await page.route("**/tickets", hold)
    await page.click('[data-priority=""]')
    await page.wait_for_selector(shown("wait"))
    await assert_fits(page, axe=axe)
    looked.set()
    await page.wait_for_selector(shown("ticket"))
    await page.unroute("**/tickets")


async def _return(site: Site, page: "Page", axe: bool) -> None:
    await page.click(shown("ticket") + " [data-go]")
    await page.click("#to-return")
    for key in ("A", "0", "0", "1"):
        await page.click(f'{shown("return")} .letters button:text-is("{key}")')
    await page.click("#return-confirm")
    await page.wait_for_selector("#problem:visible")
    await assert_fits(page, axe=axe)
    clerk = await site.clerk(1)
    for verb in ("next", "no-show"):
        await site.post(f"/halls/town/counters/1/{verb}", {}, clerk)
    await page.click("#return-confirm")
    await page.wait_for_selector(shown("returned"))
    await assert_fits(page, axe=axe)


@by_size
async def test_what_stands_in_the_way_fits(site: Site, open_page: OpenPage, size: "ViewportSize") -> None:
    """Large type, English, about to go home, not let in, the server away, closed."""
    axe = size == PORTRAIT
    await site.hall(notices=(NOTICE,))
    page = await open_kiosk(site, open_page, size, "?lang=en")
    await assert_fits(page, axe=axe)
    await page.click("#larger")
    await assert_fits(page, axe=axe, scrolls=True)
    await page.locator("#queues .choice").first.click()
    await page.wait_for_selector(shown("ask"))
    await assert_fits(page, axe=axe, scrolls=True)
    await page.clock.install()
    await page.reload()
    await page.locator("#queues .choice:enabled").first.click()
    await page.clock.run_for(50_000)
    await page.wait_for_selector("#countdown:visible")
    await page.wait_for_selector(".status-banner.is-live")  # which it leaves when so much time goes by at once
    await assert_fits(page, axe=axe)
    await page.context.close()

    stranger = await open_page("/kiosk/town", size)
    await stranger.wait_for_selector("#pairing-code:text-matches('[0-9]{3} [0-9]{3}')")
    await assert_fits(stranger, axe=axe)

    page = await open_kiosk(site, open_page, size)
    await site.cut()
    await page.wait_for_selector(".status-banner.is-lost")
    await assert_fits(page, axe=axe)
    await site.mend()
    await page.wait_for_selector(".status-banner.is-live", timeout=20_000)
    await site.hall(hours=NEVER_OPEN)
    await page.wait_for_selector(shown("closed"))
    await assert_fits(page, axe=axe)


@by_size
async def test_a_busy_hall_fits(site: Site, open_page: OpenPage, size: "ViewportSize") -> None:
    """Nine queues and forty counters with names of thirty characters, 999 waiting, numbers of six characters."""
    kinds: tuple[QueueKind, ...] = ("comprehensive", "express", "complaint", "certificate", "agency", *DEDICATED)
    queues = {
        kind if n < 2 else f"q{n}": Queue(
            id=kind if n < 2 else f"q{n}", name=LONG[:30], kind=kind, prefix="ABCDEFGHJ"[n] + "Z"
        )
        for n, kind in enumerate(kinds)
    }
    counters = {n: Counter(number=n, name=LONG[:30], kind="flexible", queues=tuple(queues)) for n in range(1, 41)}
    rules = service_rules(catalogue.services(), "township", queues, catalogue.default_handling())
    notices = (NOTICE + LONG,) * 2
    await site.hall(name=LONG[:30], queues=queues, counters=counters, services=rules, notices=notices)
    await site.clerk(1)
    await crowd(site, 999, "comprehensive")
    page = await open_kiosk(site, open_page, size)
    await page.locator("#queues .choice:has-text('等候 999 人')").wait_for()
    await assert_fits(page, axe=False)
    await page.click('#queues-pager [data-turn="1"]')
    await expect(page.locator("#queues .choice")).to_have_count(4)
    await assert_fits(page, axe=False)
    await page.click('#queues-pager [data-turn="-1"]')
    await page.locator("#queues .choice").first.click()
    await page.wait_for_selector(shown("ask"))
    await assert_fits(page, axe=False)
    await page.click('[data-priority=""]')
    await page.wait_for_selector("#number:text('AZ1000')")
    await page.locator("#slip button").wait_for()
    await assert_fits(page, axe=False)
    await page.click(shown("ticket") + " [data-go]")
    await page.click("#to-departments")
    await page.locator("#listed .choice").first.click()
    await page.wait_for_selector("#list-title:text('公安局')")
    await assert_fits(page, axe=False)


async def test_on_a_phone_nothing_runs_off_the_side(site: Site, open_page: OpenPage) -> None:
    """Staff may look at the kiosk's page there."""
    queues = {queue.id: replace(queue, name=LONG[:30]) for queue in QUEUES.values()}
    await site.hall(TOWN, name=LONG[:30], queues=queues)
    page = await open_kiosk(site, open_page, PHONE)
    await assert_no_sideways_scrolling(page)
    await page.locator("#queues .choice").first.click()
    await page.wait_for_selector(shown("ask"))
    await assert_no_sideways_scrolling(page)
