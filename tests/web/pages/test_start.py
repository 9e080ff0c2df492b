"""The start page and signing in: everybody finds the way to their own page, and nobody is led to another site."""

import pytest
from playwright.async_api import expect

from queue_server.web.access import PUBLIC, Caller
from queue_server.web.pages.start import home_of, local_path
from tests.web.pages.conftest import (
    NEVER_OPEN,
    PHONE,
    TOWN,
    OpenPage,
    Site,
    assert_accessible,
    assert_no_sideways_scrolling,
)

PASSWORD = "correct-horse-7"


@pytest.mark.parametrize("path", ["/", "/home", "/counter/town/1", "/manager/town?from=2026-01-01"])
def test_one_goes_on_to_addresses_of_this_server(path: str) -> None:
    """A path stays as it is."""
    assert local_path(path) == path


@pytest.mark.parametrize(
    "elsewhere",
    [
        "",
        "home",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
    ],
)
def test_nobody_is_led_to_another_site(elsewhere: str) -> None:
    """Whatever a browser would take for another site is not followed."""
    assert local_path(elsewhere) is None


@pytest.mark.parametrize(
    ("caller", "home"),
    [
        (PUBLIC, "/"),
        (Caller("u", "clerk", ("town",), 3), "/counter/town/3"),
        (Caller("u", "clerk", ("town",)), "/"),
        (Caller("u", "head", ("town",)), "/manager/town"),
        (Caller("u", "guide", ("town",)), "/guide/town"),
        (Caller("u", "discipline", ("town",)), "/complaints/town"),
        (Caller("u", "district"), "/district"),
        (Caller("u", "admin"), "/admin"),
    ],
)
def test_everybody_has_a_page_of_their_own(caller: Caller, home: str) -> None:
    """By role."""
    assert home_of(caller) == home


@pytest.mark.browser
async def test_the_first_day(site: Site, open_page: OpenPage) -> None:
    """Without a hall the page says so, and what to do."""
    page = await open_page("/")
    await expect(page.locator("main")).to_contain_text("还没有设置大厅", use_inner_text=True)
    await expect(page.get_by_role("link", name="开始设置")).to_have_attribute("href", "/setup")
    await assert_accessible(page)


@pytest.mark.browser
async def test_halls_and_their_pages(site: Site, open_page: OpenPage) -> None:
    """Each hall shows whether it is open, and leads to each of its pages."""
    await site.hall()
    await site.hall(TOWN, id="village", name="示范村便民服务站", hours=NEVER_OPEN)
    page = await open_page("/", PHONE)
    text = await page.inner_text("main")
    assert "正在办公" in text
    assert "现在不办公" in text
    for path in ("/kiosk/town", "/screen/town", "/counter/town/2", "/manager/village", "/evaluator/village/1"):
        await expect(page.locator(f'a[href="{path}"]')).to_have_count(1)
    await assert_no_sideways_scrolling(page)
    await assert_accessible(page)


@pytest.mark.browser
async def test_signing_in_and_out(site: Site, open_page: OpenPage) -> None:
    """A wrong password is told, the right one leads on; the start page then knows who one is, until one signs out."""
    await site.hall()
    await site.person("guide", user="guide", name="孙丽", password=PASSWORD)
    page = await open_page("/sign-in")
    await assert_accessible(page)
    await page.fill("#user", "guide")
    await page.fill("#password", "wrong")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("#problem:visible")
    await expect(page.locator("#problem")).to_have_text("用户名或密码不正确", use_inner_text=True)
    await expect(page.locator("#password")).to_have_value("")
    await page.fill("#password", PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/guide/town")
    await page.goto(site.url)
    await expect(page.locator("main")).to_contain_text("您好，孙丽", use_inner_text=True)
    await assert_accessible(page)
    await page.click("#sign-out")
    await page.wait_for_selector('a[href="/sign-in"]')


@pytest.mark.browser
async def test_after_signing_in_one_goes_where_one_wanted(site: Site, open_page: OpenPage) -> None:
    """To ?next=, if it is ours."""
    await site.hall()
    await site.person("guide", user="guide", password=PASSWORD)
    page = await open_page("/sign-in?next=//evil.example/")
    await expect(page.locator("#sign-in")).to_have_attribute("data-then", "/home")
    await page.goto(f"{site.url}/sign-in?next=/kiosk/town?x=1")
    await page.fill("#user", "guide")
    await page.fill("#password", PASSWORD)
    await page.click("[type=submit]")
    await page.wait_for_url("**/kiosk/town?x=1")


@pytest.mark.browser
async def test_too_many_attempts(site: Site, open_page: OpenPage) -> None:
    """Who has tried too often is told at once how long to wait."""
    for _ in range(10):
        await site.server.sign_ins.attempt("guide", "127.0.0.1")
    page = await open_page("/sign-in")
    await page.fill("#user", "guide")
    await page.fill("#password", "wrong")
    await page.click("[type=submit]")
    await page.wait_for_selector("#problem:visible")
    await expect(page.locator("#problem")).to_have_text("尝试次数过多，请约 15 分钟后再试。", use_inner_text=True)


@pytest.mark.browser
async def test_signing_in_without_a_server(site: Site, open_page: OpenPage) -> None:
    """A server that does not answer is told, and the button can be pressed again."""
    page = await open_page("/sign-in")
    await page.fill("#user", "guide")
    await page.fill("#password", "wrong")
    await site.cut()
    await page.click("[type=submit]")
    await page.wait_for_selector("#problem:visible")
    await expect(page.locator("#problem")).to_contain_text("连接不上服务器", use_inner_text=True)
    assert await page.get_attribute("[type=submit]", "aria-busy") is None
    await site.mend()
