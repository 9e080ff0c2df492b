"""`python -m display wall` with the system's own browser on a real server."""

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from display.__main__ import main
from display.wall import page_address
from tests.conftest import chromium_options
from tests.web.pages.conftest import Site

GOOD = ["wall", "--server", "http://127.0.0.1:1", "--hall", "town"]


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--page", "evaluator"], "--counter"),
        (["--page", "counter"], "--counter"),
        (["--counter", "1"], "--counter"),
        (["--page", "kiosk", "--screen", "east"], "--screen"),
        (["--page", "nowhere"], "--page"),
        (["--server", "ftp://x"], "ftp://x"),
        (["--counter", "one", "--page", "evaluator"], "--counter"),
    ],
)
def test_bad_options_are_named(options: list[str], named: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Before anything is started."""
    with pytest.raises(SystemExit) as refused:
        main(GOOD + options)
    assert refused.value.code == 2
    assert named in capsys.readouterr().err


@pytest.mark.parametrize(
    ("which", "address"),
    [
        (("screen",), "/screen/town"),
        (("screen", None, "east door"), "/screen/town?screen=east%20door"),
        (("counter", 3), "/screen/town/3"),
        (("evaluator", 3), "/evaluator/town/3"),
        (("kiosk",), "/kiosk/town"),
    ],
)
def test_where_a_page_is(which: Any, address: str) -> None:
    """Of each kind."""
    assert page_address("http://127.0.0.1:1", "town", *which) == f"http://127.0.0.1:1{address}"


def test_no_browser_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    """And exit code 2: starting again is useless."""
    assert main([*GOOD, "--browser", "netscape"]) == 2
    assert capsys.readouterr().err == "wall: no program 'netscape' here\n"


async def _readers(site: Site) -> float:
    """How many pages follow the board."""
    async with httpx.AsyncClient(trust_env=False) as client:
        text = (await client.get(f"{site.url}/metrics")).text
    lines = [line for line in text.splitlines() if line.startswith('jiaohao_sockets{topic="board"}')]
    return float(lines[0].split()[1]) if lines else 0.0


async def _becomes(site: Site, count: int) -> None:
    async with asyncio.timeout(60):
        while await _readers(site) != count:  # noqa: ASYNC110 - the server tells when it is asked
            await asyncio.sleep(0.1)


def _browsers(profile: Path) -> list[int]:
    """The processes of the browser that has this profile."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            told = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if f"--user-data-dir={profile}".encode() in told and b"--type=" not in told and b"-m\0display" not in told:
            found.append(int(folder.name))
    return found


@pytest.mark.browser
@pytest.mark.server
@pytest.mark.slow
async def test_the_wall_comes_back_after_its_browser_died_and_ends_with_its_keeper(site: Site, tmp_path: Path) -> None:
    """Started before the server, killed in the middle, stopped in the end: a real page, and no browser left behind."""
    await site.hall()
    await site.cut()
    profile = tmp_path / "profile"
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "display", "wall", "--server", site.url, "--hall", "town", "--profile", str(profile)),
        "--switch=--headless=new",
        *(f"--switch={switch}" for switch in chromium_options()["args"]),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert program.stdout is not None
    assert program.stderr is not None
    assert (await program.stdout.readline()).decode().startswith(f"{site.url}/screen/town in ")
    async with asyncio.timeout(30):
        while b"no_server" not in await program.stderr.readline():
            pass
    assert _browsers(profile) == []
    await site.mend()
    await _becomes(site, 1)
    (browser,) = _browsers(profile)
    os.kill(browser, signal.SIGKILL)
    await _becomes(site, 0)
    await _becomes(site, 1)
    program.send_signal(signal.SIGTERM)
    _, logged = await asyncio.wait_for(program.communicate(), 30)
    assert program.returncode == 0
    assert b"browser_ended code=-9" in logged
    assert b"Traceback" not in logged
    await _becomes(site, 0)
    assert _browsers(profile) == []
