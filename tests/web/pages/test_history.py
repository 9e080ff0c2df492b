"""The pages of history in a browser: a question, its answer as headlines, chart and table, and as files."""

import re
from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook
from playwright.async_api import expect

from tests.web.pages.conftest import (
    PHONE,
    OpenPage,
    Site,
    assert_accessible,
    assert_no_sideways_scrolling,
)
from tests.web.pages.past_days import past_days

if TYPE_CHECKING:
    from playwright.async_api import Page

pytestmark = pytest.mark.browser

DRAWN = 'figure[data-chart="drawn"] canvas'


async def _figures(page: "Page", row: int) -> list[str]:
    """A row of the table, its heading first."""
    return await page.locator("tbody tr").nth(row).locator("th, td").all_inner_texts()


async def test_a_head_looks_back(site: Site, open_page: OpenPage) -> None:
    """Days, then queues, then another figure, each without leaving the page, and back; every address is its own."""
    today = (await past_days(site, days=7, tickets=4)).day.business_day
    assert today
    days = f"from={today - timedelta(days=7)}&to={today - timedelta(days=1)}"
    page = await open_page(f"/manager/town/history?{days}", who=await site.person("head"))
    await page.wait_for_selector(DRAWN)
    await expect(page.locator("tbody tr")).to_have_count(5)  # of seven days in a row two are at the weekend
    issued = await page.locator(".history-tiles dd").first.inner_text()
    assert int(issued) == sum([int((await _figures(page, n))[1]) for n in range(5)]) > 0
    await assert_accessible(page)
    await page.get_by_role("link", name="按队列").click()
    await expect(page.locator("#history-title")).to_have_text("取号情况 · 按队列")
    await expect(page.locator("#by-queue")).to_be_focused()
    await expect(page.locator(DRAWN)).to_be_visible()
    assert (await _figures(page, 0))[0] == "综合受理"
    await page.get_by_role("link", name="等候情况").click()
    await page.get_by_role("link", name="九成等候").click()
    await expect(page.locator("figcaption")).to_contain_text("九成等候 十个号里有九个等得不比它久。")
    await expect(page.locator('th [aria-current="true"]')).to_have_text("九成等候")
    await page.select_option("#against", "before")
    await page.get_by_role("button", name="查看").click()
    await expect(page.locator("tbody .history-before").first).to_be_visible()
    await expect(page.get_by_role("button", name="查看")).to_be_focused()
    assert "against=before" in page.url
    await page.reload()
    await expect(page.locator("#history-title")).to_have_text("等候情况 · 按队列")
    await expect(page.locator('th [aria-current="true"]')).to_have_text("九成等候")
    await page.wait_for_selector(DRAWN)
    await assert_accessible(page)
    await page.go_back()
    await expect(page.locator("tbody .history-before")).to_have_count(0)
    await page.get_by_role("link", name="按星期和时段").click()
    await expect(page.locator("tbody th").first).to_have_text("周一")
    await page.wait_for_selector(DRAWN)
    await assert_accessible(page)
    await page.get_by_role("link", name="按时长").click()
    await expect(page.locator("tbody th").first).to_contain_text("0–")
    await page.get_by_role("link", name="按岗位和日期").click()
    await expect(page.locator("tbody tr")).to_have_count(6)
    await expect(page.locator("#meanings dl").first).to_be_hidden()
    await page.locator(".history-tiles").get_by_role("link", name="弃号率").click()
    await expect(page.locator("#meanings div:focus")).to_have_text("弃号率弃号数÷取号数。")
    await expect(page.get_by_text("叫到没有来、也没有回来的：作废的，或仍是过号的。")).to_be_visible()


async def test_the_same_as_files(site: Site, open_page: OpenPage) -> None:
    """A workbook and CSV with the page's own figures, under names that say what is in them."""
    await past_days(site, days=7, tickets=6)
    page = await open_page("/manager/town/history?by=queue&against=before", who=await site.person("head"))
    issued = (await _figures(page, 0))[1].split()[0]
    files = {}
    for kind in ("Excel", "CSV"):
        async with page.expect_download() as coming:
            await page.get_by_role("link", name=f"导出 {kind}").click()
        download = await coming.value
        files[kind] = (download.suggested_filename, (await download.path()).read_bytes())
    name, workbook = files["Excel"]
    assert name.startswith("town-20") and name.endswith("-queue.xlsx")
    sheet = load_workbook(BytesIO(workbook)).worksheets[0]
    assert (sheet.title, sheet["A1"].value, str(sheet["B5"].value)) == ("取号情况", "青山镇便民服务中心", issued)
    name, text = files["CSV"]
    assert name.endswith("-queue.csv")
    assert text.decode("utf-8-sig").splitlines()[1].split(",")[:2] == ["综合受理", issued]


async def test_a_first_day_and_days_that_make_no_sense(site: Site, open_page: OpenPage) -> None:
    """Nothing yet is told in words, not as zeros; wrong dates get a word each, and nothing to export."""
    await site.hall()
    head = await site.person("head")
    page = await open_page("/manager/town/history", PHONE, head)
    await expect(page.locator("#nothing")).to_contain_text("这些天没有业务记录")
    await expect(page.locator(".history-tiles dd").nth(1)).to_have_text("—")
    await assert_accessible(page)
    await assert_no_sideways_scrolling(page)
    for query, words in (
        ("from=2026-06-02&to=2026-06-01", "开始日期要在结束日期之前"),
        ("from=2020-01-01&to=2026-06-01", "一次最多看 366 天"),
        ("from=soon&to=", "请选好起止日期"),
    ):
        answer = await page.goto(f"{site.url}/manager/town/history?{query}")
        assert answer and answer.status == 422
        await expect(page.get_by_role("alert")).to_contain_text(words)
        file = await page.request.get(f"{site.url}/manager/town/history.csv?{query}")
        assert file.status == 422


async def test_a_lost_server(site: Site, open_page: OpenPage) -> None:
    """The figures stay, and say from when they are; the next answer takes that back."""
    await site.hall()
    page = await open_page("/manager/town/history", who=await site.person("head"))
    await site.cut()
    await page.get_by_role("link", name="按队列").click()
    await expect(page.locator("#trouble")).to_contain_text("没有收到服务器的答复，下面仍是")
    await expect(page.locator("#history-title")).to_have_text("取号情况 · 按日期")
    await assert_accessible(page)
    await site.mend()
    await page.get_by_role("link", name="按队列").click()
    await expect(page.locator("#history-title")).to_have_text("取号情况 · 按队列")
    await expect(page.locator("#trouble")).to_be_hidden()
    await page.context.clear_cookies()  # a session that is over
    await page.get_by_role("link", name="按窗口", exact=True).click()
    await expect(page).to_have_url(re.compile("/sign-in[?]next=/manager/town/history"))


async def test_who_sees_it(site: Site, open_page: OpenPage) -> None:
    """The hall's head and the district; no clerk, no other hall's head, and the public signs in first."""
    await site.hall()
    path = "/manager/town/history"
    page = await open_page(path, who=await site.person("district"))
    await expect(page.locator("#history-title")).to_be_visible()
    for who in (await site.person("clerk"), await site.person("head", "village")):
        page = await open_page(path, who=who)
        await expect(page.locator("main")).to_contain_text("不能使用本页")
        assert (await page.request.get(f"{site.url}{path}.csv")).status == 403
    page = await open_page(path)
    assert page.url == f"{site.url}/sign-in?next={path}"
