"""A hall's administration: each section changes what it says, tells what is wrong where it is, overwrites nobody."""

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace
from PIL import Image
from playwright.async_api import FilePayload, expect

from queue_server.domain.book_commands import NoteAccount
from queue_server.domain.complaint_rules import ComplaintRules
from queue_server.domain.counter import Counter
from queue_server.domain.hall import Hall
from queue_server.domain.hours import Hours
from queue_server.domain.phrases import Phrases
from queue_server.domain.post import Post
from queue_server.domain.printer import Printer
from queue_server.domain.queue import Queue
from queue_server.domain.screen import Screen
from queue_server.domain.service import Guide
from queue_server.domain.thresholds import Levels, Thresholds
from queue_server.domain.voice import Voice, VolumeSpan
from queue_server.records.accounts import Role
from tests.scripts_in_node import assert_passes
from tests.web.pages.conftest import (
    PHONE,
    QUEUES,
    TOWN,
    OpenPage,
    Site,
    assert_accessible,
    assert_no_sideways_scrolling,
)
from tests.web.portraits import picture

if TYPE_CHECKING:
    from playwright.async_api import Page

pytestmark = pytest.mark.browser

SECTIONS = (
    "",
    "/hours",
    "/queues",
    "/counters",
    "/people",
    "/services",
    "/screens",
    "/devices",
    "/printers",
    "/phrases",
    "/alarms",
    "/webhook",
    "/files",
    "/changes",
)


WALL: dict[str, Any] = {
    "screens": {"screen-1": Screen(id="screen-1", name="一楼", queues=("express",), pages=("duty",))},
    "voice": Voice(spans=(VolumeSpan(start="12:00", end="14:00", volume=0),)),
}
"""A screen, and hours in which nothing is spoken."""


async def _hall(site: Site) -> Hall:
    """The set-up as it was last written."""
    hall = (await site.server.hall("town")).books.durable.hall
    assert hall is not None
    return hall


async def _save(page: "Page", said: str = "已保存") -> None:
    await page.get_by_role("button", name="保存", exact=True).click()
    await page.locator(".admin-foot [data-message]", has_text=said).wait_for()


LISTED = {
    "/devices": "#devices li, #empty:not([hidden])",
    "/webhook": "#empty:not([hidden])",
    "/changes": "#changes tr",
}
"""What shows that a section has what it asks the server for."""


async def _listed(page: "Page", section: str) -> None:
    if section in LISTED:
        await page.locator(LISTED[section]).first.wait_for()


async def _section(site: Site, open_page: OpenPage, section: str) -> "Page":
    await site.hall()
    return await open_page(f"/admin/town{section}", who=await site.person("head"))


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("section", SECTIONS)
async def test_every_section_is_for_every_reader(site: Site, open_page: OpenPage, section: str, language: str) -> None:
    """With something in each list; on a phone as on a desk, in both languages."""
    await site.hall(posts={"post-1": Post(id="post-1", name="综合岗", counter=1)}, notices=("周五停电",), **WALL)
    await site.person("clerk", counter=1)
    await site.device("kiosk")
    page = await open_page(f"/admin/town{section}?lang={language}", PHONE, who=await site.person("head"))
    await _listed(page, section)
    await assert_accessible(page)
    await assert_no_sideways_scrolling(page)


SMALL = """
  () => [...document.querySelectorAll("main :is(a, button, select, textarea, label.pick, input:not([type=checkbox]))")]
    .filter((each) => each.checkVisibility())
    .map((each) => [each.getBoundingClientRect().height, parseFloat(getComputedStyle(each).fontSize), each.outerHTML])
    .filter(([high, letters]) => high < 44 || letters < 18)
"""
"""What is too low to be touched, or too small to be read."""


@pytest.mark.parametrize("section", SECTIONS)
async def test_a_large_hall_with_long_names(site: Site, open_page: OpenPage, section: str) -> None:
    """Forty windows, twelve queues, names of thirty characters: all of it can be read and touched, on a phone too."""
    name = "很长的名称" * 6
    letters = "ABCDEFGHJKLM"
    queues = {
        f"queue-{x}": Queue(id=f"queue-{x}", name=name, kind="express", prefix=x.upper()) for x in letters.lower()
    }
    counters = {
        n: Counter(number=n, name=name, kind="flexible", queues=tuple(queues), area="很长的区域" * 4)
        for n in range(1, 41)
    }
    screens = {f"screen-{n}": Screen(id=f"screen-{n}", name=name, queues=tuple(queues)) for n in range(1, 5)}
    await site.hall(
        name=name, queues=queues, counters=counters, services={}, notices=("长" * 80,) * 12, screens=screens
    )
    await site.person("clerk", name=name, counter=40)
    page = await open_page(f"/admin/town{section}", PHONE, who=await site.person("head"))
    await _listed(page, section)
    await assert_no_sideways_scrolling(page)
    assert await page.evaluate(SMALL) == []


async def test_when_the_head_is_warned(site: Site, open_page: OpenPage) -> None:
    """Three rising figures each, 0 for never in that colour; what does not rise is told where it stands."""
    page = await _section(site, open_page, "/alarms")
    waits = page.get_by_role("group", name="等候太久")
    await waits.get_by_label("橙：重要").fill("90")
    await page.get_by_role("button", name="保存", exact=True).click()
    await expect(waits.locator(".field-problem")).to_contain_text("一级高于一级")
    await waits.get_by_label("橙：重要").fill("0")
    await page.get_by_label("建议开放").fill("6")
    await _save(page)
    hall = await _hall(site)
    assert (hall.alarms.wait_percent, hall.flexible.open_at) == (Levels(yellow=100, red=200), 6)
    assert hall.alarms == replace(Thresholds(), wait_percent=Levels(yellow=100, red=200))


async def test_a_file_that_finds_no_server_is_told(site: Site, open_page: OpenPage) -> None:
    """And can be sent again, as the same command."""
    page = await _section(site, open_page, "/files")
    form = page.locator('form[data-path="setup.toml"]')
    file = FilePayload(name="town.toml", mimeType="application/toml", buffer=b"name = 1")
    await form.locator("input").set_input_files(file)
    await site.cut()
    await form.get_by_role("button", name="导入设置").click()
    await form.locator("[data-message]", has_text="没有收到服务器的答复").wait_for()
    await site.mend()
    await form.get_by_role("button", name="导入设置").click()
    await form.locator("[data-message]", has_text="第 1 行，name：这里要写文字，现在是整数").wait_for()


async def test_the_rules_have_units(site: Site, open_page: OpenPage) -> None:
    """Minutes on the page are seconds in the set-up; what the page does not show stays."""
    page = await _section(site, open_page, "")
    await page.get_by_label("开放前多久可以取号").fill("45")
    await page.get_by_label("70 岁及以上老人").fill("20")
    await page.get_by_label("电话", exact=True).fill("0379-1")
    await expect(page.get_by_text("有未保存的修改")).to_be_visible()
    await _save(page)
    await expect(page.get_by_text("有未保存的修改")).to_be_hidden()
    hall = await _hall(site)
    assert (hall.rules.ticketing_before_s, hall.rules.head_start_s["elderly"], hall.phone) == (2700, 1200, "0379-1")
    assert (hall.rules.head_start_s["military"], hall.services) == (900, TOWN.services)


async def test_tickets_by_phone_are_off_until_somebody_allows_them(site: Site, open_page: OpenPage) -> None:
    """Where phones cannot reach the server, the switch says so and may be set all the same."""
    page = await _section(site, open_page, "")
    switch = page.get_by_label("允许用手机扫大屏的二维码取号")
    await expect(switch).not_to_be_checked()
    await expect(page.get_by_text("JIAOHAO_PUBLIC_URL")).to_be_visible()
    await switch.check()
    await _save(page)
    assert (await _hall(site)).rules.phone_ticketing
    site.server.public_url = "https://hall.example"
    await page.reload()
    await expect(switch).to_be_checked()
    await expect(page.get_by_text("JIAOHAO_PUBLIC_URL")).to_have_count(0)
    await switch.uncheck()
    await _save(page)
    assert not (await _hall(site)).rules.phone_ticketing


def test_bringing_two_changes_together() -> None:
    """What was typed and what somebody else saved, run by node."""
    assert_passes(Path(__file__).with_name("admin_merge_test.mjs"))


POSTS = {"post-1": Post(id="post-1", name="综合岗", counter=1)}
PRINTERS = {"printer-1": Printer(id="printer-1", name="门口", connection="network", host="10.0.0.1")}


def _named(things: dict[Any, Any], name: str) -> dict[Any, Any]:
    """The first of them under another name."""
    first = next(iter(things))
    return {**things, first: replace(things[first], name=name)}


@pytest.mark.parametrize(
    ("section", "label", "typed", "theirs", "found"),
    [
        ("", "地址", "新华路 2 号", {"place": "别处"}, lambda hall: hall.place),
        ("/hours", "周一", "09:00-12:00", {"hours": Hours(weekly={"mon": (("10:00", "11:00"),)})},
         lambda hall: "-".join(hall.hours.weekly["mon"][0])),
        ("/queues", "名称", "综合", {"queues": _named(QUEUES, "别的")}, lambda hall: hall.queues["comprehensive"].name),
        ("/counters", "名称", "综合", {"counters": _named(TOWN.counters, "别的")}, lambda hall: hall.counters[1].name),
        ("/people", "岗位名称", "新岗", {"posts": _named(POSTS, "别的")}, lambda hall: hall.posts["post-1"].name),
        ("/printers", "名称", "后门", {"printers": _named(PRINTERS, "别的")},
         lambda hall: hall.printers["printer-1"].name),
        ("/screens", "呼叫", "请{number}到{counter}号窗口",
         {"voice": Voice(templates={"zh": {"call": "{number}到{counter}号窗口"}})},
         lambda hall: hall.voice.templates["zh"]["call"]),
        ("/phrases", "暂停、暂离", "送件", {"phrases": Phrases(pause=("别的",))}, lambda hall: hall.phrases.pause[0]),
    ],
)  # fmt: skip
async def test_nobody_overwrites_anybody(
    site: Site, open_page: OpenPage, section: str, label: str, typed: str, theirs: dict[str, Any], found: Any
) -> None:
    """Whoever is late keeps what was typed: saved beside others' changes; asked about where both changed the same."""
    await site.hall(posts=POSTS, printers=PRINTERS)
    page = await open_page(f"/admin/town{section}", who=await site.person("head"))
    form = page.locator("#set-up")
    field = form.get_by_label(label, exact=True).first
    await field.fill({"/hours": "10:00-12:00", "/screens": "{number}{counter}"}.get(section, "先前"))
    await site.hall(posts=POSTS, printers=PRINTERS, phone="12345")
    await _save(page, "已保存。别人刚才改的也在")
    await expect(form.locator("[data-message]")).to_contain_text("修改设置：电话")
    assert (await _hall(site)).phone == "12345"
    await field.fill(typed)
    await site.hall(replace(TOWN, **{"posts": POSTS, "printers": PRINTERS} | theirs))
    await _save(page, "请选用谁的")
    assert found(await _hall(site)) != typed
    await expect(field).to_have_value(typed)
    await assert_accessible(page)
    await form.get_by_role("button", name="用我填的换掉").click()
    await form.locator("[data-message]", has_text="已保存").wait_for()
    assert found(await _hall(site)) == typed
    await expect(form.get_by_role("button", name="用我填的换掉")).to_be_hidden()


async def test_what_was_typed_can_be_given_up(site: Site, open_page: OpenPage) -> None:
    """The form then shows what the other saved, and there is nothing left to save."""
    page = await _section(site, open_page, "/queues")
    name = page.locator("#rows").get_by_label("名称", exact=True).first
    await name.fill("我的")
    await site.hall(queues=_named(QUEUES, "别人的"))
    await _save(page, "请选用谁的")
    await page.get_by_role("button", name="放弃我填的").click()
    await expect(name).to_have_value("别人的")
    await expect(page.locator("#rows > fieldset")).to_have_count(2)
    await expect(page.get_by_text("有未保存的修改")).to_be_hidden()
    await name.fill("后来的")
    await _save(page)
    assert (await _hall(site)).queues["comprehensive"].name == "后来的"


async def test_nobody_overwrites_what_another_said_of_an_item(site: Site, open_page: OpenPage) -> None:
    """Asked in the item's own question."""
    page = await _section(site, open_page, "/services")
    await page.locator("#items button").nth(0).click()
    await page.get_by_label("收费").fill("5 元")
    await site.hall(guides={1: Guide(fee="免费")})
    await page.locator("#item-form .button-primary").click()
    await page.locator("#item-form [data-message]", has_text="请选用谁的").wait_for()
    await expect(page.get_by_label("收费")).to_have_value("5 元")
    await assert_accessible(page)
    await page.get_by_role("button", name="用我填的换掉").click()
    await page.locator("#item-dialog").wait_for(state="hidden")
    assert (await _hall(site)).guides[1].fee == "5 元"


async def test_a_lost_network_loses_nothing_and_two_presses_save_once(site: Site, open_page: OpenPage) -> None:
    """What was typed stays until the server answers; the same press is never done twice."""
    page = await _section(site, open_page, "")
    runner = await site.server.hall("town")
    before = runner.books.durable.seq
    await page.get_by_label("地址").fill("新华路 2 号")
    await site.cut()
    save = page.get_by_role("button", name="保存", exact=True)
    await save.dblclick()
    await expect(save).to_have_attribute("aria-busy", "true")
    await site.mend()
    await page.locator(".admin-foot [data-message]", has_text="已保存").wait_for()
    assert ((await _hall(site)).place, runner.books.durable.seq) == ("新华路 2 号", before + 1)


async def test_leaving_with_unsaved_changes_is_asked(site: Site, open_page: OpenPage) -> None:
    """Once they are saved, nobody asks."""
    page = await _section(site, open_page, "")
    asked: list[str] = []

    async def stay(dialog: Any) -> None:
        asked.append(dialog.type)
        await dialog.accept()

    page.on("dialog", stay)
    await page.get_by_label("地址").fill("别处")
    await page.get_by_role("link", name="业务队列").click()
    await page.wait_for_url("**/queues")
    assert asked == ["beforeunload"]


async def test_hours_with_a_season_and_a_day_of_its_own(site: Site, open_page: OpenPage) -> None:
    """A day is one text; what cannot be read is told there, before anything is sent."""
    page = await _section(site, open_page, "/hours")
    await page.get_by_label("全天都开放").uncheck()
    monday = page.locator("#weekly").get_by_label("周一")
    await monday.fill("9点到12点")
    await page.get_by_role("button", name="保存", exact=True).click()
    await page.get_by_role("alert").filter(has_text="请写成").wait_for()
    await monday.fill("9:00—12:00，13:30-17:00")
    await page.get_by_role("button", name="周二到周五与周一相同").click()
    await page.get_by_role("button", name="添加季节").click()
    await page.get_by_role("button", name="添加日子").click()
    await page.get_by_label("日期").fill("2026-10-01")
    await _save(page)
    hours = (await _hall(site)).hours
    assert hours.weekly["fri"] == (("09:00", "12:00"), ("13:30", "17:00"))
    assert (hours.seasons[0].first, hours.seasons[0].weekly["mon"]) == ("06-01", hours.weekly["mon"])
    assert hours.exceptions == {"2026-10-01": ()}
    await monday.fill("09:00-12:00 11:00-13:00")
    await page.get_by_role("button", name="保存", exact=True).click()
    await page.get_by_role("alert").filter(has_text="11:00—13:00 与前一段重叠").wait_for()


EMPTY = """
  () => {
    const required = [...document.querySelectorAll("#set-up :is(input, textarea):required")];
    const fields = required.filter((each) => each.checkVisibility());
    for (const field of fields) field.value = "";
    return fields.length;
  }
"""
"""Empties what must be filled in; how many fields that are."""


@pytest.mark.parametrize("section", ["", "/queues", "/counters", "/people", "/screens", "/printers"])
async def test_what_is_missing_is_told_at_each_field(site: Site, open_page: OpenPage, section: str) -> None:
    """In the page's language, whatever the browser's; one is led to the first, and nothing is sent."""
    runner = await site.hall(posts=POSTS, printers=PRINTERS, **WALL)
    before = runner.books.durable.seq
    page = await open_page(f"/admin/town{section}?lang=en", who=await site.person("head"))
    await page.locator("#set-up [required]").first.wait_for()
    empty = await page.evaluate(EMPTY)
    await page.get_by_role("button", name="Save", exact=True).click()
    problems = page.locator("#set-up .field-problem")
    await expect(problems).to_have_count(empty)
    assert set(await problems.all_inner_texts()) == {"Please fill this in."}
    await expect(page.locator("#set-up [aria-invalid]").first).to_be_focused()
    assert runner.books.durable.seq == before


async def test_a_number_out_of_range_is_told_with_its_limit(site: Site, open_page: OpenPage) -> None:
    """And taken back with the next key."""
    page = await _section(site, open_page, "/counters")
    number = page.get_by_label("窗口号").first
    await number.fill("1000")
    await page.get_by_role("button", name="保存", exact=True).click()
    await expect(page.get_by_role("alert").filter(has_text="不能大于 999")).to_be_visible()
    await number.fill("9")
    await expect(page.locator(".field-problem")).to_have_count(0)
    await _save(page)
    assert 9 in (await _hall(site)).counters


async def test_what_is_deleted_can_be_had_back_until_it_is_saved(site: Site, open_page: OpenPage) -> None:
    """Its fields are not asked any more meanwhile."""
    page = await _section(site, open_page, "/counters")
    row = page.locator("#rows > fieldset").nth(1)
    await row.get_by_label("名称", exact=True).fill("")
    await row.get_by_role("button", name="删除").click()
    await expect(row.get_by_text("保存后删除")).to_be_visible()
    await assert_accessible(page)
    await row.get_by_role("button", name="恢复").click()
    await row.get_by_label("名称", exact=True).fill("回来了")
    await _save(page)
    assert (await _hall(site)).counters[2].name == "回来了"
    await row.get_by_role("button", name="删除").click()
    await _save(page)
    assert [*(await _hall(site)).counters] == [1]
    await expect(page.locator("#rows > fieldset")).to_have_count(1)


async def test_a_queue_is_added_moved_and_refused(site: Site, open_page: OpenPage) -> None:
    """What the server finds wrong is told at its field; the order is the kiosk's."""
    page = await _section(site, open_page, "/queues")
    await page.get_by_role("button", name="添加队列").click()
    row = page.locator("#rows > fieldset").nth(2)
    await row.get_by_label("名称", exact=True).fill("统一出证")
    await row.get_by_label("字母").fill("A")
    await page.get_by_role("button", name="保存", exact=True).click()
    await expect(row.get_by_label("字母")).to_have_attribute("aria-invalid", "true")
    await expect(row.get_by_text("字母“A”用了两次")).to_be_visible()
    await assert_accessible(page)
    await row.get_by_label("字母").fill("D")
    await row.get_by_label("上午最多").fill("30")
    await row.get_by_role("button", name="上移").click()
    await _save(page)
    hall = await _hall(site)
    assert [*hall.queues] == ["comprehensive", "queue-1", "express"]
    assert hall.queues["queue-1"].quota.morning == 30


async def test_the_order_alone_can_be_changed(site: Site, open_page: OpenPage) -> None:
    """For the kiosk shows the queues in it, at once."""
    page = await _section(site, open_page, "/queues")
    await page.locator("#rows > fieldset").nth(1).get_by_role("button", name="上移").click()
    await _save(page)
    assert [*(await _hall(site)).queues] == ["express", "comprehensive"]
    assert [*(await site.server.hall("town")).day.hall.queues] == ["express", "comprehensive"]
    await page.reload()
    await expect(page.locator("#rows legend").nth(0)).to_have_text("B 无差别即办")


async def test_counters(site: Site, open_page: OpenPage) -> None:
    """A window more, with what it serves and helps; no number twice."""
    page = await _section(site, open_page, "/counters")
    await page.get_by_role("button", name="添加窗口").click()
    row = page.locator("#rows > fieldset").nth(2)
    await row.get_by_label("名称", exact=True).fill("机动窗口")
    await row.get_by_label("种类").select_option(label="机动")
    await row.get_by_role("group", name="先办").get_by_label("无差别即办").check()
    await row.get_by_label("窗口号").fill("2")
    await page.get_by_role("button", name="保存", exact=True).click()
    await page.get_by_role("alert").filter(has_text="已经用了").wait_for()
    await row.get_by_label("窗口号").fill("7")
    await _save(page)
    counter = (await _hall(site)).counters[7]
    assert (counter.name, counter.kind, counter.queues, counter.helps) == ("机动窗口", "flexible", ("express",), ())


async def test_people_and_their_posts(site: Site, open_page: OpenPage) -> None:
    """Somebody is added with a password that is shown once, holds a post, and is shut out."""
    await site.person("clerk", name="李娜", counter=2)
    page = await _section(site, open_page, "/people")
    await page.locator("#new-name").fill("王伟")
    await page.locator("#new-name").blur()
    await expect(page.locator("#new-user")).to_have_value("wangwei")
    await page.locator("#new-counter").select_option("1")
    await page.get_by_role("button", name="添加，给出密码").click()
    await page.locator("#said", has_text="wangwei").wait_for()
    await page.get_by_role("button", name="添加岗位").click()
    row = page.locator("#rows > fieldset").nth(0)
    await row.get_by_label("A 岗").select_option(label="王伟")
    await row.get_by_role("checkbox", name="李娜").check()
    await assert_accessible(page)
    await _save(page)
    staff = {account.name: account for account in await site.server.records.accounts.all("town")}
    post = (await _hall(site)).posts["post-1"]
    assert (post.a, post.b, post.counter) == (staff["王伟"].id, (staff["李娜"].id,), 1)
    line = page.locator("#people tr", has_text="李娜")
    await line.get_by_role("button", name="新密码").click()
    await page.locator("#said", has_text="李娜 的新密码").wait_for()
    await line.get_by_role("button", name="停用").click()
    await line.get_by_role("button", name="恢复").wait_for()
    await line.get_by_label("窗口").select_option("")
    await expect(page.locator("#said")).to_have_text("已保存。")
    account = await site.server.records.accounts.get(staff["李娜"].id)
    assert account is not None
    assert (account.counter, account.capacity) == (None, None)


async def test_the_roster_of_a_post(site: Site, open_page: OpenPage) -> None:
    """Half days that are a B's, or nobody's; somebody who is no holder any more is on it no more; the rest is A."""
    wang, li = await site.person("clerk", name="王伟"), await site.person("clerk", name="李娜")
    post = Post(id="post-1", name="综合岗", counter=1, a=wang.id, b=(li.id,), roster={"fri_afternoon": li.id})
    await site.hall(posts={"post-1": post})
    page = await open_page("/admin/town/people", who=await site.person("head"))
    row = page.locator("#rows > fieldset")
    await row.locator("summary", has_text="1 个半天不是 A 岗").click()
    await expect(row.get_by_label("周五 下午")).to_have_value(li.id)
    await row.get_by_label("周一 上午").select_option(label="李娜")
    await row.get_by_label("周二 下午").select_option(label="不设岗")
    await expect(row.locator("summary")).to_have_text("排班：3 个半天不是 A 岗")
    await assert_accessible(page)
    await _save(page)
    roster = {"mon_morning": li.id, "tue_afternoon": "", "fri_afternoon": li.id}
    assert (await _hall(site)).posts["post-1"].roster == roster
    await row.get_by_label("岗位名称").fill("综合受理岗")
    await _save(page)
    assert (await _hall(site)).posts["post-1"].roster == roster, "what was not touched stays"
    await row.get_by_role("checkbox", name="李娜").uncheck()
    await _save(page)
    assert (await _hall(site)).posts["post-1"].roster == {"tue_afternoon": ""}


async def test_a_photo_is_chosen_looked_at_and_taken_away(site: Site, open_page: OpenPage) -> None:
    """As large as a camera makes it; what is no photo is told before it is sent, what is too small by the server."""
    clerk = await site.person("clerk", name="李娜", counter=2)
    photos = site.server.records.photos
    page = await _section(site, open_page, "/people")
    face = page.get_by_role("button", name="李娜的照片")
    dialog = page.locator("#photo-dialog")
    file, preview = page.get_by_label("选择照片"), dialog.locator("img")
    save = page.get_by_role("button", name="保存照片")
    await face.press("Enter")
    await expect(dialog).to_contain_text("还没有照片")
    await expect(save).to_be_disabled()
    await assert_accessible(page)

    async def choose(data: bytes, kind: str = "image/jpeg") -> None:
        await file.set_input_files(FilePayload(name="photo", mimeType=kind, buffer=data))

    await choose(b"no picture")
    await expect(dialog.get_by_role("alert")).to_have_text("照片读不出来，请换一张（JPEG、PNG、WebP）。")
    await expect(save).to_be_disabled()
    await choose(picture(width=90, height=120))
    await expect(preview).to_be_visible()
    await save.click()
    await expect(dialog.get_by_role("alert")).to_have_text("照片太小或太大：每边至少 120 点，不超过 400 万点")
    assert await photos.get(clerk.id) is None

    fine, large = io.BytesIO(), io.BytesIO()
    Image.effect_noise((1200, 1600), 200).save(fine, "JPEG", quality=95)
    await choose(fine.getvalue())  # nothing but detail: made smaller until it can be sent
    await expect(save).to_be_enabled()
    Image.linear_gradient("L").resize((3000, 2000)).convert("RGB").save(large, "JPEG", quality=100)
    await choose(large.getvalue())
    await expect(dialog.get_by_role("alert")).to_be_hidden()
    await expect(save).to_be_enabled()
    size = "(one) => one.decode().then(() => [one.naturalWidth, one.naturalHeight])"
    assert await preview.evaluate(size) == [480, 640]
    await assert_accessible(page)
    await assert_no_sideways_scrolling(page)
    await save.press("Enter")
    await expect(page.locator("#said")).to_have_text("李娜的照片已保存，当班时人人都看得到。")
    await expect(dialog).to_be_hidden()
    kept = await photos.get(clerk.id)
    assert kept is not None
    assert Image.open(io.BytesIO(kept.picture)).size == (480, 640)
    assert await face.locator("img").evaluate(size) == [480, 640]

    await page.reload()
    await face.click()
    assert await preview.evaluate(size) == [480, 640]
    await page.get_by_role("button", name="取下照片").press("Enter")
    await expect(page.locator("#said")).to_have_text("李娜的照片已取下。")
    assert await photos.get(clerk.id) is None
    await expect(face).to_have_text("选照片")


async def test_who_works_elsewhere_too_is_not_a_heads_to_change(site: Site, open_page: OpenPage) -> None:
    """The page says why, instead of offering what would be refused; an administrator is offered it."""
    await site.hall()
    await site.person("clerk", "town", "west", name="李娜")
    roles: tuple[Role, ...] = ("head", "admin")
    for role in roles:
        page = await open_page("/admin/town/people", who=await site.person(role))
        line = page.locator("#people tr", has_text="李娜")
        await expect(line).to_contain_text("也在别的大厅")
        await expect(line.get_by_role("button", name="新密码")).to_be_enabled(enabled=role == "admin")


async def test_services_and_guides(site: Site, open_page: OpenPage) -> None:
    """A doubtful entry is confirmed under its right name, with a guide; another is withdrawn."""
    page = await _section(site, open_page, "/services")
    await page.get_by_label("显示").select_option("doubtful")
    await expect(page.locator("#items li")).to_have_count(3)
    first = page.locator("#items button").nth(0)
    no = int((await first.inner_text()).split()[0])
    await first.click()
    await page.get_by_label("本大厅办理这个事项").check()
    await page.get_by_label("核实后的名称").fill("核实过的事项")
    await page.get_by_label("要带的材料").fill("身份证\n户口簿")
    await assert_accessible(page)
    await page.locator("#item-form .button-primary").click()
    await expect(page.locator("#items li")).to_have_count(2)
    hall = await _hall(site)
    assert hall.choices.names[no] == "核实过的事项"
    assert hall.guides[no].materials == ("身份证", "户口簿")
    assert no in hall.services
    await page.get_by_label("显示").select_option("all")
    await page.get_by_label("查找").fill("核实过的")
    await page.locator("#items button").click()
    await page.get_by_label("本大厅办理这个事项").uncheck()
    await page.locator("#item-form .button-primary").click()
    await expect(page.locator("#items .badge")).to_have_text("待核实")
    assert no not in (await _hall(site)).services


async def test_a_device_by_its_code(site: Site, open_page: OpenPage) -> None:
    """A wrong code is told at its field; a device that is in can be shut out."""
    page = await _section(site, open_page, "/devices")
    await page.get_by_label("屏幕上的配对码").fill("000000")
    await page.get_by_role("button", name="连接").click()
    await page.get_by_role("alert").filter(has_text="没有设备显示这个配对码").wait_for()
    asked = await site.post("/pairings", {"hall": "town", "role": "kiosk"})
    await page.get_by_label("屏幕上的配对码").fill(asked["code"])
    await page.get_by_label("放在哪里").fill("门口")
    await page.get_by_role("button", name="连接").click()
    await page.locator("#devices li", has_text="取号机 · 门口").wait_for()
    await page.locator("#devices").get_by_role("button", name="停用").click()
    await expect(page.locator("#devices li")).to_have_count(0)
    await page.get_by_label("播报机的位置").fill("二楼")
    await page.get_by_role("button", name="生成语音播报的令牌").click()
    await page.locator("#said", has_text="语音播报 · 二楼 的令牌").wait_for()
    await expect(page.locator("#devices li")).to_have_count(1)


async def test_screens_and_the_voice(site: Site, open_page: OpenPage) -> None:
    """What is wrong is told at its field; a screen has an address to be copied; what is empty is the language's own."""
    counters = {number: replace(counter, area="一楼东厅") for number, counter in TOWN.counters.items()}
    await site.hall(counters=counters)
    page = await open_page("/admin/town/screens", who=await site.person("head"))
    await page.get_by_role("button", name="添加大屏").click()
    screen = page.locator("#screens > fieldset")
    await screen.get_by_label("名称").fill("门口")
    await expect(screen.locator("legend").first).to_have_text("门口")
    await screen.get_by_label("版式").select_option("strip")
    await screen.get_by_label("底色").select_option("dark")
    for label in ("无差别即办", "一楼东厅", "在岗人员", "这块屏的浏览器播报它显示的呼叫"):
        await screen.get_by_label(label).check()
    await screen.get_by_label("每页停留").fill("20")
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await screen.get_by_role("button", name="复制网址").click()
    await screen.get_by_text("已复制。").wait_for()
    assert await page.evaluate("navigator.clipboard.readText()") == f"{site.url}/screen/town?screen=screen-1"
    await page.get_by_label("第 1 种语言").select_option("en")
    await page.get_by_label("第 2 种语言").select_option("en")
    await page.get_by_label("一个号播报").fill("3")
    await page.get_by_label("号码里的 1 读作").check()
    await page.get_by_role("button", name="添加时段").click()
    await page.get_by_label("到", exact=True).fill("9：30")
    save = page.get_by_role("button", name="保存", exact=True)
    await save.click()
    await page.locator("#languages .field-problem", has_text="每种一次").wait_for()
    await page.get_by_label("第 2 种语言").select_option("zh")
    await save.click()
    await page.locator("#spans .field-problem", has_text="12:00—09:30").wait_for()
    await page.get_by_label("到", exact=True).fill("13：30")
    call = page.get_by_role("group", name="普通话").get_by_label("呼叫", exact=True)
    await expect(call).to_have_attribute("placeholder", "请{number}号，到[{area}]{counter}号窗口办理")
    await call.fill("请{谁}过来")
    await save.click()
    await page.locator(".field-problem", has_text="{谁}").wait_for()
    await call.fill("请{number}到{counter}号窗口")
    await assert_accessible(page)
    await _save(page)
    hall = await _hall(site)
    assert hall.screens == {
        "screen-1": Screen(
            id="screen-1", name="门口", layout="strip", theme="dark", queues=("express",), areas=("一楼东厅",),
            pages=("duty",), page_s=20, voice=True,
        )
    }  # fmt: skip
    assert hall.voice == Voice(
        languages=("en", "zh"), repeat=3, yao=True, spans=(VolumeSpan(start="12:00", end="13:30", volume=0),),
        templates={"zh": {"call": "请{number}到{counter}号窗口"}},
    )  # fmt: skip
    await call.fill("")
    await page.get_by_label("第 2 种语言").select_option("")
    for list in ("#screens", "#spans"):
        await page.locator(list).get_by_role("button", name="删除").click()
    await _save(page)
    hall = await _hall(site)
    assert (hall.screens, hall.voice) == ({}, Voice(languages=("en",), repeat=3, yao=True))


async def test_a_counter_s_area_the_complaint_phone_and_when_a_device_is_missing(
    site: Site, open_page: OpenPage
) -> None:
    """An area that a screen shows alone is not taken away from under it."""
    page = await _section(site, open_page, "/counters")
    area = page.locator("#rows").get_by_label("所在区域").first
    await area.fill("一楼东厅")
    await _save(page)
    assert (await _hall(site)).areas == {"一楼东厅"}
    await page.reload()
    await expect(page.locator("#areas option")).to_have_attribute("value", "一楼东厅")
    await site.hall(await _hall(site), screens={"screen-1": Screen(id="screen-1", areas=("一楼东厅",))})
    await area.fill("")
    await _save(page, "还没有保存，请先改“大屏”：没有窗口在“一楼东厅”")
    await page.goto(f"{site.url}/admin/town")  # leaving what was not saved
    await page.get_by_label("投诉电话").fill("12345")
    await page.get_by_label("设备失去联系多久报警").fill("10")
    await page.get_by_label("怎么算天数").select_option("working")
    await page.get_by_label("复杂和重大诉求几天内答复").fill("5")
    await _save(page)
    hall = await _hall(site)
    assert hall.complaints == ComplaintRules(days="working", complex_days=5)
    assert (hall.complaint_phone, hall.rules.device_missing_s) == ("12345", 600)


async def test_a_printer_and_its_trial(site: Site, open_page: OpenPage) -> None:
    """One that does not answer says so beside its button."""
    page = await _section(site, open_page, "/printers")
    await page.get_by_role("button", name="添加打印机").click()
    await page.get_by_label("名称").fill("门口")
    await page.get_by_label("地址").fill("不行")
    await page.get_by_role("button", name="保存", exact=True).click()
    await page.get_by_text("不是主机名或 IPv4 地址").wait_for()
    await page.get_by_label("地址").fill("127.0.0.1")
    await page.get_by_label("端口").fill("9")
    await _save(page)
    assert (await _hall(site)).printers["printer-1"].port == 9
    await page.get_by_role("button", name="打印测试票").click()
    await page.locator("[data-said].is-bad").wait_for()


async def test_phrases_and_notices(site: Site, open_page: OpenPage) -> None:
    """One a line; too long a one is told at its field."""
    page = await _section(site, open_page, "/phrases")
    await page.get_by_label("给大厅里每个人看的公告").fill("长" * 81)
    await page.get_by_role("button", name="保存", exact=True).click()
    await page.get_by_text("每条写 1 到 80 个字").wait_for()
    await page.get_by_label("给大厅里每个人看的公告").fill("周五停电\n\n请提前办理")
    await page.get_by_label("暂停、暂离").fill("送件")
    await _save(page)
    hall = await _hall(site)
    assert (hall.notices, hall.phrases.pause) == (("周五停电", "请提前办理"), ("送件",))


async def test_out_to_a_file_and_in_again(site: Site, open_page: OpenPage) -> None:
    """What is wrong in it is told line by line."""
    page = await _section(site, open_page, "/files")
    async with page.expect_download() as downloading:
        await page.get_by_role("link", name="下载设置").click()
    text = (await (await downloading.value).path()).read_text("utf-8")
    form = page.locator('form[data-path="setup.toml"]')

    async def take_in(changed: str, said: str) -> None:
        file = FilePayload(name="town.toml", mimeType="application/toml", buffer=changed.encode())
        await form.locator("input").set_input_files(file)
        await form.get_by_role("button", name="导入设置").click()
        await form.locator("[data-message]", has_text=said).wait_for()

    await take_in(text.replace('prefix = "B"', 'prefix = "A"'), "字母“A”用了两次")
    await assert_accessible(page)
    await site.hall(place="新华路 2 号")
    await take_in(text.replace("0379-12345", "0379-54321"), "文件下载以后，设置又改过了")
    await expect(form.locator("[data-message]")).to_contain_text("修改设置：地址")
    await assert_accessible(page)
    assert (await _hall(site)).phone == "0379-12345"
    await form.get_by_role("button", name="仍要用文件换掉").click()
    await form.locator("[data-message]", has_text="已导入").wait_for()
    assert ((await _hall(site)).phone, (await _hall(site)).place) == ("0379-54321", "人民路 1 号")
    await expect(form.get_by_role("button", name="仍要用文件换掉")).to_be_hidden()


async def test_what_was_changed_and_by_whom(site: Site, open_page: OpenPage) -> None:
    """With names, newest first."""
    await site.hall()
    head = await site.person("head", name="钱进")
    token = await site.session(head)
    await site.post("/halls/town/staff", {"user": "li", "name": "李雷", "role": "clerk"}, token)
    page = await open_page("/admin/town/changes", who=head)
    first = page.locator("#changes tr").nth(0)
    await expect(first.locator("th")).to_have_text("钱进")
    await expect(first.locator("td").nth(1)).to_have_text("添加人员 李雷")
    await expect(page.locator("#changes tr").last.locator("th")).to_have_text("命令行")
    await expect(page.locator("#changes tr").last.locator("td").nth(1)).to_have_text("创建大厅")
    runner = await site.server.hall("town")
    await runner.write_down(NoteAccount(by="console:li", account=head.id, change="password"), "console", "")
    await page.reload()
    await expect(first.locator("th")).to_have_text("命令行（li）")
    await expect(first.locator("td").nth(1)).to_have_text("重设 钱进 的密码")


async def test_who_may_see_it(site: Site, open_page: OpenPage) -> None:
    """Clerks may not; a head is led to her own hall; an administrator sees all."""
    await site.hall()
    page = await open_page("/admin/town", who=await site.person("clerk"))
    await expect(page.locator("main")).to_contain_text("没有办理此项操作的权限", use_inner_text=True)
    page = await open_page("/admin", who=await site.person("head"))
    assert page.url.endswith("/admin/town")
    page = await open_page("/admin", who=await site.person("admin"))
    await assert_accessible(page)
    await page.get_by_role("link", name="示范镇便民服务中心").click()
    await page.wait_for_url("**/admin/town")
    await page.get_by_label("地址").fill("管理员改的")
    await _save(page)
    page = await open_page("/admin")
    assert page.url.endswith("/sign-in?next=/admin")
