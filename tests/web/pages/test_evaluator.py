"""The evaluator: five levels after each service, the plate between citizens, and never a score that nobody gave."""

import asyncio
import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import segno
from msgspec.structs import replace
from playwright.async_api import expect

from queue_server.domain.post import Post
from queue_server.projections.instant import instant
from queue_server.records.portrait import portrait
from tests.web.pages.conftest import (
    TOWN,
    OpenPage,
    Site,
    assert_accessible,
    assert_no_sideways_scrolling,
)
from tests.web.portraits import picture

if TYPE_CHECKING:
    from playwright.async_api import Page, Route, ViewportSize

pytestmark = pytest.mark.browser

WIDE: "ViewportSize" = {"width": 1280, "height": 800}
HIGH: "ViewportSize" = {"width": 800, "height": 1280}
LONG = "不动产登记和城乡居民养老保险医疗保险综合受理及帮办代办专用窗口"[:30]


def _step(name: str) -> str:
    return f'[data-step="{name}"]:not([hidden])'


async def _evaluator(
    site: Site, open_page: OpenPage, size: "ViewportSize" = WIDE, query: str = "", *, still: bool = False
) -> "Page":
    """The evaluator of counter 1, with its device's token, once it is alive, and with a clock that a test can move.

    still: it moves when the test says so and at no other time. Axe needs one that runs.
    """
    page = await open_page("/healthz", size)
    await page.clock.install()
    if still:
        await page.clock.pause_at(datetime.now() + timedelta(minutes=1))
    await page.goto(f"{site.url}/evaluator/town/1{query}#token={await site.device('evaluator', counter=1)}")
    await page.wait_for_selector(".status-banner.is-live")
    return page


async def _pass_until(page: "Page", selector: str) -> None:
    """Let the page's time pass until something is there: what is tried again is tried after a time left to chance."""
    for _ in range(500):
        if await page.locator(selector).count():
            return
        await page.clock.fast_forward(500)
        await asyncio.sleep(0.02)
    raise AssertionError(selector)


async def _serve(site: Site, clerk: str, *verbs: str) -> dict[str, Any]:
    """Serve one citizen at counter 1, from the call to the end."""
    ticket = await site.ticket(await site.device("kiosk"))
    for verb in verbs or ("next", "start", "finish"):
        await site.post(f"/halls/town/counters/1/{verb}", {}, clerk)
    return ticket


async def _asked(site: Site, page: "Page", clerk: str) -> dict[str, Any]:
    """Serve one citizen, who is then asked."""
    ticket = await _serve(site, clerk)
    await page.wait_for_selector(_step("levels"))
    return ticket


async def _rating(site: Site, ticket: dict[str, Any]) -> Any:
    """The rating of a ticket's first leg, once there is one."""
    for _ in range(500):
        if rating := (await site.server.hall("town")).day.ratings.get((ticket["id"], 1)):
            return rating
        await asyncio.sleep(0.02)
    raise AssertionError("not rated")


async def _cause(site: Site, ticket: dict[str, Any]) -> str:
    """Why a ticket's first leg was not rated, once that is known."""
    for _ in range(500):
        if cause := (await site.server.hall("town")).day.unrated.get((ticket["id"], 1)):
            return cause
        await asyncio.sleep(0.02)
    raise AssertionError("no cause")


# From the plate to the thanks


async def test_a_rating_from_the_plate_to_the_thanks(site: Site, open_page: OpenPage) -> None:
    """The plate names the counter and its clerk; a finished service asks for a level, then for that level's reasons."""
    await site.hall()
    clerk = await site.clerk(1, name="王芳")
    page = await _evaluator(site, open_page)
    await page.wait_for_selector("#who:text('为您服务：王芳')")
    assert "1号窗口" in (await page.inner_text("h1:visible")).replace("\n", "")
    await expect(page.locator("#state")).to_have_text("您好，请按叫号顺序办理", use_inner_text=True)
    ticket = await _asked(site, page, clerk)
    await expect(page.locator("main")).to_contain_text("A001 号，请您评价本次服务", use_inner_text=True)
    words = ["非常满意", "满意", "基本满意", "不满意", "非常不满意"]
    assert [await level.inner_text() for level in await page.locator(".level").all()] == words
    await page.click('[data-level="dissatisfied"]')
    await page.wait_for_selector(_step("reasons"))
    await page.click('.reason:text("窗口人员业务不熟练")')
    await page.fill("#phone", "138")
    await page.click("#send")
    await expect(page.locator("#phone-problem")).to_have_text("请核对号码，也可以不填")
    await expect(page.locator("#phone")).to_be_focused()
    await assert_accessible(page)
    await assert_no_sideways_scrolling(page)
    await page.fill("#phone", "138 1234 5678")
    await expect(page.locator("#phone-problem")).to_have_text("")
    await page.evaluate("() => { const b = document.getElementById('send'); b.click(); b.click(); }")  # pressed twice
    await page.wait_for_selector(_step("thanks"))
    rating = await _rating(site, ticket)
    assert (rating.level, rating.reasons, rating.source) == ("dissatisfied", ("213",), "evaluator")
    assert (rating.reasons_version, rating.comment_ref) == (site.server.offered_reasons.version, None)
    note = await site.server.records.notes.get(rating.phone_ref, "u_head", site.server.now())
    assert note is not None
    assert (note.kind, note.text) == ("rating_phone", "138 1234 5678")
    await expect(page.locator("#phone")).to_have_value("")
    await page.clock.fast_forward(5000)
    await page.wait_for_selector(_step("plate"))


async def test_words_and_the_time_to_write_them(site: Site, open_page: OpenPage) -> None:
    """How much may be written is shown; the time stands still while somebody types, and the words reach the records."""
    await site.hall()
    clerk = await site.clerk(1)
    page = await _evaluator(site, open_page)
    ticket = await _asked(site, page, clerk)
    await page.click('[data-level="satisfied"]')
    await expect(page.locator("#comment-count")).to_have_text("0 / 200 字")
    for letter in "态度很好":
        await page.clock.fast_forward(40_000)
        await page.type("#comment", letter)
    await expect(page.locator("#comment-count")).to_have_text("4 / 200 字")
    await expect(page.locator("#comment")).to_have_attribute("maxlength", "200")
    await page.click("#send")
    await page.wait_for_selector(_step("thanks"))
    ref = (await _rating(site, ticket)).comment_ref
    note = await site.server.records.notes.get(ref, "u_head", site.server.now())
    assert note is not None
    assert note.text == "态度很好"


async def test_nothing_of_the_citizen_before_remains(site: Site, open_page: OpenPage) -> None:
    """Neither number nor level, reasons nor words, nor the larger type or the language."""
    await site.hall()
    clerk = await site.clerk(1)
    page = await _evaluator(site, open_page)
    await _asked(site, page, clerk)
    await page.click("text=English")
    await page.wait_for_selector(_step("levels"))
    await page.click("#larger")
    await page.click('[data-level="very_dissatisfied"]')
    await page.click(".reason >> nth=0")
    await page.fill("#comment", "等了很久")
    await page.click("#send")
    await page.wait_for_selector(_step("thanks"))
    await expect(page.locator("html")).to_have_attribute("data-text-size", "")
    await page.clock.fast_forward(5000)
    await page.wait_for_selector(_step("plate"))
    await page.clock.fast_forward(5000)
    await page.wait_for_selector("html[lang^=zh]")
    await page.wait_for_selector(_step("plate"))
    assert page.url.endswith("/evaluator/town/1")
    assert "A001" not in await page.content()
    await _asked(site, page, clerk)
    await expect(page.locator('[aria-pressed="true"]')).to_have_count(0)
    await page.click('[data-level="very_dissatisfied"]')
    await expect(page.locator('.reason[aria-pressed="true"]')).to_have_count(0)
    await expect(page.locator("#comment")).to_have_value("")
    await expect(page.locator("#comment-count")).to_have_text("0 / 200 字")


async def test_changing_ones_mind(site: Site, open_page: OpenPage) -> None:
    """Until it is sent, a level can be chosen again; what was rated on the phone is not asked for."""
    await site.hall()
    clerk = await site.clerk(1)
    page = await _evaluator(site, open_page)
    ticket = await _asked(site, page, clerk)
    await page.click('[data-level="very_dissatisfied"]')
    await page.click("#again")
    await page.wait_for_selector(_step("levels"))
    await expect(page.locator('[aria-pressed="true"]')).to_have_count(0)
    await page.click('[data-level="very_satisfied"]')
    await page.click("#send")
    await page.wait_for_selector(_step("thanks"))
    assert (await _rating(site, ticket)).level == "very_satisfied"
    await page.clock.fast_forward(5000)
    await page.wait_for_selector(_step("plate"))
    second = await _asked(site, page, clerk)
    await site.post("/halls/town/ratings", {"ticket": second["id"], "leg": 1, "level": "satisfied"})
    await page.wait_for_selector(_step("plate"))
    assert (await site.server.hall("town")).day.unrated == {}


async def test_by_keyboard_alone(site: Site, open_page: OpenPage) -> None:
    """Tab and Enter lead through both pages; each says its title first."""
    await site.hall()
    clerk = await site.clerk(1)
    page = await _evaluator(site, open_page)
    ticket = await _asked(site, page, clerk)
    await expect(page.locator("#levels-title")).to_be_focused()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.wait_for_selector(_step("reasons"))
    await expect(page.locator("#reasons-title")).to_be_focused()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Space")
    await page.locator("#send").focus()
    await page.keyboard.press("Enter")
    await page.wait_for_selector(_step("thanks"))
    rating = await _rating(site, ticket)
    assert (rating.level, rating.reasons) == ("satisfied", ("406",))


# Not rated


async def test_nobody_answers(site: Site, open_page: OpenPage) -> None:
    """After the hall's time the plate comes back: told before, noted once, no rating, and not asked about again."""
    await site.hall()
    clerk = await site.clerk(1)
    page = await _evaluator(site, open_page, still=True)
    ticket = await _asked(site, page, clerk)
    countdown = page.locator("#countdown")
    await page.clock.fast_forward(40_000)
    await expect(countdown).to_be_hidden()
    await page.clock.fast_forward(9_000)
    await expect(countdown).to_contain_text("秒返回，不作评价")
    await page.click("#more-time")
    await expect(countdown).to_be_hidden()
    await page.clock.fast_forward(50_000)
    await expect(countdown).to_be_visible()
    await expect(page.locator(_step("levels"))).to_have_count(1)
    await page.clock.fast_forward(11_000)
    await page.wait_for_selector(_step("plate"))
    assert await _cause(site, ticket) == "timed_out"
    assert (await site.server.hall("town")).day.ratings == {}
    await page.reload()
    await page.wait_for_selector(".status-banner.is-live")
    await expect(page.locator(_step("plate"))).to_have_count(1)


async def test_not_now(site: Site, open_page: OpenPage) -> None:
    """Said once however often it is pressed; a rating by phone may still follow."""
    await site.hall()
    clerk = await site.clerk(1)
    page = await _evaluator(site, open_page)
    ticket = await _asked(site, page, clerk)
    await page.evaluate("() => { const b = document.getElementById('refuse'); b.click(); b.click(); }")
    await page.wait_for_selector(_step("plate"))
    assert await _cause(site, ticket) == "refused"
    await site.post("/halls/town/ratings", {"ticket": ticket["id"], "leg": 1, "level": "satisfied"})
    day = (await site.server.hall("town")).day
    assert (len(day.ratings), day.unrated) == (1, {})


async def test_asked_once_more_by_the_clerk(site: Site, open_page: OpenPage) -> None:
    """Who said "not now" is asked again when the clerk says so; only once each time, and not for somebody else."""
    await site.hall()
    clerk = await site.clerk(1)
    page = await _evaluator(site, open_page)
    ticket = await _asked(site, page, clerk)
    await page.click("#refuse")
    await page.wait_for_selector(_step("plate"))
    assert await _cause(site, ticket) == "refused"
    told = await site.post("/halls/town/counters/1/invite", token=clerk)
    assert (told["number"], told["evaluators"]) == (ticket["number"], 1)
    await page.wait_for_selector(_step("levels"))
    await page.click('[data-level="very_satisfied"]')
    await page.click("#send")
    assert (await _rating(site, ticket)).level == "very_satisfied"
    await page.wait_for_selector(_step("thanks"))
    refused = await site.call("POST", "/halls/town/counters/1/invite", {}, clerk)
    assert refused.json()["code"] == "already_rated"
    await site.post("/halls/town/counters/1/serve-now", {"queue": "comprehensive"}, clerk)
    refused = await site.call("POST", "/halls/town/counters/1/invite", {}, clerk)
    assert refused.json()["code"] == "not_finished", "somebody else is being served"


async def test_a_level_without_reasons(site: Site, open_page: OpenPage) -> None:
    """Whoever chose a level and walked off has spoken: it is sent as it is, as the screen said it would be."""
    await site.hall()
    clerk = await site.clerk(1)
    page = await _evaluator(site, open_page, still=True)
    ticket = await _asked(site, page, clerk)
    await page.click('[data-level="satisfied"]')
    await page.clock.fast_forward(50_000)
    await expect(page.locator("#countdown")).to_contain_text("秒，将按您选的“满意”提交")
    await page.clock.fast_forward(11_000)
    await page.wait_for_selector(_step("thanks"))
    assert (await _rating(site, ticket)).level == "satisfied"


@pytest.mark.parametrize("level", ["dissatisfied", None])
async def test_the_next_citizen_is_served(site: Site, open_page: OpenPage, level: str | None) -> None:
    """The page is theirs now: what was chosen so far goes to the service it was about, nothing goes to the new one."""
    await site.hall()
    clerk = await site.clerk(1)
    page = await _evaluator(site, open_page)
    ticket = await _asked(site, page, clerk)
    if level is not None:
        await page.click(f'[data-level="{level}"]')
        await page.wait_for_selector(_step("reasons"))
    second = await _serve(site, clerk, "next", "start")
    await page.wait_for_selector(_step("plate"))
    if level is not None:
        assert (await _rating(site, ticket)).level == level
    else:
        assert await _cause(site, ticket) == "timed_out"
    assert (second["id"], 1) not in (await site.server.hall("town")).day.ratings


async def test_who_goes_on_to_another_counter_is_not_asked(site: Site, open_page: OpenPage) -> None:
    """People are invited when all is done."""
    await site.hall()
    clerk = await site.clerk(1)
    page = await _evaluator(site, open_page)
    await _serve(site, clerk, "next", "start")
    await site.post("/halls/town/counters/1/transfer", {"queue": "express", "reason": "转即办"}, clerk)
    await page.wait_for_selector("#state:text('您好，请按叫号顺序办理')")
    await expect(page.locator(_step("plate"))).to_have_count(1)


# The network


async def test_a_cut_before_sending(site: Site, open_page: OpenPage) -> None:
    """Nobody is kept waiting; the rating goes out when the server is back, with the same key, and is stored once."""
    await site.hall()
    clerk = await site.clerk(1)
    page = await _evaluator(site, open_page)
    keys: list[str] = []
    page.on(
        "request", lambda sent: keys.append(sent.headers.get("idempotency-key", "")) if "/ratings" in sent.url else None
    )
    ticket = await _asked(site, page, clerk)
    await page.click('[data-level="satisfied"]')
    await site.cut()
    await page.wait_for_selector(".status-banner.is-lost")
    await page.click("#send")
    await expect(page.locator("#send")).to_have_attribute("aria-busy", "true")
    await page.clock.fast_forward(2500)
    await page.wait_for_selector(_step("kept"))
    await assert_accessible(page)
    await page.clock.fast_forward(5000)
    await page.wait_for_selector(_step("plate"))
    await site.mend()
    await _pass_until(page, ".status-banner.is-live")
    for _ in range(20):
        await page.clock.fast_forward(1000)
    assert (await _rating(site, ticket)).level == "satisfied"
    assert len(keys) > 1
    assert len(set(keys)) == 1


async def test_an_answer_that_was_lost(site: Site, open_page: OpenPage) -> None:
    """Stored, and nobody heard of it: asked again with the same key, stored once, and the citizen is thanked. It says
    which day's leg it means, because its answer may be lost until another day.
    """
    await site.hall()
    clerk = await site.clerk(1)
    page = await _evaluator(site, open_page)
    keys: list[str] = []
    said: list[Any] = []

    async def lose_the_first(route: "Route") -> None:
        keys.append(route.request.headers["idempotency-key"])
        said.append(route.request.post_data_json)
        if len(keys) > 1:
            return await route.continue_()
        await route.fetch()
        await route.abort()

    await page.route("**/ratings", lose_the_first)
    ticket = await _asked(site, page, clerk)
    await page.click('[data-level="satisfied"]')
    await page.click("#send")
    assert (await _rating(site, ticket)).level == "satisfied"
    await _pass_until(page, _step("thanks"))
    finished_at = (await site.server.hall("town")).day.tickets[ticket["id"]].legs[0].finished_at
    assert finished_at is not None
    assert [body["finished_at"] for body in said] == [instant(finished_at)] * 2
    assert len(keys) == 2
    assert len(set(keys)) == 1


async def test_without_its_server(site: Site, open_page: OpenPage) -> None:
    """The plate no longer claims to know what happens at the counter, and says since when and how old its data is."""
    await site.hall()
    await site.clerk(1)
    page = await _evaluator(site, open_page)
    await site.cut()
    await page.wait_for_selector(".status-banner.is-lost")
    await expect(page.locator("#state")).to_have_text("情况暂时不明，请看大屏或询问工作人员", use_inner_text=True)
    await page.clock.fast_forward(130_000)
    await expect(page.locator("#status")).to_contain_text("约 2 分钟前")
    await assert_accessible(page)
    await site.mend()
    await _pass_until(page, ".status-banner.is-live")
    await page.wait_for_selector("#state:text('您好，请按叫号顺序办理')")


# The plate


async def test_what_the_plate_says(site: Site, open_page: OpenPage) -> None:
    """Closed, called, being served, away, paused: each in courteous words, with no name when nobody is there."""
    await site.hall()
    page = await _evaluator(site, open_page)
    state = page.locator("#state")
    await expect(state).to_have_text("本窗口现在不办公，请到其他窗口办理")
    await expect(page.locator("#clerk")).to_be_hidden()
    await assert_accessible(page)
    clerk = await site.clerk(1)
    await _serve(site, clerk, "next")
    await expect(state).to_have_text("请 A001 号到本窗口办理")
    await assert_accessible(page)
    await site.post("/halls/town/counters/1/start", {}, clerk)
    await expect(state).to_have_text("正在为 A001 号办理")
    await site.post("/halls/town/counters/1/pause", {"reason": "复印"}, clerk)
    await expect(state).to_have_text("请稍候，本窗口暂停服务")
    await site.post("/halls/town/counters/1/resume", {}, clerk)
    await expect(state).to_have_text("正在为 A001 号办理")
    await site.post("/halls/town/counters/1/hold", {}, clerk)
    away = {"reason": "取件", "back_at": "2099-01-01T01:05:00Z"}
    await site.post("/halls/town/counters/1/pause", away, clerk)
    await expect(state).to_have_text("请稍候，工作人员暂时离开，预计 09:05 回来")
    await assert_accessible(page)
    await site.post("/halls/town/counters/1/resume", {}, clerk)
    await site.post("/halls/town/counters/1/pause", {"reason": "午休"}, clerk)
    await expect(state).to_have_text("请稍候，本窗口暂停服务")


async def test_the_sign_on_the_counter(site: Site, open_page: OpenPage) -> None:
    """Who is on duty and in which post, with initials for a face; gone when they are; new names come by themselves."""
    account = await site.person("clerk", name="王海燕", counter=1)
    post = Post(id="post-1", name="综合受理岗", counter=1, a=account.id, department="社会事务办")
    await site.hall(posts={"post-1": post})
    page = await _evaluator(site, open_page)
    clerk = await site.session(account)
    await site.post("/halls/town/counters/1/sign-on", {"capacity": "A", "post": "post-1"}, clerk)
    await expect(page.locator("#who")).to_have_text("为您服务：王海燕")
    shown = [await page.inner_text(f"#{part}") for part in ("portrait", "post", "department")]
    assert shown == ["王", "综合受理岗", "社会事务办"]
    await site.server.records.photos.put(account.id, portrait(picture()))
    await page.clock.fast_forward(65_000)  # it is asked for again every minute
    await expect(page.locator("#photo")).to_be_visible()
    await expect(page.locator("#portrait")).to_be_hidden()
    assert await page.locator("#photo").get_attribute("alt") == "王海燕的照片"
    await site.hall(posts={"post-1": post}, counters=TOWN.counters | {1: replace(TOWN.counters[1], name="新名称")})
    await expect(page.locator("#name")).to_have_text("新名称")
    await site.post("/halls/town/counters/1/sign-off", {}, clerk)
    await expect(page.locator("#clerk")).to_be_hidden()
    await expect(page.locator("#photo")).not_to_have_attribute("src", re.compile("."))
    assert "王海燕" not in await page.content()
    await site.post(
        "/halls/town/counters/1/sign-on",
        {"capacity": "relief"},
        await site.session(await site.person("clerk", name="Ada Byron", counter=1)),
    )
    await expect(page.locator("#portrait")).to_have_text("AB")


async def test_the_provinces_code(site: Site, open_page: OpenPage) -> None:
    """Where the hall has one, plate and thanks show it; a page that was open before learns of it by itself."""
    await site.hall()
    page = await _evaluator(site, open_page)
    assert await page.locator(".province").count() == 0
    assert (await page.request.get(f"{site.url}/evaluator/town/1/province.svg")).status == 404
    await site.hall(province_code="https://example.gov.cn/rate?window=1")
    await page.clock.fast_forward(10_000)
    await expect(page.locator(".plate .province")).to_contain_text("也可以扫码到省“好差评”平台评价")
    picture = await page.locator(".plate .province img").evaluate("(one) => one.decode().then(() => one.src)")
    drawn = segno.make("https://example.gov.cn/rate?window=1", error="m", micro=False)
    path = re.search(r' d="([^"]+)"/>', drawn.svg_inline(border=4, omitsize=True))
    assert path
    assert path[1] in await (await page.request.get(picture)).text()
    await assert_accessible(page)


async def test_a_counter_that_is_not(site: Site, open_page: OpenPage) -> None:
    """Unknown from the start: a page says so. Taken away while the page is open: the plate does."""
    await site.hall()
    page = await open_page("/evaluator/town/9", WIDE)
    await expect(page.locator("h1")).to_contain_text("没有这个窗口")
    page = await _evaluator(site, open_page)
    await site.hall(counters={2: TOWN.counters[2]})
    await expect(page.locator("#state")).to_have_text("大厅已没有这个窗口，请到其他窗口办理")


# The device


async def test_an_evaluator_is_let_in_by_the_code_that_it_shows(site: Site, open_page: OpenPage) -> None:
    """Until then it asks nobody for what could not be sent; the head types the code, and it starts by itself."""
    await site.hall()
    clerk = await site.clerk(1)
    page = await open_page("/evaluator/town/1", WIDE)
    await page.wait_for_selector("#pairing-code:text-matches('[0-9]{3} [0-9]{3}')")
    await assert_accessible(page)
    await _serve(site, clerk)
    await page.wait_for_selector(".status-banner.is-live")
    await expect(page.locator(_step("unready"))).to_have_count(1)
    head = await site.session(await site.person("head"))
    made = await site.post(
        "/halls/town/devices", {"code": await page.inner_text("#pairing-code"), "label": "一号"}, head
    )
    assert (made["role"], made["counter"]) == ("evaluator", 1)
    await page.wait_for_selector(_step("levels"))
    await page.click('[data-level="satisfied"]')
    await page.click("#send")
    await page.wait_for_selector(_step("thanks"))


async def test_a_revoked_evaluator(site: Site, open_page: OpenPage) -> None:
    """It asks to be let in again, and says so."""
    await site.hall()
    page = await _evaluator(site, open_page)
    device = (await site.server.records.devices.all("town"))[0]
    await site.server.records.devices.revoke(device.id, site.server.now())
    await page.wait_for_selector("#pairing-code:text-matches('[0-9]{3} [0-9]{3}')", timeout=20_000)
    await expect(page.locator("main")).to_contain_text("1 号窗口的评价器还没有启用", use_inner_text=True)


async def test_another_counters_evaluator(site: Site, open_page: OpenPage) -> None:
    """It asks nobody: before the first citizen is served it is told that it does not belong here."""
    await site.hall()
    await site.clerk(1)
    page = await open_page(f"/evaluator/town/1#token={await site.device('evaluator', counter=2)}", WIDE)
    await page.wait_for_selector("#pairing-code:text-matches('[0-9]{3} [0-9]{3}')")
    answer = await site.call("GET", "/halls/town/board")
    assert answer.is_success


async def test_a_refusal_is_told(site: Site, open_page: OpenPage) -> None:
    """And the plate comes back, with nothing rated."""
    await site.hall()
    clerk = await site.clerk(1)
    page = await _evaluator(site, open_page)
    problem = {"code": "not_allowed", "title": "您没有办理此项操作的权限", "retry": "never"}
    await page.route("**/ratings", lambda route: route.fulfill(status=403, json=problem))
    await _asked(site, page, clerk)
    await page.click('[data-level="satisfied"]')
    await page.click("#send")
    await expect(page.locator("#problem")).to_have_text("评价没有送出：您没有办理此项操作的权限。")
    await expect(page.locator(_step("plate"))).to_have_count(1)


# How it looks

MEASURED = """
() => [...document.querySelectorAll("main *")].filter((one) => {
    const { width, height } = one.getBoundingClientRect();
    if (width <= 1 || !one.checkVisibility()) return false;
    const says = [...one.childNodes].some((part) => part.nodeType === Node.TEXT_NODE && part.data.trim());
    if (says && parseFloat(getComputedStyle(one).fontSize) < 24) return true;
    return one.matches("button, a, textarea") && (height < 72 || width < 72);
}).map((one) => one.outerHTML)
"""


@pytest.mark.parametrize("size", [WIDE, HIGH], ids=["wide", "high"])
@pytest.mark.parametrize("query", ["", "?lang=en"], ids=["zh", "en"])
async def test_every_step_at_both_sizes(site: Site, open_page: OpenPage, size: "ViewportSize", query: str) -> None:
    """Accessible, large enough to read and to touch, nothing cut off, with the longest names and in large type too."""
    account = await site.person("clerk", name="欧阳海燕阿依古丽买买提江", counter=1)
    post = Post(id="post-1", name=LONG, counter=1, a=account.id, department=LONG)
    await site.server.records.photos.put(account.id, portrait(picture()))
    await site.hall(
        name=LONG,
        province_code="https://example.gov.cn/" + "x" * 200,
        counters=TOWN.counters | {1: replace(TOWN.counters[1], name=LONG)},
        posts={"post-1": post},
    )
    clerk = await site.session(account)
    await site.post("/halls/town/counters/1/sign-on", {"capacity": "A", "post": "post-1"}, clerk)

    async def looks_right(page: "Page", *, fits: bool = True) -> None:
        await assert_accessible(page)
        await assert_no_sideways_scrolling(page)
        assert await page.evaluate(MEASURED) == []
        if fits:
            await page.wait_for_selector(".status-banner.is-live")  # another banner may be taller; see below
            assert await page.evaluate("document.documentElement.scrollHeight - innerHeight") <= 0

    unready = await open_page(f"/evaluator/town/1{query}", size)
    await unready.wait_for_selector("#pairing-code:text-matches('[0-9]{3} [0-9]{3}')")
    await looks_right(unready)
    page = await _evaluator(site, open_page, size, query)
    await expect(page.locator("#who")).to_contain_text("欧阳海燕")
    await expect(page.locator("#photo")).to_be_visible()
    await looks_right(page)
    await _asked(site, page, clerk)
    await looks_right(page)
    await page.click("#larger")
    await looks_right(page, fits=False)
    await page.click("#larger")
    await page.click('[data-level="very_dissatisfied"]')
    await looks_right(page)
    await page.click(".reason >> nth=0")
    await page.clock.fast_forward(50_000)
    await expect(page.locator("#countdown")).to_be_visible()
    await page.wait_for_selector(".status-banner.is-live")  # a clock that leaps looks like a silent server for a moment
    await looks_right(page)
    await page.click("#send")
    await page.wait_for_selector(_step("thanks"))
    await looks_right(page)
