"""A hall screen in a real Chromium that writes down what it shows and says."""

import os
import re
import signal
from typing import TYPE_CHECKING

from tests.faults.process import Process

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

__all__ = ["WatchedScreen", "rows_of", "waiting_on"]

# `large`: each number as it comes into the large panel, once a turn; `rows`: each that a counter's row has shown;
# `heard`: each that was read aloud, at a multiple of the usual speed, and `sentences`: how many clips that took.
WATCH = r"""
Object.assign(window, { large: [], rows: [], heard: [], sentences: 0 });
const Source = AudioBufferSourceNode;
window.AudioBufferSourceNode = class extends Source {
  constructor(context, options) {
    super(context, { ...options, playbackRate: 16 });
    sentences += 1;
  }
};
document.addEventListener("played", ({ detail: { number } }) => number && heard.push(number));
addEventListener("DOMContentLoaded", () => {
  const numbers = (selector) => [...document.querySelectorAll(selector)]
    .map((element) => /[A-Z]\d{3,}$/.exec(element.textContent.trim())?.[0]).filter(Boolean);
  let turn = null;
  new MutationObserver(() => {
    const shown = document.querySelector("#call").firstElementChild;
    if (shown !== turn) {
      turn = shown;
      large.push(...numbers("#call .wall-call-number"));
    }
    const there = numbers("#recent .ticket-number, #recent .wall-recent-number");
    rows.push(...there.filter((number) => !rows.includes(number)));
  }).observe(document.body, { subtree: true, childList: true, characterData: true });
});
"""


class WatchedScreen:
    """The page, its log, and the process that renders it."""

    def __init__(self, page: "Page", renderer: int) -> None:
        self.page = page
        self._renderer = renderer

    @classmethod
    async def open(cls, browser: "Browser", url: str, server: Process, *, speaks: bool = False) -> "WatchedScreen":
        """A screen of the town, let in, in a browser of its own. url: of the server as the screen sees it."""
        context = await browser.new_context(viewport={"width": 1920, "height": 1080}, locale="zh-CN")
        await context.add_init_script(WATCH)
        page = await context.new_page()
        page.set_default_timeout(60_000)
        page.on("console", lambda message: print(message.text))  # read when a test has failed
        await page.goto(f"{url}/screen/town{'?voice=on' * speaks}#token={server.hall()['screen']}")
        await page.mouse.click(1, 1)  # from then on it may sound
        screen = cls(page, await _renderer(browser, page))
        await screen.until("live")
        return screen

    async def until(self, link: str) -> None:
        """Wait until the page says that its link is `live` or `lost`."""
        await self.page.wait_for_selector(f"html[data-link={link}]", state="attached", timeout=60_000)

    async def has_shown(self, number: str) -> None:
        """Wait until a call was shown, large or in its counter's row."""
        await self.page.wait_for_function("number => large.includes(number) || rows.includes(number)", arg=number)

    async def has_said(self, number: str, times: int = 1) -> None:
        """Wait until a call was read aloud as often. Others may be before it, each of which waits for its sound."""
        said = "([number, times]) => heard.filter((each) => each === number).length >= times"
        await self.page.wait_for_function(said, arg=[number, times], timeout=120_000)

    async def heard(self) -> list[str]:
        """Every number that was read aloud, in order, and as a sentence."""
        log, sentences = await self.page.evaluate("[heard, sentences]")
        assert sentences == len(log), "a call was read aloud as a chime alone"
        numbers: list[str] = log
        return numbers

    async def large(self) -> list[str]:
        """Every number that was shown large, in order."""
        log: list[str] = await self.page.evaluate("large")
        return log

    def suspend(self) -> None:
        """Hold the page where it is."""
        os.kill(self._renderer, signal.SIGSTOP)

    def proceed(self) -> None:
        """Let it go on."""
        os.kill(self._renderer, signal.SIGCONT)


async def _renderer(browser: "Browser", page: "Page") -> int:
    """The process of a page, which nothing tells: the one that works while the page does."""

    async def worked() -> dict[int, float]:
        processes = (await session.send("SystemInfo.getProcessInfo"))["processInfo"]
        return {process["id"]: process["cpuTime"] for process in processes if process["type"] == "renderer"}

    session = await browser.new_browser_cdp_session()
    before = await worked()
    await page.evaluate("for (const began = Date.now(); Date.now() < began + 400; );")
    after = await worked()
    await session.detach()
    return max(after, key=lambda process: after[process] - before.get(process, after[process]))


async def rows_of(page: "Page") -> dict[int, str]:
    """Which number the page shows for which counter, in the rows."""
    texts: list[str] = await page.locator("#recent > li").all_inner_texts()
    found = [re.search(r"([A-Z]\d{3,})\D+(\d+)", text) for text in texts]
    return {int(row[2]): row[1] for row in found if row}


async def waiting_on(page: "Page") -> dict[str, int]:
    """How many people the page says wait in which queue, of those that it shows at the moment."""
    cells = page.locator("#queues > li")
    names, people = [await cells.locator(f".wall-queue-{part}").all_inner_texts() for part in ("name", "people")]
    return {name: int(re.sub(r"\D", "", count)) for name, count in zip(names, people, strict=True)}
