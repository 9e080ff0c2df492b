"""A clerk's day of 300 tickets by keyboard alone: the journal says what was pressed, whatever the network did."""

import asyncio
import random
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from queue_server.domain.commands import IssueTicket
from queue_server.domain.events import TicketCalled
from queue_server.domain.hall import Rules
from queue_server.domain.refusals import Refusal
from queue_server.engine.hall_runner import HallRunner
from tests.web.pages.cable import Cable, Moment
from tests.web.pages.conftest import TOWN, Site

if TYPE_CHECKING:
    from playwright.async_api import Browser, CDPSession, Page, ViewportSize

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

TICKETS = 300
WINDOW: "ViewportSize" = {"width": 1024, "height": 640}  # small, since it is painted some five thousand times
OUT_S = 0.3

STEPS = {
    "next": ("Space", ["ticket_called"]),
    "recall": ("r", ["ticket_recalled"]),
    "start": ("s", ["ticket_started"]),
    "finish": ("f", ["ticket_finished"]),
    "no-show": ("n", ["ticket_absent"]),
    "hold": ("h Enter", ["ticket_held"]),
    "resume held": ("b Enter", ["ticket_resumed"]),
    "return": ("m Enter", ["ticket_returned"]),
    "transfer": ("t Tab Tab Tab Enter Enter", ["ticket_transferred"]),  # with a usual reason
    "step away": (
        "p Tab Tab Tab Tab Tab Tab Enter Enter",
        ["counter_paused"],
    ),  # for the usual time, with a usual reason
    "come back": ("p", ["counter_resumed"]),
}
"""The keys of everything that is done here, and what the journal says of it."""

KEYS = {"Enter": (13, "\r"), "Tab": (9, ""), "Space": (32, " ")}
"""Codes and texts of those that are no letters."""

JOURNEYS = (
    *(("next", "start", "finish"),) * 12,
    ("next", "recall", "start", "finish"),
    ("next", "no-show"),
    ("next", "start", "hold", "resume held", "finish"),
    ("next", "start", "transfer"),
    ("step away", "come back", "next", "start", "finish"),
)
"""What becomes of a ticket, the usual more often."""


@pytest.fixture
async def cable(site: Site) -> AsyncIterator[Cable]:
    """The clerk's cable to the server."""
    cable = Cable(int(site.url.rpartition(":")[2]))
    await cable.open()
    yield cable
    await cable.close()


class Hands:
    """A clerk at a keyboard whose every press comes twice; `pressed`: what the journal should say."""

    def __init__(self, page: "Page", devtools: "CDPSession", cable: Cable) -> None:
        self.pressed: list[str] = []
        self._page = page
        self._devtools = devtools
        self._cable = cable

    async def do(self, *steps: str, cut_at: int | None = None, moment: Moment = "answer") -> None:
        """Do these steps, as fast as the fingers go; cut_at: at which of them, by its place, the cable breaks."""
        for place, step in enumerate(steps):
            keys, says = STEPS[step]
            self.pressed += says
            if place == cut_at:
                await self.ready()
                self._cable.fail(moment)
            for key in keys.split():
                await self.press(key, times=1 if key == "Tab" else 2)
            if place == cut_at:
                await self._cable.broken.wait()
                await asyncio.sleep(OUT_S)
                self._cable.mend()
                await self.ready()
        await self.ready()

    async def press(self, key: str, times: int = 2) -> None:
        """Press a key so often, without waiting in between for anything to come of it."""
        code, text = KEYS.get(key) or (ord(key.upper()), key)
        about = {"key": text if key == "Space" else key, "windowsVirtualKeyCode": code}
        strokes = [{**about, "type": "keyDown", "text": text}, {**about, "type": "keyUp"}] * times
        await asyncio.gather(*(self._devtools.send("Input.dispatchKeyEvent", stroke) for stroke in strokes))

    async def ready(self) -> None:
        """Wait until everything pressed was answered, none of it with a refusal, and the page is alive."""
        await self._page.wait_for_selector(
            'html[data-link="live"] #desk:not(:has([aria-busy])) #message:is(.is-good, :empty)',
            state="attached",
        )


async def test_the_journal_is_what_was_pressed(site: Site, browser: "Browser", cable: Cable) -> None:
    """Through five cuts, each in the middle of something, with every press doubled."""
    runner = await site.hall(replace(TOWN, rules=Rules(call_lock_s=0)))
    await asyncio.gather(*(_issue(runner, number) for number in range(TICKETS)))
    clerk = await site.person("clerk", counter=1)
    before = runner.day.seq
    context = await browser.new_context(viewport=WINDOW, locale="zh-CN", reduced_motion="reduce")
    context.set_default_timeout(30_000)
    site.url = f"http://127.0.0.1:{cable.port}"
    await site.sign_in(context, clerk)
    page = await context.new_page()
    await page.goto(f"{site.url}/counter/town/1")
    await page.wait_for_selector("#sign-on-form button:focus")
    hands = Hands(page, await context.new_cdp_session(page), cable)
    await hands.press("Enter")
    await page.wait_for_selector("#desk:not([hidden])")

    chance = random.Random(2026)
    moments: tuple[Moment, ...] = ("answer", "request", "answer", "request", "answer")
    cuts = {TICKETS * (2 * place + 1) // 10: moment for place, moment in enumerate(moments)}
    for number in range(TICKETS):
        journey = chance.choice(JOURNEYS)
        if number in cuts:
            await hands.do(*journey, cut_at=chance.randrange(len(journey)), moment=cuts[number])
        else:
            await hands.do(*journey)
    await hands.do("return")  # where in line that is, the page must be told
    await hands.do("next", "start", "finish")
    await hands.press("q")
    await page.wait_for_selector("#sign-on-form button:focus")

    happened = [event async for _, some in runner.days.events_after(before) for event in some]
    assert {event.by for event in happened} == {clerk.id}
    tags = [str(event.__struct_config__.tag) for event in happened]
    assert tags == ["clerk_signed_on", *hands.pressed, "clerk_signed_off"]
    called = {runner.day.tickets[event.ticket].number for event in happened if isinstance(event, TicketCalled)}
    assert sorted(called) == [f"A{number:03d}" for number in range(1, TICKETS + 1)]


async def _issue(runner: HallRunner, number: int) -> None:
    command = IssueTicket(by="d_kiosk", ticket=f"ticket {number}", queue="comprehensive")
    outcome = await runner.run(command, f"issue {number}", "", lambda day, events: None)
    assert not isinstance(outcome, Refusal)
