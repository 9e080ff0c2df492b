"""Nothing on a hall screen overflows, overlaps, is cut or is too small: in every layout and size, in every state."""

import asyncio
import itertools
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from playwright.async_api import expect

from queue_server.domain import commands
from queue_server.domain.counter import Counter
from queue_server.domain.hours import WEEKDAYS, Hours
from queue_server.domain.post import Post
from queue_server.domain.queue import Queue
from queue_server.domain.refusals import Refusal
from queue_server.domain.screen import Screen
from queue_server.domain.service import Guide
from queue_server.engine.hall_runner import HallRunner
from tests.web.pages.busy_hall import KINDS, LONG
from tests.web.pages.conftest import DESKTOP, QUEUES, TOWN, OpenPage, Site, assert_accessible

if TYPE_CHECKING:
    from playwright.async_api import Page, ViewportSize

pytestmark = pytest.mark.browser

SIZES: "list[tuple[ViewportSize, str, float]]" = [
    ({"width": 1920, "height": 1080}, "landscape", 1),
    ({"width": 1280, "height": 720}, "landscape", 2 / 3),
    ({"width": 1280, "height": 1024}, "landscape", 2 / 3),
    ({"width": 3840, "height": 2160}, "landscape", 2),
    ({"width": 1080, "height": 1920}, "portrait", 1),
    ({"width": 1920, "height": 540}, "strip", 1),
    ({"width": 1920, "height": 360}, "strip", 1),
]
"""Each with the layout that "auto" gives it, and what LOOK asks of 1080 lines times what."""

WRONG = (Path(__file__).parent / "hall_screen_fits.js").read_text(encoding="utf-8")

LONG_EN = "Basic pension and medical insurance registration and social assistance"
TOWN = replace(TOWN, complaint_phone="0379-12346", rules=replace(TOWN.rules, call_expires_s=600))
ALL_PAGES = Screen(id="all", pages=("services", "guides", "duty", "phones", "results"), page_s=4)
BUSY_QUEUES = {
    f"queue-{n}": Queue(id=f"queue-{n}", name=LONG, name_en=LONG_EN, kind=kind, prefix=f"Z{chr(65 + n)}")
    for n, kind in enumerate((*KINDS, *KINDS[:2]))
}
BUSY_COUNTERS = {
    n: Counter(number=n, name=LONG, name_en=LONG_EN, kind="comprehensive", queues=tuple(BUSY_QUEUES))
    for n in range(101, 141)
}
BUSY = replace(
    TOWN,
    name=LONG,
    name_en=LONG_EN,
    phone="0379-12345678 转 8001",
    queues=BUSY_QUEUES,
    counters=BUSY_COUNTERS,
    posts={f"post-{n}": Post(id=f"post-{n}", name=LONG, counter=n, department=LONG) for n in BUSY_COUNTERS},
    services={no: replace(rule, queue="queue-5") for no, rule in TOWN.services.items()},
    guides={no: Guide(materials=(LONG * 2,) * 9, promised_limit=LONG, fee=LONG) for no in list(TOWN.services)[:2]},
    notices=(LONG * 2, LONG_EN),
    screens={"all": ALL_PAGES},
)
"""Forty counters of three digits, two letters before each number, and every name as long as names get."""


OFTEN = "const real = setInterval; setInterval = (act, ms, ...more) => real(act, ms === 20000 ? 100 : ms, ...more);"
"""Asks for the code for phones ten times a second instead of every twenty seconds."""


@pytest.fixture(autouse=True)
def reached_by_phones(site: Site) -> None:
    """The server has an address of its own for phones."""
    site.server.public_url = "https://hall.example/"


async def screen(site: Site, open_page: OpenPage, query: str = "") -> "Page":
    """The town's screen, with a token of its own, alive."""
    page = await open_page("/healthz")
    await page.add_init_script(OFTEN)
    await page.goto(f"{site.url}/screen/town?chime=off{query}#token={await site.device('screen')}")
    await page.wait_for_selector('html[data-link="live"]')
    return page


async def assert_fits(page: "Page", *sizes: str) -> None:
    """At every size, or those of some layouts."""
    for size, layout, scale in SIZES:
        if sizes and layout not in sizes:
            continue
        await page.set_viewport_size(size)
        await page.wait_for_function("width => innerWidth === width", arg=size["width"])
        await page.wait_for_selector(f'html[data-layout="{layout}"]')
        wrong = await page.evaluate(WRONG, scale)
        assert wrong == [], f"{layout} {size['width']}×{size['height']}\n" + "\n".join(wrong)


_ids = itertools.count()


async def _run(runner: HallRunner, *wanted: commands.DayCommand) -> None:
    """All of them at once, in this order; by the runner, because requests would take minutes."""
    outcomes = await asyncio.gather(
        *(runner.run(command, f"fits {next(_ids)}", "", lambda day, events: None) for command in wanted)
    )
    assert not any(isinstance(outcome, Refusal) for outcome in outcomes), outcomes


async def busiest(runner: HallRunner, site: Site) -> dict[int, str]:
    """999 people wait, twelve were called in one moment; clerks by counter."""
    clerks = {n: (await site.person("clerk", name=LONG, counter=n)).id for n in range(101, 113)}
    issues = [commands.IssueTicket(by="d", ticket=f"t{n}", queue="queue-5") for n in range(999 + len(clerks))]
    await _run(runner, *issues)
    await _run(runner, *(commands.SignOn(by=by, counter=n, capacity="relief") for n, by in clerks.items()))
    await _run(runner, *(commands.CallNext(by=by, counter=n) for n, by in clerks.items()))
    return clerks


async def test_closed(site: Site, open_page: OpenPage) -> None:
    """The night's face: dark, a large clock, when it opens, whom to phone, and nothing of the day's rows."""
    spans: tuple[tuple[str, str], ...] = (("09:00", "12:00"), ("13:30", "17:00"))
    await site.hall(TOWN, hours=Hours(weekly=dict.fromkeys(WEEKDAYS, spans)))
    head = await site.session(await site.person("head"))
    await site.post("/halls/town/day/close", token=head)
    page = await screen(site, open_page)
    await page.wait_for_selector("html[data-night][data-theme=dark]")
    await page.wait_for_selector('#call:has-text("取号时间 08:30–17:00")')
    for text in ("今日业务已结束", "下次开放：", "办理时间 09:00–12:00、13:30–17:00", "投诉电话 0379-12346"):
        await expect(page.locator("#call")).to_contain_text(text, use_inner_text=True)
    await expect(page.locator(".wall-recent")).to_be_hidden()
    await assert_accessible(page)
    await assert_fits(page)


async def test_an_ordinary_day(site: Site, open_page: OpenPage) -> None:
    """From nobody there to a call and a counter that was left; without the server; in English too."""
    runner = await site.hall(TOWN)
    page = await screen(site, open_page)
    await expect(page.locator("#call")).to_contain_text("窗口准备中", use_inner_text=True)
    await assert_fits(page)
    clerks = {n: (await site.person("clerk", counter=n)).id for n in (1, 2)}
    await _run(runner, *(commands.IssueTicket(by="d", ticket=f"t{n}", queue=[*QUEUES][n % 2]) for n in range(9)))
    await _run(runner, *(commands.SignOn(by=by, counter=n, capacity="relief") for n, by in clerks.items()))
    await _run(runner, commands.CallNext(by=clerks[1], counter=1))
    await page.wait_for_selector('#call:has-text("A001")')
    await assert_fits(page)
    back_at = site.server.now() + timedelta(minutes=10)
    await _run(runner, commands.CallNext(by=clerks[2], counter=2))
    await _run(runner, commands.PauseCounter(by=clerks[2], counter=2, back_at=back_at))
    await page.wait_for_selector('#notice:has-text("暂离")')
    await assert_fits(page)
    await site.cut()
    await page.wait_for_selector("#status.is-lost:visible")
    await assert_fits(page)
    await site.mend()
    page = await screen(site, open_page, "&lang=en")
    await page.wait_for_selector('#call:has-text("Counter")')
    await assert_fits(page)


async def test_the_busiest_day(site: Site, open_page: OpenPage) -> None:
    """Twelve calls at once, 999 people waiting, names of thirty characters; with the code for phones; in English."""
    runner = await site.hall(BUSY)
    clerks = await busiest(runner, site)
    page = await screen(site, open_page)
    await page.wait_for_selector(".wall-calls-shown li >> nth=2")
    await assert_fits(page)
    await site.hall(BUSY, rules=replace(BUSY.rules, phone_ticketing=True))
    await page.set_viewport_size(DESKTOP)
    await page.wait_for_selector("#code:visible")
    await assert_fits(page)
    page = await screen(site, open_page, "&lang=en")
    await _run(runner, *(commands.Recall(by=by, counter=n) for n, by in clerks.items()))
    await page.wait_for_selector(".wall-calls-shown li >> nth=2")
    await page.wait_for_selector("#code:visible")
    await assert_fits(page)


async def test_public_information(site: Site, open_page: OpenPage) -> None:
    """Every page of it, each as full as there is room for, once nobody is called."""
    await site.hall(BUSY)
    clerks = {n: (await site.person("clerk", name=LONG, counter=n)).id for n in range(101, 105)}
    runner = await site.hall(BUSY)
    await _run(runner, *(commands.SignOn(by=by, counter=n, capacity="relief") for n, by in clerks.items()))
    for kind in ALL_PAGES.pages:
        await site.hall(BUSY, screens={"all": replace(ALL_PAGES, pages=(kind,))})
        page = await screen(site, open_page, "&screen=all")
        await page.wait_for_selector(f'[data-kind="{kind}"]')
        await assert_fits(page)
        await page.context.close()
