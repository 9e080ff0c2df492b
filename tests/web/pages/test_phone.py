"""The phone: a ticket's holder knows where it stands, can give it up, and rates what was done; nobody else can look."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from playwright.async_api import Page, Route, expect

from queue_server.domain.service import Guide
from queue_server.domain.webhook import Webhook
from queue_server.push import topics
from tests.web.pages.conftest import (
    PHONE,
    OpenPage,
    Site,
    assert_accessible,
    assert_no_sideways_scrolling,
)


@pytest.fixture(autouse=True)
def no_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    """A ticket's topic sends at once, instead of one frame in five seconds: the page is what is tested here."""
    monkeypatch.setattr(topics, "TICKET_GAP", timedelta(0))


async def _headline(page: Page, text: str) -> None:
    """The page says this, now or soon."""
    await expect(page.locator("#headline")).to_have_text(text)


async def _get(site: Site, path: str) -> httpx.Response:
    async with site.client() as client:
        return await client.get(path)


async def test_the_page_is_private(site: Site) -> None:
    """Nothing on the way keeps it, no search engine lists it, and its address is passed on to nobody."""
    await site.hall()
    ticket = await site.ticket(await site.device("kiosk"))
    answer = await _get(site, ticket["track"])
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-robots-tag"] == "noindex"
    assert answer.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(
    "track", ["town", "town.", "town.unknown", "nowhere.abc", "town.a/b", "TOWN.x", "town.%00", "." * 9]
)
async def test_unknown_tickets(site: Site, track: str) -> None:
    """Whatever names no ticket is 404, with a way on where it has the form of a page's address."""
    await site.hall()
    assert (await _get(site, f"/t/{track}")).status_code == 404


async def test_the_qr_leads_to_the_page(site: Site) -> None:
    """Drawn where phones can reach the server, and nowhere else; never for a ticket that there is not."""
    await site.hall()
    ticket = await site.ticket(await site.device("kiosk"))
    assert (await _get(site, ticket["track"] + "/qr.svg")).status_code == 404
    site.server.public_url = "https://hall.example/"
    answer = await _get(site, ticket["track"] + "/qr.svg")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.text.startswith("<?xml") or answer.text.startswith("<svg")
    assert (await _get(site, "/t/town.unknown/qr.svg")).status_code == 404


@pytest.mark.browser
async def test_from_waiting_to_the_rating(site: Site, open_page: OpenPage) -> None:
    """Place in line and range, the counter when called, the service, and a rating with reasons and words."""
    await site.hall()
    kiosk, clerk = await site.device("kiosk"), await site.clerk(1)
    first, mine = await site.ticket(kiosk), await site.ticket(kiosk)
    page = await open_page(mine["track"], PHONE)
    await _headline(page, "等候中")
    assert await page.inner_text("#number") == mine["number"] == "A002"
    await expect(page.locator("#ahead")).to_have_text("1 人", use_inner_text=True)
    await expect(page.locator("#estimate")).to_contain_text("分钟", use_inner_text=True)
    await assert_no_sideways_scrolling(page)
    await assert_accessible(page)
    for verb in ("next", "start", "finish", "next"):
        await site.post(f"/halls/town/counters/1/{verb}", {}, clerk)
    await _headline(page, "请到 1 号窗口")
    assert await page.title() == "请到 1 号窗口 · A002"
    await expect(page.locator("#cancel")).to_be_hidden()
    await assert_accessible(page)
    for verb in ("start", "finish"):
        await site.post(f"/halls/town/counters/1/{verb}", {}, clerk)
    await _headline(page, "已办结")
    await page.click('[data-level="satisfied"]')
    await page.click('.reason:has-text("服务态度较好")')
    await page.fill("textarea", "办得很快")
    await assert_accessible(page)
    await assert_no_sideways_scrolling(page)
    await page.click("[type=submit]:visible")
    await expect(page.locator("#ratings")).to_have_text("感谢您对 1 号窗口的评价。")
    rating = (await site.server.hall("town")).day.ratings[(mine["id"], 1)]
    assert (rating.level, rating.reasons, rating.source) == ("satisfied", ("413",), "phone")
    assert rating.comment_ref
    assert first["id"] not in await page.content()


@pytest.mark.browser
async def test_a_number_to_be_reminded_at(site: Site, open_page: OpenPage) -> None:
    """Where the hall sends messages: left once, not shown again, and known to be there when the page comes back."""
    runner = await site.hall(webhook=Webhook(url="https://example.gov.cn/jiaohao"))
    ticket = await site.ticket(await site.device("kiosk"))
    page = await open_page(ticket["track"], PHONE)
    await page.fill("#remind-phone", "13812345678")
    await assert_accessible(page)
    await assert_no_sideways_scrolling(page)
    await page.click("#remind button")
    await expect(page.locator("#remind-note")).to_contain_text("已登记")
    await expect(page.locator("#remind-phone")).to_have_value("")
    assert runner.day.tickets[ticket["id"]].phone_ref
    await page.reload()
    await expect(page.locator("#remind-note")).to_contain_text("已登记")
    await page.click("#cancel")
    await page.click('#sure [value="yes"]')
    await expect(page.locator("#remind")).to_be_hidden()


@pytest.mark.browser
async def test_giving_it_up(site: Site, open_page: OpenPage) -> None:
    """The question comes first, and its first answer is to stay; then the ticket is cancelled, once."""
    await site.hall()
    ticket = await site.ticket(await site.device("kiosk"))
    page = await open_page(ticket["track"], PHONE)
    await page.click("#cancel")
    await page.wait_for_selector("#sure[open]")
    await assert_accessible(page)
    await page.keyboard.press("Enter")  # the focus is on staying
    await expect(page.locator("#sure")).to_be_hidden()
    assert (await site.server.hall("town")).day.tickets[ticket["id"]].state == "waiting"
    await page.click("#cancel")
    await page.click('#sure [value="yes"]')
    await _headline(page, "已取消")
    assert (await site.server.hall("town")).day.tickets[ticket["id"]].state == "cancelled"


@pytest.mark.browser
async def test_what_to_bring(site: Site, open_page: OpenPage) -> None:
    """A ticket for a service shows its name, and its materials where the hall has stated them."""
    await site.hall(guides={141: Guide(materials=("户口簿", "监护人身份证"))})
    ticket = await site.post("/halls/town/tickets", {"service": 141}, await site.device("kiosk"))
    page = await open_page(ticket["track"], PHONE)
    text = await page.inner_text("main")
    assert "首次申领居民身份证" in text
    assert "户口簿" in text


@pytest.mark.browser
async def test_without_its_server(site: Site, open_page: OpenPage) -> None:
    """The page says since when it knows nothing new, and does not pretend that cancelling would work."""
    await site.hall()
    ticket = await site.ticket(await site.device("kiosk"))
    page = await open_page(ticket["track"], PHONE)
    await page.wait_for_selector("#cancel:enabled")
    await site.cut()
    await page.wait_for_selector(".status-banner.is-lost")
    await expect(page.locator("#status")).to_contain_text("可能已有变化", use_inner_text=True)
    await expect(page.locator("#cancel")).to_be_disabled()
    await expect(page.locator("#advice")).to_have_text("连接恢复以前，请以大屏和语音叫号为准。")
    await assert_accessible(page)
    await site.mend()
    await page.wait_for_selector("#cancel:enabled", timeout=20_000)


async def _finished(site: Site) -> dict[str, Any]:
    """A ticket that was served at counter 1."""
    clerk = await site.clerk(1)
    ticket = await site.ticket(await site.device("kiosk"))
    for verb in ("next", "start", "finish"):
        await site.post(f"/halls/town/counters/1/{verb}", {}, clerk)
    return ticket


@pytest.mark.browser
async def test_rated_at_the_evaluator_meanwhile(
    site: Site, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether the phone hears of it only by the server's refusal or by its topic: thanks, no error, and one rating."""
    await site.hall()
    ticket = await _finished(site)
    late, soon = [await open_page(ticket["track"], PHONE) for _ in range(2)]
    for page in (late, soon):
        await page.click('[data-level="satisfied"]')
        await page.fill("textarea", "还不错")

    async def away(route: Route) -> None:
        """Ratings go out only once somebody else has rated."""
        evaluator = await site.device("evaluator", counter=1)
        await site.post("/halls/town/ratings", {"counter": 1, "level": "very_satisfied"}, evaluator)
        await route.continue_()

    await late.route("**/ratings", away)
    await late.click("[type=submit]:visible")
    for page in (late, soon):
        await expect(page.locator("#ratings")).to_contain_text("1 号窗口的这次服务已经评价过了，感谢您。")
        await expect(page.locator(".rating")).to_have_count(0)
        await expect(page.locator(".is-bad:visible")).to_have_count(0)
    assert (await site.server.hall("town")).day.ratings[(ticket["id"], 1)].level == "very_satisfied"


@pytest.mark.browser
async def test_a_comment_leaves_its_form_for_the_server_alone(site: Site, open_page: OpenPage) -> None:
    """Nothing that is typed is kept on the phone or sent anywhere but with the rating; afterwards it is nowhere."""
    await site.hall()
    ticket = await _finished(site)
    page = await open_page(ticket["track"], PHONE)
    sent: list[tuple[str, str]] = []
    page.on("request", lambda request: sent.append((request.url, request.post_data or "")))
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append((socket.url, str(frame)))))
    await page.click('[data-level="dissatisfied"]')
    await page.fill("textarea", "话在这里")
    await page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")
    kept = """async () => {
        const texts = [JSON.stringify(localStorage), JSON.stringify(sessionStorage), document.cookie, location.href];
        for (const name of await caches.keys())
            for (const key of await (await caches.open(name)).keys())
                texts.push(key.url, await (await caches.match(key)).text());
        return texts.join();
    }"""
    assert "话在这里" not in await page.evaluate(kept)
    assert [url for url, body in sent if "话在这里" in body] == []
    await page.click("[type=submit]:visible")
    await expect(page.locator("#ratings")).to_contain_text("感谢您对 1 号窗口的评价。")
    assert [url for url, body in sent if "话在这里" in body] == [f"{site.url}/api/v1/halls/town/ratings"]
    assert "话在这里" not in await page.evaluate(kept)
    assert "话在这里" not in await page.content()
