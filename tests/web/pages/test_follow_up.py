"""A bad rating by phone: a number to be called at, what was done about it, and the second rating; all private."""

import pytest
from playwright.async_api import expect

from tests.web.pages.bad_ratings import bad_ratings
from tests.web.pages.busy_hall import LONG
from tests.web.pages.conftest import (
    PHONE,
    OpenPage,
    Site,
    assert_accessible,
    assert_no_sideways_scrolling,
)
from tests.web.pages.sizes import assert_readable_and_touchable


@pytest.mark.browser
async def test_from_a_bad_rating_to_a_second_one(site: Site, open_page: OpenPage) -> None:
    """The number is for bad ratings alone; the phone keeps the way to what is done, and rates once more, once."""
    hall = await bad_ratings(site)
    served = await site.post("/halls/town/counters/1/serve-now", {"service": 1}, hall.clerk)
    await site.post("/halls/town/counters/1/finish", token=hall.clerk)
    page = await open_page(served["ticket"]["track"], PHONE)
    await page.click('.level[data-level="satisfied"]')
    await expect(page.locator(".call-back")).to_be_hidden()
    await page.click('.level[data-level="dissatisfied"]')
    await page.fill("[name=phone]", "138 1234 5678")
    await page.fill("[name=comment]", "跑了三趟")
    await assert_accessible(page)
    await assert_readable_and_touchable(page)
    await page.click("[type=submit]")
    link = page.locator("#ratings a")
    await expect(link).to_have_text("看怎么整改的，整改后再评一次")
    await page.reload()
    await link.click()
    await expect(page.locator("#follow-up")).to_contain_text("正在整改")
    await expect(page.locator("#follow-up")).to_contain_text("您评了“不满意”")
    await expect(page.locator("#second")).to_be_hidden()
    await assert_accessible(page)
    (one,) = hall.all
    assert one.opened.phone_ref is not None
    await hall.do(hall.head, one, "finish", note="已补发材料清单，窗口人员已道歉")
    await page.reload()
    await expect(page.locator(".follow-up-answer")).to_have_text("已补发材料清单，窗口人员已道歉")
    await page.click('.level[data-level="satisfied"]')
    await expect(page.locator(".call-back")).to_have_count(0)
    await page.click("[data-text-size-switch]")
    await assert_accessible(page)
    await assert_no_sideways_scrolling(page)
    await assert_readable_and_touchable(page)
    await page.locator("[type=submit]").dblclick()
    await expect(page.locator("#second")).to_have_text("感谢您的追评。")
    await page.goto(page.url + "?lang=en")
    await expect(page.locator("#follow-up")).to_contain_text("Your second rating is “Satisfied”.")
    await assert_accessible(page)
    assert [event.by for event in hall.all[0].log][-1] == "holder"


@pytest.mark.browser
async def test_one_that_was_left_out_and_the_longest_answer(site: Site, open_page: OpenPage) -> None:
    """Courteous words, and nothing runs off the side."""
    hall = await bad_ratings(site)
    left_out, answered = await hall.rate(), await hall.rate()
    await hall.do(hall.head, hall.all[0], "review", what="invalid", note="点错了")
    await hall.do(hall.discipline, hall.all[0], "decision", granted=True)
    await hall.do(hall.head, hall.all[1], "finish", note="X" * 60 + LONG * 14)
    await site.hall(name=LONG, place=LONG, complaint_phone="0379-12345", rules=hall.runner.day.hall.rules)
    page = await open_page(left_out["follow_up"], PHONE)
    await expect(page.locator("#follow-up")).to_contain_text("没有计入差评")
    await expect(page.locator("#second")).to_be_hidden()
    await page.goto(site.url + answered["follow_up"])
    await expect(page.locator(".rating")).to_be_visible()
    await assert_no_sideways_scrolling(page)
    await assert_accessible(page)


async def test_the_address_is_private(site: Site) -> None:
    """Never cached nor told to another site; one that nobody was given leads nowhere, with a page that says so."""
    hall = await bad_ratings(site)
    path = (await hall.rate())["follow_up"]
    async with site.client() as client:
        answer = await client.get(path)
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
        assert answer.headers["referrer-policy"] == "no-referrer"
        for wrong in (path[:-1], path.replace("/r_", "/r_0"), "/follow-up/town/x"):
            answer = await client.get(wrong, headers={"accept": "text/html"})
            assert answer.status_code == 404
            assert "没有这项整改" in answer.text
