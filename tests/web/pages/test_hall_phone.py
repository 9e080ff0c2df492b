"""A phone in the hall: whoever stands there takes a ticket with the code on the screen, and knows what to bring."""

from datetime import timedelta
from typing import TYPE_CHECKING

import httpx
import pytest
from msgspec.structs import replace
from playwright.async_api import expect

from queue_server.domain.queue import Queue, Quota
from queue_server.domain.service import Guide
from queue_server.web.hall_code import hall_code
from queue_server.web.pages.qr import qr
from tests.web.limits import phone_limits
from tests.web.pages.busy_hall import busy_hall
from tests.web.pages.conftest import (
    NEVER_OPEN,
    PHONE,
    QUEUES,
    TOWN,
    OpenPage,
    Site,
    assert_accessible,
    assert_no_sideways_scrolling,
)
from tests.web.pages.sizes import assert_readable_and_touchable

if TYPE_CHECKING:
    from playwright.async_api import Page, Route, ViewportSize

SMALL: "ViewportSize" = {"width": 320, "height": 568}
ALLOWED = replace(TOWN.rules, phone_ticketing=True)
CHOICE = "#queues .choice:enabled"
FOUND = "#services .choice:enabled"
TAKE = "#take-it:enabled"


@pytest.fixture(autouse=True)
async def town(site: Site) -> None:
    """The town lets phones take tickets."""
    await site.hall(rules=ALLOWED)


def code_of(site: Site, ago: timedelta = timedelta()) -> str:
    """What its screen shows, or showed some time ago."""
    return hall_code(site.server.code_secret, "town", site.server.now() - ago)


async def scan(site: Site, open_page: OpenPage, size: "ViewportSize" = PHONE, more: str = "") -> "Page":
    """The page, by the QR on the screen."""
    page = await open_page(f"/h/town?code={code_of(site)}{more}", size)
    await page.wait_for_selector(CHOICE)
    return page


async def take(page: "Page") -> None:
    """Take a ticket of the first queue, and arrive at the ticket's own page."""
    await page.click(CHOICE)
    await page.click(TAKE)
    await page.wait_for_url("**/t/town.*")


async def taken(site: Site) -> list[str]:
    """The numbers of all tickets of the day."""
    return [ticket.number for ticket in (await site.server.hall("town")).day.tickets.values()]


async def _get(site: Site, path: str) -> httpx.Response:
    async with httpx.AsyncClient(base_url=site.url, trust_env=False, headers={"accept": "text/html"}) as client:
        return await client.get(path)


# What the server gives


async def test_the_page_is_kept_by_nobody(site: Site) -> None:
    """Its address holds the code: no cache, no search engine, no referrer."""
    answer = await _get(site, f"/h/town?code={code_of(site)}")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-robots-tag"] == "noindex"
    assert answer.headers["referrer-policy"] == "no-referrer"


async def test_an_unknown_hall(site: Site) -> None:
    """404, with a way on."""
    answer = await _get(site, "/h/nowhere?code=ABCDEFGH")
    assert answer.status_code == 404
    assert "没有这个大厅" in answer.text
    assert 'href="/"' in answer.text


async def test_the_qr_leads_to_the_page(site: Site) -> None:
    """Drawn where phones can reach the server, for whatever could be a code: it tells a guesser nothing."""
    assert (await _get(site, "/h/town/qr.svg?code=ABCDEFGH")).status_code == 404
    site.server.public_url = "https://hall.example/"
    for code in ("ABCDEFGH", code_of(site)):
        answer = await _get(site, f"/h/town/qr.svg?code={code}")
        assert answer.content == qr(f"https://hall.example/h/town?code={code}").body
        assert answer.headers["content-type"] == "image/svg+xml"
        assert answer.headers["cache-control"] == "no-store"
    for other in ("", "ABCDEFG", "ABCDEFGHI", "ABCDEFG1", "abcdefgh", "%3Cscript%3E"):
        assert (await _get(site, f"/h/town/qr.svg?code={other}")).status_code == 404


async def test_codes_cannot_be_guessed_at_the_page_either(site: Site) -> None:
    """It counts with the same limit as the call does, and what was the hall's code today does not count."""
    old = code_of(site, timedelta(hours=2))
    for code in (*["WRONGONE"] * 10, old, code_of(site)):
        await _get(site, f"/h/town?code={code}")
    asked = {"queue": "comprehensive", "code": code_of(site)}
    assert (await site.call("POST", "/halls/town/tickets", asked)).json()["code"] == "too_many"
    site.server.phone_limits = phone_limits()
    for _ in range(12):
        assert '"code_wrong"' in (await _get(site, f"/h/town?code={old}")).text
    assert (await site.call("POST", "/halls/town/tickets", asked)).status_code == 201


# Taking a ticket


@pytest.mark.browser
async def test_from_the_qr_to_the_ticket(site: Site, open_page: OpenPage) -> None:
    """Who waits, how long, the ticket; the code is out of the address at once, and the way back takes no other."""
    await site.clerk(1)
    await site.ticket(await site.device("kiosk"))
    page = await scan(site, open_page)
    assert page.url == site.url + "/h/town"
    first = page.locator("#queues .choice").first
    await first.locator("text=等候 1 人").wait_for()
    await expect(first).to_contain_text("分钟", use_inner_text=True)
    await assert_accessible(page)
    await page.click(CHOICE)
    await expect(page.locator("#ask-title")).to_have_text("综合受理", use_inner_text=True)
    await expect(page.locator("#about")).to_contain_text("前面等候\n1 人", use_inner_text=True)
    await assert_accessible(page)
    await page.click(TAKE)
    await page.wait_for_url("**/t/town.*")
    await expect(page.locator("#number")).to_have_text("A002", use_inner_text=True)
    await page.go_back()
    await page.wait_for_selector(CHOICE)
    await page.wait_for_selector('#mine a:has-text("A002")')
    assert await taken(site) == ["A001", "A002"]


@pytest.mark.browser
async def test_by_the_service_that_somebody_came_for(site: Site, open_page: OpenPage) -> None:
    """Found by its initials; what to bring and what it costs is told before the ticket; a priority goes along."""
    guide = Guide(materials=("户口簿", "监护人身份证"), fee="不收费", promised_limit="当场办结")
    await site.hall(rules=ALLOWED, guides={141: guide})
    page = await scan(site, open_page)
    await page.fill("#query", "SCSLJMSFZ")
    await page.click(f'{FOUND}:has-text("首次申领居民身份证（需监护人陪同）")')
    said = await page.inner_text("#about")
    for part in ("取哪个号\n综合受理", "收费\n不收费", "承诺时限\n当场办结", "户口簿", "监护人身份证"):
        assert part in said
    await page.check('input[value="elderly"]')
    await page.click(TAKE)
    await page.wait_for_url("**/t/town.*")
    (ticket,) = (await site.server.hall("town")).day.tickets.values()
    assert (ticket.service, ticket.queue, ticket.priority) == (141, "comprehensive", "elderly")
    assert not ticket.priority_confirmed


@pytest.mark.browser
async def test_what_is_not_done_here(site: Site, open_page: OpenPage) -> None:
    """It says where to go, and what nobody knows it says too; erased, the list is gone."""
    await site.hall(rules=ALLOWED, services={141: TOWN.services[141]})
    page = await scan(site, open_page)
    await page.fill("#query", "老年人优待证")
    await page.wait_for_selector('#found:has-text("不在本大厅办理，请到")')
    await page.fill("#query", "火星旅行")
    await page.wait_for_selector('#found:has-text("没有找到")')
    await page.fill("#query", "身份证")
    await page.wait_for_selector(FOUND)
    await page.fill("#query", "")
    await page.wait_for_selector("#services:empty", state="attached")
    await expect(page.locator("#found")).to_have_text("", use_inner_text=True)


@pytest.mark.browser
async def test_pressed_twice_it_is_one_ticket(site: Site, open_page: OpenPage) -> None:
    """However fast the thumb is."""
    page = await scan(site, open_page)
    await page.click(CHOICE)
    await page.dblclick(TAKE)
    await page.wait_for_url("**/t/town.*")
    assert await taken(site) == ["A001"]


@pytest.mark.browser
async def test_a_lost_answer_and_a_reload_make_no_second_ticket(site: Site, open_page: OpenPage) -> None:
    """The server has issued it and the answer is lost: opened anew, the page asks for the same and goes on to it."""
    page = await scan(site, open_page)

    async def lose(route: "Route") -> None:
        await route.fetch()
        await route.abort()

    await page.route("**/api/v1/halls/town/tickets", lose)
    await page.click(CHOICE)
    await page.click(TAKE)
    await page.wait_for_selector('#slow:has-text("不会重复取号")')
    assert await taken(site) == ["A001"]
    await page.unroute_all(behavior="ignoreErrors")
    await page.reload()
    await page.wait_for_url("**/t/town.*")
    await expect(page.locator("#number")).to_have_text("A001", use_inner_text=True)
    assert await taken(site) == ["A001"]


@pytest.mark.browser
async def test_whoever_has_a_ticket_is_asked_before_another(site: Site, open_page: OpenPage) -> None:
    """It is shown with its state; another one is for somebody else. Of another queue, or given up, nobody is asked."""
    page = await scan(site, open_page)
    await take(page)
    await page.goto(f"{site.url}/h/town?code={code_of(site)}")
    await page.wait_for_selector('#mine a:has-text("A001"):has-text("等候中")')
    await assert_accessible(page)
    await page.click(CHOICE)
    await page.click(TAKE)
    await page.wait_for_selector("#another-dialog[open]")
    await expect(page.locator("#another-title")).to_have_text("您已经取了 A001 号（等候中）", use_inner_text=True)
    await assert_accessible(page)
    await page.go_back()
    await page.wait_for_selector("#another-dialog", state="hidden")
    await page.click(CHOICE)
    await page.click(TAKE)
    await page.click("#another-track")
    await page.wait_for_url("**/t/town.*")
    assert await taken(site) == ["A001"]
    await page.goto(f"{site.url}/h/town?code={code_of(site)}")
    await page.click(CHOICE)
    await page.click(TAKE)
    await page.click("#another:enabled")
    await page.wait_for_url("**/t/town.*")
    assert await taken(site) == ["A001", "A002"]
    for ticket in list((await site.server.hall("town")).day.tickets):
        await site.call("DELETE", f"/halls/town/tickets/{ticket}")
    await page.goto(f"{site.url}/h/town?code={code_of(site)}")
    await take(page)
    assert await taken(site) == ["A001", "A002", "A003"]
    await page.goto(f"{site.url}/h/town?code={code_of(site)}")
    await page.wait_for_selector('#mine a:has-text("A003")')
    await expect(page.locator("#mine a")).to_have_count(1)
    await page.click(f'{CHOICE}:has-text("无差别即办")')
    await page.click(TAKE)
    await page.wait_for_url("**/t/town.*")
    assert await taken(site) == ["A001", "A002", "A003", "B001"]


@pytest.mark.browser
async def test_the_phones_own_way_back_leads_to_the_list(site: Site, open_page: OpenPage) -> None:
    """As the button does; and nothing of the last choice is left."""
    page = await scan(site, open_page)
    for back in (page.go_back, lambda: page.click("[data-back]:visible")):
        await page.click(CHOICE)
        await page.check('input[value="disabled"]')
        await back()
        await page.wait_for_selector("#queues:visible")
        await expect(page.locator('input[value=""]').first).to_be_checked()
    assert await taken(site) == []


@pytest.mark.browser
async def test_by_keyboard_alone(site: Site, open_page: OpenPage) -> None:
    """A switch or a keyboard takes a ticket too; whoever cannot see hears the title of each step."""
    page = await scan(site, open_page)
    await page.focus(CHOICE)
    await page.keyboard.press("Enter")
    await page.wait_for_selector("#ask-title:focus")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/t/town.*")
    assert await taken(site) == ["A001"]


# The code


@pytest.mark.browser
async def test_a_reload_and_another_language_keep_the_code(site: Site, open_page: OpenPage) -> None:
    """In this tab alone, and in no address: not in that of the other language either."""
    page = await scan(site, open_page)
    await page.reload()
    await page.wait_for_selector(CHOICE)
    assert code_of(site) not in await page.content()
    await page.goto(f"{site.url}/h/town?code={code_of(site)}")
    await page.wait_for_selector(CHOICE)
    await page.click("a[hreflang=en]")
    await page.wait_for_selector('h2:has-text("What would you like to do?")')
    assert page.url == site.url + "/h/town?lang=en"
    await take(page)
    other = await open_page("/h/town", PHONE)
    await other.wait_for_selector("#code:visible")


@pytest.mark.browser
@pytest.mark.parametrize("written", ["as shown", "in small letters, with a blank"])
async def test_the_code_by_hand(site: Site, open_page: OpenPage, written: str) -> None:
    """A phone without a camera types what stands beside the QR."""
    page = await open_page("/h/town", PHONE)
    await page.wait_for_selector('h2:has-text("请扫描大厅屏幕上的二维码")')
    await assert_accessible(page)
    code = code_of(site)
    await page.fill("#code", code if written == "as shown" else f"{code[:4]} {code[4:]}".lower())
    await page.keyboard.press("Enter")
    await page.wait_for_selector(CHOICE)
    assert page.url == site.url + "/h/town"
    await take(page)
    assert await taken(site) == ["A001"]


@pytest.mark.browser
async def test_a_code_that_is_wrong_or_out_of_date(site: Site, open_page: OpenPage) -> None:
    """Told at once, before anybody chooses, with what to do: scan again. After too many, how long to wait."""
    for code in (code_of(site, timedelta(hours=1)), "ABCDEFGH"):
        page = await open_page(f"/h/town?code={code}", PHONE)
        await page.wait_for_selector('#problem:has-text("请重新扫描大厅屏幕上的二维码")')
        await page.wait_for_selector("#code:visible")
        assert page.url == site.url + "/h/town"
        await assert_accessible(page)
    for _ in range(9):
        await _get(site, "/h/town?code=ABCDEFGH")
    page = await open_page(f"/h/town?code={code_of(site)}", PHONE)
    await page.wait_for_selector('#problem:has-text("请约 10 分钟后再试，或到取号机取号")')
    await assert_accessible(page)


@pytest.mark.browser
async def test_a_code_that_grew_old_while_somebody_read(site: Site, open_page: OpenPage) -> None:
    """The server says so when the ticket is asked for; the new code is typed in, and it goes on."""
    page = await scan(site, open_page)
    real = site.server.now
    site.server.now = lambda: real() + timedelta(minutes=30)
    await page.click(CHOICE)
    await page.click(TAKE)
    await page.wait_for_selector('#problem:has-text("请重新扫描大厅屏幕上的二维码")')
    await page.fill("#code", code_of(site))
    await page.click("#enter button")
    await page.wait_for_selector(CHOICE)
    await take(page)
    assert await taken(site) == ["A001"]


# What stands in the way


@pytest.mark.browser
async def test_a_hall_that_gives_no_tickets_by_phone(site: Site, open_page: OpenPage) -> None:
    """It says so, whatever code was scanned; also when it is switched off while somebody chooses."""
    page = await scan(site, open_page)
    await page.click(CHOICE)
    await site.hall()
    await page.click(TAKE)
    await page.wait_for_selector('h2:has-text("本大厅没有开通手机取号")')
    other = await open_page(f"/h/town?code={code_of(site)}", PHONE)
    await other.wait_for_selector('h2:has-text("本大厅没有开通手机取号")')
    await assert_accessible(other)


@pytest.mark.browser
async def test_a_closed_hall(site: Site, open_page: OpenPage) -> None:
    """It says when it opens, as soon as it closes, and lets whoever stands there go on when it opens again."""
    page = await scan(site, open_page)
    head = await site.session(await site.person("head"))
    await site.post("/halls/town/day/close", {}, head)
    await page.wait_for_selector('h2:has-text("现在不是取号时间")')
    await page.wait_for_selector('#opens:has-text("开始办公，届时可以取号")')
    await assert_accessible(page)


@pytest.mark.browser
async def test_a_hall_without_hours(site: Site, open_page: OpenPage) -> None:
    """When it opens nobody knows; then it does, and the page goes on by itself."""
    await site.hall(rules=ALLOWED, hours=NEVER_OPEN)
    page = await open_page(f"/h/town?code={code_of(site)}", PHONE)
    await page.wait_for_selector('#opens:has-text("开放时间请看大厅公告")')
    await site.hall(rules=ALLOWED)
    await page.wait_for_selector(CHOICE)


@pytest.mark.browser
async def test_what_the_hall_has_no_more_of(site: Site, open_page: OpenPage) -> None:
    """A queue's quota, the tickets of one address, those that wait: each with what to do instead."""
    page = await scan(site, open_page)
    await page.click(f'{CHOICE}:has-text("无差别即办")')
    queues = QUEUES | {"express": replace(QUEUES["express"], quota=Quota(morning=0, afternoon=0))}
    await site.hall(rules=ALLOWED, queues=queues)
    await page.click(TAKE)
    await page.wait_for_selector('#problem:has-text("无差别即办本时段的号已经取完")')
    await page.click(f'{CHOICE}:has-text("无差别即办"):has-text("号已取完")')  # known beforehand by now
    await page.wait_for_selector('#full-title:has-text("无差别即办：号已取完")')
    await page.wait_for_selector('#full-again:has-text("号")')
    await assert_accessible(page)
    await page.click("[data-back]:visible")
    await page.wait_for_selector("#queues:visible")
    site.server.phone_limits = phone_limits(waiting=1)
    await take(page)
    await page.goto(f"{site.url}/h/town?code={code_of(site)}")
    await page.click(CHOICE)
    await page.click(TAKE)
    await page.click("#another:enabled")
    await page.wait_for_selector('#problem:has-text("用手机取的号等候较多")')
    site.server.phone_limits = phone_limits(taken=1)
    page = await scan(site, open_page)
    await take(page)
    other = await scan(site, open_page)
    await other.click(CHOICE)
    await other.click(TAKE)
    await other.wait_for_selector('#problem:has-text("请约 10 分钟后再试")')


@pytest.mark.browser
async def test_without_its_server(site: Site, open_page: OpenPage) -> None:
    """What it shows is old and says so, and nothing that needs the server is offered; back, it goes on."""
    page = await scan(site, open_page)
    await page.click(CHOICE)
    await page.wait_for_selector(TAKE)
    await site.cut()
    await page.wait_for_selector(".status-banner.is-lost")
    await page.wait_for_selector("#take-it:disabled")
    await page.click("[data-back]:visible")
    await page.wait_for_selector("#queues .choice:disabled")
    await assert_accessible(page)
    await site.mend()
    await page.wait_for_selector(CHOICE, timeout=20_000)
    await take(page)
    assert await taken(site) == ["A001"]


@pytest.mark.browser
async def test_the_first_day(site: Site, open_page: OpenPage) -> None:
    """Nobody waits and nobody serves: no time is promised, and the ticket can be taken all the same."""
    page = await scan(site, open_page)
    await expect(page.locator("#queues")).to_contain_text("无人等候", use_inner_text=True)
    await expect(page.locator("#queues")).not_to_contain_text("分钟", use_inner_text=True)
    await page.click(CHOICE)
    await page.wait_for_selector('#about:has-text("现在没有窗口在办理这项业务")')
    await page.click(TAKE)
    await page.wait_for_url("**/t/town.*")


# For every eye and thumb

MAINS = (".choice", ".wide", ".pick input", "#query", "#code")


async def fits(page: "Page") -> None:
    """All of what is shown can be read and pressed, and stands on the screen."""
    await assert_no_sideways_scrolling(page)
    await assert_readable_and_touchable(page, *MAINS)
    await assert_accessible(page)


@pytest.mark.browser
async def test_the_busiest_day(site: Site, open_page: OpenPage) -> None:
    """999 people wait at 40 counters: number and time stand beside the longest names, before choosing and after."""
    await busy_hall(site)
    hall = (await site.server.hall("town")).hall
    assert hall
    await site.hall(hall, rules=replace(hall.rules, phone_ticketing=True))
    page = await scan(site, open_page, SMALL)
    await page.wait_for_selector('#queues .choice:has-text("等候 999 人")')
    await fits(page)
    await page.fill("#query", "SFZ")
    await page.click(FOUND)
    await page.wait_for_selector('#about:has-text("999 人")')
    await fits(page)


@pytest.mark.browser
@pytest.mark.parametrize("text", ["", "largest"])
@pytest.mark.parametrize("size", [SMALL, PHONE], ids=["320", "390"])
@pytest.mark.parametrize("more", ["", "&lang=en"], ids=["zh", "en"])
async def test_every_step_fits(site: Site, open_page: OpenPage, size: "ViewportSize", text: str, more: str) -> None:
    """Long names, many queues, small phones, the largest type, either language: all is large, and on the screen."""
    name = "无差别综合受理与帮办代办以及有诉即办联合服务专区第一窗口示范岗"[:30]
    queues = QUEUES | {
        f"more-{n}": Queue(id=f"more-{n}", name=name, kind="dedicated", prefix=f"Z{chr(65 + n)}") for n in range(6)
    }
    guide = Guide(materials=(name * 3,), conditions=name * 4, fee="不收费")
    await site.hall(rules=ALLOWED, name=name, queues=queues, guides={141: guide})
    kiosk = await site.device("kiosk")
    for _ in range(12):
        await site.ticket(kiosk, "more-0")
    page = await scan(site, open_page, size, more)
    await page.evaluate("(size) => localStorage.setItem('jiaohao.text-size', size)", text)
    await page.reload()

    await page.wait_for_selector(CHOICE)
    await fits(page)
    await page.fill("#query", "SFZ")
    await page.wait_for_selector(FOUND)
    await fits(page)
    await page.click(f'{FOUND}:has-text("首次申领居民身份证（需监护人陪同）")')
    await page.wait_for_selector(TAKE)
    await fits(page)
    await page.click(TAKE)
    await page.wait_for_url("**/t/town.*")
    await page.goto(f"{site.url}/h/town?code=ABCDEFGH{more}")
    await page.wait_for_selector("#mine a")
    await page.wait_for_selector("#problem:visible")
    await fits(page)
