"""The program in a terminal of its own, as a clerk starts it."""

import asyncio
import os
import pty
import sys
from collections.abc import Sequence

import pytest

from counter_client.__main__ import OK, REFUSED, USAGE, main
from tests.counter_client.conftest import PASSWORD
from tests.web.pages.conftest import Site

pytestmark = pytest.mark.server


class Terminal:
    """A pseudo-terminal of 24 × 100 with the program in it."""

    def __init__(self, process: asyncio.subprocess.Process, end: int) -> None:
        self.process = process
        self.shown = ""
        self._end = end
        asyncio.get_running_loop().add_reader(end, self._read)

    @classmethod
    async def start(cls, arguments: Sequence[str]) -> "Terminal":
        ours, theirs = pty.openpty()
        environment = os.environ | {"TERM": "xterm", "COLUMNS": "100", "LINES": "24", "PYTHONWARNINGS": "ignore"}
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "counter_client", *arguments, stdin=theirs, stdout=theirs, stderr=theirs,
            env=environment,
        )  # fmt: skip
        os.close(theirs)
        return cls(process, ours)

    async def types_at(self, prompt: str, keys: str) -> None:
        """Wait until it is shown, then type."""
        async with asyncio.timeout(20):
            while prompt not in self.shown:  # noqa: ASYNC110 - a terminal tells nobody
                await asyncio.sleep(0.02)
        self.shown = ""
        os.write(self._end, keys.encode())

    async def ends(self) -> int:
        code = await asyncio.wait_for(self.process.wait(), 20)
        asyncio.get_running_loop().remove_reader(self._end)
        os.close(self._end)
        return code

    def _read(self) -> None:
        try:
            self.shown += os.read(self._end, 65536).decode(errors="replace")
        except OSError:  # the other end is closed
            asyncio.get_running_loop().remove_reader(self._end)


async def test_from_the_password_to_the_first_call(site: Site) -> None:
    """The password is asked and not shown; then one signs on, calls, and leaves."""
    runner = await site.hall()
    await site.person("clerk", user="wang", name="王芳", counter=1, password=PASSWORD)
    await site.ticket(await site.device("kiosk"))
    terminal = await Terminal.start(["--server", site.url, "--hall", "town", "--counter", "1", "--user", "wang"])
    await terminal.types_at("wang 的密码：", PASSWORD + "\r")
    await terminal.types_at("尚未签到", "i")
    await terminal.types_at("以什么身份签到", "3\r")
    await terminal.types_at("A001", " ")
    await terminal.types_at("已呼叫", "\x03")
    assert await terminal.ends() == OK
    assert PASSWORD not in terminal.shown
    assert [ticket.state for ticket in runner.day.tickets.values()] == ["called"]


async def test_a_wrong_password_is_one_sentence(site: Site) -> None:
    """And exit code 3."""
    await site.hall()
    terminal = await Terminal.start(
        ["--server", site.url, "--hall", "town", "--counter", "1", "--user", "wang", "--language", "en"]
    )
    await terminal.types_at("Password of wang: ", "guess\r")
    await terminal.types_at("The user or the password is wrong. (wrong_credentials)", "")
    assert await terminal.ends() == REFUSED


def test_what_is_no_address_is_one_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And exit code 2."""
    monkeypatch.setenv("JIAOHAO_PASSWORD", "x")
    assert main(["--server", "hall", "--hall", "town", "--counter", "1", "--user", "wang"]) == USAGE
    assert "like http" in capsys.readouterr().err
