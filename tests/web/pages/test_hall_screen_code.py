"""The code for phones on the hall screen: there while it is good, gone when it is not, never in the way of a call."""

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from playwright.async_api import expect

from queue_server.domain.counter import Counter
from queue_server.domain.queue import Queue
from queue_server.web.hall_code import hall_code
from tests.web.pages.conftest import DESKTOP, QUEUES, TOWN, OpenPage, Site, assert_accessible

if TYPE_CHECKING:
    from playwright.async_api import Page, ViewportSize

SIZES: "list[ViewportSize]" = [
    DESKTOP,
    {"width": 1280, "height": 720},
    {"width": 3840, "height": 2160},
    {"width": 1080, "height": 1920},
    {"width": 1920, "height": 540},
]
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


@pytest.mark.browser
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size['width']}x{size['height']}")
async def test_it_leaves_the_calls_alone(site: Site, open_page: OpenPage, size: "ViewportSize") -> None:
    """On every screen of a busy hall: the call is as large and as wide as without it; nothing overlaps or is cut."""
    name = "无差别综合受理与帮办代办以及有诉即办联合服务专区第一窗口示范岗"[:30]
    queues = QUEUES | {
        f"more-{n}": Queue(id=f"more-{n}", name=name, kind="dedicated", prefix=f"Z{chr(65 + n)}") for n in range(6)
    }
    counters = {n: Counter(number=n, name=name, kind="comprehensive", queues=("more-5",)) for n in range(101, 113)}
    hall = replace(TOWN, name=name, queues=queues, counters=counters)
    await site.hall(hall)
    kiosk = await site.device("kiosk")
    for n in counters:
        await site.ticket(kiosk, "more-5")
        clerk = await site.clerk(n, name=str(n))
        await site.post(f"/halls/town/counters/{n}/next", {}, clerk)
    page = await screen(site, open_page, size)
    measured = """() => {
        const call = document.getElementById("call").getBoundingClientRect();
        return [call.width, call.top, parseFloat(getComputedStyle(document.querySelector(
            ".wall-call-number .ticket-number")).fontSize)].map(Math.round);
    }"""
    await page.wait_for_selector("#call[data-calling]")
    without = await page.evaluate(measured)
    await site.hall(hall, rules=ALLOWED)
    await page.wait_for_selector("#code:visible")
    await page.wait_for_selector("#recent li >> nth=0")
    assert await page.evaluate(measured) == without
    await expect(page.locator("#queues li")).to_have_count(4)
    wrong = await page.evaluate(
        """() => {
            const wrong = [];
            const box = (one) => one.getBoundingClientRect();
            const parts = [...document.querySelectorAll("#call, #recent, #queues, #code, #notice, .wall-head")];
            for (const part of [...parts, ...document.querySelectorAll("#recent li, #queues li, #code p, #code img")]) {
                const { left, right, top, bottom } = box(part);
                if (left < 0 || top < 0 || right > innerWidth + 1 || bottom > innerHeight + 1)
                    wrong.push(`${part.id || part.className || part.tagName} is out`);
            }
            for (const [place, one] of parts.entries()) for (const other of parts.slice(place + 1)) {
                const [a, b] = [box(one), box(other)];
                if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1)
                    wrong.push(`${one.id} lies on ${other.id}`);
            }
            for (const row of document.querySelectorAll("#recent li"))
                if (box(row).bottom > box(document.getElementById("recent")).bottom + 1) wrong.push("a row is cut");
            return wrong;
        }"""
    )
    assert wrong == []
