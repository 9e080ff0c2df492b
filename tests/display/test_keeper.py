"""A program that ends is started again; one that is to stop takes with it what it started."""

import asyncio
import sys
from pathlib import Path

import pytest

from display.keeper import PAUSES_S, STEADY_S, keep_open, until_it_answers
from tests.web.pages.conftest import Site


class Clock:
    """Time that passes only while the keeper sleeps, and during each run as said."""

    def __init__(self, *lasting: float) -> None:
        self.now = 0.0
        self.slept: list[float] = []
        self._lasting = list(lasting)
        self._asked = 0

    def monotonic(self) -> float:
        self._asked += 1
        if self._asked % 2 == 0:  # asked at the start and at the end of a run
            if not self._lasting:
                raise asyncio.CancelledError
            self.now += self._lasting.pop(0)
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


async def _at_once() -> None:
    pass


async def test_one_that_ends_at_once_is_started_less_and_less_often() -> None:
    """And after one good run, soon again."""
    clock = Clock(*[0.1] * 6, STEADY_S, 0.1)
    with pytest.raises(asyncio.CancelledError):
        await keep_open([sys.executable, "-c", ""], _at_once, sleep=clock.sleep, monotonic=clock.monotonic)
    assert clock.slept == [*PAUSES_S, PAUSES_S[-1], PAUSES_S[0], PAUSES_S[1]]


async def test_each_start_waits_until_it_makes_sense(tmp_path: Path) -> None:
    """A browser that finds no server would show its own error page for ever."""
    started, allowed, asked = tmp_path / "started", asyncio.Event(), 0

    async def ready() -> None:
        nonlocal asked
        asked += 1
        await allowed.wait()

    keeping = asyncio.create_task(
        keep_open([sys.executable, "-c", f"open({str(started)!r}, 'a').write('x')"], ready, sleep=lambda s: _at_once())
    )
    await asyncio.sleep(0)
    assert not started.exists()
    allowed.set()
    async with asyncio.timeout(20):
        while not (started.exists() and len(started.read_text()) >= 2):  # noqa: ASYNC110 - another process tells by a file
            await asyncio.sleep(0.01)
    keeping.cancel()
    await asyncio.gather(keeping, return_exceptions=True)
    assert asked >= 2


@pytest.mark.skipif(sys.platform == "win32", reason="there the browser itself ends its children")
async def test_what_the_program_started_ends_with_it(tmp_path: Path) -> None:
    """A browser is many processes."""
    children = tmp_path / "children"
    program = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        f"open({str(children)!r}, 'w').write(f'{{child.pid}} ')\n"
        "time.sleep(600)"
    )
    keeping = asyncio.create_task(keep_open([sys.executable, "-c", program], _at_once))
    async with asyncio.timeout(20):
        while not (children.exists() and children.read_text().endswith(" ")):  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.01)
        pid = int(children.read_text())
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
        while _is_alive(pid):  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.01)


def _is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"  # ended, and nobody in this container has asked how


@pytest.mark.server
async def test_the_server_is_waited_for(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """However often it is asked in vain."""
    monkeypatch.setattr("display.keeper.ASK_EVERY_S", 0.01)
    await site.cut()
    waiting = asyncio.create_task(until_it_answers(site.url))
    done, _ = await asyncio.wait({waiting}, timeout=0.2)
    assert not done
    await site.mend()
    await asyncio.wait_for(waiting, 20)
