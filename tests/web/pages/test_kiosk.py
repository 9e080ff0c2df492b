"""The kiosk: three touches at most to a ticket, and never a promise that it cannot keep."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace
from playwright.async_api import expect

from queue_server import catalogue
from queue_server.domain.hours import Hours, business_day
from queue_server.domain.queue import Quota
from queue_server.domain.service import Guide, service_rules
from queue_server.domain.webhook import Webhook
from tests.web.pages.conftest import (
    NEVER_OPEN,
    QUEUES,
    TOWN,
    OpenPage,
    Site,
    assert_accessible,
    assert_no_sideways_scrolling,
)
from tests.web.pages.kiosk_page import PORTRAIT, assert_fits, open_kiosk, shown

pytestmark = pytest.mark.browser


async def _issued(site: Site) -> int:
    """How many tickets the town has issued today."""
    return len((await site.server.hall("town")).day.tickets)


async def test_a_ticket_in_two_touches(site: Site, open_page: OpenPage) -> None:
    """Queue, priority question, ticket: large, with who is ahead, the wait as a range and the way to the phone."""
    site.server.public_url = "http://192.168.1.8:8000"
    await site.hall()
    await site.clerk(1)
    kiosk = await site.device("kiosk")
    for _ in range(3):
        await site.ticket(kiosk)
    page = await open_kiosk(site, open_page)
    queue = page.locator("#queues .choice").first
    assert (await queue.inner_text()).split("\n")[:4] == ["A", "综合受理", "一般事项的申请和咨询", "等候 3 人"]
    await assert_accessible(page)
    await queue.click()
    await page.wait_for_selector(shown("ask"))
    await expect(page.locator("#ask-title")).to_have_text("综合受理", use_inner_text=True)
    await assert_accessible(page)
    await page.click('[data-priority="elderly"]')
    await page.wait_for_selector(shown("ticket"))
    await expect(page.locator("#number")).to_have_text("A004", use_inner_text=True)
    assert await page.inner_text("#ahead") in ("0 人", "1 人", "2 人", "3 人")  # the head start of 15 minutes counts
    await expect(page.locator("#estimate")).to_contain_text("分钟", use_inner_text=True)
    await expect(page.locator("#ticket-title")).to_contain_text("请记下", use_inner_text=True)
    await page.wait_for_function("() => document.getElementById('qr').naturalWidth > 0")
    await assert_accessible(page)
    await page.click(shown("ticket") + " [data-go]")
    await page.wait_for_selector(shown("home"))


async def test_a_number_to_be_reminded_at(site: Site, open_page: OpenPage) -> None:
    """Where the hall sends messages: typed on large keys, shown with stars, and gone for the next citizen."""
    runner = await site.hall(webhook=Webhook(url="https://example.gov.cn/jiaohao"))
    page = await open_kiosk(site, open_page, PORTRAIT)
    await page.locator("#queues .choice").first.click()
    await page.click('[data-priority=""]')
    await page.wait_for_selector(shown("ticket"))
    await assert_fits(page)
    await page.click("#to-remind")
    await page.wait_for_selector(shown("remind"))
    await expect(page.locator("#remind-confirm")).to_be_disabled()
    for digit in "13812345678":
        await page.click(f'#remind-digits button:text-is("{digit}")')
    await expect(page.locator("#remind-number")).to_have_text("13812345678")
    await assert_fits(page)
    await page.click("#remind-confirm")
    await expect(page.locator("#reminded")).to_have_text("已登记 ****5678，前面还有 3 人时发短信给您。")
    await expect(page.locator("#to-remind")).to_be_hidden()
    (ticket,) = runner.day.tickets.values()
    assert ticket.phone_ref
    await page.click(shown("ticket") + " [data-go]")
    await page.wait_for_selector(shown("home"))
    await expect(page.locator("#remind-number")).to_have_text("—")


async def test_a_service_found_by_its_initials(site: Site, open_page: OpenPage) -> None:
    """Search, service, ticket: three touches and the letters; what is known of the service is said before."""
    await site.hall()
    page = await open_kiosk(site, open_page)
    await page.click("#to-search")
    await page.wait_for_selector("#services .choice")
    await assert_accessible(page)
    for letter in "SFZ":
        await page.click(f'#letters button:text-is("{letter}")')
    first = page.locator("#services li:first-child .choice:has-text('身份证')")  # not yet what its first letters find
    await first.wait_for()
    await expect(first).to_contain_text("身份证", use_inner_text=True)
    await first.click()
    await expect(page.locator("#ask-title")).to_contain_text("身份证", use_inner_text=True)
    await expect(page.locator("#about")).to_contain_text(
        "办理方式：在承诺时限内办结。取综合受理的号", use_inner_text=True
    )
    await page.click('[data-priority=""]')
    await page.wait_for_selector(shown("ticket"))
    await expect(page.locator("#number")).to_have_text("A001", use_inner_text=True)
    await expect(page.locator("#track")).to_be_hidden()  # phones cannot reach this server


async def test_nothing_found(site: Site, open_page: OpenPage) -> None:
    """A search without an answer says who helps."""
    await site.hall()
    page = await open_kiosk(site, open_page)
    await page.click("#to-search")
    await page.fill("#query", "火星签证")
    await page.wait_for_selector('#found:text("没有找到")')
    await expect(page.locator("#services .choice")).to_have_count(0)


async def test_pressing_twice_takes_one_ticket(site: Site, open_page: OpenPage) -> None:
    """A second press on the same button is harmless."""
    await site.hall()
    page = await open_kiosk(site, open_page)
    await page.locator("#queues .choice").first.click()
    await page.evaluate("() => { const b = document.querySelector('[data-priority=\"\"]'); b.click(); b.click(); }")
    await page.wait_for_selector(shown("ticket"))
    assert await _issued(site) == 1


async def test_an_untouched_kiosk_goes_home(site: Site, open_page: OpenPage) -> None:
    """After 60 seconds the next citizen finds the first screen, and no trace of the last."""
    await site.hall()
    page = await open_page("/")
    await page.clock.install()
    await page.goto(f"{site.url}/kiosk/town#token={await site.device('kiosk')}")
    await page.wait_for_selector(".status-banner.is-live")
    await page.locator("#queues .choice").first.click()
    await page.wait_for_selector(shown("ask"))
    await page.clock.run_for(44_000)
    await expect(page.locator("#countdown")).to_be_hidden()
    await page.clock.run_for(2_000)
    await expect(page.locator("#countdown")).to_contain_text("秒后回到首页", use_inner_text=True)
    await page.clock.run_for(13_000)
    await expect(page.locator(shown("ask"))).to_have_count(1)
    await page.clock.run_for(2_000)
    await page.wait_for_selector(shown("home"))


async def test_the_token_is_kept_and_not_shown(site: Site, open_page: OpenPage) -> None:
    """It leaves the address at once, and is there after a reload; another page does not get it."""
    await site.hall()
    page = await open_kiosk(site, open_page)
    assert page.url == f"{site.url}/kiosk/town"
    await page.reload()
    await page.wait_for_selector(shown("home"))
    await site.hall(TOWN, id="other", name="另一大厅")
    await page.goto(f"{site.url}/kiosk/other")
    await page.wait_for_selector(shown("unready"))


async def test_without_a_token(site: Site, open_page: OpenPage) -> None:
    """The page says what to do; the enquiry desk needs none, having signed in."""
    await site.hall()
    page = await open_page("/kiosk/town")
    await page.wait_for_selector(shown("unready"))
    await page.wait_for_selector("#pairing-code:text-matches('[0-9]{3} [0-9]{3}')")
    await assert_accessible(page)
    desk = await open_page("/kiosk/town", who=await site.person("guide"))
    await desk.wait_for_selector(".status-banner.is-live")
    await desk.locator("#queues .choice").first.click()
    await desk.click('[data-priority=""]')
    await desk.wait_for_selector(shown("ticket"))


async def test_a_kiosk_is_let_in_by_the_code_that_it_shows(site: Site, open_page: OpenPage) -> None:
    """The head types it, and the kiosk starts by itself; it stays let in after a reload."""
    await site.hall()
    page = await open_page("/kiosk/town", PORTRAIT)
    await page.wait_for_selector("#pairing-code:text-matches('[0-9]{3} [0-9]{3}')")
    head = await site.session(await site.person("head"))
    await site.post("/halls/town/devices", {"code": await page.inner_text("#pairing-code"), "label": "门口"}, head)
    await page.wait_for_selector(shown("home"))
    await page.reload()
    await page.locator("#queues .choice:enabled").first.click()
    await page.click('[data-priority=""]')
    await page.wait_for_selector("#number:text('A001')")


async def test_a_service_of_a_department(site: Site, open_page: OpenPage) -> None:
    """Department, service, ticket; and back the way one came."""
    await site.hall()
    page = await open_kiosk(site, open_page, PORTRAIT)
    await page.click("#to-departments")
    await page.wait_for_selector(shown("list"))
    await page.wait_for_selector("#listed .choice")
    await assert_accessible(page)
    first = page.locator("#listed .choice").first
    department = await first.locator("strong").inner_text()
    await first.click()
    await page.wait_for_selector(f"#list-title:text('{department}')")
    await page.click("#list-back")
    await page.wait_for_selector("#list-title:text('请选择部门')")
    await page.locator("#listed .choice").first.click()
    await page.locator("#listed .choice").first.click()
    await page.wait_for_selector(shown("ask"))
    await page.click('[data-priority=""]')
    await page.wait_for_selector(shown("ticket"))


async def test_what_people_come_for_most_is_three_touches_away(site: Site, open_page: OpenPage) -> None:
    """On the first day there is nothing yet, and it says what to do."""
    await site.hall()
    page = await open_kiosk(site, open_page, PORTRAIT)
    await page.click("#to-popular")
    await page.wait_for_selector("#list-empty:visible")
    await assert_accessible(page)
    await page.click("#list-back")
    kiosk = await site.device("kiosk")
    for service in (1, 98, 98):
        await site.post("/halls/town/tickets", {"service": service}, kiosk)
    await page.click("#to-popular")
    await page.locator("#listed .choice").nth(1).wait_for()
    await page.locator("#listed .choice").first.click()
    await page.click('[data-priority=""]')
    await page.wait_for_selector(shown("ticket"))
    day = (await site.server.hall("town")).day
    assert [ticket.service for ticket in day.tickets.values()] == [1, 98, 98, 98]


async def test_what_is_known_of_a_service_is_said_before_the_ticket(site: Site, open_page: OpenPage) -> None:
    """Materials, limits, fee and phone; and the sheet is printed, or it says where to get one."""
    guide = Guide(materials=("身份证原件", "户口簿"), promised_limit="5 个工作日", fee="不收费", consult_phone="0379-1")
    await site.hall(guides={98: guide})
    page = await open_kiosk(site, open_page, PORTRAIT)
    await site.post("/halls/town/tickets", {"service": 98}, await site.device("kiosk"))
    await page.click("#to-popular")
    await page.locator("#listed .choice").first.click()
    about = await page.inner_text("#about")
    for part in ("身份证原件", "户口簿", "承诺时限：5 个工作日", "收费：不收费", "咨询电话：0379-1"):
        assert part in about
    assert "现在没有窗口在办理这项业务" in about
    await assert_accessible(page)
    await page.click("#print-notice")
    await page.wait_for_selector("#notice-said.is-bad")
    await expect(page.locator("#notice-said")).to_contain_text("请到咨询台领取", use_inner_text=True)


WAYS = {
    "a queue on the first screen": ("#queues .choice",),
    "an item by its name or initials, once its letters are typed": ("#to-search", "#services .choice"),
    "an item that people come for most": ("#to-popular", "#listed .choice"),
    "a department that has one item here": ("#to-departments", "#listed .choice:has-text('共 1 项')"),
    "a department that has several": ("#to-departments", "#listed .choice:has-text('共 2 项')", "#listed .choice"),
}
"""What is touched before the last touch, on each way to a ticket."""


async def test_the_touches_to_a_ticket(site: Site, open_page: OpenPage) -> None:
    """As docs/kiosk.md counts them; a department with one item needs no list."""
    several, one = catalogue.services()[0], next(s for s in catalogue.services() if s.department == "武装部")
    other = next(s for s in catalogue.services() if s.department == several.department and s.no != several.no)
    await site.hall(services={no: rule for no, rule in TOWN.services.items() if no in (several.no, one.no, other.no)})
    await site.post("/halls/town/tickets", {"service": one.no}, await site.device("kiosk"))
    page = await open_kiosk(site, open_page, PORTRAIT)
    told = (Path(__file__).parents[3] / "docs" / "kiosk.md").read_text("utf-8")
    for way, touched in WAYS.items():
        for selector in (*touched, '[data-priority=""]'):
            await page.locator(f"{selector}:visible").first.click()
        await page.wait_for_selector(shown("ticket"))
        assert f"| {way} | {len(touched) + 1} |" in told
        await page.click(shown("ticket") + " [data-go]")
    assert await _issued(site) == 1 + len(WAYS)


async def test_reporting_back_after_an_absence(site: Site, open_page: OpenPage) -> None:
    """By the number on the slip; a number that nobody missed is refused in words."""
    await site.hall()
    clerk, kiosk = await site.clerk(1), await site.device("kiosk")
    await site.ticket(kiosk)
    page = await open_kiosk(site, open_page, PORTRAIT)
    await page.click("#to-return")
    await page.wait_for_selector("#return-confirm:disabled")
    await assert_accessible(page)
    await page.click('#return-letters button:text-is("A")')
    for digit in "001":
        await page.click(f'#return-digits button:text-is("{digit}")')
    await page.click("#return-confirm")
    await page.wait_for_selector("#problem:visible")
    await expect(page.locator("#problem")).to_contain_text("该号没有过号", use_inner_text=True)
    for verb in ("next", "no-show"):
        await site.post(f"/halls/town/counters/1/{verb}", {}, clerk)
    await page.click("#return-confirm")
    await page.wait_for_selector(shown("returned"))
    await expect(page.locator("#returned-number")).to_have_text("A001", use_inner_text=True)
    await expect(page.locator("#returned-ahead")).to_contain_text("前面还有 0 人", use_inner_text=True)
    await assert_accessible(page)
    await page.click(shown("returned") + " [data-go]")
    await page.wait_for_selector(shown("home"))


async def test_large_type_is_for_one_citizen(site: Site, open_page: OpenPage) -> None:
    """One touch, and gone with the citizen; nothing runs off the side."""
    await site.hall()
    page = await open_kiosk(site, open_page, PORTRAIT)
    size = "() => parseFloat(getComputedStyle(document.documentElement).fontSize)"
    before = await page.evaluate(size)
    await page.click("#larger")
    await page.wait_for_function(f"before => ({size})() > before * 1.2", arg=before)
    await assert_no_sideways_scrolling(page)
    await assert_accessible(page)
    await page.locator("#queues .choice").first.click()
    await page.click('[data-priority=""]')
    await page.click(shown("ticket") + " [data-go]")
    await page.wait_for_selector(shown("home"))
    await page.wait_for_function(f"before => ({size})() === before", arg=before)


async def test_a_token_that_is_not_good_here(site: Site, open_page: OpenPage) -> None:
    """The refusal is told in the server's words, and no number is shown."""
    await site.hall()
    await site.hall(TOWN, id="other", name="另一大厅")
    page = await open_page(f"/kiosk/town#token={await site.device('kiosk', 'other')}")
    await page.wait_for_selector(".status-banner.is-live")
    await page.locator("#queues .choice").first.click()
    await page.click('[data-priority=""]')
    await page.wait_for_selector("#problem:visible")
    await expect(page.locator("#problem")).to_contain_text("您没有办理此项操作的权限", use_inner_text=True)
    assert await _issued(site) == 0


async def test_closed(site: Site, open_page: OpenPage) -> None:
    """Outside ticketing hours the kiosk says so and offers nothing to press."""
    await site.hall(hours=NEVER_OPEN)
    page = await open_kiosk(site, open_page)
    await page.wait_for_selector(shown("closed"))
    await expect(page.locator("main")).to_contain_text("现在不是取号时间", use_inner_text=True)
    await expect(page.locator("main button:visible")).to_have_count(0)
    await assert_accessible(page)


async def test_closed_until_tomorrow(site: Site, open_page: OpenPage) -> None:
    """A hall that opens again says when, on its own clock."""
    today = business_day(site.server.now(), TOWN.day_starts, TOWN.timezone)
    tomorrow = (today + timedelta(days=1)).isoformat()
    await site.hall(hours=Hours(weekly={}, exceptions={tomorrow: (("08:30", "17:30"),)}))
    page = await open_kiosk(site, open_page)
    await page.wait_for_selector(shown("closed"))
    await page.wait_for_selector(f"#opens:text('{(today + timedelta(days=1)).day}日')")
    await expect(page.locator("#opens")).to_contain_text("08:30 开始办公", use_inner_text=True)


async def test_closing_early(site: Site, open_page: OpenPage) -> None:
    """A kiosk that stands follows what the head does with the day."""
    runner = await site.hall()
    page = await open_kiosk(site, open_page)
    await page.wait_for_selector(shown("home"))
    await page.locator("#queues .choice").first.click()
    await runner.close_day("u_head", "close", "")
    await page.click('[data-priority=""]')  # too late for whoever was about to take a ticket
    await page.wait_for_selector("#problem:visible")
    await expect(page.locator("#problem")).to_contain_text("今日业务已结束", use_inner_text=True)
    await page.wait_for_selector(shown("closed"))


async def test_no_tickets_left(site: Site, open_page: OpenPage) -> None:
    """A used-up quota stands on the queue's button; touched, it says when there is more, and where to go."""
    zone, now = _noon(site)
    today = business_day(now, TOWN.day_starts, zone).isoformat()
    full = replace(QUEUES["comprehensive"], quota=Quota(morning=1))
    await site.hall(
        timezone=zone,
        hours=Hours(weekly={}, exceptions={today: (("08:00", "13:30"), ("14:00", "18:00"))}),
        queues={**QUEUES, "comprehensive": full},
    )
    await site.clerk(1)
    page = await open_kiosk(site, open_page, PORTRAIT)
    queue = page.locator("#queues .choice").first
    await queue.locator(":text('约 1')").wait_for()
    await site.ticket(await site.device("kiosk"))
    await queue.locator(":text('号已取完')").wait_for()
    await assert_accessible(page)
    await queue.click()
    await page.wait_for_selector(shown("full"))
    await expect(page.locator("#full-again")).to_contain_text("13:30 以后可以再取号", use_inner_text=True)
    await expect(page.locator("#full-counters")).to_contain_text(
        "1 号窗口空闲，可以直接到窗口办理", use_inner_text=True
    )
    await assert_accessible(page)
    await page.click(shown("full") + " [data-go]")
    await page.click("#to-search")
    await page.fill("#query", "身份证")
    await page.locator("#services .is-full:has-text('身份证'):has-text('号已取完')").first.click()
    await page.wait_for_selector(shown("full"))
    assert await _issued(site) == 1


async def test_no_tickets_left_today(site: Site, open_page: OpenPage) -> None:
    """Then it is the next working day; with nobody on duty nobody is sent to a counter."""
    none = replace(QUEUES["comprehensive"], quota=Quota(morning=0, afternoon=0))
    await site.hall(queues={**QUEUES, "comprehensive": none})
    page = await open_kiosk(site, open_page)
    await page.locator("#queues .choice.is-full").first.click()
    await page.wait_for_selector("#full-again:text('下个工作日')")
    await expect(page.locator("#full-counters")).to_be_hidden()


async def test_before_opening_it_says_when_the_counters_open(site: Site, open_page: OpenPage) -> None:
    """In the half hour before, and over lunch: nobody is alarmed, and no wait is a lone dash."""
    zone, now = _noon(site)
    opens = (now + timedelta(minutes=20)).astimezone(ZoneInfo(zone)).strftime("%H:%M")
    today = business_day(now, TOWN.day_starts, zone).isoformat()
    for spans in (((opens, "18:00"),), (("08:00", "11:00"), (opens, "18:00"))):
        await site.hall(timezone=zone, hours=Hours(weekly={}, exceptions={today: spans}))
        page = await open_kiosk(site, open_page)
        queue = page.locator("#queues .choice").first
        await queue.locator(f":text('{opens} 开始办理')").wait_for()
        await queue.click()
        await expect(page.locator("#about")).to_contain_text(
            f"窗口 {opens} 开始办理。您可以先取号", use_inner_text=True
        )
        await page.click('[data-priority=""]')
        await page.wait_for_selector(shown("ticket"))
        assert await page.inner_text("#estimate") == f"{opens} 开始办理"
        await page.context.close()


async def test_with_nobody_on_duty_it_sends_to_the_staff(site: Site, open_page: OpenPage) -> None:
    """In opening hours, where no wait is known."""
    await site.hall()
    page = await open_kiosk(site, open_page)
    queue = page.locator("#queues .choice").first
    await queue.locator(":text('请咨询工作人员')").wait_for()
    await queue.click()
    await expect(page.locator("#about")).to_contain_text("请先咨询工作人员", use_inner_text=True)
    await page.click('[data-priority=""]')
    await page.wait_for_selector(shown("ticket"))
    await expect(page.locator("#estimate")).to_have_text("请咨询工作人员", use_inner_text=True)


async def test_a_wait_beyond_closing_time(site: Site, open_page: OpenPage) -> None:
    """It is said on the button, before the ticket and with it."""
    zone, now = _noon(site)
    closes = (now + timedelta(minutes=9)).astimezone(ZoneInfo(zone)).strftime("%H:%M")
    today = business_day(now, TOWN.day_starts, zone).isoformat()
    await site.hall(timezone=zone, hours=Hours(weekly={}, exceptions={today: (("08:00", closes),)}))
    await site.clerk(1)
    kiosk = await site.device("kiosk")
    for _ in range(4):
        await site.ticket(kiosk)
    page = await open_kiosk(site, open_page)
    queue = page.locator("#queues .choice").first
    await queue.locator(":text('可能办理不完')").wait_for()
    await queue.click()
    await expect(page.locator("#about")).to_contain_text(f"到 {closes} 下班时可能办理不完", use_inner_text=True)
    await page.click('[data-priority=""]')
    await page.wait_for_selector(shown("ticket"))
    await expect(page.locator("#estimate")).to_contain_text("可能办理不完", use_inner_text=True)
    await expect(page.locator("#warning")).to_contain_text(f"到 {closes} 下班时可能办理不完", use_inner_text=True)
    await assert_accessible(page)


def _noon(site: Site) -> tuple[str, datetime]:
    """A time zone in which it is past twelve now, so that no test of opening hours depends on when it runs; and now."""
    now = site.server.now()
    return f"Etc/GMT{now.hour - 12:+d}", now


async def test_without_its_server(site: Site, open_page: OpenPage) -> None:
    """A kiosk that lost its server says since when and takes no presses, and comes back by itself."""
    await site.hall()
    page = await open_kiosk(site, open_page)
    await site.cut()
    await page.wait_for_selector(".status-banner.is-lost")
    await expect(page.locator("#status")).to_contain_text("与服务器的连接中断", use_inner_text=True)
    await expect(page.locator("#problem")).to_contain_text("暂时不能取号", use_inner_text=True)
    await expect(page.locator("#queues .choice:enabled, .ways [id^=to-]:enabled")).to_have_count(0)
    await assert_accessible(page)
    await site.mend()
    await page.wait_for_selector(".status-banner.is-live", timeout=20_000)
    await page.locator("#queues .choice:enabled").first.wait_for()
    await expect(page.locator("#problem")).to_be_hidden()


async def test_what_is_not_done_here_is_sent_on(site: Site, open_page: OpenPage) -> None:
    """A village station says that the township does it; a township names the department."""
    rules = service_rules(catalogue.services(), "village", QUEUES, catalogue.default_handling())
    sent = next(service for service in catalogue.services() if service.no not in rules and service.doubtful is None)
    await site.hall(level="village", services=rules)
    page = await open_kiosk(site, open_page, PORTRAIT)
    await page.click("#to-search")
    await page.fill("#query", sent.name)
    await page.wait_for_selector('#found:text("请到乡镇便民服务中心")')
    await expect(page.locator("#found")).to_contain_text(sent.name, use_inner_text=True)
    await assert_accessible(page)
    await site.hall(services={})
    await page.fill("#query", sent.name[:-1])
    await page.wait_for_selector(f'#found:text("{sent.department}")')


async def test_entries_in_doubt_are_sent_nowhere(site: Site) -> None:
    """What the head has not settled is not told; nor is anything of a hall that does not exist."""
    await site.hall(services={})
    doubtful = next(service for service in catalogue.services() if service.doubtful is not None)
    async with site.client() as client:
        told = (await client.get("/kiosk/town/elsewhere", params={"q": doubtful.name})).json()["services"]
        assert doubtful.name not in [service["name"] for service in told]
        assert len((await client.get("/kiosk/town/elsewhere")).json()["services"]) == 5
        assert (await client.get("/kiosk/nowhere/elsewhere")).status_code == 404


async def test_no_absurd_wait_is_promised(site: Site, open_page: OpenPage) -> None:
    """What may last more than three hours is not known, however soon it may be over."""
    await site.hall()
    page = await open_kiosk(site, open_page)
    minutes = "([p50_s, p90_s]) => import('/static/page.js').then((page) => page.minutes({p50_s, p90_s}))"
    assert await page.evaluate(minutes, [600, 10_801]) is None
    assert await page.evaluate(minutes, [600, 900]) == {"least": 10, "most": 15}
