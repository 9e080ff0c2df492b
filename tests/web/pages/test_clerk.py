"""The clerk's page: a day's work by keys alone, nothing done twice, and every refusal in words beside the button."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace
from playwright.async_api import expect

from queue_server.domain.hall import Rules
from queue_server.domain.phrases import Phrases
from queue_server.domain.post import Post
from queue_server.domain.ticket import Ticket
from queue_server.records.accounts import Account
from tests.web.pages.busy_hall import busy_hall
from tests.web.pages.conftest import (
    PHONE,
    TOWN,
    OpenPage,
    Site,
    assert_accessible,
    assert_no_sideways_scrolling,
)

if TYPE_CHECKING:
    from playwright.async_api import Page

pytestmark = pytest.mark.browser

HASTY = replace(TOWN, rules=Rules(call_lock_s=0))
"""A hall that lets a clerk call again at once, so that a test need not wait."""


async def _desk(site: Site, open_page: OpenPage, account: Account, tickets: int = 0, **asked: Any) -> "Page":
    """The page of counter 1, signed on, with so many waiting."""
    kiosk = await site.device("kiosk")
    for _ in range(tickets):
        await site.ticket(kiosk, **asked)
    page = await open_page("/counter/town/1", who=account)
    await page.click("#sign-on-form button")
    await page.wait_for_selector("#desk:not([hidden])")
    return page


async def _ticket(site: Site, number: str) -> Ticket:
    """A ticket of today as the hall has it."""
    day = (await site.server.hall("town")).day
    return day.tickets[day.numbers[number]]


async def _until(site: Site, number: str, holds: Callable[[Ticket], bool]) -> None:
    """Wait for the hall: the page shows what is pressed before the hall has it."""
    async with asyncio.timeout(10):
        while not holds(await _ticket(site, number)):  # noqa: ASYNC110 - the hall tells the page, not the test
            await asyncio.sleep(0.02)


async def _said(page: "Page", words: str) -> None:
    """Wait for the page to say something about the last press."""
    await page.wait_for_selector(f'#message:has-text("{words}")')


async def _rest(page: "Page") -> None:
    """Let the finger rest: the same key again at once is taken for a slip."""
    await page.wait_for_timeout(450)


async def test_a_visit_by_keys_alone(site: Site, open_page: OpenPage) -> None:
    """Sign on; next, recall, start, finish; sign off. The number is large, and each key is on its button."""
    clerk = await site.person("clerk", counter=1)
    await site.hall(HASTY, posts={"front": Post(id="front", name="前台岗", counter=1, a=clerk.id)})
    kiosk = await site.device("kiosk")
    await site.ticket(kiosk, priority="elderly")
    page = await open_page("/counter/town/1", who=clerk)
    await page.wait_for_selector('#on-duty:has-text("无人当班")')
    assert await page.locator("#sign-on-form input").evaluate_all("all => all.map(one => one.value)") == ["A", "relief"]
    await assert_accessible(page)
    await page.focus("#sign-on-form button")
    await page.keyboard.press("Enter")
    await page.wait_for_selector('#who:has-text("王芳（A 岗")')
    await _said(page, "已签到")
    await expect(page.locator("#waiting")).to_have_text("1", use_inner_text=True)
    await expect(page.locator("#line li").first).to_contain_text("优先人员", use_inner_text=True)
    await assert_accessible(page)
    await page.keyboard.press(" ")
    await page.wait_for_selector('#ticket-number:has-text("A001")')
    await expect(page.locator("#ticket-service")).to_have_text("综合受理", use_inner_text=True)
    await expect(page.locator("#ticket-why")).to_contain_text("优先人员", use_inner_text=True)
    await expect(page.locator('button[data-command="finish"]').first).to_be_disabled()
    await page.keyboard.press("r")
    await page.wait_for_selector('#ticket-facts:has-text("已重呼 1 次")')
    await page.keyboard.press("s")
    await page.wait_for_selector('#ticket-state:has-text("正在办理")')
    await _said(page, "A001 开始办理")
    await assert_accessible(page)
    await page.keyboard.press("f")
    await page.wait_for_selector('#last:has-text("上一位 A001：尚未评价")')
    assert (await _ticket(site, "A001")).state == "finished"
    await page.keyboard.press(" ")
    await _said(page, "暂时没有人等候")
    await page.click('button[data-command="sign-off"]')
    await page.wait_for_selector('#on-duty:has-text("无人当班")')


async def test_a_double_press_calls_one(site: Site, open_page: OpenPage) -> None:
    """Two quick presses, a key that is held down, and a key pressed while the counter is locked call one ticket."""
    await site.hall()
    page = await _desk(site, open_page, await site.person("clerk"), 3)
    button = page.locator('button[data-command="next"]')
    await button.evaluate("one => { one.click(); one.click(); }")
    await page.wait_for_selector('#ticket-number:has-text("A001")')
    await page.keyboard.down(" ")
    await page.keyboard.down(" ")
    await page.keyboard.up(" ")
    await expect(button).to_be_disabled()
    await expect(page.locator("#next-hint")).to_contain_text("秒后可以再次呼叫", use_inner_text=True)
    assert [(await _ticket(site, number)).state for number in ("A001", "A002")] == ["called", "waiting"]


async def test_the_button_answers_at_once(site: Site, open_page: OpenPage) -> None:
    """Before any answer can have come, the pressed button shows it, the number is there, and one may go on with it."""
    await site.hall(HASTY)
    page = await _desk(site, open_page, await site.person("clerk"), 1)
    await page.wait_for_selector('button[data-command="next"]:enabled')
    shown: list[Any] = await page.evaluate(
        """() => {
            const next = document.querySelector('button[data-command="next"]');
            next.click();
            return new Promise((tell) => queueMicrotask(() => tell([
                next.getAttribute("aria-busy"),
                document.getElementById("ticket-number").textContent,
                document.getElementById("ticket-state").textContent,
                document.querySelector('button[data-command="start"]').disabled,
            ])));
        }"""
    )
    assert shown == ["true", "A001", "正在呼叫，请稍候", False]
    await page.wait_for_selector('#ticket-state:has-text("已呼叫")')
    assert await page.locator('button[data-command="next"]').get_attribute("aria-busy") is None


async def test_what_is_pressed_meanwhile_is_done_in_turn(site: Site, open_page: OpenPage) -> None:
    """A quick hand need not wait for answers; what was pressed on a mistaken belief is not done."""
    await site.hall(HASTY)
    page = await _desk(site, open_page, await site.person("clerk"), 2)
    for key in (" ", "s", "f"):
        await page.keyboard.press(key)
    await _said(page, "A001 已办结")
    assert (await _ticket(site, "A001")).state == "finished"
    other = await site.clerk(2, name="李建国")
    pressed = asyncio.Event()

    async def while_another_is_faster(route: Any) -> None:
        await pressed.wait()
        await site.post("/halls/town/counters/2/next", None, other)
        await route.continue_()

    await page.route("**/next", while_another_is_faster)
    await page.wait_for_selector('button[data-command="next"]:enabled')
    await page.keyboard.press(" ")
    await page.wait_for_selector('#ticket-number:has-text("A002")')
    await page.keyboard.press("s")
    await page.wait_for_selector('#ticket-state:has-text("正在办理")')
    pressed.set()
    await _said(page, "暂时没有人等候")
    await page.wait_for_selector('#ticket-state:has-text("当前没有号")')
    assert (await _ticket(site, "A002")).state == "called"


async def test_next_while_a_ticket_is_open_asks(site: Site, open_page: OpenPage) -> None:
    """A second press on the same key changes nothing; the answer is given with the key of what is to be done."""
    await site.hall(HASTY)
    page = await _desk(site, open_page, await site.person("clerk"), 3)
    await page.keyboard.press(" ")
    await page.wait_for_selector('#ticket[data-state="called"]')
    await _rest(page)
    await page.keyboard.press(" ")
    await page.wait_for_selector("#ask-dialog[open]")
    await expect(page.locator("#ask-text")).to_contain_text("A001 已呼叫", use_inner_text=True)
    await assert_accessible(page)
    await _rest(page)
    await page.keyboard.press(" ")
    await expect(page.locator("#ask-dialog")).to_be_hidden()
    assert (await _ticket(site, "A001")).state == "called"
    await page.keyboard.press("s")
    await page.wait_for_selector('#ticket[data-state="serving"]')
    await page.keyboard.press(" ")
    await page.keyboard.press("f")
    await page.wait_for_selector('#ticket-number:has-text("A002")')
    assert (await _ticket(site, "A001")).state == "finished"


async def test_hold_and_no_show_and_their_return(site: Site, open_page: OpenPage) -> None:
    """A held ticket and one that was missed wait beside the desk, and come back from there."""
    await site.hall(HASTY)
    page = await _desk(site, open_page, await site.person("clerk"), 2)
    await page.keyboard.press(" ")
    await page.wait_for_selector('#ticket[data-state="called"]')
    await page.keyboard.press("n")
    await page.wait_for_selector('#absent li:has-text("A001")')
    await expect(page.locator("#absent li").first).to_contain_text("第 1 次过号，满 3 次作废", use_inner_text=True)
    await page.keyboard.press(" ")
    await page.wait_for_selector('#ticket-number:has-text("A002")')
    await page.keyboard.press("s")
    await page.wait_for_selector('#ticket[data-state="serving"]')
    await page.keyboard.press("h")
    await page.click('[data-usual="hold-reason"]:has-text("去复印")')
    await assert_accessible(page)
    await page.click("#hold-dialog .button-primary")
    await page.wait_for_selector('#held li:has-text("A002")')
    await page.wait_for_selector("#hold-dialog", state="hidden")
    await page.focus("#absent button")
    await page.keyboard.press("Enter")
    await page.wait_for_selector('#line li:has-text("A001")')
    await expect(page.locator("#line li").first).to_contain_text("过号后报到", use_inner_text=True)
    await page.focus("#held button")
    await page.keyboard.press("Enter")
    await page.wait_for_selector('#ticket-number:has-text("A002")')
    await expect(page.locator("#ticket-state")).to_have_text("正在办理", use_inner_text=True)


async def test_a_transfer_tells_where_to_go(site: Site, open_page: OpenPage) -> None:
    """Only other queues are offered, with their counters; afterwards place and phone stand there to be told."""
    await site.hall(HASTY)
    page = await _desk(site, open_page, await site.person("clerk"), 1)
    await page.keyboard.press(" ")
    await page.wait_for_selector('#ticket[data-state="called"]')
    await page.keyboard.press("s")
    await page.wait_for_selector('#ticket[data-state="serving"]')
    await page.keyboard.press("t")
    offered = page.locator("#transfer-dialog .pick:visible")
    await expect(offered).to_have_count(1)
    await expect(offered).to_contain_text("2 号窗口 无差别即办", use_inner_text=True)
    await assert_accessible(page)
    await offered.click()
    await page.fill("#transfer-reason", "不属于本窗口事项")
    await page.keyboard.press("Enter")
    await _said(page, "A001 已转到 无差别即办：2 号窗口 无差别即办。请告知来人地点 人民路 1 号，电话 0379-12345。")
    assert (await _ticket(site, "A001")).queue == "express"


async def test_pausing_and_coming_back(site: Site, open_page: OpenPage) -> None:
    """Stepping away says until when; nobody is called meanwhile; the same key ends it."""
    await site.hall(HASTY)
    page = await _desk(site, open_page, await site.person("clerk"), 1)
    await page.keyboard.press("p")
    await page.fill("#pause-reason", "取材料")
    await page.keyboard.press("Enter")
    await page.wait_for_selector('#ticket-state:has-text("暂离中，预计")')
    await expect(page.locator('button[data-command="next"]').first).to_be_disabled()
    await expect(page.locator("#next-hint")).to_contain_text("窗口已暂停", use_inner_text=True)
    await assert_accessible(page)
    await page.keyboard.press("p")
    await page.wait_for_selector('button[data-command="next"]:enabled')


async def test_a_given_number_and_serving_at_once(site: Site, open_page: OpenPage) -> None:
    """A number is called with a reason, or refused in words in the question; somebody without one is served at once."""
    await site.hall(HASTY)
    page = await _desk(site, open_page, await site.person("clerk"), 2)
    await page.click('button[data-command="call"]')
    await page.fill("#call-number", "a009")
    await page.fill("#call-reason", "上次未办完")
    await page.keyboard.press("Enter")
    await page.wait_for_selector('#call-dialog [data-message]:has-text("今天没有这个号")')
    await page.fill("#call-number", "a002")
    await page.keyboard.press("Enter")
    await page.wait_for_selector('#ticket-number:has-text("A002")')
    await _said(page, "已呼叫 A002")
    await expect(page.locator("#ticket-why")).to_contain_text("窗口按号呼叫", use_inner_text=True)
    await page.keyboard.press("s")
    await page.wait_for_selector('#ticket[data-state="serving"]')
    await page.click('button[data-command="services"]')
    await page.fill("#services-search", "sfz")
    choice = page.locator("#services-found label").first
    name = await choice.inner_text()
    await choice.click()
    await assert_accessible(page)
    await page.click("#services-dialog .button-primary")
    await page.locator("#ticket-facts", has_text=name).wait_for()
    await page.keyboard.press("f")
    await _said(page, "A002 已办结")
    assert len((await _ticket(site, "A002")).legs[0].services) == 1
    await page.click('button[data-command="serve-now"]')
    await page.click("#serve-now-dialog .button-primary")
    await page.wait_for_selector('#ticket-number:has-text("A003")')
    await expect(page.locator("#ticket-state")).to_have_text("正在办理", use_inner_text=True)


async def test_priority_is_confirmed_or_withdrawn(site: Site, open_page: OpenPage) -> None:
    """For who waits, from the line; for who stands there, beside the number."""
    await site.hall(HASTY)
    page = await _desk(site, open_page, await site.person("clerk"), 2, priority="military")
    await page.click("#line button >> nth=1")
    await page.wait_for_selector("#line-dialog[open]")
    await expect(page.locator("#line-dialog-priority")).to_have_text(
        "军人、退役军人及家属（待核实）", use_inner_text=True
    )
    await assert_accessible(page)
    await page.click('[data-priority="withdraw-priority"]')
    await page.wait_for_selector('#line-dialog [data-message]:has-text("已撤销 A002 的优先")')
    await page.keyboard.press("Escape")
    await _until(site, "A002", lambda ticket: ticket.priority is None)
    await page.keyboard.press(" ")
    await page.click('button[data-command="confirm-priority"]')
    await page.wait_for_selector('#ticket-priority:has-text("（已核实）")')
    await _until(site, "A001", lambda ticket: ticket.priority_confirmed)


async def test_who_is_not_on_duty_here(site: Site, open_page: OpenPage) -> None:
    """A colleague sees who holds the post; one on duty elsewhere is told where; the head looks on without buttons."""
    await site.hall(HASTY)
    clerk = await site.person("clerk", name="王芳")
    await _desk(site, open_page, clerk, 1)
    page = await open_page("/counter/town/1", who=await site.person("clerk", name="李建国"))
    await page.wait_for_selector('#on-duty:has-text("王芳（顶岗")')
    await expect(page.locator("#sign-on-form")).to_be_hidden()
    other = await open_page("/counter/town/2", who=clerk)
    await other.click("#sign-on-form button")
    await other.wait_for_selector('#sign-on [data-message]:has-text("您已在其他窗口当班")')
    await expect(other.locator("#sign-on [data-message] a").first).to_have_attribute("href", "/counter/town/1")
    head = await open_page("/counter/town/1", who=await site.person("head"))
    await head.wait_for_selector('#line li:has-text("A001")')
    await expect(head.locator("#who")).to_contain_text("王芳", use_inner_text=True)
    await expect(head.locator(".desk-button")).to_have_count(0)
    await assert_accessible(head)


async def test_who_may_not_see_it(site: Site, open_page: OpenPage) -> None:
    """The public signs in first; another hall's clerk is told; a counter that there is not leads on."""
    await site.hall()
    page = await open_page("/counter/town/1")
    assert page.url == f"{site.url}/sign-in?next=/counter/town/1"
    page = await open_page("/counter/town/1", who=await site.person("clerk", "village"))
    await expect(page.locator("main")).to_contain_text("没有办理此项操作的权限", use_inner_text=True)
    page = await open_page("/counter/town/77", who=await site.person("clerk"))
    await expect(page.locator("main")).to_contain_text("没有这个窗口", use_inner_text=True)


async def test_a_lost_server_stops_the_hands(site: Site, open_page: OpenPage) -> None:
    """The page says since when, and what it shows may be over; a press made in that moment is done once."""
    await site.hall(HASTY)
    page = await _desk(site, open_page, await site.person("clerk"), 2)
    await page.wait_for_selector('button[data-command="next"]:enabled')
    await site.cut()
    await page.wait_for_selector("#status.is-lost")
    await expect(page.locator('button[data-command="next"]').first).to_be_disabled()
    await expect(page.locator("#next-hint")).to_contain_text("恢复后才能呼叫", use_inner_text=True)
    await expect(page.locator("#sign-on")).to_be_hidden()
    await site.mend()
    await page.wait_for_selector('button[data-command="next"]:enabled', timeout=30_000)
    blocked = asyncio.Event()

    async def lose_the_answer(route: Any) -> None:
        if blocked.is_set():
            await route.continue_()
        else:
            await route.fetch()  # the server hears the command
            blocked.set()
            await route.abort()  # the page does not hear the answer

    await page.route("**/next", lose_the_answer)
    await page.keyboard.press(" ")
    await page.wait_for_selector('#ticket-number:has-text("A001")')
    await _said(page, "已呼叫 A001")
    assert (await _ticket(site, "A002")).state == "waiting"


async def test_a_session_that_ended(site: Site, open_page: OpenPage) -> None:
    """The page says so and offers to sign in again."""
    await site.hall(HASTY)
    clerk = await site.person("clerk")
    page = await _desk(site, open_page, clerk, 1)
    await site.server.records.accounts.set_password(clerk.id)
    await site.server.live_tokens.look(site.server.now())
    await page.wait_for_selector("#sign-in:visible", timeout=20_000)
    await expect(page.locator("#status")).to_contain_text("请重新登录", use_inner_text=True)
    await expect(page.locator('button[data-command="next"]').first).to_be_disabled()


async def test_a_small_screen(site: Site, open_page: OpenPage) -> None:
    """On a phone everything is there, one below the other."""
    await site.hall(HASTY)
    kiosk = await site.device("kiosk")
    await site.ticket(kiosk, priority="pregnant_or_infant")
    page = await open_page("/counter/town/1", PHONE, await site.person("clerk"))
    await page.click("#sign-on-form button")
    await page.wait_for_selector("#line li")
    await page.click('button[data-command="next"]')
    await page.wait_for_selector('#ticket-number:has-text("A001")')
    cut = await page.evaluate(
        """() => {
            const digits = document.createRange();
            digits.selectNodeContents(document.getElementById("ticket-number"));
            const card = document.querySelector(".desk-ticket").getBoundingClientRect();
            return digits.getBoundingClientRect().right - card.right;
        }"""
    )
    assert cut < 0  # the number is whole
    await assert_no_sideways_scrolling(page)
    await assert_accessible(page)


async def test_a_changed_set_up_reaches_an_open_desk(site: Site, open_page: OpenPage) -> None:
    """The counter's new name and queues appear by themselves, but not while a ticket is at the counter."""
    clerk = await site.person("clerk", counter=1)
    await site.hall(HASTY)
    token = await site.session(clerk)
    await site.post("/halls/town/counters/1/sign-on", {"capacity": "relief"}, token)
    await site.ticket(await site.device("kiosk"))
    await site.post("/halls/town/counters/1/next", None, token)
    page = await open_page("/counter/town/1", who=clerk)
    await page.clock.install()
    await page.reload()
    await page.wait_for_selector("#ticket-number:text-is('A001')")
    counter = replace(HASTY.counters[1], name="社保专窗")
    await site.hall(HASTY, counters={**HASTY.counters, 1: counter})
    asked = list[str]()
    page.on("request", lambda request: asked.append(request.url.removeprefix(site.url)))
    await page.clock.fast_forward(11_000)
    await page.evaluate("() => fetch('/healthz')")  # by then it has asked, or would have
    assert "/healthz" in asked and "/counter/town/1/set-up" not in asked
    await expect(page.locator(".desk-name").first).to_have_text("综合受理", use_inner_text=True)
    await site.post("/halls/town/counters/1/no-show", None, token)
    await page.wait_for_selector("#ticket-number:not(:text-is('A001'))", state="attached")
    await page.clock.fast_forward(11_000)
    await page.wait_for_selector(".desk-name:text-is('社保专窗')", timeout=25_000)
    await page.wait_for_selector("#desk:not([hidden])")


async def test_the_halls_own_phrases_are_a_touch_away(site: Site, open_page: OpenPage) -> None:
    """Instead of the usual ones."""
    await site.hall(phrases=Phrases(pause=("去镇政府送件",)))
    page = await open_page("/counter/town/1", who=await site.person("clerk", counter=1))
    assert await page.locator('#pause-dialog [data-usual="pause-reason"]').all_text_contents() == ["去镇政府送件"]
    await expect(page.locator("#hold-dialog [data-usual]")).to_have_count(3)


async def test_covering_another_post(site: Site, open_page: OpenPage) -> None:
    """A clerk takes another post on from her counter, sees its line too, and gives it up again."""
    clerk, other = await site.person("clerk", counter=1), await site.person("clerk", name="李建国", counter=2)
    posts = {
        "front": Post(id="front", name="前台岗", counter=1, a=clerk.id),
        "express": Post(id="express", name="即办岗", counter=2, a=other.id, b=(clerk.id,)),
    }
    await site.hall(HASTY, posts=posts)
    page = await _desk(site, open_page, clerk, 1, queue="express")
    await page.keyboard.press("o")
    await page.wait_for_selector('#cover-posts li:has-text("即办岗")')
    await expect(page.locator("#cover-posts")).to_contain_text("2 号窗口，A 岗 李建国", use_inner_text=True)
    await assert_accessible(page)
    await page.focus("#cover-posts button")
    await page.keyboard.press("Enter")
    await page.wait_for_selector('#cover-dialog [data-message]:has-text("已代管即办岗（B 岗）")')
    await page.wait_for_selector('#line li:has-text("B001")')
    await expect(page.locator("#who")).to_contain_text("代管：即办岗", use_inner_text=True)
    assert (await site.server.hall("town")).day.duties[1].covers == {"express": "B"}
    await page.wait_for_selector('#cover-posts button:has-text("停止代管"):enabled')
    await page.focus("#cover-posts button")
    await page.keyboard.press("Enter")
    await page.wait_for_selector('#line:not(:has-text("B001"))', state="attached")
    await page.keyboard.press("Escape")
    await expect(page.locator("#who")).not_to_contain_text("代管", use_inner_text=True)


async def test_numbers_given_on_paper(site: Site, open_page: OpenPage) -> None:
    """One after another, as of the time on the paper; a number that is taken is refused in words, and so is a slip."""
    await site.hall(HASTY)
    page = await _desk(site, open_page, await site.person("clerk"), 1)
    await page.keyboard.press("e")
    await page.wait_for_selector("#paper-dialog[open]")
    await assert_accessible(page)
    for typed, said in (("a001", "已"), ("z7", "号码应以队列的字母开头：A、B"), ("a012", "A012 已补录到综合受理")):
        await page.fill("#paper-number", typed)
        await page.keyboard.press("Enter")
        await page.wait_for_selector(f'#paper-dialog [data-message]:has-text("{said}")')
    await expect(page.locator("#paper-number")).to_have_value("A013")
    await page.keyboard.press("Enter")
    await page.wait_for_selector('#paper-dialog [data-message]:has-text("A013 已补录")')
    await page.keyboard.press("Escape")
    await page.wait_for_selector('#line li:has-text("A013")')
    assert (await _ticket(site, "A012")).state == "waiting"
    assert (await site.ticket(await site.device("kiosk")))["number"] == "A014"


async def test_the_lists_by_keys(site: Site, open_page: OpenPage) -> None:
    """A letter leads into a list, arrows through it, Enter does it; then the space bar means "next" again."""
    await site.hall(HASTY)
    page = await _desk(site, open_page, await site.person("clerk"), 4)
    for keys, said in ((" sh", "A001 已挂起"), (" sh", "A002 已挂起"), (" n", "A003 已过号")):
        for key in keys:
            await page.keyboard.press(key)
        if keys.endswith("h"):
            await page.keyboard.press("Enter")
        await _said(page, said)
    await page.wait_for_selector('#absent li:has-text("A003")')
    await page.keyboard.press("b")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await page.wait_for_selector('#ticket-number:has-text("A002")')
    await page.keyboard.press("f")
    await _said(page, "A002 已办结")
    await page.keyboard.press("m")
    await page.keyboard.press("Enter")
    await page.wait_for_selector('#line li:has-text("A003")')
    await page.keyboard.press("l")
    await page.keyboard.press("Enter")
    await page.wait_for_selector('#line-dialog-title:has-text("A004")')
    await page.keyboard.press("Escape")
    await page.keyboard.press(" ")
    await page.wait_for_selector('#ticket-number:has-text("A004")')


async def test_a_refusal_takes_back_what_was_shown(site: Site, open_page: OpenPage) -> None:
    """What the page expected and the server refused is gone again, and the refusal stands above the buttons."""
    await site.hall(HASTY)
    page = await _desk(site, open_page, await site.person("clerk"), 1)
    pressed = asyncio.Event()

    async def refuse(route: Any) -> None:
        await pressed.wait()
        problem = '{"code": "recall_limit", "title": "重呼次数已用完", "retry": "never", "status": 409}'
        await route.fulfill(status=409, body=problem, content_type="application/problem+json")

    await page.route("**/recall", refuse)
    await page.keyboard.press(" ")
    await _said(page, "已呼叫 A001")
    await page.keyboard.press("r")
    await page.wait_for_selector('#ticket-facts:has-text("已重呼 1 次")')
    pressed.set()
    await _said(page, "重呼次数已用完")
    await expect(page.locator("#ticket-facts")).not_to_contain_text("已重呼", use_inner_text=True)


async def test_the_head_makes_urgent(site: Site, open_page: OpenPage) -> None:
    """Whoever looks on may not work at the counter, but may grant 特别紧急 with a reason, and see to a priority."""
    await site.hall(HASTY)
    await site.clerk(1)
    kiosk = await site.device("kiosk")
    for _ in range(3):
        await site.ticket(kiosk)
    page = await open_page("/counter/town/1", who=await site.person("head"))
    await page.click('#line button:has-text("A003")')
    await page.fill("#line-reason", "突发疾病")
    await assert_accessible(page)
    await page.keyboard.press("Enter")
    await page.wait_for_selector('#line li:first-child:has-text("A003")')
    await expect(page.locator("#line li:first-child").first).to_contain_text("特别紧急", use_inner_text=True)
    assert (await _ticket(site, "A003")).urgent


async def test_the_window_that_floats(site: Site, open_page: OpenPage) -> None:
    """Above all others: the number, and the keys and buttons that are pressed most; without it the button is hidden."""
    await site.hall(HASTY)
    page = await _desk(site, open_page, await site.person("clerk"), 2)
    await page.wait_for_selector('button[data-command="float"]:enabled')
    async with page.context.expect_page() as opened:
        await page.keyboard.press("w")
    floating = await opened.value
    await floating.wait_for_selector('button[data-command="next"]:enabled')
    await floating.click('button[data-command="next"]')
    await floating.wait_for_selector('[data-number]:has-text("A001")')
    await floating.keyboard.press("s")
    await floating.wait_for_selector('[data-state]:has-text("正在办理")')
    await expect(page.locator("#ticket-number")).to_have_text("A001", use_inner_text=True)
    await page.wait_for_selector('#message:has-text("A001 开始办理")')
    lacking = await page.context.new_page()
    await lacking.add_init_script("delete window.documentPictureInPicture")
    await lacking.goto(page.url)
    await lacking.wait_for_selector("#desk:not([hidden])")
    await expect(lacking.locator('button[data-command="float"]').first).to_be_hidden()


async def test_a_large_hall(site: Site, open_page: OpenPage) -> None:
    """999 waiting, forty counters and posts, names of thirty characters: nothing overflows, in Chinese and English."""
    page = await open_page("/counter/town/1", who=await busy_hall(site))
    for language in ("zh", "en"):
        await page.goto(f"{site.url}/counter/town/1?lang={language}")
        await page.wait_for_selector("#waiting:text-is('999')")
        await page.wait_for_selector("#line li >> nth=11")
        await assert_no_sideways_scrolling(page)
        await assert_accessible(page)
        await page.keyboard.press("o")
        await page.wait_for_selector("#cover-posts li >> nth=38")
        await assert_accessible(page)
        await page.keyboard.press("Escape")
    await page.keyboard.press(" ")
    await page.wait_for_selector('#ticket[data-state="called"]')
    await _until(site, "A091", lambda ticket: ticket.state == "called")
    wide = await page.evaluate(
        "[...document.querySelectorAll('.desk-button')].map((b) => b.scrollWidth > b.clientWidth)"
    )
    assert not any(wide)


IN_SIGHT = """
() => ["#clock", "#ticket-state", "#ticket-number", "#ticket-service", "#ticket-lasted", "#message", "#waiting",
    "#line li:first-child", "#line li:first-child .desk-row-why", "#absent-title", "#held-title",
    "[data-command=sign-off]", "[data-command=next]", ".desk-keys button:not([hidden])"]
    .flatMap((each) => [...document.querySelectorAll(each)])
    .filter((each) => {
        const { top, bottom, left, right } = each.getBoundingClientRect();
        const cover = each.closest(".panel")?.getBoundingClientRect() ?? { bottom: innerHeight };
        return top < 0 || left < 0 || bottom > Math.min(innerHeight, cover.bottom) + 0.5 || right > innerWidth + 0.5;
    })
    .map((each) => each.outerHTML)
"""
"""What of a clerk's day is out of sight."""

PLACES = """
() => Object.fromEntries(
    ["#desk button.desk-button:not(.desk-priority *)", "#desk .panel", "#desk h2", ".desk-ticket-number"]
    .flatMap((each) => [...document.querySelectorAll(each)])
    .filter((each) => each.checkVisibility())
    .map((each) => {
        const { x, y, width, height } = each.getBoundingClientRect();
        const { command, key } = each.dataset;
        const name = command?.replace("resume", "pause") ?? (each.id || key || each.getAttribute("aria-labelledby"));
        return [name || each.className, [x, y, width, height].join(" ")];
    }))
"""
"""Where everything stands that a hand or an eye goes to."""


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("size", [(1920, 1080), (1366, 768), (1280, 720)])
async def test_all_of_a_clerks_day_is_in_sight(
    site: Site, open_page: OpenPage, size: tuple[int, int], language: str
) -> None:
    """On an old office PC too, however busy: nothing need be scrolled for, and nothing moves from step to step."""
    width, height = size
    clerk = await busy_hall(site)
    page = await open_page(f"/counter/town/1?lang={language}", {"width": width, "height": height}, clerk)
    await page.wait_for_selector("#line li >> nth=11")
    await page.wait_for_selector(".status-banner.is-live")
    places: list[dict[str, str]] = []
    for key, state in ((" ", "called"), ("s", "serving"), ("f", "open")):
        await page.keyboard.press(key)
        await page.wait_for_selector(f'#ticket[data-state="{state}"]')
        await page.wait_for_selector("#message.is-good")
        await page.wait_for_selector("#desk:not(:has([aria-busy]))")
        assert await page.evaluate(IN_SIGHT) == []
        places.append(await page.evaluate(PLACES))
    await page.keyboard.press("p")
    await page.keyboard.press("Tab")
    await page.fill("#pause-reason", "取材料")
    await page.keyboard.press("Enter")
    await page.wait_for_selector('#ticket[data-state="away"]')
    await page.wait_for_selector('button[data-command="resume"]:enabled')
    places.append(await page.evaluate(PLACES))
    moved = {name for step in places[1:] for name in places[0] | step if step.get(name) != places[0].get(name)}
    assert moved == set()
    scrolled = await page.evaluate("document.documentElement.scrollHeight - innerHeight")
    assert scrolled <= 0


async def test_next_is_at_hand_at_every_size(site: Site, open_page: OpenPage) -> None:
    """With the largest letters, or on a phone, the page scrolls, but "next" is in sight, below the number."""
    page = await open_page("/counter/town/1", PHONE, await busy_hall(site))
    await page.wait_for_selector("#line li >> nth=11")
    await page.keyboard.press(" ")
    await page.wait_for_selector('#ticket[data-state="called"]')
    for width, height, letters in (
        (390, 844, "normal"),
        (1366, 768, "large"),
        (1366, 768, "largest"),
        (1280, 720, "largest"),
    ):
        await page.set_viewport_size({"width": width, "height": height})
        await page.evaluate("letters => { document.documentElement.dataset.textSize = letters; }", letters)
        number, top, bottom = await page.evaluate(
            """() => {
                const next = document.querySelector("[data-command=next]").getBoundingClientRect();
                return [document.getElementById("ticket-number").getBoundingClientRect().bottom, next.top, next.bottom];
            }"""
        )
        assert number < top, (width, letters)
        assert bottom <= height + 0.5, (width, letters)
        await assert_no_sideways_scrolling(page)
