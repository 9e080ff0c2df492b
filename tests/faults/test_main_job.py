"""The main job in a real browser on a real server process: kiosk, desk, wall, evaluator; then the plug is pulled."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.faults.process import Process

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.server, pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Process]:
    """The demo, in a process of its own."""
    process = Process(tmp_path / "data")
    await process.start()
    yield process
    await process.kill()


async def opened(browser: "Browser", server: Process, path: str) -> "Page":
    """A page in a browser of its own, as on a device of its own."""
    context = await browser.new_context(viewport={"width": 1920, "height": 1080}, locale="zh-CN")
    page = await context.new_page()
    page.set_default_timeout(30_000)
    await page.goto(server.url + path)
    return page


async def signed_in(browser: "Browser", server: Process, path: str, user: str) -> "Page":
    """A staff page, through the sign-in page, as a person gets there."""
    page = await opened(browser, server, path)
    person = next(p for p in server.hall()["staff"] if p["user"] == user)
    await page.fill("input[name=user]", person["user"])
    await page.fill("input[name=password]", person["password"])
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**{path}")
    return page


async def test_a_day_from_the_door_to_the_wall_and_after_the_plug_was_pulled(
    browser: "Browser", server: Process
) -> None:
    """A ticket is taken, called by keyboard, seen on the wall and rated; and all of it survives."""
    wall = await opened(browser, server, "/screen/town")
    kiosk = await opened(browser, server, f"/kiosk/town#token={server.hall()['kiosk']}")
    desk = await signed_in(browser, server, "/counter/town/1", "town-1")
    await desk.click("#sign-on-form button")
    await desk.wait_for_selector("#desk:not([hidden])")

    await kiosk.click("#queues .choice >> nth=0")
    await kiosk.click('[data-step="ask"]:not([hidden]) [data-priority=""]')
    await kiosk.wait_for_selector("#number:text-is('A001')")

    await desk.wait_for_selector("#line .ticket-number:text-is('A001')")
    await desk.wait_for_selector("[data-command=next]:enabled")
    await desk.keyboard.press("Space")
    await desk.wait_for_selector("#ticket-number:text-is('A001')")
    await wall.wait_for_selector("#call .ticket-number:text-is('A001')")
    assert "1 号窗口" in " ".join((await wall.inner_text("#call")).split())

    evaluator = await opened(browser, server, f"/evaluator/town/1#token={server.hall()['evaluators']['1']}")
    await evaluator.wait_for_selector(".status-banner.is-live")
    await desk.keyboard.press("s")
    await desk.wait_for_selector("#ticket-state:has-text('办理')")
    await desk.keyboard.press("f")
    await evaluator.click(".level >> nth=0")
    await evaluator.wait_for_selector('[data-step="levels"]', state="hidden")

    await server.kill()
    await wall.wait_for_selector(".status-banner.is-lost")
    await desk.wait_for_selector(".status-banner.is-lost")
    await server.start()
    await wall.wait_for_selector(".status-banner.is-live", state="attached")
    await desk.wait_for_selector(".status-banner.is-live", state="attached")

    await kiosk.reload()
    await kiosk.click("#queues .choice >> nth=0")
    await kiosk.click('[data-step="ask"]:not([hidden]) [data-priority=""]')
    await kiosk.wait_for_selector("#number:text-is('A002')")  # the number after the one before the plug was pulled
    await desk.wait_for_selector("#line .ticket-number:text-is('A002')")
    await desk.wait_for_selector("[data-command=next]:enabled")  # not while what was cut short is being settled
    await desk.keyboard.press("Space")
    await desk.wait_for_selector("#ticket-number:text-is('A002')")
    await wall.wait_for_selector("#call .ticket-number:text-is('A002')")
