"""The kiosk's page for its tests: opened as a device would, and measured."""

import asyncio
from typing import TYPE_CHECKING

from queue_server.domain import commands
from tests.web.pages.conftest import DESKTOP, OpenPage, Site, assert_accessible

if TYPE_CHECKING:
    from playwright.async_api import Page, ViewportSize

__all__ = ["PORTRAIT", "assert_fits", "crowd", "open_kiosk", "shown"]

PORTRAIT: "ViewportSize" = {"width": 1080, "height": 1920}

OVER_THE_EDGE = ("below the screen", "covered by something else")

FAULTS = """() => {
    const told = (element) => element.outerHTML.slice(0, 120);
    const there = [...document.querySelectorAll("main *, header *, nav *, .status-banner")].filter((element) => {
        const { width, height } = element.getBoundingClientRect();
        return width > 0 && height > 0 && element.checkVisibility() && !element.closest("option");
    });
    const says = (element) =>
        [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== "");
    const touched = there.filter((element) => element.matches("button, a, input"));
    const box = (element) => element.getBoundingClientRect();
    const reach = innerHeight > innerWidth ? innerHeight / 3 : 0;
    const faults = {
        "text below 24 px": there.filter((element) => says(element)
            && parseFloat(getComputedStyle(element).fontSize) < 24),
        "a target below 72 px": touched.filter((element) => box(element).height < 72),
        "a target out of reach": touched.filter((element) => box(element).top < reach),
        "below the screen": there.filter((element) => (says(element) || element.matches("button, a, input, img"))
            && element.closest("#about") === null
            && box(element).bottom > innerHeight + 1),
        "beside the screen": there.filter((element) => box(element).right > innerWidth + 1 || box(element).left < -1),
        "text that does not fit its place": there.filter((element) => element.matches("button, a, p")
            && element.scrollWidth > element.clientWidth + 1),
        "covered by something else": touched.filter((element) => {
            const { left, right, top, bottom } = box(element);
            const hit = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
            return hit !== null && !element.contains(hit);
        }),
        "more than five choices": [...document.querySelectorAll(".choices")].filter((list) => list.checkVisibility()
            && list.children.length > 5),
    };
    return Object.entries(faults).flatMap(([fault, found]) => found.map((element) => `${fault}: ${told(element)}`));
}"""


async def open_kiosk(site: Site, open_page: OpenPage, size: object = DESKTOP, query: str = "") -> "Page":
    """The kiosk of the town, with its device's token, once it is alive."""
    page = await open_page(f"/kiosk/town{query}#token={await site.device('kiosk')}", size)
    await page.wait_for_selector(".status-banner.is-live", state="attached")
    return page


def shown(step: str) -> str:
    """The selector of a step that is on the screen."""
    return f'[data-step="{step}"]:not([hidden])'


async def crowd(site: Site, count: int, queue: str) -> None:
    """So many take a ticket of the town at once."""
    runner = await site.server.hall("town")
    orders = (commands.IssueTicket(by="d_kiosk", ticket=f"t_{queue}_{n}", queue=queue) for n in range(count))
    await asyncio.gather(*(runner.run(order, f"crowd {order.ticket}", "", lambda day, _: day.seq) for order in orders))


async def assert_fits(page: "Page", *, axe: bool = True, scrolls: bool = False) -> None:
    """Sizes and reach are a kiosk's, at most five choices, all on the screen; and axe finds nothing.

    scrolls: it may be longer than the screen, as in large type.
    """
    faults: list[str] = await page.evaluate(FAULTS)
    wrong = [fault for fault in faults if not (scrolls and fault.startswith(OVER_THE_EDGE))]
    assert wrong == [], "\n".join(wrong)
    if axe:
        await assert_accessible(page)
