"""The code for phones on the hall screen: there while it is good, gone when it is not, never in the way of a call."""

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from playwright.async_api import expect

from queue_server.web.hall_code import hall_code
from tests.web.pages.conftest import DESKTOP, TOWN, OpenPage, Site, assert_accessible

if TYPE_CHECKING:
    from playwright.async_api import Page, ViewportSize

ALLOWED = replace(TOWN.rules, phone_ticketing=True)
LIVE = 'html[data-link="live"]'
OFTEN = "const real = setInterval; setInterval = (act, ms, ...more) => real(act, ms === 20000 ? 100 : ms, ...more);"
"""Asks for the code ten times a second instead of every twenty seconds."""


@pytest.fixture(autouse=True)
def reached_by_phones(site: Site) -> None:
    """The server has an address of its own for phones."""
    site.server.public_url = "https://hall.example/"


async def screen(site: Site, open_page: OpenPage, size: "ViewportSize" = DESKTOP, token: bool = True) -> "Page":
    """The town's screen, once it is alive."""
    device = f"#token={await site.device('screen')}" if token else ""
    page = await open_page("/sign-in", size)
    await page.add_init_script(OFTEN)
    await page.goto(f"{site.url}/screen/town?chime=off{device}")
    await page.wait_for_selector(LIVE)
    return page


def spaced(code: str) -> str:
    """As it is read out."""
    return f"{code[:4]} {code[4:]}"


@pytest.mark.browser
async def test_a_phone_can_scan_it_or_type_it(site: Site, open_page: OpenPage) -> None:
    """The QR with the code beside it, and among the notices where it is typed in; large enough for three metres."""
    await site.hall(rules=ALLOWED)
    page = await screen(site, open_page)
    code = hall_code(site.server.code_secret, "town", site.server.now())
    await page.wait_for_selector(f'#code-text:text-is("{spaced(code)}")')
    assert await page.get_attribute("#code img", "src") == f"/h/town/qr.svg?code={code}"
    box = await page.locator("#code img").bounding_box()
    assert box
    assert min(box["width"], box["height"]) >= 240
    sizes = await page.eval_on_selector_all(
        "#code p", "all => all.map(one => parseFloat(getComputedStyle(one).fontSize))"
    )
    assert min(sizes) >= 48
    await page.wait_for_selector('#notice:has-text("手机取号网址：hall.example/h/town")', timeout=15_000)
    await assert_accessible(page)


@pytest.mark.browser
async def test_it_is_renewed_and_taken_away(site: Site, open_page: OpenPage) -> None:
    """With the code, with the hall's rule, with the device's token; none of them asks for a reload."""
    await site.hall(rules=ALLOWED)
    page = await screen(site, open_page)
    await page.wait_for_selector("#code:visible")
    real = site.server.now
    site.server.now = lambda: real() + timedelta(minutes=10)
    code = hall_code(site.server.code_secret, "town", site.server.now())
    await page.wait_for_selector(f'#code-text:text-is("{spaced(code)}")')
    await site.hall()
    await page.wait_for_selector("#code", state="hidden")
    await site.hall(rules=ALLOWED)
    await page.wait_for_selector("#code:visible")
    for device in await site.server.records.devices.all("town"):
        await site.server.records.devices.revoke(device.id, site.server.now())
    await page.wait_for_selector("#code", state="hidden")
    await page.wait_for_selector('#notice:has-text("配对码")', timeout=15_000)


@pytest.mark.browser
async def test_a_screen_is_let_in_by_the_code_on_it(site: Site, open_page: OpenPage) -> None:
    """Asked for only where the hall lets phones take tickets; then the wall opens anew by itself, with the QR."""
    await site.hall()
    page = await screen(site, open_page, token=False)
    await site.hall(rules=ALLOWED)
    notice = page.locator("#notice", has_text="配对码")
    await notice.wait_for(timeout=15_000)
    await assert_accessible(page)
    code = (await notice.inner_text()).partition("配对码")[2].replace(" ", "")
    head = await site.session(await site.person("head"))
    device = await site.post("/halls/town/devices", {"code": code, "label": "大屏"}, head)
    assert device["role"] == "screen"
    await page.wait_for_selector("#code:visible")
    assert "#" not in page.url


@pytest.mark.browser
async def test_nothing_to_scan_where_nothing_could_be_taken(site: Site, open_page: OpenPage) -> None:
    """Without the server, outside ticketing hours; and when they come back, so does it."""
    await site.hall(rules=ALLOWED)
    page = await screen(site, open_page)
    await page.wait_for_selector("#code:visible")
    await site.cut()
    await page.wait_for_selector("#status.is-lost:visible")
    await expect(page.locator("#code")).to_be_hidden()
    await site.mend()
    await page.wait_for_selector("#code:visible", timeout=20_000)
    head = await site.session(await site.person("head"))
    await site.post("/halls/town/day/close", {}, head)
    await page.wait_for_selector('#call:has-text("今日业务已结束")')
    await page.wait_for_selector("#code", state="hidden")


@pytest.mark.browser
async def test_where_there_is_none(site: Site, open_page: OpenPage) -> None:
    """Where phones cannot reach the server, where the hall does not allow it, on a screen that nobody let in."""
    await site.hall(rules=ALLOWED)
    stranger = await screen(site, open_page, token=False)
    site.server.public_url = None
    unreachable = await screen(site, open_page)
    site.server.public_url = "https://hall.example/"
    await site.hall()
    forbidden = await screen(site, open_page)
    async with forbidden.expect_response("**/halls/town/code") as answer:
        pass  # it keeps asking
    assert (await answer.value).status == 403
    for page in (stranger, unreachable, forbidden):
        await expect(page.locator("#code")).to_be_hidden()
        await expect(page.locator("#notice")).not_to_contain_text("手机取号网址", use_inner_text=True)
