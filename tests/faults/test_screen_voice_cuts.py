"""A hall screen that speaks, cut off in the middle of its calls: each is heard once, and none twice."""

import asyncio
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.faults.clerks import Clerks, patient
from tests.faults.journaled import journaled
from tests.faults.link import Link
from tests.faults.process import Process
from tests.web.pages.heard import hearing

if TYPE_CHECKING:
    from playwright.async_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.server, pytest.mark.slow, pytest.mark.timeout(600)]


async def test_a_speaking_screen_that_is_cut_off_says_every_call_once(browser: "Browser", tmp_path: Path) -> None:
    """A cable that is cut, a server that is killed, a page that is loaded anew while it speaks: as the journal says."""
    server = Process(tmp_path / "data")
    await server.start()
    await patient(server)
    async with Link(server.port) as link, Clerks(server) as clerks:
        page = await browser.new_page()
        heard = await hearing(page)
        await page.goto(f"{link.url}/screen/town?screen=lobby#token={server.hall()['screen']}")
        await page.mouse.click(9, 9)

        def first_readings() -> Counter[int]:
            return Counter(each["seq"] for each in heard if each.get("nth") == 1)

        async def until_heard(calls: int) -> None:
            async with asyncio.timeout(120):
                while len(first_readings()) < calls:  # noqa: ASYNC110 - a page tells by a function
                    await asyncio.sleep(0.05)

        for counter in (1, 3, 4):
            await clerks.call(counter)
        await until_heard(1)
        link.cut()
        await clerks.call(5)
        await clerks.call(6)
        await until_heard(4)
        await clerks.recall(5)
        await server.kill()
        await server.start()
        await page.reload()
        await page.mouse.click(9, 9)
        await until_heard(6)
        for counter in (1, 3, 4, 5):
            await clerks.call(counter)
        await until_heard(10)
        await page.close()
        await server.kill()
    said = Counter[tuple[int, str]]()
    for each in heard:
        said[each["seq"], each["number"]] += each["nth"] == 1
    assert said == await journaled(server)
    assert _in_order(heard), "a later call was heard before an earlier one"


def _in_order(heard: list[dict[str, Any]]) -> bool:
    seqs = [each["seq"] for each in heard]
    return seqs == sorted(seqs)
