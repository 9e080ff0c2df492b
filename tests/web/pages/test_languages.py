"""The pages in English: by one touch, for as long as that reader stays."""

import re

import pytest
from playwright.async_api import expect

from tests.web.pages.conftest import OpenPage, Site, assert_accessible, assert_no_sideways_scrolling

HAN = re.compile(r"[\u3400-\u9fff]+")


@pytest.mark.browser
async def test_the_kiosk_speaks_english_for_one_citizen(site: Site, open_page: OpenPage) -> None:
    """One touch; also the server's refusals and the ticket; done, the next citizen finds Chinese, and the token."""
    await site.hall(name="Town")
    page = await open_page(f"/kiosk/town#token={await site.device('kiosk')}")
    await page.click('a:text-is("English")')
    await page.wait_for_selector(".status-banner.is-live")
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await expect(page.locator("#status")).to_have_text("Live", use_inner_text=True)
    await assert_accessible(page)
    names = {"综合受理", "无差别即办", "中文"}  # the queues', which are data, and the switch back
    assert set(HAN.findall(await page.inner_text("body"))) <= names
    await page.locator("#queues .choice").first.click()
    await expect(page.locator("#kiosk")).to_contain_text("None of these: take a ticket", use_inner_text=True)
    await page.click('[data-step="ask"] [data-go]')
    await expect(page.locator("html")).to_have_attribute("lang", "en")  # a step back is not the end of a visit
    await page.locator("#queues .choice").first.click()
    await page.click('[data-priority=""]')
    await page.wait_for_selector('[data-step="ticket"]:not([hidden])')
    await expect(page.locator("#ticket-title")).to_contain_text("please remember it", use_inner_text=True)
    await page.click('[data-step="ticket"] [data-go]')
    await page.wait_for_selector('html[lang="zh-CN"] [data-step="home"]:not([hidden])')
    assert page.url == f"{site.url}/kiosk/town"


@pytest.mark.browser
async def test_an_untouched_kiosk_goes_back_to_chinese(site: Site, open_page: OpenPage) -> None:
    """Also when nothing was touched after the switch."""
    await site.hall()
    page = await open_page("/")
    await page.clock.install()
    await page.goto(f"{site.url}/kiosk/town?lang=en#token={await site.device('kiosk')}")
    await page.wait_for_selector(".status-banner.is-live")
    await page.clock.run_for(61_000)
    await page.wait_for_selector('html[lang="zh-CN"]')


@pytest.mark.browser
async def test_every_page_of_the_hall_in_english(site: Site, open_page: OpenPage) -> None:
    """Their own words are English, data and the switch apart; nothing runs off the side."""
    await site.hall(name="Town", place="")
    ticket = await site.ticket(await site.device("kiosk"))
    head, clerk = await site.person("head", name="Li"), await site.person("clerk", name="Wang", counter=1)
    district = await site.person("district", name="Sun")
    data = {"综合受理", "无差别即办", "中文"}
    for path, who in (
        ("/", None),
        ("/sign-in", None),
        ("/nowhere", None),
        ("/screen/town", None),
        ("/evaluator/town/1", None),
        (ticket["track"], None),
        ("/counter/town/1", clerk),
        ("/manager/town", head),
        ("/manager/town/week", head),
        ("/manager/town/history?by=minutes&against=year", head),
        ("/manager/town/report", head),
        ("/district", district),
    ):
        page = await open_page(f"{path}{'&' if '?' in path else '?'}lang=en", who=who)
        await page.wait_for_load_state("load")
        if await page.locator("#status").count() > 0:
            await page.wait_for_selector(".status-banner.is-live", state="attached")
        assert set(HAN.findall(await page.inner_text("body"))) <= data, path
        await assert_no_sideways_scrolling(page)
        await assert_accessible(page)
        await page.context.close()


async def test_a_choice_is_kept_on_ones_own_device(site: Site) -> None:
    """The switch leads to the same page; the next page is in that language too; a screen of the hall keeps nothing."""
    await site.hall()
    async with site.client() as client:
        chinese = (await client.get("/sign-in?next=/manager/town")).text
        assert 'lang="zh-CN"' in chinese
        assert 'href="?next=%2Fmanager%2Ftown&amp;lang=en"' in chinese
        await client.get("/kiosk/town?lang=en")
        assert 'html lang="zh-CN"' in (await client.get("/")).text
        await client.get("/sign-in?next=/manager/town&lang=en")
        assert 'html lang="en"' in (await client.get("/")).text
        assert 'html lang="zh-CN"' in (await client.get("/kiosk/town")).text
