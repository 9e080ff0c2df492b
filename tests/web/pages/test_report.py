"""The monthly report in a browser and on paper."""

from datetime import timedelta

import pytest
from playwright.async_api import expect

from tests.web.pages.conftest import (
    PHONE,
    OpenPage,
    Site,
    assert_accessible,
    assert_no_sideways_scrolling,
)
from tests.web.pages.past_days import past_days

LINES_OF_A_DATE = """th => {
  const date = document.createRange();
  date.setStart(th.firstChild, 0);
  date.setEnd(th.firstChild, "2026-06-01".length);
  return date.getClientRects().length;
}"""

pytestmark = pytest.mark.browser


async def test_a_month_on_paper(site: Site, open_page: OpenPage) -> None:
    """Title, summary, tables and charts; on A4 without what is for the screen, nothing wider than the sheet."""
    today = (await past_days(site, days=7, tickets=6)).day.business_day
    assert today
    lived = today - timedelta(days=3)  # on a month's first days that was the month before, and it has tickets
    page = await open_page(f"/manager/town/report?month={lived:%Y-%m}", who=await site.person("head"))
    title = f"青山镇便民服务中心 {lived.year} 年 {lived.month} 月运行月报"
    await expect(page.locator("h1")).to_have_text(title)
    await expect(page.locator("time[data-time]")).not_to_contain_text("T")
    await expect(page.locator(".report-summary")).to_contain_text("本月取号")
    await assert_accessible(page)
    await expect(page.locator('figure[data-chart="drawn"]')).to_have_count(2)
    assert (await page.pdf(prefer_css_page_size=True)).count(b"/Subtype /Image") >= 2
    await page.emulate_media(media="print")
    await page.set_viewport_size({"width": 680, "height": 960})  # A4 without its margins
    await expect(page.locator(".bar, .report-tools").first).to_be_hidden()
    await expect(page.locator("#print")).to_be_hidden()
    await assert_no_sideways_scrolling(page)
    await page.emulate_media(media="screen")
    await page.set_viewport_size(PHONE)
    await assert_no_sideways_scrolling(page)
    assert await page.locator('[data-by="day"] tbody th').first.evaluate(LINES_OF_A_DATE) == 1
    async with page.expect_download() as coming:
        await page.get_by_role("link", name="导出 Excel").click()
    assert (await coming.value).suggested_filename == f"town-{lived:%Y-%m}.xlsx"


async def test_a_month_without_anything_and_one_that_is_none(site: Site, open_page: OpenPage) -> None:
    """Told in words; a month that does not exist is refused, and so is whoever it is not for."""
    await site.hall()
    page = await open_page("/manager/town/report?month=2001-02", who=await site.person("head"))
    await expect(page.locator("#nothing")).to_have_text("这个月没有业务记录。")
    await expect(page.locator("#month")).to_have_value("2001-02")
    await assert_accessible(page)
    for month in ("2026-13", "soon"):
        answer = await page.goto(f"{site.url}/manager/town/report?month={month}")
        assert answer and answer.status == 422
    page = await open_page("/manager/town/report", who=await site.person("clerk"))
    await expect(page.locator("main")).to_contain_text("不能使用本页")
