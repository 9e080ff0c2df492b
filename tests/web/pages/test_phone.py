"""The phone: a ticket's holder knows where it stands, can give it up, and rates what was done; nobody else can look."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from queue_server.domain.service import Guide
from queue_server.push import topics
from tests.web.pages.conftest import (
    PHONE,
    TOWN,
    OpenPage,
    Site,
    assert_accessible,
    assert_no_sideways_scrolling,
)

HEADLINE = "#headline:text-is('{}')"


@pytest.fixture(autouse=True)
def no_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    """A ticket's topic sends at once, instead of one frame in five seconds: the page is what is tested here."""
    monkeypatch.setattr(topics, "TICKET_GAP", timedelta(0))


async def _get(site: Site, path: str) -> httpx.Response:
    async with httpx.AsyncClient(base_url=site.url, trust_env=False) as client:
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
    await page.wait_for_selector(HEADLINE.format("等候中"))
    assert await page.inner_text("#number") == mine["number"] == "A002"
    assert await page.inner_text("#ahead") == "1 人"
    assert "分钟" in await page.inner_text("#estimate")
    await assert_no_sideways_scrolling(page)
    await assert_accessible(page)
    for verb in ("next", "start", "finish", "next"):
        await site.post(f"/halls/town/counters/1/{verb}", {}, clerk)
    await page.wait_for_selector(HEADLINE.format("请到 1 号窗口"))
    assert await page.title() == "请到 1 号窗口 · A002"
    assert await page.is_hidden("#cancel")
    await assert_accessible(page)
    for verb in ("start", "finish"):
        await site.post(f"/halls/town/counters/1/{verb}", {}, clerk)
    await page.wait_for_selector(HEADLINE.format("已办结"))
    await page.click('[data-level="satisfied"]')
    await page.click('.reason:has-text("服务态度较好")')
    await page.fill("textarea", "办得很快")
    await assert_accessible(page)
    await assert_no_sideways_scrolling(page)
    await page.click("[type=submit]:visible")
    await page.wait_for_selector("text=感谢您对 1 号窗口的评价")
    rating = (await site.server.hall("town")).day.ratings[(mine["id"], 1)]
    assert (rating.level, rating.reasons, rating.source) == ("satisfied", ("413",), "phone")
    assert rating.comment_ref
    assert first["id"] not in await page.content()


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
    await page.wait_for_selector("#sure:not([open])", state="attached")
    assert (await site.server.hall("town")).day.tickets[ticket["id"]].state == "waiting"
    await page.click("#cancel")
    await page.click('#sure [value="yes"]')
    await page.wait_for_selector(HEADLINE.format("已取消"))
    assert (await site.server.hall("town")).day.tickets[ticket["id"]].state == "cancelled"


STATES: dict[str, tuple[tuple[str, ...], str, str]] = {
    "serving": (("next", "start"), "正在 1 号窗口办理", "综合受理"),
    "held": (("next", "start", "hold"), "暂停办理，为您保留", "回到 1 号窗口，不用重新排队"),
    "absent": (("next", "no-show"), "已过号", "不用重新取号"),
    "moved": (("next", "start", "transfer"), "已转到无差别即办，请继续等候", "号码不变"),
}
"""What the clerk does to the ticket, the headline that follows, and part of the advice."""


@pytest.mark.browser
async def test_every_state_has_its_words(site: Site, open_page: OpenPage) -> None:
    """What the clerk does shows as what the holder should do."""
    await site.hall()
    kiosk, clerk = await site.device("kiosk"), await site.clerk(1)
    bodies: dict[str, Any] = {"transfer": {"queue": "express", "reason": "即办件"}}
    for verbs, headline, advice in STATES.values():
        ticket = await site.ticket(kiosk)
        for verb in verbs:
            await site.post(f"/halls/town/counters/1/{verb}", bodies.get(verb, {}), clerk)
        page = await open_page(ticket["track"], PHONE)
        await page.wait_for_selector(HEADLINE.format(headline))
        assert advice in await page.inner_text("#advice")
        await assert_accessible(page)
        if verbs[-1] == "start":
            await site.post("/halls/town/counters/1/finish", {}, clerk)
    assert await page.locator(".rating").count() == 1  # the leg before the transfer can be rated already


@pytest.mark.browser
async def test_the_end_of_the_day(site: Site, open_page: OpenPage) -> None:
    """Void at the third absence, lapsed when the day is closed: each says how to go on."""
    runner = await site.hall(rules=TOWN.rules)
    kiosk, clerk = await site.device("kiosk"), await site.clerk(1)
    ticket = await site.ticket(kiosk)
    for absence in range(3):
        await site.post("/halls/town/counters/1/next", {}, clerk)
        await site.post("/halls/town/counters/1/no-show", {}, clerk)
        if absence < 2:
            await site.post(f"/halls/town/tickets/{ticket['id']}/return", {}, kiosk)
    page = await open_page(ticket["track"], PHONE)
    await page.wait_for_selector(HEADLINE.format("号票已作废"))
    late = await site.ticket(kiosk)
    await runner.close_day("u_head", "close", "")
    await page.goto(site.url + late["track"])
    await page.wait_for_selector(HEADLINE.format("日终作废"))
    await assert_accessible(page)


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
    assert "可能已有变化" in await page.inner_text("#status")
    assert await page.is_disabled("#cancel")
    await assert_accessible(page)
    await site.mend()
    await page.wait_for_selector("#cancel:enabled", timeout=20_000)
