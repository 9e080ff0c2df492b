"""The evaluator: five levels after each service, the plate between citizens, and never a score that nobody gave."""

from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from tests.web.pages.conftest import (
    PHONE,
    TOWN,
    OpenPage,
    Site,
    assert_accessible,
    assert_no_sideways_scrolling,
)

if TYPE_CHECKING:
    from playwright.async_api import Page

pytestmark = pytest.mark.browser


def _step(name: str) -> str:
    return f'[data-step="{name}"]:not([hidden])'


async def _evaluator(site: Site, open_page: OpenPage, **how: Any) -> "Page":
    """The evaluator of counter 1, with its device's token, once it is alive."""
    page = await open_page(f"/evaluator/town/1#token={await site.device('evaluator', counter=1)}", **how)
    await page.wait_for_selector(".status-banner.is-live")
    return page


async def _serve(site: Site, clerk: str) -> dict[str, Any]:
    """Serve one citizen at counter 1, from the call to the end."""
    ticket = await site.ticket(await site.device("kiosk"))
    for verb in ("next", "start", "finish"):
        await site.post(f"/halls/town/counters/1/{verb}", {}, clerk)
    return ticket


async def _ratings(site: Site) -> dict[Any, Any]:
    """The town's ratings of today."""
    return (await site.server.hall("town")).day.ratings


async def test_a_rating_from_the_plate_to_the_thanks(site: Site, open_page: OpenPage) -> None:
    """The plate names the counter and its clerk; a finished service asks for a level, then for that level's reasons."""
    await site.hall()
    clerk = await site.clerk(1, name="王芳")
    page = await _evaluator(site, open_page)
    await page.wait_for_selector("#clerk:text('为您服务：王芳')")
    assert "1号窗口" in (await page.inner_text("h1")).replace("\n", "")
    assert await page.inner_text("#state") == "您好，请按叫号顺序办理"
    await assert_accessible(page)
    ticket = await _serve(site, clerk)
    await page.wait_for_selector(_step("levels"))
    assert "A001 号，请您评价本次服务" in await page.inner_text("main")
    words = ["非常满意", "满意", "基本满意", "不满意", "非常不满意"]
    assert [await level.inner_text() for level in await page.locator(".level").all()] == words
    await assert_accessible(page)
    await page.click('[data-level="dissatisfied"]')
    await page.wait_for_selector(_step("reasons"))
    await assert_accessible(page)
    await page.click('.reason:text("窗口人员业务不熟练")')
    await page.evaluate("() => { const b = document.getElementById('send'); b.click(); b.click(); }")  # pressed twice
    await page.wait_for_selector(_step("thanks"))
    rating = (await _ratings(site))[(ticket["id"], 1)]
    assert (rating.level, rating.reasons, rating.source) == ("dissatisfied", ("213",), "evaluator")
    await page.wait_for_selector(_step("plate"))


async def test_nobody_answers(site: Site, open_page: OpenPage) -> None:
    """After the hall's time the plate comes back and nothing was rated; nor is the same service asked about again."""
    await site.hall(rules=replace(TOWN.rules, rating_timeout_s=2))
    clerk = await site.clerk(1)
    page = await _evaluator(site, open_page)
    await _serve(site, clerk)
    await page.wait_for_selector(_step("levels"))
    await page.wait_for_selector(_step("plate"))
    assert await _ratings(site) == {}
    await page.reload()
    await page.wait_for_selector(".status-banner.is-live")
    assert await page.locator(_step("plate")).count() == 1


async def test_a_level_without_reasons(site: Site, open_page: OpenPage) -> None:
    """Whoever chose a level and walked off has spoken: the level is sent alone, as the screen said it would be."""
    await site.hall()
    clerk = await site.clerk(1)
    page = await open_page("/")
    await page.clock.install()
    await page.goto(f"{site.url}/evaluator/town/1#token={await site.device('evaluator', counter=1)}")
    await page.wait_for_selector(".status-banner.is-live")
    ticket = await _serve(site, clerk)
    await page.wait_for_selector(_step("levels"))
    await page.click('[data-level="satisfied"]')
    assert "20 秒内没有操作，将按您选的等级提交" in await page.inner_text("main")
    await page.clock.run_for(21_000)
    await page.wait_for_selector(_step("thanks"))
    assert (await _ratings(site))[(ticket["id"], 1)].level == "satisfied"


async def test_changing_ones_mind(site: Site, open_page: OpenPage) -> None:
    """Until it is sent, a level can be chosen again; what was rated on the phone is not asked for."""
    await site.hall()
    clerk = await site.clerk(1)
    page = await _evaluator(site, open_page)
    ticket = await _serve(site, clerk)
    await page.click('[data-level="very_dissatisfied"]')
    await page.click("#again")
    await page.wait_for_selector(_step("levels"))
    await page.click('[data-level="very_satisfied"]')
    await page.click("#send")
    await page.wait_for_selector(_step("thanks"))
    assert (await _ratings(site))[(ticket["id"], 1)].level == "very_satisfied"
    await page.wait_for_selector(_step("plate"))
    second = await _serve(site, clerk)
    await page.wait_for_selector(_step("levels"))
    await site.post("/halls/town/ratings", {"ticket": second["id"], "leg": 1, "level": "satisfied"})
    await page.wait_for_selector(_step("plate"))


async def test_what_the_plate_says(site: Site, open_page: OpenPage) -> None:
    """Closed, called, being served, away, paused: each in courteous words, with no name when nobody is there."""
    await site.hall()
    page = await _evaluator(site, open_page, size=PHONE)
    state = page.locator("#state")
    assert await state.inner_text() == "本窗口现在不办公，请到其他窗口办理"
    assert await page.inner_text("#clerk") == ""
    clerk = await site.clerk(1)
    await site.ticket(await site.device("kiosk"))
    await site.post("/halls/town/counters/1/next", {}, clerk)
    await page.wait_for_selector("#state:text('请 A001 号到本窗口办理')")
    await site.post("/halls/town/counters/1/start", {}, clerk)
    await page.wait_for_selector("#state:text('正在为 A001 号办理')")
    await site.post("/halls/town/counters/1/hold", {}, clerk)
    away = {"reason": "取件", "back_at": "2099-01-01T01:05:00Z"}
    await site.post("/halls/town/counters/1/pause", away, clerk)
    await page.wait_for_selector("#state:text('工作人员暂时离开，预计 09:05 回来，请稍候')")
    await site.post("/halls/town/counters/1/resume", {}, clerk)
    await site.post("/halls/town/counters/1/pause", {"reason": "午休"}, clerk)
    await page.wait_for_selector("#state:text('暂停服务，请稍候')")
    await assert_no_sideways_scrolling(page)
    await assert_accessible(page)


async def test_without_a_token(site: Site, open_page: OpenPage) -> None:
    """The plate shows, and what to do about the rest; a finished service asks nobody for what could not be sent."""
    await site.hall()
    clerk = await site.clerk(1)
    page = await open_page("/evaluator/town/1")
    await page.wait_for_selector(".status-banner.is-live")
    assert "jiaohao device add --counter 1 town evaluator" in await page.inner_text("#unready")
    await _serve(site, clerk)
    await site.ticket(await site.device("kiosk"))
    await site.post("/halls/town/counters/1/next", {}, clerk)
    await page.wait_for_selector("#state:text('请 A002 号到本窗口办理')")
    assert await page.locator(_step("plate")).count() == 1


async def test_another_counters_token(site: Site, open_page: OpenPage) -> None:
    """The refusal is told, and the plate comes back."""
    await site.hall()
    clerk = await site.clerk(1)
    page = await open_page(f"/evaluator/town/1#token={await site.device('evaluator', counter=2)}")
    await page.wait_for_selector(".status-banner.is-live")
    await _serve(site, clerk)
    await page.click('[data-level="satisfied"]')
    await page.click("#send")
    await page.wait_for_selector("#problem:visible")
    assert "您没有办理此项操作的权限" in await page.inner_text("#problem")
    assert await page.locator(_step("plate")).count() == 1
    assert await _ratings(site) == {}


async def test_without_its_server(site: Site, open_page: OpenPage) -> None:
    """The plate no longer claims to know what happens at the counter, and says since when."""
    await site.hall()
    await site.clerk(1)
    page = await _evaluator(site, open_page)
    await site.cut()
    await page.wait_for_selector(".status-banner.is-lost")
    assert await page.inner_text("#state") == "情况暂时不明，请看大屏或询问工作人员"
    await site.mend()
    await page.wait_for_selector(".status-banner.is-live", timeout=20_000)
    assert await page.inner_text("#state") == "您好，请按叫号顺序办理"


async def test_a_revoked_token(site: Site, open_page: OpenPage) -> None:
    """The page stops and says what it means."""
    await site.hall()
    page = await _evaluator(site, open_page)
    device = (await site.server.records.devices.all("town"))[0]
    await site.server.records.devices.revoke(device.id, site.server.now())
    await page.wait_for_selector(".status-banner.is-stopped", timeout=20_000)
    assert "请重新登录" in await page.inner_text("#status")
