"""A strip that follows a real counter on a real server."""

import asyncio
import sys
from zoneinfo import ZoneInfo

import pytest

from display.__main__ import main
from display.led import drive
from queue_server.live_client import live_address
from queue_server.wire.subscriber import Subscriber
from tests.waiting import until
from tests.web.pages.conftest import Site

GOOD = ["led", "--server", "http://127.0.0.1:1", "--hall", "town", "--counter", "1", "--to", "tcp://127.0.0.1:1"]


class FakeStrip:
    """Keeps what it was told. broken: raises instead."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.broken = False
        self.tried = 0

    def show(self, text: str) -> None:
        self.tried += 1
        if self.broken:
            raise OSError("unplugged")
        self.lines.append(text)

    def close(self) -> None:
        pass

    async def shows(self, text: str) -> None:
        await until(lambda: self.lines[-1:] == [text])


@pytest.mark.server
async def test_a_counters_day(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Closed, open, called, a lost server, a strip that was unplugged; nothing old is shown as if it were true."""
    monkeypatch.setattr("display.led.AGAIN_S", 0.05)
    await site.hall()
    strip = FakeStrip()
    driving = asyncio.create_task(
        drive(Subscriber("counter.1"), live_address(site.url, "town"), strip, 8, ZoneInfo("Asia/Shanghai"))
    )
    await strip.shows("暂未开放")
    clerk = await site.clerk(1)
    await strip.shows("欢迎您")
    await site.ticket(await site.device("kiosk"))
    await site.post("/halls/town/counters/1/next", token=clerk)
    await strip.shows("请A001号到本窗口")
    strip.broken = True
    tried = strip.tried
    await until(lambda: strip.tried > tried + 1)
    strip.broken = False
    await site.post("/halls/town/counters/1/no-show", token=clerk)
    await strip.shows("欢迎您")
    await site.cut()
    await strip.shows("请稍候")
    await site.mend()
    await strip.shows("欢迎您")
    driving.cancel()
    await asyncio.gather(driving, return_exceptions=True)


@pytest.mark.server
async def test_a_counter_that_is_not_there(site: Site) -> None:
    """The server says so, with exit code 3."""
    await site.hall()
    options = [*GOOD[1:2], site.url, *GOOD[3:6], "77", *GOOD[7:]]
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "display", "led", *options), stderr=asyncio.subprocess.PIPE
    )
    _, said = await asyncio.wait_for(program.communicate(), 30)
    assert program.returncode == 3
    assert "led: " in said.decode()
    assert "Traceback" not in said.decode()


@pytest.mark.parametrize("options", [["--to", "ttyUSB0"], ["--server", "ftp://x"]])
def test_bad_addresses(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """One sentence, exit code 2."""
    assert main(GOOD + options) == 2
    assert options[1] in capsys.readouterr().err
