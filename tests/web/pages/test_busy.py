"""Every page of the staff on the busiest day: 999 waiting, forty counters, names of thirty characters, largest type."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from queue_server.records.accounts import Account
from tests.web.pages.busy_hall import busy_hall
from tests.web.pages.conftest import (
    DESKTOP,
    PHONE,
    OpenPage,
    assert_accessible,
    assert_no_sideways_scrolling,
    opening,
    serving,
)
from tests.web.pages.sizes import assert_readable_and_touchable

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page, ViewportSize

pytestmark = pytest.mark.browser

OLD_PC: "ViewportSize" = {"width": 1366, "height": 768}
SIZES = (DESKTOP, OLD_PC, PHONE)

SECTIONS = (
    "", "/hours", "/queues", "/counters", "/people", "/services", "/screens", "/devices", "/printers", "/phrases",
    "/files",
)  # fmt: skip
WORK = {
    "/counter/town/1": ("clerk", "#waiting:text-is('999')"),
    "/guide/town": ("guide", "#waiting li >> nth=30"),
    "/manager/town": ("head", "main:has(#sum-waiting:text-is('999')) #alarm-list li >> nth=2"),
}
READ = {
    "/": ("", "a[href='/counter/town/40']"),
    "/sign-in": ("", "#user"),
    "/counter/town/41": ("clerk", "main"),
    "/setup": ("admin", "form:visible"),
    "/manager/town/week": ("head", "#posts tr >> nth=39"),
    "/manager/town/history?by=counter&against=before": ("head", "tbody tr >> nth=39"),
    "/manager/town/report": ("head", "tbody tr >> nth=39"),
    "/district": ("district", 'figure[data-chart="drawn"] canvas'),
    **{f"/admin/town{section}": ("head", "main") for section in (*SECTIONS, "/changes")},
}
"""Pages by their path: who opens them, and what is there when they are."""

ALIKE = (
    "#devices > :nth-child(n + 4), #rows > :nth-child(n + 4), #items > :nth-child(n + 12), "
    "#people tr:nth-child(n + 6), #posts tr:nth-child(n + 4), .history-table tr:nth-child(n + 6)"
)
"""All but the first of long lists."""


@dataclass(frozen=True)
class Busy:
    """The hall on that day, with its people by role; "" is nobody."""

    open_page: OpenPage
    people: dict[str, Account | None]


@pytest.fixture(scope="module")
async def busy(chromium: "Browser", tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Busy]:
    """One hall for all tests of this module: they change nothing."""
    async with serving(tmp_path_factory.mktemp("busy") / "data") as site:
        clerk = await busy_hall(site)
        people = {role: await site.person(role) for role in ("guide", "head", "admin", "district")}
        async with opening(chromium, site) as open_page:
            yield Busy(open_page, {"": None, "clerk": clerk, **people})


@pytest.mark.parametrize("path", WORK)
async def test_pages_that_are_worked_at(busy: Busy, path: str) -> None:
    """Nothing is too small to read or to touch, nothing runs off the side, and axe is content, at every size."""
    role, there = WORK[path]
    page = await busy.open_page(path, who=busy.people[role])
    await page.wait_for_selector(there)
    await page.wait_for_selector(".status-banner.is-live")
    for size in SIZES:
        await page.set_viewport_size(size)
        await assert_readable_and_touchable(page, ".desk-next")
        await assert_no_sideways_scrolling(page)
        await assert_accessible(page)
        await assert_room_for_large_type(page)
    await page.context.close()


@pytest.mark.parametrize("path", READ)
async def test_pages_that_are_read(busy: Busy, path: str) -> None:
    """The same, axe once; of rows that are alike a few are measured, for all would take minutes."""
    role, there = READ[path]
    page = await busy.open_page(path, PHONE, busy.people[role])
    await page.wait_for_selector(there)
    await page.wait_for_load_state("networkidle")
    await assert_no_sideways_scrolling(page)
    await page.evaluate("selector => document.querySelectorAll(selector).forEach((each) => each.remove())", ALIKE)
    for size in SIZES:
        await page.set_viewport_size(size)
        await assert_readable_and_touchable(page)
        await assert_no_sideways_scrolling(page)
        await assert_room_for_large_type(page)
    await assert_accessible(page)
    await page.context.close()


@pytest.mark.parametrize(
    ("path", "press"),
    [
        *(("/counter/town/1", keys) for keys in ("p", "c", "e", "d", "o", "l Enter")),
        ("/guide/town", "1"),
        ("/guide/town", "l Enter"),
        ("/manager/town", "#close-day"),
    ],
)
async def test_questions(busy: Busy, path: str, press: str) -> None:
    """What a page asks is as readable and as easy to touch, at every size, and leaves the page as it was."""
    role, there = WORK[path]
    page = await busy.open_page(path, who=busy.people[role])
    await page.wait_for_selector(there)
    await page.wait_for_selector(".status-banner.is-live")
    if press.startswith("#"):
        await page.click(press)
    else:
        for key in press.split():
            await page.keyboard.press(key)
    await page.wait_for_selector("dialog[open]")
    for size in SIZES:
        await page.set_viewport_size(size)
        await assert_readable_and_touchable(page)
        await assert_no_sideways_scrolling(page)
        await assert_room_for_large_type(page)
    await assert_accessible(page)
    await page.context.close()


async def assert_room_for_large_type(page: "Page") -> None:
    """At the largest letters nothing runs off the side either."""
    await page.evaluate("document.documentElement.dataset.textSize = 'largest'")
    await assert_no_sideways_scrolling(page)
    await page.evaluate("delete document.documentElement.dataset.textSize")
