"""The enquiry desk: whoever asks is told where to go and gets a ticket, and what waits is seen to, by keys alone."""

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from playwright.async_api import expect

from queue_server.domain.post import Post
from queue_server.domain.service import Guide
from queue_server.domain.ticket import Ticket
from tests.web.pages.conftest import (
    NEVER_OPEN,
    PHONE,
    TOWN,
    OpenPage,
    Site,
    assert_accessible,
    assert_no_sideways_scrolling,
)
from tests.web.pages.sizes import assert_readable_and_touchable

if TYPE_CHECKING:
    from playwright.async_api import Page

pytestmark = pytest.mark.browser


async def _page(site: Site, open_page: OpenPage) -> "Page":
    """The page of a guide, alive."""
    page = await open_page("/guide/town", who=await site.person("guide", name="孙丽"))
    await page.wait_for_selector(".status-banner.is-live")
    await page.wait_for_selector("#queues button:enabled")
    return page


async def _ticket(site: Site, number: str) -> Ticket:
    """A ticket of today as the hall has it."""
    day = (await site.server.hall("town")).day
    return day.tickets[day.numbers[number]]


async def test_an_item_is_found_and_a_ticket_taken_by_keys(site: Site, open_page: OpenPage) -> None:
    """What to bring, where to go and whom to call stand there before the ticket, which is a priority one at once."""
    materials = Guide(materials=("户口簿", "近期照片"), consult_phone="0379-11111")
    await site.hall(guides=dict.fromkeys(range(1, 155), materials))
    page = await _page(site, open_page)
    await page.wait_for_selector("#waiting-none:visible")
    await assert_accessible(page)
    await page.keyboard.press("/")
    await page.keyboard.type("sfz")
    await page.wait_for_selector('#found li:has-text("身份证")')
    await assert_accessible(page)
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("#issue-dialog[open]")
    await expect(page.locator("#issue-facts")).to_contain_text("户口簿；近期照片", use_inner_text=True)
    where = await page.inner_text("#issue-where")
    assert "1 号窗口 综合受理" in where and "人民路 1 号" in where and "0379-11111" in where
    await assert_accessible(page)
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Tab")
    await page.keyboard.type("139 0379 0000")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")
    await page.wait_for_selector('#ticket-number:has-text("A001")')
    await page.wait_for_selector('#ticket-priority:has-text("七十岁以上老人（已核实）")')
    await assert_accessible(page)
    ticket = await _ticket(site, "A001")
    assert ticket.priority == "elderly" and ticket.priority_confirmed and ticket.service and ticket.phone_ref
    assert (await site.server.hall("town")).day.issued == {"A": 1}


async def test_a_queues_ticket_by_its_digit(site: Site, open_page: OpenPage) -> None:
    """For whoever knows where they want to go; a hall that takes none says so in the question."""
    await site.hall()
    page = await _page(site, open_page)
    await page.keyboard.press("2")
    await page.wait_for_selector('#issue-name:has-text("无差别即办")')
    await page.keyboard.press("Enter")
    await page.wait_for_selector('#ticket-number:has-text("B001")')
    await page.keyboard.press("Escape")
    await page.wait_for_selector('#waiting li:has-text("B001")')
    await expect(page.locator('#queues [data-queue="express"]').first).to_contain_text("1 人", use_inner_text=True)
    await site.hall(hours=NEVER_OPEN)
    await page.keyboard.press("1")
    await page.wait_for_selector("#issue-dialog[open]")
    await page.click("#issue [data-submit]")
    await page.wait_for_selector('#issue-dialog [data-message]:has-text("现在不是取号时间")')


async def test_a_ticket_is_found_by_number_and_seen_to(site: Site, open_page: OpenPage) -> None:
    """A priority confirmed and withdrawn, 特别紧急 with a reason; a number that nobody has is told."""
    await site.hall()
    kiosk = await site.device("kiosk")
    for priority in ("elderly", "military", None):
        await site.ticket(kiosk, **({"priority": priority} if priority else {}))
    page = await _page(site, open_page)
    await page.keyboard.press("/")
    await page.keyboard.type("a9")
    await page.wait_for_selector('#found-none:has-text("A009，可能已经办结")')
    await page.fill("#find", "a2")
    await page.wait_for_selector('#found li:has-text("A002")')
    await page.keyboard.press("Enter")
    await page.wait_for_selector('#ticket-number:has-text("A002")')
    await page.keyboard.press("y")
    await page.wait_for_selector('#ticket-priority:has-text("（已核实）")')
    await page.wait_for_selector('[data-act="withdraw-priority"]:enabled')
    await page.keyboard.press("x")
    await page.wait_for_selector("#ticket-priority", state="hidden")
    assert (await _ticket(site, "A002")).priority is None
    await page.wait_for_selector('[data-act="urgent"]:enabled')
    await page.keyboard.press("u")
    await page.keyboard.type("突发疾病")
    await assert_accessible(page)
    await page.keyboard.press("Enter")
    await page.wait_for_selector('#ticket-priority:has-text("特别紧急")')
    await expect(page.locator("#urgent")).to_be_hidden()
    await page.keyboard.press("Escape")
    await page.wait_for_selector('#waiting li:first-child:has-text("A002")')
    await page.focus("body")
    assert (await _ticket(site, "A002")).urgent


async def test_one_who_was_missed_comes_back(site: Site, open_page: OpenPage) -> None:
    """From the list, by a guide; the head may look, but not take back."""
    await site.hall()
    await site.ticket(await site.device("kiosk"))
    clerk = await site.clerk(1)
    await site.post("/halls/town/counters/1/next", None, clerk)
    page = await _page(site, open_page)
    await page.keyboard.press("/")
    await page.keyboard.type("A001")
    await page.wait_for_selector('#found li:has-text("已呼叫 1 号窗口")')
    await page.fill("#find", "")
    await page.keyboard.press("Escape")
    await site.post("/halls/town/counters/1/no-show", None, clerk)
    await page.wait_for_selector('#absent li:has-text("第 1 次过号，满 3 次作废")')
    head = await open_page("/guide/town", who=await site.person("head"))
    await head.click("#absent button")
    await head.wait_for_selector("#ticket-dialog[open]")
    await expect(head.locator('[data-act="return"]').first).to_be_hidden()
    await page.keyboard.press("m")
    await page.keyboard.press("Enter")
    await page.keyboard.press("b")
    await page.wait_for_selector('#ticket-state:has-text("等候")')
    assert (await _ticket(site, "A001")).state == "waiting"


async def test_a_slip_is_printed_again(site: Site, open_page: OpenPage) -> None:
    """On the hall's printer; by the browser where there is none; what is wrong is told. It says that it is a copy."""
    await site.hall()
    await site.ticket(await site.device("kiosk"))
    page = await open_page("/", who=await site.person("guide"))
    await page.add_init_script("window.print = () => { window.printed = document.querySelector('.slip').innerText; };")
    await page.goto(f"{site.url}/guide/town")
    await page.click("#waiting button")
    await page.keyboard.press("p")
    await page.wait_for_selector('#ticket-dialog [data-message]:has-text("号票已补打")')
    assert "A001" in await page.evaluate("window.printed") and "补打" in await page.evaluate("window.printed")
    problem = '{"code": "printer_paper", "title": "打印机缺纸", "retry": "new_key", "status": 409}'
    await page.route("**/print", lambda route: route.fulfill(status=409, body=problem))
    await page.keyboard.press("p")
    await page.wait_for_selector('#ticket-dialog [data-message]:has-text("打印机缺纸")')


async def test_a_pressed_button_answers_at_once(site: Site, open_page: OpenPage) -> None:
    """Before any answer can have come, the button turns, words say so, and a second press does nothing."""
    await site.hall()
    page = await _page(site, open_page)
    await page.keyboard.press("1")
    await page.wait_for_selector("#issue [data-submit]:enabled")
    pressed: list[str] = await page.evaluate(
        """() => {
            const button = document.querySelector("#issue [data-submit]");
            button.click();
            button.click();
            return [button.getAttribute("aria-busy"), document.querySelector("#issue [data-message]").textContent];
        }"""
    )
    assert pressed == ["true", "正在处理，请稍候"]
    await page.wait_for_selector('#ticket-number:has-text("A001")')
    await page.wait_for_selector('[data-act="urgent"]:enabled')
    await page.keyboard.press("u")
    await page.keyboard.type("突发疾病")
    busy = await page.evaluate(
        """() => {
            const button = document.querySelector("#urgent [data-submit]");
            button.click();
            return button.getAttribute("aria-busy");
        }"""
    )
    assert busy == "true"
    await page.wait_for_selector('#ticket-priority:has-text("特别紧急")')
    assert (await site.server.hall("town")).day.issued == {"A": 1}


async def test_numbers_given_on_paper(site: Site, open_page: OpenPage) -> None:
    """One after another by keys, as of the time on the paper; a wrong letter is told, and so is a refusal."""
    await site.hall()
    await site.ticket(await site.device("kiosk"))
    page = await _page(site, open_page)
    await page.wait_for_selector('#waiting li:has-text("A001")')
    await page.keyboard.press("e")
    await page.wait_for_selector("#paper-dialog[open]")
    await assert_readable_and_touchable(page)
    await assert_accessible(page)
    for typed, said in (("a001", "已"), ("z7", "号码应以队列的字母开头：A、B"), ("a012", "A012 已补录到综合受理")):
        await page.wait_for_selector("#paper-dialog [data-submit]:enabled")
        await page.fill("#paper-number", typed)
        await page.keyboard.press("Enter")
        await page.wait_for_selector(f'#paper-dialog [data-message]:has-text("{said}")')
    await page.wait_for_function("() => document.getElementById('paper-number').value === 'A013'")
    await page.keyboard.press("Escape")
    await page.wait_for_selector('#waiting li:has-text("A012")')
    assert (await _ticket(site, "A012")).state == "waiting"


async def test_who_may_not_see_it(site: Site, open_page: OpenPage) -> None:
    """The public signs in first; a clerk, and another hall's guide, are told."""
    await site.hall()
    page = await open_page("/guide/town")
    assert page.url == f"{site.url}/sign-in?next=/guide/town"
    for who in (await site.person("clerk"), await site.person("guide", "village")):
        page = await open_page("/guide/town", who=who)
        await expect(page.locator("main")).to_contain_text("没有办理此项操作的权限", use_inner_text=True)
    page = await open_page("/home", who=await site.person("guide"))
    assert page.url == f"{site.url}/guide/town"


async def test_a_lost_server(site: Site, open_page: OpenPage) -> None:
    """The page says so, and its buttons promise nothing; then it goes on."""
    await site.hall()
    await site.ticket(await site.device("kiosk"))
    page = await _page(site, open_page)
    await page.click("#waiting button")
    await site.cut()
    await page.wait_for_selector("#status.is-lost", state="attached")
    await page.wait_for_selector('[data-act="urgent"]:disabled')
    await expect(page.locator("#queues button >> nth=0").first).to_be_disabled()
    await site.mend()
    await page.wait_for_selector('[data-act="urgent"]:enabled', timeout=30_000)


async def test_a_large_hall(site: Site, open_page: OpenPage) -> None:
    """Many waiting, forty counters, names of thirty characters, large type, a phone, English: all of it can be read."""
    name = "城乡居民基本养老保险和医疗保险参保登记及社会救助综合受理窗口"
    counters = {n: replace(TOWN.counters[1], number=n, name=name) for n in range(1, 41)}
    queues = {id: replace(queue, name=name) for id, queue in TOWN.queues.items()}
    post = Post(id="front", name=name, counter=1)
    await site.hall(counters=counters, queues=queues, posts={"front": post}, services={})
    kiosk = await site.device("kiosk")
    for _ in range(60):
        await site.ticket(kiosk, priority="pregnant_or_infant")
    guide = await site.person("guide")
    for size in (PHONE, {"width": 1280, "height": 720}):
        for language in ("zh", "en"):
            page = await open_page(f"/guide/town?lang={language}", size, guide)
            await page.wait_for_selector("#waiting li >> nth=59")
            await page.evaluate("document.documentElement.dataset.textSize = 'largest'")
            await assert_no_sideways_scrolling(page)
            await page.evaluate("delete document.documentElement.dataset.textSize")
            await assert_no_sideways_scrolling(page)
            await assert_accessible(page)
            sizes: list[float] = await page.evaluate(
                """() => [...document.querySelectorAll("button, a.button, input")].filter((each) => each.offsetParent)
                    .map((each) => each.getBoundingClientRect().height)"""
            )
            assert min(sizes) >= 59.5
            await page.click("#queues button >> nth=0")
            await page.wait_for_selector("#issue-dialog[open]")
            await assert_no_sideways_scrolling(page)
            await assert_accessible(page)
