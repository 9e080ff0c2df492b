"""The slip at the kiosk: printed, not printed, or printed by the browser."""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from queue_server.domain.printer import Printer
from tests.printing.socket_printer import SocketPrinter, socket_printer
from tests.printing.test_printer import gone
from tests.web.pages.conftest import OpenPage, Site, assert_accessible, assert_no_sideways_scrolling

if TYPE_CHECKING:
    from playwright.async_api import Page, Route

pytestmark = pytest.mark.browser

PAPER = "() => { window.papers = []; window.print = () => papers.push(document.body.lastElementChild.outerHTML); }"
PORTRAIT = {"width": 1080, "height": 1920}


@pytest.fixture
async def device() -> AsyncIterator[SocketPrinter]:
    """A printer that listens."""
    async with socket_printer() as found:
        yield found


async def _hall(site: Site, *devices: SocketPrinter) -> None:
    printers = (Printer(id="p", connection="network", host="127.0.0.1", port=device.port) for device in devices)
    await site.hall(printers={printer.id: printer for printer in printers})


async def _ticket(site: Site, open_page: OpenPage, query: str = "") -> "Page":
    """The kiosk, a ticket having been taken."""
    page = await _kiosk(site, open_page, query)
    await _take(page)
    return page


async def _kiosk(site: Site, open_page: OpenPage, query: str = "") -> "Page":
    page = await open_page(f"/kiosk/town{query}#token={await site.device('kiosk')}", PORTRAIT)
    # Printing opens a dialog of the browser, which no test could close; what is on the paper is kept instead.
    await page.evaluate(PAPER)
    await page.wait_for_selector(".status-banner.is-live", state="attached")
    return page


async def _take(page: "Page") -> None:
    await page.locator("#queues .choice").first.click()
    await page.locator('[data-priority=""]').click()
    await page.wait_for_selector('[data-step="ticket"]:not([hidden])')


async def test_it_comes_out_by_itself(site: Site, open_page: OpenPage, device: SocketPrinter) -> None:
    """Once; in the language that the citizen chose; printed again, it says that it was."""
    await _hall(site, device)
    page = await _ticket(site, open_page, "?lang=en")
    await page.wait_for_selector(".slip-state .is-good >> text=Please take your slip")
    await assert_accessible(page)
    await page.click(".slip-state button >> text=Print again")
    await page.wait_for_selector(".slip-state .is-good")
    await gone(device)
    first, second = device.papers
    assert "People ahead of you: 0" in first.text
    assert ("Reprint" in first.text, "Reprint" in second.text) == (False, True)


async def test_without_paper_the_number_stands_large_and_the_reason_below(
    site: Site, open_page: OpenPage, device: SocketPrinter
) -> None:
    """The number is good all the same; once there is paper, it is printed at a touch."""
    device.mood = "paper_out"
    await _hall(site, device)
    page = await _ticket(site, open_page)
    told = page.locator(".slip-state .is-bad")
    await told.wait_for()
    await expect(told).to_contain_text("打印机缺纸，请工作人员换纸", use_inner_text=True)
    await expect(told).to_contain_text("请记下上面的号码", use_inner_text=True)
    await expect(page.locator(".slip-staff").first).to_contain_text("按号码补打", use_inner_text=True)
    for part, least_px in (("#number", 96), (".slip-state .notice", 24), (".slip-staff", 24)):
        size = await page.locator(part).evaluate("(element) => parseFloat(getComputedStyle(element).fontSize)")
        assert size >= least_px
    button = await page.locator(".slip-state button").bounding_box()
    assert button
    assert button["height"] >= 72
    await assert_accessible(page)
    await assert_no_sideways_scrolling(page)
    device.mood = "ok"
    await page.click(".slip-state button")
    await page.wait_for_selector(".slip-state .is-good")
    await gone(device)
    assert ["补打" in paper.text for paper in device.papers] == [False], "nothing was printed before"
    await expect(page.locator(".slip-staff").first).to_be_hidden()


async def test_without_a_printer_the_browser_prints_at_a_touch(site: Site, open_page: OpenPage) -> None:
    """The same words as on a printer's slip, with the code; and the page is as it was afterwards."""
    site.server.public_url = "http://192.168.1.8:8000"
    await _hall(site)
    page = await _ticket(site, open_page)
    await page.click(".slip-state button >> text=打印号票")
    await page.wait_for_selector(".slip-state .is-good")
    (paper,) = await page.evaluate("window.papers")
    for part in ("示范镇便民服务中心", "A001", "您前面还有 0 人在等候", "qr.svg", "过号不作废"):
        assert part in paper
    await expect(page.locator("body > .slip")).to_have_count(0)


async def test_a_browser_that_prints_without_asking_does_so_by_itself(site: Site, open_page: OpenPage) -> None:
    """A kiosk with a printer of its own, opened by "?print=browser": for the next citizen too, in whatever language."""
    await _hall(site)
    page = await _ticket(site, open_page, "?print=browser")
    await page.wait_for_selector(".slip-state .is-good >> text=如果没有打印出来")
    assert len(await page.evaluate("window.papers")) == 1
    await page.click("a[lang=en]")
    await page.wait_for_selector(".status-banner.is-live", state="attached")
    await page.evaluate(PAPER)
    await _take(page)
    await page.wait_for_selector(".slip-state .is-good >> text=Please take your slip")
    assert len(await page.evaluate("window.papers")) == 1


async def test_what_was_printed_without_an_answer_is_not_printed_twice(
    site: Site, open_page: OpenPage, device: SocketPrinter
) -> None:
    """Neither by the kiosk's own repeats nor by whoever presses again once it has given up."""
    await _hall(site, device)
    page = await _kiosk(site, open_page)
    orders = []

    async def lose_the_answer(route: "Route") -> None:
        await route.fetch()
        orders.append(route.request.headers["idempotency-key"])
        await route.abort()

    await page.clock.install()
    await page.route("**/print", lose_the_answer)
    await _take(page)
    told = page.locator(".slip-state .is-bad")
    for _ in range(50):  # seconds; it gives up after 40
        await page.clock.run_for(1000)
        if await told.is_visible():
            break
    await expect(told).to_contain_text("暂时连接不上服务器", use_inner_text=True)
    await page.unroute("**/print")
    await page.click(".slip-state button")
    await page.wait_for_selector(".slip-state .is-good")
    await gone(device)
    assert len(orders) > 2
    assert len(set(orders)) == 1
    assert len(device.papers) == 1


@pytest.mark.parametrize("width_mm", [58, 80, 210])
async def test_the_page_fits_the_paper(site: Site, open_page: OpenPage, width_mm: int) -> None:
    """Of every printer, from a roll to a sheet; a long number too; nothing of the page but the slip is on it."""
    site.server.public_url = "http://192.168.1.8:8000"
    await _hall(site)
    ticket = await site.ticket(await site.device("kiosk"))
    size = {"width": round((width_mm - 6) * 96 / 25.4), "height": 1000}
    page = await open_page(f"/kiosk/town/slip/{ticket['id']}", size)
    await page.emulate_media(media="print")
    await page.evaluate("document.querySelector('.slip-4').textContent = 'AB1000'")
    await assert_no_sideways_scrolling(page)
    await expect(page.locator(".skip-link")).to_be_hidden()
    number = await page.locator(".slip-4").bounding_box()
    assert number
    assert number["height"] < 100, "it is broken in two"


async def test_a_slip_of_nobody(site: Site, open_page: OpenPage) -> None:
    """An unknown ticket has none."""
    await _hall(site)
    page = await open_page("/kiosk/town/slip/none")
    await expect(page.locator("main")).to_contain_text("没有这张号票", use_inner_text=True)
