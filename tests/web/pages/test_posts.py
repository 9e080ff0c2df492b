"""The week of the posts, the desk's part in it, and a handover on paper: what people see, press and are told."""

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import expect

from queue_server.domain.post import Post
from queue_server.records.accounts import Account
from tests.scripts_in_node import assert_passes
from tests.web.pages.conftest import (
    DESKTOP,
    PHONE,
    TOWN,
    OpenPage,
    Site,
    assert_accessible,
    assert_no_sideways_scrolling,
)
from tests.web.pages.sizes import assert_readable_and_touchable

if TYPE_CHECKING:
    from playwright.async_api import Page

pytestmark = pytest.mark.browser

HALL = "/halls/town"


class Town:
    """A hall with two posts, whose clerks stand in for each other, and Zhao, who holds none; it never closes."""

    def __init__(self, site: Site, people: dict[str, Account], tokens: dict[str, str], today: date) -> None:
        self.site = site
        self.people = people
        self.tokens = tokens
        self.today = today

    async def absent(self, who: str, ahead: int = 1, days: int = 1) -> Any:
        """A clerk is absent on whole days."""
        first, last = self.today + timedelta(days=ahead), self.today + timedelta(days=ahead + days - 1)
        span = {"first": {"day": str(first), "half": "morning"}, "last": {"day": str(last), "half": "afternoon"}}
        return await self.site.post(f"{HALL}/absences", span | {"kind": "personal", "reason": "有事"}, self.tokens[who])


async def _town(site: Site) -> Town:
    names = {"wang": "王芳", "li": "李雷", "zhao": "赵敏"}
    counters = {"wang": 1, "li": 2}
    people = {who: await site.person("clerk", name=name, counter=counters.get(who)) for who, name in names.items()}
    people["head"] = await site.person("head", name="周主任")
    wang, li = people["wang"].id, people["li"].id
    posts = {
        "one": Post(id="one", name="综合岗", counter=1, a=wang, b=(li,)),
        "two": Post(id="two", name="即办岗", counter=2, a=li, b=(wang,)),
    }
    runner = await site.hall(TOWN, posts=posts)
    tokens = {who: await site.session(account) for who, account in people.items()}
    assert runner.day.business_day
    return Town(site, people, tokens, runner.day.business_day)


async def _week(open_page: OpenPage, who: Account, path: str = "/manager/town/week") -> "Page":
    """The page, alive, with its table."""
    page = await open_page(path, who=who)
    await page.wait_for_selector('html[data-link="live"]')
    await page.wait_for_selector("#posts tr >> nth=1")
    return page


def _cell(page: "Page", post: str, state: str) -> Any:
    return page.locator(f'#posts tr:has-text("{post}") td[data-state="{state}"]').first


@pytest.mark.parametrize("script", ["posts_breaks_test.mjs", "posts_reminders_test.mjs"])
def test_what_is_to_be_arranged(script: str) -> None:
    """Where a week breaks, and who could stand in for which part of it; what a clerk is reminded of; run by node."""
    assert_passes(Path(__file__).with_name(script))


async def test_the_head_sees_where_it_breaks_and_mends_it(site: Site, open_page: OpenPage) -> None:
    """An absence is one line with one press for the B; A and B both absent asks for relief; what was done can be taken
    back. All of it is readable, can be touched, and fits a phone.
    """
    town = await _town(site)
    monday = town.today + timedelta(days=7 - town.today.weekday())
    ahead = (monday - town.today).days
    await town.absent("wang", ahead, days=2)
    page = await _week(open_page, town.people["head"], f"/manager/town/week?from={monday}")
    breaks = page.locator("#break-list li")
    await expect(breaks).to_have_count(1)
    await expect(breaks).to_contain_text("综合岗：王芳请假", use_inner_text=True)
    await expect(_cell(page, "综合岗", "uncovered")).to_contain_text("等待确认替岗", use_inner_text=True)
    for size in (DESKTOP, PHONE):
        await page.set_viewport_size(size)
        await assert_no_sideways_scrolling(page)
        await assert_readable_and_touchable(page, ".button-primary")
        await assert_accessible(page)
    await page.set_viewport_size(DESKTOP)

    await breaks.get_by_role("button", name="确认李雷").click()
    await expect(page.locator("#message")).to_have_text("已确认李雷在综合岗替岗。", use_inner_text=True)
    await expect(page.locator("#breaks-title")).to_have_text("这一周的岗位都有人。", use_inner_text=True)
    await expect(_cell(page, "综合岗", "covered")).to_contain_text("兼管即办岗", use_inner_text=True)

    await town.absent("li", ahead, days=1)
    await site.post(f"{HALL}/counters/1/sign-on", {"capacity": "relief"}, town.tokens["zhao"])
    await expect(breaks).to_have_count(2)  # read anew, because somebody signed on
    await expect(page.locator("#posts td[data-state=broken]")).to_have_count(2)
    await breaks.first.get_by_role("button", name="指定顶岗").click()
    await expect(page.locator("#relief-dialog")).to_be_visible()
    assert await page.locator("#relief-clerk option").all_inner_texts() == ["赵敏"], "who is absent is not offered"
    await assert_accessible(page)
    await page.click("#relief-form .button-primary")
    await expect(page.locator("#relief-dialog")).to_be_hidden()
    await expect(breaks).to_have_count(1)
    await page.locator("#absences li", has_text="赵敏替岗").get_by_role("button", name="撤销替岗").last.click()
    await expect(page.locator("#message")).to_contain_text("已撤销替岗", use_inner_text=True)

    wang = page.locator("#absences > li", has_text="王芳，事假")
    await wang.get_by_role("button", name="查看原因").click()
    await expect(wang).to_contain_text("原因：有事", use_inner_text=True)
    await expect(wang.get_by_role("button", name="查看原因")).to_have_count(0)
    await wang.get_by_role("button", name="撤销请假").click()
    await expect(page.locator("#message")).to_have_text("已撤销这次请假。", use_inner_text=True)
    await expect(page.locator("#break-list li")).to_contain_text("即办岗：李雷请假", use_inner_text=True)


async def test_the_head_reports_for_a_clerk_who_calls_in(site: Site, open_page: OpenPage) -> None:
    """On the day itself it is marked; twice is refused in the question; with a lost server what is shown stays."""
    town = await _town(site)
    page = await _week(open_page, town.people["head"])
    await expect(page.locator("#no-absences")).to_be_visible()
    await page.click("#report")
    await page.select_option("#absence-clerk", label="王芳")
    await page.fill("#absence-first", str(town.today))
    await page.fill("#absence-last", str(town.today))
    await page.select_option("#absence-kind", "sick")
    await assert_accessible(page)
    await page.click("#absence-form .button-primary")
    await expect(page.locator("#message")).to_contain_text("会标为未提前一天", use_inner_text=True)
    await expect(page.locator("#absences li").first).to_contain_text("王芳，病假", use_inner_text=True)
    await expect(page.locator("#absences .badge")).to_have_text("未提前一天", use_inner_text=True)
    await page.locator("#break-list").get_by_role("button", name="确认李雷").click()
    await expect(page.locator("#absences li li")).to_contain_text("李雷替岗", use_inner_text=True)
    await expect(page.locator("#absences li li")).to_contain_text("还没有交接", use_inner_text=True)
    await page.click("#report")
    await page.select_option("#absence-clerk", label="王芳")
    await page.fill("#absence-first", str(town.today))
    await page.click("#absence-form .button-primary")
    await expect(page.locator("#absence-form [data-message]")).to_have_text("这段时间已经请过假", use_inner_text=True)
    await page.click("#absence-form [data-close]")
    await site.cut()
    await page.wait_for_selector(".status-banner.is-lost")
    await expect(page.locator("#absences li").first).to_contain_text("王芳，病假", use_inner_text=True)
    await site.mend()


async def test_a_clerk_at_her_desk(site: Site, open_page: OpenPage) -> None:
    """Before signing on she is told what was handed to her and that she stands in; she takes it, hands her own post on
    with what is held, and reports an absence; why colleagues are absent she is not told.
    """
    town = await _town(site)
    absence = await town.absent("wang", ahead=0)
    deputy = {"post": "one", "deputy": town.people["li"].id}
    await site.post(f"{HALL}/absences/{absence['id']}/deputy", deputy, town.tokens["head"])
    given = {"post": "one", "taker": town.people["li"].id, "note": "章在左边抽屉"}
    await site.post(f"{HALL}/handovers", given, town.tokens["wang"])
    page = await open_page("/counter/town/2", who=town.people["li"])
    due = page.locator("#posts-wait li")
    await expect(due).to_have_text(["王芳把综合岗交给您，请确认接收。", "这半天安排您替岗：综合岗。"])
    await assert_accessible(page)
    await expect(page.locator("#posts-count")).to_have_text("1", use_inner_text=True)
    await page.click('[data-command="posts"]')
    await page.get_by_role("button", name="交代事项").click()
    await expect(page.locator("#handovers")).to_contain_text("章在左边抽屉", use_inner_text=True)
    await assert_accessible(page)
    await assert_readable_and_touchable(page, ".button-primary")
    await page.get_by_role("button", name="确认接收").click()
    await expect(page.locator("#posts-dialog [data-message]")).to_have_text("已确认接收。", use_inner_text=True)
    await page.locator("#posts-dialog > .actions [data-close]").click()
    await expect(page.locator("#posts-count")).to_be_hidden()

    await page.click("#sign-on-form button")
    await expect(page.locator("#who")).to_contain_text("李雷（A 岗", use_inner_text=True)
    number = (await site.post(f"{HALL}/counters/2/serve-now", {"queue": "express"}, town.tokens["li"]))["ticket"]
    await site.post(f"{HALL}/counters/2/hold", {}, town.tokens["li"])
    await expect(page.locator("#held li")).to_have_count(1)
    await page.keyboard.press("o")
    await expect(page.locator("#cover-posts li")).to_contain_text("请假，已安排您替岗", use_inner_text=True)
    await page.locator("#cover-posts li").get_by_role("button", name="代管").click()
    await expect(page.locator("#who")).to_contain_text("代管：综合岗", use_inner_text=True)
    await page.locator("#cover-dialog [data-close]").click()
    await page.keyboard.press("g")
    await page.click("#hand-over")
    await page.select_option("#handover-post", label="即办岗")
    await expect(page.locator("#handover-numbers")).to_have_value(number["number"])
    await page.select_option("#handover-taker", label="王芳")
    await page.click("#handover-form .button-primary")
    await expect(page.locator("#posts-dialog [data-message]")).to_contain_text("已交给王芳", use_inner_text=True)
    await page.click("#report")
    await expect(page.locator("#absence-clerk")).to_have_count(0)
    await page.click("#absence-form .button-primary")
    await expect(page.locator("#posts-dialog [data-message]")).to_contain_text("已登记请假：李雷", use_inner_text=True)

    week = await _week(open_page, town.people["li"])
    await expect(week.locator("#absences > li")).to_have_count(1)
    await expect(week.locator("#week button")).to_have_count(0)
    await expect(_cell(week, "综合岗", "covered")).to_contain_text("李雷", use_inner_text=True)
    await assert_accessible(week)


async def test_a_plan_that_cannot_be_read_says_so(site: Site, open_page: OpenPage) -> None:
    """On the week as at the desk, though the link lives; no longer once it can be read. A week that is over says
    nothing of what is to be arranged.
    """
    town = await _town(site)
    unreadable = "**/staffing**"
    discipline = await site.person("discipline")
    page = await _week(open_page, discipline)
    await expect(page.locator(".bar-nav a")).to_have_text(["有诉即办", "评价整改", "岗位安排"])
    desk = await open_page("/counter/town/2", who=town.people["li"])
    await desk.wait_for_selector('html[data-link="live"]')
    for each in (page, desk):
        await each.route(unreadable, lambda route: route.abort())
    await site.post(f"{HALL}/counters/1/sign-on", {"capacity": "relief"}, town.tokens["zhao"])
    await expect(page.locator("#stale")).to_contain_text("暂时读不到新的安排，以下为", use_inner_text=True)
    await desk.click('[data-command="posts"]')
    await expect(desk.locator("#posts-stale")).to_contain_text("暂时读不到", use_inner_text=True)
    for each in (page, desk):
        await each.unroute(unreadable)
    await desk.locator("#posts-dialog > .actions [data-close]").click()
    await desk.click('[data-command="posts"]')
    await expect(desk.locator("#posts-stale")).to_be_hidden()
    await site.post(f"{HALL}/counters/1/sign-off", {}, town.tokens["zhao"])
    await expect(page.locator("#stale")).to_be_hidden()
    await expect(page.locator("#breaks")).to_be_visible()
    over = town.today - timedelta(days=town.today.weekday() + 7)
    page = await _week(open_page, discipline, f"/manager/town/week?from={over}")
    await expect(page.locator("#breaks")).to_be_hidden()


NARROW = """
  () => [...document.querySelectorAll(".posts-item > :not(.actions)")].filter((each) => each.checkVisibility())
    .map((each) => each.getBoundingClientRect().width / each.closest("section").clientWidth)
"""
"""Which share of its panel each part of an absence is given."""


async def test_the_largest_letters_on_a_phone(site: Site, open_page: OpenPage) -> None:
    """An absence with its buttons is still read in lines."""
    town = await _town(site)
    await town.absent("wang", ahead=0)
    page = await open_page("/manager/town/week", PHONE, town.people["head"])
    await page.evaluate("document.documentElement.dataset.textSize = 'largest'")
    await expect(page.locator("#absences .actions button").first).to_be_visible()
    assert min(await page.evaluate(NARROW)) > 0.5
    await assert_no_sideways_scrolling(page)


async def test_the_first_day_and_in_english(site: Site, open_page: OpenPage) -> None:
    """Without posts it says what they are and where to set them up; with large letters nothing runs off a phone."""
    await site.hall()
    head = await site.person("head", name="Zhou")
    page = await open_page("/manager/town/week?lang=en", PHONE, head)
    await expect(page.locator("#no-posts")).to_contain_text("There are no posts yet", use_inner_text=True)
    await expect(page.locator("#breaks")).to_be_hidden()
    await page.click("[data-text-size-switch]")
    await assert_no_sideways_scrolling(page)
    await assert_accessible(page)
    page = await open_page("/manager/town/week?from=soon", who=head)
    await expect(page.locator("h1")).to_be_visible()


async def test_a_handover_on_paper(site: Site, open_page: OpenPage) -> None:
    """Both names and times, what is open and to be known, and lines to sign; for the two and those above them."""
    town = await _town(site)
    given = {"post": "one", "taker": town.people["li"].id, "note": "章在左边抽屉"}
    handover = await site.post(f"{HALL}/handovers", given, town.tokens["wang"])
    page = await open_page(f"/handover/town/{handover['id']}", who=town.people["head"])
    await expect(page.locator("h1")).to_have_text("岗位交接单", use_inner_text=True)
    for said in ("综合岗 · 1 号窗口", "王芳", "李雷 还没有接收", "章在左边抽屉", f"{town.today.year}年"):
        await expect(page.locator("table")).to_contain_text(said, use_inner_text=True)
    await assert_accessible(page)
    stranger = await open_page(f"/handover/town/{handover['id']}", who=town.people["zhao"])
    await expect(stranger.locator("main")).to_contain_text("没有这次交接", use_inner_text=True)
