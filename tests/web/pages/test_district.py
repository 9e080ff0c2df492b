"""The district's page in a browser: all halls side by side, each leading to its own history."""

import pytest
from msgspec.structs import replace
from playwright.async_api import expect

from tests.web.pages.conftest import (
    PHONE,
    TOWN,
    OpenPage,
    Site,
    assert_accessible,
    assert_no_sideways_scrolling,
)

pytestmark = pytest.mark.browser


async def test_all_halls_side_by_side(site: Site, open_page: OpenPage) -> None:
    """The most first, the sum above, and each hall's name leads to the same days of its own."""
    await site.hall()
    await site.hall(replace(TOWN, id="river", name="河口镇便民服务中心"))
    for hall, tickets in (("town", 1), ("river", 2)):
        kiosk = await site.device("kiosk", hall)
        for _ in range(tickets):
            await site.ticket(kiosk, hall=hall)
    district = await site.person("district")
    page = await open_page("/home", who=district)
    assert page.url == f"{site.url}/district"
    await page.wait_for_selector('figure[data-chart="drawn"] canvas')
    await expect(page.locator("tbody th")).to_have_text(["河口镇便民服务中心", TOWN.name])
    await expect(page.locator(".history-tiles dd").first).to_have_text("3")
    await assert_accessible(page)
    await page.get_by_role("link", name="等候情况").click()
    await expect(page.locator("#history-title")).to_have_text("等候情况 · 按大厅")
    csv = await page.request.get(f"{site.url}/district.csv")
    assert (await csv.body()).decode("utf-8-sig").splitlines()[1].startswith("河口镇便民服务中心,2,")
    assert (await page.request.get(f"{site.url}/district.xlsx")).ok
    await page.set_viewport_size(PHONE)
    await assert_no_sideways_scrolling(page)
    await page.get_by_role("link", name="河口镇便民服务中心").click()
    await expect(page.locator(".history-tiles dd").first).to_have_text("2")
    assert page.url.startswith(f"{site.url}/manager/river/history?from=")
    await page.get_by_role("link", name="全区").click()
    await expect(page.locator("h1")).to_have_text("全区各大厅")


async def test_no_halls_yet_and_days_that_make_no_sense(site: Site, open_page: OpenPage) -> None:
    """Nothing is told in words; only the district sees it."""
    page = await open_page("/district?from=2026-06-02&to=2026-06-01", who=await site.person("district"))
    await expect(page.get_by_role("alert")).to_contain_text("开始日期要在结束日期之前")
    await page.goto(f"{site.url}/district")
    await expect(page.locator("#nothing")).to_be_visible()
    await assert_accessible(page)
    await site.hall()
    page = await open_page("/district", who=await site.person("head"))
    await expect(page.locator("main")).to_contain_text("不能使用本页")
