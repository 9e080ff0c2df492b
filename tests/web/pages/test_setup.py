"""The first-run wizard: from an empty folder to the first ticket by what the screen says, and what may go wrong."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from queue_server.web.romanised import romanised
from tests.faults.served import served
from tests.web.pages.conftest import PHONE, OpenPage, Site, assert_accessible, assert_no_sideways_scrolling

if TYPE_CHECKING:
    from playwright.async_api import Browser, Locator, Page

PASSWORD = "correct-horse-7"
ANSWER_MS = 60_000
"""Hashing several passwords is work, and machines are busy."""

COUNT = """
  const counted = {
    click: "button, a, [type=radio], [type=checkbox]",
    change: "select, input:not([type=radio], [type=checkbox])",
  };
  for (const [kind, what] of Object.entries(counted)) {
    addEventListener(kind, ({ target }) => {
      if (target.closest?.(what)) sessionStorage[kind] = Number(sessionStorage[kind] ?? 0) + 1;
    }, true);
  }
"""
"""Counts in the tab what somebody presses and what they fill in."""


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("示范镇便民服务中心", "shifanzhen"),
        ("王芳", "wangfang"),
        ("Li Lei 2", "lilei2"),
        ("！", ""),
        ("服务站", "fuwuzhan"),
    ],
)
def test_names_in_letters(name: str, letters: str) -> None:
    """What every hall's name ends with is left out; what has no sound is, too."""
    assert romanised(name) == letters


def test_a_long_name_is_cut() -> None:
    """To what an id may have."""
    assert len(romanised("长" * 60)) == 32


def _form(page: "Page") -> "Locator":
    """The step that is shown."""
    return page.locator("form:visible")


async def _next(page: "Page") -> None:
    """Press it and wait for its answer: until then the old step is shown, and a second press would go to its button."""
    await _form(page).locator(".button-primary").click()
    await expect(page.locator("form [aria-busy=true]")).to_have_count(0, timeout=ANSWER_MS)


async def _be_administrator(page: "Page") -> None:
    await _form(page).get_by_label("您的姓名").fill("赵敏")
    await _form(page).get_by_label("登录名").fill("zhaomin")
    await _form(page).get_by_label("密码", exact=True).fill(PASSWORD)
    await _form(page).get_by_label("再输入一次密码").fill(PASSWORD)
    await _next(page)
    await page.get_by_role("heading", name="您的大厅是哪一种").wait_for()


async def _name_place(page: "Page", name: str = "示范镇便民服务中心") -> None:
    await _form(page).get_by_label("大厅名称").fill(name)
    await _form(page).get_by_label("地址").fill("人民路 1 号")
    await expect(_form(page).get_by_label("大厅代号")).not_to_have_value("")
    await _next(page)
    await page.get_by_role("heading", name="什么时候开放").wait_for()


@pytest.mark.browser
@pytest.mark.server
async def test_from_an_empty_folder_to_the_first_ticket(tmp_path: Path, browser: "Browser") -> None:
    """Reading only what the server printed and what is on the screen."""
    async with served(tmp_path / "data") as address:
        context = await browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 900})
        context.set_default_timeout(15_000)
        await context.add_init_script(COUNT)
        page = await context.new_page()
        await page.goto(address)
        assert "code" not in page.url
        await _be_administrator(page)
        await _name_place(page)
        await _form(page).get_by_label("全天都开放").check()
        await _next(page)
        await page.get_by_role("heading", name="有哪些窗口").wait_for()
        await expect(_form(page).get_by_label("有这个窗口")).to_have_count(7)
        await _next(page)
        await page.get_by_role("heading", name="谁来办理").wait_for()
        await _form(page).get_by_label("姓名", exact=True).fill("钱进")
        await _form(page).get_by_label("A 岗姓名").nth(0).fill("王芳")
        await _form(page).get_by_label("A 岗姓名").nth(1).fill("李娜")
        await _form(page).get_by_label("A 岗姓名").nth(1).blur()
        await _form(page).get_by_label("B 岗").nth(0).select_option(label="李娜")
        await expect(_form(page).get_by_label("登录名").nth(2)).to_have_value("lina")
        await _next(page)
        card = page.locator("li", has_text="钱进")
        await card.wait_for()
        user, password = (await card.locator("dd").all_inner_texts())[1:]
        assert user == "qianjin"
        await page.reload()  # nothing is lost, the passwords neither
        await card.wait_for()
        assert (await card.locator("dd").all_inner_texts())[1:] == [user, password]
        await _next(page)
        await page.get_by_role("heading", name="打开每台设备").wait_for()
        at_the_door = await browser.new_context(locale="zh-CN", viewport={"width": 1080, "height": 1920})
        kiosk = await at_the_door.new_page()
        await kiosk.goto(await page.get_by_role("row", name="取号机").get_by_role("link").inner_text())
        code = kiosk.get_by_text(re.compile(r"^\d{3} \d{3}$"))
        await code.wait_for()
        await page.get_by_label("屏幕上的配对码").fill(await code.inner_text())
        await page.get_by_label("放在哪里").fill("门口")
        await page.get_by_role("button", name="连接").click()
        await page.get_by_role("listitem").filter(has_text="取号机 · 门口").wait_for()
        await _next(page)
        await expect(page.get_by_role("link", name="去取第一张号")).to_have_attribute("href", "/kiosk/shifanzhen")
        fields, presses = await page.evaluate("[sessionStorage.change, sessionStorage.click]")
        manual = (Path(__file__).parents[3] / "docs" / "operations.md").read_text("utf-8")
        assert f"{fields} fields and {presses} presses" in manual
        await kiosk.get_by_role("button", name="统一出证").click()
        await kiosk.get_by_role("button", name="直接取号").click()
        await kiosk.get_by_text("D001").first.wait_for()


@pytest.mark.browser
async def test_every_step_is_clear_and_loses_nothing(site: Site, open_page: OpenPage) -> None:
    """Back and forth, reloaded, on a phone, for every kind of reader."""
    page = await open_page("/setup", PHONE, who=await site.person("admin"))
    await _form(page).get_by_label("村便民服务站").check()
    await assert_accessible(page)
    await _name_place(page, "示范村便民服务站")
    await _form(page).get_by_label("夏季下午时间不同").check()
    await assert_no_sideways_scrolling(page)
    await assert_accessible(page)
    await page.reload()
    await expect(_form(page).get_by_label("夏季从")).to_be_visible()
    await _form(page).get_by_role("button", name="上一步").click()
    await expect(_form(page).get_by_label("大厅代号")).to_have_value("shifancun")
    await expect(_form(page).get_by_label("村便民服务站")).to_be_checked()
    await _next(page)
    await _next(page)
    await assert_accessible(page)
    await assert_no_sideways_scrolling(page)
    await _form(page).get_by_label("窗口号").nth(1).fill("1")
    await _next(page)
    await expect(page.get_by_role("alert").filter(has_text="同一个号码")).to_be_visible()
    await _form(page).get_by_label("窗口号").nth(1).fill("3")
    await _next(page)
    await _form(page).get_by_label("姓名", exact=True).fill("钱进")
    await _form(page).get_by_label("A 岗姓名").nth(0).fill("王芳")
    await _form(page).get_by_label("A 岗姓名").nth(1).fill("李娜")
    await _form(page).get_by_label("A 岗姓名").nth(1).blur()
    await _form(page).get_by_label("B 岗").nth(0).select_option(label="李娜")
    await expect(_form(page).get_by_label("登录名").nth(2)).to_have_value("lina")
    await assert_accessible(page)
    await assert_no_sideways_scrolling(page)
    await _next(page)
    await page.locator(".wizard-card").nth(2).wait_for()
    await assert_accessible(page)
    await assert_no_sideways_scrolling(page)
    hall = (await site.server.hall("shifancun")).hall
    assert hall is not None
    assert [*hall.counters] == [1, 3]
    staff = {account.name: account.id for account in await site.server.records.accounts.all("shifancun")}
    assert (hall.posts["post-1"].a, hall.posts["post-1"].b) == (staff["王芳"], (staff["李娜"],))
    season = hall.hours.seasons[0]
    assert (season.first, season.last, season.weekly["mon"][1]) == ("06-01", "09-30", ("15:00", "18:30"))
    assert hall.hours.weekly["fri"] == (("08:30", "12:00"), ("14:00", "17:30"))
    await _next(page)
    await _form(page).get_by_label("屏幕上的配对码").fill("000000")
    await _form(page).get_by_role("button", name="连接").click()
    await page.get_by_role("alert").filter(has_text="没有设备显示这个配对码").wait_for()
    asked = await site.post("/pairings", {"hall": "shifancun", "role": "kiosk"})
    await _form(page).get_by_label("屏幕上的配对码").fill(asked["code"])
    await _form(page).get_by_role("button", name="连接").click()
    await page.locator("#devices li", has_text="取号机").wait_for()
    await assert_accessible(page)
    await assert_no_sideways_scrolling(page)
    await _next(page)
    await assert_accessible(page)
    await assert_no_sideways_scrolling(page)
    await page.get_by_role("button", name="再设置一个大厅").click()
    await expect(_form(page).get_by_label("大厅名称")).to_have_value("")


@pytest.mark.browser
async def test_a_taken_login_name_is_told_at_its_field(site: Site, open_page: OpenPage) -> None:
    """The hall is there by then; the rest goes on where it stood."""
    await site.person("clerk", user="wangfang")
    page = await open_page("/setup", who=await site.person("admin"))
    await _name_place(page)
    await _next(page)
    await _next(page)
    await _form(page).get_by_label("姓名", exact=True).fill("钱进")
    await _form(page).get_by_label("A 岗姓名").nth(0).fill("王芳")
    await _form(page).get_by_label("A 岗姓名").nth(0).blur()
    await expect(_form(page).get_by_label("登录名").nth(1)).to_have_value("wangfang")
    await _next(page)
    await page.get_by_role("alert").filter(has_text="该登录名已有人使用").wait_for()
    await _form(page).get_by_label("登录名").nth(1).fill("wangfang2")
    await _next(page)
    await page.locator(".wizard-card", has_text="wangfang2").wait_for()


@pytest.mark.browser
async def test_what_has_a_form_of_its_own_says_which(site: Site, open_page: OpenPage) -> None:
    """Rather than that something does not match."""
    page = await open_page("/setup", who=await site.person("admin"))
    await _form(page).get_by_label("大厅名称").fill("示范镇")
    await _form(page).get_by_label("大厅名称").blur()
    await expect(_form(page).get_by_label("大厅代号")).to_have_value("shifanzhen")
    await _form(page).get_by_label("大厅代号").fill("示范镇")
    await _next(page)
    await page.get_by_role("alert").filter(has_text="小写字母、数字").wait_for()
    await _form(page).get_by_label("大厅代号").fill("shifan")
    await _next(page)
    await page.get_by_role("heading", name="什么时候开放").wait_for()
    await _form(page).get_by_label("夏季下午时间不同").check()
    await _form(page).get_by_label("夏季从").fill("6月1日")
    await _next(page)
    await page.get_by_role("alert").filter(has_text="例如 06-01").wait_for()


@pytest.mark.browser
async def test_the_wizard_is_for_administrators(site: Site, open_page: OpenPage) -> None:
    """Others sign in first, or are told that it is not for them."""
    page = await open_page("/setup")
    assert page.url.endswith("/sign-in?next=/setup")
    page = await open_page("/setup", who=await site.person("head"))
    await expect(page.locator("main")).to_contain_text("没有办理此项操作的权限", use_inner_text=True)


@pytest.mark.browser
async def test_a_wrong_code_and_unequal_passwords(site: Site, open_page: OpenPage) -> None:
    """Told at their fields; in English too."""
    site.server.first_code = "0123456789abcdef"
    page = await open_page("/setup#code=guess")
    await assert_accessible(page)
    await _form(page).get_by_label("您的姓名").fill("赵敏")
    await _form(page).get_by_label("登录名").fill("zhaomin")
    await _form(page).get_by_label("密码", exact=True).fill(PASSWORD)
    await _form(page).get_by_label("再输入一次密码").fill("another one")
    await _next(page)
    await page.get_by_role("alert").filter(has_text="两次输入的密码不同").wait_for()
    await _form(page).get_by_label("再输入一次密码").fill(PASSWORD)
    await _next(page)
    await page.get_by_role("alert").filter(has_text="启动码不正确").wait_for()
    await _form(page).get_by_label("您的姓名").fill("")
    await _next(page)
    await page.get_by_role("alert").filter(has_text="请填写这里").wait_for()
    english = await open_page("/setup?lang=en")
    await expect(english.get_by_role("heading", name="Make your own administrator account first")).to_be_visible()
