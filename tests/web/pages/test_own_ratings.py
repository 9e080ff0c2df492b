"""The page of a clerk's own ratings: sums, and nothing else."""

import pytest
from playwright.async_api import expect

from tests.web.pages.bad_ratings import bad_ratings
from tests.web.pages.conftest import PHONE, OpenPage, Site, assert_accessible, assert_no_sideways_scrolling
from tests.web.pages.sizes import assert_readable_and_touchable


@pytest.mark.browser
async def test_the_page(site: Site, open_page: OpenPage) -> None:
    """From her desk and back; on the first day it says what to do; with ratings it shows how many of each."""
    hall = await bad_ratings(site)
    clerk = await site.person("clerk", name="赵敏", counter=2)
    hall.clerk = await site.session(clerk)
    await site.post("/halls/town/counters/2/sign-on", {"capacity": "relief"}, hall.clerk)
    page = await open_page("/counter/town/2", who=clerk)
    await page.get_by_role("button", name="更多").click()
    await page.click("#invite")
    await expect(page.locator("#posts-dialog [data-message]")).to_contain_text("尚未办结")
    await page.get_by_role("link", name="我的评价").click()
    await expect(page.locator(".own-ratings")).to_contain_text("还没有人评价您的服务")
    await assert_accessible(page)
    for _ in range(6):
        await site.post("/halls/town/counters/2/serve-now", {"service": 1}, hall.clerk)
        finished = await site.post("/halls/town/counters/2/finish", token=hall.clerk)
        rating = {"ticket": finished["ticket"]["id"], "leg": 1, "level": "satisfied"}
        await site.post("/halls/town/ratings", rating)
    await site.post("/halls/town/counters/2/sign-off", token=hall.clerk)
    for _ in range(9):
        await hall.turn()
    await page.set_viewport_size(PHONE)
    await page.reload()
    await expect(page.locator("tr", has_text="满意").nth(1)).to_contain_text("6")
    await page.click("[data-text-size-switch]")
    await assert_accessible(page)
    await assert_no_sideways_scrolling(page)
    await assert_readable_and_touchable(page)
