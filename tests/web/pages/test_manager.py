"""The head's page: what happens now, what the day came to, which devices live, and what only the head decides."""

import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace
from playwright.async_api import expect

from queue_server.domain.book_commands import ReportAbsence
from queue_server.domain.counter import Counter
from queue_server.domain.half_day import HalfDay
from queue_server.domain.hall import Rules
from queue_server.domain.post import Post
from queue_server.domain.refusals import Refusal
from queue_server.domain.thresholds import Flexible, Levels, Thresholds
from queue_server.domain.webhook import Webhook
from queue_server.engine.clock import wall
from queue_server.records.accounts import Account
from queue_server.records.outbox import Message
from queue_server.wire import frames
from tests.scripts_in_node import assert_passes
from tests.web.pages.bad_ratings import bad_ratings
from tests.web.pages.conftest import (
    NEVER_OPEN,
    PHONE,
    TOWN,
    OpenPage,
    Site,
    assert_accessible,
    assert_no_sideways_scrolling,
)
from tests.web.test_live import live
from tests.web.test_losses import lose

if TYPE_CHECKING:
    from playwright.async_api import Page

pytestmark = pytest.mark.browser

A_DAY = timedelta(days=1)


async def _manager(open_page: OpenPage, account: Account) -> "Page":
    """The town's page, alive, with its day's figures."""
    page = await open_page("/manager/town", who=account)
    await page.wait_for_selector('html[data-link="live"]')
    await page.wait_for_selector("#figures tr")
    return page


async def _row(page: "Page", table: str, name: str) -> list[str]:
    """The cells of a row, by its heading."""
    return await page.locator(f'#{table} tr:has(th:has-text("{name}")) td').all_inner_texts()


async def test_what_happens_now(site: Site, open_page: OpenPage) -> None:
    """Queues with who waits longest and what a newcomer would wait; counters with who is there and since when."""
    await site.hall()
    clerk = await site.clerk(1, name="王芳")
    kiosk = await site.device("kiosk")
    page = await _manager(open_page, await site.person("head"))
    assert await _row(page, "queues", "综合受理") == ["0", "—", "20 分钟", "约 1 分钟", "0"]
    for _ in range(3):
        await site.ticket(kiosk)
    await site.post("/halls/town/counters/1/next", token=clerk)
    await page.wait_for_selector('#counters tr:has-text("A001")')
    waiting, longest, *_, issued = await _row(page, "queues", "综合受理")
    assert (waiting, longest, issued) == ("2", "不到 1 分钟", "3")
    state, duty, ticket, operated = await _row(page, "counters", "1 号 综合受理")
    assert (duty, operated) == ("王芳（顶岗） 未事先确认", "刚刚")
    assert re.fullmatch(r"服务中 \d\d:\d\d 起", state)
    assert re.fullmatch(r"A001 已呼叫 0:\d\d", ticket)
    assert await _row(page, "counters", "2 号 无差别即办") == ["未开放", "—", "—", "—"]
    await expect(page.locator("#sum-open")).to_have_text("1 / 2", use_inner_text=True)
    await expect(page.locator("#opening")).to_have_text("开放中", use_inner_text=True)
    await assert_accessible(page)


async def test_a_wait_over_its_target_stands_out(site: Site, open_page: OpenPage) -> None:
    """In words, not by colour alone."""
    queues = {name: replace(queue, target_s=1) for name, queue in TOWN.queues.items()}
    await site.hall(queues=queues)
    await site.ticket(await site.device("kiosk"))
    page = await _manager(open_page, await site.person("head"))
    await page.wait_for_selector('#queues td.is-over:has-text("已超目标")')


async def test_the_figures_of_the_day(site: Site, open_page: OpenPage) -> None:
    """One row for each queue and one of all; what is not known is a dash, not a zero."""
    await site.hall(rules=Rules(call_lock_s=0))
    clerk = await site.clerk(1)
    await site.ticket(await site.device("kiosk"))
    for step in ("next", "start", "finish"):
        await site.post(f"/halls/town/counters/1/{step}", token=clerk)
    await site.post("/halls/town/counters/1/serve-now", {"queue": "comprehensive"}, clerk)
    page = await _manager(open_page, await site.person("head"))
    everything = await _row(page, "figures", "合计")
    error = everything[10]
    assert re.fullmatch(r"\d:\d\d", error)
    assert everything == ["2", "1", "0", "0:00", "0:00", "100％", "0:00", "0％", "0％", "—", error, "100％"]
    assert (await _row(page, "figures", "综合受理"))[0] == "2"
    await expect(page.locator("#figures-asof")).to_contain_text("截至", use_inner_text=True)


async def test_the_devices(site: Site, open_page: OpenPage) -> None:
    """Which are connected, which have gone, which never came, and which call each acknowledged; a revoked one is no
    device of the hall any more, and a screen without a token is counted.
    """
    await site.hall()
    screen, speaker = await site.device("screen"), await site.device("announcer")
    await site.device("evaluator", counter=2)
    revoked, _ = await site.server.records.devices.create("town", "announcer", site.server.now())
    await site.server.records.devices.revoke(revoked.id, site.server.now())
    clerk = await site.clerk(1)
    await site.ticket(await site.device("kiosk"))
    async with (
        live(site, "calls", screen) as wall_screen,
        live(site, "calls", speaker) as announcer,
        live(site, "calls") as stranger,
    ):
        for reader in (wall_screen, announcer, stranger):
            await reader.frame("snapshot")
        await site.post("/halls/town/counters/1/next", token=clerk)
        seq = (await announcer.frame("call"))["seq"]
        health = frames.Health(voice="", failures=2, spoken_at=site.server.now())
        await announcer.socket.send(frames.ack(seq, health).decode())
        await wall_screen.socket.send(frames.ack(seq).decode())
        page = await _manager(open_page, await site.person("head"))
        devices = page.locator("#devices > li")
        for name, *said in (
            ("大屏", "在线", "起在线，最近应答：刚刚", "最近显示 A001 → 1 号窗口"),
            ("语音播报", "在线", "最近播报 A001 → 1 号窗口", "没有嗓音，只有提示音", "2 次没能出声"),
            ("2 号窗口评价器", "离线", "从未连接"),
        ):
            for words in said:
                await devices.filter(has_text=name).filter(has_text=words).wait_for()
        await expect(page.locator("#strangers")).to_have_text("另有 1 块没有登记的大屏在看。")
        await expect(devices).to_have_count(4)
        await expect(page.locator("#alarms")).to_be_hidden()
        await page.get_by_role("button", name="试音").dblclick()
        await page.locator("#voice-said.is-good", has_text="已请 1 台播报机试音；1 块大屏").wait_for()
        await assert_accessible(page)


RANG = """
  const { start } = OscillatorNode.prototype;
  OscillatorNode.prototype.start = function (...when) {
    const { dataset } = document.documentElement;
    dataset.rang = Number(dataset.rang ?? 0) + 1;
    start.apply(this, when);
  };
"""
"""Counts the notes that would be heard."""


async def test_a_missing_device_is_told_in_words_colour_and_sign(site: Site, open_page: OpenPage) -> None:
    """At the top, with what to do, and with one tone, unless it is not wanted; no longer once the device is back."""
    await site.hall()
    device, _ = await site.server.records.devices.create("town", "kiosk", site.server.now(), label="门口")
    site.server.presence.joined("town", "board", device.id, "kiosk", wall()).left(wall())
    await site.device("evaluator", counter=2)
    page = await open_page("/manager/town", PHONE, await site.person("head"))
    await page.add_init_script(RANG)
    await page.clock.install()
    await page.reload()
    await page.locator("#devices > li").first.wait_for()
    await expect(page.locator("#alarms")).to_be_hidden()
    wish, rang = page.get_by_label("有新报警时轻响"), page.locator("html")
    await expect(wish).to_be_checked()
    await expect(page.locator("#tone-asleep")).to_be_visible()
    await wish.uncheck()  # which is a touch: from now on the page may sound
    await wish.check()
    await expect(page.locator("#tone-asleep")).to_be_hidden()
    await expect(rang).to_have_attribute("data-rang", "2")  # one tone has two notes
    site.server.now = lambda: wall() + timedelta(minutes=10)
    await page.clock.fast_forward(10_000)
    alarms = page.get_by_role("alert").filter(has_text="设备报警")
    await alarms.get_by_text("取号机 门口：").wait_for()
    await expect(alarms).to_contain_text("请看它的电源和网线")
    await expect(alarms).to_contain_text("登记以来从未连接：2 号窗口评价器。")
    await expect(alarms.locator(".hall-sign")).to_have_text("!")
    await expect(page).to_have_title("（报警）示范镇便民服务中心 · 现场管理")
    await expect(page.locator("#devices > li.is-alarmed")).to_have_count(2)
    await expect(rang).to_have_attribute("data-rang", "4")
    await assert_no_sideways_scrolling(page)
    await assert_accessible(page)
    site.server.presence.joined("town", "board", device.id, "kiosk", wall())
    await page.clock.fast_forward(10_000)
    await expect(alarms).not_to_contain_text("门口")
    await expect(rang).to_have_attribute("data-rang", "4")
    await wish.uncheck()
    await page.reload()
    await expect(wish).not_to_be_checked()


def test_half_hours_axes_and_waits() -> None:
    """What needs no page of it."""
    assert_passes(Path(__file__).with_name("manager_test.mjs"))


SMALL = """
  () => [...document.querySelectorAll("main :is(a, button, summary, label, p, li, td, th, span, text)")]
    .filter((each) => each.checkVisibility() && each.textContent.trim() !== "" && !each.closest(".visually-hidden"))
    .map((each) => [each, each.getBoundingClientRect().height, parseFloat(getComputedStyle(each).fontSize)])
    .map(([each, high, letters]) => [each.tagName, high, letters, each.textContent])
    .filter(([tag, high, letters]) => letters < 18 || (/^(A|BUTTON|SUMMARY|LABEL)$/.test(tag) && high < 44))
"""
"""What is too small to be read, or too low to be touched."""


async def test_what_stands_comes_first_with_who_can_act(site: Site, open_page: OpenPage) -> None:
    """The worst above; in words, colour and shape; two tones for what is urgent; a way to where it can be seen to. It
    goes when it is over, and comes with whatever happens, without a reload. Then nothing is to be seen to.
    """
    head = await site.person("head")
    holder, deputy = await site.person("clerk", name="王芳"), await site.person("clerk", name="李华")
    post = Post(id="post-2", name="即办岗", counter=2, a=holder.id, b=(deputy.id,))
    limits = replace(Thresholds(), saturation=Levels(yellow=2, orange=3))
    runner = await site.hall(alarms=limits, posts={"post-2": post}, rules=Rules(call_lock_s=0))
    page = await _manager(open_page, head)
    await page.add_init_script(RANG)
    await page.reload()
    stands, rang = page.locator("#standing-list > li"), page.locator("html")
    await expect(page.locator("#standing-none")).to_be_visible()
    await page.locator("#standing-title").click()  # a touch: from now on the page may sound
    clerk, kiosk = await site.clerk(1, name="赵敏"), await site.device("kiosk")
    for _ in range(2):
        await site.ticket(kiosk)
    await expect(stands).to_have_text(re.compile("提醒.*综合受理：每个开放的窗口有 2 人等候。.*可以接待的：赵敏。"))
    await expect(stands.locator(".colour")).to_have_attribute("data-colour", "yellow")
    await expect(page.locator("#standing-said")).to_contain_text("综合受理：每个开放的窗口有 2 人等候")
    await expect(page).to_have_title("（报警）示范镇便民服务中心 · 现场管理")
    await expect(rang).to_have_attribute("data-rang", "2")
    today = runner.day.business_day
    assert today
    away = HalfDay(day=today, half="morning"), HalfDay(day=today, half="afternoon")
    for who in (holder, deputy):
        report = ReportAbsence(
            by=head.id, absence=f"a_{who.id}", clerk=who.id, first=away[0], last=away[1], kind="sick"
        )
        outcome = await runner.run_book(report, report.absence, "", lambda book, events: None)
        assert not isinstance(outcome, Refusal)
    await site.ticket(kiosk)
    await expect(stands).to_have_text([re.compile("紧急.*即办岗：A 岗、B 岗都请了假"), re.compile("重要.*3 人等候")])
    await expect(rang).to_have_attribute("data-rang", "6")
    await expect(stands.first.get_by_role("link", name="岗位安排")).to_have_attribute("href", "/manager/town/week")
    row = page.locator("#posts tr", has_text="即办岗（2 号窗口）")
    await expect(row).to_have_text(re.compile("王芳.*请假，未定 B 岗.*无人在岗"))
    await assert_accessible(page)
    await page.set_viewport_size(PHONE)
    await assert_no_sideways_scrolling(page)
    assert await page.evaluate(SMALL) == []
    await page.evaluate("document.documentElement.dataset.textSize = 'largest'")
    await assert_no_sideways_scrolling(page)
    for step in ("next", "start", "finish", "next", "start", "finish"):
        await site.post(f"/halls/town/counters/1/{step}", token=clerk)
    relief = await site.session(deputy)
    await site.post("/halls/town/counters/2/sign-on", {"capacity": "B", "post": "post-2"}, relief)
    await expect(page.locator("#standing-none")).to_be_visible()
    await expect(row).to_have_text(re.compile("李华.*B 岗"))
    await expect(page).to_have_title("示范镇便民服务中心 · 现场管理")
    await expect(rang).to_have_attribute("data-rang", "6")


async def test_lost_records_stand_until_the_head_has_seen_to_them(site: Site, open_page: OpenPage) -> None:
    """Which tickets are gone, and what to do; one press ends it for everybody, and what becomes known later comes back.
    A hundred numbers are no sentence. The district reads of it and decides nothing.
    """
    runner = await site.hall()
    page, kiosk = await _manager(open_page, await site.person("head")), await site.device("kiosk")
    await lose(runner, issued=("A013", "A014"), again=("A013",), back=("A009",))
    await site.ticket(kiosk)  # whatever happens has the page look
    row = page.locator("#standing-list > li")
    await expect(row).to_have_text(re.compile("紧急.*最后 3 条办件记录丢失了。 其间取的号：A013、A014。.*A013，.*A009"))
    await expect(row).to_contain_text("按“补录纸号”录入")
    await assert_accessible(page)
    await page.set_viewport_size(PHONE)
    await assert_no_sideways_scrolling(page)
    box = await row.get_by_role("button", name="已核对").bounding_box()
    assert box is not None and box["height"] >= 44
    district = await _manager(open_page, await site.person("district"))
    await expect(district.locator("#standing-list > li")).to_contain_text("A014")
    await expect(district.locator("#standing-list > li").get_by_role("button")).to_be_hidden()
    await row.get_by_role("button", name="已核对").click()
    await expect(page.locator("#standing-none")).to_be_visible()
    await site.ticket(kiosk)
    await expect(district.locator("#standing-none")).to_be_visible()
    assert list(runner.books.durable.losses.open()) == []
    await lose(runner, known=130, issued=tuple(f"A{n:03}" for n in range(1, 101)))
    await site.ticket(kiosk)
    await expect(row).to_contain_text("A020 等 100 个")


async def test_a_loss_stands_when_the_word_of_it_was_refused(site: Site, open_page: OpenPage) -> None:
    """The page says why, and the same press again ends it."""
    await lose(await site.hall(), part="book")
    page = await _manager(open_page, await site.person("head"))
    row = page.locator("#standing-list > li")
    await expect(row).to_have_text(re.compile("管理记录丢失了.*请核对设置"))
    refusal = {"code": "not_allowed", "title": "您没有这个权限", "retry": "never"}
    await page.route("**/acknowledge", lambda route: route.fulfill(status=403, json=refusal))
    await row.get_by_role("button", name="已核对").click()
    await expect(page.locator("#message")).to_contain_text("您没有这个权限")
    await expect(row).to_be_visible()
    await page.unroute("**/acknowledge")
    await row.get_by_role("button", name="已核对").click()
    await expect(page.locator("#standing-none")).to_be_visible()


async def test_a_flexible_counter_is_proposed(site: Site, open_page: OpenPage) -> None:
    """With the reason and whom to ask; put off, it does not come back before it was over."""
    counters = TOWN.counters | {7: Counter(number=7, name="机动", kind="flexible", queues=("comprehensive",))}
    counters[2] = replace(counters[2], helps=())
    await site.hall(counters=counters, flexible=Flexible(open_at=1, close_at=0), rules=Rules(call_lock_s=0))
    clerk, kiosk = await site.clerk(1), await site.device("kiosk")
    await site.clerk(2, name="李华")
    page = await _manager(open_page, await site.person("head"))
    proposed = page.locator("#proposals:not([hidden]) li")
    await site.ticket(kiosk)
    await site.ticket(kiosk)
    await expect(proposed).to_contain_text("建议开放 7 号机动窗口：综合受理有 2 人等候，开放的窗口 1 个")
    await expect(proposed).to_contain_text("现在有空的：李华。请通知到 7 号窗口签到。")
    await assert_accessible(page)
    await proposed.get_by_role("button", name="暂不").click()
    await expect(proposed).to_have_count(0)
    await site.post("/halls/town/counters/1/next", token=clerk)
    async with page.expect_request("**/watch") as asked:
        pass
    await (await asked.value).response()  # it is over, and the page knows
    await site.ticket(kiosk)
    await expect(proposed).to_have_count(1)


async def test_messages_that_do_not_arrive(site: Site, open_page: OpenPage) -> None:
    """Whoever relies on a telephone has to know: since when, and where to look."""
    await site.hall(webhook=Webhook(url="http://127.0.0.1:9/"))
    made: dict[str, Any] = {
        "kind": "alarm",
        "body": b"{}",
        "made_at": wall(),
        "next_at": wall() + A_DAY,
        "until": wall() + A_DAY,
    }
    lost = Message(id="msg_1", hall="town", attempts=2, fault="unreachable", **made)
    await site.server.records.outbox.add([lost])
    page = await _manager(open_page, await site.person("head"))
    await expect(page.locator("#undelivered")).to_contain_text("报警和提醒没有送到手机")
    await expect(page.locator("#undelivered a")).to_have_attribute("href", "/admin/town/webhook")
    await assert_accessible(page)


async def test_the_day_so_far(site: Site, open_page: OpenPage) -> None:
    """By half hour, as a chart and as a table, which follow what happens; at the reader's own size of letters."""
    await site.hall(rules=Rules(call_lock_s=0))
    clerk, kiosk = await site.clerk(1), await site.device("kiosk")
    await site.ticket(kiosk)
    page = await _manager(open_page, await site.person("head"))
    await expect(page.locator("#posts-empty")).to_be_visible()
    last = page.locator("#flow-rows tr").last
    await page.get_by_text("用表格看").click()
    await expect(last).to_have_text(re.compile(r"\d\d:[03]0–\d\d:[03]01\s*0\s*1"))
    for step in ("next", "start", "finish"):
        await site.post(f"/halls/town/counters/1/{step}", token=clerk)
    await expect(page.get_by_role("img", name=re.compile("取号 1，办结 1，等候 0"))).to_be_visible()
    assert await page.locator("#flow-chart circle").count() == await page.locator("#flow-rows tr").count()
    sizes = (
        "[...document.querySelectorAll('#flow-chart text')].map((one) => parseFloat(getComputedStyle(one).fontSize))"
    )
    assert min(await page.evaluate(sizes)) >= 18
    await assert_accessible(page)


async def test_closing_the_day_early(site: Site, open_page: OpenPage) -> None:
    """A question first, because it cannot be undone; then everybody knows."""
    await site.hall()
    await site.ticket(await site.device("kiosk"))
    page = await _manager(open_page, await site.person("head"))
    await page.wait_for_selector('#sum-waiting:has-text("1")')
    await page.click("#close-day")
    await expect(page.locator("#close-text")).to_contain_text("现在等候 1 人", use_inner_text=True)
    await assert_accessible(page)
    await page.click("#close-dialog [data-close]")
    runner = await site.server.hall("town")
    assert not runner.day.closed
    await page.click("#close-day")
    await page.click("#close-form .button-danger")
    await page.wait_for_selector('#opening:has-text("今日业务已结束")')
    assert runner.day.closed
    await expect(page.locator("#close-day")).to_be_disabled()
    await page.wait_for_selector('#message:has-text("今日业务已结束")')
    await page.reload()
    await expect(page.locator("#opening")).to_have_text(re.compile(r"今日业务已结束，(.+ )?04:00 再开放"))


async def test_a_date_in_doubt_is_confirmed(site: Site, open_page: OpenPage) -> None:
    """A clock that leapt ahead is asked about; only the head's word starts the new day."""
    await site.hall()
    await site.clerk(1)
    runner = await site.server.hall("town")
    before = runner.day.business_day
    assert before
    leapt = before + timedelta(days=40)
    runner.clock._wall = lambda: wall() + timedelta(days=40)  # the machine's clock leaps
    page = await _manager(open_page, await site.person("head"))
    await page.wait_for_selector(f'#doubt:has-text("{leapt.isoformat()}")')
    await assert_accessible(page)
    assert runner.day.business_day == before
    await page.click("#confirm-day")
    await page.wait_for_selector('#message:has-text("新的业务日开始")')
    await page.wait_for_selector("#doubt", state="hidden")
    assert runner.day.business_day == leapt


async def test_the_district_looks_on(site: Site, open_page: OpenPage) -> None:
    """It sees all and decides nothing; a clerk does not see it, and the public signs in first."""
    await site.hall(hours=NEVER_OPEN)
    page = await _manager(open_page, await site.person("district"))
    await expect(page.locator("#opening")).to_have_text("未到开放时间", use_inner_text=True)
    assert await page.locator("#close-day, #confirm-day, dialog").count() == 0
    await assert_accessible(page)
    page = await open_page("/manager/town", who=await site.person("clerk"))
    await expect(page.locator("main")).to_contain_text("没有办理此项操作的权限", use_inner_text=True)
    page = await open_page("/manager/town")
    assert page.url == f"{site.url}/sign-in?next=/manager/town"


async def test_a_lost_server(site: Site, open_page: OpenPage) -> None:
    """What is shown says from when it is, and nothing can be decided until the server is back."""
    await site.hall()
    page = await _manager(open_page, await site.person("head"))
    await page.wait_for_selector("#close-day:enabled")
    await site.cut()
    await page.wait_for_selector("#status.is-lost")
    await expect(page.locator("#close-day")).to_be_disabled()
    await site.mend()
    await page.wait_for_selector("#close-day:enabled", timeout=30_000)


async def test_a_small_screen(site: Site, open_page: OpenPage) -> None:
    """Wide tables scroll in themselves, by keyboard too; the page does not."""
    await site.hall()
    page = await open_page("/manager/town", PHONE, await site.person("head"))
    await page.wait_for_selector("#figures tr")
    await assert_no_sideways_scrolling(page)
    await assert_accessible(page)


async def test_what_is_overdue_leads_to_itself(site: Site, open_page: OpenPage) -> None:
    """A bad rating whose limit is over: to put it right is what is left, and the way leads to that very one."""
    hall = await bad_ratings(site)
    await hall.rate()
    await site.post("/halls/town/counters/1/sign-off", token=hall.clerk)  # with nobody there, no date is doubted
    now = hall.runner.clock.wall_now
    hall.runner.clock.wall_now = lambda: now() + timedelta(days=30)  # type: ignore[method-assign]
    page = await open_page("/manager/town", who=hall.head)
    row = page.locator("#standing-list > li", has_text="整改超期")
    await expect(row).to_contain_text("请尽快办结整改")
    address = f"/manager/town/ratings#{hall.all[0].id}"
    await expect(row.get_by_role("link", name="评价整改")).to_have_attribute("href", address)
